"""`--set ADDRESS=VALUE`: what an address may name, and what a value may be.

A sign without a period changes what the file says, with one it replaces it; `never` disarms a date.  Everything acts on
the written figure: what comes out is worked out by hand from the file below.
"""

from __future__ import annotations

import json

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

SHOP = """
    [model]
    name         = "Shop"
    start        = "2025-01"
    months       = 6
    opening_cash = { value = "100k", low = "80k", high = "120k", confidence = "low" }

    [fx]
    EUR = 2

    [drivers.visitors]
    opening = 1_000
    formula = "prev(visitors) + gained"
    gained  = 100

    [revenue.shop]
    kind   = "usage"
    volume = "visitors"
    price  = 10

    [revenue.club]
    kind    = "subscription"
    opening = 100
    churn   = "10%/month"
    price   = "20/month"

    [costs.rent]
    kind   = "recurring"
    amount = { "2025-01" = "1000/month", "2025-04" = "2000/month" }

    [costs.goods]
    kind   = "recurring"
    amount = "€300/month"

    [costs.team]
    kind   = "headcount"
    opening = 2
    salary  = "12k/year"
    hires   = { "2025-03" = 2 }

    [costs.oven]
    kind   = "one_off"
    amount = 600
    date   = "2025-03-15"

    [capital.building]
    kind   = "spread"
    amount = 6_000
    from   = "2025-01"
    to     = "2025-06"

    [events]
    permit  = { date = "2025-04-10" }
    charter = { date = "2025-04-14" }
    strike  = { date = "2025-02-01", days = 14, takes = { shop = "50%" }, raises_churn = { club = "10%/month" } }

    [funding.seed]
    kind      = "priced_round"
    valuation = { value = "10k", basis = "pre_money" }

    [[funding.seed.commitments]]
    investor = "ada"
    amount   = 3_000
    [[funding.seed.commitments]]
    investor = "bo"
    amount   = 1_000

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-02-15"
    amount = 1_000
    split  = { ada = 1_000 }
    [[funding.seed.closings]]
    name     = "second"
    date     = "2025-04-20"
    amount   = 2_000
    requires = "permit"
    by       = "2025-06-30"

    [[funding.seed.clauses]]
    name   = "clause"
    cuts   = "bo"
    to     = 100
    unless = "charter"
    by     = "2025-04-15"

    [[funding.seed.earmarks]]
    for    = "building"
    amount = 500
    from   = "second"

    [funding.prize]
    kind   = "grant"
    amount = 400
    date   = "2025-05-05"

    [tax]
    rate = "20%"
"""

BASE = {  # the rows that the tests look at, as the file has them
    "rent.cost": (1000, 1000, 1000, 2000, 2000, 2000),
    "visitors.value": (1100, 1200, 1300, 1400, 1500, 1600),
    "goods.cost": (600,) * 6,
    "team.people": (2, 2, 4, 4, 4, 4),
    "team.cost": (2000, 2000, 4000, 4000, 4000, 4000),
    "oven.cost": (0, 0, 600, 0, 0, 0),
    "building.spend": (1000,) * 6,
    "seed.first.cash": (0, 1000, 0, 0, 0, 0),
    "seed.second.cash": (0, 0, 0, 2000, 0, 0),
    "prize.cash": (0, 0, 0, 0, 400, 0),
}


def test_the_file_as_it_is(rows):
    rows = rows(SHOP)
    assert {address: pytest.approx(rows[address]) for address in BASE} == BASE


