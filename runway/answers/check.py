"""The checks of a file: expected, modelled, residual, verdict; and cited figures out of scale with one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.answer import CountedAnswer, counted_about
from runway.engine.comparisons import not_converted
from runway.engine.criteria import ProbedRuns, holds, probe, target_problem, text_of, title_of, years_of
from runway.engine.ladder import LADDER, PLACES, day_at, measure_of
from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.language.record import Money, MoneyAmount, documented
from runway.months import NEVER, date_at, last_day, month_label
from runway.program.origin import Origins
from runway.words import day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.engine.comparisons import Quantity
    from runway.engine.criteria import Criterion
    from runway.language.figure import Entry
    from runway.program.plan import Plan


OUT_OF_SCALE = 20  # times smaller than another figure of the same section and source
A_YEAR = {"day": 365.0, "week": 365 / 7, "month": 12.0, "quarter": 4.0, "year": 1.0}


@dataclass(frozen=True, slots=True)
class OutOfScale:
    """A cited figure far below another one cited from the same source in the same section."""

    address: str
    written: str
    a_year: Money
    against: str
    against_written: str
    against_a_year: Money
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: the expected value and the modelled one; infinite is beyond the horizon."""

    title: str
    says: str  # expect, =, require or preset, as written
    file: str
    line: int
    source: str | None  # title of the source
    unit: str  # money, months, date, share, number, condition
    comparison: str  # ±, >=, … : how the two are compared
    expected: float  # a date's ordinal; 1 for a condition that holds
    within: float | None
    modelled: float
    residual: float  # modelled less expected
    holds: bool
    when: str  # the month or day that decides it, in words

    def typed(self, value: float) -> float | date | None:
        """A value of this check as the day or the money that it is; None for a day that never comes."""
        if self.unit == "date":
            return date.fromordinal(int(value)) if isfinite(value) else None
        return MoneyAmount(value) if self.unit == "money" else value

    def to_json(self) -> dict[str, Any]:
        residual = MoneyAmount(self.residual) if self.unit == "money" else self.residual
        values = {"expected": self.typed(self.expected), "modelled": self.typed(self.modelled), "residual": residual}
        return documented(self) | values


@dataclass(frozen=True, slots=True, repr=False)
class Checks(CountedAnswer):
    """The checks of a file in its order, and the cited figures that are out of scale with one another."""

    checks: tuple[CheckResult, ...]
    out_of_scale: tuple[OutOfScale, ...]

    KEYS: ClassVar = ("model", "scenario", "currency", "as_of", "hold", "checks", "out_of_scale")

    @property
    def hold(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)


def check(plan: Plan, runs: ProbedRuns | None = None) -> Checks:
    """Every check of a model's file against its projection, all formulas in one run a rung.

    `runs` has the runs of the plan where others read them too.
    Raises `InputError` with every check that cannot be read.
    """
    return Checks(
        **counted_about(plan),
        checks=tuple(_Checking(plan, runs or ProbedRuns(plan)).checked()),
        out_of_scale=tuple(out_of_scale(plan)),
    )


def verdicts(plan: Plan, runs: ProbedRuns) -> tuple[bool | None, ...]:
    """Whether each check of the file holds as written; `runs` are those of the plan.

    None of a check that months after the last one would decide.  Raises `InputError` with the others as `check` does.
    """
    return tuple(verdict.figures["holds"] for verdict in _Checking(plan, runs).verdicts(leave_open=True))


def out_of_scale(plan: Plan) -> Iterator[OutOfScale]:
    """Cited flows of money a year that are a small part of another one, of the same section and source.

    A wrong unit (k for M, a day for a year) looks just like it, and so does a figure of another scope.
    """
    origins = Origins(plan)
    sections = {item.name: item.section for item in plan.model.items}
    groups: dict[tuple[str, str], list[tuple[float, str, Entry]]] = {}
    for address, figure in origins.names.figures.items():
        section = sections.get(address.partition(".")[0], "")
        if figure.dimension != "flow" or section in ("", "drivers"):
            continue
        for number, entry in figure.addresses(address):
            if entry.source is not None and entry.amount.number > 0:
                a_year = entry.amount.number * A_YEAR[entry.amount.period or "year"]
                groups.setdefault((section, entry.source), []).append((a_year, number, entry))
    for cited in groups.values():
        top, against, top_entry = max(cited, key=lambda c: c[0])
        for a_year, address, entry in cited:
            if a_year * OUT_OF_SCALE < top:
                if (place := origins.of(address).place) is None:
                    continue  # nobody wrote it
                yield OutOfScale(address, entry.text, a_year, against, top_entry.text, top, place.file, place.line)


