"""Problems of a closing or sale that cannot be computed, located in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.ownership.records import ZERO

if TYPE_CHECKING:
    from datetime import date

    from runway.errors import Problem
    from runway.model.model import Item, Model
    from runway.ownership.records import CapTable, CaptableError, RoundTerms, SolvedClosing


def closing_problem(error: CaptableError, item: Item, closing: str, day: date, model: Model) -> Problem:
    """The problem of a closing that cannot be solved, located in the file."""
    owner = next((i for i in model.section("funding") if i.name == error.subject), item)
    text = f"At the closing of {item.name} on {day.isoformat()}: {error.text}"
    written = model.document.data[owner.section][owner.name]
    for n, entry in enumerate(written.get("closings", ()) if owner is item else ()):
        if entry["name"] == closing and error.field in entry:
            path = (*owner.path, "closings", n, error.field)
            return model.document.problem(path, error.name, text)
    if error.field in written:
        return model.document.problem((*owner.path, error.field), error.name, text)
    if error.field in model.document.data["captable"]:
        return model.document.problem(("captable", error.field), error.name, text)
    return model.document.problem(owner.path, error.name, text, at="key")


def sale_problem(error: CaptableError, item: Item, day: date, model: Model) -> Problem:
    """The problem of a secondary sale that is impossible, located in the file."""
    text = f"At the sale of {item.name} on {day.isoformat()}: {error.text}"
    return model.document.problem((*item.path, error.field), error.name, text)


def refuse_parts(closed: SolvedClosing, before: CapTable, terms: RoundTerms, item: Item, model: Model) -> None:
    """Refuses a closing in which somebody's money buys less than one share: it would be lost."""
    bought = {
        holder: closed.table.holdings.get(key, ZERO) - before.holdings.get(key, ZERO)
        for holder, paid in closed.money.items()
        if paid and (key := (holder, terms.share_class.name))
    }
    bought |= {conversion.name: conversion.shares for conversion in closed.conversions}
    for name, shares in bought.items():
        if shares <= 0:
            text = (
                f"In {item.name} the money of {name} buys less than one share. The cap table has too few of them: "
                "multiply all by a thousand, or write whole_shares = false."
            )
            raise InputError(model.document.problem(("captable",), "less-than-one-share", text, at="key"))
