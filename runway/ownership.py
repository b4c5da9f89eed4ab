"""Who owns the company, from `[captable]` through every closing that a run of the engine draws.

A closing that brings money issues shares in that run, a clause that cuts the money cuts the stake, and what lapses
issues nothing.  The solve of each closing is exact (`runway.captable`); this module says what is solved, and when.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.captable.accrual import interest
from runway.captable.closing import close, grant
from runway.captable.records import CapTable, CaptableError, Convertible, Rounding, RoundTerms, ShareClass
from runway.errors import InputError, Problem
from runway.months import date_at, last_day
from runway.ownership_checks import COMMON, exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.captable.records import Adjustment, Closed
    from runway.funding.stock import Stock
    from runway.model import Item, Model

Rows = "Mapping[str, Sequence[float]]"
ONE = Fraction(1)
SAME_DAY = 1_000  # instruments of one day stand in the order of the file


class Instrument(NamedTuple):
    """A SAFE or a note whose money has come and which no round has converted."""

    item: Item
    money: Fraction
    day: date
    order: int

    @property
    def name(self) -> str:
        return self.item.name

    @property
    def holder(self) -> str:
        return str(self.item.part.investor or self.item.name)  # type: ignore[attr-defined]  # SAFEs and notes have one

    def owed(self, on: date) -> Fraction:
        """The money of a SAFE; principal and interest of a note on a day."""
        part: Any = self.item.part
        if part.kind == "safe":
            return self.money
        rate = exact(part.rate)
        return self.money + interest(self.money, rate, self.day, on, part.compounding, part.day_count)


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the cap table."""

    date: date
    address: str  # of the closing, grant or loan
    title: str  # of the round, grant or loan
    part: str  # which closing of the round, where it has several
    kind: str  # closing, repricing, grant, warrants
    table: CapTable  # after it
    closed: Closed | None  # how a closing was solved
    outstanding: tuple[Instrument, ...]  # what is still to be converted after it


@dataclass(frozen=True, slots=True)
class Ownership:
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
    opening_outstanding: tuple[Instrument, ...]
    steps: tuple[Step, ...]
    repaid: Mapping[str, date]  # notes paid back, and when
    funded: tuple[Instrument, ...]  # every SAFE and note whose money came, in the order of their days
    asked: date | None = None  # the one day whose table was asked for

    def table(self, on: date) -> CapTable:
        """The cap table at the end of a day."""
        return next((step.table for step in reversed(self.steps) if step.date <= on), self.opening)

    def outstanding(self, on: date) -> tuple[Instrument, ...]:
        """What is still to be converted at the end of a day."""
        converted = {
            one.name for step in self.steps if step.date <= on and step.closed for one in step.closed.conversions
        }
        gone = converted | {name for name, day in self.repaid.items() if day <= on}
        return tuple(one for one in self.funded if one.day <= on and one.name not in gone)

    @property
    def last_day(self) -> date:
        return last_day(self.start + self.months - 1)

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON."""
        from runway.ownership_to_dict import ownership_to_dict

        return ownership_to_dict(self)


def ownership(model: Model, rows: Mapping[str, Sequence[float]]) -> Ownership:
    """The cap table of a model under one run of its program (`rows` of one path, one value a month).

    Raises `InputError` where the model has no `[captable]`, or a closing cannot be solved.
    """
    if model.captable is None:
        text = (
            f"{model.document.title} has no [captable], so nobody knows who owns the company. "
            "Add [captable.holders.NAME] with shares = { common = … }; runway init writes an example."
        )
        raise InputError(Problem("no-captable", text))
    return _Books(model, rows).ownership()


def stakes(model: Model, rows: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Who owns how much at the end of the horizon, by title, the pool included; empty without a cap table."""
    if model.captable is None:
        return {}
    found = ownership(model, rows)
    table = found.table(found.last_day)
    owned = {found.titles[holder]: float(table.stake(holder)) for holder in table.holders}
    return owned | ({"the pool": float(table.pool / table.fully_diluted)} if table.pool else {})


