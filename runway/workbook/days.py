"""Daily cash as rows of the Model sheet: the money that moves on each day of a month, and the lowest day.

Each flow is in pieces that move evenly from a first to a last day of the month, a dated one on one day.  A piece has
three rows, which are formulas of the language over the rows and figures that `runway.engine.days` reads, printed like
the program's own; cash at the end of each day is one sum of products over them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.moving import DayRange, Followed, MovingLine
from runway.engine.spans import BEYOND
from runway.language.formula import parse
from runway.language.lookup import resolve
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    DAYS,
    ZERO,
    Call,
    Clock,
    History,
    Name,
    Negative,
    Node,
    Number,
    Parameter,
    RowRef,
    as_number,
    product,
    total,
)
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runway.engine.days import DayFlow, EarmarkCash, Layout
    from runway.engine.moving import PaymentDelay
    from runway.program.program import Program

MOST = 240
"""Lines with days of their own that are read day by day; further lines move evenly over their months."""
DAY = "min(max(floor((place - t) * 32) + 1, 1), days)"
DAYS_OF = "max(min(last, length) - max(first, 1) + 1, 0)"
"""The days of a window that are in a month of a length."""
LONGEST_SPAN = 3
"""Months whose days one month pays: its 31 days may pay the last of January, February and the first of March."""


class Pieces(NamedTuple):
    """Places of pieces in the order of the sheet, from the first up to but without `stop`."""

    first: int
    stop: int


class EarmarkedMoney(NamedTuple):
    """The money set aside for one line: the row of its opening balance, and the pieces that change it."""

    before: str
    pieces: Pieces


class DayRows(NamedTuple):
    """The rows that a run's daily cash is summed from; those of pieces are `amount`, `first` and `last` by number."""

    rows: tuple[ProgramRow, ...]  # in calculation order
    shared: int  # pieces that are the same on every rung, the first ones
    shared_rows: int  # the rows that they are made of, the first ones too
    operating: int  # pieces of money that its section spreads over the month, the shared ones among them
    moved: int  # pieces of all money, those among them
    earmarks: tuple[EarmarkedMoney, ...]
    left_even: int  # lines with days of their own that are spread evenly all the same

    @staticmethod
    def piece(kind: str, n: int) -> str:
        return f"daily.{kind}.{n + 1}"


class _Window(NamedTuple):
    weight: Node
    first: Node
    last: Node


def formula(text: str, **names: Node) -> Node:
    """The tree of a formula in which `names` stand for nodes; other names are those of the clock."""

    def lookup(name: Node) -> Node:
        assert isinstance(name, Name)
        return names.get(name.address) or Clock(name.address)

    return as_number(resolve(parse(text, bounded=False), lookup))


