"""The value of a `--metric` on many paths: a measure of the rung, a row in the last month, or a holder's part.

A holder's part is read off the cap table of the scenario as written, solved exactly once for each different register.
"""

from __future__ import annotations

from math import isnan, nan
from typing import TYPE_CHECKING

from runway.engine.comparisons import SIGN, counted_rung, measure_in, no_metric, option_text
from runway.engine.ladder import metric_of
from runway.errors import InputError, Problem, did_you_mean
from runway.language.measures import MEASURES, measure_named
from runway.language.named_tuple import NamedTuple
from runway.program.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.engine.comparisons import Quantity
    from runway.engine.ladder import Rung
    from runway.engine.paths import PathsRun, Variants
    from runway.language.measures import Measure
    from runway.model.model import Model
    from runway.simulation.cap_tables import RowsRead, Stakes


class Outcome(NamedTuple):
    """The outcome of one path: the rung that is counted, and the metric."""

    rung: Rung
    value: float | None  # of the metric; None where there is none: cash lasts beyond the horizon, no cap table solves


class PathFigure(NamedTuple):
    """A figure that is read off every path of a run."""

    name: str  # in JSON and at the head of a column
    unit: str  # months, money, share, or that of a row
    values: Callable[[PathsRun], list[float | None]]
    measure: Measure | None = None  # of the rung that is counted, which the others are not

    def outcomes(self, variants: Variants, paths: Sequence[Mapping[str, float]]) -> list[Outcome]:
        """The rung and the metric on each set of overrides."""
        results = ((run.rungs, self.values(run)) for run in variants.runs(paths))
        return [Outcome(rung, value) for rungs, values in results for rung, value in zip(rungs, values, strict=True)]


def of_ladder(measure: Measure) -> PathFigure:
    """A measure of the rung that is counted; the zero-cash date is the months to it."""
    unit = "money" if measure.unit == "money" else "months"
    return PathFigure(measure.option, unit, lambda run: [metric_of(rung, measure) for rung in run.rungs], measure)


RUNWAY = of_ladder(MEASURES["runway"])


def metric_figure(text: str, model: Model, rung: str | None) -> tuple[PathFigure, str | None]:
    """The metric of a `--metric`, and the rung to count: the one that it names, else `rung`.

    Raises `InputError`, located in the text: unknown-metric, unknown-rung, needs-captable, unknown-holder, given-twice.
    """
    at, whole = option_text("--metric", text), (0, len(text))
    quantity = measure_in(at, *whole, model, joint="-")
    if quantity is None:
        sides = SIGN.split(text)
        if len(sides) > 1 and (alone := next((side.strip() for side in sides if measure_named(side.strip())), None)):
            says = f"--metric takes the measure alone, {alone}, and shows what it comes to."
            says += f' Whether it holds is asked by runway solve --so-that "{text}", or by [[checks]].'
            raise at.problem("unknown-metric", says, *whole)
        raise at.problem("unknown-metric", no_metric(text, [m.option for m in MEASURES.values()], model), *whole)
    rung = rung if quantity.rung_read is None else counted_rung(quantity.text, quantity.rung_read, rung)
    if quantity.form == "ladder":
        return of_ladder(MEASURES[quantity.measure]), rung
    return PathFigure(quantity.title, "share", lambda run: [*map(_value_or_none, holder_parts(run, quantity))]), rung


def row_figure(text: str, plan: Plan) -> tuple[PathFigure, Plan] | None:
    """The metric that is a row in the last month, with the plan that has it; None where the text names no row.

    Raises `InputError`: unknown-metric.
    """
    from runway.program.metrics import METRICS, WINDOWS, address, unit_of, with_metrics

    if not text.startswith(("metrics.", "total.")):
        return None
    program = with_metrics(plan).program
    if text not in program.places():
        known = [address(metric.key, window) for metric in METRICS for window in WINDOWS]
        hint = did_you_mean(text, [*known, "total.mrr", "total.arr"]) or " runway guide metrics lists them."
        raise InputError(Problem("unknown-metric", f"There is no metric {text}.{hint}"))

    def last(run: PathsRun) -> list[float | None]:
        return [_value_or_none(run.last(text, path)) for path in range(len(run.paths))]

    return PathFigure(text, unit_of(text, program), last), Plan(plan.model, program.with_demanded(text))


def holder_parts(run: PathsRun, quantity: Quantity) -> list[float]:
    """A holder's part on each path; not a number where no cap table solves."""
    import numpy

    from runway.ownership.register import ownership
    from runway.ownership.securities import rows_read
    from runway.simulation.cap_tables import by_path, drawn_terms, each_outcome, with_terms

    model, paths = run.runner.model, run.paths
    prefixes = rows_read(model)
    rows = {row: by_path(months, len(paths)) for row, months in run.rows.items() if row.startswith(prefixes)}
    terms = drawn_terms(model, dict.fromkeys(address for path in paths for address in path))
    base = run.runner.program.parameters
    for address in terms:
        rows[address] = numpy.array([[path.get(address, base[address])] for path in paths])

    def solved(prefixes: RowsRead) -> Stakes:
        changed = with_terms(model, {address: prefixes[address][0] for address in terms})
        try:
            return {(0, ""): quantity.of_holder(ownership(changed, prefixes))}
        except InputError:
            return {}

    return [outcome.get((0, ""), nan) for outcome in each_outcome(solved, rows, len(paths), len(paths))]


def _value_or_none(value: float) -> float | None:
    return None if isnan(value) else value
