"""The moves of recurring revenue and customers, and the metrics, by period; the CSV has the address of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import printable, scale
from runway.render.report import Cell, Column, Heading, Prose, Report, Row, Table
from runway.reports.periods import By, by_period, heads, in_periods, labels, periods

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.metrics import MetricLine, Metrics, MovedLine
    from runway.render.report import Unit
    from runway.reports.periods import Period

TOTALS = ("total.mrr", "metrics.customers")
TABLES = {
    "RETENTION": ("net_revenue_retention", "gross_revenue_retention", "customer_churn"),
    "UNIT ECONOMICS": ("arpa", "gross_margin", "cac", "ltv", "ltv_to_cac", "cac_payback"),
    "EFFICIENCY": ("burn_multiple", "magic_number", "rule_of_40", "revenue_per_head"),
}
"""The metrics of each table."""
OF_ONE = ("UNIT ECONOMICS", "EFFICIENCY")  # tables with money of one customer, or of one head
UNITS: dict[str, Unit] = {"money": "number"}  # printed to three digits, whatever the unit of the report


def report(metrics: Metrics, by: By | None = None) -> Report:
    """Tables by periods of `by`, else by month or coarser where those are too many."""
    values = [abs(value) for line in metrics.mrr for value in metrics.rows[line.address] if value is not None]
    unit = scale(metrics.currency, metrics.minor_digits, values)

    def report_by(size: By) -> Report:
        columns = periods(metrics.months, size, metrics.fiscal_year_end)
        lines = {"MRR": metrics.mrr, "CUSTOMERS": metrics.customers}
        tables = [_moved(metrics, title, lines[title], columns) for title in lines]
        tables += [_metrics(metrics, title, keys, size, columns) for title, keys in TABLES.items()]
        notes = (Prose(printable(note), "  · ") for note in _notes(metrics, size, columns))
        return Report((), unit, [*([table] for table in tables if table.rows), [Heading("NOTES"), *notes]])

    return in_periods(metrics, by, report_by, lambda size: _main(metrics, size))


def _moved(metrics: Metrics, title: str, lines: Sequence[MovedLine], columns: Sequence[Period]) -> Table:
    """The lines, none where nothing ever moves."""
    money, lines = title == "MRR", lines if any(any(metrics.rows[line.address]) for line in lines) else ()
    rows = [
        Row([line.title, *_values(metrics, line, columns)], "money" if money else "count",
            "bold" if line.address in TOTALS else "")
        for line in lines
    ]  # fmt: skip
    return Table(title, [Column("", wraps=True), *heads(columns)], rows)


def _values(metrics: Metrics, line: MovedLine, columns: Sequence[Period]) -> tuple[float, ...]:
    return by_period(line, [value or 0.0 for value in metrics.rows[line.address]], columns, 9)


def _metric(metrics: Metrics, line: MetricLine, by: By, columns: Sequence[Period]) -> list[float | None]:
    """A metric at the end of each period."""
    return [metrics.rows[line.addresses[by]][column.stop - 1] for column in columns]


def _metrics(metrics: Metrics, title: str, keys: Sequence[str], by: By, columns: Sequence[Period]) -> Table:
    """The metrics of a table that exist in some period."""
    rows = [
        Row(
            [printable(line.title), *_metric(metrics, line, by, columns)],
            UNITS.get(line.unit, line.unit),
            depth=bool(line.line),
        )
        for line in metrics.metrics
        if line.key in keys and any(value is not None for value in _metric(metrics, line, by, columns))
    ]
    return Table(title, [Column("", wraps=True), *heads(columns)], rows, metrics.currency if title in OF_ONE else "")


def _notes(metrics: Metrics, by: By, columns: Sequence[Period]) -> Iterator[str]:
    """Default alive or dead, why a metric is a dash, and the notes of the answer."""
    yield metrics.survival.sentence
    absent: dict[str, list[str]] = {}
    for line in metrics.metrics:
        if None in _metric(metrics, line, by, columns):
            absent.setdefault(line.undefined, []).append(line.title)
    for why, titles in absent.items():
        yield f"– {', '.join(titles)}: {why}"
    yield from metrics.notes


def _main(metrics: Metrics, by: By) -> Table:
    """`metric, address`, then a column a period, of every line; empty where there is no value."""
    columns = periods(metrics.months, by, metrics.fiscal_year_end)
    table = [Column("metric"), Column("address"), *(Column(label, "number") for label in labels(metrics, by))]
    rows = [Row([m.title, m.address, *_values(metrics, m, columns)]) for m in (*metrics.mrr, *metrics.customers)]
    rows += [Row([m.title, m.addresses[by], *map(Cell, _metric(metrics, m, by, columns))]) for m in metrics.metrics]
    return Table("", table, rows)
