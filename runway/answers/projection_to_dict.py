"""The documented form of a projection: the keys of the stable contract first, then everything else it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import rounded, rounding

if TYPE_CHECKING:
    from datetime import date

    from runway.answers.projection import Projection
    from runway.engine.ladder import Rung


def projection_to_dict(projection: Projection) -> dict[str, Any]:
    """Money rounded to the minor unit, other figures to twelve digits, dates as text, `null` for what does not exist.

    `runway` lists the rungs in the ladder's order; `months` there is null when the cash lasts beyond the horizon.
    """
    money = rounding(projection.minor_digits)

    def optional(value: float | None) -> float | None:
        return None if value is None else rounded(value)

    def optional_money(value: float | None) -> float | None:
        return None if value is None else money(value)

    survival = projection.survival
    return {
        "model": projection.model,
        "scenario": projection.scenario,
        "currency": projection.currency,
        "months": list(projection.months),
        "rows": {
            address: [(money if address in projection.money else rounded)(value) for value in values]
            for address, values in projection.rows.items()
        },
        "runway": [rung_to_dict(item, projection.minor_digits) for item in projection.runway],
        "source": projection.source,
        "scenario_title": projection.scenario_title,
        "set": {address: value.removeprefix("changed by ") for address, value in projection.changes},
        "minimum_cash": money(projection.minimum_cash),
        "closing_cash": {
            counting: [money(value) for value in values] for counting, values in projection.closing_cash.items()
        },
        "burn": {
            "gross": money(projection.gross_burn),
            "net": money(projection.net_burn),
            "window": list(projection.burn_window),
            "static_runway": optional(projection.static_runway),
            "multiple": optional(projection.burn_multiple),
            "multiple_window": projection.burn_multiple_window and list(projection.burn_multiple_window),
        },
        "survival": {
            "alive": survival.alive,
            "profitable": text(survival.profitable),
            "out_of_cash": text(survival.out_of_cash),
            "growth": rounded(survival.growth),
            "expenses": money(survival.expenses),
            "debt_service": money(survival.debt_service),
            "planned_alive": survival.planned_alive,
            "planned_profitable": text(survival.planned_profitable),
        },
        "peak_need": money(projection.peak_need),
        "peak_need_date": text(projection.peak_need_date),
        "months_to_close": rounded(projection.months_to_close),
        "raise_by": [
            {
                "counting": item.counting,
                "date": text(item.date),
                "round_to_extend": optional_money(item.round_to_extend),
            }
            for item in projection.raise_by
        ],
        "milestones": [
            {"event": item.event, "title": item.title, "date": text(item.date), "cushion": optional(item.cushion)}
            for item in projection.milestones
        ],
        "rounds": [
            {
                "name": item.name,
                "title": item.title,
                "headline": money(item.headline),
                "committed": money(item.committed),
                "available": money(item.available),
                "drawn": money(item.drawn),
            }
            for item in projection.rounds
        ],
        "closings": [
            {
                "address": item.address,
                "title": item.title,
                "amount": money(item.amount),
                "drawn": money(item.drawn),
                "status": item.status,
                "date": text(item.date),
                "reason": item.reason,
            }
            for item in projection.closings
        ],
        "clauses": [
            {
                "address": item.address,
                "title": item.title,
                "status": item.status,
                "date": text(item.date),
                "cut": money(item.cut),
                "reason": item.reason,
            }
            for item in projection.clauses
        ],
        "credit_lines": [
            {
                "address": item.address,
                "title": item.title,
                "status": item.status,
                "limit": money(item.limit),
                "owed": money(item.owed),
                "most_owed": money(item.most_owed),
                "most_owed_date": text(item.most_owed_date),
                "reason": item.reason,
            }
            for item in projection.credit
        ],
        "covenants": [
            {
                "address": item.address,
                "title": item.title,
                "lender": item.lender,
                "require": item.require,
                "headroom": optional(item.headroom),
                "headroom_date": text(item.headroom_date),
                "breached": text(item.breached),
                "breached_certain": text(item.breached_certain),
            }
            for item in projection.covenants
        ],
        "proceeds": [
            {
                "source": item.address,
                "title": item.title,
                "amount": money(item.amount),
                "uses": [{"name": use.name, "title": use.title, "amount": money(use.amount)} for use in item.uses],
                "left": money(item.left),
            }
            for item in projection.proceeds
        ],
        "notes": list(projection.notes),
    }


def text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def rung_to_dict(item: Rung, minor_digits: int) -> dict[str, Any]:
    """One rung of the ladder by its documented keys; `months` is null when the cash lasts beyond the horizon."""
    return {
        "counting": item.counting,
        "months": None if item.months is None else rounded(item.months),
        "zero_cash_date": text(item.zero_cash_date),
        "beyond_horizon": item.beyond_horizon,
        "lowest_cash": round(item.lowest_cash, minor_digits) + 0.0,
        "lowest_cash_date": text(item.lowest_cash_date),
        "funding_gap": round(item.funding_gap, minor_digits) + 0.0,
    }
