"""Who owns the company: ownership over time, the price of each closing, and each holder's dilution by cause."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.months import last_day
from runway.ownership.ownership import PLANNED, Ownership
from runway.render.cells import share
from runway.render.figures import Scale, day, scale
from runway.render.report import Block, Cell, Column, Heading, Prose, Report, Row, Table, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from runway.ownership.ownership import CapTableStep
    from runway.ownership.records import CapTable, SolvedClosing

POOL = "Pool, not granted"


def report(ownership: Ownership) -> Report:
    """Every change of the cap table, or the table of the day asked for; `main` has a row a date and holding."""
    unit = unit_of(ownership)
    on = ownership.day or ownership.last_day
    planned, sections = ownership.planned_by(on), list[list[Block]]()
    counted = [Prose(f"Counted though only planned: {', '.join(planned)}.", style="dim")] if planned else []
    if ownership.day is None:
        sections.append([_over_time(ownership), *counted])
        sections += [_dilution(ownership, step, step.closed) for step in ownership.steps if step.closed is not None]
    sections.append([holdings(ownership, ownership.table(on), on), *(counted if ownership.day is not None else [])])
    if ownership.outstanding(on):
        sections.append(list(_unconverted(ownership, on)))
    return Report((ownership.model, ownership.scenario, unit.label), unit, sections, main=lambda: _main(ownership))


def unit_of(ownership: Ownership) -> Scale:
    closed = [step.closed for step in ownership.steps if step.closed is not None]
    values = [float(value) for closing in closed for value in (closing.post_money, *closing.money.values())]
    values += [float(step.sold.valuation) for step in ownership.steps if step.sold is not None]
    return scale(ownership.currency, ownership.minor_digits, values or [float(item.money) for item in ownership.funded])


def _over_time(ownership: Ownership) -> Table:
    """Stakes at the start and after each change, and the money and price of each closing."""
    heads = [_head("start", "", last_day(ownership.start - 1))]
    heads += [_head(step.title, step.part, step.date) for step in ownership.steps]
    rows = [*stakes(ownership), *_prices(ownership)]
    return Table("OWNERSHIP", [Column("fully diluted"), *(Column(head, "money") for head in heads)], rows)


def stakes(ownership: Ownership) -> Iterator[Row]:
    """Each holder's stake at the start and after each change, then the pool's, and all shares."""
    tables = [ownership.opening, *(step.table for step in ownership.steps)]
    for holder in ownership.titles:
        if any(is_holder(table, holder) for table in tables):
            yield Row([ownership.titles[holder], *(table.stake(holder) or None for table in tables)], "share")
    if any(table.pool for table in tables):
        yield Row([POOL, *(table.pool / table.fully_diluted or None for table in tables)], "share")
    if ownership.in_shares:
        yield Row(["Shares", *(table.fully_diluted for table in tables)], "count")


def _head(title: str, part: str, on: date) -> str:
    planned = "planned" if title.endswith(PLANNED) else ""
    return "\n".join(filter(None, (title.removesuffix(PLANNED), part, planned, day(on))))


def _prices(ownership: Ownership) -> Iterator[Row]:
    """Money and valuation of each closing and of each sale between holders; other changes have none."""
    steps = [None, *ownership.steps]

    def row(label: str, measure: Callable[[CapTableStep], Value]) -> Row:
        values = [None if step is None else measure(step) for step in steps]
        return Row([label, *(Cell("", "text") if value is None else Cell(value) for value in values)], "money")

    def closing(label: str, measure: Callable[[SolvedClosing], Fraction]) -> Row:
        return row(label, lambda step: None if step.closed is None else measure(step.closed))

    if any(step.closed for step in ownership.steps):
        yield closing("New money", lambda closed: sum(closed.money.values(), Fraction(0)))
        yield closing("Pre-money", lambda closed: closed.pre_money)
        yield closing("Effective pre-money", lambda closed: closed.effective_pre_money)
        yield closing("Post-money", lambda closed: closed.post_money)
    if any(step.sold for step in ownership.steps):
        yield row("Sold by holders", lambda step: None if step.sold is None else step.sold.amount)
        yield row("At a valuation of", lambda step: None if step.sold is None else step.sold.valuation)
    prices = [None if step is None else step.closed or step.sold for step in steps]
    if ownership.in_shares and any(prices):
        texts = ("" if priced is None else price(priced.price) for priced in prices)
        yield Row([f"Price, {ownership.currency} a share", *(Cell(text, "text") for text in texts)])


def _dilution(ownership: Ownership, step: CapTableStep, closed: SolvedClosing) -> list[Block]:
    """Each holder's dilution by cause: the round, the pool, conversions, anti-dilution."""
    groups: dict[str, list[str]] = {}
    notes = {item.name for item in ownership.funded if item.terms.note}
    for cause, new in closed.issued.items():
        if new:
            groups.setdefault(_group(cause, notes), []).append(cause)
    rows = []
    whole = step.table.fully_diluted
    issued = [sum((closed.issued[cause] for cause in causes), Fraction(0)) / whole for causes in groups.values()]
    for holder, diluted in closed.dilution.items():
        changes = [*(-diluted.before * part for part in issued), Fraction(diluted.gained)]
        stakes = [Cell(diluted.before), Cell(diluted.after)]
        rows.append(Row([ownership.titles[holder], *stakes, *(Cell(change, "points") for change in changes)]))
    columns = [Column("holder"), *(Column(head, "share") for head in ("before", "after", *groups, "gained"))]
    note = f"{step.title} {step.part}".strip() + f", {day(step.date)}; in points of the company"
    return [Table("DILUTION", columns, rows, note), *_conversions(ownership, step, closed)]


