"""The tables of covenants and of the use of proceeds, and debt in the cash table, at 80 columns."""

from __future__ import annotations

from textwrap import dedent

import pytest
from support.output_fixtures import lines, long_csv, wide_csv

import runway
from runway.render.text import cell_len

TABLES = """\
  FUNDING     headline   committed   certain   available   drawn   undrawn
  Venture loan
    Dec 2025      4.00        4.00         –           –       –      4.00
    May 2026      4.00        4.00      4.00        4.00    4.00         –
      4.00: drawn 20 May 2026: product_launch met
      nothing owed at the end
  Revolver
    Dec 2025      1.50        1.50      1.50           –       –      1.50
    Jul 2026      1.50        1.50      1.50        1.50       –      1.50
      open from 1 Jul 2026 to 30 Jun 2030; nothing owed at the end; at most
      1.50, Oct 2028

  COVENANTS             lowest headroom    in         first breach   + certain
  Venture loan
    Minimum liquidity             0.464    Nov 2028   none           none
      cash >= 1500000
    Debt to ARR                   0.602    May 2026   none           none
      total.debt <= 1.25 * total.arr

  USE OF PROCEEDS  came in   used by Dec 2029
  opening cash        6.00   costs 5.00 · capital 0.68 · debt service 0.32 ·
                             nothing left
  Venture loan        4.00   costs 2.83 · debt service 0.70 · left 0.46
  Revolver            1.50   credit lines repaid 1.50 · nothing left
  receipts           37.13   costs 28.28 · debt service 4.22 · capital 0.22 ·
                             left 4.41
  An earmark's line spends the money set aside for it. All else is paid from the
  month's receipts, then from the oldest money, over the sections in proportion.
"""


def page(projection, width=80, show=None) -> str:
    return "".join(f"{line}\n" for line in lines(projection, width, "year", show))


def test_the_tables_of_the_bundled_model():
    assert page(runway.project("venture-debt"), show="funding,covenants,proceeds").endswith(TABLES)


def test_a_breach_and_a_covenant_that_is_never_tested():
    projection = runway.project("venture-debt", scenario="slow_sales")
    text = page(projection)
    first = projection.covenants[0]
    assert first.headroom < 0
    assert first.breached is not None
    assert f"{first.breached.day} {first.breached:%b %Y}" in text.split("COVENANTS")[1].splitlines()[2]
    late = page(runway.project("venture-debt", scenario="late_launch"))
    assert late.count("never tested") == 2
    assert "Debt owed" in late  # of the revolver


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("scenario", ["base", "slow_sales", "late_launch"])
def test_no_line_is_wider_than_the_page(width, scenario):
    projection = runway.project("venture-debt", scenario=scenario)
    assert max(cell_len(line) for line in page(projection, width).splitlines()) <= width


def test_a_model_without_debt_has_no_word_of_it():
    text = page(runway.project("saas-startup"))
    for word in ("Debt", "Credit", "COVENANTS"):
        assert word not in text


def test_the_use_of_proceeds_is_told_where_an_earmark_or_a_gap_makes_it_tell_something():
    assert "USE OF PROCEEDS" in page(runway.project("openai-2025"))
    assert "USE OF PROCEEDS" not in page(runway.project("saas-startup"))  # no earmark: it is all in proportion
    assert "USE OF PROCEEDS" in page(runway.project("saas-startup"), show="proceeds")


def test_what_the_last_money_does_not_cover_is_said(project):
    text = """
    [model]
    name = "x"
    start = "2025-01"
    months = 2
    opening_cash = 0
    [costs.rent]
    kind = "recurring"
    amount = "50/month"
    [funding.prize]
    kind = "grant"
    amount = 30
    date = "2025-01-01"
    """
    assert "  70 of what was paid is covered by no money at all." in page(project(text))


def test_headroom_by_month_is_in_json_and_csv():
    projection = runway.project("venture-debt")
    found = projection.to_dict()
    address = "growth_loan.minimum_liquidity"
    headroom = found["rows"][f"{address}.headroom"]
    told = found["covenants"][0]
    tested = [x for x, counts in zip(headroom, found["rows"][f"{address}.tested"], strict=True) if counts]
    assert told["headroom"] == pytest.approx(min(tested))
    assert (told["address"], told["breached"], told["headroom_date"]) == (address, None, "2028-11-30")
    assert f"{address}.headroom" in wide_csv(projection).splitlines()[0].split(",")
    assert f"2028-11,{address}.holds,1" in long_csv(projection)


def test_the_proceeds_in_json():
    loan = next(p for p in runway.project("venture-debt").to_dict()["proceeds"] if p["source"] == "growth_loan")
    assert loan["amount"] == 4e6
    assert round(sum(use["amount"] for use in loan["uses"]) + loan["left"], 2) == 4e6
    assert {use["name"] for use in loan["uses"]} >= {"costs", "debt"}


