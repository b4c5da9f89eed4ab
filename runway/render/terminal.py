"""A report for a terminal or a pipe: widths are measured, two figures never touch, no line is wider than the screen."""

from __future__ import annotations

import os
import sys
from itertools import groupby
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.render.cells import cell_text
from runway.render.chart import (
    CashChart,
    FanChart,
    Sparklines,
    StackedBars,
    cash_chart,
    fan_chart,
    sparklines,
    stacked_bars,
)
from runway.render.figures import printable
from runway.render.report import (
    Bar,
    Cell,
    Findings,
    Heading,
    Prose,
    Table,
    Verbatim,
    plain,
    sized,
    to_the_right,
    unit_of,
)
from runway.render.rungs import RungChart, rung_chart
from runway.render.text import Text, cell, cell_len, environment_width, kept_lines
from runway.render.tree import Tree, tree_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import Console

    from runway.render.figures import Scale
    from runway.render.report import Block, Column, Report, Row

PIPE_WIDTH = 80
NARROWEST = 60
MARGIN = 2
GAP = 2  # between columns at the least
NARROWEST_TEXT = 14
LABEL = 15  # of findings
LEAST_PROSE = 20  # columns of a paragraph beside the words before it
BARS = (6, 24)  # columns that a bar takes at the least and at the most


def terminal_text(report: Report, screen: Console | None = None) -> str:
    """The report as text with the styles that the console shows."""
    if screen is None and in_a_pipe():
        width = max(environment_width() or PIPE_WIDTH, NARROWEST)
        return "".join(f"{line.plain}\n" for line in report_lines(report, width))
    screen = screen or console()
    with screen.capture() as captured:
        for line in report_lines(report, max(screen.width, NARROWEST)):
            screen.print(line.rich(), soft_wrap=True)
    return captured.get()


def console() -> Console:
    """The terminal as wide as it is, or 80 columns without colour in a pipe."""
    from rich.console import Console

    width = environment_width() or (None if Console().is_terminal else PIPE_WIDTH)
    return Console(width=width, highlight=False, markup=False, emoji=False)


def in_a_pipe() -> bool:
    """Whether no style is ever shown, so that rich is not needed; a variable that asks for styles is left to rich."""
    forced = "FORCE_COLOR" in os.environ or "TTY_COMPATIBLE" in os.environ
    return not forced and sys.stdout is not None and not sys.stdout.isatty()


def report_lines(report: Report, width: int) -> Iterator[Text]:
    """The report line by line; of a report with coarser forms, the first whose tables all fit."""
    report = report.fitting(lambda table, scale: fits(table, scale, width))
    if report.title:
        yield from prose_lines(Prose(" · ".join(filter(None, report.title)), "", "bold"), width, report.scale.label)
    for paragraph in report.lead:
        yield from prose_lines(paragraph, width)
    for n, section in enumerate(report.sections):
        if n or report.title:
            yield Text()
        for block in section:
            yield from block_lines(block, report.scale, width)


def block_lines(block: Block, scale: Scale, width: int) -> Iterable[Text]:
    """One block of a report."""
    if isinstance(block, Table):
        return table_lines(block, scale, width)
    if isinstance(block, Prose):
        return prose_lines(block, width)
    if isinstance(block, Findings):
        label = max((len(name) for name, _ in block.pairs), default=0)
        rows = (Prose(text, " " * MARGIN + name.ljust(max(LABEL, label + GAP))) for name, text in block.pairs)
        return (line for row in rows for line in prose_lines(row, width, lead=block.style))
    if isinstance(block, Heading):
        return heading_lines(block.text, block.note, width)
    if isinstance(block, Tree):
        return tree_lines(block, width)
    if isinstance(block, Verbatim):
        return [Text(line, block.style) for line in block.lines]
    return DRAWN[type(block)](block, scale, width)


DRAWN: dict[type, Callable[[Any, Scale, int], Iterable[Text]]] = {
    CashChart: cash_chart, RungChart: rung_chart, FanChart: fan_chart, Sparklines: sparklines, StackedBars: stacked_bars
}  # fmt: skip


def prose_lines(paragraph: Prose, width: int, together: str = "", lead: str = "dim") -> Iterator[Text]:
    """A paragraph whose further lines stand under its text, broken only between words and never inside a date.

    Where the words before it leave too little room, all of its text stands below them.
    """
    first = paragraph.first
    text = printable(paragraph.text)
    if width - cell_len(first) < min(LEAST_PROSE, cell_len(text)):
        for part in kept_lines(first.strip(), width - MARGIN):
            yield Text.assemble((" " * MARGIN + part, lead))
        first = " " * 3 * MARGIN
    if together:
        text = text.replace(together, together.replace(" ", "\N{NO-BREAK SPACE}"))
    for n, part in enumerate(kept_lines(text, max(LEAST_PROSE, width - cell_len(first)))):
        before = first if n == 0 else " " * cell_len(first)
        yield Text.assemble((before, lead), (part, paragraph.style))


