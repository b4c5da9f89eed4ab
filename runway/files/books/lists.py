"""Exports of one amount or posting a row, as one record an account and currency."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from itertools import compress
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.amounts import RowAmounts
from runway.files.books.carry_overs import without_carried
from runway.files.books.dates import days_of
from runway.files.books.export import BookRow, Export
from runway.files.books.filters import OPENING
from runway.files.books.gather import GatheredRows
from runway.files.books.natural_signs import signs_of
from runway.files.books.own_account import statement_of
from runway.files.books.proofs import check_totals, opening_balances
from runway.files.books.running_balances import in_order
from runway.files.books.statements import left_out_by_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from runway.files.books.export import Reading
    from runway.files.books.recognition import RecognisedSheet

FEE = "fee"
PAYOUT = "payout"
MANY = 3  # rows, of which some go out


def read_list(source: RecognisedSheet, reading: Reading, remarks: Sequence[str]) -> tuple[Export, ...]:
    """The exports of a list. Raises `InputError` with every problem."""
    gathered = GatheredRows(source, reading)
    if (statement := statement_of(source, gathered)) is not None:
        statement.sheet.problems.clear()
        gathered = GatheredRows(statement, reading)
    source.sheet.finish()
    return _Entries(gathered, reading, remarks).exports()


class _Entries:
    """The rows of a list with their days, amounts, currencies, accounts and texts."""

    def __init__(self, gathered: GatheredRows, reading: Reading, remarks: Sequence[str]) -> None:
        self._gathered, self._reading, self._remarks = gathered, reading, list(remarks)
        self._sheet, self._layout, self._lines = gathered.sheet, gathered.layout, gathered.lines
        self._days = self._read_days()
        self._flows = RowAmounts(gathered)
        self._currencies = self._flows.currencies()
        self._flows.scale(self._currencies)
        if self._layout.general and len(self._lines) >= MANY and not any(amount < 0 for amount in self._flows.amounts):
            meaning = "debits" if self._layout.double_entry else "money that came in"
            self._remarks.append(f"No amount is below zero: all are taken as {meaning}.")
        self._sheet.finish()
        check_totals(gathered, self._flows)
        self._sheet.finish()
        self._texts, self._accounts = self._joined("text", " | "), self._joined("account", " ")
        self._contras = self._joined("contra", " ") if gathered.places.get("contra") else []
        if self._contras:
            self._refuse_one_sided()
        if self._layout.blocks == "account":
            self._accounts = gathered.accounts
        if self._layout.balanced and not {"debit", "credit"} & set(gathered.figures):
            self._take_signs()
        self._ids = self._unique_ids()

    def _take_signs(self) -> None:
        """Turns amounts that have the sign of their account's kind into debits positive."""
        gathered, flows = self._gathered, self._flows
        places = gathered.places.get("id", ())
        ids = gathered.cells[places[0]] if places else [""] * len(self._lines)
        counted = [n for n in range(len(self._lines)) if n not in gathered.reasons]
        signs = signs_of(list(zip(self._days, ids, strict=True)), self._accounts, flows.amounts, counted)
        if signs is None:
            text = "Whether these amounts are debits or credits does not show: the entries do not balance. "
            text += "Export all accounts, with the columns Debit and Credit."
            place = gathered.figures["amount"]
            raise InputError(self._sheet.located(gathered.head_line or 1, place, "sign-unknown", text))
        flows.signs = signs
        flows.amounts = [signs.get(a, 1) * amount for a, amount in zip(self._accounts, flows.amounts, strict=True)]

    def _refuse_one_sided(self) -> None:
        """Notes a row of a journal that debits no account, or credits none."""
        for role, accounts in (("account", self._accounts), ("contra", self._contras)):
            place = self._gathered.places[role][0]
            for n, account in enumerate(accounts):
                if not account and n not in self._gathered.reasons:
                    text = f'This row names no "{self._gathered.heads[place].name}"; each row debits one account '
                    self._sheet.problem(self._lines[n], place, "actuals-columns", f"{text}and credits another.")
        self._sheet.finish()

    def _read_days(self) -> list[date | None]:
        """The day of each row; None where a row that does not count has none."""
        gathered, reading = self._gathered, self._reading
        date_column = gathered.places["date"][0]
        cells = gathered.cells[date_column]
        counts = [gathered.reasons.get(n, OPENING) == OPENING for n in range(len(cells))]
        dated = list(compress(zip(cells, self._lines, strict=True), counts))
        first_lines = dict(reversed(dict(reversed(dated)).items()))
        orders: Sequence[str] = [reading.date] if reading.date else self._layout.date
        if self._layout.heads and not (self._layout.insisted or self._layout.custom or reading.date):
            orders = ()  # nothing in a file without heads says whose it is
        by_text = days_of(self._sheet, date_column, first_lines, orders, reading.table)
        if "utc" in gathered.heads[date_column].name.split("_") or "(utc)" in gathered.heads[date_column].name:
            self._remarks.append("Days and months are those of UTC.")
        return [by_text.get(text) for text in cells]

    def _joined(self, role: str, mark: str) -> list[str]:
        """The cells of a role that may have several columns, those that say something once each."""
        columns = [self._gathered.cells[place] for place in self._gathered.places.get(role, ())]
        if len(columns) == 1:
            return list(map(str.strip, columns[0]))
        by_cells: dict[tuple[str, ...], str] = {}
        joined = []
        rows: Iterable[tuple[str, ...]] = zip(*columns, strict=True) if columns else [()] * len(self._lines)
        for row in rows:
            if row not in by_cells:
                by_cells[row] = mark.join(dict.fromkeys(cell.strip() for cell in row if cell.strip()))
            joined.append(by_cells[row])
        return joined

    def _unique_ids(self) -> list[str]:
        """The exporter's id of each row; postings of one entry to one account are told apart by their number."""
        places = self._gathered.places.get("id", ())
        if not places:
            return [""] * len(self._lines)
        ids = list(map(str.strip, self._gathered.cells[places[0]]))
        if self._layout.double_entry:
            source: Counter[tuple[str, str]] = Counter()
            for n, key in enumerate(zip(ids, self._accounts, strict=True)):
                source[key] += 1
                if ids[n] and source[key] > 1:
                    ids[n] = f"{ids[n]}/{source[key]}"
        return ids

    def exports(self) -> tuple[Export, ...]:
        """One record an account and currency."""
        places = self._gathered.places.get("owner", ())
        owners = [cell.strip() for cell in self._gathered.cells[places[0]]] if places else [""] * len(self._lines)
        keys = list(zip(owners, self._currencies, strict=True))
        groups: dict[tuple[str, str], Sequence[int]] = {key: range(len(keys)) for key in dict.fromkeys(keys)}
        if not groups:
            groups[("", self._layout.currency)] = ()
            self._remarks.append("The file has no rows.")
        elif len(groups) > 1:
            by_key: dict[tuple[str, str], list[int]] = {}
            for n, key in enumerate(keys):
                by_key.setdefault(key, []).append(n)
            groups = dict(by_key)
        exports = tuple(self._export(owner, currency, rows, len(groups)) for (owner, currency), rows in groups.items())
        self._sheet.finish()
        return exports

    @cached_property
    def _covered(self) -> tuple[date | None, date | None]:
        """The first and the last day of the rows of the file that count, of any account and currency; else of all."""
        reasons = self._gathered.reasons
        days = {day for n, day in enumerate(self._days) if day and n not in reasons} or set(filter(None, self._days))
        return min(days, default=None), max(days, default=None)

    def _export(self, owner: str, currency: str, members: Sequence[int], groups: int) -> Export:
        reasons = self._gathered.reasons
        counted = [n for n in members if n not in reasons] if reasons else members
        ordered, steps = self._in_order(counted)
        opening, closing = opening_balances(
            self._gathered, self._flows, ordered, self._days, self._accounts, alone=groups == 1
        )
        rows = self._book_rows(ordered)
        left_out = left_out_by_reason((reasons[n], self._flows.amounts[n]) for n in members if n in reasons)
        remarks = tuple(self._remarks)
        if self._layout.double_entry:
            carried = without_carried(self._sheet, rows, self._reading)
            rows, opening = list(carried.rows), opening + carried.opening
            left_out += carried.left_out
            remarks += carried.remarks
        first, last = self._covered
        if opening and first is not None:
            first = min(first, *(balance.day for balance in opening))
        return Export(
            self._sheet.title, self._layout.name, self._layout.kind, owner, currency, tuple(rows),
            first, last, opening, closing, steps, left_out, remarks,
        )  # fmt: skip

    def _in_order(self, counted: Sequence[int]) -> tuple[list[int], tuple[int, int]]:
        """Rows in the order in which they were booked, and how many of their balances follow from the one before."""
        if not counted:
            return [], (0, 0)
        days, amounts, balances = self._days, self._flows.amounts, self._flows.balances
        groups: dict[str, list[int]] = {}
        for n in counted if self._layout.double_entry else ():
            groups.setdefault(self._accounts[n], []).append(n)
        checked = possible = 0
        ordered: list[int] = []
        for rows in groups.values() or [list(counted)]:
            order = in_order(
                [day for n in rows if (day := days[n])], [amounts[n] for n in rows], [balances[n] for n in rows],
                either_sign=self._layout.double_entry,
            )  # fmt: skip
            checked, possible = checked + order.steps[0], possible + order.steps[1]
            ordered += [rows[i] for i in order.rows]
            if order.broken is not None:
                first, second = order.changes
                text = f"From here the balance moves by {first:,.2f}, the rows by {second:,.2f}: "
                text += "rows are missing or double."
                place = self._gathered.figures["balance"]
                self._sheet.problem(self._lines[rows[order.broken]], place, "balance-does-not-foot", text)
        if groups:
            ordered.sort(key=lambda n: (days[n], n))
        return ordered, (checked, possible)

    def _book_rows(self, ordered: Sequence[int]) -> list[BookRow]:
        """The rows of a record, in this order."""
        flows = self._flows
        if flows.parts or flows.fees or self._contras:
            return [row for n in ordered for row in self._parted(n)]
        columns = (self._days, self._accounts, self._texts, flows.amounts, self._lines, self._ids, flows.balances)
        rows = list(map(BookRow._make, zip(*columns, strict=True)))
        return [rows[n] for n in ordered]

    def _parted(self, n: int) -> Iterable[BookRow]:
        """The rows of a record that a row of the file gives: one for each part of it."""
        flows, day = self._flows, self._days[n]
        assert day is not None
        account, text, line, mark, balance = (
            self._accounts[n], self._texts[n], self._lines[n], self._ids[n], flows.balances[n],
        )  # fmt: skip
        if flows.parts:
            for part, amounts in flows.parts.items():
                if amount := amounts[n]:
                    yield BookRow(day, part, text, amount, line, mark and f"{mark}/{part}")
            if self._layout.pays_out:
                yield BookRow(day, PAYOUT, text, -flows.amounts[n], line, mark and f"{mark}/{PAYOUT}")
            return
        if self._contras:
            yield BookRow(day, account, text, flows.amounts[n], line, mark)
            yield BookRow(day, self._contras[n], text, -flows.amounts[n], line, mark)
            return
        fee = flows.fees[n] if flows.fees else None
        if not fee:
            yield BookRow(day, account, text, flows.amounts[n], line, mark, balance)
            return
        if gross := flows.gross[n]:
            yield BookRow(day, account, text, gross, line, mark)
        yield BookRow(day, FEE, text, -fee, line, mark and f"{mark}/{FEE}", balance)
