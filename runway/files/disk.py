"""The bytes of files, those that this process has read, and standard input."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from tempfile import TemporaryDirectory

LARGEST_TABLE = 256 * 2**20  # bytes
NOT_ORDINARY = "{} is no ordinary file but a pipe or a device, which is not read."
_read_paths: set[Path] = set()  # in this process
_stdin_folders: list[TemporaryDirectory[str]] = []  # removed when the process ends


def exists(name: str) -> bool:
    """Whether there is a file or a folder of that name.

    Raises `OSError` where that cannot be told, as of a name too long or of links that lead in a circle: `Path.exists`
    says no of these, of the first from Python 3.14 on.
    """
    try:
        Path(name).stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        return False
    return True


def file_bytes(title: str, path: Path, largest: int, *, named: bool = False) -> bytes:
    """The bytes of an ordinary file, at most one more than the largest: a pipe or a device may be waited for for ever.

    What the shell holds open for a file that is `named` on the command line, `<(…)`, is read as standard input is.
    """
    opened = named and (str(path) == "/dev/stdin" or path.parent in (Path("/dev/fd"), Path("/proc/self/fd")))
    if not opened and path.exists() and not path.is_file():
        hint = " Write - for standard input." if named else ""
        raise InputError(Problem("file-unreadable", NOT_ORDINARY.format(title) + hint))
    # should a pipe have taken the file's place by now, it is not waited for either
    flags = os.O_RDONLY | (0 if opened else getattr(os, "O_NONBLOCK", 0)) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        _read_paths.add(path.resolve())
        return file.read(largest + 1) or b""


def table_contents(path: Path, title: str, most: int | None = None) -> bytes:
    """The bytes of a CSV file, at most `LARGEST_TABLE`; with `most`, its first bytes."""
    try:
        contents = file_bytes(title, path, LARGEST_TABLE if most is None else most - 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(Problem("file-unreadable", f"{title} cannot be read: {reason}.")) from None
    if len(contents) > LARGEST_TABLE:
        says = f"{title} is larger than {LARGEST_TABLE // 2**20} MiB; export the closed months of one company only."
        raise InputError(Problem("file-too-large", says))
    return contents


def standard_input_bytes(largest: int) -> bytes:
    """The bytes of standard input, at most one more than the largest."""
    try:
        return sys.stdin.buffer.read(largest + 1)
    except (OSError, ValueError, AttributeError):  # closed, or none at all
        raise InputError(Problem("file-unreadable", "Standard input cannot be read.")) from None


def standard_input_file() -> Path:
    """Standard input as a file that lasts as long as the process, for contents that are read more than once."""
    from tempfile import TemporaryDirectory

    if not _stdin_folders:
        _stdin_folders.append(TemporaryDirectory(prefix="runway-"))
        Path(_stdin_folders[0].name, "stdin").write_bytes(standard_input_bytes(LARGEST_TABLE))
    return Path(_stdin_folders[0].name, "stdin")


def files_read() -> frozenset[Path]:
    """The files that this process has read."""
    return frozenset(_read_paths)


def note_read(paths: Iterable[Path]) -> None:
    """Counts files that another process has read among those of this one, so that they are not written over."""
    _read_paths.update(paths)


def was_read(path: Path) -> bool:
    """Whether a file is one that models were read from, under whatever name."""
    return any(read.is_file() and path.samefile(read) for read in _read_paths)
