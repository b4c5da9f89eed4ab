"""The records of a closing, its terms and its results.  Every number is a `Fraction`; shares need not be whole.

A cap table may hold counts of shares or, where those are unknown, parts of a company that sum to 1.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from runway.funding.stock import is_granted, is_preferred
from runway.language.named_tuple import NamedTuple
from runway.language.record import LazyRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ZERO, ONE = Fraction(0), Fraction(1)
LONGEST, LONG, DECIMALS = 10**60, 10**30, 60  # denominators that are shortened: of a price, where many are summed

Kind = Literal["common", "preferred", "options", "warrants"]
AntiDilution = Literal["none", "broad_based", "narrow_based", "full_ratchet"]


class CaptableError(Exception):
    """A closing that cannot be computed: a problem's name, a sentence, the instrument or round and the field."""

    def __init__(self, name: str, text: str, subject: str, field: str) -> None:
        super().__init__(text)
        self.name, self.text, self.subject, self.field = name, text, subject, field


class StockClass(NamedTuple):
    """A class of stock, or of rights to stock: options and warrants count as the shares they buy."""

    name: str
    kind: Kind
    issue_price: Fraction | None = None
    conversion_price: Fraction | None = None  # None is the issue price; anti-dilution lowers it
    preference: Fraction = ONE  # times the issue price
    seniority: int = 1  # higher is paid first; equal is pari passu
    participation: Literal["none", "full", "capped"] = "none"
    participation_cap: Fraction | None = None  # times the issue price, the preference included
    anti_dilution: AntiDilution = "none"
    anti_dilution_counts_pool: bool = False  # whether a broad base counts the unissued pool
    strike: Fraction | None = None
    order: int = 0  # the day on which it was first issued, as a number

    @property
    def preferred(self) -> bool:
        return is_preferred(self.kind)

    @property
    def granted(self) -> bool:
        return is_granted(self.kind)

    @property
    def ratio(self) -> Fraction:
        """Common shares that one share converts into: issue price ÷ conversion price."""
        if self.issue_price is None or self.conversion_price is None:
            return ONE
        return self.issue_price / self.conversion_price


class CapTable(LazyRecord):
    """Who holds how much of which class, and the pool of options not yet granted.  What is counted is counted once."""

    classes: Mapping[str, StockClass]
    holdings: Mapping[tuple[str, str], Fraction]  # by holder and class
    pool: Fraction = ZERO

    @property
    def holders(self) -> tuple[str, ...]:
        """Everyone who holds something, in the order of the table."""
        return tuple(self._by_holder)

    def issued(self, share_class: str) -> Fraction:
        """Shares of one class, as they are, not as converted."""
        return self._by_class.get(share_class, ZERO)

    def as_converted(self, holder: str | None = None, share_class: str | None = None) -> Fraction:
        """Common shares that holdings are or turn into, of all holders and classes unless one is named; no pool."""
        if holder is not None and share_class is not None:
            shares = self.holdings.get((holder, share_class), ZERO)
            return shares * self.classes[share_class].ratio if shares else ZERO
        if holder is not None:
            return self._by_holder.get(holder, ZERO)
        if share_class is not None:
            shares = self.issued(share_class)
            return shares * self.classes[share_class].ratio if shares else ZERO
        return self._as_converted

    def by_holder(self) -> dict[str, Fraction]:
        """Common shares that each holder's holdings are or turn into."""
        return dict(self._by_holder)

    def shares_of(self, counted: Callable[[StockClass], bool]) -> Fraction:
        """Common shares that the holdings of some classes are or turn into."""
        return sum((n * self.classes[name].ratio for name, n in self._by_class.items() if counted(self.classes[name])),
                   ZERO)  # fmt: skip

    @cached_property
    def _by_class(self) -> dict[str, Fraction]:
        shares_by_class: dict[str, Fraction] = {}
        for (_, name), shares in self.holdings.items():
            shares_by_class[name] = shares_by_class[name] + shares if name in shares_by_class else shares
        return shares_by_class

    @cached_property
    def _by_holder(self) -> dict[str, Fraction]:
        ratio = {name: cls.ratio for name, cls in self.classes.items()}
        by_holder: dict[str, Fraction] = {}
        for (holder, name), shares in self.holdings.items():
            converted = shares if ratio[name] == 1 else shares * ratio[name]
            by_holder[holder] = by_holder[holder] + converted if holder in by_holder else converted
        return by_holder

    @cached_property
    def _as_converted(self) -> Fraction:
        return self.shares_of(lambda _: True)

    @property
    def fully_diluted(self) -> Fraction:
        """Issued stock as converted + granted options + warrants + the unissued pool."""
        return self._as_converted + self.pool

    def stake(self, holder: str) -> Fraction:
        """A holder's share of the fully diluted count, 0–1."""
        return self.as_converted(holder) / self.fully_diluted

    def plus(self, holder: str, share_class: StockClass, shares: Fraction) -> CapTable:
        """The table with more shares of a class, which is added unless the table has one of its name."""
        key = (holder, share_class.name)
        present = share_class.name in self.classes
        classes = self.classes if present else {**self.classes, share_class.name: share_class}
        return self._replace(classes=classes, holdings={**self.holdings, key: self.holdings.get(key, ZERO) + shares})


