"""Many variants of one model as paths of one engine run, and the ladder and any row read off each of them."""

from __future__ import annotations

import re
from copy import copy
from typing import TYPE_CHECKING, Any

from runway.engine.ladder import LADDER, default_rung, rung_named, rungs_of, runner_of
from runway.errors import InputError, Problem, closest, did_you_mean
from runway.model.addresses import addresses, canonical, completed, find
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runway.engine.ladder import Rung, Runner
    from runway.files.document import Document
    from runway.language.dimension import Dimension
    from runway.model.model import Item, Model
    from runway.program.plan import Plan

BLOCK = 4_096  # paths of one run of the engine, at most
VALUES = 2**25  # of one run: 256 MB
WHOLE = ("month", "quarter", "year")  # units of which every whole number is whole months
WITH_VALUE = re.compile(r"(?P<name>[\w.-]+?)\s*[=:\s]\s*(?P<value>[^=:\s].*)")
"""A figure, and a value or range after it that is no part of its address."""
LEVERS = {"burn": "levers.burn", "revenue": "levers.revenue", "funding": "levers.funding", "delay": "levers.delay"}


def _value_message(text: str, match: re.Match[str], offered: Iterable[str]) -> str:
    """The message about a figure that is named with a range or a value."""
    name, value = closest(match["name"], offered) or match["name"], match["value"]
    message = f"{text} is more than the name of a figure."
    if name != match["name"]:
        message = f"There is no figure {match['name']} in this model. Did you mean {name}?"
    if ".." in value:
        return f"{message} A figure stands alone and its range beside it: {name} --range {value}."
    return f"{message} A figure stands alone and its range beside it, {name} --range LOW..HIGH; --set gives it a value."


class PathsRun:
    """One run of a model over paths, each a set of overrides, read path by path.

    `countings` has the title of the rung that each path counts, `fixed` the overrides of all of them.
    """

    def __init__(
        self,
        runner: Runner,
        paths: Sequence[Mapping[str, float]],
        countings: Sequence[str],
        fixed: Mapping[str, float] | None = None,
    ) -> None:
        import numpy

        base = runner.program.parameters
        varied = dict.fromkeys(address for path in paths for address in path) or {"levers.burn": None}
        overrides: dict[str, Any] = {
            address: numpy.array([path.get(address, base[address]) for path in paths], dtype=float)
            for address in varied
        }
        for lever, value in (fixed or {}).items():  # one that is varied is counted by the rung all the same
            overrides[lever] = overrides[lever] * value if lever in varied else value
        overrides = runner.with_the_bank(overrides)
        self.runner, self.paths, self.overrides = runner, paths, overrides
        self.rows = runner.engine.run(overrides)
        self.rungs = rungs_of(runner, self.rows, overrides, countings)

    def row(self, address: str, path: int) -> tuple[float, ...]:
        """A row of one path, month by month."""
        return tuple(float(v if isinstance(v, (float, int)) else v[path]) for v in self.rows[address])

    def last(self, address: str, path: int) -> float:
        """A row's value of the last month, on one path."""
        value = self.rows[address][-1]
        return float(value if isinstance(value, (float, int)) else value[path])