class _Books:
    """The cap table while it is carried through the months."""

    def __init__(self, model: Model, rows: Mapping[str, Sequence[float]]) -> None:
        assert model.captable is not None
        self.model, self.rows, self.captable = model, rows, model.captable
        self.start, self.months = model.settings.start, model.settings.months
        self.in_shares = self.captable.in_shares
        self.rounding = Rounding(
            whole_shares=self.captable.whole_shares and self.in_shares,
            price_digits=self.captable.price_digits if self.in_shares else None,
            price_rounding=self.captable.price_rounding,
            conversion_price_digits=self.captable.conversion_price_digits if self.in_shares else None,
        )
        self.table = opening_table(self.captable)
        self.titles = {name: holder.title or name for name, holder in self.captable.holders.items()}
        self.outstanding: list[Instrument] = []
        self.funded: list[Instrument] = []
        self.repaid: dict[str, date] = {}
        self.steps: list[Step] = []
        self.priced: dict[str, tuple[Fraction, Fraction | None]] = {}  # round -> its price, and its pre-money then
        self.sold: dict[str, dict[str, Fraction]] = {}  # round -> money by investor so far
        self.adjusted: dict[str, dict[str, Adjustment]] = {}  # round -> what its closings did to older classes

    def ownership(self) -> Ownership:
        opening, settings = self.table, self.model.settings
        for item in self.model.section("funding"):
            if getattr(item.part, "kind", "") in ("safe", "convertible_note") and self._row(f"{item.name}.due", 0) < 0:
                self._fund(item, self._row(f"{item.name}.due", 0), self._row(f"{item.name}.offered", 0))
        before = tuple(self.outstanding)
        for _, _, happens in sorted(self._happenings(), key=lambda h: h[:2]):
            happens()
        for step in self.steps:
            table = step.table
            assert sum((table.stake(h) for h in table.holders), table.pool / table.fully_diluted) == ONE
        from runway.sections import MINOR_DIGITS

        return Ownership(
            model=settings.name,
            scenario=self.model.scenario,
            currency=settings.currency,
            minor_digits=MINOR_DIGITS.get(settings.currency, 2),
            start=self.start,
            months=self.months,
            in_shares=self.in_shares,
            rounding=self.rounding,
            titles=self.titles,
            opening=opening,
            opening_outstanding=before,
            steps=tuple(self.steps),
            repaid=self.repaid,
            funded=tuple(self.funded),
        )

    def _row(self, address: str, t: int) -> float:
        return float(self.rows[address][t])

    def _money(self, address: str, t: int) -> Fraction:
        return Fraction(repr(self._row(address, t)))

    def _happenings(self) -> Iterator[tuple[float, int, Any]]:
        """What changes the cap table: the position of each change, its place within a day, and the change itself."""
        for item in self.model.section("funding"):
            part: Any = item.part
            if part.kind == "priced_round":
                yield from self._round(item)
            elif part.kind in ("safe", "convertible_note"):
                for t in range(self.months):
                    if self._row(f"{item.name}.cash", t) > 0:
                        due, paid = self._row(f"{item.name}.due", t), self._row(f"{item.name}.cash", t)
                        yield due, 0, lambda item=item, due=due, paid=paid: self._fund(item, due, paid)
                if any(self.rows.get(f"{item.name}.principal", ())):
                    yield float(exact(part.maturity)) - self.start, 4, lambda item=item: self._repay(item)
            elif part.kind == "loan" and part.warrants is not None:
                for t in range(self.months):
                    if self._row(f"{item.name}.cash", t) > 0:
                        due, lent = self._row(f"{item.name}.due", t), self._money(f"{item.name}.cash", t)
                        yield due, 2, lambda item=item, due=due, lent=lent: self._warrants(item, due, lent)
        for name, one in self.captable.grants.items():
            place = one.date.entries[0].amount.number - self.start
            if 0 <= place < self.months:
                yield place, 3, lambda name=name, place=place: self._grant(name, place)

    def _round(self, item: Item) -> Iterator[tuple[float, int, Any]]:
        for closing in item.part.closings:  # type: ignore[attr-defined]  # rounds have closings
            address = f"{item.name}.{closing.name}"
            for t in range(self.months):
                if self._row(f"{address}.cash", t) > 0:
                    due = self._row(f"{address}.due", t)
                    yield due, 1, lambda closing=closing, t=t, due=due: self._close(item, closing, t, due)
        valued = self.rows.get(f"{item.name}.pre_money", ())
        for t in range(1, len(valued)):
            if valued[t] != valued[t - 1]:  # a cut or a lapse, with the post-money kept
                yield t + 0.99, 2, lambda t=t: self._reprice(item, t, last_day(self.start + t))

    def _fund(self, item: Item, due: float, paid: float) -> None:
        day = date_at(due, self.start)
        one = Instrument(item, Fraction(repr(paid)), day, SAME_DAY * day.toordinal() + len(self.funded))
        self.titles.setdefault(one.holder, item.title if one.holder == item.name else one.holder)
        self.outstanding.append(one)
        self.funded.append(one)

    def _close(self, item: Item, closing: Any, t: int, due: float) -> None:
        part: Any = item.part
        day = date_at(due, self.start)
        own = closing.price is not None or closing.valuation is not None
        if not own:
            self._reprice(item, t, day)
        paid = {self._investor(item, i): self._money(f"{item.name}.{closing.name}.{i}", t) for i in part.investors()}
        money = {holder: amount for holder, amount in paid.items() if amount}
        pre_money, price, expected = self._price(item, closing, t)
        terms = RoundTerms(
            name=item.name,
            share_class=self._class(item, f"{item.name}_{closing.name}" if own else item.name, day),
            pre_money=pre_money,
            price=price,
            money=money,
            round_money=max(expected, sum(money.values(), Fraction(0))),
            pool=exact(part.pool) if part.pool is not None and item.name not in self.sold else None,
            pro_rata=part.pro_rata,
            pro_rata_counts_pool=part.pro_rata_counts_pool,
            convertibles=part.convertibles,
            conversion_series=part.conversion_series,
            anti_dilution_in_price=part.anti_dilution_in_price,
            conversions_exempt=part.conversions_exempt,
            earlier=self.adjusted.get(item.name, {}),
        )
        so_far = sum(self.sold.get(item.name, {}).values(), Fraction(0)) + sum(money.values(), Fraction(0))
        converting = [one for one in self.outstanding if self._qualifies(one, so_far)]
        try:
            closed = close(self.table, [self._convertible(one, day) for one in converting], terms, self.rounding)
        except CaptableError as error:
            raise InputError(self._problem(error, item, closing.name, day)) from None
        self.table = closed.table
        self.adjusted.setdefault(item.name, {}).update({a.share_class: a for a in closed.adjustments})
        self.outstanding = [one for one in self.outstanding if one not in converting]
        sold = self.sold.setdefault(item.name, {})
        for holder, amount in closed.money.items():
            sold[holder] = sold.get(holder, Fraction(0)) + amount
        if not own:
            valued = self.rows.get(f"{item.name}.pre_money")
            self.priced[item.name] = (closed.price, self._money(f"{item.name}.pre_money", t) if valued else None)
        part_of = "" if len(part.closings) == 1 else closing.title or closing.name
        self._step(day, f"{item.name}.{closing.name}", item.title, part_of, "closing", closed)

    def _price(self, item: Item, closing: Any, t: int) -> tuple[Fraction | None, Fraction | None, Fraction]:
        """The pre-money or the price of a closing, and the money that its round is expected to bring."""
        name, part = item.name, item.part
        if closing.price is not None:
            return None, self._number(f"{name}.{closing.name}.share_price", t), Fraction(0)
        if closing.valuation is not None:
            return self._money(f"{name}.{closing.name}.pre_money", t), None, Fraction(0)
        if name in self.priced:
            return None, self.priced[name][0], Fraction(0)
        if part.price is not None:  # type: ignore[attr-defined]  # rounds have one
            return None, self._number(f"{name}.share_price", t), Fraction(0)
        same = [c for c in part.closings if c.price is None and c.valuation is None]  # type: ignore[attr-defined]
        begun = [c for c in same if self._row(f"{name}.{c.name}.due", 0) < 0]
        if begun:  # its first shares are in the table, and so is their price
            known = self.table.classes.get(name)
            if known is not None and known.issue_price is not None and self.in_shares:
                return None, known.issue_price, Fraction(0)
            drawn = sum((self._money(f"{name}.{c.name}.left", 0) for c in begun), Fraction(0))
            return None, (self._money(f"{name}.pre_money", t) + drawn) / self.table.fully_diluted, Fraction(0)
        expected = sum((self._money(f"{name}.{c.name}.left", t) for c in same), Fraction(0))
        return self._money(f"{name}.pre_money", t), None, expected

    def _number(self, address: str, t: int) -> Fraction:
        return Fraction(repr(self._row(address, t)))

    def _reprice(self, item: Item, t: int, day: date) -> None:
        """The round's shares at the pre-money as it is now: a cut that keeps the post-money makes them dearer."""
        name = item.name
        price, pre_money = self.priced.get(name, (None, None))
        if price is None or pre_money is None:
            return
        now = self._money(f"{name}.pre_money", t)
        if now == pre_money:
            return
        if now <= 0:
            text = f"What is left of {name} puts its pre-money at {float(now):,.0f}, so that its shares have no price."
            raise InputError(self.model.document.problem((*item.path, "valuation"), "valuation-too-small", text))
        self.priced[name] = (price * now / pre_money, now)
        holdings = {
            key: shares * pre_money / now if key[1] == name else shares for key, shares in self.table.holdings.items()
        }
        cls = self.table.classes[name]
        if cls.issue_price is not None:
            dearer = cls.issue_price * now / pre_money
            cls = replace(cls, issue_price=dearer, conversion_price=dearer)
        self.table = replace(self.table, holdings=holdings, classes={**self.table.classes, name: cls})
        self._step(day, name, item.title, "repriced", "repricing", None)

    def _grant(self, name: str, place: float) -> None:
        one = self.captable.grants[name]
        self.titles.setdefault(one.holder, one.holder)
        path = ("captable", "grants", name)
        try:
            self.table = grant(
                self.table,
                one.holder,
                self.table.classes[one.class_],
                shares=None if one.shares is None else exact(one.shares),
                stake=None if one.stake is None else exact(one.stake),
                from_pool=one.from_pool,
                rounding=self.rounding,
            )
        except CaptableError as error:
            raise InputError(self.model.document.problem(path, error.name, error.text, at="key")) from None
        self._step(date_at(place, self.start), f"captable.grants.{name}", one.title or name, "grant", "grant", None)

    def _repay(self, item: Item) -> None:
        """A note that is paid back at maturity converts into nothing."""
        place = item.part.maturity.entries[0].amount.number  # type: ignore[attr-defined]  # repaid notes have one
        self.repaid[item.name] = date_at(place, 0)
        self.outstanding = [one for one in self.outstanding if one.item is not item]

    def _warrants(self, item: Item, due: float, lent: Fraction) -> None:
        """A lender's right to buy shares: a number of them, or what a part of the loan buys at the strike."""
        terms = item.part.warrants  # type: ignore[attr-defined]  # loans have them
        strike = exact(terms.strike)
        shares = exact(terms.shares) if terms.coverage is None else exact(terms.coverage) * lent / strike
        cls = ShareClass(name=f"{item.name}_warrants", kind="warrants", strike=strike)
        self.titles.setdefault(item.name, item.title)
        self.table = self.table.plus(item.name, cls, self.rounding.shares(shares))
        self._step(date_at(due, self.start), item.name, item.title, "warrants", "warrants", None)

    def _step(self, day: date, address: str, title: str, part: str, kind: str, closed: Closed | None) -> None:
        self.steps.append(Step(day, address, title, part, kind, self.table, closed, tuple(self.outstanding)))

    def _investor(self, item: Item, investor: str) -> str:
        """The holder that an investor of a round is; whoever pays a round without commitments is named after it."""
        listed = {c.investor: c.title or c.investor for c in item.part.commitments}  # type: ignore[attr-defined]
        holder = investor if investor in listed else f"{item.name}_investors"
        self.titles.setdefault(holder, listed.get(investor, f"{item.title} investors"))
        return holder

    def _class(self, item: Item, name: str, day: date) -> ShareClass:
        """The class that a round issues: of its own name, as it is in the table if it has begun."""
        known = self.table.classes.get(name)
        return known or share_class(name, item.part.stock, SAME_DAY * day.toordinal())  # type: ignore[attr-defined]

    def _qualifies(self, one: Instrument, money: Fraction) -> bool:
        return one.item.part.kind == "safe" or money >= self._money(f"{one.name}.qualified_round", 0)  # type: ignore[attr-defined]

    def _convertible(self, one: Instrument, day: date) -> Convertible:
        return convertible(one, one.owed(day), self.rows)

    def _problem(self, error: CaptableError, item: Item, closing: str, day: date) -> Problem:
        """What makes a closing unsolvable, where the file says it."""
        owner = next((i for i in self.model.section("funding") if i.name == error.subject), item)
        text = f"At the closing of {item.name} on {day.isoformat()}: {error.text}"
        written = self.model.document.data[owner.section][owner.name]
        for n, one in enumerate(written.get("closings", ()) if owner is item else ()):
            if one["name"] == closing and error.field in one:
                path = (*owner.path, "closings", n, error.field)
                return self.model.document.problem(path, error.name, text)
        if error.field in written:
            return self.model.document.problem((*owner.path, error.field), error.name, text)
        if error.field in self.model.document.data["captable"]:
            return self.model.document.problem(("captable", error.field), error.name, text)
        return self.model.document.problem(owner.path, error.name, text, at="key")


