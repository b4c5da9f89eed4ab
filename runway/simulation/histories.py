"""Looks back further than a month, over arrays: how far may itself vary by path."""

from __future__ import annotations

from typing import Any

from runway.language import arithmetic


def lag(history: Any, opening: Any, t: int, n: Any) -> Any:
    """The value `n` months ago, a fraction between two months interpolated; the opening before the first month."""
    if isinstance(n, float | int):
        return arithmetic.lag(history, t, n, opening)
    import numpy

    back = numpy.maximum(n, 0.0)
    whole = numpy.floor(back)
    part = back - whole

    def value(months: Any) -> Any:
        place = t - months.astype(int)
        inside = numpy.maximum(place, 0)
        past = numpy.asarray(history)
        values = past[inside] if past.ndim == 1 else past[inside, numpy.arange(len(inside))]
        return numpy.where(place < 0, opening, values)

    nearer = value(whole)
    return nearer + (value(whole + 1) - nearer) * part


def sum_last(history: Any, opening: Any, t: int, n: Any) -> Any:  # noqa: ARG001  # one form for all three
    """The sum of the last `n` months, this one included."""
    return arithmetic.total(history[max(0, t - int(n) + 1) : t + 1])
