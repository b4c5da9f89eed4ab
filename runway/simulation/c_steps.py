"""One step of a simulation as an expression of C, and the tables and names that expressions read.

A condition is a mask of 64 bits, all of them or none, so that one that is the same on every path does not keep a
compiler from doing several paths at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.simulation.step_order import StepOrder
from runway.simulation.values import Ref, Series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.simulation.graph import Key
    from runway.simulation.values import Operation

LITERALS = {0.0: "0.0", 1.0: "1.0", -1.0: "-1.0"}
SIGNS = {"min": "least", "max": "most", "exp": "exponential", "log": "logarithm", "abs": "fabs"}
SCALARS = {"mod": "rest_of", "days_in": "days_in", "day_number": "day_number", "date_after": "date_after"}
ALL = "~(uint64_t)0"


class UncompilableError(Exception):
    """A step that cannot be compiled; numpy runs the model instead."""


class CSteps(StepOrder):
    """Expressions in the loop that is being printed."""

    numbers: list[float]
    tables: list[tuple[float, ...]]
    flags: list[tuple[int, ...]]
    head: list[str]  # of a month: lines of values that are the same on every path
    named: dict[str, str]
    locals: set[int]  # steps that are locals of the loop
    loads: dict[int, str]  # of locals that the next line needs
    slots: int
    slot_of: dict[int, int]  # the array of a step
    inputs: list[Operation]  # steps that are drawn anew each month
    days: Sequence[int]

    def begin(self) -> None:
        """Before anything is printed."""
        self.numbers, self.tables, self.flags, self.head, self.named = [], [], [], [], {}
        self.locals, self.loads, self.slots, self.slot_of = set(), {}, 0, {}

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def _array(self, slot: int) -> str:
        return f"{slot} * LINE + i"

    def _score(self, step: Operation) -> str:
        return f"z[{self.inputs.index(step)} * CHUNK * GROUP + i]"

    def _element(self, step: Operation) -> str:
        return self._array(self.slot_of[step.ref.place])

    def _over_paths(self, lines: Sequence[str], condition: str = "") -> list[str]:
        if not lines:
            return []
        head = f"if ({condition}) " if condition else ""
        return [f"{head}{{ EACH_PATH for (whole i = 0; i < many; i++) {{", *(f" {line}" for line in lines), "}}"]

    def _now(self, key: Key) -> str:
        """This month of a history."""
        return f"h[({self.stored[key]} * months + t) * LINE + i]"

    def _load_lines(self) -> list[str]:
        lines, self.loads = list(self.loads.values()), {}
        return lines

    def value(self, value: Any) -> str:
        """A value as C has it, in the loop that is being printed."""
        match value:
            case Ref():
                if value.place not in self.holds:
                    return "0.0"
                if value.place not in self.locals:
                    self.locals.add(value.place)
                    step = self.steps[value.place]
                    load = self._score(step) if step.op == "month" else f"w[{self._array(self.slot_of[value.place])}]"
                    kind = "uint64_t" if value.truth else "double"
                    self.loads[value.place] = (
                        f"const {kind} v{value.place} = {f'to_bits({load})' if value.truth else load};"
                    )
                return f"v{value.place}"
            case bool():
                return ALL if value else "(uint64_t)0"
            case Series() if isinstance(value.values[0], bool):
                return self._mask(value.values)
            case Series():
                return self._uniform("double", f"s[{self._series(value.values)} * r->months + t]")
            case float() | int():
                if float(value) in LITERALS:
                    return LITERALS[float(value)]
                self.numbers.append(float(value))
                return f"k[{len(self.numbers) - 1}]"
        raise UncompilableError(f"a value of type {type(value).__name__}")

    def _uniform(self, kind: str, text: str) -> str:
        """A name for a value that is the same on every path in a month."""
        if text not in self.named:
            self.named[text] = f"u{len(self.named)}"
            self.head.append(f"const {kind} {self.named[text]} = {text};")
        return self.named[text]

    def _series(self, values: Sequence[float]) -> int:
        self.tables.append(tuple(map(float, values)))
        return len(self.tables) - 1

    def _flags(self, values: Sequence[Any]) -> int:
        self.flags.append(tuple(map(int, values)))
        return len(self.flags) - 1

    def _mask(self, values: Sequence[Any]) -> str:
        return self._uniform("uint64_t", f"-(uint64_t)f[{self._flags([bool(v) for v in values])} * r->months + t]")

    def _truth(self, value: Any) -> str:
        """A condition; a number holds if it is not 0."""
        if isinstance(value, bool) or (isinstance(value, Ref) and value.truth):
            return self.value(value)
        if isinstance(value, Series):
            return self._mask([bool(v) for v in value.values])
        return f"-(uint64_t)({self.value(value)} != 0.0)"

    def _expression(self, step: Operation) -> str:
        value, args = self.value, step.args
        match step.op:
            case "growing":
                base, exponents = args[:2]
                rises = [b > a for a, b in zip((0.0, *exponents.values), exponents.values, strict=False)]
                old = f"w[{self._element(step)}]"
                return f"in_month({self._mask(rises)}, {old} * {value(base)}, {old})"
            case "cumulative":
                return f"w[{self._element(step)}] + {value(args[0])}"
            case "number":
                return f"bits_of({self._truth(args[0])} & to_bits(1.0))"
            case "where" if step.ref.truth:
                condition, then, otherwise = map(self._truth, args)
                return f"({condition} & {then}) | (~{condition} & {otherwise})"
            case "where":
                return f"in_month({self._truth(args[0])}, {value(args[1])}, {value(args[2])})"
            case "pick":
                return self._picked(step)
            case "sum":
                text = ""
                for n, (operation, term, _) in enumerate(self.sum_terms(*args)):
                    sign = "-" if operation == "subtract" else "+"
                    text += f" {sign} {value(term)}" if n else value(term) if sign == "+" else f"0.0 - {value(term)}"
                return text
            case "product" if args[0] == -1.0 and len(args) == 2:
                return f"-{value(args[1])}"
            case "product":
                text = " * ".join(map(value, self.factors(*args)))
                support = self.active_months.support(step.ref)
                return (
                    text
                    if support == self.active_months.all
                    else f"in_month({self._mask(self.active_months.flags(support))}, {text}, 0.0)"
                )
            case "<" | "<=" | ">" | ">=" | "==" | "!=":
                return f"-(uint64_t)({value(args[0])} {step.op} {value(args[1])})"
            case "and" | "or":
                return f" {'&' if step.op == 'and' else '|'} ".join(map(self._truth, args))
            case "not":
                return f"~{self._truth(args[0])}"
            case "divide":
                return f"{value(args[0])} / {value(args[1])}"
            case "power" if not isinstance(args[1], Ref):
                y = value(args[1])
                y = y if y.startswith("u") else self._uniform("double", y)
                return f"power_by({value(args[0])}, {y}, {self._uniform('exponent', f'exponent_of({y})')})"
            case "min" | "max" | "power" | "exp" | "log" | "abs" | "floor" | "ceil":
                return f"{SIGNS.get(step.op, step.op)}({', '.join(map(value, args))})"
            case "mod":
                return f"rest_of({value(args[0])}, {value(args[1])})"
            case "call":
                return self._call(args[0], args[1:])
            case "lag" | "sum_last" | "last_days" | "last_months":
                return self._looked_back(step)
        raise UncompilableError(f"a step that does {step.op}")

    def _picked(self, step: Operation) -> str:
        places, *values = step.args
        read = self._truth if step.ref.truth else self.value
        text = read(values[-1])
        for n in range(len(values) - 2, -1, -1):
            mask = self._mask([place == n for place in places.values])
            if step.ref.truth:
                text = f"({mask} & {read(values[n])}) | (~{mask} & ({text}))"
            else:
                text = f"in_month({mask}, {read(values[n])}, {text})"
        return text

    def _call(self, name: str, args: Sequence[Any]) -> str:
        if name == "round":
            digits: Any = args[1] if len(args) > 1 else 0.0
            if isinstance(digits, Ref):
                raise UncompilableError("rounding to decimals that differ from path to path")
            if isinstance(digits, Series):
                scale: Any = Series(tuple(10.0 ** int(d) for d in digits.values))
            else:
                scale = 10.0 ** int(digits)
            return f"round_half({self.value(args[0])}, {self.value(scale)})"
        if name == "pmt":
            return f"pmt({', '.join(map(self.value, args))}, {int(not isinstance(args[0], Ref))})"
        if name in SCALARS:
            start = "" if name == "mod" else ", r->start"
            return f"{SCALARS[name]}({', '.join(map(self.value, args))}{start})"
        raise UncompilableError(f"the function {name}")

    def _past(self, key: Key) -> str:
        """The first month of a row's history, and the step from month to month."""
        if key in self.stored:
            return f"h + {self.stored[key]} * months * LINE + i, LINE"
        value = self.spec.rows[key]
        values: Any = value.values if isinstance(value, Series) else (value,) * self.horizon
        return f"s + {self._series(values)} * months, 1"

    def _looked_back(self, step: Operation) -> str:
        key, n, *between = step.args
        past = self._past(key)
        if step.op == "sum_last":
            return f"sum_last({past}, t, {self.value(n)})"
        if step.op == "lag":
            how = "lag_drawn" if isinstance(n, Ref) else "lag_known"
            step_size, opening = past, self.value(self.spec.openings[key])
            return f"{how}({step_size}, {opening}, t, {self.value(n)})"
        days = f"s + {self._series(self.days)} * months"
        ends = ", ".join(map(self._past, between)) if between else "0, 0, 0, 0"
        return f"lately({past}, t, {self.value(n)}, {days}, {int(step.op == 'last_months')}, {ends})"
