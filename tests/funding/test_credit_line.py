"""Credit lines: drawn to hold a floor, repaid from what is above it, against a plain month-by-month reckoning."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

CENT = Decimal("0.01")
MODEL = """
[model]
name = "x"
start = "2025-01"
months = {months}
opening_cash = {cash}
minimum_cash = {floor}
"""


def line(name="line", limit="1000", rate="12%/year", more="") -> str:
    return f"""
        [funding.{name}]
        kind = "credit_line"
        limit = {limit}
        rate = "{rate}"
        {more}
        """


def flows(amounts) -> str:
    """A pass-through line of given monthly amounts, which are cash in and nothing else."""
    steps = ", ".join(f'"{2025 + t // 12}-{t % 12 + 1:02d}" = {amount}' for t, amount in enumerate(amounts))
    return f"""
        [passthrough.flow]
        kind = "formula"
        formula = "each"
        each = {{ {steps} }}
        """


def model(cash=0, floor=0, months=12) -> str:
    return MODEL.format(cash=cash, floor=floor, months=months)


def to_cent(x) -> Decimal:
    return Decimal(x).quantize(CENT, ROUND_HALF_UP)


def test_it_holds_the_floor_and_repays(rows):
    """By hand: 500 short of a floor of 100 in February, 1 % a month on what is owed when the month begins."""
    found = rows(model(300, 100, 6) + flows([0, -700, 0, 300, 400, 0]) + line())
    assert found["line.draw"] == (0, 500, 5, 0, 0, 0)
    assert found["line.interest"] == (0, 0, 5, 5.05, 2.10, 0)
    assert found["line.repayment"] == (0, 0, 0, 294.95, 210.05, 0)
    assert found["line.balance"] == (0, 500, 505, 210.05, 0, 0)
    assert found["cash"] == pytest.approx((300, 100, 100, 100, 287.85, 287.85))
    assert found["cash.credit"] == (0, 500, 5, -294.95, -210.05, 0)
    assert found["cash.before_credit"][1] == -400


def test_never_beyond_the_limit(rows):
    found = rows(model(0, 0, 4) + flows([-600, -600, -600, 0]) + line())
    assert found["line.draw"] == (600, 400, 0, 0)
    assert found["line.balance"] == (600, 1000, 1000, 1000)
    assert found["cash"] == (0, -206, -816, -826)


def test_the_commitment_fee_is_on_what_is_not_drawn(rows):
    found = rows(model(0, 0, 3) + flows([-400, 0, 0]) + line(rate="0%/year", more='commitment_fee = "6%/year"'))
    assert found["line.fees"] == (5, 2.98, 2.96)  # half a per cent of 1000; of 1000 - 405; of 1000 - 407.98
    assert found["line.balance"] == (405, 407.98, 410.94)


def test_two_lines_in_the_order_of_the_file(rows):
    text = model(0, 0, 5) + flows([-150, -100, 0, 180, 100])
    found = rows(text + line("first", "100", "0%/year") + line("second", "1000", "0%/year"))
    assert found["first.balance"] == (100, 100, 100, 0, 0)
    assert found["second.balance"] == (50, 150, 150, 70, 0)
    assert found["cash"] == (0, 0, 0, 0, 30)


def test_it_opens_on_its_date_and_is_due_by_its_last_day(rows):
    """Open in the months that begin from 10 February on: March, April; all is due at the end of May."""
    text = model(0, 0, 7) + flows([-100, 0, 0, -50, 500, -900, 0])
    found = rows(text + line(rate="0%/year", more='date = "2025-02-10"\nby = "2025-05-20"'))
    assert found["line.balance"] == (0, 0, 100, 150, 0, 0, 0)
    assert found["cash"] == (-100, -100, 0, 0, 350, -550, -550)
    assert found["line.available"] == (0, 0, 1000, 1000, 0, 0, 0)


@pytest.mark.parametrize(
    ("more", "available"),
    [("", 1000), ('date = "2024-11-01"\nopening_balance = 300', 1000), ('date = "2025-01-01"', 0)],
)
def test_what_is_open_before_the_first_month_is_available_then(project, more, available):
    (line_of_credit,) = project(model(500, 0, 3) + line(more=more)).rounds
    assert (line_of_credit.states[0].month, line_of_credit.states[0].available) == ("2024-12", available)


@pytest.mark.parametrize(("date", "opens"), [("2025-03-01", 4), ("2024-11-01", 0)])
def test_a_delay_puts_off_a_line_that_is_not_open_yet(rows, date, opens):
    text = model(0, 0, 7) + flows([-10] * 7) + line(rate="0%/year", more=f'date = "{date}"\n')
    text = text if opens else text.replace("[funding.line]", "[funding.line]\nopening_balance = 0")
    found = rows(text, set={"levers.delay": "2 months"})["line.available"]
    assert found == tuple(1000 if t >= opens else 0 for t in range(7))


def test_a_balance_that_falls_due_is_paid_whatever_cash_there_is(rows):
    found = rows(model(0, 0, 3) + flows([-100, 0, 0]) + line(rate="0%/year", more='by = "2025-02"'))
    assert found["line.balance"] == (100, 0, 0)
    assert found["cash"] == (0, -100, -100)


def test_a_falling_limit_is_repaid_down_to(rows):
    limit = '{ "2025-01" = 300, "2025-03" = 120 }'
    found = rows(model(0, 0, 4) + flows([-250, 0, 0, 0]) + line(limit=limit, rate="0%/year"))
    assert found["line.balance"] == (250, 250, 120, 120)
    assert found["cash"] == (0, 0, -130, -130)


def test_an_opening_balance_is_repaid_on_every_rung_and_new_money_only_where_it_counts(project):
    more = "opening_balance = 200"
    projection = project(model(150, 0, 4) + flows([-400, 0, 0, 900]) + line(rate="0%/year", more=more))
    assert projection.rows["line.balance"] == (450, 450, 450, 0)
    assert projection.closing_cash["cash in hand"] == (-250, -250, -250, 450)
    assert projection.closing_cash["+ certain"] == (0, 0, 0, 450)
    assert len(projection.runway) == 4
    planned = project(model(150, 0, 4) + flows([-400, 0, 0, 900]) + line(more='status = "planned"'))
    assert planned.closing_cash["+ conditional"][0] == -250
    assert planned.closing_cash["+ planned"][0] == 0


def test_its_own_floor_and_restricted_cash(rows):
    """The floor is of what is free to spend: 300 that only the laboratory may spend does not count."""
    text = (
        model(0, 50, 3)
        + """
