"""The kinds of line, one a file, and the explicit list of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runway.lines.formula_line import Driver
    from runway.lines.line import Line

KINDS: dict[str, tuple[str, str]] = {  # name in the file: (module, class); a file imports only the kinds that it uses
    "recurring": ("runway.lines.recurring", "Recurring"),
    "subscription": ("runway.lines.subscription", "Subscription"),
    "usage": ("runway.lines.usage", "Usage"),
    "percent_of": ("runway.lines.percent_of", "PercentOf"),
    "headcount": ("runway.lines.headcount", "Headcount"),
    "one_off": ("runway.lines.one_off", "OneOff"),
    "spread": ("runway.lines.spread", "Spread"),
    "formula": ("runway.lines.formula_line", "FormulaLine"),
}


def kind_class(kind: str) -> type[Line]:
    """The class of a kind."""
    module, name = KINDS[kind]
    line_class: type[Line] = getattr(import_module(module), name)
    return line_class


def driver_class() -> type[Driver]:
    """The class of a driver."""
    from runway.lines.formula_line import Driver

    return Driver
