"""Days that are not read, as no row bends the month's curve, beside every day of every month."""

from __future__ import annotations

from random import Random

import pytest

import runway
from runway.engine.ladder import LADDER, Runner, runner_of

MODELS = [model.name for model in runway.models().models]


def every_day(runner: Runner, place: int, floor: float) -> tuple[float, tuple[int, int] | None]:
    """The lowest cash of all days, and the first month and day below a floor."""
    overrides = LADDER[place].overrides
    days = runner.days(runner.engine.run(overrides), overrides)
    cash = {(t, day): days.month(t)[0](day) for t in range(runner.layout.first, len(runner.layout.days))
            for day in range(runner.layout.since(t), runner.layout.days[t] + 1)}  # fmt: skip
    below = (when for when, amount in cash.items() if amount < floor - days.half_unit)
    return min(cash.values()), next(below, None)


@pytest.mark.parametrize("model", MODELS)
def test_the_lowest_day_and_the_first_below_any_floor_are_those_of_every_day(model):
    plan, random = runway.load(model), Random(model)
    runner = runner_of(plan)
    for place, counting in enumerate(LADDER):
        rows = runner.engine.run(counting.overrides)
        free = rows["unrestricted_cash"]
        for floor in (0.0, *(random.uniform(min(free), max(free)) for _ in range(6))):
            days = runner.days(rows, counting.overrides)
            lowest, below = every_day(runner, place, floor)
            assert days.first_below([floor] * len(free)) == below
            assert days.read().lowest == pytest.approx(lowest, abs=1e-4)
