"""Tax: what is taxed, losses carried forward, how much of a profit they may shelter, assessed and paid when."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

PROFITS = [-500.0, 200, 100, 300, 400, -100, 50, -250, 100, 900, 900, -200, 700, 80, 90, -60, 30, 20, 500, 500]


def company(profits: list[float], tax: str, start: str = "2025-01") -> str:
    """A company that earns or loses what is written, month by month."""
    chosen = " + ".join(f"{profit} * (t == {t})" for t, profit in enumerate(profits))
    return f"""
[model]
name = "x"
start = "{start}"
months = {len(profits)}
opening_cash = 0
[revenue.result]
kind = "formula"
formula = "{chosen}"
[tax]
{tax}
"""


MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


def by_hand(
    profits: list[float], first: int, assessed: str, paid: str, rate: float, losses: float, limit: float = 1.0
) -> tuple[list[float], list[float]]:
    """The tax paid in each month and the losses carried into the next.

    Profit counts by the calendar's assessed periods; an instalment is the tax on the period so far, less what was paid
    of it; only the settlement at the period's end can be money back.
    """
    flows, left = [], []
    profit = settled = 0.0
    for t, earned in enumerate(profits):
        profit += earned
        sheltered = max(0.0, min(losses, limit * profit))
        due = rate * (max(profit, 0.0) - sheltered) - settled
        ends = (first + t) % MONTHS[assessed] == 0
        payment = 0.0
        if (first + t) % MONTHS[paid] == 0:
            payment = due if ends else max(0.0, due)
        settled += payment
        if ends:
            losses += max(-profit, 0.0) - sheltered
            profit = settled = 0.0
        flows.append(payment)
        left.append(losses)
    return flows, left


PERIODS = [(assessed, paid) for assessed in MONTHS for paid in MONTHS if MONTHS[paid] <= MONTHS[assessed]]


@pytest.mark.parametrize(("assessed", "paid"), PERIODS)
@pytest.mark.parametrize("losses", [0, 350, 10_000])
@pytest.mark.parametrize("limit", ["100%", "80%", "0%"])
@pytest.mark.parametrize("start", ["2025-01", "2025-05", "2025-12"])
def test_against_a_settlement_by_hand(
    rows: Rows, assessed: str, paid: str, losses: float, limit: str, start: str
) -> None:
    tax = f"""
        rate = "21%"
        opening_losses = {losses}
        loss_limit = "{limit}"
        assessed = "{assessed}"
        paid = "{paid}"
        """
    found = rows(company(PROFITS, tax, start))
    expected, left = by_hand(PROFITS, int(start[-2:]), assessed, paid, 0.21, losses, float(limit[:-1]) / 100)
    assert found["cash.tax"] == pytest.approx([-x for x in expected], abs=2 * CENT)
    assert found["tax.losses"] == pytest.approx(left, abs=CENT)


@pytest.mark.parametrize(("assessed", "paid"), PERIODS)
def test_what_is_charged_is_what_is_paid_in_the_end(rows: Rows, assessed: str, paid: str) -> None:
    """The charge of each month adds up to the payment at the end of its period; the bridge holds the time between."""
    tax = f"""
        rate = "21%"
        opening_losses = 350
        assessed = "{assessed}"
        paid = "{paid}"
        """
    found = rows(company(PROFITS[:12], tax))
    assert sum(found["tax.charge"]) == pytest.approx(-sum(found["cash.tax"]))
    assert sum(found["burn_bridge.tax_timing"]) == pytest.approx(0, abs=1e-6)
    for t in range(12):
        charged = found["total.revenue"][t] - found["tax.charge"][t]
        assert found["net_loss"][t] == pytest.approx(-charged)


FISCAL = """
[model]
name = "x"
start = "2026-01"
months = 24
opening_cash = 0
fiscal_year_end = "03"
[revenue.result]
kind = "recurring"
amount = 100
[tax]
rate = "20%"
"""


def fiscal(rows: Rows, more: str) -> Mapping[str, tuple[float, ...]]:
    return rows(FISCAL.replace("amount = 100", 'amount = "100/month"') + more)


def test_a_tax_year_is_the_financial_year(rows: Rows) -> None:
    """100 a month: three months to the end of March 2026 are 60, the year to March 2027 is 240, by year or quarter."""
    assert fiscal(rows, 'paid = "yearly"')["cash.tax"] == (0, 0, -60, *[0] * 11, -240, *[0] * 9)
    assert fiscal(rows, "")["cash.tax"] == (0, 0, -60) * 8


def test_a_loss_is_carried_forward_at_the_end_of_the_financial_year(rows: Rows) -> None:
    """A loss of 300 to March shelters what April and after earn; within the calendar year it would at once."""
    text = company([-100.0] * 3 + [100.0] * 9, 'rate = "50%"\nassessed = "yearly"').replace(
        "opening_cash = 0", 'opening_cash = 0\nfiscal_year_end = "03"'
    )
    found = rows(text)
    assert found["tax.losses"] == (0, 0, 300, *[300] * 9)  # the year that began in April is not over
    assert found["cash.tax"] == (0, 0, 0, 0, 0, 0, 0, 0, -150, 0, 0, -150)


def test_tax_is_paid_months_after_the_end_of_its_year(rows: Rows) -> None:
    """Nine months after March: that of the year before, 70 owed at the start and 60 for January to March, in December.

    It is a debt until then.
    """
    found = fiscal(rows, 'paid = "yearly"\npaid_after = "9 months"\nopening_payable = 70')
    assert found["cash.tax"] == (*[0] * 11, -130, *[0] * 11, -240)
    assert found["tax.payable"][10:13] == (70 + 11 * 20, 290 + 20 - 130, 200)
    assert found["tax.payable"][-1] == 24 * 20 + 70 - 370


def test_instalments_are_paid_months_after_their_quarter_ends(rows: Rows) -> None:
    assert fiscal(rows, 'paid_after = "1 month"\nopening_payable = 7')["cash.tax"] == (-7, 0, 0, *(-60, 0, 0) * 7)
    assert fiscal(rows, "opening_payable = 7")["cash.tax"] == (0, 0, -67, *(0, 0, -60) * 7)


def test_what_was_paid_too_much_comes_back_as_long_after_the_year(rows: Rows) -> None:
    """Of 60 paid for the first quarter nothing was due at the end of the year, which is settled in February."""
    profits = [100.0] * 3 + [-50.0] * 6 + [0.0] * 6
    found = rows(company(profits, 'rate = "20%"\npaid_after = "2 months"'))
    assert found["cash.tax"] == (0, 0, 0, 0, -60, *[0] * 8, 60, 0)


def test_an_instalment_that_a_later_loss_made_too_large_comes_back_in_december(rows: Rows) -> None:
    found = rows(company([100.0] * 3 + [-50.0] * 6 + [0.0] * 3, 'rate = "20%"\nassessed = "yearly"'))
    assert found["cash.tax"] == (0, 0, -60) + (0,) * 8 + (60,)
    assert found["tax.losses"][-1] == 0


def test_quarterly_unless_it_says_otherwise(rows: Rows) -> None:
    found = rows(company([100.0] * 12, 'rate = "20%"'))
    assert found["cash.tax"] == (0, 0, -60) * 4


def test_a_loss_made_during_the_projection_shelters_later_profits(rows: Rows) -> None:
    found = rows(
        company(
            [-300.0] + [100.0] * 5,
            """
        rate = "50%"
        assessed = "monthly"
        paid = "monthly"
        """,
        )
    )
    assert found["tax.losses"] == (300, 200, 100, 0, 0, 0)
    assert found["cash.tax"] == (0, 0, 0, 0, -50, -50)


def test_a_loss_within_a_period_is_offset_at_once(rows: Rows) -> None:
    found = rows(company([-100.0, -100.0, 300.0, 90.0, 0.0, 0.0], 'rate = "50%"\npaid = "quarterly"'))
    assert found["cash.tax"] == (0, 0, -50, 0, 0, -45)


def test_losses_may_shelter_only_a_part_of_a_profit(rows: Rows) -> None:
    """Of 100 a month 80 % are sheltered until the 200 are used up."""
    tax = """
        rate = "10%"
        opening_losses = 200
        loss_limit = "80%"
        assessed = "monthly"
        paid = "monthly"
        """
    found = rows(company([100.0] * 4, tax))
    assert found["tax.losses"] == (120, 40, 0, 0)
    assert found["cash.tax"] == (-2, -2, -6, -10)


def test_a_period_that_the_horizon_cuts_short_is_charged_and_not_yet_paid(rows: Rows) -> None:
    found = rows(company([100.0] * 5, 'rate = "20%"\npaid = "yearly"'))
    assert found["cash.tax"] == (0.0,) * 5
    assert found["tax.charge"] == (20.0,) * 5
    assert found["net_loss"] == (-80.0,) * 5


TAXED = """
[model]
name = "x"
start = "2025-01"
months = 6
opening_cash = 120_000
interest = "12%/year"
[revenue.sales]
kind = "recurring"
amount = "$10_000/month"
collected_after = "60 days"
opening_receivable = 0
[costs.rent]
kind = "recurring"
amount = "$2_000/month"
paid_after = "60 days"
opening_payable = 0
[costs.stock]
kind = "recurring"
amount = "$500/month"
non_cash = true
[capital.oven]
kind = "one_off"
amount = 2_400
date = "2025-01-20"
written_off_over = "24 months"
[capital.land]
kind = "one_off"
amount = 50_000
date = "2025-02-20"
[passthrough.deposits]
kind = "recurring"
amount = "$700/month"
[funding.prize]
kind = "grant"
amount = 1_000
date = "2025-03-05"
[funding.gift]
kind = "grant"
amount = 5_000
date = "2025-03-05"
taxable = false
[tax]
rate = "30%"
paid = "monthly"
"""


def test_what_is_taxed(rows: Rows) -> None:
    """Revenue as earned, interest and taxable grants, less costs as incurred and what capital is written off.

    The oven is 100 a month from 20 January on.

    Deposits, land that is not written off and the tax-free gift are left out.
    """
    found = rows(TAXED)
    cash, expected = 120_000.0, []
    for t in range(6):
        interest = round(cash * (1.12 ** (1 / 12) - 1), 2)
        profit = 10_000 + interest + (1_000 if t == 2 else 0) - 2_000 - 500 - 100 * (1 if t > 0 else 12 / 31)
        expected.append(0.3 * profit)
        cash = found["cash"][t]
    assert found["cash.tax"] == pytest.approx([-x for x in expected], abs=2 * CENT)


BORROWED = {
    "loan": (
        'kind = "loan"\namount = 120_000\ndate = "2025-01-10"\nrate = "12%/year"\nterm = "3 months"\n'
        'repayment = "bullet"\nfee = "1%"\nend_fee = "2%"\n',
        # 1,200 of interest and a third of the fees (1,200 and 2,400) from one tenth of a month to the next
        [2_400 * part for part in (21 / 31, 10 / 31 + 18 / 28, 10 / 28 + 21 / 31, 10 / 31, 0, 0)],
    ),
    "note": (
        'kind = "convertible_note"\namount = 36_500\ndate = "2025-01-01"\nrate = "10%/year"\n'
        'maturity = "2025-04-11"\nat_maturity = "repaid"\n',
        [300, 280, 310, 110, 0, 0],  # 10 a day, of 100 days
    ),
}


@pytest.mark.parametrize("kind", BORROWED)
def test_what_borrowing_costs_is_no_profit(rows: Rows, kind: str) -> None:
    """Interest and fees are taken off the tax base as they accrue; the money lent and what is repaid are not in it."""
    borrowed, costs = BORROWED[kind]
    text = company([10_000.0] * 6, 'rate = "30%"\npaid = "monthly"\nassessed = "monthly"\n')
    found = rows(text + f"[funding.bank]\n{borrowed}")
    assert found["tax.base"] == pytest.approx([10_000 - cost for cost in costs], abs=2 * CENT)
    assert found["cash.tax"] == pytest.approx([-0.3 * (10_000 - cost) for cost in costs], abs=2 * CENT)
    assert sum(found["total.financing_cost"]) == pytest.approx(sum(costs), abs=CENT / 2)


def test_no_tax_without_a_tax(rows: Rows) -> None:
    text = TAXED[: TAXED.index("[tax]")]
    found = rows(text)
    assert found["cash.tax"] == found["tax.charge"] == (0.0,) * 6
    assert found["burn_bridge.tax_timing"] == (0.0,) * 6


def test_the_rate_may_change(rows: Rows) -> None:
    rate = 'rate = { "2025-01" = "10%", "2025-03" = "20%" }'
    found = rows(
        company(
            [100.0] * 4,
            f"""
        {rate}
        assessed = "monthly"
        paid = "monthly"
        """,
        )
    )
    assert found["cash.tax"] == (-10, -10, -20, -20)


def test_paid_on_the_last_day_of_its_month(project: Callable[..., object]) -> None:
    """1,000 of profit a month on 0 cash is enough every day; the 30 % of the quarter leave on 31 March."""
    text = company([1000.0] * 3 + [-2100.0] * 3, 'rate = "30%"')
    rung = project(text).runway[0]  # type: ignore[attr-defined]
    assert str(rung.zero_cash_date) == "2025-05-01"  # 2,100 left on 31 March, and on 30 April nothing
