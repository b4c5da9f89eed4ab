"""`runway clause`: the arithmetic of the round's terms by hand (K8 to K12 of the sources), and clauses of small rounds.

The published terms: 40B from SoftBank (30B) and others (10B), 10B at once and 30B later, valued at 300B with the new
money; SoftBank's 30B may become 20B without a conversion by the end of 2025, or the whole round 20B; 18B are for
Stargate.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from functools import cache

import pytest

import runway
from runway.answers.clause import clause
from runway.cli.command import COMMANDS, visible
from runway.cli.ownership import is_clause
from runway.errors import InputError


@cache
def terms_of_the_case(scenario="base"):
    """What the clauses of the case's round come to, under a scenario."""
    (terms,) = clause(runway.load("openai-2025", scenario=scenario)).terms
    return terms


@cache
def command(model, name=None, as_json=False, csv=None, scenario="base"):
    """What `runway clause` prints at eighty columns."""
    run = visible(COMMANDS["clause"])
    outputs = {"as_json": as_json, "csv": csv, "markdown": False, "html": None}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        return run(model=model, name=name, scenario=scenario, set_=None, as_of=None, **outputs)


SOFTBANK, OTHERS, POST, STARGATE, FLOOR = 30e9, 10e9, 300e9, 18e9, 20e9
PRE = POST - SOFTBANK - OTHERS
DRAWN = {"holds": SOFTBANK + OTHERS, "a": FLOOR + OTHERS, "b": FLOOR, "waived": SOFTBANK + OTHERS}
FIRST = 10e9  # drawn before the deadline: three quarters of it from SoftBank
SOFTBANK_PAYS = {
    "holds": SOFTBANK,
    "a": FLOOR,
    "b": SOFTBANK / 4 + (FLOOR - FIRST) * 3 / 4,  # of the second closing 10B stay, split as it was
    "waived": SOFTBANK,
}


@pytest.fixture(scope="module")
def openai():
    """The readings of the two clauses of the round: holds, a, b, waived."""
    return dict(zip(DRAWN, terms_of_the_case().readings, strict=True))


@pytest.mark.parametrize("reading", DRAWN)
def test_k8_the_reach_of_the_clause(openai, reading):
    """40B in full, 30B where SoftBank's line is cut, 20B where the whole round is."""
    assert openai[reading].drawn == DRAWN[reading]


@pytest.mark.parametrize("reading", DRAWN)
def test_k9_the_stake_of_softbank(openai, reading):
    """10.0 % of 300B; 6.90 % of 290B where 260B pre-money are kept, 6.67 % where 300B post-money are."""
    kept_pre, kept_post = openai[reading].ownership
    assert (kept_pre.rule, kept_post.rule) == ("keep_pre_money", "keep_post_money")
    assert kept_pre.stakes["softbank"] == pytest.approx(SOFTBANK_PAYS[reading] / (PRE + DRAWN[reading]), rel=1e-12)
    assert kept_post.stakes["softbank"] == pytest.approx(SOFTBANK_PAYS[reading] / POST, rel=1e-12)


@pytest.mark.parametrize("reading", DRAWN)
def test_k11_what_stays_fixed_after_a_cut(openai, reading):
    """Dilution 10.34 % of 290B where pre-money is kept, 10.00 % of 300B where post-money is."""
    kept_pre, kept_post = openai[reading].ownership
    assert kept_pre.post_money == PRE + DRAWN[reading]
    assert kept_pre.sold == pytest.approx(DRAWN[reading] / (PRE + DRAWN[reading]), rel=1e-12)
    assert kept_post.post_money == POST
    assert kept_post.sold == pytest.approx(DRAWN[reading] / POST, rel=1e-12)


@pytest.mark.parametrize("reading", DRAWN)
def test_k12_what_is_free_of_stargate(openai, reading):
    """22B, 12B under a, 2B under b."""
    assert openai[reading].free_of_earmarks == DRAWN[reading] - STARGATE


SCENARIOS = {"holds": "base", "a": "no_conversion_a", "b": "no_conversion_b", "waived": "waived"}


@pytest.mark.parametrize(("reading", "scenario"), SCENARIOS.items())
def test_each_reading_is_the_scenario_that_the_file_has_of_it(openai, reading, scenario):
    rung = runway.project("openai-2025", scenario=scenario).runway[2]
    found = openai[reading].runway
    assert (found.months, found.zero_cash_date) == (rung.months, rung.zero_cash_date)
    assert (found.lowest_cash, found.funding_gap) == (rung.lowest_cash, rung.funding_gap)


@pytest.mark.parametrize("scenario", ["base", "no_conversion_b", "suit"])
def test_the_readings_do_not_depend_on_the_scenario_that_they_are_asked_under(scenario):
    terms = terms_of_the_case(scenario)
    assert [reading.drawn for reading in terms.readings] == list(DRAWN.values())


