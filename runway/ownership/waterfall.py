"""The payouts of a sale of the company, exactly.

Everything that is paid is a function of one number, the level of the water.  It first rises through the ranks of debts
and preferences, one unit a rank, its fraction being the part of that rank that is paid; above the last rank it is the
money per share of common.  What a security takes at a level depends on nothing but the level, so the sum of all
payouts is piecewise linear in it, and the level of an exit value is found exactly between two of its corners.

Only securities that no round has converted can make the sum jump: a post-money SAFE holds a fixed part of what it
counts, so each further conversion gives more to those that have converted already.  An exit value inside a jump is one
at which not all of those conversions pay with all their effects counted; `jumps` finds who converts there.
"""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.claims import Claims
from runway.ownership.jumps import jump_segments
from runway.ownership.sale import SaleError
from runway.ownership.segments import path

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.ownership.sale import Debt, OpenConvertible, Outcome, Security
    from runway.ownership.segments import Segment

WORDS = {
    "repaid": "{} is repaid in full",
    "paid": "preference of {} is paid in full",
    "refunded": "{} has its money back",
    "exercised": "strike of {} is passed",
    "capped": "cap of {} is reached",
    "converts": "{} converts",
}
UNDONE = {"exercised": "strike of {} is not reached any more", "converts": "{} no longer converts"}


class ExitProceeds(NamedTuple):
    """The payout of each claim at one exit value; they sum to it exactly."""

    value: Fraction
    payouts: Mapping[str, Fraction]  # by debt, security and unconverted instrument; options and warrants net of strikes
    outcomes: Mapping[str, Outcome]  # by claim, in one word
    share_value: Fraction  # money per share of common, before any strike
    unsettled: tuple[str, ...] = ()  # those whose choice the terms leave open: several sets hold, or none


class ClaimChange(NamedTuple):
    """The change of one claim at a breakpoint.

    >>> print(ClaimChange("series_a", "converts"))
    series_a converts
    """

    name: str
    event: str
    undone: bool = False  # a jump lowers the value of a share, so an option may leave the money

    def __str__(self) -> str:
        return (UNDONE if self.undone else WORDS)[self.event].format(self.name)


class Breakpoint(NamedTuple):
    """An exit value above which the next unit of money is shared in another way."""

    value: Fraction
    changes: tuple[ClaimChange, ...]
    jump: bool  # whether payouts jump here; at the value itself those from below hold

    def __str__(self) -> str:
        return "; ".join(map(str, self.changes))


class Waterfall:
    """The claims on an exit value, and how it is shared among them.

    Debts (notes are debts) are paid first, by seniority; then preferences and the money of SAFEs, by seniority, equal
    seniority pro rata to the amounts; then everybody shares as common.  A class, note or SAFE converts only where that
    is strictly better for it, with all that its conversion changes; an option or warrant exercises where a share is
    worth more than its strike.  The unissued pool gets nothing.

    `unissued_pool` matters only to the notes whose cap counts it.

    >>> from runway.ownership.sale import Security
    >>> preferred = Security("series_a", Fraction(200), preference=Fraction(300))
    >>> waterfall = Waterfall([Security("common", Fraction(800)), preferred])
    >>> {name: str(money) for name, money in waterfall.sale(Fraction(1000)).payouts.items()}
    {'common': '700', 'series_a': '300'}
    >>> [(str(point.value), str(point)) for point in waterfall.breakpoints]
    [('300', 'preference of series_a is paid in full'), ('1500', 'series_a converts')]
    """

    def __init__(
        self,
        securities: Sequence[Security],
        debts: Sequence[Debt] = (),
        unconverted: Sequence[OpenConvertible] = (),
        unissued_pool: Fraction = Fraction(0),
    ) -> None:
        self._claims = Claims(securities, debts, unconverted, unissued_pool)

    def sale(self, value: Fraction) -> ExitProceeds:
        """Each claim's payout at an exit value, in money; the payouts sum to the value exactly.

        Nobody regrets what he did, wherever the terms allow that.  Inside a jump `unsettled` names those whose choice
        they leave open (see `jumps`); outside one it is empty, though in rare cases another outcome would hold as well.
        """
        if value < 0:
            raise SaleError("negative-exit-value", "an exit value is not negative.", "exit", "value")
        segment = self._segments[bisect_left(self._ends, value)]
        claims, level = segment.claims, segment.level_at(value)
        state = claims.state(level, segment.holdouts)
        payouts = claims.payouts(level, state)
        assert sum(payouts.values()) == value, "payouts do not sum to the exit value"
        claims.check(level, state, payouts)
        outcomes, share_value = claims.outcomes(level, state), claims.share_value(level)
        return ExitProceeds(value, payouts, outcomes, share_value, segment.unsettled)

    @cached_property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The exit values at which somebody's share of the next unit of money changes, in order, and why."""
        points: list[Breakpoint] = []
        for lower, upper in pairwise(self._segments):
            before, after = lower.end(), upper.start()
            below = lower.claims.events(lower.top, before)
            above = upper.claims.events(upper.level, after, above=True)
            changes = [ClaimChange(*fact) for fact in above if fact not in below]
            changes += [ClaimChange(*fact, undone=True) for fact in below if fact not in above and fact[1] in UNDONE]
            if not changes:
                continue
            jump = lower.claims.payouts(lower.top, before) != upper.claims.payouts(upper.level, after)
            if points and points[-1].value == upper.value:
                last = points.pop()
                points.append(Breakpoint(last.value, (*last.changes, *changes), last.jump or jump))
            else:
                points.append(Breakpoint(upper.value, tuple(changes), jump))
        return tuple(points)

    @cached_property
    def _segments(self) -> list[Segment]:
        return list(path(self._claims, Fraction(0), Fraction(0), across=jump_segments))

    @cached_property
    def _ends(self) -> list[Fraction]:
        return [segment.last for segment in self._segments if segment.last is not None]
