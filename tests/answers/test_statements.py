"""`runway statements`: the three statements of the bundled models, by month, quarter and year."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from typing import TYPE_CHECKING

import pytest
from support.rows import rows_of

import runway
from runway.cli import main
from runway.render.csv import csv as as_csv
from runway.reports.statements import report

if TYPE_CHECKING:
    from runway.answers.statements import Statements


@cache
def statements(name: str) -> Statements:
    return runway.statements(name)


def by_period(name: str, by: str) -> dict[str, list[float]]:
    """The CSV of a model's statements, by address."""
    made = report(statements(name), by=by)
    rows = list(csv.reader(io.StringIO(as_csv(made))))
    return {row[2]: [*map(float, row[3:])] for row in rows[1:]}


def test_the_lemonade_stand_by_hand():
    """100 cups at 2, 300 of costs: 300 are lost in a quarter; aunt May pays 400 twice, the press costs 200, the fair
    gives 300 in December."""
    found = by_period("lemonade", "quarter")
    assert found == {
        "total.revenue": [600] * 4, "lemonade.revenue": [600] * 4, "total.operating_costs": [-900] * 4,
        "lemons.cost": [-300] * 4, "stall.cost": [-450] * 4, "helper.cost": [-150] * 4, "ebitda": [-300] * 4,
        "operating_profit": [-300] * 4, "total.grants": [0, 0, 0, 300], "profit_before_tax": [-300, -300, -300, 0],
        "net_income": [-300, -300, -300, 0],
        "cash": [600, 100, 200, 200], "restricted_cash": [200, 0, 0, 0], "total.fixed_assets": [0, 200, 200, 200],
        "sheet.assets": [600, 300, 400, 400], "sheet.liabilities": [0] * 4, "opening_equity": [500] * 4,
        "equity.paid_in": [400, 400, 800, 800], "equity.retained": [-300, -600, -900, -900],
        "sheet.equity": [600, 300, 400, 400],
        "cash.operating": [-300, -300, -300, 0], "press.cash": [0, -200, 0, 0], "cash.investing": [0, -200, 0, 0],
        "aunt.cash": [400, 0, 400, 0], "cash.financing": [400, 0, 400, 0], "net_cash_flow": [100, -500, 100, 0],
        "opening_cash": [500, 600, 100, 200], "cash.revenue": [600] * 4, "cash.costs": [-900] * 4,
    }  # fmt: skip


@pytest.mark.parametrize("by", ["month", "quarter", "year"])
@pytest.mark.parametrize("name", ["saas-startup", "venture-debt", "openai-2025"])
def test_every_column_foots(name: str, by: str) -> None:
    found = by_period(name, by)
    for n in range(len(found["cash"])):
        assets, owed, equity = (found[f"sheet.{side}"][n] for side in ("assets", "liabilities", "equity"))
        assert assets == pytest.approx(owed + equity, abs=1e-4)
        flows = sum(found[f"cash.{activity}"][n] for activity in ("operating", "investing", "financing"))
        assert found["opening_cash"][n] + flows == pytest.approx(found["cash"][n], abs=1e-4)
    assert sum(found["net_income"]) == pytest.approx(-sum(rows_of(runway.load(name))["net_loss"]), abs=1e-3)


def test_the_vat_of_the_example_is_held_for_the_state():
    """12,000 at the start less 887.96 in January are a fifth of 55,560.20 of revenue."""
    rows = statements("saas-startup").rows
    assert rows["total.held"][0] == 11_112.04 == round(0.2 * rows["total.revenue"][0], 2)
    assert rows["equity.paid_in"][0] + rows["equity.retained"][0] - rows["net_income"][0] == pytest.approx(445_500)


def test_an_answer_names_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", "lemonade", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in found["statements"]] == ["income_statement", "balance_sheet", "cash_flow", "direct"]
    lines = [line for one in found["statements"] for line in one["lines"]]
    assert {line["address"] for line in lines} == set(found["rows"])
    assert found["rows"]["equity.retained"][:3] == [-100, -200, -300]
    assert main(["explain", "lemonade", "equity.retained", "2025-03"]) == 0


def test_json_says_when_the_financial_year_ends() -> None:
    """Whoever adds months to years must know; December where the file says nothing."""
    for command in (runway.statements, runway.metrics):
        assert command("saas-startup").to_dict()["fiscal_year_end"] == 3
        assert command("saas-startup", set={"model.fiscal_year_end": "12"}).to_dict()["fiscal_year_end"] == 12
    assert runway.statements("lemonade").to_dict()["fiscal_year_end"] == 12


def test_it_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--full"], ["--by", "year"], ["--scenario", "rain"], ["--set", "model.opening_cash=0"]):
        assert main(["statements", "lemonade", *options]) == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80


def test_a_covenant_and_a_check_may_read_the_sheet(tmp_path, capsys):
    text = """
        [model]
        name = "x"
        start = "2025-01"
        months = 3
        opening_cash = 1000
        [costs.rent]
        kind = "recurring"
        amount = "300/month"
        [funding.bank]
        kind = "credit_line"
        limit = 100
        rate = "0%/year"
        [[funding.bank.covenants]]
        name = "solvency"
        require = "sheet.equity >= 250"
        [[checks]]
        require = "sheet.difference == 0"
        [[checks]]
        require = "ebitda >= -300"
        """
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["check", str(path)]) == 0
    (covenant,) = runway.project(str(path)).covenants
    assert (covenant.headroom, str(covenant.breached)) == (-150, "2025-03-31")
    capsys.readouterr()


def test_the_sheet_balances_on_every_path(tmp_path, capsys):
    """With prices, rents and rates drawn, bills ahead, a loan, a note that converts and tax."""
    text = """
        [model]
        name = "x"
        start = "2025-01"
        months = 12
        opening_cash = 1000
        [revenue.sales]
        kind = "subscription"
        opening = 10
        churn = { value = "3%/month", low = "1%/month", high = "6%/month" }
        price = "30/month"
        billed = "6 months"
        opening_deferred = 700
        collected_after = "20 days"
        opening_receivable = 10
        [costs.rent]
        kind = "recurring"
        amount = { value = "300/month", low = "200/month", high = "500/month" }
        billed = "quarterly"
        start = "2025-02-10"
        opening_prepaid = 100
        [funding.bank]
        kind = "loan"
        amount = 1000
        date = "2025-03-10"
        rate = { value = "9%/year", low = "5%/year", high = "12%/year" }
        term = "6 months"
        repayment = "level_payment"
        fee = "2%"
        end_fee = 40
        [funding.n]
        kind = "convertible_note"
        amount = 500
        date = "2025-02-10"
        rate = "9%/year"
        compounding = "monthly"
        [funding.a]
        kind = "priced_round"
        valuation = { value = 10000, basis = "pre_money" }
        [[funding.a.closings]]
        name = "only"
        date = "2025-09-10"
        amount = 300
        [tax]
        rate = "20%"
        [[checks]]
        require = "sheet.difference == 0"
        """
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    assert main(["simulate", str(path), "--paths", "200", "--json"]) == 0
    (check,) = json.loads(capsys.readouterr().out)["checks"]
    assert (check["probability"], check["paths"]) == (1.0, 200)
