"""Figures as known on a day: of values by date the last that was known, and no value of a later day.

A figure may be a list of its values, the earliest first, each a table that is dated by its `as_of` or its source:

    amount = [{ value = "$5B/year", as_of = "2024-07-31" }, { value = "$6B/year", source = "annual_report" }]

The last value stands; as of an earlier day the last known by then.  A value with both dates was known on the later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.figure import FigureError
from runway.language.named_tuple import NamedTuple
from runway.months import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class KnownValue(NamedTuple):
    """The value of a list that stands, its place in the list, and whether later values were left out."""

    raw: dict[str, Any]
    place: int
    superseded: bool


def day_known(raw: Mapping[str, Any], sources: Mapping[str, date]) -> date | None:
    """The day from which a table of a figure was known: the later of its own and its source's; None where undated.

    >>> from datetime import date
    >>> day_known({"source": "press", "as_of": "2024-12"}, {"press": date(2025, 3, 31)})
    datetime.date(2025, 3, 31)
    """
    written = parse_date(str(raw["as_of"]), end=True) if "as_of" in raw else None
    days = [day for day in (written, sources.get(str(raw.get("source")))) if day is not None]
    return max(days, default=None)


def is_by_day(raw: Any) -> bool:
    """Whether a raw value is a list of values by day."""
    return isinstance(raw, list) and bool(raw) and all(isinstance(value, dict) for value in raw)


def known_value(raw: list[dict[str, Any]], context: Mapping[str, Any]) -> KnownValue:
    """The value of a list that stands as of the context's day `known`, or without one the last.

    Raises `FigureError`: values-not-dated, later-figure.
    """
    sources: Mapping[str, date] = context.get("source_days", {})
    as_of: date | None = context.get("known")
    before: date | None = None
    known: KnownValue | None = None
    for place, value in enumerate(raw):
        day = day_known(value, sources)
        if day is None:
            text = "Each value of a list is dated: by its as_of, or by a source that has one."
            raise FigureError("values-not-dated", text, (place,))
        if before is not None and day <= before:
            text = f"The values of a list have the earliest first; this one is of {day}, the one before of {before}."
            raise FigureError("values-not-dated", text, (place,))
        before = day
        if as_of is None or day <= as_of:
            known = KnownValue(value, place, superseded=False)
    if known is None:
        raise later_figure(raw[0], 0, context)
    return known._replace(superseded=known.place + 1 < len(raw))


def refuse_later(raw: Mapping[str, Any], context: Mapping[str, Any]) -> None:
    """Raises `FigureError` (later-figure) for a value of a day after the context's day `known`."""
    as_of, day = context.get("known"), day_known(raw, context.get("source_days", {}))
    if as_of is not None and day is not None and day > as_of:
        raise later_figure(raw, None, context)


def later_figure(raw: Mapping[str, Any], place: int | None, context: Mapping[str, Any]) -> FigureError:
    """The error of a value that was not known yet."""
    day = day_known(raw, context.get("source_days", {}))
    source = f" ({raw['source']})" if isinstance(raw.get("source"), str) else ""
    text = f"FIELD is of {day}{source} and was not known on {context['known']}. Write what was known before it: "
    text += f'FIELD = [{{ value = …, as_of = "{context["known"]}" }}, {{ … }}].'
    return FigureError("later-figure", text, () if place is None else (place,))
