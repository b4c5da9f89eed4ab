"""Cap tables of assumption files: published rounds written as a founder would write them, and what a run makes of them.

The solve of one closing has its own tests (`captable/`); here the file, the run of the engine and the solve meet.
Each published example names its source; the numbers are the sources', the wording and the files ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import pytest

import runway
from runway.errors import InputError
from runway.ownership.ownership import Ownership

Owned = Callable[..., Ownership]

MODEL = """
[model]
name         = "Company"
start        = "2024-01"
months       = 24
opening_cash = 0
"""


@pytest.fixture(scope="module")
def owned(load: Callable[..., Any]) -> Owned:
    """The ownership of a text, with a `[model]` that begins in January 2024."""
    return lambda text, **how: runway.captable(load(MODEL + text, **how))


def stakes(found: Ownership, step: int = -1) -> dict[str, float]:
    table = found.steps[step].table
    return {holder: float(table.stake(holder)) for holder in table.holders}


def shares(found: Ownership, step: int = -1) -> dict[str, float]:
    table = found.steps[step].table
    return {
        holder: float(sum(n for (who, _), n in table.holdings.items() if who == holder)) for holder in table.holders
    }


def table(pool: int = 0, extra: str = "", **holders: int) -> str:
    listed = "".join(f"[captable.holders.{name}]\nshares = {{ common = {n} }}\n" for name, n in holders.items())
    return f"""
        [captable]
        pool = {pool}
        {extra}
        {listed}
        """


def priced(name: str, money: float, pre_money: float, date: str = "2024-06-30", **terms: Any) -> str:
    said = "".join(f"{key} = {value}\n" for key, value in terms.items())
    return f"""
[funding.{name}]
kind = "priced_round"
valuation = {{ value = {pre_money}, basis = "pre_money" }}
{said}
[[funding.{name}.closings]]
name = "only"
date = "{date}"
amount = {money}
"""


def safe(name: str, money: float, date: str = "2023-06-01", **terms: Any) -> str:
    said = "".join(f"{key} = {value}\n" for key, value in terms.items())
    return f"""
        [funding.{name}]
        kind = "safe"
        amount = {money}
        date = "{date}"
        {said}
        """


HIRE = """
[captable.grants.hire]
holder = "hire"
date = "2024-09-01"
class = "common"
stake = "5%"
"""


def test_a_priced_round_and_a_hire(owned):
    """P01: 1984.vc, Cap Table 101 (1984vc/website, cap-table-101.md @50025412)."""
    hire = HIRE + "from_pool = false\n"
    found = owned(table(ana=1_000_000, ben=1_000_000) + hire + priced("seed", 2_000_000, 8_000_000))
    closed = found.steps[0].closed
    assert closed is not None
    assert (closed.price, closed.post_money) == (4, 10_000_000)
    assert stakes(found, 0) == {"ana": 0.4, "ben": 0.4, "seed.investors": 0.2}
    after = shares(found)
    assert after["hire"] == pytest.approx(131_578, abs=1)
    assert sum(after.values()) == pytest.approx(2_631_578, abs=1)
    assert list(stakes(found).values()) == pytest.approx([0.38, 0.38, 0.19, 0.05], abs=1e-5)


def test_a_pool_in_the_pre_money_and_a_grant_from_it(owned):
    """P02: the same source, with a pool of 10 % after the round; a grant moves nobody else's share."""
    found = owned(table(ana=1_000_000, ben=1_000_000) + HIRE + priced("seed", 2_000_000, 8_000_000, pool='"10%"'))
    assert float(found.steps[0].closed.price) == pytest.approx(3.5)
    assert shares(found, 0)["seed.investors"] == pytest.approx(571_428, abs=1)
    assert float(found.steps[0].table.pool) == pytest.approx(285_714, abs=1)
    assert float(found.steps[0].table.fully_diluted) == pytest.approx(2_857_142, abs=1)
    assert shares(found)["hire"] == pytest.approx(142_857, abs=1)
    assert [stakes(found)[who] for who in ("ana", "ben", "seed.investors")] == [
        stakes(found, 0)[who] for who in ("ana", "ben", "seed.investors")
    ]


OPTIONS = """
[captable.classes.options]
kind = "options"
strike = 0
[captable.holders.team]
shares = {{ options = {} }}
"""


