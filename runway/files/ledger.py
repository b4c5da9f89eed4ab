"""A ledger of postings, one a row: `date, account, memo, amount`, or as hledger and bean-query print it.

The sum of each account and month is kept as the decimals that were written.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError
from runway.files.actuals import Value
from runway.files.amounts import amount_column
from runway.files.csv import read_date
from runway.files.entries import TEXTS, BookEntries
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.amounts import AmountColumn, Currency
    from runway.files.csv import CsvTable
    from runway.files.entries import BookEntry

AMOUNTS = ("amount", "position", "units(position)", "number", "change")
CURRENCIES = ("commodity", "currency")


class Ledger(NamedTuple):
    """The sums of a ledger by account and by month of the model."""

    sums: Mapping[tuple[str, int], Value]
    first_lines: Mapping[int, int]  # month -> the first line that has it
    rows: int
    total: Decimal
    carried: tuple[BookEntry, ...] = ()  # that may open or close the books
    to_day: Mapping[str, Decimal] = MappingProxyType({})  # by account, of the month of the day asked for, up to that
    last: date | None = None  # the last day of those, or the day itself where later rows follow


def is_ledger(table: CsvTable) -> bool:
    """Whether the columns of a table are a ledger's."""
    return {"date", "account"} <= set(table.names)


def read_ledger(
    table: CsvTable, start: int, months: int, currency: Currency, *, duplicates: bool, until: date | None = None
) -> Ledger:
    """The ledger of a table; with the sums of one month up to a day, if one is asked for.

    Raises `InputError` with every problem: not-a-date, month-outside-model, not-a-figure, number-of-another-locale,
    wrong-currency, duplicate-row, actuals-columns.
    """
    when, whose, amounts, commodity = _columns(table, currency)
    needed = max(when, whose, amounts.last, -1 if commodity is None else commodity)
    texts = [n for n, name in enumerate(table.names) if name in TEXTS]
    entries = BookEntries({f"{month_label(start)}-01", f"{month_label(start)}-01".replace("-", "/")})
    places: dict[str, int | None] = {}
    within, to_day, last = dict[str, date](), dict[str, Decimal](), date.min
    sums: dict[tuple[str, int], list[Decimal | int]] = {}
    seen: dict[int, int] = {}
    first_lines: dict[int, int] = {}
    count, total = 0, Decimal(0)
    for line, fields in table.rows():
        if len(fields) <= needed:
            table.too_short(line, fields, needed)
            continue
        day = fields[when]
        if day not in places:
            read = read_date(day)
            places[day] = None if read is None else read.year * 12 + read.month - 1 - start
            if read is not None and until is not None:
                last = max(last, min(read, until))
                if read.replace(day=1) == until.replace(day=1) and read <= until:
                    within[day] = read
        t = places[day]
        if t is None:
            says = f'"{day[:40]}" is no date. A ledger\'s dates are written 2026-01-31.'
            table.problem(line, fields, when, "not-a-date", says)
            continue
        if not 0 <= t < months:
            side = "before" if t < 0 else "after"
            ends = f"{month_label(start)} to {month_label(start + months - 1)}"
            says = f"{day} lies {side} the months of the model, {ends}. Leave such rows out of the export."
            table.problem(line, fields, when, "month-outside-model", says)
            continue
        unit = "" if commodity is None else fields[commodity].strip()
        value = amounts.amount(line, fields, unit, commodity)
        if value is None:
            continue
        if not duplicates:
            mark_of_row = hash(tuple(fields))
            other = seen.setdefault(mark_of_row, line)
            if other != line and table.source.lines[other - 1] == table.source.lines[line - 1]:
                says = f"This row is the same as line {other}. Take one out, or write duplicates = true in [actuals]."
                table.problem(line, fields, 0, "duplicate-row", says)
                continue
        count += 1
        total += value
        first_lines.setdefault(t, line)
        key = (fields[whose].strip(), t)
        if day in within:
            to_day[key[0]] = to_day.get(key[0], Decimal(0)) + value
        entries.add(day, t, line, key[0], value, " ".join(fields[n] for n in texts if n < len(fields)).strip())
        entry = sums.get(key)
        if entry is None:
            sums[key] = [value, line, 1]
        else:
            entry[0] += value
            entry[2] += 1
    amounts.finish()
    entries.finish()
    if table.problems:
        raise InputError(*table.problems)
    carried = tuple(entries.carried)
    values = {key: Value(*entry) for key, entry in sums.items()}  # type: ignore[arg-type]  # a sum, a line and a count
    return Ledger(values, first_lines, count, total, carried, to_day, None if last == date.min else last)


def _columns(table: CsvTable, currency: Currency) -> tuple[int, int, AmountColumn, int | None]:
    """The columns of date, account, amount and, if there is one, the currency."""
    when, whose, amounts = table.column("date"), table.column("account"), amount_column(table, AMOUNTS, currency)
    if when is None or whose is None or amounts is None:
        raise InputError(table.columns_problem())
    return when, whose, amounts, table.column(*CURRENCIES)
