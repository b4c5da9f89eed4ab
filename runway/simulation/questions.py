"""The questions about the last month of each path: whether a closing drew, a clause bit, a covenant ever failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO, AsNumber, Compare, History, Number, RowRef, Sum
from runway.months import NEVER
from runway.program.row import ProgramRow

if TYPE_CHECKING:
    from runway.model.model import Model
    from runway.program.plan import Plan

SHORT = 1e-6  # of headroom: paths are not posted to the cent, and a credit line may keep cash right at a covenant


class Question(NamedTuple):
    """A question about the last month of each path: whether a closing drew, a clause bit, a covenant ever failed, an
    action was on by a month.

    The questions of a simulator are these, then whether each check of the file holds.
    """

    address: str
    rows: tuple[str, ...]


def closings(plan: Plan) -> list[Question]:
    """Each closing and grant, with the rows of its date and of the money left."""
    model, program = plan
    questions = []
    rows = {row.address for row in program.rows}
    for item in model.section("funding"):
        for address, _ in item.closings():
            # what closed before the first month is in opening cash
            if 0 <= program.parameters[f"{address}.date"] < NEVER:
                amount = f"{address}.left" if f"{address}.left" in rows else f"{address}.offered"
                questions.append(Question(address, (f"{address}.due", amount)))
    return questions


def covenants(model: Model) -> tuple[list[Question], list[ProgramRow]]:
    """Each covenant, with a row of its own: how many tests so far found it short by more than binary fractions are."""
    questions, rows = [], []
    for item in model.section("funding"):
        for covenant in item.part.covenants():
            address = f"{item.name}.{covenant.name}"
            fails = f"{address}.fails so far"  # a blank keeps it apart from every row of a file
            short = AsNumber(Compare("<", RowRef(f"{address}.headroom"), Number(-SHORT)))
            rows.append(ProgramRow(fails, Sum((History("prev", RowRef(fails), None), short)), ZERO, False, item.path))
            questions.append(Question(address, (fails,)))
    return questions, rows


def clauses(model: Model) -> list[Question]:
    """Each clause, with the row that says whether it bites."""
    return [
        Question(f"{item.name}.{clause.name}", (f"{item.name}.{clause.name}.bites",))
        for item in model.section("funding")
        for clause in item.part.clauses()
    ]
