"""What pydantic says of a table, as a located problem in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.addresses import Path, element_class, field_key, section_fields
from runway.errors import Problem, did_you_mean

if TYPE_CHECKING:
    from pydantic import BaseModel

    from runway.files import Document


def field_problem(document: Document, cls: type[BaseModel], path: Path, error: dict[str, Any]) -> Problem:
    """The problem of one of pydantic's errors in the table at `path` that `cls` reads."""
    loc: tuple[str | int, ...] = tuple(error["loc"])
    context = error.get("ctx") or {}
    owner, field, description = _described(cls, loc)
    where = (*path, *loc)
    match error["type"]:
        case "missing":
            text = f"{field} is missing. It is {description}."
            return document.problem(where[:-1], "missing-field", text, at="key")
        case "extra_forbidden":
            known = [field_key(k, f) for k, f in owner.model_fields.items()]
            known += [k for k in section_fields(str(path[0])) if len(loc) == 1]
            hint = did_you_mean(field, known) or f" It may hold {', '.join(known)}."
            return document.problem(where, "unknown-key", f"{field} is not known here.{hint}", at="key")
        case "literal_error" | "string_pattern_mismatch":
            choices = str(context.get("expected") or context.get("pattern", "")).strip("^$()").replace("|", ", ")
            return document.problem(where, "unknown-choice", f"{field} is {description}: one of {choices}.")
        case "greater_than_equal" | "less_than_equal" | "too_short" | "string_too_short":
            return document.problem(where, "value-out-of-range", f"{field} is {description}. {error['msg']}.")
    if "text" in context:
        place = (*where, *context.get("path", ()))
        text = _worded(str(context["text"]), field, description)
        return document.problem(
            place, str(error["type"]), text, at=context.get("at", "value"), span=context.get("span")
        )
    return document.problem(where, "wrong-type", f"{field} is {description}. {error['msg']}.")


def _worded(text: str, field: str, description: str) -> str:
    """The text with the field's name, led in by what the field is."""
    if description and text.startswith("FIELD "):
        text = f"FIELD is {description}; it {text[6:]}"
    elif description:
        text = f"FIELD is {description}. {text}"
    return text.replace("FIELD", field)


def _described(cls: type[BaseModel], loc: tuple[str | int, ...]) -> tuple[type[BaseModel], str, str]:
    """The class, name and description of the field at a place below a table of `cls`."""
    owner, name, description = cls, "", ""
    for part in loc:
        if isinstance(part, int):
            continue
        found = next((f for k, f in owner.model_fields.items() if part in (k, f.alias)), None)
        name = str(part)
        if found is None:
            continue
        description = found.description or ""
        inner = element_class(found)
        if inner is not None:
            owner = inner
    return owner, name, description
