"""How runway answers to one figure, to two, or to every figure of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.answers.answer import counted_about
from runway.answers.outcomes import RUNWAY, metric_figure, row_figure
from runway.answers.swings import Case, Grid, MetricFigure, Sensitivity, Sweep, Swing, Threshold
from runway.engine.paths import LEVERS, Variants, changed
from runway.engine.ranges import DEFAULT, DEFAULT_SHIFT, Range, around, nearest, read_range, to_either_side
from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.language.writing import figure_text
from runway.model.overrides import whole_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.answers.outcomes import PathFigure
    from runway.engine.ladder import Rung
    from runway.program.plan import Plan

STEPS, AT_LEAST = 7, 12.0
MOST_CELLS = 1_000_000
TORNADO_CHANGE = 0.1
SEARCHED = 201  # values tried at once when a breakpoint is searched
ROUNDS = 4


def sensitivity(
    plan: Plan,
    params: Sequence[str] = (),
    *,
    within: Sequence[str] = (),
    steps: int = STEPS,
    grid: bool = False,
    metric: str = "runway",
    everything: bool = False,
    find_breakpoints: bool = False,
    at_least: float = AT_LEAST,
    rung: str | None = None,
) -> Sensitivity:
    """Runway, and a metric, over values of figures.

    `params` are addresses (or burn, revenue, funding, delay), `within` the range of each, or one for all; `grid` takes
    two of them against each other in one `metric`; `everything` ranks every figure of the model by its swing in it.
    A row or a holder's part as `metric` is shown beside the runway of `params`, too.
    Raises `InputError` for an unknown address or metric, a range that is none, or a grid beyond a million cells.
    """
    if (row := row_figure(metric, plan)) is not None:
        path_figure, plan = row
    else:
        path_figure, rung = metric_figure(metric, plan.model, rung)
    in_tables = path_figure.measure is not None and path_figure.name != RUNWAY.name and not (grid or everything)
    _refuse_idle(
        (in_tables, f"{path_figure.name} is in the tables of --param, so --metric is for --grid or --all: add one"),
        (at_least != AT_LEAST and not find_breakpoints, "--at-least is where --break looks for a turn: add --break"),
        (everything and steps != STEPS, "--steps is of a range, and --all takes the two ends of each: take --param"),
    )
    variants = Variants(plan, rung)
    if not 2 <= steps <= MOST_CELLS:
        raise InputError(Problem("value-out-of-range", f"--steps is a whole number from 2 to {MOST_CELLS:,}."))
    if everything and (params or within or find_breakpoints or grid):
        text = "--all takes every figure by its own range; ask --param, --range, --grid and --break without it."
        raise InputError(Problem("all-stands-alone", text))
    if len(set(params)) < len(params):
        raise InputError(Problem("grid-needs-two", "Each --param is named once; a grid takes two different figures."))
    if at_least <= 0:
        raise InputError(Problem("value-out-of-range", "--at-least is a number of months above 0."))
    if grid and len(params) != 2:
        raise InputError(Problem("grid-needs-two", "A grid takes two figures: --param burn --param revenue --grid."))
    if grid and steps * steps > MOST_CELLS:
        raise InputError(Problem("grid-too-large", f"A grid has at most {MOST_CELLS:,} cells; take fewer --steps."))
    if len(within) not in (0, 1, len(params)):
        raise InputError(Problem("range-malformed", "Give one --range for all figures, or one for each."))
    ranges = [_range(variants, address, within, n) for n, address in enumerate(params)]
    names = [LEVERS.get(address, address) for address in params]
    if params:
        axes = [_axis(variants, name, span, steps) for name, span in zip(names, ranges, strict=True)]
        variants = variants.climbing(lambda higher: [higher.differs(axis) for axis in axes])
    (base,) = path_figure.outcomes(variants, [{}])
    swings, silent, refused = tornado(variants, path_figure) if everything else ((), (), ())
    return Sensitivity(
        **counted_about(variants.plan),
        rung=variants.rung,
        climbed=variants.climbed,
        base=base.rung,
        metric=MetricFigure(path_figure.name, path_figure.unit, base.value),
        sweeps=()
        if grid
        else tuple(_sweep(variants, a, r, steps, base.rung, path_figure) for a, r in zip(names, ranges, strict=True)),
        grid=_grid(variants, names, ranges, steps, path_figure) if grid else None,
        tornado=swings,
        without_effect=silent,
        refused=refused,
        breakpoints=tuple(_breakpoint(variants, a, r, at_least) for a, r in zip(names, ranges, strict=True))
        if find_breakpoints
        else (),
    )


def _refuse_idle(*options: tuple[bool, str]) -> None:
    """Refuses options without an effect."""
    for idle, text in options:
        if idle:
            raise InputError(Problem("option-without-effect", f"{text}, or leave it out."))


def _range(variants: Variants, address: str, within: Sequence[str], n: int) -> Range:
    """The range of --range; else the figure's own, else ±30 % (a date: up to twelve months later)."""
    numbers, date = variants.varied(address), variants.is_date(address)
    entries = [variants.program.entries[a] for a in numbers]
    if within:
        like, text = entries[0].amount, within[n if len(within) > 1 else 0]
        currency = variants.model.settings.currency
        stated = read_range(text, is_date=date, percent=like.percent, like=like, currency=currency)
        return _whole(variants, address, stated)
    if date or LEVERS.get(address, address) == "levers.delay":
        return Range(*DEFAULT_SHIFT, "shift")
    low, high = entries[0].low, entries[0].high
    if len(entries) == 1 and low is not None and high is not None and low < high:
        return _whole(variants, address, Range(low, high, "absolute", percent=entries[0].amount.percent))
    return _whole(variants, address, Range(*DEFAULT, "relative"))