@pytest.mark.parametrize(
    ("pool", "price", "new", "founders"),
    [('"15%"', Fraction(5, 2), 2_000_000, 0.60), (None, Fraction(8, 3), 1_875_000, 0.64)],
)
def test_a_pool_top_up_counts_unissued_options_only(owned, pool, price, new, founders):
    """P03: spillpoint/spillpoint, cases/edge-14-pool-top-up @280760ea."""
    terms = {"pool": pool} if pool else {}
    text = table(1_000_000, ana=4_500_000, ben=1_500_000) + OPTIONS.format(500_000)
    found = owned(text + priced("series_a", 5_000_000, 20_000_000, **terms))
    assert found.steps[0].closed.price == price
    assert shares(found)["series_a.investors"] == pytest.approx(new, abs=1)
    owns = stakes(found)
    assert owns["ana"] + owns["ben"] == pytest.approx(founders, abs=1e-6)


@pytest.mark.parametrize(
    ("form", "cap", "each", "founder"),
    [("pre_money", 8_000_000, 500_000, 1 / 3), ("post_money", 10_000_000, 666_666, 0.3)],
)
def test_two_safes_by_the_form_of_their_caps(owned, form, cap, each, founder):
    """P04: 1984.vc, pre-money vs post-money conversion (1984vc/website @50025412); just before the new money."""
    safes = "".join(safe(name, 2_000_000, form=f'"{form}"', cap=cap) for name in ("one", "two"))
    found = owned(table(ana=1_000_000, ben=1_000_000) + safes + priced("series_a", 1_000, 100_000_000))
    after = shares(found)
    assert [after["one"], after["two"]] == pytest.approx([each, each], abs=1)
    old = sum(after[who] for who in ("ana", "ben", "one", "two"))
    assert after["ana"] / old == pytest.approx(founder, abs=1e-5)


def test_a_post_money_safe_before_a_series_a(owned):
    """P05: 1984.vc, Intro to SAFEs (1984vc/website @50025412; 1984vc/startup-finance @ac3c7806)."""
    text = table(ana=2_000_000) + safe("angel", 2_000_000, form='"post_money"', cap=10_000_000)
    found = owned(text + priced("series_a", 8_000_000, 32_000_000))
    closed = found.steps[0].closed
    assert closed.price == Fraction("12.8")
    assert (closed.conversions[0].price, closed.conversions[0].shares) == (4, 500_000)
    assert stakes(found) == {"ana": 0.64, "angel": 0.16, "series_a.investors": 0.2}


def test_the_lecture_on_safes_and_priced_rounds(owned):
    """P06: K. Nathoo, Understanding SAFEs and Priced Equity Rounds (xdworks/startup-school-2018 22.md @43575a7f)."""
    text = table(100_000, ana=4_625_000, ben=4_625_000) + OPTIONS.format(650_000)
    text += safe("a", 200_000, form='"post_money"', cap=4_000_000)
    text += safe("b", 800_000, form='"post_money"', cap=8_000_000)
    found = owned(text + priced("series_a", 5_000_000, 15_000_000, pool='"10%"'))
    closed = found.steps[0].closed
    assert float(closed.price) == pytest.approx(1.114473, abs=1e-6)
    assert float(closed.issued["pool"]) == pytest.approx(1_694_570, rel=1e-5)
    assert [float(one.shares) for one in closed.conversions] == pytest.approx([588_235, 1_176_470], abs=1)
    owns = stakes(found)
    assert owns["ana"] + owns["ben"] == pytest.approx(0.515, abs=5e-4)
    assert owns["series_a.investors"] == pytest.approx(0.25, abs=5e-4)


