"""Money that moves before it is earned or incurred, and what is read ahead in a formula: the formulas as they go on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from runway.answers.project import check_identities
from runway.engine.ladder import runner_of
from runway.engine.run import Engine
from runway.errors import InputError
from runway.program.identities import identities

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

MODEL = """
[model]
name = "x"
currency = "USD"
start = "2024-01"
months = {months}
opening_cash = {cash}

[events.fair]
date = "2024-05-10"
days = 12

[drivers.units]
opening = 100
formula = "prev(units) * (1 + pace) + fair.count * 7"
pace = "4%/month"

[drivers.stock]
formula = "cumulative(units) - sum_last(units, 3) + lag(units, 2) + lag(stock_of_now, 5) + days / 31"

[drivers.stock_of_now]
formula = "units * (2 if month == 6 else 1) + year - 2024 + elapsed_days / 100 + since(fair.date) + (3 if fair else 0)"
"""
LINES = {
    "recurring": 'kind = "recurring"\n'
    'amount = { "2024-01" = "310/month", "2024-04" = "20/day", "2024-09" = "9k/year" }',
    "growing": 'kind = "recurring"\namount = "310/month"\ngrowth = "5%/month"\n'
    'start = "2024-03-17"\nend = "2024-11-09"',
    "growth in steps": 'kind = "recurring"\namount = "99/month"\n'
    'growth = { "2024-01" = "1%/month", "2024-06" = "3%/month" }',
    "bill": 'kind = "recurring"\namount = "900/year"\nevery = "quarter"\nstart = "2024-02-29"',
    "one_off": 'kind = "one_off"\namount = 5000\ndate = "2024-06-21"',
    "spread": 'kind = "spread"\namount = 9000\nfrom = "2024-02-11"\nto = "2024-10-20"',
    "headcount": 'kind = "headcount"\nopening = 1\nsalary = "310/month"\n'
    'hires = { "2024-04-11" = 2, "2024-09-20" = -1 }',
    "usage": 'kind = "usage"\nvolume = "stock"\nprice = 3',
    "formula": 'kind = "formula"\nformula = "units * 2 + prev(units) * 0.5"',
    "bills": 'kind = "recurring"\namount = "100/month"\nbills = { "2024-03-05" = 700, "2024-10" = 500 }\n'
    "opening_billed_ahead = 0",
}


def file(*tables: str, months: int = 12, cash: float = 100_000) -> str:
    return MODEL.format(months=months, cash=cash) + "".join(f"\n{table}\n" for table in tables)


def run(load: Load, text: str) -> dict[str, list[float]]:
    """Every row, whose identities hold: the sheet's among them."""
    plan = load(text)
    rows = Engine(plan.program, plan.model.document, whole=True).run()
    check_identities(identities(plan.model, rows), rows, plan.program)
    return rows


@pytest.mark.parametrize("months", [1, 3, 7])
@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("section", ["revenue", "costs", "capital"])
def test_what_moves_ahead_is_what_the_formulas_come_to_later(load: Load, section: str, kind: str, months: int) -> None:
    """The plan over more months, in which nothing moves ahead, says what each later month comes to."""
    if kind == "headcount" and section == "revenue":
        return
    main = {"revenue": "revenue", "costs": "cost", "capital": "spend"}[section]
    row = "x.invoiced" if kind == "bills" else f"x.{main}"
    later = run(load, file(f"[{section}.x]\n{LINES[kind]}", months=12 + months))[row]
    field, held = ("collected_after", "deposits") if section == "revenue" else ("paid_after", "advances")
    owed = "receivable" if section == "revenue" else "payable"
    more = f'{field} = {{ "-{months} months" = "40%", "2 months" = "60%" }}\nopening_{held} = 200\nopening_{owed} = 0'
    rows = run(load, file(f"[{section}.x]\n{LINES[kind]}\n{more}"))
    sign, before = (1 if section == "revenue" else -1), 200.0
    for t in range(12):
        needed, unused = 0.4 * sum(later[t + 1 : t + 1 + months]), before - 0.4 * later[t]
        now = max(needed, unused) if sign < 0 else needed  # of what was paid to suppliers nothing comes back
        assert rows[f"x.{held}"][t] == pytest.approx(now, abs=0.011)
        behind = later[t - 2] if t >= 2 else 0.0
        moved, before = 0.4 * later[t] + now - before + 0.6 * behind, now
        assert rows["x.cash"][t] == pytest.approx(sign * moved, abs=0.03)


