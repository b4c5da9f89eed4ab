"""The types of the fields of an assumption file: figures by their dimension, and formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import core_schema

from runway.language.dimension import Dimension, field_error, figure_error
from runway.language.figure import IN_DELAYS, IN_MONTHS, Figure, FigureChange, FigureError
from runway.language.formula import parse
from runway.language.named_tuple import NamedTuple
from runway.language.tree import FormulaError
from runway.months import NEVER, month_number, parse_date

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

K = TypeVar("K", bound=str | int)

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
A_DAY, A_LAST_DAY = (Dimension(name, high=NEVER - 1, schedule=False) for name in ("date", "date_end"))
Day = Annotated[Figure, A_DAY]
"""A date that is not never."""
LastDay = Annotated[Figure, A_LAST_DAY]
Months = Annotated[Figure, Dimension("months", low=0, schedule=False)]
SomeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False)]
WholeMonths = Annotated[Figure, Dimension("months", low=0, schedule=False, whole=True)]
SomeWholeMonths = Annotated[Figure, Dimension("months", low=1e-6, schedule=False, whole=True)]
Free = Annotated[Figure, Dimension("free")]
EXCHANGE_RATE = Dimension("count", low=1e-9)
ExchangeRate = Annotated[Figure, EXCHANGE_RATE]
Switch = Annotated[Figure, Dimension("switch", low=0, high=1, schedule=False)]


class WholeDelay(NamedTuple):
    """A whole number of days or calendar months; below 0 where money moves ahead."""

    number: int
    months: bool

    @property
    def days(self) -> float:
        """The delay in days, a month as the average one."""
        return self.number * 365 / 12 if self.months else self.number

    @classmethod
    def read(cls, text: str) -> WholeDelay | None:
        """The delay of a text such as "30 days" or "1 month"; None for any other text."""
        written = re.fullmatch(_DELAY, text.strip())
        if written is None:
            return None
        unit, length = IN_DELAYS[written[2]]
        return cls(int(written[1].replace("−", "-")) * int(length), unit == "month")


_DELAY = rf"([-−]?[0-9]{{1,4}}) ({'|'.join(IN_MONTHS)})s?"
LONGEST_PART, LONGEST_LEAD = 1200, 24  # months


def _in_parts(raw: Any) -> bool:
    """Whether a raw value is a table of delays and shares, and not one figure as a table."""
    return isinstance(raw, dict) and any(key.lstrip("-−")[:1].isdigit() and month_number(key) is None for key in raw)


def _of_parts(raw: Any) -> bool:
    """Whether a raw value is such a table, or the delay of one part that moves ahead."""
    return _in_parts(raw) or (isinstance(raw, str) and raw.lstrip()[:1] in ("-", "−"))


def _misses_its_delays(raw: Any) -> bool:
    """Whether a raw value has parts without their delays: a list, or an empty table."""
    return raw == {} or (isinstance(raw, list) and not any(isinstance(part, dict) and "value" in part for part in raw))


class AllAhead(dict[str, Figure]):
    """The parts of money that all moves ahead: one delay with 100 %, which the file writes as the delay alone."""


class _Delays(Dimension):
    """How much later money moves: one delay, or a table of delays and the share that moves after each."""

    __slots__ = ()

    @property
    def in_parts(self) -> bool:
        return True

    @property
    def description(self) -> str:
        return "a length of time, or shares by lengths of time"

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        figure = super().__get_pydantic_json_schema__(schema, handler)
        shares = {"type": "object", "additionalProperties": {"x-figure": "a share"}}
        return {"anyOf": [figure, shares]}

    def _validate(self, raw: Any, info: core_schema.ValidationInfo[Any]) -> Any:
        if isinstance(raw, FigureChange) and _of_parts(raw.raw) and str(raw.change)[:1] in "+-−":
            text = 'FIELD is in parts. Write the share of one, or one delay for all: "45 days", ahead "=-2 months".'
            raise field_error("wrong-dimension", text)
        if isinstance(raw, str) and (delay := WholeDelay.read(raw)) is not None and delay.number < 0:
            return AllAhead(self._parts({raw.strip(): "100%"}, info))
        if _misses_its_delays(raw):
            text = 'FIELD is one delay, such as "30 days", or a table of delays and the share that moves after each: '
            raise field_error("wrong-type", text + '{ "0 days" = "30%", "60 days" = "70%" }.')
        if not _in_parts(raw):
            return super()._validate(raw.change if isinstance(raw, FigureChange) and _of_parts(raw.raw) else raw, info)
        return self._parts(raw, info)

    @staticmethod
    def _parts(raw: dict[str, Any], info: core_schema.ValidationInfo[Any]) -> dict[str, Figure]:
        for key in raw:
            delay = WholeDelay.read(key)
            if delay is not None and delay.number < 0 and (not delay.months or delay.number < -LONGEST_LEAD):
                text = f'FIELD is ahead by whole months, up to {LONGEST_LEAD}: "-1 month".'
                raise field_error("value-out-of-range", text, (key,), at="key")
            if delay is None or delay.days > LONGEST_PART * 365 / 12:
                text = (
                    f'"{key[:40]}" is not whole days or months. Parts are {{ "30 days" = "90%", "12 months" = "10%" }}.'
                )
                raise field_error("wrong-type", text, (key,), at="key")
        shares = figures_by(raw.items(), Dimension("share", low=0, high=1, schedule=False), info.context or {})
        whole = 100 * sum(figure.number for figure in shares.values())
        if abs(whole - 100) > 1e-7:
            several = f"The parts of FIELD ({', '.join(shares)}) make" if len(shares) > 1 else "The part of FIELD makes"
            text = f"{several} {whole:.10g} %. They must make 100 %."
            raise field_error("parts-do-not-add-up", text)
        return shares


Delays = Annotated[Figure | dict[str, Figure], _Delays("delay", low=0, schedule=False)]


def whole_number(raw: Any) -> Any:
    """Digits, of the command line or of a month such as "07", as a number."""
    return int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdigit() else raw


MONTH_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 12}, {"pattern": "^(0?[1-9]|1[0-2])$"}]}
MonthOfYear = Annotated[
    int, Field(strict=True, ge=1, le=12), BeforeValidator(whole_number), WithJsonSchema(MONTH_SCHEMA)
]
"""A month of any year, written 7 or "07"."""


class OfFigures:
    """The base of types that hold several figures; pydantic reads them with `read`, as a type or an annotation."""

    __slots__ = ()
    figures = True  # the values below the key are figures
    read: ClassVar[Callable[..., Any]]  # of the raw value and pydantic's validation info

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(cls.read)


class ByDate(NamedTuple):
    """A table of figures by their days; an annotation that pydantic reads with."""

    entry: str  # an entry with its article: "a hire"
    figure: str  # its figure: "people"
    example: str
    dimension: Dimension
    figures: bool = True  # the values below the key are figures

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"x-figure": self.figure}}

    def read(self, raw: Any, info: core_schema.ValidationInfo[Any]) -> dict[str, Figure]:
        if not isinstance(raw, dict):
            text = f"FIELD is a table of dates and {self.figure}: {{ {self.example} }}."
            raise field_error("wrong-type", text)
        for day in raw:
            if parse_date(day) is None:
                from runway.language.misreadings import days_written

                dates = days_written(day, '"2026-03-16" or "2026-03"')
                text = f"{self.entry.capitalize()} is dated by a day or a month: {dates}."
                raise field_error("not-a-date", text, (day,), at="key")
        return figures_by(sorted(raw.items()), self.dimension, info.context or {})


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
        if isinstance(raw, bool) or (not isinstance(raw, (str, int, float)) and type(raw).__name__ != "Decimal"):
            raise field_error("wrong-type", 'FIELD is a formula: text such as "rate * 2".')
        try:
            return cls(str(raw))
        except FormulaError as error:
            span = (error.start, error.end)
            raise field_error(error.name, error.text, span=span) from None


def figures_by(raw: Iterable[tuple[K, Any]], dimension: Dimension, context: dict[str, Any]) -> dict[K, Figure]:
    """Figures of one dimension by their keys, dates or places in a list; an error names the key of its figure."""
    figures: dict[K, Figure] = {}
    for key, written in raw:
        try:
            figures[key] = dimension.read(written, context)
        except FigureError as error:
            raise figure_error(error.below(key)) from None
    return figures
