"""What is wrong with what the user gave us, as records: a stable name, a place, an excerpt and what to write instead.

A mistake of the user is a `Problem`; problems are collected and raised together in one `InputError`.  A mistake of
the programmer is any other exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

EXCERPT_WIDTH = 100  # characters of a line that an excerpt shows
LEAD_IN = 40  # characters shown before the caret when a line is cut
LONGEST_WORD = 100  # nothing longer is compared with other names


class Place(NamedTuple):
    """Where something stands: line and column count from 1, in characters; width is that of the caret run."""

    file: str
    line: int
    column: int
    width: int


class Problem(NamedTuple):
    """One mistake in a file, on the command line, or of the file itself.

    >>> print(Problem("growth-without-period", "growth needs its period.", Place("a.toml", 2, 10, 4),
    ...               ((1, 'kind = "recurring"'), (2, "growth = 0.05"))))
    a.toml:2:10 growth-without-period
        1 │ kind = "recurring"
        2 │ growth = 0.05
          │          ^^^^
    growth needs its period.
    """

    name: str  # stable: "rate-without-period"
    text: str  # what the field is, what is wrong, what to write; may hold several lines
    place: Place | None = None
    excerpt: tuple[tuple[int, str], ...] = ()  # line number and line, as they are in the file: the one before, the one

    def __str__(self) -> str:
        text = "\n".join(printable(line) for line in self.text.split("\n"))
        if self.place is None:
            return f"{self.name}\n{text}"
        head = f"{printable(self.place.file)}:{self.place.line}:{self.place.column} {self.name}"
        return "\n".join([head, *_excerpt(self.place, self.excerpt), text])


class InputError(Exception):
    """The input cannot be used: every problem found in it, in the order they are to be read."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.problems))


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A suggestion that can follow any sentence, or nothing.

    An address is also found by its last part.

    >>> did_you_mean("totl.revenue", ["total.costs", "total.revenue"])
    ' Did you mean total.revenue?'
    >>> did_you_mean("churn", ["chatgpt.churn", "rent.amount"])
    ' Did you mean chatgpt.churn?'
    >>> did_you_mean("churn", ["rent.amount"])
    ''
    """
    near = closest(word, candidates)
    return f" Did you mean {near}?" if near else ""


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that the word was probably meant to be."""
    from difflib import get_close_matches  # not needed where all is well

    if len(word) > LONGEST_WORD:
        return None
    known = {candidate.casefold(): candidate for candidate in sorted(candidates) if len(candidate) <= LONGEST_WORD}
    wanted = word.casefold().replace(" ", "_")
    if wanted in known:
        return known[wanted]
    ends = [candidate for candidate in known if candidate.endswith(f".{wanted}")]
    close = ends or get_close_matches(wanted, known, n=1)
    return known[close[0]] if len(close) == 1 else None  # of several that end so, none


def printable(line: str) -> str:
    """The line with as many characters, none of which can move the cursor, hide text or turn its direction."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in line)


def _excerpt(place: Place, lines: Iterable[tuple[int, str]]) -> list[str]:
    """The lines behind a margin of line numbers, with a run of carets below the one of the place."""
    out = []
    for number, line in lines:
        first = place.column - 1 if number == place.line else 0
        start = max(0, min(first - LEAD_IN, len(line) - EXCERPT_WIDTH))
        shown = printable(line[start : start + EXCERPT_WIDTH])
        if start:
            shown = "…" + shown[1:]
        if len(line) > start + EXCERPT_WIDTH:
            shown = shown[:-1] + "…"
        out.append(f"{number:>5} │ {shown}".rstrip())
        if number == place.line:
            before, below = shown[: first - start], shown[first - start : first - start + place.width]
            out.append(f"{'':5} │ {' ' * _cells(before)}{'^' * max(1, _cells(below))}")
    return out


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
