"""`recurring`: money that flows every month, growing, between two dates, billed as it falls or ahead."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT

import runway

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

THREE_YEARS = """
[model]
name = "x"
start = "2024-11"
months = 36
opening_cash = 0
"""
DAYS = [monthrange(2025, month)[1] for month in range(1, 13)]


def rent(rows: Rows, fields: str, model: str = "") -> tuple[float, ...]:
    return rows(f"""
        [costs.rent]
        kind = "recurring"
        {fields}
        {model}
        """)["rent.cost"]


def test_an_amount_is_the_same_each_month(rows: Rows) -> None:
    found = rows("""
        [costs.rent]
        kind = "recurring"
        amount = "$100/month"
        """)
    assert found["rent.cost"] == (100.0,) * 12
    assert found["rent.cash"] == found["cash.costs"] == found["net_cash_flow"] == (-100.0,) * 12
    assert found["cash"][-1] == 1_000_000 - 1200


def test_growth_begins_in_the_second_month(rows: Rows) -> None:
    found = rent(rows, 'amount = "$100/month"\ngrowth = "10%/month"')
    assert found == pytest.approx([100 * 1.1**t for t in range(12)], abs=CENT)


def test_growth_goes_on_from_the_unposted_amount(rows: Rows) -> None:
    """A cent that grows by half a per cent a month would stay a cent for ever if it were rounded first."""
    found = rent(rows, 'amount = "$0.01/month"\ngrowth = "10%/month"')
    assert found[4:9] == (0.01, 0.02, 0.02, 0.02, 0.02)
    assert found[11] == 0.03


def test_growth_by_the_year_compounds_by_the_month(rows: Rows) -> None:
    found = rent(rows, 'amount = "$1200/year"\ngrowth = "30%/year"', THREE_YEARS)
    assert found == pytest.approx([100 * 1.3 ** (t / 12) for t in range(36)], abs=CENT)


def test_shrinking(rows: Rows) -> None:
    found = rent(rows, 'amount = "$100/month"\ngrowth = "-50%/month"')
    assert found[:4] == (100.0, 50.0, 25.0, 12.5)


def test_growth_by_the_day_takes_each_month_s_days(rows: Rows) -> None:
    found = rent(rows, 'amount = "$100/month"\ngrowth = "0.1%/day"')
    grown = [100.0]
    for days in DAYS[1:]:
        grown.append(grown[-1] * 1.001**days)
    assert found == pytest.approx(grown, abs=CENT)


def test_a_yearly_step_comes_each_january(rows: Rows) -> None:
    found = rent(
        rows,
        """
        amount = "$100/month"
        growth = "3%/year"
        growth_step = "yearly"
        """,
        THREE_YEARS,
    )
    assert found == pytest.approx([100.0] * 2 + [103.0] * 12 + [106.09] * 12 + [109.27] * 10, abs=CENT)


def test_a_yearly_step_comes_in_a_month_of_its_own_or_with_the_financial_year(rows: Rows) -> None:
    fields = 'amount = "$100/month"\ngrowth = "3%/year"\ngrowth_step = "yearly"'
    expected = pytest.approx([100.0] * 5 + [103.0] * 12 + [106.09] * 12 + [109.27] * 7, abs=CENT)
    assert rent(rows, fields + "\ngrowth_month = 4", THREE_YEARS) == expected
    assert rent(rows, fields, THREE_YEARS + 'fiscal_year_end = "03"') == expected


def test_no_step_comes_in_the_first_month_though_it_is_a_january(rows: Rows) -> None:
    found = rent(
        rows,
        """
        amount = "$100/month"
        growth = "3%/year"
        growth_step = "yearly"
        """,
    )
    assert found == (100.0,) * 12


def test_a_line_that_starts_later_grows_from_its_own_first_month(rows: Rows) -> None:
    """From 1 March 2025; the first January that it lives through is that of 2026."""
    start = 'amount = "$100/month"\nstart = "2025-03"\n'
    monthly = rent(rows, start + 'growth = "1%/month"', THREE_YEARS)
    yearly = rent(rows, start + 'growth = "3%/year"\ngrowth_step = "yearly"', THREE_YEARS)
    assert monthly == pytest.approx([0.0] * 4 + [100 * 1.01**t for t in range(32)], abs=CENT)
    assert yearly == pytest.approx([0.0] * 4 + [100.0] * 10 + [103.0] * 12 + [106.09] * 10, abs=CENT)


def test_a_growth_that_changes_is_in_force_from_its_month_on(rows: Rows) -> None:
    growth = 'growth = { "2025-01" = "10%/month", "2025-04" = "0%/month", "2025-06" = "-50%/month" }'
    found = rent(rows, f'amount = "$100/month"\n{growth}')
    assert found[:7] == (100.0, 110.0, 121.0, 121.0, 121.0, 60.5, 30.25)


def test_a_yearly_step_takes_the_rate_of_its_january(rows: Rows) -> None:
    growth = 'growth = { "2024-11" = "10%/year", "2025-06" = "20%/year" }\ngrowth_step = "yearly"'
    found = rent(rows, f'amount = "$100/month"\n{growth}', THREE_YEARS)
    assert found == pytest.approx([100.0] * 2 + [110.0] * 12 + [132.0] * 12 + [158.4] * 10, abs=CENT)


def test_a_new_amount_has_the_growth_of_its_month(rows: Rows) -> None:
    amount = 'amount = { "2025-01" = "$100/month", "2025-03" = "$200/month" }\ngrowth = "10%/month"'
    assert rent(rows, amount)[:4] == pytest.approx([100.0, 110.0, 242.0, 266.2], abs=CENT)


PART_MONTHS = [
    ('start = "2025-03-11"', [0, 0, 100 * 21 / 31] + [100] * 9),
    ('start = "2025-03-01"', [0, 0] + [100] * 10),
    ('start = "2025-02-28"', [0, 100 / 28] + [100] * 10),
    ('start = "2025-01-31"', [100 / 31] + [100] * 11),
    ('end = "2025-03-10"', [100, 100, 100 * 10 / 31] + [0] * 9),
    ('end = "2025-03-31"', [100] * 3 + [0] * 9),
    ('end = "2025-02"', [100] * 2 + [0] * 10),  # a month means its last day
    ('end = "2025-04-01"', [100] * 3 + [100 / 30] + [0] * 8),
    ('start = "2025-02-10"\nend = "2025-04-20"', [0, 100 * 19 / 28, 100, 100 * 20 / 30] + [0] * 8),
    ('start = "2025-03-05"\nend = "2025-03-09"', [0, 0, 100 * 5 / 31] + [0] * 9),
    ('start = "2025-03-05"\nend = "2025-03-05"', [0, 0, 100 / 31] + [0] * 9),
    ('start = "2024-06-15"', [100] * 12),
    ('end = "2024-06-15"', [0] * 12),
    ('start = "2026-06-15"', [0] * 12),
    ('start = "never"', [0] * 12),
    ('end = "never"', [100] * 12),
]


@pytest.mark.parametrize(("dates", "expected"), PART_MONTHS)
def test_a_part_month_takes_its_days_part(rows: Rows, dates: str, expected: list[float]) -> None:
    assert rent(rows, f'amount = "$100/month"\n{dates}') == pytest.approx(expected, abs=CENT)


def test_a_daily_amount_counts_the_days_between_its_dates(rows: Rows) -> None:
    found = rent(
        rows,
        """
        amount = "$7/day"
        start = "2025-02-10"
        end = "2025-04-20"
        """,
    )
    assert found[:5] == (0, 7 * 19, 7 * 31, 7 * 20, 0)


# Billed ahead -----------------------------------------------------------------------------------------------------


def licence(rows: Rows, fields: str) -> Mapping[str, tuple[float, ...]]:
    return rows(f"""
        [revenue.licence]
        kind = "recurring"
        {fields}
        """)


def test_billed_by_the_quarter(rows: Rows) -> None:
    found = licence(
        rows,
        """
        amount = "$100/month"
        billed = "quarterly"
        opening_deferred = 0
        """,
    )
    assert found["licence.billed"] == found["licence.cash"] == (300.0, 0.0, 0.0) * 4
    assert found["licence.deferred"] == (200.0, 100.0, 0.0) * 4
    assert found["licence.revenue"] == (100.0,) * 12


def test_billed_by_the_year_from_its_start_on(rows: Rows) -> None:
    found = licence(
        rows,
        """
        amount = "$1200/year"
        billed = "yearly"
        opening_deferred = 0
        start = "2025-05"
        """,
    )
    assert found["licence.billed"] == (0, 0, 0, 0, 1200, 0, 0, 0, 0, 0, 0, 0)
    assert found["licence.deferred"] == (0, 0, 0, 0, 1100, 1000, 900, 800, 700, 600, 500, 400)
    assert found["licence.revenue"] == (0, 0, 0, 0, 100, 100, 100, 100, 100, 100, 100, 100)


def test_what_was_billed_before_the_start_is_earned_to_its_next_bill(rows: Rows) -> None:
    """Billed in December for December to February; 200 of the 300 are still to be earned."""
    fields = """
        amount = "$100/month"
        billed = "quarterly"
        start = "2024-12"
        opening_deferred = 200
        """
    found = licence(rows, fields)
    assert found["licence.billed"] == (0, 0, 300) * 4
    assert found["licence.deferred"] == (100, 0, 200) * 4
    assert found["licence.revenue"] == (100.0,) * 12


def test_a_bill_has_the_price_of_its_month_to_its_end(rows: Rows) -> None:
    found = licence(
        rows,
        """
        amount = "$100/month"
        growth = "10%/month"
        billed = "quarterly"
        opening_deferred = 0
        """,
    )
    assert found["licence.billed"][:6] == pytest.approx([300, 0, 0, 399.3, 0, 0], abs=CENT)
    assert found["licence.revenue"][:6] == pytest.approx([100, 100, 100, 133.1, 133.1, 133.1], abs=2 * CENT)


def test_nothing_is_billed_or_earned_beyond_the_end(rows: Rows) -> None:
    fields = """
        amount = "$100/month"
        billed = "quarterly"
        opening_deferred = 0
        end = "2025-05-31"
        """
    found = licence(rows, fields)
    assert found["licence.billed"] == (300, 0, 0, 200) + (0,) * 8
    assert found["licence.revenue"] == (100,) * 5 + (0,) * 7
    assert found["licence.deferred"] == (200, 100, 0, 100) + (0,) * 8


def test_a_bill_is_collected_late_and_earned_month_by_month(rows: Rows) -> None:
    fields = """
        amount = "$310/month"
        billed = "yearly"
        opening_deferred = 0
        collected_after = "62 days"
        """
    found = licence(rows, fields + "opening_receivable = 0")
    assert found["licence.revenue"] == (310.0,) * 12
    assert found["licence.receivable"][:3] == (3720, 3720, 0)
    assert found["licence.cash"][:4] == (0, 0, 3720, 0)  # 62 days after 1 January is 4 March


MID_MONTH = [  # start, end, billed; the bills by month: months of a 1,000 each, part months by their days
    ("2025-01-16", "2025-12-15", "yearly", {0: 16 / 31 + 10 + 15 / 31}),
    ("2025-01-16", "2025-12-15", "quarterly", {0: 16 / 31 + 2.5, 3: 2.5 + 15 / 31, 6: 3, 9: 16 / 31 + 1 + 15 / 31}),
    ("2025-01-31", "2025-01-31", "quarterly", {0: 1 / 31}),
    ("2025-01-31", "2025-05-29", "quarterly", {0: 1 / 31 + 2 + 29 / 30, 3: 1 / 30 + 29 / 31}),  # 31 April is the 30th
    ("2025-02-10", "2025-05-09", "quarterly", {1: 19 / 28 + 2 + 9 / 31}),  # no bill on the day after its end
    ("2025-02-10", "2025-05-10", "quarterly", {1: 19 / 28 + 2 + 9 / 31, 4: 1 / 31}),
]


@pytest.mark.parametrize(("start", "end", "billed", "bills"), MID_MONTH)
def test_a_contract_from_day_to_day_earns_billed_what_it_earns_unbilled(
    rows: Rows, start: str, end: str, billed: str, bills: dict[int, float]
) -> None:
    dates = f'amount = "$12000/year"\nstart = "{start}"\nend = "{end}"\n'
    plain = licence(rows, dates)["licence.revenue"]
    found = licence(rows, f'{dates}billed = "{billed}"\nopening_deferred = 0')
    assert found["licence.billed"] == pytest.approx([1000 * bills.get(t, 0.0) for t in range(12)], abs=CENT)
    assert found["licence.revenue"] == pytest.approx(plain, abs=2 * CENT)
    assert sum(found["licence.cash"]) == pytest.approx(sum(plain), abs=2 * CENT)
    owed = 0.0
    for t in range(12):  # deferred is what is billed and not earned
        owed += found["licence.billed"][t] - found["licence.revenue"][t]
        assert found["licence.deferred"][t] == pytest.approx(owed, abs=CENT)
        assert found["licence.deferred"][t] >= 0


def test_a_price_by_the_day_is_billed_ahead_by_the_days_of_its_months(rows: Rows) -> None:
    found = licence(rows, 'amount = "$10/day"\nbilled = "quarterly"\nopening_deferred = 0')
    assert found["licence.billed"] == (900, 0, 0, 910, 0, 0, 920, 0, 0, 920, 0, 0)
    assert found["licence.revenue"] == tuple(10.0 * days for days in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31))


def test_what_was_billed_before_the_start_is_earned_to_the_day_of_the_next_bill(rows: Rows) -> None:
    """Billed on 15 November to 14 February; 1.5 months are left at the start, of which January is one."""
    dates = 'amount = "$100/month"\nstart = "2024-11-15"\nopening_deferred = 150\nbilled = "quarterly"'
    found = licence(rows, dates)
    assert found["licence.revenue"][:3] == pytest.approx([100, 100, 100], abs=CENT)
    assert found["licence.deferred"][0] == 50


# Bills of their own -----------------------------------------------------------------------------------------------


BILLS = [  # the fields; the months of the year (from 0) that have a bill, and what each is
    ('amount = "$1200/year"\nevery = "year"\nmonth = 3', {2: 1200}),
    ('amount = "$100/month"\nevery = "year"\nstart = "2023-03-25"', {2: 1200}),
    ('amount = "$1200/year"\nevery = "2 years"\nstart = "2023-03-25"', {2: 2400}),
    ('amount = "$1200/year"\nevery = "2 years"\nstart = "2024-03-25"', {}),
    ('amount = "$1200/year"\nevery = "quarter"\nmonth = 2', {1: 300, 4: 300, 7: 300, 10: 300}),
    ('amount = "$1200/year"\nevery = "6 months"\nstart = "2025-05-31"', {4: 600, 10: 600}),
    ('amount = "$1200/year"\nevery = "6 months"\nstart = "2025-05-31"\nend = "2025-11-29"', {4: 600}),
    ('amount = "$1200/year"\nevery = "6 months"\nstart = "2025-05-31"\nend = "2025-11-30"', {4: 600, 10: 600}),
    ('amount = "$10/day"\nevery = "year"\nmonth = 12', {11: 3650}),
    ('amount = "$1200/year"\nevery = "quarter"\nmonth = 1\ngrowth = "1%/month"',
     {t: 300 * 1.01**t for t in (0, 3, 6, 9)}),
]  # fmt: skip


@pytest.mark.parametrize("section", ["revenue", "costs", "capital", "passthrough"])
@pytest.mark.parametrize(("fields", "bills"), BILLS)
def test_a_bill_comes_once_a_period(rows: Rows, fields: str, bills: dict[int, float], section: str) -> None:
    found = rows(f'[{section}.x]\nkind = "recurring"\n{fields}')
    sign = 1 if section in ("revenue", "passthrough") else -1
    assert found["x.cash"] == pytest.approx([sign * bills.get(t, 0.0) for t in range(12)], abs=CENT)


@pytest.mark.parametrize("section", ["costs", "capital", "passthrough"])
def test_a_line_may_stand_in_any_section(rows: Rows, section: str) -> None:
    found = rows(f"""
        [{section}.x]
        kind = "recurring"
        amount = "$100/month"
        """)
    assert found[f"cash.{section}"] == ((100.0,) if section == "passthrough" else (-100.0,)) * 12


def test_what_was_billed_before_the_first_month_recurs_until_the_next_bill(load):
    """220,000 last from 1 January to 15 March, 2 15/31 months: 88,571.43 a month is their pace, 90,000 the next one's.

    Were nothing said to recur before the bill of March, revenue would be taken to grow from nothing.
    """
    support = """
        [revenue.support]
        kind = "recurring"
        amount = "90k/month"
        billed = "yearly"
        start = "2026-03-16"
        opening_deferred = "220k"
        recurring = true
        """
    model = '[model]\nname = "x"\nstart = "2026-01"\nmonths = 14\nopening_cash = 500_000\n'
    rows = runway.project(load(model + support)).rows
    pace = 220_000 / (2 + 15 / 31)
    assert rows["total.mrr"][:4] == pytest.approx([pace, pace, 90_000, 90_000], abs=0.01)
    assert rows["total.arr"][0] == pytest.approx(12 * pace, abs=0.1)
    assert rows["survival.growth"][3] == pytest.approx((90_000 / pace) ** (1 / 2) - 1, abs=1e-6)
    none = runway.project(load(model + support.replace("220k", "0"))).rows
    assert none["total.mrr"][:4] == (0, 0, 90_000, 90_000)
