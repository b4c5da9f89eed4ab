"""`runway solve`: what one figure must be so that a target holds, by arithmetic that can be done in the head."""

from __future__ import annotations

import json
import re
import tomllib
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.answers.solve import solve
from runway.cli import main
from runway.cli.explore import refuse_name
from runway.errors import InputError
from runway.files.toml import toml_value
from runway.language.figure import Entry, read_amount
from runway.language.writing import figure_text, percent_change, rounded_to
from runway.render.csv import csv
from runway.render.terminal import report_lines
from runway.reports.solve import report, scenario_toml

if TYPE_CHECKING:
    from collections.abc import Callable

STAND = """
[model]
name = "Stand"
start = "2025-01"
months = 24
opening_cash = 1200

[costs.rent]
kind = "recurring"
amount = "$100/month"

[costs.helper]
kind = "recurring"
amount = "$0/month"

[costs.lamp]
kind = "recurring"
amount = { "2025-01" = "$20/month", "2025-07" = "$40/month" }

[revenue.juice]
kind = "recurring"
amount = "$20/month"

[capital.press]
kind = "one_off"
amount = "$300"
date = "2025-03-10"
"""
"""Loses 100 a month, 120 from July on, and 300 in March: 1200 = 3 × 100 + 300 + 3 × 100 + 2.5 × 120."""

TWO_SIDES = """
[model]
name = "Two sides"
start = "2025-01"
months = 12
opening_cash = 1000

[drivers.fee]
formula = "level"
level = 20

[revenue.shop]
kind = "formula"
formula = "fee * max(0, 100 - fee)"

[costs.rent]
kind = "recurring"
amount = "2100/month"
"""
"""The shop covers its rent where fee × (100 − fee) ≥ 2100: from 30 to 70, and a year long also where it loses 83.33."""


def test_the_opening_cash_that_a_runway_takes(load):
    """Twelve months cost 12 × 100 + 300 + 6 × 20 = 1,620."""
    found = solve(load(STAND), "model.opening_cash", "runway >= 12 months")
    assert (found.status, found.answer, found.side, found.original) == ("solved", "1620", "or more", "1200")
    assert found.after is not None
    assert found.after.months == 12
    assert found.before.months == pytest.approx(8 + 15 / 30, abs=0.05)


def test_money_is_written_as_the_file_writes_it(load):
    """1200 − 300 + 24 × 20 − 6 × 20 − 18 × 40 = 540 are left for 24 rents."""
    found = solve(load(STAND), "rent.amount", "closing cash >= 0")
    assert (found.answer, found.side, found.original) == ("$22.5/month", "or less", "$100/month")
    assert found.after is not None
    assert found.after.closing_cash == 0


def test_a_day(load):
    """Without the press 1,200 last to the end of November, so paying it brings cash below zero on its own day."""
    found = solve(load(STAND), "press.date", "zero-cash date >= 2025-11-01")
    assert (found.how, found.status, found.side) == ("day", "solved", "or later")
    assert found.answer == "2025-11-01"
    assert found.original == "2025-03-10"


def test_a_schedule_is_scaled_as_a_whole(load):
    """Without the lamp the year costs 12 × 80 + 300 = 1,260, with all of it 1,620; 1,200 is never enough."""
    found = solve(load(STAND), "lamp.amount", "runway >= 11 months")
    assert found.answer is not None
    assert found.how == "relative"
    share = 1 + float(found.answer.rstrip("%")) / 100
    spent = 11 * 80 + 300 + share * (6 * 20 + 5 * 40)
    assert 1197 <= spent <= 1200
    assert found.set == {"lamp.amount": found.answer}


def test_a_schedule_that_was_changed_is_written_out(load):
    found = solve(load(STAND, set={"lamp.amount": "-50%"}), "lamp.amount", "runway >= 11 months")
    steps = found.set["lamp.amount"]
    assert set(steps) == {"2025-01", "2025-07"}
    amounts = [float(text.removeprefix("$").removesuffix("/month")) for text in steps.values()]
    assert amounts[1] == pytest.approx(2 * amounts[0])
    assert 1190 <= 11 * 80 + 300 + 6 * amounts[0] + 5 * amounts[1] <= 1200


