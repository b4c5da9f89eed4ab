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


@pytest.mark.proof
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


NOTES = [
    (on, by, count) for on in ("2023-12-31", "2024-02-29", "2025-03-05") for by in COMPOUNDING for count in DAY_COUNTS
]


@pytest.fixture(scope="module")
def notes(load: Load) -> dict[str, list[float]]:
    """The rows of a company with a note of each issue day, compounding and day count: `n0`, `n1` and so on."""
    return rows_of(load, "".join(
        f'[funding.n{n}]\nkind = "convertible_note"\namount = 1_000_000\ndate = "{on}"\nrate = "7%/year"\n'
        f'compounding = "{compounding}"\nday_count = "{day_count}"\n'
        for n, (on, compounding, day_count) in enumerate(NOTES)
    ), 40)  # fmt: skip


@pytest.mark.parametrize(("on", "compounding", "day_count"), NOTES)
def test_a_note_accrues_as_the_cap_table_reckons(notes: Any, on: str, compounding: Any, day_count: Any) -> None:
    """Its interest at the end of each month is what the register gives on that day, by every day count."""
    accrued = notes[f"n{NOTES.index((on, compounding, day_count))}.accrued_so_far"]
    issued = date.fromisoformat(on)
    for t in range(40):
        if (end := last_day(2025 * 12 + t)) > issued:
            exact = interest(Fraction(1_000_000), Fraction(7, 100), issued, end, compounding, day_count)
            assert accrued[t] == pytest.approx(float(exact), abs=0.05), end  # daily by act/act within cents


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


# Bills ahead ------------------------------------------------------------------------------------------------------


def test_s10_prepaid_insurance(load: Load) -> None:
    """getclosekit.com, what account is prepaid insurance: 6,000 on 1 July for a year are 500 a month, 0 after June."""
    rows = rows_of(load, """
        [costs.insurance]
        kind = "recurring"
        amount = "6000/year"
        billed = "yearly"
        start = "2025-07-01"
        end = "2026-06-30"
        opening_prepaid = 0
        """, 20)  # fmt: skip
    assert rows["insurance.cost"] == [0] * 6 + [500] * 12 + [0, 0]
    assert rows["insurance.prepaid"] == [0] * 6 + [6_000 - 500 * n for n in range(1, 13)] + [0, 0]
    assert rows["total.prepaid"][11] == 3_000
    assert [-flow for flow in rows["insurance.cash"]] == [0] * 6 + [6_000] + [0] * 13
    assert rows["net_burn"][6] == 6_000
    assert rows["net_loss"][6] == 500


def test_s6_deferred_revenue(load: Load) -> None:
    """xendoo.com, how to track deferred revenue: 6,000 a year are 500 a month, 5,500 are left after the first."""
    text = '[revenue.plan]\nkind = "recurring"\namount = "6000/year"\nbilled = "yearly"\nopening_deferred = 0\n'
    rows = rows_of(load, text + 'start = "2025-01"\n', 12)
    assert (rows["plan.revenue"], rows["total.deferred"]) == ([500] * 12, [6_000 - 500 * n for n in range(1, 13)])


@pytest.mark.parametrize(("billed", "months"), [("6 months", 6), ("2 years", 24), ("5 months", 5), ("quarter", 3)])
@pytest.mark.parametrize("section", ["revenue", "costs"])
def test_a_bill_of_any_number_of_months(load: Load, billed: str, months: int, section: str) -> None:
    """100 a month, billed so many months ahead from 1 February: the bill, and what is left of it at a month's end."""
    field = {"revenue": "opening_deferred", "costs": "opening_prepaid"}[section]
    rows = rows_of(load, f"""
        [{section}.plan]
        kind = "recurring"
        amount = "100/month"
        billed = "{billed}"
        start = "2025-02-01"
        {field} = 0
        """, 30)  # fmt: skip
    sign, main, balance = (1, "revenue", "deferred") if section == "revenue" else (-1, "cost", "prepaid")
    due = [t >= 1 and (t - 1) % months == 0 for t in range(30)]
    assert rows["plan.cash"] == [sign * 100 * months if now else 0 for now in due]
    assert rows[f"plan.{main}"] == [0] + [100] * 29
    left = [0] + [100 * (months - 1 - (t - 1) % months) for t in range(1, 30)]
    assert rows[f"plan.{balance}"] == pytest.approx(left, abs=0.005)


def test_a_yearly_bill_of_a_month_and_one_paid_late(load: Load) -> None:
    """A licence of 1,200 comes each March, 200 of the last one are left; the tax on it is paid 31 days later."""
    rows = rows_of(load, """
        [costs.licence]
        kind = "recurring"
        amount = "100/month"
        billed = "yearly"
        month = 3
        opening_prepaid = 200
        paid_after = "1 month"
        opening_payable = 0
        """, 16)  # fmt: skip
    assert rows["licence.cost"] == [100] * 16
    assert [t for t, flow in enumerate(rows["licence.cash"]) if flow] == [3, 15]
    assert rows["total.payable"][2] == 1_200


