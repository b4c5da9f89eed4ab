"""What needs days: the zero-cash day, the lowest cash and the gap, against a plain ledger with a line for every day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from support.by_day import months_of

import runway
from runway.answers.projection import Projection
from runway.errors import InputError

if TYPE_CHECKING:
    from runway.engine.ladder import Rung
    from runway.program.plan import Plan

Project = Callable[..., Projection]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

IN_HAND, CERTAIN, CONDITIONAL, PLANNED = range(4)


@dataclass
class Ledger:
    """Cash at the end of each day: what moves evenly over its month, and what moves on its day."""

    opening: float
    months: int
    even: list[float] = field(default_factory=list)  # one amount a month
    dated: list[tuple[str, float]] = field(default_factory=list)
    start: str = "2025-01"
    restricted: Callable[[date], float] = lambda _: 0.0
    lent: dict[str, float] = field(default_factory=dict)  # by day, what a line can lend until the month ends
    held: float = 0.0  # what it lends up to

    def cash(self) -> dict[date, float]:
        cash, found = self.opening, {}
        for t, days in enumerate(months_of(self.start, self.months)):
            for day in days:
                cash += (self.even[t] if self.even else 0.0) / len(days)
                cash += sum(amount for on, amount in self.dated if on == str(day))
                free = cash - self.restricted(day)
                found[day] = free + min(self.lent.get(str(day), 0.0), max(0.0, self.held - free))
        return found


def agree(rung: Rung, ledger: Ledger, floor: float = 0.0) -> None:
    """The rung says what the ledger says: the first day below the floor, the lowest cash, the gap."""
    cash = ledger.cash()
    below = [day for day, left in cash.items() if left < floor - 0.005]
    assert rung.zero_cash_date == (below[0] if below else None)
    assert rung.beyond_horizon == (not below)
    if below:
        year, month = map(int, ledger.start.split("-"))
        whole = (below[0].year - year) * 12 + below[0].month - month
        assert rung.months == pytest.approx(whole + (below[0].day - 1) / monthrange(below[0].year, below[0].month)[1])
    else:
        assert rung.months is None
    lowest = min(cash.values())
    assert rung.lowest_cash == pytest.approx(lowest, abs=0.02)
    assert cash[rung.lowest_cash_date] == pytest.approx(lowest, abs=0.02)
    assert rung.funding_gap == pytest.approx(max(0.0, floor - lowest), abs=0.02)


def model(opening: float, months: int = 12, start: str = "2025-01", more: str = "") -> str:
    return f"""
        [model]
        name = "x"
        start = "{start}"
        months = {months}
        opening_cash = {opening}
        {more}
        """


def burn(amount: float, name: str = "rent") -> str:
    return f"""
        [costs.{name}]
        kind = "recurring"
        amount = "${amount}/month"
        """


def one_off(name: str, day: str, amount: float, section: str = "costs") -> str:
    return f"""
        [{section}.{name}]
        kind = "one_off"
        amount = {amount}
        date = "{day}"
        """


def closings(*pairs: tuple[str, float]) -> str:
    text = """
        [funding.seed]
        kind = "priced_round"
        """
    for n, (day, amount) in enumerate(pairs):
        text += f"""
            [[funding.seed.closings]]
            name = "c{n}"
            date = "{day}"
            amount = {amount}
            """
    return text


# By hand ----------------------------------------------------------------------------------------------------------

DRY = [  # opening cash; the day at whose end it is first below zero; burning 31 a day of January, 28 ... a month
    (100, "2025-01-04", 3 / 31),  # 3 days leave 7, the fourth does not
    (31 * 31 - 1, "2025-01-31", 30 / 31),
    (31 * 31, "2025-02-01", 1.0),  # exactly nothing at the end of January is not below zero
    (31 * 31 + 0.5, "2025-02-01", 1.0),
    (31 * 31 * 2, "2025-03-01", 2.0),
    (31 * 31 * 2.5, "2025-03-16", 2 + 15 / 31),
    (0, "2025-01-01", 0.0),
    (-5, "2025-01-01", 0.0),
]


@pytest.mark.parametrize(("opening", "day", "months"), DRY)
def test_the_day_and_the_months_to_it(project: Project, opening: float, day: str, months: float) -> None:
    rung = project(model(opening) + burn(961)).runway[IN_HAND]
    assert str(rung.zero_cash_date) == day
    assert rung.months == pytest.approx(months)
    agree(rung, Ledger(opening, 12, [-961.0] * 12))


HALVES = [("USD", 0.12, False), ("USD", 0.16, True), ("JPY", 12, False), ("JPY", 16, True), ("KWD", 0.016, True)]
"""A day of January costs a thirty-first: 0.0039 and 0.0052 of a dollar, 0.39 and 0.52 of a yen, 0.52 of a fils."""


@pytest.mark.parametrize(("currency", "cost", "dry"), HALVES)
@pytest.mark.parametrize("floor", [0, 1_000])
def test_half_a_minor_unit_below_the_floor_is_still_at_it(
    load: Callable[..., Plan], currency: str, cost: float, dry: bool, floor: int
) -> None:
    """What is at the floor lacks one day's costs at the end of 1 January, until enough comes on the 2nd."""
    more = (
        f'minimum_cash = {floor}\ncurrency = "{currency}"\n[[checks]]\npreset = "going_concern"\nissued = "2024-12-31"'
    )
    text = (
        model(floor, 12, "2025-01", more) + burn(cost).replace("$", "") + one_off("sale", "2025-01-02", 500, "revenue")
    )
    plan = load(text)
    assert str(runway.project(plan).runway[IN_HAND].zero_cash_date) == ("2025-01-01" if dry else "None")
    odds = runway.simulate(load(text + DRAWN), paths=64).risks[0].by_month
    assert {odd.value for odd in odds} == {1.0 if dry else 0.0}
    assert runway.check(plan).checks[0].holds is (floor > 0 or not dry)


