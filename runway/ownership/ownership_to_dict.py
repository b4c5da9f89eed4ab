"""The documented JSON of `runway captable`: who holds what at the start and after each change, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.months import last_day
from runway.words import number

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from runway.ownership.ownership import CapTableStep, Instrument, Ownership
    from runway.ownership.records import CapTable, Closed


def ownership_to_dict(found: Ownership) -> dict[str, Any]:
    """Shares and prices are null where the cap table is in percentages; stakes are 0-1 of the fully diluted company."""
    first = last_day(found.start - 1)
    on = found.asked
    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "in_shares": found.in_shares,
        "planned": list(found.planned),
        "holders": [{"name": name, "title": title} for name, title in found.titles.items()],
        "opening": {"date": first.isoformat(), **table_to_dict(found, found.opening)},
        "steps": [_step(found, step) for step in found.steps],
        "closing": {"date": found.last_day.isoformat(), **table_to_dict(found, found.table(found.last_day))},
        **({"at": {"date": on.isoformat(), **table_to_dict(found, found.table(on))}} if on is not None else {}),
        "outstanding": [
            instrument_to_dict(found, one, on or found.last_day) for one in found.outstanding(on or found.last_day)
        ],
    }


def table_to_dict(found: Ownership, table: CapTable) -> dict[str, Any]:
    """A cap table: every holding, and the stake of every holder and of the pool."""
    shares = found.in_shares
    return {
        "issued": number(table.of(lambda cls: not cls.granted)) if shares else None,
        "options_and_warrants": number(table.of(lambda cls: cls.granted)) if shares else None,
        "fully_diluted": number(table.fully_diluted) if shares else None,
        "pool": number(table.pool) if shares else None,
        "pool_stake": number(table.pool / table.fully_diluted),
        "stakes": {holder: number(own / table.fully_diluted) for holder, own in table.by_holder().items()},
        "holdings": [
            {
                "holder": holder,
                "class": cls,
                "shares": number(held) if shares else None,
                "as_converted": number(table.as_converted(holder, cls)) if shares else None,
                "stake": number(table.as_converted(holder, cls) / table.fully_diluted),
            }
            for (holder, cls), held in table.holdings.items()
        ],
        "classes": [
            {
                "name": cls.name,
                "kind": cls.kind,
                "issue_price": number(cls.issue_price) if shares else None,
                "conversion_price": number(cls.conversion_price) if shares else None,
                "preference": number(cls.preference) if cls.preferred else None,
                "seniority": cls.seniority if cls.preferred else None,
                "participation": cls.participation if cls.preferred else None,
                "participation_cap": number(cls.participation_cap),
                "anti_dilution": cls.anti_dilution,
                "strike": number(cls.strike),
            }
            for cls in table.classes.values()
        ],
    }


def instrument_to_dict(found: Ownership, one: Instrument, on: date) -> dict[str, Any]:
    """A SAFE or note on a day, with the interest that a note has accrued by then."""
    return {
        "name": one.name,
        "title": one.item.title,
        "holder": one.holder,
        "kind": one.item.kind,
        "date": one.day.isoformat(),
        "money": number(one.money),
        "owed": round(float(one.owed(on)), found.minor_digits),
    }


def _step(found: Ownership, step: CapTableStep) -> dict[str, Any]:
    closed = _closed(found, step.closed) if step.closed is not None else {}
    return {
        "date": step.date.isoformat(),
        "address": step.address,
        "title": f"{step.title} {step.part}".strip(),
        "kind": step.kind,
        **closed,
        **table_to_dict(found, step.table),
    }


def _closed(found: Ownership, closed: Closed) -> dict[str, Any]:
    def money(value: Fraction) -> float:
        return round(float(value), found.minor_digits) + 0.0

    shares = found.in_shares
    return {
        "price": number(closed.price) if shares else None,
        "pre_money": money(closed.pre_money),
        "effective_pre_money": money(closed.effective_pre_money),
        "post_money": money(closed.post_money),
        "money": {holder: money(paid) for holder, paid in closed.money.items()},
        "issued": {cause: number(new) if shares else None for cause, new in closed.issued.items() if new},
        "conversions": [
            {
                "name": one.name,
                "holder": one.holder,
                "class": one.share_class,
                "money": money(one.money),
                "price": number(one.price) if shares else None,
                "shares": number(one.shares) if shares else None,
                "decided_by": one.decided,
            }
            for one in closed.conversions
        ],
        "anti_dilution": [
            {
                "class": one.share_class,
                "conversion_price_before": number(one.was),
                "conversion_price_after": number(one.after),
            }
            for one in closed.adjustments
        ],
        "dilution": {
            holder: {
                "before": number(one.before),
                "after": number(one.after),
                "gained": number(one.gained),
                "by_cause": {cause: number(part) for cause, part in one.by_cause.items() if part},
            }
            for holder, one in closed.dilution.items()
        },
    }
