"""How a forecast goes on from the books: the driver of a line of revenue is scaled to the revenue of closed months.

Where the books have a line's revenue but not its driver (its subscribers, its units, its amount), the driver of each
closed month is multiplied by the revenue earned over that of the line's formula, and from the end of the last closed
month on by that month's factor.  A row that looks back, as `prev(subs.subscribers)` of another line, so finds the
months before the close as high as the close.  The factors are measured on the figures of the file, so that a change of
a price or of growth acts on the months after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.closed_months import CLOSED, SCALE, SCALE_BEFORE
from runway.language.tree import ONE, Choose, Compare, Node, Parameter, Step, Sum, T
from runway.lines.line import MAIN_NAMES
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.actuals import DriverScale, Value
    from runway.model.model import Item, Model

NEXT = Sum((T, ONE))


def driver_scales(model: Model, values: Mapping[str, tuple[Value, ...]]) -> dict[str, DriverScale | None]:
    """The factors on the drivers of the lines of revenue that the books have without their driver.

    A factor is 1 until it is measured; None where the driver is kept as planned.
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
    """The row of a line that is scaled, and its factor: a state's in each closed month, a level's also after them."""
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
