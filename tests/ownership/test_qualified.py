"""A note converts at the first closing by which one round has brought its qualified money; cash and cap table agree.

Each company is reckoned a second time in whole days, round by round, and its debt, its cap table, its checks and its
spreadsheet must say the same.
"""

from __future__ import annotations

import io
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

import openpyxl
import pytest

import runway
from runway.workbook import workbook

MODEL = """
[model]
name = "Company"
start = "2024-01"
months = 24
opening_cash = "10M"

[captable.holders.ana]
shares = { common = 1_000_000 }

[funding.angel]
kind = "safe"
form = "post_money"
cap = "10M"
amount = 50_000
date = "2024-01-02"

[[checks]]
title = "Nothing is owed from December 2024 on"
require = "t < 11 or total.debt == 0"
"""

FIRST, MATURITY, END = date(2024, 1, 1), date(2024, 12, 16), date(2025, 12, 31)


class Note(NamedTuple):
    """A note of 100,000."""

    day: date = date(2024, 1, 15)
    qualified: int | None = 2_000_000
    maturity: date = MATURITY

    def text(self, name: str) -> str:
        said = "" if self.qualified is None else f"qualified = {self.qualified}\n"
        return (
            f'[funding.{name}]\nkind = "convertible_note"\namount = 100_000\ndate = "{self.day}"\nrate = "6%/year"\n'
            f'maturity = "{self.maturity}"\nat_maturity = "repaid"\n{said}\n'
        )

    def end(self, rounds: dict[str, Closings]) -> tuple[str, date]:
        """What becomes of it, and when: it converts into a round, or is repaid."""
        ways = []
        for sold, closings in rounds.items():
            for (day, _), raised in zip(closings, accumulate(money for _, money in closings), strict=True):
                if max(self.day, FIRST) <= day <= self.maturity and raised >= (self.qualified or 0):
                    ways.append((day, sold))
        return min(ways)[::-1] if ways else ("repaid", self.maturity)


Closings = list[tuple[date, int]]


def round_text(name: str, closings: Closings, status: str = "committed") -> str:
    listed = "".join(
        f'[[funding.{name}.closings]]\nname = "c{n}"\ndate = "{day}"\namount = {money}\n'
        for n, (day, money) in enumerate(closings)
    )
    return f'[funding.{name}]\nkind = "priced_round"\nstatus = "{status}"\nprice = 20\n{listed}\n'


JUNE, JULY, NOVEMBER = date(2024, 6, 10), date(2024, 7, 10), date(2024, 11, 5)
M = 1_000_000
COMPANIES: dict[str, tuple[list[Note], dict[str, Closings]]] = {
    "two small rounds": ([Note()], {"seed": [(JUNE, M)], "a": [(NOVEMBER, M)]}),
    "exactly the money": ([Note()], {"seed": [(JUNE, 2 * M)]}),
    "a unit less": ([Note()], {"seed": [(JUNE, 2 * M - 1)]}),
    "one round of two closings": ([Note()], {"seed": [(JUNE, M), (NOVEMBER, M)]}),
    "two closings of one month": ([Note()], {"seed": [(JUNE, M), (date(2024, 6, 25), M)]}),
    "two small rounds, then a large one": (
        [Note()],
        {"seed": [(JUNE, M)], "plus": [(JULY, M)], "a": [(NOVEMBER, 3 * M)]},
    ),
    "several notes": (
        [Note(), Note(qualified=None), Note(qualified=M), Note(qualified=3 * M), Note(maturity=JUNE)],
        {"seed": [(JUNE, M), (JULY, M)], "a": [(NOVEMBER, M)]},
    ),
    "a closing later in the month of maturity": ([Note()], {"seed": [(date(2024, 12, 17), 2 * M)]}),
    "a closing on the day of maturity": ([Note(), Note(qualified=None)], {"seed": [(MATURITY, 2 * M)]}),
    "the second closing after maturity": ([Note()], {"seed": [(NOVEMBER, M), (date(2024, 12, 20), M)]}),
    "a closing earlier in the month of the note": (
        [Note(), Note(qualified=None)],
        {"seed": [(date(2024, 1, 5), 5 * M)]},
    ),
    "a round that goes on after the note": ([Note()], {"seed": [(date(2024, 1, 5), M), (NOVEMBER, M)]}),
    "a note of before the start": ([Note(day=date(2023, 6, 1))], {"seed": [(JUNE, M)], "a": [(NOVEMBER, M)]}),
    "a round that began before the start": ([Note(day=date(2023, 6, 1))], {"seed": [(date(2023, 8, 1), M), (JUNE, M)]}),
    "due after the end": ([Note(maturity=date(2027, 1, 1))], {"seed": [(JUNE, M)]}),
}


