"""`runway import`: exports of books, and the actuals of a plan that are made of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from runway.cli.command import command
from runway.cli.options import models_there
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runway.answers.import_books import BooksImport
    from runway.files.books.export import BookFile

DateOrder = Literal["day-month-year", "month-day-year", "year-month-day"]


@command("Author", "import bank.csv --plan runway.toml", "import_books", name="import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Exports of a bank, of books, payroll or a payment service."),
    ],
    extends: Annotated[
        str | None,
        typer.Option(
            "--plan",
            metavar="PLAN",
            help="The assumption file to extend.",
            show_default=False,
            autocompletion=models_there,
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option("--out", "-o", metavar="OUT", help="The new file of actuals to write.", show_default=False),
    ] = None,
    layout: Annotated[str | None, typer.Option("--layout", help="The files' layout.", show_default=False)] = None,
    date: Annotated[
        DateOrder | None, typer.Option("--date", help="The order of their dates.", show_default=False)
    ] = None,
    decimal: Annotated[
        Literal[".", ","] | None, typer.Option("--decimal", help="Their decimal mark.", show_default=False)
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", help="How their text is encoded.", show_default=False)
    ] = None,
) -> BooksImport:
    """Read exports of books: what each holds, by payee and month, and the actuals of a plan made of them."""
    from runway.answers.import_books import import_books
    from runway.files.books.export import Reading

    if out is not None and extends is None:
        raise InputError(Problem("plan-missing", "-o writes the actuals of a plan: name it, --plan runway.toml."))
    if out is not None and Path(out).exists():
        says = (
            f"{out} is there already, and is never written over. Name another file, or leave -o out and add the lines"
        )
        raise InputError(Problem("output-refused", f"{says} that are printed."))
    plan = None
    if extends is not None:
        import runway

        plan = runway.load(extends)
    reading = Reading("", layout, date, decimal, encoding)
    books = import_books(book_files(files), plan, out, reading)
    if out is not None:
        from runway.render.saving import create_text

        create_text(out, books.text)
        sys.stderr.write(f"wrote {out}; next: runway variance {out}\n")
    return books


def book_files(names: Iterable[str]) -> list[BookFile]:
    """The files of names and patterns, each once; raises `InputError`: file-not-found."""
    from glob import glob

    from runway.files.books.export import BookFile

    files: dict[Path, BookFile] = {}
    for name in names:
        matches = [name] if Path(name).exists() else sorted(glob(name))  # noqa: PTH207  # a pattern may have folders in it, or begin at the root
        if not matches:
            raise InputError(Problem("file-not-found", f"There is no file {name}."))
        for match in matches:
            files.setdefault(Path(match).resolve(), BookFile(match, Path(match)))
    return list(files.values())
