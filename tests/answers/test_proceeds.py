"""The use of proceeds: a rule worked by hand, what holds for any model, and the round of 40 billion."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from support.companies import Company, companies, few

import runway
from runway.answers.projection import Proceeds, Projection

Project = Callable[..., Projection]


def told(projection: Projection) -> dict[str, tuple[float, dict[str, float], float]]:
    return {p.address: (p.amount, {use.name: use.amount for use in p.uses}, p.left) for p in projection.proceeds}


HAND = """
    [model]
    name = "x"
    start = "2025-01"
    months = 4
    opening_cash = 100

    [revenue.sales]
    kind = "recurring"
    amount = "20/month"

    [costs.rent]
    kind = "recurring"
    amount = "80/month"

    [capital.machines]
    kind = "recurring"
    amount = "40/month"

    [capital.laboratory]
    kind = "spread"
    amount = 90
    from = "2025-02"
    to = "2025-04"

    [funding.seed]
    title = "Seed"
    kind = "priced_round"

    [[funding.seed.closings]]
    name = "first"
    date = "2025-02-10"
    amount = 300

    [[funding.seed.closings]]
    name = "second"
    date = "2025-04-01"
    amount = 200

    [[funding.seed.earmarks]]
    for = "laboratory"
    amount = 50
    from = "first"

    [funding.prize]
    kind = "grant"
    amount = 45
    date = "2025-03-05"
"""


def test_the_rule_by_hand(project: Project) -> None:
    """Each month 120 go to rent and machines, two to one, and from February 30 to the laboratory.

    January: 20 received and 100 in hand meet the 120.  February: 30 of the laboratory from the 50 set aside; 20
    received and 100 of the first closing's free 250 meet the 120.  March: the laboratory has 20 set aside and needs 10
    more; 20 received; the 130 that are open (80 rent, 40 machines, 10 laboratory) are met by 20 received and 110 of
    the first closing, which has 40 left.  April: 150 are open; 20 received, 40 of the first closing, 45 of the prize,
    45 of the second closing.
    """
    found = told(project(HAND))
    assert found["opening_cash"] == (100, {"costs": 66.67, "capital": 33.33}, 0)
    assert found["seed.first"][1]["laboratory"] == pytest.approx(30 + 20 + 110 * 10 / 130 + 40 * 30 / 150, abs=0.02)
    assert found["seed.first"][1]["costs"] == pytest.approx(100 * 2 / 3 + 110 * 80 / 130 + 40 * 80 / 150, abs=0.02)
    assert found["seed.first"][2] == 0
    assert found["prize"][1] == pytest.approx({"costs": 24, "capital": 12, "laboratory": 9}, abs=0.02)
    assert found["seed.second"][0] == 200
    assert found["seed.second"][2] == 155
    assert found["seed.second"][1] == pytest.approx({"costs": 24, "capital": 12, "laboratory": 9}, abs=0.02)
    assert found["receipts"][0] == 80
    assert list(found) == ["opening_cash", "seed.first", "seed.second", "prize", "receipts"]


def test_a_shortage_waits_for_the_next_money(project: Project) -> None:
    text = """
    [model]
    name = "x"
    start = "2025-01"
    months = 3
    opening_cash = -10
    [costs.rent]
    kind = "recurring"
    amount = "50/month"
    [funding.prize]
    kind = "grant"
    amount = 130
    date = "2025-02-01"
    """
    projection = project(text)
    assert told(projection) == {"prize": (130, {"costs": 120, "overdraft": 10}, 0)}
    assert projection.rows["cash"][-1] == -30  # of March's rent


def test_nothing_is_told_where_no_funding_came(project: Project) -> None:
    assert project(HAND, set={"funding": "0%"}).proceeds == ()


def test_a_loan_and_a_line(project: Project) -> None:
    """The loan is used before the line's money, which goes back first when the line is repaid."""
    text = """
    [model]
    name = "x"
    start = "2025-01"
    months = 4
    opening_cash = 0
    [costs.rent]
    kind = "one_off"
    amount = 130
    date = "2025-02-15"
    [revenue.sale]
    kind = "one_off"
    amount = 40
    date = "2025-04-15"
    [funding.loan]
    kind = "loan"
    amount = 100
    date = "2025-01-15"
    rate = "0%/year"
    term = "2 months"
    repayment = "bullet"
    [funding.line]
    kind = "credit_line"
    limit = 500
    rate = "0%/year"
    """
    found = told(project(text))
    assert found["loan"] == (100, {"costs": 100}, 0)
    assert found["line"] == (130, {"costs": 30, "debt": 100}, 0)
    assert found["receipts"] == (40, {"credit": 40}, 0)


def sums(item: Proceeds) -> float:
    return round(sum(use.amount for use in item.uses) + item.left, 2)


@few(max_examples=25)
@given(company=companies())
def test_every_source_foots_in_any_model(project: Project, company: Company) -> None:
    """What came in is what was used and what is left; all that is left, less what is uncovered, is closing cash."""
    projection = project(company.text())
    rows = projection.rows
    for item in projection.proceeds:
        assert sums(item) == round(item.amount, 2)
        assert item.left >= 0
        assert all(use.amount > 0 for use in item.uses)
    by_name = {item.address: item for item in projection.proceeds}
    funding = next(section for section in projection.sections if section.name == "funding")
    for line in funding.lines:
        if line.name in by_name:
            assert by_name[line.name].amount == pytest.approx(sum(x for x in rows[line.cash] if x > 0))
    if projection.proceeds:
        left = sum(item.left for item in projection.proceeds)
        assert left >= rows["cash"][-1] - 0.005
        if rows["cash"][-1] >= 0 and not any(rows["restricted_cash"]):
            assert left == pytest.approx(rows["cash"][-1], abs=0.005)


def test_the_stargate_money_comes_from_the_round() -> None:
    """Of the 18 billion set aside 17 are spent within 36 months: 45 % of the first closing, then of the second."""
    projection = runway.project("openai-2025")
    found = told(projection)
    first, second = found["softbank_round.first"], found["softbank_round.second"]
    assert (first[0], second[0]) == (10e9, 30e9)
    assert first[1]["stargate"] == 4.5e9
    spent = -sum(projection.rows["stargate.cash"])
    assert spent == pytest.approx(17e9)
    assert first[1]["stargate"] + second[1]["stargate"] == pytest.approx(spent)
    assert second[2] == pytest.approx(projection.rows["restricted_cash"][-1]) == 1e9
