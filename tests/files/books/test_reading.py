"""The rules by which delimited text is read: days, amounts, signs, columns, balances, totals; and what is refused."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.exports import SAMPLES, exports, refused, said

from runway.errors import InputError
from runway.files.books import contents, read
from runway.files.books.layout import layout_mistake

if TYPE_CHECKING:
    from pathlib import Path

    from runway.files.books.export import Export

HEADS = "Date,Description,Amount"


def bank(*rows: str, heads: str = HEADS) -> str:
    return "\n".join((heads, *rows, ""))


def amounts(export: Export) -> list[str]:
    return [str(row.amount) for row in export.rows]


def days(export: Export) -> list[str]:
    return [str(row.day) for row in export.rows]


# Days


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (("01/02/2026", "13/02/2026"), ["2026-02-01", "2026-02-13"]),
        (("01/02/2026", "02/13/2026"), ["2026-01-02", "2026-02-13"]),
        (("2026-02-01", "2026-02-13"), ["2026-02-01", "2026-02-13"]),
        (("2026/2/1", "2026/02/13"), ["2026-02-01", "2026-02-13"]),
        (("1.2.2026", "13.2.2026"), ["2026-02-01", "2026-02-13"]),
        (("01.02.26", "13.02.26"), ["2026-02-01", "2026-02-13"]),
        (("1 Feb 2026", '"February 13, 2026"'), ["2026-02-01", "2026-02-13"]),
        (("01-FEB-26", "13. März 2026"), ["2026-02-01", "2026-03-13"]),
        (("20260201", "20260213"), ["2026-02-01", "2026-02-13"]),
        (("2026-02-01 10:00:00", "2026-02-13T23:59:59Z"), ["2026-02-01", "2026-02-13"]),
        (("05/05/2026", "06/06/2026"), ["2026-05-05", "2026-06-06"]),  # both orders are one day
        (("01/01/26", "31/01/26"), ["2026-01-01", "2026-01-31"]),  # the other way it would be 2001 and 2031
    ],
)
def test_a_column_of_days_has_one_order(tmp_path: Path, written: tuple[str, str], read_as: list[str]) -> None:
    (export,) = exports(tmp_path, bank(*(f"{day},x,{n}" for n, day in enumerate(written))))
    assert days(export) == read_as


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (("01/02/2026", "03/04/2026"), "ambiguous-date 2:1"),
        (("13/02/2026", "02/14/2026"), "not-a-date 3:1"),
        (("01/02/2026", "2026-02-13"), "not-a-date 3:1"),
        (("13/02/2026", "2026-02-01"), "not-a-date 3:1"),  # as a spreadsheet leaves what it does not know
        (("30/02/2026", "13/02/2026"), "not-a-date 2:1"),
        (("0026-01-02", "2026-01-02"), "not-a-date 2:1"),
        (("yesterday", "2026-01-02"), "not-a-date 2:1"),
        (("", "2026-01-02"), "not-a-date 2:1"),
    ],
)
def test_days_that_nothing_proves_are_refused(tmp_path: Path, written: tuple[str, str], problem: str) -> None:
    assert said(refused(tmp_path, bank(*(f"{day},x,{n}" for n, day in enumerate(written))))) == problem


def test_the_order_that_is_said_counts(tmp_path: Path) -> None:
    text = bank("01/02/2026,x,1")
    assert days(exports(tmp_path, text, date="day-month-year")[0]) == ["2026-02-01"]
    assert days(exports(tmp_path, text, date="month-day-year")[0]) == ["2026-01-02"]
    assert said(refused(tmp_path, bank("13/02/2026,x,1"), date="month-day-year")) == "not-a-date 2:1"


def test_the_layout_tells_the_order_where_the_days_cannot(tmp_path: Path) -> None:
    wise = "TransferWise ID,Date,Amount,Currency,Description\nT1,01-02-2026,1.00,EUR,x\n"
    mercury = "Date (UTC),Description,Amount,Status\n01-02-2026,x,1.00,Sent\n"
    assert days(exports(tmp_path, wise)[0]) == ["2026-02-01"]
    assert days(exports(tmp_path, mercury)[0]) == ["2026-01-02"]
    assert days(exports(tmp_path, wise.replace("01-02-2026", "2026-02-01"))[0]) == ["2026-02-01"]


# Amounts


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        (("1,234.50", "-3"), ["1234.50", "-3"]),
        (("1.234,50", "-1.250"), ["1234.50", "-1250"]),
        (("1.234.567", "-1.250"), ["1234567", "-1250"]),
        (("-45,85", "1.000"), ["-45.85", "1000"]),
        (("1 234,50", "-2\u00a0500,00"), ["1234.50", "-2500.00"]),
        (("1'234.50", "-2\u2019500.00"), ["1234.50", "-2500.00"]),
        (("(1,234.50)", "3.10-"), ["-1234.50", "-3.10"]),
        (("\u22123.10", "+4.10"), ["-3.10", "4.10"]),
        (("12,34,567.89", "1.00"), ["1234567.89", "1.00"]),
        (("1500.125", "2.000"), ["1500.125", "2.000"]),
        (("0.125", "2.000"), ["0.125", "2.000"]),
        (("10", "-20"), ["10", "-20"]),
    ],
)
def test_a_column_of_amounts_has_one_mark(tmp_path: Path, written: tuple[str, str], read_as: list[str]) -> None:
    (export,) = exports(tmp_path, bank(*(f'2026-01-0{n + 1},x,"{amount}"' for n, amount in enumerate(written))))
    assert amounts(export) == read_as


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (("150.000", "-1.250"), "ambiguous-number 2:15"),
        (("150,000", "-1,250"), "ambiguous-number 2:15"),
        (("1,234.50", "-2.500,50"), "number-of-another-locale 3:15"),
        (("1,2345.00", "1,234.50"), "number-of-another-locale 2:15"),
        (("1e5", "1"), "not-a-figure 2:15"),
        (("NaN", "1"), "not-a-figure 2:15"),
        (("5%", "1"), "not-a-figure 2:15"),
        (("--5", "1"), "not-a-figure 2:15"),
        (("100 CR", "1"), "not-a-figure 2:15"),
        (("", "1"), "not-a-figure 2:14"),
    ],
)
def test_amounts_that_nothing_proves_are_refused(tmp_path: Path, written: tuple[str, str], problem: str) -> None:
    text = bank(*(f'2026-01-0{n + 1},x,"{amount}"' for n, amount in enumerate(written)))
    assert said(refused(tmp_path, text)) == problem


def test_another_column_of_amounts_may_prove_the_mark(tmp_path: Path) -> None:
    text = "Date;Description;Amount;Balance\n2026-01-01;x;1.000;10.000,50\n2026-01-02;x;2.000;12.000,50\n"
    assert amounts(exports(tmp_path, text)[0]) == ["1000", "2000"]


def test_the_mark_that_is_said_counts(tmp_path: Path) -> None:
    text = bank("2026-01-01,x,1.000")
    assert amounts(exports(tmp_path, text, decimal=".")[0]) == ["1.000"]
    assert amounts(exports(tmp_path, text, decimal=",")[0]) == ["1000"]


# Signs


@pytest.mark.parametrize(
    ("heads", "row", "amount"),
    [
        ("Date,Payee,Money out,Money in", "2026-01-05,x,10.00,", "-10.00"),
        ("Date,Payee,Paid out,Paid in", "2026-01-05,x,,10.00", "10.00"),
        ("Date,Payee,Debit,Credit", "2026-01-05,x,-10.00,", "-10.00"),  # with the sign that the column has already
        ("Date,Payee,Withdrawals,Deposits", '2026-01-05,x,"1,010.00",', "-1010.00"),
        ("date,account,debit,credit", "2026-01-05,x,10.00,", "10.00"),  # of a ledger
        ("date,account,debit,credit,amount", "2026-01-05,x,,10.00,10.00", "-10.00"),  # unsigned: the columns tell
    ],
)
def test_debit_and_credit_give_the_sign(tmp_path: Path, heads: str, row: str, amount: str) -> None:
    assert amounts(exports(tmp_path, bank(row, heads=heads))[0]) == [amount]


def test_a_word_gives_the_sign(tmp_path: Path) -> None:
    heads = '"Datum";"Naam / Omschrijving";"Rekening";"Af Bij";"Bedrag (EUR)";"Saldo na mutatie"'
    text = f'{heads}\n"20260131";"Huur";"NL01";"Af";"1.200,00";"8.800,00"\n'
    (export,) = exports(tmp_path, text + '"20260105";"Klant";"NL01";"Bij";"500,00";"10.000,00"\n')
    assert amounts(export) == ["500.00", "-1200.00"]
    assert (export.currency, export.account, export.steps) == ("EUR", "NL01", (1, 1))
    assert said(refused(tmp_path, text.replace('"1.200,00"', '"-1.200,00"'))) == "amounts-disagree 2:32"


GENERAL_LEDGER = """\
,Transaction date,Transaction type,Num,Name,Memo/Description,Split,Amount,Balance
Checking
,Beginning Balance,,,,,,,100.00
,01/13/2026,Deposit,1,A,x,Sales,50.00,150.00
,01/15/2026,Check,2,A,x,-Split-,-15.00,135.00
Total for Checking,,,,,,,$35.00,
Sales
,01/13/2026,Deposit,1,A,x,Checking,50.00,50.00
Total for Sales,,,,,,,$50.00,
Payroll
   Salaries
