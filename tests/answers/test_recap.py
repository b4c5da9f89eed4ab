"""A dividend recap: what holders get, what is owed after it and what it does to cash, beside a plain calculation."""

from __future__ import annotations

import json
from datetime import date

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

COMPANY = """
    [model]
    name = "A"
    start = "2026-01"
    months = 24
    opening_cash = 600_000
    [revenue.sales]
    kind = "recurring"
    amount = "90k/month"
    [costs.rent]
    kind = "recurring"
    amount = "100k/month"
    [captable]
    pool = 500_000
    [captable.classes.options]
    kind = "options"
    strike = "$1"
    [captable.holders.founder]
    shares = { common = 8_000_000 }
    [captable.holders.kim]
    shares = { options = 500_000 }
    [funding.seed]
    kind = "priced_round"
    valuation = { value = 9_000_000, basis = "pre_money" }
    [[funding.seed.commitments]]
    investor = "fund"
    amount = 2_000_000
    [[funding.seed.closings]]
    name = "only"
    date = "2026-03-01"
    amount = 2_000_000
"""
RECAP = """
    [exits.recap]
    title  = "Recap"
    kind   = "dividend_recap"
    amount = "3M"
    date   = "2026-06-30"
    rate   = "12%/year"
    term   = "12 months"
    fee    = "2%"
"""


@pytest.fixture
def recap(load):
    (found,) = runway.exit(load(COMPANY + RECAP)).recaps
    return found


def test_stock_shares_as_converted_and_options_and_the_pool_get_nothing(recap):
    """Of 3M less 60,000: the founder has 8M of 10M shares of stock, the fund's 2M at 1 each are the rest."""
    assert (recap.date, recap.borrowed, recap.fee, recap.dividend) == (date(2026, 6, 30), 3e6, 60_000, 2_940_000)
    assert {own.holder: float(own.money) for own in recap.holders} == {"founder": 2_352_000, "fund": 588_000}
    assert {own.holder: own.multiple for own in recap.holders} == {"founder": None, "fund": 588_000 / 2e6}


def test_what_it_leaves_owed_and_in_the_bank(recap):
    """1 % of 3M in each of twelve months from 30 July on, then the 3M: 3.36M less of cash in the end, and 60,000 of fee
    was kept back from the holders."""
    assert (recap.owed, recap.owed_at_end) == (3_000_000, 0)
    assert recap.without.closing_cash - recap.with_it.closing_cash == pytest.approx(3_360_000, abs=0.01)


def test_runway_is_counted_with_and_without_it(recap):
    """2.6M less 10,000 a month last; with the recap 30,000 more go each month, and 3M on 30 June 2027.

    Spread over June 2026, and not on its day, the dividend would empty the account in that month.
    """
    assert recap.without.counting == "+ certain"
    assert recap.without.zero_cash_date is None
    assert recap.with_it.zero_cash_date == date(2027, 6, 30)


def test_holding_on_after_it_is_the_mark_less_the_debt(load):
    """On the day of the recap itself: the post-money of 11M less 3M owed; without it 11M."""
    offers = runway.exit(load(COMPANY + RECAP))
    assert offers.exits == ()
    (found,) = offers.recaps
    assert float(offers.held.sold.value) == float(found.held.value) == 11_000_000
    paid = {own.holder: float(own.proceeds) for own in found.held.returns}
    assert paid["recap_loan"] == 3_000_000
    assert sum(own for holder, own in paid.items() if holder != "recap_loan") == 8_000_000
    received = {own.holder: float(own.repaid) for own in found.held.returns}
    assert received == {"founder": 2_352_000, "kim": 0, "fund": 588_000, "recap_loan": 60_000}


def test_a_part_of_the_loan_is_paid_out_and_the_rest_is_kept(load):
    (found,) = runway.exit(load(COMPANY + RECAP + '    dividend = "1M"\n')).recaps
    assert found.dividend == 1_000_000
    assert found.without.closing_cash - found.with_it.closing_cash == pytest.approx(3_360_000 - 1_940_000, abs=0.01)


def test_scenarios_and_set_change_it(load):
    plan = load(COMPANY + RECAP, set={"recap.amount": "+100%", "recap.fee": "0%"})
    assert runway.exit(plan).recaps[0].dividend == 6_000_000
    with pytest.raises(InputError, match="no-exit-value"):
        runway.exit(load(COMPANY + RECAP, set={"recap.date": "never"}))


def test_the_model_itself_is_as_without_it(rows):
    assert rows(COMPANY + RECAP) == rows(COMPANY)


LOAN = """
    [funding.debt]
    kind = "loan"
    amount = "3M"
    date = "2026-06-30"
    rate = "12%/year"
    term = "12 months"
    repayment = "bullet"
    fee = "2%"
    dividend = "100%"
"""


def test_a_loan_with_a_dividend_is_the_same_for_good(load, recap):
    """It is in neither burn nor loss, a line of debt service, and in the returns of a sale after it."""
    projection = runway.project(load(COMPANY + LOAN))
    assert projection.rows["cash.dividends"][5] == -2_940_000
    assert projection.rows["net_burn"][5] == 10_000 + 60_000
    assert projection.runway[1].closing_cash == recap.with_it.closing_cash
    sold = runway.exit(load(COMPANY + LOAN), 20_000_000)
    assert {own.holder: float(own.repaid) for own in sold.returns}["fund"] == 588_000


def test_reports_name_it(load, tmp_path, capsys):
    path = tmp_path / "a.toml"
    path.write_text(COMPANY + RECAP, encoding="utf-8")
    assert main(["exit", str(path)]) == 0
    text = capsys.readouterr().out
    assert "RECAP   Recap; counting certain" in text
    assert main(["exit", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recaps"][0]["dividend"] == 2_940_000
    assert found["recaps"][0]["with_it"]["zero_cash_date"] == "2027-06-30"
    assert main(["exit", str(path), "--csv", "-"]) == 0
    assert "recap,2026-06-30,2940000.00,fund,2000000.00,,588000.00" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("dividend_recap", "recap"), "unknown-kind"),
        (('rate   = "12%/year"', ""), "missing-field"),
        (('fee    = "2%"', 'value = "1M"'), "unsupported-term"),
        (('fee    = "2%"', 'interest_only = "3 months"'), "interest-only-too-long"),
        (("2026-06-30", "2025-06-30"), "dates-reversed"),
        (("2026-06-30", "2029-06-30"), "not-a-date"),
    ],
)
def test_what_is_no_recap(load, change, says):
    with pytest.raises(InputError, match=says):
        runway.exit(load(COMPANY + RECAP.replace(*change)))
