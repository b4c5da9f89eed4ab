"""The rows of loans up to their last payment, which may be after the last month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.certain import FARTHEST
from runway.engine.run import Engine

if TYPE_CHECKING:
    from runway.engine.ladder import Rows
    from runway.program.plan import Plan


def to_the_end(plan: Plan, rows: Rows) -> Rows:
    """The rows of a run without overrides, those of each loan that is still owed at its end with the months after it.

    The interest that has built up by a day, and the fee of the last payment, are read off the payments that follow it.
    """
    months, needed, last = plan.program.months, list[str](), 0
    for item in plan.model.section("funding"):
        balance = rows.get(f"{item.name}.balance")
        if balance is None or not balance[-1]:
            continue
        loan_rows = {row: rows[f"{item.name}.{row}"] for row in item.part.rows()}
        if months <= (by := item.part.repaid_by(loan_rows)) < FARTHEST:
            needed += [f"{item.name}.{row}" for row in loan_rows]
            last = max(last, by)
    if not needed:
        return rows
    longer = Engine(plan.program.only(needed), plan.model.document).beyond(last + 1)
    return {**rows, **{row: longer[row] for row in needed}}
