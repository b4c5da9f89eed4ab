"""The cash of the accounts of the books at each month's end, and the cash that ledgers and balance sheets show."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.actuals import BooksCash, CashAccount, OpeningCash
from runway.files.books.union import CENT
from runway.files.document import raw_at
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, last_day
from runway.program.exports import by_name
from runway.program.rules import CASH

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from runway.errors import Problem
    from runway.model.books import ActualsTable
    from runway.model.model import Model
    from runway.program.exports import AccountRows
    from runway.program.transfers import Leg

OPENING = ("model", "opening_cash")


class Rates:
    """The rate of a currency in the model's own, by month of the model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._rates: dict[tuple[str, int], Decimal] = {}

    def __call__(self, currency: str, t: int) -> Decimal:
        key = (currency, max(0, t))
        if key not in self._rates:
            self._rates[key] = self._rate(*key)
        return self._rates[key]

    def worth(self, currency: str, amount: Decimal, day: date) -> Decimal:
        """An amount of a day in the model's currency."""
        return amount * self(currency, absolute_month(day) - self._model.settings.start)

    def knows(self, currency: str) -> bool:
        return currency == self._model.settings.currency or currency in self._model.fx

    def _rate(self, currency: str, t: int) -> Decimal:
        if currency == self._model.settings.currency:
            return Decimal(1)
        entries, month = self._model.fx[currency].entries, self._model.settings.start + t
        in_force = [entry for entry in entries if entry.begins_by(month)]
        return Decimal(str((in_force or entries)[-1 if in_force else 0].amount.number))


class CashHeld(NamedTuple):
    """The accounts that hold cash, and their sums in the model's currency."""

    accounts: tuple[CashAccount, ...]
    in_transit: tuple[Decimal, ...]
    closing: tuple[Decimal, ...]
    opening: OpeningCash
    remarks: tuple[str, ...]


def written_opening(model: Model) -> Decimal | None:
    """The opening cash of the file in the model's own currency; None where it is left to the books."""
    if raw_at(model.document.data, OPENING) is None:
        return None
    amount = model.settings.opening_cash.entries[0].amount
    number = Decimal(str(amount.number))
    return number if amount.currency is None else number * Rates(model)(amount.currency, 0)


def cash_held(
    model: Model, table: ActualsTable, sources: Sequence[AccountRows], legs: Sequence[Leg], closed: int, rates: Rates
) -> CashHeld:
    """The cash of the accounts, from the start to the end of each closed month.

    Raises `InputError`: opening-in-period.
    """
    start, stated, openings = model.settings.start, Decimal(0), dict[int, Decimal | None]()
    moves: dict[int, list[Decimal]] = {}
    for n, source in enumerate(sources):
        before, flows = Decimal(0), [Decimal(0)] * closed
        for month, posted in source.months.items():
            if month < start:
                before += posted.amount
            elif month < start + closed:
                flows[month - start] += posted.amount
        opening = source.joined.opening
        openings[n] = None if opening is None else opening.amount + before
        stated += Decimal(0) if opening is None else (opening.amount + before) * rates(source.currency, 0)
        moves[n] = flows
    unknown = [n for n, opening in openings.items() if opening is None]
    in_transit = sum((_on_its_way(leg, rates, start) for leg in legs if leg.since is None), Decimal(0))
    total, counts_coming, remarks = _opening(model, table, sources, stated, in_transit, unknown)
    if unknown:
        first = sources[unknown[0]]
        openings[unknown[0]] = (total - stated - (in_transit if counts_coming else 0)) / rates(first.currency, 0)
    accounts, closing = list[CashAccount](), [Decimal(0)] * closed
    for n, source in enumerate(sources):
        amount, ends = openings[n] or Decimal(0), list[Decimal]()
        for t, change in enumerate(moves[n]):
            ends.append((ends[-1] if ends else amount) + change)
            closing[t] += ends[t] * rates(source.currency, t)
        accounts.append(
            CashAccount(source.title, source.currency, amount, n not in unknown, tuple(moves[n]), tuple(ends))
        )
    counted = [leg for leg in legs if leg.since is not None or counts_coming]
    transit = tuple(
        sum((_on_its_way(leg, rates, start) for leg in counted if _is_under_way(leg, start + t)), Decimal(0))
        for t in range(closed)
    )
    place = next((source.joined.opening for source in sources if source.joined.opening is not None), None)
    file = sources[0].files[0] if sources[0].files else sources[0].name
    opening_cash = OpeningCash(total, file, 0 if place is None else place.line)
    ends = [a + b for a, b in zip(closing, transit, strict=True)]
    return CashHeld(tuple(accounts), transit, tuple(ends), opening_cash, tuple(remarks))


def _on_its_way(leg: Leg, rates: Rates, start: int) -> Decimal:
    """The amount of a transfer that is in one account's rows and not yet in the other's, in the model's currency."""
    row, code = leg.moved.row, leg.moved.source.currency
    t = absolute_month(row.day) - start
    return (row.amount if leg.since is None else -row.amount) * rates(code, t)


def _is_under_way(leg: Leg, month: int) -> bool:
    end = last_day(month)
    return (leg.since is None or leg.since <= end) and (leg.until is None or leg.until > end)


