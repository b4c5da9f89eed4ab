"""A model with other numbers in its funding: what is drawn of terms that no row has, such as a pool or a discount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.quantity import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.model import Model

ISSUERS = ("priced_round", "safe", "convertible_note")


def drawn_terms(model: Model, drawn: Mapping[str, Any]) -> list[str]:
    """The drawn figures of what issues shares, by address."""
    issuers = {
        item.name
        for item in model.section("funding")
        if item.kind in ISSUERS or getattr(item.part, "warrants", None) is not None
    }
    return [address for address in drawn if address.partition(".")[0] in issuers]


def with_terms(model: Model, numbers: Mapping[str, float]) -> Model:
    """The model with other numbers in place of those written; a date is a position, months since the start."""
    if not numbers:
        return model
    changed = {address.partition(".")[0] for address in numbers}
    start = model.settings.start
    items = tuple(
        item._replace(part=_replaced(item.part, item.name, numbers, start)) if item.name in changed else item
        for item in model.items
    )
    return model._replace(items=items)


def _replaced(value: Any, address: str, numbers: Mapping[str, float], start: int) -> Any:
    """A part of a model with other numbers; the part itself where none of them is in it."""
    if isinstance(value, Figure):
        entries = tuple(
            entry._replace(
                amount=entry.amount._replace(number=numbers[a] + (start if entry.amount.kind == "date" else 0))
            )
            if a in numbers
            else entry
            for a, entry in value.addresses(address)
        )
        return value._replace(entries=entries)
    if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
        names = [next(getattr(one, k) for k in ("name", "investor", "for_") if hasattr(one, k)) for one in value]
        return tuple(
            _replaced(one, f"{address}.{name}", numbers, start) for one, name in zip(value, names, strict=True)
        )
    if isinstance(value, BaseModel):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        new = {name: _replaced(field, f"{address}.{name}", numbers, start) for name, field in fields.items()}
        changed = {name: field for name, field in new.items() if field is not fields[name]}
        return value.model_copy(update=changed) if changed else value
    return value
