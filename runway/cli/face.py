"""The commands as Python functions, each by the name of its command; `import runway` finds them here when one is used.

A `model` is a plan that `load` returned, a path, "-" or the name of a bundled model; without one it is that of the
command: ./runway.toml, else the bundled openai-2025.  Answers are frozen records: `to_dict` is the JSON of the
command, their text is one line, and a notebook shows their report.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, overload

from runway.cli.face_files import export as export
from runway.cli.face_files import import_ as import_
from runway.cli.face_files import init as init
from runway.cli.face_files import load as load
from runway.cli.face_files import page as page
from runway.cli.face_files import plan_of
from runway.cli.face_files import schema as schema
from runway.cli.face_files import validate as validate
from runway.language.record import Record
from runway.program.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from runway.answers.backtest import Backtest
    from runway.answers.check import Checks
    from runway.answers.clause_terms import Clauses
    from runway.answers.compare import Comparison
    from runway.answers.exit import Exit
    from runway.answers.explain import Explanation
    from runway.answers.field import FieldUses
    from runway.answers.headline import Headline
    from runway.answers.metrics import Metrics
    from runway.answers.offers import Offers
    from runway.answers.projection import Projection
    from runway.answers.scenarios import Scenarios
    from runway.answers.simulation import Simulation
    from runway.answers.solve import Solution
    from runway.answers.sources import Sources
    from runway.answers.statements import Statements
    from runway.answers.swings import Sensitivity
    from runway.answers.variance import Variance
    from runway.answers.word import Word
    from runway.ownership.ownership import Ownership


def shown(record: Record) -> str | None:
    """The report of an answer as HTML, for notebooks; None of a part of one."""
    from runway.render.html import html
    from runway.reports import maker

    make = maker(record)
    return None if make is None else html(make(record))


Record.shown = staticmethod(shown)


if not TYPE_CHECKING:  # a checker of types would take any name that this is asked for

    def __getattr__(name: str) -> Any:
        """The questions that are not about one plan, as `runway.answers` has them."""
        if name in ("guide", "kinds", "models", "portfolio"):
            return getattr(import_module(f"runway.answers.{name}"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def project(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Projection:
    """The projection of a model under a scenario and further changes, `{"address": value}`.

    >>> round(project("lemonade", set={"model.opening_cash": "0"}).rows["opening_cash"][0], 2)
    0.0
    """
    from runway.answers.project import project_model

    return project_model(plan_of(model, scenario, set), alone=True)


def scenarios(model: str | Plan | None = None, only: Sequence[str] = ()) -> Scenarios:
    """The scenarios of a file side by side, base first; `only` keeps some of them beside it."""
    from runway.answers import scenarios as answers

    return answers.scenarios(plan_of(model), only)


def statements(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Statements:
    """The income statement, the balance sheet and the cash-flow statement of a model.

    >>> statements("lemonade").rows["sheet.assets"][0]
    400.0
    """
    from runway.answers import statements as answers

    return answers.statements(plan_of(model, scenario, set))


def metrics(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Metrics:
    """What moved a model's recurring revenue, and its metrics by month, quarter and year.

    >>> metrics("saas-startup").metrics[0].addresses["year"]
    'metrics.year.net_revenue_retention'
    """
    from runway.answers import metrics as answers

    return answers.metrics(plan_of(model, scenario, set))


def check(model: str | Plan | None = None) -> Checks:
    """Whether a model satisfies the checks of its file: expected, modelled, residual, verdict."""
    from runway.answers import check as answers

    return answers.check(plan_of(model))


def sensitivity(
    model: str | Plan | None = None,
    params: Sequence[str] = ("burn",),
    *,
    within: Sequence[str] = (),
    steps: int = 7,
    grid: bool = False,
    metric: str = "runway",
    everything: bool = False,
    find_breakpoints: bool = False,
    at_least: float = 12.0,
    counting: str | None = None,
) -> Sensitivity:
    """How runway answers to figures: sweeps over `within`, a grid of two, or the swing of `everything`.

    >>> [case.outcome.months for case in sensitivity("lemonade", within=["-50%..50%"], steps=3).sweeps[0].cases]
    [None, 7.0, 2.774193548387097]
    """
    from runway.answers import sensitivity as answers

    return answers.sensitivity(
        plan_of(model), params, within=within, steps=steps, grid=grid, metric=metric, everything=everything,
        find_breakpoints=find_breakpoints, at_least=at_least, rung=counting,
    )  # fmt: skip


def solve(
    model: str | Plan | None = None,
    vary: str = "burn",
    so_that: str = "runway >= 24 months",
    *,
    within: str | None = None,
    counting: str | None = None,
) -> Solution:
    """What a figure must be so that a target holds."""
    from runway.answers import solve as answers

    return answers.solve(plan_of(model), vary, so_that, within=within, rung=counting)


def simulate(
    model: str | Plan | None = None,
    *,
    paths: int = 100_000,
    seed: int = 1,
    workers: int | None = None,
    counting: str | None = None,
    by: date | None = None,
    until: float | None = None,
    sampling: str = "random",
    against: str | None = None,
    raw: bool = False,
    insist: bool = False,
    checks: bool = True,
    cluster: str | None = None,
    engine: str = "auto",
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """A model over its uncertain figures; `raw` keeps every path, `until` is the error of a probability, 0-1.

    >>> simulate("openai-2025", paths=1000, seed=7).paths
    1000
    """
    from runway.answers import simulate as answers

    return answers.simulate(
        plan_of(model), paths=paths, seed=seed, workers=workers, counting=counting, by=by, until=until,
        sampling=sampling, against=against, raw=raw, insist=insist, checks=checks, cluster=cluster,
        engine=engine, progress=progress,
    )  # fmt: skip


def compare(
    first: str | Plan | None = None,
    second: str | Plan | None = None,
    *,
    scenarios: Sequence[str] = (),
    set: Mapping[str, Any] | None = None,
    metric: str = "runway",
    counting: str | None = None,
    as_of: str | None = None,
) -> Comparison:
    """What changed between two models, files, scenarios or revisions (`FILE@REV`), and what each change is worth."""
    from runway.answers import compare as answers
    from runway.answers.compare_sides import two_sides

    before, after, titles = two_sides(first, second, scenarios, set, as_of)
    return answers.compare(before, after, metric=metric, rung=counting, titles=titles)


def clause(model: str | Plan | None = None, wanted: str | None = None) -> Clauses:
    """What the clauses of a model's rounds are worth: `ROUND.CLAUSE`, a round, or all of them."""
    from runway.answers import clause as answers

    return answers.clause(plan_of(model), wanted)


