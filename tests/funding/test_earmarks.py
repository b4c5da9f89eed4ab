"""Earmarks: how much of a round only one line may spend, and what that leaves of the company's own cash.

Restricted cash = what the earmark has been filled with - what its line has spent, at least 0.
"""

from __future__ import annotations

import pytest

import runway

PLANT = """
    [model]
    name         = "A plant"
    start        = "2025-01"
    months       = 12
    opening_cash = 1_000

    [capital.plant]                 # 20 a month from March on: 20, 40, ... 200 by December
    kind   = "recurring"
    amount = "20/month"
    start  = "2025-03"

    [events]
    permit = { date = "never" }

    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-02-15"
    amount = 100
    [[funding.seed.closings]]
    name   = "second"
    date   = "2025-04-15"
    amount = 300

    [[funding.seed.earmarks]]
    for    = "plant"
    amount = 200
"""

BOTH = 'from = ["first", "second"]'
CUT_TO_250 = """
    [[funding.seed.clauses]]
    name   = "clause"
    cuts   = "round"
    to     = 250
    unless = "permit"
    by     = "2025-03-31"
"""


@pytest.mark.parametrize(
    ("terms", "restricted"),
    [
        # month                                 Jan Feb Mar Apr  May  Jun  Jul  Aug  Sep Oct Nov Dec
        (f'{BOTH}\n    fills = "pro_rata"', (0, 50, 30, 160, 140, 120, 100, 80, 60, 40, 20, 0)),
        (BOTH, (0, 50, 30, 160, 140, 120, 100, 80, 60, 40, 20, 0)),
        (f'{BOTH}\n    fills = "first"', (0, 100, 80, 160, 140, 120, 100, 80, 60, 40, 20, 0)),
        ('from = "first"', (0, 100, 80, 60, 40, 20, 0, 0, 0, 0, 0, 0)),
        ('from = "second"', (0, 0, 0, 160, 140, 120, 100, 80, 60, 40, 20, 0)),
        ('from = "second"\n    fills = "first"', (0, 0, 0, 160, 140, 120, 100, 80, 60, 40, 20, 0)),
    ],
)
def test_restricted_cash_by_month(rows, terms, restricted):
    """Pro rata the first closing, a quarter of the round, brings a quarter of the 200; `first` takes all it brings."""
    rows = rows(f"{PLANT}\n{terms}")
    assert rows["restricted_cash"] == restricted
    cash = [1_000 + 100 * (t >= 1) + 300 * (t >= 3) - 20 * max(0, t - 1) for t in range(12)]
    assert rows["cash"] == tuple(cash)
    assert rows["unrestricted_cash"] == tuple(c - r for c, r in zip(cash, restricted, strict=True))


@pytest.mark.parametrize(
    ("terms", "own_cash"),
    [
        # month              Jan Feb Mar Apr May Jun Jul Aug Sep Oct  Nov  Dec
        (BOTH, (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)),
        ('from = "second"', (0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0)),  # before the closing
        ('from = "first"', (0, 0, 0, 0, 0, 0, 0, 20, 40, 60, 80, 100)),  # beyond the 100 it brought
    ],
)
def test_spending_beyond_the_earmark_comes_from_own_cash(project, terms, own_cash):
    projection = project(f"{PLANT}\n{terms}")
    assert projection.rows["seed.plant.own_cash"] == own_cash
    said = [note for note in projection.notes if "spends more than its earmark has" in note]
    assert len(said) == (max(own_cash) > 0)
    if said:
        assert f"{max(own_cash)} from own cash" in said[0]


@pytest.mark.parametrize(("source", "early"), [("second", 20), ("first", 0)])
def test_what_was_spent_before_the_money_came_is_told(project, source, early):
    """The plant begins in March, the second closing comes in April."""
    notes = project(f'{PLANT}\nfrom = "{source}"').notes
    said = [note for note in notes if "before the money of its earmark came" in note]
    assert [note.partition(" before")[0] for note in said] == [f"plant had spent {early}"] * bool(early)


def test_an_earmark_larger_than_its_closings(rows):
    """600 of a round of 400: all 400 are restricted, less what is spent."""
    rows = rows(PLANT.replace("amount = 200", "amount = 600") + f"\n{BOTH}")
    assert rows["restricted_cash"][:5] == (0, 100, 80, 360, 340)


