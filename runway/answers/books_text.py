"""The assumption files that are made of books: the actuals of a plan, or a company from its books alone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from runway.answers.payees import in_order
from runway.files.toml import toml_text
from runway.months import month_label
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from runway.answers.file_groups import FileGroup
    from runway.answers.import_books import ImportedPayee
    from runway.files.books.export import Reading
    from runway.program.plan import Plan

READING_KEYS = ("layout", "date", "decimal", "encoding", "sheet", "duplicates")  # how the user says that a file is read
MOST_RULES = 100  # payees that are written one by one; the rest moves too little to be read


def actuals_text(
    tables: Sequence[FileGroup],
    payees: Sequence[ImportedPayee],
    plan: Plan | None,
    out: str | None,
    reading: Reading,
) -> str:
    """A file that extends a plan with the actuals of its books; lines that are not proven stand in remarks."""
    lines = []
    if plan is not None:
        lines += [f"extends = {toml_text(beside(plan.model.document.title, out))}", ""]
    return "\n".join([*lines, *actuals_table(tables, payees, out, reading)])


def actuals_table(
    tables: Sequence[FileGroup],
    payees: Sequence[ImportedPayee],
    out: str | None,
    reading: Reading,
    through: date | None = None,
) -> list[str]:
    """`[actuals]` with its files, the mapping of accounts and the rules of payees.

    Files that end before the day `through` are taken to have nothing more until then.
    """
    lines = ["[actuals]", 'last_close = "auto"   # the last month that every file covers to its end', ""]
    for table in tables:
        lines += [*_file(table, out, reading)]
        last = max((export.last for export in table.exports if export.last), default=None)
        if through is not None and last is not None and last < through:
            lines.append(f'through = "{through}"   # it ends on {day_text(last)}; that nothing followed is taken')
        lines.append("")
    accounts = [imported for imported in payees if imported.payee.ledger][:MOST_RULES]
    if accounts:
        lines += ["[actuals.mapping]   # of accounts", *map(_entry, accounts), ""]
    by_payee = {imported.payee: imported for imported in payees if not imported.payee.ledger}
    for payee in in_order(list(by_payee)[:MOST_RULES]):
        lines += [*_rule(by_payee[payee]), ""]
    unlisted = len(by_payee) - MOST_RULES
    if unlisted > 0:
        lines += [f'# {unlisted} more payees move little; a rule whose match is ".*" has them all: put it last.', ""]
    return lines


def _file(table: FileGroup, out: str | None, reading: Reading) -> Iterator[str]:
    yield f"[actuals.files.{table.name}]   # {table.layout}"
    paths = [toml_text(beside(path, out)) for path in table.paths]
    yield f"file    = {paths[0] if len(paths) == 1 else '[' + ', '.join(paths) + ']'}"
    if table.cash:
        yield 'account = "cash"'
    for key in READING_KEYS:
        if value := getattr(reading, key):
            yield f"{key} = {'true' if value is True else toml_text(value)}"


def beside(path: str, out: str | None) -> str:
    """A path as the file that is written names it."""
    if not Path(path).exists() and not any(mark in path for mark in "*?["):
        return path  # a bundled model
    return os.path.relpath(path, Path(out).parent if out else ".").replace(os.sep, "/")


def _entry(imported: ImportedPayee) -> str:
    """The mapping of an account."""
    line = imported.proposal.line if imported.proposal else "…"
    text = f"{toml_text(imported.payee.name)} = {toml_text(line)}"
    return f"{text}   # {_months(imported)}" if imported.counts else f"# {text}   # ? {_months(imported)}"


def _rule(imported: ImportedPayee) -> Iterator[str]:
    """The rule of a payee."""
    key, target = ("line", "…") if imported.proposal is None else ("line", imported.proposal.line)
    if imported.proposal is not None and imported.proposal.transfer:
        key, target = "transfer", imported.proposal.transfer
    mark = "" if imported.counts else "# "
    yield f"{mark}[[actuals.rules]]   # {'' if imported.counts else '? '}{_months(imported)}"
    yield f"{mark}match = {toml_text(imported.payee.pattern)}"
    if imported.proposal is not None and imported.proposal.within:
        yield f"{mark}in    = {toml_text(imported.proposal.within)}"
    yield f"{mark}{key:<5} = {toml_text(target)}"


def _months(imported: ImportedPayee) -> str:
    """The last three months that a payee moved money in, and why it is taken for its line."""
    amounts = sorted(imported.payee.months.items())[-3:]
    text = ", ".join(f"{month_label(month)} {amount:,.2f}" for month, amount in amounts)
    return f"{text}; {imported.proposal.reason}" if imported.proposal and imported.proposal.reason else text
