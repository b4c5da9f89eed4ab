"""A figure as a tree of its formula's terms, and the lines of the file that it rests on."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

from runway.answers.explain import Explanation, day_of
from runway.answers.word import meaning
from runway.render.figures import UNITS, Scale, month
from runway.render.report import Block, Cell, Column, Prose, Report, Row, Table
from runway.render.tree import Leaf, Tree
from runway.words import list_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.explain import Term
    from runway.program.origin import Origin
    from runway.render.report import Value

SHOWN = 12  # rows that read a figure


def report(explanation: Explanation) -> Report:
    """The figure, its tree, then every written figure that it rests on; `main` has a row a term of the tree."""
    sections: list[list[Block]] = [*_about(explanation), [_tree(explanation.term, explanation)], _inputs(explanation)]
    return Report(
        (explanation.model, explanation.scenario, explanation.currency),
        Scale(explanation.currency, explanation.minor_digits, *UNITS[0]),
        [section for section in sections if section],
        main=lambda: Table("", MAIN, list(_rows(explanation.term, explanation, 0))),
    )


def _about(explanation: Explanation) -> Iterator[list[Block]]:
    """The address and its title, where that is not the name of the tree; of a closing or clause its status and why."""
    address = explanation.address
    title = f" ({explanation.title})" if explanation.title and explanation.title != address else ""
    if explanation.fate is not None:
        status, reason = explanation.fate
        yield [Prose(f"{address}{title}: {status}", style="bold"), Prose(reason, "    ")]
    elif title or explanation.term.address != address:
        yield [Prose(f"{address}{title}", style="dim")]
    elif text := meaning(address):
        yield [Prose(text)]


def _tree(term: Term, explanation: Explanation) -> Tree:
    leaves = [Leaf(term.formula, "= ")] if term.formula else []
    leaves += [Leaf(origin_text(term.origin))] if term.origin is not None else []
    if term.above or term.deeper:
        leaves.append(Leaf("as above" if term.above else "more below; --depth shows it"))
    name = term.address + (f" {month(term.month)}" if term.month else "")
    branches = [_tree(inner, explanation) for inner in term.terms]
    return Tree(name, value_text(term, explanation), leaves, branches)


def value_text(term: Term, explanation: Explanation) -> str:
    """The value in its unit: money to the minor unit, a figure as it is written, a date, holds or does not hold."""
    if term.unit == "condition":
        return "holds" if term.value else "does not hold"
    if term.origin is not None:
        return term.origin.written
    if isnan(term.value):
        return "undefined"
    if term.unit == "date":
        return day_of(term.value, explanation.start)
    size = abs(term.value)
    text = f"{size:,.{explanation.minor_digits}f}" if term.unit == "money" else f"{size:,.8g}"
    if "e" in text:
        text = f"{size:,.0f}"
    return f"({text})" if term.value < 0 else text


def origin_text(origin: Origin) -> str:
    """Where a figure stands, and its source, confidence, range and note, in one line of text."""
    dated = f"as of {origin.as_of}" if origin.as_of else ""
    remarks = [origin.where, ", ".join(filter(None, (origin.title, dated)))]
    if origin.confidence:
        remarks.append(f"confidence {origin.confidence}")
    return " · ".join(filter(None, (*remarks, origin.range_text, origin.note)))


def _inputs(explanation: Explanation) -> list[Block]:
    """The written figures below; of a figure itself, the rows that read it."""
    readers = explanation.used_by
    if readers:
        return [Prose(f"read by {list_text(readers, SHOWN)}")]
    blocks: list[Block] = []
    if explanation.inputs:
        rows = [
            Row([origin.address, origin.written], below=[Prose(origin_text(origin), "    ", "dim")])
            for origin in explanation.inputs
        ]
        columns = (Column("figure", wraps=True), Column("as written", align="right"))
        blocks.append(Table("WHAT IT RESTS ON", columns, rows, "at any depth, in the order of the file"))
    if explanation.defaults:
        defaults = ", ".join(origin.address for origin in explanation.defaults)
        blocks.append(Prose(f"left out, so the default: {defaults}", style="dim"))
    return blocks


MAIN = (
    Column("depth", "count"), Column("address"), Column("month"), Column("value", "number"), Column("unit"),
    Column("formula"), Column("written"), Column("file"), Column("line", "count"), Column("source"), Column("as_of"),
    Column("confidence"), Column("note"),
)  # fmt: skip


def _rows(term: Term, explanation: Explanation, depth: int) -> Iterator[Row]:
    """A term and the terms below it, each with its depth; a condition that holds is 1."""
    value = Cell(term.typed(explanation.start), "money" if term.unit == "money" else None)
    origin = {} if term.origin is None else term.origin.to_json()
    cells: list[Value | Cell] = [depth, term.address, term.month, value, term.unit, term.formula]
    yield Row([*cells, *(origin.get(column.head) for column in MAIN[len(cells) :])])
    for inner in term.terms:
        yield from _rows(inner, explanation, depth + 1)
