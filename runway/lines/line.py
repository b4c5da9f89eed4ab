"""What every line of an assumption file shares: typed fields, and rows written in the formula language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError, core_schema

from runway.language.dimension import Dimension
from runway.language.figure import Figure
from runway.language.formula import parse
from runway.language.tree import FormulaError, Node

MAIN_NAMES = {"revenue": "revenue", "costs": "cost", "capital": "spend", "passthrough": "flow", "drivers": "value"}
"""The address of a line's main row, by section: `payroll.cost`, `stargate.spend`."""

Money = Annotated[Figure, Dimension("money", low=0)]
SignedMoney = Annotated[Figure, Dimension("money")]
FixedMoney = Annotated[Figure, Dimension("money", low=0, schedule=False)]
MoneyFlow = Annotated[Figure, Dimension("flow", low=0)]
Count = Annotated[Figure, Dimension("count", low=0)]
FixedCount = Annotated[Figure, Dimension("count", low=0, schedule=False)]
CountFlow = Annotated[Figure, Dimension("count_flow", low=0)]
Rate = Annotated[Figure, Dimension("rate", low=-0.99, high=100)]
Loss = Annotated[Figure, Dimension("loss", low=0, high=1)]
Share = Annotated[Figure, Dimension("share", low=0, high=1)]
FixedShare = Annotated[Figure, Dimension("share", low=0, high=1, schedule=False)]
Factor = Annotated[Figure, Dimension("share", low=0, high=100)]
Multiplier = Annotated[Figure, Dimension("share", low=0, high=100, schedule=False)]
Date = Annotated[Figure, Dimension("date", schedule=False)]
LastDate = Annotated[Figure, Dimension("date_end", schedule=False)]
Days = Annotated[Figure, Dimension("days", low=0, schedule=False)]
Months = Annotated[Figure, Dimension("months", low=0, schedule=False)]
SomeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False)]
WholeMonths = Annotated[Figure, Dimension("months", low=0, schedule=False, whole=True)]
SomeWholeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False, whole=True)]
Free = Annotated[Figure, Dimension("free")]
Switch = Annotated[Figure, Dimension("switch", low=0, high=1, schedule=False)]


class RowFormula(NamedTuple):
    """A row of a line: its formula, its opening, and whether it is money, which is posted to the minor unit."""

    formula: str | Node
    opening: str | Node = "0"
    posted: bool = False


Rows = Mapping[str, RowFormula]


class FormulaText:
    """A formula of the file, parsed."""

    __slots__ = ("text", "tree")

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = parse(text)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(cls._validate)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "a formula"}

    @classmethod
    def _validate(cls, raw: Any) -> FormulaText:
        if isinstance(raw, bool) or (not isinstance(raw, str | int | float) and type(raw).__name__ != "Decimal"):
            raise PydanticCustomError("wrong-type", "{text}", {"text": 'FIELD is a formula: text such as "rate * 2".'})
        try:
            return cls(str(raw))
        except FormulaError as error:
            span = (error.start, error.end)
            raise PydanticCustomError(error.name, "{text}", {"text": error.text, "span": span}) from None


class Component(BaseModel):
    """A table of the assumption file."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, arbitrary_types_allowed=True)

    title: str | None = Field(None, description="the name shown in tables")
    note: str | None = Field(None, description="a remark")


class Line(Component):
    """One line of a section.  Its typed fields are its parameters; `formulas` are its rows, `main` the reported one."""

    sections: ClassVar[tuple[str, ...]] = ("revenue", "costs", "capital", "passthrough")
    formulas: ClassVar[Mapping[str, str | tuple[str, str] | RowFormula]] = {}
    dated: ClassVar[str | None] = None
    """The field that holds the day on which its money moves; None if it moves evenly over the month."""

    def rows(self) -> dict[str, RowFormula]:
        """The line's own rows, `main` among them, in the order they are explained in."""
        return {name: RowFormula(f) if isinstance(f, str) else RowFormula(*f) for name, f in self.formulas.items()}


class SectionFields(BaseModel):
    """Fields that a section adds to every kind in it; read apart from the kind's own."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class RevenueFields(SectionFields):
    """Fields that a line of revenue has beside its kind's."""

    collected_after: Days | None = Field(None, description="the days from a sale to its money")
    opening_receivable: SignedMoney | None = Field(
        None, description="what customers owe at the end of the month before the start"
    )
    recurring: bool | None = Field(None, strict=True, description="whether it counts in recurring revenue (ARR)")


class CostFields(SectionFields):
    """Fields that a line of costs has beside its kind's."""

    paid_after: Days | None = Field(None, description="the days from a cost to its payment")
    opening_payable: SignedMoney | None = Field(
        None, description="what suppliers are owed at the end of the month before the start"
    )
    non_cash: bool = Field(
        False, strict=True, description="true for stock pay or credits: a cost that no money leaves for"
    )


class CapitalFields(SectionFields):
    """Fields that a line of capital has beside its kind's."""

    paid_after: Days | None = Field(None, description="the days from a purchase to its payment")
    opening_payable: SignedMoney | None = Field(
        None, description="what suppliers are owed at the end of the month before the start"
    )
    written_off_over: SomeMonths | None = Field(
        None, description="the time over which it is written off (depreciation)"
    )


SECTION_FIELDS: dict[str, type[SectionFields] | None] = {
    "revenue": RevenueFields,
    "costs": CostFields,
    "capital": CapitalFields,
    "passthrough": None,
    "drivers": None,
}
