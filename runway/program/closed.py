"""The rows of a program with actual values: in closed months the actual value, after them the formula.

A row that looks back with `prev` then reads the actual value, so that rows with a state go on from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.closed_months import BANK_AMOUNT, BANK_DAY, DIFFERENCE, IN_CLOSED, SETTLED
from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    Every,
    History,
    Negative,
    Node,
    Parameter,
    Product,
    RowRef,
    Step,
    Sum,
    T,
    rebuilt,
    total,
)
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from runway.files.actuals import Actuals
    from runway.program.row import ProgramRow

IN_SETTLED = Compare("<", T, Parameter(SETTLED))
ON_DAY = Choose(
    Every(
        (
            Compare("<=", T, Parameter(BANK_DAY)),
            Compare("<", Parameter(BANK_DAY), Sum((T, ONE))),
            Compare("<", Parameter(BANK_DAY), Parameter(SETTLED)),
        )
    ),
    Parameter(BANK_AMOUNT),
    ZERO,
)
"""In the month of the day up to which the bank is known: the cash held beside the plan; 0 in other months."""
FUNDING = "levers.funding"
MULTIPLIERS = ("levers.burn", "levers.revenue", FUNDING)


def settled_rows(rows: Sequence[ProgramRow]) -> list[ProgramRow]:
    """The rows of a plan without a closed month, as of a day: the money of closings up to that day has come."""
    addresses = {row.address for row in rows}
    return [
        row._replace(formula=ON_DAY, path=None)
        if row.address == f"{DIFFERENCE}.flow"
        else row._replace(formula=_settled(row, _funding_lever(row, addresses)))
        for row in rows
    ]


def closed_rows(rows: Sequence[ProgramRow], actuals: Actuals, start: int, *, by_day: bool = False) -> list[ProgramRow]:
    """The rows with actual values in the closed months.

    A lever does not change closed months, nor, `by_day`, funding up to the day that is asked for.  Where a line's cash
    has actual values, its receivable or payable follows from them.
    """
    by_address = {row.address: row for row in rows}
    values = {address: _series(address, actuals, start) for address in actuals.values}
    months = Every((IN_CLOSED, IN_SETTLED)) if by_day else IN_SETTLED
    levers = {lever: Choose(months, ONE, Parameter(lever)) for lever in MULTIPLIERS}
    expected = _expected(by_address, actuals)
    growth, moves = _credit(by_address, values)
    actual_rows = []
    for row in rows:
        formula = _settled(row, levers | _funding_lever(row, by_address.keys()) if by_day else levers)
        if row.address in expected:
            name = expected[row.address]
            actual_rows.append(row._replace(address=name, formula=formula))
            formula = RowRef(name)
        if row.address in moves:
            formula = Choose(months, moves[row.address], formula)
        elif row.address in values and row.address != "cash" and row.address not in growth:
            formula = Choose(IN_CLOSED, values[row.address], formula)
        elif row.address.endswith(".underlying") and (actual := _actual(row.address, by_address, values)) is not None:
            formula = Choose(IN_CLOSED, actual, formula)
        elif (balance := _balance(row.address, by_address, values)) is not None:
            formula = Choose(IN_CLOSED, balance, formula)
        elif row.address == f"{DIFFERENCE}.flow" and "cash" in values:
            after = ZERO if actuals.bank is None else ON_DAY
            formula = Choose(months, _difference(values["cash"], by_address, [*growth.values()]), after)
        path = None if row.address.startswith(f"{DIFFERENCE}.") else row.path  # it is no line of the file
        actual_rows.append(row._replace(formula=formula, path=path))
    return actual_rows


def _credit(rows: Mapping[str, ProgramRow], values: Mapping[str, Node]) -> tuple[dict[str, Node], dict[str, Node]]:
    """Credit lines in closed months: the growth of each balance by the books, and the draws and repayments behind it.

    Where the books have only the bank's cash, the balance stands as it was.
    """
    growth, moves = dict[str, Node](), dict[str, Node]()
    for name in (address.removesuffix(".free_cash") for address in rows if address.endswith(".free_cash")):
        balance, before = f"{name}.balance", RowRef(f"{name}.brought_forward")
        if balance in values:
            growth[balance] = Binary("-", values[balance], before)
            moves[f"{name}.draw"] = Call("max", (ZERO, growth[balance]))
            moves[f"{name}.repayment"] = Call("max", (ZERO, Binary("-", before, values[balance])))
        elif "cash" in values:
            moves |= {f"{name}.draw": ZERO, f"{name}.repayment": ZERO}
    return growth, moves


def _expected(rows: Mapping[str, ProgramRow], actuals: Actuals) -> dict[str, str]:
    """The rows of lines whose driver is not in the books, and the name of the row that keeps their formula."""
    names = {}
    for name in actuals.scales:
        main, underlying = f"{name}.revenue", f"{name}.underlying"
        before = underlying in rows and RowRef(underlying) in _factors(rows[main].formula)
        names[underlying if before else main] = f"{name}.expected"
    return names


def _series(address: str, actuals: Actuals, start: int) -> Node:
    """The actual values of a row, month by month."""
    months = tuple(range(len(actuals.values[address])))
    return Step(months, tuple(Parameter(f"actuals.{address}.{month_label(start + t)}") for t in months))


def _funding_lever(row: ProgramRow, rows: Collection[str]) -> dict[str, Node]:
    """The lever of funding in a row of a closing: 1 where it was due by the day that is asked for."""
    parts = row.address.split(".")
    due = next((d for n in range(len(parts) - 1, 0, -1) if (d := ".".join([*parts[:n], "due"])) in rows), None)
    if due is None:
        return {}
    return {FUNDING: Choose(Compare("<", RowRef(due), Parameter(SETTLED)), ONE, Parameter(FUNDING))}


def _settled(row: ProgramRow, levers: Mapping[str, Node]) -> Node:
    """A formula in which levers leave the closed months alone, and closings due in them are not delayed."""
    closing, _, last = row.address.rpartition(".")
    if last in ("slipped", "met"):
        date, delay = Parameter(f"{closing}.date"), Parameter("levers.delay")
        levers = {"levers.delay": Choose(Compare(">=", date, Parameter(SETTLED)), delay, ZERO)}

    def substituted(node: Node) -> Node:
        return levers.get(node.address, node) if isinstance(node, Parameter) else rebuilt(node, substituted)

    return substituted(row.formula)


def _actual(underlying: str, rows: Mapping[str, ProgramRow], values: Mapping[str, Node]) -> Node | None:
    """The actual values of the main row whose value before levers this row is."""
    name = underlying.removesuffix(".underlying")
    readers = (a for a in values if a.startswith(f"{name}.") and RowRef(underlying) in _factors(rows[a].formula))
    return next((values[a] for a in readers), None)


def _factors(node: Node) -> list[Node]:
    return list(node.factors) if isinstance(node, Product) else [node]


def _balance(address: str, rows: Mapping[str, ProgramRow], values: Mapping[str, Node]) -> Node | None:
    """The receivable or payable of a line whose cash has actual values and whose balance has none."""
    name, _, row = address.rpartition(".")
    cash = f"{name}.cash"
    if row not in ("receivable", "payable") or cash not in values or address in values:
        return None
    before = History("prev", RowRef(address), None)
    earned = next(node for node in _terms(rows[cash].formula) if isinstance(node, RowRef) and node.address != address)
    adjustments: list[Node] = [RowRef(f"{name}.fx")] if f"{name}.fx" in rows else []
    for paid, sign in (("deposits", 1), ("advances", -1)):
        if (balance := f"{name}.{paid}") in rows:
            now, past = RowRef(balance), History("prev", RowRef(balance), None)
            adjustments += [now, Negative(past)] if sign > 0 else [Negative(now), past]
    if row == "receivable":
        return Sum((before, earned, Negative(values[cash]), *adjustments))
    return Sum((before, earned, values[cash], *map(Negative, adjustments)))


def _terms(node: Node) -> list[Node]:
    if isinstance(node, Sum):
        return [inner for term in node.terms for inner in _terms(term)]
    if isinstance(node, Binary) and node.operator == "-":
        return [*_terms(node.left), *_terms(node.right)]
    return [node]


def _difference(cash: Node, rows: Mapping[str, ProgramRow], credit: Sequence[Node]) -> Node:
    """The closing cash less the opening cash and every other flow of the month; of credit lines the flows `credit`."""
    flows: list[Node] = [*credit]
    for term in _terms(rows["net_cash_flow"].formula):
        flows += _terms(rows["cash.passthrough"].formula) if term == RowRef("cash.passthrough") else [term]
    other_flows = [flow for flow in flows if flow not in (RowRef(f"{DIFFERENCE}.cash"), RowRef("cash.credit"))]
    return Binary("-", cash, total([RowRef("opening_cash"), *other_flows]))
