"""The Annual and Quarterly sheets: rows of the Model sheet by financial year and quarter, as formulas over its months.

A flow is summed; a figure at a moment (a balance, people, a price) is that of the period's last month, an opening
balance that of its first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.tree import Binary, Call, Choose, Negative, Step, Sum
from runway.program.item_rows import main_row
from runway.program.moments import standing_rows
from runway.reports.periods import closings, flows, openings, periods
from runway.workbook.book import GREEN, GREY, PERIOD_WIDTH, amount_format, figure_format
from runway.workbook.places import FIRST_MONTH, column_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.projection import Projection
    from runway.language.tree import Node
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.reports.periods import By, Period
    from runway.workbook.book import Book
    from runway.workbook.places import Places, RowPlace

HEAD = 4  # the row of the column heads, counted from 1
SHEETS: dict[str, By] = {"Annual": "year", "Quarterly": "quarter"}
OPENING = "opening_cash"
MOST_LINES = 1000  # of a model with more, the sheets hold the statement only
LEFT_OUT = (
    "survival.",
    "metrics.",
    "cash.before_credit",
    "months_to_close",
    "tax.profit",
    "tax.sheltered",
    "tax.taxable",
    "tax.newly_taxable",
)
MOMENTS = ("drivers", "events")
"""Sections whose rows are shown as those of the last month: a driver, an event's share of the month."""


class _ShownRows(NamedTuple):
    title: str
    rows: list[RowPlace]


def addends(node: Node) -> Iterator[Node]:
    """The terms that a formula adds up or chooses from."""
    match node:
        case Sum():
            for term in node.terms:
                yield from addends(term)
        case Negative():
            yield from addends(node.x)
        case Binary(operator="-"):
            yield from addends(node.left)
            yield from addends(node.right)
        case Choose():
            yield from addends(node.then)
            yield from addends(node.otherwise)
        case Call(function="min" | "max"):
            for argument in node.arguments:
                yield from addends(argument)
        case _:
            yield node


def period_sheets(book: Book, plan: Plan, projection: Projection, places: Places, unit: Scale) -> None:
    """Writes both sheets."""
    blocks, ends = _blocks(plan, places)
    for name, by in SHEETS.items():
        _sheet(book, name, periods(projection.months, by, projection.fiscal_year_end), blocks, ends, projection, unit)


def _blocks(plan: Plan, places: Places) -> tuple[list[_ShownRows], set[str]]:
    """By section the rows of each line that a reader looks for, then the statement; those that stand at a moment."""
    titles, ends = dict[str, str](), set(standing_rows(plan.model))
    listed = plan.model.items if len(plan.model.items) <= MOST_LINES else ()
    for item in listed:
        measures = [*item.part.measures, *(["balance"] if item.section == "funding" else [])]
        titles |= {main_row(item): item.title} if item.has_rows else {}
        titles |= {f"{item.name}.{row}": f"{item.title}: {row}" for row in measures}
        ends |= {main_row(item)} if item.has_rows and item.section in MOMENTS else set()
    blocks: list[_ShownRows] = []
    for group in places.groups:
        if group.level == 0:
            rows = [place for place in group.rows if not isinstance(place.source, Step)]
            blocks.append(_ShownRows(group.title, [row for row in rows if not row.address.startswith(LEFT_OUT)]))
        else:
            rows = [place for place in group.rows if place.address in titles]
            blocks[-1].rows.extend(place._replace(label=titles[place.address]) for place in rows)
    return [block for block in blocks if block.rows], ends


def _sheet(
    book: Book, name: str, columns: tuple[Period, ...], blocks: list[_ShownRows], ends: set[str],
    projection: Projection, unit: Scale,
) -> None:  # fmt: skip
    sheet, last = book.sheet(name, lead=1), 2 + len(columns)
    legend = "Sums of the months of the Model sheet; what stands at a moment is that of the last month."
    sheet.title(name, f"{unit.label} where a row is money. {legend}")
    sheet.heads(HEAD - 1, {0: "address", 1: "what it is", 2: "is"}, align="left")
    heads = {3 + n: " ".join(filter(None, (_label(name, column), column.part))) for n, column in enumerate(columns)}
    sheet.heads(HEAD - 1, heads, align="right")
    sheet.columns(30, 34, 6)
    sheet.worksheet.set_column(3, last, PERIOD_WIDTH)
    sheet.print_months(HEAD, 3, last)
    sheet.worksheet.freeze_panes(HEAD, 3)
    row = HEAD
    for block in blocks:
        sheet.bar(row, last, block.title)
        row += 1
        for place in block.rows:
            values = projection.rows[place.address]
            opening, money = place.address == OPENING, place.address in projection.money
            at_end = place.address in ends or not money
            num_format = amount_format(unit) if money else figure_format(values)
            bold = {"bold": True} if place.main else {}
            style = book.style(font_color=GREEN, num_format=num_format, **bold)
            sheet.label(row, place.address, place.label, indent=1, **bold)
            sheet.text(row, 2, "start" if opening else "end" if at_end else "sum", font_color=GREY)
            read = openings(values, columns) if opening else closings(values, columns) if at_end else None
            figures = flows(values, columns, projection.minor_digits) if read is None else read
            for n, (column, value) in enumerate(zip(columns, figures, strict=True)):
                first, end = (column_name(FIRST_MONTH + t) for t in (column.first, column.stop - 1))
                at = first if opening else end
                cells = (
                    f"Model!{at}{place.row}" if opening or at_end else f"SUM(Model!{first}{place.row}:{end}{place.row})"
                )
                sheet.formula_in(row, 3 + n, f"={cells}", value, style)
            row += 1
    sheet.worksheet.print_area(0, 1, row - 1, last)


def _label(name: str, column: Period) -> str:
    return column.label if name == "Annual" else f"{column.label} {column.year}"
