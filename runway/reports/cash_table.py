"""The cash flow by period and, below it, the bridge from net loss to net burn, in the same columns; as CSV by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.program.moments import AT_MONTH_END, OF_FUNDING
from runway.program.sections import group_title
from runway.render.figures import printable
from runway.render.report import Cell, Column, Row, Table, Unit, plain
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
OF_PARTS = frozenset(("mrr", "tested", "headroom", *OF_FUNDING))  # rows of lines, funding and covenants at a moment


def cash_table(projection: Projection, by: By) -> Table:
    """The table by month, quarter or year.  Lines and sections that never move cash are left out.

    The year stands over the first of its columns, the months of an incomplete period below its head.
    """
    rows, columns = projection.rows, periods(projection.months, by, projection.fiscal_year_end)

    def money(title: str, values: Sequence[float], style: str = "", depth: int = 0) -> Row:
        return Row([printable(title), *values], "money", style, depth)

    def flow(title: str, address: str, style: str = "", depth: int = 0) -> Row:
        return money(title, flows(rows[address], columns, projection.minor_digits), style, depth)

    table = [money("Opening cash", openings(rows["opening_cash"], columns))._replace(ruled=True)]
    for section in projection.sections:
        lines = [flow(title, cash, depth=depth) for title, cash, depth in _grouped(section.lines) if any(rows[cash])]
        if lines or any(rows[section.cash]):
            table += [flow(section.title, section.cash, "bold"), *lines]
    closing = [Cell(value, None, "red" if value < 0 else "") for value in closings(rows["cash"], columns)]
    table += [
        flow("Net cash flow", "net_cash_flow")._replace(ruled=True),
        Row(["Closing cash", *closing], "money", "bold"),
    ]
    for address, title, depth in (("restricted_cash", "of which restricted", 1), ("total.debt", "Debt owed", 0)):
        if any(rows.get(address, ())):
            table.append(money(title, closings(rows[address], columns), depth=depth))
    table.append(flow("Net loss", "net_loss", "bold")._replace(apart=True))
    table += [flow(title, address, depth=1) for address, title in BRIDGE if any(rows.get(address, ()))]
    table.append(flow("Net burn", "net_burn", "bold"))
    if measures := [measure for measure in projection.measures if measure.address in rows]:
        table.append(Row(["At the end of each period", *[Cell("")] * len(columns)], None, "dim", apart=True))
        for measure in measures:
            ends = closings(rows[measure.address], columns)
            table.append(Row([printable(measure.title), *ends], "number", "dim"))
    planned = any(closing.status == "planned" for closing in projection.closings)
    note = "planned funding included" if planned else ""
    return Table("CASH FLOW", [Column(""), *heads(columns)], table, note)


def money_of(table: Table) -> list[list[float]]:
    """The figures of every row of money."""
    return [[float(plain(cell)) for cell in row.cells[1:]] for row in table.rows if row.unit == "money"]  # type: ignore[arg-type]  # money is a number


def _grouped(lines: Sequence[CashLine]) -> Iterator[tuple[str, str, int]]:
    """The title, row and depth of each line of a section, those of a group below its sum."""
    for n, line in enumerate(lines):
        if line.group and (n == 0 or lines[n - 1].group != line.group):
            yield group_title(line.group), f"{line.group}.cash", 1
        yield line.title, line.cash, 2 if line.group else 1


def wide_table(projection: Projection, by: By = "month") -> Table:
    """`month, opening_cash, LINE.cash …, cash.SECTION …, net_cash_flow, closing_cash`, then the rows as earned.

    By quarter or year (`period`, 2026-Q1) flows are summed, and balances are those of the last month.

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
    values = [_by_period(projection, address, spans) for address in shown.values()]
    heads = [Column("period"), *columns[1:]]
    return Table("", heads, [Row(cells) for cells in zip(labels, *values, strict=True)])


def _by_period(projection: Projection, address: str, spans: Sequence[Period]) -> tuple[float, ...]:
    """A row of the wide table by period."""
    row, last = projection.rows[address], address.rpartition(".")[2]
    if address == "opening_cash":
        return openings(row, spans)
    if address in AT_MONTH_END or last in OF_PARTS:
        return closings(row, spans)
    return flows(row, spans, projection.minor_digits)


def _kind(projection: Projection, address: str) -> Unit:
    return "money" if address in projection.money else "number"


def _debt(projection: Projection) -> Iterator[str]:
    """The rows of each loan, note and credit line: drawn, interest, principal, fees, balance."""
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
