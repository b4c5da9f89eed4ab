"""What a ledger carries over: an opening entry is never added to the opening cash, a closing entry is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import runway
from runway.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from runway.answers.projection import Projection

MODEL = """
[model]
name         = "Books"
currency     = "USD"
start        = "2025-01"
months       = 12
opening_cash = 50000

[revenue.sales]
kind   = "recurring"
amount = "5000/month"

[costs.payroll]
kind   = "recurring"
amount = "20000/month"

[actuals]
file       = "ledger.csv"
last_close = "2025-02"

[actuals.mapping]
"assets"           = "cash"
"bank"             = "cash"
"income"           = "sales"
"expenses:payroll" = "payroll"
"equity"           = "ignore"
"Capital"          = "ignore"
"liabilities"      = "ignore"
"""
FLOWS = """\
2025-01-31,expenses:payroll,January,20000.00
2025-01-31,assets:bank,January,-20000.00
2025-02-10,assets:bank,invoice,6000.00
2025-02-10,income,invoice,-6000.00
2025-02-28,expenses:payroll,February,20000.00
2025-02-28,assets:bank,February,-20000.00
"""


def projected(folder: Path, rows: str, model: str = MODEL, head: str = "date,account,description,amount") -> Projection:
    (folder / "ledger.csv").write_text(f"{head}\n{rows}", encoding="utf-8")
    (folder / "books.toml").write_text(model, encoding="utf-8")
    return runway.project(str(folder / "books.toml"))


NAMED = "2025-01-01,assets:bank,,50000.00\n2025-01-01,equity:opening,,-50000.00\n"


@pytest.mark.parametrize(
    "opening",
    [
        NAMED,
        "2025-01-01,equity:opening/closing balances,,-50000\n2025-01-01,assets:bank,,50000\n",
        "2025-01-01,assets:bank,,30000\n2025-01-01,equity:Opening-Balances,,-30000\n"
        "2025-01-01,assets:till,,20000\n2025-01-01,equity:Opening-Balances,,-20000\n",
        "2025-01-02,assets:bank,Opening balance,50000\n2025-01-02,equity:other,Opening balance,-50000\n",
        "2025-01-01,assets:bank,,50000\n2025-01-01,equity:shares,,-50000\n",  # no word: the first day and the amount
        "2025-01-01,bank,,50000\n",  # a single entry
        "2025/01/01,assets:bank,,\"50,000.00\"\n2025/01/01,Capital:Saldo inicial,,\"-50,000.00\"\n",
        "2025-01-01,assets:bank,,50000\n2025-01-01,liabilities:card,,-4000\n2025-01-01,equity:opening,,-46000\n",
    ],
)  # fmt: skip
def test_an_opening_entry_is_the_opening_cash(tmp_path: Path, opening: str) -> None:
    """50,000 less 20,000 in January, and 6,000 less 20,000 in February."""
    projection = projected(tmp_path, opening + FLOWS)
    assert projection.rows["cash"][:2] == (30_000, 16_000)
    assert projection.rows["unreconciled.cash"][:2] == (0, 0)
    assert sum("opening entry" in note and "not counted" in note for note in projection.notes) == 1


@pytest.mark.parametrize(
    ("opening", "place"),
    [
        (NAMED.replace("50000", "60000"), "books.toml:7"),
        (NAMED.replace("2025-01-01", "2025-02-01"), "books.toml:7"),  # with January's 20,000 less, it began with 70,000
        ("2025-02-01,assets:bank,Balance brought forward,50000\n", "books.toml:7"),
        ("2025-01-01,equity:opening,,-50000\n", "ledger.csv:2"),
    ],
)
def test_an_opening_entry_that_disagrees_is_refused(tmp_path: Path, opening: str, place: str) -> None:
    rows = sorted((opening + FLOWS).splitlines(), key=lambda row: row[:10])
    with pytest.raises(InputError) as raised:
        projected(tmp_path, "\n".join(rows))
    (problem,) = raised.value.problems
    assert problem.place is not None
    where = f"{problem.place.file.rpartition('/')[2]}:{problem.place.line}"
    assert (problem.name, where) == ("opening-in-period", place)


def test_books_may_open_in_the_midst(tmp_path: Path) -> None:
    """What they hold then is what they began with and what has moved since."""
    opening = NAMED.replace("2025-01-01", "2025-02-01").replace("50000", "30000")
    rows = "\n".join(sorted((opening + FLOWS).splitlines(), key=lambda row: row[:10]))
    assert projected(tmp_path, rows).rows["cash"][:2] == (30_000, 16_000)


def test_words_of_a_payment_do_not_open_books(tmp_path: Path) -> None:
    """Rent of the beginning of a month, and a fee for a balance sheet, are costs."""
    texts = ("Husleje primo februar", "Opening balance sheet fee", "Legal fees for a closing balance sheet")
    rows = "".join(f"2025-02-1{n},expenses:payroll,{text},10\n2025-02-1{n},assets:bank,{text},-10\n"
                   for n, text in enumerate(texts))  # fmt: skip
    projection = projected(tmp_path, FLOWS + rows)
    assert projection.rows["cash"][:2] == (30_000, 15_970)
    assert projection.rows["payroll.cost"][1] == 20_030


def test_entries_of_one_day_are_told_apart_by_their_numbers(tmp_path: Path) -> None:
    """A ledger sorted by account: the opening entry and a payment of the same day."""
    rows = """\
