"""SAF-T of Norway, Portugal and Romania: streamed, and every balance and total held against the lines."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal

import pytest
from support.exports import by_month, exports, read_file, refused, said

NORWAY = """\
<?xml version="1.0" encoding="UTF-8"?>
<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO">
<n1:Header><n1:DefaultCurrencyCode>NOK</n1:DefaultCurrencyCode><n1:SelectionCriteria>
<n1:SelectionStartDate>2026-01-01</n1:SelectionStartDate><n1:SelectionEndDate>2026-03-31</n1:SelectionEndDate>
</n1:SelectionCriteria></n1:Header>
<n1:MasterFiles><n1:GeneralLedgerAccounts>
<n1:Account><n1:AccountID>1920</n1:AccountID><n1:AccountDescription>Bank</n1:AccountDescription>
<n1:OpeningDebitBalance>1000.00</n1:OpeningDebitBalance><n1:ClosingDebitBalance>900.00</n1:ClosingDebitBalance></n1:Account>
<n1:Account><n1:AccountID>2000</n1:AccountID><n1:AccountDescription>Aksjekapital</n1:AccountDescription>
<n1:OpeningCreditBalance>1000.00</n1:OpeningCreditBalance>
<n1:ClosingCreditBalance>1000.00</n1:ClosingCreditBalance></n1:Account>
<n1:Account><n1:AccountID>6300</n1:AccountID><n1:AccountDescription>Leie</n1:AccountDescription>
<n1:OpeningDebitBalance>0.00</n1:OpeningDebitBalance><n1:ClosingDebitBalance>100.00</n1:ClosingDebitBalance></n1:Account>
</n1:GeneralLedgerAccounts>
<n1:Customers><n1:Customer><n1:Account>none</n1:Account></n1:Customer></n1:Customers></n1:MasterFiles>
<n1:GeneralLedgerEntries>
<n1:NumberOfEntries>1</n1:NumberOfEntries><n1:TotalDebit>100.00</n1:TotalDebit><n1:TotalCredit>100.00</n1:TotalCredit>
<n1:Journal><n1:JournalID>GL</n1:JournalID>
<n1:Transaction><n1:TransactionID>7</n1:TransactionID><n1:TransactionDate>2026-01-31</n1:TransactionDate>
<n1:Description>Januar</n1:Description><n1:GLPostingDate>2026-02-02</n1:GLPostingDate>
<n1:Line><n1:AccountID>6300</n1:AccountID><n1:Description>Kontor</n1:Description>
<n1:DebitAmount><n1:Amount>100.00</n1:Amount></n1:DebitAmount></n1:Line>
<n1:Line><n1:AccountID>1920</n1:AccountID><n1:CreditAmount><n1:Amount>100.00</n1:Amount></n1:CreditAmount></n1:Line>
</n1:Transaction></n1:Journal></n1:GeneralLedgerEntries></n1:AuditFile>
"""

PORTUGAL = """\
<?xml version="1.0" encoding="Windows-1252"?>
<AuditFile xmlns="urn:OECD:StandardAuditFile-Tax:PT_1.04_01">
<Header><FiscalYear>2026</FiscalYear><StartDate>2026-01-01</StartDate><EndDate>2026-12-31</EndDate>
<CurrencyCode>EUR</CurrencyCode></Header>
<MasterFiles><GeneralLedgerAccounts><TaxonomyReference>S</TaxonomyReference>
<Account><AccountID>1</AccountID><AccountDescription>Meios</AccountDescription>
<OpeningDebitBalance>9</OpeningDebitBalance>
<OpeningCreditBalance>0</OpeningCreditBalance><ClosingDebitBalance>9</ClosingDebitBalance>
<ClosingCreditBalance>0</ClosingCreditBalance><GroupingCategory>GR</GroupingCategory></Account>
<Account><AccountID>12</AccountID><AccountDescription>Depósitos</AccountDescription>
<OpeningDebitBalance>50.00</OpeningDebitBalance>
<OpeningCreditBalance>0.00</OpeningCreditBalance><ClosingDebitBalance>80.00</ClosingDebitBalance>
<ClosingCreditBalance>0.00</ClosingCreditBalance><GroupingCategory>GM</GroupingCategory></Account>
<Account><AccountID>72</AccountID><AccountDescription>Serviços</AccountDescription>
<OpeningDebitBalance>0.00</OpeningDebitBalance>
<OpeningCreditBalance>0.00</OpeningCreditBalance><ClosingDebitBalance>30.00</ClosingDebitBalance>
<ClosingCreditBalance>30.00</ClosingCreditBalance><GroupingCategory>GM</GroupingCategory></Account>
<Account><AccountID>81</AccountID><AccountDescription>Resultado</AccountDescription>
<OpeningDebitBalance>0.00</OpeningDebitBalance>
<OpeningCreditBalance>50.00</OpeningCreditBalance><ClosingDebitBalance>0.00</ClosingDebitBalance>
<ClosingCreditBalance>80.00</ClosingCreditBalance><GroupingCategory>GM</GroupingCategory></Account>
</GeneralLedgerAccounts></MasterFiles>
<GeneralLedgerEntries><NumberOfEntries>2</NumberOfEntries><TotalDebit>60.00</TotalDebit><TotalCredit>60.00</TotalCredit>
<Journal><JournalID>1</JournalID>
<Transaction><TransactionID>2026-03-05 1 7</TransactionID>
<Period>3</Period><TransactionDate>2026-03-05</TransactionDate>
<Description>Venda</Description><TransactionType>N</TransactionType><GLPostingDate>2026-03-05</GLPostingDate>
<Lines>
<DebitLine><RecordID>1</RecordID><AccountID>12</AccountID><DebitAmount>30.00</DebitAmount></DebitLine>
<CreditLine><RecordID>2</RecordID><AccountID>72</AccountID><CreditAmount>30.00</CreditAmount></CreditLine></Lines>
</Transaction>
<Transaction><TransactionID>2026-12-31 1 9</TransactionID>
<Period>13</Period><TransactionDate>2026-12-31</TransactionDate>
<Description>Apuramento</Description><TransactionType>A</TransactionType><GLPostingDate>2026-12-31</GLPostingDate>
<Lines>
<DebitLine><RecordID>1</RecordID><AccountID>72</AccountID><DebitAmount>30.00</DebitAmount></DebitLine>
<CreditLine><RecordID>2</RecordID><AccountID>81</AccountID><CreditAmount>30.00</CreditAmount></CreditLine></Lines>
</Transaction>
</Journal></GeneralLedgerEntries></AuditFile>
"""


def test_norway(tmp_path) -> None:
    (export,) = exports(tmp_path, NORWAY)
    assert (export.layout, export.kind, export.currency, export.steps) == ("saft", "ledger", "NOK", (3, 3))
    assert [(row.day, row.account, row.text, row.amount, row.id) for row in export.rows] == [
        (date(2026, 2, 2), "6300 Leie", "Januar | Kontor", Decimal("100.00"), "7"),
        (date(2026, 2, 2), "1920 Bank", "Januar", Decimal("-100.00"), "7"),
    ]
    assert [(b.account, b.amount) for b in export.opening] == [("1920 Bank", 1000), ("2000 Aksjekapital", -1000)]
    assert [(b.account, b.amount) for b in export.closing] == [
        ("1920 Bank", 900),
        ("2000 Aksjekapital", -1000),
        ("6300 Leie", 100),
    ]
    assert (export.first, export.last) == (date(2026, 1, 1), date(2026, 3, 31))


def test_portugal_with_group_accounts_and_the_closing_of_results(tmp_path) -> None:
    (export,) = exports(tmp_path, PORTUGAL.encode("cp1252"))
    assert by_month(export, "72 Serviços") == {"2026-03": Decimal("-30.00")}
    assert by_month(export, "12 Depósitos") == {"2026-03": Decimal("30.00")}
    assert export.left_out == (("closing entry", 2, Decimal("0.00")),)
    assert export.steps == (3, 3)


def test_romania_has_the_shape_of_norway(tmp_path) -> None:
    text = NORWAY.replace(":NO", ":RO").replace("NOK", "RON").replace("n1:", "nsSAFT:").replace(":n1", ":nsSAFT")
    (export,) = exports(tmp_path, text)
    assert (export.currency, len(export.rows)) == ("RON", 2)


def test_a_posting_outside_the_days_of_the_file_stands_on_the_day_of_its_transaction(tmp_path) -> None:
    (export,) = exports(tmp_path, NORWAY.replace("2026-02-02", "2026-04-15"))
    assert {row.day for row in export.rows} == {date(2026, 1, 31)}
    outside = NORWAY.replace("2026-02-02", "2026-04-15").replace("2026-01-31", "2025-12-31")
    assert said(refused(tmp_path, outside)) == "not-a-date 19:1"


@pytest.mark.parametrize(
    ("old", "new", "answer"),
    [
        ("Balance>900.00", "Balance>901.00", "balance-does-not-foot 7:1"),
        ("TotalDebit>100.00", "TotalDebit>101.00", "totals-do-not-foot 17:43"),
        ("Entries>1<", "Entries>2<", "totals-do-not-foot 17:1"),
        ("<n1:DebitAmount><n1:Amount>100.00", "<n1:DebitAmount><n1:Amount>90.00", "balance-does-not-foot 19:1"),
        ("<n1:DebitAmount><n1:Amount>100.00", "<n1:DebitAmount><n1:Amount>1OO", "not-a-figure 22:17"),
        ("<n1:AccountID>6300</n1:AccountID><n1:Description>", "<n1:Description>", "broken-export 21:1"),
        ("2026-02-02", "2026-02-30", "not-a-date 20:58"),
        ("<n1:AccountID>2000", "<n1:AccountID>1920", "broken-export 9:1"),
        ("GeneralLedgerEntries", "Invoices", "wrong-export 1:1"),
        ("<n1:AuditFile ", "<!DOCTYPE x><n1:AuditFile ", "markup-declares 2:12"),
        ("Januar<", "Jan\0uar<", "broken-export 20:20"),
    ],
)
def test_what_is_broken_is_refused_at_its_place(tmp_path, old, new, answer) -> None:
    assert old in NORWAY
    text = NORWAY.replace(old, new) if "Entries" in old and ">" not in old else NORWAY.replace(old, new, 1)
    assert said(refused(tmp_path, text)) == answer


def test_a_file_that_is_cut_anywhere_is_refused(tmp_path) -> None:
    for cut in range(150, len(NORWAY) - 2, 97):
        assert refused(tmp_path, NORWAY[:cut]).name == "broken-export"


def test_elements_are_forgotten_as_they_are_read(tmp_path) -> None:
    """Memory grows with the lines that are kept, by far less than with the text: here 4 MB of customers and 1 line."""
    customers = "".join(f"<n1:Customer><n1:CustomerID>{n}</n1:CustomerID></n1:Customer>\n" for n in range(60_000))
    text = NORWAY.replace("<n1:Customers>", f"<n1:Customers>{customers}")
    path = tmp_path / "large.xml"
    path.write_text(text, encoding="utf-8")
    tracemalloc.start()
    exports(tmp_path, NORWAY)
    read_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000 < path.stat().st_size
