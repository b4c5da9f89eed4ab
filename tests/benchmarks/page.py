"""The page over many runs: what differs from the engine, which stops do not read back, how large and fast a page is.

Run in `tests/`; the first and the last need node.  `python -m benchmarks.page runs 40`: every bundled model, every
scenario, each rung, so many random sets of one to four figures.  `python -m benchmarks.page stops`: each stop of each
slider against `--set`.  `python -m benchmarks.page sizes`: bytes of a page and milliseconds of a step of a slider.
"""

from __future__ import annotations

import random
import sys
import time

from benchmarks.export import model
from pages.test_program import BUNDLED, moved, scenarios
from pages.test_sliders import sliders
from pages.test_time import steps
from support.javascript import RUNGS, both

import runway


def runs(sets: int = 40) -> int:
    """Prints what differs, and returns how many runs do."""
    wrong = 0
    for name in BUNDLED:
        begun, plans, draw = time.perf_counter(), scenarios(name), random.Random(name)
        asked = [(n, rung) for n in range(len(plans)) for rung in RUNGS]
        asked += [(n, moved(plan, draw) | rung) for n, plan in enumerate(plans) for rung in RUNGS for _ in range(sets)]
        differing = [line for n in range(0, len(asked), 100) for line in both(plans, asked[n : n + 100])]
        print(f"{name}: {len(asked):,} runs, {len(differing)} differ, {time.perf_counter() - begun:.1f} s")
        print("".join(f"  {line}\n" for line in differing[:5]), end="")
        wrong += len(differing)
    return wrong


def stops(_: int = 0) -> int:
    """Prints the stops whose text does not come to their number and the same formulas, and returns how many."""
    wrong = 0
    for name in BUNDLED:
        plan, tried = runway.load(name), 0
        for slider in sliders(plan).values():
            for n, stop in enumerate(slider.stops):
                if n == slider.at:
                    continue
                tried += 1
                other = runway.load(name, set={slider.address: stop.text}).program
                differing = {a: v for a, v in other.parameters.items() if v != plan.program.parameters[a]}
                if differing != {slider.address: stop.x} or other.usual.rows != plan.program.usual.rows:
                    wrong += 1
                    print(f"  {slider.address} {stop.text}")
        print(f"{name}: {tried:,} stops")
    return wrong


def sizes(_: int = 0) -> int:
    """Prints the size of pages, the time that it takes to make one, and that of a step."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        large = Path(folder) / "large.toml"
        large.write_text(model(200, 120), encoding="utf-8")
        for name in (*BUNDLED, str(large)):
            plan, begun = runway.load(name), time.perf_counter()
            size, took = len(runway.page(plan).encode()), time.perf_counter() - begun
            print(f"{Path(name).stem:22}{size / 1000:8.1f} kB{took:8.2f} s{steps(plan):8.2f} ms a step")
    return 0


if __name__ == "__main__":
    task = {"runs": runs, "stops": stops, "sizes": sizes}[sys.argv[1] if len(sys.argv) > 1 else "runs"]
    sys.exit(task(*map(int, sys.argv[2:])) > 0)
