"""Exports of one amount or posting a row."""

from __future__ import annotations

from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from runway.files.books.columns import AmountColumns
from runway.files.books.dates import days_of, parts
from runway.files.books.export import Balance, BookRow, Export, LeftOut
from runway.files.books.filters import RowFilter
from runway.files.books.running import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runway.files.books.export import Reading
    from runway.files.books.recognition import RecognisedSheet

_AMOUNTS = ("amount", "debit", "credit", "balance", "fee", "sum")


class RowList:
    """The rows of a sheet, as columns of what they mean."""

    def __init__(self, seen: RecognisedSheet, reading: Reading) -> None:
        self.sheet, self.layout, self.heads, self.reading = seen.sheet, seen.layout, seen.heads, reading
        self.lines: list[int] = []
        self.reasons: dict[int, str] = {}  # of rows that do not count
        self._places = {role: self.layout.places(role, self.heads) for role in self.layout.columns}
        self._filter = RowFilter(seen, reading)
        self._gather(seen.line)

    def _gather(self, head_line: int) -> None:
        when = self.at("date")
        assert when is not None
        needed = sorted({place for places in self._places.values() for place in places})
        pick = itemgetter(*needed)
        picked: list[tuple[str, ...]] = []
        width = len(self.heads)
        is_day: dict[str, bool] = {}
        first_rows: dict[int, int] = {}
        for line, cells in self.sheet.rows():
            if line <= head_line:
                continue
            if len(cells) != width:
                cells = self._of_width(line, cells, width)
            reason = self._filter.reason(line, cells) if self._filter.needed else None
            text = cells[when]
            if text not in is_day:
                is_day[text] = parts(text) is not None
            if not is_day[text] and reason is None:
                self.sheet.problem(line, when, "not-a-date", f'"{text.strip()[:40]}" is no date.')
                continue
            other = first_rows.setdefault(hash(tuple(cells)), line)
            if other != line and not self.reading.duplicates and reason is None:
                self._duplicate(line, other)
            if reason is not None:
                self.reasons[len(picked)] = reason
            self.lines.append(line)
            picked.append(pick(cells))
        columns = list(zip(*picked, strict=True)) if picked else [()] * len(needed)
        self._cells: dict[int, Sequence[str]] = dict(zip(needed, columns, strict=True))

    def _of_width(self, line: int, cells: list[str], width: int) -> list[str]:
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            says = f"This row has {len(cells):,} fields; the heads name {width} columns."
            self.sheet.problem(line, width, "actuals-columns", says)
        return (cells + [""] * width)[:width]

    def _duplicate(self, line: int, other: int) -> None:
        if self.sheet.row(line) == self.sheet.row(other):
            says = f"This row is the same as line {other}. Take one out, or write duplicates = true."
            self.sheet.problem(line, 0, "duplicate-row", says)

    def at(self, role: str) -> int | None:
        places = self._places.get(role)
        return places[0] if places else None

    def cells(self, role: str) -> Sequence[str] | None:
        place = self.at(role)
        return None if place is None else self._cells[place]

    def joined(self, role: str, mark: str) -> list[str]:
        """The cells of a role that may have several columns, those that say something once each."""
        columns = [self._cells[place] for place in self._places.get(role, ())]
        if len(columns) == 1:
            return [cell.strip() for cell in columns[0]]
        known: dict[tuple[str, ...], str] = {}
        found = []
        rows: Iterable[tuple[str, ...]] = zip(*columns, strict=True) if columns else [()] * len(self.lines)
        for row in rows:
            if row not in known:
                known[row] = mark.join(dict.fromkeys(cell.strip() for cell in row if cell.strip()))
            found.append(known[row])
        return found

    def exports(self, remarks: Sequence[str]) -> tuple[Export, ...]:
        """One record an account and currency."""
        sheet, layout, reading = self.sheet, self.layout, self.reading
        sheet.finish()
        when = self.at("date")
        assert when is not None
        orders = [reading.date] if reading.date else layout.date
        first_lines: dict[str, int] = {}
        for n, (text, line) in enumerate(zip(self._cells[when], self.lines, strict=True)):
            if n not in self.reasons:
                first_lines.setdefault(text, line)
        by_text = days_of(sheet, when, first_lines, orders, reading.table)
        amounts, balances = self._amounts()
        sheet.finish()
        ids, texts, accounts = self.cells("id"), self.joined("text", " | "), self.joined("account", " ")
        marks = [mark.strip() for mark in ids] if ids else [""] * len(self.lines)
        owners, currencies = self.cells("owner"), self.cells("currency")
        groups: dict[tuple[str, str], list[int]] = {}
        for n in range(len(self.lines)):
            key = (
                owners[n].strip() if owners else "",
                currencies[n].strip().upper() if currencies else layout.currency,
            )
            groups.setdefault(key, []).append(n)
        found = []
        for (owner, currency), members in groups.items():
            counted = [n for n in members if n not in self.reasons]
            days = [by_text[self._cells[when][n]] for n in counted]
            order = in_order(days, [amounts[n] for n in counted], [balances[n] for n in counted])
            if order.broken is not None:
                moved, rows_moved = order.moved
                says = f"From here the balance moves by {moved:,.2f}, the rows by {rows_moved:,.2f}: "
                says += "rows are missing or double."
                sheet.problem(self.lines[counted[order.broken]], self.at("balance") or 0, "balance-does-not-foot", says)
            rows = tuple(
                BookRow(days[i], accounts[n], texts[n], amounts[n], self.lines[n], marks[n], balances[n])
                for i in order.rows
                for n in (counted[i],)
            )
            found.append(self._export(owner, currency, rows, order.steps, members, amounts, remarks))
        sheet.finish()
        return tuple(found)

    def _amounts(self) -> tuple[list[Decimal], list[Decimal | None]]:
        places = {role: place for role in _AMOUNTS if (place := self.at(role)) is not None}
        reader = AmountColumns(self.sheet, self.lines, self.reading.decimal or self.layout.decimal, self.reading.table)
        values = reader.values({place: self._cells[place] for place in places.values()})
        self.sheet.finish()
        nothing: list[Decimal | None] = [None] * len(self.lines)
        balances = values[places["balance"]] if "balance" in places else nothing
        amounts = values[places["amount"]]
        return [amount or Decimal(0) for amount in amounts], balances

    def _export(
        self, owner: str, currency: str, rows: tuple[BookRow, ...], steps: tuple[int, int], members: Sequence[int],
        amounts: Sequence[Decimal], remarks: Sequence[str],
    ) -> Export:  # fmt: skip
        opening: tuple[Balance, ...] = ()
        closing: tuple[Balance, ...] = ()
        if rows and rows[0].balance is not None:
            opening = (Balance(rows[0].day, rows[0].balance - rows[0].amount, rows[0].line),)
        if rows and rows[-1].balance is not None:
            closing = (Balance(rows[-1].day, rows[-1].balance, rows[-1].line),)
        left: dict[str, list[int]] = {}
        for n in members:
            if n in self.reasons:
                left.setdefault(self.reasons[n], []).append(n)
        left_out = tuple(
            LeftOut(reason, len(ns), sum((amounts[n] for n in ns), Decimal(0))) for reason, ns in left.items()
        )
        days = [row.day for row in rows]
        return Export(
            self.sheet.title, self.layout.name, self.layout.kind, owner, currency, rows, min(days, default=None),
            max(days, default=None), opening, closing, steps, left_out, tuple(remarks),
        )  # fmt: skip