@pytest.mark.parametrize(("opening", "odds"), [(0.996, 0.0), (0.994, 1.0)])
def test_half_a_minor_unit_at_the_end_of_a_later_month(load: Callable[..., Plan], opening: float, odds: float) -> None:
    """A year of costs of 2 leaves 0.004 or 0.006 too little, where paths are not rounded by month."""
    drawn = DRAWN.replace("high = 2", "high = 1.000001")
    simulated = runway.simulate(load(model(opening) + burn(2).replace("/month", "/year") + drawn), paths=64)
    assert simulated.risks[0].by_month[-1].value == odds


DRAWN = """
        [revenue.tips]
        kind = "one_off"
        date = "2025-02-01"
        amount = { value = 1, low = 1, high = 2 }
        """


def test_never_reached_is_beyond_the_horizon_and_never_a_number(project: Project) -> None:
    projection = project(model(961 * 12) + burn(961))
    rung = projection.runway[IN_HAND]
    assert (rung.months, rung.zero_cash_date, rung.beyond_horizon) == (None, None, True)
    assert projection.raise_by[IN_HAND].date is None
    assert (rung.lowest_cash, rung.lowest_cash_date, rung.funding_gap) == (0.0, date(2025, 12, 31), 0.0)


def test_growing_cash_is_lowest_on_the_first_day(project: Project) -> None:
    rung = project(
        model(500)
        + """
        [revenue.x]
        kind = "recurring"
        amount = "$310/month"
        """
    ).runway[IN_HAND]
    assert (rung.lowest_cash, rung.lowest_cash_date) == (510, date(2025, 1, 1))


def test_a_floor_is_reached_before_zero(project: Project) -> None:
    rung = project(model(3100, more="minimum_cash = 1550") + burn(3100)).runway[IN_HAND]
    assert (str(rung.zero_cash_date), rung.funding_gap) == ("2025-01-16", 1550 + 11 * 3100)
    agree(rung, Ledger(3100, 12, [-3100.0] * 12), floor=1550)


def test_a_floor_may_be_below_zero(project: Project) -> None:
    """An overdraft of 1,550."""
    rung = project(model(3100, more="minimum_cash = -1550") + burn(3100)).runway[IN_HAND]
    assert rung.zero_cash_date == date(2025, 2, 15)
    agree(rung, Ledger(3100, 12, [-3100.0] * 12), floor=-1550)


def test_a_payment_within_a_month_is_seen_though_the_month_ends_well(project: Project) -> None:
    """900 are due on the 10th, 1,000 come on the 20th: both month ends are fine, and the tenth is not."""
    text = model(600) + one_off("bill", "2025-03-10", 900) + one_off("sale", "2025-03-20", 1000, "revenue")
    rung = project(text).runway[IN_HAND]
    assert (rung.zero_cash_date, rung.lowest_cash) == (date(2025, 3, 10), -300)
    assert rung.lowest_cash_date == date(2025, 3, 10)  # the first of the days that are as low
    agree(rung, Ledger(600, 12, [], [("2025-03-10", -900), ("2025-03-20", 1000)]))


