"""Loans by quarters, with an odd first period, by a table of instalments, with a balloon, with interest in kind."""

from __future__ import annotations

from datetime import date
from itertools import product

import numpy_financial
import pytest

import runway
from runway.engine.run import Engine
from runway.workbook import workbook

MODEL = """
[model]
name = "x"
start = "2026-01"
months = 72
opening_cash = 1_000_000

[funding.loan]
kind = "loan"
amount = 100_000
"""
QUARTERS = """
date = "2026-01-01"
rate = "8%/year"
paid = "quarterly"
term = "5 years"
repayment = "level_payment"
"""


def exact(load, terms: str):
    """Its rows, unposted: published schedules round what was reckoned without rounding."""
    plan = load(MODEL + terms)
    return Engine(plan.program, plan.model.document).run(posting=False)


def at(row, every: int):
    """What it is in the months of the payments."""
    return row[every::every]


def test_a_level_payment_each_quarter_is_numpy_financials(load):
    found, periods = exact(load, QUARTERS), range(1, 21)
    assert at(found["loan.payment"], 3)[:20] == pytest.approx([-numpy_financial.pmt(0.02, 20, 100_000)] * 20)
    for row, function in (("interest", numpy_financial.ipmt), ("principal", numpy_financial.ppmt)):
        assert at(found[f"loan.{row}"], 3)[:20] == pytest.approx([-function(0.02, n, 20, 100_000) for n in periods])
    assert sum(payment != 0 for payment in found["loan.payment"]) == 20
    assert found["loan.balance"][60] == pytest.approx(0, abs=1e-6)


def test_a_balloon_of_thirty_years_in_five(load):
    """Published: mortgagevox.com, 100,000 at 7.5 %, 699.21 a month, 94,617 owed after five years; its first rows."""
    terms = 'date = "2026-01-01"\nrate = "7.5%/year"\nterm = "5 years"\namortised_over = "30 years"\n'
    found = exact(load, terms + 'repayment = "level_payment"\n')
    assert found["loan.payment"][1] == pytest.approx(699.21, abs=0.005)
    published = [(74.21, 625.00, 99_925.79), (74.68, 624.54, 99_851.11), (75.15, 624.07, 99_775.96)]
    rows = [found[f"loan.{row}"][1:4] for row in ("principal", "interest", "balance")]
    for own, said in zip(zip(*rows, strict=True), published, strict=True):
        assert own == pytest.approx(said, abs=0.0051)
    assert found["loan.payment"][60] == pytest.approx(699.21 + 94_617, abs=1)
    assert found["loan.payment"][60] == pytest.approx(
        -numpy_financial.fv(0.075 / 12, 59, numpy_financial.pmt(0.075 / 12, 360, 100_000), 100_000) * (1 + 0.075 / 12)
    )
    assert found["loan.balance"][60] == pytest.approx(0, abs=1e-6)


def test_a_balloon_of_smaller_payments(load):
    """Published: myhomeloantools.com, 80,000 at 3.5 %, 359 a month as over thirty years, 72,117 left in month 60."""
    terms = 'date = "2026-01-01"\nrate = "3.5%/year"\nterm = "5 years"\namortised_over = "30 years"\n'
    found = exact(load, (terms + 'repayment = "level_payment"\n').replace("100_000", "80_000"))
    assert 0.8 * found["loan.payment"][1] == pytest.approx(359, abs=0.5)
    assert 0.8 * found["loan.principal"][1] == pytest.approx(126, abs=0.5)
    assert 0.8 * (found["loan.payment"][60] - found["loan.payment"][1]) == pytest.approx(71_758, abs=1)