[capital.laboratory]
kind = "one_off"
amount = 300
date = "2025-12-01"
[funding.seed]
kind = "priced_round"
[[funding.seed.closings]]
name = "only"
date = "2025-02-01"
amount = 300
[[funding.seed.earmarks]]
for = "laboratory"
amount = 300
"""
    )
    found = rows(text + line(rate="0%/year"))
    assert found["line.balance"] == (50, 50, 50)
    assert found["unrestricted_cash"] == (50, 50, 50)
    own = rows(text + line(rate="0%/year", more="floor = 80"))
    assert own["line.balance"] == (80, 80, 80)


def test_it_counts_in_burn_and_loss_like_a_loan(rows):
    found = rows(model(0, 0, 3) + flows([-600, 0, 0]) + line(more='commitment_fee = "12%/year"'))
    assert found["total.loan_interest"] == (0, 6.1, 6.20)
    assert found["total.loan_fees"] == (10, 3.9, 3.80)
    assert found["net_burn"] == found["net_loss"] == pytest.approx((10, 10, 10))
    assert found["total.debt"] == found["line.balance"]


def reckoned(case, months=24):
    """Each line's balance and the cash, month by month: interest and fees first, then what the lines must do."""
    cash, owed = case["cash"], [Decimal(0)] * len(case["lines"])
    found = []
    for t in range(months):
        for n, (limit, rate, fee, first, last) in enumerate(case["lines"]):
            may = first <= t and t + 1 <= last
            cash -= to_cent(owed[n] * rate / 12) + (to_cent((limit - owed[n]) * fee / 12) if may else 0)
        cash += case["flows"][t]
        before = list(owed)
        for n, (_, _, _, _, last) in enumerate(case["lines"]):
            if t + 1 > last:
                cash, owed[n] = cash - owed[n], Decimal(0)
        for n, (limit, _, _, first, last) in enumerate(case["lines"]):
            if cash < case["floor"] and first <= t and t + 1 <= last:
                more = min(case["floor"] - cash, limit - before[n])
            else:
                more = -min(owed[n], max(Decimal(0), cash - case["floor"]))
            cash, owed[n] = cash + more, owed[n] + more
        found.append((cash, list(owed)))
    return found


