"""Sensitivity: every path of the one run is what a projection of its own says."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

import runway
from runway.answers.sensitivity import sensitivity
from runway.cli import main
from runway.engine.paths import Variants
from runway.engine.ranges import read_range
from runway.errors import InputError
from runway.render.terminal import terminal_text
from runway.reports.sensitivity import changed_by, report

if TYPE_CHECKING:
    from collections.abc import Callable

CERTAIN = 1  # the rung that a model with funding is measured on


def projected(name: str, address: str, value: str) -> tuple[float | None, float]:
    """Runway and lowest cash of the certain rung, by a projection with one figure changed."""
    rung = runway.project(name, set={address: value}).runway[CERTAIN]
    return rung.months, rung.lowest_cash


@pytest.mark.proof
@pytest.mark.parametrize("name", ["lemonade", "saas-startup", "openai-2025"])
def test_each_case_is_its_own_projection(name: str) -> None:
    (sweep,) = runway.sensitivity(name, ["burn"], within=["-30%..30%"], steps=5).sweeps
    assert [case.is_base for case in sweep.cases] == [False, False, True, False, False]
    for case in sweep.cases:
        months, lowest = projected(name, "burn", f"{(1 + case.change) * 100:.6f}%")
        assert case.outcome.months == pytest.approx(months)
        assert case.outcome.lowest_cash == pytest.approx(lowest, abs=0.01)


def test_a_schedule_is_scaled_as_a_whole() -> None:
    (sweep,) = runway.sensitivity("saas-startup", ["monthly_plan.price"], within=["-20%..20%"], steps=3).sweeps
    for case in sweep.cases:
        sign = "+" if case.change >= 0 else ""
        months, lowest = projected("saas-startup", "monthly_plan.price", f"{sign}{case.change * 100:g}%")
        assert case.outcome.months == pytest.approx(months)
        assert case.outcome.lowest_cash == pytest.approx(lowest, abs=0.01)


def test_an_event_is_moved_by_months() -> None:
    """The permit of 15 July lets 400 in on 1 August, the day before which cash ends; a month later is too late."""
    found = runway.sensitivity("lemonade", ["permit.date"], within=["0..4months"], steps=5, counting="conditional")
    assert [case.outcome.months for case in found.sweeps[0].cases] == [11.0, 7.0, 7.0, 7.0, 7.0]
    assert found.sweeps[0].how == "shift"


def test_its_own_low_and_high_are_the_range_of_a_figure() -> None:
    (sweep,) = runway.sensitivity("openai-2025", ["model.opening_cash"], steps=3).sweeps
    assert [case.change for case in sweep.cases] == [6e9, 9e9, 12e9]
    assert [case.is_base for case in sweep.cases] == [False, True, False]


def test_a_grid_is_every_pair() -> None:
    grid = runway.sensitivity("lemonade", ["burn", "revenue"], within=["-50%..50%"], steps=3, grid=True).grid
    assert grid is not None
    for row, cells in zip(grid.rows, grid.cells, strict=True):
        for column, cell in zip(grid.columns, cells, strict=True):
            changes = {"burn": f"{(1 + row) * 100}%", "revenue": f"{(1 + column) * 100}%"}
            assert cell == pytest.approx(runway.project("lemonade", set=changes).runway[CERTAIN].months)


def test_the_tornado_ranks_every_figure_and_names_those_without_effect() -> None:
    found = runway.sensitivity("lemonade", [], everything=True)
    swings = [swing.swing for swing in found.tornado]
    assert swings == sorted(swings, reverse=True)
    assert "stall.amount" in [swing.address for swing in found.tornado]
    assert "model.months_to_close" in found.without_effect
    stall = next(swing for swing in found.tornado if swing.address == "stall.amount")
    assert (stall.low, stall.high) == (135, 165)
    for end, outcome in ((stall.low, stall.at_low), (stall.high, stall.at_high)):
        assert outcome.months == pytest.approx(projected("lemonade", "stall.amount", f"{end}/month")[0])


def test_a_breakpoint_is_where_runway_turns() -> None:
    """Six months bring 1,200 and cost 1,800 and the press's 200; with 500 in hand, 1,700 of these 2,000 can be paid."""
    found = runway.sensitivity(
        "lemonade", ["burn"], within=["-30%..30%"], find_breakpoints=True, at_least=6.0, counting="cash-in-hand"
    )
    (point,) = found.breakpoints
    assert point.change == pytest.approx(1700 / 2000 - 1, abs=1e-4)
    (none,) = runway.sensitivity(
        "lemonade", ["burn"], within=["-5%..5%"], find_breakpoints=True, at_least=600
    ).breakpoints
    assert none.change is None


