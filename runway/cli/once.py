"""An option that takes one value is given once: twice, no value is the one that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand, TyperGroup

from runway.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


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
    """A command that refuses such an option given twice, where typer takes the last."""

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