def test_customers_who_pay_for_two_years(load: Load) -> None:
    """24 customers whose contracts renew evenly: one bill of 240 a month, and 11.5 months of revenue are deferred."""
    rows = rows_of(load, """
        [revenue.plan]
        kind = "subscription"
        opening = 24
        churn = "0%/month"
        price = "10/month"
        billed = "2 years"
        opening_deferred = 2760
        """, 30)  # fmt: skip
    assert rows["plan.cash"] == rows["plan.revenue"] == [240] * 30
    assert rows["total.deferred"] == pytest.approx([2_760] * 30)


# Published statements ---------------------------------------------------------------------------------------------

NOTHING = COMPANY.replace("opening_cash = 1000", "opening_cash = 0")


@pytest.mark.parametrize(
    ("revenue", "rent", "used", "prepaid", "first"),
    [(26_800, 18_600, 17_050, 1_550, 2), (20_400, 13_800, 12_650, 1_150, 2)],
)
def test_a_first_year_with_rent_paid_ahead(
    load: Load, revenue: int, rent: int, used: int, prepaid: int, first: int
) -> None:
    """Life, Inc. (partnerperformance.uonbi.ac.ke, 17980529), and with other figures (box.aldusleaf.org, 14849724).

    Services for cash; a year's rent paid on 1 February: income statement, balance sheet and cash flow of the year.
    """
    rows = every(load(NOTHING.format(months=12) + f"""
        [revenue.services]
        kind = "one_off"
        amount = {revenue}
        date = "2025-06-30"
        [costs.rent]
        kind = "recurring"
        amount = "{rent}/year"
        billed = "yearly"
        start = "2025-0{first}-01"
        opening_prepaid = 0
        """))  # fmt: skip
    assert sum(rows["total.costs"]) == pytest.approx(used)
    assert sum(rows["net_income"]) == pytest.approx(revenue - used)
    assert (rows["total.prepaid"][-1], rows["cash"][-1]) == (prepaid, revenue - rent)
    assert rows["sheet.assets"][-1] == pytest.approx(rows["sheet.equity"][-1]) == pytest.approx(revenue - used)
    assert (sum(rows["cash.from_prepaid"]), sum(rows["cash.operating"])) == (-prepaid, revenue - rent)


def test_walnut_enterprises(load: Load) -> None:
    """smartsolve.ai, Walnut Enterprises, year 1: revenue 120,000, costs 70,500, a note of 42,500 with nine months of
    interest at 6 % (1,912.50, printed as 1,913), sales tax of 1,400 still held."""
    rows = every(load(NOTHING.format(months=12) + """
        [revenue.sales]
        kind = "recurring"
        amount = "10000/month"
        [costs.operations]
        kind = "recurring"
        amount = "5875/month"
        [passthrough.sales_tax]
        kind = "formula"
        formula = "1400 if t == 11 else 0"
        [funding.note]
        kind = "convertible_note"
        amount = 42_500
        date = "2025-04-01"
        rate = "6%/year"
        day_count = "30/360"
        """))  # fmt: skip
    assert sum(rows["net_income"]) == pytest.approx(47_587, abs=0.51)
    assert (rows["cash"][-1], rows["sheet.assets"][-1], rows["total.held"][-1]) == (93_400, 93_400, 1_400)
    assert rows["total.notes"][-1] == pytest.approx(42_500 + 1_913, abs=0.51)
    assert rows["sheet.liabilities"][-1] == pytest.approx(45_813, abs=0.51)
    assert (sum(rows["cash.operating"]), sum(rows["cash.financing"])) == (50_900, 42_500)


def test_a_company_that_buys_land_borrows_and_pays_a_dividend(load: Load) -> None:
    """smartsolve.ai (4a52ae5b2c): stock 30,000, land 12,000, borrowed 10,000, services 20,000, costs 1,000 and 15,000,
    a dividend of 2,000."""
    rows = every(load(NOTHING.format(months=12) + """
        [revenue.services]
        kind = "one_off"
        amount = 20_000
        date = "2025-06-30"
        [costs.utilities]
        kind = "one_off"
        amount = 1_000
        date = "2025-07-31"
        [costs.other]
        kind = "one_off"
        amount = 15_000
        date = "2025-08-31"
        [capital.land]
        kind = "one_off"
        amount = 12_000
        date = "2025-02-15"
        [funding.stock]
        kind = "priced_round"
        valuation = { value = 100_000, basis = "pre_money" }
        [[funding.stock.closings]]
        name = "only"
        date = "2025-01-02"
        amount = 30_000
        [funding.bank]
        kind = "loan"
        amount = 10_000
        date = "2025-03-01"
        rate = "0%/year"
        term = "36 months"
        repayment = "bullet"
        dividend = 2_000
        """))  # fmt: skip
    assert (sum(rows["total.revenue"]), sum(rows["total.costs"]), sum(rows["net_income"])) == (20_000, 16_000, 4_000)
    last = {row: values[-1] for row, values in rows.items()}
    assert (last["cash"], last["total.fixed_assets"], last["sheet.assets"]) == (30_000, 12_000, 42_000)
    assert (last["total.debt_net"], last["equity.paid_in"], last["equity.retained"]) == (10_000, 30_000, 2_000)
    flows = [sum(rows[f"cash.{activity}"]) for activity in ("operating", "investing", "financing")]
    assert flows == [4_000, -12_000, 38_000]
