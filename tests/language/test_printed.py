"""Printed formulas come to what their trees do, node after node: for floats, on every path, and as they are shown."""

from __future__ import annotations

import random
from math import isfinite

import numpy
import pytest
from support.reckoned import Reckoning, any_number

from runway.engine.run import Engine
from runway.errors import InputError
from runway.language.formula import parse
from runway.language.lookup import resolve
from runway.language.python import formula_text
from runway.language.tree import (
    ZERO,
    Binary,
    Clock,
    Happened,
    History,
    Name,
    Node,
    Number,
    Parameter,
    Step,
    Sum,
    as_number,
    walk,
)
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


@pytest.mark.parametrize("seed", range(200))
def test_of_what_is_shown(seed: int) -> None:
    """Read again, the text of a formula is the same formula."""
    draw = random.Random(seed)
    tree = any_number(draw, draw.randint(1, 4), [*PARAMETERS], (), "r")
    if any(isinstance(node, (Step, History, Happened)) for node in walk(tree)):
        return
    read = as_number(resolve(parse(formula_text(tree)), named, lambda day: day))
    shown, meant = (alone(each, PARAMETERS) for each in (read, tree))
    assert shown == meant if meant is None else shown == pytest.approx(meant, rel=1e-12)


def named(name: Node) -> Node:
    assert isinstance(name, Name)
    return Parameter(name.address) if name.address in PARAMETERS else Clock(name.address)


def alone(formula: Node, values: dict[str, float]) -> list[float] | None:
    """The months of a formula; None where one does not exist."""
    one = Program((ProgramRow("r", formula, ZERO, False, None),), values, {}, 2025 * 12, 6, 2, {})
    try:
        return Reckoning(one, values, posting=False).values["r"]
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
