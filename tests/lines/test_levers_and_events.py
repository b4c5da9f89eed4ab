"""What acts on lines from outside: levers over whole sections, outages that take revenue, events that raise churn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT, months_of

from runway.errors import InputError

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

COMPANY = """
[revenue.sales]
kind = "recurring"
amount = "$1000/month"
growth = "10%/month"
[costs.rent]
kind = "recurring"
amount = "$300/month"
[costs.sharing]
kind = "formula"
formula = "0.2 * sales"
[capital.site]
kind = "spread"
amount = 1200
from = "2025-01"
to = "2025-12"
[passthrough.vat]
kind = "recurring"
amount = "$10/month"
"""


@pytest.mark.parametrize(
    ("lever", "written", "sales", "rent", "sharing", "site"),
    [
        ("levers.burn", "150%", 1, 1.5, 1.5, 1.5),
        ("burn", "0%", 1, 0, 0, 0),
        ("levers.revenue", "50%", 0.5, 1, 0.5, 1),
        ("revenue", "200%", 2, 1, 2, 1),
    ],
)
def test_a_lever_multiplies_its_sections(
    rows: Rows, lever: str, written: str, sales: float, rent: float, sharing: float, site: float
) -> None:
    plain, moved = rows(COMPANY), rows(COMPANY, set={lever: written})
    factors = {"sales.revenue": sales, "rent.cost": rent, "sharing.cost": sharing, "site.spend": site, "vat.flow": 1}
    for address, factor in factors.items():
        assert moved[address] == pytest.approx([factor * x for x in plain[address]], abs=2 * CENT), address


def test_a_lever_does_not_compound_through_last_month(rows: Rows) -> None:
    text = """
        [costs.x]
        kind = "formula"
        formula = "prev(x) * 1.1"
        opening = 100
        """
    plain, moved = rows(text), rows(text, set={"levers.burn": "200%"})
    assert moved["x.cost"] == pytest.approx([2 * x for x in plain["x.cost"]], abs=2 * CENT)


def test_a_lever_acts_on_what_is_billed_and_collected(rows: Rows) -> None:
    text = """
        [revenue.plan]
        kind = "subscription"
        opening = 120
        churn = "0%/month"
        price = "$10/month"
        billed = "yearly"
        opening_deferred = 0
        collected_after = "31 days"
        opening_receivable = 0
    """
    plain, moved = rows(text), rows(text, set={"levers.revenue": "50%"})
    for row in ("billed", "deferred", "revenue", "receivable", "cash"):
        assert moved[f"plan.{row}"] == pytest.approx([x / 2 for x in plain[f"plan.{row}"]], abs=2 * CENT), row


# Outages ----------------------------------------------------------------------------------------------------------


def share(date: str, days: int | None, start: str = "2025-01", months: int = 12) -> list[float]:
    """The share of each month's days that an event covers, day by day."""
    calendar = months_of(start, months)
    covered = []
    for month in calendar:
        since = [(day - type(day).fromisoformat(date)).days for day in month]
        covered.append(sum(n >= 0 and (days is None or n < days) for n in since) / len(month))
    return covered


def sales(rows: Rows, *events: str, amount: str = "$1000/month") -> Mapping[str, tuple[float, ...]]:
    text = "".join(f"[events.e{n}]\n{event}\n" for n, event in enumerate(events))
    return rows(f"""
        [revenue.sales]
        kind = "recurring"
        amount = "{amount}"
        {text}
        """)


@pytest.mark.parametrize(
    ("date", "days"),
    [
        ("2025-06-10", 3),
        ("2025-06-01", 30),
        ("2025-06-30", 1),
        ("2025-06-30", 2),
        ("2025-01-25", 20),
        ("2025-01-31", 60),
        ("2025-02-28", 200),
        ("2025-12-31", 1),
        ("2025-12-20", 40),
        ("2025-03-10", None),
        ("2024-12-25", 20),
        ("2024-12-25", 7),
        ("2024-11-01", 100),
        ("2024-06-01", None),
        ("2026-03-01", 5),
    ],
)
def test_an_outage_takes_its_share_of_the_days_it_lasts(rows: Rows, date: str, days: int | None) -> None:
    lasts = "" if days is None else f"\ndays = {days}"
    found = sales(rows, f'date = "{date}"{lasts}\ntakes = {{ sales = "80%" }}')
    expected = share(date, days)
    assert found["e0.share"] == pytest.approx(expected, abs=1e-12)
    assert found["sales.revenue"] == pytest.approx([1000 * (1 - 0.8 * part) for part in expected], abs=CENT)


