"""Runway as figures vary: sweeps, a grid, a tornado, breakpoints."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from runway.language.measures import measure_named
from runway.render.cells import signed
from runway.render.figures import Scale, month, months, scale
from runway.render.report import UNITS, Bar, Block, Cell, Column, Delta, Prose, Report, Row, Table, Unit, Value
from runway.words import amount_text, climbed_text, counted, counting_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.swings import Case, Grid, MetricFigure, Sensitivity, Sweep, Threshold
    from runway.engine.ladder import Rung

SHOWN = 15  # figures of a tornado that are shown
IN_MONTHS = ("runway", "zero-cash-date")
METRICS = {
    "runway": "months of runway",
    "zero-cash-date": "months to the zero-cash day",
    "lowest-cash": "lowest cash",
    "gap": "funding gap",
    "closing-cash": "closing cash",
}
CHANGES: dict[str, tuple[str, Unit]] = {
    "share": ("points", "points"),
    "rate": ("points", "points"),
    "money": ("change", "money change"),
}
"""The head and the unit of the change of a metric, by the metric's unit, where they are not those of any change."""
ENOUGH = 12  # months: a cell of a grid below them is red


def report(sensitivity: Sensitivity) -> Report:
    """One part below the other; `main` has a row a case: the figure, its change, and the outcome."""
    unit = _unit(sensitivity)
    base, grid = sensitivity.base, sensitivity.grid
    lasts = f"beyond {month(sensitivity.horizon)}" if base.months is None else f"{months(base.months)} months"
    label = unit.label if sensitivity.in_money else ""
    about = (sensitivity.counted_since.text, counting_text(sensitivity.rung), f"as it is {lasts}", label)
    title = (sensitivity.model, sensitivity.scenario, *about)
    sections: list[list[Block]] = []
    for sweep in sensitivity.sweeps:
        sections += [[_runway(sweep)], [_cash(sweep)]]
        if sensitivity.metric.name not in METRICS:
            sections.append([_beside(sweep, sensitivity.metric)])
    if grid is not None:
        sections.append([_grid(grid)])
    if sensitivity.tornado or sensitivity.without_effect:
        sections.append(list(_tornado(sensitivity)))
    if sensitivity.breakpoints:
        enough = [base.months is None or base.months >= point.at_least for point in sensitivity.breakpoints]
        texts = map(breakpoint_text, sensitivity.breakpoints, enough)
        sections.append([Prose(text) for text in texts])
    lead = [Prose(climbed_text(sensitivity.rung, _varied(sensitivity)), "", "dim")] if sensitivity.climbed else []
    return Report(title, unit, sections, lead=lead, main=lambda: _main(sensitivity))


def _varied(sensitivity: Sensitivity) -> list[str]:
    """The figures that were varied."""
    if sensitivity.grid is not None:
        return list(sensitivity.grid.addresses)
    return [sweep.address for sweep in sensitivity.sweeps]


def _unit(sensitivity: Sensitivity) -> Scale:
    outcomes = [sensitivity.base, *(case.outcome for sweep in sensitivity.sweeps for case in sweep.cases)]
    outcomes += [end for swing in sensitivity.tornado for end in (swing.at_low, swing.at_high)]
    values = [value for outcome in outcomes for value in (outcome.lowest_cash, outcome.closing_cash)]
    if sensitivity.metric.unit == "money":
        shown = [value for row in (sensitivity.grid.cells if sensitivity.grid else ()) for value in row]
        shown += [case.metric for sweep in sensitivity.sweeps for case in sweep.cases]
        shown += [value for swing in sensitivity.tornado for value in (swing.low_value, swing.high_value)]
        values += [value for value in shown if value is not None]
    return scale(sensitivity.currency, sensitivity.minor_digits, values)


def changed_by(change: float, how: str, *, percent: bool = False) -> str:
    """The text of a change, or of a value: `+10%`, `+3 months`, `20k`, and `5%` of a share or rate.

    >>> changed_by(-0.3, "relative"), changed_by(3.0, "shift"), changed_by(0.035, "absolute", percent=True)
    ('−30%', '+3 months', '3.5%')
    """
    sign = "+" if change else ""
    if how == "relative":
        return minus(f"{change * 100:{sign}.4g}%")
    if how == "shift":
        return counted(change, "month", f"{sign}.3g")
    return minus(f"{change * 100:.4g}%") if percent else amount_text(change)


def _runway(sweep: Sweep) -> Table:
    """Runway at each value with its change against the base and a bar to the side of the change."""
    gained = [_gained(case, sweep.base) for case in sweep.cases]
    longest = max((abs(gain) for gain in gained if gain is not None), default=0.0)
    rows = []
    for case, gain in zip(sweep.cases, gained, strict=True):
        out = case.outcome
        cells: list[Value | Cell] = [_value(case, sweep), out.months, _difference(case, sweep.base), out.zero_cash_date]
        cells += [_days(out, sweep.base), _bar(gain, out.months is None, longest)]
        rows.append(Row(cells, style="bold" if case.is_base else ""))
    columns = (
        Column("change", align="right"), Column("runway", "months", "beyond"), Column("gained", "change"),
        Column("cash out", "day"), Column("days", align="right"), Column("", "bar"),
    )  # fmt: skip
    return Table(sweep.address, columns, rows)


