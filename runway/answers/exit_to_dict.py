"""The documented JSON of `runway exit`: who gets what, what each holder has made, and where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.words import number, rounded

if TYPE_CHECKING:
    from runway.answers.exit import Exit, Sale
    from runway.ownership.ownership import Ownership
    from runway.ownership.returns import Returned


def exit_to_dict(sold: Exit) -> dict[str, Any]:
    """Money in whole currency units to the minor unit; rates 0-1 a year, null where there is none."""
    owner = sold.ownership
    return {
        "model": owner.model,
        "scenario": owner.scenario,
        "currency": owner.currency,
        "date": sold.date.isoformat(),
        "rate": None if sold.rate is None else rounded(sold.rate),
        **_sale(sold, owner),
        "others": [_sale(sale, owner) for sale in sold.others],
        "breakpoints": [
            {"value": round(float(one.value), owner.minor_digits), "changes": [str(change) for change in one.changes]}
            for one in sold.breakpoints
        ],
        "range": [
            {"value": number(one.value), "payouts": {name: number(paid) for name, paid in one.payouts.items()}}
            for one in sold.points
        ],
    }


def _sale(sale: Sale, owner: Ownership) -> dict[str, Any]:
    return {
        "value": number(sale.value),
        "share_value": number(sale.share_value) if owner.in_shares else None,
        "claims": [
            {
                "name": one.name,
                "kind": one.kind,
                "owed": None if one.owed is None else round(float(one.owed), owner.minor_digits),
                "payout": number(one.payout),
                "outcome": one.outcome,
            }
            for one in sale.claims
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
                "npv": None if one.npv is None else round(one.npv, owner.minor_digits),
                "mirr": None if one.mirr is None else rounded(one.mirr),
            }
            for one in sale.returns
        ],
        "unsettled": list(sale.unsettled),
    }


def _rate(returned: Returned | None) -> dict[str, Any] | None:
    if returned is None:
        return None
    return {
        "rate": None if returned.rate is None else rounded(returned.rate),
        "all_rates": [rounded(rate) for rate in returned.all_rates],
        "rule": returned.rule,
    }
