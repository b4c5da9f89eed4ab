"""The share of a month's money that has moved by the end of each day, where it does not move on all days alike.

Money that is collected or paid later moves by a delay in days or calendar months, each month's part at its own pace:
with a delay of ten days, the first ten days of a month pay the costs of the last ten of the month before.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from itertools import accumulate
from math import floor as floor_of
from math import prod
from operator import add
from typing import TYPE_CHECKING, Any

from runway.engine.moving import DayRange, Followed
from runway.language.arithmetic import Calendar, total
from runway.language.named_tuple import NamedTuple
from runway.months import days_in_month
from runway.program.lookahead import FARTHEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runway.engine.moving import MovingLine, PaymentDelay


class Floats:
    """The operations of the reading of days, for one path."""

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
    """The operations of the reading of days, for arrays of one number a path."""

    def __init__(self) -> None:
        import numpy

        self.minimum, self.maximum, self.where = numpy.minimum, numpy.maximum, numpy.where
        self.any, self.whole = numpy.any, numpy.floor


def day_of_month(place: Any, t: int, days: int, ops: Any) -> Any:
    """The day of month `t` at a position, which lies in it."""
    return ops.minimum(ops.maximum(ops.whole((place - t) * 32) + 1, 1), days)


class Share(NamedTuple):
    """The share of a month's money that has moved by the end of a day, and the days at which its pace changes."""

    by: Callable[[Any], Any]
    ends: list[Any]


Window = tuple[Any, Any, Any]
"""Money a day, or its weight, and the first and the last day on which it moves."""
BEYOND = 99  # a day that no month has
SAME = 1e-9  # of a day, by which a computed day may miss a whole one


@lru_cache(maxsize=8)
def _further(month: int) -> tuple[int, ...]:
    """The days of each month from `month` on, as many months as may be paid ahead."""
    return tuple(days_in_month(month + n) for n in range(FARTHEST))


