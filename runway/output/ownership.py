"""What `runway captable` prints: ownership over time, the price of each closing, and who is diluted by what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.months import last_day
from runway.output.csv import table as csv_table
from runway.output.csv import written_text
from runway.output.figures import Scale, day, printable, scale
from runway.output.report import heading, prose
from runway.output.text import Text, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from runway.captable.records import CapTable, Closed
    from runway.ownership import Ownership, Step

__all__ = ["at_lines", "ownership_csv", "ownership_lines"]

LABEL = 20
COLUMN = 15
CAUSE = 8
NAME = 24
POOL = "Pool, not granted"


def ownership_lines(found: Ownership, width: int) -> Iterator[Text]:
    """The whole report."""
    unit = unit_of(found)
    yield from title(found, unit, width)
    yield Text()
    yield from _over_time(found, unit, width)
    for step in found.steps:
        if step.closed is not None:
            yield Text()
            yield from _dilution(found, step, step.closed, width)
    yield Text()
    yield from _classes(found, found.table(found.last_day), found.last_day, width)
    yield from _unconverted(found, found.last_day, unit, width)


def at_lines(found: Ownership, on: date, width: int) -> Iterator[Text]:
    """The cap table at the end of a month, by holder and class."""
    unit = unit_of(found)
    yield from title(found, unit, width)
    yield Text()
    yield from _classes(found, found.table(on), on, width)
    yield from _unconverted(found, on, unit, width)


def title(found: Ownership, unit: Scale, width: int) -> Iterator[Text]:
    yield from prose("", f"{found.model} · {found.scenario} · {unit.label}", width, "bold")


def unit_of(found: Ownership) -> Scale:
    closed = [step.closed for step in found.steps if step.closed is not None]
    values = [float(value) for one in closed for value in (one.post_money, *one.money.values())]
    return scale(found.currency, found.minor_digits, values or [float(one.money) for one in found.funded])


def _over_time(found: Ownership, unit: Scale, width: int) -> Iterator[Text]:
    """Stakes at the start and after each change, in as many blocks of columns as the width needs."""
    columns: list[tuple[str, str, date, CapTable, Closed | None]] = [
        ("start", "", last_day(found.start - 1), found.opening, None),
        *((step.title, step.part, step.date, step.table, step.closed) for step in found.steps),
    ]
    across = max(2, (width - LABEL) // COLUMN)
    for first in range(0, len(columns), across):
        shown = columns[first : first + across]
        if first:
            yield Text()
        heads = "".join(cell(printable(head), COLUMN - 1).strip().rjust(COLUMN) for head, *_ in shown)
        yield Text.assemble((cell("  OWNERSHIP", LABEL), "bold"), heads)
        if any(part for _, part, *_ in shown):
            parts = "".join(cell(printable(part), COLUMN - 1).strip().rjust(COLUMN) for _, part, *_ in shown)
            yield Text(cell("", LABEL) + parts)
        yield Text(cell("  fully diluted", LABEL) + "".join(day(on).rjust(COLUMN) for _, _, on, *_ in shown), "dim")
        holders = [h for h in found.titles if any(held(one, h) for *_, one, _ in shown)]
        for holder in holders:
            yield _row(found.titles[holder], [share(one.stake(holder)) for *_, one, _ in shown])
        if any(one.pool for *_, one, _ in shown):
            yield _row(POOL, [share(one.pool / one.fully_diluted) for *_, one, _ in shown])
        if found.in_shares:
            yield _row("Shares, fully diluted", [shares(one.fully_diluted) for *_, one, _ in shown])
        yield from _prices(found, [closed for *_, closed in shown], unit)


def _prices(found: Ownership, shown: Sequence[Closed | None], unit: Scale) -> Iterator[Text]:
    """What each closing was priced at."""
    if not any(shown):
        return

    def row(label: str, figure: Callable[[Closed], Fraction]) -> Text:
        values = [None if one is None else float(figure(one)) for one in shown]
        decimals = unit.decimals([[value for value in values if value is not None]])
        return _row(label, ["" if value is None else unit.figure(value, decimals) for value in values])

    yield row("New money", lambda one: sum(one.money.values(), one.price * 0))
    yield row("Pre-money", lambda one: one.pre_money)
    yield row("  for the old shares", lambda one: one.effective_pre_money)
    yield row("Post-money", lambda one: one.post_money)
    if found.in_shares:
        yield _row("Price of a share", ["" if one is None else price(one.price) + " " for one in shown])


def _row(label: str, values: Sequence[str]) -> Text:
    return Text((cell("  " + printable(label), LABEL) + "".join(value.rjust(COLUMN) for value in values)).rstrip())


def _dilution(found: Ownership, step: Step, closed: Closed, width: int) -> Iterator[Text]:
    """Whose share fell, and what made it fall: the round, the pool, each SAFE, anti-dilution."""
    groups: dict[str, list[str]] = {}
    for cause, new in closed.issued.items():
        if new:
            groups.setdefault(_group(cause), []).append(cause)
    yield heading(
        "DILUTION", f"   {printable(f'{step.title} {step.part}'.strip())}, {day(step.date)}; in points of the company"
    )
    heads = ["before", "after", *groups, "gained"]
    yield Text(cell("", NAME) + "".join(head.rjust(CAUSE) for head in heads), "dim")
    for holder, one in closed.dilution.items():
        lost = [
            sum((one.by_cause.get(cause, Fraction(0)) for cause in causes), Fraction(0)) for causes in groups.values()
        ]
        figures = [share(one.before), share(one.after), *(points(-part) for part in lost), points(one.gained)]
        label = POOL if holder == "pool" else found.titles.get(holder, holder)
        yield Text((cell("  " + printable(label), NAME) + "".join(f.rjust(CAUSE) for f in figures)).rstrip())
    for conversion in closed.conversions:
        owns = share(conversion.shares / step.table.fully_diluted)
        at = f" at {price(conversion.price)} into {shares(conversion.shares)} shares," if found.in_shares else " into"
        text = f"{conversion.name} converts {float(conversion.money):,.2f}{at} {owns}: {conversion.decided}"
        yield from prose("  · ", text, width)
    for adjusted in closed.adjustments:
        if adjusted.after != adjusted.before:
            text = f"anti-dilution lowers {adjusted.share_class}'s conversion price from {price(adjusted.before)} to "
            yield from prose("  · ", text + price(adjusted.after), width)


def _group(cause: str) -> str:
    """The column of a cause: the round, the pool, what converts, or anti-dilution."""
    return cause if cause in ("round", "pool") else "protect" if cause.startswith("anti-dilution") else "SAFEs"


def _classes(found: Ownership, table: CapTable, on: date, width: int) -> Iterator[Text]:
    """Every holding, by holder and class."""
    yield heading("CAP TABLE", f"   {day(on)}")
    label = max(LABEL, width - 3 * COLUMN - 6)
    head = f"{'class':<{COLUMN + 6}}" + ("shares".rjust(COLUMN) if found.in_shares else "") + "stake".rjust(COLUMN)
    yield Text(" " * label + head, "dim")

    def row(name: str, cls: str, held_shares: Fraction, converted: Fraction) -> Text:
        count = shares(held_shares).rjust(COLUMN) if found.in_shares else ""
        stake = share(converted / table.fully_diluted).rjust(COLUMN)
        return Text(cell("  " + printable(name), label) + cell(printable(cls), COLUMN + 6) + count + stake)

    for (holder, cls), held_shares in table.holdings.items():
        yield row(found.titles[holder], cls, held_shares, table.as_converted(holder, cls))
    if table.pool:
        yield row(POOL, "", table.pool, table.pool)
    yield row("Fully diluted", "", table.fully_diluted, table.fully_diluted)


def _unconverted(found: Ownership, on: date, unit: Scale, width: int) -> Iterator[Text]:
    """What no round has converted yet, which is in nobody's stake."""
    open_ones = found.outstanding(on)
    if not open_ones:
        return
    yield Text()
    yield heading("NOT YET CONVERTED", "   in nobody's stake before a priced round")
    for one in open_ones:
        owed = unit.figure(float(one.owed(on)), unit.decimals([[float(one.owed(on))]])).strip()
        yield from prose("  · ", f"{one.item.title}: {owed}, {found.titles[one.holder]}, of {day(one.day)}", width)