,01/15/2026,Check,2,A,x,Checking,10.00,10.00
   Total for Salaries,,,,,,,$10.00,
   Taxes
,01/15/2026,Check,2,A,x,Checking,5.00,5.00
   Total for Taxes,,,,,,,$5.00,
Total for Payroll with sub-accounts,,,,,,,$15.00,
"""


def test_a_general_ledger_in_the_sign_of_each_account_is_turned_by_its_entries(tmp_path: Path) -> None:
    salaries = ",01/15/2026,Check,2,A,x,Salaries,-10.00,140.00\n,01/15/2026,Check,3,A,x,Taxes,-5.00,135.00"
    text = GENERAL_LEDGER.replace(",01/15/2026,Check,2,A,x,-Split-,-15.00,135.00", salaries)
    (export,) = exports(tmp_path, text.replace("Check,2,A,x,Checking,5.00", "Check,3,A,x,Checking,5.00"))
    assert [(row.account, str(row.amount)) for row in export.rows] == [
        ("Checking", "50.00"),
        ("Sales", "-50.00"),
        ("Checking", "-10.00"),
        ("Checking", "-5.00"),
        ("Salaries", "10.00"),
        ("Taxes", "5.00"),
    ]
    assert [(b.account, b.amount) for b in export.opening] == [("Checking", 100)]


def test_a_general_ledger_whose_entries_do_not_tell_is_refused(tmp_path: Path) -> None:
    assert said(refused(tmp_path, GENERAL_LEDGER)) == "sign-unknown 1:68"


# Columns


def test_columns_are_read_by_their_names(tmp_path: Path) -> None:
    """The order of columns, columns that are not known, case and space of heads and the delimiter change nothing."""
    text = (SAMPLES / "revolut_business.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in text]
    order = list(range(len(rows[0])))
    (plain,) = exports(tmp_path, "\n".join(text))
    for seed in range(5):
        random.Random(seed).shuffle(order)
        shuffled = [[row[n] for n in order] + ["more" if row is rows[0] else "x"] for row in rows]
        shuffled[0] = [f" {head.upper()} " for head in shuffled[0]]
        for mark, end in ((";", "\r\n"), ("\t", "\n"), ("|", "\n")):
            written = end.join(mark.join(row) for row in shuffled) + end
            (export,) = exports(tmp_path, b"\xef\xbb\xbf" + written.encode())
            assert (export.rows, export.left_out) == (plain.rows, plain.left_out)


@pytest.mark.parametrize("blank", ["\n", " \n", ",,\n"])
def test_blank_rows_count_for_nothing(tmp_path: Path, blank: str) -> None:
    rows = [f"{blank}2026-01-0{n},x,{n}\n" for n in range(1, 5)]
    (export,) = exports(tmp_path, f"{blank}{HEADS}\n{''.join(rows)}{blank}")
    assert amounts(export) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("encoding", "remark"),
    [("utf-8", ()), ("utf-8-sig", ()), ("cp1252", ("Read as cp1252 text.",)), ("utf-16", ("Read as utf-16 text.",))],
)
def test_encodings(tmp_path: Path, encoding: str, remark: tuple[str, ...]) -> None:
    (export,) = exports(tmp_path, bank("2026-01-01,Müller · Größe,1.00").encode(encoding))
    assert (export.rows[0].text, export.remarks) == ("Müller · Größe", remark)


def test_a_column_called_twice_a_missing_cell_and_one_too_many_are_refused(tmp_path: Path) -> None:
    twice = bank("2026-01-01,2026-01-02,x,1", heads="Date,Date,Description,Amount")
    assert said(refused(tmp_path, twice)) == "actuals-columns 1:6"
    assert said(refused(tmp_path, bank("2026-01-01,Payroll, March,1.00"))) == "actuals-columns 2:27"
    assert said(refused(tmp_path, bank("2026-01-01,x,1.00", "2026-01-02,Payr"))) == "actuals-columns 3:1"


def test_currencies_split_a_file(tmp_path: Path) -> None:
    heads = "Date,Description,Amount,Currency"
    text = bank("2026-01-01,x,1.00,eur", "2026-01-02,y,2.00,USD", "2026-01-03,z,3.00,EUR", heads=heads)
    assert [(e.currency, amounts(e)) for e in exports(tmp_path, text)] == [("EUR", ["1.00", "3.00"]), ("USD", ["2.00"])]
    assert said(refused(tmp_path, bank("2026-01-01,x,€1.00,USD", heads=heads))) == "wrong-currency 2:14"


def test_a_mark_of_several_currencies_is_the_model_s_or_asked_for(tmp_path: Path) -> None:
    text = bank("2026-01-01,x,$1.00", "2026-01-02,y,2.00")
    (export,) = exports(tmp_path, text, currency="CAD")
    assert (export.currency, amounts(export)) == ("CAD", ["1.00", "2.00"])
    assert said(refused(tmp_path, text, currency="EUR")) == "wrong-currency 2:14"
    assert exports(tmp_path, text, currency="")[0].currency == ""


@pytest.mark.parametrize(
    ("head", "currency"),
    [("Amount (EUR)", "EUR"), ("Amount EUR", "EUR"), ("amount_usd", "USD"), ("Amount [£]", "GBP"), ("Amount", "")],
)
def test_the_name_of_a_column_may_say_the_currency(tmp_path: Path, head: str, currency: str) -> None:
    (export,) = exports(tmp_path, bank("2026-01-01,x,1.00", heads=f"Date,Description,{head}"))
    assert export.currency == currency


def test_stripe_s_api_has_whole_cents_and_seconds(tmp_path: Path) -> None:
    heads = "id,object,amount,available_on,created,currency,description,fee,net,type"
    text = bank("txn_1,balance_transaction,9900,1767312000,1767225600,usd,x,317,9583,charge", heads=heads)
    (export,) = exports(tmp_path, text)
    assert [(row.account, str(row.amount)) for row in export.rows] == [("charge", "99.00"), ("fee", "-3.17")]
    assert days(export) == ["2026-01-01", "2026-01-01"]
    yen = text.replace("usd", "jpy")
    assert amounts(exports(tmp_path, yen)[0]) == ["9900", "-317"]


# What counts


STATES = "Date,Description,Amount,Status"


def test_a_row_that_says_that_it_did_not_happen_does_not_count(tmp_path: Path) -> None:
    text = bank("2026-01-01,x,1.00,Completed", "2026-01-02,y,2.00,FAILED", "2026-01-03,z,3.00,pending", heads=STATES)
    (export,) = exports(tmp_path, text)
    assert amounts(export) == ["1.00"]
    assert [(left.reason, str(left.amount)) for left in export.left_out] == [("FAILED", "2.00"), ("pending", "3.00")]


def test_a_word_that_is_not_known_is_asked_for(tmp_path: Path) -> None:
    text = bank("2026-01-01,x,1.00,Completed", "2026-01-02,y,2.00,Odd", heads=STATES)
    assert said(refused(tmp_path, text)) == "unknown-status 3:19"
    assert amounts(exports(tmp_path, text, only={"status": ("Completed", "odd")})[0]) == ["1.00", "2.00"]
    assert amounts(exports(tmp_path, text, only={"Status": ("Odd",)})[0]) == ["2.00"]
    assert said(refused(tmp_path, text, only={"state": ("Odd",)})) == "actuals-columns 1:1"


def test_equal_rows_are_two_where_something_tells_them_apart(tmp_path: Path) -> None:
    row = "2026-01-01,x,5.00"
    assert said(refused(tmp_path, bank(row, row))) == "duplicate-row 3:1"
    assert amounts(exports(tmp_path, bank(row, row), duplicates=True)[0]) == ["5.00", "5.00"]
    by_balance = bank(f"{row},10.00", f"{row},15.00", heads=f"{HEADS},Balance")
    assert amounts(exports(tmp_path, by_balance)[0]) == ["5.00", "5.00"]
    by_id = bank(f"{row},a", f"{row},b", heads=f"{HEADS},ID")
    assert [row.id for row in exports(tmp_path, by_id)[0].rows] == ["a", "b"]


# Balances and totals

BALANCED = [
    "2026-01-01,a,10.00,110.00",
    "2026-01-02,b,-20.00,90.00",
    "2026-01-02,c,5.00,95.00",
    "2026-01-02,d,-20.00,75.00",
]


def test_balances_prove_rows_in_either_direction(tmp_path: Path) -> None:
    heads = f"{HEADS},Balance"
    for rows in (BALANCED, BALANCED[::-1]):
        (export,) = exports(tmp_path, bank(*rows, heads=heads))
        assert [row.text for row in export.rows] == ["a", "b", "c", "d"]
        assert (export.steps, export.opening[0].amount, export.closing[0].amount) == ((3, 3), 100, 75)
    inside_a_day = [BALANCED[0], *BALANCED[:0:-1]]  # oldest day first, newest row of a day first
    assert [row.text for row in exports(tmp_path, bank(*inside_a_day, heads=heads))[0].rows] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([BALANCED[0], *BALANCED[2:]], "balance-does-not-foot 3:19"),  # one is missing
        ([*BALANCED[:3], BALANCED[3].replace("-20.00", "-20.01")], "balance-does-not-foot 5:21"),  # no tolerance
        ([BALANCED[0].replace("10.00,", "-10.00,"), *BALANCED[1:]], None),  # of the first nothing is known
    ],
)
def test_a_balance_that_does_not_follow_is_refused(tmp_path: Path, rows: list[str], problem: str | None) -> None:
    text = bank(*rows, heads=f"{HEADS},Balance")
    if problem is None:
        assert exports(tmp_path, text)
    else:
        assert said(refused(tmp_path, text)) == problem


def test_balances_of_some_rows_are_checked_over_those_between(tmp_path: Path) -> None:
    rows = [*BALANCED[:1], BALANCED[1].replace("90.00", ""), BALANCED[2].replace("95.00", ""), BALANCED[3]]
    assert exports(tmp_path, bank(*rows, heads=f"{HEADS},Balance"))[0].steps == (1, 1)


DEUTSCHE_BANK = """\
Umsätze Girokonto;;;Kundennummer: 1
1.1.2026 - 31.3.2026
Letzter Kontostand;;;;20.000,00;EUR
Vorgemerkte und noch nicht gebuchte Umsätze sind nicht Bestandteil dieser Übersicht.
Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;Betrag;Soll;Haben;Währung
5.1.2026;5.1.2026;SEPA;Müller;RE 17;;;;11.900,00;EUR
27.2.2026;27.2.2026;SEPA;Lohnbüro;Lohn;;;-8.450,33;;EUR
Kontostand;5.4.2026;;;23.449,67;EUR
"""


def test_rows_above_and_below_the_entries_say_what_an_account_begins_and_ends_with(tmp_path: Path) -> None:
    (export,) = exports(tmp_path, DEUTSCHE_BANK.encode("cp1252"))
    assert (export.layout, amounts(export)) == ("deutsche_bank", ["11900.00", "-8450.33"])
    assert (export.opening[0].amount, export.closing[0].amount) == (20_000, Decimal("23449.67"))
    wrong = DEUTSCHE_BANK.replace("23.449,67", "23.449,76")
    assert said(refused(tmp_path, wrong)) == "balance-does-not-foot 8:12"


def test_the_total_of_a_list_is_checked_and_not_counted(tmp_path: Path) -> None:
    assert amounts(exports(tmp_path, bank("2026-01-01,a,1.50", "2026-01-02,b,2.00", "Total,,3.50"))[0]) == [
        "1.50",
        "2.00",
    ]
    wrong = bank("2026-01-01,a,1.50", "2026-01-02,b,2.00", "Total,,3.53")
    assert said(refused(tmp_path, wrong)) == "totals-do-not-foot 4:8"
    assert exports(tmp_path, wrong.replace("3.53", "3.52"))  # two rows, each rounded


# Books


YEARS = """\
date,account,description,amount
2026-01-01,assets:bank,opening balances,100
2026-01-01,equity:opening,opening balances,-100
2026-02-01,expenses:x,a,10
2026-02-01,assets:bank,a,-10
2027-01-01,assets:bank,opening balances,90
2027-01-01,equity:opening,opening balances,-90
2027-02-01,expenses:x,b,10
2027-02-01,assets:bank,b,-10
"""


def test_an_opening_entry_is_a_balance_and_later_ones_repeat_what_the_books_have(tmp_path: Path) -> None:
    (export,) = exports(tmp_path, YEARS)
    assert amounts(export) == ["10", "-10", "10", "-10"]
    assert [(b.account, b.amount) for b in export.opening] == [("assets:bank", 100), ("equity:opening", -100)]
    assert [(left.reason, left.rows) for left in export.left_out] == [("opening balance", 4)]
    wrong = YEARS.replace("balances,90", "balances,95").replace("balances,-90", "balances,-95")
    assert said(refused(tmp_path, wrong)) == "balance-does-not-foot 6:1"


CLOSED = """\
date,account,description,amount
2026-01-05,Revenue,Invoice,-1000
2026-01-05,Bank,Invoice,1000
2026-01-31,Rent,January,400
2026-01-31,Bank,January,-400
2026-03-31,Revenue,Closing entry,1000
2026-03-31,Rent,Closing entry,-400
2026-03-31,Equity,Closing entry,-600
"""


def test_closing_entries_are_refused_or_left_out_whole(tmp_path: Path) -> None:
    assert said(refused(tmp_path, CLOSED)) == "closing-entries 6:1"
    assert said(refused(tmp_path, CLOSED.replace("Closing entry", "31 March"))) == "closing-entries 6:1"  # by effect
    (export,) = exports(tmp_path, CLOSED, leave_out="^closing")
    assert amounts(export) == ["-1000", "1000", "400", "-400"]
    assert [(left.reason, left.rows) for left in export.left_out] == [("closing entry", 3)]


def test_what_is_paid_to_owners_or_put_to_reserves_closes_nothing(tmp_path: Path) -> None:
    text = CLOSED[: CLOSED.index("2026-03-31")]
    text += "2026-02-10,Equity:Retained earnings,Dividend,50\n2026-02-10,Bank,Dividend,-50\n"
    text += "2026-02-11,Loan of founder,Loan,-200\n2026-02-11,Bank,Loan,200\n"
    text += "2026-02-12,Loan of founder,Conversion,200\n2026-02-12,Equity,Conversion,-200\n"
    assert len(exports(tmp_path, text)[0].rows) == 10


# Reports


REPORT = """\
Profit and Loss
Fern Example Ltd

