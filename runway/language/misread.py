"""Texts that are no figure, or may be two: what was probably meant, and how it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

THOUSAND = re.compile(r"(?P<whole>[1-9]\d{0,2})(?P<mark>[.,])(?P<rest>\d{3})\Z")
"""A number of which the mark may part thousands or the decimals."""


_LETTERS = {
    "k": "k", "thousand": "k", "tsd": "k", "m": "M", "mm": "M", "mn": "M", "mln": "M", "mio": "M", "million": "M",
    "millions": "M", "mil": "M", "b": "B", "bn": "B", "bln": "B", "mrd": "B", "billion": "B", "billions": "B",
    "t": "T", "tn": "T", "trn": "T", "trillion": "T",
}  # fmt: skip
_PERIODS = {
    "d": "day", "daily": "day", "wk": "week", "w": "week", "weekly": "week", "m": "month", "mo": "month",
    "mth": "month", "mnth": "month", "monthly": "month", "q": "quarter", "qtr": "quarter", "quarterly": "quarter",
    "y": "year", "yr": "year", "yearly": "year", "annum": "year", "annually": "year", "annual": "year",
    "a.": "year", "a": "year", "pa": "year", "p.a.": "year", "pm": "month", "p.m.": "month",
}  # fmt: skip
_END = r"(?=$|[\s/])"


def _any_of(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _plain(match: re.Match[str]) -> str:
    """A number with the separators of another country, as it is written here."""
    number = re.sub(r"['\u2019\s\u00a0\u202f]", "", match[0])
    dots, commas = number.count("."), number.count(",")
    if commas == 1 and (dots != 1 or number.rfind(",") > number.rfind(".")):
        return number.replace(".", "").replace(",", ".")
    if dots > 1:
        return number.replace(".", "")
    return number.replace(",", "")


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


REWRITTEN: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"^(?:~|≈|about |approx\.? |ca\. ?|circa )\s*", lambda _: ""),
    (r"(?<=[\d%])\s*\+$", lambda _: ""),
    (r"\d[\d.,'\u2019\s\u00a0\u202f]*\d", _plain),
    (r"\d+(?:\.\d+)?e\+?\d{1,2}(?!\w)", lambda m: f"{float(m[0]):.0f}"),
    (r"(?<=\d)\s*[x×]$", lambda _: ""),
    (r"(?<=\d)\s*(?:percent|pct|per cent)" + _END, lambda _: "%"),
    (r"\b(\d+(?:\.\d+)?)\s*(?:bps|bp)" + _END, lambda m: f"{float(m[1]) / 100:g}%"),
    (rf"(?<=\d)\s*({_any_of(_LETTERS)}){_END}", lambda m: _LETTERS[m[1].casefold()]),
    (rf"\s*(?:/|\bper\b|\s|\ba\b)\s*({_any_of(_PERIODS)})$", lambda m: f"/{_PERIODS[m[1].casefold()]}"),
    (r"(?:/|\bper )\s*(?:day|week|month|quarter|year)s?$", lambda m: m[0].casefold().rstrip("s")),
    (r"^[a-z]{3}(?=\s*\d)|(?<=[\d\skKMBT])(?!day)[a-z]{3}(?=$|\s*/)", _upper),
    (r"^(\D{0,4}\d[\d.]*[kMBT]?%?)\s*[-–—]\s*(?=\D{0,4}\d)", lambda m: f"{m[1]} to "),
)
"""What is often written, and what is meant; applied one after the other."""


def meant(text: str) -> str:
    """A text as it is probably meant.

    >>> meant("€1.2m"), meant("1.200.000,50"), meant("2x"), meant("5k/mo"), meant("10-15%"), meant("about 3 million")
    ('€1.2M', '1200000.50', '2', '5k/month', '10 to 15%', '3M')
    """
    for pattern, replacement in REWRITTEN:
        text = re.sub(pattern, replacement, text.strip(), count=1, flags=re.IGNORECASE)
    return text


def of_another_locale(text: str) -> bool:
    """Whether a number in the text has the separators of another country."""
    number = re.search(r"\d[\d.,'\u2019\s\u00a0\u202f]*\d", text)
    return number is not None and re.sub(r"[,_]", "", number[0]) != _plain(number)


def two_readings(text: str) -> tuple[str, str]:
    """How the two numbers are written that a text with one mark before three digits may mean.

    >>> two_readings("€1.500/month"), two_readings("2.345"), two_readings("150,000")
    (('€1.5/month', '€1500/month'), ('2.3450', '2345'), ('150', '150000'))
    """

    def decimal(match: re.Match[str]) -> str:
        rest = match[2].rstrip("0")
        return f"{match[1]}.{rest}{'0' if len(rest) == 3 else ''}" if rest else match[1]

    number = r"(\d+)[.,](\d{3})"
    return re.sub(number, decimal, text, count=1), re.sub(number, r"\1\2", text, count=1)
