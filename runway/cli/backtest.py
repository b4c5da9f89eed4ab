"""`runway backtest`: old forecasts held against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runway.cli.command import command
from runway.cli.options import AsOf, Model, assignments, model_read, models_there, plan_read
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from runway.answers.backtest import Backtest


def _one_way(options: dict[str, Any]) -> None:
    """Refuses further names without --vintages, and --vintages beside --every."""
    names, more = options["vintages"], options["more"]
    if more and not names:
        text = f"{more[0]} is one argument too many. Vintages follow --vintages: --vintages {more[0]}."
        raise InputError(Problem("too-many-arguments", text))
    if names and options["every"] is not None:
        text = "--every closes today's file at earlier months, --vintages names other forecasts. Leave one out."
        raise InputError(Problem("given-twice", text))


@command("Explain", "backtest saas-startup-actuals --every month", "backtest", first=_one_way)
def backtest(
    model: Model = None,
    more: Annotated[
        list[str] | None, typer.Argument(metavar="VINTAGE...", help="Further ones.", autocompletion=models_there)
    ] = None,
    every: Annotated[
        Literal["month", "quarter"] | None, typer.Option("--every", help="Today's file closed with each earlier month.")
    ] = None,
    vintages: Annotated[
        list[str] | None,
        typer.Option(
            "--vintages",
            metavar="VINTAGE...",
            help="Forecasts as they were made: plan.toml@v1 2025-q4.toml vintages/2026-03.json.",
            autocompletion=models_there,
        ),
    ] = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", metavar="MONTHS", help="How far ahead at most.", min=1)
    ] = None,
    simulate: Annotated[
        int, typer.Option("--simulate", metavar="N", help="Also N futures of each vintage; 0: none.", min=0)
    ] = 0,
    as_of: AsOf = None,
) -> Backtest:
    """How far old forecasts were off, by months ahead, and whether going on as before was nearer."""
    import runway

    plan = runway.load(model_read(model), set=assignments(None, as_of))
    plan_read(plan)
    names = [*(vintages or ()), *(more or ())]
    return runway.backtest(plan, names, every=every or "month", horizon=horizon, simulate=simulate)
