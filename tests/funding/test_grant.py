"""Grants: one sum on a day, or on the first later day its condition holds; taxed as income unless said otherwise."""

from __future__ import annotations

import pytest

GRANT = """
    [events]
    approval = { date = "2025-05-12" }

    [revenue.sales]
    kind   = "recurring"
    amount = "1_000/month"

    [funding.prize]
    kind   = "grant"
    amount = 500
    date   = "2025-02-15"
"""


def fell(projection):
    closing = projection.closings[0]
    received = {t + 1: amount for t, amount in enumerate(projection.rows["prize.cash"]) if amount}
    return closing.status, closing.date and str(closing.date), received


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ("", ("drawn", "2025-02-15", {2: 500})),
        ('requires = "approval"', ("drawn", "2025-05-12", {5: 500})),
        ('requires = "approval"\nby = "2025-05-12"', ("drawn", "2025-05-12", {5: 500})),
        ('requires = "approval"\nby = "2025-05"', ("drawn", "2025-05-12", {5: 500})),
        ('requires = "approval"\nby = "2025-05-11"', ("lapsed", None, {})),
        ('requires = "approval"\nwaived = ["approval"]', ("drawn", "2025-02-15", {2: 500})),
        ('requires = "prev(sales) >= 1_000"', ("drawn", "2025-02-15", {2: 500})),
        ('requires = "prev(cumulative_sales) >= 5_000"', ("drawn", "2025-06-01", {6: 500})),
        ('requires = "prev(sales) > 1_000"', ("waiting", None, {})),
        ('requires = "approval or prev(sales) > 1_000"', ("drawn", "2025-05-12", {5: 500})),
        ('status = "planned"', ("planned", "2025-02-15", {2: 500})),
    ],
)
def test_when_it_comes(project, terms, expected):
    driver = """
        [drivers.cumulative_sales]
        formula = "cumulative(sales)"
        """
    assert fell(project(f"{GRANT}{terms}{driver}")) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"prize.date": "+3 months"}, ("drawn", "2025-05-15", {5: 500})),
        ({"prize.date": "never"}, ("off", None, {})),
        ({"prize.date": "2024-11-30"}, ("drawn", "2024-11-30", {})),
        ({"prize.amount": "+10%"}, ("drawn", "2025-02-15", {2: 550})),
        ({"levers.delay": "1 month"}, ("drawn", "2025-03-15", {3: 500})),
        ({"levers.delay": "1 month", "prize.by": "2025-03-14"}, ("lapsed", None, {})),
        ({"levers.funding": "10%"}, ("drawn", "2025-02-15", {2: 50})),
    ],
)
def test_changes(project, changes, expected):
    assert fell(project(GRANT, set=changes)) == expected


def test_its_four_measures(rows):
    rows = rows(f'{GRANT}requires = "approval"')
    assert rows["prize.headline"] == (500,) * 12
    assert rows["prize.committed"] == (500,) * 12
    assert rows["prize.available"] == (0,) * 4 + (500,) * 8
    assert rows["prize.drawn"] == (0,) * 4 + (500,) * 8


def test_a_lapsed_grant_is_no_longer_committed(rows):
    rows = rows(f'{GRANT}requires = "approval"\nby = "2025-03-31"')
    assert rows["prize.committed"] == (500,) * 2 + (0,) * 10


def test_a_grant_open_since_before_the_start_comes_once(project):
    projection = project(f'{GRANT}requires = "approval"', set={"prize.date": "2024-06-01"})
    assert fell(projection) == ("drawn", "2025-05-12", {5: 500})
    assert projection.rows["prize.drawn"] == (0,) * 4 + (500,) * 8


def test_it_is_financing_and_no_revenue(rows):
    """A grant lowers the loss, not the burn: the bridge between them carries it."""
    rows = rows(GRANT)
    assert rows["cash.funding"] == (0, 500) + (0,) * 10
    assert rows["total.revenue"] == (1_000,) * 12
    assert rows["net_burn"] == (-1_000,) * 12
    assert rows["net_loss"] == (-1_000, -1_500) + (-1_000,) * 10
    assert rows["burn_bridge.grants"] == (0, 500) + (0,) * 10


@pytest.mark.parametrize(("taxable", "first_quarter"), [("true", 0.2 * 3_500), ("false", 0.2 * 3_000)])
def test_tax_on_it(rows, taxable, first_quarter):
    rows = rows(f"""
        {GRANT}taxable = {taxable}
        [tax]
        rate = "20%"
        paid = "quarterly"
        """)
    assert rows["cash.tax"][:6] == (0, 0, -first_quarter, 0, 0, -600)
