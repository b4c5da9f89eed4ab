"""Bank statements put together: those of one account follow one another, and their balances prove their rows."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from runway.files.books.export import Export, LeftOutRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from runway.errors import InputError
    from runway.files.books.export import Balance, BookRow


class RefuseLine(Protocol):
    """The function by which a reader refuses a line of its file."""

    def __call__(self, line: int, name: str, text: str, token: str = "", column: int = 0) -> InputError: ...


class StatementPage:
    """One statement of one account, which the reader of a format fills in."""

    def __init__(self, account: str = "", currency: str = "") -> None:
        self.account, self.currency = account, currency
        self.rows: list[BookRow] = []
        self.left_out: list[tuple[str, Decimal]] = []  # why, and the amount
        self.opening: Balance | None = None
        self.closing: Balance | None = None
        self.first: date | None = None  # the days that it says it covers
        self.last: date | None = None


def joined(
    title: str,
    layout: str,
    pages: Iterable[StatementPage],
    refusal: RefuseLine,
    *,
    duplicates: bool,
    remarks: Iterable[str] = (),
) -> tuple[Export, ...]:
    """The statements of a file by account and currency.

    opening + rows = closing in each that has both, and each opens with what the one before it closed with.
    Raises `InputError` (balance-does-not-foot, duplicate-row).
    """
    accounts: dict[tuple[str, str], list[StatementPage]] = {}
    for page in pages:
        accounts.setdefault((page.account, page.currency), []).append(page)
    exports = []
    for (account, currency), statements in accounts.items():
        in_order = _in_order(statements)
        proven = _proven(in_order, refusal)
        rows = [row for page in in_order for row in chronological(page.rows)]
        rows.sort(key=lambda row: row.day)
        if proven < len(in_order) and not duplicates:
            refuse_duplicates(rows, refusal)
        left_out = tuple(entry for page in in_order for entry in left_out_by_reason(page.left_out))
        opening, closing = in_order[0].opening, in_order[-1].closing
        balances = (opening,) if opening else (), (closing,) if closing else ()
        days = [*(row.day for row in rows), *(balance.day for side in balances for balance in side)]
        firsts = [page.first for page in in_order if page.first]
        lasts = [page.last for page in in_order if page.last]
        first = min(firsts if len(firsts) == len(in_order) else [*firsts, *days], default=None)
        last = max(lasts if len(lasts) == len(in_order) else [*lasts, *days], default=None)
        exports.append(
            Export(title, layout, "statement", account, currency, tuple(rows), first, last, *balances,
                   (proven, proven), left_out, tuple(remarks))
        )  # fmt: skip
    return tuple(exports)


def _proven(pages: Sequence[StatementPage], refusal: RefuseLine) -> int:
    """The number of statements that close at opening + rows; one that does not is refused."""
    proven = 0
    for page in pages:
        if page.opening is not None and page.closing is not None:
            total = page.opening.amount + sum((row.amount for row in page.rows), Decimal(0))
            if total != page.closing.amount:
                text = (
                    f"The statement opens with {page.opening.amount:,} and its rows bring it to {total:,}; it closes "
                    f"with {page.closing.amount:,}: rows are missing or double."
                )
                raise refusal(page.closing.line, "balance-does-not-foot", text)
            proven += 1
    for before, after in pairwise(pages):
        if before.closing is not None and after.opening is not None and before.closing.amount != after.opening.amount:
            text = (
                f"This statement opens with {after.opening.amount:,}; the one before it closes with "
                f"{before.closing.amount:,}: a statement is missing or stands twice."
            )
            raise refusal(after.opening.line, "balance-does-not-foot", text)
    return proven


def chronological(rows: Sequence[BookRow]) -> Sequence[BookRow]:
    """The rows in the order in which they were booked: those of a file that has the newest first, turned round."""
    days = [row.day for row in rows]
    if len(days) > 1 and days[0] > days[-1] and all(a >= b for a, b in pairwise(days)):
        return rows[::-1]
    return rows


def refuse_duplicates(rows: Sequence[BookRow], refusal: RefuseLine) -> None:
    """Refuses a row that nothing tells from another one.

    Raises `InputError` (duplicate-row).
    """
    if len({row.id for row in rows}) == len(rows):
        return
    seen: dict[int, int] = {}  # by hash, the last row that has it
    for n, row in enumerate(rows):
        key = hash((row.day, row.account, row.text, row.amount, row.id))
        earlier = rows[seen[key]] if key in seen else None
        seen[key] = n
        if earlier is not None and earlier._replace(line=row.line, balance=row.balance) == row:
            text = (
                f"This row is the same as that of line {earlier.line}, and no balance proves that there are two. "
                "Take one out, or write duplicates = true."
            )
            raise refusal(row.line, "duplicate-row", text)


def _in_order(pages: Sequence[StatementPage]) -> Sequence[StatementPage]:
    """Statements from the first to the last: as the file has them, or the other way round, or by their days."""
    for order in (pages, pages[::-1]):
        if all(_first_ordinal(a) <= _first_ordinal(b) for a, b in pairwise(order)):
            return order
    return sorted(pages, key=_first_ordinal)


def _first_ordinal(page: StatementPage) -> int:
    days = [page.first, page.opening.day if page.opening else None, *(row.day for row in page.rows)]
    return min((day.toordinal() for day in days if day), default=0)


def left_out_by_reason(entries: Iterable[tuple[str, Decimal]]) -> tuple[LeftOutRows, ...]:
    """The rows that each reason leaves out: their number, and the sum of their amounts."""
    amounts: dict[str, list[Decimal]] = {}
    for reason, amount in entries:
        amounts.setdefault(reason, []).append(amount)
    return tuple(LeftOutRows(reason, len(sums), sum(sums, Decimal(0))) for reason, sums in amounts.items())
