"""The cash flow by period and, below it, the bridge from net loss to net burn, in the same columns; as CSV by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runway.program.sections import group_title
from runway.render.figures import printable
from runway.render.report import Cell, Column, Row, Table, Unit
from runway.reports.periods import By, Period, closings, flows, heads, openings, period_label, periods

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.projection import Projection
    from runway.program.sections import CashLine

BRIDGE = (
    ("burn_bridge.working_capital", "working capital"),
    ("burn_bridge.non_cash", "non-cash costs"),
    ("burn_bridge.capital", "capital net of write-offs"),
    ("burn_bridge.tax_timing", "tax timing"),
    ("burn_bridge.debt_timing", "interest and fees, timing"),
    ("burn_bridge.grants", "grants"),
    ("burn_bridge.fx", "exchange differences"),
)
BURN = ("gross_burn", "net_burn", "net_loss")
LOAN_ROWS = ("drawn", "interest", "capitalised", "principal", "fees", "balance")
LINE_ROWS = ("draw", "interest", "repayment", "fees", "balance")
BALANCES = ("restricted_cash", "unrestricted_cash")
AT_A_MOMENT = ("cash", "total.mrr", "total.arr", "total.debt", *BALANCES)


class CashTableLine(NamedTuple):
    """One line of the table: a total at the margin, or at depth 1 one of the lines that it sums."""

    title: str
    values: tuple[float, ...]
    depth: int = 0


class CashTable(NamedTuple):
    """The figures of both tables, in whole currency units; every row has one value a period."""

    by: By
    columns: tuple[Period, ...]
    opening: CashTableLine
    sections: tuple[tuple[CashTableLine, tuple[CashTableLine, ...]], ...]
    net: CashTableLine
    closing: tuple[CashTableLine, ...]  # the total first, then what of it is restricted, and what is owed
    bridge: tuple[CashTableLine, ...]  # net loss, what lies between, net burn
    measures: tuple[CashTableLine, ...]  # what is no money, at the end of each period

    planned: bool  # whether planned funding is in it

    @property
    def money(self) -> list[tuple[float, ...]]:
        """The figures of every row of money."""
        middle = [line for total, lines in self.sections for line in (total, *lines)]
        return [line.values for line in (self.opening, *middle, self.net, *self.closing, *self.bridge)]

    def table(self) -> Table:
        """The table as a report has it: the year over the first of its columns, the months of an incomplete period."""
        rows = [_row(self.opening, ruled=True)]
        for total, lines in self.sections:
            rows += [_row(total, "bold"), *map(_row, lines)]
        first, *others = self.closing
        warned = Row([first.title, *(Cell(v, None, "red" if v < 0 else "") for v in first.values)], "money", "bold")
        rows += [_row(self.net, ruled=True), warned, *map(_row, others)]
        loss, *between, burn = self.bridge
        rows += [_row(loss, "bold", apart=True), *map(_row, between), _row(burn, "bold")]
        if self.measures:
            rows.append(Row(["At the end of each period", *[Cell("")] * len(self.columns)], None, "dim", apart=True))
            rows += [_row(line, "dim", unit="number") for line in self.measures]
        columns = [Column(""), *heads(self.columns)]
        return Table("CASH FLOW", columns, rows, "planned funding included" if self.planned else "")


def _row(
    line: CashTableLine, style: str = "", *, ruled: bool = False, apart: bool = False, unit: Unit = "money"
) -> Row:
    return Row([line.title, *line.values], unit, style, line.depth, ruled, apart)


def cash_table(projection: Projection, by: By) -> CashTable:
    """The table by month, quarter or year.  Lines and sections that never move cash are left out."""
    rows = projection.rows
    columns = periods(projection.months, by, projection.fiscal_year_end)

    def flow(title: str, address: str, depth: int = 0) -> CashTableLine:
        return CashTableLine(printable(title), flows(rows[address], columns, projection.minor_digits), depth)

    sections = []
    for section in projection.sections:
        lines = tuple(flow(*line) for line in _grouped(section.lines) if any(rows[line[1]]))
        if lines or any(rows[section.cash]):
            sections.append((flow(section.title, section.cash), lines))
    closing = [CashTableLine("Closing cash", closings(rows["cash"], columns))]
    if any(rows.get("restricted_cash", ())):
        closing.append(CashTableLine("of which restricted", closings(rows["restricted_cash"], columns), 1))
    if any(rows.get("total.debt", ())):
        closing.append(CashTableLine("Debt owed", closings(rows["total.debt"], columns)))
    between = [flow(title, address, 1) for address, title in BRIDGE if any(rows.get(address, ()))]
    return CashTable(
        by=by,
        columns=columns,
        opening=CashTableLine("Opening cash", openings(rows["opening_cash"], columns)),
        sections=tuple(sections),
        net=flow("Net cash flow", "net_cash_flow"),
        closing=tuple(closing),
        bridge=(flow("Net loss", "net_loss"), *between, flow("Net burn", "net_burn")),
        measures=tuple(
            CashTableLine(printable(m.title), closings(rows[m.address], columns))
            for m in projection.measures
            if m.address in rows
        ),
        planned=any(closing.status == "planned" for closing in projection.closings),
    )


def _grouped(lines: Sequence[CashLine]) -> Iterator[tuple[str, str, int]]:
    """The title, row and depth of each line of a section, those of a group below its sum."""
    for n, line in enumerate(lines):
        if line.group and (n == 0 or lines[n - 1].group != line.group):
            yield group_title(line.group), f"{line.group}.cash", 1
        yield line.title, line.cash, 2 if line.group else 1


def wide_table(projection: Projection, by: By = "month") -> Table:
    """`month, opening_cash, LINE.cash …, cash.SECTION …, net_cash_flow, closing_cash`, then the rows as earned.

    By quarter or year (`period`, 2026-Q1) flows are summed, and what stands at a moment is that of the last month.

    Money in whole currency units with all its minor digits, so that every month foots exactly:
    opening + the section totals = opening + net flow = closing, and next month opens with it.
    """
    rows, sections = projection.rows, projection.sections
    shown = {"opening_cash": "opening_cash"}
    shown |= {cash: cash for section in sections for _, cash, _ in _grouped(section.lines)}
    shown |= {section.cash: section.cash for section in sections}
    shown |= {"net_cash_flow": "net_cash_flow", "closing_cash": "cash"}
    earned = [line.earned for section in sections for line in section.lines if line.earned]
    grouped = {line.group: line.earned for section in sections for line in section.lines if line.group and line.earned}
    earned += [f"{group}.{row.rpartition('.')[2]}" for group, row in grouped.items()]
    earned += [address for address in rows if address.startswith("total.")]
    earned += [address for address in BURN if address in rows]
    earned += [address for address in rows if address.startswith("burn_bridge.")]
    earned += [address for address in BALANCES if address in rows]
    earned += list(_debt(projection))
    earned += [f"{covenant.address}.{row}" for covenant in projection.covenants for row in ("tested", "headroom")]
    shown |= {address: address for address in earned}
    columns = [Column("month"), *(Column(head, _kind(projection, address)) for head, address in shown.items())]
    if by == "month":
        by_month = zip(projection.months, *(rows[address] for address in shown.values()), strict=True)
        return Table("", columns, [Row(cells) for cells in by_month])
    spans = periods(projection.months, by, projection.fiscal_year_end)
    labels = [*map(period_label, spans)]
    values = [_over(projection, address, spans) for address in shown.values()]
    heads = [Column("period"), *columns[1:]]
    return Table("", heads, [Row(cells) for cells in zip(labels, *values, strict=True)])


def _over(projection: Projection, address: str, spans: Sequence[Period]) -> tuple[float, ...]:
    """A row of the wide table by period."""
    row, last = projection.rows[address], address.rpartition(".")[2]
    if address == "opening_cash":
        return openings(row, spans)
    if address in AT_A_MOMENT or last in ("mrr", "balance", "tested", "headroom"):
        return closings(row, spans)
    return flows(row, spans, projection.minor_digits)


def _kind(projection: Projection, address: str) -> Unit:
    return "money" if address in projection.money else "number"


def _debt(projection: Projection) -> Iterator[str]:
    """The rows of each loan, note and credit line: what is drawn, interest, principal, fees, what is owed."""
    for section in projection.sections:
        for line in section.lines:
            rows = LINE_ROWS if f"{line.name}.repayment" in projection.rows else LOAN_ROWS
            if f"{line.name}.balance" in projection.rows:
                yield from (address for row in rows if (address := f"{line.name}.{row}") in projection.rows)


def long_table(projection: Projection) -> Table:
    """`month,address,value` for every row of the program, month by month."""
    rows = [
        Row([month, address, Cell(values[n], _kind(projection, address))])
        for n, month in enumerate(projection.months)
        for address, values in projection.rows.items()
    ]
    return Table("", (Column("month"), Column("address"), Column("value", "number")), rows)