2025-01-01,1,assets:bank,,50000
2025-01-01,2,assets:bank,,-20000
2025-01-01,1,equity:opening,,-50000
2025-01-01,2,expenses:payroll,,20000
2025-02-28,3,assets:bank,,-20000
2025-02-28,3,expenses:payroll,,20000
"""
    projection = projected(tmp_path, rows, head="date,entry,account,description,amount")
    assert projection.rows["cash"][:2] == (30_000, 10_000)
    assert projection.rows["payroll.cost"][0] == 20_000


def test_money_that_comes_on_the_first_day_is_counted(tmp_path: Path) -> None:
    """Capital of another amount, and a customer's payment of just the opening cash."""
    first = "2025-01-01,assets:bank,,10000\n2025-01-01,equity:shares,,-10000\n"
    assert projected(tmp_path, first + FLOWS).rows["cash"][:2] == (40_000, 26_000)
    paid = "2025-01-01,assets:bank,,50000\n2025-01-01,income,,-50000\n"
    assert projected(tmp_path, paid + FLOWS).rows["cash"][:2] == (80_000, 66_000)


def test_books_that_close_and_open_in_the_midst(tmp_path: Path) -> None:
    """As `hledger close --migrate` writes them: the balances go out on 31 January and come back on 1 February."""
    carried = """\
2025-01-31,assets:bank,closing balances,-30000
2025-01-31,equity:opening/closing balances,closing balances,30000
2025-02-01,assets:bank,opening balances,30000
2025-02-01,equity:opening/closing balances,opening balances,-30000
"""
    rows = FLOWS.replace("2025-02-10,assets:bank,", f"{carried}2025-02-10,assets:bank,", 1)
    projection = projected(tmp_path, NAMED + rows)
    assert projection.rows["cash"][:2] == (30_000, 16_000)
    assert sum("closing entry of 31 Jan 2025" in note for note in projection.notes) == 1


def test_revenue_below_zero_is_told_and_a_closing_entry_refused(tmp_path: Path) -> None:
    """Revenue of 6,000 is closed by 6,000 on the last day: 0; a refund of more than was earned is below it."""
    closing = "2025-02-28,income,closing entries,6000\n2025-02-28,equity:retained earnings,closing entries,-6000\n"
    with pytest.raises(InputError, match="On 28 Feb 2025 income is set to 0"):
        projected(tmp_path, FLOWS + closing)
    notes = projected(tmp_path, FLOWS + "2025-02-27,income,refund,7000\n2025-02-27,assets:bank,refund,-7000\n").notes
    assert any("sales is below zero in Feb 2025 (-1,000.00 at the lowest): refund" in note for note in notes)
    assert not any("below zero" in note for note in projected(tmp_path, FLOWS).notes)


