"""When a company runs out of money, and what the next round buys: cash, conditional funding and ownership in one model.

>>> import runway
>>> runway.project("lemonade").runway[0].counting
'cash in hand'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from fractions import Fraction

    from runway.answers.check import Checks
    from runway.answers.clause import Clauses
    from runway.answers.compare import Comparison
    from runway.answers.exit import Exit
    from runway.answers.explain import Explanation
    from runway.answers.portfolio import Portfolio
    from runway.answers.projection import Projection
    from runway.answers.scenarios import Scenarios
    from runway.answers.sensitivity import Sensitivity
    from runway.answers.simulation import Simulation
    from runway.answers.solve import Solution
    from runway.answers.sources import Sources
    from runway.answers.variance import Variance
    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan

__all__ = [
    "__version__",
    "cap_table",
    "check",
    "clause",
    "compare",
    "exit_at",
    "explain",
    "load",
    "portfolio",
    "project",
    "scenarios",
    "sensitivity",
    "simulate",
    "solve",
    "sources",
    "variance",
]
__version__ = "0.1.0"


def load(name: str | None = None, *, scenario: str = "base", set: Mapping[str, Any] | None = None) -> Plan:
    """The plan of an assumption file, for every other function here: a path, "-", or the name of a bundled model.

    Raises `runway.errors.InputError` with every problem found, each with its place.
    """
    from runway.engine.load import load_document
    from runway.files.document import default_model, read

    return load_document(read(default_model() if name is None else name), scenario, set)


def project(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Projection:
    """The projection of a model under a scenario and further changes, `{"address": value}`.

    A plan that was loaded under a scenario or with changes keeps them.

    >>> round(project("lemonade", set={"model.opening_cash": "0"}).rows["opening_cash"][0], 2)
    0.0
    """
    from runway.answers.project import project_model

    return project_model(_changed(model, scenario, set))


def _changed(model: str | Plan | None, scenario: str | None, set: Mapping[str, Any] | None) -> Plan:
    """A plan under a scenario and further changes; one that was loaded keeps its own."""
    from runway.engine.load import load_document
    from runway.program.plan import Plan

    if not isinstance(model, Plan):
        return load(model, scenario=scenario or "base", set=set)
    if scenario or set:
        written = model.model
        return load_document(written.original, scenario or written.scenario, {**written.changes, **(set or {})})
    return model


def _loaded(model: str | Plan | None) -> Plan:
    from runway.program.plan import Plan

    return model if isinstance(model, Plan) else load(model)


def sensitivity(model: str | Plan | None = None, params: Sequence[str] = ("burn",), **options: Any) -> Sensitivity:
    """How runway answers to figures; the options are those of `runway.answers.sensitivity.sensitivity`.

    >>> [case.outcome.months for case in sensitivity("lemonade", within=["-50%..50%"], steps=3).sweeps[0].cases]
    [None, 7.0, 2.774193548387097]
    """
    from runway.answers.sensitivity import sensitivity as swept

    return swept(_loaded(model), params, **options)


def solve(
    model: str | Plan | None = None, vary: str = "burn", so_that: str = "runway >= 24 months", **options: Any
) -> Solution:
    """What a figure must be so that a target holds; the options are those of `runway.answers.solve.solve`."""
    from runway.answers.solve import solve as solved

    return solved(_loaded(model), vary, so_that, **options)


def scenarios(model: str | Plan | None = None, only: Sequence[str] = ()) -> Scenarios:
    """The scenarios of a file side by side."""
    from runway.answers.scenarios import scenarios as compared

    return compared(_loaded(model), only)


def clause(model: str | Plan | None = None, wanted: str | None = None) -> Clauses:
    """What the clauses of a model's rounds are worth: `ROUND.CLAUSE`, a round, or all of them."""
    from runway.answers.clause import clause as priced

    return priced(_loaded(model), wanted)


def cap_table(
    model: str | Plan | None = None, *, scenario: str | None = None, set: Mapping[str, Any] | None = None
) -> Ownership:
    """Who owns the company from its `[captable]` through every closing of the projection."""
    from runway.ownership.register import ownership

    loaded = _changed(model, scenario, set)
    return ownership(loaded.model, project(loaded).rows)


def exit_at(
    model: str | Plan | None,
    value: Fraction | float | Sequence[Fraction | float],
    *,
    on: date | None = None,
    values: Sequence[Fraction] = (),
    rate: float | None = None,
) -> Exit:
    """What a sale of the company for a value, or each of several, pays to whom on a day; what each holder makes of it.

    `values` are those of the range beside it; `rate`, a year, is that of present values and modified rates of return.
    """
    from collections.abc import Sequence
    from fractions import Fraction

    from runway.answers.exit import exit_at as sold

    loaded = _loaded(model)
    asked = [Fraction(one) for one in (value if isinstance(value, Sequence) else [value])]
    return sold(loaded.model, project(loaded).rows, asked, on, values, rate)


def explain(
    model: str | Plan | None = None, address: str = "cash", month: str | None = None, **options: Any
) -> Explanation:
    """What a row, a figure, an event, a closing or a clause is, and why, down to the lines of the file.

    >>> explain("lemonade", "lemons", "2025-02").term.value
    100.0
    """
    from runway.answers.explain import explain as explained

    return explained(_loaded(model), address, month, **options)


def check(model: str | Plan | None = None) -> Checks:
    """Whether a model satisfies the checks of its file: expected, modelled, residual, verdict."""
    from runway.answers.check import check as checked

    return checked(_loaded(model))


def sources(model: str | Plan | None = None, **options: Any) -> Sources:
    """What the figures of a model rest on, how much of runway hangs on each source, and what to find out next."""
    from runway.answers.sources import sources as weighed

    return weighed(_loaded(model), **options)


def variance(model: str | Plan | None = None, month: str | None = None) -> Variance:
    """The plan of a model against its actuals, in a closed month and in the year to date."""
    from runway.answers.variance import variance as held

    return held(_loaded(model), month)


def compare(
    first: str | Plan | None = None,
    second: str | Plan | None = None,
    *,
    scenarios: Sequence[str] = (),
    set: Mapping[str, Any] | None = None,
    **options: Any,
) -> Comparison:
    """What changed between two models, files, scenarios or revisions (`FILE@REV`), and what each change is worth."""
    from runway.answers.compare import compare as compared
    from runway.answers.compare import compare_names
    from runway.program.plan import Plan

    if isinstance(first, Plan) or isinstance(second, Plan):
        return compared(_loaded(first), _loaded(second), **options)
    one, other, titles = compare_names(first, second, scenarios, set)
    return compared(one, other, titles=titles, **options)


def simulate(model: str | Plan | None = None, **options: Any) -> Simulation:
    """A model over its uncertain figures; the options are those of `runway.answers.simulate.simulate`.

    >>> simulate("openai-2025", paths=1000, seed=7).paths
    1000
    """
    from runway.answers.simulate import simulate as simulated

    return simulated(_loaded(model), **options)


def portfolio(place: str, **options: Any) -> Portfolio:
    """The companies of a folder or pattern, the riskiest first; options as `runway.answers.portfolio.portfolio`."""
    from runway.answers.portfolio import portfolio as ranked

    return ranked(place, **options)