@pytest.mark.parametrize(
    ("address", "value", "row", "expected"),
    [
        # absolute, with a period where the figure is a flow or a rate
        ("goods.amount", "500/month", "goods.cost", (500,) * 6),
        ("goods.amount", "6k/year", "goods.cost", (500,) * 6),
        ("costs.goods.amount", "500/month", "goods.cost", (500,) * 6),  # its section may stand before a name
        ("goods.amount", "€500/month", "goods.cost", (1000,) * 6),
        ("goods.amount", "$10/day", "goods.cost", (310, 280, 310, 300, 310, 300)),
        ("goods.amount", "+500/month", "goods.cost", (500,) * 6),  # a sign with a period is absolute
        ("goods.growth", "100%/month", "goods.cost", (600, 1200, 2400, 4800, 9600, 19200)),
        ("goods.growth", "-50%/month", "goods.cost", (600, 300, 150, 75, 37.5, 18.75)),
        ("goods.start", "2025-05", "goods.cost", (0, 0, 0, 0, 600, 600)),
        ("goods.end", "2025-02", "goods.cost", (600, 600, 0, 0, 0, 0)),
        # relative
        ("goods.amount", "+10%", "goods.cost", (660,) * 6),
        ("goods.amount", "-10%", "goods.cost", (540,) * 6),
        ("goods.amount", "−10%", "goods.cost", (540,) * 6),  # a typographic minus
        ("goods.amount", "-100%", "goods.cost", (0,) * 6),
        ("visitors.gained", "+50", "visitors.value", (1150, 1300, 1450, 1600, 1750, 1900)),
        ("visitors.gained", "-50%", "visitors.value", (1050, 1100, 1150, 1200, 1250, 1300)),
        ("oven.amount", "+100", "oven.cost", (0, 0, 700, 0, 0, 0)),
        ("oven.amount", "-$100", "oven.cost", (0, 0, 500, 0, 0, 0)),
        ("model.opening_cash", "+10%", "opening_cash", 110_000),
        ("model.opening_cash", "-100k", "opening_cash", 0),
        ("model.opening_cash", "50k", "opening_cash", 50_000),
        # schedules: every step, or one of them
        ("rent.amount", "+10%", "rent.cost", (1100, 1100, 1100, 2200, 2200, 2200)),
        ("rent.amount", "500/month", "rent.cost", (500,) * 6),
        ("rent.amount.2025-04", "1500/month", "rent.cost", (1000, 1000, 1000, 1500, 1500, 1500)),
        ("rent.amount.2025-04", "-50%", "rent.cost", (1000,) * 6),
        ("rent.amount.2025-01", "+10%", "rent.cost", (1100, 1100, 1100, 2000, 2000, 2000)),
        # dates
        ("oven.date", "2025-05-31", "oven.cost", (0, 0, 0, 0, 600, 0)),
        ("oven.date", "-2 months", "oven.cost", (600, 0, 0, 0, 0, 0)),
        ("oven.date", "+1 quarter", "oven.cost", (0, 0, 0, 0, 0, 600)),
        ("oven.date", "+17 days", "oven.cost", (0, 0, 0, 600, 0, 0)),  # 1 April
        ("oven.date", "+16 days", "oven.cost", (0, 0, 600, 0, 0, 0)),
        ("oven.date", "-2 weeks", "oven.cost", (0, 0, 600, 0, 0, 0)),
        ("oven.date", "-15 days", "oven.cost", (0, 600, 0, 0, 0, 0)),
        ("oven.date", "+1 year", "oven.cost", (0,) * 6),
        ("oven.date", "never", "oven.cost", (0,) * 6),
        ("building.from", "2025-04", "building.spend", (0, 0, 0, 2000, 2000, 2000)),
        ("building.to", "2025-03", "building.spend", (2000, 2000, 2000, 0, 0, 0)),
        # currencies, people, months
        ("fx.EUR", "3", "goods.cost", (900,) * 6),
        ("fx.EUR", "+50%", "goods.cost", (900,) * 6),
        ("team.opening", "3", "team.people", (3, 3, 5, 5, 5, 5)),
        ("team.hires.2025-03", "4", "team.people", (2, 2, 6, 6, 6, 6)),
        ("team.hires.2025-03", "+50%", "team.people", (2, 2, 5, 5, 5, 5)),
        ("team.hires.2025-03", "0", "team.people", (2,) * 6),
        ("team.loading", "50%", "team.cost", (3000, 3000, 6000, 6000, 6000, 6000)),
        ("model.months", "5", "oven.cost", (0, 0, 600, 0, 0)),
        ("model.start", "2025-02", "oven.cost", (0, 600, 0, 0, 0, 0)),
        # closings, investors, clauses, earmarks by name
        ("seed.second.amount", "2500", "seed.second.cash", (0, 0, 0, 2500, 0, 0)),
        ("seed.second.amount", "-25%", "seed.second.cash", (0, 0, 0, 1500, 0, 0)),
        ("seed.second.date", "2025-05-01", "seed.second.cash", (0, 0, 0, 0, 2000, 0)),
        ("seed.second.date", "never", "seed.second.cash", (0,) * 6),
        ("seed.second.by", "2025-04-20", "seed.second.cash", (0, 0, 0, 2000, 0, 0)),
        ("seed.ada.amount", "7_000", "seed.second.ada", (0, 0, 0, 1750, 0, 0)),
        ("seed.clause.by", "2025-04-13", "seed.second.bo", (0, 0, 0, 100, 0, 0)),
        ("seed.clause.by", "2025-04-14", "seed.second.bo", (0, 0, 0, 500, 0, 0)),
        ("seed.clause.unless", "charter and strike", "seed.second.bo", (0, 0, 0, 500, 0, 0)),
        ("charter.date", "never", "seed.second.bo", (0, 0, 0, 100, 0, 0)),
        ("seed.building.amount", "5000", "restricted_cash", (0, 0, 0, 0, 0, 0)),
        ("seed.second.requires", "strike", "seed.second.cash", (0, 0, 0, 2000, 0, 0)),
        # events and what they take
        ("permit.date", "2025-06-30", "seed.second.cash", (0, 0, 0, 0, 0, 2000)),
        ("permit.date", "2025-07-01", "seed.second.cash", (0, 0, 0, 0, 0, 0)),
        ("permit.date", "+1 month", "seed.second.cash", (0, 0, 0, 0, 2000, 0)),
        ("strike.takes.shop", "100%", "shop.revenue", (11_000, 6_000, 13_000, 14_000, 15_000, 16_000)),
        ("strike.days", "28", "shop.revenue", (11_000, 6_000, 13_000, 14_000, 15_000, 16_000)),
        ("strike.date", "never", "shop.revenue", (11_000, 12_000, 13_000, 14_000, 15_000, 16_000)),
        # text, choices, yes and no
        ("visitors.formula", "prev(visitors) * 2", "visitors.value", (2000, 4000, 8000, 16000, 32000, 64000)),
        ("visitors.formula", "500 if t == 0 else 100", "visitors.value", (500, 100, 100, 100, 100, 100)),
        ("shop.volume", "10", "shop.revenue", (100, 75, 100, 100, 100, 100)),
        ("goods.non_cash", "true", "goods.cash", (0,) * 6),
        ("goods.growth_step", "yearly", "goods.cost", (600,) * 6),
        ("prize.status", "planned", "prize.committed", (0,) * 6),
        # levers, by their short and their long names
        ("burn", "50%", "goods.cost", (300,) * 6),
        ("levers.burn", "50%", "goods.cost", (300,) * 6),
        ("burn", "+10%", "goods.cost", (660,) * 6),
        ("levers.revenue", "2", "shop.revenue", (22_000, 18_000, 26_000, 28_000, 30_000, 32_000)),
        ("funding", "50%", "seed.second.cash", (0, 0, 0, 1000, 0, 0)),
        ("delay", "1 month", "prize.cash", (0, 0, 0, 0, 0, 400)),
    ],
)
def test_one_change(rows, address, value, row, expected):
    rows = rows(SHOP, set={address: value})
    if isinstance(expected, int):
        assert rows[row][0] == expected
    elif address == "seed.building.amount":
        assert rows[row] == (0, 0, 0, 0, 0, 0)  # 2,000 came, 4,000 had been spent
    else:
        assert rows[row] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("address", "value", "check"),
    [
        ("seed.after_cut", "keep_post_money", lambda p: p.rows["seed.post_money"][-1] == 14_000),
        ("seed.valuation.value", "20k", lambda p: p.rows["seed.pre_money"][-1] == 20_000),
        ("seed.valuation.value", "+10%", lambda p: p.rows["seed.pre_money"][-1] == 11_000),
        ("seed.valuation.basis", "post_money", lambda p: p.rows["seed.post_money"][-1] == 9_000),
        ("seed.clause.exercised", "false", lambda p: p.clauses[0].status in ("waived", "does not bite")),
        ("goods.title", "Flour", lambda p: any(line.title == "Flour" for s in p.sections for line in s.lines)),
        ("model.name", "Bakery", lambda p: p.model == "Bakery"),
        ("tax.rate", "0%", lambda p: p.rows["cash.tax"] == (0,) * 6),
        ("tax.paid", "monthly", lambda p: p.rows["cash.tax"][0] < 0),
        ("club.recurring", "false", lambda p: p.rows["total.arr"] == (0,) * 6),
        ("club.price", "1 to 4/month", lambda p: p.rows["club.revenue"][0] == 90 * 2),  # the median of the two
        ("model.burn_window", "1", lambda p: p.burn_window == ("2025-01", "2025-01")),
        ("model.burn_window", "6 months", lambda p: p.burn_window == ("2025-01", "2025-06")),
        ("model.burn_window", "1 quarter", lambda p: p.burn_window == ("2025-01", "2025-03")),
        ("model.months", "2 years", lambda p: len(p.months) == 24),
        ("model.months", "+7", lambda p: len(p.months) == 13),
        ("model.months", "+1y", lambda p: len(p.months) == 18),
        ("model.burn_window", "−1 month", lambda p: p.burn_window == ("2025-01", "2025-02")),
        ("model.minimum_cash", "5k", lambda p: p.minimum_cash == 5_000),
        ("model.months_to_close", "2 months", lambda p: p.months_to_close == 2),
        ("model.months_to_close", "+2 months", lambda p: p.months_to_close == 8),
    ],
)
def test_one_change_of_another_sort(project, address, value, check):
    assert check(project(SHOP, set={address: value}))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (500, "amount"),
        (0.25, "share"),
        (False, "exercised"),
        ({"2025-01": "1/month", "2025-03": "2/month"}, "schedule"),
        ({"value": 7_000, "note": "asked"}, "sourced"),
    ],
)
def test_values_from_python_may_have_their_own_types(project, value, expected):
    rows = {
        "amount": lambda: project(SHOP, set={"oven.amount": value}).rows["oven.cost"][2] == 500,
        "share": lambda: project(SHOP, set={"tax.rate": value}).rows["cash.tax"][2] < 0,
        "exercised": lambda: project(SHOP, set={"seed.clause.exercised": value}).clauses[0].cut == 0,
        "schedule": lambda: project(SHOP, set={"rent.amount": value}).rows["rent.cost"] == (1, 1, 2, 2, 2, 2),
        "sourced": lambda: project(SHOP, set={"model.opening_cash": value}).rows["opening_cash"][0] == 7_000,
    }
    assert rows[expected]()


