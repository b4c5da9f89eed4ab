"""The balance sheet as rows: assets, liabilities, and the equity that is left to the owners.

Every row that moves cash or income moves one of these: cash = income + equity - change in assets + change in debts.
Balances are read off the rows of lines and funding; a line's balance at the start is its own opening, and the part of
the opening sheet that no table of the file explains is `opening_equity`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.closed_months import DIFFERENCE, IN_CLOSED
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    ONE,
    ZERO,
    Call,
    Choose,
    Compare,
    History,
    Name,
    Negative,
    Node,
    Number,
    RowRef,
    Sum,
    T,
    rebuilt,
    total,
    walk,
)
from runway.program.debt import is_note, loans, safe_drafts, total_of
from runway.program.item_rows import main_row
from runway.program.row import Draft, ProgramRow
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from runway.model.model import Item, Model
    from runway.program.program import Program

ASSETS = (
    "cash", "total.receivable", "total.unbilled", "total.prepaid", "total.deposits", "total.tax_receivable",
    "total.fixed_assets", "total.other_assets", "total.unreconciled",
)  # fmt: skip
LIABILITIES = (
    "total.payable", "total.deferred", "total.customer_deposits", "total.held", "total.tax_payable", "total.debt_net",
    "total.notes", "total.other_liabilities",
)  # fmt: skip
EQUITY = ("opening_equity", "equity.paid_in", "equity.retained")
SAFES = "total.safes"  # in equity, or a liability
SIDES = ("sheet.assets", "sheet.liabilities", "sheet.equity", "sheet.difference")
STANDING = frozenset((*ASSETS, *LIABILITIES, *EQUITY, *SIDES, SAFES, "total.capital_payable", "total.capital_prepaid"))
"""The rows that stand at a moment: over several months they are those of the last."""


class LineBalance(NamedTuple):
    """A row of a line that is an asset (1) or a liability (-1), in the total that sums it."""

    row: str
    total: str
    sign: int


BALANCES = (
    LineBalance("receivable", "total.receivable", 1),
    LineBalance("unbilled", "total.unbilled", 1),
    LineBalance("prepaid", "total.prepaid", 1),
    LineBalance("advances", "total.prepaid", 1),
    LineBalance("payable", "total.payable", -1),
    LineBalance("accrued", "total.payable", -1),
    LineBalance("deferred", "total.deferred", -1),
    LineBalance("deposits", "total.customer_deposits", -1),
)
"""The balances that lines may have at the end of a month."""


def balances(model: Model, addresses: Container[str]) -> list[tuple[Item, LineBalance]]:
    """The balances of a model's lines: each line with each row of `BALANCES` that it has."""
    lines = [item for section in ("revenue", "costs", "capital") for item in model.section(section)]
    return [(item, balance) for item in lines for balance in BALANCES if f"{item.name}.{balance.row}" in addresses]


def balance_drafts(model: Model, drafts: Iterable[Draft]) -> Iterator[Draft]:
    """The rows of the balance sheet; `drafts` are those of the statement."""
    by_address = {draft.address: draft for draft in drafts}
    rounds = {item.name: item.part for item in model.section("funding") if item.part.priced}
    for item in filter(is_safe, model.section("funding")):
        yield from safe_drafts(item, rounds)
    lines = balances(model, by_address)
    for name in dict.fromkeys(balance.total for balance in BALANCES):
        yield _total(name, [(item, balance) for item, balance in lines if balance.total == name], by_address, model)
    for name, sign in (("total.capital_payable", -1), ("total.capital_prepaid", 1)):
        of_capital = [(item, balance) for item, balance in lines if item.section == "capital" and balance.sign == sign]
        yield _total(name, of_capital, by_address, model)
    yield from _passthrough_balances(model)
    tax = RowRef("tax.payable") if model.tax is not None else ZERO
    yield _row("total.tax_payable", Call("max", (ZERO, tax)))
    yield _row("total.tax_receivable", Call("max", (ZERO, Negative(tax))))
    fixed = _sum("prev total.fixed_assets", "total.capital", "-total.written_off")
    yield _row("total.fixed_assets", fixed, _stated(model, "fixed_assets"))
    for field in ("other_assets", "other_liabilities"):
        yield _row(f"total.{field}", _stated(model, field), _stated(model, field))
    yield from _unreconciled(model, by_address)
    yield from _debts(model)
    yield from _equity(model)
    safes = ("total.safes",)
    liability = model.settings.safes == "liability"
    yield _row("sheet.assets", total_of(list(ASSETS)))
    yield _row("sheet.liabilities", total_of([*LIABILITIES, *(safes if liability else ())]))
    yield _row("sheet.equity", total_of([*EQUITY, *(() if liability else safes)]))
    yield _row("sheet.difference", _sum("sheet.assets", "-sheet.liabilities", "-sheet.equity"))


