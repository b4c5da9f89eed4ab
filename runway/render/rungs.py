"""Cash on each line of the ladder, drawn in braille dots, with the closings and the days on which it is out below."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.render.chart import levels, runs, tick_labels
from runway.render.figures import month, printable
from runway.render.text import Text, cell, cell_len

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.render.chart import Grid
    from runway.render.figures import Scale

LABELS = 3  # rows of text below
LONGEST_NAME = 24
WIDEST_MONTH = 4  # columns a month at most
BLANK = 0x2800
DOTS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))  # of a braille character, from below, left and right
STYLES = ("yellow", "cyan", "magenta", "green")
OUT, PAID, FLOOR, AXIS = "▼", "△", "┄", "─"


class RungLine(NamedTuple):
    """Cash before the first month and at the end of each on a line of the ladder, in whole currency units."""

    name: str
    cash: Sequence[float]
    out: float | None  # months from the start to the day on which it is out; None if it never is


class Mark(NamedTuple):
    """Something that happens at a time, in months from the start."""

    at: float
    name: str


class RungChart(NamedTuple):
    """The lines of a ladder over the months of a plan, and when closings pay."""

    months: Sequence[str]
    lines: Sequence[RungLine]
    floor: float
    closings: Sequence[Mark]
    height: int  # rows at most, that of zero among them


def rung_chart(chart: RungChart, scale: Scale, width: int) -> list[Text]:
    """The rows of the drawing, then up to `LABELS` with the names of the marks on the axis."""
    drawn = [line for line in chart.lines if line.out is None or line.out > 0]
    values = [value for line in drawn for value in cash_until_out(line)] or [chart.lines[0].cash[0]]
    step, bottom, top = levels([*values, chart.floor], height=chart.height)
    heads = tick_labels([level * step for level in range(bottom, top + 1)], scale)
    margin = 2 + max(map(len, heads))
    names = [cell(printable(line.name), min(LONGEST_NAME, cell_len(line.name))) for line in drawn]
    room = max((len(name) + 1 for name, line in zip(names, drawn, strict=True) if line.out is None), default=0)
    columns = min(max(20, width - margin - 2 - room), len(chart.months) * WIDEST_MONTH + 1)
    grid: Grid = [[(" ", "")] * columns for _ in range(bottom, top + 1)]
    grid[-bottom] = [(FLOOR if chart.floor == 0 else AXIS, "dim")] * columns
    if chart.floor and bottom <= (at := round(chart.floor / step)) <= top:
        grid[at - bottom] = [(FLOOR, "dim")] * columns
    ends: dict[int, tuple[str, str]] = {}
    for n, line in enumerate(drawn):
        last = draw(grid, line, step, bottom, len(chart.months), STYLES[n % len(STYLES)])
        if line.out is None:
            free = [row for row in sorted(range(len(grid)), key=lambda row: abs(row - last)) if row not in ends]
            if free:
                ends[free[0]] = (names[n], STYLES[n % len(STYLES)])
    marks = [(place(mark.at, len(chart.months), columns), PAID, mark.name, mark.at) for mark in chart.closings]
    outs = [(line, name) for line, name in zip(drawn, names, strict=True) if line.out is not None]
    for line, name in outs:
        label = "out" if len(chart.lines) == 1 else f"{name} out"
        marks.append((place(line.out or 0.0, len(chart.months), columns), OUT, label, line.out or 0.0))
    for x, mark, *_ in marks:
        grid[-bottom][x] = (mark, "bold red" if mark == OUT else "green")
    lines = []
    for level, head, row in reversed(list(zip(range(bottom, top + 1), heads, grid, strict=True))):
        end = ends.get(level - bottom)
        pieces = [(head.rjust(margin), "dim"), (" ┼" if level == 0 else " ┤", "dim"), *runs(row)]
        lines.append(Text.assemble(*pieces, *([] if end is None else [(f" {end[0]}", end[1])])).rstrip())
    labels = label_rows(chart.months, marks, columns)
    return lines + [Text(" " * (margin + 2) + text, "dim").rstrip() for text in labels if text]


def cash_until_out(line: RungLine) -> Sequence[float]:
    """The cash of a line up to where it is out."""
    return line.cash if line.out is None else line.cash[: floor(line.out) + 1]


def draw(grid: Grid, line: RungLine, step: float, bottom: int, months: int, style: str) -> int:
    """Draws a line until it is out; returns the row of its last dot."""
    columns, dots = len(grid[0]), dict[tuple[int, int], int]()
    last_row, before = 0, None
    for x in range(columns * 2):
        at = x / (columns * 2 - 1) * months
        if line.out is not None and at > line.out:
            break
        left = min(int(at), months - 1)
        value = line.cash[left] + (line.cash[left + 1] - line.cash[left]) * (at - left)
        height = min(max(floor((value / step - bottom + 0.5) * 4), 0), len(grid) * 4 - 1)
        low, high = (height, height) if before is None else sorted((height, before))
        for y in range(low, high + 1):
            if y != before:
                dots[y // 4, x // 2] = dots.get((y // 4, x // 2), 0) | DOTS[y % 4][x % 2]
        dots[height // 4, x // 2] = dots.get((height // 4, x // 2), 0) | DOTS[height % 4][x % 2]
        last_row, before = height // 4, height
    for (row, column), bits in dots.items():
        under = grid[row][column][0]
        already = ord(under) - BLANK if BLANK <= ord(under) < BLANK + 256 else 0
        grid[row][column] = (chr(BLANK + (bits | already)), style)
    return last_row


def place(at: float, months: int, columns: int) -> int:
    """The column of a time."""
    return min(columns - 1, max(0, round(at / months * (columns - 1))))


def label_rows(months: Sequence[str], marks: Sequence[tuple[int, str, str, float]], columns: int) -> list[str]:
    """The names of the marks, below them: where cash is out first, then closings, in at most `LABELS` rows."""
    rows = [""] * LABELS
    for x, text in (*labels(months, marks), (0, short(months, 0)), (columns, short(months, len(months) - 1))):
        begins = min(x, columns - cell_len(text))
        for n, row in enumerate(rows):
            padded = row.ljust(columns + LONGEST_NAME)
            near = padded[max(0, begins - 2) : begins + cell_len(text) + 2]
            if begins >= 0 and not near.strip():
                rows[n] = (padded[:begins] + text + padded[begins + len(text) :]).rstrip()
                break
    return rows


def labels(months: Sequence[str], marks: Sequence[tuple[int, str, str, float]]) -> Iterator[tuple[int, str]]:
    for symbol in (OUT, PAID):
        for x, mark, name, at in marks:
            if mark == symbol:
                yield x, f"{short(months, floor(at))} {cell(printable(name), min(LONGEST_NAME, cell_len(name)))}"


def short(months: Sequence[str], n: int) -> str:
    """A month as `Apr 28`."""
    text = month(months[min(n, len(months) - 1)])
    return f"{text[:3]} {text[-2:]}"
