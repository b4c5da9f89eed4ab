"""The cap table of one run: at the start, and after each change of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.figure import exact
from runway.language.named_tuple import NamedTuple
from runway.language.record import LazyRecord, MoneyAmount, Record
from runway.months import last_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from fractions import Fraction

    from runway.funding.conversion import ConversionTerms
    from runway.model.model import Item
    from runway.ownership.records import CapTable, Rounding, SolvedClosing
    from runway.ownership.transfer import SoldShares

PLANNED = " (planned)"  # ends the title of a step whose money is only planned


class Instrument(NamedTuple):
    """A SAFE or a note whose money has come and which no round has converted."""

    item: Item
    money: Fraction
    day: date
    order: int
    cap: Fraction | None  # in the model's currency, at the rate of the day of the money

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def holder(self) -> str:
        (holder,) = self.item.part.holders(self.item.name)
        return str(holder)

    @property
    def terms(self) -> ConversionTerms:
        terms: ConversionTerms = self.item.part.conversion()
        return terms

    def owed(self, on: date) -> Fraction:
        """The money of a SAFE; principal and interest of a note on a day."""
        terms = self.terms
        if terms.rate is None:
            return self.money
        from runway.ownership.accrual import interest

        matures = None if terms.maturity is None else terms.maturity.day
        convention = terms.compounding, terms.day_count, matures
        return self.money + interest(self.money, exact(terms.rate), self.day, on, *convention)


class CapTableStep(NamedTuple):
    """One change of the cap table."""

    date: date
    address: str  # of the closing, grant or loan
    title: str  # of the round, grant or loan; a planned round's says so
    part: str  # which closing of the round, where it has several
    kind: str  # closing, repricing, grant, warrants, secondary
    before: CapTable
    table: CapTable  # after it
    closed: SolvedClosing | None  # how a closing was solved
    outstanding: tuple[Instrument, ...]  # SAFEs and notes not converted yet after it
    sold: SoldShares | None = None  # the shares and money of a secondary sale

    @property
    def mark(self) -> Fraction | None:
        """The value of the company that it implies: a closing's post-money, a secondary sale's valuation."""
        if self.closed is not None:
            return self.closed.post_money
        return None if self.sold is None else self.sold.valuation


class Ownership(Record, LazyRecord):
    """The cap table of one run: at the start, and after each change."""

    model: str
    scenario: str
    currency: str
    minor_digits: int
    start: int  # the first month, absolute
    months: int
    in_shares: bool  # False: percentages of the company at the start, whose prices say nothing
    rounding: Rounding
    titles: Mapping[str, str]  # holder -> the name shown
    opening: CapTable
    steps: tuple[CapTableStep, ...]
    repaid: Mapping[str, date]  # notes paid back, and when
    funded: tuple[Instrument, ...]  # every SAFE and note whose money came, in the order of their days
    day: date | None = None  # of the only table to be shown; None shows all

    def table(self, on: date) -> CapTable:
        """The cap table at the end of a day."""
        return next((step.table for step in reversed(self.steps) if step.date <= on), self.opening)

    def outstanding(self, on: date) -> tuple[Instrument, ...]:
        """The SAFEs and notes not converted yet at the end of a day."""
        closings = [step.closed for step in self.steps if step.date <= on and step.closed]
        ended = {conversion.name for closed in closings for conversion in closed.conversions}
        ended |= {name for name, day in self.repaid.items() if day <= on}
        return tuple(instrument for instrument in self.funded if instrument.day <= on and instrument.name not in ended)

    @property
    def last_day(self) -> date:
        return last_day(self.start + self.months - 1)

    def last_stakes(self) -> dict[str, float]:
        """Who owns how much on the last day, by title, the pool included."""
        table = self.table(self.last_day)
        stakes: dict[str, float] = {}
        for holder, shares in table.by_holder().items():
            title = self.titles[holder]
            stakes[f"{title} ({holder})" if title in stakes else title] = float(shares / table.fully_diluted)
        return stakes | ({"the pool": float(table.pool / table.fully_diluted)} if table.pool else {})

    @property
    def planned(self) -> tuple[str, ...]:
        """Titles of rounds, SAFEs and notes that are counted though only planned."""
        return self.planned_by(self.last_day)

    def planned_by(self, on: date) -> tuple[str, ...]:
        """The same of those counted at the end of a day."""
        titles = [(step.date, step.title.removesuffix(PLANNED)) for step in self.steps if step.title.endswith(PLANNED)]
        titles += [(instrument.day, instrument.item.title) for instrument in self.funded if instrument.item.planned]
        return tuple(dict.fromkeys(title for day, title in sorted(titles) if day <= on))

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; stakes are 0-1 of the fully diluted company.

        Shares and prices are null where the cap table is in percentages.
        """
        first, last, on = last_day(self.start - 1), self.last_day, self.day
        return {
            **{key: getattr(self, key) for key in ("model", "scenario", "currency", "in_shares", "planned")},
            "holders": [{"name": name, "title": title} for name, title in self.titles.items()],
            "opening": {"date": first, **_table(self, self.opening)},
            "steps": [_step(self, step) for step in self.steps],
            "closing": {"date": last, **_table(self, self.table(last))},
            **({"at": {"date": on, **_table(self, self.table(on))}} if on is not None else {}),
            "outstanding": [_instrument(item, on or last) for item in self.outstanding(on or last)],
        }


