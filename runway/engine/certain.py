"""What funding brings for certain, as it stands at the end of a month: only conditions that have come by then hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.run import Engine, RunError
from runway.language.tree import Choose, Compare, Number, Parameter
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.engine.ladder import Rows
    from runway.program.plan import Plan

COUNTED = "levers.conditional"
FARTHEST = 1_200
"""Months from the start up to which closings after the last month count."""


class Certain:
    """What each round, grant and loan brings in all where nothing comes true after a month, by its name.

    `rows` are those of the scenario as written.  Closings that come after its last month, on a day of their own, count.
    """

    def __init__(self, plan: Plan, rows: Rows) -> None:
        program = plan.program
        sources = [item for item in plan.model.section("funding") if f"{item.name}.drawn" in rows]
        self._names = [item.name for item in sources if not item.part.revolving]
        due = [rows[f"{address}.due"][-1] for item in sources for address, _ in item.closings()]
        self._months = max([program.months, *(int(day) + 1 for day in due if day < FARTHEST)])
        self._conditional, by_then = program.parameters[COUNTED] != 0, Parameter(COUNTED)
        bounded = [
            row._replace(formula=Choose(Compare("<", row.formula, by_then), row.formula, Number(NEVER)))
            if self._conditional and row.address.endswith(".met")
            else row
            for row in program.rows
        ]
        needed = program._replace(rows=tuple(bounded)).only(f"{name}.drawn" for name in self._names)
        self._engine = Engine(needed, plan.model.document)
        self._depends = self._conditional and any(row.address.endswith(".met") for row in needed.rows)
        self._found: dict[int, dict[str, float]] = {}

    def at(self, t: int) -> Mapping[str, float]:
        """As it stands at the end of a month; -1 is that before the first."""
        t = t if self._depends else -1
        if t not in self._found:
            rows = self._run({COUNTED: t + 1.0})
            self._found[t] = {name: rows[f"{name}.drawn"][-1] for name in self._names}
        return self._found[t]

    def _run(self, overrides: Mapping[str, float]) -> Rows:
        try:
            return self._engine.over(self._months).run(overrides)
        except RunError:  # figures grow beyond every bound before the last closing
            return self._engine.run(overrides)
