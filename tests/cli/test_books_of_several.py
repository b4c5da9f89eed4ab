"""`runway import` and `runway init --from` of several exports: downloads, forms and kinds of one company's books."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from support.exports import FERN

from runway.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.toml").write_text(FERN, encoding="utf-8")
    return tmp_path


TWICE = {
    "a bank without balances": (
        "Date,Description,Amount\n2026-01-05,Rent,-900.00\n2026-01-12,Customer,2500.00\n2026-01-30,Cloud,-120.50\n",
        "Date,Description,Amount\n2026-01-12,Customer,2500.00\n2026-01-30,Cloud,-120.50\n2026-02-05,Rent,-900.00\n"
        "2026-02-14,Customer,700.00\n",
    ),
    "the same file under another name": ("", ""),
    "a profit and loss by month": (
        "Account,Jan 2026,Feb 2026\nIncome,,\nSales,100.00,110.00\nFees,7.00,8.00\nTotal Income,107.00,118.00\n",
        "Account,Feb 2026,Mar 2026\nIncome,,\nSales,110.00,120.00\nFees,8.00,9.00\nTotal Income,118.00,129.00\n",
    ),
}


@pytest.mark.parametrize("name", TWICE)
def test_downloads_that_overlap_count_once_whatever_they_are_called(folder: Path, capsys, name: str) -> None:
    """By their rows, where nothing else tells: a month that two files of other names have is no second account's."""
    one, other = TWICE[name]
    one = one or TWICE["a bank without balances"][0]
    (folder / "first.csv").write_text(one, encoding="utf-8")
    (folder / "later.csv").write_text(other or one, encoding="utf-8")
    assert main(["import", "first.csv", "later.csv", "--json"]) == 0
    moved = {payee["name"]: payee["months"] for payee in json.loads(capsys.readouterr().out)["payees"]}
    if name == "a profit and loss by month":
        assert moved["Sales"] == {"2026-01": "100.00", "2026-02": "110.00", "2026-03": "120.00"}
    else:
        assert (moved["Rent"]["2026-01"], moved["Customer"]["2026-01"]) == ("-900.00", "2500.00")
    assert main(["import", "first.csv", "later.csv"]) == 0
    assert capsys.readouterr().out.count("[actuals.files.") == 1


def test_two_tables_of_the_same_books_are_refused(folder: Path, capsys) -> None:
    """Their rows would count twice."""
    for n, text in enumerate(TWICE["a profit and loss by month"]):
        (folder / f"books{n}.csv").write_text(text, encoding="utf-8")
    (folder / "twice.toml").write_text(
        'extends = "plan.toml"\n[actuals]\nlast_close = "2026-02"\nmapping = { Sales = "subscriptions", '
        'Fees = "ignore" }\n[actuals.files.one]\nfile = "books0.csv"\n[actuals.files.other]\nfile = "books1.csv"\n',
        encoding="utf-8",
    )
    assert main(["variance", "twice.toml"]) == 2
    assert "one and other are downloads of the same books" in capsys.readouterr().err


def test_accounts_that_have_the_same_fees_are_two(folder: Path, capsys) -> None:
    fees = "".join(f"2026-0{n}-28,Account fee,-5.00\n" for n in (1, 2, 3))
    for name in ("savings", "reserve"):
        (folder / f"{name}.csv").write_text(f"Date,Description,Amount\n{fees}", encoding="utf-8")
    assert main(["import", "savings.csv", "reserve.csv", "--json"]) == 0
    (fee,) = json.loads(capsys.readouterr().out)["payees"]
    assert fee["months"]["2026-01"] == "-10.00"


TWINS = "Date,Description,Amount\n2026-01-05,Coffee,-3.00\n2026-01-05,Coffee,-3.00\n2026-01-30,Customer,90.00\n"


