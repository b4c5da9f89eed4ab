"""The funding ladder: the funding that each rung counts, and how long the cash lasts when only that is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from math import inf, prod
from typing import TYPE_CHECKING, Any

from runway.engine.days import Days, Layout, layout
from runway.engine.run import Engine, Series
from runway.errors import InputError, Problem, choice_hint
from runway.files.closed_months import BANK_AMOUNT, BANK_DAY, SETTLED
from runway.language.named_tuple import NamedTuple
from runway.language.record import Money, documented
from runway.months import months_to
from runway.program.plan import Plan
from runway.program.statement import BURN_MULTIPLE
from runway.words import key_of

if TYPE_CHECKING:
    from runway.language.measures import Measure, RungKey
    from runway.model.model import Model
    from runway.program.program import Program


class Counting(NamedTuple):
    """The counting of a rung of the funding ladder: its key in files and options, its printed title, its overrides."""

    key: RungKey
    title: str
    overrides: Mapping[str, float]

    @property
    def name(self) -> str:
        """The title without the mark of funding that is added: `certain` for `+ certain`."""
        return self.title.removeprefix("+ ")


LADDER = (
    Counting("cash_in_hand", "cash in hand", {"levers.funding": 0.0, "levers.planned": 0.0}),
    Counting("certain", "+ certain", {"levers.conditional": 0.0, "levers.planned": 0.0}),
    Counting("conditional", "+ conditional", {"levers.planned": 0.0}),
    Counting("planned", "+ planned", {}),
)
"""The rungs, from cash in hand to all planned funding."""
PLACES: dict[str, int] = {counting.key: place for place, counting in enumerate(LADDER)}
"""The place of each rung in the ladder, by its key."""


def rung_named(text: str, joint: str = "-") -> int:
    """The place in the ladder of a rung as it is written: `cash in hand`, `cash-in-hand`, `certain` or `+ certain`.

    Raises `InputError`: unknown-rung, whose text joins the words of a key with `joint`.
    """
    place = PLACES.get(key_of(text))
    if place is None:
        raise InputError(Problem("unknown-rung", unknown_rung(text, joint)))
    return place


def default_rung(model: Model, *, drawn: bool = False) -> int:
    """The place of the rung that is counted where none is asked for: the file's own, else certain funding.

    Where events are `drawn` whether conditions come true is part of the draw, and they are counted.  Without funding
    there is only cash in hand.
    """
    if model.settings.counting is not None:
        return PLACES[model.settings.counting]
    if not model.section("funding"):
        return PLACES["cash_in_hand"]
    return PLACES["conditional" if drawn else "certain"]


def unknown_rung(text: str, joint: str = "-") -> str:
    """The message about a name that no rung has."""
    names = [key.replace("_", joint) for key in PLACES]
    hint = choice_hint(text, names)
    return f"The ladder has no rung {text}.{hint}"


class Rung(NamedTuple):
    """One rung of the funding ladder on one path: how long the cash lasts when only some of the funding is counted."""

    counting: str  # the title of the rung
    months: float | None  # from the base day to the zero-cash day; None beyond the horizon
    zero_cash_date: date | None  # first day at whose end unrestricted cash is below the floor
    lowest_cash: Money  # lowest unrestricted cash at the end of a day
    lowest_cash_date: date
    funding_gap: Money  # floor less lowest cash, 0 if cash stays above it
    closing_cash: Money  # total cash at the end of the last month
    months_from_start: float | None = None  # from the first day of the model

    @property
    def beyond_horizon(self) -> bool:
        return self.zero_cash_date is None

    def figures(self) -> dict[str, Any]:
        """The figures of the rung without its title, as JSON has them beside the rungs of other values."""
        return documented(self, "months", "zero_cash_date", "lowest_cash", "funding_gap", "closing_cash")

    def to_json(self) -> dict[str, Any]:
        return documented(
            self, "counting", "months", "months_from_start", "zero_cash_date", "beyond_horizon", "lowest_cash",
            "lowest_cash_date", "funding_gap",
        )  # fmt: skip

    def in_full(self) -> dict[str, Any]:
        """The rung with its closing cash, as JSON has it beside another."""
        return {**self.to_json(), **documented(self, "closing_cash")}


def measure_of(rung: Rung, measure: str) -> float:
    """A measure of a rung by its key: months, a day's ordinal or money; infinite beyond the horizon."""
    match measure:
        case "runway":
            return inf if rung.months is None else rung.months
        case "zero_cash_date":
            return inf if rung.zero_cash_date is None else float(rung.zero_cash_date.toordinal())
        case "lowest_cash":
            return rung.lowest_cash
        case "closing_cash":
            return rung.closing_cash
    return rung.funding_gap


def metric_of(rung: Rung, measure: Measure) -> float | None:
    """A measure of a rung as a grid has it: the zero-cash date as months too, None beyond the horizon."""
    return measure_of(rung, measure.key) if measure.unit == "money" else rung.months


WITHOUT_ANY_FUNDING = {"levers.funding": 0.0, "model.opening_cash": 0.0, SETTLED: 0.0}


Rows = Mapping[str, Series]


