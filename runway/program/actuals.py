"""The `[actuals]` of a model: books, whose rows are sent to lines, and tables of figures by address."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from runway.errors import InputError, did_you_mean
from runway.files.actuals import Actuals, Value
from runway.files.books.export import BookFile
from runway.files.books.source import at_line
from runway.lines.working_capital import AHEAD_AND_BEHIND
from runway.model.addresses import LINE_SECTIONS
from runway.model.books import ActualsFile
from runway.months import absolute_month, month_label
from runway.program.books import Books
from runway.program.debt import credit_lines, unknown_balances
from runway.program.exports import read_beside
from runway.program.item_rows import main_row
from runway.program.reanchor import driver_scales
from runway.program.rules import WHOLE
from runway.program.statement import drafts

if TYPE_CHECKING:
    from runway.errors import Problem
    from runway.files.books.export import BookRow, Export
    from runway.model.books import ActualsTable
    from runway.model.model import Model

NOTHING = Value(Decimal(0), 0, 0)
MOST_PROBLEMS = 20  # of one file
OF_BILLS = {row for pair in AHEAD_AND_BEHIND.values() for row in pair}  # the two sides of one balance


def figures(model: Model, table: ActualsTable, key: str, closed: int) -> tuple[str, dict[str, tuple[Value, ...]]]:
    """The title of the file that `[actuals]` names at a key, and its values of the closed months by row.

    Raises `InputError` with every problem: those of reading it, month-outside-model, unknown-address, duplicate-row,
    month-gap; kind-not-here of a file that is no table of figures.
    """
    export = read_beside(model, table, key)[0]
    if not export.trait.of_model:
        says = f"{export.title} is {export.trait.words}. {key} is a table of month, address and value."
        raise InputError(model.document.problem(("actuals", key), "kind-not-here", says))
    return export.title, _Figures(model, export, key).values(closed)


class _Figures:
    """The rows of a table of figures by the rows of the model."""

    def __init__(self, model: Model, export: Export, key: str) -> None:
        self._model, self._export = model, export
        self._file = BookFile(*model.document.file_beside(("actuals", key)))
        self._problems: list[Problem] = []
        self._main = {item.name: main_row(item) for item in model.items if item.section in LINE_SECTIONS}
        addresses = {d.address for d in drafts(model) if d.address.partition(".")[0] in self._main}
        billed = [name for name in self._main if f"{name}.billed_ahead" in addresses]
        self._of_bills = {f"{name}.{row}": name for name in billed for row in OF_BILLS}
        self._owed = {f"{item.name}.balance" for item in credit_lines(model)}
        self._rows = {address for address in addresses if not address.endswith(".underlying")} | set(WHOLE) | self._owed
        self._rows -= self._of_bills.keys()
        self._values: dict[str, dict[int, Value]] = {}
        self._last: dict[str, BookRow] = {}  # of each row, where it was last written

    def values(self, closed: int) -> dict[str, tuple[Value, ...]]:
        for row in self._export.rows:
            if len(self._problems) < MOST_PROBLEMS:
                self._add(row)
        start = self._model.settings.start
        for address, values in self._values.items() if not self._problems else ():  # a gap may follow from another one
            missing = next((t for t in range(closed) if t not in values), None)
            if missing is not None:
                month = month_label(start + missing)
                says = f"{address} has no value for {month}, a closed month. Write 0 if there was nothing."
                self._problem(self._last[address], "month-gap", says, self._last[address].account)
        if self._problems:
            raise InputError(*self._problems)
        return {row: tuple(values.get(t, NOTHING) for t in range(closed)) for row, values in self._values.items()}

    def _add(self, row: BookRow) -> None:
        settings = self._model.settings
        t, month = absolute_month(row.day) - settings.start, f"{row.day:%Y-%m}"
        if not 0 <= t < settings.months:
            ends = f"{month_label(settings.start)} to {month_label(settings.start + settings.months - 1)}"
            says = f"{month} is outside the model, which runs from {ends}."
            self._problem(row, "month-outside-model", says, month)
            return
        address = self._main.get(row.account, row.account)
        if (name := self._of_bills.get(address)) is not None:
            says = f"{row.account} follows from {name}.billed_ahead, negative where bills are behind. Write that."
            self._problem(row, "unknown-address", says, row.account)
            return
        if address not in self._rows:
            owed = f"{row.account.partition('.')[0]}.balance"  # of a credit line
            hint = did_you_mean(row.account, [*self._main, *sorted(self._rows)])
            hint = hint or " Actuals are of lines and drivers, of LINE.cash, and of cash."
            if owed in self._owed:
                hint = f" Write {owed}, what is owed."
            says = f"{row.account} is nothing that takes actuals.{hint}"
            self._problem(row, "unknown-address", says, row.account)
            return
        if address in self._owed and row.amount < 0:
            self._problem(row, "negative-value", f"{address} is what is owed, which is not below 0.", row.account)
            return
        earlier = self._values.setdefault(address, {}).get(t)
        if earlier is not None:
            says = f"{row.account} has a value for {month} in line {earlier.line} already."
            self._problem(row, "duplicate-row", says, row.account)
            return
        self._values[address][t] = Value(row.amount, row.line, 1)
        self._last[address] = row

    def _problem(self, row: BookRow, name: str, text: str, token: str) -> None:
        self._problems.append(at_line(self._file, row.line, name, text, token))


def read_actuals(model: Model, table: ActualsTable) -> Actuals:
    """The actual values of a model's rows in its closed months, as its table `[actuals]` says.

    None may be closed on the day that the model is read as of.
    Raises `InputError` with every problem: of the table in the model's file, or of the files it names.
    """
    if (table.file is None) == (not table.files):
        text = "[actuals] names one file, or several as [actuals.files.NAME]."
        text += " Take file out." if table.files else ' Write file = "ledger.csv", or such tables.'
        where = ("actuals", "file") if table.files else ("actuals",)
        name = "terms-contradict" if table.files else "missing-field"
        raise InputError(model.document.problem(where, name, text, at="key"))
    if table.last_close != "auto":
        _closed_months(model, table.last_close)
    if table.file is not None and read_beside(model, table, "file")[0].trait.of_model:
        actuals = _from_figures(model, table)
    else:
        actuals = _from_books(model, table)
    return actuals if not actuals.closed else actuals._replace(scales=driver_scales(model, actuals.values))


def _closed_months(model: Model, last_close: int) -> int:
    """The number of closed months, by the last."""
    settings = model.settings
    closed = last_close - settings.start + 1
    if not (0 if model.as_of else 1) <= closed <= settings.months:
        first, last = (month_label(settings.start + n) for n in (0, settings.months - 1))
        text = f"The last closed month is outside the model, which runs from {first} to {last}."
        raise InputError(model.document.problem(("actuals", "last_close"), "month-outside-model", text))
    return closed


def _from_figures(model: Model, table: ActualsTable) -> Actuals:
    """The values of a table of figures by address."""
    assert table.file is not None
    for key in ("mapping", "figures", "rules", "opening", "amounts"):
        if key in model.document.data["actuals"]:
            text = f"{table.file} says the addresses of its figures itself; {key} goes with a ledger."
            raise InputError(model.document.problem(("actuals", key), "mapping-without-ledger", text, at="key"))
    if table.last_close == "auto":
        text = f"{table.file} has figures by address, which do not say what is closed. Write the month."
        raise InputError(model.document.problem(("actuals", "last_close"), "terms-contradict", text))
    closed = _closed_months(model, table.last_close)
    title, values = figures(model, table, "file", closed)
    remarks = tuple(unknown_balances(model, values))
    return Actuals(title, dict.fromkeys(values, title), table.last_close, closed, values, remarks=remarks)


def _from_books(model: Model, table: ActualsTable) -> Actuals:
    """The values that the books give, and those of the table of figures beside them."""
    if table.file is not None:
        table = table.model_copy(update={"files": {"file": ActualsFile(file=table.file, duplicates=table.duplicates)}})
    elif "duplicates" in model.document.data["actuals"]:
        text = "duplicates goes with one file; write it in [actuals.files.NAME]. Take it out here."
        raise InputError(model.document.problem(("actuals", "duplicates"), "terms-contradict", text, at="key"))
    books = Books(model, table)
    if table.figures is None or not books.closed:
        return books.actuals({})
    title, values = figures(model, table, "figures", books.closed)
    actuals = books.actuals(values)
    for row in values:
        if row in actuals.values:
            text = f"{row} has actual values in {actuals.file} and in {title}. Take them out of one."
            raise InputError(model.document.problem(("actuals", "figures"), "duplicate-row", text))
    files = {**actuals.files, **dict.fromkeys(values, title)}
    return actuals._replace(values={**actuals.values, **values}, files=files)
