"""The bytes of an export as text: whole, unchanged while they are read, in an encoding that is known."""

from __future__ import annotations

import codecs
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from runway.errors import InputError, Place, Problem
from runway.files.disk import table_contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.files.books.export import BookFile

HEAD = 4096  # bytes that a format is recognised by
UTF8 = "utf-8-sig"  # with a mark at the beginning or without
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TWO_BYTES = re.compile(rb"[\xc3-\xc5][\x80-\xbf]|\xe2[\x80-\x86][\x80-\xbf]")
"""Letters of Latin alphabets, and typographic marks, in UTF-8."""


@contextmanager
def unchanged(file: BookFile) -> Iterator[None]:
    """Reads a file within; raises `InputError` (file-unreadable) if it was written to meanwhile."""
    before = _state(file)
    yield
    if _state(file) != before:
        text = f"{file.title} was written to while it was read. Run again when it is whole."
        raise InputError(Problem("file-unreadable", text))


def _state(file: BookFile) -> tuple[int, int] | None:
    try:
        state = file.path.stat()
    except (OSError, ValueError):
        return None  # reading it says why
    return state.st_size, state.st_mtime_ns


def contents(file: BookFile, most: int | None = None) -> bytes:
    """The bytes of a file, or so many of its first. Raises `InputError`: file-unreadable, file-too-large."""
    return table_contents(file.path, file.title, most)


def encoding_of(title: str, contents: bytes, encoding: str | None) -> str:
    """The encoding of a file, in which all of it can be read.

    A mark at the beginning says the encoding; else it is UTF-8, or, where that cannot be, cp1252, unless the file has
    letters of both. Raises `InputError` (file-not-text).
    """
    marked = next((mark for mark in _UTF16 if contents.startswith(mark)), None)
    name = encoding or ("utf-16" if marked else UTF8)
    if not name.replace("-", "").replace("_", "").lower().startswith("utf16") and (offset := contents.find(b"\0")) >= 0:
        text = "There is a NUL byte here: the file is damaged, no text, or UTF-16 without its mark."
        raise InputError(_problem(title, contents, offset, text))
    try:
        contents.decode(name)
        return name
    except LookupError:
        text = f'{title}: "{encoding}" is no encoding. Write "utf-8", "cp1252", "latin-1" or "utf-16".'
        raise InputError(Problem("unknown-choice", text)) from None
    except UnicodeError as error:
        offset = error.start if isinstance(error, UnicodeDecodeError) else 0
        if encoding or marked:
            text = f"This byte is none of {name} text. Leave encoding out, or write that of the file."
            raise InputError(_problem(title, contents, offset, text)) from None
    if utf8_letter := _TWO_BYTES.search(contents):
        line = contents.count(b"\n", 0, utf8_letter.start()) + 1
        text = f"This byte is not UTF-8, while line {line} is: the file mixes encodings. "
        text += 'Export it anew, or write the one it has: encoding = "cp1252".'
        raise InputError(_problem(title, contents, offset, text))
    try:
        contents.decode("cp1252")
        return "cp1252"
    except UnicodeDecodeError as error:
        text = f"Byte {contents[error.start]:#04x} is neither UTF-8 nor cp1252. Write the file's encoding."
        raise InputError(_problem(title, contents, error.start, text)) from None


def _problem(title: str, contents: bytes, offset: int, text: str) -> Problem:
    """A problem at one byte; its line is shown as far as it can be read."""
    start = contents.rfind(b"\n", 0, offset) + 1
    end = contents.find(b"\n", offset)
    raw = contents[start : end if end >= 0 else None][:400]
    number = contents.count(b"\n", 0, offset) + 1
    column = len(contents[start:offset].decode("latin-1")) + 1
    return Problem("file-not-text", text, Place(title, number, column, 1), ((number, raw.decode("latin-1")),))
