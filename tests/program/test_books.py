"""Exports of books as the actual values of a model: rules, cash and accrual, transfers, overlaps, roll-forward."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import few

import runway
from runway.answers.explain import explain
from runway.answers.variance import variance
from runway.errors import InputError

if TYPE_CHECKING:
    from runway.answers.projection import Projection

MODEL = """
[model]
name         = "Fern"
currency     = "USD"
start        = "2026-01"
months       = 12
opening_cash = 1000

[revenue.sales]
kind   = "recurring"
amount = "100/month"

[revenue.work]
kind   = "recurring"
amount = "10/month"

[costs.team]
kind   = "recurring"
amount = "80/month"

[costs.rent]
kind   = "recurring"
amount = "20/month"

[capital.gear]
kind   = "one_off"
amount = 50
date   = "2026-02-01"
"""
SHOP = MODEL.partition("[revenue.work]")[0]
FEES = """
[costs.fees]
kind  = "percent_of"
of    = "sales"
share = "3%"
"""
RULES = """
[[actuals.rules]]
match = "^invoice"
line  = "work"

[[actuals.rules]]
match = "^customer"
line  = "sales"

[[actuals.rules]]
match = "payroll"
line  = "team"

[[actuals.rules]]
match = "landlord"
line  = "rent"

[[actuals.rules]]
match = "shop"
over  = 30
line  = "gear"

[[actuals.rules]]
match = "shop"
line  = "ignore"
"""
BANK = """\
date,description,amount,balance
2026-01-05,Customer A,120.00,1120.00
2026-01-20,Landlord Ltd,-20.00,1100.00
2026-01-31,Payroll Jan,-80.50,1019.50
2026-02-05,CUSTOMER B,90.00,1109.50
2026-02-10,Gear Shop,-45.00,1064.50
2026-02-11,Gear Shop,-5.00,1059.50
2026-02-28,Payroll Feb,-80.50,979.00
"""


class Company:
    """A folder of a plan and its books."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, name: str, text: str) -> None:
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def projected(self, actuals: str, model: str = MODEL) -> Projection:
        self.write("fern.toml", f"{model}\n[actuals]\n{actuals}")
        return runway.project(str(self.folder / "fern.toml"))

    def refused(self, actuals: str, model: str = MODEL) -> tuple[str, str, int | None]:
        """The name, the text and the line of the one problem."""
        with pytest.raises(InputError) as raised:
            self.projected(actuals, model)
        (problem,) = raised.value.problems
        return problem.name, problem.text, problem.place and problem.place.line


@pytest.fixture
def fern(tmp_path: Path) -> Company:
    return Company(tmp_path)


FEBRUARY = 'last_close = "2026-02"\n'
ONE_BANK = f'{FEBRUARY}[actuals.files.bank]\nfile = "bank.csv"\n'


def test_a_bank_s_rows_are_what_lines_received_and_paid(fern: Company) -> None:
    """Without books they are what was earned and incurred, too, which is said; case does not matter in a rule."""
    fern.write("bank.csv", BANK)
    projection = fern.projected(ONE_BANK + RULES)
    rows = projection.rows
    assert rows["sales.revenue"][:2] == rows["sales.cash"][:2] == (120, 90)
    assert rows["team.cost"][:2] == (80.5, 80.5)
    assert rows["rent.cost"][:3] == (20, 0, 20)
    assert rows["gear.spend"][:2] == (0, 45)
    assert rows["cash"][:2] == (1019.5, 979)
    assert rows["unreconciled.cash"][:2] == (0, -5)  # the 5 that are ignored, and nothing else
    assert any("paid, not earned" in note and "sales, rent, team, gear" in note for note in projection.notes)


