"""Distributions as functions of one standard normal score: a figure is Q(Phi(z)), whatever its distribution.

So the scores alone carry correlation, quasi-random points and common random numbers. `low` and `high` of a figure are
its 5th and 95th percentile. Numbers beyond the bounds of a field are moved to them; both percentiles stay.
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, sqrt
from typing import TYPE_CHECKING, Any

from runway.language.figure import FigureError
from runway.language.named_tuple import NamedTuple
from runway.language.uncertainty import shape
from runway.months import DAY, NEVER, date_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.language.figure import Entry

Z95 = 1.6448536269514722  # the normal score of the 95th percentile
TAIL = 0.05
WIDEST = 8.0  # scores beyond it are never drawn
NODES = 4097  # of a quantile function that is interpolated
PERT_SHAPE = 4.0
HALVINGS = 80
LEAST_SHAPE = 0.5  # of a beta: below it the quantile function is too steep at its ends to be interpolated
RAREST = 1e-12  # probability below which a number of times is never drawn
FIRST_DAY = 719163  # ordinal of 1970-01-01


class Distribution(NamedTuple):
    """How a figure follows from its normal score."""

    name: str
    of: Callable[[Any], Any]  # an array of scores -> an array of the numbers that parameters hold


def normal_share(z: float) -> float:
    """The share of a standard normal below `z`."""
    return 0.5 * erfc(-z / sqrt(2))


def distribution(entry: Entry, start: int, low: float, high: float) -> Distribution:
    """The distribution of an entry with a range or outcomes; `low` and `high` are the bounds of its field.

    Dates are drawn in days and given as positions, months since `start`.
    """
    import numpy

    name = shape(entry)
    dated = entry.amount.is_date
    if name == "discrete":
        return Distribution(name, _discrete(entry, start, dated))
    least, most = entry.ends
    ends = (least, entry.amount.number, most)
    if dated:
        q05, mode, q95 = (float(date_at(place, 0).toordinal()) for place in ends)
    else:
        q05, mode, q95 = ends
    draw = _continuous(name, q05, mode, q95)
    if dated:
        return Distribution(name, lambda z: positions(draw(z), start))

    def bounded(z: Any) -> Any:
        numbers = draw(z)
        return numpy.clip(numbers, low, high, out=numbers)

    return Distribution(name, bounded)


def _continuous(name: str, q05: float, mode: float, q95: float) -> Callable[[Any], Any]:
    import numpy

    if name == "normal":
        mean, deviation = (q05 + q95) / 2, (q95 - q05) / (2 * Z95)
        return lambda z: z * deviation + mean
    if name == "lognormal":
        mean, deviation = (log(q05) + log(q95)) / 2, (log(q95) - log(q05)) / (2 * Z95)
        return lambda z: numpy.exp(z * deviation + mean)
    scores = numpy.linspace(-WIDEST, WIDEST, NODES)
    shares = numpy.array([normal_share(z) for z in scores])
    if name == "uniform":
        width = (q95 - q05) / (1 - 2 * TAIL)
        values = q05 - TAIL * width + width * shares
    elif name == "triangular":
        values = _triangular(q05, mode, q95, shares)
    elif name == "pert":
        values = _pert(q05, mode, q95, shares)
    else:
        values = _beta_quantiles(*_beta_shapes(q05, q95), shares)
    return lambda z: numpy.interp(z, scores, values)


def _discrete(entry: Entry, start: int, dated: bool) -> Callable[[Any], Any]:
    import numpy

    numbers = [n - start if dated and n < NEVER else n for n, _ in entry.outcomes]
    values, below, cuts = numpy.array(numbers, dtype=float), 0.0, []
    for _, chance in entry.outcomes[:-1]:
        below += chance
        cuts.append(score_of(below))
    return lambda z: values[numpy.searchsorted(numpy.array(cuts), z)]


def score_of(share: float) -> float:
    """The normal score below which a share lies."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(share) if 0 < share < 1 else WIDEST * (1 if share >= 1 else -1)


def poisson_scores(mean: float) -> tuple[float, ...]:
    """The normal scores above which an event of `mean` times on average happens once, twice and so on (Poisson).

    >>> from statistics import NormalDist
    >>> [round(1 - NormalDist().cdf(score), 4) for score in poisson_scores(0.5)[:3]]
    [0.3935, 0.0902, 0.0144]
    """
    scores, term = list[float](), exp(-mean)
    below = term
    while below < 1 - RAREST:
        scores.append(score_of(below))
        term *= mean / len(scores)
        below += term
    return tuple(scores)


