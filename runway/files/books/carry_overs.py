"""Entries of a ledger that carry balances over: an opening entry is a balance, a closing entry is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.files.books.export import Balance, LeftOutRows
from runway.files.books.filters import OPENING
from runway.files.books.statements import left_out_by_reason
from runway.files.books.wording import CLOSES, CLOSING_ACCOUNT, DIGITS, OPENING_ACCOUNT, OPENS, OWNERS, RESULTS
from runway.language.named_tuple import NamedTuple
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from runway.files.books.export import BookRow, Reading
    from runway.files.books.sheet import BookSheet

ZERO = Decimal(0)
CLOSING = "closing entry"
_EITHER = re.compile(f"{OPENS.pattern}|{CLOSES.pattern}", re.IGNORECASE)
_BALANCES_OUT = re.compile(r"\bclosing[\W_]*balances?\b|schlussbilanz|asiento de cierre", re.IGNORECASE)


class CarriedEntries(NamedTuple):
    """A ledger's rows without the entries that carry balances over."""

    rows: Sequence[BookRow]
    opening: tuple[Balance, ...]
    left_out: tuple[LeftOutRows, ...]
    remarks: tuple[str, ...] = ()


def leaving(reading: Reading) -> Callable[[BookRow], bool]:
    """Whether the user leaves out a row, by its account or its text. Raises `InputError` (bad-pattern)."""
    if (pattern := reading.leave_out) is None:
        return lambda _: False
    try:
        search = re.compile(pattern, re.IGNORECASE).search
    except re.error as error:
        text = f'leave_out = "{pattern}" in {reading.table} is no regular expression: {error}.'
        raise InputError(Problem("bad-pattern", text)) from None
    return lambda row: bool(search(row.account) or search(row.text))


def without_left_out(rows: Sequence[BookRow], reading: Reading) -> tuple[list[BookRow], tuple[LeftOutRows, ...]]:
    """Rows without those that the user leaves out, and the sum of those. Raises `InputError` (bad-pattern)."""
    leaves = leaving(reading)
    counted: list[BookRow] = []
    left_out: list[BookRow] = []
    for row in rows:
        (left_out if leaves(row) else counted).append(row)
    amount = sum((row.amount for row in left_out), Decimal(0))
    return counted, (LeftOutRows(f"leave_out: {reading.leave_out}", len(left_out), amount),) if left_out else ()


def without_carried(sheet: BookSheet, rows: Sequence[BookRow], reading: Reading) -> CarriedEntries:
    """Takes out entries that bring balances, or take them to the next books; their accounts' opening balances.

    Notes closing-entries where income or costs are set to 0, opening-in-period for an opening entry whose balances
    stand elsewhere, and balance-does-not-foot for one that the books before it do not come to.
    """
    ledger = _BookRows(sheet, rows, reading)
    for entry in entries_of(rows) if ledger.is_marked else ():
        ledger.add(entry)
    for row in _emptying(rows) if not sheet.problems and reading.leave_out is None else ():
        many = f"{row.account} is set to 0, after postings of several months"
        text = f"On {day_text(row.day)} {many}. Export without closing entries."
        sheet.problem(row.line, 0, "closing-entries", text)
    if not ledger.is_marked:
        return CarriedEntries(rows, (), ())
    remarks = (f"The closing entry of {day_text(day)} carries balances over: not counted." for day in ledger.closed)
    return CarriedEntries(ledger.rows, (*ledger.opening.values(),), left_out_by_reason(ledger.left_out), tuple(remarks))


def entries_of(rows: Sequence[BookRow]) -> Iterator[Sequence[BookRow]]:
    """Rows of one day that balance: those of one id where every id does, else rows that follow each other.

    A row that nothing balances is an entry with those of its day that are left.
    """
    for _, of_day in groupby(rows, key=lambda row: row.day):
        day = list(of_day)
        by_id: dict[str, list[BookRow]] = {}
        for row in day:
            by_id.setdefault(row.id.partition("/")[0], []).append(row)
        if "" not in by_id and not any(sum((row.amount for row in postings), ZERO) for postings in by_id.values()):
            yield from by_id.values()
            continue
        start, total = 0, ZERO
        for n, row in enumerate(day, 1):
            total += row.amount
            if not total or n == len(day):
                yield day[start:n]
                start, total = n, ZERO


