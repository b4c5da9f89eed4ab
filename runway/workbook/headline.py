"""The headline on the Model sheet: how long the cash lasts on each rung, and the money to extend it, as formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import layout
from runway.language.named_tuple import NamedTuple
from runway.months import NEVER, month_number, position
from runway.render.figures import day, month
from runway.words import counted
from runway.workbook.book import DATE, GREY, RED, amount_format, serial
from runway.workbook.burn import burn, months_known
from runway.workbook.places import FIRST_MONTH, HEADLINE, cells_in, column_name
from runway.workbook.worth import WorthBlock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.projection import Projection, Raise
    from runway.engine.ladder import Rung
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.workbook.book import Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

VALUE = FIRST_MONTH - 1  # the column of openings, so that rows of months stay formulas copied across
BASE = HEADLINE + 1  # the row of the months before the day that is counted from; counted from 1
MEASURES = (
    "months", "zero_cash_date", "lowest_cash", "lowest_cash_date", "funding_gap", "raise_by", "round_to_extend",
    "lasts_until", "stake", "position",
)  # fmt: skip
BEYOND, TENTHS, NOT_SIZED = "beyond", "0.0", "grows beyond every bound"


class _MeasuredCell(NamedTuple):
    label: str
    formula: str
    style: dict[str, Any]


def headline_row(rung: int, measure: str) -> int:
    """The row of a measure of a rung by its place in the ladder, counted from 1."""
    return BASE + 1 + rung * len(MEASURES) + MEASURES.index(measure)


class _RungHeadline:
    """The formulas of one rung."""

    def __init__(self, plan: Plan, places: Places, projection: Projection, worth: WorthBlock, unit: Scale) -> None:
        self.plan, self.places, self.projection, self.worth = plan, places, projection, worth
        self.digits, self.amounts = projection.minor_digits, {"num_format": amount_format(unit)}

    def cells(self, n: int, rung: RungPlace) -> dict[str, _MeasuredCell]:
        closed = layout(self.plan).first  # months that are not looked at
        lowest, lowest_day, out_day, out = (
            cells_in(rung.readings[name], closed, self.places.months - 1) for name in rung.readings
        )
        floor = self.places.floor
        ever = f"MIN({out})>={NEVER:.0f}"
        month_out = f"INT(MIN({out}))"
        zero, place, until, money = (
            f"$C${headline_row(n, name)}" for name in ("zero_cash_date", "position", "lasts_until", "round_to_extend")
        )
        low = f"MATCH(MIN({lowest}),{lowest},0)"
        amounts, dates = self.amounts, {"num_format": DATE}
        to_close = f"${column_name(FIRST_MONTH)}${self.places.rows['months_to_close']}"
        begin = f"({place}-{to_close})"
        never, extra_months = _never(self.projection), self.projection.raise_for
        zero_day = f"EDATE(model.start,{month_out})+INDEX({out_day},1,{month_out}{1 - closed:+d})-1"
        shown_place = {"num_format": '[>=1000000]"never";0.00'}
        cells = (
            _MeasuredCell(
                "Months left", f'=IF({ever},"{BEYOND}",MIN({out})-$C${BASE})', {"num_format": TENTHS, "bold": True}
            ),
            _MeasuredCell("Cash out", f'=IF({ever},"{never}",{zero_day})', {**dates, "bold": True}),
            _MeasuredCell("Lowest cash of a day", f"=ROUND(MIN({lowest}),{self.digits})", amounts),
            _MeasuredCell("on", f"=EDATE(model.start,{low}{closed - 1:+d})+INDEX({lowest_day},1,{low})-1", dates),
            _MeasuredCell("Gap to the minimum", f"=ROUND(MAX(0,{floor}-MIN({lowest})),{self.digits})", amounts),
            _MeasuredCell("Begin to raise by", f'=IF({ever},"",{_date_of(begin)})', dates),
            _MeasuredCell(
                f"{counted(extra_months, 'month')} more need",
                f'=IF({ever},"",{self.round_to_extend(rung, place, until)})',
                {**amounts, "bold": True},
            ),
            _MeasuredCell("which last until", f'=IF({ever},"",EDATE({zero},{extra_months}))', dates),
            _MeasuredCell("and cost of the company", self.worth.stake(money), {"num_format": "0.0%"}),
            _MeasuredCell("month of cash out", f"=IF({ever},{NEVER:.0f},{month_out}+(DAY({zero})-1)/32)", shown_place),
        )
        return dict(zip(MEASURES, cells, strict=True))

    def round_to_extend(self, rung: RungPlace, place: str, until: str) -> str:
        """The money that carries the rung on, by its days past the plan's last month too."""
        ahead = cells_in(rung.readings["lowest"], 0, rung.months - 1)
        last = f"(INT({place})+{self.projection.raise_for})"  # the month, from 0, in which that money ends
        start, stop = column_name(FIRST_MONTH), column_name(FIRST_MONTH + rung.months - 1)
        block = f"${start}${rung.cash[-1]}:${stop}${rung.cash[-1] + 30}"
        days = f"$C${rung.cash[-1]}:$C${rung.cash[-1] + 30}"
        ends = f"SUMPRODUCT(MIN(INDEX({block},0,{last}+1)+({days}>=DAY({until}))*1E+300))"
        least = f"MIN(INDEX({ahead},1,INT({place})+1):INDEX({ahead},1,{last}),{ends})"
        units = f"1{'0' * self.digits}"
        amount = f"MAX(0,-INT(-ROUND(({self.places.floor}-{least})*{units},3))/{units})"
        return f'IF({last}>={months_known(ahead)},"{NOT_SIZED}",{amount})'


