"""Published worked examples that the model must reproduce; each test names its source.

The numbers are the sources'; wording and files are ours.  A tolerance is the rounding of the published figure.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest

from runway.answers.projection import Projection

Project = Callable[..., Projection]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

MODEL = """
[model]
name = "x"
start = "{start}"
months = {months}
opening_cash = {cash}
burn_window = {window}
"""


def model(cash: float, months: int = 24, start: str = "2025-01", window: int = 1) -> str:
    return MODEL.format(cash=cash, months=months, start=start, window=window)


def monthly(section: str, name: str, amount: float) -> str:
    return f"""
        [{section}.{name}]
        kind = "recurring"
        amount = "${amount}/month"
        """


# P27 Burn and runway ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cash", "out", "received", "net", "months"),
    [
        (250_000, 50_000, 0, 50_000, 5),  # cryptoisnoycu.netlify.app, gross burn rate formula
        (120_000, 20_000, 0, 20_000, 6),  # justrollinghigh.com/runway-burn-pace
        (150_000, 60_000, 35_000, 25_000, 6),  # the same: out 60,000, in 35,000, net 25,000
        (100_000, 20_000, 5_000, 15_000, 20 / 3),  # a public code corpus: 6.67
    ],
)
def test_p27_cash_over_net_burn(
    project: Project, cash: float, out: float, received: float, net: float, months: float
) -> None:
    projection = project(model(cash) + monthly("costs", "all", out) + monthly("revenue", "sales", received))
    assert (projection.gross_burn, projection.net_burn) == (out, net)
    assert projection.static_runway == pytest.approx(months)
    assert projection.runway[0].months == pytest.approx(months, abs=1 / 31)  # to the day at whose end it is dry


def test_p27_gross_and_net_burn(project: Project) -> None:
    """inflectioncfo.co/blog/burn-rate-vs-runway-the-math-most-founders-get-wrong: 50 + 15 + 10 + 5 less 30 thousand."""
    text = model(1_000_000) + "".join(
        monthly("costs", name, amount)
        for name, amount in (("salaries", 50_000), ("rent", 15_000), ("marketing", 10_000), ("software", 5_000))
    )
    projection = project(text + monthly("revenue", "sales", 30_000))
    assert (projection.gross_burn, projection.net_burn) == (80_000, 50_000)


@pytest.mark.parametrize("received", [20_000, 25_000])
def test_p27_no_burn_has_no_runway_in_months(project: Project, received: float) -> None:
    projection = project(model(100_000) + monthly("costs", "all", 20_000) + monthly("revenue", "sales", received))
    assert (projection.static_runway, projection.runway[0].months) == (None, None)
    assert projection.runway[0].beyond_horizon


# P28 Burn multiple ------------------------------------------------------------------------------------------------

GROWING = """
[revenue.subscriptions]
kind = "formula"
formula = "(opening_arr + gained * t / 12) / 12"
opening_arr = "$6M"
gained = "${gained}M"
recurring = true
[costs.all]
kind = "formula"
formula = "subscriptions + burned / 12"
burned = "${burned}M"
"""


@pytest.mark.parametrize(("burned", "gained", "multiple"), [(4, 5, 0.8), (12, 5, 2.4), (4, 0, None), (4, -1, None)])
def test_p28_net_burn_over_net_new_arr(project: Project, burned: float, gained: float, multiple: float | None) -> None:
    """winsabove.com/glossary/burn-multiple, after D. Sacks: over twelve months; undefined where ARR does not grow."""
    projection = project(model(50_000_000) + GROWING.replace("{burned}", str(burned)).replace("{gained}", str(gained)))
    assert projection.burn_multiple == (None if multiple is None else pytest.approx(multiple, abs=1e-6))


def test_p28_undefined_where_nothing_is_burnt(project: Project) -> None:
    projection = project(model(0) + GROWING.replace("{burned}", "-1").replace("{gained}", "5"))
    assert projection.burn_multiple is None


# P29 Deferred revenue: churnzero.com/churnopedia/deferred-revenue -------------------------------------------------

LICENCE = """
[revenue.licence]
kind = "recurring"
amount = "$12_000/year"
billed = "{}"
opening_deferred = 0
"""
ONE_CUSTOMER = """
[revenue.licence]
kind = "subscription"
opening = 0
signups = {{ "2025-01" = "1/month", "2025-02" = "0/month" }}
churn = "0%/month"
price = "$12_000/year"
billed = "{}"
opening_deferred = 0
"""


@pytest.mark.parametrize("text", [LICENCE, ONE_CUSTOMER], ids=["recurring", "subscription"])
@pytest.mark.parametrize(
    ("billed", "cash", "left"),
    [
        ("yearly", [12_000] + [0] * 11, 11_000),
        ("quarterly", [3_000, 0, 0] * 4, 2_000),
    ],
)
def test_p29_billed_less_earned(rows: Rows, text: str, billed: str, cash: list[float], left: float) -> None:
    found = rows(text.format(billed))
    assert list(found["licence.cash"]) == cash
    assert found["licence.deferred"][0] == left  # on 1 February
    assert found["licence.revenue"] == (1_000.0,) * 12


# P30 Working-capital days: tool pages of io.finance-tools.efficiency, glama.ai -------------------------------------


@pytest.mark.parametrize(
    ("section", "delay", "balance", "yearly", "average", "days"),
    [
        ("revenue", "collected_after", "receivable", 800_000, 100_000, 45.6),  # 95,000 to 105,000
        ("costs", "paid_after", "payable", 600_000, 80_000, 48.7),  # 70,000 to 90,000
    ],
)
def test_p30_days_outstanding(
    rows: Rows, section: str, delay: str, balance: str, yearly: float, average: float, days: float
) -> None:
    """A delay of so many days keeps the published average balance outstanding: balance / (flow / 365)."""
    text = f"""
        [{section}.x]
        kind = "recurring"
        amount = "${yearly / 365}/day"
        {delay} = "{days} days"
        """
    found = rows(text + f"opening_{balance} = {average}\n")[f"x.{balance}"][-1]
    assert found / (yearly / 365) == pytest.approx(days, abs=0.001)
    assert average / (yearly / 365) == pytest.approx(days, abs=0.05)


# P31 Fully loaded cost: calculator-cloud.com/blog/posts/employee-cost-guide.html -----------------------------------


@pytest.mark.parametrize(
    ("loading", "yearly"),
    [("25%", 93_750), ("40%", 105_000), ("6.2%", 79_650), ("1.45%", 76_087.50), ("0%", 75_000)],
)
def test_p31_a_salary_of_75_000_with_loading(rows: Rows, loading: str, yearly: float) -> None:
    found = rows(f"""
        [costs.x]
        kind = "headcount"
        opening = 1
        salary = "$75k/year"
        loading = "{loading}"
        """)
    assert sum(found["x.cost"]) == pytest.approx(yearly, abs=0.07)  # twelve posted months


# P32 Users: growth, then churn: donnykd/Revenue-Forecaster, src/lib/Chart.test.ts ----------------------------------


def test_p32_growth_then_churn(rows: Rows) -> None:
    """100 users, +10 % and -5 % a month, 50 a user; cost 20 a user and 1,000."""
    found = rows("""
        [revenue.app]
        kind = "subscription"
        opening = 100
        acquisition = "10%/month"
        churn = "5%/month"
        price = "$50/month"
        [costs.serving]
        kind = "formula"
        formula = "each * app.subscribers + base_cost"
        each = "$20/month"
        base_cost = "$1000/month"
    """)
    assert found["app.subscribers"][:2] == pytest.approx((104.5, 109.2025))
    assert [round(x) for x in found["app.revenue"][:2]] == [5225, 5460]
    assert [round(x) for x in found["serving.cost"][:2]] == [3090, 3184]
    profit = [a - b for a, b in zip(found["app.revenue"], found["serving.cost"], strict=True)]
    assert [round(x) for x in profit[:2]] == [2135, 2276]


# P33 Calendar: Anexen/pyxirr src/core/scheduled/day_count.rs, after deltaquants.com ---------------------------------


@pytest.mark.parametrize(
    ("month", "days"), [("2000-02", 29), ("1900-02", 28), ("2024-02", 29), ("2025-02", 28), ("2100-02", 28)]
)
def test_p33_leap_years(rows: Rows, month: str, days: int) -> None:
    found = rows(
        model(0, 1, month)
        + """
        [costs.x]
        kind = "recurring"
        amount = "$1/day"
        """
    )
    assert found["x.cost"] == (days,)
    assert isleap(int(month[:4])) == (days == 29)


@pytest.mark.parametrize(("year", "millions"), [(2023, 255.5), (2024, 256.2), (2025, 255.5)])
def test_p33_seven_hundred_thousand_a_day(rows: Rows, year: int, millions: float) -> None:
    found = rows(
        model(0, 12, f"{year}-01")
        + """
        [costs.x]
        kind = "recurring"
        amount = "$0.70M/day"
        """
    )
    assert sum(found["x.cost"]) == millions * 1e6


@pytest.mark.parametrize(("days", "day"), [(62, date(2008, 2, 28)), (63, date(2008, 2, 29)), (64, date(2008, 3, 1))])
def test_p33_actual_days_across_a_leap_february(project: Project, rows: Rows, days: int, day: date) -> None:
    """From 2007-12-28 to 2008-02-28 are 62 days: a delay, an event's length and a payment term all count them so."""
    text = (
        model(1000, 12, "2007-12")
        + """
        [costs.x]
        kind = "one_off"
        amount = 1500
        date = "2007-12-28"
        """
    )
    assert project(text, set={"x.date": f"+{days} days"}).runway[0].zero_cash_date == day
    event = f"""
        [events.e]
        date = "2007-12-28"
        days = {days}
        """
    share = rows(model(0, 4, "2007-12") + event)["e.share"]
    covered = [round(part * length, 9) for part, length in zip(share, (31, 31, 29, 31), strict=True)]
    assert covered == [4, 31, min(29, days - 35), max(0, days - 64)]
    term = f"""
        collected_after = "{days} days"
        opening_receivable = 0
        start = "2007-12-28"
        end = "2007-12-28"
        """
    sale = (
        """
        [revenue.s]
        kind = "recurring"
        amount = "$31/month"
        """
        + term
    )
    assert sum(rows(model(0, 4, "2007-12") + sale)["s.revenue"]) == 1


