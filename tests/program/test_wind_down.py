"""The wind-down reserve: what closing decently costs, and the last day on which free cash covers it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

import runway

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

FIRM = """
    [model]
    name         = "Firm"
    start        = "2026-01"
    months       = 18
    opening_cash = "700k"

    [revenue.sales]
    kind             = "recurring"
    amount           = "12k/year"
    billed           = "yearly"
    start            = "2026-03-01"
    opening_deferred = 0

    [costs.team]
    kind    = "headcount"
    opening = 8
    salary  = "60k/year"
    loading = "20%"
    hires   = { "2026-04" = 2, "2026-09" = -4 }

    [costs.office]
    kind            = "recurring"
    amount          = "6k/month"
    paid_after      = "1 month"
    opening_payable = "6k"

    [passthrough.vat]
    kind         = "formula"
    formula      = "0"
    opening_held = "5k"

    [wind_down]
    notice    = { team = "3 months", office = "6 months" }
    severance = { team = "2 weeks" }
    tenure    = { team = "18 months" }
    other     = "40k"
    """


def by_hand() -> tuple[list[float], list[float]]:
    """Cash and reserve at the end of each month, worked out month after month."""
    cash, people, served = 700_000.0, 8, 8 * 18.0
    balances, reserves = list[float](), list[float]()
    for t in range(18):
        stay = people - 4 if t == 8 else people
        served = served * stay / people + stay
        people = stay + (2 if t == 3 else 0)
        pay = people * 6_000
        billed = 12_000 if t in (2, 14) else 0
        cash += billed - pay - 6_000
        deferred = 0 if t < 2 else 12_000 * (11 - (t - 2) % 12) / 12
        severance = served / 12 * 14 * 60_000 / 365
        balances.append(cash)
        reserves.append(3 * pay + 36_000 + severance + 6_000 + deferred + 5_000 + 40_000)
    return balances, reserves


def test_the_reserve_is_what_a_person_works_out(load: Load) -> None:
    found = runway.project(load(FIRM))
    balances, reserves = by_hand()
    assert found.rows["unrestricted_cash"] == pytest.approx(balances, abs=0.1)
    assert found.rows["wind_down.reserve"] == pytest.approx(reserves, rel=0.003)  # deferred revenue counts days
    short = [b - r for b, r in zip(balances, reserves, strict=True)]
    assert found.rows["wind_down.headroom"] == pytest.approx(short, abs=120)


def test_the_last_day_to_decide_is_the_last_whose_cash_covers_the_reserve(load: Load) -> None:
    found = runway.project(load(FIRM))
    assert found.wind_down is not None
    by = found.wind_down.decide_by["cash in hand"]
    assert by is not None
    rows, t = found.rows, (by + timedelta(days=1)).month - 1
    days = (date(2026, t + 2, 1) - date(2026, t + 1, 1)).days

    def cash(day: int) -> float:
        return rows["opening_cash"][t] + rows["net_cash_flow"][t] * day / days

    assert cash((by + timedelta(days=1)).day) < rows["wind_down.reserve"][t] <= cash((by + timedelta(days=1)).day - 1)
    assert all(rows["wind_down.headroom"][n] >= 0 for n in range(t))
    assert by < found.runway[0].zero_cash_date
    assert found.wind_down.parts[-1].then == rows["wind_down.reserve"][t]
    rich = runway.project(load(FIRM, set={"model.opening_cash": "9M"})).wind_down
    assert rich is not None
    assert (rich.decide_by["cash in hand"], rich.parts[-1].then) == (None, None)


@pytest.mark.parametrize(("cash", "past"), [(900_000, False), (100_000, True)])
def test_a_closed_month_that_was_short_decides_nothing_once_there_is_cash(
    load: Load, tmp_path: Path, cash: int, past: bool
) -> None:
    """January closes with 100,000, which is less than the reserve."""
    (tmp_path / "books.csv").write_text(f"month,address,value\n2026-01,cash,100000\n2026-02,cash,{cash}\n")
    found = runway.project(load(f'{FIRM}\n[actuals]\nfile = "{tmp_path}/books.csv"\nlast_close = "2026-02"')).wind_down
    assert found is not None
    by = found.decide_by["cash in hand"]
    assert by is not None
    assert (by <= date(2026, 2, 28)) == past


def test_what_is_left_out_is_not_paid(load: Load) -> None:
    whole = runway.project(load(FIRM)).rows["wind_down.reserve"]
    left = load(FIRM + "payables = false\n    refunds = false\n    taxes = false\n    debt = false\n")
    rows = runway.project(left).rows
    owed = [rows["wind_down.reserve"][t] - whole[t] for t in (0, 5)]
    assert owed == pytest.approx([-11_000, -11_000 - 12_000 * 8 / 12], abs=60)


def test_deposits_of_customers_are_paid_back(load: Load) -> None:
    kits = """
    [revenue.kits]
    kind             = "recurring"
    amount           = "10k/month"
    start            = "2026-03-01"
    collected_after  = { "-2 months" = "30%", "0 days" = "70%" }
    opening_deposits = 0
    """
    whole, rows = runway.project(load(FIRM)).rows["wind_down.refunds"], runway.project(load(FIRM + kits)).rows
    held = [a - b for a, b in zip(rows["wind_down.refunds"], whole, strict=True)]
    assert held[:4] == pytest.approx([3_000, 6_000, 6_000, 6_000])  # 30 % of March, then of two months


def test_people_of_capital_have_notice_too_and_an_empty_table_is_what_is_owed(load: Load) -> None:
    built = FIRM.replace("[costs.team]", "[capital.team]")
    assert runway.project(load(built)).rows["wind_down.reserve"] == runway.project(load(FIRM)).rows["wind_down.reserve"]
    empty = runway.project(load(FIRM[: FIRM.index("notice")])).rows
    assert empty["wind_down.reserve"][0] == pytest.approx(6_000 + 5_000, abs=0.01)


def test_a_loan_is_repaid(load: Load) -> None:
    loan = """
    [funding.bank]
    kind = "loan"
    date = "2026-02-10"
    amount = "120k"
    rate = "6%/year"
    term = "12 months"
    repayment = "level_payment"
    """
    rows = runway.project(load(FIRM + loan)).rows
    balance, debt = rows["bank.balance"], rows["wind_down.debt"]
    assert debt[1] == pytest.approx(120_000 + 600 * 18 / 28, abs=0.01)  # the 28 days to the first payment, at 0.5 %
    assert debt[2] == pytest.approx(balance[2] * (1 + 0.005 * 21 / 31), abs=0.01)
    with_fee = runway.project(load(f'{FIRM}{loan}    end_fee = "2%"')).rows["wind_down.debt"]
    more = [fee - none for fee, none in zip(with_fee, debt, strict=True)]
    assert more == pytest.approx([2_400 if owed else 0 for owed in balance], abs=0.01)
    assert {0.0, 2_400.0} == {round(fee, 2) for fee in more}


def test_statutory_redundancy_pay(load: Load) -> None:
    """United Kingdom 2013-14: aged 45, 15 years, paid 500 a week, of which 450 count: 4 x 1.5 + 11 = 17 weeks, 7,650.

    lrdpublications.org.uk; 17 weeks for 15 years are 119 / 15 days a year, one month more is served by the month's end.
    """
    rows = runway.project(
        load("""
        [costs.one]
        kind = "headcount"
        opening = 1
        salary = "500/week"

        [wind_down]
        severance = { one = "7.933333333333 days" }
        tenure = { one = "179 months" }
        pay_limit = "450/week"
        """)
    ).rows
    assert rows["wind_down.service.one"][0] == 180
    assert rows["wind_down.reserve"][0] == pytest.approx(7_650, abs=0.01)


BORROWED = {
    "nothing": "",
    "a loan": """
        [funding.bank]
        kind = "loan"
        date = "2026-03-20"
        amount = 600
        rate = "0%/year"
        term = "12 months"
        repayment = "bullet"
        """,
    "a credit line": """
        [funding.bank]
        kind = "credit_line"
        limit = 1000
        rate = "0%/year"
        floor = 600
        """,
}


@pytest.mark.parametrize("what", BORROWED)
def test_what_is_borrowed_is_neither_there_nor_owed_before_its_day(load: Load, what: str) -> None:
    """1,000 less 100 a month is 500 on 31 May, what closing costs; money without interest changes nothing in that."""
    plan = load(f"""
        [model]
        name         = "Stall"
        start        = "2026-01"
        months       = 12
        opening_cash = 1000

        [costs.rent]
        kind   = "recurring"
        amount = "100/month"

        [wind_down]
        other = 500
        {BORROWED[what]}
        """)
    found = runway.project(plan).wind_down
    assert found is not None
    assert set(found.decide_by.values()) == {date(2026, 5, 31)}
