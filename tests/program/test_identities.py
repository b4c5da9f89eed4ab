"""What holds in every run: the identities of a model, and what breaks them."""

from __future__ import annotations

import runway
from runway.program.identities import Identity, SignedRow, identities


def test_each_of_them_holds_and_each_can_fail():
    """A cent in one row of one month breaks the identities of that row and no other."""
    plan = runway.load("openai-2025")
    projection = runway.project(plan)
    found = {identity.name: identity for identity in identities(plan.model, projection.rows)}
    assert set(found) == {
        "cash_rolls_forward", "opening_is_last_closing", "sections_make_the_net_flow", "bridge_foots", "balance_moves",
        "cash.revenue_foots", "cash.costs_foots", "cash.capital_foots", "cash.funding_foots",
        "softbank_round.first.cash_foots", "softbank_round.second.cash_foots", "microsoft.before.cash_foots",
    }  # fmt: skip
    rows = {address: list(values) for address, values in projection.rows.items()}
    for address, broken in (
        ("cash", {"cash_rolls_forward", "opening_is_last_closing"}),
        ("cash.costs", {"sections_make_the_net_flow", "cash.costs_foots"}),
        ("payroll.cash", {"cash.costs_foots"}),
        ("softbank_round.second.syndicate", {"softbank_round.second.cash_foots"}),
        ("burn_bridge.capital", {"bridge_foots"}),
        ("total.written_off", {"balance_moves"}),
    ):
        rows[address][8] += 0.01
        fails = {name for name, held in found.items() if any(abs(left) > 0.005 for left in held.residuals(rows))}
        assert fails == broken
        rows[address][8] -= 0.01


def test_a_term_before_the_first_month_is_not_asked():
    identity = Identity("x", "x", (SignedRow(1, "a"), SignedRow(-1, "a", 1)))
    assert identity.residuals({"a": [4.0, 7.0]}) == [0.0, 3.0]
