"""The documented JSON of what-if results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import rounded

if TYPE_CHECKING:
    from runway.engine.ladder import Rung


def outcome_to_dict(outcome: Rung, digits: int = 2) -> dict[str, Any]:
    """Months (null beyond the horizon), the day, and money to the minor unit."""
    return {
        "months": None if outcome.months is None else rounded(outcome.months),
        "zero_cash_date": outcome.zero_cash_date and outcome.zero_cash_date.isoformat(),
        "lowest_cash": round(outcome.lowest_cash, digits),
        "funding_gap": round(outcome.funding_gap, digits),
        "closing_cash": round(outcome.closing_cash, digits),
    }
