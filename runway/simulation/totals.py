"""The sums over blocks of paths, in any order: all of their cash up to two million paths, counts on a grid above.

Counts are integers, quantiles are numbers by their ranks, and means are taken over sorted numbers, so neither the
order of the blocks nor who computed them changes a digit.
"""

from __future__ import annotations

from contextlib import contextmanager
from math import ceil, nan, sqrt
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.draws import SAMPLED_BLOCKS
from runway.simulation.order_statistics import ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.simulation.block_engine import Block
    from runway.simulation.order_statistics import Sift

MOST_RANKED = 2_000_000
BINS = 8_192
CONFIDENT = 1.959963984540054  # standard errors to each side of 95 of 100 estimates
NONE_SEEN = 3.0  # in n paths: the upper end, at 95 %, of a probability when the event happened on none of them


@contextmanager
def undisturbed() -> Iterator[None]:
    """Holds an interruption back until what it is around has ended."""
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():  # which alone is interrupted
        yield
        return
    signals: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: signals.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if signals:
            signal.raise_signal(signal.SIGINT)


class Estimate(NamedTuple):
    """A figure and its Monte Carlo error: half the width of its 95 % interval.

    The error is 0 where the figure is the same on every path, and not a number where there are too few paths to tell.
    """

    value: float
    error: float


class Sample(NamedTuple):
    """The paths of one block that are kept in order."""

    figures: Mapping[str, Any]
    shocks: Mapping[str, Any]
    code: Any
    lowest: Any


