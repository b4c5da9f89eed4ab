"""The average month of a row: 365 / 12 days long, with each amount that recurs within a year spread over the months.

It does not follow the length of months: a bill that comes once a year or a quarter is a twelfth or a third of itself in
every month.  Each figure and each row that looks back is as it is in the month that is read.
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING

from runway.files.closed_months import IN_CLOSED
from runway.language.formula import HISTORY
from runway.language.tree import (
    AVERAGE_DAYS,
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
    Product,
    RowRef,
    Some,
    Sum,
    T,
    children,
    functions,
    product,
    rebuilt,
    total,
    walk,
)
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

AVERAGE, A_MONTH = "average", "a month"
MONTH = Clock("month")
LONGEST = 120  # months of a cycle
TOTALS = ("total.revenue", "total.costs", "total.capital", "total.recurring_revenue")


def average(row: str) -> Node:
    """A placeholder of a row's average month, which `with_averages` replaces."""
    return Call(AVERAGE, (RowRef(row),))


def a_month(row: str) -> Node:
    """A placeholder of the formula of a row's average month."""
    return Call(A_MONTH, (RowRef(row),))


def with_averages(
    rows: Sequence[ProgramRow], mains: Mapping[str, str], start: int, *, closed: bool
) -> list[ProgramRow]:
    """The rows, with a row of its own for each line whose average month is another than the month.

    `mains` has the main row of each line and driver by its name, `start` is the first month; `closed` says whether some
    months have actual values.
    """
    months = _Averages({row.address: row for row in rows}, mains, start, closed=closed)
    averaged = list[ProgramRow]()
    for row in rows:
        formula = months.substituted(row.formula)
        averaged += months.new_rows()
        averaged.append(row if formula is row.formula else row._replace(formula=formula))
    return averaged


class _Averages:
    def __init__(self, rows: Mapping[str, ProgramRow], mains: Mapping[str, str], start: int, *, closed: bool) -> None:
        self.rows, self.start, self.closed = rows, start, closed
        self.names = {row: name for name, row in mains.items()}
        self.owners = set(mains)
        self._average_months: dict[str, Node] = {}
        self._new: list[ProgramRow] = []

    def new_rows(self) -> Iterator[ProgramRow]:
        """The rows of average months that have been made since the last call."""
        new, self._new = self._new, []
        yield from new

    def substituted(self, node: Node) -> Node:
        """A formula with the average months that it asks for."""
        match node:
            case Call(function="average", arguments=(RowRef(address=row),)):
                return self.row(row)
            case Call(function="a month", arguments=(RowRef(address=row),)):
                return self._formula(row) or RowRef(row)
        return node if functions(node).isdisjoint((AVERAGE, A_MONTH)) else rebuilt(node, self.substituted)

    def row(self, address: str) -> Node:
        """A row's average month: the row itself where the two are the same, else a row of its own."""
        if address not in self._average_months:
            self._average_months[address] = RowRef(address)  # while it is looked into
            formula, row = self._formula(address), self.rows[address]
            owner, _, last = address.rpartition(".")
            if formula is not None and (address in self.names or last == "pace"):
                name = f"survival.{owner}.{'pace' if last == 'pace' else AVERAGE}"
                self._new.append(ProgramRow(name, formula, ZERO, row.posted or last == "pace", row.path))
                formula = RowRef(name)
            self._average_months[address] = formula or RowRef(address)
        return self._average_months[address]

    def _formula(self, address: str) -> Node | None:
        """The formula of a row's average month; None where that is the row itself."""
        row = self.rows[address]
        if address.rpartition(".")[0] not in self.owners and address not in TOTALS:
            return None
        if not functions(row.formula).isdisjoint(HISTORY):
            return None
        inner = self._inner(row.formula)
        formula = _over_cycle(inner, self.start)
        if formula == row.formula:
            return None
        if self.closed and formula == inner and address in self.names:  # an actual value, of a month of its own length
            days = Binary("/", AVERAGE_DAYS, DAYS)
            return Choose(IN_CLOSED, Product((RowRef(address), days)), formula)
        return formula

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


