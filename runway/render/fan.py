"""Cash at the end of each month as a fan: where half and where nine tenths of the futures lie, and the median."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.chart import WIDEST_MONTH, draw_line, heights, levels, month_labels, runs, tick_labels
from runway.render.terminal import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.render.chart import Grid
    from runway.render.figures import Scale

__all__ = ["fan_chart"]

WIDE, HALF = "░", "▒"


def fan_chart(
    months: Sequence[str], quantiles: Sequence[Sequence[float]], floor: float | None, unit: Scale, width: int
) -> list[Text]:
    """`quantiles` are, by month, the 5th, 25th, 50th, 75th and 95th percentile."""
    series = list(zip(*quantiles, strict=True))
    step, bottom, top = levels([value for row in (series[0], series[-1]) for value in row] + [floor or 0.0])
    labels = tick_labels([level * step for level in range(bottom, top + 1)], unit)
    margin = 2 + max(map(len, labels))
    columns = min(max(20, width - margin - 2), len(months) * WIDEST_MONTH + 1)
    grid: Grid = [[(" ", "")] * columns for _ in range(top - bottom + 1)]
    if floor is not None:
        grid[round(floor / step) - bottom] = [("┄", "dim")] * columns
    rows = [[min(max(height, bottom), top) - bottom for height in heights(_two(row), columns, step)] for row in series]
    for x in range(columns):
        for low, high, mark in ((rows[0][x], rows[4][x], WIDE), (rows[1][x], rows[3][x], HALF)):
            for level in range(low, high + 1):
                grid[level][x] = (mark, "cyan")
    draw_line(grid, rows[2])
    lines = [
        Text.assemble((label.rjust(margin), "dim"), (" ┼" if level == 0 else " ┤", "dim"), *runs(row))
        for level, label, row in reversed(list(zip(range(bottom, top + 1), labels, grid, strict=True)))
    ]
    lines.append(Text.assemble(" " * margin, (" └" + "─" * columns, "dim")))
    lines.append(Text(" " * (margin + 2) + month_labels(months, columns), "dim"))
    return [line.rstrip() for line in lines]


def _two(row: Sequence[float]) -> Sequence[float]:
    """At least two points, as a line needs."""
    return row if len(row) > 1 else (*row, *row)
