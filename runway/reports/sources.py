"""Each source with the figures that rest on it, the figures to find out next, and the stale ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import PLAIN, day, month, months
from runway.render.report import Bar, Block, Cell, Column, Heading, Prose, Report, Row, Table, Value
from runway.words import counted, counting_text

if TYPE_CHECKING:
    from runway.answers.sources import SourceFigures, Sources, WeighedFigure

SHOWN = 6  # figures of one source
NEXT = 10  # figures to find out next


def report(sources: Sources) -> Report:
    """Sources by their swing of runway, then the figures that deserve a better one; `main` has a row a figure."""
    lasts = sources.base.months
    base = f"beyond {month(sources.horizon)}" if lasts is None else f"{months(lasts)} months"
    remark = "runway with all figures of a source at their worse … better end"
    columns = [Column("source", wraps=True), Column("figures", "count", ""), Column("worse", "months", "beyond")]
    columns += [Column("better", "months", "beyond"), Column("months apart", "months", "")]
    sections: list[list[Block]] = [[Table("SOURCES", columns, [_source_row(item) for item in sources.sources], remark)]]
    if sources.to_find_out:
        sections.append([_next_figures(sources.to_find_out)])
    if sources.older_than is not None:
        sections.append(_stale_figures(sources, sources.older_than))
    counting = counting_text(sources.counting)
    title = (sources.model, sources.scenario, sources.counted_since.text, counting, f"as it is {base}")
    return Report(title, PLAIN, sections, main=lambda: _main(sources))


def _source_row(item: SourceFigures) -> Row:
    about = [item.title if item.source else "", item.publisher or ""]
    about += [f"as of {item.as_of}" if item.as_of else "", item.url or ""]
    below = [Prose(" · ".join(filter(None, about)), "    ", "dim")] if any(about) else []
    moved = [f"{figure.origin.address} {figure.origin.written}" for figure in item.figures if figure.moves]
    if moved and item.source:
        more = f", and {len(moved) - SHOWN} more" if len(moved) > SHOWN else ""
        below.append(Prose(", ".join(moved[:SHOWN]) + more, "    "))
    if not item.figures:
        below.append(Prose("nothing rests on it", "    "))
    cells: list[Value] = [len(item.figures), item.worst.months, item.best.months, item.swing or None]
    return Row([item.source or "no source", *(cells if item.figures else [""] * 4)], None, "bold", below=below)


def _next_figures(figures: tuple[WeighedFigure, ...]) -> Table:
    longest = max(figure.months for figure in figures)
    rows = []
    for origin, swing in [(figure.origin, figure.swing) for figure in figures[:NEXT] if figure.swing is not None]:
        remarks = [origin.where, f"confidence {origin.confidence}" if origin.confidence else ""]
        remarks += [origin.title or "no source", origin.note or ""]
        bar = Cell(Bar(0.0, swing.swing / longest if longest else 0.0), style="yellow")
        cells = [origin.address, swing.ends_text, swing.at_low.months, swing.at_high.months, bar]
        rows.append(Row(cells, below=[Prose(" · ".join(filter(None, remarks)), "    ", "dim")]))
    more = len(figures) - NEXT
    columns = [Column("figure", wraps=True), Column("low … high", align="right"), Column("at low", "months", "beyond")]
    columns += [Column("at high", "months", "beyond"), Column("", "bar")]
    after = [Prose(f"and {more} more; --json and --csv have all", style="dim")] if more > 0 else []
    remark = "no source or low confidence; runway at low and high"
    return Table("WHAT TO FIND OUT NEXT", columns, rows, remark, after)


def _stale_figures(sources: Sources, older_than: float) -> list[Block]:
    """The figures older than `older_than` months, the oldest first."""
    remark = f"older than {counted(older_than, 'month', 'g')} on {day(sources.at)}"
    undated = f"{sources.undated} figures say no date (as_of), nor does their source"
    after = [Prose(undated, style="dim")] if sources.undated else []
    if not sources.stale:
        return [Heading("STALE", remark), Prose("none of the figures that are dated"), *after]
    rows = []
    for item in sources.stale:
        evidence = f"{item.origin.written} · {item.origin.where} · {item.origin.title or 'no source'}"
        rows.append(Row([item.origin.address, item.months, item.as_of], below=[Prose(evidence, "    ", "dim")]))
    columns = (Column("figure", wraps=True), Column("months", "count"), Column("as of", "day"))
    return [Table("STALE", columns, rows, remark, after)]


MAIN = (
    Column("address"), Column("written"), Column("file"), Column("line", "count"), Column("source"), Column("as_of"),
    Column("confidence"), Column("low", "number"), Column("high", "number"), Column("swing_months", "number"),
)  # fmt: skip


def _main(sources: Sources) -> Table:
    rows = []
    for resting in sources.sources:
        for figure in resting.figures:
            origin = figure.origin.to_json()
            rows.append(Row([*(origin[column.head] for column in MAIN[:-1]), figure.months]))
    return Table("", MAIN, rows)
