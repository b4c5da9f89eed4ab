"""The headline rung by rung: the funding that each counts, and the way down to its last day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from runway.program.sections import SECTION_TITLES
from runway.program.statement import CASH_SECTIONS
from runway.render.figures import Scale, day, month, months, scale
from runway.render.report import Block, Column, Heading, Prose, Report, Row, Table

if TYPE_CHECKING:
    from runway.answers.headline import CountedClosing, Headline, HeadlineFigure, RungExplained
    from runway.render.report import Value


def report(headline: Headline) -> Report:
    """The meaning of the headline, each rung, then the other figures; `main` has a row a rung."""
    values = [value for item in headline.runway for value in (item.opening_cash, *item.flows.values())]
    unit = scale(headline.currency, headline.minor_digits, values)
    floor = f"the minimum cash of {unit.amount(headline.minimum_cash)}" if headline.minimum_cash else "zero"
    meaning = f"Runway is the months from the end of {day(headline.as_of)} to the first day at whose end the "
    meaning += f"cash that is free to spend is below {floor}: whole months, and the days of the last as a share of it."
    sections: list[list[Block]] = [[Prose(meaning)]]
    before: RungExplained | None = None
    for item in headline.runway:
        sections.append([*_counted(item, unit), _way(item) if before is None or _cash(item) != _cash(before) else SAME])
        before = item
    if headline.measures:
        rows = [Row([figure.name, _value(figure, unit), figure.formula]) for figure in headline.measures]
        columns = (Column(""), Column("", align="right"), Column("", wraps=True))
        sections.append([Table("THE OTHER FIGURES", columns, rows)])
    title = (headline.model, headline.scenario, unit.label)
    return Report(title, unit, sections, main=lambda: _main(headline))


SAME = Prose("cash as on the rung before", "    ", "dim")


def _cash(item: RungExplained) -> tuple[object, ...]:
    return (item.until, item.opening_cash, item.flows, item.closing_cash_then)


def _counted(item: RungExplained, unit: Scale) -> list[Block]:
    """How long the cash lasts on a rung, and the funding that it counts."""
    rung = item.rung
    lasts = "beyond the horizon" if rung.months is None else f"{months(rung.months)} months"
    if rung.zero_cash_date is not None and item.days is not None:
        lasts += f", to {day(rung.zero_cash_date)}: {item.days[0]} of {item.days[1]} days into the last month"
    closings = [
        Prose(_closing(closing, unit), "      · ", "" if closing.counted else "dim") for closing in item.closings
    ]
    return [Heading(rung.counting.upper(), lasts), Prose(f"counts {item.counts}", "    "), *closings]


def _closing(closing: CountedClosing, unit: Scale) -> str:
    when = f" on {day(closing.date)}" if closing.date else ""
    amount = f"{unit.amount(closing.counted)}{when}" if closing.counted else "–"
    return f"{closing.address}: {amount} ({closing.reason})"


def _way(item: RungExplained) -> Table:
    """From the opening cash to the end of the month in which it runs out, or of the last."""
    until, rung = month(item.until), item.rung
    rows = [Row(["opening cash", item.opening_cash], "money", depth=1)]
    for section, amount in item.flows.items():
        rows.append(Row([f"{SECTION_TITLES[section].lower()} to {until}", amount], "money", depth=2))
    rows.append(Row([f"closing cash of {until}", item.closing_cash_then], style="bold", depth=1))
    if item.restricted_cash_then:
        rows.append(Row(["of which restricted", item.restricted_cash_then], depth=2))
    if rung.zero_cash_date is None:
        rows.append(Row([f"lowest, {day(rung.lowest_cash_date)}", rung.lowest_cash], depth=1))
    else:
        rows.append(Row([f"free to spend at the end of {day(rung.zero_cash_date)}", item.cash_that_day], depth=1))
    return Table("", (Column(""), Column("", "money")), rows)


def _value(figure: HeadlineFigure, unit: Scale) -> str | None:
    """A figure in its own unit."""
    if figure.value is None or isinstance(figure.value, date):
        return None if figure.value is None else day(figure.value)
    match figure.unit:
        case "months":
            return months(figure.value)
        case "number":
            return f"{figure.value:.1f}"
    return unit.amount(figure.value)


MAIN = (
    Column("counting"), Column("months", "months"), Column("zero_cash_date", "day"), Column("lowest_cash", "money"),
    Column("lowest_cash_date", "day"), Column("funding_gap", "money"), Column("counts"), Column("until"),
    Column("opening_cash", "money"), *(Column(f"cash.{section}", "money") for section in CASH_SECTIONS),
    Column("closing_cash_then", "money"), Column("restricted_cash_then", "money"), Column("cash_that_day", "money"),
)  # fmt: skip


def _main(headline: Headline) -> Table:
    rows = []
    for item in headline.runway:
        rung = item.rung
        cells: list[Value] = [rung.counting.removeprefix("+ "), rung.months, rung.zero_cash_date, rung.lowest_cash]
        cells += [rung.lowest_cash_date, rung.funding_gap, item.counts, item.until, item.opening_cash]
        cells += [item.flows.get(section, 0.0) for section in CASH_SECTIONS]
        rows.append(Row([*cells, item.closing_cash_then, item.restricted_cash_then, item.cash_that_day]))
    return Table("", MAIN, rows)
