"""What `runway exit` prints: the waterfall at one value, each holder's return of it or of several, and a range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from runway.ownership.ownership import PLANNED
from runway.render.figures import MOST_DECIMALS, NONE, Scale, day, needed, printable, scale
from runway.render.text import Text, cell, cell_len
from runway.reports.captable import headed, price
from runway.reports.old import prose, table, written_text
from runway.words import rounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from runway.answers.exit import Exit, Point, Return, Sale
    from runway.ownership.returns import Returned

__all__ = ["exit_csv", "exit_lines"]

LABEL = 24
COLUMN = 13
SHARE = 7
LONG = 100_000.0  # in the unit: beyond it there is no room for more digits after the point
RATE = 10
HOLDER_ROWS = ["value", "holder", "invested", "proceeds", "multiple", "irr", "xirr", "npv", "mirr"]
BLOCKS = "█▓▒░#=+"
BAR = 50
KINDS = {
    "debt": "debt",
    "convertible_note": "notes",
    "safe": "SAFEs",
    "preferred": "preferred",
    "common": "common",
    "options": "options",
    "warrants": "warrants",
}
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


def exit_lines(sold: Exit, width: int) -> Iterator[Text]:
    """The whole report: the waterfall at one value, or what holders make of several."""
    owner = sold.ownership
    amounts = [float(sale.value) for sale in sold.sales] + [float(point.value) for point in sold.points]
    amounts += [float(one.owed or 0) for one in sold.claims] + [float(one.invested or 0) for one in sold.returns]
    unit = scale(owner.currency, owner.minor_digits, amounts)
    paid = " or ".join(unit.amount(float(sale.value)) if sale.value else "nothing" for sale in sold.sales)
    head = f"{owner.model} · {owner.scenario} · sold for {paid} on {day(sold.date)}"
    yield from prose("", f"{head} · {unit.label}", width, "bold")
    yield Text()
    if not sold.others:
        yield from _claims(sold, unit)
    if owner.in_shares:
        prices = " or ".join(price(sale.share_value) for sale in sold.sales)
        yield from prose("  ", f"One common share gets {prices} {owner.currency}.", width, "dim")
    counted = [step.title for step in owner.steps if step.date <= sold.date and step.title.endswith(PLANNED)]
    if counted:
        names = ", ".join(dict.fromkeys(title.removesuffix(PLANNED) for title in counted))
        yield from prose("  ", f"Counted though only planned: {names}.", width, "dim")
    for sale in sold.sales:
        at = f" at {unit.amount(float(sale.value))}" if sold.others else ""
        for name in sale.unsettled:
            yield from prose("  ", f"The terms do not settle whether {name} converts{at}.", width)
    yield Text()
    yield from _returns(sold, unit, width)
    if sold.breakpoints:
        yield Text()
        yield from headed("BREAKPOINTS", "above each value the money is shared in another way", width)
        decimals = unit.decimals([[float(one.value)] for one in sold.breakpoints])
        for one in sold.breakpoints:
            value = unit.figure(float(one.value), decimals)
            yield from prose("  " + value.rjust(COLUMN) + "  ", str(one), width)
    if points := [point for point in sold.points if point.value]:
        yield Text()
        yield from _range(sold, points, unit, width)


def _claims(found: Exit, unit: Scale) -> Iterator[Text]:
    decimals = _decimals(unit, [money for one in found.claims for money in (one.owed, one.payout)])
    yield Text.assemble(
        (cell("  WATERFALL", LABEL), "bold"),
        ("first claim".rjust(COLUMN) + "gets".rjust(COLUMN) + "part".rjust(SHARE) + "   how", "dim"),
    )
    for one in found.claims:
        first = NONE + " " if one.owed is None else unit.figure(float(one.owed), decimals)
        share = one.payout / found.value if found.value else Fraction(0)
        yield Text(
            _label(one.name)
            + first.rjust(COLUMN)
            + unit.figure(float(one.payout), decimals).rjust(COLUMN)
            + _percent(share).rjust(SHARE)
            + f"   {SAID.get(one.outcome, one.outcome)}"
        )
    total = unit.figure(float(found.value), decimals)
    yield Text(cell("  Sum", LABEL) + " " * COLUMN + total.rjust(COLUMN), "bold").rstrip()


def _decimals(unit: Scale, amounts: Sequence[Fraction | None]) -> int:
    """Places that show two digits of the smallest amount, up to three: what a holder gets may be small in the whole."""
    lines = [[float(one)] for one in amounts if one]
    decimals = unit.decimals(lines)
    least = min((abs(value) / unit.unit for (value,) in lines), default=1.0)
    if unit.unit == 1 or decimals == 0 or any(abs(value) / unit.unit >= LONG for (value,) in lines):
        return decimals
    return max(decimals, min(MOST_DECIMALS, needed(least) + (least < 1)))


def _label(name: str) -> str:
    return cell("  " + printable(name), LABEL - 1) + " "


def _returns(sold: Exit, unit: Scale, width: int) -> Iterator[Text]:
    """What each holder has made of one value with its rates, or of several side by side."""
    every = [one for sale in sold.sales for one in sale.returns]
    decimals = _decimals(unit, [money for one in every for money in (one.invested, one.proceeds)])

    def money(value: Fraction | float | None) -> str:
        return NONE + " " if value is None else unit.figure(float(value), decimals)

    columns = [
        Shown("invested ", COLUMN, lambda one: money(one.invested)),
        Shown("gets ", COLUMN, lambda one: money(one.proceeds)),
        Shown("multiple", RATE, lambda one: NONE if one.multiple is None else _large(one.multiple, 2, "x")),
    ]
    rates = [Shown("IRR", RATE, lambda one: _rate(one.irr)), Shown("XIRR", RATE, lambda one: _rate(one.xirr))]
    valued = [Shown("NPV ", COLUMN, lambda one: money(one.npv))] if sold.rate is not None else []
    if any(one.mirr is not None for one in every):
        valued.append(Shown("MIRR", RATE, lambda one: NONE if one.mirr is None else _percentage(one.mirr)))
    if sold.others:
        yield from _side_by_side(sold.sales, [*columns, *valued], unit, width)
    else:
        yield from _table("RETURNS", sold.returns, [*columns, *rates])
    text = "multiple: MOIC, the same as DPI and TVPI at a sale"
    if not sold.others:
        text += "; IRR by months, XIRR by days (Act/365), a year"
    yield from prose("  ", text, width, "dim")
    if any(one.invested is None for one in sold.returns):
        text = "Where it is not known what a holder paid there is no return: write invested in its table."
        yield from prose("  ", text, width, "dim")
    if not sold.others:
        yield from _several_rates(sold.returns, width)
    if sold.rate is not None:
        at = f"{_percentage(sold.rate)} a year"
        if not sold.others:
            yield Text()
            yield from _table(f"AT {at.upper()}", sold.returns, valued)
        yield from prose("  ", f"NPV at {at}: what the flows are worth in the month of the first", width, "dim")
        if len(valued) > 1:
            text = f"MIRR: a year, of flows that change sign more than once, {at} on what is owed and on what is put by"
            yield from prose("  ", text, width, "dim")


def _several_rates(returns: Sequence[Return], width: int) -> Iterator[Text]:
    for one in returns:
        for name, returned in (("IRR", one.irr), ("XIRR", one.xirr)):
            if returned is not None and len(returned.all_rates) > 1:
                rates = ", ".join(map(_percentage, returned.all_rates))
                yield from prose("  ", f"{one.title} has several {name}s ({rates}); shown is {returned.rule}.", width)


class Shown(NamedTuple):
    """A column of the table of holders."""

    head: str
    width: int
    cell: Callable[[Return], str]


def _table(title: str, returns: Sequence[Return], columns: Sequence[Shown]) -> Iterator[Text]:
    heads = "".join(column.head.rjust(column.width) for column in columns)
    yield Text.assemble((cell(f"  {title}", LABEL), "bold"), (heads.rstrip(), "dim"))
    for one in returns:
        yield Text(_label(one.title) + "".join(column.cell(one).rjust(column.width) for column in columns)).rstrip()


def _side_by_side(sales: Sequence[Sale], columns: Sequence[Shown], unit: Scale, width: int) -> Iterator[Text]:
    """Holders by values: what was invested once, the other columns for each value, as wide as their figures."""
    every = [one for sale in sales for one in sale.returns]
    invested, *group = (
        column._replace(width=2 + max(len(text) for text in (column.head, *map(column.cell, every))))
        for column in columns
    )
    label = min(LABEL, 1 + max(cell_len(_label(one.title).rstrip()) for one in every))
    label = max(label, len("  RETURNS") + 1)
    wide = sum(column.width for column in group)
    across = max(1, (width - label - invested.width) // wide)
    decimals = unit.decimals([[float(sale.value)] for sale in sales])
    for first in range(0, len(sales), across):
        block = sales[first : first + across]
        if first:
            yield Text()
        values = "".join(unit.figure(float(sale.value), decimals).rjust(wide) for sale in block)
        title = cell("  sold for" if first else "  RETURNS, sold for", label + invested.width)
        yield Text(title + values, "bold").rstrip()
        heads = "".join(column.head.rjust(column.width) for column in group) * len(block)
        yield Text((" " * label + invested.head.rjust(invested.width) + heads).rstrip(), "dim")
        for row in zip(*(sale.returns for sale in block), strict=True):
            cells = "".join(column.cell(one).rjust(column.width) for one in row for column in group)
            name = cell("  " + printable(row[0].title), label)
            yield Text(name + invested.cell(row[0]).rjust(invested.width) + cells).rstrip()


def _rate(found: Returned | None) -> str:
    if found is None or found.rate is None:
        return NONE
    return _percentage(found.rate)


def _percentage(rate: float) -> str:
    return _large(round(rate * 100, 1) + 0.0, 1, "%").replace("-", "−")


def _large(value: float, digits: int, sign: str) -> str:
    """A multiple or a rate, with fewer digits where it is absurd."""
    if abs(value) >= 1e6:
        return ">999,999" + sign if value > 0 else "<-999,999" + sign
    return f"{value:,.{digits if abs(value) < 1e4 else 0}f}{sign}"


def _percent(value: Fraction) -> str:
    return f"{float(value) * 100:.1f}%" if value else NONE


def _range(found: Exit, points: Sequence[Point], unit: Scale, width: int) -> Iterator[Text]:
    """What each claim gets over a range of values, as figures and as bars of their shares."""
    names = [one.name for one in found.claims]
    decimals = unit.decimals([[float(point.value) for point in points]])
    decimals = max(decimals, unit.decimals([[float(p.payouts[name]) for p in points] for name in names]))
    column = 2 + max(len(unit.figure(float(point.value), decimals)) for point in points)
    across = max(1, (width - LABEL) // column)
    for first in range(0, len(points), across):
        shown = points[first : first + across]
        heads = "".join(unit.figure(float(point.value), decimals).rjust(column) for point in shown)
        if first:
            yield Text()
        yield Text.assemble(
            (cell("  RANGE, sold for" if not first else "  sold for", LABEL), "bold"), (heads, "bold")
        ).rstrip()
        for name in names:
            figures = (unit.figure(float(point.payouts[name]), decimals).rjust(column) for point in shown)
            yield Text(_label(name) + "".join(figures)).rstrip()
    yield Text()
    yield from _bars(found, points, unit, decimals, width)


def _bars(found: Exit, points: Sequence[Point], unit: Scale, decimals: int, width: int) -> Iterator[Text]:
    """A bar of the shares of each value: by claim, or by kind where there are more claims than one can tell apart."""
    groups: dict[str, list[str]] = {}
    for one in found.claims:
        label = printable(one.name) if len(found.claims) <= len(BLOCKS) else KINDS[one.kind]
        groups.setdefault(label, []).append(one.name)
    blocks = dict(zip(groups, BLOCKS, strict=False))
    line = " "
    for label, block in blocks.items():
        piece = f" {block} {label} "
        if line.strip() and cell_len(line + piece) > width:
            yield Text(line.rstrip(), "dim")
            line = " "
        line += piece
    yield Text(line.rstrip(), "dim")
    longest = max(len(unit.figure(float(point.value), decimals)) for point in points)
    for point in points:
        bar, so_far = "", Fraction(0)
        for label, block in blocks.items():  # each part ends at its own place, so that every bar has one length
            so_far += sum((point.payouts[name] for name in groups[label]), Fraction(0))
            bar += block * (round(so_far / point.value * BAR) - len(bar))
        yield Text("  " + unit.figure(float(point.value), decimals).rjust(longest) + " " + bar)


def exit_csv(sold: Exit) -> str:
    """`value,claim,kind,payout` at the value asked for and over the range; of several values the holders' returns."""
    digits = sold.ownership.minor_digits
    if sold.others:
        return table(HOLDER_ROWS, [_row(sale, one, digits) for sale in sold.sales for one in sale.returns])
    kinds = {one.name: one.kind for one in sold.claims}
    points = [(sold.value, {one.name: one.payout for one in sold.claims})]
    points += [(point.value, dict(point.payouts)) for point in sold.points if point.value != sold.value]
    body = [
        [f"{float(value):.{digits}f}", written_text(name), kinds[name], f"{float(paid):.{digits}f}"]
        for value, payouts in sorted(points, key=lambda point: point[0])
        for name, paid in payouts.items()
    ]
    return table(["value", "claim", "kind", "payout"], body)


def _row(sale: Sale, one: Return, digits: int) -> list[str]:
    money = [sale.value, one.invested, one.proceeds, one.npv]
    value, invested, proceeds, worth = ("" if m is None else f"{float(m):.{digits}f}" for m in money)
    rates = [one.multiple, one.irr and one.irr.rate, one.xirr and one.xirr.rate, one.mirr]
    made, by_month, by_day, modified = ("" if rate is None else str(rounded(rate)) for rate in rates)
    return [value, written_text(one.holder), invested, proceeds, made, by_month, by_day, worth, modified]
