"""Interest from one day to another: the day counts in use, simple or compound."""

from __future__ import annotations

from calendar import isleap
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from runway.funding.payments import EVERY
from runway.months import absolute_month, date_at, last_day, position

if TYPE_CHECKING:
    from runway.funding.conversion import Compounding, DayCount

DIGITS = 12  # to which daily compounding is rounded: an exact power of 1,000 days has thousands of digits


def year_fraction(start: date, end: date, day_count: DayCount = "act/365", maturity: date | None = None) -> Fraction:
    """The part of a year between two days, the first counted and the last not.

    act/act is ISDA's: days in leap years ÷ 366 + others ÷ 365.  nl/365 leaves out each 29 February.  The 30/360 counts
    give every month 30 days and differ in what they do with its last ones: 30/360 isda is 4.16(f) of ISDA's definitions
    of 2006, 30/360 that of the US markets, with a rule for the end of February; 30e/360 is 4.16(g), 30e/360 german
    4.16(h), in which a last day of February is a 30th unless it is the `maturity`.

    >>> year_fraction(date(2024, 1, 31), date(2024, 7, 31), "30/360")
    Fraction(1, 2)
    """
    if end < start:
        raise ValueError(f"interest from {start} to {end}")
    days = (end - start).days
    if day_count == "act/365":
        return Fraction(days, 365)
    if day_count == "act/360":
        return Fraction(days, 360)
    if day_count == "nl/365":
        leap_days = sum(start < date(y, 2, 29) <= end for y in range(start.year, end.year + 1) if isleap(y))
        return Fraction(days - leap_days, 365)
    if day_count == "act/act":
        common, leap = _days_by_year(start, end)
        return Fraction(common, 365) + Fraction(leap, 366)
    first, last = _days_of_thirty(start, end, day_count, maturity)
    return Fraction((end.year - start.year) * 360 + (end.month - start.month) * 30 + last - first, 360)


def interest(
    principal: Fraction,
    rate: Fraction,
    start: date,
    end: date,
    compounding: Compounding = "simple",
    day_count: DayCount = "act/365",
    maturity: date | None = None,
) -> Fraction:
    """Interest accrued on a principal at a nominal yearly rate.

    Simple: principal × rate × year fraction.  Compound: each whole period from the first day adds rate ÷ periods a
    year, and the days after the last whole period add simple interest by the day count, so that the result is a
    fraction.  Daily: each day adds its own simple interest; the result is rounded to 12 decimals.

    >>> interest(Fraction(1_000_000), Fraction(6, 100), date(2023, 1, 1), date(2024, 1, 1))
    Fraction(60000, 1)
    """
    if compounding == "simple":
        return principal * rate * year_fraction(start, end, day_count, maturity)
    if compounding == "daily":
        return round(principal * (_daily(rate, start, end, day_count, maturity) - 1), DIGITS)
    months = EVERY[compounding]
    periods = ((end.year - start.year) * 12 + end.month - start.month) // months
    if periods and _later(start, periods * months) > end:
        periods -= 1
    broken_years = year_fraction(_later(start, periods * months), end, day_count, maturity)
    return principal * ((1 + rate * months / 12) ** periods * (1 + rate * broken_years) - 1)


def _daily(rate: Fraction, start: date, end: date, day_count: DayCount, maturity: date | None) -> Fraction:
    """The growth factor of a principal: 1 + daily rate, multiplied over all days."""
    if day_count == "act/act":
        common, leap = _days_by_year(start, end)
        return (1 + rate / 365) ** common * (1 + rate / 366) ** leap
    year = 365 if day_count in ("act/365", "nl/365") else 360
    return (1 + rate / year) ** int(year * year_fraction(start, end, day_count, maturity))


def _days_by_year(start: date, end: date) -> tuple[int, int]:
    """The days in years of 365 days and in those of 366."""
    bounds = [start, *(date(year, 1, 1) for year in range(start.year + 1, end.year + 1)), end]
    leap = sum((b - a).days for a, b in pairwise(bounds) if isleap(a.year))
    return (end - start).days - leap, leap


def _later(day: date, months: int) -> date:
    """The same day some months later, or the month's last."""
    return date_at(position(day, 0) + months, 0)


def _days_of_thirty(start: date, end: date, day_count: DayCount, maturity: date | None) -> tuple[int, int]:
    """The first and the last day of a 30/360 count, as days of a month of 30 days."""
    first, last = min(start.day, 30), end.day
    if day_count == "30e/360":
        return first, min(last, 30)
    if day_count == "30e/360 german":
        whole = _ends_its_month(end) and (end.month != 2 or end != maturity)
        return 30 if _ends_its_month(start) else first, 30 if whole else last
    if day_count == "30/360" and start.month == 2 and _ends_its_month(start):
        first = 30
        if end.month == 2 and _ends_its_month(end):
            last = 30
    return first, 30 if last == 31 and first == 30 else last


def _ends_its_month(day: date) -> bool:
    return day == last_day(absolute_month(day))