@pytest.mark.parametrize(
    "command", ["import bank.csv", "init twins.toml --from bank.csv --currency EUR --opening-cash 10"]
)
def test_equal_rows_are_several_where_the_command_line_says_so(folder: Path, capsys, command: str) -> None:
    """Without a table of the file that could say it: the message names the option, and what is written has the key."""
    (folder / "bank.csv").write_text(TWINS, encoding="utf-8")
    assert main(command.split()) == 2
    assert "Here: --duplicates." in capsys.readouterr().err
    assert main([*command.split(), "--duplicates"]) == 0
    said = capsys.readouterr().out
    text = said if command.startswith("import") else (folder / "twins.toml").read_text(encoding="utf-8")
    assert "\nduplicates = true\n" in text
    if command.startswith("init"):  # 10 - 3 - 3 + 90
        assert main(["project", "twins.toml", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["rows"]["cash"][0] == 94.0


def test_init_reads_its_exports_as_it_is_told(folder: Path, capsys) -> None:
    (folder / "bank.csv").write_text(
        "Date,Description,Amount\n01/02/2026,a,5.00\n02/03/2026,b,-6.00\n", encoding="utf-8"
    )
    command = ["init", "days.toml", "--from", "bank.csv", "--currency", "EUR", "--opening-cash", "10"]
    assert main(command) == 2
    assert "Here: --date day-month-year." in capsys.readouterr().err
    assert main([*command, "--date", "day-month-year"]) == 0
    text = (folder / "days.toml").read_text(encoding="utf-8")
    assert 'date = "day-month-year"' in text
    assert 'start        = "2026-02"' in text
    assert main(["init", "other.toml", "--date", "day-month-year"]) == 2
    assert "leave out --date" in capsys.readouterr().err


def test_what_is_positive_is_said(folder: Path, capsys) -> None:
    """Of the accounts of books credits are, so that what left the bank has no sign of money that came in."""
    ledger = "date,account,amount\n2026-01-05,Income,-90\n2026-01-05,Assets:Bank,90\n"
    (folder / "ledger.csv").write_text(ledger, encoding="utf-8")
    assert main(["import", "ledger.csv"]) == 0
    assert "PAYEES   credits are positive" in capsys.readouterr().out
    (folder / "bank.csv").write_text(TWICE["a bank without balances"][0], encoding="utf-8")
    assert main(["import", "ledger.csv", "bank.csv"]) == 0
    assert "PAYEES   money in is positive; of books, credits are" in capsys.readouterr().out


def test_a_company_of_its_bank_its_service_and_its_payroll_runs_and_foots(folder: Path, capsys) -> None:
    """The exports beside a bundled model: pay counts once, payouts are transfers, and nothing is unreconciled.

    Its bank names kinds of movement (TRANSFER, TOPUP), and has fees: it is a bank all the same.
    """
    assert main(["init", "copy.toml", "--from", "saas-startup-actuals"]) == 0
    files = ["bank-1", "bank-2", "stripe", "payroll"]
    names = [f"saas-startup-{name}.csv" for name in files]
    capsys.readouterr()
    assert main(["init", "own.toml", "--from", *names]) == 0
    assert main(["variance", "own.toml", "--json"]) == 0
    months = json.loads(capsys.readouterr().out)["reconciliation"]["months"]
    assert [(month["closing"], month["unreconciled"]) for month in months] == [
        (525292.44, 0.0), (484154.45, 0.0), (426666.80, 0.0),
    ]  # fmt: skip


def test_whom_a_payroll_pays_is_of_the_line_of_people(folder: Path, capsys) -> None:
    """Not of the rent, which is of the size of somebody's pay; what the bank paid for it goes to the payroll."""
    assert main(["init", "copy.toml", "--from", "saas-startup-actuals"]) == 0
    names = [f"saas-startup-{name}.csv" for name in ("bank-1", "bank-2", "payroll")]
    capsys.readouterr()
    assert main(["import", *names, "--plan", "saas-startup", "--json"]) == 0
    found = {payee["name"]: payee for payee in json.loads(capsys.readouterr().out)["payees"]}
    assert {found[name]["line"] for name in ("Jonas", "Mara", "Ada", "Kim")} == {"team"}
    assert found["Payroll run"]["transfer"] == "saas_startup_payroll"
    assert found["City Offices"]["line"] == "office"


def test_a_company_is_of_one_kind_of_books(folder: Path, capsys) -> None:
    (folder / "profit.csv").write_text(
        "Account,Jan 2026,Feb 2026\nIncome,,\nSales,90.00,95.00\nTotal Income,90.00,95.00\n"
    )
    ledger = "date,account,amount\n2026-01-05,Sales,-90\n2026-01-05,Bank,90\n2026-02-05,Sales,-95\n2026-02-05,Bank,95\n"
    (folder / "ledger.csv").write_text(ledger, encoding="utf-8")
    assert (
        main(["init", "new.toml", "--from", "profit.csv", "ledger.csv", "--currency", "EUR", "--opening-cash", "1"])
        == 2
    )
    assert (
        "profit.csv is a profit and loss and ledger.csv is a ledger, which say the same twice"
        in capsys.readouterr().err
    )


def test_a_word_of_some_rows_proves_no_line(folder: Path, capsys) -> None:
    """Of a payee of several things, and of a word that says who is no other: the tax office is not the office."""
    rows = (
        "2026-01-10,Customers | Subscriptions May,900.00\n2026-01-20,Customers | Training,400.00\n"
        "2026-02-10,Customers | Subscriptions June,910.00\n2026-01-30,Tax office,-50.00\n"
        "2026-01-31,Office rent May,-900.00\n"
    )
    (folder / "mixed.csv").write_text(f"Date,Description,Amount\n{rows}", encoding="utf-8")
    assert main(["import", "mixed.csv", "--plan", "plan.toml", "--json"]) == 0
    sure = {p["name"]: p["confidence"] for p in json.loads(capsys.readouterr().out)["payees"]}
    assert (sure["Customers"] or 0) < 0.8
    assert (sure["Tax office"] or 0) < 0.8
    assert sure["Office rent"] > 0.8


def test_a_fee_in_a_column_of_a_bank_belongs_to_what_was_paid(folder: Path, capsys) -> None:
    """Without a line for fees it is part of the payment, as the balance has it: 5,000 less 134.76."""
    (folder / "revolut.csv").write_text(
        "Date started (UTC),Date completed (UTC),ID,Type,State,Description,Amount,Total amount,Fee,"
        "Balance,Payment currency\n"
        "2026-01-14,2026-01-15,r0,TOPUP,COMPLETED,Customer,5000.00,5000.00,0,6000.00,EUR\n"
        "2026-01-30,2026-01-31,r1,CARD_PAYMENT,COMPLETED,Train,-133.76,-134.76,1.00,5865.24,EUR\n",
        encoding="utf-8",
    )
    assert main(["init", "own.toml", "--from", "revolut.csv"]) == 0
    assert main(["variance", "own.toml", "--json"]) == 0
    (month,) = json.loads(capsys.readouterr().out)["reconciliation"]["months"]
    assert (month["closing"], month["by_lines"], month["unreconciled"]) == (5865.24, 4865.24, 0.0)


def test_a_ledger_of_one_account_is_no_company(folder: Path, capsys) -> None:
    """What the bank's account alone moved was taken for revenue, its debits for money that came in."""
    (folder / "register.csv").write_text("date,account,amount\n2026-01-05,Operating,90\n2026-02-05,Operating,-20\n")
    assert main(["init", "new.toml", "--from", "register.csv", "--currency", "EUR", "--opening-cash", "1"]) == 2
    assert "register.csv has the account Operating alone" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("amount", "option", "said"), [("90.00", "", True), ("90.00", "--currency BRL", False), ("€90.00", "", False)]
)
def test_a_currency_that_no_file_says_is_told_as_a_guess(folder: Path, amount: str, option: str, said: bool) -> None:
    (folder / "plain.csv").write_text(f"Date,Description,Amount\n2026-01-31,Sale,{amount}\n", encoding="utf-8")
    assert main(["init", "own.toml", "--from", "plain.csv", "--opening-cash", "5", *option.split()]) == 0
    text = (folder / "own.toml").read_text(encoding="utf-8")
    assert ('currency     = "USD"   # no file says it' in text) == said


def test_books_of_many_accounts_hold_no_sum(folder: Path, capsys) -> None:
    """What the accounts of a ledger come to at the end is no balance of anything."""
    (folder / "xero.csv").write_text(
        "Account Transactions\n\nDate,Source,Description,Reference,Debit,Credit,Running Balance\n\nChecking\n"
        "5 Jan 2026,Receive Money,Sale,1,90.00,0.00,90.00\nTotal Checking,,,,90.00,0.00,90.00\n"
        "Closing Balance,,,,,,90.00\n\nSales\n5 Jan 2026,Receive Money,Sale,1,0.00,90.00,(90.00)\n"
        "Total Sales,,,,0.00,90.00,(90.00)\n",
        encoding="utf-8",
    )
    assert main(["import", "xero.csv", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert (file["opening"], file["closing"]) == (None, None)
