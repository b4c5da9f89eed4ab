"""A CSV file as lines of fields, the dates in it, and where each of them stands."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem
from runway.files.places import PlacedText

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_PROBLEMS = 20  # of one file; more of the same say nothing new
DELIMITERS = ",;\t"
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
        self.heads = [name.strip() for name in names]
        self.names = [head.casefold() for head in self.heads]

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

    def columns_problem(self) -> Problem:
        """That the names of the columns are those of no file of actuals."""
        place = Place(self.title, self.head_line, 1, len(self.source.lines[self.head_line - 1]) or 1)
        says = "The first line names the columns: date, account and amount for a ledger, or month, address and value."
        return self.source.problem(place, "actuals-columns", says)

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
