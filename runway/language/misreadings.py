"""Texts that are no figure, or may be two: the figure or date that is probably meant, and how it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runway.months import days_in_month, parse_date

if TYPE_CHECKING:
    from collections.abc import Callable

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
CURRENCY_MARKS = {
    "us$": "USD", "c$": "CAD", "a$": "AUD", "nz$": "NZD", "s$": "SGD", "hk$": "HKD", "r$": "BRL", "₹": "INR",
    "₩": "KRW", "₽": "RUB", "₪": "ILS", "zł": "PLN", "kč": "CZK", "fr.": "CHF",
}  # fmt: skip
"""Marks of one currency, in small letters, that a figure has by its code."""

_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_NAME = rf"(?P<name>{'|'.join(f'{name[:3]}(?:{name[3:]})?' if name[3:] else name for name in _NAMES)}|sept)\.?,?"
_DAY = r"(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?"
_DATES = (
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?(?:[T ][\d:.]+Z?)?",
    r"(?P<day>\d{1,2})(?P<between>[./-])(?P<month>\d{1,2})(?P=between)(?P<year>\d{4})",
    r"(?P<month>\d{1,2})[./-](?P<year>\d{4})",
    rf"{_DAY},? (?:of )?{_NAME} (?P<year>\d{{4}})",
    rf"{_NAME} {_DAY},? (?P<year>\d{{4}})",
    rf"{_NAME} (?P<year>\d{{4}})",
)
"""How dates are written elsewhere."""
_NUMBER = (
    r"(?P<grouped>\d{1,3}(?P<by>[.,'\u2019\s\u00a0\u202f])\d{3}(?:(?P=by)\d{3})*)(?:(?!(?P=by))[.,](?P<decimals>\d+))?"
    r"|(?:(?P<indian>\d{1,2}(?:,\d{2})*,\d{3})|(?P<whole>\d+))(?:[.,](?P<rest>\d+))?"
)
"""Digits in groups of three, or of two before the last three, and a part below one behind another mark."""


def _any_of(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _plain(match: re.Match[str]) -> str:
    """A number with the separators of another country, as it is written here; one that has none as it is."""
    if (parts := re.fullmatch(_NUMBER, match[0])) is None:
        return match[0]
    whole = re.sub(r"\D", "", parts["grouped"] or parts["indian"] or parts["whole"])
    decimals = parts["decimals"] or parts["rest"]
    return f"{whole}.{decimals}" if decimals else whole


def _upper(match: re.Match[str]) -> str:
    return match[0].upper()


NOTATIONS: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"^(?:~|≈|about |approx\.? |ca\. ?|circa )\s*", lambda _: ""),
    (rf"^({_any_of(CURRENCY_MARKS)})\s*(?=\d)", lambda m: f"{CURRENCY_MARKS[m[1].casefold()]} "),
    (rf"(?<=[\dkmb])\s*({_any_of(CURRENCY_MARKS)})(?=$|\s*/)", lambda m: f" {CURRENCY_MARKS[m[1].casefold()]}"),
    (r"^(\d[\d.,'\u2019\s\u00a0\u202f]*[kmbt]?)\s*([$€£¥])(?=$|\s*/)", lambda m: f"{m[2]}{m[1].strip()}"),
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
"""Common notations, and how runway writes them; applied one after the other."""


def probable_text(text: str) -> str:
    """A figure's text as it is probably meant.

    >>> [probable_text(text) for text in ("€1.2m", "1.200.000,50", "2x", "5k/mo", "10-15%", "about 3 million")]
    ['€1.2M', '1200000.50', '2', '5k/month', '10 to 15%', '3M']
    >>> [probable_text(text) for text in ("₹1,500/month", "5k €", "1,500 monthly")]
    ['INR 1500/month', '€5k', '1500/month']
    """
    for pattern, replacement in NOTATIONS:
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


def days_meant(text: str) -> tuple[str, ...]:
    """The dates that a text may mean, as they are written; a day between slashes may come before its month or after.

    >>> days_meant("15.3.2026"), days_meant("Mar 2026"), days_meant("3/4/2026"), days_meant("last week")
    (('2026-03-15',), ('2026-03',), ('2026-03-04', '2026-04-03'), ())
    """
    matches = (re.fullmatch(pattern, text.strip(), re.IGNORECASE) for pattern in _DATES)
    if (match := next(filter(None, matches), None)) is None:
        return ()
    parts = match.groupdict()
    if parts.get("name"):
        parts["month"] = str([name[:3] for name in _NAMES].index(parts["name"][:3].casefold()) + 1)
    year, month, day = (parts.get(part) or "" for part in ("year", "month", "day"))
    orders = [(month, day), (day, month)] if parts.get("between") in ("/", "-") else [(month, day)]
    dates = (f"{year}-{m:0>2}-{d:0>2}" if day else f"{year}-{m:0>2}" for m, d in orders)
    return tuple(sorted({iso for iso in dates if parse_date(iso) is not None}))


def days_written(text: str, otherwise: str = "") -> str:
    """The dates that a text may mean, in quotation marks; `otherwise` where it means none."""
    return " or ".join(f'"{day}"' for day in days_meant(text)) or otherwise


def no_date(text: str) -> str:
    """The message about a text that is no date: how its date is written.

    >>> no_date("15 Jan 2026"), no_date("2026-02-30")
    ('"15 Jan 2026" is not a date; write "2026-01-15".', '"2026-02-30" is not a date; February 2026 has 28 days.')
    """
    message = 'dates are written "2025-10" or "2025-10-28".'
    if dates := days_written(text):
        message = f"write {dates}."
    elif (past := re.match(r"(\d{4})-(\d{2})-\d{2}\Z", text.strip())) and (first := parse_date(past[0][:7])):
        days = days_in_month(12 * first.year + first.month - 1)
        message = f"{_NAMES[first.month - 1].capitalize()} {first.year} has {days} days."
    return f'"{text.strip()[:40]}" is not a date; {message}'


def month_meant(text: str) -> str:
    """The month to write for a text that may mean one month; nothing if it may not.

    >>> month_meant("2027-02-01"), month_meant("Feb 2027"), month_meant("soon")
    (' Write "2027-02".', ' Write "2027-02".', '')
    """
    months = {day[:7] for day in days_meant(text)}
    return f' Write "{months.pop()}".' if len(months) == 1 else ""
