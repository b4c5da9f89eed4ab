"""The line of a row of a payment service that names its own kind: a payout, a fee, a refund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.program.rules import Destination
from runway.program.transfers import ANY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runway.files.books.export import BookRow
    from runway.model.model import Model
    from runway.program.exports import AccountRows

PAYOUTS = ("payout", "payout_reversal", "payout_failure", "payout_cancel")
FEES = ("fee", "stripe_fee", "processing_fee")
REFUNDS = ("refund", "payment_refund", "refund_failure", "partial_capture_reversal")


def is_fee(row: BookRow) -> bool:
    """Whether a row says itself that it is a fee of the service."""
    return row.account.casefold() in FEES


class Guess:
    """The lines of rows of one account that no rule names, by the word of their movement."""

    def __init__(self, model: Model, source: AccountRows) -> None:
        self._model, self._source = model, source
        self._charges: set[str] = set()
        self._place, self._line = (
            ("", 0),
            "",
        )  # file and row number of the row before; its line in the model
        self._spent = False  # whether that went out

    def note(self, file: str, row: BookRow, line: str) -> None:
        """Notes the line of a row whose line is known."""
        if row.amount > 0:
            self._charges.add(line)
        self._spent = row.amount < 0
        self._place, self._line = (file, row.line), line

    def beside(self, file: str, row: BookRow) -> bool:
        """Whether a row is a fee that stands in the line of another row, whose text it bears."""
        return self._place == (file, row.line) and is_fee(row)

    def target(self, file: str, row: BookRow) -> Destination | None:
        """The destination of a row without a rule; None where its words name none."""
        if self._source.trait.sign < 0:
            return None
        word = row.account.casefold()
        if word in PAYOUTS:
            return Destination(transfer=ANY)
        if is_fee(row):
            beside = self.beside(file, row)
            fees = {name for line in ({self._line} if beside else self._charges) for name in self._fees_of(line)}
            if not fees and self._spent and beside:  # of a payment, not of a sale
                return Destination(self._line)
            return Destination(fees.pop()) if len(fees) == 1 else None
        if word in REFUNDS and len(self._charges) == 1:
            return Destination(next(iter(self._charges)))
        return None

    def _fees_of(self, line: str) -> Iterable[str]:
        """The costs that are a share of one line of revenue alone, else those that are a share of it and of others."""
        rows = {line, f"{line}.revenue", f"{line}.billed"}
        shares = {item.name: item.part.share_of() for item in self._model.section("costs")}
        alone = [name for name, bases in shares.items() if bases and bases <= rows]
        totals = {*rows, "total.revenue", "total.recurring_revenue"}
        return alone or [name for name, bases in shares.items() if bases & totals]
