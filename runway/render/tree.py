"""A tree: a name with its value at the right, sentences below it, and under it its branches in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.render.figures import printable
from runway.render.text import Text, cell_len, kept_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

GAP = 2
NARROWEST = 20  # of a name


class Leaf(NamedTuple):
    """A sentence below a name; `first` stands before it."""

    text: str
    first: str = ""


class Tree(NamedTuple):
    """A name, its value as text, the sentences below it, and its branches."""

    name: str
    value: str
    leaves: Sequence[Leaf] = ()
    branches: Sequence[Tree] = ()


def tree_lines(tree: Tree, width: int, first: str = "  ", margin: str = "  ") -> Iterator[Text]:
    """A tree for a width; digits stand under one another, and a longer text goes on below itself."""
    value = printable(tree.value)
    value += "" if value.endswith(")") else " "
    room = max(NARROWEST, width - cell_len(first) - GAP - cell_len(value))
    below = margin + ("│ " if tree.branches else "  ")
    *further, last = parts(tree.name, room)
    for n, part in enumerate((*further, last)):
        line = Text.assemble((first if n == 0 else below, "dim"), part)
        if n == len(further):
            line.append(" " * max(GAP, width - cell_len(line.plain) - cell_len(value)) + value)
        yield line.rstrip()
    for leaf in tree.leaves:
        for n, part in enumerate(parts(leaf.text, width - cell_len(below) - cell_len(leaf.first))):
            yield Text.assemble((below + (leaf.first if n == 0 else " " * len(leaf.first)), "dim"), (part, "dim"))
    for n, branch in enumerate(tree.branches):
        end = n == len(tree.branches) - 1
        yield from tree_lines(branch, width, margin + ("└ " if end else "├ "), margin + ("  " if end else "│ "))


def parts(text: str, width: int) -> list[str]:
    """A text as lines of a width, broken between words."""
    return kept_lines(printable(text), max(NARROWEST, width)) or [""]
