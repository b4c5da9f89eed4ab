"""Values of a model's rows: `month, address, value`, one a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.books.columns import AmountColumns
from runway.files.books.currencies import code_of
from runway.files.books.export import BookRow, Export
from runway.files.books.periods import day_of, month_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.books.export import Reading
    from runway.files.books.periods import ColumnDays
    from runway.files.books.recognition import RecognisedSheet


def read_figures(source: RecognisedSheet, reading: Reading, remarks: Sequence[str]) -> tuple[Export, ...]:
    """One row a value, on the last day of its month; in the order of the file.

    Raises `InputError` with every problem: actuals-columns, bad-month, not-a-figure, number-of-another-locale,
    ambiguous-number, wrong-currency.
    """
    sheet, layout, heads = source.sheet, source.layout, source.heads
    date_column, account_column, amount_column = (
        layout.places(role, heads)[0] for role in ("date", "account", "amount")
    )
    rows = [(line, cells) for line, cells in sheet.rows() if line > source.line]
    for line, cells in rows:
        if len(cells) <= max(date_column, account_column, amount_column):
            message = f"This row has {len(cells)} fields; the heads name {len(heads)} columns."
            sheet.problem(line, 0, "actuals-columns", message)
    sheet.finish()

    reader = AmountColumns(sheet, [line for line, _ in rows], reading.decimal or layout.decimal, "", reading.currency)
    values = reader.values({amount_column: [cells[amount_column] for _, cells in rows]})[amount_column]
    model, figures = (reading.worth or (reading.currency,))[0], list[BookRow]()
    if (head := heads[amount_column].currency) and model and code_of(head, model) != model:
        message = f"The amounts of this column are in {code_of(head, model)}; the model is in {model}. "
        sheet.problem(source.line, amount_column, "wrong-currency", f"{message}Write them in {model}.")
        sheet.finish()
    for (line, cells), amount in zip(rows, values, strict=True):
        text = cells[date_column].strip()
        month = month_of(text) or _of_its_first_day(text)
        unit = code_of(reader.unit(cells[amount_column]), model)
        if month is None:
            message = f'"{text[:40]}" is no month; months are written 2026-01.'
            sheet.problem(line, date_column, "bad-month", message)
        elif unit and model and unit != model:
            message = f"This amount is in {unit}; the model is in {model}. A row has one currency: convert the others."
            sheet.problem(line, amount_column, "wrong-currency", message)
        elif amount is not None:
            figures.append(BookRow(month.last, cells[account_column].strip(), "", amount, line))
        elif not cells[amount_column].strip():
            sheet.problem(line, amount_column, "not-a-figure", "The amount is missing. Write 0 if nothing moved.")
    sheet.finish()
    days = [row.day for row in figures]
    first, last = min(days, default=None), max(days, default=None)
    return (Export(sheet.title, layout.name, layout.kind, "", "", tuple(figures), first, last, remarks=tuple(remarks)),)


def _of_its_first_day(text: str) -> ColumnDays | None:
    """The month that is written as its first day, as spreadsheets do."""
    day = day_of(text)
    return None if day is None or day.day != 1 else month_of(f"{day:%Y-%m}")
