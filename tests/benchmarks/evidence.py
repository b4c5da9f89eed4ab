"""How long explain, check and sources take beside project, as whole processes; and how fast a ledger is read.

python tests/benchmarks/evidence.py
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROWS = 200_000
COMMANDS = (["project"], ["explain", "cash", "2026-03"], ["explain"], ["check"], ["sources"])
ACCOUNTS = ("Income:Monthly", "Expenses:Payroll:Salaries", "Expenses:Hosting", "Assets:Bank")


def seconds(arguments: list[str], times: int = 5) -> float:
    """The median time of a whole process."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "runway", *arguments], check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return median(taken)


def ledger(folder: Path) -> Path:
    """A model with a ledger of so many rows."""
    draw = random.Random(1)
    rows = (
        f"2026-{n % 3 + 1:02d}-{n % 28 + 1:02d},{ACCOUNTS[n % 4]},no. {n},{draw.randint(-99_999, 99_999) / 100:.2f}\n"
        for n in range(ROWS)
    )
    (folder / "ledger.csv").write_text("date,account,memo,amount\n" + "".join(rows), encoding="utf-8")
    (folder / "model.toml").write_text(
        'extends = "saas-startup"\n[actuals]\nfile = "ledger.csv"\nlast_close = "2026-03"\n[actuals.mapping]\n'
        '"Income:Monthly" = "monthly_plan"\n"Expenses:Payroll" = "team"\n"Expenses:Hosting" = "hosting"\n'
        '"Assets:Bank" = "cash"\n',
        encoding="utf-8",
    )
    return folder / "model.toml"


if __name__ == "__main__":
    base = seconds(["project"])
    for command in COMMANDS:
        taken = seconds(command)
        print(f"{' '.join(command):24} {taken * 1000:6.0f} ms   {taken / base:4.2f} x project")
    with tempfile.TemporaryDirectory() as place:
        path = ledger(Path(place))
        alone, whole = seconds(["project", "saas-startup"]), seconds(["project", str(path)])
        print(
            f"{f'{ROWS:,} ledger rows':24} {(whole - alone) * 1000:6.0f} ms   {whole * 1000:.0f} ms with the projection"
        )
