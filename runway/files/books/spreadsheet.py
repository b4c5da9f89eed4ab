"""XLSX, XLS and ODS: the rows of a sheet, read as those of delimited text are.

Dates are days and numbers exact; of a formula the value counts that was stored with it.  Needs python-calamine, which
comes with the extra `books`.
"""

from __future__ import annotations

import datetime
import importlib.util
import pickle
import re
import subprocess
import sys
import zlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from runway.errors import InputError, Problem
from runway.files.books.read import read_sheet
from runway.files.books.recognition import recognised
from runway.files.books.sheet import BookSheet, ExactNumber
from runway.files.disk import LARGEST_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.sheet import Row

MOST_CELLS = 30_000_000  # of a sheet, blank ones counted
DIGITS = 15  # of a number, as spreadsheets show it
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_READER = """
import pickle, sys
import python_calamine as calamine
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
except (ImportError, ValueError):
    pass
try:
    book = calamine.CalamineWorkbook.from_path(sys.argv[1])
    sheets = []
    for sheet in book.sheets_metadata:
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
            rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
            sheets.append((sheet.name, sheet.visible == calamine.SheetVisibleEnum.Visible, rows))
except calamine.PasswordError:
    sys.exit(3)
sys.stdout.buffer.write(pickle.dumps(sheets))
"""
_DAMAGED = (BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError, EOFError, ValueError)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v>[^<]")
_ERROR = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_REPEATED = re.compile(
    rb"<table:table-cell\b(?=[^>]*-repeated=\"\d{5,}\")(?=[^>]*office:value)"
    rb"|<table:table-row\b(?=[^>]*-repeated=\"\d{5,}\")[^>]*>(?:(?!</table:table-row>).)*?office:value",
    re.DOTALL,
)


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a workbook, or of another file in the same wrapping."""
    return head.startswith((_ZIP, _OLE))


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The exports of the sheet whose layout is known.

    Raises `InputError`: extra-not-installed, wrong-export, file-too-large, two-sheets, and those of delimited text.
    """
    chosen: list[BookSheet] = []
    names: list[str] = []
    failed: InputError | None = None
    for name, sheet in _sheets(file, reading.sheet):
        try:
            recognised([sheet], reading)
        except InputError as error:
            if error.problems[0].name not in ("unknown-layout", "actuals-columns"):
                raise
            failed = failed or error if error.problems[0].name == "actuals-columns" else error
            continue
        chosen.append(sheet)
        names.append(name)
    if len(chosen) > 1:
        text = f'The sheets {" and ".join(names)} both hold an export; write sheet = "{names[0]}" in {reading.table}.'
        raise InputError(Problem("two-sheets", f"{file.title}: {text}"))
    if not chosen:
        text = f"{file.title} has no sheet of cells that can be seen."
        raise failed or InputError(Problem("broken-export", text))
    return tuple(export._replace(title=file.title) for export in read_sheet(chosen, reading))


def _sheets(file: BookFile, named: str | None) -> Iterator[tuple[str, BookSheet]]:
    """The sheets that can be seen, or the one that is named."""
    unstored = _WorkbookParts(file).unstored()
    sheets = _cells(file)
    if named is not None and all(name != named for name, _, _ in sheets):
        text = f"{file.title} has no sheet {named}. There are {', '.join(name for name, _, _ in sheets)}."
        raise InputError(Problem("unknown-choice", text))
    for name, visible, rows in sheets:
        if name == named or (visible and named is None):
            yield name, BookSheet(f"{file.title}[{name}]", [*_rows(rows, unstored.get(name, {}))])


def _cells(file: BookFile) -> list[tuple[str, bool, list[list[Any]]]]:
    """The name of each sheet, whether it can be seen, and its cells.

    They are read in a process of its own, which some damaged files end.
    """
    if importlib.util.find_spec("python_calamine") is None:
        text = f'{file.title} needs python-calamine, which is not installed: pip install "runway-as-code[books]".'
        raise InputError(Problem("extra-not-installed", text))
    child = subprocess.run([sys.executable, "-c", _READER, str(file.path)], capture_output=True, check=False)
    if child.returncode == 3:
        text = f"{file.title} is locked by a password. Save it without one."
        raise InputError(Problem("wrong-export", text))
    if child.returncode:
        text = f"{file.title} cannot be read as a workbook: it is cut short, damaged, or something else. Save it anew."
        raise InputError(Problem("broken-export", text))
    sheets: list[tuple[str, bool, list[list[Any]]]] = pickle.loads(child.stdout)
    return sheets


