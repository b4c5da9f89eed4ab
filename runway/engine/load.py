"""From a document to a plan: scenario, further changes, every check, the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.run import Engine, RunError
from runway.errors import InputError, Problem, choice_hint, in_order
from runway.files.closed_months import BANK_AMOUNT
from runway.model.addresses import AS_OF, COUNTED_FROM, dimension_of, find
from runway.model.checks import cross_checks
from runway.model.checks_rounds import ownership_checks
from runway.model.model import Item, Model
from runway.model.overrides import changed
from runway.model.reader import TableReader
from runway.months import last_day, month_number
from runway.program.balance_sheet import opening_sheet
from runway.program.plan import Plan
from runway.program.program import compile_model
from runway.program.size import refuse_many_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date

    from runway.files.actuals import Actuals, DriverScale, OpeningCash
    from runway.files.document import Document
    from runway.model.addresses import Path
    from runway.model.books import ActualsTable

OWNED = ("captable", "funding", "exits")
"""Sections whose figures say who owns the company."""
SAME = 1e-12
"""The relative difference up to which a scale counts as measured."""


def load_document(
    document: Document,
    scenario: str = "base",
    changes: Mapping[str, Any] | None = None,
    *,
    planned: bool = False,
    opening: OpeningCash | None = None,
    like: Plan | None = None,
    later: date | None = None,
    joined: bool = False,
) -> Plan:
    """The plan of a document under a scenario and further changes.

    With `planned` its actuals are left out: closed months have the values of their formulas, and only the `opening`
    cash is the books', read where it is not given.  Months left are counted from the end of the day `later`, where that
    is after the plan's own and in its months.  `like` is a sound plan of the same document: tables that are the same in
    both are not read, checked or compiled again.  A document `joined` from two files has no opening sheet of its own,
    which would have to balance.
    Raises `InputError` with every problem found.
    """
    original = document
    base = like and like.model
    scenarios = TableReader(document, base).named("scenarios")
    if scenario != "base" or "base" in scenarios:
        if scenario not in scenarios:
            names = ["base", *scenarios]
            hint = choice_hint(scenario, names)
            raise InputError(Problem("unknown-scenario", f"There is no scenario {scenario} in {document.title}.{hint}"))
        document = changed(document, scenarios[scenario].set, scenario)
    changes = dict(changes or {})
    if figures := {address: value for address, value in changes.items() if address != COUNTED_FROM}:
        document = changed(document, figures)
    model, problems_of_tables, between = tables(document, scenario, original, base)
    model = model._replace(changes=changes, counted_from=changes.get(COUNTED_FROM))
    written = model.actuals_table
    if model.settings.as_of is not None and not planned:
        from runway.model.known import as_of

        day, close = model.settings.as_of.day, month_number(str(changes.get("actuals.last_close")))
        model = as_of(model, day if close is None else min(day, last_day(close)))
    table = None if planned else model.actuals_table
    if table is None and opening is not None:
        model = _opened_with(model, opening)
    elif written is not None and not model.unread and (table is not None or written.opening is not None):
        if table is None and model.as_of is not None:  # before the first month: no month is closed, whatever is written
            written = written.model_copy(update={"last_close": "auto"})
        try:
            model = with_actuals(model, table or written, opening_only=table is None)
        except InputError as error:
            problems_of_tables = [*problems_of_tables, *error.problems]
    if later is not None and model.base_day < later and _within(model, later):
        model = model._replace(changes={**model.changes, COUNTED_FROM: later}, counted_from=later)
    problems = [*problems_of_tables, *between]
    if like is None:
        problems += _scenario_problems(original, model, set(problems_of_tables))
    try:
        plan = _with_the_bank(_scaled_to_books(Plan(model, compile_model(model, problems, like)), like))
        stated = model.opening_balance
        as_written = scenario == "base" and not changes and not joined
        if as_written and stated is not None and None not in (stated.paid_in, stated.retained):
            _refuse_unbalanced(plan)
    except InputError as error:
        from runway.engine.criteria import problems_of_checks

        if like is not None:
            raise
        raise InputError(*in_order((*error.problems, *problems_of_checks(model)))) from None
    return plan


def _refuse_unbalanced(plan: Plan) -> None:
    """Raises `InputError` where assets before the first month are not the debts and the equity that the file states."""
    model, program = plan
    sheet = opening_sheet(program)
    try:
        rest = Engine(sheet, model.document, whole=True).over(1).run()[sheet.rows[-1].address][0]
    except RunError:  # the run of the plan reports the figure itself
        return
    if not rest:
        return
    more, less = ("assets", "liabilities and equity")[:: 1 if rest > 0 else -1]
    text = (
        f"The opening sheet does not balance: {more} are {abs(rest):,.{program.minor_digits}f} more than {less}. "
        "Mend paid_in, retained or an opening; with one of the two left out the rest is opening_equity."
    )
    raise InputError(model.document.problem(("opening_balance", "retained"), "opening-unbalanced", text))


def _scaled_to_books(plan: Plan, like: Plan | None) -> Plan:
    """The plan with its lines of revenue going on from the books: their scales measured on the plan of the file."""
    model, program = plan
    scaled = [] if model.actuals is None else [n for n, scale in model.actuals.scales.items() if scale is not None]
    if model.actuals is None or not scaled:
        return plan
    actuals = model.actuals
    changes = model.changes
    books = {address: value for address, value in changes.items() if address == AS_OF or address.startswith("actuals.")}
    if like is not None and _same_close(like.model, model):
        assert like.model.actuals is not None
        scales = like.model.actuals.scales
    elif model.scenario != "base" or model.changes != books:
        written = load_document(model.original, changes=books).model.actuals
        assert written is not None
        scales = written.scales
    else:
        scales = _measured_scales(plan, actuals, scaled)
    actuals = actuals._replace(scales={name: scales.get(name) if name in scaled else None for name in actuals.scales})
    model = model._replace(actuals=actuals)
    parameters = {**program.parameters, **actuals.parameters(program.start)}
    return Plan(model, program._replace(parameters=parameters))


def _same_close(first: Model, second: Model) -> bool:
    """Whether the books of two models are closed alike: as of another day "auto" is another month, or none."""
    return (
        first.actuals_table == second.actuals_table
        and first.actuals is not None
        and second.actuals is not None
        and first.actuals.closed == second.actuals.closed
    )


def _with_the_bank(plan: Plan) -> Plan:
    """The plan with a flow on the day asked for that brings its cash to the bank's balance, from which it goes on."""
    if plan.model.bank is None:
        return plan
    from runway.engine.ladder import LADDER, runner_of

    amount = runner_of(plan).with_the_bank(LADDER[0].overrides)[BANK_AMOUNT]
    return Plan(plan.model, plan.program._replace(parameters={**plan.program.parameters, BANK_AMOUNT: amount}))


