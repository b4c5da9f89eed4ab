"""Formulas at random: the printed blocks and the engine on floats agree on every path on which there is a value."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy
import pytest
from support.any_formula import any_formulas

from runway.errors import InputError
from runway.simulation.block_engine import Simulator
from runway.simulation.draws import Streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from runway.program.plan import Plan

    Load = Callable[..., Plan]

PATHS = 64


@pytest.mark.parametrize("seed", range(30))
def test_a_random_formula(load: Load, seed: int) -> None:
    text, (one, two) = any_formulas(random.Random(seed))
    model = load(text)
    try:
        simulator = Simulator(model, [0, 3])
        block = simulator.run(0, Streams(seed, 0), PATHS, simulator.workspace())
    except InputError:  # a figure that has no value on some path is told, as the engine tells it
        return
    compared = 0
    for path in range(0, PATHS, 4):
        every = {address: float(values[path]) for address, values in block.figures.items()}
        try:
            rows = simulator.engine.run(every, posting=False)
        except InputError:
            continue  # floats have no value where a block has none that matters
        compared += 1
        got = numpy.array([month[path] for month in block.cash])
        assert got == pytest.approx(rows["cash"], rel=1e-9, abs=1e-5), (one, two, every)
    assert compared > PATHS / 8
