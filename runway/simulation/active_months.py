"""The months in which a step may be other than 0, is computed again, and is read at all: sets of months as bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.simulation.graph import Key
from runway.simulation.values import Ref, Series, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runway.simulation.values import Operation, Value

STATEFUL = ("prev", "month", "growing", "cumulative", "lag", "sum_last", "last_days", "last_months")


class ActiveMonths:
    """The months of each step; bit t is month t."""

    def __init__(self, steps: Sequence[Operation], rows: Mapping[Key, Value], months: int) -> None:
        self.steps, self.rows, self.months = steps, rows, months
        self.all = (1 << months) - 1
        self._support: dict[int, int] = {}
        self._changes: dict[int, int] = {}
        self._signs: dict[int, tuple[int, int]] = {}
        self.needed: dict[int, int] = {}
        for step in steps:
            self._support[step.ref.place] = self._support_of(step)
            self._changes[step.ref.place] = self._changes_of(step)
            self._signs[step.ref.place] = self._signs_of(step)

    def bits(self, conditions: Iterable[Any]) -> int:
        """The months in which a condition holds, as bits."""
        return sum(1 << t for t, condition in enumerate(conditions) if condition)

    def flags(self, mask: int) -> tuple[bool, ...]:
        """Whether each month is in a set."""
        return tuple(bool(mask >> t & 1) for t in range(self.months))

    def support(self, value: Value) -> int:
        """The months in which a value may be other than 0."""
        if isinstance(value, Ref):
            return self._support[value.place]
        return self.bits(value.values) if isinstance(value, Series) else self.all if value else 0

    def signs(self, value: Value) -> tuple[int, int]:
        """The months in which a value may be below 0, and those in which it may be above."""
        if isinstance(value, Ref):
            return self._signs[value.place]
        values = value.values if isinstance(value, Series) else (value,) * self.months
        return self.bits(v < 0 for v in values), self.bits(v > 0 for v in values)

    def changes(self, value: Value) -> int:
        """The months in which a value may be another than in the month before; the first always."""
        if isinstance(value, Ref):
            return self._changes[value.place]
        if not isinstance(value, Series):
            return 1
        return self.bits(t == 0 or v != value.values[t - 1] for t, v in enumerate(value.values))

    def _support_of(self, step: Operation) -> int:
        match step.op:
            case "product" | "and":
                support = self.all
                for arg in step.args:
                    support &= self.support(arg)
                return support
            case "sum":
                support = self.support(step.args[0])
                for _, ref in step.args[1]:
                    support |= self.support(ref)
                return support
            case "number":
                return self.support(step.args[0])
            case "or":
                return self.support(step.args[0]) | self.support(step.args[1])
            case "pick":
                return sum(self.months_of_choice(step, n) & self.support(arg) for n, arg in enumerate(step.args[1:]))
        return self.all

    def _signs_of(self, step: Operation) -> tuple[int, int]:
        """The months in which a step may be below 0, and above, as far as its operation does not exclude them."""
        support = self.support(step.ref)
        match step.op:
            case "product":
                below, above = 0, self.all
                for less, more in map(self.signs, step.args):
                    below, above = below & more | above & less, above & more | below & less
                return below, above
            case "sum":
                below, above = self.signs(step.args[0])
                for sign, ref in step.args[1]:
                    less, more = self.signs(ref)[:: 1 if sign > 0 else -1]
                    below, above = below | less, above | more
                return below, above
            case "max" | "min":
                (less, more), (other_less, other_more) = map(self.signs, step.args)
                largest = step.op == "max"
                return (less & other_less, more | other_more) if largest else (less | other_less, more & other_more)
            case "where":
                (less, more), (other_less, other_more) = map(self.signs, step.args[1:])
                return less | other_less, more | other_more
            case "pick":
                signs = [(self.months_of_choice(step, n), self.signs(arg)) for n, arg in enumerate(step.args[1:])]
                return sum(at & less for at, (less, _) in signs), sum(at & more for at, (_, more) in signs)
            case "number" | "abs" | "exp":
                return 0, support
        return (0, support) if step.ref.truth else (support, support)

    def months_of_choice(self, step: Operation, n: int) -> int:
        """The months in which a pick takes its n-th value."""
        return self.bits(place == n for place in step.args[0].values)

    def _changes_of(self, step: Operation) -> int:
        if step.op in STATEFUL:
            return self.all
        changes = 1
        for arg in joined(step.args):
            if isinstance(arg, Ref | Series):
                changes |= self.changes(arg)
        return changes

    def steady(self, ref: Ref) -> bool:
        """Whether a step is computed again in some months only."""
        return self.changes(ref) != self.all

    def mark_needed(self, roots: Iterable[tuple[Value, int]], openings: Mapping[Key, Value]) -> None:
        """Marks the months in which each step is read, from the values (`roots`) that are read outside the steps."""
        remaining: list[tuple[Any, int]] = list(roots)
        while remaining:
            value, mask = remaining.pop()
            if not isinstance(value, Ref):
                continue
            step = self.steps[value.place]
            if self.steady(value) or step.op in ("growing", "cumulative", "month"):  # a stream goes on unread too
                mask = self.all
            before = self.needed.get(value.place, 0)
            if value.place in self.needed and mask | before == before:
                continue
            self.needed[value.place] = mask = mask | before
            if step.op == "pick":
                remaining += [(arg, mask & self.months_of_choice(step, n)) for n, arg in enumerate(step.args[1:])]
                continue
            if step.args and isinstance(step.args[0], Key):
                key = step.args[0]
                remaining += [(self.rows[key], mask >> 1 if step.op == "prev" else self.all), (openings[key], self.all)]
                remaining += [(self.rows[between], self.all) for between in step.args[2:]]
            remaining += [(arg, mask) for arg in joined(step.args) if isinstance(arg, Ref)]
