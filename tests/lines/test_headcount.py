"""`headcount`: opening people, dated hires and leavers, pay, loading, raises each January."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from support.by_day import CENT, months_of

if TYPE_CHECKING:
    from runway.answers.projection import Projection

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


def test_raises_come_in_the_month_that_is_named(rows: Rows) -> None:
    fields = 'opening = 1\nsalary = "$1000/month"\nraises = "3%/year"\nraise_month = "07"'
    assert team(rows, fields, TWO_YEARS)["team.cost"] == pytest.approx([1000] + [1030] * 12 + [1060.9] * 11, abs=CENT)


def test_raises_come_with_the_financial_year(rows: Rows) -> None:
    fields = 'opening = 1\nsalary = "$1000/month"\nraises = "3%/year"'
    ends = TWO_YEARS + 'fiscal_year_end = "03"'
    assert team(rows, fields, ends)["team.cost"] == pytest.approx([1000] * 10 + [1030] * 12 + [1060.9] * 2, abs=CENT)
    by_month = fields.replace('"3%/year"', '{ "2025-06" = "0%/year", "2027-04" = "10%/year" }')
    assert team(rows, by_month, ends)["team.cost"] == pytest.approx([1000] * 22 + [1100] * 2, abs=CENT)


def test_everybody_s_pay_rises_on_the_anniversary_of_joining(rows: Rows) -> None:
    """From June 2025 at 1000: one of the opening joined in September 2024, one has no date, one joins on 16 March."""
    fields = """
        opening = 2
        salary = "$1000/month"
        raises = "10%/year"
        raise_month = "anniversary"
        hires = { "2024-09-10" = 1, "2026-03-16" = 1, "2026-10" = -1 }
        """
    found = team(rows, fields, TWO_YEARS)["team.cost"]
    dated = [1000] * 3 + [1100] * 12 + [1210] * 9
    undated = [1000] * 12 + [1100] * 4 + [0] * 8  # who leaves in October is one of these
    joined = [0] * 9 + [1000 * 16 / 31] + [1000] * 11 + [1100] * 3
    assert found == pytest.approx([sum(pay) for pay in zip(dated, undated, joined, strict=True)], abs=CENT)


def test_who_joins_ramps_up(rows: Rows) -> None:
    """Four months each: of two who join in September a quarter a month, one of the opening joined in May 2025.

    Of four of the opening that one does half of the work by the end of June and all by the end of August.
    """
    fields = """
        opening = 4
        salary = "$1000/month"
        ramp = "4 months"
        hires = { "2025-05" = 1, "2025-09" = 2, "2025-11" = -1 }
        """
    found = team(rows, fields, TWO_YEARS)
    assert found["team.ramped"][:8] == pytest.approx([3.5, 3.75, 4, 4.5, 5, 4.5, 5, 5])
    assert found["team.people"][:8] == (4, 4, 4, 6, 6, 5, 5, 5)
    two = 'opening = 0\nsalary = "$1000/month"\nramp = "2 months"\nhires = { "2025-09-16" = 2 }'
    found = team(rows, two, TWO_YEARS)  # 15 of the 30 days of September are half a month
    assert found["team.ramped"][2:6] == pytest.approx([0, 0.5, 1.5, 2])


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


def model(start: str, months: int) -> str:
    return f'[model]\nname = "x"\nstart = "{start}"\nmonths = {months}\nopening_cash = 0\n'


def test_two_who_join_in_one_month_are_paid_late_each_from_a_day_of_its_own(rows):
    """At 100 a day, paid ten days later: in March the first earns from the 11th, the second from the 21st.

    Of 21 and 11 days, 3,200, what is earned up to the 21st is paid by the 31st: 11 days and 1 day, 1,200.  In April the
    one leaves on the 16th: 15 days of two and 15 of one, 4,500; the last ten days of one, 1,000, wait for May.
    """
    team = """
    [costs.team]
    kind    = "headcount"
    opening = 0
    salary  = "100/day"
    hires   = { "2026-03-11" = 1, "2026-03-21" = 1, "2026-04-16" = -1 }
    paid_after      = "10 days"
    opening_payable = 0
    """
    found = rows(model("2026-03", 3) + dedent(team))
    assert found["team.cost"] == pytest.approx((3200, 4500, 3100))
    assert found["team.payable"] == pytest.approx((2000, 1000, 1000))
    assert found["team.cash"] == pytest.approx((-1200, -5500, -3100))


@pytest.mark.parametrize("late", [1, 7, 14, 30, 45, 75])
def test_late_pay_is_the_pay_of_each_day_so_many_days_ago(rows, late):
    """Day by day: who is there earns 100, paid `late` days on; five join and two leave, three of them in one month."""
    hires = {"2026-02-03": 2, "2026-02-10": 1, "2026-02-24": -1, "2026-04-15": 2, "2026-05-01": 1, "2026-05-31": -1}
    written = ", ".join(f'"{day}" = {people}' for day, people in hires.items())
    text = f"""
    [costs.team]
    kind    = "headcount"
    opening = 1
    salary  = "100/day"
    hires   = {{ {written} }}
    paid_after      = "{late} days"
    opening_payable = 0
    """
    found = rows(model("2026-01", 8) + dedent(text))
    first, paid = date(2026, 1, 1), [0.0] * 8
    for n in range(243):  # the days of January to August
        day = first + timedelta(days=n - late)
        there = 1 + sum(people for on, people in hires.items() if on <= day.isoformat())
        paid[(first + timedelta(days=n)).month - 1] += 100 * there if day >= first else 0
    assert found["team.cash"] == pytest.approx([-amount for amount in paid])


def test_an_action_moves_nobody_who_leaves_where_pay_is_ahead(project: Callable[..., Projection]) -> None:
    team = """
    [costs.team]
    kind    = "headcount"
    opening = 2
    salary  = "3000/month"
    hires   = { "2026-03-11" = -1 }
    paid_after       = { "-1 month" = "30%", "30 days" = "70%" }
    opening_payable  = 4200
    opening_advances = 1800
    """
    freeze = """
    [actions.freeze]
    when = "prev(cash) < 1e9"
    set  = { "team.hires" = 0 }
    """
    plain, frozen = (project(model("2026-01", 6) + dedent(text)) for text in (team, team + freeze))
    assert frozen.rows["freeze.on"][-1] == 1
    assert frozen.rows["team.cash"] == plain.rows["team.cash"]
    assert frozen.runway[0] == plain.runway[0]
