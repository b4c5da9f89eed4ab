"""A later reading of the file of a page that is served: its figures, for the formulas that the page has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.days import layout

if TYPE_CHECKING:
    from runway.pages.build import PageData
    from runway.program.plan import Plan


def later(plan: Plan, served: PageData) -> dict[str, Any] | None:
    """The figures of a plan for the page of another reading; None where it has other formulas, months or days."""
    base = served.plans[0]
    program, old = plan.program, base.program
    same = (
        served.live
        and plan.model.scenario == base.model.scenario
        and (program.start, program.months, program.minor_digits) == (old.start, old.months, old.minor_digits)
        and program.parameters.keys() == old.parameters.keys()
        and program.usual.rows == old.usual.rows
        and layout(plan) == served.runner.layout
    )
    return {"parameters": served.places.numbers(plan)} if same else None
