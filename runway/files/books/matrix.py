"""Reports of an account a row: profit and loss with a month a column, and balance sheets of one day or several."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.files.books.columns import AmountColumns
from runway.files.books.currencies import code_of
from runway.files.books.export import BookRow, Export
from runway.files.books.outline import Outline
from runway.files.books.periods import ColumnDays, day_in, day_of, is_first_day, month_of
from runway.files.books.proofs import ROUNDED
from runway.language.named_tuple import NamedTuple
from runway.months import absolute_month

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.books.export import Reading
    from runway.files.books.layout import BookLayout, Head
    from runway.files.books.outline import OutlineRow
    from runway.files.books.recognition import RecognisedSheet

_BASIS = re.compile(r"\b(accrual|cash) basis\b", re.IGNORECASE)
_BLANK = ("-", "–", "—", "")
TOTALS = ("total", "year to date", "ytd")


def period_columns(
    layout: BookLayout, heads: Sequence[Head], above: Sequence[tuple[int, list[str]]]
) -> dict[int, ColumnDays]:
    """By column, the days that its amounts are of; empty if the row of heads is none of such a report."""
    days = month_of if layout.form == "months" else _one_day
    columns = {n: period for n, head in enumerate(heads) if (period := days(head.name))}
    names = {name for needed in layout.must for name in needed.split("|")} | {""}
    if not columns and layout.form == "balances" and (day := day_in(above)):
        columns = {n: ColumnDays(day, day) for n, head in enumerate(heads) if head.name in TOTALS}
    labels = [head.name for n, head in enumerate(heads) if n not in columns]
    if not labels or any(name not in names and name not in TOTALS and not name.startswith("%") for name in labels):
        return {}
    if layout.form == "months" and any(is_first_day(heads[n].name) for n in columns):
        months = sorted(absolute_month(period.first) for period in columns.values())
        if len(months) < 2 or months[-1] - months[0] != len(months) - 1:  # one may be of a quarter, or of a year
            return {}
    return columns if min(columns, default=0) > 0 else {}


def _one_day(head: str) -> ColumnDays | None:
    """The day of a balance: one that is written, or the last of a month."""
    day = day_of(head)
    month = None if day else month_of(head)
    return ColumnDays(day, day) if day else month and ColumnDays(month.last, month.last)


def read_matrix(source: RecognisedSheet, reading: Reading, remarks: Sequence[str]) -> tuple[Export, ...]:
    """The export of a report, debits positive. Raises `InputError` with every problem."""
    return (_MatrixReader(source, reading).export(remarks),)


class _Cells(NamedTuple):
    """A row that has amounts."""

    line: int
    name: str
    amounts: dict[int, Decimal]  # by column


class _MatrixReader:
    """The rows of a report as an outline, and the amounts of its columns."""

    def __init__(self, source: RecognisedSheet, reading: Reading) -> None:
        self._sheet, self._layout, self._reading = source.sheet, source.layout, reading
        self._heads = source.heads
        self._periods = period_columns(source.layout, source.heads, source.above)
        self._first = min(self._periods)
        self._total = next(
            (n for n, head in enumerate(source.heads) if head.name == TOTALS[0] and n not in self._periods), None
        )
        self._notes = [cell for _, cells in source.above for cell in cells]
        self._below_zero = False  # whether costs are written as negative amounts
        self._rows = self._read(source.line)

    def _read(self, head_line: int) -> list[_Cells]:
        sheet, width = self._sheet, len(self._heads)
        places = [*self._periods, *([] if self._total is None else [self._total])]
        names, lines, cells_of = list[str](), list[int](), list[list[str]]()
        for line, cells in sheet.rows():
            if line <= head_line:
                continue
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                text = f"This row has {len(cells):,} fields; the heads name {width} columns."
                sheet.problem(line, width, "actuals-columns", text)
            cells = [cell if cell.strip() not in _BLANK else "" for cell in cells] + [""] * (width - len(cells))
            name = next((cell.strip() for cell in cells[: self._first] if cell.strip()), "")
            if not name and any(cells[place] for place in places):
                sheet.problem(line, 0, "actuals-columns", "This row has amounts and no name.")
            names.append(name)
            lines.append(line)
            cells_of.append(cells)
        sheet.finish()
        reader = AmountColumns(sheet, lines, self._reading.decimal or self._layout.decimal, self._reading.table)
        values = reader.values({place: [cells[place] for cells in cells_of] for place in places})
        sheet.finish()
        units = {code_of(unit, self._reading.currency) for column in reader.units.values() for unit in column}
        if len(units) > 1:
            text = f"The amounts of this file are in {' and '.join(sorted(units))}; a report has one currency."
            raise InputError(sheet.located(head_line, 0, "wrong-currency", text))
        self._currency = units.pop() if units else self._layout.currency
        return [
            _Cells(line, name, {place: value for place in places if (value := values[place][n]) is not None})
            for n, (line, name) in enumerate(zip(lines, names, strict=True))
        ]

    def export(self, remarks: Sequence[str]) -> Export:
        """The accounts of the report; every total in it is held against them."""
        outline = Outline(self._layout.form, [(row.name, bool(row.amounts)) for row in self._rows])
        for n, row in enumerate(self._rows):
            if row.amounts and not outline.rows[n].factor and not outline.rows[n].sums:
                self._refuse_section(row)
            self._check_total_column(row)
        self._sheet.finish()
        if self._layout.form == "months":
            self._take_signs(outline)
        for n, row in enumerate(self._rows):
            if row.amounts:
                self._check(outline.rows[n], row, outline)
        self._sheet.finish()
        accounts = [n for n, row in enumerate(outline.rows) if row.factor]
        self._check_balanced(outline, accounts)
        self._sheet.finish()
        names = Counter(self._rows[n].name for n in accounts)
        rows = [
            BookRow(period.last, self._account(outline.rows[n], names), " | ".join(outline.rows[n].path),
                    self._rows[n].amounts[place] * self._factor(outline.rows[n]), self._rows[n].line)
            for place, period in sorted(self._periods.items(), key=lambda item: item[1])
            for n in accounts
            if place in self._rows[n].amounts
        ]  # fmt: skip
        notes = [*self._notes, *(row.name for row in self._rows if not row.amounts)]
        basis = next((match[1].lower() for note in notes if (match := _BASIS.search(note))), None)
        sentences = [*remarks, *([f"The file says: {basis} basis."] if basis else [])]
        return Export(
            self._sheet.title, self._layout.name, self._layout.kind, "", self._currency, tuple(rows),
            min(period.first for period in self._periods.values()),
            max(period.last for period in self._periods.values()), remarks=tuple(sentences),
        )  # fmt: skip

    @staticmethod
    def _account(row: OutlineRow, names: Counter[str]) -> str:
        """An account's name, with the group it stands in where another has the same."""
        return ":".join((*row.path, row.name)) if names[row.name] > 1 else row.name

    def _check_total_column(self, row: _Cells) -> None:
        if self._total is None or self._total not in row.amounts or len(self._periods) < 2:
            return
        amounts = [row.amounts[place] for place in self._periods if place in row.amounts]
        if abs(row.amounts[self._total] - sum(amounts)) > ROUNDED * len(amounts):
            text = f"{row.name} comes to {row.amounts[self._total]:,.2f}; its months sum to {sum(amounts):,.2f}."
            self._sheet.problem(row.line, self._total, "totals-do-not-foot", text)

    def _refuse_section(self, row: _Cells) -> None:
        either = "an asset or a liability" if self._layout.form == "balances" else "income or a cost"
        text = f"Whether {row.name} is {either}, no row above it says. Export the report with its sections."
        self._sheet.problem(row.line, 0, "section-unknown", text)

    def _factor(self, row: OutlineRow) -> int:
        """The sign that turns an account's amount into debits positive."""
        return -row.factor if self._below_zero and row.factor > 0 else row.factor

    def _take_signs(self, outline: Outline) -> None:
        """Takes costs below zero as costs, where printed results prove it; notes those that nothing proves."""
        rows = outline.rows
        costs = [n for n, row in enumerate(rows) if row.factor > 0 and any(self._rows[n].amounts.values())]
        results = [n for n, row in enumerate(rows) if row.sums and all(signed for *_, signed in row.sums)]
        if results := [n for n in results if costs and costs[0] < n]:
            if not self._foot(results, outline):
                self._below_zero = True
                self._below_zero = self._foot(results, outline)
        elif costs and not any(amount > 0 for n in costs for amount in self._rows[n].amounts.values()):
            row = self._rows[costs[0]]
            text = f"Every cost is below zero, {row.name} first: whether each came back, or is written with the sign "
            text += "of what goes out, no result below tells. Export the report with its net income."
            self._sheet.problem(row.line, min(row.amounts), "sign-unknown", text)

    def _foot(self, results: Sequence[int], outline: Outline) -> bool:
        return not any(self._differences(outline.rows[n], self._rows[n], outline) for n in results)

    def _check(self, total: OutlineRow, row: _Cells, outline: Outline) -> None:
        """Holds a printed total against the accounts that it sums, in each column."""
        for place, amount in self._differences(total, row, outline).items():
            head = self._heads[place].name
            column = f" in {self._periods[place].last:%b %Y}" if place in self._periods else f" in {head}"
            text = f"{row.name} says {row.amounts[place]:,.2f}{column}; its lines sum to {amount:,.2f}."
            self._sheet.problem(row.line, place, "totals-do-not-foot", text)

    def _differences(self, total: OutlineRow, row: _Cells, outline: Outline) -> dict[int, Decimal]:
        """By column, the sum of the accounts where a printed total differs from it."""
        differences = {}
        for place, printed in row.amounts.items() if total.sums else ():
            sums = []
            for start, end, signed in total.sums:
                amounts = [
                    (-self._factor(outline.rows[n]) if signed else 1) * self._rows[n].amounts[place]
                    for n in range(start, end)
                    if outline.rows[n].factor and place in self._rows[n].amounts
                ]
                sums.append((sum(amounts, Decimal(0)), len(amounts)))
            if not any(abs(printed - amount) <= ROUNDED * count for amount, count in sums):
                differences[place] = sums[0][0]
        return differences

    def _check_balanced(self, outline: Outline, accounts: Sequence[int]) -> None:
        """Holds the assets of a company against its liabilities and equity."""
        for place in self._periods if self._layout.form == "balances" else ():
            amounts = [
                self._rows[n].amounts[place] * outline.rows[n].factor
                for n in accounts
                if place in self._rows[n].amounts
            ]
            if abs(sum(amounts, Decimal(0))) > ROUNDED * len(amounts):
                text = f"Assets and liabilities differ by {sum(amounts):,.2f}: rows are missing or double."
                self._sheet.problem(self._rows[-1].line, place, "totals-do-not-foot", text)
