"""A length of time is read alike by every option that takes one."""

from __future__ import annotations

import json

import pytest
from support.command_line import printed, said

YEAR = ("12", "12m", "12 m", "1y", "12 months", "12months", "1 year", "4 quarters", "365 days")


ANSWERS = {}


def asked(capsys, *arguments):
    """The answer to a question, which is asked once."""
    if arguments not in ANSWERS:
        ANSWERS[arguments] = json.loads(printed(capsys, *arguments, "--json"))
    return ANSWERS[arguments]


@pytest.mark.parametrize("text", YEAR)
@pytest.mark.parametrize(
    "command",
    [
        ("project", "lemonade", "--for"),
        ("sensitivity", "lemonade", "--break", "--steps", "3", "--at-least"),
        ("sources", "lemonade", "--older-than"),
    ],
)
def test_every_option_takes_every_spelling(capsys, command, text):
    assert asked(capsys, *command, text) == asked(capsys, *command, "12 months")


@pytest.mark.parametrize("text", ["2m", "2 months", "2months"])
def test_a_backtest_looks_as_far_ahead_as_asked(capsys, text):
    command = ("backtest", "saas-startup-actuals", "--horizon")
    assert asked(capsys, *command, text) == asked(capsys, *command, "2")


@pytest.mark.parametrize("text", YEAR)
def test_a_target_and_a_moved_date_take_them_too(capsys, text):
    target = asked(capsys, "solve", "lemonade", "--so-that", f"runway >= {text}")
    assert target["answer"] == asked(capsys, "solve", "lemonade", "--so-that", "runway >= 12 months")["answer"]
    moved = ("sensitivity", "lemonade", "--param", "permit.date", "--steps", "3", "--range")
    assert asked(capsys, *moved, f"0..{text}") == asked(capsys, *moved, "0..12 months")


@pytest.mark.parametrize("field", ["months_to_close", "raise_for", "burn_window", "months"])
@pytest.mark.parametrize("text", ["12m", "1y", "12months"])
def test_set_takes_them_where_a_length_of_time_stands(capsys, field, text):
    def rest(value):
        answer = asked(capsys, "project", "lemonade", "--set", f"model.{field}={value}")
        return {key: value for key, value in answer.items() if key != "set"}

    assert rest(text) == rest("12 months")
    assert rest("+2m" if field == "months_to_close" else "8m") == rest("8 months")


def test_a_date_is_moved_by_a_letter_too(capsys):
    def rows(change):
        return asked(capsys, "project", "lemonade", "--set", f"permit.date={change}")["rows"]

    assert rows("+2m") == rows("+2 months") != rows("-1y")


@pytest.mark.parametrize("ends", ["3m..9m", "3..9m", "3 months..9 months"])
def test_a_range_of_a_length_of_time(capsys, ends):
    asked_for = ("sensitivity", "lemonade", "--param", "model.months_to_close", "--steps", "3", "--range")
    assert asked(capsys, *asked_for, ends) == asked(capsys, *asked_for, "3..9")


@pytest.mark.parametrize("text", ["24M", "soon", "never", "0", "1.3m", "-3m"])
@pytest.mark.parametrize("command", [("project", "lemonade", "--for"), ("backtest", "lemonade", "--horizon")])
def test_what_is_not_whole_months_is_refused(capsys, command, text):
    assert text in said(capsys, *command, text)


def test_m_is_no_length_of_time_of_money(capsys):
    assert 'Write "2M/month"' in said(capsys, "project", "lemonade", "--set", "stall.amount=2m")
