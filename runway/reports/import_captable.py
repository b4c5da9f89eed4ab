"""A cap table that was imported: holdings by holder and class, unconverted SAFEs and notes, remarks."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from runway.render.figures import Scale, day
from runway.render.report import Block, Cell, Column, Heading, Prose, Report, Row, Table, Verbatim

if TYPE_CHECKING:
    from runway.answers.import_captable import CaptableImport


def report(imported: CaptableImport) -> Report:
    """The cap table at its day; `main` has a row a holding."""
    register = imported.register
    blocks: list[Block] = [_table(imported)]
    blocks += [Prose(f"{register.format}; {register.title}", style="dim")]
    blocks += [Prose(remark, style="dim") for remark in register.remarks]
    sections: list[list[Block]] = [blocks]
    if register.instruments:
        lines: list[Block] = [Heading("NOT YET CONVERTED", "in nobody's stake before a priced round")]
        currency = f" {register.currency}" if register.currency else ""
        for security in register.instruments:
            terms = f"{'note' if security.note else 'SAFE'}, {security.amount:,}{currency} of {day(security.day)}"
            lines.append(Prose(f"{register.holders[security.holder]}: {terms}", "  · "))
        sections.append(lines)
    if imported.out is None:
        sections.append([Verbatim(imported.text.rstrip().split("\n"))])
    currencies = (register.currency,) if register.currency else ()
    return Report(
        (imported.model, "cap table", *currencies), Scale("", 2, 1.0, ""), sections, main=lambda: _main(imported)
    )


def _table(imported: CaptableImport) -> Table:
    register = imported.register
    total = register.fully_diluted
    rows = []
    for holding in register.holdings:
        stake = Cell(register.converted(holding) / total, "share")
        rows.append(Row([register.holders[holding.holder], _class(imported, holding.class_key), holding.shares, stake]))
    if register.pool:
        rows.append(Row(["Pool, not granted", "", register.pool, Cell(register.pool / total, "share")]))
    rows.append(Row(["Fully diluted", "", float(total), Cell(Fraction(1), "share")], ruled=True))
    names = [Column(head, wraps=True) for head in ("holder", "class")]
    columns = [*names, Column("shares", "count"), Column("stake", "share")]
    return Table("CAP TABLE", columns, rows, "" if register.as_of is None else day(register.as_of))


def _class(imported: CaptableImport, key: str) -> str:
    of = imported.register.classes[key]
    return of.title if of.strike is None else f"{of.title} at {of.strike:f}"


def _main(imported: CaptableImport) -> Table:
    register = imported.register
    columns = [*map(Column, ("holder", "class", "kind")), Column("shares", "count"), Column("invested", "money")]
    rows = []
    for holding in register.holdings:
        share_class = register.classes[holding.class_key]
        invested = None if holding.invested is None else float(holding.invested)
        names = (register.holders[holding.holder], share_class.title, share_class.family)
        rows.append(Row([*names, holding.shares, invested]))
    rows.append(Row(["", "pool", "pool", register.pool, None]))
    return Table("", columns, rows)
