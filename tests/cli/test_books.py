"""`runway import` and `runway init --from`: what is seen of exports, and the files that are made of them."""

from __future__ import annotations

import json
import re
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from support.exports import FERN

from runway.cli import main
from runway.files import disk

CHASE = """\
Details,Posting Date,Description,Amount,Type,Balance,Check or Slip #
CREDIT,03/04/2026,"STRIPE Payout February sales",13002.19,ACH_CREDIT,98431.19,,
DEBIT,03/03/2026,"PAYROLL EXAMPLE Salaries",-33371.50,ACH_DEBIT,85429.00,,
DEBIT,03/02/2026,"LANDLORD EXAMPLE LLC Office March",-4200.00,ACH_DEBIT,118800.50,,
DEBIT,02/05/2026,"LAPTOP EXAMPLE Two laptops",-3998.00,ACH_DEBIT,123000.50,,
CREDIT,02/04/2026,"STRIPE Payout January sales",12410.94,ACH_CREDIT,126998.50,,
DEBIT,02/03/2026,"PAYROLL EXAMPLE Salaries",-33371.50,ACH_DEBIT,114587.56,,
DEBIT,02/02/2026,"LANDLORD EXAMPLE LLC Office February",-4200.00,ACH_DEBIT,147959.06,,
CREDIT,01/05/2026,"STRIPE Payout December sales",11874.32,ACH_CREDIT,152159.06,,
DEBIT,01/03/2026,"PAYROLL EXAMPLE Salaries",-33371.50,ACH_DEBIT,140284.74,,
DEBIT,01/02/2026,"LANDLORD EXAMPLE LLC Office January",-4200.00,ACH_DEBIT,173656.24,,
"""
"""A quarter of a bank account that held 177,856.24 before it; it ends on 4 March."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bank-q1.csv").write_text(CHASE, encoding="utf-8")
    (tmp_path / "plan.toml").write_text(FERN, encoding="utf-8")
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_what_is_seen_of_a_file(folder, capsys):
    """Days, balances and every payee by month, to the cent."""
    seen = answer(capsys, "import", "bank-q1.csv")
    assert {key: seen["files"][0][key] for key in ("layout", "rows", "first", "last", "opening", "closing")} == {
        "layout": "chase_checking",
        "rows": 10,
        "first": "2026-01-02",
        "last": "2026-03-04",
        "opening": "177856.24",
        "closing": "98431.19",
    }
    by_name = {payee["name"]: payee["months"] for payee in seen["payees"]}
    assert by_name["STRIPE Payout"] == {"2026-01": "11874.32", "2026-02": "12410.94", "2026-03": "13002.19"}
    assert by_name["LANDLORD EXAMPLE"] == dict.fromkeys(("2026-01", "2026-02", "2026-03"), "-4200.00")
    total = sum(float(amount) for months in by_name.values() for amount in months.values())
    assert round(total, 2) == round(98431.19 - 177856.24, 2)


def test_lines_are_proposed_by_name_words_and_size_and_only_proven_ones_count(folder, capsys):
    """Payroll is as much as the team each month; the landlord's text shares one of two words of `Office rent`."""
    seen = answer(capsys, "import", "bank-q1.csv", "--plan", "plan.toml")
    proposals = {payee["name"]: (payee["line"], payee["confidence"] or 0) for payee in seen["payees"]}
    assert proposals["PAYROLL EXAMPLE"] == ("team", 0.9)
    assert proposals["STRIPE Payout"] == ("subscriptions", 0.9)
    line, confidence = proposals["LANDLORD EXAMPLE"]
    assert line == "office"
    assert confidence >= 0.8  # the whole name of the line
    assert proposals["LAPTOP EXAMPLE"] == (None, 0)
    assert seen["unmapped"] == 3998.0
    assert "# [[actuals.rules]]" in seen["text"].split("laptop example")[0].splitlines()[-2]


def test_money_in_is_proposed_to_no_line_of_costs(folder, capsys):
    (folder / "plan.toml").write_text(FERN.replace("[costs.team]", "[costs.stripe]"), encoding="utf-8")
    seen = answer(capsys, "import", "bank-q1.csv", "--plan", "plan.toml")
    assert {p["name"]: p["line"] for p in seen["payees"]}["STRIPE Payout"] == "subscriptions"


