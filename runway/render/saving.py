"""A file written whole or not at all, and never over an assumption file."""

from __future__ import annotations

import errno
import os
import re
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.files.disk import was_read

if TYPE_CHECKING:
    from collections.abc import Mapping

PART = re.compile(r"\..*\.runway-(?P<process>\d+)\.part")
"""The name of a file that is being written, with the process that writes it."""


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
        target = output_path(path, replacing=replacing)
        if is_device(path):
            write_to_device(Path(path), contents)
        else:
            replace(target, contents)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def is_device(path: str) -> bool:
    """Whether a name is that of a device or a pipe, which is written to and not replaced."""
    return Path(path).exists() and not Path(path).is_file()


def ending_text(path: str) -> str:
    """The ending of a file's name, in the words of an error.

    >>> ending_text("plan.txt"), ending_text("plan")
    ('plan.txt ends in .txt', 'plan has no ending')
    """
    ending = Path(path).suffix
    return f"{path} ends in {ending}" if ending else f"{path} has no ending"


def output_path(path: str, *, replacing: bool = True) -> Path:
    """The file that a name leads to; raises `InputError` for a file that is not written over."""
    target = Path(os.path.realpath(path))
    if refusal := refusal_text(path, target):
        raise InputError(Problem("output-refused", refusal))
    if target.is_file() and not replacing:
        text = f"{path} already exists. Say --force to replace it, or name another file."
        raise InputError(Problem("output-exists", text))
    return target


def foresee(path: str, *, replacing: bool = True) -> None:
    """Refuses a file that will not be written, before anything is computed for it."""
    try:
        target = output_path(path, replacing=replacing)
        if not is_device(path):  # which has no other file beside it
            writable(target)
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def foresee_new(path: str) -> None:
    """Refuses a file that is there already, or that cannot be made, before anything is computed for it."""
    try:
        if os.path.lexists(path):
            raise exists_error(path)
        writable(Path(path))
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def foresee_folder(folder: Path) -> None:
    """Refuses a folder in which no file can be made, or that cannot be made itself."""
    try:
        writable(folder / "file" if folder.exists() else folder)
    except (OSError, ValueError) as error:
        raise unwritable(str(folder), error) from error


def writable(file: Path) -> None:
    """Raises `OSError` where a file cannot be written over, or made in its folder."""
    folder = file.parent
    os.stat(f"{folder}{os.sep}")  # noqa: PTH116  # a folder, which Path would not ask for
    if not os.access(folder, os.W_OK | os.X_OK) or (file.exists() and not os.access(file, os.W_OK)):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def create_texts(files: Mapping[str, str]) -> None:
    """Write files that do not exist yet, by path: all of them or none."""
    created: list[str] = []
    try:
        for path, text in files.items():
            create_text(path, text)
            created.append(path)
    except BaseException:
        for path in created:
            Path(path).unlink(missing_ok=True)
        raise


def create_text(path: str, text: str) -> None:
    """Write a file that does not exist yet, whole or not at all; one that does is never touched."""
    try:
        target = Path(path)
        temporary = temporary_file(target, text.encode())
        try:
            if os.path.lexists(path):
                raise FileExistsError
            if hasattr(os, "link"):
                link(temporary, target)
            else:
                temporary.rename(target)  # there it is refused where the file exists
        finally:
            temporary.unlink(missing_ok=True)
        settle(target.parent)
    except FileExistsError:
        raise exists_error(path) from None
    except (OSError, ValueError) as error:
        raise unwritable(path, error) from error


def link(temporary: Path, target: Path) -> None:
    """The file under its name, unless there is one; a disk that has no links gets it by another name."""
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        temporary.rename(target)


def exists_error(path: str) -> InputError:
    reason = f"{path} already exists and is not overwritten. Name another file."
    return InputError(Problem("output-refused", reason))


def unwritable(path: str, error: OSError | ValueError) -> InputError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return InputError(Problem("output-unwritable", f"{path} cannot be written: {reason}."))


def refusal_text(path: str, target: Path) -> str | None:
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
    temporary = temporary_file(target, contents)
    try:
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    settle(target.parent)


def temporary_file(target: Path, contents: bytes) -> Path:
    """A new file beside the target with the contents, on the disk; files that killed runs left there are deleted."""
    for part in target.parent.glob(".*.part"):
        process = PART.fullmatch(part.name)
        if process is not None and not is_running(int(process["process"])):
            part.unlink(missing_ok=True)
    temporary = target.with_name(f".{target.name[:64]}.runway-{os.getpid()}.part")
    try:
        with temporary.open("xb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def is_running(process: int) -> bool:
    """Whether there is another process of that number."""
    if process == os.getpid():
        return False
    if os.name != "posix":  # where to ask is to end it
        return True
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # there is one, of another user
        return True
    return True


def settle(folder: Path) -> None:
    """Puts the new name of a file in the folder on the disk, where the system does so for folders."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_to_device(target: Path, contents: bytes) -> None:
    """Writes to a device, or to a pipe that somebody reads."""
    flags = os.O_WRONLY | getattr(os, "O_NOCTTY", 0)
    waiting = getattr(os, "O_NONBLOCK", 0) if stat.S_ISFIFO(target.stat().st_mode) else 0
    try:
        descriptor = os.open(target, flags | waiting)
    except OSError as error:
        reason = "nobody reads the pipe" if error.errno == errno.ENXIO and waiting else error.strerror
        raise OSError(error.errno, reason) from None
    if waiting:
        os.set_blocking(descriptor, True)
    with os.fdopen(descriptor, "wb") as file:
        file.write(contents)
