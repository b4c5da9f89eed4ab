"""Some numbers of a row by their ranks, exactly, without sorting all of it.

A sorted sample tells between which two numbers each wanted one lies, but for a chance of one in some ten thousand; only
the numbers between them are sorted.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Brackets = Sequence[tuple[float, float]]  # apart, and the lowest first
    Sift = Callable[[Any, Brackets], tuple[Sequence[int], Any]]

FEW = 20_000  # numbers that are sorted
STEP = 17  # of the sample; odd, as every 2nd, 4th, ... point of a Sobol sequence is not like the rest
SURE = 4.0  # standard deviations of the sample's ranks to each side of a wanted one
TOGETHER = 65_536  # numbers that are looked at together: they stay in a cache


def ranked(numbers: Any, ranks: Iterable[int], sift: Sift | None = None) -> dict[int, float]:
    """The numbers of a row at ranks 0 … n - 1; the row stays as it is.  `sift`: as `sifted`, by another way.

    >>> import numpy
    >>> ranked(numpy.array([3.0, 1.0, 2.0]), [0, 2])
    {0: 1.0, 2: 3.0}
    """
    import numpy

    sorted_ranks = sorted(set(ranks))
    by_rank = _between(numbers, sorted_ranks, sift or sifted) if len(numbers) > FEW else {}
    if len(by_rank) < len(sorted_ranks):  # few numbers, or a sample unlike the rest
        every = numpy.sort(numbers)
        return {rank: float(every[rank]) for rank in sorted_ranks}
    return by_rank


def _between(numbers: Any, ranks: Sequence[int], sift: Sift) -> dict[int, float]:
    """The numbers at wanted ranks that the sample's brackets hold."""
    import numpy

    brackets = _brackets(numpy.sort(numbers[::STEP]), [rank / len(numbers) for rank in ranks])
    below, inside = sift(numbers, brackets)
    chosen = numpy.sort(inside)
    starts = [*numpy.searchsorted(chosen, [low for low, _ in brackets]).tolist(), len(chosen)]
    by_rank = {}
    for rank in ranks:
        for n, first in enumerate(below):
            if 0 <= (place := rank - first) < starts[n + 1] - starts[n]:
                by_rank[rank] = float(chosen[starts[n] + place])
    return by_rank


def sifted(numbers: Any, brackets: Brackets) -> tuple[list[int], Any]:
    """How many numbers are below each bracket, and those inside any, in their order."""
    import numpy

    below = [0] * len(brackets)
    pieces = []
    mask = numpy.empty(TOGETHER, dtype=bool)
    for first in range(0, len(numbers), TOGETHER):
        part = numbers[first : first + TOGETHER]
        inside, under = numpy.zeros(len(part), dtype=bool), mask[: len(part)]
        for n, (low, high) in enumerate(brackets):
            inside ^= numpy.less(part, low, out=under)
            below[n] += int(numpy.count_nonzero(under))
            inside ^= numpy.less_equal(part, high, out=under)
        pieces.append(part.compress(inside))
    return below, numpy.concatenate(pieces)


def _brackets(sample: Any, shares: Iterable[float]) -> list[tuple[float, float]]:
    """Numbers below and above those that have these shares below them, in order; brackets that overlap are one."""
    brackets: list[tuple[float, float]] = []
    for share in shares:
        spread = SURE * sqrt(len(sample) * share * (1 - share)) + 2
        ends = int(len(sample) * share - spread), int(len(sample) * share + spread)
        low = float(sample[ends[0]]) if ends[0] >= 0 else -inf
        high = float(sample[ends[1]]) if ends[1] < len(sample) else inf
        if brackets and low <= brackets[-1][1]:
            low, high = brackets[-1][0], max(high, brackets[-1][1])
            del brackets[-1]
        brackets.append((low, high))
    return brackets
