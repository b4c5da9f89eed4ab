"""The bank, the books and the lines held against one another, to the cent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.render.figures import month, span
from runway.render.report import Column, Prose, Row, Table
from runway.words import minus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.reconciliation import Reconciliation
    from runway.render.report import Block, Value


def reconciled_blocks(reconciliation: Reconciliation, minor_digits: int) -> Iterator[Block]:
    """A row a month; by account where there are several; and the books beside the bank."""

    def amount(value: object) -> str:
        text = f"{value:,.{minor_digits}f}"
        return "–" if not text.strip("-0.,") else minus(text)

    months, books = reconciliation.months, reconciliation.books
    heads = ["opening", "moved", "closing", "by lines", "unreconciled"]
    rows = [
        Row([month(m.month), *map(amount, (m.opening, m.moved, m.closing, m.by_lines, m.unreconciled))]) for m in months
    ]
    if len(months) > 1:
        moved, by_lines = sum(m.moved for m in months), sum(m.by_lines for m in months)
        unreconciled = sum(m.unreconciled for m in months)
        cells = map(amount, (months[0].opening, moved, months[-1].closing, by_lines, unreconciled))
        rows.append(Row([span(months[0].month, months[-1].month), *cells], ruled=True))
    after = [Prose("opening + moved = closing; unreconciled: what moved and no line explains", style="dim")]
    if any(m.in_transit for m in months):
        on_its_way = ", ".join(f"{amount(m.in_transit)} in {month(m.month)}" for m in months if m.in_transit)
        after.append(Prose(f"on its way between two accounts at the month's end, and ours: {on_its_way}", style="dim"))
    yield Table("BANK AND LINES", _columns("", heads), rows, after=after)
    if reconciliation.accounts and (len(reconciliation.accounts) > 1 or not reconciliation.accounts[0].stated):
        accounts = [
            Row([a.name, a.currency, *map(amount, (a.opening, a.moved, a.closing)), "stated" if a.stated else "none"])
            for a in reconciliation.accounts
        ]
        columns = [Column("account", wraps=True), Column(""), *_columns("", heads[:3])[1:], Column("balance")]
        yield Table("ACCOUNTS", columns, accounts)
    if books:
        compared = [Row([month(b.month), b.books, *map(amount, (b.bank, b.cash, b.difference))]) for b in books]
        columns = [Column(""), Column("books", wraps=True), *_columns("", ["bank", "books", "difference"])[1:]]
        yield Table("BANK AND BOOKS", columns, compared)


def _columns(first: str, heads: list[str]) -> list[Column]:
    return [Column(first), *(Column(head, align="right") for head in heads)]


def main_rows(reconciliation: Reconciliation) -> Iterator[Row]:
    """Each figure of each month as a row of the variance's CSV."""
    for m in reconciliation.months:
        figures = (
            ("opening", m.opening), ("moved", m.moved), ("closing", m.closing), ("in_transit", m.in_transit),
            ("by_lines", m.by_lines), ("unreconciled", m.unreconciled),
        )  # fmt: skip
        for name, value in figures:
            title = name.replace("_", " ")
            yield Row(["reconciliation", f"bank.{name}", title, False, True, m.month, None, value, None, None, ""])
    for b in reconciliation.books:
        cells: list[Value] = [b.month, b.cash, b.bank, b.difference, None, ""]
        yield Row(["reconciliation", f"books.{b.books}", "bank and books", False, True, *cells])