def test_changes_at_one_figure_of_a_table(rows):
    """`rent.amount` scales all steps; then one step is set: changes act in the order in which they are given."""
    first = {"rent.amount": "+10%", "rent.amount.2025-04": "500/month"}
    assert rows(SHOP, set=first)["rent.cost"] == (1100, 1100, 1100, 500, 500, 500)


def test_a_relative_change_keeps_source_and_range(project):
    changed = project(SHOP, set={"model.opening_cash": "+100%"})
    assert changed.rows["opening_cash"][0] == 200_000
    named = [note for note in project(SHOP, set={"burn": "10", "model.opening_cash": "+100%"}).notes if "low" in note]
    assert any("model.opening_cash" in note and "160k" in note and "240k" in note for note in named)


def test_never_stays_never(rows):
    assert rows(SHOP, set={"oven.date": "never"}, scenario="base")["oven.cost"] == (0,) * 6
    text = SHOP.replace('"2025-03-15"', '"never"')
    assert rows(text, set={"oven.date": "-24 months"})["oven.cost"] == (0,) * 6


def test_a_change_moves_nothing_else(project):
    """A change that says what the file says changes no row at all."""
    rows = project(SHOP).rows
    assert project(SHOP, set={"goods.amount": "€300/month", "oven.date": "2025-03-15", "burn": "1"}).rows == rows


