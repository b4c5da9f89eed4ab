"""Covenants: tested at month end while something is owed or may be drawn; headroom, first breach."""

from __future__ import annotations

from datetime import date

import pytest

from runway.engine.run import Engine
from runway.errors import InputError

TEXT = """
    [model]
    name = "x"
    start = "2025-01"
    months = 8
    opening_cash = 1000
    [costs.rent]
    kind = "recurring"
    amount = "150/month"
    [funding.loan]
    title = "Bank loan"
    kind = "loan"
    amount = 600
    date = "2025-02-10"
    rate = "0%/year"
    term = "4 months"
    repayment = "level_principal"
    [[funding.loan.covenants]]
    name = "liquidity"
    title = "Liquidity"
    require = "{require}"
"""


def test_headroom_breach_and_when_it_is_tested(project):
    """Cash at month end 850, 1300, 1000, 700, 400, 100; something is owed at the end of February to May."""
    projection = project(TEXT.format(require="cash >= 500"))
    rows = projection.rows
    assert rows["cash"][:6] == (850, 1300, 1000, 700, 400, 100)
    assert rows["loan.liquidity.tested"] == (0, 1, 1, 1, 1, 0, 0, 0)
    assert rows["loan.liquidity.headroom"] == (0, 800, 500, 200, -100, 0, 0, 0)
    assert rows["loan.liquidity.holds"] == (1, 1, 1, 1, 0, 1, 1, 1)
    (covenant,) = projection.covenants
    assert (covenant.title, covenant.lender, covenant.require) == ("Liquidity", "Bank loan", "cash >= 500")
    assert (covenant.headroom, covenant.headroom_date) == (-100, date(2025, 5, 31))
    assert covenant.breached == date(2025, 5, 31)


@pytest.mark.parametrize(
    ("require", "headroom", "breached"),
    [
        ("cash >= 400", 0, None),
        ("cash > 400", 0, date(2025, 5, 31)),
        ("500 <= cash", -100, date(2025, 5, 31)),
        ("balance < 600", 0, date(2025, 2, 28)),
        ("100 <= cash <= 1250", -50, date(2025, 2, 28)),
        ("cash / balance >= 2", 1300 / 600 - 2, None),  # never divides by the balance that is nothing
        ("cash >= 2 * prev(total.costs)", 100, None),
    ],
)
def test_any_comparison(project, require, headroom, breached):
    (covenant,) = project(TEXT.format(require=require)).covenants
    assert covenant.headroom == pytest.approx(headroom)
    assert covenant.breached == breached


def test_a_loan_that_never_comes_is_never_tested(project):
    (covenant,) = project(TEXT.format(require="cash >= 500"), set={"loan.date": "never"}).covenants
    assert (covenant.headroom, covenant.headroom_date, covenant.breached) == (None, None, None)


def test_a_credit_line_is_tested_while_it_may_be_drawn(project):
    text = (
        TEXT.split("[funding.loan]")[0]
        + """
    [funding.line]
    kind = "credit_line"
    limit = 100
    rate = "0%/year"
    by = "2025-04"
    [[funding.line.covenants]]
    name = "liquidity"
    require = "cash >= 600"
    """
    )
    projection = project(text)
    assert projection.rows["line.liquidity.headroom"] == (250, 100, -50, 0, 0, 0, 0, 0)
    assert projection.covenants[0].breached == date(2025, 3, 31)


def test_it_changes_no_cash(project, rows):
    with_it, text = project(TEXT.format(require="cash >= 500")), TEXT.split("[[")[0]
    without = rows(text)
    assert all(without[row] == values for row, values in with_it.rows.items() if "liquidity" not in row)


def test_a_closing_may_hang_on_a_covenant_of_the_month_before(rows):
    """The next money comes only while the covenant held."""
    text = (
        TEXT.format(require="cash >= 500")
        + """
    [funding.prize]
    kind = "grant"
    amount = 50
    date = "2025-06-01"
    requires = "prev(loan.liquidity.holds) > 0"
    """
    )
    assert rows(text)["prize.cash"] == (0, 0, 0, 0, 0, 0, 50, 0)


NONE = ["cash", "cash == 5", "not cash > 5", "cash > 5 or cash < 3", "1 if cash > 3 else 0", "1 >= 1", "5 < 7 < 9"]


@pytest.mark.parametrize("require", NONE)
def test_what_is_no_comparison_is_refused(load, require):
    with pytest.raises(InputError) as caught:
        load(TEXT.format(require=require))
    assert [problem.name for problem in caught.value.problems] == ["covenant-without-comparison"]


@pytest.mark.parametrize("require", ["cash >= 100 and balance <= 600", "cash >= 1 and 1 <= t and t < 9"])
def test_two_comparisons_are_two_covenants(load, require):
    """Dollars and a ratio have no headroom in common; the two sides of a chain have."""
    with pytest.raises(InputError) as caught:
        load(TEXT.format(require=require))
    assert [problem.name for problem in caught.value.problems] == ["covenants-joined"]


def test_the_first_breach_counting_what_is_certain_alone(project):
    """A planned grant of 100 in May lifts 400 to the 500 required; without it the covenant fails, as a note says."""
    grant = """
    [funding.prize]
    kind = "grant"
    amount = 100
    date = "2025-05-01"
    status = "planned"
    """
    projection = project(TEXT.format(require="cash >= 500") + grant)
    (covenant,) = projection.covenants
    assert (covenant.breached, covenant.breached_certain) == (None, date(2025, 5, 31))
    assert projection.to_dict()["covenants"][0]["breached_certain"] == "2025-05-31"
    assert any("on 31 May 2025 if only what is certain is counted" in note for note in projection.notes)
    (alone,) = project(TEXT.format(require="cash >= 500")).covenants
    assert alone.breached == alone.breached_certain == date(2025, 5, 31)


def test_an_unknown_name_is_told_once_at_its_place(load):
    with pytest.raises(InputError) as caught:
        load(TEXT.format(require="cassh >= 5"))
    (problem,) = caught.value.problems
    assert (problem.name, problem.place.width) == ("unknown-name", 5)


def test_a_breach_is_a_note(project):
    notes = project(TEXT.format(require="cash >= 500")).notes
    assert [note for note in notes if note.startswith("Bank loan: Liquidity does not hold on 31 May 2025")]
    holds = project(TEXT.format(require="cash >= 5")).notes
    assert not [note for note in holds if "does not hold" in note]


def test_paths_of_one_run_are_those_of_each(load):
    """Also where nothing is owed on some paths, so that a ratio has no value there."""
    import numpy

    found = load(TEXT.format(require="2 <= cash / balance <= 9"))
    engine = Engine(found.program, found.model.document)
    values = [600.0, 0.0, 5000.0]
    many = engine.run({"loan.amount": numpy.array(values)})
    for n, amount in enumerate(values):
        one = engine.run({"loan.amount": amount})
        for row in ("tested", "headroom", "holds"):
            assert [v[n] for v in many[f"loan.liquidity.{row}"]] == pytest.approx(one[f"loan.liquidity.{row}"])
