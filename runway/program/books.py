"""The actual values of a model's rows from exports of its books: what was paid, what was earned, and what cash is held.

A row of a statement of ours is what was paid: it gives the cash of its line.  A row of a ledger, a profit and loss or a
payroll is what was earned or incurred: it gives the line's revenue, cost or spend.  Where a line has the one alone, the
other is the same.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError
from runway.files.actuals import Account, Actuals, BookSource, OpeningCash, Value
from runway.months import last_day
from runway.program.debt import credit_lines
from runway.program.exports import TRAITS, closed_until, key_of_file, read_sources
from runway.program.guess import Guess
from runway.program.reconciling import Rates, books_cash, cash_held, written_opening
from runway.program.rules import CASH, IGNORE, Destination, Rules
from runway.program.settling import Owed, Payment, settled
from runway.program.statement import drafts, main_row
from runway.program.transfers import ANY, Moved, matched
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from runway.files.books.export import BookRow, Kind
    from runway.model.model import Item, Model
    from runway.model.tables import ActualsTable
    from runway.program.exports import AccountRows
    from runway.program.reconciling import CashHeld

OUT = ("costs", "capital")  # sections whose rows are positive where money is spent
MOST = 10  # accounts that an error names


class MonthSum:
    """What a line has in one month, in the sign of money that comes in, and where the first of it stands."""

    __slots__ = ("amount", "file", "line", "rows")

    def __init__(self) -> None:
        self.amount, self.file, self.line, self.rows = Decimal(0), "", 0, 0

    def add(self, amount: Decimal, file: str, line: int) -> None:
        self.amount += amount
        self.rows += 1
        if not self.file:
            self.file, self.line = file, line

    def value(self, sign: int) -> Value:
        return Value(self.amount * sign, self.line, self.rows, self.file)


class LineSums(NamedTuple):
    """What a line has by month: paid, or earned."""

    cells: list[MonthSum]
    kinds: dict[Kind, str]  # of the files that it comes from, each with the name of one of them


class Books:
    """Adds up the rows of all files by line, and finds what is left.

    Raises `InputError` with what is wrong: unmapped-accounts, counted-twice, transfer-unmatched, opening-in-period, …
    """

    def __init__(self, model: Model, table: ActualsTable) -> None:
        self.model, self.table = model, table
        self.rules = Rules(model, table)
        self.sources = read_sources(model, table)
        self.rates = Rates(model)
        self._refuse_currencies()
        self.start = model.settings.start
        self.last_close = closed_until(model, table, self.sources)
        self.closed = max(0, self.last_close - self.start + 1)
        self.items = {item.name: item for item in model.items}
        self.flows: dict[tuple[str, bool], LineSums] = {}
        self.unmapped: dict[str, Account] = {}
        self.uses: dict[int, dict[str, Decimal]] = {n: {} for n in range(len(self.sources))}
        self._cash = [n for n, source in enumerate(self.sources) if source.holds_cash]
        self._of_cash = {self.sources[n].name for n in self._cash}
        self._moved: list[Moved] = []
        self._owed: dict[str, list[Owed]] = {}
        self._payments: dict[str, list[Payment]] = {}
        self.remarks: list[str] = []

    def actuals(self) -> Actuals:
        """What the files say of the closed months."""
        for n, source in enumerate(self.sources):
            if source.trait.monthly:
                self._add(n, source)
        close = last_day(self.last_close)
        legs, found = matched(self.model, self.table, self._moved, self._worth, close)
        for place, moved in enumerate(self._moved):
            if moved.target is None and place not in found:
                self._leave(moved.source, moved.row)
        self._settle()
        self._refuse_unmapped()
        values = self._values()
        held = None
        if self._cash:
            sources = [self.sources[n] for n in self._cash]
            held = cash_held(self.model, self.table, sources, legs, self.closed, self.rates)
        return self._record(values, held)

    def _refuse_currencies(self) -> None:
        for source in self.sources:
            if not self.rates.knows(source.currency):
                own, file = self.model.settings.currency, source.files[0] if source.files else source.name
                text = f"{file} is in {source.currency}; the model is in {own}. Write what one {source.currency} is "
                text += f"worth: [fx] with {source.currency} = …"
                path = key_of_file(self.table, source.name)
                raise InputError(self.model.document.problem(path, "wrong-currency", text))

    def _add(self, n: int, source: AccountRows) -> None:
        """Adds the rows of one account."""
        sign, uses = source.trait.sign, self.uses[n]
        guess = Guess(self.model, source)
        for file, row in source.rows():
            t = row.day.year * 12 + row.day.month - 1 - self.start
            target = self.rules.target(source, row) or guess.target(file, row)
            if target is not None and target.line:
                guess.seen(file, row, target.line)
            use = "before the start" if t < 0 else "after the close"
            if (
                source.holds_cash
                and (target is None or target.transfer)
                and self._is_transfer(source, file, row, target)
            ):
                use = "moved between accounts" if 0 <= t < self.closed else use
            elif 0 <= t < self.closed:
                use = self._count(source, file, row, target, row.amount * sign * self.rates(source.currency, t), t)
            uses[use] = uses.get(use, Decimal(0)) + row.amount

    def _is_transfer(self, source: AccountRows, file: str, row: BookRow, target: Destination | None) -> bool:
        """Notes a row of our cash that may be a transfer; one to a file that holds no cash pays that file's rows."""
        if target is None or target.transfer == ANY or target.transfer in self._of_cash:
            self._moved.append(Moved(source, file, row, target))
            return target is not None
        t = row.day.year * 12 + row.day.month - 1 - self.start
        worth = row.amount * self.rates(source.currency, t)
        self._payments.setdefault(target.transfer, []).append(Payment(file, row, worth))
        return False

    def _count(
        self, source: AccountRows, file: str, row: BookRow, target: Destination | None, amount: Decimal, t: int
    ) -> str:  # fmt: skip
        """Counts a row of a closed month; what became of it."""
        if target is None:
            if not source.holds_cash:
                self._leave(source, row)
            return "of no line"
        if target.transfer:
            return "used" if source.holds_cash else "paid out"
        if target.line == IGNORE or (target.line == CASH and not source.trait.double):
            return "ignored"
        if target.line != CASH:
            self._flow(target.line, source.paid, source).cells[t].add(amount, file, row.line)
        return "used"

    def _flow(self, line: str, paid: bool, source: AccountRows) -> LineSums:
        flow = self.flows.get((line, paid))
        if flow is None:
            flow = self.flows[line, paid] = LineSums([MonthSum() for _ in range(self.closed)], {})
        flow.kinds.setdefault(source.kind, source.name)
        return flow

    def _leave(self, source: AccountRows, row: BookRow) -> None:
        """Notes a row of no line, in a closed month, by its account or payee."""
        t = row.day.year * 12 + row.day.month - 1 - self.start
        if not 0 <= t < self.closed:
            return
        name = row.account if source.trait.by_account else row.text.partition(" | ")[0]
        name = name or row.account or "(no text)"
        known = self.unmapped.get(name, Account(name, Decimal(0), 0))
        self.unmapped[name] = Account(name, known.total + row.amount, known.rows + 1)

    def _worth(self, currency: str, amount: Decimal, day: date) -> Decimal:
        return amount * self.rates(currency, day.year * 12 + day.month - 1 - self.start)

    def _settle(self) -> None:
        """Divides what pays a payroll, a card or a service among the lines of its rows."""
        by_name = {source.name: source for source in self.sources}
        for name, payments in self._payments.items():
            owed, source = self._owed.get(name, []), by_name.get(name)
            if source is None or not source.trait.is_paid:
                rule = next(n for n, rule in enumerate(self.table.rules) if rule.transfer == name)
                what = "no rows" if source is None else f"{source.trait.words}, which nothing is paid to"
                text = f"{name} is {what}. A transfer names a statement or a payroll; else write the line."
                path = ("actuals", "rules", rule, "transfer")
                raise InputError(self.model.document.problem(path, "unknown-file", text))
            if not owed:
                continue
            for part in settled(owed, payments):
                row = part.payment.row
                t = row.day.year * 12 + row.day.month - 1 - self.start
                if 0 <= t < self.closed:
                    flow = self._flow(part.line, True, source._replace(kind="statement"))
                    flow.cells[t].add(part.amount, part.payment.file, row.line)
            self._compare(name, owed, payments)

    def _compare(self, name: str, owed: Sequence[Owed], payments: Sequence[Payment]) -> None:
        """Says by how much what was paid differs from what the file says, up to the close."""
        end, begin = last_day(self.last_close), last_day(self.start - 1)
        due = sum((item.amount for item in owed if begin < item.day <= end), Decimal(0))
        paid = sum((payment.amount for payment in payments if begin < payment.row.day <= end), Decimal(0))
        if due != paid:
            of = "is not settled yet" if abs(paid) < abs(due) else "more than that was moved"
            self.remarks.append(
                f"{name} comes to {due:,.2f} up to the close, and {paid:,.2f} was moved for it: "
                f"{abs(due - paid):,.2f} {of}"
            )

    def _refuse_unmapped(self) -> None:
        if not self.unmapped or self.table.allow_unmapped:
            return
        accounts = self.accounts_left()
        count = len(accounts)
        lines = [f"{count:,} account{' or payee belongs' if count == 1 else 's or payees belong'} to no line."]
        lines += [f"{a.name[:60]}: {a.total:,} in {a.rows:,} row{'' if a.rows == 1 else 's'}." for a in accounts[:MOST]]
        if count > MOST:
            lines.append(f"And {count - MOST:,} more.")
        lines.append(
            'Give each a line, or "ignore", in [actuals.mapping] or [[actuals.rules]]; --allow-unmapped goes on.'
        )
        key = "rules" if self.table.rules else "mapping" if self.table.mapping else "files"
        path = ("actuals", "file") if key == "files" and self.table.file is not None else ("actuals", key)
        raise InputError(self.model.document.problem(path, "unmapped-accounts", "\n".join(lines), at="key"))

    def accounts_left(self) -> tuple[Account, ...]:
        return tuple(sorted(self.unmapped.values(), key=lambda a: (-abs(a.total), a.name)))

    def _values(self) -> dict[str, tuple[Value, ...]]:
        """The values of rows, in their own signs."""
        own = {draft.address for draft in drafts(self.model)}
        found: dict[str, tuple[Value, ...]] = {}
        as_paid = list[str]()
        for line in dict.fromkeys(line for line, _ in self.flows):
            paid, earned = self.flows.get((line, True)), self.flows.get((line, False))
            self._refuse_twice(line, paid, earned)
            item = self.items.get(line)
            if item is None or item.section == "passthrough":
                flow = paid or earned
                assert flow is not None
                found[line if item is None else main_row(item)] = tuple(cell.value(1) for cell in flow.cells)
                continue
            sign = -1 if item.section in OUT else 1
            main, billed = main_row(item), f"{line}.billed"
            if paid is not None:
                found[f"{line}.cash"] = tuple(cell.value(1) for cell in paid.cells)
            if earned is None:
                as_paid.append(line)
            of_bills = billed in own and (earned is None or set(earned.kinds) == {"statement"})
            cells = (earned or paid).cells  # type: ignore[union-attr]  # it has one of them
            found[billed if of_bills else main] = tuple(cell.value(sign) for cell in cells)
            if paid is not None and earned is not None:
                self._note_owed(item, paid, earned)
        if as_paid:
            self.remarks.append(f"paid, not earned, for no books say what was earned or incurred: {', '.join(as_paid)}")
        return found

    def _note_owed(self, item: Item, paid: LineSums, earned: LineSums) -> None:
        """Says what of a line is open at the close and, without a time until it is paid, is not expected any more."""
        shared = item.shared
        if getattr(shared, "collected_after", None) or getattr(shared, "paid_after", None):
            return
        left = sum((cell.amount for cell in earned.cells), Decimal(0)) - sum(
            (cell.amount for cell in paid.cells), Decimal(0)
        )
        if abs(left) >= Decimal("0.005"):
            out = item.section in OUT
            what = ("incurred", "paid", "paid_after") if out else ("earned", "received", "collected_after")
            more = "less" if (left < 0) != out else "more"
            self.remarks.append(
                f"{item.name}: {abs(left):,.2f} {more} was {what[0]} than {what[1]}; "
                f"without {what[2]} it is not expected later"
            )

    def _refuse_twice(self, line: str, *flows: LineSums | None) -> None:
        """Refuses a line that has the same thing from two kinds of files."""
        for flow in flows:
            if flow is not None and len(flow.kinds) > 1:
                (one, first), (other, second), *_ = flow.kinds.items()
                text = f"{line} has rows of {first}, {TRAITS[one].words}, and of {second}, {TRAITS[other].words}, "
                text += f'which say the same twice. Leave one out: a rule with in = "{second}" and line = "ignore".'
                path = key_of_file(self.table, second)
                raise InputError(self.model.document.problem(path, "counted-twice", text))

    def _record(self, values: dict[str, tuple[Value, ...]], held: CashHeld | None) -> Actuals:
        """The record of all that was read."""
        opening: OpeningCash | None = None if held is None else held.opening
        first = written_opening(self.model)
        if opening is None and (self.table.opening == "books" or first is None):
            opening = self._opening_of_books()
        begun = opening.amount if opening is not None else first or Decimal(0)
        books = books_cash(self.sources, self._target_of_account, begun, self.start, self.closed, self.rates)
        remarks = [*self.remarks, *(held.remarks if held is not None else ())]
        cash: tuple[Decimal | None, ...] = held.closing if held is not None else books[0].closing if books else ()
        if cash and all(amount is not None for amount in cash):
            if lines := credit_lines(self.model):
                remarks.append(
                    f"the closing cash is not taken from the books, for {lines[0].name} is drawn as it is needed"
                )
            else:
                values[CASH] = tuple(
                    Value(amount or Decimal(0), *self._place_of_cash(t)) for t, amount in enumerate(cash)
                )
        remarks += self._unused()
        remarks += [f"{source.name}: {remark[:1].lower()}{remark[1:].rstrip('.')}" for source in self.sources
                    for export in source.exports for remark in export.remarks]  # fmt: skip
        files = list(dict.fromkeys(file for source in self.sources for file in source.files))
        name = files[0] if len(files) == 1 else f"{files[0]} and {len(files) - 1} more" if files else ""
        return Actuals(
            name, dict.fromkeys(values, name), self.last_close, self.closed, values, None, self.accounts_left(),
            tuple(dict.fromkeys(remarks)),
            sources=tuple(self._source(n, source) for n, source in enumerate(self.sources)),
            accounts=() if held is None else held.accounts,
            in_transit=() if held is None else held.in_transit,
            books_cash=books if held is not None else books[1:],
            opening=opening if self.table.opening == "books" else None,
        )  # fmt: skip

    def _target_of_account(self, source: AccountRows, account: str) -> str | None:
        from runway.files.books.export import BookRow

        row = BookRow(last_day(self.last_close), account, "", Decimal(0), 0)
        target = self.rules.target(source, row)
        return None if target is None else target.line

    def _opening_of_books(self) -> OpeningCash:
        """The cash that a ledger opens with, or that a sheet of balances has on the day before the start."""
        eve = last_day(self.start - 1)
        for source in self.sources:
            for export in source.exports:
                balances = export.opening if source.trait.double else export.closing
                fits = [b for b in balances if source.trait.double or b.day == eve]
                cash = [b for b in fits if self._target_of_account(source, b.account) == CASH]
                if cash:
                    amount = sum((b.amount for b in cash), Decimal(0)) * self.rates(source.currency, 0)
                    written = written_opening(self.model)
                    if written is not None and abs(written - amount) >= Decimal("0.005"):
                        text = (
                            f"{export.title} opens on {day_text(cash[0].day)} with {amount:,.2f} of cash (line "
                            f"{cash[0].line}); opening_cash is {written:,.2f}. Leave one of them out."
                        )
                        path = ("model", "opening_cash")
                        raise InputError(self.model.document.problem(path, "opening-in-period", text))
                    return OpeningCash(amount, export.title, cash[0].line)
        text = "No file says what cash there is at the start. Write opening_cash in [model], and leave opening out."
        raise InputError(self.model.document.problem(("actuals", "opening"), "missing-field", text))

    def _place_of_cash(self, t: int) -> tuple[int, int, str]:
        """The line, count and file of the rows of a month that cash comes from."""
        month = self.start + t
        rows = [
            (file, row.line)
            for n in self._cash
            for file, row in self.sources[n].rows()
            if row.day.year * 12 + row.day.month - 1 == month
        ]
        return (rows[0][1], len(rows), rows[0][0]) if rows else (0, 0, "")

    def _unused(self) -> Iterable[str]:
        for n, rule in enumerate(self.table.rules):
            if n not in self.rules.used:
                yield f"rule {n + 1} of [[actuals.rules]], {rule.match!r}, is that of no row"

    def _source(self, n: int, source: AccountRows) -> BookSource:
        rows = [row for _, row in source.rows()]
        steps = [export.steps for export in source.exports]
        return BookSource(
            source.title, source.files, source.layout, source.kind, source.currency, source.first, source.last,
            len(rows), source.joined.twice, sum((row.amount for row in rows), Decimal(0)), self.uses[n],
            (sum(a for a, _ in steps), sum(b for _, b in steps)),
        )  # fmt: skip
