"""The metrics of a company that sells subscriptions, as rows: each over a month, a quarter and a year.

`metrics.cac` is of the month, `metrics.quarter.cac` of the last three months, `metrics.year.cac` of the last twelve, or
of as many as there are.  A metric that does not exist is not a number, so that it meets no comparison.  These rows are
part of a program where something asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from runway.language.formula import parse
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    ONE,
    UNDEFINED,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    Every,
    History,
    Negative,
    Number,
    RowRef,
    T,
    defined,
    product,
    total,
)
from runway.program.debt import total_of
from runway.program.income_statement import costs_of
from runway.program.item_rows import main_row
from runway.program.plan import Plan
from runway.program.program import with_drafts
from runway.program.row import Draft
from runway.program.statement import burn_multiple, is_recurring, opening_mrr
from runway.words import minor_digits

if TYPE_CHECKING:
    from runway.language.tree import Node
    from runway.lines.line import Customers
    from runway.model.model import Item, Model
    from runway.program.program import Program

WINDOWS = {"month": 1, "quarter": 3, "year": 12}
"""The months that a metric is taken over, by the name of the period."""
BRIDGE = ("new", "expansion", "contraction", "churned")
"""The movements of monthly recurring revenue in a month, each positive: `metrics.new_mrr`."""


class Metric(NamedTuple):
    """A ratio of the months of a window: `metrics.KEY`, `metrics.quarter.KEY`, `metrics.year.KEY`."""

    key: str
    title: str
    unit: Literal["money", "share", "multiple", "months"]
    undefined: str  # why it may not exist


NOBODY = "no customers as the period begins, or it begins before the model"
METRICS = (
    Metric("net_revenue_retention", "Net revenue retention", "share", NOBODY),
    Metric("gross_revenue_retention", "Gross revenue retention", "share", NOBODY),
    Metric("customer_churn", "Customer churn a month", "share", "no customers as the period begins"),
    Metric("arpa", "Revenue a customer and month", "money", "no customers"),
    Metric("gross_margin", "Gross margin", "share", "no revenue, or no cost says what it is a cost_of"),
    Metric("cac", "CAC", "money", "no customers won, or no cost says whom it acquires"),
    Metric("ltv", "LTV", "money", "no churn, no gross margin above 0, or no customers"),
    Metric("ltv_to_cac", "LTV / CAC", "multiple", "no LTV, or no CAC above 0"),
    Metric("cac_payback", "CAC payback", "months", "no CAC, no gross margin above 0, or no customers"),
    Metric("burn_multiple", "Burn multiple", "multiple", "no growth of ARR, or no burn"),
    Metric("magic_number", "Magic number", "multiple", "nothing spent to win customers in the period before"),
    Metric("rule_of_40", "Rule of 40", "share", "no revenue in the same period a year ago"),
    Metric("revenue_per_head", "Revenue a head and year", "money", "no line counts people"),
)  # fmt: skip


def address(key: str, window: str, owner: str = "metrics") -> str:
    """The row of a metric over a window.

    >>> address("cac", "month"), address("cac", "year")
    ('metrics.cac', 'metrics.year.cac')
    """
    return f"{owner}.{key}" if window == "month" else f"{owner}.{window}.{key}"


def unit_of(row: str, program: Program) -> str:
    """The unit of a row: that of its metric, else money where it is posted."""
    key = row.rpartition(".")[2]
    of_metric = next((metric.unit for metric in METRICS if metric.key == key), "")
    posted = any(program_row.posted for program_row in program.rows if program_row.address == row)
    return of_metric or ("money" if posted or key.endswith("mrr") else "number")


def recurring(model: Model) -> list[Item]:
    """The lines whose revenue recurs."""
    return [item for item in model.section("revenue") if is_recurring(item)]


def customers_of(item: Item) -> Customers | None:
    """How a line's customers come and go; None where it does not count them."""
    customers: Customers | None = item.part.customers()
    return customers


def acquiring(model: Model, line: str | None = None) -> list[Item]:
    """The lines of cost that win customers: for all lines of revenue, or those for one alone."""
    costs = [item for item in model.section("costs") if getattr(item.shared, "acquires", None) is not None]
    return costs if line is None else [item for item in costs if item.shared.acquires == line]  # type: ignore[union-attr]  # it says so


