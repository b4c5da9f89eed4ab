"""Scenarios, and the order in which a figure is changed: the file it extends, the file, the scenario, `--set`."""

from __future__ import annotations

import json

import pytest

import runway
from runway.cli import main
from runway.errors import InputError

STAND = """
    [model]
    name         = "Stand"
    start        = "2025-01"
    months       = 4
    opening_cash = 1_000

    [costs.rent]
    kind   = "recurring"
    amount = "100/month"

    [costs.wages]
    kind   = "recurring"
    amount = { "2025-01" = "200/month", "2025-03" = "300/month" }

    [events]
    permit = { date = "2025-02-10" }

    [funding.seed]
    kind = "priced_round"
    closings = [{ name = "first", date = "2025-01-15", amount = 500, requires = "permit", by = "2025-04-10" }]

    [scenarios.nothing]
    title = "As planned"

    [scenarios.cheap]
    title = "Half the rent"
    set   = { "rent.amount" = "-50%" }

    [scenarios.moved]
    set = { "rent.amount" = "150/month", "permit.date" = "+1 month", "wages.amount.2025-03" = "250/month" }

    [scenarios.hard]
    set = { "permit.date" = "never", "wages.amount" = "+10%", "model.opening_cash" = 400, "seed.first.by" = "2025-03" }

    [scenarios.stepped]
    set = { "rent.amount" = { "2025-01" = "10/month", "2025-04" = "20/month" }, "seed.first.amount" = { value = 700 } }
"""

ROWS = {
    # scenario: rent, wages, received
    "base": ((100,) * 4, (200, 200, 300, 300), (0, 500, 0, 0)),
    "nothing": ((100,) * 4, (200, 200, 300, 300), (0, 500, 0, 0)),
    "cheap": ((50,) * 4, (200, 200, 300, 300), (0, 500, 0, 0)),
    "moved": ((150,) * 4, (200, 200, 250, 250), (0, 0, 500, 0)),
    "hard": ((100,) * 4, (220, 220, 330, 330), (0, 0, 0, 0)),
    "stepped": ((10, 10, 10, 20), (200, 200, 300, 300), (0, 700, 0, 0)),
}


def read(projection):
    rows = projection.rows
    return rows["rent.cost"], rows["wages.cost"], rows["seed.first.cash"]


@pytest.mark.parametrize("scenario", list(ROWS))
def test_each_scenario(project, scenario):
    projection = project(STAND, scenario=scenario)
    assert tuple(tuple(round(v, 9) for v in values) for values in read(projection)) == ROWS[scenario]
    assert projection.scenario == scenario


def test_a_scenario_that_sets_nothing_changes_nothing(rows):
    assert rows(STAND, scenario="nothing") == rows(STAND)


def test_scenarios_do_not_add_up(project, rows):
    """One at a time: `hard` after `cheap` is just `hard`."""
    assert read(project(STAND, scenario="hard")) == read(project(STAND, scenario="hard"))
    assert rows(STAND, scenario="hard")["rent.cost"] == (100,) * 4


def test_a_scenario_named_base_is_the_one_without_a_name(rows):
    text = (
        STAND
        + """
        [scenarios.base]
        set = { "rent.amount" = "120/month" }
        """
    )
    assert rows(text)["rent.cost"] == (120,) * 4
    assert rows(text, scenario="cheap")["rent.cost"] == (50,) * 4


@pytest.mark.parametrize(
    ("scenario", "changes", "rent"),
    [
        ("base", {"rent.amount": "+10%"}, 110),
        ("cheap", {"rent.amount": "+10%"}, 55),  # of the scenario's 50
        ("cheap", {"rent.amount": "-50%"}, 25),
        ("cheap", {"rent.amount": "80/month"}, 80),  # the last word
        ("moved", {"rent.amount": "-10%"}, 135),
        ("moved", {"rent.amount": "80/month"}, 80),
        ("cheap", {"burn": "200%"}, 100),
    ],
)
def test_set_acts_on_what_the_scenario_says(rows, scenario, changes, rent):
    assert rows(STAND, scenario=scenario, set=changes)["rent.cost"] == pytest.approx((rent,) * 4)


