"""`runway init --from`: a company from its books alone, whose lines are the payees that recur."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from keyword import kwlist
from typing import TYPE_CHECKING

from runway.answers.books_text import actuals_table
from runway.answers.file_groups import file_tables
from runway.answers.import_books import (
    ImportedPayee,
    TransferSides,
    accounts,
    currency_of,
    read_files,
    transfer_of,
    without_rows,
)
from runway.answers.payees import payees
from runway.answers.proposals import Proposal, balance_sheet, is_cash
from runway.answers.table_names import table_name
from runway.errors import InputError, Problem
from runway.files.books.export import Reading
from runway.files.toml import toml_text, toml_value
from runway.model.model import RESERVED
from runway.months import last_day, month_label
from runway.words import month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.file_groups import FileGroup
    from runway.answers.payees import Payee
    from runway.files.books.export import Balance, BookFile, Export

WINDOW = 3  # months whose mean goes on, as [model] burn_window
RECENT = 6  # months of which a payee that recurs has moved in most
LINES = 40  # at most; payees that move less are one line
SINGLE = {True: "single_receipts", False: "single_costs"}
"""The lines of payees that do not recur, by whether money comes in."""
CURRENCY_OPTION = "--currency"
"""The option that says the currency where the files do not."""
NO_LINES = ("cash", "total", "ignore")
"""Names that no line may have, beside those that formulas have for something else."""


def company_text(
    files: Sequence[BookFile],
    out: str,
    opening: str | None = None,
    currency: str | None = None,
    reading: Reading | None = None,
) -> str:
    """The assumption file of a company of which only the books are known.

    Each payee that recurs is a line that goes on as the mean of its last three months; the others are in a line that
    does not go on.  `opening` is the cash before the books begin, and `currency` that of the files, where no file says
    it; `reading` is the rest that the user says of them.
    Raises `InputError`: what reading the files raises, books-without-rows, opening-cash-unknown, books-in-currencies.
    """
    reading = reading or Reading("")
    exports, code = _exports_and_currency(files, currency, reading)
    guessed = currency is None and not any(export.currency for export in exports)
    codes = sorted({export.currency or code for export in exports if export.rows})
    if len(codes) > 1:
        problem = f"These files are in {' and '.join(codes)}. Begin with those of one currency; the others come to the"
        raise InputError(Problem("books-in-currencies", f"{problem} new file by [actuals.files] and [fx]."))
    tables = file_tables(exports, files)
    _refuse_two_books(tables)
    account_exports = accounts(tables)
    active = [payee for payee in payees(account_exports) if payee.moved]
    if any(payee.ledger for payee in active):  # books have what was earned and incurred; a bank beside them its balance
        active = [payee for payee in active if payee.ledger]
        _refuse_one_account(active, account_exports)
    sides = TransferSides.of(tables)
    between = {payee: transfer for payee in active if (transfer := transfer_of(payee, sides)) is not None}
    flows = [payee for payee in active if payee not in between and not (payee.ledger and balance_sheet(payee))]
    months = [month for payee in flows for month in payee.months]
    if not months:
        raise InputError(without_rows(files, exports))
    first = min(months)
    last = max(first, min(max(months), closed_month(account_exports)))
    cash = opening_cash(account_exports, first) if opening is None else _option_cash(opening, account_exports, first)
    recurring = [payee for payee in flows if recurs(payee, first, last)][:LINES]
    names = dict(zip(recurring, _names(recurring), strict=True))
    single = [payee for payee in flows if payee not in recurring]
    text = [
        "#:schema ./runway.schema.json",
        "# A company from its books: each line goes on as the mean of its last three months. What is planned, new",
        "# people, prices or a round, is yours to add: runway kinds lists what a file may hold.",
        "",
        "[model]",
        'name         = "Our company"',
        f"currency     = {toml_text(code)}" + ("   # no file says it; --currency does" if guessed else ""),
        f"start        = {toml_text(month_label(first))}   # the first month of the books",
        "months       = 36",
        f"opening_cash = {cash}   # at the end of the month before",
        "",
        "[sources.books]",
        f"title = {toml_text(_titles(files))}",
        f"as_of = {toml_text(str(max(export.last for export in exports if export.last)))}",
        "",
    ]
    for payee, name in names.items():
        text += [*_line_table(payee, name, last), ""]
    for inward in (True, False):
        if any((payee.total > 0) == inward for payee in single):
            text += [*_single_table(inward), ""]
    lines = {payee: names.get(payee, SINGLE[payee.total > 0]) for payee in flows}
    lines |= {payee: sheet.line for payee in active if payee.ledger and (sheet := balance_sheet(payee))}
    mappings = [ImportedPayee(payee, Proposal(line, 1.0, "")) for payee, line in lines.items()]
    mappings += [ImportedPayee(payee, transfer) for payee, transfer in between.items()]
    bank = any(export.inward for export in exports) and any(payee.ledger for payee in active)
    through = last_day(last) if closed_month(account_exports) < last else None
    text += actuals_table(tables, mappings, out, reading, through)
    return "\n".join(
        [*text, "[[actuals.rules]]   # what the bank moved is in the books", 'match = ".*"', 'line  = "ignore"', ""]
        if bank
        else text
    )


def _exports_and_currency(files: Sequence[BookFile], option: str | None, reading: Reading) -> tuple[list[Export], str]:
    """The exports of files and the currency of the company; `option` is that of --currency.

    Each file is read as the assumption file that is written will read it.
    """
    exports = read_files(files, reading._replace(currency=option or "", currency_option=CURRENCY_OPTION))
    file_currency = currency_of(exports)
    silent = any(export.rows and not export.currency for export in exports)
    if option is None and silent:
        read_files(files, reading._replace(currency=file_currency, currency_option=CURRENCY_OPTION))
    if option is not None and option != file_currency and any(export.currency for export in exports) and not silent:
        text = f"These files say their currency, {file_currency}, so --currency {option} has no place. Leave it out."
        raise InputError(Problem("books-in-currencies", text))
    return exports, option or file_currency


def _refuse_one_account(active: Sequence[Payee], exports: Sequence[Export]) -> None:
    """Refuses a ledger with one account alone, which does not say where its money came from or went."""
    if len(active) == 1 and (ledger := next((e for e in exports if e.trait.double and e.rows), None)) is not None:
        text = f"{ledger.title} has the account {active[0].name} alone, and not those that its money came from and went"
        raise InputError(Problem("books-without-rows", f"{text} to. Export all accounts, or a statement of the bank."))


def _refuse_two_books(tables: Sequence[FileGroup]) -> None:
    """Refuses two kinds of books, as a profit and loss beside a ledger, of which each has all revenue."""
    books = {t.exports[0].trait: t for t in tables if t.exports[0].trait.by_account and t.exports[0].trait.monthly}
    if len(books) > 1:
        first, second = (f"{table.paths[0]} is {trait.words}" for trait, table in list(books.items())[:2])
        text = f"{first} and {second}, which say the same twice. Leave one of them out."
        raise InputError(Problem("counted-twice", text))


def closed_month(exports: Sequence[Export]) -> int:
    """The last month that every account covers to its end, as `last_close = "auto"` has it; absolute."""
    monthly = [export for export in exports if export.trait.monthly and not export.trait.on_its_days]
    return min((export.trait.covered(export.last) for export in monthly if export.last), default=10**6)


def recurs(payee: Payee, first: int, last: int) -> bool:
    """Whether a payee moved in most of the last months, two at least; all do in books of one month."""
    if first == last:
        return True
    recent = range(max(first, last - RECENT + 1), last + 1)
    active_months = sum(month in payee.months for month in recent)
    return active_months >= 2 and active_months * 2 > len(recent)


def _option_cash(option: str, exports: Sequence[Export], first: int) -> str:
    """The opening cash of --opening-cash. Raises `InputError` (opening-in-period) where every account says its own."""
    statements = [export for export in exports if export.inward and export.rows]
    if statements and all(export.opening for export in statements):
        amount = sum((balance.amount for export in statements for balance in export.opening), Decimal(0))
        where = f"in {month_text(month_label(first))}" if len(statements) > 1 else f"({statements[0].title})"
        text = f"The accounts begin with {amount:,.2f} {where}, so --opening-cash {option} has no place. Leave it out."
        raise InputError(Problem("opening-in-period", text))
    return toml_value(option)


def opening_cash(exports: Sequence[Export], first: int) -> str:
    """The balances of the accounts before the first month, as one figure with its source.

    Raises `InputError`: opening-cash-unknown.
    """
    by_account: dict[tuple[str, str], Balance] = {}
    for export in exports:
        if export.inward:
            for balance in export.opening:
                key = (export.layout, export.account or export.title)
                earlier = by_account.get(key)
                if earlier is None or balance.day < earlier.day:
                    by_account[key] = balance
    if not by_account:  # then the opening balances of a ledger
        by_account = {
            (export.title, balance.account): balance
            for export in exports
            for balance in export.opening
            if export.trait.double and is_cash(balance.account)
        }
    if not by_account:
        text = (
            f"No file says what the bank held before {month_text(month_label(first))}. Add a statement that shows its "
            "balance, or say it: --opening-cash 250000."
        )
        raise InputError(Problem("opening-cash-unknown", text))
    amount = sum((balance.amount for balance in by_account.values()), Decimal(0))
    return f'{{ value = {toml_value(str(amount))}, source = "books" }}'


def _titles(files: Sequence[BookFile]) -> str:
    titles = [file.title for file in files]
    return ", ".join(titles) if len(titles) <= 3 else f"{', '.join(titles[:2])} and {len(titles) - 2} more"


def _names(payees: Sequence[Payee]) -> list[str]:
    names = {*SINGLE.values(), *NO_LINES, *RESERVED, *kwlist}
    return [table_name(_words(payee.name.rpartition(":")[2]), names) for payee in payees]


def _words(name: str) -> str:
    """A name without the number of its account: "6100 Rent"."""
    return re.sub(r"^[\d\W]+(?=\w{2})", "", name)


def _line_table(payee: Payee, name: str, last: int) -> Iterator[str]:
    months = range(last - WINDOW + 1, last + 1)
    mean_months = [month for month in months if month >= min(payee.months)] or [last]
    mean = sum((payee.months.get(month, Decimal(0)) for month in mean_months), Decimal(0)) / len(mean_months)
    amount = abs(mean).quantize(Decimal("0.01"), ROUND_HALF_UP)
    yield f"[{'revenue' if payee.total > 0 else 'costs'}.{name}]"
    yield f"title  = {toml_text(payee.name)}"
    yield 'kind   = "recurring"'
    yield f'amount = {{ value = "{amount}/month", source = "books" }}'


def _single_table(inward: bool) -> Iterator[str]:
    yield f"[{'revenue' if inward else 'costs'}.{SINGLE[inward]}]"
    yield f'title  = "{"Receipts" if inward else "Costs"} that do not recur"'
    yield 'kind   = "recurring"'
    yield 'amount = "0/month"   # none are planned'