def _with_the_words(texts: Iterable[str]) -> Iterator[str]:
    """Texts that say of an entry that it opens or closes the books; those that differ in figures alone are alike."""
    by_pattern: dict[str, bool] = {}
    for text in texts:
        pattern = text.translate(DIGITS)
        has_words = by_pattern.get(pattern)
        if has_words is None:
            has_words = by_pattern[pattern] = _EITHER.search(text) is not None
        if has_words:
            yield text


def _emptying(rows: Sequence[BookRow]) -> Iterator[BookRow]:
    """Single postings that end a month and take a result account, after three of two months or more, to exactly 0."""
    of_account: dict[str, list[BookRow]] = {}
    for row in rows:
        of_account.setdefault(row.account, []).append(row)
    for account, postings in of_account.items():
        *before, last = postings
        if len(before) < 3 or (last.day + timedelta(days=1)).day != 1 or not RESULTS.search(account):
            continue
        months = {(row.day.year, row.day.month) for row in before}
        if len(months) > 1 and last.amount and sum((row.amount for row in before), last.amount) == 0:
            yield last


class _CarryingWords(NamedTuple):
    """Whether the name of an account, or a text, is that of an opening, a closing, or the owners."""

    opens: bool
    closes: bool
    owners: bool = False  # equity: the debt of a company to its owners

    @property
    def any(self) -> bool:
        return self.opens or self.closes or self.owners


