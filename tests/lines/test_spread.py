"""`spread`: an amount spent evenly by month between two dates, to the cent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from itertools import pairwise
from random import Random

import pytest
from support.by_day import CENT, months_of

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

HALF_CENTURY = """
[model]
name = "x"
start = "2025-01"
months = 600
opening_cash = 0
"""


def site(rows: Rows, amount: object, first: str, last: str, more: str = "") -> Mapping[str, tuple[float, ...]]:
    return rows(f"""
        [capital.site]
        kind = "spread"
        amount = {amount}
        from = "{first}"
        to = "{last}"
        {more}
        """)


def shares(first: str, last: str, start: str, months: int) -> list[float]:
    """Each month's part: whole months weigh the same, a part month by its days."""
    weights = [sum(first <= str(day) <= last for day in days) / len(days) for days in months_of(start, months)]
    return [weight / sum(weights) for weight in weights]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2025-03", "2025-06", ("2025-03-01", "2025-06-30")),
        ("2025-01-16", "2025-03", ("2025-01-16", "2025-03-31")),
        ("2025-02-15", "2025-02-20", ("2025-02-15", "2025-02-20")),
        ("2025-02-15", "2025-02-15", ("2025-02-15", "2025-02-15")),
        ("2025-01-31", "2025-12-01", ("2025-01-31", "2025-12-01")),
        ("2025-01", "2025-12", ("2025-01-01", "2025-12-31")),
    ],
)
def test_whole_months_are_equal_and_part_months_take_their_days_part(
    rows: Rows, first: str, last: str, days: tuple[str, str]
) -> None:
    found = site(rows, 1_000_000, first, last)["site.spend"]
    assert found == pytest.approx([1e6 * share for share in shares(*days, "2025-01", 12)], abs=2 * CENT)
    assert sum(map(round, (100 * x for x in found))) == 100_000_000


def test_the_flows_sum_to_the_amount_to_the_cent(rows: Rows) -> None:
    random = Random(7)
    for _ in range(20):
        cents = random.randrange(1, 10 ** random.randint(1, 13))
        length = random.randint(1, 500)
        last = f"{2025 + (length + 2) // 12}-{(length + 2) % 12 + 1:02d}-17"
        found = site(rows, Decimal(cents) / 100, "2025-03-09", last, HALF_CENTURY)["site.spend"]
        assert sum(round(100 * x) for x in found) == cents
        assert min(found) >= 0


def test_what_was_spent_before_the_start_is_not_spent_again(rows: Rows) -> None:
    """16 November to 28 February is three and a half months, two of them from January on."""
    found = site(rows, 350, "2024-11-16", "2025-02")
    assert found["site.spend"] == pytest.approx([100, 100] + [0] * 10)


def test_what_lies_beyond_the_horizon_is_not_spent(rows: Rows) -> None:
    found = site(rows, "18B".join('""'), "2025-06", "2028-05")
    assert found["site.spend"] == pytest.approx([0] * 5 + [500e6] * 7)


def test_one_that_is_over_or_never_begins(rows: Rows) -> None:
    assert site(rows, 350, "2024-03", "2024-09")["site.spend"] == (0.0,) * 12
    assert site(rows, 350, "2026-03", "2026-09")["site.spend"] == (0.0,) * 12
    assert site(rows, 350, "never", "2025-12")["site.spend"] == (0.0,) * 12


def by_day(spent: tuple[float, ...], t: int) -> Iterator[float]:
    """What is written off by the end of month `t` of each day's spending, from 16 January on, over two months."""
    for month, (length, first) in enumerate([(31, 16), (28, 1), (31, 1)]):
        for day in range(first, length + 1):
            months = t - month + (length - day + 1) / length
            yield spent[month] / (length - first + 1) * min(max(months / 2, 0), 1)


def test_it_is_written_off_to_the_cent(rows: Rows) -> None:
    """What is spent on a day is written off evenly over its time from that day on."""
    found = site(rows, 100, "2025-01-16", "2025-03", 'written_off_over = "2 months"\n')
    spent = found["site.spend"]
    so_far = [sum(by_day(spent, t)) for t in range(12)]
    expected = [now - before for before, now in pairwise([0.0, *so_far])]
    assert found["site.written_off"] == pytest.approx(expected, abs=2 * CENT)
    assert sum(round(100 * x) for x in found["site.written_off"]) == 10_000


def test_what_is_bought_on_all_days_is_written_off_from_each_day_on(rows: Rows) -> None:
    """Of January's purchases half a month and half a day is behind their days at its end, on average."""
    found = rows("""
        [capital.servers]
        kind = "recurring"
        amount = "$3100/month"
        written_off_over = "10 months"
        """)
    first = sum(3100 / 31 * (31 - day + 1) / 31 / 10 for day in range(1, 32))
    assert found["servers.written_off"][0] == pytest.approx(first, abs=CENT)
    assert found["servers.written_off"][1] == pytest.approx(310 + 3100 * (28 + 1) / 2 / 28 / 10, abs=CENT)