def _measured_scales(plan: Plan, actuals: Actuals, lines: Sequence[str]) -> Mapping[str, DriverScale]:
    """The factors of each line's driver with which its formula gives the revenue of each closed month.

    A month without revenue is left as planned.  A month may go on from the one before, and a line may read another
    line's driver: each run settles at least one more month of a line.
    """
    from runway.files.actuals import DriverScale

    closed, start = actuals.closed, plan.program.start
    rows = {name: f"{name}.expected" for name in lines}
    states = {item.name for item in plan.model.section("revenue") if (anchor := item.part.anchor()) and anchor.state}
    engine = Engine(plan.program.only(rows.values()), plan.model.document).over(closed)
    earned = {name: [float(value.value) for value in actuals.values[f"{name}.revenue"]] for name in lines}
    factors = {name: [1.0] * closed for name in lines}
    planned: dict[str, float] = {}
    for _ in range(closed * len(lines)):
        scales = {name: DriverScale(tuple(months[:-1]), months[-1]) for name, months in factors.items()}
        run = engine.run(actuals._replace(scales=scales).parameters(start))
        ratios = {
            name: [e / g if e > 0 and g > 0 else None for e, g in zip(earned[name], run[row], strict=True)]
            for name, row in rows.items()
        }
        planned = planned or {name: months[-1] or 1.0 for name, months in ratios.items()}
        if all(ratio is None or abs(ratio - 1) < SAME for months in ratios.values() for ratio in months):
            break
        for name, months in ratios.items():
            before = 1.0
            for t, ratio in enumerate(months):
                if ratio is not None:
                    factors[name][t] *= ratio / before
                    before = ratio if name in states else 1.0
    return {name: DriverScale(tuple(months[:-1]), months[-1], planned[name]) for name, months in factors.items()}


def counted_from(plan: Plan, day: date) -> Plan:
    """The plan with its months left counted from a day; unchanged where that is its own day or outside its months."""
    model = plan.model
    if day == model.base_day or not _within(model, day):
        return plan
    return load_document(model.original, model.scenario, {**model.changes, COUNTED_FROM: day}, like=plan)


def loaded_again(plan: Plan, scenario: str | None, changes: Mapping[str, Any] | None) -> Plan:
    """The plan of the same file under another scenario and further changes beside its own; as it is without them."""
    if not (scenario or changes):
        return plan
    model = plan.model
    return load_document(model.original, scenario or model.scenario, {**model.changes, **(changes or {})})