def company(notes: list[Note], rounds: dict[str, Closings]) -> str:
    listed = [note.text(f"note{n}") for n, note in enumerate(notes)]
    return MODEL + "".join(listed) + "".join(round_text(name, closings) for name, closings in rounds.items())


def conversions(plan: Any) -> dict[str, tuple[str, date]]:
    """By note, the round that converted it and the day, or that it was repaid, as the cap table has it."""
    table = runway.captable(plan)
    found = {name: ("repaid", day) for name, day in table.repaid.items()}
    for step in table.steps:
        for one in step.closed.conversions if step.closed else ():
            found[one.name] = (step.address.split(".")[0], step.date)
    return found


@pytest.mark.parametrize("name", COMPANIES)
def test_cash_and_cap_table_agree_on_what_becomes_of_a_note(load, name):
    notes, rounds = COMPANIES[name]
    plan = load(company(notes, rounds))
    expected = {f"note{n}": note.end(rounds) for n, note in enumerate(notes)}
    assert {note: end for note, end in conversions(plan).items() if note != "angel"} == {
        note: end for note, end in expected.items() if end[1] <= END
    }
    rows = runway.project(plan).rows
    for n, note in enumerate(notes):
        what, day = expected[f"note{n}"]
        month = 12 * (day.year - 2024) + day.month - 1
        begins = max(0, note.day.month - 1 if note.day.year == 2024 else 0)
        owed = [100_000 if begins <= t < month else 0 for t in range(24)]
        assert list(rows[f"note{n}.balance"]) == owed
        interest = 6_000 * (day - note.day).days / 365
        paid = round(100_000 + interest, 2) if what == "repaid" and month < 24 else 0
        assert sum(rows[f"note{n}.payment"]) == pytest.approx(paid, abs=1e-6)
    left = any(end[1] > date(2024, 12, 31) for end in expected.values())
    assert runway.check(plan).checks[0].holds is not left


def test_a_round_of_a_higher_rung_converts_there_only(load):
    """Cash in hand pays the note back; with the planned round it converts, in the cash table and in the cap table."""
    plan = load(company([Note()], {}) + round_text("seed", [(JUNE, 2 * M)], "planned"))
    assert conversions(plan)["note0"] == ("seed", JUNE)
    without = load(company([Note()], {}) + round_text("seed", [(JUNE, 2 * M)], "planned"), set={"levers.planned": 0})
    assert conversions(without) == {"note0": ("repaid", MATURITY)}
    assert sum(runway.project(without).rows["cash.debt"]) == pytest.approx(-105_523.29, abs=0.005)


def test_half_the_money_of_a_round_does_not_qualify(load):
    plan = load(company([Note()], {"seed": [(JUNE, 2 * M)]}), set={"levers.funding": 0.5})
    assert conversions(plan)["note0"] == ("repaid", MATURITY)
    assert runway.project(plan).rows["note0.balance"][6] == 50_000


