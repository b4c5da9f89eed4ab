"""The exits that a file names, side by side, beside holding on at the last mark.

A mark is what the company was last put at: the post-money of a closing, or the valuation of a sale between holders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.exit import exit_at
from runway.errors import InputError, Problem
from runway.language.figure import exact, exactly
from runway.language.record import MoneyAmount, Record
from runway.months import NEVER, date_at, last_day, month_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from runway.answers.exit import Exit
    from runway.model.model import Item, Model


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
        """What is paid above the last mark, as a share of that: -0.675 is 67.5 % below it."""
        return None if not self.mark else float(self.sold.value / self.mark) - 1

    def to_json(self) -> dict[str, Any]:
        marks = {"mark": self.mark, "last_round": self.last_round}
        money = {key: None if value is None else MoneyAmount(value) for key, value in marks.items()}
        return {"name": self.name, "title": self.title, **money, "premium": self.premium, **self.sold.to_json()}


@dataclass(frozen=True, slots=True, repr=False)
class Offers(Record):
    """Every exit that a file names, and holding on: the company at its last mark."""

    exits: tuple[NamedExit, ...]
    held: NamedExit | None  # on the day of the last exit; None where it has no mark by then

    KEYS: ClassVar = ("model", "scenario", "currency", "exits", "held")

    @property
    def first(self) -> Exit:
        return self.exits[0].sold

    @property
    def model(self) -> str:
        return self.first.ownership.model

    @property
    def scenario(self) -> str:
        return self.first.ownership.scenario

    @property
    def currency(self) -> str:
        return self.first.ownership.currency


def offers(model: Model, rows: Mapping[str, Sequence[float]]) -> Offers:
    """Each exit of the file on its day, in the order of their days.

    Raises `InputError`: no-exit-value where it names none; an exit on a day outside the model; no cap table.
    """
    named = [_named(model, rows, item) for item in model.section("exits") if not _off(item)]
    if not named:
        text = "No exit is named in the file, or all are on no day: give a value, or write [exits.NAME]."
        raise InputError(Problem("no-exit-value", text))
    exits = tuple(sorted(named, key=lambda offer: offer.sold.date))
    last = exits[-1]
    if last.mark is None:
        return Offers(exits, None)
    held = exit_at(model, rows, [round(last.mark, last.sold.minor_digits)], last.sold.date)
    return Offers(exits, NamedExit("", "held at the last mark", held, last.mark, last.last_round))


def _named(model: Model, rows: Mapping[str, Sequence[float]], item: Item) -> NamedExit:
    start, months = model.settings.start, model.settings.months
    day = None if item.part.date is None else date_at(item.part.date.number, 0)
    if day is not None and not last_day(start - 1) <= day <= last_day(start + months - 1):
        span = f"{month_label(start)} to {month_label(start + months - 1)}"
        text = f"date is {day}, no day of this model. Write a day of {span}."
        raise InputError(model.document.problem((*item.path, "date"), "not-a-date", text))
    sold = exit_at(model, rows, [exact(item.part.value)], day)
    steps = [step for step in sold.ownership.steps if step.date <= sold.date]
    closed = [step.closed.post_money for step in steps if step.closed is not None]
    marks = [*_earlier_marks(model, rows), *(step.mark for step in steps if step.mark is not None)]
    return NamedExit(item.name, item.title, sold, marks[-1] if marks else None, closed[-1] if closed else None)


def _earlier_marks(model: Model, rows: Mapping[str, Sequence[float]]) -> list[Fraction]:
    """The valuations of sales between holders before the first month, in the order of their days."""
    sold = [item.name for item in model.section("funding") if item.part.transfer() is not None]
    marks = [(rows[f"{name}.due"][0], exactly(rows[f"{name}.mark"][0])) for name in sold]
    return [mark for due, mark in sorted(marks) if due < 0]


def _off(item: Item) -> bool:
    return item.part.date is not None and item.part.date.number >= NEVER
