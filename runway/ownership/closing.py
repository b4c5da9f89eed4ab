"""A closing of a priced round: price, conversions, pool, pro-rata and anti-dilution, exact first and then rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership import anti_dilution
from runway.ownership.anti_dilution import Base, Issue
from runway.ownership.convertibles import LinearShares
from runway.ownership.records import ZERO, CaptableError, Conversion, Dilution, Rounding, SolvedClosing
from runway.ownership.solve import System

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from runway.ownership.convertibles import Choice, Point
    from runway.ownership.records import Adjustment, CapTable, Convertible, RoundTerms, StockClass
    from runway.ownership.solve import ClosingSolution

EXACT = Rounding(whole_shares=False)


class _Converted(NamedTuple):
    price: Fraction
    shares: Fraction


def close(
    table: CapTable, convertibles: Sequence[Convertible], terms: RoundTerms, rounding: Rounding = EXACT
) -> SolvedClosing:
    """The cap table after a closing, and everything that decided it.

    price = pre-money valuation ÷ the shares it pays for: the fully diluted shares there are, the increase of the pool,
    what converts (unless it comes on top) and what anti-dilution adds (unless it is left out).  All of these hang on
    the price; they are solved together, exactly.  Then prices are rounded, pro-rata rights are taken up within the
    round's money, shares are rounded down, and conversion prices fall by what was in fact issued and paid.
    Raises `CaptableError` for terms that cannot all hold.
    """
    _refuse_impossible(table, terms)
    solution = System(table, convertibles, terms).solution()
    price = _price(1 / solution.point.inverse, rounding, terms.name)
    conversions = tuple(_conversion(c, n, solution, price, terms, rounding) for n, c in enumerate(convertibles))
    money = _money_with_pro_rata(table, conversions, terms)
    bought = {investor: rounding.shares(paid / price) for investor, paid in money.items()}
    sold = sum(bought.values(), ZERO)
    pieces = [Issue(sold * price, sold, None)]
    pieces += [Issue(new.money, new.shares, old.order) for old, new in zip(convertibles, conversions, strict=True)]
    adjustments = _adjustments(table, pieces, solution, terms, rounding)

    after = anti_dilution.with_adjustments(table, adjustments)
    new = [
        (f"anti-dilution of {name}", holder, shares * (after.classes[name].ratio - table.classes[name].ratio))
        for (holder, name), shares in table.holdings.items()
        if name in {a.share_class for a in adjustments}
    ]
    issued_at = price if terms.class_price is None else terms.class_price
    for conversion in conversions:
        cost = issued_at if conversion.share_class == terms.share_class.name else conversion.price
        after = _issue(after, conversion.holder, _class(terms, conversion.share_class, cost), conversion.shares, terms)
        new.append((conversion.name, conversion.holder, conversion.shares))
    for investor, shares in bought.items():
        after = _issue(after, investor, _class(terms, terms.share_class.name, issued_at), shares, terms)
        new.append(("round", investor, shares))
    pool = max(table.pool, rounding.shares(table.pool + solution.point.top_up))
    after = after._replace(pool=pool)
    new.append(("pool", "", pool - table.pool))

    return SolvedClosing(
        table=after,
        price=price,
        pre_money=solution.pre_money,
        effective_pre_money=price * table.fully_diluted,
        post_money=_post_money(table, convertibles, solution, terms),
        money=money,
        conversions=conversions,
        adjustments=adjustments,
        issued=_sums((cause, shares) for cause, _, shares in new),
        dilution=_dilution(table, after, new),
    )


def grant(
    table: CapTable,
    holder: str,
    share_class: StockClass,
    *,
    shares: Fraction | None = None,
    stake: Fraction | None = None,
    from_pool: bool = False,
    rounding: Rounding = EXACT,
) -> CapTable:
    """The table after someone is given stock, options or warrants, as a number or as a stake in the company after it.

    From the pool, stake × fully diluted moves and nobody else's share changes; otherwise stake ÷ (1 − stake) × fully
    diluted is new, rounded down.
    """
    if (shares is None) == (stake is None):
        raise ValueError("a grant is a number of shares or a stake")
    if stake is not None and not 0 <= stake < 1:
        text = f"The stake granted to {holder} must be at least 0% and below 100%."
        raise CaptableError("stake-out-of-range", text, holder, "stake")
    if shares is None:
        assert stake is not None
        shares = rounding.shares(table.fully_diluted * (stake if from_pool else stake / (1 - stake)))
    if from_pool and shares > table.pool:
        text = f"The grant to {holder} is {_number(shares)} shares, and the pool has {_number(table.pool)}."
        raise CaptableError("pool-too-small", text, holder, "shares")
    after = table.plus(holder, share_class, shares)
    return after._replace(pool=table.pool - shares) if from_pool else after


def _conversion(
    instrument: Convertible, n: int, solution: ClosingSolution, price: Fraction, terms: RoundTerms, rounding: Rounding
) -> Conversion:
    """The way to convert that gives the most shares at rounded prices; of equal ones, the choice at the exact price."""
    chosen = solution.chosen[n]
    ways = [chosen, *(way for way in solution.ways[n] if way != chosen and way.shares.at(solution.point))]
    rounded = [_converted(instrument, way, solution.point, price, rounding) for way in ways]
    best = max(range(len(ways)), key=lambda at: rounded[at].shares)
    shadow = terms.conversion_series == "shadow" and terms.share_class.preferred
    series = f"{terms.share_class.name}_{instrument.name}" if shadow else terms.share_class.name
    return Conversion(instrument.name, instrument.holder, instrument.money, *rounded[best], ways[best].term, series)


def _converted(instrument: Convertible, way: Choice, point: Point, sold_at: Fraction, rounding: Rounding) -> _Converted:
    """The price of one way to convert, rounded, and its shares: a discount comes off the price as it is sold."""
    exact, money = way.shares.at(point), instrument.money
    discounted = way.shares.inverse and way.shares == LinearShares(inverse=way.shares.inverse)
    price = _price(money * sold_at / way.shares.inverse if discounted else money / exact, rounding, instrument.name)
    return _Converted(price, rounding.shares(exact if way.fixed else money / price))


def _price(exact: Fraction, rounding: Rounding, subject: str) -> Fraction:
    price = rounding.price(exact)
    if not price:
        text = f"The price of {subject} rounds to 0. Give prices more digits."
        raise CaptableError("price-rounds-to-zero", text, subject, "price_digits")
    return price


def _money_with_pro_rata(table: CapTable, conversions: Sequence[Conversion], terms: RoundTerms) -> dict[str, Fraction]:
    """The money of each investor, once pro-rata rights are taken up; the round's money stays as it is.

    A right is the holder's part of stock, options, warrants and what converts, as converted before the closing, × the
    money.  A holder pays its right or, if more, what it was down for; the others make room in proportion to theirs.
    """
    money = dict(terms.money)
    round_money = sum(money.values(), ZERO)
    base = table.as_converted() + sum((c.shares for c in conversions), ZERO)
    base += table.pool if terms.pro_rata_counts_pool else ZERO
    for holder in terms.pro_rata:
        shares = table.as_converted(holder) + sum((c.shares for c in conversions if c.holder == holder), ZERO)
        if not shares:
            text = f"{holder} has a pro-rata right in {terms.name} but holds nothing before it."
            raise CaptableError("pro-rata-without-shares", text, terms.name, "pro_rata")
        money[holder] = max(money.get(holder, ZERO), shares / base * round_money)
    without_right = {investor: paid for investor, paid in money.items() if investor not in terms.pro_rata}
    room, excess = sum(without_right.values(), ZERO), sum(money.values(), ZERO) - round_money
    if excess > room:
        text = f"The pro-rata rights in {terms.name} and what their holders pay beyond them exceed the round's money."
        raise CaptableError("pro-rata-exceeds-round", text, terms.name, "pro_rata")
    return money | {investor: paid * (1 - excess / room) for investor, paid in without_right.items() if room}


def _adjustments(
    table: CapTable, pieces: Sequence[Issue], solution: ClosingSolution, terms: RoundTerms, rounding: Rounding
) -> tuple[Adjustment, ...]:
    """The conversion prices that fall, by what was issued in whole shares and paid for them."""
    adjustments = (
        anti_dilution.adjustment(
            table.classes[name],
            Base(counted, anti_dilution.base_shares(table.classes[name], table, pieces, terms.conversions_exempt)),
            pieces,
            terms.earlier.get(name),
            rounding,
        )
        for name, counted in solution.counted.items()
    )
    return tuple(adjustment for adjustment in adjustments if adjustment.after != adjustment.previous)


def _post_money(
    table: CapTable, convertibles: Sequence[Convertible], solution: ClosingSolution, terms: RoundTerms
) -> Fraction:
    """Price × fully diluted after the closing, before any rounding, less the anti-dilution that the price leaves out.

    That is pre-money + money + what converts on top, unless the anti-dilution of this closing is not the one in its
    price: a part of the round is paid now, or an earlier closing's runs on at a fixed price.
    """
    point, paid, before = solution.point, sum(terms.money.values(), ZERO), table.fully_diluted
    if terms.anti_dilution_in_price:
        ways = zip(convertibles, solution.chosen, strict=True)
        pieces = [Issue(paid, paid * point.inverse, None)]
        pieces += [Issue(c.money, choice.shares.at(point), c.order) for c, choice in ways]
        adjustments = _adjustments(table, pieces, solution, terms, EXACT)
        before = anti_dilution.with_adjustments(table, adjustments).fully_diluted
    return (before + point.top_up + point.converted) / point.inverse + paid


def _class(terms: RoundTerms, name: str, price: Fraction) -> StockClass:
    """The round's class, or its shadow, at the price its shares are issued at; common stock carries none."""
    cls = terms.share_class._replace(name=name)
    return cls._replace(issue_price=price, conversion_price=price) if cls.preferred else cls


