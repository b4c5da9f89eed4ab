"""`runway variance`: plan against what happened."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import (
    AllowUnmapped,
    AsJson,
    CsvFile,
    Model,
    Scenario,
    Set,
    assignments,
    model_read,
    with_unmapped,
)

__all__ = ["variance"]


def variance(
    model: Model = None,
    month: Annotated[
        str | None,
        typer.Option("--month", metavar="MONTH", help="A closed month; else the last.", show_default=False),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    allow_unmapped: AllowUnmapped = False,
) -> str:
    """Plan against actuals, for the month and the year to date, and the new zero-cash date."""
    one_output(as_json, csv)
    import runway

    changes = with_unmapped(assignments(set_), allow_unmapped)
    found = runway.variance(runway.load(model_read(model), scenario=scenario, set=changes), month)

    from runway.reports.variance import variance_csv, variance_lines

    return answer(found, as_json, csv, variance_csv, variance_lines)
