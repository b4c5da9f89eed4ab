"""The three statements as tables by period; the CSV has their rows with the address of each."""

from __future__ import annotations

from itertools import compress
from math import fsum
from typing import TYPE_CHECKING

from runway.render.figures import printable, scale
from runway.render.report import Cell, Column, Heading, Prose, Report, Row, Table
from runway.reports.periods import By, by_period, heads, in_periods, labels, periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.statements import StatementLine, Statements
    from runway.render.figures import Scale
    from runway.render.report import Block
    from runway.reports.periods import Period

IN_FULL = 2  # the depth from which lines are in the full report only


def report(statements: Statements, by: By | None = None, full: bool = False) -> Report:
    """A table a statement, by periods of `by`, else by month or coarser where those are too many; `full` every line."""
    shown = {s.title: [line for line in s.lines if full or line.depth < IN_FULL] for s in statements.statements}
    values = [abs(value) for lines in shown.values() for line in lines for value in statements.rows[line.address]]
    unit = scale(statements.currency, statements.minor_digits, values)
    notes: list[list[Block]] = []
    if statements.notes:
        notes = [[Heading("NOTES"), *(Prose(printable(note), "  · ") for note in statements.notes)]]

    def report_by(size: By) -> Report:
        columns = periods(statements.months, size, statements.fiscal_year_end)
        tables = [[_table(statements, title, lines, columns, unit)] for title, lines in shown.items() if lines]
        return Report((), unit, [*tables, *notes])

    return in_periods(statements, by, report_by, lambda size: _main(statements, size))


def _table(
    statements: Statements, title: str, lines: list[StatementLine], columns: Sequence[Period], unit: Scale
) -> Table:
    values = [by_period(line, statements.rows[line.address], columns, statements.minor_digits) for line in lines]
    half = 0.5 / 10**statements.minor_digits
    telling = [line.total or any(abs(v) >= half for v in amounts) for line, amounts in zip(lines, values, strict=True)]
    lines, values = [*compress(lines, telling)], [*compress(values, telling)]
    rows = []
    for line, amounts in zip(lines, values, strict=True):
        depth = 0 if line.total else min(line.depth, 1) + (line.depth > IN_FULL)
        rows.append(Row([printable(line.title), *amounts], "money", "bold" if line.total else "", depth))
        if line.of and any(whole := _flows(statements, line.of, columns)):
            shares = [Cell(part / all_of if all_of > 0 else None) for part, all_of in zip(amounts, whole, strict=True)]
            rows.append(Row(["of revenue", *shares], "share", "dim", 1))
    note = "planned funding included" if statements.planned else ""
    places = unit.with_places(values).places
    return Table(title.upper(), [Column("", wraps=True), *heads(columns)], rows, note, places=places)


def _flows(statements: Statements, address: str, columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(fsum(statements.rows[address][column.first : column.stop]) for column in columns)


def _main(statements: Statements, by: By) -> Table:
    """`statement, line, address`, then a column a period, of every line."""
    columns = periods(statements.months, by, statements.fiscal_year_end)
    texts = ("statement", "line", "address")
    heads = [*map(Column, texts), *(Column(label, "money") for label in labels(statements, by))]
    rows = []
    for statement in statements.statements:
        for line in statement.lines:
            amounts = by_period(line, statements.rows[line.address], columns, statements.minor_digits)
            rows.append(Row([statement.name, line.title, line.address, *amounts]))
    return Table("", heads, rows)
