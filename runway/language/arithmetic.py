"""The functions that a printed step function calls, for floats and for numpy arrays alike."""

from __future__ import annotations

import math
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from runway.months import NEVER, days_in_month, position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROUNDER = 6755399441055744.0  # 1.5 * 2 ** 52: adding and taking it away rounds a float to a whole number
NUDGE = 1 + 2.0**-51  # lifts a half that a float holds a little low, so that halves go away from zero
SAME_DAY = 1e-9  # of a day, by which a position that was reckoned may lie before its midnight
UNDEFINED = math.nan
LARGEST = 2.0**49  # minor units of the largest balance that is posted exactly


POSTED = "({} * N + R - R) / U"
"""An expression that binds as a product does, posted to the minor unit: halves away from zero, as a sheet's ROUND."""


def posting(units: float) -> dict[str, float]:
    """The numbers that `POSTED` names, for so many minor units in one of the currency.

    >>> eval(POSTED.format("1.005"), posting(100.0)), eval(POSTED.format("-2.5"), posting(1.0))
    (1.01, -3.0)
    """
    return {"N": units * NUDGE, "R": ROUNDER, "U": units}


def total(values: Iterable[Any]) -> Any:
    """The sum from left to right, each step rounded: `sum` adds floats otherwise from Python 3.12 on.

    >>> total([0.1] * 10)
    0.9999999999999999
    """
    return reduce(add, values, 0.0)


def power(x: float, y: float) -> float:
    """`x ** y`; a negative base with a fractional exponent is an error, not a complex number."""
    if not x and y < 0:
        raise ZeroDivisionError
    return math.pow(x, y)


def powers(x: Any, y: Any) -> Any:
    """`x ** y` of numbers or of arrays."""
    return power(x, y) if isinstance(x, (float, int)) and isinstance(y, (float, int)) else x**y


