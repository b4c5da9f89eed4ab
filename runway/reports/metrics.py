"""What moved recurring revenue and customers, and the metrics, by period; the CSV has the address of each row."""

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
UNITS: dict[str, Unit] = {"money": "number"}  # which is told to three digits, whatever the unit of the report


def report(found: Metrics, by: By | None = None) -> Report:
    """Tables by periods of `by`, else by month or coarser where those are too many."""
    values = [abs(value) for line in found.mrr for value in found.rows[line.address] if value is not None]
    unit = scale(found.currency, found.minor_digits, values)

    def made(size: By) -> Report:
        columns = periods(found.months, size, found.fiscal_year_end)
        tables = [_moved(found, "MRR", found.mrr, columns), _moved(found, "CUSTOMERS", found.customers, columns)]
        tables += [_metrics(found, title, keys, size, columns) for title, keys in TABLES.items()]
        notes = (Prose(printable(note), "  · ") for note in _notes(found, size, columns))
        return Report((), unit, [*([table] for table in tables if table.rows), [Heading("NOTES"), *notes]])

    return in_periods(found, by, made, lambda size: _main(found, size))


def _moved(found: Metrics, title: str, lines: Sequence[MovedLine], columns: Sequence[Period]) -> Table:
    """The lines, none where nothing ever moves."""
    money, lines = title == "MRR", lines if any(any(found.rows[line.address]) for line in lines) else ()
    rows = [
        Row([line.title, *_values(found, line, columns)], "money" if money else "count",
            "bold" if line.address in TOTALS else "")
        for line in lines
    ]  # fmt: skip
    return Table(title, [Column("", wraps=True), *heads(columns)], rows)


def _values(found: Metrics, line: MovedLine, columns: Sequence[Period]) -> tuple[float, ...]:
    return by_period(line, [value or 0.0 for value in found.rows[line.address]], columns, 9)


def _metric(found: Metrics, line: MetricLine, by: By, columns: Sequence[Period]) -> list[float | None]:
    """A metric at the end of each period."""
    return [found.rows[line.addresses[by]][column.stop - 1] for column in columns]


def _metrics(found: Metrics, title: str, keys: Sequence[str], by: By, columns: Sequence[Period]) -> Table:
    """The metrics of a table that exist in some period."""
    rows = [
        Row(
            [printable(line.title), *_metric(found, line, by, columns)],
            UNITS.get(line.unit, line.unit),
            depth=bool(line.line),
        )
        for line in found.metrics
        if line.key in keys and any(value is not None for value in _metric(found, line, by, columns))
    ]
    return Table(title, [Column("", wraps=True), *heads(columns)], rows, found.currency if title in OF_ONE else "")


def _notes(found: Metrics, by: By, columns: Sequence[Period]) -> Iterator[str]:
    """Default alive or dead, why a metric is a dash, and what the answer says itself."""
    yield found.survival.sentence
    absent: dict[str, list[str]] = {}
    for line in found.metrics:
        if None in _metric(found, line, by, columns):
            absent.setdefault(line.undefined, []).append(line.title)
    for why, titles in absent.items():
        yield f"– {', '.join(titles)}: {why}"
    yield from found.notes


def _main(found: Metrics, by: By) -> Table:
    """`metric, address`, then a column a period, of every line; empty where there is no value."""
    columns = periods(found.months, by, found.fiscal_year_end)
    table = [Column("metric"), Column("address"), *(Column(label, "number") for label in labels(found, by))]
    rows = [Row([line.title, line.address, *_values(found, line, columns)]) for line in (*found.mrr, *found.customers)]
    rows += [
        Row([line.title, line.addresses[by], *map(Cell, _metric(found, line, by, columns))]) for line in found.metrics
    ]
    return Table("", table, rows)
