"""Every value rounded to what it is exact to, as JSON and CSV hold it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from runway.answers.projection import Projection

__all__ = ["number", "rounded", "rounding"]

SIGNIFICANT_DIGITS = 12


def rounding(projection: Projection) -> Callable[[float], float | None]:
    """Money to the minor unit; nothing for a figure that does not exist."""

    def to_minor_unit(value: float) -> float | None:
        return round(value, projection.minor_digits) + 0.0 if isfinite(value) else None

    return to_minor_unit


def rounded(value: float) -> float | None:
    """Any other figure to twelve digits, which is what powers and roots agree to on different processors."""
    return float(f"{value:.{SIGNIFICANT_DIGITS}g}") + 0.0 if isfinite(value) else None


def number(value: Fraction | None) -> float | int | None:
    """An exact number: whole where it is whole, else to twelve digits."""
    if value is None:
        return None
    return int(value) if value.denominator == 1 else rounded(float(value))
