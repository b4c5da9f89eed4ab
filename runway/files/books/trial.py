"""A trial balance: the balance of each account at one day, in debit and credit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.columns import AmountColumns
from runway.files.books.currencies import code_of
from runway.files.books.export import BookRow, Export
from runway.files.books.periods import day_in
from runway.files.books.proofs import ROUNDED
from runway.files.books.wording import total_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.files.books.export import Reading
    from runway.files.books.layout import Head
    from runway.files.books.recognition import RecognisedSheet

ZERO = Decimal(0)


def read_trial_balance(source: RecognisedSheet, reading: Reading, remarks: Sequence[str]) -> tuple[Export, ...]:
    """The balances of accounts, debits positive.

    Debits and credits of the rows must be equal. Where they are, a printed total that is wrong in one column alone is
    told as a remark: no missing or doubled row explains it. Raises `InputError` with every problem.
    """
    sheet, layout, heads = source.sheet, source.layout, source.heads
    width = len(heads)
    rows = [(line, (cells + [""] * width)[:width]) for line, cells in sheet.rows() if line > source.line]
    debit, credit = layout.places("debit", heads)[0], layout.places("credit", heads)[0]
    day = day_in(source.above)
    if day is None:
        text = "No row above the heads says of which day these balances are. Leave the title rows in the export."
        sheet.problem(source.line, 0, "not-a-date", text)
    sheet.finish()
    assert day is not None
    reader = AmountColumns(sheet, [line for line, _ in rows], reading.decimal or layout.decimal, reading.table)
    values = reader.values({place: [cells[place] for _, cells in rows] for place in (debit, credit)})
    sheet.finish()
    balances: list[BookRow] = []
    wrong_totals: list[tuple[int, int, str]] = []
    for n, (line, cells) in enumerate(rows):
        sides = (values[debit][n], values[credit][n])
        label = next((cell.strip() for cell in cells if cell.strip()), "")
        if sides == (None, None):
            continue
        if total_of(label) is not None:
            wrong_totals += _wrong_totals(line, label, dict(zip((debit, credit), sides, strict=True)), values, n, heads)
            continue
        account = " ".join(cells[place].strip() for place in layout.places("account", heads)).strip()
        balances.append(BookRow(day, account, "", (sides[0] or ZERO) - (sides[1] or ZERO), line))
    total = sum((row.amount for row in balances), ZERO)
    balanced = abs(total) <= ROUNDED * len(balances)
    remarks = list(remarks)
    if (
        balanced and len(wrong_totals) == 1
    ):  # a row that is missing or double would be so in one column, and unbalance the rows
        remarks.append(f"{wrong_totals[0][2]} Debits and credits of the rows are equal, so the total is wrong.")
    else:
        for line, place, message in wrong_totals:
            sheet.problem(line, place, "totals-do-not-foot", message)
    if not balanced:
        message = f"Debits and credits differ by {total:,.2f}: rows are missing or double."
        sheet.problem(rows[-1][0], credit, "totals-do-not-foot", message)
    sheet.finish()
    units = {code_of(unit, reading.currency) for column in reader.units.values() for unit in column}
    currency = units.pop() if len(units) == 1 else ""
    return (
        Export(sheet.title, layout.name, layout.kind, "", currency, tuple(balances), day, day, remarks=tuple(remarks)),
    )


def _wrong_totals(
    line: int, label: str, printed: Mapping[int, Decimal | None], values: Mapping[int, Sequence[Decimal | None]],
    end: int, heads: Sequence[Head],
) -> list[tuple[int, int, str]]:  # fmt: skip
    """The totals of a row that the rows before it do not sum to: line, column and message."""
    wrong_totals = []
    for place, amount in printed.items():
        amounts = [value for value in values[place][:end] if value is not None]
        total = sum(amounts, ZERO)
        if amount is not None and abs(amount - total) > ROUNDED * len(amounts):
            text = f"{label} says {amount:,.2f} in {heads[place].name}; its rows sum to {total:,.2f}."
            wrong_totals.append((line, place, text))
    return wrong_totals
