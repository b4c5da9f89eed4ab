"""The zero-cash day and the lowest daily cash of every path of a block, month by month as they are computed.

Where nothing bends it (`Layout.bends`), unrestricted cash is a concave function of the day that begins at the last
month's end: its lowest day is one of the two month ends, and it falls below the floor at most once, which halving
finds; the same holds where a credit line lifts it.  A line that is paid later moves on all days, at a pace that
changes within the month: cash can only dip below both ends where they are nearly as high as each other.  Only the paths
of which this cannot be said are read day by day, as `engine/days.py` does.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import TYPE_CHECKING, Any

from runway.engine.days import EVEN, LINE_ROWS, Days
from runway.engine.spans import Arrays, Shares
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Sequence

    from runway.engine.bends import Bend
    from runway.engine.criteria import Year
    from runway.engine.days import Layout
    from runway.program.program import Program

DAYS_A_CODE = 32
NEVER_OUT = -1
NUMBER = (float, int)  # a row that is the same on every path
NEAR = 1e-6  # money, within which two ways of adding it up agree


def watched_rows(layout: Layout, program: Program) -> list[str]:
    """The rows that the daily cash of a month is read off."""
    known = {row.address for row in program.rows}
    return [name for name in layout.names() if name in known]


class WatchedRows(NamedTuple):
    """The watched rows of a variant: their signs, and what may bend the daily curve of each month."""

    names: tuple[str, ...]
    signs: tuple[float, ...]  # with which a row is handed over
    bends: tuple[tuple[Bend, ...] | None, ...]  # by month; None: the month is read day by day


Past = Mapping[str, Mapping[int, Any]]
"""Rows of lines that are paid later, by month."""


class Dip(NamedTuple):
    """The paths that run dry in one month, and their watched rows in it and in the month before."""

    month: int
    places: Any
    now: list[Any]
    before: list[Any]


class CashTracker:
    """Reads one variant of one block; `code` is month * 32 + day of the zero-cash day, -1 where there is none."""

    def __init__(
        self, layout: Layout, watched: WatchedRows, parameters: Mapping[str, Any], half_unit: float, paths: int
    ) -> None:
        import numpy

        self.layout, self.watched, self.parameters, self.paths = layout, watched, parameters, paths
        self.half_unit = half_unit
        self.lowest = numpy.full(paths, numpy.inf)
        self.code = numpy.full(paths, NEVER_OUT, dtype=numpy.int32)
        self._alive = numpy.ones(paths, dtype=bool)
        self._below = numpy.empty(paths, dtype=bool)
        self._shares = Shares(layout.start, layout.days, parameters, Arrays())
        self._past: dict[str, dict[int, Any]] = {}  # by month, rows of lines that are paid later
        self._later = Shares(layout.start, layout.days, parameters, Arrays(), self._past)
        self._memory = 0  # months that are looked back at
        for line in layout.moving:
            for late in line.late:
                self._past |= {row: {} for row in line.rows()}
                by = parameters[late.by] if isinstance(late.by, str) else late.by
                longest = float(numpy.max(by)) * late.unit
                self._memory = max(self._memory, ceil(longest if late.months else longest / 28) + 1)
        self._previous_cash: Any = 0.0  # free cash at the end of the month before, where lines are paid later
        self._paces_change = False  # in this month
        self._before: dict[str, Any] = {}
        place = self._place = {name: n for n, name in enumerate(watched.names)}
        self._cash, self._floor = place["unrestricted_cash"], place["minimum_cash"]
        self.kept = list(dict.fromkeys(place[n] for e in layout.restricted for n in (e.filled, e.spent)))
        dated = (*layout.one_offs, *layout.dated)
        days = [flow.place for flow in dated] + [earmark.spent_on for earmark in layout.restricted]
        self.positions = dict.fromkeys(day for day in days if isinstance(day, str))  # of flows that move on one day
        even_rows = ["minimum_cash", "opening_cash", *EVEN, *(flow.cash for flow in (*layout.fixed, *dated))]
        even_rows += [name for name in self.positions if name in watched.names]
        even_rows += [f"{line}.{row}" for line in layout.credit_lines for row in LINE_ROWS]
        even_rows += ["unrestricted_cash"] if layout.credit_lines else []
        self.reads = {*(place[name] for name in even_rows), *self.kept}
        self._values: tuple[Any, ...] = ()
        self._dips: list[Dip] = []
        self.lowest_in: dict[Year, Any] = {}
        self._windows: dict[int, list[tuple[Year, int, int]]] = {}

    @property
    def late_rows(self) -> tuple[str, ...]:
        """The rows of earlier months that are read, of lines that are paid later."""
        return tuple(self._past)

    def looked_back_at(self, t: int) -> range:
        """The months that month `t` reads rows of, itself among them."""
        return range(max(0, t - self._memory), t + 1)

    def set_past(self, past: Mapping[str, dict[int, Any]], previous_cash: Any) -> None:
        """The rows of earlier months and the free cash at the last one's end, where `month` has not been given them."""
        self._past.update(past)
        self._previous_cash = previous_cash

    @property
    def paths_out(self) -> Any:
        """The paths that have run dry."""
        return ~self._alive

    def mark_out(self, paths: Any) -> None:
        """Paths that have run dry, as another reader of month ends has it."""
        self._alive &= ~paths

    def before(self, values: Sequence[Any]) -> None:
        """The kept rows of the month before, where `month` has not been given them."""
        self._before = dict(zip((self.watched.names[n] for n in self.kept), values, strict=True))

    def reset(self) -> None:
        """As before the first month."""
        import numpy

        self.lowest.fill(numpy.inf)
        self.code.fill(NEVER_OUT)
        self._alive.fill(True)
        self._dips.clear()
        for months in self._past.values():
            months.clear()
        for lowest in self.lowest_in.values():
            lowest.fill(numpy.inf)

    def look_into(self, years: Iterable[Year]) -> None:
        """Reads the lowest cash of some years too, of which any day may be the first or the last."""
        import numpy

        for year in years:
            self.lowest_in[year] = numpy.full(self.paths, numpy.inf)
            for t, first, last in year.months(self.layout.start, self.layout.days):
                self._windows.setdefault(t, []).append((year, first, last))

    def month(self, t: int, *values: Any) -> None:
        """The rows of one month, in the order of `names`."""
        import numpy

        self._values = values
        cash = values[self._cash]
        if isinstance(cash, NUMBER):
            cash = numpy.full(self.paths, float(cash))
        floor = values[self._floor] - self.half_unit
        self._remember(t)
        straight = t >= self.layout.first and self._read(t, cash, floor)
        for year, first, last in self._windows.get(t, ()):
            self._between(t, first, last, self.lowest_in[year], straight=straight)
        if self._past:
            self._previous_cash = cash.copy()
        for n in self.kept:
            value = values[n]
            self._before[self.watched.names[n]] = value if isinstance(value, NUMBER) else value.copy()

    def _read(self, t: int, cash: Any, floor: Any) -> bool:
        """Reads the lowest cash of a month that is not closed, and who runs dry; whether its ends tell all of it."""
        import numpy

        by_day = self._paths_by_day(t, cash, floor)
        numpy.minimum(self.lowest, cash, out=self.lowest)
        below = numpy.less(cash, floor, out=self._below)
        numpy.logical_and(below, self._alive, out=below)
        if by_day is not None:
            below[by_day] = False
        (places,) = below.nonzero()
        if len(places):
            self._alive[places] = False
            self._dips.append(Dip(t, places, *self._rows_of(places, self.reads)))
        if by_day is not None:
            self.by_day(t, by_day, *self._rows_of(by_day), _past_on_paths(self._past, by_day), self._alive[by_day])
        return by_day is None and not self._paces_change

    def finish(self) -> None:
        """The days of the paths that ran dry in months that need not be read day by day, all at once."""
        import numpy

        if not self._dips:
            return
        sizes = [len(dip.places) for dip in self._dips]
        now = [_one_a_path(list(parts), sizes) for parts in zip(*(dip.now for dip in self._dips), strict=True)]
        before = [_one_a_path(list(parts), sizes) for parts in zip(*(dip.before for dip in self._dips), strict=True)]
        places = numpy.concatenate([dip.places for dip in self._dips])
        months = numpy.repeat([dip.month for dip in self._dips], sizes)
        lengths = numpy.array(self.layout.days, dtype=float)[months]
        even = even_layout(self.layout, lengths)
        days = self._days(1, now, before, {}, places, even, months - 1)
        cash, _ = days.month(1, every_day=False)
        last, first = lengths.copy(), numpy.zeros_like(lengths)
        while (last - first > 1).any():
            middle = numpy.floor((first + last) / 2)
            under = cash(middle) < days.floor
            numpy.copyto(last, middle, where=under)
            numpy.copyto(first, middle, where=~under)
        self.code[places] = months * DAYS_A_CODE + last.astype(int)

    def _remember(self, t: int) -> None:
        """Keeps the rows that later months pay."""
        for row, months in self._past.items():
            months[t] = self._signed(row)  # a copy, where it is an array
            months.pop(t - self._memory - 1, None)

    def _paths_by_day(self, t: int, cash: Any, floor: Any) -> Any:
        """The paths to be read day by day: their places, None if there are none."""
        import numpy

        bends = self.watched.bends[t]
        self._paces_change = bends is None or any(bend.steady for bend in bends)
        if bends == ():
            return None
        if bends is None:
            return numpy.arange(self.paths)
        mask: Any = False
        active_months = [self._bent(bend, t) for bend in bends if not bend.steady]
        if self._paces_change:
            steady = [bend for bend in bends if bend.steady]
            active_months.append(may_dip(steady, t, self._signed, self._later, self._previous_cash, self.layout))
            active_months.append((cash < floor) & self._alive)
        for bent in active_months:
            mask = mask | bent
        if isinstance(mask, bool | numpy.bool_):
            return numpy.arange(self.paths) if mask else None
        (places,) = mask.nonzero()
        return places if len(places) else None

    def _signed(self, row: str) -> Any:
        """A watched row of this month."""
        n = self._place[row]
        return self._values[n] * self.watched.signs[n]

    def _bent(self, bend: Bend, t: int) -> Any:
        """On which paths a row bends the curve of this month."""
        n = self._place[bend.row]
        value = self._values[n]
        if bend.opening:
            return (self._values[self._cash] > value) | (value < self._values[self._floor])  # no curve from its opening
        if bend.filled:
            return value != self._before[bend.row]
        if bend.moving is not None:
            return (value != 0) & self._shares.uneven(bend.moving, t)
        if bend.below and bend.above:
            return value != 0
        return value < 0 if bend.below is (self.watched.signs[n] > 0) else value > 0

    def _rows_of(self, places: Any, read: Container[int] | None = None) -> tuple[list[Any], list[Any]]:
        """The watched rows of this month on some paths, and those of the month before that are kept.

        With `read` they are to be kept apart from the buffers, which the next month writes over, and those that are not
        in it are 0, as they are where no line moves on some days only.
        """

        whole = read is None and len(places) == self.paths

        def some(value: Any) -> Any:
            return value if whole else _on_paths(value, places)

        now = [some(value) if read is None or n in read else 0.0 for n, value in enumerate(self._values)]
        return now, [some(self._before.get(self.watched.names[n], 0.0)) for n in self.kept]

    def _days(
        self, t: int, now: list[Any], before: list[Any], past: Past, places: Any, at: Layout, months_later: Any = 0
    ) -> Days:
        """The daily cash of some paths in one month, from their rows in it and in the months before.

        These may be the rows of later months: then positions are as much later too.
        """
        import numpy

        rows: dict[str, Any] = {}
        for name, sign, value in zip(self.watched.names, self.watched.signs, now, strict=True):
            rows[name] = {t: value if sign == 1.0 else -value}
        for n, value in zip(self.kept, before, strict=True):
            rows[self.watched.names[n]][t - 1] = value
        for name, months in past.items() if at.moving else ():
            rows[name] = months
        rows["restricted_cash"][-1] = rows["cash"][-1] = numpy.zeros(1)  # these are arrays of one number a path
        parameters = {n: _on_paths(v, places) for n, v in self.parameters.items()}
        for name in self.positions:
            if name in rows:
                rows[name][t] = rows[name][t] - months_later
            else:
                parameters[name] = parameters[name] - months_later
        return Days(at, rows, parameters, rows["minimum_cash"][t], self.half_unit)

    def by_day(self, t: int, places: Any, now: list[Any], before: list[Any], past: Past, alive: Any) -> None:
        """The lowest day of some paths, and the first one below the floor of those that have not run dry before."""
        import numpy

        days = self._days(t, now, before, past, places, self.layout)
        cash, ends, since = days.days_read(t, every_day=False)
        last = self.layout.days[t]
        fixed = {int(day): day for day in ends if numpy.ndim(day) == 0 and day != last}  # flows may share a day
        lowest = numpy.array(numpy.broadcast_to(now[self._cash], len(places)))  # on the month's last day
        for day in (*fixed.values(), *(day for day in ends if numpy.ndim(day))):
            numpy.minimum(lowest, cash(day), out=lowest)
        if len(places) == self.paths:
            numpy.minimum(self.lowest, lowest, out=self.lowest)
        else:
            self.lowest[places] = numpy.minimum(self.lowest[places], lowest)
        dips = numpy.flatnonzero((lowest < days.floor) & alive & self._alive[places])
        if not len(dips):
            return
        places = places[dips]
        now, before = ([_on_paths(v, dips) for v in rows] for rows in (now, before))
        days = self._days(t, now, before, _past_on_paths(past, dips), places, self.layout)
        cash, _ = days.month(t)
        month_days = numpy.arange(since, last + 1)[:, None]
        below = numpy.broadcast_to(cash(month_days) < days.floor, (len(month_days), len(places)))
        first_days = numpy.where(below.any(axis=0), below.argmax(axis=0) + since, 0)
        self.code[places[first_days > 0]] = t * DAYS_A_CODE + first_days[first_days > 0]
        self._alive[places[first_days > 0]] = False

    def _between(self, t: int, first: int, last: int, lowest: Any, *, straight: bool) -> None:
        """The lowest of some days of a month, of every path."""
        import numpy

        every = numpy.arange(self.paths)
        cash, ends = self._days(t, *self._rows_of(every), self._past, every, self.layout).month(t, every_day=False)
        for day in (first, last, *(() if straight else ends)):
            numpy.minimum(lowest, cash(numpy.clip(day, first, last)), out=lowest)


