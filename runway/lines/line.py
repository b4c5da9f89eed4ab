"""What every line of an assumption file shares: typed fields, and rows written in the formula language."""

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from runway.language.named_tuple import NamedTuple
from runway.lines.unsupported import ACCOUNTING
from runway.months import NEVER

if TYPE_CHECKING:
    from datetime import date

    from runway.language.figure import Entry, Figure
    from runway.language.tree import Node

MAIN_NAMES = {"revenue": "revenue", "costs": "cost", "capital": "spend", "passthrough": "flow", "drivers": "value",
              "actions": "on"}  # fmt: skip
"""The address of a line's main row, by section: `payroll.cost`, `stargate.spend`."""


ALL_REVENUE = "revenue"
"""The `cost_of` of a cost of all revenue."""


class RowFormula(NamedTuple):
    """A row of a line: its formula, its opening, and whether it is money, which is posted to the minor unit."""

    formula: "str | Node"
    opening: "str | Node" = "0"
    posted: bool = False


Rows = Mapping[str, RowFormula]


class MoneySpan(NamedTuple):
    """A part of a line's money and the days on which it moves, evenly: from the first to the last, or day by day."""

    first: "str | date | int | None" = None  # a field, a day or a month's first; None: it has always been in force
    last: str | None = None  # a field; None: it goes on
    weight: str | None = None  # the field that weighs it against the other parts; None where it is the only one
    amount_row: str | None = None  # in its place, the row of its amount in the month
    every: int = 0  # months from one day to the next, where it moves on the day of `first` alone


class Anchor(NamedTuple):
    """The row that a line's revenue follows, such as its subscribers; `main` where that is the amount itself."""

    row: str
    state: bool = False  # whether each month goes on from the one before
    itself: bool = True  # whether it goes on from the books without being asked to
    proportional: bool = True  # whether each month's revenue is a multiple of it


class Customers(NamedTuple):
    """The customers of a line, won, kept and lost, as formulas over its own rows and fields."""

    number: str  # the row of the customers; before the first month its opening
    opening: str
    won: str  # the new customers of a month who are there at its end
    paying: str  # the row of the prices they pay, of a new customer one
    contraction: str  # the share of their price that those who stay pay less from a month on
    kept: str  # the share of the customers of the month before who are still there
    kept_over: "Callable[[int], str | Node] | None" = None  # the same over months, where it is not their product


class Joining(NamedTuple):
    """A part of a month's amount that begins within the month: its share of the amount, and its first day."""

    share: "Node"
    day: "Node"


class Surroundings(NamedTuple):
    """The facts of the rest of its file that a kind checks its own fields against."""

    name: str
    section: str
    start: int  # the first month, absolute
    readable: bool  # whether [model] could be read; otherwise its start says nothing
    currency: str
    fx: "Mapping[str, Figure]"
    in_shares: bool | None  # whether the cap table counts shares; None without one

    def amount(self, entry: "Entry") -> float:
        """An amount in the model's currency, at the rate of the first month."""
        rate = self.fx.get(entry.amount.currency or "")
        return entry.amount.number * (1.0 if rate is None else rate.number)


class Mistake(NamedTuple):
    """A mistake in a value of a table: its path within the table, the problem's name, its text, the part it marks."""

    path: tuple[str | int, ...]
    name: str
    text: str
    at: Literal["key", "value"] = "value"


