"""The kinds of funding, one a file, and the explicit list of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runway.lines.line import Component

KINDS: dict[str, tuple[str, str]] = {
    "priced_round": ("runway.funding.round", "PricedRound"),
    "safe": ("runway.funding.safe", "Safe"),
    "convertible_note": ("runway.funding.convertible_note", "ConvertibleNote"),
    "grant": ("runway.funding.grant", "Grant"),
    "loan": ("runway.funding.loan", "Loan"),
    "credit_line": ("runway.funding.credit_line", "CreditLine"),
    "secondary": ("runway.funding.secondary", "Secondary"),
}


def funding_class(kind: str) -> type[Component]:
    """The class of a kind of funding."""
    module, name = KINDS[kind]
    component_class: type[Component] = getattr(import_module(module), name)
    return component_class
