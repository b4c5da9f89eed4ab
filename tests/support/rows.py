"""The rows of a plan by one run: what `runway.project` has of them, without the ladder that it reads off others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.project import every_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.program.plan import Plan


def rows_of(plan: Plan) -> Mapping[str, tuple[float, ...]]:
    """The rows as the scenario is written, by address; raises `AssertionError` where an identity fails."""
    return {address: tuple(values) for address, values in every_row(plan, statements=False).items()}
