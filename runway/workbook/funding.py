"""The Funding sheet: where money comes from, covenants, commitments, closings, clauses and earmarks.

Amounts are links to the Model sheet, at its last month; the lowest headroom and the first breach of a covenant are read
off its months.  The outcome of a closing or a clause, and its reason, are the engine's at the export.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from runway.answers.projection import ROUND_MEASURES
from runway.funding.contract_rates import FIRST
from runway.months import NEVER
from runway.workbook.book import (
    DATE,
    GREEN,
    GREY,
    MONTH,
    ROW_HEIGHT,
    amount_format,
    figure_format,
    lines_of,
    serial,
)
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD, column_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.answers.projection import ClauseResult, ClosingResult, CovenantResult, Projection
    from runway.model.model import Item
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.workbook.book import Book
    from runway.workbook.places import Places

LAST, REASON = 8, 80  # the column of reasons, and its width
EARMARKED = ("filled", "spent", "restricted", "own_cash")
BREACH = 4  # the column of a covenant's first breach
NO_BREACH, UNTESTED = "none", "never tested"


class _FundingWriter:
    def __init__(self, book: Book, projection: Projection, places: Places, unit: Scale) -> None:
        self.sheet, self.projection, self.places = book.sheet("Funding"), projection, places
        self.amounts: dict[str, Any] = {"num_format": amount_format(unit), "font_color": GREEN}
        self.row = 3

    def heads(
        self, title: str, texts: Sequence[str], figures: Sequence[str], *, outcome: bool = False, last: str = ""
    ) -> None:
        """A block's heading, then its column heads: words to the left, figures to the right."""
        self.sheet.bar(self.row, LAST, title)
        self.sheet.heads(self.row + 1, dict.fromkeys(range(LAST + 1), ""))
        self.sheet.heads(self.row + 1, dict(enumerate(texts)), align="left")
        self.sheet.heads(self.row + 1, dict(enumerate(figures, len(texts))), align="right")
        if outcome:
            last = "what decided it"
            self.sheet.heads(self.row + 1, {LAST - 2: "status"}, align="left")
            self.sheet.heads(self.row + 1, {LAST - 1: "date"}, align="right")
        if last:
            self.sheet.heads(self.row + 1, {LAST: last}, align="left", indent=1)
        self.row += 2

    def label(self, address: str, title: str) -> None:
        self.sheet.label(self.row, address, title)

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
        value = "never" if place >= NEVER else serial(day_of(self.projection, place))
        self.sheet.formula(self.row, column, formula, value, num_format=DATE, font_color=GREEN, align="right")

    def covenant(self, covenant: CovenantResult) -> None:
        """The lowest headroom of the months in which it is tested, its month, and the first month end of a breach."""
        tested, headroom, holds = (
            self.places.months_of(f"{covenant.address}.{row}") for row in ("tested", "headroom", "holds")
        )
        months = f"Model!$D${MODEL_HEAD}:${column_name(FIRST_MONTH + self.places.months - 1)}${MODEL_HEAD}"
        untested, cell = f"IF(SUMPRODUCT({tested}*ISNUMBER({headroom}))=0,", f"C{self.row + 1}"
        # AGGREGATE and SUMPRODUCT make an older spreadsheet reckon month by month; the first passes over errors, which
        # months make that are not tested, or in which there is no headroom
        lowest = f'={untested}"{UNTESTED}",_xlfn.AGGREGATE(15,6,{headroom}/({tested}=1),1))'
        when = f'={untested}"",INDEX({months},SUMPRODUCT(MATCH(1,{tested}*({headroom}={cell}),0))))'
        breach = f'=IFERROR(EOMONTH(INDEX({months},MATCH(0,{holds},0)),0),"{NO_BREACH}")'
        value, on = covenant.headroom, covenant.headroom_date
        num_format = figure_format([0.0 if value is None else value])
        style: dict[str, Any] = {"font_color": GREEN, "align": "right"}
        self.sheet.formula(self.row, 2, lowest, UNTESTED if value is None else value, num_format=num_format, **style)
        first = "" if on is None else serial(on.replace(day=1))
        self.sheet.formula(self.row, 3, when, first, num_format=MONTH, **style)
        broken = NO_BREACH if covenant.breached is None else serial(covenant.breached)
        self.sheet.formula(self.row, BREACH, breach, broken, num_format=DATE, **style)
        if covenant.breached_certain is None:
            self.sheet.text(self.row, BREACH + 1, NO_BREACH, font_color=GREY, align="right")
        else:
            self.sheet.date(self.row, BREACH + 1, covenant.breached_certain, font_color=GREY)
        self.note(covenant.require)

    def fate(self, result: ClosingResult | ClauseResult) -> None:
        """The outcome of a closing or clause: status, day and reason."""
        self.sheet.text(self.row, LAST - 2, result.status, font_color=GREY)
        if result.date is not None:
            self.sheet.date(self.row, LAST - 1, result.date, font_color=GREY)
        self.note(result.reason)

    def note(self, text: str) -> None:
        """Words in the last column, on as many lines as they take."""
        self.sheet.text(self.row, LAST, text, font_color=GREY, text_wrap=True, indent=1)
        self.sheet.worksheet.set_row(self.row, ROW_HEIGHT * lines_of(text, REASON))