class Shares:
    """The days of each month on which lines move their money."""

    def __init__(
        self,
        start: int,
        days: Sequence[Any],
        parameters: Mapping[str, Any],
        ops: Any,
        rows: Mapping[str, Any] | None = None,  # weights of lines that others follow; None: any of them may move
    ) -> None:
        self.parameters, self.ops, self.rows = parameters, ops, rows
        self.calendar = Calendar(start)
        self._model_days = days
        self._numbers: dict[str | float, Any] = {}  # of positions of one path, whole days from the start
        self._turning: dict[str, tuple[int, ...] | None] = {}  # by its cash, the months in which a line turns

    @cached_property
    def days(self) -> tuple[Any, ...]:
        """The days of each month, and of the further months that may be paid ahead."""
        return (*self._model_days, *_further(self.calendar.start + len(self._model_days)))

    @cached_property
    def before(self) -> list[Any]:
        """The days from the start to the first day of each month."""
        return [0, *accumulate(self.days)]

    def of(self, flow: MovingLine, t: int) -> Share | None:
        """How a line's money moves in month `t`; None if evenly over all days of it, on every path."""
        turning = self._turns(flow)
        if turning is not None and t not in turning:
            return None
        ops, days = self.ops, self.days[t]
        windows = [window for group in self._groups(flow, t) for window in group]
        if not any(ops.any(self._is_partial(*window, days)) for window in windows):
            return None
        whole: Any = total(weight * self._length(first, last) for weight, first, last in windows)
        divisor = ops.where(whole != 0, whole, 1.0)

        def by(day: Any) -> Any:
            passed: Any = 0.0
            for weight, first, last in windows:
                passed = passed + weight * self._length(first, ops.minimum(day, last))
            return ops.where(whole != 0, passed / divisor, day / days)

        ends = dict[Any, Any]()
        for _, first, last in windows:
            for turn in (first - 1, last):
                for day in (ops.whole(turn), -ops.whole(-turn)):  # of a turn within a day, its two ends
                    end = ops.minimum(ops.maximum(day, 1), days)
                    ends[len(ends) + BEYOND if getattr(end, "ndim", 0) else int(end)] = end
        return Share(by, [*ends.values()])

    def _turns(self, flow: MovingLine) -> tuple[int, ...] | None:
        """The months in which a line that moves at once, from a day to a day, begins and ends; None of any other."""
        if flow.cash not in self._turning:
            spans = [part for part in flow.parts if isinstance(part, DayRange) and not (part.every or part.days)]
            days = [day for span in spans for day in (span.first, span.last) if day is not None]
            simple = len(spans) == len(flow.parts) and not flow.late and isinstance(self.ops, Floats)
            self._turning[flow.cash] = tuple(int(self._place(day) // 1) for day in days) if simple else None
        return self._turning[flow.cash]

    def uneven(self, flow: MovingLine, t: int) -> Any:
        """Whether a line's money does not move evenly over month `t`, by path."""
        uneven: Any = False
        for group in self._groups(flow, t):
            for window in group:
                uneven = uneven | self._is_partial(*window, self.days[t])
        return uneven

    def bounds(self, flow: MovingLine, t: int) -> tuple[Any, Any, Any]:
        """Bounds of the least and the most that a line moves on a day of month `t`, and its money of the month."""
        bounds: tuple[Any, Any, Any] = (0.0, 0.0, 0.0)
        for groups in self._streams(flow, t):
            bounds = tuple(map(add, bounds, self._bounds(groups, self.days[t])))
        return bounds

    def _bounds(self, groups: list[list[Window]], days: int) -> tuple[Any, Any, Any]:
        """The bounds of groups of which no two move on one day."""
        ops, where = self.ops, self._where
        least: Any = None
        most: Any = None
        whole: Any = 0.0
        covered: Any = 0.0
        for group in groups:
            alone = len(group) == 1
            low: Any = 0.0
            high: Any = 0.0
            moved: Any = 0.0
            for weight, first, last in group:
                length = self._length(first, last)
                daily = where(length > 0, weight, 0.0)
                low = daily if alone else low + ops.minimum(daily, 0.0)
                high = daily if alone else high + ops.maximum(daily, 0.0)
                moved = ops.maximum(moved, length)
                whole = whole + daily * length
            least = where(moved > 0, low if least is None else ops.minimum(least, low), 0.0 if least is None else least)
            most = where(moved > 0, high if most is None else ops.maximum(most, high), 0.0 if most is None else most)
            covered = covered + (moved if alone else 0.0)
        if least is None:
            return 0.0, 0.0, 0.0
        gaps = covered < days - SAME
        return where(gaps, ops.minimum(least, 0.0), least), where(gaps, ops.maximum(most, 0.0), most), whole

    def _where(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """One of two values; where the condition is the same on all paths, as it is."""
        if getattr(condition, "ndim", 0):
            return self.ops.where(condition, then, otherwise)
        return then if condition else otherwise

    def _is_partial(self, weight: Any, first: Any, last: Any, days: int) -> Any:
        """Whether a window holds any part of a day, which may begin and end within one, and not all of the month."""
        return (weight != 0) & (self._length(first, last) > SAME) & ((first > 1) | (last < days))

    def _length(self, first: Any, last: Any) -> Any:
        return self.ops.maximum(last - first + 1, 0)

    def _groups(self, flow: MovingLine, t: int) -> list[list[Window]]:
        """The windows of month `t`, within its days; a group is one month's money, or the balance owed at the start."""
        return [group for groups in self._streams(flow, t) for group in groups]

    def _streams(self, flow: MovingLine, t: int) -> Iterator[list[list[Window]]]:
        """The groups of each part that moves later; one group where the money moves at once."""
        if not flow.late:
            yield [self._windows(flow.parts, t)]
        for late in flow.late:
            if late.ahead is not None:
                yield [self._earlier(flow.parts, late, t)]
            else:
                yield [*self._owed_before(late, t), *self._later(flow.parts, late, t)]

    def _owed_before(self, late: PaymentDelay, t: int) -> Iterator[list[Window]]:
        """The balance owed at the start, settled evenly over the delay, or on the first day where there is none."""
        ops, days = self.ops, self.days[t]
        owed: Any = prod(self.parameters[name] for name in late.opening) if late.opening else 0.0
        if late.owed is not None:
            owed = self._row(late.owed, t)
        by = self._place(late.by) * late.unit
        by = ops.maximum(by, 1 / 32) if late.months else ops.maximum(by, 1)
        last = ops.minimum((by - t) * days if late.months else by - self.before[t], days)
        if ops.any((owed != 0) & (last > 0)):
            weight = owed / by / days if late.months else owed / by
            yield [(weight if late.rate is None else weight * self._row(late.rate, t), 1, ops.maximum(last, 0))]

    def _later(self, parts: Sequence[DayRange | Followed], late: PaymentDelay, t: int) -> Iterator[list[Window]]:
        """Money earned or incurred in month `t` or before that moves in month `t`."""
        ops, by = self.ops, self._place(late.by) * late.unit
        share: Any = 1.0 if late.share is None else self.parameters[late.share]
        share = share - total(self.parameters[name] for name in late.but)
        begin, days = self.before[t], self.days[t]
        for month in range(t, -1, -1):
            if late.months:
                reaches = (ops.whole(by) <= t - month) & (t - month < by + 1)
                over = not ops.any(t - month < by + 1)
            else:
                reaches = self.before[month] + by < begin + days
                over = not ops.any(self.before[month + 1] + by > begin)
            if over:
                break
            if not ops.any(reaches):
                continue
            group = []
            for part in parts:
                rate = share
                if isinstance(part, Followed) and part.rate is not None:
                    rate = rate * self._row(part.rate, t)
                for weight, first, last in self._windows((part,), month, clipped=not late.months):
                    if not ops.any(weight != 0):
                        continue
                    if late.months:
                        window = self._months_later(weight * rate, first, last, by, month, t)
                    else:
                        later = by - (begin - self.before[month])
                        window = weight * rate, first + later, last + later
                    group.append(self._clipped(window, days))
            if group:
                yield group

    def _earlier(self, parts: Sequence[DayRange | Followed], late: PaymentDelay, t: int) -> list[Window]:
        """Money earned or incurred in a later month that moves in month `t`, on days of the same number."""
        by, days = self._place(late.by), self.days[t]
        assert late.ahead is not None
        assert late.share is not None
        source = t - int(by)
        amount = self._row(late.ahead, t) * self.parameters[late.share]
        (part,) = parts
        inner = self._windows(part.parts, source, clipped=False) if isinstance(part, Followed) else []
        *later, rest = self._divided(amount, inner, self.days[source], days)
        return [rest, *(self._clipped(self._months_later(*window, by, source, t), days) for window in later)]

    def _divided(self, amount: Any, windows: list[Window], length: Any, days: Any) -> list[Window]:
        """An amount over windows of a month of a `length`, by their weight; last, over all `days` if they have none."""
        where = self.ops.where
        lengths = [self._length(*self._clipped(window, length)[1:]) for window in windows]
        whole: Any = total(weight * length for (weight, *_), length in zip(windows, lengths, strict=True))
        divisor = where(whole != 0, whole, 1.0)
        parts = [(where(whole != 0, amount * weight / divisor, 0.0), first, last) for weight, first, last in windows]
        return [*parts, (where(whole != 0, 0.0, amount / days), 1, days)]

    def _months_later(self, weight: Any, first: Any, last: Any, by: Any, month: int, t: int) -> Window:
        """The days of month `t` on which money of days of another month moves.

        After whole months it moves on days of the same number, on all days where it is of all days to the month's end;
        after a part of a month it moves by as large a part of its own.
        """
        ops, days_then, days_now = self.ops, self.days[month], self.days[t]
        begin, end = ops.maximum(first, 1), ops.minimum(last, days_then)
        part = by - (t - month)  # of a month, that the money moves on; negative into the month after
        same = part == 0
        start = ops.where(same, ops.minimum(begin, days_now), ((begin - 1) / days_then + part) * days_now + 1)
        stop = ops.where(last > days_then, days_now, ops.minimum(end, days_now))
        stop = ops.where(same, stop, (end / days_then + part) * days_now)
        money = weight * self._length(begin, end)
        return ops.where((part > -1) & (part < 1), money / ops.maximum(stop - start + 1, SAME), 0.0), start, stop

    def _windows(self, parts: Iterable[DayRange | Followed], t: int, *, clipped: bool = True) -> list[Window]:
        """The first and last day of each part in month `t`, and its weight a day; within the month, or beyond it."""
        windows: list[Window] = []
        days = self.days[t]
        for part in parts:
            if not isinstance(part, Followed):
                window = (self._weight(part), *self._window(part, t))
                windows.append(self._clipped(window, days) if clipped else window)
                continue
            amount = self._row(part.row, t) * part.sign
            inner = self._windows(part.parts, t, clipped=clipped)
            if not inner:
                windows.append((amount / days, 1, days if clipped else BEYOND))
                continue
            windows += self._divided(amount, inner, days, days)
        return windows

    def _clipped(self, window: Window, days: Any) -> Window:
        weight, first, last = window
        return weight, self.ops.maximum(first, 1), self.ops.minimum(last, days)

    def _weight(self, part: DayRange) -> Any:
        return 1.0 if part.weight is None else self.parameters[part.weight]

    def _row(self, row: str, t: int) -> Any:
        return 1.0 if self.rows is None else self.rows[row][t]

    def _window(self, part: DayRange, t: int) -> tuple[Any, Any]:
        """The first and the last day on which a part moves, counted from month `t`; its bill's day in it."""
        if part.days and part.first is not None:
            since = self.ops.whole(self.calendar.day_number(self._place(part.first))) - self.before[t]
            day = 1 + since % part.days + part.nth * part.days
            return day, day
        if part.every:
            place = 0.0 if part.first is None else self._place(part.first)
            day = self.ops.minimum((place - self.ops.whole(place)) * 32 + 1, self.days[t])
            return day, day
        first = 1 if part.first is None else self._day(part.first, t)
        return first, BEYOND if part.last is None else self._day(part.last, t)

    def _place(self, name: str | float) -> Any:
        return self.parameters[name] if isinstance(name, str) else name

    def _day(self, name: str | float, t: int) -> Any:
        """The day of a position, counted from month `t`."""
        number = self._numbers.get(name)
        if number is None:
            number = self.ops.whole(self.calendar.day_number(self._place(name)))
            if isinstance(self.ops, Floats):
                self._numbers[name] = number
        return number - self.before[t] + 1
