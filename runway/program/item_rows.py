"""The rows of each item of a model: an event's share of the month, a line under its levers and its cash, a round.

Each line row is positive and as earned or incurred; `LINE.cash` is signed and posted, in is positive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.funding.earmark import amount_of
from runway.language.formula import parse
from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO, Call, Choose, Name, Node, Parameter, RowRef, product
from runway.lines.line import MAIN_NAMES, Line, RowFormula
from runway.lines.paydays import Paydays
from runway.lines.working_capital import (
    Currencies,
    Lateness,
    billed_rows,
    currencies,
    dated_bills,
    days_rows,
    parts_of,
    payable_rows,
    rate_row,
    receivable_rows,
)
from runway.model.effects import kept_shares
from runway.program.reanchor import scaling
from runway.program.row import Draft

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runway.funding.round_tables import Earmark
    from runway.language.figure import Figure
    from runway.model.addresses import Path
    from runway.model.model import Item, Model

LEVER = {"revenue": "levers.revenue", "costs": "levers.burn", "capital": "levers.burn"}


def drafts_of(item: Item, model: Model) -> Iterator[Draft]:
    """The rows of one item, in the order in which they are explained."""
    if item.section == "events":
        yield from _event(item)
    elif item.section == "actions":
        yield from _own_rows(item, item.part.rows())
    elif item.section == "funding":
        yield from _round(item)
    elif item.section != "exits":
        yield from _line(item, model)


def main_row(item: Item) -> str:
    """The address of the row that an item's bare name means."""
    return f"{item.name}.drawn" if item.section == "funding" else f"{item.name}.{MAIN_NAMES[item.section]}"


def group_row(name: str, lines: list[Item]) -> str:
    """The row of the revenue or cost of the lines of a group: `engineering.cost`."""
    return f"{name}.{MAIN_NAMES[lines[0].section]}"


def _own_rows(item: Item, rows: Mapping[str, RowFormula]) -> Iterator[Draft]:
    for row, (formula, opening, posted) in rows.items():
        yield Draft(f"{item.name}.{row}", formula, opening, posted, item.name, path=item.path)


def _event(item: Item) -> Iterator[Draft]:
    """The share of the month's days that an event covers."""
    if item.part.days is None:
        yield Draft(f"{item.name}.share", "since(date)", owner=item.name, path=item.path)
        return
    if item.part.every is not None:
        comes = "t >= floor(date) and mod(t - floor(date), every) == 0"
        yield Draft(f"{item.name}.count", f"1 if {comes} else 0", owner=item.name, path=item.path)
        yield Draft(f"{item.name}.share", _recurring_share(item.name), owner=item.name, path=item.path)
        return
    if item.part.rate is not None:
        yield Draft(f"{item.name}.count", "rate if t >= floor(date) else 0", owner=item.name, path=item.path)
        yield Draft(f"{item.name}.times", f"prev({item.name}.times) + {item.name}.count", path=item.path)
        yield Draft(f"{item.name}.share", f"min(1, {item.name}.count * {item.name}.days / days)", path=item.path)
        return
    yield Draft(f"{item.name}.count", "1 if t <= date < t + 1 else 0", owner=item.name, path=item.path)
    begins = f"day_number({item.name}.date)"
    covered = f"min({begins} + {item.name}.days, elapsed_days) - max({begins}, elapsed_days - days)"
    yield Draft(f"{item.name}.share", f"max(0, {covered}) / days", path=item.path)


def _recurring_share(name: str) -> str:
    """The share of a month's days that an event covers: one in the month, and the rest of one in the month before."""
    into = "min((date - floor(date)) * 32, {days} - 1)"  # days before it in a month of so many
    comes = "t{back} >= floor(date) and mod(t{back} - floor(date), every) == 0"
    this_month = f"(min({name}.days, days - {into.format(days='days')}) if {comes.format(back='')} else 0)"
    spill = f"{name}.days - (days_in(t - 1) - {into.format(days='days_in(t - 1)')})"
    spilled = f"(max(0, {spill}) if {comes.format(back=' - 1')} else 0)"
    return f"min(days, {this_month} + {spilled}) / days"


