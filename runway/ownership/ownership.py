"""The cap table of one run: at the start, and after each change of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.language.figure import exact
from runway.language.record import Record
from runway.months import last_day
from runway.ownership.accrual import interest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from runway.funding.conversion import ConversionTerms
    from runway.model.model import Item
    from runway.ownership.records import CapTable, Closed, Rounding

PLANNED = " (planned)"  # what the title of a step ends in where its money is only planned


class Instrument(NamedTuple):
    """A SAFE or a note whose money has come and which no round has converted."""

    item: Item
    money: Fraction
    day: date
    order: int

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def holder(self) -> str:
        (holder,) = self.item.part.holders(self.item.name)
        return str(holder)

    @property
    def terms(self) -> ConversionTerms:
        terms: ConversionTerms = self.item.part.conversion()
        return terms

    def owed(self, on: date) -> Fraction:
        """The money of a SAFE; principal and interest of a note on a day."""
        terms = self.terms
        if terms.rate is None:
            return self.money
        return self.money + interest(self.money, exact(terms.rate), self.day, on, terms.compounding, terms.day_count)


@dataclass(frozen=True, slots=True)
class CapTableStep:
    """One change of the cap table."""

    date: date
    address: str  # of the closing, grant or loan
    title: str  # of the round, grant or loan; a planned round's says so
    part: str  # which closing of the round, where it has several
    kind: str  # closing, repricing, grant, warrants
    before: CapTable
    table: CapTable  # after it
    closed: Closed | None  # how a closing was solved
    outstanding: tuple[Instrument, ...]  # what is still to be converted after it


@dataclass(frozen=True, slots=True, repr=False)
class Ownership(Record):
    """The cap table of one run: at the start, and after each change."""

    model: str
    scenario: str
    currency: str
    minor_digits: int
    start: int  # the first month, absolute
    months: int
    in_shares: bool  # False: percentages of the company at the start, whose prices say nothing
    rounding: Rounding
    titles: Mapping[str, str]  # holder -> the name shown
    opening: CapTable
    steps: tuple[CapTableStep, ...]
    repaid: Mapping[str, date]  # notes paid back, and when
    funded: tuple[Instrument, ...]  # every SAFE and note whose money came, in the order of their days
    planned: tuple[str, ...]  # titles of what is counted though it is only planned
    asked: date | None = None  # the one day whose table was asked for

    def table(self, on: date) -> CapTable:
        """The cap table at the end of a day."""
        return next((step.table for step in reversed(self.steps) if step.date <= on), self.opening)

    def outstanding(self, on: date) -> tuple[Instrument, ...]:
        """What is still to be converted at the end of a day."""
        converted = {
            one.name for step in self.steps if step.date <= on and step.closed for one in step.closed.conversions
        }
        gone = converted | {name for name, day in self.repaid.items() if day <= on}
        return tuple(one for one in self.funded if one.day <= on and one.name not in gone)

    @property
    def last_day(self) -> date:
        return last_day(self.start + self.months - 1)

    def to_json(self) -> dict[str, Any]:
        """The documented JSON."""
        from runway.ownership.json import ownership_json

        return ownership_json(self)
