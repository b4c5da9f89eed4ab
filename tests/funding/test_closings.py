"""Closings: the day of the money, the conditions it waits for, the deadline after which it lapses.

Every expected day is read off the calendar in the text by hand: a closing draws on its date, or later on the first day
on which its condition holds; a comparison is looked at on the date and then on the first of each month.
"""

from __future__ import annotations

from datetime import date

import pytest

from runway.errors import InputError

CALENDAR = """
    [events]
    old     = { date = "2024-05-05" }
    winter  = { date = "2025-02-10" }
    summer  = { date = "2025-06-20" }
    nothing = { date = "never" }

    # January 100, February 100, March 300, April 300, May 100, June 100, July 100, August 400, and so on
    [revenue.sales]
    kind    = "formula"
    formula = "a_month"
    a_month = { "2025-01" = "100/month", "2025-03" = "300/month", "2025-05" = "100/month", "2025-08" = "400/month" }

    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "first"
    amount = 1_000
"""


def first(projection):
    closing = next(closing for closing in projection.closings if closing.address == "seed.first")
    return closing.status, closing.date and str(closing.date)


def received(projection, address="seed.first.cash"):
    """The months, 1 to 12, in which money came, and how much."""
    return {t + 1: amount for t, amount in enumerate(projection.rows[address]) if amount}


@pytest.mark.parametrize(
    ("day", "month"),
    [("2025-01-01", 1), ("2025-01-31", 1), ("2025-02-28", 2), ("2025-03-01", 3), ("2025-12-31", 12), ("2025-04", 4)],
)
def test_the_money_comes_in_the_month_of_the_date(project, day, month):
    projection = project(f'{CALENDAR}\ndate = "{day}"')
    assert received(projection) == {month: 1_000}
    assert first(projection) == ("drawn", day if len(day) > 7 else f"{day}-01")
    assert projection.rows["cash.funding"][month - 1] == 1_000


def test_a_date_before_the_start_is_already_in_opening_cash(project):
    projection = project(f'{CALENDAR}\ndate = "2024-12-31"')
    assert received(projection) == {}
    assert first(projection) == ("drawn", "2024-12-31")
    assert projection.rows["opening_cash"][0] == 1_000_000
    assert projection.rows["seed.drawn"] == (1_000,) * 12


def test_a_date_after_the_horizon_waits(project):
    projection = project(f'{CALENDAR}\ndate = "2026-01-01"')
    assert received(projection) == {}
    assert first(projection) == ("waiting", None)


def test_a_date_that_never_comes(project):
    projection = project(f'{CALENDAR}\ndate = "never"')
    assert received(projection) == {}
    assert first(projection) == ("off", None)


