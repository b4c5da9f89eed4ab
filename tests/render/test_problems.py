"""Problems on standard error: each as it is, then how many there are."""

from __future__ import annotations

import io

import pytest

from runway.cli import main
from runway.errors import Place, Problem
from runway.render.problems import problems_text


def located(file, line=14):
    return Problem("rate-without-period", "churn needs its period.", Place(file, line, 9, 4), ((14, "churn = 0.02"),))


def test_one_problem_of_one_file():
    assert problems_text([located("plan.toml")]) == (
        "plan.toml:14:9 rate-without-period\n"
        "   14 │ churn = 0.02\n"
        "      │         ^^^^\n"
        "churn needs its period.\n\n"
        "1 problem in 1 file\n"
    )


def test_several_problems_have_a_blank_line_between():
    text = problems_text([located("a.toml"), located("a.toml", 20), located("b.toml")])
    assert text.count("\n\n") == 3
    assert text.endswith("\n\n3 problems in 2 files\n")


def test_the_command_line_is_no_file():
    assert problems_text([Problem("set-malformed", "--set x")]) == "set-malformed\n--set x\n"
    assert problems_text([located("command line")]).endswith("churn needs its period.\n")
    both = problems_text([Problem("set-malformed", "--set x"), Problem("set-malformed", "--set y")])
    assert both.endswith("--set y\n\n2 problems\n")


LONG = Problem(
    "wrong-type",
    "raise_for is the months past its last day that new money carries the cash.\n  raise_for = 18 is what stands then",
    Place("plan.toml", 7, 64, 9),
    ((7, 'raise_for = "' + "0123456789" * 5 + '24 months"'),),
)


def test_on_a_terminal_sentences_are_broken_between_words_and_lines_of_the_file_are_cut():
    """The caret stands below what it means, since no line is wider than the screen."""
    assert problems_text([LONG], 40) == (
        "plan.toml:7:64 wrong-type\n"
        '    7 │ …90123456789012345678924 months"\n'
        "      │                       ^^^^^^^^^\n"
        "raise_for is the months past its last\n"
        "day that new money carries the cash.\n"
        "  raise_for = 18 is what stands then\n\n"
        "1 problem in 1 file\n"
    )
    assert "\n  raise_for = 18 is what\n  stands then\n" in problems_text([LONG], 30)  # indented as it is


def test_a_word_that_is_wider_than_the_screen_stays_whole():
    path = "/" + "folder/" * 12
    assert problems_text([Problem("file-not-found", f"There is no file {path} here.")], 40) == (
        f"file-not-found\nThere is no file\n{path}\nhere.\n"
    )


@pytest.mark.parametrize("arguments", [("project", "lemonade", "--as-of", "2020-33"), ("project", "--by", "fortnight")])
def test_only_a_terminal_breaks_lines(monkeypatch, capsys, arguments):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setenv("COLUMNS", "60")
    assert main(arguments) == 2
    in_a_pipe = capsys.readouterr().err
    assert max(map(len, in_a_pipe.splitlines())) > 60
    monkeypatch.setattr("sys.stderr", screen := Terminal())
    assert main(arguments) == 2
    shown = screen.getvalue()
    assert max(map(len, shown.splitlines())) <= 60
    assert shown.split() == in_a_pipe.split()
