"""The funding ladder: how long the cash lasts, counting what.

One company throughout: 600 in the bank, 100 spent a month, evenly by the day, and nothing earned.  So cash in hand ends
with June, and every further 100 buys one month: each expected date is counted on the fingers.
"""

from __future__ import annotations

from datetime import date

import pytest

COMPANY = """
    [model]
    name         = "Six hundred"
    start        = "2025-01"
    months       = 12
    opening_cash = 600

    [costs.everything]
    kind   = "recurring"
    amount = "100/month"

    [events]
    signed  = { date = "2024-11-30" }
    permit  = { date = "2025-08-01" }
    nothing = { date = "never" }
"""

LADDER = """
    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "certain"
    date   = "2025-03-15"
    amount = 300
    [[funding.seed.closings]]
    name     = "conditional"
    date     = "2025-08-01"
    amount   = 200
    requires = "permit"

    [funding.prize]
    kind   = "grant"
    status = "planned"
    amount = 100
    date   = "2025-11-01"
"""


def rungs(projection):
    """The zero-cash day of each rung, or nothing when the horizon ends first."""
    return tuple(rung.zero_cash_date and f"{rung.zero_cash_date:%m-%d}" for rung in projection.runway)


def test_the_four_rungs(project):
    """600 last until June, 300 more until September, 200 more until November, 100 more until December."""
    projection = project(COMPANY + LADDER)
    assert [(r.counting, r.months, r.zero_cash_date, r.beyond_horizon) for r in projection.runway] == [
        ("cash in hand", 6.0, date(2025, 7, 1), False),
        ("+ certain", 9.0, date(2025, 10, 1), False),
        ("+ conditional", 11.0, date(2025, 12, 1), False),
        ("+ planned", None, None, True),
    ]


def test_the_cash_of_each_rung(project):
    closing = project(COMPANY + LADDER).closing_cash
    in_hand = tuple(600 - 100 * (t + 1) for t in range(12))
    certain = tuple(c + 300 * (t >= 2) for t, c in enumerate(in_hand))
    conditional = tuple(c + 200 * (t >= 7) for t, c in enumerate(certain))
    planned = tuple(c + 100 * (t >= 10) for t, c in enumerate(conditional))
    assert closing == {
        "cash in hand": in_hand,
        "+ certain": certain,
        "+ conditional": conditional,
        "+ planned": planned,
    }


def test_lowest_cash_and_gap(project):
    projection = project(COMPANY + LADDER)
    assert [(r.lowest_cash, r.lowest_cash_date, r.funding_gap) for r in projection.runway] == [
        (-600, date(2025, 12, 31), 600),
        (-300, date(2025, 12, 31), 300),
        (-100, date(2025, 12, 31), 100),
        (pytest.approx(0, abs=1e-9), date(2025, 12, 31), 0),
    ]
    assert projection.peak_need is None  # the same is spent every month, without end


def test_the_statement_is_the_fourth_rung(project):
    projection = project(COMPANY + LADDER)
    assert projection.rows["cash"] == projection.closing_cash["+ planned"]


def test_without_funding_all_rungs_are_one(project):
    assert rungs(project(COMPANY)) == ("07-01",) * 4


def closing(terms, more=""):
    return f"""{COMPANY}
    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "only"
    amount = 300
    date   = "2025-03-15"
    {terms}
    {more}"""


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        # in hand, certain, conditional, planned
        ("", ("07-01", "10-01", "10-01", "10-01")),
        ('requires = "signed"', ("07-01", "10-01", "10-01", "10-01")),  # happened before the start
        ('requires = "permit"', ("07-01", "07-01", "07-01", "07-01")),  # 1 August: too late to be alive
        ('requires = "nothing"', ("07-01", "07-01", "07-01", "07-01")),
        ('requires = "permit or signed"', ("07-01", "10-01", "10-01", "10-01")),
        ('requires = "permit and signed"', ("07-01", "07-01", "07-01", "07-01")),
        ('requires = "nothing"\n    waived = ["nothing"]', ("07-01", "10-01", "10-01", "10-01")),
        ('requires = "prev(cash) <= 300"', ("07-01", "07-01", "10-01", "10-01")),  # 1 April
        ('requires = "prev(cash) <= 300 or signed"', ("07-01", "10-01", "10-01", "10-01")),
        ('requires = "prev(cash) <= 300 and signed"', ("07-01", "07-01", "10-01", "10-01")),
        ('by = "2025-03-14"', None),
        ('by = "2025-03-15"', ("07-01", "10-01", "10-01", "10-01")),
    ],
)
def test_certain_is_what_no_open_condition_can_take_away(project, terms, expected):
    if expected is None:  # a deadline before the date is a mistake in the file
        terms, expected = 'by = "2025-03-15"\n    requires = "permit"', ("07-01",) * 4
    assert rungs(project(closing(terms))) == expected