def test_the_conversion_can_come_as_late_as_the_deadline():
    terms = terms_of_the_case()
    assert [c.latest.day for c in terms.clauses] == [date(2025, 12, 31)] * 2
    for one, scenario in zip(terms.clauses, ("no_conversion_a", "no_conversion_b"), strict=True):
        late = runway.project("openai-2025", scenario=scenario).runway[2]
        assert one.latest.zero_cash_date == late.zero_cash_date


SEED = """
    [model]
    name = "Seed"
    start = "2025-01"
    months = 12
    opening_cash = 600

    [costs.rent]
    kind = "recurring"
    amount = "100/month"

    [events.product]
    date = "{product}"

    [funding.seed]
    kind = "priced_round"
    status = "{status}"

    [[funding.seed.closings]]
    name = "only"
    date = "{closing}"
    amount = 900
    {requires}

    [[funding.seed.clauses]]
    name = "late"
    cuts = "round"
    to = 300
    unless = "{condition}"
    by = "{by}"
"""


def seed(load, **how):
    text = {
        "product": "2025-04-10",
        "closing": "2025-05-15",
        "by": "2025-04-30",
        "condition": "product",
        "requires": "",
        "status": "committed",
    }
    (terms,) = clause(load(SEED.format(**{**text, **how}))).terms
    return terms


def test_a_small_round_by_hand(load):
    """600 and 900 outlast twelve months of 100; 600 and 300 are gone after nine."""
    terms = seed(load)
    (one,) = terms.clauses
    assert terms.holds.drawn == terms.waived.drawn == 900
    assert terms.holds.runway.months is None
    assert terms.holds.runway.lowest_cash == pytest.approx(600 - 400 - 100 * 14 / 31)  # the day before the closing
    assert one.fails.drawn == 300
    assert str(one.fails.runway.zero_cash_date) == "2025-10-01"
    assert one.fails.runway.funding_gap == 300
    assert one.fails.free_of_earmarks is None
    assert one.fails.ownership == ()
    assert (one.latest.answer, str(one.latest.day), str(one.latest.zero_cash_date)) == (
        "held", "2025-04-30", "2025-10-01"
    )  # fmt: skip


@pytest.mark.parametrize("product", ["2025-02-03", "2025-04-30", "2025-09-01", "never"])
def test_whenever_the_file_has_the_event_the_answer_is_the_same(load, product):
    terms = seed(load, product=product)
    assert (terms.holds.drawn, terms.clauses[0].fails.drawn) == (900, 300)
    assert str(terms.clauses[0].latest.day) == "2025-04-30"


def test_cash_and_not_the_deadline_may_be_what_ends_first(load):
    """A grant of 300 waits for the product too, and the closing is not before August: 600 last until 1 July."""
    text = (
        SEED
        + """
    [funding.grant]
    kind = "grant"
    amount = 300
    date = "2025-01-31"
    requires = "product"
"""
    )
    values = {"product": "2025-04-10", "closing": "2025-08-15", "by": "2025-12-15", "condition": "product"}
    model = load(text.format(**values, requires="", status="committed"))
    (terms,) = clause(model).terms
    latest = terms.clauses[0].latest
    assert (str(latest.day), str(latest.zero_cash_date)) == ("2025-07-01", "2025-07-01")
    assert terms.clauses[0].fails.drawn == 900
    page = " ".join(command(model.model.original.title).split())
    assert "Failing costs nothing of this round: cash is out on 1 Jul 2025 rather than after Dec 2025" in page


def test_a_planned_round_is_counted_for_its_own_clause(load):
    terms = seed(load, status="planned")
    assert terms.holds.runway.counting == "+ planned"
    assert (terms.holds.drawn, terms.clauses[0].fails.drawn) == (900, 300)
    assert str(terms.clauses[0].fails.runway.zero_cash_date) == "2025-10-01"


def test_money_that_has_come_is_not_clawed_back(load):
    """The closing is a month before the deadline: the clause has nothing to cut, and being late does no harm."""
    terms = seed(load, by="2025-06-30")
    assert terms.clauses[0].fails.drawn == 900
    assert terms.clauses[0].latest.answer == "always"


def test_a_deadline_after_the_last_month_takes_nothing(load):
    terms = seed(load, by="2027-06-30")
    assert terms.clauses[0].fails.drawn == 900
    assert terms.clauses[0].latest.answer == "always"


def test_a_condition_that_no_event_decides(load):
    """Cash in hand never reaches a million: there is no reading in which it holds, and no day to look for."""
    terms = seed(load, condition="prev(cash) > 1000000")
    assert terms.holds is None
    assert terms.clauses[0].latest.answer == "unknown"
    assert [reading.fate for reading in terms.readings] == ["fails", "waived"]
    assert [reading.drawn for reading in terms.readings] == [300, 900]


def test_either_of_two_events_is_enough(load):
    """The first one has happened before the plan begins, so the clause cannot bite."""
    terms = seed(load, product="2024-11-01", condition="product or prev(cash) > 1000000")
    assert terms.clauses[0].fails.drawn == 900


