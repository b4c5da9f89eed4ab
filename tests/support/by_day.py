"""Plain day-by-day reckoning for tests: a calendar, and money that moves some days after it is earned."""

from __future__ import annotations

from datetime import date, timedelta

CENT = 0.0051
"""How far a figure posted to the cent may be from the exact one."""


def months_of(start: str, months: int) -> list[list[date]]:
    """The days of each month from "2025-01" on."""
    year, month = map(int, start.split("-"))
    days: list[list[date]] = [[] for _ in range(months)]
    day = date(year, month, 1)
    while (n := (day.year - year) * 12 + day.month - month) < months:
        days[n].append(day)
        day += timedelta(days=1)
    return days


def moved(amounts: list[float], late: int, opening: float, start: str = "2025-01") -> tuple[list[float], list[float]]:
    """Money that moves `late` days after its day, and what is outstanding at each month's end.

    Each month's amount is even over its days; the opening balance is settled evenly over the first `late` days.
    """
    calendar = months_of(start, len(amounts))
    first = calendar[0][0]
    due: dict[date, float] = {}
    for amount, days in zip(amounts, calendar, strict=True):
        for day in days:
            on = day + timedelta(days=late)
            due[on] = due.get(on, 0.0) + amount / len(days)
    for n in range(max(1, late)):
        on = first + timedelta(days=n)
        due[on] = due.get(on, 0.0) + opening / max(1, late)
    cash = [sum(due.get(day, 0.0) for day in days) for days in calendar]
    owed, outstanding = opening, []
    for amount, paid in zip(amounts, cash, strict=True):
        owed += amount - paid
        outstanding.append(owed)
    return cash, outstanding
