"""The steps of a simulation as C: a local for each step, an inner loop over a group of paths, months outside.

What is written depends on the form of a model alone: numbers and schedules are tables, so models of one form share a
library.  A condition is a mask of 64 bits, all of them or none, so that one that is the same on every path does not
keep a compiler from doing several paths at once.  `c_prelude.h` has what the printed lines call.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.simulation.block_code import STORED, Ordered
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.values import Ref, Series, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runway.simulation.graph import Key
    from runway.simulation.values import Operation, Value

BY_DAY = 2  # the mode of a month that is read by days, by numpy; in one of mode 1 some paths may be, of mode 0 none
HEAVY = ("exp", "log", "power")
MOST_TOGETHER = 120  # steps in one loop: beyond, compilers take long
LITERALS = {0.0: "0.0", 1.0: "1.0", -1.0: "-1.0"}
SIGNS = {"min": "least", "max": "most", "exp": "exponential", "log": "logarithm", "abs": "fabs"}
SCALARS = {"mod": "rest_of", "days_in": "days_in", "day_number": "day_number", "date_after": "date_after"}
ALL = "~(uint64_t)0"


class UncompilableError(Exception):
    """What a compiled step function cannot do; numpy runs the model instead."""


class Bending(NamedTuple):
    """A watched row, and the months in which a path is read by day where it is below 0, above 0, or has changed."""

    row: int
    below: tuple[bool, ...]
    above: tuple[bool, ...]
    changed: tuple[bool, ...]


class DipTest(NamedTuple):
    """What tells, in some months, on which paths the month may dip between its ends, as `block_days.may_dip` does.

    `lines` read `row_N` and `past_N_B`, watched row N of this month and of B months before, `began` and constants `cN`.
    """

    lines: tuple[str, ...]
    held: str
    rows: tuple[int, ...]
    past: tuple[tuple[int, int], ...]
    months: tuple[bool, ...]
    constants: tuple[tuple[float, ...], ...]  # of each month


class DayTest(NamedTuple):
    """Cash at the end of a `day` of a month of `length` days, on a path that runs dry in it, and the floor.

    `lines` read `row_N`, `kept_N` (of the month before), `path_N` (a drawn figure), `later` and constants `cN`.
    """

    lines: tuple[str, ...]
    cash: str
    floor: str
    constants: tuple[float, ...]
    figures: tuple[str, ...]  # addresses of the drawn ones


class CashReading(NamedTuple):
    """How the daily cash of one variant is read: places among its watched rows, and the mode of each month."""

    cash: int
    floor: int
    slack: float  # below the floor that is none
    dip: DayTest
    kept: tuple[int, ...]  # read of the month before, too
    bends: tuple[Bending, ...]
    late: tuple[int, ...]  # read of earlier months
    levels: tuple[DipTest, ...]
    modes: tuple[int, ...]


class ArrayPlaces(NamedTuple):
    """Where the reading of one variant is among the arrays."""

    lowest: int
    dead: int
    code: int  # of the day on which a path runs dry; -1 where on none that is read here
    kept: Mapping[int, int]  # the month before the one that is run
    began: int  # free cash at the end of the month before
    level: int  # a mask of the paths on which a month may dip between its ends


class CSource(NamedTuple):
    """A printed function and the tables that it is given."""

    text: str
    arrays: int
    histories: int
    numbers: tuple[float, ...]
    series: tuple[tuple[float, ...], ...]
    flags: tuple[tuple[int, ...], ...]
    path_inputs: tuple[tuple[str, int], ...]  # addresses and their arrays
    month_inputs: tuple[tuple[str, int], ...]  # and those of the sums of their scores
    readings: tuple[ArrayPlaces, ...]
    shown: Mapping[Ref, int]  # the array of each value that is read outside
    modes: tuple[int, ...]  # the flags that are modes
    past: Mapping[Ref, int]  # the history of each value that is read of earlier months


class Loop(NamedTuple):
    """Steps of one loop, and the months in which they are done."""

    steps: list[Operation]
    scalar: bool
    guard: int


class CPrinter(Ordered):
    """Prints `run` and `begin`; `readings` has one a variant."""

    def source(self, readings: Sequence[CashReading], watched: int, days: Sequence[int]) -> CSource:
        """The function, each look being `watched` rows that daily cash is read off, and others."""
        self.readings, self.watched, self.days = readings, watched, days
        self.numbers: list[float] = []
        self.tables: list[tuple[float, ...]] = []
        self.flags: list[tuple[int, ...]] = []
        self.modes: list[int] = []
        self.slots = 0
        self.slot_of: dict[int, int] = {}
        self.here: set[int] = set()  # steps that are locals of this loop
        self.head: list[str] = []  # of a month: what is the same on every path
        self.named: dict[Any, str] = {}
        self.inputs = [step for step in self.order if step.op == "month"]
        self.outside = self._outside()
        for step in self.order:
            if step.op in ("path", "prev", "growing", "cumulative") or step.ref.place in self.outside:
                self.slot_of[step.ref.place] = self._slot()
        self.figures = {s.args[0]: self.slot_of[s.ref.place] for s in self.order if s.op == "path"}
        for address in (address for reading in readings for address in reading.dip.figures):
            if address not in self.figures:
                self.figures[address] = self._slot()
        self.sums = {step.ref.place: self._slot() for step in self.inputs}
        self.copies = {ref: self._slot() for ref in self._read_outside() if self.steps[ref.place].op == "prev"}
        late = (look[n] for reading, look in zip(readings, self.looks, strict=True) for n in reading.late)
        varying = dict.fromkeys(v for v in late if isinstance(v, Ref) and v.place in self.holds)
        self.past = {value: len(self.stored) + n for n, value in enumerate(varying)}
        self.places = [self._placed(*one) for one in zip(readings, self.looks, strict=True)]
        before = [s for s in self.order if not s.ref.monthly and s.op != "path"]
        monthly = [s for s in self.order if s.ref.monthly and s.op not in ("prev", "month")]
        first, each = self._segments(before), self._segments(monthly)
        if not each or not self._plain(each[-1]):
            each.append(Loop([], False, self.masks.all))
        self._share(first, each)
        begin = [line for segment in first for line in self._loop(segment)]
        begin += self._begun()
        begin = [*self.head, *begin]
        self.head, self.named = [], {}
        lines = self._kept()
        for segment in each:
            lines += self._loop(segment, last=segment is each[-1])
        for variant, reading in enumerate(readings):
            for level in reading.levels:
                lines += self._level(variant, reading, level)
        lines += self._read()
        counts = [f"whole hits{n} = 0, bents{n} = 0;" for n in range(len(readings))]
        sums = [f"w[{self._array(self.sums[step.ref.place])}] += {self._score(step)};" for step in self.inputs]
        lines = [*self._each(sums, "r->summing"), *lines]
        month = [*self.head, *counts, *lines]
        text = "\n".join([
            prelude(),
            f"static void begin({_PARAMETERS}) {{",
            " const whole t = 0;",
            *(f" {line}" for line in begin), "}", "",
            f"static whole month({_PARAMETERS}, double *restrict h, double *restrict cash, "
            "const double *restrict z, whole t, whole g) {",
            " const whole months = r->months; whole full = 0;",
            *(f" {line}" for line in month), " return full;", "}", "",
            f"#define STREAMS {len(self.inputs)}", _DRIVER,
        ])  # fmt: skip
        return CSource(
            text, self.slots, len(self.stored) + len(self.past),
            tuple(self.numbers), tuple(self.tables), tuple(self.flags),
            tuple(self.figures.items()),
            tuple((s.args[0], self.sums[s.ref.place]) for s in self.inputs),
            tuple(self.places), {ref: self._shown(ref) for ref in self._read_outside()},
            tuple(self.modes), self.past,
        )  # fmt: skip

    # Where values are ---------------------------------------------------------------------------------------------

    def _slot(self) -> int:
        self.slots += 1
        return self.slots - 1

    def _read_outside(self) -> list[Ref]:
        """What is read when a month has been run: watched rows, what checks read, and what is asked in the end."""
        every = [*(value for look in self.looks for value in look), *self.finals]
        return list(dict.fromkeys(v for v in every if isinstance(v, Ref) and v.place in self.holds))

    def _outside(self) -> set[int]:
        """Steps whose value is read outside the loop that does them."""
        return {ref.place for ref in self._read_outside()}

    def _placed(self, reading: CashReading, look: Sequence[Value]) -> ArrayPlaces:
        def slots(rows: Sequence[int]) -> dict[int, int]:
            return {n: self._slot() for n in rows if self._varies(look[n])}

        kept = slots(reading.kept)
        lowest, dead, code, began, level = (self._slot() for _ in range(5))
        return ArrayPlaces(lowest, dead, code, kept, began, level)

    def _varies(self, value: Value) -> bool:
        return isinstance(value, Ref) and value.place in self.holds

    def _array(self, slot: int) -> str:
        return f"{slot} * LINE + i"

    def _score(self, step: Operation) -> str:
        return f"z[{self.inputs.index(step)} * CHUNK * GROUP + i]"

    def _element(self, step: Operation) -> str:
        return self._array(self.slot_of[step.ref.place])

    # Loops --------------------------------------------------------------------------------------------------------

    def _segments(self, steps: Iterable[Operation]) -> list[Loop]:
        found: list[Loop] = []
        for step in steps:
            scalar = step.op in STORED or step.op == "call"
            guard = self._months_done(step) if scalar or step.op in HEAVY else self.masks.all
            last = found[-1] if found else None
            if last is None or (last.scalar, last.guard) != (scalar, guard) or len(last.steps) >= MOST_TOGETHER:
                found.append(Loop([], scalar, guard))
            found[-1].steps.append(step)
        return found

    def _months_done(self, step: Operation) -> int:
        ref, masks = step.ref, self.masks
        if not ref.monthly:
            return masks.all
        return masks.changes(ref) if masks.steady(ref) else masks.needed[ref.place]

    def _plain(self, segment: Loop) -> bool:
        return not segment.scalar and segment.guard == self.masks.all

    def _share(self, first: Sequence[Loop], each: Sequence[Loop]) -> None:
        """Gives an array to each step that another loop reads, or that is not done in every month."""
        home = {step.ref.place: n for n, segment in enumerate((*first, *each)) for step in segment.steps}
        last = len(first) + len(each) - 1
        shared = {step.ref.place for segment in each if not self._plain(segment) for step in segment.steps}
        for step in self.order:
            for place in self._refs(step):
                if home.get(place, -1) != home.get(step.ref.place, -2):
                    shared.add(place)
        ends = [self.spec.rows[key] for key in (*self.prevs, *self.history)]
        ends += [self.spec.openings[key] for key in self.prevs]
        shared |= {value.place for value in ends if isinstance(value, Ref) and home.get(value.place, -1) != last}
        for place in sorted(shared & self.holds.keys()):
            if place not in self.slot_of and self.steps[place].op != "month":
                self.slot_of[place] = self._slot()

    def _refs(self, step: Operation) -> Iterator[int]:
        yield from (a.place for a in joined(step.args) if isinstance(a, Ref) and a.place in self.holds)
        if step.op in STORED:
            for key in (step.args[0], *step.args[2:]):
                value, opening = self.spec.rows[key], self.spec.openings.get(key)
                yield from (v.place for v in (value, opening) if isinstance(v, Ref) and v.place in self.holds)

    def _each(self, lines: Sequence[str], condition: str = "") -> list[str]:
        if not lines:
            return []
        head = f"if ({condition}) " if condition else ""
        return [f"{head}{{ EACH_PATH for (whole i = 0; i < many; i++) {{", *(f" {line}" for line in lines), "}}"]

    def _loop(self, segment: Loop, *, last: bool = False) -> list[str]:
        self.here = set()
        self.loads: dict[int, str] = {}
        lines: list[str] = []
        for step in segment.steps:
            lines += self._looked_at(step)
            text = self._expression(step)
            kind = "uint64_t" if step.ref.truth else "double"
            lines += self._loaded()
            lines.append(f"const {kind} v{step.ref.place} = {text};")
            self.here.add(step.ref.place)
            if step.ref.place in self.slot_of:
                value = f"bits_of(v{step.ref.place})" if step.ref.truth else f"v{step.ref.place}"
                lines.append(f"w[{self._element(step)}] = {value};")
        if last:
            lines += self._finished_month()
        guard = (
            "" if segment.guard == self.masks.all else f"f[{self._flags(self.masks.flags(segment.guard))} * months + t]"
        )
        if not segment.scalar:
            return self._each(lines, guard)
        return [line.replace("EACH_PATH ", "") for line in self._each(lines, guard)]

    def _looked_at(self, step: Operation) -> list[str]:
        """Puts what is known of this month into the histories that a step looks at."""
        lines = []
        for key in (step.args[0], *step.args[2:]) if step.op in STORED else ():
            value = self.spec.rows[key]
            if key in self.stored and isinstance(value, Ref) and value.place < step.ref.place:
                text = self.value(value)
                lines += [*self._loaded(), f"{self._now(key)} = {text};"]
        return lines

    def _now(self, key: Key) -> str:
        """This month of a history."""
        return f"h[({self.stored[key]} * months + t) * LINE + i]"

    def _loaded(self) -> list[str]:
        lines, self.loads = list(self.loads.values()), {}
        return lines

    # Values -------------------------------------------------------------------------------------------------------

    def value(self, value: Any) -> str:
        """A value as C has it, in the loop that is being printed."""
        match value:
            case Ref():
                if value.place not in self.holds:
                    return "0.0"
                if value.place not in self.here:
                    self.here.add(value.place)
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
        """A name for what is the same on every path in a month."""
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

    def _modes(self, reading: CashReading) -> int:
        self.modes.append(self._flags(reading.modes))
        return self.modes[-1]

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
                base, exponents, start = args
                rises = [b > a for a, b in zip((0.0, *exponents.values), exponents.values, strict=False)]
                old = f"w[{self._element(step)}]"
                del start
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
                support = self.masks.support(step.ref)
                return (
                    text
                    if support == self.masks.all
                    else f"in_month({self._mask(self.masks.flags(support))}, {text}, 0.0)"
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

    # The month's end ----------------------------------------------------------------------------------------------

    def _begun(self) -> list[str]:
        """What stands before the first month."""
        self.here, self.loads = set(), {}
        lines: list[str] = []
        for key, ref in self.prevs.items():
            opening = self.value(self.spec.openings[key])
            lines += [*self._loaded(), f"w[{self._array(self.slot_of[ref.place])}] = {opening};"]
        for step in self.order:
            if step.op in ("growing", "cumulative"):
                lines.append(
                    f"w[{self._element(step)}] = {self.value(step.args[2]) if step.op == 'growing' else '0.0'};"
                )
        lines += [f"w[{self._array(slot)}] = 0.0;" for slot in self.sums.values()]
        for places in self.places:
            lines += [
                f"w[{self._array(places.lowest)}] = INFINITY;",
                f"w[{self._array(places.dead)}] = 0.0;",
                f"w[{self._array(places.code)}] = -1.0;",
                *(f"w[{self._array(slot)}] = 0.0;" for slot in (*places.kept.values(), places.began)),
            ]
        return self._each(lines)

    def _kept(self) -> list[str]:
        """Keeps what the reading of days looks back at."""
        lines = []
        for variant, places in enumerate(self.places):
            for n, slot in places.kept.items():
                lines.append(f"w[{self._array(slot)}] = w[{self._array(self._shown(self.looks[variant][n]))}];")
            cash = self.looks[variant][self.readings[variant].cash]
            if self.readings[variant].late and isinstance(cash, Ref):
                lines.append(f"w[{self._array(places.began)}] = w[{self._array(self._shown(cash))}];")
        return self._each(lines, "t > 0")

    def _shown(self, ref: Any) -> int:
        return self.copies.get(ref, self.slot_of[ref.place])

    def _finished_month(self) -> list[str]:
        """Histories, the reading of month ends and what the next month looks back at, in the last loop of a month."""
        lines: list[str] = []

        def put(text: str, value: Value) -> None:
            shown = self.value(value)
            lines.extend([*self._loaded(), f"{text} = {shown};"])

        for key in self.stored:
            put(self._now(key), self.spec.rows[key])
        for value, place in self.past.items():
            put(f"h[({place} * months + t) * LINE + i]", value)
        for ref, slot in self.copies.items():
            put(f"w[{self._array(slot)}]", ref)
        for variant, reading in enumerate(self.readings):
            lines += self._month_end(variant, reading)
        cash = self.value(self.spec.rows[self.recorded[0]])
        lines += [*self._loaded(), f"cash[t * r->stride + i] = {cash};"]
        ends = [(ref, self.value(self.spec.rows[key])) for key, ref in self.prevs.items()]
        lines += self._loaded()
        names = []
        for n, (ref, text) in enumerate(ends):
            lines.append(f"const double e{n} = {text};")
            names.append(f"w[{self._array(self.slot_of[ref.place])}] = e{n};")
        return lines + names

    def _month_end(self, variant: int, reading: CashReading) -> list[str]:
        places, look = self.places[variant], self.looks[variant]
        modes = self._modes(reading)
        on = self._uniform("uint64_t", f"-(uint64_t)(f[{modes} * r->months + t] != {BY_DAY})")
        cash, low = self.value(look[reading.cash]), self._below(variant, reading)
        bent = self._bent(variant, reading)
        lines = self._loaded()
        lowest = f"w[{self._array(places.lowest)}]"
        lines.append(f"{lowest} = in_month({on}, least({lowest}, {cash}), {lowest});")
        lines.append(f"const uint64_t low{variant} = {low} & -(uint64_t)(w[{self._array(places.dead)}] == 0.0) & {on};")
        if bent:
            lines.append(f"const uint64_t bent{variant} = ({' | '.join(bent)}) & {on};")
            lines.append(f"bents{variant} += (whole)(bent{variant} >> 63);")
            lines.append(f"hits{variant} += (whole)((low{variant} & ~bent{variant}) >> 63);")
        else:
            lines.append(f"hits{variant} += (whole)(low{variant} >> 63);")
        return lines

    def _level(self, variant: int, reading: CashReading, level: DipTest) -> list[str]:
        """Marks the paths on which a month may dip between its ends, or is out at its end: they are read by day."""
        look, places = self.looks[variant], self.places[variant]
        self.here, self.loads = {v.place for v in look if isinstance(v, Ref)}, {}
        lines = self._shown_rows(look)
        low = self._below(variant, reading)
        lines += [f"const double row_{n} = {self.value(look[n])};" for n in level.rows]
        lines += [
            f"const double past_{n}_{back} = h[({self._history_of(look[n])} * months + t - {back}) * LINE + i];"
            for n, back in level.past
        ]
        lines.append(f"const double began = w[{self._array(places.began)}];")
        for n, values in enumerate(zip(*level.constants, strict=True)):
            at = iter(values)
            table = [next(at) if here else 0.0 for here in level.months]
            lines.append(f"const double c{n} = {self._uniform('double', f's[{self._series(table)} * r->months + t]')};")
        lines += level.lines
        alive = f"-(uint64_t)(w[{self._array(places.dead)}] == 0.0)"
        lines.append(f"const uint64_t marked = {level.held} | ({low} & {alive});")
        lines.append(f"w[{self._array(places.level)}] = bits_of(marked);")
        lines.append(f"bents{variant} += (whole)(marked >> 63);")
        return self._each(lines, f"f[{self._flags(level.months)} * months + t]")

    def _shown_rows(self, look: Sequence[Value]) -> list[str]:
        """The rows of a variant as locals."""
        read = dict.fromkeys(v for v in look if isinstance(v, Ref) and v.place in self.holds)
        return [f"const double v{ref.place} = w[{self._array(self._shown(ref))}];" for ref in read]

    def _history_of(self, value: Any) -> int:
        return self.past[value]

    def _below(self, variant: int, reading: CashReading) -> str:
        look = self.looks[variant]
        floor = self.value(look[reading.floor])
        slack = self.value(reading.slack)
        return f"-(uint64_t)({self.value(look[reading.cash])} < {floor} - {slack})"

    def _bent(self, variant: int, reading: CashReading) -> list[str]:
        """On which paths the month is to be read by day."""
        look, found = self.looks[variant], []
        for bend in reading.bends:
            value = self.value(look[bend.row])
            for months, sign in ((bend.below, "<"), (bend.above, ">")):
                if any(months):
                    found.append(f"({self._mask(months)} & -(uint64_t)({value} {sign} 0.0))")
            if any(bend.changed):
                slot = self.places[variant].kept[bend.row]
                found.append(f"({self._mask(bend.changed)} & -(uint64_t)({value} != w[{self._array(slot)}]))")
        return found

    def _read(self) -> list[str]:
        """Keeps the rows of paths that run dry, or are to be read by day, one path after another."""
        found = []
        for variant, (reading, places) in enumerate(zip(self.readings, self.places, strict=True)):
            look = self.looks[variant]
            self.here, self.loads = {v.place for v in look if isinstance(v, Ref)}, {}
            modes = f"f[{self._modes(reading)} * months + t]"
            bent, low = self._bent(variant, reading), self._below(variant, reading)
            if reading.levels:
                months = [any(here) for here in zip(*(level.months for level in reading.levels), strict=True)]
                bent.append(f"({self._mask(months)} & to_bits(w[{self._array(places.level)}]))")
            width = 2 + self.watched + len(places.kept)
            lines = [
                *self._shown_rows(look),
                f"const uint64_t low = {low} & -(uint64_t)(w[{self._array(places.dead)}] == 0.0);",
                f"const uint64_t bent = {' | '.join(bent) if bent else '0'};",
                "if (low & ~bent) {",
                f" w[{self._array(places.dead)}] = 1.0;",
                *(f" {line}" for line in self._first_day(variant, reading.dip)),
                "}",
            ]
            if bent:
                lines += [
                    "if (bent) {",
                    f" if (r->kept[{variant}] == r->room) {{ full = 1; break; }}",
                    f" double *e = r->records + {self._offset(variant)} * r->room + r->kept[{variant}]++ * {width};",
                    " *e++ = (double)t; *e++ = (double)(g + i);",
                    *(f" *e++ = {self.value(v) if isinstance(v, Ref) else '0.0'};" for v in look[: self.watched]),
                    *(f" *e++ = w[{self._array(slot)}];" for slot in places.kept.values()),
                    "}",
                ]
            found += [
                f"if ((hits{variant} | bents{variant}) && {modes} != {BY_DAY}) for (whole i = 0; i < many; i++) {{",
                *(f" {line}" for line in lines),
                "}",
            ]
        return found

    def _first_day(self, variant: int, dip: DayTest) -> list[str]:
        """The first day on which cash is below the floor, by halving: there is one, and before it there is none."""
        look, places = self.looks[variant], self.places[variant]
        read = " ".join((*dip.lines, dip.cash, dip.floor))
        names = set(re.findall(r"\b(?:row|kept|path|c)_?\d+\b", read))
        lines = []
        for name in sorted(names):
            n = int(re.sub(r"\D", "", name))
            if name.startswith("row"):
                text = self.value(look[n])
            elif name.startswith("kept"):
                text = self._month_before(variant, n)
            elif name.startswith("path"):
                text = f"w[{self._array(self.figures[dip.figures[n]])}]"
            else:
                text = self.value(dip.constants[n])
            lines.append(f"const double {name} = {text};")
        length = f"s[{self._series(self.days)} * months + t]"
        return [
            *lines,
            f"const double length = {length}, later = (double)(t - 1);",
            "double before = 0.0, last = length;",
            "while (last - before > 1.0) {",
            " const double day = floor((before + last) / 2.0);",
            *(f" {line}" for line in dip.lines),
            f" if ({dip.cash} < {dip.floor}) last = day; else before = day;",
            "}",
            f"w[{self._array(places.code)}] = (double)(t * {DAYS_A_CODE}) + last;",
        ]

    def _month_before(self, variant: int, n: int) -> str:
        """A kept row of the month before."""
        value: Any = self.looks[variant][n]
        if n in self.places[variant].kept:
            return f"w[{self._array(self.places[variant].kept[n])}]"
        return self.value(Series((0.0, *value.values[:-1])) if isinstance(value, Series) else value)

    def _offset(self, variant: int) -> int:
        """How many numbers stand in a row of the records of the variants before."""
        return sum(2 + self.watched + len(places.kept) for places in self.places[:variant])


def prelude() -> str:
    """What stands before every printed function: c_prelude.h and the numbers that it shares with Python."""
    from runway.language import arithmetic
    from runway.months import NEVER
    from runway.simulation.normals import SINE

    named = {"NEVER": float(NEVER), "NUDGE": arithmetic.NUDGE, "SAME_DAY": arithmetic.SAME_DAY}
    defined = [
        *(f"#define {name} {value!r}" for name, value in named.items()),
        *(f"#define SINE_{letter} {value!r}f" for letter, value in zip("ABCD", SINE, strict=True)),
    ]
    return "\n".join([*defined, Path(__file__).with_name("c_prelude.h").read_text(encoding="utf-8")])


_PARAMETERS = (
    "const run_t *r, double *restrict w, whole many, "
    "const double *restrict k, const double *restrict s, const whole *restrict f"
)
_DRIVER = """
int run(const run_t *r) {
    for (whole chunk = r->first; chunk < r->last; chunk += CHUNK) {
        whole until = chunk + CHUNK < r->last ? chunk + CHUNK : r->last;
        for (whole n = 0; n < STREAMS && !r->given; n++)
            for (whole t = chunk; t < until; t++)
                if (t >= r->active[2 * n] && t < r->active[2 * n + 1])
                    draw_words(r->states + 4 * n, r->words + (n * CHUNK + t - chunk) * (BLOCK / 2));
        for (whole group = 0; group < r->paths; group += GROUP) {
            for (whole n = 0; n < STREAMS; n++)
                for (whole t = chunk; t < until; t++)
                    scored(r, n, t, chunk, group, r->scores + (n * CHUNK + t - chunk) * GROUP);
            for (whole g = group; g < group + GROUP && g < r->paths; g += FEW) {
                whole many = r->paths - g < FEW ? r->paths - g : FEW;
                double *w = r->w + g;
                if (chunk == 0) begin(r, w, many, r->k, r->s, r->f);
                for (whole t = chunk; t < until; t++) {
                    const double *z = r->scores + (t - chunk) * GROUP + g - group;
                    if (month(r, w, many, r->k, r->s, r->f, r->h + g, r->cash + g, z, t, g)) return 1;
                }
            }
        }
    }
    return 0;
}
"""
