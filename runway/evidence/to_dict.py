"""The documented JSON of explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.rounding import rounded
from runway.to_dict import rung_to_dict, text

if TYPE_CHECKING:
    from runway.evidence.explain import Explanation, Term
    from runway.evidence.headline import Headline, RungExplained


def term_to_dict(term: Term, digits: int = 2) -> dict[str, Any]:
    """A term and the terms below it; a figure's value is the number that was written, a condition's true or false."""
    value: Any = rounded(term.value)
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
        "origin": None if term.origin is None else term.origin.to_dict(),
        "above": term.above,
        "deeper": term.deeper,
        "terms": [term_to_dict(inner, digits) for inner in term.terms],
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
        "explained": term_to_dict(found.term, found.minor_digits),
        "inputs": [origin.to_dict() for origin in found.inputs],
        "defaults": [origin.to_dict() for origin in found.defaults],
        "used_by": list(found.used_by),
    }


def headline_to_dict(found: Headline) -> dict[str, Any]:
    """One entry a rung, its ladder keys first."""
    digits = found.minor_digits

    def money(value: float) -> float:
        return round(value, digits) + 0.0

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
    }
