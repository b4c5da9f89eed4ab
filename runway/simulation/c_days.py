"""The end of a month as C: histories, the lowest cash, and the paths that run dry or are to be read by day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.c_steps import CSteps
from runway.simulation.values import Ref, Series

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.simulation.values import Value

SOME, BY_DAY, CLOSED = 1, 2, 3
"""Modes of months: some paths may be read by days, all are by numpy, none is as the month is closed; 0: none is."""


class Bending(NamedTuple):
    """A watched row, and the months in which a path is read by day where it is below 0, above 0, or has changed."""

    row: int
    below: tuple[bool, ...]
    above: tuple[bool, ...]
    changed: tuple[bool, ...]


class DipTest(NamedTuple):
    """The condition on which, in some months, a path may dip between its month ends, as `block_days.may_dip` has it.

    `lines` read `row_N` and `past_N_B`, watched row N of this month and of B months before, `previous_cash` and
    constants `cN`.
    """

    lines: tuple[str, ...]
    condition: str
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
    opening: int
    floor: int
    slack: float  # below the floor that is none
    day_test: DayTest
    kept: tuple[int, ...]  # read of the month before, too
    bends: tuple[Bending, ...]
    late: tuple[int, ...]  # read of earlier months
    dip_tests: tuple[DipTest, ...]
    opening_tests: tuple[bool, ...]  # months of which paths that end above their opening are read by day
    modes: tuple[int, ...]


class ArrayPlaces(NamedTuple):
    """The arrays of one variant's daily reading, by their number."""

    lowest: int
    dead: int
    code: int  # of the day on which a path runs dry; -1 where on none that is read here
    kept: Mapping[int, int]  # rows of the month before
    previous_cash: int  # free cash at the end of the month before