def metric_drafts(model: Model) -> Iterator[Draft]:
    """The rows of the metrics, and of the quantities that they are computed from."""
    lines, digits = recurring(model), minor_digits(model.settings.currency)
    counted = [(item, customers) for item in lines if (customers := customers_of(item)) is not None]
    names = [item.name for item, _ in counted]
    for item in lines:
        yield from _line(item, digits)
    for part in BRIDGE:
        yield _row(f"{part}_mrr", total_of([f"{item.name}.{part}_mrr" for item in lines]))
    numbers = [RowRef(f"{item.name}.{customers.number}") for item, customers in counted]
    yield _row("customers", total([*numbers]))
    yield _row("opening_customers", total([History("prev", number) for number in numbers]))
    yield _row("customers_won", total_of([f"{name}.customers_won" for name in names]))
    yield _row("customers_lost", total_of([f"{name}.customers_lost" for name in names]))
    yield _row("customer_mrr", total_of([f"{name}.mrr" for name in names]))
    yield _row("acquisition_cost", total_of([main_row(item) for item in acquiring(model)]))
    yield _row("people", total_of([f"{item.name}.{item.part.people}" for item in counting_people(model)]))
    needs = {"gross_margin": costs_of(model), "cac": acquiring(model), "magic_number": acquiring(model)}
    for window, months in WINDOWS.items():
        for gross in (False, True):
            yield Draft(address(RETENTION[gross], window), _retention(names, gross, window), on_demand=True)
        for key, formula in FORMULAS.items():
            if (key, window) == ("burn_multiple", "year"):
                continue  # which the headline reads
            has_costs = bool(needs.get(key, True))
            yield _ratio(address(key, window), *formula(months, address("", window)), has_costs=has_costs)
        for name in names:
            if acquiring(model, name):
                cac = _quotient(f"{name}.acquisition_cost", f"{name}.customers_won")
                yield _ratio(address("cac", window, name), *cac(months, ""))
    for name in names:
        if spenders := acquiring(model, name):
            yield Draft(f"{name}.acquisition_cost", total_of([main_row(item) for item in spenders]), on_demand=True)


def counting_people(model: Model) -> list[Item]:
    """The lines that count people."""
    return [item for section in ("costs", "capital") for item in model.section(section) if item.part.people is not None]


def _row(key: str, formula: Node) -> Draft:
    return Draft(f"metrics.{key}", formula, on_demand=True)


def _ratio(row: str, value: str, where: str, *, has_costs: bool = True) -> Draft:
    """A row that exists where a condition holds."""
    formula = defined(parse(value, bounded=False), parse(where, bounded=False)) if has_costs else Call(UNDEFINED, ())
    return Draft(row, formula, on_demand=True)


def over(row: str, months: int) -> str:
    """The sum of a row over the last months, or as many as there are.

    >>> over("net_burn", 1), over("net_burn", 12)
    ('net_burn', 'sum_last(net_burn, 12)')
    """
    return row if months == 1 else f"sum_last({row}, {months})"


def before(row: str, months: int) -> str:
    """The sum of a row over as many months before the last."""
    return f"prev({row})" if months == 1 else f"(sum_last({row}, {2 * months}) - {over(row, months)})"


Formula = Callable[[int, str], tuple[str, str]]
"""From the months of a window and the prefix of its metrics' names: the formula of a metric, and where it exists."""


def _rule_of_40(months: int, _: str) -> tuple[str, str]:
    row, revenue = "total.revenue", over("total.revenue", months)
    year_ago = f"lag({row}, 12)" if months == 1 else f"(sum_last({row}, {12 + months}) - sum_last({row}, 12))"
    value = f"{revenue} / {year_ago} - 1 + {over('ebitda', months)} / {revenue}"
    return value, f"t >= {11 + months} and {year_ago} > 0 and {revenue} > 0"


def _magic_number(months: int, _: str) -> tuple[str, str]:
    earned, spent = "total.recurring_revenue", before("metrics.acquisition_cost", months)
    grown = f"({over(earned, months)} - {before(earned, months)})"
    return f"{12 / months:g} * {grown} / {spent}", f"t >= {2 * months - 1} and {spent} > 0"


def _quotient(above: str, below: str, times: str = "") -> Formula:
    """One row's sum over a window divided by another's, where that is above 0."""
    return lambda n, _: (f"{times}{over(above, n)} / {over(below, n)}", f"{over(below, n)} > 0")


FORMULAS: dict[str, Formula] = {
    "customer_churn": _quotient("metrics.customers_lost", "metrics.opening_customers"),
    "arpa": _quotient("metrics.customer_mrr", "metrics.customers"),
    "gross_margin": _quotient("gross_profit", "total.revenue"),
    "cac": _quotient("metrics.acquisition_cost", "metrics.customers_won"),
    "ltv": lambda _, prefix: (
        f"{prefix}arpa * {prefix}gross_margin / {prefix}customer_churn",
        f"{prefix}customer_churn > 0 and {prefix}gross_margin > 0 and {prefix}arpa > 0",
    ),
    "ltv_to_cac": lambda _, prefix: (f"{prefix}ltv / {prefix}cac", f"{prefix}cac > 0 and {prefix}ltv > 0"),
    "cac_payback": lambda _, prefix: (
        f"{prefix}cac / ({prefix}arpa * {prefix}gross_margin)",
        f"{prefix}cac >= 0 and {prefix}gross_margin > 0 and {prefix}arpa > 0",
    ),
    "burn_multiple": lambda n, _: burn_multiple(n),
    "magic_number": _magic_number,
    "rule_of_40": _rule_of_40,
    "revenue_per_head": _quotient("total.revenue", "metrics.people", "12 * "),
}


