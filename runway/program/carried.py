"""What a ledger's cash carries over from before, or into the next books, and does not move.

A ledger often begins with an entry that brings the balances of its accounts, and may end with one that takes them away.
`opening_cash` has that money already, so such an entry is left out where it agrees, and refused where it does not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.months import month_label, parse_date
from runway.program.rules import CASH
from runway.words import day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runway.files.entries import BookEntry
    from runway.files.ledger import Ledger
    from runway.model.model import Model

SAME = Decimal("0.005")  # amounts that differ by less are one


class Carried:
    """The cash of a ledger's opening and closing entries by month, and what is to be said of them.

    `moved` is what the rows of cash sum to in each closed month; `opening` the cash before the first of them.
    Raises `InputError` (opening-in-period).
    """

    def __init__(
        self, model: Model, ledger: Ledger, target: Callable[[str], str | None], moved: Sequence[Decimal],
        opening: Decimal,
    ) -> None:  # fmt: skip
        self.cash = [Decimal(0)] * len(moved)
        self.remarks: list[str] = []
        self._model, self._ledger, self._target = model, ledger, target
        before = opening
        for t in range(len(moved)):
            entries = [entry for entry in ledger.carried if entry.month == t]
            self._month(t, entries, before, moved[t])
            before += moved[t] - self.cash[t]

    def _month(self, t: int, entries: Sequence[BookEntry], before: Decimal, moved: Decimal) -> None:
        """Takes the entries of one month; `before` is the cash that it begins with."""
        named = [entry for entry in entries if entry.opens or entry.closes]
        opening = [entry for entry in named if entry.opens and (not entry.closes or self._of_cash(entry) * before > 0)]
        closing = [entry for entry in named if entry.closes and entry not in opening]
        brought = sum(map(self._of_cash, opening), Decimal(0))
        taken = sum(map(self._of_cash, closing), Decimal(0))
        alone = [entry for entry in opening if not self._of_cash(entry) and not entry.balances]
        if not brought and not alone and t == 0 and before:
            opening = [entry for entry in entries if entry not in named and self._is_opening(entry, before)][:1]
            brought = sum(map(self._of_cash, opening), Decimal(0))
        if alone or (brought and abs(brought - before) > SAME):
            self._refuse(t, (opening if brought else alone)[0], brought, before)
        if brought:
            self.cash[t] += brought
            day = _day(opening[0])
            self.remarks.append(
                f"the opening entry of {day}, {brought:,.2f} of cash, is the cash before it: not counted"
            )
        if taken and abs(before + moved - brought) <= SAME:
            self.cash[t] += taken
            self.remarks.append(f"the closing entry of {_day(closing[0])}, {-taken:,.2f} of cash, is not counted")
        if emptied := [entry for entry in closing if any(self._is_line(account) for account, _ in entry.rows)]:
            self.remarks.append(
                f"the closing entry of {_day(emptied[0])} ({emptied[0].closes}) is counted as revenue and costs of "
                f"{month_text(month_label(self._model.settings.start + t))}: leave such entries out of the export"
            )

    def _of_cash(self, entry: BookEntry) -> Decimal:
        return sum((amount for account, amount in entry.rows if self._target(account) == CASH), Decimal(0))

    def _is_line(self, account: str) -> bool:
        return self._target(account) not in (None, CASH, "ignore")

    def _is_opening(self, entry: BookEntry, before: Decimal) -> bool:
        """Whether an entry of the first day, which no word tells, brings just the cash of the day before."""
        return abs(self._of_cash(entry) - before) <= SAME and not any(self._is_line(name) for name, _ in entry.rows)

    def _refuse(self, t: int, entry: BookEntry, brought: Decimal, before: Decimal) -> None:
        """Refuses an opening entry that brings other cash than there was."""
        model, where = self._model, f"line {entry.line} of the ledger, {entry.opens}"
        path: tuple[str, ...] = ("model", "opening_cash") if t == 0 else ("actuals", "file")
        if not brought:
            says = f"The opening entry of {_day(entry)} ({where}) does not say beside it what it brings. "
            says += "Take the opening entries out of the export; opening_cash is the cash before the first month."
        elif t == 0:
            says = f"The ledger opens on {_day(entry)} with {brought:,.2f} of cash ({where}); "
            says += f"opening_cash is {before:,.2f}. "
            says += f"Write opening_cash = {brought:.2f}, or take the entry out of the export if it is none."
        else:
            says = f"The ledger opens anew on {_day(entry)} with {brought:,.2f} of cash ({where}); until then its rows "
            says += f"come to {before:,.2f}. Take the opening entry out of the export, or mend the rows before it."
        raise InputError(model.document.problem(path, "opening-in-period", says))


def _day(entry: BookEntry) -> str:
    day = parse_date(entry.day.strip().replace("/", "-"))
    return entry.day if day is None else day_text(day)