def positions(ordinals: Any, start: int) -> Any:
    """Days, as fractional ordinals, as positions: months since `start` + (day - 1) / 32."""
    import numpy

    days = (numpy.floor(ordinals + 0.5).astype("int64") - FIRST_DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    into = (days - months.astype("datetime64[D]")).astype(float)
    return months.astype("int64") + (1970 * 12 - start) + into * DAY


def ordinals(places: Any, start: int) -> Any:
    """Positions as ordinals of the days on which they are, as `months.date_at` has them; never is infinite."""
    import numpy

    known = numpy.where(places < NEVER, places, 0.0)
    whole = numpy.floor(known)
    months = (whole.astype("int64") + (start - 1970 * 12)).astype("datetime64[M]")
    ends = months, months + numpy.timedelta64(1, "M")
    first, after = (month.astype("datetime64[D]").astype("int64") for month in ends)
    day = numpy.minimum(numpy.floor((known - whole) / DAY), after - first - 1)
    return numpy.where(places < NEVER, first + day + float(FIRST_DAY), numpy.inf)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is 0, by halving."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if function(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _triangular(q05: float, mode: float, q95: float, shares: Any) -> Any:
    """Quantiles of the triangular distribution with its mode at `mode` whose 5th and 95th percentile are given.

    With p the share of its width left of the mode, the distances from the mode are width * (p - sqrt(0.05 p)) and
    width * ((1 - p) - sqrt(0.05 (1 - p))); their ratio rises with p from 0 at 0.05 to infinity at 0.95.
    """
    import numpy

    def left(p: float) -> float:
        return p - sqrt(TAIL * p)

    p = _root(lambda p: left(p) * (q95 - mode) - left(1 - p) * (mode - q05), TAIL, 1 - TAIL)
    width = (q95 - q05) / (left(p) + left(1 - p))
    first = mode - p * width
    rising = numpy.sqrt(shares * p)
    falling = 1 - numpy.sqrt((1 - shares) * (1 - p))
    return first + width * numpy.where(shares <= p, rising, falling)


def _pert(q05: float, mode: float, q95: float, shares: Any) -> Any:
    """Quantiles of the PERT distribution (a beta with shapes 1 + 4p and 5 - 4p, scaled) with its mode at `mode`.

    p, the share of its width left of the mode, follows from the two percentiles as for a triangular distribution.
    """

    def ends(p: float) -> tuple[float, float]:
        low, high = _beta_quantiles(1 + PERT_SHAPE * p, 1 + PERT_SHAPE * (1 - p), [TAIL, 1 - TAIL])
        return float(low), float(high)

    def off(p: float) -> float:
        low, high = ends(p)
        return (p - low) * (q95 - mode) - (high - p) * (mode - q05)

    p = _root(off, 0.0, 1.0)
    low, high = ends(p)
    width = (q95 - q05) / (high - low)
    inside = _beta_quantiles(1 + PERT_SHAPE * p, 1 + PERT_SHAPE * (1 - p), shares)
    return q05 + width * (inside - low)


def _beta_grid(a: float, b: float) -> tuple[Any, Any]:
    """Points of [0, 1] and the share of a beta distribution below each.

    With x = sin(h)**2 the density is 2 sin(h)**(2a - 1) cos(h)**(2b - 1) / B(a, b), which Simpson's rule adds up.
    """
    import numpy

    angles = numpy.linspace(0.0, numpy.pi / 2, 2 * NODES - 1)
    sine, cosine = numpy.sin(angles[1:-1]), numpy.sin(angles[-2:0:-1])
    size = lgamma(a + b) - lgamma(a) - lgamma(b)
    density = numpy.zeros_like(angles)
    density[1:-1] = 2 * numpy.exp(size + (2 * a - 1) * numpy.log(sine) + (2 * b - 1) * numpy.log(cosine))
    panels = (density[:-2:2] + 4 * density[1:-1:2] + density[2::2]) * (angles[1] / 3)
    below = numpy.concatenate([[0.0], numpy.cumsum(panels)])
    return numpy.sin(angles[::2]) ** 2, below / below[-1]


def _beta_quantiles(a: float, b: float, shares: Any) -> Any:
    import numpy

    points, below = _beta_grid(a, b)
    return numpy.interp(shares, below, points)


def _beta_shapes(q05: float, q95: float) -> tuple[float, float]:
    """The shapes of the beta distribution whose 5th and 95th percentile are given, by Newton's method on their logs."""
    import numpy

    middle, spread = (q05 + q95) / 2, (q95 - q05) / (2 * Z95)
    total = max(middle * (1 - middle) / spread**2 - 1, 0.5)
    logs = numpy.log([middle * total, (1 - middle) * total])
    percentiles = numpy.array([q05, q95])

    def off(logs: Any) -> Any:
        quantiles = _beta_quantiles(exp(logs[0]), exp(logs[1]), [TAIL, 1 - TAIL])
        quantiles = numpy.clip(quantiles, 1e-12, 1 - 1e-12)
        return numpy.log(quantiles / (1 - quantiles)) - numpy.log(percentiles / (1 - percentiles))

    miss = off(logs)
    for _ in range(60):
        if numpy.abs(miss).max() < 1e-9 and logs.min() > log(LEAST_SHAPE):
            return float(exp(logs[0])), float(exp(logs[1]))
        step = 1e-5
        slopes = numpy.array(
            [(off(logs + numpy.array([step, 0.0])) - miss) / step, (off(logs + numpy.array([0.0, step])) - miss) / step]
        ).T
        move = numpy.linalg.solve(slopes, -miss)
        scale = min(1.0, 1.0 / numpy.abs(move).max())
        while scale > 1e-4:
            better = off(logs + scale * move)
            if numpy.abs(better).max() < numpy.abs(miss).max():
                break
            scale /= 2
        logs, miss = logs + scale * move, better
    text = f"No beta distribution has its 5th percentile at {q05:g} and its 95th at {q95:g}. Write pert or triangular."
    raise FigureError("distribution-impossible", text)
