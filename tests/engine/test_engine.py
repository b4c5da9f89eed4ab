"""The engine: one run over many paths is each run alone, posting is exact, failures name their row and month."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from random import Random
from typing import Any

import numpy as np
import pytest
from support.seasons import SEASONS

import runway
from runway.cli import main
from runway.engine.ladder import runner_of
from runway.engine.load import load_document
from runway.engine.run import Engine
from runway.errors import InputError, Problem
from runway.language.arithmetic import POSTED, posting

Load = Callable[..., Any]
Rows = Callable[..., Mapping[str, tuple[float, ...]]]

EVERYTHING = """
[model]
name = "Everything"
start = "2025-11"
months = 20
opening_cash = "$900k"
minimum_cash = 10_000
interest = "4%/year"
[fx]
EUR = 1.1
[drivers.users]
formula = "prev(users) * (1 + growth) if prev(users) < cap or t < 3 else max(cap, lag(users, 1.5))"
opening = 1000
growth = "9%/month"
cap = 2500
[drivers.squeeze]
formula = "round(mod(users, 7), 1) + floor(log(users)) + abs(1 - pressure ** 0.5) + pmt(rate / 12, 36, users)"
pressure = 1.7
rate = "6%"
[drivers.mood]
formula = "1 if launch and not outage or users > 2000 else 0.5"
[revenue.plan]
kind = "subscription"
opening = 400
acquisition = { "2025-11" = "4%/month", "2026-06" = "6%/month" }
signups = "120/year"
churn = "2%/month"
price = "€20/month"
capacity = 700
[revenue.yearly]
kind = "subscription"
opening = 120
signups = "9/month"
churn = "10%/year"
price = { "2025-11" = "$30/month", "2026-11" = "$33/month" }
billed = "yearly"
opening_deferred = 15_000
collected_after = "40 days"
opening_receivable = 2_000
[revenue.api]
kind = "usage"
volume = "users * mood * days"
price = "$0.05"
growth = "-1%/month"
[revenue.support]
kind = "recurring"
amount = "$9k/quarter"
billed = "quarterly"
opening_deferred = 0
start = "2025-12-10"
end = "2026-09-15"
[costs.team]
kind = "headcount"
opening = 6
salary = "$90k/year"
hires = { "2026-02-16" = 2, "2026-08" = -1 }
loading = "20%"
raises = "4%/year"
[costs.rent]
kind = "recurring"
amount = "$300/day"
growth = "3%/year"
growth_step = "yearly"
paid_after = "30 days"
opening_payable = 9_000
[costs.fees]
kind = "percent_of"
of = "total.revenue"
share = "2.9%"
[costs.fine]
kind = "one_off"
amount = 12_345.67
date = "2026-03-10"
[costs.stock]
kind = "recurring"
amount = "$1k/month"
non_cash = true
[capital.site]
kind = "spread"
amount = "$120k"
from = "2026-01-11"
to = "2026-10"
written_off_over = "36 months"
[passthrough.vat]
kind = "formula"
formula = "rate * (total.revenue - lag(total.revenue, 1))"
rate = "20%"
[tax]
rate = "25%"
opening_losses = 30_000
loss_limit = "80%"
[events.launch]
date = "2026-04-12"
[events.outage]
date = "2026-02-20"
days = 12
takes = { api = "80%" }
raises_churn = { plan = "1%/month" }
raised_for = "3 months"
[funding.seed]
kind = "priced_round"
valuation = { value = "5M", basis = "pre_money" }
[[funding.seed.commitments]]
investor = "fund"
amount = "600k"
[[funding.seed.commitments]]
investor = "angel"
amount = "100k"
[[funding.seed.closings]]
name = "first"
date = "2026-01-15"
amount = "300k"
[[funding.seed.closings]]
name = "second"
date = "2026-07-15"
amount = "400k"
requires = "launch and prev(total.arr) >= prev(hurdle)"
by = "2026-12-31"
[[funding.seed.clauses]]
name = "late"
cuts = "fund"
to = "400k"
unless = "licence"
by = "2026-06-30"
[[funding.seed.earmarks]]
for = "site"
amount = "100k"
from = ["first", "second"]
[drivers.hurdle]
formula = "level"
level = 120_000
[funding.prize]
kind = "grant"
amount = "50k"
date = "2026-05-05"
requires = "launch or squeeze_over"
[events.squeeze_over]
date = "2026-09-01"
[events.licence]
date = "2026-06-29"
"""


@cache
def poster(units: float) -> Callable[[float], float]:
    """The expression that the step function computes, as a function of a number."""
    return eval(f"lambda x: {POSTED.format('x')}", posting(units))


def post(x: float, units: float) -> float:
    return float(poster(units)(x))


def engine(load: Load, text: str = EVERYTHING) -> Engine:
    plan = load(text)
    return Engine(plan.program, plan.model.document)


def variants(parameter: float, is_date: bool) -> list[float]:
    if is_date:
        return [parameter, parameter + 1, parameter - 2 + 5 / 32, parameter + 40]
    return [parameter, parameter * 1.1, parameter * 0.85, parameter * 0.5]


def same(paths: Mapping[str, list[Any]], alone: list[Mapping[str, list[Any]]]) -> None:
    """Each path of one run is the run of that path alone."""
    for address, series in paths.items():
        found = np.array([np.broadcast_to(values, len(alone)) for values in series])
        expected = np.array([run[address] for run in alone]).T
        assert np.allclose(found, expected, rtol=1e-9, atol=1e-9), address


def each_parameter(load: Load, text: str = EVERYTHING) -> list[tuple[str, float, bool]]:
    program = load(text).program
    return [(a, v, program.entries[a].amount.is_date) for a, v in program.parameters.items()]


@pytest.mark.proof
@pytest.mark.parametrize("posting", [True, False])
def test_a_run_over_paths_is_each_run_alone_whatever_varies(load: Load, posting: bool) -> None:
    runner = engine(load)
    for address, value, is_date in each_parameter(load)[slice(0, None, 2) if posting else slice(1, None, 6)]:
        if "exercised" in address or address in ("levers.conditional", "levers.planned"):
            choices = [value, 1 - value]
        else:
            choices = variants(value, is_date)[:2]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            paths = runner.run({address: np.array(choices)}, posting=posting)
        same(paths, [runner.run({address: choice}, posting=posting) for choice in choices])


def test_everything_varies_at_once(load: Load) -> None:
    random = Random(11)
    overrides: dict[str, list[float]] = {}
    for address, value, is_date in each_parameter(load):
        overrides[address] = [random.choice(variants(value, is_date)[:3]) for _ in range(16)]
    runner = engine(load)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        paths = runner.run({a: np.array(v) for a, v in overrides.items()})
    same(paths, [runner.run({a: v[n] for a, v in overrides.items()}) for n in range(16)])


@pytest.mark.parametrize(
    ("model", "address"),
    [
        ("lemonade", "cups.a_month"),
        ("lemonade", "permit.date"),
        ("saas-startup", "monthly_plan.price.2027-01"),
        ("saas-startup", "monthly_plan.signups.2027-01"),
        ("saas-startup", "levers.delay"),
        ("openai-2025", "levers.revenue"),
        ("openai-2025", "conversion.date"),
        ("openai-2025", "levers.burn"),
    ],
)
def test_bundled_models_over_paths(model: str, address: str) -> None:
    """Without a word on the terminal: a warning of numpy's is none of the user's business."""
    found = runway.load(model)
    runner = Engine(found.program, found.model.document)
    value = found.program.parameters[address]
    choices = variants(value, address.endswith("date")) if value else [0.0, 1.0, 2.5, 4.0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        paths = runner.run({address: np.array(choices)})
    same(paths, [runner.run({address: choice}) for choice in choices])


def test_rows_that_nothing_reaches_stay_floats_and_the_others_have_one_value_a_path(load: Load) -> None:
    runner = engine(load)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = runner.run({"plan.churn": np.array([0.01, 0.02, 0.03])})
    assert all(isinstance(x, float | int) for x in found["users.value"] + found["team.cost"])
    assert all(x.shape == (3,) for x in found["plan.subscribers"] + found["cash"])
    assert all(isinstance(x, float | int) or x.shape == (3,) for series in found.values() for x in series)


def test_conditions_pick_their_side_path_by_path(load: Load) -> None:
    """Where one path would divide by zero another may not, and the guard keeps both."""
    runner = engine(
        load,
        """
        [drivers.x]
        formula = "a / b if b > 0 and t > 1 else -1"
        a = 6
        b = 2
        """,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = runner.run({"x.b": np.array([0.0, 2.0, 3.0])})["x.value"]
    assert [list(np.broadcast_to(x, (3,))) for x in found[:3]] == [[-1, -1, -1], [-1, -1, -1], [-1, 3, 2]]


def test_an_override_must_be_a_figure_of_the_program(load: Load) -> None:
    with pytest.raises(KeyError):
        engine(load).run({"plan.chrun": 0.0})


def test_a_run_leaves_no_trace_on_the_next(load: Load) -> None:
    runner = engine(load)
    first = runner.run()
    runner.run({"levers.burn": 2.0})
    runner.run(posting=False)
    assert runner.run() == first


# Posting ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("digits", [0, 2, 3])
def test_posting_is_decimal_rounding_with_halves_away_from_zero(digits: int) -> None:
    """Amounts with one digit more than the minor unit, halves among them, up to a hundred trillion minor units."""
    random = Random(digits)
    unit = Decimal(1).scaleb(-digits)
    for n in range(40_000):
        tenths = n - 20_000 if n % 2 else random.randrange(-(10 ** random.randint(2, 15)), 10 ** random.randint(2, 15))
        if n % 3 == 0:
            tenths = tenths // 10 * 10 + 5
        exact = Decimal(tenths).scaleb(-digits - 1)
        assert post(float(exact), float(10**digits)) == float(exact.quantize(unit, ROUND_HALF_UP)), exact


def test_posting_twice_is_posting_once() -> None:
    random = Random(3)
    for _ in range(40_000):
        cents = random.randrange(2 ** random.randint(1, 49))
        assert post(cents / 100, 100.0) == cents / 100
        assert post(-cents / 100, 100.0) == -cents / 100


def test_the_printed_function_posts_as_post_does(load: Load) -> None:
    random = Random(5)
    amounts = [random.randrange(10 ** random.randint(2, 14)) / 1000 for _ in range(5_000)]
    amounts += [0.005, 0.015, 1.005, 2.675]
    runner = engine(
        load,
        """
        [costs.x]
        kind = "one_off"
        amount = 1
        date = "2025-02-10"
        """,
    )
    found = runner.run({"x.amount": np.array(amounts)})["x.cost"][1]
    assert list(found) == [post(amount, 100.0) for amount in amounts]
    assert [runner.run({"x.amount": amount})["x.cost"][1] for amount in amounts[-50:]] == list(found[-50:])


MONEY = ("cash", "revenue", "cost", "spend", "flow", "billed", "deferred", "receivable", "payable", "drawn")


def test_every_flow_and_balance_is_whole_cents(load: Load) -> None:
    found = engine(load).run()
    money = [a for a in found if a.rpartition(".")[2] in MONEY or a.startswith(("cash.", "total.", "burn_bridge."))]
    money = [a for a in money if not a.startswith(("survival.", "total.mrr"))]  # thoughts and rates, no flows
    assert len(money) > 50
    for address in money:
        assert all(x == round(x, 2) for x in found[address]), address


def test_without_posting_nothing_is_rounded(load: Load) -> None:
    text = """
        [costs.x]
        kind = "recurring"
        amount = "$100/month"
        growth = "0.1%/month"
        """
    runner = engine(load, text)
    assert runner.run(posting=False)["x.cost"] == pytest.approx([100 * 1.001**t for t in range(12)], rel=1e-14)
    assert runner.run()["x.cost"][2] == 100.2


def test_posting_is_off_by_half_a_cent_a_posting_at_most(load: Load) -> None:
    runner = engine(load)
    posted, unposted = runner.run(), runner.run(posting=False)
    lines = sum(a.endswith(".cash") for a in posted)
    for t in range(20):
        assert posted["cash"][t] == pytest.approx(unposted["cash"][t], abs=0.005 * 4 * lines * (t + 1))


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("USD", 2), ("KWD", 3)])
def test_the_minor_unit_is_the_currency_s(load: Load, currency: str, digits: int) -> None:
    model = f"""
        [model]
        name = "x"
        start = "2025-01"
        months = 3
        opening_cash = 1000
        currency = "{currency}"
        """
    found = engine(
        load,
        model
        + """
        [costs.x]
        kind = "recurring"
        amount = "1000/week"
        """,
    ).run()
    expected = [round(1000 * days / 7, digits) for days in (31, 28, 31)]
    assert found["x.cost"] == expected
    assert found["cash"][-1] == pytest.approx(1000 - sum(expected), abs=1e-9)


# Failures ---------------------------------------------------------------------------------------------------------


def failure(rows: Rows, text: str) -> Problem:
    with pytest.raises(InputError) as raised:
        rows(text)
    (problem,) = raised.value.problems
    return problem


LINE = """
[costs.x]
kind = "formula"
formula = "{}"
a = 1
b = 0
"""

FAILING = [
    ("1 / (t - 3)", "division-by-zero", "2025-04"),
    ("mod(5, t - 2)", "division-by-zero", "2025-03"),
    ("a / b", "division-by-zero", "2025-01"),
    ("t * a / b", "division-by-zero", "2025-01"),
    ("a / b if t > 6 else 0", "division-by-zero", "2025-08"),
    ("1 if t < 2 or a / b > 1 else 0", "division-by-zero", "2025-03"),
    ("(t - 1) ** -1", "division-by-zero", "2025-02"),
    ("log(2 - t)", "not-a-number", "2025-03"),
    ("(2 - t) ** 0.5", "not-a-number", "2025-04"),
    ("exp(200 * t)", "overflow", "2025-05"),
    ("prev(x) * 1000 + 10", "balance-too-large", "2025-05"),
    ("1e12 * 10 ** t", "balance-too-large", "2025-02"),
    ("-1e12 * 10 ** t", "balance-too-large", "2025-02"),
]


@pytest.mark.parametrize(("formula", "name", "month"), FAILING)
def test_a_failure_names_its_row_and_its_month(rows: Rows, formula: str, name: str, month: str) -> None:
    problem = failure(rows, LINE.format(formula))
    assert problem.name == name
    assert f"In {month}, x.cost " in problem.text
    assert problem.place is not None
    assert problem.place.line == 3


def test_a_failure_of_a_line_without_a_formula_is_placed_at_its_table(rows: Rows) -> None:
    problem = failure(
        rows,
        """
        [costs.x]
        kind = "recurring"
        amount = "$1M/month"
        growth = "9900%/month"
        """,
    )
    assert problem.name == "balance-too-large"
    assert problem.place is not None
    assert problem.place.line == 1
    assert "In 2025-05, x.cost " in problem.text


def test_the_earliest_failure_is_told(rows: Rows) -> None:
    text = LINE.format("1 / (t - 8)") + LINE.replace("costs.x", "costs.y").format("1 / (t - 2)")
    assert "In 2025-03, y.cost " in failure(rows, text).text


def test_a_volume_and_a_share_are_placed_at_their_formulas(rows: Rows) -> None:
    usage = failure(
        rows,
        """
        [costs.x]
        kind = "usage"
        price = 1
        volume = "1 / (t - 1)"
        """,
    )
    share = failure(
        rows,
        """
        [costs.x]
        kind = "percent_of"
        share = 1
        of = "1 / (t - 1)"
        """,
    )
    for problem in (usage, share):
        assert problem.name == "division-by-zero"
        assert "In 2025-02, x." in problem.text
        assert problem.place is not None
        assert problem.place.line == 4


def test_a_balance_of_two_to_the_49th_cents_is_the_largest(rows: Rows) -> None:
    largest = 2**49 // 100 - 1
    model = """
        [model]
        name = "x"
        start = "2025-01"
        months = 3
        opening_cash = {}
        """
    assert rows(model.format(largest))["cash"][-1] == largest
    assert failure(rows, model.format(largest + 2)).name == "balance-too-large"
    assert failure(rows, model.format(-largest - 2)).name == "balance-too-large"


# Order ------------------------------------------------------------------------------------------------------------


def tables(text: str) -> list[str]:
    """The tables of a file; entries of a list stay with the table they belong to."""
    parts: list[str] = []
    for line in text.strip().split("\n"):
        if line.startswith("[") and not line.startswith("[["):
            parts.append("")
        parts[-1] += line + "\n"
    return parts


@pytest.mark.parametrize("seed", range(6))
def test_the_order_of_lines_does_not_matter(rows: Rows, seed: int) -> None:
    shuffled = tables(EVERYTHING)
    Random(seed).shuffle(shuffled)
    ordered, found = rows(EVERYTHING), rows("\n".join(shuffled))
    assert found.keys() == ordered.keys()
    for address, series in ordered.items():
        assert found[address] == pytest.approx(series, rel=1e-12, abs=1e-12), address


OTHER_SETTINGS = f"""{SEASONS}
[scenarios.longer.set]
"model.months" = 4
[scenarios.later.set]
"model.start" = "2026-10"
[scenarios.whole.set]
"model.currency" = "JPY"
"""


def test_a_scenario_of_the_same_formulas_has_its_own_months_and_minor_unit(load: Load, tmp_path: Any) -> None:
    """1.25 in January, 2.50 in February and so on; half a yen is a whole one."""
    base = load(OTHER_SETTINGS)
    like = runner_of(base)
    found = {"base": like.engine.run()["heating.cost"]}
    for name in base.model.scenarios:
        plan = load_document(base.model.original, name, like=base)
        found[name] = runner_of(plan, like).engine.run()["heating.cost"]
    assert found == {
        "base": [1.25, 2.5, 3.75],
        "longer": [1.25, 2.5, 3.75, 5.0],
        "later": [12.5, 13.75, 15.0],
        "whole": [1.0, 3.0, 4.0],
    }
    (tmp_path / "seasons.toml").write_text(OTHER_SETTINGS, encoding="utf-8")
    assert main(["page", str(tmp_path / "seasons.toml"), str(tmp_path / "page.html")]) == 0
