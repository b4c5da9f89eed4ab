"""Two companies as somebody writes them who has read the README alone, beside calculations that know no engine."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from plain import hardware_maker, services_firm

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runway.answers.projection import Projection

    Project = Callable[..., Projection]
    Rows = Callable[..., Mapping[str, tuple[float, ...]]]

CENT = 0.001


def test_the_services_firm_to_the_cent_and_the_day(project: Project) -> None:
    found = project(services_firm.FILE)
    assert list(found.rows["cash"]) == pytest.approx([float(x) for x in services_firm.closing_cash()], abs=CENT, rel=0)
    for t, lines in enumerate(services_firm.flows()):
        for name, money in lines.items():
            assert found.rows[f"{name}.cash"][t] == pytest.approx(float(money), abs=CENT, rel=0), (name, t)
    day = services_firm.below_the_minimum()
    assert day is not None
    assert [rung.zero_cash_date for rung in found.runway] == [day] * 4


def test_the_hardware_maker_to_the_cent_and_the_day(project: Project) -> None:
    found = project(hardware_maker.FILE)
    closing, drawn, out = hardware_maker.run()
    assert list(found.rows["cash"]) == pytest.approx([float(x) for x in closing], abs=CENT, rel=0)
    assert list(found.rows["overdraft.balance"]) == pytest.approx([float(x) for x in drawn], abs=CENT, rel=0)
    assert 0 < min(x for x in drawn if x) < max(drawn) == hardware_maker.LIMIT
    assert out is not None
    assert found.runway[1].zero_cash_date == out
    closing, _, out = hardware_maker.run(limit=Fraction(0), borrowed=False)
    assert out is not None
    assert found.runway[0].zero_cash_date == out
    assert found.runway[0].closing_cash == pytest.approx(float(closing[-1]), abs=CENT, rel=0)


def test_money_that_is_held_for_others_is_no_revenue(rows: Rows) -> None:
    """Deposits are revenue with the delivery, VAT never; a year of either foots with what was delivered."""
    rows = rows(hardware_maker.FILE)
    year = slice(0, 12)
    delivered = sum(hardware_maker.DELIVERED[year])
    assert sum(rows["total.revenue"][year]) == pytest.approx(float(900 * delivered), abs=0.2)
    assert sum(rows["deposits.flow"]) == pytest.approx(
        float(270 * (sum(hardware_maker.ORDERED) - sum(hardware_maker.DELIVERED))), abs=0.2
    )
