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
"""The sections that are of such rows."""


MOST = 700  # rows of a page with them, so that the page of 200 lines stays small


def sheets_of(plan: Plan, wanted: Collection[str]) -> tuple[str, ...]:
    """Those of the sections that are wanted and whose rows are not too many for a page, the statements first."""
    asked, left = tuple(section for section in SHEETS if section in wanted), MOST - len(plan.program.usual.rows)
    return next((asked[:n] for n in range(len(asked), 0, -1) if len(later_rows(plan, asked[:n])) <= left), ())


def later_rows(plan: Plan, wanted: Collection[str]) -> tuple[ProgramRow, ...]:
    """What the sections that are wanted read beyond the rows that every run has, in calculation order."""
    if not any(section in wanted for section in SHEETS):
        return ()
    usual = {row.address for row in plan.program.usual.rows}
    program = (with_metrics(plan) if "metrics" in wanted else plan).program
    return tuple(row for row in program.only(read_by_sheets(plan, wanted)).rows if row.address not in usual)


def is_money(row: ProgramRow) -> bool:
    """Whether a row is money of the model's currency: what is posted, and monthly recurring revenue."""
    key = row.address.rpartition(".")[2]
    return row.posted or key.endswith("mrr") or key in MONEY


def read_by_sheets(plan: Plan, wanted: Collection[str]) -> Iterator[str]:
    """The rows of the lines of the sections that are wanted."""
    model = plan.model
    if "statements" in wanted:
        for statement in layouts(model):
            for line in statement.lines:
                yield line.address
                if line.of:
                    yield line.of
    if "metrics" in wanted:
        yield from (line.address for line in (*MRR, *customer_lines(model)))
        yield from (line.addresses["year"] for line in metric_lines(model))


def statements_json(plan: Plan, rows: Mapping[str, int]) -> list[Any]:
    """Each statement, as its title and its lines: title, row, sign, kind, depth, whether a total, the row of its share.

    A line ends with the last of these that is not what it usually is.
    """
    usual = (1, "flow", 0, 0, None)
    told = []
    for statement in layouts(plan.model):
        lines = []
        for line in statement.lines:
            if line.address in rows:
                cells = [line.sign, line.kind, line.depth, int(line.total), rows.get(line.of)]
                while cells and cells[-1] == usual[len(cells) - 1]:
                    cells.pop()
                lines.append([printable(line.title), rows[line.address], *cells])
        told.append([statement.title, lines])
    return told


def metrics_json(plan: Plan, rows: Mapping[str, int]) -> dict[str, Any]:
    """What moves recurring revenue and customers, and each metric of a year: title, row, unit, why it may not exist."""
    moved = [
        [line.title, rows[line.address], line.sign, line.kind, int(line in MRR)]
        for line in (*MRR, *customer_lines(plan.model))
    ]
    found = [
        [printable(line.title), rows[line.addresses["year"]], line.unit, line.undefined]
        for line in metric_lines(plan.model)
    ]
    return {"moved": moved, "ratios": found}
