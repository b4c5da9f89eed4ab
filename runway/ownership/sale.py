"""The claims on the sale of a company: debts, classes of securities, and SAFEs and notes not converted yet."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from runway.language.named_tuple import NamedTuple

Outcome = Literal[
    "common", "preference", "participates", "capped", "converts", "exercised", "not exercised", "cash", "repaid"
]
ZERO = Fraction(0)


class SaleError(Exception):
    """Claims that no sale can be shared among: a problem's name, its text, whose it is and which field."""

    def __init__(self, name: str, text: str, subject: str, field: str) -> None:
        super().__init__(f"{subject}: {text}")
        self.name, self.text, self.subject, self.field = name, text, subject, field


class Debt(NamedTuple):
    """Money owed, paid before all shares."""

    name: str
    amount: Fraction
    seniority: int = 0  # higher is paid first


class Security(NamedTuple):
    """One class at a sale; options and warrants of one strike are a class of their own.

    A warrant on preferred shares carries the preference its shares would have, and names their class: it converts when
    that class does, and its shares are the class's once exercised.
    """

    name: str
    shares: Fraction  # as converted to common
    preference: Fraction = ZERO  # money in all; 0 for common
    seniority: int = 0  # higher is paid first, equal is pari passu
    participation: Literal["none", "full", "capped"] = "none"
    cap: Fraction | None = None  # of capped participation: money in all, preference included
    strike: Fraction = ZERO  # of options and warrants: money per share as converted
    buys: str = ""  # the class of preferred that a warrant buys
    granted: bool = False  # an option or unit not issued as stock; so is all that has a strike


class OpenConvertible(NamedTuple):
    """A SAFE or note that no round has converted: at a sale the greater of its money and its conversion.

    With a cap it converts at the cap alone; with a discount and no cap, at the value of a share less the discount,
    which is worth `money ÷ (1 − discount)`; with neither it takes its money.  What a cap is divided by:

    - post-money: stock as converted, options and warrants in or out of the money, and all that converts, itself
      included; not the unissued pool, nor a class that keeps its preference and does not participate;
    - pre-money SAFE: all stock as converted, options and warrants; no SAFE, no note, not the unissued pool;
    - pre-money note: the same, with the unissued pool unless `counts` says less.
    """

    name: str
    money: Fraction  # a SAFE's purchase amount; a note's principal and the interest owed
    note: bool  # else a SAFE
    form: Literal["post_money", "pre_money"] = "post_money"
    cap: Fraction | None = None
    discount: Fraction = ZERO
    ownership: Fraction | None = None  # a fixed share in place of money ÷ cap
    seniority: int = 0  # of a SAFE among the preferences, of a note among the debts
    multiple: Fraction = Fraction(1)  # of the money that a sale pays in place of conversion
    counts: Literal["pool", "options", "common"] = "pool"  # the divisor of a pre-money note's cap

    @property
    def cash(self) -> Fraction:
        """Its claim where it does not convert: money × multiple."""
        return self.money * self.multiple
