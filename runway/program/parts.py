"""Sums and products of very many operands, taken apart into rows of their own.

Python, a cell of a spreadsheet and a reader each hold only so much of one formula.  A part is a row `ROW.part_N` of at
most `MOST` operands; a part that several rows need is one row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.python import can_fail
from runway.language.tree import (
    ZERO,
    Choose,
    Every,
    Node,
    Product,
    RowRef,
    Some,
    Sum,
    children,
    product,
    rebuilt,
    total,
    walk,
)
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 64


class Parts:
    """The rows of a program in which no sum or product has more than `MOST` operands, where that can be."""

    def __init__(self, rows: Iterable[ProgramRow]) -> None:
        self.rows: list[ProgramRow] = []
        self.owners: dict[str, str] = {}  # part -> the row that it was first a part of
        self._refs: dict[Node, RowRef] = {}
        self._row: ProgramRow
        for row in rows:
            nodes = walk(row.formula)
            long = len(nodes) > MOST and any(
                isinstance(node, (Sum, Product)) and len(children(node)) > MOST for node in nodes
            )
            self._row, self._count = row, 0
            self.rows.append(row._replace(formula=self._shortened(row.formula, guarded=False)) if long else row)

    def _shortened(self, node: Node, *, guarded: bool) -> Node:
        """A node whose long sums and products are of parts; a node that may fail stays behind its condition."""
        inside = guarded or isinstance(node, (Choose, Every, Some))
        node = rebuilt(node, lambda below: self._shortened(below, guarded=inside))
        if not isinstance(node, (Sum, Product)):
            return node
        joined = total if isinstance(node, Sum) else product
        operands = list(children(node))
        while len(operands) > MOST and not (guarded and can_fail(node)):
            operands = [self._part(joined(operands[n : n + MOST])) for n in range(0, len(operands), MOST)]
        return joined(operands)

    def _part(self, node: Node) -> Node:
        if not isinstance(node, (Sum, Product)):
            return node
        if node not in self._refs:
            self._count += 1
            address = f"{self._row.address}.part_{self._count}"
            self.rows.append(ProgramRow(address, node, ZERO, False, self._row.path, self._row.on_demand))
            self.owners[address] = self._row.address
            self._refs[node] = RowRef(address)
        return self._refs[node]
