"""Printed formulas come to what their trees do, node after node: for floats, and on every path where figures vary."""

from __future__ import annotations

import random
from math import isfinite

import numpy
import pytest
from support.reckoned import Reckoning, any_number

from runway.engine.run import Engine
from runway.errors import InputError
from runway.language.tree import ZERO, Binary, Number, Parameter, Sum
from runway.program.program import Program
from runway.program.row import ProgramRow

PARAMETERS = {"a": 2.0, "b": -1.5, "c": 0.0, "d": 7.0}
PATHS = {"a": [2.0, 0.0, -1.0, 3.5], "c": [0.0, 1.0, -0.25, 4.0]}


def program(seed: int) -> Program:
    draw, rows = random.Random(seed), list[ProgramRow]()
    for n in range(4):
        before = [row.address for row in rows]
        formula = any_number(draw, draw.randint(1, 4), [*PARAMETERS], before, f"r{n}")
        opening = Binary("-", Parameter("a"), Sum((Number(-1.25), Parameter(draw.choice([*PARAMETERS])))))
        rows.append(ProgramRow(f"r{n}", formula, opening, n % 2 == 0, None))
    rows.append(ProgramRow("cash", ZERO, ZERO, False, None))
    return Program(tuple(rows), PARAMETERS, {}, 2025 * 12, 6, 2, {})


def reckoned(seed: int, values: dict[str, float], *, posting: bool) -> dict[str, list[float]] | None:
    """The rows; None where a figure does not exist."""
    try:
        found = Reckoning(program(seed), values, posting).values
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if all(isfinite(v) and abs(v) < 1e6 for row in found.values() for v in row) else None


@pytest.mark.parametrize("seed", range(200))
def test_of_floats(seed: int) -> None:
    for posting in (False, True):
        expected = reckoned(seed, PARAMETERS, posting=posting)
        try:
            rows = Engine(program(seed)).run(posting=posting)
        except InputError:
            assert expected is None
            continue
        if expected is not None:
            assert {name: [*map(float, row)] for name, row in rows.items()} == expected


@pytest.mark.parametrize("seed", range(200))
def test_of_paths(seed: int) -> None:
    figures = [PARAMETERS | dict(zip(PATHS, values, strict=True)) for values in zip(*PATHS.values(), strict=True)]
    expected = [reckoned(seed, each, posting=False) for each in figures]
    try:
        rows = Engine(program(seed)).run({name: numpy.array(values) for name, values in PATHS.items()}, posting=False)
    except InputError:
        assert None in expected
        return
    for path, of_path in enumerate(expected):
        for name, values in {} if of_path is None else of_path.items():
            got = [float(value if numpy.ndim(value) == 0 else value[path]) for value in rows[name]]
            assert got == pytest.approx(values, rel=1e-12)
