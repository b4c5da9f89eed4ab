"""The value of one figure at which a target holds: many candidates in each run of the engine, refined at every turn."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import inf, isnan
from typing import TYPE_CHECKING, Any

from runway.answers.answer import CountedAnswer, counted_about
from runway.answers.outcomes import holder_parts
from runway.engine.comparisons import Target, counted_rung, read_target
from runway.engine.ladder import measure_of
from runway.engine.paths import Variants
from runway.engine.ranges import Axis, axis_of
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.language.record import documented
from runway.language.writing import MOST_DIGITS
from runway.ownership.register import ownership, stakes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.ladder import Rung
    from runway.model.model import Model
    from runway.program.plan import Plan

ROUNDS = 9
REFINED = 40  # values between two neighbours of which one meets the target and the other does not
MOST_TURNS = 50
OVERSHOOT = 0.005  # of the change, which an answer of fewer digits may go too far
NARROWINGS = 8
SPLINTER = 1e-7  # of a value
SNAP = 1e-9  # of a value


SIDES = {
    "absolute": ("or less", "or more"),
    "relative": ("or lower", "or higher"),
    "day": ("or earlier", "or later"),
}


class Stretch(NamedTuple):
    """Neighbouring values at all of which the target holds; an end that is open is where the search ended."""

    low: str
    high: str
    low_open: bool
    high_open: bool

    def to_json(self) -> dict[str, Any]:
        return {"from": self.low, "to": self.high, "from_open": self.low_open, "to_open": self.high_open}


@dataclass(frozen=True, slots=True, repr=False)
class Solution(CountedAnswer):
    """The answer of `runway solve`.

    `status` is solved; holds (without a change; `answer` is then how far the figure may go); unsolved; ineffective.
    """

    rung: str
    climbed: bool  # whether lower rungs were left because the figure has no effect on them
    address: str
    how: str  # absolute, day, relative
    target: str
    metric: str
    status: str
    searched: tuple[str, str]
    original: str
    answer: str | None  # the mildest change that meets the target, as a person would write it
    side: str  # one of `SIDES`: the target holds there as well; empty where the target holds near the answer only
    stretches: tuple[Stretch, ...]  # all of the range in which the target holds
    turns: int  # how often the target begins or ceases to hold over the range
    set: Mapping[str, Any]  # every change beside the file: of the scenario, of --set, and the answer
    before: Rung
    after: Rung | None  # of a projection with the answer
    nearest: tuple[str, str] | None  # where no value meets the target: the nearest metric, and the figure for it
    jump: tuple[str, str, str] | None  # or it passes over the target: from, to, at which value
    refused: str | None  # why the file cannot hold the answer
    owned_before: Mapping[str, float]  # holder -> stake at the end of the horizon, 0-1; empty without a cap table
    owned_after: Mapping[str, float]  # the same with the answer

    @property
    def met(self) -> bool:
        """Whether the target holds, as it is or with the answer."""
        return self.status in ("solved", "holds")

    def to_json(self) -> dict[str, Any]:
        """The question, the answer with its `set`, where the target holds, and the rung before and after."""
        return {
            **documented(self, "model", "scenario", "currency", "as_of"),
            "counting": self.rung,
            "vary": self.address,
            "so_that": self.target,
            **documented(self, "status", "met", "searched", "original", "answer"),
            "side": self.side or None,
            "holds": self.stretches,
            **documented(self, "turns", "set"),
            "before": self.before.in_full(),
            "after": self.after and self.after.in_full(),
            "nearest": self.nearest and dict(zip(("value", "at"), self.nearest, strict=True)),
            "jump": self.jump and dict(zip(("from", "to", "at"), self.jump, strict=True)),
            "refused": self.refused,
            "ownership": {"before": self.owned_before, "after": self.owned_after},
        }


class _Trial(NamedTuple):
    x: float
    side: int
    value: float  # of the target's quantity


def solve(plan: Plan, vary: str, so_that: str, *, within: str | None = None, rung: str | None = None) -> Solution:
    """The value of the figure `vary` at which a target holds, `"runway >= 24 months"`.

    Without a `rung` the lowest one from the default on that the figure has an effect on is counted.  All turns of the
    target on the range are found that a first round of some 200 values shows.  Raises `InputError` for an unknown
    address or metric, a target or a range that cannot be read, and a figure that is a switch.
    """
    target = read_target(so_that, plan)
    if target.quantity.rung_read is not None:
        rung = counted_rung(target.quantity.text, target.quantity.rung_read, rung)
    variants = Variants(plan, rung)

    @cache
    def search(rung: Variants) -> tuple[Axis, list[_Trial]]:
        return _axis_and_points(rung, vary, within, target)

    variants = variants.climbing(lambda higher: [_effective(search(higher)[1])])
    axis, points = search(variants)
    base = values(variants, target, [{}])[0]
    return _solution(variants, axis, target, points, base, climbed=variants.climbed)


def values(variants: Variants, target: Target, paths: Sequence[Mapping[str, float]]) -> list[float]:
    """The target's quantity on each set of overrides: a measure of the rung, or a holder's by the cap table."""
    if target.quantity.value is None:
        return [measure_of(rung, target.measure.key) for rung in variants.run(paths)]
    return [value for run in variants.runs(paths) for value in holder_parts(run, target.quantity)]


def _axis_and_points(variants: Variants, vary: str, within: str | None, target: Target) -> tuple[Axis, list[_Trial]]:
    """The points of the search; a range that is not that of --range shrinks until the model can be run on all of it."""
    axis = axis_of(variants, vary, within, target.bound)
    for _ in range(NARROWINGS):
        try:
            return axis, _search(variants, axis, target)
        except InputError:
            if within is not None:
                raise
            axis = axis.narrowed()
    return axis, _search(variants, axis, target)


def _search(variants: Variants, axis: Axis, target: Target) -> list[_Trial]:
    """Every value that was tried, in order, the neighbours at a turn as near to each other as they can be."""

    def trials(tries: list[float]) -> list[_Trial]:
        results = values(variants, target, [axis.overrides(x) for x in tries])
        return [_Trial(x, target.side(value), value) for x, value in zip(tries, results, strict=True)]

    points = trials(axis.points())
    for _ in range(ROUNDS):
        turns = [(a, b) for a, b in pairwise(points) if a.side != b.side][:MOST_TURNS]
        between = [x for a, b in turns for x in axis.between(a.x, b.x, REFINED)]
        if not between:
            break
        points = sorted([*points, *trials(between)], key=lambda point: point.x)
    return points


def _effective(points: list[_Trial]) -> bool:
    return len({point.value for point in points}) > 1


def _runs(points: list[_Trial]) -> list[list[_Trial]]:
    """The points at which the target holds, neighbours together."""
    runs: list[list[_Trial]] = []
    inside = False
    for point in points:
        if point.side == 0:
            if not inside:
                runs.append([])
            runs[-1].append(point)
        inside = point.side == 0
    return [run for run in runs if not _noise(run, runs)]


def _noise(run: list[_Trial], runs: list[list[_Trial]]) -> bool:
    """Whether a run is a splinter of a wider one beside it, split off where posting to the minor unit decides."""
    near, width = SPLINTER * max(abs(run[0].x), abs(run[-1].x)), run[-1].x - run[0].x
    return any(
        min(abs(wider[0].x - run[-1].x), abs(run[0].x - wider[-1].x)) <= near and width < wider[-1].x - wider[0].x
        for wider in runs
        if wider is not run
    )


def _solution(
    variants: Variants, axis: Axis, target: Target, points: list[_Trial], base: float, *, climbed: bool
) -> Solution:
    from runway.answers.project import project_model

    model = variants.model
    runs, holds = _runs(points), target.side(base) == 0
    projection = project_model(variants.plan)
    before = _rung(projection.runway, variants.rung)
    answer = _answer(variants, axis, target, points, runs, holds=holds)
    after, refused, owned, changes = None, None, dict[str, float](), dict[str, Any]()
    if answer is not None:
        changes = {**model.changes, axis.address: axis.raw(answer.value)}
        after, refused, owned = _verified(model, changes, target, variants.rung)
    scenario_sets = model.scenarios[model.scenario].set if model.scenario in model.scenarios else {}
    effective = _effective(points)
    met = holds or (after is not None and refused is None)
    return Solution(
        **counted_about(variants.plan),
        rung=variants.rung,
        climbed=climbed,
        address=axis.address,
        how=axis.how,
        target=target.text,
        metric=target.quantity.title,
        status="holds" if holds else "solved" if met else "unsolved" if effective else "ineffective",
        searched=(_end(axis, axis.low), _end(axis, axis.high)),
        original=axis.original(),
        answer=None if answer is None else axis.shown(answer.value),
        side="" if answer is None else answer.side,
        stretches=tuple(_stretch(axis, run, points, answer) for run in runs),
        turns=sum((run[0] != points[0]) + (run[-1] != points[-1]) for run in runs),
        set={**scenario_sets, **changes} if changes else {},
        before=before,
        after=after,
        nearest=None if met or not effective else _nearest(axis, target, points),
        jump=None if met else _jump(axis, target, points),
        refused=refused,
        owned_before=stakes(model, projection.rows) if owned else {},
        owned_after=owned,
    )


class _Answer(NamedTuple):
    value: Decimal
    side: str


def _answer(
    variants: Variants, axis: Axis, target: Target, points: list[_Trial], runs: list[list[_Trial]], *, holds: bool
) -> _Answer | None:
    """The turn that is nearest to the figure as it is, rounded to the side on which the target holds."""
    base, range_ends = axis.base if axis.base is not None else axis.high + 1, (points[0].x, points[-1].x)
    if holds:  # then the answer is how far it may go
        runs = [run for run in runs if run[0].x <= base <= run[-1].x]
    ends = [(run[n].x, direction, run) for run in runs for n, direction in ((0, 1), (-1, -1))]
    if holds:
        ends = [end for end in ends if end[0] not in range_ends]
    if not ends:
        return None
    turn, direction, run = min(ends, key=lambda end: abs(end[0] - base))
    turn = _snapped(turn)
    slack = SNAP * abs(turn)
    candidates = [axis.rounded(turn, digits, up=direction > 0) for digits in range(1, MOST_DIGITS + 1)]
    candidates = [x for x in dict.fromkeys(candidates) if run[0].x - slack <= float(x) <= run[-1].x + slack]
    metric_values = values(variants, target, [axis.overrides(float(x)) for x in candidates]) if candidates else []
    meeting = [x for x, value in zip(candidates, metric_values, strict=True) if target.side(value) == 0]
    if not meeting:
        return None
    near = inf if target.comparison == "=" and target.bound != inf else OVERSHOOT * abs(turn - base)
    value = next((x for x in meeting if abs(float(x) - turn) <= near), meeting[-1])
    open_end = (run[-1].x if direction > 0 else run[0].x) in range_ends
    return _Answer(value, SIDES[axis.how][direction > 0] if open_end else "")


def _snapped(turn: float) -> float:
    """The round number that a turn stands beside, if it does: 22.5 for 22.4999999999."""
    round_one = float(f"{turn:.7g}")
    return round_one if abs(round_one - turn) <= SNAP * abs(turn) else turn


def _verified(
    model: Model, changes: Mapping[str, Any], target: Target, rung: str
) -> tuple[Rung | None, str | None, dict[str, float]]:
    """The rung of a projection with the answer, or why the file cannot hold it, and who then owns the company."""
    from runway.answers.project import project_model
    from runway.engine.load import load_document

    try:
        changed = load_document(model.original, model.scenario, changes)
        projection = project_model(changed)
        owned = stakes(changed.model, projection.rows)
    except InputError as error:
        return None, " ".join(error.problems[0].text.split()), {}
    after = _rung(projection.runway, rung)
    if target.quantity.value is None:
        value = measure_of(after, target.measure.key)
    else:
        value = target.quantity.of_holder(ownership(changed.model, projection.rows))
    if target.side(value) != 0:
        return after, f"a projection with it comes to {target.value_text(value)}", {}
    return after, None, owned


def _rung(ladder: tuple[Rung, ...], name: str) -> Rung:
    return next(rung for rung in ladder if rung.counting == name)


def _end(axis: Axis, x: float) -> str:
    """An end of the range or of a stretch, to four digits."""
    return axis.shown(Decimal(int(x)) if axis.how == "day" else Decimal(f"{x:.4g}"))


def _stretch(axis: Axis, run: list[_Trial], points: list[_Trial], answer: _Answer | None) -> Stretch:
    """A run to at least as many digits as the answer has, and as many as it takes for its ends to lie within."""
    digits = 4 if answer is None else max(4, len(answer.value.normalize().as_tuple().digits))
    for places in range(digits, MOST_DIGITS + 3):
        low, high = axis.rounded(run[0].x, places, up=True), axis.rounded(run[-1].x, places, up=False)
        if low <= high:
            break
    return Stretch(axis.shown(low), axis.shown(high), run[0].x == points[0].x, run[-1].x == points[-1].x)


def _jump(axis: Axis, target: Target, points: list[_Trial]) -> tuple[str, str, str] | None:
    """Where the metric passes over the target: the metric before, after, and the value of the figure."""
    for a, b in pairwise(points):
        if a.side * b.side < 0 and not isnan(a.value) and not isnan(b.value):
            return target.value_text(a.value), target.value_text(b.value), _end(axis, b.x)
    return None


def _nearest(axis: Axis, target: Target, points: list[_Trial]) -> tuple[str, str]:
    """The value of the metric that is nearest to the target, and the value of the figure."""

    def distance(point: _Trial) -> tuple[float, float]:
        off = -point.value if target.bound == inf else abs(point.value - target.bound)
        return inf if isnan(off) else off, abs(point.x - (axis.base if axis.base is not None else axis.high))

    best = min(points, key=distance)
    return target.value_text(best.value), _end(axis, best.x)
