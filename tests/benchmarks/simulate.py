"""The speed of simulation: the reference model R by runway and written by hand in four ways.

`python tests/benchmarks/simulate.py` prints the tables of `runway guide performance`; `--quick` stops at 100,000 paths,
`--large` adds ten million, `--whole` prints the second table alone, `--pairs` the engine beside blocks by hand, on the
clock too.  Each cell is a process of its own; the ways take turns, and the best of a few counts (of pairs the median).
Time is that of processors, so that other work on the machine hardly shows; steps are compiled before it is taken.  It
is no test: nothing fails.
"""

from __future__ import annotations

import json
import math
import os
import platform
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy

HERE = Path(__file__).parent
MODEL, LINE = str(HERE / "reference.toml"), str(HERE / "reference_line.toml")
MONTHS = 60
WORKERS = 2
ROUNDS = 2
SLOWEST = 10_000  # paths that are run one by one
LEAST = 20_000  # paths that are run together to be measured


def engine(paths: int, how: str = "numpy", workers: int = WORKERS) -> Callable[[], object]:
    """One rung: draws, every month, zero-cash days; no quantiles."""
    import runway
    from runway.simulation.block_engine import Simulator
    from runway.simulation.blocks import run_here, tasks_of
    from runway.simulation.compiled import choose
    from runway.simulation.totals import Totals

    simulator = Simulator(runway.load(MODEL), [2])
    choose(simulator, how, paths)

    def run() -> None:
        totals = Totals(MONTHS, 1, len(simulator.varying), paths)
        run_here(simulator, tasks_of(0, paths), totals, 1, workers, lambda _: None)

    return run


def month_ends(paths: int, workers: int = WORKERS) -> Callable[[], object]:
    """The same reading as by hand: lowest cash at month ends and how many have been below 0, no days."""
    import numpy

    from runway.simulation import block_days as tracker
    from runway.simulation import block_engine as block_engine

    class MonthEnds(tracker.CashTracker):
        def month(self, _: int, *values: object) -> None:
            numpy.minimum(self.lowest, values[self._cash], out=self.lowest)
            self.below = numpy.count_nonzero(self.lowest < 0)

    simulated, to_the_day = engine(paths, workers=workers), block_engine.CashTracker

    def run() -> None:
        block_engine.CashTracker = MonthEnds  # type: ignore[misc]
        simulated()
        block_engine.CashTracker = to_the_day  # type: ignore[misc]

    return run


def compiled(paths: int) -> Callable[[], object]:
    return engine(paths, "compiled")


def everything(paths: int, how: str = "numpy") -> Callable[[], object]:
    """`runway simulate`: all rungs, quantiles, drivers."""
    import runway

    model = runway.load(MODEL)
    if how == "compiled":
        runway.simulate(model, paths=1, engine=how)
    return lambda: runway.simulate(model, paths=paths, workers=WORKERS, engine=how)


def everything_compiled(paths: int) -> Callable[[], object]:
    return everything(paths, "compiled")


def blocks_by_hand(paths: int, workers: int = WORKERS) -> Callable[[], object]:
    import numpy
    from reference import BLOCK, ByHand

    def run() -> None:
        cash = numpy.empty((MONTHS, paths))
        free: SimpleQueue[ByHand] = SimpleQueue()
        for _ in range(workers):
            free.put(ByHand())

        def one(start: int) -> None:
            by_hand = free.get()
            by_hand.run(start, cash[:, start : start + BLOCK])
            free.put(by_hand)

        with ThreadPoolExecutor(workers if paths > BLOCK else 1) as pool:
            list(pool.map(one, range(0, paths, BLOCK)))

    return run


def fused(paths: int, quantiles: Callable[[numpy.ndarray], object] | None = None) -> Callable[[], object]:
    """By hand in C, on threads; with the quantiles of each month's cash where they are asked for."""
    import numpy
    from reference import BLOCK, Fused

    def run() -> None:
        cash, lowest, below = numpy.empty((MONTHS, paths)), numpy.empty(paths), numpy.empty(paths)
        free: SimpleQueue[Fused] = SimpleQueue()
        for _ in range(WORKERS):
            free.put(Fused())

        def one(start: int) -> None:
            by_hand, here = free.get(), slice(start, start + BLOCK)
            by_hand.run(start, cash[:, here], lowest[here], below[here])
            free.put(by_hand)

        with ThreadPoolExecutor(WORKERS if paths > BLOCK else 1) as pool:
            list(pool.map(one, range(0, paths, BLOCK)))
            if quantiles is not None:
                list(pool.map(quantiles, [*cash, lowest]))

    return run


