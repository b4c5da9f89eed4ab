"""`usage`: units a month, by a formula, at a price each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

DEVELOPERS = """
[drivers.developers]
formula = "prev(developers) * 1.1"
opening = 100
[drivers.calls]
formula = "each"
each = 20
"""


def api(rows: Rows, fields: str, section: str = "revenue", **how: object) -> Mapping[str, tuple[float, ...]]:
    return rows(f'{DEVELOPERS}[{section}.api]\nkind = "usage"\nvolume = "developers * calls"\n{fields}\n', **how)


def test_units_at_a_price(rows: Rows) -> None:
    found = api(rows, 'price = "$0.002"')
    units = [2000 * 1.1 ** (t + 1) for t in range(12)]
    assert found["api.units"] == pytest.approx(units)
    assert found["api.revenue"] == pytest.approx([0.002 * n for n in units], abs=CENT)
    assert found["api.cash"] == found["api.revenue"]


def test_a_cost_by_use(rows: Rows) -> None:
    found = api(rows, 'price = "$0.002"', "costs")
    assert found["api.cost"][0] == 4.4
    assert found["api.cash"][0] == -4.4


def test_the_price_grows_from_the_second_month(rows: Rows) -> None:
    found = api(rows, 'price = "$1"\ngrowth = "-2%/month"')
    assert found["api.revenue"] == pytest.approx([2000 * 1.1 ** (t + 1) * 0.98**t for t in range(12)], abs=CENT)


def test_a_growth_that_changes_is_in_force_from_its_month_on(rows: Rows) -> None:
    growth = 'growth = { "2025-01" = "5%/month", "2025-02" = "0%/month", "2025-06" = "10%/month" }'  # none in the first
    found = rows(f"""
        [drivers.n]
        formula = "1"
        [revenue.x]
        kind = "usage"
        volume = "n"
        price = "$100"
        {growth}
        """)
    assert found["x.revenue"][:8] == pytest.approx([100] * 5 + [110, 121, 133.1], abs=CENT)


def test_a_price_by_schedule(rows: Rows) -> None:
    price = 'price = { "2025-01" = "$1", "2025-03" = "$0.5" }'
    found = rows(f"""
        [drivers.n]
        formula = "7"
        [revenue.x]
        kind = "usage"
        volume = "n * days"
        {price}
        """)
    assert found["x.revenue"][:3] == (217, 196, 108.5)


def test_no_units_no_money(rows: Rows) -> None:
    assert api(rows, 'price = "$1"', set={"calls.each": 0})["api.revenue"] == (0.0,) * 12
