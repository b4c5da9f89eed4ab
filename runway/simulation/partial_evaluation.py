"""Partial evaluation: rows that no path varies are computed once on floats; only the rest become steps over arrays."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from runway.engine.run import reached_rows
from runway.language import arithmetic
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    AsNumber,
    Binary,
    Call,
    Choose,
    Clock,
    Compare,
    Every,
    Happened,
    History,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
    Product,
    RowRef,
    Some,
    Step,
    Sum,
)
from runway.months import days_in_month
from runway.program.row import reached
from runway.simulation.active_months import ActiveMonths
from runway.simulation.graph import Graph, Key
from runway.simulation.values import Ref, Series, Value, as_factor, series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.run import Engine


FAR = 8.0  # standard deviations that are never drawn


class MonthlyLaw(NamedTuple):
    """A figure that is drawn anew each month: its standard deviation, and the bounds of its field."""

    deviation: float
    low: float
    high: float


class DrawnCount(NamedTuple):
    """A number of times that is drawn anew each month: one more above each score, in the unit of a rate."""

    scores: tuple[float, ...]
    unit: float  # the months of the rate's period


class PathProgram(NamedTuple):
    """The steps of one simulation and where its rows are among them."""

    graph: Graph
    rows: Mapping[Key, Value]
    openings: Mapping[Key, Value]  # of rows that are looked back at
    canonical: Mapping[tuple[str, int], Key]  # the variant that a row is shared with
    active_months: ActiveMonths

    def row(self, address: str, variant: int) -> Value:
        """A row of a variant."""
        return self.rows[self.canonical[address, variant]]


class PartialEvaluation:
    """Makes steps of a program's rows, in several variants.

    `per_path` are parameters with one number a path, `per_month` those that are drawn anew each month (around their
    number), `variants` sets of overrides.  Rows that no drawn parameter reaches are run once, on floats, posting off.
    """

    def __init__(
        self,
        engine: Engine,
        per_path: Sequence[str],
        per_month: Mapping[str, MonthlyLaw | DrawnCount],
        variants: Sequence[Mapping[str, float]],
    ) -> None:
        self.program = engine.program
        self.per_path, self.per_month = frozenset(per_path), per_month
        self.variants = [dict(variant) for variant in variants]
        self.graph = Graph(self.program.months)
        self.drawn = reached_rows(self.program, self.per_path | frozenset(per_month))
        levers = {a for v in self.variants for a in v}
        self.split = reached_rows(self.program, frozenset(levers)) if len(self.variants) > 1 else frozenset()
        self.known = [engine.run(variant, posting=False) for variant in self.variants]
        self.by_address = {row.address: row for row in self.program.rows}
        self.rows: dict[Key, Value] = {}
        self.openings: dict[Key, Value] = {}
        self.variant, self.opening = 0, False
        start, months = self.program.start, range(self.program.months)
        self.days = [days_in_month(start + t) for t in months]
        self.clock: dict[str, Value] = {
            "t": series([float(t) for t in months]),
            "days": series(list(map(float, self.days))),
            "month": series([float((start + t) % 12 + 1) for t in months]),
            "year": series([float((start + t) // 12) for t in months]),
            "elapsed_days": series(list(map(float, accumulate(self.days)))),
        }
        self.functions = arithmetic.Calendar(start).functions()
        self.functions |= {"mod": arithmetic.mod, "round": arithmetic.round_half, "pmt": arithmetic.pmt}

    def path_program(self, addresses: Sequence[str]) -> PathProgram:
        """The steps that give the rows of some addresses in each variant."""
        needed = set(reached(addresses, lambda row: self.by_address[row].reads if row in self.drawn else ()))
        canonical: dict[tuple[str, int], Key] = {}
        for variant in range(len(self.variants)):
            self.variant = variant
            for row in self.program.rows:
                if row.address not in needed:
                    continue
                key = self._key(row.address)
                canonical[row.address, variant] = key
                if key not in self.rows:
                    known = row.address not in self.drawn
                    self.rows[key] = series(self.known[key.variant][row.address]) if known else self.value(row.formula)
        active_months = ActiveMonths(self.graph.steps, self.rows, self.program.months)
        return PathProgram(self.graph, self.rows, self.openings, canonical, active_months)

    def _key(self, address: str) -> Key:
        return Key(address, self.variant if address in self.split else 0)

    def parameter(self, address: str) -> Value:
        if address in self.variants[self.variant]:
            return self.variants[self.variant][address]
        base: Value = self.program.parameters[address]
        if address in self.per_path:
            base = self.graph.step("path", (address,), monthly=False)
        if address in self.per_month and not self.opening:
            base = self._drawn_anew(base, address)
        return base

    def _drawn_anew(self, base: Value, address: str) -> Value:
        """A figure drawn around its number, within the bounds of its field; or the rate of an event drawn as counts."""
        law, fresh = self.per_month[address], self.graph.step("month", (address,), monthly=True)
        if isinstance(law, DrawnCount):
            above = [self.graph.unary("number", self.graph.compare(">", fresh, score)) for score in law.scores]
            return self.graph.product([law.unit, self.graph.total(above)])
        deviation, low, high = law
        value = self.graph.total([base, self.graph.product([deviation, fresh])])
        number = base if isinstance(base, float) else None
        if number is None or number - FAR * deviation < low:
            value = self.graph.extreme("max", [value, low])
        if number is None or number + FAR * deviation > high:
            value = self.graph.extreme("min", [value, high])
        return value

    def opening_of(self, address: str) -> Value:
        """A row's value before the first month, with every figure as it is in the first month."""
        key = self._key(address)
        if key not in self.openings:
            before, self.opening = self.opening, True
            value = self.value(self.by_address[address].opening)
            self.opening = before
            if isinstance(value, Series):
                value = value.values[0]
            self.openings[key] = as_factor(value)
        return self.openings[key]

    def value(self, node: Node) -> Value:
        """A node of a formula."""
        graph, value = self.graph, self.value
        match node:
            case Number():
                return node.value
            case Parameter():
                return self.parameter(node.address)
            case Clock():
                return 0.0 if self.opening else self.clock[node.name]
            case RowRef():
                return self.rows[self._key(node.address)]
            case Negative():
                return graph.unary("neg", value(node.x))
            case Sum():
                return graph.total([value(term) for term in node.terms])
            case Product():
                return graph.product([value(factor) for factor in node.factors])
            case Binary(operator="-"):
                return graph.total([value(node.left), graph.unary("neg", value(node.right))])
            case Binary(operator="/"):
                return graph.quotient(value(node.left), value(node.right))
            case Binary():
                return graph.power(value(node.left), value(node.right))
            case Compare():
                return graph.compare(node.operator, value(node.left), value(node.right))
            case Happened():
                later = graph.total([self.clock["t"], 1.0]) if not self.opening else 1.0
                return graph.compare("<", value(node.date), later)
            case Every():
                return graph.both([value(term) for term in node.terms])
            case Some():
                return graph.either([value(term) for term in node.terms])
            case Not():
                return graph.unary("not", value(node.condition))
            case AsNumber():
                return graph.unary("number", value(node.condition))
            case Choose():
                return graph.choose(value(node.condition), value(node.then), value(node.otherwise))
            case Step():
                places = series([float(p) for p in arithmetic.step(node.months, self.program.months)])
                if self.opening and isinstance(places, Series):
                    places = places.values[0]
                return graph.pick(places, tuple(value(v) for v in node.values))
            case History():
                return self._history(node)
            case Call(function="undefined"):
                return arithmetic.UNDEFINED
            case Call(function="min" | "max"):
                return graph.extreme(node.function, [value(a) for a in node.arguments])
            case Call(function="abs" | "exp" | "log" | "floor" | "ceil"):
                return graph.unary(node.function, value(node.arguments[0]))
            case Call():
                return graph.call(node.function, [value(a) for a in node.arguments], self.functions)
        raise TypeError(node)

    def _history(self, node: History) -> Value:
        """The past of a row: known numbers where no path varies it, else a step that keeps them."""
        address, months = node.row.address, self.program.months
        key, opening = self._key(address), self.opening_of(address)
        n: Value = 1.0 if node.n is None else self.value(node.n)
        rows = [row.address for row in (node.row, *node.between)]
        if not self.drawn.intersection(rows) and not isinstance(opening, Ref):
            past, *between = (self.known[self._key(row).variant][row] for row in rows)
            if not isinstance(n, Ref):
                values = [self._looked_back(node.function, past, t, n, opening, between) for t in range(months)]
                return series(values)
        if node.function == "cumulative":
            return self.graph.step("cumulative", (self.rows[key],), monthly=True)
        if node.function in ("prev", "lag") and n == 1.0:
            return self.graph.step("prev", (key,), monthly=True)
        if node.function == "lag" and n == 0.0:
            return self.rows[key]
        between_keys = map(self._key, rows[1:])
        return self.graph.step(node.function, (key, as_factor(n), *between_keys), monthly=True)

    def _looked_back(
        self, function: str, past: Sequence[Any], t: int, n: Value, opening: Value, between: Sequence[Sequence[Any]]
    ) -> Any:
        number: Any = n.values[t] if isinstance(n, Series) else n
        match function:
            case "prev":
                return past[t - 1] if t else opening
            case "lag":
                return arithmetic.lag(past, t, number, opening)
            case "cumulative":
                return arithmetic.total(past[: t + 1])
            case "sum_last":
                return arithmetic.total(past[max(0, t - int(number) + 1) : t + 1])
        lately = arithmetic.last_days if function == "last_days" else arithmetic.last_months
        return lately(past, t, number, self.days, *between)
