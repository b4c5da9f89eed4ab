"""The figures that move the runway most: those of low confidence over their ranges, else those of the largest lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.projection import WeakFigure
from runway.engine.ladder import LADDER
from runway.engine.run import RunError
from runway.model.addresses import dimension_at
from runway.months import months_to

if TYPE_CHECKING:
    from runway.engine.ladder import Rows, Runner
    from runway.language.figure import Entry

MATTERS = 0.5  # months of runway that a figure must move to be named
TRIED = 10
FEW = 6  # of those that have no range
LARGEST = 3  # lines whose figures are tried where no figure has a range
NEAR = 12  # months after its own end that a rung is run over first, as most of its variants end within them
OTHERWISE = 0.1  # the change that they are tried at


def low_confidence(runner: Runner, place: int, lasts: float | None) -> tuple[WeakFigure, ...]:
    """Figures of low confidence whose stated range moves a rung, the widest swing first, by one run at each end.

    The rung `lasts` so many months from the start; None beyond the horizon.
    """
    entries = runner.program.entries.items()
    weak = [(address, entry) for address, entry in entries if entry.confidence == "low" and entry.amount.is_number]
    ranges = [(address, entry) for address, entry in weak if entry.low is not None and entry.high is not None]
    widest = sorted(ranges, key=lambda item: -_width(item[1]))[:TRIED]
    return _moving(runner, place, lasts, [(address, *entry.ends) for address, entry in widest], stated=True)


def largest_lines(runner: Runner, place: int, lasts: float | None, rows: Rows) -> tuple[WeakFigure, ...]:
    """The figures of the lines that move most cash, a tenth lower and higher, as far as the file allows."""
    from runway.engine.ranges import to_either_side

    sections = ("revenue", "costs", "capital")
    names = [item.name for section in sections for item in runner.model.section(section)]
    largest = sorted(names, key=lambda name: -sum(map(abs, rows.get(f"{name}.cash", ()))))[:LARGEST]
    figure_ends: list[tuple[str, float, float]] = []
    for name in largest:
        for address, entry in runner.program.entries.items():
            number = entry.amount.number
            if address.startswith(f"{name}.") and entry.amount.is_number and entry.month is None and number > 0:
                dimension = dimension_at(runner.model.document.data, address)
                figure_ends.append((address, *to_either_side(number, OTHERWISE, entry.amount, dimension)))
    return _moving(runner, place, lasts, figure_ends[:FEW], stated=False)


def _moving(
    runner: Runner, place: int, lasts: float | None, figure_ends: list[tuple[str, float, float]], *, stated: bool
) -> tuple[WeakFigure, ...]:
    """The figures that move the rung by enough to matter."""
    if not figure_ends:
        return ()
    rung, runners = LADDER[place].overrides, [runner]
    if lasts is not None and lasts + NEAR < runner.program.months:
        runners.insert(0, runner.over(int(lasts) + NEAR))

    def months(address: str, number: float) -> float | None:
        overrides = runner.with_the_bank({**rung, address: number})
        for near in runners:
            empty = near.days(near.engine.run(overrides), overrides).first_below()
            if empty is not None:
                return months_to(*empty, runner.layout.days) - runner.layout.base
        return None

    swings: list[tuple[float, WeakFigure]] = []
    for address, low, high in figure_ends:
        percent = runner.program.entries[address].amount.percent
        try:
            ends = months(address, low), months(address, high)
        except RunError:
            continue
        at_low, at_high = (runner.layout.left if end is None else end for end in ends)
        if abs(at_high - at_low) >= MATTERS:
            swings.append((abs(at_high - at_low), WeakFigure(address, low, high, percent, stated, *ends)))
    return tuple(watch for _, watch in sorted(swings, key=lambda swing: -swing[0]))


def _width(entry: Entry) -> float:
    """The width of a range over the larger of its ends."""
    low, high = entry.ends
    return (high - low) / max(abs(low), abs(high), 1e-12)
