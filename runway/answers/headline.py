"""The headline explained: each rung of the ladder, the money that it counts, and the cash down to its last day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.answer import ModelAnswer, about
from runway.answers.closings import closings
from runway.answers.project import project_model
from runway.engine.ladder import LADDER, rung_named, runner_of
from runway.engine.rung_runs import RungRuns
from runway.language.record import Money, MoneyAmount, documented
from runway.months import absolute_month, month_label
from runway.program.statement import BY_BANK, CASH_SECTIONS
from runway.words import counted, day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.answers.projection import ClosingResult, Projection
    from runway.engine.ladder import Rung
    from runway.engine.run import Series
    from runway.program.plan import Plan

COUNTS = {
    "cash in hand": "nothing still to be received",
    "+ certain": "committed money that no open condition or clause can still take away",
    "+ conditional": "committed money whose conditions are met as this scenario has it",
    "+ planned": "rounds that are only planned as well",
}
NOT_COUNTED = {
    "cash in hand": "still to be received",
    "+ certain": "the rest hangs on a condition or a clause that is open",
    "+ conditional": "planned only",
    "+ planned": "",
}


@dataclass(frozen=True, slots=True)
class CountedClosing:
    """A closing as one rung counts it; `counted` is the money by the rung's last day, 0 if none comes."""

    address: str
    counted: Money
    date: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class RungExplained:
    """One rung: the money that it counts, and the cash from the first month to the end of that in which it runs out."""

    rung: Rung
    counts: str
    closings: tuple[CountedClosing, ...]
    until: str  # the month of the zero-cash day, else the last
    days: tuple[int, int] | None  # of that month's days, those that passed before the zero-cash day
    opening_cash: Money
    flows: Mapping[str, MoneyAmount]  # by section, the sum of its months
    closing_cash_then: Money
    restricted_cash_then: Money  # of the closing cash
    cash_that_day: Money | None  # unrestricted, at the end of the zero-cash day

    KEYS: ClassVar = (
        "counts", "until", "opening_cash", "flows", "closing_cash_then", "restricted_cash_then", "cash_that_day",
        "closings",
    )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return documented(self.rung) | documented(self)


@dataclass(frozen=True, slots=True)
class HeadlineFigure:
    """A figure of the report beside the ladder: its value and its formula, in words."""

    name: str
    unit: str  # money, months, number, date
    value: MoneyAmount | float | date | None  # None where it does not exist
    formula: str


@dataclass(frozen=True, slots=True, repr=False)
class Headline(ModelAnswer):
    """The runway of a model, rung by rung."""

    as_of: date  # the day from whose end months are counted
    minimum_cash: Money
    runway: tuple[RungExplained, ...]
    measures: tuple[HeadlineFigure, ...]  # empty for a single rung

    KEYS: ClassVar = ("model", "scenario", "currency", "minimum_cash", "runway", "measures")


def headline(plan: Plan, rung: str | None = None) -> Headline:
    """Each rung of the ladder explained, or one of them: certain, conditional, planned, cash_in_hand.

    Raises `InputError`: unknown-rung.
    """
    counted = None if rung is None else rung_named(rung, "_")
    ladder = RungRuns(runner_of(plan))
    rows = ladder.rows(len(LADDER) - 1)
    results = closings(plan, rows)
    rungs = [_rung_explained(ladder, place, results) for place in range(len(LADDER)) if counted in (None, place)]
    return Headline(
        **about(plan),
        as_of=plan.model.base_day,
        minimum_cash=rows["minimum_cash"][0],
        runway=tuple(rungs),
        measures=() if rung is not None else tuple(figures(project_model(plan, ladder=ladder))),
    )