def fused_and_sorted(paths: int) -> Callable[[], object]:
    return fused(paths, lambda row: row.sort())


def fused_and_ranked(paths: int) -> Callable[[], object]:
    """With quantiles as runway has them, without sorting."""
    from runway.simulation.order_statistics import ranked

    wanted = [int(paths * share) for share in (0.05, 0.25, 0.5, 0.75, 0.95)]
    return fused(paths, lambda row: ranked(row, wanted))


def whole_arrays(paths: int) -> Callable[[], object]:
    from reference import whole_arrays as simulated

    return lambda: simulated(1, paths)


def whole_arrays_and_quantiles(paths: int) -> Callable[[], object]:
    import numpy
    from reference import out_of_cash
    from reference import whole_arrays as simulated

    def run() -> None:
        cash = simulated(1, paths)
        out_of_cash(cash)
        numpy.quantile(cash, [0.05, 0.25, 0.5, 0.75, 0.95], axis=1)
        numpy.quantile(cash.min(axis=0), [0.05, 0.25, 0.5, 0.75, 0.95])

    return run


def path_by_path(paths: int) -> Callable[[], object]:
    from reference import one_path

    return lambda: [one_path(n) for n in range(paths)]


FUSED = "C by hand, one loop"
HAND = "numpy blocks by hand"
MILLION, TEN_MILLION = 10**6, 10**7
WAYS: dict[
    str, tuple[Callable[[int], Callable[[], object]], int]
] = {  # what makes it ready, and how many paths it does
    FUSED: (fused, MILLION),
    "runway compiled, to the day": (compiled, MILLION),
    HAND: (blocks_by_hand, MILLION),
    "runway, month ends only": (month_ends, MILLION),
    "runway, to the day": (engine, MILLION),
    "whole numpy arrays": (whole_arrays, MILLION),
    "Python, path by path": (path_by_path, SLOWEST),
    "C by hand, sorted": (fused_and_sorted, MILLION),
    "C by hand, ranked": (fused_and_ranked, MILLION),
    "simulate, compiled": (everything_compiled, TEN_MILLION),
    "simulate, numpy": (everything, TEN_MILLION),
    "whole arrays, quantiles": (whole_arrays_and_quantiles, MILLION),
}


def spent() -> float:
    """Seconds of processors so far, those of processes that have ended too."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(way: str, paths: int) -> float:
    """Seconds of processors, of the best of a few runs."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", way, str(paths)], capture_output=True, text=True, check=True
    )
    return float(json.loads(done.stdout))


