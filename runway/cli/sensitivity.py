"""`runway sensitivity`: what runway answers to one figure, two, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import Counting, amount_of

if TYPE_CHECKING:
    from runway.answers.sensitivity import Sensitivity
    from runway.program.plan import Plan


@command("Explore", "sensitivity")
def sensitivity(
    plan: Plan,
    param: Annotated[
        list[str] | None,
        typer.Option("--param", "-p", metavar="ADDRESS", help="A figure; or burn, revenue, funding, delay."),
    ] = None,
    within: Annotated[
        list[str] | None,
        typer.Option("--range", metavar="LOW..HIGH", help="-30%..30%, 0.02..0.08, 0..12months."),
    ] = None,
    steps: Annotated[int, typer.Option("--steps", metavar="N", help="How many values of each range.")] = 7,
    grid: Annotated[bool, typer.Option("--grid", metavar="", help="Two figures against each other.")] = False,
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="What a grid shows.")] = "runway",
    everything: Annotated[
        bool, typer.Option("--all", metavar="", help="Every figure of the model, the widest swing first.")
    ] = False,
    breakpoints: Annotated[bool, typer.Option("--break", metavar="", help="Where runway turns at --at-least.")] = False,
    at_least: Annotated[str, typer.Option("--at-least", metavar="MONTHS", help="The runway wanted.")] = "12m",
    rung: Counting = None,
) -> Sensitivity:
    """What runway answers to one figure, to two, or to every figure."""
    import runway

    wanted = amount_of("--at-least", at_least, "months", "is no number of months. Write --at-least 12m.")
    params = param or ([] if everything else ["burn"])
    return runway.sensitivity(
        plan,
        params,
        within=within or (),
        steps=steps,
        grid=grid,
        metric=metric,
        everything=everything,
        find_breakpoints=breakpoints,
        at_least=wanted,
        rung=rung,
    )