def captable(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Ownership:
    """Who owns the company from its `[captable]` through every closing of the projection."""
    from runway.answers.project import every_row
    from runway.ownership.register import ownership

    plan = plan_of(model, scenario, set)
    return ownership(plan.model, every_row(plan, statements=False))


@overload
def exit(model: str | Plan | None = None, *, rate: float | None = None) -> Offers: ...
@overload
def exit(
    model: str | Plan | None,
    value: str | Fraction | float | Sequence[str | Fraction | float],
    *,
    on: date | None = None,
    values: Sequence[Fraction] = (),
    rate: float | None = None,
) -> Exit: ...
def exit(
    model: str | Plan | None = None,
    value: str | Fraction | float | Sequence[str | Fraction | float] = (),
    *,
    on: date | None = None,
    values: Sequence[Fraction] = (),
    rate: float | None = None,
) -> Exit | Offers:
    """What a sale of the company for a value, or each of several, pays to whom on a day; what each holder makes of it.

    A value is a number or a text as the command has it, "50M". Without one the exits that the file names, side by side.

    `values` are those of the range beside it; `rate`, a year, is that of present values and modified rates of return.
    """
    from runway.answers import exit as answers
    from runway.answers.project import every_row
    from runway.cli.exit_value import money
    from runway.engine.to_the_end import to_the_end

    plan = plan_of(model)
    if value == ():
        from runway.answers.offers import offers

        return offers(plan, rate)
    values_paid = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
    paid = [money(plan, "value", amount) if isinstance(amount, str) else Fraction(amount) for amount in values_paid]
    rows = to_the_end(plan, every_row(plan, statements=False))
    return answers.exit_at(plan.model, rows, paid, on, values, rate)


def explain(
    model: str | Plan | None = None, address: str = "cash", month: str | None = None, *, depth: int | None = None
) -> Explanation | Headline | Word | FieldUses:
    """What a row, a figure, an event, a closing or a clause is, and why, down to the lines of the file.

    `runway` or `runway.certain` is the headline; what is no name of the model may be a word of the reports, or a field
    of assumption files.  Of the tree as many levels are told as `depth` says, else three.

    >>> explain("lemonade", "lemons", "2025-02").term.value
    100.0
    """
    from runway.answers import explain as answers

    return answers.explained(plan_of(model), address, month, depth)


def sources(
    model: str | Plan | None = None,
    *,
    counting: str | None = None,
    older_than: float | None = None,
    at: date | None = None,
) -> Sources:
    """What the figures of a model rest on, how much of runway hangs on each source, and what to find out next."""
    from runway.answers import sources as answers

    return answers.sources(plan_of(model), rung=counting, older_than=older_than, at=at)


def variance(model: str | Plan | None = None, month: str | None = None, *, counting: str | None = None) -> Variance:
    """The plan of a model against its actuals, in a closed month and in the year to date; on all rungs or one."""
    from runway.answers import variance as answers

    return answers.variance(plan_of(model), month, rung=counting)


def backtest(
    model: str | Plan | None = None,
    vintages: Sequence[str] = (),
    *,
    every: Literal["month", "quarter"] = "month",
    horizon: int | None = None,
    simulate: int = 0,
) -> Backtest:
    """Old forecasts of a model against its actuals: vintages by name, else its own file closed earlier.

    >>> backtest("saas-startup-actuals").headed
    'hindsight'
    """
    from runway.answers import backtest as answers

    return answers.backtest(plan_of(model), vintages, every, horizon, simulate)
