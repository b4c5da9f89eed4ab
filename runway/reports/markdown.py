"""A projection as Markdown, for a pull request or a mail to the board: ladder, findings, cash, funding."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runway.render.figures import day, month, months, printable, scale, span
from runway.reports.cash_table import cash_table
from runway.reports.project import counted_rungs, findings
from runway.words import amount_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runway.answers.projection import Projection
    from runway.render.figures import Scale
    from runway.reports.periods import By

__all__ = ["markdown"]

SPECIAL = re.compile(r"([\\`*\[\]<>|#~$]|(?<!\w)_|_(?!\w))")  # inside a word _ is itself
LINE_START = re.compile(r"\A(\d+)([.)])(?=\s)|\A([-+=])")
MOST_COLUMNS = 8


def markdown(projection: Projection) -> str:
    """The summary; figures of money are in one unit, which the first lines say."""
    by, unit = shown_by(projection)
    return "\n".join(lines(projection, by, unit)) + "\n"


def shown_by(projection: Projection) -> tuple[By, Scale]:
    """The finest periods that make a table of a width that can be read, and the unit of money."""
    from runway.reports.periods import BY

    by = next((by for by in BY if len(cash_table(projection, by).columns) <= MOST_COLUMNS), BY[-1])
    values = [value for row in cash_table(projection, by).rows for value in row.values]
    values += [value for rung in projection.runway for value in (rung.lowest_cash, rung.funding_gap)]
    values += [funds.headline for funds in projection.rounds]
    return by, scale(projection.currency, projection.minor_digits, values)


def lines(projection: Projection, by: By, unit: Scale) -> Iterator[str]:
    scenario, horizon = plain(projection.scenario), span(projection.months[0], projection.months[-1])
    yield f"# {plain(projection.model)}"
    yield ""
    yield f"{scenario} · {horizon} · {unit.label}"
    if projection.scenario_title:
        yield ""
        yield plain(projection.scenario_title)
    if projection.changes:
        yield ""
        yield "With " + ", ".join(f"{plain(address)} {plain(value)}" for address, value in projection.changes) + "."
    yield from headed("Runway", ladder(projection, unit))
    yield ""
    for label, text in findings(projection, unit):
        yield f"- **{label}**: {plain(text)}"
    yield from headed("Cash", cash(projection, by, unit))
    if projection.rounds or projection.closings:
        yield from headed("Funding", funding(projection, unit))
    if projection.covenants:
        yield from headed("Covenants", covenants(projection))
    if projection.milestones:
        yield from headed("Milestones", milestones(projection))
    if projection.notes:
        yield from headed("Notes", (f"- {plain(note)}" for note in projection.notes))


def headed(title: str, body: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from body


def plain(text: str) -> str:
    """Text of the file as text: no mark-up, no tag, no list, no second line."""
    return LINE_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", SPECIAL.sub(r"\\\1", printable(text)))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[int] = (0,)) -> Iterator[str]:
    """A table whose figures stand to the right; `words` are the columns that stand to the left."""
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join(':---' if n in words else '---:' for n in range(len(heads)))}|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def ladder(projection: Projection, unit: Scale) -> Iterator[str]:
    rungs = counted_rungs(projection)
    decimals = unit.decimals([[rung.lowest_cash for rung in rungs], [rung.funding_gap for rung in rungs]])
    rows = [
        (
            plain(rung.counting),
            "beyond" if rung.months is None else months(rung.months),
            day(rung.zero_cash_date) if rung.zero_cash_date else f"not by {month(projection.months[-1])}",
            unit.figure(rung.lowest_cash, decimals).strip(),
            month(rung.lowest_cash_date),
            unit.figure(rung.funding_gap, decimals).strip(),
        )
        for rung in rungs
    ]
    yield from table(("counting", "months", "cash out", "lowest cash", "in", "gap"), rows)


def cash(projection: Projection, by: By, unit: Scale) -> Iterator[str]:
    """The cash table, then the bridge from net loss to net burn."""
    found = cash_table(projection, by)
    decimals = unit.decimals([row.values for row in found.rows])

    def figures(title: str, values: Sequence[float], depth: int = 0) -> list[str]:
        name = plain(title)
        return [name if depth else f"**{name}**", *(unit.figure(value, decimals).strip() for value in values)]

    rows = [figures(row.title, row.values, row.depth) for row in found.rows]
    yield from table(("", *(f"{column.label} {column.part}".strip() for column in found.columns)), rows)


def funding(projection: Projection, unit: Scale) -> Iterator[str]:
    amounts = [[getattr(funds, measure) for measure in funds.MEASURES] for funds in projection.rounds]
    balances = [projection.rows.get(f"{funds.name}.balance") for funds in projection.rounds]
    decimals = unit.decimals(amounts + [[closing.amount, closing.drawn] for closing in projection.closings])

    def amount(value: float) -> str:
        return unit.figure(value, decimals).strip()

    if projection.rounds:
        heads, owed = ["funding", *projection.rounds[0].MEASURES], [None if b is None else b[-1] for b in balances]
        rows = [[plain(f.title), *map(amount, values)] for f, values in zip(projection.rounds, amounts, strict=True)]
        if any(balance is not None for balance in owed):
            heads.append("owed")
            rows = [[*row, "" if b is None else amount(b)] for row, b in zip(rows, owed, strict=True)]
        yield from table(heads, rows)
        yield ""
    for closing in projection.closings:
        when = f" {day(closing.date)}" if closing.date else ""
        why = f": {plain(closing.reason)}" if closing.reason else ""
        yield f"- {plain(closing.address)}, {amount(closing.amount)}: {closing.status}{when}{why}"
    for clause in projection.clauses:
        when = f" {day(clause.date)}" if clause.date else ""
        yield f"- {plain(clause.address)}: {clause.status}{when}{': ' if clause.reason else ''}{plain(clause.reason)}"


def covenants(projection: Projection) -> Iterator[str]:
    """Each covenant with its lowest headroom and first breach, as written and counting what is certain alone."""
    rows = []
    for found in projection.covenants:
        lowest = in_month = "–"
        if found.headroom is not None and found.headroom_date is not None:
            lowest, in_month = amount_text(found.headroom), month(found.headroom_date)
            lowest = f"({lowest[1:]})" if found.headroom < 0 else lowest
        breaches = [day(on) if on else "none" for on in (found.breached, found.breached_certain)]
        if found.headroom is None:
            breaches[0] = "never tested"
        rows.append((plain(f"{found.lender}: {found.title}"), plain(found.require), lowest, in_month, *breaches))
    heads = ("covenant", "what must hold", "lowest headroom", "in", "first breach", "+ certain")
    yield from table(heads, rows, words=(0, 1))


def milestones(projection: Projection) -> Iterator[str]:
    rows = [
        (plain(m.title), day(m.date), "beyond" if m.cushion is None else months(m.cushion))
        for m in projection.milestones
    ]
    yield from table(("event", "date", "months of cash left"), rows)
