"""Figures that need days, read off the monthly rows: the zero-cash day and the lowest daily cash.

Operating flows are spread evenly over the days of their month on which their line is in force, and what is collected
or paid later by the pace of the month that it is of (`spans`); interest and tax are on a fixed day of it, and dated
flows (closings, one-offs, bills, a loan's payments) are on their day.  A credit
line moves on the last day of the month: what the month's end lacks is drawn, interest, fee and repayments are paid.  On
the days before it, cash below what a line holds is lifted to that by at most what the line had not lent when the month
began, line after line in the order of the file, so that cash is out only where the lines do not reach.
Restricted cash is what an earmark has been filled with less what its line has spent.  Everything works on floats for
one path and on numpy arrays for many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from runway.engine.bends import FIRST, LAST, Bend, above, bend_of
from runway.engine.followers import moving
from runway.engine.spans import Arrays, Floats, Share, Shares, day_of_month
from runway.files.closed_months import BANK_DAY, DIFFERENCE
from runway.language.arithmetic import total
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, days_in_month

if TYPE_CHECKING:
    from runway.engine.moving import MovingLine
    from runway.engine.run import Series
    from runway.model.model import Model
    from runway.program.plan import Plan

Rows = Mapping[str, "Series"]
EVEN = ("cash.revenue", "cash.costs", "cash.passthrough", "cash.capital")
LINE_ROWS = ("service", "cash", "undrawn", "target_cash")  # of a credit line, that daily cash is read off
FIXED_DAYS = {"cash.interest": FIRST, "cash.tax": LAST}


class DayFlow(NamedTuple):
    """A flow on a day: the row of its money, and the row or parameter of its position, or the day of each month."""

    cash: str
    place: str | int
    sign: float = 1.0  # -1 where the row is a positive payment


class EarmarkCash(NamedTuple):
    """An earmark: the rows of its filling and its spending, and the closings that bring it."""

    filled: str
    brought: str
    spent: str
    closings: tuple[DayFlow, ...]
    deadlines: tuple[str, ...]  # positions at which a cut or a lapse changes the money of the closings
    spent_on: str | None  # position of a dated line's spending
    opening_spent: tuple[str, ...]  # parameters whose product had been spent before the first month; empty: nothing
    moving: MovingLine | None = None  # the line that it is spent on, where that moves on some days only


class Layout(NamedTuple):
    """The rows of a model that move on a day rather than over a month."""

    start: int
    months: int
    fixed: tuple[DayFlow, ...]  # on the same day of every month
    dated: tuple[DayFlow, ...]
    one_offs: tuple[DayFlow, ...]
    moving: tuple[MovingLine, ...]  # lines that move on some days of a month
    restricted: tuple[EarmarkCash, ...]
    credit_lines: tuple[str, ...]
    days: tuple[int, ...]
    base: float  # months from the start to the day from which months left are counted; negative before the start
    first: int  # the first month whose days are read: those before it are past
    begins: int  # the first day of it that is read

    @property
    def left(self) -> float:
        """Months from the base day to the end of the horizon, which stand for any longer runway."""
        return self.months - self.base

    @property
    def at_once(self) -> tuple[DayFlow, ...]:
        """The flows on the first day of every month."""
        return tuple(flow for flow in self.fixed if flow.place == FIRST)

    def since(self, t: int) -> int:
        """The first day of a month that is read."""
        return self.begins if t == self.first else 1

    def over(self, months: int) -> Layout:
        """The layout over another number of months."""
        return self._replace(months=months, days=tuple(days_in_month(self.start + t) for t in range(months)))

    def counted(self, model: Model) -> Layout:
        """The layout with its months counted from the day of another model."""
        first, begins = read_from(model)
        return self._replace(base=model.base, first=first, begins=begins)

    def names(self) -> list[str]:
        """The rows and parameters that daily cash is read off."""
        names = ["unrestricted_cash", "minimum_cash", "opening_cash", "cash", "restricted_cash", *EVEN]
        for flow in (*self.fixed, *self.one_offs, *self.dated):
            names += [flow.cash, *([flow.place] if isinstance(flow.place, str) else [])]
        for line in self.moving:
            names += [line.cash, *line.rows(), *line.parameters()]
        for earmark in self.restricted:
            names += [earmark.filled, earmark.spent, earmark.brought, *earmark.deadlines]
            names += [*earmark.opening_spent, *([] if earmark.spent_on is None else [earmark.spent_on])]
        for name in self.credit_lines:
            names += [f"{name}.{row}" for row in LINE_ROWS]
        return list(dict.fromkeys(names))

    def bends(self) -> tuple[Bend, ...]:
        """The rows that keep daily cash from being a concave function of the day, from one month end to the next.

        Even flows are a straight line, less what an earmark still holds, max(0, filled - spent).  Money that comes in
        on the first day or goes out on the last bends the line down; any other money on a day may bend it up, as an
        earmark that is filled does.  Where no row bends it, the lowest day is one of the two month ends, and cash
        falls below the floor at most once.

        A credit line bends nothing.  The cash that a day is lifted to rises with the cash before, so it is lowest on
        the same day, and falls below the floor at most once too; and a month ends no higher than its last day is lifted
        to, since that day pays the cost of the line and lends by the same rule.
        """
        bends = [bend_of(flow) for flow in (*self.fixed, *self.one_offs, *self.dated)]
        awaited = {earmark.moving for earmark in self.restricted}
        for line in self.moving:
            steady = bool(line.late) and line not in awaited
            bends.append(Bend(line.cash, below=True, above=True, moving=line, steady=steady))
        bends += [Bend(earmark.filled, below=False, above=False, filled=True) for earmark in self.restricted]
        return tuple(dict.fromkeys(bends))


class DailyLows(NamedTuple):
    """The lows of daily cash in one run; each field a float, or an array of one number a path."""

    lowest: Any  # the lowest unrestricted cash at the end of a day
    lowest_month: Any
    lowest_day: Any
    zero_month: Any  # -1 where cash never falls below the floor
    zero_day: Any


def layout(plan: Plan) -> Layout:
    """The dated flows and earmarks of a plan."""
    model = plan.model
    dated, restricted = list[DayFlow](), []
    day_of = {item.name: item.part.dated for item in model.items}
    by_name = moving(plan)
    dated_lines = {name: day for name, day in day_of.items() if day is not None and name not in by_name}
    one_offs = [DayFlow(f"{name}.cash", f"{name}.{day}") for name, day in dated_lines.items()]
    if model.bank is not None:
        one_offs.append(DayFlow(f"{DIFFERENCE}.cash", BANK_DAY))
    lines = tuple(item.name for item in model.section("funding") if item.part.revolving)
    for item in model.section("funding"):
        closings = {closing.name: DayFlow(f"{address}.cash", f"{address}.due") for address, closing in item.closings()}
        dated += closings.values()
        rows, name = item.part.rows(), item.name
        paid = [(row, day) for row, day in item.part.paid_on.items() if row in rows]
        dated += [DayFlow(f"{name}.{row}", f"{name}.{day}", -1.0) for row, day in paid]
        deadlines = [f"{name}.{clause.name}.by" for clause in item.part.clauses()]
        deadlines += [f"{address}.by" for address, _ in item.closings()]
        for earmark in item.part.earmarks():
            prefix, day, opening = f"{name}.{earmark.for_}", day_of[earmark.for_], earmark.opening_spent
            restricted.append(
                EarmarkCash(
                    f"{prefix}.filled",
                    f"{prefix}.brought",
                    f"{prefix}.spent",
                    tuple(closings[closing] for closing in earmark.named or closings),
                    tuple(deadlines),
                    f"{earmark.for_}.{day}" if day and earmark.for_ not in by_name else None,
                    () if opening is None else model.factors(f"{prefix}.opening_spent", opening.entries[0]),
                    by_name.get(earmark.for_),
                )
            )
    start, months = model.settings.start, model.settings.months
    days = tuple(days_in_month(start + t) for t in range(months))
    fixed = tuple(DayFlow(row, day) for row, day in FIXED_DAYS.items())
    flows = fixed, tuple(dated), tuple(one_offs), tuple(by_name.values())
    return Layout(start, months, *flows, tuple(restricted), lines, days, model.base, *read_from(model))


def read_from(model: Model) -> tuple[int, int]:
    """The first month and the first day of it that are read; the last month where all is past.

    Past are closed months, and days up to the as-of day: a company that is there then was not out of cash before.
    """
    settings, first, begins = model.settings, 0 if model.actuals is None else model.actuals.closed, 1
    if model.as_of is not None:
        after = model.as_of + timedelta(days=1)
        if (month := absolute_month(after) - settings.start) >= first:
            first, begins = month, after.day
    return (first, begins) if first < settings.months else (settings.months - 1, 1)


class Days:
    """Unrestricted cash at the end of any day of a run."""

    def __init__(
        self, at: Layout, rows: Rows, parameters: Mapping[str, Any], floor: Any, half_unit: float, ops: Any = None
    ) -> None:
        self.at, self.rows, self.parameters = at, rows, parameters
        self.half_unit, self.floor = half_unit, floor - half_unit  # days between month ends are not posted
        if ops is None:
            numbers = (rows["cash"][-1], rows["restricted_cash"][-1], floor)
            ops = Floats() if all(isinstance(number, (float, int)) for number in numbers) else Arrays()
        self.ops: Any = ops
        self.shares = Shares(at.start, at.days, parameters, self.ops, rows)
        self._moved: dict[tuple[str, int], Share | None] = {}

    def _place(self, name: str, t: int) -> Any:
        return self.rows[name][t] if name in self.rows else self.parameters[name]

    def month(self, t: int, *, every_day: bool = True) -> tuple[Callable[[Any], Any], list[Any]]:
        """Cash at the end of a day of month `t`, and the days among which is one with the lowest cash.

        With `every_day` the first such day is among them, where a credit line keeps many days at the same cash.
        """
        rows, ops, days = self.rows, self.ops, self.at.days[t]
        even: Any = total(rows[row][t] for row in EVEN)
        start, moves = rows["opening_cash"][t], list[tuple[Any, Any]]()
        for flow in self.at.fixed:
            amount = rows[flow.cash][t] * flow.sign
            if flow.place == FIRST:
                start = start + amount
            elif ops.any(amount != 0):
                moves.append((amount, self.day(flow.place, t)))
        moves += [(rows[f"{name}.service"][t] + rows[f"{name}.cash"][t], days) for name in self.at.credit_lines]
        for flow in (*self.at.one_offs, *self.at.dated):
            amount = rows[flow.cash][t] * flow.sign
            if ops.any(amount != 0):
                moves.append((amount, self.day(flow.place, t)))
                if flow in self.at.one_offs:
                    even = even - amount
        paced = list[tuple[Any, Share]]()
        for line in self.at.moving:
            amount = rows[line.cash][t]
            if ops.any(amount != 0) and (share := self.share(line, t)) is not None:
                paced.append((amount, share))
                even = even - amount
        earmarks = [self._earmark(earmark, t) for earmark in self.at.restricted]

        def cash(day: Any) -> Any:
            value = start + even * day / days
            for amount, on in moves:
                value = value + ops.where(on <= day, amount, 0.0)
            for amount, share in paced:
                value = value + amount * share.by(day)
            for restricted in earmarks:
                value = value - restricted(day)
            return value

        def cash_with_credit(day: Any) -> Any:
            value = cash(day)
            for undrawn, floor in lines:
                value = ops.maximum(value, ops.minimum(value + undrawn, floor))
            return ops.where(day < days, value, rows["unrestricted_cash"][t])

        lines = [(rows[f"{name}.undrawn"][t], rows[f"{name}.target_cash"][t]) for name in self.at.credit_lines]
        ends: list[Any] = [1, days]
        for on in (*(day for _, day in moves), *(self._deadline_day(earmark, t) for earmark in self.at.restricted)):
            ends += [ops.maximum(on - 1, 1), on]
        ends += [day for _, share in paced for day in share.ends]
        if every_day and any(ops.any((undrawn > 0) & (cash(day) < floor)) for undrawn, floor in lines for day in ends):
            ends = list(range(1, days + 1))
        if isinstance(ops, Floats):
            ends = [*dict.fromkeys(ends)]
        return (cash_with_credit if lines else cash), ends

    def share(self, line: MovingLine, t: int) -> Share | None:
        """How a line's money moves in month `t`; kept, since its earmarks read it again."""
        key = line.cash, t
        if key not in self._moved:
            self._moved[key] = self.shares.of(line, t)
        return self._moved[key]

    def day(self, place: str | int, t: int) -> Any:
        """The day of month `t` that a flow is on."""
        if isinstance(place, int):
            return self.ops.minimum(place, self.at.days[t])
        return day_of_month(self._place(place, t), t, self.at.days[t], self.ops)

    def _earmark(self, earmark: EarmarkCash, t: int) -> Callable[[Any], Any]:
        rows, ops, days = self.rows, self.ops, self.at.days[t]
        filled, spent = rows[earmark.filled], rows[earmark.spent]
        brought = total(rows[closing.cash][t] for closing in earmark.closings)
        filled_before, spent_before = (filled[t - 1], spent[t - 1]) if t else (0.0, self._opening_spent(earmark))
        if t == 0:  # money of closings before the first month is in opening cash, and set aside in it
            whole = rows[earmark.brought][0]
            share = ops.where(whole > 0, (whole - brought) / ops.where(whole > 0, whole, 1.0), 0.0)
            filled_before = filled[0] * share
        fill, spend = filled[t] - filled_before, spent[t] - spent_before
        moves: list[tuple[Any, Any]] = []
        if ops.any(fill != 0):
            whole = ops.where(brought > 0, brought, 1.0)
            moves = [(fill * rows[c.cash][t] / whole, self.day(c.place, t)) for c in earmark.closings]
            moves.append((ops.where(brought > 0, 0.0, fill), self._deadline_day(earmark, t)))
        on = None if earmark.spent_on is None else self.day(earmark.spent_on, t)
        share = None if earmark.moving is None else self.share(earmark.moving, t)

        def restricted(day: Any) -> Any:
            spent_by = spend * (day / days if share is None else share.by(day))
            left = filled_before - spent_before - (spent_by if on is None else ops.where(on <= day, spend, 0.0))
            for amount, closed in moves:
                left = left + ops.where(closed <= day, amount, 0.0)
            return ops.maximum(left, 0.0)

        return restricted

    def _opening_spent(self, earmark: EarmarkCash) -> Any:
        return prod(self.parameters[name] for name in earmark.opening_spent) if earmark.opening_spent else 0.0

    def _deadline_day(self, earmark: EarmarkCash, t: int) -> Any:
        """The day on which a deadline of month `t` falls; the first if none does."""
        day: Any = 1
        for deadline in earmark.deadlines:
            place = self.parameters[deadline]
            in_month = (t <= place) & (place < t + 1)
            if self.ops.any(in_month):
                day = self.ops.where(in_month, self.day(deadline, t), day)
        return day

    def restricted_at_the_start(self) -> Any:
        """Money of closings before the first month that is for one line only, before any of it is spent."""
        return total(self._earmark(earmark, 0)(0) for earmark in self.at.restricted)

    def days_read(self, t: int, *, every_day: bool = True) -> tuple[Callable[[Any], Any], list[Any], int]:
        """`month` over the days that are not past, and the first of them."""
        cash, ends = self.month(t, every_day=every_day)
        since = self.at.since(t)
        return cash, ends if since == 1 else [self.ops.maximum(end, since) for end in ends], since

    @cached_property
    def bends(self) -> list[Bend]:
        return [bend for bend in self.at.bends() if any(self.rows[bend.row])]

    def read(self) -> DailyLows:
        """The lowest daily cash and the first day below the floor, over the days that are not past."""
        ops, floats = self.ops, isinstance(self.ops, Floats)
        lowest: Any = float("inf")
        low_month: Any = 0
        low_day: Any = 0
        zero_month, zero_day = -1, 0
        for t in range(self.at.first, len(self.at.days)):
            if floats and t > self.at.first and above(self, t, max(lowest, self.floor)):
                continue
            cash, ends, since = self.days_read(t)
            days = self.at.days[t]
            low: Any = float("inf")
            low_on: Any = days
            for day in ends:
                value = cash(day)
                better = (value < low) | ((value == low) & (day < low_on))
                low, low_on = ops.where(better, value, low), ops.where(better, day, low_on)
            better = low < lowest
            if ops.any(better):
                low_month, low_day = ops.where(better, t, low_month), ops.where(better, low_on, low_day)
                lowest = ops.where(better, low, lowest)
            new = (zero_month < 0) & (low < self.floor)
            if ops.any(new):
                for day in range(since, days + 1):
                    hit = (zero_month < 0) & (cash(day) < self.floor)
                    zero_month, zero_day = ops.where(hit, t, zero_month), ops.where(hit, day, zero_day)
        return DailyLows(lowest, low_month, low_day, zero_month, zero_day)

    def first_below(self, floors: Sequence[float] | None = None, first: int | None = None) -> tuple[int, int] | None:
        """The first month and day of it at whose end cash is below the floor (floats only); None if there is none.

        `floors` has another floor for each month, `first` is the month to begin with, else the first that is read.
        """
        for t in range(begin := self.at.first if first is None else first, len(self.at.days)):
            floor = self.floor if floors is None else floors[t] - self.half_unit
            if t > begin and above(self, t, floor):
                continue
            cash, ends, since = self.days_read(t)
            if any(cash(day) < floor for day in ends):
                return t, next(day for day in range(since, self.at.days[t] + 1) if cash(day) < floor)
        return None

    def lowest_between(self, first: int, month: int, day: int) -> float:
        """The lowest cash at the end of any day from a month on and before a day of another (floats only)."""
        lowest = float("inf")
        for t in range(first, month + 1):
            if t == first or not above(self, t, lowest):
                cash, ends, since = self.days_read(t)
                last = self.at.days[t] if t < month else day - 1
                lowest = min([lowest, *(cash(min(end, last)) for end in ends if last >= since)])
        return lowest
