"""Standard output and error as a command may find them: closed, full, or without a reader."""

from __future__ import annotations

import io
import os
import sys

TYPE_CHECKING = False  # as in the package
if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.errors import Problem


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


def terminal_width() -> int | None:
    """The columns of the terminal that standard error is; None where it is a pipe or a file."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    from runway.render.text import environment_width

    try:
        return environment_width() or os.get_terminal_size(sys.stderr.fileno()).columns or None
    except (OSError, ValueError):
        return None


def tell(problems: Sequence[Problem]) -> None:
    """Writes problems to standard error."""
    from runway.render.problems import problems_text

    sys.stderr.write(problems_text(problems, terminal_width()))
    sys.stderr.flush()


def remark(text: str) -> None:
    """Writes lines of text to standard error, on a terminal broken between words."""
    width = terminal_width()
    if width is not None:
        from runway.render.text import folded

        text = "\n".join(part for line in text.split("\n") for part in folded(line, width))
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


BRAILLE, UPPER = 0x2800, 0x1B  # the first of the braille characters, and the dots of their upper half
PLAIN = {
    **dict.fromkeys("─━┄╌—–−", "-"), **dict.fromkeys("│┤", "|"), **dict.fromkeys("┼└┘┌┐├┬┴╭╮╯╰", "+"),
    **dict.fromkeys("▲△", "^"), **dict.fromkeys("▸", ">"), **dict.fromkeys("·…", "."),
    **dict.fromkeys("“”„", '"'), **dict.fromkeys("\u2018\u2019", "'"),
    **dict.fromkeys("█▓▇▆▅", "#"), **dict.fromkeys("▄▃▒", "="), **dict.fromkeys("▂▁░", "."),
    "▼": "v", "±": "~", "×": "x", "÷": "/", "°": "*", "•": "*",
}  # fmt: skip
"""By the characters of charts, tables and sentences, what stands for them where an encoding has none."""


def plain_errors(encoding: str) -> str:
    """How a stream writes what it has no character for: by the nearest there is, so that figures and charts stay."""
    if encoding.lower().startswith("utf"):
        return "replace"
    from codecs import register_error

    register_error("runway-plain", plain)
    return "runway-plain"


def plain(error: UnicodeError) -> tuple[str, int]:
    """Other characters of the same width; signs as they are spelt; for braille a dot in the same half."""
    assert isinstance(error, UnicodeEncodeError)
    from runway.errors import shown

    text = shown(error.object[error.start : error.end], error.encoding)
    return "".join(c if c.isascii() else PLAIN.get(c) or dots(c) for c in text), error.end


def dots(character: str) -> str:
    bits = ord(character) - BRAILLE
    if not 0 <= bits < 256:
        return letter(character)
    upper, lower = bits & UPPER, bits & ~UPPER
    return ":" if upper and lower else "'" if upper else "." if lower else " "


def letter(character: str) -> str:
    """A letter without its accent."""
    from unicodedata import normalize

    bare = normalize("NFKD", character)[:1]
    return bare if bare.isascii() else "?"


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
