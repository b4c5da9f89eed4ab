"""The assumption files that are made of books: the actuals of a plan, or a company from its books alone."""

from __future__ import annotations

import os
import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from runway.answers.payees import in_order
from runway.answers.table_names import table_name
from runway.files.toml import toml_value
from runway.language.named_tuple import NamedTuple
from runway.months import month_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.import_books import ImportedPayee
    from runway.files.books.export import BookFile, Export, Reading
    from runway.program.plan import Plan

SAID = ("layout", "date", "decimal", "encoding", "sheet")  # of a file, by the user
MOST_RULES = 100  # payees that are written one by one; the rest moves too little to be read


def actuals_text(
    tables: Sequence[FileGroup],
    payees: Sequence[ImportedPayee],
    plan: Plan | None,
    out: str | None,
    reading: Reading,
) -> str:
    """The text of a file that extends a plan with what its books hold; what is not proven stands in remarks."""
    lines = []
    if plan is not None:
        lines += [f"extends = {toml_value(beside(plan.model.document.title, out))}", ""]
    return "\n".join([*lines, *actuals_table(tables, payees, out, reading)])


def actuals_table(
    tables: Sequence[FileGroup],
    payees: Sequence[ImportedPayee],
    out: str | None,
    reading: Reading,
) -> list[str]:
    """`[actuals]` with its files, the mapping of accounts and the rules of payees."""
    lines = ["[actuals]", 'last_close = "auto"   # the last month that every file covers to its end', ""]
    for table in tables:
        lines += [*_file(table, out, reading), ""]
    accounts = [each for each in payees if each.payee.ledger][:MOST_RULES]
    if accounts:
        lines += ["[actuals.mapping]   # of accounts", *(_entry(each) for each in accounts), ""]
    by_payee = {each.payee: each for each in payees if not each.payee.ledger}
    for payee in in_order(list(by_payee)[:MOST_RULES]):
        lines += [*_rule(by_payee[payee]), ""]
    left = len(by_payee) - MOST_RULES
    if left > 0:
        lines += [f'# {left} more payees move little; a rule whose match is "" has them all: put it last.', ""]
    return lines


class FileGroup(NamedTuple):
    """`[actuals.files.NAME]`: one file, or several of one account whose names differ in figures alone."""

    name: str
    path: str  # or a pattern
    layout: str
    exports: tuple[Export, ...]

    @property
    def cash(self) -> bool:
        """Whether it is money that we hold."""
        return all(export.inward for export in self.exports)


def file_tables(exports: Sequence[Export], files: Sequence[BookFile]) -> list[FileGroup]:
    """The tables of files, each with a name of its own."""
    by_title: dict[str, list[Export]] = {}
    for export in exports:
        by_title.setdefault(export.title, []).append(export)
    groups: dict[tuple[str, str, str], list[str]] = {}
    for file in files:
        of_file = by_title.get(file.title, [])
        layout = of_file[0].layout if of_file else ""
        account = of_file[0].account if len(of_file) == 1 else ""
        groups.setdefault((layout, account, _stem(file.title)), []).append(file.title)
    names: set[str] = set()
    return [
        FileGroup(
            table_name(Path(stem).stem or layout, names),
            titles[0] if len(titles) == 1 else _glob(titles),
            layout,
            tuple(export for title in titles for export in by_title.get(title, ())),
        )
        for (layout, _, stem), titles in groups.items()
    ]


def _file(table: FileGroup, out: str | None, reading: Reading) -> Iterator[str]:
    yield f"[actuals.files.{table.name}]   # {table.layout}"
    yield f"file    = {toml_value(beside(table.path, out))}"
    if table.cash:
        yield 'account = "cash"'
    for key in SAID:
        if (text := getattr(reading, key)) is not None:
            yield f"{key} = {toml_value(text)}"


def _stem(title: str) -> str:
    """A file's name without what tells one download from the next."""
    path = Path(title)
    return str(path.parent / (re.sub(r"[\d\W_]*(?:q\d|\d[\d\W_]*)+", "", path.stem, flags=re.IGNORECASE) + path.suffix))


def _glob(titles: Sequence[str]) -> str:
    """A pattern for several files: what their names have in common at both ends."""

    def common(texts: Sequence[str]) -> str:
        same = (letters[0] for letters in takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False)))
        return "".join(same)

    head = common(titles)
    tail = common([title[len(head) :][::-1] for title in titles])[::-1]
    return f"{head}*{tail}"


def beside(path: str, out: str | None) -> str:
    """A path as the file that is written names it."""
    if not Path(path).exists() and not any(mark in path for mark in "*?["):
        return path  # a bundled model
    return os.path.relpath(path, Path(out).parent if out else ".").replace(os.sep, "/")


def _entry(each: ImportedPayee) -> str:
    """The mapping of an account."""
    line = each.proposal.line if each.proposal else "…"
    text = f"{toml_value(each.payee.name)} = {toml_value(line)}"
    return f"{text}   # {_months(each)}" if each.counts else f"# {text}   # ? {_months(each)}"


def _rule(each: ImportedPayee) -> Iterator[str]:
    """The rule of a payee."""
    key, target = ("line", "…") if each.proposal is None else ("line", each.proposal.line)
    if each.proposal is not None and each.proposal.transfer:
        key, target = "transfer", each.proposal.transfer
    mark = "" if each.counts else "# "
    yield f"{mark}[[actuals.rules]]   # {'' if each.counts else '? '}{_months(each)}"
    yield f"{mark}match = {toml_value(each.payee.pattern)}"
    yield f"{mark}{key:<5} = {toml_value(target)}"


def _months(each: ImportedPayee) -> str:
    """What a payee moved by month, and why it is taken for its line."""
    amounts = sorted(each.payee.months.items())[-3:]
    text = ", ".join(f"{month_label(month)} {amount:,.2f}" for month, amount in amounts)
    return f"{text}; {each.proposal.reason}" if each.proposal and each.proposal.reason else text
