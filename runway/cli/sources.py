"""`runway sources`: what the figures of a model rest on, and what to find out next."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import (
    AsJson,
    Counting,
    CsvFile,
    Model,
    Scenario,
    Set,
    amount_of,
    assignments,
    day_of,
    model_read,
)

__all__ = ["sources"]


def sources(
    model: Model = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="MONTHS", help="Also list figures older than 12m.", show_default=False),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            "--at", metavar="DATE", help="The day that age is counted to; else the model's first.", show_default=False
        ),
    ] = None,
    rung: Counting = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """What every figure rests on, how much of runway hangs on it, and what to find out next."""
    one_output(as_json, csv)
    import runway

    says = "is no length of time. Write --older-than 12m, or 2y."
    age = None if older_than is None else amount_of("--older-than", older_than, "months", says)
    day = None if at is None else day_of("--at", at)
    loaded = runway.load(model_read(model), scenario=scenario, set=assignments(set_))
    found = runway.sources(loaded, rung=rung, older_than=age, at=day)

    from runway.reports.sources import sources_csv, sources_lines

    return answer(found, as_json, csv, sources_csv, sources_lines)