@pytest.mark.parametrize(
    ("address", "value", "problem"),
    [
        ("nothing.amount", "5/month", "unknown-address"),
        ("goods", "5/month", "unknown-address"),
        ("goods.nothing", "5", "unknown-address"),
        ("goods.amount.2025-04", "5/month", "unknown-address"),  # it has no steps
        ("goods.amount.value", "5/month", "unknown-address"),
        ("visitors.lost", "5", "unknown-address"),  # parameters are those of the file
        ("seed.third.amount", "5", "unknown-address"),
        ("seed.first.nothing", "5", "unknown-address"),
        ("seed.first", "5", "unknown-address"),
        ("seed.kind", "grant", "unknown-address"),
        ("seed.first.name", "opening", "unknown-address"),
        ("fx.CHF", "1.1", "unknown-address"),
        ("total.revenue", "5", "unknown-address"),
        ("cash", "5", "unknown-address"),
        ("scenarios.low", "5", "unknown-address"),
        ("goods.amount", "500", "flow-without-period"),
        ("goods.growth", "5%", "rate-without-period"),
        ("goods.amount", "£5/month", "wrong-currency"),
        ("goods.amount", "+1k", "wrong-dimension"),
        ("goods.amount", "-200%", "negative-value"),
        ("goods.amount", "5%/month", "wrong-dimension"),
        ("goods.amount", "never", "wrong-dimension"),
        ("oven.date", "+10%", "wrong-dimension"),
        ("oven.date", "+5", "wrong-dimension"),
        ("oven.date", "500", "not-a-date"),
        ("oven.date", "soon", "not-a-date"),
        ("oven.amount", "+2 months", "wrong-dimension"),
        ("club.churn", "200%/month", "value-out-of-range"),
        ("club.churn", "+2000%", "value-out-of-range"),
        ("tax.rate", "+500%", "value-out-of-range"),
        ("tax.paid", "weekly", "unknown-choice"),
        ("model.months", "601", "value-out-of-range"),
        ("model.months", "many", "wrong-type"),
        ("model.months", "+100%", "wrong-type"),
        ("model.months", "+3/month", "wrong-type"),
        ("model.months", "+0.5", "wrong-type"),
        ("model.months", "+$3", "wrong-type"),
        ("model.months", "+1e999", "wrong-type"),
        ("model.months", "-600", "value-out-of-range"),
        ("model.start", "+2 months", "bad-month"),
        ("model.start", "January", "bad-month"),
        ("seed.after_cut", "keep", "unknown-choice"),
        ("seed.clause.cuts", "cy", "unknown-cut"),
        ("seed.clause.exercised", "maybe", "wrong-type"),
        ("visitors.formula", "prev(visitor)", "unknown-name"),
        ("visitors.formula", "prev(", "formula-syntax"),
        ("model.months", "3", "schedule-beyond-horizon"),
    ],
)
def test_changes_that_cannot_be_made(project, address, value, problem):
    with pytest.raises(InputError) as raised:
        project(SHOP, set={address: value})
    assert problem in [found.name for found in raised.value.problems]


