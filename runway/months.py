"""Months, days and the scale of dates that the whole program shares.

A month is an absolute number, `year * 12 + month - 1`.  A date is a *position*: months since the model's first month
plus (day - 1) / 32, which a float holds exactly, so that a delay is an addition and a spreadsheet can hold it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

NEVER = 1e6
"""The position of a date that never comes."""

DAY = 1 / 32
"""One day on the scale of positions."""

_WRITTEN = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?\Z")  # a month or a day


def month_number(text: str) -> int | None:
    """The absolute number of the month "2025-04", or None if the text is no month.

    >>> month_number("2025-04") == 2025 * 12 + 3
    True
    """
    match = _WRITTEN.match(text)
    if not match or match[3] or not 1 <= int(match[2]) <= 12 or not 1900 <= int(match[1]) <= 2999:
        return None
    return int(match[1]) * 12 + int(match[2]) - 1


def month_label(month: int) -> str:
    """The text of an absolute month.

    >>> month_label(2025 * 12 + 3)
    '2025-04'
    """
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def fiscal_year(month: int, year_end: int) -> int:
    """The financial year of an absolute month, named by the year in which it ends; `year_end` is its last month, 1-12.

    >>> fiscal_year(2017 * 12 + 3, 3), fiscal_year(2018 * 12 + 2, 3), fiscal_year(2018 * 12, 12)
    (2018, 2018, 2018)
    """
    return (month + 12 - year_end) // 12


def fiscal_month(month: int, year_end: int) -> int:
    """Which month of its financial year an absolute month is, 0 to 11.

    >>> fiscal_month(2017 * 12 + 3, 3), fiscal_month(2018 * 12 + 2, 3)
    (0, 11)
    """
    return (month - year_end) % 12


@lru_cache(maxsize=4096)
def days_in_month(month: int) -> int:
    """The days of an absolute month.

    >>> days_in_month(2024 * 12 + 1), days_in_month(1900 * 12 + 1)
    (29, 28)
    """
    after = month + 1
    return (date(after // 12, after % 12 + 1, 1) - date(month // 12, month % 12 + 1, 1)).days


def absolute_month(day: date) -> int:
    """The absolute number of the month that a day lies in."""
    return day.year * 12 + day.month - 1


def position(day: date, start: int) -> float:
    """The position of a day: months since `start` + (day - 1) / 32."""
    return absolute_month(day) - start + (day.day - 1) * DAY


def date_at(place: float, start: int) -> date:
    """The day at a position; a fraction between two days counts as the earlier one.

    A day that its month does not have (a delay may produce one) is the month's last.
    """
    month = start + int(place // 1)
    day = min(int((place % 1) * 32) + 1, days_in_month(month))
    return date(month // 12, month % 12 + 1, day)


def last_day(month: int) -> date:
    """The last day of an absolute month."""
    return date(month // 12, month % 12 + 1, days_in_month(month))


def parse_date(text: str, *, end: bool = False) -> date | None:
    """A day from "2025-10-28", or a month's first (or, with `end`, last) day from "2025-10"; None if it is neither.

    >>> parse_date("2025-02", end=True)
    datetime.date(2025, 2, 28)
    """
    month = month_number(text)
    if month is not None:
        return last_day(month) if end else date(month // 12, month % 12 + 1, 1)
    match = _WRITTEN.match(text)
    if not match or not match[3]:
        return None
    try:
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
    return day if 1900 <= day.year <= 2999 else None


def months_to(month: int, day: int, days: Sequence[int]) -> float:
    """Months from the start to a day: whole months and the share of its month's days that have passed before it."""
    return float(month + (day - 1) / days[month])
