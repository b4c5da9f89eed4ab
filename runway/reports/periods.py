"""Months grouped into the columns of a table: flows are summed, balances taken at either end."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from runway.render.figures import month
from runway.render.report import Column

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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


def heads(columns: Sequence[Period]) -> Iterator[Column]:
    """The heads of columns of money: the year above the first of its months or quarters, and what part is covered."""
    parts = any(column.part for column in columns)
    for n, column in enumerate(columns):
        opens = n == 0 or column.year != columns[n - 1].year
        year = f"{column.year}\n" if column.year != column.label and opens else ""
        yield Column(f"{year}{column.label}" + (f"\n{column.part}" if parts else ""), "money")


def period_label(column: Period) -> str:
    """A period on one line: 2026, 2026-Q1.

    >>> period_label(Period("2026", "Q1", "", 0, 3))
    '2026-Q1'
    """
    return column.label if column.label == column.year else f"{column.year}-{column.label}"
