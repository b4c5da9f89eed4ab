"""The documented JSON of explanations."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from runway.answers.projection_to_dict import rung_to_dict, text
from runway.language.record import encode
from runway.months import NEVER, date_at
from runway.words import rounded

BEFORE = -500.0  # months before the start; what a waived event's date is further back than

if TYPE_CHECKING:
    from runway.answers.explain import Explanation, Term
    from runway.answers.headline import Headline, Measure, RungExplained


def day_of(value: float, start: int) -> str:
    """A position on the scale of dates as it is said."""
    if value >= NEVER:
        return "never"
    return "before the start" if value < BEFORE else date_at(value, start).isoformat()


def term_to_dict(term: Term, digits: int, start: int) -> dict[str, Any]:
    """A term and the terms below it; a figure's value is the number that was written, a condition's true or false."""
    value: Any = day_of(term.value, start) if term.unit == "date" else rounded(term.value)
    if term.unit == "money":
        value = round(term.value, digits) + 0.0
    elif term.unit == "condition":
        value = term.value != 0
    return {
        "address": term.address,
        "month": term.month,
        "value": value,
        "unit": term.unit,
        "formula": term.formula,
        "origin": encode(term.origin),
        "above": term.above,
        "deeper": term.deeper,
        "terms": [term_to_dict(inner, digits, start) for inner in term.terms],
    }


def explanation_to_dict(found: Explanation) -> dict[str, Any]:
    """`term` is the tree to the depth asked for; `inputs` are all written figures below it, at any depth."""
    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "address": found.address,
        "title": found.title,
        "status": found.fate and found.fate[0],
        "reason": found.fate and found.fate[1],
        "explained": term_to_dict(found.term, found.minor_digits, found.start),
        "inputs": [encode(origin) for origin in found.inputs],
        "defaults": [encode(origin) for origin in found.defaults],
        "used_by": list(found.used_by),
    }


def headline_to_dict(found: Headline) -> dict[str, Any]:
    """One entry a rung, its ladder keys first."""
    digits = found.minor_digits

    def money(value: float) -> float:
        return round(value, digits) + 0.0

    def measured(item: Measure) -> float | str | None:
        if item.value is None:
            return None
        if item.unit == "date":
            return date.fromordinal(int(item.value)).isoformat()
        return money(item.value) if item.unit == "money" else rounded(item.value)

    def rung(item: RungExplained) -> dict[str, Any]:
        return {
            **rung_to_dict(item.rung, digits),
            "counts": item.counts,
            "until": item.until,
            "opening_cash": money(item.opening_cash),
            "flows": {section: money(amount) for section, _, amount in item.flows},
            "closing_cash_then": money(item.closing_cash),
            "restricted_cash_then": money(item.restricted_cash),
            "cash_that_day": None if item.cash_that_day is None else money(item.cash_that_day),
            "closings": [
                {
                    "address": closing.address,
                    "counted": money(closing.amount),
                    "date": text(closing.date),
                    "reason": closing.reason,
                }
                for closing in item.closings
            ],
        }

    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "minimum_cash": money(found.minimum_cash),
        "runway": [rung(item) for item in found.rungs],
        "measures": [
            {"name": item.name, "unit": item.unit, "value": measured(item), "formula": item.formula}
            for item in found.measures
        ],
    }