def test_the_floor_where_nothing_else_varies(load):
    """Cash is the same on each path, and a number for all of them."""
    found = solve(load("[model]\nname = 'Idle'\nstart = '2025-01'\nmonths = 3\nopening_cash = 900"),
                  "model.minimum_cash", "gap <= 100")  # fmt: skip
    assert (found.met, found.answer) == (True, "1000")


def test_a_lever(load):
    """Payments of 24 × 100 + 6 × 20 + 18 × 40 + 300 = 3,540 must fall to 1200 + 24 × 20 = 1,680, by 52.54 %."""
    found = solve(load(STAND), "burn", "lowest cash >= 0")
    assert found.after is not None
    assert (found.answer, found.side) == ("-52.6%", "or lower")
    assert found.after.lowest_cash >= 0
    again = runway.project(load(STAND), set={"burn": found.answer})
    assert again.runway[0] == found.after


def test_all_answers_are_found(load):
    """12 × (fee × (100 − fee) − 2100) + 1000 ≥ 0 between the roots of fee² − 100 fee + 2016.67 = 0: 28.02 and 71.98."""
    found = solve(load(TWO_SIDES), "fee.level", "lowest cash >= 0")
    root = (10_000 - 4 * (2100 - 1000 / 12)) ** 0.5
    assert [(s.low, s.high) for s in found.stretches] == [("28.02", "71.98")]
    assert (100 - root) / 2 == pytest.approx(28.02, abs=0.005)
    assert (found.answer, found.side, found.turns) == ("28.02", "", 2)
    outside = solve(load(TWO_SIDES), "fee.level", "closing cash < 0")
    assert outside.status == "holds"
    assert [(s.low, s.high, s.low_open, s.high_open) for s in outside.stretches] == [
        ("0", "28.01", True, False),
        ("71.99", "2000", False, True),
    ]
    equal = solve(load(TWO_SIDES), "fee.level", "lowest cash = 0")
    assert len(equal.stretches) == 2


def test_a_target_that_holds_says_how_far_it_goes(load):
    """1,200 − 300 + 8 × 20 − 6 × 20 − 2 × 40 = 860 pay eight rents of 107.50."""
    found = solve(load(STAND), "rent.amount", "runway >= 8 months")
    assert found.met
    assert found.status == "holds"
    assert found.side == "or less"
    assert found.answer is not None
    rent = float(found.answer.removeprefix("$").removesuffix("/month"))
    assert rent == 107.5


def test_no_solution_and_no_effect(load):
    without = solve(load(STAND), "helper.amount", "runway >= 12 months")
    assert (without.status, without.met, without.answer) == ("unsolved", False, None)
    assert without.nearest is not None
    silent = solve(load(STAND), "model.months_to_close", "runway >= 12 months")
    assert (silent.status, silent.met) == ("ineffective", False)
    assert silent.stretches == ()


def test_what_is_passed_over_in_a_jump():
    """What lasts until the second closing on 31 December lasts far longer: no opening cash ends in January."""
    found = solve(runway.load("openai-2025"), "model.opening_cash", "zero-cash date = 2026-01-15")
    assert (found.status, found.stretches) == ("unsolved", ())
    assert found.jump is not None
    assert found.jump[:2] == ("30 Dec 2025", "22 Jul 2026")


def test_the_rung_on_which_the_figure_counts():
    """The permit's closing is conditional: on the certain rung it does nothing."""
    found = solve(runway.load("lemonade"), "permit.date", "runway >= 11 months")
    assert (found.rung, found.climbed) == ("+ conditional", True)
    asked = solve(runway.load("lemonade"), "permit.date", "runway >= 11 months", rung="certain")
    assert (asked.rung, asked.status) == ("+ certain", "ineffective")


def test_a_value_that_the_file_cannot_hold():
    """Closings may not bring more than investors have committed."""
    found = solve(runway.load("openai-2025"), "softbank_round.second.amount", "lowest cash >= 1B")
    assert not found.met
    assert found.refused is not None
    assert "committed" in found.refused


