"""Exports of books, made here, and how long and with how much memory each is read, as a process of its own.

`python tests/benchmarks/books.py [ROWS]`: 200,000 rows of a bank are to take 2 s and 300 MB at most, 1,000,000 10 s.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

READ = """
import resource, sys, time
from pathlib import Path
from runway.files.books.export import BookFile, Reading
from runway.files.books.read import read_export
start = time.perf_counter()
rows = sum(len(export.rows) for export in read_export(BookFile("books.csv", Path(sys.argv[1])), Reading("USD")))
seconds = time.perf_counter() - start
print(rows, f"{seconds:.2f}", f"{time.process_time():.2f}", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def chase(rows: int) -> str:
    """Newest first, with a balance in every row."""
    balance, lines = Decimal("250000.00"), list[str]()
    for n in range(rows):
        day = date(2026, 1, 1) + timedelta(days=n * 300 // rows)
        amount = Decimal(n * 7919 % 1_000_003 - 500_000) / 100
        balance += amount
        lines.append(f'DEBIT,{day:%m/%d/%Y},"PAYEE {n % 997} INVOICE {n}",{amount:.2f},ACH_DEBIT,{balance:.2f},,')
    return "\n".join(["Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #", *reversed(lines)]) + "\n"


def sparkasse(rows: int) -> str:
    """Decimal commas, semicolons and a status."""
    lines = ["Auftragskonto;Buchungstag;Buchungstext;Verwendungszweck;Betrag;Waehrung;Info"]
    for n in range(rows):
        day = date(2026, 1, 1) + timedelta(days=n * 300 // rows)
        cents = n * 7919 % 1_000_003
        lines.append(f"DE0;{day:%d.%m.%y};LOHN;Zweck {n};-{cents // 100},{cents % 100:02d};EUR;Umsatz gebucht")
    return "\n".join(lines) + "\n"


def stripe(rows: int) -> str:
    """A moment of its own in each row, and a fee."""
    lines = ["balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,description"]
    for n in range(rows):
        day = date(2026, 1, 1) + timedelta(days=n * 300 // rows)
        lines.append(f"txn_{n},{day} {n % 24:02d}:{n % 60:02d}:{n % 59:02d},usd,99.00,3.17,95.83,charge,Plan {n % 9}")
    return "\n".join(lines) + "\n"


def ledger(rows: int) -> str:
    """Postings that balance two by two."""
    lines = ["date,account,description,amount"]
    for n in range(rows):
        day = date(2026, 1, 1) + timedelta(days=n // 2 * 600 // rows)
        amount = f"{(n // 2) * 7919 % 1_000_003 / 100:.2f}"
        lines.append(
            f"{day},{'assets:bank' if n % 2 else f'expenses:e{n % 40}'},Entry {n // 2},{'-' * (n % 2)}{amount}"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as folder:
        for make in (chase, sparkasse, stripe, ledger):
            path = Path(folder) / f"{make.__name__}.csv"
            path.write_text(make(count), encoding="utf-8")
            answer = subprocess.run(
                [sys.executable, "-c", READ, path], capture_output=True, text=True, check=True
            ).stdout
            rows, seconds, processor, megabytes = answer.split()
            print(f"{make.__name__:10} {int(rows):>9,} rows {seconds:>6} s {processor:>6} s CPU {megabytes:>5} MB")


if __name__ == "__main__":
    main()
