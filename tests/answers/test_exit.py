"""Exits of assumption files: published waterfalls written as cap tables, debts before shares, and returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

import runway
from runway.answers.exit import Exit

SoldShares = Callable[..., Exit]

MODEL = """
[model]
name         = "Company"
start        = "2024-01"
months       = 24
opening_cash = 0
"""
M = 1_000_000


@pytest.fixture(scope="module")
def sold(load: Callable[..., Any]) -> SoldShares:
    return lambda text, value, **how: runway.exit(load(MODEL + text), Fraction(value), **how)


def preferred(name: str, holder: str, shares: int, price: float, **terms: Any) -> str:
    said = "".join(f"{key} = {value}\n" for key, value in terms.items())
    text = f"""
        [captable.classes.{name}]
        kind = "preferred"
        price = {price}
        {said}
        """
    return (
        text
        + f"""
        [captable.holders.{holder}]
        shares = {{ {name} = {shares} }}
        """
    )


def common(shares: int) -> str:
    return f"""
        [captable.holders.founders]
        shares = {{ common = {shares} }}
        """


def payout(found: Exit, name: str) -> float:
    return float(next(claim.payout for claim in found.claims if claim.name == name))


@pytest.mark.parametrize(
    ("value", "gets"), [(1, 1), (3, 3), (5, 3), (15, 3), (20, 4), (33, 6.6), (40, 8), (45, 9), (60, 12)]
)
def test_1x_not_participating(sold, value, gets):
    """P14: spillpoint/spillpoint, cases/edge-02-non-participating @17e73049; breakpoints 3M and 15M."""
    found = sold(common(8_000_000) + preferred("series_a", "fund", 2_000_000, 1.5), value * M)
    assert payout(found, "series_a") == pytest.approx(gets * M, abs=0.01)
    assert [point.value for point in found.breakpoints] == [3 * M, 15 * M]


@pytest.mark.parametrize(
    ("terms", "gets"),
    [
        ({}, [1, 2, 2.5, 6.5, 7.75, 8, 8.25]),
        ({"participation": '"full"'}, [1, 2, 4, 8, 9.25, 9.5, 9.75]),
        ({"participation": '"capped"', "participation_cap": 4}, [1, 2, 4, 8, 8, 8, 8.25]),
    ],
)
def test_three_kinds_of_participation(sold, terms, gets):
    """P15: VentureSouth, capped participation and the grey zone: 2M for 25 %, exits of 1 to 33M."""
    text = common(750_000) + preferred("series_a", "fund", 250_000, 8, **terms)
    for value, paid in zip((1, 2, 10, 26, 31, 32, 33), gets, strict=True):
        assert payout(sold(text, value * M), "series_a") == pytest.approx(paid * M, abs=0.01)


@pytest.mark.parametrize(
    ("value", "a", "b"),
    [(3, 0, 3), (4, 0, 4), (5, 1, 4), (6, 2, 4), (10, 2, 4), (22, 2, 4), (30, 2.888889, 4), (40, 4, 4), (50, 5, 5)],
)
def test_stacked_seniority(sold, value, a, b):
    """P16: spillpoint/spillpoint, cases/edge-05a-stacked @17e73049; breakpoints 4, 6, 22 and 40M."""
    text = common(8_000_000) + preferred("series_a", "one", 1_000_000, 2)
    found = sold(text + preferred("series_b", "two", 1_000_000, 4, seniority=2), value * M)
    assert payout(found, "series_a") == pytest.approx(a * M, abs=1)
    assert payout(found, "series_b") == pytest.approx(b * M, abs=1)
    assert [point.value for point in found.breakpoints] == [4 * M, 6 * M, 22 * M, 40 * M]


def test_full_participation(sold):
    """P17: Gust, participating preferred: 2M for 30 %, 1x, exit 10M."""
    found = sold(
        common(700_000) + preferred("series_a", "fund", 300_000, 2 * M / 300_000, participation='"full"'), 10 * M
    )
    assert payout(found, "series_a") == pytest.approx(4.4 * M, abs=0.01)
    assert payout(found, "common") == pytest.approx(5.6 * M, abs=0.01)


SAFE = """
[funding.angel]
kind   = "safe"
amount = 500_000
date   = "2023-06-01"
form   = "post_money"
cap    = 5_000_000
"""


@pytest.mark.parametrize(("value", "gets"), [(300_000, 300_000), (4 * M, 500_000), (5 * M, 500_000), (20 * M, 2 * M)])
def test_a_safe_goes_straight_to_the_exit(sold, value, gets):
    """Its money back, or its tenth of the company where that is more; the founders have the rest."""
    found = sold(common(900_000) + SAFE, value)
    assert payout(found, "angel") == pytest.approx(gets, abs=0.01)
    assert payout(found, "common") == pytest.approx(value - gets, abs=0.01)


def test_options_pay_their_strike_and_the_unissued_pool_gets_nothing(sold):
    """800,000 common, 200,000 options at 1.00: for 9.8M a share is worth (9.8M + 0.2M) / 1M = 10."""
    text = """
        [captable]
        pool = 500_000
        [captable.classes.options]
        kind = "options"
        strike = 1
        """
    text += (
        common(800_000)
        + """
        [captable.holders.team]
        shares = { options = 200_000 }
        """
    )
    found = sold(text, 9_800_000)
    assert (found.share_value, payout(found, "common"), payout(found, "options")) == (10, 8 * M, 1_800_000)


def test_payouts_are_cents_that_sum_to_the_value(sold):
    text = (
        common(3)
        + """
        [captable.holders.ben]
        shares = { common = 4 }
        """
        + preferred("a", "fund", 7, 0.01)
    )
    found = sold(text, Fraction("1000.01"))
    assert sum(claim.payout for claim in found.claims) == Fraction("1000.01")
    assert sum(one.proceeds for one in found.returns) == Fraction("1000.01")
    assert all((one.proceeds * 100).denominator == 1 for one in found.returns)


def test_what_a_holder_has_made(sold):
    """1,000,000 in on 1 January 2024 and 2,000,000 out on 31 December 2024 (365 days): 2.00x and 100 % a year."""
    text = (
        common(1_000_000)
        + """