Account,Mar 2026,Feb 2026,Jan 2026,Total

Trading Income
Sales,"15,891.50","12,683.00","18,230.50","46,805.00"
Total Trading Income,"15,891.50","12,683.00","18,230.50","46,805.00"

Cost of Sales
Hosting,"2,140.63","2,011.05","1,934.77","6,086.45"
Total Cost of Sales,"2,140.63","2,011.05","1,934.77","6,086.45"

Gross Profit,"13,750.87","10,671.95","16,295.73","40,718.55"

Operating Expenses
Net payroll,"1,000.00",-,(100.00),900.00
Rent,"4,200.00","4,200.00","4,200.00","12,600.00"
Total Operating Expenses,"5,200.00","4,200.00","4,100.00","13,500.00"

Net Profit,"8,550.87","6,471.95","12,195.73","27,218.55"
"""
DESKTOP = """\
,,,,,Jan 26,Feb 26,TOTAL
,Ordinary Income/Expense,,,,,,
,,Income,,,,,
,,,4000 · Sales,,"1,000.00","2,000.00","3,000.00"
,,Total Income,,,"1,000.00","2,000.00","3,000.00"
,,Cost of Goods Sold,,,,,
,,,5000 · Hosting,,100.00,200.00,300.00
,,Total COGS,,,100.00,200.00,300.00
,Gross Profit,,,,900.00,"1,800.00","2,700.00"
,,Expense,,,,,
,,,6000 · Payroll,,,,
,,,,6001 · Wages,500.00,500.00,"1,000.00"
,,,,6002 · Other,10.00,20.00,30.00
,,,Total 6000 · Payroll,,510.00,520.00,"1,030.00"
,,,6100 · Rent,,400.00,400.00,800.00
,,Total Expense,,,910.00,920.00,"1,830.00"
,Net Ordinary Income,,,,-10.00,880.00,870.00
,Other Income/Expense,,,,,,
,,Other Income,,,,,
,,,7000 · Interest,,5.00,6.00,11.00
,,Total Other Income,,,5.00,6.00,11.00
,Net Other Income,,,,5.00,6.00,11.00
Net Income,,,,,-5.00,886.00,881.00
"""


def test_months_stand_in_any_order(tmp_path: Path) -> None:
    (export,) = exports(tmp_path, REPORT)
    first = [(row.account, str(row.amount)) for row in export.rows if row.day == date(2026, 1, 31)]
    assert first == [("Sales", "-18230.50"), ("Hosting", "1934.77"), ("Net payroll", "-100.00"), ("Rent", "4200.00")]
    assert sum(row.amount for row in export.rows) == Decimal("-27218.55")
    assert [row.day for row in export.rows] == sorted(row.day for row in export.rows)


def test_accounts_stand_by_the_depth_of_their_column(tmp_path: Path) -> None:
    (export,) = exports(tmp_path, DESKTOP.encode("cp1252"))
    held = {row.account: str(row.amount) for row in export.rows if row.day == date(2026, 2, 28)}
    assert held == {
        "4000 · Sales": "-2000.00",
        "5000 · Hosting": "200.00",
        "6001 · Wages": "500.00",
        "6002 · Other": "20.00",
        "6100 · Rent": "400.00",
        "7000 · Interest": "-6.00",
    }
    path = next(row.text for row in export.rows if row.account == "6001 · Wages")
    assert path == "Ordinary Income/Expense | Expense | 6000 · Payroll"


@pytest.mark.parametrize("report", [REPORT, DESKTOP])
def test_every_figure_of_a_report_is_proven_by_another(tmp_path: Path, report: str) -> None:
    """Whatever figure is changed, a total says that it does not foot."""
    for figure in ("200.00", "2,011.05", "10,671.95", "(100.00)", "510.00", "870.00", "6.00", "12,195.73"):
        if figure in report:
            wrong = report.replace(figure, figure.translate(str.maketrans("012", "123")), 1)
            with pytest.raises(InputError) as error:
                exports(tmp_path, wrong)
            assert {problem.name for problem in error.value.problems} == {"totals-do-not-foot"}, figure


def test_accounts_of_one_name_are_told_apart_by_their_group(tmp_path: Path) -> None:
    text = "Account,Jan 2026\nIncome\nOther,10.00\nTotal Income,10.00\n"
    text += "Expenses\nOther,4.00\nTotal Expenses,4.00\nNet Profit,6.00\n"
    (export,) = exports(tmp_path, text)
    assert [(row.account, row.text, str(row.amount)) for row in export.rows] == [
        ("Income:Other", "Income", "-10.00"),
        ("Expenses:Other", "Expenses", "4.00"),
    ]


# Layouts


def test_a_layout_of_one_s_own(tmp_path: Path) -> None:
    own = {
        "skip": 1,
        "encoding": "cp1252",
        "decimal": ",",
        "date": "day-month-year",
        "columns": {
            "date": "Buchungstag", "text": ["Auftraggeber", "Zweck"], "amount": "Betrag", "status": "Info", "id": "Ref",
        },
        "only": {"status": ["gebucht"]},
        "positive": "out",
    }  # fmt: skip
    text = "Konto 1;;;;;\nBuchungstag;Auftraggeber;Zweck;Betrag;Info;Ref\n05.01.2026;Müller;RE 1;1.234,50;gebucht;r1\n"
    text += "06.01.2026;Huber;RE 2;-5,00;vorgemerkt;r2\n"
    (export,) = exports(tmp_path, text.encode("cp1252"), layouts={"house_bank": own})
    assert [tuple(row) for row in export.rows] == [
        (date(2026, 1, 5), "", "Müller | RE 1", Decimal("-1234.50"), 3, "r1", None)
    ]
    assert export.layout == "house_bank"
    assert [left.reason for left in export.left_out] == ["vorgemerkt"]


def test_a_layout_of_one_s_own_that_lacks_a_head_says_which(tmp_path: Path) -> None:
    own = {"columns": {"date": "Day", "amount": "Moved"}, "sign": {"column": "Way", "out": "out"}}
    problem = refused(tmp_path, "Day,Payee,Moved\n2026-01-01,x,1\n", layouts={"house": own})
    assert problem.text.startswith("No known layout has these columns: Day, Payee, Moved; house asks for way as well. ")


@pytest.mark.parametrize(
    ("table", "path", "name"),
    [
        ({"columns": {"amount": "A"}}, ("columns",), "missing-field"),
        ({"columns": {"date": "D"}}, ("columns",), "missing-field"),
        ({"columns": {"date": "D", "betrag": "B"}}, ("columns", "betrag"), "unknown-key"),
        ({"columns": {"date": "D", "amount": " "}}, ("columns", "amount"), "value-out-of-range"),
        ({"columns": {"date": ["D", "E"], "amount": "A"}}, ("columns", "date"), "wrong-type"),
        ({"columns": {"date": "D", "amount": "A"}, "sign": {"out": "x"}}, ("sign",), "missing-field"),
    ],
)
def test_what_is_wrong_with_a_layout_of_one_s_own(table: dict[str, Any], path: tuple[str, ...], name: str) -> None:
    mistake = layout_mistake(table)
    assert mistake is not None
    assert mistake[:2] == (path, name)
    assert layout_mistake({"columns": {"date": "D", "text": ["T", "U"]}, "debit": "S", "credit": "H"}) is None


def test_a_file_without_heads_is_read_if_it_proves_its_days(tmp_path: Path) -> None:
    assert days(exports(tmp_path, "05/01/2026,12.50,Coffee\n16/01/2026,-3.00,Stamps\n")[0]) == [
        "2026-01-05",
        "2026-01-16",
    ]
    ambiguous = "05/01/2026,12.50,Coffee\n06/01/2026,-3.00,Stamps\n"
    assert said(refused(tmp_path, ambiguous)) == "ambiguous-date 1:1"
    assert days(exports(tmp_path, ambiguous, layout="freeagent")[0]) == ["2026-01-05", "2026-01-06"]


def test_a_layout_that_is_insisted_on_must_fit(tmp_path: Path) -> None:
    assert said(refused(tmp_path, bank("2026-01-01,x,1"), layout="wise")) == "unknown-layout 1:1"
    problem = refused(tmp_path, bank("2026-01-01,x,1"), layout="wize")
    assert (problem.name, "Did you mean wise?" in problem.text) == ("unknown-choice", True)


# Broken files


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"", "actuals-columns"),
        (b"\n \n", "actuals-columns"),
        (b"a," * 1_000_000, "unknown-layout 1:1"),
        (f"{HEADS}\n2026-01-01,x,1{',y' * 1_000_000}\n".encode(), "actuals-columns 2:16"),
        (f"{HEADS}\n2026-01-01,\"x,1\n2026-01-02,y,2\n".encode(), "actuals-columns 2:1"),
        (f"{HEADS}\n2026-01-01,{'x' * 200_000},1\n".encode(), "actuals-columns 2:1"),
        (f"{HEADS}\n2026-01-01,a\0b,1\n".encode(), "file-not-text 2:13"),
        (f"{HEADS}\n2026-01-01,Müller,1\n".encode("cp1252") + "2026-01-02,Müller,2\n".encode(), "file-not-text 2:13"),
        (bank("2026-01-01,Müller,1").encode("utf-16")[2:], "file-not-text 1:2"),
        (b"\xff\xfe\x00\xd8\x00", "file-not-text 1:3"),
        (b"<html><body>Please log in</body></html>", "unknown-layout 1:1"),
        (bank("2026-01-01,x,1", "a note", "2026-01-02,y,2").encode(), "not-a-date 3:1"),
    ],
)  # fmt: skip
def test_broken_files_are_refused_where_they_break(tmp_path: Path, text: bytes, problem: str) -> None:
    assert said(refused(tmp_path, text)) == problem


def test_a_file_of_heads_alone_has_no_rows_and_says_so(tmp_path: Path) -> None:
    (export,) = exports(tmp_path, HEADS)
    assert (export.rows, export.first, export.remarks) == ((), None, ("The file has no rows.",))


def test_a_file_that_is_being_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def growing(*arguments: object) -> bytes:
        found = contents.contents(*arguments)  # type: ignore[arg-type]
        with (tmp_path / "export").open("ab") as file:
            file.write(b"2026-01-02,y,2\n")
        return found

    monkeypatch.setattr(read, "contents", growing)
    assert said(refused(tmp_path, bank("2026-01-01,x,1"))) == "file-unreadable"


def test_an_encoding_or_a_pattern_that_is_none_is_refused(tmp_path: Path) -> None:
    assert said(refused(tmp_path, bank("2026-01-01,x,1"), encoding="klingon")) == "unknown-choice"
    assert said(refused(tmp_path, bank("2026-01-01,x,1"), encoding="base64")) == "unknown-choice"
    assert said(refused(tmp_path, bank("2026-01-01,x,1"), leave_out="(")) == "bad-pattern"
