"""The documented JSON of what-if results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import rounded

if TYPE_CHECKING:
    from runway.answers.sensitivity import Sensitivity
    from runway.engine.ladder import Rung


def outcome_to_dict(outcome: Rung, digits: int = 2) -> dict[str, Any]:
    """Months (null beyond the horizon), the day, and money to the minor unit."""
    return {
        "months": None if outcome.months is None else rounded(outcome.months),
        "zero_cash_date": outcome.zero_cash_date and outcome.zero_cash_date.isoformat(),
        "lowest_cash": round(outcome.lowest_cash, digits),
        "funding_gap": round(outcome.funding_gap, digits),
        "closing_cash": round(outcome.closing_cash, digits),
    }


def _against(outcome: Rung, base: Rung, digits: int) -> dict[str, Any]:
    """The change of each figure against the base; null where one of the two is beyond the horizon."""
    both = outcome.months is not None and base.months is not None
    days = None
    if outcome.zero_cash_date is not None and base.zero_cash_date is not None:
        days = (outcome.zero_cash_date - base.zero_cash_date).days
    return {
        "months": rounded((outcome.months or 0.0) - (base.months or 0.0)) if both else None,
        "days": days,
        "lowest_cash": round(outcome.lowest_cash - base.lowest_cash, digits),
        "funding_gap": round(outcome.funding_gap - base.funding_gap, digits),
        "closing_cash": round(outcome.closing_cash - base.closing_cash, digits),
    }


def sensitivity_to_dict(found: Sensitivity) -> dict[str, Any]:
    """`sweeps`, `grid`, `tornado` and `breakpoints`; what was not asked for is empty or null."""
    digits = found.minor_digits

    def outcome(item: Rung) -> dict[str, Any]:
        return outcome_to_dict(item, digits)

    grid = found.grid
    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "counting": found.rung,
        "base": outcome(found.base),
        "sweeps": [
            {
                "address": sweep.address,
                "how": sweep.how,
                "cases": [
                    {
                        "change": rounded(case.change),
                        "values": {address: rounded(value) for address, value in case.values.items()},
                        "base": case.is_base,
                        **outcome(case.outcome),
                        "against_base": _against(case.outcome, sweep.base, digits),
                    }
                    for case in sweep.cases
                ],
            }
            for sweep in found.sweeps
        ],
        "grid": grid
        and {
            "addresses": list(grid.addresses),
            "how": list(grid.hows),
            "rows": [rounded(value) for value in grid.rows],
            "columns": [rounded(value) for value in grid.columns],
            "metric": grid.metric,
            "cells": [[None if cell is None else rounded(cell) for cell in row] for row in grid.cells],
        },
        "tornado": [
            {
                "address": swing.address,
                "low": rounded(swing.low),
                "high": rounded(swing.high),
                "stated": swing.stated,
                "at_low": outcome(swing.at_low),
                "at_high": outcome(swing.at_high),
                "swing": rounded(swing.swing),
            }
            for swing in found.tornado
        ],
        "without_effect": list(found.without_effect),
        "refused": list(found.refused),
        "breakpoints": [
            {
                "address": point.address,
                "how": point.how,
                "at_least": rounded(point.at_least),
                "change": None if point.change is None else rounded(point.change),
            }
            for point in found.breakpoints
        ],
    }
