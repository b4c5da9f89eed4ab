"""The odds that the checks of a file hold: path by path what `runway check` says of that path alone."""

from __future__ import annotations

from datetime import date
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.answers.check import check
from runway.engine.criteria import ProbedRuns
from runway.engine.ladder import LADDER
from runway.errors import InputError
from runway.simulation.block_checks import OWNED
from runway.simulation.block_engine import Simulator
from runway.simulation.cap_tables import SOLVES
from runway.simulation.draws import BLOCK, Streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

PATHS = 240

COMPANY = """
[model]
name = "Company"
start = "2025-01"
months = 30
opening_cash = "300k to 700k"
minimum_cash = "10k to 30k"
interest = "3%/year"

[revenue.subs]
kind = "subscription"
opening = 200
acquisition = "2% to 9%/month"
churn = "1% to 5%/month"
price = "$100/month"
collected_after = "20 to 70 days"
opening_receivable = 15_000

[costs.payroll]
kind = "headcount"
opening = 9
hires = { "2025-06" = 3 }
salary = "$50k to $80k/year"

[costs.fair]
kind = "one_off"
amount = "20k to 60k"
date = "2025-04-10 to 2025-09-20"

[capital.lab]
kind = "spread"
amount = "100k to 200k"
from = "2025-05-10"
to = "2026-08-20"

[tax]
rate = "20% to 30%"
paid = "quarterly"

[events.approval]
date = "2025-08-01 to 2026-03-31"
probability = "70%"

[captable]
pool = 100_000
[captable.holders.founders]
shares = { common = 900_000 }

[funding.angel]
kind = "safe"
form = "post_money"
amount = "100k"
date = "2024-10-01"
cap = "4M"

[funding.seed]
kind = "priced_round"
valuation = { value = "5M", basis = "pre_money" }

[[funding.seed.closings]]
name = "first"
date = "2025-03-15"
amount = "200k to 400k"
slip = { value = "1 month", low = "0 months", high = "5 months" }

[[funding.seed.closings]]
name = "second"
date = "2025-11-10"
amount = "300k"
requires = "approval"
by = "2026-06-30"

[[funding.seed.earmarks]]
for = "lab"
amount = "90k"
from = "first"

[funding.lent]
kind = "loan"
date = "2025-06-15"
amount = "200k"
rate = "11%/year"
term = "24 months"
repayment = "level_payment"
"""

LINE = """
[funding.revolver]
kind = "credit_line"
limit = "150k"
rate = "9%/year"
"""

CHECKS = {
    "runway.certain >= 13 months": "",
    "runway.conditional < 20 months": "",
    "zero_cash_date.planned > 2026-06-15": "",
    "lowest_cash.cash_in_hand >= -700_000": "",
    "funding_gap.certain <= 150k": "",
    "cash >= minimum_cash until 2026-01": 'counting = "conditional"',
    "unrestricted_cash > 100_000 in 2025-12": 'counting = "certain"',
    "total.revenue over 2025-03..2025-12 >= total.costs over 2025-03..2025-12": None,
    "total.revenue / 2 >= 10_500 in 2025-09": "",
    "total.costs <= 79_000": "",
    "approval in 2026-01": "",
    "approval or total.revenue > 26_000 in 2026-06": "",
    "seed.first.due <= 2025-05-20": "",
    "subs.churn != 0.03 in 2025-02": "",
    "dilution(founders) <= 12%": "",
    "stake(angel) > stake(seed.investors)": "",
    "stake(founders) >= 0.78 until 2025-02": None,
    "stake(founders) >= total.revenue / 31_000": "",
    "cash >= funding_gap.certain until 2025-08": 'counting = "conditional"',
    "approval.date <= zero_cash_date.conditional": "",
    "prev(cash) > lowest_cash.planned in 2025-10": "",
}
EXPECTED = """
[[checks]]
expect = "total.revenue over 2025-01..2025-12"
value = "280k"
within = "8%"

[[checks]]
expect = "stake(founders)"
value = "79%"
within = "1.5%"

[[checks]]
expect = "runway.certain"
value = "14 months"
within = "2 months"

[[checks]]
expect = "approval.date in 2025-01"
value = "2025-12-01"
within = "60 days"

[[checks]]
preset = "going_concern"
issued = "2025-02-28"

[[checks]]
preset = "going_concern"
issued = "2025-03-17"
"""


