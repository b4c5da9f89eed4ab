"""The payments of each holder and lender, to and from the company, by day."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.language.figure import exact, exactly
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, date_at
from runway.ownership.dividend import dividends

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from runway.model.model import Model
    from runway.ownership.ownership import Ownership


class Flow(NamedTuple):
    """Money between a holder and the company, or another holder: a payment by the holder is negative."""

    day: date | None  # None: it is not known
    money: Fraction


class HolderFlows(NamedTuple):
    """Every flow of a holder that is known."""

    flows: tuple[Flow, ...]
    paid_known: bool  # whether all that it paid is among them


def holder_flows(
    model: Model, ownership: Ownership, rows: Mapping[str, Sequence[float]], on: date
) -> dict[str, HolderFlows]:
    """The flows of each holder and lender up to the end of a day, in one run (`rows`), by holder.

    A lender of a loan or credit line is called as it is.
    """
    flows: dict[str, list[Flow]] = {}
    unknown: set[str] = set()
    _opening_flows(model, ownership, flows, unknown)
    granted = {grant.holder for grant in model.captable.grants.values()} if model.captable is not None else set()
    unknown |= granted - {holder for holder in flows if flows[holder]}
    for step in ownership.steps:
        for holder, paid in step.closed.money.items() if step.closed is not None else ():
            flows.setdefault(holder, []).append(Flow(step.date, -paid))
        if step.sold is not None:
            for seller, proceeds in step.sold.money.items():
                flows.setdefault(seller, []).append(Flow(step.date, proceeds))
                flows.setdefault(step.sold.buyer or "", []).append(Flow(step.date, -proceeds))
    for instrument in ownership.funded:
        flows.setdefault(instrument.holder, []).append(Flow(instrument.day, -instrument.money))
    for item in model.section("funding"):
        lent = item.part.lent({row: rows[f"{item.name}.{row}"] for row in item.part.rows()}, ownership.start)
        (lender, *_) = item.part.holders(item.name) or (item.name,)
        if lent is None:
            unknown.add(lender)
        for day, money in lent or ():
            flows.setdefault(lender, []).append(Flow(date_at(day, 0), exactly(round(money, ownership.minor_digits))))
    for day, shares in dividends(model, ownership, rows):
        for holder, money in shares.items():
            flows.setdefault(holder, []).append(Flow(day, money))
    return {
        holder: HolderFlows(
            tuple(flow for flow in flows.get(holder, ()) if flow.money and (flow.day is None or flow.day <= on)),
            holder not in unknown,
        )
        for holder in {**flows, **dict.fromkeys(unknown)}
    }


def _opening_flows(model: Model, ownership: Ownership, flows: dict[str, list[Flow]], unknown: set[str]) -> None:
    """The money that holders paid for their shares at the start, as the file says it."""
    captable = model.captable
    for holder, holder_entry in captable.holders.items() if captable is not None else ():
        payments = flows.setdefault(holder, [])
        if holder_entry.invested is not None:
            paid_on = holder_entry.invested_on
            payments.append(Flow(paid_on and paid_on.day, -exact(holder_entry.invested)))
            continue
        for name in holder_entry.shares:
            if (holder, name) not in ownership.opening.holdings:
                continue  # written as none
            assert captable is not None
            cls = captable.classes.get(name)
            if cls is None or not cls.preferred:
                unknown.add(holder)
                break
            price = ownership.opening.classes[name].issue_price or Fraction(0)
            payments.append(Flow(cls.issued and cls.issued.day, -price * ownership.opening.holdings[holder, name]))


def by_month(flows: list[tuple[date, float]]) -> list[float]:
    """The sums of dated flows by month, from the month of the first flow to that of the last."""
    months = [absolute_month(day) for day, _ in flows]
    sums = [0.0] * (max(months) - min(months) + 1)
    for month, (_, money) in zip(months, flows, strict=True):
        sums[month - min(months)] += money
    return sums
