"""Rungs and measures by every name that they have, wherever one is asked for."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import runway
from runway.answers.compare import compare
from runway.answers.portfolio import portfolio
from runway.answers.solve import solve
from runway.cli import main
from runway.engine.comparisons import read_target
from runway.engine.ladder import LADDER, rung_named
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.answers.check import CheckResult
    from runway.program.plan import Plan

STAND = """
[model]
name = "Stand"
start = "2025-01"
months = 24
opening_cash = 1000

[costs.rent]
kind = "recurring"
amount = "$100/month"

[events.permit]
date = "2025-04-15"

[funding.seed]
kind = "priced_round"
valuation = { value = 10_000, basis = "pre_money" }

[[funding.seed.closings]]
name = "first"
date = "2025-03-01"
amount = 200

[[funding.seed.closings]]
name = "second"
date = "2025-05-01"
amount = 300
requires = "permit"

[funding.later]
kind = "grant"
status = "planned"
date = "2025-08-01"
amount = 100

[captable.holders.founders]
shares = { common = 1_000_000 }
"""
"""1000 in hand and 100 a month; 200 for certain, 300 on a condition, 100 planned; a twentieth of the company sold."""

RUNGS = {
    "cash in hand": (0, 10),
    "cash-in-hand": (0, 10),
    "cash_in_hand": (0, 10),
    "Cash in hand": (0, 10),
    "certain": (1, 12),
    "+ certain": (1, 12),
    "conditional": (2, 15),
    "planned": (3, 16),
    "+ planned": (3, 16),
}
"""A rung as it may be written: its place, and the months that 1000 and what it counts last for."""

MEASURES = [
    ("runway", "months", 12),
    ("runway.certain", "months", 12),
    ("Runway . certain", "months", 12),
    ("runway.+ certain", "months", 12),
    ("runway.cash in hand", "months", 10),
    ("runway.cash-in-hand", "months", 10),
    ("runway.cash_in_hand", "months", 10),
    ("cash in hand", "months", 10),
    ("cash-in-hand", "months", 10),
    ("Cash_in_hand", "months", 10),
    ("certain", "months", 12),
    ("conditional", "months", 15),
    ("+ planned", "months", 16),
    ("zero-cash date", "date", "2026-01-01"),
    ("zero_cash_date", "date", "2026-01-01"),
    ("zero-cash-date", "date", "2026-01-01"),
    ("zero cash date.planned", "date", "2026-05-01"),
    ("lowest cash", "money", -1200),
    ("lowest-cash", "money", -1200),
    ("lowest_cash.conditional", "money", -900),
    ("gap", "money", 1200),
    ("funding gap", "money", 1200),
    ("funding_gap", "money", 1200),
    ("funding-gap.planned", "money", 800),
    ("closing cash", "money", -1200),
    ("closing-cash", "money", -1200),
    ("closing_cash", "money", -1200),
    ("closing_cash.cash in hand", "money", -1400),
]
"""A measure as it may be written, and what it is where as much is counted as is certain."""


@pytest.fixture(scope="module")
def stand(load: Callable[..., Plan]) -> Plan:
    return load(STAND)


def amount(unit: str, value: object) -> str:
    return f"{value} months" if unit == "months" else str(value)


def test_a_rung_has_one_place_by_every_name() -> None:
    assert {rung: rung_named(rung) for rung in RUNGS} == {rung: place for rung, (place, _) in RUNGS.items()}


@pytest.mark.parametrize("rung", ["cash in hand", "cash-in-hand", "cash_in_hand", "+ certain"])
def test_a_rung_is_read_alike_in_every_place(
    stand: Plan, load: Callable[..., Plan], tmp_path: Path, capsys: pytest.CaptureFixture[str], rung: str
) -> None:
    place, months = RUNGS[rung]
    title = LADDER[place].title
    assert runway.sensitivity(stand, ["burn"], counting=rung).base.months == pytest.approx(months)
    assert solve(stand, "burn", "runway >= 20 months", rung=rung).before.months == pytest.approx(months)
    assert compare(stand, stand, rung=rung).outcomes[0].counting == title
    assert runway.sources(stand, counting=rung).base.months == pytest.approx(months)
    assert runway.simulate(stand, paths=16, counting=rung).counting == title
    file = tmp_path / "stand.toml"
    file.write_text(STAND, encoding="utf-8")
    (company,) = portfolio(str(tmp_path), paths=0, counting=rung, as_of=stand.model.base_day).companies
    assert company.months == pytest.approx(months)
    assert main(["scenarios", str(file), "--counting", rung]) == 0
    assert ("(--counting)" in capsys.readouterr().out) == (place < 3)
    assert main(["explain", str(file), f"runway.{rung}", "--json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert [item["counting"] for item in explained["runway"]] == [title]
    ends = 1000 + (0, 200, 500, 600)[place] - 2400
    check = f"""
        [[checks]]
        expect = "cash in 2026-12"
        value = {ends}
        within = 0
        counting = "{rung}"
        """
    assert runway.check(load(STAND + check)).hold


@pytest.fixture(scope="module")
def checks(load: Callable[..., Plan]) -> dict[str, tuple[CheckResult, CheckResult]]:
    """By measure, a check that it is what it should be and one that it is more, of a file with all of them."""
    asked = [(name, amount(unit, value)) for name, unit, value in MEASURES]
    equal, more = (
        runway.check(
            load(STAND + "".join(f'\n[[checks]]\nrequire = "{name} {sign} {wanted}"\n' for name, wanted in asked))
        )
        for sign in ("=", ">")
    )
    return {name: both for (name, _), *both in zip(asked, equal.checks, more.checks, strict=True)}


@pytest.mark.parametrize(("name", "unit", "value"), MEASURES)
def test_a_measure_is_read_alike_in_every_place(
    stand: Plan, checks: dict[str, tuple[CheckResult, CheckResult]], name: str, unit: str, value: object
) -> None:
    wanted = amount(unit, value)
    check, more = checks[name]
    assert check.holds
    assert not more.holds
    assert solve(stand, "burn", f"{name} = {wanted}").status == "holds"
    grid = runway.sensitivity(stand, ["burn", "funding"], grid=True, steps=3, metric=name).grid
    assert grid is not None
    number = check.modelled if unit != "date" else {"2026-01-01": 12, "2026-05-01": 16}[str(value)]
    assert grid.cells[1][1] == pytest.approx(number)


@pytest.mark.parametrize(
    ("name", "number"), [("Runway.cash-in-hand", 10), ("lowest cash", -1200), ("gap.planned", 800)]
)
def test_a_comparison_is_of_a_measure_by_any_name(stand: Plan, name: str, number: int) -> None:
    assert compare(stand, stand, metric=name).values == pytest.approx((number, number))


CENTS = """
[costs.cents]
kind = "recurring"
amount = { value = "0.01/month", low = "0.005/month", high = "0.02/month" }
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [("closing_cash", -1200), ("closing cash.cash in hand", -1400), ("lowest-cash", -1200), ("gap.planned", 800)],
)
def test_a_measure_of_money_is_read_off_every_future(load: Callable[..., Plan], name: str, value: int) -> None:
    bounds = "".join(f'\n[[checks]]\nrequire = "{name} >= {value + more}"\n' for more in (-2, 2))
    found = runway.simulate(load(STAND + CENTS + bounds), paths=64)
    assert [check.probability.value for check in found.checks] == [1, 0]