@pytest.mark.parametrize(
    ("requires", "day"),
    [
        ("old", "2025-01-05"),
        ("winter", "2025-02-10"),
        ("nothing", None),
        ("winter and summer", "2025-06-20"),
        ("summer and winter", "2025-06-20"),
        ("winter or summer", "2025-02-10"),
        ("summer or winter", "2025-02-10"),
        ("nothing and summer", None),
        ("summer and nothing", None),
        ("nothing or summer", "2025-06-20"),
        ("summer or nothing", "2025-06-20"),
        ("old and winter", "2025-02-10"),
        ("winter or old", "2025-01-05"),
        ("winter and (summer or nothing)", "2025-06-20"),
        ("(winter and nothing) or summer", "2025-06-20"),
        ("(winter or nothing) and (summer or old)", "2025-02-10"),
        ("winter and summer and old", "2025-06-20"),
    ],
)
def test_events_in_any_order(project, requires, day):
    """Closing on 5 January, or when events have happened: `and` waits for the later, `or` for the earlier."""
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "{requires}"
        """)
    assert first(projection) == (("drawn", day) if day else ("waiting", None))
    assert received(projection) == ({int(day[5:7]): 1_000} if day else {})


@pytest.mark.parametrize(
    ("closing", "requires", "day"),
    [
        # sales of the month before reach 300 in April and May, and again from September on
        ("2025-01-05", "prev(sales) >= 300", "2025-04-01"),
        ("2025-04-15", "prev(sales) >= 300", "2025-04-15"),
        ("2025-05-31", "prev(sales) >= 300", "2025-05-31"),
        ("2025-06-15", "prev(sales) >= 300", "2025-09-01"),
        ("2025-06-15", "300 <= prev(sales)", "2025-09-01"),
        ("2025-06-15", "prev(sales) > 399.99", "2025-09-01"),
        ("2025-06-15", "prev(sales) > 400", None),
        ("2025-01-05", "lag(sales, 2) >= 300", "2025-05-01"),
        ("2025-01-05", "100 < prev(sales) < 400", "2025-04-01"),
        ("2025-01-05", "prev(sales) >= 300 and prev(sales) >= 400", "2025-09-01"),
        ("2025-01-05", "prev(sales) >= 400 or prev(sales) >= 300", "2025-04-01"),
        # cash starts at 1,000,000 and grows by the sales
        ("2025-01-05", "prev(cash) >= 1_000_800", "2025-05-01"),
        ("2025-01-05", "prev(total.revenue) + lag(total.revenue, 2) >= 600", "2025-05-01"),
    ],
)
def test_comparisons_are_looked_at_on_the_date_and_each_first_of_a_month(project, closing, requires, day):
    projection = project(f"""
        {CALENDAR}
        date = "{closing}"
        requires = "{requires}"
        """)
    assert first(projection) == (("drawn", day) if day else ("waiting", None))


@pytest.mark.parametrize(
    ("requires", "day"),
    [
        ("winter and prev(sales) >= 300", "2025-04-01"),
        ("prev(sales) >= 300 and winter", "2025-04-01"),
        ("summer and prev(sales) >= 300", "2025-09-01"),  # in summer sales are low again: both must hold at one time
        ("summer and prev(sales) <= 100", "2025-06-20"),
        ("summer or prev(sales) >= 300", "2025-04-01"),
        ("nothing or prev(sales) >= 400", "2025-09-01"),
        ("winter or prev(sales) >= 300", "2025-02-10"),
        ("nothing and prev(sales) >= 300", None),
        ("old and prev(sales) >= 300", "2025-04-01"),
    ],
)
def test_events_and_comparisons_mixed(project, requires, day):
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "{requires}"
        """)
    assert first(projection) == (("drawn", day) if day else ("waiting", None))


def test_once_drawn_it_stays_drawn(project):
    """Sales fall again in May; the money of April is not given back, nor paid a second time in September."""
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "prev(sales) >= 300"
        """)
    assert received(projection) == {4: 1_000}
    assert projection.rows["seed.drawn"] == (0,) * 3 + (1_000,) * 9


@pytest.mark.parametrize(
    ("by", "fell"),
    [
        ("2025-06-19", ("lapsed", None)),
        ("2025-06-20", ("drawn", "2025-06-20")),
        ("2025-06-21", ("drawn", "2025-06-20")),
        ("2025-06", ("drawn", "2025-06-20")),  # a month means its last day
        ("2025-05", ("lapsed", None)),
        ("never", ("drawn", "2025-06-20")),
    ],
)
def test_the_deadline_day_itself_still_counts(project, by, fell):
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "summer"
        by = "{by}"
        """)
    assert first(projection) == fell


@pytest.mark.parametrize(("by", "fell"), [("2025-03-31", ("lapsed", None)), ("2025-04-01", ("drawn", "2025-04-01"))])
def test_the_deadline_of_a_comparison(project, by, fell):
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "prev(sales) >= 300"
        by = "{by}"
        """)
    assert first(projection) == fell


def test_a_deadline_after_the_horizon_leaves_it_waiting(project):
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "nothing"
        by = "2026-03-31"
        """)
    assert first(projection) == ("waiting", None)


