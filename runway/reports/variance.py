"""Plan, actual and variance by line; the runway as planned and as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.actuals import DIFFERENCE
from runway.render.figures import day, month, scale, span
from runway.render.report import Block, Cell, Column, Delta, Prose, Report, Row, Table, Value
from runway.reports.reconciliation import main_rows, reconciled
from runway.words import counting_text, without_rows_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.variance import Compared, RungVariance, Variance
    from runway.files.actuals import Totals
    from runway.render.figures import Scale

MOST = 10  # times the plan: from there on a share says nothing
EFFECT = {True: "F", False: "A", None: ""}
STYLE = {True: "green", False: "red", None: ""}


def report(variance: Variance) -> Report:
    """A row a line, for the month and the year to date; `main` has a row a line and period."""
    figures = [(c.plan, c.actual) for item in variance.lines for c in (item.month, item.year_to_date)]
    figures.append((variance.closing_cash.plan, variance.closing_cash.actual))
    unit = scale(variance.currency, variance.minor_digits, [value for pair in figures for value in pair])
    sections: list[list[Block]] = [[_lines(variance)], [_runway(variance)]]
    if variance.reconciliation is not None:
        sections.append([*reconciled(variance.reconciliation, variance.minor_digits), *_burn(variance, unit)])
    if variance.ledger is not None:
        sections.append([*_ledger(variance, variance.ledger)])
    if variance.sources:
        sections.append([*_sources(variance)])
    counting = "" if variance.counting is None else counting_text(variance.counting)
    title = (variance.model, variance.scenario, f"closed to {month(variance.last_close)}", counting, unit.label)
    return Report(title, unit, sections, main=lambda: _main(variance))


def _lines(variance: Variance) -> Table:
    rows: list[Row] = []
    section = variance.lines[0].section
    for item in variance.lines:
        apart, section = item.section is None and section is not None, item.section
        name = item.title if item.total or item.has_actuals else f"{item.title}°"
        cells = [*_compared(item.month), *_compared(item.year_to_date)]
        rows.append(Row([name, *cells], "money", "bold" if item.total else "", 0 if item.total else 1, apart=apart))
    rows.append(Row(["Closing cash", *_compared(variance.closing_cash), *[""] * 4], "money", "bold"))
    columns = [Column("", wraps=True)]
    for over in (month(variance.month), span(variance.year_to_date_from, variance.month)):
        columns += [Column(head, "money", over=over) for head in ("plan", "actual", "var.")]
        columns.append(Column("%", align="right", over=over))
    stands = any(not (item.has_actuals or item.total) for item in variance.lines)
    remarks = [
        "var.: actual less plan, and in % of the plan; F favourable, A adverse"
        + ("; ° no actuals: its plan stands" if stands else "")
    ]
    if any(item.address.startswith(f"{DIFFERENCE}.") for item in variance.lines):
        remarks.append("Unreconciled: what the bank's balance has beside the lines")
    return Table("", columns, rows, after=[Prose(text, style="dim") for text in remarks])


def _compared(item: Compared) -> list[Value | Cell]:
    share = ""
    if item.share is not None and item.variance:
        share = f"{abs(item.share) * 100:.0f}"
        share = f"{share} " if abs(item.share) < MOST else ""
    effect = Cell(f"{share}{EFFECT[item.favourable]}", style=STYLE[item.favourable])
    return [item.plan, item.actual, Delta(item.plan, item.actual), effect]


def _runway(variance: Variance) -> Table:
    columns = [Column("")]
    for head in ("planned", "now"):
        columns += [Column(head, "months", "beyond"), Column("", "day")]
    columns.append(Column("change", align="right"))
    text = f"months from the end of {day(variance.as_of)}"
    return Table("RUNWAY", columns, [_rung(item) for item in variance.runway], after=[Prose(text, style="dim")])


def _rung(item: RungVariance) -> Row:
    change = f"{item.days:+,} days".replace("-", "−") if item.days else None
    ends = [value for rung in (item.plan, item.now) for value in (rung.months, rung.zero_cash_date)]
    return Row([item.counting, *ends, change], style="red" if (item.days or 0) < 0 else "")


def _burn(variance: Variance, unit: Scale) -> Iterator[Prose]:
    """Burn by the bank, and beside it that by lines."""
    said = [f"{unit.amount(b.amount)} {b.counted} ({span(b.first, b.last)})" for b in variance.burn]
    if said:
        yield Prose(f"burn a month: {', '.join(said)}", style="dim")


def _sources(variance: Variance) -> Iterator[Prose]:
    """What became of the amounts of each export, which add up to all of it."""
    for source in variance.sources:
        files = source.files[0] if len(source.files) == 1 else f"{source.name}, {len(source.files)} files"
        text = f"{files}: {source.layout}, {source.rows:,} rows, {source.total:,} in all"
        uses = ", ".join(f"{amount:,} {use}" for use, amount in source.uses.items() if amount)
        text += f" = {uses}" if uses else ""
        if source.steps[1]:
            text += f"; balances foot {source.steps[0]:,} of {source.steps[1]:,}"
        if source.twice:
            text += f"; {source.twice:,} rows stand in two files and count once"
        yield Prose(text, style="dim")
    if missing := without_rows_text(variance.without_rows):
        yield Prose(missing, style="dim")


def _ledger(variance: Variance, totals: Totals) -> Iterator[Prose]:
    """What became of the amounts of the ledger, which add up to all of it."""
    parts = [("used", totals.used), ("ignored", totals.ignored), ("mapped to no line", totals.unmapped)]
    parts.append(("after the close", totals.after_close))
    uses = ", ".join(f"{amount:,} {use}" for use, amount in parts if amount)
    text = f"{variance.file}: {totals.rows:,} rows, {totals.total:,} in all"
    yield Prose(f"{text} = {uses}" if uses else text, style="dim")
    if missing := without_rows_text(variance.without_rows):
        yield Prose(missing, style="dim")


MAIN = (
    Column("section"), Column("address"), Column("title"), Column("total", "count"), Column("has_actuals", "count"),
    Column("period"), Column("plan", "money"), Column("actual", "money"), Column("variance", "money"),
    Column("share", "number"), Column("effect"),
)  # fmt: skip


def _main(variance: Variance) -> Table:
    rows = []
    effect = {True: "favourable", False: "adverse", None: ""}
    to_date = f"{variance.year_to_date_from}..{variance.month}"
    for item in variance.lines:
        line = [item.section, item.address, item.title, item.total, item.has_actuals]
        for period, c in ((variance.month, item.month), (to_date, item.year_to_date)):
            rows.append(Row([*line, period, c.plan, c.actual, c.variance, c.share, effect[c.favourable]]))
    if variance.reconciliation is not None:
        rows += main_rows(variance.reconciliation)
    return Table("", MAIN, rows)
