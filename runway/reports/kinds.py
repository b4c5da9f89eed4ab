"""The kinds of tables that a file may hold: one line each, or one in full with its fields, example and formulas."""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING

from runway.model.addresses import BY_NAME
from runway.model.model import LISTS
from runway.render.figures import PLAIN
from runway.render.report import Block, Column, Heading, Prose, Report, Row, Table, Verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.kinds import Field, Kind, Kinds

MORE = "runway kinds NAME explains one: an example, its fields and its formulas."


def report(kinds: Kinds, name: str | None = None) -> Report:
    """All kinds below the sections they may stand in, then the sections without kinds; or the kind `name` alone."""
    if name is not None and len(kinds.kinds) == 1:
        (kind,) = kinds.kinds
        title = (kind.name, ", ".join(map(header, kind.sections)))
        return Report(title, PLAIN, list(_kind(kind)), main=lambda: fields_table("", kind.fields))
    alone = [kind for kind in kinds.kinds if kind.sections == (kind.name,)]
    blocks: list[list[Block]] = []
    for sections in dict.fromkeys(kind.sections for kind in kinds.kinds if kind not in alone):
        listed = _listed([kind for kind in kinds.kinds if kind.sections == sections])
        blocks.append([Heading(", ".join(map(header, sections))), listed])
    if alone:
        blocks.append([Heading("Sections without kinds"), _listed(alone)])
    return Report((), PLAIN, [*blocks, [Prose(MORE)]], main=lambda: _main(kinds))


def header(section: str) -> str:
    """The head of a section's tables: with a name of their own, as entries of a list, or neither."""
    return f"[[{section}]]" if section in LISTS else f"[{section}.…]" if section in BY_NAME else f"[{section}]"


def _listed(kinds: Sequence[Kind]) -> Table:
    rows = [Row([kind.name, kind.summary]) for kind in kinds]
    return Table("", (Column(""), Column("", wraps=True)), rows)


def _kind(kind: Kind) -> Iterator[list[Block]]:
    yield [Prose(kind.summary, "")]
    for n, part in enumerate(kind.explanation.split("```")):
        if n % 2:
            yield [Verbatim(indent(part.removeprefix("toml").strip("\n"), "  ").splitlines())]
        else:
            for text in filter(str.strip, part.split("\n\n")):
                yield [Prose(text, "")]
    yield [fields_table("Fields", kind.fields)]
    for section, fields in kind.shared:
        yield [fields_table(f"In [{section}.…] also", fields)]
    if kind.formulas:
        rows = [
            Prose(formula + (f"    (opening: {opening})" if opening else ""), f"  {row} = ")
            for row, formula, opening in kind.formulas
        ]
        yield [Heading("Formulas of the example"), *rows]


def fields_table(title: str, fields: tuple[Field, ...]) -> Table:
    heads = ("what it is", "value", "without it")
    columns = (Column("field"), *(Column(head, wraps=True) for head in heads))
    return Table(title, columns, list(_field_rows(fields, 0)))


def _field_rows(fields: tuple[Field, ...], depth: int) -> Iterator[Row]:
    for field in fields:
        yield Row([field.name, field.description, field.what, without(field)], depth=depth)
        yield from _field_rows(field.fields, depth + 1)


def without(field: Field) -> str:
    """The value of a field that is left out, and where it may not be left out."""
    if field.required:
        return "required"
    value = field.default or field.without or ""
    return f"{value}; required {field.needed}" if field.needed else value


def _main(kinds: Kinds) -> Table:
    rows = [Row([kind.name, " ".join(kind.sections), kind.summary]) for kind in kinds.kinds]
    return Table("", (Column("kind"), Column("sections"), Column("summary")), rows)
