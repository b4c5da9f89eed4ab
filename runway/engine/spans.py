"""The days of a month on which a line's money moves, where it is not on all of them.

A line that starts, ends, hires or spends within a month moves its money on the days on which it is in force; a bill is
on its day.  What is collected or paid later moves as many days, or calendar months, after that.
"""

from __future__ import annotations

from math import floor as floor_of
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.language.arithmetic import Calendar, total
from runway.lines.line import InForce
from runway.months import position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runway.model.model import Item, Model


class Floats:
    """What the reading of days computes with, for one path."""

    minimum: Callable[..., Any] = staticmethod(min)
    maximum: Callable[..., Any] = staticmethod(max)

    @staticmethod
    def where(condition: Any, then: Any, otherwise: Any) -> Any:
        return then if condition else otherwise

    @staticmethod
    def any(condition: Any) -> bool:
        return bool(condition)

    @staticmethod
    def whole(x: Any) -> Any:
        return floor_of(x)


class Arrays:
    """The same, for arrays of one number a path."""

    def __init__(self) -> None:
        import numpy

        self.minimum, self.maximum, self.where = numpy.minimum, numpy.maximum, numpy.where
        self.any, self.whole = numpy.any, numpy.floor


class DayRange(NamedTuple):
    """A part of a line's money: the parameters (or position) of its first and last day, and the one that weighs it."""

    first: str | float | None
    last: str | float | None
    weight: str | None
    every: int  # months from one day to the next, where it moves on the day of `first` alone


class Followed(NamedTuple):
    """A line that another one is a share of: the row of its month, its sign, and the days on which it moves."""

    row: str
    sign: float
    parts: tuple[DayRange | Followed, ...]

    def rows(self) -> list[str]:
        """The rows that weigh it, and what it follows in its turn."""
        return [self.row, *(row for part in self.parts if isinstance(part, Followed) for row in part.rows())]


class Late(NamedTuple):
    """How much later money moves: a parameter, in days or calendar months, and that of what is owed at the start."""

    by: str
    unit: float  # days or months of one of it
    months: bool
    opening: str


class Moving(NamedTuple):
    """A line whose money moves on some days of a month only."""

    cash: str
    parts: tuple[DayRange | Followed, ...]
    late: Late | None

    def rows(self) -> list[str]:
        """The rows that weigh its parts."""
        return [row for part in self.parts if isinstance(part, Followed) for row in part.rows()]

    def parameters(self) -> list[str]:
        """The figures that its days are read off."""
        names = list(_figures(self.parts))
        return names if self.late is None else [*names, self.late.by, self.late.opening]


def _figures(parts: Iterable[DayRange | Followed]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Followed):
            yield from _figures(part.parts)
        else:
            yield from (name for name in (part.first, part.last, part.weight) if isinstance(name, str))


class Share(NamedTuple):
    """The share of a month's money that has moved by the end of a day, and the days at which its pace changes."""

    by: Callable[[Any], Any]
    ends: list[Any]


def moving(model: Model) -> dict[str, Moving]:
    """The lines of a model that have days of their own, by name."""
    found = {}
    for section in ("revenue", "costs", "passthrough", "capital"):
        for item in model.section(section):
            late = _late(item)
            if spans := item.part.spans() or ((InForce(),) if late is not None else ()):
                parts = ranges(item, spans, model.settings.start)
                found[item.name] = Moving(f"{item.name}.cash", parts, late)
    return found


def ranges(item: Item, spans: Iterable[InForce], start: int) -> tuple[DayRange, ...]:
    """The days of a line's parts, by the addresses of their figures."""
    return tuple(_range(item, span, start) for span in spans)


def _range(item: Item, span: InForce, start: int) -> DayRange:
    def address(field: str | None) -> str | None:
        return None if field is None else f"{item.name}.{field.rstrip('_')}"

    placed: str | float | None
    if isinstance(span.first, int):
        placed = float((span.first - 1 - start) % span.every)
    elif span.first is None or isinstance(span.first, str):
        placed = address(span.first)
    else:
        placed = position(span.first, start)
    return DayRange(placed, address(span.last), address(span.weight), span.every)


def _late(item: Item) -> Late | None:
    for field, opening in (("collected_after", "opening_receivable"), ("paid_after", "opening_payable")):
        if (figure := getattr(item.shared, field, None)) is not None:
            by, unit = figure.delay
            return Late(f"{item.name}.{field}", unit, by == "month", f"{item.name}.{opening}")
    return None


