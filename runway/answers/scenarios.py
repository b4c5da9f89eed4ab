"""Every scenario of a file side by side, each on every rung of the ladder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from runway.engine.ladder import LADDER, runner_of
from runway.engine.paths import PathsRun
from runway.errors import InputError, Problem, choice_hint
from runway.language.record import Money, Record
from runway.model.addresses import AS_OF, COUNTED_FROM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.ladder import Rung, Runner
    from runway.model.model import CountedFrom, Item
    from runway.program.plan import Plan

BASE = "base"


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """The figures of one scenario."""

    name: str
    title: str | None
    set: Mapping[str, Any]  # its changes to the file: address -> value as written
    drawn: tuple[float, ...]  # money of all rounds and promised grants within the horizon, by rung
    runway: tuple[Rung, ...]  # in the order of the ladder
    free_cash: tuple[tuple[float, ...], ...]  # unrestricted cash at the end of each month, by rung
    closing_cash: Money  # total cash at the end of the horizon, everything counted
    months: tuple[str, ...]
    minimum_cash: float

    KEYS: ClassVar = ("name", "title", "set", "drawn_funding", "closing_cash", "runway")

    @property
    def drawn_funding(self) -> Money:
        """The money that the scenario as written draws."""
        return self.drawn[-1]


@dataclass(frozen=True, slots=True, repr=False)
class Scenarios(Record):
    """The scenarios of a file, base first."""

    model: str
    currency: str
    minor_digits: int
    counted_since: CountedFrom
    changes: Mapping[str, Any]  # changes beside the scenarios
    funded: bool  # whether there is funding to count
    planned: bool  # whether some of it is only planned
    scenarios: tuple[ScenarioResult, ...]

    def to_json(self) -> dict[str, Any]:
        """The documented JSON: the scenarios under their plural, each with its rungs in the order of the ladder."""
        changes = {address: str(value) for address, value in self.changes.items()}
        about = {"model": self.model, "currency": self.currency, "as_of": self.counted_since.as_of}
        return {**about, "set": changes, "scenarios": self.scenarios}


def scenarios(plan: Plan, only: Sequence[str] = ()) -> Scenarios:
    """The scenarios of a model's file, base first; `only` keeps some of them beside base.

    Changes that the model was loaded with apply to each scenario.  Scenarios whose program has the same rows as
    another's are paths of one run, four for each, one a rung; one that changes the form of the model is a run of its
    own.  Raises `InputError` for an unknown name.
    """
    from runway.engine.load import load_document

    model = plan.model
    all_names = list(dict.fromkeys([BASE, *model.scenarios]))
    for name in only:
        if name not in all_names:
            hint = choice_hint(name, all_names)
            text = f"There is no scenario {name} in {model.document.title}.{hint}"
            raise InputError(Problem("unknown-scenario", text))
    names = [name for name in all_names if not only or name in only or name == BASE]
    base = load_document(model.original, BASE, model.changes)
    plans = {BASE: base} | {n: load_document(model.original, n, model.changes, like=base) for n in names[1:]}
    results: dict[str, ScenarioResult] = {}
    for group in _groups({name: runner_of(plan) for name, plan in plans.items()}):
        results |= _results(group)
    first, program = base
    funding = [item for plan in plans.values() for item in plan.model.section("funding") if _brings_cash(item.part)]
    return Scenarios(
        model=first.settings.name,
        currency=first.settings.currency,
        minor_digits=program.minor_digits,
        counted_since=first.counted_since,
        changes={address: value for address, value in model.changes.items() if address not in (AS_OF, COUNTED_FROM)},
        funded=bool(funding),
        planned=any(item.planned for item in funding),
        scenarios=tuple(results[name] for name in names),
    )


def _brings_cash(part: Any) -> bool:
    return "cash" in part.rows()


def _groups(runners: Mapping[str, Runner]) -> list[dict[str, Runner]]:
    """The models by program: those of one group differ in their parameters only."""
    groups: list[dict[str, Runner]] = []
    for name, runner in runners.items():
        for group in groups:
            reference = next(iter(group.values()))
            same_rows = runner.layout == reference.layout and runner.program.rows == reference.program.rows
            if same_rows and runner.program.parameters.keys() == reference.program.parameters.keys():
                group[name] = runner
                break
        else:
            groups.append({name: runner})
    return groups


def _results(group: Mapping[str, Runner]) -> dict[str, ScenarioResult]:
    """The scenarios of one program, by one run: scenario by scenario, rung by rung."""
    first = next(iter(group.values()))
    base = first.program.parameters
    paths = [
        {**{a: v for a, v in runner.program.parameters.items() if v != base[a]}, **counting.overrides}
        for runner in group.values()
        for counting in LADDER
    ]
    try:
        run = PathsRun(first, paths, [counting.title for counting in LADDER] * len(group))
    except InputError:
        for runner in group.values():  # alone, so that the error names the scenario's figure
            runner.engine.run()
        raise
    results = {}
    for n, (name, runner) in enumerate(group.items()):
        rungs = range(n * len(LADDER), (n + 1) * len(LADDER))
        scenario = runner.model.scenarios.get(name)
        funding = [item for item in runner.model.section("funding") if f"{item.name}.drawn" in run.rows]
        results[name] = ScenarioResult(
            name=name,
            title=None if scenario is None else scenario.title,
            set={} if scenario is None else dict(scenario.set),
            drawn=tuple(sum(_drawn(item, run, path) for item in funding) for path in rungs),
            runway=tuple(run.rungs[path] for path in rungs),
            free_cash=tuple(run.row("unrestricted_cash", path) for path in rungs),
            closing_cash=run.last("cash", rungs[-1]),
            months=first.program.labels,
            minimum_cash=run.row("minimum_cash", rungs[-1])[0],
        )
    return results


def _drawn(item: Item, run: PathsRun, path: int) -> float:
    """The money drawn by the last month, without that of before the first, which is in opening cash."""
    drawn = run.row(f"{item.name}.drawn", path)
    before = 0.0 if item.planned or item.part.revolving else drawn[0] - run.row(f"{item.name}.cash", path)[0]
    return drawn[-1] - before
