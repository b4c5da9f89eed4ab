"""A table as comma-separated values, every figure in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.cells import guarded, spreadsheet
from runway.render.report import plain, unit_of

if TYPE_CHECKING:
    from runway.render.report import Report, Table


def csv(report: Report) -> str:
    """The main table of a report: whole currency units with all minor digits, days as 2026-03-31, nothing for none."""
    if report.main is None:
        raise ValueError("this report has no table for CSV")
    return table_csv(report.main(), report.scale.minor_digits)


def table_csv(table: Table, minor_digits: int) -> str:
    """One line a row below the heads of the columns."""
    import csv as writer
    from io import StringIO

    buffer = StringIO()
    rows = writer.writer(buffer, lineterminator="\n")
    rows.writerow([guarded(column.head) for column in table.columns])
    for row in table.rows:
        digits = minor_digits if row.minor_digits is None else row.minor_digits
        rows.writerow(
            [
                spreadsheet(plain(value), unit_of(column, row, value), digits)
                for column, value in zip(table.columns, row.cells, strict=True)
            ]
        )
    return buffer.getvalue()
