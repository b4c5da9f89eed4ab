"""Default alive or dead as rows: how long cash lasts with expenses held and revenue growing as lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import Binary, Node, RowRef, total
from runway.program.averages import average
from runway.program.debt import credit_lines, total_of
from runway.program.item_rows import main_row, pace_row, year_row
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.model.model import Item, Model


def survival_drafts(model: Model) -> Iterator[Draft]:
    """Expenses held at the highest of some months, revenue growing as over them (Graham, Default Alive, 2015).

    The months are the last of those that are past, else the first of the plan: as many as burn is averaged over, and
    three at least.

    A month is an average one: of 365 / 12 days, and of a bill that comes once a year, or an amount that is spread
    over less, a twelfth.  Revenue grows as its pace at the ends of the months.  Lines that
    happen once (`one_off`) are no trend and are left out of both.

    Cash also pays the debt that is already owed, as it is paid in the run that is read: the rung of cash in hand, which
    counts no new money but that received in closed months.
    """

    def running(section: str) -> list[Item]:
        lines = [item for item in model.section(section) if item.part.dated is None]
        return [item for item in lines if not getattr(item.shared, "non_cash", False)]

    def months(section: str) -> Node:
        return total([average(year_row(item, model)) for item in running(section)])

    yield Draft("survival.running_revenue", months("revenue"), posted=True)
    yield Draft("survival.running_costs", total([months("costs"), months("capital")]), posted=True)
    pace = "survival.running_revenue"
    if any(pace_row(item) != main_row(item) for item in running("revenue")):
        pace = "survival.pace"
        yield Draft(pace, total([average(pace_row(item)) for item in running("revenue")]), posted=True)
    first, last = model.trend_window
    over, growth = last - first, "0"
    if over:
        before = f"lag({pace}, {over})"
        known = f"t == {last} and {pace} > 0 and {before} > 0"
        growth = f"prev(survival.growth) if t > {last} else (({pace} / {before}) ** (1 / {over}) - 1 if {known} else 0)"
    yield Draft("survival.growth", growth)
    grows = "min(1e12, prev(survival.revenue) * (1 + survival.growth))"  # a trend that covers any cost has no end
    yield Draft("survival.revenue", f"survival.running_revenue if t <= {last} else {grows}")
    highest = f"max(prev(survival.expenses) if t > {first} else 0, survival.running_costs)"
    yield Draft("survival.expenses", f"{highest} if t <= {last} else prev(survival.expenses)")
    repaid = total_of([f"{item.name}.repayment" for item in credit_lines(model)])
    yield Draft("survival.debt_service", Binary("-", repaid, RowRef("cash.debt")), posted=True)
    lent = [f"{item.name}.draw" for item in credit_lines(model)]
    yield Draft("survival.received", total_of(["cash.funding", *lent]), posted=True)
    flows = "survival.revenue - survival.expenses + survival.received - survival.debt_service"
    cash = f"prev(survival.cash) + {flows}"
    yield Draft("survival.cash", f"cash if t < {model.past} else {cash}" if model.past else cash, "model.opening_cash")
