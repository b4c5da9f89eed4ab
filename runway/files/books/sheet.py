"""An export as rows of text cells, whatever file they stand in, and where each cell is."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem

if TYPE_CHECKING:
    from _csv import Reader as _Reader
    from collections.abc import Iterable, Iterator, Sequence

    Row = tuple[int, list[str]]

MOST_PROBLEMS = 20  # of one file; more of the same say nothing new
DELIMITERS = ",;\t|"
SAMPLED = 400  # lines that the delimiter is counted in
TEXT_MARKS = (b'="', b'=\0"')  # of cells that a program writes as formulas, so that a worksheet keeps their zeros
_QUOTED = re.compile(r'"[^"]*"')


class ExactNumber(str):
    """A cell that is a number in its file, such as a workbook's: the decimal mark in its text is a point."""

    __slots__ = ()


class BookSheet:
    """Rows of cells with the line of each: those of a workbook's sheet. Problems are collected, and told together."""

    def __init__(self, title: str, rows: Sequence[Row] = ()) -> None:
        self.title = title
        self.problems: list[Problem] = []
        self._rows = rows

    def rows(self) -> Iterator[Row]:
        """Each row that is not blank, from the first, with the number of its line."""
        return iter(self._rows)

    def row(self, line: int) -> list[str]:
        """The cells of the row that begins at a line."""
        return next((cells for number, cells in self._rows if number == line), [])

    def located(self, line: int, column: int, name: str, text: str) -> Problem:
        """A problem of one cell, with the row that it stands in."""
        cells = self.row(line)
        start = sum(len(cell) + 2 for cell in cells[:column])
        width = len(cells[column]) if column < len(cells) else 1
        return Problem(
            name, text, Place(self.title, line, start + 1, max(1, width)), ((line, "  ".join(cells[: column + 20])),)
        )

    def problem(self, line: int, column: int, name: str, text: str) -> None:
        """Notes a problem of one cell; raises with all of them once there are very many."""
        self.problems.append(self.located(line, column, name, text))
        if len(self.problems) >= MOST_PROBLEMS:
            self.finish()

    def finish(self) -> None:
        """Raises `InputError` if there are problems."""
        if self.problems:
            raise InputError(*self.problems)


class TextSheet(BookSheet):
    """The rows of delimited text."""

    def __init__(self, title: str, contents: bytes, encoding: str, delimiter: str) -> None:
        super().__init__(title)
        self._contents, self._encoding, self.delimiter = contents, encoding, delimiter
        self._lines: list[str] | None = None
        self._has_texts = any(mark in contents for mark in TEXT_MARKS)
        edge = re.escape(delimiter)
        self._text = re.compile(rf'(^|{edge})="([^"\r\n]*)"(?={edge}|[\r\n]|\Z)')

    def _read(self, lines: Iterable[str], *, strict: bool) -> tuple[_Reader, Iterator[list[str]]]:
        """A reader of lines and its rows; a cell that a program has written as ="00123" is its text."""
        if self._has_texts:
            lines = (self._text.sub(r'\1"\2"', line) for line in lines)
        reader = csv.reader(lines, delimiter=self.delimiter, skipinitialspace=self.delimiter != "\t", strict=strict)
        return reader, (list(map(_bare, cells)) for cells in reader) if self._has_texts else reader

    def rows(self) -> Iterator[Row]:
        reader, rows = self._read(_lines(self._contents, self._encoding), strict=True)
        number = 1
        try:
            for cells in rows:
                if cells and (cells[0] or any(cells)):
                    yield number, cells
                number = reader.line_num + 1
        except csv.Error:
            text = "This row cannot be read: a quotation mark is not closed, or a field is very long."
            raise InputError(*self.problems, self.located(number, 0, "actuals-columns", text)) from None

    def row(self, line: int) -> list[str]:
        _, rows = self._read(self._physical()[line - 1 : line + 200], strict=False)
        return next(rows, [])

    def located(self, line: int, column: int, name: str, text: str) -> Problem:
        raw = self._physical()[line - 1].rstrip("\r\n") if line <= len(self._physical()) else ""
        try:
            cells = self.row(line)
        except csv.Error:
            cells = []
        start = 0
        for n, cell in enumerate(cells[: column + 1]):
            offset = raw.find(cell, start)
            start = offset if offset >= 0 else start
            if n < column and offset >= 0:
                start = raw.find(self.delimiter, offset + len(cell)) + 1 or start
        cell = cells[column] if column < len(cells) else ""
        width = max(1, min(len(cell), len(raw) - start))
        first = max(1, line - 1)
        excerpt = (*((n, self._physical()[n - 1].rstrip("\r\n")) for n in range(first, line)), (line, raw))
        return Problem(name, text, Place(self.title, line, start + 1, width), excerpt)

    def _physical(self) -> list[str]:
        if self._lines is None:
            self._lines = list(_lines(self._contents, self._encoding))
        return self._lines


def _bare(cell: str) -> str:
    """The text of a formula that is one text; another cell as it is."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell


def _lines(contents: bytes, encoding: str) -> Iterator[str]:
    """The lines of a text, one after the other, with their line breaks."""
    return io.TextIOWrapper(io.BytesIO(contents), encoding=encoding, newline="")


def text_sheets(title: str, contents: bytes, encoding: str) -> Iterator[TextSheet]:
    """A text read with each delimiter, first with that which stands most often in its middle line."""
    lines = [_QUOTED.sub("", line) for line in islice(_lines(contents, encoding), SAMPLED) if line.strip()]
    counts = {mark: sorted(line.count(mark) for line in lines) for mark in DELIMITERS}

    def often(mark: str) -> tuple[int, int, int]:
        count = counts[mark]
        return (count[len(count) // 2], count[0], sum(count)) if count else (0, 0, 0)

    for mark in sorted(DELIMITERS, key=often, reverse=True):
        if mark == DELIMITERS[0] or any(counts[mark]):
            yield TextSheet(title, contents, encoding, mark)
