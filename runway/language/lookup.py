"""A formula's tree with its names and dates looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import (
    ZERO,
    AsNumber,
    Binary,
    Call,
    Choose,
    Compare,
    DateText,
    Every,
    FormulaError,
    Happened,
    History,
    Look,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Product,
    RowRef,
    Some,
    Sum,
    as_condition,
    as_number,
    in_average_month,
    rebuilt,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable


def headroom(condition: Node) -> Node:
    """How far a comparison is from failing: left - right of >= and >, right - left of <= and <, the least of a chain.

    It is 0 for any other condition.
    """
    match condition:
        case Compare(operator=">=" | ">"):
            return Binary("-", condition.left, condition.right)
        case Compare(operator="<=" | "<"):
            return Binary("-", condition.right, condition.left)
        case Every():
            return Call("min", tuple(headroom(term) for term in condition.terms))
    return ZERO


def resolve(node: Node, lookup: Callable[[Node], Node], when: Callable[[Node], Node] | None = None) -> Node:
    """The tree with its names and dates looked up.

    `lookup` turns a `Name`, a `DateText` or a call of "delayed" (a date and the figures that it is later by) into a
    node or raises `FormulaError`; `when` turns a condition (looked up) into the earliest date on which it holds.
    """

    def looked_up(inner: Node) -> Node:
        return resolve(inner, lookup, when)

    def number(inner: Node) -> Node:
        if isinstance(inner, Number):
            return inner
        return as_number(lookup(inner) if isinstance(inner, Name) else resolve(inner, lookup, when))

    match node:
        case Name() | DateText():
            return lookup(node)
        case Number():
            return node
        case Look():
            rows: list[RowRef] = []
            for name in (node.name, *node.between):
                row = lookup(name)
                if isinstance(row, Number):  # stands for a name that cannot be read
                    return row
                if not isinstance(row, RowRef):
                    text = f"{node.function} looks back at a row; {name.address} is a figure of the file."
                    raise FormulaError("wrong-arguments", text, name.start, name.end)
                rows.append(row)
            return History(node.function, rows[0], None if node.n is None else number(node.n), tuple(rows[1:]))
        case Sum() | Product() | Binary() | Compare() | Negative():
            return rebuilt(node, number)
        case Call(function="when"):
            assert when is not None
            return when(looked_up(node.arguments[0]))
        case Call(function="delayed"):
            return lookup(node)
        case Call(function="year_of"):
            return Product((Number(12.0), in_average_month(number(node.arguments[0]))))
        case Call(function="headroom"):
            return headroom(looked_up(node.arguments[0]))
        case Call():
            return rebuilt(node, number)
        case Choose():
            return Choose(as_condition(looked_up(node.condition)), number(node.then), number(node.otherwise))
        case Every() | Some() | Not():
            return rebuilt(node, lambda inner: as_condition(looked_up(inner)))
        case AsNumber():
            return number(node.condition)
        case Happened():
            return Happened(looked_up(node.date))
    return node
