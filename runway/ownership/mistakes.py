"""What makes a closing unsolvable, told where the file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from runway.errors import Problem
    from runway.model.model import Item, Model
    from runway.ownership.records import CaptableError


def closing_problem(error: CaptableError, item: Item, closing: str, day: date, model: Model) -> Problem:
    """What makes a closing unsolvable, where the file says it."""
    owner = next((i for i in model.section("funding") if i.name == error.subject), item)
    text = f"At the closing of {item.name} on {day.isoformat()}: {error.text}"
    written = model.document.data[owner.section][owner.name]
    for n, one in enumerate(written.get("closings", ()) if owner is item else ()):
        if one["name"] == closing and error.field in one:
            path = (*owner.path, "closings", n, error.field)
            return model.document.problem(path, error.name, text)
    if error.field in written:
        return model.document.problem((*owner.path, error.field), error.name, text)
    if error.field in model.document.data["captable"]:
        return model.document.problem(("captable", error.field), error.name, text)
    return model.document.problem(owner.path, error.name, text, at="key")