TWO = """
    [model]
    name = "x"
    start = "2026-01"
    months = 6
    opening_cash = "100k"
    [costs.team]
    kind = "recurring"
    amount = "50k/month"
    [funding.first_loan_of_the_national_bank]
    title = "Loan from the First National Bank, tranche A"
    kind = "loan"
    amount = "100k"
    date = "2026-02-20"
    rate = "12%/year"
    term = "3 months"
    repayment = "bullet"
    [[funding.first_loan_of_the_national_bank.covenants]]
    name = "one"
    title = "Minimum liquidity at every month end"
    require = "cash >= 60000"
    [[funding.first_loan_of_the_national_bank.covenants]]
    name = "two"
    title = "Minimum liquidity at every quarter end"
    require = "cash >= 1"
    [funding.line]
    kind = "credit_line"
    limit = "500k"
    rate = "9%/year"
"""


def test_each_lender_has_its_rows_in_the_wide_csv(project):
    """Interest of each adds up to the total; a covenant's headroom stands beside the months in which it is tested."""
    head, *body = (line.split(",") for line in wide_csv(project(TWO)).splitlines())
    loan = "first_loan_of_the_national_bank"
    at = {name: n for n, name in enumerate(head)}
    for row in (*(f"{loan}.{r}" for r in ("drawn", "interest", "principal", "fees", "balance")), f"{loan}.one.tested"):
        assert row in at
    assert [f"line.{r}" in at for r in ("draw", "interest", "repayment", "fees", "balance")] == [True] * 5
    for month in body:
        owed = float(month[at[f"{loan}.balance"]]) + float(month[at["line.balance"]])
        assert owed == float(month[at["total.debt"]])
        interest = float(month[at[f"{loan}.interest"]]) + float(month[at["line.interest"]])
        assert interest == pytest.approx(float(month[at["total.loan_interest"]]))
    assert [month[at[f"{loan}.one.tested"]] for month in body] == ["0", "1", "1", "1", "0", "0"]


def test_long_titles_are_whole_and_the_proceeds_foot(project):
    projection = project(TWO)
    text = page(projection, show="covenants,proceeds")
    for section, head in (("COVENANTS", "lowest headroom"), ("USE OF PROCEEDS", "came in")):
        table = text[text.index(f"  {section}") :].split("\n\n")[0].splitlines()
        labels = " ".join(line[: table[0].index(head)].strip() for line in table)
        whole = labels if section != "COVENANTS" else " ".join(" ".join(table).split())  # there it is over the columns
        assert whole.count("Loan from the First National Bank, tranche A") == 1
        if section == "COVENANTS":
            assert "Minimum liquidity at every month end" in labels
            assert "Minimum liquidity at every quarter end" in labels
    for word in ("opening cash", "receipts")[: 1 + any(p.address == "receipts" for p in projection.proceeds)]:
        assert f"  {word}" in text.split("USE OF PROCEEDS")[1]
    assert sum(p.left for p in projection.proceeds) == pytest.approx(projection.rows["cash"][-1])


def test_a_small_gap_is_not_told_as_none():
    rung = runway.project("venture-debt").runway[1]
    assert 0 < rung.funding_gap < 50_000
    line = next(line for line in page(runway.project("venture-debt")).splitlines() if "+ certain" in line)
    assert line.endswith("0.04")


def test_headroom_is_in_the_unit_of_the_report_where_it_is_money_and_else_a_number(tmp_path):
    """Cash of 2.5M against 2M: half a million; debt of 1M is 0.4 times that cash: 0.6 below 1."""
    text = """
    [model]
    name         = "Two covenants"
    start        = "2026-01"
    months       = 3
    opening_cash = "2.5M"

    [funding.old_loan]
    kind            = "loan"
    date            = "2025-01-01"
    amount          = "1M"
    opening_balance = "1M"
    rate            = "0%/year"
    term            = "10 years"
    repayment       = "bullet"
    [[funding.old_loan.covenants]]
    name    = "liquidity"
    require = "cash >= 2_000_000"
    [[funding.old_loan.covenants]]
    name    = "leverage"
    require = "total.debt / max(cash, 1) <= 1"
    """
    file = tmp_path / "two.toml"
    file.write_text(dedent(text), encoding="utf-8")
    projection = runway.project(str(file))
    assert [(c.unit, c.headroom) for c in projection.covenants] == [("money", 500_000.0), ("number", 0.6)]
    shown = page(projection, show="covenants").splitlines()
    assert [line.split()[1] for line in shown if line.startswith(("    liquidity", "    leverage"))] == ["500", "0.6"]