@pytest.mark.parametrize(
    ("to", "fills", "from_april"),
    [
        (250, "pro_rata", 200 - 40),  # the 250 that are left still hold all of the 200
        (250, "first", 200 - 40),
        (150, "pro_rata", 150 - 40),  # all that is left of the round
        (150, "first", 150 - 40),
        (100, "pro_rata", 100 - 40),
    ],
)
def test_after_a_cut(rows, to, fills, from_april):
    rows = rows(f'{PLANT}{BOTH}\nfills = "{fills}"\n{CUT_TO_250}', set={"seed.clause.to": to})
    assert rows["restricted_cash"][3:6] == (from_april, from_april - 20, from_april - 40)


def test_before_a_cut_the_first_closing_brings_its_part_of_what_was_agreed(rows):
    rows = rows(f"{PLANT}{BOTH}\n{CUT_TO_250}")
    assert rows["restricted_cash"][1] == 50


@pytest.mark.parametrize(
    ("changes", "restricted"),
    [
        ({"seed.second.date": "never"}, 0),
        ({"seed.second.requires": "permit"}, 0),
        ({"seed.second.requires": "permit", "permit.date": "2025-05-20"}, 200 - 60),
        ({"seed.second.requires": "permit", "seed.second.by": "2025-04-30", "permit.date": "2025-05-20"}, 0),
        ({"levers.funding": 0}, 0),
    ],
)
def test_only_money_that_came_is_restricted(rows, changes, restricted):
    assert rows(f'{PLANT}\nfrom = "second"', set=changes)["restricted_cash"][4] == restricted


def test_two_earmarks(project):
    """The laboratory spends nothing: of each closing a quarter and an eighth are set aside."""
    projection = project(
        f"""{PLANT}
    {BOTH}
    [[funding.seed.earmarks]]
    for    = "laboratory"
    amount = 100
    {BOTH}

    [costs.laboratory]
    kind   = "one_off"
    amount = 100
    date   = "never"
    """
    )
    assert projection.rows["restricted_cash"][:4] == (0, 50 + 25, 30 + 25, 160 + 100)


@pytest.mark.parametrize(
    ("opening_spent", "restricted"),
    [
        (0, (100, 100, 80, 60, 40, 20, 0, 0, 0, 0, 0, 0)),
        (30, (70, 70, 50, 30, 10, 0, 0, 0, 0, 0, 0, 0)),
        (100, (0,) * 12),
    ],
)
def test_an_earmark_of_a_closing_before_the_start(rows, opening_spent, restricted):
    """Its 100 are drawn and in opening cash: what the plant has not spent by then is restricted until it has."""
    text = PLANT.replace("2025-02-15", "2024-11-15").replace("amount = 200", "amount = 100")
    rows = rows(f"""
        {text}
        from = "first"
        opening_spent = {opening_spent}
        """)
    assert rows["restricted_cash"] == restricted


DAILY = """
    [model]
    name         = "A plant, day by day"
    start        = "2025-01"
    months       = 3
    opening_cash = 100

    [costs.rent]                    # 10 a day in January
    kind   = "recurring"
    amount = "310/month"

    [capital.plant]
    kind   = "one_off"
    amount = 300
    date   = "2025-01-21"

    [funding.seed]
    kind = "priced_round"

    [[funding.seed.closings]]
    name   = "first"
    date   = "2025-01-11"
    amount = 300

    [[funding.seed.earmarks]]
    for    = "plant"
    amount = 300
"""


@pytest.mark.parametrize(
    ("earmark", "zero_cash_date"),
    [
        (300, "2025-01-11"),  # 100 last ten days, and none of the 300 may pay the rent
        (200, "2025-01-21"),  # 100 - 200 + 300 - 200 = 0 on day 20; on day 21 the plant takes its 200 and 100 more
        (201, "2025-01-20"),  # one short of that
        (100, "2025-01-21"),
        (0, "2025-01-21"),  # 100 - 210 + 300 - 300 = -110
        (280, "2025-01-13"),  # 20 more than the rent until day 12
    ],
)
def test_restricted_cash_at_the_day_level(project, earmark, zero_cash_date):
    rung = project(DAILY, set={"seed.plant.amount": earmark}).runway[-1]
    assert str(rung.zero_cash_date) == zero_cash_date
    assert rung.months == pytest.approx((int(zero_cash_date[-2:]) - 1) / 31)


def test_without_the_closing_the_plant_is_paid_from_own_cash(project):
    rung = project(DAILY).runway[0]
    assert rung.counting == "cash in hand"
    assert str(rung.zero_cash_date) == "2025-01-11"
    assert rung.lowest_cash == 100 - 3 * 310 - 300


