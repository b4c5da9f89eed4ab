"""One formula for a whole row, as a spreadsheet keeps a formula that was copied across: written once and shared.

That makes the file a third smaller, and the row's formula the same in every month by construction.  The methods here
replace methods of XlsxWriter that write single formulas; without them each cell would hold its formula in full.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from xlsxwriter.worksheet import CellFormulaTuple, Worksheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format

_ALONE = re.compile(r"[!{]|\):|\b(?:EDATE|EOMONTH)\(")


def sharable(formula: str) -> bool:
    """Whether Excel can share a formula: not one with another sheet, an array constant or a range that is computed.

    Microsoft, Open Specifications, [MS-XLSB] 2.5.98.98 SharedParsedFormula (PtgRef3d, PtgArray, PtgRange, PtgNameX; the
    last is what EDATE and EOMONTH were in older files).

    >>> sharable("=D5+E$6*model.interest"), sharable("=Model!D5"), sharable("=SUM(INDEX(D5:E5,1):E5)")
    (True, False, False)
    """
    return not _ALONE.search(formula)


class SharedFormula(str):
    """The formula of the first cell of a range, or any text in a cell that is its copy.

    `number` is that of the range in its sheet.
    """

    __slots__ = ("number", "range")

    number: int
    range: str  # of all cells, in the first of them; else empty

    def __new__(cls, formula: str, number: int, cells: str) -> SharedFormula:
        shared = super().__new__(cls, formula.removeprefix("="))
        shared.number, shared.range = number, cells
        return shared


class SharedSheet(Worksheet):  # type: ignore[misc]  # it has no types
    """A sheet that writes shared formulas as such."""

    def _write_formula(
        self, row: int, col: int, formula: str, cell_format: Format | None = None, value: Any = 0
    ) -> int:  # fmt: skip
        """Keeps a cell.  XlsxWriter looks for functions that give arrays; none that is shared does."""
        if not isinstance(formula, SharedFormula):
            return int(super()._write_formula(row, col, formula, cell_format, value))
        if self._check_dimensions(row, col):
            return -1
        self.table[row][col] = CellFormulaTuple(formula, cell_format, value)
        return 0

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002  # its name
        """The formula without its sign.  XlsxWriter looks for thirty new functions here; none of them is printed."""
        return formula.removeprefix("=")

    def _xml_formula_element(self, formula: str, result: Any, attributes: Any = ()) -> None:
        if not isinstance(formula, SharedFormula):
            super()._xml_formula_element(formula, result, attributes)
            return
        markup = "".join(f' {key}="{value}"' for key, value in attributes)
        if formula.range:
            shared = f'<f t="shared" ref="{formula.range}" si="{formula.number}">{self._escape_data(formula)}</f>'
        else:
            shared = f'<f t="shared" si="{formula.number}"/>'
        self.fh.write(f"<c{markup}>{shared}<v>{self._escape_data(result)}</v></c>")
