"""The commands that say why a figure is what it is, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AllowUnmapped

if TYPE_CHECKING:
    from runway.answers.variance import Variance
    from runway.model.model import Model as Plan

Month = Annotated[
    str | None,
    typer.Option("--month", metavar="MONTH", help="A closed month; else the last.", show_default=False),
]


@command("Explain", "variance")
def variance(plan: Plan, month: Month = None, allow_unmapped: AllowUnmapped = False) -> Variance:
    """Plan against actuals, for the month and the year to date, and the new zero-cash date."""
    import runway

    return runway.variance(plan, month)
