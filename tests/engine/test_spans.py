"""A line that starts, ends, hires or is billed within a month moves its money on the days on which it is in force."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.companies import few
from support.paths_alone import agrees

from runway.answers.projection import Projection
from runway.engine.ladder import runner_of

if TYPE_CHECKING:
    from runway.program.plan import Plan

    Load = Callable[..., Plan]
Project = Callable[..., Projection]

COMPANY = """
[model]
name = "x"
currency = "USD"
start = "2024-01"
months = {months}
opening_cash = {cash}
"""
RENT = """
[costs.rent]
kind = "recurring"
amount = "9000/month"
"""
BILL = {  # 120,000 that are due on 25 January
    "one_off": 'kind = "one_off"\namount = 120_000\ndate = "2024-01-25"',
    "yearly bill": 'kind = "recurring"\namount = "120_000/year"\nevery = "year"\nstart = "2024-01-25"',
    "quarterly bill": 'kind = "recurring"\namount = "480_000/year"\nevery = "quarter"\nstart = "2024-01-25"',
    "month's amount": 'kind = "recurring"\namount = "120_000/month"\nstart = "2024-01-25"',
    "spread": 'kind = "spread"\namount = 120_000\nfrom = "2024-01-25"\nto = "2024-01-31"',
    "hire": 'kind = "headcount"\nopening = 0\nsalary = "120_000/month"\nhires = { "2024-01-25" = 1 }',
}
LATE = {  # the same, of an earlier day and paid later
    "days": 'kind = "recurring"\namount = "120_000/year"\nevery = "year"\nstart = "2024-01-10"\npaid_after = "15 days"',
    "month": 'kind = "recurring"\namount = "120_000/month"\nstart = "2024-01-10"\npaid_after = "15 days"',
    "spread": 'kind = "spread"\namount = 120_000\nfrom = "2024-01-10"\nto = "2024-01-12"\npaid_after = "15 days"',
    "hire": 'kind="headcount"\nopening = 0\nsalary = "1M/month"\nhires = { "2024-01-11" = 9 }\npaid_after = "2 weeks"',
}


def company(*tables: str, months: int = 4, cash: float = 5000) -> str:
    return COMPANY.format(months=months, cash=cash) + "".join(tables)


@pytest.mark.parametrize("section", ["costs", "capital"])
@pytest.mark.parametrize("bill", BILL)
def test_what_is_due_on_the_25th_is_not_paid_before(project: Project, bill: str, section: str) -> None:
    """5,000 are 17.2 days of 9,000 / 31."""
    rung = project(company(RENT, f"[{section}.bill]\n{BILL[bill]}\n")).runway[0]
    assert rung.zero_cash_date == date(2024, 1, 18)
    rich = project(company(RENT, f"[{section}.bill]\n{BILL[bill]}\n", cash=9000)).runway[0]
    assert rich.zero_cash_date == date(2024, 1, 25)
    assert rich.months == pytest.approx(24 / 31)


@pytest.mark.parametrize("bill", LATE)
def test_what_is_paid_later_is_dated_later(project: Project, bill: str) -> None:
    text = company(RENT, f"[costs.bill]\n{LATE[bill]}\nopening_payable = 0\n", cash=9000)
    assert project(text).runway[0].zero_cash_date == date(2024, 1, 25)


@pytest.mark.parametrize(("day", "late", "paid"), [("31", "1 month", "2024-02-29"), ("10", "45 days", "2024-02-24")])
def test_a_bill_that_falls_into_the_next_month(project: Project, day: str, late: str, paid: str) -> None:
    bill = f'[costs.bill]\nkind = "recurring"\namount = "12_000/year"\nevery = "year"\nstart = "2024-01-{day}"\n'
    text = company(bill, f'paid_after = "{late}"\nopening_payable = 0\n', months=14)
    projection = project(text)
    assert str(projection.runway[0].zero_cash_date) == paid
    assert projection.rows["bill.cash"][:3] == (0, -12_000, 0)


@pytest.mark.parametrize(
    ("line", "late", "first"),
    [
        ('kind = "recurring"\namount = "300/day"', "45 days", date(2024, 2, 15)),
        ('kind = "recurring"\namount = "300/day"\nend = "2024-03-31"', "6 weeks", date(2024, 2, 12)),
        ('kind = "formula"\nformula = "300 * days"', "10 days", date(2024, 1, 11)),
        ('kind = "spread"\namount = 95_000\nfrom = "2023-12-01"\nto = "2024-09-30"', "45 days", date(2024, 2, 15)),
        ('kind = "recurring"\namount = "300/day"', "1 month", date(2024, 2, 1)),
    ],
)
def test_where_nothing_is_owed_at_the_start_the_first_money_moves_so_long_after_it(
    project: Project, load: Load, line: str, late: str, first: date
) -> None:
    """What was spent from 1 January on, 300 a day, is not paid before its delay has passed."""
    bill = f'[costs.bill]\n{line}\npaid_after = "{late}"\nopening_payable = 0\n'
    assert project(company(bill, cash=299)).runway[0].zero_cash_date == first
    drawn = '[revenue.tips]\nkind = "one_off"\ndate = "2024-04-30"\namount = { value = 1, low = 1, high = 2 }\n'
    agrees(load(company(bill, drawn, cash=299)))


def test_a_team_of_nobody_is_owed_nothing(project: Project) -> None:
    team = '[costs.a]\nkind = "headcount"\nopening = 0\nsalary = "100/day"\nhires = { "2024-01-02" = 0 }\n'
    found = project(company(team, 'paid_after = "10 days"\nopening_payable = 0\n'))
    assert found.rows["a.cash"] == (0.0,) * 4


def test_a_cost_from_the_16th_on(project: Project) -> None:
    cost = '[costs.a]\nkind = "recurring"\namount = "3100/month"\nstart = "2024-01-16"\n'
    assert project(company(cost, cash=10)).runway[0].zero_cash_date == date(2024, 1, 16)
    hire = '[costs.a]\nkind = "headcount"\nopening = 0\nsalary = "100/day"\nhires = { "2024-01-31" = 1 }\n'
    assert project(company(hire, cash=10)).runway[0].zero_cash_date == date(2024, 1, 31)


def test_revenue_that_ends_on_the_10th_does_not_pay_the_days_after_it(project: Project) -> None:
    """100 a day to the 10th against 50 a day: 500 are there on the 10th, and ten days later nothing."""
    sales = '[revenue.s]\nkind = "recurring"\namount = "100/day"\nend = "2024-01-10"\n'
    costs = '[costs.c]\nkind = "recurring"\namount = "50/day"\n'
    rung = project(company(sales, costs, cash=0)).runway[0]
    assert rung.zero_cash_date == date(2024, 1, 21)


def test_a_bill_to_customers_comes_on_its_day(project: Project) -> None:
    """12,000 on 25 January do not pay the 290.32 of each day before it."""
    sales = '[revenue.s]\nkind = "recurring"\namount = "12_000/year"\nstart = "2024-01-25"\n'
    text = company(RENT, sales, 'billed = "yearly"\nopening_deferred = 0\n', cash=5000)
    assert project(text).runway[0].zero_cash_date == date(2024, 1, 18)


def test_what_an_earmark_pays_of_a_spread_is_restricted_to_its_days(load: Load) -> None:
    """The press is built from the 20th on, of money set aside on the 2nd: until then all of it is restricted."""
    press = '[capital.press]\nkind = "spread"\namount = 12_000\nfrom = "2024-01-20"\nto = "2024-01-31"\n'
    seed = '[funding.seed]\nkind = "priced_round"\n[[funding.seed.closings]]\nname = "a"\ndate = "2024-01-02"\n'
    seed += 'amount = 12_000\n[[funding.seed.earmarks]]\nfor = "press"\namount = 12_000\n'
    plan = load(company(RENT, press, seed, cash=9000))
    runner = runner_of(plan)
    rows = runner.engine.run({})
    cash, _ = runner.days(rows, {}).month(0)
    for day in range(1, 32):
        assert cash(day) == pytest.approx(9000 - 9000 * day / 31, abs=0.01)


def test_what_an_earmark_pays_of_a_purchase_is_restricted_until_it_is_paid(load: Load) -> None:
    """A press of 20 January that is paid on 9 February, of money set aside on the 2nd."""
    press = '[capital.press]\nkind = "one_off"\namount = 12_000\ndate = "2024-01-20"\npaid_after = "20 days"\n'
    press += "opening_payable = 0\n"
    seed = '[funding.seed]\nkind = "priced_round"\n[[funding.seed.closings]]\nname = "a"\ndate = "2024-01-02"\n'
    seed += 'amount = 12_000\n[[funding.seed.earmarks]]\nfor = "press"\namount = 12_000\n'
    plan = load(company(press, seed, cash=9000))
    runner = runner_of(plan)
    days = runner.days(runner.engine.run({}), {})
    for t, length in enumerate((31, 29)):
        cash, _ = days.month(t)
        assert [cash(day) for day in range(1, length + 1)] == pytest.approx([9000] * length)


# Lines that follow others -----------------------------------------------------------------------------------------

SALE = '[revenue.sale]\nkind = "one_off"\namount = 100_000\ndate = "2024-01-25"\n'
SHOP = '[revenue.shop]\nkind = "recurring"\namount = "31k/month"\nstart = "2024-01-25"\n'
CONTRACT = '[revenue.deal]\nkind = "recurring"\namount = "120k/year"\nbilled = "yearly"\nopening_deferred = 0\n'
CONTRACT += 'start = "2024-01-25"\n'
FOLLOWERS = [  # a cost, and what of it is paid in January on the days from the 25th on
    ("a share", 'kind = "percent_of"\nof = "sale"\nshare = "50%"', SALE),
    ("a share of sums", 'kind = "percent_of"\nof = "sale + shop"\nshare = "50%"', SALE + SHOP),
    ("a share of a difference", 'kind = "percent_of"\nof = "sale - shop"\nshare = "50%"', SALE + SHOP),
    ("a share of a total", 'kind = "percent_of"\nof = "total.revenue"\nshare = "50%"', SALE + SHOP),
    ("a share of what is earned", 'kind = "percent_of"\nof = "deal"\nshare = "50%"', CONTRACT),
    ("usage", 'kind = "usage"\nvolume = "shop / 100"\nprice = 50', SHOP),
    ("a formula", 'kind = "formula"\nformula = "rate * (sale + shop) / 2 if t >= 0 else 0"\nrate = "50%"', SALE + SHOP),
    ("since a day", 'kind = "formula"\nformula = "5000 * since(\'2024-01-25\')"', ""),
    ("since a figure", 'kind = "formula"\nformula = "fee * since(day)"\nfee = 5000\nday = "2024-01-25"', ""),
    ("since an event", 'kind = "formula"\nformula = "5000 * launch.share"', '[events.launch]\ndate = "2024-01-25"\n'),
]


@pytest.mark.parametrize(("fields", "others"), [case[1:] for case in FOLLOWERS], ids=[case[0] for case in FOLLOWERS])
def test_what_follows_another_line_moves_as_it_does(load: Load, fields: str, others: str) -> None:
    plan = load(company(f"[costs.x]\n{fields}\n", others))
    runner = runner_of(plan)
    rows = {address: [0.0] * 4 for address in runner.layout.names()} | runner.engine.run({})
    alone = {**rows, "cash.revenue": [0.0] * 4}
    for name in ("sale", "shop", "deal"):
        alone[f"{name}.cash"] = [0.0] * 4
    cash, _ = runner.days(alone, {}).month(0)
    assert rows["x.cash"][0] < 0
    assert cash(24) == pytest.approx(5000)
    assert cash(25) < 4999
    assert cash(31) == pytest.approx(5000 + rows["x.cash"][0])


def test_a_share_by_another_line_follows_none_and_by_its_last_month_one(load: Load) -> None:
    for formula, follows in (("sale / shop", False), ("sale / (1 + prev(shop))", True)):
        plan = load(company(f'[costs.x]\nkind = "formula"\nformula = "{formula}"\n', SALE, SHOP))
        assert ("x.cash" in [line.cash for line in runner_of(plan).layout.moving]) is follows


@pytest.mark.parametrize("formula", ["sale / 4 + shop", "0.5 * sale + shop", "sale - shop / 2", "-shop * 2 + sale"])
def test_a_sum_of_unlike_shares_follows_no_line(load: Load, formula: str) -> None:
    """How much of it each line makes is not known by the day: it moves evenly."""
    plan = load(company(f'[costs.x]\nkind = "formula"\nformula = "{formula}"\n', SALE, SHOP))
    assert [line.cash for line in runner_of(plan).layout.moving] == ["shop.cash"]


def test_each_of_two_lines_weighs_by_its_money(load: Load) -> None:
    """Half of 100,000 on the 25th, and half of 7,000 on the 25th to the 31st, 500 a day."""
    plan = load(company('[costs.x]\nkind = "percent_of"\nof = "sale + shop"\nshare = "50%"\n', SALE, SHOP))
    runner = runner_of(plan)
    rows = runner.engine.run({})
    read = runner.days(rows, {})
    share = read.shares.of(next(line for line in runner.layout.moving if line.cash == "x.cash"), 0)
    assert share is not None
    assert [-rows["x.cash"][0] * share.by(day) for day in (24, 25, 26, 31)] == pytest.approx(
        [0, 50_500, 51_000, 53_500]
    )


def test_a_share_of_revenue_that_grows_on_all_days_moves_evenly(load: Load) -> None:
    costs = '[costs.x]\nkind = "formula"\nformula = "0.1 * shop + 100"\n[costs.y]\nkind = "percent_of"\nof = "s"\n'
    text = company(SHOP, costs, 'share = "5%"\n[revenue.s]\nkind = "recurring"\namount = "1k/month"\n')
    assert [line.cash for line in runner_of(load(text)).layout.moving] == ["shop.cash"]


# Any line ---------------------------------------------------------------------------------------------------------

_days = st.dates(date(2023, 11, 1), date(2024, 6, 30))
_kinds = st.sampled_from(["recurring", "growing", "bill", "billed", "spread", "headcount"])
_sections = st.sampled_from(["revenue", "costs", "capital", "passthrough"])
_late = st.sampled_from(["", "", "0 days", "10 days", "45 days", "100 days", "1 month", "2 months"])


def _line(kind: str, first: date, last: date, section: str) -> tuple[str, str]:
    match kind:
        case "recurring" | "growing":
            growth = 'growth = "5%/month"\n' if kind == "growing" else ""
            fields = f'kind = "recurring"\namount = "310/month"\n{growth}start = "{first}"\nend = "{last}"\n'
        case "bill":
            fields = f'kind = "recurring"\namount = "310/month"\nevery = "quarter"\nstart = "{first}"\nend = "{last}"\n'
        case "billed":
            section = "revenue"
            fields = 'kind = "recurring"\namount = "310/month"\nbilled = "quarterly"\nopening_deferred = 0\n'
            fields += f'start = "{first}"\nend = "{last}"\n'
        case "spread":
            fields = f'kind = "spread"\namount = 10_000\nfrom = "{first}"\nto = "{last}"\n'
        case _:
            section = "costs"
            fields = 'kind = "headcount"\nopening = 0\nsalary = "310/month"\n'
            fields += f'hires = {{ "{first}" = 2, "{last + timedelta(days=1)}" = -2 }}\n'
    return section, fields


def _after(day: date, late: str) -> date:
    """The day that a payment of a day moves to."""
    number, _, unit = late.partition(" ")
    if not unit.startswith("month"):
        return day + timedelta(days=int(number or 0))
    month = day.year * 12 + day.month - 1 + int(number)
    after = date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    return after.replace(day=min(day.day, after.day))


@few(max_examples=60)
@given(
    kind=_kinds, a=_days, b=_days, section=st.sampled_from(["revenue", "costs", "capital", "passthrough"]), late=_late
)
def test_no_money_moves_before_the_first_day_or_after_the_last(
    load: Load, kind: str, a: date, b: date, section: str, late: str
) -> None:
    first, last = sorted((a, b))
    if kind == "headcount":  # who came before the first month is in the opening
        first, last = (max(day, date(2024, 1, 1)) for day in (first, last))
    section, fields = _line(kind, first, last, section)
    if late and section in ("revenue", "costs", "capital"):
        field, owed = ("collected", "receivable") if section == "revenue" else ("paid", "payable")
        fields += f'{field}_after = "{late}"\nopening_{owed} = 0\n'
    else:
        late = ""
    plan = load(company(f"[{section}.x]\n{fields}", months=12, cash=0))
    runner = runner_of(plan)
    rows = runner.engine.run({})
    days = runner.days(rows, {})
    before = 0.0
    for t, length in enumerate(runner.layout.days):
        cash, _ = days.month(t)
        by_day = [before, *(cash(day) for day in range(1, length + 1))]
        assert by_day[-1] - before == pytest.approx(rows["x.cash"][t], abs=0.001)
        for n, (old, new) in enumerate(pairwise(by_day), 1):
            on = date(2024 + t // 12, t % 12 + 1, n)
            if not _after(first, late) <= on <= _after(last, late):
                assert new == pytest.approx(old, abs=0.001), on
        before = rows["cash"][t]


# Paid later, by a ledger with a line for every day -----------------------------------------------------------------

PACES = {"2024-01": 3100, "2024-02": 14_000, "2024-05": 620, "2024-09": 0}  # a month, from then on


def _worth(kind: str, day: date, begun: date) -> float:
    """What a day in force is worth, of each kind."""
    months = (day.year - 2024) * 12 + day.month - 1
    length = monthrange(day.year, day.month)[1]
    match kind:
        case "steps":
            return [amount for month, amount in PACES.items() if month <= f"{day:%Y-%m}"][-1] / length
        case "growing":
            return 310 * 1.05 ** (months - max(0, (begun.year - 2024) * 12 + begun.month - 1)) / length
        case "credits":
            return (-900 if months % 2 else 3100) / length
        case "bill":
            same = date(day.year, day.month, min(begun.day, length)) == day
            return 930.0 if same and (day.month - begun.month) % 3 == 0 else 0.0
        case "spread":
            return 10_000 / length
        case "one_off":
            return 5000
    return 2 * 310 / length


def _fields(kind: str, first: date, last: date) -> str:
    match kind:
        case "steps":
            paces = ", ".join(f'"{month}" = "{amount}/month"' for month, amount in PACES.items())
            return f'kind = "recurring"\namount = {{ {paces} }}\nstart = "{first}"\nend = "{last}"\n'
        case "one_off":
            return f'kind = "one_off"\namount = 5000\ndate = "{first}"\n'
        case "credits":
            return 'kind = "formula"\nformula = "-900 if mod(t, 2) == 1 else 3100"\n'
        case "spread":
            months = sum(1 / monthrange(day.year, day.month)[1] for day in _days_between(first, last))
            return f'kind = "spread"\namount = {10_000 * months}\nfrom = "{first}"\nto = "{last}"\n'
    return _line(kind, first, last, "costs")[1]


def _days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


_delays = st.sampled_from([0, 1, 10, 28, 30, 31, 45, 59, 100])


@st.composite
def _in_parts(draw: st.DrawFn) -> dict[int, int]:
    """Shares of two or three parts in percent, by their delays in days."""
    delays = draw(st.lists(_delays, min_size=2, max_size=3, unique=True))
    shares = [10 * draw(st.integers(1, 4)) for _ in delays[1:]]
    return dict(zip(delays, [*shares, 100 - sum(shares)], strict=True))


@few(max_examples=150)
@given(
    kind=st.sampled_from(["steps", "growing", "bill", "credits", "spread", "headcount", "one_off"]),
    a=_days,
    b=_days,
    section=st.sampled_from(["revenue", "costs", "capital"]),
    late=_delays.map(lambda days: {days: 100}) | _in_parts(),
    owed=st.sampled_from([0, 500]),
)
def test_what_is_paid_later_moves_day_by_day(
    load: Load, kind: str, a: date, b: date, section: str, late: dict[int, int], owed: float
) -> None:
    """Each day's money moves so many days later, at that day's own pace, and what is owed at the start evenly.

    Of what is paid in parts each is so much later; what is owed at the start is of each as much as even amounts leave.
    """
    begin, stop = date(2024, 1, 1), date(2025, 1, 1)
    first, last = sorted((a, b))
    if kind == "headcount":
        first, last, section = max(first, begin), max(last, begin), "costs"
    first, last = (begin, stop) if kind == "credits" else (a, a) if kind == "one_off" else (first, last)
    ends = "collected", "receivable"
    field, balance = ends if section == "revenue" else ("paid", "payable")
    parts = ", ".join(f'"{days} days" = "{share}%"' for days, share in late.items())
    after = f"{{ {parts} }}" if len(late) > 1 else f'"{next(iter(late))} days"'
    text = f"{_fields(kind, first, last)}{field}_after = {after}\nopening_{balance} = {owed}\n"
    runner = runner_of(load(company(f"[{section}.x]\n{text}", months=12, cash=0)))
    ledger = dict.fromkeys(_days_between(begin, stop), 0.0)
    even = sum(days * share for days, share in late.items())
    for days, share in late.items():
        for n in range(days if even else 1):
            ledger[begin + timedelta(days=n)] += owed * (share / even if even else 1)
        for day in _days_between(max(first, begin), last):
            if (moved := day + timedelta(days=days)) in ledger:
                ledger[moved] += _worth(kind, day, first) * share / 100
    days, expected = runner.days(runner.engine.run({}), {}), 0.0
    for t, length in enumerate(runner.layout.days):
        cash, _ = days.month(t)
        for n in range(1, length + 1):
            expected += ledger[date(2024, t + 1, n)] * (1 if section == "revenue" else -1)
            assert cash(n) == pytest.approx(expected, abs=0.03 * len(late)), (t + 1, n)  # each part is whole cents


@few(max_examples=60)
@given(
    section=st.sampled_from(["revenue", "costs", "capital"]),
    bills=st.dictionaries(st.integers(1, 14), st.tuples(st.integers(1, 31), st.integers(1, 9)), min_size=1, max_size=4),
    late=st.just({0: 100}) | _delays.map(lambda days: {days: 100}) | _in_parts(),
    ahead=st.sampled_from([-500, 0, 700]),
)
def test_dated_bills_move_on_their_days_and_what_is_earned_stands_beside_them(
    load: Load, section: str, bills: dict[int, tuple[int, int]], late: dict[int, int], ahead: float
) -> None:
    """Bills by month, each with its day and its thousands; what is earned is a thousand a month, to November."""
    begin, stop = date(2024, 1, 1), date(2025, 1, 1)
    dated = dict[date, int]()
    for n, (day, amount) in sorted(bills.items()):
        year, month = 2024 + (n - 1) // 12, (n - 1) % 12 + 1
        dated[date(year, month, min(day, monthrange(year, month)[1]))] = 1000 * amount
    field, balance = ("collected", "receivable") if section == "revenue" else ("paid", "payable")
    written = ", ".join(f'"{day}" = {amount}' for day, amount in dated.items())
    parts = ", ".join(f'"{days} days" = "{share}%"' for days, share in late.items())
    text = f'[{section}.x]\nkind = "recurring"\namount = "1000/month"\nend = "2024-11-30"\nbills = {{ {written} }}\n'
    text += f"opening_billed_ahead = {ahead}\n{field}_after = {{ {parts} }}\n"
    text += f"opening_{balance} = 0\n" if any(late) else ""
    runner = runner_of(load(company(text, months=12, cash=0)))
    rows = runner.engine.run({})
    ledger = dict.fromkeys(_days_between(begin, stop), 0.0)
    for day, amount in dated.items():
        for days, share in late.items():
            if (moved := day + timedelta(days=days)) in ledger:
                ledger[moved] += amount * share / 100
    days, cash, owed = runner.days(rows, {}), 0.0, float(ahead)
    over, under = ("deferred", "unbilled") if section == "revenue" else ("prepaid", "accrued")
    for t, length in enumerate(runner.layout.days):
        by_day, _ = days.month(t)
        for n in range(1, length + 1):
            cash += ledger[date(2024, t + 1, n)] * (1 if section == "revenue" else -1)
            assert by_day(n) == pytest.approx(cash, abs=0.03), (t + 1, n)
        owed += sum(amount for day, amount in dated.items() if (day.year, day.month) == (2024, t + 1))
        owed -= 1000 if t < 11 else 0
        assert rows[f"x.{over}"][t] == pytest.approx(max(0, owed))
        assert rows[f"x.{under}"][t] == pytest.approx(max(0, -owed))


def test_a_dearer_month_is_paid_at_the_cheaper_ones_pace_first(project: Project) -> None:
    """100 a day of January from the 11th, 2,100 in January and 1,000 to 10 February, then 500 a day: 13 days."""
    cost = '[costs.a]\nkind = "recurring"\namount = { "2024-01" = "3100/month", "2024-02" = "14_500/month" }\n'
    text = company(cost, 'paid_after = "10 days"\nopening_payable = 0\n', cash=10_000)
    assert project(text).runway[0].zero_cash_date == date(2024, 2, 24)
    assert project(text.replace("10000", "9599")).runway[0].zero_cash_date == date(2024, 2, 23)


def test_half_a_month_later_half_of_each_month_is_paid_in_the_next(load: Load) -> None:
    """3,100 of January: 1,550 on 16 to 31 January, 1,550 on 1 to 14 February; then 7,000 a half."""
    cost = '[costs.a]\nkind = "recurring"\namount = { "2024-01" = "3100/month", "2024-02" = "14_500/month" }\n'
    runner = runner_of(load(company(cost, 'paid_after = "0.5 months"\nopening_payable = 0\n', cash=0)))
    days = runner.days(runner.engine.run({}), {})
    january, february = days.month(0)[0], days.month(1)[0]
    assert january(15) == pytest.approx(0, abs=0.01)
    assert january(31) == pytest.approx(-1550, abs=0.01)
    assert february(14) == pytest.approx(-1550 - 1550 * 14 / 14.5, abs=0.01)
    assert february(29) == pytest.approx(-3100 - 7250, abs=0.01)


@pytest.mark.parametrize("tenths", [1, 2, 3, 4, 6, 7, 8, 9])
def test_a_bill_paid_after_a_part_of_a_month_moves_on_the_day_that_this_falls_on(load: Load, tenths: int) -> None:
    """One of 16 January: its day is shorter in February than in January, and may be parts of two."""
    bill = '[costs.bill]\nkind = "recurring"\namount = "12_000/year"\nevery = "year"\nstart = "2024-01-16"\n'
    late = f'paid_after = "1.{tenths} months"\nopening_payable = 0\n'
    runner = runner_of(load(company(bill, late, cash=0, months=14)))
    days = runner.days(runner.engine.run({}), {})
    end = (16 / 31 + tenths / 10) * 29
    month, last = (1, end) if end < 29 else (2, (end - 29) / 29 * 31)
    cash = days.month(month)[0]
    assert cash(int(last) - 1) == pytest.approx(0, abs=0.01)
    assert cash(int(last) + 1) == pytest.approx(-12_000, abs=0.01)


def test_each_currencys_bills_are_paid_at_the_days_rate(load: Load) -> None:
    """EUR 3,100 of January at 1.10 in February; then 500 a day in dollars."""
    cost = '[costs.a]\nkind = "recurring"\namount = { "2024-01" = "€3100/month", "2024-02" = "$14_500/month" }\n'
    fx = '[fx]\nEUR = { "2024-01" = 1.00, "2024-02" = 1.10, "2024-03" = 1.30 }\n'
    text = company(fx, cost, 'paid_after = "10 days"\nopening_payable = "€1000"\n', cash=0)
    runner = runner_of(load(text))
    days = runner.days(runner.engine.run({}), {})
    january, february = days.month(0)[0], days.month(1)[0]
    assert january(10) == pytest.approx(-1000, abs=0.01)
    assert january(31) == pytest.approx(-1000 - 2100, abs=0.01)
    assert february(10) == pytest.approx(-3100 - 1100, abs=0.01)
    assert february(11) == pytest.approx(-4200 - 500, abs=0.01)


# Many paths -------------------------------------------------------------------------------------------------------

DRAWN = """
[model]
name = "x"
currency = "USD"
start = "2024-01"
months = 15
opening_cash = "20k to 60k"

