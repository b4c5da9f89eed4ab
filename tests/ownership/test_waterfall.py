"""Sales of a company whose securities are all issued: published tables and figures that can be checked by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from support.sales import pays, points, security

from runway.ownership.records import rounded
from runway.ownership.sale import Debt, SaleError
from runway.ownership.waterfall import Waterfall

M = 1_000_000
COMMON = security("common", 8 * M)


def test_common_only_is_pro_rata_and_the_pool_gets_nothing():
    """spillpoint/spillpoint cases/edge-01-common-only @17e73049."""
    waterfall = Waterfall([security("common", 10 * M)], unissued_pool=Fraction(M))
    holders = {"a": {"common": 0.5}, "b": {"common": 0.3}, "c": {"common": 0.2}}
    table = """
    exit          | a            | b            | c
    1_000_000     | 500_000      | 300_000      | 200_000
    100_000_000   | 50_000_000   | 30_000_000   | 20_000_000
    """
    pays(waterfall, table, holders)
    assert points(waterfall) == []


def test_a_preference_that_does_not_participate():
    """P14: spillpoint/spillpoint cases/edge-02-non-participating @17e73049."""
    waterfall = Waterfall([COMMON, security("seed", 2 * M, preference=3 * M)])
    table = """
    exit       | seed
    1_000_000  | 1_000_000
    3_000_000  | 3_000_000
    5_000_000  | 3_000_000
    15_000_000 | 3_000_000
    20_000_000 | 4_000_000
    33_000_000 | 6_600_000
    40_000_000 | 8_000_000
    45_000_000 | 9_000_000
    60_000_000 | 12_000_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [(3e6, "preference of seed is paid in full"), (15e6, "seed converts")]
    assert waterfall.sale(Fraction(15 * M)).outcomes["seed"] == "preference"  # a tie keeps it
    assert waterfall.sale(Fraction(15 * M + 1)).outcomes["seed"] == "converts"


@pytest.mark.parametrize(
    ("participation", "cap", "column"),
    [("none", None, 0), ("full", None, 1), ("capped", 8, 2)],
)
def test_three_kinds_of_participation_on_one_deal(participation: str, cap: int | None, column: int):
    """P15: VentureSouth, venturesouth.vc/capped-participation-preference-impact and the-grey-zone (in millions)."""
    terms = {} if cap is None else {"cap": cap}
    waterfall = Waterfall(
        [security("common", 3), security("preferred", 1, preference=2, participation=participation, **terms)]
    )
    table = {
        1: (1, 1, 1),
        2: (2, 2, 2),
        10: (2.5, 4, 4),
        26: (6.5, 8, 8),
        31: (7.75, 9.25, 8),
        32: (8, 9.5, 8),
        33: (8.25, 9.75, 8.25),
    }
    for value, expected in table.items():
        assert waterfall.sale(Fraction(value)).payouts["preferred"] == Fraction(expected[column]), value


def test_participation_up_to_a_cap():
    """spillpoint/spillpoint cases/edge-04-participating-capped @17e73049."""
    seed = security("seed", 2 * M, preference=3 * M, participation="capped", cap=9 * M)
    waterfall = Waterfall([COMMON, seed])
    holders = {"founder": {"common": 0.75}, "investor": {"seed": 0.75}}
    table = """
    exit       | founder    | investor
    1_000_000  | 0          | 750_000
    5_000_000  | 1_200_000  | 2_550_000
    20_000_000 | 10_200_000 | 4_800_000
    33_000_000 | 18_000_000 | 6_750_000
    40_000_000 | 23_250_000 | 6_750_000
    45_000_000 | 27_000_000 | 6_750_000
    60_000_000 | 36_000_000 | 9_000_000
    """
    pays(waterfall, table, holders)
    assert points(waterfall) == [
        (3e6, "preference of seed is paid in full"),
        (33e6, "cap of seed is reached"),
        (45e6, "seed converts"),
    ]
    kinds = [waterfall.sale(Fraction(n * M)).outcomes["seed"] for n in (2, 20, 40, 60)]
    assert kinds == ["preference", "participates", "capped", "converts"]


def test_full_participation_never_converts():
    """P17: Gust, docs.equity.gust.com/article/42-participating-preferred; and cases/edge-03-participating @17e73049."""
    waterfall = Waterfall([security("common", 70), security("preferred", 30, preference=2 * M, participation="full")])
    assert waterfall.sale(Fraction(10 * M)).payouts == {"common": 5_600_000, "preferred": 4_400_000}
    waterfall = Waterfall([COMMON, security("seed", 2 * M, preference=3 * M, participation="full")])
    pays(waterfall, "exit|common|seed\n20_000_000|13_600_000|6_400_000\n60_000_000|45_600_000|14_400_000")
    assert points(waterfall) == [(3e6, "preference of seed is paid in full")]


