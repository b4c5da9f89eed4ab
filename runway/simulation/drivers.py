"""The risk drivers: the rank correlation of each uncertain figure with runway and with the lowest cash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.simulation.draws import Draws
    from runway.simulation.totals import Sample


@dataclass(frozen=True, slots=True)
class RiskDriver:
    """The rank correlation of an uncertain figure with runway and with the lowest cash; None where one never varies."""

    address: str
    distribution: str
    runway: float | None
    lowest_cash: float | None


class SkewedFigure(NamedTuple):
    """An uncertain figure whose value, which a projection takes, is not about the median of its draws."""

    address: str
    below: float  # the share of draws below the value


BEYOND = 2**31 - 1
MIDDLE = 0.1  # by how much the share of draws below a value may miss one half
CENT = 2  # digits of cash that are ranked: where a credit line keeps cash at a floor, sums differ by their rounding
SAME = 1e-9  # of a figure: values that differ by less are one
GRID = 2_000  # scores by which a share of draws is counted


def ranks(values: Any) -> Any:
    """The ranks of values, ties sharing the middle of theirs.

    >>> import numpy
    >>> ranks(numpy.array([3.0, 1.0, 3.0])).tolist()
    [1.5, 0.0, 1.5]
    """
    import numpy

    order = numpy.argsort(values)
    sorted_values = values[order]
    first = numpy.flatnonzero(numpy.concatenate([[True], sorted_values[1:] != sorted_values[:-1]]))
    counts = numpy.diff(first, append=len(values))
    ranks = numpy.empty(len(values))
    ranks[order] = numpy.repeat(first + (counts - 1) / 2, counts)
    return ranks


def rank_correlation(a: Any, b: Any) -> float | None:
    """Spearman's correlation of two rows of ranks; None where one of them does not vary."""
    import numpy

    x, y = a - a.mean(), b - b.mean()
    size = float(numpy.sqrt((x * x).sum() * (y * y).sum()))
    return None if size == 0 else float((x * y).sum() / size)


def drivers(
    samples: Mapping[int, Sample], distributions: Mapping[str, str], monthly_laws: Mapping[str, str]
) -> tuple[tuple[RiskDriver, ...], int]:
    """Each drawn figure, the strongest first, and over how many paths: those of the first blocks.

    `distributions` are by address of the figures drawn once a path, `monthly_laws` of those drawn anew each month, of
    which the sums of scores are ranked.
    """
    import numpy

    parts: Sequence[Sample] = [samples[number] for number in sorted(samples)]
    if not parts:
        return (), 0
    codes = numpy.concatenate([part.code for part in parts])
    runway = ranks(numpy.where(codes < 0, BEYOND, codes))
    lowest = ranks(numpy.round(numpy.concatenate([part.lowest for part in parts]), CENT))
    drawn = [(address, name, [part.figures[address] for part in parts]) for address, name in distributions.items()]
    drawn += [(address, monthly_laws[address], [part.shocks[address] for part in parts]) for address in parts[0].shocks]
    drivers = []
    for address, distribution, numbers in drawn:
        figure = ranks(numpy.concatenate(numbers))
        correlations = rank_correlation(figure, runway), rank_correlation(figure, lowest)
        drivers.append(RiskDriver(address, distribution, *correlations))
    drivers.sort(key=lambda d: (-abs(d.runway or 0.0), -abs(d.lowest_cash or 0.0), d.address))
    return tuple(drivers), len(codes)


def off_median(draws: Draws) -> tuple[SkewedFigure, ...]:
    """The drawn figures whose value is not about the median of their distribution, the farthest first.

    A value is about the median if at most 60 % of draws are below it and at most 60 % above.  The draws are those of
    equally probable scores, not of a simulation's paths, so the answer does not depend on how many there are.
    """
    from statistics import NormalDist

    import numpy

    normal = NormalDist()
    scores = numpy.array([normal.inv_cdf((n + 0.5) / GRID) for n in range(GRID)])
    asides = []
    for address, figure in draws.figures.items():
        value, drawn = draws.program.parameters[address], figure.of(scores.copy())
        slack = SAME * abs(value)
        below, above = float((drawn < value - slack).mean()), float((drawn > value + slack).mean())
        if max(below, above) > 0.5 + MIDDLE:
            asides.append(SkewedFigure(address, below))
    return tuple(sorted(asides, key=lambda aside: (-abs(aside.below - 0.5), aside.address)))
