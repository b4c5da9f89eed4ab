"""The draws of a simulation: one stream of normal scores for each figure, keyed by seed, address and block of paths.

So path i is the same whatever else the file holds, however many paths there are and whoever computes them, and two
scenarios of one file are compared on the same draws.
"""

from __future__ import annotations

from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Protocol

from runway.engine.ladder import runner_of
from runway.errors import InputError
from runway.files.closed_months import BANK_AMOUNT, BANK_DAY
from runway.language.figure import FigureError
from runway.language.named_tuple import NamedTuple
from runway.model.addresses import dimension_at, path_of
from runway.model.correlations import Pair, correlation_matrix, pairs, random_addresses
from runway.model.event import times_a_month
from runway.months import NEVER, month_number
from runway.simulation.distributions import Distribution, distribution, poisson_scores, score_of
from runway.simulation.normals import GROUP, Normals
from runway.simulation.partial_evaluation import DrawnCount, MonthlyLaw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runway.engine.ladder import Runner
    from runway.language.figure import Entry
    from runway.program.plan import Plan

SAMPLED_BLOCKS = 6  # whose draws are kept for the risk drivers
BLOCK = 16_384  # paths that are computed together: they stay in a processor's cache
UNBOUNDED = (-1e300, 1e300)


class Occurrence(NamedTuple):
    """An event that happens with a probability: above the score, or never."""

    event: str
    above: float


class Scores(Protocol):
    """Standard normal scores of one block."""

    def per_path(self, address: str) -> Any:
        """One score a path."""

    def per_month(self, address: str, months: range) -> Callable[[int, Any], None]:
        """A function that fills an array with a month's scores, one a path; called for each month in turn."""


