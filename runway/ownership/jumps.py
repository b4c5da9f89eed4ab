"""Conversions of classes, notes and discounts at the exit values inside a jump: the decisions that nobody regrets.

Somebody regrets a decision if the other one pays him more, all others deciding as they did and the post-money
instruments following.  Inside a jump the level alone does not determine the decisions: each set of them has its own
level there.  So every set is tried: its payouts are straight between its own corners, and the gain of a decision
changes its sign where two straight lines meet; the exit values at which nobody regrets a set are found exactly.

Where there is no such set (each decision makes another claim regret, in a circle) or several, the terms leave it open;
the result names those who differ.  Then those whose conversion needs the least money convert, equal ones together
(`gap`), if nobody regrets that or there is no set; else it is the set that holds from the lowest exit value on, then
the set with the dearer share.  Sets that are equal in that too, as two equal instruments with room for one make them,
are not chosen among.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, combinations, pairwise
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.sale import SaleError
from runway.ownership.segments import Segment, gap, path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from fractions import Fraction

    from runway.ownership.claims import Claims

MOST_UNDECIDED = 8  # of whom every set of decisions is tried; where there are more, the result names them all

Decisions = frozenset[str]  # the names of those who convert


class _PaidSegment(NamedTuple):
    """A segment with the payouts at its two ends."""

    segment: Segment
    start: Mapping[str, Fraction]
    end: Mapping[str, Fraction]

    def paid(self, name: str, value: Fraction) -> Fraction:
        segment = self.segment
        return self.start[name] + (self.end[name] - self.start[name]) * (value - segment.value) / segment.rise


class _Regret(NamedTuple):
    """The exit values above `value` and up to `last` at which a claim would rather have decided the other way."""

    value: Fraction
    last: Fraction
    name: str


class _StableRange(NamedTuple):
    """The exit values at which nobody regrets a set of decisions."""

    value: Fraction
    last: Fraction
    level: Fraction  # just above its start
    top: Fraction  # at its end
    decisions: Decisions

    @property
    def order(self) -> tuple[Fraction, ...]:
        """The first set in order holds from the lowest exit value on, or else has the dearest share."""
        return self.value, -self.level, -self.top, -self.last


def jump_segments(
    claims: Claims, level: Fraction, value: Fraction, end: Fraction, holdouts: frozenset[str]
) -> Iterator[Segment]:
    """The segments across a jump at a level, each with those whose choice the terms leave open."""
    fallback = list(gap(claims, level, value, end, holdouts))
    undecided = _open_decisions(claims, level, value, end)
    if not undecided:
        yield from fallback
    elif len(undecided) > MOST_UNDECIDED:
        yield from (segment._replace(unsettled=tuple(sorted(undecided))) for segment in fallback)
    else:
        yield from _Jump(claims, level, value, end, undecided).segments(fallback)


class _Jump:
    """Every set of decisions of those who have not decided below a jump."""

    def __init__(self, claims: Claims, level: Fraction, value: Fraction, end: Fraction, undecided: Decisions) -> None:
        self.value, self.end, self.names = value, end, undecided
        decided = claims.due_conversions(None, level) - undecided
        subsets = chain.from_iterable(combinations(sorted(undecided), n) for n in range(len(undecided) + 1))
        self.pieces: dict[Decisions, list[_PaidSegment]] = {}
        self.regrets: dict[Decisions, list[_Regret]] = {}
        for decisions in map(frozenset, subsets):  # smaller sets first
            self._add(claims, decisions, decided)
        for decisions in self.pieces:
            for name in undecided - decisions:
                self._compare(decisions, decisions | {name}, name)
        self.stable = [stable for decisions in self.pieces for stable in self._stable(decisions)]

    def segments(self, fallback: Sequence[Segment]) -> Iterator[Segment]:
        """The stable sets' segments in order, and the fallback's where there is no set or no choice among them."""
        edges = {self.value, *map(_end, fallback)}
        edges.update(*((stable.value, stable.last) for stable in self.stable))
        for low, high in pairwise(sorted(edges)):
            first = self._decisions(next(segment for segment in fallback if _end(segment) > low))
            stable_sets = sorted(
                (stable for stable in self.stable if stable.value <= low and stable.last >= high),
                key=lambda stable: (stable.decisions != first, stable.order),
            )
            sets, segments = [stable.decisions for stable in stable_sets], fallback
            if sets and (sets[0] == first or all(stable.order > stable_sets[0].order for stable in stable_sets[1:])):
                segments = [piece.segment for piece in self.pieces[sets[0]]]
            open_ = frozenset.union(*sets) - frozenset.intersection(*sets) if sets else self._circle(low, high, first)
            for segment in segments:
                if part := segment.between(low, high):
                    yield part._replace(unsettled=tuple(sorted(open_)))

    def _decisions(self, segment: Segment) -> Decisions:
        return self.names & segment.end().converts

    def _add(self, claims: Claims, decisions: Decisions, decided: AbstractSet[str]) -> None:
        """The payouts of a set; where there is no room for its discounts, those are paid in money."""
        pieces: list[_PaidSegment] = []
        fixed = claims.with_conversions(decisions | decided)
        level, start = fixed.start(self.value)
        room = fixed.common_start(fixed.post_money) if start > self.value else start
        cash = decisions - claims.discounts
        self.regrets[decisions] = []
        if cash != decisions and room > self.value:
            parts = (piece.segment.between(self.value, room) for piece in self.pieces[cash])
            pieces += [_PaidSegment(part, *part.ends()) for part in parts if part]
            self.regrets[decisions].append(_Regret(self.value, min(room, self.end), min(decisions & claims.discounts)))
        with suppress(SaleError):  # a set that leaves nobody to take the rest
            if max(room, self.value) < min(start, self.end):
                self._keep(pieces, gap(fixed, level, room, min(start, self.end)))
            if start < self.end:
                self._keep(pieces, path(fixed, level, start, self.end))
        self.pieces[decisions] = pieces

    def _keep(self, pieces: list[_PaidSegment], segments: Iterable[Segment]) -> None:
        for segment in segments:
            if part := segment.between(self.value, self.end):
                pieces.append(_PaidSegment(part, *part.ends()))

    def _compare(self, without: Decisions, converting: Decisions, name: str) -> None:
        """Where a claim regrets not to convert, and where to convert."""
        for kept, converted in _overlaps(self.pieces[without], self.pieces[converting]):
            low, high = max(kept.segment.value, converted.segment.value), min(_last(kept), _last(converted))
            gains = [converted.paid(name, value) - kept.paid(name, value) for value in (low, high)]
            edges = [low, high]
            if gains[0] * gains[1] < 0:
                edges.insert(1, low + (high - low) * gains[0] / (gains[0] - gains[1]))
            for n, (start, end) in enumerate(pairwise(edges)):
                gain = gains[0] + gains[1] if len(edges) == 2 else gains[n]
                self.regrets[without if gain > 0 else converting].append(_Regret(start, end, name))

    def _stable(self, decisions: Decisions) -> Iterator[_StableRange]:
        """The exit values that no regret covers."""
        if not self.pieces[decisions]:
            return
        at, end = self.value, _last(self.pieces[decisions][-1])
        for regret in (*sorted(self.regrets[decisions]), _Regret(end, end, "")):
            if regret.value > at:
                first = next(piece.segment for piece in self.pieces[decisions] if _last(piece) > at)
                last = next(piece.segment for piece in self.pieces[decisions] if _last(piece) >= regret.value)
                yield _StableRange(at, regret.value, first.level_at(at), last.level_at(regret.value), decisions)
            at = max(at, regret.last)

    def _circle(self, low: Fraction, high: Fraction, first: Decisions) -> frozenset[str]:
        """Those who decide anew, one after the other, from a set of decisions on."""
        todo, seen, turning = [first], set[Decisions](), set[str]()
        while todo:
            decisions = todo.pop()
            seen.add(decisions)
            names = {regret.name for regret in self.regrets[decisions] if regret.value < high and regret.last > low}
            todo += [decisions ^ {name} for name in names if decisions ^ {name} not in seen]
            turning |= names
        return frozenset(turning)


def _open_decisions(claims: Claims, level: Fraction, value: Fraction, end: Fraction) -> Decisions:
    """Those who may decide either way: due between the level if all convert and the level if none does."""
    highest = _level(claims, end, claims.due_conversions(level, None) | claims.post_money)
    undecided = claims.due_conversions(level, highest)
    if not undecided:
        return undecided
    lowest = _level(claims.with_conversions(claims.due_conversions(None, highest)), value, frozenset())
    wider = claims.due_conversions(level if lowest is None else min(level, lowest), highest)
    return wider if len(wider) <= MOST_UNDECIDED else undecided


def _level(claims: Claims, value: Fraction, holdouts: frozenset[str]) -> Fraction | None:
    """The level of an exit value with these holdouts, if anybody is left to take the rest."""
    with suppress(SaleError):
        return list(path(claims, *claims.start(value, holdouts), value, holdouts))[-1].top
    return None


def _overlaps(firsts: list[_PaidSegment], seconds: list[_PaidSegment]) -> Iterator[tuple[_PaidSegment, _PaidSegment]]:
    """The pairs of pieces that share exit values, in order."""
    n = m = 0
    while n < len(firsts) and m < len(seconds):
        first, second = firsts[n], seconds[m]
        if max(first.segment.value, second.segment.value) < min(_last(first), _last(second)):
            yield first, second
        if _last(first) <= _last(second):
            n += 1
        else:
            m += 1


def _last(piece: _PaidSegment) -> Fraction:
    return _end(piece.segment)


def _end(segment: Segment) -> Fraction:
    assert segment.last is not None
    return segment.last
