"""`runway clause`: what a clause of a round is worth."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command
from runway.cli.options import AsOf, Scenario, Set, assignments, model_read, plan_read

if TYPE_CHECKING:
    from runway.answers.clause_terms import Clauses

ADDRESS = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\Z")


@command("Fund", "clause openai-2025", "clause")
def clause(
    model: Annotated[
        str | None, typer.Argument(metavar="MODEL", help="An assumption file, - or a bundled model.")
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="ROUND.CLAUSE",
            help="One clause (it may stand alone), or after MODEL a round. Without it: every clause.",
        ),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_of: AsOf = None,
) -> Clauses:
    """What a clause takes, and how late its condition may still be met."""
    if name is None and model is not None and is_clause(model):
        model, name = None, model
    import runway

    plan = runway.load(model_read(model), scenario=scenario, set=assignments(set_, as_of))
    plan_read(plan)
    return runway.clause(plan, name)


def is_clause(text: str) -> bool:
    """Whether an argument that stands alone names a clause rather than a file."""
    return bool(ADDRESS.match(text)) and not text.endswith(".toml") and not Path(text).exists()
