"""What is read off months beyond the plan's last: the money that carries a rung further, and how deep the valley is.

Formulas go on as they are after the last month that is projected, so neither figure depends on how many those are.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.answers.projection import Raise
from runway.engine.ladder import LADDER, WITHOUT_ANY_FUNDING, day_at
from runway.engine.run import RunError
from runway.months import date_at, position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.answers.projection import ClosingResult
    from runway.engine.ladder import Rows, Rung, Runner

LOOK_AHEAD = 120
"""Months from the start that are looked over; fewer where the figures grow beyond what can be computed."""
CYCLE = 12
"""Months in which what is paid once a year is paid: a valley whose lowest day is in the last so many has no bottom."""


class FarRun(NamedTuple):
    """A run over many months, of the plan's own and then of those that follow."""

    runner: Runner
    rows: Rows


class PeakNeed(NamedTuple):
    """Depth and day of the valley of cash with neither opening cash nor funding; None where it has no bottom."""

    amount: float | None
    date: date | None


def far_run(runner: Runner, overrides: Mapping[str, Any]) -> FarRun:
    """The run of some overrides over ten years, or up to the month in which its figures cannot be computed any more."""
    if runner.program.months >= LOOK_AHEAD:
        return FarRun(runner, runner.engine.run(overrides))
    far = runner.over(LOOK_AHEAD)
    try:
        return FarRun(far, far.engine.run(overrides))
    except RunError as error:
        near = runner.over(max(error.month, runner.program.months))
        return FarRun(near, near.engine.run(overrides))


def peak_need(runner: Runner) -> PeakNeed:
    """The minimum cash less the lowest cash of a day with neither opening cash nor any funding."""
    alone = {a: v for a, v in WITHOUT_ANY_FUNDING.items() if a in runner.program.parameters}
    longer, rows = far_run(runner, alone)
    deepest = longer.days(rows, alone).read()
    need = max(0.0, rows["minimum_cash"][0] - deepest.lowest)
    if need and deepest.lowest_month >= longer.program.months - CYCLE:
        return PeakNeed(None, None)
    return PeakNeed(need, day_at(runner.program.start + deepest.lowest_month, deepest.lowest_day))


def raises(
    runner: Runner, runs: Sequence[Rows], rungs: Sequence[Rung], in_hand: FarRun, worth: Worth | None
) -> tuple[Raise, ...]:
    """By when to raise on each rung, and the round that carries it further; equal rungs are sized once."""
    sized: list[Raise] = []
    for place, (rows, rung) in enumerate(zip(runs, rungs, strict=True)):
        if (
            place
            and rung == replace(rungs[place - 1], counting=rung.counting)
            and rows["cash"] == runs[place - 1]["cash"]
        ):
            sized.append(replace(sized[-1], counting=rung.counting))
            continue
        raised = _raise(runner, place, rows, rung, in_hand if place == 0 else None)
        if worth is not None and raised.round_to_extend:
            stake = raised.round_to_extend / (worth.pre_money + raised.round_to_extend)
            raised = replace(raised, stake=stake, pre_money=worth.pre_money, pre_money_of=worth.address)
        sized.append(raised)
    return tuple(sized)


class Worth(NamedTuple):
    """What the company is worth before new money, and whose valuation says so."""

    pre_money: float
    address: str


def worth(runner: Runner, rows: Rows, closings: Sequence[ClosingResult]) -> Worth | None:
    """The pre-money of the next planned round; without one, the post-money of the latest closing that has a valuation.

    None without a cap table, of which a stake is a share, or without a valuation.
    """
    if runner.model.captable is None:
        return None
    planned, latest = list[tuple[date, Worth]](), list[tuple[date, Worth]]()
    for item in runner.model.section("funding"):
        for address, _ in item.closings():
            closing = next((result for result in closings if result.address == address), None)
            pre_money = rows.get(f"{address}.pre_money", rows.get(f"{item.name}.pre_money"))
            if closing is None or closing.date is None or pre_money is None:
                continue
            t = max(0, closing.date.year * 12 + closing.date.month - 1 - runner.program.start)
            if item.planned and closing.date > runner.model.base_day:
                planned.append((closing.date, Worth(pre_money[t], item.name)))
            elif not item.planned:
                latest.append((closing.date, Worth(pre_money[t] + rows[f"{item.name}.drawn"][t], item.name)))
    found = min(planned, default=None) or max(latest, default=None)
    return None if found is None or found[1].pre_money <= 0 else found[1]


def _raise(runner: Runner, place: int, rows: Rows, rung: Rung, far: FarRun | None) -> Raise:
    zero, start = rung.zero_cash_date, runner.program.start
    if zero is None:
        return Raise(rung.counting, None, None, None)
    begin = date_at(position(zero, start) - rows["months_to_close"][0], start)
    until = date_at(position(zero, start) + runner.model.settings.raise_for, start)
    last = until.year * 12 + until.month - 1 - start
    longer = runner
    if last >= runner.program.months:
        try:
            if far is not None and last < far.runner.program.months:
                longer, rows = far
            else:
                longer = runner.over(last + 1)
                rows = longer.engine.run(LADDER[place].overrides)
        except RunError:
            return Raise(rung.counting, until, begin, None)
    first = zero.year * 12 + zero.month - 1 - start  # on every day before, cash is above the floor
    lowest = longer.days(rows, LADDER[place].overrides).lowest_between(first, last, until.day)
    units = 10**runner.program.minor_digits
    amount = max(0.0, ceil(round((rows["minimum_cash"][0] - lowest) * units, 3)) / units)
    return Raise(rung.counting, until, begin, amount)
