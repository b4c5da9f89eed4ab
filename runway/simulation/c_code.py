"""The steps of a simulation as C: a local for each step, an inner loop over a group of paths, months outside.

The source depends on the form of a model alone: numbers and schedules are tables, so models of one form share a
library.  `c_prelude.h` has the functions that the printed lines call.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.simulation.c_days import ArrayPlaces, CashReading, CDays
from runway.simulation.step_order import STORED
from runway.simulation.values import Ref, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from runway.simulation.values import Operation

HEAVY = ("exp", "log", "power")
MOST_TOGETHER = 120  # steps in one loop: beyond, compilers take long


class CSource(NamedTuple):
    """The source of a printed function and the tables that it reads."""

    text: str
    arrays: int
    histories: int
    numbers: tuple[float, ...]
    series: tuple[tuple[float, ...], ...]
    flags: tuple[tuple[int, ...], ...]
    path_inputs: tuple[tuple[str, int], ...]  # addresses and their arrays
    month_inputs: tuple[tuple[str, int], ...]  # and those of the sums of their scores
    readings: tuple[ArrayPlaces, ...]
    outside: Mapping[Ref, int]  # the array of each value that is read outside
    modes: tuple[int, ...]  # the flags that are modes
    past: Mapping[Ref, int]  # the history of each value that is read of earlier months


class Loop(NamedTuple):
    """Steps of one loop, and the months in which they are done."""

    steps: list[Operation]
    scalar: bool
    guard: int


class CPrinter(CDays):
    """Prints `run`; `readings` has one a variant."""

    def source(self, readings: Sequence[CashReading], watched: int, days: Sequence[int]) -> CSource:
        """The function, each look being `watched` rows that daily cash is read off, and others."""
        self.readings, self.watched, self.days = readings, watched, days
        self.begin()
        self.modes = []
        self.inputs = [step for step in self.order if step.op == "month"]
        outside = {ref.place for ref in self._read_outside()}
        for step in self.order:
            if step.op in ("path", "prev", "growing", "cumulative") or step.ref.place in outside:
                self.slot_of[step.ref.place] = self._slot()
        self.figures = {s.args[0]: self.slot_of[s.ref.place] for s in self.order if s.op == "path"}
        for address in (address for reading in readings for address in reading.day_test.figures):
            if address not in self.figures:
                self.figures[address] = self._slot()
        self.sums = {step.ref.place: self._slot() for step in self.inputs}
        self.copies = {ref: self._slot() for ref in self._read_outside() if self.steps[ref.place].op == "prev"}
        late = (values[n] for reading, values in zip(readings, self.outputs, strict=True) for n in reading.late)
        varying = dict.fromkeys(v for v in late if isinstance(v, Ref) and v.place in self.holds)
        self.past = {value: len(self.stored) + n for n, value in enumerate(varying)}
        self.places = [self._array_places(*pair) for pair in zip(readings, self.outputs, strict=True)]
        before = [s for s in self.order if not s.ref.monthly and s.op != "path"]
        monthly = [s for s in self.order if s.ref.monthly and s.op not in ("prev", "month")]
        opening_loops, month_loops = self._loops(before), self._loops(monthly)
        if not month_loops or not self._plain(month_loops[-1]):
            month_loops.append(Loop([], False, self.active_months.all))
        self._share(opening_loops, month_loops)
        begin = [line for loop in opening_loops for line in self._loop_lines(loop)]
        begin += self._opening_lines()
        begin = [*self.head, *begin]
        self.head, self.named = [], {}
        lines = self._keeping_lines()
        for loop in month_loops:
            lines += self._loop_lines(loop, last=loop is month_loops[-1])
        for variant, reading in enumerate(readings):
            for test in reading.dip_tests:
                lines += self._dip_test_lines(variant, reading, test)
        lines += self._reading_lines()
        counts = [f"whole marks{n} = 0; uint64_t marked{n}[FEW];" for n in range(len(readings))]
        sums = [f"w[{self._array(self.sums[step.ref.place])}] += {self._score(step)};" for step in self.inputs]
        lines = [*self._over_paths(sums, "r->summing"), *lines]
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
            tuple(self.places), {ref: self._outside(ref) for ref in self._read_outside()},
            tuple(self.modes), self.past,
        )  # fmt: skip

    def _read_outside(self) -> list[Ref]:
        """The steps read after a month has been run: watched rows, rows that checks compare, and final rows."""
        every = [*(value for values in self.outputs for value in values), *self.finals]
        return list(dict.fromkeys(v for v in every if isinstance(v, Ref) and v.place in self.holds))

    def _loops(self, steps: Iterable[Operation]) -> list[Loop]:
        loops: list[Loop] = []
        for step in steps:
            scalar = step.op in STORED or step.op == "call"
            guard = self._months_done(step) if scalar or step.op in HEAVY else self.active_months.all
            last = loops[-1] if loops else None
            if last is None or (last.scalar, last.guard) != (scalar, guard) or len(last.steps) >= MOST_TOGETHER:
                loops.append(Loop([], scalar, guard))
            loops[-1].steps.append(step)
        return loops

    def _months_done(self, step: Operation) -> int:
        ref, active_months = step.ref, self.active_months
        if not ref.monthly:
            return active_months.all
        return active_months.changes(ref) if active_months.steady(ref) else active_months.needed[ref.place]

    def _plain(self, loop: Loop) -> bool:
        return not loop.scalar and loop.guard == self.active_months.all

    def _share(self, opening_loops: Sequence[Loop], month_loops: Sequence[Loop]) -> None:
        """Gives an array to each step that another loop reads, or that is not done in every month."""
        home = {step.ref.place: n for n, loop in enumerate((*opening_loops, *month_loops)) for step in loop.steps}
        last = len(opening_loops) + len(month_loops) - 1
        shared = {step.ref.place for loop in month_loops if not self._plain(loop) for step in loop.steps}
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

    def _loop_lines(self, loop: Loop, *, last: bool = False) -> list[str]:
        self.locals = set()
        self.loads: dict[int, str] = {}
        lines: list[str] = []
        for step in loop.steps:
            lines += self._history_lines(step)
            text = self._expression(step)
            kind = "uint64_t" if step.ref.truth else "double"
            lines += self._load_lines()
            lines.append(f"const {kind} v{step.ref.place} = {text};")
            self.locals.add(step.ref.place)
            if step.ref.place in self.slot_of:
                value = f"bits_of(v{step.ref.place})" if step.ref.truth else f"v{step.ref.place}"
                lines.append(f"w[{self._element(step)}] = {value};")
        if last:
            lines += self._month_lines()
        guard = (
            ""
            if loop.guard == self.active_months.all
            else f"f[{self._flags(self.active_months.flags(loop.guard))} * months + t]"
        )
        if not loop.scalar:
            return self._over_paths(lines, guard)
        return [line.replace("EACH_PATH ", "") for line in self._over_paths(lines, guard)]

    def _history_lines(self, step: Operation) -> list[str]:
        """The lines that put this month's rows, where computed, into the histories that a step looks back at."""
        lines = []
        for key in (step.args[0], *step.args[2:]) if step.op in STORED else ():
            value = self.spec.rows[key]
            if key in self.stored and isinstance(value, Ref) and value.place < step.ref.place:
                text = self.value(value)
                lines += [*self._load_lines(), f"{self._now(key)} = {text};"]
        return lines


def prelude() -> str:
    """The head of every printed function: c_prelude.h and the numbers that it shares with Python."""
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
        for (whole n = 0; n < STREAMS && !r->drawn; n++)
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
