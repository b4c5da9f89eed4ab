"""Plan, actual and variance by line; the runway as planned and as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.closed_months import DIFFERENCE
from runway.render.figures import day, month, scale, span
from runway.render.report import Block, Cell, Column, Delta, Prose, Report, Row, Table, Value
from runway.reports.reconciliation import main_rows, reconciled_blocks
from runway.words import counted, counting_text, minus, without_rows_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.price_volume import PriceVolume
    from runway.answers.variance import LineVariance, RowVariance, RungVariance, Variance
    from runway.render.figures import Scale

MOST = 10  # times the plan: from there on no percentage is shown
EFFECT = {True: "F", False: "A", None: ""}
STYLE = {True: "green", False: "red", None: ""}


def report(variance: Variance) -> Report:
    """A row a line, for the month and the year to date; `main` has a row a line and period."""
    figures = [(c.plan, c.actual) for item in variance.lines for c in (item.month, item.year_to_date)]
    figures.append((variance.closing_cash.plan, variance.closing_cash.actual))
    unit = scale(variance.currency, variance.minor_digits, [value for pair in figures for value in pair])
    sections: list[list[Block]] = [[_lines(variance)], *_parts(variance), [_runway(variance)]]
    if variance.reconciliation is not None:
        sections.append([*reconciled_blocks(variance.reconciliation, variance.minor_digits), *_burn(variance, unit)])
    if variance.sources:
        sections.append([*_sources(variance)])
    counting = "" if variance.counting is None else counting_text(variance.counting)
    title = (variance.model, variance.scenario, f"closed to {month(variance.last_close)}", counting, unit.label)
    return Report(title, unit, sections, main=lambda: _main(variance))


def _heads_over(variance: Variance) -> tuple[str, str]:
    """The heads over the columns of the month and of the year to date, which in its first month are alike."""
    to_date = span(variance.year_to_date_from, variance.month)
    return month(variance.month), "year to date" if variance.year_to_date_from == variance.month else to_date


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
    for over in _heads_over(variance):
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


def _compared(item: RowVariance) -> list[Value | Cell]:
    share = ""
    if item.share is not None and item.variance:
        share = f"{abs(item.share) * 100:.0f}"
        share = f"{share} " if abs(item.share) < MOST else ""
    effect = Cell(f"{share}{EFFECT[item.favourable]}", style=STYLE[item.favourable])
    return [item.plan, item.actual, Delta(item.plan, item.actual), effect]


def _parts(variance: Variance) -> Iterator[list[Block]]:
    """Volume, price and timing of each line that has any, and the lines whose number the books do not have."""
    lines = [item for item in variance.lines if item.year_to_date_parts is not None]
    shown = [item for item in lines if any(map(_telling, (item.month_parts, item.year_to_date_parts)))]
    lacking = [item for item in lines if item.number is not None and not _split(item) and item.year_to_date.variance]
    after = [Prose(text, style="dim") for text in _about_parts(shown, lacking)]
    if shown:
        rows = []
        for item in shown:
            cells: list[Value] = [item.title, *parts_cells(item.month_parts), *parts_cells(item.year_to_date_parts)]
            rows.append(Row(cells, "money"))
        columns = [Column("", wraps=True)]
        for over in _heads_over(variance):
            columns += [Column(head, "money", "", over=over) for head in PARTS]
        yield [Table("VOLUME AND PRICE", columns, rows, after=after)]
    elif after:
        yield [*after]


PARTS = ("volume", "price", "timing", "cash")


def parts_cells(parts: PriceVolume | None) -> list[Value]:
    """Volume, price and timing, and the variance of cash that they add up to."""
    return [None] * len(PARTS) if parts is None else [parts.volume, parts.price, parts.timing, parts.cash]


def _telling(parts: PriceVolume | None) -> bool:
    return parts is not None and any((parts.volume, parts.price, parts.timing))


def _split(item: LineVariance) -> bool:
    return item.year_to_date_parts is not None and item.year_to_date_parts.volume is not None


def _about_parts(shown: list[LineVariance], lacking: list[LineVariance]) -> Iterator[str]:
    yield from about_parts(split=any(map(_split, shown)), shown=bool(shown))
    if lacking:
        numbers = ", ".join(f"{item.title} ({item.number})" for item in lacking)
        yield f"not in the books is how many, so volume and price are not told apart: {numbers}"


def about_parts(*, split: bool, shown: bool) -> Iterator[str]:
    """The definitions of volume, price, timing and cash, of those that are shown."""
    if split:
        yield "volume: the difference in number at the planned price; price: in price at the actual number"
    if shown:
        yield "timing: cash less what is earned or incurred; cash: the variance of what was received or paid"


def _runway(variance: Variance) -> Table:
    columns = [Column("")]
    for head in ("planned", "now"):
        columns += [Column(head, "months", "beyond"), Column("", "day")]
    columns.append(Column("change", align="right"))
    text = f"months from the end of {day(variance.as_of)}"
    return Table("RUNWAY", columns, [_rung(item) for item in variance.runway], after=[Prose(text, style="dim")])


def _rung(item: RungVariance) -> Row:
    change = counted(item.days, "day", "+,") if item.days else None
    ends = [value for rung in (item.plan, item.now) for value in (rung.months, rung.zero_cash_date)]
    return Row([item.counting, *ends, change], style="red" if (item.days or 0) < 0 else "")


def _burn(variance: Variance, unit: Scale) -> Iterator[Prose]:
    """Burn by the bank and burn by lines."""
    texts = [f"{unit.amount(b.amount)} {b.counted} ({span(b.first, b.last)})" for b in variance.burn]
    if texts:
        yield Prose(f"burn a month: {', '.join(texts)}", style="dim")


def _sources(variance: Variance) -> Iterator[Prose]:
    """The uses of the amounts of each export, which add up to its total."""
    for source in variance.sources:
        files = source.files[0] if len(source.files) == 1 else f"{source.name}, {len(source.files)} files"
        text = f"{files}: {source.layout}, {counted(source.rows, 'row')}, {minus(f'{source.total:,}')} in all"
        uses = ", ".join(f"{minus(f'{amount:,}')} {use}" for use, amount in source.uses.items() if amount)
        text += f" = {uses}" if uses else ""
        if source.steps[1]:
            text += f"; balances foot {source.steps[0]:,} of {source.steps[1]:,}"
        if source.twice:
            text += f"; {counted(source.twice, 'double row')} left out"
        yield Prose(text, style="dim")
    if missing := without_rows_text(variance.without_rows):
        yield Prose(missing, style="dim")


MAIN = (
    Column("section"), Column("address"), Column("title"), Column("total", "count"), Column("has_actuals", "count"),
    Column("period"), Column("plan", "money"), Column("actual", "money"), Column("variance", "money"),
    Column("share", "number"), Column("effect"), Column("volume", "money"), Column("price", "money"),
    Column("timing", "money"), Column("cash_variance", "money"),
)  # fmt: skip


def _main(variance: Variance) -> Table:
    rows = []
    effect = {True: "favourable", False: "adverse", None: ""}
    to_date = f"{variance.year_to_date_from}..{variance.month}"
    for item in variance.lines:
        line = [item.section, item.address, item.title, item.total, item.has_actuals]
        periods = (
            (variance.month, item.month, item.month_parts),
            (to_date, item.year_to_date, item.year_to_date_parts),
        )
        for period, c, parts in periods:
            figures: list[Value] = [period, c.plan, c.actual, c.variance, c.share, effect[c.favourable]]
            rows.append(Row([*line, *figures, *parts_cells(parts)]))
    if variance.reconciliation is not None:
        without_parts: list[Value] = [None] * len(PARTS)
        rows += [row._replace(cells=[*row.cells, *without_parts]) for row in main_rows(variance.reconciliation)]
    return Table("", MAIN, rows)
