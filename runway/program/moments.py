"""The rows that stand at a moment: balances, customers, people, ratios.

Over several months their value is that of the last month, while a flow's is its sum.  The count of a driver, a unit or
an event is not known to be one or the other, and is not among them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import Binary, Look, Name, Negative, Number, Sum
from runway.program.balance_sheet import BALANCES, STANDING
from runway.program.wind_down import HEADROOM, PARTS, RESERVE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from runway.language.tree import Node
    from runway.model.model import Item, Model
    from runway.model.names import Namespace

OPENINGS = frozenset(("opening_cash", "metrics.opening_mrr", "metrics.opening_customers"))
"""Rows that stand at the start of a month; all others at its end."""
AT_MONTH_END = frozenset((
    "cash", "restricted_cash", "unrestricted_cash", "minimum_cash", "trailing_burn", "total.mrr", "total.arr",
    "total.debt", "total.opening_written_off_so_far", "tax.losses", "tax.payable", "metrics.customers",
    "metrics.people", *STANDING, *PARTS, RESERVE, HEADROOM,
))  # fmt: skip
"""Rows of every model, those of metrics apart: `standing_rows` has them too."""
OF_FUNDING = (
    "headline", "committed", "available", "drawn", "undrawn", "pre_money", "post_money", "balance", "accrued",
    "end_fee_accrued", "unamortised", "besides",
)  # fmt: skip
OF_LINES = ("mrr", "spent_so_far", "written_off_so_far", "wanted_so_far", "so_far", *(entry.row for entry in BALANCES))
FIGURES = frozenset(
    ("money", "share", "rate", "nominal_rate", "loss", "fee", "date", "date_end", "days", "months", "delay", "switch")
)
"""The dimensions of figures that are of no month: prices, shares, rates, times.  A number alone may be of a month."""


def standing_rows(model: Model) -> frozenset[str]:
    """The rows of a model that stand at the end of a month, as far as its parts have them."""
    from runway.program.metrics import METRICS, WINDOWS, address

    owners = ("metrics", *(item.name for item in model.section("revenue")))
    ratios = (address(metric.key, window, owner) for metric in METRICS for window in WINDOWS for owner in owners)
    return AT_MONTH_END.union(ratios, *map(_of_item, model.items))


def _of_item(item: Item) -> Iterator[str]:
    """The rows of a line or of funding: customers, people, balances, the amounts drawn and owed."""
    part, rows = item.part, list[str]()
    if item.section in ("revenue", "costs", "capital"):
        customers = part.customers()
        rows = [*OF_LINES, *filter(None, (part.people, customers and customers.number))]
    elif item.section == "passthrough":
        rows = ["held"]
    elif item.section == "funding":
        rows = [*OF_FUNDING, *(f"{covenant.name}.headroom" for covenant in part.covenants())]
    return (f"{item.name}.{row}" for row in rows)


def moment_of(tree: Node, names: Namespace, standing: Collection[str]) -> str:
    """Whether a formula stands at the "start" or the "end" of a month; "" where it moves, or where that is not known.

    A balance at the end less one at the start is a flow of the month, and a balance times a figure may be a cost or an
    income of the month.  `standing` are `standing_rows`.
    """
    match tree:
        case Name(address=address):
            row = address if address in names.rows else names.main.get(address, "")
            if not row:
                figure = names.figures.get(address)
                return "end" if figure is not None and figure.dimension in FIGURES else ""
            return "start" if row in OPENINGS else "end" if row in standing else ""
        case Negative():
            return moment_of(tree.x, names, standing)
        case Look(function="prev" | "lag"):
            return "start" if moment_of(tree.name, names, standing) else ""
        case Sum():
            parts = tree.terms
        case Binary(operator="-"):
            parts = (tree.left, tree.right)
        case _:
            return ""
    moments = {moment_of(part, names, standing) for part in parts if not isinstance(part, Number)}
    return moments.pop() if len(moments) == 1 else ""
