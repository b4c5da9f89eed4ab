"""SAF-T, the audit file of accounts that Norway, Portugal, Romania and others ask for.

    <GeneralLedgerAccounts><Account><AccountID>1920</AccountID><AccountDescription>Bank</AccountDescription>
      <OpeningDebitBalance>900.00</OpeningDebitBalance><ClosingDebitBalance>100.00</ClosingDebitBalance></Account> ...
    <Transaction><TransactionID>7</TransactionID><TransactionDate>2026-02-27</TransactionDate>
      <Line><AccountID>5000</AccountID><DebitAmount><Amount>800.00</Amount></DebitAmount></Line> ...

It is read as a stream, a transaction at a time, since it may be very large.  Every transaction must balance, every
account close at what it opens with and its lines bring, and the totals of the file be those of its lines.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.export import Balance, BookRow, Export
from runway.files.books.source import plain_number
from runway.files.books.statements import left_out_by_reason

if TYPE_CHECKING:
    from runway.files.books.export import BookFile, Reading
    from runway.files.books.markup import MarkupFile, MarkupNode

LAYOUT = "saft"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?AuditFile\b")
_TAGS = frozenset(
    "Account Transaction DefaultCurrencyCode CurrencyCode SelectionCriteria StartDate EndDate NumberOfEntries "
    "TotalDebit TotalCredit".split()
)
_MARKS = frozenset({"AuditFile", "GeneralLedgerEntries"})
_LINES = ("Line", "DebitLine", "CreditLine")
_CLOSING = "A"  # Apuramento: the accounts of a year's result set to 0
ZERO = Decimal(0)


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of SAF-T."""
    return _ROOT.search(head.replace(b"\0", b"")) is not None


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The ledger of a file.

    Raises `InputError`: broken-export, wrong-export, markup-declares, not-a-figure, not-a-date, balance-does-not-foot,
    totals-do-not-foot.
    """
    from runway.files.books.markup import MarkupFile

    source = MarkupFile(file, reading.encoding)
    books = _SaftBooks(source)
    for node in source.nodes(_TAGS, _MARKS, frozenset(_LINES)):
        books.take(node)
    return (books.export(),)


class _SaftAccount:
    """One account: its element, its opening and closing balance, and the sum of its lines."""

    __slots__ = ("closing", "net_amount", "name", "node", "opening")

    def __init__(self, node: MarkupNode, name: str, opening: Decimal | None, closing: Decimal | None) -> None:
        self.node, self.name, self.opening, self.closing = node, name, opening, closing
        self.net_amount = ZERO


class _SaftBooks:
    """An audit file while it is read."""

    def __init__(self, source: MarkupFile) -> None:
        self.source = source
        self.currency = ""
        self.first: date | None = None
        self.last: date | None = None
        self.accounts: dict[str, _SaftAccount] = {}
        self.totals: dict[str, MarkupNode] = {}
        self.rows: list[BookRow] = []
        self.left_out: list[tuple[str, Decimal]] = []
        self.transactions, self.debit, self.credit = 0, ZERO, ZERO
        self.entries = False

    def take(self, node: MarkupNode) -> None:
        """Reads one element."""
        match node.name, node.above:
            case "Transaction", "Journal" | "GeneralLedgerEntries":
                self._transaction(node)
            case "Account", "GeneralLedgerAccounts":
                self._account(node)
            case "DefaultCurrencyCode" | "CurrencyCode", "Header":
                self.currency = node.text.strip().upper()
            case "StartDate", "Header":
                self.first = self._day(node, node.text)
            case "EndDate", "Header":
                self.last = self._day(node, node.text)
            case "SelectionCriteria", _:
                if node.value("SelectionStartDate"):
                    self.first = self._day(node, node.value("SelectionStartDate"))
                    self.last = self._day(node, node.value("SelectionEndDate"))
            case (("NumberOfEntries" | "TotalDebit" | "TotalCredit"), "GeneralLedgerEntries"):
                self.totals[node.name] = node
            case "GeneralLedgerEntries", _:
                self.entries = True

    def export(self) -> Export:
        """The ledger, once its balances and totals are proven."""
        if not self.entries:
            text = "This audit file has no GeneralLedgerEntries: it holds invoices or master data, no ledger."
            raise self.source.refusal(1, "wrong-export", text)
        self._totals_foot()
        proven = self._accounts_foot()
        self.rows.sort(key=lambda row: row.day)
        days = [row.day for row in (self.rows[:1] + self.rows[-1:])]
        first, last = self.first or min(days, default=None), self.last or max(days, default=None)
        opening, closing = [], []
        for account in self.accounts.values():
            if account.opening and first:
                opening.append(Balance(first, account.opening, account.node.line, account.name))
            if account.closing is not None and last:
                closing.append(Balance(last, account.closing, account.node.line, account.name))
        return Export(
            self.source.file.title, LAYOUT, "ledger", "", self.currency, tuple(self.rows), first, last, tuple(opening),
            tuple(closing), (proven, proven), left_out_by_reason(self.left_out),
        )  # fmt: skip

    def _account(self, node: MarkupNode) -> None:
        """An account that lines may name; those of groups, whose balances are sums, are left aside."""
        if node.value("GroupingCategory")[1:] in ("R", "A"):
            return
        number, title = node.value("AccountID"), node.value("AccountDescription")
        opening, closing = self._balance(node, "Opening"), self._balance(node, "Closing")
        if number in self.accounts:
            raise self.source.refused(node, "broken-export", f"Account {number} stands twice.")
        self.accounts[number] = _SaftAccount(node, f"{number} {title}".strip(), opening, closing)
        node.forget()

    def _balance(self, node: MarkupNode, kind: str) -> Decimal | None:
        """A balance, debits positive; None where the account says none."""
        sides = [node.first(f"{kind}{side}Balance") for side in ("Debit", "Credit")]
        if not any(sides):
            return None
        debit, credit = (self._number(side) if side else ZERO for side in sides)
        return debit - credit

    def _transaction(self, node: MarkupNode) -> None:
        self.transactions += 1
        identity, day = node.value("TransactionID"), self._booked(node)
        description = node.value("Description")
        closing = node.value("TransactionType") == _CLOSING
        total = ZERO
        for line in (child for name in _LINES for child in node.every(name)):
            amount = self._amount(line)
            total += amount
            account = self.accounts.get(line.value("AccountID"))
            if account is None:
                number = line.value("AccountID")
                message = f'Account "{number}" is not among the accounts of the file.'
                raise self.source.refused(line, "broken-export", message)
            account.net_amount += amount
            if closing:
                self.left_out.append(("closing entry", amount))
            elif amount:
                texts = dict.fromkeys(filter(None, (description, line.value("Description"))))
                text = " | ".join(texts)
                self.rows.append(BookRow(day, account.name, text, amount, line.line, identity))
        if total:
            message = f"Transaction {identity} does not balance: its debits less its credits are {total:,}."
            raise self.source.refused(node, "balance-does-not-foot", message)

    def _amount(self, line: MarkupNode) -> Decimal:
        """The amount of a line, debits positive."""
        value = None
        for name, sign in (("DebitAmount", 1), ("CreditAmount", -1)):
            written = line.first(name)
            if written is not None:
                number = self._number(written.first("Amount") or written)
                value = (value or ZERO) + sign * number
                self.debit, self.credit = (
                    (self.debit + number, self.credit) if sign > 0 else (self.debit, self.credit + number)
                )
        if value is None:
            raise self.source.refused(line, "broken-export", "This line has no DebitAmount and no CreditAmount.")
        return value

    def _booked(self, node: MarkupNode) -> date:
        """The day of posting; where that lies outside the days of the file, the day of the transaction."""
        written = [stamp for name in ("GLPostingDate", "TransactionDate") if (stamp := node.first(name)) is not None]
        days = [self._day(stamp, stamp.text) for stamp in written]
        within = [day for day in days if (self.first or day) <= day <= (self.last or day)]
        if not within:
            text = f"Transaction {node.value('TransactionID')} has no day"
            text += f" within {self.first} to {self.last}." if days else "."
            raise self.source.refused(node, "not-a-date", text)
        return within[0]

    def _day(self, node: MarkupNode, text: str) -> date:
        try:
            return date.fromisoformat(text.strip()[:10])
        except ValueError:
            message = f'"{text.strip()[:40]}" is no day; SAF-T writes 2026-01-31.'
            raise self.source.refused(node, "not-a-date", message, text.strip()) from None

    def _number(self, node: MarkupNode) -> Decimal:
        value = plain_number(node.text)
        if value is None:
            text = f'"{node.text.strip()[:40]}" is no amount; SAF-T writes 1234.56.'
            raise self.source.refused(node, "not-a-figure", text)
        return value

    def _totals_foot(self) -> None:
        """Refuses totals of the file that are not those of its lines."""
        for name, total in (
            ("NumberOfEntries", Decimal(self.transactions)),
            ("TotalDebit", self.debit),
            ("TotalCredit", self.credit),
        ):
            node = self.totals.get(name)
            if node is not None and self._number(node) != total:
                text = f"{name} is {self._number(node):,}; the transactions of the file come to {total:,}."
                raise self.source.refused(node, "totals-do-not-foot", text)

    def _accounts_foot(self) -> int:
        """The number of accounts that close at opening + lines; one that does not is refused."""
        proven = 0
        for account in self.accounts.values():
            if account.opening is None or account.closing is None:
                continue
            total = account.opening + account.net_amount
            if total != account.closing:
                text = (
                    f"Account {account.name} opens with {account.opening:,} and its lines bring it to {total:,}; it "
                    f"closes with {account.closing:,}: lines are missing or double."
                )
                raise self.source.refused(account.node, "balance-does-not-foot", text)
            proven += 1
        return proven
