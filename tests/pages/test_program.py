"""The page's program and its reading of days are the engine's: every cell and every field, to the last bit."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from support.companies import Company, companies, few
from support.javascript import RUNGS, both, needs_node, node, script
from support.powers import exp, log, power
from support.seasons import SEASONS

import runway
from runway.engine.paths import Variants
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runway.program.plan import Plan

pytestmark = [pytest.mark.proof, needs_node]
BUNDLED = ("lemonade", "openai-2024", "openai-2025", "saas-startup", "saas-startup-actuals", "venture-debt")
EVERYTHING = Path(__file__).parents[1] / "workbook"
SETS = 3  # of random overrides a scenario and rung; tests/benchmarks/page.py takes many more


def scenarios(name: str) -> list[Plan]:
    """A model's plans, the base first."""
    base = runway.load(name)
    return [base, *(runway.load(name, scenario=other) for other in base.model.scenarios if other != "base")]


def moved(plan: Plan, draw: random.Random) -> dict[str, float]:
    """Up to four figures of a plan, taken to between nothing and twice what they are; dates by up to a year."""
    entries = plan.program.entries
    overrides = {}
    for address in draw.sample([*entries], min(len(entries), draw.choice((1, 2, 4)))):
        value = plan.program.parameters[address]
        if entries[address].amount.is_date:
            overrides[address] = value + draw.randrange(-380, 380) / 32
        else:
            overrides[address] = value * draw.choice((0.0, 0.5, 0.9, 1.1, 1.5, 2.0, draw.random() * 2))
    return overrides


@pytest.mark.parametrize("name", [*BUNDLED, str(EVERYTHING / "constructs.toml"), str(EVERYTHING / "currencies.toml"),
                                  str(EVERYTHING / "actions.toml"), str(EVERYTHING / "closed.toml"),
                                  str(EVERYTHING / "gaps.toml")])  # fmt: skip
def test_a_model_under_every_scenario_rung_and_some_changes(name: str) -> None:
    plans, draw = scenarios(name), random.Random(name)
    runs: list[tuple[int, Mapping[str, float]]] = [(n, rung) for n in range(len(plans)) for rung in RUNGS]
    for n, plan in enumerate(plans):
        runs += [(n, moved(plan, draw) | draw.choice(RUNGS)) for _ in range(SETS)]
    assert both(plans, runs) == []


def test_plans_of_other_months(load: Callable[..., Plan]) -> None:
    settings = ({}, {"model.months": 4}, {"model.start": "2026-10"})
    plans = [load(SEASONS, set=each) for each in settings]
    assert both(plans, [(n, rung) for n in range(len(plans)) for rung in RUNGS]) == []


def test_days_that_are_past_are_not_read() -> None:
    plan, draw = runway.load(str(EVERYTHING / "dips.toml"), set={"model.as_of": "2026-03-14"}), random.Random(14)
    assert both([plan], [(0, rung) for rung in RUNGS] + [(0, moved(plan, draw)) for _ in range(20)]) == []


BANK = """
[model]
name = "Held"
start = "2026-01"
months = 12
opening_cash = 240_000
as_of = "2026-03-11"

[costs.team]
kind = "recurring"
amount = "30_000/month"

[costs.rent]
kind = "recurring"
amount = "5_000/month"
paid_after = "10 days"
opening_payable = 0

[actuals]
last_close = "auto"
[actuals.files.bank]
file = "{}/bank.csv"
[[actuals.rules]]
match = ".*"
line = "team"
"""


def test_what_the_bank_holds_on_the_day_is_held_whatever_is_moved(load: Callable[..., Plan], tmp_path: Path) -> None:
    """Closed to February at 175,000, as of 11 March with 165,000 in the bank."""
    rows = "2026-01-31,Pay,-30000,210000\n2026-02-28,Pay,-35000,175000\n2026-03-05,Pay,-10000,165000\n"
    (tmp_path / "bank.csv").write_text(f"Date,Description,Amount,Balance\n{rows}2026-03-30,Pay,-1,164999\n")
    plan = load(BANK.format(tmp_path))
    changes = [{}, {"team.amount": 50_000.0}, {"rent.amount": 0.0, "levers.burn": 1.5}]
    assert both([plan], [(0, change) for change in changes]) == []
    (run,) = Variants(plan).runs(changes)
    held = run.runner.days(run.rows, run.overrides).month(2)[0](11)
    assert list(held) == pytest.approx([165_000] * 3, abs=0.01)


