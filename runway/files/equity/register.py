"""A cap table at one day: classes, holders and holdings, whatever file it is from."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal


class RegisterClass(NamedTuple):
    """A class of shares, or of options or warrants of one strike."""

    title: str
    family: Literal["common", "preferred", "options", "warrants"]
    price: Decimal | None = None  # of issue, of one preferred share
    conversion_price: Decimal | None = None  # None: the price of issue
    preference: Decimal | None = None  # times the price
    participation_cap: Decimal | None = None  # times the price; None: it does not participate
    seniority: int = 1
    issued: date | None = None
    strike: Decimal | None = None


class RegisterHolding(NamedTuple):
    """The shares of one class that one holder has."""

    holder: str
    class_key: str
    shares: int
    invested: Decimal | None = None  # the money paid for them, if that is known
    days: frozenset[date] = frozenset()  # on which they were issued


class RegisterInstrument(NamedTuple):
    """A SAFE or a note that nothing has converted."""

    holder: str
    note: bool  # else a SAFE
    amount: Decimal
    day: date
    terms: Mapping[str, str | bool | int | Decimal]  # by the key of [funding]; shares of 1 are Decimals below 1

    @property
    def table(self) -> str:
        """The kind of table of [funding]."""
        return "convertible_note" if self.note else "safe"


class ShareRegister(NamedTuple):
    """The cap table of one file: classes and holders by a key of the file, and their titles."""

    title: str  # of the file
    format: str  # of the file: "Open Cap Format 1.2.0"
    issuer: str
    as_of: date | None
    currency: str  # empty where the file says none
    classes: Mapping[str, RegisterClass]
    holders: Mapping[str, str]
    holdings: tuple[RegisterHolding, ...]
    pool: int  # reserved and not granted
    instruments: tuple[RegisterInstrument, ...] = ()
    remarks: tuple[str, ...] = ()

    def converted(self, holding: RegisterHolding) -> Fraction:
        """The common shares that a holding is, or becomes."""
        share_class = self.classes[holding.class_key]
        if share_class.price is None or share_class.conversion_price is None:
            return Fraction(holding.shares)
        return holding.shares * Fraction(share_class.price) / Fraction(share_class.conversion_price)

    @property
    def fully_diluted(self) -> Fraction:
        """All shares as converted, options and warrants, and the pool."""
        return self.pool + sum(map(self.converted, self.holdings), Fraction(0))


def joined_holdings(holdings: list[RegisterHolding]) -> tuple[RegisterHolding, ...]:
    """One holding a holder and class: shares in several are added up."""
    joined: dict[tuple[str, str], RegisterHolding] = {}
    for holding in holdings:
        if (earlier := joined.get((holding.holder, holding.class_key))) is not None:
            paid = None if holding.invested is None or earlier.invested is None else holding.invested + earlier.invested
            shares, days = holding.shares + earlier.shares, holding.days | earlier.days
            holding = holding._replace(shares=shares, invested=paid, days=days)
        joined[holding.holder, holding.class_key] = holding
    return tuple(joined.values())
