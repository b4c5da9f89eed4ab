"""Formulas of tables that cannot be read for another mistake in them: the names in them that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from runway.language.fields import FormulaText
from runway.language.formula import parse
from runway.language.tree import FormulaError, Look, Name, walk
from runway.lines.line import MAIN_NAMES
from runway.model.addresses import NAMED_SECTIONS, component_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.model.names import Namespace


def note_unknown(names: Namespace) -> None:
    """Notes the first such name of each formula.

    A name that may be a field or a row of its own table is passed over: the table's kind says which of these it has,
    once it is read.
    """
    document, broken = names.model.document, names.model.broken
    rows = {row.rpartition(".")[2] for row in names.rows}
    for section in NAMED_SECTIONS:
        tables = document.data.get(section)
        for name, raw in tables.items() if isinstance(tables, dict) else ():
            cls: Any = component_class(section, raw) if name in broken and isinstance(raw, dict) else None
            for field, text in () if cls is None else _formulas(cls, raw):
                of_table = {*raw, *cls.model_fields, *getattr(cls, "formulas", ()), *rows, *MAIN_NAMES}
                try:
                    for node in _names(text):
                        if node.address.split(".")[0] not in of_table:
                            names.resolve(node, name)
                except FormulaError as error:
                    if error.name == "unknown-name":  # all else is told where the table is read
                        names.note((section, name, field), error)


def _formulas(cls: Any, raw: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The fields of a table that are formulas."""
    for field, info in cls.model_fields.items():
        if FormulaText in (info.annotation, *get_args(info.annotation)) and isinstance(raw.get(field), str):
            yield field, raw[field]


def _names(text: str) -> Iterator[Name]:
    for node in walk(parse(text)):
        named = node.name if isinstance(node, Look) else node
        if isinstance(named, Name):
            yield named
