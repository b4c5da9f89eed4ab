"""The cost of closing the company decently, as rows at the end of each month, and the free cash beyond it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.program.debt import loans, total_of
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.language.tree import Node
    from runway.model.model import Model
    from runway.model.wind_down import WindDown

RESERVE, HEADROOM = "wind_down.reserve", "wind_down.headroom"
PARTS = {
    "wind_down.notice_pay": "Notice",
    "wind_down.severance_pay": "Severance",
    "wind_down.payables": "Suppliers",
    "wind_down.refunds": "Refunds to customers",
    "wind_down.taxes": "Taxes and what is held for others",
    "wind_down.debt": "Loans",
    "wind_down.other_costs": "Other costs",
}
"""The rows that the reserve is the sum of, with their titles."""
YEAR_DAYS = 365


def wind_down_drafts(model: Model) -> Iterator[Draft]:
    """The rows of `[wind_down]`; none without it."""
    table = model.wind_down
    if table is None:
        return
    lines = (*model.section("costs"), *model.section("capital"))
    people = {item.name: item.part.people for item in lines}  # a line that is not there is a problem of the file
    noticed = [name for name in table.notice if name in people]
    for name in noticed:
        yield _row(f"wind_down.notice_pay.{name}", f"wind_down.notice.{name} * main", owner=name)
    teams = {name: row for name in table.severance if (row := people.get(name)) is not None}
    for name, row in teams.items():
        yield from _severance(table, name, row)
    debts = loans(model) if table.debt else []
    for item in debts:
        yield _row(f"wind_down.debt.{item.name}", item.part.to_settle(), owner=item.name)
    owed = {
        "payables": ["total.payable"],
        "refunds": ["total.deferred", "total.customer_deposits"],
        "taxes": ["total.held", "total.tax_payable"],
        "debt": [f"wind_down.debt.{item.name}" for item in debts],
    }
    yield _row("wind_down.notice_pay", total_of([f"wind_down.notice_pay.{name}" for name in noticed]))
    yield _row("wind_down.severance_pay", total_of([f"wind_down.severance_pay.{name}" for name in teams]))
    for kind, rows in owed.items():
        yield _row(f"wind_down.{kind}", total_of(rows if getattr(table, kind) else []))
    yield _row("wind_down.other_costs", "wind_down.other")
    yield _row(RESERVE, total_of([*PARTS]))
    yield _row(HEADROOM, f"unrestricted_cash - {RESERVE}")


def _severance(table: WindDown, name: str, people: str) -> Iterator[Draft]:
    """The months that all people of a line have served, and their severance pay."""
    before = f"wind_down.tenure.{name} * opening" if name in table.tenure else "0"
    served, stay = f"wind_down.service.{name}", f"min({people}, prev({people}))"
    share = f"({stay} / prev({people}) if prev({people}) > 0 else 0)"
    yield Draft(served, f"prev({served}) * {share} + {stay}", before, owner=name, path=("wind_down",))
    year = f"12 * main / {people} / (1 + loading)"
    paid = f"min({year}, year_of(wind_down.pay_limit))" if table.pay_limit is not None else year
    pay = f"wind_down.severance.{name} * {served} / 12 * {paid} / {YEAR_DAYS} if {people} > 0 else 0"
    yield _row(f"wind_down.severance_pay.{name}", pay, owner=name)


def _row(address: str, formula: str | Node, owner: str = "") -> Draft:
    return Draft(address, formula, posted=True, owner=owner, path=("wind_down",))
