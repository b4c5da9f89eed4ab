"""A field of assumption files: the kinds and sections that have it, and a model's figures of that name."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from runway.answers.kinds import Field, default_text, fields, kind_name, shared_fields
from runway.files.document import raw_at
from runway.files.toml import toml_value
from runway.language.figure import FigureChange
from runway.language.named_tuple import NamedTuple
from runway.language.record import Record, documented
from runway.model.addresses import SINGLE, addresses, completed, component_class, find, without_section
from runway.words import counted, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo

    from runway.errors import Place
    from runway.files.document import Document
    from runway.model.addresses import Path


class FieldUse(NamedTuple):
    """A field as some kinds of the same sections have it; one in a table of theirs is named `closings.requires`."""

    kinds: tuple[str, ...]
    sections: tuple[str, ...]
    field: Field


class TableField(NamedTuple):
    """The field of one table of a model, as it is written and where; None and None where it is left out."""

    address: str
    written: str | None
    place: Place | None
    table: str | None  # the table that the file leaves out, and the field with it

    def to_json(self) -> dict[str, Any]:
        place = self.place
        return {
            "address": self.address,
            "written": self.written,
            "file": None if place is None else place.file,
            "line": None if place is None else place.line,
        }


@dataclass(frozen=True, slots=True, repr=False)
class FieldUses(Record):
    """Every use of a field, and the figures of a model of that name; of an address the one use of its table."""

    name: str
    uses: tuple[FieldUse, ...]
    figures: tuple[str, ...]
    at: TableField | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that have the field, and the sections without kinds that have it, each once."""
        return tuple(dict.fromkeys(kind for use in self.uses for kind in use.kinds))

    def to_json(self) -> dict[str, Any]:
        at = {} if self.at is None else self.at.to_json()
        return {"field": self.name, **at, **documented(self, "uses", "figures")}


def field(text: str, figures: Iterable[str] = ()) -> FieldUses | None:
    """The field that a text names, as `key_of` reads names, with the addresses of a model that end in that name."""
    name = key_of(text)
    uses = tuple(use for use in _uses() if use.field.name.rpartition(".")[2] == name)
    ends = tuple(address for address in figures if address.rpartition(".")[2] == name)
    return FieldUses(name, uses, ends) if uses else None


def field_at(document: Document, address: str) -> FieldUses | None:
    """The field of one table of a file that an address names, written there or left out; None where there is none."""
    location = find(document.data, address, settable=False)
    if location is None and "." in address:
        address = completed(address, addresses(document.data))
        location = find(document.data, address)
    path = () if location is None else location.path
    use = _use_at(document.data, path) if path else None
    if use is None:
        return None
    raw, head = raw_at(document.data, path), str(path[0])
    at = TableField(
        without_section(document.data, address),
        None if raw is None else _text(raw),
        None if raw is None else document.place(path),
        head if head in SINGLE and head not in document.data else None,
    )
    return FieldUses(str(path[-1]), (use,), (), at)


def _use_at(data: dict[str, Any], path: Path) -> FieldUse | None:
    """The use of a field by the kind of the table at whose path it stands."""
    section, first = str(path[0]), 1 if path[0] in SINGLE else 2
    cls = component_class(section, raw_at(data, path[:first]))
    names = [part for part in path[first:] if isinstance(part, str)]
    if cls is None:
        return None
    kind = kind_name((section,), cls)
    uses = [use for use in _uses() if section in use.sections and kind in use.kinds and _within(use.field.name, names)]
    use = max(uses, key=lambda use: use.field.name.count("."), default=None)
    if use is None or use.field.name == "kind":  # of which the table is one
        return use
    return FieldUse((kind,), (section,), use.field)


def _within(name: str, path: list[str]) -> bool:
    """Whether the parts of a field's name are those of a path, names that the file gives left out."""
    *tables, last = name.split(".")
    parts = iter(path[:-1])
    return path[-1] == last and all(table in parts for table in tables)


def _text(raw: Any) -> str:
    """A value as it is written; of tables their number."""
    if isinstance(raw, FigureChange):
        return f"{_text(raw.raw)} {raw.change}"
    values = list(raw.values()) if isinstance(raw, dict) else raw
    if isinstance(values, list) and values and all(isinstance(table, dict) for table in values):
        return counted(len(values), "table")
    return toml_value(raw)


def field_names() -> list[str]:
    """The names of all fields, each once."""
    return list(dict.fromkeys(use.field.name.rpartition(".")[2] for use in _uses()))


def _uses() -> tuple[FieldUse, ...]:
    from runway.model.schema import described

    return _uses_of(tuple(described()))


@cache
def _uses_of(described: tuple[tuple[tuple[str, ...], type[Any]], ...]) -> tuple[FieldUse, ...]:
    """Every field of every kind, those that are the same in the same sections as one; none whose name a file gives."""
    kinds_by_field: dict[tuple[tuple[str, ...], Field], list[str]] = {}
    for declared, cls in described:
        shared = (((section,), section_fields) for section, section_fields in shared_fields(declared, cls))
        for sections, own_fields in ((declared, fields(cls)), *shared):
            for field in filter(_is_named, _with_inner(own_fields)):
                kinds_by_field.setdefault((sections, field), []).append(kind_name(declared, cls))
    uses = (FieldUse(tuple(names), sections, field) for (sections, field), names in kinds_by_field.items())
    return *_tags(described), *uses


def _tags(described: Iterable[tuple[tuple[str, ...], type[Any]]]) -> Iterator[FieldUse]:
    """By section the key that names the kind of a table."""
    tagged: dict[str, list[tuple[str, FieldInfo]]] = {}
    for sections, cls in described:
        if (info := cls.model_fields.get("kind")) is not None:
            for section in sections:
                tagged.setdefault(section, []).append((kind_name(sections, cls), info))
    for section, tags in tagged.items():
        default = next((default_text(info.default) for _, info in tags if not info.is_required()), None)
        tag = Field(
            "kind", "which of these kinds the table is", "its name",
            required=default is None, default=default, without=None, needed=None, fields=(),
        )  # fmt: skip
        yield FieldUse(tuple(name for name, _ in tags), (section,), tag)


def _with_inner(fields: Iterable[Field], table: str = "") -> Iterator[Field]:
    """Fields and those of their tables, whose names begin with the table's."""
    for field in fields:
        named = replace(field, name=f"{table}{field.name}")
        yield named
        yield from _with_inner(field.fields, f"{named.name}.")


def _is_named(field: Field) -> bool:
    """Whether a field has a name of its own rather than any that a file gives, such as NAME."""
    return field.name.islower()
