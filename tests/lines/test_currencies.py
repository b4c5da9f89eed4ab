"""Lines in another currency whose rate changes: converted once, on the day the money is earned, owed or paid."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from support.by_day import CENT, moved

Rows = Callable[..., Mapping[str, tuple[float, ...]]]

RATES = [1.0, 1.0, 1.5, 1.25, 1.25, 0.8, 0.8, 0.8, 2.0, 2.0, 1.1, 1.0]
CHANGES = {1: 1, 3: 1.5, 4: 1.25, 6: 0.8, 9: 2, 11: 1.1, 12: 1}
STEPS = ", ".join(f'"2025-{month:02}" = {rate}' for month, rate in CHANGES.items())
FX = f"[fx]\nEUR = {{ {STEPS} }}\n"
GROWING = """
kind = "recurring"
amount = "€31_000/month"
growth = "7%/month"
"""
EUROS = [31_000 * 1.07**t for t in range(12)]
DOLLARS = [euros * rate for euros, rate in zip(EUROS, RATES, strict=True)]


def differences(owed: list[float], opening: float) -> list[float]:
    """What a balance in euros gains in dollars in each month: yesterday's balance at the change of the rate."""
    before = [opening, *owed[:-1]]
    changes = [now - then for then, now in zip([RATES[0], *RATES[:-1]], RATES, strict=True)]
    return [euros * change for euros, change in zip(before, changes, strict=True)]


@pytest.mark.parametrize("late", [0, 1, 31, 45, 90, 400])
def test_customers_pay_euros_at_the_rate_of_the_day_of_payment(rows: Rows, late: int) -> None:
    fields = f'collected_after = "{late} days"\nopening_receivable = "€12_345.67"\n'
    found = rows(f"{FX}[revenue.sales]\n{GROWING}{fields}")
    euros, owed = moved(EUROS, late, 12_345.67)
    assert found["sales.revenue"] == pytest.approx(DOLLARS, abs=CENT)
    assert found["sales.cash"] == pytest.approx([e * r for e, r in zip(euros, RATES, strict=True)], abs=6 * CENT)
    assert found["sales.receivable"] == pytest.approx([e * r for e, r in zip(owed, RATES, strict=True)], abs=6 * CENT)
    assert found["total.fx"] == pytest.approx(differences(owed, 12_345.67), abs=6 * CENT)
    assert found["burn_bridge.fx"] == found["total.fx"]


@pytest.mark.parametrize("late", [0, 1, 31, 45, 90, 400])
@pytest.mark.parametrize("section", ["costs", "capital"])
def test_suppliers_are_paid_euros_at_the_rate_of_the_day_of_payment(rows: Rows, section: str, late: int) -> None:
    fields = f'paid_after = "{late} days"\nopening_payable = "€12_345.67"\n'
    found = rows(f"{FX}[{section}.parts]\n{GROWING}{fields}")
    euros, owed = moved(EUROS, late, 12_345.67)
    assert found["parts.cash"] == pytest.approx([-e * r for e, r in zip(euros, RATES, strict=True)], abs=6 * CENT)
    assert found["parts.payable"] == pytest.approx([e * r for e, r in zip(owed, RATES, strict=True)], abs=6 * CENT)
    assert found["parts.fx"] == pytest.approx([-gain for gain in differences(owed, 12_345.67)], abs=6 * CENT)
    burnt = zip(
        found["net_loss"],
        found["burn_bridge.working_capital"],
        found["burn_bridge.capital"],
        found["burn_bridge.fx"],
        strict=True,
    )
    assert list(map(sum, burnt)) == pytest.approx(found["net_burn"], abs=1e-6)


def test_a_bill_is_paid_after_the_rate_has_changed(rows: Rows) -> None:
    """1,000 euros of March, paid evenly over the 31 days that follow each of its days: 30 in April, one in May."""
    text = """
        [model]
        name = "x"
        start = "2026-03"
        months = 3
        opening_cash = 10_000

        [fx]
        EUR = { "2026-03" = 1.00, "2026-04" = 1.50 }

        [costs.contractor]
        kind = "recurring"
        amount = "€1000/month"
        end = "2026-03-31"
        paid_after = "31 days"
        opening_payable = 0
        """
    found = rows(text)
    assert found["contractor.cash"] == (0.0, -1451.61, -48.39)
    assert found["total.fx"] == (0.0, -500.0, 0.0)
    assert sum(found["net_loss"]) == 1500.0
    assert found["cash"][-1] == 8500.0


def test_exchange_losses_are_taxed_as_costs_are(rows: Rows) -> None:
    text = f"""
        {FX}
        [costs.parts]
        kind = "recurring"
        amount = 0
        paid_after = "360 days"
        opening_payable = "€36_000"

        [tax]
        rate = "20%"
        """.replace("amount = 0", 'amount = "0/month"')
    found = rows(text)
    assert found["tax.base"] == found["total.fx"]
    assert found["total.fx"][2] == pytest.approx(-36_000 * (360 - 59) / 360 * 0.5, abs=CENT)


