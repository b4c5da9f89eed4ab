"""The sizes of file that are run: what each command takes, and its memory.

`python tests/benchmarks/sizes.py [NAME ...]` prints a row a file and command.  It is no test: nothing fails.  A file
that is twice as large may take twice as long; half the size is run beside it, and the growth is shown.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT = 600.0  # seconds
MODEL = '[model]\nname = "Size"\nstart = "2026-01"\nmonths = {months}\nopening_cash = "9M"\n'
OWNERS = "[captable.holders.founders]\nshares = { common = 10_000_000 }\n"


def day(n: int) -> str:
    """The nth day of 28-day months from January 2026 on."""
    return f"{2026 + n // 336}-{n // 28 % 12 + 1:02d}-{n % 28 + 1:02d}"


def lines(count: int) -> str:
    """Lines of cost that grow."""
    text = MODEL.format(months=24)
    for n in range(count):
        text += f'[costs.line{n}]\nkind = "recurring"\namount = "{100 + n % 7}/month"\ngrowth = "{n % 5}%/year"\n'
    return text


def long(count: int) -> str:
    """The same over 600 months."""
    return lines(count).replace("months = 24", "months = 600")


def events(count: int) -> str:
    """Events that each take a part of one line."""
    text = MODEL.format(months=24) + '[revenue.sales]\nkind = "recurring"\namount = "1M/month"\n'
    for n in range(count):
        text += f'[events.e{n}]\ndate = "{day(n % 600)}"\ndays = 2\ntakes = {{ sales = "1%" }}\n'
    return text


def closings(count: int) -> str:
    """One round in many closings."""
    text = MODEL.format(months=60) + OWNERS
    text += '[funding.a]\nkind = "priced_round"\nvaluation = { value = "900M", basis = "pre_money" }\n'
    for n in range(count):
        text += f'[[funding.a.closings]]\nname = "c{n}"\ndate = "{day(n)}"\namount = 10_000\n'
    return text


def investors(count: int) -> str:
    """One closing that many pay."""
    text = MODEL.format(months=24) + OWNERS
    text += '[funding.a]\nkind = "priced_round"\nvaluation = { value = "900M", basis = "pre_money" }\n'
    for n in range(count):
        text += f'[[funding.a.commitments]]\ninvestor = "i{n}"\namount = 10_000\n'
    text += f'[[funding.a.closings]]\nname = "only"\ndate = "2026-03-01"\namount = {count * 10_000}\n'
    text += f'[[funding.a.clauses]]\nname = "cut"\ncuts = "round"\nto = {count * 5_000}\n'
    return text + 'unless = "licence"\nby = "2026-02-01"\n[events.licence]\ndate = "never"\n'


def holders(count: int) -> str:
    """Holders, each with a SAFE."""
    text = MODEL.format(months=24) + OWNERS
    for n in range(count):
        text += f'[captable.holders.h{n}]\nshares = {{ common = 1_000 }}\n[funding.s{n}]\nkind = "safe"\n'
        text += f'investor = "h{n}"\namount = 1_000\ndate = "2026-01-15"\ndiscount = "20%"\n'
    text += '[funding.a]\nkind = "priced_round"\nvaluation = { value = "90M", basis = "pre_money" }\n'
    return text + '[[funding.a.closings]]\nname = "only"\ndate = "2026-06-01"\namount = "9M"\n'


def scenarios(count: int) -> str:
    """Scenarios of a company with a few lines."""
    text = lines(20)
    for n in range(count):
        text += f"[scenarios.s{n}]\nset = {{ 'line1.amount' = '{100 + n}/month' }}\n"
    return text


def protected(count: int) -> str:
    """Protected classes through twelve rounds, each lower than the one before."""
    text = MODEL.format(months=60) + OWNERS
    for n in range(count):
        text += f'[captable.classes.p{n}]\nkind = "preferred"\nprice = {20 + n}\nissued = "2025-01-01"\n'
        text += f'anti_dilution = "broad_based"\n[captable.holders.h{n}]\nshares = {{ p{n} = 10_000 }}\n'
    for n in range(12):
        text += f'[funding.r{n}]\nkind = "priced_round"\n'
        text += f'valuation = {{ value = "{60 - 4 * n}M", basis = "pre_money" }}\n'
        text += f'[[funding.r{n}.closings]]\nname = "only"\ndate = "{day(28 * (2 + 4 * n))}"\namount = "500k"\n'
    return text


def unknown(count: int) -> str:
    """Formulas that name what is not there."""
    text = MODEL.format(months=24)
    for n in range(count):
        text += f'[costs.line{n}]\nkind = "formula"\nformula = "misspelt_{n} * 2"\n'
    return text


def weak(count: int) -> str:
    """Figures of low confidence with ranges."""
    text = MODEL.format(months=24)
    for n in range(count):
        figure = f'{{ value = "{100 + n}/month", low = "50/month", high = "{200 + n}/month", confidence = "low" }}'
        text += f'[costs.line{n}]\nkind = "recurring"\namount = {figure}\n'
    return text


FILES: dict[str, tuple[Callable[[int], str], int, tuple[str, ...]]] = {
    "closings": (closings, 400, ("project", "captable", "explain a", "simulate", "export")),
    "investors": (investors, 500, ("project", "captable", "explain a", "simulate", "export")),
    "events": (events, 1_000, ("project", "explain sales", "simulate", "export")),
    "lines": (lines, 5_000, ("project", "explain net_burn", "simulate", "export")),
    "holders": (holders, 500, ("project", "captable", "exit")),
    "scenarios": (scenarios, 200, ("scenarios",)),
    "protected": (protected, 40, ("captable",)),
    "unknown": (unknown, 1_000, ("validate",)),
    "weak": (weak, 500, ("project",)),
    "refused closings": (closings, 5_000, ("validate",)),
    "refused investors": (investors, 5_000, ("validate",)),
    "refused months": (long, 5_000, ("validate",)),
}
OPTIONS = {
    "simulate": ["--paths", "1000"],
    "export": ["out.xlsx"],
    "exit": ["--value", "50M"],
}


def measured(folder: Path, text: str, command: str) -> tuple[float, int, int]:
    """The seconds of a whole process, the megabytes it took at most, and its exit code."""
    path = folder / "size.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "out.xlsx").unlink(missing_ok=True)
    verb, *address = command.split()
    arguments = [sys.executable, "-m", "runway", verb, str(path), *address, *OPTIONS.get(verb, [])]
    begun = time.perf_counter()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (int(LIMIT), int(LIMIT)))
        os.chdir(folder)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # its descriptor is what is needed
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            os.execv(sys.executable, arguments)
    _, status, used = os.wait4(child, 0)
    return time.perf_counter() - begun, used.ru_maxrss // 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    """Print the table."""
    print(f"{'file':18}{'size':>7}  {'command':20}{'s':>8}{'MB':>7}{'exit':>6}{'× half the size':>18}")
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or FILES:
            make, size, commands = FILES[name]
            for command in commands:
                half, _, _ = measured(Path(folder), make(size // 2), command)
                seconds, megabytes, code = measured(Path(folder), make(size), command)
                growth = seconds / half
                row = f"{name:18}{size:>7}  {command:20}{seconds:>8.1f}{megabytes:>7}{code:>6}{growth:>18.1f}"
                print(row, flush=True)


if __name__ == "__main__":
    main()
