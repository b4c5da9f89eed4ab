"""Statements of banks that no layout names: known by the words of their columns; marks, orders and signs proven."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.exports import exports, refused, said

from runway.errors import InputError
from runway.files.books.export import BookFile, Reading
from runway.files.books.read import read_export

if TYPE_CHECKING:
    from pathlib import Path

# Each has 2,500.50 of a customer on 15 January 2026 and 1,200.00 for rent on 31 January.
STATEMENTS = {
    "quoted, with title rows": (
        '"Girokonto";"DE12"\n"Kontostand vom 01.02.2026:";"3.300,50 €"\n""\n'
        '"Buchungsdatum";"Wertstellung";"Status";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"Betrag (€)"\n'
        '"31.01.26";"31.01.26";"Gebucht";"Vermieter";"Miete";"Ausgang";"-1.200,00"\n'
        '"15.01.26";"15.01.26";"Gebucht";"Ich";"R1";"Eingang";"2.500,50"\n'
    ),
    "value date called Valuta": (
        "Kontonummer;Buchungsdatum;Valuta;Empfaenger 1;Verwendungszweck;Betrag;Waehrung\n"
        "1;15.01.2026;16.01.2026;Kunde;R1;2.500,50;EUR\n1;31.01.2026;31.01.2026;Vermieter;Miete;-1.200,00;EUR\n"
    ),
    "narrow spaces": (
        "Date opération;Libellé;Débit euros;Crédit euros\n"
        "15/01/2026;CLIENT;;2\u202f500,50\n31/01/2026;LOYER;1\u202f200,00;\n"
    ),
    "apostrophes, signed debits": (
        "IBAN:;CH12;\n\nBuchungsdatum;Valutadatum;Währung;Belastung;Gutschrift;Saldo;Transaktions-Nr.;Beschreibung1\n"
        "2026-01-31;2026-01-31;EUR;-1'200.00;;3'300.50;T2;Miete\n2026-01-15;2026-01-15;EUR;;2'500.50;4'500.50;T1;Kunde\n"
    ),
    "a column each way, in the currency of its name": (
        "Datum;Bewegungstyp;Avisierungstext;Gutschrift in EUR;Lastschrift in EUR\n"
        "31.01.2026;Lastschrift;Miete;;-1200.00\n15.01.2026;Gutschrift;Kunde;2500.50;\n\nDisclaimer:\nOhne Gewähr.\n"
    ),
    "one name twice, of columns that are the same": (
        "Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Verwendungszweck;Saldo;Währung;Betrag;Währung\n"
        "31.01.2026;31.01.2026;Vermieter;Miete;3.300,50;EUR;-1.200,00;EUR\n"
        "15.01.2026;16.01.2026;Kunde;R1;4.500,50;EUR;2.500,50;EUR\n"
    ),
    "Finnish": (
        "Kirjauspäivä;Arvopäivä;Määrä EUROA;Laji;Selitys;Saaja/Maksaja;Viesti\n"
        "15.01.2026;15.01.2026;2500,50;588;VIITE;ASIAKAS;\n31.01.2026;31.01.2026;-1200,00;588;SIIRTO;VUOKRA;\n"
    ),
    "Portuguese": (
        "Data mov.;Data valor;Descrição;Débito;Crédito;Saldo contabilístico\n"
        "15-01-2026;15-01-2026;CLIENTE;;2.500,50;4.500,50\n31-01-2026;31-01-2026;RENDA;1.200,00;;3.300,50\n"
    ),
    "Polish, a hash before each name": (
        "#Data operacji;#Opis operacji;#Kwota;#Saldo po operacji\n"
        "2026-01-15;KLIENT;2 500,50 EUR;4 500,50 EUR\n2026-01-31;CZYNSZ;-1 200,00 EUR;3 300,50 EUR\n"
    ),
    "in and out, at a time of the day": (
        "created_at,memo,in,out,balance\n2026-01-15T10:00:00+01:00,Customer,2500.50,,4500.50\n"
        "2026-01-31T23:30:00+01:00,Landlord,,1200.00,3300.50\n"
    ),
    "a mark before the brackets": (
        "Date,Memo,Amount\n2026-01-15,Customer,€2500.50\n2026-01-31,Landlord,€(1200.00)\n"
    ),
    "S and H behind the amounts": (
        "Buchungstag;Verwendungszweck;Umsatz\n15.01.2026;Kunde;2.500,50 H\n31.01.2026;Miete;1.200,00 S\n"
    ),
    "Debit and Credit behind the amounts": (
        "Date,Description,Amount\n2026-01-15,Customer,€2500.50 Credit\n2026-01-31,Rent,€1200.00 Debit\n"
    ),
    "a dash in place of cents": (
        "Dato;Beskrivelse;Beløb;Saldo\n15.01.2026;Kunde;2.500,50;4.500,50\n31.01.2026;Husleje;-1.200,-;3.300,50\n"
    ),
    "a Swiss dash in place of rappen": (
        "Datum;Text;Gutschrift;Belastung\n15.01.2026;Kunde;2'500.50;\n31.01.2026;Miete;;1'200.—\n"
    ),
    "the currency in words": (
        "Date operation;Libelle court;Libelle operation;Montant operation en euro\n"
        "15/01/2026;VIR;CLIENT;2 500,50\n31/01/2026;PRLV;LOYER;-1 200,00\n"
    ),
    "the currency in words, between brackets": (
        "Date;Libellé;Montant(EUROS)\n15/01/2026;CLIENT;2 500,50\n31/01/2026;LOYER;-1 200,00\n"
    ),
    "names of columns in one word": (
        "dateOp;dateVal;label;amount;comment;accountNum;accountbalance\n"
        "2026-01-31;2026-01-31;LOYER;-1 200,00;;40;3300.50\n2026-01-15;2026-01-15;CLIENT;2500,50;;40;4500.50\n"
    ),
    "an account above, names with underscores": (
        '="0123";01/01/2026;31/01/2026;;\n\ndate_comptabilisation;libellé_complet_operation;montant_operation;devise;\n'
        "15/01/2026;CLIENT;2500,50;EUR;\n31/01/2026;LOYER;-1200,00;EUR;\n"
    ),
    "Brazilian, the balance before": (
        "Data;Histórico;Docto.;Crédito;Débito;Saldo\n01/01/2026;SALDO ANTERIOR;;;;2.000,00\n"
        "15/01/2026;CLIENTE;1;2.500,50;;4.500,50\n31/01/2026;ALUGUEL;2;;-1.200,00;3.300,50\n"
    ),
    "Brazilian, the balance of each day": (
        "Nome:;EXEMPLO\n\nData;Lançamento;Ag./Origem;Valor;Saldo\n31/12/2025;SALDO ANTERIOR;;;2.000,00\n"
        "15/01/2026;CLIENTE;;2.500,50;\n15/01/2026;SALDO TOTAL DISPONÍVEL DIA;;;4.500,50\n"
        "31/01/2026;ALUGUEL;;-1.200,00;\n31/01/2026;SALDO DO DIA;;;3.300,50\n"
    ),
    "amount beside paid in and paid out": (
        "Date,Transaction ID,Transaction description,Paid in,Paid out,Amount,Status\n"
        "2026-01-15,T1,Customer,2500.50,,2500.50,Completed\n2026-01-31,T2,Landlord,,1200.00,-1200.00,Completed\n"
    ),
    "a word for the way": (
        "Account Number,Transaction Description,Transaction Date,Transaction Type,Transaction Amount,Balance\n"
        "1,Customer,01/15/26,Credit,2500.50,4500.50\n1,Landlord,01/31/26,Debit,1200.00,3300.50\n"
    ),
    "balances above and between the rows": (
        'Description,,Summary Amt.\nBeginning balance as of 01/01/2026,,"2,000.00"\n'
        'Ending balance as of 01/31/2026,,"3,300.50"\n\nDate,Description,Amount,Running Bal.\n'
        '01/01/2026,Beginning balance as of 01/01/2026,,"2,000.00"\n01/15/2026,CUSTOMER,"2,500.50","4,500.50"\n'
        '01/31/2026,LANDLORD,"-1,200.00","3,300.50"\n'
    ),
    "two columns of one name, the first of the amount": (
        'Sl. No.,Date,Description,Amount,Dr / Cr,Balance,Dr / Cr\n1,15/01/2026,CUSTOMER,"2,500.50",CR,"4,500.50",CR\n'
        '2,31/01/2026,LANDLORD,"1,200.00",DR,"3,300.50",CR\n'
    ),
    "a currency with a space": (
        "Date,Transaction Remarks,Withdrawal Amount (EUR ),Deposit Amount (EUR ),Balance (EUR )\n"
        "15/01/2026,CUSTOMER,0.0,2500.50,4500.50\n31/01/2026,LANDLORD,1200.0,0.0,3300.50\n"
    ),
    "without heads, a column each way": "01/15/2026,CUSTOMER,,2500.50,4500.50\n01/31/2026,LANDLORD,1200.00,,3300.50\n",
    "without heads, the amount first": (
        '31/01/2026,"-1200.00","LANDLORD","+3300.50"\n15/01/2026,"+2500.50","CUSTOMER","+4500.50"\n'
    ),
    "Dr and Cr behind the amounts": (
        "Date,Description,Amount,Balance\n2026-01-15,a,2500.50 Cr,4500.50 Cr\n2026-01-31,b,1200.00 Dr.,3300.50 Cr\n"
    ),
    "heads on each page": (
        "Date,Description,Amount\n2026-01-15,a,2500.50\nDate,Description,Amount\n2026-01-31,b,-1200.00\n"
    ),
    "without heads": '15/01/2026,CUSTOMER,"2,500.50"\n31/01/2026,LANDLORD,"-1,200.00"\n',
    "without heads, with flags": (
        '"01/31/2026","-1200.00","*","","LANDLORD"\n"01/15/2026","2500.50","*","","CUSTOMER"\n'
    ),
    "tabs, Danish": "Bogført\tx\nDato\tTekst\tBeløb\tSaldo\n31-01-2026\tHusleje\t-1.200,00\t3.300,50\n"
    "15-01-2026\tKunde\t2.500,50\t4.500,50\n",
    "an account in a column": (
        "Number,Date,Account,Amount,Subcategory,Memo\n ,31/01/2026,20-00-00 12345678,-1200.00,Direct Debit,LANDLORD\n"
        " ,15/01/2026,20-00-00 12345678,2500.50,Counter Credit,CUSTOMER\n"
    ),
    "an IBAN in a column": (
        "Date;Compte;Libellé;Débit;Crédit\n15/01/2026;FR76 1234 5678 1234;Client;;2500,50\n"
        "31/01/2026;FR76 1234 5678 1234;Loyer;1200,00;\n"
    ),
    "cells as formulas": (
        '="Date",="Description","Amount"\n="2026-01-15",="CUSTOMER, INC",2500.50\n="2026-01-31",="00123",="-1200.00"\n'
    ),
    "cells as quoted formulas": (
        'Datum;Verwendungszweck;Betrag\n"=""15.01.2026""";"=""00123""";"2.500,50"\n"=""31.01.2026""";;"=""-1.200,00"""\n'
    ),
    "net of a fee with its sign": (
        "Date,Time,Name,Type,Status,Currency,Gross,Fee,Net\n15/01/2026,10:00,A,Payment,Completed,EUR,2600.00,-99.50,2500.50\n"
        "16/01/2026,10:00,B,Payment,Denied,EUR,9.00,0.00,9.00\n31/01/2026,10:00,C,Payment,Completed,EUR,-1200.00,0.00,-1200.00\n"
    ),
}  # fmt: skip


