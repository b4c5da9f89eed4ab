"""The user's own C compiler: which there is, and the libraries it has made, kept in the user's cache folder.

A library is kept by the hash of its source, the compiler, its flags and the processor, and by that of its own bytes, as
one that is cut short would end the process.  A library runs in this process, so the folder, and what is in it, must be
the user's own and nobody else's to write to.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes

FLAGS = ("-std=c11", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-w", "-shared", "-fPIC")
TUNED = ("-march=native",)  # left out where a compiler does not know it
COMPILERS = ("cc", "gcc", "clang")
LONGEST = 300  # seconds that a compiler may take
MOST_KEPT = 64  # libraries
STALE = 3_600  # seconds after which the folder of an unfinished compiler is deleted


class NoCompilerError(Exception):
    """The reason why no source can be compiled here."""


@cache
def compiler() -> tuple[str, ...]:
    """The command of the C compiler: `CC`, else the first that is found.

    Raises `NoCompilerError`.
    """
    import shlex
    import shutil
    import sys

    if sys.platform == "win32":
        raise NoCompilerError("steps are not compiled on Windows")
    named = os.environ.get("CC", "")
    try:
        command = shlex.split(named)
    except ValueError:
        command = [named]
    for name in [command[0]] if command else COMPILERS:
        if path := shutil.which(name):
            return path, *command[1:]
    if command:
        raise NoCompilerError(f"the C compiler of CC, {named}, is not there")
    raise NoCompilerError(f"there is no C compiler ({', '.join(COMPILERS)})")


def require_ready() -> None:
    """Raises `NoCompilerError` where no source can be compiled."""
    compiler()
    _folder()


def is_kept(source: str) -> bool:
    """Whether a source has been compiled before.

    Raises `NoCompilerError`.
    """
    try:
        return any(_place().glob(f"{_key(source)}.*.so"))
    except OSError:
        return False


def library(source: str) -> ctypes.CDLL:
    """The library of a source, compiled where it is not kept.

    Raises `NoCompilerError`.
    """
    import ctypes

    folder, key = _folder(), _key(source)
    try:
        file = _kept(folder, key)
        if file is None:
            file = _compile(source, folder, key)
            _prune(folder)
    except OSError as error:
        raise NoCompilerError(f"the folder {folder} cannot be used: {error.strerror}") from None
    try:
        return ctypes.CDLL(str(file))
    except OSError as error:
        raise NoCompilerError(f"the compiled library cannot be loaded: {error}") from None


def _kept(folder: Path, key: str) -> Path | None:
    """The library of a key, used now; one that is not whole is deleted."""
    from contextlib import suppress

    for file in folder.glob(f"{key}.*.so"):
        with suppress(FileNotFoundError):  # another process deleted it
            _require_own(file, "file")
            if file.name == _name(key, file.read_bytes()):
                os.utime(file)
                return file
            file.unlink()
    return None


def _name(key: str, content: bytes) -> str:
    return f"{key}.{sha256(content).hexdigest()[:16]}.so"


def _key(source: str) -> str:
    """The hash that a library is kept by: of its source, the compiler (by its file), the flags and the processor."""
    command = compiler()
    real = Path(command[0]).resolve()
    about = real.stat()
    parts = (source, real, about.st_size, about.st_mtime_ns, command[1:], FLAGS, TUNED, _processor())
    return sha256(repr(parts).encode()).hexdigest()[:32]


@cache
def _processor() -> str:
    import platform

    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    known = [line for line in lines if line.startswith(("flags", "Features", "model name"))]
    return platform.machine() + platform.processor() + "".join(dict.fromkeys(known))


def _place() -> Path:
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        cache = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        raise NoCompilerError("there is no home folder to keep compiled libraries in; set XDG_CACHE_HOME") from None
    return cache / "runway" / "compiled"


def _folder() -> Path:
    """The folder of libraries, made where it is not there; nobody else may write to it."""
    place = _place()
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.mkdir(mode=0o700, exist_ok=True)
        _require_own(place.parent, "folder")
        _require_own(place, "folder")
        if place.stat().st_mode & 0o077:
            place.chmod(0o700)
    except OSError as error:
        raise NoCompilerError(f"the folder {place} cannot be made: {error.strerror}") from None
    return place


def _require_own(path: Path, kind: str) -> None:
    """Refuses a file or folder that is not this user's own, or that others may write to."""
    about = path.lstat()
    if path.is_symlink() or about.st_uid != os.getuid():
        raise NoCompilerError(f"the {kind} {path} is not your own")
    if about.st_mode & 0o022:
        raise NoCompilerError(f"others may write to the {kind} {path}")


def _compile(source: str, place: Path, key: str) -> Path:
    """Compiles a source and puts the library in its place whole."""
    import subprocess
    import tempfile

    command = compiler()
    with tempfile.TemporaryDirectory(dir=place, prefix=".new-") as folder:
        file = Path(folder, "made.so")
        reason = ""
        for tuned in (TUNED, ()):
            arguments = [*command, *FLAGS, *tuned, "-o", str(file), "-x", "c", "-", "-lm"]
            try:
                run = subprocess.run(
                    arguments, input=source, capture_output=True, encoding="utf-8", errors="replace", timeout=LONGEST,
                    check=False,
                )  # fmt: skip
            except (OSError, subprocess.TimeoutExpired) as error:
                raise NoCompilerError(f"{command[0]} does not run: {error}") from None
            if run.returncode == 0 and file.is_file():
                file.chmod(0o700)
                return file.replace(place / _name(key, file.read_bytes()))
            ended = f"exit {run.returncode}" if run.returncode else "it wrote no library"
            reason = reason or next((line for line in run.stderr.splitlines() if "error" in line), ended)
        raise NoCompilerError(f"{command[0]} does not compile it: {reason}")


def _prune(folder: Path) -> None:
    """Deletes the libraries used longest ago beyond `MOST_KEPT`, and the folders left by compilers that were stopped.

    A process that has loaded a library keeps it; one that is about to has made it the newest.
    """
    import shutil
    import time
    from contextlib import suppress

    with suppress(OSError):  # another process deletes too
        kept = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
        for path in kept[:-MOST_KEPT]:
            path.unlink()
        for path in folder.glob(".new-*"):
            if path.stat().st_mtime < time.time() - STALE:
                shutil.rmtree(path, ignore_errors=True)
