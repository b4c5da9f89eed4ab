"""Two files, scenarios or revisions: the changed assumptions, the change of a metric, and the part of each in it."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, Any

from runway.answers.outcomes import metric_figure
from runway.answers.price_volume import ClosedLine, closed_since
from runway.engine.comparisons import SAME_SHARE
from runway.engine.ladder import LADDER, metric_of
from runway.engine.paths import Variants
from runway.engine.union import FORM, NotOneModelError, Player, unions
from runway.errors import InputError, Problem
from runway.language.named_tuple import NamedTuple
from runway.language.record import MoneyAmount, Record, documented
from runway.model.changes import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runway.answers.outcomes import Outcome, PathFigure
    from runway.answers.projection import Projection
    from runway.engine.ladder import Counting, Rung
    from runway.language.measures import Measure
    from runway.model.model import Model
    from runway.program.plan import Plan
    from runway.program.program import Program

MOST_PLAYERS = 12
BLOCK = 1024  # paths at a time, so that memory stays small
A_DAY = 1 / 28


@dataclass(frozen=True, slots=True)
class Change:
    """One assumption that differs, as each file writes it; None where it is not there."""

    address: str
    before: str | None
    after: str | None
    file: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of one change, or of several together, on the metric: its Shapley value."""

    name: str
    changes: tuple[Change, ...]
    effect: float


@dataclass(frozen=True, slots=True, repr=False)
class Comparison(Record):
    """The answer of `runway compare`; every figure but months is in whole currency units."""

    titles: tuple[str, str]  # the names of the two: file, revision or scenario
    projections: tuple[Projection, Projection]
    currency: str
    minor_digits: int
    rung: str
    left: str | None  # the rung that would have been counted, where nothing of the metric differs on it
    metric: str
    unit: str  # of the metric: months, money or share
    outcomes: tuple[Rung, Rung]
    values: tuple[float, float]  # the metric before and after, an end beyond the horizon counted as the horizon
    horizons_counted: bool  # whether some path lasts beyond the horizon
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]  # largest first; they add up to the change of the metric
    why_not: str | None  # why the change is not attributed
    closed_months: tuple[str, str] | None = None  # the first and last month that the second's books alone have so
    closed: tuple[ClosedLine, ...] = ()

    def subject(self) -> tuple[str, ...]:
        return (" → ".join(self.titles),)

    @property
    def total(self) -> float:
        """The change of the metric."""
        return self.values[1] - self.values[0]

    @property
    def of_money(self) -> bool:
        """Whether the metric is an amount of money."""
        return self.unit == "money"

    def to_json(self) -> dict[str, Any]:
        """`before` and `after` with their ladders, `changes`, and `effects` that add up to `total`."""
        figure = MoneyAmount if self.of_money else float
        effects = [{"name": e.name, "effect": figure(e.effect), "changes": e.changes} for e in self.effects]
        return {
            "currency": self.currency,
            "counting": self.rung,
            "climbed": self.left is not None,
            "before": self._side_json(0),
            "after": self._side_json(1),
            "metric": self.metric,
            "values": list(map(figure, self.values)),
            "total": figure(self.total),
            "horizon_counted": self.horizons_counted,
            "changes": self.changes,
            "effects": effects,
            "not_attributed": self.why_not,
            **documented(self, "closed_months", "closed"),
        }

    def _side_json(self, n: int) -> dict[str, Any]:
        projection = self.projections[n]
        names = {"title": self.titles[n], "model": projection.model, "scenario": projection.scenario}
        return {
            **names,
            "as_of": projection.as_of,
            **self.outcomes[n].figures(),
            "runway": [rung.in_full() for rung in projection.runway],
        }


