"""Burn and survival below the headline of the Model sheet, as formulas over its rows, with cash in hand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.render.figures import span
from runway.workbook.book import EPOCH, GREY, MONTH, amount_format
from runway.workbook.inputs import CHANGED
from runway.workbook.places import FIRST_MONTH, HEADLINE, RUNG_ROWS, column_name

if TYPE_CHECKING:
    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.workbook.book import Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

READ = ("net_burn", "gross_burn", "survival.cash")
"""Rows that the block reads, of the rung of cash in hand."""
FIRST_ROW = HEADLINE + 1 + RUNG_ROWS  # counted from 0


class _BurnFigure(NamedTuple):
    key: str
    label: str
    formula: str
    value: Any
    num_format: str


def burn(sheet: Sheet, places: Places, projection: Projection, in_hand: RungPlace, unit: Scale) -> None:
    """Writes a row a figure: net and gross burn of the window, whether the company survives if costs stay flat."""
    for n, figure in enumerate(_figures(places, projection, in_hand, unit)):
        row = FIRST_ROW + n
        sheet.text(row, 0, f"headline.{figure.key}", font_color=GREY)
        sheet.text(row, 1, figure.label, indent=1)
        style = {"num_format": figure.num_format, "align": "right"}
        sheet.formula(row, FIRST_MONTH - 1, figure.formula, figure.value, **style)


def _figures(places: Places, projection: Projection, in_hand: RungPlace, unit: Scale) -> list[_BurnFigure]:
    def cells(address: str, first: int, last: int) -> str:
        row = in_hand.printer.rows[address]
        return f"${column_name(FIRST_MONTH + first)}${row}:${column_name(FIRST_MONTH + last)}${row}"

    window = [projection.months.index(name) for name in projection.burn_window]
    over, last = span(*projection.burn_window), places.months - 1
    money, survival = amount_format(unit), projection.survival
    cash, positions = cells("survival.cash", 0, last), cells("t", 0, last)
    floor = f"${column_name(FIRST_MONTH)}${places.rows['minimum_cash']}"
    out = f"SUMPRODUCT(MIN(({cash}>={floor})*1E+9+{positions}))"
    dies = f"MIN({cash})<{floor}"
    beyond = f"neither within {places.months} months"
    verdict, _ = survival.verdict
    dry = survival.out_of_cash
    late = verdict if dry is None or dry.isoformat()[:7] > projection.months[-1] else beyond
    said = f'IF({CHANGED}=0,"{late}","{beyond}")'
    day: Any = "" if dry is None or dry.isoformat()[:7] > projection.months[-1] else (dry - EPOCH).days
    return [
        _BurnFigure("net_burn", f"Net burn a month, {over}", f"=AVERAGE({cells('net_burn', *window)})",
                projection.net_burn, money),
        _BurnFigure("gross_burn", "Gross burn a month", f"=AVERAGE({cells('gross_burn', *window)})",
                projection.gross_burn, money),
        _BurnFigure("survival", "If costs stayed flat", f'=IF({dies},"default dead",{said})', verdict, "General"),
        _BurnFigure("survival_out", "cash in hand out in", f'=IF({dies},EDATE(model.start,{out}),"")', day, MONTH),
    ]  # fmt: skip
