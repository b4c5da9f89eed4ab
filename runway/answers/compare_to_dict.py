"""The documented JSON of a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.projection_to_dict import rung_to_dict
from runway.answers.sensitivity_to_dict import outcome_to_dict
from runway.words import rounded

if TYPE_CHECKING:
    from runway.answers.compare import Change, Comparison
    from runway.answers.projection import Projection


def comparison_to_dict(found: Comparison) -> dict[str, Any]:
    """`before` and `after` with their ladders, `changes`, and `effects` that add up to `total`."""
    digits = found.minor_digits
    money = found.metric not in ("runway", "zero-cash-date")

    def figure(value: float) -> float | None:
        return round(value, digits) + 0.0 if money else rounded(value)

    def change(item: Change) -> dict[str, Any]:
        return {
            "address": item.address,
            "before": item.before,
            "after": item.after,
            "file": item.file,
            "line": item.line,
        }

    def side(n: int) -> dict[str, Any]:
        projection = found.projections[n]
        return {
            "title": found.titles[n],
            "model": projection.model,
            "scenario": projection.scenario,
            **outcome_to_dict(found.outcomes[n], digits),
            "runway": rungs(projection, digits),
        }

    return {
        "currency": found.currency,
        "counting": found.rung,
        "before": side(0),
        "after": side(1),
        "metric": found.metric,
        "values": [figure(value) for value in found.values],
        "total": figure(found.total),
        "horizon_counted": found.horizons_counted,
        "changes": [change(item) for item in found.changes],
        "effects": [
            {"name": item.name, "effect": figure(item.effect), "changes": [change(c) for c in item.changes]}
            for item in found.effects
        ],
        "not_attributed": found.why_not,
    }


def rungs(projection: Projection, digits: int) -> list[dict[str, Any]]:
    """The ladder as `runway project --json` has it, with closing cash."""

    return [
        {**rung_to_dict(item, digits), "closing_cash": round(item.closing_cash, digits)} for item in projection.runway
    ]
