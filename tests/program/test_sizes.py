"""Files larger than anyone writes by hand: the program's own formulas have no limit but that of the whole."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction
from math import prod

import pytest
from benchmarks import sizes

import runway
from runway.answers.rounds import rounds
from runway.engine.ladder import runner_of
from runway.engine.run import Engine
from runway.errors import InputError
from runway.funding.safe import Safe


def months_of(first: date, count: int) -> list[tuple[int, int]]:
    return [(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1) for n in range(count)]


def test_a_thousand_events_on_one_line(rows):
    """What is kept of a month is the product of what each event keeps of it."""
    rows = rows(sizes.events(1_000))
    begins = [date.fromisoformat(sizes.day(n % 600)) for n in range(1_000)]
    for t, (year, month) in enumerate(months_of(date(2026, 1, 1), 24)):
        days = monthrange(year, month)[1]
        covered = [sum((day + timedelta(n)).replace(day=1) == date(year, month, 1) for n in range(2)) for day in begins]
        kept = prod(1 - 0.01 * part / days for part in covered)
        assert rows["sales.revenue"][t] == pytest.approx(1_000_000 * kept, abs=0.005)


@pytest.mark.proof
def test_four_hundred_closings(load):
    """Each at the price of the first: 900M for the founders' 10M shares, 10,000 a time, in whole shares."""
    plan = load(sizes.closings(400))
    assert runway.project(plan).rows["a.drawn"][-1] == 4_000_000
    owned = runway.captable(plan)
    (holder,) = (name for name in owned.titles if name != "founders")
    table = owned.table(owned.last_day)
    assert table.by_holder()[holder] == 400 * (10_000 // 90)
    assert len(owned.steps) == 400


@pytest.mark.proof
def test_five_hundred_investors(load):
    """A clause leaves half of what each of them has promised."""
    plan = load(sizes.investors(500))
    rows = runway.project(plan).rows
    assert {rows[f"a.i{n}.drawn"][-1] for n in range(500)} == {5_000}
    assert runway.captable(plan).table(plan.model.base_day).fully_diluted == 10_000_000
    assert sum(one.proceeds for one in runway.exit(plan, Fraction(10**9)).returns) == 10**9


@pytest.mark.proof
def test_four_hundred_holders_with_safes(load, monkeypatch):
    """Each is asked for its rows as often as one of ten is: time grows with their number, not with its square."""

    def asked(count: int) -> float:
        calls = []
        rows = Safe.rows
        with monkeypatch.context() as patch:
            patch.setattr(Safe, "rows", lambda safe: calls.append(safe) or rows(safe))
            runway.project(load(sizes.holders(count)))
        return len(calls) / count

    assert asked(100) == asked(10)
    owned = runway.captable(load(sizes.holders(400)))
    assert len(owned.table(owned.last_day).by_holder()) == 402


def test_forty_rounds_that_hang_on_conditions(load, monkeypatch):
    """What of each is certain is read off its own rows: work grows with their number, not with its square."""

    def work(count: int) -> int:
        plan = load("[model]\nname = 'x'\nstart = '2025-01'\nmonths = 60\nopening_cash = 0\n" + "".join(
            f"[funding.r{n}]\nkind = 'priced_round'\n[[funding.r{n}.closings]]\nname = 'one'\namount = 10\n"
            f"date = '{2025 + n // 12}-{n % 12 + 1:02d}-15'\nrequires = 'prev(cash) >= {10 * n}'\n"
            for n in range(count)
        ))  # fmt: skip
        rows, cells, run = runner_of(plan).engine.as_written, [], Engine.run

        def counted(engine, *given):
            cells.append(len(engine.program.rows) * engine.program.months)
            return run(engine, *given)

        with monkeypatch.context() as patch:
            patch.setattr(Engine, "run", counted)
            found = rounds(plan, rows)
            assert [one.certain for one in found] == [10] * count
        assert [one.drawn for one in found] == [10] * count
        return sum(cells)

    assert work(40) < 5 * work(10)


@pytest.mark.proof
def test_three_thousand_lines(load):
    """More terms than Python holds in one formula."""
    rows = runway.project(load(sizes.lines(3_200))).rows
    assert rows["total.costs"][0] == sum(100 + n % 7 for n in range(3_200))
    assert rows["cash.costs"][0] == -rows["total.costs"][0]


def test_what_the_parts_of_a_sum_share_is_one_row(load):
    program = load(sizes.investors(150)).program
    parts = [row.formula for row in program.rows if ".part_" in row.address]
    assert parts
    assert len(set(parts)) == len(parts)


def test_a_thousand_unknown_names_are_each_told(load):
    with pytest.raises(InputError) as raised:
        load(sizes.unknown(300) + '[costs.rent]\nkind = "formula"\nformula = "rannt * 2"\nrate = 1\nrant = 2\n')
    assert len(raised.value.problems) == 301
    assert "Did you mean rant?" in raised.value.problems[-1].text


@pytest.mark.parametrize(("limit", "of"), [("MOST_FIGURES", "rows"), ("MOST_TERMS", "terms")])
def test_more_than_can_be_kept_or_computed_is_refused(load, rows, monkeypatch, limit, of):
    text = sizes.lines(50)
    assert rows(text)["cash"]
    monkeypatch.setattr(f"runway.program.size.{limit}", 3_000)
    with pytest.raises(InputError) as raised:
        load(text)
    (problem,) = raised.value.problems
    assert problem.name == "model-too-large"
    assert f" {of}, in 24 months" in problem.text
    assert problem.place is not None
    assert problem.place.line == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (sizes.closings(2_001), "2,001 closings with 1 investors in one round"),
        (sizes.investors(2_001), "1 closings with 2,001 investors in one round"),
        (sizes.long(3_400), "The file has more than 6,800 rows, in 600 months"),
    ],
)
def test_what_is_far_too_large_is_refused_before_it_is_looked_into(load, monkeypatch, text, says):
    monkeypatch.setattr("runway.engine.load.problems_between", None)
    with pytest.raises(InputError) as raised:
        load(text)
    (problem,) = raised.value.problems
    assert problem.name == "model-too-large"
    assert says in problem.text
