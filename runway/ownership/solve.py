"""The exact price of a closing.

It has three unknowns: 1 ÷ price, the increase of the pool, and the shares of all that converts.  Given a way to
convert for each instrument, and whether the pool is topped up, they solve a linear system.  Each unknown grows with the
others, so choosing for each the most shares at the last solution, and solving again, only ever moves upward: no choice
comes back, there are finitely many, and the last solution is the smallest one at which nobody has a better choice.

Which pieces count against a protected class is settled around that: first none, then those that the solution puts below
its conversion price, until they agree.  A piece that begins to count spreads the adjustment over more shares and lifts
the price, so two may take turns; then every way to settle those is tried, and there may be none.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import chain, combinations, product
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership import anti_dilution
from runway.ownership.anti_dilution import Base, Issue
from runway.ownership.convertibles import Choice, LinearShares, Point, choices, total
from runway.ownership.records import ONE, ZERO, CaptableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from fractions import Fraction

    from runway.ownership.records import CapTable, Convertible, RoundTerms, StockClass

NEARLY = 1e-9  # of the sum: a difference that floats do not show
START = Point(ZERO, ZERO, ZERO)
SETTLING = 6  # solutions within which an A that does not hang on the price must stand still
FEW = 8  # protected classes whose adjustments are summed exactly, however long that makes the price
MOST_UNDECIDED = 8  # pieces at the edge of a conversion price whose combinations are tried

DrawnCount = dict[str, tuple[int, ...]]  # by protected class, the pieces that lower its conversion price


class Picks(NamedTuple):
    """One choice for each convertible and class, and whether the pool grows."""

    converting: tuple[LinearShares, ...]
    added: tuple[LinearShares, ...]
    topped_up: bool


class ClosingSolution(NamedTuple):
    """A point at which every choice is the best one, and those choices."""

    point: Point
    pre_money: Fraction
    ways: tuple[tuple[Choice, ...], ...]  # by convertible, all that it may choose
    chosen: tuple[Choice, ...]  # by convertible
    counted: DrawnCount


class _NoSolutionError(Exception):
    def __init__(self, picks: Picks) -> None:
        self.picks = picks


class System:
    """The equations of one closing."""

    def __init__(self, table: CapTable, convertibles: Sequence[Convertible], terms: RoundTerms) -> None:
        self.table, self.terms, self.convertibles = table, terms, convertibles
        self.whole = LinearShares(constant=table.fully_diluted)
        self.money = sum(terms.money.values(), ZERO) if terms.round_money is None else terms.round_money
        self.ways = [choices(instrument, (*convertibles, *terms.waiting), table) for instrument in convertibles]
        round_class = None if terms.class_price is None else terms.share_class.name  # at one price in its own currency
        self.protected = tuple(c for c in anti_dilution.protected_classes(table) if c.name != round_class)
        self.in_price = [c for c in self.protected if terms.anti_dilution_in_price and c.name not in terms.earlier]

    def solution(self) -> ClosingSolution:
        """The point that agrees with its own choices; `CaptableError` where there is none."""
        try:
            point, picks = self._highest_point(self._agreed_bases())
        except _NoSolutionError as error:
            raise self._refusal(error.picks) from None
        chosen = tuple(max(ways, key=lambda way: way.shares.at(point)) for ways in self.ways)
        pre_money = self._pre_money_shares(picks).at(point) / point.inverse
        pieces = self._pieces(point, picks)
        counted = {c.name: self._dilutive_pieces(c, pieces) for c in self.protected}
        assert point.converted == sum((way.shares.at(point) for way in chosen), ZERO)
        assert self.terms.pre_money in (None, pre_money)
        assert self.terms.price in (None, 1 / point.inverse)
        assert point.top_up == max(ZERO, self._pool_increase(picks).at(point))
        return ClosingSolution(point, pre_money, tuple(self.ways), chosen, counted)

    # which pieces count against which class

    def _agreed_bases(self) -> dict[str, Base]:
        """The bases of the classes in the price that the solution built on them confirms."""
        tried: list[DrawnCount] = []
        counted: DrawnCount = {c.name: () for c in self.in_price}
        while counted not in tried:
            tried.append(counted)
            bases, counted = self._settled_bases(counted)
            if counted == tried[-1]:
                return bases
        for guess in _combinations(tried):
            with suppress(_NoSolutionError):
                bases, counted = self._settled_bases(guess)
                if counted == guess:
                    return bases
        names = ", ".join(c.name for c in self.in_price)
        text = (
            f"No price of {self.terms.name} agrees with itself: the anti-dilution of {names} puts it on the other side "
            "of a conversion price each time. Change the valuation, or write anti_dilution_in_price = false."
        )
        raise CaptableError("no-consistent-price", text, self.terms.name, "valuation")

    def _settled_bases(self, counted: DrawnCount) -> tuple[dict[str, Base], DrawnCount]:
        """With these pieces counted: the bases whose A agrees with their solution, and the pieces that count there."""
        pieces = [Issue(self.money, ZERO, None), *(Issue(c.money, ZERO, c.order) for c in self.convertibles)]
        bases: dict[str, Base] = {}
        for _ in range(SETTLING):
            new_bases = {
                c.name: Base(counted[c.name], self._base_shares(c, pieces) if counted[c.name] else ZERO)
                for c in self.in_price
            }
            if new_bases == bases:
                return new_bases, {c.name: self._dilutive_pieces(c, pieces) for c in self.in_price}
            bases = new_bases
            point, picks = self._highest_point(bases)
            pieces = self._pieces(point, picks)
        names = ", ".join(name for name, counted_pieces in counted.items() if counted_pieces)
        text = (
            f"What converts in {self.terms.name} counts as outstanding for the anti-dilution of {names}, and both "
            "hang on the price, which then has no exact solution. Write anti_dilution_in_price = false."
        )
        raise CaptableError("anti-dilution-not-exact", text, self.terms.name, "anti_dilution_in_price")

    def _dilutive_pieces(self, cls: StockClass, pieces: Sequence[Issue]) -> tuple[int, ...]:
        return anti_dilution.dilutive(cls, pieces, self.terms.conversions_exempt, self.terms.earlier.get(cls.name))

    def _base_shares(self, cls: StockClass, pieces: Sequence[Issue]) -> Fraction:
        return anti_dilution.base_shares(cls, self.table, pieces, self.terms.conversions_exempt)

    def _pieces(self, point: Point, picks: Picks) -> list[Issue]:
        """The shares issued for money at a point: for the new money first, then for each conversion."""
        converted = (
            Issue(instrument.money, line.at(point), instrument.order)
            for instrument, line in zip(self.convertibles, picks.converting, strict=True)
        )
        return [Issue(self.money, self.money * point.inverse, None), *converted]

    # the linear system

    def _highest_point(self, bases: Mapping[str, Base]) -> tuple[Point, Picks]:
        """The smallest point at which no choice gives more shares."""
        point, picks = START, self._picks(START, bases)
        while True:
            new = self._point(picks)
            if new is None or new.inverse <= 0 or any(a < b for a, b in zip(new, point, strict=True)):
                raise _NoSolutionError(picks)
            point = new
            better = self._picks(point, bases, picks)
            if better == picks:
                return point, picks
            picks = better

    def _picks(self, point: Point, bases: Mapping[str, Base], old: Picks | None = None) -> Picks:
        """The most shares for everyone at a point; a tie keeps the old choice, or takes the first."""
        converting = tuple(
            _largest([way.shares for way in ways], point, old and old.converting[n]) for n, ways in enumerate(self.ways)
        )
        pieces = [(self.money, LinearShares(inverse=self.money))]
        pieces += [(instrument.money, line) for instrument, line in zip(self.convertibles, converting, strict=True)]
        exact = len(self.in_price) <= FEW
        added = tuple(
            _largest(
                [LinearShares(), *anti_dilution.added_shares(c, self.table, bases[c.name], pieces, exact=exact)], point
            )
            for c in self.in_price
        )
        picks = Picks(converting, added, topped_up=False)
        return picks._replace(topped_up=self._pool_increase(picks).at(point) > 0)

    def _pre_money_shares(self, picks: Picks) -> LinearShares:
        """The shares that the pre-money valuation pays for."""
        converted = ONE if self.terms.convertibles == "in_pre_money" else ZERO
        return total((self.whole, LinearShares(top_up=ONE, converted=converted), *picks.added))

    def _pool_increase(self, picks: Picks) -> LinearShares:
        """The increase of the pool that its target needs, counting all other shares that the closing issues.

        increase = target × (others + pool + increase) − pool, solved for the increase.
        """
        if self.terms.pool is None:
            return LinearShares()
        issued = LinearShares(constant=self.terms.at_own_prices, inverse=self.money, converted=ONE)
        target = total((self.whole, issued, *picks.added)).times(self.terms.pool)
        return total((target, LinearShares(constant=-self.table.pool))).times(1 / (1 - self.terms.pool))

    def _point(self, picks: Picks) -> Point | None:
        """The point at which price, pool and conversions hold with these choices."""
        lines = [
            self._pre_money_shares(picks).times(1 / self.terms.pre_money)
            if self.terms.pre_money
            else LinearShares(constant=1 / (self.terms.price or ONE)),
            self._pool_increase(picks) if picks.topped_up else LinearShares(),
            total(picks.converting),
        ]
        rows = [[*(-part for part in line[1:]), line.constant] for line in lines]
        for n, row in enumerate(rows):
            row[n] += 1
        return _solve_linear(rows)

    def _refusal(self, picks: Picks) -> CaptableError:
        """Why there is no solution."""
        name, fixed = self.terms.name, total(picks.converting).converted
        if fixed >= 1:
            text = (
                f"What converts in {name} is promised {float(fixed):.1%} of the company before the new money; "
                "together it must stay below 100%. Raise a cap, or leave an instrument out."
            )
            return CaptableError("conversions-own-everything", text, name, "cap")
        if self.terms.pool and self._solves(self.terms._replace(pool=None)):
            text = (
                f"{name} leaves nothing for anyone else: a pool of {float(self.terms.pool):.1%} of the company after "
                "it, the new money and what converts come to all of it. Lower the pool."
            )
            return CaptableError("pool-leaves-nothing", text, name, "pool")
        if self.in_price and self._solves(self.terms._replace(anti_dilution_in_price=False)):
            protected = ", ".join(c.name for c in self.in_price)
            text = (
                f"The anti-dilution of {protected} is worth all of the pre-money valuation of {name}: no price is low "
                "enough. Raise the valuation, or write anti_dilution_in_price = false."
            )
            return CaptableError("anti-dilution-leaves-nothing", text, name, "valuation")
        text = (
            f"What converts in {name} is worth all of its pre-money valuation or more, so nothing is left for the "
            "shares there are. Raise the valuation."
        )
        return CaptableError("conversions-exceed-valuation", text, name, "valuation")

    def _solves(self, terms: RoundTerms) -> bool:
        try:
            System(self.table, self.convertibles, terms).solution()
        except CaptableError:
            return False
        return True


def _largest(lines: Sequence[LinearShares], point: Point, old: LinearShares | None = None) -> LinearShares:
    """The line with the most shares, the old one on a tie; those that floats do not tell apart are compared exactly."""
    coordinates = (1.0, *map(float, point))
    about = [[float(part) * by for part, by in zip(line, coordinates, strict=True) if part] for line in lines]
    blurred = NEARLY * max(sum(map(abs, parts)) for parts in about)
    least = max(map(sum, about)) - blurred
    close = [line for line, parts in zip(lines, about, strict=True) if sum(parts) >= least]
    if len(close) == 1:
        return close[0]
    best = max(close, key=lambda line: line.at(point))
    return old if old is not None and old in close and old.at(point) == best.at(point) else best


def _solve_linear(rows: list[list[Fraction]]) -> Point | None:
    """The unknowns of three equations, each its coefficients and its right side; None if they do not determine them."""
    for n in range(3):
        pivot = next((row for row in rows[n:] if row[n]), None)
        if pivot is None:
            return None
        rows.remove(pivot)
        pivot = [part / pivot[n] for part in pivot]
        rows = [[a - row[n] * b for a, b in zip(row, pivot, strict=True)] for row in rows]
        rows.insert(n, pivot)
    return Point(*(row[3] for row in rows))


def _combinations(tried: Sequence[DrawnCount]) -> Iterator[DrawnCount]:
    """Every combination of the pieces that were counted in some tries and not in others."""
    sides: list[list[tuple[str, tuple[int, ...]]]] = []
    for name in tried[0]:
        seen = [set(counted[name]) for counted in tried[1:]]
        always, ever = set.intersection(*seen), set.union(*seen)
        undecided = sorted(ever - always)[:MOST_UNDECIDED]
        subsets = chain.from_iterable(combinations(undecided, n) for n in range(len(undecided) + 1))
        sides.append([(name, tuple(sorted(always | set(subset)))) for subset in subsets])
    return (dict(combination) for combination in product(*sides))
