"""A sale of the company: the payout of each claim, and the return of each holder.

Payouts are whole minor units that sum to the value; the waterfall behind them is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.language.record import MoneyAmount, Record, documented
from runway.ownership.flows import HolderFlows, by_month, holder_flows
from runway.ownership.records import rounded
from runway.ownership.register import ownership
from runway.ownership.returns import irr, mirr, multiple, npv, sign_changes, xirr
from runway.ownership.sharing import Sharing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from runway.model.model import Model
    from runway.ownership.ownership import Ownership
    from runway.ownership.returns import RateOfReturn
    from runway.ownership.waterfall import Breakpoint

MONTHS = 12  # a year
NO_FLOWS = HolderFlows((), paid_known=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """A debt, a class or an unconverted instrument, and its payout."""

    name: str
    kind: str  # debt, common, preferred, options, warrants, safe, convertible_note
    group: str  # the title of all claims of its kind
    owed: Fraction | None  # of a debt, a preference or an instrument: the money that it may claim first
    payout: Fraction
    outcome: str

    def to_json(self) -> dict[str, Any]:
        owed = None if self.owed is None else MoneyAmount(self.owed)
        return {"name": self.name, "kind": self.kind, "owed": owed, "payout": self.payout, "outcome": self.outcome}


@dataclass(frozen=True, slots=True)
class Return:
    """The proceeds of one holder, and the return on the money that it had invested."""

    holder: str
    title: str
    proceeds: Fraction
    invested: Fraction | None  # None where not known
    repaid: Fraction  # before the sale: principal, interest and fees of its loans
    multiple: float | None = None  # MOIC: all that it received ÷ invested; at the sale the same as DPI and TVPI
    irr: RateOfReturn | None = None  # by months, compounded to a year; None where dates or money are not known
    xirr: RateOfReturn | None = None  # by days, Act/365
    npv: float | None = None  # by months, at `Exit.rate`, in the month of the first flow
    mirr: float | None = None  # by months, a year, at `Exit.rate`; of flows that change sign more than once

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.holder,
            "title": self.title,
            "proceeds": self.proceeds,
            "invested": None if self.invested is None else MoneyAmount(self.invested),
            "repaid": MoneyAmount(self.repaid),
            **dict.fromkeys(("moic", "dpi", "tvpi"), self.multiple),
            "irr": self.irr and _rate_json(self.irr),
            "xirr": self.xirr and _rate_json(self.xirr),
            "npv": None if self.npv is None else MoneyAmount(self.npv),
            "mirr": self.mirr,
        }


def _rate_json(returned: RateOfReturn) -> dict[str, Any]:
    return {"rate": returned.rate, "all_rates": returned.all_rates, "rule": returned.rule}


@dataclass(frozen=True, slots=True)
class ExitPoint:
    """One exit value of a range."""

    value: Fraction
    payouts: Mapping[str, Fraction]  # by claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The company sold for one value."""

    value: Fraction
    share_value: Fraction  # of one common share
    claims: tuple[Claim, ...]
    returns: tuple[Return, ...]
    unsettled: tuple[str, ...]  # claims of which the terms do not settle whether they convert


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Exit(Record, Sale):
    """The company sold on a day: for one value, or for others too."""

    ownership: Ownership
    date: date
    rate: float | None  # a year, of present values and modified rates
    others: tuple[Sale, ...]  # for the further values
    breakpoints: tuple[Breakpoint, ...]
    points: tuple[ExitPoint, ...]

    def subject(self) -> tuple[str, ...]:
        return self.ownership.subject()

    @property
    def sales(self) -> tuple[Sale, ...]:
        """The sale for each value, in the order of the values."""
        return (self, *self.others)

    @property
    def minor_digits(self) -> int:
        return self.ownership.minor_digits

    def to_json(self) -> dict[str, Any]:
        """The documented JSON: rates are 0-1 a year, null where there is none."""
        owner = self.ownership
        return {
            **documented(owner, "model", "scenario", "currency"),
            **documented(self, "date", "rate"),
            **self._sale_json(self),
            "others": [self._sale_json(sale) for sale in self.others],
            "breakpoints": [
                {"value": MoneyAmount(point.value), "changes": [str(change) for change in point.changes]}
                for point in self.breakpoints
            ],
            "range": self.points,
        }

    def _sale_json(self, sale: Sale) -> dict[str, Any]:
        return {
            "value": sale.value,
            "share_value": sale.share_value if self.ownership.in_shares else None,
            "claims": sale.claims,
            "holders": sale.returns,
            "unsettled": sale.unsettled,
        }


