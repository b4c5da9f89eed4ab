"""The runs of a plan that its answers are read off: each rung of the ladder once, and cash in hand far beyond."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER, Rows, Rung, Runner, rung_of
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.ownership.ownership import Ownership

LOOK_AHEAD = 120
"""Months of a far run, from the start; fewer where the figures grow beyond all bounds."""


class FarRun(NamedTuple):
    """A run over many months, of the plan's own and then of those that follow."""

    runner: Runner
    rows: Rows


def far_run(runner: Runner, overrides: Mapping[str, Any]) -> FarRun:
    """The run of some overrides over ten years, or up to the month in which its figures cannot be computed any more."""
    rows = runner.engine.as_far_as(max(LOOK_AHEAD, runner.program.months), overrides)
    return FarRun(runner.over(len(rows["cash"])), rows)


class RungRuns:
    """The runs of a plan's rungs, each made at its first use and kept for all figures that are read off it.

    `beside` are overrides of all of them.
    """

    def __init__(self, runner: Runner, beside: Mapping[str, float] = MappingProxyType({})) -> None:
        self.runner = runner
        self._overrides = [{**counting.overrides, **beside} for counting in LADDER]
        self._rows: dict[int, Rows] = {}
        self._rungs: dict[int, Rung] = {}
        self._overrides_read: list[Mapping[str, float]] = []

    @cached_property
    def far(self) -> FarRun:
        """Cash in hand over ten years; its own months are that rung's run."""
        far, months = far_run(self.runner, self._overrides[0]), self.runner.program.months
        self._rows.setdefault(0, {address: values[:months] for address, values in far.rows.items()})
        return far

    def rows(self, place: int) -> Rows:
        """Every row as a rung counts it, by month; the same object where another rung counts the same."""
        if place not in self._rows:
            same = self.same(place)
            self._rows[place] = self._run(place) if same == place else self.rows(same)
        return self._rows[place]

    def _run(self, place: int) -> Rows:
        engine = self.runner.engine
        return engine.run(self._overrides[place]) if self._overrides_read[place] else engine.as_written

    def rung(self, place: int) -> Rung:
        """A rung of the ladder."""
        if place not in self._rungs:
            same = self.same(place)
            counted = rung_of(self.runner, place, self.rows(place)) if same == place else self.rung(same)
            self._rungs[place] = counted._replace(counting=LADDER[place].title)
        return self._rungs[place]

    def same(self, place: int) -> int:
        """The first rung with the same overrides of the parameters that formulas and daily cash read."""
        if not self._overrides_read:
            read = self.runner.engine.source().read.union(self.runner.layout.names())
            self._overrides_read = [{a: v for a, v in overrides.items() if a in read} for overrides in self._overrides]
        return self._overrides_read.index(self._overrides_read[place])

    @cached_property
    def ownership(self) -> Ownership:
        """The cap table of the scenario as written.

        Raises `InputError` where it cannot be solved.
        """
        from runway.ownership.register import ownership

        return ownership(self.runner.model, self.rows(len(LADDER) - 1))
