"""DATEV EXTF, category 21: a batch of postings (Buchungsstapel).

    "EXTF";700;21;"Buchungsstapel";13;...;20260101;4;20260101;20260331;...;"EUR";...
    Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;...;Konto;Gegenkonto;BU-Schlüssel;Belegdatum;...
    29,70;"H";"EUR";...;1200;4970;"";3103;...

The first line says the fiscal year (field 13), the days (15 and 16) and the currency (22).  Amounts have no sign: S
debits the Konto and credits the Gegenkonto, H the other way round.  Days are written DDMM.
"""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.export import Balance, BookRow, Export
from runway.files.books.source import text_of
from runway.files.books.statements import left_out_by_reason, refuse_duplicates
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.errors import InputError
    from runway.files.books.export import BookFile, Reading
    from runway.files.books.source import BookText

LAYOUT = "datev_extf"
POSTINGS = "21"
_HEAD = re.compile(rb'"?(?:EXTF|DTVF)"?;\d{3};')
_AMOUNT = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{2}\Z|\d{1,15}(?:,\d{1,4})?\Z", re.ASCII)
_COLUMNS = {  # by role: the beginning of the name of its column
    "amount": "Umsatz",
    "side": "Soll/Haben",
    "currency": "WKZ Umsatz",
    "base": "Basis-Umsatz",
    "base_currency": "WKZ Basis",
    "account": "Konto",
    "contra": "Gegenkonto",
    "key": "BU-Schl",
    "day": "Belegdatum",
    "document": "Belegfeld 1",
    "text": "Buchungstext",
    "reversal": "Generalumkehr",
}
_NEEDED = ("amount", "side", "account", "contra", "day")
_REVERSED, _UNTAXED = ("20", "80"), ("", "0", "20", "40", "80")
_CARRIED = re.compile(r"900[0-9]0*\Z")  # Saldenvorträge


