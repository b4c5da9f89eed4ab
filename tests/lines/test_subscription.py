"""`subscription`: customers who join, pay a price every month, and leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT, moved

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

TWO_YEARS = """
[model]
name = "x"
start = "2025-01"
months = 30
opening_cash = 0
"""


def plan(rows: Rows, fields: str, more: str = "") -> Mapping[str, tuple[float, ...]]:
    return rows(f"""
        [revenue.plan]
        kind = "subscription"
        {fields}
        {more}
        """)


def test_growth_comes_before_churn(rows: Rows) -> None:
    found = plan(
        rows,
        """
        opening = 100
        acquisition = "10%/month"
        churn = "5%/month"
        price = "$50/month"
        """,
    )
    customers = [100 * (1.10 * 0.95) ** (t + 1) for t in range(12)]
    assert found["plan.subscribers"] == pytest.approx(customers)
    assert found["plan.revenue"] == pytest.approx([50 * n for n in customers], abs=CENT)
    assert found["plan.cash"] == found["plan.revenue"]


def test_signups_are_a_count_a_period(rows: Rows) -> None:
    found = plan(
        rows,
        """
        opening = 0
        signups = "120/year"
        churn = "10%/month"
        price = "$1/month"
        """,
    )
    customers = [0.0]
    for _ in range(12):
        customers.append((customers[-1] + 10) * 0.9)
    assert found["plan.subscribers"] == pytest.approx(customers[1:])


def test_signups_acquisition_and_churn_together(rows: Rows) -> None:
    fields = """
        opening = 1000
        acquisition = "20%/year"
        signups = "1/day"
        churn = "3%/month"
        price = "$1/month"
        """
    found = plan(rows, fields)
    customers, expected = 1000.0, []
    for days in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31):
        customers = (customers * 1.2 ** (1 / 12) + days) * 0.97
        expected.append(customers)
    assert found["plan.subscribers"] == pytest.approx(expected)


def test_everyone_leaves(rows: Rows) -> None:
    found = plan(
        rows,
        """
        opening = 100
        acquisition = "10%/month"
        churn = "100%/month"
        price = "$50/month"
        """,
    )
    assert found["plan.revenue"] == (0.0,) * 12


def test_price_and_churn_by_schedule(rows: Rows) -> None:
    price = 'price = { "2025-01" = "$10/month", "2025-03" = "$120/year", "2025-04" = "$1/day" }'
    churn = 'churn = { "2025-01" = "0%/month", "2025-02" = "50%/month", "2025-03" = "0%/month" }'
    found = plan(
        rows,
        f"""
        opening = 100
        {price}
        {churn}
        """,
    )
    assert found["plan.subscribers"][:4] == (100, 50, 50, 50)
    assert found["plan.revenue"][:5] == (1000, 500, 500, 1500, 1550)


def test_a_capacity_turns_customers_away(rows: Rows) -> None:
    fields = """
        opening = 100
        acquisition = "20%/month"
        churn = "0%/month"
        price = "$1/month"
        """
    found = plan(rows, fields + 'capacity = { "2025-01" = 130, "2025-05" = 150 }')
    assert found["plan.demand"][:6] == pytest.approx([120, 144, 156, 156, 156, 180])
    assert found["plan.subscribers"][:6] == pytest.approx([120, 130, 130, 130, 150, 150])
    assert found["plan.unmet"][:6] == pytest.approx([0, 14, 26, 26, 6, 30])
    assert found["plan.revenue"] == pytest.approx(found["plan.subscribers"], abs=CENT)


def test_a_capacity_below_the_opening_is_reached_at_once(rows: Rows) -> None:
    found = plan(
        rows,
        """
        opening = 100
        churn = "0%/month"
        price = "$1/month"
        capacity = 60
        """,
    )
    assert found["plan.subscribers"] == (60.0,) * 12
    assert found["plan.unmet"] == (40.0,) + (0.0,) * 11


def test_it_counts_in_recurring_revenue_unless_it_says_no(rows: Rows) -> None:
    fields = """
        opening = 100
        churn = "0%/month"
        price = "$1/month"
        """
    assert plan(rows, fields)["total.arr"] == (1200.0,) * 12
    assert plan(rows, fields + "recurring = false")["total.arr"] == (0.0,) * 12


# Billed ahead -----------------------------------------------------------------------------------------------------


def cohorts(
    months: int, every: int, opening: float, deferred: float, joins: Callable[[float], float],
    churn: Callable[[int], float], price: Callable[[int], float],
) -> tuple[list[float], list[float]]:  # fmt: skip
    """What is billed and what is earned, cohort by cohort.

    The opening customers renew evenly over the months of a period.  Who has left by the renewal is not billed; who
    leaves between two bills has paid, and each bill is earned evenly over its months.
    """
    groups = [[month, opening / every] for month in range(every)]  # the month of the next bill, the customers
    billed, earned = [0.0] * months, [0.0] * (months + every)
    for group in range(every):  # what was billed before the start; the group that renews last has most left to earn
        for month in range(group):
            earned[month] += deferred / (every * (every - 1) / 2)
    for t in range(months):
        stay = 1 - churn(t)
        before = sum(count for _, count in groups)
        for group in groups:
            group[1] *= stay
        groups.append([t, joins(before) * stay])
        for group in groups:
            if group[0] == t:
                group[0] = t + every
                bill = every * price(t) * group[1]
                billed[t] += bill
                for month in range(t, t + every):
                    earned[month] += bill / every
    return billed, earned[:months]


@pytest.mark.parametrize(("billed", "every"), [("yearly", 12), ("quarterly", 3)])
def test_billed_ahead_is_cohort_by_cohort(rows: Rows, billed: str, every: int) -> None:
    found = plan(rows, f"""
        opening = 1200
        acquisition = "3%/month"
        signups = "7/month"
        churn = {{ "2025-01" = "2%/month", "2025-09" = "5%/month", "2026-03" = "1%/month" }}
        price = {{ "2025-01" = "$10/month", "2026-01" = "$12/month" }}
        billed = "{billed}"
        opening_deferred = 66_000
    """, TWO_YEARS)  # fmt: skip
    bills, earned = cohorts(
        30, every, 1200, 66_000,
        joins=lambda before: before * 0.03 + 7,
        churn=lambda t: 0.02 if t < 8 else 0.05 if t < 14 else 0.01,
        price=lambda t: 10.0 if t < 12 else 12.0,
    )  # fmt: skip
    assert found["plan.billed"] == pytest.approx(bills, abs=CENT)
    assert found["plan.cash"] == found["plan.billed"]
    assert found["plan.revenue"] == pytest.approx(earned, abs=4 * CENT)
    deferred = 66_000.0
    for t in range(30):
        deferred += bills[t] - earned[t]
        assert found["plan.deferred"][t] == pytest.approx(deferred, abs=4 * CENT)


def test_a_steady_base_billed_by_the_year_earns_the_same_as_by_the_month(rows: Rows) -> None:
    """1,200 customers, none joining or leaving: 100 renew each month, and 5.5 prices each are still to be earned."""
    fields = """
        opening = 1200
        churn = "0%/month"
        price = "$10/month"
        billed = "yearly"
        """
    found = plan(rows, fields + "opening_deferred = 66_000", TWO_YEARS)
    assert found["plan.billed"] == found["plan.revenue"] == (12_000.0,) * 30
    assert found["plan.deferred"] == (66_000.0,) * 30


def test_who_leaves_keeps_what_is_paid_for(rows: Rows) -> None:
    """All have left after the first month; the cash stops at once, the revenue runs out over eleven months."""
    churn = 'churn = { "2025-01" = "0%/month", "2025-02" = "100%/month" }'
    found = plan(rows, f"""
        opening = 0
        signups = {{ "2025-01" = "12/month", "2025-02" = "0/month" }}
        {churn}
        price = "$10/month"
        billed = "yearly"
        opening_deferred = 0
        """, TWO_YEARS)  # fmt: skip
    assert found["plan.billed"] == (1440.0,) + (0.0,) * 29
    assert found["plan.revenue"] == (120.0,) * 12 + (0.0,) * 18
    assert found["plan.subscribers"][1] == 0


def test_a_yearly_bill_comes_again_on_its_anniversary_less_the_churn(rows: Rows) -> None:
    signups = 'signups = { "2025-01" = "100/month", "2025-02" = "0/month" }'
    fields = """
        opening = 0
        churn = "1%/month"
        price = "$1/month"
        billed = "yearly"
        opening_deferred = 0
        """
    found = plan(rows, f"{signups}\n{fields}", TWO_YEARS)
    assert found["plan.billed"][0] == pytest.approx(1200 * 0.99, abs=CENT)
    assert found["plan.billed"][12] == pytest.approx(1200 * 0.99**13, abs=CENT)
    assert found["plan.billed"][24] == pytest.approx(1200 * 0.99**25, abs=CENT)
    assert sum(found["plan.billed"]) == pytest.approx(sum(found["plan.billed"][t] for t in (0, 12, 24)), abs=CENT)


def test_a_bill_is_collected_late(rows: Rows) -> None:
    found = plan(rows, """
        opening = 1200
        churn = "0%/month"
        price = "$10/month"
        billed = "yearly"
        opening_deferred = 66_000
        collected_after = "45 days"
        opening_receivable = 9_000
        """)  # fmt: skip
    cash, outstanding = moved([12_000.0] * 12, 45, 9_000)
    assert found["plan.cash"] == pytest.approx(cash, abs=2 * CENT)
    assert found["plan.receivable"] == pytest.approx(outstanding, abs=CENT)
    assert found["plan.revenue"] == (12_000.0,) * 12


def test_a_capacity_holds_for_customers_billed_ahead_too(rows: Rows) -> None:
    found = plan(rows, """
        opening = 0
        signups = "10/month"
        churn = "0%/month"
        price = "$1/month"
        capacity = 25
        billed = "yearly"
        opening_deferred = 0
        """)  # fmt: skip
    assert found["plan.subscribers"][:5] == (10, 20, 25, 25, 25)
    assert found["plan.billed"][:5] == (120, 120, 60, 0, 0)
    assert found["plan.revenue"][:5] == (10, 20, 25, 25, 25)


@pytest.mark.parametrize(
    ("churn", "month", "left"),
    [
        ("30%/year", 11, 70),  # what stays compounds, so that a year leaves the share that it says
        ("30%/quarter", 2, 70),
        ("30%/month", 0, 70),
        ("1%/week", 1, 100 * 0.99 ** (59 / 7)),  # January and February
        ("1%/day", 0, 100 * 0.99**31),
    ],
)
def test_churn_leaves_its_share_after_its_period(rows: Rows, churn: str, month: int, left: float) -> None:
    found = plan(rows, f'opening = 100\nsignups = "0/month"\nchurn = "{churn}"\nprice = "$1/month"')
    assert found["plan.subscribers"][month] == pytest.approx(left)
