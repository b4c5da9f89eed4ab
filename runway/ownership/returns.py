"""What an investment returned: multiples of the money paid in, and the rates at which its flows are worth nothing.

Flows are signed, out negative.  Multiples are exact where their amounts are; rates are floats, per period or per year.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, expm1, fsum, log, sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["Returned", "dpi", "irr", "mirr", "moic", "npv", "rvpi", "tvpi", "xirr"]

SHOWN = 0.1  # of several rates the one nearest to 10 % is shown
YEAR = 365  # days: XIRR counts Act/365, leap years included
TOUCH = 1e-13  # a sum of flows this small beside its terms is zero: the curve touches the axis there
LOGS = 700.0  # a rate of e to this power is about the largest that a float holds


class Returned(NamedTuple):
    """The rate of return, every rate that solves its equation, and how the one was chosen or why there is none."""

    rate: float | None
    all_rates: tuple[float, ...]
    rule: str


class _Term(NamedTuple):
    """A flow at a time, as a sign and the logarithm of its size, so that no product of sizes overflows."""

    time: float
    sign: int
    size: float


def moic(invested: Fraction, realised: Fraction, unrealised: Fraction = Fraction(0)) -> Fraction | None:
    """Multiple on invested capital: (realised + unrealised) ÷ invested; none where nothing was invested."""
    return (realised + unrealised) / invested if invested else None


def dpi(flows: Sequence[Fraction]) -> Fraction | None:
    """Distributions ÷ paid in: the flows received over those paid; none where nothing was paid in."""
    return moic(_paid_in(flows), sum((flow for flow in flows if flow > 0), Fraction(0)))


def rvpi(flows: Sequence[Fraction], residual_value: Fraction) -> Fraction | None:
    """Residual value ÷ paid in."""
    return moic(_paid_in(flows), Fraction(0), residual_value)


def tvpi(flows: Sequence[Fraction], residual_value: Fraction) -> Fraction | None:
    """Total value ÷ paid in: DPI + RVPI.  Paid in is the sum of all negative flows, recycled money included.

    Source: INSEAD, Measuring Private Equity Fund Performance (2019).

    >>> print(tvpi([Fraction(flow) for flow in (-10, -20, 15, 30)], Fraction(15)))
    2
    """
    return moic(_paid_in(flows), sum((flow for flow in flows if flow > 0), Fraction(0)), residual_value)


def npv(rate: float, flows: Sequence[float | Fraction]) -> float:
    """Net present value at a rate per period; the first flow is now (a spreadsheet's NPV puts it one period later)."""
    return float(_numpy_financial().npv(rate, [float(flow) for flow in flows]))


def mirr(flows: Sequence[float | Fraction], finance_rate: float, reinvestment_rate: float) -> float | None:
    """Modified rate: (value of inflows at the end ÷ value of outflows now) ** (1 ÷ periods) − 1; none without both."""
    if not (any(flow < 0 for flow in flows) and any(flow > 0 for flow in flows)):
        return None
    return float(_numpy_financial().mirr([float(flow) for flow in flows], finance_rate, reinvestment_rate))


def irr(flows: Sequence[float | Fraction]) -> Returned:
    """The rates per period at which flows one period apart are worth nothing.

    >>> returned = irr([-100, 39, 59, 55, 20])
    >>> round(returned.rate, 5), returned.rule
    (0.28095, 'the only rate at which the flows are worth nothing')
    """
    return _returned((float(period), flow) for period, flow in enumerate(flows))


def xirr(flows: Iterable[tuple[date, float | Fraction]]) -> Returned:
    """The rates per year at which dated flows are worth nothing; a year is 365 days, the order is irrelevant."""
    dated = list(flows)
    first = min((day for day, _ in dated), default=None)
    return _returned(((day - first).days / YEAR, flow) for day, flow in dated if first is not None)


def _numpy_financial() -> Any:
    import numpy_financial  # type: ignore[import-untyped]  # late: it brings numpy

    return numpy_financial


def _paid_in(flows: Sequence[Fraction]) -> Fraction:
    return -sum((flow for flow in flows if flow < 0), Fraction(0))


def _returned(timed: Iterable[tuple[float, float | Fraction]]) -> Returned:
    """All rates in (−1, ∞), and the one to show."""
    at: dict[float, Fraction] = {}
    for time, flow in timed:
        at[time] = at.get(time, Fraction(0)) + Fraction(flow)  # exact, so that what cancels on a day is gone
    flows = sorted((time, flow) for time, flow in at.items() if flow)
    if not flows:
        return Returned(None, (), "no rate: there are no flows")
    if all(flow > 0 for _, flow in flows):
        return Returned(None, (), "no rate: no money goes out")
    if all(flow < 0 for _, flow in flows):
        return Returned(None, (), "no rate: no money comes back")
    terms = [_Term(time, 1 if flow > 0 else -1, log(abs(flow))) for time, flow in flows]
    zeros = _zeros(terms)
    rates = tuple(sorted(expm1(-zero) + 0.0 for zero in zeros if -zero < LOGS))
    if not rates:
        why = "it is too large for a number" if zeros else "at none are the flows worth nothing"
        return Returned(None, (), f"no rate: {why}")
    if len(rates) == 1:
        return Returned(rates[0], rates, "the only rate at which the flows are worth nothing")
    shown = min(rates, key=lambda rate: abs(rate - SHOWN))
    return Returned(shown, rates, f"the one nearest 10 % of {len(rates)} rates at which the flows are worth nothing")


def _zeros(terms: Sequence[_Term]) -> list[float]:
    """All real zeros of the sum of sign × e^(size + time × x), in order; x is minus the logarithm of 1 + rate.

    A sum of exponentials has at most as many zeros as its coefficients change sign (Descartes' rule, which holds for
    any times).  Multiplied by e^(−time × x), with a time between two terms of opposite signs, its derivative changes
    sign once less, and between two of the derivative's zeros lies at most one of its own (Rolle).  So the zeros follow
    from the last derivative, which has none, back to the sum; none can be missed and none is guessed.
    """
    chain = [list(terms)]
    while (cut := _sign_change(chain[-1])) is not None:
        chain.append(
            [_Term(t.time, t.sign if t.time > cut else -t.sign, t.size + log(abs(t.time - cut))) for t in chain[-1]]
        )
    zeros: list[float] = []
    for sums in reversed(chain[:-1]):
        turns, zeros = zeros, []
        reach = 1 / (sums[-1].time - sums[0].time)
        first, last = (turns[0], turns[-1]) if turns else (0.0, 0.0)
        bounds = [_beyond(sums, first, -reach), *turns, _beyond(sums, last, reach)]
        values = [_value(sums, x) for x in bounds]
        for n in range(1, len(bounds)):
            before, after = (value if abs(value) > TOUCH else 0.0 for value in values[n - 1 : n + 1])
            if before * after < 0:
                zeros.append(_zero_between(sums, bounds[n - 1], bounds[n], before, after))
            elif after == 0:
                zeros.append(bounds[n])
    return zeros


def _sign_change(terms: Sequence[_Term]) -> float | None:
    """A time between the first two neighbours of opposite signs."""
    for one, other in pairwise(terms):
        if one.sign != other.sign:
            return (one.time + other.time) / 2
    return None


def _value(terms: Sequence[_Term], x: float) -> float:
    """The sum at x, divided by its largest term."""
    powers = [t.size + t.time * x for t in terms]
    largest = max(powers)
    return fsum([t.sign * exp(power - largest) for t, power in zip(terms, powers, strict=True)])


def _beyond(terms: Sequence[_Term], x: float, step: float) -> float:
    """A point on the side of the step from which on the last term (to the left, the first) has the sum's sign."""
    sign = terms[-1 if step > 0 else 0].sign
    while _value(terms, x + step) * sign <= 0:
        step *= 2
    return x + step


def _zero_between(terms: Sequence[_Term], low: float, high: float, at_low: float, at_high: float) -> float:
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
        for (one, at_one), (other, at_other) in pairwise(points):
            if at_one == 0:
                return one
            if at_one * at_other < 0:
                low, high, at_low, at_high = one, other, at_one, at_other
                break
