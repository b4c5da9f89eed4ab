"""The page over many runs: what differs from the engine, which stops do not read back, how large and fast a page is.

Run in `tests/`; the first and the last need node.  `python -m benchmarks.page runs 40`: every bundled model, every
scenario, each rung, so many random sets of one to four figures.  `python -m benchmarks.page stops`: each stop of each
slider against `--set`.  `python -m benchmarks.page sizes`: bytes of a page, milliseconds of a step of a slider (the
four rungs with their daily reading, in Node) and of a frame of the browser in which one is drawn.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from typing import TYPE_CHECKING

from benchmarks.export import model
from pages.test_program import BUNDLED, moved, scenarios
from pages.test_sliders import sliders
from support.javascript import RUNGS, both, node, script

import runway
from runway.engine.ladder import LADDER
from runway.pages.formulas import formulas

if TYPE_CHECKING:
    from runway.program.plan import Plan

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
FRAMES = """const ask = window.requestAnimationFrame.bind(window);
window.spent = [];
window.requestAnimationFrame = draw => ask(now => {
  const begun = performance.now();
  draw(now);
  spent.push(performance.now() - begun);
});"""


def runs(sets: int = 40) -> int:
    """Prints what differs, and returns how many runs do."""
    wrong = 0
    for name in BUNDLED:
        begun, plans, draw = time.perf_counter(), scenarios(name), random.Random(name)
        asked = [(n, rung) for n in range(len(plans)) for rung in RUNGS]
        asked += [(n, moved(plan, draw) | rung) for n, plan in enumerate(plans) for rung in RUNGS for _ in range(sets)]
        differing = [line for n in range(0, len(asked), 100) for line in both(plans, asked[n : n + 100])]
        print(f"{name}: {len(asked):,} runs, {len(differing)} differ, {time.perf_counter() - begun:.1f} s")
        print("".join(f"  {line}\n" for line in differing[:5]), end="")
        wrong += len(differing)
    return wrong


def stops(_: int = 0) -> int:
    """Prints the stops whose text does not come to their number and the same formulas, and returns how many."""
    wrong = 0
    for name in BUNDLED:
        plan, tried = runway.load(name), 0
        for slider in sliders(plan).values():
            for n, stop in enumerate(slider.stops):
                if n == slider.at:
                    continue
                tried += 1
                other = runway.load(name, set={slider.address: stop.text}).program
                differing = {a: v for a, v in other.parameters.items() if v != plan.program.parameters[a]}
                if differing != {slider.address: stop.x} or other.usual.rows != plan.program.usual.rows:
                    wrong += 1
                    print(f"  {slider.address} {stop.text}")
        print(f"{name}: {tried:,} stops")
    return wrong


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


def frame(path: str) -> float:
    """Milliseconds of a frame in which a step is drawn, at the median of forty; needs playwright and Chromium."""
    from pages.test_browser import CHROMIUM, FLAGS
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started, started.chromium.launch(executable_path=CHROMIUM, args=FLAGS) as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(FRAMES)
        page.goto(f"file://{path}")
        page.wait_for_timeout(300)
        page.locator("aside .slider input[type=range]").nth(1).focus()
        page.evaluate("spent.length = 0")
        for n in range(40):
            page.keyboard.press("ArrowRight" if n % 8 < 4 else "ArrowLeft")
            page.wait_for_timeout(20)
        return float(statistics.median(page.evaluate("spent")))


def sizes(_: int = 0) -> int:
    """Prints the size of pages, the time that it takes to make one, that of a step and that of a frame."""
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        large = Path(folder) / "large.toml"
        large.write_text(model(200, 120), encoding="utf-8")
        for name in (*BUNDLED, str(large)):
            plan, begun = runway.load(name), time.perf_counter()
            text, out = runway.page(plan), Path(folder) / "page.html"
            took = time.perf_counter() - begun
            out.write_text(text, encoding="utf-8")
            print(f"{Path(name).stem:22}{len(text.encode()) / 1000:8.1f} kB{took:8.2f} s", end="")
            print(f"{steps(plan):8.2f} ms a step{frame(str(out)):8.2f} ms a frame")
    return 0


if __name__ == "__main__":
    task = {"runs": runs, "stops": stops, "sizes": sizes}[sys.argv[1] if len(sys.argv) > 1 else "runs"]
    sys.exit(task(*map(int, sys.argv[2:])) > 0)
