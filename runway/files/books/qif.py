"""QIF, in which Quicken and banks that follow it export.

    !Type:Bank
    D1/15'26
    T-4,200.00
    PLandlord Example LLC
    LRent
    ^

A record ends with ^; what begins a line says what the rest of it is.  The order of day and month, and the decimal mark,
are those of the whole file.  A payment that is split gives one row a category, and its splits must come to it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from runway.files.books.columns import AmountColumns
from runway.files.books.dates import DAY_FIRST, MONTH_FIRST, days_of
from runway.files.books.export import Balance, BookRow
from runway.files.books.sheet import BookSheet
from runway.files.books.source import text_of
from runway.files.books.statements import StatementPage, joined, left_out_by_reason

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from runway.errors import Problem
    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.source import BookText

LAYOUT = "qif"
OPENING = "opening balance"
DATE, AMOUNT = 0, 1
_HEAD = re.compile(rb"\s*!\s*(?:Type|Account|Option|Clear)\b", re.IGNORECASE)
_CASH = ("bank", "cash", "ccard", "oth a", "oth l", "oth s")
_LISTS = ("cat", "class", "memorized", "tag", "prices", "security", "budget", "invitem", "template")
_YEAR = re.compile(r"\s*(['\u2019])\s*(\d{1,2}|\d{4})\s*\Z", re.ASCII)


class _QifField(NamedTuple):
    text: str
    line: int


class _QifRecord:
    """The fields of one record by their letter, and its splits: category, memo and amount."""

    def __init__(self, account: str, line: int) -> None:
        self.account, self.line = account, line
        self.fields: dict[str, _QifField] = {}
        self.splits: list[dict[str, _QifField]] = []

    def value(self, letter: str) -> str:
        """The text of a field, empty if there is none."""
        return self.fields[letter].text if letter in self.fields else ""

    def add(self, letter: str, field: _QifField) -> None:
        """Takes one field in."""
        if letter == "S":
            self.splits.append({letter: field})
        elif letter in ("E", "$", "%") and self.splits:
            self.splits[-1][letter] = field
        elif letter != "A":
            self.fields.setdefault(letter, field)

    @property
    def amount(self) -> _QifField | None:
        return self.fields.get("U") or self.fields.get("T")


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of QIF."""
    return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The accounts of a file.

    Raises `InputError`: broken-export, wrong-export, not-a-date, ambiguous-date, not-a-figure, ambiguous-number,
    totals-do-not-foot, duplicate-row, file-not-text.
    """
    source = text_of(file, reading.encoding)
    records = list(_records(source))
    sheet = _QifSheet(source)
    dates = {_plain_date(record.value("D")): record.fields["D"].line for record in reversed(records)}
    orders = (reading.date,) if reading.date else (DAY_FIRST, MONTH_FIRST)
    days = days_of(sheet, DATE, dict(sorted(dates.items(), key=lambda item: item[1])), orders, reading.table)
    written = [field for record in records for field in _amounts(record)]
    columns = AmountColumns(sheet, [field.line for field in written], reading.decimal or "", reading.table)
    values = columns.values({AMOUNT: [field.text for field in written]})[AMOUNT]
    sheet.finish()
    by_line = {field.line: value for field, value in zip(written, values, strict=True) if value is not None}
    pages: dict[str, list[_QifRecord]] = {}
    for record in records:
        pages.setdefault(record.account, []).append(record)
    return joined(
        file.title,
        LAYOUT,
        [_page(source, account, of, days, by_line) for account, of in pages.items()],
        source.refusal,
        duplicates=reading.duplicates,
    )


def _records(source: BookText) -> Iterator[_QifRecord]:
    """Each movement of an account of cash.

    Raises `InputError` (broken-export, wrong-export).
    """
    kind, account, header = "", "", True
    record: _QifRecord | None = None
    other: list[tuple[int, str]] = []  # kinds of account that are not read
    cash = False
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        if text.startswith("!"):
            name, _, rest = text[1:].partition(":")
            if record is not None:
                raise source.refusal(number, "broken-export", f"The record of line {record.line} does not end with ^.")
            if name.strip().casefold() == "account":
                kind = "account"
            elif name.strip().casefold() == "type":
                kind = rest.strip().casefold()
                cash = cash or kind in _CASH
                if kind not in (*_CASH, *_LISTS):
                    other.append((number, rest.strip()))
        elif text == "^":
            if record is None and kind in _CASH and not header:
                raise source.refusal(number, "broken-export", "A record ends here and has no field.")
            if record is not None:
                yield from _whole(source, record, kind)
            record, header = None, False
        elif text and kind == "account":
            if text.startswith("N"):
                account = text[1:].strip()
        elif text and kind in _CASH:
            if record is None:
                record = _QifRecord(account, number)
            record.add(text[0], _QifField(text[1:].strip(), number))
        elif text and not kind:
            raise source.refusal(number, "broken-export", "No line before this one says what it is: !Type:Bank.")
    if record is not None:
        raise source.refusal(
            len(source.lines), "broken-export", "The file ends in a record, without ^: it is cut short."
        )
    if not cash:
        number, name = other[0] if other else (1, "no account")
        says = f"The file has {name}, and no movements of cash: a bank, card, cash or other account."
        raise source.refusal(number, "wrong-export", says)


def _whole(source: BookText, record: _QifRecord, kind: str) -> Iterator[_QifRecord]:
    if kind not in _CASH:
        return
    if "D" not in record.fields:
        raise source.refusal(record.line, "not-a-date", "This record has no date, a line that begins with D.")
    if record.amount is None:
        raise source.refusal(record.line, "not-a-figure", "This record has no amount, a line that begins with T.")
    for split in record.splits:
        if "$" not in split:
            raise source.refusal(
                split["S"].line, "not-a-figure", "This split has no amount, a line that begins with $."
            )
    yield record


def _amounts(record: _QifRecord) -> Iterator[_QifField]:
    if record.amount is not None:
        yield record.amount
    for split in record.splits:
        yield split["$"]


@lru_cache(maxsize=4096)
def _plain_date(text: str) -> str:
    """A date with a mark before its year as others have it: the apostrophe stands for this century."""
    text = re.sub(r"\s*([-/.])\s*", r"\1", text)
    match = _YEAR.search(text)
    if match is None:
        return text
    mark = next((mark for mark in text if mark in "-/."), "/")
    return f"{text[: match.start()]}{mark}{match[2] if len(match[2]) == 4 else f'20{int(match[2]):02d}'}"


def _page(
    source: BookText, account: str, records: list[_QifRecord], days: dict[str, date], amounts: dict[int, Decimal]
) -> StatementPage:
    """One account; the record with which Quicken opens it is its balance, not a movement."""
    rows: list[BookRow] = []
    opening: Balance | None = None
    left_out: list[tuple[str, Decimal]] = []
    for record in records:
        day = days[_plain_date(record.value("D"))]
        total = amounts[record.amount.line] if record.amount else Decimal(0)
        category = record.value("L")
        if record.value("P").casefold() == OPENING and (not category or category == f"[{record.account}]"):
            opening = Balance(day, total, record.line)
            left_out.append((OPENING, total))
            continue
        if not record.splits:
            rows.append(_row(record, day, category, record.value("M"), total))
            continue
        parts = [(split["S"].text, split.get("E"), amounts[split["$"].line]) for split in record.splits]
        if sum(part[2] for part in parts) != total:
            says = f"This payment is {total:,}; its {len(parts)} splits come to {sum(part[2] for part in parts):,}."
            raise source.refusal(record.line, "totals-do-not-foot", says)
        sums: dict[tuple[str, str], Decimal] = {}  # by category and memo
        for own, memo, amount in parts:
            key = own, memo.text if memo else record.value("M")
            sums[key] = sums.get(key, Decimal(0)) + amount
        rows += [_row(record, day, own, said, amount) for (own, said), amount in sums.items()]
    return StatementPage(
        account, "", records[0].line, tuple(rows), opening, None, None, None, left_out_by_reason(left_out)
    )


def _row(record: _QifRecord, day: date, category: str, memo: str, amount: Decimal) -> BookRow:
    payee = record.value("P")
    text = f"{payee} | {memo}" if payee and memo and payee != memo else payee or memo
    return BookRow(day, category, text, amount, record.line, record.value("N"))


class _QifSheet(BookSheet):
    """The fields of a file as cells, one a line."""

    def __init__(self, source: BookText) -> None:
        super().__init__(source.title)
        self._source = source

    def located(self, line: int, _column: int, name: str, text: str) -> Problem:
        (problem,) = self._source.refusal(line, name, text).problems
        return problem
