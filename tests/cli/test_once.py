"""An option that takes one value is refused where it is given twice, in every command."""

from __future__ import annotations

import pytest
from support.command_line import printed, said


@pytest.mark.parametrize(
    ("arguments", "option", "first", "second"),
    [
        (("project", "lemonade", "--scenario", "base", "--scenario", "slow"), "--scenario", "base", "slow"),
        (("project", "lemonade", "-s", "base", "-sbase"), "--scenario", "base", "base"),
        (("project", "lemonade", "--by=year", "-s", "base", "--by", "month"), "--by", "year", "month"),
        (("scenarios", "--csv", "a.csv", "lemonade", "--csv=b.csv"), "--csv", "a.csv", "b.csv"),
        (("simulate", "lemonade", "--seed", "1", "--seed", "2"), "--seed", "1", "2"),
        (("solve", "lemonade", "--vary", "burn", "--vary", "--so-that"), "--vary", "burn", "--so-that"),
        (("exit", "lemonade", "--value", "1", "--date", "2025-01", "--date", ""), "--date", "2025-01", ""),
        (("portfolio", ".", "--counting", "certain", "--counting", "planned"), "--counting", "certain", "planned"),
    ],
)
def test_twice_is_refused_with_both_values(capsys, arguments, option, first, second):
    text = said(capsys, *arguments)
    assert text == f"given-twice\n{option} is given twice, {first} and {second}. It takes one value.\n"


def test_what_takes_several_takes_them_and_a_switch_is_no_value(capsys):
    changes = ("--set", "model.opening_cash=5", "--set", "model.minimum_cash=6")
    printed(capsys, "project", "lemonade", *changes, "--json", "--json")
    printed(capsys, "scenarios", "openai-2025", "--only", "base", "--only", "base")


def test_an_option_after_two_dashes_is_none(capsys):
    assert "unexpected extra argument" in said(capsys, "project", "lemonade", "--csv", "-", "--", "--csv", "-")


def test_an_option_without_its_value_is_told_as_ever(capsys):
    assert "'--scenario' requires an argument" in said(
        capsys, "project", "lemonade", "--scenario", "base", "--scenario"
    )
