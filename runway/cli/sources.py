"""`runway sources`: what the figures of a model rest on, and what to find out next."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, Counting, CsvFile, Model, Scenario, Set, assignments, day_of, model_read
from runway.errors import InputError, Problem

__all__ = ["sources"]

AGE = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>m|months?|y|years?)?\Z")


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

    age, day = months_of(older_than), None if at is None else day_of("--at", at)
    loaded = runway.load(model_read(model), scenario=scenario, set=assignments(set_))
    found = runway.sources(loaded, rung=rung, older_than=age, at=day)

    from runway.reports.sources import sources_csv, sources_lines

    return answer(found, as_json, csv, sources_csv, sources_lines)


def months_of(text: str | None) -> float | None:
    """A length of time in months: `12`, `12m`, `1 year`."""
    if text is None:
        return None
    match = AGE.match(text.strip())
    if match is None:
        said = f"--older-than {text} is no length of time. Write --older-than 12m, or 2y."
        raise InputError(Problem("value-out-of-range", said))
    return float(match["number"]) * (12 if (match["unit"] or "m").startswith("y") else 1)
