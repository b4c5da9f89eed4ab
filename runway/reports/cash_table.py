"""The cash table and, below it, the bridge from net loss to net burn, in the same columns.

First the rows as figures (`cash_table`), then their lines of text (`table_lines`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runway.render.figures import Scale, printable
from runway.render.terminal import Text, cell, cell_len
from runway.reports.periods import By, Period, closings, flows, openings, periods
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.projection import Projection

__all__ = ["CashTable", "Row", "cash_table", "fits", "table_lines"]

BRIDGE = (
    ("bridge.working_capital", "working capital"),
    ("bridge.non_cash", "non-cash costs"),
    ("bridge.capital", "capital net of write-offs"),
    ("bridge.tax_timing", "tax timing"),
    ("bridge.grants", "grants"),
)
MARGIN = 2
WIDEST_LABEL = 34


class Row(NamedTuple):
    """One line of the table: a total at the margin, or at depth 1 one of the lines that it sums."""

    title: str
    values: tuple[float, ...]
    depth: int = 0


class CashTable(NamedTuple):
    """The figures of both tables, in whole currency units; every row has one value a period."""

    by: By
    columns: tuple[Period, ...]
    opening: Row
    sections: tuple[tuple[Row, tuple[Row, ...]], ...]
    net: Row
    closing: tuple[Row, ...]  # the total first, then what of it is restricted, and what is owed
    bridge: tuple[Row, ...]  # net loss, what lies between, net burn
    measures: tuple[Row, ...]  # what is no money, at the end of each period

    @property
    def rows(self) -> list[Row]:
        middle = [row for total, lines in self.sections for row in (total, *lines)]
        return [self.opening, *middle, self.net, *self.closing, *self.bridge]


def cash_table(projection: Projection, by: By) -> CashTable:
    """The table by month, quarter or year.  Lines and sections that never move cash are left out."""
    rows = projection.rows
    columns = periods(projection.months, by)

    def flow(title: str, address: str, depth: int = 0) -> Row:
        return Row(printable(title), flows(rows[address], columns, projection.minor_digits), depth)

    sections = []
    for section in projection.sections:
        lines = tuple(flow(line.title, line.cash, 1) for line in section.lines if any(rows[line.cash]))
        if lines or any(rows[section.cash]):
            sections.append((flow(section.title, section.cash), lines))
    closing = [Row("Closing cash", closings(rows["cash"], columns))]
    if any(rows.get("restricted_cash", ())):
        closing.append(Row("of which restricted", closings(rows["restricted_cash"], columns), 1))
    if any(rows.get("total.debt", ())):
        closing.append(Row("Debt owed", closings(rows["total.debt"], columns)))
    between = [flow(title, address, 1) for address, title in BRIDGE if any(rows.get(address, ()))]
    return CashTable(
        by=by,
        columns=columns,
        opening=Row("Opening cash", openings(rows["opening_cash"], columns)),
        sections=tuple(sections),
        net=flow("Net cash flow", "net_cash_flow"),
        closing=tuple(closing),
        bridge=(flow("Net loss", "net_loss"), *between, flow("Net burn", "net_burn")),
        measures=tuple(
            Row(printable(m.title), closings(rows[m.address], columns))
            for m in projection.measures
            if m.address in rows
        ),
    )


def foots(table: CashTable, scale: Scale, decimals: int) -> bool:
    """Whether the figures add up as printed: lines to sections, sections to the net flow, net loss to net burn."""

    def adds_up(parts: Sequence[Row], total: Row) -> bool:
        printed = [[round(value / scale.unit * 10**decimals) for value in row.values] for row in (*parts, total)]
        return all(sum(column[:-1]) == column[-1] for column in zip(*printed, strict=True))

    return (
        all(adds_up(lines, total) for total, lines in table.sections if lines)
        and adds_up([total for total, _ in table.sections] or [table.net], table.net)
        and adds_up([table.opening, table.net], table.closing[0])
        and adds_up(table.bridge[:-1], table.bridge[-1])
    )


class Layout(NamedTuple):
    """How wide the label and each column are, and how many columns stand side by side."""

    decimals: int
    label: int
    column: int
    across: int


def layout(table: CashTable, scale: Scale, width: int) -> Layout:
    decimals = scale.decimals([row.values for row in table.rows])
    figures = max(len(scale.figure(value, decimals)) for row in table.rows for value in row.values)
    heads = max(len(text) + 1 for column in table.columns for text in (column.label, column.part))
    titled = (*table.rows, *table.measures)
    label = min(WIDEST_LABEL, max(MARGIN + 2 * row.depth + cell_len(row.title) for row in titled))
    room = width - label
    wide = max(figures, heads, *(len(amount_text(v, 3)) + 1 for row in table.measures for v in row.values), 0)
    separation = 2 if room // (wide + 2) >= min(len(table.columns), room // (wide + 1)) else 1
    return Layout(decimals, label, wide + separation, max(1, room // (wide + separation)))


def fits(table: CashTable, scale: Scale, width: int) -> bool:
    """Whether all columns stand side by side in this width."""
    return layout(table, scale, width).across >= len(table.columns)


def table_lines(table: CashTable, scale: Scale, width: int) -> list[Text]:
    """The table, in several blocks one below the other when its columns are too many for the width."""
    plan = layout(table, scale, width)
    lines: list[Text] = []
    for start in range(0, len(table.columns), plan.across):
        lines += block(table, scale, plan, slice(start, start + plan.across))
        lines.append(Text())
    if not foots(table, scale, plan.decimals):
        lines[-1:] = [Text(" " * MARGIN + "figures are rounded", "dim"), Text()]
    return lines


def block(table: CashTable, scale: Scale, plan: Layout, shown: slice) -> Iterator[Text]:
    columns = table.columns[shown]
    rule = Text(" " * MARGIN + "─" * (plan.label - MARGIN + plan.column * len(columns) - 1), "dim")

    def line(row: Row, style: str, *, warn: bool = False) -> Text:
        text = Text(cell(" " * (MARGIN + 2 * row.depth) + row.title, plan.label), style)
        for value in row.values[shown]:
            figure = scale.figure(value, plan.decimals).rjust(plan.column)
            text.append(figure, "red" if warn and value < 0 else "")
        return text.rstrip()

    yield from heads(columns, plan)
    yield rule
    yield line(table.opening, "")
    for total, parts in table.sections:
        yield line(total, "bold")
        for part in parts:
            yield line(part, "")
    yield rule
    yield line(table.net, "")
    yield line(table.closing[0], "bold", warn=True)
    for part in table.closing[1:]:
        yield line(part, "")
    yield Text()
    yield line(table.bridge[0], "bold")
    for part in table.bridge[1:-1]:
        yield line(part, "")
    yield line(table.bridge[-1], "bold")
    if table.measures:
        yield Text()
        yield Text(" " * MARGIN + "At the end of each period", "dim")
    for measure in table.measures:
        text = cell(" " * MARGIN + measure.title, plan.label)
        figures = (f"{amount_text(value, 3)} ".rjust(plan.column) for value in measure.values[shown])
        yield Text((text + "".join(figures)).rstrip(), "dim")


def heads(columns: Sequence[Period], plan: Layout) -> Iterator[Text]:
    """The year over the first of its columns, the period, and the months of an incomplete one."""
    years = [
        column.year if column.year != column.label and (i == 0 or column.year != columns[i - 1].year) else ""
        for i, column in enumerate(columns)
    ]
    for names in (years, [column.label for column in columns], [column.part for column in columns]):
        if any(names):
            text = " " * plan.label + "".join((name + " ").rjust(plan.column) for name in names)
            yield Text(text.rstrip(), "dim")
