"""A field of assumption files: which kinds and sections have it, as `kinds` describes it, and what a model calls so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from runway.answers.kinds import Field, fields, kind_name, shared_fields, written
from runway.language.named_tuple import NamedTuple
from runway.language.record import Record, documented
from runway.words import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic.fields import FieldInfo


class FieldUse(NamedTuple):
    """A field as some kinds of the same sections have it; one in a table of theirs is named `closings.requires`."""

    kinds: tuple[str, ...]
    sections: tuple[str, ...]
    field: Field


@dataclass(frozen=True, slots=True, repr=False)
class FieldUses(Record):
    """Every use of a field, and the figures of a model that are called so."""

    name: str
    uses: tuple[FieldUse, ...]
    figures: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that have it, and the sections that have none, each once."""
        return tuple(dict.fromkeys(kind for use in self.uses for kind in use.kinds))

    def to_json(self) -> dict[str, Any]:
        return {"field": self.name, **documented(self, "uses", "figures")}


def field(text: str, figures: Iterable[str] = ()) -> FieldUses | None:
    """The field that a text names, as `key_of` reads names, with those of a model's addresses that end so."""
    name = key_of(text)
    uses = tuple(use for use in _uses() if use.field.name.rpartition(".")[2] == name)
    ends = tuple(address for address in figures if address.rpartition(".")[2] == name)
    return FieldUses(name, uses, ends) if uses else None


def field_names() -> list[str]:
    """The names of all fields, each once."""
    return list(dict.fromkeys(use.field.name.rpartition(".")[2] for use in _uses()))


def _uses() -> list[FieldUse]:
    """Every field of every kind, those that are the same in the same sections as one; not what stands for any name."""
    from runway.model.schema import described

    known: dict[tuple[tuple[str, ...], Field], list[str]] = {}
    for declared, cls in described():
        shared = (((section,), more) for section, more in shared_fields(declared, cls))
        for sections, own in ((declared, fields(cls)), *shared):
            for each in filter(_is_named, _with_inner(own)):
                known.setdefault((sections, each), []).append(kind_name(declared, cls))
    return [*_tags(), *(FieldUse(tuple(names), sections, each) for (sections, each), names in known.items())]


def _tags() -> Iterator[FieldUse]:
    """By section the key that says of which kind a table is."""
    from runway.model.schema import described

    tagged: dict[str, list[tuple[str, FieldInfo]]] = {}
    for sections, cls in described():
        if (info := cls.model_fields.get("kind")) is not None:
            for section in sections:
                tagged.setdefault(section, []).append((kind_name(sections, cls), info))
    for section, tags in tagged.items():
        default = next((written(info.default) for _, info in tags if not info.is_required()), None)
        says, what = "which of these kinds the table is", "its name"
        tag = Field("kind", says, what, required=default is None, default=default, without=None, fields=())
        yield FieldUse(tuple(name for name, _ in tags), (section,), tag)


def _with_inner(known: Iterable[Field], table: str = "") -> Iterator[Field]:
    """Fields and those of their tables, whose names begin with the table's."""
    for each in known:
        named = replace(each, name=f"{table}{each.name}")
        yield named
        yield from _with_inner(each.fields, f"{named.name}.")


def _is_named(field: Field) -> bool:
    """Whether a field has a name of its own rather than any that a file gives, such as NAME."""
    return field.name.islower()
