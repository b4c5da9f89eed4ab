"""The Summary sheet: the funding ladder, the workbook's own figures, the chart of cash, findings and notes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from runway.render.figures import day, month, span
from runway.reports.known import known_line
from runway.reports.project import counted_rungs, findings
from runway.words import counted
from runway.workbook.book import DATE, GREEN, GREY, MONTH, RED, ROW_HEIGHT, amount_format, lines_of, serial
from runway.workbook.burn import aligned, burn_row, burn_values
from runway.workbook.charts import ChartWriter
from runway.workbook.checks import ALL, OK, colour_statuses
from runway.workbook.funding import BREACH, NO_BREACH, day_of
from runway.workbook.headline import headline_row, headline_values
from runway.workbook.inputs import CHANGED
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD, column_name
from runway.workbook.scenarios import CHOSEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.known import Knowledge
    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

LAST = 7
NET_BURN = "Net burn, all funding counted"
LINE = 120  # characters of a text across the columns


def summary_sheet(
    book: Book, sheet: Sheet, projection: Projection, places: Places,
    rungs: Sequence[RungPlace], below: int, covenants: range, unit: Scale, known: Knowledge | None,
    *, choosable: bool,
) -> None:  # fmt: skip
    """Fills the first sheet, which is made before those that it reads."""
    title = f"{projection.scenario} · {span(projection.months[0], projection.months[-1])} · {unit.label}"
    if projection.scenario_title:
        title += f" · {projection.scenario_title}"
    changes = ", ".join(f"{address} {value}" for address, value in projection.changes)
    lines = [] if known is None else [known_line(known).text]
    sheet.title(projection.model, title, " · ".join([*lines, *([f"with {changes}"] if changes else [])]))
    sheet.columns(30, 15, 18, 15, 15, 15, 22, 14)
    sheet.text(3, 0, "Checks", bold=True)
    sheet.formula(3, 1, f"={ALL}", OK, bold=True, font_color=GREEN, align="center")
    colour_statuses(book, sheet, 3, 3, column=1)
    sheet.text(4, 0, "Inputs changed", bold=True)
    sheet.formula(4, 1, f"={CHANGED}", 0, font_color=GREEN, num_format="0", align="center")
    stale = "grey figures are from before the change: run runway for new ones"
    sheet.formula(3, 2, f'=IF({CHANGED}>0,"{stale}","")', "", font_color=RED, indent=1)
    colours = "blue: may be changed, on Inputs · black: formulas · green: links · grey: as exported"
    sheet.text(4, 2, colours, font_color=GREY, indent=1)
    if choosable:
        sheet.text(5, 0, "Scenario", bold=True)
        sheet.formula(5, 1, f"={CHOSEN}", projection.scenario, font_color=GREEN, align="center")
        sheet.text(5, 2, "chosen on Scenarios", font_color=GREY, indent=1)
    row = _ladder(sheet, projection, unit, 7)
    row = _current_figures(sheet, projection, places, below, covenants, unit, row + 1)
    row = ChartWriter(book, places, unit).cash(sheet, row + 1, projection, rungs)
    sheet.bar(row + 1, LAST, "Burn, survival and what to raise, as exported")
    row += 2
    for label, text in findings(projection, unit):
        row = _prose(sheet, row, label, text)
    if projection.notes:
        sheet.bar(row + 1, LAST, "Notes, as exported")
        row += 2
        for note in projection.notes:
            row = _prose(sheet, row, "", note)
    sheet.worksheet.print_area(0, 0, row, LAST)
    sheet.worksheet.activate()


def _prose(sheet: Sheet, row: int, label: str, text: str) -> int:
    """A label and a text across the other columns; the next row."""
    sheet.text(row, 0, label)
    style = sheet.book.style(text_wrap=True, font_color=GREY)
    sheet.worksheet.merge_range(row, 1, row, LAST, None, style)
    sheet.text(row, 1, text, text_wrap=True, font_color=GREY)
    sheet.worksheet.set_row(row, ROW_HEIGHT * lines_of(text, LINE))
    return row + 1


def _ladder(sheet: Sheet, projection: Projection, unit: Scale, row: int) -> int:
    """How long the cash lasts on each rung: links to the headline of the Model sheet, read off daily cash."""
    sheet.bar(row, LAST, f"Runway from {day(projection.as_of + timedelta(days=1))}")
    sheet.heads(row + 1, {0: "counting"}, align="left")
    sheet.heads(row + 1, dict(enumerate(("months left", "cash out", "lowest cash", "on", "gap"), 1)), align="right")
    heads = {LAST - 1: f"{counted(projection.raise_for, 'month')} more need", LAST: "and cost"}
    sheet.heads(row + 1, heads, align="right")
    row += 2
    right: dict[str, Any] = {"font_color": GREEN, "align": "right"}
    amounts = {**right, "num_format": amount_format(unit)}
    measures = (
        ("months", {**right, "num_format": "0.0"}), ("zero_cash_date", {**right, "num_format": DATE}),
        ("lowest_cash", amounts), ("lowest_cash_date", {**right, "num_format": DATE}), ("funding_gap", amounts),
        ("round_to_extend", amounts), ("stake", {**right, "num_format": "0.0%"}),
    )  # fmt: skip
    values, burned = headline_values(projection), burn_values(projection)
    for n, rung in enumerate(counted_rungs(projection)):
        main = {"bold": True} if rung.counting == projection.counting else {}
        sheet.text(row, 0, rung.counting, **main)
        for column, (measure, style) in enumerate(measures, 1):
            formula = f"=Model!$C${headline_row(n, measure)}"
            sheet.formula(row, column, formula, values[n][measure], **style, **main)
        row += 1
    for label, cells in (
        ("If costs stayed flat", {1: ("survival", {}), 2: ("survival_out", {"num_format": MONTH})}),
        ("Peak need, of nothing in hand", {3: ("peak_need", amounts), 4: ("peak_need_date", {"num_format": DATE})}),
    ):
        sheet.text(row, 0, label)
        for column, (key, style) in cells.items():
            sheet.formula(
                row,
                column,
                f"=Model!$C${burn_row(key)}",
                burned[key],
                **{**right, "align": aligned(key, projection), **style},
            )
        row += 1
    return row


def _current_figures(
    sheet: Sheet, projection: Projection, places: Places, below_row: int, covenants: range, unit: Scale, row: int
) -> int:
    """The figures that this workbook computes now, of all funding: closing and lowest cash, burn, breaches."""
    rows, count = projection.rows, places.months
    amounts = {"num_format": amount_format(unit), "font_color": GREEN}
    month_ends = {"num_format": MONTH, "font_color": GREEN, "align": "right"}
    all_months = f"Model!$D${MODEL_HEAD}:${column_name(FIRST_MONTH + count - 1)}${MODEL_HEAD}"
    free = rows["unrestricted_cash"]
    lowest = min(free)
    below = f"Checks!$D${below_row}:${column_name(FIRST_MONTH + count - 1)}${below_row}"
    first = next((t for t, cash in enumerate(free) if cash < rows["minimum_cash"][t]), None)
    never = f"not by {month(projection.months[-1])}"
    window = span(*projection.burn_window)
    begin, end = map(projection.months.index, projection.burn_window)
    burned = column_name(FIRST_MONTH + begin), column_name(FIRST_MONTH + end)

    def average(address: str) -> tuple[str, float]:
        cells = f"Model!${burned[0]}${places.rows[address]}:${burned[1]}${places.rows[address]}"
        return f"=AVERAGE({cells})", sum(rows[address][begin : end + 1]) / (end + 1 - begin)

    sheet.bar(row, LAST, "This workbook now: all funding as the inputs have it")
    row += 1
    figures: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("Closing cash, last month", f"={places.cell('cash', count - 1)}", rows["cash"][-1], amounts),
        ("Lowest month-end cash", f"=MIN({places.months_of('unrestricted_cash')})", lowest, amounts),
        ("in", f"=INDEX({all_months},MATCH(B{row + 2},{places.months_of('unrestricted_cash')},0))",
         serial(day_of(projection, free.index(lowest))), month_ends),
        ("First month-end below minimum", f'=IFERROR(INDEX({all_months},MATCH(1,{below},0)),"{never}")',
         never if first is None else serial(day_of(projection, first)), month_ends),
        (NET_BURN, *average("net_burn"), amounts),
        ("Gross burn, all funding counted", *average("gross_burn"), amounts),
    ]  # fmt: skip
    if covenants:
        breaches = f"Funding!${column_name(BREACH)}${covenants.start + 1}:${column_name(BREACH)}${covenants.stop}"
        broken = [covenant.breached for covenant in projection.covenants if covenant.breached is not None]
        formula = f'=IF(MIN({breaches})=0,"{NO_BREACH}",MIN({breaches}))'
        value = serial(min(broken)) if broken else NO_BREACH
        figures.append(("First breach of a covenant", formula, value, {**month_ends, "num_format": DATE}))
    for label, formula, value, style in figures:
        sheet.text(row, 0, label, indent=int(label == "in"))
        sheet.formula(row, 1, formula, value, **style)
        if label == NET_BURN:
            legend = f"a month, {window}, interest on that funding among it; the one below, as exported, counts none"
            sheet.text(row, 2, legend, font_color=GREY, indent=1)
        row += 1
    return row
