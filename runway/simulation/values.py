"""The values that a step of a simulation reads and gives: numbers, series of one number a month, and other steps."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING, Any

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class Series(NamedTuple):
    """One number a month, the same on every path."""

    values: tuple[Any, ...]


class Ref(NamedTuple):
    """The result of a step: one number a path, in every month anew if `monthly`; conditions have `truth`."""

    place: int
    monthly: bool
    truth: bool = False


Value = float | bool | Series | Ref


class Operation(NamedTuple):
    """One operation over arrays."""

    op: str
    args: tuple[Any, ...]
    ref: Ref


def joined(args: tuple[Any, ...]) -> Iterator[Any]:
    """The arguments of a step, those inside tuples of tuples too."""
    for arg in args:
        if isinstance(arg, tuple) and not isinstance(arg, Ref | Series):
            yield from joined(arg)
        else:
            yield arg


def as_factor(value: Value) -> Value:
    """A truth as the number 1 or 0, anything else as it is."""
    return float(value) if isinstance(value, bool) else value


def series(values: Sequence[Any]) -> Value:
    """One number a month, or the number that it is in all of them.

    >>> series([2.0, 2.0]), series([1.0, 2.0])
    (2.0, Series(values=(1.0, 2.0)))
    """
    first: Value = values[0]
    same = all(value == first and type(value) is type(first) for value in values)
    return first if same else Series(tuple(values))


def elementwise(function: Callable[..., Value], values: Sequence[Any], months: int) -> Value:
    """A function of known values, month by month; nan where it has no value."""
    if not any(isinstance(value, Series) for value in values):
        return _or_nan(function, values)
    arguments = ([v.values[t] if isinstance(v, Series) else v for v in values] for t in range(months))
    return series([_or_nan(function, month) for month in arguments])


def _or_nan(function: Callable[..., Value], values: Sequence[Any]) -> Value:
    try:
        return function(*values)
    except (ZeroDivisionError, OverflowError, ValueError):
        return nan
