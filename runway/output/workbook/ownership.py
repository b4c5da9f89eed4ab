"""The Cap table sheet: who owns what, as values, since shares are solved exactly and not by rows of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runway.output.workbook.book import GREY, amount_format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.output.figures import Scale
    from runway.output.workbook.book import Book

__all__ = ["OwnershipTable", "ownership_sheet"]

FORMATS = {"text": "@", "shares": "#,##0_);(#,##0)", "share": "0.00%", "price": "#,##0.0000", "number": "#,##0.00"}


class OwnershipTable(NamedTuple):
    """One table: its title, each column's head and kind (text, shares, share, money, price, number), and the rows."""

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | float | None, ...], ...]


def ownership_sheet(book: Book, tables: Sequence[OwnershipTable], unit: Scale) -> None:
    """Writes the sheet: one table below the other."""
    sheet = book.sheet("Cap table")
    sheet.title("Cap table", f"As exported: values, not formulas. {unit.label} where a column is money.")
    formats = {**FORMATS, "money": amount_format(unit)}
    widest = max((len(table.columns) for table in tables), default=1)
    sheet.columns(32, *[15] * (widest - 1))
    row = 3
    for table in tables:
        sheet.bar(row, widest - 1, table.title)
        for column, (head, kind) in enumerate(table.columns):
            sheet.heads(row + 1, {column: head}, align="left" if kind == "text" else "right")
        row += 2
        for values in table.rows:
            for column, (value, (_, kind)) in enumerate(zip(values, table.columns, strict=True)):
                if isinstance(value, str):
                    sheet.text(row, column, value)
                elif value is not None:
                    sheet.number(row, column, value, num_format=formats[kind], font_color=GREY)
            row += 1
        row += 1