@pytest.mark.parametrize("seed", range(40))
def test_random_lines_agree_with_decimals_to_the_cent(rows, seed):
    random = Random(seed)
    case = {
        "cash": Decimal(random.randint(-1000, 100_000)) / 100,
        "floor": Decimal(random.randint(0, 50_000)) / 100,
        "flows": [Decimal(random.randint(-60_000, 60_000)) / 100 for _ in range(24)],
        "lines": [],
    }
    text = model(case["cash"], case["floor"], 24) + flows(case["flows"])
    for n in range(random.randint(1, 3)):
        limit, rate = Decimal(random.randint(0, 100_000)) / 100, Decimal(random.randint(0, 3000)) / 10_000
        fee, first = Decimal(random.randint(0, 300)) / 10_000, random.choice([-1, random.randint(1, 10)])
        last = random.choice([99, random.randint(first + 1, 25)])
        case["lines"].append((limit, rate, fee, first, last))
        more = f'commitment_fee = "{fee * 100}%/year"\n'
        more += f'date = "{2025 + first // 12}-{first % 12 + 1:02d}"\n' if first >= 0 else ""
        more += f'by = "{2025 + last // 12}-{last % 12 + 1:02d}-20"\n' if last < 99 else ""
        text += line(f"line{n}", str(limit), f"{rate * 100}%/year", more)
    rows = rows(text)
    for t, (cash, owed) in enumerate(reckoned(case)):
        assert to_cent(rows["cash"][t]) == cash, (seed, t)
        assert [to_cent(rows[f"line{n}.balance"][t]) for n in range(len(owed))] == owed, (seed, t)


STATES = [
    ("", "open", "open from before the first month without an end"),
    ('date = "2025-02-10"\nby = "2025-09-30"', "open", "open from 10 Feb 2025 to 30 Sep 2025"),
    ('date = "2025-02-10"\nby = "2025-03-20"', "over", "open from 10 Feb 2025 to 20 Mar 2025"),
    ('date = "2025-08-01"', "waiting", "open from 1 Aug 2025 without an end"),
    ('date = "never"', "off", "its date is never"),
    ('status = "planned"', "planned", "open from before the first month without an end"),
]


@pytest.mark.parametrize(("more", "status", "reason"), STATES)
def test_its_state(project, more, status, reason):
    projection = project(model(0, 0, 4) + flows([-100, -50, 70, 0]) + line(rate="0%/year", more=more))
    (found,) = projection.credit
    assert (found.status, found.reason) == (status, reason)
    assert found.owed == projection.rows["line.balance"][-1]
    assert found.most_owed == max(projection.rows["line.balance"])
    (told,) = projection.to_dict()["credit_lines"]
    assert told["status"] == status
    assert (projection.rounds[0].committed == 0) == (status in ("over", "off", "planned"))


def test_the_day_of_its_most(project):
    (found,) = project(model(0, 0, 4) + flows([-100, -50, 70, 0]) + line(rate="0%/year")).credit
    assert (found.owed, found.most_owed, str(found.most_owed_date)) == (80, 150, "2025-02-28")
