"""MT940, the bank statement of SWIFT.

    :25:DE00000000000000000000
    :60F:C260101EUR20000,00
    :61:2604010331D29,70NCHGNONREF//REF3
    :86:808?00ENTGELT?20Entgelt 1. Quartal
    :62F:C260331EUR19970,30

The first date of `:61:` is the value date, the four digits after it the entry date, whose year is the one that brings
it nearest to the value date.  RC and RD are reversals of a credit and of a debit: money out, and money in.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.export import Balance, BookRow
from runway.files.books.source import text_of
from runway.files.books.statements import StatementPage, joined
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.source import BookText

LAYOUT = "mt940"
_HEAD = re.compile(rb"^\s*(?:\{1:|:20:|:940:)")
_FIELD = re.compile(r"(?:\{4:\s*)?:(\d\d[A-Z]?):(.*)")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15}(?:,\d*)?)\s*\Z", re.ASCII)
_MOVE = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>R?[CD]|E[CD])(?P<funds>[A-Z])?(?P<amount>\d{1,15},\d{0,6})"
    r"(?P<kind>[A-Z][A-Z0-9]{3})?(?P<rest>[^\n]*)(?P<more>(?:\n.*)*)\Z",
    re.ASCII,
)
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1, "EC": 1, "ED": -1}
_CODED = re.compile(r"\d{3}(?P<mark>[^\w\s])(?=\d\d)")
_PURPOSES = tuple(map(str, range(20, 30)))
_PIECE = 27  # characters of a full piece of a purpose, which goes on in the next without a space


class _SwiftField(NamedTuple):
    tag: str
    text: str  # with the lines that go on it
    line: int


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a statement of SWIFT, of MT942 too, which is refused by name."""
    return _HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None and (b":25:" in head or b":61:" in head)


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The accounts of a file.

    Raises `InputError`: broken-export, wrong-export, not-a-date, wrong-currency, balance-does-not-foot, file-not-text.
    """
    source = text_of(file, reading.encoding)
    pages = [_Mt940Statement(source, fields) for fields in _messages(source)]
    if not pages:
        raise source.refusal(1, "broken-export", "This file has no statement: no field :61: or :60F: stands in it.")
    clamped = sum(page.without_entry_date for page in pages)
    rows = "row has" if clamped == 1 else "rows have"
    remarks = [f"{clamped} {rows} no entry date: the value date, within the statement's days, is taken."]
    return joined(
        file.title, LAYOUT, pages, source.refusal, duplicates=reading.duplicates, remarks=remarks if clamped else ()
    )


def _messages(source: BookText) -> Iterator[list[_SwiftField]]:
    """The fields of each statement: one begins with :20:, and its last is not cut off."""
    fields: list[_SwiftField] = []
    for number, line in enumerate(source.lines, 1):
        field = _FIELD.match(line)
        if field:
            if field[1] == "20" and fields:
                yield fields
                fields = []
            fields.append(_SwiftField(field[1], field[2], number))
        elif line.strip() in ("-", "-}", "") or line.startswith("{"):
            continue
        elif fields:
            last = fields[-1]
            fields[-1] = last._replace(text=f"{last.text}\n{line}")
        else:
            text = "A statement begins with :20:; this line is no field of MT940."
            raise source.refusal(number, "broken-export", text)
    if fields:
        yield fields


class _Mt940Statement(StatementPage):
    """One message, read from its fields."""

    def __init__(self, source: BookText, fields: list[_SwiftField]) -> None:
        super().__init__()
        self.source, self.start = source, fields[0]
        self.without_entry_date = 0
        self._by_tag = {field.tag: field for field in fields}
        if "34F" in self._by_tag or "13D" in self._by_tag:
            text = "MT942 is a report within the day, whose entries may still change. Ask the bank for MT940."
            raise source.refusal(fields[0].line, "wrong-export", text)
        self.account = self._by_tag["25"].text.strip() if "25" in self._by_tag else ""
        first, last = self._balance("60F", "60M"), self._balance("62F", "62M")
        self.opening, self.closing, self._days = first, last, (first.day, last.day)
        for field, following in zip(fields, [*fields[1:], None], strict=True):
            if field.tag == "61":
                self._move(field, following if following and following.tag == "86" else None)

    def _balance(self, *tags: str) -> Balance:
        field = next((self._by_tag[tag] for tag in tags if tag in self._by_tag), None)
        if field is None:
            text = f"This statement has no :{tags[0]}:, so that nothing proves its rows: it is cut short. "
            raise self.source.refusal(self.start.line, "broken-export", f"{text}Export it again.")
        match = _BALANCE.match(field.text.split("\n")[0])
        if match is None:
            text = "A balance is written C260131EUR1234,56: C or D, the day, the currency, the amount."
            raise self.source.refusal(field.line, "broken-export", text, field.text.strip())
        if self.currency and match[3] != self.currency:
            text = f"The statement opens in {self.currency} and closes in {match[3]}."
            raise self.source.refusal(field.line, "wrong-currency", text, match[3])
        self.currency = match[3]
        return Balance(self._day(field, match[2]), _SIGNS[match[1]] * _amount(match[4]), field.line)

    def _move(self, field: _SwiftField, purpose: _SwiftField | None) -> None:
        match = _MOVE.match(field.text)
        if match is None:
            message = "A movement is written 2601310131C1234,56NTRFREF: value and entry date, C or D, amount, kind."
            raise self.source.refusal(field.line, "broken-export", message, field.text.split("\n")[0].strip())
        amount = _SIGNS[match["mark"]] * _amount(match["amount"])
        if match["mark"].startswith("E"):
            self.left_out.append(("expected", amount))
            return
        value = self._day(field, match["value"])
        if match["entry"]:
            day = self._nearest(field, match["entry"], value)
        else:
            self.without_entry_date += 1
            day = max(self._days[0], min(value, self._days[1]))
        reference, _, bank = match["rest"].partition("//")
        booking, texts = _purpose(purpose.text) if purpose else ("", [])
        more = " ".join(match["more"].split())
        reference = "" if reference.strip() in ("NONREF", "NOTPROVIDED") else reference.strip()
        text = " | ".join(dict.fromkeys(part for part in (*texts, reference, more) if part))
        self.rows.append(
            BookRow(day, booking or match["kind"] or "", text or booking, amount, field.line, bank.strip())
        )

    def _day(self, field: _SwiftField, text: str) -> date:
        """A day written YYMMDD: 80 to 99 are of the last century."""
        year = int(text[:2])
        try:
            return date(year + (1900 if year >= 80 else 2000), int(text[2:4]), int(text[4:6]))
        except ValueError:
            message = f"{text} is no day; days are written YYMMDD."
            raise self.source.refusal(field.line, "not-a-date", message, text) from None

    def _nearest(self, field: _SwiftField, text: str, value: date) -> date:
        """The day of an entry date, MMDD, in the year that brings it nearest to the value date."""
        days = []
        for year in (value.year - 1, value.year, value.year + 1):
            try:
                days.append(date(year, int(text[:2]), int(text[2:])))
            except ValueError:
                continue
        if not days:
            message = f"{text} is no day; entry dates are written MMDD."
            raise self.source.refusal(field.line, "not-a-date", message, text)
        return min(days, key=lambda day: abs(day - value))


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ".").rstrip(".") or "0")


def _purpose(text: str) -> tuple[str, list[str]]:
    """The booking text, and payee and purpose, of a field :86:; with subfields, or as it is."""
    coded = _CODED.match(text)
    if coded is None:
        return "", [" ".join(text.split())]
    parts: dict[str, str] = {}
    for piece in text.replace("\n", "")[coded.end() :].split(coded["mark"]):
        if re.match(r"\d\d", piece):
            parts[piece[:2]] = parts.get(piece[:2], "") + piece[2:]
    payee = "".join(parts.get(key, "") for key in ("32", "33")).strip()
    purpose = before = ""
    for key in (*_PURPOSES, "60", "61", "62", "63"):
        purpose += ("" if len(before) >= _PIECE else " ") + parts.get(key, "")
        before = parts.get(key, "")
    return parts.get("00", "").strip(), [payee, " ".join(purpose.split())]
