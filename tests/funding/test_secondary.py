"""A secondary sale: holders sell to buyers, and the company gets nothing."""

from __future__ import annotations

from fractions import Fraction

import pytest

import runway
from runway.errors import InputError

TENDER = """
    [funding.tender]
    kind   = "secondary"
    amount = "5M"
    date   = "2025-04-20"
"""
RENT = """
    [costs.rent]
    kind   = "recurring"
    amount = "100k/month"
"""


def test_no_cash_comes_to_the_company(rows):
    rows = rows(TENDER + RENT)
    assert rows["cash.funding"] == (0,) * 12
    assert rows["cash"] == tuple(1_000_000 - 100_000 * (t + 1) for t in range(12))


def test_what_changes_hands_is_a_row(rows):
    assert rows(TENDER)["tender.volume"] == (0, 0, 0, 5_000_000, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("date", ["2024-04-20", "2026-04-20", "never"])
def test_a_sale_outside_the_months_shows_nowhere(rows, date):
    assert rows(TENDER, set={"tender.date": date})["tender.volume"] == (0,) * 12


def test_no_rung_counts_it(project):
    """1,000,000 at 100,000 a month are ten months, on every rung."""
    projection = project(TENDER + RENT)
    assert [rung.months for rung in projection.runway] == [10, 10, 10, 10]
    assert projection.rounds == ()
    assert projection.closings == ()


def test_a_note_says_so(project):
    assert any("tender" in note and "no cash" in note for note in project(TENDER).notes)


HOLDERS = """
    [captable]
    pool = 1_000_000
    [captable.holders.ana]
    shares = { common = 6_000_000 }
    [captable.holders.bo]
    shares = { common = 3_000_000 }
"""
SOLD = """
    [funding.tender]
    kind      = "secondary"
    amount    = "2M"
    date      = "2025-04-20"
    valuation = "40M"
    sellers   = ["ana", "bo"]
    buyer     = "fund"
"""


def held(owned, step=-1):
    return {key: float(shares) for key, shares in owned.steps[step].table.holdings.items()}


def test_shares_go_from_sellers_to_the_buyer_and_nobody_is_diluted(load):
    """10M shares at 40M are 4 each: 2M buys 500,000, two thirds of them ana's."""
    owned = runway.captable(load(HOLDERS + SOLD))
    (step,) = owned.steps
    assert (step.kind, step.table.fully_diluted, step.table.pool) == ("secondary", 10_000_000, 1_000_000)
    assert held(owned) == {
        ("ana", "common"): 5_666_667,
        ("bo", "common"): 2_833_333,
        ("fund", "common"): 500_000,
    }
    assert float(step.sold.price) == 4
    assert step.sold.money == {"ana": Fraction(4_000_000, 3), "bo": Fraction(2_000_000, 3)}


def test_the_cash_and_the_rungs_are_those_without_it(project):
    without, sold = project(HOLDERS + RENT), project(HOLDERS + RENT + SOLD)
    assert sold.rows["cash"] == without.rows["cash"]
    assert [rung.months for rung in sold.runway] == [rung.months for rung in without.runway]


def test_in_percentages_the_stake_is_amount_over_valuation(load):
    text = HOLDERS.replace("pool = 1_000_000", "").replace("6_000_000", '"60%"').replace("3_000_000", '"40%"')
    owned = runway.captable(load(text + SOLD))
    stakes = {holder: float(owned.steps[-1].table.stake(holder)) for holder in ("ana", "bo", "fund")}
    assert stakes == pytest.approx({"ana": 0.57, "bo": 0.38, "fund": 0.05}, abs=1e-12)


def test_preferred_shares_keep_their_terms_and_sell_as_converted(load):
    """The seed has 2.5M of 12.5M shares after 5M at 20M pre-money; at 25M a share still costs 2."""
    text = (
        HOLDERS
        + """
    [funding.seed]
    kind = "priced_round"
    valuation = { value = "20M", basis = "pre_money" }
    [[funding.seed.commitments]]
    investor = "angel"
    amount = "5M"
    [[funding.seed.closings]]
    name = "only"
    date = "2025-03-01"
    amount = "5M"
    """
        + SOLD.replace('"40M"', '"25M"').replace('["ana", "bo"]', '["angel"]')
        + '        class = "seed"\n'
    )
    owned = runway.captable(load(text))
    assert held(owned)[("fund", "seed")] == 1_000_000
    sold = runway.exit(load(text), 4_000_000)
    got = {own.holder: float(own.proceeds) for own in sold.returns}
    assert (got["fund"], got["angel"]) == (1_600_000, 2_400_000)  # of the 1x of 5M all that there is
    paid = {own.holder: (own.invested, own.repaid) for own in sold.returns}
    assert (paid["fund"], paid["angel"]) == ((2_000_000, 0), (5_000_000, 2_000_000))


EXIT = """
    [exits.bid]
    value = "30M"
    date = "2025-08-31"
"""


def test_the_valuation_is_the_mark_that_holding_on_is_compared_at(load):
    offers = runway.exit(load(HOLDERS + SOLD + EXIT))
    assert offers.held is not None
    assert (offers.exits[0].mark, offers.held.sold.value, offers.exits[0].premium) == (40_000_000, 40_000_000, -0.25)
    assert offers.exits[0].last_round is None


@pytest.mark.parametrize("date", ["2024-04-20", "2025-04-20"])
def test_a_sale_without_parties_is_a_mark_alone(load, date):
    text = HOLDERS + TENDER.replace("2025-04-20", date) + '        valuation = "50M"\n' + EXIT
    offers = runway.exit(load(text))
    assert (offers.held.sold.value, held(runway.captable(load(HOLDERS + SOLD))) != {}) == (50_000_000, True)
    assert offers.exits[0].sold.ownership.table(offers.exits[0].sold.date).holders == ("ana", "bo")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('buyer     = "fund"', ""), "missing-field"),
        (('sellers   = ["ana", "bo"]', ""), "missing-field"),
        (('valuation = "40M"', ""), "missing-field"),
        (('"fund"', '"ana"'), "terms-contradict"),
        (('"bo"]', '"ana"]'), "terms-contradict"),
        (('"bo"]', '"bob"]'), "unknown-holder"),
        (('"40M"', "0"), "value-out-of-range"),
        (('"2M"', '"39M"'), "more-than-is-held"),
        (('"bo"]', '"cy"]'), "cy holds no common to sell"),
    ],
)
def test_what_cannot_be_sold(load, change, says):
    other = "[captable.holders.cy]\nshares = { growth = 1_000_000 }\n[captable.classes.growth]\nkind = 'common'\n"
    with pytest.raises(InputError, match=says):
        runway.captable(load(HOLDERS + other + SOLD.replace(*change)))


def test_sellers_need_a_cap_table(load):
    with pytest.raises(InputError, match="needs-captable"):
        load(SOLD)
