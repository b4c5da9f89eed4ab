"""Sales with notes that no round has converted: the derived cases of spillpoint/spillpoint.

Each test names its case in `cases/` of that repository and the commit that was read.  The money of a note is principal
and interest owed on the day; its `multiple` is what a sale pays of it.
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

from runway.ownership.sale import Debt
from runway.ownership.waterfall import Waterfall

OWED = 1_120_000  # 1,000,000 at 6 % simple for 730 days, Act/365


@pytest.mark.parametrize(
    ("counts", "converts", "at_20_million"),
    [
        ("pool", 15_954_285.71, 2_808_022.92),
        ("options", 17_397_894.74, 2_575_024.20),
        ("common", 18_240_000.00, 2_456_140.35),
    ],
)
def test_what_a_notes_cap_counts_is_a_choice(counts: str, converts: float, at_20_million: float):
    """edge-13-convertible-note @71cd0137; 13a and 13c @17e73049; 13b @9399a309."""
    x = note("x", OWED, cap=8 * M, multiple=2, counts=counts)
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[x], unissued_pool=POOL)
    assert points(waterfall)[:2] == [(2.24e6, "x is repaid in full"), (converts, "x converts")]
    table = f"""
    exit       | common     | x
    1_000_000  | 0          | 1_000_000
    5_000_000  | 2_760_000  | 2_240_000
    15_000_000 | 12_760_000 | 2_240_000
    20_000_000 | {20_000_000 - at_20_million:.2f} | {at_20_million}
    """
    pays(waterfall, table)


def test_a_note_with_a_cap_converts_at_the_cap_alone():
    """edge-13d-note-cap-and-discount @c867639f."""
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[note("x", OWED, cap=8 * M, discount=0.2)], unissued_pool=POOL)
    table = """
    exit       | common        | x
    2_000_000  | 880_000       | 1_120_000
    5_000_000  | 3_880_000     | 1_120_000
    10_000_000 | 8_595_988.54  | 1_404_011.46
    40_000_000 | 34_383_954.15 | 5_616_045.85
    """
    pays(waterfall, table)
    assert points(waterfall)[:2] == [(1.12e6, "x is repaid in full"), (7_977_142.86, "x converts")]


def test_a_note_with_a_discount_alone():
    """edge-13e-note-discount-only @c867639f; at twice the money its discount is never better."""
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=[note("x", OWED, discount=0.2)], unissued_pool=POOL)
    table = """
    exit       | common     | x
    1_300_000  | 180_000    | 1_120_000
    1_400_000  | 280_000    | 1_120_000
    2_000_000  | 600_000    | 1_400_000
    40_000_000 | 38_600_000 | 1_400_000
    """
    pays(waterfall, table)
    assert points(waterfall)[:2] == [(1.12e6, "x is repaid in full"), (1.4e6, "x converts (jump)")]
    twice = Waterfall([COMMON], unconverted=[note("x", OWED, discount=0.2, multiple=2)])
    assert points(twice) == [(2.24e6, "x is repaid in full")]


def test_a_note_is_paid_before_preferred_and_counts_it_as_converted():
    """edge-13f-note-alongside-preferred @125a69d5."""
    claims = [COMMON, OPTIONS, security("a", 2 * M, preference=2 * M)]
    waterfall = Waterfall(claims, unconverted=[note("x", OWED, cap=8 * M, multiple=2)], unissued_pool=POOL)
    table = """
    exit       | common        | a            | x
    1_000_000  | 0             | 0            | 1_000_000
    3_000_000  | 0             | 760_000      | 2_240_000
    10_000_000 | 5_760_000     | 2_000_000    | 2_240_000
    15_000_000 | 10_440_000    | 2_320_000    | 2_240_000
    20_000_000 | 14_117_647.06 | 3_137_254.90 | 2_745_098.04
    """
    pays(waterfall, table)
    assert points(waterfall)[:4] == [
        (2.24e6, "x is repaid in full"),
        (4.24e6, "preference of a is paid in full"),
        (13.24e6, "a converts"),
        (16.32e6, "x converts"),
    ]


def test_two_notes_rank_equally_and_do_not_count_each_other():
    """edge-13g-two-notes @673e376a."""
    both = [note("x", OWED, cap=8 * M, multiple=2), note("y", 540_000, cap=5 * M, multiple=2)]
    waterfall = Waterfall([COMMON, OPTIONS], unconverted=both, unissued_pool=POOL)
    table = """
    exit       | common        | x            | y
    1_000_000  | 0             | 674_698.80   | 325_301.20
    10_000_000 | 6_680_000     | 2_240_000    | 1_080_000
    15_000_000 | 11_332_149.20 | 2_240_000    | 1_427_850.80
    20_000_000 | 15_511_892.45 | 2_533_609.10 | 1_954_498.45
    """
    pays(waterfall, table)
    assert [value for value, _ in points(waterfall)[:3]] == [3.32e6, 11_891_428.57, 17_682_285.71]


def test_a_discount_note_beside_a_capped_participation():
    """edge-13h-discount-note-with-capped-participation @6fe5459e."""
    seed = security("seed", 2 * M, preference=3 * M, participation="capped", cap=9 * M)
    waterfall = Waterfall([security("common", 8 * M), seed], unconverted=[note("z", OWED, discount=0.2)])
    table = """
    exit       | common     | seed       | z
    3_000_000  | 0          | 1_880_000  | 1_120_000
    4_400_000  | 224_000    | 3_056_000  | 1_120_000
    10_000_000 | 4_480_000  | 4_120_000  | 1_400_000
    40_000_000 | 29_600_000 | 9_000_000  | 1_400_000
    50_000_000 | 38_880_000 | 9_720_000  | 1_400_000
    """
    pays(waterfall, table)
    assert [value for value, _ in points(waterfall)] == [1.12e6, 4.12e6, 4.4e6, 34.4e6, 46.4e6]


def test_a_note_that_converts_counts_in_a_safes_cap():
    """edge-13i-note-beside-a-safe @41f3e291."""
    both = [safe("s", M, cap=10 * M), note("n", 1_050_000, cap=5 * M, multiple=2)]
    waterfall = Waterfall([security("common", 10 * M)], unconverted=both)
    table = """
    exit       | common        | s         | n
    2_500_000  | 0             | 400_000   | 2_100_000
    8_000_000  | 4_900_000     | 1_000_000 | 2_100_000
    12_500_000 | 9_360_000     | 1_040_000 | 2_100_000
    13_000_000 | 9_810_000     | 1_090_000 | 2_100_000
    20_000_000 | 14_876_033.06 | 2_000_000 | 3_123_966.94
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (2.1e6, "n is repaid in full"),
        (3.1e6, "s has its money back"),
        (12.1e6, "s converts"),
        (13_444_444.44, "n converts (jump)"),
    ]


