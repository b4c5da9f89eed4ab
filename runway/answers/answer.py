"""The fields that answers about a model have in common: scenario, currency, and the day that runway is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.language.record import Record
from runway.months import month_label

if TYPE_CHECKING:
    from datetime import date

    from runway.model.model import CountedFrom
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class ModelAnswer(Record):
    """An answer about one scenario of a model."""

    model: str
    scenario: str
    currency: str
    minor_digits: int


@dataclass(frozen=True, slots=True, repr=False)
class CountedAnswer(ModelAnswer):
    """An answer that counts runway from a day."""

    counted_since: CountedFrom
    horizon: str  # the last month, beyond which nothing is known

    @property
    def as_of(self) -> date:
        """The day from whose end runway is counted."""
        return self.counted_since.as_of


@dataclass(frozen=True, slots=True, repr=False)
class MonthlyAnswer(ModelAnswer):
    """An answer with rows of months, shown by month, quarter or financial year."""

    months: tuple[str, ...]
    fiscal_year_end: int  # the month in which the financial year ends, 1 to 12
    closed: date | None  # the last day of the books


def about(plan: Plan) -> dict[str, Any]:
    """The fields of a `ModelAnswer`."""
    model, program = plan
    named = {"model": model.settings.name, "scenario": model.scenario, "currency": model.settings.currency}
    return {**named, "minor_digits": program.minor_digits}


def counted_about(plan: Plan) -> dict[str, Any]:
    """The fields of a `CountedAnswer`."""
    last = month_label(plan.program.start + plan.program.months - 1)
    return {**about(plan), "counted_since": plan.model.counted_since, "horizon": last}


def monthly_about(plan: Plan) -> dict[str, Any]:
    """The fields of a `MonthlyAnswer`."""
    model, program = plan
    return {
        **about(plan),
        "months": program.labels,
        "fiscal_year_end": model.settings.fiscal_year_end,
        "closed": model.closed,
    }
