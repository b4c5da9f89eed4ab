"""guide: its pages in a pipe, on a terminal and as JSON."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import runway
from runway.answers.guide import FOLDER, TOPICS
from runway.cli import main


def test_the_topics_are_listed_with_a_line_each(capsys):
    assert main(["guide"]) == 0
    text = capsys.readouterr().out
    listed = text.split("\n\n")[0].splitlines()[1:]
    assert [line.split()[0] for line in listed] == [*TOPICS]


def test_a_page_in_a_pipe_is_its_markdown(capsys):
    assert main(["guide", "files"]) == 0
    assert capsys.readouterr().out == (FOLDER / "files.md").read_text(encoding="utf-8")
    code = "import sys; from runway.cli import main; main(['guide', 'files']); print('rich.console' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\nFalse\n")


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_on_a_terminal_keeps_its_code_and_its_width(topic, monkeypatch, capsys):
    """No mark of Markdown is left, and a block of 80 columns stands as it is written."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    assert main(["guide", topic]) == 0
    shown, written = capsys.readouterr().out, (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    assert "```" not in shown
    lines = [line.rstrip() for line in shown.splitlines()]
    assert written.splitlines()[0].removeprefix("# ") in lines
    blocks = written.split("```")[1::2]
    assert [line for block in blocks for line in block.splitlines()[1:] if line.rstrip() not in lines] == []


def test_a_page_as_json_and_in_python(capsys):
    assert main(["guide", "debt", "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)["pages"]
    assert page["topic"] == "debt"
    assert page["text"] == runway.guide("debt").pages[0].text
    assert main(["guide", "debt", "--markdown"]) == 0
    assert capsys.readouterr().out == page["text"]
