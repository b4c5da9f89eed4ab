"""What does not exist in some months: a ratio of nothing, and what is made of it.

It is not a number, meets no comparison, and is never money: a row that is posted has a value in every month, or its run
is refused.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from runway.language.tree import (
    UNDEFINED,
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

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from runway.language.tree import Node
    from runway.program.row import ProgramRow


def may_not_exist(rows: Sequence[ProgramRow]) -> frozenset[str]:
    """The rows that have no value where something that they are made of does not exist."""
    found, known = set[str](), -1
    while len(found) > known:  # until no look back finds another one
        known = len(found)
        found |= {row.address for row in rows if not row.posted and reads_absent(row.formula, found)}
    return frozenset(found)


def can_be_absent(address: str, rows: Mapping[str, ProgramRow]) -> bool:
    """Whether one row is among those that `may_not_exist`; `rows` by address."""
    left, seen = [address], set[str]()
    while left:
        row = rows[left.pop()]
        if row.posted or row.address in seen:
            continue
        seen.add(row.address)
        if reads_absent(row.formula, frozenset()):
            return True
        left += [each.address for each in value_nodes(row.formula) if isinstance(each, RowRef)]
    return False


def reads_absent(node: Node, absent: AbstractSet[str]) -> bool:
    """Whether the value of a node may not exist, by the rows that may not."""
    return any(
        (isinstance(each, Call) and each.function == UNDEFINED) or (isinstance(each, RowRef) and each.address in absent)
        for each in value_nodes(node)
    )


def exact(rows: Sequence[ProgramRow]) -> list[ProgramRow]:
    """The rows, so that on every machine the larger or smaller of what does not exist does not exist either.

    Nor is it unequal to anything, which machines say of what is not a number.
    """
    absent = may_not_exist(rows)

    def said(node: Node) -> Node:
        node = rebuilt(node, said)
        match node:
            case Compare(operator="!=", left=left, right=right) if reads_absent(left, absent) or reads_absent(
                right, absent
            ):
                return Some((Compare("<", left, right), Compare(">", left, right)))
            case Call(function="min" | "max", arguments=arguments):
                there = dict.fromkeys(chain.from_iterable(_there(each, absent) for each in arguments))
                return defined(node, Every(tuple(there))) if there else node
        return node

    return [row._replace(formula=said(row.formula)) for row in rows]


def _there(node: Node, absent: AbstractSet[str]) -> Iterator[Node]:
    """What holds where a value exists: that what it is made of does, as far as it is made of all of that."""
    if not reads_absent(node, absent):
        return
    match node:
        case Choose(condition=Every(terms=terms), otherwise=Call(function="undefined")) if all(map(is_there, terms)):
            yield from terms
        case Negative() | Sum() | Product() | Binary(operator="-" | "/"):
            for each in children(node):
                yield from _there(each, absent)
        case _:
            yield Compare("==", node, node)
