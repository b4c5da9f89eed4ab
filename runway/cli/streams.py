"""Standard output and error as a command may find them: closed, full, or without a reader."""

from __future__ import annotations

import io
import os
import sys


class LossyError(io.RawIOBase):
    """Standard error that is not missed: what cannot be written there changes neither the answer nor the exit code."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2

    def isatty(self) -> bool:
        return os.isatty(2)

    def write(self, data: object) -> int:
        text = memoryview(data)  # type: ignore[arg-type]  # what io hands on: bytes of any kind
        try:
            return os.write(2, text)
        except OSError:
            return len(text)


def mend() -> None:
    """Opens what is closed of the three, so that no file that is opened later takes its number.

    Standard output that was closed refuses what is written to it, as one without room does.
    """
    while (opened := os.open(os.devnull, os.O_RDONLY)) <= 2:
        pass
    os.close(opened)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # as long as the process
    encoding = "utf-8" if sys.stderr is None else sys.stderr.encoding
    sys.stderr = io.TextIOWrapper(io.BufferedWriter(LossyError()), encoding, "replace", line_buffering=True)


def give_up_output() -> None:
    """Standard output leads nowhere from now on: what is still held for it would fail once more at the very end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # standard output is no file
        return
