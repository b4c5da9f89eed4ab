"""The funding of a projection: each round wherever it changed, with the fate of its closings, clauses and debt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.projection import ClosingResult
from runway.render.figures import Scale, day, month, printable
from runway.render.report import Cell, Column, Prose, Row, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.projection import ClauseResult, Credit, Projection, Round
    from runway.render.report import Block


def is_open(projection: Projection, funds: Round) -> bool:
    """Whether a closing or clause of a round is decided after the as-of day, or the round is debt."""
    closings = [item for item in projection.closings if _belongs(item.address, funds)]
    clauses = any(_belongs(clause.address, funds) for clause in projection.clauses)
    later = any(item.date is None or item.date > projection.as_of for item in closings)
    return later or clauses or f"{funds.name}.balance" in projection.rows


def funding(projection: Projection, unit: Scale, *, whole: bool) -> list[Block]:
    """The table of the rounds; in a `whole` report without those of which nothing is open.  No table without rounds."""
    shown = [funds for funds in projection.rounds if not whole or is_open(projection, funds)]
    return [_funding(projection, shown, unit)] if shown else []


def _funding(projection: Projection, rounds: Sequence[Round], unit: Scale) -> Table:
    """Each round before the first month and wherever it changed, with the closings and clauses that changed it."""
    rows: list[Row] = []
    for funds in rounds:
        fell = [item for item in projection.closings if _belongs(item.address, funds)]
        first = funds.states[0].month
        fell_by: dict[str, list[Prose]] = {}
        for item in fell:
            if item.date is not None:
                fate = _fate(item, funds, unit)
                fell_by.setdefault(max(first, item.date.isoformat()[:7]), []).append(fate)
        remarks = [_fate(item, funds, unit) for item in fell if item.date is None]
        remarks += [_fate(clause, funds, unit) for clause in projection.clauses if _belongs(clause.address, funds)]
        balance = projection.rows.get(f"{funds.name}.balance")
        if balance is not None and not any(line.address == funds.name for line in projection.credit):
            owed = unit.amount(balance[-1]) if balance[-1] else "nothing"
            remarks.append(Prose(f"{owed} owed at the end", "      ", "dim"))
        remarks += [
            Prose(_credit(line, unit), "      ", "dim") for line in projection.credit if line.address == funds.name
        ]
        rows.append(Row([Cell(funds.title, None, "bold"), *[None] * 6]))
        for state in funds.states:
            figures = (state.headline, state.committed, state.certain, state.available, state.drawn, state.undrawn)
            rows.append(Row([month(state.month), *figures], depth=1, below=fell_by.pop(state.month, [])))
        rows[-1] = rows[-1]._replace(below=[*rows[-1].below, *(p for more in fell_by.values() for p in more), *remarks])
    names = ("headline", "committed", "certain", "available", "drawn", "undrawn")
    columns = [Column("funding", wraps=True), *(Column(name, "money", "") for name in names)]
    if all(state.certain == state.committed for funds in rounds for state in funds.states):
        columns.pop(3)
        rows = [row._replace(cells=[*row.cells[:3], *row.cells[4:]]) for row in rows]
    return Table("FUNDING", columns, rows)


def _belongs(address: str, funds: Round) -> bool:
    return address.partition(".")[0] == funds.name


def _inner_title(title: str, round_title: str) -> str:
    """A closing's or clause's title under its round, without the round's title."""
    return printable(title).removeprefix(printable(round_title)).strip(" :·") or printable(title)


def _fate(item: ClosingResult | ClauseResult, funds: Round, unit: Scale) -> Prose:
    """The status of a closing or clause, its day, and the reason."""
    name = "" if item.address == funds.name else f"{_inner_title(item.title, funds.title)}"
    if isinstance(item, ClosingResult):
        name = f"{name} {unit.amount(item.amount)}".strip()
    when = f" {day(item.date)}" if item.date else ""
    why = f": {item.reason}" if item.reason else ""
    return Prose(f"{name}: {item.status}{when}{why}", "      ", "dim")


def _credit(line: Credit, unit: Scale) -> str:
    """When a credit line may be drawn, the balance at the end and the highest balance."""
    parts = [line.reason if line.status == "open" else f"{line.status}: {line.reason}"]
    if line.most_owed_date is None:
        parts.append("nothing is ever owed")
    else:
        parts.append(f"{unit.amount(line.owed) if line.owed else 'nothing'} owed at the end")
        parts.append(f"at most {unit.amount(line.most_owed)}, {month(line.most_owed_date)}")
    return "; ".join(parts)