def _over_cycle(node: Node, start: int) -> Node:
    """The average of a formula over the months of the year, or of the cycle that it has."""
    cycles = list(dict.fromkeys(_cycles(node)))
    months = lcm(*(12 if cycle == MONTH else int(_length(cycle)) for cycle in cycles))
    if not 1 < months <= LONGEST:
        return _folded(node, {}, None) if any(_is_one_month(part) for part in walk(node)) else node
    parts: dict[Node, int] = {}
    for n in range(months):
        calendar: dict[Node, Node] = {T: Number(float(n)), MONTH: Number(float((start + n) % 12 + 1))}
        if len(cycles) == 1 and cycles[0] != MONTH:  # each rest of it comes once, whichever month it begins in
            part = _folded(node, {cycles[0]: Number(float(n))}, None)
        else:
            part = _folded(node, {}, calendar)
        parts[part] = parts.get(part, 0) + 1
    parts.pop(ZERO, None)
    terms = [part if times == 1 else Product((Number(float(times)), part)) for part, times in parts.items()]
    return Binary("/", total(terms), Number(float(months))) if terms else ZERO


def _cycles(node: Node) -> Iterator[Node]:
    """The parts of a formula that come again: the month of the year in a condition, and remainders of months."""
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


def _is_one_month(node: Node) -> bool:
    """Whether a condition holds in one month only, so that an amount under it does not recur."""
    return isinstance(node, Compare) and node.operator == "==" and T in (node.left, node.right)


def _folded(node: Node, fixed: Mapping[Node, Node], calendar: Mapping[Node, Node] | None, inside: bool = False) -> Node:
    """A formula with the `fixed` nodes replaced, those of the calendar within what comes again; numbers worked out."""
    if node in fixed:
        return fixed[node]
    if calendar is not None and inside and node in calendar:
        return calendar[node]
    if _is_one_month(node):
        return Compare("==", ZERO, ONE)
    if isinstance(node, History):
        return node
    within = inside or bool(_length(node)) or (isinstance(node, Compare) and any(map(_cyclic, (node.left, node.right))))
    return _settled(rebuilt(node, lambda child: _folded(child, fixed, calendar, within)))


def _cyclic(node: Node) -> bool:
    """Whether a side of a comparison is the month of the year, or is made of it."""
    return MONTH in walk(node) and T not in walk(node)


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
        case Sum(terms=terms) if ZERO in terms:
            return total([term for term in terms if term != ZERO])
        case Binary(operator="/", left=left) if left == ZERO:
            return ZERO
        case Product(factors=factors) if ZERO in factors:
            return ZERO
        case Product(factors=factors) if ONE in factors:
            return product([factor for factor in factors if factor != ONE])
        case Choose(condition=condition, then=then, otherwise=otherwise) if (holds := _holds(condition)) is not None:
            return then if holds else otherwise
        case AsNumber(condition=condition) if (holds := _holds(condition)) is not None:
            return ONE if holds else ZERO
        case Not(condition=condition) if (holds := _holds(condition)) is not None:
            return _truth(not holds)
        case Every(terms=terms):
            return _joined(terms, False)
        case Some(terms=terms):
            return _joined(terms, True)
    return node


def _joined(terms: Collection[Node], decisive: bool) -> Node:
    undecided = [term for term in terms if _holds(term) is None]
    if any(_holds(term) is decisive for term in terms):
        return _truth(decisive)
    kind = Some if decisive else Every
    return kind(tuple(undecided)) if len(undecided) > 1 else undecided[0] if undecided else _truth(not decisive)


def _truth(holds: bool) -> Node:
    return Compare("==", ZERO, ZERO if holds else ONE)


def _holds(node: Node) -> bool | None:
    """Whether a settled condition holds; None where that is not known."""
    return node.right == ZERO if isinstance(node, Compare) and node.left == ZERO and node in _TRUTHS else None


_TRUTHS = (_truth(True), _truth(False))
