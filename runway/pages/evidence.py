"""The evidence behind a page's figures: the formula of each row, the figures it reads, and their places in the file."""

from __future__ import annotations

import re
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
    rebuilt,
    walk,
)
from runway.months import NEVER
from runway.program.origin import Origins
from runway.program.program import formula_path
from runway.render.figures import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.errors import Place
    from runway.pages.blocks import Pool
    from runway.pages.numbering import Numbering
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow

_FIGURE = re.compile(r"\$(\d+)")


def place_json(place: Place | None, files: dict[str, int]) -> str | int:
    """A line of the first file, or of another by its number in `files`; empty if there is none."""
    if place is None:
        return ""
    file = files.setdefault(place.file, len(files))
    return f"{file}:{place.line}" if file else place.line


def rows_json(plan: Plan, more: Sequence[ProgramRow], places: Numbering, files: dict[str, int]) -> list[Any]:
    """By the place of each row: its formula, file line, and the figures that it reads and its formula does not show."""
    neutral, document = neutral_levers(plan), plan.model.document
    rows: list[Any] = [None] * len(places.rows)
    lines: dict[Any, str | int] = {}
    for row in (*plan.program.usual.rows, *more):
        if row.path not in lines:
            place = None if row.path is None else document.place(formula_path(document, row.path))
            lines[row.path] = place_json(place, files)
        rows[places.rows[row.address]] = _row(row, neutral, places, lines[row.path])
    return rows


def _row(row: ProgramRow, neutral: Mapping[str, float], places: Numbering, where: str | int) -> list[Any]:
    formula = settled(row.formula, neutral)
    read = [node.address for node in walk(formula) if isinstance(node, Parameter)]
    if any(isinstance(node, History) for node in walk(formula)):
        read += [node.address for node in walk(row.opening) if isinstance(node, Parameter)]
    text = formula_text(_numbered_formula(readable_formula(formula), places)).replace(" + -", " - ")
    visible = {int(place) for place in _FIGURE.findall(text)}
    hidden = [place for place in dict.fromkeys(places.parameters[address] for address in read) if place not in visible]
    return [text, where, *([hidden] if hidden else [])]


def _numbered_formula(node: Node, places: Numbering) -> Node:
    """A formula whose rows and figures stand as `#` or `$` and their places, where that is shorter."""
    match node:
        case RowRef(address=address):
            return Name(f"#{places.rows[address]}", 0, 0)
        case Parameter(address=address):
            return Name(f"${places.parameters[address]}", 0, 0)
        case History(function=function, row=row, n=n, between=between):
            named = RowRef(f"#{places.rows[row.address]}")
            days = tuple(RowRef(f"#{places.rows[day.address]}") for day in between)
            return History(function, named, None if n is None else _numbered_formula(n, places), days)
    return rebuilt(node, lambda inner: _numbered_formula(inner, places))


def readable_formula(node: Node) -> Node:
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
    return rebuilt(node, readable_formula)


def _schedule(node: Node) -> str:
    """The schedule that a figure is one step of, whose address ends in a month; empty if it is none."""
    head, _, month = node.address.rpartition(".") if isinstance(node, Parameter) else ("", "", "")
    return head if month[:4].isdecimal() else ""


def figures_json(
    plan: Plan, places: Numbering, pool: Pool, files: dict[str, int], *, notes: bool
) -> dict[int, list[Any]]:
    """By the place of each written figure: its text, file line, source, date, confidence, note and range."""
    origins, sources = Origins(plan), [*plan.model.sources]
    figures: dict[int, list[Any]] = {}
    for address in origins.addresses():
        origin = origins.of(address)
        if address not in places.parameters or origin.place is None:
            continue
        source = None if origin.source is None else sources.index(origin.source)
        remarks = [origin.as_of or "", origin.confidence or "", (origin.note or "") if notes else ""]
        figure = [printable(origin.written), place_json(origin.place, files), source]
        figure += [pool.of([*map(printable, remarks)]) if any(remarks) else None, origin.range_text or None]
        while figure[-1] is None:
            figure.pop()
        figures[places.parameters[address]] = figure
    return figures


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