@pytest.mark.parametrize("name", ["Dilution( founders )", "stake(founders)"])
def test_a_holder_s_part_is_checked_and_solved_for(stand: Plan, load: Callable[..., Plan], name: str) -> None:
    """500 of 10,500 after the round: 4.76 % to the investors; as much for 10,000 as 2.5 % need 19,500 of pre-money."""
    dilutes = "ilution" in name
    sign, wanted = ("<=", "2.5%") if dilutes else (">=", "97.5%")
    (check,) = runway.check(
        load(f"""
        {STAND}
        [[checks]]
        require = "{name} {sign} {wanted}"
        """)
    ).checks
    assert check.modelled == pytest.approx(500 / 10_500 if dilutes else 10_000 / 10_500)
    assert not check.holds
    found = solve(stand, "seed.valuation", f"{name} {sign} {wanted}")
    assert (found.status, found.answer, found.side, found.rung) == ("solved", "19_500", "or more", "+ planned")
    again = load(
        f"""
        {STAND}
        [[checks]]
        require = "{name} {sign} {wanted}"
        """,
        set={"seed.valuation": found.answer},
    )
    assert runway.check(again).hold
    grid = runway.sensitivity(stand, ["burn", "funding"], grid=True, steps=3, metric=name).grid
    assert grid is not None
    assert grid.cells[1][1] == compare(stand, stand, metric=name).values[1] == pytest.approx(check.modelled)
    assert (grid.metric, grid.unit) == (f"{'dilution' if dilutes else 'stake'}(founders)", "share")