def daily(load: Load, text: str) -> dict[date, float]:
    """Cash at the end of each day."""
    runner = runner_of(load(text))
    days = runner.days(runner.engine.run({}), {})
    read = [(t, n) for t, length in enumerate(runner.layout.days) for n in range(1, length + 1)]
    return {date(2024 + t // 12, t % 12 + 1, n): days.month(t)[0](n) for t, n in read}


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ('kind = "one_off"\namount = 5000\ndate = "2024-05-31"', {"2024-02-29": 5000}),
        ('kind = "recurring"\namount = "3600/year"\nevery = "6 months"\nstart = "2024-05-14"',
         {"2024-02-14": 1800, "2024-08-14": 1800}),
        ('kind = "spread"\namount = 3000\nfrom = "2024-05-11"\nto = "2024-05-20"',
         {f"2024-02-{n}": 300 for n in range(11, 21)}),
        ('kind = "recurring"\namount = "290/month"\nstart = "2024-05-01"\nend = "2024-05-31"',
         {f"2024-02-{n:02d}": 10 for n in range(1, 30)}),
        ('kind = "recurring"\namount = "100/month"\nbills = { "2024-06-18" = 1200 }\nopening_billed_ahead = 0',
         {"2024-03-18": 1200}),
    ],
)  # fmt: skip
def test_what_is_paid_three_months_ahead_is_paid_on_the_day_alike(load: Load, line: str, days: dict[str, int]) -> None:
    found = daily(load, file(f'[costs.x]\n{line}\npaid_after = "-3 months"\nopening_advances = 0'))
    cash = 100_000.0
    for day, value in found.items():
        cash -= days.get(str(day), 0)
        assert value == pytest.approx(cash, abs=0.02), day


def test_what_should_have_been_paid_before_the_first_month_is_paid_on_its_first_day(load: Load) -> None:
    """Stock of January and February, 310 a month, is 420 short of 200: that of March is paid evenly over January."""
    line = '[costs.x]\nkind = "recurring"\namount = "310/month"\npaid_after = "-2 months"\nopening_advances = 200'
    found = daily(load, file(line))
    assert found[date(2024, 1, 1)] == pytest.approx(100_000 - 420 - 10)
    assert found[date(2024, 1, 31)] == pytest.approx(100_000 - 420 - 310)
    assert found[date(2024, 2, 29)] == pytest.approx(100_000 - 420 - 620)


def test_a_sale_of_30_at_order_60_at_delivery_and_10_after_60_days(load: Load) -> None:
    """A machine of 100,000 delivered on 20 May, ordered in March: by hand."""
    parts = '{ "-2 months" = "30%", "0 days" = "60%", "60 days" = "10%" }'
    sale = f'kind = "one_off"\namount = "100k"\ndate = "2024-05-20"\ncollected_after = {parts}'
    text = file(f"[revenue.x]\n{sale}\nopening_deposits = 0\nopening_receivable = 0", cash=0)
    found, rows = daily(load, text), run(load, text)
    steps = {day: value for day, value in found.items() if day.day > 1 and value != found[day.replace(day=day.day - 1)]}
    assert {str(day): round(value) for day, value in steps.items()} == {
        "2024-03-20": 30_000, "2024-05-20": 90_000, "2024-07-19": 100_000,
    }  # fmt: skip
    assert rows["total.customer_deposits"][:6] == [0, 0, 30_000, 30_000, 0, 0]
    assert rows["total.receivable"][:8] == [0, 0, 0, 0, 10_000, 10_000, 0, 0]


def test_a_formula_reads_ahead(load: Load) -> None:
    """Material for the units of two months on; beyond the last month units go on growing."""
    rows = run(load, file('[costs.x]\nkind = "formula"\nformula = "3 * ahead(units, 2) + ahead(year, 12)"'))
    assert rows["x.cost"][0] == pytest.approx(3 * 100 * 1.04**3 + 2025, abs=0.01)
    assert rows["x.cost"][11] == pytest.approx(3 * (100 * 1.04**14 + 7 * 1.04**9) + 2025, abs=0.01)


