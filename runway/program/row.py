"""One row of a program: before its names are looked up, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.tree import History, Parameter, RowRef, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runway.language.tree import Node
    from runway.model.addresses import Path


class Draft(NamedTuple):
    """A row before its names are looked up."""

    address: str
    formula: str | Node
    opening: str | Node = "0"
    posted: bool = False
    owner: str = ""
    closing: str = ""  # the closing or clause whose condition it reads
    before_levers: bool = False  # reads its section's rows as they are before levers
    path: Path | None = None  # the table of the file that it comes from
    on_demand: bool = False  # run only where something reads it


class ProgramRow(NamedTuple):
    """One row: its formula and opening looked up, whether it is posted to the minor unit, and its table in the file."""

    address: str
    formula: Node
    opening: Node
    posted: bool
    path: Path | None
    on_demand: bool = False  # run only where something reads it

    @property
    def nodes(self) -> tuple[Node, ...]:
        """Every node of its formula and of its opening."""
        return (*walk(self.formula), *walk(self.opening))

    @property
    def reads(self) -> list[str]:
        """The addresses of the rows that its formula and its opening read."""
        return [node.address for node in self.nodes if isinstance(node, RowRef)]


def looked_back(rows: Iterable[ProgramRow]) -> set[str]:
    """The addresses of the rows whose value of an earlier month, or opening, some formula reads on its own."""
    histories = (node for row in rows for node in walk(row.formula) if isinstance(node, History))
    return {node.row.address for node in histories if node.function in ("prev", "lag")}


def figures_read(rows: Iterable[ProgramRow]) -> set[str]:
    """The addresses of the figures that the formulas and openings of some rows read."""
    return {node.address for row in rows for node in row.nodes if isinstance(node, Parameter)}


def reached(addresses: Iterable[str], read: Callable[[str], Iterable[str]]) -> Iterator[str]:
    """Some addresses and all that they read, one by way of another, each once."""
    remaining, seen = list(addresses), set[str]()
    while remaining:
        if (address := remaining.pop()) not in seen:
            seen.add(address)
            yield address
            remaining += read(address)
