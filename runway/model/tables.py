"""The tables that every model has, written or not: its settings, scenarios and levers."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from runway.language.fields import (
    LastDay,
    MonthOfYear,
    Months,
    Multiplier,
    OpeningMoney,
    Rate,
    Switch,
)
from runway.language.measures import RUNGS, RungKey
from runway.lines.line import Component
from runway.model.notations import Code, Month, Span
from runway.words import key_of

SPELLINGS = [*RUNGS, "cash in hand", "cash-in-hand"]
WRITTEN_RUNG = Annotated[
    RungKey,
    BeforeValidator(lambda raw: key_of(raw) if isinstance(raw, str) else raw),
    WithJsonSchema({"type": "string", "enum": SPELLINGS}),
]


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
    minimum_cash: OpeningMoney = Field(
        0, validate_default=True, description="the floor that runway is measured against"
    )
    interest: Rate = Field("0%/year", validate_default=True, description="what opening cash earns per period")
    months_to_close: Months = Field("6 months", validate_default=True, description="how long raising a round takes")
    burn_window: Annotated[int, Span()] = Field(
        3, ge=1, le=60, strict=True, description="the months that average burn is taken over"
    )
    raise_for: Annotated[int, Span()] = Field(
        18, ge=1, le=120, strict=True, description="the months past its last day that new money carries the cash"
    )
    as_of: LastDay | None = Field(
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

    burn: Multiplier = Field(1, validate_default=True, description="what payments, capital included, are multiplied by")
    revenue: Multiplier = Field(1, validate_default=True, description="what revenue is multiplied by")
    funding: Multiplier = Field(1, validate_default=True, description="what funding still to come is multiplied by")
    delay: Months = Field("0 months", validate_default=True, description="how long every open closing slips")
    conditional: Switch = Field(True, validate_default=True, description="whether open conditions may still be met")
    planned: Switch = Field(True, validate_default=True, description="whether planned funding is counted")
