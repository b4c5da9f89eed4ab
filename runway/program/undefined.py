"""Values that do not exist in some months: a ratio over zero, and each row that is computed from it.

Such a value is not a number, meets no comparison, and is never money: a posted row has a value in every month, or its
run is refused.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from runway.language.tree import (
    UNDEFINED,
    ZERO,
    Binary,
    Call,
    Choose,
    Compare,
    Every,
    Negative,
    Product,
    RowRef,
    Some,
    Sum,
    children,
    defined,
    is_there,
    rebuilt,
    value_nodes,
)
from runway.program.row import reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from runway.language.tree import Node
    from runway.program.row import ProgramRow


def may_not_exist(rows: Sequence[ProgramRow]) -> frozenset[str]:
    """The rows that have no value in a month in which a ratio that they read does not exist."""
    absent, count = set[str](), -1
    while len(absent) > count:  # until no row that looks back adds itself
        count = len(absent)
        absent |= {row.address for row in rows if not row.posted and reads_absent(row.formula, absent)}
    return frozenset(absent)


def can_be_absent(address: str, rows: Mapping[str, ProgramRow]) -> bool:
    """Whether one row is among those that `may_not_exist`; `rows` by address."""

    def formula(address: str) -> Node:
        return ZERO if rows[address].posted else rows[address].formula

    read = reached([address], lambda row: (n.address for n in value_nodes(formula(row)) if isinstance(n, RowRef)))
    return any(reads_absent(formula(row), frozenset()) for row in read)


def reads_absent(node: Node, absent: AbstractSet[str]) -> bool:
    """Whether the value of a node may not exist, by the rows that may not."""
    return any(
        (isinstance(part, Call) and part.function == UNDEFINED) or (isinstance(part, RowRef) and part.address in absent)
        for part in value_nodes(node)
    )


def exact(rows: Sequence[ProgramRow]) -> list[ProgramRow]:
    """The rows, where `min` and `max` of a value that does not exist do not exist, and `!=` of it does not hold.

    Some machines give a number for the first two, and all say that what is not a number is unequal to anything.
    """
    absent = may_not_exist(rows)

    def exact_formula(node: Node) -> Node:
        node = rebuilt(node, exact_formula)
        match node:
            case Compare(operator="!=", left=left, right=right) if reads_absent(left, absent) or reads_absent(
                right, absent
            ):
                return Some((Compare("<", left, right), Compare(">", left, right)))
            case Call(function="min" | "max", arguments=arguments):
                conditions = dict.fromkeys(chain.from_iterable(_existence(argument, absent) for argument in arguments))
                return defined(node, Every(tuple(conditions))) if conditions else node
        return node

    return [row._replace(formula=exact_formula(row.formula)) for row in rows]


def _existence(node: Node, absent: AbstractSet[str]) -> Iterator[Node]:
    """The conditions on which a value exists: those of its parts where it needs all of them, else that it is itself."""
    if not reads_absent(node, absent):
        return
    match node:
        case Choose(condition=Every(terms=terms), otherwise=Call(function="undefined")) if all(map(is_there, terms)):
            yield from terms
        case Negative() | Sum() | Product() | Binary(operator="-" | "/"):
            for part in children(node):
                yield from _existence(part, absent)
        case _:
            yield Compare("==", node, node)
