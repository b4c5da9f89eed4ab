"""Returns of an investment: multiples of the money paid in, and the rates at which its flows are worth nothing.

Flows are signed, out negative.  Multiples are exact where their amounts are; rates are floats, per period or per year.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, expm1, fsum, log, log1p, sqrt
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

GUESS = 0.1  # where a spreadsheet begins to look for a rate
STEPS = 50  # after which a search from there has gone astray
SAME = 1e-6  # apart, beside the rate: a search has found it
LONGEST = 240  # periods: the roots of a longer polynomial take seconds to find
LOST = 1e-12  # of the money: a rate at which no more than this is left after a period is -100 %, which is none
YEAR = 365  # days: XIRR counts Act/365, leap years included
TOUCH = 1e-13  # a sum of flows this small beside its terms is zero: the curve touches the axis there
ONLY = "the only rate at which the flows are worth nothing"
LOST_ALL, TOO_LARGE = "no rate: it is −100 %, at which nothing is left", "no rate: it is too large for a number"
LOGS = 700.0  # a rate of e to this power is about the largest that a float holds


class RateOfReturn(NamedTuple):
    """The rate of return, every rate that solves its equation, and why this rate was chosen or there is none."""

    rate: float | None
    all_rates: tuple[float, ...]
    rule: str


class _SignedLog(NamedTuple):
    """A flow at a time, as a sign and the logarithm of its size, so that no product of sizes overflows."""

    time: float
    sign: int
    size: float


def multiple(flows: Sequence[Fraction]) -> Fraction | None:
    """Money received ÷ money paid in, recycled money included; none where nothing was paid in.

    With what is still held as the last flow this is TVPI, without it DPI; where all is sold it is MOIC too.
    Source: INSEAD, Measuring Private Equity Fund Performance (2019).

    >>> print(multiple([Fraction(flow) for flow in (-10, -20, 15, 30 + 15)]))
    2
    """
    paid = -sum((flow for flow in flows if flow < 0), Fraction(0))
    return sum((flow for flow in flows if flow > 0), Fraction(0)) / paid if paid else None


def npv(rate: float, flows: Sequence[float | Fraction]) -> float:
    """Net present value at a rate per period; the first flow is now (a spreadsheet's NPV puts it one period later)."""
    return float(_numpy_financial().npv(rate, [float(flow) for flow in flows]))


def mirr(flows: Sequence[float | Fraction], finance_rate: float, reinvestment_rate: float) -> float | None:
    """Modified rate: (value of inflows at the end ÷ value of outflows now) ** (1 ÷ periods) − 1; none without both."""
    if not (any(flow < 0 for flow in flows) and any(flow > 0 for flow in flows)):
        return None
    return float(_numpy_financial().mirr([float(flow) for flow in flows], finance_rate, reinvestment_rate))


def irr(flows: Sequence[float | Fraction], a_year: int = 1) -> RateOfReturn:
    """The rates per year at which flows one period apart, `a_year` of them in a year, are worth nothing.

    Flows that change sign once have one rate, which numpy-financial finds.  Of several it tells the one nearest 0 %,
    and not always one: these are searched as those of `xirr` are.

    >>> returned = irr([-100, 39, 59, 55, 20])
    >>> round(returned.rate, 5), returned.rule
    (0.28095, 'the only rate at which the flows are worth nothing')
    """
    returned = _rate_of_return((period / a_year, flow) for period, flow in enumerate(flows))
    if returned.rate is None or sign_changes(flows) != 1 or len(flows) > LONGEST:
        return returned
    period_rate = float(_numpy_financial().irr([float(flow) for flow in flows]))
    if not (period_rate > -1 and a_year * log1p(period_rate) < LOGS):
        return returned
    rate = expm1(a_year * log1p(period_rate))
    return returned._replace(rate=rate, all_rates=(rate,))


def sign_changes(flows: Sequence[float | Fraction]) -> int:
    """How often money that is paid is followed by money that comes back, or the other way round."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(before != after for before, after in pairwise(signs))


def xirr(flows: Iterable[tuple[date, float | Fraction]]) -> RateOfReturn:
    """The rates per year at which dated flows are worth nothing; a year is 365 days, the order is irrelevant."""
    dated = list(flows)
    first = min((day for day, _ in dated), default=None)
    return _rate_of_return(((day - first).days / YEAR, flow) for day, flow in dated if first is not None)


def _among(rates: Sequence[float]) -> str:
    return f"of {len(rates)} rates at which the flows are worth nothing"


def _numpy_financial() -> Any:
    import numpy_financial  # type: ignore[import-untyped]  # late: it brings numpy

    return numpy_financial


def _rate_of_return(timed: Iterable[tuple[float, float | Fraction]]) -> RateOfReturn:
    """All rates in (−1, ∞), and the one to show: the one that a spreadsheet finds, which looks from 10 % a year on.

    Where that search goes astray it is the one nearest 0 % on the side on which the total lies: above for a gain.
    """
    sums: dict[float, Fraction] = {}
    for time, flow in timed:
        sums[time] = sums.get(time, Fraction(0)) + Fraction(flow)  # exact: flows that cancel on a day are gone
    flows = sorted((time, flow) for time, flow in sums.items() if flow)
    if not flows:
        return RateOfReturn(None, (), "no rate: there are no flows")
    if all(flow > 0 for _, flow in flows):
        return RateOfReturn(None, (), "no rate: no money goes out")
    if all(flow < 0 for _, flow in flows):
        return RateOfReturn(None, (), "no rate: no money comes back")
    terms = [_SignedLog(time, 1 if flow > 0 else -1, log(abs(flow))) for time, flow in flows]
    zeros = _zeros(terms)
    rates = tuple(sorted(expm1(-zero) + 0.0 for zero in zeros if log(LOST) < -zero < LOGS))
    if not rates:
        none = TOO_LARGE if zeros and zeros[0] < 0 else LOST_ALL
        return RateOfReturn(None, (), none if zeros else "no rate: at none are the flows worth nothing")
    if len(rates) == 1:
        return RateOfReturn(rates[0], rates, ONLY)
    rate = _spreadsheet_rate(terms, rates)
    if rate is not None:
        return RateOfReturn(
            rate, rates, f"the one that a spreadsheet finds, looking from 10 % a year on, {_among(rates)}"
        )
    gain = sum(flow for _, flow in flows) >= 0
    rate = min([rate for rate in rates if (rate >= 0) == gain] or rates, key=abs)
    total = "gain" if gain else "loss"
    return RateOfReturn(rate, rates, f"the one nearest 0 % on the side of the total, a {total}, {_among(rates)}")


def _spreadsheet_rate(terms: Sequence[_SignedLog], rates: Sequence[float]) -> float | None:
    """The rate that Newton's method finds from 10 % on, as a spreadsheet's IRR and XIRR do; None if it strays."""
    rate = GUESS
    for _ in range(STEPS):
        powers = [t.size - t.time * log1p(rate) for t in terms]
        largest = max(powers)
        parts = [(t.time, t.sign * exp(power - largest)) for t, power in zip(terms, powers, strict=True)]
        slope = fsum([time * part for time, part in parts])
        if slope == 0:
            return None
        step = (1 + rate) * fsum([part for _, part in parts]) / slope
        if rate + step <= -1:
            return None
        rate += step
        if abs(step) <= SAME * (1 + rate):
            nearest = min(rates, key=lambda known: abs(known - rate))
            return nearest if abs(nearest - rate) <= 10 * SAME * (1 + abs(rate)) else None
    return None


def _zeros(terms: Sequence[_SignedLog]) -> list[float]:
    """All real zeros of the sum of sign × e^(size + time × x), in order; x is minus the logarithm of 1 + rate.

    A sum of exponentials has at most as many zeros as its coefficients change sign (Descartes' rule, which holds for
    any times).  Multiplied by e^(−time × x), with a time between two terms of opposite signs, its derivative changes
    sign once less, and between two of the derivative's zeros lies at most one of its own (Rolle).  So the zeros follow
    from the last derivative, which has none, back to the sum; none can be missed and none is guessed.
    """
    chain = [list(terms)]
    while (cut := _sign_change(chain[-1])) is not None:
        chain.append(
            [
                _SignedLog(t.time, t.sign if t.time > cut else -t.sign, t.size + log(abs(t.time - cut)))
                for t in chain[-1]
            ]
        )
    zeros: list[float] = []
    for sums in reversed(chain[:-1]):
        turns, zeros = zeros, []
        reach = 1 / (sums[-1].time - sums[0].time)
        first, last = (turns[0], turns[-1]) if turns else (0.0, 0.0)
        bounds = [_outer_bound(sums, first, -reach), *turns, _outer_bound(sums, last, reach)]
        values = [_value(sums, x) for x in bounds]
        for n in range(1, len(bounds)):
            before, after = (value if abs(value) > TOUCH else 0.0 for value in values[n - 1 : n + 1])
            if before * after < 0:
                zeros.append(_zero_between(sums, bounds[n - 1], bounds[n], before, after))
            elif after == 0:
                zeros.append(bounds[n])
    return zeros


def _sign_change(terms: Sequence[_SignedLog]) -> float | None:
    """A time between the first two neighbours of opposite signs."""
    for term, following in pairwise(terms):
        if term.sign != following.sign:
            return (term.time + following.time) / 2
    return None


def _value(terms: Sequence[_SignedLog], x: float) -> float:
    """The sum at x, divided by its largest term."""
    powers = [t.size + t.time * x for t in terms]
    largest = max(powers)
    return fsum([t.sign * exp(power - largest) for t, power in zip(terms, powers, strict=True)])


def _outer_bound(terms: Sequence[_SignedLog], x: float, step: float) -> float:
    """A point on the side of the step from which on the last term (to the left, the first) has the sum's sign."""
    sign = terms[-1 if step > 0 else 0].sign
    while _value(terms, x + step) * sign <= 0:
        step *= 2
    return x + step


def _zero_between(terms: Sequence[_SignedLog], low: float, high: float, at_low: float, at_high: float) -> float:
    """The zero between two points of opposite signs: Ridders' method, which never leaves them."""
    while True:
        middle = (low + high) / 2
        if not low < middle < high:
            return middle
        at_middle = _value(terms, middle)
        bend = sqrt(at_middle * at_middle - at_low * at_high)
        x = middle + (middle - low) * at_middle / bend * (1 if at_low > 0 else -1)
        at = _value(terms, x)
        points = sorted([(low, at_low), (middle, at_middle), (x, at), (high, at_high)])
        for (left, at_left), (right, at_right) in pairwise(points):
            if at_left == 0:
                return left
            if at_left * at_right < 0:
                low, high, at_low, at_high = left, right, at_left, at_right
                break
