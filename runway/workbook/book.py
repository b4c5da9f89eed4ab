"""A workbook being written: its styles, and cells that are text, figures, dates or formulas beside their values.

Colours follow the custom of finance: blue for inputs to change, black for formulas, green for links to other sheets,
grey for values that the engine has computed and the sheet does not.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from itertools import pairwise
from math import ceil, isfinite, isnan
from typing import TYPE_CHECKING, Any

from runway.errors import printable
from runway.language.excel import in_column
from runway.months import NEVER, date_at
from runway.render.cells import STARTS_A_FORMULA
from runway.workbook.places import column_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from runway.render.figures import Scale

BLUE, GREEN, GREY, RED = "#0000FF", "#00703C", "#7F7F7F", "#C00000"
BAR, HEAD, PALE = "#DCE3EC", "#1F3A5F", "#FFFCE8"
CREATED = datetime(2000, 1, 1)  # fixed, so that the same input makes the same bytes
LONGEST_TEXT = 16_000  # a cell holds 32,767 units of UTF-16
EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet
CLOSED_SHADE = "#ECECEC"
PERIOD_WIDTH, PRINTED = 9.6, 9.8  # of a month's column in characters; inches between the margins of an A4 on its side
DATE, MONTH = "d mmm yyyy", "mmm yy"
A4 = 9
ROW_HEIGHT = 13


class Book:
    """A workbook in memory."""

    def __init__(self, title: str, version: str) -> None:
        from xlsxwriter import Workbook

        from runway.workbook.shared_formulas import SharedSheet

        self._buffer, self._sheet_class = BytesIO(), SharedSheet
        self.file = Workbook(
            self._buffer,
            {"in_memory": True, "default_format_properties": {"font_name": "Arial", "font_size": 9, "valign": "top"}},
        )
        self.file.set_properties(
            {"title": cell_text(title), "subject": "Cash, runway and funding", "author": f"runway {version}",
             "comments": "Made from an assumption file. Blue figures may be changed.", "created": CREATED}
        )  # fmt: skip
        self._styles: dict[tuple[tuple[str, Any], ...], Format] = {}

    def style(self, **properties: Any) -> Format:
        """The format of these properties, made once."""
        if "indent" in properties:
            properties.setdefault("align", "left")  # else a spreadsheet leaves the indent out
        key = tuple(sorted(properties.items()))
        if key not in self._styles:
            self._styles[key] = self.file.add_format(properties)
        return self._styles[key]

    def sheet(self, name: str, *, landscape: bool = True, lead: int = 0) -> Sheet:
        """A new sheet, printed on A4 one page wide; its headings stand in the column `lead`."""
        worksheet = self.file.add_worksheet(name, self._sheet_class)
        worksheet.hide_gridlines(2)
        worksheet.set_default_row(ROW_HEIGHT)
        worksheet.set_paper(A4)
        worksheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer("&L&8&F&C&8&A&R&8Page &P of &N")
        if landscape:
            worksheet.set_landscape()
        return Sheet(self, worksheet, lead)

    def name(self, name: str, cell: str) -> None:
        """Defines a name; it must be one that Excel can hold."""
        if self.file.define_name(name, f"={cell}") != 0:
            raise AssertionError(f"{name} is no name that Excel can hold")

    def months(self, sheet: Sheet, row: int, column: int, formula: str, start: int, months: int) -> None:
        """A row of heads that are months, real dates."""
        days = [serial(date_at(t, start)) for t in range(months)]
        style = self.style(bold=True, font_color="#FFFFFF", bg_color=HEAD, align="right", num_format=MONTH)
        sheet.across(row, column, formula, days, style)

    def content(self) -> bytes:
        """The bytes of the file; the same for the same content."""
        self.file.close()
        return self._buffer.getvalue()


class Sheet:
    """One sheet; rows and columns count from 0."""

    def __init__(self, book: Book, worksheet: Worksheet, lead: int) -> None:
        self.book, self.worksheet, self.lead = book, worksheet, lead
        self._formulas = -1
        self.widths: tuple[float, ...] = ()
        worksheet.outline_settings(True, False, True, False)  # the sign to unfold stands above its rows

    def fold(self, row: int) -> None:
        """Puts a row into the outline, closed."""
        self.worksheet.set_row(row, ROW_HEIGHT, None, {"level": 1, "hidden": True})

    def print_months(self, head: int, first: int, last: int) -> None:
        """Twelve columns of figures a page beside their labels, under the heads, as large as that may be."""
        twelve = [PERIOD_WIDTH] * min(12, last - first + 1)
        inches = sum(width * 7 + 5 for width in (*self.widths[self.lead : first], *twelve)) / 96
        self.worksheet.fit_page = False
        self.worksheet.set_print_scale(max(10, min(100, int(PRINTED / inches * 100))))
        self.worksheet.set_v_pagebreaks(list(range(first + 12, last + 1, 12)))
        self.worksheet.repeat_rows(head - 1)
        self.worksheet.repeat_columns(self.lead, first - 1)

    def shade(self, head: int, first: int, last: int, months: int) -> None:
        """Shades the closed months of rows below the heads, and says so beside the title."""
        if months:
            shade = {"type": "formula", "criteria": "=TRUE", "format": self.book.style(bg_color=CLOSED_SHADE)}
            self.worksheet.conditional_format(head, first, last - 1, first + months - 1, shade)

    def columns(self, *widths: float) -> None:
        self.widths = widths
        for column, width in enumerate(widths):
            self.worksheet.set_column(column, column, width)

    def text(self, row: int, column: int, text: str, **style: Any) -> None:
        """Text, never a formula, whatever it begins with; an empty one leaves the cell as it is."""
        text = cell_text(text)
        if text.startswith(STARTS_A_FORMULA):
            style["quote_prefix"] = True
        if text:
            self.worksheet.write_string(row, column, text, self.book.style(**style) if style else None)

    def label(self, row: int, address: str, label: str, **style: Any) -> None:
        """The first two cells of a row: its address and its label."""
        self.text(row, 0, address, font_color=GREY)
        self.text(row, 1, label, **style)

    def number(self, row: int, column: int, value: float, **style: Any) -> None:
        self.worksheet.write_number(row, column, value + 0.0, self.book.style(**style))

    def date(self, row: int, column: int, value: date, **style: Any) -> None:
        style.setdefault("num_format", DATE)
        style.setdefault("align", "right")
        day = datetime(value.year, value.month, value.day)
        self.worksheet.write_datetime(row, column, day, self.book.style(**style))

    def formula(self, row: int, column: int, formula: str, value: Any, **style: Any) -> None:
        """A formula with the value that it has now, which readers that do not recalculate show."""
        self.formula_in(row, column, formula, value, self.book.style(**style))

    def formula_in(self, row: int, column: int, formula: str, value: Any, style: Format) -> None:
        if isinstance(value, float) and isnan(value):
            value = "–"  # not a number: the figure does not exist
        if isinstance(value, float) and isfinite(value):
            value = float(f"{value:.15g}") + 0.0  # as many digits as a spreadsheet shows
            value = int(value) if value.is_integer() else value
        self.worksheet.write_formula(row, column, formula, style, value)

    def exact(self, row: int, column: int, formula: str, value: float, **style: Any) -> None:
        """A formula whose value is kept to its last digit, as readers that do not recalculate it compute with it."""
        self.worksheet.write_formula(row, column, formula, self.book.style(**style), value)

    def across(self, row: int, column: int, formula: str, values: Sequence[Any], style: Format) -> None:
        """One formula (of `runway.language.excel`) in as many columns as there are values, from `column` on."""
        from runway.workbook.shared_formulas import SharedFormula, sharable

        self._formulas += 1
        letters = [column_name(column + n) for n in range(-1, len(values))]
        cells = f"{letters[1]}{row + 1}:{letters[-1]}{row + 1}"
        if sharable(formula):
            first = SharedFormula(in_column(formula, letters[1], letters[0]), self._formulas, cells)
            texts: Sequence[str] = [first, *[SharedFormula(formula, self._formulas, "")] * (len(values) - 1)]
        else:
            texts = [in_column(formula, letter, previous) for previous, letter in pairwise(letters)]
        for n, (text, value) in enumerate(zip(texts, values, strict=True)):
            self.formula_in(row, column + n, text, value, style)

    def heads(self, row: int, heads: dict[int, str], **style: Any) -> None:
        """Column heads, by column; those of figures stand over them to the right."""
        for column, head in heads.items():
            if not head:
                self.worksheet.write_blank(row, column, None, self.book.style(bg_color=HEAD))
            self.text(row, column, head, bold=True, font_color="#FFFFFF", bg_color=HEAD, text_wrap=True, **style)

    def bar(self, row: int, last: int, title: str) -> None:
        """A section's heading across the columns."""
        for column in range(last + 1):
            self.worksheet.write_blank(row, column, None, self.book.style(bg_color=BAR, bold=True))
        self.text(row, self.lead, title, bg_color=BAR, bold=True)

    def title(self, text: str, *below: str) -> None:
        """The first rows of a sheet."""
        self.worksheet.set_row(0, 20)
        self.text(0, self.lead, text, bold=True, font_size=14)
        for n, line in enumerate(below, start=1):
            self.text(n, self.lead, line, font_color=GREY)


