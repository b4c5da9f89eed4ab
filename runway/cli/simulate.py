"""`runway simulate`: a model over its uncertain figures, as odds."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import (
    AsJson,
    Counting,
    CsvFile,
    Model,
    Scenario,
    Set,
    amount_of,
    assignments,
    day_of,
    model_read,
)
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


__all__ = ["Cluster", "Insist", "NumberOfPaths", "Seed", "Workers", "progress_to_stderr", "simulate"]

SLOW = 1.0  # seconds before progress is told

NumberOfPaths = Annotated[int, typer.Option("--paths", "-n", metavar="N", help="How many futures are drawn.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed draws the same futures, everywhere.")]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", "-w", metavar="W", help="How many work at once; all cores if left out.", show_default=False
    ),
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="A Dask scheduler, tcp://HOST:PORT, or local:N.", show_default=False
    ),
]
Insist = Annotated[bool, typer.Option("--insist", metavar="", help="Run even what takes very long.")]


def simulate(
    model: Model = None,
    paths: NumberOfPaths = 100_000,
    seed: Seed = 1,
    workers: Workers = None,
    counting: Counting = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="DATE", help="Also the odds of running out by a day.", show_default=False),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="ERROR",
            help="Run until every probability is as sure as this: 0.1%. (Not that of a check of stakes.)",
            show_default=False,
        ),
    ] = None,
    sampling: Annotated[str, typer.Option("--sampling", metavar="HOW", help="random, or sobol points.")] = "random",
    against: Annotated[
        str | None,
        typer.Option(
            "--against", metavar="NAME", help="Another scenario, on the same draws; base is one.", show_default=False
        ),
    ] = None,
    paths_out: Annotated[
        str | None,
        typer.Option("--paths-out", metavar="FILE.npz", help="Write every path to a file.", show_default=False),
    ] = None,
    checks: Annotated[
        bool, typer.Option("--checks/--no-checks", metavar="", help="The odds of the file's checks too.")
    ] = True,
    cluster: Cluster = None,
    insist: Insist = False,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """How probable it is to run out of cash, and what decides it."""
    one_output(as_json, csv)
    import runway

    found = runway.simulate(
        runway.load(model_read(model), scenario=scenario, set=assignments(set_)),
        paths=paths,
        seed=seed,
        workers=workers,
        counting=counting,
        by=day_of("--by", one_of("--by", by), end=True) if by else None,
        until=None if until is None else amount_of("--until", until, "share", "is no error; write --until 0.1%."),
        sampling=sampling,
        against=against,
        raw=paths_out is not None,
        insist=insist,
        checks=checks,
        cluster=cluster,
        progress=progress_to_stderr(),
    )
    if paths_out is not None:
        from runway.render.paths_file import save_paths

        save_paths(paths_out, found)
        sys.stderr.write(f"wrote {paths_out}\n")

    from runway.reports.simulate import simulation_csv, simulation_lines

    return answer(found, as_json, csv, simulation_csv, simulation_lines)


def one_of(option: str, given: Sequence[str]) -> str:
    """The value of an option that would otherwise keep the last of several without a word."""
    if len(given) > 1:
        text = f"{option} is given {len(given)} times; one simulation tells the odds by one day."
        raise InputError(Problem("given-twice", text))
    return given[0]


def progress_to_stderr(things: str = "futures") -> Callable[[int, int], None]:
    """What tells on standard error how far a long run is: on a terminal in place, else nothing."""
    begun, told = time.monotonic(), [0.0]

    def progress(done: int, wanted: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - begun < SLOW:
            return
        if done >= wanted:
            sys.stderr.write("\r\x1b[K")
        elif now - told[0] > 0.2:
            told[0] = now
            left = (now - begun) * (wanted - done) / done
            sys.stderr.write(f"\r\x1b[K{done:,} of {wanted:,} {things}, about {left:,.0f} s left")
            sys.stderr.flush()

    return progress
