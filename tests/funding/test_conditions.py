"""What a closing says of the condition that let it draw."""

from __future__ import annotations

import pytest

SEED = """
    [model]
    name = "A"
    start = "2026-01"
    months = 12
    opening_cash = 1_000_000
    [events]
    a = { date = "2026-05-10" }
    b = { date = "2026-03-10" }
    c = { date = "never" }
    [costs.rent]
    kind = "recurring"
    amount = "20k/month"
    [funding.seed]
    kind = "priced_round"
    [[funding.seed.closings]]
    name = "first"
    date = "2026-02-01"
    amount = "300k"
"""


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("a or b", "b met"),
        ("a or (b or c)", "(b or c) met"),
        ("(a or c) and b", "(a or c) and b met"),
        ("a or prev(cash) < 900_000", "a met"),
        ("c or prev(cash) < 900_000", "prev(cash) < 900_000 met: cash 880k in Jun 2026"),
        ("a or (b and prev(cash) > 900_000)", "(b and prev(cash) > 900_000) met: cash 960k in Feb 2026"),
        ("prev(cash) < 990_000 or a", "on its date; prev(cash) < 990_000 met 1 Feb 2026: cash 980k in Jan 2026"),
    ],
)
def test_the_side_of_an_or_that_came_true_is_named(project, condition, reason):
    (closing,) = project(f'{SEED}\n    requires = "{condition}"').closings
    assert closing.reason == reason


def test_a_clause_names_the_side_that_kept_the_round_whole(project):
    clause = """
    [[funding.seed.clauses]]
    name = "clause"
    cuts = "round"
    to = "100k"
    unless = "a or b"
    by = "2026-06-30"
    """
    (told,) = project(SEED.replace("2026-02-01", "2026-08-01") + clause).clauses
    assert told.reason == "b on 10 Mar 2026, 112 days early"