[revenue.s]
kind = "recurring"
amount = "300/day"
end = "2024-03-10 to 2024-09-20"
collected_after = "5 to 40 days"
opening_receivable = 0

[revenue.licence]
kind = "recurring"
amount = "12k to 24k/year"
billed = "quarterly"
start = "2024-01-20"
opening_deferred = 0
collected_after = "10 to 50 days"
opening_receivable = 100

[costs.rent]
kind = "recurring"
amount = "5k to 8k/month"
start = "2024-01-16"

[costs.insurance]
kind = "recurring"
amount = "10k to 30k/year"
every = "6 months"
start = "2024-02-10 to 2024-05-30"
paid_after = "1 month"
opening_payable = 0

[costs.team]
kind = "headcount"
opening = "0 to 2"
salary = "3k to 5k/month"
hires = { "2024-02-25" = 1, "2024-06-11" = 2, "2024-11-20" = -1 }

[costs.fees]
kind = "percent_of"
of = "s + licence"
share = "2% to 4%"

[capital.lab]
kind = "spread"
amount = "20k to 40k"
from = "2024-03-05 to 2024-04-20"
to = "2024-07-12"
"""


LATE_PACES = """
[model]
name = "x"
currency = "USD"
start = "2024-01"
months = 20
opening_cash = "2k to 20k"

