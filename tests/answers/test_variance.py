"""`runway variance`: the differences are those of two projections, with the right sign of good and bad."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import runway
from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.answers.variance import Variance

STALL = """
[model]
name         = "Stall"
start        = "2024-11"
months       = 14
opening_cash = 1000

[revenue.cups]
kind   = "recurring"
amount = "$100/month"

[costs.rent]
kind   = "recurring"
amount = "$150/month"

[costs.sugar]
kind   = "recurring"
amount = "$50/month"

[actuals]
file       = "books.csv"
last_close = "2025-02"
"""
BOOKS = {"cups": (120, 90, 80, 110), "rent": (150, 150, 140, 160), "cash": (920, 810, 700, 600)}
MONTHS = ("2024-11", "2024-12", "2025-01", "2025-02")


@pytest.fixture
def stall(tmp_path: Path) -> Callable[..., Variance]:
    lines = [f"{m},{row},{v}" for row, values in BOOKS.items() for m, v in zip(MONTHS, values, strict=True)]
    (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *lines]), encoding="utf-8")
    (tmp_path / "stall.toml").write_text(STALL, encoding="utf-8")

    def stall(month: str | None = None, **how: object) -> Variance:
        return runway.variance(runway.load(str(tmp_path / "stall.toml"), **how), month)  # type: ignore[arg-type]

    return stall


def test_the_month_and_the_year_year_to_date(stall: Callable[..., Variance]) -> None:
    """February: 110 for 100 of cups; the year began in January: 190 for 200."""
    found = stall()
    assert (found.month, found.year_to_date_from) == ("2025-02", "2025-01")
    lines = {item.address: item for item in found.lines}
    cups, rent, sugar = (lines[a] for a in ("cups.revenue", "rent.cost", "sugar.cost"))
    assert (cups.month.plan, cups.month.actual, cups.month.variance, cups.month.favourable) == (100, 110, 10, True)
    assert (cups.year_to_date.plan, cups.year_to_date.actual, cups.year_to_date.favourable) == (200, 190, False)
    assert (rent.month.variance, rent.month.favourable) == (10, False)
    assert (rent.year_to_date.variance, rent.year_to_date.favourable) == (0, None)
    assert (sugar.has_actuals, sugar.month.variance) == (False, 0)
    assert lines["total.costs"].month.variance == 10
    assert lines["net_burn"].month.variance == lines["net_burn"].month.actual - 100


def test_an_earlier_year_begins_with_the_model(stall: Callable[..., Variance]) -> None:
    found = stall("2024-12")
    assert (found.month, found.year_to_date_from) == ("2024-12", "2024-11")
    assert {i.address: i.year_to_date.actual for i in found.lines}["cups.revenue"] == 210


def test_lines_add_up_to_their_section_and_sections_to_the_cash(stall: Callable[..., Variance]) -> None:
    found = stall()
    for section in ("revenue", "costs", "passthrough"):
        total, *lines = [item for item in found.lines if item.section == section]
        assert total.total
        for period in ("month", "year_to_date"):
            for side in ("plan", "actual", "variance"):
                parts = sum(getattr(getattr(item, period), side) for item in lines)
                assert parts == pytest.approx(getattr(getattr(total, period), side))
    assert (found.closing_cash.plan, found.closing_cash.actual) == (600, 600)


def test_the_new_zero_cash_date(stall: Callable[..., Variance]) -> None:
    """600 on both: the plan as it was meets the books at the end of February, so nothing moves; 100 less is a month."""
    (in_hand, *_) = stall().runway
    assert in_hand.days == 0
    assert (in_hand.plan.months, in_hand.now.months) == pytest.approx((6, 6))  # from the close of April
    assert in_hand.now.months_from_start == pytest.approx(10)
    (in_hand, *_) = stall(set={"model.opening_cash": "1100"}).runway  # the plan changes, the bank's balance does not
    assert in_hand.plan.months == pytest.approx(7)
    assert in_hand.now.months == pytest.approx(6)
    assert in_hand.days is not None
    assert in_hand.days < 0


def test_json_csv_and_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variance", "saas-startup-actuals", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    now = runway.project("saas-startup-actuals")
    assert told["as_of"] == "2026-03-31"
    assert told["runway"][0]["now"]["zero_cash_date"] == str(now.runway[0].zero_cash_date)
    assert [source["total"] for source in told["sources"]] == ["-141058.20", "1260.08", "240380.65"]
    assert [month["unreconciled"] for month in told["reconciliation"]["months"]] == [-25, -25, -25]
    team = next(line for line in told["lines"] if line["address"] == "team.cost")
    assert team["month"] == {
        "plan": 84586.67,
        "actual": 84448.15,
        "variance": -138.52,
        "share": pytest.approx(-138.52 / 84586.67),
        "favourable": True,
    }
    assert main(["variance", "saas-startup-actuals", "--csv", "-"]) == 0
    assert capsys.readouterr().out.startswith("section,address,title,total,has_actuals,period,plan,actual")
    assert main(["variance", "saas-startup-actuals"]) == 0
    text = capsys.readouterr().out
    assert max(map(len, text.splitlines())) <= 80
    assert "cash in hand        7.8   24 Nov 2026      7.1   3 Nov 2026    −21 days" in text


def test_one_rung_may_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    every = runway.variance("saas-startup-actuals")
    one = runway.variance("saas-startup-actuals", counting="conditional")
    assert one.runway == (every.runway[2],)
    assert (every.counting, one.counting) == (None, "+ conditional")
    assert main(["variance", "saas-startup-actuals", "--counting", "conditional"]) == 0
    head = capsys.readouterr().out.split("\n\n")[0]
    assert "counting conditional (--counting)" in " ".join(head.split())


def test_in_the_first_month_of_a_year_the_year_to_date_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variance", "saas-startup-actuals", "--month", "2026-01"]) == 0
    heads = capsys.readouterr().out.splitlines()[2]
    assert heads.split("  ")[-1] == "year to date"
    assert "Jan 2026" in heads
