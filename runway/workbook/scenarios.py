"""The Scenarios sheet: a cell in which a scenario is chosen, and by scenario the figures that any of them changes.

Scenarios that have the same formulas can be chosen: the cells of the Inputs sheet take the chosen one's values.
A scenario that changes the form of the model needs other rows, and is listed with its first such change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import layout
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.months import NEVER, date_at
from runway.workbook.book import BLUE, DATE, GREY, PALE, ROW_HEIGHT, serial
from runway.workbook.places import column_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.program.plan import Plan
    from runway.workbook.book import Book, Sheet
    from runway.workbook.places import Input, Places

BASE = "base"
CHOSEN, NUMBER = "Scenarios!$B$4", "Scenarios!$B$5"
HEAD = 7  # the row of the column heads, counted from 1; figures begin below it
FIRST = 2  # the column of the first scenario, counted from 0
SETTINGS = ("counting", "raise_for", "currency")


class ScenarioChoice(NamedTuple):
    """Scenarios that can be chosen, with the figures that they change, and those that cannot, with the reason."""

    names: tuple[str, ...]
    titles: tuple[str | None, ...]
    chosen: int
    values: Mapping[str, tuple[float, ...]]  # by address, one value a scenario
    refused: tuple[tuple[str, str], ...]

    def cell_formula(self, address: str) -> str | None:
        """The formula of the cell of a figure that scenarios change."""
        if address not in self.values:
            return None
        row, last = HEAD + 1 + list(self.values).index(address), column_name(FIRST + len(self.names) - 1)
        return f"=INDEX(Scenarios!${column_name(FIRST)}${row}:${last}${row},1,{NUMBER})"


def choice(plan: Plan, places: Places) -> ScenarioChoice | None:
    """The scenarios that can be chosen in a plan's workbook; None where the file has none."""
    from runway.engine.load import load_document

    model = plan.model
    if not model.scenarios:
        return None
    plans, refused = {model.scenario: plan}, list[tuple[str, str]]()
    for name in dict.fromkeys((BASE, *model.scenarios)):
        if name in plans:
            continue
        try:
            scenario_plan = load_document(model.original, name, model.changes, like=plan)
        except InputError as error:
            refused.append((name, f"cannot be loaded: {error.problems[0].text}"))
            continue
        if (reason := next(differences(plan, scenario_plan, places), None)) is None:
            plans[name] = scenario_plan
        else:
            refused.append((name, reason))
    names = tuple(name for name in dict.fromkeys((BASE, *model.scenarios)) if name in plans)
    titles = tuple(model.scenarios[name].title if name in model.scenarios else None for name in names)
    values = {
        address: figures
        for address in places.figures
        if len(set(figures := tuple(plans[name].program.parameters[address] for name in names))) > 1
    }
    return ScenarioChoice(names, titles, names.index(model.scenario), values, tuple(refused))


def differences(plan: Plan, scenario_plan: Plan, places: Places) -> Iterator[str]:
    """The reasons why a scenario cannot be chosen: its differences from the plan but for figures that have a cell."""
    base, program = plan.program, scenario_plan.program
    for field in SETTINGS:
        if getattr(plan.model.settings, field) != getattr(scenario_plan.model.settings, field):
            yield f"changes model.{field}"
    if (base.start, base.months) != (program.start, program.months):
        yield "covers other months"
    rows = {row.address: row for row in base.rows}
    for row in program.rows:
        if row.address not in rows:
            yield f"has a row {row.address} that the sheet lacks"
        elif rows.pop(row.address) != row:
            yield f"has another formula for {row.address}"
    yield from (f"has no row {address}" for address in rows)
    if base.rows != program.rows or layout(plan) != layout(scenario_plan):
        yield "moves money in another order or on other days"
    for address in dict.fromkeys((*base.parameters, *program.parameters)):
        if base.parameters.get(address) != program.parameters.get(address) and address not in places.figures:
            yield f"changes {address}, which has no cell"
        elif address not in base.parameters or address not in program.parameters:
            yield f"has another figure {address}"


def scenarios_sheet(book: Book, plan: Plan, places: Places, choice: ScenarioChoice) -> None:
    """Writes the sheet."""
    sheet, count = book.sheet("Scenarios"), len(choice.names)
    last = column_name(FIRST + count - 1)
    legend = "Choose a scenario in the blue cell; the Inputs sheet takes its figures, and all else follows."
    sheet.title("Scenarios", legend)
    sheet.columns(38, 40, *[16] * count)
    heads = f"${column_name(FIRST)}${HEAD}:${last}${HEAD}"
    sheet.text(3, 0, "Scenario", bold=True)
    sheet.text(3, 1, choice.names[choice.chosen], font_color=BLUE, bg_color=PALE, bold=True)
    sheet.worksheet.data_validation(3, 1, 3, 1, {"validate": "list", "source": f"={heads}"})
    sheet.text(4, 0, "its number below")
    sheet.formula(4, 1, f"=MATCH(B4,{heads},0)", choice.chosen + 1, num_format="0", align="left")
    sheet.heads(HEAD - 1, {0: "address", 1: "what it is"}, align="left")
    sheet.heads(HEAD - 1, dict(enumerate(choice.names, FIRST)), align="right")
    for column, title in enumerate(choice.titles, FIRST):
        sheet.text(HEAD - 2, column, title or "", font_color=GREY, align="right", text_wrap=True)
    sheet.worksheet.set_row(HEAD - 2, ROW_HEIGHT * 4)  # titles wrap
    row = HEAD
    for address, values in choice.values.items():
        figure = places.figures[address]
        sheet.text(row, 0, address)
        sheet.text(row, 1, figure.label, font_color=GREY)
        for column, value in enumerate(values, FIRST):
            figure_cell(sheet, plan, figure, row, column, value, values)
        row += 1
    if not choice.values:
        sheet.text(row, 0, "No scenario that can be chosen changes a figure.", font_color=GREY)
        row += 1
    if choice.refused:
        sheet.bar(row + 1, FIRST + count - 1, "Not to be chosen here: export these with --scenario NAME")
        for name, reason in choice.refused:
            sheet.text(row + 2, 0, name)
            sheet.text(row + 2, 1, reason, font_color=GREY)
            row += 1
    sheet.worksheet.freeze_panes(HEAD, FIRST)


def figure_cell(
    sheet: Sheet, plan: Plan, figure: Input, row: int, column: int, value: float, values: tuple[float, ...]
) -> None:
    """A figure of a scenario, as the Inputs sheet shows it."""
    from runway.workbook.inputs import number_format

    style: dict[str, Any] = {"font_color": BLUE, "bg_color": PALE, "align": "right"}
    if not figure.entry.amount.is_date:
        num_format = number_format(list(values), figure.entry.amount.percent)
        sheet.number(row, column, value, num_format=num_format, **style)
    elif value >= NEVER:
        sheet.text(row, column, "never", num_format=DATE, **style)
    else:
        sheet.date(row, column, date_at(value, plan.program.start), **style)


def cell_value(plan: Plan, place: float) -> int | str:
    """The value of the cell of a date, from its position: a day, or the word never."""
    return "never" if place >= NEVER else serial(date_at(place, plan.program.start))
