"""Cash by the week, read off the monthly rows day by day: the money received and paid on the days of each week.

A credit line moves on the last day of a month; the lowest day counts what it would lend before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from math import fsum
from typing import TYPE_CHECKING

from runway.engine.days import EVEN, Days
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, date_at, last_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.ladder import Rows, Runner
    from runway.language.record import Money

QUARTER = 13
CENT = 0.01
By = Callable[[int], float]  # the part of a month's flow that has moved by the end of a day


class Week(NamedTuple):
    """Seven days, or fewer at the plan's end: all cash at both ends, and the lowest cash that is free to spend."""

    first: date
    last: date
    opening: Money
    received: Money
    paid: Money  # positive
    closing: Money
    lowest: Money
    lowest_on: date


def weeks(runner: Runner, rows: Rows, overrides: dict[str, float], after: date, number: int = QUARTER) -> list[Week]:
    """The weeks from the day after `after` on, while the plan's months last; `rows` are of one run (floats)."""
    read = runner.days(rows, overrides)
    start, months = read.at.start, read.at.months
    ends = last_day(start + months - 1)
    first = max(after + timedelta(days=1), date_at(0, start))
    by_month = {t: (_moves(runner, read, t), read.month(t)[0]) for t in range(months)} if first <= ends else {}
    weeks_read: list[Week] = []
    while first <= ends and len(weeks_read) < number:
        last = min(first + timedelta(days=6), ends)
        receipts, payments, free = [], [], []
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
            moves, cash = by_month[absolute_month(day) - start]
            amounts = [amount * (share(day.day) - share(day.day - 1)) for amount, share in moves]
            receipts += [amount for amount in amounts if amount > 0]
            payments += [-amount for amount in amounts if amount < 0]
            free.append((cash(day.day), day))
        opening = weeks_read[-1].closing if weeks_read else _cash(rows, by_month, first, start)
        lowest, lowest_on = min(free)
        received, paid = fsum(receipts), fsum(payments)
        weeks_read.append(Week(first, last, opening, received, paid, opening + received - paid, lowest, lowest_on))
        first = last + timedelta(days=1)
    return weeks_read


def _cash(rows: Rows, by_month: Mapping[int, tuple[Sequence[tuple[float, By]], By]], first: date, start: int) -> float:
    """All cash at the end of the day before a day."""
    t = absolute_month(first) - start
    moved = (amount * share(first.day - 1) for amount, share in by_month[t][0])
    return fsum((rows["opening_cash"][t], *moved))


def _moves(runner: Runner, read: Days, t: int) -> list[tuple[float, By]]:
    """Every flow of a month, and the part of it that has moved by the end of a day.

    They add up to the month's own change of cash, which is held on every run.
    """
    rows, at, days = read.rows, read.at, read.at.days[t]
    one_offs = {flow.cash: flow for flow in at.one_offs}
    moving = {line.cash: line for line in at.moving}

    def evenly(day: int) -> float:
        return day / days

    def on(place: int) -> By:
        return lambda day: float(day >= place)

    flows: list[tuple[float, By]] = []
    for item in (item for row in EVEN for item in runner.model.section(row.removeprefix("cash."))):
        row = f"{item.name}.cash"
        share: By = evenly
        if row in one_offs:
            share = on(read.day(one_offs[row].place, t))
        elif row in moving and (paced := read.shares.of(moving[row], t)) is not None:
            share = paced.by
        flows.append((rows[row][t], share))
    for flow in (*at.fixed, *at.dated):
        flows.append((rows[flow.cash][t] * flow.sign, on(read.day(flow.place, t))))
    for name in at.credit_lines:
        flows.append((rows[f"{name}.service"][t] + rows[f"{name}.cash"][t], on(days)))
    flows = [(float(amount), share) for amount, share in flows if amount]
    change = rows["cash"][t] - rows["opening_cash"][t]
    assert abs(fsum(amount for amount, _ in flows) - change) <= CENT * (1 + len(flows)), f"{at.start + t} does not foot"
    return flows