def _rows(rows: list[list[Any]], unstored: dict[tuple[int, int], str]) -> Iterator[Row]:
    """Each row that is not blank, as texts, with its number in the sheet."""
    for number, row in enumerate(rows, 1):
        cells = [_text(cell) for cell in row]
        for column in range(len(cells)) if unstored else ():
            cells[column] = unstored.get((number, column + 1), cells[column])
        if any(cells):
            yield number, cells


def _text(cell: Any) -> str:
    """A cell as the text that it would be in a delimited file."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, int | float):
        return ExactNumber(format(Decimal(f"{cell:.{DIGITS}g}"), "f"))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time() else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, datetime.date) else str(cell)


class _WorkbookParts:
    """The parts of a workbook that is a ZIP of XML: cells that its reader gives as blank and that are not.

    Raises `InputError` (file-too-large) where a small file stands for a very large one.
    """

    def __init__(self, file: BookFile) -> None:
        self.file = file
        self._paths: dict[str, str] = {}
        try:
            with ZipFile(file.path) as packed:
                if sum(part.file_size for part in packed.infolist()) > LARGEST_TABLE:
                    raise self._too_large()
                names = set(packed.namelist())
                if "xl/workbook.xml" in names:
                    self._find(packed, names)
                if "content.xml" in names and _REPEATED.search(packed.read("content.xml")):
                    raise self._too_large()
        except _DAMAGED:
            return  # not a ZIP, or a broken one, of which its reader says more

    def _find(self, packed: ZipFile, names: set[str]) -> None:
        """The part of each sheet, by its name."""
        relations = "xl/_rels/workbook.xml.rels"
        targets = {}
        for match in _RELATION.finditer(packed.read(relations) if relations in names else b""):
            attributes = dict(_ATTRIBUTE.findall(match[1]))
            targets[attributes.get(b"Id", b"")] = attributes.get(b"Target", b"").decode(errors="replace")
        for match in _SHEET.finditer(packed.read("xl/workbook.xml")):
            attributes = dict(_ATTRIBUTE.findall(match[1]))
            identity = next((value for key, value in attributes.items() if key.endswith(b":id")), b"")
            target = targets.get(identity, "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if path in names:
                from html import unescape

                self._paths[unescape(attributes.get(b"name", b"").decode(errors="replace"))] = path

    def unstored(self) -> dict[str, dict[tuple[int, int], str]]:
        """By sheet, row and column, the cells that are read as blank and are not: errors, formulas without a value."""
        cells_by_sheet = {}
        try:
            with ZipFile(self.file.path) as packed:
                for name, path in self._paths.items():
                    cells_by_sheet[name] = self._unstored(packed.read(path))
        except _DAMAGED:
            return cells_by_sheet  # its reader says that it is damaged
        return cells_by_sheet

    def _unstored(self, text: bytes) -> dict[tuple[int, int], str]:
        cells: dict[tuple[int, int], str] = {}
        rows = columns = 0
        for match in _CELL.finditer(text):
            place = _REFERENCE.search(match[1])
            if place is None:
                continue
            row, column = int(place[2]), _column(place[1])
            rows, columns = max(rows, row), max(columns, column)
            inside = match[2] or b""
            if b't="e"' in match[1]:
                error = _ERROR.search(inside)
                cells[row, column] = error[1].decode(errors="replace") if error else "#N/A"
            elif (b"<f" in inside or b":f" in inside) and not _VALUE.search(inside):
                cells[row, column] = "formula without a stored value"
        if rows * columns > MOST_CELLS:
            raise self._too_large()
        return cells

    def _too_large(self) -> InputError:
        text = f"{self.file.title} unfolds to more than can be read. Save the sheet of the export alone, or as CSV."
        return InputError(Problem("file-too-large", text))


def _column(letters: bytes) -> int:
    """The number of a column.

    >>> _column(b"A"), _column(b"XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