def test_an_actual_names_the_file_and_line_of_its_first_row(fern: Company) -> None:
    fern.write("bank.csv", BANK + "2026-02-28,Payroll bonus,-1.00,978.00\n")
    fern.projected(ONE_BANK + RULES)
    answer = explain(runway.load(str(fern.folder / "fern.toml")), "team", "2026-02")
    (origin,) = [figure for figure in answer.inputs if figure.address == "actuals.team.cost.2026-02"]
    assert origin.place is not None
    assert (Path(origin.place.file).name, origin.place.line) == ("bank.csv", 8)
    assert origin.note == "actual: the sum of 2 rows"


PNL = """\
Profit and Loss

Account,January 2026,February 2026,Total
Income,,,
   Sales,123.60,92.70,216.30
   Work,25.00,,25.00
Total for Income,148.60,92.70,241.30
Expenses,,,
   Fees,3.60,2.70,6.30
   Salaries,80.50,80.50,161.00
   Rent,20.00,20.00,40.00
Total for Expenses,104.10,103.20,207.30
Net Income,44.50,-10.50,34.00
"""
MAPPING = """
[actuals.mapping]
Sales    = "sales"
Work     = "work"
Fees     = "fees"
Salaries = "team"
Rent     = "rent"
Gear     = "gear"
"""
BOTH = f'{ONE_BANK}[actuals.files.books]\nfile = "pnl.csv"\n'


def test_what_is_earned_and_not_received_is_owed(fern: Company) -> None:
    """An invoice of 25 is open, February's rent is not paid; the fees were kept back: nothing is unreconciled."""
    fern.write("bank.csv", BANK.replace("Gear Shop,-5.00", "Gear Shop,-35.00").replace(",1059.50", ",1029.50")
               .replace(",979.00", ",949.00"))  # fmt: skip
    fern.write("pnl.csv", PNL)
    model = MODEL.replace("[costs.team]", 'collected_after = "30 days"\nopening_receivable = 0\n[costs.team]') + FEES
    projection = fern.projected(BOTH + MAPPING + RULES, model)
    rows = projection.rows
    assert rows["work.revenue"][:2] == (25, 0)
    assert rows["work.cash"][:2] == (0, 0)
    assert rows["work.receivable"][:2] == (25, 25)
    assert rows["sales.revenue"][:2] == rows["sales.cash"][:2] == pytest.approx((123.6, 92.7))
    assert rows["fees.cost"][:2] == (3.6, 2.7)
    assert rows["rent.cost"][:2] == (20, 20)
    assert rows["rent.cash"][:2] == (-20, 0)
    assert rows["unreconciled.cash"][:2] == (0, 0)
    assert rows["net_burn.by_bank"][:2] == (-19.5, 70.5)
    assert any(note.startswith("rent: 20.00 more was incurred than paid") for note in projection.notes)


def test_books_alone_beside_the_bank_s_balance(fern: Company) -> None:
    """What the books say less what the bank's balance moved by is unreconciled, and in burn by the bank."""
    fern.write("bank.csv", BANK)
    fern.write("pnl.csv", PNL)
    ignored = '[[actuals.rules]]\nmatch = "."\nin = "bank"\nline = "ignore"\n'
    projection = fern.projected(BOTH + MAPPING + ignored, MODEL + FEES)
    rows = projection.rows
    earned = 148.6 - 104.1, 92.7 - 103.2
    assert rows["unreconciled.cash"][0] == pytest.approx(19.5 - earned[0])
    assert rows["net_burn"][0] == pytest.approx(-earned[0])
    assert rows["net_burn.by_bank"][:2] == pytest.approx((-19.5, 40.5))
    assert projection.bank_burn == pytest.approx((40.5 - 19.5) / 2)
    assert projection.bank_window == ("2026-01", "2026-02")
    assert projection.static_runway == pytest.approx(979 / 10.5)


