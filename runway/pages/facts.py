"""What only Python tells of a scenario: its ladder to check the page's by, what to raise, ownership, checks, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.answers.project import project_model
from runway.errors import InputError
from runway.render.figures import printable
from runway.render.report import Findings
from runway.reports import answer
from runway.reports import project as project_report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from runway.answers.projection import Projection
    from runway.engine.ladder import Rung, Runner
    from runway.engine.run import Engine
    from runway.pages.blocks import Pool
    from runway.program.plan import Plan
    from runway.render.figures import Scale

PARTS = ("burn", "funding", "ownership", "covenants", "checks", "notes")
"""What a page has from Python, in the order of the page."""


class Facts(NamedTuple):
    """A scenario as Python sees it."""

    projection: Projection
    json: dict[str, Any]


def facts(
    runner: Runner, pool: Pool, wanted: Collection[str], unit: Scale | None = None, checks: Engine | None = None
) -> Facts:
    """The facts of a plan, in the unit of the base's report, else in its own; `checks` is the engine of its checks."""
    plan = runner.plan
    projection = project_model(plan, runner=runner, brief=unit is not None)
    scale = project_report.report(projection, full=True).scale if unit is None else unit
    start = runner.program.start
    blocks = {
        part: numbers
        for part in PARTS
        if part in wanted and (numbers := _blocks(part, plan, projection, pool, scale, checks, unit is not None))
    }
    return Facts(
        projection,
        {
            "ladder": [_checked(rung, start) for rung in projection.runway],
            "more": [
                None if one.round_to_extend is None else scale.amount(one.round_to_extend)
                for one in projection.raise_by
            ],
            "raise": [": ".join(pair) for pair in answer.raising(projection, projection.counted, scale)],
            "breach": ": ".join(answer.broken_first(projection, projection.counted.rung) or ()),
            "watch": [*answer.watched(projection)] if unit is None else [],
            "blocks": blocks,
        },
    )


def _checked(rung: Rung, start: int) -> list[Any]:
    """The figures that the page's own reading must come to."""
    zero, lowest = rung.zero_cash_date, rung.lowest_cash_date
    return [
        -1 if zero is None else zero.year * 12 + zero.month - 1 - start,
        0 if zero is None else zero.day,
        rung.lowest_cash,
        lowest.year * 12 + lowest.month - 1 - start,
        lowest.day,
        rung.closing_cash,
    ]


def _blocks(
    part: str, plan: Plan, projection: Projection, pool: Pool, scale: Scale, checks: Engine | None, brief: bool
) -> list[int]:
    match part:
        case "burn":
            pairs = project_report.findings(projection, scale)
            told = [pair for pair in pairs if not brief or pair[0] != "Peak need"]
            return pool.blocks([Findings(told)], scale)
        case "funding" | "covenants":
            return pool.blocks(project_report.section(projection, scale, _no_flows(), part, whole=False), scale)
        case "ownership":
            return list(_ownership(plan, projection, pool))
        case "checks":
            return list(_checks(plan, pool, checks))
    return [pool.of({"p": printable(note)}) for note in projection.notes]


def _no_flows() -> Any:
    """Sections that are no cash table read none."""
    return None


def _ownership(plan: Plan, projection: Projection, pool: Pool) -> Iterator[int]:
    if plan.model.captable is None:
        return
    from runway.ownership.register import ownership
    from runway.reports.captable import report

    try:
        made = report(ownership(plan.model, projection.rows))
    except InputError as error:
        yield pool.of({"p": error.problems[0].text})
        return
    yield from pool.blocks(made.sections[0], made.scale)


def _checks(plan: Plan, pool: Pool, like: Engine | None) -> Iterator[int]:
    if not plan.model.checks:
        return
    from runway.answers.check import check
    from runway.reports.check import report

    try:
        made = report(check(plan, like))
    except InputError as error:
        yield pool.of({"p": error.problems[0].text})
        return
    for section in made.sections:
        yield from pool.blocks(section, made.scale)
