"""Thirteen weeks of cash: receipts, payments, and the lowest day of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from runway.answers.answer import ModelAnswer, about
from runway.engine.ladder import LADDER, default_rung, runner_of
from runway.engine.weeks import weeks

if TYPE_CHECKING:
    from datetime import date

    from runway.engine.weeks import Week
    from runway.language.record import Money
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class WeekByWeek(ModelAnswer):
    """The weeks after the day from which runway is counted, on one rung of the ladder."""

    as_of: date
    closed: date | None  # the last day in the books
    counting: str
    minimum_cash: Money
    restricted: bool  # whether some cash is set aside, which is not free to spend
    weeks: tuple[Week, ...]

    KEYS: ClassVar = ("model", "scenario", "currency", "as_of", "counting", "minimum_cash", "weeks")


def week_by_week(plan: Plan) -> WeekByWeek:
    """The next thirteen weeks, or those that the plan has, on the rung of `[model] counting`."""
    model, runner = plan.model, runner_of(plan)
    rung = LADDER[default_rung(model)]
    rows = runner.engine.run(rung.overrides)
    return WeekByWeek(
        **about(plan),
        as_of=model.base_day,
        closed=model.closed,
        counting=rung.name,
        minimum_cash=rows["minimum_cash"][0],
        restricted=any(rows["restricted_cash"]),
        weeks=tuple(weeks(runner, rows, dict(rung.overrides), model.base_day)),
    )
