"""Small words for cap tables, instruments and rounds in tests: numbers as they are written, fractions inside."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.ownership.closing import EXACT, close
from runway.ownership.records import CapTable, Convertible, Rounding, RoundTerms, SolvedClosing, StockClass

if TYPE_CHECKING:
    from collections.abc import Mapping

F = Fraction
WHOLE = Rounding()
Number = int | str | Fraction

COMMON = StockClass("common", "common")
OPTIONS = StockClass("options", "options", strike=F(1, 4))
WARRANTS = StockClass("warrants", "warrants", strike=F(1, 2))


def company(pool: Number = 0, options: Number = 0, warrants: Number = 0, **common: Number) -> CapTable:
    """Common stock by holder, the pool, and options and warrants of one employee and one lender."""
    table = CapTable(classes={}, holdings={}, pool=F(pool))
    for holder, shares in common.items():
        table = table.plus(holder, COMMON, F(shares))
    for holder, one, granted in (("employee", OPTIONS, options), ("lender", WARRANTS, warrants)):
        if granted:
            table = table.plus(holder, one, F(granted))
    return table


def preferred(name: str, price: Number | None = None, **terms: Any) -> StockClass:
    at = None if price is None else F(price)
    return StockClass(name, "preferred", at, at, **terms)


def safe(name: str, money: Number, cap: Number | None = None, **terms: Any) -> Convertible:
    """A post-money SAFE unless said otherwise."""
    return _instrument(False, "post_money", name, money, cap, terms)


def note(name: str, money: Number, cap: Number | None = None, **terms: Any) -> Convertible:
    """A note, principal and interest in one, with a pre-money cap unless said otherwise."""
    return _instrument(True, "pre_money", name, money, cap, terms)


def _instrument(
    note: bool, form: Any, name: str, money: Number, cap: Number | None, terms: dict[str, Any]
) -> Convertible:
    numbers = {key: F(terms.pop(key)) for key in ("discount", "ownership") if key in terms}
    whole = {"note": note, "form": form, "holder": name, **numbers, **terms}
    return Convertible(name=name, money=F(money), cap=None if cap is None else F(cap), **whole)


def with_pool(table: CapTable, stake: Fraction, rounding: Rounding = EXACT) -> CapTable:
    """The table with its unissued pool grown to a share of the fully diluted count after it."""
    return table._replace(pool=max(table.pool, rounding.shares(table.as_converted() * stake / (1 - stake))))


def priced_round(
    table: CapTable,
    money: Mapping[str, Number],
    *convertibles: Convertible,
    pre_money: Number | None = None,
    price: Number | None = None,
    pool: Number | None = None,
    share_class: StockClass | None = None,
    rounding: Rounding = EXACT,
    **terms: Any,
) -> SolvedClosing:
    """A closing of Series A unless another class is given."""
    given = {k: None if v is None else F(v) for k, v in (("pre_money", pre_money), ("price", price), ("pool", pool))}
    one = share_class or preferred("series_a")
    paid = {investor: F(amount) for investor, amount in money.items()}
    return close(table, convertibles, RoundTerms(one.name, one, paid, **given, **terms), rounding)


def protected(table: CapTable, share_class: str, how: Any, **terms: Any) -> CapTable:
    """The table with another anti-dilution term on one class."""
    one = table.classes[share_class]._replace(anti_dilution=how, **terms)
    return table._replace(classes={**table.classes, share_class: one})