[funding.seed]
kind = "priced_round"
valuation = { value = "1M", basis = "pre_money" }
[[funding.seed.closings]]
name = "only"
date = "2024-01-01"
amount = "1M"
"""
    )
    found = sold(text, 4 * M, on=date(2024, 12, 31))
    fund = next(one for one in found.returns if one.holder == "seed.investors")
    assert (fund.invested, fund.proceeds, fund.multiple) == (M, 2 * M, 2)
    assert fund.xirr is not None
    assert fund.xirr.rate == pytest.approx(1, abs=1e-9)
    assert fund.irr is not None
    assert fund.irr.rate == pytest.approx(2 ** (12 / 11) - 1, abs=1e-9)  # eleven months on the grid of months
    founders = next(one for one in found.returns if one.holder == "founders")
    assert (founders.invested, founders.multiple, founders.xirr) == (None, None, None)


def test_what_was_paid_before_the_start_is_told_in_the_file(sold):
    """The class's price on the day it was issued; `invested` for those who paid something else."""
    text = common(1_000_000).replace("}", '}\ninvested = 10_000\ninvested_on = "2022-01-31"')
    text += preferred("seed", "fund", 250_000, 2, issued='"2022-12-31"')
    found = sold(text, 5 * M, on=date(2024, 12, 31))
    founders, fund = found.returns
    assert (founders.invested, fund.invested) == (10_000, 500_000)
    assert founders.multiple == pytest.approx(400)
    assert fund.xirr.rate == pytest.approx(2 ** (365 / 731) - 1, abs=1e-9)  # 1M for 500,000 after 731 days


def test_the_sale_is_of_the_cap_table_of_its_day():
    early = runway.exit("saas-startup", 30_000_000, on=date(2026, 1, 31))
    late = runway.exit("saas-startup", 30_000_000)
    assert "series_a" not in [claim.name for claim in early.claims]
    assert "series_a" in [claim.name for claim in late.claims]


