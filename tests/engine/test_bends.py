"""Days that are not read, as no row bends the month's curve, beside every day of every month."""

from __future__ import annotations

from random import Random

import pytest

import runway
from runway.engine.ladder import LADDER, Runner, runner_of

MODELS = [model.name for model in runway.models().models]


def every_day(runner: Runner, place: int) -> dict[tuple[int, int], float]:
    """Cash at the end of every day that is read, by month and day."""
    overrides = LADDER[place].overrides
    days = runner.days(runner.engine.run(overrides), overrides)
    found = {}
    for t in range(runner.layout.first, len(runner.layout.days)):
        cash, _ = days.month(t)
        found |= {(t, day): cash(day) for day in range(runner.layout.since(t), runner.layout.days[t] + 1)}
    return found


@pytest.mark.parametrize("model", MODELS)
def test_the_lowest_day_and_the_first_below_any_floor_are_those_of_every_day(model):
    random, runner = Random(model), runner_of(runway.load(model))
    for place, counting in enumerate(LADDER):
        rows, cash = runner.engine.run(counting.overrides), every_day(runner, place)
        days, free = runner.days(rows, counting.overrides), rows["unrestricted_cash"]
        assert days.read().lowest == pytest.approx(min(cash.values()), abs=1e-4)
        for floor in (0.0, *(random.uniform(min(free), max(free)) for _ in range(6))):
            below = (when for when, amount in cash.items() if amount < floor - days.half_unit)
            assert days.first_below([floor] * len(free)) == next(below, None)
