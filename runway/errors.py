"""What is wrong with what the user gave us, as records: a stable name, a place, an excerpt and what to write instead.

A mistake of the user is a `Problem`; problems are collected and raised together in one `InputError`.  A mistake of
the programmer is any other exception.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

EXCERPT_WIDTH = 100  # characters of a line that an excerpt shows
NARROWEST = 20
MARGIN = 8  # characters of the line's number before them
LEAD_IN = 40  # characters shown before the caret when a line is cut, and at most half of them
LONGEST_WORD = 100  # nothing longer is compared with other names
MOST_WITHIN = 5  # addresses that are offered for their common beginning
SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "→": "->", "≥": ">=", "≤": "<="}
"""Signs that are written with several letters where a terminal has no such character."""
COMPARED = 200  # names that a word is compared with; of more, those that are most like it


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
        return "\n".join([*self.located(), *self.text_lines()])

    def located(self, width: int = MARGIN + EXCERPT_WIDTH) -> list[str]:
        """The place and the name, then the lines of the file there, of at most so many characters."""
        if self.place is None:
            return [self.name]
        head = f"{printable(self.place.file)}:{self.place.line}:{self.place.column} {self.name}"
        shown = min(EXCERPT_WIDTH, max(NARROWEST, width - MARGIN))
        return [head, *_excerpt(self.place, self.excerpt, shown)]

    def text_lines(self) -> list[str]:
        """The lines of the text."""
        return [printable(line) for line in self.text.split("\n")]


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems in the order of the file, each once."""
    return sorted(
        dict.fromkeys(problems), key=lambda p: ("", 0, 0) if p.place is None else (p.place.file, *p.place[1:3])
    )


class InputError(Exception):
    """The input cannot be used: every problem found in it, in the order they are to be read."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.problems))


def did_you_mean(word: str, candidates: Iterable[str]) -> str:
    """A suggestion that can follow any sentence, or nothing.

    An address is also found by its last part, and what is only the beginning of addresses is answered by them.

    >>> did_you_mean("totl.revenue", ["total.costs", "total.revenue"])
    ' Did you mean total.revenue?'
    >>> did_you_mean("churn", ["chatgpt.churn", "rent.amount"])
    ' Did you mean chatgpt.churn?'
    >>> did_you_mean("churn", ["rent.amount"])
    ''
    >>> did_you_mean("rent", ["rent.amount", "rent.growth", "churn"])
    ' Write one of rent.amount, rent.growth.'
    """
    candidates = list(candidates)
    if within := list(dict.fromkeys(name for name in candidates if name.startswith(f"{word}."))):
        return f" Write one of {', '.join(within[:MOST_WITHIN])}{', …' if len(within) > MOST_WITHIN else ''}."
    near = closest(word, candidates)
    return f" Did you mean {near}?" if near else ""


def choice_hint(word: str, choices: Collection[str]) -> str:
    """The choice that a word was probably meant to be, else all of them; nothing where there are none.

    >>> choice_hint("bse", ["base", "slow"]), choice_hint("fast", ["base", "slow"])
    (' Did you mean base?', ' There are base, slow.')
    """
    return did_you_mean(word, choices) or (f" There are {', '.join(choices)}." if choices else "")


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that the word was probably meant to be; a set that is asked often is looked into once."""
    if len(word) > LONGEST_WORD:
        return None
    known = candidates if isinstance(candidates, frozenset) else frozenset(candidates)
    return _spellings(known).closest(word.casefold().replace(" ", "_"))


@lru_cache(maxsize=8)
def _spellings(candidates: frozenset[str]) -> _Spellings:
    return _Spellings(candidates)


class _Spellings:
    """Names to compare words with, found by their ends and by the pairs of letters that they are made of."""

    def __init__(self, candidates: frozenset[str]) -> None:
        self.known = {name.casefold(): name for name in sorted(candidates) if len(name) <= LONGEST_WORD}
        self.ends: dict[str, list[str]] = {}
        self.pairs: dict[str, list[str]] = {}
        for name in self.known:
            parts = name.split(".")
            for n in range(1, len(parts)):
                self.ends.setdefault(".".join(parts[n:]), []).append(name)
            for pair in _pairs(name) if len(self.known) > COMPARED else ():
                self.pairs.setdefault(pair, []).append(name)

    def closest(self, word: str) -> str | None:
        """The name that a word, in small letters, was meant to be; of several that end so, none."""
        from difflib import get_close_matches  # not needed where all is well

        if word in self.known:
            return self.known[word]
        close = self.ends.get(word) or get_close_matches(word, self._alike(word), n=1)
        return self.known[close[0]] if len(close) == 1 else None

    def _alike(self, word: str) -> Iterable[str]:
        """All names where they are few, else those with the largest share of pairs in common."""
        if len(self.known) <= COMPARED:
            return self.known
        shared: dict[str, int] = {}
        for pair in _pairs(word):
            for name in self.pairs.get(pair, ()):
                shared[name] = shared.get(name, 0) + 1
        return nlargest(COMPARED // 10, shared, key=lambda name: shared[name] / (len(name) + len(word)))


def _pairs(word: str) -> set[str]:
    return {word[n : n + 2] for n in range(len(word) - 1)}


def printable(line: str) -> str:
    """The line with as many characters, none of which can move the cursor, hide text or turn its direction."""
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in line)


def _excerpt(place: Place, lines: Iterable[tuple[int, str]], width: int) -> list[str]:
    """The lines behind a margin of line numbers, with a run of carets below the one of the place."""
    out, lead_in = list[str](), min(LEAD_IN, width // 2)
    for number, line in lines:
        first = place.column - 1 if number == place.line else 0
        start = max(0, min(first - lead_in, len(line) - width))
        shown = printable(line[start : start + width])
        if start:
            shown = "…" + shown[1:]
        if len(line) > start + width:
            shown = shown[:-1] + "…"
        out.append(f"{number:>5} │ {shown}".rstrip())
        if number == place.line:
            before, below = shown[: first - start], shown[first - start : first - start + place.width]
            out.append(f"{'':5} │ {' ' * _cells(before)}{'^' * max(1, _cells(below))}")
    return out


def shown(text: str, encoding: str | None) -> str:
    """A text with the signs that an encoding has no character for as a terminal of it shows them."""
    for sign in () if text.isascii() else _missing(encoding or "utf-8"):
        text = text.replace(sign, SIGNS[sign])
    return text


@lru_cache(maxsize=4)
def _missing(encoding: str) -> tuple[str, ...]:
    """The signs that an encoding has no character for."""

    def lacks(sign: str) -> bool:
        try:
            sign.encode(encoding)
        except (UnicodeEncodeError, LookupError):
            return True
        return False

    return tuple(filter(lacks, SIGNS))


def _cells(text: str) -> int:
    """How many columns of a terminal the text takes: East Asian wide characters take two, combining ones none."""
    text = shown(text, getattr(sys.stderr, "encoding", None))
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
