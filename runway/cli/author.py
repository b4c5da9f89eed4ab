"""The commands for whoever writes an assumption file: init, validate, schema, kinds, models."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.options import AsJson, model_read
from runway.errors import InputError, Problem, did_you_mean
from runway.render.problems import counted

if TYPE_CHECKING:
    from runway.language.figure import Entry
    from runway.model.model import Model

__all__ = ["init", "kinds", "models", "schema", "validate"]

STARTER = Path(__file__).with_name("starter.toml")


def init(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file to write; - prints it.")] = "runway.toml",
) -> str:
    """Write a commented assumption file of a small company, to be made your own."""
    text = STARTER.read_text(encoding="utf-8")
    if file == "-":
        return text
    from runway.render.saving import create_text

    create_text(file, text)
    sys.stderr.write(f"wrote {file}; next: runway project{'' if file == 'runway.toml' else ' ' + file}\n")
    return ""


def validate(
    model: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL...",
            help="Assumption files, - for standard input, or bundled models.",
            show_default=False,
        ),
    ] = None,
) -> str:
    """Check assumption files: every problem of every file at once, or OK."""
    from runway.engine.criteria import criteria, years_of
    from runway.engine.load import validated
    from runway.files.document import read

    fine, wrong = [], list[Problem]()
    for name in model or [model_read(None)]:
        try:
            loaded = validated(read(name))
            criteria(loaded)
            years_of(loaded)
        except InputError as error:
            wrong += error.problems
        else:
            fine.append(f"OK {name}: {summary(loaded)}\n")
    if wrong:
        sys.stdout.write("".join(fine))
        raise InputError(*wrong)
    return "".join(fine)


def summary(model: Model) -> str:
    """How many lines and figures were written, and how many figures say where they come from."""
    lines = sum(item.section in ("revenue", "costs", "capital", "passthrough") for item in model.items)
    written: list[object] = [model.settings, model.tax, *model.fx.values()]
    written += [component for item in model.items for component in (item.part, item.shared)]
    entries = [entry for component in written for entry in entries_of(component)]
    sourced = sum(entry.source is not None for entry in entries)
    return f"{counted(lines, 'line')}, {counted(len(entries), 'figure')}, {sourced} of them with a source"


def entries_of(part: object) -> Iterator[Entry]:
    """The figures written in a part of a model, at any depth; what a field is when left out does not count."""
    from pydantic import BaseModel

    from runway.language.figure import Figure

    inside: Iterable[object] = ()
    if isinstance(part, Figure):
        yield from part.entries
    elif isinstance(part, BaseModel):
        inside = [getattr(part, name) for name in part.model_fields_set]
    elif isinstance(part, Mapping):
        inside = part.values()
    elif isinstance(part, tuple):
        inside = part
    elif hasattr(part, "figure"):  # a valuation
        inside = (part.figure,)
    for piece in inside:
        yield from entries_of(piece)


def schema() -> str:
    """Print the JSON Schema of assumption files, from which editors complete and check."""
    from runway.model.schema import schema as model_schema
    from runway.render.json import as_json

    return as_json(model_schema())


def kinds(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One kind, in full.", show_default=False)] = None,
    as_json: AsJson = False,
) -> str:
    """List the kinds of line and funding and the cap table, or explain one: its fields and its formulas."""
    from runway.model.schema import described
    from runway.reports import kinds as listing

    known = listing.described(described())
    if name is not None:
        names = [kind.name for kind in known]
        known = [kind for kind in known if kind.name == name]
        if not known:
            text = f"There is no kind called {name}.{did_you_mean(name, names)}\nKinds: {', '.join(names)}."
            raise InputError(Problem("unknown-kind", text))
    if as_json:
        from runway.render.json import as_json as json_text

        return json_text({"kinds": [kind.to_dict() for kind in known]})
    return listing.kinds_text(known) if name is None else listing.kind_text(known[0])


def models(as_json: AsJson = False) -> str:
    """List the bundled models, which can be named wherever a file can."""
    from runway.files.document import bundled_models, read

    found = [
        {"name": name, "title": read(name).data["model"]["name"], "path": str(path)}
        for name, path in sorted(bundled_models().items())
    ]
    if as_json:
        from runway.render.json import as_json as json_text

        return json_text({"models": found})
    widest = max((len(model["name"]) for model in found), default=0)
    return "".join(f"{model['name'].ljust(widest)}  {model['title']}\n" for model in found)