def read(folder: Path, text: str, encoding: str = "utf-8") -> list[tuple[str, Decimal]]:
    (folder / "bank.csv").write_bytes(text.encode(encoding))
    (export,) = read_export(BookFile("bank.csv", folder / "bank.csv"), Reading("EUR"))
    assert export.kind == "statement"
    assert export.currency in ("", "EUR")
    return [(f"{row.day:%d.%m.%y}", row.amount) for row in export.rows]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_is_known_by_its_words(tmp_path: Path, name: str) -> None:
    rows = read(tmp_path, STATEMENTS[name])
    assert {day for day, _ in rows} == {"15.01.26", "31.01.26"}
    assert sum(amount for day, amount in rows if day == "15.01.26") == Decimal("2500.50")
    assert sum(amount for day, amount in rows if day == "31.01.26") == Decimal("-1200.00")


def test_other_encodings(tmp_path: Path) -> None:
    text = STATEMENTS["a column each way, in the currency of its name"].replace("Gewähr", "Gewähr für Beträge")
    for encoding in ("cp1252", "utf-16", "utf-8-sig"):
        assert len(read(tmp_path, text, encoding)) == 2


def test_a_column_of_one_account_is_told_by_its_form_or_asked_about(tmp_path: Path) -> None:
    """A bank's debits go out; those of books are positive."""
    head, rows = "Date,Account,Description,Debit,Credit\n", "2026-01-15,{0},A,,2500.50\n2026-01-31,{0},B,1200.00,\n"
    paid, posted = [Decimal("2500.50"), Decimal("-1200.00")], [Decimal("-2500.50"), Decimal("1200.00")]

    def amounts(account: str, **said: str) -> list[Decimal]:
        (export,) = exports(tmp_path, head + rows.format(account), **said)
        assert export.account == (account if export.kind == "statement" else "")
        return [row.amount for row in export.rows]

    for account in ("DE12500105170648489890", "20-00-00 12345678", "Checking ••1234"):
        assert amounts(account) == paid
    for account in ("12345678", "Business Checking", "Brex Cash"):
        problem = refused(tmp_path, head + rows.format(account))
        assert said(problem) == "two-layouts 2:12"
        assert amounts(account, layout="bank") == amounts(account, like="statement") == paid
        assert amounts(account, layout="ledger") == amounts(account, like="ledger") == posted
    assert amounts("Revenue") == amounts("4000") == posted


