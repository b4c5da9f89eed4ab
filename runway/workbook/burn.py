"""Burn, survival and peak need below the headline of the Model sheet, as formulas over its rows.

Burn and survival are those of cash in hand alone, peak need is read off a run with neither opening cash nor funding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.project import TREND
from runway.answers.raising import CYCLE
from runway.language.named_tuple import NamedTuple
from runway.render.figures import span
from runway.workbook.book import DATE, GREY, MONTH, amount_format, serial
from runway.workbook.places import FIRST_MONTH, HEADLINE, RUNG_ROWS, WORTH_ROWS, cells_in

if TYPE_CHECKING:
    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.workbook.book import Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

FIRST_ROW = HEADLINE + 1 + RUNG_ROWS + WORTH_ROWS  # counted from 0
KEYS = ("net_burn", "gross_burn", "months_ahead", "survival", "survival_out", "peak_need", "peak_need_date")
PEAK = ("peak_need", "peak_need_date")
LOOKS_AHEAD = ("survival", "survival_out", *PEAK)
KNOWN = '"<1E+90"'  # of values that can be computed
NO_BOTTOM, UNKNOWN = "cash falls on and on", "not known"


class _BurnFigure(NamedTuple):
    key: str
    label: str
    formula: str
    num_format: str


def burn_row(key: str) -> int:
    """The row of a figure on the Model sheet, counted from 1."""
    return FIRST_ROW + 1 + KEYS.index(key)


def burn_values(projection: Projection) -> dict[str, Any]:
    """The values of the cells at the export: the engine's figures."""
    out, deepest, need = projection.survival.out_of_cash, projection.peak_need_date, projection.peak_need
    return {
        "net_burn": projection.net_burn,
        "gross_burn": projection.gross_burn,
        "survival": projection.survival.verdict[0],
        "survival_out": "" if out is None else serial(out),
        "peak_need": NO_BOTTOM if need is None else round(need, projection.minor_digits),
        "peak_need_date": "" if deepest is None else serial(deepest),
        **(
            {"peak_need": UNKNOWN, "peak_need_date": projection.peak_need_unknown}
            if projection.peak_need_unknown
            else {}
        ),
    }


def aligned(key: str, projection: Projection) -> str:
    """To which side a figure stands; a sentence in place of a day goes on to the right."""
    return "left" if key == "peak_need_date" and projection.peak_need_unknown else "right"


def months_known(cells: str) -> str:
    """How many months of a row of lowest cash can be computed."""
    return f"COUNTIF({cells},{KNOWN})"


def burn(
    sheet: Sheet, places: Places, projection: Projection, in_hand: RungPlace, valley: RungPlace, unit: Scale,
    closed: int,
) -> None:  # fmt: skip
    """A row a figure: burn of the window, whether the company survives if costs stay flat, peak need.

    In the first months, which are `closed`, it has survived.
    """
    later, values = places.later, burn_values(projection) | {"months_ahead": places.later.months_ahead}
    for figure in _figures(places, projection, in_hand, valley, unit, closed):
        row, value = burn_row(figure.key) - 1, values[figure.key]
        exported = figure.key in (() if later.has_peak_need else PEAK if later.has_survival else LOOKS_AHEAD)
        label = f"{figure.label}, as exported" if exported else figure.label
        sheet.label(row, f"headline.{figure.key}", label, indent=1)
        style: dict[str, Any] = {"num_format": figure.num_format, "align": aligned(figure.key, projection)}
        if not exported:
            sheet.formula(row, FIRST_MONTH - 1, figure.formula, value, **style)
        else:
            write = sheet.text if isinstance(value, str) else sheet.number
            write(row, FIRST_MONTH - 1, value, font_color=GREY, **style)


def _figures(
    places: Places, projection: Projection, in_hand: RungPlace, valley: RungPlace, unit: Scale, closed: int
) -> list[_BurnFigure]:
    def cells(address: str, first: int, last: int) -> str:
        return cells_in(in_hand.printer.rows[address], first, last)

    def cells_ahead(address: str, months_looked: str) -> str:
        """The first so many cells of a row, from the first month on that is not closed."""
        return f"{cells(address, closed, end).partition(':')[0]}:INDEX({cells(address, 0, end)},1,{months_looked})"

    window = [projection.months.index(name) for name in projection.burn_window]
    window_text, end = span(*projection.burn_window), places.later.months_ahead - 1
    money = amount_format(unit)
    months_looked = f"$C${burn_row('months_ahead')}"
    cash, positions = (cells_ahead(address, months_looked) for address in ("survival.cash", "t"))
    revenue, expenses, growth = (
        f"INDEX({cells(f'survival.{name}', 0, end)},1,{months_looked})" for name in ("revenue", "expenses", "growth")
    )
    floor = places.floor
    month_out = f"SUMPRODUCT(MIN(({cash}>={floor})*1E+9+{positions}))"
    dies = f"MIN({cash})<{floor}"
    lives = f"AND({revenue}>={expenses},{growth}>=0,{growth}<={TREND!r})"
    verdict = f'=IF({dies},"default dead",IF({lives},"default alive","undecided"))'
    lowest, days = (cells_in(valley.readings[name], 0, end) for name in ("lowest", "lowest_day"))
    deepest_month = f"MATCH(MIN({lowest}),{lowest},0)"
    need = f"ROUND(MAX(0,{floor}-MIN({lowest})),{projection.minor_digits})"
    bottomless = f"AND({need}>0,{deepest_month}>{months_known(lowest)}-{CYCLE})"
    years = f"within {places.later.months_ahead / 12:.3g} years"
    months_in_all = months_known(cells("survival.cash", 0, end))
    deepest_day = f"EDATE(model.start,{deepest_month}-1)+INDEX({days},1,{deepest_month})-1"
    return [
        _BurnFigure("net_burn", f"Net burn a month, {window_text}", f"=AVERAGE({cells('net_burn', *window)})", money),
        _BurnFigure("gross_burn", "Gross burn a month", f"=AVERAGE({cells('gross_burn', *window)})", money),
        _BurnFigure("months_ahead", "months looked ahead", f"={months_in_all}", "0"),
        _BurnFigure("survival", "If costs stayed flat", verdict, "General"),
        _BurnFigure("survival_out", "cash in hand out in", f'=IF({dies},EDATE(model.start,{month_out}),"")', MONTH),
        _BurnFigure("peak_need", f"Peak need, {years}", f'=IF({bottomless},"{NO_BOTTOM}",{need})', money),
        _BurnFigure("peak_need_date", "on", f'=IF(ISNUMBER($C${burn_row("peak_need")}),{deepest_day},"")', DATE),
    ]
