"""A convertible note: a loan that becomes shares in the next priced round, with its interest."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from runway.funding.borrowing import nominal, one_rate
from runway.funding.closing import closing_rows, sum_rows
from runway.funding.conversion import Compounding, ConvertingSum, DayCount
from runway.funding.funding import INTEREST, LoanFlow
from runway.funding.qualified import QUALIFIED
from runway.language.dimension import Dimension
from runway.language.fields import Date, FixedMoney, FixedShare, FormulaText, LastDate, Multiplier
from runway.language.figure import Figure, exact
from runway.lines.line import Mistake, RowFormula
from runway.months import NEVER
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.lines.line import Surroundings

YearlyRate = Annotated[
    Figure, Dimension("rate", low=0, high=10, schedule=False, example='"6%/year"'), AfterValidator(nominal)
]


class ConvertibleNote(ConvertingSum):
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
    at_maturity = "repaid"
    ```

    A cap divides by shares, options and the pool as it was before the round; `counts_new_pool` adds the increase.  It
    does so at a later closing of the round, too, unless the note is younger than the round.  Interest accrues from the
    day of the money, on its day count, and is not paid before the note is.  It converts at the first closing, on its
    day or later, by which one priced round has brought the `qualified` money, all closings of that round counted and no
    other round.  A note that is `repaid` at maturity costs principal and interest on that day, unless a closing by then
    has converted it; its money does not come after that day.
    """

    owns: ClassVar = frozenset(
        {
            *("investor", "compounding", "day_count", "cap", "cap_counts", "counts_new_pool", "discount", "qualified"),
            "sale_multiple",
        }
    )
    is_note: ClassVar = True
    elsewhere: ClassVar = ConvertingSum.elsewhere | INTEREST
    paid_on: ClassVar = {"payment": "maturity"}  # payments, their days
    without: ClassVar = {"investor": "its own name", "counts_new_pool": "false"}
    needed: ClassVar = {"maturity": 'where at_maturity is "repaid"', "at_maturity": "beside maturity"}
    kind: Literal["convertible_note"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    investor: str | None = Field(None, description="who holds it; its own name if left out")
    amount: FixedMoney = Field(description="the principal")
    date: Date = Field(description="the earliest day of the money")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the money lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    rate: YearlyRate = Field("0%/year", validate_default=True, description="the interest a year")
    compounding: Compounding = Field("simple", description="whether and how often interest bears interest")
    day_count: DayCount = Field("act/365", description="how days become years")
    cap: FixedMoney | None = Field(None, description="the valuation above which its price does not rise")
    cap_counts: Literal["pool", "options", "common"] = Field(
        "pool", description="up to what the shares count that a pre-money cap divides by"
    )
    counts_new_pool: bool | None = Field(
        None, strict=True, description="whether they count the pool that the round adds; no without it"
    )
    discount: FixedShare | None = Field(None, description="what it pays less than the round: 20% is price x 0.8")
    qualified: FixedMoney = Field(
        0,
        validate_default=True,
        description="the money that one round must bring in all its closings for the note to convert",
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
        repaid = self.at_maturity == "repaid"
        rows = closing_rows("", self.requires, latest="min(by, maturity)" if repaid else "") | sum_rows(
            self.status, self.amount
        )
        if "qualified" in self.model_fields_set:
            rows[QUALIFIED] = RowFormula("qualified", posted=True)
        return rows | self._repaid() if repaid else rows

    def _repaid(self) -> dict[str, RowFormula]:
        """The debt until a round converts it or it is paid back, as the rows of a loan."""
        return {
            "brought_forward": RowFormula(
                "prev(balance) if t > 0 else (amount if due < 0 and maturity >= 0 else 0)", posted=True
            ),
            "converts": RowFormula("brought_forward + cash if converted else 0", posted=True),
            "principal": RowFormula("brought_forward + cash - converts if t == floor(maturity) else 0", posted=True),
            "interest": RowFormula("accrued_so_far if principal > 0 else 0", posted=True),
            "fees": RowFormula("0", posted=True),
            "payment": RowFormula("principal + interest", posted=True),
            "service": RowFormula("-payment", posted=True),
            "balance": RowFormula("brought_forward + cash - converts - principal", posted=True),
        }

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        yield from super().checks(around)
        yield from one_rate(self, ("amount", "qualified"), around)
        if self.rate.entries[0].amount.period != "year":
            text = 'Interest is written by the year, as in the contract of the note: "6%/year".'
            yield Mistake(("rate",), "rate-not-yearly", text)
        if self.at_maturity == "repaid":
            yield from self._ended_before_start(around)
            if self.maturity is None:
                text = "maturity is missing: the day on which the note is paid back."
                yield Mistake((), "missing-field", text, "key")
        if self.maturity is not None and "at_maturity" not in self.model_fields_set:
            text = (
                'at_maturity is missing beside maturity: "repaid" if it is then paid back, "stays" if it is left '
                "to run."
            )
            yield Mistake((), "missing-field", text, "key")
        if self.maturity is not None and exact(self.maturity) < exact(self.date) < NEVER:
            yield Mistake(("maturity",), "dates-reversed", "maturity is before the note's date.")

    def _ended_before_start(self, around: "Surroundings") -> "Iterator[Mistake]":
        """A note that was paid back before the first month is no part of the model."""
        if self.maturity is None or not around.readable:
            return
        if exact(self.date) <= exact(self.maturity) < around.start:
            text = (
                f"The note was paid back on {day_text(self.maturity.day)}, before the first month, so "
                'nothing of it is left. Take it out, or write at_maturity = "stays" if it is still owed.'
            )
            yield Mistake(("maturity",), "ended-before-start", text)

    def lent(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow] | None:
        """Its repayment alone; its money is that of an instrument of the cap table."""
        del start
        if self.maturity is None or "payment" not in rows:
            return []
        return [LoanFlow(self.maturity.number, paid) for paid in rows["payment"] if paid]