def held(table: CapTable, holder: str) -> bool:
    return any(who == holder for who, _ in table.holdings)


def share(value: Fraction) -> str:
    """A stake: `12.34%`, and a dash for none."""
    return f"{float(value) * 100:.2f}%" if value else "–"


def points(value: Fraction | int) -> str:
    """A change of a stake in points: `−1.23`."""
    return f"{float(value) * 100:+.2f}".replace("-", "−") if value else "–"


def shares(value: Fraction) -> str:
    """Shares, to the nearest whole one: a conversion ratio may leave a part."""
    return f"{round(value):,}"


def price(value: Fraction) -> str:
    """A price of a share with at least four digits after the point, more where it is small."""
    number = float(value)
    digits = 4
    while number and number * 10**digits < 1000 and digits < 12:
        digits += 1
    return f"{number:,.{digits}f}"


def ownership_csv(found: Ownership) -> str:
    """`date,step,holder,class,shares,as_converted,stake`: every holding at the start and after each change."""
    body = []
    tables = [("start", last_day(found.start - 1), found.opening)]
    tables += [(step.address, step.date, step.table) for step in found.steps]
    for name, on, table in tables:
        rows = [(h, c, n, table.as_converted(h, c)) for (h, c), n in table.holdings.items()]
        if table.pool:
            rows.append(("", "pool", table.pool, table.pool))
        for holder, cls, held_shares, converted in rows:
            counts = [_plain(held_shares), _plain(converted)] if found.in_shares else ["", ""]
            stake = f"{float(converted / table.fully_diluted):.12f}"
            body.append([on.isoformat(), written_text(name), written_text(holder), written_text(cls), *counts, stake])
    return csv_table(["date", "step", "holder", "class", "shares", "as_converted", "stake"], body)


def _plain(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):.6f}"