def _whole(variants: Variants, address: str, within: Range) -> Range:
    """The range in whole numbers, for a figure that takes no others: the file refuses half a payment."""
    numbers = variants.numbers(address)
    number = next(iter(numbers.values()))
    if not variants.whole(address) or not number:
        return within
    if within == Range(*DEFAULT, "relative"):
        return Range(*around(number, DEFAULT[1], _least(variants, address)), "absolute", whole=True)
    low, high = (next(iter(changed(numbers, end, within.how).values())) for end in (within.low, within.high))
    return Range(float(round(low)), float(round(high)), "absolute", whole=True)


def _least(variants: Variants, address: str) -> float:
    """The least whole number that a figure can be."""
    dimension = variants.dimension(address)
    return float(dimension is not None and dimension.low > 0)


def _axis(variants: Variants, address: str, within: Range, steps: int) -> list[dict[str, float]]:
    """A figure at the steps of its range."""
    return [changed(variants.numbers(address), value, within.how) for value in within.values(steps)]


def _sweep(variants: Variants, address: str, within: Range, steps: int, base: Rung, metric: PathFigure) -> Sweep:
    numbers = variants.numbers(address)
    values = within.values(steps)
    neutral = within.neutral(numbers)
    if nearest(values, neutral) is None and within.low < neutral < within.high and len(set(numbers.values())) == 1:
        values = sorted([*values, neutral])
    paths = [changed(numbers, value, within.how) for value in values]
    for value, path in zip(values, paths, strict=True):
        _refuse(variants, address, within.how, value, path)
    marked = nearest(values, neutral) if within.how != "absolute" or len(set(numbers.values())) == 1 else None
    cases = (
        Case(value, path, outcome.rung, outcome.value, place == marked)
        for place, (value, path, outcome) in enumerate(
            zip(values, paths, metric.outcomes(variants, paths), strict=True)
        )
    )
    return Sweep(address, within.how, within.percent, base, tuple(cases))


def _refuse(variants: Variants, address: str, how: str, value: float, path: dict[str, float]) -> None:
    """Refuses a value that the file could not hold, as `--set` does."""
    if address.startswith("levers."):
        return
    if how == "relative":
        changes: dict[str, str] = {address: f"{value * 100:+.9g}%"}
    elif how == "shift":
        changes = {address: f"{value:+.9g} months"}
    else:
        changes = {a: f"={figure_text(variants.program.entries[a], float(f'{x:.9g}'))}" for a, x in path.items()}
    refusal = variants.refusal(changes)
    if refusal is not None:
        text = f"The file cannot hold {', '.join(f'{a} {whole_text(text)}' for a, text in changes.items())}: {refusal}"
        raise InputError(Problem("value-out-of-range", f"{text}\nTake another --range."))


