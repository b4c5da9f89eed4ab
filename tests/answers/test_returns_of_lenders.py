"""What lenders have made: every flow counts, whoever holds nothing any more is listed."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import numpy_financial
import pytest

import runway
from runway.errors import InputError
from runway.ownership.returns import xirr
from runway.reports.exit import report

MODEL = """
[model]
name         = "Lent"
currency     = "USD"
start        = "2026-01"
months       = 36
opening_cash = "900k"

[captable.holders.founders]
shares = { common = 8_000_000 }
"""

NOTE = """
[funding.note]
kind        = "convertible_note"
investor    = "angel"
amount      = "500k"
date        = "2026-01-10"
rate        = "5%/year"
discount    = "20%"
maturity    = "2028-01-10"
at_maturity = "repaid"
"""

LATER = """
[funding.later]
kind      = "priced_round"
valuation = { value = "4M", basis = "pre_money" }
[[funding.later.commitments]]
investor = "angel"
amount   = "400k"
[[funding.later.closings]]
name   = "only"
date   = "2028-06-01"
amount = "400k"
"""

ANGEL = """
[captable.holders.angel]
shares = { common = 2_000_000 }
invested = "100k"
invested_on = "2025-01-10"
"""


@pytest.fixture(scope="module")
def returns(load):
    """The return of each holder of a sale, by holder."""

    def of(text, value, **how):
        return {one.holder: one for one in runway.exit(load(MODEL + text), Fraction(value), **how).returns}

    return of


def test_a_repaid_note_counts_for_an_investor_in_a_later_round(returns):
    """500k on 10 Jan 2026, 550k back on 10 Jan 2028 (730 days at 5 %), 400k on 1 Jun 2028, 400k at the sale."""
    angel = returns(NOTE + LATER, 1_000_000)["angel"]
    assert (angel.invested, angel.repaid, angel.proceeds) == (900_000, 550_000, 400_000)
    assert angel.multiple == pytest.approx(950 / 900)
    flows = [(date(2026, 1, 10), -500), (date(2028, 1, 10), 550), (date(2028, 6, 1), -400), (date(2028, 12, 31), 400)]
    assert angel.xirr.rate == pytest.approx(xirr(flows).rate, abs=1e-12) == pytest.approx(0.0402, abs=5e-5)


def test_a_repaid_note_counts_for_a_holder(returns):
    angel = returns(NOTE + ANGEL, 5_000_000)["angel"]
    assert (angel.invested, angel.repaid, angel.proceeds) == (600_000, 550_000, 1_000_000)
    assert angel.multiple == pytest.approx(1550 / 600)
    assert angel.xirr.rate == pytest.approx(0.406, abs=5e-4)


@pytest.mark.parametrize(("day", "repaid", "gets"), [("2028-01-09", 0, 549_931.51), ("2028-01-10", 550_000, 0)])
def test_whoever_was_only_repaid_is_listed(returns, day, repaid, gets):
    """A day earlier the note is still a claim: 729 days of interest."""
    angel = returns(NOTE.replace('discount    = "20%"', ""), 5_000_000, on=date.fromisoformat(day))["angel"]
    assert (angel.invested, angel.repaid) == (500_000, repaid)
    assert float(angel.proceeds) == pytest.approx(gets, abs=0.005)
    assert angel.multiple == pytest.approx((repaid + gets) / 500_000)


LOAN = """
[funding.loan]
kind      = "loan"
amount    = "1.2M"
date      = "2026-02-01"
rate      = "12%/year"
term      = "12 months"
repayment = "level_principal"
fee       = "1%"
end_fee   = "2%"
warrants  = { coverage = "10%", strike = "$1" }
"""


def test_a_lender_has_its_payments_its_fees_and_its_warrants(returns, load):
    """Principal of 100k a month, 1 % a month on what is owed, fees of 12k and 24k; warrants on 120k."""
    lender = returns(LOAN, 9_000_000)["loan"]
    payments = [100_000 + (1_200_000 - 100_000 * n) / 100 for n in range(12)]
    assert lender.invested == 1_200_000
    assert float(lender.repaid) == pytest.approx(sum(payments) + 12_000 + 24_000, abs=0.01)
    assert float(lender.proceeds) == pytest.approx((9_000_000 + 120_000) / 8_120_000 * 120_000 - 120_000, abs=0.01)
    monthly = [-1_200_000 + 12_000, *payments[:-1], payments[-1] + 24_000, *[0] * 21, float(lender.proceeds)]
    assert lender.irr.rate == pytest.approx((1 + numpy_financial.irr(monthly)) ** 12 - 1, abs=1e-9)
    half = returns(LOAN, 9_000_000, on=date(2026, 8, 1))["loan"]  # six payments are made
    assert float(half.repaid) == pytest.approx(sum(payments[:6]) + 12_000, abs=0.01)
    sale = runway.exit(load(MODEL + LOAN), Fraction(9_000_000), on=date(2026, 8, 1))
    assert sum(one.proceeds for one in sale.returns) == 9_000_000


def test_what_was_paid_of_an_older_loan_is_not_known(load):
    older = LOAN.replace("2026-02-01", "2025-09-01").partition("warrants")[0] + 'opening_balance = "700k"\n'
    sale = runway.exit(load(MODEL + older), Fraction(9_000_000), on=date(2026, 3, 31))
    lender = next(one for one in sale.returns if one.holder == "loan")
    assert (lender.invested, lender.multiple, lender.xirr) == (None, None, None)
    assert lender.proceeds > 0
    assert "What was paid of a loan before the first month is not known" in str(report(sale))


def test_a_credit_line_is_a_lender_too(returns):
    """Drawn on 31 January, 1 % a month, still owed at the sale."""
    costs = '\n[costs.rent]\nkind = "recurring"\namount = "1M/month"\nstart = "2026-01"\nend = "2026-01"\n'
    line = '\n[funding.line]\nkind = "credit_line"\nlimit = "500k"\nrate = "12%/year"\n'
    bank = returns(costs + line, 9_000_000, on=date(2026, 4, 30))["line"]
    assert float(bank.invested) == 100_000 + 1_000 + 1_010 + 1_020.10  # what it lends to pay its own interest
    assert float(bank.repaid) == 1_000 + 1_010 + 1_020.10
    assert bank.irr.rate == pytest.approx(1.01**12 - 1, abs=1e-6)


@pytest.mark.parametrize("command", [runway.captable, runway.project])
@pytest.mark.parametrize("maturity", ["2025-01-10", "2025-12-31"])
def test_a_note_that_was_repaid_before_the_first_month_is_refused(load, command, maturity):
    older = NOTE.replace("2026-01-10", "2023-01-10").replace("2028-01-10", maturity)
    with pytest.raises(InputError) as raised:
        command(load(MODEL + older + LATER))
    (problem,) = raised.value.problems
    assert problem.name == "ended-before-start"
    assert 'at_maturity = "stays"' in problem.text


def test_a_note_that_falls_due_on_the_first_day_is_paid_back(returns, rows):
    older = NOTE.replace("2026-01-10", "2023-01-10").replace("2028-01-10", "2026-01-01")
    assert returns(older, 5_000_000)["angel"].proceeds == 0
    assert rows(MODEL + older)["note.payment"][0] == pytest.approx(500_000 + 500_000 * 0.05 * 1087 / 365, abs=0.005)


def test_the_money_of_a_note_does_not_come_after_its_maturity(load, returns):
    """Else it could never be paid back: the condition holds in March 2028, the note was due in January."""
    text = MODEL + NOTE.replace("amount ", 'requires = "t >= 26"\namount ')
    projection = runway.project(load(text))
    assert set(projection.rows["note.cash"]) == {0}
    assert set(projection.rows["note.balance"]) == {0}
