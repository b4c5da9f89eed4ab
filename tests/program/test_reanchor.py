"""After a close the forecast goes on from the books: what drives a line's revenue is scaled by what was earned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import runway
from runway.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

COMPANY = """
[model]
name = "After the close"
start = "2026-01"
months = 12
opening_cash = 20000

[revenue.subs]
kind = "subscription"
opening = 100
acquisition = "5%/month"
churn = "0%/month"
price = "$10/month"
{capacity}

[revenue.care]
kind = "recurring"
amount = "$100/month"
growth = "1%/month"

[revenue.rent]
kind = "recurring"
amount = "$50/month"

[revenue.calls]
kind = "usage"
volume = "{volume}"
price = "$1"

[costs.team]
kind = "recurring"
amount = "$2000/month"

[scenarios.dear]
set = {{ "subs.price" = "+10%" }}

[actuals]
file = "books.csv"
last_close = "2026-03"
{keys}
"""
MONTHS = ("2026-01", "2026-02", "2026-03")
BOOKS = {"subs": (1040, 900, 680), "care": (100, 90, 80), "rent": (50, 50, 60), "calls": (200, 190, 100)}


@pytest.fixture
def company(tmp_path: Path) -> Callable[..., Plan]:
    def company(
        keys: str = "",
        capacity: str = "",
        books: dict[str, tuple[float, ...]] = BOOKS,
        volume: str = "subs.subscribers * 2",
        **how: object,
    ) -> Plan:
        rows = [f"{m},{row},{v}" for row, values in books.items() for m, v in zip(MONTHS, values, strict=True)]
        (tmp_path / "books.csv").write_text("\n".join(["month,address,value", *rows]), encoding="utf-8")
        text = COMPANY.format(keys=keys, capacity=capacity, volume=volume)
        (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
        return runway.load(str(tmp_path / "plan.toml"), **how)  # type: ignore[arg-type]

    return company


def april(plan: Plan) -> list[float]:
    rows = runway.project(plan).rows
    return [rows[f"{name}.revenue"][3] for name in ("subs", "care", "rent", "calls")]


PLANNED = [10 * 100 * 1.05**4, 100 * 1.01**3, 50, 2 * 100 * 1.05**4]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("", [714, 80.8, 50, 2 * 71.4]),  # 68 subscribers earned 680; calls are twice that, whatever they earned
        ("reanchor = true", [714, 80.8, 60, 100 * 1.05]),  # calls go on from the 100, by the growth of the subscribers
        ("reanchor = false", PLANNED),
    ],
)  # fmt: skip
def test_the_first_open_month_follows_the_last_closed_one(
    company: Callable[..., Plan], keys: str, wanted: list[float]
) -> None:
    assert april(company(keys)) == pytest.approx(wanted, abs=0.01)


@pytest.mark.parametrize(
    ("volume", "wanted"),
    [
        ("prev(subs.subscribers) * 2", 100 * 68 / 90),  # 90 subscribers earned the 900 of February, 68 the 680 of March
        ("lag(subs.subscribers, 2) * 2", 100 * 90 / 104),
    ],
)
def test_what_looks_back_finds_the_drivers_of_the_books(
    company: Callable[..., Plan], volume: str, wanted: float
) -> None:
    plan = company("reanchor = true", volume=volume)
    rows = runway.project(plan).rows
    assert rows["subs.subscribers"][:3] == pytest.approx([104, 90, 68], abs=0.01)
    assert rows["calls.revenue"][2:4] == pytest.approx([100, wanted], abs=0.01)
    nothing = BOOKS | {"subs": (1040, 0, 680)}  # a month without revenue goes on from the one before
    rows = runway.project(company("reanchor = true", volume=volume, books=nothing)).rows
    assert rows["subs.subscribers"][:4] == pytest.approx([104, 109.2, 68, 71.4], abs=0.01)


def test_a_state_or_a_closing_as_planned_is_scaled_by_nothing(company: Callable[..., Plan]) -> None:
    planned = {"subs": (1050, 1102.5, 1157.63), "care": (100, 101, 102.01), "rent": (50,) * 3}
    assert april(company("reanchor = true", books=planned)) == pytest.approx(PLANNED, abs=0.01)
    given = BOOKS | {"subs.subscribers": (104, 90, 70)}  # the books say how many there are
    assert april(company(books=given))[0] == pytest.approx(735, abs=0.01)
    nothing = BOOKS | {"subs": (1040, 900, 0)}  # a month without a row says nothing of the next
    assert april(company(books=nothing))[0] == pytest.approx(PLANNED[0], abs=0.01)


def test_a_limit_holds_after_the_close(company: Callable[..., Plan]) -> None:
    assert april(company(capacity="capacity = 70"))[0] == pytest.approx(700, abs=0.01)


def test_a_change_acts_on_what_comes_after(company: Callable[..., Plan]) -> None:
    """The scale is of the file: a dearer price earns more of the same subscribers, in a scenario and by hand."""
    assert april(company(scenario="dear"))[0] == pytest.approx(714 * 1.1, abs=0.01)
    assert april(company(set={"subs.price": "$11/month"}))[0] == pytest.approx(714 * 1.1, abs=0.01)
    assert april(company(set={"subs.acquisition": "10%/month"}))[0] > 714
    assert april(company(set={"actuals.reanchor": "false"})) == pytest.approx(PLANNED, abs=0.01)


def test_the_notes_say_how_far_it_leaps(company: Callable[..., Plan]) -> None:
    notes = " ".join(runway.project(company()).notes)
    assert "subs goes on from the 680 of Mar 2026: its subscribers are 58.7 % of the plan's from then on" in notes
    assert "rent earns 60 in Mar 2026 by the books and 50 in Apr 2026 as planned, −17 %" in notes.replace("-17", "−17")
    kept = " ".join(runway.project(company("reanchor = false")).notes)
    assert "subs earns 680 in Mar 2026 by the books and 1.216k in Apr 2026 as planned, +79 %" in kept


def test_the_scale_is_traced_to_the_books(company: Callable[..., Plan], tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    company()
    assert main(["explain", str(tmp_path / "plan.toml"), "subs.scale", "2026-03"]) == 0
    told = capsys.readouterr().out
    assert "0.71957" in told  # 680 over the 945 of the 90 of February
    assert "books.csv:4" in told
