"""Many variants of one model as paths of one engine run, and the figures of runway read off each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.engine.ladder import LADDER, reader_of
from runway.errors import InputError, Problem, did_you_mean
from runway.model.addresses import canonical
from runway.months import NEVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from runway.files.document import Document
    from runway.language.dimension import Dimension
    from runway.model.model import Model

METRICS = ("runway", "zero-cash-date", "lowest-cash", "gap", "closing-cash")
RUNGS = {name.removeprefix("+ ").replace(" ", "-"): (name, overrides) for name, overrides in LADDER}
BLOCK = 4_096  # paths of one run of the engine, which bounds its memory
WHOLE = ("month", "quarter", "year")  # units of which every whole number is whole months
LEVERS = {"burn": "levers.burn", "revenue": "levers.revenue", "funding": "levers.funding", "delay": "levers.delay"}


class Outcome(NamedTuple):
    """What one path comes to."""

    months: float | None  # to the zero-cash day; None beyond the horizon
    zero_cash_date: date | None
    lowest_cash: float
    funding_gap: float
    closing_cash: float

    def metric(self, name: str) -> float | None:
        """One of `METRICS` as a number; the zero-cash date as months, None beyond the horizon."""
        values = {"lowest-cash": self.lowest_cash, "gap": self.funding_gap, "closing-cash": self.closing_cash}
        return values.get(name, self.months)


class Variants:
    """A model made ready to run many sets of overrides at once, counting one rung of the ladder."""

    def __init__(self, model: Model, rung: str | None = None) -> None:
        assert model.program is not None
        self.model, self.program = model, model.program
        self.reader = reader_of(model)
        funded = self.reader.layout.dated or self.reader.layout.credit_lines
        wanted = rung or ("certain" if funded else "cash-in-hand")
        if wanted not in RUNGS:
            hint = did_you_mean(wanted, RUNGS) or f" There are {', '.join(RUNGS)}."
            raise InputError(Problem("unknown-rung", f"The ladder has no rung {wanted}.{hint}"))
        self.rung, self.counted = RUNGS[wanted]

    def numbers(self, address: str) -> dict[str, float]:
        """The written numbers of a figure by their addresses, one for each step of a schedule.

        Raises `InputError` with a suggestion where there is no such figure.
        """
        address = canonical(self.model.document.data, address)
        known = {a: v for a, v in self.program.parameters.items() if a in self.program.entries}
        found = {a: known[a] for a in known if a == address or a.startswith(f"{address}.")}
        steps = {a: v for a, v in found.items() if a == address or a[len(address) + 1 :][:4].isdecimal()}
        if not steps:
            offered = [*LEVERS, *(a for a in known if not a.startswith("levers."))]
            hint = did_you_mean(address, offered) or " Figures are named LINE.FIELD, such as model.opening_cash."
            raise InputError(Problem("unknown-address", f"There is no figure {address} in this model.{hint}"))
        return steps

    def is_date(self, address: str) -> bool:
        """Whether a figure is a date."""
        return all(self.program.entries[a].amount.kind == "date" for a in self.numbers(address))

    def dimension(self, address: str) -> Dimension | None:
        """The dimension that the field of a figure declares; None for a parameter of a formula."""
        from runway.model.addresses import dimension_of, find

        found = find(self.model.document.data, address)
        return dimension_of(found[1]) if found is not None and found[1] is not None else None

    def varied(self, address: str) -> dict[str, float]:
        """The numbers of a figure that can be varied; a switch of true and false cannot."""
        numbers, dimension = self.numbers(address), self.dimension(address)
        if dimension is not None and dimension.kind == "switch":
            says = f"{address} is true or false: there is nothing to search."
            raise InputError(Problem("not-to-be-varied", f"{says} Compare the two with --set {address}=false."))
        return numbers

    def whole(self, address: str) -> bool:
        """Whether a figure is counted in whole units only, such as a loan's term in months."""
        dimension, entry = self.dimension(address), next(iter(self.varied(address)))
        return dimension is not None and dimension.whole and self.program.entries[entry].amount.period in WHOLE

    def refusal(self, changes: Mapping[str, Any]) -> str | None:
        """Why the file cannot hold changes, as `--set` would say it; None if it can."""
        from runway.model.addresses import changed as changed_document

        try:
            document = changed_document(self.model.document, changes)
            told = self._problems(document, changes)
        except InputError as error:
            told = list(error.problems)
        return next((problem.text for problem in told), None)

    def _problems(self, document: Document, changes: Iterable[str]) -> list[Problem]:
        """What is wrong with a changed document; where only lines, events or rounds changed, of their tables alone."""
        from runway.engine.load import problems_between, tables
        from runway.model.addresses import NAMED_SECTIONS, find, raw_at
        from runway.model.model import Reader as Tables

        found = [place[0][:2] for address in changes if (place := find(document.data, address)) is not None]
        if not all(path[0] in NAMED_SECTIONS for path in found):
            _, told, between = tables(document, self.model.scenario, document)
            return [*told, *between]
        reader, items = Tables(document), {item.path: item for item in self.model.items}
        for path in dict.fromkeys(found):
            item = reader.item(str(path[0]), str(path[1]), raw_at(document.data, path))
            items |= {} if item is None else {path: item}
        if reader.problems:
            return reader.problems
        return problems_between(self.model._replace(document=document, items=tuple(items.values())))

    def run(self, paths: Sequence[Mapping[str, float]]) -> list[Outcome]:
        """The outcome of each set of overrides, by one run of the engine (in blocks, where they are very many)."""
        return [
            outcome for start in range(0, len(paths), BLOCK) for outcome in self._block(paths[start : start + BLOCK])
        ]

    def _block(self, paths: Sequence[Mapping[str, float]]) -> list[Outcome]:
        import numpy

        base = self.program.parameters
        addresses = dict.fromkeys(address for path in paths for address in path)
        overrides: dict[str, Any] = {
            address: numpy.array([path.get(address, base[address]) for path in paths], dtype=float)
            for address in addresses
        }
        counted = {k: v for k, v in self.counted.items() if k not in overrides}
        for lever, value in self.counted.items():  # a lever that is varied is counted by its rung all the same
            if lever in overrides:
                overrides[lever] = overrides[lever] * value
        if not overrides:
            overrides = {"levers.burn": numpy.full(len(paths), base["levers.burn"])}
        every = {**counted, **overrides}
        rows = self.reader.engine.run(every)
        days = self.reader.days(rows, every)
        read, at = days.read(), self.reader.layout
        spread = [numpy.broadcast_to(numpy.asarray(x), len(paths)).tolist() for x in (*read, rows["cash"][-1])]
        floor = numpy.broadcast_to(numpy.asarray(rows["minimum_cash"][0]), len(paths)).tolist()
        return [_outcome(at.start, at.days, floor[i], *(x[i] for x in spread)) for i in range(len(paths))]


def _outcome(
    start: int,
    days: Sequence[int],
    floor: float,
    lowest: float,
    _low_month: float,
    _low_day: float,
    zero_month: float,
    zero_day: float,
    closing: float,
) -> Outcome:
    from runway.engine.days import months_to
    from runway.engine.ladder import day_at

    month, day = int(zero_month), int(zero_day)
    dry = month >= 0
    return Outcome(
        months=months_to(month, day, days) if dry else None,
        zero_cash_date=day_at(start + month, day) if dry else None,
        lowest_cash=lowest,
        funding_gap=max(0.0, floor - lowest),
        closing_cash=closing,
    )


def changed(numbers: Mapping[str, float], change: float, how: str) -> dict[str, float]:
    """A figure's numbers under a change: scaled, set to a value, or moved (a date that never comes stays so)."""
    if how == "relative":
        return {address: value * (1 + change) for address, value in numbers.items()}
    if how == "shift":
        return {address: value if value >= NEVER else value + change for address, value in numbers.items()}
    return dict.fromkeys(numbers, change)
