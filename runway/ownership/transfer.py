"""A secondary sale: shares of one class go from holders to a buyer, at the price that a valuation makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.ownership.records import ZERO, CaptableError, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from runway.funding.funding import Transfer
    from runway.ownership.records import CapTable, Rounding


class SoldShares(NamedTuple):
    """The shares and money of a secondary sale."""

    valuation: Fraction  # the mark: of the company, fully diluted
    price: Fraction  # of a share as converted to common
    money: Mapping[str, Fraction]  # by seller, received
    shares: Mapping[str, Fraction]  # by seller, sold
    buyer: str | None  # None of a mark alone
    share_class: str

    @property
    def amount(self) -> Fraction | None:
        """The money that the buyer paid; None of a mark alone."""
        return sum(self.money.values(), ZERO) if self.money else None


def secondary_sale(
    table: CapTable, name: str, terms: Transfer, amount: Fraction, valuation: Fraction, rounding: Rounding
) -> tuple[CapTable, SoldShares]:
    """The table after a sale of shares for `amount`, and the sale.

    price = valuation ÷ fully diluted; shares = amount ÷ (price × what one converts into), rounded down; each
    seller gives in proportion to what it holds of the class.  Raises `CaptableError` more-than-is-held, of one who
    holds none, too.
    """
    price = valuation / table.fully_diluted
    if terms.buyer is None:
        return table, SoldShares(valuation, price, {}, {}, None, terms.share_class)
    holdings = {seller: table.holdings.get((seller, terms.share_class), ZERO) for seller in terms.sellers}
    total = sum(holdings.values(), ZERO)
    worth = price * table.classes[terms.share_class].ratio * total if total else ZERO
    if amount > worth:
        sellers = f"{', '.join(terms.sellers)} {'holds' if len(holdings) == 1 else 'hold'}"
        holding = (
            f"{terms.share_class} worth {float(worth):,.2f} at this valuation" if total else f"no {terms.share_class}"
        )
        text = f"{sellers} {holding}, and {float(amount):,.2f} of it is sold."
        raise CaptableError("more-than-is-held", text, name, "amount")
    if idle := [seller for seller, shares in holdings.items() if not shares]:
        text = f"{', '.join(idle)} {'holds' if len(idle) == 1 else 'hold'} no {terms.share_class} to sell."
        raise CaptableError("more-than-is-held", text, name, "sellers")
    moved_shares = rounding.shares(total * amount / worth)
    sold = {seller: moved_shares * shares / total for seller, shares in holdings.items()}
    sold = rounded(sold, 0) if rounding.whole_shares else sold
    after = table
    for seller, shares in sold.items():
        after = after.plus(seller, table.classes[terms.share_class], -shares)
        after = after.plus(terms.buyer, table.classes[terms.share_class], shares)
    after = after._replace(holdings={key: shares for key, shares in after.holdings.items() if shares})
    money = {seller: amount * shares / total for seller, shares in holdings.items()}
    return after, SoldShares(valuation, price, money, sold, terms.buyer, terms.share_class)
