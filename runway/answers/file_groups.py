"""Which exports are downloads of one account, and so are one table of the actuals that are made of them."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from glob import glob
from itertools import combinations
from os.path import commonprefix
from pathlib import Path
from typing import TYPE_CHECKING

from runway.answers.table_names import table_name
from runway.errors import InputError, Problem
from runway.files.books.dates import month_words
from runway.files.books.union import said_twice, same_account
from runway.language.named_tuple import NamedTuple
from runway.words import day_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.files.books.export import BookFile, Export


class FileGroup(NamedTuple):
    """`[actuals.files.NAME]`: one file, or the downloads of one account."""

    name: str
    paths: tuple[str, ...]  # the one file, a pattern, or several files
    layout: str
    exports: tuple[Export, ...]

    @property
    def cash(self) -> bool:
        """Whether its accounts hold money of the company."""
        return all(export.inward for export in self.exports)


def file_tables(exports: Sequence[Export], files: Sequence[BookFile]) -> list[FileGroup]:
    """The tables of files, each with a name of its own. Raises `InputError` (counted-twice)."""
    by_title: dict[str, list[Export]] = {file.title: [] for file in files}
    for export in exports:
        by_title[export.title].append(export)
    for first, second in combinations(exports, 2):
        if (row := said_twice(first, second)) is not None:
            row_text = f"{row.amount:,} of {day_text(row.day)} stands in {first.title} and in {second.title}"
            text = f"{row_text}, as most of their rows do: they are one account, or the same books, in two forms."
            raise InputError(Problem("counted-twice", f"{text} Leave one of them out."))
    names: set[str] = set()
    groups = []
    for titles in _downloads(by_title):
        layout = by_title[titles[0]][0].layout if by_title[titles[0]] else ""
        stems = {_stem(title) for title in titles}
        name = stems.pop()[1] if len(stems) == 1 else ""
        alike = tuple(export for title in titles for export in by_title[title])
        groups.append(FileGroup(table_name(name or layout, names), _paths(titles, list(by_title)), layout, alike))
    return groups


def _downloads(by_title: dict[str, list[Export]]) -> list[list[str]]:
    """The files in groups: by name, but for those that show that they are of one account, or of several."""
    groups: list[list[str]] = []
    for title, exports in by_title.items():
        alike = [group for group in groups if _alike(by_title[group[0]], exports)]
        verdicts = [{_same_accounts(by_title[member], exports) for member in group} for group in alike]
        proven = [group for group, verdict in zip(alike, verdicts, strict=True) if True in verdict]
        same_stem = [
            group
            for group, verdict in zip(alike, verdicts, strict=True)
            if False not in verdict and _stem(group[0]) == _stem(title)
        ]
        if not (joined := proven or same_stem[:1]):
            groups.append([title])
            continue
        joined[0].append(title)
        for group in joined[1:]:  # groups that this file joins
            joined[0] += group
            groups.remove(group)
    order = list(by_title)
    return sorted((sorted(group, key=order.index) for group in groups), key=lambda group: order.index(group[0]))


def _alike(first: Sequence[Export], second: Sequence[Export]) -> bool:
    """Whether two files may be of one account: equal in layout and, where each has one account, in that."""
    layouts = [{export.layout for export in exports} for exports in (first, second)]
    accounts = [exports[0].account if len(exports) == 1 else "" for exports in (first, second)]
    return layouts[0] == layouts[1] and accounts[0] == accounts[1]


def _same_accounts(first: Sequence[Export], second: Sequence[Export]) -> bool | None:
    """Whether the accounts of two files are the same, as far as their rows show it."""
    if [export.currency for export in first] != [export.currency for export in second]:
        return None
    verdicts = {same_account(mine, theirs) for mine, theirs in zip(first, second, strict=True)}
    return verdicts.pop() if len(verdicts) == 1 else None


def _stem(title: str) -> tuple[Path, str, str]:
    """A file's folder, its name without figures and months, by which downloads differ, and its suffix.

    >>> _stem("bank-2026-01.csv")[1], _stem("Statement March 2027.csv")[1], _stem("apr.csv")[1]
    ('bank', 'Statement', '')
    """
    path = Path(title)
    plain = re.sub(r"[\d\W_]*(?:q\d|\d[\d\W_]*)+", "", path.stem, flags=re.IGNORECASE)
    words = [word for word in re.split(r"([\W_]+)", plain) if word.casefold() not in month_words()]
    return path.parent, re.sub(r"^[\W_]+|[\W_]+\Z", "", "".join(words)), path.suffix


def _common_letters(texts: Sequence[str]) -> str:
    return commonprefix(texts)  # noqa: RUF071 - letter by letter, within the names of folders too


def _paths(titles: Sequence[str], all_titles: Sequence[str]) -> tuple[str, ...]:
    """A pattern for several files, which next month's fits as well; all of them where it would fit another file.

    It is the common part of their names without figures, else with the figures that are the same.
    """
    if len(titles) == 1:
        return tuple(titles)
    head = _common_letters(titles)
    tail = _common_letters([title[len(head) :][::-1] for title in titles])[::-1]
    tail = re.sub(r"\A[\d_-]*\d", "", tail)
    for start in (re.sub(r"\d[\d_-]*\Z", "", head), head.rstrip("0123456789"), head):
        pattern = f"{start}*{tail}"
        all_paths = [*all_titles, *glob(pattern)]  # noqa: PTH207 - it may begin at the root
        if (
            Path(start).name
            and start[-1] != os.sep
            and all(title in titles for title in all_paths if fnmatchcase(title, pattern))
        ):
            return (pattern,)
    return tuple(titles)