def exit_at(
    model: Model,
    rows: Mapping[str, Sequence[float]],
    values: Sequence[Fraction],
    on: date | None = None,
    points: Sequence[Fraction] = (),
    rate: float | None = None,
) -> Exit:
    """A sale for each of `values` at the end of a day (without one, the horizon's last), with a range of `points`.

    `rate`, a year, is that of present values and modified rates.

    Raises `InputError` for a model without a cap table or claims that cannot be shared among.
    """
    owner = ownership(model, rows)
    day = on or owner.last_day
    sharing = Sharing(model, owner, rows, day)
    flows = holder_flows(model, owner, rows, day)
    titles = {item.name: item.title for item in model.section("funding")} | dict(owner.titles)
    kinds, groups = sharing.kinds(), sharing.groups()

    def sale(value: Fraction) -> Sale:
        sold = sharing.sale(value)
        payouts, owed = rounded(sold.payouts, owner.minor_digits), sharing.owed()
        gets = rounded(sharing.by_holder(payouts), owner.minor_digits)
        gets |= {holder: Fraction(0) for holder, history in flows.items() if history.flows and holder not in gets}
        return Sale(
            value=value,
            share_value=sold.share_value,
            claims=tuple(
                Claim(name, kinds[name], groups[name], owed.get(name), payouts[name], sold.outcomes[name])
                for name in sharing.in_order(payouts)
            ),
            returns=tuple(
                _return(holder, titles[holder], money, flows.get(holder, NO_FLOWS), day, rate)
                for holder, money in gets.items()
            ),
            unsettled=sold.unsettled,
        )

    first, *further = map(sale, values)
    return Exit(
        **{key: getattr(first, key) for key in ("value", "share_value", "claims", "returns", "unsettled")},
        ownership=owner,
        date=day,
        rate=rate,
        others=tuple(further),
        breakpoints=sharing.breakpoints(first.value),
        points=tuple(ExitPoint(value, rounded(sharing.sale(value).payouts, owner.minor_digits)) for value in points),
    )


def _return(holder: str, title: str, proceeds: Fraction, history: HolderFlows, day: date, rate: float | None) -> Return:
    """The return of a holder: of its flows up to a day and of its proceeds from a sale on that day."""
    flows = history.flows
    repaid = sum((flow.money for flow in flows if flow.money > 0), Fraction(0))
    if not history.paid_known:
        return Return(holder, title, proceeds, None, repaid)
    invested = -sum((flow.money for flow in flows if flow.money < 0), Fraction(0))
    moic = multiple([*(flow.money for flow in flows), proceeds])
    returned = Return(holder, title, proceeds, invested, repaid, None if moic is None else float(moic))
    dated = [(flow.day, float(flow.money)) for flow in flows if flow.day is not None]
    if not flows or len(dated) < len(flows):
        return returned
    dated.append((day, float(proceeds)))
    months = by_month(dated)
    value = modified = None
    if rate is not None:
        monthly = (1 + rate) ** (1 / MONTHS) - 1
        value = npv(monthly, months)
        modified = mirr(months, monthly, monthly) if sign_changes(months) > 1 else None
    return replace(
        returned,
        irr=irr(months, MONTHS),
        xirr=xirr(dated),
        npv=value,
        mirr=None if modified is None else (1 + modified) ** MONTHS - 1,
    )
