"""What `runway sources` prints: each source with what rests on it, what to find out next, what is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import day, month, months, printable
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table, written_text
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.sources import Figure, Resting, Sources, Stale
    from runway.engine.ladder import Rung

SHOWN = 6  # figures of one source
NEXT = 10  # of what to find out
BAR = 10
RIGHT = 40  # columns of ends and bar


def sources_lines(found: Sources, width: int) -> Iterator[Text]:
    """Sources by what hangs on them, then the figures that deserve a better one."""
    base = "beyond " + month(found.horizon) if found.base.months is None else f"{months(found.base.months)} months"
    counting = found.rung.removeprefix("+ ")
    yield from prose("", f"{found.model} · {found.scenario} · counting {counting} · base {base}", width, "bold")
    yield Text()
    yield heading("SOURCES", "   runway with all figures of a source at their worse … better end")
    for resting in found.sources:
        yield from _resting(resting, width)
    yield Text()
    if found.to_find_out:
        yield heading("WHAT TO FIND OUT NEXT", "   no source or low confidence; runway at low and high")
        longest = max(figure.months for figure in found.to_find_out)
        for figure in found.to_find_out[:NEXT]:
            yield from _next(figure, longest, width)
        if len(found.to_find_out) > NEXT:
            yield Text(f"  and {len(found.to_find_out) - NEXT} more; --json and --csv have all", "dim")
        yield Text()
    if found.older_than is not None:
        yield from _stale(found, width)


def _end(outcome: Rung) -> str:
    return "beyond" if outcome.months is None else months(outcome.months)


def _resting(item: Resting, width: int) -> Iterator[Text]:
    name = item.source or "no source"
    about = " · ".join(
        text
        for text in (
            item.title if item.source else "",
            item.publisher or "",
            f"as of {item.as_of}" if item.as_of else "",
            item.url or "",
        )
        if text
    )
    ends = f"{_end(item.worst)} … {_end(item.best)}" if item.figures else "nothing rests on it"
    swing = f"{item.swing:,.1f} months" if item.swing else ""
    count = f"{len(item.figures):,} figure{'' if len(item.figures) == 1 else 's'}" if item.figures else ""
    line = cell(f"  {printable(name)}", 30) + count.rjust(12)
    yield Text((line + ends.rjust(22) + swing.rjust(14)).rstrip(), "bold")
    if about:
        yield from prose("    ", about, width, "dim")
    moved = [figure for figure in item.figures if figure.moves]
    told = ", ".join(f"{figure.origin.address} {figure.origin.written}" for figure in moved[:SHOWN])
    if moved and item.source:
        more = f", and {len(moved) - SHOWN} more" if len(moved) > SHOWN else ""
        yield from prose("    ", told + more, width)


def _next(figure: Figure, longest: float, width: int) -> Iterator[Text]:
    swing, origin = figure.swing, figure.origin
    assert swing is not None
    ends = " ".join(_end(outcome).rjust(7) for outcome in (swing.at_low, swing.at_high))
    bar = "━" * round(BAR * figure.months / longest) if longest else ""
    room = width - RIGHT - 2
    asked = _range(figure)
    yield Text.assemble(
        "  ", cell(printable(origin.address), room), asked.rjust(RIGHT - BAR - 18), " ", ends, "  ", (bar, "yellow")
    ).rstrip()
    said = [origin.where, f"confidence {origin.confidence}" if origin.confidence else "", origin.title or "no source"]
    said.append(origin.note or "")
    yield from prose("    ", " · ".join(filter(None, said)), width, "dim")


def _range(figure: Figure) -> str:
    swing = figure.swing
    assert swing is not None
    if not swing.stated:
        return "±10 %"
    if "%" in figure.origin.written:
        return f"{swing.low * 100:g}…{swing.high * 100:g}%"
    return f"{amount_text(swing.low, 3)}…{amount_text(swing.high, 3)}"


def _stale(found: Sources, width: int) -> Iterator[Text]:
    yield heading("STALE", f"   older than {found.older_than:g} months on {day(found.at)}")
    for item in found.stale:
        yield from _old(item, width)
    if not found.stale:
        yield Text("  none of the figures that are dated")
    if found.undated:
        yield from prose("  ", f"{found.undated} figures say no date (as_of), nor does their source", width, "dim")


def _old(item: Stale, width: int) -> Iterator[Text]:
    origin = item.origin
    age = f"{item.months:,.0f} months, as of {day(item.as_of)}"
    yield Text("  " + cell(printable(origin.address), width - len(age) - 4) + age.rjust(len(age) + 2))
    yield from prose("    ", f"{origin.written} · {origin.where} · {origin.title or 'no source'}", width, "dim")


def sources_csv(found: Sources) -> str:
    """One row a figure."""
    heads = ["address", "written", "file", "line", "source", "as_of", "confidence", "low", "high", "swing_months"]
    body = []
    for resting in found.to_dict()["sources"]:
        for figure in resting["figures"]:
            told = {**figure, "swing_months": figure["swing"]}
            body.append([written_text("" if told[head] is None else str(told[head])) for head in heads])
    return table(heads, body)