@pytest.mark.parametrize(
    ("day_count", "interest"), [("30/360", 75 / 360), ("act/365", 75 / 365), ("act/360", 75 / 360)]
)
def test_an_odd_first_period_bears_interest_for_its_own_length(rows, day_count, interest):
    """From 15 January to 31 March are 75 days, by either count; then a quarter ends with its month."""
    terms = QUARTERS.replace("01-01", "01-15") + f'first_payment = "2026-03-31"\nday_count = "{day_count}"\n'
    found = rows(MODEL + terms)
    assert found["loan.interest"][2] == pytest.approx(100_000 * 0.08 * interest, abs=0.005)
    assert [t for t, payment in enumerate(found["loan.payment"]) if payment] == [*range(2, 62, 3)]
    assert found["loan.pays_on"][5] == 5 + 30 / 32  # 30 June, which has no 31st
    if day_count == "30/360":
        assert found["loan.interest"][5] == pytest.approx(found["loan.balance"][2] * 0.02, abs=0.005)
        assert found["loan.level"][2] == pytest.approx(6115.67, abs=0.005)  # pmt(2%, 20, 100,000)


def test_a_drawing_that_slips_past_the_first_day_takes_the_next_of_the_same_row(rows):
    terms = QUARTERS.replace("01-01", "01-15") + 'first_payment = "2026-03-31"\n'
    found = rows(MODEL + terms + '[levers]\ndelay = "4 months"\n')  # 15 May, so 30 June
    assert found["loan.cash"][4] == 100_000
    assert [t for t, payment in enumerate(found["loan.payment"]) if payment][:3] == [5, 8, 11]
    assert found["loan.interest"][5] == pytest.approx(100_000 * 0.08 * 45 / 360, abs=0.005)


def test_interest_builds_up_between_the_payments_and_is_charged_as_it_does(rows):
    """2,000 a quarter of 90 days: of it 30 days on 31 January, 58 on 28 February, 89 on 31 March."""
    found = rows(MODEL + QUARTERS.replace("level_payment", "bullet"))
    assert found["loan.accrued"][:3] == pytest.approx((666.67, 1288.89, 1977.78), abs=0.005)
    assert found["loan.cost"][:3] == pytest.approx((666.67, 622.22, 688.89), abs=0.005)
    assert sum(found["loan.cost"][:60]) == pytest.approx(
        40_000 - 2000 / 92, abs=0.01
    )  # 31 December is not yet 1 January
    assert [t for t, paid in enumerate(found["loan.interest"][:12]) if paid] == [3, 6, 9]
    assert found["net_loss"][1] == pytest.approx(622.22, abs=0.005)
    assert found["net_burn"][1] == 0


def test_instalments_by_a_table(rows):
    """With the first payment on or after each day, never before it; the last payment has the rest."""
    terms = """
        date = "2026-01-15"
        rate = "12%/year"
        term = "2 years"
        repayment = "instalments"
        instalments = { "2026-06-15" = "10k", "2026-06-20" = "5k", "2026-12" = "20%" }
        """.replace('"20%"', "20_000")
    found = rows(MODEL + terms)
    paid = {t: money for t, money in enumerate(found["loan.principal"]) if money}
    assert paid == {5: 10_000, 6: 5_000, 11: 20_000, 24: 65_000}
    assert found["loan.interest"][4:8] == (1000, 1000, 900, 850)
    half = rows(MODEL + terms + "[levers]\nfunding = 0.5\n")
    assert {t: money for t, money in enumerate(half["loan.principal"]) if money} == {
        5: 5e3,
        6: 2500,
        11: 1e4,
        24: 32_500,
    }


def test_interest_in_kind_is_added_to_what_is_owed(rows, load):
    """Closed form: 100,000 x 1.01 ** 12; 10M at 10 % a year, as on fundopshq.com: 1M, then on 11M."""
    terms = 'date = "2026-01-01"\nrate = "0%/year"\npik_rate = "12%/year"\nterm = "12 months"\nrepayment = "bullet"\n'
    found = exact(load, terms)
    assert found["loan.payment"][12] == pytest.approx(100_000 * 1.01**12)
    yearly = exact(load, terms.replace("12%", "10%").replace("12 months", "2 years") + 'paid = "yearly"\n')
    assert yearly["loan.capitalised"][12] * 100 == pytest.approx(1_000_000)
    assert yearly["loan.payment"][24] * 100 == pytest.approx(12_100_000)
    both = rows(MODEL + terms.replace('"0%', '"6%'))
    assert both["loan.interest"][1:3] == (500, 505)
    assert both["loan.capitalised"][1:3] == (1000, 1010)
    assert both["net_burn"][1:3] == (500, 505)
    assert sum(both["net_loss"]) == pytest.approx(sum(both["loan.interest"]) + 12_682.50, abs=0.05)
    assert both["total.debt"][11] == pytest.approx(100_000 * 1.01**11, abs=0.05)


