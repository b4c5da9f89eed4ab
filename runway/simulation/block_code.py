"""The steps of a simulation as one Python function over blocks of paths: numpy calls that write into kept buffers.

A buffer is taken for each result and given back after its last reader; a row that the next month looks back at stays in
a buffer of its own, written in place where nothing reads the old value afterwards.
"""

from __future__ import annotations

from itertools import groupby
from math import isnan
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.simulation.step_order import STORED, StepOrder
from runway.simulation.values import Operation, Ref, Series, Value, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.simulation.graph import Key
    from runway.simulation.partial_evaluation import PathProgram

IN_PLACE = ("sum", "product", "min", "max", "divide", "power")
UFUNCS = {
    "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal",
    "and": "logical_and", "or": "logical_or", "not": "logical_not", "divide": "divide", "power": "power",
    "min": "minimum", "max": "maximum", "abs": "absolute", "exp": "exp", "log": "log", "floor": "floor",
    "ceil": "ceil", "mod": "remainder",
}  # fmt: skip
FOREVER = 10**9


class Function(NamedTuple):
    """The source of a printed function and the sizes of its arguments."""

    source: str
    floats: int  # buffers of numbers
    truths: int  # buffers of conditions
    histories: int  # arrays [months, paths]
    path_inputs: tuple[str, ...]  # addresses drawn once a path
    month_inputs: tuple[str, ...]  # addresses drawn anew each month
    constants: tuple[tuple[Any, ...], ...]  # one value a month each


