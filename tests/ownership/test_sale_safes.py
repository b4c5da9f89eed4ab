"""Sales with SAFEs that no round has converted: the derived cases of spillpoint/spillpoint, and what they leave open.

Each test names its case in `cases/` of that repository and the commit that was read.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.sales import (
    COMMON,
    LARKSPUR,
    LARKSPUR_HOLDERS,
    LARKSPUR_SAFES,
    OPTIONS,
    POOL,
    M,
    note,
    pays,
    points,
    safe,
    security,
)

from runway.ownership.sale import SaleError
from runway.ownership.waterfall import Waterfall


@pytest.mark.parametrize("discount", [0, 0.2])
def test_a_post_money_safe_takes_its_money_or_converts_at_its_cap_alone(discount: float):
    """edge-12-unconverted-safe @17e73049; edge-12b-safe-cap-and-discount @c867639f: the discount plays no part."""
    x = safe("x", M, cap=10 * M, discount=discount)
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[x], unissued_pool=POOL)
    table = """
    exit       | common        | options | x
    500_000    | 0             | 0       | 500_000
    5_000_000  | 4_000_000     | 0       | 1_000_000
    9_000_000  | 8_000_000     | 0       | 1_000_000
    10_000_000 | 8_950_276.24  | 0       | 1_049_723.76
    40_000_000 | 35_801_104.97 | 0       | 4_198_895.03
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (1e6, "x has its money back"),
        (9_526_315.79, "x converts"),
        (50_277_777.78, "strike of options is passed"),
    ]
    sale = waterfall.sale(Fraction(20 * M))
    assert sale.payouts["x"] / sale.share_value == Fraction(9_500_000, 9)
    tie = waterfall.sale(Fraction(181 * M, 19))
    assert (tie.payouts["x"], tie.outcomes["x"]) == (M, "cash")


def test_a_safe_with_a_discount_alone_is_worth_its_money_over_one_less_the_discount():
    """edge-12c-safe-discount-only @c867639f: it jumps where there is room for it."""
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[safe("x", M, discount=0.2)])
    table = """
    exit       | common     | x
    500_000    | 0          | 500_000
    1_200_000  | 200_000    | 1_000_000
    1_250_000  | 250_000    | 1_000_000
    2_000_000  | 750_000    | 1_250_000
    10_000_000 | 8_750_000  | 1_250_000
    40_000_000 | 38_750_000 | 1_250_000
    """
    pays(waterfall, table)
    assert points(waterfall)[:2] == [(1e6, "x has its money back"), (1.25e6, "x converts (jump)")]


def test_a_safe_with_neither_cap_nor_discount_takes_its_money():
    """edge-12h-mfn-safe @673e376a."""
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[safe("x", M)])
    pays(waterfall, "exit|common|x\n500_000|0|500_000\n5_000_000|4_000_000|1_000_000\n40_000_000|39_000_000|1_000_000")
    assert points(waterfall) == [(1e6, "x has its money back"), (46e6, "strike of options is passed")]


A = security("a", M, preference=2 * M, seniority=1)
SEED = security("seed", 2 * M, preference=M, seniority=0)


def test_a_safe_ranks_where_its_terms_say():
    """edge-12d-safe-alongside-preferred @125a69d5, with the junior class; edge-12e @2cf7524f, with the senior one."""
    junior = Waterfall([COMMON, A, SEED], unconverted=[safe("x", M, cap=10 * M, seniority=0)])
    table = """
    exit       | common        | seed         | a         | x
    1_000_000  | 0             | 0            | 1_000_000 | 0
    3_000_000  | 0             | 500_000      | 2_000_000 | 500_000
    6_000_000  | 2_000_000     | 1_000_000    | 2_000_000 | 1_000_000
    10_000_000 | 5_727_272.73  | 1_272_727.27 | 2_000_000 | 1_000_000
    15_000_000 | 9_572_727.27  | 2_127_272.73 | 2_000_000 | 1_300_000
    20_000_000 | 13_254_545.45 | 2_945_454.55 | 2_000_000 | 1_800_000
    """
    pays(junior, table)
    assert points(junior) == [
        (2e6, "preference of a is paid in full"),
        (4e6, "preference of seed is paid in full; x has its money back"),
        (8.5e6, "seed converts"),
        (12e6, "x converts"),
        (26_666_666.67, "a converts (jump)"),
    ]
    senior = Waterfall([COMMON, A, SEED], unconverted=[safe("x", M, cap=10 * M, seniority=1)])
    table = """
    exit       | common        | seed         | a            | x
    1_000_000  | 0             | 0            | 666_666.67   | 333_333.33
    3_500_000  | 0             | 500_000      | 2_000_000    | 1_000_000
    20_000_000 | 13_254_545.45 | 2_945_454.55 | 2_000_000    | 1_800_000
    """
    pays(senior, table)
    assert [value for value, _ in points(senior)[:4]] == [3e6, 4e6, 8.5e6, 12e6]