def test_five_safes_at_once(owned):
    """P07: 1984vc/cap-table README @6f188de0: a fixed share, most favoured nation, three caps; published to 2e-5."""
    text = table(750_000, 'price_digits = 5\nprice_rounding = "up"', ana=4_500_000, ben=4_500_000)
    text += OPTIONS.format(250_000)
    text += safe("fixed", 125_000, "2023-01-01", ownership='"7%"')
    text += safe("mfn", 375_000, "2023-02-01", mfn="true", form='"post_money"')
    for name, money, cap, month in (("c", 750_000, 10, 3), ("d", 475_000, 10, 4), ("e", 500_000, 13, 5)):
        text += safe(name, money, f"2023-0{month}-01", form='"post_money"', cap=cap * 1_000_000)
    found = owned(text + priced("series_a", 4_000_000, 25_000_000, pool='"10%"'))
    closed = found.steps[0].closed
    assert float(closed.price) == pytest.approx(1.71056, rel=2e-5)
    published = [956_884, 512_610, 1_025_220, 649_306, 525_756]
    assert [float(one.shares) for one in closed.conversions] == pytest.approx(published, rel=2e-5)
    assert float(closed.table.pool) == pytest.approx(1_695_354, rel=2e-5)
    assert float(closed.table.fully_diluted) == pytest.approx(16_953_545, rel=2e-5)
    assert stakes(found)["fixed"] == pytest.approx(0.0564, abs=6e-5)


def test_a_safe_that_the_price_does_not_count(owned):
    """P08: FundersClub, SAFE: cap, no discount (from YC's SAFE Primer); the round's price leaves the SAFE out."""
    text = table(1_000_000, ana=10_000_000) + safe("angel", 100_000, form='"pre_money"', cap=5_000_000)
    found = owned(text + priced("series_a", 1_000_000, 10_000_000, convertibles='"on_top"'))
    closed = found.steps[0].closed
    assert float(closed.price) == pytest.approx(0.909, rel=2e-4)
    assert shares(found)["series_a.investors"] == pytest.approx(1_100_110, rel=2e-4)
    assert float(closed.conversions[0].shares) == pytest.approx(220_022, rel=2e-4)
    first = {cls.name: cls for cls in found.steps[0].table.classes.values()}
    paid = first["series_a_angel"].issue_price * closed.conversions[0].shares
    assert float(paid) == pytest.approx(100_000, abs=1)  # its preference is the money that was put in


@pytest.mark.parametrize(
    ("pre", "founders", "price", "got"), [(10e6, 2_000_000, 2.5, 10_000), (6e6, 1_200_000, 4, 6_250)]
)
def test_a_note_takes_the_lower_of_cap_and_discount(owned, pre, founders, price, got):
    """P09: FundersClub, convertible note: cap and discount, round price 5.00."""
    note = """
[funding.note]
kind = "convertible_note"
amount = 25_000
date = "2023-06-01"
cap = "5M"
discount = "20%"
"""
    found = owned(table(ana=founders) + note + priced("series_a", 1_000_000, pre, convertibles='"on_top"'))
    assert found.steps[0].closed.price == 5
    assert (found.steps[0].closed.conversions[0].price, found.steps[0].closed.conversions[0].shares) == (price, got)


def test_a_note_with_interest_in_a_round_with_a_top_up(owned):
    """P10: spillpoint/spillpoint, cases/edge-19a-note-converts-with-pool @7d9237fb."""
    note = """
[funding.note]
kind = "convertible_note"
amount = "1M"
date = "2023-01-01"
rate = "6%/year"
cap = "8M"
discount = "20%"
"""
    text = table(1_500_000, ana=6_000_000, ben=2_000_000) + OPTIONS.format(500_000) + note
    found = owned(text + priced("series_a", 5_000_000, 20_000_000, "2024-01-01", pool='"15%"'))
    closed = found.steps[0].closed
    assert closed.conversions[0].money == 1_060_000
    assert (closed.conversions[0].price, closed.conversions[0].shares) == (Fraction("0.8"), 1_325_000)
    assert closed.price == Fraction(650, 393)
    assert shares(found)["series_a.investors"] == 3_023_076
    assert closed.table.pool == 2_267_307
    assert stakes(found)["ana"] + stakes(found)["ben"] == pytest.approx(0.5293, abs=1e-4)


@pytest.mark.parametrize(("takes", "stake", "bought"), [('["angel"]', 0.1, 25_000), ("[]", 0.08, 0)])
def test_pro_rata(owned, takes, stake, bought):
    """P11: costcalculator.calculator.city: 10 % of 1,000,000 shares, 5M at 20M pre-money."""
    found = owned(table(ana=900_000, angel=100_000) + priced("series_a", 5_000_000, 20_000_000, pro_rata=takes))
    assert stakes(found)["angel"] == stake
    assert shares(found)["angel"] == 100_000 + bought
    assert found.steps[0].closed.money.get("angel", 0) == (500_000 if bought else 0)


