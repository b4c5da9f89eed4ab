"""CAMT.053, the bank statement of ISO 20022, in any of its versions.

    <Stmt><Acct><Id><IBAN>DE00</IBAN></Id><Ccy>EUR</Ccy></Acct>
      <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">20000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd> ...
      <Ntry><Amt Ccy="EUR">29.70</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-31</Dt> ...

An entry counts once, however many payments its details list.  The sign is that of `CdtDbtInd`, which a reversal has
already turned round.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.books.export import Balance, BookRow
from runway.files.books.source import plain_number
from runway.files.books.statements import StatementPage, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.books.export import BookFile, Export, Reading
    from runway.files.books.markup import MarkupFile, MarkupNode

LAYOUT = "camt053"
_ROOTS = re.compile(rb"<(?:[\w.-]+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b|:camt\.05[234]\.")
_OTHERS = {
    "BkToCstmrAcctRpt": "CAMT.052 is a report within the day, whose entries may still change",
    "BkToCstmrDbtCdtNtfctn": "CAMT.054 is a notice of single payments, which the statement has once more",
}
_TAGS = frozenset({"Acct", "Bal", "Ntry", "FrToDt"})
_MARKS = frozenset({"Stmt", *_OTHERS})
_DOMAINS = ("BkTxCd/Domn/Cd", "BkTxCd/Domn/Fmly/Cd", "BkTxCd/Domn/Fmly/SubFmlyCd")
_SIGNS = {"CRDT": 1, "DBIT": -1}
_PARTIES = ("RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm", "RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm")
_PENDING = ("PDNG", "INFO", "FUTR")
_MOST_TEXTS = 5  # payments of a batch that its text names


def recognises(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a CAMT message."""
    return _ROOTS.search(head.replace(b"\0", b"")) is not None


def read(file: BookFile, reading: Reading) -> tuple[Export, ...]:
    """The accounts of a file.

    Raises `InputError`: broken-export, wrong-export, markup-declares, not-a-figure, not-a-date, wrong-currency,
    unknown-status, totals-do-not-foot, balance-does-not-foot.
    """
    from runway.files.books.markup import MarkupFile

    source = MarkupFile(file, reading.encoding)
    statements: list[_CamtStatement] = []
    for node in source.nodes(_TAGS, _MARKS):
        if node.name in _OTHERS:
            text = f"{_OTHERS[node.name]}. Ask the bank for CAMT.053, the statement."
            raise source.refused(node, "wrong-export", text, node.name)
        if node.name == "Stmt":
            statements.append(_CamtStatement(source, reading))
        elif statements and node.above == "Stmt":
            statements[-1].take(node)
    if not statements:
        raise source.refusal(1, "broken-export", "This file has no statement (Stmt): it is cut short or empty.")
    zones = any(statement.stamps for statement in statements)
    remarks = ["Days are those of the time stamps as the bank wrote them."] if zones else []
    pages = [statement.with_balances() for statement in statements]
    return joined(file.title, LAYOUT, pages, source.refusal, duplicates=reading.duplicates, remarks=remarks)


