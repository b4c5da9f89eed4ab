"""Cash by the week: a row a week, and its lowest day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import day, scale
from runway.render.report import Cell, Column, Prose, Report, Row, Table
from runway.words import counted_from_text

if TYPE_CHECKING:
    from runway.answers.weeks import WeekByWeek
    from runway.render.report import Value

HEADS = ("opening", "received", "paid", "closing", "lowest")


def report(found: WeekByWeek) -> Report:
    """A row a week; `main` is the same table with the week's last day."""
    values = [abs(value) for week in found.weeks for value in (week.opening, week.received, week.paid, week.lowest)]
    unit = scale(found.currency, found.minor_digits, values)
    title = (found.model, found.scenario, counted_from_text(found.as_of, found.closed), unit.label)
    if not found.weeks:
        return Report(title, unit, [[Prose("The plan has no day after that one.")]], main=lambda: _main(found))
    return Report(title, unit, [[_table(found)]], main=lambda: _main(found))


def _table(found: WeekByWeek) -> Table:
    rows = []
    for week in found.weeks:
        short = week.lowest < found.minimum_cash
        lowest = Cell(week.lowest, None, "red" if short else "")
        cells: list[Value | Cell] = [
            week.opening,
            week.received,
            -week.paid,
            week.closing,
            lowest,
            Cell(week.lowest_on, "day"),
        ]
        rows.append(Row([day(week.first), *cells]))
    columns = [Column("week from"), *(Column(head, "money") for head in HEADS), Column("on", "day")]
    after = ["lowest: of the ends of its days" + (", restricted cash left out" if found.restricted else "")]
    return Table(
        "WEEKS", columns, rows, f"counting {found.counting} (--counting)", [Prose(t, style="dim") for t in after]
    )


def _main(found: WeekByWeek) -> Table:
    heads = [Column("first", "day"), Column("last", "day"), *(Column(head, "money") for head in HEADS)]
    rows = [
        Row([w.first, w.last, w.opening, w.received, w.paid, w.closing, w.lowest, w.lowest_on]) for w in found.weeks
    ]
    return Table("", [*heads, Column("lowest_on", "day")], rows)
