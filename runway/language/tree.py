"""The typed tree of a formula: its kinds of nodes, their children, and the walks over them."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any, ClassVar, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLOCK = ("t", "days", "month", "year", "elapsed_days")
"""The calendar of a month, known before anything is computed; elapsed_days counts to the month's end."""


class Node:
    """A piece of a formula: never changed, equal by its fields, and cheaper to define and to make than a dataclass."""

    __slots__: tuple[str, ...] = ("_below", "_functions")  # caches of `walk` and `functions`; they are no fields
    is_condition: ClassVar[bool] = False
    _below: tuple[Node, ...]
    _functions: frozenset[str]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return type(self) is type(other) and all(getattr(self, f) == getattr(other, f) for f in self.__slots__)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, field) for field in self.__slots__)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{f}={getattr(self, f)!r}' for f in self.__slots__)})"


class Number(Node):
    """A number."""

    __slots__ = ("value",)

    def __init__(self, value: float) -> None:
        self.value: Final = value


class DateText(Node):
    """A date as written, until the model's first month is known."""

    __slots__ = ("text", "start", "end")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text: Final = text
        self.start: Final = start
        self.end: Final = end


class Name(Node):
    """A name or address as written, until it is looked up; offsets are characters of the formula's text."""

    __slots__ = ("address", "start", "end")

    def __init__(self, address: str, start: int, end: int) -> None:
        self.address: Final = address
        self.start: Final = start
        self.end: Final = end


class Clock(Node):
    """`t`, `days`, `month` or `year` of the month being computed."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: Final = name


class Parameter(Node):
    """A figure of the assumption file, as the number that was written."""

    __slots__ = ("address",)

    def __init__(self, address: str) -> None:
        self.address: Final = address


class RowRef(Node):
    """This month's value of a row."""

    __slots__ = ("address",)

    def __init__(self, address: str) -> None:
        self.address: Final = address


class History(Node):
    """`prev`, `lag`, `cumulative`, `sum_last`, `last_days` or `last_months` of a row.

    `between` are the rows of the first and last day of each month on which the row moves, where it does not on all.
    """

    __slots__ = ("function", "row", "n", "between")

    def __init__(self, function: str, row: RowRef, n: Node | None = None, between: tuple[RowRef, ...] = ()) -> None:
        self.function: Final = function
        self.row: Final = row
        self.n: Final = n
        self.between: Final = between


class Negative(Node):
    __slots__ = ("x",)

    def __init__(self, x: Node) -> None:
        self.x: Final = x


class Sum(Node):
    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Node, ...]) -> None:
        self.terms: Final = terms


class Product(Node):
    __slots__ = ("factors",)

    def __init__(self, factors: tuple[Node, ...]) -> None:
        self.factors: Final = factors


class Binary(Node):
    __slots__ = ("operator", "left", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator: Final = operator  # - / **
        self.left: Final = left
        self.right: Final = right


class Call(Node):
    __slots__ = ("function", "arguments")

    def __init__(self, function: str, arguments: tuple[Node, ...]) -> None:
        self.function: Final = function
        self.arguments: Final = arguments


class Choose(Node):
    """`then if condition else otherwise`."""

    __slots__ = ("condition", "then", "otherwise")

    def __init__(self, condition: Node, then: Node, otherwise: Node) -> None:
        self.condition: Final = condition
        self.then: Final = then
        self.otherwise: Final = otherwise


class Step(Node):
    """A schedule: each value is in force from its month (counted from the model's first) on."""

    __slots__ = ("months", "values")

    def __init__(self, months: tuple[int, ...], values: tuple[Node, ...]) -> None:
        self.months: Final = months
        self.values: Final = values


class AsNumber(Node):
    """A condition used as a number: 1 if it holds, else 0."""

    __slots__ = ("condition",)

    def __init__(self, condition: Node) -> None:
        self.condition: Final = condition


class Condition(Node):
    """A node that holds or does not."""

    __slots__ = ()
    is_condition: ClassVar[bool] = True


class Compare(Condition):
    __slots__ = ("operator", "left", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator: Final = operator  # < <= > >= == !=
        self.left: Final = left
        self.right: Final = right


class Every(Condition):
    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Node, ...]) -> None:
        self.terms: Final = terms


class Some(Condition):
    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Node, ...]) -> None:
        self.terms: Final = terms


class Not(Condition):
    __slots__ = ("condition",)

    def __init__(self, condition: Node) -> None:
        self.condition: Final = condition


class Happened(Condition):
    """An event's bare name: its date lies before the end of this month."""

    __slots__ = ("date",)

    def __init__(self, date: Node) -> None:
        self.date: Final = date


class Look(Node):
    """A look back at a name, not yet looked up."""

    __slots__ = ("function", "name", "n", "between")

    def __init__(self, function: str, name: Name, n: Node | None, between: tuple[Name, ...] = ()) -> None:
        self.function: Final = function
        self.name: Final = name
        self.n: Final = n
        self.between: Final = between


class FormulaError(Exception):
    """A problem of a formula's text, with its characters."""

    def __init__(self, name: str, text: str, start: int, end: int) -> None:
        super().__init__(text)
        self.name, self.text, self.start, self.end = name, text, start, end


