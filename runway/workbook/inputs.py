"""The Inputs sheet: every figure as it is written, in a blue cell that the Model sheet reads by its name."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.arithmetic import NUDGE
from runway.language.excel import Excel
from runway.language.uncertainty import shape
from runway.model.addresses import path_of
from runway.months import NEVER, date_at, month_label
from runway.words import day_text, month_text
from runway.workbook.book import BAR, BLUE, DATE, GREEN, GREY, MONTH, PALE
from runway.workbook.places import INPUTS_HEAD, MONEY, column_name
from runway.workbook.scenarios import cell_value

if TYPE_CHECKING:
    from runway.language.figure import Entry
    from runway.model.model import Model
    from runway.program.plan import Plan
    from runway.workbook.book import Book, Sheet
    from runway.workbook.places import Input, Places
    from runway.workbook.scenarios import ScenarioChoice

ADDRESS, LABEL, VALUE, UNIT, LOW, HIGH, DISTRIBUTION, SOURCE, AS_OF, CONFIDENCE, NOTE, POSITION, EXPORTED, NAME = range(
    14
)
START, CHANGED = "Inputs!$C$4", "Inputs!$C$5"
NOT_HELD = "not-in-a-workbook"
EARLIEST = date(1900, 3, 1)  # Excel holds a 29 February 1900, so days before this are one off
SAYS = (
    "Blue figures may be changed; all else follows. Each is in the unit of the file, and the Model sheet converts it. "
    "Green ones are of the scenario chosen on Scenarios.",
    "low and high are the 5th and 95th percentile. A date may be the word never. Grey figures are read by no formula.",
)
NOT_HERE = (
    "Not on this sheet: conditions, what covenants require, terms in words (repayment, day count, form) and the shares "
    "of the cap table. Change those in the assumption file and export again."
)
HEADS = {
    ADDRESS: "address", LABEL: "what it is", VALUE: "value", UNIT: "unit", LOW: "low", HIGH: "high",
    DISTRIBUTION: "distribution", SOURCE: "source", AS_OF: "as of", CONFIDENCE: "confidence", NOTE: "note",
    POSITION: "months from start", EXPORTED: "as exported", NAME: "name in Excel",
}  # fmt: skip


def inputs_sheet(book: Book, plan: Plan, places: Places, choice: ScenarioChoice | None) -> None:
    """Writes the sheet and defines the names."""
    model, program = plan
    sheet, start = book.sheet("Inputs"), program.start
    first = date_at(0, start)
    if first < EARLIEST:
        raise InputError(refusal(model, ("model", "start"), f"The first month, {month_text(month_label(start))},"))
    sheet.title("Inputs", *SAYS)
    sheet.text(3, LABEL, "first month (fixed: export again to move it)")
    sheet.date(3, VALUE, first, num_format=MONTH)
    book.name(Excel.start, START)
    last = places.last_input
    sheet.text(3, UNIT, NOT_HERE, font_color=GREY, indent=1)
    value, exported = (f"{letter}{INPUTS_HEAD + 1}:{letter}{last}" for letter in map(column_name, (VALUE, EXPORTED)))
    sheet.text(4, LABEL, "inputs changed since the export")
    sheet.formula(4, VALUE, f"=SUMPRODUCT(--({value}<>{exported}))", 0, num_format="0")
    digits = program.minor_digits
    sheet.text(5, LABEL, "minor units of money, nudged: halves go up")
    sheet.exact(5, VALUE, f"={10**digits}*(1+2^-51)", 10**digits * NUDGE, num_format="0")
    book.name(Excel.minor_units, "Inputs!$C$6")
    sheet.heads(INPUTS_HEAD - 1, HEADS, align="left")
    sheet.heads(INPUTS_HEAD - 1, {n: HEADS[n] for n in (VALUE, LOW, HIGH, POSITION, EXPORTED)}, align="right")
    sheet.heads(INPUTS_HEAD - 1, {n: HEADS[n] for n in (UNIT, DISTRIBUTION, SOURCE, NAME)}, align="left", indent=1)
    sheet.columns(36, 46, 17, 14, 15, 15, 14, 15, 11, 11, 60, 16, 16, 36)
    sheet.worksheet.freeze_panes(INPUTS_HEAD, VALUE)
    sheet.worksheet.repeat_rows(INPUTS_HEAD - 1)
    sheet.worksheet.print_area(0, 0, last - 1, NOTE)
    for group in places.inputs:
        sheet.bar(group.row - 1, NAME, group.title)
        if group.note:
            sheet.text(group.row - 1, NOTE, group.note, bg_color=BAR, font_color=GREY)
        for figure in group.inputs:
            _input(book, sheet, plan, figure, None if choice is None else choice.cell_formula(figure.address))


def _input(book: Book, sheet: Sheet, plan: Plan, figure: Input, formula: str | None) -> None:
    model = plan.model
    entry, row = figure.entry, figure.row - 1
    sheet.text(row, ADDRESS, figure.address)
    sheet.text(row, LABEL, figure.label, font_color=GREY)
    sheet.text(row, UNIT, unit(figure, model.settings.currency), font_color=GREY, indent=1)
    number = plan.program.parameters[figure.address]
    typed = {"font_color": BLUE, "bg_color": PALE} if figure.live else {"font_color": GREY}
    style: dict[str, Any] = {**typed, "align": "right"}
    if formula is not None:
        style["font_color"] = GREEN
    if entry.amount.is_date:
        _date(sheet, plan, figure, number, style, formula)
    else:
        num_format = number_format([n for n in (number, entry.low, entry.high) if n is not None], entry.amount.percent)
        if formula is None:
            sheet.number(row, VALUE, number, num_format=num_format, **style)
        else:
            sheet.formula(row, VALUE, formula, number, num_format=num_format, **style)
        sheet.number(row, EXPORTED, number, num_format=num_format, font_color=GREY)
        for column, bound in ((LOW, entry.low), (HIGH, entry.high)):
            if bound is not None:
                sheet.number(row, column, bound, num_format=num_format)
        if figure.dimension == "switch":
            sheet.worksheet.data_validation(row, VALUE, row, VALUE, {"validate": "list", "source": ["0", "1"]})
    sheet.text(row, DISTRIBUTION, how_uncertain(entry), indent=1)
    sheet.text(row, SOURCE, entry.source or "", indent=1)
    sheet.text(row, AS_OF, model.day_of(entry) or "")
    sheet.text(row, CONFIDENCE, entry.confidence or "")
    sheet.text(row, NOTE, entry.note or "")
    if figure.name != figure.address:
        sheet.text(row, NAME, figure.name, font_color=GREY, indent=1)
    book.name(figure.name, f"Inputs!$C${figure.row}")
    if figure.read_name != figure.name:
        book.name(figure.read_name, f"Inputs!${column_name(POSITION)}${figure.row}")


def _date(sheet: Sheet, plan: Plan, figure: Input, place: float, style: dict[str, Any], formula: str | None) -> None:
    """A date, or never; formulas read its position, months from the start and a 32nd for each day after the first."""
    row = figure.row - 1
    model, start, entry = plan.model, plan.program.start, figure.entry
    cells = [(VALUE, place + start, style), (EXPORTED, place + start, {"font_color": GREY})]
    cells += [(column, bound, {}) for column, bound in ((LOW, entry.low), (HIGH, entry.high)) if bound is not None]
    for column, position, look in cells:
        if column == VALUE and formula is not None:
            sheet.formula(row, column, formula, cell_value(plan, place), num_format=DATE, **look)
            continue
        if position >= NEVER:
            sheet.text(row, column, "never", **{"num_format": DATE, "align": "right", **look})
            continue
        day = date_at(position, 0)
        if day < EARLIEST:
            path = path_of(model.document.data, figure.address)
            raise InputError(refusal(model, path, f"{figure.address}, {day.isoformat()},"))
        sheet.date(row, column, day, **look)
    cell = f"C{figure.row}"
    months = f"12*(YEAR({cell})-YEAR(model.start))+MONTH({cell})-MONTH(model.start)+(DAY({cell})-1)/32"
    num_format = '[>=1000000]"never";0.00'
    position_formula = f'=IF({cell}="never",{NEVER:.0f},{months})'
    sheet.formula(row, POSITION, position_formula, place, num_format=num_format, font_color=GREY, align="right")


def how_uncertain(entry: Entry) -> str:
    """The distribution of a figure that has a range, its outcomes, and how far it varies from month to month."""

    def number_text(number: float) -> str:
        if entry.amount.is_date:
            return "never" if number >= NEVER else day_text(date_at(number, 0))
        return f"{number * 100:.10g}%" if entry.amount.percent else f"{number:,.10g}"

    parts = [f"{number_text(number)} {chance * 100:.10g}%" for number, chance in entry.outcomes]
    if entry.low is not None:
        parts.append(shape(entry))
    if entry.volatility is not None:
        parts.append(f"volatility {number_text(entry.volatility)}")
    return ", ".join(parts)


def refusal(model: Model, path: tuple[str | int, ...], subject: str) -> Problem:
    text = f"{subject} is before March 1900, where the calendar of a spreadsheet begins. Export .csv or .json instead."
    return model.document.problem(path, NOT_HELD, text)


def unit(figure: Input, currency: str) -> str:
    """The unit that a figure is written in."""
    amount, kind = figure.entry.amount, figure.dimension
    money = amount.currency or currency
    if figure.address.startswith("fx."):
        return currency
    match kind:
        case "date" | "date_end":
            return "date or never"
        case "switch":
            return "1 yes, 0 no"
        case "days" | "months" | "delay":
            return f"{amount.period}s"
        case "money":
            return money
        case "flow":
            return f"{money} a {amount.period}"
        case "rate" | "nominal_rate" | "loss" | "count_flow":
            return f"a {amount.period}"
        case "share":
            return "share" if amount.percent else "number"
    return money if MONEY.search(figure.entry.text) else "number"


def number_format(values: list[float], percent: bool) -> str:
    """As many places as the figures have, at most six."""
    scaled = [value * 100 if percent else value for value in values]
    places = max(len(f"{value:.6f}".rstrip("0").partition(".")[2]) for value in scaled)
    if percent:
        return f"0.{'0' * max(1, places)}%"
    return f"#,##0.{'0' * places}" if places else "#,##0" if max(map(abs, values)) >= 1000 else "General"