class Variants:
    """A model made ready to run many sets of overrides at once, counting one rung of the ladder.

    Without a `rung` it is the file's, else certain funding: `climbing` goes higher where a figure has no effect there.
    `runner` is the plan made ready before, perhaps with the rows of daily cash alone.
    """

    def __init__(self, plan: Plan, rung: str | None = None, runner: Runner | None = None) -> None:
        self.plan = plan
        self.model, self.program = plan
        self.runner = runner_of(plan) if runner is None else runner
        self.rung_is_set, self.climbed = rung is not None, False
        self.counting = LADDER[default_rung(self.model) if rung is None else rung_named(rung)]

    @property
    def rung(self) -> str:
        """The title of the rung that is counted."""
        return self.counting.title

    def climbing(self, effects: Callable[[Variants], Sequence[bool]]) -> Variants:
        """The lowest rung from its own on with all `effects`, else with the most of them; its own where that is set.

        >>> from runway import load
        >>> variants = Variants(load("openai-2025"))
        >>> later = [{"conversion.date": place} for place in (8.0, 9.0)]  # in time, and a month later
        >>> variants.climbing(lambda rung: [rung.differs(later)]).rung
        '+ conditional'
        """
        if self.rung_is_set:
            return self
        best, most = self, -1
        for counting in LADDER[LADDER.index(self.counting) :]:
            higher = copy(self)
            higher.counting, higher.climbed = counting, counting != self.counting
            has_effect = effects(higher)
            if all(has_effect):
                return higher
            if sum(has_effect) > most:
                best, most = higher, sum(has_effect)
        return best

    def differs(self, paths: Sequence[Mapping[str, float]]) -> bool:
        """Whether the rung is not the same on all sets of overrides."""
        outcomes = self.run(paths)
        return any(outcome != outcomes[0] for outcome in outcomes)

    def numbers(self, address: str) -> dict[str, float]:
        """The written numbers of a figure by their addresses, one for each step of a schedule.

        Raises `InputError` with a suggestion where there is no such figure.
        """
        data = self.model.document.data
        address = canonical(data, address)
        known = {a: v for a, v in self.program.parameters.items() if a in self.program.entries}
        schedules = (a.rpartition(".")[0] for a in known if a.rpartition(".")[2][:4].isdecimal())
        offered = [*LEVERS, *dict.fromkeys([*(a for a in known if not a.startswith("levers.")), *schedules])]
        is_field = find(data, address) is not None
        if not is_field:
            address = completed(address, (a for a in addresses(data, texts=False) if a in offered))
        written = {a: known[a] for a in known if a == address or a.startswith(f"{address}.")}
        steps = {a: v for a, v in written.items() if a == address or a[len(address) + 1 :][:4].isdecimal()}
        if not steps:
            if (match := WITH_VALUE.fullmatch(address)) is not None:
                raise InputError(Problem("unknown-address", _value_message(address, match, offered)))
            hint = did_you_mean(address.rpartition(".")[0] if is_field else address, offered)
            hint = hint or " Figures are named LINE.FIELD, such as model.opening_cash."
            text = (
                f"{address} is no figure that can be varied."
                if is_field
                else f"There is no figure {address} in this model."
            )
            raise InputError(Problem("unknown-address", text + hint))
        return steps

    def is_date(self, address: str) -> bool:
        """Whether a figure is a date."""
        return all(self.program.entries[a].amount.is_date for a in self.numbers(address))

    def dimension(self, address: str) -> Dimension | None:
        """The dimension that the field of a figure declares; None for a parameter of a formula."""
        from runway.model.addresses import dimension_at

        return dimension_at(self.model.document.data, address)

    def varied(self, address: str) -> dict[str, float]:
        """The numbers of a figure that can be varied; a switch of true and false cannot, nor one part of a whole."""
        address = canonical(self.model.document.data, address)
        if whole := self.whole_of(address):
            text = f"{whole} is in parts that make 100 %: none of them moves without the others."
            raise InputError(Problem("not-to-be-varied", f"{text} Compare two with --set '{whole}={{ … }}'."))
        numbers, dimension = self.numbers(address), self.dimension(address)
        if dimension is not None and dimension.name == "switch":
            text = f"{address} is true or false: there is nothing to search."
            raise InputError(Problem("not-to-be-varied", f"{text} Compare the two with --set {address}=false."))
        return numbers

    def whole_of(self, address: str) -> str | None:
        """The figure in parts that make 100 % that an address names, or whose part it names; None of any other."""
        for whole in (address, address.rpartition(".")[0]):
            dimension = self.dimension(whole)
            if dimension is not None and dimension.in_parts and whole not in self.program.parameters:
                return whole
        return None

    def whole(self, address: str) -> bool:
        """Whether a figure is counted in whole units only, such as a loan's term in months."""
        dimension, entry = self.dimension(address), next(iter(self.numbers(address)))
        return dimension is not None and dimension.whole and self.program.entries[entry].amount.period in WHOLE

    def refusal(self, changes: Mapping[str, Any]) -> str | None:
        """Why the file cannot hold changes, as `--set` would say it; None if it can."""
        return next((problem.text for problem in self.changed(changes)[1]), None)

    def changed(self, changes: Mapping[str, Any]) -> tuple[Model, list[Problem]]:
        """The tables of the model under changes, and their problems."""
        from runway.model.overrides import changed as changed_document

        try:
            return self._read(changed_document(self.model.document, changes), changes)
        except InputError as error:
            return self.model, list(error.problems)

    def _read(self, document: Document, changes: Iterable[str]) -> tuple[Model, list[Problem]]:
        """The model of a changed document, and the problems of its changed tables and between these and others."""
        from runway.engine.load import problems_between, tables
        from runway.model.action import decided_items
        from runway.model.addresses import ALONE, NAMED_SECTIONS, find
        from runway.model.reader import TableReader

        paths = [place.path for address in changes if (place := find(document.data, address)) is not None]
        touched = dict.fromkeys(path[:2] if path[0] in NAMED_SECTIONS else path[:1] for path in paths)
        if not all(path[0] in (*NAMED_SECTIONS, *ALONE) for path in touched):
            model, problems, between = tables(document, self.model.scenario, document, self.model)
            return model, [*problems, *between]
        reader, single = TableReader(document), dict[str, Any]()
        read: list[Item] = []
        for path in touched:
            section, raw = str(path[0]), document.data.get(str(path[0]), {})
            if section in ALONE:
                single[section] = reader.single(section)
            elif (item := reader.item(section, str(path[1]), raw[path[1]])) is not None:
                read.append(item)
        if reader.problems:
            return self.model, reader.problems
        read_paths = {item.path for item in read}
        actions = (item for item in self.model.section("actions") if item.path not in read_paths)
        items = {item.path: item for item in self.model.items}
        items |= {item.path: item for item in decided_items([*actions, *read], document.data)}
        model = self.model._replace(document=document, items=tuple(items.values()), **single)
        return model, problems_between(model, touched)

    def run(self, paths: Sequence[Mapping[str, float]]) -> list[Rung]:
        """The rung on each set of overrides, by one run of the engine (in blocks, where they are very many)."""
        return [rung for run in self.runs(paths) for rung in run.rungs]

    def runs(self, paths: Sequence[Mapping[str, float]]) -> Iterator[PathsRun]:
        """Runs of the engine, of so many paths each that memory holds their rows."""
        program = self.runner.program
        size = max(1, min(BLOCK, VALUES // (len(program.rows) * program.months)))
        for start in range(0, len(paths), size):
            block = paths[start : start + size]
            yield PathsRun(self.runner, block, [self.counting.title] * len(block), self.counting.overrides)


def changed(numbers: Mapping[str, float], change: float, how: str) -> dict[str, float]:
    """A figure's numbers under a change: scaled, set to a value, or moved (a date that never comes stays so)."""
    if how == "relative":
        return {address: value * (1 + change) for address, value in numbers.items()}
    if how == "shift":
        return {address: value if value >= NEVER else value + change for address, value in numbers.items()}
    return dict.fromkeys(numbers, change)
