"""The errors of pydantic in a table, as located problems in our words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from runway.errors import Problem, closest, did_you_mean
from runway.funding.unsupported import INSTEAD, UNSUPPORTED
from runway.language.dimension import sample
from runway.language.named_tuple import NamedTuple
from runway.model.addresses import Path, dimension_of, element_class, field_key, section_fields

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import BaseModel
    from pydantic.fields import FieldInfo

    from runway.files.document import Document

_TYPES = {
    "int": "a whole number",
    "string": "text, in quotation marks",
    "bool": "true or false",
    "tuple": "a list, in brackets [ ]",
    "dict": "a table, in braces { }",
    "model": "a table",
}


class _ErrorField(NamedTuple):
    """The field of an error: the class that has it, its name, its description, and its depth."""

    owner: type[BaseModel]
    name: str
    field: FieldInfo | None
    description: str
    depth: int  # the parts of the place that lead to it: those behind name a member of a union, or an entry


def field_problems(
    document: Document, cls: type[BaseModel], path: Path, errors: Sequence[dict[str, Any]]
) -> Iterator[Problem]:
    """The problems of pydantic's errors in the table at `path` that `cls` reads.

    A field that is missing because its name is misspelt is one mistake, told once.
    """
    unknown = [tuple(error["loc"]) for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {(*loc[:-1], closest(str(loc[-1]), _keys(_described(cls, loc).owner, path, loc))) for loc in unknown}
    reported = set[tuple[str | int, ...]]()
    for error in errors:
        loc = tuple(error["loc"])
        faulty = _described(cls, loc)
        either = faulty.field is not None and _one_or_several(faulty.field) and "text" not in (error.get("ctx") or {})
        if either and error["type"] != "missing":
            if (where := loc[: faulty.depth]) not in reported:
                reported.add(where)
                says = f"{faulty.name} is {faulty.description}; it is text, in quotation marks, or a list of such."
                yield document.problem((*path, *where), "wrong-type", says)
        elif error["type"] != "missing" or loc not in misspelt:
            yield _problem(document, cls, path, error)


def _one_or_several(field: FieldInfo) -> bool:
    """Whether a field is one text or several: pydantic tells what is wrong with it as either."""
    choices = (
        get_args(choice)[0] if get_origin(choice) is Annotated else choice for choice in get_args(field.annotation)
    )
    return {str, tuple} <= {get_origin(choice) or choice for choice in choices}


def _unsupported(owner: type[BaseModel], path: Path, name: str) -> str | None:
    """The plural of a term that is not modelled; None of a key of the table that is no such term."""
    key = name.casefold().replace("-", "_")
    if key in getattr(owner, "elsewhere", {}):
        return None
    of_contracts = UNSUPPORTED if path[0] in ("funding", "captable", "exits") else {}
    term: str | None = getattr(owner, "unsupported", {}).get(key, of_contracts.get(key))
    return term


def _keys(owner: type[BaseModel], path: Path, loc: tuple[str | int, ...]) -> list[str]:
    known = [field_key(key, field) for key, field in owner.model_fields.items()]
    return [*known, *(section_fields(str(path[0])) if len(loc) == 1 else ())]


def _problem(document: Document, cls: type[BaseModel], path: Path, error: dict[str, Any]) -> Problem:
    loc: tuple[str | int, ...] = tuple(error["loc"])
    context, kind = error.get("ctx") or {}, str(error["type"])
    faulty = _described(cls, loc)
    where, name, description = (*path, *loc), faulty.name, faulty.description
    if "text" in context:
        place = (*where, *context.get("path", ()))
        text = worded(str(context["text"]), name, description)
        return document.problem(place, kind, text, at=context.get("at", "value"), span=context.get("span"))
    match kind:
        case "missing":
            text = f"{name} is missing: {description}.{_example(faulty, where)}"
            return document.problem(where[:-1], "missing-field", text, at="key")
        case "extra_forbidden":
            if (term := _unsupported(faulty.owner, path, name)) is not None:
                text = f"{term} are not modelled, so every figure that they touch would be wrong. Take {name} out."
                if (instead := INSTEAD.get(name)) in faulty.owner.model_fields:
                    text += f" What is paid at a sale is {instead}."
                return document.problem(where, "unsupported-term", text, at="key")
            known = _keys(faulty.owner, path, loc)
            advice = getattr(faulty.owner, "elsewhere", {}).get(name) or _key_of_others(cls, path, faulty)
            hint = f" {advice}" if advice else did_you_mean(name, known) or f" It may hold {', '.join(known)}."
            return document.problem(where, "unknown-key", f"{name} is not known here.{hint}", at="key")
        case "literal_error" | "string_pattern_mismatch":
            choices = str(context.get("expected") or context.get("pattern", "")).strip("^$()").replace("|", ", ")
            choices = choices.replace("'", "").replace(" or ", ", ")
            return document.problem(where, "unknown-choice", f"{name} is {description}: one of {choices}.")
    if kind == "string_too_short":
        return document.problem(where, "value-out-of-range", f"{name} is {description}; it cannot be empty.")
    out_of_range = kind in ("greater_than_equal", "less_than_equal")
    problem = "value-out-of-range" if out_of_range else "wrong-type"
    return document.problem(where, problem, f"{name} is {description}; it is {_expected(kind, faulty, where)}.")


def _key_of_others(cls: type[BaseModel], path: Path, faulty: _ErrorField) -> str:
    """The advice that a key belongs to other tables that `cls` reads; empty where none has it."""
    tables: list[tuple[type[BaseModel], str]] = [(cls, f"[{_table(path)}]")]
    for key, field in cls.model_fields.items():
        inner, form, head = element_class(field), get_origin(field.annotation), _table((*path, field_key(key, field)))
        if inner is not None:
            tables.append((inner, f"[[{head}]]" if form is tuple else f"[{head}{'.NAME' if form is dict else ''}]"))
    known = [
        head
        for owner, head in tables
        if owner is not faulty.owner and faulty.name in (field_key(*item) for item in owner.model_fields.items())
    ]
    return f"It is a key of {' and '.join(known)}." if known else ""


def _expected(kind: str, faulty: _ErrorField, where: Path) -> str:
    if faulty.field is not None:
        notes = (note for choice in get_args(faulty.field.annotation) for note in getattr(choice, "__metadata__", ()))
        within = (bound for note in notes for bound in getattr(note, "metadata", ()))
        bounds = {type(bound).__name__: bound for bound in (*faulty.field.metadata, *within)}
        if "Ge" in bounds and "Le" in bounds:
            return f"a whole number, {bounds['Ge'].ge} to {bounds['Le'].le}"
        if element_class(faulty.field) is not None and kind.startswith("tuple"):
            return f"a list of tables, each [[{_table(where)}]]"
    return _TYPES.get(kind.split("_")[0], "text, in quotation marks")


def _table(where: Path) -> str:
    return ".".join(str(part) for part in where if isinstance(part, str))


def _example(faulty: _ErrorField, where: Path) -> str:
    if faulty.field is None:
        return ""
    if element_class(faulty.field) is not None:
        named = get_origin(faulty.field.annotation) is dict  # its description says how each table is headed
        return "" if named else f" Each is a table [[{_table(where)}]]."
    if get_origin(faulty.field.annotation) is Literal:
        choices = " or ".join(f'"{choice}"' for choice in get_args(faulty.field.annotation))
        return f" Write {faulty.name} = {choices}."
    dimension = dimension_of(faulty.field)
    examples = faulty.field.examples or ([sample(dimension)] if dimension is not None else [])
    return f" For example {faulty.name} = {examples[0]}." if examples else ""


def worded(text: str, name: str, description: str) -> str:
    """The text with the field's name, led in by the field's description."""
    if description and text.startswith("FIELD "):
        text = f"FIELD is {description}; it {text[6:]}"
    elif description:
        text = f"FIELD is {description}. {text}"
    return text.replace("FIELD", name)


def _described(cls: type[BaseModel], loc: tuple[str | int, ...]) -> _ErrorField:
    """The field at a place below a table of `cls`."""
    owner, name, field, description, depth = cls, "", None, "", 0
    for n, part in enumerate(loc, start=1):
        if isinstance(part, int):
            continue
        info = next((f for k, f in owner.model_fields.items() if part in (k, f.alias)), None)
        if info is None and field is not None and _one_or_several(field):
            continue
        name, field, depth = str(part), info, n
        if info is None:
            continue
        description = info.description or ""
        inner = element_class(info)
        if inner is not None and part != loc[-1]:
            owner = inner
    return _ErrorField(owner, name, field, description, depth)
