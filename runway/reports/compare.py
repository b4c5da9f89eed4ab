"""A comparison: the ladder before and after, and a waterfall of the effect of each change."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from runway.answers.compare import whole_units
from runway.render.cells import signed
from runway.render.figures import PLAIN, Scale, day, month, months, printable, scale, span
from runway.render.report import Bar, Block, Cell, Column, Delta, Prose, Report, Row, Table
from runway.reports.project import counted_rungs
from runway.reports.sensitivity import METRICS
from runway.reports.variance import PARTS, about_parts, parts_cells
from runway.words import counting_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.compare import Change, Comparison
    from runway.engine.ladder import Rung

BLOCK = "▇"
WORDS = METRICS | {"runway": "runway"}


def report(comparison: Comparison) -> Report:
    """The ladder on both sides, then each effect; `main` has a row a change, the effect beside its first change."""
    before, after = comparison.projections
    unit = scale(
        comparison.currency,
        comparison.minor_digits,
        [value for p in (before, after) for rung in p.runway for value in (rung.lowest_cash, rung.closing_cash)],
    )
    shown = max(len(counted_rungs(projection)) for projection in comparison.projections)
    pairs = list(zip(before.runway[:shown], after.runway[:shown], strict=True))
    sections: list[list[Block]] = [
        [_ladder(pairs)],
        [_cash(pairs)],
        *what_changed(comparison, unit),
        *_closed_months(comparison),
    ]
    return Report(
        title=(
            after.model,
            " → ".join(comparison.titles),
            both_under((before.scenario, after.scenario), comparison.titles),
            after.counted_since.text,
            counting_text(comparison.rung),
            unit.label,
        ),
        scale=unit,
        lead=[*_rung_note(comparison), Prose(headline(comparison, unit), "", "bold")],
        sections=sections,
        main=lambda: _main(comparison),
    )


def both_under(scenarios: tuple[str, str], titles: tuple[str, str]) -> str:
    """The scenario that both sides are under, where their titles do not say it; nothing for the base."""
    first, second = scenarios
    return first if first == second != "base" and titles[0] != first else ""


def saved(comparison: Comparison, time: str) -> Report:
    """The saving of a file: the runway before and after, and each change with its part of the difference."""
    lead = Prose(headline(comparison, PLAIN), "", "bold")
    return Report(("saved", time), PLAIN, what_changed(comparison, PLAIN), lead=[lead])


def what_changed(comparison: Comparison, unit: Scale) -> list[list[Block]]:
    """The assumptions that differ, each with its part of the change where that can be told apart."""
    if not comparison.changes:
        return [[Prose("no assumption differs")]]
    if comparison.why_not is not None:
        columns = (Column("assumption", wraps=True), Column("change", wraps=True), Column("where", wraps=True))
        table = Table("WHAT CHANGED", columns, [Row(_change_cells(change)) for change in comparison.changes])
        return [
            [table],
            [Prose(f"Not attributed: {comparison.why_not}{'' if comparison.why_not.endswith('?') else '.'}")],
        ]
    if not comparison.horizons_counted:
        return [[_waterfall(comparison, unit)]]
    end = month(comparison.projections[0].months[-1])
    text = f"what lasts beyond {end} is counted as lasting until its end, no longer"
    return [[_waterfall(comparison, unit)], [Prose(text, style="dim")]]


def _rung_note(comparison: Comparison) -> Iterator[Prose]:
    """Why a higher rung than the default is counted."""
    if comparison.left is not None:
        counted, left = (rung.removeprefix("+ ") for rung in (comparison.rung, comparison.left))
        yield Prose(f"counting {counted}, as nothing changes the {WORDS[comparison.metric]} on {left}", "", "dim")


def _closed_months(comparison: Comparison) -> list[list[Block]]:
    """By line, volume, price and timing of the months closed since."""
    lines = [line for line in comparison.closed if line.parts.cash or line.parts.timing]
    if comparison.closed_months is None or not lines:
        return []
    rows = [Row([line.title, *parts_cells(line.parts)[:2], line.parts.earned, *parts_cells(line.parts)[2:]], "money")
            for line in lines]  # fmt: skip
    columns = [
        Column("", wraps=True),
        *(Column(head, "money", "") for head in ("volume", "price", "earned", *PARTS[2:])),
    ]
    about = about_parts(split=any(line.parts.volume is not None for line in lines), shown=True)
    books = comparison.projections[0].closed
    less = "after less before" if books and f"{books:%Y-%m}" >= comparison.closed_months[0] else "actual less plan"
    note = f"{span(*comparison.closed_months)}, {less}; earned: volume and price"
    return [[Table("CLOSED MONTHS", columns, rows, note, [Prose(text, style="dim") for text in about])]]


def headline(comparison: Comparison, unit: Scale) -> str:
    """`runway (+ certain): 17.8 → 15.1 months`."""
    metric, sides = WORDS.get(comparison.metric, comparison.metric), comparison.outcomes
    if comparison.of_money:
        before, after = map(unit.amount, comparison.values)
    elif comparison.unit == "share":
        before, after = (minus(f"{value * 100:.2f}%") for value in comparison.values)
    elif comparison.metric == "zero-cash-date":
        metric = "zero-cash date"
        before, after = (day(rung.zero_cash_date) if rung.zero_cash_date else "beyond" for rung in sides)
    else:
        ends = [f"beyond {month(projection.months[-1])}" for projection in comparison.projections]
        before, after = (end if r.months is None else months(r.months) for r, end in zip(sides, ends, strict=True))
        after += " months" if sides[1].months is not None else ""
    return f"{metric} ({comparison.rung}): {before} → {after}"


def _ladder(pairs: list[tuple[Rung, Rung]]) -> Table:
    """Months and day of each rung before and after."""
    rows = []
    for old, new in pairs:
        gained = None if old.months is None or new.months is None else Delta(old.months, new.months)
        lasts = (old.months, new.months, Cell(gained, style=_style(gained and gained.exact)))
        rows.append(Row([old.counting, *lasts, old.zero_cash_date, new.zero_cash_date]))
    columns = (
        Column("counting"), *(Column(head, "months", "beyond", over="months") for head in ("before", "after")),
        Column("change", "change", over="months"),
        *(Column(head, "day", over="cash out") for head in ("before", "after")),
    )  # fmt: skip
    return Table("RUNWAY", columns, rows)


def _cash(pairs: list[tuple[Rung, Rung]]) -> Table:
    """Lowest and closing cash of each rung before and after."""
    rows = []
    for old, new in pairs:
        sides = ((old.lowest_cash, new.lowest_cash), (old.closing_cash, new.closing_cash))
        figures = [(*pair, Cell(Delta(*pair), style=_style(pair[1] - pair[0]))) for pair in sides]
        rows.append(Row([old.counting, *figures[0], *figures[1]]))
    columns = [Column("counting")]
    for over in ("lowest cash", "closing cash"):
        columns += [Column("before", "money", over=over), Column("after", "money", over=over)]
        columns.append(Column("change", "money change", over=over))
    return Table("CASH", columns, rows)


def _style(gained: float | None) -> str:
    return "" if not gained else "green" if gained > 0 else "red"


def _waterfall(comparison: Comparison, unit: Scale) -> Table:
    """One row an effect: its bar begins where the effects before it end."""
    shares, texts, total = _parts(comparison, unit)
    steps = list(accumulate(shares, initial=0.0))
    low, wide = min(steps), max(steps) - min(steps) or 1.0
    bars = [Bar((start - low) / wide, (end - low) / wide, BLOCK) for start, end in pairwise(steps)]
    rows = []
    for effect, size, text, bar in zip(comparison.effects, shares, texts, bars, strict=True):
        part = [Cell(text, style=_style(size)), Cell(bar, style=_style(size))]
        if len(effect.changes) == 1:
            rows.append(Row([effect.name, *_change_cells(effect.changes[0])[1:], *part]))
        else:
            rows.append(Row([effect.name, f"{len(effect.changes)} changes", "", *part]))
            rows += [Row([*_change_cells(change), "", ""], depth=1) for change in effect.changes]
    rows.append(Row(["sum", "", "", total, ""], style="bold"))
    measure = {"money": unit.label, "share": "points"}.get(comparison.unit, comparison.unit)
    columns = (
        Column("assumption", wraps=True), Column("change", wraps=True), Column("where", wraps=True),
        Column(measure, align="right"), Column("", "bar"),
    )  # fmt: skip
    note = f"and its part of the change of {WORDS.get(comparison.metric, comparison.metric)}, {measure}"
    return Table("WHAT CHANGED", columns, rows, note)


def _parts(comparison: Comparison, unit: Scale) -> tuple[list[float], list[str], str]:
    """The effects in the unit of the page, as they are written there, rounded so that they add up, and their sum.

    The sum is the difference of the two figures of the headline as they are printed.
    """
    size = {"money": unit.unit, "share": 0.01}.get(comparison.unit, 1.0)
    shares = [effect.effect / size for effect in comparison.effects]
    decimals = 2 if comparison.unit == "share" else 1
    if comparison.of_money:
        decimals = max(1, unit.decimals([[effect.effect] for effect in comparison.effects]))
    total = Delta(*comparison.values).printed(size, decimals)
    total = total if round(total, decimals) else 0.0
    parts = zip(shares, whole_units(shares, decimals, total), strict=True)
    texts = [signed(shown, decimals) if shown else signed(share, decimals + 1) for share, shown in parts]
    return shares, texts, signed(total, decimals)


def _change_cells(change: Change) -> list[str]:
    return [change.address, change_text(change), place_text(change)]


def change_text(change: Change) -> str:
    """`30%/year → 45%/year`, `new: recurring`, `gone: one_off`."""
    if change.before is None:
        return f"new: {change.after}"
    return f"gone: {change.before}" if change.after is None else f"{change.before} → {change.after}"


def place_text(change: Change) -> str:
    """`plan.toml:41`, without the folder."""
    if change.file is None:
        return ""
    name = change.file.rpartition("/")[2]
    return printable(name if name == "command line" else f"{name}:{change.line}")


def _main(comparison: Comparison) -> Table:
    heads = ("address", "before", "after", "file", "line", "group")
    effect = Column(comparison.metric.replace("-", "_"), "money" if comparison.of_money else "number")
    rows = [row for e in comparison.effects for row in _main_rows(e.name, e.effect, e.changes)]
    rows = rows or list(_main_rows("", None, comparison.changes))
    return Table("", (*map(Column, heads), effect), rows)


def _main_rows(name: str, effect: float | None, changes: tuple[Change, ...]) -> Iterator[Row]:
    for n, change in enumerate(changes):
        line = str(change.line or "")
        yield Row([change.address, change.before, change.after, change.file, line, name, None if n else effect])