def heading_lines(title: str, note: str, width: int) -> Iterator[Text]:
    """A title and the note beside it, which goes on below where the width ends."""
    lead = " " * MARGIN + title
    if not note:
        yield Text(lead, "bold")
        return
    lead += "   " if title else ""
    first, *further = prose_lines(Prose(note, lead, "dim"), width)
    yield Text.assemble((lead, "bold"), *first.pieces[1:]).rstrip()
    yield from further


class TableLayout(NamedTuple):
    """A table as text and how wide its columns stand; the first column repeats in every block."""

    heads: list[list[str]]  # by column, the lines of its head
    body: list[list[str]]  # by row
    widths: list[int]
    gap: int
    blocks: list[list[int]]  # of columns after the first


def fits(table: Table, scale: Scale, width: int) -> bool:
    """Whether all columns stand side by side in this width; where their heads alone do not, no cell is looked at."""
    heads = [max(map(cell_len, column.head.split("\n"))) for column in table.columns]
    least = [min(head, NARROWEST_TEXT) for head in heads]
    return total(least, GAP) <= width and len(table_layout(table, scale, width).blocks) <= 1


def table_layout(table: Table, scale: Scale, width: int) -> TableLayout:
    """Columns as wide as their cells; long texts give way first, then columns go below one another."""
    table, scale = sized(table, scale)
    columns = table.columns
    body = [
        [
            "" if unit_of(column, row, value) == "bar"
            else cell_text(column, row, value, scale, scale.places)
            for column, value in zip(columns, row.cells, strict=True)
        ]
        for row in table.rows
    ]  # fmt: skip
    for row, texts in zip(table.rows, body, strict=True):
        texts[0] = "  " * row.depth + texts[0]
    heads = [column.head.split("\n") for column in columns]
    for n, column in enumerate(columns):
        if to_the_right(column) and any(texts[n].endswith((" ", ")")) for texts in body):  # digits stand under digits
            wide = max(cell_len(texts[n]) for texts in body)
            for texts in body:  # the widest text of a column needs no more room for that
                texts[n] += "" if texts[n].endswith((" ", ")")) or cell_len(texts[n]) == wide else " "
            heads[n] = [f"{line} " if line else "" for line in heads[n]]
    widths = [
        max((cell_len(text) for text in (*heads[n], *(t[n] for t in body))), default=0) for n in range(len(heads))
    ]
    alone = [names_alone(row, texts) for row, texts in zip(table.rows, body, strict=True)]
    if any(alone) and not all(alone):
        names = [texts[0] for texts, over in zip(body, alone, strict=True) if not over]
        widths[0] = max(map(cell_len, (*heads[0], *names)))
    if not table.note:
        widths[0] = max(widths[0], cell_len(table.title))
    bars = [n for n, column in enumerate(columns) if column.unit == "bar"]
    for n in bars:
        widths[n] = BARS[0]
    first = widths[0]
    apart = widened(columns, widths, GAP + 1)
    widths = apart if total(apart, GAP + 1) <= width else widened(columns, widths, GAP)
    give_way(columns, widths, width)
    room = width - total(widths, GAP)
    for n in bars:
        widths[n] = min(BARS[1], BARS[0] + max(0, room))
    gap = GAP + 1 if total(widths, GAP + 1) <= width else GAP
    blocks: list[list[int]] = []
    for part in parts(columns, lambda block: total([widths[0], *(widths[m] for m in block)], gap) <= width):
        if blocks and total([widths[0], *(widths[m] for m in (*blocks[-1], *part))], gap) <= width:
            blocks[-1] += part
        else:
            blocks.append(part)
    blocks = [part for n, part in enumerate(blocks) if n == 0 or not set(part) <= set(bars)]  # a bar repeats a figure
    left = (width - total([widths[n] for n in (0, *part)], gap) for part in blocks)
    widths[0] = min(first, widths[0] + max(0, min(left, default=0)))  # what gave way in vain has its width back
    return TableLayout(heads, body, widths, gap, blocks)


def parts(columns: Sequence[Column], fit: Callable[[list[int]], bool]) -> Iterator[list[int]]:
    """The columns after the first: those under a common head together where they fit, any other alone."""
    for over, together in groupby(range(1, len(columns)), lambda n: columns[n].over):
        part = list(together)
        if over and fit(part):
            yield part
        else:
            yield from ([n] for n in part)


def widened(columns: Sequence[Column], widths: Sequence[int], gap: int) -> list[int]:
    """The widths, those of the columns under a common head longer than they are together as wide as it."""
    wide = list(widths)
    for over, together in groupby(range(1, len(columns)), lambda n: columns[n].over):
        part = list(together)
        for n in range(cell_len(over) + MARGIN - total([widths[m] for m in part], gap)):
            wide[part[n % len(part)]] += 1
    return wide


def total(widths: Sequence[int], gap: int) -> int:
    return MARGIN + sum(widths) + gap * (len(widths) - 1)


