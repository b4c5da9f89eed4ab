"""`runway import`: exports of books by payee and month, and the actuals of a plan that are made of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from runway.answers.payees import of_a_service, payees, significant
from runway.answers.proposals import PlanLine, Proposal, by_size_alone, on_payroll, proposal_for
from runway.errors import InputError, Problem
from runway.files.books.export import Export, Reading
from runway.files.books.read import read_export
from runway.language.named_tuple import NamedTuple
from runway.language.record import Record, documented
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.answers.file_groups import FileGroup
    from runway.answers.payees import Payee
    from runway.files.books.export import BookFile
    from runway.program.plan import Plan

WITHIN = 7  # days between the two sides of a transfer
PAID_OUT = ("payout", "payouts", "transfer")
INWARD = ("revenue", "funding", "interest")


class ImportedFile(NamedTuple):
    """One account of one file, as it was read."""

    file: str
    export: Export

    @property
    def ends(self) -> tuple[Decimal | None, Decimal | None]:
        """The balances before and after the rows; None where the file says none, and for the many accounts of books."""
        sides = (self.export.opening, self.export.closing) if self.export.inward else ((), ())
        opening, closing = (sum((b.amount for b in side), Decimal(0)) if side else None for side in sides)
        return opening, closing

    def to_json(self) -> dict[str, Any]:
        export = self.export
        ends = zip(("opening", "closing"), self.ends, strict=True)
        return {
            "file": self.file,
            **documented(export, "layout", "kind", "account", "currency", "first", "last"),
            "rows": len(export.rows),
            **{key: None if amount is None else str(amount) for key, amount in ends},
            "balances_checked": export.steps[0],
            "left_out": [{**out._asdict(), "amount": str(out.amount)} for out in export.left_out],
            "remarks": export.remarks,
        }


class ImportedPayee(NamedTuple):
    """A payee or an account, and the line that is proposed for it."""

    payee: Payee
    proposal: Proposal | None

    @property
    def counts(self) -> bool:
        """Whether the proposal is proven."""
        return self.proposal is not None and self.proposal.counts

    def to_json(self) -> dict[str, Any]:
        payee, proposal = self.payee, self.proposal
        return {
            "name": payee.name,
            "match": payee.pattern,
            "account": payee.ledger,
            "rows": payee.rows,
            "months": {month_label(month): str(amount) for month, amount in sorted(payee.months.items())},
            "line": proposal and (proposal.line or None),
            "transfer": proposal and (proposal.transfer or None),
            "confidence": proposal and proposal.confidence,
            "reason": proposal and proposal.reason,
        }


@dataclass(frozen=True, slots=True, repr=False)
class BooksImport(Record):
    """Exports by payee and month, money in positive, and the actuals that are made of them."""

    plan: str | None  # the file that is extended
    currency: str
    files: tuple[ImportedFile, ...]
    first: int  # absolute month
    last: int
    payees: tuple[ImportedPayee, ...]  # those that move most first
    text: str  # of the file of actuals
    out: str | None  # where that is written

    KEYS: ClassVar = ("plan", "currency", "files", "payees", "moved", "unmapped", "text")

    @property
    def currencies(self) -> list[str]:
        """The currencies of the files, in order; the plan's where a file says none."""
        return list(dict.fromkeys(imported.payee.currency or self.currency for imported in self.payees))

    @property
    def moved(self) -> float:
        """The money that moved in or out, without regard to sign."""
        return float(sum((imported.payee.moved for imported in self.payees), Decimal(0)))

    @property
    def without_line(self) -> list[ImportedPayee]:
        """The payees whose line is not proven."""
        return [imported for imported in self.payees if not imported.counts]

    @property
    def unmapped(self) -> float:
        """The money that moved for payees whose line is not proven."""
        return float(sum((imported.payee.moved for imported in self.without_line), Decimal(0)))


def import_books(
    files: Sequence[BookFile], plan: Plan | None, out: str | None = None, reading: Reading | None = None
) -> BooksImport:
    """The payees and accounts of files of books, with a line of the plan proposed for each.

    `out` is where the actuals are to stand: files are named from there.  `reading` is how they are to be read.
    Raises `InputError`: what reading them raises, books-without-rows.
    """
    from runway.answers.books_text import actuals_text
    from runway.answers.file_groups import file_tables

    reading = reading or Reading("")
    if plan is not None:
        reading = reading._replace(currency=plan.model.settings.currency)
    exports = read_files(files, reading)
    tables = file_tables(exports, files)
    all_payees = payees(accounts(tables))
    months = [month for payee in all_payees for month in payee.months]
    if not months:
        raise InputError(without_rows(files, exports))
    lines = [] if plan is None else plan_lines(plan)
    sides = TransferSides.of(tables)
    payrolls = {export.title for export in exports if export.trait.on_its_days}
    team = on_payroll(lines)
    proposals = [
        transfer_of(payee, sides) or (team if payee.titles <= payrolls else None) or proposal_for(payee, lines)
        for payee in all_payees
    ]
    imported = tuple(map(ImportedPayee, all_payees, by_size_alone(proposals)))
    return BooksImport(
        plan=None if plan is None else plan.model.document.title,
        currency=currency_of(exports) if plan is None else plan.model.settings.currency,
        files=tuple(ImportedFile(export.title, export) for export in exports),
        first=min(months),
        last=max(months),
        payees=imported,
        text=actuals_text(tables, imported, plan, out, reading),
        out=out,
    )


