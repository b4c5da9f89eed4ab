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

    from runway.answers.statements import FinancialStatement, StatementLine, Statements
    from runway.render.figures import Scale
    from runway.render.report import Block
    from runway.reports.periods import Period

IN_FULL = 2  # the depth of lines that are told in full only


def report(found: Statements, by: By | None = None, full: bool = False) -> Report:
    """A table a statement, by periods of `by`, else by month or coarser where those are too many; `full` every line."""
    shown = {one: lines for one in found.statements if (lines := [n for n in one.lines if full or n.depth < IN_FULL])}
    values = [abs(value) for lines in shown.values() for line in lines for value in found.rows[line.address]]
    unit = scale(found.currency, found.minor_digits, values)
    notes: list[list[Block]] = []
    if found.notes:
        notes = [[Heading("NOTES"), *(Prose(printable(note), "  · ") for note in found.notes)]]

    def made(size: By) -> Report:
        columns = periods(found.months, size, found.fiscal_year_end)
        return Report((), unit, [*([_table(found, one, shown[one], columns, unit)] for one in shown), *notes])

    return in_periods(found, by, made, lambda size: _main(found, size))


def _table(
    found: Statements, one: FinancialStatement, lines: list[StatementLine], columns: Sequence[Period], unit: Scale
) -> Table:
    values = [by_period(line, found.rows[line.address], columns, found.minor_digits) for line in lines]
    half = 0.5 / 10**found.minor_digits
    telling = [line.total or any(abs(v) >= half for v in own) for line, own in zip(lines, values, strict=True)]
    lines, values = [*compress(lines, telling)], [*compress(values, telling)]
    rows = []
    for line, amounts in zip(lines, values, strict=True):
        rows.append(
            Row(
                [printable(line.title), *amounts],
                "money",
                "bold" if line.total else "",
                0 if line.total else min(line.depth, 1) + (line.depth > IN_FULL),
            )
        )
        if line.of and any(whole := _flows(found, line.of, columns)):
            shares = [Cell(part / all_of if all_of > 0 else None) for part, all_of in zip(amounts, whole, strict=True)]
            rows.append(Row(["of revenue", *shares], "share", "dim", 1))
    note = "planned funding included" if found.planned else ""
    places = unit.with_places(values).places
    return Table(one.title.upper(), [Column("", wraps=True), *heads(columns)], rows, note, places=places)


def _flows(found: Statements, address: str, columns: Sequence[Period]) -> tuple[float, ...]:
    return tuple(fsum(found.rows[address][column.first : column.stop]) for column in columns)


def _main(found: Statements, by: By) -> Table:
    """`statement, line, address`, then a column a period, of every line."""
    columns = periods(found.months, by, found.fiscal_year_end)
    heads = [*map(Column, ("statement", "line", "address")), *(Column(label, "money") for label in labels(found, by))]
    rows = [
        Row(
            [
                one.name,
                line.title,
                line.address,
                *by_period(line, found.rows[line.address], columns, found.minor_digits),
            ]
        )
        for one in found.statements
        for line in one.lines
    ]
    return Table("", heads, rows)
