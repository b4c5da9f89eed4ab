"""The kinds of line and funding as text and as JSON: what they are, their fields, their formulas."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from textwrap import indent, wrap
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

__all__ = ["Field", "Kind", "described", "kind_text", "kinds_text"]

WIDTH = 80
OF_TIME = ("collected_after", "opening_receivable", "paid_after", "opening_payable")  # not for what moves on a day


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table: whether it must be written, else what it is without it; `fields` are those of its tables."""

    name: str
    description: str
    what: str  # its dimension: "money per period"
    required: bool
    default: str | None
    fields: tuple[Field, ...]

    def to_dict(self) -> dict[str, Any]:
        known = {name: getattr(self, name) for name in ("name", "description", "what", "required", "default")}
        return known | ({"fields": [field.to_dict() for field in self.fields]} if self.fields else {})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind, or the driver or the cap table, which have no `kind` key."""

    name: str
    sections: tuple[str, ...]
    summary: str
    explanation: str
    fields: tuple[Field, ...]
    shared: tuple[tuple[str, tuple[Field, ...]], ...]  # what a section adds to every kind in it
    formulas: tuple[tuple[str, str, str | None], ...]  # row, formula, opening

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "sections": list(self.sections),
            "summary": self.summary,
            "explanation": self.explanation,
            "fields": [field.to_dict() for field in self.fields],
            "section_fields": {section: [field.to_dict() for field in more] for section, more in self.shared},
            "formulas": [
                {"row": row, "formula": formula, "opening": opening} for row, formula, opening in self.formulas
            ],
        }


def described(kinds: Iterable[tuple[str | Iterable[str], type[BaseModel]]]) -> list[Kind]:
    """Each kind as its class declares it."""
    return [kind((sections,) if isinstance(sections, str) else tuple(sections), cls) for sections, cls in kinds]


def kind(sections: tuple[str, ...], cls: type[BaseModel]) -> Kind:
    from runway.lines.line import MAIN_NAMES, SECTION_FIELDS

    tag = cls.model_fields.get("kind")
    summary, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("\n\n")
    main = " or ".join(MAIN_NAMES.get(section, section) for section in sections)
    dated = getattr(cls, "dated", None)
    return Kind(
        name=get_args(tag.annotation)[0] if tag else cls.__name__.lower(),  # the driver and the cap table have no kind
        sections=sections,
        summary=" ".join(summary.split()),
        explanation=rest,
        fields=fields(cls),
        shared=tuple(
            (section, tuple(known for known in fields(more) if not (dated and known.name in OF_TIME)))
            for section in sections
            if (more := SECTION_FIELDS.get(section))
        ),
        formulas=tuple((main if row == "main" else row, text, opening) for row, text, opening in rows_of_example(cls)),
    )


def rows_of_example(cls: type[BaseModel]) -> Iterator[tuple[str, str, str | None]]:
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
        shown = [formula_text(part) if isinstance(part, Node) else part for part in (formula, opening)]
        yield row, shown[0], None if shown[1] == "0" else shown[1]


def fields(cls: type[BaseModel]) -> tuple[Field, ...]:
    """The keys that must be written first, then the others as they are declared."""
    found = [field(info.alias or name, info) for name, info in cls.model_fields.items() if not is_tag(name, info)]
    return tuple(sorted(found, key=lambda item: not item.required))


def is_tag(name: str, info: FieldInfo) -> bool:
    """Whether a field is the `kind` that says which class reads the table."""
    return name == "kind" and len(get_args(info.annotation)) == 1


def field(name: str, info: FieldInfo) -> Field:
    inner = table_class(info.annotation)
    default = None if info.is_required() or info.default in (None, (), {}) else written(info.default)
    return Field(
        name=name,
        description=info.description or "",
        what=dimension(info),
        required=info.is_required(),
        default=default,
        fields=fields(inner) if inner else (),
    )


def dimension(info: FieldInfo) -> str:
    from runway.language.dimension import Dimension

    places = [*info.metadata, *parts(info.annotation)]
    choices = [part for part in parts(info.annotation) if get_origin(part) is Literal]
    named = ", ".join(written(choice) for part in choices[:1] for choice in get_args(part))
    return next((part.what for part in places if isinstance(part, Dimension)), named)


def table_class(annotation: Any) -> type[BaseModel] | None:
    from pydantic import BaseModel

    return next((part for part in parts(annotation) if isinstance(part, type) and issubclass(part, BaseModel)), None)


def parts(annotation: Any) -> list[Any]:
    """The annotation and, level by level, everything it is made of."""
    inside = [part for argument in get_args(annotation) for part in parts(argument)]
    return [annotation, *inside]


def written(default: Any) -> str:
    """A default as TOML has it."""
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default}"' if isinstance(default, str) else str(default)


def kinds_text(kinds: Iterable[Kind]) -> str:
    """One line a kind, under the sections it may stand in."""
    known = list(kinds)
    widest = max(len(item.name) for item in known)
    lines: list[str] = []
    for sections in dict.fromkeys(item.sections for item in known):
        lines += ["" if not lines else "\n", ", ".join(map(header, sections)), "\n"]
        for item in known:
            if item.sections == sections:
                lines.append(paragraph(f"  {item.name.ljust(widest)}  ", item.summary))
    return "".join(lines) + "\nrunway kinds NAME explains one: its fields and its formulas.\n"


def header(section: str) -> str:
    """How the tables of a section are headed; there is one cap table, and it has no name."""
    return f"[{section}]" if section == "captable" else f"[{section}.…]"


def kind_text(item: Kind) -> str:
    """One kind in full."""
    sections = ", ".join(map(header, item.sections))
    text = f"{item.name} · {sections}\n\n{paragraph('', item.summary)}\n{explained(item.explanation)}"
    text += "Fields\n" + "".join(field_lines(item.fields, "  "))
    for section, more in item.shared:
        text += f"\nIn [{section}.…] also\n" + "".join(field_lines(more, "  "))
    if item.formulas:
        text += "\nFormulas of the example\n"
        for row, formula, opening in item.formulas:
            text += paragraph(f"  {row} = ", formula + (f"    (opening: {opening})" if opening else ""))
    return text


def explained(text: str) -> str:
    """The rest of a docstring: its TOML as it stands, its prose in lines that fit."""
    blocks = []
    for i, part in enumerate(text.split("```")):
        if i % 2:
            blocks.append(indent(part.removeprefix("toml").strip("\n"), "  ") + "\n")
        else:
            blocks += [paragraph("", prose) for prose in part.split("\n\n") if prose.strip()]
    return "".join(block + "\n" for block in blocks)


def field_lines(known: tuple[Field, ...], margin: str) -> Iterable[str]:
    widest = max((len(item.name) for item in known), default=0)
    for item in known:
        must = "required" if item.required else f"{item.default} if left out" if item.default else ""
        text = " · ".join(part for part in (item.description, item.what, must) if part)
        yield paragraph(f"{margin}{item.name.ljust(widest)}  ", text)
        yield from field_lines(item.fields, margin + "    ")


def paragraph(first: str, text: str) -> str:
    lines = wrap(text, WIDTH - len(first), break_on_hyphens=False, break_long_words=False) or [""]
    return "".join(f"{first if i == 0 else ' ' * len(first)}{line}\n" for i, line in enumerate(lines))
