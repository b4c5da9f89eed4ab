"""Recurring revenue and its moves, and the metrics that a board asks of a company that sells subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from runway.answers.answer import MonthlyAnswer, monthly_about
from runway.engine.run import Engine
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, documented
from runway.program.metrics import METRICS, WINDOWS, acquiring, address, customers_of, recurring, with_metrics

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.answers.projection import Projection, Survival
    from runway.engine.ladder import Rows
    from runway.model.model import Model
    from runway.program.metrics import Metric
    from runway.program.plan import Plan


class MovedLine(NamedTuple):
    """A move or a balance of recurring revenue or customers: of several months a flow is summed, a balance the last's.

    An opening is that of the first month.
    """

    title: str
    address: str
    sign: int
    kind: Literal["flow", "balance", "opening"]


MRR = (
    MovedLine("Opening MRR", "metrics.opening_mrr", 1, "opening"),
    MovedLine("New", "metrics.new_mrr", 1, "flow"),
    MovedLine("Expansion", "metrics.expansion_mrr", 1, "flow"),
    MovedLine("Contraction", "metrics.contraction_mrr", -1, "flow"),
    MovedLine("Churned", "metrics.churned_mrr", -1, "flow"),
    MovedLine("Closing MRR", "total.mrr", 1, "balance"),
    MovedLine("ARR", "total.arr", 1, "balance"),
)
CUSTOMERS = (
    MovedLine("Customers won", "metrics.customers_won", 1, "flow"),
    MovedLine("Customers lost", "metrics.customers_lost", 1, "flow"),
    MovedLine("Customers", "metrics.customers", 1, "balance"),
)


class MetricLine(NamedTuple):
    """A metric of the company or of one line, and by period the row that has it."""

    key: str
    title: str
    unit: Literal["money", "share", "multiple", "months"]
    addresses: Mapping[str, str]  # by month, quarter, year
    undefined: str  # why it may not exist
    line: str  # the name of the line, if it is of one

    def to_json(self) -> dict[str, Any]:
        return documented(self, "key", "title", "unit", "addresses", "undefined")


@dataclass(frozen=True, slots=True, repr=False)
class Metrics(MonthlyAnswer):
    """The metrics of one scenario as written, all funding counted."""

    mrr: tuple[MovedLine, ...]
    customers: tuple[MovedLine, ...]  # empty where no line counts them
    metrics: tuple[MetricLine, ...]
    rows: Mapping[str, tuple[float | None, ...]]  # by address; None where it does not exist
    survival: Survival  # default alive or dead, as the headline has it
    notes: tuple[str, ...]

    KEYS: ClassVar = (
        "model", "scenario", "currency", "months", "fiscal_year_end", "closed", "mrr", "customers", "metrics",
        "survival", "rows", "notes",
    )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """`rows` has the figures of each month; those of a quarter or year are of the last 3 or 12 up to it."""
        money = {line.address for line in self.mrr}
        money |= {row for metric in self.metrics if metric.unit == "money" for row in metric.addresses.values()}
        rows = {
            name: [value if value is None or name not in money else MoneyAmount(value) for value in values]
            for name, values in self.rows.items()
        }
        return documented(self) | {"rows": rows}


def metrics(plan: Plan, projection: Projection | None = None) -> Metrics:
    """The metrics of a plan; its `projection`, where it is known."""
    from runway.answers.project import project_model

    model, program = with_metrics(plan)
    customers, lines = customer_lines(model), tuple(metric_lines(model))
    addresses = [line.address for line in (*MRR, *customers)]
    addresses += [row for line in lines for row in line.addresses.values()]
    run = Engine(program.only(addresses), model.document, whole=True).run()
    return Metrics(
        **monthly_about(plan),
        mrr=MRR,
        customers=customers,
        metrics=lines,
        rows={row: tuple(None if isnan(value) else value for value in run[row]) for row in dict.fromkeys(addresses)},
        survival=(projection or project_model(plan)).survival,
        notes=tuple(_notes(model, run)),
    )


def customer_lines(model: Model) -> tuple[MovedLine, ...]:
    """The lines of customers; none where no line of revenue counts them."""
    return CUSTOMERS if any(customers_of(item) is not None for item in recurring(model)) else ()


def metric_lines(model: Model) -> Iterator[MetricLine]:
    """The metrics of a model, of the company and of single lines."""
    for metric in METRICS:
        yield _line(metric)
        if metric.key == "cac":
            for item in recurring(model) if len(recurring(model)) > 1 else ():
                if customers_of(item) is not None and acquiring(model, item.name):
                    yield _line(metric, f"{metric.title}: {item.title}", item.name)


def _line(metric: Metric, title: str = "", line: str = "") -> MetricLine:
    rows = {window: address(metric.key, window, line or "metrics") for window in WINDOWS}
    return MetricLine(metric.key, title or metric.title, metric.unit, rows, metric.undefined, line)


def _notes(model: Model, rows: Rows) -> Iterator[str]:
    """Notes on how the metrics were made."""
    yield "a quarter's and a year's metrics are of the last 3 or 12 months at its end, or of as many as there are"
    uncounted = [item.title for item in recurring(model) if customers_of(item) is None]
    if uncounted:
        yield f"what {', '.join(uncounted)} gains is new and what it loses contraction: no customers are counted there"
    if not recurring(model):
        yield "no revenue recurs: no line is a subscription, nor says recurring = true"
    if any(rows["total.arr"]) and not acquiring(model):
        yield 'no cost says whom it acquires: acquires = "LINE", or "revenue", on what is spent to win customers'
