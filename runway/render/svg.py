"""Charts as SVG: lines, areas, bars and marks, in the colours of the style sheet, black on white without one."""

from __future__ import annotations

from html import escape
from itertools import accumulate, pairwise
from math import floor
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.render.chart import CashChart, FanChart, Sparklines, StackedBars, is_named, levels, tick_labels
from runway.render.figures import month, printable
from runway.render.rungs import RungChart, cash_until_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runway.render.chart import Sparkline
    from runway.render.figures import Scale
    from runway.render.report import Bar

WIDE, HIGH = 760, 250
LEFT, RIGHT, ABOVE, BELOW = 62, 120, 10, 34  # margins: of the scale, of names, and of months and marks
ROWS = 7  # of the grid at most
LETTER = 7  # width of a letter of a label, about
SMALL, BAR = (180, 30), (120, 10)
LOWER = {"cash in hand": "hand", "certain": "certain", "conditional": "conditional", "planned": "planned"}
"""The classes of the rungs by name; any other line is `other`."""
Chart = CashChart | RungChart | FanChart | Sparklines | StackedBars


def chart_parts(chart: Chart, scale: Scale) -> Iterator[str]:
    """The chart as pieces of HTML, with the meaning of its marks below it."""
    yield from DRAWN[type(chart)](chart, scale)


class EndName(NamedTuple):
    """A name at the end of a line."""

    text: str
    y: float
    kind: str


class Plot:
    """The axes of a chart over months, and the lines and marks between them."""

    def __init__(self, months: Sequence[str], values: Sequence[float], floor_of: float | None, scale: Scale) -> None:
        self.months, self.pieces, self.names = months, list[str](), list[EndName]()
        self.step, bottom, top = levels([*values, floor_of or 0.0], height=ROWS)
        self.bottom, self.top = bottom * self.step, top * self.step
        ticks = [level * self.step for level in range(bottom, top + 1)]
        for tick, label in zip(ticks, tick_labels(ticks, scale), strict=True):
            self.pieces += [rule(LEFT, self.y(tick), WIDE - RIGHT, "grid"), self.text(LEFT - 6, self.y(tick), label)]
        label_end = float("-inf")
        for t, name in enumerate(months):
            label, x = month(name), self.x(t)
            if is_named(months, t) and x >= label_end:
                label_end = x + LETTER * (len(label) + 1)
                self.pieces.append(rule(x, self.y(0), x, "grid", self.y(0) + 4))
                self.pieces.append(self.text(x, HIGH - 8, label, anchor="start"))
        if floor_of:
            self.pieces.append(rule(LEFT, self.y(floor_of), WIDE - RIGHT, "floor"))

    def x(self, at: float) -> float:
        """The place of a time, in months from the start."""
        return LEFT + min(max(at / len(self.months), 0.0), 1.0) * (WIDE - LEFT - RIGHT)

    def y(self, value: float) -> float:
        part = (min(max(value, self.bottom), self.top) - self.bottom) / (self.top - self.bottom)
        return HIGH - BELOW - part * (HIGH - ABOVE - BELOW)

    def text(self, x: float, y: float, text: str, kind: str = "tick", anchor: str = "end") -> str:
        place = f'x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"'
        return f'<text class="{kind}" {place} font-size="12" fill="currentColor">{escape(text.strip())}</text>'

    def points(self, values: Sequence[float], first: float = 0.0) -> str:
        """Values at the ends of months, from a time on."""
        return " ".join(f"{self.x(first + t):.1f},{self.y(value):.1f}" for t, value in enumerate(values))

    def line(self, points: str, kind: str) -> None:
        self.pieces.append(
            f'<polyline class="{kind}" points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
        )

    def band(self, low: Sequence[float], high: Sequence[float], first: float) -> None:
        ends = f"{self.points(low, first)} " + " ".join(reversed(self.points(high, first).split()))
        self.pieces.append(f'<polygon class="fan" points="{ends}" fill="currentColor" opacity=".13"/>')

    def name(self, text: str, value: float, kind: str) -> None:
        self.names.append(EndName(text, self.y(value), kind))

    def mark(self, at: float, title: str, kind: str, *, down: bool) -> None:
        """A triangle on the line of zero, whose title shows where it is pointed at."""
        x, y = self.x(at), self.y(0)
        base = y - 9 if down else y + 9
        shape = f"{x - 5:.1f},{base:.1f} {x + 5:.1f},{base:.1f}"
        self.pieces.append(
            f'<polygon class="{kind}" points="{shape} {x:.1f},{y:.1f}" fill="currentColor">'
            f"<title>{escape(title)}</title></polygon>"
        )

    def svg(self, label: str) -> str:
        """The picture; names that would meet stand below one another."""
        before = float("-inf")
        for text, y, kind in sorted(self.names, key=lambda name: name.y):
            before = max(y, before + 15)
            self.pieces.append(self.text(WIDE - RIGHT + 6, before, text, f"name {kind}", "start"))
        return picture(WIDE, HIGH, self.pieces, label)


