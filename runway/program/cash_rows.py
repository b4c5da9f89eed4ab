"""The rows of the books that move cash: those of the statements, else those of a ledger's accounts of cash."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.actuals import CashOnDay, OpeningCash
from runway.files.books.carry_overs import entries_of
from runway.files.books.export import Balance, BookRow
from runway.files.books.union import CENT
from runway.months import absolute_month, last_day
from runway.program.exports import by_name
from runway.program.guess import Guess
from runway.program.reconciling import Rates, books_opening, written_opening
from runway.program.rules import CASH, IGNORE, Rules
from runway.program.transfers import ANY, CashMovement, matched, under_way
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from runway.model.books import ActualsTable
    from runway.model.model import Model
    from runway.program.exports import AccountRows


class CashRows:
    """The rows of all files that move cash; `sources` are the files without an entry that only brings opening cash."""

    def __init__(
        self,
        model: Model,
        table: ActualsTable,
        sources: Iterable[AccountRows],
        rules: Rules,
        rates: Rates,
        last_close: int,
    ) -> None:
        self.model, self.table, self.rules, self.rates = model, table, rules, rates
        self.start, self.last_close = model.settings.start, last_close
        self.remarks: list[str] = []
        self._targets: dict[tuple[str, str], str | None] = {}  # the lines of accounts of the books
        self.sources = [self._without_opening(source) for source in sources]
        self.statements = [source for source in self.sources if source.holds_cash]

    def _without_opening(self, source: AccountRows) -> AccountRows:
        """A ledger without the entry of the first day that brings just the opening cash, whose words do not say so."""
        cash = written_opening(self.model)
        if not source.trait.double or not cash or books_opening([source], self.target, self.start, self.rates):
            return source
        first, worth = last_day(self.start - 1) + timedelta(days=1), self.rates(source.currency, 0)
        for n, part in enumerate(source.joined.parts):
            for entry in entries_of([row for row in part.rows if row.day == first]):
                targets = {row.account: self.target(source, row.account) for row in entry}
                opening_rows = [row for row in entry if targets[row.account] == CASH]
                amount = sum((row.amount for row in opening_rows), Decimal(0)) * worth
                if abs(amount - cash) >= CENT or not set(targets.values()) <= {CASH, IGNORE, None}:
                    continue
                lines = {row.line for row in entry}
                parts = [*source.joined.parts]
                parts[n] = part._replace(rows=tuple(row for row in part.rows if row.line not in lines))
                opening = tuple(Balance(row.day, row.amount, row.line, row.account) for row in opening_rows)
                exports = tuple(
                    e._replace(opening=e.opening + opening) if e.title == part.title else e for e in source.exports
                )
                joined = source.joined._replace(parts=tuple(parts))
                return source._replace(
                    joined=joined, exports=exports, months=joined.by_month(), postings=joined.postings()
                )
        return source

    def bank(self) -> CashOnDay | None:
        """The cash that moved in our accounts from the close to the day that all of them cover; None without a row."""
        sources = self.statements or self._ledger()
        close = last_day(max(self.last_close, self.start - 1))
        until = min((source.last for source in sources if source.last is not None), default=close)
        if self.model.as_of is None or until <= close:
            return None
        movements = [(row.amount * self.rates(source.currency, absolute_month(row.day) - self.start), file)
                 for source, file, row in self._rows() if close < row.day <= until]  # fmt: skip
        if not movements:
            return None
        change = sum((amount for amount, _ in movements), Decimal(0)) + self._under_way(close, until)
        return CashOnDay(until, change, movements[0][1])

    def _under_way(self, close: date, until: date) -> Decimal:
        """The money on its way between our accounts at the end of a day, less that at the close."""
        names, transfers = {source.name for source in self.statements}, list[CashMovement]()
        for source in self.statements if len(self.statements) > 1 else ():
            guess = Guess(self.model, source)
            for file, row in source.rows():
                target = self.rules.target(source, row) or guess.target(file, row)
                if row.day <= until and (target is None or target.transfer == ANY or target.transfer in names):
                    transfers.append(CashMovement(source, file, row, target))
        legs, _ = matched(self.model, self.table, self.statements, transfers, self.rates.worth, until, strict=False)
        return under_way(legs, until, self.rates.worth) - under_way(legs, close, self.rates.worth)

    def _ledger(self) -> list[AccountRows]:
        """The ledger whose accounts of cash are read where there is no statement."""
        for of_table in by_name([source for source in self.sources if source.trait.double]).values():
            for source in of_table:
                if any(self.target(source, account) == CASH for account, _ in source.postings):
                    return of_table
        return []

    def _rows(self) -> Iterator[tuple[AccountRows, str, BookRow]]:
        """Each row of the statements of ours, or of the ledger's accounts of cash, with its file."""
        for source in self.statements:
            yield from ((source, file, row) for file, row in source.rows())
        for source in () if self.statements else self._ledger():
            ours = {account for account, _ in source.postings if self.target(source, account) == CASH}
            for file, row in source.rows():
                if row.account in ours:
                    yield source, file, row

    def target(self, source: AccountRows, account: str) -> str | None:
        """The line of an account of the books."""
        key = (source.name, account)
        if key not in self._targets:
            target = self.rules.target(source, BookRow(last_day(self.last_close), account, "", Decimal(0), 0))
            self._targets[key] = None if target is None else target.line
        return self._targets[key]

    def opening(self) -> OpeningCash | None:
        """The cash that a ledger opens with, or that a sheet of balances has on the day before the start.

        Raises `InputError`: opening-in-period, and missing-field where nothing else says it.
        """
        written = written_opening(self.model)
        for of_table in by_name(self.sources).values():
            source, opening = of_table[0], books_opening(of_table, self.target, self.start, self.rates)
            if opening is None:
                continue
            if written is not None and abs(written - opening.amount) >= CENT:
                before = any(row.line < opening.line for file, row in source.rows() if file == opening.file)
                more = ", and what the rows before it come to" if before else ""
                text = f"{opening.file} opens with {opening.amount:,.2f} of cash (line {opening.line}{more}); "
                text += (
                    f"opening_cash is {written:,.2f}. Write opening_cash = {opening.amount:.2f}, or take the entry out."
                )
                raise InputError(self.model.document.problem(("model", "opening_cash"), "opening-in-period", text))
            if source.trait.double and opening.day is not None:
                entry = f"the opening entry of {day_text(opening.day)}, {opening.amount:,.2f} of cash"
                self.remarks.append(f"{entry}, is the cash before it: not counted")
            return opening
        if written is None or self.table.opening == "books":
            text = "No file says what cash there is at the start. Write opening_cash in [model], and leave opening out."
            raise InputError(self.model.document.problem(("actuals", "opening"), "missing-field", text))
        return None

    def places(self) -> dict[int, tuple[int, int, str]]:
        """By month of the model, the first line that moves cash, how many do, and the file."""
        sums = [item for source in self.statements for item in source.months.items()]
        for source in () if self.statements else self._ledger():
            postings = source.postings.items()
            sums += [(month, total) for (account, month), total in postings if self.target(source, account) == CASH]
        places: dict[int, tuple[int, int, str]] = {}
        for month, total in sums:
            line, count, first = places.get(month - self.start, (total.line, 0, total.file))
            places[month - self.start] = (line, count + total.rows, first)
        return places
