"""A revolving line of credit: drawn to hold a floor of cash, repaid from the cash above it."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from runway.funding.borrowing import Borrowing, nominal
from runway.funding.closing import delayed, switches
from runway.funding.funding import LoanFlow
from runway.language.dimension import Dimension
from runway.language.fields import Date, FixedMoney, LastDate, Money
from runway.language.figure import Figure
from runway.lines.line import Mistake, RowFormula
from runway.months import NEVER, absolute_month, last_day, position

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from runway.lines.line import Surroundings

CommitmentFee = Annotated[Figure, Dimension("rate", low=0, high=1, example='"0.5%/year"'), AfterValidator(nominal)]


class CreditLine(Borrowing):
    """A line of credit that keeps cash at a floor for as long as its limit allows.

    ```toml
    [funding.revolver]
    kind = "credit_line"
    limit = "2M"
    rate = "8%/year"
    commitment_fee = "0.5%/year"
    by = "2028-06-30"
    ```

    On the last day of each month it draws what unrestricted cash then lacks, or is repaid from what is above the floor.
    Several lines draw and repay one after the other, in the order of their names.  On the days between, what is not
    drawn covers a dip below the floor: such a day does not count as out of cash as far as the line could lend, and
    bears no interest.  Interest is on what was owed when the month began, the commitment fee on what was then not
    drawn; both are paid on the last day.  It may be drawn in the months that begin on or after `date` and end before
    `by`, and all that is owed is due at the end of the month of `by`.  `drawn` is what is owed.  In closed months that
    is `NAME.balance` in a file of figures, or, beside the bank's cash alone, what it was at the start.
    """

    off: ClassVar = {"date": NEVER, "limit": 0.0, "opening_balance": 0.0}
    most: ClassVar = "limit"
    carried: ClassVar = ("limit", "opening_balance")
    revolving: ClassVar = True
    without: ClassVar = {"date": "before the model", "floor": "minimum_cash"}
    kind: Literal["credit_line"]
    limit: Money = Field(description="the most that may be owed")
    commitment_fee: CommitmentFee = Field(
        "0%/year", validate_default=True, description="paid on what is not drawn, a nominal rate"
    )
    opening_balance: FixedMoney | None = Field(
        None, description="what is owed at the end of the month before the start; needed of a line that is older"
    )
    date: Date | None = Field(None, description="the first day; a line without it is open before the first month")
    by: LastDate = Field("never", validate_default=True, description="the last day, on which all that is owed is due")
    floor: Money | None = Field(None, description="the cash that it holds; the model's minimum cash if left out")

    def rows(self) -> dict[str, RowFormula]:
        """The line's rows; `free_cash`, the cash without it, is a row of the statement."""
        promised = "1" if self.status == "committed" else "0"
        opens = "-1" if self.date is None else delayed("date", ("date",), "levers.delay")
        before = "opening_balance" if self.opening_balance is not None else "0"
        if self.date is not None and self.opening_balance is not None:
            before = "(opening_balance if opens < 0 else 0)"
        offered = " * (date != 'never')" if self.date is not None else ""
        open_limit = f"limit * {switches(self.status)} if may_draw else 0"
        return {
            "target_cash": RowFormula("floor" if self.floor is not None else "minimum_cash", posted=True),
            "opens": RowFormula(opens),
            "may_draw": RowFormula("opens <= t and by >= t + 1"),
            "brought_forward": RowFormula(f"prev(balance) if t > 0 else {before}", posted=True),
            "undrawn": RowFormula(f"max(0, ({open_limit}) - brought_forward)", posted=True),
            "interest": RowFormula(self.interest_on("brought_forward", "days"), posted=True),
            "fees": RowFormula("undrawn * commitment_fee", posted=True),
            "service": RowFormula("-(interest + fees)", posted=True),
            "matured": RowFormula("brought_forward - min(brought_forward, limit if by >= t + 1 else 0)", posted=True),
            "draw": RowFormula("min(undrawn, max(0, target_cash - free_cash))", posted=True),
            "repayment": RowFormula(
                "matured + min(brought_forward - matured, max(0, free_cash - target_cash))", posted=True
            ),
            "cash": RowFormula("draw - repayment", posted=True),
            "balance": RowFormula("brought_forward + draw - repayment", posted=True),
            "headline": RowFormula("limit", posted=True),
            "committed": RowFormula(f"{promised} * limit * (by >= t + 1){offered}", posted=True),
            "available": RowFormula(f"{promised} * limit * may_draw", posted=True),
            "drawn": RowFormula(f"{promised} * balance", posted=True),
        }

    def covered(self) -> str:
        return "may_draw or balance > 0"

    def owed(self, rows: "Mapping[str, Sequence[float]]", on: "datetime.date", start: int) -> float:
        """The balance at the end of the month; before its last day the balance at its beginning."""
        t = absolute_month(on) - start
        if t < 0:
            return rows["brought_forward"][0]
        return rows["balance"][t] if on == last_day(start + t) else rows["brought_forward"][t]

    def lent(self, rows: "Mapping[str, Sequence[float]]", start: int) -> list[LoanFlow] | None:
        """Its drawings and repayments, with interest and fees, on the last day of each month."""
        if rows["brought_forward"][0]:
            return None
        flows = []
        for t, lent in enumerate(rows["draw"]):
            paid = (-lent, rows["repayment"][t], -rows["service"][t])
            flows += [LoanFlow(position(last_day(start + t), 0), money) for money in paid if money]
        return flows

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        yield from super().checks(around)
        first, last = self.first_position(), self.by.number
        if around.readable and last < around.start and first < around.start:
            text = "The last day of the line is before the first month, so nothing of it is left. Take the line out."
            yield Mistake(("by",), "ended-before-start", text)
        if -NEVER < first < NEVER and last < first:
            text = "The last day of the line is before its first, so nothing could ever be drawn."
            yield Mistake(("by",), "dates-reversed", text)
