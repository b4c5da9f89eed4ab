"""Tax on profit: `[tax]`."""

from typing import ClassVar, Literal

from pydantic import Field

from runway.language.fields import FixedShare, OpeningMoney, Share, WholeMonths
from runway.lines.line import Component


class Tax(Component):
    """`[tax]`: tax on profit, losses carried forward.

    ```toml
    [tax]
    rate = "25%"
    opening_losses = "300k"
    paid = "yearly"
    paid_after = "9 months"
    ```

    Years and quarters are those of the financial year, `model.fiscal_year_end`.  Each payment before the end of the
    period that is assessed is of its profit so far: where that has fallen, what was paid too much is set off against
    later payments, and the last of the period brings back what is left of it.
    """

    off: ClassVar = {"rate": 0.0, "opening_payable": 0.0}
    absent: ClassVar = {"paid_after": 0.0, "opening_payable": 0.0}
    without: ClassVar = {"paid_after": "at once"}
    unsupported: ClassVar = {"deferred": "Deferred taxes", "deferred_tax": "Deferred taxes"}

    rate: Share = Field(description="the share of profit paid")
    opening_losses: OpeningMoney = Field(0, validate_default=True, description="losses carried into the first month")
    loss_limit: FixedShare = Field(
        "100%", validate_default=True, description="the share of a profit that losses may shelter"
    )
    assessed: Literal["monthly", "quarterly", "yearly"] = Field(
        "yearly", description="the period whose profit is taxed; its losses are carried forward at its end"
    )
    paid: Literal["monthly", "quarterly", "yearly"] = Field("quarterly", description="how often it is paid")
    paid_after: WholeMonths | None = Field(
        None, description="how long after the end of a month, quarter or year its tax is paid"
    )
    opening_payable: OpeningMoney | None = Field(
        None, description="what is owed at the end of the month before the start, paid with the first payment"
    )
