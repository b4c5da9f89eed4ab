"""The actions of management: the month from which each is on, and the values that decided it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.closings import values_read
from runway.answers.projection import ActionResult
from runway.engine.ladder import LADDER
from runway.months import date_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.engine.ladder import Rows
    from runway.language.figure import Figure
    from runway.model.model import Item
    from runway.program.plan import Plan


def actions(plan: Plan, runs: Sequence[Rows]) -> tuple[ActionResult, ...]:
    """Each action, on every rung of the ladder; `runs` has the rows of each."""
    return tuple(_action(item, plan, runs) for item in plan.model.section("actions"))


def _action(item: Item, plan: Plan, runs: Sequence[Rows]) -> ActionResult:
    start, name, rows = plan.program.start, item.name, runs[-1]
    condition = " ".join(item.part.when.text.split())

    def first(run: Rows, row: str) -> int | None:
        return next((t for t, on in enumerate(run[f"{name}.{row}"]) if on), None)

    def month(t: int | None) -> date | None:
        return None if t is None else date_at(t, start)

    met, since = first(rows, "holds"), first(rows, "on")
    if not plan.program.parameters[f"{name}.active"]:
        status, reason = "not taken", "active is false"
    elif met is None:
        status, reason = "waiting", f"{condition} does not hold in any month"
    else:
        formula = next(row.formula for row in plan.program.rows if row.address == f"{name}.holds")
        status = "waiting" if since is None else "on" if rows[f"{name}.on"][-1] else "over"
        reason = f"{condition}{values_read(plan.program, rows, name, met, formula)}"
    return ActionResult(
        address=name,
        title=item.title,
        sets=tuple(_set_text(address, figure) for address, figure in item.part.set.items()),
        status=status,
        since=month(since),
        months=int(sum(rows[f"{name}.on"])),
        since_by_rung={rung.title: month(first(run, "on")) for rung, run in zip(LADDER, runs, strict=True)},
        reason=reason,
    )


def _set_text(address: str, figure: Figure) -> str:
    """The value that an action sets a figure to, as it is written."""
    from runway.model.action import RELATIVE

    first, *steps = figure.entries
    if figure.dimension == RELATIVE:
        return f"{address} changed by {first.text}"
    return ", ".join([f"{address} = {first.text}", *(f"{step.text} from {step.month}" for step in steps)])