def test_a_lapsed_closing_is_no_longer_committed(project):
    """Until its deadline of 30 April the money is promised, though it may not be drawn; from May on it is gone."""
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "summer"
        by = "2025-04-30"
        """)
    assert projection.rows["seed.committed"] == (1_000,) * 3 + (0,) * 9
    assert projection.rows["seed.available"] == (0,) * 12
    assert projection.rows["seed.headline"] == (1_000,) * 12


@pytest.mark.parametrize(
    ("requires", "waived", "day"),
    [
        ("nothing", '["nothing"]', "2025-01-05"),
        ("nothing and summer", '["nothing"]', "2025-06-20"),
        ("nothing and summer", '["nothing", "summer"]', "2025-01-05"),
        ("nothing and prev(sales) >= 300", '["nothing"]', "2025-04-01"),
        ("nothing or summer", '["summer"]', "2025-01-05"),
    ],
)
def test_a_waived_event_counts_as_met(project, requires, waived, day):
    projection = project(f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "{requires}"
        waived = {waived}
        """)
    assert first(projection) == ("drawn", day)


def test_waiving_for_one_closing_leaves_the_other_waiting(project):
    projection = project(
        CALENDAR
        + """
    date     = "2025-01-05"
    requires = "nothing"
    waived   = ["nothing"]

    [[funding.seed.closings]]
    name     = "second"
    date     = "2025-03-05"
    amount   = 500
    requires = "nothing"
    """
    )
    assert [(c.address, c.status) for c in projection.closings] == [("seed.first", "drawn"), ("seed.second", "waiting")]


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({"winter.date": "2025-02-09"}, "2025-02-09"),
        ({"winter.date": "+1 month"}, "2025-03-10"),
        ({"winter.date": "+10 days"}, "2025-02-20"),
        ({"winter.date": "never"}, None),
        ({"seed.first.date": "2025-02-28"}, "2025-02-28"),
        ({"seed.first.requires": "summer"}, "2025-06-20"),
        ({"delay": "1 month"}, "2025-02-10"),  # 5 February, and the event comes later
        ({"delay": "2 months"}, "2025-03-05"),
        ({"seed.first.by": "2025-02-09"}, None),
        ({"seed.first.by": "2025-02-10"}, "2025-02-10"),
    ],
)
def test_changes_of_the_day(project, changes, day):
    projection = project(
        f"""
        {CALENDAR}
        date = "2025-01-05"
        requires = "winter"
        """,
        set=changes,
    )
    assert first(projection)[1] == day


@pytest.mark.parametrize("requires", ["", 'requires = "prev(cash) >= 0"'])
@pytest.mark.parametrize(
    ("date", "delay", "slip", "day"),
    [
        ("2025-02-20", "14 days", "", "2025-03-06"),
        ("2025-02-20", "2 weeks", "", "2025-03-06"),
        ("2025-01-05", "45 days", "", "2025-02-19"),
        ("2025-01-31", "1 month", "", "2025-02-28"),
        ("2025-01-31", "30 days", "", "2025-03-02"),
        ("2025-01-31", "1 month", "20 days", "2025-03-20"),  # the month first, which keeps the day
        ("2025-01-05", "100 days", "1 week", "2025-04-22"),
        ("2025-01-05", "1 quarter", "", "2025-04-05"),
        ("2025-11-20", "60 days", "", None),
    ],
)
def test_a_delay_in_days_counts_days(project, date, delay, slip, day, requires):
    """Of a closing that waits for a comparison too, which is looked at from the day on that it is put off to."""
    slips = f'slip = "{slip}"' if slip else ""
    text = f'{CALENDAR}    date = "{date}"\n    {slips}\n    {requires}\n'
    assert first(project(text, set={"levers.delay": delay})) == ("drawn" if day else "waiting", day)


@pytest.mark.parametrize(
    ("delay", "fell"),
    [
        ("0 months", ("drawn", "2025-03-15")),
        ("2 months", ("drawn", "2025-05-15")),
        ("3 months", ("drawn", "2025-06-15")),
        ("4 months", ("lapsed", None)),
    ],
)
def test_a_delay_past_the_deadline_lapses(project, delay, fell):
    projection = project(
        f"""
        {CALENDAR}
        date = "2025-03-15"
        by = "2025-06-15"
        """,
        set={"levers.delay": delay},
    )
    assert first(projection) == fell


def test_a_delay_does_not_touch_what_came_before_the_start(project):
    projection = project(f'{CALENDAR}\ndate = "2024-12-15"', set={"delay": "2 months"})
    assert received(projection) == {}
    assert projection.rows["seed.drawn"][0] == 1_000


