"""The shares that a SAFE or a note may convert into, as lines in the three unknowns of a closing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.records import ONE, ZERO, CaptableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from runway.ownership.records import CapTable, Convertible


class Point(NamedTuple):
    """The unknowns of a closing: 1 ÷ price, the increase of the pool, and the shares of all that converts."""

    inverse: Fraction
    top_up: Fraction
    converted: Fraction


class LinearShares(NamedTuple):
    """A number of shares: constant + inverse ÷ price + top_up × the pool's increase + converted × all that converts."""

    constant: Fraction = ZERO
    inverse: Fraction = ZERO
    top_up: Fraction = ZERO
    converted: Fraction = ZERO

    def at(self, point: Point) -> Fraction:
        """The number of shares at a point."""
        parts = zip(self, (ONE, *point), strict=True)
        return _sum([part * coordinate for part, coordinate in parts if part])

    def times(self, factor: Fraction) -> LinearShares:
        """The line with every part multiplied."""
        return LinearShares(*(factor * part for part in self))


def total(lines: Iterable[LinearShares]) -> LinearShares:
    """The sum of lines."""
    columns = zip(*lines, strict=True)
    return LinearShares(*map(_sum, columns))


def _sum(terms: Sequence[Fraction]) -> Fraction:
    """The sum of fractions, half by half: their denominators only grow long in the last additions."""
    terms = [term for term in terms if term]
    while len(terms) > 1:
        terms = [terms[n] + terms[n + 1] if n + 1 < len(terms) else terms[n] for n in range(0, len(terms), 2)]
    return terms[0] if terms else ZERO


class Choice(NamedTuple):
    """One way to convert: the shares, and the word for it."""

    shares: LinearShares
    term: str
    fixed: bool = False  # a share of the company, whose price is not written into the documents


def choices(terms: Convertible, outstanding: Sequence[Convertible], table: CapTable) -> tuple[Choice, ...]:
    """The ways in which an instrument may convert; its holder gets the most shares among them.

    cap: money ÷ cap × capitalization.  ownership: that share of the post-money form's capitalization.  discount: money
    ÷ (price × (1 − discount)).  None converts above the round's price.  An MFN instrument may also take the whole terms
    of any that was issued on a later day; a fixed share is then a post-money cap of its money ÷ its share.
    """
    _refuse_nonsense(terms)
    table = table if terms.counted is None else terms.counted
    ways = [*_ways(terms, terms.money, table), Choice(LinearShares(inverse=terms.money), "round price")]
    if terms.mfn:
        for later in sorted(outstanding, key=lambda later: (later.order, later.name)):
            if later.order > terms.order:
                _refuse_nonsense(later)
                ways += (Choice(shares, f"MFN of {later.name}") for shares, *_ in _ways(later, terms.money, table))
    return tuple(ways)


def _ways(terms: Convertible, money: Fraction, table: CapTable) -> Iterator[Choice]:
    """The ways to convert some money under one instrument's own terms."""
    if terms.cap is not None:
        yield Choice(_capitalization(terms, table).times(money / terms.cap), "cap")
    if terms.ownership is not None:
        capitalization = LinearShares(constant=table.fully_diluted, converted=ONE)
        yield Choice(capitalization.times(terms.ownership * money / terms.money), "ownership", fixed=True)
    if terms.discount:
        yield Choice(LinearShares(inverse=money / (1 - terms.discount)), "discount")


def _capitalization(terms: Convertible, table: CapTable) -> LinearShares:
    """The count that a cap divides by; preferred stock counts at its ratio before the closing."""
    if terms.cap_counts == "common":
        counted = table.shares_of(lambda cls: not cls.preferred and not cls.granted)
    else:
        counted = table.as_converted() + (table.pool if terms.cap_counts == "pool" else ZERO)
    return LinearShares(
        constant=counted,
        top_up=ONE if terms.new_pool_counts else ZERO,
        converted=ONE if terms.form == "post_money" else ZERO,
    )


def _refuse_nonsense(terms: Convertible) -> None:
    def bad(name: str, text: str, field: str) -> CaptableError:
        return CaptableError(name, text, terms.name, field)

    if terms.money <= 0:
        raise bad("nothing-to-convert", f"{terms.name} has no money to convert.", "amount")
    if terms.cap is not None and terms.cap <= 0:
        raise bad("cap-not-positive", f"The cap of {terms.name} must be above 0.", "cap")
    if not 0 <= terms.discount < 1:
        raise bad(
            "discount-out-of-range", f"The discount of {terms.name} must be at least 0% and below 100%.", "discount"
        )
    if terms.ownership is not None and not 0 < terms.ownership < 1:
        raise bad("ownership-out-of-range", f"The share of {terms.name} must be above 0% and below 100%.", "ownership")
