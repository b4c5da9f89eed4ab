"""Stretches of exit values on which every payout is a straight line, found from one corner of the level to the next.

Where the sum of all payouts jumps, those who would convert at that level hold out, as few as the exit value needs.
That decides for post-money instruments, which follow the others; the decisions of the others inside a jump are
settled in `jumps`, and this is its start and its fallback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.sale import SaleError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from fractions import Fraction

    from runway.ownership.claims import Claims, ClaimsState


class Segment(NamedTuple):
    """The exit values above `value` and up to `last` between which nobody changes what he does."""

    value: Fraction  # where it starts
    last: Fraction | None  # where it ends; None has no end
    level: Fraction
    top: Fraction  # the level at its end, or 1 above `level` where it has no end
    rise: Fraction  # of the exit value from `level` to `top`
    claims: Claims  # inside a jump those of whom each class, note and discount has decided
    holdouts: frozenset[str]
    unsettled: tuple[str, ...] = ()  # those whose choice the terms leave open

    def level_at(self, value: Fraction) -> Fraction:
        """The level that pays out an exit value."""
        if not self.rise:
            return self.level
        return self.level + (value - self.value) * (self.top - self.level) / self.rise

    def start(self) -> ClaimsState:
        """Who converts and exercises just above its start."""
        return self.claims.state(self.level, self.holdouts, above=True)

    def end(self) -> ClaimsState:
        """Who converts and exercises at its end."""
        return self.claims.state(self.top, self.holdouts)

    def ends(self) -> tuple[Mapping[str, Fraction], Mapping[str, Fraction]]:
        """The payouts just above its start and at its end."""
        return self.claims.payouts(self.level, self.start()), self.claims.payouts(self.top, self.end())

    def between(self, value: Fraction, last: Fraction) -> Segment | None:
        """Its part between two exit values, if there is any."""
        low, high = max(self.value, value), last if self.last is None else min(self.last, last)
        if low >= high:
            return None
        return self._replace(value=low, last=high, level=self.level_at(low), top=self.level_at(high), rise=high - low)


def path(
    claims: Claims,
    level: Fraction,
    value: Fraction,
    end: Fraction | None = None,
    holdouts: frozenset[str] = frozenset(),
    across: Callable[[Claims, Fraction, Fraction, Fraction, frozenset[str]], Iterator[Segment]] | None = None,
) -> Iterator[Segment]:
    """The segments from a level to an exit value with these holdouts; `across` crosses the jumps, or else `gap`."""
    across = across or gap
    for corner in claims.corners(holdouts, level):
        reached = claims.total(corner, holdouts)
        rise = reached - value
        if end is not None and reached >= end:
            top = level + (corner - level) * (end - value) / rise if rise else corner
            yield Segment(value, end, level, top, end - value, claims, holdouts)
            return
        if rise:
            yield Segment(value, reached, level, corner, rise, claims, holdouts)
        after = claims.total(corner, holdouts, above=True)
        if after > reached:
            yield from across(claims, corner, reached, after if end is None else min(after, end), holdouts)
        if end is not None and after >= end:
            return
        level, value = corner, after
    rise = claims.total(level + 1, holdouts) - value
    if not rise:
        text = "nobody holds a share that takes what debts and preferences leave."
        raise SaleError("sale-without-shares", text, "exit", "securities")
    top = level + 1 if end is None else level + (end - value) / rise
    yield Segment(value, end, level, top, rise if end is None else end - value, claims, holdouts)


def gap(
    claims: Claims, level: Fraction, value: Fraction, end: Fraction, holdouts: frozenset[str] = frozenset()
) -> Iterator[Segment]:
    """The segments across a jump: of those who would convert at its level, as few hold out as the exit value needs."""
    without = {name: claims.total(level, holdouts | {name}, above=True) for name in claims.triggers(level, holdouts)}
    least = min(without.values())
    holdouts |= {name for name, needed in without.items() if needed == least}  # equal ones together
    start = claims.total(level, holdouts, above=True)
    if start > value:
        yield from gap(claims, level, value, min(start, end), holdouts)
    if start < end:
        yield from path(claims, level, start, end, holdouts)
