"""How a forecast goes on from the books: what drives a line of revenue follows what the last closed month earned.

Where the books have a line's revenue but not its driver (its subscribers, its units, its amount), the driver of each
closed month is multiplied by what was earned over what the line's formula gives, and from the last one's end on by that
of the last.  What looks back, as `prev(subs.subscribers)` of another line, so finds the months before the close as high
as the close.  The factors are measured on the figures of the file, so that a change of a price or of growth acts on
what comes after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.settled import CLOSED, SCALE, SCALE_BEFORE
from runway.language.tree import ONE, Choose, Compare, Node, Parameter, Step, Sum, T
from runway.lines.line import MAIN_NAMES
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.actuals import DriverScale, Value
    from runway.model.model import Item, Model

NEXT = Sum((T, ONE))


def driver_scales(model: Model, values: Mapping[str, tuple[Value, ...]]) -> dict[str, DriverScale | None]:
    """The lines of revenue that the books have without their driver, and what that is multiplied by.

    By 1 until it is measured; None where the driver is kept as planned.
    """
    from runway.files.actuals import DriverScale

    assert model.actuals_table is not None
    scales: dict[str, DriverScale | None] = {}
    reanchor = model.actuals_table.reanchor
    for item in model.section("revenue"):
        anchor, earned = item.part.anchor(), values.get(f"{item.name}.{MAIN_NAMES['revenue']}")
        if anchor is None or earned is None or f"{item.name}.{anchor.row}" in values:
            continue
        follows = anchor.itself if reanchor is None else reanchor
        scaled = follows and anchor.proportional and earned[-1].value > 0
        scales[item.name] = DriverScale((1.0,) * (len(earned) - 1)) if scaled else None
    return scales


def scaling(item: Item, model: Model) -> tuple[str, Node] | None:
    """The row of a line that is scaled, and by what: a state in each closed month, a level also from the last on."""
    scale = None if model.actuals is None else model.actuals.scales.get(item.name)
    if scale is None:
        return None
    anchor = item.part.anchor()
    at_close = Compare("==" if anchor.state else ">=", NEXT, Parameter(CLOSED))
    otherwise: Node = ONE
    if scale.before:
        months = tuple(range(len(scale.before)))
        labels = (month_label(model.settings.start + t) for t in months)
        before = Step(months, tuple(Parameter(SCALE_BEFORE.format(item.name, label)) for label in labels))
        otherwise = Choose(Compare("<", NEXT, Parameter(CLOSED)), before, ONE)
    return anchor.row, Choose(at_close, Parameter(SCALE.format(item.name)), otherwise)
