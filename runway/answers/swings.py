"""The frozen answer of `runway sensitivity`: sweeps of one figure, a grid of two, the swing of every one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import TYPE_CHECKING, Any

from runway.answers.answer import CountedAnswer
from runway.language.record import MoneyAmount, documented
from runway.words import range_text

if TYPE_CHECKING:
    from runway.engine.ladder import Rung


@dataclass(frozen=True, slots=True)
class Case:
    """One value of a figure, and the rung and the metric at it."""

    change: float  # relative, in months, or the value itself, by the range's `how`
    values: dict[str, float]  # the written numbers that were used
    outcome: Rung
    metric: float | None  # of `MetricFigure`
    is_base: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "values": {address: float(value) for address, value in self.values.items()},
            "base": self.is_base,
        }


@dataclass(frozen=True, slots=True)
class Sweep:
    """One figure over a range."""

    address: str
    how: str  # relative, absolute, shift
    percent: bool  # whether absolute values are shown in per cent
    base: Rung
    cases: tuple[Case, ...]

    def to_json(self) -> dict[str, Any]:
        cases = [
            {
                **case.to_json(),
                **case.outcome.figures(),
                "metric": case.metric,
                "against_base": against(case.outcome, self.base),
            }
            for case in self.cases
        ]
        return {"address": self.address, "how": self.how, "cases": cases}


def against(outcome: Rung, base: Rung) -> dict[str, Any]:
    """The change of each figure against the base; None where one of the two is beyond the horizon."""
    both = outcome.months is not None and base.months is not None
    days = None
    if outcome.zero_cash_date is not None and base.zero_cash_date is not None:
        days = (outcome.zero_cash_date - base.zero_cash_date).days
    return {
        "months": (outcome.months or 0.0) - (base.months or 0.0) if both else None,
        "days": days,
        **{
            name: MoneyAmount(getattr(outcome, name) - getattr(base, name))
            for name in ("lowest_cash", "funding_gap", "closing_cash")
        },
    }


@dataclass(frozen=True, slots=True)
class Grid:
    """One metric over two figures: `cells[row][column]`, None beyond the horizon."""

    addresses: tuple[str, str]
    hows: tuple[str, str]
    percents: tuple[bool, bool]
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    metric: str
    unit: str  # months, money, or that of a row: share, multiple, number
    cells: tuple[tuple[float | None, ...], ...]

    @property
    def equal(self) -> tuple[bool, bool]:
        """Whether all rows are the same, and all columns: the metric does not move with the first or second figure."""
        return len(set(self.cells)) == 1, all(len(set(row)) == 1 for row in self.cells)

    def to_json(self) -> dict[str, Any]:
        return {
            "addresses": self.addresses,
            "how": self.hows,
            "rows": list(map(float, self.rows)),
            "columns": list(map(float, self.columns)),
            **documented(self, "metric", "unit", "cells"),
            "without_effect": [address for address, equal in zip(self.addresses, self.equal, strict=True) if equal],
        }


@dataclass(frozen=True, slots=True)
class Swing:
    """The swing of a metric between the ends of one figure's range; 0 without effect."""

    address: str
    low: float
    high: float
    percent: bool  # whether the ends are shown in per cent
    stated: bool  # whether the range is the file's own, else ±10 %
    at_low: Rung
    at_high: Rung
    low_value: float | None  # of the metric
    high_value: float | None
    swing: float  # of the metric; in months an end beyond the horizon is counted as the horizon

    @property
    def cash(self) -> float:
        """The swing of the lowest cash."""
        return abs(self.at_high.lowest_cash - self.at_low.lowest_cash)

    def moves(self, metric: str) -> bool:
        """Whether the figure moves the metric; runway is moved by a figure that moves cash alone, too."""
        return self.at_low != self.at_high if metric == "runway" else self.low_value != self.high_value

    @property
    def ends_text(self) -> str:
        """The range in a table; ±10 % has other ends where the field has a bound, or whole numbers only."""
        if not self.stated and isclose(self.low * 1.1, self.high * 0.9, rel_tol=1e-6):
            return "±10 %"
        return range_text(self.low, self.high, percent=self.percent, digits=3)

    def to_json(self) -> dict[str, Any]:
        ends = {"low": float(self.low), "high": float(self.high), "stated": self.stated}
        outcomes = {
            "at_low": {**self.at_low.figures(), "metric": self.low_value},
            "at_high": {**self.at_high.figures(), "metric": self.high_value},
        }
        return {"address": self.address, **ends, **outcomes, "swing": float(self.swing)}


@dataclass(frozen=True, slots=True)
class Threshold:
    """The change of a figure at which runway falls below a number of months; None: not within the range."""

    address: str
    how: str
    percent: bool
    at_least: float
    change: float | None


@dataclass(frozen=True, slots=True)
class MetricFigure:
    """The metric of `--metric`, and its value without a change."""

    name: str
    unit: str  # share, months, money, or that of a row
    base: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Sensitivity(CountedAnswer):
    """The answer of `runway sensitivity`."""

    rung: str
    climbed: bool  # whether lower rungs were left because a figure has no effect on them
    base: Rung
    metric: MetricFigure
    sweeps: tuple[Sweep, ...]
    grid: Grid | None
    tornado: tuple[Swing, ...]  # largest swing first
    without_effect: tuple[str, ...]
    refused: tuple[str, ...]  # figures that the file could not hold at the ends of their range
    breakpoints: tuple[Threshold, ...]

    @property
    def in_money(self) -> bool:
        """Whether it has any money, rather than months alone."""
        return bool(self.sweeps) or self.metric.unit == "money"

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; parts that no option asked for are empty or null."""
        return {
            **documented(self, "model", "scenario", "currency", "as_of"),
            "counting": self.rung,
            "climbed": self.climbed,
            "base": self.base.figures(),
            **documented(self, "metric", "sweeps", "grid", "tornado", "without_effect", "refused", "breakpoints"),
        }
