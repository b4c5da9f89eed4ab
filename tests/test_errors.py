"""How a problem reads, and what is suggested for a misspelt word."""

from __future__ import annotations

import pickle
from textwrap import dedent

import pytest

from runway.errors import InputError, Place, Problem, did_you_mean


def block(text: str) -> str:
    return dedent(text).strip("\n")


def caret_line(line: str, column: int, width: int = 1) -> tuple[str, str]:
    """A line as its excerpt shows it, and the carets below, both without the margin."""
    problem = Problem("x", "y", Place("f.toml", 7, column, width), ((7, line),))
    _, shown, carets, _ = str(problem).split("\n")
    return shown.partition("│ ")[2], carets.partition("│ ")[2]


def test_a_problem_reads_as_in_the_design() -> None:
    problem = Problem(
        "rate-without-period",
        "churn is the share of customers lost per period; it needs the period.\n"
        'For 2 % a month write churn = "2%/month".',
        Place("assumptions/base.toml", 14, 9, 4),
        ((13, 'kind = "subscription"'), (14, "churn = 0.02")),
    )
    assert str(problem) == block("""
        assumptions/base.toml:14:9 rate-without-period
           13 │ kind = "subscription"
           14 │ churn = 0.02
              │         ^^^^
        churn is the share of customers lost per period; it needs the period.
        For 2 % a month write churn = "2%/month".
    """)


def test_a_problem_without_a_place_is_its_name_and_its_text() -> None:
    assert str(Problem("file-not-found", "There is no file a.toml.")) == "file-not-found\nThere is no file a.toml."


def test_a_blank_line_before_leaves_no_space_at_the_end() -> None:
    problem = Problem("x", "y", Place("f.toml", 2, 1, 1), ((1, ""), (2, "a")))
    assert str(problem).split("\n")[1] == "    1 │"


def test_numbers_of_many_digits_keep_the_caret_below() -> None:
    problem = Problem("x", "y", Place("f.toml", 12345, 1, 1), ((12344, "a"), (12345, "b")))
    assert str(problem).split("\n")[1:4] == ["12344 │ a", "12345 │ b", "      │ ^"]


def test_problems_are_raised_together_and_stand_apart() -> None:
    error = InputError(Problem("a", "one"), Problem("b", "two"))
    assert str(error) == "a\none\n\nb\ntwo"
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


@pytest.mark.parametrize(
    ("line", "column", "width", "shown", "carets"),
    [
        ("a\t= 1", 3, 1, "a = 1", "  ^"),
        ("\t\ta = 1", 3, 1, "  a = 1", "  ^"),
        ('a = "\x1b[31m" # x', 5, 7, 'a = "�[31m" # x', "    ^^^^^^^"),
        ('a = "\u202egnp"', 5, 6, 'a = "�gnp"', "    ^^^^^^"),
        ("日本 = 1", 6, 1, "日本 = 1", "       ^"),  # wide characters take two cells
        ('a = "日本"', 5, 4, 'a = "日本"', "    ^^^^^^"),
        ("e\u0301 = 1", 6, 1, "e\u0301 = 1", "    ^"),  # and a combining accent none
        ("a =", 4, 1, "a =", "   ^"),  # what is missing at the end
        ("", 1, 1, "", "^"),
    ],
)
def test_the_caret_stands_below_what_is_meant(line: str, column: int, width: int, shown: str, carets: str) -> None:
    assert caret_line(line, column, width) == (shown.rstrip(), carets)


@pytest.mark.parametrize("at", [0, 1, 40, 99, 100, 101, 5000, 999_000, 999_990])
def test_a_long_line_is_cut_around_the_caret(at: int) -> None:
    line = "x" * at + "HERE" + "x" * (1_000_000 - at - 4)
    shown, carets = caret_line(line, at + 1, 4)
    assert len(shown) == 100
    assert shown[carets.index("^") :].startswith("HERE")
    assert carets.strip() == "^^^^"
    assert shown.endswith("…") or at > 999_900
    assert shown.startswith("…") == (at > 40)


def test_a_long_run_of_carets_ends_with_its_line() -> None:
    shown, carets = caret_line("a = " + "1" * 500, 5, 500)
    assert len(shown) == len(carets) == 100


def test_the_line_before_is_shown_from_its_beginning() -> None:
    problem = Problem("x", "y", Place("f.toml", 2, 200, 1), ((1, "[costs.rent]"), (2, "x" * 300)))
    assert str(problem).split("\n")[1] == "    1 │ [costs.rent]"


def test_nothing_from_a_file_reaches_the_terminal_raw() -> None:
    text = str(Problem("x", "no \x1b]0;me\x07 is\nknown", Place("a\x1b\n.toml", 1, 1, 1), ((1, "\x9b2J\r"),)))
    assert text.replace("\n", "").isprintable()
    assert text.count("\n") == 4


@pytest.mark.parametrize(
    ("word", "candidates", "suggestion"),
    [
        ("totl.revenue", ["total.revenue", "total.costs"], " Did you mean total.revenue?"),
        ("Churn", ["churn", "charm"], " Did you mean churn?"),
        ("opening cash", ["opening_cash"], " Did you mean opening_cash?"),
        ("churn", ["chatgpt.churn", "rent.amount"], " Did you mean chatgpt.churn?"),
        ("amount", ["rent.amount", "payroll.amount"], ""),  # two: no guess
        ("EUR", ["USD", "JPY"], ""),
        ("x", [], ""),
        ("", ["a"], ""),
        ("a" * 100_000, ["a" * 100_001], ""),  # nor is time spent on monsters
    ],
)
def test_did_you_mean(word: str, candidates: list[str], suggestion: str) -> None:
    assert did_you_mean(word, candidates) == suggestion
    assert did_you_mean(word, iter(set(candidates))) == suggestion
