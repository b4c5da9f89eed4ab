"""`runway captable`: who owns the company, before and after each closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from datetime import date

    from runway.ownership.ownership import Ownership
    from runway.program.plan import Plan


@command("Fund", "captable saas-startup --at 2027-06", "captable", watches=True)
def captable(
    plan: Plan,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="MONTH", help="The cap table at the end of one month.", show_default=False),
    ] = None,
) -> Ownership:
    """Who owns the company: every closing, its price, and who is diluted by what."""
    from dataclasses import replace

    import runway

    owned = runway.captable(plan)
    return owned if at is None else replace(owned, asked=month_end(owned, at))


def month_end(owned: Ownership, text: str) -> date:
    """The last day of a month of the model, or of the month before its first."""
    from runway.months import last_day, month_label, month_number

    month = month_number(text)
    first, last = owned.start - 1, owned.start + owned.months - 1
    if month is None or not first <= month <= last:
        span = f"{month_label(first)} to {month_label(last)}"
        raise InputError(Problem("not-a-month", f"--at {text} is no month of this model. Write one of {span}."))
    return last_day(month)