class _BookRows:
    """Books row by row: the balance of each account, and the entries that carried balances over."""

    def __init__(self, sheet: BookSheet, rows: Sequence[BookRow], reading: Reading) -> None:
        self.rows: list[BookRow] = []
        self.opening: dict[str, Balance] = {}  # by account, before the first row
        self.closed: dict[date, None] = {}
        self.left_out: list[tuple[str, Decimal]] = []
        self._sheet, self._reading = sheet, reading
        self._leaves = leaving(reading)
        self._first = rows[0].day if rows else None
        self._balances: dict[str, Decimal] = {}
        self._opened: dict[str, date] = {}  # the day of the last opening entry of an account that no row follows
        accounts = {row.account for row in rows}
        texts = _with_the_words({row.text for row in rows})
        self._accounts = {
            name: _CarryingWords(
                bool(OPENING_ACCOUNT.search(name)), bool(CLOSING_ACCOUNT.search(name)), bool(OWNERS.search(name))
            )
            for name in accounts
        }
        self._texts = {text: _CarryingWords(bool(OPENS.search(text)), bool(CLOSES.search(text))) for text in texts}
        self._marked = {name for name, words in self._accounts.items() if words.any}
        self.is_marked = bool(self._marked or self._texts)

    def add(self, entry: Sequence[BookRow]) -> None:
        """The next entry."""
        if not any(row.account in self._marked or row.text in self._texts for row in entry):
            self._count(entry)
            return
        if len(entry) > 1 and sum((row.amount for row in entry), ZERO):
            for row in entry:  # of books with single entries, each row is one
                self.add([row])
            return
        with_words = [row for row in entry if row.text in self._texts]
        if 0 < len(with_words) < len(entry) and not sum((row.amount for row in with_words), ZERO):
            without_words = [row for row in entry if row.text not in self._texts]
            self.add(with_words)
            self.add(without_words)
            return
        opens, closes = self._opens_or_closes(entry)
        if closes and any(RESULTS.search(row.account) for row in entry):
            self._close(entry)
        elif closes:
            self._carry(entry, -1)
        elif opens:
            self._carry(entry, 1)
        else:
            self._count(entry)

    def _count(self, entry: Sequence[BookRow]) -> None:
        for row in entry:
            self._balances[row.account] = self._balances.get(row.account, ZERO) + row.amount
            self._opened.pop(row.account, None)
        self.rows += entry

    def _opens_or_closes(self, entry: Sequence[BookRow]) -> tuple[bool, bool]:
        """Whether an entry opens, or closes, the books: by its accounts or its text, and by the balances it leaves."""
        accounts = [self._accounts[row.account] for row in entry]
        texts = [words for row in entry if (words := self._texts.get(row.text))]
        owned, alone = any(words.any for words in accounts), len(entry) == 1
        opens, closes = any(words.opens for words in accounts), any(words.closes for words in accounts)
        opens = opens or (any(words.opens for words in texts) and (owned or alone or entry[0].day == self._first))
        if any(words.closes for words in texts):
            results = any(RESULTS.search(row.account) for row in entry) and (owned or alone)
            balances_out = closes and any(_BALANCES_OUT.search(row.text) for row in entry)
            return opens, results or (balances_out and not any(words.opens for words in texts)) or self._empties(entry)
        if closes:
            return opens, self._empties(entry) and not (opens and self._on_empty_accounts(entry))
        owners = len(entry) > 1 and any(words.owners for words in accounts)
        results = any(RESULTS.search(row.account) for row in entry)
        return opens, owners and not opens and results and self._empties(entry)

    def _on_empty_accounts(self, entry: Sequence[BookRow]) -> bool:
        """Whether the accounts of an entry have no balance yet."""
        return not any(self._balances.get(row.account) for row in entry if not self._accounts[row.account].any)

    def _empties(self, entry: Sequence[BookRow]) -> bool:
        """Whether an entry takes the balances of all its accounts but those of the owners to 0."""
        net_amounts: dict[str, Decimal] = {}
        for row in entry:
            if not self._accounts[row.account].owners:
                net_amounts[row.account] = net_amounts.get(row.account, ZERO) + row.amount
        return bool(net_amounts) and all(
            amount and self._balances.get(account, ZERO) + amount == 0 for account, amount in net_amounts.items()
        )

    def _close(self, entry: Sequence[BookRow]) -> None:
        if any(map(self._leaves, entry)):
            self.left_out += [(CLOSING, row.amount) for row in entry]
            return
        every = {row.account for row in entry}
        accounts = {name for name in every if not self._accounts[name].owners} or every
        many = f"{len(accounts)} income and cost accounts are" if len(accounts) > 1 else f"{next(iter(accounts))} is"
        texts = {row.text for row in entry}
        word = re.sub(r"[^\w -]", ".", next(iter(texts))[:40]) if len(texts) == 1 else ""
        way = f', or write leave_out = "^{word}" in {self._reading.table}' if word else ""
        text = f"On {day_text(entry[0].day)} {many} set to 0. Export without closing entries{way}."
        self._sheet.problem(entry[0].line, 0, "closing-entries", text)

    def _carry(self, entry: Sequence[BookRow], side: int) -> None:
        """Takes the amounts of an opening (side 1) or closing entry (-1) as its accounts' balances, and leaves it out.

        Of an account without an opening balance yet they give that.
        """
        if sum((row.amount for row in entry), ZERO) and all(self._accounts[row.account].any for row in entry):
            text = f"The opening entry of {day_text(entry[0].day)} does not say beside it what it brings. "
            text += "Export all accounts, or leave the opening entries out."
            self._sheet.problem(entry[0].line, 0, "opening-in-period", text)
            return
        brought: dict[str, list[BookRow]] = {}
        for row in entry:
            brought.setdefault(row.account, []).append(row)
        for account, rows in brought.items():
            amount, balance = side * sum((row.amount for row in rows), ZERO), self._balances.get(account, ZERO)
            opening, first = self.opening.get(account), rows[0]
            if self._accounts[account].any and (side < 0 or opening is not None):
                continue
            if opening is not None and self._opened.get(account) == first.day:  # one more entry of the same day
                self.opening[account], amount = opening._replace(amount=opening.amount + amount), balance + amount
            elif opening is None:
                self.opening[account] = Balance(self._first or first.day, amount - balance, first.line, account)
            elif balance != amount:
                way = "brings" if side > 0 else "takes"
                text = f"The {'opening' if side > 0 else 'closing'} entry {way} {amount:,.2f} of {account}; "
                text += f"what it began with and its rows come to {balance:,.2f}."
                self._sheet.problem(first.line, 0, "balance-does-not-foot", text)
            self._balances[account] = amount
            if side > 0:
                self._opened[account] = first.day
        self.left_out += [(OPENING if side > 0 else CLOSING, row.amount) for row in entry]
        if side < 0:
            self.closed[entry[0].day] = None