@given(companies(("USD", "JPY", "KWD")))
@few(max_examples=25)
def test_a_random_company(load: Callable[..., Plan], company: Company) -> None:
    try:
        plan = load(company.text())
    except InputError:
        return
    draw = random.Random(company.text())
    assert both([plan], [(0, rung) for rung in RUNGS] + [(0, moved(plan, draw)) for _ in range(2)]) == []


RANDOM = """
[model]
name = "Random"
start = "2027-11"
months = 30
opening_cash = "1M"

[events.fair]
date = "2028-03-10"

[events.show]
date = "2029-05-31"
days = 3

[drivers.grows]
opening = 100
formula = "prev(grows) * (1 + 0.01 * x) - lag(grows, 2) * 0.01"
x = 1.7

{drivers}

[costs.two]
kind = "formula"
formula = "grows"
"""
LINE = """
[drivers.{name}]
formula = "{formula}"
x = {x}
y = {y}
s = {{ "2027-11" = 1.25, "2028-04" = {y}, "2028-06" = 3 }}
k = 1.5
"""


FORMS = [
    *["({} + {} + 0.1)", "({} - {})", "({} * {} * 1.1)", "({} / ({}))", "(abs({}) ** {})", "({} if CONDITION else {})"]
    * 2,
    *["min({}, {}, 3)", "max({}, {})", "abs({})", "floor({})", "ceil({})", "round({}, 2)", "round({}, -1)"],
    *["exp({} / 100)", "log(1 + abs({}))", "log({})", "mod({}, {})", "pmt({} / 100, 12, {})", "-({})"],
    *["days_in({})", "day_number({})", "since({})", "until(show.date)", "(1 if CONDITION else 0)", "sum({}, {}, 1)"],
    *["lag(grows, 2)", "lag(grows, abs({}))", "lag(grows, 0)", "lag(grows, x)", "cumulative(grows)"],
    *["sum_last(grows, 4)", "last_days(grows, abs({}))", "last_months(grows, {})", "(CONDITION) * 2"],
    *["({}) ** 2", "({}) ** -1", "({}) ** 3", "2 ** {}"],
]
"""Every call and operator of the language; `{}` is a random expression."""


def number(draw: random.Random, depth: int) -> str:
    """A random expression that is a number; some have no value in some month."""
    if depth == 0:
        return draw.choice(
            "x y s k t days month year 2 0.5 -1 0 1 grows prev(grows) elapsed_days fair.share show.date 0.1".split()
        )

    def inner() -> str:
        return number(draw, depth - 1)

    form = draw.choice(FORMS)
    parts = form.replace("CONDITION", "\0").split("{}")
    text = parts[0] + "".join(inner() + part for part in parts[1:])
    return text.replace("\0", truth(draw, depth - 1))


def truth(draw: random.Random, depth: int) -> str:
    """A random expression that holds or not."""
    form = draw.choice(["{} < {}", "{} >= {}", "{} == {}", "{} != {}", "{} > {} > -{}"] * 2 + ["fair", "not show"])
    parts = form.split("{}")
    text = parts[0] + "".join(number(draw, max(0, depth - 1)) + part for part in parts[1:])
    if depth > 0 and draw.random() < 0.4:
        return f"({truth(draw, depth - 1)} {draw.choice(['and', 'or'])} {text})"
    return f"({text})"


@pytest.mark.parametrize("seed", range(40))
def test_random_formulas(load: Callable[..., Plan], seed: int) -> None:
    """Each of the language's nodes with what its operands may be; a run that the engine refuses is refused alike."""
    draw = random.Random(seed)
    lines = [
        LINE.format(name=f"d{n}", formula=number(draw, 3), x=draw.choice((0, 1.3, 2)), y=draw.choice((-2, 0.3)))
        for n in range(1 if seed % 2 else 6)
    ]
    try:
        plan = load(RANDOM.format(drivers="\n".join(lines)))
    except InputError as error:
        pytest.skip(f"no model: {error.problems[0].text}")
    runs = [(0, overrides) for overrides in ({}, *(moved(plan, draw) for _ in range(4)))]
    assert both([plan], runs) == []


