"""Events, which happen on a day: `[events]`."""

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from runway.language.fields import Date, FixedCount, FixedCountFlow, FixedShare, Loss, Months, Share, SomeWholeMonths
from runway.language.figure import Figure
from runway.lines.line import Component, Mistake
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings

SHORTEST_MONTH = 28  # days


class Event(Component):
    """`[events.NAME]`: something that happens on a date, or never.

    ```toml
    [events.outage]
    date = "2025-06-10"
    days = 3
    takes = { chatgpt = "80%" }
    raises_churn = { chatgpt = "1%/month" }
    raised_for = "3 months"
    ```

    With `every` it happens again after so many months.  With `rate = "2/year"` it happens at random, from the month of
    its date on: a simulation draws each month how often (Poisson), all else takes the expected number.  Either has its
    `days`.  By rate, what is lost is count x days / days of the month, at most all of it, and churn is raised where it
    happened within `raised_for`, in expectation by the expected number of times, at most once.  `NAME.count` is how
    often it happens in a month, `NAME.times` how often so far, `NAME.share` the share of the month.
    """

    off: ClassVar = {"date": NEVER}
    main_figure: ClassVar = "date"
    absent: ClassVar = {"probability": 1.0, "takes": 0.0, "raises_churn": 0.0}
    needed: ClassVar = {"days": "beside every or rate"}

    date: Date = Field(description="the day on which it happens")
    probability: FixedShare | None = Field(
        None, description="how probable it is that it happens at all, in a simulation; certain if left out"
    )
    days: FixedCount | None = Field(None, description="how many days it lasts; for good if left out")
    every: SomeWholeMonths | None = Field(
        None, description="after how many months it happens again, each time as long; its date is the first time"
    )
    rate: FixedCountFlow | None = Field(
        None, description="how often it happens from the month of its date on: drawn in a simulation, else expected"
    )
    takes: dict[str, Share] = Field({}, description="the share of a revenue line lost while it lasts, by line")
    raises_churn: dict[str, Loss] = Field({}, description="what it adds to the churn of a subscription, by line")
    raised_for: Months = Field("12 months", validate_default=True, description="how long churn stays raised")

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        del around
        field = "every" if self.every is not None else "rate"
        if getattr(self, field) is not None and (self.days is None or not 0 < self.days.number <= SHORTEST_MONTH):
            text = (
                f"An event that happens again needs its days, 1 to {SHORTEST_MONTH}, so that one ends before the next."
            )
            yield Mistake((field,), "missing-field" if self.days is None else "value-out-of-range", text, "key")
        if self.rate is None:
            return
        entry = self.rate.entries[0]
        if self.every is not None:
            text = "An event happens every so many months or at a rate, not both. Take one of them out."
            yield Mistake(("rate",), "terms-contradict", text, "key")
        if (entry.low, entry.outcomes) != (None, ()):
            text = "A rate is one number: how often it happens is drawn by it already."
            yield Mistake(("rate",), "distribution-impossible", text)
        elif (times := times_a_month(self.rate)) is None:
            yield Mistake(("rate",), "wrong-dimension", 'rate is by the month, quarter or year, such as "2/year".')
        elif self.days is not None and (lost := times * max(1, self.days.number)) > SHORTEST_MONTH:
            text = f"So often and so long it would take {lost:g} days of every month, more than {SHORTEST_MONTH}."
            yield Mistake(("rate",), "value-out-of-range", text)


def times_a_month(rate: Figure) -> float | None:
    """The number of times a month of an event's rate; None of a rate by the day or week."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(rate.entries[0].amount.period or "")
    return None if months is None else rate.number / months
