"""The parts of a variance: the number (volume), the price, and the day of payment (timing)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from runway.language.named_tuple import NamedTuple
from runway.model.changes import closed_months, first_changed_month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.answers.projection import Projection
    from runway.language.record import Money
    from runway.model.model import Model
    from runway.program.plan import Plan
    from runway.program.sections import Section

    Rows = Mapping[str, Sequence[float]]


EARNED = ("revenue", "costs", "capital")
"""Sections whose lines are earned or incurred apart from their cash."""


@dataclass(frozen=True, slots=True)
class PriceVolume:
    """A line's variance over some months, of money as the line counts it: spent is positive in costs.

    Month by month volume is (actual number - planned number) x planned price, price is (actual price - planned price)
    x actual number: the price and quantity variances of standard costing (Franklin, Graybeal and Cooper, *Principles of
    Accounting*, volume 2, OpenStax 2019, chapter 8).  A price is the revenue or cost over the number; where nothing
    was planned, all is volume.  Timing is the variance of cash less that of the revenue or cost.  The three add up to
    the variance of cash, to the minor unit.
    """

    earned: Money  # the variance of the revenue or cost
    volume: Money | None  # its parts; None where the books do not have the number
    price: Money | None
    timing: Money

    KEYS: ClassVar = ("volume", "price", "timing", "cash")

    @property
    def cash(self) -> Money:
        """The variance of the cash received or paid."""
        return self.earned + self.timing


class Split(NamedTuple):
    """The rows that a line's variance is split by."""

    title: str
    earned: str
    cash: str
    sign: int  # of its cash
    number: str | None  # the row of how many; None where its kind has none
    in_books: bool  # whether the books have that row


def splits(sections: Sequence[Section], model: Model) -> Iterator[Split]:
    """The lines whose money is earned or incurred before or after it is paid, of which the books have any row."""
    assert model.actuals is not None
    with_rows = {address.partition(".")[0] for address in model.actuals.values}
    items = {item.name: item for item in model.items}
    for section in (section for section in sections if section.name in EARNED):
        for line in section.lines:
            item = items.get(line.name.partition(".")[0])
            if item is None or line.earned is None or item.name not in with_rows or not item.has_rows:
                continue
            number = None if item.part.number is None else f"{item.name}.{item.part.number}"
            in_books = number is not None and number in model.actuals.values
            yield Split(line.title, line.earned, line.cash, 1 if section.name == "revenue" else -1, number, in_books)


def price_volume(split: Split, before: Rows, now: Rows, months: range, digits: int) -> PriceVolume:
    """A line's variance over months, from the rows of the plan and the actual rows."""

    def variance(row: str, sign: int = 1) -> float:
        return round(sign * sum(now[row][t] - before[row][t] for t in months), digits) + 0.0

    earned = variance(split.earned)
    timing = round(variance(split.cash, split.sign) - earned, digits) + 0.0
    if not split.in_books or split.number is None:
        return PriceVolume(earned, None, None, timing)
    volume = round(sum(_volume(split, before, now, t) for t in months), digits) + 0.0
    return PriceVolume(earned, volume, round(earned - volume, digits) + 0.0, timing)


def _volume(split: Split, before: Rows, now: Rows, t: int) -> float:
    """The part of a month's variance that comes from the number."""
    assert split.number is not None
    planned, actual = before[split.number][t], now[split.number][t]
    if not planned:
        return now[split.earned][t] - before[split.earned][t]
    return (actual - planned) * before[split.earned][t] / planned


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """The change of one line by the months closed since, or with other figures: its variance from the earlier rows."""

    address: str  # of its revenue or cost
    title: str
    number: str | None  # the row of how many, where the kind of line has one
    parts: PriceVolume


def closed_since(
    first: Plan, second: Plan, projections: tuple[Projection, Projection]
) -> tuple[tuple[str, str] | None, tuple[ClosedLine, ...]]:
    """The months closed since, from the first with other figures on, and the variance of each line in the books."""
    before, now = projections
    months = range(first_changed_month(first.model, second.model), closed_months(second.model))
    if not months:
        return None, ()
    digits = second.program.minor_digits
    lines = [
        ClosedLine(split.earned, split.title, split.number, price_volume(split, before.rows, now.rows, months, digits))
        for split in splits(now.sections, second.model)
        if split.earned in before.rows
    ]
    return (now.months[months[0]], now.months[months[-1]]), tuple(lines)
