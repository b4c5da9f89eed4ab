"""People: dated hires, salary, loading and raises."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field
from pydantic_core import core_schema

from runway.language.dimension import Dimension, figure_error
from runway.language.fields import Factor, FixedCount, Growth, MoneyFlow, figures_by
from runway.language.figure import Figure, FigureError
from runway.language.tree import (
    DAYS,
    ONE,
    ZERO,
    AsNumber,
    Binary,
    Call,
    Choose,
    Compare,
    DateText,
    Every,
    Happened,
    Look,
    Name,
    Node,
    Number,
    Product,
    Sum,
    T,
    since,
    total,
)
from runway.lines.growth import JANUARIES, brought_forward, dated_growth
from runway.lines.line import InForce, Joining, Line, Mistake, RowFormula, Surroundings
from runway.months import parse_date, position

if TYPE_CHECKING:
    from collections.abc import Iterator


def _dated(hire: tuple[str, Any]) -> tuple[str, Any]:
    if parse_date(hire[0]) is None:
        text = 'A hire is dated by a day or a month: "2026-03-16" or "2026-03".'
        raise figure_error(FigureError("not-a-date", text, (hire[0],), "key"))
    return hire


class _Hires:
    """A table of dates and the people who join (or, negative, leave) on them."""

    figures = True  # what stands below it is figures

    @staticmethod
    def __get_pydantic_core_schema__(source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(_Hires.read)

    @staticmethod
    def __get_pydantic_json_schema__(schema: Any, handler: Any) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"x-figure": "people"}}

    @staticmethod
    def read(raw: Any, info: core_schema.ValidationInfo[Any]) -> dict[str, Figure]:
        if not isinstance(raw, dict):
            text = 'FIELD is a table of dates and people: { "2026-03-16" = 2, "2026-09" = -1 }.'
            raise figure_error(FigureError("wrong-type", text))
        people = Dimension("count", low=-1e6, high=1e6, schedule=False)
        return figures_by(map(_dated, sorted(raw.items())), people, info.context or {})


class Headcount(Line):
    """A team: opening people, dated hires and leavers, a salary each, loading on top, raises each January.

    ```toml
    [costs.engineering]
    kind = "headcount"
    opening = 5
    salary = "$150k/year"
    hires = { "2026-03-16" = 2, "2026-09" = -1 }
    loading = "25%"
    raises = "3%/year"
    ```

    Who joins within a month is paid for the days from then on, on those days; hires dated before the start are in the
    opening.
    """

    sections: ClassVar = ("costs", "capital")
    off: ClassVar = {"salary": 0.0}
    absent: ClassVar = {"hires": 0.0}
    measures: ClassVar = ("people",)
    grows: ClassVar = ("salary", "raises")
    number: ClassVar = "people"
    people: ClassVar = "people"
    kind: Literal["headcount"]
    opening: FixedCount = Field(description="the people at the end of the month before the start")
    salary: MoneyFlow = Field(description="the pay of one person per period")
    hires: Annotated[dict[str, Figure], _Hires()] = Field({}, description="who joins (or, negative, leaves), by date")
    loading: Factor = Field("0%", validate_default=True, description="taxes and benefits on top of pay, as a share")
    raises: Growth = Field("0%/year", validate_default=True, description="how much pay rises each January")

    formulas: ClassVar = {
        "people": ("opening", "opening"),  # and each hire once its date has come
        "paid": ("opening", "opening"),  # and each hire for its share of the month's days
        "main": f"paid * salary * (1 + raises) ** (12 * {JANUARIES.format(first='0')}) * (1 + loading)",
    }

    def rows(self) -> dict[str, RowFormula]:
        opening: Node = Name("opening", 0, 0)
        there: list[Node] = [opening]
        paid: list[Node] = [opening]
        for day in self.hires:
            people = Name(f"hires.{day}", 0, 0)
            joined = DateText(day, 0, 0)
            new = Product((people, AsNumber(Compare(">=", joined, ZERO))))  # who came before is in the opening
            there.append(Product((new, AsNumber(Happened(joined)))))
            paid.append(Product((new, since(joined))))
        rows = super().rows()
        if not self.raises.even:
            rows["factor"] = RowFormula("prev(factor) * ((1 + raises) ** 12 if month == 1 and t > 0 else 1)", "1")
            rows["main"] = RowFormula("paid * salary * factor * (1 + loading)")
        if forward := brought_forward(self.raises, self.salary, rate="raises", yearly=True):
            rows["main"] = RowFormula(str(rows["main"].formula).replace("salary", "salary * grown_to_start", 1))
            rows |= forward
        rows["people"] = RowFormula(Sum(tuple(there)), "opening")
        rows["paid"] = RowFormula(Sum(tuple(paid)), "opening")
        return rows

    def spans(self) -> tuple[InForce, ...]:
        if not self.hires:
            return ()
        return (InForce(weight="opening"), *(InForce(parse_date(day), weight=f"hires.{day}") for day in self.hires))

    def joining(self) -> tuple[Joining, ...]:
        """Who joins, or leaves, within a month: the first of each month in one part, the second in another, and on."""
        by_month: dict[tuple[int, int], list[str]] = {}
        for text, day in sorted(((text, parse_date(text)) for text in self.hires), key=lambda pair: str(pair[1])):
            if day is not None and day.day > 1:
                by_month.setdefault((day.year, day.month), []).append(text)
        paid = Name("paid", 0, 0)
        found = []
        for n in range(max(map(len, by_month.values()), default=0)):
            shares, days = list[Node](), list[Node]()
            for texts in (texts for texts in by_month.values() if n < len(texts)):
                joined = DateText(texts[n], 0, 0)
                here = Every((Compare(">=", joined, T), Happened(joined)))
                new = Product((Name(f"hires.{texts[n]}", 0, 0), since(joined)))
                shares.append(Choose(here, new, ZERO))
                days.append(Choose(here, Product((Binary("-", joined, T), Number(32.0))), ZERO))
            share = Choose(Compare("!=", paid, ZERO), Binary("/", total(shares), paid), ZERO)
            found.append(Joining(share, total([ONE, *days])))
        return tuple(found)

    def days_in_force(self) -> tuple[Node, Node]:
        """From the day on which the first joins where nobody was there, to the one before the last leaves."""
        people = Name("people", 0, 0)
        before, ahead, behind = Look("prev", people, None, ()), list[Node](), list[Node]()
        for day in self.hires:
            date = DateText(day, 0, 0)
            here = Sum((Product((Binary("-", date, T), Number(32.0))), ONE))
            now = Compare(">=", date, T)
            ahead.append(Choose(now, Call("min", (DAYS, here)), DAYS))
            last = Call("max", (ONE, Binary("-", here, ONE)))
            behind.append(Choose(Happened(date), last, ONE))
        first = Choose(Compare(">", before, ZERO), ONE, Call("min", (*ahead, DAYS)))
        return first, Choose(Compare(">", people, ZERO), DAYS, Call("max", (*behind, ONE)))

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        """No team falls below nobody."""
        yield from dated_growth(self.raises, self.salary, "salary", around)
        people = self.opening.number
        for day, figure in self.hires.items():
            joined = parse_date(day)
            if joined is not None and position(joined, around.start) >= 0:
                people += figure.number
                if people < 0:
                    text = f"More people leave than there are: this makes {people:g} of them."
                    yield Mistake(("hires", day), "value-out-of-range", text)
                    return
