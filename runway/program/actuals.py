"""The `[actuals]` of a model: the file is read, accounts are mapped to lines, and everything in it is accounted for."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Problem
from runway.files.actuals import Account, Actuals, CashOnDay, OpeningCash, Totals, Value
from runway.files.amounts import Currency
from runway.files.csv import DELIMITERS, CsvTable
from runway.files.ledger import AMOUNTS, Ledger, is_ledger, read_ledger
from runway.files.tidy import NOTHING, is_tidy, read_tidy
from runway.language.figure import MARKS
from runway.model.addresses import LINE_SECTIONS
from runway.months import last_day, month_label, month_number
from runway.program.carried import Carried
from runway.program.debt import credit_lines
from runway.program.reanchor import followed
from runway.program.rules import CASH, IGNORE, WHOLE, read_mapping, target_of
from runway.program.statement import drafts, main_row

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from runway.model.model import Item, Model
    from runway.model.tables import ActualsTable

HEAD = 65536  # bytes in which the first line is looked for
OUT = ("costs", "capital")  # sections whose rows are positive where money is spent


def opened_with(model: Model, opening: OpeningCash) -> Model:
    """The model with the cash that the books have at the start as its opening cash."""
    from runway.model.addresses import dimension_of

    settings = model.settings
    dimension = dimension_of(type(settings).model_fields["opening_cash"])
    assert dimension is not None
    context = {"currency": settings.currency, "fx": (), "sources": (), "floating": ()}
    figure = dimension.read(opening.amount, context)
    return model._replace(settings=settings.model_copy(update={"opening_cash": figure}))


class _SumsKey(NamedTuple):
    """What the sums of a file depend on, so that scenarios of one run share them."""

    path: Path
    title: str
    changed: int
    start: int
    months: int
    currency: str
    duplicates: bool
    until: date | None


def read_actuals(model: Model, said: ActualsTable) -> Actuals:
    """The actual values of a model's rows in its closed months, as its table `[actuals]` says.

    None may be closed on the day that the model is read as of.
    Raises `InputError` with every problem: of the table in the model's file, or of the files it names.
    """
    if (said.file is None) == (not said.files):
        text = "[actuals] names one file, or several as [actuals.files.NAME]."
        text += " Take file out." if said.files else ' Write file = "ledger.csv", or such tables.'
        where = ("actuals", "file") if said.files else ("actuals",)
        name = "terms-contradict" if said.files else "missing-field"
        raise InputError(model.document.problem(where, name, text, at="key"))
    if (ledger := _plain(model, said)) is None:
        found = _from_exports(model, said)
    else:
        found = _from_one_file(model, said, *ledger)
    return found if not found.closed else found._replace(scales=followed(model, found.values))


def _plain(model: Model, said: ActualsTable) -> tuple[int, Ledger | None] | None:
    """The last close and the ledger of a file of plain columns, None of one that has figures by address.

    None where the files are exports in a layout of their own, or ask for what only those can say.
    """
    if said.file is None or said.rules or said.opening is not None or said.last_close == "auto":
        return None
    settings = model.settings
    title, path, changed = model.document.beside(("actuals", "file"))
    if not _has_plain_columns(_contents(path, title, changed)):
        return None
    asked = _SumsKey(
        path, title, changed, settings.start, settings.months, settings.currency, said.duplicates, model.known
    )
    return said.last_close, _ledger(asked)


def _has_plain_columns(contents: bytes) -> bool:
    """Whether the first line names date, account and amount, or month, address and value.

    What has beside these an unsigned amount, or a word on whether a row happened, is an export; hledger's are signed.
    """
    head = next((line for line in contents[:HEAD].splitlines() if line.strip()), b"").decode("latin-1")
    names = {name.strip(' "\ufeff\xef\xbb\xbf').casefold() for name in re.split(f"[{DELIMITERS}]", head)}
    more = {"debit", "credit", "status"} & names and "txnidx" not in names
    ledger = {"date", "account"} <= names and not more and any(name.startswith(AMOUNTS) for name in names)
    return ledger or {"month", "address"} <= names or not head


def _closed(model: Model, last_close: int) -> int:
    """How many months are closed."""
    settings = model.settings
    closed = last_close - settings.start + 1
    if not 1 <= closed <= settings.months:
        first, last = (month_label(settings.start + n) for n in (0, settings.months - 1))
        text = f"The last closed month is outside the model, which runs from {first} to {last}."
        raise InputError(model.document.problem(("actuals", "last_close"), "month-outside-model", text))
    return closed


def _from_exports(model: Model, said: ActualsTable) -> Actuals:
    """What exports of books say, and the figures beside them."""
    from runway.model.books import ActualsFile
    from runway.program.books import Books

    raw = model.document.data["actuals"]
    for key in ("amounts", *(("duplicates",) if said.files else ())):
        if key in raw:
            where = "write it in [actuals.files.NAME]" if key == "duplicates" else "an export has its own sign"
            text = f"{key} goes with one ledger of date, account and amount; {where}. Take it out here."
            raise InputError(model.document.problem(("actuals", key), "terms-contradict", text, at="key"))
    if said.file is not None:
        one = ActualsFile(file=said.file, duplicates=said.duplicates)
        said = said.model_copy(update={"files": {"file": one}})
    if said.last_close != "auto":
        _closed(model, said.last_close)
    books = Books(model, said)
    beside = None if said.figures is None or not books.closed else _figures(model, "figures", books.closed)
    return _joined(model, books.actuals({} if beside is None else beside[1]), beside)


def _from_one_file(model: Model, said: ActualsTable, last_close: int, ledger: Ledger | None) -> Actuals:
    """What a file of plain columns says, and the figures beside it."""
    closed = _closed(model, last_close)
    targets, problems = read_mapping(model, said)
    if problems:
        raise InputError(*problems)
    if ledger is None:
        found = _from_figures(model, said, last_close, closed)
    else:
        found = _with_figures(model, said, _from_ledger(model, said, closed, targets, ledger))
    if "cash" in found.values and (lines := credit_lines(model)):
        account = next((name for name, line in said.mapping.items() if line == "cash"), None)
        key = "file" if found.files["cash"] == found.file else "figures"
        where = ("actuals", key) if account is None else ("actuals", "mapping", account)
        way = "Leave the rows of cash out." if account is None else 'Map the account to "ignore".'
        line = lines[0].name
        text = f"The closing cash cannot be given beside a credit line ({line}): what is drawn follows from it. {way}"
        raise InputError(model.document.problem(where, "cash-with-credit-line", text))
    return found


def _with_figures(model: Model, said: ActualsTable, found: Actuals) -> Actuals:
    """The values of a ledger and of the figures beside it."""
    return _joined(model, found, None if said.figures is None else _figures(model, "figures", found.closed))


def _joined(model: Model, found: Actuals, figures: tuple[str, dict[str, tuple[Value, ...]]] | None) -> Actuals:
    """The values of the books and of figures, of which no row has both."""
    if figures is None:
        return found
    beside, values = figures
    for row in values:
        if row in found.values:
            text = f"{row} has actual values in {found.file} and in {beside}. Take them out of one."
            raise InputError(model.document.problem(("actuals", "figures"), "duplicate-row", text))
    return found._replace(values={**found.values, **values}, files={**found.files, **dict.fromkeys(values, beside)})


def _from_figures(model: Model, said: ActualsTable, last_close: int, closed: int) -> Actuals:
    """The values of a file that says the addresses itself."""
    title, values = _figures(model, "file", closed)
    for key in ("mapping", "figures"):
        if getattr(said, key):
            text = f"{title} says the addresses of its figures itself; {key} goes with a ledger."
            raise InputError(model.document.problem(("actuals", key), "mapping-without-ledger", text, at="key"))
    return Actuals(title, dict.fromkeys(values, title), last_close, closed, values, None, ())


def _figures(model: Model, key: str, closed: int) -> tuple[str, dict[str, tuple[Value, ...]]]:
    """A file of month, address and value, by rows."""
    title, path, changed = model.document.beside(("actuals", key))
    table = CsvTable(title, _contents(path, title, changed))
    if not is_tidy(table):
        raise InputError(table.columns_problem())
    rows = _rows(model)
    main = {item.name: main_row(item) for item in model.items if item.section in LINE_SECTIONS}

    def row_of(address: str) -> str | None:
        row = main.get(address, address)
        return row if row in rows else None

    known = [*main, *sorted(rows)]
    return title, read_tidy(
        table, model.settings.start, model.settings.months, closed, row_of, known, _currency(model.settings.currency)
    )


@lru_cache(maxsize=2)
def _contents(path: Path, title: str, changed: int) -> bytes:
    from runway.files.document import table_contents

    del changed  # a file that was written anew is read anew
    return table_contents(path, title)


@lru_cache(maxsize=2)
def _ledger(asked: _SumsKey) -> Ledger | None:
    """The sums of a ledger; None where the file is none."""
    table = CsvTable(asked.title, _contents(asked.path, asked.title, asked.changed))
    if not is_ledger(table):
        return None
    return read_ledger(
        table, asked.start, asked.months, _currency(asked.currency), duplicates=asked.duplicates, until=asked.until
    )


def _currency(code: str) -> Currency:
    return Currency(code, tuple(mark for mark, codes in MARKS.items() if code in codes))


def _rows(model: Model) -> set[str]:
    """The rows that take actuals: those of lines and drivers, and cash with its interest and tax."""
    names = {item.name for item in model.items if item.section in LINE_SECTIONS}
    own = {d.address for d in drafts(model) if d.address.partition(".")[0] in names}
    return {address for address in own if not address.endswith(".underlying")} | set(WHOLE)


def _from_ledger(model: Model, said: ActualsTable, closed: int, targets: dict[str, str], ledger: Ledger) -> Actuals:
    """The sums of accounts as values of lines, in the lines' own sign."""
    _without_gap(model, closed, ledger)
    items = {item.name: item for item in model.items}
    by_line: dict[str, list[Value]] = {}
    zero = Decimal(0)
    used, ignored, after, rows_after = zero, zero, zero, 0
    unmapped: dict[str, Account] = {}
    for (account, t), value in ledger.sums.items():
        line = target_of(account, targets)
        if t >= closed:
            after, rows_after = after + value.value, rows_after + value.rows
        elif line is None:
            known = unmapped.get(account, Account(account, zero, 0))
            unmapped[account] = Account(account, known.total + value.value, known.rows + value.rows)
        elif line == IGNORE:
            ignored += value.value
        else:
            used += value.value
            sums = by_line.setdefault(line, [NOTHING] * closed)
            first = min(filter(None, (sums[t].line, value.line)))
            sums[t] = Value(sums[t].value + value.value, first, sums[t].rows + value.rows)
    accounts = tuple(sorted(unmapped.values(), key=lambda a: (-abs(a.total), a.name)))
    if accounts and not said.allow_unmapped:
        raise InputError(_unmapped(model, accounts))
    carried, bank = None, None
    if CASH in by_line:
        moved = [value.value for value in by_line[CASH]]
        carried = Carried(model, ledger, lambda account: target_of(account, targets), moved, _opening_cash(model))
        by_line[CASH] = [v._replace(value=v.value - c) for v, c in zip(by_line[CASH], carried.cash, strict=True)]
        bank = _bank(model, closed, targets, ledger)
        used, ignored = used - sum(carried.cash), ignored + sum(carried.cash)
    left = sum((account.total for account in accounts), zero)
    totals = Totals(ledger.rows, ledger.total, used, ignored, left, after, rows_after)
    assert totals.used + totals.ignored + totals.unmapped + totals.after_close == totals.total
    values = {_row(line, items): _signed(line, sums, items, said, model) for line, sums in by_line.items()}
    file = model.document.beside(("actuals", "file"))[0]
    remarks = () if carried is None else tuple(carried.remarks)
    last_close = model.settings.start + closed - 1
    return Actuals(file, dict.fromkeys(values, file), last_close, closed, values, totals, accounts, remarks, bank=bank)