class Streams:
    """Pseudo-random scores: a stream of words for each figure, by SFC64 seeded with (seed, address, block)."""

    def __init__(self, seed: int, block: int) -> None:
        self.seed, self.block = seed, block
        self._normals = Normals(BLOCK)

    def words(self, address: str) -> Any:
        """The generator of a figure's words."""
        from numpy.random import SFC64, SeedSequence

        digest = sha256(address.encode()).digest()
        words = [int.from_bytes(digest[n : n + 4], "little") for n in range(0, 16, 4)]
        return SFC64(SeedSequence([self.seed & 0xFFFFFFFF, self.seed >> 32, self.block, *words]))

    def per_path(self, address: str) -> Any:
        import numpy

        scores = numpy.empty(BLOCK)
        self._normals.fill(self.words(address).random_raw, scores)
        return scores

    def per_month(self, address: str, months: range) -> Callable[[int, Any], None]:
        import numpy

        raw = self.words(f"{address}/month").random_raw

        def fill(t: int, out: Any) -> None:
            if t not in months:
                out.fill(0.0)
            elif len(out) == BLOCK:
                self._normals.fill(raw, out)
            else:  # a block that is not full takes the first of its draws
                scores = numpy.empty(-(-len(out) // GROUP) * GROUP)
                self._normals.fill(raw, scores)
                out[:] = scores[: len(out)]

        return fill


class Draws:
    """The uncertain figures of a plan and how each follows from its scores."""

    def __init__(self, plan: Plan) -> None:
        model, program = plan
        self.plan, self.model, self.program = plan, *plan
        self.figures: dict[str, Distribution] = {}
        self.monthly: dict[str, MonthlyLaw | DrawnCount] = {}
        self.active: dict[str, range] = {}
        self.occurrences: list[Occurrence] = []
        for address in random_addresses(program.entries, model.events):
            entry = program.entries[address]
            event = address.removesuffix(".probability")
            if event in model.events and address.endswith(".probability"):
                if entry.amount.number < 1 and program.parameters[f"{event}.date"] < NEVER:
                    self.occurrences.append(Occurrence(event, score_of(1 - entry.amount.number)))
            elif entry.outcomes or not entry.amount.is_date or program.parameters[address] < NEVER:
                self.figures[address] = self._distribution(address, entry)
        for address, entry in program.entries.items():
            if entry.volatility:
                self.monthly[address] = MonthlyLaw(entry.volatility, *self._bounds(address))
                self.active[address] = self._months(address)
        for name, part in model.events.items():
            times = None if part.rate is None else times_a_month(part.rate)
            if times and program.parameters[f"{name}.date"] < NEVER:
                unit = program.parameters[f"{name}.rate"] / times
                self.monthly[f"{name}.rate"] = DrawnCount(poisson_scores(times), unit)
                self.active[f"{name}.rate"] = range(program.months)
        self.correlated, self._mixing = self._copula(pairs(model))

    @property
    def per_path(self) -> list[str]:
        """The parameters that have one number a path."""
        dates = [f"{occurrence.event}.date" for occurrence in self.occurrences]
        drawn = list(dict.fromkeys([*self.figures, *dates]))
        return [*drawn, BANK_AMOUNT] if drawn and self.model.bank is not None else drawn

    @property
    def scored(self) -> list[str]:
        """The addresses of the figures and probabilities that are drawn once a path."""
        return [*self.figures, *(f"{o.event}.probability" for o in self.occurrences)]

    @property
    def monthly_laws(self) -> dict[str, str]:
        """The law, Poisson or volatility, of each figure that is drawn anew each month."""
        return {a: "poisson" if isinstance(law, DrawnCount) else "volatility" for a, law in self.monthly.items()}

    def _bounds(self, address: str) -> tuple[float, float]:
        """The least and greatest number that a figure's field may hold, in the unit of its number."""
        if address.startswith("fx."):
            return 1e-9, UNBOUNDED[1]
        dimension = dimension_at(self.model.document.data, address)
        return UNBOUNDED if dimension is None else (dimension.low, dimension.high)

    def _distribution(self, address: str, entry: Entry) -> Distribution:
        try:
            return distribution(entry, self.program.start, *self._bounds(address))
        except FigureError as error:
            path = path_of(self.model.document.data, address)
            raise InputError(self.model.document.problem(path, error.name, error.text)) from None

    def _months(self, address: str) -> range:
        """The months in which one step of a schedule is in force; all of them for any other figure."""
        horizon = self.program.months
        figure, _, month = address.rpartition(".")
        place = month_number(month)
        if place is None:
            return range(horizon)
        entries = (entry.rpartition(".") for entry in self.program.entries)
        steps = sorted(n for name, _, label in entries if name == figure and (n := month_number(label)) is not None)
        later = [step for step in steps if step > place]
        first = 0 if place == steps[0] else place - self.program.start
        return range(max(0, first), later[0] - self.program.start if later else horizon)

    def _copula(self, known: tuple[Pair, ...]) -> tuple[list[str], Any]:
        """The correlated addresses and the lower triangle that turns independent scores into theirs."""
        import numpy

        scored = set(self.scored)
        known = tuple(pair for pair in known if pair.first in scored and pair.second in scored)
        addresses = list(dict.fromkeys(a for pair in known for a in (pair.first, pair.second)))
        if not addresses:
            return [], None
        return addresses, numpy.linalg.cholesky(numpy.array(correlation_matrix(addresses, known)))

    def numbers(self, scores: Scores, paths: int) -> dict[str, Any]:
        """The numbers of one block of paths, by parameter."""
        import numpy

        drawn = {address: scores.per_path(address) for address in self.scored}
        if self.correlated:
            mixed = [
                sum(share * drawn[correlated] for share, correlated in zip(row, self.correlated, strict=True) if share)
                for row in self._mixing
            ]
            drawn |= dict(zip(self.correlated, mixed, strict=True))
        numbers = {address: figure.of(drawn[address])[:paths] for address, figure in self.figures.items()}
        for event, above in self.occurrences:
            date: Any = numbers.get(f"{event}.date", self.program.parameters[f"{event}.date"])
            happens = drawn[f"{event}.probability"][:paths] > above
            numbers[f"{event}.date"] = numpy.where(happens, date, NEVER)
        if BANK_AMOUNT in self.per_path:
            amount = self._to_the_day.with_the_bank(numbers)[BANK_AMOUNT]
            numbers[BANK_AMOUNT] = numpy.broadcast_to(numpy.asarray(amount, dtype=float), paths)
        return numbers

    @cached_property
    def _to_the_day(self) -> Runner:
        """The plan made ready to the month of the day of the bank's balance."""
        return runner_of(self.plan).over(int(self.program.parameters[BANK_DAY]) + 1)

    def fills(self, scores: Scores) -> dict[str, Callable[[int, Any], None]]:
        """The functions that fill each month's scores, by the address of the figure drawn anew each month."""
        return {address: scores.per_month(address, self.active[address]) for address in self.monthly}


def overrides_of(numbers: Mapping[str, Any], path: int) -> dict[str, float]:
    """The parameters of one path."""
    return {address: float(values[path]) for address, values in numbers.items()}