[fx]
EUR = { "2024-01" = 1.00, "2024-06" = 1.20, "2024-11" = 0.90 }

[revenue.growing]
kind = "recurring"
amount = "8k to 12k/month"
growth = "-4% to 6%/month"
collected_after = "45 days"
opening_receivable = 15_000

[revenue.abroad]
kind = "recurring"
amount = "€1k to €3k/month"
growth = "3%/month"
collected_after = "10 to 50 days"
opening_receivable = "€2k"

[costs.team]
kind = "headcount"
opening = "0 to 1"
salary = "2k to 4k/month"
hires = { "2024-02-25" = 1, "2024-06-11" = 1, "2024-11-20" = -1 }
paid_after = "10 days"
opening_payable = 0

[costs.goods]
kind = "formula"
formula = "0.5 * growing"
paid_after = "0.5 to 1.5 months"
opening_payable = 2000

[costs.rent]
kind = "recurring"
amount = { "2024-01" = "3k/month", "2024-09" = "6k/month" }
paid_after = "10 days"
opening_payable = 0
"""
LINE = """
[funding.overdraft]
kind = "credit_line"
limit = 4000
rate = "8%/year"
floor = 1500
"""
EARMARKED = """
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "a"
date = "2024-04-05"
amount = 30_000
[[funding.seed.earmarks]]
for = "rent"
amount = 20_000
"""


DIPS = """
[model]
name = "Customers pay from 29 April on: 2,600 are lacking the day before, and the line has 2,500"
currency = "USD"
start = "2026-03"
months = 2
opening_cash = "4600 to 4601"
minimum_cash = 1300

[revenue.s]
kind = "recurring"
amount = { "2026-03" = "0/month", "2026-04" = "9000/month" }
collected_after = "28 days"
opening_receivable = 0

[costs.c]
kind = "recurring"
amount = "100/day"

[funding.overdraft]
kind = "credit_line"
limit = 2500
rate = "0%/year"
floor = 1500
"""


@pytest.mark.proof
@pytest.mark.parametrize("text", [DRAWN, LATE_PACES, LATE_PACES + LINE, LATE_PACES + EARMARKED, DIPS])
def test_every_path_of_a_simulation_is_read_day_by_day(load: Load, text: str) -> None:
    agrees(load(text))