def _cash(sweep: Sweep) -> Table:
    """Lowest cash, gap and closing cash at each value, each with its change against the base."""
    rows = []
    for case in sweep.cases:
        cells: list[Value] = [_value(case, sweep)]
        for name in ("lowest_cash", "funding_gap", "closing_cash"):
            amount = getattr(case.outcome, name)
            cells += [amount, Delta(getattr(sweep.base, name), amount)]
        rows.append(Row(cells, style="bold" if case.is_base else ""))
    columns = [Column("change", align="right")]
    for over in ("lowest cash", "gap", "closing cash"):
        columns += [Column("amount", "money", over=over), Column("change", "money change", over=over)]
    return Table(sweep.address, columns, rows)


def _beside(sweep: Sweep, metric: MetricFigure) -> Table:
    """A metric that is no measure of the rung at each value, with its change against the base."""
    rows = []
    for case in sweep.cases:
        gained = None if metric.base is None or case.metric is None else Delta(metric.base, case.metric)
        rows.append(Row([_value(case, sweep), case.metric, gained], style="bold" if case.is_base else ""))
    columns = (
        Column("change", align="right"), Column(metric.name, UNITS[metric.unit]),
        Column(*CHANGES.get(metric.unit, ("change", "change"))),
    )  # fmt: skip
    return Table(sweep.address, columns, rows, after=_missing(metric.name, [case.metric for case in sweep.cases]))


def _missing(metric: str, values: Sequence[float | None]) -> list[Prose]:
    """Why a metric that is no measure of the rung has no value somewhere."""
    if metric in METRICS or None not in values:
        return []
    if measure_named(metric):
        return [Prose("–: the cap table cannot be solved there; runway captable says why", style="dim")]
    return [Prose(f"–: {metric} does not exist there; runway explain {metric} says why", style="dim")]


def _value(case: Case, sweep: Sweep) -> str:
    value = changed_by(case.change, sweep.how, percent=sweep.percent)
    return f"▸ {value}" if case.is_base else value


def _days(outcome: Rung, base: Rung) -> str:
    """Days gained on the zero-cash day."""
    if outcome.zero_cash_date is None or base.zero_cash_date is None:
        return "–"
    return signed((outcome.zero_cash_date - base.zero_cash_date).days, 0)


def _bar(gain: float | None, beyond: bool, longest: float) -> Cell:
    """Less runway than the base goes to the left of the middle, more to the right."""
    if gain is None:
        return Cell(Bar(0.5, 1.0, "╌"), style="green") if beyond else Cell(Bar(0.5, 0.5))
    size = 0.5 + gain / longest / 2 if longest else 0.5
    return Cell(Bar(min(size, 0.5), max(size, 0.5)), style="red" if gain < 0 else "green")


def _gained(case: Case, base: Rung) -> float | None:
    """Months gained against the base; None where either lasts beyond the horizon."""
    if case.outcome.months is None or base.months is None:
        return None
    return case.outcome.months - base.months


def _difference(case: Case, base: Rung) -> Delta | None:
    """The months gained as they are printed; None where there are none."""
    if case.outcome.months is None or base.months is None or case.outcome.months == base.months:
        return None
    return Delta(base.months, case.outcome.months)


def _metric(metric: str) -> str:
    """A metric in words; of a row its address, and a holder's part is that at the end."""
    return METRICS.get(metric) or f"{metric} {'at the end' if measure_named(metric) else 'in the last month'}"


def _grid(grid: Grid) -> Table:
    """One metric, the first figure down, the second across."""
    of_row = grid.metric not in METRICS
    least = -inf if of_row else ENOUGH if grid.unit == "months" else 0
    beyond, never = ("", "–") if of_row else ("green", "beyond")
    heads = [changed_by(column, grid.hows[1], percent=grid.percents[1]) for column in grid.columns]
    rows = []
    for row, values in zip(grid.rows, grid.cells, strict=True):
        beyond = "" if row else "green"
        styles = [
            "" if value is not None and value >= least else beyond if value is None else "red" for value in values
        ]
        cells = [Cell(value, style=style) for value, style in zip(values, styles, strict=True)]
        rows.append(Row([changed_by(row, grid.hows[0], percent=grid.percents[0]), *cells]))
    columns = [Column("", align="right"), *(Column(head, UNITS[grid.unit], never) for head in heads)]
    note = f"{grid.addresses[0]} down, {grid.addresses[1]} across"
    missing = _missing(grid.metric, [value for values in grid.cells for value in values])
    return Table(_metric(grid.metric), columns, rows, note, [*missing, *(Prose(text) for text in _equal(grid))])


