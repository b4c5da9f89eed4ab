"""A ledger of postings, one a row: `date, account, memo, amount`, or as hledger and bean-query print it.

The sum of each account and month is kept as the decimals that were written.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Place
from runway.files.actuals import Value
from runway.files.csv import PLAIN, amount_problem, read_date, read_money
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files.csv import CsvTable

AMOUNTS = ("amount", "position", "units(position)", "number", "change")
CURRENCIES = ("commodity", "currency")
_NUMBERED = re.compile(r"(?:amount|position|units\(position\)|change) \((?P<code>[a-z]{3})\)\Z")  # as numberified


class Ledger(NamedTuple):
    """The sums of a ledger by account and by month of the model."""

    sums: Mapping[tuple[str, int], Value]
    first_lines: Mapping[int, int]  # month -> the first line that has it
    rows: int
    total: Decimal


def is_ledger(table: CsvTable) -> bool:
    """Whether the columns of a table are a ledger's."""
    return {"date", "account"} <= set(table.names)


def read_ledger(
    table: CsvTable, start: int, months: int, currency: str, marks: tuple[str, ...], *, duplicates: bool
) -> Ledger:
    """The ledger of a table.

    Raises `InputError` with every problem: not-a-date, month-outside-model, not-a-figure, number-of-another-locale,
    wrong-currency, duplicate-row, actuals-columns.
    """
    when, whose, amount, commodity = _columns(table)
    own = {currency, *marks, ""}
    needed = max(when, whose, amount, -1 if commodity is None else commodity)
    places: dict[str, int | None] = {}
    sums: dict[tuple[str, int], list[Decimal | int]] = {}
    seen: dict[int, int] = {}
    first_lines: dict[int, int] = {}
    count, total = 0, Decimal(0)
    for line, fields in table.rows():
        if len(fields) <= needed:
            table.too_short(line, fields, needed)
            continue
        day, text = fields[when], fields[amount].strip()
        if day not in places:
            read = read_date(day)
            places[day] = None if read is None else read.year * 12 + read.month - 1 - start
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
        if PLAIN.match(text):
            value = Decimal(text)
        else:
            money = read_money(text)
            if money is None:
                table.problem(line, fields, amount, *amount_problem(text))
                continue
            value, mark = money
            unit = mark or unit
        if unit not in own:
            says = (
                f"This amount is in {unit}; the model is in {currency}. A ledger has one currency: convert the others."
            )
            table.problem(line, fields, amount if commodity is None else commodity, "wrong-currency", says)
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
        entry = sums.get(key)
        if entry is None:
            sums[key] = [value, line, 1]
        else:
            entry[0] += value
            entry[2] += 1
    if table.problems:
        raise InputError(*table.problems)
    return Ledger({key: Value(*entry) for key, entry in sums.items()}, first_lines, count, total)  # type: ignore[arg-type]  # a sum, a line and a count


def _columns(table: CsvTable) -> tuple[int, int, int, int | None]:
    """The places of date, account, amount and, if there is one, the currency."""
    when, whose, amount = table.column("date"), table.column("account"), table.column(*AMOUNTS)
    if amount is None:
        amount = next((n for n, name in enumerate(table.names) if _NUMBERED.match(name)), None)
    if when is None or whose is None or amount is None:
        place = Place(table.title, table.head_line, 1, len(table.source.lines[table.head_line - 1]) or 1)
        says = "The first line names the columns: date, account and amount for a ledger, or month, address and value."
        raise InputError(table.source.problem(place, "actuals-columns", says))
    return when, whose, amount, table.column(*CURRENCIES)
