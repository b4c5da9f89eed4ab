"""Several exports of one account as one: rows that stand in two of them count once.

A row is told from another by its id and amount, else by its day, amount, balance and text.  It counts as often as the
export has it that has it most.  A day that two exports cover has the same rows in both; only of its last day, on which
it may have been made, an export may lack some.  Nothing is kept from one reading to the next.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from runway.errors import InputError, Problem
from runway.files.books.export import Balance
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month
from runway.words import counted, day_text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from runway.files.books.export import BookRow, Export

CENT = Decimal("0.005")  # the difference that balances may have
_Key = TypeVar("_Key", bound="Hashable")
ALIKE = 3  # amounts that two accounts do not have in common by chance; one less where they have no other


class FileRows(NamedTuple):
    """The rows of one file that count."""

    title: str
    rows: tuple[BookRow, ...]


class MonthRows(NamedTuple):
    """The amount of an account in one month."""

    amount: Decimal
    rows: int
    file: str  # where the first of them stands
    line: int


class JoinedAccount(NamedTuple):
    """One account of one or several files."""

    parts: tuple[FileRows, ...]  # in the order of their first days
    twice: int  # rows that stand in several files
    opening: Balance | None  # before the first row, where a file says it
    closing: Balance | None  # after the last row, where that file says it
    days: tuple[tuple[date, date], ...]  # the spans that the files cover

    def by_month(self) -> dict[int, MonthRows]:
        """Its amount by month, absolute."""
        return _summed((month, rows) for (_, month), rows in self.postings().items())

    def postings(self) -> dict[tuple[str, int], MonthRows]:
        """The amounts by account and month, absolute; in the order of their first rows."""
        days: dict[tuple[str, date], MonthRows] = {}
        for part in self.parts:
            for day, account, _, amount, line, _, _ in part.rows:
                known = days.get((account, day))
                if known is None:
                    days[account, day] = MonthRows(amount, 1, part.title, line)
                else:
                    days[account, day] = MonthRows(known.amount + amount, known.rows + 1, known.file, known.line)
        return _summed(((account, absolute_month(day)), rows) for (account, day), rows in days.items())

    def until(self, day: date) -> JoinedAccount:
        """The account as it was known at the end of a day."""
        parts = tuple(
            FileRows(part.title, tuple(row for row in part.rows if row.day <= day))
            for part in self.parts
            if any(row.day <= day for row in part.rows)
        )
        days = tuple((first, min(last, day)) for first, last in self.days if first <= day)
        return self._replace(parts=parts, days=days, closing=None)


def _summed(groups: Iterable[tuple[_Key, MonthRows]]) -> dict[_Key, MonthRows]:
    """The groups of rows of each key as one, which stands where the first of them does."""
    sums: dict[_Key, MonthRows] = {}
    for key, rows in groups:
        known = sums.get(key)
        sums[key] = rows if known is None else known._replace(
            amount=known.amount + rows.amount, rows=known.rows + rows.rows
        )  # fmt: skip
    return sums


def by_account(exports: Iterable[Export], currency: str = "") -> dict[tuple[str, str, str], list[Export]]:
    """The exports of each account, by kind, account and currency; `currency` is that of files which say none."""
    grouped: dict[tuple[str, str, str], list[Export]] = {}
    for export in exports:
        grouped.setdefault((export.kind, export.account, export.currency or currency), []).append(export)
    return grouped


def joined(exports: Sequence[Export]) -> JoinedAccount:
    """The exports of one account as one.

    Raises `InputError`: files-disagree, balance-does-not-foot.
    """
    in_order = sorted(exports, key=lambda e: (e.first or date.max, e.last or date.max, e.title))
    for n, export in enumerate(in_order):
        for second in in_order[n + 1 :]:
            _agree(export, second)
    highest: Counter[tuple[object, ...]] = Counter()
    parts, twice = list[FileRows](), 0
    for export in in_order:
        if len(in_order) == 1:
            parts.append(FileRows(export.title, export.rows))
            break
        counts: Counter[tuple[object, ...]] = Counter()
        rows = []
        for row in export.rows:
            key = _key(row)
            counts[key] += 1
            if counts[key] > highest[key]:
                highest[key] = counts[key]
                rows.append(row)
        twice += len(export.rows) - len(rows)
        parts.append(FileRows(export.title, tuple(rows)))
    opening, closing = _balances(in_order, parts)
    days = tuple((e.first, e.last) for e in in_order if e.first is not None and e.last is not None)
    return JoinedAccount(tuple(parts), twice, opening, closing, days)


def same_account(export: Export, second: Export) -> bool | None:
    """Whether two exports of equal layout are downloads of one account, or of two; None where neither shows.

    A row that says its id or the balance after it stands in both only of one account, which may also begin in the one
    with what is left of it in the other, and so do most rows of different amounts; of two accounts no row is the same
    on the days that both have rows of, and books may be those of one company all the same.
    """
    if follows(export, second) or follows(second, export) or shared_row(export, second) is not None:
        return True
    if not export.inward:
        return None
    ours, theirs = ({_key(row) for row in rows} for rows in _overlap(export, second))
    return False if ours and theirs and not ours & theirs else None


def shared_row(export: Export, second: Export) -> BookRow | None:
    """A row of an export that stands in another, too, told by its id or the balance after it.

    Else, of most rows on the days that both cover, the first, where they have amounts enough to be no chance.
    """
    ours, theirs = _overlap(export, second)
    their_rows = {row._replace(line=0) for row in theirs if row.id or row.balance is not None}
    proven = next((row for row in ours if their_rows and row._replace(line=0) in their_rows), None)
    if proven is not None:
        return proven
    return _in_common(ours, theirs, lambda row: (row.account, *_key(row)))


def said_twice(export: Export, second: Export) -> BookRow | None:
    """A row of an export of another layout that two forms of one account, or of the same books, have: most of the rows
    on the days that both cover have their day and amount in common."""
    if export.trait is not second.trait or export.layout == second.layout or export.trait.of_model:
        return None
    if export.currency and second.currency and export.currency != second.currency:
        return None
    return _in_common(*_overlap(export, second), lambda row: (row.day, row.amount))


def _in_common(
    ours: Sequence[BookRow], theirs: Sequence[BookRow], key: Callable[[BookRow], Hashable]
) -> BookRow | None:
    """The first of most rows of two exports, where they have amounts enough to be no chance."""
    sides = [{key(row): row for row in rows if row.amount} for rows in (ours, theirs)]
    shared = [row for row_key, row in sides[0].items() if row_key in sides[1]]
    needed = ALIKE - (sides[0].keys() == sides[1].keys())
    enough = len({abs(row.amount) for row in shared}) >= needed and 2 * len(shared) > min(map(len, sides))
    return shared[0] if enough else None


def follows(export: Export, second: Export) -> bool:
    """Whether the second export opens with the closing balance of the first, which ends before it."""
    before, after = _closing(export), _opening(second)
    if before is None or after is None or export.last is None or second.first is None:
        return False
    return bool(after.amount) and before.amount == after.amount and export.last <= second.first


def _overlap(export: Export, second: Export) -> tuple[list[BookRow], list[BookRow]]:
    """The rows of each on the days that both cover."""
    if export.first is None or export.last is None or second.first is None or second.last is None:
        return [], []
    first, last = max(export.first, second.first), min(export.last, second.last)
    if first > last:
        return [], []
    ours, theirs = ([row for row in side.rows if first <= row.day <= last] for side in (export, second))
    return ours, theirs


def _opening(export: Export) -> Balance | None:
    """The balance before the first row of an export, as it says or by the first row's balance."""
    if export.opening:
        return export.opening[0]
    row = export.rows[0] if export.rows else None
    return None if row is None or row.balance is None else Balance(row.day, row.balance - row.amount, row.line)


