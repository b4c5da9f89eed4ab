"""What a figure of a page leads to: the formula of each row, what it reads, and where each written figure stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.explain import neutral_levers
from runway.engine.trace import settled
from runway.language.python import formula_text
from runway.language.tree import (
    Happened,
    History,
    Name,
    Node,
    Number,
    Parameter,
    RowRef,
    Step,
    children,
    rebuilt,
    walk,
)
from runway.months import NEVER
from runway.program.origin import Origins
from runway.program.program import formula_path
from runway.render.figures import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.pages.blocks import Pool
    from runway.pages.numbering import Numbering
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow


def rows_json(plan: Plan, places: Numbering) -> list[Any]:
    """By the place of each row: its formula, the rows it reads in this month and earlier ones, figures, file line."""
    neutral, document = neutral_levers(plan), plan.model.document
    found: list[Any] = [None] * len(places.rows)
    lines: dict[Any, str] = {}
    for row in plan.program.usual.rows:
        if row.path not in lines:
            place = None if row.path is None else document.place(formula_path(document, row.path))
            lines[row.path] = "" if place is None else f"{place.file}:{place.line}"
        found[places.rows[row.address]] = _row(row, neutral, places, lines[row.path])
    return found


def _row(row: ProgramRow, neutral: Mapping[str, float], places: Numbering, where: str) -> list[Any]:
    formula = settled(row.formula, neutral)
    now, before, figures = dict[int, None](), dict[int, None](), dict[int, None]()
    left = [formula]
    while left:
        node = left.pop(0)
        if isinstance(node, History):
            (before if node.function in ("prev", "lag") else now)[places.rows[node.row.address]] = None
            left += [] if node.n is None else [node.n]
            continue
        if isinstance(node, RowRef):
            now[places.rows[node.address]] = None
        elif isinstance(node, Parameter):
            figures[places.parameters[node.address]] = None
        left[:0] = children(node)
    opening = [places.parameters[node.address] for node in walk(row.opening) if isinstance(node, Parameter)]
    if before:
        figures |= dict.fromkeys(opening)
    text = formula_text(shown(formula)).replace(" + -", " - ")
    return [text, [*now], [*before], [*figures], where]


def shown(node: Node) -> Node:
    """A formula as it is read: schedules and events by their names."""
    match node:
        case Step(values=values):
            named = {schedule for value in values for part in walk(value) if (schedule := _schedule(part))}
            if len(named) == 1:
                return Name(named.pop(), 0, 0)
        case Happened(date=Parameter(address=address)):
            return Name(address.removesuffix(".date"), 0, 0)
        case Number(value=value) if value == NEVER:
            return Name("never", 0, 0)
    return rebuilt(node, shown)


def _schedule(node: Node) -> str:
    """The schedule that a figure is one step of, whose address ends in a month; empty if it is none."""
    head, _, month = node.address.rpartition(".") if isinstance(node, Parameter) else ("", "", "")
    return head if month[:4].isdecimal() else ""


def figures_json(plan: Plan, places: Numbering, pool: Pool, *, notes: bool) -> dict[int, list[Any]]:
    """By the place of each written figure: its text, file line, source, date, confidence, note and range."""
    origins, sources = Origins(plan), [*plan.model.sources]
    found: dict[int, list[Any]] = {}
    for address in origins.addresses():
        origin = origins.of(address)
        if address not in places.parameters or (address.startswith("levers.") and origin.place is None):
            continue
        source = None if origin.source is None else sources.index(origin.source)
        said = [origin.as_of or "", origin.confidence or "", (origin.note or "") if notes else ""]
        ranged = "" if origin.low is None or " to " in origin.written else f"{origin.low:.6g} to {origin.high:.6g}"
        found[places.parameters[address]] = [
            printable(origin.written),
            "" if origin.place is None else f"{origin.place.file}:{origin.place.line}",
            source,
            pool.of([*map(printable, said)]),
            ranged,
        ]
    return found


def sources_json(plan: Plan, *, notes: bool) -> list[list[str]]:
    """Each source: its name, title, publisher, address, date and note."""
    return [
        [
            name,
            *(printable(str(getattr(source, key) or "")) for key in ("title", "publisher", "url", "as_of")),
            printable(str(getattr(source, "note", None) or "")) if notes else "",
        ]
        for name, source in plan.model.sources.items()
    ]
