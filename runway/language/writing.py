"""A number written back as its figure was written: its mark, its letter, its period, as a person would write it."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from runway.language.figure import NUMBER, SCALES, THOUSAND

if TYPE_CHECKING:
    from runway.language.figure import Entry

MOST_DIGITS = 15
_WRITTEN = (
    rf"[+\-−]?\s*(?P<mark>(?:[$€£¥]|[A-Z]{{3}}(?=[\s\d.]))\s*)?[-−]?(?P<number>{NUMBER})(?P<gap>\s*)"
    r"(?P<scale>[kKMBT](?![A-Za-z]))?(?P<percent>\s*%)?(?P<code>\s*[A-Z]{3})?"
    r"(?P<tail>\s*(?:/|per\s|a\s)\s*(?:day|week|month|quarter|year)|\s*(?:day|week|month|quarter|year)s?)?"
)
LETTERS = (("", 1), ("k", 10**3), ("M", 10**6), ("B", 10**9), ("T", 10**12))


def rounded_to(value: float, digits: int, *, up: bool) -> Decimal:
    """The value at so many significant digits, never on the other side of it.

    >>> rounded_to(811_437, 3, up=True), rounded_to(0.02378, 2, up=False)
    (Decimal('8.12E+5'), Decimal('0.023'))
    """
    exact = Decimal(repr(value))
    if not exact:
        return exact
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return (exact / step).quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR) * step


def figure_text(entry: Entry, value: Decimal | float) -> str:
    """A number in the unit and notation of an entry; of a date the number is its day's ordinal.

    >>> from runway.language.figure import Entry, read_amount
    >>> def shown(text, value): return figure_text(Entry(read_amount(text), text), value)
    >>> shown("$700k/day", 812_000), shown("2%/month", 0.024), shown("900M", 1.2e10)
    ('$812k/day', '2.4%/month', '12B')
    """
    if entry.amount.is_date:
        return date.fromordinal(int(value)).isoformat()
    number = value if isinstance(value, Decimal) else Decimal(repr(value))
    low, between, high = entry.text.partition(" to ")
    first, parts = re.match(_WRITTEN, low), re.match(_WRITTEN, high if between else low)
    if parts is None:
        return _digits(number, "")
    mark = parts["mark"] or (first["mark"] if first is not None else None) or ""
    tail = parts["tail"] or ""
    if entry.amount.is_duration:
        tail = f"{'' if parts['gap'] else ' '}{entry.amount.period}{'' if abs(number) == 1 else 's'}"
    letter, scale = _letter(number, parts["scale"])
    shown = number * 100 if entry.amount.percent else number / scale
    sign = "-" if shown < 0 else ""
    comma = "," if mark or tail or "," in parts["number"] else "_"
    gap = parts["gap"] if letter or not parts["scale"] else ""
    percent = parts["percent"] or ("%" if entry.amount.percent else "")
    digits = _digits(abs(shown), comma)
    if THOUSAND.match(digits) and "." in digits and not (letter or percent):
        digits += "0"  # with three decimals it could be thousands
    return f"{sign}{mark}{digits}{gap}{letter}{percent}{parts['code'] or ''}{tail}"


def _letter(number: Decimal, letter: str | None) -> tuple[str, int]:
    """The letter of the entry and its scale, or those of the next letter that fits a number beyond it."""
    if letter is None or number == 0:
        return "", 1
    if 1 <= abs(number) / SCALES[letter] < 1000:
        return letter, SCALES[letter]
    return next(((mark, scale) for mark, scale in reversed(LETTERS) if abs(number) >= scale), LETTERS[0])


def _digits(number: Decimal, comma: str) -> str:
    """Digits without an exponent and without zeros at the end; thousands apart, in a bare number from 10_000 on."""
    text = f"{number.normalize():f}"
    whole, point, rest = text.partition(".")
    if comma and len(whole) > (4 if comma == "_" else 3):
        whole = f"{int(whole):,}".replace(",", comma)
    return f"{whole}{point}{rest}"


def percent_change(change: Decimal) -> str:
    """A relative change as `--set` and scenarios take it.

    >>> percent_change(Decimal("-0.123"))
    '-12.3%'
    """
    return f"{'+' if change >= 0 else '-'}{_digits(abs(change) * 100, '')}%"