def give_way(columns: Sequence[Column], widths: list[int], width: int) -> None:
    """Makes the longest columns of text narrower until the row fits, none of them narrower than can be read.

    Those whose texts go on below give way before those whose texts are cut.  Figures in words, which stand to the right
    as figures do, are cut only where the width is too small for them alone.
    """
    beside = min(widths[0], NARROWEST_TEXT)
    texts = [
        n
        for n, column in enumerate(columns)
        if column.unit == "text" and not (n and to_the_right(column) and total([beside, widths[n]], GAP) <= width)
    ]
    for giving in ([n for n in texts if columns[n].wraps], texts):
        while total(widths, GAP) > width:
            longest = max(giving, key=lambda n: widths[n], default=None)
            if longest is None or widths[longest] <= NARROWEST_TEXT:
                break
            widths[longest] -= 1


def table_lines(table: Table, scale: Scale, width: int) -> Iterator[Text]:
    """The table, in several blocks one below the other where its columns are too many for the width."""
    table, scale = sized(table, scale)
    layout = table_layout(table, scale, width)
    if table.note or (table.title and not layout.blocks):
        yield from heading_lines(table.title, table.note, width)
    for number, block in enumerate(layout.blocks or [[]]):
        if number:
            yield Text()
        shown = [0, *block]
        yield from head_lines(table, layout, shown)
        for row, texts in zip(table.rows, layout.body, strict=True):
            if row.apart:
                yield Text()
            if row.ruled:
                rule = total([layout.widths[n] for n in shown], layout.gap) - MARGIN
                yield Text(" " * MARGIN + "─" * rule, "dim")
            yield from row_lines(table.columns, row, texts, layout, shown)
            if number == 0:
                for paragraph in row.below:
                    yield from prose_lines(paragraph, width)
    for paragraph in table.after:
        yield from prose_lines(paragraph, width)


def head_lines(table: Table, layout: TableLayout, shown: Sequence[int]) -> Iterator[Text]:
    if any(table.columns[n].over for n in shown):
        text = " " * (MARGIN + layout.widths[0])
        for over, together in groupby(shown[1:], lambda n: table.columns[n].over):
            text += " " * layout.gap + over.center(total([layout.widths[n] for n in together], layout.gap) - MARGIN)
        yield Text(text.rstrip(), "dim")
    heads = [layout.heads[n] for n in shown]
    if table.title and not table.note:
        lines = max(1, *(len(head) for head in heads))
        below = heads[0] if lines > 1 and heads[0] != [""] else []
        heads[0] = [table.title, *[""] * (lines - 1 - len(below)), *below]
    height = max(len(head) for head in heads)
    for line in range(height):
        texts = [([""] * (height - len(head)) + head)[line] for head in heads]
        if not any(texts):
            continue
        first, *further = (
            aligned(text, table.columns[n], layout.widths[n]) for n, text in zip(shown, texts, strict=True)
        )
        style = "bold" if line == 0 and table.title and not table.note else "dim"
        text = (" " * layout.gap).join(["", *further]) if further else ""
        yield Text.assemble((" " * MARGIN + first, style), (text, "dim")).rstrip()


def aligned(text: str, column: Column, width: int) -> str:
    wide = min(width, cell_len(text))
    return " " * (width - wide) + cell(text, wide) if to_the_right(column) else cell(text, width)


def row_lines(
    columns: Sequence[Column], row: Row, texts: Sequence[str], layout: TableLayout, shown: Sequence[int]
) -> Iterator[Text]:
    """One row; a text that wraps goes on in its column on further lines."""
    if names_alone(row, texts) and cell_len(texts[0]) > layout.widths[0]:
        name, lead = row.cells[0], "  " * row.depth
        wide = total([layout.widths[n] for n in shown], layout.gap) - MARGIN - len(lead)
        for part in kept_lines(texts[0].strip(), wide):
            over = Text(" " * MARGIN, row.style)
            over.append(lead + part, name.style if isinstance(name, Cell) else "")
            yield over
        return
    stacks = []
    for n in shown:
        lead = "  " * row.depth if n == 0 else ""
        wide = layout.widths[n] - len(lead)
        wraps = columns[n].wraps and cell_len(texts[n]) > layout.widths[n]
        stacks.append([lead + part for part in kept_lines(texts[n].strip(), wide)] if wraps else [texts[n]])
    for line in range(max(len(stack) for stack in stacks)):
        text = Text(" " * MARGIN, row.style)
        for i, n in enumerate(shown):
            value = row.cells[n]
            style = value.style if isinstance(value, Cell) else ""
            part = stacks[i][line] if line < len(stacks[i]) else ""
            if i:
                text.append(" " * layout.gap)
            figure = plain(value)
            if isinstance(figure, Bar):
                text.append(bar(figure, layout.widths[n]) if line == 0 else "", style)
            else:
                text.append(aligned(part, columns[n], layout.widths[n]), style)
        yield text.rstrip()


def names_alone(row: Row, texts: Sequence[str]) -> bool:
    """Whether a row is a name with nothing beside it, which may stand over the columns."""
    return not any(text.strip() for text in texts[1:]) and not any(isinstance(plain(cell), Bar) for cell in row.cells)


def bar(figure: Bar, width: int) -> str:
    """A bar at its place; one that is not empty shows at least one mark."""
    low, high = sorted((figure.start, figure.end))
    first, last = round(low * width), round(high * width)
    run = max(1, last - first) if high > low else 0
    return " " * min(first, width - run) + figure.mark * run
