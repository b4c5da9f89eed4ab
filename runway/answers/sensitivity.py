"""How runway answers to one figure, to two, or to every figure of a model."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from runway.engine.asked import metric_named
from runway.engine.ladder import metric_of
from runway.engine.paths import LEVERS, Variants, changed
from runway.engine.ranges import DEFAULT, DEFAULT_SHIFT, Range, around, nearest, read_range
from runway.errors import InputError, Problem, did_you_mean
from runway.language.record import MoneyAmount, Record
from runway.language.writing import written
from runway.program.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runway.engine.ladder import Rung
    from runway.language.measures import Measure
    from runway.model.model import CountedFrom

MOST_CELLS = 1_000_000
TORNADO_CHANGE = 0.1
SEARCHED = 201  # values tried at once when a breakpoint is searched
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Case:
    """One value of a figure and what it comes to."""

    change: float  # relative, in months, or the value itself, as the range says
    values: dict[str, float]  # the written numbers that were used
    outcome: Rung
    is_base: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "change": self.change,
            "values": {address: float(value) for address, value in self.values.items()},
            "base": self.is_base,
        }


@dataclass(frozen=True, slots=True)
class Sweep:
    """One figure over a range."""

    address: str
    how: str  # relative, absolute, shift
    base: Rung
    cases: tuple[Case, ...]

    def to_json(self) -> dict[str, Any]:
        cases = [
            {**case.to_json(), **case.outcome.figures(), "against_base": against(case.outcome, self.base)}
            for case in self.cases
        ]
        return {"address": self.address, "how": self.how, "cases": cases}


def against(outcome: Rung, base: Rung) -> dict[str, Any]:
    """The change of each figure against the base; None where one of the two is beyond the horizon."""
    both = outcome.months is not None and base.months is not None
    days = None
    if outcome.zero_cash_date is not None and base.zero_cash_date is not None:
        days = (outcome.zero_cash_date - base.zero_cash_date).days
    return {
        "months": (outcome.months or 0.0) - (base.months or 0.0) if both else None,
        "days": days,
        **{
            name: MoneyAmount(getattr(outcome, name) - getattr(base, name))
            for name in ("lowest_cash", "funding_gap", "closing_cash")
        },
    }


@dataclass(frozen=True, slots=True)
class Grid:
    """One metric over two figures: `cells[row][column]`, None beyond the horizon."""

    addresses: tuple[str, str]
    hows: tuple[str, str]
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    metric: str
    unit: str  # months, money, or that of a row: share, multiple, number
    cells: tuple[tuple[float | None, ...], ...]

    @property
    def equal(self) -> tuple[bool, bool]:
        """Whether all rows are the same, and all columns: the metric does not move with the first or second figure."""
        return len(set(self.cells)) == 1, all(len(set(row)) == 1 for row in self.cells)

    def to_json(self) -> dict[str, Any]:
        numbers = {
            "rows": list(map(float, self.rows)), "columns": list(map(float, self.columns)), "metric": self.metric,
            "unit": self.unit,
        }  # fmt: skip
        return {
            "addresses": self.addresses,
            "how": self.hows,
            **numbers,
            "cells": self.cells,
            "without_effect": [address for address, equal in zip(self.addresses, self.equal, strict=True) if equal],
        }


@dataclass(frozen=True, slots=True)
class Swing:
    """What one figure does to runway between the ends of its range; `swing` is 0 where it does nothing."""

    address: str
    low: float
    high: float
    stated: bool  # whether the range is the file's own, else ±10 %
    at_low: Rung
    at_high: Rung
    swing: float  # months, an end beyond the horizon counted as the horizon

    def to_json(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "low": float(self.low),
            "high": float(self.high),
            "stated": self.stated,
            "at_low": self.at_low.figures(),
            "at_high": self.at_high.figures(),
            "swing": float(self.swing),
        }


@dataclass(frozen=True, slots=True)
class Threshold:
    """The change of a figure at which runway falls below a number of months; None: not within the range."""

    address: str
    how: str
    at_least: float
    change: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Sensitivity(Record):
    """What `runway sensitivity` found."""

    model: str
    scenario: str
    currency: str
    minor_digits: int
    counted_since: CountedFrom
    horizon: str  # the last month, beyond which nothing is known
    rung: str
    climbed: bool  # whether lower rungs were left because a figure has no effect on them
    base: Rung
    sweeps: tuple[Sweep, ...]
    grid: Grid | None
    tornado: tuple[Swing, ...]  # largest swing first
    without_effect: tuple[str, ...]
    refused: tuple[str, ...]  # figures that the file could not hold at the ends of their range
    breakpoints: tuple[Threshold, ...]

    def to_json(self) -> dict[str, Any]:
        """The documented JSON; what was not asked for is empty or null."""
        parts = ("sweeps", "grid", "tornado", "without_effect", "refused", "breakpoints")
        return {
            **{key: getattr(self, key) for key in ("model", "scenario", "currency")},
            "as_of": self.counted_since.as_of,
            "counting": self.rung,
            "climbed": self.climbed,
            "base": self.base.figures(),
            **{key: getattr(self, key) for key in parts},
        }


def sensitivity(
    plan: Plan,
    params: Sequence[str] = (),
    *,
    within: Sequence[str] = (),
    steps: int = 7,
    grid: bool = False,
    metric: str = "runway",
    everything: bool = False,
    find_breakpoints: bool = False,
    at_least: float = 12.0,
    rung: str | None = None,
) -> Sensitivity:
    """How runway answers to figures.

    `params` are addresses (or burn, revenue, funding, delay), `within` the range of each, or one for all; `grid` takes
    two of them against each other in one `metric`; `everything` ranks every figure of the model by its swing.
    Raises `InputError` for an unknown address or metric, a range that is none, or a grid beyond a million cells.
    """
    row = row_named(metric, plan) if grid else None
    if row is not None:
        from runway.program.metrics import with_metrics

        plan = Plan(plan.model, with_metrics(plan).program.asked(row))
    else:
        measure, rung = metric_named(metric, rung)
    model, variants = plan.model, Variants(plan, rung)
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
        raise InputError(
            Problem("grid-needs-two", "A grid takes two figures: --param burn --param chatgpt.churn --grid.")
        )
    if grid and steps * steps > MOST_CELLS:
        raise InputError(Problem("grid-too-large", f"A grid has at most {MOST_CELLS:,} cells; take fewer --steps."))
    if len(within) not in (0, 1, len(params)):
        raise InputError(Problem("range-malformed", "Give one --range for all figures, or one for each."))
    ranges = [_range(variants, address, within, n) for n, address in enumerate(params)]
    names = [LEVERS.get(address, address) for address in params]
    if params:
        axes = [_axis(variants, name, asked, steps) for name, asked in zip(names, ranges, strict=True)]
        variants = variants.climbing(lambda higher: [higher.differs(axis) for axis in axes])
    base = variants.run([{}])[0]
    swings, silent, refused = tornado(variants) if everything else ((), (), ())
    return Sensitivity(
        model=model.settings.name,
        scenario=model.scenario,
        currency=model.settings.currency,
        minor_digits=variants.program.minor_digits,
        counted_since=model.counted_since,
        horizon=_last_month(variants),
        rung=variants.rung,
        climbed=variants.climbed,
        base=base,
        sweeps=() if grid else tuple(_sweep(variants, a, r, steps, base) for a, r in zip(names, ranges, strict=True)),
        grid=_grid(variants, names, ranges, steps, row or measure) if grid else None,
        tornado=swings,
        without_effect=silent,
        refused=refused,
        breakpoints=tuple(_breakpoint(variants, a, r, at_least) for a, r in zip(names, ranges, strict=True))
        if find_breakpoints
        else (),
    )


def _last_month(variants: Variants) -> str:
    from runway.months import month_label

    return month_label(variants.program.start + variants.program.months - 1)


def _range(variants: Variants, address: str, within: Sequence[str], n: int) -> Range:
    """The range asked for; else the figure's own, else ±30 % (a date: up to twelve months later)."""
    numbers, date = variants.varied(address), variants.is_date(address)
    entries = [variants.program.entries[a] for a in numbers]
    if within:
        like, text = entries[0].amount, within[n if len(within) > 1 else 0]
        asked = read_range(text, is_date=date, percent=like.percent, like=like, own=variants.model.settings.currency)
        return _whole(variants, address, asked)
    if date or LEVERS.get(address, address) == "levers.delay":
        return Range(*DEFAULT_SHIFT, "shift")
    low, high = entries[0].low, entries[0].high
    if len(entries) == 1 and low is not None and high is not None and low < high:
        return _whole(variants, address, Range(low, high, "absolute"))
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


