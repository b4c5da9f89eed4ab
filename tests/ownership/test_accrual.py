"""Interest on notes: day counts and compounding."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.ownership.accrual import interest, year_fraction
from runway.workbook import workbook

if TYPE_CHECKING:
    from runway.funding.conversion import DayCount

F = Fraction


@pytest.mark.parametrize(
    ("day_count", "to_28_february", "to_29_february"),
    [
        ("act/act", F(4, 365) + F(58, 366), F(4, 365) + F(59, 366)),
        ("act/365", F(62, 365), F(63, 365)),
        ("act/360", F(62, 360), F(63, 360)),
        ("nl/365", F(62, 365), F(62, 365)),
        ("30/360", F(60, 360), F(61, 360)),
        ("30e/360", F(60, 360), F(61, 360)),
        ("30e/360 german", F(60, 360), F(62, 360)),
    ],
)
def test_p33_day_counts(day_count: DayCount, to_28_february: Fraction, to_29_february: Fraction) -> None:
    """Anexen/pyxirr src/core/scheduled/day_count.rs, tests @5f31a856, from deltaquants.com."""
    start = date(2007, 12, 28)
    assert year_fraction(start, date(2008, 2, 28), day_count) == to_28_february
    assert year_fraction(start, date(2008, 2, 29), day_count) == to_29_february


@pytest.mark.parametrize(
    ("start", "end", "us", "european"),
    [
        (date(2007, 10, 31), date(2008, 11, 30), 390, 390),
        (
            date(2008, 2, 1),
            date(2009, 5, 31),
            480,
            479,
        ),  # a 31st stays one in the US count unless the first day is late
        (date(2023, 2, 28), date(2024, 2, 29), 360, 361),  # both ends of February are a 30th in the US count
        (date(2023, 1, 30), date(2023, 3, 31), 60, 60),
    ],
)
def test_the_last_days_of_a_month_in_30_360(start: date, end: date, us: int, european: int) -> None:
    """ISDA's rules, applied by hand."""
    assert 360 * year_fraction(start, end, "30/360") == us
    assert 360 * year_fraction(start, end, "30e/360") == european


# ISDA's table of examples for the 2006 definitions (22 December 2008, "30/360 day count conventions").
BOND_BASIS = """
    2006-08-20 2007-02-20 180 | 2007-02-20 2007-08-20 180 | 2007-08-20 2008-02-20 180 | 2008-02-20 2008-08-20 180 |
    2006-08-31 2007-02-28 178 | 2007-02-28 2007-08-31 183 | 2007-08-31 2008-02-29 179 | 2008-02-29 2008-08-31 182 |
    2008-08-31 2009-02-28 178 | 2009-02-28 2009-08-31 183 | 2006-01-31 2006-02-28 28 | 2006-01-30 2006-02-28 28 |
    2006-02-28 2006-03-03 5 | 2006-02-14 2006-02-28 14 | 2006-09-30 2006-10-31 30 | 2006-10-31 2006-11-28 28 |
    2007-08-31 2008-02-28 178 | 2008-02-28 2008-08-28 180 | 2008-02-28 2008-08-30 182 | 2008-02-28 2008-08-31 183 |
    2007-02-26 2008-02-28 362 | 2007-02-26 2008-02-29 363 | 2008-02-29 2009-02-28 359 | 2008-02-28 2008-03-30 32 |
    2008-02-28 2008-03-31 33
"""
EUROBOND_BASIS = """
    2006-08-20 2007-02-20 180 | 2006-02-28 2006-08-31 182 | 2006-08-31 2007-02-28 178 | 2007-02-28 2007-08-31 182 |
    2007-08-31 2008-02-29 179 | 2008-02-29 2008-08-31 181 | 2006-01-31 2006-02-28 28 | 2006-02-28 2006-03-03 5 |
    2006-09-30 2006-10-31 30 | 2007-08-31 2008-02-28 178 | 2008-02-28 2008-08-31 182 | 2007-02-26 2008-02-29 363 |
    2008-02-29 2009-02-28 359 | 2008-02-28 2008-03-30 32 | 2008-02-28 2008-03-31 32
"""
ISDA_TO_2012 = """
    2006-02-28 2006-08-31 180 | 2006-08-31 2007-02-28 180 | 2007-02-28 2007-08-31 180 | 2007-08-31 2008-02-29 180 |
    2008-02-29 2008-08-31 180 | 2008-08-31 2009-02-28 180 | 2011-02-28 2011-08-31 180 | 2011-08-31 2012-02-29 179
"""
ISDA_TO_2008 = """
    2006-01-31 2006-02-28 30 | 2006-01-30 2006-02-28 30 | 2006-02-28 2006-03-03 3 | 2006-02-14 2006-02-28 16 |
    2006-09-30 2006-10-31 30 | 2006-10-31 2006-11-28 28 | 2007-08-31 2008-02-28 178 | 2008-02-28 2008-08-28 180 |
    2008-02-28 2008-08-30 182 | 2008-02-28 2008-08-31 182 | 2007-02-28 2008-02-28 358 | 2007-02-28 2008-02-29 359 |
    2008-02-29 2009-02-28 360 | 2008-02-29 2008-03-30 30 | 2008-02-29 2008-03-31 30
"""