@pytest.mark.parametrize(
    ("protected", "price", "new", "conversion", "owns"),
    [
        ('"broad_based"', 552 / 473, 2_570_652, 2.190476, 0.1776),
        ('"none"', 1.2, 2_500_000, 2.5, 0.16),
    ],
)
def test_a_weighted_average_circular_with_the_price(owned, protected, price, new, conversion, owns):
    """P12: spillpoint/spillpoint, cases/edge-16a-broad-based @17e73049."""
    text = table(1_500_000, ana=6_000_000) + OPTIONS.format(500_000)
    text += f"""
        [captable.classes.series_a]
        kind = "preferred"
        price = 2.5
        anti_dilution = {protected}
        """
    text += """
        [captable.holders.fund]
        shares = { series_a = 2_000_000 }
        """
    found = owned(text + priced("series_b", 3_000_000, 12_000_000))
    closed = found.steps[0].closed
    assert float(closed.price) == pytest.approx(price, abs=1e-6)
    assert shares(found)["series_b.investors"] == pytest.approx(new, abs=1)
    cls = closed.table.classes["series_a"]
    assert float(cls.issue_price / cls.ratio) == pytest.approx(conversion, abs=1e-6)
    assert stakes(found)["fund"] == pytest.approx(owns, abs=1e-4)
    assert stakes(found)["series_b.investors"] == pytest.approx(0.2, abs=1e-6)


# The round of 40B: K9 to K11 of the published terms -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "softbank", "syndicate", "all_of_it"),
    [
        ("base", 30 / 300, 10 / 300, 40 / 300),
        ("no_conversion_a", 20 / 290, 10 / 290, 30 / 290),
        ("no_conversion_b", 15 / 280, 5 / 280, 20 / 280),
        ("keep_post_money", 20 / 300, 10 / 300, 30 / 300),
        ("waived", 30 / 300, 10 / 300, 40 / 300),
        ("no_new_capital", 0, 0, 0),
    ],
)
def test_what_a_clause_cuts_is_not_owned(scenario, softbank, syndicate, all_of_it):
    """10.00, 6.90 and 6.67 %; in all 13.33, 10.34 and 10.00 %."""
    found = runway.captable("openai-2025", scenario=scenario)
    table = found.table(found.last_day)
    assert float(table.stake("softbank")) == pytest.approx(softbank, abs=1e-12)
    assert float(table.stake("syndicate")) == pytest.approx(syndicate, abs=1e-12)
    assert float(table.stake("holders_before")) == pytest.approx(1 - all_of_it, abs=1e-12)


@pytest.mark.parametrize("scenario", ["base", "no_conversion_a", "no_conversion_b", "keep_post_money"])
def test_the_cap_table_and_the_stakes_by_valuation_agree(scenario):
    """Where nothing but the round is between them, shares and `drawn ÷ post-money` are two ways to one number."""
    model = runway.load("openai-2025", scenario=scenario)
    rows, found = runway.project(model).rows, runway.captable(model)
    for investor in ("softbank", "syndicate"):
        stake = rows[f"softbank_round.{investor}.stake"][-1]
        assert float(found.table(found.last_day).stake(investor)) == pytest.approx(stake, abs=1e-12)


# What a run draws, and when ------------------------------------------------------------------------------------------


def test_what_lapses_issues_nothing(owned):
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000).replace(
        "amount = 1000000", 'amount = 1000000\nrequires = "prev(total.arr) >= 1"\nby = "2024-12-31"'
    )
    assert owned(text).steps == ()


def test_closings_of_one_round_have_one_price(owned):
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000)
    text += """
        [[funding.seed.closings]]
        name = "second"
        date = "2024-12-01"
        amount = 500_000
        """
    found = owned(text)
    assert [step.closed.price for step in found.steps] == [4, 4]
    assert float(found.table(found.last_day).stake("seed.investors")) == pytest.approx(1.5 / 5.5)


