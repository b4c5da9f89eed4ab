"""The commands that say why a figure is what it is, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AllowUnmapped, Counting, amount_of, day_of

if TYPE_CHECKING:
    from runway.answers.sources import Sources
    from runway.answers.variance import Variance
    from runway.program.plan import Plan

OlderThan = Annotated[
    str | None,
    typer.Option("--older-than", metavar="MONTHS", help="Also list figures older than 12m.", show_default=False),
]
At = Annotated[
    str | None,
    typer.Option(
        "--at", metavar="DATE", help="The day that age is counted to; else the model's first.", show_default=False
    ),
]
Month = Annotated[
    str | None,
    typer.Option("--month", metavar="MONTH", help="A closed month; else the last.", show_default=False),
]


@command("Explain", "sources")
def sources(plan: Plan, older_than: OlderThan = None, at: At = None, rung: Counting = None) -> Sources:
    """What every figure rests on, how much of runway hangs on it, and what to find out next."""
    import runway

    says = "is no length of time. Write --older-than 12m, or 2y."
    age = None if older_than is None else amount_of("--older-than", older_than, "months", says)
    return runway.sources(plan, rung=rung, older_than=age, at=None if at is None else day_of("--at", at))


@command("Explain", "variance")
def variance(plan: Plan, month: Month = None, allow_unmapped: AllowUnmapped = False) -> Variance:
    """Plan against actuals, for the month and the year to date, and the new zero-cash date."""
    import runway

    return runway.variance(plan, month)