@pytest.mark.parametrize("text", ["500k", "$5", "5M", "cash", "minimum_cash"])
@pytest.mark.parametrize(
    ("name", "rung"), [("cash in hand", ".cash_in_hand"), ("runway.certain", ".certain"), ("runway", "")]
)
def test_a_length_of_time_is_no_amount_of_money(
    stand: Plan, load: Callable[..., Plan], name: str, rung: str, text: str
) -> None:
    says = rf"{name} is a length of time.* lowest_cash{rung} or closing_cash{rung}\."
    with pytest.raises(InputError, match=says):
        runway.check(
            load(f"""
            {STAND}
            [[checks]]
            require = "{name} >= {text}"
            """)
        )
    if text[0] not in "cm":
        with pytest.raises(InputError, match=says):
            solve(stand, "burn", f"{name} >= {text}")


@pytest.mark.parametrize("text", ["runway.certain >= 30 months", "25% >= dilution(founders)", "cash in hand >= 500k"])
def test_a_metric_is_a_measure_alone(stand: Plan, text: str) -> None:
    alone = re.split(r" >= ", text)[text.startswith("25")]
    for asked in (
        lambda: runway.sensitivity(stand, ["burn", "funding"], grid=True, metric=text),
        lambda: compare(stand, stand, metric=text),
    ):
        with pytest.raises(InputError, match=rf"takes the measure alone, {re.escape(alone)}, .*--so-that") as raised:
            asked()
        assert raised.value.problems[0].name == "unknown-metric"


def test_a_holder_that_is_not_there_is_told_who_is(stand: Plan) -> None:
    for asked in (
        lambda: runway.sensitivity(stand, ["burn"], metric="dilution(fonders)"),
        lambda: compare(stand, stand, metric="dilution(fonders)"),
        lambda: solve(stand, "burn", "dilution(fonders) <= 25%"),
    ):
        with pytest.raises(InputError, match=r"Did you mean founders\? Holders: founders, seed\.investors\.") as raised:
            asked()
        assert raised.value.problems[0].name == "unknown-holder"


NOTE = """
[fx]
EUR = { value = 1.25, low = 1, high = 1.5 }

[funding.aunt]
kind = "convertible_note"
date = "2025-01-15"
amount = 100
cap = "€4000"
"""


