"""Transfers between two of our accounts: each row out of one account is matched with a row into the other.

Two rows are one transfer where their amounts are the same, one in and one out, within seven days; between currencies
where they are worth the same to a twentieth.  It counts in no line.  Money that has left one account and not yet
reached the other is on its way, and still ours.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from runway.files.books.export import BookRow
    from runway.model.books import ActualsTable
    from runway.model.model import Model
    from runway.program.exports import AccountRows
    from runway.program.rules import Destination

WITHIN = timedelta(days=7)
SPREAD = Decimal("0.05")  # between amounts worth the same in two currencies
ANY = "*"  # the transfer of a row that says itself that it is one, but not to which account
MOST_ROWS = 5  # that an error names


class CashMovement(NamedTuple):
    """A row of an account that holds cash, and where it belongs."""

    source: AccountRows
    file: str
    row: BookRow
    target: Destination | None


class Leg(NamedTuple):
    """One side of a transfer: from which day on it is on its way, and until which, or for good."""

    moved: CashMovement
    since: date | None  # None: it was on its way before its own account has it
    until: date | None


def matched(
    model: Model,
    table: ActualsTable,
    accounts: Sequence[AccountRows],
    rows: Sequence[CashMovement],
    worth: Callable[[str, Decimal, date], Decimal],
    close: date,
    *,
    strict: bool = True,
) -> tuple[list[Leg], set[int]]:
    """The transfers on their way between two accounts, and the places of the rows of no rule that are transfers.

    `accounts` hold cash, and `rows` are those of theirs that may be transfers; `worth` converts an amount of a currency
    on a day; no file covers days after the `close`.  Raises `InputError` (transfer-unmatched); if not `strict` leaves
    out a transfer that reached no account.
    """
    by_rule = [n for n, moved in enumerate(rows) if moved.target is not None and moved.target.transfer]
    open_rows = {n for n, moved in enumerate(rows) if moved.target is None} | set(by_rule)
    by_amount: dict[tuple[str, Decimal], list[int]] = {}
    for n in sorted(open_rows, key=lambda n: (rows[n].target is None, rows[n].row.day)):
        by_amount.setdefault((rows[n].source.currency, rows[n].row.amount), []).append(n)
    pairs: dict[int, int] = {}
    for n in sorted(by_rule, key=lambda n: rows[n].row.day):
        if n in pairs:
            continue
        ours = rows[n]
        opposite = by_amount.get((ours.source.currency, -ours.row.amount), ())
        candidates = [m for m in opposite if m not in pairs and m != n and _can_pair(ours, rows[m])]
        if not candidates:
            candidates = [m for m in by_rule if m not in pairs and m != n and _worth_the_same(ours, rows[m], worth)]
        if candidates:
            m = min(candidates, key=lambda m: _distance(ours, rows[m], m))
            pairs[n], pairs[m] = m, n
    legs, unmatched = list[Leg](), list[CashMovement]()
    for n in by_rule:
        if n in pairs:
            continue
        moved = rows[n]
        if (leg := _under_way(moved, accounts, close)) is None:
            unmatched.append(moved)
        else:
            legs.append(leg)
    if unmatched and strict:
        raise InputError(_unmatched(model, table, unmatched))
    for n, m in pairs.items():
        if rows[n].row.day < rows[m].row.day:
            legs.append(Leg(rows[n], rows[n].row.day, rows[m].row.day))
    return legs, {n for n in pairs if rows[n].target is None}


def under_way(legs: Sequence[Leg], day: date, worth: Callable[[str, Decimal, date], Decimal]) -> Decimal:
    """The money at the end of a day that has left one account and not yet reached the other."""
    return sum(
        (
            -worth(leg.moved.source.currency, leg.moved.row.amount, leg.moved.row.day)
            for leg in legs
            if leg.since is not None and leg.since <= day and (leg.until is None or leg.until > day)
        ),
        Decimal(0),
    )


def _distance(ours: CashMovement, theirs: CashMovement, place: int) -> tuple[bool, bool, timedelta, int]:
    """The rank of a row as the other side of a transfer: last those of the same account, without a rule, days off."""
    days = abs(theirs.row.day - ours.row.day)
    return theirs.source is ours.source, theirs.target is None, days, place


def _can_pair(ours: CashMovement, theirs: CashMovement) -> bool:
    """Whether a row of the same amount can be the other side of a transfer."""
    destination = ours.target.transfer if ours.target is not None else ANY
    origin = theirs.target.transfer if theirs.target is not None else ANY
    returned = theirs.target is not None and destination == origin == ANY  # a payout that came back
    if (theirs.source is ours.source and not returned) or abs(theirs.row.day - ours.row.day) > WITHIN:
        return False
    return destination in (theirs.source.name, ANY) and origin in (ours.source.name, ANY)


def _worth_the_same(ours: CashMovement, theirs: CashMovement, worth: Callable[[str, Decimal, date], Decimal]) -> bool:
    if theirs.source.currency == ours.source.currency or not _can_pair(ours, theirs):
        return False
    values = [worth(moved.source.currency, moved.row.amount, moved.row.day) for moved in (ours, theirs)]
    return values[0] * values[1] < 0 and abs(values[0] + values[1]) <= SPREAD * abs(values[0])


def _under_way(moved: CashMovement, accounts: Sequence[AccountRows], close: date) -> Leg | None:
    """The leg of a row whose other side the files may not have yet, or no longer; None where they cover its days."""
    assert moved.target is not None
    destination = moved.target.transfer
    candidates = [a for a in accounts if a is not moved.source and destination in (a.name, ANY)]
    spans = [(account.first, min(close, account.last)) for account in candidates if account.first and account.last]
    day = moved.row.day
    if not spans:
        return Leg(moved, day, None) if candidates else None
    if any(last < (day + WITHIN if moved.row.amount < 0 else day) for _, last in spans):
        return Leg(moved, day, None)
    came_before = moved.row.amount > 0 and any(day - WITHIN < first for first, _ in spans)
    return Leg(moved, None, day) if came_before else None


def _unmatched(model: Model, table: ActualsTable, unmatched: Sequence[CashMovement]) -> Problem:
    lines = []
    for moved in sorted(unmatched, key=lambda moved: moved.row.day)[:MOST_ROWS]:
        amount, day = moved.row.amount, moved.row.day
        destination = moved.target.transfer if moved.target is not None else ANY
        where = f"(line {moved.row.line} of {moved.file})"
        if amount < 0:
            reached = "reached no other account" if destination == ANY else f"did not reach {destination}"
            lines.append(
                f"{-amount:,} left {moved.source.title} on {day_text(day)} and {reached} by "
                f"{day_text(day + WITHIN)} {where}."
            )
        else:
            origin = "no other account" if destination == ANY else destination
            lines.append(
                f"{amount:,} reached {moved.source.title} on {day_text(day)} and left {origin} on no day from "
                f"{day_text(day - WITHIN)} on {where}."
            )
    if len(unmatched) > MOST_ROWS:
        lines.append(f"And {len(unmatched) - MOST_ROWS:,} more.")
    lines.append("Name the file of the other account, or send these rows to a line by a rule.")
    name = unmatched[0].source.name
    path = ("actuals", "files", name) if table.file is None else ("actuals", "file")
    return model.document.problem(path, "transfer-unmatched", "\n".join(lines), at="key")
