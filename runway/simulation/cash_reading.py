"""How compiled steps read the daily cash of a variant: the tests done in C, and the months that numpy reads by days.

The code that reads days is run on symbols (`tracing.py`), so that C does the same operations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import Days
from runway.engine.ladder import PLACES
from runway.engine.spans import Shares
from runway.simulation.block_days import CashTracker, even_layout, may_dip
from runway.simulation.c_days import BY_DAY, CLOSED, SOME, Bending, CashReading, DayTest, DipTest
from runway.simulation.tracing import Symbol, Symbols, Tape
from runway.simulation.values import Ref, Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.engine.bends import Bend
    from runway.simulation.block_days import WatchedRows
    from runway.simulation.block_engine import Simulator
    from runway.simulation.values import Value


class CashReader:
    """The readings of a simulator's variants."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.months = simulator, simulator.program.months

    def reading(self, variant: int) -> CashReading:
        """The reading of a variant's daily cash without days, and the months in which days are read."""
        simulator, watched = self.simulator, self.simulator.watched[variant]
        outputs, place = simulator.outputs[variant], {name: n for n, name in enumerate(watched.names)}
        probe = CashTracker(
            simulator.layout,
            watched,
            simulator.cash_parameters(variant, {}),
            simulator.program.half_unit,
            0,
        )
        years = (
            simulator.model_checks is not None
            and simulator.model_checks.years
            and variant == simulator.variant(PLACES["certain"])
        )
        months, modes, bends = self.months, [0] * self.months, dict[int, list[list[bool]]]()
        opening_tests = [False] * months
        dip_tests = dict[Any, dict[int, tuple[float, ...]]]()
        for t, month_bends in enumerate(watched.bends):
            if t < simulator.layout.first and not years:
                modes[t] = CLOSED
                continue
            if month_bends is None or years:
                modes[t] = BY_DAY
                continue
            if steady := [bend for bend in month_bends if bend.steady]:
                if (dip_test := self._dip_test(steady, t, outputs, watched)) is None:
                    modes[t] = BY_DAY
                else:
                    test, constants = dip_test
                    modes[t], dip_tests.setdefault(test, {})[t] = max(modes[t], SOME), constants
            for bend in month_bends:
                n = place[bend.row]
                if bend.steady:
                    continue
                if bend.opening:
                    modes[t], opening_tests[t] = max(modes[t], SOME), True
                elif bend.moving is not None:
                    modes[t] = BY_DAY
                elif not isinstance(outputs[n], Ref):
                    if _bent(bend, outputs[n], watched.signs[n], t):
                        modes[t] = BY_DAY
                else:
                    modes[t] = max(modes[t], SOME)
                    flags = bends.setdefault(n, [[False] * months for _ in range(3)])
                    below, above = (bend.below, bend.above)[:: 1 if watched.signs[n] > 0 else -1]
                    for kind, holds in zip(flags, (below, above, bend.filled), strict=True):
                        kind[t] |= holds
        tests = tuple(
            DipTest(lines, condition, rows, past, tuple(t in by_month for t in range(months)), tuple(by_month.values()))
            for (lines, condition, rows, past), by_month in dip_tests.items()
        )
        return CashReading(
            place["unrestricted_cash"], place["opening_cash"], place["minimum_cash"],
            simulator.program.half_unit,
            self._day_test(variant, probe, outputs, watched), tuple(probe.kept),
            tuple(Bending(n, *map(tuple, flags)) for n, flags in bends.items()),
            tuple(place[row] for row in probe.late_rows),
            tests,
            tuple(opening_tests),
            tuple(modes),
        )  # fmt: skip

    def _day_test(self, variant: int, probe: CashTracker, outputs: Sequence[Value], watched: WatchedRows) -> DayTest:
        """Cash at the end of a day of a month in which a path runs dry, as `CashTracker.finish` computes it."""
        simulator, tape = self.simulator, Tape()
        drawn = simulator.draws.per_path
        later, length, day = (Symbol(tape, name) for name in ("later", "length", "day"))
        rows: dict[str, Any] = {}
        for n, name in enumerate(watched.names):
            value: Any = outputs[n]
            now = (Symbol(tape, f"row_{n}") if isinstance(value, Ref | Series) else value) if n in probe.reads else 0.0
            rows[name] = {1: now * watched.signs[n]}
        for n in probe.kept:
            value = outputs[n]
            rows[watched.names[n]][0] = Symbol(tape, f"kept_{n}") if isinstance(value, Ref | Series) else value
        parameters = simulator.cash_parameters(variant, {})
        figures = [name for name in parameters if name in drawn and name not in simulator.variants[variant]]
        parameters |= {name: Symbol(tape, f"path_{n}") for n, name in enumerate(figures)}
        for name in probe.positions:
            if name in rows:
                rows[name][1] = rows[name][1] - later
            else:
                parameters[name] = parameters[name] - later
        days = Days(
            even_layout(simulator.layout, length), rows, parameters, rows["minimum_cash"][1],
            simulator.program.half_unit, Symbols(tape, drawn_days=True),
        )  # fmt: skip
        cash = tape.text(days.month(1, every_day=False)[0](day))
        return DayTest(tuple(tape.lines), cash, tape.text(days.floor), tuple(tape.constants), tuple(figures))

    def _dip_test(
        self, bends: Sequence[Bend], t: int, outputs: Sequence[Value], watched: WatchedRows
    ) -> tuple[tuple[Any, ...], tuple[float, ...]] | None:
        """The test of the paths on which month `t` may dip, as lines of C, and its constants; None where C has none."""
        simulator, place, tape = self.simulator, {name: n for n, name in enumerate(watched.names)}, Tape()
        drawn = set(simulator.draws.per_path)
        if any(bend.moving is not None and drawn.intersection(bend.moving.parameters()) for bend in bends):
            return None
        rows, past = dict[int, None](), dict[tuple[int, int], None]()

        def known(n: int, month: int) -> Any:
            value: Any = outputs[n]
            return (value.values[month] if isinstance(value, Series) else value) * watched.signs[n]

        def symbol(name: str, n: int) -> Any:
            return Symbol(tape, name) if watched.signs[n] > 0 else -Symbol(tape, name)

        def row(name: str) -> Any:
            n = place[name]
            if not isinstance(outputs[n], Ref):
                return known(n, t)
            rows[n] = None
            return symbol(f"row_{n}", n)

        class Months(dict[int, Any]):
            def __init__(self, n: int) -> None:
                self.n = n

            def __missing__(self, month: int) -> Any:
                if not isinstance(outputs[self.n], Ref):
                    return known(self.n, month)
                past[self.n, t - month] = None
                return symbol(f"past_{self.n}_{t - month}", self.n)

        late = {name: Months(place[name]) for line in simulator.layout.moving for name in line.rows()}
        parameters = {**simulator.program.parameters}
        shares = Shares(simulator.layout.start, simulator.layout.days, parameters, Symbols(tape), late)
        try:
            condition = may_dip(bends, t, row, shares, Symbol(tape, "previous_cash"), simulator.layout)
        except TypeError:  # days that differ from path to path
            return None
        if not isinstance(condition, Symbol):
            if condition:
                return None
            return ((), "(uint64_t)0", (), ()), ()
        return (tuple(tape.lines), condition.name, tuple(rows), tuple(past)), tuple(tape.constants)


def _bent(bend: Any, value: Value, sign: float, t: int) -> bool:
    """Whether a row that is the same on every path bends the curve of a month."""
    values = value.values if isinstance(value, Series) else None
    number: Any = value if values is None else values[t]
    if bend.filled:
        return bool(values is not None and t and number != values[t - 1])
    return bool((bend.below and number * sign < 0) or (bend.above and number * sign > 0))
