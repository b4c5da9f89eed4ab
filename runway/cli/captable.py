"""`runway captable`: who owns the company, before and after each closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import models_there
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from runway.answers.term_sheets import TermSheets
    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan


@command("Fund", "captable saas-startup --at 2027-06", "captable", watches=True)
def captable(
    plan: Plan,
    other: Annotated[
        str | None,
        typer.Argument(
            metavar="OTHER",
            help="Another model, as of a second term sheet: both side by side.",
            autocompletion=models_there,
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="MONTH", help="The cap table at the end of one month.")
    ] = None,
) -> Ownership | TermSheets:
    """Who owns the company: every closing, its price, and who is diluted by what."""
    from dataclasses import replace

    import runway

    owned = runway.captable(plan)
    day = None if at is None else month_end(owned, at)
    if other is None:
        return replace(owned, asked=day)
    from runway.answers.term_sheets import term_sheets

    model = plan.model
    second = runway.load(other, scenario=model.scenario, set=model.changes)
    return term_sheets(plan, second, day, (model.document.title, other))


def month_end(owned: Ownership, text: str) -> date:
    """The last day of a month of the model, or of the month before its first."""
    from runway.months import last_day, month_label, month_number

    month = month_number(text)
    first, last = owned.start - 1, owned.start + owned.months - 1
    if month is None or not first <= month <= last:
        span = f"{month_label(first)} to {month_label(last)}"
        raise InputError(Problem("not-a-month", f"--at {text} is no month of this model. Write one of {span}."))
    return last_day(month)