class Convertible(NamedTuple):
    """A SAFE or a note that is outstanding.

    Its cap divides by a *capitalization*.  Of the post-money form that is stock, options, warrants, the pool as it
    stands, and everything that converts; of the pre-money form nothing that converts.  A pre-money SAFE also counts the
    closing's increase of the pool; `counts_new_pool` says otherwise.
    """

    name: str
    holder: str
    money: Fraction  # a note's with the interest accrued to the conversion
    note: bool  # else a SAFE
    form: Literal["post_money", "pre_money"]
    cap: Fraction | None = None
    discount: Fraction = ZERO  # 0.2 is a fifth off the round's price
    mfn: bool = False  # takes the best terms among the instruments issued on later days
    ownership: Fraction | None = None  # a fixed share of the capitalization of the post-money form
    counts_new_pool: bool | None = None  # None: as the form has it
    cap_counts: Literal["pool", "options", "common"] = "pool"  # the widest group that the capitalization counts
    order: int = 0  # the day on which it was issued, as a number
    counted: CapTable | None = None  # the table that its cap counts at a later closing: that before the round

    @property
    def new_pool_counts(self) -> bool:
        """Whether the capitalization counts this closing's increase of the pool."""
        if self.counts_new_pool is not None:
            return self.counts_new_pool
        return not self.note and self.form == "pre_money" and self.cap_counts == "pool"


class Adjustment(NamedTuple):
    """Anti-dilution of one class: CP2 = CP1 × (A + B) ÷ (A + C), or the lowest price of the issue for a full ratchet.

    A is what was outstanding, B what the money would have bought at the old price, C what was issued for it.  A later
    closing of the round counts with the earlier ones, so that CP1 is the price before the round.
    """

    share_class: str
    before: Fraction  # CP1
    previous: Fraction  # the conversion price just before this closing
    after: Fraction
    outstanding: Fraction
    at_old_price: Fraction
    issued: Fraction


class RoundTerms(NamedTuple):
    """A closing of a priced round.

    The price is solved on `round_money`, the whole round, and shares are issued for `money`, what is paid now.
    """

    name: str
    share_class: StockClass  # the terms; the closing fills in its prices
    money: Mapping[str, Fraction]  # by investor, paid now
    pre_money: Fraction | None = None  # this or the price
    price: Fraction | None = None
    class_price: Fraction | None = None  # the first issue price of its class; None: its own price
    round_money: Fraction | None = None  # None: the whole round is paid now
    pool: Fraction | None = None  # target: unissued ÷ fully diluted after the round, 0–1, paid by the pre-money
    at_own_prices: Fraction = ZERO  # the shares that its closings at prices of their own will issue
    pro_rata: tuple[str, ...] = ()  # holders who take up their whole right
    pro_rata_counts_pool: bool = False  # whether the unissued pool is in the base of the right
    convertibles: Literal["in_pre_money", "on_top"] = "in_pre_money"
    conversion_series: Literal["shadow", "same"] = "shadow"  # shadow: preference is the money put in, not the price
    anti_dilution_in_price: bool = True  # whether the pre-money holders alone bear the adjustment
    conversions_exempt: bool = False  # whether conversions never lower a conversion price; they are then in A
    earlier: Mapping[str, Adjustment] = {}  # by class, the last of the round's own so far
    waiting: tuple[Convertible, ...] = ()  # instruments that do not convert in it, whose terms an MFN may take


class RoundStart(NamedTuple):
    """The cap table and instruments before the first closing of a round, and the increase of the pool in it."""

    table: CapTable
    instruments: frozenset[str]  # names of those outstanding
    top_up: Fraction


