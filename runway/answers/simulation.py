"""The frozen result of a simulation.

Money is in whole currency units, months are counted from the first projected month, probabilities are 0-1.  Every
`error` is half the width of the 95 % interval that the number of paths leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulation.drivers import Aside, Driver
from runway.simulation.totals import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

__all__ = ["Aside", "Driver", "Estimate", "Held", "Moment", "Odds", "Paths", "Risk", "Simulation", "Versus"]

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)


class Moment(NamedTuple):
    """When a share of paths is out of cash; None beyond the horizon."""

    months: float | None
    date: date | None


@dataclass(frozen=True, slots=True)
class Risk:
    """How probable it is to be out of cash, when one rung of the ladder is counted."""

    counting: str
    by_month: tuple[Estimate, ...]  # by the end of each month
    by_date: Estimate | None  # by the day that was asked for
    runway: tuple[Moment, ...]  # the day by which each of `SHARES` of the paths is out of cash

    @property
    def by_horizon(self) -> Estimate:
        return self.by_month[-1]


@dataclass(frozen=True, slots=True)
class Odds:
    """The probability that a closing draws, that a clause bites, or that a covenant fails."""

    address: str
    title: str
    probability: Estimate


@dataclass(frozen=True, slots=True)
class Held:
    """The probability that a check of the file holds."""

    title: str
    says: str  # as written
    probability: Estimate
    paths: int  # all of them; fewer for a check that reads the cap table


@dataclass(frozen=True, slots=True)
class Versus:
    """Another scenario on the same draws: what running out by the horizon is more probable by."""

    scenario: str
    probability: Estimate
    difference: Estimate  # this scenario less the other, path by path


class Paths(NamedTuple):
    """The raw paths: each array has one number a path."""

    cash: Any  # [months, paths]
    lowest_cash: Any
    zero_cash_month: Any  # [rungs, paths]; -1 beyond the horizon
    zero_cash_day: Any
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What `runway simulate` found."""

    model: str
    source: str
    scenario: str
    currency: str
    minor_digits: int
    months: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    paths: int
    wanted: int  # paths that were asked for; more than `paths` where it was interrupted
    seed: int
    sampling: str
    counting: str  # the rung of all that is not told by rung
    funded: bool  # whether there is funding to count
    planned: bool  # whether some of it is only planned
    by: date | None
    minimum_cash: float | None  # None where it is uncertain
    risks: tuple[Risk, ...]
    cash: tuple[tuple[Estimate, ...], ...]  # closing cash, by month and by `SHARES`
    lowest_cash: tuple[Estimate, ...]
    funding_gap: tuple[Estimate, ...] | None  # by `SHARES` of the gap itself; None where the floor is uncertain
    worst_lowest_cash: float  # its mean over the worst 5 % of paths
    closings: tuple[Odds, ...]
    clauses: tuple[Odds, ...]
    covenants: tuple[Odds, ...]  # that each fails at some month's end
    checks: tuple[Held, ...]  # in the order of the file
    unsolved: int  # paths on which a cap table that checks read has no solution, so that they do not hold
    drivers: tuple[Driver, ...]  # the strongest first
    driver_paths: int
    off_median: tuple[Aside, ...]  # the farthest first
    versus: Versus | None = None
    raw: Paths | None = None

    @property
    def partial(self) -> bool:
        return self.paths < self.wanted

    @property
    def uncertain(self) -> bool:
        """Whether anything is drawn."""
        return bool(self.drivers)

    def risk(self) -> Risk:
        """The risk of the rung that is reported."""
        return next(risk for risk in self.risks if risk.counting == self.counting)

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON."""
        from runway.answers.simulation_to_dict import simulation_to_dict

        return simulation_to_dict(self)
