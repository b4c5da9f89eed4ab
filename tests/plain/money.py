"""What every plain calculation needs: months, and exact money posted to the cent."""

from __future__ import annotations

from calendar import monthrange
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

B = Fraction(10**9)
M = Fraction(10**6)


def months(year: int, month: int, count: int) -> Iterator[tuple[int, int, int]]:
    """Year, month and days of `count` months."""
    for _ in range(count):
        yield year, month, monthrange(year, month)[1]
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def post(x: Fraction) -> Fraction:
    """To the cent, halves away from zero.

    >>> [float(post(Fraction(x, 1000))) for x in (125, -125, 124)]
    [0.13, -0.13, 0.12]
    """
    cents = (abs(x) * 200 + 1) // 2
    return Fraction(cents if x >= 0 else -cents, 100)
