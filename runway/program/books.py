"""The actual values of a model's rows from exports of its books: amounts paid, amounts earned, and cash.

A row of a statement of ours is an amount paid: it gives the cash of its line.  A row of a ledger, a profit and loss or
a payroll is an amount earned or incurred: it gives the line's revenue, cost or spend.  Where a line has one of the two,
the other is the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.actuals import Account, Actuals, BookSource, Value
from runway.files.books.export import TRAITS, BookRow
from runway.months import absolute_month, last_day
from runway.program.cash_rows import CashRows
from runway.program.debt import unknown_balances
from runway.program.exports import closed_until, key_of_file, read_sources
from runway.program.guess import Guess, is_fee
from runway.program.line_sums import LineSums, MonthSum, RowValues
from runway.program.reconciling import Rates, books_cash, cash_held, written_opening
from runway.program.rules import CASH, IGNORE, Destination, Rules
from runway.program.settlements import OwedAmount, Payment, settled
from runway.program.transfers import ANY, CashMovement, matched
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from runway.model.books import ActualsTable
    from runway.model.model import Model
    from runway.program.exports import AccountRows
    from runway.program.reconciling import CashHeld

MOST_ACCOUNTS = 10  # that an error names
NAMES = ("account or payee", "accounts or payees")  # the nouns of names of rows


class Books:
    """Adds up the rows of all files by line, and finds the accounts of no line.

    Raises `InputError`: unmapped-accounts, counted-twice, transfer-unmatched, opening-in-period, …
    """

    def __init__(self, model: Model, table: ActualsTable) -> None:
        self.model, self.table = model, table
        self.rules = Rules(model, table)
        self.sources = [self._signed(source) for source in read_sources(model, table)]
        self.rates = Rates(model)
        self._refuse_currencies()
        self.start = model.settings.start
        self.last_close = closed_until(model, table, self.sources)
        self.closed = max(0, self.last_close - self.start + 1)
        self.items = {item.name: item for item in model.items}
        self.flows: dict[tuple[str, bool], LineSums] = {}
        self.unmapped: dict[str, Account] = {}
        self.uses: dict[int, dict[str, Decimal]] = {n: {} for n in range(len(self.sources))}
        self.cash = CashRows(model, table, self.sources, self.rules, self.rates, self.last_close)
        self.sources = self.cash.sources
        self._of_cash = {source.name for source in self.cash.statements}
        self._transfer_rows: list[CashMovement] = []
        self._owed: dict[str, list[OwedAmount]] = {}
        self._payments: dict[str, list[Payment]] = {}
        self._paid_by_line = self._open_out = self._open_in = False
        self.remarks: list[str] = []
        self._later: dict[int, int] = {}  # by source, rows after the close

    def actuals(self, figures: Collection[str] = ()) -> Actuals:
        """The actual values that the files give; `figures` are the rows that have theirs from a table of figures."""
        for n, source in enumerate(self.sources):
            if source.trait.monthly:
                self._add(n, source)
        close = last_day(self.last_close)
        legs, transfers = matched(
            self.model, self.table, self.cash.statements, self._transfer_rows, self.rates.worth, close
        )
        for place, moved in enumerate(self._transfer_rows):
            if moved.target is None and place not in transfers:
                self._note_unmapped(moved.source, moved.row)
        self._settle()
        self._refuse_unmapped()
        self._refuse_twice()
        for line in self.rules.lines():
            if (line, True) not in self.flows and (line, False) not in self.flows:
                self.flows[line, bool(self.cash.statements)] = LineSums([MonthSum() for _ in range(self.closed)], {})
        rows = RowValues(self.model, self.flows, self._bank_open(), figures)
        self.remarks += rows.remarks
        bank = None
        if self.cash.statements:
            bank = cash_held(self.model, self.table, self.cash.statements, legs, self.closed, self.rates)
        return self._record(rows.values, bank, figures)

    def _signed(self, source: AccountRows) -> AccountRows:
        """A source with the sign that `amounts` says. Raises `InputError` (terms-contradict) where it has its own."""
        if "amounts" not in self.model.document.data["actuals"]:
            return source
        if self.table.file is None or not source.trait.double:
            text = "amounts goes with one ledger of date, account and amount; an export has its own sign. Take it out."
            raise InputError(self.model.document.problem(("actuals", "amounts"), "terms-contradict", text, at="key"))
        return source._replace(inward=self.table.amounts == "in_positive")

    def _refuse_currencies(self) -> None:
        for source in self.sources:
            if not self.rates.knows(source.currency):
                file, home = source.files[0] if source.files else source.name, self.model.settings.currency
                text = f"{file} is in {source.currency}; the model is in {home}. Write what one {source.currency} is "
                text += f"worth: [fx] with {source.currency} = …"
                path = key_of_file(self.table, source.name)
                raise InputError(self.model.document.problem(path, "wrong-currency", text))

    def _add(self, n: int, source: AccountRows) -> None:
        """Adds the rows of one account up to the close; those after it are not looked at."""
        sign, uses = source.sign, self.uses[n]
        guess = Guess(self.model, source)
        factors = {
            month - self.start: sign * self.rates(source.currency, month - self.start)
            for month in source.months
            if month - self.start < self.closed
        }
        if source.postings and not source.paid and not self.rules.by_amount:
            self._add_postings(n, source, factors)
            return
        months: dict[date, int] = {}  # by day
        for file, row in source.rows():
            t = months.get(row.day)
            if t is None:
                t = months[row.day] = absolute_month(row.day) - self.start
            use = "after the close"
            if t < self.closed:
                named = row._replace(text="") if guess.beside(file, row) else row  # a fee, with the text of its sale
                target = self.rules.target(source, named) or guess.target(file, row)
                if target is not None and target.line:
                    guess.note(file, row, target.line)
                amount = row.amount * factors[t]
                use = self._use(source, file, row, target, amount, t)
            else:
                self._later[n] = self._later.get(n, 0) + 1
            uses[use] = uses.get(use, Decimal(0)) + row.amount

    def _add_postings(self, n: int, source: AccountRows, factors: Mapping[int, Decimal]) -> None:
        """Adds the sums of the accounts of books, month by month."""
        uses = self.uses[n]
        for (account, month), total in source.postings.items():
            t, use = month - self.start, "after the close"
            if t < self.closed:
                row = BookRow(last_day(month), account, "", total.amount, total.line)
                target = self.rules.target(source, row)
                use = "before the start"
                if t >= 0:
                    use = self._count(source, total.file, row, target, total.amount * factors[t], t, total.rows)
            else:
                self._later[n] = self._later.get(n, 0) + total.rows
            uses[use] = uses.get(use, Decimal(0)) + total.amount

    def _use(
        self, source: AccountRows, file: str, row: BookRow, target: Destination | None, amount: Decimal, t: int
    ) -> str:
        """Counts a row up to the close; returns its use.  `amount` is in the model's currency; money in is above 0."""
        moves = source.holds_cash and (target is None or target.transfer)
        if moves and self._is_transfer(source, file, row, target):
            return "moved between accounts" if t >= 0 else "before the start"
        if target is not None and target.line not in ("", IGNORE, CASH) and not source.paid and source.trait.is_paid:
            self._owed.setdefault(source.name, []).append(OwedAmount(row.day, target.line, amount))
        return "before the start" if t < 0 else self._count(source, file, row, target, amount, t)

    def _is_transfer(self, source: AccountRows, file: str, row: BookRow, target: Destination | None) -> bool:
        """Notes a row of our cash that may be a transfer; one to a file that holds no cash pays that file's rows."""
        if target is None or target.transfer == ANY or target.transfer in self._of_cash:
            self._transfer_rows.append(CashMovement(source, file, row, target))
            return target is not None
        t = absolute_month(row.day) - self.start
        worth = row.amount * self.rates(source.currency, t)
        self._payments.setdefault(target.transfer, []).append(Payment(file, row, worth))
        return False

    def _count(
        self, source: AccountRows, file: str, row: BookRow, target: Destination | None, amount: Decimal, t: int,
        rows: int = 1,
    ) -> str:  # fmt: skip
        """Counts a row, or the sum of several, of a closed month, and returns its use."""
        if source.holds_cash and (target is None or target.line == IGNORE):
            self._open_in, self._open_out = self._open_in or amount > 0, self._open_out or amount < 0
        if target is None:
            if not source.holds_cash:
                self._note_unmapped(source, row, rows)
            return "of no line"
        if target.transfer:
            return "used" if source.holds_cash else "paid out"
        if target.line == IGNORE or (target.line == CASH and not source.trait.double):
            return "ignored"
        if target.line != CASH:
            self._paid_by_line = self._paid_by_line or source.holds_cash
            self._flow(target.line, source.paid, source).cells[t].add(amount, file, row.line, rows)
        return "used"

    def _flow(self, line: str, paid: bool, source: AccountRows) -> LineSums:
        flow = self.flows.get((line, paid))
        if flow is None:
            flow = self.flows[line, paid] = LineSums([MonthSum() for _ in range(self.closed)], {})
        flow.kinds.setdefault(source.kind, source.name)
        return flow

    def _note_unmapped(self, source: AccountRows, row: BookRow, rows: int = 1) -> None:
        """Notes a row of no line, in a closed month, by its account or payee; a row of amount 0 needs none."""
        t = absolute_month(row.day) - self.start
        if not 0 <= t < self.closed or (rows == 1 and not row.amount):
            return
        name = row.account if source.trait.by_account else row.text.partition(" | ")[0]
        name = "fees" if is_fee(row) else name or row.account or "(no text)"
        account = self.unmapped.get(name, Account(name, Decimal(0), 0))
        self.unmapped[name] = Account(name, account.total + row.amount, account.rows + rows)

    def _settle(self) -> None:
        """Divides the payments of a payroll, a card or a service among the lines of its rows."""
        by_name = {source.name: source for source in self.sources}
        for name, payments in self._payments.items():
            owed, source = self._owed.get(name, []), by_name.get(name)
            if source is None or not source.trait.is_paid:
                rule = next(n for n, rule in enumerate(self.table.rules) if rule.transfer == name)
                contents = "no rows" if source is None else f"{source.trait.words}, which nothing is paid to"
                text = f"{name} is {contents}. A transfer names a statement or a payroll; else write the line."
                path = ("actuals", "rules", rule, "transfer")
                raise InputError(self.model.document.problem(path, "unknown-file", text))
            if not owed:
                continue
            for part in settled(owed, payments):
                row = part.payment.row
                t = absolute_month(row.day) - self.start
                if 0 <= t < self.closed:
                    flow = self._flow(part.line, True, source._replace(kind="statement"))
                    flow.cells[t].add(part.amount, part.payment.file, row.line)
            self._compare(name, owed, payments)

    def _compare(self, name: str, owed: Sequence[OwedAmount], payments: Sequence[Payment]) -> None:
        """Adds the remark on a file whose rows and payments differ, up to the close."""
        end, begin = last_day(self.last_close), last_day(self.start - 1)
        due = sum((item.amount for item in owed if begin < item.day <= end), Decimal(0))
        paid = sum((payment.amount for payment in payments if begin < payment.row.day <= end), Decimal(0))
        if due != paid:
            state = "is not settled yet" if abs(paid) < abs(due) else "more than that was moved"
            self.remarks.append(
                f"{name} comes to {due:,.2f} up to the close, and {paid:,.2f} was moved for it: "
                f"{abs(due - paid):,.2f} {state}"
            )

    def _refuse_unmapped(self) -> None:
        if not self.unmapped or self.table.allow_unmapped:
            return
        accounts = self.accounts_left()
        count = len(accounts)
        names = ("account", "accounts") if all(s.trait.by_account for s in self.sources) else NAMES
        lines = [
            f"{count:,} {names[0]} belongs to no line." if count == 1 else f"{count:,} {names[1]} belong to no line."
        ]
        lines += [f"{a.name[:60]}: {a.total:,} in {counted(a.rows, 'row')}." for a in accounts[:MOST_ACCOUNTS]]
        if count > MOST_ACCOUNTS:
            lines.append(f"And {count - MOST_ACCOUNTS:,} more.")
        lines.append(
            'Give each a line, or "ignore", in [actuals.mapping] or [[actuals.rules]]; '
            "allow_unmapped = true in [actuals] goes on without them."
        )
        key = "rules" if self.table.rules else "mapping" if self.table.mapping else "files"
        path = ("actuals", "file") if key == "files" and self.table.file is not None else ("actuals", key)
        raise InputError(self.model.document.problem(path, "unmapped-accounts", "\n".join(lines), at="key"))

    def accounts_left(self) -> tuple[Account, ...]:
        return tuple(sorted(self.unmapped.values(), key=lambda a: (-abs(a.total), a.name)))

    def _refuse_twice(self) -> None:
        """Refuses a line that has rows of two kinds of files, which count the same amounts twice."""
        for (line, _), sums in self.flows.items():
            if len(sums.kinds) > 1:
                (kind, file), (other_kind, other_file), *_ = sums.kinds.items()
                text = f"{line} has rows of {file}, {TRAITS[kind].words}, and of {other_file}, "
                text += f"{TRAITS[other_kind].words}, which say the same twice. Leave one out: a rule with in = "
                text += f'"{other_file}" and line = "ignore".'
                path = key_of_file(self.table, other_file)
                raise InputError(self.model.document.problem(path, "counted-twice", text))

    def _bank_open(self) -> tuple[bool, bool]:
        """Whether closed months have rows out of our accounts, and into them, that are of no line."""
        if not self._paid_by_line:
            return True, True
        return self._open_out, self._open_in

    def _record(self, values: dict[str, tuple[Value, ...]], bank: CashHeld | None, figures: Collection[str]) -> Actuals:
        """The actual values, the cash of the accounts, and the remarks, as one record."""
        opening = self.cash.opening() if bank is None else bank.opening
        amount = opening.amount if opening is not None else written_opening(self.model) or Decimal(0)
        books = books_cash(self.sources, self.cash.target, amount, self.start, self.closed, self.rates)
        remarks = [*self.remarks, *self.cash.remarks, *(bank.remarks if bank is not None else ())]
        cash: tuple[Decimal | None, ...] = bank.closing if bank is not None else books[0].closing if books else ()
        if cash and all(amount is not None for amount in cash):
            places = self.cash.places()
            values[CASH] = tuple(
                Value(amount or Decimal(0), *places.get(t, (0, 0, ""))) for t, amount in enumerate(cash)
            )
        remarks += unknown_balances(self.model, {*values, *figures})
        remarks += self._unused()
        whose = {source.name: "" if self.table.file is not None else f"{source.name}: " for source in self.sources}
        remarks += [f"{whose[source.name]}{remark[:1].lower()}{remark[1:].rstrip('.')}" for source in self.sources
                    for export in source.exports for remark in export.remarks]  # fmt: skip
        files = list(dict.fromkeys(file for source in self.sources for file in source.files))
        name = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more" if files else ""
        return Actuals(
            name, dict.fromkeys(values, name), self.last_close, self.closed, values, self.accounts_left(),
            tuple(dict.fromkeys(remarks)),
            sources=tuple(self._source(n, source) for n, source in enumerate(self.sources)),
            accounts=() if bank is None else bank.accounts,
            in_transit=() if bank is None else bank.in_transit,
            books_cash=books if bank is not None else books[1:],
            opening=opening if self.table.opening == "books" else None,
            bank=self.cash.bank() if CASH in values or not self.closed else None,
        )  # fmt: skip

    def _unused(self) -> Iterable[str]:
        for n, rule in enumerate(self.table.rules):
            if n not in self.rules.used_rules:
                yield f"rule {n + 1} of [[actuals.rules]], {rule.match!r}, is that of no row"

    def _source(self, n: int, source: AccountRows) -> BookSource:
        months = source.months.values()
        steps = [export.steps for export in source.exports]
        return BookSource(
            source.title, source.files, source.layout, source.kind, source.currency, source.first, source.last,
            sum(m.rows for m in months), source.joined.twice, sum((m.amount for m in months), Decimal(0)),
            self.uses[n], (sum(a for a, _ in steps), sum(b for _, b in steps)), self._later.get(n, 0),
        )  # fmt: skip
