"""People: dated hires, salary, loading and raises."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema, field_validator

from runway.language.dimension import Dimension, field_error
from runway.language.fields import MONTH_SCHEMA, ByDate, Factor, FixedCount, Growth, MoneyFlow, SomeMonths, whole_number
from runway.language.figure import Figure
from runway.language.formula import parse
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
    Negative,
    Node,
    Number,
    Product,
    Sum,
    T,
    since,
    total,
)
from runway.lines.growth import brought_forward, dated_growth, year_begins, years_begun
from runway.lines.line import Joining, Line, Mistake, MoneySpan, RowFormula, Surroundings
from runway.months import parse_date, position

if TYPE_CHECKING:
    from collections.abc import Iterator


HIRES = ByDate(
    "a hire", "people", '"2026-03-16" = 2, "2026-09" = -1', Dimension("count", low=-1e6, high=1e6, schedule=False)
)


ANNIVERSARY = "anniversary"


def _raise_month(raw: Any) -> Any:
    number = whole_number(raw)
    if raw == ANNIVERSARY or (isinstance(number, int) and not isinstance(raw, bool) and 1 <= number <= 12):
        return number
    text = f'FIELD is "01" to "12", or "{ANNIVERSARY}".'
    raise field_error("unknown-choice", text)


RaiseMonth = Annotated[
    int | Literal["anniversary"],
    PlainValidator(_raise_month),
    WithJsonSchema({"anyOf": [*MONTH_SCHEMA["anyOf"], {"const": ANNIVERSARY}]}),
]


def _contingent_hire(hired: Figure) -> bool:
    """Whether an action may change who joins; who leaves, leaves all the same."""
    return hired.contingent and hired.number >= 0


class Headcount(Line):
    """A team: opening people, dated hires and leavers, a salary each, loading on top, raises once a year.

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
    opening.  Pay rises in one month of the year, that of those who have just joined too.  With
    raise_month = "anniversary" each hire joins at `salary` and rises in the month of the day of joining, years later;
    who of the opening has no date among the hires rises each twelve months from the start, and who leaves is one of
    these.  With a `ramp` the row `ramped` is how many people the team is worth at a month's end: who joins comes to one
    evenly over that time, as sales people do whose deals take months.
    """

    sections: ClassVar = ("costs", "capital")
    off: ClassVar = {"salary": 0.0}
    absent: ClassVar = {"hires": 0.0}
    without: ClassVar = {"raise_month": "the first month of the financial year", "ramp": "no row ramped"}
    measures: ClassVar = ("people",)
    grows: ClassVar = ("salary", "raises")
    number: ClassVar = "people"
    decided: ClassVar = frozenset({"hires"})
    people: ClassVar = "people"
    kind: Literal["headcount"]
    opening: FixedCount = Field(description="the people at the end of the month before the start")
    salary: MoneyFlow = Field(description="the pay of one person per period")
    hires: Annotated[dict[str, Figure], HIRES] = Field({}, description="who joins (or, negative, leaves), by date")
    loading: Factor = Field("0%", validate_default=True, description="taxes and benefits on top of pay, as a share")
    raises: Growth = Field("0%/year", validate_default=True, description="how much pay rises once a year")
    raise_month: RaiseMonth | None = Field(
        None, validate_default=True, description='the month in which it rises, or "anniversary", the month of each hire'
    )

    ramp: SomeMonths | None = Field(
        None, description="how long who joins takes to do all of the work: NAME.ramped is the people that this makes"
    )

    formulas: ClassVar = {
        "people": ("opening", "opening"),  # and each hire once its date has come
        "paid": ("opening", "opening"),  # and each hire for its share of the month's days
        "main": f"paid * salary * (1 + raises) ** (12 * {years_begun('0', 1)}) * (1 + loading)",
    }

    _begins = field_validator("raise_month", mode="after")(year_begins)

    @property
    def _step(self) -> int | None:
        """The month in which all pay rises; None where everybody has one of their own."""
        return self.raise_month if isinstance(self.raise_month, int) else None

    def rows(self) -> dict[str, RowFormula]:
        opening: Node = Name("opening", 0, 0)
        rows = super().rows()
        employed, paid, undated = [opening], list[Node](), [opening]
        by_anniversary = self._step is None
        for n, (day, hired) in enumerate(self.hires.items(), 1):
            people = Name(f"hires.{day}", 0, 0)
            joined = DateText(day, 0, 0)
            new = Product((people, AsNumber(Compare(">=", joined, ZERO))))  # who came before is in the opening
            employed.append(Product((new, AsNumber(Happened(joined)))))
            if _contingent_hire(hired):  # whose days of work weigh the line's money within a month
                rows[f"days_{n}"] = RowFormula(Product((new, since(joined), DAYS)))
            if not by_anniversary:
                paid.append(Product((new, since(joined))))
            elif hired.number > 0:
                undated.append(Negative(Product((people, AsNumber(Compare("<", joined, ZERO))))))
                paid.append(Product((people, since(joined), Name(f"factor_{n}", 0, 0))))
            else:
                paid.append(Product((new, since(joined), Name("factor", 0, 0))))
        rise = "prev({row}) * ((1 + raises) ** 12 if {when} else 1)"
        if by_anniversary:
            rows["factor"] = RowFormula(rise.format(row="factor", when="mod(t, 12) == 0 and t > 0"), "1")
            for n, (day, hired) in enumerate(self.hires.items(), 1):
                if hired.number > 0:
                    month = f'floor("{day}")'
                    when = f"mod(t - {month}, 12) == 0 and t > max(0, {month})"
                    rows[f"factor_{n}"] = RowFormula(rise.format(row=f"factor_{n}", when=when), "1")
            rows["main"] = RowFormula("paid * salary * (1 + loading)")
            paid.insert(0, Product((Sum(tuple(undated)), Name("factor", 0, 0))))
        else:
            paid.insert(0, opening)
        if self._step is not None and not self.raises.even:
            rows["factor"] = RowFormula(rise.format(row="factor", when=f"month == {self._step} and t > 0"), "1")
            rows["main"] = RowFormula("paid * salary * factor * (1 + loading)")
        elif self._step is not None:
            grown = f"(1 + raises) ** (12 * {years_begun('0', self._step)})"
            rows["main"] = RowFormula(f"paid * salary * {grown} * (1 + loading)")
        if forward := brought_forward(self.raises, self.salary, rate="raises", month=self._step):
            rows["main"] = RowFormula(str(rows["main"].formula).replace("salary", "salary * grown_to_start", 1))
            rows |= forward
        rows["people"] = RowFormula(Sum(tuple(employed)), "opening")
        rows["paid"] = RowFormula(Sum(tuple(paid)), "opening")
        if self.ramp is not None:
            rows["ramped"] = RowFormula(Sum((opening, *map(self._ramped, self.hires))))
        return rows

    def _ramped(self, day: str) -> Node:
        """The people that a hire is worth at a month's end; of a hire in the opening, what the ramp still adds.

        Who leaves was worth a whole person.
        """
        people, joined = Name(f"hires.{day}", 0, 0), DateText(day, 0, 0)
        before = AsNumber(Compare("<", joined, ZERO))
        if self.hires[day].number < 0:
            return Product((people, AsNumber(Every((Compare(">=", joined, ZERO), Happened(joined))))))
        joining_day = f'floor("{day}") + ("{day}" - floor("{day}")) * 32 / days_in("{day}")'  # by the days of its month
        work_done = parse(f"max(0, min(1, (t + 1 - ({joining_day})) / ramp))", bounded=False)
        return Product((people, Sum((work_done, Negative(before)))))

    def spans(self) -> tuple[MoneySpan, ...]:
        if not self.hires:
            return ()
        hired = [
            MoneySpan(parse_date(day), amount_row=f"days_{n}")
            if _contingent_hire(figure)
            else MoneySpan(parse_date(day), weight=f"hires.{day}")
            for n, (day, figure) in enumerate(self.hires.items(), 1)
        ]
        return (MoneySpan(weight="opening"), *hired)

    def joining(self) -> tuple[Joining, ...]:
        """Who joins, or leaves, within a month: the first of each month in one part, the second in another, …."""
        by_month: dict[tuple[int, int], list[str]] = {}
        for text, day in sorted(((text, parse_date(text)) for text in self.hires), key=lambda pair: str(pair[1])):
            if day is not None and day.day > 1:
                by_month.setdefault((day.year, day.month), []).append(text)
        paid = Name("paid", 0, 0)
        joinings = []
        for n in range(max(map(len, by_month.values()), default=0)):
            shares, days = list[Node](), list[Node]()
            for texts in (texts for texts in by_month.values() if n < len(texts)):
                joined = DateText(texts[n], 0, 0)
                joins_now = Every((Compare(">=", joined, T), Happened(joined)))
                new = Product((Name(f"hires.{texts[n]}", 0, 0), since(joined), *self._leaver_raises(texts[n])))
                shares.append(Choose(joins_now, new, ZERO))
                days.append(Choose(joins_now, Product((Binary("-", joined, T), Number(32.0))), ZERO))
            share = Choose(Compare("!=", paid, ZERO), Binary("/", total(shares), paid), ZERO)
            joinings.append(Joining(share, total([ONE, *days])))
        return tuple(joinings)

    def _leaver_raises(self, day: str) -> tuple[Node, ...]:
        """The raises in the pay of who leaves, where everybody rises in a month of their own; else none apart."""
        return (Name("factor", 0, 0),) if self._step is None and self.hires[day].number < 0 else ()

    def days_in_force(self) -> tuple[Node, Node]:
        """From the day on which the first joins where nobody was there, to the one before the last leaves."""
        people = Name("people", 0, 0)
        before, ahead, behind = Look("prev", people, None, ()), list[Node](), list[Node]()
        for day in self.hires:
            date = DateText(day, 0, 0)
            day_of_month = Sum((Product((Binary("-", date, T), Number(32.0))), ONE))
            upcoming = Compare(">=", date, T)
            ahead.append(Choose(upcoming, Call("min", (DAYS, day_of_month)), DAYS))
            last = Call("max", (ONE, Binary("-", day_of_month, ONE)))
            behind.append(Choose(Happened(date), last, ONE))
        first = Choose(Compare(">", before, ZERO), ONE, Call("min", (*ahead, DAYS)))
        return first, Choose(Compare(">", people, ZERO), DAYS, Call("max", (*behind, ONE)))

    def checks(self, around: Surroundings) -> "Iterator[Mistake]":
        """No team falls below nobody."""
        yield from dated_growth(self.raises, self.salary, "salary", around)
        if self._step is None:
            yield from self._anniversaries(around)
        people = self.opening.number
        for day, figure in self.hires.items():
            joined = parse_date(day)
            if joined is not None and position(joined, around.start) >= 0:
                people += figure.number
                if people < 0:
                    text = f"More people leave than there are: this makes {people:g} of them."
                    yield Mistake(("hires", day), "value-out-of-range", text)
                    return

    def _anniversaries(self, around: Surroundings) -> "Iterator[Mistake]":
        """Everybody's own month of a raise needs who joined when, and no other day from which pay rises."""
        if any(entry.counts_from for entry in self.raises.entries):
            text = f'raise_month = "{ANNIVERSARY}" and raises from as_of both say when pay has risen. Keep one.'
            yield Mistake(("raise_month",), "terms-contradict", text)
        before = 0.0
        for day, figure in self.hires.items():
            joined = parse_date(day)
            if around.readable and joined is not None and position(joined, around.start) < 0 < figure.number:
                before += figure.number
                if before > self.opening.number:
                    text = (
                        f"Who joined before the start is one of the opening, {self.opening.number:g}: this makes "
                        f"{before:g} of them."
                    )
                    yield Mistake(("hires", day), "value-out-of-range", text)
                    return