def test_closings_at_prices_of_their_own(owned):
    """1M at 4.00; then 500,000 at 5.00 a share; then 600,000 at 6M before it."""
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000)
    text += """
        [[funding.seed.closings]]
        name = "second"
        date = "2024-10-01"
        amount = 500_000
        price = 5
        """
    text += """
        [[funding.seed.closings]]
        name = "third"
        date = "2024-12-01"
        amount = 600_000
        """
    text += 'valuation = { value = "6.75M", basis = "pre_money" }\n'
    found = owned(text)
    assert [step.closed.price for step in found.steps] == [4, 5, 5]
    assert shares(found)["seed.investors"] == 250_000 + 100_000 + 120_000


def test_a_round_that_began_before_the_start_goes_on_at_its_price():
    found = runway.captable("saas-startup")
    milestone = found.steps[0].closed
    assert milestone.price == 6
    assert milestone.money == {"fund": 480_000, "angels": 120_000}


def test_a_safe_that_comes_after_a_round_waits_for_the_next(owned):
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000)
    found = owned(text + safe("late", 100_000, "2024-09-01", form='"post_money"', cap=10_000_000))
    assert [one.name for one in found.outstanding(found.last_day)] == ["late"]
    assert "late" not in stakes(found)


def test_a_note_converts_in_a_qualified_round_only(owned):
    note = """
        [funding.note]
        kind = "convertible_note"
        amount = 100_000
        date = "2024-01-15"
        qualified = "2M"
        """
    text = table(ana=1_000_000) + note + priced("seed", 1_000_000, 4_000_000, "2024-03-01")
    assert [one.name for one in owned(text).outstanding(owned(text).last_day)] == ["note"]
    text += priced("series_a", 3_000_000, 12_000_000, "2024-12-01")
    assert owned(text).outstanding(owned(text).last_day) == ()


def test_half_the_money_buys_half_the_shares(owned):
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000)
    found = owned(text, set={"levers.funding": 0.5})
    assert shares(found)["seed.investors"] == 125_000


SECOND = '[[funding.seed.closings]]\nname = "second"\ndate = "2024-09-30"\namount = 1_000_000\n'


@pytest.mark.parametrize("lever", [0.5, 1, 2])
def test_a_pool_is_sized_on_the_money_that_comes(owned, lever):
    """10 % of 4M + lever x 2M, so that the million shares there are get 4M less that."""
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000, pool=0.10) + SECOND
    found = owned(text, set={"levers.funding": lever})
    post = 4_000_000 + lever * 2_000_000
    assert float(found.steps[0].closed.price) == pytest.approx((4_000_000 - 0.1 * post) / 1_000_000, rel=1e-12)
    assert found.last_stakes()["the pool"] == pytest.approx(0.1, abs=1e-6)


def test_a_pool_is_sized_on_all_closings_at_a_price_too(owned):
    """A million shares and one more for 2M at 2: two ninths of a million are 10 % of it all."""
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 1, pool=0.10) + SECOND
    found = owned(text.replace('valuation = { value = 1, basis = "pre_money" }', "price = 2"))
    assert [float(step.table.pool) for step in found.steps] == [222_222, 222_222]
    assert found.last_stakes()["the pool"] == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("lever", [1, 2])
def test_a_pool_is_sized_on_closings_at_prices_of_their_own_too(owned, lever):
    """A million shares, 500,000 at 2, 250,000 at 4, and a ninth of them all."""
    text = table(ana=1_000_000) + priced("seed", 1_000_000, 1, pool=0.10) + "price = 2\n" + SECOND + "price = 4\n"
    found = owned(text, set={"levers.funding": lever})
    assert [int(step.table.pool) for step in found.steps] == [int((1_000_000 + 750_000 * lever) / 9)] * 2
    assert found.last_stakes()["the pool"] == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize("price", ["price = 2", 'valuation = { value = "2M", basis = "pre_money" }'])
def test_a_pool_is_sized_at_the_first_closing_before_the_start_too(owned, price):
    """What was granted of the pool since is not added to it again."""
    text = table(pool=10_000, ana=1_000_000) + priced("seed", 1_000_000, 1, "2023-09-30", pool=0.10) + SECOND
    text += '[captable.classes.seed]\nkind = "preferred"\nprice = 2\n'
    text += "[captable.holders.fund]\nshares = { seed = 500_000 }\n"
    found = owned(text.replace('valuation = { value = 1, basis = "pre_money" }', price))
    assert [step.date.isoformat() for step in found.steps] == ["2024-09-30"]
    assert found.steps[-1].table.pool == 10_000