def test_what_comes_and_goes_on_one_day_is_one_day(project: Project) -> None:
    text = model(0) + one_off("bill", "2025-03-10", 900) + one_off("sale", "2025-03-10", 900, "revenue")
    assert project(text).runway[IN_HAND].beyond_horizon


def test_a_closing_comes_on_its_day(project: Project) -> None:
    text = model(961) + burn(961) + closings(("2025-02-01", 961), ("2025-03-02", 961 * 10))
    projection = project(text)
    assert str(projection.runway[IN_HAND].zero_cash_date) == "2025-02-01"
    assert str(projection.runway[CERTAIN].zero_cash_date) == "2025-03-01"
    flows = [("2025-02-01", 961.0), ("2025-03-02", 9610.0)]
    agree(projection.runway[IN_HAND], Ledger(961, 12, [-961.0] * 12))
    agree(projection.runway[CERTAIN], Ledger(961, 12, [-961.0] * 12, flows))


def test_interest_comes_on_the_first_day(project: Project) -> None:
    """1 % a month on 100,000 is there on 1 January, and pays the bill of that day."""
    text = model(100_000, more='interest = "1%/month"') + one_off("bill", "2025-01-01", 101_000)
    rung = project(text).runway[IN_HAND]
    assert (rung.beyond_horizon, rung.lowest_cash) == (True, 0)
    assert not project(text, set={"bill.amount": 101_001}).runway[IN_HAND].beyond_horizon


def test_no_interest_is_earned_or_owed_below_zero(rows: Rows) -> None:
    rows = rows(model(-100_000, more='interest = "1%/month"'))
    assert rows["cash.interest"] == (0.0,) * 12


def test_tax_leaves_on_the_last_day(project: Project) -> None:
    text = (
        model(0)
        + """
        [revenue.x]
        kind = "recurring"
        amount = "$1000/month"
        end = "2025-03-31"
        """
    )
    text += (
        """
        [tax]
        rate = "30%"
        """
        + one_off("bill", "2025-03-31", 2100)
        + one_off("second", "2025-04-01", 0.01)
    )
    rung = project(text, set={"bill.amount": 1470.01}).runway[IN_HAND]
    even = [1000.0] * 3 + [0.0] * 9
    tax = 0.3 * (3000 - 1470.01)
    agree(rung, Ledger(0, 12, even, [("2025-03-31", -1470.01 - round(tax, 2)), ("2025-04-01", -0.01)]))


# Earmarks: restricted cash is no cash to run on -------------------------------------------------------------------

SITE = """
[capital.site]
kind = "spread"
amount = 36_000
from = "2025-04"
to = "2025-12"
[[funding.seed.earmarks]]
for = "site"
amount = 36_000
from = {sources}
fills = "{fills}"
"""


def site_ledger(opening: float, rent: float, drawn: list[tuple[str, float]], filled: list[tuple[str, float]]) -> Ledger:
    """A ledger of rent and of 4,000 a month on the site from April on, spent from what the earmark was filled with."""
    even = [-rent - (4000 if t >= 3 else 0) for t in range(12)]
    spent: dict[date, float] = {}
    so_far = 0.0
    for t, days in enumerate(months_of("2025-01", 12)):
        for day in days:
            so_far += (4000 if t >= 3 else 0) / len(days)
            spent[day] = so_far

    def restricted(day: date) -> float:
        return max(0.0, sum(amount for on, amount in filled if on <= str(day)) - spent[day])

    return Ledger(opening, 12, even, drawn, restricted=restricted)


def test_a_refund_of_tax_comes_on_the_last_day_and_covers_no_day_before_it(project: Project) -> None:
    """1,800 paid on the profit of six months comes back on 31 December; 200 are left of November, 1,000 are burned."""
    text = (
        model(1000)
        + """
        [revenue.x]
        kind = "recurring"
        amount = "$1000/month"
        end = "2025-06-30"
        """
    )
    text += """
        [costs.y]
        kind = "recurring"
        amount = "$1000/month"
        start = "2025-07-01"
        [tax]
        rate = "30%"
        """
    projection = project(text)
    assert projection.rows["cash.tax"][11] == 1800
    rung = projection.runway[IN_HAND]
    assert (str(rung.zero_cash_date), str(rung.lowest_cash_date)) == ("2025-12-07", "2025-12-30")
    assert rung.lowest_cash == pytest.approx(200 - 1000 * 30 / 31)