def test_of_two_safes_one_gains_when_the_other_converts():
    """edge-12f-two-safes @2cf7524f: at the jump the outcome from below holds."""
    both = [safe("x", M, cap=10 * M), safe("y", 500_000, cap=4 * M)]
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=both)
    table = """
    exit       | common        | x            | y
    1_000_000  | 0             | 666_666.67   | 333_333.33
    3_000_000  | 1_500_000     | 1_000_000    | 500_000
    6_000_000  | 4_344_827.59  | 1_000_000    | 655_172.41
    9_000_000  | 6_951_724.14  | 1_000_000    | 1_048_275.86
    10_000_000 | 7_654_320.99  | 1_042_524.01 | 1_303_155.01
    40_000_000 | 30_617_283.95 | 4_170_096.02 | 5_212_620.03
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (1.5e6, "x has its money back; y has its money back"),
        (4_815_789.47, "y converts"),
        (9_592_105.26, "x converts (jump)"),
        (58_790_322.58, "strike of options is passed"),
    ]
    edge = Fraction(182_250_000, 19)
    below, above = waterfall.sale(edge), waterfall.sale(edge + Fraction(1, 100))
    assert round(float(below.payouts["y"]), 2) == 1_125_862.07
    assert round(float(above.payouts["y"]), 2) == 1_250_000.00
    assert below.payouts["common"] > above.payouts["common"]
    assert not below.unsettled


def test_a_pre_money_safe_counts_neither_itself_nor_the_pool():
    """edge-12g-pre-money-safe-at-a-sale @673e376a."""
    waterfall = Waterfall(
        [COMMON, OPTIONS], unconverted=[safe("x", M, form="pre_money", cap=8 * M)], unissued_pool=POOL
    )
    table = """
    exit       | common        | x
    500_000    | 0             | 500_000
    8_000_000  | 7_000_000     | 1_000_000
    10_000_000 | 8_834_355.83  | 1_165_644.17
    40_000_000 | 35_337_423.31 | 4_662_576.69
    """
    pays(waterfall, table)
    assert points(waterfall)[1] == (8_578_947.37, "x converts")


def test_a_discount_beside_a_capped_participation():
    """edge-12i-discount-safe-with-capped-participation @6fe5459e."""
    seed = security("seed", 2 * M, preference=3 * M, participation="capped", cap=9 * M)
    waterfall = Waterfall([security("common", 8 * M), seed], unconverted=[safe("z", M, discount=0.2)])
    table = """
    exit       | common     | seed       | z
    2_000_000  | 0          | 1_500_000  | 500_000
    4_250_000  | 200_000    | 3_050_000  | 1_000_000
    10_000_000 | 4_600_000  | 4_150_000  | 1_250_000
    40_000_000 | 29_750_000 | 9_000_000  | 1_250_000
    60_000_000 | 47_000_000 | 11_750_000 | 1_250_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (4e6, "preference of seed is paid in full; z has its money back"),
        (4.25e6, "z converts (jump)"),
        (34.25e6, "cap of seed is reached"),
        (46.25e6, "seed converts"),
    ]


def test_a_class_converts_only_if_that_pays_with_the_safes_following():
    """edge-12j-larkspur-safes-at-a-sale @ac43a956: at 16,545,000 each choice alone would go round in a circle."""
    waterfall = Waterfall(LARKSPUR, unconverted=LARKSPUR_SAFES, unissued_pool=Fraction(1_260_000))
    table = """
    exit        | founder_a     | employee_d   | investor_x    | investor_s   | lender_l
    5_000_000   | 0             | 0            | 1_656_934.31  | 109_489.05   | 0
    10_000_000  | 1_229_079.75  | 19_312.88    | 3_363_803.68  | 375_000.00   | 4_552.15
    16_545_000  | 4_326_625.77  | 88_147.24    | 3_650_613.50  | 375_000.00   | 16_024.54
    20_000_000  | 5_492_066.16  | 114_045.91   | 4_393_805.65  | 494_788.95   | 40_689.36
    60_000_000  | 19_118_331.28 | 416_851.81   | 12_876_141.98 | 1_722_400.79 | 327_724.11
    100_000_000 | 34_107_222.91 | 749_938.29   | 21_206_711.93 | 3_072_773.81 | 643_462.33
    150_000_000 | 51_140_054.31 | 1_128_445.65 | 31_809_632.34 | 4_607_288.61 | 1_002_255.77
    """
    pays(waterfall, table, LARKSPUR_HOLDERS)
    assert points(waterfall) == [
        (4e6, "preference of series_a is paid in full"),
        (7_425_000, "preference of seed is paid in full; safe_x has its money back; safe_s has its money back"),
        (8_317_800, "strike of at_8_cents is passed"),
        (8_544_000, "strike of at_10_cents is passed"),
        (16_559_391.3, "seed converts; strike of warrants is passed; safe_x converts; safe_s converts (jump)"),
        (67_284_956.52, "cap of series_a is reached"),
        (94_988_434.78, "series_a converts"),
    ]