@pytest.mark.parametrize(
    ("text", "date", "percent", "expected"),
    [
        ("-30%..30%", False, False, (-0.3, 0.3, "relative")),
        ("0.02..0.08", False, True, (0.02, 0.08, "absolute")),
        ("2%..8%", False, True, (0.02, 0.08, "absolute")),
        ("-10%..10%", False, True, (-0.1, 0.1, "relative")),
        ("1B..3B", False, False, (1e9, 3e9, "absolute")),
        ("0..12months", True, False, (0.0, 12.0, "shift")),
        ("-1 year..6 months", True, False, (-12.0, 6.0, "shift")),
    ],
)
def test_ranges(text: str, date: bool, percent: bool, expected: tuple[float, float, str]) -> None:
    low, high, how, *_ = read_range(text, is_date=date, percent=percent)
    assert (low, high) == pytest.approx(expected[:2])
    assert how == expected[2]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"params": ["brun"]}, "unknown-address"),
        ({"params": ["burn"], "within": ["3..x"]}, "range-malformed"),
        ({"params": ["burn"], "within": ["30%..-30%"]}, "range-reversed"),
        ({"params": ["burn"], "within": ["5%..5%"]}, "range-empty"),
        ({"params": ["burn"], "metric": "rnway"}, "unknown-metric"),
        ({"params": ["burn"], "rung": "sure"}, "unknown-rung"),
        ({"params": ["burn"], "grid": True}, "grid-needs-two"),
        ({"params": ["burn", "revenue"], "grid": True, "steps": 1001}, "grid-too-large"),
    ],
)
def test_what_cannot_be_asked(options: dict[str, object], name: str) -> None:
    with pytest.raises(InputError) as raised:
        sensitivity(runway.load("lemonade"), **options)  # type: ignore[arg-type]
    assert [problem.name for problem in raised.value.problems] == [name]