@pytest.mark.parametrize("opening", [3_000, 9_000, 25_000, 60_000])
@pytest.mark.parametrize(
    ("fills", "filled"),
    [
        ("pro_rata", [("2025-02-11", 12_000.0), ("2025-06-20", 24_000.0)]),
        ("first", [("2025-02-11", 20_000.0), ("2025-06-20", 16_000.0)]),
    ],
)
def test_an_earmark_restricts_what_its_closings_bring(
    project: Project, opening: float, fills: str, filled: list[tuple[str, float]]
) -> None:
    drawn = [("2025-02-11", 20_000.0), ("2025-06-20", 40_000.0)]
    text = model(opening) + burn(2000) + closings(*drawn) + SITE.format(sources='["c0", "c1"]', fills=fills)
    projection = project(text)
    agree(projection.runway[CERTAIN], site_ledger(opening, 2000, drawn, filled))
    agree(projection.runway[IN_HAND], site_ledger(opening, 2000, [], []))


def test_an_earmark_from_one_of_two_closings(project: Project) -> None:
    drawn = [("2025-02-11", 20_000.0), ("2025-06-20", 40_000.0)]
    text = model(9_000) + burn(2000) + closings(*drawn) + SITE.format(sources='"c1"', fills="pro_rata")
    agree(project(text).runway[CERTAIN], site_ledger(9_000, 2000, drawn, [("2025-06-20", 36_000.0)]))


def test_an_earmark_spent_on_one_day(project: Project) -> None:
    """The press costs 5,000 on 20 June; 4,000 of it were set aside on 11 February, 1,000 is own cash."""
    text = model(3000) + burn(100) + closings(("2025-02-11", 6000)) + one_off("press", "2025-06-20", 5000, "capital")
    text += """
        [[funding.seed.earmarks]]
        for = "press"
        amount = 4000
        """

    def restricted(day: date) -> float:
        return 4000.0 if date(2025, 2, 11) <= day < date(2025, 6, 20) else 0.0

    flows = [("2025-02-11", 6000.0), ("2025-06-20", -5000.0)]
    projection = project(text)
    agree(projection.runway[CERTAIN], Ledger(3000, 12, [-100.0] * 12, flows, restricted=restricted))


@pytest.mark.parametrize("opening", [9_500, 12_000, 60_000])
def test_what_closed_before_the_start_is_restricted_from_the_first_day(project: Project, opening: float) -> None:
    """The whole round is in opening cash; 36,000 of it were set aside, and 30,000 of those are spent."""
    text = model(opening) + burn(200) + closings(("2024-10-05", 50_000)) + "[capital.site]\n"
    text += """
        kind = "spread"
        amount = 12_000
        from = "2025-04"
        to = "2025-09"
        """
    text += """
        [[funding.seed.earmarks]]
        for = "site"
        amount = 36_000
        opening_spent = 30_000
        """
    spent: dict[date, float] = {}
    for t, days in enumerate(months_of("2025-01", 12)):
        for n, day in enumerate(days, start=1):
            spent[day] = 2000 * (min(6, max(0, t - 3)) + (n / len(days) if 3 <= t < 9 else 0))
    even = [-200.0 - (2000 if 3 <= t < 9 else 0) for t in range(12)]
    ledger = Ledger(opening, 12, even, restricted=lambda day: max(0.0, 6_000 - spent[day]))
    projection = project(text)
    agree(projection.runway[IN_HAND], ledger)
    agree(projection.runway[CERTAIN], ledger)


# Any company ------------------------------------------------------------------------------------------------------


def random_company(seed: int) -> tuple[str, Ledger, Ledger, float]:
    """A company with whole cents, its ledgers without and with funding, and its floor."""
    random = Random(seed)
    months = random.choice([5, 12, 27])
    start = random.choice(["2025-01", "2024-01", "2023-11"])
    calendar = [day for days in months_of(start, months) for day in days]
    opening = random.randrange(-100, 3000)
    floor = random.choice([0, 0, 500, -200])
    even = [0.0] * months
    text = model(opening, months, start, f"minimum_cash = {floor}")
    for name in ("rent", "wages"):
        amount = random.randrange(0, 600)
        text += burn(amount, name)
        even = [x - amount for x in even]
    amount = random.randrange(0, 900)
    text += f"""
        [revenue.sales]
        kind = "recurring"
        amount = "${amount}/month"
        """
    even = [x + amount for x in even]
    dated: list[tuple[str, float]] = []
    for n in range(random.randrange(5)):
        day, amount = str(random.choice(calendar)), random.randrange(1, 2000)
        section, sign = random.choice([("costs", -1), ("revenue", 1), ("capital", -1), ("passthrough", 1)])
        text += one_off(f"bill{n}", day, amount, section)
        dated.append((day, sign * amount))
    outside = calendar[-1] + timedelta(days=random.randrange(1, 40))
    days = sorted(str(random.choice([*calendar, outside])) for _ in range(random.randrange(1, 4)))
    drawn = [(day, float(random.randrange(1, 4000))) for day in days]
    text += closings(*drawn)
    return text, Ledger(opening, months, even, dated, start), Ledger(opening, months, even, dated + drawn, start), floor