def test_stacked_seniority():
    """P16: spillpoint/spillpoint cases/edge-05a-stacked @17e73049."""
    a = security("a", M, preference=2 * M, seniority=1)
    waterfall = Waterfall([COMMON, a, security("b", M, preference=4 * M, seniority=2)])
    table = """
    exit       | a            | b
    3_000_000  | 0            | 3_000_000
    4_000_000  | 0            | 4_000_000
    5_000_000  | 1_000_000    | 4_000_000
    6_000_000  | 2_000_000    | 4_000_000
    22_000_000 | 2_000_000    | 4_000_000
    30_000_000 | 2_888_888.89 | 4_000_000
    40_000_000 | 4_000_000    | 4_000_000
    50_000_000 | 5_000_000    | 5_000_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (4e6, "preference of b is paid in full"),
        (6e6, "preference of a is paid in full"),
        (22e6, "a converts"),
        (40e6, "b converts"),
    ]


def test_pari_passu_shares_a_shortfall_by_preference():
    """spillpoint/spillpoint cases/edge-05b-pari-passu @e31b6004."""
    waterfall = Waterfall([COMMON, security("a", M, preference=2 * M), security("b", M, preference=4 * M)])
    table = """
    exit       | common        | a            | b
    3_000_000  | 0             | 1_000_000    | 2_000_000
    4_000_000  | 0             | 1_333_333.33 | 2_666_666.67
    10_000_000 | 4_000_000     | 2_000_000    | 4_000_000
    30_000_000 | 23_111_111.11 | 2_888_888.89 | 4_000_000
    50_000_000 | 40_000_000    | 5_000_000    | 5_000_000
    """
    pays(waterfall, table)
    both = "preference of a is paid in full; preference of b is paid in full"
    assert points(waterfall) == [(6e6, both), (22e6, "a converts"), (40e6, "b converts")]


def test_options_exercise_above_their_strikes_and_are_paid_net():
    """spillpoint/spillpoint cases/edge-07-option-strikes @e31b6004."""
    waterfall = Waterfall(
        [
            COMMON,
            security("at_25_cents", 400_000, strike=0.25),
            security("at_1", 600_000, strike=1),
            security("at_3", M, strike=3),
        ]
    )
    table = """
    exit       | common        | at_25_cents | at_1       | at_3
    2_000_000  | 2_000_000     | 0           | 0          | 0
    5_000_000  | 4_857_142.86  | 142_857.14  | 0          | 0
    8_300_000  | 8_000_000     | 300_000     | 0          | 0
    10_000_000 | 9_511_111.11  | 375_555.56  | 113_333.33 | 0
    26_300_000 | 24_000_000    | 1_100_000   | 1_200_000  | 0
    50_000_000 | 42_960_000    | 2_048_000   | 2_622_000  | 2_370_000
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (2e6, "strike of at_25_cents is passed"),
        (8.3e6, "strike of at_1 is passed"),
        (26.3e6, "strike of at_3 is passed"),
    ]


def test_a_warrant_on_preferred_shares_takes_their_preference():
    """spillpoint/spillpoint cases/edge-08-preferred-warrant @17e73049."""
    waterfall = Waterfall(
        [
            COMMON,
            security("seed", 2 * M, preference=2 * M),
            security("warrant", 200_000, preference=200_000, strike=0.5, buys="seed"),
        ]
    )
    table = """
    exit       | common        | seed         | warrant
    500_000    | 0             | 500_000      | 0
    1_000_000  | 0             | 1_000_000    | 0
    1_500_000  | 0             | 1_454_545.45 | 45_454.55
    2_100_000  | 0             | 2_000_000    | 100_000
    5_000_000  | 2_900_000     | 2_000_000    | 100_000
    10_100_000 | 8_000_000     | 2_000_000    | 100_000
    15_000_000 | 11_843_137.25 | 2_960_784.31 | 196_078.43
    20_000_000 | 15_764_705.88 | 3_941_176.47 | 294_117.65
    """
    pays(waterfall, table)
    assert points(waterfall) == [
        (1e6, "strike of warrant is passed"),
        (2.1e6, "preference of seed is paid in full"),
        (10.1e6, "seed converts"),
    ]


def test_a_warrant_that_costs_its_preference_waits_for_the_conversion_of_its_class():
    """By hand: 100 of preference at 1 a share, 10 warrants at 1; above 1 a share all convert, the warrants too."""
    warrant = security("warrant", 10, preference=10, strike=1, buys="seed")
    waterfall = Waterfall([security("common", 100), security("seed", 100, preference=100), warrant])
    assert waterfall.sale(Fraction(200)).outcomes["warrant"] == "not exercised"
    assert waterfall.sale(Fraction(410)).payouts == {"common": 200, "seed": 200, "warrant": 10}  # 420 over 210 shares


def test_debts_come_first_by_rank_and_never_get_more_than_they_are_owed():
    debts = [Debt("bank", Fraction(30), 2), Debt("lender", Fraction(20), 1), Debt("supplier", Fraction(10), 1)]
    waterfall = Waterfall([security("common", 1), security("a", 1, preference=40)], debts)
    table = """
    exit | bank | lender | supplier | a  | common
    30   | 30   | 0      | 0        | 0  | 0
    45   | 30   | 10     | 5        | 0  | 0
    70   | 30   | 20     | 10       | 10 | 0
    200  | 30   | 20     | 10       | 70 | 70
    """
    pays(waterfall, table)
    first = [(30, "bank is repaid in full"), (60, "lender is repaid in full; supplier is repaid in full")]
    assert points(waterfall)[:2] == first


def test_a_sale_without_shares_is_refused_not_guessed():
    with pytest.raises(SaleError, match="nobody holds a share"):
        Waterfall([security("a", 0, preference=5)]).sale(Fraction(1))
    with pytest.raises(SaleError, match="not negative"):
        Waterfall([COMMON]).sale(Fraction(-1))
    with pytest.raises(SaleError, match="at least the preference"):
        Waterfall([security("a", 1, preference=5, participation="capped", cap=4)])


def test_rounded_payouts_sum_to_the_rounded_value():
    payouts = {"a": Fraction(10, 3), "b": Fraction(10, 3), "c": Fraction(10, 3)}
    assert rounded(payouts, 2) == {"a": Fraction("3.34"), "b": Fraction("3.33"), "c": Fraction("3.33")}
    assert rounded(payouts, 0) == {"a": 4, "b": 3, "c": 3}
