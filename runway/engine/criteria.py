"""The criteria of a file's checks: the figure, the rung whose rows it reads, the comparison and the expected value.

`runway check` holds them against one run, `runway simulate` against many.
"""

from __future__ import annotations

import re
from datetime import timedelta
from math import inf
from typing import TYPE_CHECKING, Any

from runway.engine.comparisons import FUNCTIONS, after_the_end
from runway.engine.ladder import PLACES, day_at, runner_of
from runway.engine.rung_runs import RungRuns
from runway.engine.statements import Statement, StatementReader
from runway.errors import InputError, Problem, in_order
from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO
from runway.months import absolute_month, month_label
from runway.program.plan import Plan
from runway.program.program import outline
from runway.program.row import ProgramRow
from runway.words import counted, day_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.engine.comparisons import Quantity
    from runway.engine.ladder import Runner
    from runway.language.figure import Amount
    from runway.model.addresses import Path
    from runway.model.evidence import Check
    from runway.model.model import Model
    from runway.program.program import Program

TINY = 1e-9  # within which two figures that are no money are the same


class Criterion(NamedTuple):
    """How the left side of a statement is compared: with its right side, or with an amount."""

    path: Path  # of the check in the file
    statement: Statement
    rung: int  # whose rows a formula reads
    unit: str
    comparison: str  # >=, >, <=, <, =, !=
    expected: float | None  # None: the right side
    tolerance: float  # difference up to which two figures count as the same: `within` and half a minor unit
    within: float | None  # the tolerance that the check writes


class Year(NamedTuple):
    """The days of a going-concern check, one year from the day of issue: after `issued`, up to `end`."""

    issued: date
    end: date

    def months(self, start: int, days: Sequence[int]) -> Iterator[tuple[int, int, int]]:
        """The place of each month from `start` on, with the first and the last of its days that count."""
        first, last = (absolute_month(day) - start for day in self)
        for t in range(max(0, first), last + 1):
            begins = self.issued.day + 1 if t == first else 1
            ends = self.end.day if t == last else days[t]
            if begins <= ends:
                yield t, begins, ends


def text_of(item: Check) -> str:
    """The statement of a check as written; a preset in words."""
    if item.issued is not None:
        return f"going concern, accounts issued {day_text(item.issued.day)}"
    return str(item.expect or item.require)


def title_of(item: Check) -> str:
    """The title of a check; its statement where it has none."""
    return item.title or item.name or text_of(item)


def criteria(plan: Plan) -> dict[int, Criterion]:
    """The criterion of each check of a model by the check's place, presets left out.

    Raises `InputError` with every problem in them, that of a preset's year among them.
    """
    by_place, problems = _read_checks(plan)
    if problems:
        raise InputError(*problems)
    return by_place


def problems_of_checks(model: Model) -> list[Problem]:
    """The problems of the checks of a model that has other problems; checks of unreadable names are left out."""
    if "model" in model.broken:  # which months there are is not known
        return []
    return _read_checks(Plan(model, outline(model)))[1]


def _read_checks(plan: Plan) -> tuple[dict[int, Criterion], list[Problem]]:
    model = plan.model
    if not model.checks:
        return {}, []
    reader, criteria, problems = StatementReader(plan), dict[int, Criterion](), list[Problem]()
    for n, item in enumerate(model.checks):
        path, form = model.check_path(n), "expect" if item.expect is not None else "require"
        written = item.expect if item.expect is not None else item.require
        if item.preset is not None or written is None or _unreadable(model, written):
            continue
        try:
            statement = reader.statement((*path, form), written, compared=form == "require")
            if not statement.has_formula and "counting" in item.model_fields_set:
                text = f"{statement.left.text} is one figure of the model, whatever rows count; take counting out."
                problems.append(model.document.problem((*path, "counting"), "check-malformed", text, at="key"))
            if item.value is None or item.within is None:
                criteria[n] = _of_statement(plan, path, item, statement)
            else:
                amounts = item.value.entries[0].amount, item.within.entries[0].amount
                criteria[n] = _of_value(reader, path, PLACES[item.counting], statement, *amounts)
        except InputError as error:
            problems += error.problems
    return criteria, in_order((*problems, *_years(model)[1]))


def _unreadable(model: Model, written: str) -> bool:
    """Whether a check names a table that could not be read, or holders, which several tables declare."""
    words = {*re.findall(r"[a-z][a-z0-9_]*", written)}
    return bool(words & model.unread or (model.unread and words & {*FUNCTIONS}))


def _of_statement(plan: Plan, path: Path, item: Check, statement: Statement) -> Criterion:
    unit = statement.left.unit
    within = _same_within(plan.program, unit)
    if statement.right is None:  # a condition is 1 where it holds
        return Criterion(path, statement, PLACES[item.counting], unit, "=", 1.0, within, None)
    expected = statement.right.number if statement.right.form == "amount" else None
    return Criterion(path, statement, PLACES[item.counting], unit, statement.comparison or "=", expected, within, None)