def _sweep(variants: Variants, address: str, within: Range, steps: int, base: Rung) -> Sweep:
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
        Case(value, path, outcome, place == marked)
        for place, (value, path, outcome) in enumerate(zip(values, paths, variants.run(paths), strict=True))
    )
    return Sweep(address, within.how, base, tuple(cases))


def _refuse(variants: Variants, address: str, how: str, value: float, path: dict[str, float]) -> None:
    """Refuses a value that the file could not hold, as `--set` does."""
    if address.startswith("levers."):
        return
    if how == "relative":
        changes: dict[str, str] = {address: f"{value * 100:+.9g}%"}
    elif how == "shift":
        changes = {address: f"{value:+.9g} months"}
    else:
        changes = {a: f"={written(variants.program.entries[a], number)}" for a, number in path.items()}
    says = variants.refusal(changes)
    if says is not None:
        said = ", ".join(f"{a} {text.removeprefix('=')}" for a, text in changes.items())
        raise InputError(Problem("value-out-of-range", f"The file cannot hold {said}: {says}\nTake another --range."))


def row_named(metric: str, plan: Plan) -> str | None:
    """The row of the metrics that is asked for, whose last month a grid shows; None where it is none.

    Raises `InputError`: unknown-metric.
    """
    from runway.program.metrics import METRICS, WINDOWS, address, with_metrics

    if not metric.startswith(("metrics.", "total.")):
        return None
    if metric in with_metrics(plan).program.places():
        return metric
    known = [address(each.key, window) for each in METRICS for window in WINDOWS]
    hint = did_you_mean(metric, [*known, "total.mrr", "total.arr"]) or " runway guide metrics lists them."
    raise InputError(Problem("unknown-metric", f"There is no metric {metric}.{hint}"))


