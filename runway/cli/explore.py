"""The commands that say what could change how long the cash lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import Counting, Set, assignments, model_read

if TYPE_CHECKING:
    from runway.answers.compare import Comparison


@command("Explore", "compare")
def compare(
    first: Annotated[
        str | None,
        typer.Argument(metavar="A", help="A model, or a revision of its file: plan.toml@HEAD~1.", show_default=False),
    ] = None,
    second: Annotated[
        str | None,
        typer.Argument(metavar="B", help="The other; without it A under two scenarios.", show_default=False),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(
            "--scenario",
            "-s",
            metavar="NAME",
            help="Once: of both (of one model: base against it). Twice: A's and B's.",
            show_default=False,
        ),
    ] = None,
    metric: Annotated[
        str,
        typer.Option("--metric", metavar="NAME", help="runway, zero-cash-date, lowest-cash, gap or closing-cash."),
    ] = "runway",
    counting: Counting = None,
    set_: Set = None,
) -> Comparison:
    """What changed between two models, and what each change did. --set changes the second."""
    from runway.answers import compare as answers

    before, after, titles = answers.compare_names(model_read(first), second, scenario or (), assignments(set_))
    return answers.compare(before, after, metric=metric, rung=counting, titles=titles)
