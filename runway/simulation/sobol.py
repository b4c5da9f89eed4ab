"""Scrambled Sobol points as normal scores: the figures of a path on the first dimensions, then the monthly draws.

The draws of a figure's months are an orthogonal (cosine) transform of their dimensions, so that the first of these
moves all months together, the next their trend, and so on: the dimensions that Sobol points fill best matter most.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.simulation.draws import BLOCK

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.simulation.draws import Draws

REPLICATES = 16  # independent scramblings, from whose spread the error is estimated
MOST_DIMENSIONS = 21_201
HALF_A_STEP = 2.0**-33


def dimensions_of(draws: Draws) -> int:
    """How many numbers one path draws."""
    return len(draws.scored) + len(draws.monthly) * draws.program.months


def require_sobol(draws: Draws) -> None:
    """Raises `InputError` where a model draws too many numbers, or scipy is not installed."""
    if dimensions_of(draws) > MOST_DIMENSIONS:
        drawn = f"this model draws {dimensions_of(draws):,} numbers for a path"
        text = f"Sobol points have at most {MOST_DIMENSIONS:,} dimensions; {drawn}. Leave out --sampling."
        raise InputError(Problem("too-many-dimensions", text))
    try:
        import scipy.stats  # noqa: F401  # only whether it is there
    except ImportError:
        text = '--sampling sobol needs scipy, which is not installed: pip install "runway-as-code[analysis]".'
        raise InputError(Problem("extra-not-installed", text)) from None


class Points:
    """The points of one replicate from `start` on."""

    def __init__(self, draws: Draws, seed: int, replicate: int, start: int, paths: int) -> None:
        import warnings

        import numpy
        from scipy.special import ndtri
        from scipy.stats import qmc

        volatile = list(draws.monthly)
        self.place = {address: n for n, address in enumerate(draws.scored)}
        months = draws.program.months
        key = int.from_bytes(sha256(f"sobol/{seed}/{replicate}".encode()).digest()[:8], "little")
        engine = qmc.Sobol(max(dimensions_of(draws), 1), scramble=True, rng=numpy.random.default_rng(key))
        if start:
            engine.fast_forward(start)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a block need not be a power of two; a replicate is
            points = engine.random(paths)
        self.scores = ndtri(points + HALF_A_STEP).T.copy()
        self.paths = paths
        first, many = len(self.place), len(volatile)
        waves = _cosines(months)
        self.monthly = {
            # einsum adds up in one order, whatever the machine's linear algebra would do
            address: numpy.einsum("kt,kn->tn", waves, self.scores[first + n :: many][:months])
            for n, address in enumerate(volatile)
        }

    def per_path(self, address: str) -> Any:
        import numpy

        scores = numpy.zeros(BLOCK)
        scores[: self.paths] = self.scores[self.place[address]]
        return scores

    def per_month(self, address: str, months: range) -> Callable[[int, Any], None]:
        def fill(t: int, out: Any) -> None:
            out[:] = self.monthly[address][t] if t in months else 0.0

        return fill


def _cosines(months: int) -> Any:
    """The rows of the orthonormal cosine transform, the slowest first."""
    import numpy

    place = numpy.arange(months)
    waves = numpy.cos(numpy.pi / months * numpy.outer(place, place + 0.5)) * (2 / months) ** 0.5
    waves[0] /= 2**0.5
    return waves