def test_dilution_is_what_was_lost_and_gained(owned):
    """after = before − Σ by cause + gained, for everybody and exactly."""
    text = table(100_000, ana=4_625_000, ben=4_625_000) + safe("a", 200_000, form='"post_money"', cap=4_000_000)
    found = owned(text + priced("series_a", 5_000_000, 15_000_000, pool='"10%"', pro_rata='["ana"]'))
    assert found.steps[0].closed.dilution
    for one in found.steps[0].closed.dilution.values():
        assert one.after == one.before - sum(one.by_cause.values()) + one.gained


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("no-captable", ""),
        ("safes-own-everything", table(ana=1_000) + safe("a", 5e6, form='"post_money"', cap=4_000_000)),
        ("cap-without-form", table(ana=1_000) + safe("a", 5e6, cap=40_000_000)),
        ("company-without-shares", table(ana=0) + safe("a", 5e6, form='"post_money"', cap=40_000_000)),
    ],
)
def test_terms_that_cannot_hold_are_refused(owned, problem, text):
    with pytest.raises(InputError) as refused:
        owned(text)
    assert refused.value.problems[0].name == problem


def test_a_pool_above_what_is_left_is_refused_at_its_line(owned):
    text = table(ana=1_000_000) + priced("seed", 8_000_000, 2_000_000, pool='"30%"')
    with pytest.raises(InputError) as refused:
        owned(text)
    problem = refused.value.problems[0]
    assert problem.place is not None
    assert problem.excerpt is not None
    assert any("pool" in line for _, line in problem.excerpt)


def test_json_holds_every_step(owned):
    found: Mapping[str, Any] = owned(table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000)).to_dict()
    assert [step["price"] for step in found["steps"]] == [4]
    assert found["closing"]["stakes"] == {"ana": 0.8, "seed.investors": 0.2}
    assert found["steps"][0]["dilution"]["ana"] == {
        "before": 1, "after": 0.8, "gained": 0, "by_cause": {"round": 0.2},
    }  # fmt: skip


def test_a_lenders_warrants(owned):
    """P26: Bessemer's venture-debt model: warrants for 10 % of 5M at 1.00, 1.0 % of the 50,000,000 shares before."""
    loan = """
[funding.venture_loan]
kind = "loan"
amount = "5M"
date = "2024-06-01"
rate = "11%/year"
term = "36 months"
repayment = "level_principal"
warrants = { coverage = "10%", strike = "$1.00" }
"""
    found = owned(table(ana=50_000_000) + loan)
    assert [step.kind for step in found.steps] == ["warrants"]
    assert shares(found) == {"ana": 50_000_000, "venture_loan": 500_000}
    assert owned(table(ana=50_000_000) + loan, set={"venture_loan.date": "never"}).steps == ()


NOTE = """
[funding.note]
kind = "convertible_note"
amount = 100_000
date = "2024-01-01"
rate = "6%/year"
maturity = "2024-12-31"
at_maturity = "repaid"
"""


def test_a_note_that_no_round_converts_is_paid_back(owned, load):
    """100,000 at 6 % for 365 days of 365: 106,000 on 31 December 2024; then nobody is owed anything."""
    found = owned(table(ana=1_000_000) + NOTE)
    assert found.outstanding(found.last_day) == ()
    projection = runway.project(load(MODEL.replace("opening_cash = 0", "opening_cash = 50_000") + table(ana=10) + NOTE))
    rows = projection.rows
    assert (rows["note.principal"][11], rows["note.interest"][11]) == (100_000, 6_000)
    assert sum(rows["cash.debt"]) == -106_000
    assert (rows["total.debt"][10], rows["total.debt"][11]) == (100_000, 0)
    assert [str(rung.zero_cash_date) for rung in projection.runway[1:]] == ["None"] * 3
    assert rows["cash"][-1] == 44_000