def convertible(one: Instrument, money: Fraction, rows: Mapping[str, Sequence[float]]) -> Convertible:
    """An instrument as the solve takes it, with the money that converts."""
    part: Any = one.item.part
    cap = rows.get(f"{one.name}.valuation_cap")
    safe = part.kind == "safe"
    return Convertible(
        name=one.name,
        holder=one.holder,
        money=money,
        kind="safe" if safe else "note",
        form=(part.form or "post_money") if safe else "pre_money",
        cap=None if cap is None else Fraction(repr(float(cap[0]))),
        discount=Fraction(0) if part.discount is None else exact(part.discount),
        mfn=safe and part.mfn,
        ownership=exact(part.ownership) if safe and part.ownership is not None else None,
        counts_new_pool=part.counts_new_pool,
        cap_counts=part.cap_counts,
        order=one.order,
    )


def opening_table(captable: Any) -> CapTable:
    """`[captable]` as it is written; percentages make a company of one share."""
    classes = {COMMON: ShareClass(name=COMMON, kind="common")}
    for name, cls in captable.classes.items():
        issued = SAME_DAY * date_at(cls.issued.entries[0].amount.number, 0).toordinal() if cls.issued is not None else 0
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
        classes[name] = replace(classes[name], issue_price=price, conversion_price=converts, strike=strike)
    return CapTable(classes=classes, holdings=holdings, pool=exact(captable.pool))


def share_class(name: str, stock: Stock, order: int) -> ShareClass:
    """A class with the terms of a file, its price still to be set; `order` grows with the day of its first issue."""
    return ShareClass(
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
