"""The three statements as rows: they tie to the minor unit, and each item stands where practice puts it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import Company, companies, day, few, money, share

import runway
from runway.answers.project import check_identities
from runway.engine.ladder import LADDER
from runway.engine.run import Engine
from runway.months import last_day
from runway.ownership.accrual import interest
from runway.program.identities import identities

Load = Callable[..., Any]

BUNDLED = ("lemonade", "saas-startup", "saas-startup-actuals", "venture-debt", "openai-2025", "openai-2024")


def every(plan: Any, overrides: dict[str, float] | None = None) -> dict[str, list[float]]:
    """Every row of a run, whose identities hold, those of the statements among them."""
    rows = Engine(plan.program, plan.model.document, whole=True).run(overrides)
    held = identities(plan.model, rows)
    assert "sheet_balances" in {identity.name for identity in held}
    check_identities(held, rows, plan.program)
    return rows


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_model_and_scenario_ties(name: str) -> None:
    for scenario in ("base", *runway.load(name).model.scenarios):
        plan = runway.load(name, scenario=scenario)
        for counting in LADDER:
            every(plan, dict(counting.overrides))


COMPOUNDING = ("simple", "yearly", "half_yearly", "quarterly", "monthly", "daily")
DAY_COUNTS = ("act/365", "act/360", "act/act", "30/360", "30/360 isda", "30e/360", "30e/360 german", "nl/365")


@st.composite
def further(draw: st.DrawFn, months: int) -> str:
    """What the random companies of other tests have not: notes, SAFEs, warrants, stock pay, an opening sheet."""
    parts = []
    if draw(st.booleans()):
        terms = draw(st.sampled_from(['at_maturity = "repaid"', 'at_maturity = "stays"', ""]))
        on, maturity = sorted((draw(day(months)), draw(day(months))))
        more = f'maturity = "{maturity}"\n{terms}\n' if terms and maturity >= "2025-01" else ""
        if "repaid" not in more:
            more += f'compounding = "{draw(st.sampled_from(COMPOUNDING))}"\n'
            more += f'day_count = "{draw(st.sampled_from(DAY_COUNTS))}"\n'
        if draw(st.booleans()):
            more += f"qualified = {draw(money())}\n"
        parts.append(f'[funding.n0]\nkind = "convertible_note"\namount = {draw(money(1))}\ndate = "{on}"\n'
                     f'rate = "{draw(st.integers(0, 20))}%/year"\n{more}')  # fmt: skip
    for n in range(draw(st.integers(0, 2))):
        parts.append(f'[funding.s{n}]\nkind = "safe"\namount = {draw(money(1))}\ndate = "{draw(day(months))}"\n')
    if draw(st.booleans()):
        parts.append('[funding.w0]\nkind = "loan"\namount = 9000\ndate = "2025-02-14"\nrate = "9%/year"\n'
                     'term = "9 months"\nrepayment = "level_principal"\nfee = "2%"\nend_fee = 50\n'
                     f'dividend = "{draw(share())}"\n'
                     f"warrants = {{ shares = 100, strike = 1, fair_value = {draw(money(1))} }}\n")  # fmt: skip
    if draw(st.booleans()):
        parts.append(f'[costs.options]\nkind = "recurring"\namount = "{draw(money())}/month"\nnon_cash = true\n'
                     'cost_of = "revenue"\n')  # fmt: skip
    if draw(st.booleans()):
        stated = [
            f"{key} = {draw(money())}" for key in ("fixed_assets", "other_assets", "other_liabilities", "paid_in")
        ]
        parts.append("\n".join(["[opening_balance]", 'written_off_over = "7 months"', *stated, ""]))
    if draw(st.booleans()):
        parts.append(f'[passthrough.deposit]\nkind = "formula"\nformula = "take * mod(t, 3) - 2 * take"\n'
                     f"take = {draw(money())}\nopening_held = {draw(money())}\n")  # fmt: skip
    return "\n".join(parts)


@st.composite
def whole_companies(draw: st.DrawFn) -> tuple[Company, str]:
    company = draw(companies(("USD", "JPY", "KWD")))
    return company, draw(further(12))


@few(max_examples=120)
@given(drawn=whole_companies(), safes=st.sampled_from(["equity", "liability"]), rung=st.integers(0, 3))
def test_assets_are_liabilities_and_equity_in_every_month(
    load: Load, drawn: tuple[Company, str], safes: str, rung: int
) -> None:
    company, more = drawn
    text = company.text(more=more).replace("[model]\n", f'[model]\nsafes = "{safes}"\n', 1)
    every(load(text), dict(LADDER[rung].overrides))


# Each item where practice puts it ---------------------------------------------------------------------------------

COMPANY = """
[model]
name = "x"
start = "2025-01"
months = {months}
opening_cash = 1000
"""


def rows_of(load: Load, text: str, months: int = 6) -> dict[str, list[float]]:
    return every(load(COMPANY.format(months=months) + text))


@pytest.mark.parametrize("compounding", COMPOUNDING)
@pytest.mark.parametrize("day_count", DAY_COUNTS)
@pytest.mark.parametrize("on", ["2023-12-31", "2024-02-29", "2025-03-05"])
def test_a_note_accrues_as_the_cap_table_reckons(load: Load, compounding: Any, day_count: Any, on: str) -> None:
    """Its interest at the end of each month is what the register gives on that day, by every day count."""
    terms = f'date = "{on}"\nrate = "7%/year"\ncompounding = "{compounding}"\nday_count = "{day_count}"\n'
    rows = rows_of(load, '[funding.n]\nkind = "convertible_note"\namount = 1_000_000\n' + terms, 40)
    issued = date.fromisoformat(on)
    for t in range(40):
        if (end := last_day(2025 * 12 + t)) > issued:
            exact = interest(Fraction(1_000_000), Fraction(7, 100), issued, end, compounding, day_count)
            assert rows["n.accrued_so_far"][t] == pytest.approx(float(exact), abs=0.05), (
                end
            )  # daily by act/act within cents


def test_a_note_turns_into_paid_in_capital_with_its_interest(load: Load) -> None:
    """36,500 at 10 % from 1 January: 10 a day; the round of 11 April takes 37,500 of debt into paid-in capital."""
    rows = rows_of(load, """
        [funding.n]
        kind = "convertible_note"
        amount = 36_500
        date = "2025-01-01"
        rate = "10%/year"
        [funding.a]
        kind = "priced_round"
        valuation = { value = 1_000_000, basis = "pre_money" }
        [[funding.a.closings]]
        name = "only"
        date = "2025-04-11"
        amount = 50_000
        """)  # fmt: skip
    assert rows["total.notes"] == [36_800, 37_080, 37_390, 0, 0, 0]
    assert rows["equity.paid_in"] == [0, 0, 0, 87_500, 87_500, 87_500]
    assert rows["net_income"] == [-300, -280, -310, -110, 0, 0]
    assert rows["equity.retained"][-1] == -1_000
    assert rows["burn_bridge.debt_timing"] == [-300, -280, -310, -110, 0, 0]


@pytest.mark.parametrize(("safes", "liabilities", "equity"), [("equity", 0, 1_500), ("liability", 500, 1_000)])
def test_safes_stand_where_the_file_says(load: Load, safes: str, liabilities: float, equity: float) -> None:
    text = '[funding.s]\nkind = "safe"\namount = 500\ndate = "2025-01-10"\n'
    rows = every(load(COMPANY.format(months=2) + f'safes = "{safes}"\n' + text))
    assert rows["total.safes"] == [500, 500]
    assert (rows["sheet.liabilities"][-1], rows["sheet.equity"][-1]) == (liabilities, equity)


def test_stock_pay_is_a_cost_and_paid_in_capital(load: Load) -> None:
    text = '[costs.options]\nkind = "recurring"\namount = "100/month"\nnon_cash = true\n'
    rows = rows_of(load, text)
    assert rows["ebitda"] == [-100] * 6
    assert rows["equity.paid_in"] == [100 * n for n in range(1, 7)]
    assert rows["cash.operating"] == [0] * 6
    assert rows["total.non_cash"] == [100] * 6


@pytest.mark.parametrize("taxable", ["true", "false"])
def test_a_grant_is_income_when_it_comes(load: Load, taxable: str) -> None:
    text = f'[funding.g]\nkind = "grant"\namount = 400\ndate = "2025-02-10"\ntaxable = {taxable}\n'
    rows = rows_of(load, text + '[tax]\nrate = "25%"\n')
    charge = 100 if taxable == "true" else 0
    assert rows["profit_before_tax"] == [0, 400, 0, 0, 0, 0]
    assert rows["net_income"] == [0, 400 - charge, 0, 0, 0, 0]
    assert rows["total.tax_payable"] == [0, charge, 0, 0, 0, 0]
    assert rows["cash.operating"][1] == 400


def test_s11_a_loan_with_detachable_warrants(load: Load) -> None:
    """accountingtools.com, detachable warrant accounting: 1,000,000 for a loan worth 900,000 and warrants of 300,000.

    By relative fair values 750,000 are debt and 250,000 paid-in capital; the discount is charged over the ten months.
    """
    rows = rows_of(load, """
        [funding.loan]
        kind = "loan"
        amount = 1_000_000
        date = "2025-01-31"
        rate = "0%/year"
        term = "10 months"
        repayment = "bullet"
        warrants = { shares = 10, strike = 1, fair_value = 300_000, loan_value = 900_000 }
        """, 12)  # fmt: skip
    assert (rows["total.debt_net"][0], rows["equity.paid_in"][0]) == (750_000, 250_000)
    assert rows["total.debt_net"][9] == 975_000
    assert rows["total.debt_net"][10] == rows["total.debt"][10] == 0
    assert rows["equity.retained"][-1] == -250_000


def test_the_fee_of_a_loan_is_charged_over_its_term(load: Load) -> None:
    """1 % and 3 % of 12,000 over 12 months from the last day of January: 10 and 30 a month, and interest as it runs."""
    rows = rows_of(load, """
        [funding.loan]
        kind = "loan"
        amount = 12_000
        date = "2025-01-31"
        rate = "12%/year"
        term = "12 months"
        repayment = "bullet"
        fee = "1%"
        end_fee = "3%"
        """, 14)  # fmt: skip
    assert rows["total.financing_cost"] == [0, *[120 + 10 + 30] * 12, 0]
    assert rows["total.debt_net"] == [12_000 - 120 + 40 * n for n in range(12)] + [0, 0]
    assert rows["cash.financing"] == [11_880, *[0] * 11, -12_360, 0]
    assert rows["cash.operating"] == [0, *[-120] * 12, 0]


def test_what_an_older_loan_has_accrued_is_in_the_opening_sheet(load: Load) -> None:
    """Drawn on 15 October, 12 % on 12,000: 16 of 31 days of 120 have accrued when the year begins."""
    rows = rows_of(load, """
        [funding.loan]
        kind = "loan"
        amount = 12_000
        opening_balance = 12_000
        date = "2024-10-15"
        rate = "12%/year"
        term = "10 months"
        repayment = "bullet"
        """, 9)  # fmt: skip
    assert rows["opening_equity"][0] == pytest.approx(1_000 - 12_000 - 120 * 16 / 31, abs=0.005)
    assert sum(rows["total.financing_cost"]) == pytest.approx(8 * 120 - 120 * 16 / 31, abs=0.005)


def test_vat_is_held_for_others(load: Load) -> None:
    text = (
        '[passthrough.vat]\nkind = "formula"\nformula = "30 if t < 2 else -100 if t == 2 else 0"\nopening_held = 20\n'
    )
    rows = rows_of(load, text, 4)
    assert rows["vat.held"] == [50, 80, -20, -20]
    assert (rows["total.held"], rows["total.deposits"]) == ([50, 80, 0, 0], [0, 0, 20, 20])
    assert rows["opening_equity"] == [980] * 4


def test_gross_profit_of_a_line_and_of_all(load: Load) -> None:
    rows = rows_of(load, """
        [revenue.app]
        kind = "recurring"
        amount = "500/month"
        [revenue.work]
        kind = "recurring"
        amount = "300/month"
        [costs.hosting]
        kind = "percent_of"
        of = "app"
        share = "20%"
        cost_of = "app"
        [costs.support]
        kind = "recurring"
        amount = "50/month"
        cost_of = "revenue"
        [costs.rent]
        kind = "recurring"
        amount = "70/month"
        [capital.desk]
        kind = "one_off"
        amount = 240
        date = "2025-01-01"
        written_off_over = "24 months"
        """, 2)  # fmt: skip
    assert (rows["gross_profit"], rows["app.gross_profit"]) == ([650, 650], [400, 400])
    assert (rows["ebitda"], rows["operating_profit"], rows["net_income"]) == ([580] * 2, [570] * 2, [570] * 2)
    assert rows["total.fixed_assets"] == [230, 220]


def test_an_opening_sheet_that_is_stated_whole(load: Load) -> None:
    text = """
        [opening_balance]
        fixed_assets = 600
        written_off_over = "6 months"
        other_assets = 50
        other_liabilities = 150
        paid_in = 2_000
        retained = -500
        """
    rows = rows_of(load, text, 7)
    assert rows["opening_equity"] == [0] * 7
    assert rows["total.fixed_assets"] == [500, 400, 300, 200, 100, 0, 0]
    assert rows["equity.retained"] == [-600, -700, -800, -900, -1000, -1100, -1100]
    assert rows["equity.paid_in"] == [2_000] * 7
    with pytest.raises(runway.errors.InputError, match=r"liabilities and equity are 100\.00 more than assets"):
        load(COMPANY.format(months=2) + text.replace("-500", "-400"))