def test_a_delay_to_a_day_that_its_month_lacks_means_the_last_one(project):
    """31 January and a month is 28 February, which is the deadline, and counts."""
    projection = project(
        f"""
        {CALENDAR}
        date = "2025-01-31"
        by = "2025-02-28"
        """,
        set={"delay": "1 month"},
    )
    assert first(projection) == ("drawn", "2025-02-28")
    assert received(projection) == {2: 1_000}


@pytest.mark.parametrize(("lever", "amount"), [("0", 0), ("50%", 500), ("90%", 900), ("1", 1_000), ("2", 2_000)])
def test_the_funding_lever_scales_what_is_still_to_come(project, lever, amount):
    projection = project(f'{CALENDAR}\ndate = "2025-03-15"', set={"levers.funding": lever})
    assert received(projection) == ({3: amount} if amount else {})
    assert projection.rows["seed.drawn"][-1] == amount


def test_planned_money_is_not_committed(project):
    text = CALENDAR.replace('kind = "priced_round"', 'kind = "priced_round"\n    status = "planned"')
    projection = project(f'{text}\ndate = "2025-03-15"')
    assert first(projection) == ("planned", "2025-03-15")
    assert received(projection) == {3: 1_000}
    assert projection.rows["seed.committed"] == (0,) * 12
    assert projection.rows["seed.headline"] == (1_000,) * 12


def test_a_condition_open_since_before_the_start_draws_once(project):
    """The closing could have drawn since October, but its condition holds from 10 February on only."""
    projection = project(f"""
        {CALENDAR}
        date = "2024-10-01"
        requires = "winter"
        """)
    assert received(projection) == {2: 1_000}
    assert projection.rows["seed.drawn"] == (0,) + (1_000,) * 11
    assert first(projection) == ("drawn", "2025-02-10")


def test_a_condition_met_before_the_start_is_in_opening_cash(project):
    projection = project(f"""
        {CALENDAR}
        date = "2024-10-01"
        requires = "old"
        """)
    assert received(projection) == {}
    assert projection.rows["seed.drawn"] == (1_000,) * 12


THREE = """
    [funding.seed]
    kind = "priced_round"

    [[funding.seed.commitments]]
    investor = "ada"
    amount   = 600
    [[funding.seed.commitments]]
    investor = "bo"
    amount   = 400

    [[funding.seed.closings]]
    name   = "first"
    date   = "2024-12-01"
    amount = 200
    [[funding.seed.closings]]
    name   = "second"
    date   = "2025-02-15"
    amount = 300
    [[funding.seed.closings]]
    name     = "third"
    date     = "2025-04-15"
    amount   = 400
    requires = "permit"
    by       = "2025-09-30"

    [events.permit]
    date = "2025-07-01"
"""


