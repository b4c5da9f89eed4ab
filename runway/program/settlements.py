"""Lines whose amounts stand in one file and whose payment stands in another: a payroll, a card, a payment service.

A payment of our accounts to, or from, such a file pays its rows, the oldest first; a row of the other direction (a fee
that is kept back, a refund) is settled at once.  So each line's cash adds up to just the payments.
"""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.program.transfers import WITHIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from runway.files.books.export import BookRow


class OwedAmount(NamedTuple):
    """A row of the file: the amount that it will bring (or cost, below zero), and its line."""

    day: date
    line: str
    amount: Decimal


class Payment(NamedTuple):
    """A row of an account that pays the file, or is paid by it."""

    file: str
    row: BookRow
    amount: Decimal  # in the model's currency


class PaymentShare(NamedTuple):
    """A part of a payment that belongs to a line."""

    payment: Payment
    line: str
    amount: Decimal


def settled(owed: Sequence[OwedAmount], payments: Sequence[Payment]) -> Iterator[PaymentShare]:
    """Each payment by the lines of the rows that it pays; an excess belongs to the file's largest line."""
    upcoming = deque(sorted(owed, key=lambda item: item.day))
    due = list[OwedAmount]()
    sums: dict[str, Decimal] = {}
    for item in upcoming:
        sums[item.line] = sums.get(item.line, Decimal(0)) + item.amount
    for payment in sorted(payments, key=lambda payment: payment.row.day):
        day = payment.row.day
        for until in (day, day + WITHIN):  # a payroll may be paid before its check date
            while upcoming and upcoming[0].day <= until:
                due.append(upcoming.popleft())
            if abs(sum((item.amount for item in due), Decimal(0))) >= abs(payment.amount):
                break
        remaining, kept = payment.amount, list[OwedAmount]()
        paid = due[: _batch(due, payment.amount)]
        for item in paid:  # those of the other direction first
            if item.amount * payment.amount < 0:
                yield PaymentShare(payment, item.line, item.amount)
                remaining -= item.amount
        for item in paid:
            if item.amount * payment.amount <= 0:
                continue
            part = item.amount if abs(item.amount) <= abs(remaining) and item.amount * remaining > 0 else remaining
            if part * item.amount <= 0:
                kept.append(item)
                continue
            yield PaymentShare(payment, item.line, part)
            remaining -= part
            if part != item.amount:
                kept.append(item._replace(amount=item.amount - part))
        due = [*kept, *due[len(paid) :]]
        if remaining:
            line = max(sums, key=lambda name: sums[name] * payment.amount)
            yield PaymentShare(payment, line, remaining)


def _batch(owed: Sequence[OwedAmount], amount: Decimal) -> int:
    """The number of rows, from the oldest, whose sum is a payment, which then pays these; all if none is."""
    come_to = list(accumulate(item.amount for item in owed))
    return next((n for n in range(len(owed), 0, -1) if come_to[n - 1] == amount), len(owed))
