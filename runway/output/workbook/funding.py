"""The Funding sheet: rounds, commitments, closings, clauses and earmarks.

Amounts are links to the Model sheet, at its last month; what became of a closing or a clause, and why, is told as the
engine found it at the export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.months import NEVER
from runway.output.workbook.book import DATE, EPOCH, GREEN, GREY, ROW_HEIGHT, amount_format, lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.model import Item, Model
    from runway.output.figures import Scale
    from runway.output.workbook.book import Book
    from runway.output.workbook.places import Places
    from runway.projection import Clause, Closing, Projection

__all__ = ["funding_sheet"]

LAST, REASON = 8, 80  # the column of reasons, and its width
EARMARKED = ("filled", "spent", "restricted", "own_cash")


class _Writer:
    def __init__(self, book: Book, projection: Projection, places: Places, unit: Scale) -> None:
        self.sheet, self.projection, self.places = book.sheet("Funding"), projection, places
        self.amounts: dict[str, Any] = {"num_format": amount_format(unit), "font_color": GREEN}
        self.row = 3

    def heads(self, title: str, texts: Sequence[str], figures: Sequence[str], *, told: bool = False) -> None:
        """A block's heading, then its column heads: words to the left, figures to the right."""
        self.sheet.bar(self.row, LAST, title)
        self.sheet.heads(self.row + 1, dict.fromkeys(range(LAST + 1), ""))
        self.sheet.heads(self.row + 1, dict(enumerate(texts)), align="left")
        self.sheet.heads(self.row + 1, dict(enumerate(figures, len(texts))), align="right")
        if told:
            self.sheet.heads(self.row + 1, {LAST - 2: "status"}, align="left")
            self.sheet.heads(self.row + 1, {LAST - 1: "date"}, align="right")
            self.sheet.heads(self.row + 1, {LAST: "what decided it"}, align="left", indent=1)
        self.row += 2

    def named(self, address: str, title: str) -> None:
        self.sheet.text(self.row, 0, address, font_color=GREY)
        self.sheet.text(self.row, 1, title)

    def at_the_end(self, column: int, *addresses: str, **style: Any) -> None:
        """The sum of rows in the last month."""
        known = [address for address in addresses if address in self.places.rows]
        if known:
            last = self.places.months - 1
            formula = "=" + "+".join(self.places.cell(address, last) for address in known)
            value = sum(self.projection.rows[address][last] for address in known)
            self.sheet.formula(self.row, column, formula, value, **{**self.amounts, **style})

    def over_the_months(self, column: int, address: str) -> None:
        if address in self.places.rows:
            formula = f"=SUM({self.places.months_of(address)})"
            self.sheet.formula(self.row, column, formula, sum(self.projection.rows[address]), **self.amounts)

    def due(self, column: int, address: str) -> None:
        """The day of a closing's money, from its position."""
        if f"{address}.due" not in self.places.rows:
            return
        last = self.places.months - 1
        cell, place = self.places.cell(f"{address}.due", last), self.projection.rows[f"{address}.due"][last]
        formula = f'=IF({cell}>={NEVER:.0f},"never",EDATE(model.start,INT({cell}))+INT(({cell}-INT({cell}))*32))'
        value = "never" if place >= NEVER else (day_of(self.projection, place) - EPOCH).days
        self.sheet.formula(self.row, column, formula, value, num_format=DATE, font_color=GREEN, align="right")

    def fate(self, found: Closing | Clause) -> None:
        """What became of a closing or clause: status, day, and what decided it."""
        self.sheet.text(self.row, LAST - 2, found.status, font_color=GREY)
        if found.date is not None:
            self.sheet.date(self.row, LAST - 1, found.date, font_color=GREY)
        self.sheet.text(self.row, LAST, found.reason, font_color=GREY, text_wrap=True, indent=1)
        self.sheet.worksheet.set_row(self.row, ROW_HEIGHT * lines_of(found.reason, REASON))


def day_of(projection: Projection, place: float) -> date:
    from runway.months import date_at, month_number

    return date_at(place, month_number(projection.months[0]) or 0)


def funding_sheet(book: Book, model: Model, projection: Projection, places: Places, unit: Scale) -> None:
    """Writes the sheet."""
    writer = _Writer(book, projection, places, unit)
    says = "Green figures follow the Model sheet; grey words and days are as exported."
    writer.sheet.title("Funding", f"{unit.label}, at the end of the last month. {says}")
    writer.sheet.columns(36, 36, 13, 13, 13, 13, 15, 13, REASON)
    items = model.section("funding")
    if not items:
        writer.sheet.text(writer.row, 0, "This model has no funding.")
        return
    if projection.rounds:
        writer.heads("Rounds", ("address", "round"), ("headline", "committed", "available", "drawn"))
        for funds in projection.rounds:
            writer.named(funds.name, funds.title)
            for column, measure in enumerate(funds.MEASURES, 2):
                writer.at_the_end(column, f"{funds.name}.{measure}")
            writer.row += 1
        writer.row += 1
    if any(getattr(item.part, "commitments", ()) for item in items):
        _commitments(writer, items)
    if projection.closings:
        writer.heads("Closings", ("address", "closing"), ("amount", "received", "due"), told=True)
        for closing in projection.closings:
            writer.named(closing.address, closing.title)
            writer.at_the_end(2, f"{closing.address}.offered")
            writer.over_the_months(3, f"{closing.address}.cash")
            writer.due(4, closing.address)
            writer.fate(closing)
            writer.row += 1
        writer.row += 1
    if projection.clauses:
        writer.heads("Clauses", ("address", "clause"), ("cut",), told=True)
        for clause in projection.clauses:
            writer.named(clause.address, clause.title)
            cuts = [row for row in places.rows if row.startswith(f"{clause.address}.") and row.endswith(".cut")]
            writer.at_the_end(2, *cuts)
            writer.fate(clause)
            writer.row += 1
        writer.row += 1
    if any(getattr(item.part, "earmarks", ()) for item in items):
        _earmarks(writer, items)


def _commitments(writer: _Writer, items: Sequence[Item]) -> None:
    writer.heads("Commitments", ("address", "investor"), ("committed", "drawn", "stake"))
    for item in items:
        for commitment in getattr(item.part, "commitments", ()):
            address = f"{item.name}.{commitment.investor}"
            found = writer.places.written[f"{address}.amount"]
            writer.named(address, f"{commitment.investor}, {item.title}")
            if found.entry.amount.currency:  # of another currency: as it is written
                writer.sheet.text(writer.row, 2, found.entry.text, align="right")
            else:
                writer.sheet.formula(writer.row, 2, f"={found.name}", found.entry.amount.number, **writer.amounts)
            writer.at_the_end(3, f"{address}.drawn")
            writer.at_the_end(4, f"{address}.stake", num_format="0.00%")
            writer.row += 1
    writer.row += 1


def _earmarks(writer: _Writer, items: Sequence[Item]) -> None:
    writer.heads("Earmarks", ("address", "for"), ("filled", "spent", "restricted", "own cash"))
    for item in items:
        for earmark in getattr(item.part, "earmarks", ()):
            address = f"{item.name}.{earmark.for_}"
            writer.named(address, f"{earmark.for_}, {item.title}")
            for column, row in enumerate(EARMARKED, 2):
                writer.at_the_end(column, f"{address}.{row}")
            writer.row += 1
    writer.row += 1
