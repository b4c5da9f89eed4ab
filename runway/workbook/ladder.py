"""The rungs of the ladder on the Model sheet: the rows that differ from those of all funding, daily cash, readings.

The rows of the sheet count all funding as the inputs have it.  A rung that counts less has its own copy of the rows
that its levers reach, printed from the same trees; daily cash of each rung is read off its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.days import EVEN, layout
from runway.engine.ladder import LADDER, WITHOUT_ANY_FUNDING, Counting
from runway.engine.run import Engine, reached_rows
from runway.language.excel import HERE, Excel, at_opening
from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO, Number, Step
from runway.program.row import ProgramRow, figures_read
from runway.workbook.book import GREY, amount_format, figure_format
from runway.workbook.days import DayRows, Pieces, day_rows, in_order
from runway.workbook.later_months import SURVIVAL
from runway.workbook.places import FIRST_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runway.engine.days import Layout
    from runway.engine.run import Series
    from runway.program.plan import Plan
    from runway.program.program import Program
    from runway.workbook.places import Places
    from runway.workbook.rows import RowsWriter

MONTH_DAYS = 31
FAR = "1E+99"  # stands for a value that cannot be computed
READINGS = {
    "lowest": "lowest cash at the end of a day",
    "lowest_day": "day of the lowest cash",
    "out_day": "first day below the minimum; 32 if there is none",
    "out": "months to it",
}


class RungPlace(NamedTuple):
    """One rung on the sheet: its own rows, and the places of daily cash and of its readings."""

    title: str
    key: str
    months: int  # from the start, in which it has daily cash
    rows_ahead: frozenset[str]  # rows that all months of the sheet have
    overrides: Mapping[str, float]  # the values of its levers that any row reads
    own_rows: tuple[ProgramRow, ...]  # the rows of the program that these reach
    sheet_rows: tuple[ProgramRow, ...]  # its own and those of its days, in the order of the sheet
    days: DayRows
    printer: Excel
    rows: Mapping[str, int]  # of the sheet: its own and those of its days, by address
    heading: int
    cash: tuple[int, ...]  # the row of the first day, before any credit line lends and after each
    even: int
    readings: Mapping[str, int]

    @property
    def last(self) -> int:
        return max(self.readings.values())

    def ranges(self, pieces: Pieces) -> Iterator[list[tuple[int, int]]]:
        """The rows, first and last, of first days, last days and amounts; those that all rungs share stand apart."""
        for part in (Pieces(pieces.first, min(pieces.stop, self.days.shared)),
                     Pieces(max(pieces.first, self.days.shared), pieces.stop)):  # fmt: skip
            if part.first < part.stop:
                ends = (part.first, part.stop - 1)
                pairs = ([self.rows[DayRows.piece(kind, n)] for n in ends] for kind in ("first", "last", "amount"))
                yield [(begin, end) for begin, end in pairs]


class NoMoney(NamedTuple):
    """A run with no money from anywhere, as a rung is written."""

    key: str
    title: str
    overrides: Mapping[str, float]


VALLEY = NoMoney("without_any", "neither opening cash nor any funding", WITHOUT_ANY_FUNDING)
"""The run that peak need is read off."""


def rung_places(plan: Plan, places: Places, first: int) -> tuple[tuple[RungPlace, ...], RungPlace]:
    """The rungs and the valley, each with its place below row `first`; rungs with the same levers share one place."""
    rungs: list[RungPlace] = []
    cash_layout, later = layout(plan), places.later
    program, needed = plan.program, later.needed
    names = {address: figure.read_name for address, figure in places.figures.items()}
    used = figures_read(needed.rows)

    def effect(counting: Counting | NoMoney) -> dict[str, float]:
        return {a: value for a, value in counting.overrides.items() if a in used}

    countings: tuple[Counting | NoMoney, ...] = (*reversed(LADDER), VALLEY)
    levers = frozenset(a for counting in countings for a in effect(counting))
    days = day_rows(cash_layout, program, names, reached_rows(needed, levers))
    survival_rows = frozenset(row.address for row in needed.only(SURVIVAL).rows)
    bottom, shared = first, dict[str, int]()
    for counting in countings:
        overrides = effect(counting)
        twin = next((rung for rung in rungs if rung.overrides == overrides), None)
        if twin is not None and (cash_layout.begins == 1 or counting is not VALLEY):  # whose days are all read
            rungs.append(twin._replace(title=counting.title, key=counting.key))
            continue
        reached = reached_rows(needed, frozenset(overrides))
        own_rows = tuple(row for row in needed.rows if row.address in reached)
        months = max(later.months_raising, later.months_ahead if overrides == effect(VALLEY) else 0)
        rows_ahead = frozenset() if shared else frozenset(row.address for row in days.rows[: days.shared_rows])
        if overrides == effect(LADDER[0]):
            rows_ahead |= survival_rows
        place = _rung_place(counting, months, overrides, own_rows, days, places, names, cash_layout, bottom + 2, shared)
        rungs.append(place._replace(rows_ahead=rows_ahead))
        bottom = rungs[-1].last
        shared = {row.address: rungs[0].rows[row.address] for row in days.rows[: days.shared_rows]}
    *ladder, valley = rungs
    return tuple(reversed(ladder)), valley


def _rung_place(
    counting: Counting | NoMoney, months: int, overrides: Mapping[str, float], own_rows: tuple[ProgramRow, ...],
    days: DayRows, places: Places, names: Mapping[str, str], layout: Layout, heading: int, shared: dict[str, int],
) -> RungPlace:  # fmt: skip
    sheet_rows = (*own_rows, *in_order([row for row in days.rows if row.address not in shared]))
    rows = {row.address: heading + n for n, row in enumerate(sheet_rows, 1)} | shared
    even = heading + len(sheet_rows) + 1
    cash = tuple(even + 1 + n * MONTH_DAYS for n in range(1 + len(layout.credit_lines)))
    readings = {name: cash[-1] + MONTH_DAYS + n for n, name in enumerate(READINGS)}
    base = places.printer
    fixed = {**base.fixed, **overrides}
    printer = Excel({**places.rows, **rows}, base.schedules, names, base.posted, fixed, base.absent)
    return RungPlace(
        counting.title, counting.key, months, frozenset(), overrides, own_rows, sheet_rows, days, printer, rows,
        heading, cash, even, readings,
    )  # fmt: skip


def rung_rows(rung: RungPlace, program: Program, rows: Mapping[str, Sequence[float]]) -> dict[str, Series]:
    """Every row that a rung reads, by the engine, over the months of `rows`, those of the run that counts all."""
    addresses = {row.address for row in rung.own_rows}
    kept = [row for row in program.rows if row.address in addresses]
    links = _links(program, (*kept, *rung.days.rows), addresses, rows)
    rung_program = program._replace(rows=(*links, *kept, *rung.days.rows), months=len(rows["cash"]))
    return {**{a: list(values) for a, values in rows.items()}, **Engine(rung_program, whole=True).run(rung.overrides)}


def _links(
    program: Program, readers: Iterable[ProgramRow], addresses: set[str], rows: Mapping[str, Sequence[float]]
) -> tuple[ProgramRow, ...]:
    """The rows that others read, as schedules of the values that they had."""
    by_address, links = {row.address: row for row in program.rows}, dict[str, ProgramRow]()
    unread = list(readers)
    while unread:
        row = unread.pop()
        for address in row.reads:
            if address in by_address and address not in addresses and address not in links:
                values, opening = tuple(map(Number, rows[address])), by_address[address].opening
                links[address] = ProgramRow(address, Step(tuple(range(len(values))), values), opening, False, None)
                unread.append(links[address]._replace(formula=ZERO))
    order = program.places()
    return tuple(sorted(links.values(), key=lambda row: order[row.address]))


class LadderWriter:
    """Writes the rows of each rung."""

    def __init__(self, writer: RowsWriter, plan: Plan, places: Places, minimum: float) -> None:
        self.writer, self.sheet, self.plan, self.places = writer, writer.sheet, plan, places
        self.layout, self.minimum = layout(plan), minimum
        self.digits, self.half_unit = plan.program.minor_digits, plan.program.half_unit
        self.amounts = amount_format(writer.unit)
        self.months = places.months

    def rung(self, rung: RungPlace, rows: Mapping[str, Series]) -> None:
        """A rung's rows, then its days."""
        self.sheet.bar(rung.heading - 1, self.writer.last - 1, f"Counting {rung.title}: rows of its own and daily cash")
        self._openings(rung)
        layout = self.layout.over(rung.months)
        for row in rung.sheet_rows:
            place = rung.rows[row.address]
            self.sheet.fold(place - 1)
            self.writer.label(place, f"{rung.key}: {row.address}", _label(row.address), indent=1)
            values = rows[row.address] if row.address in rung.rows_ahead else rows[row.address][: rung.months]
            plan_values = values[: self.months]
            num_format = self.amounts if row.posted or _is_money(row.address) else figure_format(plan_values)
            printed = rung.printer.formula(row.formula, self.digits if row.posted else None)
            self.writer.across(place, printed, values, num_format=num_format)
        self._days(rung, layout, rows)

    def _openings(self, rung: RungPlace) -> None:
        """The openings of the rows that are looked back at."""
        back = [row for row in rung.own_rows if row.address in self.writer.looked_back]
        opening_rows = [ProgramRow(row.address, at_opening(row.opening), ZERO, row.posted, None) for row in back]
        if not opening_rows:
            return
        values = Engine(self.plan.program._replace(rows=tuple(opening_rows), months=1)).run(rung.overrides)
        for row in back:
            printed = rung.printer.opening(row.opening, self.digits if row.posted else None)
            style = {"num_format": self.amounts if row.posted else "General"}
            self.sheet.formula(rung.rows[row.address] - 1, FIRST_MONTH - 1, printed, values[row.address][0], **style)

    def _days(self, rung: RungPlace, layout: Layout, rows: Mapping[str, Series]) -> None:
        cell = {name: f"{HERE}{place}" for name, place in rung.printer.rows.items()}
        days = f"{HERE}${self.places.rows['days']}"
        daily = daily_cash(rung, layout, rows, self.digits)
        spread = "+".join(cell[name] for name in EVEN)
        start = cell["opening_cash"]
        start += "".join(f"{'+' if flow.sign > 0 else '-'}{cell[flow.cash]}" for flow in layout.at_once)
        for first, last, amount in self._ranges(rung, Pieces(0, rung.days.operating)):
            spread += f"-SUMPRODUCT({amount}*({last}-{first}+1))"
        self.sheet.fold(rung.even - 1)
        self.writer.label(rung.even, f"{rung.key}: daily.even", "money that moves on every day alike", indent=1)
        self.writer.across(
            rung.even, f"={spread}", [_even_money(rung, rows, t) for t in range(len(daily))], num_format=self.amounts
        )
        for n in range(MONTH_DAYS):
            row = rung.cash[0] + n
            day = f"MIN($C{row},{days})"
            text = f"{start}+{HERE}{rung.even}*{day}/{days}"
            text += self._moved_money(rung, Pieces(0, rung.days.moved), day)
            for earmark in rung.days.earmarks:
                left = f"{HERE}{rung.rows[earmark.before]}{self._moved_money(rung, earmark.pieces, day)}"
                text += f"-MAX(0,{left})"
            self._day(rung, row, n, f"=ROUND({text},{self.digits + 4})", [month[0][n] for month in daily])
        for k, name in enumerate(layout.credit_lines, 1):
            for n in range(MONTH_DAYS):
                row, before = rung.cash[k] + n, f"{HERE}{rung.cash[k - 1] + n}"
                lent = f"MAX({before},MIN({before}+{cell[f'{name}.undrawn']},{cell[f'{name}.target_cash']}))"
                if k == len(layout.credit_lines):
                    lent = f"IF($C{row}<{days},{lent},{cell['unrestricted_cash']})"
                self._day(rung, row, n, f"={lent}", [month[k][n] for month in daily])
        self._readings(rung, layout, [month[-1] for month in daily])

    def _day(self, rung: RungPlace, row: int, n: int, formula: str, values: Sequence[float]) -> None:
        self.sheet.fold(row - 1)
        self.writer.label(row, f"{rung.key}: day {n + 1}", "cash at its end", indent=1)
        self.sheet.number(row - 1, FIRST_MONTH - 1, n + 1, num_format="0", font_color=GREY)
        self.writer.across(row, formula, [round(value, self.digits + 4) for value in values], num_format=self.amounts)

    def _readings(self, rung: RungPlace, layout: Layout, daily: Sequence[Sequence[float]]) -> None:
        """The readings of daily cash by month; past the plan's last month, one that cannot be computed is `FAR`."""
        begins = layout.begins if rung.key != VALLEY.key else 1
        formulas, partly = self._reading_formulas(rung, 1), self._reading_formulas(rung, begins)
        since = [begins if t == layout.first else 1 for t in range(len(daily))]
        after = layout.first + 1 if begins > 1 else layout.first  # the months but for one of which some days are past
        spans = (0, layout.first, formulas), (layout.first, after, partly), (after, self.months, formulas)
        floor = self.minimum - self.half_unit
        rounded = [
            [round(value, self.digits + 4) for value in month[day - 1 :]]
            for month, day in zip(daily, since, strict=True)
        ]
        out = [
            next((n for n, value in enumerate(month, day) if value < floor), 32)
            for month, day in zip(rounded, since, strict=True)
        ]
        values: dict[str, list[float]] = {
            "lowest": [min(month) for month in rounded],
            "lowest_day": [month.index(min(month)) + day for month, day in zip(rounded, since, strict=True)],
            "out_day": list(map(float, out)),
            "out": [1e9 if day == 32 else t + (day - 1) / layout.days[t] for t, day in enumerate(out)],
        }
        for name, row in rung.readings.items():
            self.writer.label(row, f"{rung.key}: daily.{name}", READINGS[name], indent=1)
            style = self.amounts if name == "lowest" else '[>=1000000]"never";0.##' if name == "out" else "0"
            for begin, stop, printed in spans:
                if begin < stop:
                    self.writer.across(row, printed[name], values[name][begin:stop], first=begin, num_format=style)
            if name in ("lowest", "lowest_day") and rung.months > self.months:
                formula = f"=IFERROR({formulas[name].removeprefix('=')},{FAR})"
                self.writer.across(row, formula, values[name][self.months :], first=self.months, num_format=style)

    def _reading_formulas(self, rung: RungPlace, begins: int) -> dict[str, str]:
        """The formulas of the readings of a month, from day `begins` on."""
        first, last = rung.cash[-1] + begins - 1, rung.cash[-1] + MONTH_DAYS - 1
        column, numbers = f"{HERE}{first}:{HERE}{last}", f"$C{first}:$C{last}"
        days, t = f"{HERE}${self.places.rows['days']}", f"{HERE}${self.places.rows['t']}"
        half = f"{self.half_unit:.{self.digits + 1}f}"
        lowest, out_day = f"{HERE}{rung.readings['lowest']}", f"{HERE}{rung.readings['out_day']}"
        return {
            "lowest": f"=MIN({column})",
            "lowest_day": f"=32-SUMPRODUCT(MAX(({column}={lowest})*(32-{numbers})))",
            "out_day": f"=32-SUMPRODUCT(MAX(({column}<{self.places.floor}-{half})*(32-{numbers})))",
            "out": f"=IF({out_day}<32,{t}+({out_day}-1)/{days},1E+9)",
        }

    def _ranges(self, rung: RungPlace, pieces: Pieces) -> Iterator[tuple[str, str, str]]:
        """The ranges of first days, last days and amounts, of the month of a formula."""
        for ranges in rung.ranges(pieces):
            first, last, amount = (f"{HERE}{begin}:{HERE}{end}" for begin, end in ranges)
            yield first, last, amount

    def _moved_money(self, rung: RungPlace, pieces: Pieces, day: str) -> str:
        """The money that pieces have moved by the end of a day."""
        text = ""
        for first, last, amount in self._ranges(rung, pieces):
            part = f"({day}<={last})*({day}-{first}+1)+({day}>{last})*({last}-{first}+1)"
            text += f"+SUMPRODUCT({amount}*({day}>{first}-1)*({part}))"
        return text


