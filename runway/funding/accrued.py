"""The interest of a note up to a day as a formula: each day count, simple or compound, as the cap table reckons it.

A position is months since the start and (day - 1) / 32; `first` and `last` are rows or fields that are positions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.funding.payments import EVERY

if TYPE_CHECKING:
    from runway.funding.conversion import Compounding, DayCount


def _day(place: str) -> str:
    """The day of the month of a position."""
    return f"(({place} - floor({place})) * 32 + 1)"


def _month_end(place: str, *, february: bool = False) -> str:
    """Whether a position is the last day of its month (of a February)."""
    month_end = f"{_day(place)} == days_in({place})"
    return f"({month_end} and days_in({place}) < 30)" if february else f"({month_end})"


def years(first: str, last: str, day_count: DayCount, start: int, maturity: str | None = None) -> str:
    """The part of a year between two positions; `start` is the first month, absolute."""
    days = f"(day_number({last}) - day_number({first}))"
    if day_count in ("act/365", "act/360"):
        return f"{days} / {day_count[-3:]}"
    if day_count in ("act/act", "nl/365"):
        return _by_calendar_years(first, last, start, leap_days=day_count == "act/act")
    day_1, day_2 = f"min(30, {_day(first)})", f"min(30, {_day(last)})"
    if day_count == "30e/360 german":
        last_is_month_end = (
            _month_end(last)
            if maturity is None
            else f"({_month_end(last)} and not ({last} == {maturity} and days_in({last}) < 30))"
        )
        day_1, day_2 = f"(30 if {_month_end(first)} else {day_1})", f"(30 if {last_is_month_end} else {_day(last)})"
    elif day_count != "30e/360":
        day_2 = f"(30 if {_day(last)} == 31 and {_day(first)} >= 30 else {_day(last)})"
        if day_count == "30/360":
            in_february = _month_end(first, february=True)
            day_1 = f"(30 if {in_february} else {day_1})"
            day_2 = f"(30 if {in_february} and ({_month_end(last, february=True)} or {_day(last)} == 31) else {day_2})"
    return f"(30 * (floor({last}) - floor({first})) + {day_2} - {day_1}) / 360"


def _by_calendar_years(first: str, last: str, start: int, *, leap_days: bool) -> str:
    """Whole calendar years, and of each end's own year the part that has passed, its leap day counted or left out."""

    def part_passed(place: str) -> str:
        january = f"(floor({place}) - mod({start} + floor({place}), 12))"
        passed = f"(day_number({place}) - day_number({january}))"
        year_days = f"(day_number({january} + 12) - day_number({january}))"
        if leap_days:
            return f"{passed} / {year_days}"
        return f"({passed} - (1 if {year_days} == 366 and {passed} >= 59 else 0)) / 365"

    whole = f"(floor(({start} + floor({last})) / 12) - floor(({start} + floor({first})) / 12))"
    return f"({whole} + {part_passed(last)} - {part_passed(first)})"


def whole_months(first: str, last: str) -> str:
    """The whole months between two positions; the last day of a shorter month ends one."""
    short = f"{last} - floor({last}) < min({first} - floor({first}), (days_in({last}) - 1) / 32)"
    return f"(floor({last}) - floor({first}) - (1 if {short} else 0))"


def whole_periods(first: str, last: str, compounding: Compounding) -> str | None:
    """The periods between two positions after which interest bears interest; None where these are days, or none."""
    months = EVERY.get(compounding)
    return None if months is None else f"floor({whole_months(first, last)} / {months})"


def last_period(first: str, periods: str, compounding: Compounding) -> str:
    """The position of the end of the last whole period, of a number of them from `first` on."""
    later = f"(floor({first}) + {EVERY[compounding]} * {periods})"
    return f"{later} + min({first} - floor({first}), (days_in({later}) - 1) / 32)"


def growth(
    first: str,
    last: str,
    compounding: Compounding,
    day_count: DayCount,
    start: int,
    maturity: str | None = None,
    periods: str = "",
    later: str = "",
) -> str:
    """The interest on 1, simple or compound, at the nominal yearly rate 12 x rate.

    `periods` and `later` are the rows of whole periods and of the end of the last one.
    """
    if compounding == "simple":
        return f"12 * rate * {years(first, last, day_count, start, maturity)}"
    if compounding == "daily":
        year = 365 if day_count in ("act/365", "nl/365", "act/act") else 360
        return f"((1 + 12 * rate / {year}) ** ({year} * {years(first, last, day_count, start, maturity)}) - 1)"
    months = EVERY[compounding]
    broken = years(later, last, day_count, start, maturity)
    return f"((1 + rate * {months}) ** {periods} * (1 + 12 * rate * {broken}) - 1)"
