"""The variance of a line in its parts: volume, price and timing, reckoned by hand from what a student's book says."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

import runway
from runway.answers.compare import compare
from runway.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from runway.answers.variance import LineVariance

PLAN = """
[model]
name         = "Parts"
start        = "2026-01"
months       = 12
opening_cash = 9_000

[revenue.seats]
kind    = "subscription"
opening = 100
churn   = "0%/month"
price   = "10/month"
collected_after    = "0 days"
opening_receivable = 0

[revenue.calls]
kind   = "usage"
volume = "50"
price  = 2

[revenue.extra]
kind   = "usage"
volume = "0"
price  = 2

[costs.team]
kind    = "headcount"
opening = 2
salary  = "1_000/month"

[costs.rent]
kind   = "recurring"
amount = "400/month"
"""
ACTUALS = """
[actuals]
file       = "books.csv"
last_close = "2026-02"
"""
BOOKS = {
    "seats.subscribers": (90, 110),
    "seats.revenue": (990, 1045),
    "seats.cash": (900, 1100),
    "calls.units": (60, 50),
    "calls.revenue": (120, 100),
    "extra.units": (5, 0),
    "extra.revenue": (15, 0),
    "team.people": (3, 2),
    "team.cost": (3300, 2000),
    "rent.cost": (420, 400),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    lines = [f"2026-0{t},{row},{values[t - 1]}" for row, values in BOOKS.items() for t in (1, 2)]
    (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *lines]) + "\n", encoding="utf-8")
    (tmp_path / "plan.toml").write_text(dedent(PLAN), encoding="utf-8")
    (tmp_path / "closed.toml").write_text(dedent(PLAN + ACTUALS), encoding="utf-8")
    return tmp_path


def parts(item: LineVariance, *, to_date: bool = False) -> tuple[float | None, ...]:
    found = item.year_to_date_parts if to_date else item.month_parts
    assert found is not None
    return found.volume, found.price, found.timing, found.cash


def lines(month: str) -> dict[str, LineVariance]:
    return {item.address.partition(".")[0]: item for item in runway.variance("closed.toml", month).lines}


@pytest.mark.usefixtures("folder")
def test_volume_at_the_planned_price_and_price_at_the_actual_number() -> None:
    january = lines("2026-01")
    # 90 seats of 100, at 11.00 in place of 10.00: (90 - 100) x 10 and (11 - 10) x 90; 900 of the 990 came in
    assert parts(january["seats"]) == (-100, 90, -90, -100)
    # 60 calls of 50, at 2.00 as planned
    assert parts(january["calls"]) == (20, 0, 0, 20)
    # 3 people of 2, at 1,100 in place of 1,000, paid as they are incurred
    assert parts(january["team"]) == (1000, 300, 0, 1300)
    # 5 of none planned: no planned price, all is volume
    assert parts(january["extra"]) == (15, 0, 0, 15)
    # a rent has no number
    assert parts(january["rent"]) == (None, None, 0, 20)
    assert january["rent"].number is None


@pytest.mark.usefixtures("folder")
def test_months_are_split_one_by_one_and_their_parts_add_up() -> None:
    """February: 110 at 9.50, (110 - 100) x 10 and (9.50 - 10) x 110; 1,100 came in of 1,045."""
    seats = lines("2026-02")["seats"]
    assert parts(seats) == (100, -55, 55, 100)
    assert parts(seats, to_date=True) == (0, 35, -35, 0)
    for item in runway.variance("closed.toml").lines:
        for compared, split in ((item.month, item.month_parts), (item.year_to_date, item.year_to_date_parts)):
            if split is not None and split.volume is not None and split.price is not None:
                assert split.volume + split.price == pytest.approx(compared.variance, abs=1e-9)
                assert split.volume + split.price + split.timing == pytest.approx(split.cash, abs=1e-9)


def test_a_number_that_the_books_lack_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    books = (folder / "books.csv").read_text(encoding="utf-8").splitlines()
    kept = "\n".join(line for line in books if "subscribers" not in line) + "\n"
    (folder / "books.csv").write_text(kept, encoding="utf-8")
    assert main(["variance", "closed.toml", "--month", "2026-01"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "volume and price are not told apart: seats (seats.subscribers)" in text
    assert main(["variance", "closed.toml", "--json"]) == 0
    line = next(item for item in json.loads(capsys.readouterr().out)["lines"] if item["address"] == "seats.revenue")
    assert line["number"] == "seats.subscribers"
    assert line["year_to_date_parts"] == {"volume": None, "price": None, "timing": -35.0, "cash": 0.0}


def test_every_output_has_the_parts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["variance", "closed.toml", "--month", "2026-01", "--csv", "-"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()
    assert head.endswith(",volume,price,timing,cash_variance")
    seats = next(row for row in rows if "seats.revenue" in row and ",2026-01," in row)
    assert seats.endswith(",-100.00,90.00,-90.00,-100.00")
    assert main(["variance", "closed.toml", "--month", "2026-01", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "## Volume and price" in text
    assert "| seats | (100) | 90 | (90) | (100) | (100) | 90 | (90) | (100) |" in text


@pytest.mark.usefixtures("folder")
def test_compare_splits_the_months_that_have_been_closed_since() -> None:
    comparison = compare(*(runway.load(name) for name in ("plan.toml", "closed.toml")), metric="closing-cash")
    assert comparison.closed_months == ("2026-01", "2026-02")
    split = {line.title: line.parts for line in comparison.closed}
    assert (split["seats"].volume, split["seats"].price, split["seats"].timing) == (0, 35, -35)
    assert (split["team"].volume, split["team"].price, split["team"].timing) == (1000, 300, 0)
    # cash at the end of February: calls and extra 35 more, the team 1,300 and the rent 20 less
    cash = [projection.rows["cash"][1] for projection in comparison.projections]
    assert cash[1] - cash[0] == pytest.approx(35 - 1300 - 20)
    signed = sum(parts.cash * (-1 if title in ("team", "rent") else 1) for title, parts in split.items())
    assert signed == pytest.approx(cash[1] - cash[0])
    assert comparison.to_dict()["closed"][0]["parts"]["volume"] == 0.0
