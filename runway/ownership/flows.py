"""What a holder has paid for its stake, and when."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.language.figure import exact
from runway.months import date_at

if TYPE_CHECKING:
    from datetime import date

    from runway.model.model import Model
    from runway.ownership.ownership import Ownership


class Flow(NamedTuple):
    """Money between a holder and the company: what the holder pays is negative."""

    day: date | None  # None: it is not known
    money: Fraction


def holder_flows(model: Model, owner: Ownership, holder: str, on: date) -> list[Flow] | None:
    """The flows of a holder up to the end of a day; None where a part of what it paid is not known."""
    captable = model.captable
    assert captable is not None
    flows: list[Flow] = []
    written = captable.holders.get(holder)
    if written is not None and written.invested is not None:
        flows.append(Flow(_day(written.invested_on), -exact(written.invested)))
    elif written is not None:
        for name in written.shares:
            if (holder, name) not in owner.opening.holdings:
                continue  # written as none
            cls = captable.classes.get(name)
            if cls is None or not cls.preferred:
                return None
            price = owner.opening.classes[name].issue_price or Fraction(0)
            flows.append(Flow(_day(cls.issued), -price * owner.opening.holdings[holder, name]))
    if any(grant.holder == holder for grant in captable.grants.values()) and not flows:
        return None
    for step in owner.steps:
        if step.closed is not None and step.date <= on and step.closed.money.get(holder):
            flows.append(Flow(step.date, -step.closed.money[holder]))
    flows += [Flow(one.day, -one.money) for one in owner.funded if one.holder == holder and one.day <= on]
    return flows


def by_month(flows: list[tuple[date, float]]) -> list[float]:
    """The sums of dated flows by month, from the first month in which there is one to the last."""
    months = [day.year * 12 + day.month for day, _ in flows]
    sums = [0.0] * (max(months) - min(months) + 1)
    for month, (_, money) in zip(months, flows, strict=True):
        sums[month - min(months)] += money
    return sums


def _day(figure: Any) -> date | None:
    return None if figure is None else date_at(figure.entries[0].amount.number, 0)
