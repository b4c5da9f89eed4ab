"""The typer application: which commands there are and under which heading `--help` lists them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from runway.cli import (
    INTERRUPTED,
    author,
    captable,
    check,
    clause,
    compare,
    explain,
    export,
    portfolio,
    project,
    scenarios,
    simulate,
    solve,
    sources,
    variance,
)
from runway.cli import exit as exits
from runway.cli import sensitivity as explore

__all__ = ["run_app"]

app = typer.Typer(
    help="How long the cash lasts, counting what, and what could change it.",
    epilog="runway COMMAND --help explains a command.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(rich_help_panel="Project")(project.project)
app.command(rich_help_panel="Project")(scenarios.scenarios)
app.command(rich_help_panel="Project")(check.check)
for command in (explore.sensitivity, solve.solve, simulate.simulate, compare.compare, portfolio.portfolio):
    app.command(rich_help_panel="Explore")(command)
for funded in (clause.clause, captable.captable):
    app.command(rich_help_panel="Fund")(funded)
app.command("exit", rich_help_panel="Fund")(exits.sale)
for told in (explain.explain, sources.sources, variance.variance):
    app.command(rich_help_panel="Explain")(told)
app.command(rich_help_panel="Share")(export.export)
for written in (author.init, author.validate, author.schema, author.kinds, author.models):
    app.command(rich_help_panel="Author")(written)


@app.callback()
def options(
    version: Annotated[bool, typer.Option("--version", "-V", metavar="", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from runway import __version__

        sys.stdout.write(f"runway {__version__}\n")
        raise typer.Exit


def run_app(arguments: list[str]) -> int:
    """Parse, run the command and write the text that it returns to standard output."""
    try:
        text = app(arguments, prog_name="runway", standalone_mode=False)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "runway"
        sys.stderr.write(f"{error.format_message()}\nSee {command} --help.\n")
        return error.exit_code
    if isinstance(text, int):
        if text == INTERRUPTED:
            sys.stderr.write("Interrupted.\n")
        return text
    sys.stdout.write(text or "")
    return 0
