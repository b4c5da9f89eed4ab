"""Reads one export of books: the format is told by the file's content, the layout by the names of its columns."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from runway.files.books.carry_overs import without_left_out
from runway.files.books.contents import HEAD, UTF8, contents, encoding_of, unchanged
from runway.files.books.figures import read_figures
from runway.files.books.lists import read_list
from runway.files.books.matrix import read_matrix
from runway.files.books.recognition import recognised
from runway.files.books.sheet import text_sheets
from runway.files.books.trial import read_trial_balance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.sheet import BookSheet


class Format(Protocol):
    """A module of this package that reads one format of files."""

    def recognises(self, head: bytes) -> bool:
        """Whether a file that begins so, with at most `HEAD` bytes, is in the format."""

    def read(self, file: BookFile, reading: Reading) -> tuple[Export, ...]:
        """The exports of a file. Raises `InputError` with every problem."""


FORMATS = ("ofx", "camt", "mt940", "datev", "saft", "qif", "spreadsheet")
"""The modules of formats that are not delimited text, in the order in which they are asked."""


FORMS = {
    "list": read_list, "months": read_matrix, "balances": read_matrix, "accounts": read_trial_balance,
    "figures": read_figures,
}  # fmt: skip


def read_export(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The exports of a file of books, one an account and currency. Raises `InputError` with every problem."""
    with unchanged(file), uncollected():
        start = contents(file, HEAD)
        for name in FORMATS:
            module = cast("Format", import_module(f"{__package__}.{name}"))
            if module.recognises(start):
                return tuple(_counted(export, reading) for export in module.read(file, reading))
        whole = contents(file)
        encoding = encoding_of(file.title, whole, reading.encoding)
        remarks = () if encoding == UTF8 else (f"Read as {encoding} text.",)
        return read_sheet(text_sheets(file.title, whole, encoding), reading, remarks)


@contextmanager
def uncollected() -> Iterator[None]:
    """Reads without looking for cycles of objects within: of millions of new ones none is in any."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _counted(export: Export, reading: Reading) -> Export:
    """An export without the rows that the user leaves out; its balances were proven with them."""
    if reading.leave_out is None:
        return export
    rows, left_out = without_left_out(export.rows, reading)
    return export._replace(rows=tuple(rows), left_out=export.left_out + left_out)


def read_sheet(sheets: Iterable[BookSheet], reading: Reading, remarks: Sequence[str] = ()) -> tuple[Export, ...]:
    """The exports of the first of these sheets with a known layout: readings of one text, or sheets of a workbook."""
    source = recognised(sheets, reading)
    return tuple(_counted(export, reading) for export in FORMS[source.layout.form](source, reading, remarks))
