"""A field: what it is in each kind and section that has it, and where a model has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN
from runway.render.report import Block, Column, Prose, Report, Row, Table
from runway.reports.kinds import fields_table, header, without

if TYPE_CHECKING:
    from runway.answers.field import FieldUse, FieldUses

SHOWN = 12  # figures of the model
MAIN = (
    Column("field"), Column("kinds"), Column("sections"), Column("what it is"), Column("value"), Column("without it"),
)  # fmt: skip


def report(field: FieldUses) -> Report:
    """A table for each use; `main` has them below each other."""
    sections: list[list[Block]] = [[Prose(_where(use)), fields_table("", (use.field,))] for use in field.uses]
    if field.figures:
        more = f" and {len(field.figures) - SHOWN} more" if len(field.figures) > SHOWN else ""
        sections.append([Prose(f"in this model {', '.join(field.figures[:SHOWN])}{more}")])
    sections.append([Prose(f"runway kinds {field.uses[0].kinds[0]} has an example and the other fields.")])
    return Report((field.name, "a field of assumption files"), PLAIN, sections, main=lambda: _main(field))


def _where(use: FieldUse) -> str:
    """The kinds that have a field and their sections, or the sections alone where these have no kinds."""
    headers = ", ".join(map(header, use.sections))
    return headers if use.kinds == use.sections else f"{', '.join(use.kinds)} · {headers}"


def _main(field: FieldUses) -> Table:
    rows = [
        Row([f.name, " ".join(kinds), " ".join(sections), f.description, f.what, without(f)])
        for kinds, sections, f in field.uses
    ]
    return Table("", MAIN, rows)