class Shares:
    """On which days of each month the money of lines moves."""

    def __init__(
        self,
        start: int,
        days: Sequence[Any],
        parameters: Mapping[str, Any],
        ops: Any,
        rows: Mapping[str, Any] | None = None,  # what weighs lines that others follow; None: any of them may move
    ) -> None:
        self.days, self.parameters, self.ops, self.rows = days, parameters, ops, rows
        self.calendar = Calendar(start)

    def of(self, flow: Moving, t: int) -> Share | None:
        """How a line's money moves in month `t`; None if evenly over all days of it, on every path."""
        ops, days = self.ops, self.days[t]
        windows = self._windows(flow.parts, flow.late, t)
        if not any(ops.any(self._partly(*window, days)) for window in windows):
            return None
        whole: Any = total(weight * ops.maximum(last - first + 1, 0) for weight, first, last in windows)
        some = ops.where(whole != 0, whole, 1.0)

        def by(day: Any) -> Any:
            passed: Any = 0.0
            for weight, first, last in windows:
                passed = passed + weight * ops.maximum(ops.minimum(day, last) - first + 1, 0)
            return ops.where(whole != 0, passed / some, day / days)

        ends = []
        for _, first, last in windows:
            for day in (first - 1, first, last):
                ends.append(ops.minimum(ops.maximum(day, 1), days))
        return Share(by, ends)

    def uneven(self, flow: Moving, t: int) -> Any:
        """Whether a line's money does not move evenly over month `t`, by path."""
        found: Any = False
        for weight, first, last in self._windows(flow.parts, flow.late, t):
            found = found | self._partly(weight, first, last, self.days[t])
        return found

    def _windows(self, parts: Iterable[DayRange | Followed], late: Late | None, t: int) -> list[tuple[Any, Any, Any]]:
        """The first and last day of each part in month `t`, and its weight a day."""
        found = []
        for part in parts:
            if not isinstance(part, Followed):
                found.append((self._weight(part), *self._window(part, late, t)))
                continue
            amount: Any = part.sign if self.rows is None else self.rows[part.row][t] * part.sign
            inner = self._windows(part.parts, late, t) or [(1.0, 1, self.days[t])]
            whole: Any = total(weight * self.ops.maximum(last - first + 1, 0) for weight, first, last in inner)
            some = self.ops.where(whole != 0, whole, 1.0)
            found += [(self.ops.where(whole != 0, amount * weight / some, 0.0), *days) for weight, *days in inner]
            found.append((self.ops.where(whole != 0, 0.0, amount / self.days[t]), 1, self.days[t]))
        return found

    @staticmethod
    def _partly(weight: Any, first: Any, last: Any, days: int) -> Any:
        return (weight != 0) & (first <= last) & ((first > 1) | (last < days))

    def _weight(self, part: DayRange) -> Any:
        return 1.0 if part.weight is None else self.parameters[part.weight]

    def _window(self, part: DayRange, late: Late | None, t: int) -> tuple[Any, Any]:
        """The first and the last day of month `t` on which a part moves; the first after the last if it does not."""
        ops, days = self.ops, self.days[t]
        if part.every:
            first = last = self._bill(part, late, t)
            first, last = ops.where(first > 0, first, 1), ops.where(last > 0, last, days)
        else:
            first = 1 if part.first is None else ops.maximum(self._day(self._place(part.first), late, t), 1)
            last = days if part.last is None else ops.minimum(self._day(self._place(part.last), late, t), days)
        if late is None:
            return first, last
        by = self.parameters[late.by] * late.unit
        owed = self.parameters[late.opening] != 0
        settling = owed & ((t if late.months else sum(self.days[:t])) < by)
        begins = ops.maximum(first, self._day(0.0, late, t))  # where nothing is owed at the start
        return ops.where(settling, 1, ops.where(owed, first, begins)), ops.where(settling, days, last)

    def _place(self, name: str | float) -> Any:
        return self.parameters[name] if isinstance(name, str) else name

    def _day(self, place: Any, late: Late | None, t: int) -> Any:
        """The day of month `t`, counted on beyond its ends, on which the money of a position moves."""
        calendar, by = self.calendar, 0.0 if late is None else self.parameters[late.by] * late.unit
        if late is not None and late.months:
            whole = self.ops.whole(by)
            month = self.ops.whole(place + whole)
            into = self.ops.minimum((place + whole - month) * 32, calendar.days_in(month) - 1)
            number = calendar.day_number(month) + into + (by - whole) * calendar.days_in(month)
        else:
            number = calendar.day_number(place) + by
        return self.ops.whole(number) - sum(self.days[:t]) + 1

    def _bill(self, part: DayRange, late: Late | None, t: int) -> Any:
        """The day of month `t` on which a bill's money moves; 0 if there is none."""
        ops, place = self.ops, 0.0 if part.first is None else self._place(part.first)
        month = ops.whole(place)
        into = (place - month) * 32
        if late is None or late.months:
            return ops.minimum(into + 1, self.days[t])
        by, found = self.parameters[late.by] * late.unit, 0.0 * place
        for billed in range(t, -1, -1):
            landing = ops.whole(ops.minimum(into, self.days[billed] - 1) + by) - sum(self.days[billed:t]) + 1
            there = (billed >= month) & ((billed - month) % part.every == 0)
            found = ops.where(there & (landing >= 1) & (landing <= self.days[t]), landing, found)
        return found
