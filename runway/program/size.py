"""How large a program may be: a file beyond it would take minutes, or more than a gigabyte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.errors import InputError
from runway.language.tree import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.model.model import Model
    from runway.program.row import ProgramRow

MOST_FIGURES = 4_000_000  # rows times months: some hundred bytes each
MOST_TOGETHER = 2_000  # closings, or investors, of one round: a sum of more is deeper than Python reads
ROWS_OF_A_LINE = 2  # at least: its own and its cash
MOST_TERMS = 100_000_000  # terms of all formulas times months: some seconds a run


def refuse_many_rows(model: Model) -> None:
    """Refuses a model whose lines, or rounds, alone have too many rows, before those are made or looked into."""
    if "model" in model.broken:
        return
    lines = sum(1 for item in model.items if item.has_rows and item.section != "drivers")
    months, least = model.settings.months, ROWS_OF_A_LINE * lines
    if least * months > MOST_FIGURES:
        raise _too_large(model, f"The file has more than {least:,} rows")
    for item in model.section("funding"):
        closings, investors = len(item.part.closings()), len(item.part.investors())
        says = f"{closings:,} closings with {investors:,} investors"
        if max(closings, investors) > MOST_TOGETHER:
            text = f"{says} in one round; at most {MOST_TOGETHER:,} of each can be computed. Put some together."
            path = (*item.path, "closings" if closings > investors else "commitments")
            raise InputError(model.document.problem(path, "model-too-large", text, at="key"))
        if (rows := closings * investors * (2 + len(item.part.clauses()))) * months > MOST_FIGURES:
            raise _too_large(model, f"{says} have more than {rows:,} rows", (*item.path, "closings"))


def refuse_too_large(model: Model, rows: Sequence[ProgramRow]) -> None:
    """Refuses rows of too many figures, or of too many terms to be computed."""
    months = model.settings.months
    if len(rows) * months > MOST_FIGURES:
        raise _too_large(model, f"The file has {len(rows):,} rows")
    terms = sum(len(walk(row.formula)) for row in rows)
    if terms * months > MOST_TERMS:
        raise _too_large(model, f"The formulas of the file have {terms:,} terms")


def _too_large(model: Model, says: str, path: Sequence[str | int] = ("model", "months")) -> InputError:
    text = (
        f"{says}, in {model.settings.months:,} months. At most {MOST_FIGURES:,} figures are kept, rows times months, "
        "and a hundred million terms computed. Write fewer months, or put lines, closings or investors together."
    )
    return InputError(model.document.problem(path, "model-too-large", text, at="key"))