@pytest.mark.parametrize("seed", range(30))
def test_any_company_agrees_with_its_ledger(project: Project, seed: int) -> None:
    text, in_hand, funded, floor = random_company(seed)
    projection = project(text)
    agree(projection.runway[IN_HAND], in_hand, floor)
    agree(projection.runway[CERTAIN], funded, floor)
    assert projection.runway[CONDITIONAL] == projection.runway[CERTAIN]._replace(counting="+ conditional")
    ten_years = replace(in_hand, months=120, even=in_hand.even + in_hand.even[-1:] * (120 - in_hand.months))
    need = -min(cash - in_hand.opening for cash in ten_years.cash().values())
    if in_hand.even[-1] < 0:
        assert projection.peak_need is None  # the same is burned every month, without end
    else:
        assert projection.peak_need == pytest.approx(max(0.0, floor + need), abs=0.02)


# What hangs on the zero-cash day ----------------------------------------------------------------------------------


def test_raise_by_is_some_months_before(project: Project) -> None:
    text = model(961 * 9.5, 36) + burn(961)
    projection = project(text)
    rung = projection.runway[IN_HAND]
    assert rung.zero_cash_date is not None
    assert (rung.zero_cash_date.year, rung.zero_cash_date.month) == (2025, 10)
    assert projection.raise_by[IN_HAND].date == rung.zero_cash_date.replace(month=4)  # six months
    later = project(text, set={"model.months_to_close": "3 months"}).raise_by[IN_HAND]
    assert later.date == rung.zero_cash_date.replace(month=7)


@pytest.mark.parametrize("opening", [400, 961 * 4.4, 961 * 9.5])
def test_the_round_that_buys_eighteen_months_does(project: Project, opening: float) -> None:
    """That money, on the day the cash runs out, moves the zero-cash day by eighteen months; a cent less does not."""
    text = model(opening, 36) + burn(961) + one_off("fine", "2026-02-14", 500)
    projection = project(text)
    rung, extension = projection.runway[IN_HAND], projection.raise_by[IN_HAND].round_to_extend
    assert rung.zero_cash_date is not None
    assert extension is not None
    grant = f'[funding.more]\nkind = "grant"\ntaxable = false\ndate = "{rung.zero_cash_date}"\namount = '
    year, month = divmod(rung.zero_cash_date.year * 12 + rung.zero_cash_date.month - 1 + 18, 12)
    wanted = date(year, month + 1, min(rung.zero_cash_date.day, monthrange(year, month + 1)[1]))
    enough = project(f"{text}{grant}{extension + 0.01:.2f}\n").runway[CERTAIN]
    assert enough.zero_cash_date is not None
    assert enough.zero_cash_date >= wanted
    short = project(f"{text}{grant}{extension - 0.02:.2f}\n").runway[CERTAIN]
    assert short.zero_cash_date is not None
    assert short.zero_cash_date < wanted


def test_a_milestone_leaves_the_months_from_its_day_on(project: Project) -> None:
    text = (
        model(961 * 9.5)
        + burn(961)
        + """
        [events.launch]
        date = "2025-03-16"
        [events.late]
        date = "2025-11-20"
        """
    )
    text += """
        [events.never_ever]
        date = "never"
        [events.past]
        date = "2024-05-01"
        """
    projection = project(text)
    months = projection.runway[CONDITIONAL].months
    assert months is not None
    cushions = {milestone.event: milestone.cushion for milestone in projection.milestones}
    assert cushions == {
        "launch": pytest.approx(months - (2 + 15 / 31)),
        "late": pytest.approx(months - (10 + 19 / 30)),  # below zero: the company does not live to see it
    }


# The days and the rows are one ------------------------------------------------------------------------------------

CUT = """
[funding.seed]
kind = "priced_round"
[[funding.seed.commitments]]
investor = "fund"
amount = 60_000
[[funding.seed.closings]]
name = "first"
date = "2025-02-11"
amount = 20_000
[[funding.seed.closings]]
name = "second"
date = "2025-09-20"
amount = 40_000
[[funding.seed.clauses]]
name = "licence_clause"
cuts = "fund"
to = 30_000
unless = "licence"
by = "2025-05-10"
[events.licence]
date = "never"
"""


