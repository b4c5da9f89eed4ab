"""The derived cases of spillpoint/spillpoint, cases/edge-14 to edge-22, each at the commit its test names.

They are worked in exact fractions and rounded down to whole shares; so are these.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from support.captable_companies import WHOLE, company, note, preferred, priced_round, protected, safe, with_pool

from runway.ownership.records import CapTable, CaptableError, Convertible, Rounding, SolvedClosing

F = Fraction
SERIES_A = {"investor": 5_000_000}
AT_20 = {"pre_money": 20_000_000, "rounding": WHOLE}
WITH_POOL = company(founders=8_000_000, options=500_000, pool=1_500_000)  # 19a–c, 20, 21
NO_POOL = company(founders=9_000_000)  # 21b–d


def six_decimals(number: Fraction) -> float:
    return round(float(number), 6)


def counts(closed: SolvedClosing) -> dict[str, Fraction]:
    """Shares by cause, without what was not issued."""
    return {cause: shares for cause, shares in closed.issued.items() if shares}


# 14, 15, 22: pool and SAFE -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "price", "issued"),
    [("0.15", F("2.5"), {"round": 2_000_000, "pool": 500_000}), ("0.10", F(8, 3), {"round": 1_875_000})],
)
def test_edge_14_the_pool_is_topped_up_in_the_pre_money_or_enough(pool: str, price: Fraction, issued: Any) -> None:
    """edge-14-pool-top-up @280760ea, edge-14b-no-top-up @17e73049; P03."""
    table = with_pool(company(founders=6_000_000), F("0.2"), WHOLE)
    assert table.pool == 1_500_000
    table = company(founders=6_000_000, options=500_000, pool=1_000_000)
    closed = priced_round(table, SERIES_A, **AT_20, pool=pool)
    assert (closed.price, counts(closed)) == (price, issued)
    assert closed.effective_pre_money == price * 7_500_000
    assert closed.table.stake("investor") == F("0.2")


def test_edge_15_the_discount_beats_the_cap() -> None:
    """edge-15-safe-discount-beats-cap @17e73049."""
    table = company(founders=6_000_000, options=500_000, pool=1_000_000)
    one = safe("s", 600_000, 18_000_000, discount="0.2")
    closed = priced_round(table, SERIES_A, one, **AT_20, pool="0.12")
    assert (closed.price, closed.conversions[0].price, closed.conversions[0].decided_by) == (F("2.5"), 2, "discount")
    assert counts(closed) == {"s": 300_000, "round": 2_000_000, "pool": 200_000}
    without = priced_round(table, SERIES_A, one, **AT_20)
    assert without.issued["s"] == 292_207


def test_edge_22_warrants_count_like_options() -> None:
    """edge-22-warrants-issued @4dfdca5a."""
    table = company(founders=9_000_000, options=400_000, warrants=200_000, pool=600_000)
    closed = priced_round(table, SERIES_A, safe("s", 1_000_000, 10_000_000), **AT_20, pool="0.1")
    assert (closed.price, closed.conversions[0].price) == (F(75, 46), F(15, 17))
    assert counts(closed) == {"s": 1_133_333, "round": 3_066_666, "pool": 933_333}
    assert closed.table.fully_diluted == 15_333_332


# 16: anti-dilution ---------------------------------------------------------------------------------------------------


def before_the_down_round() -> CapTable:
    table = company(founders=6_000_000, options=500_000, pool=1_500_000)
    return table.plus("x", preferred("series_a", "2.5"), F(2_000_000))


@pytest.mark.parametrize(
    ("how", "terms", "in_price", "digits", "price", "new", "converted", "conversion_price"),
    [
        ("none", {}, True, None, F("1.2"), 2_500_000, 2_000_000, 2.5),
        ("broad_based", {}, True, None, F(552, 473), 2_570_652, 2_282_608.68, 2.190476),
        ("narrow_based", {}, True, None, F(81, 74), 2_740_740, 2_962_962.80, 1.6875),
        ("full_ratchet", {}, True, None, F("0.875"), 3_428_571, 5_714_285.71, 0.875),
        ("broad_based", {}, False, None, F("1.2"), 2_500_000, 2_268_041.24, 2.204545),
        (
            "broad_based",
            {"anti_dilution_counts_pool": True},
            True,
            None,
            F(321, 274),
            2_560_747,
            2_242_990.60,
            2.229167,
        ),
        ("broad_based", {}, True, 4, F(552, 473), 2_570_652, 2_282_583.88, 2.1905),
    ],
    ids=["none", "16a", "16b", "16c", "16d", "16e", "16f"],
)
def test_edge_16_one_down_round_by_term(
    how: str, terms: Any, in_price: bool, digits: int | None, price: Fraction, new: int, converted: float,
    conversion_price: float,
) -> None:  # fmt: skip
    """edge-16a @17e73049 (P12), 16b @17e73049, 16c @629d7f02, 16d @17e73049, 16e @7d9237fb, 16f @286371ae."""
    table = protected(before_the_down_round(), "series_a", how, **terms)
    closed = priced_round(
        table, {"y": 3_000_000}, pre_money=12_000_000, share_class=preferred("series_b"),
        anti_dilution_in_price=in_price, rounding=Rounding(conversion_price_digits=digits),
    )  # fmt: skip
    assert (closed.price, closed.issued["round"]) == (price, new)
    assert float(closed.table.as_converted("x")) == pytest.approx(converted, abs=0.006)
    lowered = closed.table.classes["series_a"].conversion_price
    assert lowered is not None
    assert float(lowered) == pytest.approx(conversion_price, abs=1e-6)
    assert closed.table.classes["series_a"].issue_price == F("2.5")  # the preference stays


SEED = company(founders=8_000_000).plus("x", preferred("seed", 1, anti_dilution="broad_based", order=10), F(2_000_000))


def series_a_after_the_seed(money: int, pre_money: int, *convertibles: Convertible, **terms: Any) -> SolvedClosing:
    return priced_round(SEED, {"y": money}, *convertibles, pre_money=pre_money, rounding=WHOLE, **terms)


def test_edge_16g_a_safe_converts_in_a_down_round() -> None:
    """edge-16g-safe-converts-in-a-down-round @6da88799."""
    closed = series_a_after_the_seed(2_000_000, 8_000_000, safe("s", 1_000_000, 6_000_000, order=20))
    assert (closed.price, closed.conversions[0].price) == (F(50, 77), F("0.5"))
    assert counts(closed) == {"anti-dilution of seed": 320_000, "s": 2_000_000, "round": 3_080_000}
    (one,) = closed.adjustments
    assert (one.outstanding, one.at_old_price, one.issued, one.after) == (10**7, 3_000_000, 5_080_000, F(25, 29))
    assert [six_decimals(closed.table.stake(h)) for h in ("x", "s", "y")] == [0.150649, 0.12987, 0.2]


def test_edge_16h_the_conversion_is_exempt() -> None:
    """edge-16h-safe-conversion-exempt @55b51ced."""
    one = safe("s", 1_000_000, 6_000_000, order=20)
    closed = series_a_after_the_seed(2_000_000, 8_000_000, one, conversions_exempt=True)
    assert (closed.price, closed.issued["round"]) == (F(27, 41), 3_037_037)
    (adjustment,) = closed.adjustments
    assert adjustment.outstanding == 12_000_000
    assert float(adjustment.after) == pytest.approx(0.931034, abs=1e-6)


def test_edge_16i_a_discounted_note_lowers_a_price_in_an_up_round() -> None:
    """edge-16i-discounted-note-in-an-up-round @55b51ced: 0.8 × price is below 1.00, the price is not."""
    closed = series_a_after_the_seed(3_000_000, 12_000_000, note("n", 530_000, discount="0.2", order=20))
    assert six_decimals(closed.price) == 1.132568
    assert (closed.conversions[0].shares, closed.issued["round"]) == (584_953, 2_648_847)
    assert six_decimals(closed.adjustments[0].after) == 0.994808
    assert closed.adjustments[0].at_old_price == 530_000


BEFORE_THE_SEED = (
    note("n", 440_000, 4_000_000, discount="0.2", order=1),
    safe("s", 600_000, 4_000_000, discount="0.2", form="pre_money", order=2),
)


def test_edge_16j_instruments_from_before_the_class_do_not_count_against_it() -> None:
    """edge-16j-note-and-safe-from-before-the-seed @b41a33e0."""
    closed = series_a_after_the_seed(2_000_000, 8_000_000, *BEFORE_THE_SEED)
    assert (closed.price, closed.issued["round"]) == (F(2820, 4499), 3_190_780)
    assert [c.shares for c in closed.conversions] == [1_100_000, 1_500_000]
    assert closed.adjustments[0].outstanding == 12_600_000
    assert six_decimals(closed.adjustments[0].after) == 0.924590
    assert float(closed.table.as_converted("x")) == pytest.approx(2_163_120.56, abs=0.005)


def test_edge_16j_the_same_instruments_issued_after_it_do() -> None:
    later = [one._replace(order=20) for one in BEFORE_THE_SEED]
    closed = series_a_after_the_seed(2_000_000, 8_000_000, *later)
    assert (six_decimals(closed.price), closed.issued["round"]) == (0.613863, 3_258_054)
    assert six_decimals(closed.adjustments[0].after) == 0.822295


def test_edge_16j_an_uncapped_note_from_before_the_class_makes_the_price_a_root() -> None:
    """Refused where the class is in fact adjusted; in an up round it builds, at 1.126087."""
    old = note("n", 440_000, discount="0.2", order=1)
    capped = BEFORE_THE_SEED[1]
    with pytest.raises(CaptableError) as refused:
        series_a_after_the_seed(2_000_000, 8_000_000, old, capped)
    assert refused.value.name == "anti-dilution-not-exact"
    up = series_a_after_the_seed(3_000_000, 13_500_000, old, capped)
    assert (six_decimals(up.price), six_decimals(up.conversions[0].price)) == (1.126087, 0.900870)
    assert up.adjustments == ()
    left_out = series_a_after_the_seed(2_000_000, 8_000_000, old, capped, anti_dilution_in_price=False)
    assert len(left_out.adjustments) == 1


# 18: pro-rata --------------------------------------------------------------------------------------------------------

SEEDED = company(founder=8_000_000).plus("x", preferred("seed", 1), F(2_000_000))
ELEVEN = safe("z", 1_000_000, 11_000_000)


def test_edge_18_the_right_counts_what_converts() -> None:
    """edge-18-pro-rata-with-safe @1db91017: 2,000,000 of 11,000,000; the source takes up a part."""
    closed = priced_round(SEEDED, {"y": 6_000_000}, ELEVEN, pre_money=33_000_000, rounding=WHOLE, pro_rata=("x",))
    assert closed.price == 3
    assert closed.money["x"] == F(12_000_000, 11)
    assert sum(closed.money.values()) == 6_000_000
    taken = priced_round(SEEDED, {"y": 5_000_000, "x": 1_000_000}, ELEVEN, pre_money=33_000_000, rounding=WHOLE)
    assert (taken.price, taken.table.holdings["y", "series_a"]) == (3, 1_666_666)
    assert taken.table.holdings["x", "series_a"] == 333_333
    assert taken.table.fully_diluted == 12_999_999


@pytest.mark.parametrize(("counts_pool", "right"), [(True, 1_036_363.76), (False, 1_085_714.34)])
def test_edge_18b_the_pool_in_the_base_of_the_right(counts_pool: bool, right: float) -> None:
    """edge-18b-pro-rata-pool-in-base @7d9237fb."""
    table = with_pool(SEEDED, F("0.05"), WHOLE)
    assert table.pool == 526_315
    closed = priced_round(
        table, {"y": 6_000_000}, ELEVEN, pre_money=33_000_000, rounding=WHOLE,
        pro_rata=("x",), pro_rata_counts_pool=counts_pool,
    )  # fmt: skip
    assert (closed.price, closed.conversions[0].shares) == (F(6_000_000, 2_105_263), 1_052_631)
    assert float(closed.money["x"]) == pytest.approx(right, abs=0.005)


def test_edge_18c_a_holder_may_pay_more_than_its_right() -> None:
    """edge-18c-pro-rata-and-more @286371ae: one issue per holder, rounded down once."""
    money = {"y": 5_000_000, "x": 2_100_000}
    closed = priced_round(SEEDED, money, ELEVEN, pre_money=33_000_000, rounding=WHOLE, pro_rata=("x",))
    assert closed.price == 3
    assert closed.money == money  # the right is 1,290,909.09
    assert [closed.table.holdings[h, "series_a"] for h in ("x", "y")] == [700_000, 1_666_666]


# 19, 20, 21: notes and SAFEs of both forms ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cap_counts", "note_price", "issued", "price", "total"),
    [
        ("pool", F("0.8"), {"n": 1_325_000, "round": 3_023_076, "pool": 767_307}, F(650, 393), 15_115_383),
        ("options", F(16, 17), {"n": 1_126_250, "round": 2_961_923, "pool": 721_442}, F(13000, 7701), 14_809_615),
        ("common", 1, {"n": 1_060_000, "round": 2_941_538, "pool": 706_153}, F(1625, 956), 14_707_691),
    ],
    ids=["19a", "19b", "19c"],
)
def test_edge_19_what_a_notes_cap_divides_by(
    cap_counts: str, note_price: Fraction, issued: Any, price: Fraction, total: int
) -> None:
    """edge-19a @7d9237fb (P10), 19b and 19c @286371ae."""
    one = note("n", 1_060_000, 8_000_000, discount="0.2", cap_counts=cap_counts)
    closed = priced_round(WITH_POOL, SERIES_A, one, **AT_20, pool="0.15")
    assert (closed.conversions[0].price, closed.price, counts(closed)) == (note_price, price, issued)
    assert closed.table.fully_diluted == total
    shadow = closed.table.classes["series_a_n"]
    assert shadow.issue_price is not None
    assert shadow.issue_price * closed.table.issued("series_a_n") == 1_060_000  # principal and interest


def test_edge_19a_a_cap_that_counts_the_new_pool() -> None:
    one = note("n", 1_060_000, 8_000_000, discount="0.2", counts_new_pool=True)
    closed = priced_round(WITH_POOL, SERIES_A, one, **AT_20, pool="0.15")
    assert (six_decimals(closed.price), six_decimals(closed.conversions[0].price)) == (1.636476, 0.741324)
    assert closed.issued["n"] == 1_429_875


def test_edge_20_a_pre_money_safe_counts_the_new_pool() -> None:
    """edge-20-pre-money-safe-converts @286371ae."""
    one = safe("s", 1_000_000, 8_000_000, discount="0.2", form="pre_money")
    closed = priced_round(WITH_POOL, SERIES_A, one, **AT_20, pool="0.15")
    assert (closed.price, closed.conversions[0].price) == (F(505, 306), F(101, 136))
    assert counts(closed) == {"s": 1_346_534, "round": 3_029_702, "pool": 772_277}


def test_edge_21_a_note_and_a_pre_money_safe_leave_each_other_out() -> None:
    """edge-21-note-and-pre-money-safe @7d9237fb."""
    both = (
        note("n", 1_060_000, 8_000_000, discount="0.2"),
        safe("s", 1_000_000, 10_000_000, discount="0.2", form="pre_money"),
    )
    closed = priced_round(WITH_POOL, SERIES_A, *both, **AT_20, pool="0.15")
    assert closed.price == F(635, 427)
    assert counts(closed) == {"n": 1_325_000, "s": 1_102_165, "round": 3_362_204, "pool": 1_021_653}


POST = safe("s", 1_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("other", "prices", "issued", "price"),
    [
        (
            note("n", 530_000, 8_000_000, discount="0.2"),
            (F(8, 9), F(800, 853)),
            {"n": 596_250, "s": 1_066_250, "round": 2_665_625},
            F(1600, 853),
        ),
        (
            safe("n", 800_000, 8_000_000, form="pre_money"),
            (F(8, 9), F(10, 11)),
            {"n": 900_000, "s": 1_100_000, "round": 2_750_000},
            F(20, 11),
        ),
        (
            note("n", 530_000, discount="0.2"),
            (F(1387, 900), F(1387, 1440)),
            {"n": 343_907, "s": 1_038_211, "round": 2_595_529},
            F(1387, 720),
        ),
    ],
    ids=["21b", "21c", "21d"],
)
def test_edge_21_a_post_money_safe_counts_all_that_converts(
    other: Convertible, prices: Any, issued: Any, price: Fraction
) -> None:
    """edge-21b @c99f8d06, edge-21c @de6a083f, edge-21d @60cafd39."""
    closed = priced_round(NO_POOL, SERIES_A, other, POST, **AT_20)
    assert tuple(c.price for c in closed.conversions) == prices
    assert (closed.price, counts(closed)) == (price, issued)