def serial(day: date) -> int:
    """A day as a spreadsheet counts it."""
    return (day - EPOCH).days


def cell_text(text: str) -> str:
    """Text of the file on one line, without what cannot be shown, and no longer than a cell holds."""
    text = printable(" ".join(text.split()))
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def amount_format(unit: Scale) -> str:
    """Money in the unit of the workbook: negatives in brackets, a true zero as a dash."""
    commas = {1.0: "", 1e3: ",", 1e6: ",,"}[unit.unit]
    places = 1 if commas else unit.minor_digits
    digits = "#,##0" + (f".{'0' * places}" if places else "") + commas
    return f'{digits}_);({digits});"–"_)'


def figure_format(values: Sequence[float]) -> str:
    """A row that is no money: positions of dates say never, large figures are in millions."""
    known = [abs(value) for value in values if abs(value) < NEVER]
    values = [value for value in values if not isnan(value)]
    largest = max(map(abs, values), default=0.0)
    if any(abs(value) == NEVER for value in values) and max(known, default=0.0) < 1000:
        return '[>=1000000]"never";[<0](#,##0.00);#,##0.00'
    if largest >= 1e7:
        return '#,##0.0,,"M"_);(#,##0.0,,"M")'
    if largest >= 1000 or all(value == int(value) for value in values):
        return "#,##0_);(#,##0)"
    return "#,##0.00_);(#,##0.00)" if largest >= 10 else "0.0000_);(0.0000)"


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many characters."""
    return max(1, ceil(len(text) / width))
