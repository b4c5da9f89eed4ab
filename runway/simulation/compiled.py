"""Blocks of paths by a compiled step function: C steps through the months and reads cash where no days are needed.

Where a whole month is read by days, or checks compare rows of it, C stops at its end and numpy reads it. Where a month
may have to be read by days on some paths, C keeps the rows of those paths.
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.simulation.block_days import DAYS_A_CODE, NEVER_OUT, CashTracker
from runway.simulation.buffers import LINE, zeros
from runway.simulation.c_code import CPrinter
from runway.simulation.c_days import BY_DAY, SOME
from runway.simulation.c_steps import UncompilableError
from runway.simulation.cash_reading import CashReader
from runway.simulation.draws import BLOCK, Streams
from runway.simulation.normals import GROUP
from runway.simulation.values import Ref, Series

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from runway.simulation.block_checks import BlockChecks
    from runway.simulation.block_engine import Simulator
    from runway.simulation.c_code import CSource
    from runway.simulation.c_days import ArrayPlaces
    from runway.simulation.draws import Scores
    from runway.simulation.order_statistics import Brackets
    from runway.simulation.values import Value

CHUNK = 8  # months whose words are drawn together, as in c_prelude.h, which has BLOCK, LINE and GROUP too
ROOM = 2 * BLOCK  # paths of one block and variant that wait to be read by day, of months in which not all are
MOST_STEPS = 6_000  # beyond, compilers take minutes
ELSEWHERE = "the workers of a cluster run numpy"

_Pointer = ctypes.c_void_p
_Whole = ctypes.c_int64


LEAST_PATHS = BLOCK  # that `auto` compiles steps for, or looks for compiled ones
SAVED = 3e-10  # seconds that a compiled step saves a path and month, roughly
COMPILING, A_STEP = 0.5, 0.006  # seconds that compiling takes, and a step more, roughly


def require(*, elsewhere: bool) -> None:
    """Refuses `--engine compiled` where the steps of no model can be compiled.

    Raises `InputError`: no-compiled-engine.
    """
    from runway.simulation.compiler import NoCompilerError, require_ready

    if elsewhere:
        raise _refused(ELSEWHERE)
    try:
        require_ready()
    except NoCompilerError as error:
        raise _refused(str(error)) from None


def _refused(why: str) -> InputError:
    text = f"--engine compiled cannot be: {why}. Write --engine numpy, or auto."
    return InputError(Problem("no-compiled-engine", text))


def choose(
    simulator: Simulator, engine: str, paths: int, *, elsewhere: bool = False,
    forgone: MutableMapping[int, float] | None = None,
) -> tuple[str, str]:  # fmt: skip
    """Makes a simulator run its steps compiled where that is asked for, or is worth it.

    The engine, and in a line why `auto` does without where it would have paid.  `elsewhere`: on other machines.

    `forgone` is the time that several runs have lost without compiled steps, in seconds by their source: runs of equal
    steps, as companies of a portfolio have them, pay for compiling together.
    Raises `InputError`: no-compiled-engine.
    """
    if engine == "numpy" or (engine == "auto" and (paths < LEAST_PATHS or not simulator.spec.graph.steps or elsewhere)):
        return "numpy", ""
    from runway.simulation.compiler import NoCompilerError, is_kept

    try:
        if elsewhere:
            raise UncompilableError(ELSEWHERE)
        steps = CompiledSteps(simulator)
        lost = {} if forgone is None else forgone
        if engine == "auto" and not is_kept(steps.source.text) and not _pays_by_now(steps, paths, lost):
            return "numpy", ""
        steps.load()
    except (NoCompilerError, UncompilableError) as error:
        if engine == "auto":
            return "numpy", str(error) if _pays(simulator, paths) else ""
        raise _refused(str(error)) from None
    simulator.compiled = steps
    return "compiled", ""


def _pays(simulator: Simulator, paths: int) -> bool:
    """Whether so many paths take longer than compiling their steps does."""
    return _saved(simulator, paths) > _compiling(simulator)


def _pays_by_now(steps: CompiledSteps, paths: int, forgone: MutableMapping[int, float]) -> bool:
    """Whether compiling takes less than this run and those before it of the same source lose without."""
    source = hash(steps.source.text)
    forgone[source] = forgone.get(source, 0.0) + _saved(steps.simulator, paths)
    return forgone[source] > _compiling(steps.simulator)


def _saved(simulator: Simulator, paths: int) -> float:
    return SAVED * len(simulator.spec.graph.steps) * simulator.program.months * paths


def _compiling(simulator: Simulator) -> float:
    return COMPILING + A_STEP * len(simulator.spec.graph.steps)


class _MonthsRun(ctypes.Structure):
    """`run_t` of c_prelude.h."""

    _fields_ = (
        *((name, _Whole) for name in ("first", "last", "months", "paths", "stride", "start")),
        *((name, _Pointer) for name in ("numbers", "series", "flags", "arrays", "histories", "cash")),
        *((name, _Pointer) for name in ("states", "words", "scores", "active", "drawn", "records")),
        ("room", _Whole),
        ("kept", _Pointer),
        ("summing", _Whole),
    )


class Space(NamedTuple):
    """The buffers of one thread."""

    arrays: Any
    histories: Any
    words: Any
    scores: Any
    records: Any


class CompiledSteps:
    """The compiled steps of one simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator, self.months = simulator, simulator.program.months
        spec = simulator.spec
        if len(spec.graph.steps) > MOST_STEPS:
            raise UncompilableError(f"{len(spec.graph.steps):,} steps, of at most {MOST_STEPS:,}")
        reader = CashReader(simulator)
        readings = [reader.reading(variant) for variant in range(len(simulator.variants))]
        printer = CPrinter(spec, simulator.outputs, simulator.finals, simulator.recorded)
        self.readings = readings
        self.source: CSource = printer.source(readings, len(simulator.names), simulator.layout.days)
        self.steps = len(printer.order)
        self._library: Any = None
        self._sift: Any = None

    def load(self) -> None:
        """Compiles the steps, or loads them where they have been.

        Raises `NoCompilerError`.
        """
        import numpy

        from runway.simulation.compiler import library

        source = self.source
        functions = library(source.text)
        self._library, self._sift = functions.run, functions.sift
        self._library.argtypes, self._library.restype = [ctypes.POINTER(_MonthsRun)], ctypes.c_int
        self._sift.argtypes = [_Pointer, _Whole, _Pointer, _Whole, _Pointer, _Pointer]
        self._sift.restype = _Whole
        self._numbers = numpy.array(source.numbers or (0.0,))
        self._series = numpy.array(source.series or ((0.0,),))
        self._flags = numpy.array(source.flags or ((0,),), dtype=numpy.int64)
        active = [self.simulator.draws.active[address] for address, _ in source.month_inputs]
        self._active = numpy.array([(months.start, months.stop) for months in active] or [(0, 0)], dtype=numpy.int64)

    @property
    def month_inputs(self) -> tuple[str, ...]:
        """The addresses of the figures that are drawn anew each month and read."""
        return tuple(address for address, _ in self.source.month_inputs)

    @property
    def threads(self) -> bool:
        """Whether most of the work is done in C, so that threads do not wait for one another."""
        by_day = sum(BY_DAY in modes for modes in zip(*(reading.modes for reading in self.readings), strict=True))
        return by_day * 4 <= self.months and self.simulator.model_checks is None

    def workspace(self) -> Space:
        """Buffers for one thread."""
        import numpy

        source = self.source
        width = sum(self._width(places) for places in source.readings)
        return Space(
            zeros(source.arrays, LINE),
            zeros(max(1, source.histories), self.months, LINE),
            numpy.zeros((max(1, len(source.month_inputs)), CHUNK, BLOCK // 2), dtype=numpy.uint64),
            numpy.zeros((max(1, len(source.month_inputs)), CHUNK, GROUP)),
            numpy.empty(width * ROOM),
        )

    def _width(self, places: ArrayPlaces) -> int:
        return 2 + len(self.simulator.names) + len(places.kept)

    def run(
        self, scores: Scores, paths: int, space: Space, cash: Any, numbers: Mapping[str, Any],
        trackers: Sequence[CashTracker], block_checks: BlockChecks | None, shocks: Mapping[str, Any],
    ) -> list[Any]:  # fmt: skip
        """One block; the final rows of the last month, None for those that no path varies.

        `shocks` are filled with sums of scores.
        """
        import numpy

        simulator, source, arrays = self.simulator, self.source, space.arrays
        for address, slot in source.path_inputs:
            arrays[slot, :paths] = numbers[address]
        states, drawn_scores = self._drawn(scores, paths)
        modes = [list(reading.modes) for reading in self.readings]
        flags = self._flags
        readers = [None] * len(trackers) if block_checks is None else block_checks.readers(len(simulator.names))
        kept = numpy.zeros(len(trackers), dtype=numpy.int64)
        initial_states = states.copy()
        while not self._through(
            _MonthsRun(
                0, 0, self.months, paths, cash.strides[0] // 8, simulator.program.start,
                *(a.ctypes.data for a in (self._numbers, self._series, flags, arrays, space.histories, cash)),
                states.ctypes.data, space.words.ctypes.data, space.scores.ctypes.data, self._active.ctypes.data,
                None if drawn_scores is None else drawn_scores.ctypes.data, space.records.ctypes.data, ROOM,
                kept.ctypes.data, bool(shocks),
            ),
            paths, space, trackers, readers, block_checks, modes, kept,
        ):  # fmt: skip
            # so many paths are to be read by day that whole months are
            for reading, run_modes in zip(self.readings, modes, strict=True):
                run_modes[:] = [BY_DAY if mode == SOME else mode for mode in reading.modes]
            flags = flags.copy()
            for n in source.modes:
                flags[n] = numpy.where(flags[n] == SOME, BY_DAY, flags[n])
            states, kept[:] = initial_states.copy(), 0
            for tracker in trackers:
                tracker.reset()
        for address, slot in source.month_inputs:
            if address in shocks:
                shocks[address][:] = arrays[slot, :paths]
        for variant, tracker in enumerate(trackers):
            self._read(variant, tracker, arrays, paths)
        return [
            arrays[source.outside[value], :paths].copy() if isinstance(value, Ref) and value in source.outside
            else 0.0 if isinstance(value, Ref) else None
            for value in simulator.finals
        ]  # fmt: skip

    def sifted(self, numbers: Any, brackets: Brackets) -> tuple[list[int], Any]:
        """As that of `order_statistics`, in one pass."""
        import numpy

        ends, below = numpy.array(brackets), numpy.zeros(len(brackets), dtype=numpy.int64)
        numbers = numpy.ascontiguousarray(numbers)
        inside = numpy.empty(len(numbers) + 1)  # each is written before it is known to be kept
        places = (numbers.ctypes.data, len(numbers), ends.ctypes.data, len(ends), below.ctypes.data, inside.ctypes.data)
        kept = self._sift(*places)
        return below.tolist(), inside[:kept]

    def _drawn(self, scores: Scores, paths: int) -> tuple[Any, Any]:
        """The states of the streams that C draws from; or the scores, drawn by numpy."""
        import numpy

        addresses = [address for address, _ in self.source.month_inputs]
        if isinstance(scores, Streams):
            states = [scores.words(f"{address}/month").state["state"]["state"] for address in addresses]
            return numpy.array(states or [[0] * 4], dtype=numpy.uint64), None
        drawn_scores = numpy.zeros((max(1, len(addresses)), self.months, LINE))
        for n, address in enumerate(addresses):
            fill = scores.per_month(address, self.simulator.draws.active[address])
            for t in range(self.months):
                fill(t, drawn_scores[n, t, :paths])
        return numpy.zeros((max(1, len(addresses)), 4), dtype=numpy.uint64), drawn_scores

    def _through(
        self, run: _MonthsRun, paths: int, space: Space, trackers: Sequence[CashTracker], readers: Sequence[Any],
        block_checks: BlockChecks | None, modes: Sequence[Sequence[int]], kept: Any,
    ) -> bool:  # fmt: skip
        """Runs all months; False where there is no room for the paths that are to be read by day."""
        stops = {t for variant_modes in modes for t, mode in enumerate(variant_modes) if mode == BY_DAY}
        if block_checks is not None:
            stops |= block_checks.months()
        pauses = range(CHUNK, self.months, CHUNK) if any(reading.dip_tests for reading in self.readings) else ()
        for stop in sorted({*stops, *pauses, self.months - 1}):  # before too many paths wait to be read by day
            run.last = stop + 1
            if self._library(ctypes.byref(run)):
                return False
            run.first = run.last
            for variant, tracker in enumerate(trackers):
                self._recorded(variant, tracker, space, int(kept[variant]), paths)
            kept[:] = 0
            if stop not in stops:
                continue
            for variant, tracker in enumerate(trackers):
                places, outputs = self.source.readings[variant], self.simulator.outputs[variant]
                values = [self._value(value, stop, space.arrays, paths) for value in outputs]
                if modes[variant][stop] == BY_DAY:
                    dead = space.arrays[places.dead, :paths]
                    tracker.mark_out(dead > 0)
                    if stop and tracker.late_rows:
                        past = self._past(variant, tracker, stop, space, slice(paths))
                        tracker.set_past(past, space.arrays[places.previous_cash, :paths])
                    if stop:
                        tracker.before([self._before(variant, n, stop, space.arrays, paths) for n in tracker.kept])
                    tracker.month(stop, *values[: len(self.simulator.names)])
                    dead[tracker.paths_out] = 1.0
                reader = readers[variant]
                if reader is not None:
                    reader(stop, *values)
        return True

    def _value(self, value: Value, t: int, arrays: Any, paths: int) -> Any:
        if isinstance(value, Ref):
            return arrays[self.source.outside[value], :paths] if value in self.source.outside else 0.0
        return value.values[t] if isinstance(value, Series) else value

    def _before(self, variant: int, n: int, t: int, arrays: Any, paths: int) -> Any:
        """A kept row of the month before."""
        if (slot := self.source.readings[variant].kept.get(n)) is not None:
            return arrays[slot, :paths]
        return self._value(self.simulator.outputs[variant][n], t - 1, arrays, paths)

    def _recorded(self, variant: int, tracker: CashTracker, space: Space, many: int, paths: int) -> None:
        """Reads by day the paths that C has kept the rows of."""
        if not many:
            return
        import numpy

        source, outputs = self.source, self.simulator.outputs[variant]
        places = source.readings[variant]
        width = self._width(places)
        offset = sum(self._width(earlier) for earlier in source.readings[:variant])
        rows = space.records[offset * ROOM : offset * ROOM + many * width].reshape(many, width)
        rows = rows[numpy.argsort(rows[:, 0], kind="stable")].T.copy()
        months, dry = rows[0].astype(int), space.arrays[places.code, :paths]
        slots = {n: 2 + len(self.simulator.names) + at for at, n in enumerate(places.kept)}
        for t in numpy.unique(months):
            part = slice(*numpy.searchsorted(months, [t, t + 1]))
            month_paths = rows[1, part].astype(int)
            now = [
                rows[2 + n, part] if value in source.outside else self._value(value, t, None, 0)
                for n, value in enumerate(outputs[: len(self.simulator.names)])
            ]
            before = [rows[slots[n], part] if n in slots else self._value(outputs[n], t - 1, None, 0)
                      for n in tracker.kept]  # fmt: skip
            alive = (dry[month_paths] < 0) | (dry[month_paths] // DAYS_A_CODE > t)
            past = self._past(variant, tracker, int(t) + 1, space, month_paths)
            tracker.by_day(int(t), month_paths, now, before, past, alive)
        space.arrays[places.dead, :paths][tracker.paths_out] = 1.0

    def _past(
        self, variant: int, tracker: CashTracker, until: int, space: Space, places: Any
    ) -> dict[str, dict[int, Any]]:
        """The rows of lines that are paid later in the months read before month `until`, on some paths."""
        rows = dict[str, dict[int, Any]]()
        at = {name: n for n, name in enumerate(self.simulator.names)}
        for name in tracker.late_rows:
            value, rows[name] = self.simulator.outputs[variant][at[name]], {}
            sign = self.simulator.watched[variant].signs[at[name]]
            for month in tracker.looked_back_at(until)[:-1]:
                if isinstance(value, Ref) and value in self.source.past:
                    rows[name][month] = space.histories[self.source.past[value], month][places] * sign
                else:
                    rows[name][month] = self._value(value, month, space.arrays, 0) * sign
        return rows

    def _read(self, variant: int, tracker: CashTracker, arrays: Any, paths: int) -> None:
        """Hands over the lowest cash and the zero-cash days that C has read of one variant."""
        import numpy

        places = self.source.readings[variant]
        numpy.minimum(tracker.lowest, arrays[places.lowest, :paths], out=tracker.lowest)
        codes = arrays[places.code, :paths]
        numpy.copyto(tracker.code, codes, casting="unsafe", where=(codes >= 0) & (tracker.code == NEVER_OUT))
