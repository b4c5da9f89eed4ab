"""`runway import`: exports of books and the actuals that are made of them, and cap tables."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import DatesAs, Decimals, Duplicates, Encoding, Layout, SheetName, completer, refuse_idle
from runway.cli.streams import remark
from runway.errors import InputError, Problem
from runway.files.disk import exists

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.answers.import_books import BooksImport
    from runway.answers.import_captable import CaptableImport
    from runway.files.books.export import BookFile, Reading
    from runway.program.plan import Plan

OPTIONS = {
    "ambiguous-date": "--date day-month-year", "ambiguous-number": '--decimal "."', "two-layouts": "--layout NAME",
    "two-sheets": "--sheet NAME", "duplicate-row": "--duplicates",
}  # fmt: skip
"""By the name of a problem, how what it asks for is said on the command line."""
OF_HOLDERS = 'Of a list of holders, name its columns: --columns "holder=Stakeholder, class=Share Class, shares=Shares".'


@command("Author", "import bank.csv --plan runway.toml", name="import")
def import_(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Exports of a bank, books, payroll or a payment service; - reads one."),
    ],
    extends: Annotated[
        str | None,
        typer.Option(
            "--plan", metavar="PLAN", help="The assumption file to extend.", autocompletion=completer("models")
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="OUT", help="The new file of actuals to write.")
    ] = None,
    layout: Layout = None,
    date: DatesAs = None,
    decimal: Decimals = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    duplicates: Duplicates = False,
    columns: Annotated[
        str | None,
        typer.Option(
            "--columns",
            metavar="ROLE=NAME,…",
            help="Of a list of holders: what its columns holder, class, shares … are called.",
        ),
    ] = None,
) -> BooksImport | CaptableImport:
    """Read exports of books, or a cap table: what they hold, and the assumption file made of them.

    A cap table is a package of the Open Cap Format, a folder or ZIP, or a CSV with holder, class and shares.
    """
    captable = captable_of(files, columns)
    if out is not None and extends is None and captable is None:
        book_files(name for name in files if name != "-")  # one that is not there may be meant as a cap table
        raise InputError(Problem("plan-missing", "-o writes the actuals of a plan: name it, --plan runway.toml."))
    if out is not None and "-" in files:
        raise InputError(Problem("output-refused", f"{out} would name the export, and standard input has no name."))
    if out is not None and exists(out):
        says = (
            f"{out} is there already, and is never written over. Name another file, or leave -o out and add the lines"
        )
        raise InputError(Problem("output-refused", f"{says} that are printed."))
    if out is not None:
        from runway.render.saving import foresee_new

        foresee_new(out)
    plan = None
    if extends is not None:
        import runway

        plan = runway.load(extends)
    from runway.files.books.export import Reading

    reading = Reading("", layout, date, decimal, encoding, sheet=sheet, duplicates=duplicates)
    with options_named():
        imported = import_files(files, plan, out, reading, columns)
    if out is not None:
        from runway.render.saving import create_text

        create_text(out, imported.text)
        then = "variance" if captable is None else "captable"
        remark(f"wrote {out}; next: runway {then} {quote(out)}")
    return imported


@contextmanager
def options_named() -> Iterator[None]:
    """What is wrong with files of which no table says anything yet is told with the options that answer it."""
    try:
        yield
    except InputError as error:
        raise InputError(*map(_with_option, error.problems)) from None


def _with_option(problem: Problem) -> Problem:
    says = OPTIONS.get(problem.name)
    if problem.name == "unknown-layout" and re.search(r"holder|\bshares\b|quantity", problem.text, re.IGNORECASE):
        return problem._replace(text=f"{problem.text}\n{OF_HOLDERS}")
    return problem if says is None else problem._replace(text=f"{problem.text} Here: {says}.")


def captable_of(files: Sequence[str], columns: str | None) -> str | None:
    """The first of some files that is a cap table; None where all are exports of books."""
    from runway.answers.import_captable import is_captable

    return next((name for name in files if columns is not None or is_captable(Path(name))), None)


def import_files(
    files: Sequence[str], plan: Plan | None, out: str | None, reading: Reading | None = None, columns: str | None = None
) -> BooksImport | CaptableImport:
    """What files hold, exports of books or a cap table; raises `InputError` with what is wrong in any of them."""
    captable = captable_of(files, columns)
    if captable is None:
        from runway.answers.import_books import import_books

        books = book_files(files)
        refuse_idle_sheet(books, reading)
        return import_books(books, plan, out, reading)
    from runway.answers.books_text import READING_KEYS
    from runway.answers.import_captable import import_captable
    from runway.files.equity.package import is_package

    if len(files) > 1:
        raise InputError(Problem("one-file", f"{captable} is a cap table; it is imported alone."))
    if columns is not None and Path(captable).suffix.lower() in ("", ".zip", ".json"):
        raise InputError(Problem("unknown-choice", f"--columns is for a CSV of holders; {captable} is none."))
    options = {} if reading is None else {f"--{key}": getattr(reading, key) for key in READING_KEYS}
    if is_package(Path(captable)):
        refuse_idle(options, f"{captable} is a package of the Open Cap Format, which is written in one way")
    idle = {key: options.get(key) for key in ("--layout", "--sheet", "--duplicates")}
    refuse_idle(idle, f"{captable} is a list of holders")
    return import_captable(captable, Path(captable), plan, out, named_columns(columns), reading)


def refuse_idle_sheet(files: Sequence[BookFile], reading: Reading | None) -> None:
    """Refuses to look for a sheet where no file has any."""
    if reading is not None and reading.sheet is not None and not any(map(is_workbook, files)):
        names = " and ".join(file.title for file in files)
        refuse_idle({"--sheet": True}, f"{names} {'is' if len(files) == 1 else 'are'} no workbook")


def is_workbook(file: BookFile) -> bool:
    """Whether a file has sheets; what is wrong with one that cannot be read is told where it is read."""
    from runway.files.books.contents import HEAD, contents
    from runway.files.books.spreadsheet import recognises

    return recognises(contents(file, HEAD))


def named_columns(text: str | None) -> dict[str, str]:
    """The columns of `--columns "holder=Stakeholder, class=Share Class"`; raises `InputError` (unknown-choice)."""
    parts = [part.partition("=") for part in (text or "").split(",") if part.strip()]
    wrong = next((part for part in parts if not part[1] or not part[2].strip()), None)
    if wrong is not None:
        says = f'"{wrong[0].strip()}" says no column. Write --columns "holder=Stakeholder, class=Share Class".'
        raise InputError(Problem("unknown-choice", says))
    return {role.strip().casefold(): name.strip() for role, _, name in parts}


def book_files(names: Iterable[str]) -> list[BookFile]:
    """The files of names and patterns, each once.

    Raises `InputError`: file-not-found, file-is-a-directory, kind-not-here of an assumption file.
    """
    from glob import glob

    from runway.files.books.export import BookFile

    files: dict[Path, BookFile] = {}
    for name in names:
        if name == "-":
            from runway.files.disk import standard_input_file

            files.setdefault(Path("-"), BookFile("-", standard_input_file()))
            continue
        matches = [name] if exists(name) else sorted(glob(name))  # noqa: PTH207  # a pattern may have folders in it, or begin at the root
        if not matches:
            raise InputError(Problem("file-not-found", f"There is no file {name}."))
        for match in matches:
            if Path(match).is_dir():
                says = f"{match} is a folder without Manifest.ocf.json, so no cap table. Name files: {match}/*.csv."
                raise InputError(Problem("file-is-a-directory", says))
            if match.endswith(".toml") and Path(match).is_file():
                says = f"{match} is an assumption file, and no books. To extend it"
                raise InputError(Problem("kind-not-here", f"{says}: runway import FILE --plan {quote(match)}."))
            files.setdefault(Path(match).resolve(), BookFile(match, Path(match)))
    return list(files.values())