def _line(item: Item, model: Model) -> Iterator[Draft]:
    """A line's own rows, its main row under its levers and events, and its cash."""
    part, name = item.part, item.name
    assert isinstance(part, Line) or item.section == "drivers"
    rows: dict[str, RowFormula] = part.rows()
    levered, bills = "billed" if "billed" in rows else "main", bills_of(item)
    lever = LEVER.get(item.section)
    factors: list[Node] = [] if lever is None else [Parameter(lever), *kept_shares(item, model)]
    if (scaled := scaling(item, model)) is not None:
        row, scale = scaled
        formula = rows[row].formula
        tree = parse(formula, bounded=False) if isinstance(formula, str) else formula
        rows[row] = rows[row]._replace(formula=product([tree, RowRef(f"{name}.scale")]))
        yield Draft(f"{name}.scale", scale, "1", path=item.path)
    for row, (formula, opening, posted) in rows.items():
        address = main_row(item) if row == "main" else f"{name}.{row}"
        money = posted or (row == "main" and lever is not None) or (row == "main" and item.section == "passthrough")
        if row == levered and lever is not None:
            yield Draft(f"{name}.underlying", formula, opening, money, name, before_levers=True, path=item.path)
            levered_row, waits = product([*factors, RowRef(f"{name}.underlying")]), earmarks_awaited(item, model)
            if not waits:
                yield Draft(address, levered_row, opening, money, name, path=item.path)
                continue
            yield Draft(f"{name}.wanted", levered_row, opening, money, name, path=item.path)
            yield from _earmarked_line(item, address, waits)
        else:
            yield Draft(address, formula, opening, money, name, before_levers=levered != row, path=item.path)
    if item.section == "drivers":
        return
    if year_row(item, model) != main_row(item):
        year = product([*factors, parse(item.part.over_a_year(), bounded=False)])
        yield Draft(year_row(item, model), year, owner=name, before_levers=True, path=item.path)
    if item.section == "revenue" and pace_row(item) != main_row(item):
        pace = product([*factors, parse(item.part.pace(), bounded=False)])
        yield Draft(f"{name}.pace", pace, owner=name, before_levers=True, path=item.path)
    if bills:
        yield Draft(
            f"{name}.invoiced", product([*factors, dated_bills(bills)]), posted=True, owner=name, path=item.path
        )
        yield from _own_rows(item, billed_rows(name, item.section))
    yield from _line_cash(item, "invoiced" if bills else levered, model)
    if getattr(item.shared, "written_off_over", None) is not None:
        yield from _write_off(item)


def _write_off(item: Item) -> Iterator[Draft]:
    """The write-off of a purchase by month: even over its life from its day on, a part of a month by its days.

    `spent_months` is the amount spent times the months since; an amount spent longer ago than its life adds no more.
    """
    name, spans = item.name, item.part.spans()
    share = "(days + 1) / (2 * days)"  # of the month, on average over the days on which money is spent
    if item.part.dated is not None:
        share = f"since({item.part.dated})"
    elif spans:
        share = "(days - (first_day + last_day) / 2 + 1) / days"
    if spans and (getattr(item.shared, "paid_after", None) is None or bills_of(item)):
        yield from _own_rows(item, days_rows(item.part))
    so_far, months, written = f"{name}.spent_so_far", f"{name}.spent_months", f"{name}.written_off_so_far"
    yield Draft(so_far, f"prev({so_far}) + main", posted=True, owner=name, path=item.path)
    since = f"prev({months}) + prev({so_far}) + main * {share}"
    yield Draft(months, since, owner=name, path=item.path)
    written_off = f"({months} - lag({months}, written_off_over)) / written_off_over if written_off_over > 0 else 0"
    yield Draft(written, written_off, posted=True, owner=name, path=item.path)
    yield Draft(f"{name}.written_off", f"{written} - prev({written})", posted=True, owner=name, path=item.path)


def pace_row(item: Item) -> str:
    """The address of the row of a line's revenue in a month at the pace of the month's last day."""
    return main_row(item) if item.part.pace() == "main" else f"{item.name}.pace"


def year_row(item: Item, model: Model) -> str:
    """The address of the row of a line's amount in a month on average over the coming year.

    Of a line that waits for an earmark's money it is the main row: the amount is known in its month only.
    """
    in_main = item.part.over_a_year() == "main" or earmarks_awaited(item, model)
    return main_row(item) if in_main else f"{item.name}.over_a_year"


def earmarks_awaited(item: Item, model: Model) -> list[tuple[Item, Earmark]]:
    """The earmarks that a line waits for, each with its round."""
    funding = [(source, earmark) for source in model.section("funding") for earmark in source.part.earmarks()]
    return [
        (source, earmark)
        for source, earmark in funding
        if earmark.for_ == item.name and earmark.otherwise == "not_spent"
    ]