def _issue(table: CapTable, holder: str, share_class: StockClass, shares: Fraction, terms: RoundTerms) -> CapTable:
    cls = table.classes.get(share_class.name)
    if cls is not None and cls.issue_price != share_class.issue_price:
        text = (
            f"The class {cls.name} was issued at another price, and {terms.name} would issue more of it. Give one of "
            "them another name."
        )
        raise CaptableError("class-at-two-prices", text, terms.name, "share_class")
    if cls is not None and shares and cls.conversion_price != share_class.conversion_price:
        text = (
            f"Anti-dilution has lowered the conversion price of {cls.name}, so that no more of it can be issued as "
            "before. Give this closing a price or a valuation of its own, or, where a SAFE or note has lowered it, "
            "write conversions_exempt = true in the round."
        )
        raise CaptableError("class-at-two-prices", text, terms.name, "share_class")
    return table.plus(holder, share_class, shares) if shares else table


def _sums(parts: Iterable[tuple[str, Fraction]]) -> dict[str, Fraction]:
    """Shares by cause or holder."""
    sums: dict[str, Fraction] = {}
    for name, shares in parts:
        sums[name] = sums.get(name, ZERO) + shares
    return sums


def _dilution(table: CapTable, after: CapTable, new: Sequence[tuple[str, str, Fraction]]) -> dict[str, Dilution]:
    """Each old holder's loss of stake to each cause, and the stake that it gained itself."""
    diluted_before, diluted_after = table.fully_diluted, after.fully_diluted
    causes = {cause: shares / diluted_after for cause, shares in _sums((c, n) for c, _, n in new).items()}
    received, shares_after = _sums((holder, shares) for _, holder, shares in new), after.by_holder()
    assert diluted_after == diluted_before + sum((shares for _, _, shares in new), ZERO)
    dilution = {}
    for holder, shares in table.by_holder().items():
        before, gained = shares / diluted_before, received.get(holder, ZERO)
        assert shares_after[holder] == shares + gained
        dilution[holder] = Dilution(before, shares_after[holder] / diluted_after, causes, gained / diluted_after)
    return dilution


def _refuse_impossible(table: CapTable, terms: RoundTerms) -> None:
    valuation = terms.pre_money if terms.price is None else terms.price
    if valuation is None or (terms.pre_money is not None and terms.price is not None):
        raise ValueError("a closing has a pre-money valuation or a price")
    if table.as_converted() <= 0:
        text = f"Nobody holds shares before {terms.name}; its price needs some."
        raise CaptableError("no-shares-before-round", text, terms.name, "valuation")
    if valuation <= 0:
        text = f"{terms.name} leaves nothing for the shares there are: its pre-money valuation must be above 0."
        raise CaptableError("valuation-not-positive", text, terms.name, "valuation")
    if terms.pool is not None and not 0 <= terms.pool < 1:
        text = f"The pool of {terms.name} must be at least 0% and below 100% of the company after it."
        raise CaptableError("pool-out-of-range", text, terms.name, "pool")


def _number(shares: Fraction) -> str:
    return f"{float(shares):,.0f}" if shares.denominator == 1 else f"{float(shares):,.6g}"
