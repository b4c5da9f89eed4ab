"""Clauses: whom and what they cut, on which day, and what is left of the round, its stakes and its free cash.

The large round is that of May 2025 as published: 40B, of which SoftBank 30B; 10B at once and 30B at the end of the
year; SoftBank's 30B may fall to 20B unless the company converts by the year's end; 300B; 18B for Stargate.  K6 to K12
number the points on which those terms can be read in two ways; each reading is run.
"""

from __future__ import annotations

import pytest

import runway
from runway.errors import InputError

B = 1e9

PUBLISHED = """
    [model]
    name         = "Published terms"
    start        = "2025-04"
    months       = 12
    opening_cash = 0

    [capital.stargate]
    kind   = "one_off"
    amount = "18B"
    date   = "2026-06-01"

    [events]
    conversion       = { date = "never" }
    microsoft        = { date = "2025-10-15" }
    attorney_general = { date = "2025-11-15" }

    [funding.big]
    kind = "priced_round"

    [[funding.big.commitments]]
    investor = "softbank"
    amount   = "30B"
    [[funding.big.commitments]]
    investor = "others"
    amount   = "10B"

    [[funding.big.closings]]
    name   = "first"
    date   = "2025-04-15"
    amount = "10B"
    [[funding.big.closings]]
    name   = "second"
    date   = "2025-12-31"
    amount = "30B"

    [[funding.big.earmarks]]
    for    = "stargate"
    amount = "18B"
    from   = ["first", "second"]

    [[funding.big.clauses]]
    name   = "clause"
    cuts   = "softbank"
    to     = "20B"
    unless = "conversion"
    by     = "2025-12-31"
    option = true
"""

NO_CUT = {"softbank": 30, "others": 10, "first": 10, "second": 30}
ONE_LINE_CUT = {"softbank": 20, "others": 10, "first": 10, "second": 20}  # K8 a
WHOLE_ROUND_CUT = {"softbank": 15, "others": 5, "first": 10, "second": 10}  # K8 b; by the shares of what is open


def drawn(projection):
    rows = projection.rows
    who = {investor: rows[f"big.{investor}.drawn"][-1] / B for investor in ("softbank", "others")}
    return who | {closing: sum(rows[f"big.{closing}.cash"]) / B for closing in ("first", "second")}


@pytest.mark.parametrize(
    ("conversion", "status", "left"),
    [
        ("2025-03-01", "does not bite", NO_CUT),
        ("2025-12-30", "does not bite", NO_CUT),
        ("2025-12-31", "does not bite", NO_CUT),  # on the deadline itself
        ("2026-01-01", "bites", ONE_LINE_CUT),  # one day late
        ("2026-03-15", "bites", ONE_LINE_CUT),
        ("never", "bites", ONE_LINE_CUT),
    ],
)
def test_k8_a_the_clause_cuts_one_investor(project, conversion, status, left):
    projection = project(PUBLISHED, set={"conversion.date": conversion})
    assert projection.clauses[0].status == status
    assert drawn(projection) == left


@pytest.mark.parametrize(("conversion", "left"), [("2025-12-31", NO_CUT), ("2026-01-01", WHOLE_ROUND_CUT)])
def test_k8_b_the_clause_cuts_the_round(project, conversion, left):
    projection = project(PUBLISHED, set={"conversion.date": conversion, "big.clause.cuts": "round"})
    assert drawn(projection) == left


def test_k6_headline_committed_available_drawn(rows):
    """10B of 40B is certain at signing; the cut shows in the month of the deadline."""
    rows = rows(PUBLISHED)
    for measure, billions in {
        "headline": [40] * 12,
        "committed": [40] * 8 + [30] * 4,
        "available": [10] * 8 + [30] * 4,
        "drawn": [10] * 8 + [30] * 4,
    }.items():
        assert [value / B for value in rows[f"big.{measure}"]] == billions, measure


def test_k7_tranches_and_investors_are_two_dimensions(rows):
    rows = rows(PUBLISHED, set={"conversion.date": "2025-12-01"})
    assert [rows[f"big.first.{i}"][0] / B for i in ("softbank", "others")] == [7.5, 2.5]
    assert [rows[f"big.second.{i}"][8] / B for i in ("softbank", "others")] == [22.5, 7.5]


