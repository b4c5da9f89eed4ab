"""`runway sensitivity`: what runway answers to one figure, two, or all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, Counting, CsvFile, Model, Scenario, Set, amount_of, assignments, model_read

__all__ = ["sensitivity"]


def sensitivity(
    model: Model = None,
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
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """What runway answers to one figure, to two, or to every figure."""
    one_output(as_json, csv)
    import runway

    wanted = amount_of("--at-least", at_least, "months", "is no number of months. Write --at-least 12m.")
    params = param or ([] if everything else ["burn"])
    found = runway.sensitivity(
        runway.load(model_read(model), scenario=scenario, set=assignments(set_)),
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

    from runway.reports.sensitivity import sensitivity_csv, sensitivity_lines

    return answer(found, as_json, csv, sensitivity_csv, sensitivity_lines)
