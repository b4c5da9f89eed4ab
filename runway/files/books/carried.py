"""Entries of a ledger that carry balances over: an opening entry is a balance, a closing entry is refused."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Problem
from runway.files.books.export import Balance, LeftOut
from runway.files.books.filters import OPENING
from runway.files.entries import CLOSES, CLOSING_ACCOUNT, OPENING_ACCOUNT, OPENS
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runway.files.books.export import BookRow, Reading
    from runway.files.books.sheet import BookSheet

ZERO = Decimal(0)
_EITHER = re.compile(f"{OPENS.pattern}|{CLOSES.pattern}", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:income|revenues?|sales|turnover|expenses?|costs?|erlöse?|ertr(?:ag|äge)|aufwand|aufwendungen|omsætning|"
    r"produits|charges|ingresos|gastos)\b",
    re.IGNORECASE,
)
_OWNERS = re.compile(
    r"\b(?:equity|capital|eigenkapital|kapital|patrimonio|capitaux|egenkapital|retained earnings|income summary|"
    r"profit and loss)\b",
    re.IGNORECASE,
)


class CarriedEntries(NamedTuple):
    """A ledger's rows without the entries that carry balances over."""

    rows: Sequence[BookRow]
    opening: tuple[Balance, ...]
    left_out: tuple[LeftOut, ...]


def leaving(pattern: str | None, reading: Reading) -> Callable[[BookRow], bool]:
    """Whether the user leaves out a row, by its account or its text. Raises `InputError` (bad-pattern)."""
    if pattern is None:
        return lambda _: False
    try:
        search = re.compile(pattern, re.IGNORECASE).search
    except re.error as error:
        says = f'leave_out = "{pattern}" in {reading.table} is no regular expression: {error}.'
        raise InputError(Problem("bad-pattern", says)) from None
    return lambda row: bool(search(row.account) or search(row.text))


def without_left_out(rows: Sequence[BookRow], reading: Reading) -> tuple[list[BookRow], tuple[LeftOut, ...]]:
    """Rows without those that the user leaves out, and what those come to. Raises `InputError` (bad-pattern)."""
    leaves = leaving(reading.leave_out, reading)
    kept: list[BookRow] = []
    left: list[BookRow] = []
    for row in rows:
        (left if leaves(row) else kept).append(row)
    amount = sum((row.amount for row in left), Decimal(0))
    return kept, (LeftOut(f"leave_out: {reading.leave_out}", len(left), amount),) if left else ()


def without_carried(sheet: BookSheet, rows: Sequence[BookRow], reading: Reading) -> CarriedEntries:
    """Takes out opening entries, which begin the books or repeat what they come to, and closing ones that are left out.

    Notes closing-entries, and balance-does-not-foot for an opening entry that the books before it do not come to.
    """
    ledger = _BookRows(sheet, rows, reading)
    for entry in _entries(rows) if ledger.is_marked else ():
        ledger.add(entry)
    for row in _emptying(rows) if not sheet.problems and reading.leave_out is None else ():
        many = f"{row.account} is set to 0, after postings of several months"
        says = f"On {day_text(row.day)} {many}. Export without closing entries."
        sheet.problem(row.line, 0, "closing-entries", says)
    if not ledger.is_marked:
        return CarriedEntries(rows, (), ())
    left = tuple(LeftOut(reason, count, amount) for reason, (count, amount) in ledger.left.items())
    return CarriedEntries(ledger.kept, tuple(ledger.opening), left)


def _entries(rows: Sequence[BookRow]) -> Iterator[Sequence[BookRow]]:
    """Rows of one day up to where they balance."""
    start, total = 0, ZERO
    for n, row in enumerate(rows):
        total += row.amount
        if not total or n + 1 == len(rows) or rows[n + 1].day != row.day:
            yield rows[start : n + 1]
            start, total = n + 1, ZERO


def _emptying(rows: Sequence[BookRow]) -> Iterator[BookRow]:
    """Single postings that end a month and take a result account, after three of two months or more, to exactly 0."""
    of_account: dict[str, list[BookRow]] = {}
    for row in rows:
        of_account.setdefault(row.account, []).append(row)
    for account, postings in of_account.items():
        *before, last = postings
        if len(before) < 3 or (last.day + timedelta(days=1)).day != 1 or not _RESULT.search(account):
            continue
        months = {(row.day.year, row.day.month) for row in before}
        if len(months) > 1 and last.amount and sum((row.amount for row in before), last.amount) == 0:
            yield last


class _CarryingWords(NamedTuple):
    """What an account's name, or a text, says of its rows."""

    opens: bool
    closes: bool
    owners: bool = False  # what a company owes to its owners

    @property
    def any(self) -> bool:
        return self.opens or self.closes or self.owners


