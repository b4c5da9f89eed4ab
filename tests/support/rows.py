"""The rows of a plan by one run: what `runway.project` has of them, without the ladder that it reads off others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.project import check_identities
from runway.engine.run import Engine
from runway.program.identities import identities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.program.plan import Plan


def rows_of(plan: Plan) -> Mapping[str, tuple[float, ...]]:
    """The rows as the scenario is written, by address; raises `AssertionError` where an identity fails."""
    rows = Engine(plan.program, plan.model.document).run()
    check_identities(identities(plan.model, rows), rows, plan.program)
    return {address: tuple(values) for address, values in rows.items()}
