"""The cash-flow statement as rows: by activity, and from the result to the operating cash flow (ASC 230, IAS 7).

Interest paid and received, taxes and grants are operating; the costs of taking up and ending loans are financing
(ASC 230-10-45-15, 45-17); restricted cash is in the total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import History, Negative, Node, RowRef, total
from runway.program.item_rows import currencies_of
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.model.model import Model

INDIRECT = (
    "total.written_off", "total.non_cash", "cash.from_financing_cost", "cash.from_fx", "cash.from_receivables",
    "cash.from_unbilled", "cash.from_prepaid", "cash.from_payables", "cash.from_deferred",
    "cash.from_customer_deposits", "cash.from_held", "cash.from_tax", "cash.from_unreconciled",
)  # fmt: skip
"""The rows from the result to the operating cash flow, in the order of the statement."""


def flow_drafts(model: Model) -> Iterator[Draft]:
    """The rows of the cash-flow statement, signed: in is positive."""

    def draft(address: str, *terms: Node) -> Draft:
        return Draft(address, total(list(terms)), posted=True, on_demand=True)

    grants, interest = RowRef("total.grants"), RowRef("total.loan_interest")
    operations = [RowRef(f"cash.{name}") for name in ("revenue", "costs", "passthrough", "interest", "tax")]
    yield draft("cash.operating", *operations, grants, Negative(interest))
    yield draft("cash.investing", RowRef("cash.capital"))
    financing = [RowRef(f"cash.{name}") for name in ("funding", "debt", "credit")]
    yield draft("cash.financing", *financing, Negative(grants), interest)

    yield draft("cash.from_financing_cost", RowRef("total.financing_cost"), Negative(interest))
    purchases = [item.name for item in model.section("capital") if getattr(item.shared, "paid_after", None) is not None
                 and currencies_of(item, model).floating]  # fmt: skip
    yield draft("cash.from_fx", *(Negative(RowRef(f"{name}.fx")) for name in purchases))
    for name, rows in {
        "receivables": ("-total.receivable",), "unbilled": ("-total.unbilled",),
        "prepaid": ("-total.prepaid", "total.capital_prepaid"),
        "payables": ("total.payable", "-total.capital_payable"), "deferred": ("total.deferred",),
        "customer_deposits": ("total.customer_deposits",),
    }.items():  # fmt: skip
        yield draft(f"cash.from_{name}", *(term for row in rows for term in _change(row)))
    yield draft("cash.from_held", RowRef("cash.passthrough"))
    yield draft("cash.from_tax", RowRef("cash.tax"), RowRef("tax.charge"))
    yield draft("cash.from_unreconciled", *_unexplained(model))
    yield draft("cash.indirect", RowRef("net_income"), *map(RowRef, INDIRECT))


def _change(row: str) -> tuple[Node, Node]:
    """The terms of the change of a balance over a month; of `-x` with the other sign."""
    balance = RowRef(row.removeprefix("-"))
    now, before = balance, History("prev", balance, None)
    return (Negative(now), before) if row.startswith("-") else (now, Negative(before))


def _unexplained(model: Model) -> Iterator[Node]:
    """The cash of revenue and costs in closed months that is in none of their balances, by line."""
    if model.actuals is not None:
        touched = {address.partition(".")[0] for address in model.actuals.values}
        for section in ("revenue", "costs"):
            yield from (Negative(RowRef(f"{i.name}.unexplained")) for i in model.section(section) if i.name in touched)