def _conversions(ownership: Ownership, step: CapTableStep, closed: SolvedClosing) -> Iterator[Prose]:
    titles = {item.name: item.item.title for item in ownership.funded}
    for conversion in closed.conversions:
        owns = share(conversion.shares / step.table.fully_diluted)
        shares = f" at {price(conversion.price)} into {round(conversion.shares):,} shares,"
        into = shares if ownership.in_shares else " into"
        money = exactly(ownership, conversion.money)
        yield Prose(f"{titles[conversion.name]} converts {money}{into} {owns}: {conversion.decided_by}", "  · ")
    for adjusted in closed.adjustments:
        verb = "lowers" if adjusted.after < adjusted.previous else "raises"
        by = f"from {price(adjusted.previous)} to {price(adjusted.after)}"
        by = by if ownership.in_shares else f"by {share(abs(1 - adjusted.after / adjusted.previous))}"
        yield Prose(f"anti-dilution {verb} {adjusted.share_class}'s conversion price {by}", "  · ")


def _group(cause: str, notes: set[str]) -> str:
    """The column of a cause: the round, the pool, notes, SAFEs, or anti-dilution."""
    if cause.startswith("anti-dilution of "):
        return "anti-dil"
    return cause if cause in ("round", "pool") else "notes" if cause in notes else "SAFEs"


def holdings(ownership: Ownership, table: CapTable, on: date) -> Table:
    """Every holding, by holder and class."""
    counted = [Column("shares", "count")] if ownership.in_shares else []

    def row(name: str, share_class: str, shares: Fraction, converted: Fraction) -> Row:
        return Row([name, share_class, *([shares] if ownership.in_shares else []), converted / table.fully_diluted])

    rows = [
        row(ownership.titles[holder], share_class, shares, table.as_converted(holder, share_class))
        for (holder, share_class), shares in table.holdings.items()
    ]
    if table.pool:
        rows.append(row(POOL, "", table.pool, table.pool))
    rows.append(row("Fully diluted", "", table.fully_diluted, table.fully_diluted))
    columns = [Column("holder"), Column("class"), *counted, Column("stake", "share")]
    return Table("CAP TABLE", columns, rows, day(on))


def _unconverted(ownership: Ownership, on: date) -> Iterator[Block]:
    """The SAFEs and notes that no round has converted yet, which are in nobody's stake."""
    yield Heading("NOT YET CONVERTED", "in nobody's stake before a priced round")
    for item in ownership.outstanding(on):
        holder = f", {ownership.titles[item.holder]}" if item.holder != item.name else ""
        interest = f", {exactly(ownership, item.owed(on))} with interest" if item.owed(on) != item.money else ""
        text = f"{item.item.title}{holder}: {exactly(ownership, item.money)} of {day(item.day)}{interest}"
        yield Prose(text, "  · ")


def exactly(ownership: Ownership, money: Fraction) -> str:
    """An amount to the minor unit, without it where it is whole: `500,000 USD`, `1,025,251.25 USD`."""
    digits = 0 if money.denominator == 1 else ownership.minor_digits
    return f"{float(money):,.{digits}f} {ownership.currency}"


def is_holder(table: CapTable, holder: str) -> bool:
    return any(who == holder for who, _ in table.holdings)


def price(value: Fraction) -> str:
    """A price of a share with at least four digits after the point, more where it is small."""
    number = float(value)
    digits = 4
    while number and number * 10**digits < 1000 and digits < 12:
        digits += 1
    return f"{number:,.{digits}f}"


def _main(ownership: Ownership) -> Table:
    """Every holding at the start and after each change, or on the day asked for."""
    tables = [("start", last_day(ownership.start - 1), ownership.opening)]
    tables += [(step.address, step.date, step.table) for step in ownership.steps]
    if ownership.day is not None:
        tables = [("asked", ownership.day, ownership.table(ownership.day))]
    rows = []
    for name, on, table in tables:
        held_rows = [(h, c, n, table.as_converted(h, c)) for (h, c), n in table.holdings.items()]
        if table.pool:
            held_rows.append(("", "pool", table.pool, table.pool))
        for holder, share_class, shares, converted in held_rows:
            counts = [_plain(shares), _plain(converted)] if ownership.in_shares else ["", ""]
            rows.append(Row([on, name, holder, share_class, *counts, f"{float(converted / table.fully_diluted):.12f}"]))
    names = ("step", "holder", "class", "shares", "as_converted", "stake")
    return Table("", (Column("date", "day"), *map(Column, names)), rows)


def _plain(value: Fraction) -> str:
    return str(int(value)) if value.denominator == 1 else f"{float(value):.6f}"