def test_a_note_that_a_round_has_converted_is_not_paid_back(owned, load):
    text = table(ana=1_000_000) + NOTE + priced("seed", 1_000_000, 4_000_000, "2024-11-30")
    rows = runway.project(load(MODEL + text)).rows
    assert sum(rows["cash.debt"]) == 0
    assert rows["total.debt"][10] == 0
    converted = owned(text).steps[0].closed.conversions
    assert [one.name for one in converted] == ["note"]
    too_small = text.replace("[funding.note]", '[funding.note]\nqualified = "2M"')
    assert sum(runway.project(load(MODEL + too_small)).rows["cash.debt"]) == -106_000


def test_a_note_that_never_falls_due_converts_and_costs_nothing(owned, load):
    """On 30 November 334 of 365 days have run: 5,490.41 of interest."""
    text = table(ana=1_000_000) + NOTE.replace('"2024-12-31"', '"never"')
    assert sum(runway.project(load(MODEL + text)).rows["cash.debt"]) == 0
    (converted,) = owned(text + priced("seed", 1_000_000, 4_000_000, "2024-11-30")).steps[0].closed.conversions
    assert round(float(converted.money), 2) == 105_490.41


def test_cash_in_hand_counts_the_note_that_must_be_paid_back(load):
    """Drawn before the start and due in the first year: the round that would convert it is not in hand."""
    note = NOTE.replace("2024-01-01", "2023-06-30")
    text = MODEL.replace("opening_cash = 0", "opening_cash = 50_000") + table(ana=10) + note
    rungs = runway.project(load(text + priced("seed", 1_000_000, 4_000_000, "2024-11-30"))).runway
    assert [str(rung.zero_cash_date) for rung in rungs] == ["2024-12-31", "None", "None", "None"]


# A cut that keeps the post-money -------------------------------------------------------------------------------------

CUT = """
[events.approval]
date = "never"

[funding.r]
kind = "priced_round"
valuation = {{ value = "50M", basis = "post_money" }}
after_cut = "keep_post_money"
{terms}
[[funding.r.closings]]
name = "first"
date = "2024-03-01"
amount = "5M"
[[funding.r.closings]]
name = "second"
date = "2024-09-01"
amount = "5M"
[[funding.r.clauses]]
name = "cut"
cuts = "second"
to = "1M"
unless = "approval"
by = "2024-06-30"
"""


@pytest.mark.parametrize("terms", [{}, {"pool": '"10%"'}, {"conversion_series": '"same"'}])
def test_after_a_cut_that_keeps_the_post_money_the_round_is_solved_anew(owned, terms):
    """6M of 50M are 12 %, and the SAFE, the pool and the founders are what one closing of 6M at 44M would make them."""
    angel = safe("angel", 500_000, form='"post_money"', cap=5_000_000)
    said = "".join(f"{key} = {value}\n" for key, value in terms.items())
    found = owned(table(ana=8_000_000) + angel + CUT.format(terms=said))
    assert [step.kind for step in found.steps] == ["closing", "repricing", "closing"]
    once = owned(table(ana=8_000_000) + angel + priced("r", 6e6, 44e6, "2024-03-01", **terms))
    assert list(stakes(found).values()) == pytest.approx(list(stakes(once).values()), abs=1e-6)
    assert all(held.denominator == 1 for held in found.steps[-1].table.holdings.values())


@pytest.mark.parametrize(
    ("written", "lapses", "day"),
    [
        ("2024-06-30", "", "2024-06-30"),
        ("2024-06-12", "", "2024-06-12"),
        ("2024-06-12", 'requires = "approval"\nby = "2024-09-20"\n', "2024-06-12 2024-09-20"),
    ],
)
def test_a_round_is_solved_anew_on_the_day_of_the_cut_or_the_lapse(owned, written, lapses, day):
    text = CUT.format(terms="").replace('by = "2024-06-30"', f'by = "{written}"')
    text = text.replace('date = "2024-09-01"\n', f'date = "2024-09-01"\n{lapses}')
    found = owned(table(ana=8_000_000) + text)
    assert " ".join(str(step.date) for step in found.steps if step.kind == "repricing") == day