def written() -> str:
    lines = [
        f"""
        [[checks]]
        require = '{says}'
        {more}
        """
        for says, more in CHECKS.items()
        if more is not None
    ]
    return "\n".join(lines) + EXPECTED


@pytest.mark.proof
@pytest.mark.parametrize("line", ["", LINE])
def test_each_path_is_judged_as_alone(load: Load, line: str) -> None:
    plan = load(COMPANY + line + written())
    program = plan.program
    simulator = Simulator(plan, range(len(LADDER)), checks=True)
    block = simulator.run(0, Streams(7, 0), PATHS, simulator.workspace())
    first = len(simulator.questions)
    differing = [0] * len(plan.model.checks)
    tried, like = range(0, PATHS, 3), ProbedRuns(plan).runner
    for path in tried:
        alone = {address: float(values[path]) for address, values in block.figures.items()}
        other = plan._replace(program=program._replace(parameters={**program.parameters, **alone}))
        found = check(other, ProbedRuns(other, like))
        for n, one in enumerate(found.checks):
            differing[n] += one.holds
            assert block.answers[first + n][path] == one.holds, (path, one.says)
    assert sum(0 < count < len(tried) for count in differing) > 18  # hardly any is the same on every path
    assert all(simulator.varying[first + n] for n, count in enumerate(differing) if 0 < count < len(tried))


@pytest.mark.proof
def test_the_odds_of_a_check_are_those_of_what_it_rests_on(load: Load) -> None:
    found = runway.simulate(load(COMPANY + written()), paths=30_000)
    odds = {one.title: one for one in found.checks}
    known = found.closings[1]
    assert known.address == "seed.second"
    approved = odds["approval in 2026-01"]  # its date is normal, low and high are 242 days apart
    soon = NormalDist().cdf((date(2026, 1, 31) - date(2025, 11, 30)).days * 2 * 1.645 / 242)
    assert approved.probability.value == pytest.approx(0.7 * soon, abs=0.01)
    assert approved.paths == 30_000
    certain = odds["runway.certain >= 13 months"].probability
    assert certain.value == pytest.approx(1 - found.risks[1].by_month[12].value, abs=0.02)
    owned = odds["dilution(founders) <= 12%"]
    assert SOLVES <= owned.paths <= OWNED  # amounts differ on every path, and so do the cap tables
    assert owned.probability.error > 0.04


FIRST = COMPANY.replace('"200k to 400k"', '"300k"').replace(
    'slip = { value = "1 month", low = "0 months", high = "5 months" }', ""
)  # what the first closing brings is certain; what the lab costs, which its money is for, is not


def test_a_check_of_what_is_certain_is_certain(load: Load) -> None:
    text = FIRST.replace('probability = "70%"', "").replace('"2025-08-01 to 2026-03-31"', '"2025-08-01"')
    says = ["stake(founders) >= 78%", "stake(founders) < 78%", "seed.second.due <= 2025-11-10 in 2025-12"]
    text += "".join(f"[[checks]]\nrequire = '{one}'\n" for one in says)
    found = runway.simulate(load(text), paths=500)
    assert [(one.probability.value, one.probability.error) for one in found.checks] == [(1.0, 0), (0.0, 0), (1.0, 0)]


@pytest.mark.proof
def test_few_outcomes_are_solved_on_many_paths(load: Load) -> None:
    (one,) = runway.simulate(
        load(
            FIRST
            + """
        [[checks]]
        require = 'stake(founders) >= 80%'
        """
        ),
        paths=30_000,
    ).checks
    assert one.paths == OWNED
    assert one.probability.value == pytest.approx(0.3, abs=0.04)


