"""The kinds of funding, one a file, and the explicit list of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runway.lines.line import Component

KINDS: dict[str, tuple[str, str]] = {
    "priced_round": ("round", "PricedRound"),
    "safe": ("safe", "Safe"),
    "convertible_note": ("convertible_note", "ConvertibleNote"),
    "grant": ("grant", "Grant"),
    "loan": ("loan", "Loan"),
    "credit_line": ("credit_line", "CreditLine"),
    "secondary": ("secondary", "Secondary"),
}


def funding_class(kind: str) -> type[Component]:
    """The class of a kind of funding."""
    module, name = KINDS[kind]
    found: type[Component] = getattr(import_module(f"runway.funding.{module}"), name)
    return found