def _earmarked_line(item: Item, address: str, waits: list[tuple[Item, Earmark]]) -> Iterator[Draft]:
    """A line that spends the money of earmarks as it comes, late if that is late; amounts beyond it as planned."""
    name, wanted_so_far, so_far = item.name, f"{item.name}.wanted_so_far", f"{item.name}.so_far"
    rounds = [source.name for source, earmark in waits if earmark.opening_spent is not None]
    spent = " + ".join(f"{source}.{name}.opening_spent" for source in rounds) or "0"
    at_hand = " + ".join(f"{source.name}.{name}.spendable" for source, _ in waits)
    earmarked = " + ".join(f"{source.name}.{amount_of(source.part, earmark)}" for source, earmark in waits)
    yield Draft(wanted_so_far, f"prev({wanted_so_far}) + {name}.wanted", spent, True, name, path=item.path)
    allowed = f"{at_hand} + max(0, {wanted_so_far} - ({earmarked}))"
    yield Draft(f"{name}.allowed", allowed, posted=True, owner=name, path=item.path)
    due = f"max(0, min({wanted_so_far}, {name}.allowed) - prev({so_far}))"
    yield Draft(address, due, posted=True, owner=name, path=item.path)
    yield Draft(so_far, f"prev({so_far}) + main", spent, True, name, path=item.path)


def bills_of(item: Item) -> Mapping[str, Figure]:
    """The dated bills of a line by their days; none where it is billed as it is earned or incurred."""
    bills: Mapping[str, Figure] = getattr(item.shared, "bills", {})
    return bills


def paydays_of(item: Item) -> Paydays | None:
    """The days on which a line is paid every so many weeks; None of other lines."""
    return Paydays.read(getattr(item.shared, "paid", None))


def _line_cash(item: Item, owed: str, model: Model) -> Iterator[Draft]:
    shared = item.shared
    if (paydays := paydays_of(item)) is not None:
        yield from _own_rows(item, paydays.rows(owed, Lateness([], item.part, {})))
        return
    for field, late_rows in (("collected_after", receivable_rows), ("paid_after", payable_rows)):
        if (after := getattr(shared, field, None)) is not None:
            late = Lateness(parts_of(field, after), item.part, bills_of(item))
            yield from _own_rows(item, late_rows(owed, late, currencies_of(item, model)))
            return
    sign = {"revenue": owed, "passthrough": "main"}.get(item.section, f"-{owed}")
    cash = "0" if getattr(shared, "non_cash", False) else sign
    yield from _own_rows(item, {"cash": RowFormula(cash, posted=True)})


def _round(item: Item) -> Iterator[Draft]:
    """The rows of funding; a condition is read in the names of its closing or clause."""
    for row, (formula, opening, posted) in item.part.rows().items():
        closing, _, last = row.rpartition(".")
        condition = closing if last == "met" else ""
        yield Draft(f"{item.name}.{row}", formula, opening, posted, item.name, condition, path=item.path)
    for n, covenant in enumerate(item.part.covenants()):
        yield from _covenant(item, covenant.name, (*item.path, "covenants", n))


def _covenant(item: Item, name: str, path: Path) -> Iterator[Draft]:
    """Whether a covenant is tested at the end of the month, how far it is from failing (0 if not tested), if it holds.

    It reads the month's own totals and nothing reads it, so that it can be in no circle.
    """
    prefix, tested, require = f"{item.name}.{name}", f"{name}.tested", f"{name}.require"
    yield Draft(f"{prefix}.tested", item.part.covered(), owner=item.name, path=path)
    distance = Call("headroom", (Name(require, 0, 0),))
    yield Draft(f"{prefix}.headroom", Choose(Name(tested, 0, 0), distance, ZERO), owner=item.name, path=path)
    yield Draft(f"{prefix}.holds", f"{tested} == 0 or {require}", owner=item.name, path=path)


class OwedRow(NamedTuple):
    """An amount of a line that is paid later: its row in its own month, and the row of the rate at which it is paid."""

    row: str
    rate: str | None


def owed_rows(item: Item, model: Model) -> list[OwedRow]:
    """By currency, the amounts of a line that is collected or paid later."""
    owed_in = currencies_of(item, model)
    if not owed_in.floating:
        billed = "invoiced" if bills_of(item) else "billed" if "billed" in item.part.rows() else None
        return [OwedRow(main_row(item) if billed is None else f"{item.name}.{billed}", None)]
    return [OwedRow(f"{item.name}.{row}", code and rate_row(code)) for code, row in owed_in.invoiced_rows().items()]


def currencies_of(item: Item, model: Model) -> Currencies:
    """The currencies in which a line is owed or owes."""
    return currencies((figure for _, figure in item.figures()), model.settings.start) or Currencies()