def day_of(projection: Projection, place: float) -> date:
    from runway.months import date_at, month_number

    return date_at(place, month_number(projection.months[0]) or 0)


def funding_sheet(book: Book, plan: Plan, projection: Projection, places: Places, unit: Scale) -> range:
    """Writes the sheet; the rows of the covenants, counted from 0."""
    writer = _FundingWriter(book, projection, places, unit)
    legend = "Green figures follow the Model sheet; grey words and days are as exported."
    writer.sheet.title("Funding", f"{unit.label}, at the end of the last month. {legend}")
    writer.sheet.columns(36, 36, 15, 13, 13, 13, 15, 13, REASON)
    items = plan.model.section("funding")
    if not items:
        writer.sheet.text(writer.row, 0, "This model has no funding.")
        return range(0)
    if projection.rounds:
        _raised_money(writer, items)
    covenants = _covenants(writer)
    if any(item.part.commitments() for item in items):
        _commitments(writer, plan, items)
    if projection.closings:
        writer.heads("Closings and drawings", ("address", "what"), ("amount", "received", "due"), outcome=True)
        for closing in projection.closings:
            writer.label(closing.address, closing.title)
            writer.at_the_end(2, f"{closing.address}.offered")
            writer.over_the_months(3, f"{closing.address}.cash")
            writer.due(4, closing.address)
            writer.fate(closing)
            writer.row += 1
        writer.row += 1
    if projection.clauses:
        writer.heads("Clauses", ("address", "clause"), ("cut",), outcome=True)
        for clause in projection.clauses:
            writer.label(clause.address, clause.title)
            cuts = [row for row in places.rows if row.startswith(f"{clause.address}.") and row.endswith(".cut")]
            writer.at_the_end(2, *cuts)
            writer.fate(clause)
            writer.row += 1
        writer.row += 1
    if any(item.part.earmarks() for item in items):
        _earmarks(writer, items)
    return covenants


def _raised_money(writer: _FundingWriter, items: Sequence[Item]) -> None:
    """The money of each round, loan, line, SAFE, note and grant, and the balance of debt."""
    figures = ("headline", "committed", "available", "drawn", "owed")
    writer.heads("Money raised and borrowed", ("address", "from", "kind"), figures)
    kinds = {item.name: item.part.called() for item in items}
    for funds in writer.projection.rounds:
        writer.label(funds.name, funds.title)
        writer.sheet.text(writer.row, 2, kinds[funds.name], font_color=GREY)
        for column, measure in enumerate((*ROUND_MEASURES, "balance"), 3):
            writer.at_the_end(column, f"{funds.name}.{measure}")
        writer.row += 1
    writer.row += 1


def _covenants(writer: _FundingWriter) -> range:
    """Each covenant; its rows."""
    covenants = writer.projection.covenants
    if not covenants:
        return range(0)
    figures = ("lowest headroom", "in", "first breach", "+ certain")
    writer.heads("Covenants", ("address", "covenant"), figures, last="what must hold at a month's end")
    first = writer.row
    for covenant in covenants:
        writer.label(covenant.address, f"{covenant.lender}: {covenant.title}")
        writer.covenant(covenant)
        writer.row += 1
    writer.row += 1
    return range(first, first + len(covenants))


def _commitments(writer: _FundingWriter, plan: Plan, items: Sequence[Item]) -> None:
    model, program = plan
    inputs = writer.places.figures
    owned = model.captable is not None  # then stakes stand on the Cap table sheet, in whole shares
    figures = ("promised", "drawn") if owned else ("promised", "drawn", "stake")
    writer.heads("Commitments", ("address", "investor"), figures)
    for item in items:
        for commitment in item.part.commitments():
            address = f"{item.name}.{commitment.investor}"
            first = writer.projection.rows.get(f"{item.name}.{FIRST}", (0.0,))[-1]  # contracted with the first closing
            amount, month = f"{address}.amount", int(min(first, program.months - 1))
            factors = model.factors(amount, inputs[amount].entry, month)
            formula = "=" + "*".join(inputs[place].name for place in factors)
            value = prod(program.parameters[place] for place in factors)
            writer.label(address, f"{commitment.investor}, {item.title}")
            writer.sheet.formula(writer.row, 2, formula, value, **writer.amounts)
            writer.at_the_end(3, f"{address}.drawn")
            if not owned:
                writer.at_the_end(4, f"{address}.stake", num_format="0.00%")
            writer.row += 1
    writer.row += 1


def _earmarks(writer: _FundingWriter, items: Sequence[Item]) -> None:
    writer.heads("Earmarks", ("address", "for"), ("filled", "spent", "restricted", "own cash"))
    for item in items:
        for earmark in item.part.earmarks():
            address = f"{item.name}.{earmark.for_}"
            writer.label(address, f"{earmark.for_}, {item.title}")
            for column, row in enumerate(EARMARKED, 2):
                writer.at_the_end(column, f"{address}.{row}")
            writer.row += 1
    writer.row += 1