@pytest.mark.parametrize(
    ("valuation", "after_cut", "conversion", "post_money", "softbank"),
    [
        ('{ value = "300B", basis = "post_money" }', "keep_pre_money", "2025-12-01", 300, 30 / 300),
        ('{ value = "300B", basis = "post_money" }', "keep_pre_money", "never", 290, 20 / 290),  # K9: 6.90 %
        ('{ value = "300B", basis = "post_money" }', "keep_post_money", "2025-12-01", 300, 30 / 300),
        ('{ value = "300B", basis = "post_money" }', "keep_post_money", "never", 300, 20 / 300),  # K9: 6.67 %
        ('{ value = "300B", basis = "pre_money" }', "keep_pre_money", "2025-12-01", 340, 30 / 340),
        ('{ value = "300B", basis = "pre_money" }', "keep_pre_money", "never", 330, 20 / 330),
        ('{ value = "300B", basis = "pre_money" }', "keep_post_money", "never", 340, 20 / 340),
    ],
)
def test_k9_k10_k11_the_stake_moves_with_the_cash(rows, valuation, after_cut, conversion, post_money, softbank):
    text = PUBLISHED.replace('kind = "priced_round"', f'kind = "priced_round"\n    valuation = {valuation}')
    rows = rows(text, set={"conversion.date": conversion, "big.after_cut": after_cut})
    assert rows["big.post_money"][-1] == post_money * B
    assert rows["big.softbank.stake"][-1] == pytest.approx(softbank, abs=1e-12)
    dilution = rows["big.drawn"][-1] / rows["big.post_money"][-1]
    assert rows["big.softbank.stake"][-1] + rows["big.others.stake"][-1] == pytest.approx(dilution, abs=1e-12)


def test_k9_the_published_percentages(rows):
    text = PUBLISHED.replace(
        'kind = "priced_round"', 'kind = "priced_round"\n    valuation = { value = "300B", basis = "post_money" }'
    )
    stakes = {
        rule: round(rows(text, set={"big.after_cut": rule})["big.softbank.stake"][-1] * 100, 2)
        for rule in ("keep_pre_money", "keep_post_money")
    }
    assert stakes == {"keep_pre_money": 6.90, "keep_post_money": 6.67}


def test_the_stake_grows_with_each_closing(rows):
    """After the first closing SoftBank has paid 7.5 and the company is worth 260 + 10."""
    text = PUBLISHED.replace(
        'kind = "priced_round"', 'kind = "priced_round"\n    valuation = { value = "300B", basis = "post_money" }'
    )
    rows = rows(text, set={"conversion.date": "2025-12-01"})
    assert [v / B for v in rows["big.post_money"]] == [270] * 8 + [300] * 4
    assert rows["big.softbank.stake"] == pytest.approx([7.5 / 270] * 8 + [30 / 300] * 4)


def test_k11_the_dilution(project):
    """After the cut the round takes 30 of 290, or 30 of 300."""
    text = PUBLISHED.replace(
        'kind = "priced_round"', 'kind = "priced_round"\n    valuation = { value = "300B", basis = "post_money" }'
    )
    for rule, percent in (("keep_pre_money", 10.34), ("keep_post_money", 10.00)):
        rows = project(text, set={"big.after_cut": rule}).rows
        assert round(rows["big.drawn"][-1] / rows["big.post_money"][-1] * 100, 2) == percent


@pytest.mark.parametrize(
    ("changes", "free"),
    [
        ({"conversion.date": "2025-12-01"}, 22),  # 40 - 18
        ({}, 12),  # 30 - 18
        ({"big.clause.cuts": "round"}, 2),  # 20 - 18
        ({"big.clause.exercised": False}, 22),
    ],
)
def test_k12_the_free_cash_of_the_round(rows, changes, free):
    rows = rows(PUBLISHED, set=changes)
    assert rows["unrestricted_cash"][8] / B == free
    assert rows["restricted_cash"][8] / B == 18