def _opening(
    model: Model,
    table: ActualsTable,
    sources: Sequence[AccountRows],
    stated: Decimal,
    in_transit: Decimal,
    unknown: Sequence[int],
) -> tuple[Decimal, bool, list[str]]:
    """The cash of all accounts at the start, of the file or of the statements; whether transfers are in it; remarks."""
    written, remarks = written_opening(model), list[str]()
    names = ", ".join(sources[n].title for n in unknown)
    first = next((source for n, source in enumerate(sources) if n not in unknown), None)
    if written is None or table.opening == "books":
        if first is None:
            text = f"No file says what {names} holds. Write opening_cash in [model], and leave opening out."
            raise InputError(model.document.problem(("actuals", "opening"), "missing-field", text))
        if written is not None and min(abs(written - stated - in_transit), abs(written - stated)) >= CENT:
            raise InputError(_contradiction(model, first, stated, written))
        if unknown:
            remarks.append(f"no file says what {names} held at the start: 0 is taken")
        return stated + in_transit, True, remarks
    difference = written - stated
    if first is not None and not unknown and abs(difference) >= CENT:
        if abs(difference - in_transit) >= CENT:
            raise InputError(_contradiction(model, first, stated, written))
        return written, True, remarks
    if first is not None and difference <= -CENT:
        raise InputError(_contradiction(model, first, stated, written))
    if in_transit:
        remarks.append(f"{in_transit:,.2f} was on its way between accounts at the start, and is not in opening_cash")
    return written, False, remarks


def _contradiction(model: Model, source: AccountRows, stated: Decimal, written: Decimal) -> Problem:
    """The problem of statements that begin with other cash than the file says."""
    opening = source.joined.opening
    where = f"line {opening.line} of " if opening is not None and opening.line else ""
    file = source.files[0] if source.files else source.name
    text = (
        f"The accounts begin with {stated:,.2f} ({where}{file}); opening_cash is {written:,.2f}. Write "
        f'opening_cash = {stated:.2f}, or leave it out and write opening = "books" in [actuals].'
    )
    return model.document.problem(OPENING, "opening-in-period", text)


def books_opening(
    sources: Sequence[AccountRows], target: Callable[[AccountRows, str], str | None], start: int, rates: Rates
) -> OpeningCash | None:
    """The cash that the books of one table, in whatever currencies, have before the first month; None if not said."""
    openings = [opening for source in sources if (opening := _opening_of(source, target, start, rates))]
    return openings[0]._replace(amount=sum((opening.amount for opening in openings), Decimal(0))) if openings else None


def _opening_of(
    source: AccountRows, target: Callable[[AccountRows, str], str | None], start: int, rates: Rates
) -> OpeningCash | None:
    """The cash that books in one currency have before the first month.

    Of a ledger that is its last opening entry until then, and the postings since; of a sheet of balances its balances
    of the day before.
    """
    eve = last_day(start - 1)
    dated = [
        (balance.day, OpeningCash(balance.amount, export.title, balance.line, balance.day))
        for export in source.exports
        for balance in export.opening
        if source.trait.double and target(source, balance.account) == CASH
    ]
    if not source.trait.monthly:
        dated = [
            (row.day, OpeningCash(row.amount, file, row.line, row.day))
            for file, row in source.rows()
            if row.day == eve and target(source, row.account) == CASH
        ]
    if not dated:
        return None
    days = {day for day, _ in dated}
    opened = max((day for day in days if day <= eve + timedelta(days=31)), default=min(days))
    balances = [balance for day, balance in dated if day == opened]
    amount = sum((balance.amount for balance in balances), Decimal(0))
    if source.trait.monthly:
        amount += sum(
            (
                row.amount
                for _, row in source.rows()
                if opened <= row.day <= eve and target(source, row.account) == CASH
            ),
            Decimal(0),
        )
    return balances[0]._replace(amount=amount * rates(source.currency, 0))


def books_cash(
    sources: Sequence[AccountRows],
    target: Callable[[AccountRows, str], str | None],
    opening: Decimal,
    start: int,
    closed: int,
    rates: Rates,
) -> tuple[BooksCash, ...]:
    """The cash accounts of ledgers by month, and of sheets of balances at their days."""
    books = list[BooksCash]()
    for name, of_table in by_name(sources).items():
        if of_table[0].trait.double:
            flows, any_cash = [Decimal(0)] * closed, False
            for source in of_table:
                for (account, month), posted in source.postings.items():
                    t = month - start
                    if t < closed and target(source, account) == CASH:
                        any_cash = True
                        if t >= 0:
                            flows[t] += posted.amount * rates(source.currency, t)
            if any_cash:
                ledger_opening = books_opening(of_table, target, start, rates)
                first = opening if ledger_opening is None else ledger_opening.amount
                books.append(BooksCash(name, tuple(accumulate(flows, initial=first))[1:]))
        elif not of_table[0].trait.monthly:
            ends: list[Decimal | None] = [None] * closed
            for source in of_table:
                for _, row in source.rows():
                    t = absolute_month(row.day) - start
                    at_end = 0 <= t < closed and row.day == last_day(start + t)
                    if at_end and target(source, row.account) == CASH:
                        ends[t] = (ends[t] or Decimal(0)) + row.amount * rates(source.currency, t)
            if any(end is not None for end in ends):
                books.append(BooksCash(name, tuple(ends)))
    return tuple(books)
