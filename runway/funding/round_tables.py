"""The tables of a priced round: its valuation, commitments, closings, clauses and earmarks."""

import re
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import core_schema

from runway.language.dated_values import is_by_day, known_value
from runway.language.dimension import Dimension, figure_error
from runway.language.fields import Date, FixedMoney, FixedOpeningMoney, FormulaText, LastDate, Months, OfFigures, Switch
from runway.language.figure import Figure, FigureError
from runway.language.tree import Every
from runway.lines.line import Component
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.lines.line import Surroundings

BASES = ("pre_money", "post_money")


class Valuation(OfFigures):
    """A valuation and its basis, whether it counts the new money."""

    __slots__ = ("basis", "figure")

    def __init__(self, figure: Figure, basis: str) -> None:
        self.figure, self.basis = figure, basis

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {"x-figure": "valuation"}

    @classmethod
    def read(cls, raw: Any, info: core_schema.ValidationInfo[Any]) -> "Valuation":
        context = info.context or {}
        try:
            tables = raw if is_by_day(raw) else [raw]
            in_force = known_value(raw, context).raw if is_by_day(raw) else raw
            basis = in_force.get("basis") if isinstance(in_force, dict) else None
            if basis not in BASES:
                text = 'FIELD says whether new money is in it: { value = "300B", basis = "post_money" } or "pre_money".'
                raise FigureError("valuation-without-basis", text)
            tables = [{key: table[key] for key in table if key != "basis"} for table in tables]
            figure = Dimension("money", low=0, schedule=False).read(tables if is_by_day(raw) else tables[0], context)
        except FigureError as error:
            raise figure_error(error) from None
        return cls(figure, basis)


class Commitment(Component):
    """What one investor has promised."""

    key: ClassVar = "investor"
    off: ClassVar = None  # without it the others pay other parts

    investor: str = Field(description="the investor's name in addresses")
    amount: FixedMoney = Field(description="the money promised")


class Closing(Component):
    """Money on a day, or later on the first day its condition holds, until its deadline."""

    off: ClassVar = {"date": NEVER, "amount": 0.0, "split": 0.0}
    absent: ClassVar = {"slip": 0.0}
    owns: ClassVar = frozenset({"price"})

    without: ClassVar = {"split": "by commitment", "price": "the round's", "valuation": "the round's"}
    name: str = Field(description="the closing's name in addresses")
    date: Date = Field(description="the earliest day of the money")
    slip: Months | None = Field(None, description="how long after its date it closes, if that is not certain")
    amount: FixedMoney = Field(description="the money of all investors")
    split: dict[str, FixedMoney] | None = Field(None, description="the money by investor; by commitment if left out")
    requires: FormulaText | None = Field(None, description="the condition that must hold")
    by: LastDate = Field("never", validate_default=True, description="the last day; after it the closing lapses")
    waived: tuple[str, ...] = Field((), description="events of the condition that are treated as met")
    price: FixedMoney | None = Field(None, description="the price of its shares, where not the round's")
    valuation: Valuation | None = Field(None, description="the company's value at it, where not the round's")

    def needs(self, condition: FormulaText) -> bool:
        """Whether it requires all of a condition."""
        return self.requires is not None and _parts(condition) <= _parts(self.requires)


class Clause(Component):
    """A cut of what is still to be drawn, unless a condition holds by a day."""

    off: ClassVar = {"exercised": 0.0}

    name: str = Field(description="the clause's name in addresses")
    cuts: str = Field(description='what falls: an investor, a closing, or "round"')
    to: FixedMoney = Field(description="what it falls to")
    unless: FormulaText = Field(description="the condition that keeps it whole")
    by: LastDate = Field(description="the last day for the condition")
    option: bool = Field(False, strict=True, description="whether the investor may, and need not, use it")
    exercised: Switch = Field(True, validate_default=True, description="whether it is used; false waives it")


class Earmark(Component):
    """Money of closings that only one line may spend: restricted cash."""

    key: ClassVar = "for_"
    off: ClassVar = {"amount": 0.0}
    absent: ClassVar = {"opening_spent": 0.0}

    without: ClassVar = {"from": "the only closing"}
    needed: ClassVar = {"from": "where there are several", "opening_spent": "where a closing is before the start"}
    for_: str = Field(alias="for", description="the line that may spend it")
    amount: FixedMoney = Field(description="the money set aside")
    from_: str | tuple[str, ...] | None = Field(None, alias="from", description="the closing or closings it comes from")
    fills: Literal["pro_rata", "first"] = Field(
        "pro_rata", description="whether each closing brings its part or the first money fills it"
    )
    opening_spent: FixedOpeningMoney | None = Field(
        None, description="what had been spent of it before the first month"
    )
    keeps: Literal["amount", "share"] = Field(
        "amount", description="what stands after a cut of its closings: the whole amount, or its share of what comes"
    )
    otherwise: Literal["own_cash", "not_spent"] = Field(
        "own_cash",
        description="what happens where it is empty: the company's own cash pays, or the line waits for the money",
    )

    @property
    def named(self) -> tuple[str, ...]:
        """The closings that it names; empty where it names none."""
        return (self.from_,) if isinstance(self.from_, str) else self.from_ or ()


def _parts(condition: FormulaText) -> set[str]:
    """The terms that a condition joins by `and`, wherever it stands in the text."""
    terms = condition.tree.terms if isinstance(condition.tree, Every) else (condition.tree,)
    return {re.sub(r"(start|end)=\d+", "", repr(term)) for term in terms}


def in_one_currency(amounts: "Sequence[Figure]", around: "Surroundings") -> list[float] | None:
    """The numbers of amounts: in the model's currency where theirs differ, nothing where the rate of one changes."""
    if len({figure.entries[0].amount.currency for figure in amounts}) <= 1:
        return [figure.number for figure in amounts]
    if any(figure.floating for figure in amounts):
        return None
    return [around.amount(figure.entries[0]) for figure in amounts]


def less(amounts: list[str]) -> str:
    """The amounts taken off a sum, as the rest of its formula; empty where there are none."""
    return f" - ({' + '.join(amounts)})" if len(amounts) > 1 else "".join(f" - {amount}" for amount in amounts)
