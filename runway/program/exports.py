"""The exports that `[actuals.files]` names: each account once, whatever files it stands in, and the days covered."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.files.books.export import TRAITS, BookFile, Export, Reading, Trait
from runway.files.books.union import JoinedAccount, by_account, joined, said_twice, shared_row
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, last_day, month_label
from runway.words import day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from runway.files.books.export import BookRow, Kind
    from runway.files.books.union import MonthRows
    from runway.files.document import Document
    from runway.model.books import ActualsFile, ActualsTable
    from runway.model.model import Model

    Postings = Mapping[tuple[str, int], MonthRows]


READING_KEYS = ("layout", "date", "decimal", "encoding", "only", "leave_out", "duplicates", "sheet")
"""The keys of `[actuals.files.NAME]` that say how its files are read, as fields of the same names in `Reading`."""


class AccountRows(NamedTuple):
    """One account of one `[actuals.files.NAME]`."""

    name: str  # of its table
    kind: Kind
    layout: str
    account: str  # as the file says it
    currency: str  # of its amounts
    holds_cash: bool  # whether it is money that we hold
    paid: bool  # whether its rows are payments; else amounts earned and incurred
    joined: JoinedAccount
    first: date | None  # the days that it covers
    last: date | None
    exports: tuple[Export, ...]
    months: Mapping[int, MonthRows]  # absolute
    postings: Postings  # of books: by account and absolute month
    alone: bool = True  # whether its table has no other
    inward: bool | None = None  # of a ledger: whether money in is positive, where the file says it

    @property
    def sign(self) -> int:
        """The factor, 1 or -1, that makes its amounts positive for money in."""
        return self.trait.sign if self.inward is None else 1 if self.inward else -1

    @property
    def trait(self) -> Trait:
        return TRAITS[self.kind]

    @property
    def title(self) -> str:
        """The name of its table, with its account where the files have several."""
        return f"{self.name} {self.account}" if self.account and not self.alone else self.name

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.title for part in self.joined.parts))

    def rows(self) -> Iterator[tuple[str, BookRow]]:
        """Each row that counts, with the file that it stands in."""
        for part in self.joined.parts:
            for row in part.rows:
                yield part.title, row


class _ExportRequest(NamedTuple):
    """One file, and the settings with which it is read."""

    file: BookFile
    reading: Reading


def read_beside(model: Model, table: ActualsTable, key: str) -> tuple[Export, ...]:
    """The exports in the one file that `[actuals]` names at a key: `file` or `figures`. Raises `InputError`."""
    from runway.model.books import ActualsFile

    file_table, path = ActualsFile(file="-", duplicates=table.duplicates), ("actuals", key)
    try:
        return _read(_file_readings(model, table, file_table, path)[0])
    except InputError as error:
        problems = [p if p.place else model.document.problem(path, p.name, p.text) for p in error.problems]
        raise InputError(*problems) from None


def _file_readings(
    model: Model, table: ActualsTable, file_table: ActualsFile, path: tuple[str, ...]
) -> list[_ExportRequest]:
    """The files that are named at a path, each with the settings of its table."""
    from runway.model.books import raw_layout

    currency = model.settings.currency
    reading = Reading(
        file_table.currency or currency,
        **{key: getattr(file_table, key) for key in READING_KEYS},
        layouts={name: raw_layout(layout) for name, layout in table.layouts.items()},
        like="statement" if file_table.account == "cash" else "ledger" if table.mapping else "",
        worth=(currency, *model.fx),
    )
    return [_ExportRequest(BookFile(*file), reading) for file in model.document.files_beside(path)]


def read_sources(model: Model, table: ActualsTable) -> list[AccountRows]:
    """Every account of every file, in the order of their tables.

    Raises `InputError` with the problems of all files.
    """
    document, sources, problems = model.document, list[AccountRows](), list[Problem]()
    _check_layouts(document, table)
    owners: dict[Path, str] = {}
    for name, file_table in table.files.items():
        path = key_of_file(table, name)
        try:
            readings = _file_readings(model, table, file_table, path)
            for file, _ in readings:
                owner = owners.setdefault(file.path.resolve(), name)
                if owner != name:
                    text = (
                        f"{file.title} is a file of {owner} as well; its rows would count twice. Narrow one of the two."
                    )
                    raise InputError(document.problem(path, "files-disagree", text))
            accounts = _joined(tuple(readings))
            alone = len(accounts) == 1
            sources += [_source(model, path, name, file_table, *account)._replace(alone=alone) for account in accounts]
        except InputError as error:
            problems += [p if p.place else document.problem(path, p.name, p.text) for p in error.problems]
    if problems:
        raise InputError(*dict.fromkeys(problems))
    _refuse_twice(document, table, sources)
    return sources


def key_of_file(table: ActualsTable, name: str) -> tuple[str, ...]:
    """The path in the assumption file of the text that names files."""
    return ("actuals", "file") if table.file is not None else ("actuals", "files", name, "file")


def _check_layouts(document: Document, table: ActualsTable) -> None:
    """Raises `InputError` with the mistakes of `[actuals.layouts]`."""
    from runway.files.books.layout import layout_mistake
    from runway.model.books import raw_layout

    errors = [(name, error) for name, layout in table.layouts.items() if (error := layout_mistake(raw_layout(layout)))]
    if errors:
        raise InputError(
            *(document.problem(("actuals", "layouts", name, *path), kind, text) for name, (path, kind, text) in errors)
        )


@lru_cache(maxsize=64)
def _read(reading: _ExportRequest) -> tuple[Export, ...]:
    from runway.files.books.read import read_export

    return read_export(*reading)


@lru_cache(maxsize=16)
def _joined(
    readings: tuple[_ExportRequest, ...],
) -> tuple[tuple[tuple[Export, ...], JoinedAccount, str, Postings], ...]:
    """By account of some files: its exports, their rows as one, its currency, and its rows by ledger account."""
    exports, problems = list[Export](), list[Problem]()
    for reading in readings:
        try:
            exports += _read(reading)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    grouped = by_account(exports, readings[0].reading.currency if readings else "")  # one table's files have one
    accounts = []
    for (*_, currency), group in grouped.items():
        rows = joined(group)
        accounts.append((tuple(group), rows, currency, rows.postings() if group[0].trait.by_account else {}))
    return tuple(accounts)


def _source(
    model: Model, path: tuple[str, ...], name: str, file_table: ActualsFile, exports: tuple[Export, ...],
    rows: JoinedAccount, currency: str, postings: Postings,
) -> AccountRows:  # fmt: skip
    """One account of a table's files, up to the day as of which the model is read."""
    kind = exports[0].kind
    if TRAITS[kind].of_model:
        text = f"{exports[0].title} is {TRAITS[kind].words}, which [actuals] names as its file or its figures."
        raise InputError(model.document.problem(path, "kind-not-here", text))
    is_statement = TRAITS[kind].sign > 0
    if file_table.account == "cash" and not is_statement:
        text = f"{exports[0].title} is {TRAITS[kind].words}, which holds no cash. Leave account out."
        raise InputError(model.document.problem((*path[:-1], "account"), "kind-not-here", text))
    first = min((first for first, _ in rows.days), default=None)
    last = max((last for _, last in rows.days), default=None)
    if file_table.through is not None:
        until = file_table.through.day
        last = until if last is None else max(last, until)
    if model.as_of is not None and last is not None and last > model.as_of:
        last, rows = model.as_of, rows.until(model.as_of)
        postings = rows.postings() if TRAITS[kind].by_account else {}
    holds = is_statement and file_table.account is not False
    paid = holds if file_table.basis is None else file_table.basis == "cash"
    return AccountRows(
        name, kind, exports[0].layout, exports[0].account, currency, holds, paid, rows, first, last, exports,
        rows.by_month(), postings,
    )  # fmt: skip