def _of_value(
    reader: StatementReader, path: Path, rung: int, statement: Statement, amount: Amount, width: Amount
) -> Criterion:
    unit = statement.left.unit
    expected = reader.amount((*path, "value"), amount, unit, "value")
    is_share = unit == "share" or (unit == "number" and amount.percent)
    if width.percent and not is_share:  # 4 % within 0.5 % is not 4 % ± 0.02 %
        within = abs(expected) * width.number
    elif is_share:
        within = width.number
    else:
        within = reader.amount((*path, "within"), width, "days" if unit == "date" else unit, "within")
    unit = "share" if is_share else unit
    tolerance = within + _same_within(reader.program, unit)
    return Criterion(path, statement, rung, unit, "=", expected, tolerance, within)


def _same_within(program: Program, unit: str) -> float:
    """The difference up to which two figures are the same."""
    return program.half_unit if unit == "money" else TINY


def probe(n: int, side: str) -> str:
    """The row of a formula of the n-th check; a blank keeps it apart from every row of a file."""
    return f"check {n} {side}"


def probes(criteria: Mapping[int, Criterion]) -> Iterator[ProgramRow]:
    """The formulas of the checks, as rows to be run with those of the program."""
    for n, criterion in criteria.items():
        for side in ("left", "right"):
            quantity: Quantity | None = getattr(criterion.statement, side)
            if quantity is not None and quantity.node is not None:
                yield ProgramRow(probe(n, side), quantity.node, ZERO, False, criterion.path)


def with_probes(program: Program, criteria: Mapping[int, Criterion]) -> Program:
    """The program with the formulas of the checks as further rows, which messages name as they are written."""
    shown = {probe(n, side): getattr(c.statement, side).text for n, c in criteria.items() for side in ("left", "right")
             if getattr(c.statement, side) is not None}  # fmt: skip
    return program.extended(probes(criteria))._replace(shown={**program.shown, **shown})


class ProbedRuns(RungRuns):
    """The runs of a plan with the formulas of its checks as further rows.

    `like` is another plan made ready so, whose formulas need not be printed again where they are the same.
    Raises `InputError` with every check that cannot be read.
    """

    def __init__(self, plan: Plan, like: Runner | None = None) -> None:
        self.criteria = criteria(plan)
        super().__init__(runner_of(plan, like, with_probes(plan.program, self.criteria)))


def target_problem(model: Model, criterion: Criterion) -> Problem | None:
    """The problem of a check whose target lies after the last month, unknown where cash lasts; None of others."""
    left, right = criterion.statement.left, criterion.statement.right
    if right is None or left.form != "ladder" or right.form != "amount" or right.number == inf:
        return None
    text = after_the_end(model, left.unit, right.number)
    return None if text is None else model.document.problem((*criterion.path, "require"), "target-beyond-horizon", text)


def holds(criterion: Criterion, left: Any, right: Any) -> Any:
    """Whether a comparison holds, of numbers or of arrays; infinite is beyond the horizon, or never."""
    below, above = right - criterion.tolerance, right + criterion.tolerance
    match criterion.comparison:
        case ">=":
            return left >= below
        case "<=":
            return left <= above
        case ">":
            return left > right
        case "<":
            return left < right
        case "!=":
            return (left < below) | (left > above)
    return (left >= below) & (left <= above)


def years_of(model: Model) -> dict[int, Year]:
    """The year of each going-concern check of a model by the check's place.

    Raises `InputError` where the model's months do not hold the whole year.
    """
    years, problems = _years(model)
    if problems:
        raise InputError(*problems)
    return years


def _years(model: Model) -> tuple[dict[int, Year], list[Problem]]:
    problems: list[Problem] = []
    years: dict[int, Year] = {}
    first = model.settings.start
    last = first + model.settings.months - 1
    for n, item in enumerate(model.checks):
        if item.preset is None or item.issued is None:
            continue
        issued = item.issued.day
        years[n] = Year(issued, end := _a_year_later(issued))
        text, more = "", absolute_month(end) - last
        if more > 0:
            name = "target-beyond-horizon"
            text = f"A year from then ends on {day_text(end)}, after the model's last month, {month_label(last)}. "
            text += f"Give [model] at least {counted(more, 'more month')}."
        elif issued + timedelta(days=1) < day_at(first, 1):
            name = "month-outside-model"
            text = f"The model begins on {day_text(day_at(first, 1))} and cannot tell of a year that begins before it."
        if text:
            problems.append(model.document.problem((*model.check_path(n), "issued"), name, text))
    return years, problems


def _a_year_later(day: date) -> date:
    """The same day of the next year; the last of February for its 29th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
