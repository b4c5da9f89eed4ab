"""`percent_of`: a share of a row, or of a formula of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

SALES = """
[revenue.sales]
kind = "recurring"
amount = "$1000/month"
growth = "10%/month"
[revenue.tips]
kind = "recurring"
amount = "$33.33/month"
"""


def fees(rows: Rows, fields: str, **how: object) -> tuple[float, ...]:
    return rows(f'{SALES}[costs.fees]\nkind = "percent_of"\n{fields}\n', **how)["fees.cost"]


@pytest.mark.parametrize("share", ['"2.9%"', "0.029"])
def test_a_share_of_all_revenue(rows: Rows, share: str) -> None:
    expected = [0.029 * (1000 * 1.1**t + 33.33) for t in range(12)]
    assert fees(rows, f'of = "total.revenue"\nshare = {share}') == pytest.approx(expected, abs=CENT)


def test_a_share_of_one_line_by_its_name(rows: Rows) -> None:
    assert fees(rows, 'of = "sales"\nshare = "50%"') == pytest.approx([500 * 1.1**t for t in range(12)], abs=2 * CENT)


def test_a_share_of_a_formula(rows: Rows) -> None:
    assert fees(rows, 'of = "max(0, sales - 1_500) + tips"\nshare = "100%"')[4:6] == (33.33, 33.33 + 110.51)


def test_more_than_the_whole(rows: Rows) -> None:
    assert fees(rows, 'of = "tips"\nshare = "250%"') == pytest.approx([83.325] * 12, abs=CENT)


def test_a_share_by_schedule(rows: Rows) -> None:
    found = fees(rows, 'of = "tips"\nshare = { "2025-01" = "0%", "2025-02" = "100%", "2025-04" = 0.5 }')
    assert found[:5] == (0, 33.33, 33.33, 16.67, 16.67)


def test_a_share_of_last_month(rows: Rows) -> None:
    assert fees(rows, 'of = "prev(sales)"\nshare = "10%"')[:3] == (0, 100, 110)


def test_a_share_follows_what_it_is_taken_of(rows: Rows) -> None:
    assert fees(rows, 'of = "sales"\nshare = "50%"', set={"levers.revenue": "200%"})[0] == 1000
    assert fees(rows, 'of = "sales"\nshare = "50%"', set={"levers.burn": "200%"})[0] == 1000


def test_a_share_of_a_cost_is_multiplied_by_the_burn_once(rows: Rows) -> None:
    text = """
        [costs.payroll]
        kind = "recurring"
        amount = "$1000/month"
        [costs.charges]
        kind = "percent_of"
        of = "payroll"
        share = "22%"
    """
    found = rows(text, set={"levers.burn": "200%"})
    assert (found["payroll.cost"][0], found["charges.cost"][0]) == (2000, 440)
