"""Months grouped into the columns of a table: flows are summed, balances taken at either end."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING, Literal, get_args

from runway.language.named_tuple import NamedTuple
from runway.months import fiscal_month, fiscal_year, month_number
from runway.render.figures import day, month, span
from runway.render.report import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runway.answers.answer import MonthlyAnswer
    from runway.answers.metrics import MovedLine
    from runway.answers.statements import StatementLine
    from runway.render.report import Report, Table

By = Literal["month", "quarter", "year"]
Columns = Literal["week", "month", "quarter", "year"]
"""The values of `--by`: the next weeks are a report of their own."""
BY: tuple[By, ...] = get_args(By)
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """One column: the months from `first` up to but without `stop`."""

    year: str
    label: str
    part: str  # the months covered when the plan holds only part of the period, else empty
    first: int
    stop: int


def periods(months: Sequence[str], by: By, year_end: int = 12) -> tuple[Period, ...]:
    """Periods in order, of years that end in the month `year_end`, 1-12; the first and the last may be incomplete and
    say so in `part`.
    """
    keys = [period_key(name, by, year_end) for name in months]
    starts = [i for i in range(len(months)) if i == 0 or keys[i] != keys[i - 1]]
    columns = []
    for first, stop in zip(starts, [*starts[1:], len(months)], strict=True):
        year, label = keys[first]
        ends = dict.fromkeys((month(months[first])[:3], month(months[stop - 1])[:3]))
        part = "–".join(ends) if stop - first < MONTHS_IN[by] else ""
        columns.append(Period(year, label, part, first, stop))
    return tuple(columns)


def period_key(name: str, by: By, year_end: int = 12) -> tuple[str, str]:
    """The year and the period of a month; a financial year other than the calendar's is named by the year it ends in.

    >>> period_key("2026-02", "quarter"), period_key("2026-02", "quarter", 1), period_key("2026-01", "year", 1)
    (('2026', 'Q1'), ('FY27', 'Q1'), ('FY26', 'FY26'))
    """
    number = month_number(name) or 0
    if by == "month":
        return name[:4], month(name)[:3]
    year = name[:4] if year_end == 12 else f"FY{fiscal_year(number, year_end) % 100:02d}"
    return year, year if by == "year" else f"Q{fiscal_month(number, year_end) // 3 + 1}"


def flows(row: Sequence[float], columns: Sequence[Period], digits: int) -> tuple[float, ...]:
    """The sum of each period, to the minor unit that every month was posted to."""
    return tuple(round(fsum(row[column.first : column.stop]), digits) for column in columns)


def openings(row: Sequence[float], columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(row[column.first] for column in columns)


def closings(row: Sequence[float], columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(row[column.stop - 1] for column in columns)


def by_period(
    line: MovedLine | StatementLine, row: Sequence[float], columns: Sequence[Period], digits: int
) -> tuple[float, ...]:
    """A line of months by period, with its sign."""
    match line.kind:
        case "balance":
            return closings(row, columns)
        case "opening":
            return openings(row, columns)
    return tuple(line.sign * value for value in flows(row, columns, digits))


def in_periods(
    answer: MonthlyAnswer, by: By | None, report_by: Callable[[By], Report], main: Callable[[By], Table]
) -> Report:
    """A report by periods of `by`, else by month or coarser where those are too many; `main` has months, or `by`."""

    def coarser(*sizes: By) -> Report:
        closed = (f"closed to {day(answer.closed)}",) if answer.closed is not None else ()
        report = report_by(sizes[0])
        title = (answer.model, answer.scenario, *closed, span(answer.months[0], answer.months[-1]), report.scale.label)
        return report._replace(title=title, coarser=(lambda: coarser(*sizes[1:])) if len(sizes) > 1 else None)

    return coarser(*(BY if by is None else (by,)))._replace(main=lambda: main(by or "month"))


def labels(answer: MonthlyAnswer, by: By) -> Sequence[str]:
    """The heads of a CSV's columns by period."""
    return answer.months if by == "month" else [*map(period_label, periods(answer.months, by, answer.fiscal_year_end))]


def heads(columns: Sequence[Period]) -> Iterator[Column]:
    """The heads of columns of money: the year above the first of its months or quarters, and the part covered."""
    parts = any(column.part for column in columns)
    for n, column in enumerate(columns):
        opens = n == 0 or column.year != columns[n - 1].year
        year = f"{column.year}\n" if column.year != column.label and opens else ""
        yield Column(f"{year}{column.label}" + (f"\n{column.part}" if parts else ""), "money")


def period_label(column: Period) -> str:
    """A period on one line: 2026, 2026-Q1, FY27 Q1.

    >>> period_label(Period("2026", "Q1", "", 0, 3)), period_label(Period("FY27", "Q1", "", 0, 3))
    ('2026-Q1', 'FY27 Q1')
    """
    if column.label == column.year:
        return column.label
    return f"{column.year}{' ' if column.year.startswith('FY') else '-'}{column.label}"