class BlockPrinter(StepOrder):
    """Prints the function `run(look, finish, floats, truths, histories, paths, months)`.

    At the end of each month it calls `look[variant](t, values…)`, and for each of `finals` `finish(n, value)` in the
    last one.  The rows of `recorded` are written to the first `histories`.
    """

    def __init__(
        self, spec: PathProgram, outputs: Sequence[Sequence[Value]], finals: Sequence[Value], recorded: Sequence[Key]
    ) -> None:
        super().__init__(spec, outputs, finals, recorded)
        self.last_use = self._last_uses()
        self.constants: dict[tuple[Any, ...], str] = {}
        self.free: dict[bool, list[str]] = {False: [], True: []}
        self.buffers = {False: 0, True: 0}
        self.home: dict[int, str] = {}  # step -> its buffer
        self.pooled: set[int] = set()  # steps whose buffer others use at other times of the month
        self.paths: list[str] = []
        self.months: list[str] = []
        self.filled: dict[float, str] = {}  # number -> the buffer that is full of it
        self.kept: dict[Key, str] = {}  # how a row's last month is kept: in place, swapped, copied, history
        self.returned: set[int] = set()

    # Last readers -------------------------------------------------------------------------------------------------

    def _reads(self, step: Operation) -> Iterator[int]:
        for arg in joined(step.args):
            if isinstance(arg, Ref) and arg.place in self.holds:
                yield from self.holds[arg.place]

    def _last_uses(self) -> dict[int, int]:
        """For each step the last step of a month that reads it; beyond them all if the month's end does."""
        last: dict[int, int] = {}
        for step in self.order:
            for index in self._reads(step):
                last[index] = step.ref.place
        ends = [v for values in self.outputs for v in values]
        ends += [self.spec.rows[key] for key in (*self.prevs, *self.history)]
        for value in ends:
            for index in self.holds.get(value.place, ()) if isinstance(value, Ref) else ():
                last[index] = FOREVER
        return last

    # Names --------------------------------------------------------------------------------------------------------

    def text(self, value: Any) -> str:
        match value:
            case Ref():
                return f"v{value.place}" if value.place in self.holds else "0.0"
            case Series():
                return f"{self._constant(value.values)}[t]"
            case float() | int() | bool():
                return "nan" if isnan(value) else repr(value) if abs(value) < float("inf") else f"({value})"
        raise TypeError(value)

    def _constant(self, values: tuple[Any, ...]) -> str:
        key = (*map(type, values), *values)
        return self.constants.setdefault(key, f"s{len(self.constants)}")

    def _array(self, value: Value) -> str:
        """A number as an array, of which numpy's maximum and minimum are twice as fast."""
        if not isinstance(value, float | int):
            return self.text(value)
        if value not in self.filled:
            self.filled[value] = f"b{self.buffers[False]}"  # no buffer that others have used before
            self.buffers[False] += 1
        return self.filled[value]

    def _in(self, mask: int) -> str:
        """A condition that holds in the months of a set."""
        return f"{self._constant(self.active_months.flags(mask))}[t]"

    def _buffer(self, truth: bool) -> str:
        if self.free[truth]:
            return self.free[truth].pop()
        self.buffers[truth] += 1
        return f"{'q' if truth else 'b'}{self.buffers[truth] - 1}"

    # Printing -----------------------------------------------------------------------------------------------------

    def step_function(self) -> Function:
        """The function, with the sizes of its arguments."""
        names = self._keeping_lines()
        before = [line for step in self.order if not step.ref.monthly for line in self._step_lines(step)]
        for n, (key, ref) in enumerate(self.prevs.items()):
            if self.kept[key] != "history":
                before.append(f"copyto(c{n}, {self.text(self.spec.openings[key])})")
            before.append(f"v{ref.place} = 0.0")
        body = [self._begin_line(n, key, ref) for n, (key, ref) in enumerate(self.prevs.items())]
        body += [line for ref in self.prevs.values() for line in self._finish_lines(ref)]
        guarded: list[tuple[int, list[str], str]] = []  # months, lines, the line of all other months
        for step in self.order:
            if step.ref.monthly and step.op != "prev":
                guard, default = self._guard(step)
                guarded.append((guard, list(self._step_lines(step)), default))
        body += self._grouped_lines(guarded)
        for variant, values in enumerate(self.outputs):
            body.append(f"look[{variant}](t, {', '.join(map(self.text, values))})")
        body += self._end_lines()
        floats, truths = self.buffers[False], self.buffers[True]
        lists = {"floats": ("b", floats), "truths": ("q", truths), "histories": ("h", len(self.history))}
        head = [f"{''.join(f'{letter}{n}, ' for n in range(count))}= {name}"
                for name, (letter, count) in lists.items() if count]  # fmt: skip
        head += [f"v{step.ref.place} = 0.0" for step in self.order if step.ref.monthly]
        head += [f"copyto({name}, {self.text(value)})" for value, name in self.filled.items()]
        keys = list(self.constants)
        lines = ["def run(look, finish, floats, truths, histories, paths, months):"]
        lines += [f" {line}" for line in (*head, *names, *before)]
        lines += [f" for t in range({self.horizon}):", *(f"  {line}" for line in body)]
        constants = tuple(key[len(key) // 2 :] for key in keys)
        return Function("\n".join(lines) + "\n", floats, truths, len(self.history), tuple(self.paths),
                        tuple(self.months), constants)  # fmt: skip

    def _guard(self, step: Operation) -> tuple[int, str]:
        """The months in which a step is computed, and the line that sets its result in the others."""
        ref, active_months = step.ref, self.active_months
        if active_months.steady(ref):
            return active_months.changes(ref), ""
        needed = active_months.needed[ref.place]
        support = active_months.support(ref)
        if support != active_months.all and self._pools(step):
            return needed & support, f"v{ref.place} = {'False' if ref.truth else '0.0'}"
        return needed, ""

    def _grouped_lines(self, guarded: Sequence[tuple[int, list[str], str]]) -> Iterator[str]:
        """The lines of steps, those of one set of months together."""
        for guard, group in groupby(guarded, key=lambda entry: entry[0]):
            parts = list(group)
            lines = [line for _, step_lines, _ in parts for line in step_lines]
            if guard == self.active_months.all:
                yield from lines
                continue
            yield f"if {self._in(guard)}:"
            yield from (f" {line}" for line in lines or ["pass"])
            if defaults := [default for _, _, default in parts if default]:
                yield f"else: {'; '.join(defaults)}"

    def _keeping_lines(self) -> list[str]:
        """The assignments of the buffers that keep rows for the next month, and how each row is kept."""
        for step in self.order:
            steady = self.active_months.steady(step.ref) and self._writes(step)
            if steady or step.op in ("growing", "cumulative"):
                self.home[step.ref.place] = self._buffer(step.ref.truth)
        for key, n in self.history.items():
            value = self.spec.rows[key]
            if isinstance(value, Ref) and self._may_write_anywhere(value):
                self.home[value.place] = f"h{n}[t]"
        names = []
        for n, (key, old) in enumerate(self.prevs.items()):
            if key in self.history:
                self.kept[key] = "history"
                continue
            value = self.spec.rows[key]
            names.append(f"c{n} = {self._buffer(False)}")
            self.kept[key] = "copied"
            if isinstance(value, Ref) and self._may_write_anywhere(value):
                if self._in_place(old, value):
                    self.kept[key], self.home[value.place] = "in place", f"c{n}"
                    continue
                self.kept[key], self.home[value.place] = "swapped", f"n{n}"
            names.append(f"n{n} = {self._buffer(False)}")
        return names

    def _writes(self, step: Operation) -> bool:
        return step.op not in ("path", "pick", "prev", *STORED) and not (step.op == "call" and step.args[0] != "mod")

    def _pools(self, step: Operation) -> bool:
        return self._writes(step) and (step.ref.place not in self.home or step.ref.place in self.pooled)

    def _may_write_anywhere(self, value: Ref) -> bool:
        """Whether a step may write its result into any buffer."""
        op = self.steps[value.place].op
        free = (
            value.monthly and not value.truth and value.place not in self.home and not self.active_months.steady(value)
        )
        return free and (op in UFUNCS or op in ("sum", "product", "where", "number"))

    def _in_place(self, old: Ref, new: Ref) -> bool:
        """Whether a row may be written over its last month's value: nobody reads that any more."""
        step = self.steps[new.place]
        if step.op not in IN_PLACE or self.last_use.get(old.place, -1) > new.place:
            return False
        operands = [arg for arg in joined(step.args) if isinstance(arg, Ref) and arg.place in self.holds]
        direct = operands.count(old)
        through = sum(old.place in self.holds[arg.place] for arg in operands)
        return through == direct <= 1

    def _begin_line(self, n: int, key: Key, ref: Ref) -> str:
        if self.kept[key] == "history":
            return f"v{ref.place} = h{self.history[key]}[t - 1] if t else {self.text(self.spec.openings[key])}"
        return f"v{ref.place} = c{n}"

    def _end_lines(self) -> list[str]:
        lines = [line for key in self.history for line in self._store_lines(key)]
        swaps = []
        for n, key in enumerate(self.prevs):
            if self.kept[key] == "copied":
                lines.append(f"copyto(n{n}, {self.text(self.spec.rows[key])})")
            if self.kept[key] in ("copied", "swapped"):
                swaps.append(f"c{n}, n{n} = n{n}, c{n}")
        return lines + swaps

    def _step_lines(self, step: Operation) -> Iterator[str]:
        index = step.ref.place
        v = f"v{index}"
        match step.op:
            case "path":
                yield f"{v} = paths[{len(self.paths)}]"
                self.paths.append(step.args[0])
            case "pick":
                places = self._constant(tuple(int(p) for p in step.args[0].values))
                yield f"{v} = ({', '.join(map(self.text, step.args[1:]))},)[{places}[t]]"
            case "lag" | "sum_last" | "last_days" | "last_months":
                for key in (step.args[0], *step.args[2:]):
                    yield from self._store_lines(key)
                between = "".join(f", {self._months(key)}" for key in step.args[2:])
                past = f"{self._months(step.args[0])}, {self.text(self.spec.openings[step.args[0]])}"
                yield f"{v} = {step.op}({past}, t, {self.text(step.args[1])}{between})"
            case "call" if step.args[0] != "mod":
                yield f"{v} = {step.args[0]}({', '.join(map(self.text, step.args[1:]))})"
            case _:
                yield from self._buffered_lines(step, v)
        if step.ref in self.finals:
            yield from self._finish_lines(step.ref)
        self._give_back(step)

    def _finish_lines(self, ref: Ref) -> Iterator[str]:
        """Hands over the last month's value of a final row."""
        ends = f"if t == {self.horizon - 1}: " if ref.monthly and not self.active_months.steady(ref) else ""
        yield from (f"{ends}finish({n}, v{ref.place})" for n, value in enumerate(self.finals) if value == ref)

    def _store_lines(self, key: Key) -> Iterator[str]:
        """Puts a row's month into its history, where it is not worked out in it."""
        n, value = self.history.get(key), self.spec.rows[key]
        if n is not None and not (isinstance(value, Ref) and self.home.get(value.place) == f"h{n}[t]"):
            yield f"copyto(h{n}[t], {self.text(value)})"

    def _months(self, key: Key) -> str:
        """A row's history."""
        if key in self.history:
            return f"h{self.history[key]}"
        value = self.spec.rows[key]
        return self._constant(value.values if isinstance(value, Series) else (value,) * self.horizon)

    def _give_back(self, step: Operation) -> None:
        for index in self._reads(step):
            if self.last_use[index] == step.ref.place and index in self.pooled and index not in self.returned:
                self.returned.add(index)
                self.free[self.home[index][0] == "q"].append(self.home[index])

    def _reused_buffer(self, step: Operation) -> str:
        """The buffer of an operand that nobody reads after this step, which may be written over."""
        if step.op not in IN_PLACE:
            return ""
        reads = list(self._reads(step))
        for arg in joined(step.args):
            if (
                not isinstance(arg, Ref)
                or self.holds.get(arg.place) != frozenset((arg.place,))
                or arg.place not in self.pooled
            ):
                continue
            once = reads.count(arg.place) == 1 and arg.place not in self.returned
            if once and self.last_use[arg.place] == step.ref.place:
                self.returned.add(arg.place)
                return self.home[arg.place]
        return ""

    def _buffered_lines(self, step: Operation, v: str) -> Iterator[str]:
        """A step that writes into a buffer."""
        index, args = step.ref.place, step.args
        if index not in self.home:
            self.home[index] = self._reused_buffer(step) or self._buffer(step.ref.truth)
            if step.ref.monthly:
                self.pooled.add(index)
        out = self.home[index]
        yield f"{v} = {out}"
        match step.op:
            case "month":
                yield f"months[{len(self.months)}](t, {v})"
                self.months.append(args[0])
            case "growing":
                base, exponents, start = args
                rises = tuple(b > a for a, b in zip((0.0, *exponents.values), exponents.values, strict=False))
                yield f"if t == 0: copyto({v}, {start!r})"
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
                yield from self._chain_lines(v, self._sum_terms(*args), out)
            case "product" if args[0] == -1.0 and len(args) == 2:
                yield f"negative({self.text(args[1])}, out={v})"
            case "product":
                yield from self._chain_lines(v, self._factors(*args), out)
            case "call":
                yield f"remainder({', '.join(map(self.text, args[1:]))}, out={v})"
            case "min" | "max":
                yield f"{UFUNCS[step.op]}({', '.join(map(self._array, args))}, out={v})"
            case _:
                yield f"{UFUNCS[step.op]}({', '.join(map(self.text, args))}, out={v})"

    def _sum_terms(self, known: Value, signed: tuple[tuple[float, Ref], ...]) -> list[tuple[str, str, int]]:
        return [(operation, self.text(term), months) for operation, term, months in self.sum_terms(known, signed)]

    def _factors(self, known: Value, *refs: Ref) -> list[tuple[str, str, int]]:
        return [("multiply", self.text(factor), self.active_months.all) for factor in self.factors(known, *refs)]

    def _chain_lines(self, v: str, terms: list[tuple[str, str, int]], out: str) -> Iterator[str]:
        """One term after another; a term whose buffer is written over is among the first two."""
        olds = {f"v{ref.place}" for n, ref in enumerate(self.prevs.values()) if out == f"c{n}"}
        olds |= {f"v{index}" for index, home in self.home.items() if home == out and index in self.returned}
        late = next((n for n, (_, text, _) in enumerate(terms) if n > 1 and text in olds), None)
        if late is not None:
            terms[1], terms[late] = terms[late], terms[1]
        (_, first, months), *rest = terms
        if first not in olds or months != self.active_months.all:  # else it is there already
            (operation, second, _), *rest = rest
            yield f"{operation}({first}, {second}, out={v})"
        for operation, term, support in rest:
            when = "" if support == self.active_months.all else f"if {self._in(support)}: "
            yield f"{when}{operation}({v}, {term}, out={v})"
