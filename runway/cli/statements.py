"""The command of the three statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AllowUnmapped
from runway.reports.periods import By

if TYPE_CHECKING:
    from runway.answers.statements import Statements
    from runway.program.plan import Plan

Periods = Annotated[
    By | None,
    typer.Option("--by", help="The columns of the tables, else the finest that fits.", show_default=False),
]
InFull = Annotated[
    bool,
    typer.Option("--full", help="Every line: costs of revenue, each loan, purchases, the direct cash flow."),
]


@command("Project", "statements saas-startup --by year", "statements")
def statements(
    plan: Plan, by: Periods = None, full: InFull = False, allow_unmapped: AllowUnmapped = False
) -> Statements:
    """The income statement, the balance sheet and the cash flow; assets are liabilities and equity to the cent."""
    import runway

    return runway.statements(plan)