def test_charges_of_a_card_go_out(tmp_path: Path) -> None:
    """American Express writes charges without a sign; of a list by merchant nothing says it, so that is asked about."""
    card = (
        "Date,Description,Card Member,Account #,Amount\n01/15/2026,ADS,J,-1,300.00\n01/20/2026,PAYMENT,J,-1,-100.00\n"
    )
    assert [amount for _, amount in read(tmp_path, card)] == [Decimal("-300.00"), Decimal("100.00")]
    with pytest.raises(InputError, match="unknown-layout"):
        read(tmp_path, "Transaction Date,Merchant,Amount,Memo\n2026-01-15,Ads Co,300.00,x\n")
    rows = "".join(f"2026-01-0{day},Ads Co,{day}.00\n" for day in (1, 2, 3))
    (tmp_path / "card.csv").write_text(f"Date,Description,Amount\n{rows}", encoding="utf-8")
    (export,) = read_export(BookFile("card.csv", tmp_path / "card.csv"), Reading("EUR"))
    assert export.remarks == ("No amount is below zero: all are taken as money that came in.",)


def test_words_and_signs_must_agree(tmp_path: Path) -> None:
    rows = "2026-01-15,a,Credit,5.00\n2026-01-16,b,Credit,6.00\n2026-01-17,c,Debit,-7.00\n2026-01-18,d,Debit,8.00\n"
    with pytest.raises(InputError, match=r'This amount is 8\.00; its row says "Debit"'):
        read(tmp_path, f"Date,Name,Type,Amount\n{rows}")


