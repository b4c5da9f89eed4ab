"""Pay every so many weeks: what each payday pays, counted day by day, and what is owed after the last of a month."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest
from support.by_day import CENT, months_of

import runway
from runway.engine.ladder import runner_of
from runway.errors import InputError

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

COMPANY = """
[model]
name = "x"
start = "2026-01"
months = 14
opening_cash = 500_000

[costs.team]
kind = "headcount"
opening = 10
salary = "100/day"
hires = {{ "2026-03-16" = 2, "2026-08-03" = -1 }}
paid = "{paid}"
payday = "{payday}"
opening_payable = {owed}
"""


def by_hand(weeks: int, payday: str, owed: float) -> tuple[list[float], list[float], dict[date, float]]:
    """What is paid in each month, what is owed at its end, and what each payday pays."""
    paid, left, days = list[float](), list[float](), dict[date, float]()
    for month in months_of("2026-01", 14):
        flow = 0.0
        for day in month:
            owed += 100 * (10 + 2 * (day >= date(2026, 3, 16)) - (day >= date(2026, 8, 3)))
            if (day - date.fromisoformat(payday)).days % (7 * weeks) == 0:
                flow, owed, days[day] = flow + owed, 0.0, owed
        paid.append(flow)
        left.append(owed)
    return paid, left, days


@pytest.mark.parametrize(
    ("paid", "weeks", "payday", "owed"),
    [
        ("every 2 weeks", 2, "2026-01-09", 7_000),
        ("every 2 weeks", 2, "2027-03-05", 0),  # any of the days says them all
        ("every 1 week", 1, "2025-11-05", 3_500),
        ("every week", 1, "2026-01-01", 6_000),
        ("every 4 weeks", 4, "2026-01-28", 1_000),
    ],
)
def test_each_payday_pays_what_was_incurred_up_to_it(load, rows: Rows, paid: str, weeks: int, payday: str, owed: float):
    text = COMPANY.format(paid=paid, payday=payday, owed=owed)
    found = rows(text)
    flows, left, days = by_hand(weeks, payday, owed)
    assert found["team.cash"] == pytest.approx([-flow for flow in flows], abs=CENT)
    assert found["team.payable"] == pytest.approx(left, abs=CENT)
    runner = runner_of(load(text))
    daily = runner.days(runner.engine.run(), {})
    for t, month in enumerate(months_of("2026-01", 14)):
        for day in month:
            gone = sum(money for on, money in days.items() if on <= day)
            assert daily.month(t)[0](day.day) == pytest.approx(500_000 - gone, abs=CENT), day


def test_a_month_with_three_paydays_costs_more_cash(rows: Rows) -> None:
    """Fridays from 9 January: 1, 15 and 29 May pay 42 days of 12 people at 100, and May incurs 31."""
    found = rows(COMPANY.format(paid="every 2 weeks", payday="2026-01-09", owed=7_000))
    assert (found["team.cash"][4], found["team.cost"][4]) == (-50_400, 37_200)
    assert found["team.payable"][4] == 2_400
    assert found["net_burn"][4] - found["net_loss"][4] == 13_200 == found["burn_bridge.working_capital"][4]


def test_statements_tie_and_a_share_of_pay_moves_on_days_of_its_own(load) -> None:
    taxes = '[costs.taxes]\nkind = "percent_of"\nof = "team"\nshare = "10%"\n'
    plan = load(COMPANY.format(paid="every 2 weeks", payday="2026-01-09", owed=7_000) + taxes)
    found = runway.statements(plan)
    assert found.rows["total.payable"][0] == 8_000
    assert found.rows["sheet.assets"] == pytest.approx(
        [a + b for a, b in zip(found.rows["sheet.liabilities"], found.rows["sheet.equity"], strict=True)], abs=CENT
    )


@pytest.mark.parametrize(
    ("fields", "name", "line"),
    [
        ('paid = "every month"\npayday = "2026-01-09"', "unknown-choice", 12),
        ('paid = "every 2 weeks"', "missing-field", 7),
        ('payday = "2026-01-09"', "missing-field", 12),
        ('paid = "every 2 weeks"\npayday = "2026-01-09"\npaid_after = "3 days"', "terms-contradict", 12),
        ('paid = "every 2 weeks"\npayday = "2026-01-09"\nnon_cash = true', "not-for-non-cash", 12),
    ],
)
def test_what_contradicts_is_refused_where_it_stands(load, fields: str, name: str, line: int) -> None:
    text = COMPANY.format(paid="every 2 weeks", payday="2026-01-09", owed=0)
    with pytest.raises(InputError) as raised:
        load(text.replace('paid = "every 2 weeks"\npayday = "2026-01-09"', fields))
    assert (name, line) in [(found.name, found.place and found.place.line) for found in raised.value.problems]


def test_paydays_move_with_their_day(rows: Rows) -> None:
    text = COMPANY.format(paid="every 2 weeks", payday="2026-01-09", owed=7_000)
    assert rows(text, set={"team.payday": "2026-01-16"})["team.payable"][0] == 1_000  # 16 and 30 January
    assert date(2026, 1, 16) + timedelta(14) == date(2026, 1, 30)


RENT = """
[model]
name = "x"
start = "2026-01"
months = 3
opening_cash = 10_000

[costs.rent]
kind = "recurring"
amount = "1000/month"
opening_payable = 0
{paid}
"""


def test_each_payday_pays_whole_cents(rows: Rows) -> None:
    """Of 1,000 in January 22 and 8 of 31 days come after the 9th and the 23rd: 709.68 and 258.06; no third payday."""
    found = rows(RENT.format(paid='paid = "every 2 weeks"\npayday = "2026-01-09"'))
    owed = ("unpaid_1", "unpaid_2", "payable")
    assert [found[f"rent.{row}"][0] for row in owed] == [709.68, 258.06, 258.06]
    assert [found[f"rent.paid_{n}"][0] for n in (1, 2, 3)] == [290.32, 451.62, 0.0]
    for t in range(3):
        assert sum(round(found[f"rent.paid_{n}"][t] * 100) for n in (1, 2, 3)) == -round(found["rent.cash"][t] * 100)


def test_what_is_owed_in_parts_is_their_sum_in_whole_cents(rows: Rows) -> None:
    """33 % of 30 of January's 31 days are 319.3548…, and of 67 % all."""
    found = rows(RENT.format(paid='paid_after = { "30 days" = "33%", "60 days" = "67%" }'))
    parts = ("payable_after_30_days", "payable_after_60_days", "payable")
    assert [found[f"rent.{row}"][0] for row in parts] == [319.35, 670.0, 989.35]


def test_what_is_owed_in_another_currency_has_no_minor_unit_of_the_model(rows: Rows) -> None:
    """In a model of yen, 33 % of 30 days of 31 of 1,000 dollars are no whole dollars."""
    rates = '[fx]\nUSD = { "2026-01" = 150, "2026-02" = 151 }\n'
    text = RENT.format(paid='paid_after = { "30 days" = "33%", "60 days" = "67%" }').replace('"1000/', '"$1000/')
    found = rows(text.replace('name = "x"', 'name = "x"\ncurrency = "JPY"') + rates)
    assert found["rent.owed_usd_after_30_days"][0] == pytest.approx(0.33 * 30_000 / 31)
    assert found["rent.payable"][0] == round((0.33 * 30 / 31 + 0.67) * 150_000)
