"""A file written whole or not at all, and never over an assumption file."""

from __future__ import annotations

import os
from pathlib import Path

from runway.errors import InputError, Problem
from runway.files.document import was_read


def save_text(path: str, text: str) -> None:
    """Text as `save_bytes` saves it; an existing file is replaced."""
    try:
        contents = text.encode()
    except ValueError as error:
        raise unwritable(path, error) from error
    save_bytes(path, contents)


def save_bytes(path: str, contents: bytes, *, replacing: bool = True) -> None:
    """Write beside `path` first and rename the file there, so that a reader never meets half a file.

    Refused: a folder, a name that ends in .toml (most likely the model and the output were swapped), a file that the
    model was read from, and unless `replacing` a file that exists.  A symbolic link keeps pointing where it
    does; a device or a pipe is written to.
    """
    try:
        target = Path(os.path.realpath(path))
        refusal = refused(path, target)
        if refusal:
            raise InputError(Problem("output-refused", refusal))
        if target.is_file() and not replacing:
            text = f"{path} already exists. Say --force to replace it, or name another file."
            raise InputError(Problem("output-exists", text))
        if target.exists() and not target.is_file():
            target.write_bytes(contents)
        else:
            replace(target, contents)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def create_text(path: str, text: str) -> None:
    """Write a file that does not exist yet; one that does is never touched."""
    try:
        with Path(path).open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        reason = f"{path} already exists and is not overwritten. Name another file."
        raise InputError(Problem("output-refused", reason)) from None
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def unwritable(path: str, error: OSError | ValueError) -> InputError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return InputError(Problem("output-unwritable", f"{path} cannot be written: {reason}."))


def refused(path: str, target: Path) -> str | None:
    if not path:
        return "The name of the file to write is empty. Write - for standard output."
    if target.is_dir():
        return f"{path} is a folder; name a file in it."
    if ".toml" in (target.suffix.lower(), Path(path).suffix.lower()):
        return f"{path} ends in .toml, the name of an assumption file, which no report overwrites. Name another file."
    if target.exists() and was_read(target):
        return f"{path} is the file that the model was read from. Name another file."
    return None


def replace(target: Path, contents: bytes) -> None:
    """The new file takes over the permissions of the old, and is refused where the old may not be written."""
    mode = None
    if target.exists():
        mode = target.stat().st_mode & 0o7777
        with target.open("ab"):
            pass
    temporary = target.with_name(f".{target.name[:64]}.{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            file.write(contents)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