def test_one_line_from_two_kinds_of_books_is_refused(fern: Company) -> None:
    fern.write("pnl.csv", PNL)
    fern.write("ledger.csv", "date,account,amount\n2026-01-31,Rent,20\n2026-02-28,Rent,20\n")
    text = f'{FEBRUARY}[actuals.files.books]\nfile = "pnl.csv"\n[actuals.files.ledger]\nfile = "ledger.csv"\n'
    name, says, _ = fern.refused(text + MAPPING, MODEL + FEES)
    assert name == "counted-twice"
    assert "rent has rows of books, a profit and loss, and of ledger, a ledger" in says


SAVINGS = """\
date,description,amount,balance
2026-01-12,From bank,300.00,300.00
2026-02-02,From bank,50.00,350.00
2026-02-28,Interest,1.00,351.00
"""
MOVES = (
    BANK.replace("2026-01-20,Landlord Ltd,-20.00,1100.00", "2026-01-10,To savings,-300.00,820.00")
    .replace("Payroll Jan,-80.50,1019.50", "To savings,-50.00,770.00")
    .replace(",1109.50", ",860.00").replace(",1064.50", ",815.00").replace(",1059.50", ",810.00")
    .replace(",979.00", ",729.50")
)  # fmt: skip
TWO_BANKS = f'{ONE_BANK}[actuals.files.savings]\nfile = "savings.csv"\n' + (
    RULES + '[[actuals.rules]]\nmatch = "to savings"\nin = "bank"\ntransfer = "savings"\n'
    '[[actuals.rules]]\nmatch = "interest"\nline = "cash.interest"\n'
)


def test_a_transfer_counts_in_neither_account_and_is_ours_on_its_way(fern: Company) -> None:
    """The 50 of 31 January reach the other account on 2 February, by a row that no rule names."""
    fern.write("bank.csv", MOVES)
    fern.write("savings.csv", SAVINGS)
    rows = fern.projected(TWO_BANKS).rows
    assert rows["cash"][:2] == (1120, 729.5 + 351)
    assert rows["cash.interest"][:2] == (0, 1)
    assert rows["unreconciled.cash"][:2] == (0, -5)
    answer = variance(runway.load(str(fern.folder / "fern.toml")))
    assert answer.reconciliation is not None
    assert [month.in_transit for month in answer.reconciliation.months] == [50, 0]
    opened = [(account.name, account.opening, account.closing) for account in answer.reconciliation.accounts]
    assert opened == [("bank", 1000, Decimal("729.5")), ("savings", 0, 351)]


def test_a_transfer_that_reaches_no_account_is_refused(fern: Company) -> None:
    fern.write("bank.csv", MOVES)
    fern.write("savings.csv", SAVINGS.replace("2026-01-12", "2026-01-20"))
    name, says, _ = fern.refused(TWO_BANKS)
    assert name == "transfer-unmatched"
    assert "300.00 left bank on 10 Jan 2026 and did not reach savings by 17 Jan 2026 (line 3 of" in says


STRIPE = """\
balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,description
t1,2026-01-03 10:00:00,usd,100.00,3.00,97.00,charge,Plan
t2,2026-01-08 10:00:00,usd,-97.00,0.00,-97.00,payout,STRIPE PAYOUT
t3,2026-02-10 10:00:00,usd,50.00,1.50,48.50,charge,Plan
t4,2026-02-11 10:00:00,usd,-10.00,0.00,-10.00,refund,Refund
t5,2026-02-27 10:00:00,usd,-38.50,0.00,-38.50,payout,STRIPE PAYOUT
t6,2026-02-28 10:00:00,usd,20.00,0.60,19.40,charge,Plan
"""
PAID_OUT = """\
date,description,amount,balance
2026-01-09,STRIPE,97.00,1097.00
2026-02-28,STRIPE,38.50,1135.50
"""
SERVICE = (
    f'{ONE_BANK}[actuals.files.stripe]\nfile = "stripe.csv"\n'
    '[[actuals.rules]]\nmatch = "^stripe"\nin = "bank"\ntransfer = "stripe"\n'
    '[[actuals.rules]]\nmatch = "plan"\nin = "stripe"\nline = "sales"\n'
)