def _on_paths(value: Any, places: Any) -> Any:
    """A number of some paths."""
    return value if isinstance(value, NUMBER) else value.take(places)


def _past_on_paths(past: Past, places: Any) -> Past:
    return {row: {m: _on_paths(value, places) for m, value in months.items()} for row, months in past.items()}


def even_layout(layout: Layout, length: Any) -> Layout:
    """The layout of a month of so many days, as month 1, in which no line moves on some days only."""
    restricted = tuple(earmark._replace(moving=None) for earmark in layout.restricted)
    return layout._replace(days=(0, length), moving=(), restricted=restricted)


def may_dip(
    bends: Iterable[Bend], t: int, row: Callable[[str], Any], later: Shares, previous_cash: Any, layout: Layout
) -> Any:
    """On which paths a month may dip between its ends, of lines that move on all days at paces that change.

    The concave part of a curve lies above the straight line from end to end; the rest, below it no further than if such
    a line moved all days before, or after, at its least or greatest pace.  `row` gives this month's rows,
    `previous_cash` is the free cash at the end of the month before.
    """
    ops = later.ops
    fall: Any = 0.0  # by which the month must fall not to dip below its end
    rise: Any = 0.0
    for bend in bends:
        assert bend.moving is not None
        amount, (least, most, whole) = row(bend.row), later.bounds(bend.moving, t)
        if not isinstance(whole, float) or whole:  # else it moves evenly
            scale = amount / ops.where(whole != 0, whole, 1.0) * layout.days[t]
            fall = fall + (ops.maximum(least * scale, most * scale) - amount)
            rise = rise + (amount - ops.minimum(least * scale, most * scale))
    fallen = previous_cash - row("unrestricted_cash")
    for line in layout.credit_lines:  # money of credit lines on the last day is no part of the curve
        for name in LINE_ROWS[:2]:
            fallen = fallen + row(f"{line}.{name}")
    return (fallen < fall + NEAR) & (-fallen < rise + NEAR)


def _one_a_path(parts: list[Any], sizes: list[int]) -> Any:
    """The numbers of all dips, one a path; one number where all of them have it."""
    import numpy

    arrays = sum(isinstance(part, numpy.ndarray) for part in parts)
    if not arrays:
        return parts[0] if len(set(parts)) == 1 else numpy.repeat(parts, sizes)
    return numpy.concatenate([part if isinstance(part, numpy.ndarray) else numpy.full(size, part)
                              for part, size in zip(parts, sizes, strict=True)])  # fmt: skip
