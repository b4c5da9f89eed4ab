"""Days and amounts in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

_SCALES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def day_text(day: date) -> str:
    """A day as it is read.

    >>> from datetime import date
    >>> day_text(date(2025, 12, 1))
    '1 Dec 2025'
    """
    return f"{day.day} {day:%b %Y}"


def month_text(day: date) -> str:
    """A day's month as it is read.

    >>> from datetime import date
    >>> month_text(date(2025, 12, 1))
    'Dec 2025'
    """
    return f"{day:%b %Y}"


def money_text(amount: float) -> str:
    """An amount as it is said.

    >>> money_text(10_500_000_000), money_text(-250)
    ('10.5B', '-250')
    """
    for scale, letter in _SCALES:
        if abs(amount) >= scale:
            return f"{amount / scale:.4g}{letter}"
    return f"{amount:.4g}"
