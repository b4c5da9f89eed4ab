"""`[captable]`: who owns the company at the start, in which classes, and what is granted later."""

from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from runway.funding.stock import Stock
from runway.language.dimension import Dimension
from runway.language.fields import Date, Day, FixedCount, FixedMoney, FixedShare
from runway.language.figure import Figure
from runway.lines.line import Component

Shares = Annotated[Figure, Dimension("free", low=0, schedule=False, example="1_000_000")]
"""A number of shares, or a percentage of the fully diluted company where the numbers are not known."""


class ShareClass(Stock):
    """`[captable.classes.NAME]`: common or preferred shares, options granted, warrants.  `common` need not be listed.

    ```toml
    [captable.classes.seed]
    kind = "preferred"
    price = "$1.50"
    issued = "2024-06-30"
    ```
    """

    without: ClassVar = {"conversion_price": "its price"}
    needed: ClassVar = {
        "strike": "of options and warrants where shares are numbers",
        "price": "of preferred shares where raised is not",
        "raised": "of preferred shares where price is not",
    }
    kind: Literal["common", "preferred", "options", "warrants"] = Field(description="the kind of share")  # type: ignore[assignment]  # a table has more kinds than a round
    price: FixedMoney | None = Field(None, description="what one share was issued for")
    raised: FixedMoney | None = Field(None, description="what the whole class was issued for, where shares are unknown")
    issued: Day | None = Field(None, description="the day it was issued")
    conversion_price: FixedMoney | None = Field(None, description="the price at which it converts; its price at first")
    strike: FixedMoney | None = Field(None, description="what exercising one option or warrant costs")


class Holder(Component):
    """`[captable.holders.NAME]`: what one holder, or a group of them, holds at the start, by class.

    ```toml
    [captable.holders.ana]
    shares = { common = 4_500_000 }
    ```
    """

    without: ClassVar = {"invested": "the issue price"}
    shares: dict[str, Shares] = Field(
        description="the shares of each class, or their percentage of the company", examples=["{ common = 1_000_000 }"]
    )
    invested: FixedMoney | None = Field(None, description="what was paid for them; the issue price where left out")
    invested_on: Day | None = Field(None, description="the day it was paid")


class ShareGrant(Component):
    """`[captable.grants.NAME]`: shares or options given to somebody later, from the pool or new.

    ```toml
    [captable.grants.first_hire]
    holder = "kim"
    date = "2026-05-01"
    class = "options"
    stake = "1%"
    ```
    """

    needed: ClassVar = {"shares": "where stake is not", "stake": "where shares is not"}
    holder: str = Field(description="who gets them")
    date: Date = Field(description="the day of the grant")
    class_: str = Field(alias="class", description="their class")
    shares: FixedCount | None = Field(None, description="how many")
    stake: FixedShare | None = Field(None, description="the share of the fully diluted company after the grant")
    from_pool: bool = Field(True, strict=True, description="whether they come out of the pool or are new")


class Captable(Component):
    """Who owns the company at the end of the month before the start: holders, their classes of shares, the pool.

    ```toml
    [captable]
    pool = 500_000

    [captable.classes.seed]
    kind = "preferred"
    price = "$1.50"
    issued = "2024-06-30"

    [captable.holders.ana]
    shares = { common = 4_500_000 }

    [captable.holders.fund]
    shares = { seed = 1_000_000 }

    [captable.grants.first_hire]
    holder = "kim"
    date = "2026-05-01"
    class = "common"
    stake = "1%"
    ```

    The class `common` need not be listed.  Shares are numbers, or percentages of the company that make 100 % with the
    pool.  The shares of a round, and what SAFEs and notes turn into, come from [funding]: `runway captable` shows them.
    What falls on one day comes in this order, by name: SAFEs and notes, rounds, warrants, grants, secondary sales.
    """

    without: ClassVar = {"price_digits": "exact", "conversion_price_digits": "exact"}
    pool: Shares = Field(0, validate_default=True, description="the option pool that is reserved and not granted")
    whole_shares: bool = Field(True, strict=True, description="whether each issue is rounded down to whole shares")
    price_digits: int | None = Field(
        None, ge=0, le=12, strict=True, description="the decimals that prices are rounded to; exact without it"
    )
    price_rounding: Literal["nearest", "up", "down"] = Field("nearest", description="which way prices are rounded")
    conversion_price_digits: int | None = Field(
        None, ge=0, le=12, strict=True, description="the decimals of conversion prices that anti-dilution has lowered"
    )
    classes: dict[str, ShareClass] = Field({}, description="classes of shares, each a table [captable.classes.NAME]")
    holders: dict[str, Holder] = Field(description="who holds them, each a table [captable.holders.NAME]")
    grants: dict[str, ShareGrant] = Field({}, description="later grants, each a table [captable.grants.NAME]")

    @cached_property
    def in_shares(self) -> bool:
        """Whether it is written in numbers of shares, not in percentages."""
        return not any(figure.entries[0].amount.percent for figure in self.figures())

    def figures(self) -> list[Any]:
        """Every number of shares that it states."""
        return [self.pool, *(figure for holder in self.holders.values() for figure in holder.shares.values())]