@pytest.mark.parametrize("fills", ["pro_rata", "first"])
@pytest.mark.parametrize("cut", ["", CUT])
def test_a_month_s_last_day_is_its_row(load: Callable[..., Any], fills: str, cut: str) -> None:
    """Also where a clause makes an earlier closing's part of the earmark larger on a day that brings no money."""
    from runway.engine.days import layout
    from runway.engine.ladder import Runner
    from runway.engine.run import Engine

    drawn = [("2025-02-11", 20_000.0), ("2025-09-20", 40_000.0)]
    sources = '["first", "second"]' if cut else '["c0", "c1"]'
    text = model(30_000) + burn(2000) + (cut or closings(*drawn)) + SITE.format(sources=sources, fills=fills)
    found = load(text)
    runner = Runner(found, Engine(found.program, found.model.document), layout(found))
    rows = runner.engine.run()
    days = runner.days(rows, {})
    for t in range(12):
        cash, _ = days.month(t)
        last = monthrange(2025, t + 1)[1]
        assert cash(last) == pytest.approx(rows["unrestricted_cash"][t], abs=0.02), f"month {t + 1}"


@pytest.mark.parametrize("sales", [0, 1500, 5000])
@pytest.mark.parametrize("opening", [-15_000, 0, 2_000, 30_000])
def test_a_clause_that_restricts_more_does_so_on_its_day(project: Project, opening: float, sales: float) -> None:
    """On 10 May the round falls to 30,000, and all 20,000 of the first closing are set aside."""
    text = model(opening) + burn(2000) + CUT + SITE.format(sources='["first", "second"]', fills="pro_rata")
    text += f"""
        [revenue.sales]
        kind = "recurring"
        amount = "${sales}/month"
        """
    drawn = [("2025-02-11", 20_000.0), ("2025-09-20", 10_000.0)]
    filled = [("2025-02-11", 12_000.0), ("2025-05-10", 8_000.0), ("2025-09-20", 10_000.0)]
    ledger = site_ledger(opening, 2000 - sales, drawn, filled)
    agree(project(text).runway[PLANNED], ledger)


def test_cash_that_rises_again_is_lowest_on_the_day_that_restricts_it(project: Project) -> None:
    text = model(2_000) + burn(2000) + CUT + SITE.format(sources='["first", "second"]', fills="pro_rata")
    text += """
        [revenue.sales]
        kind = "recurring"
        amount = "$5000/month"
        """ + one_off("fine", "2025-04-30", 17_000)
    drawn = [("2025-02-11", 20_000.0), ("2025-09-20", 10_000.0), ("2025-04-30", -17_000.0)]
    filled = [("2025-02-11", 12_000.0), ("2025-05-10", 8_000.0), ("2025-09-20", 10_000.0)]
    rung = project(text).runway[PLANNED]
    assert rung.lowest_cash_date == date(2025, 5, 10)
    agree(rung, site_ledger(2_000, -3000, drawn, filled))


def test_a_floor_is_one_figure(project: Project) -> None:
    with pytest.raises(InputError, match="schedule-not-allowed"):
        project(model(1000, more='minimum_cash = { "2025-01" = 0, "2025-04" = 500 }') + burn(100))


# Many paths -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "values"),
    [
        ("levers.burn", [1.0, 0.5, 1.7, 0.0]),
        ("levers.delay", [0.0, 0.5, 2.0, 30.0]),
        ("levers.funding", [1.0, 0.0, 0.4, 2.0]),
        ("model.opening_cash", [3_000.0, -5.0, 0.0, 90_000.0]),
        ("model.minimum_cash", [0.0, 5_000.0, -5_000.0, 1.0]),
        ("seed.c0.date", [1 + 10 / 32, 0.0, 1e6, 4.5]),
        ("fine.date", [3 + 2 / 32, 1 + 30 / 32, 1e6, -1.0]),
        ("launch.date", [5.5, 1e6, -2.0, 8 + 29 / 32]),
        ("loan.date", [0.0, 2 + 29 / 32, 1e6, 5.5]),
        ("loan.rate", [0.12, 0.0, 0.9, 0.01]),
        ("line.limit", [1_000.0, 0.0, 50_000.0, 7_000.0]),
    ],
)
def test_the_days_of_many_paths_are_those_of_each(load: Callable[..., Any], address: str, values: list[float]) -> None:
    import warnings

    import numpy as np

    from runway.engine.days import layout
    from runway.engine.ladder import Runner
    from runway.engine.run import Engine

    text = model(30_000) + burn(2000) + closings(("2025-02-11", 20_000), ("2025-06-20", 40_000))
    text += 'requires = "launch"\n' + SITE.format(sources='["c0", "c1"]', fills="pro_rata")
    text += (
        one_off("fine", "2025-04-03", 7_000)
        + """
        [events.launch]
        date = "2025-06-25"
        """
    )
    text += loan(
        "2025-01-31",
        9_000,
        5,
        """
        fee = "1%"
        end_fee = 300
        day_count = "act/360"
        """,
    )
    text += """
        [funding.line]
        kind = "credit_line"
        limit = 4000
        rate = "9%/year"
        commitment_fee = "1%/year"
        """
    found = load(text)
    runner = Runner(found, Engine(found.program, found.model.document), layout(found))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = {address: np.array(values)}
        together = runner.days(runner.engine.run(paths), paths).read()
    for n, value in enumerate(values):
        alone = runner.days(runner.engine.run({address: value}), {address: value}).read()
        path = [np.broadcast_to(getattr(together, name), len(values))[n] for name in alone.__slots__]
        assert path == pytest.approx([getattr(alone, name) for name in alone.__slots__], abs=1e-6), value


