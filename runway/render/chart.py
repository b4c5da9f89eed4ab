"""Cash at the end of each month, drawn with box characters: as a line, or as the fan of many futures."""

from __future__ import annotations

from itertools import accumulate, groupby
from math import floor, log10
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.render.figures import Scale, month, printable
from runway.render.text import Text, cell, cell_len, kept_lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

HEIGHT = 11  # rows at most, axis and names apart
WIDEST_MONTH = 6  # columns a month at most
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
NINE_TENTHS, HALF = "░", "▒"
LEVELS = "▁▂▃▄▅▆▇█"
SHORT = "·"  # below the floor
WIDEST_NAME = 24
BLOCKS = "█▓▒░#=+"
WIDEST_BAR = 50

Cell = tuple[str, str]  # a character and its style
Grid = list[list[Cell]]  # the lowest row first


class CashChart(NamedTuple):
    """Cash before the first month and at the end of each, in whole currency units."""

    months: Sequence[str]
    cash: Sequence[float]
    alone: Sequence[float] | None  # cash in hand only, where that is another line
    floor: float
    paid: Sequence[str]  # months in which a closing paid


class FanChart(NamedTuple):
    """By month, the 5th, 25th, 50th, 75th and 95th percentile of cash in whole currency units."""

    months: Sequence[str]
    quantiles: Sequence[Sequence[float]]
    floor: float | None


class Sparkline(NamedTuple):
    """A figure at the end of each month, in whole currency units, and the floor that it is held against."""

    name: str
    values: Sequence[float]
    floor: float


class Sparklines(NamedTuple):
    """Small charts below one another, all on one scale; the last value stands at the end of each."""

    title: str
    months: Sequence[str]  # of the longest
    lines: Sequence[Sparkline]


class StackedBars(NamedTuple):
    """Bars of one length below one another, each the whole that its parts are shares of; at most `len(BLOCKS)` parts.

    `rows` holds each whole with its parts, all in whole currency units.
    """

    parts: Sequence[str]
    rows: Sequence[tuple[Fraction, Sequence[Fraction]]]
    places: int  # after the point of the wholes


def cash_chart(chart: CashChart, scale: Scale, width: int) -> list[Text]:
    """Six to eleven rows, an axis with a mark under each month in which a closing paid, and the months' names."""
    frame = Frame(chart.months, [*chart.cash, chart.floor], chart.floor, scale, width, scale.unit)
    if chart.alone is not None:
        for x, height in enumerate(heights(chart.alone, frame.columns, frame.step)):
            if frame.bottom <= height <= frame.top:
                frame.grid[height - frame.bottom][x] = ("·", "yellow")
    draw_line(frame.grid, [height - frame.bottom for height in heights(chart.cash, frame.columns, frame.step)])
    axis = ["─"] * frame.columns
    for name in chart.paid:
        if name in chart.months:
            axis[round((chart.months.index(name) + 0.5) / len(chart.months) * (frame.columns - 1))] = "▲"
    return frame.lines([(character, "green" if character == "▲" else "dim") for character in axis])


def fan_chart(chart: FanChart, scale: Scale, width: int) -> list[Text]:
    """Where half and where nine tenths of the futures lie, and the median."""
    series = list(zip(*chart.quantiles, strict=True))
    values = [value for row in (series[0], series[-1]) for value in row]
    frame = Frame(chart.months, [*values, chart.floor or 0.0], chart.floor, scale, width)
    rows = [
        [
            min(max(height, frame.bottom), frame.top) - frame.bottom
            for height in heights(row if len(row) > 1 else (*row, *row), frame.columns, frame.step)
        ]
        for row in series
    ]
    for x in range(frame.columns):
        for low, high, mark in ((rows[0][x], rows[4][x], NINE_TENTHS), (rows[1][x], rows[3][x], HALF)):
            for level in range(low, high + 1):
                frame.grid[level][x] = (mark, "cyan")
    draw_line(frame.grid, rows[2])
    return frame.lines([("─" * frame.columns, "dim")])


