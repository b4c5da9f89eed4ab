"""`runway export` as whole processes: wall seconds, peak memory and the size of the file.

`python tests/benchmarks/export.py` prints a table.  It is no test: nothing fails.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import runway

RUNS = 5


def model(lines: int, months: int) -> str:
    """A model with so many lines: half of them subscriptions that pay late, half growing costs."""
    text = (
        f'[model]\nname = "Bench"\nstart = "2025-01"\nmonths = {months}\nopening_cash = "60M"\ninterest = "4%/year"\n'
    )
    for n in range(lines):
        if n % 2:
            text += f'[costs.cost{n}]\nkind = "recurring"\namount = "{4000 + 37 * n}/day"\ngrowth = "{n % 9}%/year"\n'
        else:
            text += f'[revenue.plan{n}]\nkind = "subscription"\nopening = {100 + n}\nchurn = "2%/month"\n'
            text += (
                'acquisition = "3%/month"\nprice = "$90/month"\ncollected_after = "40 days"\nopening_receivable = 0\n'
            )
    return text


def measured(command: list[str]) -> tuple[float, float]:
    """Wall seconds and peak megabytes of a whole process."""
    begun = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        pid = os.posix_spawn(
            command[0], command, dict(os.environ), file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 2)]
        )
        _, _, usage = os.wait4(pid, 0)
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.toml"
        large.write_text(model(58, 120), encoding="utf-8")
        print(f"{'whole process':28}{'rows':>8}{'months':>8}{'s':>8}{'MB':>8}{'kB':>8}")
        for name in ("openai-2025", str(large)):
            program = runway.load(name).program
            for ending in ("xlsx", "csv", "json", "md"):
                out = Path(folder) / f"out.{ending}"
                command = [sys.executable, "-m", "runway", "export", name, str(out), "--force"]
                runs = [measured(command) for _ in range(RUNS)]
                seconds, memory = (statistics.median(values) for values in zip(*runs, strict=True))
                shown = f"{Path(name).stem} .{ending}"
                size = out.stat().st_size / 1000
                print(f"{shown:28}{len(program.rows):>8}{program.months:>8}{seconds:>8.2f}{memory:>8.0f}{size:>8.0f}")


if __name__ == "__main__":
    main()