@pytest.mark.proof
def test_a_cap_in_another_currency_is_drawn_and_solved_for(load: Callable[..., Plan]) -> None:
    """100 at a cap of €4000 = $5000 are 1 of 51 shares before the round, which sells a 21st part; of $7500 1 of 76."""
    stake = 1 / 51 * 20 / 21
    text = STAND.replace("[captable", f"{NOTE}\n[captable")
    model = load(f"""
        {text}
        [[checks]]
        require = "stake(aunt) >= {stake:.6f}"
        """)
    assert runway.check(model).checks[0].modelled == pytest.approx(stake)
    (check,) = runway.simulate(model, paths=400).checks
    assert check.probability.value == pytest.approx(0.5, abs=0.1)
    for vary, answer in (("aunt.cap", "€6,000"), ("fx.EUR", "1.87")):
        found = solve(model, vary, f"stake(aunt) = {1 / 76 * 20 / 21}")
        assert (found.status, found.answer) == ("solved", answer)


@pytest.mark.parametrize(
    "name", [name for name, _, _ in MEASURES if name[0] != "+" and "." not in name] + ["stake(founders)"]
)
def test_a_formula_that_names_one_is_told_that_it_cannot_look_ahead(load: Callable[..., Plan], name: str) -> None:
    for text in (
        STAND.replace('"permit"', f'"{name} >= 1"'),
        STAND.replace('"permit"', f'"permit and ({name} >= 1)"'),
        f"""
            {STAND}
            [costs.bonus]
            kind = "formula"
            formula = "{name}"
            """,
    ):
        with pytest.raises(InputError, match="cannot look ahead") as raised:
            load(text)
        (problem,) = raised.value.problems
        assert (problem.name, f'require = "{name} ' in problem.text) == ("looks-ahead", True)


def test_a_line_of_the_file_is_meant_before_a_measure(load: Callable[..., Plan]) -> None:
    text = f"""
        {STAND}
        [drivers.gap]
        formula = "7"

        [[checks]]
        require = "gap = 7"
        """
    assert runway.check(load(text)).hold
    assert solve(load(text), "burn", "gap = 1200").status == "holds"  # a target has no formulas
    named = text.replace("gap", "certain")
    assert runway.check(load(named)).hold
    assert solve(load(named), "burn", "certain = 12 months").status == "holds"
    broken = f"""
        {named}
        [costs.bonus]
        kind = "formula"
        formula = "1 if certain >= (3 else 0"
        """
    with pytest.raises(InputError) as raised:
        load(broken)
    assert [problem.name for problem in raised.value.problems] == ["formula-syntax"]  # not that it looks ahead


def test_a_rung_is_compared_with_a_rung(load: Callable[..., Plan]) -> None:
    """12 months with what is certain, 10 with cash in hand."""
    texts = ("certain > cash in hand", "cash-in-hand < runway.certain", "cash in hand = 10 months")
    assert runway.check(load(STAND + "".join(f'\n[[checks]]\nrequire = "{text}"\n' for text in texts))).hold


@pytest.mark.parametrize("counting", ["planned", "cash in hand"])
def test_a_rung_is_said_once(stand: Plan, counting: str) -> None:
    for asked in (
        lambda: solve(stand, "burn", "runway.certain >= 20 months", rung=counting),
        lambda: runway.sensitivity(stand, ["burn", "funding"], grid=True, metric="gap.certain", counting=counting),
        lambda: compare(stand, stand, metric="runway.certain", rung=counting),
    ):
        with pytest.raises(InputError, match="counts certain, and --counting") as raised:
            asked()
        assert raised.value.problems[0].name == "given-twice"
    assert solve(stand, "burn", "runway.certain >= 20 months", rung="+ certain").rung == "+ certain"


@pytest.mark.parametrize(
    ("measure", "amounts"),
    [
        ("runway", ["18 months", "18", "18m", "1.5 years"]),
        ("zero_cash_date", ["2026-07-01", "2026-07"]),
        ("lowest_cash", ["100", "0.1k", "$100", "USD 100"]),
        ("stake(founders)", ["97.5%", "0.975"]),
    ],
)
def test_an_amount_is_read_alike_in_a_check_and_in_a_target(
    stand: Plan, load: Callable[..., Plan], measure: str, amounts: list[str]
) -> None:
    found = {round(read_target(f"{measure} >= {text}", stand).bound, 9) for text in amounts}
    (number,) = found
    checks = "".join(f'\n[[checks]]\nrequire = "{measure} >= {text}"\n' for text in amounts)
    assert {round(check.expected, 9) for check in runway.check(load(STAND + checks)).checks} == {number}


