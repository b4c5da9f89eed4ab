"""Layouts of single programs, each with the heads that it writes; totals by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.exports import exports, refused, said

if TYPE_CHECKING:
    from pathlib import Path

# Each has 2,500.50 of a customer on 15 January 2026 and 1,200.00 for rent on 31 January, as a statement says it.
STATEMENTS = {
    "qonto": (
        "Status,Settlement date (UTC),Operation date (UTC),Total amount (incl. VAT),Currency,Counterparty name,"
        "Payment method,Transaction ID,IBAN,Reference,Category,Note,VAT amount,Initiator\n"
        "settled,2026-01-15 08:00:00,2026-01-15 08:00:00,2500.50,EUR,Client,transfer,q1,BE95,R1,,,,A\n"
        "declined,2026-01-16 08:00:00,2026-01-16 08:00:00,-9.00,EUR,Landlord,transfer,q2,,,,,,A\n"
        "settled,2026-01-31 10:00:00,2026-01-31 10:00:00,-1200.00,EUR,Landlord,direct_debit,q3,,Rent,,,0.00,A\n"
    ),
    "ramp_card": (
        "Transaction Date,Amount,Card Present,Memo,Ramp Category,Transaction Time,Card Last 4,"
        "Merchant Name,Clearing Date,External ID\n"
        "01/15/26,-2500.50,No,,Refunds,2026-01-15 22:18:02,4034,Client,01/16/26,RAMP.1\n"
        '01/31/26,"1,200.00",No,January,Rent,2026-01-31 22:18:02,4034,Landlord,02/01/26,RAMP.2\n'
    ),
    "bank": (  # N26
        '"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name",'
        '"Amount (EUR)","Original Amount","Original Currency","Exchange Rate"\n'
        "2026-01-15,2026-01-15,Client,,Credit Transfer,R1,Main Account,2500.50,,,\n"
        "2026-01-31,2026-01-31,Landlord,DE1,Debit Transfer,Rent,Main Account,-1200.00,,,\n"
    ),
    "bank ": (  # Monzo
        "Transaction ID,Date,Time,Type,Name,Emoji,Category,Amount,Currency,Local amount,Local currency,Notes and #tags,"
        "Address,Receipt,Description,Category split,Money Out,Money In\n"
        "tx_1,15/01/2026,09:12:00,Faster payment,Client,,Income,2500.50,EUR,2500.50,EUR,,,,R1,,,2500.50\n"
        "tx_2,31/01/2026,09:12:00,Card payment,Landlord,,Bills,-1200.00,EUR,-1200.00,EUR,,,,LANDLORD,,-1200.00,\n"
    ),
    "bank  ": (  # Starling
        "Date,Counter Party,Reference,Type,Amount (EUR),Balance (EUR),Spending Category,Notes\n"
        "15/01/2026,Client,R1,FASTER PAYMENT,2500.50,4500.50,INCOME,\n"
        "31/01/2026,Landlord,Rent,DIRECT DEBIT,-1200.00,3300.50,BILLS,\n"
    ),
}  # fmt: skip

# The same, as books of Checking, Sales and Rent.
LEDGERS = {
    "wave": (
        "Transaction ID,Transaction Date,Account Name,Transaction Description,Transaction Line Description,"
        "Amount (One column), ,Debit Amount (Two Column Approach),Credit Amount (Two Column Approach),"
        "Other Accounts for this Transaction,"
        "Account Group,Account Type,Account ID\n"
        "1,2026-01-15,Checking,Client,,2500.50,,2500.50,,Sales,Asset,Cash and Bank,\n"
        "1,2026-01-15,Sales,Client,,2500.50,,,2500.50,Checking,Income,Income,\n"
        "2,2026-01-31,Rent,Landlord,,1200.00,,1200.00,,Checking,Expense,Operating Expense,\n"
        "2,2026-01-31,Checking,Landlord,,-1200.00,,,1200.00,Rent,Asset,Cash and Bank,\n"
    ),
    "gnucash": (
        "Date,Transaction ID,Number,Description,Notes,Commodity/Currency,Void Reason,Action,Memo,Full Account Name,"
        "Account Name,Amount With Sym,Amount Num.,Value With Sym,Value Num.,Reconcile,Reconcile Date,Rate/Price\n"
        '2026-01-15,a1,,Client,,CURRENCY::EUR,,,,Checking,Checking,"€2,500.50","2,500.50","€2,500.50","2,500.50",n,,1.00\n'
        ',,,,,,,,R1,Sales,Sales,"-€2,500.50","-2,500.50","-€2,500.50","-2,500.50",n,,1.00\n'
        '2026-01-31,a2,,Landlord,,CURRENCY::EUR,,,,Rent,Rent,"€1,200.00","1,200.00","€1,200.00","1,200.00",n,,1.00\n'
        ',,,,,,,,,Checking,Checking,"-€1,200.00","-1,200.00","-€1,200.00","-1,200.00",n,,1.00\n'
    ),
    "journal_of_two_accounts": (
        "Belegdatum;Belegnummer;Buchungstext;Buchungsbetrag;Währung;Sollkonto;Habenkonto;Kostenstelle 1\n"
        "15.01.2026;1;Client;2.500,50;EUR;Checking;Sales;\n31.01.2026;2;Landlord;1.200,00;EUR;Rent;Checking;\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_comes_out_to_the_cent(tmp_path: Path, name: str) -> None:
    (export,) = exports(tmp_path, STATEMENTS[name])
    assert (export.layout, export.kind) == (name.strip(), "statement")
    rows = [(row.day.isoformat(), row.text.partition(" | ")[0], row.amount) for row in export.rows]
    assert rows == [("2026-01-15", "Client", Decimal("2500.50")), ("2026-01-31", "Landlord", Decimal("-1200.00"))]


@pytest.mark.parametrize("name", LEDGERS)
def test_books_come_out_to_the_cent(tmp_path: Path, name: str) -> None:
    (export,) = exports(tmp_path, LEDGERS[name])
    assert (export.layout, export.kind) == (name, "ledger")
    rows = {(row.day.isoformat(), row.account, row.text, row.amount) for row in export.rows}
    assert rows == {
        ("2026-01-15", "Checking", "Client", Decimal("2500.50")),
        ("2026-01-15", "Sales", "Client", Decimal("-2500.50")),
        ("2026-01-31", "Rent", "Landlord", Decimal("1200.00")),
        ("2026-01-31", "Checking", "Landlord", Decimal("-1200.00")),
    }


def test_gnucash_says_its_currency_once_an_entry(tmp_path: Path) -> None:
    text = LEDGERS["gnucash"].replace("€", "").replace("EUR", "CHF")
    assert [export.currency for export in exports(tmp_path, text)] == ["CHF"]
    assert said(refused(tmp_path, text, worth=("EUR",))) == "wrong-currency 2:24"


def test_payouts_of_shopify_are_what_they_are_made_of_and_leave(tmp_path: Path) -> None:
    """Nothing stays with Shopify of what is paid out."""
    payouts = (
        "Payout Date,Status,Charges,Refunds,Adjustments,Marketplace Sales Tax,Advances,Reserved Funds,Fees,"
        "Retried Amount,Total,Currency,Bank Reference\n"
        "2026-01-15,paid,2600.00,-20.00,0.00,0.00,0.00,0.00,-79.50,0.00,2500.50,EUR,R1\n"
        "2026-01-16,scheduled,10.00,0.00,0.00,0.00,0.00,0.00,-1.00,0.00,9.00,EUR,\n"
    )
    (export,) = exports(tmp_path, payouts)
    assert (export.layout, export.left_out[0][:2]) == ("shopify_payouts", ("scheduled", 1))
    assert [(row.account, row.amount) for row in export.rows] == [
        ("charge", Decimal("2600.00")), ("refund", Decimal("-20.00")), ("processing_fee", Decimal("-79.50")),
        ("payout", Decimal("-2500.50")),
    ]  # fmt: skip
    assert refused(tmp_path, payouts.replace("2500.50", "2501.50")).name == "amounts-disagree"


def test_a_journal_of_two_accounts_names_both_and_has_no_tax_in_its_amounts(tmp_path: Path) -> None:
    journal = LEDGERS["journal_of_two_accounts"]
    assert said(refused(tmp_path, journal.replace("Checking;Sales", "Checking;"))) == "actuals-columns 2:43"
    assert refused(tmp_path, journal.replace("Kostenstelle 1", "Steuerschlüssel")).name == "unknown-layout"
