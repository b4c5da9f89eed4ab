"""Money that buys no shares and is not paid back."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.funding.closing import LumpSum, closing_rows, sum_rows
from runway.language.fields import Date, FixedMoney, FormulaText, LastDate, Months

if TYPE_CHECKING:
    from runway.lines.line import RowFormula


class Grant(LumpSum):
    """A grant, on a day or on the first later day its condition holds.

    ```toml
    [funding.innovation_grant]
    kind = "grant"
    amount = "150k"
    date = "2026-06-30"
    ```
    """

    absent: ClassVar = {"slip": 0.0}
    unsupported: ClassVar = {"earned_over": "Grants that are earned over time"}
    income: ClassVar = True
    kind: Literal["grant"]
    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    amount: FixedMoney = Field(description="the money")
    date: Date = Field(description="the earliest day of the money")
    slip: Months | None = Field(None, description="how long after its date it closes, if that is not certain")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the grant lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    taxable: bool = Field(True, strict=True, description="whether it is taxed as income")

    @property
    def taxed(self) -> bool:
        return self.taxable

    def rows(self) -> "dict[str, RowFormula]":
        """The grant's rows."""
        return closing_rows("", self.requires, self.slip) | sum_rows(self.status, self.amount)