class _Verdict(NamedTuple):
    """A check held against the runs: the key of the file that states it, and the figures of its `CheckResult`."""

    form: str
    figures: Mapping[str, Any]


class UndecidedError(InputError):
    """A check that months after the last one would decide."""


class _Checking:
    """Holds the checks of a file against the runs of its plan."""

    def __init__(self, plan: Plan, runs: ProbedRuns) -> None:
        (self.model, self.program), self.runs = plan, runs
        self.criteria, self.years = runs.criteria, years_of(self.model)

    def checked(self) -> Iterator[CheckResult]:
        for n, (item, verdict) in enumerate(zip(self.model.checks, self.verdicts(), strict=True)):
            source = None if item.source is None else self.model.sources[item.source].title
            place = self.model.document.place((*self.model.check_path(n), verdict.form))
            yield CheckResult(title_of(item), text_of(item), place.file, place.line, source, **verdict.figures)

    def verdicts(self, *, leave_open: bool = False) -> Iterator[_Verdict]:
        problems: list[Problem] = []
        for n, item in enumerate(self.model.checks):
            try:
                if item.preset is not None:
                    yield self._going_concern(n)
                elif item.expect is not None:
                    yield self._expected(n, self.criteria[n])
                else:
                    yield self._required(n, self.criteria[n])
            except InputError as error:
                if leave_open and isinstance(error, UndecidedError):
                    yield _Verdict("require", {"holds": None})
                else:
                    problems += error.problems
        if problems:
            raise InputError(*dict.fromkeys(problems))

    def _verdict(self, n: int, form: str, **figures: Any) -> _Verdict:
        figures["when"] = "; ".join(filter(None, (figures["when"], self._unconverted(n))))
        if figures["unit"] == "money" and isfinite(figures["residual"]):
            figures["residual"] = round(figures["residual"], self.program.minor_digits) + 0.0  # never -0
        return _Verdict(form, figures)

    def _expected(self, n: int, criterion: Criterion) -> _Verdict:
        expected, modelled = criterion.expected, self._value(n, criterion)
        assert expected is not None
        return self._verdict(
            n, "expect",
            unit=criterion.unit, comparison="±", expected=expected, within=criterion.within, modelled=modelled,
            residual=_difference(modelled, expected), holds=holds(criterion, modelled, expected), when="",
        )  # fmt: skip

    def _value(self, n: int, criterion: Criterion) -> float:
        """The value of the quantity whose amount the check expects: the same in each of its months."""
        left = criterion.statement.left
        if left.form != "formula":
            return self._measure(left)
        values = self._values(n, "left", criterion)
        if criterion.statement.how == "" and any(value != values[0] for value in values):
            several = ", or over A..B for a sum" if left.adds_up else ""
            text = f'{left.text} differs from month to month. Say when: "{left.text} in 2026-03"{several}.'
            raise InputError(self.model.document.problem((*criterion.path, "expect"), "check-needs-months", text))
        return values[-1]

    def _values(self, n: int, side: str, criterion: Criterion) -> list[float]:
        """A formula in the months of its statement; over several, their sum."""
        statement, row = criterion.statement, self.runs.rows(criterion.rung)[probe(n, side)]
        values = [float(value) for value in row[statement.first : statement.last + 1]]
        quantity: Quantity | None = getattr(statement, side)
        if quantity is not None and quantity.unit == "date":
            values = [inf if v >= NEVER else float(date_at(v, self.program.start).toordinal()) for v in values]
        return [sum(values)] if statement.how == "over" else values

    def _measure(self, quantity: Quantity) -> float:
        """The value of a measure of the ladder, of a function, or of an amount."""
        if quantity.form == "amount":
            return quantity.number
        if quantity.value is not None:
            return quantity.of_holder(self.runs.ownership)
        return measure_of(self.runs.rung(quantity.place), quantity.measure)

    def _required(self, n: int, criterion: Criterion) -> _Verdict:
        statement = criterion.statement
        left, right = statement.left, statement.right

        def values(side: str, quantity: Quantity, length: int) -> list[float]:
            if quantity.form == "formula":
                return self._values(n, side, criterion)
            return [self._measure(quantity)] * length

        monthly = statement.how != "over" and statement.has_formula
        span = statement.last - statement.first + 1 if monthly else 1
        lefts = values("left", left, span)
        rights = [1.0] * span if right is None else values("right", right, span)
        if inf in lefts and (problem := target_problem(self.model, criterion)):
            raise UndecidedError(problem)
        pairs = list(zip(lefts, rights, strict=True))
        slack = [_slack(criterion.comparison, _difference(a, b)) for a, b in pairs]
        failing = [place for place, (a, b) in enumerate(pairs) if not holds(criterion, a, b)]
        worst_of = [-inf if isnan(value) else value for value in slack]  # a value that does not exist meets no check
        tightest = min(range(span), key=lambda place: (worst_of[place], place))
        when = ""
        if monthly:
            first = month_text(month_label(self.program.start + statement.first + (failing[0] if failing else 0)))
            worst = month_text(month_label(self.program.start + statement.first + tightest))
            when = worst if not failing else first if failing[0] == tightest else f"from {first}, worst {worst}"
            when = "" if not failing and len(set(slack)) == 1 else when
        a, b = pairs[tightest]
        return self._verdict(
            n, "require",
            unit=left.unit, comparison=criterion.comparison, expected=b, within=None, modelled=a,
            residual=_difference(a, b), holds=not failing, when=when,
        )  # fmt: skip

    def _unconverted(self, n: int) -> str:
        """The SAFEs and notes that are in nobody's stake, where a check is about stakes."""
        criterion = self.criteria.get(n)
        sides = () if criterion is None else (criterion.statement.left, criterion.statement.right)
        if not any(side is not None and side.form == "function" for side in sides):
            return ""
        titles = not_converted(self.runs.ownership)
        return f"not yet converted, so in no stake: {', '.join(titles)}" if titles else ""

    def _going_concern(self, n: int) -> _Verdict:
        """Whether certain money pays everything due within one year of the day on which the accounts are issued.

        Measured at the end of each day against zero, not the minimum cash, which is a policy and no obligation
        (ASC 205-40: one year from issuance; plans count only if it is probable that they are carried out and work).
        """
        runner, start, year, rung = self.runs.runner, self.program.start, self.years[n], PLACES["certain"]
        days = runner.days(self.runs.rows(rung), LADDER[rung].overrides)
        lowest, lowest_day, first_below = inf, year.end, None
        for t, first, last in year.months(start, runner.layout.days):
            cash, _ = days.month(t)
            for day in range(first, last + 1):
                value = cash(day)
                if value < lowest:
                    lowest, lowest_day = value, day_at(start + t, day)
                if value < -self.program.half_unit and first_below is None:
                    first_below = day_at(start + t, day)
        when = f"lowest {day_text(lowest_day)}"
        if first_below is not None:
            when = f"below zero from {day_text(first_below)}"
        breached = "".join(f"; {breach}" for breach in self._breached(*year))
        return self._verdict(
            n, "preset",
            unit="money", comparison=">=", expected=0.0, within=None, modelled=lowest, residual=lowest,
            holds=first_below is None, when=f"{when}, to {day_text(year.end)}{breached}",
        )  # fmt: skip

    def _breached(self, after: date, to: date) -> Iterator[str]:
        """The covenants that do not hold at a month end of these days, counting certain money: a lender may call."""
        rows = self.runs.rows(PLACES["certain"])
        for item in self.model.section("funding"):
            for covenant in item.part.covenants():
                holds = rows[f"{item.name}.{covenant.name}.holds"]
                days = (last_day(self.program.start + t) for t, met in enumerate(holds) if not met)
                if (first := next((day for day in days if after < day <= to), None)) is not None:
                    yield f"{covenant.title or covenant.name} of {item.title} is breached on {day_text(first)}"


def _difference(left: float, right: float) -> float:
    """The left value less the right one; 0 for two dates that never come."""
    return 0.0 if left == right else left - right


def _slack(comparison: str, difference: float) -> float:
    """By how much a comparison holds, the least where it is tightest."""
    match comparison:
        case ">=" | ">":
            return difference
        case "<=" | "<":
            return -difference
        case "!=":
            return abs(difference)
    return -abs(difference)
