"""From a document to a model whose program is made: scenario, further changes, every check."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runway.addresses import changed, dimension_of, find
from runway.checks import cross_checks
from runway.dimension import Dimension
from runway.errors import InputError, Problem, did_you_mean
from runway.model import Model, Reader
from runway.program import compile_model
from runway.quantity import FigureError
from runway.reading import worded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    problems = [*reader.problems, *cross_checks(model), *_scenario_problems(original, model, reader.context)]
    return replace(model, program=compile_model(model, problems))


def _scenario_problems(document: Document, model: Model, context: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the figures of the scenarios, whichever is asked for."""
    for name, scenario in model.scenarios.items():
        for address, value in scenario.set.items():
            try:
                after = changed(document, {address: value}, name)
            except InputError as error:
                yield from error.problems
                continue
            found = find(document.data, address)
            if found is None:
                continue
            path, field = found
            dimension = Dimension("free") if field is None else dimension_of(field)
            if dimension is None:
                continue
            raw: Any = after.data
            for part in path:
                raw = raw[part]
            try:
                dimension.read(raw, context)
            except FigureError as error:
                description = "" if field is None else field.description or ""
                text = worded(error.text, str(path[-1]), description)
                yield after.problem((*path, *error.path), error.name, text)
