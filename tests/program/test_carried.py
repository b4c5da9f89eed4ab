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
        (NAMED.replace("50000", "60000"), 7),
        (NAMED.replace("2025-01-01", "2025-02-01"), 18),
        ("2025-02-01,assets:bank,Balance brought forward,50000\n", 18),
        ("2025-01-01,equity:opening,,-50000\n", 7),
    ],
)
def test_an_opening_entry_that_disagrees_is_refused(tmp_path: Path, opening: str, place: int) -> None:
    rows = sorted((opening + FLOWS).splitlines(), key=lambda row: row[:10])
    with pytest.raises(InputError) as raised:
        projected(tmp_path, "\n".join(rows))
    (problem,) = raised.value.problems
    assert (problem.name, problem.place and problem.place.line) == ("opening-in-period", place)


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


def test_revenue_below_zero_and_a_closing_entry_are_told(tmp_path: Path) -> None:
    """Revenue of 6,000 is closed by 6,000 on the last day: 0; a refund of more than was earned is below it."""
    closing = "2025-02-28,income,closing entries,6000\n2025-02-28,equity:retained earnings,closing entries,-6000\n"
    notes = projected(tmp_path, FLOWS + closing).notes
    assert any("closing entry of 28 Feb 2025" in note for note in notes)
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
    assert [problem.name for problem in raised.value.problems] == ["number-of-another-locale"] * 2
    for proof in ("90.50", "0.125", '"1,234.50"', "1234.567"):
        read = projected(tmp_path, f"{rows}2025-02-05;expenses:payroll;{proof}\n", head=head)
        assert read.rows["sales.revenue"][0] == 150


def test_a_currency_of_three_decimals_has_them(tmp_path: Path) -> None:
    model = MODEL.replace('"USD"', '"KWD"')
    rows = "2025-01-05,income,,-150.000\n2025-02-05,bank,,150.000\n"
    assert projected(tmp_path, rows, model).rows["sales.revenue"][0] == 150
    with pytest.raises(InputError) as raised:
        projected(tmp_path, rows.replace("-150.000", '"-150,000"').replace("150.000", "1"), model)
    assert [problem.name for problem in raised.value.problems] == ["number-of-another-locale"]


def test_a_table_of_figures_may_name_the_currency(tmp_path: Path) -> None:
    model = MODEL.partition("[actuals.mapping]")[0]
    rows = "2025-01,sales,100 USD\n2025-02,sales,$90\n"
    for head in ("month,address,value", "month,address,value (USD)"):
        assert projected(tmp_path, rows, model, head).rows["sales.revenue"][:2] == (100, 90)
    with pytest.raises(InputError, match="wrong-currency"):
        projected(tmp_path, rows, model, "month,address,value (EUR)")
    with pytest.raises(InputError, match="wrong-currency"):
        projected(tmp_path, rows.replace("USD", "EUR"), model, "month,address,value")