def test_a_note_beside_two_safes_preferred_warrants_and_options():
    """edge-13j-larkspur-at-a-sale @ac43a956."""
    n = note("n", 250_000 + Fraction(1_368_000, 73), cap=10 * M, discount=0.2)  # 456 days of interest at 6 %
    waterfall = Waterfall(LARKSPUR, unconverted=[*LARKSPUR_SAFES, n], unissued_pool=Fraction(1_260_000))
    table = """
    exit        | founder_a     | investor_x    | investor_s   | lender_l   | investor_n
    5_000_000   | 0             | 1_480_389.96  | 80_064.99    | 0          | 268_739.73
    10_000_000  | 1_101_893.56  | 3_352_027.18  | 375_000.00   | 4_081.09   | 268_739.73
    16_906_250  | 4_329_823.81  | 3_650_909.61  | 375_000.00   | 16_036.38  | 354_492.65
    20_000_000  | 5_336_750.87  | 4_306_620.57  | 490_294.87   | 37_417.67  | 436_932.09
    100_000_000 | 33_142_672.81 | 20_665_268.88 | 3_044_864.38 | 623_144.27 | 2_713_466.98
    150_000_000 | 49_693_816.82 | 30_997_797.63 | 4_565_441.46 | 971_791.05 | 4_068_547.28
    """
    pays(waterfall, table, LARKSPUR_HOLDERS | {"investor_n": {"n": 1}})
    assert [value for value, _ in points(waterfall)] == [
        268_739.73,
        4_268_739.73,
        7_693_739.73,
        8_586_539.73,
        8_812_739.73,
        14_607_382.91,
        16_928_457.41,
        69_130_287.06,
        97_756_430.59,
    ]


def test_a_note_ranks_among_debts():
    """By hand: a senior bank of 50 first, then the note of 100 beside a supplier of 100."""
    debts = [Debt("bank", Fraction(50), 1), Debt("supplier", Fraction(100))]
    payouts = Waterfall([COMMON], debts, [note("x", 100)]).sale(Fraction(150)).payouts
    assert payouts == {"bank": 50, "supplier": 50, "common": 0, "x": 50}
