"""The Summary sheet: the funding ladder and what follows from it, the workbook's own figures, the chart of cash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER
from runway.months import date_at, month_number
from runway.render.figures import day, month, months, span
from runway.reports.project import counted_rungs, findings
from runway.workbook.book import DATE, EPOCH, GREEN, GREY, MONTH, ROW_HEIGHT, amount_format, lines_of
from runway.workbook.checks import ALL, OK, judged
from runway.workbook.funding import BREACH, NO_BREACH
from runway.workbook.inputs import CHANGED
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD, column_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.checks import CheckRows
    from runway.workbook.places import Places

LAST = 6
NET_BURN = "Net burn, all funding counted"
LINE = 120  # characters of a text across the columns
CHART_ROWS = 19


def summary_sheet(
    book: Book, sheet: Sheet, projection: Projection, places: Places, at: CheckRows, covenants: range, unit: Scale
) -> None:
    """Fills the first sheet, which is made before those that it reads."""
    title = f"{projection.scenario} · {span(projection.months[0], projection.months[-1])} · {unit.label}"
    if projection.scenario_title:
        title += f" · {projection.scenario_title}"
    changes = ", ".join(f"{address} {value}" for address, value in projection.changes)
    sheet.title(projection.model, title, f"with {changes}" if changes else "")
    sheet.columns(30, 16, 16, 14, 12, 14, 42)
    sheet.text(3, 0, "Checks", bold=True)
    sheet.formula(3, 1, f"={ALL}", OK, bold=True, font_color=GREEN, align="center")
    judged(book, sheet, 3, 3, column=1)
    sheet.text(4, 0, "Inputs changed", bold=True)
    sheet.formula(4, 1, f"={CHANGED}", 0, font_color=GREEN, num_format="0", align="center")
    stale = "grey figures are from before the change: run runway for new ones"
    sheet.formula(3, 2, f'=IF({CHANGED}>0,"{stale}","")', "", font_color="#C00000", indent=1)
    colours = "blue: may be changed, on Inputs · black: formulas · green: links · grey: as exported"
    sheet.text(4, 2, colours, font_color=GREY, indent=1)
    row = _ladder(sheet, projection, places, unit, 6)
    row = _own(sheet, projection, places, at, covenants, unit, row + 1)
    row = _chart(book, sheet, projection, places, at, unit, row + 1)
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


def _ladder(sheet: Sheet, projection: Projection, places: Places, unit: Scale, row: int) -> int:
    """How long the cash lasts counting what; these need days, which the sheet does not hold, and so are values."""
    sheet.bar(row, LAST, "Runway, as exported: it is read off daily cash, and a sheet has months")
    sheet.heads(row + 1, {0: "counting"}, align="left")
    heads = ("months", "cash out", "lowest cash", "in", "gap")
    sheet.heads(row + 1, dict(enumerate(heads, 1)), align="right")
    sheet.heads(row + 1, {LAST: "to see it below, set on Inputs"}, align="left", indent=1)
    row += 2
    grey: dict[str, Any] = {"font_color": GREY, "align": "right"}
    amounts = {**grey, "num_format": amount_format(unit)}
    overrides, figures = {counting.title: counting.overrides for counting in LADDER}, places.written
    for rung in counted_rungs(projection):
        sheet.text(row, 0, rung.counting, bold=True)
        sheet.text(row, 1, "beyond" if rung.months is None else months(rung.months), **grey)
        last = f"not by {month(projection.months[-1])}"
        sheet.text(row, 2, day(rung.zero_cash_date) if rung.zero_cash_date else last, **grey)
        sheet.number(row, 3, round(rung.lowest_cash, projection.minor_digits), **amounts)
        sheet.text(row, 4, month(rung.lowest_cash_date), **grey)
        sheet.number(row, 5, round(rung.funding_gap, projection.minor_digits), **amounts)
        known = ((a, value) for a, value in overrides[rung.counting].items() if a in figures)
        levers = ", ".join(f"{address} = {value:g}" for address, value in known)
        sheet.text(row, LAST, levers or "nothing: this is the workbook as it stands", font_color=GREY, indent=1)
        row += 1
    return row


def _own(
    sheet: Sheet, projection: Projection, places: Places, at: CheckRows, covenants: range, unit: Scale, row: int
) -> int:
    """What this workbook has now, month by month."""
    rows, count = projection.rows, places.months
    amounts = {"num_format": amount_format(unit), "font_color": GREEN}
    month_ends = {"num_format": MONTH, "font_color": GREEN, "align": "right"}
    all_months = f"Model!$D${MODEL_HEAD}:${column_name(FIRST_MONTH + count - 1)}${MODEL_HEAD}"
    free = rows["unrestricted_cash"]
    lowest = min(free)
    below = f"Checks!$D${at.below}:${column_name(FIRST_MONTH + count - 1)}${at.below}"
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
         _month_end(projection, free.index(lowest)), month_ends),
        ("First month-end below minimum", f'=IFERROR(INDEX({all_months},MATCH(1,{below},0)),"{never}")',
         never if first is None else _month_end(projection, first), month_ends),
        (NET_BURN, *average("net_burn"), amounts),
        ("Gross burn, all funding counted", *average("gross_burn"), amounts),
    ]  # fmt: skip
    if covenants:
        breaches = f"Funding!${column_name(BREACH)}${covenants.start + 1}:${column_name(BREACH)}${covenants.stop}"
        broken = [covenant.breached for covenant in projection.covenants if covenant.breached is not None]
        formula = f'=IF(MIN({breaches})=0,"{NO_BREACH}",MIN({breaches}))'
        value = (min(broken) - EPOCH).days if broken else NO_BREACH
        figures.append(("First breach of a covenant", formula, value, {**month_ends, "num_format": DATE}))
    for label, formula, value, style in figures:
        sheet.text(row, 0, label, indent=int(label == "in"))
        sheet.formula(row, 1, formula, value, **style)
        if label == NET_BURN:
            says = f"a month, {window}, interest on that funding among it; the one below, as exported, counts none"
            sheet.text(row, 2, says, font_color=GREY, indent=1)
        row += 1
    return row


def _month_end(projection: Projection, t: int) -> int:
    """A month as a spreadsheet counts days."""
    return (date_at(t, month_number(projection.months[0]) or 0) - EPOCH).days


def _chart(
    book: Book, sheet: Sheet, projection: Projection, places: Places, at: CheckRows, unit: Scale, row: int
) -> int:
    """Cash at the end of each month with the floor; beside it cash in hand only, as exported."""
    last = FIRST_MONTH + places.months - 1

    def line(name: str, on: str, at_row: int, color: str, dash: str = "solid", width: float = 2) -> dict[str, Any]:
        return {
            "name": name,
            "categories": ["Model", MODEL_HEAD - 1, FIRST_MONTH, MODEL_HEAD - 1, last],
            "values": [on, at_row - 1, FIRST_MONTH, at_row - 1, last],
            "line": {"color": color, "width": width, "dash_type": dash},
        }

    sheet.bar(row, LAST, "Cash at the end of each month")
    chart = book.file.add_chart({"type": "line"})
    chart.add_series(line("closing cash", "Model", places.rows["cash"], "#1F3A5F"))
    if any(projection.rows["restricted_cash"]):
        chart.add_series(line("free to spend", "Model", places.rows["unrestricted_cash"], "#7A9CC6"))
    if projection.closings:
        chart.add_series(line("cash in hand only, as exported", "Checks", at.rungs[0], "#A0A0A0", "dash", 1.5))
    chart.add_series(line("minimum cash", "Model", places.rows["minimum_cash"], "#C00000", "square_dot", 1.25))
    font = {"name": "Arial", "size": 8, "color": "#404040"}
    step = max(1, places.months // 12)
    chart.set_x_axis(
        {"num_format": MONTH, "num_font": font, "label_position": "low", "interval_unit": step, "interval_tick": step}
    )
    grid = {"visible": True, "line": {"color": "#E3E3E3"}}
    chart.set_y_axis(
        {"num_format": axis_format(unit), "num_font": font, "major_gridlines": grid, "line": {"none": True}}
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": 960, "height": 320})
    chart.show_blanks_as("gap")
    shown = {"object_position": 2, "description": "Cash at the end of each month"}
    sheet.worksheet.insert_chart(row + 1, 0, chart, shown)
    return row + CHART_ROWS + 1


def axis_format(unit: Scale) -> str:
    commas: Sequence[str] = {1.0: "", 1e3: ",", 1e6: ",,"}[unit.unit]
    return f"#,##0{commas};(#,##0{commas});0"
