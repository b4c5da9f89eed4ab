"""`headcount`: opening people, dated hires and leavers, pay, loading, raises each January."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT, months_of

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

TWO_YEARS = """
[model]
name = "x"
start = "2025-06"
months = 24
opening_cash = 0
"""


def team(rows: Rows, fields: str, more: str = "") -> Mapping[str, tuple[float, ...]]:
    return rows(f"""
        [costs.team]
        kind = "headcount"
        {fields}
        {more}
        """)


def person_days(opening: float, hires: dict[str, float], start: str, months: int) -> list[float]:
    """The people paid in each month, counted day by day."""
    return [
        sum(opening + sum(n for day, n in hires.items() if day <= str(today)) for today in days) / len(days)
        for days in months_of(start, months)
    ]


def test_nobody_joins(rows: Rows) -> None:
    found = team(
        rows,
        'opening = 12\nsalary = "€64k/year"',
        """
        [fx]
        EUR = 1.1
        """,
    )
    assert found["team.cost"] == pytest.approx([12 * 64_000 / 12 * 1.1] * 12, abs=CENT)
    assert found["team.people"] == (12.0,) * 12


def test_who_joins_or_leaves_within_a_month_is_paid_by_the_day(rows: Rows) -> None:
    hires = {"2025-02-01": 1, "2025-03-16": 2, "2025-03-31": 1, "2025-05-20": -3, "2025-09-01": -1, "2025-12-31": 5}
    table = ", ".join(f'"{day}" = {n}' for day, n in hires.items())
    found = team(
        rows,
        f"""
        opening = 5
        salary = "$3100/month"
        hires = {{ {table} }}
        """,
    )
    paid = person_days(5, hires, "2025-01", 12)
    assert found["team.paid"] == pytest.approx(paid)
    assert found["team.cost"] == pytest.approx([3100 * n for n in paid], abs=CENT)
    assert found["team.people"] == (5, 6, 9, 9, 6, 6, 6, 6, 5, 5, 5, 10)  # at the end of each month


def test_a_month_means_its_first_day(rows: Rows) -> None:
    by_month = team(
        rows,
        """
        opening = 1
        salary = "$100/month"
        hires = { "2025-03" = 1, "2025-05" = -2 }
        """,
    )
    assert by_month["team.cost"] == (100, 100, 200, 200) + (0,) * 8


def test_part_of_a_person(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 0.5
        salary = "$100/month"
        hires = { "2025-03" = 0.8 }
        """,
    )
    assert found["team.cost"][1:3] == (50, 130)


def test_a_daily_pay(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 0
        salary = "$100/day"
        hires = { "2025-02-11" = 1 }
        """,
    )
    assert found["team.cost"][:3] == (0, 1800, 3100)


def test_loading_comes_on_top(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 2
        salary = "$75k/year"
        loading = "25%"
        """,
    )
    assert found["team.cost"] == (15_625.0,) * 12


def test_raises_come_each_january(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 1
        salary = "$1000/month"
        raises = "3%/year"
        """,
        TWO_YEARS,
    )
    assert found["team.cost"] == pytest.approx([1000] * 7 + [1030] * 12 + [1060.9] * 5, abs=CENT)


def test_no_raise_comes_in_the_first_month_though_it_is_a_january(rows: Rows) -> None:
    assert team(rows, 'opening = 1\nsalary = "$1000/month"\nraises = "3%/year"')["team.cost"] == (1000.0,) * 12


def test_who_joins_after_january_has_the_pay_of_that_year(rows: Rows) -> None:
    fields = """
        opening = 0
        salary = "$1000/month"
        raises = "10%/year"
        hires = { "2026-03-16" = 1 }
        loading = "20%"
        """
    found = team(rows, fields, TWO_YEARS)
    assert found["team.cost"][9:11] == pytest.approx([1100 * 1.2 * 16 / 31, 1320], abs=CENT)


def test_each_january_has_its_own_raise(rows: Rows) -> None:
    raises = 'raises = { "2025-06" = "0%/year", "2026-06" = "10%/year" }'
    found = team(
        rows,
        f"""
        opening = 1
        salary = "$1000/month"
        {raises}
        """,
        TWO_YEARS,
    )
    assert found["team.cost"] == pytest.approx([1000] * 19 + [1100] * 5, abs=CENT)


def test_a_salary_by_schedule(rows: Rows) -> None:
    found = team(rows, 'opening = 2\nsalary = { "2025-01" = "$100/month", "2025-07" = "$2400/year" }')
    assert found["team.cost"] == (200.0,) * 6 + (400.0,) * 6


def test_who_joined_before_the_start_is_in_the_opening(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 5
        salary = "$100/month"
        hires = { "2024-06-15" = 3, "2025-02" = 1 }
        """,
    )
    assert found["team.people"][:2] == (5, 6)
    assert found["team.cost"][:2] == (500, 600)


def test_a_hire_may_be_uncertain(rows: Rows) -> None:
    found = team(
        rows,
        """
        opening = 0
        salary = "$100/month"
        hires = { "2025-02" = { value = 2, low = 1, high = 4 } }
        """,
    )
    assert found["team.cost"][1] == 200