BOOKS = {
    "account, Dr and Cr": (
        "Date,Journal No,Account Code,Account Name,Description,Dr,Cr\n"
        "15/01/2026,1,4000,Sales,Sale,,100.50\n15/01/2026,1,1200,Bank,Sale,100.50,\n",
        {"4000 Sales": "-100.50", "1200 Bank": "100.50"},
    ),
    "Konto, Soll und Haben": (
        "Datum;Konto;Text;Soll;Haben\n15.01.2026;4000;Verkauf;;1.100,50\n15.01.2026;1200;Verkauf;1.100,50;\n",
        {"4000": "-1100.50", "1200": "1100.50"},
    ),
    "an amount, and whether it is a debit": (
        "date,account,amount,dr/cr\n2026-01-15,4000,100.50,C\n2026-01-15,1200,100.50,D\n",
        {"4000": "-100.50", "1200": "100.50"},
    ),
    "an amount with its sign, and the word beside it": (
        "date,account,amount,type\n2026-01-15,4000,-100.50,Credit\n2026-01-15,1200,100.50,Debit\n",
        {"4000": "-100.50", "1200": "100.50"},
    ),
    "Swedish": (
        "Datum;Konto;Kontonamn;Debet;Kredit\n2026-01-15;3000;Försäljning;;100,50\n2026-01-15;1930;Bank;100,50;\n",
        {"3000 Försäljning": "-100.50", "1930 Bank": "100.50"},
    ),
    "Spanish": (
        "Fecha;Cuenta;Concepto;Debe;Haber\n15/01/2026;700;Venta;;100,50\n15/01/2026;572;Venta;100,50;\n",
        {"700": "-100.50", "572": "100.50"},
    ),
    "French, an account by its number and its name": (
        "Date;Compte;Libellé compte;Libellé écriture;Débit;Crédit\n15/01/2026;706000;Ventes;Facture;;6 000,50\n"
        "15/01/2026;512000;Banque;Facture;6 000,50;\n",
        {"706000 Ventes": "-6000.50", "512000 Banque": "6000.50"},
    ),
    "fichier des écritures comptables": (
        "JournalCode\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tEcritureLib\tDebit\tCredit\n"
        "AN\t0\t20260101\t512000\tBanque\tReport\t9,00\t0,00\nAN\t0\t20260101\t110000\tReport\tReport\t0,00\t9,00\n"
        "BQ\t1\t20260115\t512000\tBanque\tVente\t100,50\t0,00\nBQ\t1\t20260115\t706000\tVentes\tVente\t0,00\t100,50\n",
        {"512000 Banque": "100.50", "706000 Ventes": "-100.50"},
    ),
    "a German profit and loss": (
        "Konto;Jan 2026\nErlöse;\nUmsatz;1.000,50\nSumme Erlöse;1.000,50\nAufwand;\nMiete;400,00\n"
        "Summe Aufwand;400,00\n",
        {"Umsatz": "-1000.50", "Miete": "400.00"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BOOKS)
def test_books_are_known_by_their_words(tmp_path: Path, name: str) -> None:
    text, sums = BOOKS[name]
    (tmp_path / "books.csv").write_text(text, encoding="utf-8")
    (export,) = read_export(BookFile("books.csv", tmp_path / "books.csv"), Reading("EUR"))
    assert {row.account: str(row.amount) for row in export.rows} == sums


@pytest.mark.parametrize(
    ("heads", "ways", "asked"),
    [
        ("date,account,amount,d/c", ("C", "X", "D"), '"X" does not say whether it is a debit or a credit'),
        ("date,description,amount,type", ("Debit", "", "Credit"), '"" does not say whether money came in or went out'),
    ],
)
def test_where_no_amount_has_a_sign_every_row_says_its_way(
    tmp_path: Path, heads: str, ways: tuple[str, ...], asked: str
) -> None:
    rows = "".join(f"2026-01-{n + 15},a{n},{n + 1}.00,{way}\n" for n, way in enumerate(ways))
    problem = refused(tmp_path, f"{heads}\n{rows}")
    assert problem.name == "unknown-status"
    assert problem.text.startswith(asked)


def test_dr_and_cr_stand_behind_all_amounts_or_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="say neither Dr nor Cr"):
        read(tmp_path, "Date,Description,Amount\n2026-01-05,a,5.00\n2026-01-06,b,10.00 CR\n")
    with pytest.raises(InputError, match="cannot be read as an amount"):
        read(tmp_path, "Date,Description,Amount\n2026-01-05,a,-5.00 DR\n2026-01-06,b,10.00 CR\n")


def test_two_accounts_in_a_row_are_no_statement(tmp_path: Path) -> None:
    for heads in ("Debit account,Kredit", "Konto,Gegenkonto"):
        with pytest.raises(InputError, match="unknown-layout"):
            read(tmp_path, f"Date,{heads},Amount,Text\n2026-01-05,1200,4000,100.00,Sale\n")


BELOW_ZERO = (
    "Account,Jan 2026,Feb 2026\nIncome,,\nSales,1000.00,1100.00\nCost of sales,,\nHosting,-100.00,-90.00\n"
    "Gross profit,900.00,1010.00\nExpenses,,\nRent,-500.00,-500.00\nTravel,,20.00\nTotal Expenses,-500.00,-480.00\n"
    "Net Income,{0},530.00\n"
)


def test_costs_below_zero_are_costs_where_the_net_income_proves_it(tmp_path: Path) -> None:
    """A cost that came back is above zero then."""
    (export,) = exports(tmp_path, BELOW_ZERO.format("400.00"))
    assert {(row.account, row.day.month): int(row.amount) for row in export.rows} == {
        ("Sales", 1): -1000, ("Sales", 2): -1100, ("Hosting", 1): 100, ("Hosting", 2): 90, ("Rent", 1): 500,
        ("Rent", 2): 500, ("Travel", 2): -20,
    }  # fmt: skip
    with pytest.raises(InputError, match="totals-do-not-foot"):
        exports(tmp_path, BELOW_ZERO.format("401.00"))
    came_back = "Account,Jan 2026\nIncome,\nSales,1000.00\nExpenses,\nRent,-500.00\nNet Income,1500.00\n"
    (export,) = exports(tmp_path, came_back)
    assert [row.amount for row in export.rows] == [-1000, -500]


def test_months_may_be_headed_by_their_first_days_if_they_follow_each_other(tmp_path: Path) -> None:
    report = "Account,2026-01-01,{0}\nIncome,,\nSales,1000.00,1100.00\n"
    (export,) = exports(tmp_path, report.format("2026-02-01"))
    assert [(str(row.day), row.amount) for row in export.rows] == [("2026-01-31", -1000), ("2026-02-28", -1100)]
    assert refused(tmp_path, report.format("2026-04-01")).name == "unknown-layout"


def test_heads_that_are_passed_over_are_told(tmp_path: Path) -> None:
    house = {"skip": 3, "columns": {"date": "When", "text": "Who", "amount": "Sum"}}
    text = "Extract\n\nWhen;Who;Sum\n2026-01-15;Kunde;5,50\n2026-01-16;Kunde;6,50\n"
    problem = refused(tmp_path, text, layouts={"house": house}, layout="house")
    assert problem.text.endswith("stand in line 3, which skip = 3 passes over. Write skip = 2 or less.")


def test_what_is_asked_for_is_told_by_the_names_of_the_columns(tmp_path: Path) -> None:
    """A column of days is no amount and no currency, whatever else its name says; the way is said by a column."""
    unknown = "Beleg;Data valuta;Sachkonto;Betrag;S/H\n1;31.01.2026;8400;1.000,00;H\n1;31.01.2026;1200;1.000,00;S\n"
    text = refused(tmp_path, unknown).text
    assert 'columns = { date = "Data valuta", account = "Sachkonto", amount = "Betrag" }' in text
    assert 'sign = { column = "S/H", out = "…" }' in text
    heads = "ID,Direction,Created on,Source fee amount,Source fee currency,Source amount (after fees),Source currency"
    text = refused(tmp_path, f"{heads}\nT1,OUT,2026-01-05,0.50,EUR,99.50,EUR\n").text
    assert 'date = "Created on", amount = "Source amount (after fees)", currency = "Source currency"' in text


@pytest.mark.parametrize("heads", ["Q1 2027,Q2 2027", "2026,2027", '"Jan - Mar, 2027","Apr - Jun, 2027"'])
def test_a_report_by_quarter_or_year_is_asked_for_by_month(tmp_path: Path, heads: str) -> None:
    text = refused(tmp_path, f"Profit and Loss\n\nAccount,{heads}\nSales,1000.00,1100.00\n").text
    assert "is longer than a month. Export it with a column a month." in text
