"""How large a page is, and how long a step of a slider takes: the four rungs with their daily reading, in Node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.export import model
from support.javascript import needs_node, node, script

import runway
from runway.engine.ladder import LADDER
from runway.pages.formulas import formulas

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

SLACK = 3  # of times on a machine that others use too
TIMED = """
const {parameters, program, rungs, lever} = JSON.parse(require("fs").readFileSync(0, "utf8")), spent = [];
for (let n = 0; n < 80; n++) {
  const begun = performance.now();
  parameters[lever] *= 1.001;
  for (const overrides of rungs) rung(program, FUNCTIONS, parameters, overrides);
  spent.push(performance.now() - begun);
}
console.log(spent.sort((a, b) => a - b)[40]);
"""


def steps(plan: Plan) -> float:
    """Milliseconds of a step, at the median."""
    text = formulas([plan])
    places = text.places.parameters
    given = {
        "parameters": text.parameters,
        "program": text.programs[0],
        "rungs": [[(places[a], v) for a, v in rung.overrides.items() if a in places] for rung in LADDER],
        "lever": places["levers.burn"],
    }
    found = node(f'"use strict";{script("runtime.js")}{text.script}{script("daily.js")}{TIMED}', given)
    return float(found[0])


@needs_node
def test_a_step_of_the_default_model() -> None:
    assert steps(runway.load("openai-2025")) <= 4 * SLACK


@needs_node
def test_a_step_of_two_hundred_lines_over_ten_years(load: Callable[..., Plan]) -> None:
    assert steps(load(model(200, 120))) <= 30 * SLACK


def test_the_page_of_the_default_model_is_small(load: Callable[..., Plan]) -> None:
    assert len(runway.page("openai-2025").encode()) <= 210_000