def test_equal_safes_convert_together_where_together_it_pays():
    """edge-12k-two-equal-safes @d5f67304: alone neither would below 5.5 M, together both do above 5 M."""
    both = [safe(name, 500_000, cap=5 * M) for name in "xy"]
    waterfall = Waterfall([security("common", 10 * M)], unconverted=both)
    table = """
    exit       | common     | x         | y
    500_000    | 0          | 250_000   | 250_000
    5_000_000  | 4_000_000  | 500_000   | 500_000
    5_250_000  | 4_200_000  | 525_000   | 525_000
    20_000_000 | 16_000_000 | 2_000_000 | 2_000_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [(1e6, "x has its money back; y has its money back"), (5e6, "x converts; y converts")]


def test_several_safes_convert_together_and_a_third_jumps():
    """reference/tests/test_safes_together.py @9016e4f2."""
    money = {"s0": (250_000, 8), "s1": (250_000, 8), "s2": (100_000, 20), "s3": (500_000, 6)}
    all_four = [safe(name, amount, cap=cap * M) for name, (amount, cap) in money.items()]
    waterfall = Waterfall([security("common", 6 * M)], unconverted=all_four)
    assert points(waterfall)[1:3] == [(6.6e6, "s3 converts"), (8.1e6, "s0 converts; s1 converts (jump)")]
    below, above = waterfall.sale(Fraction(8_100_000)), waterfall.sale(Fraction("8100000.01"))
    assert (below.payouts["s3"], below.payouts["common"]) == (625_000, 6_875_000)
    assert above.payouts["s0"] == Fraction(1, 32) * (above.value - 100_000)
    assert round(float(above.payouts["s3"]), 2) == 666_666.67


def test_shares_of_an_exercised_warrant_count_as_its_class_does():
    """edge-12l-warrant-below-preference-beside-a-safe @48269b50."""
    claims = [
        security("common", 8 * M),
        security("seed", 2 * M, preference=2 * M, seniority=1),
        security("warrant", 200_000, preference=200_000, seniority=1, strike=0.5, buys="seed"),
    ]
    waterfall = Waterfall(claims, unconverted=[safe("s", 500_000, cap=5 * M, seniority=1)])
    table = """
    exit       | common        | seed         | warrant    | s
    1_000_000  | 0             | 800_000      | 0          | 200_000
    2_000_000  | 0             | 1_555_555.56 | 55_555.56  | 388_888.89
    7_000_000  | 4_400_000     | 2_000_000    | 100_000    | 500_000
    10_000_000 | 7_110_000     | 2_000_000    | 100_000    | 790_000
    15_000_000 | 10_658_823.53 | 2_664_705.88 | 166_470.59 | 1_510_000
    20_000_000 | 14_188_235.29 | 3_547_058.82 | 254_705.88 | 2_010_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (1.25e6, "strike of warrant is passed"),
        (2.6e6, "preference of seed is paid in full; s has its money back"),
        (7.1e6, "s converts"),
        (11_233_333.33, "seed converts (jump)"),
    ]


def test_a_fixed_share_is_a_cap_of_its_money_over_that_share():
    """By hand: 7 % for 70,000 converts above a company of 1,000,000, as a cap of that much does."""
    fixed, capped = safe("x", 70_000, ownership=0.07), safe("x", 70_000, cap=M)
    for value in (50_000, 900_000, 1_000_001, 3_000_000):
        payouts = [Waterfall([COMMON], unconverted=[u]).sale(Fraction(value)).payouts for u in (fixed, capped)]
        assert payouts[0] == payouts[1]
    assert payouts[0]["x"] == 210_000