def daily_cash(rung: RungPlace, layout: Layout, rows: Mapping[str, Series], digits: int) -> list[list[list[float]]]:
    """By month: cash at the end of each of 31 days, before any credit line lends and after each."""
    daily = []
    for t, days in enumerate(layout.days):
        even, moved = _even_money(rung, rows, t), pieces_of(Pieces(0, rung.days.moved), rows, t)
        set_aside = [(rows[earmark.before][t], pieces_of(earmark.pieces, rows, t)) for earmark in rung.days.earmarks]
        start, ends = rows["opening_cash"][t], list[float]()
        start += sum(rows[flow.cash][t] * flow.sign for flow in layout.at_once)
        for day in (min(n, days) for n in range(1, MONTH_DAYS + 1)):
            cash = start + even * day / days + money_moved(moved, day)
            cash -= sum(max(0.0, before + money_moved(pieces, day)) for before, pieces in set_aside)
            ends.append(round(cash, digits + 4))
        month = [ends]
        for name in layout.credit_lines:
            undrawn, target = rows[f"{name}.undrawn"][t], rows[f"{name}.target_cash"][t]
            month.append([max(cash, min(cash + undrawn, target)) for cash in month[-1]])
        if layout.credit_lines:
            closing = rows["unrestricted_cash"][t]
            month[-1] = [cash if n < days else closing for n, cash in enumerate(month[-1], 1)]
        daily.append(month)
    return daily


