"""The documented JSON of `runway scenarios` and `runway clause`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.answers.projection_to_dict import rung_to_dict
from runway.words import rounded

if TYPE_CHECKING:
    from runway.answers.clause import ClauseFate, ClausePrice, Clauses, Terms


def clauses_to_dict(found: Clauses) -> dict[str, Any]:
    """The clauses by round and condition, each fate with its figures; `change` is fails less holds."""
    return {
        "model": found.model,
        "scenario": found.scenario,
        "currency": found.currency,
        "clauses": [clause for terms in found.terms for clause in _terms(terms, found.minor_digits)],
    }


def _terms(terms: Terms, digits: int) -> list[dict[str, Any]]:
    holds = None if terms.holds is None else _reading(terms.holds, digits)
    return [
        {
            "address": one.address,
            "title": one.title,
            "round": terms.round,
            "headline": round(terms.headline, digits),
            "cuts": one.cuts,
            "to": round(one.to, digits),
            "unless": terms.condition,
            "by": one.by and one.by.isoformat(),
            "option": one.option,
            "exercised": one.exercised,
            "holds": holds,
            "fails": _reading(one.fails, digits),
            "waived": _reading(terms.waived, digits),
            "change": _change(terms.holds, one.fails, digits),
            "latest": _latest(one),
        }
        for one in terms.clauses
    ]


def _latest(one: ClausePrice) -> dict[str, Any]:
    found = one.latest
    return {
        "answer": found.answer,
        "date": found.day and found.day.isoformat(),
        "zero_cash_date_a_day_later": found.zero_cash_date and found.zero_cash_date.isoformat(),
    }


def _reading(item: ClauseFate, digits: int) -> dict[str, Any]:
    return {
        "drawn": round(item.drawn, digits),
        "free_of_earmarks": None if item.free_of_earmarks is None else round(item.free_of_earmarks, digits),
        "runway": rung_to_dict(item.runway, digits),
        "ownership": [
            {
                "after_cut": owned.rule,
                "post_money": round(owned.post_money, digits),
                "sold": rounded(owned.sold),
                "stakes": {investor: rounded(stake) for investor, stake in owned.stakes.items()},
                "holders": {holder: rounded(stake) for holder, stake in owned.holders.items()},
            }
            for owned in item.ownership
        ],
    }


def _change(holds: ClauseFate | None, fails: ClauseFate, digits: int) -> dict[str, Any] | None:
    """What the clause takes; months are null where either reading lasts beyond the horizon."""
    if holds is None:
        return None
    before, after = holds.runway, fails.runway
    months = None if before.months is None or after.months is None else rounded(after.months - before.months)
    return {
        "drawn": round(fails.drawn - holds.drawn, digits) + 0.0,
        "months": months,
        "lowest_cash": round(after.lowest_cash - before.lowest_cash, digits) + 0.0,
        "funding_gap": round(after.funding_gap - before.funding_gap, digits) + 0.0,
    }
