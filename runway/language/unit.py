"""Whether the value of a formula is money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.tree import Binary, Call, Choose, History, Negative, Product, RowRef, Sum

if TYPE_CHECKING:
    from collections.abc import Container

    from runway.language.tree import Node

OF_THE_SAME = frozenset(("abs", "min", "max", "sum", "round", "floor", "ceil"))


def is_money(node: Node, rows: Container[str]) -> bool:
    """Whether a looked-up formula is an amount of money; `rows` are the rows that are money.

    A sum or difference is money if a term is, a product if exactly one factor is, a quotient if only its numerator is.
    """
    match node:
        case RowRef():
            return node.address in rows
        case History():
            return node.row.address in rows
        case Negative():
            return is_money(node.x, rows)
        case Sum():
            return any(is_money(term, rows) for term in node.terms)
        case Product():
            return sum(is_money(factor, rows) for factor in node.factors) == 1
        case Binary(operator="/"):
            return is_money(node.left, rows) and not is_money(node.right, rows)
        case Binary(operator="-"):
            return is_money(node.left, rows) or is_money(node.right, rows)
        case Call() if node.function in OF_THE_SAME:
            return any(is_money(argument, rows) for argument in node.arguments)
        case Choose():
            return is_money(node.then, rows) or is_money(node.otherwise, rows)
    return False
