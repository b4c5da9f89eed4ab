"""The kinds of line and funding, and the JSON Schema of assumption files, both read off the classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import models_json_schema

from runway import funding, lines
from runway.funding.round_tables import BASES
from runway.language.evidence import CONFIDENCE
from runway.language.uncertainty import DISTRIBUTIONS
from runway.model.addresses import (
    BY_NAME,
    EXITS,
    LINE_SECTIONS,
    NAMED_SECTIONS,
    TABLES,
    exit_class,
    section_fields,
    table_class,
)
from runway.model.model import LISTS

if TYPE_CHECKING:
    from runway.lines.line import FileTable

TITLE = "runway assumption file"
PART = "Part"  # the end of the name of a table's definition for a file that extends another
PLAIN = [{"type": "number"}, {"type": "string"}, {"type": "boolean"}]
_MONTH = r"^\d{4}-\d{2}$"


def described() -> list[tuple[tuple[str, ...], type[FileTable]]]:
    """The tables that `runway kinds` explains: every kind, and every section that has none."""
    return [*kinds(), *(((section,), cls) for section, cls in tables().items())]


def tables() -> dict[str, type[FileTable]]:
    """The sections that have no kinds, in the order in which they are explained."""
    return {section: table_class(section) for section in TABLES}


def kinds() -> list[tuple[tuple[str, ...], type[FileTable]]]:
    """Every kind: the sections that take it, and its class."""
    classes: list[type[FileTable]] = [lines.kind_class(kind) for kind in lines.KINDS]
    classes += [lines.driver_class(), *(funding.funding_class(kind) for kind in funding.KINDS)]
    classes += [cls for kind in EXITS if (cls := exit_class(kind)) is not None]
    return [(cls.sections, cls) for cls in classes]


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of an assumption file, from which editors complete and check.

    Of a file that extends another, any part may be left out.
    """
    known, alone = kinds(), tables()
    classes: list[type[FileTable]] = [*alone.values(), *(cls for _, cls in known)]
    _, generated = models_json_schema([(cls, "validation") for cls in classes], by_alias=True)
    definitions: dict[str, Any] = generated.get("$defs", {})
    for cls in classes:
        _relax(definitions[cls.__name__], cls)
    properties: dict[str, Any] = {"extends": {"type": "string", "description": "the file that this one overlays"}}
    for name, cls in alone.items():
        table = {"$ref": f"#/$defs/{cls.__name__}"}
        many = name in BY_NAME
        properties[name] = {"type": "object", "additionalProperties": table} if many else table
        if name in LISTS:
            properties[name] = {"type": "array", "items": table}
    for section in NAMED_SECTIONS:
        if section in alone:
            continue
        choices = [_in_section(definitions, cls, section) for sections, cls in known if section in sections]
        one_of: dict[str, Any] = {"oneOf": choices}
        table = choices[0] if len(choices) == 1 else one_of
        properties[section] = {"type": "object", "additionalProperties": table}
    file = {"type": "object", "properties": dict(sorted(properties.items())), "additionalProperties": False}
    parts = {f"{name}{PART}": _part(table) for name, table in definitions.items()}
    definitions |= {"File": file, "Overlay": _part(file), **parts, "Figure": _figure(), "Valuation": _valuation()}
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": TITLE,
        "type": "object",
        "if": {"required": ["extends"], "additionalProperties": True},
        "then": {"$ref": "#/$defs/Overlay"},
        "else": {"$ref": "#/$defs/File"},
        "$defs": dict(sorted(definitions.items())),
    }
    return cast("dict[str, Any]", _with_figures(document))