def compare(
    first: Plan,
    second: Plan,
    *,
    metric: str = "runway",
    rung: str | None = None,
    titles: tuple[str, str] | None = None,
) -> Comparison:
    """The changes between two models, and the effect of each on one metric.

    The effect is its Shapley value: the mean of its additions over all orders in which the changes could be made one
    after the other; these add up to the whole.  Above 12 changes those of a line are taken together, then the lines of
    least effect.  Runway is counted on both sides from the later close, unless they are as known on a day.
    Raises `InputError` for an unknown metric or rung, or two currencies.
    """
    from runway.answers.project import project_model
    from runway.engine.load import counted_from

    closed = (plan.model for plan in (first, second) if plan.model.actuals is not None)
    if closes := [model.base_day for model in closed if model.settings.as_of is None]:
        first, second = counted_from(first, max(closes)), counted_from(second, max(closes))
    models = first.model, second.model
    try:
        path_figure, rung = metric_figure(metric, models[1], rung)
    except InputError:  # of a holder in the first alone
        path_figure, rung = metric_figure(metric, models[0], rung)
    currencies = models[0].settings.currency, models[1].settings.currency
    if currencies[0] != currencies[1]:
        text = f"One model is in {currencies[0]}, the other in {currencies[1]}; what cannot be added cannot be"
        raise InputError(Problem("two-currencies", f"{text} compared."))
    sides = Variants(first, rung), Variants(second, rung)
    if sides[0].rung != sides[1].rung:  # only one has funding: count the certain part of it in both
        sides = Variants(first, "certain"), Variants(second, "certain")
    projections = project_model(first), project_model(second)
    left = None
    if path_figure.measure is not None and not sides[0].rung_is_set:
        counting = _differing_rung(projections, LADDER.index(sides[0].counting), path_figure.measure)
        if counting is not sides[0].counting:
            left = sides[0].rung
            sides = Variants(first, counting.key), Variants(second, counting.key)
    outcomes = path_figure.outcomes(sides[0], [{}])[0], path_figure.outcomes(sides[1], [{}])[0]
    for model, projection, outcome in zip(models, projections, outcomes, strict=True):
        if path_figure.unit == "share" and outcome.value is None:
            from runway.ownership.register import ownership

            ownership(model, projection.rows)  # says why it cannot be solved
    before, after = (_number(outcome, side.program.months) for outcome, side in zip(outcomes, sides, strict=True))
    ends = before, after
    beyond, why_not = any(o.value is None for o in outcomes), None
    effects: tuple[Effect, ...] = ()
    all_differences = differences(*models)
    changes = tuple(_public(d) for d in all_differences)
    try:
        plans, players = unions(first, second)
        variants = PlanForms([Variants(plan, sides[0].counting.key) for plan in plans], path_figure)
        effects, lasts_beyond = _effects(variants, players, outcomes, ends)
        beyond = beyond or lasts_beyond
        effects += tuple(Effect(d.address, (_public(d),), 0.0) for d in all_differences if d.nature == "ownership")
    except NotOneModelError as error:
        why_not = str(error)
    return Comparison(
        titles or (_title(models[0]), _title(models[1])),
        projections,
        currencies[0],
        sides[1].program.minor_digits,
        sides[0].rung,
        left,
        path_figure.name,
        path_figure.unit,
        (outcomes[0].rung, outcomes[1].rung),
        ends,
        beyond,
        changes,
        effects,
        why_not,
        *(closed_since(first, second, projections) if any(d.nature == "closed" for d in all_differences) else ()),
    )


def _differing_rung(projections: tuple[Projection, Projection], place: int, measure: Measure) -> Counting:
    """The rung to count: that of `place` if the metric differs on it, else the next higher, else the next lower."""
    before, after = (projection.runway for projection in projections)
    for n in (*range(place, len(before)), *reversed(range(place))):
        if metric_of(before[n], measure) != metric_of(after[n], measure):
            return LADDER[n]
    return LADDER[place]


