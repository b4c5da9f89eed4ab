"""ARR, survival's growth and its expenses are of average months: neither days nor yearly bills move them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from runway.answers.projection import Projection

Project = Callable[..., Projection]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

MODEL = """
[model]
name = "x"
currency = "USD"
start = "{start}"
months = 36
opening_cash = 120_000
"""
STARTS = [f"2026-{month:02d}" for month in range(1, 13)]


def company(*tables: str, start: str = "2026-01") -> str:
    return MODEL.format(start=start) + "\n".join(tables)


def sales(price: str, more: str = "") -> str:
    return f'[revenue.s]\nkind = "subscription"\nopening = 10\nchurn = "0%/month"\nprice = "{price}"\n{more}'


# ARR --------------------------------------------------------------------------------------------------------------

A_YEAR = [("$30/day", 3650 * 30), ("$7/week", 3650), ("$100/month", 12_000), ("$300/quarter", 12_000)]


@pytest.mark.parametrize(("price", "arr"), A_YEAR)
@pytest.mark.parametrize(
    "more", ["", 'billed = "yearly"\nopening_deferred = 0', 'billed = "quarterly"\nopening_deferred = 0']
)
def test_arr_is_a_year_of_the_price(rows: Rows, price: str, arr: float, more: str) -> None:
    assert rows(company(sales(price, more)))["total.arr"] == pytest.approx([arr] * 36, abs=0.01)


@pytest.mark.parametrize(("price", "arr"), A_YEAR)
def test_arr_of_a_recurring_line_is_its_pace_at_the_month_s_end(rows: Rows, price: str, arr: float) -> None:
    fields = f'kind = "recurring"\namount = "{price}"\nrecurring = true\nstart = "2026-03-16"\nend = "2026-08-15"'
    rows = rows(company(f"[revenue.r]\n{fields}"))
    assert rows["total.arr"] == pytest.approx([0, 0, *[arr / 10] * 5, *[0] * 29], abs=0.01)


def test_arr_of_a_formula_of_days_and_of_what_reads_it(rows: Rows) -> None:
    users = '[drivers.calls]\nformula = "40 * days"\n'
    usage = '[revenue.u]\nkind = "usage"\nvolume = "calls"\nprice = 2\nrecurring = true\n'
    share = '[revenue.p]\nkind = "percent_of"\nof = "u"\nshare = "50%"\nrecurring = true\n'
    rows = rows(company(users, usage, share))
    assert rows["total.arr"] == pytest.approx([1.5 * 365 * 80] * 36)
    assert rows["u.revenue"][:2] == (31 * 80, 28 * 80)


def test_arr_of_a_schedule_of_prices_by_the_day_and_the_month(rows: Rows) -> None:
    price = '{ "2026-01" = "$2/day", "2026-03" = "$90/month" }'
    text = company(sales("$1/day")).replace('"$1/day"', price)
    assert rows(text)["total.arr"][:4] == pytest.approx([7300, 7300, 10_800, 10_800])


def test_a_bill_of_revenue_is_a_year_of_it(rows: Rows) -> None:
    fields = 'kind = "recurring"\namount = "12k/year"\nevery = "year"\nmonth = 6\nrecurring = true'
    assert set(rows(company(f"[revenue.r]\n{fields}"))["total.arr"]) == {12_000}


@pytest.mark.parametrize(("rest", "bills"), [(2, 1), (1, 0)])
def test_a_bill_of_a_month_of_the_year_and_of_a_rest_is_looked_for_in_both(rows: Rows, rest: int, bills: int) -> None:
    """March of a year from January on is month 2 of the model, whose rest of 3 is 2."""
    bill = f"1200 if month == 3 and mod(t, 3) == {rest} else 0"
    found = rows(company(f'[revenue.r]\nkind = "formula"\nformula = "{bill}"\nrecurring = true\n'))
    assert set(found["total.arr"]) == {1200.0 * bills}


# Survival ---------------------------------------------------------------------------------------------------------

RENT = '[costs.rent]\nkind = "recurring"\namount = "40k/month"\n'


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("growth", "customers"), [(0.0, 1000), (0.04, 1100)])
def test_growth_does_not_follow_the_length_of_months(
    project: Project, start: str, growth: float, customers: int
) -> None:
    more = f'acquisition = "{growth:.0%}/month"'
    text = company(sales("$1/day", more).replace("opening = 10", f"opening = {customers}"), RENT, start=start)
    survival = project(text).survival
    assert survival.growth == pytest.approx(growth, abs=1e-6)
    assert survival.alive is (growth > 0)
    assert survival.expenses == 40_000


@pytest.mark.parametrize("start", STARTS)
def test_a_cost_by_the_day_is_held_at_an_average_month(project: Project, start: str) -> None:
    cost = '[costs.c]\nkind = "recurring"\namount = "12/day"\n'
    assert project(company(cost, start=start)).survival.expenses == 365


def test_a_line_that_begins_within_the_window_does_not_grow_by_its_part_month(project: Project) -> None:
    line = '[revenue.r]\nkind = "recurring"\namount = "10k/month"\nstart = "2026-01-16"\n'
    assert project(company(line, RENT)).survival.growth == 0


LICENCES = [  # 60,000 each January, or a part of it each quarter; 1,000 a month beside it
    'kind = "recurring"\namount = "60k/year"\nevery = "year"\nmonth = 1',
    'kind = "recurring"\namount = "60k/year"\nevery = "year"\nstart = "2020-01-25"',
    'kind = "recurring"\namount = "60k/year"\nevery = "quarter"\nmonth = 2',
    'kind = "recurring"\namount = "60k/year"\nevery = "2 years"\nstart = "2021-11-25"',
    'kind = "formula"\nformula = "60_000 if month == 1 else 0"',
    'kind = "formula"\nformula = "60_000 * (month == 1)"',
    'kind = "formula"\nformula = "15_000 if mod(month, 3) == 1 else 0"',
    'kind = "formula"\nformula = "30_000 if month == 5 or month == 11 else 0"',
    'kind = "formula"\nformula = "fee if mod(t, 12) == 7 else 0"\nfee = 60_000',
    'kind = "formula"\nformula = "20_000 if mod(t, 12) == 8 or mod(month, 6) == 1 else 0"',
    'kind = "usage"\nvolume = "6 if month == 10 else 0"\nprice = "10k"',
]


@pytest.mark.parametrize("section", ["costs", "capital"])
@pytest.mark.parametrize("start", ["2026-01", "2026-04", "2026-12"])
@pytest.mark.parametrize("licence", LICENCES)
def test_a_bill_of_a_year_is_held_as_a_twelfth(project: Project, licence: str, start: str, section: str) -> None:
    """120,000 a year come in and 72,000 go out."""
    revenue = '[revenue.r]\nkind = "recurring"\namount = "10k/month"\n'
    rest = '[costs.rest]\nkind = "recurring"\namount = "1000/month"\n'
    survival = project(company(revenue, rest, f"[{section}.licence]\n{licence}\n", start=start)).survival
    assert survival.expenses == pytest.approx(6000, abs=0.01)
    assert survival.alive is True


@pytest.mark.parametrize(("to", "held"), [("2026-01-31", 6000), ("2026-12-31", 6000), ("2028-12-31", 2000)])
def test_an_amount_that_is_spread_is_held_as_over_a_year(project: Project, to: str, held: float) -> None:
    """72,000 over a week, a year or three years."""
    spread = f'[capital.x]\nkind = "spread"\namount = 72_000\nfrom = "2026-01-25"\nto = "{to}"\n'
    spread = spread.replace("01-25", "01-01") if held == 2000 or to.endswith("12-31") else spread
    assert project(company(spread)).survival.expenses == pytest.approx(held)


@pytest.mark.parametrize(
    ("formula", "held"),
    [
        ("fee if t == 0 else 0", 0.0),  # it never recurs
        ("fee * (1 + 0.1) ** t", 600 * 1.21),  # held at the highest of the window
        ("0.5 * total.revenue", 0.5 * 365 / 12 * 100),
        ("0.5 * prev(s.revenue) + 0 * days", 0.5 * 31 * 100),  # what looks back is as it was
    ],
)
def test_other_formulas(project: Project, formula: str, held: float) -> None:
    cost = f'[costs.c]\nkind = "formula"\nformula = "{formula}"\nfee = 600\n'
    assert project(company(sales("$10/day"), cost)).survival.expenses == pytest.approx(held, abs=0.01)


@pytest.mark.parametrize("billed", ["", 'billed = "yearly"\nopening_deferred = 0'])
def test_a_lever_on_revenue_acts_on_its_pace_too(rows: Rows, billed: str) -> None:
    """Ten customers at 100 a month are 12,000 a year, at half of all revenue 6,000, billed ahead or not."""
    rows = rows(company(sales("$100/month", billed)), set={"levers.revenue": 0.5})
    assert rows["total.arr"] == pytest.approx([6_000] * 36)