@pytest.mark.parametrize("fills", ["pro_rata", "first"])
@pytest.mark.parametrize("to", [100, 150, 250, 400])
def test_days_and_months_agree(project, fills, to):
    """Cash is lowest at the end of March, after a bill of 90, when the clause has changed what is restricted: the day
    and the month must say the same."""
    bill = """
        [costs.bill]
        kind = "one_off"
        amount = 90
        date = "2025-03-20"
        """
    plant = PLANT.replace("months       = 12", "months       = 3")
    text = f'{plant}{BOTH}\n    fills = "{fills}"\n{CUT_TO_250}\n    {bill}'
    projection = project(text, set={"seed.clause.to": to, "model.opening_cash": 100})
    assert projection.runway[-1].lowest_cash == pytest.approx(projection.rows["unrestricted_cash"][2])
    if fills == "pro_rata" and to < 400:
        assert str(projection.runway[-1].lowest_cash_date) == "2025-03-31"  # the clause's deadline


WAITS = f'{BOTH}\n    otherwise = "not_spent"'


@pytest.mark.parametrize(
    ("terms", "changes", "spent"),
    [
        # month     Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
        (WAITS, {}, (0, 0, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20)),
        # without the second the first closing is all there is, and all of its 100 is set aside
        (WAITS, {"seed.second.date": "never"}, (0, 0, 20, 20, 20, 20, 20, 0, 0, 0, 0, 0)),
        # kept as a share of what comes, its 100 bring a quarter of the 200
        (f'{WAITS}\n    keeps = "share"', {"seed.second.date": "never"}, (0, 0, 20, 20, 10, 0, 0, 0, 0, 0, 0, 0)),
        (WAITS, {"seed.first.date": "never", "seed.second.date": "never"}, (0,) * 12),
        # the second comes late: what was planned meanwhile is spent from the month after it came
        (WAITS, {"seed.second.date": "2025-07-15"}, (0, 0, 20, 20, 10, 0, 0, 70, 20, 20, 20, 20)),
        # on the first of a month its money is there for that month
        (WAITS, {"seed.second.date": "2025-07-01"}, (0, 0, 20, 20, 10, 0, 50, 20, 20, 20, 20, 20)),
        # the earmark's 40 come first, 10 of them with the first closing; what is planned beyond is the company's own
        (
            WAITS,
            {"seed.plant.amount": 40, "seed.second.date": "2025-07-15"},
            (0, 0, 10, 0, 20, 20, 20, 50, 20, 20, 20, 20),
        ),
    ],
)
def test_a_line_that_waits_for_its_earmark(rows, terms, changes, spent):
    """Nothing is spent before its money came, nothing twice, and never from the company's own cash."""
    rows = rows(f"{PLANT}\n{terms}", set=changes)
    assert rows["plant.spend"] == spent
    planned_beyond = 160 if "seed.plant.amount" in changes else 0
    assert max(rows["seed.plant.own_cash"]) == planned_beyond


def test_money_counted_on_no_rung_is_not_spent(load):
    """The rung of cash in hand counts neither the round nor what it was to pay for."""
    ladder = {rung.counting: rung for rung in runway.project(load(f"{PLANT}\n{WAITS}")).runway}
    assert ladder["cash in hand"].closing_cash == 1_000
    assert ladder["+ certain"].closing_cash == 1_200


@pytest.mark.parametrize(("keeps", "held"), [("amount", 200), ("share", 125)])
def test_after_a_cut_an_earmark_keeps_its_amount_or_its_share(project, keeps, held):
    """400 are cut to 250; both results are told."""
    answer = project(f'{PLANT}\n{BOTH}\n    keeps = "{keeps}"\n{CUT_TO_250}')
    assert answer.rows["seed.plant.filled"][-1] == held
    (said,) = [note for note in answer.notes if "after the cut" in note]
    assert f"{held:,}" in said
    assert "125" in said
    assert "200" in said


@pytest.mark.parametrize(
    ("keeps", "until"),
    [
        ("share", "Apr 2025: 100"),  # the 125 that it keeps of what comes are there with the second closing
        ("amount", "Apr 2025: 100"),
    ],
)
def test_what_is_not_filled_yet_is_told_until_it_is(project, keeps, until):
    """The first closing brings 100 of the 200; a cut in March leaves the second one 150."""
    answer = project(f'{PLANT}\n{BOTH}\n    fills = "first"\n    keeps = "{keeps}"\n{CUT_TO_250}')
    (said,) = [note for note in answer.notes if "exceeds what its closings have filled" in note]
    assert said.endswith(f"until {until}")
