"""A sale: the waterfall at one value, each holder's return of it or of several, and a range of values."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.render.cells import rate
from runway.render.chart import BLOCKS, StackedBars
from runway.render.figures import MOST_DECIMALS, Scale, day, first_digit_places, scale
from runway.render.report import Block, Column, Prose, Report, Row, Table, Unit, Value, sized
from runway.reports.captable import price

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runway.answers.exit import Exit, ExitPoint, Return

    Returns = Sequence[tuple[str, Sequence[Return]]]  # of several sales, each with its head

LONG = 100_000.0  # in the unit: beyond it there is no room for more digits after the point
OUTCOMES = {
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
Figures = tuple[tuple[str, Unit, "Callable[[Return], Value]"], ...]  # the head, unit and value of each
PAID_BEFORE: Figures = (
    ("invested", "money", lambda holder: holder.invested),
    ("repaid", "money", lambda holder: holder.repaid),
)
PROCEEDS: Figures = (
    ("gets", "money", lambda holder: holder.proceeds),
    ("multiple", "multiple", lambda holder: holder.multiple),
)
RATES: Figures = (
    ("IRR", "rate", lambda holder: holder.irr and holder.irr.rate),
    ("XIRR", "rate", lambda holder: holder.xirr and holder.xirr.rate),
)
AT_RATE: Figures = (("NPV", "money", lambda holder: holder.npv), ("MIRR", "rate", lambda holder: holder.mirr))
ABOUT_RATES = "IRR by months, XIRR by days (Act/365), a year"


def report(sold: Exit) -> Report:
    """The waterfall at one value, or the returns of several; `main` has a row a value and claim, then holder."""
    owner = sold.ownership
    amounts = [float(sale.value) for sale in sold.sales] + [float(point.value) for point in sold.points]
    amounts += [float(claim.owed or 0) for claim in sold.claims] + [float(r.invested or 0) for r in sold.returns]
    unit = scale(owner.currency, owner.minor_digits, amounts)
    values = _values(sold, unit)
    sections: list[list[Block]] = [[*([] if sold.others else [_claims(sold, unit)]), *_remarks(sold, unit)]]
    heads = [f"sold for {value}" for value in values] if sold.others else [""]
    returns = [(head, sale.returns) for head, sale in zip(heads, sold.sales, strict=True)]
    sections.append([_returns(sold, unit, returns), *_about_returns(sold)])
    if sold.others:
        sections.append(rates_of(returns))
    else:
        sections[-1] += _several_rates(returns)
    if sold.rate is not None:
        sections.append(at_rate(sold.rate, returns))
    if sold.breakpoints:
        sections.append([_breakpoints(sold)])
    if points := [point for point in sold.points if point.value]:
        sections += [[block] for block in _range(sold, points, unit)]
    title = (owner.model, owner.scenario, f"sold for {' or '.join(values)} on {day(sold.date)}", unit.label)
    return Report(title, unit, [section for section in sections if section], main=lambda: _main(sold))


def _values(sold: Exit, unit: Scale) -> list[str]:
    """The value of each sale, all with as many decimals as one of them needs."""
    places = max(len(unit.amount(float(sale.value)).partition(".")[2]) for sale in sold.sales)
    return [unit.figure(float(sale.value), places).strip() if sale.value else "nothing" for sale in sold.sales]


def _claims(sold: Exit, unit: Scale) -> Table:
    rows = []
    for claim in sold.claims:
        part = claim.payout / sold.value if sold.value and claim.payout else None
        rows.append(Row([claim.name, claim.owed, claim.payout, part, OUTCOMES.get(claim.outcome, claim.outcome)]))
    rows.append(Row(["Sum", "", sold.value, "", ""], style="bold"))
    amounts = (Column("first claim", "money"), Column("gets", "money"))
    columns = (Column("claim"), *amounts, Column("part", "rate"), Column("how"))
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
    """Places that show two digits of the smallest amount, up to three: a holder's part may be a small one."""
    lines = [[float(amount)] for amount in amounts if amount]
    decimals = unit.decimals(lines)
    least = min((abs(value) / unit.unit for (value,) in lines), default=1.0)
    if unit.unit == 1 or decimals == 0 or any(abs(value) / unit.unit >= LONG for (value,) in lines):
        return decimals
    return max(decimals, min(MOST_DECIMALS, first_digit_places(least) + (least < 1)))


def _returns(sold: Exit, unit: Scale, returns: Returns) -> Table:
    """Each holder's return at one value with its rates, or at several side by side."""
    every = [holder for _, holders in returns for holder in holders]
    repaid = any(holder.repaid for holder in every)
    figures = PROCEEDS if sold.others else (*PROCEEDS, *RATES)
    places = _decimals(unit, [money for holder in every for money in (holder.invested, holder.repaid, holder.proceeds)])
    return by_holder("RETURNS", returns, figures, PAID_BEFORE[: 1 + repaid], places)