def test_what_is_given_as_paid_leaves_the_rest_owed_and_revalued(rows: Rows) -> None:
    """With one rate the balance and the payments are as if there were no other currency."""
    fields = 'paid_after = "45 days"\nopening_payable = "€10_000"\n'
    one = rows(f"[fx]\nEUR = 1.25\n[costs.parts]\n{GROWING}{fields}")
    same = rows(f'[fx]\nEUR = {{ "2025-01" = 1.25, "2025-06" = 1.25 }}\n[costs.parts]\n{GROWING}{fields}')
    assert "total.fx" not in one
    assert same["total.fx"] == (0.0,) * 12
    assert same["parts.cash"] == pytest.approx(one["parts.cash"], abs=2 * CENT)


def test_a_schedule_in_two_currencies_owes_each_in_its_own(rows: Rows) -> None:
    """Euros up to May, dollars from June on, 9,000 dollars owed at the start."""
    text = f"""
        {FX}
        [costs.parts]
        kind = "recurring"
        amount = {{ "2025-01" = "€3100/month", "2025-06" = "$2000/month" }}
        paid_after = "45 days"
        opening_payable = "$9000"
        """
    found = rows(text)
    euros, in_euros = moved([3100.0] * 5 + [0.0] * 7, 45, 0)
    dollars, _ = moved([0.0] * 5 + [2000.0] * 7, 45, 9000)
    paid = [-(e * rate + d) for e, rate, d in zip(euros, RATES, dollars, strict=True)]
    assert found["parts.cash"] == pytest.approx(paid, abs=6 * CENT)
    assert found["total.fx"] == pytest.approx([-gain for gain in differences(in_euros, 0)], abs=6 * CENT)


def test_what_is_spread_is_converted_month_by_month(rows: Rows) -> None:
    text = f"""
        {FX}
        [costs.build]
        kind = "spread"
        amount = "€12_000"
        from = "2025-01"
        to = "2025-12"
        """
    found = rows(text)
    assert found["build.cost"] == pytest.approx([1000 * rate for rate in RATES], abs=CENT)
    assert found["build.cash"] == pytest.approx([-1000 * rate for rate in RATES], abs=CENT)


def test_what_was_paid_ahead_keeps_the_rate_of_its_day(rows: Rows) -> None:
    """Twelve customers at 100 euros a month, one bill of 1,200 a month; of older bills 1,100 is earned, then 1,000."""
    text = """
        [model]
        name = "x"
        start = "2026-01"
        months = 12
        opening_cash = 0

        [fx]
        EUR = { "2026-01" = 1.00, "2026-07" = 1.50 }

        [revenue.plan]
        kind = "subscription"
        opening = 12
        churn = "0%/month"
        price = "€100/month"
        billed = "yearly"
        opening_deferred = "€6600"
        """
    older = [100 * (11 - t) for t in range(12)]
    newer = [100 * min(t + 1, 6) + 150 * max(0, t - 5) for t in range(12)]
    found = rows(text)
    assert found["plan.revenue"] == pytest.approx([a + b for a, b in zip(older, newer, strict=True)], abs=CENT)
    assert found["plan.revenue"][6] == 1250.0


def test_an_opening_balance_in_a_formula_keeps_the_first_rate(rows: Rows) -> None:
    text = """
        [model]
        name = "x"
        start = "2025-01"
        months = 3
        opening_cash = "€100"

        [fx]
        EUR = { "2025-01" = 2, "2025-02" = 3 }

        [drivers.begun]
        formula = "model.opening_cash"
        """
    found = rows(text)
    assert found["begun.value"] == (200.0, 200.0, 200.0)
    assert found["cash"][-1] == 200.0


@pytest.mark.parametrize("section", ["revenue", "costs"])
def test_a_contract_that_goes_to_dollars_and_back(rows: Rows, section: str) -> None:
    """1,000 a month, due a month later: euros of January, February and from May on, dollars in between."""
    due = {"revenue": "collected_after", "costs": "paid_after"}[section]
    opening = {"revenue": "opening_receivable", "costs": "opening_payable"}[section]
    amount = '{ "2025-01" = "€1000/month", "2025-03" = "$1000/month", "2025-05" = "€1000/month" }'
    found = rows(f'{FX}[{section}.rent]\nkind = "recurring"\namount = {amount}\n{due} = "1 month"\n{opening} = 0\n')
    paid = [0.0] + [1000 * (1.0 if t - 1 in (2, 3) else RATES[t]) for t in range(1, 12)]
    sign = 1 if section == "revenue" else -1
    assert found["rent.cash"] == pytest.approx([sign * cash for cash in paid], abs=CENT)
    gains = [0.0] + [1000 * (0.0 if t - 1 in (2, 3) else RATES[t] - RATES[t - 1]) for t in range(1, 12)]
    assert found["rent.fx"] == pytest.approx([sign * gain for gain in gains], abs=CENT)