class Totals:
    """Adds up blocks; `rows` are cash by month and, last, lowest cash."""

    def __init__(self, months: int, rungs: int, questions: int, paths: int, keep: bool = False) -> None:
        import numpy

        self.months, self.paths, self.rungs = months, 0, rungs
        self.exact = paths <= MOST_RANKED
        self.capacity = paths
        self.cash = numpy.empty((months, paths)) if self.exact else None
        self.lowest = numpy.empty(paths) if self.exact else None
        self.ranked: list[dict[int, float]] = []  # by row, numbers by rank
        self.grid = numpy.zeros((months + 1, 0 if self.exact else BINS), dtype=numpy.int64)
        self.edges: Any = None  # [months + 1, 2]: the first edge and the width of a bin
        self.codes = numpy.zeros((rungs, (months + 1) * DAYS_A_CODE), dtype=numpy.int64)
        self.yes, self.answered = numpy.zeros((2, questions), dtype=numpy.int64)  # paths, by question
        self.samples: dict[int, Sample] = {}
        self.keep = keep
        self.kept: dict[int, Block] = {}
        self.parts: list[Totals] = []  # one for each replicate of Sobol points
        self.dry: list[Any] | None = None  # of each block, whether each path runs out; kept to be compared

    def place(self, start: int, paths: int) -> Any:
        """The part of the cash matrix that a block's cash is written to; None above two million paths."""
        return None if self.cash is None else self.cash[:, start : start + paths]

    @undisturbed()
    def add(self, block: Block, start: int, counts: Any = None, replicate: int = -1) -> None:
        """Adds one block, whose first path is path `start` of all; blocks come in order, so the matrix has no holes."""
        import numpy

        paths = len(block.lowest)
        if self.cash is not None and self.lowest is not None:
            place = self.cash[:, start : start + paths]
            if block.cash is not None and not numpy.may_share_memory(block.cash, place):  # another engine's
                place[:] = block.cash
            self.lowest[start : start + paths] = block.lowest
        else:
            self.grid += self.counted(block) if counts is None else counts
        self._count(block)
        if replicate >= 0:
            self.parts[replicate]._count(block)
        if block.number < SAMPLED_BLOCKS:
            self.samples[block.number] = Sample(block.figures, block.shocks, block.codes[0], block.lowest)
        if self.keep:
            self.kept[block.number] = block
        if self.dry is not None:
            self.dry.append(block.codes[0] >= 0)

    def _count(self, block: Block) -> None:
        import numpy

        self.paths += len(block.lowest)
        for rung, code in enumerate(block.codes):
            self.codes[rung] += numpy.bincount(code + 1, minlength=self.codes.shape[1])
        self.yes += numpy.array([numpy.count_nonzero(answer) for answer in block.answers], dtype=numpy.int64)
        self.answered += numpy.array([len(answer) for answer in block.answers], dtype=numpy.int64)

    def span(self, block: Block) -> None:
        """Fixes the grid by the first block: its range and half as much again to each side."""
        import numpy

        low = numpy.array([*block.cash.min(axis=1), block.lowest.min()])
        high = numpy.array([*block.cash.max(axis=1), block.lowest.max()])
        width = numpy.maximum((high - low) * 2, 1.0)
        self.edges = numpy.stack([low - width / 4, width / BINS], axis=1)

    def counted(self, block: Block) -> Any:
        """How many paths of a block fall into each bin, by row; None up to two million paths."""
        import numpy

        if self.exact:
            return None
        counts = numpy.empty((self.months + 1, BINS), dtype=numpy.int32)
        places = numpy.empty(len(block.lowest))
        for n in range(self.months + 1):
            values = block.cash[n] if n < self.months else block.lowest
            first, width = self.edges[n]
            numpy.subtract(values, first, out=places)
            numpy.multiply(places, 1 / width, out=places)
            numpy.clip(places, 0, BINS - 1, out=places)
            counts[n] = numpy.bincount(places.astype(numpy.int32), minlength=BINS)
        return counts

    def order(self, workers: int, shares: Sequence[float], sift: Sift | None = None) -> None:
        """Finds the quantiles of each month's cash and of the lowest cash, and the numbers that their errors are of."""
        if self.cash is None or self.lowest is None:
            return
        from concurrent.futures import ThreadPoolExecutor

        rows = [*self.cash[:, : self.paths], self.lowest[: self.paths]]
        ranks = [int(rank) for share in shares for rank in self._ranks(share)]
        ranks += [min(rank + 1, self.paths - 1) for rank in ranks]
        with ThreadPoolExecutor(workers) as pool:
            self.ranked = list(pool.map(lambda row: ranked(row, ranks, sift), rows))

    def _ranks(self, share: float) -> list[float]:
        """The (fractional) ranks of a quantile and of the ends of its error, where these are not outside the paths."""
        last = self.paths - 1
        middle, spread = last * share, CONFIDENT * sqrt(self.paths * share * (1 - share))
        return [middle] if middle < spread or middle + spread > last else [middle, middle - spread, middle + spread]

    def rank(self, row: int, ranks: Sequence[float]) -> list[float]:
        """The numbers at (fractional) ranks 0 … n − 1 of a row, the last row being lowest cash."""
        values: list[float] = []
        if self.cash is not None:
            numbers = self.ranked[row]
            for rank in ranks:
                below = int(rank)
                above = min(below + 1, self.paths - 1)
                values.append(float(numbers[below] + (numbers[above] - numbers[below]) * (rank - below)))
            return values
        import numpy

        so_far = numpy.cumsum(self.grid[row])
        first, width = self.edges[row]
        for rank in ranks:
            place = int(numpy.searchsorted(so_far, rank + 0.5))
            before = int(so_far[place - 1]) if place else 0
            inside = (rank + 0.5 - before) / max(int(self.grid[row][place]), 1)
            values.append(float(first + width * (place + inside)))
        return values

    def quantile(self, row: int, share: float) -> Estimate:
        """A quantile of a row; its error is half the distance of the ranks between which the true one lies.

        Not a number where paths are so few that one of these ranks lies outside them.
        """
        value, *ends = self.rank(row, self._ranks(share))
        return Estimate(value, (ends[1] - ends[0]) / 2 if ends else nan)

    def worst(self, share: float) -> float:
        """The mean of the lowest cash over the worst share of paths."""
        import numpy

        count = max(1, ceil(self.paths * share))
        if self.lowest is not None:
            lowest = self.lowest[: self.paths].copy()
            lowest.partition(count - 1)
            return float(numpy.sort(lowest[:count]).sum() / count)
        total, left, (first, width) = 0.0, count, self.edges[self.months]
        for place, many in enumerate(self.grid[self.months].tolist()):
            paths = min(many, left)
            total, left = total + paths * (first + width * (place + 0.5)), left - paths
        return float(total / count)

    def answer(self, question: int) -> Estimate:
        """The probability that the answer to a question is yes."""
        return probability(int(self.yes[question]), int(self.answered[question]))

    def dry_by(self, rung: int, month: int, day: int) -> Estimate:
        """The probability that the cash of a rung is out by the end of a day."""
        return probability(int(self.codes[rung][1 : month * DAYS_A_CODE + day + 2].sum()), self.paths)

    def dry_at(self, rung: int, share: float) -> tuple[int, int] | None:
        """The month and day by which a share of paths is out of cash; None beyond the horizon."""
        import numpy

        so_far = numpy.cumsum(self.codes[rung][1:])
        place = int(numpy.searchsorted(so_far, max(1, ceil(share * self.paths - 1e-9))))
        return None if place >= len(so_far) else (place // DAYS_A_CODE, place % DAYS_A_CODE)


def probability(count: int, paths: int) -> Estimate:
    """A share of paths with its error; where it is 0 or 1, the error is 3 / n.

    >>> probability(0, 1000)
    Estimate(value=0.0, error=0.003)
    """
    share = count / paths
    if count in (0, paths):
        return Estimate(share, min(1.0, NONE_SEEN / paths))
    return Estimate(share, CONFIDENT * sqrt(share * (1 - share) / paths))
