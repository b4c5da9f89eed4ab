"""`runway captable`: who owns the company, before and after each closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, CsvFile, Model, Scenario, Set, assignments, model_read
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from runway.ownership.ownership import Ownership


def captable(
    model: Model = None,
    scenario: Scenario = "base",
    set_: Set = None,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MONTH", help="The cap table at the end of one month.", show_default=False),
    ] = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """Who owns the company: every closing, its price, and who is diluted by what."""
    one_output(as_json, csv)
    from dataclasses import replace

    import runway

    found = runway.captable(model_read(model), scenario=scenario, set=assignments(set_))
    on = None if at is None else month_end(found, at)
    found = replace(found, asked=on)

    from runway.reports.captable import at_lines, ownership_csv, ownership_lines

    if on is None:
        return answer(found, as_json, csv, ownership_csv, ownership_lines)
    return answer(found, as_json, csv, ownership_csv, lambda _, width: at_lines(found, on, width))


def month_end(found: Ownership, text: str) -> date:
    """The last day of a month of the model, or of the month before its first."""
    from runway.months import last_day, month_label, month_number

    month = month_number(text)
    first, last = found.start - 1, found.start + found.months - 1
    if month is None or not first <= month <= last:
        span = f"{month_label(first)} to {month_label(last)}"
        raise InputError(Problem("not-a-month", f"--at {text} is no month of this model. Write one of {span}."))
    return last_day(month)
