"""The evidence of a figure: its source, its day, the days that a rate was read from, its certainty."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from runway.language.figure import FigureError
from runway.language.uncertainty import DISTRIBUTIONS
from runway.months import parse_date

if TYPE_CHECKING:
    from collections.abc import Collection

    from runway.language.figure import Entry

CONFIDENCE = ("low", "medium", "high")
TEXTS = ("source", "confidence", "note", "as_of", "distribution")


def evidence(entry: Entry, raw: dict[str, Any], sources: Collection[str]) -> Entry:
    """The entry with the source, note, confidence, distribution and days of its table; `sources` are the file's.

    Raises `FigureError`: wrong-type, unknown-choice, not-a-date, dates-reversed, unknown-source.
    """
    texts: dict[str, str] = {}
    for key in TEXTS:
        if key not in raw:
            continue
        value = raw[key].isoformat() if isinstance(raw[key], date) else raw[key]
        if not isinstance(value, str):
            raise FigureError("wrong-type", f"{key} is text.", (key,))
        texts[key] = value
    for key, choices in (("confidence", CONFIDENCE), ("distribution", DISTRIBUTIONS)):
        if texts.get(key, choices[0]) not in choices:
            raise FigureError("unknown-choice", f"{key} is one of {', '.join(choices)}.", (key,))
    if "from" in raw:
        if raw["from"] != "as_of":
            raise FigureError("unknown-choice", 'from is "as_of", or left out.', ("from",))
        texts["counts_from"] = "as_of"
    if "as_of" in texts and parse_date(texts["as_of"]) is None:
        raise FigureError("not-a-date", 'as_of is a date such as "2025-03-31".', ("as_of",))
    if "between" in raw:
        entry = entry._replace(between=_two_days(raw["between"]))
    if "source" in texts and texts["source"] not in sources:
        from runway.errors import did_you_mean

        hint = did_you_mean(texts["source"], sources)
        text = f"There is no [sources.{texts['source']}] in this file.{hint or ' Add it, or write a note instead.'}"
        raise FigureError("unknown-source", text, ("source",))
    return entry._replace(**texts)  # type: ignore[arg-type]  # text fields only


def _two_days(raw: Any) -> tuple[date, date]:
    """The days of the two figures that a rate was read from, the earlier one first; a month means its last day."""
    days = [parse_date(str(day), end=True) for day in (raw if isinstance(raw, list) else [])]
    if len(days) != 2 or days[0] is None or days[1] is None:
        text = 'between is the days of the two figures that a rate was read from: ["2024-12-31", "2025-03-31"].'
        raise FigureError("not-a-date", text, ("between",))
    if days[0] >= days[1]:
        raise FigureError("dates-reversed", "between has the earlier day first.", ("between",))
    return days[0], days[1]