def test_a_wrong_value_is_shown_on_the_command_line(project):
    with pytest.raises(InputError) as raised:
        project(SHOP, set={"visitors.formula": "prev(visitor) * 2"})
    assert str(raised.value) == (
        "command line:1:29 unknown-name\n"
        "    1 │ --set visitors.formula=prev(visitor) * 2\n"
        "      │                             ^^^^^^^\n"
        "No line, driver, event, figure or total is called visitor. Did you mean visitors?"
    )


def test_all_wrong_addresses_are_told_at_once(project):
    with pytest.raises(InputError) as raised:
        project(SHOP, set={"good.amount": "1/month", "goods.amont": "1/month"})
    assert [str(problem).splitlines()[-1] for problem in raised.value.problems] == [
        "There is no figure good.amount in this file. Did you mean goods.amount?",
        "There is no figure goods.amont in this file. Did you mean goods.amount?",
    ]


def command(capsys, *arguments):
    assert main(["project", "lemonade", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)["rows"]


def test_on_the_command_line(capsys):
    """Lemonade sells 100 cups at 2 a month; lemons are half of it, the stall is 150."""
    rows = command(capsys, "--set", "lemonade.price=$3", "--set", "stall.amount=+100%")
    assert rows["lemonade.revenue"] == [300] * 12
    assert rows["stall.cost"] == [300] * 12


def test_what_is_set_on_a_plan_that_was_changed_before_counts():
    """Further changes lie over those of the plan, as the command line's do over a scenario's."""
    plan = runway.load("lemonade", set={"lemonade.price": 3})
    assert runway.project(plan, set={"revenue.lemonade.price": 4}).rows["lemonade.revenue"] == (400,) * 12


def test_an_equals_sign_in_the_value(capsys):
    rows = command(capsys, "--set", "cups.formula=50 if month == 1 else 100")
    assert rows["cups.value"] == [50, *[100] * 11]


def test_spaces_around_do_not_matter(capsys):
    assert command(capsys, "--set", " lemonade.price = 3 ")["lemonade.revenue"] == [300] * 12


def test_a_condition_is_waived_on_the_command_line(capsys):
    rows = command(capsys, "--set", "permit.date=never", "--set", "aunt.second.waived=permit")
    assert rows["aunt.second.cash"][7] == 400


def test_a_model_read_once_is_changed_many_times(load):
    model = load(SHOP)
    assert runway.project(model, set={"goods.amount": "+10%"}).rows["goods.cost"][0] == pytest.approx(660)
    assert runway.project(model, set={"goods.amount": "+10%"}).rows["goods.cost"][0] == pytest.approx(660)
    assert runway.project(model).rows["goods.cost"][0] == 600
