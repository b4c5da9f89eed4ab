"""The kinds of line and funding and the other sections of a file, their fields and formulas."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from runway.errors import InputError, Problem, did_you_mean
from runway.language.record import Record, documented

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from runway.lines.line import FileTable

HEADED = re.compile(r"^`\[+[^`]*\]`: (.)")  # of a section's class
NAMES = {"drivers": "driver"}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table: whether it must be written, else its default; `fields` are those of its tables."""

    name: str
    description: str
    what: str  # its dimension: "money per period"
    required: bool
    default: str | None
    without: str | None  # its value then, where it has no default
    needed: str | None  # where it is required all the same
    fields: tuple[Field, ...]

    def to_json(self) -> dict[str, Any]:
        known = documented(self)
        return known if self.fields else {name: known[name] for name in known if name != "fields"}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind, or a section that has none, by the section's name."""

    name: str
    sections: tuple[str, ...]
    summary: str
    explanation: str
    fields: tuple[Field, ...]
    shared: tuple[tuple[str, tuple[Field, ...]], ...]  # the fields that a section adds to every kind in it
    formulas: tuple[tuple[str, str, str | None], ...]  # row, formula, opening

    def to_json(self) -> dict[str, Any]:
        return {
            **documented(self, "name", "sections", "summary", "explanation", "fields"),
            "section_fields": dict(self.shared),
            "formulas": [
                {"row": row, "formula": formula, "opening": opening} for row, formula, opening in self.formulas
            ],
        }


@dataclass(frozen=True, slots=True, repr=False)
class Kinds(Record):
    """All kinds, or one in full."""

    kinds: tuple[Kind, ...]


def kinds(name: str | None = None) -> Kinds:
    """Every kind as its class declares it, or the one of a name; of a section with kinds all of these.

    Raises `InputError`: unknown-kind.
    """
    from runway.model.schema import described as declared

    all_kinds = [kind(*each) for each in declared()]
    if name is None:
        return Kinds(tuple(all_kinds))
    by_name = [kind for kind in all_kinds if kind.name == name]
    matching = by_name or [kind for kind in all_kinds if name in kind.sections]
    if not matching:
        sections = dict.fromkeys(section for kind in all_kinds for section in kind.sections)
        names = list(dict.fromkeys([*(kind.name for kind in all_kinds), *sections]))
        text = f"There is no kind called {name}.{did_you_mean(name, names)}\nKinds: {', '.join(names)}."
        raise InputError(Problem("unknown-kind", text))
    return Kinds(tuple(matching))


def kind(sections: tuple[str, ...], cls: type[FileTable]) -> Kind:
    """A kind, which these sections take, as its class declares it."""
    from runway.lines.line import MAIN_NAMES

    summary, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
    summary = HEADED.sub(lambda lead: lead[1].upper(), summary)
    main = " or ".join(MAIN_NAMES.get(section, section) for section in sections)
    return Kind(
        name=kind_name(sections, cls),
        sections=sections,
        summary=" ".join(summary.split()),
        explanation=rest,
        fields=fields(cls),
        shared=shared_fields(sections, cls),
        formulas=tuple((main if row == "main" else row, text, opening) for row, text, opening in rows_of_example(cls)),
    )


def kind_name(sections: Sequence[str], cls: type[FileTable]) -> str:
    """The name of a kind, or of a section that has none."""
    tag = cls.model_fields.get("kind")
    return str(get_args(tag.annotation)[0]) if tag else NAMES.get(sections[0], sections[0])


def shared_fields(sections: Sequence[str], cls: type[FileTable]) -> tuple[tuple[str, tuple[Field, ...]], ...]:
    """By section the fields that it adds to a kind."""
    from runway.lines.section_fields import SECTION_FIELDS

    return tuple(
        (section, tuple(_of_kind(section_field, cls) for section_field in fields(section_class)))
        for section in sections
        if (section_class := SECTION_FIELDS.get(section))
    )


def _of_kind(section_field: Field, cls: type[FileTable]) -> Field:
    """A section's field as it is for a kind, which says whether it counts in recurring revenue."""
    if section_field.name != "recurring":
        return section_field
    return replace(section_field, default=default_text(getattr(cls, "recurs", False)))


def rows_of_example(cls: type[FileTable]) -> Iterator[tuple[str, str, str | None]]:
    """The rows that the example in a kind's docstring has: row, formula, opening."""
    import tomllib

    from runway.language.python import formula_text
    from runway.language.tree import Node

    text = inspect.cleandoc(cls.__doc__ or "").partition("```toml")[2].partition("```")[0]
    if not text or not hasattr(cls, "rows"):
        return
    (tables,) = tomllib.loads(text).values()
    (raw,) = tables.values()
    for row, (formula, opening, _) in cls.model_validate(raw, context={"currency": "USD"}).rows().items():
        texts = [formula_text(part) if isinstance(part, Node) else part for part in (formula, opening)]
        yield row, texts[0], None if texts[1] == "0" else texts[1]


def fields(cls: type[BaseModel]) -> tuple[Field, ...]:
    """The keys that must be written first, then the others as they are declared."""
    keys = [field(info.alias or name, info, cls) for name, info in cls.model_fields.items() if not is_tag(name, info)]
    if (further := getattr(cls, "further", None)) is not None:
        key, description, unit = further
        keys.append(Field(key, description, unit, required=False, default=None, without="none", needed=None, fields=()))
    return tuple(sorted(keys, key=lambda item: not item.required))


def is_tag(name: str, info: FieldInfo) -> bool:
    """Whether a field is the `kind` that says which class reads the table."""
    return name == "kind" and len(get_args(info.annotation)) == 1


def field(name: str, info: FieldInfo, table: type[BaseModel]) -> Field:
    inner = table_class(info.annotation)
    default = None if info.is_required() or info.default in (None, (), {}) else default_text(info.default)
    return Field(
        name=name,
        description=info.description or "",
        what=dimension(info),
        required=info.is_required(),
        default=default,
        without=None if default or info.is_required() or (info.default == {} and inner) else absent_text(name, table),
        needed=class_text(table, "needed", name),
        fields=fields(inner) if inner else (),
    )


def absent_text(name: str, table: type[BaseModel]) -> str:
    """The value of a field that is left out and has no default: in words, or the number that stands for it."""
    from runway.months import NEVER

    number = getattr(table, "absent", {}).get(name)
    words = class_text(table, "without", name)
    return words or ("none" if number is None else "never" if number == NEVER else f"{number:g}")


def class_text(table: type[BaseModel], attribute: str, name: str) -> str | None:
    """The text on a field in an attribute of its class, or of the nearest of the classes that this is made of."""
    return next((known[name] for cls in table.__mro__ if name in (known := vars(cls).get(attribute, {}))), None)


def dimension(info: FieldInfo) -> str:
    from runway.language.dimension import Dimension

    places = [*info.metadata, *parts(info.annotation)]
    choices = [part for part in parts(info.annotation) if get_origin(part) is Literal]
    choices_text = ", ".join(default_text(choice) for part in choices[:1] for choice in get_args(part))
    return next((part.description for part in places if isinstance(part, Dimension)), choices_text)


def table_class(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    return next((part for part in parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None)


def parts(annotation: Any) -> list[Any]:
    """The annotation and, level by level, its type arguments."""
    inner = [part for argument in get_args(annotation) for part in parts(argument)]
    return [annotation, *inner]


def default_text(default: Any) -> str:
    """A default as TOML has it."""
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default}"' if isinstance(default, str) else str(default)
