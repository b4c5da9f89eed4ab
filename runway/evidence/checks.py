"""The checks of a file: expected, modelled, residual, verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any

from runway.daily import layout
from runway.engine import Engine
from runway.errors import InputError, Problem
from runway.evidence.scale import out_of_scale
from runway.evidence.statements import Quantity, Statement, not_converted
from runway.evidence.statements import Reader as Statements
from runway.ladder import LADDER, Reader, day_at, rung_of
from runway.months import NEVER, date_at, last_day, month_label
from runway.program import ProgramRow
from runway.tree import ZERO
from runway.wording import day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from runway.engine import Series
    from runway.errors import Place
    from runway.evidence.scale import OutOfScale
    from runway.model import Model
    from runway.ownership import Ownership
    from runway.projection import Rung
    from runway.sections import Check

PLACES = {"cash_in_hand": 0, "certain": 1, "conditional": 2, "planned": 3}


@dataclass(frozen=True, slots=True)
class Checked:
    """One check: what was expected of the model and what it comes to; infinite is beyond the horizon."""

    title: str
    says: str  # expect, =, require or preset, as written
    place: Place
    source: str | None  # title of the source
    unit: str  # money, months, date, share, number, condition
    comparison: str  # ±, >=, … : how the two are compared
    expected: float
    within: float | None
    modelled: float
    residual: float  # modelled less expected
    holds: bool
    when: str  # the month or day that decides it, in words


@dataclass(frozen=True, slots=True)
class Checks:
    """What `runway check` found."""

    model: str
    scenario: str
    currency: str
    minor_digits: int
    checks: tuple[Checked, ...]
    warnings: tuple[OutOfScale, ...]

    @property
    def hold(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON."""
        from runway.evidence.to_dict import checks_to_dict

        return checks_to_dict(self)


def check(model: Model) -> Checks:
    """Every check of a model's file against its projection, all formulas in one run a rung.

    Raises `InputError` with every check that cannot be read.
    """
    assert model.program is not None
    return Checks(
        model=model.settings.name,
        scenario=model.scenario,
        currency=model.settings.currency,
        minor_digits=model.program.minor_digits,
        checks=tuple(_Runner(model).checked()),
        warnings=tuple(out_of_scale(model)),
    )


def statements_of(model: Model) -> dict[int, Statement]:
    """What the checks of a file say, by their place in it; presets say nothing.

    Raises `InputError` with every problem in them.
    """
    if not model.checks:
        return {}
    reader, found, problems = Statements(model), dict[int, Statement](), list[Problem]()
    for n, item in enumerate(model.checks):
        try:
            for form in ("expect", "require"):
                if (text := getattr(item, form)) is not None:
                    found[n] = reader.statement(("checks", n, form), text, compared=form == "require")
            if n in found and not found[n].has_formula and "counting" in item.model_fields_set:
                says = f"{found[n].left.text} is one figure of the model, whatever rows count; take counting out."
                problems.append(model.document.problem(("checks", n, "counting"), "check-malformed", says, at="key"))
            if n in found and item.value is not None and item.within is not None:
                unit, within = found[n].left.unit, item.within.entries[0].amount
                reader.amount(("checks", n, "value"), item.value.entries[0].amount, unit, "value")
                if not within.percent:
                    reader.amount(("checks", n, "within"), within, _width(unit), "within")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(*problems)
    return found


def _width(unit: str) -> str:
    """The unit of a tolerance: two dates are some days apart."""
    return "days" if unit == "date" else unit