def sparklines(chart: Sparklines, scale: Scale, width: int) -> list[Text]:
    """A line a chart, its months' names below; a value below its floor is a low dot."""
    name = min(WIDEST_NAME, max(len(chart.title), *(len(line.name) for line in chart.lines)) + 2)
    longest = max(6, *(len(scale.amount(line.values[-1])) for line in chart.lines))
    room = width - name - longest - 6
    wide = min(3, max(1, room // len(chart.months)))  # characters a month, where there is room for all of them
    every = -(-len(chart.months) // room)
    top = max(value for line in chart.lines for value in line.values)
    tallest = f"at the end of months; the tallest is {scale.amount(max(top, 0.0))}"
    first, *more = kept_lines(tallest, width - name - 4)
    drawn = [Text.assemble(("  " + cell(chart.title, name), "bold"), (f"  {first}", "dim"))]
    drawn += [Text(" " * (name + 4) + line, "dim") for line in more]
    for line in chart.lines:
        text = Text.assemble("  " + cell(line.name, name), "  ")
        for value in line.values[every - 1 :: every]:
            text.append(level(value, line.floor, top) * wide, "red" if value < line.floor else "cyan")
        text.append("  " + scale.amount(line.values[-1]), "red" if line.values[-1] < line.floor else "")
        drawn.append(text)
    columns = wide * len(chart.months[every - 1 :: every])
    drawn.append(Text(" " * (name + 4) + month_labels(chart.months, columns), "dim"))
    if any(value < line.floor for line in chart.lines for value in line.values):
        drawn.append(Text(f"  {SHORT} below the floor", "dim"))
    return drawn


def level(value: float, floor_of: float, top: float) -> str:
    """The character of one value."""
    if value < floor_of or top <= 0:
        return SHORT if value < floor_of else LEVELS[0]
    return LEVELS[min(len(LEVELS) - 1, max(0, int(value / top * len(LEVELS))))]


def stacked_bars(chart: StackedBars, scale: Scale, width: int) -> list[Text]:
    """The part that each block is, then a bar a whole; each part ends at its own place."""
    names = [f"{block} {printable(name)}" for block, name in zip(BLOCKS, chart.parts, strict=False)]
    lines = [""]
    for name in names:
        if lines[-1] and cell_len(f"  {lines[-1]}  {name}") > width:
            lines.append("")
        lines[-1] = f"{lines[-1]}  {name}" if lines[-1] else name
    drawn = [Text("  " + cell(line, width - 2).rstrip(), "dim") for line in lines]
    wholes = [scale.figure(float(whole), chart.places) for whole, _ in chart.rows]
    longest = max(map(len, wholes))
    columns = min(WIDEST_BAR, width - longest - 3)
    for text, (whole, amounts) in zip(wholes, chart.rows, strict=True):
        ends = [round(so_far / whole * columns) for so_far in accumulate(amounts)]
        starts = [0, *ends]
        bar = "".join(block * (end - start) for block, start, end in zip(BLOCKS, starts, ends, strict=False))
        drawn.append(Text(f"  {text.rjust(longest)} {bar}"))
    return drawn


class Frame:
    """The grid of a chart with its scale at the left and the months below it."""

    def __init__(
        self,
        months: Sequence[str],
        values: Sequence[float],
        floor_of: float | None,
        scale: Scale,
        width: int,
        unit: float = 1.0,
    ) -> None:
        self.months = months
        self.step, self.bottom, self.top = levels(values, unit)
        ticks = [level * self.step for level in range(self.bottom, self.top + 1)]
        self.labels = tick_labels(ticks, scale)
        self.margin = 2 + max(map(len, self.labels))
        self.columns = min(max(20, width - self.margin - 2), len(months) * WIDEST_MONTH + 1)
        self.grid: Grid = [[(" ", "")] * self.columns for _ in ticks]
        if floor_of is not None:
            self.grid[round(floor_of / self.step) - self.bottom] = [("┄", "dim")] * self.columns

    def lines(self, axis: Sequence[Cell]) -> list[Text]:
        """The chart, its highest row first."""
        rows = zip(range(self.bottom, self.top + 1), self.labels, self.grid, strict=True)
        lines = [
            Text.assemble((label.rjust(self.margin), "dim"), (" ┼" if level == 0 else " ┤", "dim"), *runs(row))
            for level, label, row in reversed(list(rows))
        ]
        lines.append(Text.assemble(" " * self.margin, (" └", "dim"), *runs(axis)))
        lines.append(Text(" " * (self.margin + 2) + month_labels(self.months, self.columns), "dim"))
        return [line.rstrip() for line in lines]


def runs(row: Sequence[Cell]) -> list[Cell]:
    """Neighbours of one style as one piece."""
    return [("".join(text for text, _ in cells), style) for style, cells in groupby(row, key=lambda cell: cell[1])]


def levels(values: Sequence[float], unit: float = 1.0, height: int = HEIGHT) -> tuple[float, int, int]:
    """A round step such that so many rows hold all values, and the lowest and highest row as multiples of it."""
    low, high = min(*values, 0.0), max(*values, 0.0)
    if low == high:
        return unit, 0, 1
    size = 10.0 ** floor(log10(max((high - low) / height, 0.01)))
    while True:
        for factor in STEPS:
            step = size * factor
            bottom, top = round(low / step), round(high / step)
            if top - bottom < height:
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


def is_named(months: Sequence[str], n: int) -> bool:
    """Whether a month is named on an axis: the first, then each January, in a short plan each quarter."""
    return n == 0 or months[n][5:] == "01" or (len(months) <= 18 and months[n][5:] in ("04", "07", "10"))


def month_labels(months: Sequence[str], columns: int) -> str:
    """The months that are named, where there is room for that."""
    text = ""
    for i, name in enumerate(months):
        at = round(i / len(months) * (columns - 1))
        if is_named(months, i) and (not text or at >= len(text) + 2) and at + len(month(name)) <= columns:
            text = text.ljust(at) + month(name)
    return text