def test_a_payment_service_by_gross_fee_refund_and_payout(fern: Company) -> None:
    """What lies with it at the close, 19.40, is cash; fees belong to the cost that is a share of their sale."""
    fern.write("bank.csv", PAID_OUT)
    fern.write("stripe.csv", STRIPE)
    rows = fern.projected(SERVICE, SHOP + FEES).rows
    assert rows["sales.revenue"][:2] == (100, 60)
    assert rows["fees.cost"][:2] == pytest.approx((3, 2.1))
    assert rows["cash"][:2] == pytest.approx((1097, 1135.5 + 19.4))
    assert rows["unreconciled.cash"][:2] == (0, 0)


def test_a_payment_service_that_holds_no_cash_owes_what_it_has_not_paid_out(fern: Company) -> None:
    """Earned is what was sold, received what was paid out: 19.40 are owed by it at the close."""
    fern.write("bank.csv", PAID_OUT)
    fern.write("stripe.csv", STRIPE)
    text = SERVICE.replace('file = "stripe.csv"', 'file = "stripe.csv"\naccount = false')
    projection = fern.projected(text, SHOP + 'collected_after = "10 days"\nopening_receivable = 0\n' + FEES)
    rows = projection.rows
    assert rows["cash"][:2] == (1097, 1135.5)
    assert rows["sales.revenue"][:2] == (100, 60)
    assert rows["sales.cash"][:2] == pytest.approx((100, 40))
    assert rows["fees.cash"][:2] == pytest.approx((-3, -1.5))
    assert rows["sales.receivable"][:2] == pytest.approx((0, 20))
    assert rows["unreconciled.cash"][:2] == (0, 0)
    assert any("19.40 is not settled yet" in note for note in projection.notes)


PAYROLL = """\
Payroll Journal Report

Check date,Employee,Department,Gross earnings,Employee taxes,Employer taxes,Net pay,Employer cost
01/30/2026,Ada,Engineering,60.00,12.00,5.00,48.00,65.00
01/30/2026,Ben,Sales,15.00,3.00,0.50,12.00,15.50
02/27/2026,Ada,Engineering,60.00,12.00,5.00,48.00,65.00
02/27/2026,Ben,Sales,15.00,3.00,0.50,12.00,15.50
Totals,,,150.00,,11.00,,161.00
"""


def test_a_payroll_divides_what_the_bank_pays(fern: Company) -> None:
    """Engineering is team, sales is work's cost of rent's name here; they come to just what the bank's payee does."""
    fern.write("bank.csv", BANK)
    fern.write("payroll.csv", PAYROLL)
    rules = RULES.replace('line  = "team"', 'in = "bank"\ntransfer = "payroll"')
    own = '[[actuals.rules]]\nmatch = "engineering"\nline = "team"\n[[actuals.rules]]\nmatch = "sales"\nline = "rent"\n'
    text = f'{ONE_BANK}[actuals.files.payroll]\nfile = "payroll.csv"\n{own}{rules}'
    rows = fern.projected(text).rows
    assert rows["team.cost"][:2] == (65, 65)
    assert rows["team.cash"][:2] == (-65, -65)
    assert rows["rent.cost"][:2] == (15.5, 15.5)
    assert rows["rent.cash"][:2] == (-35.5, -15.5)
    assert rows["unreconciled.cash"][:2] == (0, -5)
    fern.write("bank.csv", BANK.replace("Payroll Feb,-80.50,979.00", "Payroll Feb,-80.00,979.50"))
    notes = fern.projected(text).notes
    assert any("payroll comes to -161.00 up to the close, and -160.50 was moved for it: 0.50" in n for n in notes)


