"""The documented JSON of `runway solve`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from runway.answers.projection_to_dict import rung_to_dict
from runway.words import rounded

if TYPE_CHECKING:
    from runway.answers.solve import Solution
    from runway.engine.ladder import Rung


def solution_to_dict(found: Solution) -> dict[str, Any]:
    """The question, the answer with its `set`, where the target holds, and the rung before and after."""

    def rung(item: Rung | None) -> dict[str, Any] | None:
        if item is None:
            return None
        closing = round(item.closing_cash, found.minor_digits)
        return {**rung_to_dict(item, found.minor_digits), "closing_cash": closing}

    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "counting": found.rung,
        "vary": found.address,
        "so_that": found.target,
        "status": found.status,
        "met": found.met,
        "searched": list(found.searched),
        "original": found.original,
        "answer": found.answer,
        "side": found.side or None,
        "holds": [
            {"from": s.low, "to": s.high, "from_open": s.low_open, "to_open": s.high_open} for s in found.stretches
        ],
        "turns": found.turns,
        "set": plain(found.set),
        "before": rung(found.before),
        "after": rung(found.after),
        "nearest": found.nearest and {"value": found.nearest[0], "at": found.nearest[1]},
        "jump": found.jump and dict(zip(("from", "to", "at"), found.jump, strict=True)),
        "refused": found.refused,
        "ownership": {
            "before": {title: rounded(stake) for title, stake in found.owned_before.items()},
            "after": {title: rounded(stake) for title, stake in found.owned_after.items()},
        },
    }


def plain(value: Any) -> Any:
    """Values of a file as JSON has them."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if hasattr(value, "items") else value
