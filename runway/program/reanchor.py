"""How a forecast goes on from the books: what drives a line of revenue follows what the last closed month earned.

Where the books have a line's revenue but not its driver (its subscribers, its units, its amount), the driver is
multiplied by what was earned over what the line's formula gives, both of the last closed month, from its end on.  The
factor is measured on the figures of the file, so that a change of a price or of growth acts on what comes after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.settled import CLOSED, SCALE
from runway.language.tree import ONE, Choose, Compare, Node, Parameter, Sum, T
from runway.lines.line import MAIN_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.actuals import Value
    from runway.model.model import Item, Model

NEXT = Sum((T, ONE))


def followed(model: Model, values: Mapping[str, tuple[Value, ...]]) -> dict[str, float | None]:
    """The lines of revenue that the books have without their driver, and what that is multiplied by.

    1.0 until it is measured; None where the driver is kept as planned.
    """
    assert model.actuals_table is not None
    found: dict[str, float | None] = {}
    asked = model.actuals_table.reanchor
    for item in model.section("revenue"):
        anchor, earned = item.part.anchor(), values.get(f"{item.name}.{MAIN_NAMES['revenue']}")
        if anchor is None or earned is None or f"{item.name}.{anchor.row}" in values:
            continue
        wanted = anchor.itself if asked is None else asked
        scaled = wanted and anchor.proportional and earned[-1].value > 0
        found[item.name] = 1.0 if scaled else None
    return found


def scaling(item: Item, model: Model) -> tuple[str, Node] | None:
    """The row of a line that is scaled, and by what: a state in the last closed month, a level from that one on."""
    if model.actuals is None or model.actuals.scales.get(item.name) is None:
        return None
    anchor = item.part.anchor()
    at_close = Compare("==" if anchor.state else ">=", NEXT, Parameter(CLOSED))
    return anchor.row, Choose(at_close, Parameter(SCALE.format(item.name)), ONE)
