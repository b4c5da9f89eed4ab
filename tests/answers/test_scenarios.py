"""`runway scenarios` against projections of each scenario, one by one."""

from __future__ import annotations

import csv
import io
import json

import pytest

import runway
from runway.answers.scenarios import _groups, scenarios
from runway.cli import project as declared
from runway.cli.command import COMMANDS, visible
from runway.engine.ladder import runner_of
from runway.errors import InputError


def command(name, only=(), rung="planned", as_json=False, csv=None):
    """What `runway scenarios` prints."""
    assert declared.scenarios is COMMANDS["scenarios"].ask
    run = visible(COMMANDS["scenarios"])
    return run(model=name, only=only, counting=rung, set_=None, as_json=as_json, csv=csv, markdown=False, html=None)


STAND = """
    [model]
    name = "Stand"
    start = "2025-01"
    months = 12
    opening_cash = 500

    [costs.rent]
    kind = "recurring"
    amount = "100/month"

    [events.permit]
    date = "2025-04-10"

    [funding.aunt]
    kind = "grant"
    amount = 300
    date = "2025-04-10"
    requires = "permit"

    [scenarios.no_permit]
    title = "The town says no"
    set = { "permit.date" = "never" }

    [scenarios.dearer]
    set = { "rent.amount" = { "2025-01" = "100/month", "2025-03" = "200/month" } }

    [scenarios.same]
"""

DRY = {  # cash in hand and certain; conditional and planned
    "base": ("2025-06-01", "2025-09-01"),  # 500 lasts five months; 800 eight
    "no_permit": ("2025-06-01", "2025-06-01"),
    "dearer": ("2025-04-16", "2025-06-01"),  # 500 - 200 leaves 300: a month and a half; 600 three months
    "same": ("2025-06-01", "2025-09-01"),
}


def test_each_rung_of_each_scenario_by_hand(load):
    for item in scenarios(load(STAND)).scenarios:
        dates = [str(rung.zero_cash_date) for rung in item.runway]
        first, second = DRY[item.name]
        assert dates == [first, first, second, second], item.name


def test_what_was_drawn_is_what_the_events_allow(load):
    drawn = {item.name: item.drawn_funding for item in scenarios(load(STAND)).scenarios}
    assert drawn == {"base": 300, "no_permit": 0, "dearer": 300, "same": 300}


def test_on_a_rung_only_what_it_counts_is_drawn(load):
    assert scenarios(load(STAND)).scenarios[0].drawn == (0, 0, 300, 300)


@pytest.mark.proof
@pytest.mark.parametrize("name", ["lemonade", "openai-2024", "openai-2025", "saas-startup"])
def test_every_scenario_is_its_own_projection_to_the_cent(name):
    for item in scenarios(runway.load(name)).scenarios:
        alone = runway.project(name, scenario=item.name)
        assert item.drawn_funding == sum(round_.drawn - round_.states[0].drawn for round_ in alone.rounds)
        assert item.free_cash[-1] == alone.rows["unrestricted_cash"]
        assert item.closing_cash == alone.rows["cash"][-1]
        for ours, theirs in zip(item.runway, alone.runway, strict=True):
            for figure in ("counting", "months", "zero_cash_date", "lowest_cash_date", "funding_gap"):
                assert getattr(ours, figure) == getattr(theirs, figure), (item.name, figure)
            assert round(ours.lowest_cash, 2) == round(theirs.lowest_cash, 2), item.name  # between posted days


def test_scenarios_that_only_move_figures_share_one_run(load):
    names = ("base", "no_permit", "dearer", "same")
    plan = load(STAND)
    readers = {name: runner_of(runway.load(plan.model.original.title, scenario=name)) for name in names}
    assert [list(group) for group in _groups(readers)] == [["base", "no_permit", "same"], ["dearer"]]


def test_changes_of_the_command_line_count_in_every_scenario(load):
    model = load(STAND, set={"model.opening_cash": "700"})
    dates = {item.name: str(item.runway[0].zero_cash_date) for item in scenarios(model).scenarios}
    assert dates == {"base": "2025-08-01", "no_permit": "2025-08-01", "dearer": "2025-05-16", "same": "2025-08-01"}


def test_the_scenario_that_the_model_was_loaded_under_is_one_of_them(load):
    found = scenarios(load(STAND, scenario="no_permit"))
    assert found.to_dict() == scenarios(load(STAND)).to_dict()


def test_only_keeps_base_beside_what_was_asked_for(load):
    found = scenarios(load(STAND), ["dearer", "no_permit"])
    assert [item.name for item in found.scenarios] == ["base", "no_permit", "dearer"]


def test_a_scenario_that_there_is_not(load):
    with pytest.raises(InputError, match=r"no scenario no_permits in .* Did you mean no_permit\?"):
        scenarios(load(STAND), ["no_permits"])


def test_a_file_without_scenarios_shows_base(load):
    found = scenarios(
        load("""
        [costs.rent]
        kind = 'recurring'
        amount = '1000/month'
        """)
    )
    assert [item.name for item in found.scenarios] == ["base"]


