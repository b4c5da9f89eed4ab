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
MOST_TERMS = 100_000_000  # terms of all formulas times months: some seconds a run


def refuse_many_rows(model: Model) -> None:
    """Refuses a model whose rounds alone have too many rows, before those are made."""
    for item in model.section("funding"):
        part = item.part
        each = len(part.closings()) * len(part.investors())
        if (rows := each * (2 + len(part.clauses()))) * model.settings.months > MOST_FIGURES:
            says = f"{len(part.closings()):,} closings with {len(part.investors()):,} investors have more than {rows:,}"
            raise _too_large(model, says + " rows", (*item.path, "closings"))


def refuse_too_large(model: Model, rows: Sequence[ProgramRow]) -> None:
    """Refuses rows of too many figures, or of too many terms to be computed."""
    months = model.settings.months
    if len(rows) * months > MOST_FIGURES:
        raise _too_large(model, f"The file has {len(rows):,} rows")
    terms = sum(1 for row in rows for _ in walk(row.formula))
    if terms * months > MOST_TERMS:
        raise _too_large(model, f"The formulas of the file have {terms:,} terms")


def _too_large(model: Model, says: str, path: Sequence[str | int] = ("model", "months")) -> InputError:
    text = (
        f"{says}, in {model.settings.months:,} months. At most {MOST_FIGURES:,} figures are kept, rows times months, "
        "and a hundred million terms computed. Write fewer months, or put lines, closings or investors together."
    )
    return InputError(model.document.problem(path, "model-too-large", text, at="key"))
