"""The money that carries the cash further and the depth of the valley, whatever number of months is projected."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cash_divisor import CASH_DIVISOR
from support.companies import few

from runway import captable
from runway import load as load_model
from runway.answers.project import project_model
from runway.language.record import encode
from runway.render.terminal import report_lines
from runway.reports.project import report

HUNDRED_A_MONTH = """
    [model]
    name = "Six hundred"
    start = "2025-01"
    months = 12
    opening_cash = 600

    [costs.everything]
    kind = "recurring"
    amount = "100/month"
"""
OWNED = """
    [captable.holders.ana]
    shares = { common = 1_000_000 }
"""


def priced(name: str, status: str, day: str, amount: int, valuation: str) -> str:
    return f"""
    [funding.{name}]
    kind = "priced_round"
    status = "{status}"
    valuation = {valuation}

    [[funding.{name}.closings]]
    name = "only"
    date = "{day}"
    amount = {amount}
    """


@pytest.mark.parametrize("months", [7, 12, 25, 60, 600])
@pytest.mark.parametrize(
    ("length", "amount", "until"), [(18, 1_800, (2027, 1)), ("2 years", 2_400, (2027, 7)), (1, 100, (2025, 8))]
)
def test_so_many_months_at_a_hundred(project, months, length, amount, until):
    """Dry on 1 July 2025; a hundred a month from there, to the first day on which it is dry again."""
    found = project(HUNDRED_A_MONTH, set={"model.months": months, "model.raise_for": length}).raise_by[0]
    assert (found.date, found.lasts_until) == (date(2025, 1, 1), date(*until, 1))
    assert found.round_to_extend == pytest.approx(amount)


@pytest.mark.parametrize("months", [7, 26, 27, 60])
def test_what_comes_after_the_last_month_that_is_projected_counts(project, months):
    """A cost of 500 in January 2026, and 100 a month less from 2027 on: to January 2027 it takes 1,800 + 500."""
    text = (
        HUNDRED_A_MONTH
        + """
    [costs.machine]
    kind = "one_off"
    amount = 500
    date = "2026-01-20"

    [revenue.permit]
    kind = "recurring"
    amount = "100/month"
    start = "2027-01-01"
    """
    )
    projection = project(text, set={"model.months": months})
    assert projection.raise_by[0].round_to_extend == pytest.approx(2_300)
    assert (projection.peak_need, projection.peak_need_date) == (pytest.approx(2_900), date(2026, 12, 31))


def test_a_valley_has_no_bottom_where_burn_goes_on(project):
    projection = project(HUNDRED_A_MONTH)
    assert (projection.peak_need, projection.peak_need_date) == (None, None)


def test_a_peak_need_that_cannot_be_computed_refuses_nothing_else(load):
    """Rent is divided by the cash of the month before, which is 0 only with neither opening cash nor funding."""
    plan = load(CASH_DIVISOR)
    projection = project_model(plan, alone=True)
    assert list(projection.rows["rent.cost"]) == [50, pytest.approx(50_000 / 950, abs=0.005)]
    assert (projection.peak_need, projection.peak_need_date) == (None, None)
    assert projection.peak_need_unknown.startswith("In 2025-01, rent.cost divides by zero")
    text = " ".join(" ".join(line.plain for line in report_lines(report(projection, full=True), 80)).split())
    assert "Peak need not known: with no opening cash and no funding, in 2025-01, rent.cost divides by zero" in text
    assert encode(projection)["peak_need"] is None
    assert encode(projection)["peak_need_unknown"] == projection.peak_need_unknown


@pytest.mark.proof
@few(max_examples=12)
@given(months=st.integers(24, 110))
@pytest.mark.parametrize("model", ["saas-startup", "openai-2025", "venture-debt"])
def test_the_headline_is_the_same_over_any_number_of_months(model, months):
    """Of every rung that runs out within them."""
    plan = project_model(load_model(model, set={"model.months": 110}))
    other = project_model(load_model(model, set={"model.months": months}))
    for rung, raised, same, by in zip(plan.runway, plan.raise_by, other.runway, other.raise_by, strict=True):
        if not same.beyond_horizon:
            assert (rung.months, rung.zero_cash_date) == (same.months, same.zero_cash_date)
            assert raised == by
    figures = ("gross_burn", "net_burn", "static_runway", "burn_multiple", "burn_window", "counting", "months_to_close")
    assert [getattr(plan, name) for name in figures] == [getattr(other, name) for name in figures]
    assert (plan.peak_need, plan.peak_need_date) == (other.peak_need, other.peak_need_date)
    survival, same = plan.survival, other.survival
    for name in ("alive", "profitable", "out_of_cash", "growth", "expenses", "debt_service", "until"):
        assert getattr(survival, name) == getattr(same, name), name


@pytest.mark.parametrize("months", [3, 12, 24])
def test_a_loan_after_the_plan_s_months_carries_the_rungs_that_count_it(project, months):
    """900 a month to 3 August 2026 are 17,187.10, less 1,000 and 200 less a fee of 8.60, and sixteen payments of 6.91.

    Over three months all rungs are alike: cash in hand needs 16,187.10, and the others what the loan leaves of it.
    """
    projection = project(f"""
        [model]
        name         = "x"
        start        = "2025-01"
        months       = {months}
        opening_cash = 1_000
        [costs.team]
        kind   = "recurring"
        amount = "900/month"
        [funding.loan]
        kind       = "loan"
        amount     = 200
        date       = "2025-04-01"
        rate       = "0.2%/year"
        term       = "29 months"
        repayment  = "level_payment"
        day_count  = "30/360"
        fee        = "4.3%"
        status     = "committed"
    """)
    assert [raised.round_to_extend for raised in projection.raise_by] == [16_187.10] + [16_106.26] * 3
    assert len(projection.ladder) == 2


@pytest.mark.parametrize(
    ("rounds", "pre_money", "whose"),
    [
        # the next round that is planned sets the price
        (priced("a", "planned", "2025-09-01", 50, '{ value = 16_200, basis = "pre_money" }'), 16_200, "a"),
        (priced("a", "planned", "2025-09-01", 200, '{ value = 16_400, basis = "post_money" }'), 16_200, "a"),
        (
            priced("b", "planned", "2025-11-01", 50, '{ value = 20_000, basis = "pre_money" }')
            + priced("a", "planned", "2025-09-01", 50, '{ value = 16_200, basis = "pre_money" }'),
            16_200,
            "a",
        ),
        # without one, what the latest closing has made of the company: 10,000 and its money
        (priced("seed", "committed", "2024-06-01", 500, '{ value = 10_000, basis = "pre_money" }'), 10_500, "seed"),
        (priced("seed", "committed", "2024-06-01", 500, '{ value = 10_500, basis = "post_money" }'), 10_500, "seed"),
    ],
)
def test_what_the_round_costs_of_the_company(project, rounds, pre_money, whose):
    """1,800 new money at the pre-money P of a million shares: 1,800 / (P + 1,800), but in whole shares."""
    raised = project(HUNDRED_A_MONTH + OWNED + rounds).raise_by[0]
    assert raised.round_to_extend == pytest.approx(1_800)
    assert (raised.pre_money, raised.pre_money_of) == (pre_money, whose)
    new = 1_800 * 1_000_000 // pre_money
    assert raised.stake == new / (1_000_000 + new) == pytest.approx(1_800 / (pre_money + 1_800), rel=1e-5)


@pytest.mark.parametrize(
    ("closings", "worth"),
    [
        # 20,000 hold what the first has brought; what a share cost after that is no valuation
        (("500", '1_000\nvaluation = { value = 20_000, basis = "pre_money" }', "70\nprice = 0.03"), 21_000),
        (("500", '1_000\nvaluation = { value = 21_000, basis = "post_money" }'), 21_000),
        # the round's 10,000 and what has come at them
        (('300\nvaluation = { value = 8_000, basis = "pre_money" }', "500", "200"), 10_700),
        (("300\nprice = 0.008", "500"), 10_500),
    ],
)
@pytest.mark.parametrize("start", [2024, 2025])
def test_a_closing_at_a_valuation_of_its_own_adds_its_own_money(project, closings, worth, start):
    text = """
    [captable.classes.seed]
    kind = "preferred"
    price = 0.01
    [funding.seed]
    kind = "priced_round"
    valuation = { value = 10_000, basis = "pre_money" }
    """
    for n, said in enumerate(closings):
        text += f'[[funding.seed.closings]]\nname = "c{n}"\ndate = "{start}-0{n + 2}-01"\namount = {said}\n'
    text = text if start == 2024 else text[text.index("[funding.seed]") :]
    assert project(HUNDRED_A_MONTH + OWNED + text).raise_by[0].pre_money == worth


def test_the_stake_is_that_of_whole_shares_as_the_cap_table_has_it(load):
    """Seven shares at 3,000 are 428.57 each: 1,800 buys four of eleven, not the 37.5% of the money."""
    text = (
        HUNDRED_A_MONTH
        + """
    [captable.holders.ana]
    shares = { common = 7 }
    """
    )
    plan = load(text + priced("a", "planned", "2025-06-01", 1_800, '{ value = 3_000, basis = "pre_money" }'))
    assert project_model(plan).raise_by[0].stake == 4 / 11
    owned = captable(plan)
    assert float(owned.table(owned.last_day).stake("a.investors")) == 4 / 11


def test_the_stake_of_percentages_is_that_of_the_money(load):
    """1,800 of 4,800 after the money, whoever came in before; no share is rounded."""
    stakes = '[captable.holders.ana]\nshares = { common = "100%" }\n'
    early = priced("early", "committed", "2025-01-15", 100, '{ value = 700, basis = "pre_money" }')
    new = priced("a", "planned", "2025-06-01", 1_800, '{ value = 3_000, basis = "pre_money" }')
    plan = load(HUNDRED_A_MONTH + stakes + early + new)
    assert [raised.stake for raised in project_model(plan).raise_by if raised.stake is not None] == [0.375] * 3
    owned = captable(plan)
    assert owned.table(owned.last_day).stake("a.investors") == Fraction(3, 8)


def test_nothing_is_said_of_a_stake_without_a_cap_table_or_a_valuation(project):
    seed = priced("seed", "committed", "2024-06-01", 500, '{ value = 10_000, basis = "pre_money" }')
    for text in (HUNDRED_A_MONTH, HUNDRED_A_MONTH + OWNED, HUNDRED_A_MONTH + seed):
        assert project(text).raise_by[0].stake is None


def test_what_cannot_be_computed_so_far_ahead_is_not_sized(project):
    """Costs that double every month are beyond every bound within ten years, and the plan's own months are read."""
    text = HUNDRED_A_MONTH.replace('"100/month"', '"100/month"\n    growth = "100%/month"')
    projection = project(text, set={"model.raise_for": 120})
    assert projection.raise_by[0].round_to_extend is None
    assert projection.raise_by[0].date is not None
    assert projection.survival.until == "2027-11"  # 100 * 2 ** 35 a month, in all too much soon after