def _total(name: str, lines: Sequence[tuple[Item, LineBalance]], drafts: Mapping[str, Draft], model: Model) -> Draft:
    """The row of the sum of balances of lines."""
    rows = [f"{item.name}.{balance.row}" for item, balance in lines]
    return _row(name, total_of(rows), total([_opening(drafts[row], model) for row in rows]))


def _row(address: str, formula: str | Node, opening: str | Node = "0") -> Draft:
    return Draft(address, formula, opening, posted=True, on_demand=True)


def _sum(*terms: str) -> Node:
    """A sum of rows: `-x` is subtracted, `prev x` is the value of the month before."""

    def node(term: str) -> Node:
        if term.startswith("-"):
            return Negative(node(term[1:]))
        before = term.removeprefix("prev ")
        return RowRef(term) if before == term else History("prev", RowRef(before), None)

    return total([node(term) for term in terms])


def _opening(draft: Draft, model: Model) -> Node:
    """A row's balance before the first month, posted as it is."""
    if draft.opening == "0":
        return ZERO
    digits = minor_digits(model.settings.currency)
    opening = draft.opening if isinstance(draft.opening, Node) else Name(f"{draft.owner}.{draft.opening}", 0, 0)
    return Call("round", (opening, Number(float(digits))))


def _stated(model: Model, field: str) -> str:
    """A figure of `[opening_balance]`."""
    table = model.opening_balance
    return f"opening_balance.{field}" if table is not None and getattr(table, field) is not None else "0"


def _passthrough_balances(model: Model) -> Iterator[Draft]:
    """The balances of pass-through lines: money held for others, or deposits that come back, below 0."""
    lines = [item for item in model.section("passthrough") if item.name != DIFFERENCE]
    for item in lines:
        opening = "opening_held" if getattr(item.shared, "opening_held", None) is not None else "0"
        formula = _sum(f"prev {item.name}.held", f"{item.name}.cash")
        yield Draft(f"{item.name}.held", formula, opening, True, item.name, path=item.path, on_demand=True)
    for name, sign in (("total.held", 1), ("total.deposits", -1)):
        rows = [RowRef(f"{item.name}.held") for item in lines]
        yield _row(name, total([Call("max", (ZERO, row if sign > 0 else Negative(row))) for row in rows]))


def _unreconciled(model: Model, drafts: Mapping[str, Draft]) -> Iterator[Draft]:
    """The cash of closed months that is in no line, and the amounts of lines that are in no cash and no balance."""
    moves = list[str]()
    if model.actuals is not None:
        touched = {address.partition(".")[0] for address in model.actuals.values}
        for item in model.items:
            if item.section in ("revenue", "costs", "capital") and item.name in touched:
                unexplained = Choose(IN_CLOSED, _unexplained(item, drafts), ZERO)
                yield Draft(f"{item.name}.unexplained", unexplained, posted=True, path=item.path)
                moves.append(f"{item.name}.unexplained")
    moves += [f"{item.name}.cash" for item in model.section("passthrough") if item.name == DIFFERENCE]
    signed = [f"-{move}" if move.startswith(f"{DIFFERENCE}.") else move for move in moves]
    yield _row("total.unreconciled", _sum("prev total.unreconciled", *signed) if moves else ZERO)


def _unexplained(item: Item, drafts: Mapping[str, Draft]) -> Node:
    """A line's earnings or costs less its cash and the change of its balances: an asset."""
    name, sign = item.name, {"revenue": ""}.get(item.section, "-")
    terms = [f"{sign}{main_row(item)}", f"-{name}.cash"]
    if item.section == "costs" and getattr(item.shared, "non_cash", False):
        terms.append(main_row(item))
    if f"{name}.fx" in drafts:
        terms.append(f"{name}.fx")
    for balance in BALANCES:
        if (row := f"{name}.{balance.row}") in drafts:
            terms += [f"-{row}", f"prev {row}"] if balance.sign > 0 else [row, f"-prev {row}"]
    return _sum(*terms)


