"""The rows of a list, gathered column by column, and apart from them its totals, balances and notes."""

from __future__ import annotations

from itertools import dropwhile
from operator import itemgetter
from typing import TYPE_CHECKING

from runway.files.books.currencies import code_of
from runway.files.books.dates import date_of
from runway.files.books.filters import RowFilter
from runway.files.books.layout import AMOUNTS, column, head_name
from runway.files.books.numbers import money
from runway.files.books.wording import CLOSING, OF_A_DAY, OPENING, total_of
from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.books.export import Reading
    from runway.files.books.recognition import RecognisedSheet


PROBED = 4096  # cells that tell whether a column has many of the same
_CLOCK = ("T", " ")  # the character between a day and its time


class PrintedTotal(NamedTuple):
    """A row that sums the rows from `start` to before `end`; if it says no name, perhaps all before `end`."""

    line: int
    label: str
    cells: Sequence[str]
    start: int
    end: int
    named: bool


class PrintedBalance(NamedTuple):
    """A row with the opening or closing balance of an account."""

    line: int
    label: str
    cells: Sequence[str]
    account: str
    opening: bool


class _OpenBlock(NamedTuple):
    """A block of rows that a row with a name alone has begun."""

    name: str
    start: int


class GatheredRows:
    """One pass over a sheet. Notes: not-a-date, duplicate-row, actuals-columns, unknown-status."""

    def __init__(self, source: RecognisedSheet, reading: Reading) -> None:
        self.sheet, self.layout, self.heads, self.reading = source.sheet, source.layout, source.heads, reading
        self.places = {role: self.layout.places(role, self.heads) for role in self.layout.columns}
        self._doubled = self._named_twice() if source.line else {}
        self.parts = self.layout.part_places(self.heads)
        self.figures = {role: places[0] for role, places in self.places.items() if places and role in AMOUNTS}
        self.figures |= self.parts
        self.beside = self._of_other_currencies()
        self.head_line = source.line
        self.lines: list[int] = []
        self.accounts: list[str] = []  # of blocks, by row
        self.reasons: dict[int, str] = {}  # of rows that do not count
        self.totals: list[PrintedTotal] = []
        self.balances: list[PrintedBalance] = []
        self._filter = RowFilter(source, reading)
        self._blocks: list[_OpenBlock] = []
        self._closed = ""  # the account whose block has ended last
        self._above: dict[int, str] = {}  # the cells of the row above, of columns that are written once an entry
        self._entry = 0  # the first row of the entry at hand
        self._notes: list[int] = []  # lines of text that is no entry
        self._alike: list[tuple[int, int, int]] = []  # equal rows: which, its line, that of the other
        for line, cells in source.above:
            self._balance(line, cells)
        self.cells = self._gather(source.line)
        self._refuse_doubled(source.line)

    def _of_other_currencies(self) -> list[int]:
        """Columns of the amount in other currencies than that of the reader, whose own is taken for the amount."""
        place, model = self.figures.get("amount"), self.reading.currency
        if place is None or not self.heads[place].currency:
            return []
        base = self.heads[place].base
        columns = [n for n, head in enumerate(self.heads) if head.base == base and head.currency]
        self.figures["amount"] = next((n for n in columns if code_of(self.heads[n].currency, model) == model), place)
        return [n for n in columns if n != self.figures["amount"]]

    def _named_twice(self) -> dict[int, int]:
        """Of the columns that are read those whose name another has as well, and which."""
        names = [head.name for head in self.heads]
        read = (place for places in self.places.values() for place in places)
        return {place: names.index(names[place], place + 1) for place in read if names.count(names[place]) > 1}

    def _refuse_doubled(self, head_line: int) -> None:
        """Notes a column that is read and whose name another has which says something else."""
        for place, second in self._doubled.items():
            if self.cells[place] != self.cells[second]:
                name = self.heads[place].name
                text = f'Two columns are called "{name}"; which of them counts does not show. Rename one.'
                self.sheet.problem(head_line, second, "actuals-columns", text)

    def _gather(self, head_line: int) -> dict[int, Sequence[str]]:
        date_column = self.places["date"][0]
        used = {place for places in self.places.values() for place in places} | {*self.figures.values(), *self.beside}
        sign = [place for head in self.layout.sign.get("column", ()) if (place := column(head, self.heads)) is not None]
        needed = sorted(used.union(sign, self._filter.places, self._doubled.values()))
        pick = itemgetter(*needed)  # a date and an amount at least
        picked: list[tuple[str, ...]] = []
        width, filtered, blocks = len(self.heads), bool(self._filter.places), bool(self.layout.blocks)
        special = blocks or bool(self.layout.carried)
        amount_column = next((place for role, place in self.figures.items() if role != "balance"), date_column)
        is_day: dict[str, bool] = {}
        first_rows: dict[int, int] = {}
        for line, cells in dropwhile(lambda row: row[0] <= head_line, self.sheet.rows()):
            if len(cells) != width:
                self._to_width(line, cells, width)
            text = cells[date_column]
            if len(text) > 12 and text[10] in _CLOCK and text[13:14] == ":":  # the time of day tells nothing
                text = cells[date_column] = text[:10]
            if text not in is_day:
                is_day[text] = date_of(text) is not None
            reason = self._filter.reason(line, cells, is_day[text]) if filtered else None
            if not is_day[text] and reason is None:
                carried = self._carried(cells) if special else None
                if carried is None:
                    self._undated_row(line, cells, len(picked))
                    continue
                cells = carried
            elif special:
                self._entry = len(picked)
                self._above = {
                    place: cells[place] for role in self.layout.carried for place in self.places.get(role, ())
                }
            if not cells[amount_column] and self._is_balance(line, cells):
                continue
            if self._notes:
                self._refuse_notes(date_column)
            key = hash((*cells, self._blocks[-1].name)) if self._blocks else hash(tuple(cells))
            if (first_line := first_rows.setdefault(key, line)) != line and reason is None:
                self._alike.append((len(picked), line, first_line))
            if reason is not None:
                self.reasons[len(picked)] = reason
            if blocks:
                self.accounts.append(self._blocks[-1].name if self._blocks else self._closed)
            self.lines.append(line)
            picked.append(pick(cells))
        self._duplicates()
        columns = zip(*picked, strict=True) if picked else [()] * len(needed)
        return dict(zip(needed, map(_interned, columns), strict=True))

    def _to_width(self, line: int, cells: list[str], width: int) -> None:
        """Gives a row as many cells as there are heads."""
        if len(cells) < width:
            cells += [""] * (width - len(cells))
            return
        if any(map(str.strip, cells[width:])):
            text = f"This row has {len(cells):,} fields; the heads name {width} columns."
            self.sheet.problem(line, width, "actuals-columns", text)
        del cells[width:]

    def _carried(self, cells: list[str]) -> list[str] | None:
        """A row of an entry whose day stands on its first row; None if it is no row of an entry."""
        account_columns = self.places.get("account", ())
        if not self._above or not any(cells[place].strip() for place in self.figures.values()):
            return None
        if account_columns and not any(cells[place].strip() for place in account_columns):
            return None
        if any(cells[place].strip() for place in self.places["date"]) or total_of(_label(cells)) is not None:
            return None
        return [cell if cell.strip() else self._above.get(n, cell) for n, cell in enumerate(cells)]

    def _undated_row(self, line: int, cells: Sequence[str], count: int) -> None:
        """A row without a day: a total, a balance, the name of a block, or a note below the entries."""
        label = _label(cells)
        name = total_of(label)
        has_figures = any(cells[place].strip() for place in self.figures.values())
        if name is not None and has_figures:
            self._total(line, label, name, cells, count)
        elif self._balance(line, cells) or self._is_head(cells):
            pass
        elif has_figures and not label and self.layout.blocks == "entry" and self._above:
            self.totals.append(PrintedTotal(line, "The row below an entry", cells, self._entry, count, named=True))
            self._above = {}
        elif self.layout.blocks and not has_figures:
            self._blocks.append(_OpenBlock(next(cell.strip() for cell in cells if cell.strip()), count))
            self._above = {}
        elif has_figures:
            date_column = self.places["date"][0]
            text = cells[date_column].strip()
            message = f'"{text[:40]}" is no date.' if text else "This row has an amount and no date."
            self.sheet.problem(line, date_column, "not-a-date", message)
        else:
            self._notes.append(line)

    def _is_head(self, cells: Sequence[str]) -> bool:
        """Whether a row names the columns once more, as above each page, or where files have been put together."""
        return bool(self.head_line) and [head_name(cell) for cell in cells] == [head.name for head in self.heads]

    def _total(self, line: int, label: str, name: str, cells: Sequence[str], count: int) -> None:
        depth = next((n for n in range(len(self._blocks) - 1, -1, -1) if self._blocks[n].name.casefold() == name), None)
        if depth is None and self._blocks and not name:
            depth = len(self._blocks) - 1
            self.totals.append(PrintedTotal(line, label, cells, self._blocks[depth].start, count, named=False))
            return
        start = 0 if depth is None else self._blocks[depth].start
        self.totals.append(PrintedTotal(line, label, cells, start, count, named=depth is not None))
        if depth is not None:
            self._closed = self._blocks[depth].name
            del self._blocks[depth:]
        self._above = {}

    def _is_balance(self, line: int, cells: Sequence[str]) -> bool:
        """Whether a row with a day says a balance and moves nothing."""
        figures = (place for role, place in self.figures.items() if role != "balance")
        silent = not any(cells[place].strip() for place in figures)
        return silent and (OF_A_DAY.match(_label(cells)) is not None or self._balance(line, cells))

    def _balance(self, line: int, cells: Sequence[str]) -> bool:
        label, cells = _label(cells), [*cells, *[""] * (len(self.heads) - len(cells))]
        opening = OPENING.match(label) is not None
        if not (opening or CLOSING.match(label)) or not any(map(money, cells)):
            return False
        account = self._blocks[-1].name if self._blocks else self._closed
        self.balances.append(PrintedBalance(line, label, cells, account, opening))
        return True

    def _refuse_notes(self, date_column: int) -> None:
        """Notes that a line of text between entries is none."""
        for line in self._notes:
            cells = self.sheet.row(line)
            text = cells[date_column].strip() if date_column < len(cells) else ""
            message = f'"{text[:40]}" is no date.' if text else "This row has no date and no amount."
            self.sheet.problem(line, date_column, "not-a-date", message)
        self._notes = []

    def _duplicates(self) -> None:
        """Notes equal rows, where no printed total proves that there are two."""
        if self.reading.duplicates:
            return
        proven = [(total.start, total.end) for total in self.totals if total.named]
        for n, line, first in self._alike:
            if any(start <= n < end for start, end in proven) or self.sheet.row(line) != self.sheet.row(first):
                continue
            text = f"This row is the same as line {first}. Take one out, or write duplicates = true beside its file."
            self.sheet.problem(line, 0, "duplicate-row", text)


def _interned(column: Sequence[str]) -> Sequence[str]:
    """A column whose equal cells are one text in memory, where few are different."""
    texts = {cell: cell for cell in column[:PROBED]}
    if len(texts) * 4 > len(column[:PROBED]):
        return column
    return list(map(texts.setdefault, column, column))


def _label(cells: Sequence[str]) -> str:
    """The first cell of a row that is neither blank nor an amount nor a day."""
    return next((cell.strip() for cell in cells if cell.strip() and not money(cell) and date_of(cell) is None), "")
