"""The funding that is certain at the end of a month: only conditions that have come by then hold."""

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
    met: tuple[str, ...]  # rows of the conditions that the money depends on
    currencies: tuple[str, ...]  # whose rate changes
    drawn: dict[tuple[object, ...], float]  # its money, by which of the conditions hold and the rates


class CertainMoney:
    """All the money of a round, grant or loan if no condition comes true after a month.

    `rows` are those of the scenario as written: a condition that came true by a month came true on its day in them.
    Closings that come after the last month, on a day of their own, count; money that is still to come is at the
    exchange rate of the month, as all committed money is.
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

    def amount(self, item: Item, t: int) -> float:
        """The money that is certain at the end of month `t`; -1 is the month before the first."""
        if item.name not in self._sources:
            self._sources[item.name] = self._source(item)
        source, end = self._sources[item.name], t + 1.0 if self._conditional else 0.0
        rates = self._rates(source.currencies, t)
        key = (*(self._met[address] < end for address in source.met), *rates.values())
        if key not in source.drawn:
            source.drawn[key] = self._run(source.engine, item, {COUNTED: end, **rates})[f"{item.name}.drawn"][-1]
        return source.drawn[key]

    def _rates(self, currencies: Sequence[str], t: int) -> dict[str, float]:
        """The exchange rates of the months after `t`, each that of month `t`."""
        rates = dict[str, float]()
        for code in currencies:
            rate = self._model.rate(code, max(t, 0))
            assert rate is not None
            steps = [address for address, _ in self._model.fx[code].addresses(f"fx.{code}")]
            rates |= dict.fromkeys(steps[steps.index(rate) + 1 :], self._program.parameters[rate])
        return rates

    def _source(self, item: Item) -> OwnRows:
        program = self._program.only([f"{item.name}.drawn"])
        read = {node.address for row in program.rows for node in walk(row.formula) if isinstance(node, Parameter)}
        steps = {code: [a for a, _ in figure.addresses(f"fx.{code}")] for code, figure in self._model.fx.items()}
        floating = tuple(code for code, places in steps.items() if len(places) > 1 and not read.isdisjoint(places))
        return OwnRows(Engine(program, self._model.document), tuple(sorted(read & self._met.keys())), floating, {})

    def _run(self, engine: Engine, item: Item, overrides: Mapping[str, float]) -> Rows:
        due = [self._rows[f"{address}.due"][-1] for address, _ in item.closings()]
        return engine.beyond(max([engine.program.months, *(int(day) + 1 for day in due if day < FARTHEST)]), overrides)
