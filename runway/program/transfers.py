"""Money that moves between two of our accounts: each row that leaves one is found again in the other.

Two rows are one transfer where their amounts are the same, one in and one out, within seven days; between currencies
where they are worth the same to a twentieth.  It counts in no line.  What has left one account and not yet reached the
other is on its way, and still ours.
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
SPREAD = Decimal("0.05")  # of what is worth the same in two currencies
ANY = "*"  # the transfer of a row that says itself that it is one, but not to which account
MOST = 5  # that an error names


class Moved(NamedTuple):
    """A row of an account that holds cash, and where it belongs."""

    source: AccountRows
    file: str
    row: BookRow
    target: Destination | None


class Leg(NamedTuple):
    """One side of a transfer: from which day on it is on its way, and until which, or for good."""

    moved: Moved
    since: date | None  # None: it was on its way before its own account has it
    until: date | None


def matched(
    model: Model,
    table: ActualsTable,
    accounts: Sequence[AccountRows],
    rows: Sequence[Moved],
    worth: Callable[[str, Decimal, date], Decimal],
    close: date,
    *,
    strict: bool = True,
) -> tuple[list[Leg], set[int]]:
    """What is on its way between two accounts, and the places of the rows without a line that are transfers after all.

    `accounts` hold cash, and `rows` are those of theirs that may be transfers; `worth` is what an amount of a currency
    is worth on a day; what is after the `close` has not happened.  Raises `InputError` (transfer-unmatched); if not
    `strict` what reached no account is gone.
    """
    wanted = [n for n, moved in enumerate(rows) if moved.target is not None and moved.target.transfer]
    open_rows = {n for n, moved in enumerate(rows) if moved.target is None} | set(wanted)
    by_amount: dict[tuple[str, Decimal], list[int]] = {}
    for n in sorted(open_rows, key=lambda n: (rows[n].target is None, rows[n].row.day)):
        by_amount.setdefault((rows[n].source.currency, rows[n].row.amount), []).append(n)
    pairs: dict[int, int] = {}
    for n in sorted(wanted, key=lambda n: rows[n].row.day):
        if n in pairs:
            continue
        ours = rows[n]
        same = by_amount.get((ours.source.currency, -ours.row.amount), ())
        near = [m for m in same if m not in pairs and m != n and _may_be(ours, rows[m])]
        if not near:
            near = [m for m in wanted if m not in pairs and m != n and _worth_the_same(ours, rows[m], worth)]
        if near:
            m = min(near, key=lambda m: _distance(ours, rows[m], m))
            pairs[n], pairs[m] = m, n
    legs, lost = list[Leg](), list[Moved]()
    for n in wanted:
        if n in pairs:
            continue
        moved = rows[n]
        if (leg := _under_way(moved, accounts, close)) is None:
            lost.append(moved)
        else:
            legs.append(leg)
    if lost and strict:
        raise InputError(_unmatched(model, table, lost))
    for n, m in pairs.items():
        if rows[n].row.day < rows[m].row.day:
            legs.append(Leg(rows[n], rows[n].row.day, rows[m].row.day))
    return legs, {n for n in pairs if rows[n].target is None}


def under_way(legs: Sequence[Leg], day: date, worth: Callable[[str, Decimal, date], Decimal]) -> Decimal:
    """What is ours at the end of a day that one account no longer has and the other not yet, where the one had it."""
    return sum(
        (
            -worth(leg.moved.source.currency, leg.moved.row.amount, leg.moved.row.day)
            for leg in legs
            if leg.since is not None and leg.since <= day and (leg.until is None or leg.until > day)
        ),
        Decimal(0),
    )


def _distance(ours: Moved, other: Moved, place: int) -> tuple[bool, bool, timedelta, int]:
    """What makes a row less likely to be the other side: that of the same account, without a rule, of another day."""
    days = abs(other.row.day - ours.row.day)
    return other.source is ours.source, other.target is None, days, place


def _may_be(ours: Moved, other: Moved) -> bool:
    """Whether a row of the same amount can be the other side of a transfer."""
    there = ours.target.transfer if ours.target is not None else ANY
    back = other.target.transfer if other.target is not None else ANY
    returned = other.target is not None and there == back == ANY  # a payout that came back
    if (other.source is ours.source and not returned) or abs(other.row.day - ours.row.day) > WITHIN:
        return False
    return there in (other.source.name, ANY) and back in (ours.source.name, ANY)


def _worth_the_same(ours: Moved, other: Moved, worth: Callable[[str, Decimal, date], Decimal]) -> bool:
    if other.source.currency == ours.source.currency or not _may_be(ours, other):
        return False
    values = [worth(moved.source.currency, moved.row.amount, moved.row.day) for moved in (ours, other)]
    return values[0] * values[1] < 0 and abs(values[0] + values[1]) <= SPREAD * abs(values[0])


def _under_way(moved: Moved, accounts: Sequence[AccountRows], close: date) -> Leg | None:
    """The one side that is there, where the files of the other end or begin within the days; None where they go on."""
    assert moved.target is not None
    there = moved.target.transfer
    others = [each for each in accounts if each is not moved.source and there in (each.name, ANY)]
    spans = [(each.first, min(close, each.last)) for each in others if each.first and each.last]
    day = moved.row.day
    if not spans:
        return Leg(moved, day, None) if others else None
    if any(last < (day + WITHIN if moved.row.amount < 0 else day) for _, last in spans):
        return Leg(moved, day, None)
    came_before = moved.row.amount > 0 and any(day - WITHIN < first for first, _ in spans)
    return Leg(moved, None, day) if came_before else None


def _unmatched(model: Model, table: ActualsTable, lost: Sequence[Moved]) -> Problem:
    lines = []
    for moved in sorted(lost, key=lambda moved: moved.row.day)[:MOST]:
        amount, day = moved.row.amount, moved.row.day
        there = moved.target.transfer if moved.target is not None else ANY
        other = "no other account" if there == ANY else f"did not reach {there}"
        where = f"(line {moved.row.line} of {moved.file})"
        if amount < 0:
            reached = f"reached {other}" if there == ANY else other
            lines.append(
                f"{-amount:,} left {moved.source.title} on {day_text(day)} and {reached} by "
                f"{day_text(day + WITHIN)} {where}."
            )
        else:
            came = other if there == ANY else there
            lines.append(
                f"{amount:,} reached {moved.source.title} on {day_text(day)} and left {came} on no day from "
                f"{day_text(day - WITHIN)} on {where}."
            )
    if len(lost) > MOST:
        lines.append(f"And {len(lost) - MOST:,} more.")
    lines.append("Name the file of the other account, or send these rows to a line by a rule.")
    name = lost[0].source.name
    path = ("actuals", "files", name) if table.file is None else ("actuals", "file")
    return model.document.problem(path, "transfer-unmatched", "\n".join(lines), at="key")
