"""The three statements as tables by period; the CSV has their rows with the address of each."""

from __future__ import annotations

from dataclasses import replace
from itertools import compress
from math import fsum
from typing import TYPE_CHECKING

from runway.render.figures import day, printable, scale, span
from runway.render.report import Cell, Column, Heading, Prose, Report, Row, Table
from runway.reports.periods import BY, By, closings, flows, heads, openings, period_label, periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.statements import FinancialStatement, StatementLine, Statements
    from runway.render.figures import Scale
    from runway.render.report import Block
    from runway.reports.periods import Period

IN_FULL = 2  # the depth of lines that are told in full only


def report(found: Statements, by: By | None = None, full: bool = False) -> Report:
    """A table a statement, by periods of `by`, else by month or coarser where those are too many; `full` every line."""
    values = [abs(value) for line in _lines(found, full) for value in found.rows[line.address]]
    unit = scale(found.currency, found.minor_digits, values)
    made = _report(found, BY if by is None else (by,), unit, full)
    return replace(made, main=lambda: _main(found, by or "month"))


def _lines(found: Statements, full: bool) -> list[StatementLine]:
    return [line for one in found.statements for line in one.lines if full or line.depth < IN_FULL]


def _report(found: Statements, by: Sequence[By], unit: Scale, full: bool) -> Report:
    closed = (f"closed to {day(found.closed)}",) if found.closed is not None else ()
    columns = periods(found.months, by[0], found.fiscal_year_end)
    shown = [one for one in found.statements if full or any(line.depth < IN_FULL for line in one.lines)]
    tables = [[_table(found, one, columns, unit, full)] for one in shown]
    notes: list[list[Block]] = []
    if found.notes:
        notes = [[Heading("NOTES"), *(Prose(printable(note), "  · ") for note in found.notes)]]
    return Report(
        title=(found.model, found.scenario, *closed, span(found.months[0], found.months[-1]), unit.label),
        scale=unit,
        sections=[*tables, *notes],
        coarser=(lambda: _report(found, by[1:], unit, full)) if len(by) > 1 else None,
    )


def _table(found: Statements, one: FinancialStatement, columns: Sequence[Period], unit: Scale, full: bool) -> Table:
    lines = [line for line in one.lines if full or line.depth < IN_FULL]
    values = [_values(found, line, columns) for line in lines]
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


def _values(found: Statements, line: StatementLine, columns: Sequence[Period]) -> tuple[float, ...]:
    """A line by period, with its sign."""
    row = found.rows[line.address]
    match line.kind:
        case "balance":
            return closings(row, columns)
        case "opening":
            return openings(row, columns)
    return tuple(line.sign * value for value in flows(row, columns, found.minor_digits))


def _main(found: Statements, by: By) -> Table:
    """`statement, line, address`, then a column a period, of every line."""
    columns = periods(found.months, by, found.fiscal_year_end)
    labels = found.months if by == "month" else [period_label(column) for column in columns]
    heads = [Column("statement"), Column("line"), Column("address"), *(Column(label, "money") for label in labels)]
    rows = [
        Row([one.name, line.title, line.address, *_values(found, line, columns)])
        for one in found.statements
        for line in one.lines
    ]
    return Table("", heads, rows)