def load_planned(plan: Plan) -> Plan:
    """The plan of the same file, scenario and changes without its actuals, counted from the same day.

    Raises `InputError` with every problem found.
    """
    model = plan.model
    changes = {address: value for address, value in model.changes.items() if not address.startswith("actuals.")}
    changes[COUNTED_FROM] = model.base_day
    opening = model.actuals and model.actuals.opening
    return load_document(model.original, model.scenario, changes, planned=True, opening=opening)


def _within(model: Model, day: date) -> bool:
    """Whether months left can be counted from the end of a day: one of the model's, or the day before its first."""
    first = model.settings.start
    return last_day(first - 1) <= day <= last_day(first + model.settings.months - 1)


def with_actuals(model: Model, table: ActualsTable, *, opening_only: bool = False) -> Model:
    """The model with its `[actuals]`, or their opening cash, and a line for the cash that the lines do not explain."""
    from runway.files.closed_months import DIFFERENCE
    from runway.lines.formula_line import FormulaLine
    from runway.program.actuals import read_actuals

    actuals = read_actuals(model, table)
    if actuals.opening is not None:
        model = _opened_with(model, actuals.opening)
    if opening_only or not (actuals.closed or actuals.bank):
        return model
    items = model.items
    if "cash" in actuals.values or actuals.bank:
        title = "Unreconciled"
        part = FormulaLine.model_validate({"kind": "formula", "formula": "0", "title": title})
        items = (*items, Item(DIFFERENCE, "passthrough", part))
    return model._replace(actuals=actuals if actuals.closed else None, items=items, bank=actuals.bank)


def _opened_with(model: Model, opening: OpeningCash) -> Model:
    """The model with the cash that the books have at the start as its opening cash."""
    settings = model.settings
    dimension = dimension_of(type(settings).model_fields["opening_cash"])
    assert dimension is not None
    context = {"currency": settings.currency, "fx": (), "sources": (), "floating": ()}
    figure = dimension.read(opening.amount, context)
    return model._replace(settings=settings.model_copy(update={"opening_cash": figure}))


def tables(
    document: Document, scenario: str, original: Document, like: Model | None = None
) -> tuple[Model, list[Problem], list[Problem]]:
    """A model without its program, the problems of its tables and those between them."""
    reader = TableReader(document, like)
    model = reader.model(scenario, original)
    refuse_many_rows(model)
    return model, reader.problems, problems_between(model)


def problems_between(model: Model, touched: Collection[Path] | None = None) -> list[Problem]:
    """The problems between the tables of a model; of a sound one, those that other numbers of some tables make."""
    owned = touched is None or any(path[0] in OWNED for path in touched)
    ownership = ownership_checks(model) if owned else ()
    problems = [*cross_checks(model, touched)]
    if "correlations" in model.document.data:
        from runway.model.correlations import correlation_problems

        problems += correlation_problems(model)
    return [*problems, *ownership]


def validated(document: Document) -> Plan:
    """The plan of a document, every scenario of which can be read and run, and whose checks can be held against it.

    Raises `InputError` with the problems of all of them.
    """
    plan = load_document(document)
    problems: dict[Problem, str] = {}  # with the first scenario that has it
    for scenario in dict.fromkeys(["base", *plan.model.scenarios]):
        try:
            unusable = list(_unusable(plan if scenario == "base" else load_document(document, scenario, like=plan)))
        except InputError as error:
            unusable = list(error.problems)
        problems = {**dict.fromkeys(unusable, scenario), **problems}
    if problems:
        raise InputError(*in_order(_in_scenario(problem, scenario) for problem, scenario in problems.items()))
    return plan


def _unusable(plan: Plan) -> Iterator[Problem]:
    """The problems of the checks of a plan, and of a run of it."""
    from runway.engine.criteria import criteria

    try:
        criteria(plan)
    except InputError as error:
        yield from error.problems
    try:
        rows = Engine(plan.program, plan.model.document).run()
        if plan.model.captable is not None:
            from runway.ownership.register import ownership

            ownership(plan.model, rows)
    except InputError as error:
        yield from error.problems


def _in_scenario(problem: Problem, scenario: str) -> Problem:
    return problem if scenario == "base" else problem._replace(text=f"In scenario {scenario}: {problem.text}")


def _scenario_problems(document: Document, model: Model, known: set[Problem]) -> Iterator[Problem]:
    """The problems of the figures of the other scenarios: the tables that they change are read again."""
    for name, scenario in model.scenarios.items():
        if name == model.scenario:
            continue
        try:
            reader = TableReader(changed(document, scenario.set, name))
        except InputError as error:
            yield from error.problems
            continue
        places = (find(document.data, address) for address in scenario.set)
        for path in dict.fromkeys(place.path[:2] for place in places if place is not None):
            reader.read_again(path)
        yield from (problem for problem in reader.problems if problem not in known)
