"""Two term sheets side by side, and what a holder asks of all its companies."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

import runway
from runway.answers.term_sheets import term_sheets
from runway.cli import main
from runway.errors import InputError

SHEET = """
[model]
name = "{name}"
start = "2026-01"
months = 12
opening_cash = 1_000_000

[costs.team]
kind = "recurring"
amount = "100_000/month"

[captable.holders.ana]
shares = {{ common = 800 }}

[captable.holders.fund]
title = "Our fund"
shares = {{ common = 200 }}
invested = 50_000
invested_on = "2025-06-01"

[captable.classes.common]
kind = "common"

[funding.seed]
kind = "priced_round"
valuation = {{ value = "{value}", basis = "pre_money" }}

[[funding.seed.commitments]]
investor = "fund"
amount = 250_000

[[funding.seed.closings]]
name = "only"
date = "2026-03-01"
amount = 250_000
"""


@pytest.fixture
def sheets(tmp_path: Path) -> list[str]:
    files = []
    for name, value in (("first", "750k"), ("second", "1M")):
        text = SHEET.format(name=name, value=value)
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
        files.append(str(tmp_path / f"{name}.toml"))
    return files


def test_two_term_sheets(sheets: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """250k at 750k is a quarter of the company, at 1M a fifth: 80 % of ana's are left with 3/4 or 4/5 of it."""
    first, second = (runway.load(file) for file in sheets)
    found = term_sheets(first, second)
    stakes = {stake.title: stake.stakes for stake in found.stakes}
    ana = stakes["ana"]
    assert [float(stake) for stake in ana] == pytest.approx([0.8 * 3 / 4, 0.8 * 4 / 5], abs=1e-3)
    assert [float(sum(stake[n] for stake in stakes.values())) for n in (0, 1)] == [1, 1]
    before = term_sheets(first, second, date(2026, 2, 28))
    assert {stake.title: stake.stakes for stake in before.stakes}["Our fund"] == (Fraction(1, 5), Fraction(1, 5))
    assert before.rounds == []
    assert main(["captable", *sheets]) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80 or "first.toml" in out
    assert "Pre-money" in out
    assert main(["captable", *sheets, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [side["pre_money"] for side in told["rounds"][0]["sides"]] == [750_000, 1_000_000]
    assert [rung["months"] for rung in told["runway"]] == [None, None]


@pytest.mark.parametrize("command", ["captable", "compare"])
def test_the_scenario_of_both_is_told(
    command: str, sheets: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, and nothing where it is the base."""
    monkeypatch.chdir(tmp_path)
    for file in sheets:
        with Path(file).open("a", encoding="utf-8") as written:
            written.write('[scenarios.costly]\nset = { "team.amount" = "+10%" }\n')
    for options, times in (((), 0), (("-s", "costly"), 1)):
        assert main([command, "first.toml", "second.toml", *options, "--markdown"]) == 0
        assert capsys.readouterr().out.partition("\n\n## ")[0].count("costly") == times


def test_two_currencies_do_not_stand_side_by_side(sheets: list[str]) -> None:
    with pytest.raises(InputError, match="prices cannot stand side by side"):
        term_sheets(runway.load(sheets[0]), runway.load("saas-startup"))


def test_what_a_holder_asks_of_its_companies(
    sheets: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A fifth for 50k until the round, then 0.2 x 3/4 + 1/4 for 300k; 100k less cash since the revision is a month."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "plans"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True, capture_output=True)
    first = tmp_path / "first.toml"
    first.write_text(first.read_text(encoding="utf-8").replace("1_000_000", "900_000"), encoding="utf-8")
    asked = {"paths": 0, "holder": "our fund", "since": "HEAD", "counting": "cash-in-hand"}
    early, late = (
        {c.model: c for c in runway.portfolio(str(tmp_path), as_of=day, **asked).companies}  # type: ignore[arg-type]
        for day in (date(2026, 1, 31), date(2026, 3, 31))
    )
    assert (early["first"].stake, early["first"].cost, early["first"].cash) == (0.2, 50_000, 800_000)
    assert late["first"].stake == pytest.approx(0.2 * 3 / 4 + 1 / 4, abs=1e-3)
    assert late["first"].cost == 300_000
    changes = {name: company.months - company.months_before for name, company in early.items()}
    assert changes == pytest.approx({"first": -1.0, "second": 0.0})
    assert main(["portfolio", str(tmp_path), "-n", "0", "--holder", "our fnd"]) == 2
    assert "Did you mean Our fund?" in capsys.readouterr().err
    assert main(["portfolio", str(tmp_path), "-n", "0", "--since", "v9"]) == 2
    assert "git knows no revision v9" in capsys.readouterr().err