IN_TWO = """
[model]
name = "Company"
start = "2024-01"
months = 12
opening_cash = "10M"

[captable]
pool = 50_000
whole_shares = false

[captable.holders.ana]
shares = { common = 950_000 }

[funding.seed]
kind = "priced_round"
valuation = { value = "18M", basis = "pre_money" }
pool = "10%"

[[funding.seed.closings]]
name = "first"
date = "2024-06-10"
amount = "1M"

[[funding.seed.closings]]
name = "second"
date = "2024-11-05"
amount = "1M"

[funding.bridge]
kind = "convertible_note"
amount = 90_000
date = "2024-02-01"
qualified = "2M"
cap = "9M"
"""


@pytest.mark.parametrize(
    ("terms", "counted"),
    [
        ({}, 1_000_000),  # the 950,000 and the pool of before the round
        ({"bridge.cap_counts": '"common"'}, 950_000),
        # after the round's 2M the pool is a tenth: 950,000 shares are 16 parts in 20, and the new money 2 of them
        ({"bridge.counts_new_pool": "true"}, 950_000 + 2_000_000 / 20_000_000 * 950_000 / 0.8),
        # the first closing sold 1M of 20M; a note of after it counts that, too
        ({"bridge.date": '"2024-07-01"'}, 950_000 / 0.8 * 0.95),
    ],
)
def test_a_cap_counts_the_shares_of_before_the_round_at_each_of_its_closings(load, terms, counted):
    """The first closing is too small for the note; what it issues is of the round, and no part of the count."""
    text = IN_TWO
    for address, value in terms.items():
        key = address.partition(".")[2]
        text = text.replace('date = "2024-02-01"\n', "") if key == "date" else text
        text += f"{key} = {value}\n"
    second = runway.captable(load(text)).steps[1].closed
    (note,) = second.conversions
    assert float(note.price) == pytest.approx(9_000_000 / counted, rel=1e-12)
    assert float(note.shares) == pytest.approx(90_000 * counted / 9_000_000, rel=1e-12)


def test_what_is_solved_waits_for_the_qualified_money_as_the_cap_table_does(load):
    """The note converts at the second closing, also where many caps are tried at once."""
    found = runway.solve(load(IN_TWO), "bridge.cap", "stake(bridge) <= 0.5%")
    assert (found.status, found.refused) == ("solved", None)
    (stake,) = (runway.captable(load(IN_TWO, set=found.set)).last_stakes()[name] for name in ("bridge",))
    assert 0.00499 < stake <= 0.005


def test_a_check_of_a_simulation_waits_for_the_qualified_money(load):
    stake = runway.captable(load(IN_TWO)).last_stakes()["bridge"]
    for least, odds in ((stake - 1e-6, 1), (stake + 1e-6, 0)):
        drawn = 'amount = { value = "1M", outcomes = { "1M" = "50%", "1000001" = "50%" } }'
        text = IN_TWO.replace('amount = "1M"', drawn)
        plan = load(f'{text}\n[[checks]]\nrequire = "stake(bridge) >= {least:.9f}"\n')
        assert [check.probability.value for check in runway.simulate(plan, paths=4).checks] == [odds]


MFN = """
[funding.early]
kind = "safe"
amount = 10_000
date = "2024-01-10"
mfn = true
"""


def test_most_favoured_terms_are_those_of_a_note_that_still_waits_too(load):
    """The first closing is too small for the note, and the SAFE converts at its cap, 9M over a million shares."""
    first = runway.captable(load(IN_TWO + MFN)).steps[0].closed
    (early,) = first.conversions
    assert (early.decided_by, early.price, float(early.shares)) == ("MFN of bridge", 9, pytest.approx(10_000 / 9))


@pytest.mark.proof
def test_the_spreadsheet_asks_the_same_of_a_round(load):
    plan = load(company([Note()], {"seed": [(JUNE, M)], "a": [(NOVEMBER, M)]}))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(plan, runway.project(plan))))["Model"]
    names = [str(sheet.cell(row, 1).value) for row in range(1, sheet.max_row + 1)]
    assert {"note0.converted", "seed.c0.raised", "a.c0.raised"} <= set(names)