@pytest.mark.parametrize(
    ("permit", "expected"),
    [
        ("2024-12-31", ("07-01", "10-01", "10-01", "10-01")),  # known on the first day
        ("2025-01-01", ("07-01", "07-01", "10-01", "10-01")),  # still open then
        ("2025-06-30", ("07-01", "07-01", "10-01", "10-01")),
        ("2025-07-01", ("07-01", "07-01", "10-01", "10-01")),  # on the very day
        ("2025-07-02", ("07-01", "07-01", "07-01", "07-01")),  # one day dry is dry
        ("never", ("07-01", "07-01", "07-01", "07-01")),
    ],
)
def test_conditional_counts_events_as_the_scenario_has_them(project, permit, expected):
    assert rungs(project(closing('requires = "permit"'), set={"permit.date": permit})) == expected


CLAUSE = """
    [[funding.seed.clauses]]
    name   = "clause"
    cuts   = "round"
    to     = 100
    unless = "permit"
    by     = "2025-03-31"
"""


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"seed.only.date": "2025-05-15"}, ("07-01", "08-01", "08-01", "08-01")),  # 1 August is too late: cut to 100
        ({"seed.only.date": "2025-05-15", "permit.date": "2025-03-31"}, ("07-01", "08-01", "10-01", "10-01")),
        ({"seed.only.date": "2025-05-15", "permit.date": "2024-12-01"}, ("07-01", "10-01", "10-01", "10-01")),
        ({"seed.only.date": "2025-05-15", "permit.date": "2025-04-01"}, ("07-01", "08-01", "08-01", "08-01")),
        ({"seed.only.date": "2025-03-31", "permit.date": "2025-03-31"}, ("07-01", "08-01", "10-01", "10-01")),
        ({"seed.only.date": "2025-03-30"}, ("07-01", "10-01", "10-01", "10-01")),  # drawn before the clause can bite
        ({"seed.only.date": "2025-05-15", "seed.clause.to": 0}, ("07-01", "07-01", "07-01", "07-01")),
        ({"seed.only.date": "2025-05-15", "seed.clause.to": 300}, ("07-01", "10-01", "10-01", "10-01")),
        ({"seed.only.date": "2025-05-15", "seed.clause.exercised": False}, ("07-01", "10-01", "10-01", "10-01")),
        (
            {"seed.only.date": "2025-05-15", "seed.clause.unless": "prev(cash) <= 500"},  # 1 February
            ("07-01", "08-01", "10-01", "10-01"),
        ),
        (
            {"seed.only.date": "2025-05-15", "seed.clause.unless": "permit or prev(cash) <= 300"},  # 1 April: late
            ("07-01", "08-01", "08-01", "08-01"),
        ),
    ],
)
def test_certain_never_counts_what_a_clause_can_still_take(project, changes, expected):
    assert rungs(project(closing("", CLAUSE), set=changes)) == expected


def test_certain_of_two_investors(project):
    """Ada's half may fall to 50; Bo's 150 are certain, and 50 of Ada's."""
    text = closing(
        "",
        """
    [[funding.seed.commitments]]
    investor = "ada"
    amount   = 150
    [[funding.seed.commitments]]
    investor = "bo"
    amount   = 150
    [[funding.seed.clauses]]
    name   = "clause"
    cuts   = "ada"
    to     = 50
    unless = "permit"
    by     = "2025-03-31"
    """,
    )
    changes = {"seed.only.date": "2025-05-15", "permit.date": "2025-02-15"}
    assert rungs(project(text, set=changes)) == ("07-01", "09-01", "10-01", "10-01")


