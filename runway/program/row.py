"""One row of a program: before its names are looked up, and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
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
