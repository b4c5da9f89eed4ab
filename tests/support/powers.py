"""Powers, exponentials and logarithms as the page has them: the steps of its runtime, on Python's floats.

The C library of another machine may round one of many thousands otherwise; a run that differs from the page for that
reason alone is the page's with these in place of the library's.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from runway.language import arithmetic

if TYPE_CHECKING:
    from collections.abc import Iterator

DIGITS = 40  # far more than what decides the last bit of a float


def _log(x: Fraction) -> Fraction:
    """2 atanh((m - 1) / (m + 1)) + e log 2, to some 130 bits."""
    e = x.numerator.bit_length() - x.denominator.bit_length()
    m = x / Fraction(2) ** e
    return _atanh(m) + e * LOG2


def _atanh(m: Fraction) -> Fraction:
    s = _cut((m - 1) / (m + 1))
    square, power, total = _cut(s * s), s, Fraction(0)
    for n in range(1, 2 * DIGITS * 4, 2):
        total += power / n
        power = _cut(power * square)
        if abs(power) < Fraction(1, 10**DIGITS):
            break
    return _cut(2 * total)


def _cut(x: Fraction) -> Fraction:
    return Fraction(round(x * 2**160), 2**160)


LOG2 = _atanh(Fraction(2))


def _exp(y: Fraction) -> float:
    k = round(y / LOG2)
    r = _cut(y - k * LOG2)
    term, total = Fraction(1), Fraction(1)
    for n in range(1, 60):
        term = _cut(term * r / n)
        total += term
    return float(total * Fraction(2) ** k)


def power(x: float, y: float) -> float:
    """`x ** y` to the nearest float."""
    found = arithmetic_power(x, y)
    if x == 0 or y == 0 or not all(map(math.isfinite, (x, y, found))) or found == 0:
        return found
    return math.copysign(_exp(Fraction(y) * _log(abs(Fraction(x)))), found)


arithmetic_power = arithmetic.power


def exp(x: float) -> float:
    """`e ** x` to the nearest float."""
    return math.exp(x) if not math.isfinite(x) or math.exp(x) == 0 else _exp(Fraction(x))


def log(x: float) -> float:
    """The natural logarithm to the nearest float."""
    return float(_log(Fraction(x))) if 0 < x < math.inf else math.log(x)


@contextmanager
def nearest() -> Iterator[None]:
    """While a program is printed and run, powers are the nearest floats."""
    patch = pytest.MonkeyPatch()
    changed: dict[str, Any] = {"power": power, "exp": exp, "log": log}
    for name, function in changed.items():
        patch.setattr(arithmetic, name, function)
    try:
        yield
    finally:
        patch.undo()