class _Batch(NamedTuple):
    """The days and the currency of the first line."""

    length: int  # of the numbers of accounts that are no debtors or creditors
    first: date
    last: date
    currency: str


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of DATEV's format, of other categories too, refused by name."""
    return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The postings of a file, two rows each.

    Raises `InputError`: wrong-export, broken-export, not-a-figure, not-a-date, wrong-currency, tax-key, duplicate-row,
    file-not-text.
    """
    source = text_of(file, reading.encoding)
    return (_DatevPostings(source, reading).export(),)


class _DatevPostings:
    """One batch while it is read."""

    def __init__(self, source: BookText, reading: Reading) -> None:
        self.source, self.reading = source, reading
        head, names = (self._fields(line) for line in (1, 2))
        self.batch = self._batch(head)
        starts = [name.casefold().strip() for name in names]
        self.columns: dict[str, int] = {}
        for role, start in _COLUMNS.items():
            column = next((n for n, name in enumerate(starts) if name.startswith(start.casefold())), None)
            if column is not None:
                self.columns[role] = column
            elif role in _NEEDED:
                text = f"The second line names the columns; none begins with {start}."
                raise source.refusal(min(2, len(source.lines)), "broken-export", text)
        self.width = max(self.columns[role] for role in _NEEDED) + 1
        self.keys = reading.only.get("BU-Schlüssel") or reading.only.get("key")
        self.rows: list[BookRow] = []
        self.opening: list[Balance] = []
        self.left_out: list[tuple[str, Decimal]] = []
        self.taxed: dict[str, int] = {}

    def export(self) -> Export:
        """The ledger that the postings are."""
        fields: list[str] = []
        for number, line in enumerate(self.source.lines[2:], 3):
            if line.strip():
                fields = self._fields(number)
                self._posting(number, fields)
        if not self.reading.duplicates:
            refuse_duplicates(self.rows[::2], self.source.refusal)
        rows = sorted(self.rows, key=lambda row: row.day)
        remarks = ["Amounts are as they were posted: what DATEV splits off for automatic accounts (VAT) is in them."]
        if self.taxed:
            keys = ", ".join(f"{key} ({count})" for key, count in sorted(self.taxed.items()))
            remarks.append(f"Amounts with these tax keys have their VAT in them: {keys}.")
        return Export(
            self.source.title, LAYOUT, "ledger", "", self.batch.currency, tuple(rows), self.batch.first,
            self.batch.last, tuple(self.opening), left_out=left_out_by_reason(self.left_out), remarks=tuple(remarks),
        )  # fmt: skip

    def _fields(self, line: int) -> list[str]:
        text = self.source.lines[line - 1] if line <= len(self.source.lines) else ""
        try:
            return next(csv.reader([text], delimiter=";", strict=True), [])
        except csv.Error:
            message = "A quotation mark of this line is not closed: the file is cut short or was changed."
            raise self.source.refusal(line, "broken-export", message) from None

    def _batch(self, head: Sequence[str]) -> _Batch:
        if len(head) < 22 and head[2:3] == [POSTINGS]:
            raise self.source.refusal(1, "broken-export", f"The first line has {len(head)} fields; DATEV writes 31.")
        if head[2] != POSTINGS:
            text = f"This is category {head[2]}, {head[3] if len(head) > 3 else 'not named'}: it has no postings. "
            raise self.source.refusal(1, "wrong-export", text + "Export the Buchungsstapel, category 21.", head[2])
        year = self._header_day(head[12], 13, "the first day of the fiscal year")
        first = self._header_day(head[14], 15, "the first day") if head[14] else year
        last = self._header_day(head[15], 16, "the last day") if head[15] else _year_on(year) - timedelta(days=1)
        if not first <= last < _year_on(first):
            text = f"The batch runs from {first} to {last}; a batch lies within twelve months."
            raise self.source.refusal(1, "not-a-date", text, head[15])
        return _Batch(int(head[13]) if head[13].isdigit() else 4, first, last, head[21].strip().upper())

    def _header_day(self, text: str, field: int, meaning: str) -> date:
        try:
            if len(text) == 8:
                return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
        message = f'Field {field} is {meaning}, written 20260101; it is "{text[:20]}", so that no day has a year.'
        raise self.source.refusal(1, "not-a-date", message, text)

    def _posting(self, line: int, fields: list[str]) -> None:
        if len(fields) < self.width:
            message = f"This posting has {len(fields)} fields and needs {self.width}: the file is cut short."
            raise self.source.refusal(line, "broken-export", message)
        cells = {role: fields[n].strip() for role, n in self.columns.items() if n < len(fields)}
        amount, day = self._amount(line, cells), self._day(line, cells["day"])
        key = cells.get("key", "").lstrip("0") or "0" * bool(cells.get("key"))
        if self.keys is not None and cells.get("key", "") not in self.keys and key not in self.keys:
            self.left_out.append((f"tax key {key}" if key else "no tax key", amount))
            return
        if key not in _UNTAXED:
            self._tax_key(line, cells, key)
        side = cells["side"].upper()
        if side not in ("S", "H"):
            message = f'"{side}" is no side: S debits the Konto, H credits it.'
            raise self.source.refusal(line, "broken-export", message, side)
        if key in _REVERSED or cells.get("reversal", "") in ("1", "G"):
            amount = -amount
        amount = amount if side == "S" else -amount
        for role in ("account", "contra"):
            if not cells[role].isdigit():
                message = f'"{cells[role][:20]}" is no number of an account.'
                raise self.source.refusal(line, "broken-export", message, cells[role])
        account, contra = cells["account"], cells["contra"]
        text = " | ".join(part for part in (cells.get("text", ""), cells.get("document", "")) if part)
        carried = [self._carries(number) for number in (account, contra)]
        if any(carried):
            carried_account, value = (contra, -amount) if carried[0] else (account, amount)
            if not all(carried):
                self.opening.append(Balance(day, value, line, carried_account))
            self.left_out.append(("Saldenvortrag", value))
            return
        self.rows.append(BookRow(day, account, text, amount, line))
        self.rows.append(BookRow(day, contra, text, -amount, line))

    def _carries(self, account: str) -> bool:
        """Whether an account is one of those that balances are carried over against, 9000 to 9009."""
        return len(account) == self.batch.length and _CARRIED.match(account) is not None

    def _tax_key(self, line: int, cells: dict[str, str], key: str) -> None:
        if self.keys is None:
            written = f'"{cells["key"]}"'
            text = (
                f"By tax key {key} DATEV books part of this amount as VAT on a third account; the file does not say "
                f'how much. Write only = {{ "BU-Schlüssel" = ["", {written}] }} to count such amounts with their VAT.'
            )
            raise self._refusal(line, cells, "key", "tax-key", text)
        self.taxed[key] = self.taxed.get(key, 0) + 1

    def _amount(self, line: int, cells: dict[str, str]) -> Decimal:
        """The amount in the currency of the batch."""
        role, batch_currency = "amount", self.batch.currency
        currency = cells.get("currency", "").upper()
        if currency and not batch_currency:
            batch_currency = currency
            self.batch = self.batch._replace(currency=batch_currency)
        if currency and currency != batch_currency:
            role = "base"
            if not cells.get("base") or cells.get("base_currency", "").upper() not in ("", batch_currency):
                message = f"This amount is in {currency}; the batch is in {batch_currency}, in which it has "
                raise self._refusal(line, cells, "currency", "wrong-currency", f"{message}no Basis-Umsatz.")
        text = cells[role]
        if not _AMOUNT.match(text):
            message = f'"{text[:40]}" is no amount; DATEV writes 1234,56, without a sign.'
            raise self._refusal(line, cells, role, "not-a-figure", message)
        return Decimal(text.replace(".", "").replace(",", "."))

    def _day(self, line: int, text: str) -> date:
        """The day of DDMM that lies in the days of the batch."""
        digits = text.zfill(4)
        if len(digits) == 4 and digits.isdigit():
            for year in range(self.batch.first.year, self.batch.last.year + 1):
                try:
                    day = date(year, int(digits[2:]), int(digits[:2]))
                except ValueError:
                    continue
                if self.batch.first <= day <= self.batch.last:
                    return day
        message = f'"{text[:20]}" is no day, written DDMM, of {self.batch.first} to {self.batch.last}.'
        raise self.source.refusal(line, "not-a-date", message, text)

    def _refusal(self, line: int, cells: dict[str, str], role: str, name: str, text: str) -> InputError:
        """A mistake in one cell; its place is that of its text after the cells before it."""
        raw = self.source.lines[line - 1]
        column = 1
        for _ in range(self.columns[role]):
            column = raw.find(";", column - 1) + 2
        return self.source.refusal(line, name, text, cells[role], column)


def _year_on(day: date) -> date:
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else date(day.year + 1, 3, 1)
