"""The actual values of the closed months, and the books that they were read from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from runway.files.closed_months import BANK_AMOUNT, BANK_DAY, CLOSED, SCALE, SCALE_BEFORE
from runway.language.named_tuple import NamedTuple
from runway.months import position

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from runway.files.books.export import Kind


class CashOnDay(NamedTuple):
    """The net movement of our own accounts from the last close, else the start, to the end of a day."""

    day: date
    moved: Decimal
    file: str  # the first that says so

    def parameters(self, start: int) -> dict[str, float]:
        """The day, and by how much its cash differs from the plan's, which is 0 until it has been measured."""
        return {BANK_DAY: position(self.day, start), BANK_AMOUNT: 0.0}


class Value(NamedTuple):
    """A row's actual value of one month."""

    value: Decimal
    line: int  # of the file, the first that it comes from; 0 where the file has none
    rows: int  # of the file that it sums
    file: str = ""  # where that is not the one of all of the row's values


class Account(NamedTuple):
    """The books' total of one account over the closed months."""

    name: str
    total: Decimal
    rows: int


class BookSource(NamedTuple):
    """One account of the books that was read, and the uses of its amounts, in its own currency and sign."""

    name: str
    files: tuple[str, ...]
    layout: str
    kind: Kind
    currency: str
    first: date | None  # the days that it covers
    last: date | None
    rows: int  # that count
    twice: int  # that stand in several files, and count once
    total: Decimal
    uses: Mapping[str, Decimal]  # "used", "ignored", …: they add up to the total
    steps: tuple[int, int]  # running balances that foot, and how many there are
    after_close: int = 0  # rows of later months

    def to_json(self) -> dict[str, object]:
        """Amounts as text, every digit kept."""
        record = self._asdict() | {"files": list(self.files), "steps": list(self.steps), "total": str(self.total)}
        days = {key: None if (day := record[key]) is None else day.isoformat() for key in ("first", "last")}
        return record | days | {"uses": {use: str(amount) for use, amount in self.uses.items()}}


class CashAccount(NamedTuple):
    """An account of ours that holds cash, in its own currency: opening + moved = closing in each closed month."""

    name: str
    currency: str
    opening: Decimal
    proven: bool  # whether its file says its balance; else its opening is the opening cash less that of the others
    moved: tuple[Decimal, ...]
    closing: tuple[Decimal, ...]


class BooksCash(NamedTuple):
    """The books' cash at the end of each closed month; None where they do not say it."""

    name: str
    closing: tuple[Decimal | None, ...]


class OpeningCash(NamedTuple):
    """The cash at the start as the books have it."""

    amount: Decimal
    file: str
    line: int
    day: date | None = None  # of the entry that opens them


class DriverScale(NamedTuple):
    """The factors of a line's driver with which its formula gives what each closed month earned."""

    before: tuple[float, ...]  # in each closed month before the last
    close: float = 1.0  # in the last
    of_plan: float = 1.0  # what the last closed month earned, divided by what its formula gives as planned


class Actuals(NamedTuple):
    """The actual values of rows, one a closed month, and where they stand."""

    file: str
    files: Mapping[str, str]  # the file that each row's values stand in
    last_close: int  # absolute month
    closed: int  # months of the model
    values: Mapping[str, tuple[Value, ...]]  # by the address of the row
    unmapped: tuple[Account, ...] = ()  # accounts that are mapped to no line
    remarks: tuple[str, ...] = ()  # sentences for the user about the books
    scales: Mapping[str, DriverScale | None] = MappingProxyType({})
    # by the line of revenue whose driver is not in the books; None where that is kept as planned
    sources: tuple[BookSource, ...] = ()  # none of a table of figures
    accounts: tuple[CashAccount, ...] = ()
    in_transit: tuple[Decimal, ...] = ()  # between two accounts at the end of each closed month, and ours
    books_cash: tuple[BooksCash, ...] = ()
    opening: OpeningCash | None = None  # where it is taken from the books
    bank: CashOnDay | None = None  # as of a day after the last close, where the books have rows by the day

    @property
    def closing_cash(self) -> float:
        """The cash at the last close."""
        return float(self.values["cash"][-1].value)

    def without_rows(self, start: int) -> dict[str, tuple[str, ...]]:
        """The closed months in which a ledger has no row for a line that it has rows for in others: they count as 0.

        By the line's name, or the address of a row that is no line's.
        """
        from runway.months import month_label

        empty_months = {}
        for address, values in self.values.items():
            months = tuple(month_label(start + t) for t, value in enumerate(values) if value.rows == 0)
            booked = self.sources and f"{address.partition('.')[0]}.cash" not in self.values
            if booked and months and address != "cash":
                empty_months[address if address.startswith("cash") else address.partition(".")[0]] = months
        return empty_months

    def parameters(self, start: int) -> dict[str, float]:
        """Every actual value by its address, and how many months are closed."""
        from runway.months import month_label

        parameters = {CLOSED: float(self.closed)}
        for address, values in self.values.items():
            for t, value in enumerate(values):
                parameters[f"actuals.{address}.{month_label(start + t)}"] = float(value.value)
        for name, scale in self.scales.items():
            if scale is not None:
                before = {SCALE_BEFORE.format(name, month_label(start + t)): s for t, s in enumerate(scale.before)}
                parameters |= before | {SCALE.format(name): scale.close}
        return parameters