def _refuse_twice(document: Document, table: ActualsTable, sources: Sequence[AccountRows]) -> None:
    """Refuses one account that two tables have: its rows would count twice."""
    accounts: dict[tuple[str, str], AccountRows] = {}
    for source in sources:
        if source.trait.sign > 0 and source.account:
            first = accounts.setdefault((source.layout, source.account), source)
            if first is not source and first.name != source.name and first.currency == source.currency:
                text = f"{source.name} and {first.name} both have the account {source.account}. Name its files in one."
                raise InputError(document.problem(key_of_file(table, source.name), "files-disagree", text))
    for n, source in enumerate(sources):
        for first in sources[:n]:
            if (source.trait, source.currency) == (first.trait, first.currency) and first.name != source.name:
                _refuse_shared(document, table, source, first)


def _refuse_shared(document: Document, table: ActualsTable, source: AccountRows, first: AccountRows) -> None:
    """Refuses two tables of one account, or of the same books, of which a row stands in files of both."""
    for export, beside in product(source.exports, first.exports):
        if (row := said_twice(export, beside)) is not None:
            text = f"{row.amount:,} of {day_text(row.day)} stands in {export.title} and in {beside.title}, as most of "
            text += f"their rows do: {first.name} and {source.name} say the same twice. Leave one out."
            raise InputError(document.problem(key_of_file(table, source.name), "counted-twice", text))
        if export.layout != beside.layout or (row := shared_row(export, beside)) is None:
            continue
        books = "one account" if source.trait.sign > 0 else "the same books"
        text = f"{row.amount:,} of {day_text(row.day)} stands in {export.title}, line {row.line}, and in {beside.title}"
        text += f": {first.name} and {source.name} are downloads of {books}. Name the files of both in one "
        text += 'table, with a pattern or as a list: file = ["…", "…"].'
        raise InputError(document.problem(key_of_file(table, source.name), "files-disagree", text))


