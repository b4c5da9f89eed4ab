"""How days, months and amounts are said, the same in every locale, and how figures are rounded where they are kept."""

from __future__ import annotations

import re
from datetime import timedelta
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from fractions import Fraction

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SIGNIFICANT_DIGITS = 12
_MINOR_DIGITS = {  # ISO 4217; two where a currency is not listed
    **dict.fromkeys(("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF").split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def minor_digits(currency: str) -> int:
    """How many decimals amounts of a currency have."""
    return _MINOR_DIGITS.get(currency, 2)


def is_currency(text: str) -> bool:
    """Whether a text has the form of a code of ISO 4217: three capital letters.

    >>> is_currency("EUR"), is_currency("Eur"), is_currency("€")
    (True, False, False)
    """
    return len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()


def day_text(value: date) -> str:
    """A day as it is read.

    >>> from datetime import date
    >>> day_text(date(2025, 12, 1))
    '1 Dec 2025'
    """
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month_text(value: str | date) -> str:
    """A month, or a day's month, as it is read.

    >>> month_text("2025-12")
    'Dec 2025'
    """
    text = value if isinstance(value, str) else value.isoformat()
    return f"{MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def counted(number: float, noun: str, form: str = ",") -> str:
    """How many: `1 line`, `2 lines`; with a sign where the form has one.

    >>> counted(2, "line"), counted(-1, "day", "+,"), counted(1.04, "month", ".2g"), counted(1.5, "month", "g")
    ('2 lines', '−1 day', '1 month', '1.5 months')
    """
    text = f"{number:{form}}"
    return f"{minus(text)} {noun}" + ("" if text.lstrip("+-") == "1" else "s")


def list_text(texts: Sequence[str], most: int) -> str:
    """The first texts of a list, and the number of the others.

    >>> list_text(["rent", "tax", "fees"], 2), list_text(["rent", "tax"], 2)
    ('rent, tax and 1 more', 'rent, tax')
    """
    return ", ".join(texts[:most]) + (f" and {len(texts) - most:,} more" if len(texts) > most else "")


def minus(text: str) -> str:
    """A figure as it is written, with the sign of a figure that is read.

    >>> minus("-3.2%"), minus("2026-03-01")
    ('−3.2%', '2026-03-01')
    """
    return "−" + text[1:] if text.startswith("-") else text


def key_of(name: str) -> str:
    """A name of several words as files write it: blanks, hyphens and underscores are alike, and so are cases.

    >>> key_of("cash in hand"), key_of("Cash-in-hand"), key_of("+ certain")
    ('cash_in_hand', 'cash_in_hand', 'certain')
    """
    return "_".join(re.split(r"[\s_-]+", name.strip().lower().removeprefix("+").strip()))


def without_rows_text(months: Mapping[str, Sequence[str]]) -> str:
    """Lines and the closed months in which the books have no row for them: `rent in Feb 2025 and Mar 2025`."""
    gaps = "; ".join(f"{name} in {' and '.join(map(month_text, missing))}" for name, missing in months.items())
    return f"no row in the books, so 0 is taken: {gaps}" if gaps else ""


def amount_text(amount: float, digits: int = 4) -> str:
    """An amount as it is said, to so many significant digits.

    >>> amount_text(10_500_000_000), amount_text(-250), amount_text(20_781_234, 3), amount_text(999_995)
    ('10.5B', '-250', '20.8M', '1M')
    """
    size = abs(float(f"{amount:.{digits}g}"))  # what rounds to a million is said in millions
    for scale, letter in _SCALES:
        if size >= scale:
            return f"{amount / scale:.{digits}g}{letter}"
    return f"{amount:.{digits}g}"


def range_text(low: float, high: float, *, percent: bool = False, digits: int = 4) -> str:
    """Two ends as they are said: shares by the hundred, all else as amounts.

    >>> range_text(0.02, 0.075, percent=True), range_text(18_000, 2_500_000)
    ('2…7.5%', '18k…2.5M')
    """
    if percent:
        return f"{low * 100:g}…{high * 100:g}%"
    return f"{amount_text(low, digits)}…{amount_text(high, digits)}"


def rounding(minor_digits: int) -> Callable[[float], float | None]:
    """Money to the minor unit; nothing for a figure that does not exist."""

    def to_minor_unit(value: float) -> float | None:
        return round(value, minor_digits) + 0.0 if isfinite(value) else None

    return to_minor_unit


def rounded(value: float) -> float | None:
    """Any other figure to twelve digits, which is what powers and roots agree to on different processors."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0 if isfinite(value) else None


def number(value: Fraction | None) -> float | int | None:
    """An exact number: whole where it is whole, else to twelve digits."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else rounded(float(value))


def decimal_text(value: Decimal, digits: int = 10) -> str:
    """An exact number without an exponent, at most so many digits after its point, none of them a zero at the end."""
    return f"{value:.{digits}f}".rstrip("0").rstrip(".")


def counted_from_text(as_of: date, closed: date | None) -> str:
    """What a heading says of the day from which what is left is counted, and of the last day in the books."""
    closed_to = f" (closed to {day_text(closed)})" if closed is not None else ""
    return f"from {day_text(as_of + timedelta(days=1))}{closed_to}"


def counting_text(rung: str) -> str:
    """What a heading says of the rung of the ladder that is counted, and how to change it."""
    return f"counting {rung.removeprefix('+ ')} (--counting)"


def climbed_text(rung: str, addresses: Sequence[str]) -> str:
    """Why a higher rung is counted than would have been."""
    have = "has" if len(addresses) == 1 else "have"
    return f"counting {rung.removeprefix('+ ')}, as {' and '.join(addresses)} {have} no effect on the rungs below"