@pytest.mark.parametrize("exercised", [False, "false"])
def test_an_option_that_is_not_exercised_cuts_nothing(project, exercised):
    projection = project(PUBLISHED, set={"big.clause.exercised": exercised})
    assert drawn(projection) == NO_CUT
    assert projection.clauses[0].status == "waived"


@pytest.mark.parametrize(
    ("conversion", "microsoft", "attorney_general", "bites"),
    [
        ("2025-12-01", "2025-10-15", "2025-11-15", False),
        ("2025-10-01", "2025-11-01", "2025-12-31", False),
        ("2025-12-01", "2026-01-01", "2025-11-15", True),
        ("2025-12-01", "2025-10-15", "never", True),
        ("never", "2025-10-15", "2025-11-15", True),
    ],
)
def test_a_compound_condition_holds_with_its_last_event(project, conversion, microsoft, attorney_general, bites):
    projection = project(
        PUBLISHED,
        set={
            "big.clause.unless": "conversion and microsoft and attorney_general",
            "conversion.date": conversion,
            "microsoft.date": microsoft,
            "attorney_general.date": attorney_general,
        },
    )
    assert drawn(projection) == (ONE_LINE_CUT if bites else NO_CUT)


def test_one_of_two_conditions_is_enough_with_or(project):
    assert drawn(project(PUBLISHED, set={"big.clause.unless": "conversion or microsoft"})) == NO_CUT


THREE = """
    [events]
    permit = { date = "never" }

    [revenue.sales]
    kind    = "formula"
    formula = "a_month"
    a_month = { "2025-01" = "100/month", "2025-03" = "300/month", "2025-04" = "100/month" }

    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-01-15"
    amount = 100
    [[funding.seed.closings]]
    name   = "second"
    date   = "2025-03-15"
    amount = 100
    [[funding.seed.closings]]
    name   = "third"
    date   = "2025-05-15"
    amount = 200

    [[funding.seed.clauses]]
    name   = "clause"
    cuts   = "round"
    to     = 400
    unless = "permit"
    by     = "2025-02-28"
"""


def paid(projection, *names):
    return tuple(sum(projection.rows[f"seed.{name}.cash"]) for name in names or ("first", "second", "third"))


@pytest.mark.parametrize(
    ("to", "closings", "already_drawn"),
    [
        (500, (100, 100, 200), None),
        (400, (100, 100, 200), None),
        (399.99, (100, 100, 199.99), None),
        (350, (100, 100, 150), None),
        (200, (100, 100, 0), None),
        (150, (100, 50, 0), None),
        (100, (100, 0, 0), None),
        (60, (100, 0, 0), "40"),  # never claws back
        (0, (100, 0, 0), "100"),
    ],
)
def test_the_last_closing_is_cut_first(project, to, closings, already_drawn):
    """By 28 February the first 100 are drawn; what exceeds the floor goes from the third, then the second closing."""
    projection = project(THREE, set={"seed.clause.to": to})
    assert paid(projection) == closings
    clause = projection.clauses[0]
    assert clause.status == "bites"
    assert clause.cut == pytest.approx(400 - sum(closings), abs=1e-9)
    says = f"{already_drawn} above its floor was already drawn and stays"
    assert (says in clause.reason) if already_drawn else ("already drawn" not in clause.reason)


def test_nothing_is_said_of_a_rest_of_floats_above_the_floor(project):
    """140,000 less 90,000 pounds at 1.15 is cut in whole."""
    text = THREE.replace("amount = 200", 'amount = "GBP 140k"').replace("= 400", '= "GBP 90k"')
    projection = project(text.replace('"round"', '"third"') + "\n[fx]\nGBP = 1.15\n")
    assert projection.clauses[0].reason == "permit not met by 28 Feb 2025 (permit never): 57.5k cut"


@pytest.mark.parametrize(
    ("cuts", "to", "closings"),
    [
        ("third", 80, (100, 100, 80)),
        ("third", 0, (100, 100, 0)),
        ("second", 30, (100, 30, 200)),
        ("first", 30, (100, 100, 200)),  # drawn in January
        ("investors", 150, (100, 50, 0)),  # where no commitments are listed, one name stands for all
    ],
)
def test_a_clause_may_cut_one_closing(project, cuts, to, closings):
    assert paid(project(THREE, set={"seed.clause.cuts": cuts, "seed.clause.to": to})) == closings