def refused(load: Callable[..., Plan], formula: str, **figures: float) -> tuple[str, int]:
    """What a driver of some formula is refused for by both, and in which month."""
    from runway.engine.run import Engine, RunError

    given = "\n".join(f"{name} = {value}" for name, value in figures.items())
    plan = load(RANDOM.format(drivers=f'[drivers.odd]\nformula = "{formula}"\n{given}'))
    assert both([plan], [(0, {})]) == []
    with pytest.raises(RunError) as error:
        Engine(plan.program).run()
    return error.value.problems[0].name, error.value.month


@pytest.mark.parametrize(
    ("formula", "figures", "name", "month"),
    [
        ("1 / (t - 3)", {}, "division-by-zero", 3),
        ("1 / x", {"x": 0}, "division-by-zero", 0),
        ("1 if t < 4 else 1 / x", {"x": 0}, "division-by-zero", 4),
        ("x ** (5 - t)", {"x": 0}, "division-by-zero", 6),
        ("mod(3, t - 2)", {}, "division-by-zero", 2),
        ("pmt(0, t - 7, 100)", {}, "division-by-zero", 7),
        ("log(6 - t)", {}, "not-a-number", 6),
        ("(4 - t) ** 0.5", {}, "not-a-number", 5),
        ("exp(100 * t)", {}, "overflow", 8),
        ("x ** (60 * t)", {"x": 1000}, "overflow", 2),
        ("1e15 * x ** 40 * x ** 40 * x ** (4 * min(t, 9))", {"x": 1000}, "overflow", 5),
        ("floor(1e9 ** (10 * t) * 1e9 ** (20 * t))", {}, "overflow", 2),
        ("prev(odd) * 1e9 * 1e9 + 1", {}, "overflow", 18),
        ("round(1, 100 * t)", {}, "overflow", 4),
    ],
)
def test_a_refusal(load: Callable[..., Plan], formula: str, figures: dict[str, float], name: str, month: int) -> None:
    assert refused(load, formula, **figures) == (name, month)


def test_a_balance_too_large(load: Callable[..., Plan]) -> None:
    plan = load(RANDOM.format(drivers="").replace('"1M"', '"900T"'))
    assert both([plan], [(0, {}), (0, {"model.opening_cash": 1e12})]) == []


def test_powers_are_the_nearest_float_but_for_one_bit() -> None:
    """Against exact arithmetic; the last bit may be another where the figure lies between two floats to 30 digits."""
    draw = random.Random(17)
    pairs = [(draw.uniform(0.5, 2), draw.uniform(-40, 40)) for _ in range(400)]
    pairs += [(math.exp(draw.uniform(-300, 300)), draw.uniform(-2, 2)) for _ in range(200)]
    pairs += [(1 + draw.uniform(-1, 1) * 10 ** -draw.randint(1, 15), draw.uniform(-500, 500)) for _ in range(200)]
    pairs += [(1 + draw.randrange(-500, 5000) / 1000, n) for n in (1 / 12, 1 / 3, 31.0, 28 / 7, -48.0, 12.0, 3.0, 0.5)]
    pairs += [(-draw.uniform(0.1, 9), float(draw.randrange(-20, 20))) for _ in range(50)]
    asked: dict[str, list[tuple[float, ...]]] = {
        "power": [*pairs],
        "exp": [(draw.uniform(-700, 700),) for _ in range(300)],
        "log": [(x,) for x, _ in pairs if x > 0],
    }
    source = script("runtime.js") + (
        'const all = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        "for (const f of [power, exp, log]) console.log(JSON.stringify(all[f.name].map(x => f(...x))));"
    )
    exact: dict[str, Callable[..., float]] = {"power": power, "exp": exp, "log": log}
    for (name, function), values in zip(exact.items(), node(source, asked), strict=True):
        off = 0
        for arguments, found in zip(asked[name], values, strict=True):
            right, value = function(*arguments), float(found)  # JSON has whole numbers of any size
            assert abs(value - right) <= math.ulp(right), (name, arguments, value, right)
            off += value != right
        assert off <= 1, name
