"""The frozen result of a simulation.

Money is in whole currency units, months are counted from the first projected month, probabilities are 0-1.  Every
`error` is half the width of the 95 % interval that the number of paths leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.answers.answer import CountedAnswer
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, documented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from runway.simulation.drivers import RiskDriver, SkewedFigure
    from runway.simulation.totals import Estimate

SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
PLACES = 6  # of probabilities and correlations in JSON, so that no last bit shows


def odds_json(estimate: Estimate) -> dict[str, float]:
    """A probability and its error in JSON."""
    return {"probability": round(estimate.value, PLACES), "error": round(estimate.error, PLACES)}


def amounts_json(estimates: tuple[Estimate, ...]) -> dict[str, list[float]]:
    """Amounts and their errors in JSON; the error of too few paths is no number, which is null there."""
    return {"values": [MoneyAmount(e.value) for e in estimates], "errors": [MoneyAmount(e.error) for e in estimates]}


class Moment(NamedTuple):
    """When a share of paths is out of cash; None beyond the horizon."""

    months: float | None
    date: date | None

    def to_json(self) -> dict[str, Any]:
        return {"months": self.months, "zero_cash_date": self.date}


@dataclass(frozen=True, slots=True)
class Risk:
    """The probability of being out of cash, when one rung of the ladder is counted."""

    counting: str
    by_month: tuple[Estimate, ...]  # by the end of each month
    by_date: Estimate | None  # by the day of --by
    runway: tuple[Moment, ...]  # the day by which each of `SHARES` of the paths is out of cash


@dataclass(frozen=True, slots=True)
class Odds:
    """The probability that a closing draws, that a clause bites, or that a covenant fails."""

    address: str
    title: str
    probability: Estimate

    def to_json(self) -> dict[str, Any]:
        return {"address": self.address, **odds_json(self.probability)}


@dataclass(frozen=True, slots=True)
class ActionOdds:
    """The probability that an action is on in some month up to the ends of years."""

    address: str
    title: str
    by: tuple[tuple[str, Estimate], ...]  # by month

    def to_json(self) -> dict[str, Any]:
        return {"address": self.address, "by": [{"month": month, **odds_json(odds)} for month, odds in self.by]}


@dataclass(frozen=True, slots=True)
class CheckOdds:
    """The probability that a check of the file holds."""

    title: str
    says: str  # as written
    probability: Estimate | None  # None: months after the last one would decide it on some path
    paths: int  # on which it is judged: all of them; fewer for a check that reads the cap table, or that is not known
    not_known: str | None = None  # why

    def to_json(self) -> dict[str, Any]:
        odds = {"probability": None, "error": None} if self.probability is None else odds_json(self.probability)
        return {"title": self.title, "says": self.says, **odds, **documented(self, "paths", "not_known")}


@dataclass(frozen=True, slots=True)
class Contrast:
    """Another scenario on the same draws, and the difference of the probabilities of running out by the horizon."""

    scenario: str
    probability: Estimate
    difference: Estimate  # this scenario less the other, path by path

    def to_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            **odds_json(self.probability),
            "difference": round(self.difference.value, PLACES) + 0.0,
            "difference_error": round(self.difference.error, PLACES),
        }


class Paths(NamedTuple):
    """The raw paths: each array has one number a path."""

    cash: Any  # [months, paths]
    lowest_cash: Any
    zero_cash_month: Any  # [rungs, paths]; -1 beyond the horizon
    zero_cash_day: Any
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True, repr=False)
class Simulation(CountedAnswer):
    """The answer of `runway simulate`."""

    source: str
    months: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    paths: int
    requested: int  # paths that were to run; more than `paths` where it was interrupted
    seed: int
    sampling: str
    counting: str  # the rung of all figures that are not by rung
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
    actions: tuple[ActionOdds, ...]
    checks: tuple[CheckOdds, ...]  # in the order of the file
    without_odds: tuple[str, ...]  # open events that conditions name, on the same day of every path
    unsolved: int  # paths on which a cap table that checks read has no solution, so that they do not hold
    drivers: tuple[RiskDriver, ...]  # the strongest first
    driver_paths: int
    off_median: tuple[SkewedFigure, ...]  # the farthest first
    engine: str = "numpy"  # that stepped through the months
    without_engine: str = ""  # why the compiled one did not, where it would have paid
    versus: Contrast | None = None
    raw: Paths | None = None

    @property
    def partial(self) -> bool:
        return self.paths < self.requested

    @property
    def uncertain(self) -> bool:
        """Whether anything is drawn."""
        return bool(self.drivers)

    def risk(self) -> Risk:
        """The risk of the rung that is reported."""
        return next(risk for risk in self.risks if risk.counting == self.counting)

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; an error is 0 where nothing varies, null with too few paths."""
        floor, worst = self.minimum_cash, self.worst_lowest_cash
        content: dict[str, Any] = {
            **documented(self, "model", "scenario", "currency", "as_of"),
            "changes": dict(self.changes),
            **documented(self, "paths", "partial", "seed", "sampling"),
            "counting": self.counting.removeprefix("+ "),
            "months": self.months,
            "quantiles": SHARES,
            "out_of_cash": [self._risk_json(risk) for risk in self.risks],
            "cash": [amounts_json(month) for month in self.cash],
            "lowest_cash": amounts_json(self.lowest_cash),
            "funding_gap": None if self.funding_gap is None else amounts_json(self.funding_gap),
            "worst_5_percent": {
                "lowest_cash": MoneyAmount(worst),
                "funding_gap": None if floor is None else MoneyAmount(max(0.0, floor - worst)),
            },
            **documented(self, "closings", "clauses", "covenants", "actions", "checks"),
            "without_odds": list(self.without_odds),
            "unsolved_cap_tables": self.unsolved,
            "drivers": [_driver_json(driver) for driver in self.drivers],
            "driver_paths": self.driver_paths,
            "off_median": [{"address": a.address, "share_below": round(a.below, 3)} for a in self.off_median],
        }
        return content if self.versus is None else {**content, "versus": self.versus}

    def _risk_json(self, risk: Risk) -> dict[str, Any]:
        content: dict[str, Any] = {
            "counting": risk.counting.removeprefix("+ "),
            "probability": [round(estimate.value, PLACES) for estimate in risk.by_month],
            "errors": [round(estimate.error, PLACES) for estimate in risk.by_month],
            "runway": risk.runway,
        }
        if self.by is not None and risk.by_date is not None:
            content["by"] = {"date": self.by, **odds_json(risk.by_date)}
        return content


def _driver_json(driver: RiskDriver) -> dict[str, Any]:
    return {
        "address": driver.address,
        "distribution": driver.distribution,
        "runway": None if driver.runway is None else round(driver.runway, PLACES) + 0.0,
        "lowest_cash": None if driver.lowest_cash is None else round(driver.lowest_cash, PLACES) + 0.0,
    }