def test_json_has_the_documented_keys_and_the_rungs_of_a_projection(load):
    found = json.loads(command("openai-2025", only=["suit"], as_json=True))
    alone = json.loads(json.dumps(runway.project("openai-2025", scenario="suit").to_dict()))
    assert found["scenarios"][1]["name"] == "suit"
    assert found["scenarios"][1]["set"] == {"conversion.date": "+3 months"}
    assert found["scenarios"][1]["drawn_funding"] == 30e9
    assert found["scenarios"][1]["runway"] == alone["runway"]


def test_a_schedule_or_a_number_that_a_scenario_sets_is_plain_in_json(load):
    text = (
        STAND
        + """
        [scenarios.half]
        set = { "levers.burn" = 0.5 }
        """
    )
    sets = {item["name"]: item["set"] for item in json.loads(json.dumps(scenarios(load(text)).to_dict()))["scenarios"]}
    assert sets["half"] == {"levers.burn": 0.5}
    assert sets["dearer"] == {"rent.amount": {"2025-01": "100/month", "2025-03": "200/month"}}


def test_csv_has_a_row_a_rung():
    rows = list(csv.DictReader(io.StringIO(command("lemonade", csv="-"))))
    assert len(rows) == 4 * 4
    assert {row["scenario"] for row in rows} == {"base", "no_permit", "rain", "late_permit"}
    assert [row["zero_cash_date"] for row in rows if row["scenario"] == "no_permit"][2:] == ["2025-08-01"] * 2


@pytest.mark.proof
@pytest.mark.parametrize("name", ["lemonade", "openai-2025", "saas-startup", "openai-2024"])
@pytest.mark.parametrize("rung", ["cash-in-hand", "certain", "conditional", "planned"])
def test_the_page_fits_eighty_columns(monkeypatch, name, rung):
    monkeypatch.setenv("COLUMNS", "80")
    lines = command(name, rung=rung).splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


def test_a_scenario_without_a_title_is_named_with_what_it_sets(load):
    lines = command(load(STAND).model.original.title).splitlines()
    sets = "      rent.amount = { 2025-01 = 100/month, 2025-03 = 200/month }"
    assert lines[-4:] == ["  dearer", sets, "  same", "      nothing"]


def test_a_scenario_that_cannot_be_run_says_which_figure_it_is(load):
    text = """
        [costs.rent]
        kind = "formula"
        formula = "100 / part"
        part = 1

        [scenarios.none]
        set = { "rent.part" = 0 }
    """
    with pytest.raises(InputError) as caught:
        scenarios(load(text))
    (problem,) = caught.value.problems
    assert (problem.name, problem.place.line) == ("division-by-zero", 3)


def test_a_month_below_the_floor_is_a_dot(monkeypatch):
    """The stand without its permit runs out on 1 August: five months of twelve, three characters each."""
    monkeypatch.setenv("COLUMNS", "80")
    line = [text for text in command("lemonade").splitlines() if text.startswith("  no_permit")][2]
    assert line.count("·") == 15


def test_an_unknown_rung():
    with pytest.raises(InputError, match=r"no rung certan\. Did you mean certain\?"):
        command("lemonade", rung="certan")


CHANGED = """
[scenarios.more]
set = { "rent.amount" = "2k/month", "seed.first.amount" = "300k" }
[scenarios.later]
set = { "seed.first.date" = "2025-07-10", "rent.growth" = "4%/year" }
[scenarios.other_form]
set = { "rent.amount" = "24k/year", "sales.formula" = "t * 50", "seed.status" = "planned" }
[scenarios.stepwise]
set = { "rent.amount" = { "2025-01" = "1k/month", "2025-06" = "3k/month" } }
[scenarios.currency]
set = { "fx.EUR" = 1.2, "licence.amount" = "€200/month" }
[scenarios.clauses]
set = { "seed.early.by" = "2025-12-01", "seed.late.by" = "2025-03-01" }
[scenarios.tax]
set = { "tax.rate" = "50%", "model.opening_cash" = "1M", "levers.delay" = "2 months" }
"""

FILE = """
[model]
name = "Forms"
start = "2025-01"
months = 18
opening_cash = "200k"
[fx]
EUR = 1.1
[tax]
rate = "20%"
paid = "quarterly"
[events.permit]
date = "2025-06-10"
[revenue.sales]
kind = "formula"
formula = "t * 100"
[costs.rent]
kind = "recurring"
amount = "1k/month"
growth = "2%/year"
[costs.licence]
kind = "recurring"
amount = "€100/month"
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "first"
date = "2025-03-10"
amount = "100k"
[[funding.seed.closings]]
name = "second"
date = "2025-08-10"
amount = "100k"
[[funding.seed.clauses]]
name = "early"
cuts = "round"
to = "150k"
unless = "permit"
by = "2025-02-01"
[[funding.seed.clauses]]
name = "late"
cuts = "second"
to = "60k"
unless = "permit"
by = "2025-05-01"
"""


def test_a_scenario_beside_the_others_is_what_it_is_alone(load):
    """What differs in numbers only is not compiled again; what differs in form is."""
    plan = load(FILE + CHANGED)
    together = {result.name: result for result in runway.scenarios(plan).scenarios}
    assert len(together) == 8
    for name, result in together.items():
        alone = runway.project(load(FILE + CHANGED, scenario=name))
        assert result.closing_cash == alone.rows["cash"][-1], name
        assert result.free_cash[-1] == tuple(alone.rows["unrestricted_cash"]), name
        assert [rung.months for rung in result.runway] == [rung.months for rung in alone.runway], name
