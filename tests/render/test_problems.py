"""Problems on standard error: each as it is, then how many there are."""

from __future__ import annotations

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
