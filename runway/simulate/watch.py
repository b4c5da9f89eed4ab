"""The zero-cash day and the lowest daily cash of every path of a block, month by month as they are computed.

In a month without dated flows, new earmarked money or a refund of tax, unrestricted cash is a concave function of the
day that begins at the last month's end: its lowest day is one of the two month ends, and it falls below the floor at
most once, which halving finds.  Only the paths of which this cannot be said are read day by day, as `daily.py` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.daily import Days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.daily import Layout
    from runway.program import Program

FIXED = (
    "unrestricted_cash", "minimum_cash", "opening_cash", "cash", "restricted_cash", "cash.interest", "cash.revenue",
    "cash.costs", "cash.passthrough", "cash.capital", "cash.tax",
)  # fmt: skip
DAYS_A_CODE = 32
NEVER_OUT = -1


def watched_rows(layout: Layout, program: Program) -> list[str]:
    """The rows that the daily cash of a month is read off."""
    names = [*FIXED]
    for flow in (*layout.one_offs, *layout.dated):
        names += [flow.cash, flow.place]
    for earmark in layout.restricted:
        names += [earmark.filled, earmark.spent, earmark.brought]
    known = {row.address for row in program.rows}
    return [name for name in dict.fromkeys(names) if name in known]


class Watch:
    """Reads one variant of one block; `code` is month * 32 + day of the zero-cash day, -1 where there is none."""

    def __init__(self, layout: Layout, names: list[str], parameters: Mapping[str, Any], digits: int, paths: int) -> None:
        import numpy

        self.layout, self.names, self.parameters, self.digits, self.paths = layout, names, parameters, digits, paths
        self.lowest = numpy.full(paths, numpy.inf)
        self.code = numpy.full(paths, NEVER_OUT, dtype=numpy.int32)
        self._alive = numpy.ones(paths, dtype=bool)
        self._below = numpy.empty(paths, dtype=bool)
        self._before: dict[str, Any] = {}
        self._flows = [flow.cash for flow in (*layout.one_offs, *layout.dated)]
        self._kept = list(dict.fromkeys(n for e in layout.restricted for n in (e.filled, e.spent)))
        self._rows: dict[str, Any] = {}

    def month(self, t: int, *values: Any) -> None:
        """The rows of one month, in the order of `names`."""
        import numpy

        rows = self._rows = dict(zip(self.names, values, strict=True))
        cash = rows["unrestricted_cash"]
        if isinstance(cash, float | int):
            cash = numpy.full(self.paths, float(cash))
        floor = rows["minimum_cash"] - 0.5 / 10**self.digits
        careful = self._careful(t)
        numpy.minimum(self.lowest, cash, out=self.lowest)
        below = numpy.less(cash, floor, out=self._below)
        numpy.logical_and(below, self._alive, out=below)
        if careful is not None:
            below[careful] = False
        if below.any():
            self._halve(t, numpy.flatnonzero(below), floor)
        if careful is not None:
            self._by_day(t, careful, floor)
        for name in self._kept:
            value = rows[name]
            self._before[name] = value if isinstance(value, float | int) else value.copy()

    def _careful(self, t: int) -> Any:
        """The paths to be read day by day: their places, None if there are none."""
        import numpy

        rows = self._rows
        if t == 0:
            return numpy.arange(self.paths)
        masks: list[Any] = [rows[flow] != 0 for flow in self._flows]
        masks += [rows["cash.tax"] > 0, rows["cash.interest"] < 0]
        masks += [rows[e.filled] != self._before[e.filled] for e in self.layout.restricted]
        found: Any = False
        for mask in masks:
            found = mask if found is False else found if mask is False else found | mask
        if isinstance(found, bool | numpy.bool_):
            return numpy.arange(self.paths) if found else None
        places = numpy.flatnonzero(found)
        return places if len(places) else None

    def _days(self, t: int, places: Any, floor: Any) -> Days:
        """The daily cash of some paths in one month."""
        import numpy

        whole = len(places) == self.paths

        def some(value: Any) -> Any:
            return value if isinstance(value, float | int) or whole else value[places]

        rows: dict[str, Any] = {}
        for name, value in self._rows.items():
            here = some(value)
            rows[name] = {-1: here, t: here}
            if name in self._before and t:
                rows[name][t - 1] = some(self._before[name])
        rows["restricted_cash"][-1] = rows["cash"][-1] = numpy.zeros(1)  # these are arrays of one number a path
        parameters = {name: some(value) for name, value in self.parameters.items()}
        found = Days(self.layout, rows, parameters, some(floor), self.digits)
        found.floor = some(floor)
        return found

    def _halve(self, t: int, places: Any, floor: Any) -> None:
        """The first day below the floor of paths that begin the month above it and end it below."""
        import numpy

        days = self._days(t, places, floor)
        cash, _ = days.month(t)
        last = numpy.full(len(places), self.layout.days[t])
        first = numpy.zeros(len(places), dtype=last.dtype)
        while (last - first > 1).any():
            middle = (first + last) // 2
            under = cash(middle) < days.floor
            last, first = numpy.where(under, middle, last), numpy.where(under, first, middle)
        self._dry(t, places, last)

    def _by_day(self, t: int, places: Any, floor: Any) -> None:
        """The lowest day of some paths, and the first one below the floor."""
        import numpy

        days = self._days(t, places, floor)
        cash, ends = days.month(t)
        here = numpy.minimum.reduce([numpy.broadcast_to(cash(day), len(places)) for day in ends])
        self.lowest[places] = numpy.minimum(self.lowest[places], here)
        dips = numpy.flatnonzero((here < days.floor) & self._alive[places])
        if not len(dips):
            return
        places = places[dips]
        days = self._days(t, places, floor)
        cash, _ = days.month(t)
        found = numpy.zeros(len(places), dtype=numpy.int64)
        for day in range(1, self.layout.days[t] + 1):
            found = numpy.where((found == 0) & (cash(day) < days.floor), day, found)
        self._dry(t, places[found > 0], found[found > 0])

    def _dry(self, t: int, places: Any, days: Any) -> None:
        self.code[places] = t * DAYS_A_CODE + days
        self._alive[places] = False
