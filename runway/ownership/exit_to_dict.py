"""The documented JSON of `runway exit`: who gets what, what each holder has made, and where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import number, rounded

if TYPE_CHECKING:
    from runway.ownership.exit import Exit
    from runway.ownership.returns import Returned


def exit_to_dict(found: Exit) -> dict[str, Any]:
    """Money in whole currency units to the minor unit; rates 0-1 a year, null where there is none."""
    owner = found.ownership
    return {
        "model": owner.model,
        "scenario": owner.scenario,
        "currency": owner.currency,
        "date": found.date.isoformat(),
        "value": number(found.value),
        "share_value": number(found.share_value) if owner.in_shares else None,
        "claims": [
            {
                "name": one.name,
                "kind": one.kind,
                "owed": None if one.owed is None else round(float(one.owed), owner.minor_digits),
                "payout": number(one.payout),
                "outcome": one.outcome,
            }
            for one in found.claims
        ],
        "holders": [
            {
                "name": one.holder,
                "title": one.title,
                "proceeds": number(one.proceeds),
                "invested": None if one.invested is None else round(float(one.invested), owner.minor_digits),
                "moic": None if one.multiple is None else rounded(one.multiple),
                "dpi": None if one.multiple is None else rounded(one.multiple),
                "tvpi": None if one.multiple is None else rounded(one.multiple),
                "irr": _rate(one.irr),
                "xirr": _rate(one.xirr),
            }
            for one in found.returns
        ],
        "breakpoints": [
            {"value": round(float(one.value), owner.minor_digits), "changes": [str(change) for change in one.changes]}
            for one in found.breakpoints
        ],
        "range": [
            {"value": number(one.value), "payouts": {name: number(paid) for name, paid in one.payouts.items()}}
            for one in found.points
        ],
        "unsettled": list(found.unsettled),
    }


def _rate(found: Returned | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "rate": None if found.rate is None else rounded(found.rate),
        "all_rates": [rounded(rate) for rate in found.all_rates],
        "rule": found.rule,
    }