@pytest.mark.proof
def test_the_same_on_any_number_of_workers(load: Load) -> None:
    model = load(COMPANY + written())
    found: Any = [runway.simulate(model, paths=2 * BLOCK + 1_000, workers=n).to_dict()["checks"] for n in (1, 2)]
    assert found[0] == found[1]


def test_terms_that_no_row_has_are_drawn_too(load: Load) -> None:
    """A pool and a discount: path by path what the model with that pool and that discount comes to."""
    text = FIRST.replace('cap = "4M"', 'discount = { value = "20%", low = "5%", high = "40%" }').replace(
        'basis = "pre_money" }', 'basis = "pre_money" }\npool = { value = "10%", low = "5%", high = "30%" }'
    )
    plan = load(
        text
        + """
        [[checks]]
        require = 'stake(founders) >= 68%'
        """
    )
    simulator = Simulator(plan, range(len(LADDER)), checks=True)
    block = simulator.run(0, Streams(7, 0), 60, simulator.workspace())
    held = block.answers[len(simulator.questions)]
    assert 5 < sum(held) < 55
    for path in range(0, 60, 3):
        pool, discount = (block.figures[a][path] for a in ("seed.pool", "angel.discount"))
        happens = block.figures["approval.date"][path] < 900
        changes = {"seed.pool": f"{pool * 100:.9f}%", "angel.discount": f"{discount * 100:.9f}%"}
        if not happens:
            changes["approval.date"] = "never"
        (alone,) = check(runway.load(plan.model.document.title, set={"approval.date": "2025-10-01", **changes})).checks
        met = block.figures["approval.date"][path]
        if happens and met > 17:  # after its deadline
            continue
        assert held[path] == alone.holds


def test_a_cap_table_without_a_solution_does_not_hold_and_is_told(load: Load) -> None:
    text = FIRST.replace('amount = "100k"', 'amount = "100k to 9M"').replace(
        '{ value = "5M", basis = "pre_money" }', '{ value = "5M", basis = "post_money" }'
    )
    found = runway.simulate(
        load(
            text
            + """
        [[checks]]
        require = 'stake(founders) >= 1%'
        """
        ),
        paths=400,
    )
    assert 20 < found.unsolved < 200
    assert found.checks[0].probability.value <= 1 - found.unsolved / found.checks[0].paths


def test_what_no_path_varies_is_as_check_says_of_the_file(load: Load) -> None:
    """Posted to the cent, as a projection is."""
    model = load("""
        [costs.rent]
        kind = "recurring"
        amount = "$100k/year"
        [[checks]]
        title = "rent"
        require = "total.costs over 2025-01..2025-12 >= 100000"
        [[checks]]
        require = "lowest_cash >= 900000.02"
        [[checks]]
        expect = "zero_cash_date.planned"
        value = "never"
        within = "10 days"
        """)
    written = check(model)
    assert [one.holds for one in written.checks] == [False, True, True]
    found = runway.simulate(model, paths=100)
    assert [(one.title, *one.probability) for one in found.checks] == [
        ("rent", 0.0, 0.0), ("lowest_cash >= 900000.02", 1.0, 0.0), ("zero_cash_date.planned", 1.0, 0.0)
    ]  # fmt: skip


def test_what_has_no_value_does_not_hold(load: Load) -> None:
    text = """
        [revenue.sales]
        kind = "recurring"
        amount = { value = 5000, outcomes = { 0 = "50%", 5000 = "50%" }, unit = "month" }
        """
    text = (
        text.replace(', unit = "month"', "")
        .replace("5000,", '"5k/month",')
        .replace('0 = "50%", 5000 = "50%"', '"0/month" = "50%", "5k/month" = "50%"')
    )
    text += "".join(f"[[checks]]\nrequire = '1000 / total.revenue {sign} 0.1'\n" for sign in (">=", "<=", "!="))
    found = runway.simulate(load(text), paths=2_000)
    assert [round(one.probability.value, 1) for one in found.checks] == [0.5, 0.0, 0.5]


