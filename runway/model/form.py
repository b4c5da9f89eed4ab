"""Whether two models differ in their numbers only, so that their formulas are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from runway.funding.round_tables import Valuation
from runway.language.fields import FormulaText
from runway.language.figure import Figure

if TYPE_CHECKING:
    from runway.model.model import Model


def same_form(first: Model, second: Model) -> bool:
    """Whether the items, tables and settings of two models are the same but for the numbers of their figures."""
    without_books = all(model.actuals is None and model.bank is None for model in (first, second))
    days = [(model.settings.as_of, model.as_of, model.counted_from) for model in (first, second)]
    fields = ("settings", "fx", "tax", "opening_balance", "wind_down", "levers", "items")
    same_tables = (_alike(getattr(first, field), getattr(second, field)) for field in fields)
    return without_books and days[0] == days[1] and all(same_tables)


def _alike(first: Any, second: Any) -> bool:
    if first is second:
        return True
    if type(first) is not type(second):
        return False
    if isinstance(first, Figure):
        forms = [(figure.dimension, figure.opening, [*map(_form, figure.entries)]) for figure in (first, second)]
        return forms[0] == forms[1]
    if isinstance(first, Valuation):
        return first.basis == second.basis and _alike(first.figure, second.figure)
    if isinstance(first, FormulaText):
        return bool(first.text == second.text)
    if isinstance(first, BaseModel):
        return first.model_fields_set == second.model_fields_set and _alike(_fields(first), _fields(second))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(_alike(value, second[key]) for key, value in first.items())
    if isinstance(first, (tuple, list)):
        return len(first) == len(second) and all(map(_alike, first, second))
    return bool(first == second)


def _fields(table: BaseModel) -> dict[str, Any]:
    return {**{field: getattr(table, field) for field in type(table).model_fields}, **(table.model_extra or {})}


def _form(entry: Any) -> tuple[Any, ...]:
    """An entry of a figure without its numbers and its evidence."""
    return entry.amount._replace(number=0.0, signed=False), entry.month, entry.as_of, entry.counts_from