def one(way: str, paths: int) -> None:
    """What a child process prints."""
    run = WAYS[way][0](paths)
    times = []
    for _ in range(1 if paths > 100_000 else ROUNDS):
        begun = spent()
        for _ in range(again := max(1, LEAST // paths)):
            run()
        times.append((spent() - begun) / again)
    print(json.dumps(min(times)))


def machine_text() -> str:
    import numpy

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    names = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")] if Path("/proc/cpuinfo").exists() else []  # fmt: skip
    name = names[0] if names else platform.processor()
    return f"{name}, {cores} cores; CPython {platform.python_version()}, numpy {numpy.__version__}, {WORKERS} workers"


def tables(sizes: list[int]) -> None:
    """A line for each way and a column for each number of paths."""
    best: dict[tuple[str, int], float] = {}
    for paths in sizes:
        for _ in range(ROUNDS if paths < MILLION else 1):
            for way in (way for way, (_, most) in WAYS.items() if paths <= most):
                best[way, paths] = min(measured(way, paths), best.get((way, paths), math.inf))
    heads = "".join(f"{paths:>15,}" for paths in sizes)

    def speed(way: str, paths: int) -> str:
        ratio = f" ×{best[way, paths] / best[FUSED, paths]:.1f}" if (FUSED, paths) in best else ""
        return f"{best[way, paths] / paths / MONTHS * 1e9:,.3g}{ratio:>8}"

    print(f"nanoseconds of processors a path and month; × {FUSED}\n{'paths':28}{heads}")
    for way, (_, most) in WAYS.items():
        print(f"{way:28}" + "".join(f"{speed(way, paths):>15}" for paths in sizes if paths <= most).rstrip())
    print()


def whole(paths: int) -> None:
    """Whole processes, imports and printing included, one after the other; the best of two."""
    runway = [sys.executable, "-m", "runway", "simulate", "-n", str(paths), "-w", str(WORKERS)]
    ways = {
        **{
            way: [sys.executable, __file__, "--one", way, str(paths)]
            for way in ("C by hand, ranked", "C by hand, sorted")
        },
        "compiled": [*runway, MODEL, "--engine", "compiled"],
        "compiled, with a credit line": [*runway, LINE, "--engine", "compiled"],
        "numpy": [*runway, MODEL, "--engine", "numpy"],
        "numpy, with a credit line": [*runway, LINE, "--engine", "numpy"],
    }
    found: dict[str, list[tuple[float, float, float]]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, command in ways.items():
            begun, clock = spent(), time.perf_counter()
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                _, _, used = os.wait4(subprocess.Popen(command, stdout=nowhere).pid, 0)
            found[way].append((spent() - begun, time.perf_counter() - clock, used.ru_maxrss / 1024))
    base = min(found["C by hand, ranked"])[0]
    print(f"whole processes, {paths:,} paths, printed: seconds of processors; of the clock; megabytes at most")
    for way, runs in found.items():
        seconds = min(runs)[0]
        clock, most = min(run[1] for run in runs), max(run[2] for run in runs)
        print(f"{way:28}{seconds:9.2f} ×{seconds / base:.2f}{clock:9.2f}{most:9.0f}")
    print()


def pairs() -> None:
    """The engine beside blocks by hand on as many workers, in turns: medians of the ratios of their times."""
    import numpy

    print(f"× {HAND} on as many workers: processors; the clock")
    for paths, rounds in ((100_000, 15), (MILLION, 6)):
        for workers in (1, WORKERS):
            ways = blocks_by_hand(paths, workers), month_ends(paths, workers), engine(paths, workers=workers)
            times = numpy.empty((rounds, len(ways), 2))
            for turn in range(rounds):
                for way in sorted(range(len(ways)), key=lambda way: (way + turn) % len(ways)):
                    begun, clock = spent(), time.perf_counter()
                    ways[way]()
                    times[turn, way] = spent() - begun, time.perf_counter() - clock
            _, ends, days = numpy.median(times / times[:, :1], axis=0)
            print(f"{paths:9,} paths, {workers} workers: month ends only ×{ends[0]:.2f} ×{ends[1]:.2f}, "
                  f"to the day ×{days[0]:.2f} ×{days[1]:.2f}", flush=True)  # fmt: skip


def sobol(paths: int = 16_384) -> None:
    """How many times fewer Sobol points do: the ratio of variances, from replicates of both."""
    try:
        import scipy  # noqa: F401  # only whether it is there
    except ImportError:
        print("Sobol points: scipy is not installed")
        return
    import runway

    model = runway.load(MODEL)
    found = runway.simulate(model, paths=paths, sampling="sobol")
    random = runway.simulate(model, paths=paths)
    insolvent = (random.risk().by_month[-1].error / found.risk().by_month[-1].error) ** 2
    lowest = (random.lowest_cash[2].error / found.lowest_cash[2].error) ** 2
    print(f"{paths:,} Sobol points are as sure of P(running out) as {insolvent:.0f} times as many random paths, "
          f"of the median lowest cash as {lowest:.0f} times as many")  # fmt: skip


def main() -> None:
    """Print the tables."""
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
        return
    print(machine_text(), end="\n\n")
    if "--whole" in sys.argv:
        whole(MILLION)
        return
    if "--pairs" in sys.argv:
        pairs()
        return
    sizes = [1_000, 100_000] + ([] if "--quick" in sys.argv else [MILLION])
    tables(sizes + ([TEN_MILLION] if "--large" in sys.argv else []))
    whole(sizes[-1])
    sobol()


if __name__ == "__main__":
    main()
