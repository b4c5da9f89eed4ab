"""Whether two models differ in their numbers only, so that their formulas are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.funding.round_tables import Valuation
from runway.language.fields import FormulaText
from runway.language.figure import Figure

if TYPE_CHECKING:
    from runway.model.model import Model


def same_form(one: Model, other: Model) -> bool:
    """Whether the items, tables and settings of two models are the same but for what their figures come to."""
    settings = (
        one.settings.as_of == other.settings.as_of
        and one.actuals is None is other.actuals
        and one.bank is None is other.bank
    )
    settings = settings and one.known == other.known and one.counted_from == other.counted_from
    fields = ("settings", "fx", "tax", "opening_balance", "wind_down", "levers", "items")
    return settings and all(_alike(getattr(one, field), getattr(other, field)) for field in fields)


def _alike(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Figure):
        return (one.dimension, one.opening) == (other.dimension, other.opening) and [*map(_form, one.entries)] == [
            *map(_form, other.entries)
        ]
    if isinstance(one, Valuation):
        return one.basis == other.basis and _alike(one.figure, other.figure)
    if isinstance(one, FormulaText):
        return bool(one.text == other.text)
    if isinstance(one, BaseModel):
        return one.model_fields_set == other.model_fields_set and _alike(_fields(one), _fields(other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other)


def _fields(table: BaseModel) -> dict[str, Any]:
    return {**{field: getattr(table, field) for field in type(table).model_fields}, **(table.model_extra or {})}


def _form(entry: Any) -> tuple[Any, ...]:
    """An entry of a figure without its numbers and what is said of them."""
    return entry.amount._replace(number=0.0, signed=False), entry.month, entry.as_of, entry.counts_from
