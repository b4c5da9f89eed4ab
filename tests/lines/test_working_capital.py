"""`collected_after` and `paid_after`: each day's part of a month's amount moves by that many calendar days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from support.by_day import CENT, moved

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

LATE = [0, 1, 14, 28, 30, 31, 45, 59, 60, 90, 120, 200, 365, 1000]
GROWING = """
kind = "recurring"
amount = "$31_000/month"
growth = "7%/month"
"""
EARNED = [31_000 * 1.07**t for t in range(12)]


@pytest.mark.parametrize("late", LATE)
def test_customers_pay_late(rows: Rows, late: int) -> None:
    fields = f'collected_after = "{late} days"\nopening_receivable = 12_345.67\n'
    found = rows(f"[revenue.sales]\n{GROWING}{fields}")
    cash, outstanding = moved(EARNED, late, 12_345.67)
    assert found["sales.revenue"] == pytest.approx(EARNED, abs=CENT)
    assert found["sales.cash"] == pytest.approx(cash, abs=4 * CENT)
    assert found["sales.receivable"] == pytest.approx(outstanding, abs=4 * CENT)


@pytest.mark.parametrize("late", LATE)
@pytest.mark.parametrize("section", ["costs", "capital"])
def test_suppliers_are_paid_late(rows: Rows, section: str, late: int) -> None:
    fields = f'paid_after = "{late} days"\nopening_payable = 12_345.67\n'
    found = rows(f"[{section}.parts]\n{GROWING}{fields}")
    cash, outstanding = moved(EARNED, late, 12_345.67)
    assert found["parts.cash"] == pytest.approx([-paid for paid in cash], abs=4 * CENT)
    assert found["parts.payable"] == pytest.approx(outstanding, abs=4 * CENT)


def test_in_a_leap_year_and_from_any_month(rows: Rows) -> None:
    model = """
        [model]
        name = "x"
        start = "2023-12"
        months = 8
        opening_cash = 0
        """
    fields = 'collected_after = "45 days"\nopening_receivable = 0\n'
    found = rows(f"[revenue.sales]\n{GROWING}{fields}{model}")
    cash, _ = moved(EARNED[:8], 45, 0, "2023-12")
    assert found["sales.cash"] == pytest.approx(cash, abs=4 * CENT)


def test_the_money_is_late_and_not_lost(rows: Rows) -> None:
    """A line that ends is collected to the last cent, the opening balance with it."""
    text = """
        [revenue.sales]
        kind = "recurring"
        amount = "$777.77/month"
        end = "2025-06-12"
        collected_after = "75 days"
        opening_receivable = 1234.56
    """
    found = rows(text)
    earned, cash = (sum(round(100 * x) for x in found[f"sales.{row}"]) for row in ("revenue", "cash"))
    assert cash == earned + 123_456
    assert found["sales.receivable"][-1] == 0


def test_a_part_of_a_day(rows: Rows) -> None:
    """A quarter of a month is a quarter of its days."""
    found = rows("""
        [costs.x]
        kind = "recurring"
        amount = "$48/day"
        paid_after = "0.25 months"
        opening_payable = 0
        """)
    assert found["x.payable"] == tuple(12.0 * days for days in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))


@pytest.mark.parametrize(("delay", "months"), [("1 month", 1), ("2 months", 2), ("1 quarter", 3), ("1 year", 12)])
def test_a_month_late_is_the_month_after(rows: Rows, delay: str, months: int) -> None:
    """January's sales are received in February, the whole of them, however long either is."""
    found = rows(f'[revenue.sales]\n{GROWING}collected_after = "{delay}"\nopening_receivable = 0')
    assert found["sales.cash"] == (0.0,) * months + found["sales.revenue"][: 12 - months]


def test_what_is_owed_at_the_start_is_settled_evenly_over_its_months(rows: Rows) -> None:
    fields = 'paid_after = "3 months"\nopening_payable = 300'
    found = rows(f'[costs.parts]\nkind = "recurring"\namount = "10/month"\n{fields}')
    assert found["parts.cash"] == (-100.0,) * 3 + (-10.0,) * 9


def test_an_opening_balance_may_be_negative(rows: Rows) -> None:
    """Paid in advance: 300 that need not be paid again over the first thirty days."""
    found = rows("""
        [costs.x]
        kind = "recurring"
        amount = "$10/day"
        paid_after = "30 days"
        opening_payable = -300
        """)
    assert found["x.cash"][:2] == (290.0, -280.0)


def test_a_share_of_sales_is_paid_late_too(rows: Rows) -> None:
    text = f'[revenue.sales]\n{GROWING}[costs.fees]\nkind = "percent_of"\nof = "sales"\nshare = "50%"\n'
    found = rows(text + 'paid_after = "20 days"\nopening_payable = 0\n')
    cash, _ = moved([x / 2 for x in EARNED], 20, 0)
    assert found["fees.cash"] == pytest.approx([-paid for paid in cash], abs=4 * CENT)


def test_stock_pay_is_a_cost_that_no_money_leaves_for(rows: Rows) -> None:
    found = rows("""
        [costs.stock]
        kind = "recurring"
        amount = "$100/month"
        non_cash = true
        """)
    assert found["stock.cost"] == (100.0,) * 12
    assert found["stock.cash"] == (0.0,) * 12
    assert found["net_loss"] == (100.0,) * 12
    assert found["net_burn"] == (0.0,) * 12
    assert found["burn_bridge.non_cash"] == (-100.0,) * 12


def test_the_bridge_from_loss_to_burn_holds_what_is_outstanding(rows: Rows) -> None:
    text = f"""
        [revenue.sales]
        {GROWING}collected_after = "30 days"
        opening_receivable = 5000
        """
    text += f"""
        [costs.parts]
        {GROWING}paid_after = "60 days"
        opening_payable = 2000
        """
    found = rows(text)
    change = [found["sales.receivable"][t] - found["parts.payable"][t] for t in range(12)]
    expected = [b - a for a, b in pairwise([3000, *change])]
    assert found["burn_bridge.working_capital"] == pytest.approx(expected, abs=1e-6)
    for t in range(12):
        assert found["net_loss"][t] + found["burn_bridge.working_capital"][t] == pytest.approx(found["net_burn"][t])


def test_what_is_owed_at_the_start_is_settled_evenly_over_the_months_of_the_delay(rows: Rows) -> None:
    """600 of before January over its three months, 100 each from April on for the months from January."""
    found = rows("""
        [costs.rent]
        kind = "recurring"
        amount = "$100/month"
        paid_after = "3 months"
        opening_payable = 600
        """)
    assert found["rent.cash"][:5] == pytest.approx((-200, -200, -200, -100, -100))
    assert found["rent.payable"][:4] == pytest.approx((500, 400, 300, 300))