class _BookRows:
    """Books row by row: what each account holds, and what was carried."""

    def __init__(self, sheet: BookSheet, rows: Sequence[BookRow], reading: Reading) -> None:
        self.kept: list[BookRow] = []
        self.opening: list[Balance] = []
        self.left: dict[str, tuple[int, Decimal]] = {}
        self._sheet, self._reading = sheet, reading
        self._leaves = leaving(reading.leave_out, reading)
        self._held: dict[str, Decimal] = {}
        accounts = {row.account for row in rows}
        texts = {row.text for row in rows}
        self._accounts = {
            name: _CarryingWords(
                bool(OPENING_ACCOUNT.search(name)), bool(CLOSING_ACCOUNT.search(name)), bool(_OWNERS.search(name))
            )
            for name in accounts
        }
        self._texts = {
            text: _CarryingWords(bool(OPENS.search(text)), bool(CLOSES.search(text)))
            for text in texts
            if _EITHER.search(text)
        }
        self._marked = {name for name, words in self._accounts.items() if words.any}
        self.is_marked = bool(self._marked or self._texts)

    def add(self, entry: Sequence[BookRow]) -> None:
        """The next entry."""
        if not any(row.account in self._marked or row.text in self._texts for row in entry):
            self._keep(entry)
            return
        if len(entry) > 1 and sum((row.amount for row in entry), ZERO):
            for row in entry:  # of books with single entries, each row is one
                self.add([row])
            return
        said = [row for row in entry if row.text in self._texts]
        if 0 < len(said) < len(entry) and not sum((row.amount for row in said), ZERO):
            rest = [row for row in entry if row.text not in self._texts]
            self.add(said)
            self.add(rest)
            return
        opens, closes = self._says(entry)
        if closes and not (opens and not self._empties(entry)):
            self._close(entry)
        elif opens:
            self._open(entry)
        else:
            self._keep(entry)

    def _keep(self, entry: Sequence[BookRow]) -> None:
        for row in entry:
            self._held[row.account] = self._held.get(row.account, ZERO) + row.amount
        self.kept += entry

    def _says(self, entry: Sequence[BookRow]) -> tuple[bool, bool]:
        """Whether an entry opens, or closes, the books: by its text, or by its accounts and what it does to them."""
        accounts = [self._accounts[row.account] for row in entry]
        texts = [words for row in entry if (words := self._texts.get(row.text))]
        results = any(_RESULT.search(row.account) for row in entry)
        opens = any(words.opens for words in (*accounts, *texts))
        if any(words.closes for words in texts):
            return opens, results or self._empties(entry)
        if any(words.closes for words in accounts):
            return opens, self._empties(entry)
        owned = len(entry) > 1 and any(words.owners for words in accounts)
        return opens, owned and not opens and results and self._empties(entry)

    def _empties(self, entry: Sequence[BookRow]) -> bool:
        """Whether an entry leaves nothing in any of its accounts but those of the owners."""
        moved: dict[str, Decimal] = {}
        for row in entry:
            if not self._accounts[row.account].owners:
                moved[row.account] = moved.get(row.account, ZERO) + row.amount
        return bool(moved) and all(
            amount and self._held.get(account, ZERO) + amount == 0 for account, amount in moved.items()
        )

    def _close(self, entry: Sequence[BookRow]) -> None:
        if any(map(self._leaves, entry)):
            self._leave("closing entry", entry)
            return
        every = {row.account for row in entry}
        accounts = {name for name in every if not self._accounts[name].owners} or every
        many = f"{len(accounts)} income and cost accounts are" if len(accounts) > 1 else f"{next(iter(accounts))} is"
        texts = {row.text for row in entry}
        word = re.sub(r"[^\w -]", ".", next(iter(texts))[:40]) if len(texts) == 1 else ""
        way = f', or write leave_out = "^{word}" in {self._reading.table}' if word else ""
        says = f"On {day_text(entry[0].day)} {many} set to 0. Export without closing entries{way}."
        self._sheet.problem(entry[0].line, 0, "closing-entries", says)

    def _open(self, entry: Sequence[BookRow]) -> None:
        """Takes what an entry brings as balances; what the books have come to already is left out."""
        for row in entry:
            held = self._held.get(row.account, ZERO)
            if not held:
                self.opening.append(Balance(row.day, row.amount, row.line, row.account))
                self._held[row.account] = row.amount
            elif held != row.amount and not self._accounts[row.account].owners and len(entry) > 1:
                says = f"The opening entry brings {row.amount:,.2f} to {row.account}; "
                says += f"the rows before it come to {held:,.2f}."
                self._sheet.problem(row.line, 0, "balance-does-not-foot", says)
        self._leave(OPENING, entry)

    def _leave(self, reason: str, entry: Sequence[BookRow]) -> None:
        count, amount = self.left.get(reason, (0, ZERO))
        self.left[reason] = (count + len(entry), amount + sum((row.amount for row in entry), ZERO))
