"""Daily cash as rows of the Model sheet: what moves on which days of each month, and the lowest day of it.

Each flow is in pieces that move evenly from a first to a last day of the month, a dated one on one day.  A piece has
three rows, which are formulas of the language over the rows and figures that `runway.engine.days` reads, printed like
the program's own; cash at the end of each day is one sum of products over them.
"""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

from runway.engine.days import FIRST, Dated
from runway.engine.spans import DayRange, Followed, Moving
from runway.language.formula import parse
from runway.language.lookup import resolve
from runway.language.tree import (
    ZERO,
    Clock,
    History,
    Name,
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
    from collections.abc import Iterable, Mapping, Sequence

    from runway.engine.days import Layout, Restricted
    from runway.engine.spans import Late
    from runway.program.program import Program

MOST = 240
"""Lines with days of their own that are read day by day; further ones move evenly over their months."""
DAY = "min(max(floor((place - t) * 32) + 1, 1), days)"
LATE_BILL = "floor(min(into, days_in(t - back) - 1) + by) - (elapsed_days - days - day_number(t - back)) + 1"
"""The day of this month on which a bill of some months back is settled."""


class Pieces(NamedTuple):
    """Places of pieces in the order of the sheet, from the first up to but without `stop`."""

    first: int
    stop: int


class Earmarked(NamedTuple):
    """What is set aside for one line: what was left before the month, and the pieces that change it."""

    before: str
    pieces: Pieces


class DayRows(NamedTuple):
    """The rows that a run's daily cash is summed from; those of pieces are `amount`, `first` and `last` by number."""

    rows: tuple[ProgramRow, ...]  # in calculation order
    shared: int  # pieces that are the same on every rung, the first ones
    shared_rows: int  # the rows that they are made of, the first ones too
    operating: int  # pieces of money that its section spreads over the month, the shared ones among them
    moved: int  # pieces of all money, those among them
    earmarks: tuple[Earmarked, ...]
    left_even: int  # lines with days of their own that are spread evenly all the same

    @staticmethod
    def piece(kind: str, n: int) -> str:
        return f"daily.{kind}.{n + 1}"


class _Window(NamedTuple):
    weight: Node
    first: Node
    last: Node


def formula(text: str, **names: Node) -> Node:
    """The tree of a formula in which names stand for nodes; others are those of the clock."""

    def lookup(name: Node) -> Node:
        assert isinstance(name, Name)
        return names.get(name.address) or Clock(name.address)

    return as_number(resolve(parse(text, bounded=False), lookup))


class _DaysWriter:
    def __init__(self, layout: Layout, program: Program, read: Mapping[str, str]) -> None:
        self.layout, self.program, self.read = layout, program, read
        self.known = {row.address for row in program.rows}
        self.rows: list[ProgramRow] = []
        self.pieces = 0

    def row(self, address: str, tree: Node) -> RowRef:
        self.rows.append(ProgramRow(address, tree, ZERO, False, None))
        return RowRef(address)

    def figure(self, address: str | float) -> Node:
        """A row, a figure that has a cell, or a number."""
        if isinstance(address, str) and address in self.known:
            return RowRef(address)
        if isinstance(address, str) and address in self.read:
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

    def dated(self, flow: Dated) -> None:
        self.piece("amount * sign", self.day(flow.place), amount=RowRef(flow.cash), sign=Number(flow.sign))

    def operating(self, one_offs: Iterable[Dated], lines: Iterable[Moving]) -> None:
        for flow in one_offs:
            self.dated(flow)
        for line in lines:
            self.moving(line, RowRef(line.cash))

    def moving(self, line: Moving, amount: Node, *, fill: bool = False) -> None:
        """The pieces of money that moves as a line does; where it is on no day, it is even, or else left out."""
        windows = self.windows(line.parts, line.late)
        if len(windows) == 1 and isinstance(windows[0].weight, Number) and not fill:
            _, first, last = windows[0]
            self.piece("amount / (last - first + 1) if last >= first else 0", first, last, amount=amount)
            return
        held = [self.held(window) for window in windows]
        whole = self.whole(held)
        for weight, first, last in held:
            share = "amount * weight / whole if whole != 0 and last >= first else 0"
            self.piece(share, first, last, amount=amount, weight=weight, whole=whole)
        if fill:
            first, last = Number(1.0), Clock("days")
            self.piece("amount / days if whole == 0 else 0", first, last, amount=amount, whole=whole)

    def held(self, window: _Window) -> _Window:
        """A window whose days and weight are rows."""
        n = len(self.rows)
        return _Window(*(self.row(f"daily.step.{n + k + 1}", node) for k, node in enumerate(window)))

    def whole(self, windows: Iterable[_Window]) -> RowRef:
        terms = [formula("weight * max(last - first + 1, 0)", **window._asdict()) for window in windows]
        return self.row(f"daily.step.{len(self.rows) + 1}", total(terms))

    def windows(self, parts: Iterable[DayRange | Followed], late: Late | None) -> list[_Window]:
        found: list[_Window] = []
        for part in parts:
            if isinstance(part, Followed):
                found += self.followed(part, late)
                continue
            weight = Number(1.0) if part.weight is None else self.figure(part.weight)
            first, last = self.window(part, late)
            if late is not None:
                first, last = self.settled(late, first, last)
            found.append(_Window(weight, first, last))
        return found

    def followed(self, part: Followed, late: Late | None) -> list[_Window]:
        """The days of a line that another one is a share of, each by what it weighs."""
        amount = product([RowRef(part.row), Number(part.sign)])
        inner = self.windows(part.parts, late) or [_Window(Number(1.0), Number(1.0), Clock("days"))]
        held = [self.held(window) for window in inner]
        whole = self.whole(held)
        share = "amount * weight / whole if whole != 0 else 0"
        found = [
            window._replace(weight=formula(share, amount=amount, weight=window.weight, whole=whole)) for window in held
        ]
        rest = formula("amount / days if whole == 0 else 0", amount=amount, whole=whole)
        return [*found, _Window(rest, Number(1.0), Clock("days"))]

    def window(self, part: DayRange, late: Late | None) -> tuple[Node, Node]:
        if part.every:
            bill = self.bill(part, late)
            return formula("bill if bill > 0 else 1", bill=bill), formula("bill if bill > 0 else days", bill=bill)
        first: Node = Number(1.0)
        last: Node = Clock("days")
        if part.first is not None:
            first = formula("max(day, 1)", day=self.moved_on(self.figure(part.first), late))
        if part.last is not None:
            last = formula("min(day, days)", day=self.moved_on(self.figure(part.last), late))
        return first, last

    def by(self, late: Late) -> Node:
        return product([self.figure(late.by), Number(late.unit)])

    def settled(self, late: Late, first: Node, last: Node) -> tuple[Node, Node]:
        """What was owed at the start is settled evenly; where nothing was, no money moves before a delay is over."""
        settling = f"opening != 0 and {'t' if late.months else 'elapsed_days - days'} < by"
        names = {"opening": self.figure(late.opening), "by": self.by(late), "first": first, "last": last}
        begins = self.moved_on(ZERO, late)
        text = f"1 if {settling} else first if opening != 0 else max(first, begins)"
        return formula(text, begins=begins, **names), formula(f"days if {settling} else last", **names)

    def moved_on(self, place: Node, late: Late | None) -> Node:
        """The day of this month, counted on beyond its ends, on which the money of a position moves."""
        number = "day_number(place)"
        if late is None:
            return formula(f"floor({number}) - (elapsed_days - days) + 1", place=place)
        if late.months:
            month = "floor(place + floor(by))"
            into = f"min((place + floor(by) - {month}) * 32, days_in({month}) - 1)"
            number = f"day_number({month}) + {into} + (by - floor(by)) * days_in({month}) + 0"
            return formula(f"floor({number}) - (elapsed_days - days) + 1", place=place, by=self.by(late))
        return formula(f"floor({number} + by) - (elapsed_days - days) + 1", place=place, by=self.by(late))

    def bill(self, part: DayRange, late: Late | None) -> Node:
        """The day of this month on which a bill's money moves; 0 if there is none."""
        place = ZERO if part.first is None else self.figure(part.first)
        into = formula("(place - floor(place)) * 32", place=place)
        if late is None or late.months:
            return formula("min(into + 1, days)", into=into)
        found: Node = ZERO
        by = self.by(late)
        most = floor(self.program.parameters[late.by] * late.unit / 28) + 2
        for back in range(most + 1):
            names = {"into": into, "by": by, "back": Number(float(back)), "place": place, "every": Number(part.every)}
            landing = self.row(f"daily.step.{len(self.rows) + 1}", formula(LATE_BILL, **names))
            comes = "t - back >= max(0, floor(place)) and mod(t - back - floor(place), every) == 0"
            text = f"landing if {comes} and landing >= 1 and landing <= days else otherwise"
            found = formula(text, landing=landing, otherwise=found, **names)
        return found

    def earmark(self, earmark: Restricted, line: Moving | None, n: int) -> Earmarked:
        filled, spent, brought = (RowRef(row) for row in (earmark.filled, earmark.spent, earmark.brought))
        own = total([RowRef(closing.cash) for closing in earmark.closings])
        gone = product([self.figure(name) for name in earmark.opening_spent]) if earmark.opening_spent else ZERO
        here = {"filled": filled, "all": brought, "own": own}
        text = "prev_filled if t > 0 else filled * (all - own) / all if all > 0 else 0"
        before = self.row(f"daily.before.{n}", formula(text, prev_filled=_prev(filled), **here))
        gone = self.row(f"daily.gone.{n}", formula("past if t > 0 else opening", past=_prev(spent), opening=gone))
        left = self.row(f"daily.left.{n}", formula("before - gone", before=before, gone=gone))
        fill = formula("filled - before", filled=filled, before=before)
        spend = formula("gone - spent", spent=spent, gone=gone)
        first = self.pieces
        for closing in earmark.closings:
            names = {"fill": fill, "cash": RowRef(closing.cash), "own": own}
            self.piece("fill * cash / own if own > 0 else 0", self.day(closing.place), **names)
        decided: Node = Number(1.0)
        for deadline in earmark.deadlines:
            names = {"place": self.figure(deadline), "day": self.day(deadline), "otherwise": decided}
            decided = formula("day if t <= place and place < t + 1 else otherwise", **names)
        self.piece("fill if own <= 0 else 0", decided, fill=fill, own=own)
        if earmark.spent_on is not None:
            self.piece("spend", self.day(earmark.spent_on), spend=spend)
        elif line is not None:
            self.moving(line, spend, fill=True)
        else:
            self.piece("spend / days", Number(1.0), Clock("days"), spend=spend)
        return Earmarked(left.address, Pieces(first, self.pieces))


def _prev(row: RowRef) -> Node:
    return History("prev", row, None, ())


def day_rows(layout: Layout, program: Program, read: Mapping[str, str], reached: frozenset[str]) -> DayRows:
    """The rows that daily cash is summed from; `read` are the figures that have a cell, `reached` what rungs change."""
    writer = _DaysWriter(layout, program, read)
    own = [flow for flow in layout.one_offs if flow.cash in reached]
    shared = [flow for flow in layout.one_offs if flow.cash not in reached]
    own_moving, shared_moving = list[Moving](), list[Moving]()
    for line in layout.moving:
        (shared_moving if reached.isdisjoint((line.cash, *line.rows())) else own_moving).append(line)
    left = MOST - len(own) - len(own_moving)
    taken = shared[: max(0, left)], shared_moving[: max(0, left - len(shared))]
    writer.operating(*taken)
    marks = writer.pieces, len(writer.rows)
    writer.operating(own, own_moving)
    operating = writer.pieces
    for flow in (*layout.dated, *(flow for flow in layout.fixed if flow.place != FIRST)):
        writer.dated(flow)
    for name in layout.credit_lines:
        amount = total([RowRef(f"{name}.service"), RowRef(f"{name}.cash")])
        writer.piece("amount", Clock("days"), amount=amount)
    moved = writer.pieces
    earmarks = tuple(writer.earmark(earmark, earmark.moving, n) for n, earmark in enumerate(layout.restricted, 1))
    left_even = len(shared) + len(shared_moving) - len(taken[0]) - len(taken[1])
    return DayRows(tuple(writer.rows), *marks, operating, moved, earmarks, left_even)


def in_order(rows: Sequence[ProgramRow]) -> Sequence[ProgramRow]:
    """The rows in the order of the sheet: each kind of piece together, so that one range holds it."""
    kinds = {kind: n for n, kind in enumerate(("first", "last", "amount"), 1)}
    return sorted(rows, key=lambda row: kinds.get(row.address.split(".")[1], 0))
