"""What a row comes to in an average month: of 365 / 12 days, and of what recurs within a year its part of each month.

It does not follow the length of months, and a bill that comes once a year or a quarter is a twelfth or a third of it in
every month.  Each figure and each row that looks back is as it is in the month that is read.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from runway.language.tree import (
    DAYS,
    ONE,
    ZERO,
    AsNumber,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    Every,
    History,
    Node,
    Not,
    Number,
    RowRef,
    Some,
    Sum,
    T,
    children,
    rebuilt,
    total,
    walk,
)
from runway.program.closed import IN_CLOSED
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

AVERAGE = "average"
AVERAGE_DAYS = Number(365 / 12)
MONTH = Clock("month")
LONGEST = 120  # months of a cycle
TOTALS = ("total.revenue", "total.costs", "total.capital", "total.recurring_revenue")


def average(row: str) -> Node:
    """What stands for a row's average month until `with_averages` puts it in."""
    return Call(AVERAGE, (RowRef(row),))


def with_averages(rows: Sequence[ProgramRow], mains: Mapping[str, str], *, closed: bool) -> list[ProgramRow]:
    """The rows, with a row of its own for each line whose average month is another than the month.

    `mains` has the main row of each line and driver by its name; `closed` says whether some months have actual values.
    """
    months = _Averages({row.address: row for row in rows}, mains, closed=closed)
    found = list[ProgramRow]()
    for row in rows:
        formula = months.put_in(row.formula)
        found += months.made()
        found.append(row if formula is row.formula else row._replace(formula=formula))
    return found


class _Averages:
    def __init__(self, rows: Mapping[str, ProgramRow], mains: Mapping[str, str], *, closed: bool) -> None:
        self.rows, self.closed = rows, closed
        self.names = {row: name for name, row in mains.items()}
        self.owners = set(mains)
        self._known: dict[str, Node] = {}
        self._new: list[ProgramRow] = []

    def made(self) -> Iterator[ProgramRow]:
        """The rows that have been made since this was asked last."""
        new, self._new = self._new, []
        yield from new

    def put_in(self, node: Node) -> Node:
        """A formula with the average months that it asks for."""
        if not any(isinstance(part, Call) and part.function == AVERAGE for part in walk(node)):
            return node
        if isinstance(node, Call) and node.function == AVERAGE:
            (row,) = node.arguments
            return self.row(row.address) if isinstance(row, RowRef) else row
        return rebuilt(node, self.put_in)

    def row(self, address: str) -> Node:
        """A row's average month: the row itself where that is the same."""
        if address not in self._known:
            self._known[address] = RowRef(address)  # while it is looked into
            self._known[address] = self._made(address)
        return self._known[address]

    def _made(self, address: str) -> Node:
        row = self.rows[address]
        owner, _, last = address.rpartition(".")
        if (owner not in self.owners and address not in TOTALS) or any(
            isinstance(p, History) for p in walk(row.formula)
        ):
            return RowRef(address)
        inner = self._inner(row.formula)
        formula = _over_cycle(inner)
        if formula == row.formula:
            return RowRef(address)
        if address not in self.names and last != "pace":
            return formula
        if self.closed and formula == inner:  # an actual value, of a month of its own length
            days = Binary("/", AVERAGE_DAYS, DAYS)
            formula = Choose(IN_CLOSED, Binary("*", RowRef(address), days), formula)
        name = f"survival.{owner}.{'pace' if last == 'pace' else AVERAGE}"
        self._new.append(ProgramRow(name, formula, ZERO, False, row.path))
        return RowRef(name)

    def _inner(self, node: Node) -> Node:
        """A formula in which rows are as on average, and months are as long as on average."""
        if isinstance(node, RowRef):
            return self.row(node.address)
        if node == DAYS:
            return AVERAGE_DAYS
        if isinstance(node, History) or _is_share(node):
            return node
        return rebuilt(node, self._inner)


def _is_share(node: Node) -> bool:
    """Whether a node is the share of the month since a date, which is of the month's own days."""
    match node:
        case Call(function="max", arguments=(first, Call(function="min", arguments=(second, _)))):
            return first == ZERO and second == ONE
    return False