def test_overlapping_downloads_count_once(fern: Company) -> None:
    """Two files that share days, and the same file under two names; a second reading gives the same sums."""
    lines = BANK.splitlines(keepends=True)
    fern.write("bank.csv", BANK)
    whole = fern.projected(ONE_BANK + RULES)
    text = ONE_BANK.replace("bank.csv", "books/bank-*.csv") + RULES
    fern.write("books/bank-1.csv", "".join(lines[:6]))
    fern.write("books/bank-2.csv", "".join([lines[0], *lines[4:]]))
    fern.write("books/bank-3.csv", "".join([lines[0], *lines[4:]]))
    for _ in range(2):
        rows = fern.projected(text).rows
        assert {address: rows[address] for address in whole.rows} == whole.rows
    answer = variance(runway.load(str(fern.folder / "fern.toml")))
    assert [(source.rows, source.twice) for source in answer.sources] == [(7, 6)]


def test_a_file_of_an_unfinished_day_is_completed_by_the_next(fern: Company) -> None:
    """The download of 10 February was made before the shop's row of that day."""
    lines = BANK.replace("2026-02-11,Gear", "2026-02-10,Gear").splitlines(keepends=True)
    text = ONE_BANK.replace("bank.csv", "books/bank-*.csv") + RULES
    fern.write("books/bank-1.csv", "".join(lines[:6]))
    fern.write("books/bank-2.csv", "".join([lines[0], *lines[5:]]))
    assert fern.projected(text).rows["cash"][1] == 979


def test_a_day_in_which_two_files_differ_is_refused(fern: Company) -> None:
    lines = BANK.splitlines(keepends=True)
    text = ONE_BANK.replace("bank.csv", "books/bank-*.csv") + RULES
    plain = [line.rpartition(",")[0] + "\n" for line in lines]
    fern.write("books/bank-1.csv", "".join(plain))
    fern.write("books/bank-2.csv", "".join([plain[0], *plain[3:5], plain[6], plain[7]]))
    name, says, _ = fern.refused(text)
    assert name == "files-disagree"
    assert "10 Feb 2026 stands in" in says
    assert "with 1 row and in" in says
    assert "with 0 rows" in says
    assert "-45.00 'Gear Shop' (line 6 of" in says


def test_files_between_which_rows_are_missing_are_refused(fern: Company) -> None:
    """The balance that the second begins with is not the one that the first ends with."""
    lines = BANK.splitlines(keepends=True)
    fern.write("books/bank-1.csv", "".join(lines[:4]))
    fern.write("books/bank-2.csv", "".join([lines[0], *lines[5:]]))
    name, says, _ = fern.refused(ONE_BANK.replace("bank.csv", "books/bank-*.csv") + RULES)
    assert name == "balance-does-not-foot"
    assert "begins on 10 Feb 2026 with 1,109.50; the rows before it come to 1,019.50" in says
    assert "Rows after 31 Jan 2026 are missing" in says


