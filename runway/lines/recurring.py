"""Money that flows every month."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import Date, LastDate, MoneyFlow, OpeningMoney, Rate
from runway.lines.line import Line, Mistake, RowFormula, Surroundings, in_order
from runway.lines.working_capital import PERIOD_MONTHS, billed_ahead
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST = "max(0, floor(start))"
JANUARIES = "(year - floor((year * 12 + month - 1 - t + {first}) / 12))"
"""How many Januaries have passed since the first month of a line."""


class Recurring(Line):
    """An amount per day, week, month, quarter or year, growing from its second month on.

    ```toml
    [costs.payroll]
    kind = "recurring"
    amount = "$1.5B/year"
    growth = "30%/year"
    ```

    amount x (1 + growth) ** (months since its first), times the share of the month between `start` and `end`.
    """

    off: ClassVar = {"amount": 0.0, "opening_deferred": 0.0}
    absent: ClassVar = {"start": 0.0, "end": NEVER, "opening_deferred": 0.0}
    kind: Literal["recurring"]
    amount: MoneyFlow = Field(description="the money per period")
    growth: Rate = Field("0%/month", validate_default=True, description="how fast the amount grows")
    growth_step: Literal["monthly", "yearly"] = Field(
        "monthly", description="whether growth acts each month or each January"
    )
    start: Date | None = Field(None, description="the first day")
    end: LastDate | None = Field(None, description="the last day")
    billed: Literal["monthly", "quarterly", "yearly"] = Field(
        "monthly", description="how far ahead customers are billed (revenue only)"
    )
    opening_deferred: OpeningMoney | None = Field(
        None, description="what is billed but not yet earned at the end of the month before the start"
    )

    formulas: ClassVar = {"main": "amount * (1 + growth) ** t"}  # with neither start, end, growth_step nor billed

    def rows(self) -> dict[str, RowFormula]:
        first = FIRST if self.start is not None else "0"
        januaries = JANUARIES.format(first=first)
        rows: dict[str, RowFormula] = {}
        if not self.growth.even:
            step = "(1 + growth)" if self.growth_step == "monthly" else "((1 + growth) ** 12 if month == 1 else 1)"
            rows["factor"] = RowFormula(f"prev(factor) * {step} if t > {first} else 1", "1")
            level = "amount * factor"
        elif self.growth_step == "monthly":
            level = f"amount * (1 + growth) ** max(0, t - {first})"
        else:
            level = f"amount * (1 + growth) ** (12 * {januaries})"
        months = PERIOD_MONTHS[self.billed]
        if months == 1:
            active = {
                (True, True): " * max(0, since(start) + until(end) - 1)",
                (True, False): " * since(start)",
                (False, True): " * until(end)",
                (False, False): "",
            }[self.start is not None, self.end is not None]
            rows["main"] = RowFormula(level + active)
            return rows
        start = "floor(start)" if self.start is not None else "0"
        ahead = f"min({months}, max(0, floor(end) + 1 - t))" if self.end is not None else str(months)
        since = f"mod(t - {start}, {months})"
        bills = f"t >= {start} and {since} == 0"
        rows["billed"] = RowFormula(f"{level} * {ahead} if {bills} else 0", posted=True)
        rows["last_bill"] = RowFormula(f"billed if {bills} else prev(last_bill)", posted=True)
        rows["last_bill_months"] = RowFormula(f"{ahead} if {bills} else prev(last_bill_months)")
        unearned = f"max(0, last_bill_months - 1 - {since}) / last_bill_months if last_bill_months > 0 else 0"
        left = f"max(0, 1 - (t + 1) / mod({start}, {months})) if mod({start}, {months}) > 0 else 0"
        rows["deferred"] = RowFormula(
            f"last_bill * ({unearned}) + opening_deferred * ({left})", "opening_deferred", posted=True
        )
        rows["main"] = RowFormula("billed + prev(deferred) - deferred")
        return rows

    def checks(self, around: Surroundings) -> Iterator[Mistake]:
        yield from billed_ahead(self.billed, self.opening_deferred, around)
        open_end = self.billed != "monthly" and around.section == "revenue" and self.start is None
        if open_end and self.opening_deferred is not None and self.opening_deferred.number:
            text = "opening_deferred needs the start of the contract, from which its bills are dated."
            yield Mistake(("opening_deferred",), "missing-field", text, "key")
        yield from in_order(self, "start", "end")
