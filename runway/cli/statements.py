"""The commands of the three statements and of the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AllowUnmapped
from runway.reports.periods import By

if TYPE_CHECKING:
    from runway.answers.metrics import Metrics
    from runway.answers.statements import Statements
    from runway.program.plan import Plan

Periods = Annotated[By | None, typer.Option("--by", help="The columns of the tables, else the finest that fits.")]
InFull = Annotated[
    bool, typer.Option("--full", help="Every line: costs of revenue, each loan, purchases, the direct cash flow.")
]


@command("Project", "statements saas-startup --by year")
def statements(
    plan: Plan, by: Periods = None, full: InFull = False, allow_unmapped: AllowUnmapped = False
) -> Statements:
    """The income statement, the balance sheet and the cash flow; assets are liabilities and equity to the cent."""
    import runway

    return runway.statements(plan)


@command("Project", "metrics saas-startup --by year")
def metrics(plan: Plan, by: Periods = None, allow_unmapped: AllowUnmapped = False) -> Metrics:
    """MRR and what moved it, retention, CAC, LTV, payback, burn multiple, rule of 40: what a board asks."""
    import runway

    return runway.metrics(plan)
