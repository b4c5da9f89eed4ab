"""Exports of books in tests: read from bytes, and summed as the samples' totals are written."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from runway.errors import InputError
from runway.files.books.export import BookFile, Reading
from runway.files.books.read import read_export

if TYPE_CHECKING:
    from runway.errors import Problem
    from runway.files.books.export import Export

SAMPLES = Path(__file__).parents[1] / "files" / "books"

FERN = """\
[model]
name = "Fern"
start = "2026-01"
months = 24
opening_cash = "177856.24"

[revenue.subscriptions]
kind = "recurring"
amount = "12000/month"
growth = "3%/month"

[costs.team]
kind = "recurring"
amount = "33000/month"

[costs.office]
title = "Office rent"
kind = "recurring"
amount = "9000/month"
"""
"""The plan of a company whose books are read."""


def read_file(path: Path, **said: Any) -> tuple[Export, ...]:
    """What a file has."""
    return read_export(BookFile(path.name, path), Reading(**{"currency": "EUR", **said}))


def exports(folder: Path, text: str | bytes, **said: Any) -> tuple[Export, ...]:
    """What a text has as a file."""
    path = folder / "export"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(path, **said)


def refused(folder: Path, text: str | bytes, **said: Any) -> Problem:
    """The one problem that a text is refused with; it has a place, and an excerpt that shows it."""
    with pytest.raises(InputError) as error:
        exports(folder, text, **said)
    (problem,) = error.value.problems
    if problem.place is not None:
        assert problem.place.line in dict(problem.excerpt)
        assert "^" in str(problem)
    return problem


def said(problem: Problem) -> str:
    """The name of a problem and its line and column."""
    return f"{problem.name} {problem.place.line}:{problem.place.column}" if problem.place else problem.name


def by_month(export: Export, account: str | None = None) -> dict[str, Decimal]:
    """The sum of each month, of one account or of all."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in export.rows:
        if account is None or row.account == account:
            sums[f"{row.day:%Y-%m}"] += row.amount
    return dict(sums)


def known_totals(sample: str) -> Any:
    """What a right reader finds in a sample."""
    return json.loads((SAMPLES / "totals.json").read_text(encoding="utf-8"))[sample]["totals"]


def decimals(totals: dict[str, str]) -> dict[str, Decimal]:
    """Sums by month, those of months without rows left out."""
    return {month: Decimal(amount) for month, amount in totals.items() if amount != "0"}