def _even_money(rung: RungPlace, rows: Mapping[str, Series], t: int) -> float:
    moved = sum(a * (last - first + 1) for a, first, last in pieces_of(Pieces(0, rung.days.operating), rows, t))
    return float(sum(rows[name][t] for name in EVEN) - moved)


def pieces_of(pieces: Pieces, rows: Mapping[str, Series], t: int) -> list[tuple[float, float, float]]:
    """The amount a day of each piece that moves in a month, its first and its last day."""
    moving = []
    for n in range(pieces.first, pieces.stop):
        if amount := rows[DayRows.piece("amount", n)][t]:
            moving.append((amount, rows[DayRows.piece("first", n)][t], rows[DayRows.piece("last", n)][t]))
    return moving


def money_moved(pieces: Sequence[tuple[float, float, float]], day: float) -> float:
    return sum(amount * (min(day, last) - first + 1) for amount, first, last in pieces if day > first - 1)


def _is_money(address: str) -> bool:
    return address.startswith(("daily.amount", "daily.before", "daily.gone", "daily.left"))


def _label(address: str) -> str:
    if address.startswith("daily."):
        _, kind, number = address.split(".")
        labels = {"first": "first day of piece", "last": "last day of piece", "amount": "moves a day, piece",
                  "step": "step", "before": "set aside and filled before, earmark", "gone": "and spent of it, earmark",
                  "left": "and left, earmark"}  # fmt: skip
        return f"{labels[kind]} {number}"
    return address.replace(".", ": ").replace("_", " ")
