"""Anti-dilution: the conversion price of a class after a closing at a lower price, and the shares that it adds.

Every piece of the closing, the new money and each conversion, is tested at its own price; those at or above the
conversion price stay out of the formula.  A conversion that is exempt, or that was outstanding before the class was
issued, never counts as issued; a broad base counts it as outstanding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.convertibles import LinearShares, total
from runway.ownership.records import LONG, ZERO, Adjustment, CaptableError, short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from runway.ownership.records import CapTable, Rounding, StockClass


class Issue(NamedTuple):
    """Shares that a closing issues for money; `order` is that of a convertible, None is the new money."""

    money: Fraction
    shares: Fraction
    order: int | None


class Base(NamedTuple):
    """The pieces that lower a class's conversion price, and A, the shares outstanding before them."""

    counted: tuple[int, ...]
    outstanding: Fraction


def protected_classes(table: CapTable) -> tuple[StockClass, ...]:
    """The classes that someone holds and that anti-dilution protects."""
    held_classes = {share_class for (_, share_class), shares in table.holdings.items() if shares}
    classes = tuple(cls for name, cls in table.classes.items() if cls.anti_dilution != "none" and name in held_classes)
    for cls in classes:
        if cls.issue_price is None or cls.conversion_price is None:
            text = f"{cls.name} is protected against dilution; that needs the price its shares were issued at."
            raise CaptableError("issue-price-missing", text, cls.name, "issue_price")
    return classes


def dilutive(
    cls: StockClass, pieces: Sequence[Issue], exempt: bool, earlier: Adjustment | None = None
) -> tuple[int, ...]:
    """The pieces that count against a class: issued after it, not exempt, and below its price before the round."""
    price = earlier.before if earlier else _conversion_price(cls)
    return tuple(n for n, p in enumerate(pieces) if _is_issued(cls, p, exempt) and p.shares * price > p.money)


def base_shares(cls: StockClass, table: CapTable, pieces: Sequence[Issue], exempt: bool) -> Fraction:
    """A: the shares outstanding before the closing, as converted.

    Broad-based: stock, options and warrants, the pool as it stands if the class says so, and the conversions that do
    not count as issued.  Narrow-based: preferred stock.  A full ratchet has no A.
    """
    if cls.anti_dilution == "full_ratchet":
        return ZERO
    if cls.anti_dilution == "narrow_based":
        return table.shares_of(lambda cls: cls.preferred)
    old = sum((p.shares for p in pieces if not _is_issued(cls, p, exempt)), ZERO)
    return table.as_converted() + (table.pool if cls.anti_dilution_counts_pool else ZERO) + old


def added_shares(
    cls: StockClass, table: CapTable, base: Base, pieces: Sequence[tuple[Fraction, LinearShares]], *, exact: bool
) -> tuple[LinearShares, ...]:
    """The shares that the adjustment adds when a class converts: the most among these lines, or none.

    Weighted average: shares × ((A + C) ÷ (A + B) − 1), a line in C for given pieces.  Full ratchet: shares × (CP1 ÷
    price − 1) for each piece, so that the lowest price decides.  Where it is not to be `exact`, it is to 60 decimals.
    """
    price, shares = _conversion_price(cls), table.as_converted(None, cls.name)
    issued = [pieces[n] for n in base.counted]
    if cls.anti_dilution == "full_ratchet":
        return tuple(total((line.times(shares * price / money), LinearShares(-shares))) for money, line in issued)
    if not issued:
        return ()
    at_old_price = sum((money for money, _ in issued), ZERO) / price
    excess = total((*(line for _, line in issued), LinearShares(-at_old_price)))
    factor = shares / (base.outstanding + at_old_price)
    return (excess.times(factor if exact else short(factor, LONG)),)


def adjustment(
    cls: StockClass, base: Base, pieces: Sequence[Issue], earlier: Adjustment | None, rounding: Rounding
) -> Adjustment:
    """The new conversion price, from the shares issued and the money paid for them.

    A later closing of one round counts as issued with the earlier ones: A and CP1 are those of the first, so that the
    new price may also be above that of the closing before.
    """
    price, before = (earlier.before, earlier.outstanding) if earlier else (_conversion_price(cls), base.outstanding)
    new = [pieces[n] for n in base.counted if pieces[n].shares]
    at_old_price = sum((p.money for p in new), ZERO) / price + (earlier.at_old_price if earlier else ZERO)
    issued = sum((p.shares for p in new), ZERO) + (earlier.issued if earlier else ZERO)
    if cls.anti_dilution == "full_ratchet":
        after = min((p.money / p.shares for p in new), default=price)
        after = min(after, earlier.after) if earlier else after
    else:
        after = price * (before + at_old_price) / (before + issued)
    lowest = price if after >= price else min(price, rounding.lowered_price(after))  # an undiluted price is not rounded
    if not lowest:
        text = (
            f"The conversion price of {cls.name} falls so low that it rounds to 0. Give conversion prices more digits."
        )
        raise CaptableError("price-rounds-to-zero", text, cls.name, "conversion_price_digits")
    return Adjustment(cls.name, price, _conversion_price(cls), _short_price(cls, lowest), before, at_old_price, issued)


def with_adjustments(table: CapTable, adjustments: Iterable[Adjustment]) -> CapTable:
    """The table with the new conversion prices."""
    lowered = {a.share_class: table.classes[a.share_class]._replace(conversion_price=a.after) for a in adjustments}
    return table._replace(classes={**table.classes, **lowered})


def _is_issued(cls: StockClass, piece: Issue, exempt: bool) -> bool:
    return piece.order is None or not (exempt or piece.order < cls.order)


def _conversion_price(cls: StockClass) -> Fraction:
    assert cls.conversion_price is not None, cls.name
    return cls.conversion_price


def _short_price(cls: StockClass, price: Fraction) -> Fraction:
    """A conversion price whose ratio to the issue price is short, so that shares as converted have short sums."""
    if cls.issue_price is None or price.denominator <= LONG:
        return price
    return cls.issue_price / short(cls.issue_price / price, LONG)