def _table(ownership: Ownership, table: CapTable) -> dict[str, Any]:
    """A cap table: every holding, and the stake of every holder and of the pool."""
    in_shares = ownership.in_shares
    return {
        "issued": table.shares_of(lambda cls: not cls.granted) if in_shares else None,
        "options_and_warrants": table.shares_of(lambda cls: cls.granted) if in_shares else None,
        "fully_diluted": table.fully_diluted if in_shares else None,
        "pool": table.pool if in_shares else None,
        "pool_stake": table.pool / table.fully_diluted,
        "stakes": {holder: shares / table.fully_diluted for holder, shares in table.by_holder().items()},
        "holdings": [
            {
                "holder": holder,
                "class": cls,
                "shares": shares if in_shares else None,
                "as_converted": table.as_converted(holder, cls) if in_shares else None,
                "stake": table.as_converted(holder, cls) / table.fully_diluted,
            }
            for (holder, cls), shares in table.holdings.items()
        ],
        "classes": [
            {
                "name": cls.name,
                "kind": cls.kind,
                "issue_price": cls.issue_price if in_shares else None,
                "conversion_price": cls.conversion_price if in_shares else None,
                "preference": cls.preference if cls.preferred else None,
                "seniority": cls.seniority if cls.preferred else None,
                "participation": cls.participation if cls.preferred else None,
                "participation_cap": cls.participation_cap,
                "anti_dilution": cls.anti_dilution,
                "strike": cls.strike,
            }
            for cls in table.classes.values()
        ],
    }


def _instrument(instrument: Instrument, on: date) -> dict[str, Any]:
    """A SAFE or note on a day, with the interest that a note has accrued by then."""
    return {
        "name": instrument.name,
        "title": instrument.item.title,
        "holder": instrument.holder,
        "kind": instrument.item.kind,
        "date": instrument.day,
        "money": instrument.money,
        "owed": MoneyAmount(instrument.owed(on)),
    }


def _step(ownership: Ownership, step: CapTableStep) -> dict[str, Any]:
    closed = _closed(ownership, step.closed) if step.closed is not None else {}
    closed |= _sold(ownership, step.sold) if step.sold is not None else {}
    return {
        "date": step.date,
        "address": step.address,
        "title": f"{step.title} {step.part}".strip(),
        "kind": step.kind,
        **closed,
        **_table(ownership, step.table),
    }


def _sold(ownership: Ownership, sold: SoldShares) -> dict[str, Any]:
    in_shares = ownership.in_shares
    return {
        "valuation": MoneyAmount(sold.valuation),
        "price": sold.price if in_shares else None,
        "buyer": sold.buyer,
        "class": sold.share_class if sold.buyer is not None else None,
        "sellers": {
            seller: {"money": MoneyAmount(money), "shares": sold.shares[seller] if in_shares else None}
            for seller, money in sold.money.items()
        },
    }


def _closed(ownership: Ownership, closed: SolvedClosing) -> dict[str, Any]:
    in_shares = ownership.in_shares
    return {
        "price": closed.price if in_shares else None,
        "pre_money": MoneyAmount(closed.pre_money),
        "effective_pre_money": MoneyAmount(closed.effective_pre_money),
        "post_money": MoneyAmount(closed.post_money),
        "money": {holder: MoneyAmount(paid) for holder, paid in closed.money.items()},
        "issued": {cause: new if in_shares else None for cause, new in closed.issued.items() if new},
        "conversions": [
            {
                "name": conversion.name,
                "holder": conversion.holder,
                "class": conversion.share_class,
                "money": MoneyAmount(conversion.money),
                "price": conversion.price if in_shares else None,
                "shares": conversion.shares if in_shares else None,
                "decided_by": conversion.decided_by,
            }
            for conversion in closed.conversions
        ],
        "anti_dilution": [
            {
                "class": adjustment.share_class,
                "conversion_price_before": adjustment.previous if in_shares else None,
                "conversion_price_after": adjustment.after if in_shares else None,
            }
            for adjustment in closed.adjustments
        ],
        "dilution": {
            holder: {
                "before": dilution.before,
                "after": dilution.after,
                "gained": dilution.gained,
                "by_cause": {cause: part for cause, part in dilution.by_cause.items() if part},
            }
            for holder, dilution in closed.dilution.items()
        },
    }
