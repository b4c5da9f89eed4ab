"""The days of one column: one order of day, month and year for all of them, which is known or proven."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from runway.files.books.sheet import BookSheet

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day-month-year", "month-day-year", "year-month-day"
UNIX = "unix"  # of a layout that says so: no date is written
DECADE = 10  # years
ORDERS = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
ISO = "year-month-day, the year in four digits"  # which no other order can be taken for
_PLACES = {
    ISO: (0, 1, 2),
    DAY_FIRST: (2, 1, 0),
    MONTH_FIRST: (2, 0, 1),
    YEAR_FIRST: (0, 1, 2),
}  # of year, month and day
_TIME = (
    r"(?:(?:T|,?\s+)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*"
    r"(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_NUMERIC = re.compile(rf"(\d{{1,4}})\s?([-/.\s])\s?(\d{{1,2}})\s?\2\s?(\d{{1,4}})\.?{_TIME}\Z")
_SECONDS = re.compile(r"1\d{9}\Z")
_COMPACT = re.compile(rf"(\d{{8}}){_TIME}\Z")
_WORDS = re.compile(
    r"(?:[^\W\d]{2,12}\.?,?\s+)?"  # a day of the week
    r"(?:(?P<day>\d{1,2})(?:\.|st|nd|rd|th)?(?:[\s/-]+|(?<=\.))(?:de\s+)?(?P<month>[^\W\d]{3,12})\.?|"
    rf"(?P<month2>[^\W\d]{{3,12}})\.?[\s/-]+(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?),?[\s/-]+(?:de\s+)?(?P<year>\d{{2,4}}){_TIME}\Z"
)
_MONTHS = (
    "january jan · february feb · march mar · april apr · may · june jun · july jul · august aug · "
    "september sep sept · october oct · november nov · december dec",
    "januar jän jänner · februar · märz mär mrz maerz · april · mai · juni · juli · august · september · oktober okt · "
    "november · dezember dez",
    "janvier janv · février févr fév fevrier · mars · avril avr · mai · juin · juillet juil · août aout · septembre · "
    "octobre · novembre · décembre déc",
    "enero ene · febrero · marzo · abril abr · mayo · junio · julio · agosto ago · septiembre set · octubre · "
    "noviembre · diciembre dic",
    "januari · februari · maart mrt · april · mei · juni · juli · augustus · september · oktober · november · december",
    "januar · februar · marts · april · maj · juni · juli · august · september · oktober · november · december",
    "gennaio gen · febbraio · marzo · aprile · maggio mag · giugno giu · luglio lug · agosto · settembre · "
    "ottobre ott · novembre · dicembre",
    "janeiro · fevereiro fev · março · abril · maio · junho · julho · agosto · setembro · outubro out · novembro · "
    "dezembro",
)


@cache
def month_words() -> Mapping[str, int]:
    """The number of a month by its name or short name, in small letters, in the languages of the layouts."""
    return {
        word: number
        for language in _MONTHS
        for number, words in enumerate(language.split("·"), start=1)
        for word in words.split()
    }


class _DateParts(NamedTuple):
    """The numbers of a date in the order in which they are written; `orders` are those in which they may be one."""

    orders: tuple[str, ...]
    numbers: tuple[str, str, str]

    def day(self, order: str) -> date | None:
        if order not in self.orders:
            return None
        year, month, day = (int(self.numbers[n]) for n in _PLACES[order])
        if len(self.numbers[_PLACES[order][0]]) <= 2:
            year += 2000
        elif year < 1900:
            return None
        try:
            return date(year, month, day)
        except ValueError:
            return None


def date_of(text: str) -> _DateParts | date | None:
    """A date as it is written; the day itself where the month is a word; None if it is none."""
    text = text.strip()
    if match := _NUMERIC.match(text):
        first, mark, second, third = match.groups()
        if len(first) == 4:
            whole = _DateParts((ISO,), (first, second, third))
            return whole if len(third) <= 2 and whole.day(ISO) else None
        if len(first) > 2 or len(third) == 3:
            return None
        orders = (DAY_FIRST, MONTH_FIRST) if len(third) == 4 or mark == "." or len(third) == 1 else ORDERS
        return _DateParts(orders, (first, second, third))
    if _SECONDS.match(text):
        return _UnixSeconds((UNIX,), (text, "", ""))
    if match := _COMPACT.match(text):
        return _CompactDate(ORDERS, (match[1], "", ""))
    if match := _WORDS.match(text):
        month = month_words().get((match["month"] or match["month2"]).casefold())
        if month is None or len(match["year"]) == 3:
            return None
        numbers = (match["year"], str(month), match["day"] or match["day2"])
        return _DateParts((YEAR_FIRST,), numbers).day(YEAR_FIRST)
    return None


class _UnixSeconds(_DateParts):
    """Seconds since the beginning of 1970."""

    def day(self, order: str) -> date | None:
        return datetime.fromtimestamp(int(self.numbers[0]), UTC).date() if order == UNIX else None


class _CompactDate(_DateParts):
    """Eight digits."""

    def day(self, order: str) -> date | None:
        if order not in self.orders:
            return None
        digits = self.numbers[0]
        ends = {YEAR_FIRST: (4, 6), DAY_FIRST: (2, 4), MONTH_FIRST: (2, 4)}[order]
        numbers = (digits[: ends[0]], digits[ends[0] : ends[1]], digits[ends[1] :])
        day = _DateParts((order,), numbers).day(order)
        return day if day and 1980 <= day.year < 2100 else None


def days_of(
    sheet: BookSheet, column: int, cells: Mapping[str, int], orders: Sequence[str], table: str
) -> dict[str, date]:
    """The day of each different cell of a column; `cells` has the line where each stands first.

    `orders` are those that the layout allows; none: all. A year of four digits in front needs none of them.
    `table` is where the user may write one.
    Notes not-a-date; raises `InputError` (ambiguous-date).
    """
    known_days: dict[str, date] = {}
    open_: dict[str, _DateParts] = {}
    for text, line in cells.items():
        parts = date_of(text)
        if parts is None:
            sheet.problem(line, column, "not-a-date", f'"{text.strip()[:40]}" is no date.')
        elif isinstance(parts, date):
            known_days[text] = parts
        else:
            open_[text] = parts
    allowed = (*(orders or ORDERS), ISO)
    fits = [order for order in allowed if all(parts.day(order) for parts in open_.values())]
    fits = _of_few_years(fits, open_.values())
    if not fits:
        _no_order(sheet, column, cells, open_, allowed)
        return known_days
    chosen = {text: [day for order in fits if (day := parts.day(order))] for text, parts in open_.items()}
    doubtful = next((text for text, days in chosen.items() if len(set(days)) > 1), None)
    if doubtful is not None:
        message = _readings(doubtful, chosen[doubtful])
        ways = " or ".join(f'"{order}"' for order in fits)
        message += ", and so is every date of this file."
        message += f"\nWrite date = {ways} in {table}." if table else ""
        raise InputError(*sheet.problems, sheet.located(cells[doubtful], column, "ambiguous-date", message))
    return known_days | {text: days[0] for text, days in chosen.items()}


def _of_few_years(fits: list[str], dates: Collection[_DateParts]) -> list[str]:
    """The orders in which dates lie within `DECADE`, if there are any: books are of years, not of decades.

    Without it, any column of years of two digits could be read from both ends: 31/03/26.
    """
    spans = {}
    for order in fits:
        days = [day for parts in dates if (day := parts.day(order))]
        spans[order] = max(days).year - min(days).year if days else 0
    few = [order for order in fits if spans[order] <= DECADE]
    return few or fits


def _readings(text: str, days: Iterable[date]) -> str:
    """The readings of a date, in words; with the year where they differ in it."""
    different = list(dict.fromkeys(days))
    years = len({day.year for day in different}) > 1
    readings = [f"{day_text(day)}" if years else f"{day.day} {day:%B}" for day in different]
    return f"{text.strip()} is {' or '.join(readings)}"


def _no_order(
    sheet: BookSheet, column: int, cells: Mapping[str, int], open_: Mapping[str, _DateParts], allowed: Sequence[str]
) -> None:
    """Notes the first date that is no day in the order of most of the others."""
    best = max(allowed, key=lambda order: sum(parts.day(order) is not None for parts in open_.values()))
    for text, parts in open_.items():
        if parts.day(best) is None:
            order = next((order for order in (*ORDERS, ISO) if all(parts.day(order) for parts in open_.values())), None)
            hint = f' Write date = "{order}" if that is how this file has them.' if order else ""
            message = f"{text.strip()[:40]} is no date in the order {best.partition(',')[0]}.{hint}"
            sheet.problem(cells[text], column, "not-a-date", message)