def test_where_the_terms_do_not_say_who_converts_the_result_says_so():
    """reference/tests/test_two_answers.py, random-1-121 @651ecd4e: one answer up to 12,055,555.56, then two."""
    claims = [
        security("common", 5 * M),
        security("units", 500_000, granted=True),
        security("series_0", 4 * M, preference=4 * M),
        security("series_1", M, preference=M),
    ]
    waterfall = Waterfall(claims, unconverted=[safe("safe_0", 500_000, cap=15 * M), safe("safe_1", M, cap=10 * M)])
    assert waterfall.sale(Fraction("12055555.55")).unsettled == ()
    assert waterfall.sale(Fraction("12055555.57")).unsettled == ("series_0", "series_1")


def test_equal_discounts_hold_together_while_there_is_room_for_one_only():
    """By hand: two of 1,000,000 at 20 % are 2,000,000 in cash and 2,500,000 converted; one of them needs 2,250,000."""
    both = [safe(name, M, discount=0.2) for name in "xy"]
    waterfall = Waterfall([COMMON], unconverted=both)
    table = """
    exit      | common  | x         | y
    2_200_000 | 200_000 | 1_000_000 | 1_000_000
    2_400_000 | 400_000 | 1_000_000 | 1_000_000
    2_600_000 | 100_000 | 1_250_000 | 1_250_000
    """
    pays(waterfall, table)
    settled = [waterfall.sale(Fraction(n * 100_000)).unsettled for n in (22, 24, 26)]
    assert settled == [(), ("x", "y"), ()]


def test_of_unequal_discounts_the_smaller_one_converts_first():
    """By hand: beside 3,000,000 in cash, 1,000,000 at 20 % needs 250,000 and 2,000,000 needs 500,000, both 750,000."""
    both = [safe("x", M, discount=0.2), safe("y", 2 * M, discount=0.2)]
    waterfall = Waterfall([COMMON], unconverted=both)
    table = """
    exit      | common  | x         | y
    3_200_000 | 200_000 | 1_000_000 | 2_000_000
    3_400_000 | 150_000 | 1_250_000 | 2_000_000
    3_600_000 | 350_000 | 1_250_000 | 2_000_000
    3_800_000 | 50_000  | 1_250_000 | 2_500_000
    """
    pays(waterfall, table)
    assert [waterfall.sale(Fraction(n * 100_000)).unsettled for n in (32, 34, 36, 38)] == [(), (), ("x", "y"), ()]


def test_a_class_converts_before_all_safes_that_would_follow_it():
    """By hand: at 39.8 the class converts with x, at (39.8 - 2) × 0.8 ÷ 25 a share, which pays it 6.048 and not 6.

    A company of 39.8 is not yet worth converting for y, whose cap is 40.
    """
    series = security("series", 5, preference=6)
    both = [safe("x", 5, cap=25), safe("y", 2, cap=40)]
    waterfall = Waterfall([security("common", 20), series], unconverted=both)
    assert points(waterfall)[2:] == [(39.5, "series converts (jump)"), (40.0, "y converts (jump)")]
    proceeds = waterfall.sale(Fraction("39.8"))
    assert (proceeds.payouts["series"], proceeds.payouts["y"]) == (Fraction("6.048"), 2)
    assert not proceeds.unsettled


def test_a_circle_is_said():
    """By hand, at 72.69: series converts while capped does, who then keeps its cap, so that series keeps its money.

    Both convert: 6 × 1.8458 > 11, 9 × 1.8458 < 17.  Capped at 17: 6 × 1.8331 < 11.  Only capped converts, and the SAFEs
    take their money: 9 × 1.9640 > 17, and series would convert again.
    """
    claims = [
        security("common", 2),
        security("series", 6, preference=11),
        security("capped", 9, preference=16, participation="capped", cap=17),
        security("options", 2, strike=0.25),
    ]
    both = [safe("pre", 1, form="pre_money", cap=2), safe("x", 17, cap=64), safe("y", 1, cap=64)]
    waterfall = Waterfall(claims, unconverted=both)
    proceeds = waterfall.sale(Fraction("72.69"))
    assert proceeds.unsettled == ("capped", "series")
    assert (proceeds.outcomes["series"], proceeds.outcomes["capped"]) == ("preference", "converts")
    assert waterfall.sale(Fraction("72.7")).unsettled == ()


@pytest.mark.parametrize(
    ("instruments", "text"),
    [
        ([safe("x", M, cap=2 * M), safe("y", M, cap=2 * M)], "100 % or more"),
        ([safe("x", M, discount=1)], "below 100 %"),
        ([note("x", M, cap=0)], "above zero"),
    ],
)
def test_terms_that_mean_nothing_are_refused(instruments, text: str):
    with pytest.raises(SaleError, match=text):
        Waterfall([COMMON], unconverted=instruments)
