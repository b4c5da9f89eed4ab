"""One unit for all commands of a model, with three digits that say something in every table."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from runway.cli import main

COMPANY = """
[model]
name         = "One unit"
start        = "2026-01"
months       = 24
opening_cash = "2M"

[revenue.sales]
kind   = "recurring"
amount = "20k/month"

[costs.team]
kind   = "recurring"
amount = "120k/month"

[costs.licence]
kind   = "recurring"
amount = "40/month"

[funding.seed]
kind      = "priced_round"
valuation = { value = "20M", basis = "pre_money" }
[[funding.seed.commitments]]
investor = "fund"
amount   = "4M"
[[funding.seed.closings]]
name   = "first"
date   = "2026-09-01"
amount = "4M"

[captable.holders]
founders = { shares = { common = 8_000_000 } }

[exits.offer]
value = "12M"
date  = "2027-06-30"

[[checks]]
expect = "cash in 2026-06"
value  = "1.4M"
within = "1k"

[scenarios.double]
set = { "team.amount" = "400k/month" }
"""


@pytest.fixture
def company(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.toml").write_text(dedent(COMPANY), encoding="utf-8")
    return tmp_path


def title(capsys, *arguments: str) -> str:
    main([arguments[0], "one.toml", *arguments[1:]])
    return " ".join(capsys.readouterr().out.split("\n\n")[0].split())


@pytest.mark.parametrize(
    "command",
    [
        ["project"], ["project", "--full"], ["project", "--by", "week"], ["project", "--scenario", "double"],
        ["project", "--set", "model.opening_cash=100k"], ["scenarios"], ["captable"], ["exit"], ["check"],
        ["exit", "--value", "12M"], ["solve", "--so-that", "runway.cash_in_hand >= 18 months"],
        ["sensitivity", "--param", "burn"], ["compare", "one.toml", "--set", "sales.amount=30k/month"],
        ["explain", "runway"], ["simulate", "--paths", "10"],
    ],
)  # fmt: skip
def test_every_command_of_a_model_has_its_unit(capsys, company, command):
    """2M of cash and a round of 4M: thousands have four digits, whatever a command or a scenario shows."""
    assert "USD thousands" in title(capsys, *command)


def test_a_figure_that_does_not_fit_the_unit_has_its_own(capsys, company):
    assert "USD billions" in title(capsys, "exit", "--value", "2000B")


def test_a_table_of_small_figures_says_a_smaller_unit_beside_its_title(capsys, company):
    """In millions a licence of 480 a year would be 0.0005; three places are three digits from 0.1 on."""
    (company / "small.toml").write_text(
        dedent("""
        [model]
        name         = "Small"
        start        = "2026-01"
        months       = 12
        opening_cash = 90_000
        [costs.licence]
        kind   = "recurring"
        amount = "40/month"
        """),
        encoding="utf-8",
    )
    assert main(["project", "small.toml", "--unit", "millions", "--show", "ladder,cash"]) == 0
    text = capsys.readouterr().out
    assert text.splitlines()[0].endswith("USD millions")
    assert re.search(r"^  RUNWAY +USD thousands$", text, re.MULTILINE)
    assert re.search(r"^ +Opening cash +90\.0 ", text, re.MULTILINE)
    assert "0.0 " not in text.replace("90.0 ", "")
    assert main(["project", "small.toml", "--unit", "millions", "--show", "cash", "--markdown"]) == 0
    assert "\nUSD thousands\n" in capsys.readouterr().out
