"""What funding brings for certain, as it stands at the end of a month: only conditions that have come by then hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.run import Engine
from runway.language.named_tuple import NamedTuple
from runway.language.tree import Choose, Compare, Number, Parameter, walk
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.ladder import Rows
    from runway.model.model import Item
    from runway.program.plan import Plan

COUNTED = "levers.conditional"
NEVER_MET = Number(NEVER)
FARTHEST = 1_200
"""Months from the start up to which closings after the last month count."""


class OwnRows(NamedTuple):
    """The rows of one round, grant or loan alone, over the months to its last closing."""

    engine: Engine
    met: tuple[str, ...]  # the conditions that they hang on
    currencies: tuple[str, ...]  # whose rate changes
    found: dict[tuple[object, ...], float]  # what it brings, by which of the conditions hold and the rates


class Certain:
    """What a round, grant or loan brings in all where nothing comes true after a month.

    `rows` are those of the scenario as written: what has come true by a month came true in it as it does in them.
    Closings that come after the last month, on a day of their own, count; money that is still to come is at the
    exchange rate of the month, as all that is committed is.
    """

    def __init__(self, plan: Plan, rows: Rows) -> None:
        program = plan.program
        self._model, self._rows = plan.model, rows
        self._conditional, by_then = program.parameters[COUNTED] != 0, Parameter(COUNTED)
        self._met = {row.address: rows[row.address][-1] for row in program.rows if row.address.endswith(".met")}
        known = (
            row._replace(
                formula=Choose(Compare("<", Parameter(row.address), by_then), Parameter(row.address), NEVER_MET)
            )
            if row.address in self._met
            else row
            for row in program.rows
        )
        names = [item.name for item in plan.model.section("funding")]
        bounded = program._replace(rows=tuple(known), parameters={**program.parameters, **self._met})
        self._program = bounded.only(f"{name}.drawn" for name in names)
        self._sources: dict[str, OwnRows] = {}

    def of(self, item: Item, t: int) -> float:
        """As it stands at the end of a month; -1 is that before the first."""
        if item.name not in self._sources:
            self._sources[item.name] = self._source(item)
        source, by = self._sources[item.name], t + 1.0 if self._conditional else 0.0
        held, rates = tuple(self._met[address] < by for address in source.met), self._rates(source.currencies, t)
        key = (*held, *rates.values())
        if key not in source.found:
            source.found[key] = self._run(source.engine, item, {COUNTED: by, **rates})[f"{item.name}.drawn"][-1]
        return source.found[key]

    def _rates(self, currencies: Sequence[str], t: int) -> dict[str, float]:
        """The rates of later months, as that of a month."""
        found = dict[str, float]()
        for code in currencies:
            now = self._model.rate(code, max(t, 0))
            assert now is not None
            steps = [address for address, _ in self._model.fx[code].addresses(f"fx.{code}")]
            found |= dict.fromkeys(steps[steps.index(now) + 1 :], self._program.parameters[now])
        return found

    def _source(self, item: Item) -> OwnRows:
        program = self._program.only([f"{item.name}.drawn"])
        read = {node.address for row in program.rows for node in walk(row.formula) if isinstance(node, Parameter)}
        steps = {code: [a for a, _ in figure.addresses(f"fx.{code}")] for code, figure in self._model.fx.items()}
        floating = tuple(code for code, own in steps.items() if len(own) > 1 and not read.isdisjoint(own))
        return OwnRows(Engine(program, self._model.document), tuple(sorted(read & self._met.keys())), floating, {})

    def _run(self, engine: Engine, item: Item, overrides: Mapping[str, float]) -> Rows:
        due = [self._rows[f"{address}.due"][-1] for address, _ in item.closings()]
        return engine.beyond(max([engine.program.months, *(int(day) + 1 for day in due if day < FARTHEST)]), overrides)
