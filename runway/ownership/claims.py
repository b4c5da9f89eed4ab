"""The payout of each debt, security and unconverted instrument of a sale at one level (see `waterfall`)."""

from __future__ import annotations

from bisect import bisect_right
from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.records import ONE, ZERO
from runway.ownership.sale import SaleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from runway.ownership.sale import Debt, OpenConvertible, Outcome, Security

ALWAYS = Fraction(-1)  # a level below all others


class ClaimsState(NamedTuple):
    """Who converts and who exercises at one level."""

    converts: frozenset[str]
    exercised: frozenset[str]
    company: Fraction  # the value of all that post-money instruments count, themselves included


class _PostMoneyClaim(NamedTuple):
    """A post-money instrument: it converts above the company value at which its part is worth more than its cash."""

    above: Fraction
    part: Fraction
    name: str


class Claims:
    """All claims on a sale, as functions of the level; `holdouts` do not convert though it would be due.

    With `above` a function answers for the level's right-hand side: those who are indifferent at it then act.
    """

    def __init__(
        self,
        securities: Sequence[Security],
        debts: Sequence[Debt],
        unconverted: Sequence[OpenConvertible],
        unissued_pool: Fraction,
    ) -> None:
        self.securities, self.debts, self.unconverted = tuple(securities), tuple(debts), tuple(unconverted)
        self._refuse()
        claims = [(1, d.seniority) for d in debts if d.amount] + [(0, s.seniority) for s in securities if s.preference]
        claims += [(u.note, u.seniority) for u in unconverted if u.cash]
        self._ranks = {rank: n for n, rank in enumerate(sorted(set(claims), reverse=True))}
        self._base = Fraction(len(self._ranks))  # the level at which a share of common is worth nothing yet
        self._class = {s.name: s.buys for s in securities if s.buys}
        self._exercise = {s.name: self._exercise_level(s) for s in securities if s.strike}
        self._conversion = {s.name: self._conversion_level(s) for s in securities if s.preference}
        self._capped = {
            s.name: self._base + (_cap(s) - s.preference) / s.shares
            for s in securities
            if s.participation == "capped" and s.shares
        }
        self._fixed: dict[str, Fraction] = {}  # shares of instruments whose count does not depend on who converts
        self._discounted: dict[str, Fraction] = {}  # the payout of those that convert at a discount alone
        parts = []
        for u in unconverted:
            if not u.cash:
                continue
            part = u.ownership or (u.money / u.cap if u.cap is not None and u.form == "post_money" else None)
            if part is not None:
                parts.append(_PostMoneyClaim(u.cash / part, part, u.name))
            elif u.cap is not None:
                self._fixed[u.name] = u.money * self._counted_by_pre_money(u, unissued_pool) / u.cap
                at = u.cash / self._fixed[u.name] if self._fixed[u.name] else None
                self._conversion[u.name] = None if at is None else self._base + at
            elif u.discount and u.money / (1 - u.discount) > u.cash:
                self._discounted[u.name] = u.money / (1 - u.discount)
                self._conversion[u.name] = self._base
        self._parts = sorted(parts)
        if sum(p.part for p in parts) >= 1:
            text = "instruments that own 100 % or more of the company leave nothing to share."
            raise SaleError("unconverted-own-everything", text, parts[0].name, "cap")

    def share_value(self, level: Fraction) -> Fraction:
        """Money per share of common."""
        return max(ZERO, level - self._base)

    def state(self, level: Fraction, holdouts: frozenset[str] = frozenset(), *, above: bool = False) -> ClaimsState:
        """Who converts and who exercises at a level; the holdouts do not convert."""
        due = {name for name, at in self._conversion.items() if _is_past(at, level, above)}
        converts = {name for name in due if self._class.get(name, name) not in holdouts}
        exercised = {
            s.name
            for s in self.securities
            if _is_past(self._exercise.get(s.name), level, above) and (s.name in converts or not _converts_first(s))
        }
        company = ZERO
        if level > self._base or (above and level == self._base):
            shares, claims = self._counted_by_post_money(converts, exercised)
            parts = [p for p in self._parts if p.name not in holdouts]
            owned = sum((p.part for p in parts), ZERO)
            while parts and not _is_past(self._pays_from(parts[-1], owned, shares, claims), level, above):
                owned -= parts.pop().part
            converts.update(p.name for p in parts)
            company = (self.share_value(level) * shares + claims) / (1 - owned)
        return ClaimsState(frozenset(converts), frozenset(exercised), company)

    def payouts(self, level: Fraction, state: ClaimsState) -> dict[str, Fraction]:
        """The payout of each claim at a level, net of strikes."""
        value = self.share_value(level)
        paid = {rank: min(max(level - n, ZERO), ONE) if level < self._base else ONE for rank, n in self._ranks.items()}
        out = {d.name: d.amount * paid[1, d.seniority] if d.amount else ZERO for d in self.debts}
        for s in self.securities:
            if s.strike and s.name not in state.exercised:
                out[s.name] = ZERO
                continue
            gross = value * s.shares
            if s.preference and s.name not in state.converts:
                preference = s.preference * paid[0, s.seniority]
                gross = preference + (gross if s.participation != "none" else ZERO)
                if s.participation == "capped":
                    gross = min(gross, _cap(s))
            out[s.name] = gross - s.strike * s.shares
        part = {p.name: p.part for p in self._parts}
        for u in self.unconverted:
            if u.name not in state.converts:
                out[u.name] = u.cash * paid[u.note, u.seniority] if u.cash else ZERO
            elif u.name in part:
                out[u.name] = part[u.name] * state.company
            else:
                out[u.name] = self._discounted.get(u.name) or self._fixed[u.name] * value
        return out

    def total(self, level: Fraction, holdouts: frozenset[str], *, above: bool = False) -> Fraction:
        """The exit value that a level pays out."""
        return sum(self.payouts(level, self.state(level, holdouts, above=above)).values(), ZERO)

    def corners(self, holdouts: frozenset[str], level: Fraction = ZERO) -> Iterator[Fraction]:
        """The levels above `level` at which the slope of a payout may change or a payout jump, in order."""
        corners = [corner for corner in self._corners() if corner > level]
        for low, high in zip([level, *corners], [*corners, None], strict=True):
            if low > level:
                yield low
            if low >= self._base and self._parts:
                yield from self._post_money_corners(low, high, holdouts)

    def _corners(self) -> list[Fraction]:
        """The corners that do not depend on who converts, in order."""
        levels = [*map(Fraction, range(1, len(self._ranks) + 1)), self._base, *self._capped.values()]
        fixed = {*levels, *self._exercise.values(), *self._conversion.values()}
        return sorted(at for at in fixed if at is not None)

    def _post_money_corners(self, low: Fraction, high: Fraction | None, holdouts: frozenset[str]) -> list[Fraction]:
        """The levels at which post-money instruments may convert, between two at which others act."""
        state = self.state(low, holdouts, above=True)
        shares, claims = self._counted_by_post_money(state.converts, state.exercised)
        owned, between = ZERO, set()
        for p in self._parts:
            if p.name not in holdouts:
                owned += p.part
                at = self._pays_from(p, owned, shares, claims)
                if at is not None and at > low and (high is None or at < high):
                    between.add(at)
        return sorted(between)

    def triggers(self, level: Fraction, holdouts: frozenset[str]) -> set[str]:
        """Those whose conversion at a level is due and moves what others get, most directly.

        A SAFE that follows because a class, a note or a discount converts is none; of several SAFEs that would convert
        together it is those with the highest cap, without whom the others decide anew.
        """
        due = {self._class.get(name, name) for name, at in self._conversion.items() if at == level} - holdouts
        due = {name for name in due if name in self._fixed or name in self._discounted or self._left_out(name)}
        if due:
            return due
        before, after = self.state(level, holdouts), self.state(level, holdouts, above=True)
        new = [p for p in self._parts if p.name in after.converts - before.converts]
        return {p.name for p in new if p.above == new[-1].above}

    @property
    def post_money(self) -> frozenset[str]:
        """The post-money instruments: whether each converts follows from who else does."""
        return frozenset(p.name for p in self._parts)

    @property
    def discounts(self) -> frozenset[str]:
        """The instruments that convert at a discount alone."""
        return frozenset(self._discounted)

    def due_conversions(self, low: Fraction | None, high: Fraction | None) -> frozenset[str]:
        """The classes, notes and discounts whose conversion is due from level `low` on and below `high`."""
        due = {
            self._class.get(name, name)
            for name, at in self._conversion.items()
            if at is not None and (low is None or at >= low) and (high is None or at < high)
        }
        return frozenset(due)

    def with_conversions(self, converts: AbstractSet[str]) -> Claims:
        """The same claims where exactly these classes, notes and discounts convert, at whatever level."""
        claims = copy(self)
        claims._conversion = {
            name: ALWAYS if at is not None and self._class.get(name, name) in converts else None
            for name, at in self._conversion.items()
        }
        claims._exercise = self._exercise | {
            s.name: self._base + s.strike
            for s in self.securities
            if s.strike and s.shares and claims._conversion.get(s.name) is not None
        }
        return claims

    def common_start(self, holdouts: frozenset[str]) -> Fraction:
        """The exit value at which common begins to share while the holdouts do not convert."""
        return self.total(self._base, holdouts, above=True)

    def start(self, value: Fraction, holdouts: frozenset[str] = frozenset()) -> tuple[Fraction, Fraction]:
        """Of the corners where common shares, the last that an exit value passes, or the first; and its exit value."""
        corners = [corner for corner in self._corners() if corner >= self._base]
        passed = bisect_right(corners, value, key=lambda corner: self.total(corner, holdouts, above=True))
        level = corners[max(passed - 1, 0)]
        return level, self.total(level, holdouts, above=True)

    def events(self, level: Fraction, state: ClaimsState, *, above: bool = False) -> list[tuple[str, str]]:
        """The events up to a level: each claim that is paid in full, exercises, is capped or converts."""

        def full(rank: tuple[int, int]) -> bool:
            return _is_past(Fraction(self._ranks[rank] + 1), level, above)

        out = [(d.name, "repaid") for d in self.debts if d.amount and full((1, d.seniority))]
        for s in self.securities:
            if s.preference and not s.strike and full((0, s.seniority)):
                out.append((s.name, "paid"))
            if s.name in state.exercised:
                out.append((s.name, "exercised"))
            if not s.strike and _is_past(self._capped.get(s.name), level, above):
                out.append((s.name, "capped"))
            if s.preference and not s.strike and s.name in state.converts:
                out.append((s.name, "converts"))
        for u in self.unconverted:
            if u.cash and full((u.note, u.seniority)):
                out.append((u.name, "repaid" if u.note else "refunded"))
            if u.name in state.converts:
                out.append((u.name, "converts"))
        return out

    def outcomes(self, level: Fraction, state: ClaimsState) -> dict[str, Outcome]:
        """The outcome of each claim at a level, in one word."""
        out: dict[str, Outcome] = {d.name: "repaid" for d in self.debts}
        for s in self.securities:
            if s.strike:
                out[s.name] = "exercised" if s.name in state.exercised else "not exercised"
            elif not s.preference:
                out[s.name] = "common"
            elif s.name in state.converts:
                out[s.name] = "converts"
            elif _is_past(self._capped.get(s.name), level, above=True):
                out[s.name] = "capped"
            else:
                participates = s.participation != "none" and level > self._base
                out[s.name] = "participates" if participates else "preference"
        for u in self.unconverted:
            out[u.name] = "converts" if u.name in state.converts else "repaid" if u.note else "cash"
        return out

    def check(self, level: Fraction, state: ClaimsState, payouts: Mapping[str, Fraction]) -> None:
        """Assert that nobody gets less than nothing or more than the terms allow, and that each took its better way."""
        value = self.share_value(level)
        for d in self.debts:
            assert 0 <= payouts[d.name] <= d.amount, d.name
        for s in self.securities:
            gross, common = payouts[s.name] + s.strike * s.shares, value * s.shares
            assert payouts[s.name] >= 0, s.name
            if not s.preference or s.name in state.converts:
                assert s.name not in state.converts or common > (s.cap or s.preference), s.name
            elif s.participation == "none":
                assert gross <= max(s.preference, s.strike * s.shares), s.name
            elif s.participation == "capped":
                assert gross <= max(_cap(s), s.strike * s.shares), s.name
        for u in self.unconverted:
            payout = payouts[u.name]
            assert payout > u.cash if u.name in state.converts else 0 <= payout <= u.cash, u.name

    def _exercise_level(self, s: Security) -> Fraction | None:
        cost = s.strike * s.shares
        if s.preference > cost:  # its preference alone is worth the strike
            return self._ranks[0, s.seniority] + cost / s.preference
        if not s.shares:
            return None
        preference = ZERO if _converts_first(s) else s.preference
        return self._base + (cost - preference) / s.shares

    def _conversion_level(self, s: Security) -> Fraction | None:
        if not s.shares or s.participation == "full":
            return None
        return self._base + (_cap(s) if s.participation == "capped" else s.preference) / s.shares

    def _left_out(self, name: str) -> bool:
        """Whether the capitalization of SAFEs counts a class only once it converts."""
        return any(s.name == name and s.participation == "none" for s in self.securities)

    def _counted_by_post_money(
        self, converts: AbstractSet[str], exercised: AbstractSet[str]
    ) -> tuple[Fraction, Fraction]:
        """Shares, and money that converts at a discount, in what a post-money cap divides by, post-money apart."""
        shares = ZERO
        for s in self.securities:
            prefers = s.preference and s.participation == "none" and s.name not in converts
            if not prefers or (s.strike and s.name not in exercised):
                shares += s.shares
        shares += sum((count for name, count in self._fixed.items() if name in converts), ZERO)
        return shares, sum((claim for name, claim in self._discounted.items() if name in converts), ZERO)

    def _counted_by_pre_money(self, u: OpenConvertible, unissued_pool: Fraction) -> Fraction:
        """Shares that a pre-money cap is divided by."""
        if u.note and u.counts == "common":
            return sum((s.shares for s in self.securities if not (s.preference or s.strike or s.granted)), ZERO)
        pool = unissued_pool if u.note and u.counts == "pool" else ZERO
        return sum((s.shares for s in self.securities), pool)

    def _pays_from(self, p: _PostMoneyClaim, owned: Fraction, shares: Fraction, claims: Fraction) -> Fraction | None:
        """The level above which a post-money instrument converts where those that convert own a part `owned`."""
        needed = p.above * (1 - owned) - claims
        if needed < 0:
            return self._base
        return self._base + needed / shares if shares else None

    def _refuse(self) -> None:
        """Refuse terms that mean nothing."""
        for s in self.securities:
            if s.participation == "capped" and (s.cap is None or s.cap < s.preference):
                text = "the cap of a capped participation is money in all, at least the preference."
                raise SaleError("participation-cap", text, s.name, "cap")
        for u in self.unconverted:
            if not 0 <= u.discount < 1:
                raise SaleError("discount-out-of-range", "a discount is from 0 to below 100 %.", u.name, "discount")
            if u.cap is not None and u.cap <= 0:
                raise SaleError("cap-of-nothing", "a valuation cap is above zero.", u.name, "cap")


def _is_past(threshold: Fraction | None, level: Fraction, above: bool) -> bool:
    return threshold is not None and (level > threshold or (above and level == threshold))


def _converts_first(s: Security) -> bool:
    """Whether a warrant is worth its strike only once its class converts."""
    limit = s.preference if s.participation == "none" else _cap(s) if s.participation == "capped" else None
    return bool(s.preference) and limit is not None and limit <= s.strike * s.shares


def _cap(s: Security) -> Fraction:
    assert s.cap is not None
    return s.cap