@pytest.mark.parametrize(
    ("status", "requires", "expected"),
    [
        ("planned", "", ("07-01", "07-01", "07-01", "10-01")),
        ("planned", 'requires = "signed"', ("07-01", "07-01", "07-01", "10-01")),
        ("planned", 'requires = "nothing"', ("07-01", "07-01", "07-01", "07-01")),
        ("committed", "", ("07-01", "10-01", "10-01", "10-01")),
    ],
)
def test_planned_money_counts_on_the_last_rung_only(project, status, requires, expected):
    text = closing(requires).replace('kind = "priced_round"', f'kind = "priced_round"\n    status = "{status}"')
    assert rungs(project(text)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"levers.delay": "3 months"}, "10-01"),  # 15 June
        ({"levers.delay": "4 months"}, "07-01"),  # 15 July, after the money is gone
        ({"levers.funding": "50%"}, "08-16"),  # 150 more: 1.5 months, 15 of August's 31 days and a half
        ({"levers.burn": "50%"}, None),
        ({"levers.burn": "120%"}, "08-16"),  # 900 / 120 = 7.5 months
        ({"model.opening_cash": "+100"}, "11-01"),
    ],
)
def test_levers_move_the_certain_rung(project, changes, expected):
    assert rungs(project(closing(""), set=changes))[1] == expected


def test_months_count_to_the_day(project):
    """650 last six months and half of July: 15.5 days, so the 16th is the first to end below zero."""
    rung = project(COMPANY, set={"model.opening_cash": 650}).runway[0]
    assert rung.zero_cash_date == date(2025, 7, 16)
    assert rung.months == 6 + 15 / 31


@pytest.mark.parametrize(
    ("opening", "floor", "day"),
    [
        (600, 100, date(2025, 6, 1)),
        (600, 600, date(2025, 1, 1)),
        (600, 700, date(2025, 1, 1)),
        (600, -100, date(2025, 8, 1)),
        (0, 0, date(2025, 1, 1)),
        (1_200, 0, None),
        (1_199.99, 0, date(2025, 12, 31)),
    ],
)
def test_runway_is_measured_against_the_floor(project, opening, floor, day):
    projection = project(COMPANY, set={"model.opening_cash": opening, "model.minimum_cash": floor})
    rung = projection.runway[0]
    assert rung.zero_cash_date == day
    assert rung.funding_gap == pytest.approx(max(0, floor - (opening - 1_200)))


def test_raise_by_and_the_round_that_buys_eighteen_months(project):
    """Dry on 1 July 2025, six months for closing: 1 January.  To reach 2027 takes 2,400 in all, 1,800 more."""
    rung = project(COMPANY, set={"model.months": 36}).raise_by[0]
    assert rung.date == date(2025, 1, 1)
    assert rung.round_to_extend == pytest.approx(1_800)


def test_months_to_close(project):
    assert project(COMPANY, set={"model.months_to_close": "2 months"}).raise_by[0].date == date(2025, 5, 1)


@pytest.mark.parametrize("day", range(1, 32))
def test_money_on_any_day_of_a_month_counts_from_that_day(project, day):
    """Cash runs dry on 11 January; what comes by then carries it on, what comes later does not."""
    changes = {"model.opening_cash": 100, "everything.amount": "310/month", "seed.only.date": f"2025-01-{day:02d}"}
    rung = project(closing(""), set=changes).runway[1]
    assert rung.zero_cash_date == (date(2025, 1, 11) if day > 11 else date(2025, 2, 9))  # 90 left, 310 / 28 a day


def test_every_rung_lasts_at_least_as_long_as_the_one_below(project):
    for changes in (
        {},
        {"permit.date": "never"},
        {"levers.funding": "30%"},
        {"levers.delay": "2 months"},
        {"seed.certain.amount": 1},
    ):
        lasts = [rung.months or 99 for rung in project(COMPANY + LADDER, set=changes).runway]
        assert lasts == sorted(lasts), changes