def test_revenue_of_the_wrong_sign_is_told(tmp_path: Path) -> None:
    rows = FLOWS.replace("income,invoice,-6000", "income,invoice,6000")
    assert any("[actuals] amounts says" in note for note in projected(tmp_path, rows).notes)


NUMBERED = """\
2025-01-05,assets:bank,{0}1000.00
2025-01-05,income,{0}-1000.00
2025-02-28,expenses:payroll,{0}700.00
2025-02-28,assets:bank,{0}-700.00
"""


@pytest.mark.parametrize("name", ["position (USD)", "amount (usd)", "Amount [USD]", "amount_usd", "Amount in USD"])
def test_a_column_in_the_model_s_currency(tmp_path: Path, name: str) -> None:
    rows = projected(tmp_path, NUMBERED.format(""), head=f"date,account,{name}").rows
    assert rows["sales.revenue"][:2] == (1_000, 0)


@pytest.mark.parametrize("empty", ["", "0", "0.00", " "])
def test_of_several_columns_the_model_s_own_is_read(tmp_path: Path, empty: str) -> None:
    head = "date,account,position (EUR),position (USD)"
    assert projected(tmp_path, NUMBERED.format(f"{empty},"), head=head).rows["cash"][:2] == (51_000, 50_300)
    with pytest.raises(InputError) as raised:
        projected(tmp_path, NUMBERED.format("5,"), head=head)
    assert {problem.name for problem in raised.value.problems} == {"wrong-currency"}


@pytest.mark.parametrize("name", ["position (EUR)", "amount (USDT)", "Amount EUR", "change [€]", "amount (BTC.B)"])
def test_a_column_in_another_currency_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError) as raised:
        projected(tmp_path, NUMBERED.format(""), head=f"date,account,{name}")
    assert [problem.name for problem in raised.value.problems] == ["wrong-currency"]


def test_a_dot_before_three_digits_is_a_decimal_point_only_where_the_column_tells(tmp_path: Path) -> None:
    head, rows = "date;account;amount", "2025-01-05;income;-150.000\n2025-01-05;bank;150.000\n"
    with pytest.raises(InputError) as raised:
        projected(tmp_path, rows + "2025-02-05;expenses:payroll;90\n", head=head)
    assert [problem.name for problem in raised.value.problems] == ["ambiguous-number"]
    for proof in ("90.50", "0.125", '"1,234.50"', "1234.567"):
        read = projected(tmp_path, f"{rows}2025-02-05;expenses:payroll;{proof}\n", head=head)
        assert read.rows["sales.revenue"][0] == 150


def test_a_currency_of_three_decimals_has_them(tmp_path: Path) -> None:
    model = MODEL.replace('"USD"', '"KWD"')
    rows = "2025-01-05,income,,-150.000\n2025-02-05,bank,,150.000\n"
    assert projected(tmp_path, rows, model).rows["sales.revenue"][0] == 150
    with pytest.raises(InputError) as raised:
        projected(tmp_path, rows.replace("-150.000", '"-150,000"').replace("150.000", "1"), model)
    assert [problem.name for problem in raised.value.problems] == ["ambiguous-number"]


def test_a_table_of_figures_may_name_the_currency(tmp_path: Path) -> None:
    model = MODEL.partition("[actuals.mapping]")[0]
    rows = "2025-01,sales,100 USD\n2025-02,sales,$90\n"
    for head in ("month,address,value", "month,address,value (USD)"):
        assert projected(tmp_path, rows, model, head).rows["sales.revenue"][:2] == (100, 90)
    for first, second in (("2025-01-01", "2025-02-01"), ("Jan 2025", "Feb 25"), ("31.01.2025", "28.02.2025")):
        text = f'{first};sales;"1.100,00"\n{second};sales;90,5\n'
        assert projected(tmp_path, text, model, "Month;Address;Value").rows["sales.revenue"][:2] == (1100, 90.5)
    with pytest.raises(InputError, match="wrong-currency"):
        projected(tmp_path, rows, model, "month,address,value (EUR)")
    with pytest.raises(InputError, match="wrong-currency"):
        projected(tmp_path, rows.replace("USD", "EUR"), model, "month,address,value")


