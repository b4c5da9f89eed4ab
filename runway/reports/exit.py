"""What `runway exit` prints: the waterfall at one value, each holder's return, and the sharing over a range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.ownership.ownership import PLANNED
from runway.render.figures import MOST_DECIMALS, NONE, Scale, day, needed, printable, scale
from runway.render.text import Text, cell, cell_len
from runway.reports.captable import headed, price
from runway.reports.old import prose, table, written_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.exit import Exit, Point
    from runway.ownership.returns import Returned

__all__ = ["exit_csv", "exit_lines"]

LABEL = 24
COLUMN = 13
SHARE = 7
LONG = 100_000.0  # in the unit: beyond it there is no room for more digits after the point
RATE = 10
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


def exit_lines(found: Exit, width: int) -> Iterator[Text]:
    """The whole report."""
    owner = found.ownership
    values = [float(found.value), *(float(point.value) for point in found.points)]
    values += [float(one.owed or 0) for one in found.claims] + [float(one.invested or 0) for one in found.returns]
    unit = scale(owner.currency, owner.minor_digits, values)
    paid = unit.amount(float(found.value)) if found.value else "nothing"
    head = f"{owner.model} · {owner.scenario} · sold for {paid} on {day(found.date)}"
    yield from prose("", f"{head} · {unit.label}", width, "bold")
    yield Text()
    yield from _claims(found, unit)
    if owner.in_shares:
        yield from prose("  ", f"One common share gets {price(found.share_value)} {owner.currency}.", width, "dim")
    counted = [step.title for step in owner.steps if step.date <= found.date and step.title.endswith(PLANNED)]
    if counted:
        names = ", ".join(dict.fromkeys(title.removesuffix(PLANNED) for title in counted))
        yield from prose("  ", f"Counted though only planned: {names}.", width, "dim")
    for name in found.unsettled:
        yield from prose("  ", f"The terms do not settle whether {name} converts.", width)
    yield Text()
    yield from _returns(found, unit, width)
    if found.breakpoints:
        yield Text()
        yield from headed("BREAKPOINTS", "above each value the money is shared in another way", width)
        decimals = unit.decimals([[float(one.value)] for one in found.breakpoints])
        for one in found.breakpoints:
            value = unit.figure(float(one.value), decimals)
            yield from prose("  " + value.rjust(COLUMN) + "  ", str(one), width)
    if points := [point for point in found.points if point.value]:
        yield Text()
        yield from _range(found, points, unit, width)


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


def _returns(found: Exit, unit: Scale, width: int) -> Iterator[Text]:
    heads = ("invested ", "gets ", "multiple", "IRR", "XIRR")
    columns = (COLUMN, COLUMN, RATE, RATE, RATE)
    head = "".join(text.rjust(column) for text, column in zip(heads, columns, strict=True))
    yield Text.assemble((cell("  RETURNS", LABEL), "bold"), (head, "dim"))
    decimals = _decimals(unit, [money for one in found.returns for money in (one.invested, one.proceeds)])
    for one in found.returns:
        cells = [
            NONE + " " if one.invested is None else unit.figure(float(one.invested), decimals),
            unit.figure(float(one.proceeds), decimals),
            NONE if one.multiple is None else _large(one.multiple, 2, "x"),
            _rate(one.irr),
            _rate(one.xirr),
        ]
        yield Text(_label(one.title) + "".join(t.rjust(n) for t, n in zip(cells, columns, strict=True)))
    text = "multiple: MOIC, the same as DPI and TVPI at a sale; IRR by months, XIRR by days (Act/365), a year"
    yield from prose("  ", text, width, "dim")
    if any(one.invested is None for one in found.returns):
        text = "Where it is not known what a holder paid there is no return: write invested in its table."
        yield from prose("  ", text, width, "dim")
    several = [one for one in found.returns if one.xirr is not None and len(one.xirr.all_rates) > 1]
    for one in several:
        assert one.xirr is not None
        rates = ", ".join(f"{rate * 100:,.1f}%" for rate in one.xirr.all_rates)
        yield from prose("  ", f"{one.title} has {len(one.xirr.all_rates)} rates ({rates}); {one.xirr.rule}.", width)


def _rate(found: Returned | None) -> str:
    if found is None or found.rate is None:
        return NONE
    return _large(round(found.rate * 100, 1) + 0.0, 1, "%").replace("-", "−")


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


def exit_csv(found: Exit) -> str:
    """`value,claim,kind,payout` at the value asked for and over the range."""
    digits = found.ownership.minor_digits
    kinds = {one.name: one.kind for one in found.claims}
    points = [(found.value, {one.name: one.payout for one in found.claims})]
    points += [(point.value, dict(point.payouts)) for point in found.points if point.value != found.value]
    body = [
        [f"{float(value):.{digits}f}", written_text(name), kinds[name], f"{float(paid):.{digits}f}"]
        for value, payouts in sorted(points, key=lambda point: point[0])
        for name, paid in payouts.items()
    ]
    return table(["value", "claim", "kind", "payout"], body)