FLOOR = """
    [model]
    name = "Held at its floor"
    start = "2025-01"
    months = 12
    opening_cash = "100k to 300k"
    minimum_cash = "20k to 30k"
    [costs.team]
    kind = "recurring"
    amount = "60k to 90k/month"
    [events.launch]
    date = "2025-09-01"
    [funding.revolver]
    kind = "credit_line"
    limit = "5M"
    rate = "8%/year"
    """
HELD = {
    "cash >= minimum_cash or t < 3": 1,
    "not (cash < minimum_cash)": 1,
    "minimum_cash < lowest_cash.certain": 0,
    "funding_gap.certain > 0": 0,
    "cash / 1000 > minimum_cash / 1000 in 2025-12": 0,
    "cash > minimum_cash": 0,
    "launch.date <= zero_cash_date": 1,
    "'2025-09-01' <= zero_cash_date.planned": 1,
    "minimum_cash <= lowest_cash.planned": 1,
}


def test_cash_that_a_credit_line_keeps_at_its_floor_is_at_it(load: Load) -> None:
    """To the cent, as in a projection, whatever binary fractions are left of it."""
    found = runway.simulate(load(FLOOR + "".join(f'[[checks]]\nrequire = "{says}"\n' for says in HELD)), paths=20_000)
    assert {one.says: round(one.probability.value, 3) for one in found.checks} == HELD


def test_a_year_that_the_model_does_not_hold(load: Load) -> None:
    model = load(
        FIRST.replace("months = 30", "months = 12")
        + """
            [[checks]]
            preset = "going_concern"
            issued = "2025-02-28"
            """
    )
    with pytest.raises(InputError, match="at least 2 more months"):
        runway.simulate(model, paths=100)
    assert runway.simulate(model, paths=100, checks=False).checks == ()


PAST = """
[model]
name = "Held"
start = "2026-01"
months = 24
opening_cash = 1_000_000
as_of = "2026-06-30"
[costs.team]
kind = "recurring"
amount = "60_000/month to 120_000/month"
[[checks]]
require = "runway >= {} months"
"""


def test_runway_of_a_check_is_counted_from_the_day_that_it_is_told_from(load):
    """As the projection of each future counts it: six months of the plan are over."""
    plan = load(PAST.format(5))
    found = runway.simulate(plan, paths=40, raw=True)
    (check,) = found.checks
    amounts = [float(amount) for amount in found.raw.figures["team.amount"]]
    lasts = [runway.project(plan, set={"team.amount": f"{amount!r}/month"}).runway[0].months for amount in amounts]
    assert check.probability.value == sum(months is None or months >= 5 for months in lasts) / 40
    assert 0 < check.probability.value < 1


@pytest.mark.parametrize(("low", "known"), [("10_000", False), ("60_000", True)])
def test_what_comes_after_the_last_month_judges_no_future(load, low, known):
    """18 of 24 months are left; who costs no more than 1M ÷ 24 a month lasts beyond them: how long is unknown."""
    text = (
        PAST.format(20).replace("60_000/month to", f"{low}/month to") + "[[checks]]\nrequire = 'runway >= 12 months'\n"
    )
    found = runway.simulate(load(text), paths=200, raw=True)
    twenty, twelve = found.checks
    costs = [float(amount) for amount in found.raw.figures["team.amount"]]
    assert twenty.paths == sum(cost > 1_000_000 / 24 for cost in costs)
    assert (twenty.probability is not None, twenty.not_known is None) == (known, known)
    assert (twelve.paths, twelve.not_known) == (200, None)
    assert twelve.probability.value == sum(cost <= 1_000_000 / 18 for cost in costs) / 200
    if not known:
        assert twenty.not_known.startswith("The model ends with Dec 2027, after 18 months")
        assert twenty.to_json()["probability"] is None


def test_a_check_that_is_open_on_every_future(load):
    text = PAST.format(20).replace("60_000/month to 120_000/month", "10_000/month")
    (check,) = runway.simulate(load(text), paths=200).checks
    assert (check.probability, check.paths) == (None, 0)
