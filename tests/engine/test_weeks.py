"""Cash by the week: what moves on the days of each, and the day on which it is lowest."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from math import fsum

import pytest
from hypothesis import given
from support.companies import Company, companies, few

from runway.engine.ladder import LADDER, runner_of
from runway.engine.weeks import Week, weeks
from runway.files.document import bundled_models

PLAN = """
[model]
name = "Weeks"
start = "2026-01"
months = 3
opening_cash = 10_000

[revenue.sales]
kind = "recurring"
amount = "3100/month"

[costs.rent]
kind = "recurring"
amount = "2800/month"
start = "2026-02-01"

[costs.fair]
kind = "one_off"
amount = 9_000
date = "2026-01-16"

[funding.aunt]
kind = "grant"
amount = 5_000
date = "2026-01-20"
"""


def read(plan, rung: int = 3, number: int = 13, after: date | None = None) -> tuple[list[Week], dict]:
    runner = runner_of(plan)
    rows = runner.engine.run(LADDER[rung].overrides)
    found = weeks(runner, rows, dict(LADDER[rung].overrides), after or plan.model.base_day, number)
    return found, rows


def test_by_hand(load):
    """January earns 100 a day; the fair is in the third week, before the aunt's money; February pays 100 a day."""
    found, _ = read(load(PLAN))
    assert [(week.first, week.last) for week in found[:2]] == [
        (date(2026, 1, 1), date(2026, 1, 7)),
        (date(2026, 1, 8), date(2026, 1, 14)),
    ]
    assert found[0][2:] == pytest.approx((10_000, 700, 0, 10_700, 10_100, date(2026, 1, 1)))
    third = found[2]
    assert (third.received, third.paid, third.closing) == pytest.approx((700 + 5_000, 9_000, 8_100))
    assert (third.lowest, third.lowest_on) == (pytest.approx(10_000 + 1_600 - 9_000), date(2026, 1, 16))
    fifth = found[4]  # 29 January to 4 February: three days of 100, four of 3,100 / 28
    assert (fifth.received, fifth.paid) == pytest.approx((300 + 4 * 3_100 / 28, 400))
    assert len(found) == 13
    assert found[-1].last == date(2026, 3, 31)  # what the plan has of it


def test_from_a_day_within_a_month(load):
    found, _ = read(load(PLAN), after=date(2026, 1, 17), number=1)
    assert found[0].first == date(2026, 1, 18)
    assert found[0].opening == pytest.approx(10_000 + 1_700 - 9_000)


@pytest.mark.parametrize("name", sorted(bundled_models()))
@pytest.mark.parametrize("rung", [0, 3])
def test_weeks_follow_one_another_to_the_last_month(name, rung):
    import runway

    found, rows = read(runway.load(name), rung, 1000)
    for before, after in pairwise(found):
        assert after.first == before.last + timedelta(days=1)
        assert after.opening == before.closing
    for week in found:
        assert week.closing == pytest.approx(week.opening + week.received - week.paid)
    assert found[-1].closing == pytest.approx(rows["cash"][-1], abs=0.01)
    from_close = fsum(week.received - week.paid for week in found)
    assert found[0].opening + from_close == pytest.approx(rows["cash"][-1], abs=0.01)


@few(max_examples=20)
@given(company=companies())
def test_any_company_foots(load, company: Company):
    plan = load(company.text())
    found, rows = read(plan, number=1000)
    assert found[-1].closing == pytest.approx(rows["cash"][-1], abs=0.02)
