"""The income statement as rows: gross profit, EBITDA, the operating result, the result before and after tax.

EBITDA is before stock pay has been added back: it is a cost of the people who get it (SEC, Non-GAAP C&DI 103.01, calls
a figure without it adjusted EBITDA).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import Binary, Negative, RowRef, total
from runway.program.debt import total_of
from runway.program.item_rows import main_row
from runway.program.row import Draft
from runway.program.statement import exchange_differences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.language.tree import Node
    from runway.model.model import Item, Model


def costs_of(model: Model, revenue: str | None = None) -> list[Item]:
    """The costs of revenue: of all of it, or those of one of its lines alone."""
    costs = [item for item in model.section("costs") if getattr(item.shared, "cost_of", None) is not None]
    return costs if revenue is None else [item for item in costs if item.shared.cost_of == revenue]  # type: ignore[union-attr]  # it says so


def income_drafts(model: Model) -> Iterator[Draft]:
    """The rows of the income statement, every one a flow of the month."""

    def draft(address: str, *terms: str) -> Draft:
        nodes: list[Node] = [Negative(RowRef(term[1:])) if term[0] == "-" else RowRef(term) for term in terms]
        return Draft(address, total(nodes), posted=True, on_demand=True)

    of_revenue = costs_of(model)
    yield draft("total.cost_of_revenue", *map(main_row, of_revenue))
    yield draft("gross_profit", "total.revenue", "-total.cost_of_revenue")
    for line in model.section("revenue"):
        if direct_costs := costs_of(model, line.name):
            profit = Binary("-", RowRef(main_row(line)), total_of([main_row(item) for item in direct_costs]))
            yield Draft(f"{line.name}.gross_profit", profit, posted=True, path=line.path, on_demand=True)
    yield draft("total.operating_costs", "total.costs", "-total.cost_of_revenue")
    yield draft("ebitda", "gross_profit", "-total.operating_costs")
    yield draft("operating_profit", "ebitda", "-total.written_off")
    differences = ["total.fx"] if exchange_differences(model) else []
    non_operating = ["total.grants", *differences, "cash.interest", "-total.financing_cost"]
    yield draft("profit_before_tax", "operating_profit", *non_operating)
    yield draft("net_income", "profit_before_tax", "-tax.charge")
