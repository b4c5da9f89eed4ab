"""The sums of lines by month in the books, paid and earned, and the rows of the program that they are values of."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.files.actuals import Value
from runway.language.named_tuple import NamedTuple
from runway.program.item_rows import main_row
from runway.program.statement import drafts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from runway.files.books.export import Kind
    from runway.model.model import Item, Model

OUT = ("costs", "capital")  # sections whose rows are positive where money is spent
CENT = Decimal("0.005")


class MonthSum:
    """The sum of a line's rows in one month, money in above 0, and the file and line of the first."""

    __slots__ = ("amount", "file", "line", "rows")

    def __init__(self) -> None:
        self.amount, self.file, self.line, self.rows = Decimal(0), "", 0, 0

    def add(self, amount: Decimal, file: str, line: int, rows: int = 1) -> None:
        self.amount += amount
        self.rows += rows
        if not self.file:
            self.file, self.line = file, line

    def with_more(self, amount: Decimal) -> MonthSum:
        """A copy with an amount added."""
        total = MonthSum()
        total.amount, total.file, total.line, total.rows = self.amount + amount, self.file, self.line, self.rows
        return total

    def value(self, sign: int) -> Value:
        return Value(self.amount * sign, self.line, self.rows, self.file)


class LineSums(NamedTuple):
    """The sums of a line by month: paid, or earned."""

    cells: list[MonthSum]
    kinds: dict[Kind, str]  # of the files that it comes from, each with the name of one of them


class RowValues:
    """The values of rows that follow from the sums of lines, in their own signs, and the remarks on them.

    `flows` are by line and whether they are paid, money in above 0.  `bank_open`: whether a payment out, or in, of no
    line is left: where none is, a line without payments was not paid.  `figures` are the rows that have their values
    from a table of figures.
    """

    def __init__(
        self,
        model: Model,
        flows: Mapping[tuple[str, bool], LineSums],
        bank_open: tuple[bool, bool],
        figures: Collection[str],
    ) -> None:
        self._model, self._flows, self._open, self._figures = model, dict(flows), bank_open, figures
        self._addresses = {draft.address for draft in drafts(model)}
        self._items = {item.name: item for item in model.items}
        self.values: dict[str, tuple[Value, ...]] = {}
        self.remarks: list[str] = []
        as_paid = list[str]()
        for item in model.section("costs"):
            self._withheld(item)
        for line in dict.fromkeys(line for line, _ in flows):
            if self._add(line):
                as_paid.append(line)
        if as_paid:
            self.remarks.append(f"paid, not earned, for no books say what was earned or incurred: {', '.join(as_paid)}")

    def _withheld(self, item: Item) -> None:
        """Counts costs that are a share of a line of revenue, and that nothing paid, as kept back from its receipts."""
        cost = self._flows.get((item.name, False))
        if cost is None or (item.name, True) in self._flows:
            return
        for name in item.part.share_of():
            line = name.partition(".")[0]
            paid = self._flows.get((line, True))
            if paid is None or (line, False) not in self._flows:
                continue
            self._flows[item.name, True] = cost
            cells = [before.with_more(-kept.amount) for before, kept in zip(paid.cells, cost.cells, strict=True)]
            self._flows[line, True] = paid._replace(cells=cells)
            self.remarks.append(f"{item.name}: kept back from what was received for {line}")
            return

    def _add(self, line: str) -> bool:
        """Adds the values of a line's rows; returns whether only its payments are known."""
        paid, earned = self._flows.get((line, True)), self._flows.get((line, False))
        item = self._items.get(line)
        if item is None or item.section == "passthrough":
            sums = paid or earned
            assert sums is not None
            self.values[line if item is None else main_row(item)] = tuple(cell.value(1) for cell in sums.cells)
            return False
        out = item.section in OUT
        main, billed, cash = main_row(item), f"{line}.billed", f"{line}.cash"
        if paid is not None:
            self.values[cash] = tuple(cell.value(1) for cell in paid.cells)
        elif not self._open[not out] and not getattr(item.shared, "non_cash", False):
            assert earned is not None
            self.values[cash] = tuple(Value(Decimal(0), 0, 0) for _ in earned.cells)
        if earned is None and any(row.startswith(f"{line}.") and row != cash for row in self._figures):
            return False
        of_bills = billed in self._addresses and (earned is None or set(earned.kinds) == {"statement"})
        sums = earned or paid
        assert sums is not None
        self.values[billed if of_bills else main] = tuple(cell.value(-1 if out else 1) for cell in sums.cells)
        if earned is not None and cash in self.values:
            self._note_open(item, earned, sum((value.value for value in self.values[cash]), Decimal(0)))
        return earned is None and any(cell.rows for cell in sums.cells)

    def _note_open(self, item: Item, earned: LineSums, paid: Decimal) -> None:
        """Adds the remark on a line's amount that is open at the close and, without payment terms, never expected."""
        shared = item.shared
        if any(getattr(shared, field, None) for field in ("collected_after", "paid_after", "paid")):
            return
        balance = sum((cell.amount for cell in earned.cells), Decimal(0)) - paid
        if abs(balance) >= CENT:
            out = item.section in OUT
            due, cash, key = ("incurred", "paid", "paid_after") if out else ("earned", "received", "collected_after")
            more = "less" if (balance < 0) != out else "more"
            self.remarks.append(
                f"{item.name}: {abs(balance):,.2f} {more} was {due} than {cash}; without {key} it is not expected later"
            )