def test_the_issue_s_questions():
    model = runway.load("openai-2025")
    for vary, target in (
        ("burn", "runway >= 35 months"),
        ("model.opening_cash", "lowest cash >= 1B"),
        ("payers.churn", "runway >= 22.5 months"),
        ("training.amount", "gap = 0"),
        ("model.opening_cash", "zero-cash date = 2027-08-01"),
    ):
        found = solve(model, vary, target)
        assert found.status == "solved", (vary, target)
        assert found.after is not None
        projection = runway.project(model, set=found.set)
        assert next(r for r in projection.runway if r.counting == found.rung) == found.after
    assert found.after.zero_cash_date.isoformat() == "2027-08-01"


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("$700k/day", 812_000, "$812k/day"),
        ("2%/month", 0.024, "2.4%/month"),
        ("2025-12-01", None, "2025-11-14"),
        ("9B", 12_530_000_000, "12.53B"),
        ("900M", 12e9, "12B"),
        ("40k", 0, "0"),
        ("$150/month", 1240, "$1,240/month"),
        ("€ 1,500 per month", 1_812, "€ 1,812 per month"),
        ("15_500_000", 21_060_000, "21_060_000"),
        ("500", 1250.5, "1250.5"),
        ("45 days", 30, "30 days"),
        ("6 months", 1, "1 month"),
        ("18 to 25M", 20e6, "20M"),
        ("80%", 0.755, "75.5%"),
        ("0.2", 0.125, "0.125"),
        ("EUR 3 M/year", 2.5e6, "EUR 2.5 M/year"),
        ("40B USD", 38e9, "38B USD"),
        ("-2%/month", -0.015, "-1.5%/month"),
        ("2%/month +10%", 0.03, "3%/month"),
    ],
)
def test_a_number_in_its_unit(text, value, shown):
    """What is written back reads as the number it was."""
    from datetime import date

    amount = read_amount(text.rpartition(" to ")[2].removesuffix(" +10%"))
    ordinal = date(2025, 11, 14).toordinal() if value is None else value
    assert figure_text(Entry(amount, text), ordinal) == shown
    if value is not None:
        again = read_amount(shown)
        assert again.number == pytest.approx(value)
        assert (again.currency, again.period or amount.period) == (amount.currency, amount.period)


def test_rounding_never_goes_to_the_other_side():
    for value in (811_437.2, 0.023781, 28.0149, -3.14159):
        ups = [rounded_to(value, digits, up=True) for digits in range(1, 8)]
        downs = [rounded_to(value, digits, up=False) for digits in range(1, 8)]
        assert all(float(up) >= value >= float(down) for up, down in zip(ups, downs, strict=True))
        assert all(a >= b for a, b in pairwise(ups))
    assert percent_change(Decimal("-0.0351")) == "-3.51%"


def test_a_saved_scenario_gives_the_same_answer(load, tmp_path):
    """Pasted into the file it holds the file's scenario, what was set, and the answer."""
    text = STAND.replace('capital.press]\nkind = "one_off"', 'capital.press]\nkind = "one_off"\ntitle = "Press"')
    text += """
        [scenarios.cheap]
        set = { "juice.amount" = "$25/month" }
        """
    model = load(text, scenario="cheap", set={"burn": "+10%"})
    found = solve(model, "lamp.amount", "runway >= 10 months")
    toml = scenario_toml("lean", found)
    assert tomllib.loads(toml)["scenarios"]["lean"]["set"].keys() == {"juice.amount", "burn", "lamp.amount"}
    path = tmp_path / "stand.toml"
    path.write_text(f"{text}\n{toml}", encoding="utf-8")
    assert runway.project(str(path), scenario="lean").runway[0] == found.after


