"""The entry point: exit codes, no traceback, a quick --version."""

from __future__ import annotations

import subprocess
import sys

import pytest

import runway
from runway.cli import main
from runway.errors import InputError, Problem


def raising(monkeypatch, error):
    def project(*_, **__):
        raise error

    monkeypatch.setattr(runway, "project", project, raising=False)
    return main(["project", "lemonade"])


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(capsys, flag):
    assert main([flag]) == 0
    assert capsys.readouterr().out == f"runway {runway.__version__}\n"


def test_version_beside_other_words(capsys):
    assert main(["--version", "project"]) == 0
    assert capsys.readouterr().out == f"runway {runway.__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_the_commands_under_their_headings(capsys, arguments):
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert text.index("Project") < text.index("project ") < text.index("Author") < text.index("validate")
    assert all(name in text for name in ("init", "schema", "kinds", "models"))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["projct"], "No such command 'projct'. Did you mean 'project'?\nSee runway --help.\n"),
        (["project", "--scenari", "x"], "No such option: --scenari"),
        (["project", "a", "b"], "unexpected extra argument"),
        (["project", "--by", "week"], "'week' is not one of 'month', 'quarter', 'year'"),
    ],
)
def test_a_wrong_command_line_is_two(capsys, arguments, text):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert text in captured.err
    assert not captured.out


def test_problems_are_two(monkeypatch, capsys):
    assert raising(monkeypatch, InputError(Problem("unknown-scenario", "There is no scenario x."))) == 2
    assert capsys.readouterr().err == "unknown-scenario\nThere is no scenario x.\n"


def test_a_defect_is_seventy_and_short(monkeypatch, capsys):
    monkeypatch.delenv("RUNWAY_DEBUG", raising=False)
    assert raising(monkeypatch, ZeroDivisionError("division\nby zero")) == 70
    text = capsys.readouterr().err
    assert text.startswith("This is a defect in runway, not in your file: ZeroDivisionError: division by zero\n")
    assert "Traceback" not in text


def test_a_defect_shows_where_when_asked(monkeypatch, capsys):
    monkeypatch.setenv("RUNWAY_DEBUG", "1")
    assert raising(monkeypatch, ZeroDivisionError("division by zero")) == 70
    assert "Traceback" in capsys.readouterr().err


def test_interrupted(monkeypatch):
    assert raising(monkeypatch, KeyboardInterrupt()) == 130


def run(*arguments, **options):
    command = [sys.executable, "-m", "runway", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_a_reader_that_goes_away_is_met_with_silence():
    """`head` closes the pipe while there is more to come."""
    command = f"{sys.executable} -m runway kinds --json | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert done.stdout.split("{")[-1].strip() in ("0", "141")  # 0: all of it was in the pipe before head left


def test_version_imports_nothing_heavy():
    code = (
        "import sys; from runway.cli import main; main(['--version']);"
        "print([m for m in ('typer', 'rich', 'pydantic', 'numpy', 'tree_sitter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "[]"


def test_an_ascii_terminal_still_gets_the_figures():
    done = run("project", "lemonade", env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": ":".join(sys.path)})
    assert done.returncode == 0
    assert "Closing cash" in done.stdout
