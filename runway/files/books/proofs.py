"""The printed totals, opening and closing balances of a list, held against its entries."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.dates import date_of
from runway.files.books.export import Balance
from runway.files.books.filters import OPENING
from runway.files.books.numbers import money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from runway.files.books.amounts import RowAmounts
    from runway.files.books.gather import GatheredRows, PrintedBalance, PrintedTotal

ROUNDED = Decimal("0.01")  # the difference that a printed total may have for each amount that it sums


def check_totals(gathered: GatheredRows, flows: RowAmounts) -> None:
    """Notes printed totals that their rows do not sum to (totals-do-not-foot)."""
    for total in gathered.totals:
        for role, place in gathered.figures.items():
            if role == "balance" or (printed := flows.amount_in(total.cells[place], place)) is None:
                continue
            sums = list(_sums(gathered, flows, total, role, place))
            if any(abs(abs(printed) - abs(amount)) <= ROUNDED * count for amount, count in sums):
                continue
            head = gathered.heads[place].name
            text = f"{total.label[:60]} says {printed:,.2f} in {head}; its rows sum to {sums[0][0]:,.2f}."
            gathered.sheet.problem(total.line, place, "totals-do-not-foot", text)


def _sums(
    gathered: GatheredRows, flows: RowAmounts, total: PrintedTotal, role: str, place: int
) -> Iterable[tuple[Decimal, int]]:
    """The sums that a total may be, each with its number of amounts: with and without opening balances, of a block or
    of all."""
    opened = [
        amount
        for balance in gathered.balances
        if balance.opening and balance.line < total.line and (amount := flows.figure(balance.cells, role)) is not None
    ]
    for start in {total.start} if total.named else {total.start: None, 0: None}:
        amounts = [
            amount
            for n in range(start, total.end)
            if n not in gathered.reasons and (amount := flows.columns[place][n]) is not None
        ]
        alone = sum(amounts, Decimal(0))
        yield alone, len(amounts)
        if opened:
            yield alone + opened[-1], len(amounts) + 1
            yield alone + sum(opened), len(amounts) + len(opened)


def opening_balances(
    gathered: GatheredRows, flows: RowAmounts, ordered: Sequence[int], days: Sequence[date | None],
    accounts: Sequence[str], *, alone: bool,
) -> tuple[tuple[Balance, ...], tuple[Balance, ...]]:  # fmt: skip
    """The opening and closing balances of accounts, by running balances or rows of their own.

    `alone` says whether the file has one account. Notes balance-does-not-foot.
    """
    first, last = _day_span(ordered, days)
    if first is None or last is None:
        return (), ()
    if not gathered.layout.double_entry:
        if not alone:
            return _running(flows, ordered, days)
        return _of_statement(gathered, flows, ordered, days)
    opening: dict[str, Balance] = {}
    for n, reason in gathered.reasons.items():
        if reason == OPENING:
            day, line = days[n] or first, gathered.lines[n]
            opening.setdefault(accounts[n], Balance(day, flows.amounts[n], line, accounts[n]))
    for printed in gathered.balances:
        figure = _figure(flows, printed, double_entry=True)
        if printed.opening and figure is not None:
            opening.setdefault(printed.account, Balance(first, figure, printed.line, printed.account))
    by_account: dict[str, Decimal] = {}
    for n in ordered if gathered.balances else ():
        by_account[accounts[n]] = by_account.get(accounts[n], Decimal(0)) + flows.amounts[n]
    closing = []
    for printed in gathered.balances:
        figure = None if printed.opening else _figure(flows, printed, double_entry=True)
        if figure is None:
            continue
        before = opening[printed.account].amount if printed.account in opening else Decimal(0)
        _refuse_unless(gathered, printed, figure, before + by_account.get(printed.account, Decimal(0)), either=True)
        closing.append(Balance(last, figure, printed.line, printed.account))
    nonzero = tuple(balance for balance in opening.values() if balance.amount)
    return nonzero, tuple(closing)


def _day_span(ordered: Sequence[int], days: Sequence[date | None]) -> tuple[date | None, date | None]:
    """The first and the last day of the entries, or of all rows where none count."""
    entry_days = [day for n in ordered if (day := days[n])] or [day for day in days if day]
    return min(entry_days, default=None), max(entry_days, default=None)


def _running(
    flows: RowAmounts, ordered: Sequence[int], days: Sequence[date | None]
) -> tuple[tuple[Balance, ...], tuple[Balance, ...]]:
    """The balances before the first row and after the last of one account, where its rows have them."""
    opening: tuple[Balance, ...] = ()
    closing: tuple[Balance, ...] = ()
    before = Decimal(0)
    for n in ordered:
        before += flows.amounts[n]
        balance, day = flows.balances[n], days[n]
        if balance is not None and day is not None:
            first = next(day for i in ordered if (day := days[i]))
            opening = (Balance(first, balance - before, flows.line(ordered[0])),)
            break
    after = Decimal(0)
    for n in reversed(ordered):
        balance, day = flows.balances[n], days[ordered[-1]]
        if balance is not None and day is not None:
            closing = (Balance(day, balance + after, flows.line(ordered[-1])),)
            break
        after += flows.amounts[n]
    return opening, closing


def _of_statement(
    gathered: GatheredRows, flows: RowAmounts, ordered: Sequence[int], days: Sequence[date | None]
) -> tuple[tuple[Balance, ...], tuple[Balance, ...]]:
    """The opening and closing balance of a statement of one account; rows that say them must agree with the entries."""
    opening, closing = _running(flows, ordered, days)
    first, last = _day_span(ordered, days)
    assert first is not None
    assert last is not None
    for printed in gathered.balances:
        figure = _figure(flows, printed, double_entry=False)
        if figure is None:
            continue
        if printed.opening:
            if opening:
                _refuse_unless(gathered, printed, figure, opening[0].amount)
            opening = opening or (Balance(first, figure, printed.line),)
        elif closing or opening:
            total = sum((flows.amounts[n] for n in ordered), Decimal(0))
            _refuse_unless(gathered, printed, figure, closing[0].amount if closing else opening[0].amount + total)
            closing = closing or (Balance(last, figure, printed.line),)
        else:
            closing = (Balance(last, figure, printed.line),)
    return opening, closing


def _figure(flows: RowAmounts, printed: PrintedBalance, *, double_entry: bool) -> Decimal | None:
    """The amount of a row that says a balance: in its own column, else that of debit and credit, else the only one."""
    debit, credit, amount, balance = (
        flows.figure(printed.cells, role) for role in ("debit", "credit", "amount", "balance")
    )
    sides = flows.net_amount(debit, credit)
    choices = (sides, balance, amount) if double_entry else (balance, amount, sides)
    figure = next((choice for choice in choices if choice is not None), None)
    if figure is None:
        cells = [cell for cell in printed.cells if money(cell) and date_of(cell) is None]
        figure = flows.plain(cells[0]) if len(cells) == 1 else None
    return figure and figure * flows.signs.get(printed.account, 1)


def _refuse_unless(
    gathered: GatheredRows, printed: PrintedBalance, figure: Decimal, total: Decimal, *, either: bool = False
) -> None:
    """Notes a printed balance that the entries do not come to; in books it may have the sign of its account's kind."""
    if figure == total or (either and figure == -total):
        return
    text = f"{printed.label[:60]} says {figure:,.2f}; the balance before and the rows come to {total:,.2f}: "
    text += "rows are missing or double."
    place = next((n for n, cell in enumerate(printed.cells) if money(cell)), 0)
    gathered.sheet.problem(printed.line, place, "balance-does-not-foot", text)