def by_holder(title: str, returns: Returns, figures: Figures, fixed: Figures = (), places: int | None = None) -> Table:
    """A row a holder: the figures that are the same of every sale, then those of each."""
    columns = [Column("holder", wraps=True), *(Column(head, kind) for head, kind, _ in fixed)]
    columns += [Column(head, kind, over=over) for over, _ in returns for head, kind, _ in figures]
    by_name = [{holder.holder: holder for holder in holders} for _, holders in returns]
    firsts: dict[str, Return] = {}
    for _, holders in returns:
        for holder in holders:
            firsts.setdefault(holder.holder, holder)
    rows = []
    for name, first in firsts.items():
        cells: list[Value] = [first.title, *(read(first) for *_, read in fixed)]
        for sale in by_name:
            cells += [read(sale[name]) if name in sale else None for *_, read in figures]
        rows.append(Row(cells))
    return Table(title, columns, rows, places=places)


def _about_returns(sold: Exit) -> Iterator[Prose]:
    text = "multiple: MOIC, the same as DPI and TVPI at a sale"
    if any(holder.repaid for sale in sold.sales for holder in sale.returns):
        text = f"repaid: before the sale, with interest and fees, or for shares sold to others; {text}"
    yield Prose(text if sold.others else f"{text}; {ABOUT_RATES}", style="dim")
    unknown = [holder.holder for holder in sold.returns if holder.invested is None]
    if any(holder not in sold.ownership.titles for holder in unknown):  # lenders
        yield Prose("What was paid of a loan before the first month is not known, so it has no return.", style="dim")
    if any(holder in sold.ownership.titles for holder in unknown):
        text = "Where it is not known what a holder paid there is no return: write invested in its table."
        yield Prose(text, style="dim")


def rates_of(returns: Returns) -> list[Block]:
    """Each holder's rates of return side by side."""
    return [by_holder("RATES", returns, RATES), Prose(ABOUT_RATES, style="dim"), *_several_rates(returns)]


def _several_rates(returns: Returns) -> Iterator[Prose]:
    """The rates of flows that have several."""
    for head, holders in returns:
        of_sale = f", {head}," if head else ""
        for holder in holders:
            for name, returned in (("IRR", holder.irr), ("XIRR", holder.xirr)):
                if returned is not None and len(returned.all_rates) > 1:
                    rates = ", ".join(map(rate, returned.all_rates))
                    yield Prose(f"{holder.title}{of_sale} has several {name}s ({rates}); shown is {returned.rule}.")


def at_rate(yearly: float, returns: Returns) -> list[Block]:
    """Present values and modified rates at a rate a year."""
    modified = any(holder.mirr is not None for _, holders in returns for holder in holders)
    at = f"{rate(yearly)} a year"
    texts = [f"NPV at {at}: what the flows are worth in the month of the first"]
    if modified:
        texts.append(
            f"MIRR: a year, of flows that change sign more than once, {at} on what is owed and on what is put by"
        )
    table = by_holder(f"AT {at.upper()}", returns, AT_RATE[: 1 + modified])
    return [table, *(Prose(text, style="dim") for text in texts)]


def _breakpoints(sold: Exit) -> Table:
    rows = [Row([str(point), point.value]) for point in sold.breakpoints]
    columns = (Column("what changes", wraps=True), Column("above", "money"))
    return Table("BREAKPOINTS", columns, rows, "above each value the money is shared in another way")


def _range(sold: Exit, points: Sequence[ExitPoint], unit: Scale) -> Iterator[Block]:
    """The payout of each claim over a range of values; bars by claim, or by kind where there are too many claims."""
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


def _main(sold: Exit) -> Table:
    """Every claim at each value asked for and over the range, then every holder at each value asked for."""
    kinds = {claim.name: claim.kind for claim in sold.claims}
    points = {point.value: point.payouts for point in sold.points}
    points |= {sale.value: {claim.name: claim.payout for claim in sale.claims} for sale in sold.sales}
    claims = [
        Row([value, name, kinds[name], paid, *[None] * len(WORTH)])
        for value, payouts in sorted(points.items())
        for name, paid in payouts.items()
    ]
    holders = [
        Row([sale.value, *[None] * len(CLAIM), *worth_cells(holder)]) for sale in sold.sales for holder in sale.returns
    ]
    return Table("", (Column("value", "money"), *CLAIM, *WORTH), [*claims, *holders])


CLAIM = (Column("claim"), Column("kind"), Column("payout", "money"))
WORTH = (
    Column("holder"), *(Column(name, "money") for name in ("invested", "repaid", "proceeds")),
    *(Column(name, "rate") for name in ("multiple", "irr", "xirr")), Column("npv", "money"), Column("mirr", "rate"),
)  # fmt: skip


def worth_cells(holder: Return) -> list[Value]:
    """The cells of `WORTH`: a holder's return of a sale."""
    rates = (holder.multiple, holder.irr and holder.irr.rate, holder.xirr and holder.xirr.rate)
    return [holder.holder, holder.invested, holder.repaid, holder.proceeds, *rates, holder.npv, holder.mirr]
