"""The Checks sheet: identities of every month, and the engine's figures against those of the workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.excel import BEFORE, HERE, UnprintableError, checked
from runway.program.identities import identities
from runway.workbook.book import GREEN, GREY, PERIOD_WIDTH, amount_format
from runway.workbook.inputs import CHANGED
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD, column_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.projection import Projection
    from runway.program.identities import Identity
    from runway.program.plan import Plan
    from runway.program.program import Program
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.places import Places

TITLE, STATUS, DIFFERENCE = range(3)
ALL = "Checks!$B$3"
FIRST = 5  # the row of the first check, counted from 0
OK, CHANGED_INPUTS, DIFFERS, TOO_LONG = "OK", "inputs changed", "DIFFERS", "too long to check"


class _ChecksWriter:
    def __init__(self, book: Book, sheet: Sheet, places: Places, projection: Projection, unit: Scale) -> None:
        self.book, self.sheet, self.places, self.projection = book, sheet, places, projection
        self.row, self.digits = FIRST, projection.minor_digits
        self.last = FIRST_MONTH + places.months - 1
        self.amounts = {"num_format": amount_format(unit)}
        self.half = f"{0.5 / 10**self.digits:.{self.digits + 1}f}"

    def months(self, row: int) -> str:
        return f"D{row + 1}:{column_name(self.last)}{row + 1}"

    def bar(self, title: str) -> None:
        self.sheet.bar(self.row, self.last, title)
        self.row += 1

    def status(self, difference: str, otherwise: str) -> None:
        """The largest difference of a row and its status; a cell that is an error differs."""
        row = self.row
        style = {"num_format": "#,##0.00##;-#,##0.00##;0", "font_color": GREY}
        self.sheet.formula(row, DIFFERENCE, f"={difference}", 0.0, **style)
        formula = f'=IFERROR(IF(C{row + 1}<{self.half},"{OK}",{otherwise}),"{DIFFERS}")'
        self.sheet.formula(row, STATUS, formula, OK, align="center")

    def identity(self, identity: Identity) -> None:
        terms = "".join(
            f"{'+' if term.sign > 0 else '-'}Model!{BEFORE if term.back else HERE}{self.places.rows[term.row]}"
            for term in identity.terms
        )
        self.sheet.text(self.row, TITLE, identity.title)
        try:
            formula = checked(f"=ROUND({terms.removeprefix('+')},{self.digits})")
        except UnprintableError:  # hundreds of lines; the engine's figures below are compared all the same
            self.sheet.text(self.row, STATUS, TOO_LONG, align="center", font_color=GREY)
            self.row += 1
            return
        cells = self.months(self.row)
        self.status(f"MAX(MAX({cells}),-MIN({cells}))", f'"{DIFFERS}"')
        self.across(formula, [0.0] * self.places.months)
        self.row += 1

    def across(self, formula: str, values: Sequence[float]) -> None:
        style = self.book.style(font_color=GREEN, **self.amounts)
        self.sheet.across(self.row, FIRST_MONTH, formula, values, style)

    def engine(self, address: str) -> None:
        self.sheet.text(self.row, TITLE, address)
        model_cells = self.places.months_of(address)
        self.status(
            f"SUMPRODUCT(ABS({model_cells}-{self.months(self.row)}))", f'IF({CHANGED}>0,"{CHANGED_INPUTS}","{DIFFERS}")'
        )
        style: dict[str, Any] = self.amounts if address in self.projection.money else {"num_format": "0"}
        for t, value in enumerate(self.projection.rows[address]):
            self.sheet.number(self.row, FIRST_MONTH + t, round(value, self.digits), font_color=GREY, **style)
        self.row += 1


def checks_sheet(book: Book, plan: Plan, projection: Projection, places: Places, unit: Scale) -> int:
    """Writes the sheet, in the columns of the Model sheet; the row, from 1, of month-ends below the minimum."""
    sheet = book.sheet("Checks")
    writer = _ChecksWriter(book, sheet, places, projection, unit)
    sheet.title("Checks", f"{unit.label}. Half a minor unit or more is told; grey figures are the engine's.")
    sheet.heads(3, {TITLE: "what must hold"}, align="left")
    sheet.heads(3, {STATUS: "status"}, align="center")
    sheet.heads(3, {DIFFERENCE: "difference"}, align="right")
    model = plan.model
    start, months = model.settings.start, model.settings.months
    book.months(sheet, 3, FIRST_MONTH, f"=Model!{HERE}{MODEL_HEAD}", start, months)
    sheet.columns(44, 14, 10)
    sheet.worksheet.set_column(FIRST_MONTH, writer.last, PERIOD_WIDTH)
    sheet.print_months(4, FIRST_MONTH, writer.last)
    sheet.worksheet.freeze_panes(4, FIRST_MONTH)
    writer.row = 4
    writer.bar("Every month")
    for identity in identities(model, projection.rows):
        writer.identity(identity)
    writer.bar("The engine's figures, as exported, and the difference of this workbook's own")
    for address in compared_rows(plan.program, projection):
        writer.engine(address)
    last = writer.row
    overall = f'COUNTIF(B{FIRST}:B{last},"{{0}}")'
    formula = (
        f'=IF({overall.format(DIFFERS)}>0,"{DIFFERS}",'
        f'IF({overall.format(CHANGED_INPUTS)}>0,"{OK}, {CHANGED_INPUTS}","{OK}"))'
    )
    sheet.text(2, TITLE, "All checks", bold=True)
    sheet.formula(2, STATUS, formula, OK, bold=True, align="center")
    colour_statuses(book, sheet, 2, last)
    writer.bar("Read by the Summary sheet")
    below = writer.row + 1
    sheet.text(writer.row, TITLE, "free cash below the minimum at the month's end (1 yes)")
    free, floor = (projection.rows[address] for address in ("unrestricted_cash", "minimum_cash"))
    formula = f"=IF(Model!{HERE}{places.rows['unrestricted_cash']}<Model!{HERE}{places.rows['minimum_cash']},1,0)"
    flags = [int(cash < least) for cash, least in zip(free, floor, strict=True)]
    sheet.across(writer.row, FIRST_MONTH, formula, flags, book.style(font_color=GREEN, num_format="0"))
    writer.row += 1
    return below


def colour_statuses(book: Book, sheet: Sheet, first: int, last: int, column: int = STATUS) -> None:
    """Colours the statuses: green holds, red does not."""
    for text, font, ground in ((DIFFERS, "#9C0006", "#FFC7CE"), (OK, "#006100", "#E2F0D9")):
        rule = {"type": "text", "criteria": "begins with", "value": text,
                "format": book.style(font_color=font, bg_color=ground)}  # fmt: skip
        sheet.worksheet.conditional_format(first, column, last, column, rule)


def compared_rows(program: Program, projection: Projection) -> Iterator[str]:
    """The rows of the statement, then of funding: closings' money, clauses that bite, covenants that hold."""
    for row in program.rows:
        if row.posted and (row.path is None or len(row.path) == 1):
            yield row.address
    yield from (f"{closing.address}.cash" for closing in projection.closings)
    yield from (f"{clause.address}.bites" for clause in projection.clauses)
    yield from (f"{covenant.address}.holds" for covenant in projection.covenants)
