"""The commands for whoever writes an assumption file: init, validate, schema, kinds, models."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import model_read
from runway.errors import InputError, Problem
from runway.render.problems import counted

if TYPE_CHECKING:
    from runway.answers.kinds import Kinds
    from runway.answers.models import Models
    from runway.language.figure import Entry
    from runway.model.model import Model
    from runway.program.plan import Plan

STARTER = Path(__file__).with_name("starter.toml")


@command("Author")
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


@command("Author")
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
    fine, wrong = [], list[Problem]()
    for name in model or [model_read(None)]:
        try:
            plan = validated_file(name)
        except InputError as error:
            wrong += error.problems
        else:
            fine.append(f"OK {name}: {summary(plan.model)}\n")
    if wrong:
        sys.stdout.write("".join(fine))
        raise InputError(*wrong)
    return "".join(fine)


def validated_file(name: str) -> Plan:
    """The plan of a file of which every scenario and check can be used; raises `InputError` with what cannot."""
    from runway.engine.criteria import criteria, years_of
    from runway.engine.load import validated
    from runway.files.document import read

    plan = validated(read(name))
    criteria(plan)
    years_of(plan.model)
    return plan


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
        inside = (value for name, value in part if name in part.model_fields_set)
    elif isinstance(part, Mapping):
        inside = part.values()
    elif isinstance(part, tuple):
        inside = part
    elif hasattr(part, "figure"):  # a valuation
        inside = (part.figure,)
    for piece in inside:
        yield from entries_of(piece)


@command("Author")
def schema() -> str:
    """Print the JSON Schema of assumption files, from which editors complete and check."""
    from runway.model.schema import schema as model_schema
    from runway.render.json import as_json

    return as_json(model_schema())


@command("Author", "kinds")
def kinds(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One kind, in full.", show_default=False)] = None,
) -> Kinds:
    """List the kinds of line and funding and the cap table, or explain one: its fields and its formulas."""
    from runway.answers import kinds as answers

    return answers.kinds(name)


@command("Author", "models")
def models() -> Models:
    """List the bundled models, which can be named wherever a file can."""
    from runway.answers import models as answers

    return answers.models()