def test_a_negative_amount_is_no_change(load):
    """Text with a sign would be read as a change, so it is saved as a number."""
    found = solve(load(STAND), "model.opening_cash", "runway < 0.5", within="-1000..1000")
    assert found.met
    low = solve(load(STAND), "model.opening_cash", "closing cash = -4000", within="-3000..0")
    assert low.set["model.opening_cash"] == pytest.approx(-4000 + 24 * 80 + 300 + 6 * 20 + 18 * 40, abs=0.5)
    assert low.after is not None
    assert low.after.closing_cash == pytest.approx(-4000, abs=0.5)


def test_a_value_of_toml_reads_back():
    values = {"a.b": "$812k/day", "c": [1, "x"], "d": {"2025-01": "5%"}, "e": True, "f": Decimal("1.5"), "g": 'q"\\'}
    assert tomllib.loads(f"v = {toml_value(values)}", parse_float=Decimal)["v"] == values


@pytest.mark.parametrize(
    ("target", "name", "column", "width"),
    [
        ("runway", "target-malformed", 12, 6),
        ("runway >= soon", "target-malformed", 22, 4),
        ("runway >= $5", "target-malformed", 22, 2),
        ("lowest cash >= 5%", "target-malformed", 27, 2),
        ("zero-cash date > 5", "target-malformed", 29, 1),
        ("lowest cash >= EUR 5", "target-malformed", 27, 5),
        ("runway >=", "target-malformed", 21, 1),
        ("lowst cash >= 5", "unknown-metric", 12, 10),
        ("profit >= 5", "unknown-metric", 12, 6),
        ("runway >= 25 months", "target-beyond-horizon", 22, 9),
        ("zero-cash date = 2027-01-01", "target-beyond-horizon", 29, 10),
    ],
)
def test_targets_that_cannot_be_used(load, target, name, column, width):
    with pytest.raises(InputError) as raised:
        solve(load(STAND), "rent.amount", target)
    (problem,) = raised.value.problems
    assert (problem.name, problem.place.column, problem.place.width) == (name, column, width)


def test_a_suggestion(load):
    with pytest.raises(InputError, match="Did you mean lowest cash"):
        solve(load(STAND), "rent.amount", "lowst cash >= 5")


@pytest.mark.parametrize(
    ("vary", "within", "name"),
    [
        ("rent.amout", None, "unknown-address"),
        ("rent.amount", "$1k..$2k/day", "range-malformed"),
        ("lamp.amount", "10..20", "range-malformed"),
        ("rent.amount", "-5..20", "value-out-of-range"),
    ],
)
def test_figures_and_ranges_that_cannot_be_used(load, vary, within, name):
    with pytest.raises(InputError) as raised:
        solve(load(STAND), vary, "runway >= 12 months", within=within)
    assert raised.value.problems[0].name == name


def test_a_switch_is_not_varied():
    with pytest.raises(InputError, match="not-to-be-varied"):
        solve(runway.load("openai-2025"), "softbank_round.conversion_clause.exercised", "runway >= 12")


def test_names_of_saved_scenarios():
    refuse_name(("scenario", "lean"), ["rain"])
    for save, name in (
        (("file", "lean"), "unknown-choice"),
        (("scenario", "Lean"), "invalid-name"),
        (("scenario", "base"), "invalid-name"),
        (("scenario", "rain"), "duplicate-name"),
    ):
        with pytest.raises(InputError, match=name):
            refuse_name(save, ["rain"])


def test_json_csv_and_text(load):
    found = solve(load(STAND), "model.opening_cash", "runway >= 12 months")
    data = json.loads(json.dumps(found.to_dict()))
    assert data["answer"] == "1620"
    assert data["set"] == {"model.opening_cash": "1620"}
    assert data["after"]["months"] == 12
    heads, before, after = csv(report(found)).splitlines()
    assert heads.startswith("case,address,value,target,met,counting,months")
    assert before.startswith("before,model.opening_cash,1200,")
    assert after.startswith("after,model.opening_cash,1620,")
    text = "\n".join(line.plain for line in report_lines(report(found), 80))
    assert "runway >= 12 months: model.opening_cash must be 1620 or more (now 1200)" in text
    assert all(len(line) <= 80 for line in text.splitlines())


