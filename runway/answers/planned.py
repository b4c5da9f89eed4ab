"""The rung as it was planned: that of the same file without its actuals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.projection import PlannedRung
from runway.engine.ladder import LADDER, rung_of, runner_of
from runway.engine.load import load_planned

if TYPE_CHECKING:
    from runway.engine.ladder import Rows
    from runway.program.plan import Plan


def planned_rung(plan: Plan, closed: int, place: int, as_written: Rows) -> PlannedRung:
    """The rung as planned, from the same day, and the revenue of the closed months above the plan."""
    runner = runner_of(load_planned(plan))
    rows = runner.engine.run(LADDER[place].overrides)
    actual, planned = (sum(values["total.revenue"][:closed]) for values in (as_written, rows))
    rung = rung_of(runner, place, rows)
    return PlannedRung(rung.months, rung.zero_cash_date, round(actual - planned, runner.program.minor_digits))
