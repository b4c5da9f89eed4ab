"""Days, months and amounts in sentences, the same in every locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


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


def without_rows_text(months: Mapping[str, Sequence[str]]) -> str:
    """Lines and the closed months in which the books have no row for them: `rent in Feb 2025 and Mar 2025`."""
    said = "; ".join(f"{name} in {' and '.join(map(month_text, missing))}" for name, missing in months.items())
    return f"no row in the books, so 0 is taken: {said}" if said else ""


def amount_text(amount: float, digits: int = 4) -> str:
    """An amount as it is said, to so many significant digits.

    >>> amount_text(10_500_000_000), amount_text(-250), amount_text(20_781_234, 3), amount_text(999_995)
    ('10.5B', '-250', '20.8M', '1M')
    """
    said = abs(float(f"{amount:.{digits}g}"))  # what rounds to a million is said in millions
    for scale, letter in _SCALES:
        if said >= scale:
            return f"{amount / scale:.{digits}g}{letter}"
    return f"{amount:.{digits}g}"