@pytest.mark.parametrize(
    ("scenario", "change", "wages"),
    [
        ("moved", {"wages.amount": "+10%"}, (220, 220, 275, 275)),
        ("hard", {"wages.amount.2025-03": "100/month"}, (220, 220, 100, 100)),
        ("hard", {"wages.amount.2025-03": "-10%"}, (220, 220, 297, 297)),
        ("hard", {"wages.amount": "+10%"}, (242, 242, 363, 363)),
    ],
)
def test_steps_of_a_schedule_under_a_scenario(rows, scenario, change, wages):
    assert rows(STAND, scenario=scenario, set=change)["wages.cost"] == pytest.approx(wages)


@pytest.mark.parametrize(
    ("scenario", "change", "received"),
    [
        ("moved", {"permit.date": "+1 month"}, (0, 0, 0, 500)),  # 10 February + 1 + 1 = 10 April, the deadline
        ("moved", {"permit.date": "+32 days"}, (0, 0, 0, 0)),  # 10 March + 32 days = 11 April
        ("hard", {"permit.date": "2025-03-31"}, (0, 0, 500, 0)),
        ("hard", {"permit.date": "+1 month"}, (0, 0, 0, 0)),  # never stays never
        ("moved", {"permit.date": "never"}, (0, 0, 0, 0)),
    ],
)
def test_dates_under_a_scenario(rows, scenario, change, received):
    assert rows(STAND, scenario=scenario, set=change)["seed.first.cash"] == received


@pytest.fixture
def family(tmp_path, monkeypatch):
    """A file, one that extends it, and one that extends that."""
    monkeypatch.chdir(tmp_path)
    files = {
        "base.toml": """
[model]
name = "Base"
start = "2025-01"
months = 4
opening_cash = 1_000

[costs.rent]
kind = "recurring"
amount = "100/month"

[costs.wages]
kind = "recurring"
amount = "200/month"

[scenarios.cheap]
title = "Cheap"
set = { "rent.amount" = "-50%" }

[scenarios.lean]
set = { "wages.amount" = "-10%" }
""",
        "child.toml": """
extends = "base.toml"

[model]
name = "Child"

[costs.rent]
amount = "300/month"

[scenarios.lean]
title = "Leaner"
set = { "wages.amount" = "-20%", "rent.amount" = "-10%" }
""",
        "grandchild.toml": """
extends = "child.toml"

[costs.wages]
amount = "1000/month"

[costs.phone]
kind = "recurring"
amount = "10/month"

[scenarios.mute]
set = { "phone.amount" = "0/month" }
""",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "scenario", "changes", "rent", "wages"),
    [
        ("base.toml", "base", {}, 100, 200),
        ("base.toml", "cheap", {}, 50, 200),
        ("base.toml", "lean", {}, 100, 180),
        ("child.toml", "base", {}, 300, 200),
        ("child.toml", "cheap", {}, 150, 200),  # the base's scenario acts on the child's figure
        ("child.toml", "lean", {}, 270, 160),  # the child's entries win
        ("child.toml", "lean", {"rent.amount": "+10%"}, 297, 160),
        ("grandchild.toml", "base", {}, 300, 1000),
        ("grandchild.toml", "cheap", {"rent.amount": "+100%"}, 300, 1000),
        ("grandchild.toml", "lean", {"wages.amount": "+10%"}, 270, 880),
    ],
)
def test_first_what_is_extended_then_the_file_then_the_scenario_then_set(family, file, scenario, changes, rent, wages):
    rows = runway.project(file, scenario=scenario, set=changes).rows
    assert (rows["rent.cost"][0], rows["wages.cost"][0]) == pytest.approx((rent, wages))


def test_a_scenario_of_the_child_changes_a_line_of_the_child(family):
    assert runway.project("grandchild.toml", scenario="mute").rows["phone.cost"] == (0,) * 4


