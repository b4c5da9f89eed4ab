"""A `--metric` that is no measure of the ladder, in every command: a holder's part in closed form, and a row.

A round of an amount A at a pre-money valuation V sells A / (V + A) of the company, which is what every holder loses.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import runway
from runway.answers.compare import compare
from runway.cli import main
from runway.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runway.program.plan import Plan

COMPANY = """
    [model]
    name = "Two"
    currency = "EUR"
    start = "2026-01"
    months = 24
    opening_cash = "3M"

    [costs.rent]
    kind = "recurring"
    amount = "50k/month"

    [funding.seed]
    kind = "priced_round"
    valuation = { value = "8M", basis = "pre_money" }
    pool = "0%"

    [[funding.seed.closings]]
    name = "only"
    date = "2026-06-01"
    amount = "2M"

    [captable.holders.founders]
    shares = { common = 8_000_000 }

    [captable.holders.angel]
    shares = { common = 2_000_000 }
"""
"""2M at 8M: a fifth is sold, and the founders' 80% become 64%."""


def sold(amount: float, valuation: float) -> float:
    return amount / (valuation + amount)


@pytest.fixture(scope="module")
def company(load: Callable[..., Plan]) -> Plan:
    return load(COMPANY)


def test_a_holder_s_part_is_told_beside_the_runway(company: Plan) -> None:
    """At 4M a third is sold, at 8M a fifth, at 18M a tenth."""
    found = runway.sensitivity(company, ["seed.valuation"], within=["4M..18M"], steps=2, metric="Dilution( founders )")
    (sweep,) = found.sweeps
    assert [case.metric for case in sweep.cases] == pytest.approx([1 / 3, 1 / 5, 1 / 10])
    assert (found.rung, found.metric.name, found.metric.unit) == ("+ planned", "dilution(founders)", "share")
    assert found.metric.base == pytest.approx(1 / 5)


def test_a_term_that_no_row_has_moves_a_holder_s_part(company: Plan) -> None:
    """A pool of so much of the company after the round is taken from who held it before."""
    found = runway.sensitivity(company, ["seed.pool"], within=["0%..20%"], steps=3, metric="dilution(angel)")
    assert [case.metric for case in found.sweeps[0].cases] == pytest.approx([0.2, 0.3, 0.4])


def test_a_holder_s_part_over_two_figures(company: Plan) -> None:
    within = ["4M..8M", "1M..2M"]
    params = ["seed.valuation", "seed.only.amount"]
    grid = runway.sensitivity(company, params, within=within, steps=2, grid=True, metric="stake(founders)").grid
    assert grid is not None
    assert grid.unit == "share"
    for valuation, row in zip((4, 8), grid.cells, strict=True):
        assert row == pytest.approx([0.8 * (1 - sold(amount, valuation)) for amount in (1, 2)])


def test_every_figure_by_what_it_does_to_a_holder_s_part(company: Plan) -> None:
    found = runway.sensitivity(company, [], everything=True, metric="dilution(founders)")
    ends = {swing.address: (swing.low_value, swing.high_value) for swing in found.tornado}
    assert list(ends) == ["seed.valuation", "seed.only.amount"]
    assert ends["seed.valuation"] == pytest.approx((sold(2, 7.2), sold(2, 8.8)))
    assert ends["seed.only.amount"] == pytest.approx((sold(1.8, 8), sold(2.2, 8)))
    assert found.tornado[0].swing == pytest.approx(sold(2, 7.2) - sold(2, 8.8))
    assert "rent.amount" in found.without_effect


def test_every_figure_by_what_it_does_to_money(company: Plan) -> None:
    """3M less 24 months of 50k, and 2M more from June on; the rent moves 5k a month."""
    found = runway.sensitivity(company, [], everything=True, metric="closing cash.planned")
    ends = {swing.address: (swing.low_value, swing.high_value) for swing in found.tornado}
    assert ends["rent.amount"] == pytest.approx((3.92e6, 3.68e6))
    assert ends["seed.only.amount"] == pytest.approx((3.6e6, 4.0e6))
    assert found.metric.base == pytest.approx(3.8e6)
    assert list(ends) == ["model.opening_cash", "seed.only.amount", "rent.amount"]


def test_what_each_change_does_to_a_holder_s_part(company: Plan, load: Callable[..., Plan]) -> None:
    """8M to 18M and 2M to 3M: the mean of what each adds first and second; the rent owns nothing."""
    after = load(COMPANY, set={"seed.valuation": "18M", "seed.only.amount": "3M", "rent.amount": "60k/month"})
    found = compare(company, after, metric="dilution(founders)")
    valuation = (sold(2, 18) - sold(2, 8) + sold(3, 18) - sold(3, 8)) / 2
    amount = (sold(3, 8) - sold(2, 8) + sold(3, 18) - sold(2, 18)) / 2
    assert found.values == pytest.approx((1 / 5, 1 / 7))
    assert {effect.name: effect.effect for effect in found.effects} == pytest.approx(
        {"seed.valuation": valuation, "seed.only.amount": amount, "rent.amount": 0.0}
    )
    assert not found.horizons_counted


def test_a_holder_of_one_file_has_nothing_in_the_other(company: Plan, load: Callable[..., Plan]) -> None:
    """The round that is new sells a fifth to those who come with it."""
    start, end = COMPANY.index("    [funding.seed]"), COMPANY.index("    [captable")
    before = load(COMPANY[:start] + COMPANY[end:])
    for sides, values in (((before, company), (0, 0.2)), ((company, before), (0.2, 0))):
        found = compare(*sides, metric="stake(seed.investors)")
        assert found.values == pytest.approx(values)
        assert [(effect.name, effect.effect) for effect in found.effects] == [
            ("seed", pytest.approx(values[1] - values[0]))
        ]
    without = load(COMPANY[:end])
    with pytest.raises(InputError, match=r"no \[captable\]"):
        compare(company, without, metric="stake(founders)")


