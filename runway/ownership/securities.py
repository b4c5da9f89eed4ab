"""The cap table and its instruments as the file writes them, in the records of the exact solve."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.language.figure import exact, exactly
from runway.lines.working_capital import rate_row
from runway.model.checks_captable import COMMON
from runway.ownership.records import CapTable, Convertible, StockClass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.funding.stock import Stock
    from runway.language.figure import Figure
    from runway.model.model import Model
    from runway.ownership.ownership import Instrument
    from runway.ownership.records import RoundStart


def convertible(instrument: Instrument, money: Fraction, round_start: RoundStart | None = None) -> Convertible:
    """An instrument as the solve takes it, with the money that converts.

    `round_start` is the first closing of the round of which this is a later one.  A note that waited since then counts
    the shares before the round, and the pool's increase where its terms have that.
    """
    terms = instrument.terms
    written = Convertible(
        name=instrument.name,
        holder=instrument.holder,
        money=money,
        note=terms.note,
        form=terms.form,
        cap=instrument.cap,
        discount=Fraction(0) if terms.discount is None else exact(terms.discount),
        mfn=terms.mfn,
        ownership=None if terms.ownership is None else exact(terms.ownership),
        counts_new_pool=terms.counts_new_pool,
        cap_counts=terms.cap_counts,
        order=instrument.order,
    )
    if round_start is None or instrument.name not in round_start.instruments:
        return written
    top_up = round_start.top_up if written.new_pool_counts else 0
    return written._replace(counted=round_start.table._replace(pool=round_start.table.pool + top_up))


def rows_read(model: Model) -> tuple[str, ...]:
    """How the addresses of the rows begin that a cap table is read off: funding by name, exchange rates."""
    return (*(f"{item.name}." for item in model.section("funding")), "fx.")


def rate_in(figure: Figure | None, model: Model, rows: Mapping[str, Sequence[float]], t: int) -> Fraction:
    """The rate of a figure's currency in a month, exactly; before the first month as in it; 1 where it names none."""
    code = None if figure is None else figure.entries[0].amount.currency
    if code is None:
        return Fraction(1)
    if model.fx[code].changes:
        return exactly(rows[rate_row(code)][max(0, t)])
    return exactly(model.fx[code].number)


def opening_table(captable: Any) -> CapTable:
    """`[captable]` as it is written; percentages make a company of one share."""
    classes = {COMMON: StockClass(name=COMMON, kind="common")}
    for name, cls in captable.classes.items():
        issued = cls.issued.day.toordinal() if cls.issued is not None else 0
        classes[name] = share_class(name, cls, issued)
    holdings = {
        (name, cls): exact(figure)
        for name, holder in captable.holders.items()
        for cls, figure in holder.shares.items()
        if exact(figure)
    }
    for name, cls in captable.classes.items():
        price = None if cls.price is None else exact(cls.price)
        if cls.raised is not None:
            price = exact(cls.raised) / sum(shares for key, shares in holdings.items() if key[1] == name)
        converts = price if cls.conversion_price is None else exact(cls.conversion_price)
        strike = None if cls.strike is None else exact(cls.strike)
        classes[name] = classes[name]._replace(issue_price=price, conversion_price=converts, strike=strike)
    return CapTable(classes=classes, holdings=holdings, pool=exact(captable.pool))


def share_class(name: str, stock: Stock, order: int) -> StockClass:
    """A class with the terms of a file, its price still to be set; `order` is the day of its first issue."""
    return StockClass(
        name=name,
        kind=stock.kind,
        preference=exact(stock.preference),
        seniority=stock.seniority,
        participation=stock.participation,
        participation_cap=None if stock.participation_cap is None else exact(stock.participation_cap),
        anti_dilution=stock.anti_dilution,
        anti_dilution_counts_pool=stock.anti_dilution_counts_pool,
        order=order,
    )