def _debts(model: Model) -> Iterator[Draft]:
    """Debt with accrued interest and less costs that are not charged yet; notes; SAFEs."""
    funding = model.section("funding")
    debts = loans(model)
    besides = [f"{item.name}.besides" for item in debts if "besides" in item.part.rows()]
    yield _row("total.debt_net", total_of([*(f"{item.name}.balance" for item in debts), *besides]))
    yield _row("total.notes", total_of([f"{item.name}.owed" for item in funding if is_note(item)]))
    yield _row(SAFES, total_of([f"{item.name}.outstanding" for item in filter(is_safe, funding)]))


def is_safe(item: Item) -> bool:
    """Whether funding turns into shares and is no debt until then."""
    return item.part.conversion() is not None and not is_note(item)


def _equity(model: Model) -> Iterator[Draft]:
    """Paid-in capital, retained earnings, and the equity of the opening sheet that no table explains."""
    funding = model.section("funding")
    paid = [f"{item.name}.cash" for item in funding if item.part.priced] + ["total.non_cash"]
    paid += [f"{item.name}.warrants_issued" for item in funding if "warrants_issued" in item.part.rows()]
    shares = [f"{item.name}.into_shares" for item in funding if item.part.conversion() is not None]
    converted = [term for row in shares for term in (row, f"-prev {row}")]
    opening = _stated(model, "paid_in")
    yield _row("equity.paid_in", _sum("prev equity.paid_in", *paid, *converted), opening)
    retained = ["prev equity.retained", "-net_loss"]
    retained += [f"-{item.name}.paid_out" for item in funding if "paid_out" in item.part.rows()]
    yield _row("equity.retained", _sum(*retained), _stated(model, "retained"))
    at_start = Choose(Compare("<", T, ONE), _opening_sheet(model), History("prev", RowRef("opening_equity"), None))
    yield _row("opening_equity", at_start)


def opening_sheet(program: Program) -> Program:
    """The program of `opening_equity` alone, its last row, in the first month: looks back give the openings."""
    rows = {row.address: row for row in program.rows}

    def at_start(node: Node) -> Node:
        if not (isinstance(node, History) and node.function == "prev"):
            return rebuilt(node, at_start)
        row = rows[node.row.address]
        return Call("round", (row.opening, Number(float(program.minor_digits)))) if row.posted else row.opening

    formula = rows["opening_equity"].formula
    assert isinstance(formula, Choose)
    opening = ProgramRow("opening sheet", at_start(formula.then), ZERO, True, None)
    remaining, needed = [opening], dict[str, ProgramRow]()
    while remaining:
        for node in walk(remaining.pop().formula):
            if isinstance(node, RowRef) and node.address not in needed:
                row = rows[node.address]
                needed[node.address] = row._replace(formula=at_start(row.formula))
                remaining.append(needed[node.address])
    return program._replace(rows=(*(needed[address] for address in rows if address in needed), opening))


def _opening_sheet(model: Model) -> Node:
    """Assets less debts before the first month, less the stated equity: the equity that nothing else explains."""
    funding, terms = model.section("funding"), ["opening_cash"]
    terms += [f"prev total.{name}" for name in ("receivable", "unbilled", "prepaid", "fixed_assets", "other_assets")]
    terms += [f"-prev total.{name}" for name in ("payable", "deferred", "customer_deposits", "other_liabilities")]
    terms += [f"-prev {item.name}.held" for item in model.section("passthrough") if item.name != DIFFERENCE]
    terms += ["-prev tax.payable"] if model.tax is not None else []
    for item in loans(model):
        terms.append(f"-{item.name}.brought_forward")
        terms += [f"-{item.name}.besides_before"] if "besides_before" in item.part.rows() else []
    summands: list[Node] = [_sum(*terms)]
    for item in funding:
        if item.part.conversion() is not None:
            before = Compare("<", RowRef(f"{item.name}.due"), ZERO)
            summands.append(Negative(Choose(before, RowRef(f"{item.name}.offered"), ZERO)))
            summands += [Negative(RowRef(f"{item.name}.accrued_before"))] if is_note(item) else []
    summands += [Negative(History("prev", RowRef(name), None)) for name in ("equity.paid_in", "equity.retained")]
    return Sum(tuple(summands))