@pytest.mark.parametrize(
    ("day_count", "maturity", "published"),
    [
        ("30/360 isda", None, BOND_BASIS),
        ("30e/360", None, EUROBOND_BASIS),
        ("30e/360 german", date(2012, 2, 29), ISDA_TO_2012),
        ("30e/360 german", date(2008, 2, 29), ISDA_TO_2008),
    ],
)
def test_isdas_published_examples(day_count: DayCount, maturity: date | None, published: str) -> None:
    for case in published.split("|"):
        start, end, days = case.split()
        dates = date.fromisoformat(start), date.fromisoformat(end)
        assert 360 * year_fraction(*dates, day_count, maturity) == int(days), case


@pytest.mark.parametrize(
    ("day_count", "days"), [("30/360", 180), ("30/360 isda", 183), ("30e/360", 182), ("30e/360 german", 180)]
)
def test_each_count_can_be_written_in_a_file(load: Any, day_count: str, days: int) -> None:
    """10 % a year on 360,000 are 100 a day, from the last day of February to the last of August."""
    text = f"""
        [model]
        name = "Note"
        start = "2025-01"
        months = 12
        opening_cash = 0
        [captable.holders]
        ana = {{ shares = {{ common = 1_000_000 }} }}
        [funding.note]
        kind = "convertible_note"
        amount = 360_000
        date = "2025-02-28"
        rate = "10%/year"
        day_count = "{day_count}"
        [funding.a]
        kind = "priced_round"
        valuation = {{ value = "4M", basis = "pre_money" }}
        [[funding.a.closings]]
        name = "only"
        date = "2025-08-31"
        amount = "1M"
        """
    (step,) = runway.captable(load(text)).steps
    assert step.closed is not None
    assert step.closed.conversions[0].money == 360_000 + 100 * days


def test_the_last_day_of_february_is_a_thirtieth_unless_the_note_matures_on_it() -> None:
    """ISDA 2006, 4.16(h): 10 a day, 180 days or 179."""
    dates = date(2007, 8, 31), date(2008, 2, 29)
    for maturity, days in ((None, 180), (date(2008, 3, 31), 180), (date(2008, 2, 29), 179)):
        assert interest(F(36_000), F("0.1"), *dates, "simple", "30e/360 german", maturity) == 10 * days


@pytest.mark.parametrize("day_count", ["act/act", "30/360", "30e/360", "nl/365"])
def test_a_calendar_year_is_one_year(day_count: DayCount) -> None:
    assert year_fraction(date(2024, 1, 1), date(2025, 1, 1), day_count) == 1


