"""The value of a row in a later month, `ahead(x, n)`: its formula, and those of the rows that it reads, n months on.

`x.ahead_2` is the row of `x` two months on, computed from the month's own values: in it a look back of fewer months is
a row ahead, one of more is a shorter look back.  Figures go on as they are written, past the last month too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import Problem
from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Call,
    Clock,
    Compare,
    FormulaError,
    Happened,
    History,
    Node,
    Number,
    RowRef,
    Step,
    Sum,
    T,
    functions,
    rebuilt,
    total,
    walk,
)
from runway.program.row import ProgramRow, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


AHEAD = "ahead"
FARTHEST = 36  # months


def with_ahead(
    rows: Sequence[ProgramRow], problem: Callable[[ProgramRow, str], Problem]
) -> tuple[list[ProgramRow], list[Problem]]:
    """The rows with those of later months that they ask for, and the problems of each `ahead` that cannot be told."""
    if not any(AHEAD in functions(row.formula) for row in rows):
        return list(rows), []
    ahead, resolved, problems = _Ahead(rows), list[ProgramRow](), list[Problem]()
    for row in rows:
        try:
            resolved.append(row._replace(formula=ahead.substituted(row.formula)))
        except FormulaError as error:
            problems.append(problem(row, error.text))
    return [*resolved, *ahead.later_rows.values()], problems


def _addresses_ahead(node: Node) -> set[str]:
    """The addresses of the rows that a formula asks for ahead."""
    calls = [call for call in walk(node) if isinstance(call, Call) and call.function == AHEAD]
    return {address for call in calls for address in _addresses_in(call.arguments[0])}


def _addresses_in(node: Node) -> list[str]:
    """The addresses of the rows that a formula reads."""
    return [ref.address for ref in walk(node) if isinstance(ref, RowRef)]


def _unknown(text: str) -> FormulaError:
    return FormulaError("looks-ahead", text, 0, 0)


class _Ahead:
    def __init__(self, rows: Sequence[ProgramRow]) -> None:
        self.rows = {row.address: row for row in rows}
        self.later_rows: dict[str, ProgramRow] = {}

    def decided(self, address: str) -> bool:
        """Whether a row is of an action: whether it will be taken is not known; one that has been stays so."""
        path = self.rows[address].path
        return path is not None and path[0] == "actions"

    def refuse_circle(self, target: str) -> None:
        """Raises `FormulaError` where a row is computed from its own value ahead."""

        def formula(address: str) -> Node:
            return ZERO if self.decided(address) else self.rows[address].formula

        for address in reached([target], lambda address: _addresses_in(formula(address))):
            if target in _addresses_ahead(formula(address)):
                text = f"What {target} will be cannot be told ahead: it hangs on what that itself moves, such as cash."
                raise _unknown(text)

    def substituted(self, node: Node) -> Node:
        """A formula with the rows of later months where it asks for them."""
        if isinstance(node, Call) and node.function == AHEAD:
            formula, months = node.arguments
            for address in _addresses_ahead(node):
                self.refuse_circle(address)
            if not isinstance(months, Number) or not 1 <= months.value <= FARTHEST or months.value % 1:
                raise _unknown(f"ahead(x, n) needs n as a number: 1 to {FARTHEST} whole months.")
            return self.later(formula, int(months.value))
        return rebuilt(node, self.substituted) if AHEAD in functions(node) else node

    def row(self, address: str, k: int) -> RowRef:
        """The row of a row's value k months on: the row itself where k is below 1 or it is of an action."""
        if k <= 0 or self.decided(address):
            return RowRef(address)
        if k > FARTHEST:
            raise _unknown(f"{address} is read more than {FARTHEST} months ahead.")
        name = f"{address}.{AHEAD}_{k}"
        if name not in self.later_rows:
            row = self.rows[address]
            self.later_rows[name] = row  # while it is looked into
            self.later_rows[name] = ProgramRow(name, self.later(row.formula, k), ZERO, row.posted, row.path)
        return RowRef(name)

    def later(self, node: Node, k: int) -> Node:
        """A formula as it is k months on."""
        month = Sum((T, Number(float(k))))
        match node:
            case RowRef():
                return self.row(node.address, k)
            case Clock():
                return _clock(node.name, month, k)
            case Step():
                return self.schedule(node, k)
            case Happened():
                return Compare("<", self.later(node.date, k), Sum((T, Number(float(k + 1)))))
            case Call(function=function) if function == AHEAD:
                self.substituted(node)  # which refuses what it cannot tell
                formula, months = node.arguments
                return self.later(formula, k + int(months.value) if isinstance(months, Number) else k)
            case History():
                return self.look_back(node, k)
        return rebuilt(node, lambda below: self.later(below, k))

    def schedule(self, node: Step, k: int) -> Step:
        steps = [
            (max(0, month - k), self.later(value, k)) for month, value in zip(node.months, node.values, strict=True)
        ]
        in_force = dict(steps)  # of those that have begun by the first month, the last
        return Step(tuple(in_force), tuple(in_force.values()))

    def look_back(self, node: History, k: int) -> Node:
        row, back = node.row.address, 1 if node.function == "prev" else None
        if node.function in ("lag", "sum_last") and isinstance(node.n, Number) and node.n.value % 1 == 0:
            back = int(node.n.value)
        if node.function == "cumulative":
            return total([node, *self.between(row, 1, k)])
        if back is None:
            raise _unknown(f"{node.function}({row}, …) of later months is not modelled, so this cannot be read ahead.")
        if node.function == "sum_last":
            before = [History("sum_last", node.row, Number(float(back - k)))] if back > k else []
            return total([*before, *self.between(row, max(1, k - back + 1), k)])
        if k >= back:
            return self.row(row, k - back)
        return History("prev", node.row) if back - k == 1 else History("lag", node.row, Number(float(back - k)))

    def between(self, row: str, first: int, last: int) -> Iterator[Node]:
        return (self.row(row, n) for n in range(first, last + 1))


def _clock(name: str, later: Node, k: int) -> Node:
    months = Sum((Clock("month"), Number(float(k - 1))))  # whole months after January of the year
    match name:
        case "days":
            return Call("days_in", (later,))
        case "elapsed_days":
            return Call("day_number", (Sum((later, ONE)),))
        case "month":
            return Sum((Call("mod", (months, Number(12.0))), ONE))
        case "year":
            return Sum((Clock("year"), Call("floor", (Binary("/", months, Number(12.0)),))))
    return later