def closed_until(model: Model, table: ActualsTable, sources: Sequence[AccountRows]) -> int:
    """The last closed month, as an absolute number, which every file covers; where `last_close` is "auto" and the books
    are read as of an earlier day, that may be before the first.

    Raises `InputError`: month-not-covered.
    """
    document, settings = model.document, model.settings
    monthly = [source for source in sources if source.trait.monthly]
    if table.last_close != "auto":
        close = table.last_close
        for source in monthly:
            if _covered(source, closed=True) < close:
                raise InputError(_not_covered(document, table, source, close))
    elif not monthly:
        text = "No file has rows by month, so no month can be closed."
        raise InputError(document.problem(("actuals", "last_close"), "month-not-covered", text))
    else:
        first = min(monthly, key=_covered)
        close = min(_covered(first), settings.start + settings.months - 1)
        if close < settings.start and model.as_of is None:
            raise InputError(_not_covered(document, table, first, settings.start))
    for source in monthly:
        _refuse_gap(document, table, source, settings.start, close)
    for of_table in by_name([source for source in monthly if source.trait.double]).values():
        _refuse_empty(document, of_table, settings.start, close)
    return close


def by_name(sources: Sequence[AccountRows]) -> dict[str, list[AccountRows]]:
    """The accounts and currencies of each table."""
    accounts: dict[str, list[AccountRows]] = {}
    for source in sources:
        accounts.setdefault(source.name, []).append(source)
    return accounts


def _refuse_empty(document: Document, ledger: Sequence[AccountRows], start: int, close: int) -> None:
    """Refuses a ledger without an entry in a closed month."""
    days = {balance.day for source in ledger for export in source.exports for balance in export.opening}
    months = {absolute_month(day) for day in days}.union(*(source.months for source in ledger))
    missing = next((month for month in range(start, close + 1) if month not in months), None)
    if missing is not None:
        text = f"{ledger[0].files[-1]} has no entry in {month_text(month_label(missing))}, a closed month."
        raise InputError(document.problem(("actuals", "last_close"), "month-gap", text))


def _covered(source: AccountRows, *, closed: bool = False) -> int:
    """The last month that a source covers to its end; 0 where it has none."""
    return 0 if source.last is None else source.trait.covered(source.last, closed=closed)


def _not_covered(document: Document, table: ActualsTable, source: AccountRows, month: int) -> Problem:
    """The problem of a source that ends before a month does."""
    month_name = month_text(month_label(month))
    file = source.files[-1] if source.files else source.name
    path = key_of_file(table, source.name)
    if source.last is None:
        return document.problem(path, "month-not-covered", f"{file} has no rows; {month_name} is not closed for it.")
    text = f"{file} ends on {day_text(source.last)}; {month_name} is not closed for it."
    where = "" if table.file is None else " in [actuals.files.NAME]"
    way = f'Write through = "{last_day(month)}"{where} if nothing followed.'
    return document.problem(path, "month-not-covered", f"{text} {way}")


def _refuse_gap(document: Document, table: ActualsTable, source: AccountRows, start: int, close: int) -> None:
    """Refuses a source of several files that have no day of a month between them, unless balances say that none is."""
    if source.joined.opening is not None and source.joined.closing is not None:
        return
    until: date | None = None
    for first, last in sorted(source.joined.days):
        month = absolute_month(first)
        missing = month if until is None else absolute_month(until) + 1
        if until is not None and start <= missing <= close and missing < month:
            text = f"No file of {source.name} has a day of {month_text(month_label(missing))}: one ends on "
            text += f"{day_text(until)}, the next begins on {day_text(first)}."
            raise InputError(document.problem(key_of_file(table, source.name), "month-not-covered", text))
        until = last if until is None else max(until, last)