def _grid(
    variants: Variants, names: Sequence[str], ranges: Sequence[Range], steps: int, measure: Measure | str
) -> Grid:
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
    name = measure if isinstance(measure, str) else measure.option
    if isinstance(measure, str):
        runs = [run.last(measure, n) for run in variants.runs(paths) for n in range(len(run.paths))]
        found: list[float | None] = [None if isnan(value) else value for value in runs]
        from runway.program.metrics import unit_of

        unit = unit_of(measure, variants.program)
    else:
        found = [metric_of(outcome, measure) for outcome in variants.run(paths)]
        unit = "money" if measure.unit == "money" else "months"
    cells = tuple(tuple(found[n * len(across) : (n + 1) * len(across)]) for n in range(len(down)))
    return Grid((names[0], names[1]), (ranges[0].how, ranges[1].how), tuple(down), tuple(across), name, unit, cells)


def tornado(variants: Variants) -> tuple[tuple[Swing, ...], tuple[str, ...], tuple[str, ...]]:
    """Every figure at the ends of its own range, or of ±10 %, all in one run; with those that the file would refuse."""
    tried: list[tuple[str, float, float, bool]] = []
    refused: list[str] = []
    funded = {item.name for item in variants.model.section("funding")}
    for address, entry in variants.program.entries.items():
        number = variants.program.parameters[address]
        if entry.amount.is_date or address.startswith("levers.") or entry.text in ("true", "false"):
            continue
        in_a_round = address.count(".") > 1 and address.split(".")[0] in funded
        low, high, stated = entry.low, entry.high, True
        if low is None or high is None:
            low, high = sorted((number * (1 - TORNADO_CHANGE), number * (1 + TORNADO_CHANGE)))
            stated = False
        whole = bool(number) and entry.amount.is_duration and variants.whole(address)
        if whole:
            least = _least(variants, address)
            low, high = (round(low), round(high)) if stated else around(number, TORNADO_CHANGE, least)
        if low == high:
            continue
        if (in_a_round or whole) and any(variants.refusal({address: f"={written(entry, end)}"}) for end in (low, high)):
            refused.append(address)
        else:
            tried.append((address, low, high, stated))
    outcomes = variants.run([{address: end} for address, low, high, _ in tried for end in (low, high)])
    horizon = variants.runner.layout.left
    swings = []
    for n, (address, low, high, stated) in enumerate(tried):
        at_low, at_high = outcomes[2 * n], outcomes[2 * n + 1]
        months = [horizon if o.months is None else o.months for o in (at_low, at_high)]
        swings.append(Swing(address, low, high, stated, at_low, at_high, abs(months[1] - months[0])))
    moving = sorted((s for s in swings if _differs(s)), key=lambda s: (-s.swing, -abs(_lowest(s)), s.address))
    return tuple(moving), tuple(s.address for s in swings if not _differs(s)), tuple(refused)


def _lowest(swing: Swing) -> float:
    return swing.at_high.lowest_cash - swing.at_low.lowest_cash


def _differs(swing: Swing) -> bool:
    return swing.at_low != swing.at_high


def _breakpoint(variants: Variants, address: str, within: Range, at_least: float) -> Threshold:
    """The first change in the range, going away from the base, at which runway is below `at_least` months."""
    numbers = variants.numbers(address)
    neutral = within.neutral(numbers)
    start = min(max(neutral, within.low), within.high)
    crossings = [
        found
        for end in (within.low, within.high)
        if end != start and (found := _crossing(variants, numbers, within, start, end, at_least)) is not None
    ]
    change = min(crossings, key=lambda c: abs(c - neutral)) if crossings else None
    return Threshold(address, within.how, at_least, change)


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
