"""Exports of books, made here, and what reading each takes.

`python tests/benchmarks/books.py [ROWS [NAME ...]]` prints a row a format: processor seconds and memory of a process
that reads it, of `runway import` and of `runway project` with it as `[actuals.files]`.  200,000 rows of a bank are to
take 2 s and 300 MB at most, 1,000,000 10 s; 50 MB of SAF-T are streamed in 200 MB.
"""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

READ = """
import sys
from pathlib import Path
from runway.files.books.export import BookFile, Reading
from runway.files.books.read import read_export
print(sum(len(export.rows) for export in read_export(BookFile("books", Path(sys.argv[1])), Reading("USD"))))
"""
PLAN = """[model]
name = "Books"
start = "2026-01"
months = 24
currency = "{currency}"
{opening}
[costs.other]
kind = "recurring"
amount = "1000/month"
[actuals]
last_close = "2026-09"
{books}
[actuals.files.bank]
file = "{file}"
{account}
[[actuals.rules]]
match = "."
line = "other"
"""


def day(n: int, rows: int) -> date:
    """The day of a row: ten months of 2026 in all."""
    return date(2026, 1, 1) + timedelta(days=n * 300 // rows)


def cents(n: int) -> int:
    """An amount that is not that of the row before."""
    return n * 7919 % 1_000_003 - 500_000


def money(amount: int, mark: str = ".") -> str:
    """Cents as an amount is written."""
    return f"{'-' * (amount < 0)}{abs(amount) // 100}{mark}{abs(amount) % 100:02d}"


def chase(rows: int) -> Iterable[str]:
    """Newest first, with a balance in every row."""
    balance, lines = 25_000_000, list[str]()
    for n in range(rows):
        balance += cents(n)
        text = f"PAYEE {n % 997} INVOICE {n}"
        lines.append(f"DEBIT,{day(n, rows):%m/%d/%Y},{text},{money(cents(n))},ACH_DEBIT,{money(balance)},,")
    return ["Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #", *reversed(lines)]


def sparkasse(rows: int) -> Iterator[str]:
    """Decimal commas, semicolons and a status."""
    yield "Auftragskonto;Buchungstag;Buchungstext;Verwendungszweck;Betrag;Waehrung;Info"
    for n in range(rows):
        yield f"DE0;{day(n, rows):%d.%m.%y};LOHN;Zweck {n};{money(cents(n), ',')};EUR;Umsatz gebucht"


def stripe(rows: int) -> Iterator[str]:
    """A moment of its own in each row, and a fee: each is two rows."""
    yield "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,description"
    for n in range(rows):
        moment = f"{day(n, rows)} {n % 24:02d}:{n % 60:02d}:{n % 59:02d}"
        yield f"txn_{n},{moment},usd,99.00,3.17,95.83,charge,Plan {n % 9}"


def ledger(rows: int) -> Iterator[str]:
    """Postings that balance two by two."""
    yield "date,account,description,amount"
    for n in range(rows):
        account = "assets:bank" if n % 2 else f"expenses:e{n % 40}"
        amount = "-" * (n % 2) + money(abs(cents(n // 2)))
        yield f"{day(n // 2 * 2, rows)},{account},Entry {n // 2},{amount}"


def camt(rows: int) -> Iterator[str]:
    """One statement of CAMT.053."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
    yield "<Acct><Id><IBAN>DE00</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    total = 0
    for code in ("OPBD", "CLBD"):
        at, sign = ("2026-01-01", "CRDT") if code == "OPBD" else ("2026-10-31", "DBIT" if total < 0 else "CRDT")
        yield f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>{money(abs(total))}</Amt>"
        yield f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{at}</Dt></Dt></Bal>"
        for n in range(rows if code == "OPBD" else 0):
            amount = cents(n)
            total += amount
            side, party = ("DBIT", "Cdtr") if amount < 0 else ("CRDT", "Dbtr")
            booked = day(n, rows)
            yield f"<Ntry><Amt Ccy='EUR'>{money(abs(amount))}</Amt><CdtDbtInd>{side}</CdtDbtInd>"
            yield f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{booked}</Dt></BookgDt><ValDt><Dt>{booked}</Dt></ValDt>"
            yield f"<AcctSvcrRef>R{n}</AcctSvcrRef>"
            yield "<BkTxCd><Prtry><Cd>NTRF+116</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>"
            yield f"<RltdPties><{party}><Nm>Payee {n % 997}</Nm></{party}></RltdPties>"
            yield f"<RmtInf><Ustrd>Invoice {n}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    yield "</Stmt></BkToCstmrStmt></Document>"


def mt940(rows: int) -> Iterator[str]:
    """A statement a day."""
    balance, n = 0, 0
    while n < rows:
        today = day(n, rows)
        yield from (":20:S", ":25:DE00", ":28C:1/1")
        yield f":60F:{'D' if balance < 0 else 'C'}{today:%y%m%d}EUR{money(abs(balance), ',')}"
        while n < rows and day(n, rows) == today:
            amount = cents(n)
            balance += amount
            yield f":61:{today:%y%m%d%m%d}{'D' if amount < 0 else 'C'}{money(abs(amount), ',')}NTRFNONREF//REF{n}"
            yield f":86:166?00GUTSCHRIFT?20Invoice {n}?32Payee {n % 997}"
            n += 1
        yield f":62F:{'D' if balance < 0 else 'C'}{today:%y%m%d}EUR{money(abs(balance), ',')}"


def ofx(rows: int) -> Iterator[str]:
    """SGML, a field a line."""
    yield from ("OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "ENCODING:USASCII", "CHARSET:1252", "")
    yield "<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
    yield "<BANKACCTFROM><BANKID>0<ACCTID>1<ACCTTYPE>CHECKING</BANKACCTFROM>"
    yield "<BANKTRANLIST><DTSTART>20260101<DTEND>20261031"
    for n in range(rows):
        yield f"<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>{day(n, rows):%Y%m%d}120000[-5:EST]\n<TRNAMT>{money(cents(n))}"
        yield f"<FITID>F{n}\n<NAME>Payee {n % 997}\n<MEMO>Invoice {n}\n</STMTTRN>"
    yield "</BANKTRANLIST><LEDGERBAL><BALAMT>0.00<DTASOF>20261031</LEDGERBAL>"
    yield "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"


def qif(rows: int) -> Iterator[str]:
    """Records of five lines."""
    yield "!Type:Bank"
    for n in range(rows):
        at = day(n, rows)
        yield f"D{at.month}/{at.day}'{at:%y}\nT{money(cents(n))}\nPPayee {n % 997}\nMInvoice {n}\nLRent\n^"


def saft(rows: int) -> Iterator[str]:
    """Transactions of two lines each."""
    yield '<?xml version="1.0" encoding="UTF-8"?><AuditFile xmlns="urn:StandardAuditFile-Taxation-Financial:NO">'
    yield "<Header><DefaultCurrencyCode>EUR</DefaultCurrencyCode></Header><MasterFiles><GeneralLedgerAccounts>"
    for n in range(40):
        yield f"<Account><AccountID>{1000 + n}</AccountID><AccountDescription>Account {n}</AccountDescription>"
        yield "<OpeningDebitBalance>0.00</OpeningDebitBalance></Account>"
    yield "</GeneralLedgerAccounts></MasterFiles><GeneralLedgerEntries>"
    for n in range(0, rows, 2):
        amount = money(abs(cents(n)))
        yield f"<Transaction><TransactionID>T{n}</TransactionID><TransactionDate>{day(n, rows)}</TransactionDate>"
        yield f"<Description>Invoice {n}</Description>"
        for k, side in enumerate(("Debit", "Credit")):
            yield f"<Line><RecordID>{k}</RecordID><AccountID>{1000 + (n + k) % 40}</AccountID>"
            yield f"<{side}Amount><Amount>{amount}</Amount></{side}Amount></Line>"
        yield "</Transaction>"
    yield "</GeneralLedgerEntries></AuditFile>"


FORMATS: dict[str, tuple[Callable[[int], Iterable[str]], str, str]] = {
    "chase": (chase, "csv", "USD"),
    "sparkasse": (sparkasse, "csv", "EUR"),
    "stripe": (stripe, "csv", "USD"),
    "ledger": (ledger, "csv", "USD"),
    "camt": (camt, "xml", "EUR"),
    "mt940": (mt940, "sta", "EUR"),
    "ofx": (ofx, "ofx", "USD"),
    "qif": (qif, "qif", "USD"),
    "saft": (saft, "xml", "EUR"),
}


def measured(folder: Path, *arguments: str | Path) -> str:
    """Processor seconds and megabytes of a Python process; its exit code where that is not 0."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123  # its descriptor is what is needed
            os.dup2(nowhere.fileno(), 1)
            os.dup2(nowhere.fileno(), 2)
            os.execv(sys.executable, [sys.executable, *map(str, arguments)])
    _, status, used = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    failed = f" (exit {code})" if code else ""
    return f"{used.ru_utime + used.ru_stime:6.1f} s{used.ru_maxrss // 1024:6} MB{failed}"


def main() -> None:
    """Print the table."""
    count, *names = sys.argv[1:] or ["200000"]
    print(f"{int(count):,} rows   {'read':>13}   {'import':>13}   {'project':>13}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for made in names or FORMATS:
            make, kind, currency = FORMATS[made]
            file, plan = folder / f"{made}.{kind}", folder / f"{made}.toml"
            with file.open("w", encoding="utf-8") as opened:
                opened.writelines(f"{line}\n" for line in make(int(count)))
            account = "" if made in ("ledger", "saft") else 'account = "cash"'
            says = made in ("chase", "camt", "mt940", "ofx")  # what it opens with
            opening, books = ("", 'opening = "books"') if says else ("opening_cash = 1000", "")
            text = PLAN.format(currency=currency, opening=opening, books=books, file=file.name, account=account)
            plan.write_text(text, encoding="utf-8")
            read = measured(folder, "-c", READ, file)
            seen = measured(folder, "-m", "runway", "import", file)
            used = measured(folder, "-m", "runway", "project", plan)
            print(f"{made:12}{read:>16}{seen:>16}{used:>16}", flush=True)
            file.unlink()


if __name__ == "__main__":
    main()
