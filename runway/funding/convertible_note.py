"""A convertible note: a loan that becomes shares in the next priced round, with its interest."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from runway.funding.borrowing import nominal
from runway.funding.closing import closing_rows, sum_rows
from runway.funding.stock import UNSUPPORTED
from runway.language.dimension import Dimension
from runway.language.figure import Figure
from runway.lines.line import Component, Date, FixedMoney, FixedShare, FormulaText, LastDate, Multiplier, RowFormula

YearlyRate = Annotated[
    Figure, Dimension("rate", low=0, high=10, schedule=False, example='"6%/year"'), AfterValidator(nominal)
]


class ConvertibleNote(Component):
    """A convertible note: its cash on a day; principal and interest become shares in the next priced round.

    ```toml
    [funding.bridge_note]
    kind = "convertible_note"
    investor = "angel"
    amount = "1M"
    date = "2026-01-15"
    rate = "6%/year"
    cap = "8M"
    discount = "20%"
    maturity = "2027-12-31"
    ```

    A cap divides by shares, options and the pool as it was before the round; `counts_new_pool` adds the increase.
    Interest accrues from the day of the money, on its day count, and is not paid before the note is.  A note that is
    `repaid` at maturity costs principal and interest on that day, unless a priced round of the month or before it has
    brought the `qualified` money.
    """

    sections: ClassVar = ("funding",)
    unsupported: ClassVar = UNSUPPORTED
    paid_on: ClassVar = {"payment": "maturity"}  # payments, their days
    kind: Literal["convertible_note"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    investor: str | None = Field(None, description="who holds it; its own name if left out")
    amount: FixedMoney = Field(description="the principal")
    date: Date = Field(description="the earliest day of the money")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the money lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    rate: YearlyRate = Field("0%/year", validate_default=True, description="the interest a year")
    compounding: Literal["simple", "yearly", "half_yearly", "quarterly", "monthly", "daily"] = Field(
        "simple", description="whether and how often interest bears interest"
    )
    day_count: Literal["act/365", "act/360", "act/act", "30/360", "30e/360", "nl/365"] = Field(
        "act/365", description="how days become years"
    )
    cap: FixedMoney | None = Field(None, description="the valuation above which its price does not rise")
    cap_counts: Literal["pool", "options", "common"] = Field(
        "pool", description="up to what the shares count that a pre-money cap divides by"
    )
    counts_new_pool: bool | None = Field(
        None, strict=True, description="whether they count the pool that the round adds; no without it"
    )
    discount: FixedShare | None = Field(None, description="what it pays less than the round: 20% is price x 0.8")
    qualified: FixedMoney = Field(
        0, validate_default=True, description="the money that a round must bring for the note to convert"
    )
    maturity: LastDate | None = Field(None, description="the day it falls due")
    at_maturity: Literal["stays", "repaid"] = Field(
        "stays", description="whether it stays outstanding or is paid back if no round has converted it by then"
    )
    sale_multiple: Multiplier = Field(
        1, validate_default=True, description="what a sale of the company pays, times what is owed"
    )

    def rows(self) -> dict[str, RowFormula]:
        """The rows of its cash."""
        rows = closing_rows("", self.requires) | sum_rows(self.status)
        rows["qualified_round"] = RowFormula("qualified", posted=True)
        return rows | self._repaid() if self.at_maturity == "repaid" else rows

    def _repaid(self) -> dict[str, RowFormula]:
        """What is owed until a round converts it or it is paid back, as the rows of a loan."""
        days = "(day_number(maturity) - day_number(due))"
        year = "365" if self.day_count == "act/365" else "360"
        return {
            "raised": RowFormula("prev(raised) + (total.priced_rounds if t >= floor(due) else 0)", posted=True),
            "converted": RowFormula("raised > 0 and raised >= qualified_round"),
            "brought_forward": RowFormula("prev(balance) if t > 0 else (amount if due < 0 else 0)", posted=True),
            "converts": RowFormula("brought_forward + cash if converted else 0", posted=True),
            "principal": RowFormula("brought_forward + cash - converts if t == floor(maturity) else 0", posted=True),
            "interest": RowFormula(f"principal * 12 * rate * {days} / {year}", posted=True),
            "fees": RowFormula("0", posted=True),
            "payment": RowFormula("principal + interest", posted=True),
            "service": RowFormula("-payment", posted=True),
            "balance": RowFormula("brought_forward + cash - converts - principal", posted=True),
        }