UNDEFINED = "undefined"
"""The function without arguments that stands for no value: not a number, of which no comparison holds."""
T = Clock("t")
DAYS = Clock("days")
ZERO, ONE = Number(0.0), Number(1.0)
AVERAGE_DAYS = Number(365 / 12)  # of a month


def as_number(node: Node) -> Node:
    """The node as a number."""
    return AsNumber(node) if node.is_condition else node


def as_condition(node: Node) -> Node:
    """The node as a condition: a number holds if it is not 0."""
    return node if node.is_condition else Compare("!=", node, ZERO)


def total(terms: list[Node]) -> Node:
    """The n-ary sum of numbers; 0 if there are none."""
    return Sum(tuple(terms)) if len(terms) > 1 else terms[0] if terms else ZERO


def defined(value: Node, where: Node) -> Node:
    """A value where a condition holds, elsewhere none."""
    return Choose(where, value, Call(UNDEFINED, ()))


def is_there(condition: Node) -> bool:
    """Whether a condition asks only whether its side has a value: not a number is not equal to itself."""
    return isinstance(condition, Compare) and condition.operator == "==" and condition.left == condition.right


def product(factors: list[Node]) -> Node:
    """The n-ary product of numbers; 1 if there are none."""
    return Product(tuple(factors)) if len(factors) > 1 else factors[0] if factors else ONE


def since(day: Node) -> Node:
    """The share of this month's days on or after a date: 1 - (day - 1) / days in the date's own month."""
    into = Binary("/", Product((Binary("-", day, T), Number(32.0))), DAYS)
    return Call("max", (ZERO, Call("min", (ONE, Binary("-", ONE, into)))))


def until(day: Node) -> Node:
    """The share of this month's days on or before a date."""
    return Binary("-", ONE, since(Sum((day, Number(1 / 32)))))


def rebuilt(node: Node, change: Callable[[Node], Node]) -> Node:
    """A looked-up node with each node directly below it changed; the row of a look back is kept.

    The same node where nothing below it is changed.
    """
    if isinstance(node, History):
        n = node.n and change(node.n)
        return node if n is node.n else History(node.function, node.row, n, node.between)
    values, same = [], True
    for slot in node.__slots__:
        value = before = getattr(node, slot)
        if isinstance(before, Node):
            value = change(before)
            same = same and value is before
        elif isinstance(before, tuple) and before and isinstance(before[0], Node):
            value = tuple(map(change, before))
            same = same and all(map(is_, value, before))
        values.append(value)
    return node if same else type(node)(*values)


def in_average_month(node: Node) -> Node:
    """A looked-up node with 365 / 12, the average, for the days of a month."""
    return AVERAGE_DAYS if node == DAYS else rebuilt(node, in_average_month)


def in_force(node: Step, t: int) -> Node:
    """The value of a schedule that is in force in a month."""
    return node.values[max((n for n, month in enumerate(node.months) if month <= t), default=0)]


_BELOW: dict[type[Node], Callable[[Any], tuple[Node, ...]]] = {
    Negative: lambda node: (node.x,),
    Sum: lambda node: node.terms,
    Product: lambda node: node.factors,
    Every: lambda node: node.terms,
    Some: lambda node: node.terms,
    Binary: lambda node: (node.left, node.right),
    Compare: lambda node: (node.left, node.right),
    Call: lambda node: node.arguments,
    Choose: lambda node: (node.condition, node.then, node.otherwise),
    Step: lambda node: node.values,
    AsNumber: lambda node: (node.condition,),
    Not: lambda node: (node.condition,),
    Happened: lambda node: (node.date,),
    History: lambda node: (node.row, *(() if node.n is None else (node.n,)), *node.between),
}


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below a looked-up node."""
    below = _BELOW.get(type(node))
    return () if below is None else below(node)


def walk(node: Node) -> tuple[Node, ...]:
    """The node and every node below it, in the order in which they are written."""
    try:
        return (node, *node._below)
    except AttributeError:
        pass
    nodes, left = list[Node](), [node]
    while left:
        part = left.pop()
        nodes.append(part)
        below = _BELOW.get(type(part))
        if below is not None:
            left += below(part)[::-1]
    node._below = tuple(nodes[1:])
    return tuple(nodes)


def value_nodes(node: Node) -> Iterator[Node]:
    """The nodes that give a node its value: those inside comparisons, which hold or do not, are left out."""
    left = [node]
    while left:
        if not isinstance(part := left.pop(), Compare):
            yield part
            left += children(part)


def functions(node: Node) -> frozenset[str]:
    """The names of the functions in a formula, those that look back too."""
    try:
        return node._functions
    except AttributeError:
        node._functions = frozenset(part.function for part in walk(node) if isinstance(part, (Call, History)))
        return node._functions


def same_month(node: Node) -> Iterator[str]:
    """Addresses of the rows whose value of the same month the formula needs."""
    parts = iter(walk(node))
    for part in parts:
        if isinstance(part, RowRef):
            yield part.address
        elif isinstance(part, History):
            row = next(parts)  # which stands first below it
            literal = isinstance(part.n, Number) and part.n.value >= 1
            if isinstance(row, RowRef) and part.function != "prev" and not (part.function == "lag" and literal):
                yield row.address
