"""One unit of money a report: asked for, of the file, or by the size; and the weeks."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from runway.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("unit", "label", "cash"),
    [("full", "EUR", "560,000.00"), ("thousands", "EUR thousands", "560.0"), ("millions", "EUR millions", "0.56")],
)
def test_the_unit_that_is_asked_for(unit: str, label: str, cash: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "saas-startup", "--full", "--by", "year", "--unit", unit]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(f"· {label}")
    assert next(line for line in lines if "Opening cash" in line).split()[2] == cash


@pytest.mark.proof
@pytest.mark.parametrize(
    "command",
    [
        ["project"], ["scenarios"], ["captable"], ["exit", "--value", "20M"], ["sensitivity"], ["simulate", "-n", "50"],
        ["compare", "--set", "team.opening=+1"], ["solve", "--so-that", "runway >= 14 months"],
    ],
)  # fmt: skip
def test_the_unit_of_the_file(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'extends = "saas-startup"\n[model]\nunit = "millions"\n'
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    main([command[0], str(tmp_path / "plan.toml"), *command[1:]])
    assert "EUR millions" in " ".join(capsys.readouterr().out.split())
    assert main(["project", "saas-startup"]) == 0  # and it stays with that file
    assert "EUR thousands" in capsys.readouterr().out
    main([command[0], str(tmp_path / "plan.toml"), *command[1:], "--unit", "thousands"])
    assert "EUR thousands" in " ".join(capsys.readouterr().out.split())


def test_an_unknown_unit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.toml").write_text('extends = "lemonade"\n[model]\nunit = "k"\n', encoding="utf-8")
    assert main(["project", str(tmp_path / "plan.toml")]) == 2
    assert "plan.toml:3:8 unknown-choice" in capsys.readouterr().err
    assert main(["project", "lemonade", "--unit", "k"]) == 2


def test_the_next_weeks_in_every_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """January of the stand earns 200 and spends 300 over 31 days."""
    asked = ["project", "lemonade", "--by", "week"]
    assert main([*asked, "--json"]) == 0
    week, *others = json.loads(capsys.readouterr().out)["weeks"]
    assert len(others) == 12
    assert (week["first"], week["received"], week["paid"]) == ("2025-01-01", 45.16, 67.74)
    assert main([*asked, "--csv", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("2025-01-01,2025-01-07,500.00,45.16,67.74,477.42")
    assert main([*asked, "--markdown"]) == 0
    assert "| 1 Jan 2025 |" in capsys.readouterr().out
    assert main(asked) == 0
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert main([*asked, "--as-of", "2025-03-15"]) == 0
    assert "16 Mar 2025" in capsys.readouterr().out
    assert main([*asked, "--full"]) == 2
    assert main([*asked, "--as-of", "2025-12-31"]) == 0
    assert "no day after" in capsys.readouterr().out


def test_csv_by_year_foots(capsys: pytest.CaptureFixture[str]) -> None:
    """Flows are summed and balances taken at the end."""
    assert main(["project", "venture-debt", "--by", "year", "--csv", "-"]) == 0
    years = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert main(["project", "venture-debt", "--csv", "-"]) == 0
    months = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [year["period"] for year in years] == ["2026", "2027", "2028", "2029"]
    for n, year in enumerate(years):
        within = months[12 * n : 12 * n + 12]
        assert (year["opening_cash"], year["closing_cash"]) == (within[0]["opening_cash"], within[-1]["closing_cash"])
        for flow in ("net_cash_flow", "total.revenue", "growth_loan.interest", "net_burn"):
            assert float(year[flow]) == pytest.approx(sum(float(month[flow]) for month in within), abs=0.02)
        for balance in ("growth_loan.balance", "unrestricted_cash", "total.debt", "total.arr"):
            assert year[balance] == within[-1][balance]
    assert main(["project", "venture-debt", "--by", "quarter", "--csv", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[1].startswith("2026-Q1,")
