"""The statements and the metrics of a page: rows that are run only once their tables are opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.metrics import MRR, customer_lines, metric_lines
from runway.answers.statements import layouts
from runway.program.metrics import METRICS, with_metrics
from runway.render.figures import printable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from runway.program.plan import Plan
    from runway.program.row import ProgramRow

MONEY = {metric.key for metric in METRICS if metric.unit == "money"}
SHEETS = ("statements", "metrics")
"""The sections of statements and metrics."""


MOST = 700  # rows of a page with them, so that the page of 200 lines stays small


def sheets_of(plan: Plan, sections: Collection[str]) -> tuple[str, ...]:
    """Those of `SHEETS` among the sections whose rows are not too many for a page, the statements first."""
    sheets, left = tuple(section for section in SHEETS if section in sections), MOST - len(plan.program.usual.rows)
    return next((sheets[:n] for n in range(len(sheets), 0, -1) if len(later_rows(plan, sheets[:n])) <= left), ())


def later_rows(plan: Plan, sections: Collection[str]) -> tuple[ProgramRow, ...]:
    """The rows that the sheets among the sections read beyond those that every run has, in calculation order."""
    if not any(section in sections for section in SHEETS):
        return ()
    usual = {row.address for row in plan.program.usual.rows}
    program = (with_metrics(plan) if "metrics" in sections else plan).program
    return tuple(row for row in program.only(read_by_sheets(plan, sections)).rows if row.address not in usual)


def is_money(row: ProgramRow) -> bool:
    """Whether a row is money of the model's currency: posted rows, and monthly recurring revenue."""
    key = row.address.rpartition(".")[2]
    return row.posted or key.endswith("mrr") or key in MONEY


def read_by_sheets(plan: Plan, sections: Collection[str]) -> Iterator[str]:
    """The rows of the lines of the sheets among the sections."""
    model = plan.model
    if "statements" in sections:
        for statement in layouts(model):
            for line in statement.lines:
                yield line.address
                if line.of:
                    yield line.of
    if "metrics" in sections:
        yield from (line.address for line in (*MRR, *customer_lines(model)))
        yield from (line.addresses["year"] for line in metric_lines(model))


def statements_json(plan: Plan, rows: Mapping[str, int]) -> list[Any]:
    """Each statement, as its title and its lines: title, row, sign, kind, depth, whether a total, the row of its share.

    A line ends with the last of these that is not what it usually is.
    """
    usual = (1, "flow", 0, 0, None)
    statements = []
    for statement in layouts(plan.model):
        lines = []
        for line in statement.lines:
            if line.address in rows:
                cells = [line.sign, line.kind, line.depth, int(line.total), rows.get(line.of)]
                while cells and cells[-1] == usual[len(cells) - 1]:
                    cells.pop()
                lines.append([printable(line.title), rows[line.address], *cells])
        statements.append([statement.title, lines])
    return statements


def metrics_json(plan: Plan, rows: Mapping[str, int]) -> dict[str, Any]:
    """The movements of recurring revenue and customers, and each metric of a year: title, row, unit, why undefined."""
    movements = [
        [line.title, rows[line.address], line.sign, line.kind, int(line in MRR)]
        for line in (*MRR, *customer_lines(plan.model))
    ]
    ratios = [
        [printable(line.title), rows[line.addresses["year"]], line.unit, line.undefined]
        for line in metric_lines(plan.model)
    ]
    return {"moved": movements, "ratios": ratios}
