"""The amounts of the columns of one sheet, and the mistake in a cell that is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.numbers import money, plain_amounts, proof
from runway.files.books.sheet import ExactNumber
from runway.language.misreadings import two_readings
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from runway.files.books.numbers import Money
    from runway.files.books.sheet import BookSheet

_COST = re.compile(r"\s*(?:\{.*|@.*)\Z")
_AMOUNT = re.compile(
    r"[-+−]?\s*(?:[^\W\d_]+\$?|[^\w\s.,()+\-−'\u2019\"{}@*/])?\s*[-+−]?[\d.,]*\d\s*"
    r"(?:\"[^\"]+\"|(?![eE]\d)[^\W\d_][\w.'\u2019-]*\$?|[^\w\s.,()+\-−'\u2019\"{}@*/])?"
)
SHOWN = 40  # characters of a cell


def misfit(text: str) -> tuple[str, str]:
    """The name and the text of the problem of a cell that is no amount.

    >>> misfit("2 AAPL {150.00 USD}")[0], misfit("5 USD, 3 EUR")[0], misfit("fifty")[0]
    ('wrong-currency', 'wrong-currency', 'not-a-figure')
    """
    text = text.strip()
    short = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
    if (cost := _COST.search(text)) and money(text[: cost.start()]):
        return "wrong-currency", f'"{short}" is at a cost or price. Write what it is worth in one currency, 1234.56.'
    codes = _currencies(text)
    if len(codes) > 1:
        message = f'"{short}" is in {len(codes)} currencies ({", ".join(codes)}); a row has one amount in one currency.'
        return "wrong-currency", f"{message} Convert them (hledger -X, or convert(position) in bean-query)."
    return "not-a-figure", f'"{short}" cannot be read as an amount. Amounts are written 1234.56 or -1234.56.'


def _currencies(text: str) -> list[str]:
    """The currencies of a cell that has several amounts; none where a part of it is no amount with one."""
    text = text.removeprefix("(").removesuffix(")").strip()
    units: dict[str, None] = {}
    offset = 0
    while match := _AMOUNT.match(text, offset):
        amount = money(match[0])
        if amount is None or not amount.unit:
            return []
        units[amount.unit] = None
        offset = match.end()
        while text[offset : offset + 1] in (",", ";", " ", "\n") and offset < len(text):
            offset += 1
    return list(units) if offset == len(text) else []


class AmountColumns:
    """Cells of columns as amounts.

    The decimal mark of a column is the one that is known, or that its cells prove, or else those of the others. In a
    currency of three decimals, a point before three digits is one.
    Raises `InputError` (ambiguous-number); notes not-a-figure and number-of-another-locale.
    """

    def __init__(
        self, sheet: BookSheet, lines: Sequence[int], decimal: str, table: str, currency: str = "",
        sides: Mapping[str, int] | None = None,
    ) -> None:  # fmt: skip
        self._sheet, self._lines, self._decimal, self._table = sheet, lines, decimal, table
        self._mils = minor_digits(currency) == 3
        self._sides = sides  # the sign of an amount with Dr and Cr behind it; None: it has none
        self.units: dict[int, set[str]] = {}  # by column, the currencies that its cells say
        self._marks: dict[int, str] = {}

    def values(self, columns: Mapping[int, Sequence[str]]) -> dict[int, list[Decimal | None]]:
        """The amounts of each column; None where a cell is blank or no amount."""
        amounts: dict[int, list[Decimal | None]] = {}
        written: dict[int, dict[str, Money | None]] = {}
        proven: dict[int, dict[str, str]] = {}  # by column, each mark and a cell that proves it
        for place, cells in columns.items():
            if (plain := plain_amounts(cells, self._decimal)) is not None:
                self._marks[place], amounts[place] = plain
                proven[place] = {self._marks[place]: first} if (first := next(filter(None, cells), "")) else {}
                continue
            written[place] = {cell: money(cell) for cell in dict.fromkeys(cells) if cell and not cell.isspace()}
            self.units[place] = {item.unit for item in written[place].values() if item and item.unit}
            marks: dict[str, str] = {}
            for cell, item in written[place].items():
                if item and not isinstance(cell, ExactNumber):
                    marks.setdefault(self._proof(item.number), cell)
            marks.pop("", None)
            proven[place] = marks
        all_marks = {mark for marks in proven.values() for mark in marks} - {"?"}
        for place, items in written.items():
            mark = self._mark(place, columns[place], proven[place], all_marks)
            self._marks[place] = mark
            by_cell = {cell: self._value(cell, item, mark) for cell, item in items.items()}
            self._refuse(place, columns[place], items, by_cell, mark)
            self._refuse_some_sides(place, columns[place], items, by_cell)
            amounts[place] = [by_cell.get(cell) for cell in columns[place]]
        return amounts

    def _proof(self, number: str) -> str:
        """The decimal mark that a number proves; "" if it has none, "?" if it may be either."""
        mark = proof(number)
        return mark if mark is not None else "." if self._mils and "." in number else "?"

    def like(self, place: int, cell: str) -> Decimal | None:
        """An amount that is written as those of a column are; None if it is none."""
        return self._value(cell, money(cell), self._marks.get(place, "."))

    @staticmethod
    def unit(cell: str) -> str:
        """The currency that a cell says itself."""
        item = money(cell)
        return item.unit if item else ""

    def _mark(self, place: int, cells: Sequence[str], marks: Mapping[str, str], all_marks: set[str]) -> str:
        if self._decimal:
            return self._decimal
        clear_marks = [mark for mark in marks if mark != "?"]
        if clear_marks:
            return clear_marks[0] if len(clear_marks) == 1 else self._usual(cells)
        if "?" not in marks:
            return "."
        if len(all_marks) == 1:
            return next(iter(all_marks))
        cell = marks["?"].strip()
        item = money(cell)
        first, second = two_readings(cell if item is None or item.unit == "" else item.number)
        text = f'"{cell}" is {first} or {second}; no amount of this file tells. '
        way = f'decimal = "." or decimal = "," in {self._table}' if self._table else f"{first} or {second}"
        line = self._line(cells, marks["?"])
        located = self._sheet.located(line, place, "ambiguous-number", f"{text}Write {way}.")
        raise InputError(*self._sheet.problems, located)

    @staticmethod
    def _usual(cells: Sequence[str]) -> str:
        """The mark that most cells of a column prove, so that the others are told as mistakes."""
        marks = [proof(item.number) for cell in cells if (item := money(cell))]
        return max(".,", key=marks.count)

    def _value(self, cell: str, item: Money | None, mark: str) -> Decimal | None:
        value = item and item.value("." if isinstance(cell, ExactNumber) else mark)
        if item is None or value is None or not item.side:
            return value
        return None if self._sides is None or item.negative else value * self._sides[item.side]

    def _refuse_some_sides(
        self, place: int, cells: Sequence[str], items: Mapping[str, Money | None], values: Mapping[str, Decimal | None]
    ) -> None:
        """Notes an amount that says Dr or Cr where others of its column do not."""
        sided = next((cell for cell, item in items.items() if item and item.side), None)
        if sided is not None and any(values[cell] for cell, item in items.items() if item and not item.side):
            text = f'"{sided.strip()[:40]}" says its side, and other amounts of the column say neither Dr nor Cr.'
            self._sheet.problem(self._line(cells, sided), place, "not-a-figure", text)

    def _line(self, cells: Sequence[str], cell: str) -> int:
        return self._lines[cells.index(cell)]

    def _refuse(
        self, place: int, cells: Sequence[str], items: Mapping[str, Money | None],
        values: Mapping[str, Decimal | None], mark: str,
    ) -> None:  # fmt: skip
        """Notes the cells that are no amounts."""
        for cell, value in values.items():
            if value is not None:
                continue
            item, short = items[cell], cell.strip()[:40]
            if item is None or item.side:
                self._sheet.problem(self._line(cells, cell), place, *misfit(cell))
            else:
                word = "point" if mark == "." else "comma"
                text = f'"{short}" has its marks otherwise than the other amounts, whose decimals follow a {word}.'
                self._sheet.problem(self._line(cells, cell), place, "number-of-another-locale", text)