def picture(wide: float, high: float, pieces: Sequence[str], label: str = "", kind: str = "chart") -> str:
    """An image with a label for screen readers, or a picture of the text beside it."""
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return f'<svg class="{kind}" viewBox="0 0 {wide:g} {high:g}" width="{wide:g}" {role}>{"".join(pieces)}</svg>'


def rule(x: float, y: float, to: float, kind: str, down: float | None = None) -> str:
    end = y if down is None else down
    place = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to:.1f}" y2="{end:.1f}"'
    dashes = ' stroke-dasharray="2 3"' if kind == "floor" else ""
    return f'<line class="{kind}" {place} stroke="currentColor" stroke-opacity=".35"{dashes}/>'


def rungs(chart: RungChart, scale: Scale) -> Iterator[str]:
    """Each line up to where it is out, with its name at its end, and the closings and the days on which cash is out."""
    drawn = [line for line in chart.lines if line.out is None or line.out > 0]
    values = [value for line in drawn for value in cash_until_out(line)] or [chart.lines[0].cash[0]]
    plot, marks = Plot(chart.months, values, chart.floor, scale), list[tuple[float, str]]()
    for line in drawn:
        kind, name = LOWER.get(line.name, "other"), printable(line.name)
        points = plot.points(cash_until_out(line))
        if line.out is None:
            plot.name(name, line.cash[-1], kind)
        else:
            t = min(floor(line.out), len(chart.months) - 1)
            value = line.cash[t] + (line.cash[t + 1] - line.cash[t]) * (line.out - t)
            points += f" {plot.x(line.out):.1f},{plot.y(value):.1f}"
            label = "out" if len(chart.lines) == 1 else f"{name} out"
            marks.append((line.out, f"▼ {month_at(chart.months, line.out)} {label}"))
        plot.line(points, f"line {kind}")
    for line in drawn:
        if line.out is not None:
            plot.mark(line.out, printable(line.name), f"out {LOWER.get(line.name, 'other')}", down=True)
    for mark in chart.closings:
        plot.mark(mark.at, printable(mark.name), "mark", down=False)
        marks.append((mark.at, f"▲ {month_at(chart.months, mark.at)} {printable(mark.name)}"))
    yield plot.svg("cash on each rung of the ladder")
    yield from below([label for _, label in sorted(marks)], "dotted: the floor" if chart.floor else "")


def cash(chart: CashChart, scale: Scale) -> Iterator[str]:
    """Cash, beside it cash in hand alone, and the months in which a closing paid."""
    plot = Plot(chart.months, [*chart.cash, *(chart.alone or ())], chart.floor, scale)
    if chart.alone is not None:
        plot.line(plot.points(chart.alone), "line hand")
        plot.name("cash in hand", chart.alone[-1], "hand")
    plot.line(plot.points(chart.cash), "line")
    plot.name("cash", chart.cash[-1], "")
    for name in chart.paid:
        if name in chart.months:
            plot.mark(chart.months.index(name) + 0.5, month(name), "mark", down=False)
    yield plot.svg("cash at the end of each month")


def fan(chart: FanChart, scale: Scale) -> Iterator[str]:
    """Where nine tenths and where half of the futures lie, and the median."""
    series = list(zip(*chart.quantiles, strict=True))
    first = float(len(chart.months) - len(series[0]) + 1) if len(series[0]) <= len(chart.months) else 0.0
    plot = Plot(chart.months, [*series[0], *series[-1]], chart.floor, scale)
    plot.band(series[0], series[4], first)
    plot.band(series[1], series[3], first)
    plot.line(plot.points(series[2], first), "line certain")
    plot.name("median", series[2][-1], "certain")
    yield plot.svg("cash of the futures: the median, and where half and nine tenths of them lie")


