"""Some numbers of a row by their ranks, exactly, without sorting all of it.

Numbers are counted in bins; only those in the bins of the wanted ranks are sorted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

BINS = 4_096
FEW = 20_000  # numbers that are sorted
TOGETHER = 65_536  # that are counted at once: what stays in a cache


def ranked(numbers: Any, ranks: Iterable[int]) -> dict[int, float]:
    """The numbers of a row at ranks 0 … n - 1; the row stays as it is.

    >>> import numpy
    >>> ranked(numpy.array([3.0, 1.0, 2.0]), [0, 2])
    {0: 1.0, 2: 3.0}
    """
    import numpy

    wanted = sorted(set(ranks))
    if len(numbers) <= FEW:
        found = numpy.sort(numbers)
        return {rank: float(found[rank]) for rank in wanted}
    low, high = float(numbers.min()), float(numbers.max())
    with numpy.errstate(all="ignore"):
        scale = BINS / numpy.float64(high - low)
    if not 0 < scale < numpy.inf:  # all the same, or further apart than is counted
        found = numpy.sort(numbers)
        return {rank: float(found[rank]) for rank in wanted}
    bins, counts = numpy.empty(len(numbers), dtype=numpy.int16), numpy.zeros(BINS + 1, dtype=numpy.int64)
    scaled = numpy.empty(min(TOGETHER, len(numbers)))
    for first in range(0, len(numbers), TOGETHER):
        part = numbers[first : first + TOGETHER]
        place = numpy.subtract(part, low, out=scaled[: len(part)])
        numpy.multiply(place, scale, out=place)
        here = bins[first : first + TOGETHER]
        numpy.copyto(here, place, casting="unsafe")
        counts += numpy.bincount(here, minlength=BINS + 1)
    below = numpy.concatenate([[0], numpy.cumsum(counts)])
    places = numpy.searchsorted(below, wanted, side="right") - 1
    kept = numpy.zeros(BINS + 1, dtype=bool)
    kept[places] = True
    chosen = numpy.sort(numbers[kept[bins]])
    before = numpy.concatenate([[0], numpy.cumsum(numpy.where(kept, counts, 0))])  # of those chosen
    return {
        rank: float(chosen[before[place] + rank - below[place]])
        for rank, place in zip(wanted, places.tolist(), strict=True)
    }