class FileTable(BaseModel):
    """What others ask of a table of the assumption file.

    A class overrides in its own file what is true of it; nobody else compares the name of its kind.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, defer_build=True, arbitrary_types_allowed=True, protected_namespaces=()
    )

    sections: ClassVar[tuple[str, ...]] = ()
    """The sections of the file that it may stand in."""
    unsupported: ClassVar[Mapping[str, str]] = {}
    """Terms of its own that are not modelled: by the key that each would have, its name."""
    key: ClassVar[str] = "name"
    """The field that names it in addresses, where it is an entry of a list."""
    alone: ClassVar[bool] = False
    """Whether as such an entry it may bear a name that means something in formulas."""
    off: ClassVar[Mapping[str, float] | None] = {}
    """The figures that take it out of a model, and their numbers then; None where none do."""
    switched: ClassVar[str | None] = None
    """The formula that is multiplied by 0 to take it out."""
    absent: ClassVar[Mapping[str, float]] = {}
    """Figures that may be left out, and the number that says the same; of a table by key, each that is not there."""
    without: ClassVar[Mapping[str, str]] = {}
    """The meaning, in words, of fields that are left out and have no number then; "none" of any other."""
    needed: ClassVar[Mapping[str, str]] = {}
    """Where fields that may be left out are required all the same, in words: "beside billed"."""
    further: ClassVar[tuple[str, str, str] | None] = None
    """Of further keys beside its fields: their placeholder in explanations, their meaning, and their dimension."""
    owns: ClassVar[frozenset[str]] = frozenset()
    """Fields that say who owns the company and nothing about cash."""
    tested: ClassVar[frozenset[str]] = frozenset()
    """Conditions that are tested and move nothing."""
    dated: ClassVar[str | None] = None
    """The field that holds the day on which its money moves; None if it moves evenly over the month."""
    measures: ClassVar[tuple[str, ...]] = ()
    """Rows worth showing beside its money, such as its customers."""
    decided: ClassVar[frozenset[str]] = frozenset()
    """Fields that an action may set though they have no schedule: each of their figures is read in one month."""
    grows: ClassVar[tuple[str, str] | None] = None
    """The field of a figure that grows, and that of its growth."""

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Forgets the annotations of class variables: pydantic would evaluate them again for every class below."""
        for name in cls.__class_vars__.intersection(cls.__annotations__):
            del cls.__annotations__[name]

    @classmethod
    def kind_name(cls) -> str:
        """The name of the kind in a file; empty where a section has no kinds."""
        tag = cls.model_fields.get("kind")
        names = () if tag is None else get_args(tag.annotation)
        return str(names[0]) if len(names) == 1 else ""

    @classmethod
    def called(cls) -> str:
        """The word for one of the kind in tables; several with an s."""
        return cls.kind_name().replace("_", " ")

    def lists(self) -> "Iterator[tuple[str, tuple[Component, ...]]]":
        """Its lists of tables, by their keys."""
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if isinstance(value, tuple) and value and isinstance(value[0], Component):
                yield field.alias or name, value

    def checks(self, around: Surroundings) -> Iterator[Mistake]:
        """The mistakes between its fields."""
        del around
        yield from ()


FileTable.__pydantic_init_subclass__()


def cached_rows(method: Callable[[Any], dict[str, RowFormula]]) -> Callable[[Any], dict[str, RowFormula]]:
    """A method of rows whose answer is kept with the table, of which no field ever changes."""

    @wraps(method)
    def rows(self: Any) -> dict[str, RowFormula]:
        owner, cache = self.__dict__.get("_rows", (None, {}))
        if owner is not self:  # a copy with other fields has the rows of the first
            cache = {}
            self.__dict__["_rows"] = self, cache
        if method.__qualname__ not in cache:
            cache[method.__qualname__] = method(self)
        return {**cache[method.__qualname__]}

    return rows