@pytest.mark.parametrize(
    ("by", "closings"),
    [
        ("2025-01-14", (100, 0, 0)),
        ("2025-01-15", (100, 0, 0)),
        ("2025-01-16", (100, 0, 0)),
        ("2025-03-14", (100, 0, 0)),
        ("2025-03-15", (100, 0, 0)),  # on one day clauses come before closings
        ("2025-03-16", (100, 100, 0)),
        ("2025-03", (100, 100, 0)),  # a month means its last day
        ("2025-05-14", (100, 100, 0)),
        ("2025-05-15", (100, 100, 0)),
        ("2025-05-16", (100, 100, 200)),
        ("2026-06-30", (100, 100, 200)),
    ],
)
def test_what_is_drawn_before_the_deadline_stays(project, by, closings):
    """The floor is 100, just the first closing: the clause takes whatever of the others is still to come."""
    assert paid(project(THREE, set={"seed.clause.to": 100, "seed.clause.by": by})) == closings


def test_on_one_day_events_come_before_clauses_and_clauses_before_closings(project):
    day = {"seed.clause.to": 100, "seed.clause.by": "2025-03-15"}
    assert paid(project(THREE, set={**day, "permit.date": "2025-03-15"})) == (100, 100, 200)
    assert paid(project(THREE, set={**day, "permit.date": "2025-03-16"})) == (100, 0, 0)


def test_a_deadline_before_the_start_has_cut_what_comes_later(project):
    assert paid(project(THREE, set={"seed.clause.to": 150, "seed.clause.by": "2024-11-30"})) == (100, 50, 0)


def test_a_deadline_after_the_horizon_is_open(project):
    projection = project(THREE, set={"seed.clause.to": 100, "seed.clause.by": "2026-06-30"})
    assert projection.clauses[0].status == "open"
    assert projection.rows["seed.committed"] == (400,) * 12


@pytest.mark.parametrize(
    ("by", "closings"),
    [
        ("2025-03-31", (100, 100, 100)),
        ("2025-04-01", (100, 100, 200)),  # the sales of March show on 1 April
        ("2025-04-30", (100, 100, 200)),
    ],
)
def test_a_clause_that_looks_at_sales(project, by, closings):
    """March's sales of 300 are known on 1 April; that they fall again in April changes nothing."""
    changes = {"seed.clause.unless": "prev(sales) >= 300", "seed.clause.to": 300, "seed.clause.by": by}
    assert paid(project(THREE, set=changes)) == closings


def test_a_delay_can_bring_a_closing_under_a_clause(project):
    changes = {"seed.clause.to": 100, "seed.clause.by": "2025-03-31"}
    assert paid(project(THREE, set=changes)) == (100, 100, 0)
    assert paid(project(THREE, set={**changes, "levers.delay": "1 month"})) == (100, 0, 0)


def test_an_event_moved_to_a_day_that_its_month_lacks_means_the_last_one(project):
    """31 January and a month is 28 February, the deadline's own day."""
    text = THREE.replace('permit = { date = "never" }', 'permit = { date = "2025-01-31" }')
    projection = project(text, set={"seed.clause.to": 100, "permit.date": "+1 month"})
    assert projection.clauses[0].status == "does not bite"
    assert paid(projection) == (100, 100, 200)


def test_the_funding_lever_acts_on_what_the_clause_leaves(project):
    assert paid(project(THREE, set={"seed.clause.to": 300, "funding": "50%"})) == (50, 50, 50)


SECOND = """
    [[funding.seed.clauses]]
    name   = "later"
    cuts   = "round"
    to     = 180
    unless = "permit"
    by     = "2025-04-30"
"""