@pytest.mark.parametrize(
    ("valuation", "after_cut", "pre_money"),
    [("20M", "pre", 15e6), ("20M", "post", 19e6), ("15M", "pre", 15e6), ("15M", "post", 19e6)],
)
def test_a_closing_at_its_own_valuation_keeps_what_the_round_says_after_a_cut(owned, valuation, after_cut, pre_money):
    """5M at 15M pre-money, 20M post-money, of which 4M are cut."""
    basis = "post" if valuation == "20M" else "pre"
    own = f'amount = "5M"\nvaluation = {{ value = "{valuation}", basis = "{basis}_money" }}\n[[funding.r.clauses]]'
    text = CUT.format(terms="").replace('amount = "5M"\n[[funding.r.clauses]]', own)
    found = owned(table(ana=8_000_000) + text.replace("keep_post_money", f"keep_{after_cut}_money"))
    assert found.steps[-1].closed.pre_money == pre_money
    assert found.steps[-1].closed.money == {"r.investors": 1_000_000}


def test_what_happened_between_is_kept_when_a_round_is_solved_anew(owned):
    grant = HIRE.replace("2024-09-01", "2024-05-01").replace('stake = "5%"', "shares = 1_000\nfrom_pool = false")
    found = owned(table(ana=8_000_000) + grant + CUT.format(terms=""))
    assert shares(found)["hire"] == 1_000
    assert found.table(found.last_day).stake("r.investors") == pytest.approx(0.12, abs=1e-4)


def test_clause_and_cap_table_are_one_reckoning(load):
    """With a cap table a clause's stakes are the table's, by either rule, at the end of the horizon."""
    text = MODEL + table(ana=8_000_000) + CUT.format(terms="") + priced("later", 10e6, 90e6, "2025-03-01")
    model = load(text)
    reading = runway.clause(model).terms[0].clauses[0].fails
    for owned in reading.ownership:
        found = runway.captable(load(text, set={"r.after_cut": owned.rule}))
        end = found.table(found.last_day)
        assert owned.stakes["r investors"] == pytest.approx(float(end.stake("r.investors")), abs=1e-12)
        assert owned.holders["ana"] == pytest.approx(float(end.stake("ana")), abs=1e-12)


def test_planned_money_says_so(owned):
    found = owned(table(ana=1_000_000) + priced("seed", 1_000_000, 4_000_000, status='"planned"'))
    assert found.planned == ("seed",)
    assert found.steps[0].title == "seed (planned)"


def test_a_planned_safe_is_counted_though_it_is_only_planned(owned):
    planned = safe("angel", 100_000, "2024-02-01", status='"planned"', discount=0.2)
    assert owned(table(ana=1_000_000) + planned).planned == ("angel",)
    assert owned(table(ana=1_000_000) + planned + priced("seed", 1_000_000, 4_000_000)).planned == ("angel",)
    assert owned(table(ana=1_000_000) + planned, set={"angel.date": "never"}).planned == ()


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("duplicate-name", table(ana=1_000) + safe("common", 5e6, form='"post_money"', cap=40_000_000)),
        ("less-than-one-share", table(ana=100) + priced("seed", 10_000, 20e6)),
        (
            "terms-contradict",
            table(ana=100) + priced("seed", 1e6, 20e6, convertibles='"on_top"').replace("pre_", "post_"),
        ),
    ],
)
def test_what_would_lose_somebodys_money_is_refused(owned, problem, text):
    with pytest.raises(InputError) as refused:
        owned(text)
    assert refused.value.problems[0].name == problem


@pytest.mark.parametrize(
    ("cap", "more", "price"),
    [
        ('"5M"', "", Fraction(5, 2)),
        (
            '"€4M"',
            """
            [fx]
            EUR = 1.25
            """,
            Fraction(5, 2),
        ),
        (
            '"€4M"',
            """
                [fx.EUR]
                "2022-01" = 1.1
                "2023-09" = 1.25
                "2024-03" = 2
                """,
            Fraction(4),
        ),  # at the rate of the month of the closing
        ("5_000_000.0004", "", Fraction(50_000_000_004, 20_000_000_000)),  # more digits than the currency has
    ],
)
def test_a_cap_is_taken_exactly_as_it_is_written(owned, cap, more, price):
    """A cap of five million on two million shares; from another currency at the rate of its closing."""
    note = f"""
        [funding.note]
        kind = "convertible_note"
        amount = 25_000
        date = "2023-06-01"
        cap = {cap}
        """
    found = owned(more + table(ana=2_000_000) + note + priced("series_a", 1_000_000, 90e6, convertibles='"on_top"'))
    assert found.steps[0].closed.conversions[0].price == price
