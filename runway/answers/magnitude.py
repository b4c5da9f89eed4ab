"""The largest figure of a model, which decides the unit of its reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.engine.ladder import runner_of
from runway.engine.load import load_document
from runway.errors import InputError
from runway.program.statement import CASH_SECTIONS

if TYPE_CHECKING:
    from runway.program.plan import Plan

CASH = ("opening_cash", "cash", *(f"cash.{section}" for section in CASH_SECTIONS))


def largest_figure(plan: Plan) -> float:
    """The largest balance or flow of a month, or headline of a round, in a file's base scenario as it is written.

    In whole currency units, whatever scenario and changes the plan has, so that all of a company's reports have one
    unit; 0 where the base scenario cannot be run.
    """
    model = plan.model
    books = {address: value for address, value in model.changes.items() if address.startswith("actuals.")}
    try:
        if model.scenario != "base" or model.changes != books:
            plan = load_document(model.original, changes=books, like=plan)
        rows = runner_of(plan).engine.as_written
    except InputError:
        return 0.0
    sized = (values for address, values in rows.items() if address in CASH or address.endswith(".headline"))
    return max((abs(value) for values in sized for value in values), default=0.0)