def sparks(chart: Sparklines, scale: Scale) -> Iterator[str]:
    """A row a chart, all on one scale, with its last value."""
    top = max(max(line.values) for line in chart.lines)
    low = min(0.0, *(line.floor for line in chart.lines))
    rows = "".join(
        f'<tr><th scope="row">{escape(printable(line.name))}</th><td>{spark(line, low, top, len(chart.months))}</td>'
        f'<td align="right" class="figure{" below" if line.values[-1] < line.floor else ""}">'
        f"{escape(scale.amount(line.values[-1]))}</td></tr>"
        for line in chart.lines
    )
    ends = f"{month(chart.months[0])} to {month(chart.months[-1])}, then the last month's"
    heads = (
        f'<th scope="col">{escape(chart.title.lower())}</th><th scope="col">{ends}</th><th scope="col">at its end</th>'
    )
    yield scrolled(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>", chart.title.lower())


def spark(line: Sparkline, low: float, top: float, months: int) -> str:
    wide, high = SMALL
    span = top - low or 1.0

    def y(value: float) -> float:
        return high - 2 - (min(max(value, low), top) - low) / span * (high - 4)

    points = " ".join(f"{(t + 0.5) / months * wide:.1f},{y(value):.1f}" for t, value in enumerate(line.values))
    path = f'<polyline class="line" points="{points}" fill="none" stroke="currentColor" stroke-width="2"/>'
    return picture(wide, high, [rule(0, y(line.floor), wide, "floor"), path], kind="spark")


def stacked(chart: StackedBars, scale: Scale) -> Iterator[str]:
    """A bar a whole; the names of its parts stand above, each in the shade that it has in the bars."""
    shade = [
        f'fill="currentColor" fill-opacity="{1 - n / (len(chart.parts) + 1):.2f}"' for n in range(len(chart.parts))
    ]
    swatches = [picture(10, 10, [box(0, 10, 10, n, fill)], kind="swatch") for n, fill in enumerate(shade)]
    keys = "".join(
        f'<span class="key">{swatch} {escape(printable(name))}</span> '
        for swatch, name in zip(swatches, chart.parts, strict=True)
    )
    yield f'<p class="keys">{keys}</p>'
    rows = []
    for whole, amounts in chart.rows:
        ends = [0.0, *(float(so_far / whole) * WIDE / 2 for so_far in accumulate(amounts))]
        parts = [box(a, b - a, 14, n, shade[n]) for n, (a, b) in enumerate(pairwise(ends))]
        value = escape(scale.figure(float(whole), chart.places).strip())
        rows.append(f'<tr><th scope="row" class="figure">{value}</th><td>{picture(WIDE / 2, 14, parts)}</td></tr>')
    heads = '<th scope="col">whole</th><th scope="col">what each part gets of it</th>'
    table = f'<table class="bars"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    yield scrolled(table, "what each part gets")


DRAWN: dict[type, Callable[[Any, Scale], Iterator[str]]] = {
    RungChart: rungs, CashChart: cash, FanChart: fan, Sparklines: sparks, StackedBars: stacked
}  # fmt: skip


def scrolled(table: str, name: str) -> str:
    """A table that may be wider than the screen, and can be moved by keyboard then."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(name)}">{table}</div>'


def box(x: float, wide: float, high: float, part: int, fill: str) -> str:
    return f'<rect class="part{part}" x="{x:.1f}" width="{wide:.1f}" height="{high:g}" {fill}/>'


def bar(value: Bar) -> str:
    """A bar between two places of its column."""
    wide, high = BAR
    start, end = sorted((value.start * wide, value.end * wide))
    shape = (
        f'<rect class="bar" x="{start:.1f}" width="{max(end - start, 0.5):.1f}" height="{high}" fill="currentColor"/>'
    )
    return picture(wide, high, [shape], kind="bars")


def month_at(months: Sequence[str], at: float) -> str:
    return month(months[min(max(floor(at), 0), len(months) - 1)])


def below(marks: Sequence[str], more: str) -> Iterator[str]:
    texts = [*marks, *filter(None, [more])]
    if texts:
        yield f'<p class="quiet">{escape(" · ".join(texts))}</p>'
