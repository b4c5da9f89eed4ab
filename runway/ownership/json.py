"""The JSON of a cap table over time; the encoder of records writes its exact numbers and its money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.language.record import Amount
from runway.months import last_day

if TYPE_CHECKING:
    from datetime import date

    from runway.ownership.ownership import CapTableStep, Instrument, Ownership
    from runway.ownership.records import CapTable, Closed


def ownership_json(owned: Ownership) -> dict[str, Any]:
    """Shares and prices are null where the cap table is in percentages; stakes are 0-1 of the fully diluted company."""
    first, last, on = last_day(owned.start - 1), owned.last_day, owned.asked
    return {
        **{key: getattr(owned, key) for key in ("model", "scenario", "currency", "in_shares", "planned")},
        "holders": [{"name": name, "title": title} for name, title in owned.titles.items()],
        "opening": {"date": first, **table_json(owned, owned.opening)},
        "steps": [_step(owned, step) for step in owned.steps],
        "closing": {"date": last, **table_json(owned, owned.table(last))},
        **({"at": {"date": on, **table_json(owned, owned.table(on))}} if on is not None else {}),
        "outstanding": [_instrument(item, on or last) for item in owned.outstanding(on or last)],
    }


def table_json(owned: Ownership, table: CapTable) -> dict[str, Any]:
    """A cap table: every holding, and the stake of every holder and of the pool."""
    shares = owned.in_shares
    return {
        "issued": table.of(lambda cls: not cls.granted) if shares else None,
        "options_and_warrants": table.of(lambda cls: cls.granted) if shares else None,
        "fully_diluted": table.fully_diluted if shares else None,
        "pool": table.pool if shares else None,
        "pool_stake": table.pool / table.fully_diluted,
        "stakes": {holder: own / table.fully_diluted for holder, own in table.by_holder().items()},
        "holdings": [
            {
                "holder": holder,
                "class": cls,
                "shares": held if shares else None,
                "as_converted": table.as_converted(holder, cls) if shares else None,
                "stake": table.as_converted(holder, cls) / table.fully_diluted,
            }
            for (holder, cls), held in table.holdings.items()
        ],
        "classes": [
            {
                "name": cls.name,
                "kind": cls.kind,
                "issue_price": cls.issue_price if shares else None,
                "conversion_price": cls.conversion_price if shares else None,
                "preference": cls.preference if cls.preferred else None,
                "seniority": cls.seniority if cls.preferred else None,
                "participation": cls.participation if cls.preferred else None,
                "participation_cap": cls.participation_cap,
                "anti_dilution": cls.anti_dilution,
                "strike": cls.strike,
            }
            for cls in table.classes.values()
        ],
    }


def _instrument(one: Instrument, on: date) -> dict[str, Any]:
    """A SAFE or note on a day, with the interest that a note has accrued by then."""
    return {
        "name": one.name,
        "title": one.item.title,
        "holder": one.holder,
        "kind": one.item.kind,
        "date": one.day,
        "money": one.money,
        "owed": Amount(one.owed(on)),
    }


def _step(owned: Ownership, step: CapTableStep) -> dict[str, Any]:
    closed = _closed(owned, step.closed) if step.closed is not None else {}
    return {
        "date": step.date,
        "address": step.address,
        "title": f"{step.title} {step.part}".strip(),
        "kind": step.kind,
        **closed,
        **table_json(owned, step.table),
    }


def _closed(owned: Ownership, closed: Closed) -> dict[str, Any]:
    shares = owned.in_shares
    return {
        "price": closed.price if shares else None,
        "pre_money": Amount(closed.pre_money),
        "effective_pre_money": Amount(closed.effective_pre_money),
        "post_money": Amount(closed.post_money),
        "money": {holder: Amount(paid) for holder, paid in closed.money.items()},
        "issued": {cause: new if shares else None for cause, new in closed.issued.items() if new},
        "conversions": [
            {
                "name": one.name,
                "holder": one.holder,
                "class": one.share_class,
                "money": Amount(one.money),
                "price": one.price if shares else None,
                "shares": one.shares if shares else None,
                "decided_by": one.decided,
            }
            for one in closed.conversions
        ],
        "anti_dilution": [
            {
                "class": one.share_class,
                "conversion_price_before": one.was,
                "conversion_price_after": one.after,
            }
            for one in closed.adjustments
        ],
        "dilution": {
            holder: {
                "before": one.before,
                "after": one.after,
                "gained": one.gained,
                "by_cause": {cause: part for cause, part in one.by_cause.items() if part},
            }
            for holder, one in closed.dilution.items()
        },
    }
