"""Which rows of a projection are money, and every value rounded to what it is exact to."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.projection import Projection

__all__ = ["money_rows", "rounded", "rounding"]

SIGNIFICANT_DIGITS = 12
FIRST_PARTS = ("bridge", "cash", "total")
LAST_PARTS = (
    *("revenue", "cost", "spend", "flow", "billed", "receivable", "payable", "deferred", "net_loss"),
    *("headline", "committed", "available", "drawn", "post_money"),
)


def money_rows(projection: Projection) -> frozenset[str]:
    """Addresses whose values are posted to the minor unit: flows, balances, totals, what lines earn or cost."""
    earned = {line.earned for section in projection.sections for line in section.lines}
    return frozenset(address for address in projection.rows if address in earned or is_money(address))


def is_money(address: str) -> bool:
    first, _, _ = address.partition(".")
    last = address.rpartition(".")[2]
    return first in FIRST_PARTS or last in LAST_PARTS or last.endswith("_burn") or "cash" in last


def rounding(projection: Projection) -> Callable[[float], float | None]:
    """Money to the minor unit; nothing for a figure that does not exist."""

    def to_minor_unit(value: float) -> float | None:
        return round(value, projection.minor_digits) + 0.0 if isfinite(value) else None

    return to_minor_unit


def rounded(value: float) -> float | None:
    """Any other figure to twelve digits, which is what powers and roots agree to on different processors."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0 if isfinite(value) else None
