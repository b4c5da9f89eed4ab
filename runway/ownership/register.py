"""Who owns the company, from `[captable]` through every closing that a run of the engine draws.

A closing that brings money issues shares in that run, a clause that cuts the money cuts the stake, and a lapsed closing
issues nothing.  The solve of each closing is exact (`runway.ownership.closing`); this module sets its terms and day.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.figure import exact, exactly
from runway.language.named_tuple import NamedTuple
from runway.months import date_at
from runway.ownership.closing import close, grant
from runway.ownership.contracts import Contracts
from runway.ownership.mistakes import closing_problem, refuse_parts, sale_problem
from runway.ownership.ownership import PLANNED, CapTableStep, Instrument, Ownership
from runway.ownership.records import CapTable, CaptableError, Rounding, RoundPrice, RoundStart, RoundTerms, StockClass
from runway.ownership.securities import convertible, opening_table, share_class
from runway.words import minor_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from runway.funding.captable import Captable
    from runway.funding.conversion import ConversionTerms
    from runway.funding.loan import Warrants
    from runway.language.figure import Figure
    from runway.model.model import Item, Model
    from runway.ownership.records import Adjustment, SolvedClosing

NOTHING = Fraction(0)
NO_PRICE = RoundPrice(NOTHING, None)


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
    return _Register(model, model.captable, rows).ownership()


def stakes(model: Model, rows: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Who owns how much at the end of the horizon, by title, the pool included; empty without a cap table."""
    return {} if model.captable is None else ownership(model, rows).last_stakes()


class _Snapshot(NamedTuple):
    """The state of the register at one moment, to come back to; nothing in it is changed, only replaced."""

    table: CapTable
    outstanding: tuple[Instrument, ...]
    funded: tuple[Instrument, ...]
    repaid: dict[str, date]
    prices: dict[str, RoundPrice]
    sold_rounds: frozenset[str]
    adjustments: dict[str, dict[str, Adjustment]]


