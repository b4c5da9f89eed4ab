"""The `[actuals]` of a model: the file is read, accounts are mapped to lines, and everything in it is accounted for."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Problem, did_you_mean
from runway.files.actuals import Account, Actuals, Totals, Value
from runway.files.amounts import Currency
from runway.files.csv import CsvTable
from runway.files.ledger import Ledger, is_ledger, read_ledger
from runway.files.tidy import NOTHING, is_tidy, read_tidy
from runway.language.figure import MARKS
from runway.model.addresses import LINE_SECTIONS
from runway.months import month_label, month_number
from runway.program.carried import CASH, Carried
from runway.program.debt import credit_lines
from runway.program.reanchor import followed
from runway.program.statement import drafts, main_row

if TYPE_CHECKING:
    from pathlib import Path

    from runway.model.model import Item, Model
    from runway.model.tables import ActualsTable

IGNORE = "ignore"
WHOLE = (CASH, "cash.interest", "cash.tax")  # rows of no line that have actuals
OUT = ("costs", "capital")  # sections whose rows are positive where money is spent


class _SumsKey(NamedTuple):
    """What the sums of a file depend on, so that scenarios of one run share them."""

    path: Path
    title: str
    changed: int
    start: int
    months: int
    currency: str
    duplicates: bool


def read_actuals(model: Model, said: ActualsTable) -> Actuals:
    """The actual values of a model's rows in its closed months, as its table `[actuals]` says.

    Raises `InputError` with every problem: of the table in the model's file, or of the file it names.
    """
    settings = model.settings
    closed = said.last_close - settings.start + 1
    if not 1 <= closed <= settings.months:
        first, last = (month_label(settings.start + n) for n in (0, settings.months - 1))
        text = f"The last closed month is outside the model, which runs from {first} to {last}."
        raise InputError(model.document.problem(("actuals", "last_close"), "month-outside-model", text))
    targets = _mapping(model, said)
    found = _values(model, said, closed, targets)
    if "cash" in found.values and (lines := credit_lines(model)):
        account = next((name for name, line in said.mapping.items() if line == "cash"), None)
        key = "file" if found.files["cash"] == found.file else "figures"
        path = ("actuals", key) if account is None else ("actuals", "mapping", account)
        way = "Leave the rows of cash out." if account is None else 'Map the account to "ignore".'
        line = lines[0].name
        text = f"The closing cash cannot be given beside a credit line ({line}): what is drawn follows from it. {way}"
        raise InputError(model.document.problem(path, "cash-with-credit-line", text))
    return found._replace(scales=followed(model, found.values))


def _values(model: Model, said: ActualsTable, closed: int, targets: dict[str, str]) -> Actuals:
    """What the file of the actuals says, and the figures beside it."""
    settings = model.settings
    title, path, changed = model.document.beside(("actuals", "file"))
    asked = _SumsKey(path, title, changed, settings.start, settings.months, settings.currency, said.duplicates)
    ledger = _ledger(asked)
    if ledger is None:
        return _from_figures(model, said, closed)
    found = _from_ledger(model, said, closed, targets, ledger)
    if said.figures is None:
        return found
    beside, values = _figures(model, "figures", closed)
    for row in values:
        if row in found.values:
            text = f"{row} has actual values in {title} and in {beside}. Take them out of one."
            raise InputError(model.document.problem(("actuals", "figures"), "duplicate-row", text))
    return found._replace(values={**found.values, **values}, files={**found.files, **dict.fromkeys(values, beside)})


def _from_figures(model: Model, said: ActualsTable, closed: int) -> Actuals:
    """The values of a file that says the addresses itself."""
    title, values = _figures(model, "file", closed)
    for key in ("mapping", "figures"):
        if getattr(said, key):
            text = f"{title} says the addresses of its figures itself; {key} goes with a ledger."
            raise InputError(model.document.problem(("actuals", key), "mapping-without-ledger", text, at="key"))
    return Actuals(title, dict.fromkeys(values, title), said.last_close, closed, values, None, ())


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
    return read_ledger(table, asked.start, asked.months, _currency(asked.currency), duplicates=asked.duplicates)


def _currency(code: str) -> Currency:
    return Currency(code, tuple(mark for mark, codes in MARKS.items() if code in codes))


def _rows(model: Model) -> set[str]:
    """The rows that take actuals: those of lines and drivers, and cash with its interest and tax."""
    names = {item.name for item in model.items if item.section in LINE_SECTIONS}
    own = {d.address for d in drafts(model) if d.address.partition(".")[0] in names}
    return {address for address in own if not address.endswith(".underlying")} | set(WHOLE)


def _mapping(model: Model, said: ActualsTable) -> dict[str, str]:
    """The line of each account of the mapping."""
    items = {item.name: item for item in model.items}
    fits = [item.name for item in model.items if item.section in LINE_SECTIONS and item.section != "drivers"]
    known, problems = [*fits, *WHOLE, IGNORE], list[Problem]()
    found: dict[str, str] = {}
    spelt: dict[str, str] = {}
    for account, line in said.mapping.items():
        path = ("actuals", "mapping", account)
        name = ":".join(part.strip() for part in account.split(":"))
        if isinstance(line, list | tuple | dict) or spelt.get(name.casefold(), account) != account:
            text = f"{account} is sent to several lines. An account belongs to one line; split it in the books."
            problems.append(model.document.problem(path, "account-to-two-lines", text))
        elif not isinstance(line, str) or line not in known:
            funding = isinstance(line, str) and line in items and items[line].section == "funding"
            hint = did_you_mean(str(line), known) or f" There are {', '.join(known)}."
            if funding:
                hint = ' Funding that has come is said by the date of its closing; map the account to "ignore".'
            problems.append(model.document.problem(path, "unknown-line", f"{line} is no line of the model.{hint}"))
        else:
            found[name] = line
        spelt.setdefault(name.casefold(), account)
    if problems:
        raise InputError(*problems)
    return found


def _target(account: str, targets: dict[str, str]) -> str | None:
    """The line of an account: that of its own name, else of the nearest account that it is a part of."""
    parts = account.split(":")
    for n in range(len(parts), 0, -1):
        if (line := targets.get(":".join(parts[:n]))) is not None:
            return line
    return None


def _from_ledger(model: Model, said: ActualsTable, closed: int, targets: dict[str, str], ledger: Ledger) -> Actuals:
    """The sums of accounts as values of lines, in the lines' own sign."""
    _without_gap(model, closed, ledger)
    items = {item.name: item for item in model.items}
    by_line: dict[str, list[Value]] = {}
    zero = Decimal(0)
    used, ignored, after, rows_after = zero, zero, zero, 0
    unmapped: dict[str, Account] = {}
    for (account, t), value in ledger.sums.items():
        line = _target(account, targets)
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
    carried = None
    if CASH in by_line:
        moved = [value.value for value in by_line[CASH]]
        carried = Carried(model, ledger, lambda account: _target(account, targets), moved, _opening_cash(model))
        by_line[CASH] = [v._replace(value=v.value - c) for v, c in zip(by_line[CASH], carried.cash, strict=True)]
        used, ignored = used - sum(carried.cash), ignored + sum(carried.cash)
    left = sum((account.total for account in accounts), zero)
    totals = Totals(ledger.rows, ledger.total, used, ignored, left, after, rows_after)
    assert totals.used + totals.ignored + totals.unmapped + totals.after_close == totals.total
    values = {_row(line, items): _signed(line, sums, items, said, model) for line, sums in by_line.items()}
    file = model.document.beside(("actuals", "file"))[0]
    remarks = () if carried is None else tuple(carried.remarks)
    return Actuals(file, dict.fromkeys(values, file), said.last_close, closed, values, totals, accounts, remarks)


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
