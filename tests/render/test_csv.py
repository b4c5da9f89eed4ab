"""CSV: its columns, its sums, its figures."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO

import pytest
from support.output_fixtures import big_round, lemonade, long_csv, wide_csv

import runway
from runway.render.cells import guarded, spreadsheet
from runway.render.csv import table_csv
from runway.render.report import Column, Table


def table(text):
    return list(csv.DictReader(StringIO(text)))


def test_columns_come_in_the_documented_order():
    assert wide_csv(lemonade()).splitlines()[0].split(",") == [
        *("month", "opening_cash"),
        *("glasses.cash", "lemons.cash", "stall.cash"),
        *("cash.revenue", "cash.costs", "net_cash_flow", "closing_cash"),
        *("glasses.revenue", "lemons.cost", "stall.cost"),
        *("gross_burn", "net_burn", "net_loss", "burn_bridge.capital", "burn_bridge.working_capital"),
        *("restricted_cash", "unrestricted_cash"),
    ]


def test_first_month_of_the_lemonade_stand():
    first = wide_csv(lemonade()).splitlines()[1]
    assert first.startswith("2026-01,100.00,60.00,-60.50,-20.00,60.00,-80.50,-20.50,79.50,60.00,60.50,20.00,80.50,")


def test_every_month_foots_to_the_cent():
    before = None
    for month in table(wide_csv(big_round())):
        cash = {name: Decimal(value) for name, value in month.items() if name != "month"}
        totals = sum(value for name, value in cash.items() if name.startswith("cash."))
        assert cash["opening_cash"] + totals == cash["closing_cash"]
        assert cash["net_cash_flow"] == totals
        assert before in (None, cash["opening_cash"])
        before = cash["closing_cash"]


def test_closing_cash_holds_what_is_restricted_too():
    found = runway.project("openai-2025")
    rows = table(wide_csv(found))
    assert [float(row["closing_cash"]) for row in rows] == list(found.rows["cash"])
    assert any(float(row["restricted_cash"]) for row in rows)
    for row in rows:
        assert Decimal(row["unrestricted_cash"]) == Decimal(row["closing_cash"]) - Decimal(row["restricted_cash"])


def test_long_has_every_row_of_every_month():
    company = big_round()
    rows = table(long_csv(company))
    assert list(rows[0]) == ["month", "address", "value"]
    assert len(rows) == len(company.months) * len(company.rows)
    users = [row for row in rows if row["address"] == "weekly_users.value"]
    assert [users[0]["month"], users[0]["value"]] == ["2025-04", "500000000"]


@pytest.mark.parametrize(
    ("value", "is_money", "text"),
    [
        (4e10, True, "40000000000.00"),
        (-0.001, True, "0.00"),
        (123456789012.35, True, "123456789012.35"),
        (1e16, False, "10000000000000000"),
        (1 / 3, False, "0.333333333333"),
        (1.5e-9, False, "0.0000000015"),
        (-0.0, False, "0"),
        (float("inf"), False, ""),
        (float("nan"), True, ""),
    ],
)
def test_figures_are_plain_decimals(value, is_money, text):
    assert spreadsheet(value, "money" if is_money else "number", 2) == text


def test_money_has_the_minor_units_of_its_currency():
    company = lemonade()._replace(currency="JPY", minor_digits=0)
    assert wide_csv(company).splitlines()[1].startswith("2026-01,100,60,")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_text_that_a_spreadsheet_would_run_is_written_as_text(text):
    assert guarded(text) == "'" + text
    company = lemonade()
    company = company._replace(rows={text: company.rows["cash"]})
    assert table(long_csv(company))[0]["address"] == "'" + text


@pytest.mark.parametrize("head", ["=1+1", "@SUM(A1)"])
def test_a_head_that_a_spreadsheet_would_run_is_written_as_text(head):
    """Heads hold names of the file, such as those of holders, beside words of the program."""
    assert table_csv(Table("", (Column(head, "text"), Column("rent", "text")), []), 2) == f"'{head},rent\n"


def test_other_text_is_left_alone():
    assert guarded("rent.cash") == "rent.cash"
