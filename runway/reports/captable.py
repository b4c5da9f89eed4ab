"""What `runway captable` prints: ownership over time, the price of each closing, and who is diluted by what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.months import last_day
from runway.ownership.ownership import PLANNED
from runway.render.figures import Scale, day, printable, scale
from runway.render.text import Text, cell, cell_len
from runway.reports.old import prose, written_text
from runway.reports.old import table as csv_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from runway.ownership.ownership import CapTableStep, Ownership
    from runway.ownership.records import CapTable, Closed

LABEL = 20
MOST_LABEL = 28
COLUMN = 13
CAUSE = 8
POOL = "Pool, not granted"


def ownership_lines(found: Ownership, width: int) -> Iterator[Text]:
    """The whole report."""
    unit = unit_of(found)
    yield from title(found, unit, width)
    yield Text()
    yield from _over_time(found, unit, width)
    if found.planned:
        text = f"Counted though only planned: {', '.join(found.planned)}."
        yield from prose("  ", text, width, "dim")
    for step in found.steps:
        if step.closed is not None:
            yield Text()
            yield from _dilution(found, step, step.closed, width)
    yield Text()
    yield from _classes(found, found.table(found.last_day), found.last_day, width)
    yield from _unconverted(found, found.last_day, width)


def at_lines(found: Ownership, on: date, width: int) -> Iterator[Text]:
    """The cap table at the end of a month, by holder and class."""
    unit = unit_of(found)
    yield from title(found, unit, width)
    yield Text()
    yield from _classes(found, found.table(on), on, width)
    yield from _unconverted(found, on, width)


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
    tables, closings = [table for *_, table, _ in columns], [closed for *_, closed in columns]
    rows = [
        ("OWNERSHIP", "bold", [head.removesuffix(PLANNED) for head, *_ in columns]),
        ("", "", [part for _, part, *_ in columns]),
        ("", "dim", ["planned" if head.endswith(PLANNED) else "" for head, *_ in columns]),
        ("fully diluted", "dim", [day(on) for _, _, on, *_ in columns]),
    ]
    rows += [
        (found.titles[holder], "", [share(table.stake(holder)) for table in tables])
        for holder in found.titles
        if any(held(table, holder) for table in tables)
    ]
    rows.append((POOL, "", [share(table.pool / table.fully_diluted) if table.pool else "" for table in tables]))
    if found.in_shares:
        rows.append(("Shares", "", [shares(table.fully_diluted) for table in tables]))
    rows += _prices(found, closings, unit)
    rows = [(label, style, cells) for label, style, cells in rows if any(cells)]
    figures = [cell_len(text) for label, _, cells in rows[1:] if label for text in cells]
    column = max(COLUMN, *(length + 2 for length in figures))
    label = min(max(LABEL, *(cell_len(printable(label)) + 3 for label, *_ in rows)), MOST_LABEL)
    across = max(1, (width - label) // column)
    for first in range(0, len(columns), across):
        if first:
            yield Text()
        for name, style, cells in rows:
            shown = "".join(_right(text, column) for text in cells[first : first + across])
            if shown.strip() or name:
                yield Text.assemble(
                    (cell(f"  {printable(name)}", label), style), (shown, style * (style == "dim"))
                ).rstrip()


def _prices(found: Ownership, closings: Sequence[Closed | None], unit: Scale) -> list[tuple[str, str, list[str]]]:
    """What each closing was priced at."""

    measures: dict[str, Callable[[Closed], Fraction]] = {
        "New money": lambda one: sum(one.money.values(), Fraction(0)),
        "Pre-money": lambda one: one.pre_money,
        "Effective pre-money": lambda one: one.effective_pre_money,
        "Post-money": lambda one: one.post_money,
    }
    values = [[None if one is None else float(figure(one)) for one in closings] for figure in measures.values()]
    decimals = unit.decimals([[value for value in line if value is not None] for line in values])
    rows = [
        (label, "", ["" if value is None else unit.figure(value, decimals).rstrip() for value in line])
        for label, line in zip(measures, values, strict=True)
    ]
    if found.in_shares:
        prices = ["" if one is None else price(one.price) for one in closings]
        rows.append((f"Price, {found.currency} a share", "", prices))
    return rows


def _right(text: str, width: int) -> str:
    """The text at the right of its column."""
    text = cell(printable(text), width - 1).rstrip()
    return " " * (width - cell_len(text)) + text


def _dilution(found: Ownership, step: CapTableStep, closed: Closed, width: int) -> Iterator[Text]:
    """Whose share fell, and what made it fall: the round, the pool, what converts, anti-dilution."""
    groups: dict[str, list[str]] = {}
    notes = {one.name for one in found.funded if one.item.kind != "safe"}
    for cause, new in closed.issued.items():
        if new:
            groups.setdefault(_group(cause, notes), []).append(cause)
    yield from headed(
        "DILUTION", f"{step.title} {step.part}".strip() + f", {day(step.date)}; in points of the company", width
    )
    heads = ["before", "after", *groups, "gained"]
    columns = [max(CAUSE - (head in groups), len(head) + 2) for head in heads]
    name = min(MOST_LABEL, max(LABEL - 4, width - sum(columns)))
    yield Text(cell("", name) + "".join(h.rjust(n) for h, n in zip(heads, columns, strict=True)), "dim")
    for holder, one in closed.dilution.items():
        lost = [
            sum((one.by_cause.get(cause, Fraction(0)) for cause in causes), Fraction(0)) for causes in groups.values()
        ]
        figures = [share(one.before), share(one.after), *(points(-part) for part in lost), points(one.gained)]
        label = found.titles[holder]
        cells = "".join(figure.rjust(n) for figure, n in zip(figures, columns, strict=True))
        yield Text(cell("  " + printable(label), name - 1) + " " + cells)
    titles = {one.name: one.item.title for one in found.funded}
    for conversion in closed.conversions:
        owns = share(conversion.shares / step.table.fully_diluted)
        at = f" at {price(conversion.price)} into {shares(conversion.shares)} shares," if found.in_shares else " into"
        money = exactly(found, conversion.money)
        text = f"{titles[conversion.name]} converts {money}{at} {owns}: {conversion.decided}"
        yield from prose("  · ", text, width)
    for adjusted in closed.adjustments:
        verb = "lowers" if adjusted.after < adjusted.was else "raises"
        text = f"anti-dilution {verb} {adjusted.share_class}'s conversion price from {price(adjusted.was)} to "
        yield from prose("  · ", text + price(adjusted.after), width)


def _group(cause: str, notes: set[str]) -> str:
    """The column of a cause: the round, the pool, what converts, or anti-dilution."""
    if cause.startswith("anti-dilution of "):
        return "anti-dil"
    return cause if cause in ("round", "pool") else "notes" if cause in notes else "SAFEs"


def headed(name: str, rest: str, width: int) -> Iterator[Text]:
    """A heading and what it says beside it, which goes on below where the width ends."""
    first, *further = prose(f"  {name}   ", rest, width, "dim")
    yield Text.assemble((f"  {name}   ", "bold"), *first.pieces[1:])
    yield from further


def _classes(found: Ownership, table: CapTable, on: date, width: int) -> Iterator[Text]:
    """Every holding, by holder and class."""
    counted = max(COLUMN, len(shares(table.fully_diluted)) + 2) if found.in_shares else 0
    names = [found.titles[holder] for holder, _ in table.holdings]
    room = (width - counted - COLUMN) // 2
    label = min(max(LABEL, *(cell_len(printable(name)) + 4 for name in names)), max(room, LABEL))
    kind = min(max(LABEL, *(len(cls) + 2 for _, cls in table.holdings)), max(room, LABEL))
    head = cell("class", kind) + "shares".rjust(counted) * found.in_shares + "stake".rjust(COLUMN)
    yield Text.assemble((cell("  CAP TABLE", label), "bold"), (head, "dim"))
    yield Text(f"  {day(on)}", "dim")

    def row(name: str, cls: str, held_shares: Fraction, converted: Fraction) -> Text:
        count = shares(held_shares).rjust(counted) if found.in_shares else ""
        stake = share(converted / table.fully_diluted).rjust(COLUMN)
        return Text(cell("  " + printable(name), label - 1) + " " + cell(printable(cls), kind) + count + stake)

    for (holder, cls), held_shares in table.holdings.items():
        yield row(found.titles[holder], cls, held_shares, table.as_converted(holder, cls))
    if table.pool:
        yield row(POOL, "", table.pool, table.pool)
    yield row("Fully diluted", "", table.fully_diluted, table.fully_diluted)


def _unconverted(found: Ownership, on: date, width: int) -> Iterator[Text]:
    """What no round has converted yet, which is in nobody's stake."""
    open_ones = found.outstanding(on)
    if not open_ones:
        return
    yield Text()
    yield from headed("NOT YET CONVERTED", "in nobody's stake before a priced round", width)
    for one in open_ones:
        holder = f", {found.titles[one.holder]}" if one.holder != one.name else ""
        interest = f", {exactly(found, one.owed(on))} with interest" if one.owed(on) != one.money else ""
        text = f"{one.item.title}{holder}: {exactly(found, one.money)} of {day(one.day)}{interest}"
        yield from prose("  · ", text, width)


def exactly(found: Ownership, money: Fraction) -> str:
    """An amount to the minor unit, without it where it is whole: `500,000 USD`, `1,025,251.25 USD`."""
    digits = 0 if money.denominator == 1 else found.minor_digits
    return f"{float(money):,.{digits}f} {found.currency}"


def held(table: CapTable, holder: str) -> bool:
    return any(who == holder for who, _ in table.holdings)


def share(value: Fraction) -> str:
    """A stake: `12.34%`, and a dash for none."""
    return f"{float(value) * 100:.2f}%" if value else "–"


def points(value: Fraction | int) -> str:
    """A change of a stake in points: `−1.23`."""
    if not value:
        return "–"
    hundredths = round(float(value) * 10_000)
    return f"{hundredths / 100:+.2f}".replace("-", "−") if hundredths else "0.00"


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
    if found.asked is not None:
        tables = [("asked", found.asked, found.table(found.asked))]
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
