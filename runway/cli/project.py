"""The commands that say how long the cash lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AllowUnmapped, CsvFile, Long
from runway.errors import InputError, Problem
from runway.reports.periods import By

if TYPE_CHECKING:
    from runway.answers.check import Checks
    from runway.answers.projection import Projection
    from runway.answers.scenarios import Scenarios
    from runway.program.plan import Plan

Columns = Annotated[
    By | None,
    typer.Option(
        "--by", help="Columns of the printed table; without it the finest that fits the width.", show_default=False
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="NAME", help="This scenario beside base. Repeatable.", show_default=False),
]
Rung = Annotated[
    str,
    typer.Option(
        "--counting", metavar="RUNG", help="Whose cash is shown: cash-in-hand, certain, conditional, planned."
    ),
]


@command("Project", "project")
def project(
    plan: Plan, by: Columns = None, long: Long = False, allow_unmapped: AllowUnmapped = False, csv: CsvFile = None
) -> Projection:
    """How long the cash lasts, counting what, and why."""
    if long and csv is None:
        raise InputError(Problem("long-without-csv", "--long shapes the CSV. Add --csv FILE, or --csv - to print it."))
    import runway

    return runway.project(plan)


@command("Project", "scenarios", scenario=False)
def scenarios(plan: Plan, only: Only = None, counting: Rung = "planned") -> Scenarios:
    """How long the cash lasts in each scenario, and what each one sets."""
    from runway.answers import scenarios as answers
    from runway.engine.ladder import rung_named

    rung_named(counting)
    return answers.scenarios(plan, only or ())


@command("Project", "check", passed=lambda checks: bool(checks.hold))
def check(plan: Plan) -> Checks:
    """Whether the model satisfies the checks of its file; exit code 1 if one fails."""
    import runway

    return runway.check(plan)