def choose(condition: Any, then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    """One of two values; where the condition varies by path both are computed, whether or not they exist."""
    if isinstance(condition, bool):
        return then() if condition else otherwise()
    import numpy

    return numpy.where(condition, _value_or_nan(then), _value_or_nan(otherwise))


def every(*conditions: Callable[[], Any]) -> Any:
    """Whether all conditions hold, in order; a later one is not computed where an earlier one fails for all paths."""
    holds: Any = True
    for condition in conditions:
        if holds is False:
            return False
        verdict = condition() if holds is True else _value_or_nan(condition)
        holds = verdict if holds is True else holds & (verdict == True)  # noqa: E712  # nan does not hold
    return holds


def some(*conditions: Callable[[], Any]) -> Any:
    """Whether any condition holds, in order."""
    holds: Any = False
    for condition in conditions:
        if holds is True:
            return True
        verdict = condition() if holds is False else _value_or_nan(condition)
        holds = verdict if holds is False else holds | (verdict == True)  # noqa: E712  # nan does not hold
    return holds


def _value_or_nan(value: Callable[[], Any]) -> Any:
    """A value, or nan where it cannot be computed, as on paths whose condition does not choose it."""
    try:
        return value()
    except (ZeroDivisionError, OverflowError, ValueError):
        return math.nan


def _elementwise(function: str) -> Any:
    scalar = getattr(math, function)

    def apply(x: Any) -> Any:
        if isinstance(x, (float, int)):
            return float(scalar(x))
        import numpy

        return getattr(numpy, function)(x)

    return apply


exp, log, floor, ceil = _elementwise("exp"), _elementwise("log"), _elementwise("floor"), _elementwise("ceil")


def mod(x: Any, y: Any) -> Any:
    """The rest of a division, with the divisor's sign."""
    return x % y


def round_half(x: Any, digits: Any = 0) -> Any:
    """`x` to `digits` decimals, halves away from zero."""
    scale = 10.0 ** int(digits)
    sign = 1.0 if isinstance(x, (float, int)) and x >= 0 else -1.0
    if isinstance(x, (float, int)):
        return sign * math.floor(abs(x) * scale * NUDGE + 0.5) / scale
    import numpy

    return numpy.copysign(numpy.floor(numpy.abs(x) * scale * NUDGE + 0.5), x) / scale


def pmt(rate: Any, periods: Any, present: Any) -> Any:
    """The level payment of a loan, negative for a positive loan, as a spreadsheet's PMT.

    >>> round(pmt(0.075 / 12, 180, 200_000), 4)
    -1854.0247
    """
    if isinstance(rate, (float, int)) and rate == 0:
        return -present / periods
    return -present * rate / (1 - powers(1 + rate, -periods))


def step(months: Sequence[int], horizon: int) -> list[int]:
    """For each month the place of the value in force: the last whose month has come."""
    place, places = 0, []
    for t in range(horizon):
        while place + 1 < len(months) and months[place + 1] <= t:
            place += 1
        places.append(place)
    return places


def lag(history: Sequence[Any], t: int, n: Any, opening: Any) -> Any:
    """The value `n` months ago, a fraction between two months interpolated; the opening before the first month."""
    if not isinstance(n, (float, int)):
        import numpy

        paths = [lag([_path(v, i) for v in history[: t + 1]], t, float(k), _path(opening, i)) for i, k in enumerate(n)]
        return numpy.array(paths)
    whole = int(max(n, 0))
    part = max(n, 0) - whole
    nearer = history[t - whole] if t >= whole else opening
    if part == 0:
        return nearer
    return nearer * (1 - part) + (history[t - whole - 1] if t > whole else opening) * part


def _path(value: Any, i: int) -> Any:
    return value if isinstance(value, (float, int)) else float(value[i])


def last_days(history: Sequence[Any], t: int, n: Any, days: Sequence[int], *between: Sequence[Any]) -> Any:
    """The part of a flow in the last `n` days up to the end of month `t`.

    Each month's flow is even over its days, or over those from its first to its last one in `between`.
    """
    total, left = 0.0, n
    for month in range(t, -1, -1):
        if not _any(left > 0):
            break
        total = total + history[month] * _share(month, left, days, between)
        left = left - days[month]
    return total


def last_months(history: Sequence[Any], t: int, n: Any, days: Sequence[int], *between: Sequence[Any]) -> Any:
    """The part of a flow in the last `n` months; of the month that `n` cuts, the same part of its days."""
    total, left = 0.0, n
    for month in range(t, -1, -1):
        if not _any(left > 0):
            break
        total = total + history[month] * _share(month, left * days[month], days, between)
        left = left - 1
    return total


def _share(month: int, left: Any, days: Sequence[int], between: tuple[Sequence[Any], ...]) -> Any:
    """The share of a month's flow that moves in its last `left` days."""
    if between:
        first, last = (row[month] for row in between)
        share = (last - days[month] + left) / (last - first + 1)
    else:
        share = left / days[month]
    if isinstance(share, (float, int)):
        return min(max(share, 0.0), 1.0)
    import numpy

    return numpy.clip(share, 0.0, 1.0)


def _any(condition: Any) -> bool:
    return bool(condition if isinstance(condition, bool) else condition.any())


class Calendar:
    """Days and dates of positions, which are months counted from `start`."""

    def __init__(self, start: int) -> None:
        self.start = start

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions of formulas that read the calendar, by name."""
        return {"days_in": self.days_in, "day_number": self.day_number, "date_after": self.date_after}

    def days_in(self, place: Any) -> Any:
        """The days of the month in which a position falls."""
        if isinstance(place, (float, int)):
            return float(days_in_month(self.start + int(place // 1))) if abs(place) < NEVER / 100 else 31.0
        import numpy

        near, month = self._months(place)
        after = month + numpy.timedelta64(1, "M")
        days = (after.astype("datetime64[D]") - month.astype("datetime64[D]")).astype(float)
        return numpy.where(near, days, 31.0)

    def day_number(self, place: Any) -> Any:
        """The days from the first month's first day to a position; negative before it."""
        first = date(self.start // 12, self.start % 12 + 1, 1)
        if isinstance(place, (float, int)):
            if abs(place) >= NEVER / 100:
                return place * 31
            month = self.start + int(place // 1)
            return (date(month // 12, month % 12 + 1, 1) - first).days + (place % 1) * 32
        import numpy

        near, months = self._months(place)
        before = (months.astype("datetime64[D]") - numpy.datetime64(first)).astype(float)
        return numpy.where(near, before + (place % 1) * 32, place * 31)

    def date_after(self, place: Any, days: Any) -> Any:
        """The position of the day so many whole days after a date, in a shorter month after its last day.

        A date that never comes stays where it is.
        """
        first = date(self.start // 12, self.start % 12 + 1, 1)
        if isinstance(place, (float, int)) and isinstance(days, (float, int)):
            if abs(place) >= NEVER / 100:
                return place
            into = min(place % 1 * 32, self.days_in(place) - 1)
            day = first + timedelta(days=math.floor(self.day_number(place // 1) + into + days + SAME_DAY))
            return position(day, self.start)
        import numpy

        near = numpy.abs(place) < NEVER / 100
        first_day = self.day_number(place // 1) + numpy.minimum(place % 1 * 32, self.days_in(place) - 1)
        passed = numpy.where(near, numpy.floor(first_day + days + SAME_DAY), 0.0).astype("int64")
        dates = numpy.datetime64(first) + passed.astype("timedelta64[D]")
        months = dates.astype("datetime64[M]")
        into = (dates - months.astype("datetime64[D]")).astype(float) / 32
        return numpy.where(near, months.astype("int64") + (1970 * 12 - self.start) + into, place)

    def _months(self, place: Any) -> tuple[Any, Any]:
        """Which positions are dates and not never, and their months."""
        import numpy

        near = numpy.abs(place) < NEVER / 100
        whole = numpy.where(near, numpy.floor(place), 0.0).astype("int64") + (self.start - 1970 * 12)
        return near, whole.astype("datetime64[M]")
