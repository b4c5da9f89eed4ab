"""The bank held against itself, against the books and against the lines, month by month and to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from runway.files.closed_months import DIFFERENCE
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from runway.answers.projection import Projection
    from runway.files.actuals import Actuals
    from runway.language.record import Money


@dataclass(frozen=True, slots=True)
class MonthReconciled:
    """One closed month: opening + moved = closing, and the part of it that the lines do not explain."""

    month: str
    opening: Money  # of all accounts, with money on its way between them
    moved: Money
    closing: Money
    in_transit: Money  # of the closing cash, between two accounts
    by_lines: Money  # the net cash flow of all lines
    unreconciled: Money  # moved less by_lines


@dataclass(frozen=True, slots=True)
class BankComparison:
    """The cash that the books have at the end of a month, beside that of the bank."""

    books: str  # the name of the file
    month: str
    bank: Money
    cash: Money

    KEYS: ClassVar = ("books", "month", "bank", "cash", "difference")

    @property
    def difference(self) -> Money:
        return self.bank - self.cash


@dataclass(frozen=True, slots=True)
class AccountReconciled:
    """One account in its own currency, from the first of these months to the last; amounts as they are written."""

    name: str
    currency: str
    opening: Decimal
    moved: Decimal
    closing: Decimal
    stated: bool  # whether its files state its balance, so that the closing has been checked


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The cash of the closed months, as the bank, the books and the lines have it."""

    months: tuple[MonthReconciled, ...]
    accounts: tuple[AccountReconciled, ...]  # of statements
    books: tuple[BankComparison, ...]


def reconciliation(projection: Projection, actuals: Actuals, months: Sequence[int], start: int) -> Reconciliation:
    """The cash of these months by the bank, the books and the lines."""
    rows, digits = projection.rows, projection.minor_digits
    reconciled = []
    for t in months:
        opening, closing = rows["opening_cash"][t], rows["cash"][t]
        unreconciled = rows[f"{DIFFERENCE}.cash"][t]
        moved = round(closing - opening, digits)
        transit = float(actuals.in_transit[t]) if actuals.in_transit else 0.0
        by_lines = round(moved - unreconciled, digits)
        month = month_label(start + t)
        reconciled.append(MonthReconciled(month, opening, moved, closing, transit, by_lines, unreconciled))
    accounts = tuple(
        AccountReconciled(
            account.name,
            account.currency,
            account.closing[months[0] - 1] if months[0] else account.opening,
            sum((account.moved[t] for t in months[1:]), account.moved[months[0]]),
            account.closing[months[-1]],
            account.proven,
        )
        for account in actuals.accounts
    )
    books = tuple(
        BankComparison(ledger.name, month_label(start + t), rows["cash"][t], round(float(cash), digits))
        for ledger in actuals.books_cash
        for t in months
        if (cash := ledger.closing[t]) is not None
    )
    return Reconciliation(tuple(reconciled), accounts, books)
