"""What-if commands as whole processes, and many variants beside a loop of single projections.

`python tests/benchmarks/whatif.py` prints two tables.  It is no test: nothing fails.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import runway
from runway.engine.paths import Variants
from runway.engine.run import Engine

RUNS = 5
CHANGED = 12  # assumptions that differ: 4,096 subsets


def model(figures: int, growth: float = 0.0) -> str:
    """A model with so many figures of cost, the first of them `growth` dearer."""
    text = '[model]\nname = "Bench"\nstart = "2025-01"\nmonths = 36\nopening_cash = "6M"\ninterest = "4%/year"\n'
    text += '[revenue.sales]\nkind = "subscription"\nopening = 1000\nchurn = "2%/month"\n'
    text += 'acquisition = "3%/month"\nprice = "$90/month"\n'
    for n in range(figures):
        dearer = 1 + (growth if n < CHANGED else 0.0)
        text += f'[costs.line{n}]\nkind = "recurring"\namount = "{(4000 + 37 * n) * dearer:.2f}/month"\n'
    return text


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a whole process."""
    begun = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        actions = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        pid = os.posix_spawn(command[0], command, dict(os.environ), file_actions=actions)
        _, _, usage = os.wait4(pid, 0)
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        plan, dearer = Path(folder) / "plan.toml", Path(folder) / "dearer.toml"
        plan.write_text(model(56), encoding="utf-8")
        dearer.write_text(model(56, 0.1), encoding="utf-8")
        start = [sys.executable, "-m", "runway"]
        grid = ["--param", "burn", "--param", "sales.churn", "--grid", "--steps", "41"]
        commands = {
            "tornado, 60 figures x 36 months": [*start, "sensitivity", str(plan), "--all"],
            "grid, 41 x 41": [*start, "sensitivity", str(plan), *grid],
            "attribution, 4,096 subsets": [*start, "compare", str(plan), str(dearer)],
        }
        print(f"{'whole process':34}{'s':>8}{'MB':>8}")
        for name, command in commands.items():
            times, sizes = zip(*(measured(command) for _ in range(RUNS)), strict=True)
            print(f"{name:34}{statistics.median(times):>8.2f}{max(sizes):>8.0f}")
        loaded = runway.load(str(plan))
        paths = [{"levers.burn": 0.5 + n / 4096} for n in range(4096)]
        variants, engine = Variants(loaded), Engine(loaded.program)
        variants.run(paths[:2])
        begun = time.perf_counter()
        variants.run(paths)
        together = time.perf_counter() - begun
        begun = time.perf_counter()
        for path in paths[:20]:
            runway.project(loaded, set={"burn": str(path["levers.burn"])})
        projected = (time.perf_counter() - begun) / 20 * len(paths)
        begun = time.perf_counter()
        for path in paths[:100]:
            engine.run(path)
        alone = (time.perf_counter() - begun) / 100 * len(paths)
        print(f"\n{'4,096 variants':34}{'s':>8}{'ratio':>8}")
        for name, seconds in (
            ("paths of one run", together),
            ("a loop of engine runs on floats", alone),
            ("a loop of projections", projected),
        ):
            print(f"{name:34}{seconds:>8.2f}{seconds / together:>8.0f}")


if __name__ == "__main__":
    main()
