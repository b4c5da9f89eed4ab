"""Debt as rows: what converts before it is paid back, debt service by its nature, and what is owed in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.funding.qualified import QUALIFIED, converted, raised, raised_row
from runway.language.tree import Negative, Node, RowRef, total
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.model.model import Item, Model


def total_of(addresses: list[str]) -> Node:
    """The sum of rows."""
    return total([RowRef(address) for address in addresses])


def borrowings(model: Model) -> list[Item]:
    """Loans, credit lines, and notes that are paid back at maturity."""
    return [item for item in model.section("funding") if "service" in item.part.rows()]


def credit_lines(model: Model) -> list[Item]:
    """In the order in which they are drawn and repaid, that of their names."""
    return sorted((item for item in model.section("funding") if item.part.revolving), key=lambda item: item.name)


def borrowing_drafts(model: Model) -> Iterator[Draft]:
    """Debt service by its nature, and what is owed in all."""
    names = [item.name for item in borrowings(model)]
    loans = [item.name for item in borrowings(model) if item not in credit_lines(model)]
    yield Draft("total.loan_interest", total_of([f"{name}.interest" for name in names]), posted=True)
    yield Draft("total.loan_fees", total_of([f"{name}.fees" for name in names]), posted=True)
    yield Draft("total.debt", total_of([f"{name}.balance" for name in names]), posted=True)
    if names:
        yield Draft("cash.loan_interest", "-total.loan_interest", posted=True)
        yield Draft("cash.loan_principal", Negative(total_of([f"{name}.principal" for name in loans])), posted=True)
        yield Draft("cash.loan_fees", "-total.loan_fees", posted=True)
    if paying := [f"{item.name}.paid_out" for item in borrowings(model) if "paid_out" in item.part.rows()]:
        yield Draft("cash.dividends", Negative(total_of(paying)), posted=True)
    yield Draft("cash.debt", total_of([f"{name}.service" for name in names]), posted=True)


def conversion_drafts(model: Model) -> Iterator[Draft]:
    """What rounds have brought by each closing, where a note asks for it, and what they have converted."""
    funding = [(item, item.part.rows()) for item in model.section("funding")]
    rounds = {item.name: item.part for item in model.section("funding") if item.part.priced}
    if any(QUALIFIED in rows for _, rows in funding):
        for name, part in rounds.items():
            for closing in part.closings():
                yield Draft(raised_row(f"{name}.{closing.name}"), raised(name, part, closing.name), posted=True)
    for item, rows in funding:
        if "converts" in rows:
            formula = converted(item.part, rounds)
            yield Draft(f"{item.name}.converted", formula, owner=item.name, path=item.path)