@pytest.mark.parametrize(
    ("to", "later", "closings"),
    [
        (300, 250, (100, 100, 50)),
        (300, 180, (100, 100, 0)),  # the second closing is drawn by then: 20 above the later floor stay
        (150, 250, (100, 50, 0)),  # the later clause finds nothing above its floor
        (300, 300, (100, 100, 100)),
    ],
)
@pytest.mark.parametrize("listed_first", ["clause", "later"])
def test_two_clauses_act_in_the_order_of_their_deadlines(project, to, later, closings, listed_first):
    head, first = THREE.split("    [[funding.seed.clauses]]\n")
    first = "    [[funding.seed.clauses]]\n" + first
    text = head + (first + SECOND if listed_first == "clause" else SECOND + first)
    assert paid(project(text, set={"seed.clause.to": to, "seed.later.to": later})) == closings


def test_of_two_clauses_only_the_one_whose_condition_fails_bites(project):
    """The permit of 15 March is too late for the first deadline and in time for the second."""
    projection = project(THREE + SECOND, set={"permit.date": "2025-03-10", "seed.clause.to": 350})
    assert [clause.status for clause in projection.clauses] == ["bites", "does not bite"]
    assert paid(projection) == (100, 100, 150)


WHOLE = """
    [[funding.big.clauses]]
    name   = "whole"
    cuts   = "round"
    to     = "20B"
    unless = "conversion"
    by     = "2025-12-31"
"""


def test_an_investor_and_the_round_cut_on_one_day(project):
    """As listed: SoftBank's second payment falls from 22.5 to 12.5; the round, now 30, falls to 20 by halving what is
    open of both, 12.5 and 7.5."""
    left = drawn(project(PUBLISHED + WHOLE))
    assert left == {"softbank": 7.5 + 6.25, "others": 2.5 + 3.75, "first": 10, "second": 10}


def test_the_round_and_then_an_investor(project):
    """The other way round SoftBank is at 15 after the round's cut, below its own floor of 20."""
    head, clause = PUBLISHED.split("    [[funding.big.clauses]]\n")
    assert drawn(project(head + WHOLE + "    [[funding.big.clauses]]\n" + clause)) == WHOLE_ROUND_CUT


@pytest.mark.parametrize("listed", [("clause", "whole"), ("whole", "clause")])
@pytest.mark.parametrize(
    ("first", "left"),
    [
        ("clause", {"softbank": 7.5 + 6.25, "others": 2.5 + 3.75, "first": 10, "second": 10}),
        ("whole", WHOLE_ROUND_CUT),
    ],
)
def test_an_investor_and_the_round_cut_on_two_days(project, first, left, listed):
    """As on one day in the order of listing, so on two days in the order of the days, however they are listed."""
    head, clause = PUBLISHED.split("    [[funding.big.clauses]]\n")
    texts = {"clause": "    [[funding.big.clauses]]\n" + clause, "whole": WHOLE}
    texts[first] = texts[first].replace("2025-12-31", "2025-11-30")
    assert drawn(project(head + "".join(texts[name] for name in listed))) == left


@pytest.mark.parametrize("listed", [("softbank", "round"), ("round", "softbank")])
@pytest.mark.parametrize(("first", "committed"), [("softbank", 26), ("round", 24.5)])
def test_what_is_not_called_is_cut_in_the_order_of_the_days(project, first, committed, listed):
    """Of 40 promised 20 are drawn, 15 by SoftBank: 15 and 5 are open.  SoftBank to 18 leaves it 3, and the round to 26
    then 6 of those 8; the round to 26 leaves 4.5 and 1.5, and SoftBank to 18 then 3 of the 4.5."""
    head = PUBLISHED.split("    [[funding.big.clauses]]\n")[0].replace(
        'date   = "2025-12-31"\n    amount = "30B"', 'date   = "2025-05-15"\n    amount = "10B"'
    )
    clauses = {
        cuts: f'[[funding.big.clauses]]\nname = "to_{to}"\ncuts = "{cuts}"\nto = "{to}B"\nunless = "conversion"\n'
        f'by = "{"2025-08-31" if cuts == first else "2025-10-31"}"\n'
        for cuts, to in (("softbank", 18), ("round", 26))
    }
    projection = project(head + "".join(clauses[cuts] for cuts in listed))
    assert projection.rows["big.drawn"][-1] / B == 20
    assert projection.rows["big.committed"][-1] / B == pytest.approx(committed)


