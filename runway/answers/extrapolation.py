"""Growth rates that are carried far beyond the figures that they were read off.

A rate that was read off two figures is carried far where it goes on for more than `TIMES` as long as the time between
them.  Their days are those that the rate says (`between`), or those of the dated figures of one unit that the formula
of a driver or line reads.  Of a line's growth that says only how old it is (its own `as_of`, else its source's), far is
more than `LATE` months after that day.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.tree import Parameter, walk
from runway.months import last_day, month_label, month_number, parse_date
from runway.program.item_rows import main_row
from runway.words import amount_text, counted, day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.language.figure import Entry
    from runway.model.model import Item, Model
    from runway.program.program import Program

TIMES = 4
LATE = 24  # months
MONTH = 365.25 / 12  # days
NUMBERS = r"[\d.,_]+\s*[kKMBT]?(?![A-Za-z])"  # the rest of a text is its unit


class Rate(NamedTuple):
    """A rate as it is written, and the last day on which it is in force."""

    address: str
    entry: Entry
    until: date


def carried_far(model: Model, program: Program, rows: Mapping[str, Sequence[float]]) -> Iterator[str]:
    """A sentence for each rate that is carried far, with the values of its line or driver."""
    horizon = last_day(program.start + program.months - 1)
    for item in model.items:
        values = rows.get(main_row(item), ()) if item.has_rows else ()
        if not any(values):
            continue
        course = _course(item, values, program.start)
        for rate in _rates(item, program):
            span_text = _span_text(model, rate)
            if span_text is not None and rate.entry.amount.number:
                yield f"{rate.address} of {rate.entry.text} {span_text}: {course}"
        days = _days_in_formula(item, program)
        if days is not None and (span_text := _two_days_text(*days, horizon)):
            yield f"{item.name} {span_text}: {course}"


def _rates(item: Item, program: Program) -> Iterator[Rate]:
    """Each rate of an item that names the days it was read off (`between`), and each by which its amount grows."""
    growth = (item.part.grows or ("", ""))[1]
    for path, figure in item.figures():
        address = ".".join(map(str, (item.name, *path[2:])))
        entries = figure.addresses(address)
        ends = [(month_number(entry.month or "") or 0) - 1 for _, entry in entries[1:]]
        for (place, entry), end in zip(entries, [*ends, program.start + program.months - 1], strict=True):
            if entry.between or address == f"{item.name}.{growth}":
                yield Rate(place, entry, last_day(end))


def _span_text(model: Model, rate: Rate) -> str | None:
    """The days that a rate was read off and the time that it is carried on, if that is far."""
    if rate.entry.between is not None:
        return _two_days_text(*rate.entry.between, rate.until)
    day = parse_date(model.day_of(rate.entry) or "", end=True)
    beyond = None if day is None else _months_between(day, rate.until)
    if day is None or beyond is None or beyond <= LATE:
        return None
    return f"is as of {day_text(day)} and is carried {counted(beyond, 'month')} on"


def _two_days_text(first: date, last: date, until: date) -> str | None:
    """The same for a rate that was read off figures of two days."""
    times = (until - last).days / (last - first).days
    if times <= TIMES:
        return None
    days = f"{day_text(first)} and {day_text(last)}"
    beyond = counted(_months_between(last, until), "month")
    return f"was read off figures of {days} and is carried {beyond} on, {times:.0f} times as long"


def _days_in_formula(item: Item, program: Program) -> tuple[date, date] | None:
    """The first and the last day of the dated figures of one unit that the formula of a driver or line reads."""
    if item.part.further is None:  # its formula is not written in the file
        return None
    trees = [row.formula for row in program.rows if row.path == item.path]
    addresses = dict.fromkeys(node.address for tree in trees for node in walk(tree) if isinstance(node, Parameter))
    dated = [
        (re.sub(NUMBERS, "", entry.text), day)
        for address in addresses
        if (entry := program.entries.get(address)) is not None
        and (day := parse_date(entry.as_of or "", end=True)) is not None
    ]
    spans = []
    for _, group in groupby(sorted(dated), key=lambda pair: pair[0]):
        days = [day for _, day in group]
        spans.append((min(days), max(days)))
    longer = [span for span in spans if span[0] < span[1]]
    return max(longer, key=lambda span: span[1] - span[0], default=None)


def _course(item: Item, values: Sequence[float], start: int) -> str:
    """The main row of an item in its first month that is not 0, and in the last."""
    first = next(t for t, value in enumerate(values) if value)
    then, now = (
        f"{amount_text(values[t], 3)} in {month_text(month_label(start + t))}" for t in (first, len(values) - 1)
    )
    return f"{item.title} goes from {then} to {now}"


def _months_between(first: date, last: date) -> int:
    """Months between two days, to the nearest."""
    return round((last - first).days / MONTH)
