"""The tables of a file that are neither lines nor funding: the model, events, tax, sources, scenarios, levers."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from runway.language.dimension import Dimension
from runway.language.fields import (
    Date,
    ExchangeRate,
    FixedCount,
    FixedCountFlow,
    FixedMoney,
    FixedShare,
    LastDate,
    Loss,
    MonthOfYear,
    Months,
    Multiplier,
    OpeningMoney,
    Rate,
    Share,
    SomeWholeMonths,
    Switch,
    WholeMonths,
)
from runway.language.figure import Figure
from runway.lines.line import Component, FileTable, Mistake
from runway.model.notations import Code, Month, Span
from runway.months import NEVER
from runway.words import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.lines.line import Surroundings

STATED = Annotated[Figure, Dimension("free", schedule=False)]
FLOOR = Annotated[Figure, Dimension("money", schedule=False, opening=True)]

RungKey = Literal["cash_in_hand", "certain", "conditional", "planned"]
SPELLINGS = [*get_args(RungKey), "cash in hand", "cash-in-hand"]
WRITTEN_RUNG = Annotated[
    RungKey,
    BeforeValidator(lambda raw: key_of(raw) if isinstance(raw, str) else raw),
    WithJsonSchema({"type": "string", "enum": SPELLINGS}),
]

MINOR_DIGITS = {  # ISO 4217; two where a currency is not listed
    **dict.fromkeys(("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF").split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
}


class Settings(Component):
    """`[model]`: the company, its currency, its months and its opening cash.

    ```toml
    [model]
    name = "Acorn"
    currency = "EUR"
    start = "2026-01"
    months = 36
    opening_cash = "900k"
    minimum_cash = "50k"
    interest = "2%/year"
    ```

    Above it may stand `extends`, the name of another file or of a bundled model: what this file says is laid over that.
    """

    without: ClassVar = {
        "as_of": "the last close, else the day before the start",
        "counting": "certain",
        "unit": "by the size",
    }

    name: str = Field(min_length=1, description="the name of the model", examples=['"Acorn"'])
    currency: Annotated[str, Code()] = Field("USD", description="the currency of all figures without a mark")
    start: Annotated[int, Month()] = Field(description="the first projected month", examples=['"2025-04"'])
    months: Annotated[int, Span()] = Field(
        ge=1, le=600, strict=True, description="how many months are projected", examples=["36"]
    )
    opening_cash: OpeningMoney = Field(description="the cash at the end of the month before the start")
    minimum_cash: FLOOR = Field(0, validate_default=True, description="the floor that runway is measured against")
    interest: Rate = Field("0%/year", validate_default=True, description="what opening cash earns per period")
    months_to_close: Months = Field("6 months", validate_default=True, description="how long raising a round takes")
    burn_window: Annotated[int, Span()] = Field(
        3, ge=1, le=60, strict=True, description="the months that average burn is taken over"
    )
    raise_for: Annotated[int, Span()] = Field(
        18, ge=1, le=120, strict=True, description="the months past its last day that new money carries the cash"
    )
    as_of: LastDate | None = Field(
        None,
        description="the day as of which the file is read, and from whose end what is left is counted; books end by"
        " then, figures of a later day are refused or taken at an earlier value, what is dated up to it has happened",
    )
    fiscal_year_end: MonthOfYear = Field(
        12, description="the month in which the financial year ends, by which it is named: quarters, tax, yearly steps"
    )
    counting: WRITTEN_RUNG | None = Field(
        None, description="the rung of the ladder that is counted where a command is not told another"
    )
    unit: Literal["full", "thousands", "millions", "billions"] | None = Field(
        None, description="the unit of money in tables"
    )
    safes: Literal["equity", "liability"] = Field(
        "equity", description="where the balance sheet has SAFEs until they convert"
    )


SHORTEST_MONTH = 28  # days


class ExchangeRates(FileTable):
    """`[fx]`: the currencies that figures may be written in, beside the model's own.

    ```toml
    [fx]
    GBP = 1.17
    CHF = { "2026-01" = 1.05, "2027-01" = 1.02 }
    ```

    A flow is converted at the rate of its month, what is collected or paid later at that of the day; the difference is
    the row `LINE.fx`.  A closing keeps the rate of its day.
    """

    further: ClassVar = ("CODE", "what one unit of that currency is worth in the model's own", "a number above 0")
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ExchangeRate]


class Correlations(FileTable):
    """`[correlations]`: which uncertain figures go together, as pairs of addresses, each with its correlation.

    ```toml
    [correlations]
    "subscriptions.churn" = { "subscriptions.price" = -0.4 }
    ```

    A correlation is that of the normal scores of two figures (a Gaussian copula), -1 to 1; pairs that are not named are
    independent.
    """

    further: ClassVar = ('"ADDRESS"', "the figures that go with it, each with its correlation", "-1 to 1 by address")
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, Annotated[float, Field(ge=-1, le=1)]]]


class Source(Component):
    """`[sources.ID]`: where figures come from; a figure names it as its `source`.

    ```toml
    [sources.bank]
    title = "Bank statement"
    as_of = "2025-12-31"
    ```
    """

    title: str = Field(description="what it is")
    publisher: str | None = Field(None, description="who says so")
    url: str | None = Field(None, description="where it can be read")
    as_of: Any = Field(None, description="the date it speaks of; as of a day before it its figures are not known")


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
    absent: ClassVar = {"probability": 1.0, "takes": 0.0, "raises_churn": 0.0}

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
        again = "every" if self.every is not None else "rate"
        if getattr(self, again) is not None and (self.days is None or not 0 < self.days.number <= SHORTEST_MONTH):
            text = (
                f"An event that happens again needs its days, 1 to {SHORTEST_MONTH}, so that one ends before the next."
            )
            yield Mistake((again,), "missing-field" if self.days is None else "value-out-of-range", text, "key")
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
    """How often something happens in a month by its rate; None of a rate by the day or week."""
    months = {"month": 1, "quarter": 3, "year": 12}.get(rate.entries[0].amount.period or "")
    return None if months is None else rate.number / months


class ExitOffer(Component):
    """An offer for the company, or any sale of it worth comparing with holding on; `kind` may be left out.

    ```toml
    [exits.trade_sale]
    value = "25M"
    date = "2026-09-30"
    ```
    """

    sections: ClassVar = ("exits",)
    borrows: ClassVar = False
    off: ClassVar = {"date": NEVER}
    owns: ClassVar = frozenset({"value", "date"})
    unsupported: ClassVar = {
        "earn_out": "prices that depend on later results",
        "escrow": "parts of the price that are held back",
        "stock": "prices paid in the buyer's shares",
    }
    kind: Literal["sale"] = "sale"

    value: FixedMoney = Field(description="what is paid for the company, in the model's own currency")
    date: LastDate | None = Field(None, description="the day of the sale; the model's last if left out")

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        code = self.value.entries[0].amount.currency
        if code is not None and code in around.fx:
            yield Mistake(
                ("value",), "wrong-currency", f"value is written in the model's own currency, {around.currency}."
            )


class Tax(Component):
    """`[tax]`: tax on profit, losses carried forward.

    ```toml
    [tax]
    rate = "25%"
    opening_losses = "300k"
    paid = "yearly"
    paid_after = "9 months"
    ```

    Years and quarters are those of the financial year, `model.fiscal_year_end`.
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