def headline_values(projection: Projection) -> list[dict[str, Any]]:
    """The values of each rung's cells at the export, by measure: the engine's figures."""
    start, digits = month_number(projection.months[0]) or 0, projection.minor_digits
    return [
        {
            "months": BEYOND if rung.months is None else rung.months,
            "zero_cash_date": _never(projection) if rung.zero_cash_date is None else serial(rung.zero_cash_date),
            "lowest_cash": round(rung.lowest_cash, digits),
            "lowest_cash_date": serial(rung.lowest_cash_date),
            "funding_gap": round(rung.funding_gap, digits),
            "raise_by": "" if needed.date is None else serial(needed.date),
            "round_to_extend": _amount(rung, needed),
            "lasts_until": "" if needed.lasts_until is None else serial(needed.lasts_until),
            "stake": "–" if needed.stake is None else needed.stake,
            "position": NEVER if rung.zero_cash_date is None else position(rung.zero_cash_date, start),
        }
        for rung, needed in zip(projection.runway, projection.raise_by, strict=True)
    ]


def _amount(rung: Rung, needed: Raise) -> float | str:
    if rung.zero_cash_date is None:
        return ""
    return NOT_SIZED if needed.round_to_extend is None else needed.round_to_extend


def _never(projection: Projection) -> str:
    return f"not by {month(projection.months[-1])}"


def _date_of(place: str) -> str:
    """The day of a position, as `months.date_at` has it."""
    first = f"EDATE(model.start,INT({place}))"
    return f"{first}+MIN(INT(({place}-INT({place}))*32),DAY(EOMONTH(model.start,INT({place})))-1)"


def headline(
    sheet: Sheet, plan: Plan, places: Places, projection: Projection, rungs: Sequence[RungPlace], valley: RungPlace,
    unit: Scale, last: int,
) -> None:  # fmt: skip
    """Writes the block: the day that is counted from, then each rung."""
    sheet.bar(HEADLINE - 1, last, f"How long the cash lasts; runway counts {projection.counting.removeprefix('+ ')}")
    if left_even := rungs[0].days.left_even:
        even = f"{counted(left_even, 'line')} with days of their own: read as even over their months here"
        sheet.text(HEADLINE - 2, 1, f"{even}: days may differ from those of runway project.", font_color=RED)
    sheet.label(BASE - 1, "headline.as_of", f"months up to {day(projection.as_of)}", indent=1)
    sheet.number(BASE - 1, VALUE, layout(plan).base, num_format="0.00", font_color=GREY)
    worth = WorthBlock(plan, places, projection)
    writer = _RungHeadline(plan, places, projection, worth, unit)
    values = headline_values(projection)
    for n, rung in enumerate(rungs):
        for measure, cell in writer.cells(n, rung).items():
            row = headline_row(n, measure) - 1
            label = cell.label + (f", {rung.title}" if measure == "months" else "")
            inside = 1 if measure in ("months", "zero_cash_date") else 2
            sheet.label(row, f"headline.{rung.key}.{measure}", label, indent=inside)
            style = cell.style if rung.title == projection.counting else {**cell.style, "bold": False}
            style = {**style, "align": "right"} if isinstance(values[n][measure], str) else style
            sheet.formula(row, VALUE, cell.formula, values[n][measure], **style)
    worth.write(sheet, unit)
    burn(sheet, places, projection, rungs[0], valley, unit, layout(plan).first)
