"""The Weeks sheet: thirteen weeks of cash as formulas over the daily cash of the Model sheet, on the rung counted.

Money that moves on certain days is read off the pieces of daily cash; the rest of a month's receipts and payments moves
evenly over its days, and stands by line in the folded rows below.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from runway.engine.days import EVEN, layout
from runway.engine.ladder import runner_of
from runway.engine.weeks import weeks
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, date_at
from runway.render.figures import day
from runway.words import counted
from runway.workbook.book import DATE, GREEN, GREY, MONTH, RED, amount_format, serial
from runway.workbook.days import Pieces
from runway.workbook.ladder import daily_cash, money_moved, pieces_of, rung_rows
from runway.workbook.places import FIRST_MONTH, column_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from runway.answers.projection import Projection
    from runway.engine.run import Series
    from runway.engine.weeks import Week
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.workbook.book import Book, Sheet
    from runway.workbook.ladder import RungPlace
    from runway.workbook.places import Places

HEAD = 4  # the row of the column heads, counted from 1
HEADS = ("week from", "to", "opening", "received", "paid", "closing", "lowest", "on")
START, END, OPENING, RECEIVED, PAID, CLOSING, LOWEST, ON = range(len(HEADS))
MOST_LINES = 1000  # of a model with more the sheet is left out
SIGNS = {RECEIVED: ">", PAID: "<"}


class _WeekPart(NamedTuple):
    """The days of a week in one month: as numbers, and as texts of formulas."""

    t: int
    first: int
    last: int
    begin: str
    end: str


def weeks_sheet(
    book: Book, plan: Plan, projection: Projection, places: Places, rungs: Sequence[RungPlace], unit: Scale
) -> None:
    """Writes the sheet; none where the plan has no day after the one that is counted from, or too many lines."""
    rung = next(rung for rung in rungs if rung.title == projection.counting)
    runner, lines = runner_of(plan), _lines(plan)
    rows = rung_rows(rung, plan.program, projection.rows)
    shown = weeks(runner, rows, dict(rung.overrides), projection.as_of)
    if shown and len(lines) <= MOST_LINES:
        _WeeksWriter(book.sheet("Weeks"), plan, projection, places, rung, rows, unit).write(shown, lines)


def _lines(plan: Plan) -> Mapping[str, str]:
    """The title of each line whose money moves over a month, by its row of cash."""
    sections = [row.removeprefix("cash.") for row in EVEN]
    items = [item for section in sections for item in plan.model.section(section) if item.has_rows]
    return {f"{item.name}.cash": item.title for item in items}


class _WeeksWriter:
    def __init__(
        self, sheet: Sheet, plan: Plan, projection: Projection, places: Places, rung: RungPlace,
        rows: Mapping[str, Series], unit: Scale,
    ) -> None:  # fmt: skip
        self.sheet, self.projection, self.places, self.rung, self.rows = sheet, projection, places, rung, rows
        self.layout, self.unit, self.exact = layout(plan), unit, plan.program.minor_digits + 4
        self.money = {"num_format": amount_format(unit)}
        self.start = plan.program.start
        self.free = daily_cash(rung, self.layout, rows, plan.program.minor_digits)
        self.months: list[int] = []
        self.even: dict[int, int] = {}  # the rows of money received and paid evenly, counted from 1

    def write(self, shown: Sequence[Week], lines: Mapping[str, str]) -> None:
        self.months = sorted({self._month(on) for week in shown for on in (week.first, week.last)})
        below = HEAD + len(shown) + 3
        self.even = {RECEIVED: below + 2, PAID: below + 3}
        counting = f"counting {self.rung.title.removeprefix('+ ')}"
        legend = f"{self.unit.label}, from {day(shown[0].first)}, {counting}; received and paid of all cash."
        lowest = "Lowest: of the ends of its days, what is free to spend."
        self.sheet.title("Weeks", legend, lowest)
        if left_even := self.rung.days.left_even:
            even = f"{counted(left_even, 'line')} with days of their own: read as even over their months here."
            self.sheet.text(HEAD - 2, 0, even, font_color=RED)
        self.sheet.heads(HEAD - 1, dict(enumerate(HEADS)), align="right")
        self.sheet.columns(30, 13, 13, 13, 13, 13, 13, 13)
        self.sheet.worksheet.freeze_panes(HEAD, 2)
        self._even_block(below, lines)
        closing = 0.0
        for n, week in enumerate(shown):
            closing = self._week(HEAD + n, week, closing if n else None)

    def _month(self, on: date) -> int:
        return absolute_month(on) - self.start

    def _cell(self, address: str, t: int) -> str:
        """A row of the rung in one month."""
        return f"Model!{column_name(FIRST_MONTH + t)}{self.rung.printer.rows[address]}"

    def _days(self, t: int) -> str:
        return f"Model!{column_name(FIRST_MONTH + t)}{self.places.rows['days']}"

    def _even_block(self, below: int, lines: Mapping[str, str]) -> None:
        """Each line's money of the months, and the part that moves on every day alike."""
        self.sheet.text(below - 1, 0, "what moves on every day of a month alike", bold=True)
        labels = {RECEIVED: "received evenly", PAID: "paid evenly"}
        first, stop = self.even[PAID] + 1, self.even[PAID] + len(lines)
        for column, t in enumerate(self.months, 1):
            letter, days = column_name(column), self.layout.days[t]
            number = serial(date_at(t, self.start))
            style = {"num_format": MONTH, "bold": True, "align": "right"}
            self.sheet.formula(below - 1, column, f"=EDATE(model.start,{t})", number, **style)
            self.sheet.text(below, 0, "days", font_color=GREY)
            self.sheet.formula(below, column, f"={self._days(t)}", days, num_format="0", font_color=GREEN)
            for side, sign in SIGNS.items():
                self.sheet.text(self.even[side] - 1, 0, labels[side])
                sums = f'SUMIF({letter}{first}:{letter}{stop},"{sign}0")' if lines else "0"
                whole = [f"-{text}" for text in self._piece_sums(t, sign, None, self.rung.days.operating)]
                formula = f"=ROUND({sums}{''.join(whole)},{self.exact})"
                self.sheet.formula(self.even[side] - 1, column, formula, self._even_flow(t, side, lines), **self.money)
        for n, (address, title) in enumerate(lines.items()):
            row = first - 1 + n
            self.sheet.fold(row)
            self.sheet.text(row, 0, title, indent=1)
            for column, t in enumerate(self.months, 1):
                value = self.rows[address][t]
                self.sheet.formula(row, column, f"={self._cell(address, t)}", value, font_color=GREEN, **self.money)
        self.lines = lines

    def _piece_sums(self, t: int, sign: str, by: str | None, stop: int | None = None) -> list[str]:
        """The money that pieces of a sign have moved by the end of a day of a month, or in all of it."""
        sums = []
        every = Pieces(0, self.rung.days.moved if stop is None else stop)
        for ranges in self.rung.ranges(every):
            letter = column_name(FIRST_MONTH + t)
            first, last, amount = (f"Model!{letter}{begin}:{letter}{end}" for begin, end in ranges)
            days = f"({last}-{first}+1)"
            if by is not None:
                days = f"({by}>{first}-1)*(({by}<={last})*({by}-{first}+1)+({by}>{last})*{days})"
            sums.append(f"SUMPRODUCT(({amount}{sign}0)*{amount}*{days})")
        return sums

    def _pieces(self, t: int, side: int, stop: int) -> list[tuple[float, float, float]]:
        sign = 1 if side == RECEIVED else -1
        return [piece for piece in pieces_of(Pieces(0, stop), self.rows, t) if piece[0] * sign > 0]

    def _even_flow(self, t: int, side: int, lines: Mapping[str, str]) -> float:
        sign = 1 if side == RECEIVED else -1
        whole = sum(value for address in lines if (value := self.rows[address][t]) * sign > 0)
        moved = (amount * (last - first + 1) for amount, first, last in self._pieces(t, side, self.rung.days.operating))
        return float(round(whole - sum(moved), self.exact))

    def _parts(self, week: Week, row: int) -> list[_WeekPart]:
        """The days of a week by month."""
        first, last = self._month(week.first), self._month(week.last)
        begin, end = f"DAY($A{row})", f"DAY($B{row})"
        if first == last:
            return [_WeekPart(first, week.first.day, week.last.day, begin, end)]
        days = self.layout.days[first]
        return [
            _WeekPart(first, week.first.day, days, begin, self._days(first)),
            _WeekPart(last, 1, week.last.day, "1", end),
        ]

    def _flow(self, part: _WeekPart, side: int) -> tuple[str, float]:
        """The money received or paid on days of a month."""
        sign, t, days = SIGNS[side], part.t, self.layout.days[part.t]
        letter = column_name(1 + self.months.index(t))
        text = f"+${letter}${self.even[side]}*({part.end}-{part.begin}+1)/${letter}${self.even[RECEIVED] - 1}"
        value = self._even_flow(t, side, self.lines) * (part.last - part.first + 1) / days
        text += "".join(f"+{piece}" for piece in self._piece_sums(t, sign, part.end))
        value += money_moved(self._pieces(t, side, self.rung.days.moved), part.last)
        if part.first > 1:
            text += "".join(f"-{piece}" for piece in self._piece_sums(t, sign, f"({part.begin}-1)"))
            value -= money_moved(self._pieces(t, side, self.rung.days.moved), part.first - 1)
        else:
            function = "MAX" if side == RECEIVED else "MIN"
            for flow in self.layout.at_once:
                amount = self.rows[flow.cash][t] * flow.sign
                text += f"+{function}(0,{self._cell(flow.cash, t)}*{flow.sign:g})"
                value += max(0.0, amount) if side == RECEIVED else min(0.0, amount)
        return text, value

    def _opening(self, part: _WeekPart) -> tuple[str, float]:
        """All cash at the end of the day before the first week."""
        text, value = self._cell("opening_cash", part.t), self.rows["opening_cash"][part.t]
        if part.first == 1:
            return text, value
        before = part._replace(first=1, last=part.first - 1, begin="1", end=f"({part.begin}-1)")
        for side in SIGNS:
            flow, amount = self._flow(before, side)
            text, value = text + flow, value + amount
        return text, value

    def _week(self, place: int, week: Week, before: float | None) -> float:
        """Writes a week in a row counted from 0; its closing cash."""
        row, parts = place + 1, self._parts(week, place + 1)
        if before is None:
            self.sheet.date(place, START, week.first)
        else:
            self.sheet.formula(place, START, f"=$B{place}+1", serial(week.first), num_format=DATE, align="right")
        length = (week.last - week.first).days
        end = f"=$A{row}+{length}"
        self.sheet.formula(place, END, end, serial(week.last), num_format=DATE, align="right")
        if before is None:
            text, opening = self._opening(parts[0])
            opening = round(opening, self.exact)
            text = f"=ROUND({text},{self.exact})"
        else:
            text, opening = f"={column_name(CLOSING)}{place}", before
        self.sheet.formula(place, OPENING, text, opening, **self.money)
        closing = opening
        for side in SIGNS:
            flows = [self._flow(part, side) for part in parts]
            value = round(sum(amount for _, amount in flows), self.exact)
            closing += value
            text = "".join(text for text, _ in flows).removeprefix("+")
            self.sheet.formula(place, side, f"=ROUND({text},{self.exact})", value, **self.money)
        names = [column_name(column) for column in (OPENING, RECEIVED, PAID)]
        total = "+".join(f"{name}{row}" for name in names)
        closing = round(closing, self.exact)
        self.sheet.formula(place, CLOSING, f"=ROUND({total},{self.exact})", closing, bold=True, **self.money)
        self._lowest(place, week, parts)
        return closing

    def _lowest(self, place: int, week: Week, parts: Sequence[_WeekPart]) -> None:
        """The lowest end of a day, and the first day that has it."""
        ranges, dates = [], []
        for n, part in enumerate(parts):
            letter, first = column_name(FIRST_MONTH + part.t), self.rung.cash[-1] - 1
            ranges.append(f"Model!{letter}{first + part.first}:{letter}{first + part.last}")
            begin = f"$A{place + 1}" if n == 0 else f"EDATE(model.start,{part.t})"
            dates.append(f"{begin}+MATCH(MIN({ranges[-1]}),{ranges[-1]},0)-1")
        lowest = f"=MIN({','.join(ranges)})"
        on = dates[0] if len(parts) == 1 else f"IF(MIN({ranges[0]})<=MIN({ranges[1]}),{dates[0]},{dates[1]})"
        ends: list[tuple[float, date]] = []
        for part in parts:
            month = self.free[part.t][-1]
            first_day = (
                week.first if part is parts[0] else week.first + timedelta(days=parts[0].last - parts[0].first + 1)
            )
            ends += [
                (month[number - 1], first_day + timedelta(days=number - part.first))
                for number in range(part.first, part.last + 1)
            ]
        value, day_of_lowest = min(ends)
        self.sheet.formula(place, LOWEST, lowest, value, **self.money)
        self.sheet.formula(place, ON, f"={on}", serial(day_of_lowest), num_format=DATE, align="right")