# P34 Default alive: constructed after P. Graham, "Default Alive or Default Dead?", 2015 ------------------------------


def default_alive(project: Project, growth: str, cash: float = 400_000, **how: Any) -> Projection:
    sales = f"""
        [revenue.sales]
        kind = "recurring"
        amount = "$50k/month"
        growth = "{growth}"
        """
    return project(model(cash) + sales + monthly("costs", "all", 100_000), **how)


def test_p34_default_alive(project: Project) -> None:
    projection = default_alive(project, "10%/month")
    survival, in_hand = projection.survival, projection.runway[0]
    assert survival.alive is True
    assert survival.planned_alive is True
    assert survival.growth == pytest.approx(0.10)
    assert survival.profitable == survival.planned_profitable == date(2025, 9, 1)  # month 8, the first being 0
    assert projection.peak_need == pytest.approx(228_205.60, abs=0.01)
    assert in_hand.lowest_cash == pytest.approx(171_794.40, abs=0.01)
    assert in_hand.lowest_cash_date == date(2025, 8, 31)
    assert projection.static_runway == 8.0


def test_p34_default_dead_with_less_cash_than_the_valley_is_deep(project: Project) -> None:
    """With 228,205 the cash runs out in the month before sales cover the costs; with 228,206 it does not."""
    dead, alive = (default_alive(project, "10%/month", cash) for cash in (228_205, 228_206))
    assert dead.survival.alive is False
    assert dead.survival.out_of_cash == date(2025, 8, 1)
    assert dead.runway[0].zero_cash_date == date(2025, 8, 31)
    assert alive.survival.alive is True
    assert alive.runway[0].beyond_horizon


