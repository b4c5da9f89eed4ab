"""A sale: the waterfall at one value, each holder's return of it or of several, and a range of values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.answers.exit import Exit
from runway.render.cells import rate
from runway.render.chart import BLOCKS, StackedBars
from runway.render.figures import MOST_DECIMALS, Scale, day, needed, scale
from runway.render.report import Block, Column, Prose, Report, Row, Table, Value, sized
from runway.reports.captable import price

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.exit import ExitPoint, Return
    from runway.answers.offers import Offers

LONG = 100_000.0  # in the unit: beyond it there is no room for more digits after the point
SAID = {
    "common": "shares as common",
    "preference": "takes its preference",
    "participates": "preference + shares",
    "capped": "at its cap",
    "converts": "converts",
    "exercised": "exercised",
    "not exercised": "not exercised",
    "cash": "money back",
    "repaid": "repaid first",
}


def report(sold: Exit | Offers) -> Report:
    """The waterfall at one value, or what holders make of several; `main` has a row a value and claim, or holder."""
    if not isinstance(sold, Exit):
        from runway.reports import offers

        return offers.report(sold)
    owner = sold.ownership
    amounts = [float(sale.value) for sale in sold.sales] + [float(point.value) for point in sold.points]
    amounts += [float(claim.owed or 0) for claim in sold.claims] + [float(r.invested or 0) for r in sold.returns]
    unit = scale(owner.currency, owner.minor_digits, amounts)
    paid = " or ".join(_values(sold, unit))
    sections: list[list[Block]] = [[*([] if sold.others else [_claims(sold, unit)]), *_remarks(sold, unit)]]
    sections.append([_returns(sold, unit), *_about_returns(sold)])
    if sold.rate is not None and not sold.others:
        sections.append([_at_rate(sold, unit)])
    if sold.rate is not None:
        sections[-1].extend(_about_rate(sold))
    if sold.breakpoints:
        sections.append([_breakpoints(sold)])
    if points := [point for point in sold.points if point.value]:
        sections += [[block] for block in _range(sold, points, unit)]
    title = (owner.model, owner.scenario, f"sold for {paid} on {day(sold.date)}", unit.label)
    main = _main_holders if sold.others else _main_claims
    return Report(title, unit, [section for section in sections if section], main=lambda: main(sold))


def _values(sold: Exit, unit: Scale) -> list[str]:
    """What is paid in each sale, all with as many decimals as one of them needs."""
    places = max(len(unit.amount(float(sale.value)).partition(".")[2]) for sale in sold.sales)
    return [unit.figure(float(sale.value), places).strip() if sale.value else "nothing" for sale in sold.sales]


def _claims(sold: Exit, unit: Scale) -> Table:
    rows = [
        Row(
            [
                claim.name,
                claim.owed,
                claim.payout,
                claim.payout / sold.value if sold.value and claim.payout else None,
                SAID.get(claim.outcome, claim.outcome),
            ]
        )
        for claim in sold.claims
    ]
    rows.append(Row(["Sum", "", sold.value, "", ""], style="bold"))
    columns = (
        Column("claim"),
        Column("first claim", "money"),
        Column("gets", "money"),
        Column("part", "rate"),
        Column("how"),
    )
    places = _decimals(unit, [money for claim in sold.claims for money in (claim.owed, claim.payout)])
    return Table("WATERFALL", columns, rows, places=places)


def _remarks(sold: Exit, unit: Scale) -> Iterator[Prose]:
    owner = sold.ownership
    if owner.in_shares:
        prices = " or ".join(price(sale.share_value) for sale in sold.sales)
        yield Prose(f"One common share gets {prices} {owner.currency}.", style="dim")
    if planned := owner.planned_by(sold.date):
        yield Prose(f"Counted though only planned: {', '.join(planned)}.", style="dim")
    for sale, value in zip(sold.sales, _values(sold, unit), strict=True):
        at = f" at {value}" if sold.others else ""
        for name in sale.unsettled:
            yield Prose(f"The terms do not settle whether {name} converts{at}.")


def _decimals(unit: Scale, amounts: Sequence[Fraction | None]) -> int:
    """Places that show two digits of the smallest amount, up to three: what a holder gets may be small in the whole."""
    lines = [[float(amount)] for amount in amounts if amount]
    decimals = unit.decimals(lines)
    least = min((abs(value) / unit.unit for (value,) in lines), default=1.0)
    if unit.unit == 1 or decimals == 0 or any(abs(value) / unit.unit >= LONG for (value,) in lines):
        return decimals
    return max(decimals, min(MOST_DECIMALS, needed(least) + (least < 1)))


def _returns(sold: Exit, unit: Scale) -> Table:
    """What each holder has made of one value with its rates, or of several side by side."""
    every = [holder for sale in sold.sales for holder in sale.returns]
    places = _decimals(unit, [money for holder in every for money in (holder.invested, holder.repaid, holder.proceeds)])
    modified = any(holder.mirr is not None for holder in every)
    repaid = any(holder.repaid for holder in every)
    columns = [
        Column("holder", wraps=True),
        Column("invested", "money"),
        *([Column("repaid", "money")] if repaid else []),
    ]
    for value in _values(sold, unit):
        at = f"sold for {value}" if sold.others else ""
        columns += [Column("gets", "money", over=at), Column("multiple", "multiple", over=at)]
        if not sold.others:
            columns += [Column("IRR", "rate"), Column("XIRR", "rate")]
        elif sold.rate is not None:
            columns += [Column("NPV", "money", over=at), *([Column("MIRR", "rate", over=at)] if modified else [])]
    rows = []
    for holders in zip(*(sale.returns for sale in sold.sales), strict=True):
        cells: list[Value] = [holders[0].title, holders[0].invested, *([holders[0].repaid] if repaid else [])]
        for holder in holders:
            cells += [holder.proceeds, holder.multiple]
            if not sold.others:
                cells += [holder.irr and holder.irr.rate, holder.xirr and holder.xirr.rate]
            elif sold.rate is not None:
                cells += [holder.npv, *([holder.mirr] if modified else [])]
        rows.append(Row(cells))
    return Table("RETURNS", columns, rows, places=places)


def _about_returns(sold: Exit) -> Iterator[Prose]:
    text = "multiple: MOIC, the same as DPI and TVPI at a sale"
    if any(holder.repaid for sale in sold.sales for holder in sale.returns):
        text = f"repaid: before the sale, with interest and fees, or for shares sold to others; {text}"
    yield Prose(text if sold.others else f"{text}; IRR by months, XIRR by days (Act/365), a year", style="dim")
    unknown = [holder.holder for holder in sold.returns if holder.invested is None]
    if any(holder not in sold.ownership.titles for holder in unknown):  # lenders
        yield Prose("What was paid of a loan before the first month is not known, so it has no return.", style="dim")
    if any(holder in sold.ownership.titles for holder in unknown):
        text = "Where it is not known what a holder paid there is no return: write invested in its table."
        yield Prose(text, style="dim")
    for holder in () if sold.others else sold.returns:
        for name, returned in (("IRR", holder.irr), ("XIRR", holder.xirr)):
            if returned is not None and len(returned.all_rates) > 1:
                rates = ", ".join(map(rate, returned.all_rates))
                yield Prose(f"{holder.title} has several {name}s ({rates}); shown is {returned.rule}.")


def _at_rate(sold: Exit, unit: Scale) -> Table:
    """Present values and modified rates at the rate asked for."""
    places = _decimals(unit, [money for holder in sold.returns for money in (holder.invested, holder.proceeds)])
    modified = any(holder.mirr is not None for holder in sold.returns)
    columns = [Column("holder"), Column("NPV", "money"), *([Column("MIRR", "rate")] if modified else [])]
    rows = [Row([holder.title, holder.npv, *([holder.mirr] if modified else [])]) for holder in sold.returns]
    return Table(f"AT {rate(sold.rate or 0.0)} A YEAR", columns, rows, places=places)


def _about_rate(sold: Exit) -> Iterator[Prose]:
    at = f"{rate(sold.rate or 0.0)} a year"
    yield Prose(f"NPV at {at}: what the flows are worth in the month of the first", style="dim")
    if any(holder.mirr is not None for sale in sold.sales for holder in sale.returns):
        text = f"MIRR: a year, of flows that change sign more than once, {at} on what is owed and on what is put by"
        yield Prose(text, style="dim")


def _breakpoints(sold: Exit) -> Table:
    rows = [Row([str(point), point.value]) for point in sold.breakpoints]
    columns = (Column("what changes", wraps=True), Column("above", "money"))
    return Table("BREAKPOINTS", columns, rows, "above each value the money is shared in another way")


def _range(sold: Exit, points: Sequence[ExitPoint], unit: Scale) -> Iterator[Block]:
    """What each claim gets over a range of values; bars by claim, or by kind where there are too many claims."""
    rows = [Row(["sold for", *(point.value for point in points)], "money", "bold")]
    rows += [Row([claim.name, *(point.payouts[claim.name] for point in points)], "money") for claim in sold.claims]
    table = Table("RANGE", [Column("claim"), *(Column("", "money") for _ in points)], rows)
    parts: dict[str, list[str]] = {}
    for claim in sold.claims:
        parts.setdefault(claim.name if len(sold.claims) <= len(BLOCKS) else claim.group, []).append(claim.name)
    shares = [
        (point.value, [sum((point.payouts[name] for name in names), Fraction(0)) for names in parts.values()])
        for point in points
    ]
    yield table
    yield StackedBars(list(parts), shares, sized(table, unit)[1].places)


def _main_claims(sold: Exit) -> Table:
    """Every claim at the value asked for and over the range."""
    kinds = {claim.name: claim.kind for claim in sold.claims}
    points = [(sold.value, {claim.name: claim.payout for claim in sold.claims})]
    points += [(point.value, dict(point.payouts)) for point in sold.points if point.value != sold.value]
    rows = [
        Row([value, name, kinds[name], paid])
        for value, payouts in sorted(points, key=lambda point: point[0])
        for name, paid in payouts.items()
    ]
    columns = (Column("value", "money"), Column("claim"), Column("kind"), Column("payout", "money"))
    return Table("", columns, rows)


def _main_holders(sold: Exit) -> Table:
    """Every holder at every value."""
    rows = [Row([sale.value, *made(holder), holder.npv, holder.mirr]) for sale in sold.sales for holder in sale.returns]
    return Table("", [Column("value", "money"), *MADE, Column("npv", "money"), Column("mirr", "rate")], rows)


MADE = (
    Column("holder"), *(Column(name, "money") for name in ("invested", "repaid", "proceeds")),
    *(Column(name, "rate") for name in ("multiple", "irr", "xirr")),
)  # fmt: skip


def made(own: Return) -> list[Value]:
    """The cells of `MADE`: what a holder has made of a sale."""
    rates = (own.multiple, own.irr and own.irr.rate, own.xirr and own.xirr.rate)
    return [own.holder, own.invested, own.repaid, own.proceeds, *rates]