def test_one_that_never_happens_takes_nothing(rows: Rows) -> None:
    found = sales(
        rows,
        """
        date = "never"
        days = 3
        takes = { sales = "80%" }
        """,
    )
    assert found["sales.revenue"] == (1000.0,) * 12


def test_two_outages_each_take_of_what_the_other_leaves(rows: Rows) -> None:
    half = """
        date = "2025-04-01"
        days = 30
        takes = { sales = "50%" }
        """
    assert sales(rows, half, half)["sales.revenue"][3] == 250


def test_an_outage_that_takes_all_of_a_daily_revenue(rows: Rows) -> None:
    found = sales(
        rows,
        """
        date = "2025-06-10"
        days = 3
        takes = { sales = "100%" }
        """,
        amount="$100/day",
    )
    assert found["sales.revenue"][5] == 2700


def test_growth_goes_on_behind_an_outage(rows: Rows) -> None:
    text = """
        [revenue.sales]
        kind = "formula"
        formula = "prev(sales) * 1.1"
        opening = 1000
        [events.outage]
        date = "2025-02-01"
        days = 28
        takes = { sales = "100%" }
    """
    assert rows(text)["sales.revenue"][:3] == pytest.approx([1100, 0, 1331], abs=CENT)


def test_a_cost_that_follows_revenue_falls_with_it(rows: Rows) -> None:
    outage = """
        [events.outage]
        date = "2025-02-01"
        days = 28
        takes = { sales = "100%" }
        """
    assert rows(COMPANY + outage)["sharing.cost"][1] == 0


# Churn ------------------------------------------------------------------------------------------------------------


def customers(rows: Rows, *events: str) -> tuple[float, ...]:
    text = "".join(f"[events.e{n}]\n{event}\n" for n, event in enumerate(events))
    return rows(f"""
[revenue.plan]
kind = "subscription"
opening = 1000
churn = "2%/month"
price = "$1/month"
{text}""")["plan.subscribers"]


def left(churn: list[float]) -> list[float]:
    people, found = 1000.0, []
    for lost in churn:
        people *= 1 - lost
        found.append(people)
    return found


@pytest.mark.parametrize(
    ("date", "months"),
    [
        ("2025-06-10", [5, 6, 7]),
        ("2025-06-30", [5, 6, 7]),
        ("2025-06-01", [5, 6, 7]),
        ("2025-11-20", [10, 11]),
        ("2024-12-25", [0, 1]),
        ("2024-10-25", []),
        ("never", []),
    ],
)
def test_an_event_raises_churn_from_its_month_on_for_some_months(rows: Rows, date: str, months: list[int]) -> None:
    event = f"""
        date = "{date}"
        raises_churn = {{ plan = "1%/month" }}
        raised_for = "3 months"
        """
    assert customers(rows, event) == pytest.approx(left([0.03 if t in months else 0.02 for t in range(12)]))


def test_two_events_raise_it_twice(rows: Rows) -> None:
    event = """
        date = "2025-03-15"
        raises_churn = {{ plan = "{}" }}
        raised_for = "{} months"
        """
    found = customers(rows, event.format("1%/month", 2), event.format("3%/month", 1))
    assert found == pytest.approx(left([0.02, 0.02, 0.06, 0.03] + [0.02] * 8))


def test_no_more_than_all_can_leave(rows: Rows) -> None:
    found = customers(rows, 'date = "2025-03-15"\nraises_churn = { plan = "99%/month" }')
    assert found[2:] == (0.0,) * 10


RECURS = """
[revenue.sales]
kind = "recurring"
amount = "$3100/month"
[events.outage]
date = "{date}"
days = {days}
every = "{every}"
takes = {{ sales = "100%" }}
"""


