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
from typing import TYPE_CHECKING

from runway.files.books.columns import AmountColumns
from runway.files.books.dates import DAY_FIRST, MONTH_FIRST, days_of
from runway.files.books.export import Balance, BookRow
from runway.files.books.sheet import BookSheet
from runway.files.books.source import text_of
from runway.files.books.statements import StatementPage, joined
from runway.language.named_tuple import NamedTuple

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
_LINE = re.compile(r".*\n?")
_YEAR = re.compile(r"\s*(['\u2019])\s*(\d{1,2}|\d{4})\s*\Z", re.ASCII)


class _QifField(NamedTuple):
    text: str
    line: int


class _QifPart(NamedTuple):
    """The texts of a movement, or of one split of it."""

    category: str
    text: str
    amount: str
    below: int  # lines from the first of the record to that of the amount


class _QifRecord(NamedTuple):
    """One movement of an account."""

    account: str
    line: int
    date: str
    below: int  # lines from the first to that of the date
    payee: str
    number: str
    whole: _QifPart
    splits: tuple[_QifPart, ...]

    @property
    def amounts(self) -> Iterator[_QifField]:
        """The amounts as they are written, each with its line."""
        return (_QifField(part.amount, self.line + part.below) for part in (self.whole, *self.splits))


class _OpenRecord:
    """A record whose end is not read yet: its fields by their letter, and its splits."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.fields: dict[str, _QifField] = {}
        self.splits: list[dict[str, _QifField]] = []

    def add(self, letter: str, field: _QifField) -> None:
        """Takes one field in."""
        if letter == "S":
            self.splits.append({letter: field})
        elif letter in ("E", "$", "%") and self.splits:
            self.splits[-1][letter] = field
        elif letter != "A":
            self.fields.setdefault(letter, field)

    def whole(self, source: BookText, account: str, shared: dict[str, str]) -> _QifRecord:
        """The record, its texts as those of `shared` that are equal.

        Raises `InputError` (not-a-date, not-a-figure).
        """
        share = shared.setdefault

        def value(letter: str) -> str:
            text = self.fields[letter].text if letter in self.fields else ""
            return share(text, text)

        date = self.fields.get("D")
        amount = next((field for letter in "UT" if (field := self.fields.get(letter)) and field.text), None)
        if date is None:
            raise source.refusal(self.line, "not-a-date", "This record has no date, a line that begins with D.")
        if amount is None:
            raise source.refusal(self.line, "not-a-figure", "This record has no amount, a line that begins with T.")
        payee, memo = value("P"), self.fields["M"].text if "M" in self.fields else ""
        splits = []
        for split in self.splits:
            if "$" not in split or not split["$"].text:
                message = "This split has no amount, a line that begins with $."
                raise source.refusal(split["S"].line, "not-a-figure", message)
            splits.append(self._part(split["S"].text, payee, split["E"].text if "E" in split else memo, split["$"]))
        whole = self._part(value("L"), payee, memo, amount)
        return _QifRecord(
            account, self.line, share(date.text, date.text), date.line - self.line, payee, value("N"), whole,
            tuple(splits),
        )  # fmt: skip

    def _part(self, category: str, payee: str, memo: str, amount: _QifField) -> _QifPart:
        text = f"{payee} | {memo}" if payee and memo and payee != memo else payee or memo
        return _QifPart(category, text, amount.text, amount.line - self.line)


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
    dates: dict[str, int] = {}
    for record in records:
        dates.setdefault(_plain_date(record.date), record.line + record.below)
    orders = (reading.date,) if reading.date else (DAY_FIRST, MONTH_FIRST)
    days = days_of(sheet, DATE, dates, orders, reading.table)
    lines = [field.line for record in records for field in record.amounts]
    columns = AmountColumns(sheet, lines, reading.decimal or "", reading.table)
    values = columns.values({AMOUNT: [field.text for record in records for field in record.amounts]})[AMOUNT]
    sheet.finish()
    amounts = iter(value for value in values if value is not None)
    pages: dict[str, _QifAccount] = {}
    for record in records:
        account = pages.setdefault(record.account, _QifAccount(source, record.account))
        account.add(record, days[_plain_date(record.date)], amounts)
    return joined(file.title, LAYOUT, pages.values(), source.refusal, duplicates=reading.duplicates)


def _records(source: BookText) -> Iterator[_QifRecord]:
    """Each movement of an account of cash.

    Raises `InputError` (broken-export, wrong-export).
    """
    kind, account, header = "", "", True
    record: _OpenRecord | None = None
    shared: dict[str, str] = {}
    unread_kinds: list[tuple[int, str]] = []  # kinds of account that are not read
    cash = False
    for number, line in enumerate(_LINE.finditer(source.text), 1):
        text = line[0].strip()
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
                    unread_kinds.append((number, rest.strip()))
        elif text == "^":
            if record is None and kind in _CASH and not header:
                raise source.refusal(number, "broken-export", "A record ends here and has no field.")
            if record is not None:
                yield record.whole(source, account, shared)
            record, header = None, False
        elif text and kind == "account":
            if text.startswith("N"):
                account = text[1:].strip()
        elif text and kind in _CASH:
            if record is None:
                record = _OpenRecord(number)
            record.add(text[0], _QifField(text[1:].strip(), number))
        elif text and not kind:
            raise source.refusal(number, "broken-export", "No line before this one says what it is: !Type:Bank.")
    if record is not None:
        raise source.refusal(
            len(source.lines), "broken-export", "The file ends in a record, without ^: it is cut short."
        )
    if not cash:
        number, name = unread_kinds[0] if unread_kinds else (1, "no account")
        message = f"The file has {name}, and no movements of cash: a bank, card, cash or other account."
        raise source.refusal(number, "wrong-export", message)


@lru_cache(maxsize=4096)
def _plain_date(text: str) -> str:
    """A date with a mark before its year as others have it: the apostrophe stands for this century."""
    text = re.sub(r"\s*([-/.])\s*", r"\1", text)
    match = _YEAR.search(text)
    if match is None:
        return text
    mark = next((mark for mark in text if mark in "-/."), "/")
    return f"{text[: match.start()]}{mark}{match[2] if len(match[2]) == 4 else f'20{int(match[2]):02d}'}"


class _QifAccount(StatementPage):
    """The movements of one account; the record with which Quicken opens it is its balance, not a movement."""

    def __init__(self, source: BookText, account: str) -> None:
        super().__init__(account)
        self._source = source

    def add(self, record: _QifRecord, day: date, amounts: Iterator[Decimal]) -> None:
        """Takes one record in, and of `amounts` its own. Raises `InputError` (totals-do-not-foot)."""
        total, parts = next(amounts), [(split, next(amounts)) for split in record.splits]
        category = record.whole.category
        if record.payee.casefold() == OPENING and (not category or category == f"[{record.account}]"):
            self.opening = Balance(day, total, record.line)
            self.left_out.append((OPENING, total))
            return
        if not parts:
            self.rows.append(BookRow(day, category, record.whole.text, total, record.line, record.number))
            return
        if (split_total := sum(amount for _, amount in parts)) != total:
            message = f"This payment is {total:,}; its {len(parts)} splits come to {split_total:,}."
            raise self._source.refusal(record.line, "totals-do-not-foot", message)
        sums: dict[tuple[str, str], Decimal] = {}  # by category and text
        for part, amount in parts:
            key = part.category, part.text
            sums[key] = sums.get(key, Decimal(0)) + amount
        self.rows += [BookRow(day, *texts, amount, record.line, record.number) for texts, amount in sums.items()]


class _QifSheet(BookSheet):
    """The fields of a file as cells, one a line."""

    def __init__(self, source: BookText) -> None:
        super().__init__(source.title)
        self._source = source

    def located(self, line: int, _column: int, name: str, text: str) -> Problem:
        (problem,) = self._source.refusal(line, name, text).problems
        return problem