def figures(projection: Projection) -> Iterator[HeadlineFigure]:
    """The other figures of the report, by the rows that they are read off."""

    def months(window: tuple[str, str]) -> str:
        return " to ".join(month_text(month) for month in dict.fromkeys(window))

    window = months(projection.burn_window)
    for row, value in (("gross_burn", projection.gross_burn), ("net_burn", projection.net_burn)):
        yield HeadlineFigure(
            row.replace("_", " "), "money", MoneyAmount(value), f"the average of {row}, {window}, no funding counted"
        )
    burn = "that net burn"
    if projection.bank_burn is not None and projection.bank_window is not None:
        formula = f"the average of {BY_BANK}, {months(projection.bank_window)}: what cash fell by, no funding counted"
        yield HeadlineFigure("burn by the bank", "money", MoneyAmount(projection.bank_burn), formula)
        burn = "burn by the bank"
    formula = f"cash that is free on the day that runway is counted from, less the minimum, over {burn} less what "
    formula += "earmarks pay of it"
    yield HeadlineFigure("static runway", "months", projection.static_runway, formula)
    formula = f"net_burn over the growth of total.arr, {months(projection.burn_multiple_window)}"
    yield HeadlineFigure("burn multiple", "number", projection.burn_multiple, f"{formula}, no funding counted")
    formula = "the minimum cash less the lowest cash of a day, with neither the opening cash nor any funding"
    if projection.peak_need_date is not None:
        formula += f"; {day_text(projection.peak_need_date)}"
    need = None if projection.peak_need is None else MoneyAmount(projection.peak_need)
    yield HeadlineFigure("peak need", "money", need, formula)
    certain = next(item for item in projection.raise_by if item.counting == projection.counting)
    if certain.date is not None:
        formula = (
            f"the zero-cash date, {certain.counting}, less {counted(projection.months_to_close, 'month', 'g')} to close"
        )
        yield HeadlineFigure("raise by", "date", certain.date, formula)
    survival = projection.survival
    formula = "survival.expenses; default alive asks survival.cash: opening cash, then survival.revenue less these"
    yield HeadlineFigure("expenses held", "money", MoneyAmount(survival.expenses), formula)


def _rung_explained(ladder: RungRuns, place: int, results: Sequence[ClosingResult]) -> RungExplained:
    runner, program, rows = ladder.runner, ladder.runner.program, ladder.rows(place)
    rung, name, overrides = ladder.rung(place), LADDER[place].title, LADDER[place].overrides
    zero = rung.zero_cash_date
    last = program.months - 1 if zero is None else absolute_month(zero) - program.start
    cash, _ = runner.days(rows, overrides).month(last)
    flows = {section: MoneyAmount(sum(rows[f"cash.{section}"][: last + 1])) for section in CASH_SECTIONS}
    return RungExplained(
        rung=rung,
        counts=COUNTS[name],
        closings=tuple(_closing_counted(name, closing, rows, last) for closing in results),
        until=month_label(program.start + last),
        days=None if zero is None else (zero.day - 1, runner.layout.days[last]),
        opening_cash=rows["opening_cash"][0],
        flows={section: amount for section, amount in flows.items() if amount},
        closing_cash_then=rows["cash"][last],
        restricted_cash_then=rows["restricted_cash"][last],
        cash_that_day=None if zero is None else cash(zero.day),
    )


def _closing_counted(name: str, closing: ClosingResult, rows: Mapping[str, Series], last: int) -> CountedClosing:
    """The money of a closing on a rung by its last month, and why that is less than in the scenario as written."""
    by_month = rows[f"{closing.address}.cash"]
    amount, later, date, reason = sum(by_month[: last + 1]), sum(by_month[last + 1 :]), closing.date, closing.reason
    if reason == "before the first month":
        reason = "before the first month: it is in the opening cash"
    elif later:
        date, reason = None, "it comes later"
    elif date is not None and amount < closing.drawn:
        reason = NOT_COUNTED[name]
    elif date is not None and closing.status == "planned" and not amount:
        reason = NOT_COUNTED["+ conditional"]
    return CountedClosing(closing.address, amount, date, reason)
