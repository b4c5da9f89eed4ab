"""One row of a program, as its makers and its readers know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from runway.language.tree import Node
    from runway.model.addresses import Path


class ProgramRow(NamedTuple):
    """One row: its formula and opening looked up, whether it is posted to the minor unit, and its table in the file."""

    address: str
    formula: Node
    opening: Node
    posted: bool
    path: Path | None