class _Register:
    """The cap table while it is carried through the months."""

    def __init__(self, model: Model, captable: Captable, rows: Mapping[str, Sequence[float]]) -> None:
        self.model, self.rows, self.captable = model, rows, captable
        self.contracts = Contracts(model, rows)
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
        for item in model.section("funding"):
            for investor in item.part.investors():
                self._investor(item, investor)
            if (transfer := item.part.transfer()) is not None and transfer.buyer is not None:
                self.titles.setdefault(transfer.buyer, transfer.buyer)
        self.outstanding: tuple[Instrument, ...] = ()
        self.funded: tuple[Instrument, ...] = ()
        self.repaid: dict[str, date] = {}
        self.steps: list[CapTableStep] = []
        self.prices: dict[str, RoundPrice] = {}  # by round
        rounds = [item for item in model.section("funding") if item.part.priced]
        closings = [(item.name, f"{item.name}.{closing.name}") for item in rounds for closing in item.part.closings()]
        self.sold_rounds = frozenset(name for name, closing in closings if self._row(f"{closing}.due", 0) < 0)
        self.round_starts: dict[str, RoundStart] = {}  # by round
        self.adjustments: dict[str, dict[str, Adjustment]] = {}  # round -> changes of older classes' conversion prices
        self.changes: list[Callable[[], None]] = []
        self.place = 0  # among the changes
        self.first_states: dict[str, tuple[int, _Snapshot]] = {}  # round -> place and state before its first closing
        self.valuation_months: dict[str, int] = {}  # round -> the month whose pre-money all of it is now solved at

    def ownership(self) -> Ownership:
        opening, settings = self.table, self.model.settings
        for item in self.model.section("funding"):
            if item.part.conversion() is not None and self._row(f"{item.name}.due", 0) < 0:
                self._fund(item, self._row(f"{item.name}.due", 0), self._row(f"{item.name}.offered", 0))
        self.changes = [change for *_, change in sorted(self._changes(), key=lambda change: change[:3])]
        self._make_changes(0, len(self.changes))
        for table in (step.table for step in self.steps):
            assert sum(table.by_holder().values(), table.pool) == table.fully_diluted
        return Ownership(
            model=settings.name,
            scenario=self.model.scenario,
            currency=settings.currency,
            minor_digits=minor_digits(settings.currency),
            start=self.start,
            months=self.months,
            in_shares=self.in_shares,
            rounding=self.rounding,
            titles=self.titles,
            opening=opening,
            steps=tuple(self.steps),
            repaid=self.repaid,
            funded=self.funded,
        )

    def _make_changes(self, first: int, after: int) -> None:
        for self.place in range(first, after):
            self.changes[self.place]()

    def _row(self, address: str, t: int) -> float:
        return float(self.rows[address][t])

    def _receipts(self, address: str) -> list[tuple[int, float]]:
        """The months in which money was received, and the position of its day."""
        return [(t, self._row(f"{address}.due", t)) for t in range(self.months) if self._row(f"{address}.cash", t) > 0]

    def _money(self, address: str, t: int) -> Fraction:
        return exactly(self._row(address, t))

    def _changes(self) -> Iterator[tuple[float, int, str, Any]]:
        """The changes of the cap table: the position of each, its place within a day, its name, the function."""
        for item in self.model.section("funding"):
            part = item.part
            terms: ConversionTerms | None = part.conversion()
            rights: Warrants | None = part.rights()
            if part.priced:
                yield from self._round(item)
            if terms is not None:
                for t, due in self._receipts(item.name):
                    paid = self._row(f"{item.name}.cash", t)
                    yield due, 0, item.name, partial(self._fund, item, due, paid)
                if terms.maturity is not None and any(self.rows.get(f"{item.name}.principal", ())):
                    day = terms.maturity.number
                    yield day - self.start, 4, item.name, partial(self._repay, item, date_at(day, 0))
            if rights is not None:
                for t, due in self._receipts(item.name):
                    lent = self._money(f"{item.name}.cash", t)
                    yield due, 2, item.name, partial(self._warrants, item, rights, due, lent)
            if part.transfer() is not None:
                for t, volume in enumerate(self.rows[f"{item.name}.volume"]):
                    if volume > 0:
                        due = self._row(f"{item.name}.due", t)
                        yield due, 5, item.name, partial(self._sell, item, t, due)
        for name, share_grant in self.captable.grants.items():
            place = share_grant.date.number - self.start
            if 0 <= place < self.months:
                yield place, 3, name, partial(self._grant, name, place)

    def _round(self, item: Item) -> Iterator[tuple[float, int, str, Any]]:
        for closing in item.part.closings():
            for t, due in self._receipts(f"{item.name}.{closing.name}"):
                yield due, 1, item.name, partial(self._close, item, closing, t, due)
        valued = self.rows.get(f"{item.name}.pre_money", ())
        for t in range(1, len(valued)):
            if valued[t] != valued[t - 1]:  # a cut or a lapse, with the post-money kept
                ends = (cut.by.number - self.start for cut in (*item.part.clauses(), *item.part.closings()))
                at = max((end for end in ends if t <= end < t + 1), default=t + 0.99)
                yield at, 2, item.name, partial(self._reprice, item, t, date_at(at, self.start))

    def _fund(self, item: Item, due: float, paid: float) -> None:
        day = date_at(due, self.start)
        written = item.part.conversion().cap
        cap = None if written is None else self.contracts.amount(written, int(due // 1))
        instrument = Instrument(item, exactly(paid), day, day.toordinal(), cap)
        self.titles.setdefault(instrument.holder, item.title if instrument.holder == item.name else instrument.holder)
        self.outstanding += (instrument,)
        self.funded += (instrument,)

    def _close(self, item: Item, closing: Any, t: int, due: float) -> None:
        part, contracts = item.part, self.contracts
        day = date_at(due, self.start)
        own_price = closing.price is not None or closing.valuation is not None
        if not own_price:
            self._reprice(item, t, day)
        if not own_price and item.name not in self.prices:
            self.first_states[item.name] = (self.place, self._state())
        paid = {self._investor(item, i): self._money(f"{item.name}.{closing.name}.{i}", t) for i in part.investors()}
        money = {holder: amount for holder, amount in paid.items() if amount}
        pre_money, price, expected = self._price(item, closing, t)
        brought = sum(money.values(), NOTHING)
        lever = brought / self._money(f"{item.name}.{closing.name}.left", t)  # multiplies what is still to come
        at_own_prices = [f"{item.name}.{c.name}" for c in part.closings() if c.price is not None and c is not closing]
        terms = RoundTerms(
            name=item.name,
            share_class=self._class(item, f"{item.name}_{closing.name}" if own_price else item.name, day),
            pre_money=pre_money,
            price=price,
            class_price=None if own_price else self._class_price(item, t),
            money=money,
            round_money=max(lever * expected, brought),
            pool=exact(part.pool) if part.pool is not None and item.name not in self.sold_rounds else None,
            at_own_prices=lever
            * sum((self._money(f"{c}.left", t) / self._money(f"{c}.share_price", t) for c in at_own_prices), NOTHING),
            pro_rata=part.pro_rata,
            pro_rata_counts_pool=part.pro_rata_counts_pool,
            convertibles=part.convertibles,
            conversion_series=part.conversion_series,
            anti_dilution_in_price=part.anti_dilution_in_price,
            conversions_exempt=part.conversions_exempt,
            earlier={n: contracts.adjustment(a, t) for n, a in self.adjustments.get(item.name, {}).items()},
        )
        address = f"{item.name}.{closing.name}"
        converting = {i.name for i in self.outstanding if self._qualifies(i, address, t)}
        before, round_start = self.table, self.round_starts.get(item.name) if item.name in self.sold_rounds else None
        today = [contracts.instrument(i, t) for i in self.outstanding]
        try:
            instruments = [convertible(i, i.owed(day), round_start) for i in today if i.name in converting]
            waiting = tuple(convertible(i, i.owed(day)) for i in today if i.name not in converting)
            closed = close(contracts.table(before, t), instruments, terms._replace(waiting=waiting), self.rounding)
            new_classes = closed.table.classes.keys() - before.classes.keys()
            contracts.note_currency(new_classes, _price_figure(closing if own_price else part), t)
            closed = contracts.at_issue_rates(closed, t)
        except CaptableError as error:
            raise InputError(closing_problem(error, item, closing.name, day, self.model)) from None
        refuse_parts(closed, before, terms, item, self.model)
        self.table = closed.table
        if item.name not in self.sold_rounds or item.name not in self.round_starts:
            names = frozenset(i.name for i in self.outstanding)
            self.round_starts[item.name] = RoundStart(before, names, closed.table.pool - before.pool)
        adjustments = self.adjustments.get(item.name, {}) | {a.share_class: a for a in closed.adjustments}
        self.adjustments = {**self.adjustments, item.name: adjustments}
        self.outstanding = tuple(i for i in self.outstanding if i.name not in converting)
        self.sold_rounds |= {item.name}
        if not own_price:
            known = self.prices.get(item.name, NO_PRICE).pre_money
            round_price = RoundPrice(closed.price, pre_money or known, self._rate(item, t))
            self.prices = {**self.prices, item.name: round_price}
        part_of = "" if len(part.closings()) == 1 else closing.title or closing.name
        self._step(day, f"{item.name}.{closing.name}", self._title(item), part_of, "closing", closed, before)

    def _price(self, item: Item, closing: Any, t: int) -> tuple[Fraction | None, Fraction | None, Fraction]:
        """The pre-money or the price of a closing, and the money that its round is expected to bring."""
        name, part = item.name, item.part
        if closing.price is not None:
            return None, self._money(f"{name}.{closing.name}.share_price", t), NOTHING
        if closing.valuation is not None:
            return self._money(f"{name}.{closing.name}.pre_money", t), None, NOTHING
        if name in self.prices:  # in another currency, at the rate of the day
            return None, self.prices[name].price * self._rate(item, t) / self.prices[name].rate, NOTHING
        closings = [c for c in part.closings() if c.price is None and c.valuation is None]
        drawn_before = [c for c in closings if self._row(f"{name}.{c.name}.due", 0) < 0]
        if drawn_before:  # its first shares are in the table, and so is their price
            self.contracts.note_currency({name}, _price_figure(part), 0)
        if drawn_before and part.price is None:
            cls, factor = self.table.classes.get(name), self.contracts.price_change(name, t)
            if cls is not None and cls.issue_price is not None and self.in_shares:
                return None, cls.issue_price * factor, NOTHING
            drawn = sum((self._money(f"{name}.{c.name}.left", 0) for c in drawn_before), NOTHING)
            return None, (self._money(f"{name}.pre_money", t) + drawn) * factor / self.table.fully_diluted, NOTHING
        t = max(t, self.valuation_months.get(name, 0))
        coming = [f"{name}.coming"] if f"{name}.coming" in self.rows else [f"{name}.{c.name}.left" for c in closings]
        expected = sum((self._money(row, t) for row in coming), NOTHING)
        if part.price is not None:
            return None, self._money(f"{name}.share_price", t), expected
        return self._money(f"{name}.pre_money", t), None, expected

    def _class_price(self, item: Item, t: int) -> Fraction | None:
        """The first issue price of a round's class whose later closings are priced at a changing exchange rate."""
        cls, figure = self.table.classes.get(item.name), _price_figure(item.part)
        price = None if cls is None or figure is None or figure.floating is None else cls.issue_price
        return price and price * self.contracts.price_change(item.name, t)

    def _rate(self, item: Item, t: int) -> Fraction:
        """The rate in a month of the currency of a round's valuation or price; 1 where it is the model's."""
        return self.contracts.rate(_price_figure(item.part), t)

    def _reprice(self, item: Item, t: int, day: date) -> None:
        """Solves the round anew at the pre-money as it is now: a cut that keeps the post-money makes it dearer.

        All that has happened since its first closing happens again, from what was before it.
        """
        name = item.name
        money = self.rows.get(f"{name}.pre_money", ())[max(t, self.valuation_months.get(name, 0)) :][:1]
        if name not in self.prices or self.prices[name].pre_money in (None, *map(exactly, money)):
            return
        if money[0] <= 0:
            text = f"What is left of {name} puts its pre-money at {money[0]:,.0f}, so that its shares have no price."
            raise InputError(self.model.document.problem((*item.path, "valuation"), "valuation-too-small", text))
        before, place, steps = self.table, self.place, self.steps
        self.valuation_months[name], self.steps = t, []
        first, state = self.first_states[name]
        self._restore(state)
        self._make_changes(first, place)
        self.place, self.steps = place, steps
        self._step(day, name, self._title(item), "repriced", "repricing", None, before)

    def _state(self) -> _Snapshot:
        return _Snapshot(
            self.table, self.outstanding, self.funded, self.repaid, self.prices, self.sold_rounds, self.adjustments
        )

    def _restore(self, state: _Snapshot) -> None:
        self.table, self.outstanding, self.funded, self.repaid = state[:4]
        self.prices, self.sold_rounds, self.adjustments = state[4:]

    def _grant(self, name: str, place: float) -> None:
        share_grant = self.captable.grants[name]
        self.titles.setdefault(share_grant.holder, share_grant.holder)
        path, before = ("captable", "grants", name), self.table
        try:
            self.table = grant(
                before,
                share_grant.holder,
                before.classes[share_grant.class_],
                shares=None if share_grant.shares is None else exact(share_grant.shares),
                stake=None if share_grant.stake is None else exact(share_grant.stake),
                from_pool=share_grant.from_pool,
                rounding=self.rounding,
            )
        except CaptableError as error:
            raise InputError(self.model.document.problem(path, error.name, error.text, at="key")) from None
        day = date_at(place, self.start)
        self._step(day, f"captable.grants.{name}", share_grant.title or name, "grant", "grant", None, before)

    def _repay(self, item: Item, day: date) -> None:
        """A note that is paid back at maturity converts into nothing."""
        self.repaid = {**self.repaid, item.name: day}
        self.outstanding = tuple(i for i in self.outstanding if i.item is not item)

    def _sell(self, item: Item, t: int, due: float) -> None:
        """Holders sell to a buyer; a sale without either is a mark alone."""
        from runway.ownership.transfer import secondary_sale

        before, day = self.table, date_at(due, self.start)
        amount, valuation = self._money(f"{item.name}.volume", t), self._money(f"{item.name}.mark", t)
        try:
            self.table, sold = secondary_sale(before, item.name, item.part.transfer(), amount, valuation, self.rounding)
        except CaptableError as error:
            raise InputError(sale_problem(error, item, day, self.model)) from None
        self._step(day, item.name, self._title(item), "secondary", "secondary", None, before)
        self.steps[-1] = self.steps[-1]._replace(sold=sold)

    def _warrants(self, item: Item, terms: Warrants, due: float, lent: Fraction) -> None:
        """A lender's right to buy shares."""
        strike = self.contracts.amount(terms.strike, int(due // 1))
        cls = StockClass(name=f"{item.name}_warrants", kind="warrants", strike=strike)
        self.titles.setdefault(item.name, item.title)
        before = self.table
        self.table = before.plus(item.name, cls, self.rounding.shares(terms.shares_for(lent, strike)))
        self._step(date_at(due, self.start), item.name, self._title(item), "warrants", "warrants", None, before)

    def _step(
        self, day: date, address: str, title: str, part: str, kind: str, closed: SolvedClosing | None, before: CapTable
    ) -> None:
        self.steps.append(CapTableStep(day, address, title, part, kind, before, self.table, closed, self.outstanding))

    def _title(self, item: Item) -> str:
        """The title of a round, SAFE, note or sale; a planned one says so."""
        return f"{item.title}{PLANNED}" if item.planned else item.title

    def _investor(self, item: Item, investor: str) -> str:
        """The holder that an investor of a round is; whoever pays a round without commitments is named after it."""
        listed = {c.investor: c.title or c.investor for c in item.part.commitments()}
        holder = investor if investor in listed else f"{item.name}.investors"
        self.titles.setdefault(holder, listed.get(investor, f"{item.title} investors"))
        return holder

    def _class(self, item: Item, name: str, day: date) -> StockClass:
        """The class that a round issues: of its own name, as it is in the table if it has begun."""
        return self.table.classes.get(name) or share_class(name, item.part.stock, day.toordinal())

    def _qualifies(self, instrument: Instrument, closing: str, t: int) -> bool:
        """Whether a closing, with the money of its round before, is of the size that an instrument requires."""
        from runway.funding.qualified import QUALIFIED, raised_row

        row = f"{instrument.name}.{QUALIFIED}"
        return row not in self.rows or self._row(raised_row(closing), t) >= self._row(row, t)


def _price_figure(part: Any) -> Figure | None:
    """The figure of the valuation or price of a round or closing."""
    figure: Figure | None = part.price if part.valuation is None else part.valuation.figure
    return figure