class Runner(NamedTuple):
    """A plan made ready to run, and to be read off its runs."""

    plan: Plan
    engine: Engine
    layout: Layout

    @property
    def model(self) -> Model:
        return self.plan.model

    @property
    def program(self) -> Program:
        return self.engine.program

    def over(self, months: int) -> Runner:
        """The runner of the plan over another number of months from its start."""
        if months == self.program.months:
            return self
        model, engine = self.model, self.engine.over(months)
        longer = model._replace(settings=model.settings.model_copy(update={"months": months}))
        return Runner(Plan(longer, engine.program), engine, self.layout.over(months))

    def of_daily_cash(self) -> Runner:
        """The runner of the rows alone that daily cash is read off, for many runs or many months."""
        return self._replace(engine=self.engine.core())

    def whole(self) -> Runner:
        """The runner with every day read, those that are past too."""
        return self._replace(layout=self.layout._replace(first=0, begins=1))

    def amount(self, address: str, place: float = 0.0) -> float:
        """An amount of money of the file in the model's currency, at the rate of a position, months from the start."""
        program, month = self.program, int(min(place, self.program.months - 1))
        return prod(program.parameters[name] for name in self.model.factors(address, program.entries[address], month))

    def with_the_bank(self, overrides: Mapping[str, Any]) -> dict[str, Any]:
        """Overrides, on one path or many, with the bank's balance on its day less the cash of the plan then.

        The balance is the same whatever is planned, so that the excess is measured on each path.
        """
        if (bank := self.model.bank) is None:
            return {**overrides}
        without_bank = {**overrides, BANK_AMOUNT: 0.0}
        rows = self.engine.run(without_bank)
        all_cash = self._replace(layout=self.layout._replace(restricted=()))  # the bank has restricted cash, too
        cash, _ = all_cash.days(rows, without_bank).month(int(self.program.parameters[BANK_DAY]))
        actuals = self.model.actuals
        before = rows["opening_cash"][0] if actuals is None else actuals.closing_cash
        excess = before + float(bank.moved) - cash(bank.day.day)
        digits = self.program.minor_digits
        return {**overrides, BANK_AMOUNT: round(excess, digits) if isinstance(excess, float) else excess.round(digits)}

    def days(self, rows: Rows, overrides: Mapping[str, Any]) -> Days:
        """The daily cash of a run."""
        parameters = {**self.program.parameters, **overrides}
        return Days(self.layout, rows, parameters, rows["minimum_cash"][0], self.program.half_unit)


def runner_of(plan: Plan, like: Runner | None = None, program: Program | None = None) -> Runner:
    """A plan made ready to run, with the rows of `program` where that has more; `like` is another runner.

    Where the formulas are those of `like`, or the plan is the last one, its step function is not printed again.
    """
    if like is None and program is None:
        if not _LAST or _LAST[0].plan.model is not plan.model or _LAST[0].plan.program is not plan.program:
            _LAST[:] = [_prepared(plan, plan.program, None)]
        return _LAST[0]
    return _prepared(plan, program or plan.program, like)


_LAST: list[Runner] = []  # of the last plan, of which a command asks several questions


def _prepared(plan: Plan, program: Program, like: Runner | None) -> Runner:
    model = plan.model
    runnable = program.with_demanded(BURN_MULTIPLE).usual
    same_rows = like is not None and plan.program.rows is like.plan.program.rows
    at = like.layout.counted(model) if like is not None and same_rows else layout(plan)
    if like is not None and runnable.rows == like.engine.program.rows:
        engine = like.engine.with_numbers(runnable, model.document)
    else:
        engine = Engine(runnable, model.document, core=at.names())
    return Runner(plan, engine, at)


def rungs_of(runner: Runner, rows: Rows, overrides: Mapping[str, Any], countings: Sequence[str]) -> list[Rung]:
    """The rung of each path of a run, one path or many; `countings` has the title of the rung that each path counts."""
    read, at = runner.days(rows, overrides).read(), runner.layout
    start, paths = runner.program.start, len(countings)
    by_path = zip(
        *(each_path(figure, paths) for figure in (*read, rows["minimum_cash"][0], rows["cash"][-1])), strict=True
    )
    rungs = []
    for counting, figures in zip(countings, by_path, strict=True):
        lowest, low_month, low_day, zero_month, zero_day, floor, closing = figures
        zero = None if zero_month < 0 else day_at(start + int(zero_month), zero_day)
        from_start = None if zero is None else months_to(int(zero_month), int(zero_day), at.days)
        rungs.append(
            Rung(
                counting=counting,
                months=None if from_start is None else from_start - at.base,
                zero_cash_date=zero,
                lowest_cash=lowest,
                lowest_cash_date=day_at(start + int(low_month), low_day),
                funding_gap=max(0.0, floor - lowest),
                closing_cash=closing,
                months_from_start=from_start,
            )
        )
    return rungs


def rung_of(runner: Runner, place: int, rows: Rows) -> Rung:
    """A rung of the ladder, from the rows of its run."""
    counting = LADDER[place]
    return rungs_of(runner, rows, counting.overrides, [counting.title])[0]


def each_path(value: Any, paths: int) -> list[float]:
    """A figure of a run by path; one number is that of every path, and so is an array without paths."""
    if isinstance(value, (float, int)):
        return [value] * paths
    figures = value.tolist()
    return figures if isinstance(figures, list) else [figures] * paths


def day_at(month: int, day: Any) -> date:
    """A day of an absolute month."""
    return date(month // 12, month % 12 + 1, int(day))
