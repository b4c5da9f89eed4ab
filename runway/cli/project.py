"""`runway project`: one scenario of one model, as a report, JSON or CSV."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.options import (
    AllowUnmapped,
    AsJson,
    CsvFile,
    Long,
    Model,
    Scenario,
    Set,
    assignments,
    model_read,
    with_unmapped,
)
from runway.errors import InputError, Problem
from runway.output.periods import By

if TYPE_CHECKING:
    from runway.projection import Projection

__all__ = ["project"]

Columns = Annotated[
    By | None,
    typer.Option(
        "--by", help="Columns of the printed table; without it the finest that fits the width.", show_default=False
    ),
]


def project(
    model: Model = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
    long: Long = False,
    by: Columns = None,
    allow_unmapped: AllowUnmapped = False,
) -> str:
    """How long the cash lasts, counting what, and why."""
    consistent(as_json, csv, long)
    changes = with_unmapped(assignments(set_), allow_unmapped)
    name = model_read(model)
    import runway

    projection = runway.project(name, scenario=scenario, set=changes)
    printed = ""
    if csv is not None:
        printed = csv_text(projection, csv, long)
    if as_json:
        from runway.output.json import as_json as json_text

        return json_text(projection.to_dict())
    if csv is not None:
        return printed
    from runway.output.report import project_report

    return project_report(projection, by)


def consistent(as_json: bool, csv: str | None, long: bool) -> None:
    if long and csv is None:
        raise InputError(Problem("long-without-csv", "--long shapes the CSV. Add --csv FILE, or --csv - to print it."))
    if as_json and csv == "-":
        raise InputError(
            Problem("two-outputs", "--json and --csv - would both print. Write the CSV to a file: --csv FILE.")
        )


def csv_text(projection: Projection, target: str, long: bool) -> str:
    """The text to print, or nothing when it went to a file, which standard error then names."""
    from runway.output.csv import long_csv, wide_csv

    text = long_csv(projection) if long else wide_csv(projection)
    if target == "-":
        return text
    from runway.output.saving import save_text

    save_text(target, text, reading=projection.source)
    sys.stderr.write(f"wrote {target}\n")
    return ""
