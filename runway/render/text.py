"""A line of a report: pieces of text and their styles, in rich's words, which a pipe never needs."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from runway.errors import shown
from runway.render.figures import keep_together

if TYPE_CHECKING:
    from rich.text import Text as RichText


LETTERS = (range(0x20, 0x7F), range(0xA0, 0xAD), range(0xAE, 0x250), range(0x2500, 0x25FD))  # Latin, lines and blocks
NARROW = frozenset("–−…→≤≥").union(chr(n) for letters in LETTERS for n in letters)  # one column each, as rich has it


class Text:
    """One line; `style` is that of the whole, and each piece may add its own.

    >>> line = Text.assemble("lowest cash ", ("(23)", "red"), "  ").rstrip()
    >>> line.plain
    'lowest cash (23)'
    """

    __slots__ = ("pieces", "style")

    def __init__(self, text: str = "", style: str = "") -> None:
        self.pieces, self.style = [(text, "")], style

    @classmethod
    def assemble(cls, *pieces: str | tuple[str, str]) -> Text:
        line = cls()
        line.pieces = [(piece, "") if isinstance(piece, str) else piece for piece in pieces]
        return line

    def append(self, text: str, style: str = "") -> None:
        self.pieces.append((text, style))

    def rstrip(self) -> Text:
        """The line itself, without space at its end."""
        while self.pieces:
            text, style = self.pieces.pop()
            if text := text.rstrip():
                self.pieces.append((text, style))
                break
        return self

    @property
    def plain(self) -> str:
        return "".join(text for text, _ in self.pieces)

    def rich(self) -> RichText:
        """The line as rich prints it."""
        from rich.text import Text as RichText

        return RichText.assemble(*self.pieces, style=self.style)


def on_screen(text: str) -> str:
    """The text as standard output shows it."""
    return shown(text, getattr(sys.stdout, "encoding", None))


def cell_len(text: str) -> int:
    """How many columns of a terminal the text takes."""
    text = on_screen(text)
    if text.isascii() or NARROW.issuperset(text):
        return len(text)
    from rich.cells import cell_len as wide_cell_len

    return wide_cell_len(text)


def kept_lines(text: str, width: int) -> list[str]:
    """The text in lines of so many columns, never broken inside a date or between a figure and its unit."""
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in wrapped(keep_together(text), width)]


def folded(line: str, width: int) -> list[str]:
    """A line of a text in lines of so many columns, indented as it is; a word that is wider stays whole."""
    if cell_len(line) <= width:
        return [line]
    lead = " " * (len(line) - len(line.lstrip(" ")))
    parts = wrapped(keep_together(line.strip(" ")), max(1, width - len(lead)), whole=True)
    return [lead + part.replace("\N{NO-BREAK SPACE}", " ") for part in parts]


def wrapped(text: str, width: int, *, whole: bool = False) -> list[str]:
    """The text in lines of so many columns, broken between words.

    A word wider than a line is broken behind a mark inside it, or stands `whole`.
    """
    lines: list[str] = []
    for word in filter(None, text.split(" ")):
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= width:
            lines[-1] += f" {word}"
            continue
        if whole or cell_len(word) <= width:
            lines.append(word)
            continue
        lines.append("")
        for letter in word:
            line = lines[-1]
            if cell_len(line) + cell_len(letter) > width:
                end = max(map(line.rfind, "._/:")) + 1 or len(line)
                lines[-1:] = [line[:end], line[end:]]
            lines[-1] += letter
    return lines


def environment_width() -> int:
    """The columns that the environment sets; 0 where it sets none."""
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() else 0


def cell(text: str, width: int) -> str:
    """The text at exactly this width on a terminal; a longer one ends in an ellipsis."""
    if (wide := cell_len(text)) <= width:
        return text + " " * (width - wide)
    from rich.cells import set_cell_size

    return set_cell_size(set_cell_size(on_screen(text), width - 1).rstrip() + "…", width)
