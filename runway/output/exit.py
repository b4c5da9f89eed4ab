"""What `runway exit` prints: the waterfall at one value, each holder's return, and the sharing over a range."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.output.csv import table, written_text
from runway.output.figures import NONE, Scale, day, printable, scale
from runway.output.ownership import price
from runway.output.report import heading, prose
from runway.output.text import Text, cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.captable.returns import Returned
    from runway.exits import Exit, Point

__all__ = ["exit_csv", "exit_lines"]

LABEL = 26
COLUMN = 12
BLOCKS = "█▓▒░#=+-:."
BAR = 50
SAID = {
    "common": "shares as common",
    "preference": "takes its preference",
    "participates": "preference, then shares",
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
    unit = scale(owner.currency, owner.minor_digits, values)
    head = f"{owner.model} · {owner.scenario} · sold for {unit.amount(float(found.value))} on {day(found.date)}"
    yield from prose("", f"{head} · {unit.label}", width, "bold")
    yield Text()
    yield from _claims(found, unit)
    if owner.in_shares:
        yield from prose("  ", f"One common share gets {price(found.share_value)}.", width, "dim")
    for name in found.unsettled:
        yield from prose("  ", f"The terms do not say whether {name} or another converts first.", width)
    yield Text()
    yield from _returns(found, unit, width)
    if found.breakpoints:
        yield Text()
        yield heading("BREAKPOINTS", "   exit values from which the next unit of money is shared otherwise")
        for one in found.breakpoints:
            value = unit.figure(float(one.value), unit.decimals([[float(one.value)]]))
            yield from prose("  " + value.rjust(COLUMN) + "  ", str(one), width)
    if found.points:
        yield Text()
        yield from _range(found, unit, width)


def _claims(found: Exit, unit: Scale) -> Iterator[Text]:
    yield Text.assemble(
        (cell("  WATERFALL", LABEL), "bold"),
        ("first claim".rjust(COLUMN - 1) + "gets".rjust(COLUMN) + "of it".rjust(COLUMN - 1) + "   by", ""),
    )
    owed = [float(one.owed) for one in found.claims if one.owed is not None]
    decimals = unit.decimals([owed, [float(one.payout) for one in found.claims]])
    for one in found.claims:
        first = NONE + " " if one.owed is None else unit.figure(float(one.owed), decimals)
        share = one.payout / found.value if found.value else Fraction(0)
        yield Text(
            cell("  " + printable(one.name), LABEL)
            + first.rjust(COLUMN)
            + unit.figure(float(one.payout), decimals).rjust(COLUMN)
            + _percent(share).rjust(COLUMN - 2)
            + f"   {SAID.get(one.outcome, one.outcome)}"
        )
    yield Text(cell("  Sum", LABEL) + " " * COLUMN + unit.figure(float(found.value), decimals).rjust(COLUMN), "bold")


def _returns(found: Exit, unit: Scale, width: int) -> Iterator[Text]:
    heads = ("invested", "gets", "multiple", "IRR", "XIRR")
    yield Text.assemble((cell("  RETURNS", LABEL), "bold"), ("".join(head.rjust(COLUMN - 2) for head in heads), ""))
    invested = [float(one.invested) for one in found.returns if one.invested is not None]
    decimals = unit.decimals([invested, [float(one.proceeds) for one in found.returns]])
    for one in found.returns:
        cells = [
            NONE + " " if one.invested is None else unit.figure(float(one.invested), decimals),
            unit.figure(float(one.proceeds), decimals),
            NONE if one.multiple is None else f"{one.multiple:,.2f}x",
            _rate(one.irr),
            _rate(one.xirr),
        ]
        yield Text(cell("  " + printable(one.title), LABEL) + "".join(text.rjust(COLUMN - 2) for text in cells))
    text = "multiple: MOIC, the same as DPI and TVPI at a sale; IRR by months, XIRR by days (Act/365), a year"
    yield from prose("  ", text, width, "dim")
    if any(one.invested is None for one in found.returns):
        yield from prose(
            "  ", "What is not known to have been paid has no return: holders take invested.", width, "dim"
        )
    several = [one for one in found.returns if one.xirr is not None and len(one.xirr.all_rates) > 1]
    for one in several:
        assert one.xirr is not None
        rates = ", ".join(f"{rate * 100:,.1f}%" for rate in one.xirr.all_rates)
        yield from prose("  ", f"{one.title} has {len(one.xirr.all_rates)} rates ({rates}); {one.xirr.rule}.", width)


def _rate(found: Returned | None) -> str:
    return NONE if found is None or found.rate is None else f"{found.rate * 100:,.1f}%".replace("-", "−")


def _percent(value: Fraction) -> str:
    return f"{float(value) * 100:.1f}%" if value else NONE


def _range(found: Exit, unit: Scale, width: int) -> Iterator[Text]:
    """What each claim gets over a range of values, as figures and as a bar of shares."""
    names = [one.name for one in found.claims]
    across = max(2, (width - COLUMN - 2) // COLUMN)
    decimals = unit.decimals([[float(point.value) for point in found.points]])
    decimals = max(decimals, unit.decimals([[float(p.payouts[name]) for p in found.points] for name in names]))
    for first in range(0, len(names), across):
        shown = names[first : first + across]
        yield Text.assemble(
            ("  RANGE".ljust(COLUMN + 2) if not first else " " * (COLUMN + 2), "bold"),
            ("".join(cell(printable(name), COLUMN - 1).strip().rjust(COLUMN) for name in shown), ""),
        )
        for point in found.points:
            figures = [unit.figure(float(point.payouts[name]), decimals).rjust(COLUMN) for name in shown]
            yield Text("  " + unit.figure(float(point.value), decimals).rjust(COLUMN) + "".join(figures))
        yield Text()
    letters = dict(zip(names, BLOCKS, strict=False))
    legend = "  ".join(f"{block} {printable(name)}" for name, block in letters.items())
    yield from prose("  ", legend, width, "dim")
    for point in found.points:
        if point.value:
            bar = _bar(point, list(letters.items()))
            yield Text("  " + unit.figure(float(point.value), decimals).rjust(COLUMN) + " " + bar)


def _bar(point: Point, letters: Sequence[tuple[str, str]]) -> str:
    """A bar of the shares of one value; each part ends at its own place, so that the whole has one length."""
    bar, so_far = "", Fraction(0)
    for name, block in letters:
        so_far += point.payouts[name]
        bar += block * (round(so_far / point.value * BAR) - len(bar))
    return bar


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