def test_a_file_is_written_once(folder, capsys):
    assert main(["import", "bank-*.csv", "--plan", "plan.toml", "-o", "actuals.toml"]) == 0
    text = Path("actuals.toml").read_text(encoding="utf-8")
    assert text.startswith('extends = "plan.toml"\n')
    assert main(["import", "bank-*.csv", "--plan", "plan.toml", "-o", "actuals.toml"]) == 2
    assert "never written over" in capsys.readouterr().err
    assert Path("actuals.toml").read_text(encoding="utf-8") == text


def test_files_are_named_from_where_the_actuals_stand(folder, capsys):
    (folder / "books").mkdir()
    (folder / "bank-q1.csv").rename(folder / "books" / "bank-q1.csv")
    (folder / "models").mkdir()
    assert main(["import", "books/bank-q1.csv", "--plan", "plan.toml", "-o", "models/actuals.toml"]) == 0
    text = Path("models/actuals.toml").read_text(encoding="utf-8")
    assert 'extends = "../plan.toml"' in text
    assert 'file    = "../books/bank-q1.csv"' in text


def test_downloads_of_one_account_are_one_pattern(folder, capsys):
    lines = CHASE.splitlines(keepends=True)
    (folder / "bank-q1.csv").unlink()
    for name, rows in (("bank-2026-02.csv", lines[4:8]), ("bank-2026-03.csv", lines[1:6])):
        (folder / name).write_text(lines[0] + "".join(rows), encoding="utf-8")
    seen = answer(capsys, "import", "bank-2026-02.csv", "bank-2026-03.csv", "--plan", "plan.toml")
    assert seen["text"].count("[actuals.files.") == 1
    assert 'file    = "bank-*.csv"' in seen["text"]  # which October's fits as well
    by_name = {payee["name"]: payee["months"] for payee in seen["payees"]}
    assert by_name["STRIPE Payout"] == {"2026-02": "12410.94", "2026-03": "13002.19"}  # February's stands in both


def test_downloads_are_of_one_account_by_their_rows_whatever_they_are_called(folder, capsys):
    """By a row with its balance that stands in both, or by the balance that the one ends and the other begins with."""
    lines = CHASE.splitlines(keepends=True)
    for name, rows in (("jan.csv", lines[8:]), ("late.csv", lines[4:8]), ("x.csv", lines[1:6]), ("y.csv", lines[1:2])):
        (folder / name).write_text(lines[0] + "".join(rows), encoding="utf-8")
    seen = answer(capsys, "import", "jan.csv", "x.csv", "late.csv", "--plan", "plan.toml")
    assert seen["text"].count("[actuals.files.") == 1
    assert "[actuals.files.chase_checking]" in seen["text"]
    assert 'file    = ["jan.csv", "x.csv", "late.csv"]' in seen["text"]  # *.csv would be bank-q1.csv as well
    by_name = {payee["name"]: payee["months"] for payee in seen["payees"]}
    assert by_name["STRIPE Payout"] == {"2026-01": "11874.32", "2026-02": "12410.94", "2026-03": "13002.19"}
    (folder / "bank-q1.csv").unlink()
    rules = '[[actuals.rules]]\nmatch = ".*"\nline = "office"\n'
    text = 'extends = "plan.toml"\n[actuals]\nlast_close = "2026-02"\n[actuals.files.bank]\nfile = {}\n' + rules
    cash = {}
    for files in ('["x.csv", "late.csv", "jan.csv", "late.csv"]', '["jan.csv", "[lx]*.csv"]', '"bank.csv"'):
        (folder / "bank.csv").write_text(CHASE, encoding="utf-8")
        (folder / "a.toml").write_text(text.format(files), encoding="utf-8")
        cash[files] = answer(capsys, "project", "a.toml")["rows"]["cash"][:2]
    assert list(cash.values()) == [cash['"bank.csv"']] * 3
    assert cash['"bank.csv"'][1] == 123_000.5


