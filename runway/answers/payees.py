"""Payees, by the texts of exports: rows whose texts are alike are one payee."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.wording import DIGITS
from runway.months import absolute_month
from runway.program.guess import PAYOUTS, is_fee

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from runway.files.books.export import BookRow, Export

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019&.-][^\W\d_]+)*")
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec januar februar märz maerz mai juni juli oktober dezember marts maj januari februari "
    "maart augustus".split()
)
_GENERIC = frozenset(
    "ach sepa pos card visa mastercard debit credit purchase payment payments transfer direct online recurring bill "
    "pmt des orig name co id ind from to for the of and via wire incoming outgoing money received sent added issued "
    "transaction checkcard web ppd ccd lastschrift gutschrift gutschr ueberweisung überweisung dauerauftrag "
    "basislastschrift kartenzahlung zahlung betaling overførsel dankort virement prelevement prélèvement paiement "
    "carte vir cb prlv".split()
)
OF_BANKS = frozenset({"transfer", "topup", "card_payment"})
"""Kinds of movement that a bank names, whose texts say who was paid."""

MANY = 1_000  # rows beyond which a payee is not looked for in another account
WORDS = 2  # of a text without a payee of its own, after those that only say how it was paid


@dataclass(frozen=True, slots=True, eq=False)
class Payee:
    """Rows of exports whose texts are alike: money in is positive."""

    name: str
    words: str  # of all texts of its rows
    always: frozenset[str]  # the significant words of its name and those that each of its rows has
    pattern: str  # a regular expression that the texts of its rows match; of an account: its name
    ledger: bool  # whether it is an account of books rather than somebody paid or paying
    currency: str  # of its amounts; empty where the files say none
    rows: int
    months: dict[int, Decimal]  # by absolute month
    titles: frozenset[str]  # of the files that have it
    moves: tuple[tuple[date, Decimal], ...] = ()  # its rows, where they are not many

    @property
    def total(self) -> Decimal:
        return sum(self.months.values(), Decimal(0))

    @property
    def moved(self) -> Decimal:
        """The money that moved in or out, month by month, without regard to sign."""
        return sum((abs(amount) for amount in self.months.values()), Decimal(0))


def payees(exports: Iterable[Export]) -> list[Payee]:
    """The payees of statements and the accounts of books, those that move most first."""
    groups: dict[tuple[bool, str, str], list[tuple[Export, BookRow]]] = defaultdict(list)
    keys: dict[tuple[str, str], str] = {}
    for export in exports:
        ledger = export.trait.by_account
        service = of_a_service(export)
        if export.trait.monthly:
            for row in export.rows:
                key = row.account
                if not (ledger or service):
                    alike = (row.account, row.text.translate(DIGITS))
                    key = keys.get(alike) or keys.setdefault(alike, payee_key(row))
                groups[ledger, export.currency, key].append((export, row))
    grouped = [_payee(key, rows, currency, ledger=ledger) for (ledger, currency, key), rows in groups.items()]
    return sorted(grouped, key=lambda payee: (-payee.moved, payee.name))


def of_a_service(export: Export) -> bool:
    """Whether an export is a payment service's, which takes its fee before it pays out; a bank has fees, too."""
    if not export.inward or not any(map(is_fee, export.rows)):
        return False
    kinds = {row.account.casefold() for row in export.rows}
    return not kinds & OF_BANKS or bool(kinds & {"charge", *PAYOUTS})


def payee_key(row: BookRow) -> str:
    """The key that the texts of one payee have in common: its name, else the first words that say who it is."""
    payee, parted, _ = row.text.partition(" | ")
    words = significant(payee)
    if row.account and not words:
        return row.account.casefold()
    return " ".join(words if parted else words[:WORDS]) or payee.casefold().strip()


def significant(text: str) -> list[str]:
    """The words of a text that name a payee, in small letters: no figures, no months, no ways of payment."""
    words = [word.casefold() for word in _WORD.findall(text)]
    meaningful = [word for word in words if word not in _MONTHS and word not in _GENERIC]
    return meaningful or [word for word in words if word not in _MONTHS]


def _payee(key: str, rows: Sequence[tuple[Export, BookRow]], currency: str, *, ledger: bool) -> Payee:
    months: dict[int, Decimal] = defaultdict(Decimal)
    for export, row in rows:
        inward = export.inward
        months[absolute_month(row.day)] += row.amount if inward else -row.amount
    alike = {row.text.translate(DIGITS): row for _, row in rows}  # pattern and name have no figures
    texts = [row.text for row in alike.values()]
    if all(row.account == key for _, row in rows):  # an account of books, or a kind of movement of a service
        name, pattern = key, key if ledger else f"^{re.escape(key)}$"
    else:
        names = [_name(row, key) for row in alike.values()]
        name, pattern = max(sorted(set(names)), key=names.count), _pattern(key, texts)
    words = f"{name} {' '.join(texts)}"
    always = frozenset(significant(name)).union(frozenset.intersection(*(frozenset(significant(t)) for t in texts)))
    return Payee(
        name, words, always, pattern, ledger, currency, len(rows), dict(months),
        frozenset(export.title for export, _ in rows),
        tuple((row.day, row.amount) for _, row in rows) if len(rows) <= MANY else (),
    )  # fmt: skip


def _name(row: BookRow, key: str) -> str:
    """The payee as a row writes it: up to the last of its words."""
    payee = row.text.partition(" | ")[0].strip() or row.account
    if not key:
        return payee
    end, at = 0, payee.casefold()
    for word in key.split(" "):
        place = at.find(word, end)
        end = place + len(word) if place >= 0 else end
    start = max(0, at.find(key.split(" ")[0]))
    return payee[start:end].strip() or payee


def _pattern(key: str, texts: Sequence[str]) -> str:
    """A regular expression for the texts of a payee, as plain as they allow."""
    words = [re.escape(word) for word in key.split(" ")]
    for pattern in (" ".join(words), ".*".join(words)):
        if all(re.search(pattern, text, re.IGNORECASE) for text in texts):
            return pattern
    return words[0]


def in_order(payees: Sequence[Payee]) -> list[Payee]:
    """The payees in an order in which the first whose pattern a text matches is its own: general patterns come last."""

    def rivals(payee: Payee) -> int:
        pattern = re.compile(payee.pattern, re.IGNORECASE)
        return sum(rival is not payee and pattern.search(rival.name) is not None for rival in payees)

    return sorted(payees, key=rivals)
