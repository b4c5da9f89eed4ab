"""Two tables of `runway project`: how covenants fare, and where the money of each closing, grant and loan went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.output.figures import Scale, day, month, printable
from runway.output.text import Text, cell
from runway.wording import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.projection import Covenant, Projection

__all__ = ["covenant_lines", "proceeds_lines"]

TITLE = 36
OWN = ("opening_cash", "receipts")  # sources that are no funding
RULE = (
    "An earmark's line spends the money set aside for it. All else is paid from the month's receipts, then from the "
    "oldest money, over the sections in proportion."
)


def covenant_lines(projection: Projection, width: int) -> Iterator[Text]:
    """Each covenant with its lowest headroom, the month of it and the first month end on which it does not hold."""
    from runway.output.report import heading, prose

    if not projection.covenants:
        return
    yield heading("COVENANTS".ljust(TITLE - 2), "lowest headroom            first breach")
    for covenant in projection.covenants:
        title = f"{printable(covenant.lender)}: {printable(covenant.title)}"
        style = "bold red" if covenant.breached else ""
        yield Text.assemble(cell("  " + title, TITLE), lowest(covenant), (breach(covenant), style)).rstrip()
        yield from prose("      ", covenant.require, width, "dim")
    yield Text()


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
        return "– ".rjust(15) + " " * 12
    amount = amount_text(abs(covenant.headroom))
    figure = f"({amount})" if covenant.headroom < 0 else amount + " "
    return figure.rjust(15) + "  " + month(covenant.headroom_date).ljust(10)


def breach(covenant: Covenant) -> str:
    if covenant.headroom is None:
        return "never tested"
    return day(covenant.breached) if covenant.breached else "none"


def proceeds_lines(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    """What came from each source of funding and what it was used for, the largest use first."""
    from runway.output.report import heading, prose

    shown = [item for item in projection.proceeds if item.address not in OWN]
    if not shown:
        return
    figures = [[item.amount, item.left, *(use.amount for use in item.uses)] for item in shown]
    decimals = unit.decimals(figures)

    def amount(value: float) -> str:
        return unit.figure(value, decimals).strip()

    yield heading("USE OF PROCEEDS".ljust(TITLE - 2), f"came in   used by {month(projection.months[-1])}")
    for item in shown:
        first = cell("  " + printable(item.title), TITLE - 4) + unit.figure(item.amount, decimals).rjust(11) + "   "
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
