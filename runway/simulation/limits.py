"""The limits of a simulation: options that say nothing, days beyond its months, and runs that would take very long."""

from __future__ import annotations

from math import ceil
from time import perf_counter
from typing import TYPE_CHECKING

from runway.errors import InputError, Problem, choice_hint, did_you_mean
from runway.months import month_label, position
from runway.simulation.blocks import tasks_of
from runway.simulation.draws import BLOCK
from runway.simulation.totals import BINS, CONFIDENT, MOST_RANKED, Totals
from runway.words import counted, day_text, month_text

if TYPE_CHECKING:
    from datetime import date
    from typing import NoReturn

    from runway.simulation.block_engine import Simulator

PATHS = 100_000
SAMPLINGS = ("random", "sobol")
ENGINES = ("auto", "compiled", "numpy")
QUICK = 64 * BLOCK  # paths that no model takes an hour for
COMPILED = 10  # times as fast as numpy: no compiled steps are faster
HOUR = 3600.0  # seconds beyond which one has to insist
YEAR = 365 * 24 * HOUR


def check_options(
    paths: int, seed: int, workers: int | None, until: float | None, sampling: str, raw: bool, engine: str = "auto"
) -> None:
    """Refuses options that cannot be.

    Raises `InputError`: value-out-of-range, unknown-sampling, unknown-engine, sobol-too-many, too-many-kept.
    """
    if engine not in ENGINES:
        hint = choice_hint(engine, ENGINES)
        _refuse("unknown-engine", f"There is no engine {engine}.{hint}")
    if paths < 1:
        _refuse("value-out-of-range", "--paths is a whole number of at least 1.")
    if not 0 <= seed < 2**63:
        _refuse("value-out-of-range", "--seed is a whole number from 0 to 2^63 - 1.")
    if workers is not None and not 1 <= workers <= 1024:
        _refuse("value-out-of-range", "--workers is a whole number from 1 to 1024.")
    if until is not None and not 0 < until < 1:
        _refuse("value-out-of-range", "--until is an error above 0 and below 100%, such as 0.1%.")
    if sampling not in SAMPLINGS:
        hint = did_you_mean(sampling, SAMPLINGS) or f" There are {' and '.join(SAMPLINGS)}."
        _refuse("unknown-sampling", f"There is no sampling {sampling}.{hint}")
    if sampling == "sobol" and (until is not None or paths > MOST_RANKED):
        text = f"Sobol points come in a fixed number of at most {MOST_RANKED:,}; leave out --until, or --sampling."
        _refuse("sobol-too-many", text)
    if raw and (paths if until is None else most_paths(until)) > MOST_RANKED:
        text = f"At most {MOST_RANKED:,} paths can be kept; take fewer --paths, or leave out --paths-out."
        _refuse("too-many-kept", text)


def check_day(by: date, start: int, months: int) -> None:
    """Refuses a day outside the model's months, of which a simulation knows nothing.

    Raises `InputError`: month-outside-model, target-beyond-horizon.
    """
    place = position(by, start)
    if place < 0:
        text = f"--by {day_text(by)} is before the model begins, in {month_text(month_label(start))}."
        _refuse("month-outside-model", text)
    if place >= months:
        last = month_text(month_label(start + months - 1))
        text = f"--by {day_text(by)} is after the model's last month, {last}. Give [model] more months."
        _refuse("target-beyond-horizon", text)


def check_time(simulator: Simulator, paths: int, workers: int, faster: int = 1) -> None:
    """Refuses a run of more than an hour, by the time that one block of this model takes, `faster` times as fast.

    Raises `InputError`: too-many-paths.
    """
    if paths <= QUICK * faster:
        return
    seconds = min(_block_seconds(simulator, paths) for _ in range(2)) * paths / BLOCK / workers / faster
    if seconds > HOUR:
        takes = duration_text(seconds) if faster == 1 else duration_text(seconds).replace("about", "at least")
        text = (
            f"{paths:,} paths of {counted(simulator.program.months, 'month')} take {takes} here, "
            f"in less than {ceil(_gigabytes(simulator, workers))} GB of memory. "
            f"Say --insist to run them all the same; {PATHS:,} paths give each probability to about 0.3 %."
        )
        _refuse("too-many-paths", text)


def _gigabytes(simulator: Simulator, workers: int) -> float:
    """The memory of a run that counts on a grid: each worker's buffers, block and counts, and the counts of all."""
    months = simulator.program.months
    block = (simulator.buffers + months) * BLOCK
    return (0.2e9 + 8.0 * (workers * block + (workers + 1) * (months + 1) * BINS)) / 1e9


def _block_seconds(simulator: Simulator, paths: int) -> float:
    """How long one block takes on one core, with the counting of its cash."""
    totals = Totals(simulator.program.months, 0, 0, max(paths, MOST_RANKED + 1))
    task, space = tasks_of(BLOCK, 2 * BLOCK)[0], simulator.workspace()  # the first one alone solves cap tables
    start = perf_counter()
    block = simulator.run(task.number, task.scores(simulator, 1), task.paths, space)
    totals.span(block)
    totals.counted(block)
    return perf_counter() - start


def duration_text(seconds: float) -> str:
    """A long time in a unit that leaves it readable.

    >>> duration_text(1500), duration_text(29_000), duration_text(10**6), duration_text(10**12)
    ('about 25 minutes', 'about 8.1 hours', 'about 12 days', 'more than a year')
    """
    if seconds > YEAR:
        return "more than a year"
    if seconds > 48 * HOUR:
        return f"about {seconds / (24 * HOUR):,.0f} days"
    return f"about {seconds / 60:,.0f} minutes" if seconds < 2 * HOUR else f"about {seconds / HOUR:.1f} hours"


def most_paths(until: float) -> int:
    """The number of paths after which the error of every probability is at most `until`."""
    return ceil((CONFIDENT / 2 / until) ** 2 / BLOCK) * BLOCK


def cores() -> int:
    """The processors that this program may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _refuse(name: str, text: str) -> NoReturn:
    raise InputError(Problem(name, text))