def test_the_rule_for_the_many_that_move_little_is_one_that_is_taken(folder, capsys):
    head = "date,description,amount\n"
    many = "".join(
        f"2026-01-{n % 28 + 1:02},{chr(97 + n // 26) * 3}{chr(97 + n % 26) * 5},-{n + 1}\n" for n in range(104)
    )
    (folder / "many.csv").write_text(head + many, encoding="utf-8")
    text = answer(capsys, "import", "many.csv", "--plan", "plan.toml")["text"]
    (remark,) = (line for line in text.splitlines() if "more payees" in line)
    rule = re.search(r'match is (".*")', remark)
    actuals = text.replace('"auto"', '"2026-01"').split("# [[actuals.rules]]")[0]
    books = f'{actuals}[[actuals.rules]]\nmatch = {rule[1]}\nline = "office"\n'
    (folder / "a.toml").write_text(
        books.replace('account = "cash"', 'account = "cash"\nthrough = "2026-01"'), encoding="utf-8"
    )
    assert answer(capsys, "project", "a.toml")["rows"]["office.cost"][0] == sum(range(1, 105))


def test_files_that_differ_in_figures_alone_may_be_of_two_accounts(folder, capsys):
    """Chase puts the end of the account's number into the name; on equal days no row is the same."""
    (folder / "Chase1234_Activity.csv").write_text(CHASE, encoding="utf-8")
    head = CHASE.splitlines(keepends=True)[0]
    other = 'CREDIT,02/20/2026,"INTEREST PAYMENT",20.50,MISC_CREDIT,5020.50,,\n'
    other += 'CREDIT,01/20/2026,"INTEREST PAYMENT",20.00,MISC_CREDIT,5000.00,,\n'
    (folder / "Chase5678_Activity.csv").write_text(head + other, encoding="utf-8")
    seen = answer(capsys, "import", "Chase1234_Activity.csv", "Chase5678_Activity.csv", "--plan", "plan.toml")
    assert seen["text"].count("[actuals.files.") == 2
    assert 'file    = "Chase1234_Activity.csv"' in seen["text"]


def test_of_several_lines_of_a_size_the_name_decides(folder, capsys):
    """4,200 a month are as much as the office and the stand; the landlord's text has the word office."""
    plan = FERN.replace("9000", "4200") + '[costs.stand]\nkind = "recurring"\namount = "4100/month"\n'
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    seen = answer(capsys, "import", "bank-q1.csv", "--plan", "plan.toml")
    assert {p["name"]: p["line"] for p in seen["payees"]}["LANDLORD EXAMPLE"] == "office"
    (folder / "plan.toml").write_text(plan.replace("office", "loft").replace("Office rent", "Loft"), encoding="utf-8")
    seen = answer(capsys, "import", "bank-q1.csv", "--plan", "plan.toml")
    assert {p["name"]: p["confidence"] for p in seen["payees"]}["LANDLORD EXAMPLE"] < 0.8


STRIPE = """\
balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,description
txn_1,2026-01-20 10:00:00,2026-01-22 00:00:00,usd,12000.00,348.30,11651.70,charge,Plan Team
txn_2,2026-02-04 09:00:00,2026-02-04 00:00:00,usd,-11651.70,0.00,-11651.70,payout,STRIPE PAYOUT
"""


def test_what_a_payment_service_pays_out_is_a_transfer_between_our_accounts(folder, capsys):
    """Its rows are told apart by the kind of movement, and the bank's receipts from it are no revenue."""
    (folder / "stripe.csv").write_text(STRIPE, encoding="utf-8")
    seen = answer(capsys, "import", "bank-q1.csv", "stripe.csv", "--plan", "plan.toml")
    by_name = {payee["name"]: payee for payee in seen["payees"]}
    assert by_name["charge"]["months"] == {"2026-01": "12000.00"}
    assert by_name["fee"]["months"] == {"2026-01": "-348.30"}
    assert by_name["payout"]["transfer"] == "bank"
    assert by_name["STRIPE Payout"]["transfer"] == "stripe"
    assert by_name["STRIPE Payout"]["line"] is None