class _CamtStatement(StatementPage):
    """One `Stmt` while it is read."""

    def __init__(self, source: MarkupFile, reading: Reading) -> None:
        super().__init__()
        self.source = source
        self.counts = reading.only.get("status") or reading.only.get("Sts")
        self.stamps = False  # whether a day was read off a stamp of time in a zone
        self.balances: dict[str, Balance] = {}

    def take(self, node: MarkupNode) -> None:
        """Reads an account, balance, entry or span of days."""
        if node.name == "Acct":
            self.account = node.value("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id")
            self.currency = node.value("Ccy").upper()
        elif node.name == "FrToDt":
            self.first = self._day(node, "FrDtTm", "FrDt") if node.value("FrDtTm", "FrDt") else None
            self.last = self._day(node, "ToDtTm", "ToDt") if node.value("ToDtTm", "ToDt") else None
        elif node.name == "Bal":
            kind = node.value("Tp/CdOrPrtry/Cd")
            if kind in ("OPBD", "PRCD", "CLBD"):
                balance = Balance(self._day(node, "Dt/Dt", "Dt/DtTm"), self._amount(node), node.line)
                if self.balances.setdefault(kind, balance).amount != balance.amount:
                    text = f"The statement has two balances {kind}, {self.balances[kind].amount:,} and this one."
                    raise self.source.refused(node, "balance-does-not-foot", text)
        else:
            self._entry(node)

    def with_balances(self) -> StatementPage:
        """The statement; where it says no opening balance, the closing balance of the one before it is that."""
        self.opening, self.closing = self.balances.get("OPBD"), self.balances.get("CLBD")
        before = self.balances.get("PRCD")
        if self.opening is None and before is not None:
            self.opening = before._replace(day=before.day + timedelta(days=1))
        return self

    def _entry(self, node: MarkupNode) -> None:
        amount = self._amount(node)
        status = node.value("Sts/Cd", "Sts/Prtry", "Sts")
        if status not in (self.counts or ("BOOK",)):
            if not status:
                raise self.source.refused(node, "broken-export", "This Ntry has no Sts: whether it counts is unknown.")
            if self.counts is None and status not in _PENDING:
                text = f'"{status}": does an entry of this status count? Write only = {{ status = ["BOOK", …] }}.'
                raise self.source.refused(node, "unknown-status", text, status)
            self.left_out.append((status, amount))
            return
        details = node.every("TxDtls")
        self._details_foot(node, details, amount)
        day = self._day(node, "BookgDt/Dt", "BookgDt/DtTm")
        kind = node.value("BkTxCd/Prtry/Cd") or " ".join(filter(None, map(node.value, _DOMAINS)))
        reference = node.value("AcctSvcrRef", "NtryDtls/TxDtls/Refs/AcctSvcrRef")
        reference = "" if reference in ("NOTPROVIDED", "NONREF") else reference
        self.rows.append(BookRow(day, kind, _text_of(node, details, amount), amount, node.line, reference))

    def _amount(self, node: MarkupNode) -> Decimal:
        """The amount of a balance or entry; the first currency is the account's where that says none."""
        sign, currency = _SIGNS.get(node.value("CdtDbtInd")), ""
        written = node.first("Amt")
        value = plain_number(written.text) if written else None
        if sign is None or written is None:
            lacks = "CdtDbtInd, CRDT or DBIT" if written else "Amt"
            raise self.source.refused(node, "broken-export", f"This {node.name} has no {lacks}: its amount is unknown.")
        if value is None or value < 0:
            text = f'"{written.text.strip()[:40]}" is no amount; CAMT writes 1234.56, without a sign.'
            raise self.source.refused(written, "not-a-figure", text)
        currency = written.attributes.get("Ccy", "").upper()
        self.currency = self.currency or currency
        if currency and currency != self.currency:
            text = f"This amount is in {currency}; the account is in {self.currency}."
            raise self.source.refused(written, "wrong-currency", text)
        return sign * value

    def _day(self, node: MarkupNode, *paths: str) -> date:
        """The day of a date or of a time stamp, as it is written."""
        text = node.value(*paths)
        if "T" in text and re.search(r"(Z|[+-]\d\d:?\d\d)\Z", text):
            self.stamps = True
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            name = paths[0].partition("/")[0]
            message = f'"{text[:40]}" is no day.' if text else f"This {node.name} has no {name}: its day is unknown."
            raise self.source.refused(node, "not-a-date", message, text or "") from None

    def _details_foot(self, node: MarkupNode, details: Sequence[MarkupNode], amount: Decimal) -> None:
        """Refuses a batch whose payments do not come to it, where each says its amount and none is left to charges."""
        direct = all(detail.first("Amt") for detail in details)
        if not details or (not direct and len(details) == 1):
            return
        count = node.value("NtryDtls/Btch/NbOfTxs")
        if node.every("Chrgs") or (count and count != str(len(details))):
            return
        total = Decimal(0)
        for detail in details:
            written = detail.first("Amt" if direct else "AmtDtls/TxAmt/Amt")
            value = plain_number(written.text) if written else None
            if value is None or written is None or written.attributes.get("Ccy", self.currency) != self.currency:
                return
            total += value * _SIGNS.get(detail.value("CdtDbtInd"), 1 if amount >= 0 else -1)
        if total != amount:
            text = f"This entry is {amount:,}; its {len(details)} payments come to {total:,}."
            raise self.source.refused(node, "totals-do-not-foot", text)


def _text_of(node: MarkupNode, details: Sequence[MarkupNode], amount: Decimal) -> str:
    """The payee or payer and the purpose of the entry and of its first payments."""
    reversal = node.value("RvslInd") in ("true", "1")  # parties stay those of the payment that is reversed
    parties = _PARTIES if (amount < 0) != reversal else (*_PARTIES[2:], *_PARTIES[:2])
    parts: dict[str, None] = {}
    for detail in details[:_MOST_TEXTS]:
        parts[detail.value(*parties)] = None
        for remittance in detail.every("RmtInf"):
            for child in remittance.children:
                parts[" ".join(child.text.split()) or child.value("CdtrRefInf/Ref")] = None
        parts[detail.value("AddtlTxInf")] = None
    if len(details) > _MOST_TEXTS:
        parts[f"and {len(details) - _MOST_TEXTS} more payments"] = None
    parts[node.value("AddtlNtryInf")] = None
    return " | ".join(part for part in parts if part)
