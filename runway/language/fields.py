"""The types of the fields of an assumption file: figures by what they measure, and formulas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic_core import PydanticCustomError, core_schema

from runway.language.dimension import Dimension, figure_error
from runway.language.figure import Figure, FigureError
from runway.language.formula import parse
from runway.language.tree import FormulaError

if TYPE_CHECKING:
    from collections.abc import Iterable

Key = TypeVar("Key", bound=str | int)

Money = Annotated[Figure, Dimension("money", low=0)]
FixedOpeningMoney = Annotated[Figure, Dimension("money", low=0, schedule=False, opening=True)]
OpeningMoney = Annotated[Figure, Dimension("money", schedule=False, opening=True)]
FixedMoney = Annotated[Figure, Dimension("money", low=0, schedule=False)]
MoneyFlow = Annotated[Figure, Dimension("flow", low=0)]
Count = Annotated[Figure, Dimension("count", low=0)]
FixedCount = Annotated[Figure, Dimension("count", low=0, schedule=False)]
CountFlow = Annotated[Figure, Dimension("count_flow", low=0)]
FixedCountFlow = Annotated[Figure, Dimension("count_flow", low=0, high=10_000, schedule=False, example='"2/year"')]
Rate = Annotated[Figure, Dimension("rate", low=-0.99, high=100)]
Growth = Annotated[Figure, Dimension("rate", low=-0.99, high=100, grows=True)]
Loss = Annotated[Figure, Dimension("loss", low=0, high=1)]
Share = Annotated[Figure, Dimension("share", low=0, high=1)]
FixedShare = Annotated[Figure, Dimension("share", low=0, high=1, schedule=False)]
Factor = Annotated[Figure, Dimension("share", low=0, high=100)]
Multiplier = Annotated[Figure, Dimension("share", low=0, high=100, schedule=False)]
Date = Annotated[Figure, Dimension("date", schedule=False)]
LastDate = Annotated[Figure, Dimension("date_end", schedule=False)]
Delay = Annotated[Figure, Dimension("delay", low=0, schedule=False)]
Months = Annotated[Figure, Dimension("months", low=0, schedule=False)]
SomeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False)]
WholeMonths = Annotated[Figure, Dimension("months", low=0, schedule=False, whole=True)]
SomeWholeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False, whole=True)]
Free = Annotated[Figure, Dimension("free")]
EXCHANGE_RATE = Dimension("count", low=1e-9)
ExchangeRate = Annotated[Figure, EXCHANGE_RATE]
Switch = Annotated[Figure, Dimension("switch", low=0, high=1, schedule=False)]


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


def figures_by(raw: Iterable[tuple[Key, Any]], dimension: Dimension, context: dict[str, Any]) -> dict[Key, Figure]:
    """Figures of one dimension by their keys, dates or places in a list; what is wrong with one is said at its key."""
    found: dict[Key, Figure] = {}
    for key, written in raw:
        try:
            found[key] = dimension.read(written, context)
        except FigureError as error:
            raise figure_error(FigureError(error.name, error.text, (key, *error.path), error.at)) from None
    return found