def _closing(export: Export) -> Balance | None:
    """The balance after the last row of an export, as it says or by the last row's."""
    if export.closing:
        return export.closing[-1]
    row = export.rows[-1] if export.rows else None
    return None if row is None or row.balance is None else Balance(row.day, row.balance, row.line)


def _key(row: BookRow) -> tuple[object, ...]:
    return (row.id, row.amount) if row.id else (row.day, row.amount, row.balance, row.text)


def _agree(export: Export, second: Export) -> None:
    """Refuses rows that only one of two exports has of a day that both cover (files-disagree)."""
    days = [_by_day(rows) for rows in _overlap(export, second)]
    for day in sorted({*days[0], *days[1]}):
        ours, theirs = (by_day.get(day, Counter()) for by_day in days)
        if ours == theirs or (day == export.last and ours <= theirs) or (day == second.last and theirs <= ours):
            continue
        text = _difference(export, second, day, ours, theirs)
        raise InputError(Problem("files-disagree", text))


def _by_day(rows: Sequence[BookRow]) -> dict[date, Counter[tuple[object, ...]]]:
    days: dict[date, Counter[tuple[object, ...]]] = {}
    for row in rows:
        days.setdefault(row.day, Counter())[_key(row)] += 1
    return days


def _difference(
    export: Export, second: Export, day: date, ours: Counter[tuple[object, ...]], theirs: Counter[tuple[object, ...]]
) -> str:
    counts = [counted(rows.total(), "row") for rows in (ours, theirs)]
    text = f"{day_text(day)} stands in {export.title} with {counts[0]} and in {second.title} with {counts[1]}"
    lone, keys = (export, ours - theirs) if ours - theirs else (second, theirs - ours)
    row = next(row for row in lone.rows if row.day == day and _key(row) == next(iter(keys)))
    row_text = f" {row.text!r}" if row.text else ""
    return (
        f"{text}: {row.amount:,}{row_text} (line {row.line} of {lone.title}) is not in both. "
        "Download the days anew, and take the older file out."
    )


def _balances(exports: Sequence[Export], parts: Sequence[FileRows]) -> tuple[Balance | None, Balance | None]:
    """The balances before the first and after the last row; each file begins where those before it end."""
    opening = _opening(exports[0])
    closings = [(_closing(export), export) for export in exports]
    last, _ = max(closings, key=lambda end: (end[1].last or date.min, end[0] is not None))
    if len(exports) == 1 or opening is None:
        return opening, last
    by_day: dict[date, Decimal] = {}
    for part in parts:
        for row in part.rows:
            by_day[row.day] = by_day.get(row.day, Decimal(0)) + row.amount
    for export in exports[1:]:
        before = _opening(export)
        if before is None or export.first is None:
            continue
        come_to = opening.amount + sum((amount for day, amount in by_day.items() if day < export.first), Decimal(0))
        if abs(before.amount - come_to) >= CENT:
            days = [e.last for e in exports if e is not export and e.last is not None and e.last < export.first]
            since = f" after {day_text(max(days))}" if days else ""
            text = (
                f"{export.title} begins on {day_text(export.first)} with {before.amount:,}; the rows before it come to "
                f"{come_to:,}. Rows{since} are missing or double: download these days as well."
            )
            raise InputError(Problem("balance-does-not-foot", text))
    return opening, last
