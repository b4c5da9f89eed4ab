"""The two models that a comparison is of: files, revisions, scenarios, changes, or plans loaded before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.load import load_document, loaded_again
from runway.errors import InputError, Problem
from runway.files.document import default_model
from runway.files.git import read, revision_before
from runway.model.addresses import AS_OF
from runway.model.overrides import refuse_twice, set_by, whole_text
from runway.program.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.files.document import Document


def two_sides(
    first: str | Plan | None,
    second: str | Plan | None,
    scenarios: Sequence[str] = (),
    changes: Mapping[str, Any] | None = None,
    as_of: str | None = None,
) -> tuple[Plan, Plan, tuple[str, str]]:
    """The two plans that names mean, and their titles; a plan keeps its own scenario and changes.

    Two files or revisions (`plan.toml@HEAD~1`), each under its scenario; or one, under two scenarios, under base and
    one, as it is and with `changes`, which always act on the second, or as git has it and as it is.
    """
    name = first if first is not None else default_model()
    names, why = list(scenarios), ""
    alone = second is None and not names and not changes
    if alone and isinstance(name, str) and (last := revision_before(name)) is not None:
        try:
            read(last)
        except InputError as error:
            why = f" {error.problems[0].text}"
        else:
            name, second, alone = last, name, False
    if alone:
        text = (
            f"A comparison needs two models.{why}\n"
            "Two files: runway compare OLD.toml NEW.toml.\n"
            "Two revisions: runway compare PLAN.toml@HEAD~1 PLAN.toml.\n"
            "Two scenarios: runway compare PLAN.toml --scenario base --scenario NAME."
        )
        raise InputError(Problem("compare-needs-two", text))
    before = read(name) if isinstance(name, str) else name
    after = before if second is None else read(second) if isinstance(second, str) else second
    if len(names) > 2:
        raise InputError(Problem("compare-needs-two", "A comparison has two sides: give --scenario at most twice."))
    if len(names) == 1:
        names = [names[0] if changes or second is not None else "base", names[0]]
    refuse_twice(after.model.original if isinstance(after, Plan) else after, changes or {}, as_of)
    day = {} if as_of is None else {AS_OF: set_by("--as-of", as_of)}
    first_scenario, second_scenario = names or (None, None)
    plans = _plan_under(before, first_scenario, day), _plan_under(after, second_scenario, {**(changes or {}), **day})
    labels = [_name(name), _name(name if second is None else second)]
    under = [plan.model.scenario for plan in plans]
    if second is None:
        labels = under
    elif under[0] != under[1] or labels[0] == labels[1]:
        labels = [f"{label} {scenario}" for label, scenario in zip(labels, under, strict=True)]
    if changes:
        labels[1] += " with " + ", ".join(f"{address} = {whole_text(value)}" for address, value in changes.items())
    return *plans, (labels[0], labels[1])


def _name(side: str | Plan) -> str:
    return side if isinstance(side, str) else side.model.document.title


def _plan_under(side: Document | Plan, scenario: str | None, changes: Mapping[str, Any]) -> Plan:
    """The plan of a side under a scenario and changes."""
    if isinstance(side, Plan):
        return loaded_again(side, scenario, changes)
    return load_document(side, scenario or "base", changes)