# Debt -------------------------------------------------------------------------------------------------------------


def loan(day: str, amount: float, term: int, more: str = "") -> str:
    return f"""
            [funding.loan]
            kind = "loan"
            date = "{day}"
            amount = {amount}
            rate = "12%/year"
            term = "{term} months"
            repayment = "level_principal"
            {more}
            """


def test_a_loan_moves_on_its_day_and_its_payments_on_the_same_day_of_later_months(project: Project) -> None:
    """12,000 on 30 January for three months at 1 %: the payment of February is on its last day."""
    text = model(1000, 5) + burn(310) + loan("2025-01-30", 12_000, 3, 'fee = "1%"\nend_fee = 600')
    dated = [("2025-01-30", 12_000 - 120.0), ("2025-02-28", -4120.0), ("2025-03-30", -4080.0), ("2025-04-30", -4640.0)]
    agree(project(text).runway[CERTAIN], Ledger(1000, 5, [-310.0] * 5, dated))
    agree(project(text).runway[IN_HAND], Ledger(1000, 5, [-310.0] * 5))


def test_a_payment_makes_the_zero_cash_day(project: Project) -> None:
    """Nothing else moves: 1,000 in hand, and 1,200 that was borrowed in December and falls due until 17 March."""
    more = "opening_balance = 1200"
    projection = project(model(1000, 6) + loan("2024-12-17", 1200, 3, more))
    dated = [("2025-01-17", -412.0), ("2025-02-17", -408.0), ("2025-03-17", -404.0)]
    for rung in projection.runway:
        agree(rung, Ledger(1000, 6, dated=dated))
        assert str(rung.zero_cash_date) == "2025-03-17"


@pytest.mark.parametrize("seed", range(25))
def test_random_debt_by_days(project: Project, seed: int) -> None:
    """Amounts are those of the rows, which other tests reckon anew; the days are the plain ledger's."""
    random = Random(f"debt {seed}")
    months, opening = 14, random.randint(0, 9000)
    monthly = [round(random.uniform(-1500, 1000), 2) for _ in range(months)]
    steps = ", ".join(f'"{2025 + t // 12}-{t % 12 + 1:02d}" = {amount}' for t, amount in enumerate(monthly))
    day = date(2025, 1, 1) + timedelta(days=random.randint(0, 120))
    text = model(opening, months, more=f"minimum_cash = {random.randint(0, 800)}")
    text += f"""
        [passthrough.flow]
        kind = "formula"
        formula = "each"
        each = {{ {steps} }}
        """
    text += loan(str(day), random.randint(0, 6000), random.randint(1, 9), 'fee = "2%"\nend_fee = "5%"')
    if random.random() < 0.7:
        text += """
            [funding.line]
            kind = "credit_line"
            limit = 1500
            rate = "9%/year"
            commitment_fee = "1%/year"
            """
    projection = project(text)
    rows, dated = projection.rows, []
    ledger = Ledger(opening, months, monthly, dated)
    for t, days in enumerate(months_of("2025-01", months)):
        on = days[min(day.day, len(days)) - 1]
        dated += [(str(on), rows["loan.cash"][t] + rows["loan.service"][t])]
        if "line.draw" in rows:
            dated += [(str(days[-1]), rows["line.draw"][t] + rows["line.service"][t] - rows["line.repayment"][t])]
            room = 1500 - (rows["line.balance"][t - 1] if t else 0)
            ledger.lent |= {str(inner): room for inner in days[:-1]}
    ledger.held = projection.minimum_cash
    agree(projection.runway[PLANNED], ledger, floor=projection.minimum_cash)