def test_columns_of_currencies_are_converted_where_a_rate_is_given(tmp_path: Path) -> None:
    """200 EUR at 1.10 beside 780 USD of revenue: 1,000."""
    model = f"{MODEL}[fx]\nEUR = 1.10\n"
    head = "date,account,position (EUR),position (USD)"
    rows = "2025-01-05,income,-200,\n2025-01-06,income,,-780\n2025-02-05,income,0,-1\n"
    assert projected(tmp_path, rows, model, head).rows["sales.revenue"][:2] == (1_000, 1)
    banks = "2025-01-07,assets:bank,100,\n2025-02-07,assets:bank,,50\n"
    assert projected(tmp_path, rows + banks, model, head).rows["cash"][:2] == (50_110, 50_160)
    with pytest.raises(InputError, match="amounts in two currencies"):
        projected(tmp_path, rows + "2025-02-06,income,5,5\n", model, head)


def test_a_ledger_may_go_beyond_the_model_at_either_end(tmp_path: Path) -> None:
    """Its years before are what it began with; later months are not used, and said so."""
    before = "2024-11-30,assets:bank,,80000\n2024-11-30,equity:opening,,-80000\n"
    before += "2024-12-31,assets:bank,,-30000\n2024-12-31,expenses:payroll,,30000\n"
    after = "2026-03-31,assets:bank,,-1\n2026-03-31,expenses:payroll,,1\n"
    projection = projected(tmp_path, before + FLOWS + after)
    assert projection.rows["cash"][:2] == (30_000, 16_000)
    assert projection.rows["payroll.cost"][0] == 20_000
    assert any("2 rows of" in note and "later months" in note for note in projection.notes)


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ("Date;Account;Amount", "05.01.2025;income;-1.234,50\n28.02.2025;assets:bank;1.234,50\n"),
        ("Date\tAccount\tDebit\tCredit", "01/05/2025\tincome\t\t1,234.50\n02/28/2025\tassets:bank\t1,234.50\t\n"),
        ("A list of ours\n\ndate,account,amount", "5 Jan 2025,income,-1234.50\n28 Feb 2025,assets:bank,1234.50\n"),
        ("date,account,amount", '2025-01-05,income,"(1,234.50)"\n2025-02-28,assets:bank,1234.50\nTotal,,0.00\n'),
    ],
)
def test_a_ledger_as_a_stranger_writes_it(tmp_path: Path, head: str, rows: str) -> None:
    projection = projected(tmp_path, rows, head=head)
    assert projection.rows["sales.revenue"][:2] == (1_234.5, 0)
    assert projection.rows["cash"][:2] == (50_000, 51_234.5)


def test_some_amounts_in_another_currency_are_asked_about(tmp_path: Path) -> None:
    rows = "2025-01-05,income,EUR -100\n2025-02-28,income,-90\n"
    for model in (MODEL, f"{MODEL}[fx]\nEUR = 1.10\n"):
        with pytest.raises(InputError, match="1 other says no currency"):
            projected(tmp_path, rows, model, "date,account,amount")


def test_a_table_of_figures_is_no_export(tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text("month,address,value\n2025-01,sales,5\n", encoding="utf-8")
    files = '[actuals]\nlast_close = "2025-01"\n[actuals.files.a]\nfile = "figures.csv"\n'
    with pytest.raises(InputError, match="kind-not-here"):
        projected(tmp_path, "", MODEL.partition("[actuals]")[0] + files)
    with pytest.raises(InputError, match="kind-not-here"):
        runway.import_(str(tmp_path / "figures.csv"))