@pytest.mark.parametrize(
    ("left", "sign", "right"),
    [
        ("runway", ">=", "11 months"),
        ("runway.cash in hand", "<", "12 months"),
        ("zero-cash date", "<=", "2026-01-01"),
        ("zero-cash date", "<=", "never"),
        ("lowest cash", ">", "-1.3k"),
        ("gap", ">=", "1.2k"),
        ("stake(founders)", ">=", "95%"),
    ],
)
def test_a_comparison_reads_both_ways_round(
    stand: Plan, load: Callable[..., Plan], left: str, sign: str, right: str
) -> None:
    """In a check, on many paths, and as a target."""
    mirrored = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "="}[sign]
    texts = f"{left} {sign} {right}", f"{right} {mirrored} {left}"
    one, other = (replace(read_target(text, stand), text="") for text in texts)
    assert one == other
    plan = load(STAND + CENTS + "".join(f'\n[[checks]]\nrequire = "{text}"\n' for text in texts))
    one, other = (check.to_json() | {"says": "", "title": "", "line": 0} for check in runway.check(plan).checks)
    assert one == other
    assert one["comparison"] == sign
    assert one["holds"]
    one, other = (check.probability for check in runway.simulate(plan, paths=16).checks)
    assert one == other
    assert one.value == 1


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        ("lowest_cash", "model.minimum_cash - 1200"),
        ("runway", "9 + 3"),
        ("zero_cash_date", "permit.date"),
        ("runway.planned", "runway.conditional"),
    ],
)
def test_a_measure_is_compared_with_a_formula_both_ways_round(
    load: Callable[..., Plan], figure: str, text: str
) -> None:
    checks = "".join(f'\n[[checks]]\nrequire = "{says}"\n' for says in (f"{figure} >= {text}", f"{text} <= {figure}"))
    plan = load(STAND + checks)
    assert [check.holds for check in runway.check(plan).checks] == [True, True]
    assert [check.probability.value for check in runway.simulate(plan, paths=16).checks] == [1, 1]


@pytest.mark.parametrize(
    ("measure", "text"),
    [("runway", "5%"), ("runway", "$5"), ("lowest_cash", "5%"), ("lowest_cash", "5 months"), ("lowest_cash", "€5"),
     ("zero_cash_date", "12 months"), ("stake(founders)", "40"), ("dilution(founders)", "3 days")],
)  # fmt: skip
def test_an_amount_of_another_unit_is_refused_in_a_check_and_in_a_target(
    stand: Plan, load: Callable[..., Plan], measure: str, text: str
) -> None:
    with pytest.raises(InputError) as raised:
        solve(stand, "burn", f"{measure} >= {text}")
    assert [problem.name for problem in raised.value.problems] == ["target-malformed"]
    with pytest.raises(InputError) as raised:
        runway.check(
            load(f"""
            {STAND}
            [[checks]]
            require = "{measure} >= {text}"
            """)
        )
    assert [problem.name for problem in raised.value.problems] == ["check-malformed"]


@pytest.mark.parametrize("text", ["12", "12m", "12 months", "1y", "1 year"])
def test_a_length_of_time_on_the_command_line(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sources", "lemonade", "--older-than", text, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["older_than"] == 12


@pytest.mark.parametrize("text", ["5%", "soon", "-3"])
def test_what_is_no_length_of_time(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "lemonade", "--break", "--at-least", text]) == 2
    assert f"--at-least {text} is no number of months" in capsys.readouterr().err
