"""Old forecasts against actuals: the vintages, then the bias and size of their errors by months ahead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runway.files.vintages import RUNGS
from runway.render.figures import month, scale
from runway.render.report import Block, Cell, Column, Prose, Report, Row, Table, Value
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.backtest import Backtest, Score, VintageLine

SHOWN = (1, 2, 3, 6, 9, 12, 18, 24, 36, 48, 60)
"""The months ahead that a table has where there are many; the CSV has all."""
MANY = 6
LAST = 4  # months of the table of errors
HEADS = (
    Column("months ahead"), Column("n", "count"), Column("bias", "money"), Column("MAE", "money"),
    Column("WAPE", "share"), Column("scaled", "number"),
)  # fmt: skip
MEANS = (
    "error: actual less forecast; bias its mean, MAE its mean size, WAPE its size in all over that of the actuals; "
    "scaled: MAE over that of the last {} closed months going on, on the same months; above 1 the plan was worse"
)


def report(backtest: Backtest) -> Report:
    """The vintages, their errors of closing cash, and the scores by row and horizon; `main` has every score."""
    unit = scale(backtest.currency, backtest.minor_digits, [abs(error.error) for error in backtest.errors])
    sections: list[list[Block]] = [[_vintages(backtest)], [_errors(backtest)], [_scores(backtest, lines=False)]]
    if any(score.line for score in backtest.scores):
        sections.append([_scores(backtest, lines=True)])
    if backtest.simulated:
        sections.append([_simulated(backtest)])
    if notes := list(_notes(backtest)):
        sections.append([Prose(note, "  · ") for note in notes])
    title = (backtest.model, backtest.headed, f"closed to {month(backtest.last_close)}", unit.label)
    return Report(title, unit, sections, main=lambda: _main(backtest))


def _vintages(backtest: Backtest) -> Table:
    """Each vintage's last closed month and its cash-out day: on one rung, where the other's is the same."""
    lines = backtest.vintages
    same = all(len({line.zero_cash_date[rung] for rung in RUNGS}) == 1 for line in lines)
    shown = RUNGS[:1] if same else RUNGS
    written = any(line.written for line in lines)
    late = any(line.late for line in lines)
    rows = []
    for line in lines:
        cells: list[Value | Cell] = ["today" if line.form == "now" else _vintage_name(line), line.origin]
        cells += [line.written] if written else []
        for rung in shown:
            days = line.revised_by[rung]
            moved = None if days is None else counted(days, "day", "+,") if days else "–"
            cells += [line.zero_cash_date[rung], moved]
        rows.append(Row([*cells, "late" if line.late else ""] if late else cells))
    columns = [Column("vintage", wraps=True), Column("knows to", "month")]
    columns += [Column("written", "day")] if written else []
    for rung in shown:
        over = rung if len(shown) > 1 else ""
        columns += [Column("cash out", "day", "beyond", over=over), Column("moved", align="right", over=over)]
    columns += [Column("")] if late else []
    return Table("VINTAGES", columns, rows)


def _vintage_name(line: VintageLine) -> str:
    return f"closed {month(line.origin)}" if line.form == "closed" else line.name


def _errors(backtest: Backtest) -> Table:
    """Actual less forecast of closing cash on the rung that is certain: a row a vintage, a column a month."""
    cash = [e for e in backtest.errors if e.measure == "cash" and e.counting == RUNGS[0]]
    last = sorted({error.month for error in cash})[-LAST:]
    rows = []
    for place, line in enumerate(backtest.vintages):
        errors = {error.month: error.error for error in cash if error.place == place}
        if any(label in errors for label in last):
            rows.append(Row([_vintage_name(line), *(errors.get(label) for label in last)]))
    columns = [Column("vintage", wraps=True), *(Column(month(label), "money", "") for label in last)]
    return Table("CLOSING CASH", columns, rows, "actual less forecast, counting what is certain")


def _scores(backtest: Backtest, *, lines: bool) -> Table:
    """The scores of each row by months ahead, of both rungs as one where they are equal; of lines the first months."""
    horizons = sorted({score.horizon for score in backtest.scores})
    shown = horizons[:1] if lines else horizons if len(horizons) <= MANY else [n for n in horizons if n in SHOWN]
    groups: dict[tuple[str, str], list[Score]] = {}
    for score in backtest.scores:
        if score.line == lines:
            groups.setdefault((score.measure, score.counting), []).append(score)
    rows: list[Row] = []
    for (measure, counting), scores in groups.items():
        certain = groups.get((measure, RUNGS[0]), [])
        if counting != RUNGS[0] and [replace(score, counting=counting) for score in certain] == scores:
            continue
        alone = [replace(s, counting=RUNGS[1]) for s in scores] == groups.get((measure, RUNGS[1]))
        name = scores[0].title if alone else f"{scores[0].title}, {counting}"
        if not lines:
            rows.append(Row([Cell(name, style="bold"), *[""] * (len(HEADS) - 1)]))
        for score in scores:
            if score.horizon in shown:
                figures = (score.n, score.bias, score.mae, score.wape, score.scaled)
                rows.append(Row([name if lines else f"{score.horizon}", *figures], depth=0 if lines else 1))
    if lines:
        head = f"{counted(shown[0], 'month')} ahead; --csv has all" if len(horizons) > 1 else ""
        return Table("LINES", [Column("line", wraps=True), *HEADS[1:]], rows, head)
    note = "" if shown == horizons else f"{len(horizons)} horizons; --csv has all"
    return Table("ERRORS, MONTHS AHEAD", HEADS, rows, note, after=[Prose(MEANS.format(backtest.window), style="dim")])


def _simulated(backtest: Backtest) -> Table:
    columns = [Column("months ahead"), Column("n", "count"), Column("in 5–95 %", "share"), Column("pinball", "money")]
    rows = [
        Row(["all" if score.horizon is None else f"{score.horizon}", score.n, score.coverage, score.pinball])
        for score in backtest.simulated
    ]
    note = f"closing cash in {backtest.paths:,} futures of each vintage"
    after = [Prose("90 % should lie inside; said of ten months or more", style="dim")]
    return Table("SIMULATED", columns, rows, note, after=after)


def _notes(backtest: Backtest) -> Iterator[str]:
    single = sorted({score.horizon for score in backtest.scores if score.n == 1})
    if single:
        ahead = f"{single[0]}" if len(single) == 1 else f"{single[0]} to {single[-1]}"
        yield f"n 1, {ahead} month{'' if single == [1] else 's'} ahead: one forecast is no evidence"
    yield from backtest.notes


MAIN = (
    Column("measure"), Column("title"), Column("counting"), Column("horizon", "count"), Column("n", "count"),
    Column("bias", "money"), Column("mae", "money"), Column("wape", "number"), Column("scaled", "number"),
    Column("scaled_n", "count"),
)  # fmt: skip


def _main(backtest: Backtest) -> Table:
    rows = [
        Row([s.measure, s.title, s.counting, s.horizon, s.n, s.bias, s.mae, s.wape, s.scaled, s.scaled_n])
        for s in backtest.scores
    ]
    return Table("", MAIN, rows)
