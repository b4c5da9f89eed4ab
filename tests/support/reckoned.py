"""Random rows of formulas, and what they come to by reading their trees one node after another."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

from runway.language.tree import (
    AsNumber,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    Every,
    Happened,
    History,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
    Product,
    RowRef,
    Some,
    Step,
    Sum,
)
from runway.months import days_in_month

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from runway.program.program import Program

NUMBERS = (-2.0, -0.5, 0.0, 0.25, 1.0, 3.0)
SIGNS = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "**": math.pow,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
ONE_BY_ONE = {"min": min, "max": max, "abs": abs, "floor": math.floor, "ceil": math.ceil, "mod": operator.mod}


def any_number(draw: random.Random, depth: int, parameters: Sequence[str], rows: Sequence[str], own: str) -> Node:
    """A random tree that is a number; it reads rows of its month, and of months before its own row too."""

    def some() -> Node:
        return any_number(draw, depth - 1, parameters, rows, own)

    def holds() -> Node:
        return any_condition(draw, depth - 1, parameters, rows, own)

    if depth == 0:
        leaves = [Number(draw.choice(NUMBERS)), Parameter(draw.choice(parameters)), Clock(draw.choice(("t", "month")))]
        return draw.choice([*leaves, *([RowRef(draw.choice(rows))] if rows else [])])
    many = tuple(some() for _ in range(draw.choice((1, 2, 2, 3))))
    match draw.randrange(12):
        case 0:
            return Negative(some())
        case 1 | 2:
            return Sum(many)
        case 3 | 4:
            return Product(many)
        case 5 | 6:
            return Binary(draw.choice("-/"), some(), some())
        case 7:
            return Binary("**", some(), Number(draw.choice((1.0, 2.0))))
        case 8:
            return Call(draw.choice(("min", "max")), many) if draw.random() < 0.5 else Call("abs", (some(),))
        case 9:
            return Choose(holds(), some(), some())
        case 10:
            return AsNumber(holds())
    if draw.random() < 0.4:
        return Step((0, 2, 4), (some(), some(), some()))
    row = RowRef(draw.choice((*rows, own)))
    return draw.choice((History("prev", row), History("lag", row, Number(float(draw.randint(1, 3))))))


def any_condition(draw: random.Random, depth: int, parameters: Sequence[str], rows: Sequence[str], own: str) -> Node:
    """A random tree that holds or does not."""

    def some() -> Node:
        return any_number(draw, max(0, depth - 1), parameters, rows, own)

    if depth <= 0:
        return Compare(draw.choice(("<", "<=", ">", ">=", "==", "!=")), some(), some())
    terms = tuple(any_condition(draw, depth - 1, parameters, rows, own) for _ in range(draw.choice((2, 3))))
    return draw.choice((Every(terms), Some(terms), Not(terms[0]), Happened(some()), Compare(">", some(), some())))


class Reckoning:
    """The rows of a program, month by month, for one value of each parameter."""

    def __init__(self, program: Program, parameters: Mapping[str, float], posting: bool) -> None:
        self.program, self.parameters = program, parameters
        self.values: dict[str, list[float]] = {row.address: [] for row in program.rows}
        self.t = -1
        post = (lambda value: round_away(value, program.minor_digits)) if posting else float
        self.openings = {
            row.address: post(self.of(row.opening)) if row.posted else self.of(row.opening) for row in program.rows
        }
        for self.t in range(program.months):
            for row in program.rows:
                value = self.of(row.formula)
                self.values[row.address].append(post(value) if row.posted else value)

    def of(self, node: Node) -> Any:
        """The value of a node in the month."""
        match node:
            case Number():
                return node.value
            case Parameter():
                return self.parameters[node.address]
            case RowRef():
                return self.values[node.address][self.t]
            case Clock():
                return self.clock(node.name)
            case Negative():
                return -self.of(node.x)
            case Sum():
                return self.each("+", node.terms)
            case Product():
                return self.each("*", node.factors)
            case Binary() | Compare():
                return SIGNS[node.operator](self.of(node.left), self.of(node.right))
            case Call():
                values = [self.of(argument) for argument in node.arguments]
                return values[0] if len(values) == 1 and node.function in ("min", "max") else self.called(node, values)
            case Choose():
                return self.of(node.then if self.of(node.condition) else node.otherwise)
            case AsNumber():
                return 1.0 if self.of(node.condition) else 0.0
            case Every():
                return all(self.of(term) for term in node.terms)
            case Some():
                return any(self.of(term) for term in node.terms)
            case Not():
                return not self.of(node.condition)
            case Happened():
                return self.of(node.date) < self.t + 1
            case Step():
                every = [self.of(value) for value in node.values]
                return [v for m, v in zip(node.months, every, strict=True) if m <= max(self.t, 0)][-1]
            case History():
                back = self.t - (1 if node.n is None else int(node.n.value))
                return self.values[node.row.address][back] if back >= 0 else self.openings[node.row.address]
        raise TypeError(node)

    def called(self, node: Call, values: list[float]) -> float:
        return float(ONE_BY_ONE[node.function](*values))

    def each(self, sign: str, nodes: Sequence[Node]) -> float:
        value = self.of(nodes[0])
        for node in nodes[1:]:
            value = SIGNS[sign](value, self.of(node))
        return value

    def clock(self, name: str) -> float:
        if self.t < 0:
            return 0
        month = self.program.start + self.t
        return {"t": self.t, "month": month % 12 + 1, "days": days_in_month(month)}[name]


def round_away(value: float, digits: int) -> float:
    """A value posted to the minor unit."""
    units = 10.0**digits
    return math.copysign(math.floor(abs(value) * units * (1 + 2.0**-51) + 0.5) / units, value)