class Component(FileTable):
    """A table of the file with a name of its own, or an entry of a list."""

    without: ClassVar = {"title": "its name"}
    main_figure: ClassVar[str | None] = None
    """The figure that its name alone means, of a table without rows; None of other tables."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if (method := cls.__dict__.get("rows")) is not None:
            cls.rows = cached_rows(method)  # type: ignore[attr-defined]  # of kinds that have rows

    title: str | None = Field(None, description="the name shown in tables")
    note: str | None = Field(None, description="a remark")


class Line(Component):
    """One line of a section.  Its typed fields are its parameters; `formulas` are its rows, `main` the reported one."""

    sections: ClassVar[tuple[str, ...]] = ("revenue", "costs", "capital", "passthrough")
    unsupported: ClassVar = ACCOUNTING
    elsewhere: ClassVar[Mapping[str, str]] = {
        "milestones": 'Milestones are bills by date: bills = { "2026-03" = "40k", "2026-09" = "60k" }.',
        "cohorts": "Customers by their age are those of a subscription with retention = [1, 0.8, 0.7].",
        "lead": 'What is paid ahead is paid_after = "-2 months", or collected_after.',
        "retention": 'What is held back is a part of its own: { "30 days" = "90%", "12 months" = "10%" }.',
        "deposit": 'What is paid ahead is a part of its own: { "-1 month" = "30%", "30 days" = "70%" }.',
    }
    """Keys that it has not, and what to write instead."""
    formulas: ClassVar[Mapping[str, str | tuple[str, str] | RowFormula]] = {}
    off: ClassVar[Mapping[str, float] | None] = None
    recurs: ClassVar[bool] = False
    """Whether it counts in recurring revenue (ARR) unless the file says otherwise."""
    people: ClassVar[str | None] = None
    """The row of the people that it pays; None of other kinds."""
    number: ClassVar[str | None] = None
    """The row of the units that its money is a price of, such as its subscribers; None of other kinds."""

    def rows(self) -> dict[str, RowFormula]:
        """The line's own rows, `main` among them, in the order they are explained in."""
        return {name: RowFormula(f) if isinstance(f, str) else RowFormula(*f) for name, f in self.formulas.items()}

    def anchor(self) -> Anchor | None:
        """The one row that its revenue follows; None where there is none, or several."""
        return None

    def churns(self) -> str | None:
        """The field of the loss of customers, which events may raise; None where there is none."""
        return None

    def customers(self) -> Customers | None:
        """The formulas of its customers; None of a kind that does not count them."""
        return None

    def share_of(self) -> frozenset[str]:
        """The names in the formula of its base, where it is a share of one; else none."""
        return frozenset()

    def pace(self) -> str:
        """Its month's amount at the pace of the month's last day, as a formula."""
        return "main"

    def over_a_year(self) -> str:
        """Its month's amount on average over the twelve months from this one on, as a formula."""
        return "main"

    def joining(self) -> tuple[Joining, ...]:
        """The parts of a month's amount that begin on a day within the month; the rest moves on all days alike."""
        return ()

    def spans(self) -> tuple[MoneySpan, ...]:
        """The parts of its money by the days on which they move; none if it moves on all days of every month."""
        return ()

    def earned_spans(self) -> tuple[MoneySpan, ...]:
        """The parts of the amount earned or incurred, where its money moves on other days."""
        return self.spans()

    def days_in_force(self) -> "tuple[str | Node, str | Node]":
        """The first and the last day of a month on which it moves, as formulas; read where it has spans."""
        (span,) = days_of(self)
        if span.every:
            dated = isinstance(span.first, str)
            day = f"min(days, ({span.first} - floor({span.first})) * 32 + 1)" if dated else "1"
            return day, day
        first = "1" if span.first is None else f"max(1, min(days, ({span.first} - t) * 32 + 1))"
        last = "days" if span.last is None else f"max(1, min(days, ({span.last} - t) * 32 + 1))"
        return first, last


def days_of(line: Line) -> tuple[MoneySpan, ...]:
    """The parts of a line's money by the days on which they move, its one day among them."""
    return line.spans() or (() if line.dated is None else (MoneySpan(line.dated, line.dated),))


def in_order(component: Component, first: str, last: str) -> Iterator[Mistake]:
    """A last day is not before the first."""
    days = [figure.number for name in (first, last) if (figure := getattr(component, name))]
    if len(days) == 2 and days[1] < days[0] < NEVER:
        yield Mistake((last,), "dates-reversed", f"{last} is before {first.rstrip('_')}.")
