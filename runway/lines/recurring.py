"""Money that flows every month, or comes as a bill every quarter or year."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, field_validator

from runway.language.fields import Date, Growth, LastDate, MoneyFlow, MonthOfYear, OpeningMoney
from runway.lines.growth import brought_forward, dated_growth, year_begins, years_begun
from runway.lines.line import Anchor, Line, Mistake, MoneySpan, RowFormula, Surroundings, in_order
from runway.lines.working_capital import bill_months, billed_ahead, several_months
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator


FIRST = "max(0, floor(start))"


class Recurring(Line):
    """An amount per day, week, month, quarter or year, growing from its second month on.

    ```toml
    [costs.payroll]
    kind = "recurring"
    amount = "$1.5B/year"
    growth = "30%/year"
    ```

    amount x (1 + growth) ** (months since its first, or with growth = { value = …, from = "as_of" } since the day of
    which the amount speaks), times the share of the month between `start` and `end`, whose
    money moves on the days from `start` to `end`.

    With `every = "year"`, "quarter" or "2 years" it is a bill of what the amount comes to in that time, incurred and
    paid on one day: the day of `start` and each time after it, or the first of `month` (1 to 12).

    Billed ahead, each bill is on the day of `start`, or the first of `month`, and is what the line earns, or costs,
    until the next one or its end: months, of which a part counts its days, so that bills from the 10th on to the 9th
    differ by the lengths of their first and last months.
    """

    off: ClassVar = {"amount": 0.0, "opening_deferred": 0.0, "opening_prepaid": 0.0}
    absent: ClassVar = {"start": 0.0, "end": NEVER, "opening_deferred": 0.0, "opening_prepaid": 0.0}
    grows: ClassVar = ("amount", "growth")
    without: ClassVar = {"start": "before the model", "end": "never", "every": "evenly", "month": "that of start"}
    needed: ClassVar = {
        "start": "beside every where month is not",
        "opening_deferred": "in revenue beside billed",
        "opening_prepaid": "in costs beside billed",
    }
    kind: Literal["recurring"]
    amount: MoneyFlow = Field(description="the money per period")
    growth: Growth = Field("0%/month", validate_default=True, description="how fast the amount grows")
    growth_step: Literal["monthly", "yearly"] = Field(
        "monthly", description="whether growth acts each month or in one step a year"
    )
    growth_month: MonthOfYear | None = Field(None, validate_default=True, description="the month of the yearly step")
    start: Date | None = Field(None, description="the first day")
    end: LastDate | None = Field(None, description="the last day")
    every: str | None = Field(
        None, strict=True, description='how often it comes as one bill: "year", "quarter", "2 years"'
    )
    month: MonthOfYear | None = Field(None, description="the month of a bill, where start is not")
    billed: str = Field(
        "monthly", strict=True, description='how far ahead it is billed: "quarterly", "yearly", "6 months", "2 years"'
    )
    opening_deferred: OpeningMoney | None = Field(
        None, description="what is billed but not yet earned at the end of the month before the start"
    )
    opening_prepaid: OpeningMoney | None = Field(
        None, description="of a cost, what is billed but not yet used at the end of the month before the start"
    )

    formulas: ClassVar = {"main": "amount * (1 + growth) ** t"}  # with neither start, end, every, growth_step, billed

    _begins = field_validator("growth_month", mode="after")(year_begins)

    @property
    def _step(self) -> int | None:
        """The month in which it grows by a year's growth; None where it grows each month."""
        return self.growth_month if self.growth_step == "yearly" else None

    @property
    def _months_apart(self) -> int:
        """The months from bill to bill; 0 without `every` or where it cannot be read."""
        return several_months(self.every or "")

    @property
    def _bills(self) -> int:
        """The months that each bill covers; 0 where it is billed as it is earned or incurred."""
        months = bill_months(self.billed)
        return months if months > 1 else 0

    def rows(self) -> dict[str, RowFormula]:
        rows = brought_forward(self.growth, self.amount, month=self._step)
        if not self.growth.even:
            step = f"((1 + growth) ** 12 if month == {self._step} else 1)" if self._step else "(1 + growth)"
            rows["factor"] = RowFormula(f"prev(factor) * {step} if t > {self._first_month} else 1", "1")
        if self._bills:
            return rows | self._billed_ahead()
        if months := self._months_apart:
            due = self._due(months) + (f" and t + {self._bill_day('days')} / 32 <= end" if self.end is not None else "")
            bill = f"year_of(amount) * {months / 12:.17g}" if months != 12 else "year_of(amount)"
            rows["main"] = RowFormula(f"{self._grown(bill)} if {due} else 0")
            return rows
        active = {
            (True, True): " * max(0, since(start) + until(end) - 1)",
            (True, False): " * since(start)",
            (False, True): " * until(end)",
            (False, False): "",
        }[self.start is not None, self.end is not None]
        rows["main"] = RowFormula(self._grown("amount") + active)
        return rows

    def anchor(self) -> Anchor | None:
        """Its amount, which goes on from the books by itself where it grows; None of a bill, or billed ahead."""
        if self.every is not None or self._bills:
            return None
        return Anchor("main", itself=any(entry.amount.number for entry in self.growth.entries))

    @property
    def _first_month(self) -> str:
        dated = self.growth.entries[0].counts_from
        return FIRST if self.start is not None and not dated else "0"

    def _grown(self, amount: str) -> str:
        """An amount of the first month as it has grown."""
        if self.growth.entries[0].counts_from:
            amount = f"{amount} * grown_to_start"
        if not self.growth.even:
            return f"{amount} * factor"
        if self._step is None:
            return f"{amount} * (1 + growth) ** max(0, t - {self._first_month})"
        return f"{amount} * (1 + growth) ** (12 * {years_begun(self._first_month, self._step)})"

    def _due(self, months: int) -> str:
        """Whether a month has a bill."""
        if self.start is None:
            return f"mod({'t' if self.month is None else f'month - {self.month}'}, {months}) == 0"
        return f"t >= floor(start) and mod(t - floor(start), {months}) == 0"

    def _bill_day(self, days: str) -> str:
        """How many of the `days` of a month pass before its bill."""
        return "0" if self.start is None else f"min((start - floor(start)) * 32, {days} - 1)"

    def _billed_ahead(self) -> dict[str, RowFormula]:
        """Each bill is earned, or incurred, evenly until the next: by months, a part of one by its days; or by days."""
        months, last = self._bills, f"t + {self._bills}"
        balance = "deferred" if self.opening_prepaid is None else "prepaid"
        first = "floor(start)" if self.start is not None else f"{self.month} - month + t" if self.month else "0"
        to_next = f"mod({first}, {months})"  # months to the first bill of the model
        if self.amount.by_days:
            level = f"{self._grown('amount')} / days"
            bill_start, month_end = f"elapsed_days - days + {self._bill_day('days')}", "elapsed_days"
            contract_end = "day_number(end) + 1"
            bill_end, first_bill = (f"day_number({m}) + {self._bill_day(f'days_in({m})')}" for m in (last, to_next))
        else:
            level = self._grown("year_of(amount) / 12" if self.amount.any_by_days else "amount")
            bill_start, month_end = f"t + {self._bill_day('days')} / days", "t + 1"
            contract_end = "floor(end) + ((end - floor(end)) * 32 + 1) / days_in(end)"
            bill_end, first_bill = (f"{m} + {self._bill_day(f'days_in({m})')} / days_in({m})" for m in (last, to_next))
        due = self._due(months)
        if self.end is not None:
            due = f"{due} and {bill_start} < {contract_end}"
            bill_end, first_bill = f"min({bill_end}, {contract_end})", f"min({first_bill}, {contract_end})"
        unearned = f"(max(0, bill_end - ({month_end})) / (bill_end - bill_start) if bill_end > bill_start else 0)"
        opening = f"(max(0, 1 - ({month_end}) / ({first_bill})) if {first_bill} > 0 else 0)"
        return {
            "bill_start": RowFormula(f"{bill_start} if {due} else prev(bill_start)"),
            "bill_end": RowFormula(f"{bill_end} if {due} else prev(bill_end)"),
            "billed": RowFormula(f"{level} * (bill_end - bill_start) if {due} else 0", posted=True),
            "last_bill": RowFormula(f"billed if {due} else prev(last_bill)", posted=True),
            balance: RowFormula(
                f"last_bill * {unearned} + opening_{balance} * {opening}", f"opening_{balance}", posted=True
            ),
            "main": RowFormula(f"billed + prev({balance}) - {balance}"),
        }

    def pace(self) -> str:
        if self._months_apart or not (self.start or self.end or self._bills):
            return "main"
        in_force = []
        if self.start is not None:
            in_force.append("start < t + 1")
        if self.end is not None:
            in_force.append("end >= t + (days - 1) / 32")
        level, before = self._grown("amount"), "0"
        if self._bills and self.start is not None:  # until its first bill the amount earned of one before the model
            before = "(main if start >= t + 1 else 0)"
        return f"{level} if {' and '.join(in_force)} else {before}" if in_force else level

    def spans(self) -> tuple[MoneySpan, ...]:
        first, last = self.start and "start", self.end and "end"
        months = self._bills or self._months_apart
        if months:
            return (MoneySpan(first or self.month, every=months),)
        return (MoneySpan(first, last),) if first or last else ()

    def earned_spans(self) -> tuple[MoneySpan, ...]:
        first, last = self.start and "start", self.end and "end"
        return self.spans() if not self._bills else (MoneySpan(first, last),) if first or last else ()

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        yield from billed_ahead(self.billed, self.opening_deferred, around, self.opening_prepaid)
        dated = self.start is not None or self.month is not None
        for field in ("opening_deferred", "opening_prepaid"):
            opening = getattr(self, field)
            if self._bills and not dated and opening is not None and opening.number:
                text = f"{field} needs the start of the contract, from which its bills are dated, or their month."
                yield Mistake((field,), "missing-field", text, "key")
        yield from in_order(self, "start", "end")
        yield from dated_growth(self.growth, self.amount, "amount", around)
        if self._step is None and "growth_month" in self.model_fields_set:
            text = 'growth_month is that of a yearly step: write growth_step = "yearly" beside it.'
            yield Mistake(("growth_month",), "missing-field", text, "key")
        yield from self._bill_checks()

    def _bill_checks(self) -> "Iterator[Mistake]":
        """A bill has one day that it comes on."""
        if self.every is None:
            if self.month is not None and not self._bills:
                text = 'month is that of a bill: write every = "year" or billed = "yearly" beside it.'
                yield Mistake(("month",), "missing-field", text, "key")
            elif self.month is not None:
                yield from self._month_checks(self._bills, self.billed)
            return
        months = self._months_apart
        if not 0 < months <= 1200:
            text = 'every is "month", "quarter", "year", or several: "6 months", "2 years".'
            yield Mistake(("every",), "unknown-choice", text)
        elif self._bills:
            text = "every is a bill that is incurred and paid at once, billed one that is earned until the next. "
            yield Mistake(("every",), "terms-contradict", f"{text}Keep one.", "key")
        elif self.start is None and self.month is None:
            text = 'A bill needs its day: start = "2026-01-25", the first one\'s, or month = 1.'
            yield Mistake(("every",), "missing-field", text, "key")
        elif self.month is not None:
            yield from self._month_checks(months, self.every)

    def _month_checks(self, months: int, every: str) -> "Iterator[Mistake]":
        """The month of a bill says when it comes, and nothing else does."""
        if self.start is not None:
            text = "start and month both say when the bill comes. Keep start, the day of the first bill, or month."
            yield Mistake(("month",), "terms-contradict", text, "key")
        elif months == 1 or 12 % months:
            text = f'month does not say when a bill comes every {every}. Write start = "2026-01-25", its first day.'
            yield Mistake(("month",), "terms-contradict", text, "key")