class Check(Component):
    """`[[checks]]`: a statement that the model must satisfy.

    ```toml
    [[checks]]
    expect = "net_loss over 2026-01..2026-12"
    value  = "5B"
    within = "0.8B"
    source = "press"

    [[checks]]
    require = "runway.certain >= 12 months"

    [[checks]]
    preset = "going_concern"
    issued = "2026-03-31"
    ```
    """

    name: str | None = Field(None, description="what tells checks apart where one file extends another")
    expect: str | None = Field(None, description="the quantity to compare, and in which months")
    value: STATED | None = Field(None, description="what it is expected to be")
    within: STATED | None = Field(None, description="how far it may be from that, as an amount or a share")
    require: str | None = Field(None, description="a comparison that must hold")
    preset: Literal["going_concern"] | None = Field(None, description="a check that is known by name")
    issued: Date | None = Field(None, description="the day on which the accounts are issued")
    counting: WRITTEN_RUNG = Field("planned", description="the rung of the ladder whose funding is counted in the rows")
    source: str | None = Field(None, description="where the statement comes from")


class Scenario(Component):
    """`[scenarios.NAME]`: figures that differ from the file's.

    ```toml
    [scenarios.slow]
    title = "Half the growth"
    set = { "subscriptions.acquisition" = "2.5%/month", "licence.date" = "never" }
    ```
    """

    set: dict[str, Any] = Field({}, description="the changed figures, by address")


class Levers(Component):
    """`[levers]`: multipliers over whole sections, neutral unless they are set.

    ```toml
    [levers]
    burn = 1.1
    delay = "2 months"
    ```
    """

    burn: Multiplier = Field(1, validate_default=True, description="multiplies operating and capital payments")
    revenue: Multiplier = Field(1, validate_default=True, description="multiplies revenue")
    funding: Multiplier = Field(1, validate_default=True, description="multiplies what is still to be received")
    delay: Months = Field("0 months", validate_default=True, description="how long every open closing slips")
    conditional: Switch = Field(True, validate_default=True, description="whether open conditions may still be met")
    planned: Switch = Field(True, validate_default=True, description="whether planned funding is counted")