def _over_cycle(node: Node) -> Node:
    """The average of a formula over the months of the year, or of the cycle that it has."""
    cycles = list(dict.fromkeys(_cycles(node)))
    lengths = {12 if cycle == MONTH else int(_length(cycle)) for cycle in cycles}
    months = lcm(*lengths) if lengths else 1
    if not 1 < months <= LONGEST:
        return _folded(node, {}, 0) if any(_once(part) for part in walk(node)) else node
    if len(cycles) == 1:  # over a whole cycle each value of it comes once, whatever month it begins in
        first = 1 if cycles[0] == MONTH else 0
        parts = [_folded(node, {cycles[0]: Number(float(n + first))}, 0) for n in range(months)]
    else:
        parts = [_folded(node, {}, n) for n in range(months)]
    terms = [part for part in parts if part != ZERO]
    return Binary("/", total(terms), Number(float(months))) if terms else ZERO


def _cycles(node: Node) -> Iterator[Node]:
    """The parts of a formula that come again: the month of the year in a condition, and what is left of months."""
    if _length(node):
        yield MONTH if MONTH in walk(node) else node
    elif isinstance(node, Compare) and MONTH in walk(node):
        yield MONTH
    elif not isinstance(node, History):
        for child in children(node):
            yield from _cycles(child)


def _length(node: Node) -> float:
    """The months after which the rest of a division of months comes again; 0 of anything else."""
    match node:
        case Call(function="mod", arguments=(inside, Number(value=length))) if length == int(length) > 1:
            return length if any(part in (T, MONTH) for part in walk(inside)) else 0
    return 0


def _once(node: Node) -> bool:
    """Whether a condition holds in one month only, so that what hangs on it does not recur."""
    return isinstance(node, Compare) and node.operator == "==" and T in (node.left, node.right)


def _folded(node: Node, known: Mapping[Node, Node], later: int, inside: bool = False) -> Node:
    """A formula with what is known of a month put in, or as it is some months later; what follows is worked out."""
    if node in known:
        return known[node]
    if later and inside and node == T:
        return Sum((T, Number(float(later))))
    if later and inside and node == MONTH:
        return Sum((Call("mod", (Sum((MONTH, Number(later - 1.0))), Number(12.0))), ONE))
    if _once(node):
        return Compare("==", ZERO, ONE)
    if isinstance(node, History):
        return node
    within = inside or isinstance(node, Compare) or bool(_length(node))
    return _settled(rebuilt(node, lambda child: _folded(child, known, later, within)))


def _settled(node: Node) -> Node:
    """A node whose value numbers alone decide, as that."""
    match node:
        case Compare(left=Number(value=a), right=Number(value=b), operator=operator):
            return _truth({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[operator])
        case Call(function="mod", arguments=(Number(value=a), Number(value=b))) if b:
            return Number(a % b)
        case Binary(operator="-", left=Number(value=a), right=Number(value=b)):
            return Number(a - b)
        case Sum(terms=terms) if all(isinstance(term, Number) for term in terms):
            return Number(sum(term.value for term in terms if isinstance(term, Number)))
        case Binary(operator="*", left=left, right=right) if ZERO in (left, right):
            return ZERO
        case Binary(operator="*", left=left, right=right) if ONE in (left, right):
            return right if left == ONE else left
        case Choose(condition=condition, then=then, otherwise=otherwise) if (held := _holds(condition)) is not None:
            return then if held else otherwise
        case AsNumber(condition=condition) if (held := _holds(condition)) is not None:
            return ONE if held else ZERO
        case Not(condition=condition) if (held := _holds(condition)) is not None:
            return _truth(not held)
        case Every(terms=terms):
            return _joined(terms, False)
        case Some(terms=terms):
            return _joined(terms, True)
    return node


def _joined(terms: Collection[Node], decisive: bool) -> Node:
    left = [term for term in terms if _holds(term) is None]
    if any(_holds(term) is decisive for term in terms):
        return _truth(decisive)
    kind = Some if decisive else Every
    return kind(tuple(left)) if len(left) > 1 else left[0] if left else _truth(not decisive)


def _truth(holds: bool) -> Node:
    return Compare("==", ZERO, ZERO if holds else ONE)


def _holds(node: Node) -> bool | None:
    """Whether a settled condition holds; None where that is not known."""
    return node.right == ZERO if isinstance(node, Compare) and node.left == ZERO and node in _TRUTHS else None


_TRUTHS = (_truth(True), _truth(False))