def test_more_for_the_company_is_less_for_nobody(sold):
    text = common(700_000) + preferred("a", "one", 100_000, 5, participation='"capped"', participation_cap=2)
    text += preferred("b", "two", 200_000, 10, seniority=2)
    values = [Fraction(n * M, 4) for n in range(1, 60)]
    points = sold(text, M, values=values).points
    for one, other in pairwise(points):
        assert all(other.payouts[name] >= paid for name, paid in one.payouts.items())
        assert sum(one.payouts.values()) == one.value


LOAN = """
[funding.loan]
kind = "loan"
amount = 1_200_000
date = "2024-06-20"
rate = "12%/year"
term = "12 months"
repayment = "level_principal"
end_fee = 24_000
"""


@pytest.mark.parametrize(
    ("day", "owed"),
    [
        (date(2024, 6, 19), 0),  # not drawn yet
        (date(2024, 6, 20), 1_200_000 + 24_000),
        (date(2024, 7, 5), 1_200_000 + 6_000 + 24_000),  # 15 of the 30 days to the first payment, at 1 % a month
        (date(2024, 7, 20), 1_100_000 + 24_000),  # that day's payment is made
        (date(2025, 6, 20), 0),
    ],
)
def test_a_lender_is_owed_what_is_drawn_and_not_repaid_by_the_day(sold, day, owed):
    found = sold(common(1_000_000) + LOAN, 5 * M, on=day)
    debts = [claim for claim in found.claims if claim.kind == "debt"]
    assert sum(claim.payout for claim in debts) == pytest.approx(owed, abs=0.01)
    assert sum(claim.payout for claim in found.claims) == 5 * M


def test_a_loan_older_than_the_model_is_owed_from_its_opening_balance(sold):
    loan = LOAN.replace("2024-06-20", "2023-06-20") + "opening_balance = 700_000\n"
    found = sold(common(1_000_000) + loan, 5 * M, on=date(2023, 12, 31))
    assert payout(found, "loan") == 724_000


@pytest.mark.parametrize(
    ("terms", "owed"),
    [
        # three payments of 50k are made; 16 of the 31 days to the fourth, at 1 % of 1,050,000
        ({"date": "2025-09-15", "term": "24 months"}, 1_050_000 + 10_500 * 16 / 31 + 24_000),
        # 46 of the 92 days to the first payment, a quarter's 36,000
        ({"date": "2025-11-15", "repayment": "bullet", "paid": "quarterly"}, 1_200_000 + 18_000 + 24_000),
        # as long after the model as a mortgage runs
        ({"date": "2025-12-31", "term": "360 months", "paid": "yearly"}, 1_200_000 + 24_000),
    ],
)
@pytest.mark.parametrize("months", [24, 400])
def test_what_a_lender_is_owed_on_the_last_day_does_not_end_with_the_model(load, terms, owed, months):
    loan = LOAN
    for key, value in terms.items():
        kept = "".join(f"{line}\n" for line in loan.splitlines() if not line.startswith(f"{key} "))
        loan = f'{kept}{key} = "{value}"\n'
    model = MODEL.replace("= 24", f"= {months}")
    found = runway.exit(load(model + common(1_000_000) + loan), Fraction(5 * M), on=date(2025, 12, 31))
    assert payout(found, "loan") == pytest.approx(owed, abs=0.01)


MFN = """
[funding.first]
kind = "safe"
amount = 500_000
date = "2023-01-01"
mfn = true
{own}
[funding.later]
kind = "safe"
amount = 500_000
date = "2023-06-01"
{later}
"""


@pytest.mark.parametrize(
    ("own", "later", "gets"),
    [
        ('discount = "20%"', 'cap = "100M"\nform = "post_money"', 625_000),  # its own discount is worth more
        ("", 'ownership = "10%"', 2 * M),  # a fixed share, at its price
        ("", 'cap = "5M"\nform = "post_money"', 2 * M),
        ("", "", 500_000),
    ],
)
def test_a_most_favoured_safe_takes_the_best_terms_of_all(sold, own, later, gets):
    found = sold(common(1_000_000) + MFN.format(own=own, later=later), 20 * M)
    assert payout(found, "first") == pytest.approx(gets, abs=0.01)
