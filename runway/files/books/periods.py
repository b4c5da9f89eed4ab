"""Months and days that the columns of a report are headed by, and those that its title rows say."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from runway.files.books.dates import DAY_FIRST, ISO, MONTH_FIRST, date_of, month_words
from runway.language.named_tuple import NamedTuple
from runway.months import last_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_WORD = re.compile(r"(?P<word>[^\W\d]{3,12})\.?[\s,'\u2019/-]+(?P<year>\d{4}|\d{2})\Z")
_NUMBERS = re.compile(r"(?:(?P<year>\d{4})[-/.](?P<month>\d{1,2})|(?P<month2>\d{1,2})[-/.](?P<year2>\d{4}))\Z")
_RANGE = re.compile(
    r"(?:(?P<word>[^\W\d]{3,12})\.?\s+(?P<first>\d{1,2})|(?P<first2>\d{1,2})\s+(?P<word2>[^\W\d]{3,12})\.?|"
    r"(?P<first3>\d{1,2}))\s*(?:-|–|to)\s*"
    r"(?:(?P<word3>[^\W\d]{3,12})\.?\s+(?P<last>\d{1,2})|(?P<last2>\d{1,2})\s+(?P<word4>[^\W\d]{3,12})\.?|"
    r"(?P<last3>\d{1,2})),?\s+(?P<year>\d{4})\Z"
)
_DATE_IN_TEXT = re.compile(
    r"(?:[^\W\d]{3,12}\.?\s+\d{1,2},?\s+\d{4}|\d{1,2}\.?\s+[^\W\d]{3,12}\.?\s+\d{4}|\d{4}-\d{2}-\d{2}|"
    r"\d{1,2}[./-]\d{1,2}[./-]\d{4})"
)


class ColumnDays(NamedTuple):
    """The days that a column is of."""

    first: date
    last: date


def month_of(head: str) -> ColumnDays | None:
    """The month that heads a column; a range of days within one is that part of it, its first or last day all of it.

    >>> str(month_of("Jan 26").last), str(month_of("02/2026").last), str(month_of("31 March 2026").first)
    ('2026-01-31', '2026-02-28', '2026-03-01')
    >>> str(month_of("2026-04-01").last)
    '2026-04-30'
    >>> month_of("Jan 1 - 15, 2026").last.day, month_of("Total"), month_of("15 Mar 2026")
    (15, None, None)
    """
    text = " ".join(head.split())
    if match := _WORD.match(text):
        number = month_words().get(match["word"].casefold())
        return _month(int(match["year"]), number) if number else None
    if match := _NUMBERS.match(text):
        return _month(int(match["year"] or match["year2"]), int(match["month"] or match["month2"]))
    if match := _RANGE.match(text):
        return _range(match)
    day = day_of(text)
    month = day and _month(day.year, day.month)
    return month if month and day in month else None


def is_first_day(head: str) -> bool:
    """Whether a column is headed by the first day of its month, as a spreadsheet keeps one, or of its quarter."""
    return (day := day_of(head)) is not None and day.day == 1


def _month(year: int, month: int) -> ColumnDays | None:
    if not 1 <= month <= 12:
        return None
    year += 2000 if year < 100 else 0
    return ColumnDays(date(year, month, 1), last_day(year * 12 + month - 1)) if 1980 <= year < 2200 else None


def _range(match: re.Match[str]) -> ColumnDays | None:
    end = match["word3"] or match["word4"]
    start = match["word"] or match["word2"] or end
    months = {month_words().get(word.casefold()) for word in (start, end or start) if word}
    if len(months) != 1 or (number := months.pop()) is None:
        return None
    first = match["first"] or match["first2"] or match["first3"]
    last = match["last"] or match["last2"] or match["last3"]
    try:
        return ColumnDays(date(int(match["year"]), number, int(first)), date(int(match["year"]), number, int(last)))
    except ValueError:
        return None


def day_of(text: str) -> date | None:
    """A day whose order leaves no doubt; None if it is none.

    >>> str(day_of("2026-03-31")), str(day_of("31/03/2026")), day_of("01/02/2026")
    ('2026-03-31', '2026-03-31', None)
    """
    written = date_of(text)
    if written is None or isinstance(written, date):
        return written
    days = {day for order in (ISO, DAY_FIRST, MONTH_FIRST) if (day := written.day(order))}
    return days.pop() if len(days) == 1 else None


def day_in(rows: Iterable[tuple[int, Sequence[str]]]) -> date | None:
    """The last day that the title rows of a report say: that of "As of March 31, 2026"."""
    days = [
        day
        for _, cells in rows
        for cell in cells
        for match in _DATE_IN_TEXT.finditer(cell)
        if (day := day_of(match[0].replace(",", ", "))) is not None
    ]
    return max(days, default=None)
