"""The terms that a loan and a credit line share: the rate of interest, its day count, and covenants."""

from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from runway.funding.funding import INTEREST, Funding
from runway.language.dimension import Dimension, field_error
from runway.language.fields import FormulaText
from runway.language.figure import Figure
from runway.language.tree import Compare, Every, Look, Name, walk
from runway.lines.line import Component, Mistake
from runway.months import NEVER, date_at
from runway.words import amount_text, day_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.lines.line import Surroundings

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
    def _validate(cls, raw: Any) -> "Requirement":
        requirement = super()._validate(raw)
        assert isinstance(requirement, cls)
        comparisons = requirement.tree.terms if isinstance(requirement.tree, Every) else (requirement.tree,)
        if not all(isinstance(term, Compare) and term.operator not in ("==", "!=") for term in comparisons):
            text = 'FIELD must compare two sides by >=, <=, > or <, such as "cash >= 20000000".'
            raise field_error("covenant-without-comparison", text)
        if any(first.right != second.left for first, second in pairwise(comparisons)):  # type: ignore[attr-defined]  # each compares
            text = "FIELD is one comparison, for its headroom has one unit. Write a covenant for each side of the and."
            raise field_error("covenants-joined", text)
        if not any(isinstance(node, (Name, Look)) for term in comparisons for node in walk(term)):
            text = 'FIELD compares figures that never change. Name what must hold, such as "cash >= 20000000".'
            raise field_error("covenant-without-comparison", text)
        return requirement


class Covenant(Component):
    """A promise to the lender, tested at the end of every month in which something is owed or may be drawn."""

    alone: ClassVar = True
    tested: ClassVar = frozenset({"require"})
    name: str = Field(description="the covenant's name in addresses")
    require: Requirement = Field(description="what must hold at month end")


class Borrowing(Funding):
    """The fields of every kind of debt."""

    absent: ClassVar = {"opening_balance": 0.0}
    needed: ClassVar = {"opening_balance": "where date is before the start"}
    elsewhere: ClassVar = INTEREST
    most: ClassVar[str]
    """The field of the most that may be owed."""
    carried: ClassVar[tuple[str, ...]] = ()
    """Figures of money that stays owed, whose currency therefore has one rate."""

    status: Literal["committed", "planned"] = Field("committed", description="whether the money is promised or hoped")
    rate_basis: Literal["nominal", "effective"] = Field(
        "nominal", description="whether a yearly rate is divided by twelve or compounds to its figure over the year"
    )
    rate: Interest = Field(description="the rate of interest")
    day_count: Literal["30/360", "act/365", "act/360"] = Field(
        "30/360", description="how interest counts time: a twelfth of a year each month, or the days that pass"
    )
    covenants_: tuple[Covenant, ...] = Field((), alias="covenants", description="what the lender is promised")

    @field_validator("rate", "pik_rate", mode="after", check_fields=False)  # not every kind has interest in kind
    @classmethod
    def _by_its_basis(cls, rate: Figure | None, info: ValidationInfo) -> Figure | None:
        return nominal(rate) if rate is not None and info.data.get("rate_basis") == "nominal" else rate

    def covenants(self) -> tuple[Covenant, ...]:
        return self.covenants_

    def claims(self, name: str, rounds: "Sequence[str]") -> set[str]:
        del rounds
        return {name}

    def first_position(self) -> float:
        """The absolute position of its day; long ago where it has none."""
        date: Figure | None = getattr(self, "date", None)
        return -NEVER if date is None else date.number

    def to_settle(self) -> str:
        """The formula of the payment that pays it back whole at the end of a month."""
        return "balance"

    @property
    def compounds(self) -> bool:
        """Whether interest is added to the balance, which then may be more than was borrowed."""
        return False

    def checks(self, around: "Surroundings") -> "Iterator[Mistake]":
        if around.readable:
            yield from self._opening(around)
        yield from one_rate(self, self.carried, around)

    def _opening(self, around: "Surroundings") -> "Iterator[Mistake]":
        """A debt from before the first month has an opening balance, and no other has one."""
        opening: Figure | None = getattr(self, "opening_balance", None)
        date = self.first_position()
        if opening is not None and date >= around.start:
            timing = "is never" if date >= NEVER else f"is {day_text(date_at(date, 0))}, in or after the first month"
            text = f"opening_balance is what was owed before the first month, but the date {timing}. Take it out."
            yield Mistake(("opening_balance",), "not-yet-borrowed", text, "key")
            return
        if opening is None and -NEVER < date < around.start:
            text = (
                "opening_balance is missing: the date is before the first month, so say what is owed at the end of the "
                "month before it. Write 0 if nothing is."
            )
            yield Mistake((), "missing-field", text, "key")
        owed = 0.0 if opening is None else around.amount(opening.entries[0])
        drawn = date < around.start and not self.revolving
        if self.planned and (drawn or owed):
            text = (
                "It was drawn before the first month, so its money is no longer planned: it has come, and is paid "
                'back. Write status = "committed".'
            )
            yield Mistake(("status",), "planned-but-drawn", text)
        limit: Figure = getattr(self, self.most)
        limits = [around.amount(entry) for entry in limit.entries if entry.begins_by(around.start)]
        most = max(limits, default=owed)  # a schedule that starts late is told as one
        if not self.compounds and owed > most * (1 + 1e-12):
            text = f"opening_balance is what is still owed: at most the {self.most}, which is {amount_text(most)}."
            yield Mistake(("opening_balance",), "owed-above-limit", text)

    def interest_on(self, balance: str, days: str, rate: str = "rate", months: str = "1") -> str:
        """The formula of the interest on a balance over so many months, or over so many days where days count."""
        year = DAYS_OF_A_YEAR.get(self.day_count)
        if year is None:
            return f"{balance} * {self.rate_over(rate, months)}"
        if self.rate_basis == "nominal":
            return f"{balance} * 12 * {rate} * ({days}) / {year}"
        return f"{balance} * ((1 + {rate}) ** (12 * ({days}) / {year}) - 1)"

    def rate_over(self, rate: str, months: str) -> str:
        """The rate of several months: so many times a month's, or compounded where it is effective."""
        if months == "1":
            return rate
        return f"{rate} * {months}" if self.rate_basis == "nominal" else f"((1 + {rate}) ** {months} - 1)"


def one_rate(debt: Funding, fields: "Sequence[str]", around: "Surroundings") -> "Iterator[Mistake]":
    """A debt is carried at one rate, so the rate of its currency may not change."""
    figures: list[tuple[tuple[str, ...], Figure | None]] = []
    for field in fields:
        value = getattr(debt, field)
        figures += [((field, key), figure) for key, figure in value.items()] if isinstance(value, dict) else []
        figures += [] if isinstance(value, dict) else [((field,), value)]
    for path, figure in figures:
        entry = next((e for e in figure.entries if e.amount.floats), None) if figure is not None else None
        if entry is not None:
            code = entry.amount.currency
            text = (
                f"The rate of {code} in [fx] changes from month to month, and what is owed in it is not revalued. "
                f"Write {path[0]} in {around.currency}, or give {code} one rate."
            )
            yield Mistake(path if entry.month is None else (*path, entry.month), "debt-in-changing-currency", text)
