"""Exports that were read: each file, the amounts of each payee by month, and the line that it may be."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.months import month_label
from runway.render.figures import Scale, month
from runway.render.report import Block, Column, Prose, Report, Row, Table, Value, Verbatim
from runway.words import counted, minus

if TYPE_CHECKING:
    from runway.answers.import_books import BooksImport, ImportedFile, ImportedPayee

MONTHS = 3  # that fit beside the names; --csv and --json have all
SHOWN = 25  # payees


def report(books: BooksImport) -> Report:
    """The files, then payees by month with their lines; `main` has a row a payee and month."""
    sections: list[list[Block]] = [[_files(books)], [_payees(books), *_without_line(books)]]
    if books.out is None:
        sections.append([Verbatim(books.text.rstrip().split("\n"))])
    return Report(("books", *books.currencies), Scale("", 2, 1.0, ""), sections, main=lambda: _main(books))


def _files(books: BooksImport) -> Table:
    columns = [Column("", wraps=True), Column("first", "day"), Column("last", "day"), Column("rows", "count")]
    columns += [Column("opening", "money"), Column("closing", "money")]
    return Table("FILES", columns, [_file(file) for file in books.files])


def _file(file: ImportedFile) -> Row:
    export = file.export
    checked, possible = export.steps
    layout = [export.layout, export.account, export.currency]
    layout += [f"balances foot {checked} of {possible}"] if possible else []
    below = [Prose(", ".join(filter(None, layout)), "    ", "dim")]
    for out in export.left_out:
        rows = counted(out.rows, "row")
        below.append(Prose(f"left out: {out.reason}, {rows}, {minus(f'{out.amount:,}')}", "    ", "dim"))
    below += [Prose(remark, "    ", "dim") for remark in export.remarks]
    values = [None if amount is None else float(amount) for amount in file.ends]
    return Row([file.file, export.first, export.last, len(export.rows), *values], below=below)


def _payees(books: BooksImport) -> Table:
    months = range(max(books.first, books.last - MONTHS + 1), books.last + 1)
    columns = [Column("", wraps=True), *(Column(month(month_label(t)), "money", "") for t in months)]
    planned = books.plan is not None
    columns += [Column("line", wraps=True), Column("", align="right")] if planned else []
    rows = [
        Row([entry.payee.name, *(_amount(entry, t) for t in months), *(_line(entry) if planned else ())])
        for entry in books.payees[:SHOWN]
    ]
    rest, blank = books.payees[SHOWN:], ("", "") if planned else ()
    if rest:
        amounts = [float(sum((entry.payee.months.get(t, Decimal(0)) for entry in rest), Decimal(0))) for t in months]
        rows.append(Row([f"{len(rest)} more", *amounts, *blank]))
    sums = [float(sum((entry.payee.months.get(t, Decimal(0)) for entry in books.payees), Decimal(0))) for t in months]
    rows.append(Row(["sum", *sums, *blank], ruled=True))
    return Table("PAYEES", columns, rows, _sign_note(books))


def _sign_note(books: BooksImport) -> str:
    """Which amounts are positive: money in, and in books the credits."""
    kinds = {entry.payee.ledger for entry in books.payees}
    if True not in kinds:
        return "money in is positive"
    return "money in is positive; of books, credits are" if False in kinds else "credits are positive"


def _amount(entry: ImportedPayee, month: int) -> float | None:
    amount = entry.payee.months.get(month)
    return None if amount is None else float(amount)


def _line(entry: ImportedPayee) -> tuple[str, str]:
    """The line, and how sure it is; a question mark where it is not proven."""
    if entry.proposal is None:
        return "(none)", ""
    confidence = f"{entry.proposal.confidence:.1f}" if entry.counts else "?"
    return entry.proposal.line or f"to {entry.proposal.transfer}", confidence


def _without_line(books: BooksImport) -> list[Prose]:
    left = books.without_line
    if not left or books.plan is None:
        return []
    share = books.unmapped / books.moved if books.moved else 0.0
    verb, pronoun = ("has", "it") if len(left) == 1 else ("have", "them")
    text = f"{len(left)} of {len(books.payees)} payees {verb} no proven line ({books.unmapped:,.2f}, {share:.1%} of "
    return [Prose(f"{text}what moved): map {pronoun} in the actuals.")]


def _main(books: BooksImport) -> Table:
    columns = [Column("name"), Column("kind"), Column("month", "month"), Column("amount", "money"), Column("line")]
    columns += [Column("confidence", "number"), Column("reason")]
    rows = []
    for entry in books.payees:
        of_line: list[Value] = [None] * 3
        if entry.proposal is not None:
            of_line = [entry.proposal.line or None, entry.proposal.confidence, entry.proposal.reason]
        kind = "account" if entry.payee.ledger else "payee"
        for t, amount in sorted(entry.payee.months.items()):
            rows.append(Row([entry.payee.name, kind, month_label(t), float(amount), *of_line]))
    return Table("", columns, rows)