class PlanForms(NamedTuple):
    """The plans of `unions`: the overrides of a path name the forms of the plan that it runs in."""

    variants: Sequence[Variants]
    metric: PathFigure

    @property
    def program(self) -> Program:
        return self.variants[0].program

    def run(self, paths: Sequence[Mapping[str, float]]) -> list[Outcome]:
        """The outcome of each path."""
        forms = len(self.variants).bit_length() - 1
        places = [sum(1 << n for n in range(forms) if path.get(f"{FORM}.{n}")) for path in paths]
        outcomes: list[Outcome | None] = [None] * len(paths)
        for place, variants in enumerate(self.variants):
            chosen = [n for n, at in enumerate(places) if at == place]
            overrides = [{a: v for a, v in paths[n].items() if not a.startswith(f"{FORM}.")} for n in chosen]
            for n, outcome in zip(chosen, self.metric.outcomes(variants, overrides), strict=True):
                outcomes[n] = outcome
        return [outcome for outcome in outcomes if outcome is not None]


def _title(model: Model) -> str:
    return model.document.title if model.scenario == "base" else f"{model.document.title} {model.scenario}"


def _number(outcome: Outcome, horizon: int) -> float:
    """The metric of an outcome; of cash that lasts beyond the horizon, the months of the horizon."""
    return float(horizon) if outcome.value is None else outcome.value


def _public(difference: Any) -> Change:
    place = difference.place
    where = (None, None) if place is None else (place.file, place.line)
    return Change(difference.address, difference.before, difference.after, *where)


def _effects(
    variants: PlanForms,
    players: Sequence[Player],
    outcomes: tuple[Outcome, Outcome],
    ends: tuple[float, float],
) -> tuple[tuple[Effect, ...], bool]:
    """The effect of each player or group of players, and whether a path lasted beyond the horizon."""
    _ends_agree(_run(variants, players, [0, 2 ** len(players) - 1]), outcomes)
    groups = _groups(variants, players)
    paths = _paths([members for _, members in groups], range(2 ** len(groups)))
    path_outcomes = [o for at in range(0, len(paths), BLOCK) for o in variants.run(paths[at : at + BLOCK])]
    values = [_number(outcome, variants.program.months) for outcome in path_outcomes]
    values[0], values[-1] = ends
    if variants.metric.unit == "share":
        _owners_agree([outcome.value for outcome in path_outcomes], ends)
    of_money = variants.metric.unit == "money"
    shares = whole_units(shapley(values), variants.program.minor_digits) if of_money else shapley(values)
    effects = [
        Effect(name, tuple(_public(part) for p in members for part in p.parts or (p.change,)), share)
        for (name, members), share in zip(groups, shares, strict=True)
    ]
    return tuple(sorted(effects, key=lambda e: -abs(e.effect))), any(o.value is None for o in path_outcomes)


def _run(variants: PlanForms, players: Sequence[Player], masks: Sequence[int]) -> list[Outcome]:
    """The outcomes of subsets of the changes, a bit for each."""
    return variants.run(_paths([[player] for player in players], masks))


def _paths(groups: Sequence[Sequence[Player]], masks: Iterable[int]) -> list[dict[str, float]]:
    """The overrides of subsets of the groups, a bit for each."""
    paths = []
    for mask in masks:
        sides = (player.after if mask >> n & 1 else player.before for n, group in enumerate(groups) for player in group)
        paths.append({address: value for side in sides for address, value in side.items()})
    return paths


def _ends_agree(ends: Sequence[Outcome], alone: Sequence[Outcome]) -> None:
    """Refuses a union that is not the two models: without any change the first, with all the second."""
    for (end, _), (side, _) in zip(ends, alone, strict=True):
        money = [(end.lowest_cash, side.lowest_cash), (end.closing_cash, side.closing_cash)]
        near = all(abs(a - b) <= max(1.0, 1e-9 * abs(b)) for a, b in money)
        apart = abs((end.months or 0) - (side.months or 0))
        if (end.months is None) != (side.months is None) or not near or apart > A_DAY:
            raise NotOneModelError("put together in one model, the two do not come to what each comes to by itself")


