"""Two term sheets side by side: stakes, the money and price of each closing, and how long the money lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.term_sheets import figures_of
from runway.render.figures import day, scale
from runway.render.report import Cell, Column, Delta, Report, Row, Table
from runway.reports.captable import price
from runway.reports.compare import both_under

if TYPE_CHECKING:
    from runway.answers.term_sheets import RoundPair, TermSheets

WORDS = {
    "new_money": "New money",
    "pre_money": "Pre-money",
    "effective_pre_money": "Effective pre-money",
    "post_money": "Post-money",
}


def report(sheets: TermSheets) -> Report:
    """Stakes, then each closing, then the runway; `main` has a row a holder."""
    values = [value for r in sheets.rounds for step in r.steps if step for value in figures_of(step).values()]
    first = sheets.sides[0]
    unit = scale(first.currency, first.minor_digits, values or [rung.lowest_cash for rung in sheets.runway])
    models = " or ".join(dict.fromkeys(side.model for side in sheets.sides))
    under = both_under((first.scenario, sheets.sides[1].scenario), sheets.names)
    title = (models, " or ".join(sheets.names), under, unit.label)
    sections = [[_stakes(sheets)], *([_round(sheets, r)] for r in sheets.rounds), [_runway(sheets)]]
    return Report(title, unit, sections, main=lambda: _stakes(sheets))


def _stakes(sheets: TermSheets) -> Table:
    rows = [Row([s.title, *s.stakes, Delta(*s.stakes)]) for s in sheets.stakes]
    columns = [Column("holder"), *(Column(name, "share") for name in sheets.names), Column("change", "points")]
    return Table("OWNERSHIP", columns, rows, f"{day(sheets.on)}, fully diluted")


def _round(sheets: TermSheets, both: RoundPair) -> Table:
    """A closing's day, money and price under each sheet."""
    figures = [None if step is None else figures_of(step) for step in both.steps]

    days = [None if step is None else Cell(step.date, "day") for step in both.steps]
    rows = [Row(["On", *days, Cell("", "text")])]
    for key, words in WORDS.items():
        first, second = (None if side is None else side[key] for side in figures)
        change = Cell("", "text") if first is None or second is None else Delta(first, second)
        rows.append(Row([words, first, second, change]))
    if all(owned.in_shares for owned in sheets.sides):
        prices = [None if step is None or step.closed is None else price(step.closed.price) for step in both.steps]
        title = f"Price, {sheets.sides[0].currency} a share"
        rows.append(Row([title, *(Cell(text, "text") for text in (*prices, ""))]))
    columns = [Column(""), *(Column(name, "money") for name in sheets.names), Column("change", "money change")]
    return Table(both.title.upper(), columns, rows)


def _runway(sheets: TermSheets) -> Table:
    rows = []
    for name, rung in zip(sheets.names, sheets.runway, strict=True):
        rows.append(Row([name, rung.months, rung.zero_cash_date, rung.lowest_cash]))
    columns = (Column("under"), Column("months", "months", "beyond"), Column("cash out", "day"))
    return Table("RUNWAY", (*columns, Column("lowest cash", "money")), rows, "planned money counted")
