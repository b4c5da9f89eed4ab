"""A CSV file as lines of fields, the dates and amounts in it, and where each of them stands."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem
from runway.files.places import PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PROBLEMS = 20  # of one file; more of the same say nothing new
DELIMITERS = ",;\t"
PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,12})?\Z")
_GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+"
_MONEY = re.compile(
    rf"(?P<open>\()?\s*(?P<sign>[-+−])?\s*(?P<mark>[$€£¥]|[A-Z]{{3}})?\s*(?P<sign2>[-+−])?\s*(?P<number>{_GROUPED})\s*"
    r"(?P<code>[$€£¥]|[A-Z]{3})?\s*(?P<close>\))?\Z"
)
_FOREIGN = re.compile(r"[^\d\s]{0,4}\s*[-+−]?\d[\d.,'\u2019\s]*[^\d\s]{0,4}\Z")
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})\Z")


class CsvTable:
    """The lines of one CSV file; problems are collected, and told together."""

    def __init__(self, title: str, contents: bytes) -> None:
        try:
            text = contents.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = contents.count(b"\n", 0, error.start) + 1
            says = f"{title} is not UTF-8 text: byte {contents[error.start]:#04x} in line {line}. Export it as UTF-8."
            raise InputError(Problem("file-not-text", says)) from None
        self.title = title
        self.source = PlacedText(title, text.replace("\r\n", "\n").replace("\r", "\n"))
        self.problems: list[Problem] = []
        lines = self.source.lines
        head = next((line for line in lines if line.strip()), "")
        self.delimiter = max(DELIMITERS, key=head.count)
        self._body = self._lines()
        try:
            self.head_line, names = next(self._body)
        except StopIteration:
            says = f"{title} is empty; its first line names the columns."
            raise InputError(Problem("actuals-columns", says)) from None
        self.names = [name.strip().casefold() for name in names]

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        """Each row that is not blank, with the number of its first line."""
        reader = csv.reader(
            (f"{line}\n" for line in self.source.lines), delimiter=self.delimiter, skipinitialspace=True
        )
        number = 1
        try:
            for fields in reader:
                if fields:
                    yield number, fields
                number = reader.line_num + 1
        except csv.Error:
            place = Place(self.title, number, 1, 1)
            says = "This line cannot be read as CSV: a quotation mark may be missing, or a field is very long."
            raise InputError(*self.problems, self.source.problem(place, "actuals-columns", says)) from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the names of the columns."""
        yield from self._body

    def column(self, *names: str) -> int | None:
        """The place of the first of these columns that there is."""
        return next((self.names.index(name) for name in names if name in self.names), None)

    def problem(self, line: int, fields: Sequence[str], column: int, name: str, text: str) -> None:
        """Notes a problem at a field of a row; raises with all of them once there are very many."""
        raw = self.source.lines[line - 1]
        start = 0
        for n, field in enumerate(fields[: column + 1]):
            at = raw.find(field, start)
            start = at if at >= 0 else start
            if n < column and at >= 0:
                start = at + len(field) + 1
        field = fields[column] if column < len(fields) else ""
        place = Place(self.title, line, start + 1, max(1, len(field)))
        self.problems.append(self.source.problem(place, name, text))
        if len(self.problems) >= MOST_PROBLEMS:
            raise InputError(*self.problems)

    def too_short(self, line: int, fields: Sequence[str], needed: int) -> bool:
        """Whether a row lacks a column, which is noted."""
        if len(fields) > needed:
            return False
        says = f"This row has {len(fields)} fields; the first line names {len(self.names)} columns."
        self.problem(line, fields, 0, "actuals-columns", says)
        return True


def read_date(text: str) -> date | None:
    """A day written 2026-01-31 or 2026/1/31; None if it is none."""
    match = _DATE.match(text.strip())
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def read_money(text: str) -> tuple[Decimal, str | None] | None:
    """An amount and its currency's code or mark, if one is written; None if it is none.

    >>> read_money("1,234.50"), read_money("-€12"), read_money(" 100.00 USD"), read_money("(5)"), read_money("1.234,50")
    ((Decimal('1234.50'), None), (Decimal('-12'), '€'), (Decimal('100.00'), 'USD'), (Decimal('-5'), None), None)
    """
    match = _MONEY.match(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]) or len(text) > 60:
        return None
    if (match["sign"] and match["sign2"]) or (match["mark"] and match["code"]):
        return None
    number = Decimal(match["number"].replace(",", ""))
    negative = (match["sign"] or match["sign2"] or "+") != "+"
    return (-number if negative != bool(match["open"]) else number), match["mark"] or match["code"]


def amount_problem(text: str) -> tuple[str, str]:
    """The name and the text of what is wrong with an amount."""
    if not text.strip():
        return "not-a-figure", "The amount is missing. Write 0 if nothing moved."
    if _FOREIGN.match(text.strip()) and re.search(r"[,.'\u2019\s]", text.strip()):
        says = f"{text.strip()} is written as in another country. Export plain numbers, with a decimal point: 1234.56."
        return "number-of-another-locale", says
    return (
        "not-a-figure",
        f'"{text.strip()[:40]}" cannot be read as an amount. Amounts are written 1234.56 or -1234.56.',
    )
