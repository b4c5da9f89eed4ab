"""Inputs of workbooks that tests change: what is typed into the blue cell, and the same for `--set`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

CURRENCIES = Path(__file__).parent.parent / "workbook" / "currencies.toml"
ACTIONS = Path(__file__).parent.parent / "workbook" / "actions.toml"
CLOSED = Path(__file__).parent.parent / "workbook" / "closed.toml"
GAPS = Path(__file__).parent.parent / "workbook" / "gaps.toml"
CONSTRUCTS = Path(__file__).parent.parent / "workbook" / "constructs.toml"

CHANGES: dict[str, tuple[str, dict[str, tuple[Any, str]]]] = {
    "figures": ("openai-2025", {
        "model.opening_cash": (7_500_000_000, "7.5B"),
        "payroll.growth": (0.35, "35%/year"),
        "compute.per_day": (7_250_000, "$7.25M/day"),
        "levers.burn": (1.1, "1.1"),
    }),
    "dates": ("openai-2025", {
        "conversion.date": (date(2026, 3, 9), "2026-03-09"),
        "outage.date": (date(2025, 9, 17), "2025-09-17"),
        "softbank_round.second.date": (date(2026, 2, 28), "2026-02-28"),
    }),
    "never": ("openai-2025", {
        "conversion.date": ("never", "never"),
        "softbank_round.whole_round_clause.exercised": (1, "true"),
    }),
    "in hand": ("openai-2025", {
        "levers.funding": (0, "0"),
    }),
    "steps": ("saas-startup", {
        "monthly_plan.price.2027-01": (149, "149/month"),
        "monthly_plan.churn": (0.031, "3.1%/month"),
        "marketing.paid_after": (75, "75 days"),
        "levers.delay": (2, "2 months"),
        "tax.rate": (0.3, "30%"),
    }),
    "debt": ("venture-debt", {
        "growth_loan.amount": (3_600_000, "3.6M"),
        "growth_loan.rate": (0.125, "12.5%/year"),
        "growth_loan.interest_only": (9, "9 months"),
        "growth_loan.term": (30, "30 months"),
        "growth_loan.end_fee": (0.04, "4%"),
        "revolver.limit": (900_000, "900k"),
        "revolver.rate": (0.1, "10%/year"),
        "revolver.commitment_fee": (0.0075, "0.75%/year"),
        "revolver.floor": (4_500_000, "4.5M"),
    }),
    "note": (str(CONSTRUCTS), {
        "bridging.amount": (180_000, "180k"),
        "bridging.rate": (0.085, "8.5%/year"),
        "bridging.date": (date(2028, 3, 9), "2028-03-09"),
        "bridging.maturity": (date(2029, 2, 20), "2029-02-20"),
    }),
    "actions": (str(ACTIONS), {
        "freeze.after": (3, "3 months"),
        "freeze.set.team.hires": (1, "1"),
        "discount.active": (0, "false"),
    }),
    "constructs": (str(CONSTRUCTS), {
        "fx.EUR.2028-06": (1.21, "1.21"),
        "pace.growth": (-0.99, "-99%/year"),
        "late.behind": (3.25, "3.25 months"),
        "party.date": (date(2027, 12, 31), "2027-12-31"),
        "machines.to": (date(2029, 1, 31), "2029-01"),
        "rent.start": (date(2027, 10, 5), "2027-10-05"),
        "shop.amount.2028-09": (80_000, "$80k/quarter"),
        "gathered.far": (33, "33 days"),
    }),
}  # fmt: skip
"""By name: the model, and by address what is typed and what `--set` says."""

SCENARIOS = (("saas-startup", "slow_sales"), ("saas-startup", "price_war"), ("openai-2025", "suit"))
"""Scenarios that tests choose in the workbook of the base: the model and its scenario."""
