"""The facts of a scenario that only Python has: its ladder, by which the page's is checked, the amount to raise,
ownership, checks and notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.project import project_model
from runway.engine.ladder import LADDER, runner_of
from runway.engine.rung_runs import LOOK_AHEAD, RungRuns
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month
from runway.render.figures import printable
from runway.render.report import Findings
from runway.reports import answer
from runway.reports import project as project_report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from runway.answers.projection import Projection
    from runway.engine.ladder import Rung, Runner
    from runway.pages.blocks import Pool
    from runway.program.plan import Plan
    from runway.render.figures import Scale
    from runway.render.report import Report

PARTS = ("burn", "funding", "ownership", "covenants", "checks", "notes")
"""The parts of a page that are facts of Python, in the order of the page."""


class Facts(NamedTuple):
    """A scenario's projection, and its facts as JSON."""

    projection: Projection
    json: dict[str, Any]


def runs_of(plan: Plan, parts: Collection[str], like: Runner | None = None) -> RungRuns:
    """The runs that facts are read off, those of the checks with them where each of their formulas has a value.

    `like` is another plan made ready, whose formulas need not be printed again where they are the same.
    """
    if "checks" in parts and plan.model.checks:
        from runway.engine.criteria import ProbedRuns

        try:
            runs = ProbedRuns(plan, like)
            if runs.far.runner.program.months >= LOOK_AHEAD and all(map(runs.rows, range(len(LADDER)))):
                return runs
        except InputError:  # the part of the checks says it
            pass
    return RungRuns(runner_of(plan, like))


def facts(runs: RungRuns, pool: Pool, parts: Collection[str], unit: Scale | None = None) -> Facts:
    """The facts of a plan, in the unit of the base's report, else in its own."""
    projection = project_model(runs.runner.plan, alone=unit is None, ladder=runs)
    scale = project_report.report(projection, full=True).scale if unit is None else unit
    start = runs.runner.program.start
    blocks = {
        part: numbers
        for part in PARTS
        if part in parts and (numbers := _blocks(part, runs, projection, pool, scale, unit is not None))
    }
    return Facts(
        projection,
        {
            "ladder": _ladder(projection.runway, start),
            "more": [
                None if target.round_to_extend is None else scale.amount(target.round_to_extend)
                for target in projection.raise_by
            ],
            "raise": [": ".join(pair) for pair in answer.raising(projection, projection.counted, scale)],
            "breach": ": ".join(answer.first_breach(projection, projection.counted.rung) or ()),
            "decide": ": ".join(answer.decide_by_text(projection, scale) or ()),
            "acts": [*answer.actions_taken(projection)],
            "watch": [*answer.watch_texts(projection)] if unit is None else [],
            "blocks": blocks,
        },
    )


def _ladder(rungs: Sequence[Rung], start: int) -> list[Any]:
    """The figures of each rung; 0 for one that has those of the rung before."""
    rung_figures = [_rung_figures(rung, start) for rung in rungs]
    return [0 if n and figures == rung_figures[n - 1] else figures for n, figures in enumerate(rung_figures)]


def _rung_figures(rung: Rung, start: int) -> list[Any]:
    """The figures of a rung that the page's own reading must equal."""
    zero, lowest = rung.zero_cash_date, rung.lowest_cash_date
    return [
        -1 if zero is None else absolute_month(zero) - start,
        0 if zero is None else zero.day,
        rung.lowest_cash,
        absolute_month(lowest) - start,
        lowest.day,
        rung.closing_cash,
    ]


def _blocks(part: str, runs: RungRuns, projection: Projection, pool: Pool, scale: Scale, brief: bool) -> list[int]:
    match part:
        case "burn":
            findings = project_report.findings(projection, scale, peak=not brief)  # the base alone says it
            return pool.blocks([Findings(findings)], scale)
        case "funding" | "covenants":
            return pool.blocks(project_report.section(projection, scale, None, part, whole=False), scale)
        case "ownership":
            return _ownership(runs, pool)
        case "checks":
            return _checks(runs, pool)
    return [pool.of({"p": printable(note)}) for note in projection.notes]


def _ownership(runs: RungRuns, pool: Pool) -> list[int]:
    if runs.runner.model.captable is None:
        return []
    from runway.reports.captable import report

    return _report_blocks(pool, lambda: report(runs.ownership), 1)


def _checks(runs: RungRuns, pool: Pool) -> list[int]:
    if not runs.runner.model.checks:
        return []
    from runway.answers.check import check
    from runway.engine.criteria import ProbedRuns
    from runway.reports.check import report

    probed = runs if isinstance(runs, ProbedRuns) else None
    return _report_blocks(pool, lambda: report(check(runs.runner.plan, probed)))


def _report_blocks(pool: Pool, make: Callable[[], Report], most: int | None = None) -> list[int]:
    """The first sections of a report, or the error by which it cannot be made."""
    try:
        report = make()
    except InputError as error:
        return [pool.of({"p": error.problems[0].text})]
    return [number for section in report.sections[:most] for number in pool.blocks(section, report.scale)]
