"""The report of plan and actuals: both periods side by side where they fit, else one below the other, never mixed."""

from __future__ import annotations

import re

import pytest

from runway.cli import main

TEAM = ["team", "84.6", "84.4", "(0.2)", "0 F"]
TEAM_TO_DATE = ["240.7", "240.4", "(0.3)", "0 F"]


def told(width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["variance", "saas-startup-actuals"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= width
    return [re.split(r"\s{2,}", line.strip()) for line in lines]


@pytest.mark.parametrize("width", [80, 120])
def test_the_month_and_the_year_to_date_stand_side_by_side(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    lines = told(width, monkeypatch, capsys)
    assert ["Mar 2026", "Jan–Mar 2026"] in lines
    assert ["plan", "actual", "var.", "%"] * 2 in lines
    assert [*TEAM, *TEAM_TO_DATE] in lines
    assert ["Closing cash", "451.7", "426.7", "(25.0)", "6 A"] in lines


def test_on_a_narrow_screen_each_period_keeps_its_columns_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    lines = told(60, monkeypatch, capsys)
    month, to_date = lines.index(["Mar 2026"]), lines.index(["Jan–Mar 2026"])
    assert lines[month + 1] == lines[to_date + 1] == ["plan", "actual", "var.", "%"]
    assert month < lines.index(TEAM) < to_date < lines.index(["team", *TEAM_TO_DATE])


def test_markdown_names_the_period_of_each_column(capsys: pytest.CaptureFixture[str]):
    assert main(["variance", "saas-startup-actuals", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "|  | Mar 2026 plan | Mar 2026 actual | Mar 2026 var. | Mar 2026 % | Jan–Mar 2026 plan |" in text
    assert "| **Costs** | 115.6 | 116.9 | 1.3 | 1 A | 332.4 | 337.5 | 5.1 | 2 A |" in text
    assert "| cash in hand | 7.8 | 24 Nov 2026 | 7.1 | 3 Nov 2026 | −21 days |" in text


def test_csv_has_a_row_a_line_and_period(capsys: pytest.CaptureFixture[str]):
    assert main(["variance", "saas-startup-actuals", "--csv", "-"]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert (
        "costs,team.cost,team,0,1,2026-03,84586.67,84448.15,-138.52,-0.00163761027595,favourable,,,0.00,-138.52" in rows
    )
    assert any(row.startswith(",net_burn,Net burn,1,1,2026-01..2026-03,") for row in rows)
