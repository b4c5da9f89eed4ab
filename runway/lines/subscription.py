"""Customers who pay every month until they leave."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import core_schema

from runway.language.dimension import Dimension, field_error
from runway.language.fields import (
    Count,
    CountFlow,
    FixedCount,
    Loss,
    MoneyFlow,
    OfFigures,
    OpeningMoney,
    Rate,
    figures_by,
)
from runway.language.figure import Figure
from runway.language.tree import (
    ONE,
    ZERO,
    Binary,
    Choose,
    Compare,
    Look,
    Name,
    Node,
    Number,
    Product,
    Sum,
    product,
    total,
)
from runway.lines.line import Anchor, Customers, Line, Mistake, RowFormula, Surroundings
from runway.lines.working_capital import bill_months, billed_ahead, deferred_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LIST = 120  # ages
SUBSCRIBERS, SIGNED, RECENT, CHURN = (Name(name, 0, 0) for name in ("subscribers", "signed", "recent", "churn"))


def _lag(row: str, months: int) -> Node:
    """A row of so many months ago."""
    name = Name(row, 0, 0)
    return Look("lag", name, Number(float(months)), ()) if months else name


class _Retention(OfFigures):
    """A list of the shares of a cohort that are still customers, by age in months from that of joining on."""

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "array", "minItems": 1, "items": {"x-figure": "a share"}}

    @staticmethod
    def read(raw: Any, info: core_schema.ValidationInfo[Any]) -> dict[int, Figure]:
        if not isinstance(raw, list) or not 0 < len(raw) <= LONGEST_LIST:
            text = f"FIELD is a list of 1 to {LONGEST_LIST} shares, one for each month of age: [1, 0.8, 0.7]."
            raise field_error("wrong-type", text)
        return figures_by(enumerate(raw), Dimension("share", low=0, high=1, schedule=False), info.context or {})


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

    Who stays pays `expansion` more a period, and `contraction` less; who joins pays one price.  Of customers who pay
    ahead the next bill has it.

    `retention = [1, 0.8, 0.7]` in place of churn says what share of those who join in a month are customers in that
    month, in the next, and in the one after.  After the list its last share holds: who is left stays, or is lost by a
    `churn` that is written beside it, as the opening customers are, whose age is not known.
    """

    sections: ClassVar = ("revenue",)
    off: ClassVar = {"price": 0.0, "opening_deferred": 0.0}
    absent: ClassVar = {"capacity": 1e15, "opening_deferred": 0.0, "expansion": 0.0, "contraction": 0.0}
    without: ClassVar = {
        "capacity": "no limit", "churn": "by retention, and none after its list", "retention": "by churn alone",
    }  # fmt: skip
    needed: ClassVar = {"opening_deferred": "beside billed", "churn": "where retention is not"}
    measures: ClassVar = ("subscribers", "unmet")
    recurs: ClassVar = True
    number: ClassVar = "subscribers"
    kind: Literal["subscription"]
    opening: FixedCount = Field(description="the customers at the end of the month before the start")
    acquisition: Rate = Field("0%/month", validate_default=True, description="the share of customers gained per period")
    signups: CountFlow = Field("0/month", validate_default=True, description="the new customers per period")
    churn: Loss | None = Field(None, description="the share of customers lost per period")
    retention: Annotated[dict[int, Figure], _Retention()] = Field(
        {}, description="in place of churn: the share of those who join in a month that are left, by months since"
    )
    expansion: Rate | None = Field(None, description="how much more those who stay pay per period: upgrades, seats")
    contraction: Loss | None = Field(None, description="how much less those who stay pay per period: downgrades")
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

    @property
    def _retained(self) -> str:
        """The share of customers that a month leaves, of those past the list of retention where there is one."""
        return "1" if self.churn is None else "(1 - churn)"

    @property
    def _net_expansion(self) -> str:
        """The price of those who stay over the one before, 1 + expansion - contraction; empty without both."""
        more = " + expansion" if self.expansion is not None else ""
        less = " - contraction" if self.contraction is not None else ""
        return f"(1{more}{less})" if more or less else ""

    @property
    def _paying(self) -> str:
        """The row of how many prices customers pay."""
        return "paying" if self._net_expansion else "subscribers"

    def rows(self) -> dict[str, RowFormula]:
        rows = super().rows()
        demand = rows.pop("subscribers")
        rows.pop("main")
        if self.retention:
            rows |= self._cohorts()
        elif self.capacity is None:
            rows["subscribers"] = demand
        else:
            rows["demand"] = RowFormula(demand.formula)
            rows["subscribers"] = RowFormula("min(demand, capacity)", "opening")
            rows["unmet"] = RowFormula("demand - subscribers")
        months = bill_months(self.billed)
        if "joined" not in rows and (months > 1 or self._net_expansion):
            rows["joined"] = RowFormula(self._joined)
        if self._net_expansion:
            kept = "(subscribers - joined) / prev(subscribers) if prev(subscribers) > 0 else 0"
            rows["paying"] = RowFormula(f"prev(paying) * ({kept}) * {self._net_expansion} + joined", "opening")
        if months <= 1:
            rows["main"] = RowFormula(f"{self._paying} * price")
            return rows
        rows["survival"] = RowFormula(
            " * ".join(filter(None, ("prev(survival)", self._retained, self._net_expansion))), "1"
        )
        rows["contracts"] = RowFormula(
            f"joined + (lag(contracts, {months}) * survival / lag(survival, {months}) "
            f"if t >= {months} and lag(survival, {months}) > 0 else opening / {months} * survival "
            f"if t < {months} else 0)"
        )
        price = "year_of(price) / 12" if self.price.any_by_days else "price"
        rows["billed"] = RowFormula(f"{months} * {price} * contracts", posted=True)
        unearned = f"max(0, {months - 2} - t) * max(0, {months - 1} - t) / {months * (months - 1)}"
        rows["deferred"] = RowFormula(
            f"{deferred_weights(months)} + opening_deferred * {unearned}", "opening_deferred", posted=True
        )
        rows["main"] = RowFormula("billed + prev(deferred) - deferred")
        return rows

    @property
    def _joined(self) -> str:
        """The customers who joined in the month."""
        return f"max(0, subscribers - prev(subscribers) * {self._retained})"

    def _cohorts(self) -> dict[str, RowFormula]:
        """Customers by the months since they joined: those within the list, and all others.

        What the books have of them beside the plan is among the others.
        """
        *within, last = (Name(f"retention.{age}", 0, 0) for age in self.retention)
        recent = total([Product((share, _lag("signed", age))) for age, share in enumerate(within)])
        older: Node = Binary("-", _lag("subscribers", 1), _lag("recent", 1))
        if self.churn is not None:
            older = Product((older, Binary("-", ONE, CHURN)))
        first = Name("retention.0", 0, 0)
        customers = Sum((RECENT, older, Product((last, _lag("signed", len(within))))))
        return {
            "signed": RowFormula("prev(subscribers) * acquisition + signups"),
            "recent": RowFormula(recent),
            "joined": RowFormula(Product((first, SIGNED))),
            "subscribers": RowFormula(customers, "opening"),
        }

    def churns(self) -> str | None:
        return None if self.retention else "churn"

    def customers(self) -> Customers:
        won = "joined" if "joined" in self.rows() else self._joined
        kept = "(subscribers - customers_won) / prev(subscribers) if prev(subscribers) > 0 else 0"
        contraction = "contraction" if self.contraction is not None else "0"
        kept_over = self._kept_over if self.retention else None
        return Customers("subscribers", "opening", won, self._paying, contraction, kept, kept_over)

    def _kept_over(self, months: int) -> Node:
        """The share of the customers of so many months ago who are still there: all but those who joined since."""
        joined = list[Node]()
        for months_ago in range(months):
            age, past = min(months_ago, len(self.retention) - 1), months_ago - len(self.retention) + 1
            factors: list[Node] = [Name(f"retention.{age}", 0, 0), _lag("signed", months_ago)]
            if past > 0 and self.churn is not None:
                factors.append(Binary("**", Binary("-", ONE, CHURN), Number(float(past))))
            joined.append(product(factors))
        earlier, stayed = _lag("subscribers", months), Binary("-", SUBSCRIBERS, total(joined))
        return Choose(Compare(">", earlier, ZERO), Binary("/", stayed, earlier), ZERO)

    def anchor(self) -> Anchor:
        return Anchor(self._paying, state=True, proportional=bill_months(self.billed) <= 1)

    def pace(self) -> str:
        return "main" if bill_months(self.billed) <= 1 else f"{self._paying} * price"

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        yield from billed_ahead(self.billed, self.opening_deferred, around)
        if self.churn is None and not self.retention:
            text = 'churn is missing: the share of customers lost per period. For example churn = "5%/month"; '
            text += "or retention = [1, 0.8, 0.7], by months since they joined."
            yield Mistake((), "missing-field", text, "key")
        if not self.retention:
            return
        if self.capacity is not None:
            text = "The age of those whom a capacity turns away is not modelled: keep capacity and churn, or retention."
            yield Mistake(("capacity",), "terms-contradict", text, "key")
        if bill_months(self.billed) > 1:
            text = "Who pays ahead leaves as the bill ends, by churn; retention is of those who pay by the month."
            yield Mistake(("billed",), "terms-contradict", text, "key")
        for age, share in self.retention.items():
            if age and share.number > self.retention[age - 1].number:
                text = "More are left than in the month before; who comes back is a new customer."
                yield Mistake(("retention", age), "value-out-of-range", text)
                return
