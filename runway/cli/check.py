"""`runway check`: whether a model satisfies the statements of its file."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, CsvFile, Model, Scenario, Set, assignments, model_read
from runway.errors import InputError, Problem

__all__ = ["check"]


def check(
    model: Model = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", metavar="", help="Print a Markdown table.", show_default=False)
    ] = False,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """Whether the model satisfies the checks of its file; exit code 1 if one fails."""
    one_output(as_json, csv)
    if markdown and (as_json or csv is not None):
        raise InputError(Problem("two-outputs", "--markdown stands alone; leave out --json and --csv."))
    import runway

    found = runway.check(runway.load(model_read(model), scenario=scenario, set=assignments(set_)))
    from runway.reports.check import checks_csv, checks_lines, checks_markdown

    text = checks_markdown(found) if markdown else answer(found, as_json, csv, checks_csv, checks_lines)
    if not found.hold:
        sys.stdout.write(text)
        raise typer.Exit(1)
    return text
