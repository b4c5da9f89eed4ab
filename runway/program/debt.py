"""Debt as rows: notes that convert before they are paid back, debt service by its nature, and all debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import Negative, Node, RowRef, total
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from runway.funding.funding import Funding
    from runway.model.model import Item, Model


def total_of(addresses: list[str]) -> Node:
    """The sum of rows."""
    return total([RowRef(address) for address in addresses])


def borrowings(model: Model) -> list[Item]:
    """Loans, credit lines, and notes that are paid back at maturity."""
    return [item for item in model.section("funding") if "service" in item.part.rows()]


def is_note(item: Item) -> bool:
    """Whether funding is a debt that turns into shares."""
    terms = item.part.conversion()
    return terms is not None and bool(terms.note)


def loans(model: Model) -> list[Item]:
    """Loans and credit lines: the borrowings that do not turn into shares."""
    return [item for item in borrowings(model) if not is_note(item)]


def cost_rows(item: Item) -> list[str]:
    """The rows of the cost of funding in a month, as it is incurred."""
    if is_note(item) or "cost" in item.part.rows():
        return [f"{item.name}.cost"]
    return [f"{item.name}.interest", f"{item.name}.fees"] if "service" in item.part.rows() else []


def accrues(model: Model) -> bool:
    """Whether the cost of some funding is incurred in other months than those in which it is paid."""
    return any(f"{item.name}.cost" in cost_rows(item) for item in model.section("funding"))


def credit_lines(model: Model) -> list[Item]:
    """The credit lines, in the order in which they are drawn and repaid: by name."""
    return sorted((item for item in model.section("funding") if item.part.revolving), key=lambda item: item.name)


def unknown_balances(model: Model, actual: Collection[str]) -> Iterator[str]:
    """The remark on each credit line whose balance is not among the actual rows, where the bank's cash is."""
    for item in credit_lines(model) if "cash" in actual else ():
        if (balance := f"{item.name}.balance") not in actual:
            yield f"what is owed on {item.name} in closed months is as at the start, for the books have no {balance}"


def borrowing_drafts(model: Model) -> Iterator[Draft]:
    """The rows of debt service by its nature, and of the debt of all borrowings."""
    names = [item.name for item in borrowings(model)]
    repaid = [f"{item.name}.principal" for item in borrowings(model) if not item.part.revolving]
    yield Draft("total.loan_interest", total_of([f"{name}.interest" for name in names]), posted=True)
    yield Draft("total.loan_fees", total_of([f"{name}.fees" for name in names]), posted=True)
    yield Draft("total.debt", total_of([f"{name}.balance" for name in names]), posted=True)
    costs = [row for item in model.section("funding") for row in cost_rows(item)]
    yield Draft("total.financing_cost", total_of(costs), posted=True)
    if names:
        yield Draft("cash.loan_interest", "-total.loan_interest", posted=True)
        yield Draft("cash.loan_principal", Negative(total_of(repaid)), posted=True)
        yield Draft("cash.loan_fees", "-total.loan_fees", posted=True)
    if paying := [f"{item.name}.paid_out" for item in borrowings(model) if "paid_out" in item.part.rows()]:
        yield Draft("cash.dividends", Negative(total_of(paying)), posted=True)
    yield Draft("cash.debt", total_of([f"{name}.service" for name in names]), posted=True)


def conversion_drafts(model: Model) -> Iterator[Draft]:
    """The rows of the money that rounds have raised by each closing, and of the notes and SAFEs that they convert."""
    if not any(map(is_note, model.section("funding"))):
        return
    from runway.funding.qualified import QUALIFIED, converted, raised, raised_row

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
        if is_note(item):
            yield from _note(item, rounds, model.settings.start)


def _note(item: Item, rounds: Mapping[str, Funding], start: int) -> Iterator[Draft]:
    """The interest of a note as it accrues, until a round converts it or it is paid back, and the debt.

    `principal_so_far` and `accrued_so_far` stay what they are when it ends; `into_shares` is the part converted.
    """
    from runway.funding.accrued import growth, last_period, whole_periods
    from runway.funding.qualified import converted_on

    name, terms, repaid = item.name, item.part.conversion(), "principal" in item.part.rows()

    def draft(row: str, formula: str, opening: str = "0", *, posted: bool = True) -> Draft:
        return Draft(f"{name}.{row}", formula, opening, posted, name, path=item.path)

    maturity = "maturity" if terms.maturity is not None else None
    before = "(offered if t == 0 and due < 0 else 0)"
    yield draft("principal_so_far", f"prev(principal_so_far) + cash + {before}")
    yield draft("converted_on", converted_on(item.part, rounds), "'never'", posted=False)
    yield draft("interest_to", f"min(t + (days - 1) / 32, converted_on{', maturity' if repaid else ''})", posted=False)

    def accrued(principal: str, last: str, *rows: str) -> str:
        return f"{principal} * {growth('due', last, terms.compounding, terms.day_count, start, maturity, *rows)}"

    yield draft("day_before", "(days_in(0 - 1) - 1) / 32 - 1", posted=False)  # the first month
    to, before_it = ("periods", "compounded_to"), ("periods_before", "compounded_before")
    for (periods, later), last in ((to, "interest_to"), (before_it, "day_before")):
        if (whole := whole_periods("due", last, terms.compounding)) is not None:
            yield draft(periods, whole, posted=False)
            yield draft(later, last_period("due", periods, terms.compounding), posted=False)
    so_far = accrued("principal_so_far", "interest_to", *to)
    yield draft("accrued_so_far", f"{so_far} if principal_so_far > 0 else 0")
    old = f"({accrued('offered', 'day_before', *before_it)} if due < 0 else 0)"
    yield draft("accrued_before", f"prev(accrued_so_far) if t > 0 else {old}")
    yield draft("cost", "accrued_so_far - accrued_before")
    stays = "converted_on >= t + 1" + (" and maturity >= t + 1" if repaid else "")
    yield draft("owed", f"principal_so_far + accrued_so_far if {stays} else 0")
    yield draft("into_shares", "principal_so_far + accrued_so_far if converted_on < t + 1 else 0")


def safe_drafts(item: Item, rounds: Mapping[str, Funding]) -> Iterator[Draft]:
    """The money of a SAFE that no round has converted yet, and the part that has been converted."""
    from runway.funding.qualified import converted_on

    def draft(row: str, formula: str, opening: str = "0", *, posted: bool = True) -> Draft:
        return Draft(f"{item.name}.{row}", formula, opening, posted, item.name, path=item.path, on_demand=True)

    before = "(offered if t == 0 and due < 0 else 0)"
    yield draft("principal_so_far", f"prev(principal_so_far) + cash + {before}")
    yield draft("converted_on", converted_on(item.part, rounds), "'never'", posted=False)
    yield draft("outstanding", "principal_so_far if converted_on >= t + 1 else 0")
    yield draft("into_shares", "principal_so_far if converted_on < t + 1 else 0")
