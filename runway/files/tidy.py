"""Actual figures by address: `month, address, value`, one a row."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, did_you_mean
from runway.files.actuals import Value
from runway.files.amounts import amount_column
from runway.months import month_label, month_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.files.amounts import Currency
    from runway.files.csv import CsvTable


def is_tidy(table: CsvTable) -> bool:
    """Whether the columns of a table are month, address and value."""
    return {"month", "address"} <= set(table.names) and any(name.startswith("value") for name in table.names)


def read_tidy(
    table: CsvTable,
    start: int,
    months: int,
    closed: int,
    row_of: Callable[[str], str | None],
    known: Sequence[str],
    currency: Currency,
) -> dict[str, tuple[Value, ...]]:
    """The values of each row in the closed months; those of later months are not used.

    `row_of` is the row that an address means, None if it takes no actuals; `known` are the addresses to suggest.
    Raises `InputError` with every problem: bad-month, month-outside-model, unknown-address, not-a-figure,
    number-of-another-locale, wrong-currency, duplicate-row, month-gap, actuals-columns.
    """
    when, what = (table.names.index(name) for name in ("month", "address"))
    amounts = amount_column(table, ("value",), currency)
    if amounts is None:
        raise InputError(table.columns_problem())
    needed = max(when, what, amounts.last)
    found: dict[str, dict[int, Value]] = {}
    written: dict[str, tuple[int, list[str]]] = {}  # of each row, where it was last written
    for line, fields in table.rows():
        if table.too_short(line, fields, needed):
            continue
        month, address = fields[when].strip(), fields[what].strip()
        number = month_number(month)
        if number is None:
            table.problem(line, fields, when, "bad-month", f'"{month[:40]}" is no month; months are written 2026-01.')
            continue
        t = number - start
        if not 0 <= t < months:
            ends = f"{month_label(start)} to {month_label(start + months - 1)}"
            says = f"{month} is outside the model, which runs from {ends}."
            table.problem(line, fields, when, "month-outside-model", says)
            continue
        row = row_of(address)
        if row is None:
            hint = did_you_mean(address, known) or " Actuals are of lines and drivers, of LINE.cash, and of cash."
            table.problem(line, fields, what, "unknown-address", f"{address} is nothing that takes actuals.{hint}")
            continue
        value = amounts.amount(line, fields)
        if value is None:
            continue
        before = found.setdefault(row, {}).get(t)
        if before is not None:
            says = f"{address} has a value for {month} in line {before.line} already."
            table.problem(line, fields, what, "duplicate-row", says)
            continue
        found[row][t] = Value(value, line, 1)
        written[row] = (line, fields)
    amounts.finish()
    for row, values in found.items() if not table.problems else ():  # a gap may be what another mistake has left
        missing = next((t for t in range(closed) if t not in values), None)
        if missing is not None:
            says = (
                f"{row} has no value for {month_label(start + missing)}, a closed month. Write 0 if there was nothing."
            )
            line, fields = written[row]
            table.problem(line, fields, what, "month-gap", says)
    if table.problems:
        raise InputError(*table.problems)
    return {row: tuple(values.get(t, NOTHING) for t in range(closed)) for row, values in found.items()}


NOTHING = Value(Decimal(0), 0, 0)
