"""An export of books as records: its rows, its balances, and how it is to be read, whatever its layout."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month, last_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

Kind = Literal["statement", "ledger", "profit_and_loss", "balances", "payroll", "figures"]
"""The kind of an export's rows.

statement        money that moved on one account of ours: money in is positive
ledger           postings of double-entry books: debits are positive
profit_and_loss  what was earned and incurred, one row an account and month, on its last day: debits are positive
balances         what stands on each account at one day, and so no month: debits are positive
payroll          what employees cost, one row a payment and component: costs are positive
figures          values of a model's rows, each of a month, in the row's own sign and under its address
"""


class Trait(NamedTuple):
    """The rules for the rows of an export that follow from its kind."""

    words: str
    sign: int = -1  # of its amounts, in that of money that comes in
    monthly: bool = True  # whether it has rows by month
    on_its_days: bool = False  # whether these are of a few days, so that the last does not say where the month ends
    double: bool = False  # whether it is kept by double entry, so that a month is closed by who keeps it
    by_account: bool = False  # whether the names of its accounts say which line a row belongs to, not its text
    of_model: bool = False  # whether its rows are values of a model, not of its books
    is_paid: bool = False  # whether others pay it or are paid by it: its rows are settled by theirs

    def covered(self, last: date, *, closed: bool = False) -> int:
        """The last month, absolute, that an export whose last day is given covers to its end.

        Of what is paid on a few days that of the last of them.  A ledger is `closed` where the user says so: then its
        last entry need not be of the last day.
        """
        month = absolute_month(last)
        whole = self.on_its_days or last == last_day(month) or (closed and self.double)
        return month if whole else month - 1


TRAITS: dict[Kind, Trait] = {
    "statement": Trait("a statement of an account", sign=1, is_paid=True),
    "ledger": Trait("a ledger", double=True, by_account=True),
    "profit_and_loss": Trait("a profit and loss", by_account=True),
    "balances": Trait("a sheet of balances", monthly=False, by_account=True),
    "payroll": Trait("a payroll", on_its_days=True, is_paid=True),
    "figures": Trait("a table of figures", monthly=False, by_account=True, of_model=True),
}


class BookRow(NamedTuple):
    """One amount of an export."""

    day: date  # booked, not the value date
    account: str  # of a ledger; of a statement the kind of movement where the file says it: "charge", "fee", "payout"
    text: str  # payee and purpose, parted by " | "
    amount: Decimal  # every digit that was written, in the sign of the export's kind
    line: int  # of the file, the first of the row; 0 where it has none
    id: str = ""  # that the exporter gives, unique in one account
    balance: Decimal | None = None  # of the account, after this row


class Balance(NamedTuple):
    """The balance of an account at the end of a day (an opening balance: before its first row)."""

    day: date
    amount: Decimal
    line: int
    account: str = ""  # of a ledger's opening entry, or of a sheet of balances


class LeftOutRows(NamedTuple):
    """Rows that do not count: failed or pending payments, balances carried over, what the user leaves out."""

    reason: str  # the word of the file: "Failed", "Umsatz vorgemerkt", "opening balance"
    rows: int
    amount: Decimal


class Export(NamedTuple):
    """One account of one file: a file with several accounts or currencies gives several."""

    title: str  # of the file
    layout: str  # its name in the table of layouts: "chase_checking", "camt053"
    kind: Kind
    account: str  # of a statement: whose it is, as the file says it; else empty
    currency: str  # ISO code in capitals; empty where the file says none
    rows: tuple[BookRow, ...]  # from the first day to the last, in the order in which they were booked
    first: date | None  # the days that the export covers, as it says or from its rows
    last: date | None
    opening: tuple[Balance, ...] = ()  # a statement has at most one; a ledger the rows of its opening entry by account
    closing: tuple[Balance, ...] = ()
    steps: tuple[int, int] = (0, 0)  # running balances that were checked, and how many could be
    left_out: tuple[LeftOutRows, ...] = ()
    remarks: tuple[str, ...] = ()  # sentences for the user: "Months are those of UTC."

    @property
    def trait(self) -> Trait:
        return TRAITS[self.kind]

    @property
    def inward(self) -> bool:
        """Whether it is a statement of an account, in which money in is positive."""
        return self.trait.sign > 0


class Reading(NamedTuple):
    """The user's settings for a file, in `[actuals.files.NAME]` or as options; None where they are found from it."""

    currency: str  # of the model, for exports that say none
    layout: str | None = None
    date: str | None = None  # "day-month-year", "month-day-year" or "year-month-day"
    decimal: str | None = None  # "." or ","
    encoding: str | None = None
    only: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # by column, the words of rows that count
    leave_out: str | None = None  # a regular expression over account and text
    duplicates: bool = False  # whether rows that cannot be told apart are several
    layouts: Mapping[str, Mapping[str, Any]] = MappingProxyType({})  # the user's own, `[actuals.layouts.NAME]`
    table: str = "[actuals.files.NAME]"  # where the user writes the key that a message asks for
    like: Literal["", "statement", "ledger"] = ""  # its kind, as far as the user's words on its accounts show it
    sheet: str | None = None  # of a workbook: the name of the one to read
    currency_option: str = ""  # the option that says the currency, where there is no table for it yet
    worth: tuple[str, ...] = ()  # currencies that amounts may be in, the model's own first; none: any

    def __hash__(self) -> int:
        return hash((self.currency, self.layout, self.like, self.sheet, self.duplicates, self.currency_option))


class BookFile(NamedTuple):
    """A file that is to be read."""

    title: str  # as the user wrote it
    path: Path
    changed: int = 0  # when it was last, in nanoseconds, where it is known
