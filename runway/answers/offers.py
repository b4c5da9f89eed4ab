"""The exits that a file names, side by side, beside holding on at what the last round paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.exit import exit_at
from runway.errors import InputError, Problem
from runway.language.figure import exact
from runway.language.record import MoneyAmount, Record
from runway.months import NEVER, date_at, last_day, month_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from runway.answers.exit import Exit
    from runway.model.model import Item, Model


@dataclass(frozen=True, slots=True)
class NamedExit:
    """One exit of a file; of holding on the price is that of the last closing before the day."""

    name: str  # empty of holding on
    title: str
    sold: Exit
    last_round: Fraction | None  # the post-money of the last closing up to its day; None without one

    @property
    def premium(self) -> float | None:
        """What is paid above the last closing's post-money, as a share of that: -0.675 is 67.5 % below it."""
        return None if not self.last_round else float(self.sold.value / self.last_round) - 1

    def to_json(self) -> dict[str, Any]:
        last_round = None if self.last_round is None else MoneyAmount(self.last_round)
        named = {"name": self.name, "title": self.title, "last_round": last_round, "premium": self.premium}
        return {**named, **self.sold.to_json()}


@dataclass(frozen=True, slots=True, repr=False)
class Offers(Record):
    """Every exit that a file names, and holding on: the company at the post-money of its last closing."""

    exits: tuple[NamedExit, ...]
    held: NamedExit | None  # on the day of the last exit; None where no closing has a post-money by then

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
    if last.last_round is None:
        return Offers(exits, None)
    held = exit_at(model, rows, [round(last.last_round, last.sold.minor_digits)], last.sold.date)
    return Offers(exits, NamedExit("", "held at the last round's price", held, last.last_round))


def _named(model: Model, rows: Mapping[str, Sequence[float]], item: Item) -> NamedExit:
    start, months = model.settings.start, model.settings.months
    day = None if item.part.date is None else date_at(item.part.date.number, 0)
    if day is not None and not last_day(start - 1) <= day <= last_day(start + months - 1):
        span = f"{month_label(start)} to {month_label(start + months - 1)}"
        text = f"date is {day}, no day of this model. Write a day of {span}."
        raise InputError(model.document.problem((*item.path, "date"), "not-a-date", text))
    sold = exit_at(model, rows, [exact(item.part.value)], day)
    closed = [step.closed for step in sold.ownership.steps if step.closed is not None and step.date <= sold.date]
    return NamedExit(item.name, item.title, sold, closed[-1].post_money if closed else None)


def _off(item: Item) -> bool:
    return item.part.date is not None and item.part.date.number >= NEVER
