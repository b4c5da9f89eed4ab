"""Two tables of `runway project`: how covenants fare, and where the money of each closing, grant and loan went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import Scale, day, month, printable
from runway.render.terminal import Text, cell, cell_len
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from runway.answers.projection import Covenant, Projection

__all__ = ["covenant_lines", "proceeds_lines"]

TITLE = 32
RULE = (
    "An earmark's line spends the money set aside for it. All else is paid from the month's receipts, then from the "
    "oldest money, over the sections in proportion."
)


def covenant_lines(projection: Projection, width: int) -> Iterator[Text]:
    """By lender, each covenant: its lowest headroom, the month of it, and the first month end on which it fails.

    That month end is told of the scenario as written, and of what is certain alone where that rung comes to another.
    """
    from runway.reports.project import heading, prose

    if not projection.covenants:
        return
    yield heading("COVENANTS".ljust(TITLE - 2), "   lowest headroom      first breach   + certain")
    lender = ""
    for covenant in projection.covenants:
        if (here := covenant.address.partition(".")[0]) != lender:
            lender = here
            yield from prose("  ", covenant.lender, width, "bold")
        *above, last = titled("    ", covenant.title, TITLE, width)
        yield from above
        found = [(breach(day).ljust(15), style_of(day)) for day in (covenant.breached, covenant.breached_certain)]
        if covenant.headroom is None:
            found = [("never tested", "")]
        yield Text.assemble(last.plain, lowest(covenant), *found).rstrip()
        yield from prose("      ", covenant.require, width, "dim")
    yield Text()


def titled(first: str, title: str, room: int, width: int) -> Iterator[Text]:
    """A title in its column, on a line of its own where it is too long for it; the last line is the column's width."""
    from runway.reports.project import prose

    if len(first) + cell_len(printable(title)) < room:
        yield Text(cell(first + printable(title), room))
    else:
        yield from prose(first, title, width)
        yield Text(" " * room)


def together(items: list[str], room: int) -> Iterator[str]:
    """Items on lines of at most this width, no item broken that fits into one."""
    line = ""
    for n, item in enumerate(items):
        piece = item if n == len(items) - 1 else f"{item} ·"
        if line and len(line) + 1 + len(piece) > room:
            yield line
            line = ""
        line = f"{line} {piece}" if line else piece
    yield line


def lowest(covenant: Covenant) -> str:
    """The lowest headroom, in the units of what is compared, and its month."""
    if covenant.headroom is None or covenant.headroom_date is None:
        return "– ".rjust(12) + " " * 12
    amount = amount_text(abs(covenant.headroom))
    figure = f"({amount})" if covenant.headroom < 0 else amount + " "
    return figure.rjust(12) + "  " + month(covenant.headroom_date).ljust(10)


def breach(when: date | None) -> str:
    return day(when) if when else "none"


def style_of(when: date | None) -> str:
    return "bold red" if when else ""


def proceeds_lines(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    """What came from each source, opening cash and receipts among them, and what it was used for, largest first."""
    from runway.reports.project import heading, prose

    shown = projection.proceeds
    if not shown:
        return
    figures = [[item.amount, item.left, *(use.amount for use in item.uses)] for item in shown]
    decimals = unit.decimals(figures)

    def amount(value: float) -> str:
        return unit.figure(value, decimals).strip()

    yield heading("USE OF PROCEEDS".ljust(TITLE - 2), f"    came in   used by {month(projection.months[-1])}")
    for item in shown:
        *above, last = titled("  ", item.title, TITLE, width)
        yield from (Text(line.plain, "bold") for line in above)
        first = last.plain + unit.figure(item.amount, decimals).rjust(11) + "   "
        uses = [
            f"{printable(use.title)} {amount(use.amount)}" for use in sorted(item.uses, key=lambda use: -use.amount)
        ]
        said = [*uses, f"left {amount(item.left)}" if item.left else "nothing left"]
        for n, text in enumerate(together(said, max(20, width - len(first)))):
            yield Text.assemble((first if n == 0 else " " * len(first), "bold"), text)
    uncovered = sum(item.left for item in projection.proceeds) - projection.rows["cash"][-1]
    if round(uncovered, projection.minor_digits) > 0:
        yield from prose("  ", f"{unit.amount(uncovered)} of what was paid is covered by no money at all.", width)
    yield from prose("  ", RULE, width, "dim")
    yield Text()
