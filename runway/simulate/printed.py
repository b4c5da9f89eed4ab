"""The steps of a simulation as one Python function over blocks of paths: numpy calls that write into kept buffers.

A buffer is taken for each result and given back after its last reader; what the next month looks back at stays in a
buffer of its own, written in place where nothing reads the old value afterwards.
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulate.graph import Key
from runway.simulate.values import Ref, Series, Step, Value, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runway.simulate.specialise import Specialised

IN_PLACE = ("sum", "product", "min", "max", "divide", "power")
STORED = ("lag", "sum_last", "last_days")
UFUNCS = {
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal",
    "and": "logical_and", "or": "logical_or", "not": "logical_not", "divide": "divide", "power": "power",
    "min": "minimum", "max": "maximum", "abs": "absolute", "exp": "exp", "log": "log", "floor": "floor",
    "ceil": "ceil", "mod": "remainder",
}  # fmt: skip
FOREVER = 10**9


class Function(NamedTuple):
    """A printed function and what it must be given."""

    source: str
    floats: int  # buffers of numbers
    truths: int  # buffers of conditions
    histories: int  # arrays [months, paths]
    path_inputs: tuple[str, ...]  # addresses drawn once a path
    month_inputs: tuple[str, ...]  # addresses drawn anew each month
    constants: tuple[tuple[Any, ...], ...]  # one value a month each


def printed(
    spec: Specialised, looks: Sequence[Sequence[Value]], finals: Sequence[Value], recorded: Sequence[Key]
) -> Function:
    """The function `run(look, finish, floats, truths, histories, paths, months)`.

    At the end of each month it calls `look[variant](t, values…)`, and for each of `finals` `finish(n, value)` in the
    last one.  The rows of `recorded` are written to the first `histories`.
    """
    return _Printer(spec, looks, finals, recorded).function()


class _Printer:
    def __init__(
        self, spec: Specialised, looks: Sequence[Sequence[Value]], finals: Sequence[Value], recorded: Sequence[Key]
    ) -> None:
        self.spec, self.looks, self.finals = spec, looks, finals
        self.steps = spec.graph.steps
        self.live = self._live([v for look in looks for v in look] + list(finals), recorded)
        self.order = [step for step in self.steps if step.ref.index in self.live]
        self.prevs = {s.args[0]: s.ref for s in self.order if s.op == "prev"}
        stored = [s.args[0] for s in self.order if s.op in STORED and isinstance(s.args[0], Key)]
        self.history = {key: n for n, key in enumerate(dict.fromkeys([*recorded, *stored]))}
        self.holds = self._aliases()
        self.last_use = self._last_uses()
        self.constants: dict[tuple[Any, ...], str] = {}
        self.free: dict[bool, list[str]] = {False: [], True: []}
        self.made = {False: 0, True: 0}
        self.home: dict[int, str] = {}  # step -> its buffer
        self.paths: list[str] = []
        self.months: list[str] = []
        self.kept: dict[Key, str] = {}  # how a row's last month is kept: in place, swapped, copied, history
        self.given: set[int] = set()

    # What is alive ------------------------------------------------------------------------------------------------

    def _live(self, roots: list[Value], recorded: Sequence[Key]) -> set[int]:
        live: set[int] = set()
        left: list[Any] = [*roots, *(self.spec.rows[key] for key in recorded)]
        while left:
            value = left.pop()
            if not isinstance(value, Ref) or value.index in live:
                continue
            live.add(value.index)
            step = self.steps[value.index]
            left += [arg for arg in joined(step.args) if isinstance(arg, Ref)]
            if step.args and isinstance(step.args[0], Key):
                left += [self.spec.rows[step.args[0]], self.spec.openings[step.args[0]]]
        return live

    def _aliases(self) -> dict[int, frozenset[int]]:
        """For each step the steps whose buffer its value may be."""
        holds: dict[int, frozenset[int]] = {}
        for step in self.order:
            own = frozenset((step.ref.index,))
            if step.op == "pick":
                own = frozenset[int]().union(*(holds[a.index] for a in step.args[1:] if isinstance(a, Ref)))
            holds[step.ref.index] = own
        return holds

    def _reads(self, step: Step) -> Iterator[int]:
        for arg in joined(step.args):
            if isinstance(arg, Ref):
                yield from self.holds[arg.index]

    def _last_uses(self) -> dict[int, int]:
        """For each step the last step of a month that reads it; beyond them all if the month's end does."""
        last: dict[int, int] = {}
        for step in self.order:
            for index in self._reads(step):
                last[index] = step.ref.index
        ends = [v for look in self.looks for v in look]
        ends += [self.spec.rows[key] for key in (*self.prevs, *self.history)]
        for value in ends:
            for index in self.holds[value.index] if isinstance(value, Ref) else ():
                last[index] = FOREVER
        for step in self.order:
            if not step.ref.monthly or step.op in ("growing", "cumulative"):
                last[step.ref.index] = FOREVER
        return last

    # Names --------------------------------------------------------------------------------------------------------

    def text(self, value: Any) -> str:
        match value:
            case Ref():
                return f"v{value.index}"
            case Series():
                return f"{self._constant(value.values)}[t]"
            case float() | int() | bool():
                return "nan" if isnan(value) else repr(value) if abs(value) < float("inf") else f"({value})"
        raise TypeError(value)

    def _constant(self, values: tuple[Any, ...]) -> str:
        key = (*map(type, values), *values)
        return self.constants.setdefault(key, f"s{len(self.constants)}")

    def _buffer(self, truth: bool) -> str:
        if self.free[truth]:
            return self.free[truth].pop()
        self.made[truth] += 1
        return f"{'q' if truth else 'b'}{self.made[truth] - 1}"

    # Printing -----------------------------------------------------------------------------------------------------

    def function(self) -> Function:
        self._keep()
        before = [line for step in self.order if not step.ref.monthly for line in self._lines(step)]
        before += [f"copyto(c{n}, {self.text(self.spec.openings[key])})" for n, key in self._copies()]
        body = [line for key, ref in self.prevs.items() for line in self._begin(key, ref)]
        body += [line for step in self.order if step.ref.monthly and step.op != "prev" for line in self._lines(step)]
        for variant, look in enumerate(self.looks):
            body.append(f"look[{variant}](t, {', '.join(map(self.text, look))})")
        body += self._end()
        months = self.spec.graph.months
        head = [f"{''.join(f'b{n}, ' for n in range(self.made[False]))}= floats"] if self.made[False] else []
        head += [f"{''.join(f'q{n}, ' for n in range(self.made[True]))}= truths"] if self.made[True] else []
        head += [f"{''.join(f'h{n}, ' for n in range(len(self.history)))}= histories"] if self.history else []
        keys = list(self.constants)
        lines = ["def run(look, finish, floats, truths, histories, paths, months):"]
        lines += [f" {line}" for line in (*head, *self._names(), *before)]
        lines += [f" for t in range({months}):", *(f"  {line}" for line in body)]
        constants = tuple(key[len(key) // 2 :] for key in keys)
        return Function("\n".join(lines) + "\n", self.made[False], self.made[True], len(self.history),
                        tuple(self.paths), tuple(self.months), constants)  # fmt: skip

    def _names(self) -> list[str]:
        return [line for lines in self._name_lines for line in lines]

    def _copies(self) -> list[tuple[int, Key]]:
        return [(n, key) for n, key in enumerate(self.prevs) if self.kept[key] != "history"]

    def _keep(self) -> None:
        """Decides how each row that is looked back at is kept for the next month."""
        self._name_lines: list[list[str]] = []
        for key, n in self.history.items():
            value = self.spec.rows[key]
            if isinstance(value, Ref) and self._own(value) and value.index not in self.home:
                self.home[value.index] = f"h{n}[t]"
        for n, (key, old) in enumerate(self.prevs.items()):
            if key in self.history:
                self.kept[key] = "history"
                continue
            value = self.spec.rows[key]
            c = self._buffer(False)
            lines = [f"c{n} = {c}"]
            if isinstance(value, Ref) and self._own(value) and value.index not in self.home:
                if self._in_place(old, value):
                    self.kept[key] = "in place"
                    self.home[value.index] = f"c{n}"
                    self._name_lines.append(lines)
                    continue
                self.kept[key] = "swapped"
                self.home[value.index] = f"n{n}"
            else:
                self.kept[key] = "copied"
            self._name_lines.append([*lines, f"n{n} = {self._buffer(False)}"])

    def _own(self, value: Ref) -> bool:
        """Whether a step writes its result into a buffer that may be any."""
        op = self.steps[value.index].op
        return value.monthly and not value.truth and (op in UFUNCS or op in ("sum", "product", "where", "number"))

    def _in_place(self, old: Ref, new: Ref) -> bool:
        """Whether a row may be written over its last month's value: nobody reads that any more."""
        step = self.steps[new.index]
        if step.op not in IN_PLACE or self.last_use.get(old.index, -1) > new.index:
            return False
        operands = [arg for arg in joined(step.args) if isinstance(arg, Ref)]
        direct = operands.count(old)
        through = sum(old.index in self.holds[arg.index] for arg in operands)
        return through == direct <= 1

    def _begin(self, key: Key, ref: Ref) -> list[str]:
        if self.kept[key] == "history":
            h = f"h{self.history[key]}"
            return [f"v{ref.index} = {h}[t - 1] if t else {self.text(self.spec.openings[key])}"]
        return [f"v{ref.index} = c{list(self.prevs).index(key)}"]

    def _end(self) -> list[str]:
        lines = []
        for key, n in self.history.items():
            value = self.spec.rows[key]
            if not (isinstance(value, Ref) and self.home.get(value.index) == f"h{n}[t]"):
                lines.append(f"copyto(h{n}[t], {self.text(value)})")
        swaps = []
        for n, key in self._copies():
            if self.kept[key] == "copied":
                lines.append(f"copyto(n{n}, {self.text(self.spec.rows[key])})")
            if self.kept[key] != "in place":
                swaps.append(f"c{n}, n{n} = n{n}, c{n}")
        return lines + swaps

    def _lines(self, step: Step) -> Iterator[str]:
        index = step.ref.index
        v = f"v{index}"
        match step.op:
            case "path":
                yield f"{v} = paths[{len(self.paths)}]"
                self.paths.append(step.args[0])
            case "pick":
                places = self._constant(tuple(int(p) for p in step.args[0].values))
                yield f"{v} = ({', '.join(map(self.text, step.args[1:]))},)[{places}[t]]"
            case "lag" | "sum_last" | "last_days":
                yield f"{v} = {step.op}({self._past(step.args[0])}, t, {self.text(step.args[1])})"
            case "call" if step.args[0] != "mod":
                yield f"{v} = {step.args[0]}({', '.join(map(self.text, step.args[1:]))})"
            case "prev":
                return
            case _:
                yield from self._into(step, v)
        if step.ref in self.finals:
            places = [n for n, value in enumerate(self.finals) if value == step.ref]
            last = f"if t == {self.spec.graph.months - 1}: " if step.ref.monthly else ""
            yield from (f"{last}finish({n}, {v})" for n in places)
        self._give_back(step)

    def _past(self, key: Key) -> str:
        """A row's history and its opening."""
        opening = self.text(self.spec.openings[key])
        if key in self.history:
            return f"h{self.history[key]}, {opening}"
        value = self.spec.rows[key]
        values = value.values if isinstance(value, Series) else (value,) * self.spec.graph.months
        return f"{self._constant(values)}, {opening}"

    def _give_back(self, step: Step) -> None:
        for index in self._reads(step):
            buffer = self.home.get(index, "")
            if self.last_use.get(index) == step.ref.index and buffer[:1] in ("b", "q") and index not in self.given:
                self.given.add(index)
                self.free[buffer[0] == "q"].append(buffer)

    def _into(self, step: Step, v: str) -> Iterator[str]:
        """A step that writes into a buffer."""
        index, args = step.ref.index, step.args
        pooled = index not in self.home
        if pooled:
            self.home[index] = self._buffer(step.ref.truth)
        out = self.home[index]
        if out.startswith("h"):
            yield f"{v} = {out}"
            out = v
        else:
            yield f"{v} = {out}"
        match step.op:
            case "month":
                yield f"months[{len(self.months)}](t, {v})"
                self.months.append(args[0])
            case "growing":
                base, exponents = args
                rises = tuple(b > a for a, b in zip((0.0, *exponents.values), exponents.values, strict=False))
                yield f"if t == 0: copyto({v}, 1.0)"
                yield f"if {self._constant(rises)}[t]: multiply({v}, {self.text(base)}, out={v})"
            case "cumulative":
                yield f"if t == 0: copyto({v}, 0.0)"
                yield f"add({v}, {self.text(args[0])}, out={v})"
            case "number":
                yield f"copyto({v}, {self.text(args[0])})"
            case "where":
                condition, then, otherwise = map(self.text, args)
                yield f"copyto({v}, {otherwise})"
                yield f"copyto({v}, {then}, where={condition})"
            case "sum":
                yield from self._chain(v, self._sum_terms(*args), out)
            case "product":
                known = args[0]
                lines = list(self._chain(v, self._factors(*args), out))
                if pooled and isinstance(known, Series) and 0.0 in known.values:
                    yield f"if {self.text(known)}: {'; '.join(lines)}"
                    yield f"else: {v} = 0.0"
                else:
                    yield from lines
            case "call":
                yield f"remainder({', '.join(map(self.text, args[1:]))}, out={v})"
            case _:
                yield f"{UFUNCS[step.op]}({', '.join(map(self.text, args))}, out={v})"

    def _sum_terms(self, known: Value, signed: tuple[tuple[float, Ref], ...]) -> list[tuple[str, str]]:
        terms = [("add" if sign > 0 else "subtract", self.text(ref)) for sign, ref in signed]
        if known != 0.0 or len(terms) == 1:
            terms.insert(0 if terms[0][0] == "subtract" else 1, ("add", self.text(known)))
        elif terms[0][0] == "subtract":
            terms.insert(0, ("add", "0.0"))
        return terms

    def _factors(self, known: Value, *refs: Ref) -> list[tuple[str, str]]:
        factors = [("multiply", self.text(ref)) for ref in refs]
        if known != 1.0 or len(factors) == 1:
            factors.insert(1, ("multiply", self.text(known)))
        return factors

    def _chain(self, v: str, terms: list[tuple[str, str]], out: str) -> Iterator[str]:
        """One term after another; what is written over is among the first two."""
        olds = [f"v{ref.index}" for n, ref in enumerate(self.prevs.values()) if out == f"c{n}"]
        late = next((n for n, (_, text) in enumerate(terms) if n > 1 and text in olds), None)
        if late is not None:
            terms[1], terms[late] = terms[late], terms[1]
        (_, first), (operation, second), *rest = terms
        yield f"{operation}({first}, {second}, out={v})"
        for operation, term in rest:
            yield f"{operation}({v}, {term}, out={v})"
