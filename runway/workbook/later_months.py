"""The months past the plan's last that the Model sheet has, folded: the money to extend a rung is read off them.

They are the same formulas copied on, of the rows that daily cash and survival need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.days import layout
from runway.engine.ladder import LADDER, WITHOUT_ANY_FUNDING
from runway.engine.run import Engine, RunError
from runway.engine.rung_runs import LOOK_AHEAD
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.engine.run import Series
    from runway.program.plan import Plan
    from runway.program.program import Program

SURVIVAL = ("survival.cash", "survival.revenue", "survival.expenses", "survival.growth")
READ = ("net_burn", "gross_burn", "months_to_close", *SURVIVAL)
"""Rows that the headline reads beside those of daily cash."""
MOST_AHEAD = 300
"""Rows of which ten years are on the sheet; of a model with more, peak need and survival are as exported."""


class LaterMonths(NamedTuple):
    """The months of the sheet, counted from the start, and the rows that have a value in all of them."""

    months: int
    has_survival: bool  # whether peak need and survival are formulas
    has_peak_need: bool  # whether the run that peak need is read off can be computed
    months_ahead: int  # months over which they are read
    months_raising: int  # months that the longest money to raise may take; at most all
    needed: Program
    rows: Mapping[str, Series]  # counting all funding


def later(plan: Plan) -> LaterMonths:
    """As many months as the headline may need, or fewer where figures grow beyond what can be computed."""
    model, program = plan
    needed = program.only([*layout(plan).names(), *READ])
    raising = program.months + model.settings.raise_for
    survival = len(needed.rows) <= MOST_AHEAD or program.months >= LOOK_AHEAD
    ahead = max(LOOK_AHEAD, program.months) if survival else program.months

    engine = Engine(needed, model.document, whole=True)

    def run_over(months: int, levers: Mapping[str, float]) -> dict[str, Series]:
        return engine.as_far_as(months, {a: value for a, value in levers.items() if a in needed.parameters})

    months, peak_need = max(ahead, raising), True
    rows: dict[str, Series] = {}
    try:
        months = len(run_over(months, WITHOUT_ANY_FUNDING)["cash"])
    except RunError:
        peak_need = False
    for counting in LADDER:
        rows = run_over(months, counting.overrides)
        months = len(rows["cash"])
    assert LADDER[-1].overrides == {}
    rows = {address: values[:months] for address, values in rows.items()}
    return LaterMonths(months, survival, survival and peak_need, min(ahead, months), min(raising, months), needed, rows)