def test_json_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "lemonade", "--json", "--steps", "3"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["counting"] == "+ certain"
    assert [case["base"] for case in data["sweeps"][0]["cases"]] == [False, True, False]
    assert data["sweeps"][0]["cases"][1]["months"] == 7.0
    assert main(["sensitivity", "lemonade", "--csv", "-", "--steps", "3"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["address"] for row in rows] == ["levers.burn"] * 3


def test_the_printed_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", "lemonade", "--param", "burn", "--break", "--at-least", "6m"]) == 0
    text = capsys.readouterr().out
    assert all(len(line) <= 80 for line in text.splitlines())
    assert re.search(r"^ +▸ 0% +7\.0 ", text, re.MULTILINE)
    assert "levers.burn: runway falls below 6 months at" in text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("arguments", [["--param", "burn"], ["--all"], ["-p", "burn", "-p", "revenue", "--grid"]])
def test_no_line_is_wider_than_the_page(
    arguments: list[str], width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    assert main(["sensitivity", "saas-startup", *arguments]) == 0
    assert max(map(len, capsys.readouterr().out.splitlines())) <= width


def test_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    """A change stands beside its figure; an address stays one."""
    assert main(["sensitivity", "lemonade", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert "\n## levers.burn\n" in text
    assert "| −10% | 10.0 | \\+3.0 | 1 Nov 2025 | \\+92 |\n" in text
    assert "| −10% | (140) | \\+360 | 140 | −360 | (120) | \\+380 |\n" in text
    assert main(["sensitivity", "lemonade", "--all", "--markdown"]) == 0
    assert "\nwithout effect: model.months_to_close, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "how", "text"),
    [(-0.3, "relative", "−30%"), (0.0, "relative", "0%"), (3.0, "shift", "+3 months"), (9e9, "absolute", "9B")],
)
def test_changes_as_they_are_read(change: float, how: str, text: str) -> None:
    assert changed_by(change, how) == text


TERM = """
[model]
name = "x"
start = "2026-01"
months = 24
opening_cash = "3M"
[costs.team]
kind = "recurring"
amount = "$100k/month"
[funding.old]
kind = "loan"
amount = "1M"
date = "2025-07-15"
opening_balance = "1M"
rate = "12%/year"
term = "{term}"
interest_only = "6 months"
repayment = "level_payment"
"""


@pytest.mark.parametrize(
    ("term", "within", "values"),
    [
        ("24 months", (), [17, 19, 22, 24, 26, 29, 31]),
        ("24 months", ("20..26 months",), [20, 21, 22, 23, 24, 25, 26]),
        ("24 months", ("-10%..10%",), [22, 23, 24, 25, 26]),
        ("2 years", (), [1, 2, 3]),
    ],
)
def test_what_is_counted_in_whole_months_takes_whole_numbers(
    load: Callable[[str], Any], rows: Callable[[str], Any], term: str, within: tuple[str, ...], values: list[float]
) -> None:
    """Each as a projection of the file with it has it."""
    model = load(TERM.format(term=term))
    (sweep,) = sensitivity(model, ["old.term"], within=within).sweeps
    assert [case.values["old.term"] for case in sweep.cases] == values
    for case in sweep.cases:
        written = f"{case.values['old.term']:g} {term.split()[1]}"
        assert case.outcome.closing_cash == rows(TERM.format(term=written))["cash"][-1]
    found = sensitivity(load(TERM.format(term="24 months")), everything=True)
    assert {(s.low, s.high) for s in found.tornado if s.address == "old.term"} == {(22, 26)}
    assert {(s.low, s.high) for s in found.tornado if s.address == "old.interest_only"} == {(5, 7)}


def test_a_line_alone_is_funding_that_counts(load: Callable[[str], Any]) -> None:
    text = TERM.partition("[funding")[0]
    line = """
        [funding.line]
        kind = "credit_line"
        limit = 300000
        rate = "0%/year"
        """
    found = sensitivity(load(text.replace('"3M"', '"1M"') + line), ["line.limit"], within=["0..600000"], steps=3)
    assert found.rung == "+ certain"
    assert [case.outcome.months for case in found.sweeps[0].cases] == pytest.approx([10, 13, 16])


def test_a_value_that_the_cap_table_refuses_is_not_run(load):
    """What a swept value is refused for is what `--set` refuses it for, between its table and the cap table too."""
    model = load("""
        [captable.holders.founders]
        shares = { common = 900_000 }
        [funding.angel]
        kind = "safe"
        form = "post_money"
        amount = "4M"
        date = "2025-02-01"
        cap = "5M"
        """)
    variants = Variants(model, "planned")
    assert "120 %" in variants.refusal({"angel.amount": 6_000_000})
    assert "cannot be 0" in variants.refusal({"angel.cap": 0})
    assert "cannot be 0" in variants.refusal({"angel.amount": 0})
    assert variants.refusal({"angel.amount": 3_000_000}) is None


ROUND = """
    [model]
    name = "A"
    start = "2026-01"
    months = 12
    opening_cash = 100
    [costs.rent]
    kind = "recurring"
    amount = "30/month"
    [events]
    permit = { date = "2026-02-01" }
    [funding.promised]
    kind = "priced_round"
    [[funding.promised.closings]]
    name = "only"
    date = "2026-02-10"
    amount = 60
    requires = "permit"
    [funding.hoped]
    kind = "priced_round"
    status = "planned"
    [[funding.hoped.closings]]
    name = "only"
    date = "2026-03-10"
    amount = 60
"""


@pytest.mark.parametrize(
    ("params", "rung"),
    [
        (["rent.amount"], "+ certain"),
        (["permit.date"], "+ conditional"),
        (["hoped.only.amount"], "+ planned"),
        (["rent.amount", "hoped.only.amount"], "+ planned"),  # both have an effect there
    ],
)
def test_the_lowest_rung_on_which_a_figure_has_an_effect_is_counted(load, params, rung):
    found = runway.sensitivity(load(ROUND), params)
    assert found.rung == rung
    assert found.climbed == (rung != "+ certain")
    assert runway.sensitivity(load(ROUND), params, counting="certain").rung == "+ certain"


def test_a_grid_of_a_planned_round_has_no_equal_columns(load):
    grid = runway.sensitivity(load(ROUND), ["rent.amount", "hoped.only.amount"], grid=True, metric="closing-cash").grid
    assert grid is not None
    assert all(len(set(cells)) == len(cells) for cells in grid.cells)


def test_a_file_says_what_is_counted(load):
    plan = load(ROUND.replace('name = "A"', 'name = "A"\n    counting = "cash in hand"'))
    assert runway.sensitivity(plan, ["rent.amount"]).rung == "cash in hand"
    assert runway.simulate(plan, paths=10).counting == "cash in hand"
    assert runway.solve(plan, "permit.date", "runway >= 4").rung == "+ conditional"


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (
            "runway",
            "all rows and all columns are equal: rent.amount and sales.amount change no months of runway here, as the "
            "cash lasts beyond the plan's months in every cell; --metric lowest-cash tells them apart",
        ),
        ("lowest-cash", ""),
    ],
)
def test_a_grid_never_has_equal_columns_in_silence(load, metric, said):
    """1,000 in the bank and 10 a month earned: every cell is beyond the twelve months."""
    text = """
        [model]
        name = "Stall"
        start = "2025-01"
        months = 12
        opening_cash = 1000
        [revenue.sales]
        kind = "recurring"
        amount = "20/month"
        [costs.rent]
        kind = "recurring"
        amount = "10/month"
    """
    found = sensitivity(load(text), ["rent.amount", "sales.amount"], grid=True, metric=metric)
    shown = " ".join(terminal_text(report(found)).split())
    assert (said in shown) if said else ("are equal" not in shown)


def test_a_range_may_reach_as_far_as_its_figure_can(load):
    """From nobody to everybody who leaves: 12 months of 1,000, or nothing."""
    text = """
        [revenue.plan]
        kind = "subscription"
        opening = 100
        signups = "0/month"
        churn = "5%/month"
        price = "10/month"
        """
    (sweep,) = runway.sensitivity(load(text), ["plan.churn"], within=["0%/month..100%/month"], steps=2).sweeps
    assert [case.outcome.closing_cash for case in sweep.cases if not case.is_base] == [1_012_000, 1_000_000]


def test_one_part_of_a_whole_does_not_move_alone(load):
    plan = load("""
        [revenue.sales]
        kind = "recurring"
        amount = "100000/month"
        collected_after = { "0 days" = "40%", "30 days" = "60%" }
        opening_receivable = 0

        [costs.team]
        kind = "recurring"
        amount = "200000/month"
    """)
    found = sensitivity(plan, everything=True)
    assert found.refused == ("sales.collected_after.0 days", "sales.collected_after.30 days")
    for address in ("sales.collected_after", "sales.collected_after.30 days"):
        with pytest.raises(InputError, match="not-to-be-varied"):
            sensitivity(plan, [address])


def test_a_value_that_the_file_cannot_hold_is_said_in_few_digits(capsys):
    """Seven steps of 100 % to 200 %: the second is seven sixths."""
    assert main(["sensitivity", "saas-startup", "--param", "team.loading", "--range", "100..200"]) == 2
    assert "The file cannot hold team.loading 11_666.6667%: " in capsys.readouterr().err


FULL = """
    [revenue.seats]
    kind = "subscription"
    opening = 100
    retention = [1, 0.7, 0.5]
    signups = "10/month"
    price = "900/month"
    [costs.team]
    kind = "recurring"
    amount = "200000/month"
    [events.outage]
    date = "2025-02-03"
    days = 27
    every = "6 months"
    takes = { seats = "97%" }
    [funding.loan]
    kind = "loan"
    amount = 300000
    date = "2025-02-01"
    rate = "5%/year"
    term = "12 months"
    repayment = "bullet"
    fee = "96%"
"""


def test_every_figure_stays_within_what_the_file_can_hold(load):
    """A share near 100 % ends there, what the file would refuse is left out, each end is as `--set` has it."""
    plan = load(FULL)
    found = sensitivity(plan, everything=True)
    swings = {swing.address: swing for swing in found.tornado}
    assert found.refused == ("seats.retention.0", "outage.days")
    assert (swings["outage.takes.seats"].low, swings["outage.takes.seats"].high) == (pytest.approx(0.873), 1)
    assert swings["loan.fee"].high == 1
    assert [swings[address].ends_text for address in ("loan.fee", "seats.price")] == ["86.4…100%", "±10 %"]
    for address in ("outage.takes.seats", "loan.fee"):
        same = runway.project(load(FULL), set={address: "100%"}).runway[CERTAIN]
        assert swings[address].at_high.lowest_cash == pytest.approx(same.lowest_cash, abs=0.005)


def test_a_share_or_rate_is_said_by_the_hundred(capsys):
    assert main(["sensitivity", "openai-2025", "--param", "payers.churn", "--break", "--at-least", "21"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines()[4:7]] == ["3%", "3.5%", "▸"]
    assert "falls below 21 months at 5.756%" in out
    assert main(["sensitivity", "openai-2025", "--param", "payers.churn", "--param", "burn", "--grid"]) == 0
    assert capsys.readouterr().out.splitlines()[5].split()[0] == "3%"
