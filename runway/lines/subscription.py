"""Customers who pay every month until they leave."""

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from runway.language.fields import Count, CountFlow, FixedCount, Loss, MoneyFlow, OpeningMoney, Rate
from runway.lines.line import Anchor, Line, Mistake, RowFormula, Surroundings
from runway.lines.working_capital import bill_months, billed_ahead, deferred_weights

if TYPE_CHECKING:
    from collections.abc import Iterator


class Subscription(Line):
    """Customers who join, pay a price every month, and leave.

    ```toml
    [revenue.chatgpt]
    kind = "subscription"
    opening = "20M"
    acquisition = "6%/month"
    churn = "2%/month"
    price = "$20/month"
    ```

    Growth comes before churn: 100 customers, 10 % joining and 5 % leaving a month are 104.5 after one.  Billed yearly,
    customers pay twelve prices on joining and on each anniversary, the opening ones evenly over twelve months, and who
    leaves keeps what is paid for; each bill is earned over its months.
    """

    sections: ClassVar = ("revenue",)
    off: ClassVar = {"price": 0.0, "opening_deferred": 0.0}
    absent: ClassVar = {"capacity": 1e15, "opening_deferred": 0.0}
    without: ClassVar = {"capacity": "no limit"}
    measures: ClassVar = ("subscribers", "unmet")
    recurs: ClassVar = True
    churns: ClassVar = "churn"
    number: ClassVar = "subscribers"
    kind: Literal["subscription"]
    opening: FixedCount = Field(description="the customers at the end of the month before the start")
    acquisition: Rate = Field("0%/month", validate_default=True, description="the share of customers gained per period")
    signups: CountFlow = Field("0/month", validate_default=True, description="the new customers per period")
    churn: Loss = Field(description="the share of customers lost per period")
    price: MoneyFlow = Field(description="what a customer pays per period")
    capacity: Count | None = Field(None, description="the most customers that can be served")
    billed: str = Field(
        "monthly", strict=True, description='how far ahead customers pay: "quarterly", "yearly", "6 months", "2 years"'
    )
    opening_deferred: OpeningMoney | None = Field(
        None, description="what is billed but not yet earned at the end of the month before the start"
    )

    formulas: ClassVar = {
        "subscribers": ("(prev(subscribers) * (1 + acquisition) + signups) * (1 - churn)", "opening"),
        "main": "subscribers * price",
    }

    def rows(self) -> dict[str, RowFormula]:
        rows = super().rows()
        demand = rows.pop("subscribers")
        main = rows.pop("main")
        if self.capacity is None:
            rows["subscribers"] = demand
        else:
            rows["demand"] = RowFormula(demand.formula)
            rows["subscribers"] = RowFormula("min(demand, capacity)", "opening")
            rows["unmet"] = RowFormula("demand - subscribers")
        months = bill_months(self.billed)
        if months <= 1:
            rows["main"] = main
            return rows
        rows["joined"] = RowFormula("max(0, subscribers - prev(subscribers) * (1 - churn))")
        rows["survival"] = RowFormula("prev(survival) * (1 - churn)", "1")
        rows["contracts"] = RowFormula(
            f"joined + (lag(contracts, {months}) * survival / lag(survival, {months}) "
            f"if t >= {months} and lag(survival, {months}) > 0 else opening / {months} * survival "
            f"if t < {months} else 0)"
        )
        price = "year_of(price) / 12" if self.price.any_by_days else "price"
        rows["billed"] = RowFormula(f"{months} * {price} * contracts", posted=True)
        left = f"max(0, {months - 2} - t) * max(0, {months - 1} - t) / {months * (months - 1)}"
        rows["deferred"] = RowFormula(
            f"{deferred_weights(months)} + opening_deferred * {left}", "opening_deferred", posted=True
        )
        rows["main"] = RowFormula("billed + prev(deferred) - deferred")
        return rows

    def anchor(self) -> Anchor:
        return Anchor("subscribers", state=True, proportional=bill_months(self.billed) <= 1)

    def pace(self) -> str:
        return "main" if bill_months(self.billed) <= 1 else "subscribers * price"

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        return billed_ahead(self.billed, self.opening_deferred, around)