OWNED = (
    STAND
    + """
[captable.holders.founders]
shares = { common = 300 }

[funding.seed]
kind = "priced_round"
valuation = { value = 3000, basis = "pre_money" }
stock = { title = "Seed" }
[[funding.seed.closings]]
name = "first"
date = "2025-02-01"
amount = 600
"""
)


def test_what_an_answer_costs_its_owners(load):
    """Twelve months take 1,620: 420 beside the 1,200, which buys 420 / 3,420 where 600 bought a sixth."""
    found = solve(load(OWNED), "seed.first.amount", "runway >= 12 months")
    for width in (60, 80, 120):
        lines = [line.plain for line in report_lines(report(found), width)]
        assert max(map(len, lines)) <= width
        told = [re.split(r"\s{2,}", line.strip()) for line in lines]
        assert ["owned in Dec 2026", "as it is", "then", "points"] in told
        assert ["founders", "83.33%", "87.72%", "+4.39"] in told


def test_a_change_is_a_figure_in_the_csv():
    """A sign is guarded in text, never in a figure that is written with one."""
    found = solve(runway.load("lemonade"), "burn", "runway >= 9 months")
    assert found.answer.startswith("-")
    assert f"\nafter,burn,{found.answer}," in csv(report(found))


def test_the_command(tmp_path, capsys):
    """0 with an answer, 1 without one; a saved scenario is alone on standard output, so that >> appends it."""
    wanted = ["solve", "lemonade", "--vary", "stall.amount", "--so-that", "runway >= 10 months"]
    assert main(wanted) == 0
    assert "stall.amount must be $120/month or less (now $150/month)" in capsys.readouterr().out
    assert main([*wanted, "--save", "scenario", "cheap"]) == 0
    out = capsys.readouterr().out
    assert tomllib.loads(out)["scenarios"]["cheap"]["set"] == {"stall.amount": "$120/month"}
    assert main([*wanted, "--save", "scenario", "cheap", "--csv", str(tmp_path / "cheap.csv")]) == 0
    assert capsys.readouterr().out == out
    assert main([*wanted, "--save", "scenario", "cheap", "--markdown"]) == 2
    assert "--save and --markdown would both print" in capsys.readouterr().err
    assert main([*wanted, "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "runway \\>= 10 months: stall.amount must be \\$120/month or less (now \\$150/month)\n" in text
    assert "| with \\$120/month | 10.0 | 1 Nov 2025 | (140) | 140 | (140) |\n" in text
    assert "\n- searched \\$0/month … \\$15,000/month; verified by a projection with it\n" in text
    assert main([*wanted, "--range", "100%..200%"]) == 1
    assert "no solution" in capsys.readouterr().out
    assert main([*wanted, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "$120/month"


LENT = """
[model]
name = "x"
start = "2026-01"
months = 36
opening_cash = "900k"
[costs.team]
kind = "recurring"
amount = "40k/month"
[funding.bank]
kind = "loan"
amount = "400k"
date = "2026-10-01"
rate = "11%/year"
interest_only = "6 months"
term = "30 months"
repayment = "level_payment"
"""


@pytest.mark.proof
@pytest.mark.parametrize("vary", ["term", "interest_only"])
def test_a_term_is_answered_in_whole_months(load: Callable[..., Any], vary: str) -> None:
    """The answer is the first number of months whose own projection lasts as long; one month less does not."""
    lasting = {
        n: runway.project(load(LENT, set={f"bank.{vary}": f"{n} months"})).runway[1].months
        for n in range(7 if vary == "term" else 0, 30 if vary == "interest_only" else 60)
    }
    now = 30 if vary == "term" else 6
    for wanted in (25, 26, 27):
        found = solve(load(LENT), f"bank.{vary}", f"runway >= {wanted} months")
        fits = [n for n, months in lasting.items() if months is None or months >= wanted]
        assert found.status == ("holds" if now in fits else "solved" if fits else "unsolved")
        if found.status == "solved":
            assert found.answer == f"{min(fits, key=lambda n: abs(n - now))} months"