@pytest.mark.parametrize(
    "cost",
    [
        'kind = "formula"\nformula = "0.01 * prev(cash)"\npaid_after = "-1 month"\nopening_advances = 0',
        'kind = "formula"\nformula = "0.01 * prev(cash)"\npaid_after = "-3 months"\nopening_advances = 0',
        'kind = "formula"\nformula = "ahead(x, 1) / 2"',
        'kind = "formula"\nformula = "ahead(units, 40)"',
        'kind = "formula"\nformula = "ahead(units, t)"',
        'kind = "formula"\nformula = "ahead(gone, 1)"\n[drivers.gone]\nformula = "last_days(units, 20)"',
    ],
)
def test_what_cannot_be_known_ahead_is_refused_where_it_is_asked_for(load: Load, cost: str) -> None:
    with pytest.raises(InputError) as raised:
        load(file(f"[costs.x]\n{cost}"))
    (problem,) = raised.value.problems
    assert problem.name == "looks-ahead"
    assert problem.place is not None


def test_what_management_may_decide_is_not_foreseen(load: Load) -> None:
    """Units stop growing as cash is below 99,000: less is bought ahead from then on, and nothing sooner."""
    stock = '[costs.x]\nkind = "formula"\nformula = "units * 2"\npaid_after = "-1 month"\nopening_advances = 0'
    freeze = '[actions.freeze]\nwhen = "prev(cash) < 99_000"\nset = { "units.pace" = "0%/month" }'
    grown, frozen = run(load, file(stock)), run(load, file(stock, freeze))
    first = frozen["freeze.on"].index(1)
    assert 0 < first < 11
    assert frozen["x.advances"][:first] == grown["x.advances"][:first]
    assert frozen["x.advances"][first] == frozen["x.cost"][first] < grown["x.advances"][first]


def test_stock_that_is_bought_is_used_up_and_not_paid_back(load: Load) -> None:
    """600 a month, bought two months ahead, of which an action leaves 200: nothing is bought for four months."""
    stock = '[costs.x]\nkind = "recurring"\namount = "600/month"\npaid_after = "-2 months"\nopening_advances = 1200'
    cut = '[actions.cut]\nwhen = "t >= 3"\nset = { "x.amount" = "200/month" }'
    rows = run(load, file(stock, cut))
    assert rows["x.cash"] == [-600, -600, -600, 0, 0, 0, 0, -200, -200, -200, -200, -200]
    assert rows["x.advances"][2:9] == [1200, 1000, 800, 600, 400, 400, 400]


def test_books_that_have_more_are_followed(load: Load, tmp_path: Path) -> None:
    """Units of 200 in February: stock for what they grow to from then on, and cash as the bank has it till then."""
    books = "month,address,value\n2024-01,units.value,104\n2024-02,units.value,200\n"
    books += "2024-01,x.cash,-300\n2024-02,x.cash,-250\n"
    (tmp_path / "books.csv").write_text(books, encoding="utf-8")
    stock = 'kind = "formula"\nformula = "units * 2"\npaid_after = { "-1 month" = "50%", "30 days" = "50%" }'
    text = f"[costs.x]\n{stock}\nopening_advances = 0\nopening_payable = 0"
    actuals = f'[actuals]\nfile = "{tmp_path}/books.csv"\nlast_close = "2024-02"'
    rows = run(load, file(text, actuals))
    assert rows["x.advances"][1] == pytest.approx(200 * 1.04)
    assert rows["x.cash"][:2] == [-300, -250]
    assert rows["x.payable"][1] == pytest.approx(208 + 400 - 550 + rows["x.advances"][1], abs=0.01)


def test_nothing_outstanding_needs_no_part(load, rows):
    """A scenario may move payments from later to ahead: an opening of 0 holds whether or not something moves so."""
    text = """
        [costs.rent]
        kind = "recurring"
        amount = "2000/month"
        paid_after = "1 month"
        opening_payable = 2000
        opening_advances = 0

        [scenarios.ahead]
        set = { "rent.paid_after" = "=-2 months", "rent.opening_payable" = "0", "rent.opening_advances" = "4000" }
    """
    for scenario in ("base", "ahead"):
        found = rows(text, scenario=scenario)
        assert found["cash"][-1] == 1_000_000 - 12 * 2000
