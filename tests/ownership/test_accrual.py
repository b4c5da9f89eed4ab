"""Interest on notes: day counts and compounding."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from runway.ownership.accrual import DayCount, interest, year_fraction

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
