"""`runway portfolio`: many companies at once, the riskiest first."""

from __future__ import annotations

from typing import Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, Counting, CsvFile  # typer reads the annotations
from runway.cli.simulate import Cluster, Seed, progress_to_stderr

__all__ = ["portfolio"]


def portfolio(
    place: Annotated[
        str, typer.Argument(metavar="DIR|GLOB", help='A folder of assumption files, or a pattern: "fund/**/*.toml".')
    ],
    paths: Annotated[
        int, typer.Option("--paths", "-n", metavar="N", help="Futures of each company; 0 only projects.")
    ] = 10_000,
    seed: Seed = 1,
    counting: Counting = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", "-w", metavar="W", help="Processes; all cores if left out.", show_default=False),
    ] = None,
    cluster: Cluster = None,
    strict: Annotated[bool, typer.Option("--strict", metavar="", help="Stop at a file that cannot be used.")] = False,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """Many companies at once: runway and the odds of running out, the riskiest first."""
    one_output(as_json, csv)
    from runway.answers.portfolio import portfolio as companies

    found = companies(
        place,
        paths=paths,
        seed=seed,
        counting=counting,
        workers=workers,
        cluster=cluster,
        strict=strict,
        progress=progress_to_stderr("companies"),
    )

    from runway.reports.portfolio import portfolio_csv, portfolio_lines

    return answer(found, as_json, csv, portfolio_csv, portfolio_lines)
