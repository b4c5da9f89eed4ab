"""The Sources sheet: where figures come from, and how many rest on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.workbook.book import GREEN, GREY
from runway.workbook.inputs import SOURCE
from runway.workbook.places import INPUTS_HEAD, column_name

if TYPE_CHECKING:
    from runway.model.model import Model
    from runway.workbook.book import Book
    from runway.workbook.places import Places

HEADS = ("source", "title", "publisher", "as of", "where")
FIGURES = len(HEADS)


def sources_sheet(book: Book, model: Model, places: Places) -> None:
    """Writes the sheet: the sources of the file, and how many figures name each."""
    sheet = book.sheet("Sources")
    sheet.title("Sources", "Where the figures of the Inputs sheet come from; a note beside one says what is assumed.")
    sheet.heads(3, dict(enumerate(HEADS)), align="left")
    sheet.heads(3, {FIGURES: "figures"}, align="right")
    sheet.columns(18, 60, 28, 12, 60, 10)
    sheet.worksheet.freeze_panes(4, 1)
    sheet.worksheet.repeat_rows(3)
    cited = [figure.entry.source for figure in places.figures.values()]
    cited_in = column_name(SOURCE)
    used = f"Inputs!${cited_in}${INPUTS_HEAD + 1}:${cited_in}${places.last_input}"
    row = 4
    for name, source in model.sources.items():
        texts = (name, source.title, source.publisher or "", source.as_of or "", source.url or "")
        for column, text in enumerate(texts):
            sheet.text(row, column, text, text_wrap=True)
        sheet.formula(
            row, FIGURES, f"=SUMPRODUCT(--({used}=A{row + 1}))", cited.count(name), font_color=GREEN, num_format="0"
        )
        row += 1
    rest = f"=COUNTA(Inputs!$C${INPUTS_HEAD + 1}:$C${places.last_input})-SUM(F4:F{row})"
    sheet.text(row, 0, "no source", font_color=GREY)
    sheet.formula(row, FIGURES, rest, cited.count(None), font_color=GREEN, num_format="0")
