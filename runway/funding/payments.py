"""When a loan is paid back, as formulas: every so many months from its first payment on.

A payment is on the day of the first one, or on the last of a shorter month.  The period that it is for begins with the
payment before it, the first one's with the drawing, however long that is (an odd first period).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.lines.line import RowFormula

if TYPE_CHECKING:
    from datetime import date

EVERY = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
"""The months from one payment, or from interest that bears interest, to the next."""


class Payments(NamedTuple):
    """The months between payments, and the first: so many months after the drawing, or a day of the calendar.

    Where a drawing slips past that day, the first payment is the next one of the same row of days.
    """

    every: int
    first: int | date

    @property
    def in_advance(self) -> bool:
        """Whether the first payment is on the day of the drawing, and each is for the period that follows it."""
        return self.first == 0

    @property
    def plain(self) -> bool:
        """Whether there is a payment in every month, a month after the drawing or on its day."""
        return self.every == 1 and self.first in (0, 1)

    @property
    def dated(self) -> bool:
        return not isinstance(self.first, int)

    def rows(self) -> dict[str, RowFormula]:
        """The position of the first payment, whether there is one in a month, and the odd first period's months."""
        if self.plain:
            return {}
        first_day = f"due + {self.first}"
        if self.dated:
            first_day = f'"{self.first}" + {self.every} * max(0, floor((due - "{self.first}") / {self.every}) + 1)'
        rows = {
            "first_on": RowFormula(first_day),
            "pays": RowFormula(f"t >= floor(first_on) and mod(t - floor(first_on), {self.every}) == 0"),
        }
        if self.dated:
            day = "min(30, ({0} - floor({0})) * 32 + 1)"
            odd = f"floor(first_on) - floor(due) + ({day.format('first_on')} - {day.format('due')}) / 30"
            rows["first_months"] = RowFormula(odd)
        return rows

    def number(self, months: str) -> str:
        """The number of payments in so many months."""
        return months if self.every == 1 else f"{months} / {self.every}"

    def number_made(self, month: str = "t") -> str:
        """The number of payments by the end of a month."""
        if self.plain:
            return f"max(0, {month} - floor(due){' + 1' if self.in_advance else ''})"
        return f"max(0, floor(({month} - floor(first_on)) / {self.every}) + 1)"

    def paying(self, formula: str) -> str:
        """A formula in the months that have a payment, 0 in the others."""
        return formula if self.plain else f"({formula}) if pays else 0"

    @property
    def position(self) -> str:
        """The position of a month's payment, where it has one."""
        first_day = "due" if self.plain else "first_on"
        return f"t + {first_day} - floor({first_day})"

    def day(self, month: str) -> str:
        """The day number of the payment of a month."""
        first_day = "due" if self.plain else "first_on"
        return f"day_number({month} + min({first_day} - floor({first_day}), (days_in({month}) - 1) / 32))"

    def last_payment_day(self, month: str) -> str:
        """The day number of the last payment by the end of a month, or of the drawing."""
        if self.plain:
            return self.day(month)
        last = f"({month} - mod({month} - floor(first_on), {self.every}))"
        return self._since_first(month, self.day(last), "day_number(due)")

    def next_payment_day(self, month: str) -> str:
        """The day number of the next payment after a month."""
        if self.plain:
            return self.day({"t - 1": "t", "0 - 1": "0"}.get(month, f"{month} + 1"))
        following = f"({month} - mod({month} - floor(first_on), {self.every}) + {self.every})"
        return self._since_first(month, self.day(following), self.day("floor(first_on)"))

    def _since_first(self, month: str, then: str, before: str) -> str:
        """The formula `then` from the first payment on, `before` until it, where the first period is another."""
        return then if self.in_advance else f"({then} if {month} >= floor(first_on) else {before})"

    def days(self, month: str) -> str:
        """The days of the period that the end of a month lies in."""
        return f"{self.next_payment_day(month)} - {self.last_payment_day(month)}"

    def months(self, month: str) -> str:
        """The months of that period, thirty days each."""
        first = "first_months" if self.dated else str(self.first or self.every)
        if first == str(self.every):
            return first
        return f"({first} if {month} < floor(first_on) else {self.every})"

    def passed(self, month: str, end: str) -> str:
        """The part of that period that has passed at the end of the month, the `end`th day of all."""
        return f"({end} - 1 - {self.last_payment_day(month)}) / ({self.days(month)})"

    def term_passed(self, month: str, period: str, term: str) -> str:
        """The part of the term that has passed with a part of the period, each period alike."""
        periods = f"max(1, {self.number(term)} - 1)" if self.in_advance else self.number(term)
        if self.plain:
            return f"min(1, max(0, ({month} - floor(due) + {period}) / {periods}))"
        periods_paid = f"{self.number_made(month)}{' - 1' if self.in_advance else ''}"
        return f"min(1, max(0, ({periods_paid} + {period}) / ({periods})))"
