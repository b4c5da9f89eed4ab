"""The documented form of a projection: the keys of the stable contract first, then everything else it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import rounded

if TYPE_CHECKING:
    from datetime import date

    from runway.engine.ladder import Rung


def text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def rung_to_dict(item: Rung, minor_digits: int) -> dict[str, Any]:
    """One rung of the ladder by its documented keys; `months` is null when the cash lasts beyond the horizon."""
    return {
        "counting": item.counting,
        "months": None if item.months is None else rounded(item.months),
        "zero_cash_date": text(item.zero_cash_date),
        "beyond_horizon": item.beyond_horizon,
        "lowest_cash": round(item.lowest_cash, minor_digits) + 0.0,
        "lowest_cash_date": text(item.lowest_cash_date),
        "funding_gap": round(item.funding_gap, minor_digits) + 0.0,
    }