def test_a_file_that_two_tables_name_is_refused(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    name, says, _ = fern.refused(f'{ONE_BANK}[actuals.files.other]\nfile = "*.csv"\n{RULES}')
    assert (name, "is a file of bank as well" in says) == ("files-disagree", True)


def test_a_month_that_a_file_does_not_cover_is_not_closed(fern: Company) -> None:
    """Nothing proves that nothing followed; `through` says it.  On its own the close is the last month covered."""
    fern.write("bank.csv", BANK.replace("2026-02-28", "2026-02-27"))
    name, says, line = fern.refused(ONE_BANK + RULES)
    assert name == "month-not-covered"
    assert 'ends on 27 Feb 2026; Feb 2026 is not closed for it. Write through = "2026-02-28"' in says
    assert line is not None
    auto = ONE_BANK.replace('"2026-02"', '"auto"')
    assert str(fern.projected(auto + RULES).closed) == "2026-01-31"
    said = auto.replace('"bank.csv"', '"bank.csv"\nthrough = 2026-02-28')
    assert str(fern.projected(said + RULES).closed) == "2026-02-28"


def test_a_month_without_any_day_of_a_file_is_not_closed(fern: Company) -> None:
    """February lies between two files that say no balance."""
    fern.write("books/bank-1.csv", "date,description,amount\n2026-01-05,Customer,1.00\n2026-01-31,Customer,2.00\n")
    fern.write("books/bank-3.csv", "date,description,amount\n2026-03-02,Customer,1.00\n2026-03-31,Customer,2.00\n")
    text = ONE_BANK.replace("bank.csv", "books/bank-*.csv").replace('"2026-02"', '"auto"')
    name, says, _ = fern.refused(text + RULES)
    assert name == "month-not-covered"
    assert "No file of bank has a day of Feb 2026: one ends on 31 Jan 2026, the next begins on 2 Mar 2026" in says


def test_the_first_rule_wins_and_the_mapping_goes_before_it(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    rules = RULES.replace('match = "^customer"', 'match = "customer b"\nin = ["bank"]\nunder = 100', 1)
    rules += (
        '[[actuals.rules]]\nmatch = "customer"\nline = "work"\n[[actuals.rules]]\nmatch = "nobody"\nline = "rent"\n'
    )
    projection = fern.projected(ONE_BANK + '[actuals.mapping]\n"Landlord Ltd" = "team"\n' + rules)
    rows = projection.rows
    assert rows["sales.cash"][:2] == (0, 90)
    assert rows["work.cash"][:2] == (120, 0)
    assert rows["team.cost"][0] == 100.5
    said = [note for note in projection.notes if "is that of no row" in note]
    assert said == [
        "rule 1 of [[actuals.rules]], '^invoice', is that of no row",
        "rule 4 of [[actuals.rules]], 'landlord', is that of no row",
        "rule 8 of [[actuals.rules]], 'nobody', is that of no row",
    ]


@pytest.mark.parametrize(
    ("rule", "name", "says"),
    [
        ('match = "a("\nline = "rent"', "bad-pattern", "missing ), unterminated subpattern, at character 2"),
        ('match = "a"\nline = "rnt"', "unknown-line", "rnt is no line of the model. Did you mean rent?"),
        (
            'match = "a"\nline = "transfer"',
            "unknown-line",
            'has transfer = "ACCOUNT", the other one, in place of line.',
        ),
        (
            'match = "a"\nline = "rent"\nin = "bnk"',
            "unknown-file",
            "There is no [actuals.files.bnk]. Did you mean bank?",
        ),
        ('match = "a"\ntransfer = "savings"', "unknown-file", "There is no [actuals.files.savings]. There are bank."),
        ('match = "a"', "missing-field", "A rule says the line"),
        ('match = "a"\nline = "rent"\ntransfer = "bank"', "terms-contradict", "belongs to no line"),
        ('match = "a"\nline = "rent"\nover = 5\nunder = 5', "terms-contradict", "No amount is over 5.0 and under 5.0"),
        ('match = "a"\nlines = "rent"', "unknown-key", "Did you mean line?"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused_where_it_stands(
    fern: Company, rule: str, name: str, says: str
) -> None:
    fern.write("bank.csv", BANK)
    found, text, line = fern.refused(f"{ONE_BANK}[[actuals.rules]]\n{rule}\n{RULES}")
    assert found == name
    assert says in text
    assert line is not None
    assert line > MODEL.count("\n")


def test_rows_of_no_line_are_refused_by_payee(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    name, says, _ = fern.refused(ONE_BANK + RULES.replace("landlord", "owner").replace("payroll", "wages"))
    assert name == "unmapped-accounts"
    assert says.splitlines()[:2] == ["3 accounts or payees belong to no line.", "Payroll Feb: -80.50 in 1 row."]


def test_a_row_of_nothing_needs_no_line(fern: Company) -> None:
    fern.write("bank.csv", f"{BANK}2026-02-28,Nobody,0.00,979.00\n")
    assert fern.projected(ONE_BANK + RULES).rows["cash"][:2] == (1019.5, 979)


def test_another_currency_is_converted_by_the_rate_of_the_month(fern: Company) -> None:
    """10 euro at 1.10 and 1.20; the balance of 20 is worth 24 in February, 1 more than what came in."""
    fern.write("bank.csv", BANK)
    euro = "2026-01-31,Customer,10.00,EUR,10.00\n2026-02-28,Customer,10,EUR,20.00\n"
    euro = f"date,description,amount,currency,balance\n{euro}"
    fern.write("euro.csv", euro)
    text = f'{ONE_BANK}[actuals.files.euro]\nfile = "euro.csv"\n{RULES}'
    name, says, _ = fern.refused(text)
    assert (name, "is in EUR; the model is in USD" in says) == ("wrong-currency", True)
    rows = fern.projected(text, MODEL + '[fx]\nEUR = { "2026-01" = 1.10, "2026-02" = 1.20 }\n').rows
    assert rows["sales.cash"][:2] == (131, 102)
    assert rows["cash"][:2] == (1019.5 + 11, 979 + 24)
    assert rows["unreconciled.cash"][:2] == pytest.approx((0, -5 + 1))


OVERDRAFT = """
[funding.overdraft]
kind  = "credit_line"
limit = 500
rate  = "12%/year"
"""


def test_cash_is_the_bank_s_beside_a_credit_line(fern: Company) -> None:
    """What is owed is not in the bank's rows: it stands as it was, is said, and the line is drawn after the close."""
    fern.write("bank.csv", BANK)
    model = (MODEL + OVERDRAFT).replace("80/month", "400/month")
    projection = fern.projected(ONE_BANK + RULES, model)
    rows = projection.rows
    assert rows["cash"][:2] == (1019.5, 979)
    assert rows["overdraft.balance"][:4] == (0, 0, 0, 0)
    assert rows["overdraft.draw"][3:7] == (0, 0, 261, 239)  # 979 and three months of 110 less 420 leave 49
    assert any("what is owed on overdraft" in note and "overdraft.balance" in note for note in projection.notes)


def test_what_is_owed_on_a_credit_line_is_a_figure_beside_the_bank(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    fern.write("owed.csv", "month,address,value\n2026-01,overdraft.balance,100\n2026-02,overdraft.balance,40\n")
    projection = fern.projected(f'figures = "owed.csv"\n{ONE_BANK}{RULES}', MODEL + OVERDRAFT)
    rows = projection.rows
    assert rows["cash"][:2] == (1019.5, 979)
    assert rows["overdraft.balance"][:4] == (100, 40, 0, 0)
    assert rows["cash.credit"][:4] == (100, -60, -40, 0)  # after the close what is above the floor repays
    assert rows["overdraft.interest"][:4] == (0, 1, 0.4, 0)
    assert rows["unreconciled.cash"][:3] == (-100, 56, 0)  # Feb: 5 are ignored, 60 and 1 have no row of the bank
    assert not any("what is owed" in note for note in projection.notes)


def test_what_else_is_written_of_a_credit_line_is_told_what_to_write(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    fern.write("owed.csv", "month,address,value\n2026-01,overdraft.drawn,100\n2026-02,overdraft.balance,0\n")
    name, text, line = fern.refused(f'figures = "owed.csv"\n{ONE_BANK}{RULES}', MODEL + OVERDRAFT)
    assert (name, line) == ("unknown-address", 2)
    assert text == "overdraft.drawn is nothing that takes actuals. Write overdraft.balance, what is owed."
    name, text, _ = fern.refused(ONE_BANK + RULES.replace('"ignore"', '"overdraft"'), MODEL + OVERDRAFT)
    assert name == "unknown-line"
    assert text == (
        "overdraft is no line of the model. What is owed on it is a figure, "
        '"month,overdraft.balance,value"; give these rows to "ignore".'
    )


def test_nothing_less_than_nothing_is_owed_on_a_credit_line(fern: Company) -> None:
    fern.write("bank.csv", BANK)
    fern.write("owed.csv", "month,address,value\n2026-01,overdraft.balance,-100\n2026-02,overdraft.balance,0\n")
    name, text, line = fern.refused(f'figures = "owed.csv"\n{ONE_BANK}{RULES}', MODEL + OVERDRAFT)
    assert (name, line) == ("negative-value", 2)
    assert text == "overdraft.balance is what is owed, which is not below 0."


def test_opening_cash_is_what_the_accounts_begin_with(fern: Company) -> None:
    """Written otherwise it is refused; left to the books it is theirs, in the plan too, and says where it stands."""
    fern.write("bank.csv", BANK)
    other = MODEL.replace("opening_cash = 1000", "opening_cash = 900")
    name, says, line = fern.refused(ONE_BANK + RULES, other)
    assert (name, line) == ("opening-in-period", 7)
    assert "The accounts begin with 1,000.00 (line 2 of " in says
    assert "opening_cash is 900.00" in says
    books = ONE_BANK.replace("[actuals.files", 'opening = "books"\n[actuals.files')
    assert fern.refused(books + RULES, other)[0] == "opening-in-period"
    left = MODEL.replace("opening_cash = 1000\n", "")
    projection = fern.projected(books + RULES, left)
    assert projection.rows["opening_cash"][0] == 1000
    plan = runway.load(str(fern.folder / "fern.toml"))
    assert variance(plan).closing_cash.plan == 1000 + 2 * (110 - 100) - 50
    origin = explain(plan, "model.opening_cash").term.origin
    assert origin is not None
    assert origin.where.endswith("bank.csv:2")
    assert fern.refused(ONE_BANK + RULES, left)[0] == "missing-field"


def test_rows_before_the_start_are_what_the_opening_cash_comes_from(fern: Company) -> None:
    early = BANK.replace("date,description,amount,balance\n", "date,description,amount,balance\n2025-12-30,X,7,1000\n")
    fern.write("bank.csv", early)
    rows = fern.projected(ONE_BANK + RULES).rows
    assert rows["cash"][:2] == (1019.5, 979)


@given(
    st.lists(st.tuples(st.integers(1, 28), st.integers(-9000, 9000).filter(bool)), min_size=5, max_size=25), st.data()
)
@few(max_examples=15)
def test_roll_forward_needs_no_edit(rows: list[tuple[int, int]], data: st.DataObject) -> None:
    """One file a month put beside the others: each close has the sums of one file of all months, to the cent."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        fern, balance, months = Company(Path(folder)), Decimal(1000), list[str]()
        text = 'last_close = "auto"\n[actuals.files.bank]\nfile = "books/*.csv"\n'
        text += '[[actuals.rules]]\nmatch = "x"\nline = "work"\n'
        moved = {month: Decimal(0) for month in (1, 2, 3)}
        for month in (1, 2, 3):
            days = sorted((day, cents) for day, cents in rows if data.draw(st.integers(1, 3)) == month)
            lines = ["date,description,amount,balance"]
            for n, (day, cents) in enumerate([*days, (28 if month == 2 else 30, 100), (31 if month != 2 else 28, 100)]):
                balance += Decimal(cents) / 100
                moved[month] += Decimal(cents) / 100
                lines.append(f"2026-{month:02d}-{day:02d},x{n},{Decimal(cents) / 100},{balance}")
            months.append("\n".join(lines) + "\n")
            fern.write(f"books/bank-{month}.csv", months[-1])
            projection = fern.projected(text)
            assert projection.closed is not None
            assert projection.closed.month == month
            assert projection.rows["cash"][month - 1] == float(balance)
            got = projection.rows["work.cash"][:month]
            assert got == tuple(float(moved[n]) for n in range(1, month + 1))
