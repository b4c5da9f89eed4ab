"""The commands that draw futures: of one model, and of many companies."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.command import command, heeded
from runway.cli.options import AsOf, Counting, amount_of, day_of, refuse_idle
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.answers.portfolio import Portfolio
    from runway.answers.simulation import Simulation
    from runway.cli.command import Options
    from runway.program.plan import Plan


SLOW = 1.0  # seconds before progress is told
PATHS = 100_000
SEED = 1
PATHS_ENDING = ".npz"

NumberOfPaths = Annotated[int, typer.Option("--paths", "-n", metavar="N", help="How many futures are drawn.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed draws the same futures, everywhere.")]
Workers = Annotated[
    int | None, typer.Option("--workers", "-w", metavar="W", help="How many work at once; all cores if left out.")
]
Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="A Dask scheduler, tcp://HOST:PORT, or local:N. Whoever reaches a scheduler can run code on it and here:"
        " only use one that you trust, on a network that you trust.",
    ),
]
Engine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="HOW",
        help="compiled (by the C compiler of this machine, or that of CC), numpy, or auto: compiled where it pays.",
    ),
]
Insist = Annotated[bool, typer.Option("--insist", help="Run even what takes very long.")]


def _its_own_workers(options: Options) -> None:
    """Refuses how many work at once beside a cluster."""
    if options["cluster"] is not None:
        refuse_idle({"--workers": options["workers"] is not None}, "A cluster has workers of its own")


def _usable(options: Options) -> None:
    """Refuses a file of paths that will not be written, or whose ending says that it is another."""
    _its_own_workers(options)
    if options["until"] is not None:
        refuse_idle({"--paths": options["paths"] != PATHS}, "--until draws as many futures as it takes")
    heeded(options, {"--by": options["by"], "--against": options["against"]}, "the cash and the odds of each month")
    if (out := options["paths_out"]) is None:
        return
    from runway.render.saving import ending_text, foresee

    foresee(out)
    if Path(out).suffix.lower() != PATHS_ENDING:
        stem = Path(out).stem.strip("-.") or "paths"
        text = f"{ending_text(out)}; paths are arrays of numpy, which end in .npz. For example {stem}{PATHS_ENDING}."
        raise InputError(Problem("unknown-format", text))


@command("Explore", "simulate saas-startup --paths 20000", first=_usable)
def simulate(
    plan: Plan,
    paths: NumberOfPaths = PATHS,
    seed: Seed = SEED,
    workers: Workers = None,
    counting: Counting = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="Also the odds of running out by a day.")
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="ERROR",
            help="Run until every probability is as sure as this: 0.1%. (Not that of a check of stakes.)",
        ),
    ] = None,
    sampling: Annotated[str, typer.Option("--sampling", metavar="HOW", help="random, or sobol points.")] = "random",
    against: Annotated[
        str | None, typer.Option("--against", metavar="NAME", help="Another scenario, on the same draws; base is one.")
    ] = None,
    paths_out: Annotated[
        str | None, typer.Option("--paths-out", metavar="FILE.npz", help="Write every path to a file.")
    ] = None,
    checks: Annotated[bool, typer.Option("--checks/--no-checks", help="The odds of the file's checks too.")] = True,
    cluster: Cluster = None,
    engine: Engine = "auto",
    insist: Insist = False,
) -> Simulation:
    """How probable it is to run out of cash, and what decides it."""
    import runway

    simulation = runway.simulate(
        plan,
        paths=paths,
        seed=seed,
        workers=workers,
        counting=counting,
        by=day_of("--by", by, end=True) if by is not None else None,
        until=None if until is None else amount_of("--until", until, "share", "is no error; write --until 0.1%."),
        sampling=sampling,
        against=against,
        raw=paths_out is not None,
        insist=insist,
        checks=checks,
        cluster=cluster,
        engine=engine,
        progress=progress_to_stderr(),
    )
    if paths_out is not None:
        from runway.render.paths_file import save_paths

        save_paths(paths_out, simulation)
        sys.stderr.write(f"wrote {paths_out}\n")
    return simulation


def _fund(portfolio: Portfolio, out: str) -> str:
    from runway.cli.fund import fund_page

    return fund_page(portfolio, out, progress_to_stderr("pages"))


def _portfolio_usable(options: Options) -> None:
    _its_own_workers(options)
    if not options["paths"]:
        idle = {"--engine": options["engine"] != "auto", "--seed": options["seed"] != SEED}
        refuse_idle(idle, "--paths 0 draws no futures")
    if options["html"] is not None:
        from runway.cli.fund import foresee_pages

        foresee_pages(options["html"])


@command("Explore", "portfolio 'fund/*.toml' --as-of 2026-03-31", page=_fund, first=_portfolio_usable)
def portfolio(
    place: Annotated[
        list[str],
        typer.Argument(metavar="DIR|GLOB", help='Folders of assumption files, or patterns: "fund/**/*.toml".'),
    ],
    paths: Annotated[
        int, typer.Option("--paths", "-n", metavar="N", help="Futures of each company; 0 only projects.")
    ] = 10_000,
    seed: Seed = SEED,
    counting: Counting = None,
    workers: Annotated[
        int | None, typer.Option("--workers", "-w", metavar="W", help="Processes; all cores if left out.")
    ] = None,
    cluster: Cluster = None,
    engine: Engine = "auto",
    strict: Annotated[bool, typer.Option("--strict", help="Stop at a file that cannot be used.")] = False,
    insist: Insist = False,
    as_of: AsOf = None,
    holder: Annotated[
        str | None, typer.Option("--holder", metavar="NAME", help="Also cash, stake and cost of this holder.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="REV", help="Also the change since a revision of git.")
    ] = None,
) -> Portfolio:
    """Many companies at once: runway and the odds of running out, the riskiest first."""
    import runway

    return runway.portfolio(
        place,
        paths=paths,
        seed=seed,
        counting=counting,
        workers=workers,
        cluster=cluster,
        engine=engine,
        strict=strict,
        insist=insist,
        as_of=None if as_of is None else day_of("--as-of", as_of, end=True),
        holder=holder,
        since=since,
        progress=progress_to_stderr("companies"),
    )


def progress_to_stderr(things: str = "futures") -> Callable[[int, int], None]:
    """What tells on standard error how far a long run is: on a terminal in place, else nothing."""
    started, last_shown = time.monotonic(), [0.0]

    def progress(done: int, whole: int) -> None:
        now = time.monotonic()
        if not sys.stderr.isatty() or now - started < SLOW:
            return
        if done >= whole:
            sys.stderr.write("\r\x1b[K")
        elif now - last_shown[0] > 0.2:
            last_shown[0] = now
            left = (now - started) * (whole - done) / done
            sys.stderr.write(f"\r\x1b[K{done:,} of {whole:,} {things}, about {left:,.0f} s left")
            sys.stderr.flush()

    return progress