class _Runner:
    """Runs a model with the formulas of its checks as further rows."""

    def __init__(self, model: Model) -> None:
        assert model.program is not None
        self.model, self.program, self.statements = model, model.program, statements_of(model)
        self.reader = Statements(model) if self.statements else None
        self.probes: dict[tuple[int, str], str] = {}
        rows = []
        for n, statement in self.statements.items():
            for side in ("left", "right"):
                quantity: Quantity | None = getattr(statement, side)
                if quantity is not None and quantity.node is not None:
                    self.probes[n, side] = f"check {n} {side}"
                    rows.append(ProgramRow(f"check {n} {side}", quantity.node, ZERO, False, ("checks", n)))
        probed = self.program._replace(rows=(*self.program.rows, *rows))
        self.runs = Reader(model, Engine(probed, model.document), layout(model))
        self._rows: dict[int, Mapping[str, Series]] = {}

    def rows(self, rung: int) -> Mapping[str, Series]:
        """Every row, and every formula of a check, as one rung counts them."""
        if rung not in self._rows:
            self._rows[rung] = self.runs.engine.run(LADDER[rung][1])
        return self._rows[rung]

    @cached_property
    def ownership(self) -> Ownership:
        """The cap table of the scenario as written."""
        from runway.share_register import ownership

        return ownership(self.model, self.rows(len(LADDER) - 1))

    def rung(self, place: int) -> Rung:
        name, overrides = LADDER[place]
        return rung_of(self.runs, name, overrides, self.rows(place))

    def checked(self) -> Iterator[Checked]:
        for n, item in enumerate(self.model.checks):
            if item.preset is not None:
                yield self._going_concern(n, item)
            elif item.expect is not None:
                yield self._expected(n, item)
            else:
                yield self._required(n, item)

    def _made(self, n: int, item: Check, form: str, **figures: Any) -> Checked:
        figures["when"] = "; ".join(filter(None, (figures["when"], self._unconverted(n))))
        says = str(getattr(item, form))
        if item.issued is not None:
            says = f"going concern, accounts issued {day_text(date_at(item.issued.entries[0].amount.number, 0))}"
        source = None if item.source is None else self.model.sources[item.source].title
        place = self.model.document.place(("checks", n, form))
        return Checked(title=item.title or item.name or says, says=says, place=place, source=source, **figures)

    def _expected(self, n: int, item: Check) -> Checked:
        statement = self.statements[n]
        assert item.value is not None
        assert item.within is not None
        assert self.reader is not None
        unit = statement.left.unit
        amount, width = item.value.entries[0].amount, item.within.entries[0].amount
        expected = self.reader.amount(("checks", n, "value"), amount, unit, "value")
        is_share = unit == "share" or (unit == "number" and amount.percent)
        share = width.percent and not is_share  # 4 % within 0.5 % is not 4 % ± 0.02 %
        within = abs(expected) * width.number if share else width.number
        if not share:
            within = self.reader.amount(("checks", n, "within"), width, _width(unit), "within")
        if is_share:
            unit = "share"
        modelled = self._one(n, item, statement)
        residual = modelled - expected
        return self._made(
            n, item, "expect",
            unit=unit, comparison="±", expected=expected, within=within, modelled=modelled, residual=residual,
            holds=abs(residual) <= within + self._half(unit), when="",
        )  # fmt: skip

    def _half(self, unit: str) -> float:
        """Half a minor unit of money, within which two amounts are the same."""
        return 0.5 / 10**self.program.minor_digits if unit == "money" else 1e-9

    def _one(self, n: int, item: Check, statement: Statement) -> float:
        """The one value of a quantity that an amount is expected of."""
        left = statement.left
        if left.what != "formula":
            return self._measure(left)
        values = self._values(n, "left", statement, PLACES[item.counting])
        if statement.how == "" and any(value != values[0] for value in values):
            text = (
                f'{left.text} differs from month to month. Say when: "{left.text} in 2026-03", or over A..B for a sum.'
            )
            raise InputError(self.model.document.problem(("checks", n, "expect"), "check-needs-months", text))
        return values[-1]

    def _values(self, n: int, side: str, statement: Statement, rung: int) -> list[float]:
        """A formula in the months of its statement; over several, their sum."""
        values = [float(v) for v in self.rows(rung)[self.probes[n, side]][statement.first : statement.last + 1]]
        quantity: Quantity | None = getattr(statement, side)
        if quantity is not None and quantity.unit == "date":
            start = self.program.start
            values = [inf if v >= NEVER else float(date_at(v, start).toordinal()) for v in values]
        return [sum(values)] if statement.how == "over" else values

    def _measure(self, quantity: Quantity) -> float:
        """The value of a measure of the ladder, of a function, or of an amount."""
        if quantity.what == "amount":
            return quantity.number
        if quantity.value is not None:
            return quantity.value(self.ownership, quantity.argument)
        assert quantity.rung is not None
        rung = self.rung(quantity.rung)
        match quantity.measure:
            case "runway":
                return inf if rung.months is None else rung.months
            case "zero_cash_date":
                return inf if rung.zero_cash_date is None else float(rung.zero_cash_date.toordinal())
            case "lowest_cash":
                return rung.lowest_cash
        return rung.funding_gap

    def _required(self, n: int, item: Check) -> Checked:
        statement, rung = self.statements[n], PLACES[item.counting]
        left, right = statement.left, statement.right

        def values(side: str, quantity: Quantity, length: int) -> list[float]:
            if quantity.what == "formula":
                return self._values(n, side, statement, rung)
            return [self._measure(quantity)] * length

        monthly = statement.how != "over" and statement.has_formula
        span = statement.last - statement.first + 1 if monthly else 1
        lefts = values("left", left, span)
        rights = [1.0] * span if right is None else values("right", right, span)
        comparison = statement.comparison or "="
        slack = [_slack(comparison, a, b, self._half(left.unit)) for a, b in zip(lefts, rights, strict=True)]
        failing = [place for place, value in enumerate(slack) if value < 0]
        tightest = min(range(span), key=lambda place: (slack[place], place))
        when = ""
        if monthly:
            first = month_text(month_label(self.program.start + statement.first + (failing[0] if failing else 0)))
            worst = month_text(month_label(self.program.start + statement.first + tightest))
            when = worst if not failing else first if failing[0] == tightest else f"from {first}, worst {worst}"
            when = "" if not failing and len(set(slack)) == 1 else when
        a, b = lefts[tightest], rights[tightest]
        return self._made(
            n, item, "require",
            unit=left.unit, comparison=comparison, expected=b, within=None, modelled=a,
            residual=0.0 if a == b else a - b, holds=not failing, when=when,
        )  # fmt: skip

    def _unconverted(self, n: int) -> str:
        """The SAFEs and notes that are in nobody's stake, where a check is about stakes."""
        statement = self.statements.get(n)
        sides = () if statement is None else (statement.left, statement.right)
        if not any(side is not None and side.what == "function" for side in sides):
            return ""
        titles = not_converted(self.ownership)
        return f"not yet converted, so in no stake: {', '.join(titles)}" if titles else ""

    def _going_concern(self, n: int, item: Check) -> Checked:
        """Whether what is certain pays everything due within one year of the day on which the accounts are issued.

        Measured at the end of each day against zero, not the minimum cash, which is a policy and no obligation
        (ASC 205-40: one year from issuance; plans count only if it is probable that they are carried out and work).
        """
        assert item.issued is not None
        issued = date_at(item.issued.entries[0].amount.number, 0)
        end = _a_year_later(issued)
        start, at = self.program.start, self.runs.layout
        last = start + at.months - 1
        path = ("checks", n, "issued")
        if end.year * 12 + end.month - 1 > last:
            more = end.year * 12 + end.month - 1 - last
            text = f"A year from then ends on {day_text(end)}, after the model's last month, {month_label(last)}. "
            text += f"Give [model] at least {more} more month{'s' if more > 1 else ''}."
            raise InputError(self.model.document.problem(path, "target-beyond-horizon", text))
        if issued + timedelta(days=1) < day_at(start, 1):
            text = f"The model begins on {day_text(day_at(start, 1))} and cannot tell of a year that begins before it."
            raise InputError(self.model.document.problem(path, "month-outside-model", text))
        _, overrides = LADDER[PLACES["certain"]]
        days = self.runs.days(self.rows(PLACES["certain"]), overrides)
        lowest, lowest_day, first_below = inf, end, None
        for t in range(max(0, issued.year * 12 + issued.month - 1 - start), end.year * 12 + end.month - start):
            cash, _ = days.month(t)
            for day in range(1, at.days[t] + 1):
                this = day_at(start + t, day)
                value = cash(day)
                if not issued < this <= end:
                    continue
                if value < lowest:
                    lowest, lowest_day = value, this
                if value < -self._half("money") and first_below is None:
                    first_below = this
        when = f"lowest {day_text(lowest_day)}"
        if first_below is not None:
            when = f"below zero from {day_text(first_below)}"
        breached = "".join(f"; {told}" for told in self._breached(issued, end))
        return self._made(
            n, item, "preset",
            unit="money", comparison=">=", expected=0.0, within=None, modelled=lowest, residual=lowest,
            holds=first_below is None, when=f"{when}, to {day_text(end)}{breached}",
        )  # fmt: skip

    def _breached(self, after: date, to: date) -> Iterator[str]:
        """The covenants that do not hold at a month end of these days, counting what is certain: a lender may call."""
        rows = self.rows(PLACES["certain"])
        for item in self.model.section("funding"):
            for covenant in getattr(item.part, "covenants", ()):
                holds = rows[f"{item.name}.{covenant.name}.holds"]
                days = (last_day(self.program.start + t) for t, held in enumerate(holds) if not held)
                if (first := next((day for day in days if after < day <= to), None)) is not None:
                    yield f"{covenant.title or covenant.name} of {item.title} is breached on {day_text(first)}"


def _slack(comparison: str, left: float, right: float, same: float) -> float:
    """By how much a comparison holds; negative where it fails."""
    if left == right:
        return 0.0 if comparison in (">=", "<=", "=") else -same
    difference = left - right
    match comparison:
        case ">=" | ">":
            return difference + same if comparison == ">=" and difference < 0 and -difference <= same else difference
        case "<=" | "<":
            return same - difference if comparison == "<=" and 0 < difference <= same else -difference
        case "!=":
            return abs(difference) - same
    return same - abs(difference)


def _a_year_later(day: date) -> date:
    """The same day of the next year; the last of February for its 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
