"""The cost of closing the company decently, and the last day on which free cash still covers it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from runway.answers.projection import ReservePart, WindDownReserve
from runway.engine.ladder import LADDER, day_at
from runway.program.debt import loans
from runway.program.wind_down import PARTS, RESERVE

if TYPE_CHECKING:
    from datetime import date

    from runway.engine.rung_runs import RungRuns


def wind_down(ladder: RungRuns, counted: int) -> WindDownReserve:
    """The reserve of the rung that is `counted`, and the last day to decide of each.

    On each day of a month cash is held against the reserve of the month's end, both without a loan of that month:
    before its day it is neither there nor owed.  A day in closed months, or before the base day, is
    given where it is past and cash is short still.
    """
    runner, start = ladder.runner, ladder.runner.program.start
    table = runner.model.wind_down
    assert table is not None
    lines = runner.layout.credit_lines  # which cover dips before they are drawn
    loan_cash = [f"{item.name}.cash" for item in loans(runner.model) if table.debt and item.name not in lines]

    def first_short(place: int) -> tuple[int, int] | None:
        rows, overrides = ladder.rows(place), LADDER[place].overrides
        floors = [
            reserve - sum(lent) for reserve, *lent in zip(rows[RESERVE], *(rows[row] for row in loan_cash), strict=True)
        ]
        rows = {**rows, **{row: [0.0] * len(floors) for row in loan_cash}}
        at = runner.days(rows, overrides).first_below(floors, now)
        if at != (now, runner.layout.since(now)):
            return at
        return runner.whole().days(rows, overrides).first_below(floors)

    now = min(runner.model.past, runner.program.months - 1)
    first_short_days = [first_short(place) for place in range(len(LADDER))]

    def decide(at: tuple[int, int] | None) -> date | None:
        return None if at is None else day_at(start + at[0], at[1]) - timedelta(days=1)

    rows, at = ladder.rows(counted), first_short_days[counted]
    then = None if at is None else at[0]
    return WindDownReserve(
        decide_by={rung.title: decide(at) for rung, at in zip(LADDER, first_short_days, strict=True)},
        parts=tuple(
            ReservePart(row, title, rows[row][now], None if then is None else rows[row][then])
            for row, title in (*PARTS.items(), (RESERVE, "Wind-down reserve"))
        ),
    )
