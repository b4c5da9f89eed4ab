"""What a sale of the company pays to whom, and what each holder has made of it.

The cap table is that of the day, with what has not converted yet; debts come first.  The waterfall is exact
(`runway.ownership.waterfall`); payouts are then whole minor units that sum to the value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.figure import exact, exactly
from runway.months import date_at, last_day, position
from runway.ownership.register import ownership
from runway.ownership.returns import irr, xirr
from runway.ownership.sale import Debt, SaleError, Security, Unconverted
from runway.ownership.securities import convertible
from runway.ownership.waterfall import Waterfall, rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from runway.model.model import Model
    from runway.ownership.ownership import Instrument, Ownership
    from runway.ownership.records import CapTable, Convertible
    from runway.ownership.returns import Returned
    from runway.ownership.waterfall import Breakpoint, Proceeds

LENDERS = ("loan", "credit_line")


@dataclass(frozen=True, slots=True)
class Claim:
    """A debt, a class or an unconverted instrument, and what it takes."""

    name: str
    kind: str  # debt, common, preferred, options, warrants, safe, convertible_note
    owed: Fraction | None  # of a debt, a preference or an instrument: the money that it may claim first
    payout: Fraction
    outcome: str


@dataclass(frozen=True, slots=True)
class Return:
    """What one holder gets and has made of it."""

    holder: str
    title: str
    proceeds: Fraction
    invested: Fraction | None  # None: what was paid for its shares is not known
    multiple: float | None  # MOIC: proceeds ÷ invested; with one exit the same as DPI and TVPI
    irr: Returned | None  # by months, compounded to a year; None where dates or money are not known
    xirr: Returned | None  # by days, Act/365


@dataclass(frozen=True, slots=True)
class Point:
    """One exit value of a range."""

    value: Fraction
    payouts: Mapping[str, Fraction]  # by claim


@dataclass(frozen=True, slots=True)
class Exit:
    """One sale of the company."""

    ownership: Ownership
    date: date
    value: Fraction
    share_value: Fraction  # of one common share
    claims: tuple[Claim, ...]
    returns: tuple[Return, ...]
    breakpoints: tuple[Breakpoint, ...]
    points: tuple[Point, ...]
    unsettled: tuple[str, ...]  # claims of which the terms do not settle whether they convert

    def to_dict(self) -> dict[str, Any]:
        """The documented JSON."""
        from runway.ownership.exit_to_dict import exit_to_dict

        return exit_to_dict(self)


def exit_at(
    model: Model,
    rows: Mapping[str, Sequence[float]],
    value: Fraction,
    on: date | None = None,
    values: Sequence[Fraction] = (),
) -> Exit:
    """A sale for `value` at the end of a day (without one, the horizon's last), and at other `values` beside it.

    Raises `InputError` for a model without a cap table or claims that cannot be shared among.
    """
    found = ownership(model, rows)
    day = on or found.last_day
    table, open_ones = found.table(day), found.outstanding(day)
    debts = _debts(model, found, rows, day)
    securities = [one for cls in table.classes if (one := security(table, cls)) is not None]
    terms = [convertible(one, one.owed(day), rows) for one in open_ones]

    def shared(terms: Sequence[Convertible]) -> Waterfall:
        claims = [_unconverted(one, own) for one, own in zip(open_ones, terms, strict=True)]
        return Waterfall(securities, debts, claims, table.pool)

    try:
        waterfall = shared(favoured(terms, value, shared))
        sold = waterfall.sale(value)
        points = tuple(
            Point(one, _payouts(shared(favoured(terms, one, shared)).sale(one), found))
            if any(own.mfn for own in terms)
            else Point(one, _payouts(waterfall.sale(one), found))
            for one in values
        )
        breakpoints = waterfall.breakpoints
    except SaleError as error:
        raise InputError(_problem(model, error, day)) from None
    payouts = _payouts(sold, found)
    owed = {one.name: one.amount for one in debts}
    owed |= {one.name: one.preference for one in securities if one.preference}
    unconverted = [_unconverted(one, own) for one, own in zip(open_ones, terms, strict=True)]
    owed |= {one.name: one.cash for one in unconverted}
    kinds = {name: cls.kind for name, cls in table.classes.items()} | dict.fromkeys((d.name for d in debts), "debt")
    kinds |= {one.name: one.item.kind for one in open_ones}
    return Exit(
        ownership=found,
        date=day,
        value=value,
        share_value=sold.share_value,
        claims=tuple(
            Claim(name, kinds[name], owed.get(name), payouts[name], sold.outcomes[name])
            for name in _in_order(payouts, securities, unconverted, kinds)
        ),
        returns=_returns(model, found, table, open_ones, payouts, day),
        breakpoints=breakpoints,
        points=points,
        unsettled=sold.unsettled,
    )


def _problem(model: Model, error: SaleError, day: date) -> Problem:
    """What makes a sale impossible to share, where the file says it."""
    text = f"At a sale on {day.isoformat()}: {error.text}"
    for section in ("funding", "captable"):
        tables = model.document.data.get(section, {})
        below = (section,) if section == "funding" else (section, "classes")
        tables = tables if section == "funding" else tables.get("classes", {})
        if error.subject in tables:
            inside = error.field in tables[error.subject]
            path = (*below, error.subject, *((error.field,) if inside else ()))
            return model.document.problem(path, error.name, text, at="value" if inside else "key")
    return Problem(error.name, text)


def _in_order(
    payouts: Mapping[str, Fraction],
    securities: Sequence[Security],
    unconverted: Sequence[Unconverted],
    kinds: Mapping[str, str],
) -> list[str]:
    """The claims as they are paid: debts, then by rank, then common shares and what turns into them."""
    ranks = {one.name: one.seniority for one in securities} | {one.name: one.seniority for one in unconverted}
    kind = {"debt": 0, "convertible_note": 1, "preferred": 2, "safe": 2}
    return sorted(payouts, key=lambda name: (kind.get(kinds[name], 3), -ranks.get(name, 0)))


def _payouts(sold: Proceeds, found: Ownership) -> dict[str, Fraction]:
    return rounded(sold.payouts, found.minor_digits)


def security(table: CapTable, name: str) -> Security | None:
    """A class as a sale takes it; None where nobody holds any."""
    cls = table.classes[name]
    issued = table.issued(name)
    if not issued:
        return None
    price = cls.issue_price or Fraction(0)
    capped = None if cls.participation_cap is None else cls.participation_cap * price * issued
    return Security(
        name=name,
        shares=table.as_converted(None, name),
        preference=cls.preference * price * issued if cls.kind == "preferred" else Fraction(0),
        seniority=cls.seniority,
        participation=cls.participation if cls.kind == "preferred" else "none",
        cap=capped,
        strike=cls.strike or Fraction(0),
        granted=cls.kind in ("options", "warrants"),
    )


def _unconverted(one: Instrument, terms: Convertible) -> Unconverted:
    part = one.item.part
    note = part.kind == "convertible_note"
    return Unconverted(
        name=one.name,
        money=terms.money,
        kind="note" if note else "safe",
        form=terms.form,
        cap=terms.cap,
        discount=terms.discount,
        ownership=terms.ownership,
        seniority=0 if note else part.seniority,
        multiple=exact(part.sale_multiple) if note else Fraction(1),
        counts=terms.cap_counts,
    )


def favoured(
    terms: Sequence[Convertible], value: Fraction, shared: Callable[[Sequence[Convertible]], Waterfall]
) -> list[Convertible]:
    """The terms under which each most-favoured-nation SAFE gets the most of a sale: its own, or a later instrument's.

    One after the other, in the order of their issue; a fixed share is taken at its price.
    """
    chosen = list(terms)
    for n, one in enumerate(terms):
        if not one.mfn:
            continue
        ways = [one]
        for other in terms:
            if other.order > one.order and not other.mfn:
                share = None if other.ownership is None else other.ownership * one.money / other.money
                ways.append(replace(one, cap=other.cap, form=other.form, discount=other.discount, ownership=share))
        paid = [shared([*chosen[:n], way, *chosen[n + 1 :]]).sale(value).payouts[one.name] for way in ways]
        chosen[n] = ways[paid.index(max(paid))]
    return chosen


def _debts(model: Model, found: Ownership, rows: Mapping[str, Sequence[float]], on: date) -> list[Debt]:
    """What loans and credit lines are owed at the end of a day.

    Of a loan what is drawn and not repaid by then, the interest since its last payment by the days of its period, and
    the fee that is due with the last payment; of a credit line what is owed at the end of the month, before its last
    day what was owed when the month began.
    """
    owed = []
    for item in model.section("funding"):
        if item.kind in LENDERS:
            amount = _owed(item.part, {row: rows[f"{item.name}.{row}"] for row in item.part.rows()}, found, on)
            owed.append(Debt(item.name, amount, 1))
    return [debt for debt in owed if debt.amount > 0]


def _owed(part: Any, rows: Mapping[str, Sequence[float]], found: Ownership, on: date) -> Fraction:
    t, end = on.year * 12 + on.month - 1 - found.start, last_day(on.year * 12 + on.month - 1)
    balance = rows["brought_forward"][0] if t < 0 else rows["balance"][t]
    if part.kind == "credit_line":
        return exactly(balance if on == end or t < 0 else rows["brought_forward"][t])
    place = position(on, found.start)
    if t >= 0 and rows["cash"][t] and rows["due"][t] > place:
        return Fraction(0)
    paid_on, period = rows["pays_on"][max(t, 0)], 0.0
    if t >= 0 and paid_on > place:  # this month's payment is still to come
        balance += rows["principal"][t]
        period = rows["interest"][t] * _passed(paid_on - 1, paid_on, on, found)
    elif t + 1 < len(rows["interest"]) and not part.in_advance:
        period = rows["interest"][t + 1] * _passed(paid_on, paid_on + 1, on, found) if t >= 0 else 0.0
    fee = sum(fee for month, fee in enumerate(rows["fee_at_end"]) if month > t or (month == t and paid_on > place))
    return exactly(round(balance + period + (fee if balance else 0.0), found.minor_digits))


def _passed(first: float, last: float, on: date, found: Ownership) -> float:
    """The share of a period between two positions that has passed at the end of a day."""
    begins, ends = date_at(first, found.start), date_at(last, found.start)
    return (on - begins).days / (ends - begins).days


def _returns(
    model: Model,
    found: Ownership,
    table: CapTable,
    open_ones: Sequence[Instrument],
    payouts: Mapping[str, Fraction],
    on: date,
) -> tuple[Return, ...]:
    taken: dict[str, Fraction] = {}
    for (holder, cls), held in table.holdings.items():
        taken[holder] = taken.get(holder, Fraction(0)) + payouts.get(cls, Fraction(0)) * held / table.issued(cls)
    for one in open_ones:
        taken[one.holder] = taken.get(one.holder, Fraction(0)) + payouts[one.name]
    taken = rounded(taken, found.minor_digits)
    result = []
    for holder, proceeds in taken.items():
        paid = _paid(model, found, holder, on)
        invested = None if paid is None else sum((money for _, money in paid), Fraction(0))
        rates: tuple[Returned | None, Returned | None] = (None, None)
        if paid and all(day is not None for day, _ in paid):
            flows = [(day, -float(money)) for day, money in paid if day is not None] + [(on, float(proceeds))]
            rates = _by_month(flows), xirr(flows)
        result.append(
            Return(
                holder=holder,
                title=found.titles[holder],
                proceeds=proceeds,
                invested=invested,
                multiple=float(proceeds / invested) if invested else None,
                irr=rates[0],
                xirr=rates[1],
            )
        )
    return tuple(result)


def _by_month(flows: Sequence[tuple[date, float]]) -> Returned:
    """IRR of flows at the ends of their months, compounded to a year."""
    months = [day.year * 12 + day.month for day, _ in flows]
    grid = [0.0] * (max(months) - min(months) + 1)
    for month, (_, money) in zip(months, flows, strict=True):
        grid[month - min(months)] += money
    return yearly(irr(grid), 12)


def yearly(found: Returned, periods: int) -> Returned:
    """A rate a period compounded to a year, and all others with it."""

    def compounded(rate: float) -> float:
        return (1 + rate) ** periods - 1

    return found._replace(
        rate=None if found.rate is None else compounded(found.rate), all_rates=tuple(map(compounded, found.all_rates))
    )


def _paid(model: Model, found: Ownership, holder: str, on: date) -> list[tuple[date | None, Fraction]] | None:
    """What a holder has paid by a day, with the days; None where a part of it is not known."""
    paid: list[tuple[date | None, Fraction]] = []
    captable = model.captable
    assert captable is not None
    written = captable.holders.get(holder)
    if written is not None and written.invested is not None:
        paid.append((_day(written.invested_on), exact(written.invested)))
    elif written is not None:
        for name in written.shares:
            if (holder, name) not in found.opening.holdings:
                continue  # written as none
            cls = captable.classes.get(name)
            if cls is None or cls.kind != "preferred":
                return None
            price = found.opening.classes[name].issue_price or Fraction(0)
            paid.append((_day(cls.issued), price * found.opening.holdings[holder, name]))
    if any(grant.holder == holder for grant in captable.grants.values()) and not paid:
        return None
    for step in found.steps:
        if step.closed is not None and step.date <= on and step.closed.money.get(holder):
            paid.append((step.date, step.closed.money[holder]))
    paid += [(one.day, one.money) for one in found.funded if one.holder == holder and one.day <= on]
    return paid


def _day(figure: Any) -> date | None:
    return None if figure is None else date_at(figure.entries[0].amount.number, 0)