class RoundPrice(NamedTuple):
    """The price of a round's shares, and the pre-money that it follows from; None where it follows from none."""

    price: Fraction
    pre_money: Fraction | None
    rate: Fraction = Fraction(1)  # of the currency that it is said in, where that changes


class Rounding(NamedTuple):
    """How prices and then shares are rounded after the exact solve; shares always down."""

    whole_shares: bool = True
    price_digits: int | None = None  # of the round's price and of conversion prices
    price_rounding: Literal["nearest", "up", "down"] = "nearest"
    conversion_price_digits: int | None = None  # of prices that anti-dilution lowers, always to the nearest

    def price(self, exact: Fraction) -> Fraction:
        """A price as it is written into the documents."""
        return _to_digits(exact, self.price_digits, self.price_rounding)

    def lowered_price(self, exact: Fraction) -> Fraction:
        """A conversion price after anti-dilution; a half goes up."""
        return _to_digits(exact, self.conversion_price_digits, "nearest")

    def shares(self, exact: Fraction) -> Fraction:
        """Shares as they are issued."""
        return Fraction(exact // 1) if self.whole_shares else exact


class Conversion(NamedTuple):
    """The shares that one convertible turned into, and their price."""

    name: str
    holder: str
    money: Fraction
    price: Fraction
    shares: Fraction
    decided_by: str  # "cap", "discount", "round price", "ownership" or "MFN of NAME"
    share_class: str


class Dilution(NamedTuple):
    """A holder's stake before and after: after = before − Σ by_cause + gained, exactly.

    Each cause takes stake before × its new shares ÷ fully diluted after; `gained` is what the holder itself received.
    """

    before: Fraction
    after: Fraction
    issued: Mapping[str, Fraction]  # by cause, new shares ÷ fully diluted after: the same of every holder
    gained: Fraction

    @property
    def by_cause(self) -> dict[str, Fraction]:
        """The loss of stake to each cause."""
        return {cause: self.before * part for cause, part in self.issued.items()}


class SolvedClosing(NamedTuple):
    """A closing: the table after it and everything that decided it."""

    table: CapTable
    price: Fraction
    pre_money: Fraction
    effective_pre_money: Fraction  # price × the fully diluted shares there were
    post_money: Fraction  # price × fully diluted after, unrounded, less the anti-dilution that the price leaves out
    money: Mapping[str, Fraction]  # by investor, after pro-rata
    conversions: tuple[Conversion, ...]
    adjustments: tuple[Adjustment, ...]
    issued: Mapping[str, Fraction]  # as converted, by cause: "round", "pool", a convertible, "anti-dilution of CLASS"
    dilution: Mapping[str, Dilution]  # of those who held something


def short(number: Fraction, longest: int = LONGEST) -> Fraction:
    """The number itself, or where its denominator is very long the nearest one of so many decimals.

    The prices of dozens of classes have no denominator in common, and each closing would make the next one's many times
    longer.
    """
    if number.denominator <= longest:
        return number
    return Fraction(round(number * 10**DECIMALS), 10**DECIMALS)


def _to_digits(exact: Fraction, digits: int | None, direction: str) -> Fraction:
    if digits is None:
        return short(exact)
    scaled = exact * 10**digits
    whole = {"down": scaled // 1, "up": -(-scaled // 1), "nearest": (scaled + Fraction(1, 2)) // 1}[direction]
    return Fraction(whole, 10**digits)


def rounded(payouts: Mapping[str, Fraction], digits: int) -> dict[str, Fraction]:
    """Payouts in whole minor units that sum to their rounded sum: the largest remainders are rounded up.

    `digits` is the number of decimals of the currency (2 for cents).  Equal remainders go by the larger payout, then by
    name.  The sum is rounded half up.

    >>> {name: float(money) for name, money in rounded({"a": Fraction(100, 3), "b": Fraction(200, 3)}, 2).items()}
    {'a': 33.33, 'b': 66.67}
    """
    unit = Fraction(1, 10**digits)
    units = {name: money // unit for name, money in payouts.items()}
    missing = (sum(payouts.values()) + unit / 2) // unit - sum(units.values())
    order = sorted(payouts, key=lambda name: (units[name] * unit - payouts[name], -payouts[name], name))
    up = set(order[: int(missing)])
    return {name: (count + (name in up)) * unit for name, count in units.items()}
