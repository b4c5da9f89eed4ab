"""One run of a model with the conditions and looks back of its formulas as further rows, so that each can be explained.

The engine itself decides which terms a formula used: a probe is a row like any other, after the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.run import Engine
from runway.language.named_tuple import NamedTuple
from runway.language.tree import (
    ONE,
    ZERO,
    AsNumber,
    Choose,
    Clock,
    Compare,
    Every,
    Happened,
    History,
    Name,
    Node,
    Not,
    Number,
    Parameter,
    Product,
    RowRef,
    Some,
    Step,
    Sum,
    children,
    in_force,
    product,
    rebuilt,
    total,
)
from runway.months import NEVER
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.program.plan import Plan
    from runway.program.program import Program

BALANCES = ("lag", "prev")


TRUE = Compare("==", ZERO, ZERO)
"""A condition that always holds."""


class Part(NamedTuple):
    """A value that a formula used in one month.

    `role` is row, opening (of a row), figure, condition (held or not) or look (a sum over several months).
    """

    role: str
    address: str
    t: int
    node: Node = ZERO  # of a condition or a look


class Trace:
    """A plan's run, and for each row and month the values that its formula used."""

    def __init__(self, plan: Plan, neutral: Mapping[str, float] | None = None) -> None:
        """`neutral`: levers at their neutral value; they are substituted and left out of the explanation."""
        self.program = plan.program
        known = neutral or {}
        self.rows = {
            row.address: row._replace(formula=settled(row.formula, known), opening=settled(row.opening, known))
            for row in self.program.rows
        }
        for address, row in self.rows.items():  # without its lever a line's row has the formula before levers
            if isinstance(row.formula, RowRef) and row.formula.address in self.program.shown:
                self.rows[address] = row._replace(formula=self.rows[row.formula.address].formula)
        self._probes: dict[Node, str] = {}
        engine = Engine(self._probed(), plan.model.document, whole=True)
        self.values = engine.run()

    def _probed(self) -> Program:
        """The program with a row for each condition and each look back of its formulas."""
        guards: dict[Node, list[tuple[Node, ...]]] = {}
        for row in self.rows.values():
            for node, guard in _guarded(row.formula, ()):
                guards.setdefault(node, []).append(guard)
        probes = []
        for n, (node, all_of) in enumerate(guards.items()):
            self._probes[node] = f"probe {n}"
            value = AsNumber(node) if node.is_condition else node
            if () not in all_of:  # a value that the engine does not always compute stays behind its guards
                guard_terms = tuple(dict.fromkeys(Every(guard) if len(guard) > 1 else guard[0] for guard in all_of))
                value = Choose(Some(guard_terms) if len(guard_terms) > 1 else guard_terms[0], value, ZERO)
            probes.append(ProgramRow(f"probe {n}", value, ZERO, False, None))
        return self.program._replace(rows=(*self.program.rows, *probes))

    def value(self, part: Part) -> float:
        """The value of a part; 1 or 0 for a condition."""
        if part.role == "row":
            return float(self.values[part.address][part.t])
        if part.role == "figure":
            return self.program.parameters[part.address]
        return float(self.values[self._probes[part.node]][part.t])

    def below(self, part: Part) -> list[Part]:
        """The values that a part's formula used, each once."""
        node = part.node
        if part.role == "figure":
            return []
        if part.role == "row":
            node = self.rows[part.address].formula
        elif part.role == "opening":
            node = self.rows[part.address].opening
        elif part.role == "look":
            assert isinstance(node, History)
            first = 0
            if node.function == "sum_last" and isinstance(node.n, Number):
                first = max(0, part.t + 1 - int(node.n.value))
            return [Part("row", node.row.address, t) for t in range(part.t, first - 1, -1)]
        whole = children(node) if part.role == "condition" else (node,)
        return list(dict.fromkeys(p for child in whole for p in self._parts(child, part.t)))

    def _parts(self, node: Node, t: int) -> Iterator[Part]:
        match node:
            case RowRef():
                yield Part("row", node.address, t)
            case Parameter():
                yield Part("figure", node.address, t)
            case History():
                yield from self._looked_back(node, t)
            case Step():
                yield from self._parts(in_force(node, t), t)
            case Choose():
                holds = self.value(Part("condition", "", t, node.condition)) != 0
                if next(self._parts(node.condition, t), None) is not None:  # the calendar needs no explanation
                    yield Part("condition", "", t, node.condition)
                yield from self._parts(node.then if holds else node.otherwise, t)
            case _:
                for child in children(node):
                    yield from self._parts(child, t)

    def _looked_back(self, node: History, t: int) -> Iterator[Part]:
        if node.function not in BALANCES:
            yield Part("look", node.row.address, t, node)
            return
        back = 1.0
        if node.n is not None:
            literal = isinstance(node.n, Number)
            back = node.n.value if isinstance(node.n, Number) else self.value(Part("number", "", t, node.n))
            if not literal:
                yield from self._parts(node.n, t)
        back = max(0.0, back)  # there is no looking ahead
        for months in dict.fromkeys((int(back // 1), -int(-back // 1))):
            if t >= months:
                yield Part("row", node.row.address, t - months)
            else:
                yield Part("opening", node.row.address, t, node)

    def formula(self, node: Node, t: int) -> str:
        """A formula as it is read in a month: steps of schedules in force, events by their names."""
        from runway.language.python import formula_text

        return formula_text(_shown(node, t)).replace(" + -", " - ")


def _guarded(node: Node, guard: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Each condition and look back below a node, with the conditions under which the engine computes it."""
    match node:
        case Choose():
            yield node.condition, guard
            yield from _guarded(node.condition, guard)
            yield from _guarded(node.then, (*guard, node.condition))
            yield from _guarded(node.otherwise, (*guard, Not(node.condition)))
        case Every() | Some():
            for term in node.terms:
                yield from _guarded(term, guard)
                guard = (*guard, term if isinstance(node, Every) else Not(term))
        case History():
            yield node, guard
            if node.n is not None and not isinstance(node.n, Number):
                yield node.n, guard
                yield from _guarded(node.n, guard)
        case _:
            for child in children(node):
                yield from _guarded(child, guard)


def _shown(node: Node, t: int) -> Node:
    """A node as the explanation of one month shows it."""
    match node:
        case Step():
            return _shown(in_force(node, t), t)
        case Happened(date=Parameter(address=address)):
            return Name(address.removesuffix(".date"), 0, 0)
        case Choose(condition=Compare(operator="<", left=Clock(name="t"), right=Number(value=closed))):
            return _shown(node.then if t < closed else node.otherwise, t)
        case Number(value=value) if value == NEVER:
            return Name("never", 0, 0)
    return rebuilt(node, lambda inner: _shown(inner, t))


def settled(node: Node, known: Mapping[str, float]) -> Node:
    """A formula with known figures substituted, and simplified where they are neutral: 1 * x is x."""
    if isinstance(node, Parameter):
        return Number(known[node.address]) if node.address in known else node
    node = rebuilt(node, lambda inner: settled(inner, known))
    match node:
        case Product(factors=factors) if ONE in factors:
            return product([factor for factor in factors if factor != ONE])
        case Sum(terms=terms) if ZERO in terms:
            return total([term for term in terms if term != ZERO])
        case Compare(operator="!=", left=Number(value=value), right=Number(value=right)):
            return TRUE if value != right else node
        case Some(terms=terms) if TRUE in terms:
            return TRUE
        case Every(terms=terms) if TRUE in terms:
            kept = tuple(term for term in terms if term != TRUE)
            return Every(kept) if len(kept) > 1 else kept[0] if kept else TRUE
        case Choose(condition=condition, then=then, otherwise=otherwise) if condition == TRUE or then == otherwise:
            return then
    return node
