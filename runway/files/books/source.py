"""An export of books as a text in which every mistake has its place."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem
from runway.files.books.contents import contents, encoding_of
from runway.files.places import PlacedText

if TYPE_CHECKING:
    from runway.files.books.export import BookFile

_NUMBER = re.compile(r"[+-]?(?:\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})\Z", re.ASCII)


class BookText(PlacedText):
    """The text of one file; `refusal` is the mistake at one place of it, to be raised."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title, text)
        self._counted = (0, 1)  # a character, and its line

    def line_at(self, offset: int) -> int:
        """The number of the line that holds a character; it is counted on from the one asked for last."""
        start, line = self._counted if offset >= self._counted[0] else (0, 1)
        self._counted = offset, line + self.text.count("\n", start, offset)
        return self._counted[1]

    def refusal(self, line: int, name: str, text: str, token: str = "", column: int = 0) -> InputError:
        """A mistake in a line: at `token`, looked for from `column` on; without one at the column, else the whole."""
        line = max(1, min(line, len(self.lines)))
        raw = self.lines[line - 1]
        offset = raw.find(token, max(0, column - 1)) if token else -1
        start = offset if offset >= 0 else column - 1 if column else len(raw) - len(raw.lstrip())
        width = len(token) if offset >= 0 else 1 if column else len(raw.rstrip()) - start
        return InputError(self.problem(Place(self.title, line, start + 1, max(1, width)), name, text))

    def refusal_at(self, offset: int, name: str, text: str, width: int = 1) -> InputError:
        """A mistake at a character of the text."""
        place = self.at(offset)._replace(width=width)
        return InputError(self.problem(place, name, text))


def text_of(file: BookFile, encoding: str | None) -> BookText:
    """The text of an export: in the encoding that is said, else in the one that its bytes are in.

    Raises `InputError`: file-not-text, file-unreadable, file-too-large, unknown-choice.
    """
    whole = contents(file)
    text = whole.decode(encoding_of(file.title, whole, encoding))
    return BookText(file.title, text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))


def plain_number(text: str) -> Decimal | None:
    """A number as XML formats write it: digits, and a point before decimals; None if it is none."""
    text = text.strip()
    return Decimal(text) if _NUMBER.match(text) else None


def at_line(file: BookFile, line: int, name: str, text: str, token: str = "") -> Problem:
    """A mistake in a row of a file that has been read, at `token` if it stands there."""
    try:
        whole = text_of(file, None)
    except InputError:  # of a workbook, which is no text
        return Problem(name, text, Place(file.title, line, 1, 1))
    return whole.refusal(line, name, text, token).problems[0]
