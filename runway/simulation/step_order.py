"""The steps of a simulation in the order in which they are computed, as the printers of Python and of C need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.simulation.values import Ref, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.simulation.graph import Key
    from runway.simulation.partial_evaluation import PathProgram

STORED = ("lag", "sum_last", "last_days", "last_months")


class StepOrder:
    """The steps that are computed, in order, and the rows whose months are kept."""

    def __init__(
        self, spec: PathProgram, outputs: Sequence[Sequence[Value]], finals: Sequence[Value], recorded: Sequence[Key]
    ) -> None:
        self.spec, self.outputs, self.finals, self.recorded = spec, outputs, finals, recorded
        self.horizon = spec.graph.months
        self.active_months = spec.active_months
        last = 1 << (self.horizon - 1)
        roots = [(value, self.active_months.all) for values in outputs for value in values]
        roots += [(spec.rows[key], self.active_months.all) for key in recorded]
        self.active_months.mark_needed([*roots, *((value, last) for value in finals)], spec.openings)
        self.steps = spec.graph.steps
        self.order = [step for step in self.steps if self.active_months.needed.get(step.ref.place)]
        self.prevs = {s.args[0]: s.ref for s in self.order if s.op == "prev"}
        stored = [key for s in self.order if s.op in STORED for key in (s.args[0], *s.args[2:])]
        varying = dict.fromkeys(key for key in stored if isinstance(spec.rows[key], Ref))
        self.stored = {key: n for n, key in enumerate(varying)}
        self.history = {key: n for n, key in enumerate(dict.fromkeys([*recorded, *varying]))}
        self.holds = self._aliases()

    def _aliases(self) -> dict[int, frozenset[int]]:
        """For each step the steps whose buffer its value may be."""
        holds: dict[int, frozenset[int]] = {}
        for step in self.order:
            buffers = frozenset((step.ref.place,))
            if step.op == "pick":
                read = [a.place for a in step.args[1:] if isinstance(a, Ref) and a.place in holds]
                buffers = frozenset[int]().union(*(holds[index] for index in read))
            holds[step.ref.place] = buffers
        return holds

    def sum_terms(self, known: Value, signed: tuple[tuple[float, Ref], ...]) -> list[tuple[str, Value, int]]:
        """Operation, operand and the months in which it is not 0; first a positive one that mostly is not."""
        terms: list[tuple[str, Value, int]] = [
            ("add" if sign > 0 else "subtract", ref, self.active_months.support(ref)) for sign, ref in signed
        ]
        if known != 0.0:
            terms.append(("add", known, self.active_months.support(known)))
        terms.sort(key=lambda term: (term[0] != "add", -term[2].bit_count()))
        if len(terms) == 1 or terms[0][0] == "subtract":
            terms.insert(0, ("add", 0.0, 0))
        return terms

    def factors(self, known: Value, *refs: Ref) -> list[Value]:
        """The factors of a product, the known one second."""
        factors: list[Value] = list(refs)
        if known != 1.0 or len(factors) == 1:
            factors.insert(1, known)
        return factors
