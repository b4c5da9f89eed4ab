"""What a loan and a credit line share: the rate of interest, the days it is reckoned by, and covenants."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from runway.language.dimension import Dimension
from runway.language.figure import Figure
from runway.language.tree import Compare, Every, Look, Name, walk
from runway.lines.line import Component, FormulaText

Interest = Annotated[Figure, Dimension("rate", low=0, high=100, example='"11%/year"')]
Fee = Annotated[Figure, Dimension("fee", low=0, schedule=False)]

DAYS_OF_A_YEAR = {"act/365": 365, "act/360": 360}


def nominal(rate: Figure) -> Figure:
    """A rate that is divided, not compounded, when it is converted to a month."""
    return rate._replace(dimension="nominal_rate")


class Requirement(FormulaText):
    """A comparison, or a chain of them: a condition whose distance from failing is told in one unit."""

    __slots__ = ()

    @classmethod
    def _validate(cls, raw: Any) -> Requirement:
        read = super()._validate(raw)
        assert isinstance(read, cls)
        comparisons = read.tree.terms if isinstance(read.tree, Every) else (read.tree,)
        if not all(isinstance(term, Compare) and term.operator not in ("==", "!=") for term in comparisons):
            text = 'FIELD must compare two sides by >=, <=, > or <, such as "cash >= 20000000".'
            raise PydanticCustomError("covenant-without-comparison", "{text}", {"text": text})
        if any(first.right != second.left for first, second in pairwise(comparisons)):  # type: ignore[attr-defined]  # each compares
            text = "FIELD is one comparison, for its headroom has one unit. Write a covenant for each side of the and."
            raise PydanticCustomError("covenants-joined", "{text}", {"text": text})
        if not any(isinstance(node, Name | Look) for term in comparisons for node in walk(term)):
            text = 'FIELD compares figures that never change. Name what must hold, such as "cash >= 20000000".'
            raise PydanticCustomError("covenant-without-comparison", "{text}", {"text": text})
        return read


class Covenant(Component):
    """A promise to the lender, tested at the end of every month in which something is owed or may be drawn."""

    name: str = Field(description="the covenant's name in addresses")
    require: Requirement = Field(description="what must hold at month end")


class Borrowing(Component):
    """The fields of every kind of debt."""

    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    rate_basis: Literal["nominal", "effective"] = Field(
        "nominal", description="whether a yearly rate is divided by twelve or compounds to its figure over the year"
    )
    rate: Interest = Field(description="the rate of interest")
    day_count: Literal["30/360", "act/365", "act/360"] = Field(
        "30/360", description="how interest counts time: a twelfth of a year each month, or the days that pass"
    )
    covenants: tuple[Covenant, ...] = Field((), description="what the lender is promised")

    @field_validator("rate", mode="after")
    @classmethod
    def _by_its_basis(cls, rate: Figure, info: ValidationInfo) -> Figure:
        return nominal(rate) if info.data.get("rate_basis") == "nominal" else rate

    def interest_on(self, balance: str, days: str, rate: str = "rate") -> str:
        """The formula of a month's interest on a balance, over so many days where days count."""
        year = DAYS_OF_A_YEAR.get(self.day_count)
        if year is None:
            return f"{balance} * {rate}"
        if self.rate_basis == "nominal":
            return f"{balance} * 12 * {rate} * ({days}) / {year}"
        return f"{balance} * ((1 + {rate}) ** (12 * ({days}) / {year}) - 1)"
