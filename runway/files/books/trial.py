"""A trial balance: what stands on each account at one day, in debit and credit."""

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
    from collections.abc import Sequence

    from runway.files.books.export import Reading
    from runway.files.books.recognition import RecognisedSheet


def read_trial_balance(seen: RecognisedSheet, reading: Reading, remarks: Sequence[str]) -> tuple[Export, ...]:
    """The balances of accounts, debits positive. Raises `InputError` with every problem."""
    sheet, layout, heads = seen.sheet, seen.layout, seen.heads
    width = len(heads)
    rows = [(line, (cells + [""] * width)[:width]) for line, cells in sheet.rows() if line > seen.line]
    debit, credit = layout.places("debit", heads)[0], layout.places("credit", heads)[0]
    day = day_in(seen.above)
    if day is None:
        text = "No row above the heads says of which day these balances are. Leave the title rows in the export."
        sheet.problem(seen.line, 0, "not-a-date", text)
    sheet.finish()
    assert day is not None
    reader = AmountColumns(sheet, [line for line, _ in rows], reading.decimal or layout.decimal, reading.table)
    values = reader.values({place: [cells[place] for _, cells in rows] for place in (debit, credit)})
    sheet.finish()
    found: list[BookRow] = []
    for n, (line, cells) in enumerate(rows):
        sides = (values[debit][n], values[credit][n])
        label = next((cell for cell in cells if cell.strip()), "")
        if sides == (None, None):
            continue
        if total_of(label) is not None:
            for side, place in enumerate((debit, credit)):
                amounts = [amount for amount in values[place][:n] if amount is not None]
                total, printed = sum(amounts, Decimal(0)), sides[side]
                if printed is not None and abs(printed - total) > ROUNDED * len(amounts):
                    says = f"{label.strip()} says {printed:,.2f} in {heads[place].name}; its rows sum to {total:,.2f}."
                    sheet.problem(line, place, "totals-do-not-foot", says)
            continue
        account = " ".join(cells[place].strip() for place in layout.places("account", heads)).strip()
        found.append(BookRow(day, account, "", (sides[0] or Decimal(0)) - (sides[1] or Decimal(0)), line))
    total = sum((row.amount for row in found), Decimal(0))
    if abs(total) > ROUNDED * len(found):
        says = f"Debits and credits differ by {total:,.2f}: rows are missing or double."
        sheet.problem(rows[-1][0], credit, "totals-do-not-foot", says)
    sheet.finish()
    units = {code_of(unit, reading.currency) for some in reader.units.values() for unit in some}
    currency = units.pop() if len(units) == 1 else ""
    return (
        Export(sheet.title, layout.name, layout.kind, "", currency, tuple(found), day, day, remarks=tuple(remarks)),
    )
