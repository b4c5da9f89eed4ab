"""How often the page's program and the engine differ, over many random sets of figures: `python -m benchmarks.page 40`.

Run it in `tests/`; it needs node.  Every bundled model, every scenario, each rung, so many sets of one to four figures.
"""

from __future__ import annotations

import random
import sys
import time

from pages.test_program import BUNDLED, moved, scenarios
from support.javascript import RUNGS, both


def main(sets: int) -> int:
    """Prints what differs, and returns how many runs do."""
    wrong = 0
    for name in BUNDLED:
        begun, plans, draw = time.perf_counter(), scenarios(name), random.Random(name)
        runs = [(n, rung) for n in range(len(plans)) for rung in RUNGS]
        runs += [(n, moved(plan, draw) | rung) for n, plan in enumerate(plans) for rung in RUNGS for _ in range(sets)]
        differing = [line for n in range(0, len(runs), 100) for line in both(plans, runs[n : n + 100])]
        print(f"{name}: {len(runs):,} runs, {len(differing)} differ, {time.perf_counter() - begun:.1f} s")
        print("".join(f"  {line}\n" for line in differing[:5]), end="")
        wrong += len(differing)
    return wrong


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 40) > 0)
