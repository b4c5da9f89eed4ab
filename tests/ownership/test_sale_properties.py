"""What holds for any sale; and outcomes against a second calculation that tries every set of decisions."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from support.companies import few
from support.sales import a_class, claims, numbers, stable, values

from runway.ownership.records import rounded
from runway.ownership.sale import Debt, OpenConvertible, Security
from runway.ownership.waterfall import Waterfall

if TYPE_CHECKING:
    from random import Random


def jumps(waterfall: Waterfall) -> list[tuple[Fraction, Fraction]]:
    """Where the last breakpoint before each jump is, and the jump."""
    points = pairwise([None, *waterfall.breakpoints])
    return [(one.value if one else Fraction(0), other.value) for one, other in points if other and other.jump]


Both = tuple[list[Security], list[OpenConvertible]]
issued = claims(instruments=0).map(lambda both: both[0])


@few(max_examples=100)
@given(claims(), values)
def test_nobody_regrets_what_it_did(claims: Both, value: Fraction):
    """Where one set of decisions is regretted by nobody, that is the outcome; inside jumps too.

    Where there are several it is one of them, or one that favours none of those it names; where there is none, one
    beside another going round in a circle, it names them.  At the very end of a jump somebody is indifferent; there
    what holds below it still does, as another property says.
    """
    securities, unconverted = claims
    waterfall = Waterfall(securities, unconverted=unconverted)
    at = [Fraction(0), *(point.value for point in waterfall.breakpoints)]
    inside = [each for one, other in jumps(waterfall) for each in (other - (other - one) / 100, (one + other) / 2)]
    for each in [value, *inside]:
        if each in at:
            continue
        proceeds = waterfall.sale(each)
        outcomes = list(stable(each, securities, unconverted))
        if proceeds.payouts not in outcomes:
            assert proceeds.unsettled
            assert not outcomes or any(got != outcomes[0] for got in outcomes)


@given(st.dictionaries(st.sampled_from("abcdefghijkl"), st.fractions(0, 1000)), st.integers(0, 3))
def test_rounding_moves_nobody_by_a_unit(payouts: dict[str, Fraction], digits: int):
    found, unit = rounded(payouts, digits), Fraction(1, 10**digits)
    assert all(abs(found[name] - payouts[name]) < unit for name in payouts)
    assert abs(sum(found.values()) - sum(payouts.values())) <= unit / 2


@few(max_examples=100)
@given(issued, values, values)
def test_a_higher_price_pays_nobody_less(securities: list[Security], one: Fraction, other: Fraction):
    """Only securities that no round has converted can break this: see test_sale_safes."""
    waterfall = Waterfall(securities, [Debt("loan", Fraction(5))])
    low, high = waterfall.sale(min(one, other)).payouts, waterfall.sale(max(one, other)).payouts
    assert all(low[name] <= high[name] for name in low)


@few(max_examples=100)
@given(claims(), values, st.randoms(use_true_random=False))
def test_the_order_of_claims_is_irrelevant(both: Both, value: Fraction, random: Random):
    securities, unconverted = both
    expected = Waterfall(securities, unconverted=unconverted).sale(value)
    shuffled = random.sample(securities, len(securities)), random.sample(unconverted, len(unconverted))
    found = Waterfall(shuffled[0], unconverted=shuffled[1]).sale(value)
    assert found.payouts == expected.payouts
    assert found.unsettled == expected.unsettled


@few(max_examples=100)
@given(claims(), values, numbers)
def test_the_unit_of_money_is_irrelevant(both: Both, value: Fraction, k: Fraction):
    def scaled(claim, *fields: str):
        return claim._replace(**{f: getattr(claim, f) * k for f in fields if getattr(claim, f) is not None})

    securities, unconverted = both
    expected = Waterfall(securities, unconverted=unconverted).sale(value).payouts
    found = Waterfall(
        [scaled(s, "preference", "cap", "strike") for s in securities],
        unconverted=[scaled(u, "money", "cap") for u in unconverted],
    )
    assert found.sale(value * k).payouts == {name: money * k for name, money in expected.items()}


@few(max_examples=100)
@given(claims())
def test_payouts_are_straight_between_breakpoints(both: Both):
    """Halfway between two breakpoints each gets half of what it gets just above the one and at the other."""
    securities, unconverted = both
    waterfall = Waterfall(securities, unconverted=unconverted)
    at = [Fraction(0), *(point.value for point in waterfall.breakpoints)]
    for one, other in pairwise(at):
        a, b, c = (waterfall.sale(one + (other - one) * n / 4).payouts for n in (2, 3, 4))
        assert all(b[name] - a[name] == c[name] - b[name] for name in a)


@few(max_examples=100)
@given(a_class("one"), a_class("other"), values)
def test_with_no_preference_all_is_pro_rata(one: Security, other: Security, value: Fraction):
    plain = [s._replace(preference=Fraction(0), participation="none", cap=None) for s in (one, other)]
    payouts = Waterfall(plain).sale(value).payouts
    assert payouts["one"] * other.shares == payouts["other"] * one.shares
