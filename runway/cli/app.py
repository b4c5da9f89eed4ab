"""The typer application: which commands there are and under which heading `--help` lists them.

Only the command that was asked for is imported and registered; `--help` and a name that is mistyped load them all.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from runway.cli import INTERRUPTED
from runway.cli.once import PlainGroup, StrictCommand
from runway.cli.streams import remark

if TYPE_CHECKING:
    from collections.abc import Callable

MODULES = {
    "project": ("project", "scenarios", "check"),
    "statements": ("statements", "metrics"),
    "explore": ("sensitivity", "solve", "compare"),
    "odds": ("simulate", "portfolio"),
    "ownership": ("clause", "captable", "exit"),
    "evidence": ("explain", "sources", "variance", "backtest"),
    "page": ("page",),
    "share": ("export",),
    "author": ("guide", "init", "validate", "schema", "kinds", "models"),
    "books": ("import",),
}
"""The commands by the module of this package that declares them, in the order of `--help`."""

SAYINGS = {
    "Value error, ": "",
    "Input should be a valid integer, unable to parse string as an integer": "write a whole number, such as 12.",
    "Input should be greater than or equal to": "write at least",
    "Input should be less than or equal to": "write at most",
}
"""What the library that reads values says, and what is said instead."""


def options(
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version and exit.")] = False,
) -> None:
    if version:
        from runway import __version__

        sys.stdout.write(f"runway {__version__}\n")
        raise typer.Exit


def homes() -> dict[str, str]:
    """The module of each command."""
    return {name: module for module, names in MODULES.items() for name in names}


@cache  # for a process that asks several times
def application(asked: str | None = None) -> Callable[..., Any]:
    """The command line with the one command that is asked for, or with all of them."""
    modules = homes()
    app = typer.Typer(
        cls=PlainGroup,
        help="How long the cash lasts, counting what, and what could change it.",
        epilog="runway COMMAND --help explains a command.",
        add_completion=asked is None,  # its options stand beside --version; a shell asks without arguments
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for name in modules if asked is None else [asked]:
        register(app, name, modules[name])
    return get_command(app)


def register(app: typer.Typer, name: str, module: str) -> None:
    from runway.cli.command import COMMANDS, visible

    import_module(f"runway.cli.{module}")
    declared = COMMANDS[name]
    short = (declared.ask.__doc__ or "").partition("\n")[0]
    app.command(name, cls=StrictCommand, rich_help_panel=declared.panel, short_help=short)(visible(declared))


def run_app(arguments: list[str]) -> int:
    """Parse, run the command and write the text that it returns to standard output."""
    try:
        command = application(arguments[0] if arguments and arguments[0] in homes() else None)
        text = command(arguments, prog_name="runway", standalone_mode=False)
    except typer.TyperException as error:
        context = getattr(error, "ctx", None)
        asked = f"runway {arguments[0]}" if arguments[0] in homes() else "runway"
        called = context.command_path if context else asked
        said = error.format_message()
        for theirs, ours in SAYINGS.items():
            said = said.replace(theirs, ours)
        remark(f"{said}\nSee {called} --help.")
        return error.exit_code
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # the reader of the help has gone
            raise error.__context__ from None
        raise
    if isinstance(text, int):
        if text == INTERRUPTED:
            sys.stderr.write("Interrupted.\n")
        return text
    sys.stdout.write(text or "")
    return 0