@pytest.mark.parametrize(
    ("date", "days", "every", "lost"),
    [
        # the days that are lost in each month of 2025
        ("2025-02-10", 3, "4 months", {1: 3, 5: 3, 9: 3}),
        ("2024-11-10", 3, "1 quarter", {1: 3, 4: 3, 7: 3, 10: 3}),  # it began before the model
        ("2025-06-29", 3, "2 months", {5: 2, 6: 1, 7: 3, 9: 3, 11: 3}),  # the third day falls into July
        ("2025-01-31", 2, "1 month", {0: 1, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2, 8: 2, 9: 2, 10: 2, 11: 2}),
        ("never", 3, "1 month", {}),
    ],
)
def test_an_event_that_happens_again_takes_its_days_each_time(rows, date, days, every, lost):
    """On a day that a month does not have it is the month's last."""
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    text = RECURS.format(date=date, days=days, every=every) + "[drivers.n]\nformula = 'outage.count'\n"
    found, apart = rows(text), {"4 months": 4, "1 quarter": 3, "2 months": 2, "1 month": 1}[every]
    first = 12 if date == "never" else 12 * (int(date[:4]) - 2025) + int(date[5:7]) - 1
    assert found["n.value"] == tuple(t >= first and (t - first) % apart == 0 for t in range(12))
    assert found["sales.revenue"] == pytest.approx(
        [3100 * (1 - lost.get(t, 0) / lengths[t]) for t in range(12)], abs=0.01
    )


def test_one_that_happens_again_raises_churn_again(rows: Rows) -> None:
    event = """
        date = "2025-02-15"
        days = 2
        every = "5 months"
        raises_churn = { plan = "1%/month" }
        raised_for = "2 months"
        """
    raised = [0.03 if t in (1, 2, 6, 7, 11) else 0.02 for t in range(12)]
    assert customers(rows, event) == pytest.approx(left(raised))


RATE = """
[revenue.sales]
kind = "recurring"
amount = "$3100/month"
[events.outage]
date = "{date}"
days = {days}
rate = "{rate}"
takes = {{ sales = "100%" }}
"""


@pytest.mark.parametrize(
    ("date", "days", "rate", "first", "a_month"),
    [
        ("2024-06-10", 3, "2/year", 0, 2 / 12),
        ("2025-03-31", 3, "2 per year", 2, 2 / 12),  # from the month of its date on
        ("2025-01-01", 10, "2/month", 0, 2),
        ("2025-01-01", 28, "3/quarter", 0, 1),
        ("never", 3, "2/year", 12, 0),
    ],
)
def test_what_happens_at_a_rate_takes_its_expected_days(rows, date, days, rate, first, a_month):
    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    found = rows(RATE.format(date=date, days=days, rate=rate))
    lost = [min(1, a_month * days / length) if t >= first else 0 for t, length in enumerate(lengths)]
    assert found["sales.revenue"] == pytest.approx([3100 * (1 - share) for share in lost], abs=0.01)
    assert sum(found["outage.count"]) == pytest.approx((12 - first) * a_month)


def test_a_rate_raises_churn_by_the_expected_number_of_times_at_most_once(rows: Rows) -> None:
    event = """
        date = "2025-03-01"
        days = 1
        rate = "6/year"
        raises_churn = { plan = "1%/month" }
        raised_for = "3 months"
        """
    times = [0, 0, 0.5, *[1] * 9]  # 0.5 a month; over three months 1.5, and so once
    assert customers(rows, event) == pytest.approx(left([0.02 + 0.01 * n for n in times]))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("days = 3", ""), "needs its days"),
        (("days = 3", "days = 29"), "1 to 28"),
        (('"2/year"', '"2/week"'), "by the month, quarter or year"),
        (('"2/year"', '"20/month"'), "60 days of every month"),
        (('"2/year"', '"1 to 3/year"'), "one number"),
        (('"2/year"', "2"), "per period|period"),
        (("days = 3", 'days = 3\nevery = "2 months"'), "not both"),
    ],
)
def test_a_rate_that_says_too_little_or_too_much(load, change, says):
    with pytest.raises(InputError, match=says):
        load(RATE.format(date="2025-01-01", days=3, rate="2/year").replace(*change))
