"""The typer application: which commands there are and under which heading `--help` lists them.

Only the command that was asked for is imported and registered; `--help` and a name that is mistyped load them all.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from runway.cli import INTERRUPTED
from runway.cli.streams import remark
from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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


class Plain:
    """Shows options that take nothing without the type of what they take."""

    def get_params(self, ctx: Any) -> list[Any]:
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]  # of the command that this is mixed into
        for param in params:
            if getattr(param, "is_flag", False):
                param.metavar = ""
        return params


class PlainGroup(Plain, TyperGroup):
    """The commands."""


class StrictCommand(Plain, TyperCommand):
    """A command that refuses an option of one value given twice, where typer takes the last."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if ctx.resilient_parsing and args and args[-1].startswith("-"):
            args = args[:-1]  # a shell completes its value: what stands before it is read without it
        first: dict[str, str] = {}
        for option, value in _values(self.params, args):
            if option.name in first:
                says = f"{option.opts[0]} is given twice, {first[option.name]} and {value}. It takes one value."
                raise InputError(Problem("given-twice", says))
            if not option.multiple:
                first[option.name] = value
        return super().parse_args(ctx, args)


def _values(params: Sequence[Any], args: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """The options among arguments that take a value, each with it, as typer reads them."""
    options = {name: p for p in params if p.param_type_name == "option" and not p.is_flag for name in p.opts}
    left = iter(args)
    for arg in left:
        if arg == "--":
            return
        name, value = arg[:2], arg[2:] or None
        if arg.startswith("--"):
            name, sign, text = arg.partition("=")
            value = text if sign else None
        if name in options:
            value = next(left, None) if value is None else value
            if value is not None:
                yield options[name], value


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
def application(command: str | None = None) -> Callable[..., Any]:
    """The command line with the one command that is asked for, or with all of them."""
    modules = homes()
    app = typer.Typer(
        cls=PlainGroup,
        help="How long the cash lasts, counting what, and what could change it.",
        epilog="runway COMMAND --help explains a command.",
        add_completion=command is None,  # its options stand beside --version; a shell asks without arguments
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(options)
    for name in modules if command is None else [command]:
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
        command_line = f"runway {arguments[0]}" if arguments[0] in homes() else "runway"
        called = context.command_path if context else command_line
        message = error.format_message()
        for theirs, ours in SAYINGS.items():
            message = message.replace(theirs, ours)
        remark(f"{message}\nSee {called} --help.")
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
