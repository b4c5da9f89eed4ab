"""Start-up of whole processes and the speed of the engine on one path.

`python tests/benchmarks/core.py` prints two tables.  Processes are run in turn, so that their ratios hold on a noisy
machine; medians are shown.  It is no test: nothing fails.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import runway
from runway.engine.run import Engine

RUNS = 41
BASE = [sys.executable, "-c", "import typer, rich, pydantic"]
ONE_OPTION = """
import typer
app = typer.Typer()
@app.command()
def run(model: str = 'x') -> None:
    print(model)
app([], standalone_mode=False)
"""
SCRIPT = [sys.executable, "-c", "from runway.cli import script; script()"]  # as the installed command does
ONE = "a typer app that prints a line"
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import typer, rich, pydantic": BASE,
    ONE: [sys.executable, "-c", ONE_OPTION],
    "runway --version": [*SCRIPT, "--version"],
    "runway project openai-2025": [*SCRIPT, "project", "openai-2025"],
    "runway project lemonade": [*SCRIPT, "project", "lemonade"],
}


def processor_seconds(command: list[str]) -> float:
    """Processor time of a whole process."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        pid = os.posix_spawn(
            command[0], command, dict(os.environ), file_actions=[(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        )
        _, _, used = os.wait4(pid, 0)
    return used.ru_utime + used.ru_stime


def many_rows(lines: int, months: int) -> str:
    """A model with so many growing lines of cost."""
    body = f'[model]\nname = "Bench"\nstart = "2025-01"\nmonths = {months}\nopening_cash = "1B"\ninterest = "4%/year"\n'
    for n in range(lines):
        body += f'[costs.line{n}]\nkind = "recurring"\namount = "{1000 + n}/day"\ngrowth = "{n % 7}%/year"\n'
    return body


def main() -> None:
    """Print the tables."""
    timed: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            timed[name].append(processor_seconds(command))
    medians = {name: statistics.median(values) for name, values in timed.items()}
    base = medians["import typer, rich, pydantic"]
    print(f"{'whole process, processor time':34}{'ms':>8}{'× imports':>11}{'× that app, in pairs':>22}")
    for name, seconds in medians.items():
        paired = statistics.median(a / b for a, b in zip(timed[name], timed[ONE], strict=True))
        print(f"{name:34}{seconds * 1000:>8.0f}{seconds / base:>11.2f}{paired:>22.2f}")
    print(f"\n{'one path, floats':34}{'rows':>8}{'months':>8}{'ms':>8}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.toml"
        path.write_text(many_rows(8, 60), encoding="utf-8")
        for name in (str(path), "openai-2025"):
            plan = runway.load(name)
            engine = Engine(plan.program)
            engine.run()
            begun = time.perf_counter()
            for _ in range(50):
                engine.run()
            each = (time.perf_counter() - begun) / 50
            shown = "eight growing lines" if name == str(path) else name
            print(f"{shown:34}{len(plan.program.rows):>8}{plan.program.months:>8}{each * 1000:>8.2f}")


if __name__ == "__main__":
    main()
