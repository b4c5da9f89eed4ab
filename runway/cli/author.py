"""The commands for whoever writes an assumption file: init, validate, schema, kinds, models, guide."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli import UNUSABLE
from runway.cli.command import command
from runway.cli.options import (
    AsJson,
    CsvFile,
    DatesAs,
    Decimals,
    Duplicates,
    Encoding,
    HtmlFile,
    Layout,
    Markdown,
    SheetName,
    amount_of,
    completer,
    model_read,
    page_is_text,
    refuse_idle,
)
from runway.cli.streams import remark
from runway.errors import InputError, Problem
from runway.words import counted

if TYPE_CHECKING:
    from runway.answers.guide import Guide
    from runway.answers.kinds import Kinds
    from runway.answers.models import Models
    from runway.files.books.export import Reading
    from runway.language.figure import Entry
    from runway.model.model import Model
    from runway.program.plan import Plan

SCHEMA_FILE = "runway.schema.json"
NAME_BOOKS = "name them with --from, or "
STARTER = Path(__file__).with_name("starter.toml")


@command("Author", "init")
def init(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]", help="The file to write, runway.toml; - prints it.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="Copy this bundled model, or make a company of these exports of its books.",
            autocompletion=completer("bundled"),
        ),
    ] = None,
    opening_cash: Annotated[
        str | None,
        typer.Option("--opening-cash", metavar="AMOUNT", help="With books that do not say what the bank held."),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option("--currency", metavar="CODE", help="With books that do not say what they are in: DKK."),
    ] = None,
    layout: Layout = None,
    date: DatesAs = None,
    decimal: Decimals = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    duplicates: Duplicates = False,
) -> str:
    """Write the assumption file of a small company, of a bundled model, or of a company from its books alone."""
    from runway.answers.books_text import READING_KEYS
    from runway.cli.books import options_named
    from runway.files.books.export import Reading

    file, books = written_and_read(list(files or ()), from_)
    reading = Reading("", layout, date, decimal, encoding, sheet=sheet, duplicates=duplicates)
    if not books:
        options = {f"--{key}": getattr(reading, key) for key in READING_KEYS}
        refuse_idle(options, "How a file is read is asked of books", NAME_BOOKS)
        refuse_idle({"--opening-cash": opening_cash}, "What the bank held is asked of books", NAME_BOOKS)
        refuse_idle({"--currency": currency}, "What amounts are in is asked of books", NAME_BOOKS)
    if file != "-":
        from runway.render.saving import foresee_new

        foresee_new(file)
    with options_named():
        text, beside = company_files(books, file, opening_cash, currency, reading) if books else starting_files(from_)
    if file == "-":
        return text
    written = write_new(file, text, beside)
    *first, last = written
    names = f"{', '.join(first)} and {last}" if first else last
    model = "" if file == "runway.toml" else f" {shlex.quote(file)}"
    remark(f"wrote {names}; next: runway project{model}")
    return ""


def written_and_read(named: list[str], source: str | None) -> tuple[str, list[str]]:
    """The file to write and the exports to read: a shell makes several words of a pattern behind --from."""
    from runway.files.document import bundled_models

    books = [] if source is None or source in bundled_models() or not exports_named(source) else [source]
    if books:
        books += [name for name in named if name != "-" and not name.endswith(".toml")]
        named = [name for name in named if name not in books]
    if len(named) > 1:
        raise InputError(Problem("one-file", f"One file is written, not {' and '.join(named)}. Name one."))
    return named[0] if named else "runway.toml", books


def company_files(
    books: Iterable[str],
    file: str,
    opening_cash: str | None = None,
    currency: str | None = None,
    reading: Reading | None = None,
) -> tuple[str, dict[str, str]]:
    """The file of a company that is made of exports of its books."""
    from runway.answers.books_company import company_text
    from runway.cli.books import book_files, refuse_idle_sheet

    if opening_cash is not None:
        amount_of("--opening-cash", opening_cash, "money", "is no amount of money; write 250000, or 250k.")
    if currency is not None and not re.fullmatch("[A-Za-z]{3}", currency):
        says = f"--currency {currency} is no currency code: three capital letters, such as EUR."
        raise InputError(Problem("bad-currency", says))
    exports = book_files(books)
    refuse_idle_sheet(exports, reading)
    return company_text(exports, file, opening_cash, currency and currency.upper(), reading), {}


def exports_named(source: str) -> bool:
    """Whether a word is a file or a pattern of files rather than the name of a bundled model."""
    from runway.files.disk import exists

    return exists(source) or any(mark in source for mark in "*?[/.\\")


def starting_files(name: str | None) -> tuple[str, dict[str, str]]:
    """What `init` writes: the starter or a bundled model, and by name the files that it reads beside itself."""
    if name is None:
        return STARTER.read_text(encoding="utf-8"), {}
    from runway.answers.models import files_of

    return files_of(name)


def write_new(file: str, text: str, beside: Mapping[str, str]) -> list[str]:
    """Writes a file and those beside it, all of them or none, and none that is there already; returns their names."""
    from runway.render.saving import create_texts

    folder = Path(file).parent
    files = {file: text, **{str(folder / name): contents for name, contents in beside.items()}}
    create_texts(files)
    return list(files)


@command("Author", "validate runway.toml")
def validate(
    model: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="MODEL...",
            help="Assumption files, - for standard input, or bundled models.",
            autocompletion=completer("models"),
        ),
    ] = None,
    as_json: AsJson = False,
) -> str:
    """Check assumption files: every problem of every file at once, or OK."""
    fine, wrong = dict[str, str](), list[Problem]()
    for name in model or [model_read(None)]:
        try:
            plan = validated_file(name)
        except InputError as error:
            wrong += error.problems
        else:
            fine[name] = summary(plan.model)
    if as_json:
        sys.stdout.write(validated_json(fine, wrong))
        raise typer.Exit(UNUSABLE if wrong else 0)
    text = "".join(f"OK {name}: {facts}\n" for name, facts in fine.items())
    if wrong:
        sys.stdout.write(text)
        raise InputError(*wrong)
    return text


def validated_json(fine: Mapping[str, str], wrong: Iterable[Problem]) -> str:
    """The files that can be used, and each problem with its place, for an editor or a script."""
    from runway.render.json import as_json

    problems = [
        {"name": problem.name, "text": problem.text, **(problem.place._asdict() if problem.place else {"file": None})}
        for problem in wrong
    ]
    return as_json({"valid": [{"file": file, "summary": facts} for file, facts in fine.items()], "problems": problems})


def validated_file(name: str) -> Plan:
    """The plan of a file of which every scenario and check can be used; raises `InputError` with what cannot."""
    from runway.answers.check import check
    from runway.engine.load import validated
    from runway.files.document import read

    plan = validated(read(name))
    if plan.model.checks:
        check(plan)
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


@command("Author", "schema --install")
def schema(
    install: Annotated[
        bool, typer.Option("--install", help=f"Write it to {SCHEMA_FILE}, where init's files look.")
    ] = False,
) -> str:
    """Print the JSON Schema of assumption files, from which editors complete and check."""
    from runway.model.schema import TITLE
    from runway.model.schema import schema as model_schema
    from runway.render.json import as_json

    text = as_json(model_schema())
    if not install:
        return text
    from runway.render.saving import save_bytes

    place = Path(SCHEMA_FILE)
    if place.is_file() and f'"title": "{TITLE}"' not in place.read_text(encoding="utf-8", errors="replace"):
        raise InputError(
            Problem("output-refused", f"{SCHEMA_FILE} is here and is no schema of runway's. Move it first.")
        )
    save_bytes(SCHEMA_FILE, text.encode())
    remark(f"wrote {SCHEMA_FILE}; a file that begins with #:schema ./{SCHEMA_FILE} is completed and checked")
    return ""


@command("Author", "kinds subscription")
def kinds(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="A kind or a section, in full.", autocompletion=completer("kinds")),
    ] = None,
) -> Kinds:
    """List what a file may hold, its kinds of line and funding and its sections, or explain one in full."""
    from runway.answers import kinds as answers

    return answers.kinds(name)


@command("Author", "models")
def models(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The one to print.", autocompletion=completer("bundled"))
    ] = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    html: HtmlFile = None,
) -> Models | str:
    """List the bundled models, which can be named wherever a file can, or print the file of one."""
    from runway.answers import models as answers

    models = answers.models(name)
    if name is None or as_json:
        return models
    page_is_text(f"The bundled model {name}", csv, html)
    return answers.files_of(name)[0]


@command("Learn", "guide funding")
def guide(
    topic: Annotated[
        str | None,
        typer.Argument(metavar="TOPIC", help="A page, such as files.", autocompletion=completer("topics")),
    ] = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    markdown: Markdown = False,
    html: HtmlFile = None,
) -> Guide | str:
    """Show a page of the guide, or list its topics: files, formulas, funding, checks and the rest."""
    from runway.answers import guide as answers

    guide = answers.guide(topic)
    if topic is None or as_json:
        return guide
    page_is_text(f"The page {topic} of the guide", csv, html)
    (page,) = guide.pages
    from runway.render.terminal import console, in_a_pipe

    if markdown or in_a_pipe():
        return page.text
    from runway.render.page import page_text

    return page_text(page.text, console())