class CDays(CSteps):
    """The last loop of a month, and after it the paths that are read one by one."""

    readings: Sequence[CashReading]
    places: list[ArrayPlaces]
    watched: int  # rows of each look that daily cash is read off
    modes: list[int]
    copies: dict[Ref, int]  # the arrays of values that the month's end writes over
    past: dict[Ref, int]  # the histories of values that are read of earlier months
    figures: dict[str, int]  # the arrays of figures drawn once a path
    sums: dict[int, int]  # the arrays of sums of scores

    def _array_places(self, reading: CashReading, outputs: Sequence[Value]) -> ArrayPlaces:
        def slots(rows: Sequence[int]) -> dict[int, int]:
            return {n: self._slot() for n in rows if self._varies(outputs[n])}

        kept = slots(reading.kept)
        lowest, dead, code, previous_cash = (self._slot() for _ in range(4))
        return ArrayPlaces(lowest, dead, code, kept, previous_cash)

    def _varies(self, value: Value) -> bool:
        return isinstance(value, Ref) and value.place in self.holds

    def _outside(self, ref: Any) -> int:
        return self.copies.get(ref, self.slot_of[ref.place])

    def _mode_flags(self, reading: CashReading) -> int:
        self.modes.append(self._flags(reading.modes))
        return self.modes[-1]

    def _opening_lines(self) -> list[str]:
        """The lines that set the arrays before the first month."""
        self.locals, self.loads = set(), {}
        lines: list[str] = []
        for key, ref in self.prevs.items():
            opening = self.value(self.spec.openings[key])
            lines += [*self._load_lines(), f"w[{self._array(self.slot_of[ref.place])}] = {opening};"]
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
                *(f"w[{self._array(slot)}] = 0.0;" for slot in (*places.kept.values(), places.previous_cash)),
            ]
        return self._over_paths(lines)

    def _keeping_lines(self) -> list[str]:
        """The lines that keep the last month's rows for the reading of days."""
        lines = []
        for variant, places in enumerate(self.places):
            for n, slot in places.kept.items():
                lines.append(f"w[{self._array(slot)}] = w[{self._array(self._outside(self.outputs[variant][n]))}];")
            cash = self.outputs[variant][self.readings[variant].cash]
            if self.readings[variant].late and isinstance(cash, Ref):
                lines.append(f"w[{self._array(places.previous_cash)}] = w[{self._array(self._outside(cash))}];")
        return self._over_paths(lines, "t > 0")

    def _month_lines(self) -> list[str]:
        """The lines of a month's last loop: histories, month ends, and the rows that the next month looks back at."""
        lines: list[str] = []

        def put(text: str, value: Value) -> None:
            shown = self.value(value)
            lines.extend([*self._load_lines(), f"{text} = {shown};"])

        for key in self.stored:
            put(self._now(key), self.spec.rows[key])
        for value, place in self.past.items():
            put(f"h[({place} * months + t) * LINE + i]", value)
        for ref, slot in self.copies.items():
            put(f"w[{self._array(slot)}]", ref)
        for variant, reading in enumerate(self.readings):
            lines += self._month_end_lines(variant, reading)
        cash = self.value(self.spec.rows[self.recorded[0]])
        lines += [*self._load_lines(), f"cash[t * r->stride + i] = {cash};"]
        ends = [(ref, self.value(self.spec.rows[key])) for key, ref in self.prevs.items()]
        lines += self._load_lines()
        names = []
        for n, (ref, text) in enumerate(ends):
            lines.append(f"const double e{n} = {text};")
            names.append(f"w[{self._array(self.slot_of[ref.place])}] = e{n};")
        return lines + names

    def _month_end_lines(self, variant: int, reading: CashReading) -> list[str]:
        places, outputs = self.places[variant], self.outputs[variant]
        modes = self._mode_flags(reading)
        on = self._uniform("uint64_t", f"-(uint64_t)(f[{modes} * r->months + t] < {BY_DAY})")
        cash, low = self.value(outputs[reading.cash]), self._below_floor(variant, reading)
        bent = self._bent_conditions(variant, reading)
        lines = self._load_lines()
        lowest = f"w[{self._array(places.lowest)}]"
        lines.append(f"{lowest} = in_month({on}, least({lowest}, {cash}), {lowest});")
        alive = f"-(uint64_t)(w[{self._array(places.dead)}] == 0.0)"
        return [*lines, *self._mark_lines(variant, f"{on} & ({' | '.join([f'({low} & {alive})', *bent])})")]

    def _mark_lines(self, variant: int, mask: str, how: str = "=") -> list[str]:
        """The lines that mark the paths to be read one after another, and count them."""
        return [
            f"const uint64_t mark{variant} = {mask};",
            f"marked{variant}[i] {how} mark{variant};",
            f"marks{variant} += (whole)(mark{variant} >> 63);",
        ]

    def _dip_test_lines(self, variant: int, reading: CashReading, test: DipTest) -> list[str]:
        """Marks the paths on which a month may dip between its ends, or is out at its end: they are read by day."""
        outputs: Sequence[Any] = self.outputs[variant]
        places = self.places[variant]
        self.locals, self.loads = {v.place for v in outputs if isinstance(v, Ref)}, {}
        lines = self._shown_rows(outputs)
        low = self._below_floor(variant, reading)
        lines += [f"const double row_{n} = {self.value(outputs[n])};" for n in test.rows]
        lines += [
            f"const double past_{n}_{back} = h[({self.past[outputs[n]]} * months + t - {back}) * LINE + i];"
            for n, back in test.past
        ]
        lines.append(f"const double previous_cash = w[{self._array(places.previous_cash)}];")
        for n, values in enumerate(zip(*test.constants, strict=True)):
            constants = iter(values)
            table = [next(constants) if tested else 0.0 for tested in test.months]
            lines.append(f"const double c{n} = {self._uniform('double', f's[{self._series(table)} * r->months + t]')};")
        lines += test.lines
        alive = f"-(uint64_t)(w[{self._array(places.dead)}] == 0.0)"
        lines += self._mark_lines(variant, f"{test.condition} | ({low} & {alive})", "|=")
        return self._over_paths(lines, f"f[{self._flags(test.months)} * months + t]")

    def _shown_rows(self, outputs: Sequence[Value]) -> list[str]:
        """The rows of a variant as locals."""
        read = dict.fromkeys(v for v in outputs if isinstance(v, Ref) and v.place in self.holds)
        return [f"const double v{ref.place} = w[{self._array(self._outside(ref))}];" for ref in read]

    def _below_floor(self, variant: int, reading: CashReading) -> str:
        outputs = self.outputs[variant]
        floor = self.value(outputs[reading.floor])
        slack = self.value(reading.slack)
        return f"-(uint64_t)({self.value(outputs[reading.cash])} < {floor} - {slack})"

    def _bent_conditions(self, variant: int, reading: CashReading) -> list[str]:
        """On which paths the month is to be read by day."""
        outputs, conditions = self.outputs[variant], []
        if any(reading.opening_tests):
            cash, opening, floor = (self.value(outputs[n]) for n in (reading.cash, reading.opening, reading.floor))
            apart = f"-(uint64_t)({cash} > {opening}) | -(uint64_t)({opening} < {floor})"
            conditions.append(f"({self._mask(reading.opening_tests)} & ({apart}))")
        for bend in reading.bends:
            value = self.value(outputs[bend.row])
            for months, sign in ((bend.below, "<"), (bend.above, ">")):
                if any(months):
                    conditions.append(f"({self._mask(months)} & -(uint64_t)({value} {sign} 0.0))")
            if any(bend.changed):
                slot = self.places[variant].kept[bend.row]
                conditions.append(f"({self._mask(bend.changed)} & -(uint64_t)({value} != w[{self._array(slot)}]))")
        return conditions

    def _reading_lines(self) -> list[str]:
        """Keeps the rows of paths that run dry, or are to be read by day, one path after another."""
        printed = []
        for variant, (reading, places) in enumerate(zip(self.readings, self.places, strict=True)):
            outputs = self.outputs[variant]
            self.locals, self.loads = {v.place for v in outputs if isinstance(v, Ref)}, {}
            modes = f"f[{self._mode_flags(reading)} * months + t]"
            marked = f"marks{variant} && {modes} < {BY_DAY}"
            bent, low = self._bent_conditions(variant, reading), self._below_floor(variant, reading)
            if reading.dip_tests:
                months = list(map(any, zip(*(test.months for test in reading.dip_tests), strict=True)))
                bent.append(f"({self._mask(months)} & marked{variant}[i])")  # all that are marked then
            width = 2 + self.watched + len(places.kept)
            lines = [
                *self._shown_rows(outputs),
                f"const uint64_t low = {low} & -(uint64_t)(w[{self._array(places.dead)}] == 0.0);",
                f"const uint64_t bent = {' | '.join(bent) if bent else '0'};",
                "if (low & ~bent) {",
                f" w[{self._array(places.dead)}] = 1.0;",
                *(f" {line}" for line in self._first_day_lines(variant, reading.day_test)),
                "}",
            ]
            if bent:
                lines += [
                    "if (bent) {",
                    f" if (r->kept[{variant}] == r->room) {{ full = 1; break; }}",
                    f" double *e = r->records + {self._offset(variant)} * r->room + r->kept[{variant}]++ * {width};",
                    " *e++ = (double)t; *e++ = (double)(g + i);",
                    *(f" *e++ = {self.value(v) if isinstance(v, Ref) else '0.0'};" for v in outputs[: self.watched]),
                    *(f" *e++ = w[{self._array(slot)}];" for slot in places.kept.values()),
                    "}",
                ]
            printed += [
                f"if ({marked}) for (whole i = 0; i < many; i++) if (marked{variant}[i]) {{",
                *(f" {line}" for line in lines),
                "}",
            ]
        return printed

    def _first_day_lines(self, variant: int, test: DayTest) -> list[str]:
        """The first day on which cash is below the floor, by halving: there is one, and before it there is none."""
        outputs, places = self.outputs[variant], self.places[variant]
        read = " ".join((*test.lines, test.cash, test.floor))
        names = set(re.findall(r"\b(?:row|kept|path|c)_?\d+\b", read))
        lines = []
        for name in sorted(names):
            n = int(re.sub(r"\D", "", name))
            if name.startswith("row"):
                text = self.value(outputs[n])
            elif name.startswith("kept"):
                text = self._month_before(variant, n)
            elif name.startswith("path"):
                text = f"w[{self._array(self.figures[test.figures[n]])}]"
            else:
                text = self.value(test.constants[n])
            lines.append(f"const double {name} = {text};")
        length = f"s[{self._series(self.days)} * months + t]"
        return [
            *lines,
            f"const double length = {length}, later = (double)(t - 1);",
            "double before = 0.0, last = length;",
            "while (last - before > 1.0) {",
            " const double day = floor((before + last) / 2.0);",
            *(f" {line}" for line in test.lines),
            f" if ({test.cash} < {test.floor}) last = day; else before = day;",
            "}",
            f"w[{self._array(places.code)}] = (double)(t * {DAYS_A_CODE}) + last;",
        ]

    def _month_before(self, variant: int, n: int) -> str:
        """A kept row of the month before."""
        value: Any = self.outputs[variant][n]
        if n in self.places[variant].kept:
            return f"w[{self._array(self.places[variant].kept[n])}]"
        return self.value(Series((0.0, *value.values[:-1])) if isinstance(value, Series) else value)

    def _offset(self, variant: int) -> int:
        """How many numbers stand in a row of the records of the variants before."""
        return sum(2 + self.watched + len(places.kept) for places in self.places[:variant])
