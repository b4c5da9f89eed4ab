"""From a document to a model whose program is made: scenario, further changes, every check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runway.addresses import changed
from runway.checks import cross_checks
from runway.errors import InputError, Problem, did_you_mean
from runway.model import Model, Reader
from runway.program import compile_model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runway.files import Document


def load_document(document: Document, scenario: str = "base", changes: Mapping[str, Any] | None = None) -> Model:
    """The model of a document under a scenario and further changes, its program made.

    Raises `InputError` with every problem found.
    """
    original = document
    scenarios = Reader(document).named("scenarios", "Scenario")
    if scenario != "base" or "base" in scenarios:
        if scenario not in scenarios:
            names = ["base", *scenarios]
            hint = did_you_mean(scenario, names) or f" There are {', '.join(names)}."
            raise InputError(Problem("unknown-scenario", f"There is no scenario {scenario} in {document.title}.{hint}"))
        document = changed(document, scenarios[scenario].set, scenario)
    if changes:
        document = changed(document, changes)
    reader = Reader(document)
    model = reader.model(scenario, original)
    problems = [*reader.problems, *cross_checks(model)]
    for name, other in model.scenarios.items():
        try:
            changed(document, other.set, name)
        except InputError as error:
            problems.extend(error.problems)
    return replace(model, program=compile_model(model, problems))
