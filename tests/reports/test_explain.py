"""The reports of an explanation and of the headline: a tree of terms, rungs with their way down, in every format."""

from __future__ import annotations

import csv
import io
import re

import pytest

from runway.cli import main

Captured = pytest.CaptureFixture[str]
PAYROLL = ["explain", "openai-2025", "payroll", "2025-09"]


def shown(words: list[str], width: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    return lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_values_stand_at_the_right_and_branches_hang_together(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured
):
    lines = shown(PAYROLL, width, monkeypatch, capsys)
    (top,) = [line for line in lines if line.startswith("  payroll.cost Sep 2025")]
    assert top.endswith("200,608,723.86")  # 1.5B a year grown by 50 % a year for nine months, then for five
    values = {line[2:18]: line for line in lines if line.startswith(("  ├ ", "  └ "))}
    assert values["├ payroll.amount"].endswith("$1.5B/year")
    assert values["├ payroll.grown_"].endswith("  1.355403")
    assert values["└ payroll.growth"].endswith("  50%/year")
    assert {len(line) for line in (top, *values.values())} == {width - 1}  # digits stand left of a closing bracket
    assert "      openai-2025:201 · confidence low · assumption" in lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_long_names_and_formulas_go_on_below_themselves(width: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    words = ["explain", "openai-2025", "softbank_round.conversion_clause", "--depth", "9"]
    lines = shown(words, width, monkeypatch, capsys)
    text = " ".join(" ".join(lines).replace("│", " ").split())
    assert "= max(conversion.date, microsoft_approval.date, attorney_general_approval.date)" in text
    assert "does not bite, 1 Dec 2025" in text
    assert "left out, so the default: softbank_round.conversion_clause.exercised" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_way_of_each_rung_down_to_its_last_day(width: int, monkeypatch: pytest.MonkeyPatch, capsys: Captured):
    lines = shown(["explain", "openai-2025"], width, monkeypatch, capsys)
    told = [re.split(r"\s{2,}", line.strip()) for line in lines]
    assert ["opening cash", "9.0"] in told
    assert ["costs to Mar 2026", "(18.6)"] in told
    assert ["free to spend at the end of 15 Mar 2026", "(0.03)"] in told
    assert ["cash as on the rung before"] in told
    assert [row[:2] for row in told if row[0] == "burn multiple"] == [["burn multiple", "1.9"]]
    lines = shown(["explain", "openai-2025", "--scenario", "no_stargate"], width, monkeypatch, capsys)
    assert ["lowest, 31 Mar 2028", "1.8"] in [re.split(r"\s{2,}", line.strip()) for line in lines]


def test_csv_has_a_row_a_term_with_its_depth_and_origin(capsys: Captured):
    assert main([*PAYROLL, "--csv", "-"]) == 0
    top, amount, grown, last, growth = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (top["depth"], top["address"], top["month"], top["value"]) == (
        "0",
        "payroll.cost",
        "2025-09",
        "200608723.86",
    )
    assert (amount["depth"], amount["value"], amount["written"], amount["line"]) == (
        "1",
        "1500000000",
        "$1.5B/year",
        "200",
    )
    assert [(row["address"], row["month"]) for row in (grown, last)] == [
        ("payroll.grown_to_start", "2025-09"),
        ("payroll.grown_to_start", "2025-08"),
    ]
    assert (growth["unit"], growth["confidence"], growth["note"]) == ("number", "low", "assumption")


def test_csv_of_the_headline_has_a_row_a_rung_that_foots(capsys: Captured):
    assert main(["explain", "openai-2025", "--csv", "-"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["counting"] for row in rows] == ["cash in hand", "certain", "conditional", "planned"]
    for row in rows:
        flows = sum(float(value) for key, value in row.items() if key.startswith("cash."))
        assert float(row["opening_cash"]) + flows == pytest.approx(float(row["closing_cash_then"]), abs=0.05)


def test_markdown_has_the_tree_as_it_is_drawn(capsys: Captured):
    assert main([*PAYROLL, "--markdown"]) == 0
    text = capsys.readouterr().out
    assert re.search(r"^```\n  payroll\.cost Sep 2025 +200,608,723\.86$", text, re.MULTILINE)
    assert "| payroll.growth | 50%/year |" in text
    assert main(["explain", "openai-2025", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "## Cash in hand\n\n11.5 months, to 15 Mar 2026: 14 of 31 days into the last month" in text
    assert "- softbank_round.second: – (still to be received)" in text
    assert "| costs to Mar 2026 | (18.6) |" in text


def test_a_range_is_said_as_amounts_are(capsys: Captured):
    assert main(["explain", "openai-2025", "model.opening_cash"]) == 0
    assert "confidence low · 6B to 12B · assumption" in capsys.readouterr().out
    assert main(["explain", "openai-2025", "payers.churn"]) == 0
    assert "confidence low · 3% to 6% · assumption" in capsys.readouterr().out


def test_the_page_of_an_error_is_no_table(capsys: Captured):
    assert main(["explain", "cycle", "--markdown"]) == 0
    assert capsys.readouterr().out.startswith("# cycle\n")
    assert main(["explain", "cycle", "--csv", "-"]) == 2
    assert "page-is-text" in capsys.readouterr().err