def test_a_mistake_in_a_scenario_stands_where_the_scenario_does(family):
    path = family / "base.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"-50%"', '"50"'), encoding="utf-8")
    with pytest.raises(InputError) as raised:
        runway.project("grandchild.toml", scenario="cheap")
    problem = raised.value.problems[0]
    assert (problem.name, problem.place.file, problem.place.line) == ("flow-without-period", "base.toml", 18)


def test_an_unknown_scenario(project):
    with pytest.raises(InputError) as raised:
        project(STAND, scenario="cheep")
    assert raised.value.problems[0].name == "unknown-scenario"
    assert raised.value.problems[0].text.endswith("Did you mean cheap?")


def test_an_unknown_scenario_like_no_other(project):
    with pytest.raises(InputError) as raised:
        project(STAND, scenario="zzz")
    assert "There are base, nothing, cheap, moved, hard, stepped." in raised.value.problems[0].text


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('"rnt.amount" = "50/month"', "unknown-address"),
        ('"rent.amount" = "50"', "flow-without-period"),
        ('"rent.amount" = true', "not-a-figure"),
        ('"rent.amount" = [1]', "not-a-figure"),
        ('"permit.date" = "+10%"', "wrong-dimension"),
        ('"permit.date" = "tomorrow"', "not-a-date"),
        ('"wages.amount.2025-03" = "5%"', "wrong-dimension"),
        ('"model.months" = 0', "value-out-of-range"),
    ],
)
@pytest.mark.parametrize("asked_for", ["odd", "base"])
def test_a_mistake_in_a_scenario_is_found_whether_it_is_asked_for_or_not(project, entry, problem, asked_for):
    text = f"""
        {STAND}
        [scenarios.odd]
        set = {{ {entry} }}
        """
    with pytest.raises(InputError) as raised:
        project(text, scenario=asked_for)
    found = raised.value.problems
    assert [p.name for p in found] == [problem]
    assert found[0].place.line == 1 + text.strip().count("\n")


def test_a_formula_of_a_scenario_is_checked_by_validate(tmp_path, capsys):
    path = tmp_path / "stand.toml"
    scenario = """
        [scenarios.odd]
        set = { "seed.first.requires" = "permitt" }
        """
    path.write_text(f"{STAND}\n    {scenario}", encoding="utf-8")
    assert main(["project", str(path)]) == 0
    assert main(["validate", str(path)]) == 2
    assert "unknown-name" in capsys.readouterr().err


def test_scenarios_are_checked_before_any_is_run(project):
    """Two scenarios, two mistakes, one run."""
    text = f"""{STAND}
    [scenarios.one]
    set = {{ "rnt.amount" = "50/month" }}
    [scenarios.two]
    set = {{ "wage.amount" = "50/month" }}
    """
    with pytest.raises(InputError) as raised:
        project(text)
    assert [p.name for p in raised.value.problems] == ["unknown-address", "unknown-address"]


def test_a_read_model_can_be_asked_for_every_scenario(load):
    model = load(STAND)
    for scenario, rows in ROWS.items():
        found = read(runway.project(model, scenario=scenario))
        assert tuple(tuple(round(v, 9) for v in values) for values in found) == rows


def test_a_model_read_under_a_scenario_keeps_it(load):
    """What `load` was told holds when the model is projected, also with a further change."""
    model = load(STAND, scenario="cheap", set={"wages.amount": "100/month"})
    assert read(runway.project(model))[:2] == ((50,) * 4, (100,) * 4)
    changed = runway.project(model, set={"permit.date": "never"})
    assert changed.scenario == "cheap"
    assert read(changed) == ((50,) * 4, (100,) * 4, (0,) * 4)


def test_on_the_command_line(capsys):
    assert main(["project", "lemonade", "--scenario", "no_permit", "--set", "stall.amount=+10%", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["scenario"] == "no_permit"
    assert printed["rows"]["aunt.second.cash"] == [0] * 12
    assert printed["rows"]["stall.cost"] == [165] * 12
