"""The amounts of a column of a CSV file: which column has them, in which currency, with which decimal mark."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Place
from runway.language.misread import MILS, THOUSAND, two_readings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.csv import CsvTable

PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?\Z")
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"
_BEFORE = r"[^\W\d_]+\$?|[^\w\s.,()+\-−'\u2019\"{}@*/]"
_AFTER = r"\"[^\"]+\"|(?![eE]\d)[^\W\d_][\w.'\u2019-]*\$?|[^\w\s.,()+\-−'\u2019\"{}@*/]"
_MONEY = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−])?\s*(?P<mark>{_BEFORE})?\s*(?P<sign2>[-+−])?\s*(?P<number>{_GROUPED})\s*"
    rf"(?P<code>{_AFTER})?\s*(?P<close>\))?\Z"
)
_NO_CURRENCY = {"k", "m", "b", "t", "cr", "dr", "s", "h"}  # thousands, credit and debit
_PART = re.compile(rf"[-+−]?\s*(?:{_BEFORE})?\s*[-+−]?[\d.,]*\d\s*(?P<code>{_AFTER})?")
_COST = re.compile(r"\s*(?:\{.*|@.*)\Z")
_FOREIGN = re.compile(r"[^\d\s]{0,4}\s*[-+−]?\d[\d.,'\u2019\s]*[^\d\s]{0,4}\Z")


class Currency(NamedTuple):
    """The currency of a model as a file may write it."""

    code: str
    marks: tuple[str, ...] = ()

    def is_own(self, unit: str) -> bool:
        """Whether an amount in the unit is in this currency; one without a unit is."""
        return unit in ("", *self.marks) or unit.casefold() == self.code.casefold()


class AmountColumn:
    """The cells of one column.

    A decimal mark is a column's: where no cell tells what it is, every cell whose mark may part thousands is refused.
    """

    def __init__(self, table: CsvTable, place: int, currency: Currency, others: Sequence[tuple[int, str]] = ()) -> None:
        self.table, self.place, self.currency = table, place, currency
        self.others = others  # columns of the same amounts in other currencies, with the currency of each
        self.last = max([place, *(other for other, _ in others)])
        self._mark = "," if currency.code in MILS else "."  # the one that needs a proof
        self._proven = False
        self._unproven: list[tuple[int, Sequence[str], str]] = []

    def amount(self, line: int, fields: Sequence[str], unit: str = "", unit_at: int | None = None) -> Decimal | None:
        """The amount of a row in the model's currency; None, with the problem noted, where it has none.

        `unit` is the currency that another field of the row says, at `unit_at`.
        """
        text = fields[self.place].strip()
        for other, code in self.others:
            foreign = fields[other].strip()
            read = read_money(foreign) if foreign else None
            if foreign and read is None:
                self.table.problem(line, fields, other, *amount_problem(foreign))
                return None
            if read is not None and read[0]:
                self._refuse_currency(line, fields, other, code)
                return None
            text = text or foreign
        if PLAIN.match(text):
            value = Decimal(text)
        else:
            money = read_money(text)
            if money is None:
                self.table.problem(line, fields, self.place, *amount_problem(text))
                return None
            value, mark = money
            if mark is not None:
                unit, unit_at = mark, self.place
        if not self.currency.is_own(unit):
            self._refuse_currency(line, fields, self.place if unit_at is None else unit_at, unit)
            return None
        if not self._proven and ("." in text or "," in text):
            self._mark_of(line, fields, text)
        return value

    def finish(self) -> None:
        """Notes the cells whose mark nothing has told."""
        for line, fields, text in () if self._proven else self._unproven:
            first, second = two_readings(text)
            says = f"{text} is {first} or {second}, and no amount of the column tells. Write {first} or {second}."
            self.table.problem(line, fields, self.place, "number-of-another-locale", says)

    def _mark_of(self, line: int, fields: Sequence[str], text: str) -> None:
        """Takes what a cell tells of the column's decimal mark."""
        number = re.sub(r"[^\d.,]", "", text)
        match = THOUSAND.match(number)
        if match is None:
            self._proven = "." in number
        elif match["mark"] == self._mark:
            self._unproven.append((line, fields, text))

    def _refuse_currency(self, line: int, fields: Sequence[str], place: int, unit: str) -> None:
        own = self.currency.code
        says = f"This amount is in {unit}; the model is in {own}. A ledger has one currency: convert the others."
        self.table.problem(line, fields, place, "wrong-currency", says)


