"""The Cap table sheet: who owns what, as values, since shares are solved exactly and not by rows of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runway.months import last_day
from runway.render.figures import day
from runway.workbook.book import GREY, HEAD, amount_format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from fractions import Fraction

    from runway.ownership.ownership import Ownership
    from runway.render.figures import Scale
    from runway.workbook.book import Book

FORMATS = {"text": "@", "shares": "#,##0_);(#,##0)", "share": "0.00%", "price": "#,##0.0000", "number": "#,##0.00"}


class OwnershipTable(NamedTuple):
    """One table: its title, each column's head and kind (text, shares, share, money, price, number), and the rows.

    `below` is a last row that counts shares, whatever the kinds of the columns.
    """

    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    below: tuple[str | float, ...] = ()
    dates: tuple[date, ...] = ()  # over the columns after the first


class Stakes(NamedTuple):
    """Where the stakes stand on the sheet, counted from 0: row of the heads, last column, rows of the holders."""

    heads: int
    columns: int
    rows: range


def ownership_tables(found: Ownership) -> list[OwnershipTable]:
    """Stakes over time, the price of each closing, every holding at the end, and what has not converted by then."""
    from runway.reports.captable import POOL

    opening = (("start", last_day(found.start - 1), found.opening),)
    changes = [(f"{step.title} {step.part}".strip(), step.date, step.table) for step in found.steps]
    tables = [*opening, *changes]
    stakes: list[tuple[str | float | None, ...]] = [
        (title, *(float(table.stake(holder)) or None for _, _, table in tables))
        for holder, title in found.titles.items()
        if any(table.stake(holder) for _, _, table in tables)
    ]
    if any(table.pool for _, _, table in tables):
        stakes.append((POOL, *(float(table.pool / table.fully_diluted) or None for _, _, table in tables)))
    heads = [(title, "share") for title, _, _ in tables]
    counted: tuple[str | float, ...] = ()
    if found.in_shares:
        counted = ("Shares", *(float(table.fully_diluted) for _, _, table in tables))
    written = [
        OwnershipTable(
            "Fully diluted", (("holder", "text"), *heads), tuple(stakes), counted, tuple(on for _, on, _ in tables)
        )
    ]
    priced = [(step, step.closed) for step in found.steps if step.closed is not None]
    if priced:
        columns = [("closing", "text"), ("day", "text"), ("new money", "money"), ("pre-money", "money")]
        columns += [("effective pre-money", "money"), ("post-money", "money")]
        columns += [("price of a share", "price"), ("shares after it", "shares")] if found.in_shares else []
        rows: list[tuple[str | float | None, ...]] = []
        for step, closed in priced:
            new = sum(float(paid) for paid in closed.money.values())
            values = [new, *map(float, (closed.pre_money, closed.effective_pre_money, closed.post_money))]
            values += [float(closed.price), float(step.table.fully_diluted)] if found.in_shares else []
            rows.append((f"{step.title} {step.part}".strip(), day(step.date), *values))
        written.append(OwnershipTable("Closings", tuple(columns), tuple(rows)))
    if sales := [(step, step.sold) for step in found.steps if step.sold is not None]:
        columns = [("sale between holders", "text"), ("day", "text"), ("sold", "money"), ("valuation", "money")]
        columns += [("price of a share", "price")] if found.in_shares else []
        rows = []
        for step, sold in sales:
            amount = None if sold.amount is None else float(sold.amount)
            priced_at = [float(sold.price)] if found.in_shares else []
            rows.append((step.title, day(step.date), amount, float(sold.valuation), *priced_at))
        written.append(OwnershipTable("Secondary sales", tuple(columns), tuple(rows)))
    on = found.last_day
    table = found.table(on)
    columns = [("holder", "text"), ("class", "text"), *([("shares", "shares")] if found.in_shares else [])]

    def row(name: str, cls: str, shares: Fraction, converted: Fraction) -> tuple[str | float | None, ...]:
        return (name, cls, *([float(shares)] if found.in_shares else []), float(converted / table.fully_diluted))

    held = [
        row(found.titles[holder], cls, shares, table.as_converted(holder, cls))
        for (holder, cls), shares in table.holdings.items()
    ]
    if table.pool:
        held.append(row(POOL, "", table.pool, table.pool))
    held.append(row("Fully diluted", "", table.fully_diluted, table.fully_diluted))
    written.append(OwnershipTable(f"Holdings on {day(on)}", (*columns, ("stake", "share")), tuple(held)))
    if waiting := found.outstanding(on):
        columns = [("not yet converted", "text"), ("holder", "text"), ("owed", "money")]
        owed = [(one.item.title, found.titles[one.holder], float(one.owed(on))) for one in waiting]
        written.append(OwnershipTable(f"Not yet converted on {day(on)}", tuple(columns), tuple(owed)))
    return written


def ownership_sheet(book: Book, tables: Sequence[OwnershipTable], unit: Scale) -> Stakes | None:
    """Writes the sheet: one table below the other; where the stakes by day stand."""
    sheet = book.sheet("Cap table")
    sheet.title("Cap table", f"As exported: values, not formulas. {unit.label} where a column is money.")
    formats = {**FORMATS, "money": amount_format(unit)}
    widest = max((len(table.columns) for table in tables), default=1)
    sheet.columns(32, *[19] * (widest - 1))
    row, stakes = 3, None
    for table in tables:
        sheet.bar(row, widest - 1, table.title)
        for column, (head, kind) in enumerate(table.columns):
            sheet.heads(row + 1, {column: head}, align="left" if kind == "text" else "right")
        row += 2
        if table.dates:
            stakes = Stakes(row - 1, len(table.dates), range(row + 1, row + 1 + len(table.rows)))
            sheet.heads(row, {0: "fully diluted on"}, align="left")
            for column, on in enumerate(table.dates, 1):
                sheet.date(row, column, on, bold=True, font_color="#FFFFFF", bg_color=HEAD)
            row += 1
        shown = [(values, [formats[kind] for _, kind in table.columns]) for values in table.rows]
        if table.below:
            shown.append((table.below, [formats["shares"]] * len(table.columns)))
        for values, styles in shown:
            for column, (value, style) in enumerate(zip(values, styles, strict=True)):
                if isinstance(value, str):
                    sheet.text(row, column, value)
                elif value is not None:
                    sheet.number(row, column, value, num_format=style, font_color=GREY)
            row += 1
        row += 1
    return stakes