def test_a_company_is_made_of_its_bank_alone(folder, capsys):
    """Lines of the payees that recur, at their mean; what is left is cash over the mean of three months' burn."""
    text = CHASE.replace(
        "CREDIT,03/04", "DEBIT,03/31/2026,LANDLORD EXAMPLE LLC Garage,-0.00,X,98431.19,,\nCREDIT,03/04"
    )
    (folder / "bank-q1.csv").write_text(text, encoding="utf-8")
    assert main(["init", "new.toml", "--from", "bank-*.csv"]) == 0
    written = Path("new.toml").read_text(encoding="utf-8")
    assert 'amount = { value = "33371.50/month", source = "books" }' in written
    assert "laptop" in written  # by a rule; no line of its own
    assert "[costs.laptop" not in written
    capsys.readouterr()
    projection = answer(capsys, "project", "new.toml")
    assert projection["as_of"] == "2026-03-31"
    burn = 33371.50 + 4200 - (11874.32 + 12410.94 + 13002.19) / 3
    assert projection["runway"][0]["months"] == pytest.approx(98431.19 / burn, abs=0.02)
    assert main(["variance", "new.toml"]) == 0


def test_what_the_bank_held_is_said_where_no_file_says_it(folder, capsys):
    (folder / "plain.csv").write_text("date,description,amount\n2026-01-30,Rent,-700\n2026-01-31,Sale,50\n")
    assert main(["init", "new.toml", "--from", "plain.csv"]) == 2
    assert "--opening-cash" in capsys.readouterr().err
    assert main(["init", "new.toml", "--from", "plain.csv", "--opening-cash", "lots"]) == 2
    assert not Path("new.toml").exists()
    assert main(["init", "new.toml", "--from", "plain.csv", "--opening-cash", "6500"]) == 0
    capsys.readouterr()
    assert answer(capsys, "project", "new.toml")["runway"][0]["months"] == pytest.approx((6500 - 650) / 650, abs=0.05)


def test_books_of_accounts_make_the_lines_and_the_bank_beside_them_the_cash(folder, capsys):
    """Accounts of the balance sheet are no lines; the bank's rows are already in the books."""
    rows = ["date,account,amount"]
    for month, sales in ((1, 11000), (2, 12000), (3, 13000)):
        rows += [f"2026-0{month}-28,Sales,-{sales}", f"2026-0{month}-28,Salaries,33371.50"]
        rows += [f"2026-0{month}-28,Accounts receivable,{sales}", f"2026-0{month}-28,Payables,-33371.50"]
    (folder / "ledger.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert main(["init", "new.toml", "--from", "ledger.csv", "bank-q1.csv"]) == 0
    written = Path("new.toml").read_text(encoding="utf-8")
    assert "[revenue.sales]" in written
    assert "[costs.salaries]" in written
    assert '"Accounts receivable" = "ignore"' in written
    assert "[costs.landlord" not in written


def test_a_company_of_books_and_bank_is_read_again(folder, capsys):
    """Lines are called without the numbers of their accounts; rows of the bank without a text are no line's either."""
    pnl = "Distribution account,January 2026,February 2026,March 2026,Total\nIncome,,,,\n4000 Sales,100,100,100,300\n"
    pnl += "Total for Income,100,100,100,300\nExpenses,,,,\n6100 Rent,40,40,40,120\nTotal for Expenses,40,40,40,120\n"
    (folder / "pnl.csv").write_text(pnl, encoding="utf-8")
    rows = "2026-01-05,,60.00,1060.00\n2026-02-05,x,60.00,1120.00\n2026-03-31,x,60.00,1180.00\n"
    (folder / "bank.csv").write_text(f"Date,Description,Amount,Balance\n{rows}", encoding="utf-8")
    assert main(["init", "a.toml", "--from", "pnl.csv", "bank.csv"]) == 0
    assert "[costs.rent]" in (folder / "a.toml").read_text(encoding="utf-8")
    capsys.readouterr()
    assert answer(capsys, "project", "a.toml")["rows"]["cash"][:3] == [1060, 1120, 1180]


def test_a_ledger_says_what_its_bank_held(folder, capsys):
    rows = "2026-01-01,Assets:Bank,900\n2026-01-01,Equity:Opening balances,-900\n"
    rows += "".join(f"2026-0{m}-28,Assets:Bank,-5\n2026-0{m}-28,Expenses:Rent,5\n" for m in (1, 2))
    (folder / "ledger.csv").write_text(f"date,account,amount\n{rows}", encoding="utf-8")
    assert main(["init", "b.toml", "--from", "ledger.csv"]) == 0
    capsys.readouterr()
    assert answer(capsys, "project", "b.toml")["rows"]["cash"][:2] == [895, 890]


def test_an_export_is_read_from_standard_input(folder, capsys, monkeypatch):
    monkeypatch.setattr(disk, "_stdin_folders", [])
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(CHASE.encode())))
    (file,) = answer(capsys, "import", "-")["files"]
    assert (file["file"], file["layout"]) == ("-", "chase_checking")
    assert main(["import", "-", "--plan", "plan.toml", "-o", "x.toml"]) == 2


