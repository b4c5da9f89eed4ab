"""What drives the outcome: the rank correlation of each uncertain figure with runway and with the lowest cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.simulation.result import Driver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.simulation.tally import Sample

BEYOND = 2**31 - 1


def ranks(values: Any) -> Any:
    """The ranks of values, ties sharing the middle of theirs.

    >>> import numpy
    >>> ranks(numpy.array([3.0, 1.0, 3.0])).tolist()
    [1.5, 0.0, 1.5]
    """
    import numpy

    order = numpy.argsort(values, kind="stable")
    _, first, counts = numpy.unique(values[order], return_index=True, return_counts=True)
    middle = numpy.repeat(first + (counts - 1) / 2, counts)
    found = numpy.empty(len(values))
    found[order] = middle
    return found


def rank_correlation(a: Any, b: Any) -> float | None:
    """Spearman's correlation of two rows of ranks; None where one of them does not vary."""
    import numpy

    x, y = a - a.mean(), b - b.mean()
    size = float(numpy.sqrt((x * x).sum() * (y * y).sum()))
    return None if size == 0 else float((x * y).sum() / size)


def drivers(samples: Mapping[int, Sample], distributions: Mapping[str, str]) -> tuple[tuple[Driver, ...], int]:
    """Each drawn figure, the strongest first, and over how many paths: those of the first blocks.

    Of a figure that is drawn anew each month it is the sum of its draws.
    """
    import numpy

    parts: Sequence[Sample] = [samples[number] for number in sorted(samples)]
    if not parts:
        return (), 0
    codes = numpy.concatenate([part.code for part in parts])
    runway = ranks(numpy.where(codes < 0, BEYOND, codes))
    lowest = ranks(numpy.concatenate([part.lowest for part in parts]))
    drawn = [(address, name, [part.figures[address] for part in parts]) for address, name in distributions.items()]
    drawn += [(address, "volatility", [part.shocks[address] for part in parts]) for address in parts[0].shocks]
    found = []
    for address, distribution, numbers in drawn:
        own = ranks(numpy.concatenate(numbers))
        found.append(Driver(address, distribution, rank_correlation(own, runway), rank_correlation(own, lowest)))
    found.sort(key=lambda d: (-abs(d.runway or 0.0), -abs(d.lowest_cash or 0.0), d.address))
    return tuple(found), len(codes)
