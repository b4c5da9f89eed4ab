"""Published closings that the exact solve must reproduce; each test names its source and its rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.captable_companies import COMMON, OPTIONS, WHOLE, company, note, preferred, priced_round, safe, with_pool

from runway.ownership.closing import grant
from runway.ownership.records import Convertible, Rounding

F = Fraction
FOUNDERS = company(one=1_000_000, two=1_000_000)


def percent(stake: Fraction) -> float:
    return round(100 * float(stake), 2)


# P01, P02: 1984vc/website cap-table-101.md @50025412; 1984vc/cap-table financial-correctness.test.ts @6f188de0 --------


def test_p01_a_priced_round_then_a_hire_without_a_pool() -> None:
    round_a = priced_round(FOUNDERS, {"investor": 2_000_000}, pre_money=8_000_000)
    assert (round_a.price, round_a.issued["round"], round_a.post_money) == (4, 500_000, 10_000_000)
    assert [round_a.table.stake(h) for h in ("one", "two", "investor")] == [F("0.4"), F("0.4"), F("0.2")]
    hired = grant(round_a.table, "employee", COMMON, stake=F("0.05"), rounding=WHOLE)
    assert hired.holdings["employee", "common"] == 131_578
    assert hired.fully_diluted == 2_631_578
    assert [percent(hired.stake(h)) for h in ("one", "investor", "employee")] == [38.0, 19.0, 5.0]


def test_p02_the_same_round_with_a_pool() -> None:
    round_a = priced_round(FOUNDERS, {"investor": 2_000_000}, pre_money=8_000_000, pool="0.1", rounding=WHOLE)
    assert round_a.price == F("3.5")
    assert (round_a.issued["round"], round_a.table.pool) == (571_428, 285_714)
    assert round_a.table.fully_diluted == 2_857_142
    hired = grant(round_a.table, "employee", OPTIONS, stake=F("0.05"), from_pool=True, rounding=WHOLE)
    assert hired.holdings["employee", "options"] == 142_857
    assert [hired.stake(h) for h in ("one", "investor")] == [round_a.table.stake(h) for h in ("one", "investor")]


# P04, P05: 1984vc/website @50025412; 1984vc/startup-finance conversion-solver.ts @ac3c7806 ----------------------------


@pytest.mark.parametrize(
    ("form", "cap", "each", "total"),
    [("pre_money", 8_000_000, F(500_000), 3_000_000), ("post_money", 10_000_000, F(2_000_000, 3), F(10_000_000, 3))],
)
def test_p04_two_safes_by_the_form_of_their_cap(form: str, cap: int, each: Fraction, total: Fraction) -> None:
    """At a price so high that the caps decide; the new money is a cent."""
    safes = [safe(name, 2_000_000, cap, form=form) for name in ("a", "b")]
    closed = priced_round(FOUNDERS, {"investor": "0.01"}, *safes, pre_money=10**12)
    assert [c.shares for c in closed.conversions] == [each, each]
    assert closed.table.fully_diluted - closed.issued["round"] == total


def test_p05_a_post_money_safe_then_series_a() -> None:
    closed = priced_round(
        FOUNDERS, {"investor": 8_000_000}, safe("s", 2_000_000, 10_000_000), pre_money=32_000_000, rounding=WHOLE
    )
    assert (closed.price, closed.conversions[0].price, closed.conversions[0].shares) == (F("12.8"), 4, 500_000)
    assert (closed.issued["round"], closed.table.fully_diluted) == (625_000, 3_125_000)
    assert closed.effective_pre_money == F("25.6") * 1_000_000
    assert [percent(closed.table.stake(h)) for h in ("one", "s", "investor")] == [32.0, 16.0, 20.0]


def test_p06_founding_to_series_a() -> None:
    """K. Nathoo, Understanding SAFEs and Priced Equity Rounds: xdworks/startup-school-2018 22.md @43575a7f."""
    table = company(one=4_625_000, two=4_625_000, options=650_000, pool=100_000)
    safes = safe("a", 200_000, 4_000_000), safe("b", 800_000, 8_000_000)
    money = {"lead": 4_000_000, "others": 1_000_000}
    closed = priced_round(table, money, *safes, pre_money=15_000_000, pool="0.1", rounding=WHOLE)
    assert [c.shares for c in closed.conversions] == [588_235, 1_176_470]
    assert closed.issued["pool"] == 1_694_570
    assert float(closed.price) == pytest.approx(1.114473, abs=1e-6)
    assert float(closed.issued["round"]) == pytest.approx(4_486_000, rel=1e-3)
    assert float(closed.table.as_converted("lead")) == pytest.approx(3_590_000, rel=1e-3)
    founders = closed.table.stake("one") + closed.table.stake("two")
    assert float(founders) == pytest.approx(0.515, abs=5e-4)
    assert float(closed.table.stake("lead")) == pytest.approx(0.20, abs=5e-4)


# P07: 1984vc/cap-table README.md @6f188de0 ----------------------------------------------------------------------------

STACK = (
    safe("fixed", 125_000, ownership="0.07", order=1),
    safe("mfn", 375_000, mfn=True, order=2),
    safe("ten", 750_000, 10_000_000, order=3),
    safe("ten_again", 475_000, 10_000_000, order=4),
    safe("thirteen", 500_000, 13_000_000, order=5),
)


def test_p07_a_fixed_share_mfn_and_three_caps_at_once() -> None:
    """The source rounds prices up to five decimals, and its whole-share search is not unique: 2e-5 relative."""
    table = company(one=4_500_000, two=4_500_000, options=250_000, pool=750_000)
    closed = priced_round(table, {"investor": 4_000_000}, *STACK, pre_money=25_000_000, pool="0.1")
    assert [c.decided_by for c in closed.conversions] == ["ownership", "MFN of ten", "cap", "cap", "cap"]
    published = [956_884, 512_610, 1_025_220, 649_306, 525_756]
    assert [float(c.shares) for c in closed.conversions] == pytest.approx(published, rel=2e-5)
    assert float(closed.issued["round"]) == pytest.approx(2_338_415, rel=2e-5)
    assert float(closed.table.pool) == pytest.approx(1_695_354, rel=2e-5)
    assert float(closed.table.fully_diluted) == pytest.approx(16_953_611.6, abs=0.05)
    assert float(closed.price) == pytest.approx(1.710550, abs=5e-7)
    before_the_money = sum(c.shares for c in closed.conversions) + table.fully_diluted
    assert closed.conversions[0].shares / before_the_money == F("0.07")
    assert percent(closed.table.stake("fixed")) == pytest.approx(5.64, abs=0.006)


def test_p07_with_the_rounding_of_its_source() -> None:
    table = company(one=4_500_000, two=4_500_000, options=250_000, pool=750_000)
    rounding = Rounding(price_digits=5, price_rounding="up")
    closed = priced_round(table, {"investor": 4_000_000}, *STACK, pre_money=25_000_000, pool="0.1", rounding=rounding)
    assert closed.price == F("1.71055")
    assert all(n.denominator == 1 for n in closed.table.holdings.values())
    assert float(closed.table.fully_diluted) == pytest.approx(16_953_545, rel=2e-5)


def test_the_known_table_of_1984() -> None:
    """1984vc/startup-finance src/library/__tests__/safe_conversion.test.ts @1b9d5589; an uncapped SAFE takes the price.

    Exact: 20,606,916 shares, a pool of 2,060,692, the valuation to the dollar.
    """
    safes = (
        safe("fixed", 125_000, F(125_000) / F("0.07")),
        safe("uncapped", 375_000),
        safe("ten", 475_000, 10_000_000),
        safe("thirteen", 28_500, 13_000_000),
        safe("thirty", 2_997_500, 30_000_000),
    )
    table = company(founders=9_390_728, pool=609_272)
    closed = priced_round(table, {"investor": 4_000_000}, *safes, pre_money=16_700_000, pool="0.1")
    assert round(closed.table.fully_diluted) == 20_606_916
    assert round(closed.table.pool) == 2_060_692
    assert closed.post_money == closed.price * closed.table.fully_diluted == 20_700_000
    met = priced_round(table, {"investor": 4_000_000}, *safes, pre_money=16_700_000, pool="0.01")
    assert met.table.pool == 609_272


# P08, P09: fundersclub.com/learn --------------------------------------------------------------------------------------


def test_p08_a_pre_money_safe_with_a_cap() -> None:
    """safe-primer/safe-numerical-examples/safe-cap-no-discount: 11,000,000 fully diluted, a pool of 1,000,000 in it."""
    table = company(founders=10_000_000, pool=1_000_000)
    one = safe("s", 100_000, 5_000_000, form="pre_money")
    closed = priced_round(table, {"a": 1_000_000}, one, pre_money=10_000_000, convertibles="on_top")
    assert (closed.price, closed.conversions[0].price) == (F(10, 11), F(5, 11))
    assert (closed.issued["round"], closed.conversions[0].shares) == (1_100_000, 220_000)
    assert float(closed.issued["round"]) == pytest.approx(1_100_110, rel=2e-4)
    shadow = closed.table.classes["series_a_s"]
    assert shadow.issue_price is not None
    assert shadow.issue_price * closed.table.issued("series_a_s") == 100_000
    assert closed.post_money == 11_000_000 + 220_000 * F(10, 11)


@pytest.mark.parametrize(
    ("pre_money", "price", "shares", "decided"),
    [
        (10_000_000, F("2.5"), 10_000, "cap"),
        (6_000_000, 4, 6_250, "discount"),
        (6_250_000, 4, 6_250, "cap"),  # where the two meet, the cap is named
        (4_500_000, 4, 6_250, "discount"),
    ],
)
def test_p09_cap_or_discount_whichever_is_lower(pre_money: int, price: Fraction, shares: int, decided: str) -> None:
    """convertible-notes-numerical-examples/convertible-note-cap-discount: 5.00 a share, on top of the pre-money."""
    table = company(founders=F(pre_money, 5))
    one = note("n", 25_000, 5_000_000, discount="0.2")
    closed = priced_round(table, {"a": 1_000_000}, one, pre_money=pre_money, convertibles="on_top")
    assert closed.price == 5
    conversion = closed.conversions[0]
    assert (conversion.price, conversion.shares, conversion.decided_by) == (price, shares, decided)


def test_p11_pro_rata() -> None:
    """costcalculator.calculator.city/?p=49910 (excerpt)."""
    table = company(holder=100_000, others=900_000)
    closed = priced_round(table, {"lead": 5_000_000}, pre_money=20_000_000, pro_rata=("holder",))
    assert closed.money == {"lead": 4_500_000, "holder": 500_000}
    assert closed.table.holdings["holder", "series_a"] == 25_000
    assert closed.table.stake("holder") == F("0.1")
    without = priced_round(table, {"lead": 5_000_000}, pre_money=20_000_000)
    assert without.table.stake("holder") == F("0.08")


@pytest.mark.parametrize(("old", "new", "ratio"), [(60, 20, 3), (5, 2, F(5, 2))])
def test_p13_full_ratchet_by_one_share(old: int, new: int, ratio: Fraction) -> None:
    """financial-dictionary.thefreedictionary.com/Full+Ratchet; en.blossary.com: however little is sold."""
    table = company(f=1000).plus("x", preferred("series_a", old, anti_dilution="full_ratchet"), F(100))
    closed = priced_round(table, {"y": new}, price=new, share_class=preferred("series_b"))
    assert closed.issued["round"] == 1
    assert closed.table.as_converted("x") == 100 * ratio


def test_p13_full_ratchet_of_a_stated_value() -> None:
    """A 10-K quoted at investorshub.advfn.com, message 149962382: 24,034,400 at 0.07 is 343,348,571 shares."""
    table = company(f=1000).plus("x", preferred("series_a", 1, anti_dilution="full_ratchet"), F(24_034_400))
    closed = priced_round(table, {"y": 1}, price="0.07", share_class=preferred("series_b"))
    assert float(closed.table.as_converted("x")) == pytest.approx(343_348_571, abs=1)


# Millrace: spillpoint/spillpoint cases/millrace/DERIVATION.md @7cc3e60c -----------------------------------------------


def test_millrace_from_founding_to_a_down_round() -> None:
    """Three rounds in a row, each on the whole shares of the one before."""
    table = grant(company(ana=5_500_000, dev=4_500_000), "lena", COMMON, stake=F("0.06"), rounding=WHOLE)
    assert table.issued("common") == 10_638_297
    table = with_pool(table, F("0.1"), WHOLE)
    assert table.pool == 1_182_033
    table = grant(table, "employees", OPTIONS, shares=F(490_000), from_pool=True)

    safes = safe("priya", 300_000, 5_000_000), safe("marcus", 150_000, 5_000_000)
    seed = priced_round(
        table, {"harbor": 2_500_000}, *safes,
        pre_money=7_500_000, pool="0.18", share_class=preferred("seed", preference=F("1.5")), rounding=WHOLE,
    )  # fmt: skip
    assert [c.shares for c in seed.conversions] == [779_362, 389_681]
    assert (seed.issued["round"], seed.table.pool, seed.issued["pool"]) == (5_393_570, 3_883_370, 3_191_337)
    shadow = [seed.table.classes[c.share_class] for c in seed.conversions]
    money = sum(
        seed.table.issued(one.name) * one.issue_price * one.preference for one in shadow if one.issue_price is not None
    )
    assert float(money) == pytest.approx(674_999.64, abs=0.005)

    table = grant(seed.table, "employees", OPTIONS, shares=F(1_100_000), from_pool=True)
    broad = preferred("series_a", anti_dilution="broad_based")
    a = priced_round(
        table, {"ridgeline": 12_000_000},
        pre_money=48_000_000, pool="0.15", share_class=broad, rounding=WHOLE, pro_rata=("harbor",),
    )  # fmt: skip
    assert float(a.money["harbor"]) == pytest.approx(3_444_369.64, abs=0.005)  # its whole right; it took 3,000,000
    a = priced_round(
        table, {"ridgeline": 9_000_000, "harbor": 3_000_000},
        pre_money=48_000_000, pool="0.15", share_class=broad, rounding=WHOLE,
    )  # fmt: skip
    assert float(a.price) == pytest.approx(2.075472, abs=5e-7)
    assert [a.table.holdings[h, "series_a"] for h in ("ridgeline", "harbor")] == [4_336_363, 1_445_454]
    assert (a.table.pool, a.issued["pool"]) == (4_336_363, 1_552_993)

    table = grant(a.table, "employees", OPTIONS, shares=F(2_800_000), from_pool=True)
    b = priced_round(
        table, {"cobalt": 10_000_000},
        pre_money=36_000_000, pool="0.12", share_class=preferred("series_b"), rounding=WHOLE,
    )  # fmt: skip
    assert float(b.price) == pytest.approx(1.082112, abs=5e-7)
    assert (b.issued["round"], b.table.pool, b.issued["pool"]) == (9_241_189, 5_101_136, 3_564_773)
    (adjustment,) = b.adjustments
    assert adjustment.outstanding == 27_372_727
    assert float(adjustment.at_old_price) == pytest.approx(4_818_182.00, abs=0.005)
    assert float(adjustment.after) == pytest.approx(1.824752, abs=5e-7)
    assert float(b.table.as_converted(None, "series_a")) == pytest.approx(6_576_234.36, abs=0.005)
    assert float(b.table.as_converted("ridgeline")) == pytest.approx(4_932_176.06, abs=0.005)


def test_instruments_of_one_holder_are_one_stake() -> None:
    two = [Convertible(n, "angel", F(100_000), False, "post_money", F(1_000_000)) for n in ("first", "second")]
    closed = priced_round(company(f=800_000), {"a": 1_000_000}, *two, pre_money=4_000_000)
    assert closed.table.stake("angel") == F("0.2") * F("0.8")
