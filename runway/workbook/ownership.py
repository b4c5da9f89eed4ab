"""The Cap table sheet: holdings and stakes, as values, since shares are solved exactly and not by program rows."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.months import last_day
from runway.render.figures import day
from runway.render.report import Column, Row, Table, unit_of
from runway.reports.captable import holdings, stakes
from runway.workbook.book import GREY, HEAD, amount_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.ownership.ownership import Ownership
    from runway.render.figures import Scale
    from runway.render.report import Value
    from runway.workbook.book import Book

FORMATS = {"text": "@", "count": "#,##0_);(#,##0)", "share": "0.00%", "number": "#,##0.0000"}


class Stakes(NamedTuple):
    """Where the stakes stand on the sheet, counted from 0: row of the heads, last column, rows of the holders."""

    heads: int
    columns: int
    rows: range


def ownership_tables(ownership: Ownership) -> Iterator[Table]:
    """Stakes over time, the price of each closing, every holding at the end, SAFEs and notes not converted by then."""
    titles = [f"{step.title} {step.part}".strip() for step in ownership.steps]
    rows = [row for row in stakes(ownership) if any(row.cells[1:])]
    yield Table("Fully diluted", [Column("holder"), *(Column(title, "share") for title in ("start", *titles))], rows)
    price = [Column("price of a share", "number")] if ownership.in_shares else []
    if any(step.closed for step in ownership.steps):
        columns = [Column("closing"), Column("day")]
        columns += [Column(f"{prefix}money", "money") for prefix in ("new ", "pre-", "effective pre-", "post-")]
        columns += [*price, Column("shares after it", "count")] if ownership.in_shares else []
        rows = []
        for title, step in zip(titles, ownership.steps, strict=True):
            if (closed := step.closed) is not None:
                cells: list[Value] = [title, day(step.date), sum(map(float, closed.money.values())), closed.pre_money]
                cells += [closed.effective_pre_money, closed.post_money]
                rows.append(Row([*cells, *([closed.price, step.table.fully_diluted] if ownership.in_shares else [])]))
        yield Table("Closings", columns, rows)
    if sales := [(step, step.sold) for step in ownership.steps if step.sold is not None]:
        columns = [Column("sale between holders"), Column("day"), Column("sold", "money"), Column("valuation", "money")]
        rows = [
            Row([s.title, day(s.date), sold.amount, sold.valuation, *([sold.price] if price else [])])
            for s, sold in sales
        ]
        yield Table("Secondary sales", [*columns, *price], rows)
    on = ownership.last_day
    yield holdings(ownership, ownership.table(on), on)._replace(title=f"Holdings on {day(on)}")
    if instruments := ownership.outstanding(on):
        columns = [Column("not yet converted"), Column("holder"), Column("owed", "money")]
        rows = [Row([i.item.title, ownership.titles[i.holder], i.owed(on)]) for i in instruments]
        yield Table(f"Not yet converted on {day(on)}", columns, rows)


def ownership_sheet(book: Book, ownership: Ownership, unit: Scale) -> Stakes:
    """Writes the sheet: one table below the other; where the stakes by day stand."""
    sheet, tables = book.sheet("Cap table"), list(ownership_tables(ownership))
    sheet.title("Cap table", f"As exported: values, not formulas. {unit.label} where a column is money.")
    formats = {**FORMATS, "money": amount_format(unit)}
    widest = max(len(table.columns) for table in tables)
    sheet.columns(32, *[19] * (widest - 1))
    days = [last_day(ownership.start - 1), *(step.date for step in ownership.steps)]
    shares = [row for row in tables[0].rows if row.unit == "share"]
    placed, row = Stakes(4, len(days), range(6, 6 + len(shares))), 3
    for table in tables:
        sheet.bar(row, widest - 1, table.title)
        for n, column in enumerate(table.columns):
            sheet.heads(row + 1, {n: column.head}, align="left" if column.unit == "text" else "right")
        row += 2
        if table is tables[0]:
            sheet.heads(row, {0: "fully diluted on"}, align="left")
            for n, on in enumerate(days, 1):
                sheet.date(row, n, on, bold=True, font_color="#FFFFFF", bg_color=HEAD)
            row += 1
        for line in table.rows:
            for n, (column, value) in enumerate(zip(table.columns, line.cells, strict=True)):
                if isinstance(value, str):
                    sheet.text(row, n, value)
                elif isinstance(value, float | Fraction):
                    num_format = formats[unit_of(column, line, value)]
                    sheet.number(row, n, float(value), num_format=num_format, font_color=GREY)
            row += 1
        row += 1
    return placed
