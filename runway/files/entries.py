"""The entries of a ledger that carry balances over, and move nothing: those that open or close the books."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

TEXTS = ("description", "memo", "narration", "payee", "text", "comment", "note")
"""Columns that say in words what a row is."""

_BALANCE = r"(?:balances?|bal\b|entr(?:y|ies)|equity)"
_OPENS = (
    rf"\bopening[\W_]*(?:closing[\W_]*)?{_BALANCE}|\b(?:starting|beginning|initial)[\W_]*{_BALANCE}"
    r"|\bbalance[\W_]*(?:brought|carried)|\bbrought[\W_]*forward|er(?:ö|oe)ffnungs(?:bilanz|saldo|buchung)"
    r"|anfangs(?:bestand|saldo)|saldenvortr|saldo[\W_]*(?:inicial|iniziale|apertura)|asiento de apertura"
    r"|solde[\W_]*d.ouverture|[àa][\W_]nouveau|beginbalans|primo(?:saldo|post)?\b|åbningsbalance"
)
_CLOSES = (
    rf"\bclosing[\W_]*{_BALANCE}|\bclos(?:e|ing)[\W_]*(?:of[\W_]*)?(?:the[\W_]*)?(?:books|year|period)"
    r"|\bretained[\W_]*earnings|\bincome[\W_]*summary|schluss(?:bilanz|saldo)|asiento de cierre"
)
_EQUITY = r"\b(?:equity|capital|eigenkapital|kapital|patrimonio|capitaux|egenkapital)\b.*\b"
OPENS = re.compile(_OPENS, re.IGNORECASE)
CLOSES = re.compile(rf"{_CLOSES}|opening[\W_]*closing", re.IGNORECASE)
OPENING_ACCOUNT = re.compile(rf"{_OPENS}|{_EQUITY}(?:opening|initial|start)", re.IGNORECASE)
CLOSING_ACCOUNT = re.compile(rf"{_CLOSES}|opening[\W_]*closing|{_EQUITY}(?:closing|retained)", re.IGNORECASE)


class BookEntry(NamedTuple):
    """Rows that stand together on one day, and balance unless the ledger has single entries."""

    day: str
    month: int  # of the model
    line: int  # of the file, its first
    rows: tuple[tuple[str, Decimal], ...]  # account and amount
    opens: str  # the words that say that it opens the books; empty where none do
    closes: str

    @property
    def balances(self) -> bool:
        return sum(amount for _, amount in self.rows) == 0


class BookEntries:
    """Gathers, row by row, the entries that say that they open or close the books, and those of the first day."""

    def __init__(self, first_day: Collection[str]) -> None:
        self.carried: list[BookEntry] = []
        self._first_day = first_day
        self._day, self._month = "", 0
        self._rows: list[tuple[int, str, Decimal, str]] = []
        self._sum = Decimal(0)
        self._words: dict[str, tuple[str, str]] = {}  # of each account

    def add(self, day: str, month: int, line: int, account: str, amount: Decimal, text: str) -> None:
        """The next row of the file; `text` is what it says of itself."""
        day = day.strip()
        if day != self._day:
            self.finish()
            self._day, self._month = day, month
        self._rows.append((line, account, amount, text))
        self._sum += amount
        if not self._sum:
            self.finish()

    def finish(self) -> None:
        """Ends the entry at hand: the rows of one day up to where they balance."""
        if self._rows:
            self.carried += self._entries()
        self._rows, self._sum = [], Decimal(0)

    def _entries(self) -> Iterator[BookEntry]:
        opens, closes = self._said(self._rows)
        if (opens or closes) and (not self._sum or any(any(self._account(row[1])) for row in self._rows)):
            yield self._entry(self._rows, opens, closes)
        elif opens or closes or self._day in self._first_day:
            alone = [[row] for row in self._rows] if self._sum else [self._rows]
            for rows in alone:
                opens, closes = self._said(rows)
                if opens or closes or self._day in self._first_day:
                    yield self._entry(rows, opens, closes)

    def _entry(self, rows: Sequence[tuple[int, str, Decimal, str]], opens: str, closes: str) -> BookEntry:
        kept = tuple((account, amount) for _, account, amount, _ in rows)
        return BookEntry(self._day, self._month, rows[0][0], kept, opens, closes)

    def _said(self, rows: Sequence[tuple[int, str, Decimal, str]]) -> tuple[str, str]:
        """The words of an entry that say that it opens or closes the books."""
        opens = closes = ""
        for _, account, _, text in rows:
            opening, closing = self._account(account)
            opens = opens or opening or (text if text and OPENS.search(text) else "")
            closes = closes or closing or (text if text and CLOSES.search(text) else "")
        return opens, closes

    def _account(self, name: str) -> tuple[str, str]:
        """An account's name where it says that what is booked there opens, or closes, the books."""
        if name not in self._words:
            words = (OPENING_ACCOUNT, CLOSING_ACCOUNT)
            self._words[name] = tuple(name if word.search(name) else "" for word in words)  # type: ignore[assignment]  # two of two
        return self._words[name]
