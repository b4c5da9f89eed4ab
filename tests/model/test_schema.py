"""`runway schema`: the JSON Schema takes every file that runs, and refuses keys that no class has, at any depth."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import Any

import pytest
from support.ownership_files import ODD, PERCENTAGES, STACK

from runway.cli.author import STARTER
from runway.files.document import bundled_models
from runway.model.schema import schema

SCHEMA = schema()
TEXTS = {
    **{name: path.read_text(encoding="utf-8") for name, path in bundled_models().items()},
    "starter": STARTER.read_text(encoding="utf-8"),
    "stack": STACK,
    "percentages": PERCENTAGES,
    "odd": ODD,
}
TYPES = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list, "object": dict}


def accepts(rule: Any, value: Any) -> bool:
    """Whether a value is what a schema says, by the plain meaning of the words that the schema uses."""
    if rule is True:
        return True
    if rule is False:
        return False
    known = {
        "$ref",
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "properties",
        "required",
        "items",
        "pattern",
        "minLength",
    }
    known |= {"additionalProperties", "patternProperties", "minProperties", "minimum", "maximum"}
    known |= {"$schema", "$defs", "title", "description", "default", "examples", "maxLength", "minItems"}
    assert set(rule) <= known, set(rule) - known
    if "$ref" in rule and not accepts(SCHEMA["$defs"][rule["$ref"].removeprefix("#/$defs/")], value):
        return False
    if "type" in rule:
        if rule["type"] == "null":
            return value is None
        if not isinstance(value, TYPES[rule["type"]]):
            return False
        if isinstance(value, bool) and rule["type"] in ("number", "integer"):
            return False
    checks = [
        "enum" not in rule or value in rule["enum"],
        "const" not in rule or value == rule["const"],
        "anyOf" not in rule or any(accepts(one, value) for one in rule["anyOf"]),
        "oneOf" not in rule or sum(accepts(one, value) for one in rule["oneOf"]) == 1,
        "minimum" not in rule or value >= rule["minimum"],
        "maximum" not in rule or value <= rule["maximum"],
        "pattern" not in rule or re.search(rule["pattern"], value) is not None,
        "minLength" not in rule or len(value) >= rule["minLength"],
    ]
    if isinstance(value, list) and "items" in rule:
        checks += [accepts(rule["items"], one) for one in value]
    if isinstance(value, dict):
        checks.append(set(rule.get("required", ())) <= set(value))
        checks.append(len(value) >= rule.get("minProperties", 0))
        for key, one in value.items():
            rules = [rule["properties"][key]] if key in rule.get("properties", {}) else []
            rules += [inner for form, inner in rule.get("patternProperties", {}).items() if re.search(form, key)]
            checks += [accepts(inner, one) for inner in rules or [rule.get("additionalProperties", True)]]
    return all(checks)


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if "extends" not in tomllib.loads(text)])
def test_a_file_that_runs_is_accepted(name):
    """One that overlays another is a part of a file."""
    assert accepts(SCHEMA, dates_as_text(tomllib.loads(TEXTS[name])))


def dates_as_text(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: dates_as_text(value) for key, value in data.items()}
    if isinstance(data, list):
        return [dates_as_text(value) for value in data]
    return data.isoformat() if hasattr(data, "isoformat") else data


PLACES = [
    ("captable",),
    ("captable", "holders", "ana"),
    ("captable", "classes", "seed"),
    ("captable", "grants", "kim"),
    ("funding", "angel_safe"),
    ("funding", "loan_note"),
    ("funding", "series_a"),
    ("funding", "series_a", "stock"),
    ("funding", "series_a", "closings", 0),
    ("funding", "series_a", "commitments", 1),
]


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_key_is_refused_at_any_depth(place):
    data = tomllib.loads(STACK)
    table = data
    for part in place:
        table = table[part]
    assert accepts(SCHEMA, data)
    table["no_such_key"] = 1
    assert not accepts(SCHEMA, data)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("captable", "classes", "seed", "kind"), "prefered"),
        (("captable", "classes", "seed", "seniority"), "first"),
        (("captable", "price_digits"), 13),
        (("captable", "holders", "ana", "shares"), 4_500_000),
        (("captable", "grants", "kim", "from_pool"), "yes"),
        (("funding", "angel_safe", "form"), "postmoney"),
        (("funding", "loan_note", "day_count"), "act/366"),
        (("funding", "series_a", "stock", "anti_dilution"), "ratchet"),
        (("funding", "series_a", "valuation"), 5),
    ],
)
def test_a_value_that_no_class_takes_is_refused(place, value):
    data = copy.deepcopy(tomllib.loads(STACK))
    table: Any = data
    for part in place[:-1]:
        table = table[part]
    table[place[-1]] = value
    assert not accepts(SCHEMA, data)


def test_what_must_be_written_is_said():
    data = tomllib.loads(STACK)
    del data["captable"]["holders"]
    assert not accepts(SCHEMA, data)