def test_two_clauses_on_one_investor_on_one_day_leave_the_lower_floor(project):
    text = PUBLISHED + WHOLE.replace('"round"', '"softbank"')
    assert drawn(project(text)) == ONE_LINE_CUT
    assert drawn(project(text, set={"big.whole.to": "12.5B"})) == {
        "softbank": 12.5,
        "others": 10,
        "first": 10,
        "second": 12.5,
    }


def test_only_what_the_investor_pays_is_cut(project):
    """SoftBank pays the second closing alone and the third not at all: the cut falls on the second."""
    projection = project(
        """
    [events]
    permit = { date = "never" }

    [funding.seed]
    kind = "priced_round"
    commitments = [{ investor = "ada", amount = 300 }, { investor = "bo", amount = 100 }]
    clauses = [{ name = "clause", cuts = "ada", to = 220, unless = "permit", by = "2025-02-28" }]

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-01-15"
    amount = 100
    [[funding.seed.closings]]
    name   = "second"
    date   = "2025-03-15"
    amount = 225
    split  = { ada = 225 }
    [[funding.seed.closings]]
    name   = "third"
    date   = "2025-05-15"
    amount = 75
    split  = { bo = 75 }
    """
    )
    assert paid(projection) == (100, 145, 75)


def test_a_lapsed_closing_is_no_part_of_what_a_later_clause_counts(project):
    """The second closing lapsed at the end of January; of the other 300 the clause leaves 150."""
    text = THREE.replace('"2025-03-15"', '"2025-01-20"\n    requires = "prev(sales) > 1_000"\n    by = "2025-01-31"')
    assert paid(project(text, set={"seed.clause.to": 150})) == (100, 0, 50)


def test_a_closing_that_waits_for_its_condition_is_cut_with_the_rest(project):
    """The third closing waits for an event that never comes; its 200 still stand above the floor and go first."""
    text = THREE.replace("amount = 200", 'amount = 200\n    requires = "old and prev(sales) > 1_000_000"')
    text = text.replace("[events]", '[events]\n    old = { date = "2024-01-01" }')
    projection = project(text, set={"seed.clause.to": 250})
    assert paid(projection) == (100, 100, 0)
    assert projection.rows["seed.committed"][1:] == (250,) * 11


@pytest.mark.parametrize("investors", [1, 2, 3, 7])
@pytest.mark.parametrize("to", [50, 33.33, 10.01, 77.77, 99.99])
def test_the_floor_is_kept_to_the_cent(project, investors, to):
    commitments = "".join(
        f'[[funding.seed.commitments]]\ninvestor = "investor_{n}"\namount = 100\n' for n in range(investors)
    )
    projection = project(
        f"""
[events]
permit = {{ date = "never" }}

[funding.seed]
kind = "priced_round"
clauses = [{{ name = "clause", cuts = "round", to = {to}, unless = "permit", by = "2025-02-28" }}]

{commitments}
[[funding.seed.closings]]
name   = "first"
date   = "2025-03-15"
amount = 100
"""
    )
    assert paid(projection, "first") == (pytest.approx(to, abs=1e-9),)


@pytest.mark.parametrize("requires", ["permit", "permit and sun", "sun and permit", "(permit and sun)"])
def test_a_closing_cannot_also_require_what_the_clause_forgives(project, requires):
    """It would lapse whole where the terms say that it is reduced."""
    text = THREE.replace("amount = 200", f'amount = 200\n    requires = "{requires}"')
    with pytest.raises(InputError) as raised:
        project(text.replace("[events]", '[events]\n    sun = { date = "2025-04-01" }'))
    assert [problem.name for problem in raised.value.problems] == ["clause-and-condition"]


INVESTORS = """
    [[funding.seed.commitments]]
    investor = "lead"
    amount   = 300
    [[funding.seed.commitments]]
    investor = "other"
    amount   = 100
"""