class _DaysWriter:
    def __init__(self, layout: Layout, program: Program, read_names: Mapping[str, str]) -> None:
        self.layout, self.program, self.read_names = layout, program, read_names
        self.known = {row.address for row in program.rows}
        self.rows: list[ProgramRow] = []
        self.backs: dict[str, list[Node]] = {}
        self.pieces = 0

    def row(self, address: str, tree: Node) -> RowRef:
        self.rows.append(ProgramRow(address, tree, ZERO, False, None))
        return RowRef(address)

    def figure(self, address: str | float) -> Node:
        """A row, a figure that has a cell, or a number."""
        if isinstance(address, str) and address in self.known:
            return RowRef(address)
        if isinstance(address, str) and address in self.read_names:
            return Parameter(address)
        return Number(address if isinstance(address, float) else self.program.parameters[address])

    def day(self, place: str | int) -> Node:
        if isinstance(place, int):
            return formula("min(place, days)", place=Number(float(place)))
        return formula(DAY, place=self.figure(place))

    def piece(self, text: str, begin: Node, end: Node | None = None, /, **names: Node) -> None:
        """A piece; its amount a day is a formula over `first`, `last` and `names`."""
        n, self.pieces = self.pieces, self.pieces + 1
        first = self.row(DayRows.piece("first", n), begin)
        last = self.row(DayRows.piece("last", n), first if end is None else end)
        self.row(DayRows.piece("amount", n), formula(text, first=first, last=last, **names))

    def dated_piece(self, flow: DayFlow) -> None:
        self.piece("amount * sign", self.day(flow.place), amount=RowRef(flow.cash), sign=Number(flow.sign))

    def operating_pieces(self, one_offs: Iterable[DayFlow], lines: Iterable[MovingLine]) -> None:
        for flow in one_offs:
            self.dated_piece(flow)
        for line in lines:
            self.line_pieces(line, RowRef(line.cash))

    def line_pieces(self, line: MovingLine, amount: Node, *, fill: bool = False) -> None:
        """The pieces of money that moves on a line's days; in a month without any, evenly if `fill`."""
        windows = [window for late in line.late for window in self.late_windows(line.parts, late)]
        windows = windows if line.late else self.windows(line.parts)
        if len(windows) == 1 and isinstance(windows[0].weight, Number) and not fill:
            _, first, last = windows[0]
            self.piece("amount / (last - first + 1) if last >= first else 0", first, last, amount=amount)
            return
        windows = [self.row_window(window) for window in windows]
        whole = self.whole_weight(windows)
        for weight, first, last in windows:
            share = "amount * weight / whole if whole != 0 and last > first - 1 else 0"
            self.piece(share, first, last, amount=amount, weight=weight, whole=whole)
        if fill:
            first, last = Number(1.0), DAYS
            self.piece("amount / days if whole == 0 else 0", first, last, amount=amount, whole=whole)

    def row_window(self, window: _Window) -> _Window:
        """A window whose days and weight are rows."""
        return _Window(*map(self.step, window))

    def whole_weight(self, windows: Iterable[_Window], length: Node = DAYS) -> RowRef:
        return self.step(total([_money(window, length) for window in windows]))

    def windows(self, parts: Iterable[DayRange | Followed], *, clipped: bool = True) -> list[_Window]:
        """The days of each part and its weight a day, within the month or beyond it."""
        windows: list[_Window] = []
        for part in parts:
            if isinstance(part, Followed):
                windows += self.followed_windows(part, clipped=clipped)
                continue
            weight = Number(1.0) if part.weight is None else self.figure(part.weight)
            first, last = self.window(part)
            if clipped and part.first is not None:
                first = formula("max(day, 1)", day=first)
            if clipped:
                ends = part.last is not None or part.every or part.days
                last = formula("min(day, days)", day=last) if ends else DAYS
            windows.append(_Window(weight, first, last))
        return windows

    def followed_windows(self, part: Followed, *, clipped: bool) -> list[_Window]:
        """The days of a line of which another line is a share, each with its weight."""
        amount = product([RowRef(part.row), Number(part.sign)])
        if not part.parts:
            last = DAYS if clipped else Number(float(BEYOND))
            return [_Window(formula("amount / days", amount=amount), Number(1.0), last)]
        windows = [self.row_window(window) for window in self.windows(part.parts, clipped=clipped)]
        share = "amount * weight / whole if whole != 0 else 0"
        names = {"amount": amount, "whole": self.whole_weight(windows)}
        shares = [window._replace(weight=formula(share, weight=window.weight, **names)) for window in windows]
        rest = formula("amount / days if whole == 0 else 0", **names)
        return [*shares, _Window(rest, Number(1.0), DAYS)]

    def window(self, part: DayRange, months: int = 0) -> tuple[Node, Node]:
        """The first and the last day on which a part moves, counted from a month so many on; its bill's day in it."""
        start = formula(f"day_number(t + {months})" if months else "elapsed_days - days")
        if part.days and part.first is not None:
            text = f"1 + mod(floor(day_number(place)) - (start), {part.days}) + {part.nth * part.days}"
            day = formula(text, place=self.figure(part.first), start=start)
            return day, day
        if part.every:
            place = ZERO if part.first is None else self.figure(part.first)
            length = formula(f"days_in(t + {months})") if months else DAYS
            day = formula("min((place - floor(place)) * 32 + 1, length)", place=place, length=length)
            return day, day
        day_of = "floor(day_number(place)) - (start) + 1"
        first = Number(1.0) if part.first is None else formula(day_of, place=self.figure(part.first), start=start)
        last = None if part.last is None else formula(day_of, place=self.figure(part.last), start=start)
        return first, Number(float(BEYOND)) if last is None else last

    def late_windows(self, parts: Iterable[DayRange | Followed], late: PaymentDelay) -> Iterator[_Window]:
        """Money owed at the start, and that of this and earlier months that moves in this one, or of a later month."""
        if late.ahead is not None:
            yield from self.early_windows(parts, late)
            return
        delay = product([self.figure(late.by), Number(late.unit)])
        yield from self.opening_windows(late, delay)
        backs = self.months_back(late, delay)
        for part in parts:
            rate: Node = Number(1.0) if not isinstance(part, Followed) or part.rate is None else RowRef(part.rate)
            if late.share is not None or late.but:
                share = Number(1.0) if late.share is None else self.figure(late.share)
                rate = product([rate, total([share, *(Negative(self.figure(name)) for name in late.but)])])
            for window in self.windows((part,), clipped=not late.months):
                if late.months:
                    yield from self.months_later(window, rate, delay, backs)
                else:
                    yield from self.days_later(window, rate, delay, backs)

    def early_windows(self, parts: Iterable[DayRange | Followed], late: PaymentDelay) -> Iterator[_Window]:
        """The money of a later month that moves in this one, on days of the same number."""
        assert late.ahead is not None
        assert late.share is not None
        assert not isinstance(late.by, str)
        months = -int(late.by)
        amount = product([RowRef(late.ahead), self.figure(late.share)])
        length = formula(f"days_in(t + {months})")
        windows = list[_Window]()
        for part in (inner for outer in parts if isinstance(outer, Followed) for inner in outer.parts):
            assert isinstance(part, DayRange)
            weight = Number(1.0) if part.weight is None else self.figure(part.weight)
            windows.append(self.row_window(_Window(weight, *self.window(part, months))))
        whole = self.whole_weight(windows, length)
        rest = formula("amount / days if whole == 0 else 0", amount=amount, whole=whole)
        yield _Window(rest, Number(1.0), DAYS)
        for weight, first, last in windows:
            names = {"first": first, "last": last, "length": length}
            on = self.step(formula("min(max(first, 1), days)", **names))
            off = self.step(formula("days if last > length else min(last, days)", **names))
            money = formula(f"amount * weight / whole * {DAYS_OF}", amount=amount, weight=weight, whole=whole, **names)
            paid = formula(
                "money / max(off - on + 1, 0.000000001) if whole != 0 else 0", money=money, on=on, off=off, whole=whole
            )
            yield _in_month(paid, on, off)

    def opening_windows(self, late: PaymentDelay, delay: Node) -> Iterator[_Window]:
        """The money owed at the start, settled evenly over the delay, or on the first day without a delay."""
        factors = [*map(self.figure, late.opening), *([] if late.owed is None else [RowRef(late.owed)])]
        if not factors:
            return
        owed = product([*factors, *([] if late.rate is None else [RowRef(late.rate)])])
        delay = formula("max(delay, least)", delay=delay, least=Number(1 / 32 if late.months else 1.0))
        left = "(delay - t) * days" if late.months else "delay - (elapsed_days - days)"
        weight = formula("owed / delay / days" if late.months else "owed / delay", owed=owed, delay=delay)
        yield _Window(weight, Number(1.0), formula(f"max(0, min({left}, days))", delay=delay))

    def months_back(self, late: PaymentDelay, delay: Node) -> list[Node]:
        """How many months back the months are whose days are paid in this one; below 0 for one yet to come."""
        key = f"{late.by} {late.months}"
        if key not in self.backs:
            if late.months:
                texts = ["floor(delay)", "floor(delay) + 1"]
            else:
                texts = [f"t - floor(paid_day) - {n}" for n in range(LONGEST_SPAN)]
            paid_day = Call("date_after", (Clock("t"), Negative(delay)))  # the day that the month's first one pays
            self.backs[key] = [self.step(formula(text, delay=delay, paid_day=paid_day)) for text in texts]
        return self.backs[key]

    def days_later(self, window: _Window, rate: Node, delay: Node, backs: Iterable[Node]) -> Iterator[_Window]:
        source = self.lag_window(window)
        for back in backs:
            weight, first, last = (_lag(node, back) for node in source)
            later = formula("delay - (elapsed_days - days - day_number(t - back))", delay=delay, back=back)
            paid = formula("weight * rate if back >= 0 else 0", weight=weight, rate=rate, back=back)
            yield _in_month(paid, *(formula("day + later", day=day, later=later) for day in (first, last)))

    def months_later(self, window: _Window, rate: Node, delay: Node, backs: Iterable[Node]) -> Iterator[_Window]:
        """On days of the same number, or by a part of a month."""
        money = _money(window, DAYS)
        source = self.lag_window(_Window(money, formula("max(first, 1)", first=window.first), window.last))
        for back in backs:
            money, first, last = (_lag(node, back) for node in source)
            part = formula("delay - back", delay=delay, back=back)
            names = {"first": first, "last": last, "part": part, "length": formula("days_in(t - back)", back=back)}
            same, moved = "min(first, days)", "((first - 1) / length + part) * days + 1"
            on = self.step(formula(f"{same} if part == 0 else {moved}", **names))
            same, moved = "days if last > length else min(last, days)", "(min(last, length) / length + part) * days"
            off = self.step(formula(f"({same}) if part == 0 else {moved}", **names))
            paid = "money * rate / max(off - on + 1, 0.000000001) if part > -1 and part < 1 else 0"
            yield _in_month(formula(paid, money=money, rate=rate, on=on, off=off, part=part), on, off)

    def lag_window(self, window: _Window) -> _Window:
        """A window whose days and weight are looked back at; a figure that is the same in every month is no row."""
        return _Window(*(node if isinstance(node, Number) else self.step(node) for node in window))

    def step(self, node: Node) -> RowRef:
        return self.row(f"daily.step.{len(self.rows) + 1}", node)

    def earmark(self, earmark: EarmarkCash, line: MovingLine | None, n: int) -> EarmarkedMoney:
        filled, spent, brought = (RowRef(row) for row in (earmark.filled, earmark.spent, earmark.brought))
        cash = total([RowRef(closing.cash) for closing in earmark.closings])
        opening = product([self.figure(name) for name in earmark.opening_spent]) if earmark.opening_spent else ZERO
        text = "prev_filled if t > 0 else filled * (all - cash) / all if all > 0 else 0"
        names = {"prev_filled": _prev(filled), "filled": filled, "all": brought, "cash": cash}
        before = self.row(f"daily.before.{n}", formula(text, **names))
        names = {"past": _prev(spent), "opening": opening}
        spent_before = self.row(f"daily.gone.{n}", formula("past if t > 0 else opening", **names))
        left = self.row(f"daily.left.{n}", formula("before - gone", before=before, gone=spent_before))
        fill = formula("filled - before", filled=filled, before=before)
        spend = formula("gone - spent", spent=spent, gone=spent_before)
        first = self.pieces
        for closing in earmark.closings:
            names = {"fill": fill, "part": RowRef(closing.cash), "cash": cash}
            self.piece("fill * part / cash if cash > 0 else 0", self.day(closing.place), **names)
        fill_day: Node = Number(1.0)
        for deadline in earmark.deadlines:
            names = {"place": self.figure(deadline), "day": self.day(deadline), "otherwise": fill_day}
            fill_day = formula("day if t <= place and place < t + 1 else otherwise", **names)
        self.piece("fill if cash <= 0 else 0", fill_day, fill=fill, cash=cash)
        if earmark.spent_on is not None:
            self.piece("spend", self.day(earmark.spent_on), spend=spend)
        elif line is not None:
            self.line_pieces(line, spend, fill=True)
        else:
            self.piece("spend / days", Number(1.0), DAYS, spend=spend)
        return EarmarkedMoney(left.address, Pieces(first, self.pieces))


