"""Cash at the end of each month as a line of box characters: the scenario as written, and cash in hand alone."""

from __future__ import annotations

from itertools import groupby
from math import floor, log10
from typing import TYPE_CHECKING

from runway.render.figures import Scale, month
from runway.render.terminal import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.projection import Projection

__all__ = ["cash_chart"]

HEIGHT = 11  # rows at most, axis and names apart
WIDEST_MONTH = 6  # columns a month at most
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Cell = tuple[str, str]  # a character and its style
Grid = list[list[Cell]]  # the lowest row first


def cash_chart(projection: Projection, scale: Scale, width: int) -> list[Text]:
    """Six to eleven rows, an axis with a mark under each closing that paid, and the months' names."""
    opening = projection.rows["opening_cash"][0]
    cash = [opening, *projection.rows["cash"]]
    step, bottom, top = levels([*cash, projection.minimum_cash], scale.unit)
    labels = tick_labels([level * step for level in range(bottom, top + 1)], scale)
    margin = 2 + max(map(len, labels))
    months = len(projection.months)
    room = max(20, width - margin - 2)
    columns = min(room, months * WIDEST_MONTH + 1)

    grid: Grid = [[(" ", "")] * columns for _ in range(top - bottom + 1)]
    grid[round(projection.minimum_cash / step) - bottom] = [("┄", "dim")] * columns
    in_hand = next(iter(projection.closing_cash.values()), None)
    if in_hand is not None and tuple(in_hand) != tuple(projection.rows["cash"]):
        for x, height in enumerate(heights([opening, *in_hand], columns, step)):
            if bottom <= height <= top:
                grid[height - bottom][x] = ("·", "yellow")
    draw_line(grid, [height - bottom for height in heights(cash, columns, step)])

    lines = [
        Text.assemble((label.rjust(margin), "dim"), (" ┼" if level == 0 else " ┤", "dim"), *runs(row))
        for level, label, row in reversed(list(zip(range(bottom, top + 1), labels, grid, strict=True)))
    ]
    axis = ["─"] * columns
    for closing in projection.closings:
        name = closing.date.isoformat()[:7] if closing.date and closing.drawn else ""
        if name in projection.months:
            axis[round((projection.months.index(name) + 0.5) / months * (columns - 1))] = "▲"
    marked = [(character, "green" if character == "▲" else "dim") for character in axis]
    lines.append(Text.assemble(" " * margin, (" └", "dim"), *runs(marked)))
    lines.append(Text(" " * (margin + 2) + month_labels(projection.months, columns), "dim"))
    return [line.rstrip() for line in lines]


def runs(row: Sequence[Cell]) -> list[Cell]:
    """Neighbours of one style as one piece."""
    return [("".join(text for text, _ in cells), style) for style, cells in groupby(row, key=lambda cell: cell[1])]


def levels(values: Sequence[float], unit: float = 1.0) -> tuple[float, int, int]:
    """A round step such that few rows hold all values, and the lowest and highest row as multiples of it."""
    low, high = min(*values, 0.0), max(*values, 0.0)
    if low == high:
        return unit, 0, 1
    size = 10.0 ** floor(log10(max((high - low) / HEIGHT, 0.01)))
    while True:
        for factor in STEPS:
            step = size * factor
            bottom, top = round(low / step), round(high / step)
            if top - bottom < HEIGHT:
                return step, bottom, max(top, bottom + 1)
        size *= 10


def tick_labels(values: Sequence[float], scale: Scale) -> list[str]:
    scaled = [value / scale.unit for value in values]
    places = next((n for n in range(4) if all(abs(round(v, n) - v) < 1e-9 for v in scaled)), 4)
    return [f"({-v:,.{places}f})" if v < 0 else f"{v:,.{places}f} " for v in scaled]


def heights(points: Sequence[float], columns: int, step: float) -> list[int]:
    """The row of each column, read off straight lines between the ends of months."""
    last = len(points) - 1
    rows = []
    for x in range(columns):
        position = x * last / (columns - 1)
        left = min(int(position), last - 1)
        rows.append(round((points[left] + (points[left + 1] - points[left]) * (position - left)) / step))
    return rows


def draw_line(grid: Grid, rows: Sequence[int]) -> None:
    """One character a column where the line is level, a corner at either end of a column where it rises or falls."""
    before = rows[0]
    for x, row in enumerate(rows):
        if row == before:
            grid[row][x] = ("─", "bold")
        else:
            leave, arrive = ("╯", "╭") if row > before else ("╮", "╰")
            for between in range(min(row, before) + 1, max(row, before)):
                grid[between][x] = ("│", "bold")
            grid[before][x], grid[row][x] = (leave, "bold"), (arrive, "bold")
        before = row


def month_labels(months: Sequence[str], columns: int) -> str:
    """The first month, then each January (in a short plan each quarter) where there is room for its name."""
    text = ""
    quarterly = len(months) <= 18
    for i, name in enumerate(months):
        at = round(i / len(months) * (columns - 1))
        wanted = i == 0 or name[5:] == "01" or (quarterly and name[5:] in ("04", "07", "10"))
        if wanted and (not text or at >= len(text) + 2) and at + len(month(name)) <= columns:
            text = text.ljust(at) + month(name)
    return text
