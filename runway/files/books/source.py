"""An export of books as a text in which every mistake has its place."""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem
from runway.files.document import LARGEST_TABLE
from runway.files.places import PlacedText

if TYPE_CHECKING:
    from runway.files.books.export import BookFile

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})\Z", re.ASCII)


class BookText(PlacedText):
    """The text of one file; `refusal` is the mistake at one place of it, to be raised."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character."""
        return bisect_right(self._starts, offset)

    def refusal(self, line: int, name: str, text: str, token: str = "", column: int = 0) -> InputError:
        """A mistake in a line: at `token`, looked for from `column` on; without one at the column, else the whole."""
        line = max(1, min(line, len(self.lines)))
        raw = self.lines[line - 1]
        at = raw.find(token, max(0, column - 1)) if token else -1
        start = at if at >= 0 else column - 1 if column else len(raw) - len(raw.lstrip())
        width = len(token) if at >= 0 else 1 if column else len(raw.rstrip()) - start
        return InputError(self.problem(Place(self.title, line, start + 1, max(1, width)), name, text))

    def refusal_at(self, offset: int, name: str, text: str, width: int = 1) -> InputError:
        """A mistake at a character of the text."""
        line = self.line_at(offset)
        place = Place(self.title, line, offset - self._starts[line - 1] + 1, width)
        return InputError(self.problem(place, name, text))


def contents(file: BookFile) -> bytes:
    """The bytes of a file.

    Raises `InputError` (file-not-found, file-unreadable, file-too-large).
    """
    try:
        with file.path.open("rb") as opened:
            read = opened.read(LARGEST_TABLE + 1)
    except FileNotFoundError:
        raise InputError(Problem("file-not-found", f"There is no file {file.title}.")) from None
    except OSError as error:
        says = f"{file.title} cannot be read: {(error.strerror or 'no reason').lower()}."
        raise InputError(Problem("file-unreadable", says)) from None
    if len(read) > LARGEST_TABLE:
        says = f"{file.title} is larger than {LARGEST_TABLE // 2**20} MB. Export fewer months at a time."
        raise InputError(Problem("file-too-large", says))
    return read


def text_of(title: str, read: bytes, encoding: str | None) -> BookText:
    """The text of an export: in the encoding that is said, else by its byte order mark, else UTF-8, else cp1252.

    Raises `InputError` (file-not-text).
    """
    said = encoding or next((name for mark, name in _BOMS if read.startswith(mark)), None)
    if said is None:
        try:
            text = read.decode("utf-8")
        except UnicodeDecodeError:
            text = _decoded(title, read, "cp1252")
    else:
        text = _decoded(title, read, said)
    source = BookText(title, text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if "\0" in source.text:
        says = "This is a NUL, which no text has: the file is binary or was not written to its end."
        raise source.refusal_at(source.text.index("\0"), "file-not-text", says)
    return source


def _decoded(title: str, read: bytes, encoding: str) -> str:
    try:
        return read.decode(encoding)
    except LookupError:
        says = f'"{encoding}" is no encoding that is known. Write "utf-8", "cp1252" or "latin-1".'
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        says = f"{title} is not {encoding} text: byte {read[error.start]:#04x} in line {line}. Write its encoding."
    raise InputError(Problem("file-not-text", says))


def plain_number(text: str) -> Decimal | None:
    """A number as XML formats write it: digits, and a point before decimals; None if it is none."""
    text = text.strip()
    return Decimal(text) if _NUMBER.match(text) else None
