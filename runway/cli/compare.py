"""`runway compare`: what changed between two files, scenarios or revisions, and what each change did."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer
from runway.cli.options import AsJson, Counting, CsvFile, Set, assignments, model_read
from runway.errors import InputError, Problem


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
    rung: Counting = None,
    set_: Set = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", metavar="", help="Print it as a comment for a pull request.")
    ] = False,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """What changed between two models, and what each change did. --set changes the second."""
    from runway.answers.compare import compare as compared
    from runway.answers.compare import compare_names

    if sum((markdown, as_json, csv is not None)) > 1:
        raise InputError(Problem("two-outputs", "Choose one of --markdown, --json and --csv; each is a whole output."))
    before, after, titles = compare_names(model_read(first), second, scenario or (), assignments(set_))
    found = compared(before, after, metric=metric, rung=rung, titles=titles)
    from runway.reports.compare import comparison_csv, comparison_lines, comparison_markdown

    if markdown:
        return comparison_markdown(found)
    return answer(found, as_json, csv, comparison_csv, comparison_lines)