def _bank(model: Model, closed: int, targets: dict[str, str], ledger: Ledger) -> CashOnDay | None:
    """What moved in the accounts of cash from the close to the day asked for, where there is a row of one between."""
    start = model.settings.start
    if model.known is None or ledger.last is None or ledger.last <= last_day(start + closed - 1):
        return None
    month = model.known.year * 12 + model.known.month - 1 - start
    moved = [value.value for (account, t), value in ledger.sums.items()
             if closed <= t < month and target_of(account, targets) == CASH]  # fmt: skip
    moved += [value for account, value in ledger.to_day.items() if target_of(account, targets) == CASH]
    return CashOnDay(ledger.last, sum(moved, Decimal(0))) if moved else None


def _row(line: str, items: dict[str, Item]) -> str:
    return line if line in WHOLE else main_row(items[line])


def _signed(
    line: str, sums: list[Value], items: dict[str, Item], said: ActualsTable, model: Model
) -> tuple[Value, ...]:
    """Sums in the sign of their row; those of cash, which are changes, as balances from the opening cash on."""
    if line == CASH:
        balance = _opening_cash(model)
        found = []
        for value in sums:
            balance += value.value
            found.append(value._replace(value=balance))
        return tuple(found)
    spent = line in items and items[line].section in OUT
    same = spent == (said.amounts == "debit_positive")
    return tuple(value if same else value._replace(value=-value.value) for value in sums)