def _grid(variants: Variants, names: Sequence[str], ranges: Sequence[Range], steps: int, metric: PathFigure) -> Grid:
    first, second = (variants.numbers(name) for name in names)
    down, across = (within.values(steps) for within in ranges)
    for name, within, numbers in zip(names, ranges, (first, second), strict=True):
        for value in (within.low, within.high):
            _refuse(variants, name, within.how, value, changed(numbers, value, within.how))
    paths = [
        {**changed(first, row, ranges[0].how), **changed(second, column, ranges[1].how)}
        for row in down
        for column in across
    ]
    values = [outcome.value for outcome in metric.outcomes(variants, paths)]
    cells = tuple(tuple(values[n * len(across) : (n + 1) * len(across)]) for n in range(len(down)))
    hows, percents = (ranges[0].how, ranges[1].how), (ranges[0].percent, ranges[1].percent)
    return Grid((names[0], names[1]), hows, percents, tuple(down), tuple(across), metric.name, metric.unit, cells)


class Ends(NamedTuple):
    """The numbers that a figure is moved between: the ends of its own range, else ±10 % as far as its field allows."""

    address: str
    low: float
    high: float
    percent: bool
    stated: bool


def tornado_ends(variants: Variants) -> tuple[list[Ends], list[str]]:
    """The ends of every figure, and the figures whose ends the file would refuse."""
    figure_ends, refused = list[Ends](), list[str]()
    for address, entry in variants.program.entries.items():
        number = variants.program.parameters[address]
        if entry.amount.is_date or address.startswith("levers.") or entry.text in ("true", "false"):
            continue
        low, high, stated = entry.low, entry.high, True
        if low is None or high is None:
            low, high = to_either_side(number, TORNADO_CHANGE, entry.amount, variants.dimension(address))
            stated = False
        in_whole_numbers = bool(number) and entry.amount.is_duration and variants.whole(address)
        if in_whole_numbers:
            least = _least(variants, address)
            low, high = (round(low), round(high)) if stated else around(number, TORNADO_CHANGE, least)
        if low == high:
            continue
        if any(variants.refusal({address: f"={figure_text(entry, end)}"}) for end in (low, high)):
            refused.append(address)
        else:
            figure_ends.append(Ends(address, low, high, entry.amount.percent, stated))
    return figure_ends, refused


def tornado(
    variants: Variants, metric: PathFigure = RUNWAY
) -> tuple[tuple[Swing, ...], tuple[str, ...], tuple[str, ...]]:
    """Every figure at its ends, all in one run; with those without effect, and those that the file would refuse."""
    figure_ends, refused = tornado_ends(variants)
    outcomes = metric.outcomes(variants, [{ends.address: end} for ends in figure_ends for end in (ends.low, ends.high)])
    horizon = variants.runner.layout.left if metric.unit == "months" else None
    swings = []
    for ends, at_low, at_high in zip(figure_ends, outcomes[::2], outcomes[1::2], strict=True):
        low, high = (horizon if end.value is None else end.value for end in (at_low, at_high))
        swing = 0.0 if low is None or high is None else abs(high - low)
        swings.append(Swing(*ends, at_low.rung, at_high.rung, at_low.value, at_high.value, swing))
    moving = sorted((s for s in swings if s.moves(metric.name)), key=lambda s: (-s.swing, -s.cash, s.address))
    return tuple(moving), tuple(s.address for s in swings if not s.moves(metric.name)), tuple(refused)


def _breakpoint(variants: Variants, address: str, within: Range, at_least: float) -> Threshold:
    """The first change in the range, going away from the base, at which runway is below `at_least` months."""
    numbers = variants.numbers(address)
    neutral = within.neutral(numbers)
    start = min(max(neutral, within.low), within.high)
    crossings = [
        crossing
        for end in (within.low, within.high)
        if end != start and (crossing := _crossing(variants, numbers, within, start, end, at_least)) is not None
    ]
    change = min(crossings, key=lambda c: abs(c - neutral)) if crossings else None
    return Threshold(address, within.how, within.percent, at_least, change)


def _crossing(
    variants: Variants, numbers: dict[str, float], within: Range, start: float, end: float, at_least: float
) -> float | None:
    low, high = start, end
    for _ in range(ROUNDS):
        values = within.between(low, high, SEARCHED)
        outcomes = variants.run([changed(numbers, value, within.how) for value in values])
        enough = [o.months is None or o.months >= at_least for o in outcomes]
        turns = [n for n in range(1, len(values)) if enough[n] != enough[0]]
        if not turns:
            return None
        low, high = values[turns[0] - 1], values[turns[0]]
    return high