def amount_column(table: CsvTable, names: Sequence[str], currency: Currency) -> AmountColumn | None:
    """The column of one of these names, or the one whose name adds the model's currency, `amount (USD)`; None if none.

    Raises `InputError` (wrong-currency) where all such columns are in other currencies.
    """
    plain = table.column(*names)
    if plain is not None:
        return AmountColumn(table, plain, currency)
    columns = [(n, code) for n, head in enumerate(table.heads) if (code := _currency_of(head, names, currency))]
    if not columns:
        return None
    own = [n for n, code in columns if currency.is_own(code)]
    if own:
        return AmountColumn(table, own[0], currency, [(n, code) for n, code in columns if not currency.is_own(code)])
    place, code = columns[0]
    raw = table.source.lines[table.head_line - 1]
    at = Place(table.title, table.head_line, raw.find(table.heads[place]) + 1, len(table.heads[place]))
    says = f"The amounts of this column are in {code}; the model is in {currency.code}. Export them in {currency.code}."
    raise InputError(table.source.problem(at, "wrong-currency", says))


def _currency_of(head: str, names: Sequence[str], currency: Currency) -> str | None:
    """The currency that the name of a column adds to one of these names."""
    for name in sorted(names, key=len, reverse=True):
        if head.casefold().startswith(name):
            rest = head[len(name) :].strip()
            inside = re.fullmatch(r"\(([^()]+)\)|\[([^\[\]]+)\]", rest)
            if inside:
                return (inside[1] or inside[2]).strip()
            bare = rest.removeprefix("_").removeprefix("in ").strip()
            if re.fullmatch(r"[A-Z]{3}|[$€£¥]", bare) or bare.casefold() == currency.code.casefold():
                return bare
    return None


def read_money(text: str) -> tuple[Decimal, str | None] | None:
    """An amount and its currency's code or mark, if one is written; None if it is none.

    >>> read_money("1,234.50"), read_money("-€12"), read_money(" 100.00 USD"), read_money("(5)"), read_money("1.234,50")
    ((Decimal('1234.50'), None), (Decimal('-12'), '€'), (Decimal('100.00'), 'USD'), (Decimal('-5'), None), None)
    """
    match = _MONEY.match(text.strip()) if len(text) <= 60 else None
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    unit = match["mark"] or match["code"]
    if (match["sign"] and match["sign2"]) or (match["mark"] and match["code"]):
        return None
    if unit is not None and unit.casefold() in _NO_CURRENCY:
        return None
    number = Decimal(match["number"].replace(",", ""))
    negative = (match["sign"] or match["sign2"] or "+") != "+"
    return (-number if negative != bool(match["open"]) else number), unit and unit.strip('"')


def amount_problem(text: str) -> tuple[str, str]:
    """The name and the text of what is wrong with an amount."""
    text = text.strip()
    if not text:
        return "not-a-figure", "The amount is missing. Write 0 if nothing moved."
    short = text if len(text) <= 40 else f"{text[:40]}…"
    if (cost := _COST.search(text)) and read_money(text[: cost.start()]):
        return "wrong-currency", f'"{short}" is at a cost or price. Write what it is worth in one currency, 1234.56.'
    parts = _parts(text)
    if len(parts) > 1:
        says = f'"{short}" is in {len(parts)} currencies ({", ".join(parts)}); a row has one amount in one currency.'
        return "wrong-currency", f"{says} Convert them (hledger -X, or convert(position) in bean-query)."
    digits = re.sub(r"^[^\d.]+|[^\d]+$", "", text)
    if _FOREIGN.match(text) and not PLAIN.match(digits) and re.search(r"[,.'\u2019\s]", digits):
        says = f"{text} is written as in another country. Export plain numbers, with a decimal point: 1234.56."
        return "number-of-another-locale", says
    return "not-a-figure", f'"{short}" cannot be read as an amount. Amounts are written 1234.56 or -1234.56.'


def _parts(text: str) -> list[str]:
    """The currencies of a cell that has several amounts."""
    text = text.removeprefix("(").removesuffix(")").strip()
    found: dict[str, None] = {}
    at = 0
    while match := _PART.match(text, at):
        money = read_money(match[0])
        if money is None or money[1] is None:
            return []
        found[money[1]] = None
        at = match.end()
        while text[at : at + 1] in (",", ";", " ", "\n") and at < len(text):
            at += 1
    return list(found) if at == len(text) else []