def _opening_cash(model: Model) -> Decimal:
    """The opening cash in the model's own currency."""
    amount = model.settings.opening_cash.entries[0].amount
    rate = model.fx.get(amount.currency or "")
    if rate is None:
        return Decimal(str(amount.number))
    begun = [e for e in rate.entries if e.month is None or (month_number(e.month) or 0) <= model.settings.start]
    return Decimal(str(amount.number)) * Decimal(str(begun[-1].amount.number))


def _without_gap(model: Model, closed: int, ledger: Ledger) -> None:
    """Refuses a ledger without an entry in a closed month."""
    start = model.settings.start
    missing = next((t for t in range(closed) if t not in ledger.first_lines), None)
    if missing is not None:
        month, last = month_label(start + missing), month_label(start + max(ledger.first_lines, default=0))
        text = f"The ledger has no entry in {month}, a closed month."
        if missing > max(ledger.first_lines, default=-1):
            text = f"The ledger ends in {last}, before the last closed month." if ledger.first_lines else text
        raise InputError(model.document.problem(("actuals", "last_close"), "month-gap", text))


def _unmapped(model: Model, accounts: tuple[Account, ...]) -> Problem:
    one = len(accounts) == 1
    lines = [f"{len(accounts):,} account{' is' if one else 's are'} mapped to no line."]
    lines += [f"{a.name}: {a.total:,} in {a.rows:,} row{'' if a.rows == 1 else 's'}." for a in accounts]
    lines.append('Map each to a line or to "ignore" in [actuals.mapping]; --allow-unmapped goes on without them.')
    path = ("actuals", "mapping") if model.actuals_table and model.actuals_table.mapping else ("actuals", "file")
    return model.document.problem(path, "unmapped-accounts", "\n".join(lines), at="key")
