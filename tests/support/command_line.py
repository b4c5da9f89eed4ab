"""Commands as they are given, and what they print."""

from __future__ import annotations

from runway.cli import main


def printed(capsys, *arguments):
    """What is printed, of a command that succeeds and says nothing else."""
    assert main([*arguments]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def said(capsys, *arguments):
    """What is said of a command that is refused: exit code 2, nothing on standard output."""
    assert main([*arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "defect" not in captured.err
    return captured.err