class TransferSides(NamedTuple):
    """The files, and by account or payroll the days and amounts that the other side of a transfer would have."""

    tables: Sequence[FileGroup]
    accounts: Mapping[str, set[tuple[date, Decimal]]]  # each row of an account of ours, where there are several
    payrolls: Mapping[str, set[tuple[date, Decimal]]]  # the total of a payroll on each of its days

    @classmethod
    def of(cls, tables: Sequence[FileGroup]) -> TransferSides:
        cash_tables = [table for table in tables if table.cash]
        accounts = {
            table.name: {(row.day, -row.amount) for export in table.exports for row in export.rows}
            for table in (cash_tables if len(cash_tables) > 1 else ())
        }
        payrolls = {}
        for table in tables:
            paid: dict[date, Decimal] = defaultdict(Decimal)
            for row in (row for export in table.exports if export.trait.on_its_days for row in export.rows):
                paid[row.day] += row.amount
            if paid:
                payrolls[table.name] = {(day, -amount) for day, amount in paid.items()}
        return cls(tables, accounts, payrolls)


def transfer_of(payee: Payee, sides: TransferSides) -> Proposal | None:
    """The transfer by a payee's rows: between two accounts, to a payroll, of a payment service to the bank."""
    if (matched := _matching_transfer(payee, sides)) is not None:
        return matched
    services = [table for table in sides.tables if any(map(of_a_service, table.exports))]
    banks = [table for table in sides.tables if table.cash and table not in services]
    if not services or not banks:
        return None
    if any(payee.titles & {export.title for export in service.exports} for service in services):
        return Proposal("", 0.9, "paid out to the bank", banks[0].name) if payee.name in PAID_OUT else None
    words = set(significant(payee.name))
    service = next((table for table in services if words & set(table.layout.split("_"))), None)
    return Proposal("", 0.9, "paid out by the service", service.name) if service and payee.total > 0 else None


def _matching_transfer(payee: Payee, sides: TransferSides) -> Proposal | None:
    """The transfer to another account of ours or to a payroll, where each row stands the other way within days.

    One row may stand in another account by chance; then the payee or that account's file must say it.
    """
    cash_tables = [table for table in sides.tables if table.cash]
    holding = [table for table in cash_tables if payee.titles <= {export.title for export in table.exports}]
    moves = [(day, amount) for day, amount in payee.moves if amount]
    if len(holding) != 1 or not moves:
        return None
    days = [timedelta(days=n) for n in range(-WITHIN, WITHIN + 1)]

    def all_in(rows: set[tuple[date, Decimal]]) -> bool:
        return all(any((day + n, amount) in rows for n in days) for day, amount in moves)

    for name, rows in sides.accounts.items():
        proven = len(moves) > 1 or set(significant(payee.name)) & set(significant(name.replace("_", " ")))
        if name != holding[0].name and proven and all_in(rows):
            return Proposal("", 0.9, "the same amounts in the other account", name, holding[0].name)
    for name, rows in sides.payrolls.items():
        if all_in(rows):
            return Proposal("", 0.9, "what the payroll comes to", name, holding[0].name)
    return None


def without_rows(files: Sequence[BookFile], exports: Sequence[Export]) -> Problem:
    """The problem that no export has a row that moved money."""
    titles = ", ".join(file.title for file in files)
    if exports and not any(export.trait.monthly for export in exports):
        text = f"{titles} says what stands on accounts at one day, and not what moved. Add a statement or a ledger."
    else:
        text = f"No row of {titles} moved any money."
    return Problem("books-without-rows", text)


def read_files(files: Sequence[BookFile], reading: Reading) -> list[Export]:
    """The exports of files, each file read whole; raises `InputError` with the problems of all of them."""
    exports, problems = list[Export](), list[Problem]()
    for file in files:
        try:
            file_exports = read_export(file, reading)
        except InputError as error:
            problems += error.problems
            continue
        exports += file_exports
        if file_exports[0].trait.of_model:
            text = f"{file.title} is {file_exports[0].trait.words}, and no books. Name it in [actuals], figures = "
            problems.append(Problem("kind-not-here", f'{text}"{file.title}".'))
    if problems:
        raise InputError(*problems)
    return exports


def accounts(tables: Sequence[FileGroup]) -> list[Export]:
    """The exports of files with all downloads of an account as one, rows that stand in several counted once.

    Raises `InputError`: files-disagree, balance-does-not-foot.
    """
    from runway.files.books.union import by_account, joined

    account_exports = []
    for table in tables:
        for several in by_account(table.exports).values():
            union = joined(several)
            rows = tuple(row for part in union.parts for row in part.rows)
            opening = tuple(filter(None, [union.opening]))
            if len(several) == 1 or several[0].trait.double:
                opening = min(several, key=lambda export: export.first or date.max).opening
            last = max((last for _, last in union.days), default=None)
            account_exports.append(several[0]._replace(rows=rows, opening=opening, last=last))
    return account_exports


def currency_of(exports: Sequence[Export]) -> str:
    """The currency of most rows; US dollars where no file says one."""
    rows: dict[str, int] = {}
    for export in exports:
        rows[export.currency] = rows.get(export.currency, 0) + len(export.rows)
    return max(filter(None, rows), key=lambda code: rows[code], default="USD")


def plan_lines(plan: Plan) -> list[PlanLine]:
    """The lines of a plan that books may have, with their cash as planned."""
    from runway.answers.project import project_model

    projection, start = project_model(plan), plan.model.settings.start
    people = {item.name for item in plan.model.section("costs") if item.part.people is not None}
    return [
        PlanLine(
            line.name,
            line.title,
            section.name in INWARD,
            {start + t: amount for t, amount in enumerate(projection.rows[line.cash])},
            line.name in people,
        )
        for section in projection.sections
        for line in section.lines
        if section.name in ("revenue", "costs", "capital", "passthrough", "funding")
    ]
