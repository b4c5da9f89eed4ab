"""Months grouped into the columns of a table: flows are summed, balances taken at either end."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from runway.render.figures import month

if TYPE_CHECKING:
    from collections.abc import Sequence

By = Literal["month", "quarter", "year"]
Columns = Literal["week", "month", "quarter", "year"]
"""What `--by` takes: the next weeks are a report of their own."""
BY: tuple[By, ...] = get_args(By)
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """One column: the months from `first` up to but without `stop`."""

    year: str
    label: str
    part: str  # the months covered when the plan holds only part of the period, else empty
    first: int
    stop: int


def periods(months: Sequence[str], by: By) -> tuple[Period, ...]:
    """Calendar periods in order; the first and the last may be incomplete and say so in `part`."""
    keys = [period_key(name, by) for name in months]
    starts = [i for i in range(len(months)) if i == 0 or keys[i] != keys[i - 1]]
    columns = []
    for first, stop in zip(starts, [*starts[1:], len(months)], strict=True):
        year, label = keys[first]
        ends = dict.fromkeys((month(months[first])[:3], month(months[stop - 1])[:3]))
        part = "–".join(ends) if stop - first < MONTHS_IN[by] else ""
        columns.append(Period(year, label, part, first, stop))
    return tuple(columns)


def period_key(name: str, by: By) -> tuple[str, str]:
    year, number = name[:4], int(name[5:7])
    return year, {"month": month(name)[:3], "quarter": f"Q{(number + 2) // 3}", "year": year}[by]


def flows(row: Sequence[float], columns: Sequence[Period], digits: int) -> tuple[float, ...]:
    """The sum of each period, to the minor unit that every month was posted to."""
    return tuple(round(fsum(row[column.first : column.stop]), digits) for column in columns)


def openings(row: Sequence[float], columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(row[column.first] for column in columns)


def closings(row: Sequence[float], columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(row[column.stop - 1] for column in columns)
