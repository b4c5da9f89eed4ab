"""Cash by the week: a row a week, and its lowest day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import day, scale
from runway.render.report import Cell, Column, Prose, Report, Row, Table
from runway.words import counted_from_text

if TYPE_CHECKING:
    from runway.answers.weeks import WeekByWeek

HEADS = ("opening", "received", "paid", "closing", "lowest")


def report(weeks: WeekByWeek) -> Report:
    """A row a week; `main` is the same table with the week's last day."""
    values = [abs(value) for week in weeks.weeks for value in (week.opening, week.received, week.paid, week.lowest)]
    unit = scale(weeks.currency, weeks.minor_digits, values)
    title = (weeks.model, weeks.scenario, counted_from_text(weeks.as_of, weeks.closed), unit.label)
    if not weeks.weeks:
        return Report(title, unit, [[Prose("The plan has no day after that one.")]], main=lambda: _main(weeks))
    return Report(title, unit, [[_table(weeks)]], main=lambda: _main(weeks))


def _table(weeks: WeekByWeek) -> Table:
    rows = []
    for week in weeks.weeks:
        lowest = Cell(week.lowest, None, "red" if week.lowest < weeks.minimum_cash else "")
        flows = (week.opening, week.received, -week.paid, week.closing)
        rows.append(Row([day(week.first), *flows, lowest, Cell(week.lowest_on, "day")]))
    columns = [Column("week from"), *(Column(head, "money") for head in HEADS), Column("on", "day")]
    after = ["lowest: of the ends of its days" + (", restricted cash left out" if weeks.restricted else "")]
    return Table(
        "WEEKS", columns, rows, f"counting {weeks.counting} (--counting)", [Prose(t, style="dim") for t in after]
    )


def _main(weeks: WeekByWeek) -> Table:
    heads = [Column("first", "day"), Column("last", "day"), *(Column(head, "money") for head in HEADS)]
    rows = [
        Row([w.first, w.last, w.opening, w.received, w.paid, w.closing, w.lowest, w.lowest_on]) for w in weeks.weeks
    ]
    return Table("", [*heads, Column("lowest_on", "day")], rows)
