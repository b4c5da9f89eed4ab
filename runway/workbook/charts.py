"""The Charts sheet: cash by rung, burn, revenue, people and ownership, drawn from the sheets that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.workbook.book import MONTH
from runway.workbook.places import FIRST_MONTH, MODEL_HEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.ownership import Stakes
    from runway.workbook.places import Places

FONT = {"name": "Arial", "size": 8, "color": "#404040"}
GRID = {"visible": True, "line": {"color": "#E3E3E3"}}
COLORS = ("#A0A0A0", "#7A9CC6", "#3E6CA8", "#1F3A5F", "#C08A3E", "#5B8C5A", "#8E6C8A", "#B5651D", "#4F4F4F", "#2E8B8B")
FLOOR = "#C00000"
CHART_ROWS, COLUMNS = 19, 9
MOST = 12  # series of a chart that can be told apart


class PlottedRow(NamedTuple):
    """A row of the Model sheet, counted from 1, as a line or a column of a chart."""

    name: str
    row: int
    color: str
    dash: str = "solid"
    width: float = 2


class ChartWriter:
    def __init__(self, book: Book, places: Places, unit: Scale) -> None:
        self.book, self.places, self.last = book, places, FIRST_MONTH + places.months - 1
        commas = {1.0: "", 1e3: ",", 1e6: ",,"}[unit.unit]
        self.money = f"#,##0{commas};(#,##0{commas});0"

    def draw(
        self, sheet: Sheet, row: int, title: str, series: Sequence[PlottedRow], kind: dict[str, str], num_format: str
    ) -> int:
        """A chart of rows by month below a heading; the next free row."""
        chart = self.book.file.add_chart(kind)
        for plotted in series:
            fill = {"fill": {"color": plotted.color}, "gap": 40} if kind["type"] == "column" else {}
            line = {"color": plotted.color, "width": plotted.width, "dash_type": plotted.dash}
            chart.add_series(
                {
                    "name": plotted.name,
                    "categories": ["Model", MODEL_HEAD - 1, FIRST_MONTH, MODEL_HEAD - 1, self.last],
                    "values": ["Model", plotted.row - 1, FIRST_MONTH, plotted.row - 1, self.last],
                    **(fill or {"line": line}),
                }
            )
        step = max(1, self.places.months // 12)
        axis = {"num_format": MONTH, "num_font": FONT, "label_position": "low"}
        chart.set_x_axis({**axis, "interval_unit": step, "interval_tick": step})
        self._insert(chart, sheet, row, title, num_format)
        return row + CHART_ROWS + 1

    def ownership(self, sheet: Sheet, row: int, title: str, stakes: Stakes) -> int:
        """Columns of stakes, one a table of the cap table; the next free row."""
        chart = self.book.file.add_chart({"type": "column", "subtype": "percent_stacked"})
        for n, holder in enumerate(stakes.rows):
            chart.add_series(
                {
                    "name": ["Cap table", holder, 0],
                    "categories": ["Cap table", stakes.heads, 1, stakes.heads, stakes.columns],
                    "values": ["Cap table", holder, 1, holder, stakes.columns],
                    "fill": {"color": COLORS[n % len(COLORS)]},
                    "gap": 40,
                }
            )
        chart.set_x_axis({"num_font": FONT})
        self._insert(chart, sheet, row, title, "0%")
        return row + CHART_ROWS + 1

    def _insert(self, chart: Any, sheet: Sheet, row: int, title: str, num_format: str) -> None:
        chart.set_y_axis({"num_format": num_format, "num_font": FONT, "major_gridlines": GRID, "line": {"none": True}})
        chart.set_legend({"position": "bottom", "font": FONT})
        chart.set_size({"width": 960, "height": 320})
        chart.show_blanks_as("gap")
        chart.set_title({"none": True})
        chart.show_hidden_data()  # rows that are folded
        sheet.bar(row, COLUMNS - 1, title)
        sheet.worksheet.insert_chart(row + 1, 0, chart, {"object_position": 2, "description": title})

    def cash(self, sheet: Sheet, row: int, projection: Projection, rungs: Sequence[RungPlace]) -> int:
        """Closing cash of each rung that has rows of its own, and the floor."""
        series, titles = list[PlottedRow](), dict[int, list[str]]()
        for rung in rungs:
            titles.setdefault(rung.rows.get("cash", self.places.rows["cash"]), []).append(rung.title)
        for n, (cash_row, rung_titles) in enumerate(titles.items(), len(COLORS[:4]) - len(titles)):
            name = f"closing cash, {', '.join(rung_titles)}" if len(titles) > 1 else "closing cash"
            series.append(PlottedRow(name, cash_row, COLORS[n]))
        if any(projection.rows["restricted_cash"]):
            series.append(PlottedRow("free to spend", self.places.rows["unrestricted_cash"], COLORS[4], "dash", 1.5))
        series.append(PlottedRow("minimum cash", self.places.rows["minimum_cash"], FLOOR, "square_dot", 1.25))
        return self.draw(sheet, row, "Cash at the end of each month", series, {"type": "line"}, self.money)


def charts_sheet(
    book: Book, projection: Projection, places: Places, rungs: Sequence[RungPlace], stakes: Stakes | None, unit: Scale
) -> None:
    """Writes the sheet: a chart below the other."""
    sheet = book.sheet("Charts", landscape=False)
    sheet.worksheet.fit_to_pages(1, 1)
    sheet.title("Charts", f"{unit.label} where a chart is of money.")
    sheet.columns(*[15] * COLUMNS)
    writer, rows = ChartWriter(book, places, unit), places.rows
    row = writer.cash(sheet, 3, projection, rungs)
    for title, kind, plotted in (
        ("Burn a month", "column", {"gross burn": ("gross_burn", 1), "net burn": ("net_burn", 3)}),
        ("Revenue and costs", "line", {"revenue": ("total.revenue", 5), "costs": ("total.costs", 4)}),
    ):
        series = [PlottedRow(name, rows[address], COLORS[n]) for name, (address, n) in plotted.items()]
        row = writer.draw(sheet, row, title, series, {"type": kind}, writer.money)
    people = [line for line in projection.measures if line.address.rpartition(".")[2] == "people"][:MOST]
    if people:
        series = [PlottedRow(line.title, rows[line.address], COLORS[n % len(COLORS)]) for n, line in enumerate(people)]
        row = writer.draw(sheet, row, "People", series, {"type": "column", "subtype": "stacked"}, "#,##0")
    if stakes is not None:
        writer.ownership(sheet, row, "Ownership, fully diluted", stakes)
