"""Figures of months beyond the plan's last: the raise that carries a rung further, and the depth of the cash valley.

Formulas go on unchanged after the last projected month, so neither figure depends on the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import ceil
from typing import TYPE_CHECKING

from runway.answers.projection import Raise
from runway.engine.ladder import LADDER, WITHOUT_ANY_FUNDING, day_at
from runway.engine.run import RunError
from runway.engine.rung_runs import far_run
from runway.errors import InputError
from runway.language.figure import exactly
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, date_at, position

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from fractions import Fraction

    from runway.answers.projection import ClosingResult
    from runway.engine.ladder import Runner
    from runway.engine.rung_runs import RungRuns
    from runway.model.model import Model
    from runway.ownership.ownership import Ownership
    from runway.ownership.records import Rounding

Values = Mapping[str, Sequence[float]]
CYCLE = 12
"""Months in which every yearly payment is made: a valley whose lowest day is in the last so many has no bottom."""


class PeakNeed(NamedTuple):
    """Depth and day of the valley of cash with neither opening cash nor funding; None where it has no bottom."""

    amount: float | None
    date: date | None
    unknown: str | None = None  # why it is not known, where the plan cannot be run so


def peak_need(runner: Runner) -> PeakNeed:
    """The minimum cash less the lowest cash of a day with neither opening cash nor any funding."""
    alone = {a: v for a, v in WITHOUT_ANY_FUNDING.items() if a in runner.program.parameters}
    try:
        longer, rows = far_run(runner, alone)
    except RunError as error:
        return PeakNeed(None, None, error.problems[0].text)
    deepest = longer.whole().days(rows, alone).read()  # with the need of past days
    need = max(0.0, rows["minimum_cash"][0] - deepest.lowest)
    if need and deepest.lowest_month >= longer.program.months - CYCLE:
        return PeakNeed(None, None)
    return PeakNeed(need, day_at(runner.program.start + deepest.lowest_month, deepest.lowest_day))


def raises(runs: RungRuns, worth: Worth | None) -> tuple[Raise, ...]:
    """When to raise on each rung, and the round that carries it further; rungs with the same money are sized once.

    Rungs that are alike over the plan's months may not be so after them.
    """
    daily, sized = runs.runner.of_daily_cash(), list[Raise]()
    for place, counting in enumerate(LADDER):
        if (equal_rung := runs.same(place)) < place:
            sized.append(sized[equal_rung]._replace(counting=counting.title))
            continue
        raised = _raise(daily, runs, place)
        if worth is not None and raised.round_to_extend:
            stake = worth.stake(raised.round_to_extend)
            raised = raised._replace(stake=stake, pre_money=worth.pre_money, pre_money_of=worth.valuation.round)
        sized.append(raised)
    return tuple(sized)


class ShareIssue(NamedTuple):
    """The fully diluted shares that the pre-money is the price of, and the rounding of new ones."""

    shares: Fraction
    rounding: Rounding


class Worth(NamedTuple):
    """The pre-money of the company, the closing that values it, and the shares issued at that price."""

    pre_money: float
    valuation: ValuedClosing
    issue: ShareIssue | None  # None where the cap table is in percentages: nothing is rounded

    def stake(self, money: float) -> float:
        """The share of the company that an amount buys, issued as in every closing: at a price, in whole shares."""
        paid, pre_money = exactly(money), exactly(self.pre_money)
        if self.issue is None:
            return float(paid / (pre_money + paid))
        shares, rounding = self.issue
        bought = rounding.shares(paid / rounding.price(pre_money / shares))
        return float(bought / (shares + bought))


class ValuedClosing(NamedTuple):
    """A closing with a valuation: the pre-money counts where it is planned, the post-money where it is not."""

    closing: str
    round: str
    planned: bool
    pre_money: str  # the row
    apart: tuple[str, ...]  # the closings of its round at valuations or prices of their own

    def worth(self, rows: Values, t: int) -> float:
        """The pre-money, or the post-money where it has closed, by the rows of a run; `t` is the closing's month.

        The money of a closing at a valuation of its own is its own; of any other, that of the round at its valuation.
        """
        brought = {closing: _money_by(rows, closing, t) for closing in self.apart}
        rest = rows[f"{self.round}.drawn"][t] - sum(brought.values())
        return float(rows[self.pre_money][t] + (0.0 if self.planned else brought.get(self.closing, rest)))


def _money_by(rows: Values, closing: str, t: int) -> float:
    """The money of a closing up to the end of a month."""
    before = rows[f"{closing}.left"][0] if rows[f"{closing}.due"][0] < 0 else 0.0
    return float(before + sum(rows[f"{closing}.cash"][: t + 1]))


def valuations(model: Model, rows: Container[str]) -> list[ValuedClosing]:
    """The closings that have a valuation, in the order of the file; none without a cap table, of which a stake is."""
    if model.captable is None:
        return []
    valued = []
    for item in model.section("funding"):
        closings = {f"{item.name}.{closing.name}": closing for closing in item.part.closings() if item.part.priced}
        apart = tuple(a for a, c in closings.items() if c.price is not None or c.valuation is not None)
        for address in closings:
            row = f"{address if address in apart else item.name}.pre_money"
            if row in rows:
                valued.append(ValuedClosing(address, item.name, item.planned, row, apart))
    return valued


def worth(
    runner: Runner, rows: Values, closings: Sequence[ClosingResult], solved: Callable[[], Ownership]
) -> Worth | None:
    """The pre-money of the next planned round; without one, the post-money of the latest closing that has a valuation.

    None without a cap table or a valuation, or where it counts shares and cannot be solved; `solved` solves it.
    """
    captable = runner.model.captable
    planned, closed = list[tuple[date, float, ValuedClosing]](), list[tuple[date, float, ValuedClosing]]()
    dates = {closing.address: closing.date for closing in closings}
    for valuation in valuations(runner.model, rows):
        on = dates.get(valuation.closing)
        if on is not None and (not valuation.planned or on > runner.model.base_day):
            amount = valuation.worth(rows, max(0, absolute_month(on) - runner.program.start))
            (planned if valuation.planned else closed).append((on, amount, valuation))
    if captable is None or not (planned or closed):
        return None
    _, pre_money, valued = min(planned) if planned else max(closed)
    if pre_money <= 0:
        return None
    if not captable.in_shares:
        return Worth(pre_money, valued, None)
    try:
        owned = solved()
    except InputError:  # reported by the commands that show the cap table
        return None
    return Worth(pre_money, valued, ShareIssue(shares_valued(owned, valued), owned.rounding))


def shares_valued(owned: Ownership, valuation: ValuedClosing) -> Fraction:
    """The fully diluted shares that a valuation is the price of: without those of a round that is still planned."""
    step = next((step for step in owned.steps if step.address == valuation.closing), None)
    if step is None or step.closed is None:  # before the first month
        return owned.opening.fully_diluted
    new = step.closed.issued["round"] if valuation.planned else 0
    return step.table.fully_diluted - new


def _raise(runner: Runner, runs: RungRuns, place: int) -> Raise:
    rung, rows = runs.rung(place), runs.rows(place)
    zero, start = rung.zero_cash_date, runner.program.start
    if zero is None:
        return Raise(rung.counting, None, None, None)
    begin = date_at(position(zero, start) - rows["months_to_close"][0], start)
    until = date_at(position(zero, start) + runner.model.settings.raise_for, start)
    last = absolute_month(until) - start
    longer = runner
    if last >= runner.program.months:
        try:
            if place == 0 and last < runs.far.runner.program.months:
                longer, rows = runs.far
            else:
                longer = runner.over(last + 1)
                rows = longer.engine.run(LADDER[place].overrides)
        except RunError:
            return Raise(rung.counting, until, begin, None)
    first = absolute_month(zero) - start  # on every day before, cash is above the floor
    lowest = longer.days(rows, LADDER[place].overrides).lowest_between(first, last, until.day)
    units = 10**runner.program.minor_digits
    amount = max(0.0, ceil(round((rows["minimum_cash"][0] - lowest) * units, 3)) / units)
    return Raise(rung.counting, until, begin, amount)
