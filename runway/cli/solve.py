"""`runway solve`: what one figure must be so that a target holds."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from runway.cli.answering import answer, one_output
from runway.cli.options import AsJson, Counting, CsvFile, Model, Scenario, Set, assignments, model_read
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


def solve(
    model: Model = None,
    vary: Annotated[
        str, typer.Option("--vary", metavar="ADDRESS", help="The figure to find; or burn, revenue, funding, delay.")
    ] = "burn",
    so_that: Annotated[
        str,
        typer.Option(
            "--so-that",
            metavar="TARGET",
            help='"runway >= 24 months", "lowest cash >= 1B", "zero-cash date = 2026-08-01"; also gap, closing cash.',
        ),
    ] = "runway >= 24 months",
    within: Annotated[
        str | None,
        typer.Option(
            "--range", metavar="LOW..HIGH", help="Where to search: -50%..50%, 0..12months.", show_default=False
        ),
    ] = None,
    rung: Counting = None,
    save: Annotated[
        tuple[str, str] | None,
        typer.Option("--save", metavar="scenario NAME", help="Print the answer as TOML to paste.", show_default=False),
    ] = None,
    scenario: Scenario = "base",
    set_: Set = None,
    as_json: AsJson = False,
    csv: CsvFile = None,
) -> str:
    """What one figure must be so that a target holds: `--vary burn --so-that "runway >= 24 months"`."""
    one_output(as_json, csv)
    import runway
    from runway.answers.solve import solve as search

    loaded = runway.load(model_read(model), scenario=scenario, set=assignments(set_))
    name = None if save is None else scenario_name(save, loaded.model.scenarios)
    found = search(loaded, vary, so_that, within=within, rung=rung)
    from runway.reports.solve import scenario_toml, solution_csv, solution_lines

    text = answer(found, as_json, csv, solution_csv, solution_lines)
    plain = not as_json and csv is None
    if plain and name is not None and found.met and found.answer is not None:  # only the TOML, so that >> appends it
        sys.stderr.write(text)
        text = scenario_toml(name, found)
    if not found.met:
        sys.stdout.write(text)
        raise typer.Exit(1)
    return text


def scenario_name(save: tuple[str, str], taken: Iterable[str]) -> str:
    """The name of `--save scenario NAME`, if a scenario of the file may be called so."""
    what, name = save
    if what != "scenario":
        raise InputError(
            Problem("unknown-choice", f"--save {what} {name} saves nothing. Write --save scenario {name}.")
        )
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or name == "base":
        says = f"{name} cannot name a scenario; names are of a-z, 0-9 and _, begin with a letter, and base is the file."
        raise InputError(Problem("invalid-name", says))
    if name in taken:
        raise InputError(Problem("duplicate-name", f"The file has a scenario {name} already. Choose another name."))
    return name
