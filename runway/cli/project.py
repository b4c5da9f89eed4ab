"""`runway project`: one scenario of one model, as a report, JSON or CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.answering import answer, one_output
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
from runway.reports.periods import By

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runway.answers.projection import Projection
    from runway.render.terminal import Text

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
    one_output(as_json, csv)
    if long and csv is None:
        raise InputError(Problem("long-without-csv", "--long shapes the CSV. Add --csv FILE, or --csv - to print it."))
    changes = with_unmapped(assignments(set_), allow_unmapped)
    name = model_read(model)
    import runway

    projection = runway.project(name, scenario=scenario, set=changes)

    def lines(_: Projection, width: int) -> Iterable[Text]:
        from runway.reports.project import report_lines

        return report_lines(projection, width, by)

    return answer(projection, as_json, csv, lambda _: csv_text(projection, long), lines)


def csv_text(projection: Projection, long: bool) -> str:
    from runway.render.csv import long_csv, wide_csv

    return long_csv(projection) if long else wide_csv(projection)
