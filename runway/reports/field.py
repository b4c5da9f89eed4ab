"""A field: its meaning and dimension in each kind and section that has it, and where a model has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN
from runway.render.report import Block, Column, Prose, Report, Row, Table
from runway.render.tree import Leaf, Tree
from runway.reports.kinds import fields_table, header, without
from runway.words import list_text

if TYPE_CHECKING:
    from runway.answers.field import FieldUse, FieldUses, TableField

SHOWN = 12  # figures of the model
MAIN = (
    Column("field"), Column("kinds"), Column("sections"), Column("what it is"), Column("value"), Column("without it"),
)  # fmt: skip


def report(field: FieldUses) -> Report:
    """A table for each use; `main` has them below each other."""
    sections: list[list[Block]] = [] if field.at is None else [[_at(field.at, without(field.uses[0].field))]]
    sections += [[Prose(_tables_text(use)), fields_table("", (use.field,))] for use in field.uses]
    if field.figures:
        sections.append([Prose(f"in this model {list_text(field.figures, SHOWN)}")])
    sections.append([Prose(f"runway kinds {field.uses[0].kinds[0]} has an example and the other fields.")])
    return Report((field.name, "a field of assumption files"), PLAIN, sections, main=lambda: _main(field))


def _at(at: TableField, without_it: str) -> Tree:
    """The field of one table: its value and line, or that it is left out, and the value without it."""
    if at.written is not None:
        return Tree(at.address, at.written, [Leaf("" if at.place is None else f"{at.place.file}:{at.place.line}")])
    if at.table is not None:
        return Tree(at.address, "not written", [Leaf(f"the file has no [{at.table}]")])
    return Tree(at.address, "not written", [Leaf(f"without it: {without_it}")] if without_it else [])


def _tables_text(use: FieldUse) -> str:
    """The kinds that have a field and their sections, or the sections alone where these have no kinds."""
    headers = ", ".join(map(header, use.sections))
    return headers if use.kinds == use.sections else f"{', '.join(use.kinds)} · {headers}"


def _main(field: FieldUses) -> Table:
    at = {} if field.at is None else field.at.to_json()
    rows = [
        Row([f.name, " ".join(kinds), " ".join(sections), f.description, f.what, without(f), *at.values()])
        for kinds, sections, f in field.uses
    ]
    return Table("", (*MAIN, *map(Column, at)), rows)
