"""The steps of a simulation as a graph: what no path varies is computed once on floats, and equal steps are one.

The rows of a program are taken apart into steps over arrays.  A value is a number (the same in every month), a `Series`
(one number a month, the same on every path) or a `Ref` to a step.  Equal steps are one step, so the rungs of the
ladder, which are variants of one program, share all that their levers do not reach.
"""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from runway.language import arithmetic
from runway.language.named_tuple import NamedTuple
from runway.simulation.values import Operation, Ref, Series, Value, as_factor, elementwise, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_UNARY: dict[str, Callable[[Any], Any]] = {
    "abs": abs,
    "exp": arithmetic.exp,
    "log": arithmetic.log,
    "floor": arithmetic.floor,
    "ceil": arithmetic.ceil,
    "neg": lambda x: -x,
    "not": lambda x: not x,
    "number": lambda x: 1.0 if x else 0.0,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}


Term = tuple[float, Ref]  # of a sum, with its sign


class Key(NamedTuple):
    """A row of one variant."""

    address: str
    variant: int


class Graph:
    """The steps of a simulation, each once, in an order in which each comes after those that it reads."""

    def __init__(self, months: int) -> None:
        self.months = months
        self.steps: list[Operation] = []
        self._known: dict[tuple[Any, ...], Ref] = {}
        self._sums: dict[Term, dict[frozenset[Term], Ref]] = {}  # by their least term

    def step(self, op: str, args: tuple[Any, ...], *, monthly: bool | None = None, truth: bool = False) -> Ref:
        """The one step that does `op` to `args`."""
        key = (op, truth, *args)
        if key not in self._known:
            reads = any(isinstance(a, Series) or (isinstance(a, Ref) and a.monthly) for a in joined(args))
            ref = Ref(len(self.steps), reads if monthly is None else monthly, truth)
            self.steps.append(Operation(op, args, ref))
            self._known[key] = ref
        return self._known[key]

    def _fold(self, function: Callable[..., Any], *values: Value) -> Value:
        """A function of values that are the same on every path."""
        return elementwise(function, values, self.months)

    def unary(self, op: str, x: Value) -> Value:
        if not isinstance(x, Ref):
            return self._fold(_UNARY[op], x)
        if op == "neg":
            return self.product([x, -1.0])
        if op == "not" and self.steps[x.place].op == "not":
            inner: Value = self.steps[x.place].args[0]
            return inner
        return self.step(op, (x,), truth=op == "not")

    def compare(self, op: str, a: Value, b: Value) -> Value:
        if not isinstance(a, Ref) and not isinstance(b, Ref):
            return self._fold(_COMPARE[op], a, b)
        return self.step(op, (a, b), truth=True)

    def both(self, terms: Iterable[Value]) -> Value:
        """Whether all conditions hold."""
        return self._logical("and", True, terms)

    def either(self, terms: Iterable[Value]) -> Value:
        """Whether any condition holds."""
        return self._logical("or", False, terms)

    def _logical(self, op: str, neutral: bool, terms: Iterable[Value]) -> Value:
        truth: Value = neutral
        for term in terms:
            if isinstance(truth, Ref) or isinstance(term, Ref):
                known, operand = (term, truth) if isinstance(truth, Ref) else (truth, term)
                if not isinstance(known, Ref | Series):
                    truth = operand if bool(known) is neutral else (not neutral)
                elif isinstance(known, Series):
                    truths = self._fold(bool, known)
                    if not isinstance(truths, Series):
                        truth = operand if truths is neutral else (not neutral)
                    else:  # in the months in which the known one decides, it does
                        decides = self._fold(lambda h: h is not neutral, truths)
                        truth = self.choose(decides, not neutral, operand)
                else:
                    truth = self.step(op, (truth, term), truth=True)
            elif op == "and":
                truth = self._fold(lambda a, b: bool(a and b), truth, term)
            else:
                truth = self._fold(lambda a, b: bool(a or b), truth, term)
            if truth is (not neutral):
                return truth
        return truth

    def total(self, terms: Sequence[Value]) -> Value:
        """The sum: known numbers added up, then one term after another with its sign."""
        known: Value = 0.0
        signed: list[tuple[float, Ref]] = []
        for term in terms:
            if not isinstance(term, Ref):
                known = self._fold(lambda a, b: a + b, known, term)
                continue
            inner = self.steps[term.place]
            if inner.op == "product" and inner.args[0] == -1.0 and len(inner.args) == 2:
                signed.append((-1.0, inner.args[1]))
            elif inner.op == "sum" and len(inner.args[1]) == 1 and inner.args[1][0][0] == 1.0:
                known = self._fold(lambda a, b: a + b, known, inner.args[0])  # a number that is only shifted
                signed.append(inner.args[1][0])
            else:
                signed.append((1.0, term))
        if not signed:
            return known
        fixed = [(sign, ref) for sign, ref in signed if not ref.monthly]
        if len(fixed) > 1 and len(fixed) < len(signed):  # what is the same in every month is summed before them
            first: tuple[float, Ref] = (1.0, self.step("sum", (0.0, tuple(fixed))))
            signed = [first, *((sign, ref) for sign, ref in signed if ref.monthly)]
        if len(signed) == 1 and known == 0.0:
            sign, ref = signed[0]
            return ref if sign == 1.0 else self.product([ref, -1.0])
        signed.sort(key=lambda pair: -pair[0])
        if signed[0][0] < 0 and (known == 0.0 or self._negative(known)):  # x and -x are one step
            opposite = self.total([self._fold(lambda a: -a, known), *(ref for _, ref in signed)])
            return self.product([opposite, -1.0])
        atoms, signed = self._covered(signed)
        total = self.step("sum", (known, tuple(signed)))
        if known == 0.0 and len(atoms) > 1:
            self._sums.setdefault(min(atoms), {}).setdefault(atoms, total)
        return total

    def _covered(self, signed: list[tuple[float, Ref]]) -> tuple[frozenset[Term], list[tuple[float, Ref]]]:
        """The terms of a sum, those of the sums among them too, and the fewest steps found that add up to them.

        So a sum that is there already is not added up again.  No terms where one comes twice.
        """
        every = [term for sign, ref in signed for term in self._terms(sign, ref)]
        places = {term: n for n, term in enumerate(every)}
        terms = frozenset(places)
        if len(terms) < len(every):
            return frozenset(), signed
        left, pieces = set(terms), list[tuple[float, Ref]]()
        known = [(sum_, ref) for term in terms for sum_, ref in self._sums.get(term, {}).items() if sum_ <= terms]
        for sum_, ref in sorted(known, key=lambda entry: (-len(entry[0]), entry[1].place)):
            if sum_ <= left:
                pieces.append((1.0, ref))
                left -= sum_
        pieces += sorted(left, key=lambda term: (-term[0], places[term]))
        return terms, pieces if len(pieces) < len(signed) else signed

    def _terms(self, sign: float, ref: Ref) -> Iterator[Term]:
        """The terms of a sum of steps that is worked out each month; of any other step itself."""
        step = self.steps[ref.place]
        if step.op == "sum" and ref.monthly and step.args[0] == 0.0:
            for inner, of in step.args[1]:
                yield from self._terms(sign * inner, of)
        else:
            yield sign, ref

    def product(self, factors: Sequence[Value]) -> Value:
        """The product: known numbers multiplied, then one factor after another."""
        known: Value = 1.0
        refs: list[Ref] = []
        for factor in factors:
            if not isinstance(factor, Ref):
                known = self._fold(lambda a, b: a * b, known, factor)
                continue
            inner = self.steps[factor.place]
            while inner.op == "product" and len(inner.args) == 2:  # a number that is only scaled
                known = self._fold(lambda a, b: a * b, known, inner.args[0])
                factor = inner.args[1]
                inner = self.steps[factor.place]
            refs.append(factor)
        if not refs or known == 0.0:
            return known
        fixed = [ref for ref in refs if not ref.monthly]
        if len(fixed) > 1 and len(fixed) < len(refs):
            refs = [self.step("product", (1.0, *fixed)), *(ref for ref in refs if ref.monthly)]
        if known == 1.0 and len(refs) == 1:
            return refs[0]
        if known != -1.0 and self._negative(known):  # x and -x are one step
            opposite = self.product([self._fold(lambda a: -a, known), *refs])
            return self.step("product", (-1.0, opposite)) if isinstance(opposite, Ref) else self.unary("neg", opposite)
        if known == -1.0 and len(refs) > 1:
            return self.step("product", (-1.0, self.step("product", (1.0, *refs))))
        if not isinstance(known, Series) and known != -1.0 and len(refs) == 1:
            inner = self.steps[refs[0].place]
            if inner.op == "growing":  # begins at the number instead
                return self.step("growing", (*inner.args[:2], inner.args[2] * known), monthly=True)
        return self.step("product", (known, *refs))

    def _negative(self, known: Value) -> bool:
        values = known.values if isinstance(known, Series) else (known,)
        return bool(min(values) < 0 and max(values) <= 0)

    def quotient(self, a: Value, b: Value) -> Value:
        if not isinstance(b, Ref):
            return self.product([a, self._fold(lambda x: 1.0 / x if x else nan, b)])
        return self.step("divide", (a, b))

    def power(self, base: Value, exponent: Value) -> Value:
        if not isinstance(base, Ref) and not isinstance(exponent, Ref):
            return self._fold(arithmetic.power, base, exponent)
        if isinstance(base, Ref) and not isinstance(exponent, Ref | Series):
            if exponent in (0.0, 1.0):
                return base if exponent else 1.0
            if exponent == 2.0:
                return self.step("product", (1.0, base, base))
        if isinstance(base, Ref) and isinstance(exponent, Series) and not base.monthly:
            rises = [b - a for a, b in zip(exponent.values, exponent.values[1:], strict=False)]
            if all(rise in (0.0, 1.0) for rise in rises) and exponent.values[0] in (0.0, 1.0):
                return self.step("growing", (base, exponent, 1.0), monthly=True)
        return self.step("power", (base, exponent))

    def extreme(self, op: str, values: Sequence[Value]) -> Value:
        """The smallest ("min") or largest ("max") of values."""
        function: Callable[..., Any] = min if op == "min" else max
        known: Value | None = None
        refs: list[Ref] = []
        for value in values:
            if isinstance(value, Ref):
                refs.append(value)
            else:
                known = value if known is None else self._fold(lambda a, b: function(a, b), known, value)
        if not refs:
            assert known is not None
            return known
        inner = self.steps[refs[0].place]
        if len(refs) == 1 and inner.op == ("min" if op == "max" else "max") and isinstance(known, float):
            bound = inner.args[1]  # max(min(x, a), b) is b where a is not above it
            if isinstance(bound, float) and (bound <= known if op == "max" else bound >= known):
                return known
        extreme: Value = refs[0]
        for ref in sorted(refs[1:], key=lambda r: r.monthly):
            extreme = self.step(op, (extreme, ref))
        return extreme if known is None else self.step(op, (extreme, known))

    def choose(self, condition: Value, then: Value, otherwise: Value) -> Value:
        if then == otherwise and type(then) is type(otherwise):
            return then
        if not isinstance(condition, Ref):
            if not isinstance(condition, Series):
                return then if condition else otherwise
            if not isinstance(then, Ref) and not isinstance(otherwise, Ref):
                return self._fold(lambda c, a, b: a if c else b, condition, then, otherwise)
            places = self._fold(lambda c: 0 if c else 1, condition)
            return self.pick(places, (then, otherwise))
        truth = all(isinstance(v, bool) or (isinstance(v, Ref) and v.truth) for v in (then, otherwise))
        return self.step("where", (condition, then, otherwise), truth=truth)

    def pick(self, places: Value, values: tuple[Value, ...]) -> Value:
        """In each month the value at the place that is known for it."""
        if not isinstance(places, Series):
            chosen: Value = values[int(places)]  # type: ignore[arg-type]  # known, so no Ref
            return chosen
        if not any(isinstance(value, Ref) for value in values):
            return self._fold(lambda p, *known: known[int(p)], places, *values)
        truth = all(isinstance(v, bool) or (isinstance(v, Ref) and v.truth) for v in values)
        return self.step("pick", (places, *values), monthly=True, truth=truth)

    def call(self, name: str, values: Sequence[Value], functions: dict[str, Callable[..., Any]]) -> Value:
        """Any other function of the formula language."""
        if any(isinstance(value, Ref) for value in values):
            return self.step("call", (name, *map(as_factor, values)))
        return self._fold(functions[name], *values)