def _part(schema: Any) -> Any:
    """A table's schema for a file that extends another: nothing is required, and of kinds any may be meant."""
    if isinstance(schema, list):
        return [_part(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    part = {{"oneOf": "anyOf"}.get(key, key): _part(value) for key, value in schema.items() if key != "required"}
    if "$ref" in part:
        part["$ref"] += PART
    return part


def _with_figures(schema: Any) -> Any:
    """The schema with each figure's field referring to the definition of a figure."""
    if isinstance(schema, list):
        return [_with_figures(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if (figure := schema.get("x-figure")) is not None:
        name = "Valuation" if figure == "valuation" else "Figure"
        return {"$ref": f"#/$defs/{name}", "description": schema.get("description", f"a figure: {figure}")}
    return {key: _with_figures(value) for key, value in schema.items()}


def _in_section(definitions: dict[str, Any], cls: type[FileTable], section: str) -> dict[str, str]:
    """A kind with the fields that its section adds."""
    from runway.lines.section_fields import SECTION_FIELDS

    shared = SECTION_FIELDS.get(section) if section in LINE_SECTIONS else None
    if shared is None or not section_fields(section):
        return {"$ref": f"#/$defs/{cls.__name__}"}
    name = f"{cls.__name__}In{section.title()}"
    definition = definitions[cls.__name__]
    more = shared.model_json_schema()["properties"]
    definitions[name] = {**definition, "title": name, "properties": {**definition["properties"], **more}}
    return {"$ref": f"#/$defs/{name}"}


def _relax(definition: dict[str, Any], cls: type[FileTable]) -> None:
    """Drops what pydantic adds for Python only: defaults of null and nullable choices, which TOML cannot write."""
    for name, field in definition.get("properties", {}).items():
        if field.get("default", 0) is None:
            del field["default"]
        choices = [choice for choice in field.get("anyOf", ()) if choice != {"type": "null"}]
        if len(choices) == 1:
            del field["anyOf"]
            definition["properties"][name] = {**choices[0], **field}
    if cls.further is not None:
        definition["additionalProperties"]["description"] = cls.further[1]


def _figure_table() -> dict[str, Any]:
    """A figure as a table, with its range and its evidence."""
    return {
        "type": "object",
        "required": ["value"],
        "additionalProperties": False,
        "properties": {
            "value": {"anyOf": PLAIN},
            "low": {"anyOf": PLAIN, "description": "the 5th percentile"},
            "high": {"anyOf": PLAIN, "description": "the 95th percentile"},
            "distribution": {
                "enum": list(DISTRIBUTIONS),
                "description": "lognormal if low is above 0, else normal; pert and triangular have their mode at "
                "value, beta lies between 0 and 1, discrete has outcomes",
            },
            "outcomes": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"anyOf": PLAIN},
                "description": 'each value and its probability: { "$15" = "30%", "$20" = "70%" }',
            },
            "volatility": {
                "anyOf": PLAIN,
                "description": "the standard deviation of a fresh draw each month, in the unit of value or in percent",
            },
            "source": {"type": "string"},
            "as_of": {"type": "string"},
            "from": {"const": "as_of", "description": "of a growth: it counts from the day of the figure that grows"},
            "between": {
                "type": "array",
                "items": {"type": "string"},
                "minItems": 2,
                "maxItems": 2,
                "description": "of a rate: the days of the two figures that it was read from",
            },
            "confidence": {"enum": list(CONFIDENCE)},
            "note": {"type": "string"},
        },
    }


def _valuation() -> dict[str, Any]:
    """A figure with the word that says whether new money is in it."""
    table = _figure_table()
    properties = {**table["properties"], "basis": {"enum": list(BASES)}}
    valuation = {**table, "required": ["value", "basis"], "properties": properties}
    return {"anyOf": [valuation, {"type": "array", "minItems": 1, "items": valuation}]}


def _figure() -> dict[str, Any]:
    """The forms of a figure: a number, text, a date, a table with its source, or a schedule of these."""
    table = _figure_table()
    by_day = {
        "type": "array",
        "minItems": 1,
        "items": table,
        "description": "its values by day, each dated by as_of or source, the earliest first: the last one stands",
    }
    value = [*PLAIN, table, by_day]
    schedule = {
        "type": "object",
        "minProperties": 1,
        "patternProperties": {_MONTH: {"anyOf": value}},
        "additionalProperties": False,
    }
    return {
        "description": 'a figure: 20, "$700k/day", { value = …, source = … } or a schedule',
        "anyOf": [*value, schedule],
    }
