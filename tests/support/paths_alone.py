"""Paths of a simulation, each run alone on floats: what the printed blocks compute is what the engine computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runway.engine.days import Days
from runway.engine.ladder import LADDER
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.block_engine import Simulator
from runway.simulation.draws import Streams

if TYPE_CHECKING:
    from runway.program.plan import Plan

PATHS = 400
CHECKED = range(0, PATHS, 8)


def agrees(model: Plan) -> None:
    """Cash of every month, lowest cash and the zero-cash day of some paths, on every rung."""
    program = model.program
    simulator = Simulator(model, range(len(LADDER)))
    space = simulator.workspace()
    simulator.run(3, Streams(5, 3), PATHS, space)  # what a block leaves in the buffers does not show in the next
    block = simulator.run(0, Streams(5, 0), PATHS, space)
    for rung, counting in enumerate(LADDER):
        for path in CHECKED:
            every = {address: float(values[path]) for address, values in block.figures.items()} | counting.overrides
            rows = simulator.engine.run(every, posting=False)
            parameters = {**program.parameters, **every}
            read = Days(simulator.layout, rows, parameters, rows["minimum_cash"][0], program.half_unit).read()
            day = -1 if read.zero_month < 0 else read.zero_month * DAYS_A_CODE + int(read.zero_day)
            assert block.codes[rung][path] == day
            if rung == 0:
                cash = [float(month[path]) for month in block.cash]
                assert cash == pytest.approx(rows["cash"], rel=1e-9, abs=1e-4)
                assert block.lowest[path] == pytest.approx(read.lowest, rel=1e-9, abs=1e-4)