@pytest.mark.parametrize(("permit", "third"), [("2025-02-01", (150, 50)), ("2025-06-01", (0, 50)), ("never", (0, 0))])
def test_a_closing_may_require_what_keeps_another_investor(rows, permit, third):
    """Without the permit by February the lead falls to 150, by March it has paid it; the third waits for the permit."""
    text = THREE.replace("amount = 200", 'amount = 200\n    requires = "permit"').replace('"never"', f'"{permit}"')
    text = text.replace('cuts   = "round"', 'cuts   = "lead"').replace("to     = 400", "to     = 150")
    rows = rows(text + INVESTORS)
    assert (sum(rows["seed.third.lead"]), sum(rows["seed.third.other"])) == third
    assert sum(rows["seed.second.cash"]) == 100


def test_a_closing_may_require_what_keeps_a_later_one(project):
    """The cut of 150 is borne by the third, the last; the second, which requires the permit, is not touched."""
    text = THREE.replace('date   = "2025-03-15"', 'date   = "2025-03-15"\n    requires = "permit"')
    assert paid(project(text, set={"seed.clause.to": 250})) == (100, 0, 50)
    with pytest.raises(InputError) as raised:
        project(text.replace("to     = 400", "to     = 150"))  # here 50 of the second would go
    assert [problem.name for problem in raised.value.problems] == ["clause-and-condition"]


@pytest.mark.parametrize(("permit", "third"), [("2025-02-01", 200), ("2025-06-01", 50), ("2025-12-02", 0)])
def test_a_closing_that_is_cut_may_wait_for_the_condition_until_a_later_day(project, permit, third):
    """Met in time it comes whole, met later it is reduced, and not met by its own last day it lapses."""
    text = THREE.replace("amount = 200", 'amount = 200\n    requires = "permit"\n    by = "2025-11-30"')
    text = text.replace("to     = 400", "to     = 250").replace('"never"', f'"{permit}"')
    assert paid(project(text), "third") == (third,)


@pytest.mark.parametrize("cuts", ["round", "third", "lead"])
def test_one_of_the_two_is_taken_out_where_nothing_else_is_cut(project, cuts):
    """By its last day the third has lapsed whole, whoever pays it."""
    more = 'requires = "permit"\n    by = "2025-02-28"\n    split = { lead = 200 }'
    text = THREE.replace("amount = 200", f"amount = 200\n    {more}").replace('cuts   = "round"', f'cuts   = "{cuts}"')
    with pytest.raises(InputError) as raised:
        project(text + INVESTORS)
    assert "clause-and-condition" in [problem.name for problem in raised.value.problems]


def test_a_closing_may_require_something_else(project):
    text = THREE.replace("amount = 200", 'amount = 200\n    requires = "permit or sun"')
    projection = project(text.replace("[events]", '[events]\n    sun = { date = "2025-06-01" }'))
    assert str(projection.closings[2].date) == "2025-06-01"


def test_a_round_that_is_cut_says_so_at_its_closings(project):
    projection = project(PUBLISHED)
    assert [(c.status, c.amount / B, c.drawn / B, str(c.date)) for c in projection.closings] == [
        ("drawn", 10, 10, "2025-04-15"),
        ("reduced", 30, 20, "2025-12-31"),
    ]
    assert (projection.clauses[0].cut / B, str(projection.clauses[0].date)) == (10, "2025-12-31")


def test_the_clause_is_a_row(rows):
    assert rows(PUBLISHED)["big.clause.bites"] == (0,) * 8 + (1,) * 4


def test_a_closing_with_a_price_of_its_own_is_not_in_the_post_money(load):
    """Only the first closing's money is at the round's valuation, which has to be above it alone."""
    model = load("""
        [funding.seed]
        kind = "priced_round"
        valuation = { value = "900k", basis = "post_money" }
        [[funding.seed.closings]]
        name = "first"
        date = "2025-03-01"
        amount = "400k"
        [[funding.seed.closings]]
        name = "second"
        date = "2025-06-01"
        amount = "600k"
        price = "$2"
        [captable.holders.founders]
        shares = { common = 900_000 }
        """)
    first, second = runway.captable(model).steps
    assert float(first.table.stake("seed.investors")) == pytest.approx(4 / 9)
    assert float(second.closed.price) == 2.0
