"""A model's page program run by Node beside the engine, cell by cell."""

from __future__ import annotations

import json
import shutil
import subprocess
from array import array
from base64 import b64decode
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from support.powers import nearest

import runway.pages
from runway.engine.ladder import LADDER, runner_of
from runway.engine.run import Engine, RunError
from runway.pages.formulas import formulas
from runway.pages.sheets import SHEETS, later_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.ladder import Runner
    from runway.pages.numbering import Numbering
    from runway.program.plan import Plan

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: the page's program is not run")
FOLDER = Path(runway.pages.__file__).parent

DRIVER = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const view = numbers => Buffer.from(Float64Array.from(numbers).buffer).toString("base64");
for (const {program, changes} of cases.runs) {
  const P = Float64Array.from(cases.parameters);
  for (const [place, value] of changes) P[place] = value;
  const at = cases.programs[program];
  let found;
  try {
    const {H, lowest, lowMonth, lowDay, zeroMonth, zeroDay, free} = rung(at, FUNCTIONS, P, []);
    found = {cells: view(further(at, FUNCTIONS, P, H)), reading: [lowest, lowMonth, lowDay, zeroMonth, zeroDay], free};
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    found = {refused: [error.kind, error.row, error.month]};
  }
  console.log(JSON.stringify(found));
}
"""


def script(name: str) -> str:
    """A script of the page."""
    return (FOLDER / name).read_text(encoding="utf-8")


def node(source: str, given: Any) -> list[Any]:
    """What a program prints, one JSON value a line."""
    assert NODE is not None
    run = subprocess.run([NODE, "-e", source], input=json.dumps(given), capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    return [json.loads(line) for line in run.stdout.splitlines()]


def both(plans: Sequence[Plan], runs: Sequence[tuple[int, Mapping[str, float]]]) -> list[str]:
    """What differs between the engine and the page's program, on runs of plans under overrides."""
    text = formulas(plans, [later_rows(plan, SHEETS) for plan in plans])
    places, asked = text.places, []
    for n, overrides in runs:
        changes = dict(text.overrides[n]) | {places.parameters[a]: v for a, v in overrides.items()}
        asked.append({"program": text.of[n], "changes": [*changes.items()]})
    given = {"parameters": text.parameters, "programs": text.programs, "runs": asked}
    found = node(f'"use strict";{script("runtime.js")}{text.script}{script("daily.js")}{DRIVER}', given)
    runners = [*map(_runner, plans)]
    differing = list[str]()
    for (n, overrides), run in zip(runs, found, strict=True):
        said = f"{plans[n].model.settings.name} · {plans[n].model.scenario} {dict(overrides)}"
        wrong = _differs(runners[n], overrides, run, places)
        if wrong:  # the C library of this machine may round a power otherwise
            with nearest():
                wrong = _differs(_runner(plans[n]), overrides, run, places)
        differing += [f"{said}: {wrong}"] if wrong else []
    return differing


def _runner(plan: Plan) -> Runner:
    """A plan made ready to run with the rows that its page has, those of its statements and metrics too."""
    usual, later = plan.program.usual, later_rows(plan, SHEETS)
    program = usual._replace(rows=(*usual.rows, *later))
    return runner_of(plan)._replace(engine=Engine(program, plan.model.document, whole=True))


def _differs(runner: Runner, overrides: Mapping[str, float], run: dict[str, Any], places: Numbering) -> str | None:
    """What differs between the engine and a run of the page, None if nothing: cells, the reading, or the refusal."""
    names = [*places.rows]
    row = names[run["refused"][1]] if "refused" in run else ""
    try:
        overrides = runner.with_the_bank(overrides)
        rows = runner.engine.run(overrides)
    except RunError as error:
        problem, address = error.problems[0], runner.program.shown.get(row, row)
        same = "refused" in run and [problem.name, error.month] == run["refused"][::2] and address in problem.text
        return None if same else f"{problem.text} but {run.get('refused')} {address}"
    if "refused" in run:
        return f"refused, {run['refused']} {row}"
    cells, months = array("d", b64decode(run["cells"])), runner.program.months
    for address, values in rows.items():
        at = places.rows[address] * months
        for t, value in enumerate(values):
            if value != cells[at + t] and not (isnan(value) and isnan(cells[at + t])):
                return f"{address} in month {t} is {value!r}, not {cells[at + t]!r}"
    days = runner.days(rows, overrides)
    if [*days.read()] != run["reading"]:
        return f"{days.read()} but {run['reading']}"
    if rows["opening_cash"][0] - days.restricted_at_the_start() != run["free"][0]:
        return "set aside at the start"
    return None


RUNGS = [dict(counting.overrides) for counting in LADDER]