@pytest.mark.parametrize(
    ("permit", "measures"),
    [
        # month         Jan  Feb  Mar  Apr  May  Jun   Jul  Aug  Sep  Oct  Nov  Dec
        (
            "2025-07-01",
            {
                "headline": (1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000),
                "committed": (1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000),
                "available": (200, 500, 500, 500, 500, 500, 900, 900, 900, 900, 900, 900),
                "drawn": (200, 500, 500, 500, 500, 500, 900, 900, 900, 900, 900, 900),
                "cash": (0, 300, 0, 0, 0, 0, 400, 0, 0, 0, 0, 0),
            },
        ),
        (
            "2025-10-01",  # one day after the deadline
            {
                "headline": (1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000),
                "committed": (1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 600, 600, 600, 600),
                "available": (200, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500),
                "drawn": (200, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500),
                "cash": (0, 300, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
            },
        ),
    ],
)
def test_headline_committed_available_drawn_by_month(project, permit, measures):
    """1,000 announced, 900 of it in closings: 200 before the start, 300 in February, 400 with the permit; 100 uncalled.

    At the end of September, the last day of the deadline, nothing can come any more, so it is no longer committed.
    """
    projection = project(THREE, set={"permit.date": permit})
    assert {name: projection.rows[f"seed.{name}"] for name in measures} == measures


def test_the_round_is_reported_as_it_stands_at_the_end(project):
    (last,) = project(THREE, set={"permit.date": "2025-10-01"}).rounds
    assert (last.headline, last.committed, last.available, last.drawn) == (1_000, 600, 500, 500)


def test_the_matrix_of_closings_and_investors(rows):
    rows = rows(THREE)
    assert (rows["seed.second.ada"][1], rows["seed.second.bo"][1]) == (180, 120)
    assert (rows["seed.third.ada"][6], rows["seed.third.bo"][6]) == (240, 160)
    assert (rows["seed.ada.drawn"][0], rows["seed.ada.drawn"][-1]) == (120, 540)
    assert (rows["seed.bo.drawn"][0], rows["seed.bo.drawn"][-1]) == (80, 360)


@pytest.mark.parametrize("investors", [1, 2, 3, 7])
@pytest.mark.parametrize("amount", ["0.01", "0.05", "100", "99.99", "1234567.89", "33.335"])
def test_investors_sum_to_the_closing_to_the_cent(project, investors, amount):
    names = [f"investor_{n}" for n in range(investors)]
    commitments = "".join(
        f'[[funding.seed.commitments]]\ninvestor = "{name}"\namount = {2_000_000 + n * 333_333}\n'
        for n, name in enumerate(names)
    )
    projection = project(
        f"""
            {commitments}
            [funding.seed]
            kind = "priced_round"
            [[funding.seed.closings]]
            name = "first"
            date = "2025-03-15"
            amount = {amount}
            """
    )
    cents = [round(projection.rows[f"seed.first.{name}"][2] * 100) for name in names]
    assert sum(cents) == (3334 if amount == "33.335" else round(float(amount) * 100))
    assert all(abs(projection.rows[f"seed.first.{n}"][2] * 100 - c) < 1e-6 for n, c in zip(names, cents, strict=True))
    assert round(projection.rows["cash.funding"][2] * 100) == sum(cents)


def test_a_split_says_who_pays_at_a_closing(project):
    text = THREE.replace('date   = "2025-02-15"', 'date   = "2025-02-15"\n    split  = { bo = 300 }')
    third = "split = { ada = 399.99, bo = 0.01 }"
    projection = project(text.replace('requires = "permit"', f'requires = "permit"\n    {third}'))
    rows = projection.rows
    assert (rows["seed.second.ada"][1], rows["seed.second.bo"][1]) == (0, 300)
    assert (rows["seed.third.ada"][6], rows["seed.third.bo"][6]) == (399.99, 0.01)


def test_closings_on_one_day_all_come(project):
    text = THREE.replace("2025-02-15", "2025-04-15")
    assert received(project(text, set={"seed.third.requires": "t >= 0"}), "seed.cash") == {4: 700}


@pytest.mark.parametrize(
    ("requires", "problem"),
    [
        ("not winter", "condition-not-datable"),
        ("winter and not summer", "condition-not-datable"),
        ("1", "condition-not-datable"),
        ("winter + summer", "condition-not-datable"),
        ("max(winter, summer)", "condition-not-datable"),
        ("winter if summer else old", "condition-not-datable"),
        ("prev(sales)", "condition-not-datable"),
        ("winter.date", "condition-not-datable"),
        ("sales >= 300", "condition-reads-this-month"),
        ("cash >= 300", "condition-reads-this-month"),
        ("lag(sales, 0) >= 300", "condition-reads-this-month"),
        ("cumulative(sales) >= 300", "condition-reads-this-month"),
        ("prev(sales) >= 300 and sales >= 300", "condition-reads-this-month"),
        ("seed.first.cash > 0", "condition-reads-this-month"),
        ("winter > 0", "condition-reads-this-month"),
        ("winter == 1", "condition-reads-this-month"),
        ("thaw", "unknown-name"),
    ],
)
def test_a_condition_that_no_date_can_be_read_off(project, requires, problem):
    with pytest.raises(InputError) as raised:
        project(f"""
            {CALENDAR}
            date = "2025-01-05"
            requires = "{requires}"
            """)
    assert [found.name for found in raised.value.problems] == [problem]


def test_the_day_of_each_closing_is_a_row(project, rows):
    """`due` counts months from the start, a day being a 32nd: 1 July is 6, 15 February 1 + 14/32."""
    rows = rows(THREE)
    assert rows["seed.second.due"] == (1 + 14 / 32,) * 12
    assert rows["seed.third.due"][-1] == 6
    assert date(2025, 7, 1) == next(c.date for c in project(THREE).closings if c.address == "seed.third")


PROMISED = """
    [model]
    name = "A"
    start = "2025-05"
    months = 12
    opening_cash = "1B"
    [events]
    listing = {{ date = "2025-08-01" }}
    permit = {{ date = "never" }}
    [funding.r]
    kind = "priced_round"
    [[funding.r.commitments]]
    investor = "a"
    amount = "75M"
    [[funding.r.commitments]]
    investor = "b"
    amount = "25M"
    [[funding.r.closings]]
    name = "one"
    date = "2025-05-10"
    amount = "10M"
    [[funding.r.closings]]
    name = "two"
    date = "2025-06-10"
    amount = "{two}"
    [[funding.r.closings]]
    name = "three"
    date = "2025-07-10"
    amount = "30M"
    requires = "listing"
"""
CUT = """
    [[funding.r.clauses]]
    name = "clause"
    cuts = "{cuts}"
    to = "{to}"
    unless = "permit"
    by = "2025-05-31"
"""


def test_a_round_says_when_it_stood_how(project):
    """100 announced, 30 of it on a listing: 70 certain, until the listing has come."""
    (funds,) = project(PROMISED.format(two="60M")).rounds
    told = [
        (s.month, *(round(m / 1e6) for m in (s.headline, s.committed, s.certain, s.available, s.drawn, s.undrawn)))
        for s in funds.states
    ]
    assert told == [
        ("2025-04", 100, 100, 70, 0, 0, 100),
        ("2025-05", 100, 100, 70, 10, 10, 90),
        ("2025-06", 100, 100, 70, 70, 70, 30),
        ("2025-08", 100, 100, 100, 100, 100, 0),
    ]


SURE = """
    [model]
    name = "Sure"
    start = "2026-01"
    months = 12
    opening_cash = 2_000_000

    [events]
    approval = { date = "2026-05-20" }
    pilot    = { date = "2026-08-10" }

    [funding.raise_a]
    kind = "priced_round"
    [[funding.raise_a.commitments]]
    investor = "x"
    amount = 1_000
    [[funding.raise_a.commitments]]
    investor = "y"
    amount = 500
    [[funding.raise_a.closings]]
    name = "one"
    date = "2026-02-10"
    amount = 300
    [[funding.raise_a.closings]]
    name = "two"
    date = "2026-04-15"
    amount = 400
    requires = "approval"
    [[funding.raise_a.closings]]
    name = "three"
    date = "2026-09-01"
    amount = 500
    [[funding.raise_a.closings]]
    name = "four"
    date = "2027-03-01"
    amount = 300
    requires = "pilot"
    [[funding.raise_a.clauses]]
    name = "cut"
    cuts = "x"
    to = 700
    unless = "pilot"
    by = "2026-08-31"

    [funding.grant]
    kind = "grant"
    date = "2026-03-31"
    amount = 90
    requires = "pilot"
    by = "2026-07-31"

    [funding.line]
    kind = "credit_line"
    limit = 250
    rate = "12%/year"
    date = "2026-10-01"
"""


def stood(projection, name):
    funds = next(funds for funds in projection.rounds if funds.name == name)
    return [(s.month, s.committed, s.certain, s.drawn) for s in funds.states]


def test_what_is_certain_counts_what_has_come_and_what_hangs_on_nothing_more(project):
    """The clause would take 300 of x, the 200 of `four` first and then 100 of `three`.

    At first `one` 300 and what is then left of `three`, 400, are certain; with the approval the 400 of `two` are, too;
    with the pilot nothing is cut and `four` waits for its day alone, which is after the last month.
    """
    assert stood(project(SURE), "raise_a") == [
        ("2025-12", 1_500, 700, 0),
        ("2026-02", 1_500, 700, 300),
        ("2026-05", 1_500, 1_100, 700),
        ("2026-08", 1_500, 1_500, 700),
        ("2026-09", 1_500, 1_500, 1_200),
    ]


def test_a_lapse_is_told_in_its_month(project):
    assert stood(project(SURE), "grant") == [("2025-12", 90, 0, 0), ("2026-07", 0, 0, 0)]


def test_a_line_of_credit_hangs_on_nothing(project):
    assert stood(project(SURE), "line") == [("2025-12", 250, 250, 0), ("2026-10", 250, 250, 0)]


@pytest.mark.parametrize(
    ("address", "name", "told"),
    [
        ("raise_a.cut.by", "raise_a", [("2025-12", 1_500, 700, 0), ("2026-01", 1_200, 700, 0)]),
        ("grant.by", "grant", [("2025-12", 90, 0, 0), ("2026-01", 0, 0, 0)]),
        ("line.by", "line", [("2025-12", 250, 250, 0), ("2026-01", 0, 0, 0)]),
    ],
)
def test_what_falls_in_the_first_month_stood_before_it(project, address, name, told):
    """A deadline of 20 January cuts nothing in December."""
    dates = {"grant.date": "2026-01-10", "line.date": "2026-01-05"}
    assert stood(project(SURE, set={**dates, address: "2026-01-20"}), name)[:2] == told


def test_where_no_condition_counts_only_the_rest_is_certain(project):
    answer = project(f"{SURE}\n[levers]\nconditional = false\n")
    assert [certain for _, _, certain, _ in stood(answer, "raise_a")] == [700, 700, 700, 700]


def test_what_no_closing_calls_is_committed_and_undrawn(project):
    """Commitments of 100, closings of 80: 20 stay promised, a's 15 and b's 5."""
    answer = project(PROMISED.format(two="40M"))
    assert [round(answer.rows[f"r.{who}.uncalled"][-1] / 1e6, 6) for who in "ab"] == [15, 5]
    assert (answer.rounds[0].committed, answer.rounds[0].drawn, answer.rounds[0].undrawn) == (100e6, 80e6, 20e6)


@pytest.mark.parametrize(
    ("cuts", "to", "left"),
    [
        ("round", "95M", 15),  # closings of 80 leave the floor room for 15 of the 20
        ("round", "80M", 0),
        ("round", "60M", 0),  # and takes 20 of the closings
        ("a", "70M", 15),  # a's closings are 60: room for 10 of its 15, and b's 5 are not a's
        ("a", "50M", 5),
        ("three", "10M", 20),  # a closing's clause takes nothing of what is not called
    ],
)
def test_a_clause_leaves_of_it_what_its_floor_has_room_for(rows, cuts, to, left):
    rows = rows(PROMISED.format(two="40M") + CUT.format(cuts=cuts, to=to))
    assert rows["r.uncalled"][0] == pytest.approx(left * 1e6)
    if cuts == "round":
        assert rows["r.committed"][0] == float(to.removesuffix("M")) * 1e6


MIXED = """
    [model]
    name = "x"
    start = "2026-01"
    months = 12
    opening_cash = 1_000_000

    [fx]
    EUR = {rate}

    [funding.r]
    kind = "priced_round"
    valuation = {{ value = "{valuation}", basis = "post_money" }}
    commitments = [{{ investor = "x", amount = "{promised}" }}, {{ investor = "y", amount = "$1M" }}]

    [[funding.r.closings]]
    name = "only"
    date = "2026-05-10"
    amount = "$3M"
    split = {{ x = "€{part}M", y = "$1M" }}
"""


@pytest.mark.parametrize(
    ("written", "problems"),
    [
        ({}, []),  # 1.6M euros are 2M dollars, and 2.5M are 3.125M
        ({"promised": "€1.5M"}, ["closings-exceed-commitments"]),
        ({"part": "1.5"}, ["split-does-not-add-up"]),
        ({"valuation": "€2.4M"}, ["valuation-too-small"]),
        ({"promised": "€1.5M", "rate": '{ "2026-01" = 1.25, "2026-04" = 1.4 }'}, []),  # what it is then is not known
    ],
)
def test_amounts_in_two_currencies_are_compared_in_one(load, written, problems):
    said = {"rate": "1.25", "valuation": "€2.5M", "promised": "€1.6M", "part": "1.6"} | written
    found = []
    try:
        load(MIXED.format(**said))
    except InputError as error:
        found = [problem.name for problem in error.problems]
    assert found == problems