def _owners_agree(values: Sequence[float | None], alone: tuple[float, float]) -> None:
    """Refuses a union in which a holder has not the parts that the two models give him, or a part that is unknown."""
    if None in values:
        raise NotOneModelError("with some of the changes and without the others no cap table can be solved")
    if any(abs((values[n] or 0.0) - alone[n]) > SAME_SHARE for n in (0, -1)):
        raise NotOneModelError(
            "put together in one model, the two do not come to the cap table that each has by itself"
        )


def _groups(variants: PlanForms, players: Sequence[Player]) -> list[tuple[str, list[Player]]]:
    """At most twelve groups: each change, else each line's, else the lines of largest effect alone, and the rest."""
    if len(players) <= MOST_PLAYERS:
        return [(player.change.address, [player]) for player in players]
    lines: dict[str, list[Player]] = {}
    for player in players:
        lines.setdefault(player.change.address.split(".")[0], []).append(player)
    groups = list(lines.items())
    if len(groups) > MOST_PLAYERS:
        masks = [sum(1 << players.index(player) for player in members) for _, members in groups]
        base, *single = (_number(o, variants.program.months) for o in _run(variants, players, [0, *masks]))
        order = sorted(range(len(groups)), key=lambda n: -abs(single[n] - base))
        rest = order[MOST_PLAYERS - 1 :]
        rest_players = [player for n in sorted(rest) for player in groups[n][1]]
        groups = [groups[n] for n in sorted(order[: MOST_PLAYERS - 1])]
        groups.append((f"{len(rest)} other lines", rest_players))
    return [(members[0].change.address if len(members) == 1 else name, members) for name, members in groups]


def shapley(values: Sequence[float]) -> list[float]:
    """The Shapley value of each player; `values[mask]` is the worth of the players whose bits are set.

    Player i gets the sum over all sets S without i of |S|! (n - |S| - 1)! / n! times worth(S with i) - worth(S): the
    mean of its additions over all orders (Shapley, A Value for n-Person Games, 1953).

    >>> shapley([0.0, 1.0, 2.0, 6.0])  # alone 1 and 2, together 6: the surplus of 3 is halved
    [2.5, 3.5]
    """
    import numpy

    worth = numpy.asarray(values, dtype=float) - values[0]
    players = len(values).bit_length() - 1
    masks = numpy.arange(len(values))
    sizes = sum((masks >> n & 1 for n in range(players)), numpy.zeros(len(values), dtype=int))
    weights = [factorial(s) * factorial(players - s - 1) / factorial(players) for s in range(players)]
    shares = []
    for n in range(players):
        without = masks[(masks >> n & 1) == 0]
        gained = worth[without | 1 << n] - worth[without]
        shares.append(float((numpy.asarray(weights)[sizes[without]] * gained).sum()))
    return shares


def whole_units(shares: Sequence[float], digits: int, total: float | None = None) -> list[float]:
    """Shares of a sum in whole minor units that still add up to it: the largest remainders are rounded up.

    `total` is the sum, where that is not the rounded sum of the shares but near it.

    >>> whole_units([33.3333, 33.3333, 33.3334], 2), whole_units([-5.04, -3.54], 1, -8.5)
    ([33.33, 33.33, 33.34], [-5.0, -3.5])
    """
    from math import floor

    units = 10**digits
    exact = [share * units for share in shares]
    whole = [floor(share) for share in exact]
    missing = round(sum(exact) if total is None else total * units) - sum(whole)
    order = sorted(range(len(exact)), key=lambda n: whole[n] - exact[n])
    for n in order[: max(0, missing)]:
        whole[n] += 1
    for n in order[len(order) + min(0, missing) :]:
        whole[n] -= 1
    return [number / units for number in whole]