def test_clauses_with_conditions_of_their_own_are_priced_apart(load):
    text = (
        SEED
        + """
    [events.patent]
    date = "2025-03-01"

    [[funding.seed.clauses]]
    name = "unprotected"
    cuts = "round"
    to = 600
    unless = "patent"
    by = "2025-03-31"
"""
    )
    values = {"product": "2025-04-10", "closing": "2025-05-15", "by": "2025-04-30", "condition": "product"}
    first, second = clause(load(text.format(**values, requires="", status="committed"))).terms
    assert [one.address for one in (*first.clauses, *second.clauses)] == ["seed.late", "seed.unprotected"]
    assert (first.clauses[0].fails.drawn, second.clauses[0].fails.drawn) == (300, 600)


def test_one_clause_one_round_or_every_one():
    model = runway.load("openai-2025")
    names = ["softbank_round.conversion_clause", "softbank_round.whole_round_clause"]
    assert [one.address for one in terms_of_the_case().clauses] == names
    for wanted, expected in (("softbank_round", names), (names[1], names[1:])):
        assert [one.address for terms in clause(model, wanted).terms for one in terms.clauses] == expected


def test_a_clause_that_there_is_not():
    with pytest.raises(InputError, match=r"Did you mean softbank_round\.conversion_clause\?"):
        clause(runway.load("openai-2025"), "softbank_round.conversion")
    with pytest.raises(InputError, match="It has none at all"):
        clause(runway.load("saas-startup"), "seed.clause")


def test_a_model_without_clauses_says_so():
    assert "This model has no clause." in command("saas-startup")
    assert json.loads(command("saas-startup", as_json=True))["clauses"] == []


def test_an_argument_alone_is_a_file_or_a_clause(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan.new").touch()
    given = ("softbank_round.conversion_clause", "plan.toml", "plan.new", "openai-2025", "-", "a/b.toml", "plan")
    assert [is_clause(text) for text in given] == [True, *[False] * 6]


def test_json_says_what_the_clause_takes():
    first, second = json.loads(command("openai-2025", as_json=True))["clauses"]
    assert [first["change"]["drawn"], second["change"]["drawn"]] == [-10e9, -20e9]
    assert first["change"]["months"] == pytest.approx(29 / 31 - 7 / 31 - 7)  # 30 Jan against 8 Aug 2027
    assert first["latest"]["date"] == first["by"] == "2025-12-31"
    assert [first[fate]["free_of_earmarks"] for fate in ("holds", "fails", "waived")] == [22e9, 12e9, 22e9]
    assert first["fails"]["runway"]["counting"] == "+ conditional"
    beyond, _ = json.loads(command("openai-2025", as_json=True, scenario="no_stargate"))["clauses"]
    assert beyond["change"]["months"] is None  # beyond the horizon with the conversion


def test_csv_has_a_row_a_figure():
    rows = list(csv.DictReader(io.StringIO(command("openai-2025", csv="-"))))
    drawn = [(row["clause"], row["condition"], float(row["value"])) for row in rows if row["measure"] == "drawn"]
    assert [value for _, _, value in drawn] == [40e9, 30e9, 40e9, 40e9, 20e9, 40e9]


@pytest.mark.parametrize("name", [None, "softbank_round.conversion_clause"])
def test_the_page_fits_eighty_columns(name):
    lines = command("openai-2025", name).splitlines()
    assert max(map(len, lines)) <= 80
    assert all(line == line.rstrip() for line in lines)


def test_both_readings_stand_side_by_side():
    figures = {}
    for line in command("openai-2025").splitlines():
        label, *cells = re.split(r" {2,}", line.strip())
        figures.setdefault(label, cells)
    assert figures["drawn of 40.0"] == ["40.0", "30.0", "20.0", "40.0"]
    assert figures["free of earmarks"] == ["22.0", "12.0", "2.0", "22.0"]


def test_each_month_of_delay_is_what_a_projection_says(load):
    """The day, the money, the stake and the runway when the open events come so many months later."""
    terms = terms_of_the_case()
    assert [delay.months for delay in terms.delays] == list(range(13))
    for delay in (terms.delays[0], terms.delays[1], terms.delays[12]):
        later = f"+{delay.months} months"
        changes = {
            f"{event}.date": later for event in ("conversion", "microsoft_approval", "attorney_general_approval")
        }
        told = runway.project(runway.load("openai-2025", set=changes if delay.months else {}))
        assert delay.drawn == told.rows["softbank_round.drawn"][-1]
        assert delay.stake == pytest.approx(delay.drawn / (260e9 + delay.drawn))
        assert delay.runway == next(rung for rung in told.runway if rung.counting == "+ conditional")
    assert [str(terms.delays[n].met) for n in (0, 1, 12)] == ["2025-12-01", "2026-01-01", "2026-12-01"]


def test_without_an_open_event_there_is_no_delay_to_show(load):
    changes = {
        f"{event}.date": "2025-01-01" for event in ("conversion", "microsoft_approval", "attorney_general_approval")
    }
    (terms,) = clause(runway.load("openai-2025", set=changes)).terms
    assert terms.delays == ()
