"""The Model sheet: one row for each row of the program, one column for each month, one formula copied across."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.run import Engine
from runway.errors import InputError
from runway.language.excel import BEFORE, HERE, UnprintableError, at_opening
from runway.language.python import formula_text
from runway.language.tree import CLOCK, ONE, ZERO, History, Number, Parameter, RowRef, Step, walk
from runway.model.addresses import path_of
from runway.months import days_in_month
from runway.program.identities import identities
from runway.program.item_rows import main_row
from runway.program.program import formula_path
from runway.program.row import ProgramRow
from runway.workbook.book import GREY, PERIOD_WIDTH, amount_format, figure_format
from runway.workbook.headline import headline
from runway.workbook.inputs import NOT_HELD
from runway.workbook.ladder import LadderWriter, rung_places, rung_rows
from runway.workbook.periods import addends
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD, Group, RowPlace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from runway.answers.projection import Projection
    from runway.errors import Problem
    from runway.language.tree import Node
    from runway.program.plan import Plan
    from runway.program.program import Program
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

ADDRESS, LABEL, OPENING = range(3)
SHARES, SHARE = ("share", "stake"), "0.00%"
SCHEDULE, OPENING_OF = "schedule of ", "opening of "
SAYS = (
    "Lines and totals are positive as earned or incurred; cash rows are signed, in is positive.",
    "Every row is one formula, the same in each month, over figures of the Inputs sheet and rows of this one. Folded "
    "columns are months past the last, which the headline looks ahead at.",
)


class RowsWriter:
    """Writes rows of formulas beside the values that the engine found."""

    def __init__(
        self, book: Book, sheet: Sheet, plan: Plan, places: Places, unit: Scale, values: Mapping[str, list[float]]
    ) -> None:
        self.book, self.sheet, self.places, self.unit, self.engine_values = book, sheet, places, unit, values
        self.model, self.program = plan
        self.looked_back = {
            node.row.address for row in self.program.rows for node in walk(row.formula) if isinstance(node, History)
        }
        equations = identities(self.model, {row.address for row in self.program.rows})
        self.looked_back |= {term.row for identity in equations for term in identity.terms if term.back}
        self.mains = {main_row(item) for item in self.model.items if item.has_rows}
        self.shares = shares(self.program)
        self.last = FIRST_MONTH + places.later.months  # the column after the last month, of those past the plan's too

    def across(self, row: int, formula: str, values: Sequence[float], *, first: int = 0, **style: Any) -> None:
        """One formula in the column of every month from the `first` on."""
        self.sheet.across(row - 1, FIRST_MONTH + first, formula, values, self.book.style(**style))

    def calendar(self) -> None:
        """The months, and the rows of the clock: days, month, year, elapsed days."""
        start, months, rows = self.program.start, self.places.later.months, self.places.rows
        days = [days_in_month(start + t) for t in range(months)]
        known = {
            "t": (f"={BEFORE}{{t}}+1", list(range(months)), "months since the first"),
            "days": (f"=DAY(EOMONTH({HERE}{{head}},0))", days, "days of the month"),
            "month": (f"=MONTH({HERE}{{head}})", [(start + t) % 12 + 1 for t in range(months)], "month of the year"),
            "year": (f"=YEAR({HERE}{{head}})", [(start + t) // 12 for t in range(months)], "year"),
            "elapsed_days": (f"={BEFORE}{{elapsed_days}}+{HERE}{{days}}", [sum(days[: t + 1]) for t in range(months)],
                             "days to the month's end"),
        }  # fmt: skip
        assert set(known) == set(CLOCK)
        for name, (formula, values, label) in known.items():
            self.label(rows[name], name, label)
            self.sheet.fold(rows[name] - 1)
            self.across(rows[name], formula.format(head=MODEL_HEAD, **rows), values, num_format="0", font_color=GREY)
        for name, value in (("t", -1), ("elapsed_days", 0)):
            self.sheet.number(rows[name] - 1, OPENING, value, num_format="0", font_color=GREY)
        month = f"=EDATE(model.start,{HERE}{rows['t']})"
        self.book.months(self.sheet, MODEL_HEAD - 1, FIRST_MONTH, month, start, months)

    def label(self, row: int, address: str, label: str, **style: Any) -> None:
        self.sheet.label(row - 1, address, label, **style)

    def group(self, group: Group, rows: Mapping[str, Sequence[float]]) -> None:
        if group.level == 0:
            self.sheet.bar(group.row - 1, self.last - 1, group.title)
        else:
            self.sheet.text(group.row - 1, LABEL, group.title, bold=True)
        internal = group.level or not any(place.main for place in group.rows)
        for place in group.rows:
            if internal and place.address not in self.mains:
                self.sheet.fold(place.row - 1)
            try:
                self.row(place, rows)
            except UnprintableError as error:
                raise InputError(self.problem(place, str(error))) from None

    def row(self, place: RowPlace, rows: Mapping[str, Sequence[float]]) -> None:
        source, printer = place.source, self.places.printer
        bold = {"bold": True} if place.main else {}
        self.label(place.row, place.address, place.label, indent=1, **bold)
        if isinstance(source, Step):
            values = self.engine_values[SCHEDULE + place.address]
            self.across(
                place.row, printer.schedule(source), values, num_format=self.figures(place.address, values, source)
            )
            return
        values, digits = list(rows[place.address]), self.program.minor_digits if source.posted else None
        style: dict[str, Any] = {
            "num_format": amount_format(self.unit) if source.posted else self.figures(place.address, values),
            **({"align": "right"} if place.address in printer.absent else {}),
            **bold,
        }
        self.across(place.row, printer.formula(source.formula, digits), values, **style)
        if place.address in self.looked_back:
            self.opening(place, source, style)
        self.sheet.text(place.row - 1, self.last, formula_text(source.formula), font_color=GREY)

    def figures(self, address: str, values: Sequence[float], schedule: Step | None = None) -> str:
        """How a row that is no money is shown."""
        values = values[: self.program.months]
        share = is_share(schedule, self.program, self.shares) if schedule is not None else address in self.shares
        return SHARE if share else figure_format(values)

    def opening(self, place: RowPlace, source: ProgramRow, style: Mapping[str, Any]) -> None:
        value = self.engine_values[OPENING_OF + place.address][0]
        if isinstance(source.opening, Number):
            self.sheet.number(place.row - 1, OPENING, value, **style)
        else:
            digits = self.program.minor_digits if source.posted else None
            printed = self.places.printer.opening(source.opening, digits)
            self.sheet.formula(place.row - 1, OPENING, printed, value, **style)

    def problem(self, place: RowPlace, construct: str) -> Problem:
        """The problem of a formula that a spreadsheet cannot hold, located in the file."""
        hint = "Split it into drivers, or export .csv or .json."
        text = f"A spreadsheet cannot hold {place.address}: {construct}. {hint}"
        source, document = place.source, self.model.document
        if isinstance(source, ProgramRow) and source.path is not None:
            path = formula_path(document, source.path)
            return document.problem(path, NOT_HELD, text, at="value" if len(path) > len(source.path) else "key")
        return document.problem(path_of(document.data, place.address), NOT_HELD, text, at="key")


def shares(program: Program) -> frozenset[str]:
    """The rows that are shares or rates: named so, or made of figures that are written as percentages."""
    share_rows: set[str] = set()
    for row in program.rows:
        named_share = row.address.rpartition(".")[2] in SHARES
        if not row.posted and (named_share or is_share(row.formula, program, share_rows)):
            share_rows.add(row.address)
    return frozenset(share_rows)


def is_share(node: Node, program: Program, known: AbstractSet[str]) -> bool:
    """Whether all terms that a formula chooses from or adds up are shares; 0 and 1 may be among them."""
    terms = [term for part in addends(node) for term in (part.values if isinstance(part, Step) else (part,))]

    def percent(term: Node) -> bool:
        if isinstance(term, Parameter):
            return term.address in program.entries and program.entries[term.address].amount.percent
        return isinstance(term, RowRef) and term.address in known

    return any(map(percent, terms)) and all(percent(term) or term in (ZERO, ONE) for term in terms)


def engine_values(plan: Plan, places: Places) -> dict[str, list[float]]:
    """The schedules month by month, and the openings, as the engine has them: a program of these alone is run."""
    row_places = [place for group in places.groups for place in group.rows]
    rows = [
        ProgramRow(SCHEDULE + place.address, place.source, ZERO, False, None)
        if isinstance(place.source, Step)
        else ProgramRow(OPENING_OF + place.address, at_opening(place.source.opening), ZERO, place.source.posted, None)
        for place in row_places
    ]
    return Engine(plan.program._replace(rows=tuple(rows), months=places.later.months), plan.model.document).run()


def model_sheet(book: Book, plan: Plan, projection: Projection, places: Places, unit: Scale) -> tuple[RungPlace, ...]:
    """Writes the sheet: calendar, headline, every row of the program by section, the rungs; where these stand."""
    sheet = book.sheet("Model", lead=LABEL)
    writer = RowsWriter(book, sheet, plan, places, unit, engine_values(plan, places))
    closed = "" if plan.model.actuals is None else " Shaded months are closed."
    sheet.title("Model", f"{unit.label} where a row is money; cells hold the full amounts. {SAYS[0]}", SAYS[1] + closed)
    sheet.heads(MODEL_HEAD - 1, {ADDRESS: "address", LABEL: "what it is"}, align="left")
    sheet.heads(MODEL_HEAD - 1, {OPENING: "opening"}, align="right")
    sheet.heads(MODEL_HEAD - 1, {writer.last: "formula, in the words of the assumption file"}, align="left")
    sheet.columns(38, 32, 12)
    end = FIRST_MONTH + places.months - 1
    sheet.worksheet.set_column(FIRST_MONTH, end, PERIOD_WIDTH)
    if folded := end + 1 < writer.last:
        sheet.worksheet.set_column(end + 1, writer.last - 1, PERIOD_WIDTH, None, {"level": 1, "hidden": True})
    sheet.worksheet.set_column(writer.last, writer.last, 80, None, {"collapsed": folded})
    sheet.worksheet.freeze_panes(MODEL_HEAD, FIRST_MONTH)
    sheet.print_months(MODEL_HEAD, FIRST_MONTH, end)
    writer.calendar()
    rungs, valley = rung_places(plan, places, places.last_row)
    headline(sheet, plan, places, projection, rungs, valley, unit, writer.last - 1)
    rows = {**projection.rows, **places.later.rows}
    for group in places.groups:
        writer.group(group, rows)
    ladder = LadderWriter(writer, plan, places, projection.rows["minimum_cash"][0])
    written_rungs = (*rungs, valley) if places.later.has_peak_need else rungs
    for rung in {rung.heading: rung for rung in written_rungs}.values():
        ladder.rung(rung, rung_rows(rung, plan.program, rows))
    sheet.worksheet.print_area(0, LABEL, valley.last - 1, end)
    if (actuals := plan.model.actuals) is not None:
        sheet.shade(places.groups[0].row - 1, FIRST_MONTH, places.last_row, actuals.last_close + 1 - plan.program.start)
    return rungs