@pytest.mark.parametrize(
    "command", [("import", "bank-q1.csv", "plan.toml"), ("init", "new.toml", "--from", "plan.toml")]
)
def test_a_plan_is_no_export(folder, capsys, command):
    """The plan that books go into is named apart from them."""
    assert main(list(command)) == 2
    said = capsys.readouterr().err
    assert said.startswith("kind-not-here\nplan.toml is an assumption file, and no books.")
    assert "runway import FILE --plan plan.toml" in said
    assert not (folder / "new.toml").exists()


def test_what_a_file_leaves_open_is_said_by_an_option(folder, capsys):
    (folder / "open.csv").write_text("date,description,amount\n01/02/2026,Rent,-700\n", encoding="utf-8")
    assert main(["import", "open.csv"]) == 2
    assert "Here: --date day-month-year." in capsys.readouterr().err
    months = answer(capsys, "import", "open.csv", "--date", "day-month-year")["payees"][0]["months"]
    assert months == {"2026-02": "-700"}


def test_money_between_two_accounts_is_a_transfer_and_both_make_the_opening_cash(folder, capsys):
    """Names of the file that formulas have for something else are no names of lines."""
    head, customer = "date,description,amount,balance\n", "Floor"
    main_rows = f"2026-01-05,{customer},900.00,5900.00\n2026-01-20,To savings,-300.00,5600.00\n"
    main_rows += f"2026-02-05,{customer},950.00,6550.00\n2026-02-24,From savings,100.00,6650.00\n"
    savings = "2026-01-21,Transfer,300.00,1300.00\n2026-02-23,Transfer,-100.00,1200.00\n"
    (folder / "main.csv").write_text(head + main_rows + "2026-02-28,Rent,-50.00,6600.00\n", encoding="utf-8")
    (folder / "savings.csv").write_text(head + savings + "2026-02-28,Total,5.00,1205.00\n", encoding="utf-8")
    assert main(["init", "shop.toml", "--from", "main.csv", "savings.csv"]) == 0
    text = (folder / "shop.toml").read_text(encoding="utf-8")
    assert "opening_cash = { value = 6000.00" in text
    assert 'in    = "main"\ntransfer = "savings"' in text
    assert "[costs.savings]" not in text
    assert "[revenue.floor_2]" in text
    rows = answer(capsys, "project", "shop.toml")["rows"]
    assert rows["cash"][:2] == [6900.0, 7805.0]
    assert rows["unreconciled.cash"][:2] == [0.0, 0.0]


def test_an_account_that_is_a_number_is_a_name(folder, capsys):
    """So is the month of a file that ends within its only month; it is taken to have nothing more."""
    ledger = "date,account,amount\n2026-01-31,1200,900\n2026-01-31,8400,-1000\n2026-01-31,4200,100\n"
    (folder / "ledger.csv").write_text(ledger, encoding="utf-8")
    assert main(["init", "numbers.toml", "--from", "ledger.csv", "--opening-cash", "5000"]) == 0
    assert answer(capsys, "project", "numbers.toml")["model"] == "Our company"
    (folder / "short.csv").write_text(
        "date,description,amount\n2026-01-05,Shop,90.00\n2026-01-25,Rent,-50.00\n", "utf-8"
    )
    assert main(["init", "short.toml", "--from", "short.csv", "--opening-cash", "5000"]) == 0
    assert 'through = "2026-01-31"   # it ends on 25 Jan 2026' in (folder / "short.toml").read_text(encoding="utf-8")
    assert answer(capsys, "project", "short.toml")["rows"]["cash"][0] == 5040


def test_opening_cash_that_the_accounts_say_is_said_by_nobody_else(folder, capsys):
    assert main(["init", "twice.toml", "--from", "bank-q1.csv", "--opening-cash", "5000"]) == 2
    assert "begin with 177,856.24" in " ".join(capsys.readouterr().err.split())
    assert not (folder / "twice.toml").exists()