def test_other_holders_are_not_attributed(company: Plan, load: Callable[..., Plan]) -> None:
    """The angel's 2M shares become 8M, and the founders' 80% a half, of which a fifth is sold."""
    after = load(COMPANY.replace("2_000_000", "8_000_000"), set={"rent.amount": "60k/month"})
    found = compare(company, after, metric="stake(founders)")
    assert found.values == pytest.approx((0.64, 0.4))
    assert found.effects == ()
    assert found.why_not is not None
    assert "the cap table that each has by itself" in found.why_not
    assert compare(company, after, metric="closing-cash").effects


def test_a_holder_s_part_is_of_the_scenario_as_written(company: Plan) -> None:
    for asked in (
        lambda: runway.sensitivity(company, ["burn"], metric="stake(angel)", counting="certain"),
        lambda: compare(company, company, metric="stake(angel)", rung="certain"),
    ):
        with pytest.raises(InputError, match="counts planned, and --counting certain") as raised:
            asked()
        assert raised.value.problems[0].name == "given-twice"


def test_a_part_that_nobody_can_know_is_refused(load: Callable[..., Plan]) -> None:
    plan = load(COMPANY[: COMPANY.index("    [captable")])
    with pytest.raises(InputError, match=r"no \[captable\]") as raised:
        runway.sensitivity(plan, ["burn"], metric="stake(angel)")
    assert raised.value.problems[0].name == "needs-captable"


def test_a_row_is_told_beside_the_runway(load: Callable[..., Plan]) -> None:
    """Ten customers at 4, 5 and 6 a month."""
    plan = load("""
        [model]
        name = "Ten"
        start = "2026-01"
        months = 6
        opening_cash = 100

        [revenue.seats]
        kind = "subscription"
        opening = 10
        price = "5/month"
        churn = "0%/month"
    """)
    found = runway.sensitivity(plan, ["seats.price"], within=["4..6"], steps=3, metric="total.mrr")
    assert [case.metric for case in found.sweeps[0].cases] == pytest.approx([40, 50, 60])
    assert found.metric.unit == "money"


def test_each_format_has_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "two.toml"
    file.write_text(COMPANY, encoding="utf-8")
    asked = ["sensitivity", str(file), "--param", "seed.valuation", "--range", "4M..18M", "--steps", "2"]
    asked += ["--metric", "dilution(founders)"]

    def answer(*options: str) -> str:
        assert main([*asked, *options]) == 0
        return capsys.readouterr().out

    table = answer()[answer().index("dilution(founders)") :].splitlines()[1:4]
    assert [line.split()[-2:] for line in table] == [["33.33%", "+13.33"], ["20.00%", "–"], ["10.00%", "−10.00"]]
    head, *rows = answer("--csv", "-").splitlines()
    assert head.endswith(",closing_cash,dilution(founders)")
    assert [float(row.rpartition(",")[2]) for row in rows] == pytest.approx([1 / 3, 1 / 5, 1 / 10])
    assert "| 4M | 33.33% | \\+13.33 |" in answer("--markdown")
    found = json.loads(answer("--json"))
    assert found["metric"] == {"name": "dilution(founders)", "unit": "share", "base": 0.2}
    assert [case["metric"] for case in found["sweeps"][0]["cases"]] == pytest.approx([1 / 3, 1 / 5, 1 / 10])
    every = [*asked[:2], "--all", *asked[-2:]]
    assert main(every) == 0
    assert "seed.valuation ±10 % 21.74% 18.52%" in " ".join(capsys.readouterr().out.split())
    other = ["compare", str(file), "--set", "seed.valuation=18M", *asked[-2:]]
    assert main(other) == 0
    said = capsys.readouterr().out
    assert "dilution(founders) (+ planned): 20.00% → 10.00%" in said
    assert "its part of the change of dilution(founders), points" in said
    assert "−10.00" in said
    assert main([*other, "--csv", "-"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith(",dilution(founders)")


IN_PRE_MONEY = (
    COMPANY.replace('pool = "0%"', 'convertibles = "in_pre_money"')
    + """
    [funding.note]
    kind = "convertible_note"
    date = "2026-02-01"
    amount = "2M"
    rate = "0%/year"
    maturity = "2028-01-01"
    at_maturity = "stays"
    discount = "50%"
"""
)
"""The note converts at half the price, so that it takes 4M of the pre-money: from 4M down the others have nothing."""


def test_a_cap_table_that_cannot_be_solved_is_told_below_the_dash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "note.toml"
    file.write_text(IN_PRE_MONEY, encoding="utf-8")
    asked = ["sensitivity", str(file), "--metric", "stake(founders)"]
    sweep = ["--param", "seed.valuation", "--range", "3M..8M", "--steps", "2"]
    for how in (sweep, [*sweep, "--param", "note.amount", "--range", "1M..2M", "--grid"]):
        assert main([*asked, *how]) == 0
        lines = capsys.readouterr().out.splitlines()
        place = next(n for n, line in enumerate(lines) if "cannot be solved there; runway captable says why" in line)
        assert any("–" in line for line in lines[place - 4 : place])
    assert main([*asked, *sweep, "--json"]) == 0
    cases = json.loads(capsys.readouterr().out)["sweeps"][0]["cases"]
    assert [case["metric"] for case in cases] == [None, pytest.approx(0.8 * (8 - 4) / (8 + 2))]