def test_a_line_that_suffices_keeps_every_day_at_the_floor(project: Project) -> None:
    text = model(500, 6, more="minimum_cash = 400") + burn(310)
    text += """
        [funding.line]
        kind = "credit_line"
        limit = 5000
        rate = "12%/year"
        """
    rung = project(text).runway[CERTAIN]
    assert (rung.zero_cash_date, rung.lowest_cash, rung.funding_gap) == (None, 400, 0)
    assert rung.lowest_cash_date == date(2025, 1, 10)  # 500 less ten days of 10


DIP = """[funding.older]
kind = "loan"
amount = 300
date = "2024-12-02"
opening_balance = 300
rate = "0%/year"
term = "3 months"
repayment = "level_principal"
[funding.line]
kind = "credit_line"
limit = {limit}
rate = "0%/year"
[revenue.sales]
kind = "one_off"
amount = 310
date = "2025-01-28"
"""


@pytest.mark.parametrize(
    ("limit", "first", "gap"), [(500, None, 0), (160, None, 0), (100, "2025-01-22", 60), (0, "2025-01-12", 160)]
)
def test_a_dip_within_the_month_counts_what_the_line_could_lend(
    project: Project, rows: Rows, limit: int, first: str | None, gap: float
) -> None:
    """Cash 210, 10 a day out, 100 to the lender on the 2nd, 310 in on the 28th: 160 short at the end of the 27th."""
    rung = project(model(210, 1) + burn(310) + DIP.format(limit=limit)).runway[CERTAIN]
    assert rung.funding_gap == pytest.approx(gap)
    assert (str(rung.zero_cash_date) if rung.zero_cash_date else None) == first
    assert rows(model(210, 1) + burn(310) + DIP.format(limit=limit))["line.draw"] == (0,)


@pytest.mark.parametrize("seed", range(25))
def test_lines_day_by_day(project: Project, seed: int) -> None:
    """Two lines against a reckoning that goes from day to day and knows nothing of rows."""
    random = Random(f"lines {seed}")
    months, floor, cash = 10, random.randint(0, 400), float(random.randint(0, 1500))
    monthly = [random.randint(-900, 800) for _ in range(months)]
    limits, rates, fee = [random.randint(0, 900), random.randint(0, 900)], [0.12, 0.06], 0.012
    bill = (f"2025-{random.randint(1, 10):02d}-{random.randint(1, 28):02d}", random.randint(0, 900))
    steps = ", ".join(f'"2025-{t + 1:02d}" = {amount}' for t, amount in enumerate(monthly))
    text = model(cash, months, more=f"minimum_cash = {floor}")
    text += f"""
        [passthrough.flow]
        kind = "formula"
        formula = "each"
        each = {{ {steps} }}
        """ + one_off("bill", *bill)
    for n, limit in enumerate(limits):
        text += f"""
            [funding.line{n}]
            kind = "credit_line"
            limit = {limit}
            rate = "{rates[n] * 100:g}%/year"
            """
        text += f'commitment_fee = "{fee * 100:g}%/year"\n'

    owed, seen = [0.0, 0.0], {}
    for t, days in enumerate(months_of("2025-01", months)):
        undrawn = [limit - debt for limit, debt in zip(limits, owed, strict=True)]
        for day in days:
            cash += monthly[t] / len(days) - (bill[1] if str(day) == bill[0] else 0)
            if day != days[-1]:
                seen[day] = cash + min(sum(undrawn), max(0.0, floor - cash))
        cash -= sum(round(debt * rate / 12, 2) for debt, rate in zip(owed, rates, strict=True))
        cash -= sum(round(left * fee / 12, 2) for left in undrawn)
        for n in range(2):
            moved = min(undrawn[n], floor - cash) if cash < floor else -min(owed[n], cash - floor)
            owed[n], cash = owed[n] + moved, cash + moved
        seen[days[-1]] = cash
    rung = project(text).runway[CERTAIN]
    below = [day for day, left in seen.items() if left < floor - 0.05]
    assert rung.zero_cash_date == (below[0] if below else None)
    assert rung.lowest_cash == pytest.approx(min(seen.values()), abs=0.1)  # roundings of ten months
    assert seen[rung.lowest_cash_date] == pytest.approx(min(seen.values()), abs=0.1)
