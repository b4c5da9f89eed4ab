"""A secondary sale: holders sell to buyers, and the company gets nothing."""

from __future__ import annotations

import pytest

TENDER = """
    [funding.tender]
    kind   = "secondary"
    amount = "5M"
    date   = "2025-04-20"
"""
RENT = """
    [costs.rent]
    kind   = "recurring"
    amount = "100k/month"
"""


def test_no_cash_comes_to_the_company(project):
    rows = project(TENDER + RENT).rows
    assert rows["cash.funding"] == (0,) * 12
    assert rows["cash"] == tuple(1_000_000 - 100_000 * (t + 1) for t in range(12))


def test_what_changes_hands_is_a_row(project):
    assert project(TENDER).rows["tender.volume"] == (0, 0, 0, 5_000_000, 0, 0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize("date", ["2024-04-20", "2026-04-20", "never"])
def test_a_sale_outside_the_months_shows_nowhere(project, date):
    assert project(TENDER, set={"tender.date": date}).rows["tender.volume"] == (0,) * 12


def test_no_rung_counts_it(project):
    """1,000,000 at 100,000 a month are ten months, on every rung."""
    projection = project(TENDER + RENT)
    assert [rung.months for rung in projection.runway] == [10, 10, 10, 10]
    assert projection.rounds == ()
    assert projection.closings == ()


def test_a_note_says_so(project):
    assert any("tender" in note and "no cash" in note for note in project(TENDER).notes)
