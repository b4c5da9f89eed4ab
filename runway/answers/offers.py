"""The exits that a file names, side by side, beside holding on at the last mark.

A mark is a value of the whole company: the post-money of a closing, or the valuation of a sale between holders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.exit import exit_at
from runway.answers.recap import RecapRun
from runway.engine.ladder import runner_of
from runway.engine.to_the_end import to_the_end
from runway.errors import InputError, Problem
from runway.language.figure import exact, exactly
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, Record
from runway.months import NEVER, last_day, month_label
from runway.ownership.register import ownership

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from runway.answers.exit import Exit
    from runway.answers.recap import Recap
    from runway.model.model import Item, Model
    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan


@dataclass(frozen=True, slots=True)
class NamedExit:
    """One exit of a file; of holding on the price is the last mark before the day."""

    name: str  # empty of holding on
    title: str
    sold: Exit
    mark: Fraction | None  # the last up to its day; None without one
    last_round: Fraction | None  # the post-money of the last closing up to its day; None without one

    @property
    def premium(self) -> float | None:
        """The value above the last mark, as a share of that mark: -0.675 is 67.5 % below it."""
        return None if not self.mark else float(self.sold.value / self.mark) - 1

    def to_json(self) -> dict[str, Any]:
        marks = {"mark": self.mark, "last_round": self.last_round}
        money = {key: None if value is None else MoneyAmount(value) for key, value in marks.items()}
        return {"name": self.name, "title": self.title, **money, "premium": self.premium, **self.sold.to_json()}


@dataclass(frozen=True, slots=True, repr=False)
class Offers(Record):
    """Every exit that a file names, and holding on: the company at its last mark."""

    owner: Ownership
    rate: float | None  # a year, of present values and modified rates
    exits: tuple[NamedExit, ...]  # sales
    recaps: tuple[Recap, ...]
    held: NamedExit | None  # on the day of the last of them; None where there is no mark by then

    KEYS: ClassVar = ("model", "scenario", "currency", "rate", "exits", "recaps", "held")

    @property
    def model(self) -> str:
        return self.owner.model

    @property
    def scenario(self) -> str:
        return self.owner.scenario

    @property
    def currency(self) -> str:
        return self.owner.currency


def offers(plan: Plan, rate: float | None = None) -> Offers:
    """Each exit of the file on its day, in the order of their days; `rate` as `exit_at` has it.

    Raises `InputError`: no-exit-value where it names none; an exit on a day outside the model; no cap table.
    """
    runner = runner_of(plan)
    model, rows = plan.model, to_the_end(plan, runner.engine.run({}))
    items = [item for item in model.section("exits") if not _off(item)]
    if not items:
        text = "No exit is named in the file, or all are on no day: give a value, or write [exits.NAME]."
        raise InputError(Problem("no-exit-value", text))
    owner = ownership(model, rows)
    days = {item.name: _day(model, item) or owner.last_day for item in items}
    marks = _Marks(owner, _earlier_marks(model, rows))
    sales = (_named_exit(model, rows, item, marks, rate) for item in items if not item.part.borrows)
    exits = tuple(sorted(sales, key=lambda offer: offer.sold.date))
    last = max(days.values())
    mark = marks.last_mark(last)
    borrowed = [RecapRun(plan, item) for item in items if item.part.borrows]
    recaps = tuple(recap.recap(runner, mark, last, rate) for recap in sorted(borrowed, key=lambda recap: recap.date))
    if mark is None:
        return Offers(owner, rate, exits, recaps, None)
    sale = exit_at(model, rows, [round(mark, owner.minor_digits)], last, rate=rate)
    return Offers(
        owner, rate, exits, recaps, NamedExit("", "held at the last mark", sale, mark, marks.last_round(last))
    )


class _Marks(NamedTuple):
    """The marks of the company: of the steps of its ownership, and of sales before the first month."""

    owner: Ownership
    earlier: list[Fraction]  # before the first month

    def last_mark(self, day: date) -> Fraction | None:
        """The last mark up to the end of a day."""
        marks = [step.mark for step in self.owner.steps if step.date <= day and step.mark is not None]
        return [None, *self.earlier, *marks][-1]

    def last_round(self, day: date) -> Fraction | None:
        """The post-money of the last closing up to the end of a day."""
        closed = [step.closed.post_money for step in self.owner.steps if step.date <= day and step.closed is not None]
        return [None, *closed][-1]


def _day(model: Model, item: Item) -> date | None:
    """The day of an exit, within the model; None where it has none."""
    start, months = model.settings.start, model.settings.months
    day = None if item.part.date is None else item.part.date.day
    if day is not None and not last_day(start - 1) <= day <= last_day(start + months - 1):
        span = f"{month_label(start)} to {month_label(start + months - 1)}"
        text = f"date is {day}, no day of this model. Write a day of {span}."
        raise InputError(model.document.problem((*item.path, "date"), "not-a-date", text))
    return day


def _named_exit(
    model: Model, rows: Mapping[str, Sequence[float]], item: Item, marks: _Marks, rate: float | None
) -> NamedExit:
    sold = exit_at(model, rows, [exact(item.part.value)], _day(model, item), rate=rate)
    return NamedExit(item.name, item.title, sold, marks.last_mark(sold.date), marks.last_round(sold.date))


def _earlier_marks(model: Model, rows: Mapping[str, Sequence[float]]) -> list[Fraction]:
    """The valuations of sales between holders before the first month, in the order of their days."""
    sold = [item.name for item in model.section("funding") if item.part.transfer() is not None]
    marks = [(rows[f"{name}.due"][0], exactly(rows[f"{name}.mark"][0])) for name in sold]
    return [mark for due, mark in sorted(marks) if due < 0]


def _off(item: Item) -> bool:
    return item.part.date is not None and item.part.date.number >= NEVER