@pytest.mark.parametrize(
    "more", ["", 'first_payment = "2 months"\n', 'pik_rate = "4%/year"\n', 'first_payment = "0 months"\n']
)
def test_a_model_that_begins_in_the_middle_goes_on(rows, more):
    """An odd first period, or interest added, leaves no level payment to go on with: what is left is levelled anew."""
    terms = QUARTERS.replace("01-01", "01-20") + more + 'fee = "1%"\nend_fee = "2%"\n'
    if more.startswith(("pik", 'first_payment = "2')):
        terms = terms.replace("level_payment", "bullet")
    whole = rows(MODEL + terms)
    later = (MODEL + terms).replace('start = "2026-01"', 'start = "2026-09"')
    rest = rows(later + f"opening_balance = {whole['loan.balance'][7]:.2f}\n")
    for row in ("interest", "principal", "fees", "balance", *(() if "0 months" in more else ("accrued", "cost"))):
        assert rest[f"loan.{row}"][:60] == pytest.approx(whole[f"loan.{row}"][8:68], abs=0.3), row


def test_what_is_owed_within_a_period_has_its_interest(load):
    """At a sale: 100,000 and of 2,000 for the 90 days to 1 April the part of the days that have passed."""
    plan = load(MODEL + QUARTERS.replace("level_payment", "bullet"))
    rows = runway.project(plan).rows
    (item,) = plan.model.section("funding")
    own = {row.removeprefix("loan."): values for row, values in rows.items() if row.startswith("loan.")}
    assert item.part.owed(own, date(2026, 2, 15), plan.program.start) == pytest.approx(100_000 + 2000 * 45 / 90)
    assert item.part.owed(own, date(2026, 4, 1), plan.program.start) == pytest.approx(100_000)


def test_a_first_payment_in_the_month_of_the_drawing_bears_its_days_and_repays(load):
    """13 days of thirty, at the rate of that month; from then on the level payment of twelve."""
    terms = 'date = "2026-02-15"\nrate = { "2026-01" = "3%/year", "2026-02" = "6%/year" }\nterm = "1 year"\n'
    found = exact(load, terms + 'repayment = "level_payment"\nfirst_payment = "2026-02-28"\n')
    level = -numpy_financial.pmt(0.005, 12, 100_000)
    first = level - 100_000 * 0.06 * 13 / 360
    assert found["loan.principal"][1] == pytest.approx(first)
    assert found["loan.payment"][1:12] == pytest.approx([level] * 11)
    left = numpy_financial.fv(0.005, 10, level, first - 100_000)
    assert found["loan.payment"][12] == pytest.approx(left * 1.005)
    assert found["loan.balance"][12] == pytest.approx(0, abs=1e-6)


def test_a_loan_by_instalments_that_never_comes_is_nothing(load):
    terms = 'date = "never"\nrate = "6%/year"\nterm = "2 years"\nrepayment = "instalments"\n'
    assert not any(exact(load, terms + 'instalments = { "2026-09" = "10k" }\n')["loan.payment"])


@pytest.mark.parametrize("first", ["first_payment = 2025-10-15", 'first_payment = "0 months"', ""])
def test_a_spreadsheet_holds_a_loan_of_before_the_start(load, first):
    """No formula of it is too long for a cell, with both fees and whatever its calendar."""
    model, _, table = MODEL.replace("months = 72", "months = 24").partition("[funding.loan]")
    loans = (
        f"""[funding.{paid}_{day_count.partition("/")[0]}]{table}
        date = "2025-08-31"
        opening_balance = 80_000
        rate = "8%/year"
        term = "24 months"
        repayment = "level_principal"
        fee = "1%"
        end_fee = 500
        paid = "{paid}"
        day_count = "{day_count}"
        {first}
        """
        for paid, day_count in product(("monthly", "quarterly", "yearly"), ("30/360", "act/365"))
    )
    plan = load(model + "".join(loans))
    assert workbook(plan, runway.project(plan))