@pytest.mark.parametrize(
    ("compounding", "owed"),
    [
        ("yearly", F("116640")),  # 100,000 × 1.08²
        ("half_yearly", F("116985.856")),  # × 1.04⁴
        ("quarterly", 100_000 * F("1.02") ** 8),
        ("monthly", 100_000 * (1 + F(8, 1200)) ** 24),
    ],
)
def test_whole_periods_compound_to_the_textbook_power(compounding: str, owed: Fraction) -> None:
    two_years = (date(2023, 3, 15), date(2025, 3, 15))
    assert 100_000 + interest(F(100_000), F("0.08"), *two_years, compounding) == owed  # type: ignore[arg-type]


def test_days_after_the_last_whole_period_earn_simple_interest() -> None:
    owed = 1000 + interest(F(1000), F("0.1"), date(2023, 1, 31), date(2024, 3, 1), "yearly")
    assert owed == 1100 * (1 + F(1, 10) * F(30, 365))


def test_a_period_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert interest(F(1200), F("0.12"), date(2023, 1, 31), date(2023, 2, 28), "monthly") == 12


def test_daily_compounding_is_the_power_of_a_day() -> None:
    earned = interest(F(1000), F("0.05"), date(2023, 1, 1), date(2024, 1, 1), "daily")
    assert float(earned) == pytest.approx(1000 * ((1 + 0.05 / 365) ** 365 - 1), rel=1e-12)
    leap = interest(F(1000), F("0.05"), date(2024, 1, 1), date(2025, 1, 1), "daily", "act/act")
    assert float(leap) == pytest.approx(1000 * ((1 + 0.05 / 366) ** 366 - 1), rel=1e-12)


def test_interest_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="2024-01-02 to 2024-01-01"):
        year_fraction(date(2024, 1, 2), date(2024, 1, 1))


REPAID = """
[model]
name = "Company"
start = "2024-01"
months = 40
opening_cash = "1M"

[funding.note]
kind = "convertible_note"
amount = 100_000
date = "{day}"
rate = "7%/year"
compounding = "{compounding}"
day_count = "{day_count}"
maturity = "2027-02-28"
at_maturity = "repaid"
"""


@pytest.mark.parametrize("day", ["2023-08-31", "2024-02-29"])  # before the start, with an opening; and within
@pytest.mark.parametrize("compounding", ["simple", "yearly", "half_yearly", "quarterly", "monthly", "daily"])
@pytest.mark.parametrize(
    "day_count", ["act/365", "act/360", "act/act", "30/360", "30/360 isda", "30e/360", "30e/360 german", "nl/365"]
)
def test_a_note_that_is_repaid_pays_what_has_accrued(load: Any, day: str, compounding: Any, day_count: Any) -> None:
    rows = runway.project(load(REPAID.format(day=day, compounding=compounding, day_count=day_count))).rows
    due = date(2027, 2, 28)
    owed = interest(F(100_000), F(7, 100), date.fromisoformat(day), due, compounding, day_count, due)
    assert rows["note.interest"] == (*(0,) * 37, pytest.approx(float(owed), abs=0.0051), 0, 0)
    assert rows["note.payment"][37] == pytest.approx(100_000 + float(owed), abs=0.0051)
    assert (rows["note.balance"][36:], rows["note.owed"][37]) == ((100_000, 0, 0, 0), 0)


def test_a_spreadsheet_holds_the_interest_of_a_note(load: Any) -> None:
    """No formula of it is too long for a cell, before the start or after."""
    model, _, table = REPAID.partition("[funding.note]")
    counts = ("act/360", "act/act", "30/360", "30e/360 german", "nl/365")
    notes = (
        f"[funding.note_{n}]{table}".format(day="2023-08-31", compounding="monthly", day_count=day_count)
        for n, day_count in enumerate(counts)
    )
    plan = load(model + "".join(notes))
    assert workbook(plan, runway.project(plan))