def _equal(grid: Grid) -> Iterator[str]:
    """That all rows or all columns are the same, and why that may be."""
    names = [name for name, equal in zip(("rows", "columns"), grid.equal, strict=True) if equal]
    if not names:
        return
    moved = " and ".join(address for address, equal in zip(grid.addresses, grid.equal, strict=True) if equal)
    change = "changes" if len(names) == 1 else "change"
    text = f"all {' and all '.join(names)} are equal: {moved} {change} no {_metric(grid.metric)} here"
    if grid.metric in IN_MONTHS and all(value is None for row in grid.cells for value in row):
        text += ", as the cash lasts beyond the plan's months in every cell"
        text += "; --metric lowest-cash tells them apart"
    yield text


def _tornado(sensitivity: Sensitivity) -> Iterator[Block]:
    """Every figure at the ends of its range, the widest swing first."""
    metric = sensitivity.metric
    unit, never = UNITS[metric.unit], "beyond" if metric.name in IN_MONTHS else "–"
    shown = sensitivity.tornado[:SHOWN]
    longest = max((swing.swing for swing in shown), default=0.0)
    rows = []
    for swing in shown:
        bar = Cell(Bar(0.0, swing.swing / longest if longest else 0.0), style="yellow")
        rows.append(Row([swing.address, swing.ends_text, swing.low_value, swing.high_value, bar]))
    columns = (
        Column("figure"), Column("from … to", align="right"), Column("at low", unit, never),
        Column("at high", unit, never), Column("", "bar"),
    )  # fmt: skip
    note = f"at its own low and high, or ±10 %; {METRICS.get(metric.name, metric.name)} at each end"
    ends = [value for swing in shown for value in (swing.low_value, swing.high_value)]
    yield Table("EVERY FIGURE", columns, rows, note, _missing(metric.name, ends))
    if len(sensitivity.tornado) > SHOWN:
        rest = len(sensitivity.tornado) - SHOWN
        moved = "cash" if metric.name == "runway" else METRICS.get(metric.name, metric.name)
        yield Prose(f"and {rest} more that move {moved}; --json and --csv have all", style="dim")
    if sensitivity.without_effect:
        yield Prose(f"without effect: {', '.join(sensitivity.without_effect)}", style="dim")
    if sensitivity.refused:
        refused = ", ".join(sensitivity.refused)
        yield Prose(f"left out, the file could not hold them: {refused}", style="dim")


def breakpoint_text(point: Threshold, enough: bool) -> str:
    """The change at which runway falls below the target, or reaches it where the base does not have `enough`."""
    turn = "falls below" if enough else "reaches"
    where = (
        "nowhere in the range"
        if point.change is None
        else f"at {changed_by(point.change, point.how, percent=point.percent)}"
    )
    return f"{point.address}: runway {turn} {counted(point.at_least, 'month', 'g')} {where}"


OUTCOME = (
    Column("months", "months"), Column("zero_cash_date", "day"), Column("lowest_cash", "money"),
    Column("funding_gap", "money"), Column("closing_cash", "money"),
)  # fmt: skip


def _main(sensitivity: Sensitivity) -> Table:
    if sensitivity.grid is not None:
        return _main_grid(sensitivity.grid)
    metric = sensitivity.metric
    beside = [] if metric.name in METRICS else [Column(metric.name, UNITS[metric.unit])]

    def row(address: str, change: float, how: str, base: str, outcome: Rung, value: float | None) -> Row:
        return Row([address, change, how, base, *outcome_cells(outcome), *([value] if beside else ())])

    rows = [
        row(sweep.address, case.change, sweep.how, str(int(case.is_base)), case.outcome, case.metric)
        for sweep in sensitivity.sweeps
        for case in sweep.cases
    ]
    for swing in sensitivity.tornado:
        rows.append(row(swing.address, swing.low, "absolute", "0", swing.at_low, swing.low_value))
        rows.append(row(swing.address, swing.high, "absolute", "0", swing.at_high, swing.high_value))
    columns = (Column("address"), Column("change", "number"), Column("how"), Column("base"), *OUTCOME, *beside)
    return Table("", columns, rows)


def _main_grid(grid: Grid) -> Table:
    rows = [
        Row([row, column, value])
        for row, values in zip(grid.rows, grid.cells, strict=True)
        for column, value in zip(grid.columns, values, strict=True)
    ]
    names = [Column(address, "number") for address in grid.addresses]
    return Table("", (*names, Column(grid.metric, UNITS[grid.unit])), rows)


def outcome_cells(outcome: Rung) -> tuple[Value, ...]:
    amounts = (outcome.lowest_cash, outcome.funding_gap, outcome.closing_cash)
    return (outcome.months, outcome.zero_cash_date, *amounts)
