"""Answers again whenever a file that was read is saved, until it is interrupted."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from runway.cli.streams import tell
from runway.errors import InputError, Problem
from runway.files.disk import files_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    from runway.program.plan import Plan

PAUSE = 0.02  # seconds between two looks at the files
GONE = 2.0  # seconds after which a file that is not there is told of
T = TypeVar("T")
Stamp = tuple[int, int, int]  # when a file was written, how long it is, and which file it is


def refuse_with_files(options: Mapping[str, Any]) -> None:
    """Refuses to watch what comes once, or to print again what another program reads whole."""
    formats = ("as_json", "markdown", "csv", "html")
    named = next((f"--{key.removeprefix('as_')}" for key in formats if options[key]), None)
    if named is not None:
        raise InputError(Problem("two-outputs", f"--watch prints the tables again and again; leave out {named}."))
    if options["model"] == "-":
        raise InputError(Problem("watch-needs-a-file", "Standard input is read once. Name a file to watch."))


def watch(ask: Callable[[], tuple[Plan, str]]) -> None:
    """Prints the answer, and after each saving what changed and the answer again; a file that is broken is told of.

    `ask` reads the files and returns the plan and the text of its answer.
    """
    before: Plan | None = None
    for reading in Readings(ask):
        if isinstance(reading, InputError):
            tell(reading.problems)
            continue
        plan, text = reading
        show(text if before is None else f"\n{difference(before, plan)}\n{text}")
        before = plan


class Readings(Generic[T]):
    """What `ask` makes of the files that it reads, and again after each saving, or what is wrong with them then.

    Files are known by when they were written, their length and their place, since many editors write a new file and
    rename it.  Raises `InputError` for what is wrong at the start.
    """

    def __init__(self, ask: Callable[[], T]) -> None:
        self.ask, self.seen = ask, dict[Path, Stamp | None]()

    def __iter__(self) -> Iterator[T | InputError]:
        started = time.time_ns()
        reading: T | InputError = self.ask()
        self.seen = {path: None if at is None or at[0] >= started else at for path, at in stamps(files_read()).items()}
        while True:
            yield reading
            self.seen = changed(self.seen)
            try:
                reading = self.ask()
            except InputError as error:
                reading = error
            self.seen = {**stamps(files_read()), **self.seen}

    def outdated(self) -> bool:
        """Whether a file was saved since the last reading."""
        return stamps(self.seen) != self.seen


def difference(before: Plan, after: Plan) -> str:
    """What differs between two readings of the files, as text."""
    from runway.answers.compare import compare
    from runway.render.terminal import terminal_text
    from runway.reports.compare import saved

    return terminal_text(saved(compare(before, after), time.strftime("%H:%M:%S")))


def show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def changed(seen: Mapping[Path, Stamp | None]) -> dict[Path, Stamp | None]:
    """Waits until one of the files is another one and stays as it is for a moment; returns how they are then.

    One that is gone may come back, as in a saving; after some seconds it is gone for good.
    """
    while (now := stamps(seen)) == seen:
        time.sleep(PAUSE)
    since = time.monotonic()
    while True:
        time.sleep(PAUSE)
        later = stamps(seen)
        whole = all(stamp is not None for path, stamp in later.items() if seen[path] is not None)
        if later == now and (whole or time.monotonic() - since > GONE):
            return later
        now = later


def stamps(files: Iterable[Path]) -> dict[Path, Stamp | None]:
    """How each file is now; nothing for one that is not there, as between the two steps of a saving."""
    return {path: stamp(path) for path in files}


def stamp(path: Path) -> Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