def _line(item: Item, digits: int) -> Iterator[Draft]:
    """The movements of a line's monthly recurring revenue, and the share kept after a month, a quarter and a year.

    New is the MRR of customers who join, churned that of those lost; expansion or contraction is the change of those
    who stay, a change of price included.  Of a line that counts no customers a gain is new and a loss contraction.
    """
    name, customers = item.name, customers_of(item)

    def row(key: str, formula: str | Node, opening: str = "0") -> Draft:
        return Draft(f"{name}.{key}", formula, opening, owner=name, path=item.path, on_demand=True)

    def ref(key: str) -> RowRef:
        return RowRef(f"{name}.{key}")

    yield row("opening_mrr", Choose(Compare("<", T, ONE), opening_mrr(item), History("prev", ref("mrr"))))
    if customers is None:
        change = Binary("-", ref("mrr"), ref("opening_mrr"))
        moves: dict[str, str | Node] = {
            "new": Call("max", (ZERO, change)), "expansion": ZERO,
            "contraction": Call("max", (ZERO, Negative(change))), "churned": ZERO,
        }  # fmt: skip
    else:
        paying = customers.paying
        yield row("customers_won", customers.won)
        yield row("customers_lost", f"max(0, prev({customers.number}) + customers_won - {customers.number})")
        yield row("customers_kept", customers.kept)
        yield row("stayed_mrr", f"mrr * ({paying} - customers_won) / {paying} if {paying} > 0 else 0")
        stay = "opening_mrr * customers_kept"
        cents = f"{2 / 10**digits:g}"  # by which a posted amount may differ from one that is not
        yield row("posting_mrr", f"{stay} - stayed_mrr if abs({stay} - stayed_mrr) <= {cents} else 0")
        less = f"({stay} - stayed_mrr - posting_mrr)"
        moves = {
            "new": "mrr - stayed_mrr - (0 if customers_lost > 0 else posting_mrr)",
            "churned": "opening_mrr * (1 - customers_kept) + (posting_mrr if customers_lost > 0 else 0)",
            "contraction": f"max({stay} * {customers.contraction}, {less})",
            "expansion": f"contraction_mrr - {less}",
        }
    for part, formula in moves.items():
        yield row(f"{part}_mrr", formula)
    if customers is None:
        return
    stays = Binary("-", ref("opening_mrr"), ref("churned_mrr"))
    gross = Binary("-", stays, ref("contraction_mrr"))
    for key, spend in (("net_spend", total([gross, ref("expansion_mrr")])), ("gross_spend", gross)):
        yield row(key, Choose(Compare(">", stays, ZERO), Binary("/", spend, stays), ONE))
    for key in ("customers_kept", "net_spend", "gross_spend"):
        exact = customers.kept_over if key == "customers_kept" else None
        quarter, year = _months(ref(key), (0, 1, 2)), _months(ref(f"{key}_quarter"), (0, 3, 6, 9))
        yield row(f"{key}_quarter", quarter if exact is None else exact(3), "1")
        yield row(f"{key}_year", year if exact is None else exact(12), "1")


def _months(row: RowRef, ago: Sequence[int]) -> Node:
    """The product of a row's values of some months."""
    return product([History("lag", row, Number(float(months))) if months else row for months in ago])


RETENTION = ("net_revenue_retention", "gross_revenue_retention")


def _retention(names: list[str], gross: bool, window: str) -> Node:
    """The share, at the end of a window, of the MRR of those who were customers at its start that is left.

    `names` are the lines that count customers.
    """
    last = "" if window == "month" else f"_{window}"
    kind, months = ("net", "gross")[gross], WINDOWS[window]

    def at_first(name: str) -> Node:
        row = RowRef(f"{name}.opening_mrr")
        return row if months == 1 else History("lag", row, Number(float(months - 1)))

    kept: list[Node] = [
        product([at_first(name), RowRef(f"{name}.customers_kept{last}"), RowRef(f"{name}.{kind}_spend{last}")])
        for name in names
    ]
    base = total([at_first(name) for name in names])
    exists = Every((Compare(">=", T, Number(float(months - 1))), Compare(">", base, ZERO)))
    return defined(Binary("/", total(kept), base), exists)


def with_metrics(plan: Plan) -> Plan:
    """The plan with the rows of the metrics in its program."""
    if plan.program.metrics:
        return plan
    model, program = plan
    return Plan(model, with_drafts(program, model, tuple(metric_drafts(model)))._replace(metrics=True))