def test_p34_expenses_are_held_though_the_plan_raises_them(project: Project) -> None:
    """Alive by the definition, which holds expenses; the plan beside it, with costs growing too, is not."""
    projection = default_alive(project, "10%/month", set={"all.growth": "10%/month"})
    assert projection.survival.alive is True
    assert projection.survival.planned_alive is False
    assert projection.survival.planned_profitable is None


# P35 Milestones and retention: cpdbox.com/question/ifrs-15-retention-construction-contracts ---------------------------

HOUSE = """
[model]
name = "x"
start = "2025-08"
months = 17
opening_cash = 0

[revenue.house]
kind = "formula"
formula = "share * 100_000"
share = { "2025-08" = "7%", "2026-01" = "13%", "2026-06" = "0%" }
bills = { "2025-12-31" = 30_000, "2026-05-31" = 70_000 }
opening_billed_ahead = 0
collected_after = { "0 days" = "95%", "12 months" = "5%" }
opening_receivable = 0
"""


def test_p35_35_percent_done_and_30_000_billed_with_5_percent_kept_back(rows: Rows) -> None:
    """On 31 December 35,000 are earned, 30,000 billed, 28,500 paid: 5,000 is unbilled, the 1,500 kept is receivable."""
    found, december, done = rows(HOUSE), 4, 9
    assert sum(found["house.revenue"][: december + 1]) == pytest.approx(35_000)
    assert found["house.unbilled"][december] == pytest.approx(5_000)
    assert found["house.receivable"][december] == pytest.approx(1_500)
    assert found["cash"][december] == pytest.approx(28_500)
    assert found["house.unbilled"][done] == found["house.deferred"][done] == 0
    assert found["house.receivable"][done] == pytest.approx(5_000)
    assert found["cash"][-1] == pytest.approx(30_000 + 0.95 * 70_000)  # the last 3,500 come in May 2027


# P36 Collections of a cash budget: the forecast of "Cyrus Brown", studentsmerit.com/paper-detail/?paper_id=43817 -----

CYRUS = """
[model]
name = "x"
start = "2025-03"
months = 9
opening_cash = "50k"

[revenue.sales]
kind = "formula"
formula = "sales"
sales = { "2025-03" = "110k", "2025-04" = "275k", "2025-05" = "320k", "2025-06" = "450k", "2025-07" = "700k",
          "2025-09" = "825k", "2025-10" = "500k", "2025-11" = "115k" }
collected_after = { "0 days" = "25%", "1 month" = "55%", "2 months" = "20%" }
opening_receivable = 0
"""


def test_p36_25_percent_at_once_55_in_the_next_month_and_20_in_the_one_after(rows: Rows) -> None:
    """The page gives forecast and shares; by hand, as of May: 0.25 x 320 + 0.55 x 275 + 0.2 x 110 = 253.25."""
    cash = rows(CYRUS.replace(",\n          ", ", "))["sales.cash"]
    by_hand = [27.5, 129.25, 253.25, 343.5, 486.5, 650, 731.25, 718.75, 468.75]
    assert cash == pytest.approx([1000 * amount for amount in by_hand])
