"""`runway variance`: plan against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runway.output.text import Text

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

    def csv_text() -> str:
        from runway.output.evidence_variance import variance_csv

        return variance_csv(found)

    def lines(width: int) -> Iterable[Text]:
        from runway.output.evidence_variance import variance_lines

        return variance_lines(found, width)

    return answer(found, as_json, csv, csv_text, lines)