def _money(window: _Window, length: Node) -> Node:
    """The money that moves in a window, on its days in a month of a length."""
    return formula(f"weight * {DAYS_OF}", length=length, **window._asdict())


def _in_month(weight: Node, first: Node, last: Node) -> _Window:
    """The part of a window that lies in the month."""
    return _Window(weight, formula("max(1, day)", day=first), formula("min(days, day)", day=last))


def _lag(node: Node, back: Node) -> Node:
    return History("lag", node, back, ()) if isinstance(node, RowRef) else node


def _prev(row: RowRef) -> Node:
    return History("prev", row, None, ())


def day_rows(layout: Layout, program: Program, read_names: Mapping[str, str], reached: frozenset[str]) -> DayRows:
    """The rows that daily cash is summed from; `read` are the figures that have a cell, `reached` what rungs change."""
    writer = _DaysWriter(layout, program, read_names)
    own_dated = [flow for flow in layout.one_offs if flow.cash in reached]
    shared_dated = [flow for flow in layout.one_offs if flow.cash not in reached]
    own_moving, shared_moving = list[MovingLine](), list[MovingLine]()
    for line in layout.moving:
        (shared_moving if reached.isdisjoint((line.cash, *line.rows())) else own_moving).append(line)
    left = MOST - len(own_dated) - len(own_moving)
    shared_read = shared_dated[: max(0, left)], shared_moving[: max(0, left - len(shared_dated))]
    writer.operating_pieces(*shared_read)
    marks = writer.pieces, len(writer.rows)
    writer.operating_pieces(own_dated, own_moving)
    operating = writer.pieces
    for flow in (*layout.dated, *(flow for flow in layout.fixed if flow not in layout.at_once)):
        writer.dated_piece(flow)
    for name in layout.credit_lines:
        amount = total([RowRef(f"{name}.service"), RowRef(f"{name}.cash")])
        writer.piece("amount", DAYS, amount=amount)
    moved = writer.pieces
    earmarks = tuple(writer.earmark(earmark, earmark.moving, n) for n, earmark in enumerate(layout.restricted, 1))
    left_even = len(shared_dated) + len(shared_moving) - len(shared_read[0]) - len(shared_read[1])
    return DayRows(tuple(writer.rows), *marks, operating, moved, earmarks, left_even)


def in_order(rows: Sequence[ProgramRow]) -> Sequence[ProgramRow]:
    """The rows in the order of the sheet: each kind of piece together, so that one range holds it."""
    kinds = {kind: n for n, kind in enumerate(("first", "last", "amount"), 1)}
    return sorted(rows, key=lambda row: kinds.get(row.address.split(".")[1], 0))
