"""`formula` lines and drivers: what the other kinds do not cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from support.by_day import CENT

Rows = Callable[..., Mapping[str, tuple[float, ...]]]


def test_a_driver_grows_from_its_opening(rows: Rows) -> None:
    found = rows("""
        [drivers.weekly_users]
        formula = "prev(weekly_users) * (1 + growth)"
        opening = "500M"
        growth = "4%/month"
    """)["weekly_users.value"]
    assert found == pytest.approx([500e6 * 1.04 ** (t + 1) for t in range(12)])


def test_an_opening_is_zero_where_none_is_written(rows: Rows) -> None:
    assert rows('[drivers.n]\nformula = "prev(n) + 1"\n')["n.value"][:3] == (1, 2, 3)


def test_a_line_shares_revenue(rows: Rows) -> None:
    found = rows("""
        [revenue.sales]
        kind = "recurring"
        amount = "$1000/month"
        [costs.sharing]
        kind = "formula"
        formula = "rate * total.revenue"
        rate = "20%"
    """)
    assert found["sharing.cost"] == (200.0,) * 12
    assert found["sharing.cash"] == (-200.0,) * 12


def test_what_it_computes_is_posted_and_a_driver_is_not(rows: Rows) -> None:
    found = rows("""
        [drivers.third]
        formula = "1 / 3"
        [costs.x]
        kind = "formula"
        formula = "third"
        """)
    assert found["third.value"][0] == 1 / 3
    assert found["x.cost"][0] == 0.33


def test_its_own_last_month_is_the_posted_one(rows: Rows) -> None:
    found = rows("""
        [costs.x]
        kind = "formula"
        formula = "prev(x) * 1.005"
        opening = "$100"
        """)["x.cost"]
    expected, last = [], 100.0
    for _ in range(12):
        last = round(last * 1.005 + 1e-9, 2)
        expected.append(last)
    assert found == pytest.approx(expected, abs=1e-9)


def test_parameters_keep_their_periods(rows: Rows) -> None:
    found = rows("""
        [costs.tools]
        kind = "formula"
        formula = "per_head * people + ground * (1 + growth) ** t"
        per_head = "€320/month"
        people = { "2025-01" = 10, "2025-03" = 12 }
        ground = "$31/day"
        growth = "12%/year"
        [fx]
        EUR = 1.5
    """)["tools.cost"]
    days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    expected = [480 * (10 if t < 2 else 12) + 31 * days[t] * 1.12 ** (t / 12) for t in range(12)]
    assert found == pytest.approx(expected, abs=CENT)


def test_a_pass_through_is_cash_and_nothing_else(rows: Rows) -> None:
    found = rows("""
        [revenue.sales]
        kind = "recurring"
        amount = "$1000/month"
        growth = "10%/month"
        [passthrough.sales_tax]                  # this month's comes in, last month's is paid on
        kind = "formula"
        formula = "0.1 * (total.revenue - lag(total.revenue, 1))"
    """)
    sales = [0.0] + [1000 * 1.1**t for t in range(12)]
    assert found["cash.passthrough"] == pytest.approx([(b - a) / 10 for a, b in pairwise(sales)], abs=CENT)
    assert found["net_burn"] == pytest.approx([-x for x in found["total.revenue"]])
    assert found["net_loss"] == pytest.approx([-x for x in found["total.revenue"]])


def test_a_negative_cost_is_money_back(rows: Rows) -> None:
    found = rows("""
        [costs.refund]
        kind = "formula"
        formula = "-100 if t == 3 else 0"
        """)
    assert found["cash.costs"][3] == 100


def test_lines_may_read_each_other_across_a_month(rows: Rows) -> None:
    found = rows("""
        [costs.a]
        kind = "formula"
        formula = "prev(b) + 1"
        [costs.b]
        kind = "formula"
        formula = "a * 2"
    """)
    assert found["a.cost"][:4] == (1, 3, 7, 15)
    assert found["b.cost"][:4] == (2, 6, 14, 30)


def test_a_cost_may_depend_on_the_cash_of_last_month(rows: Rows) -> None:
    found = rows("""
        [costs.bonus]
        kind = "formula"
        formula = "0.1 * prev(cash) if prev(cash) > 900_000 else 0"
    """)
    assert found["bonus.cost"][:3] == (100_000, 0, 0)


def test_events_in_formulas(rows: Rows) -> None:
    found = rows("""
        [costs.site]
        kind = "formula"
        formula = "3100 * opening_day.share + 100 * opening_day + (50 if opening_day and t > 2 else 0)"
        [events.opening_day]
        date = "2025-03-22"
    """)["site.cost"]
    assert found[:5] == (0, 0, 1100, 3250, 3250)
