"""The checks of a file on every path of a block: the criteria of `runway check`, on arrays.

What a check reads off the cap table is solved exactly for the first paths only, one solve for each different outcome.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runway.evidence.criteria import PLACES, Criterion, criteria, half_unit, holds, probe, probes, title_of, years_of
from runway.ladder import LADDER
from runway.months import DAY
from runway.share_register import ownership
from runway.simulation.distributions import ordinals
from runway.simulation.watch import DAYS_A_CODE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.evidence.criteria import Year
    from runway.evidence.statements import Quantity
    from runway.model import Model
    from runway.program import ProgramRow
    from runway.simulation.watch import Watch

OWNED = 4_096  # paths of the first block whose cap table may be solved
SOLVES = 400  # cap tables at most
BEYOND = float("inf")


Stakes = dict[tuple[int, str], float]  # what the sides of checks are on one cap table


class Asking(NamedTuple):
    """One check of the file."""

    title: str
    criterion: Criterion | None
    year: Year | None  # of a going-concern check
    owned: bool  # whether it reads the cap table


class Judge:
    """The checks of one model."""

    def __init__(self, model: Model) -> None:
        assert model.program is not None
        self.model, self.months = model, model.settings.months
        asked, years = criteria(model), years_of(model)
        self.checks = [
            Asking(title_of(item), asked.get(n), years.get(n), n in asked and _reads_cap_table(asked[n]))
            for n, item in enumerate(model.checks)
        ]
        names = tuple(f"{item.name}." for item in model.section("funding"))
        self.register = [row for row in model.program.rows if row.address.startswith(names)]
        if not any(one.owned for one in self.checks):
            self.register = []

        self.rows: list[ProgramRow] = []  # the formulas of the checks
        self.read: list[list[str]] = [[] for _ in LADDER]  # the rows that they read, by the rung that counts them
        for n, criterion in asked.items():
            rows = list(probes({n: criterion}))
            self.rows += rows
            self.read[criterion.rung] += [row.address for row in rows]
        self.read[PLACES["planned"]] += [row.address for row in self.register]

    def varies(
        self, varying: Callable[[str, int], bool], certain: Sequence[bool], rows: Callable[[], Mapping[str, Any]]
    ) -> tuple[bool, ...]:
        """Whether each check may differ by path: by which rows of which rung vary, and which rungs do not at all.

        `rows` are those of one path.  Where nothing that its cap table reads varies, all paths have the same.
        """
        solved = False
        if self.register:
            ownership(self.model, read := RowsRead(rows()))
            solved = any(varying(address, PLACES["planned"]) for address in read)
        found = []
        for n, one in enumerate(self.checks):
            if one.criterion is None:
                found.append(not certain[PLACES["certain"]])
                continue
            differs = False
            for side, quantity in _sides(one.criterion):
                if quantity.what == "formula":
                    differs |= varying(probe(n, side), one.criterion.rung)
                elif quantity.what == "ladder":
                    assert quantity.rung is not None
                    differs |= not certain[quantity.rung]
                elif quantity.what == "function":
                    differs |= solved
            found.append(differs)
        return tuple(found)


def _sides(criterion: Criterion | None) -> list[tuple[str, Quantity]]:
    """The sides of a comparison that are quantities of the model; none of a preset."""
    statement = None if criterion is None else criterion.statement
    both = () if statement is None else (("left", statement.left), ("right", statement.right))
    return [(side, quantity) for side, quantity in both if quantity is not None]


def _reads_cap_table(criterion: Criterion) -> bool:
    return any(quantity.what == "function" for _, quantity in _sides(criterion))


class Verdicts:
    """What the checks come to on one block, from the rows of each month and, in the end, from the daily reading.

    `watches` read the daily cash of each variant; `variants` has the variant of each place in the ladder.  With
    `solve` the cap tables of the first paths are solved.
    """

    def __init__(
        self, judge: Judge, watches: Sequence[Watch], variants: Sequence[int], paths: int, *, solve: bool
    ) -> None:
        self.judge, self.watches, self.variants, self.paths = judge, watches, variants, paths
        self.years = {one.year: None for one in judge.checks if one.year is not None}
        self._watch(PLACES["certain"]).look_into(self.years)
        self.solved = min(paths, OWNED) if solve else 0
        self.held: list[Any] = [True] * len(judge.checks)
        self.sums: dict[int, list[Any]] = {}
        self.kept: dict[int, list[tuple[Any, Any]]] = {}  # formulas that are compared with what is known in the end
        self.register: dict[str, list[Any]] = {row.address: [] for row in judge.register} if solve else {}

    def _watch(self, rung: int) -> Watch:
        return self.watches[self.variants[rung]]

    def looks(self, watched: int) -> list[Callable[..., None]]:
        """What is given each variant's rows, month by month: those that are watched, then those that checks read."""
        found: list[Callable[..., None]] = []
        for variant, watch in enumerate(self.watches):
            at, parts = watched, list[tuple[int, slice]]()
            for rung, names in enumerate(self.judge.read):
                if names and self.variants[rung] == variant:
                    parts.append((rung, slice(at, at + len(names))))
                    at += len(names)
            found.append(self._look(watch, watched, parts) if parts else watch.month)
        return found

    def _look(self, watch: Watch, watched: int, parts: list[tuple[int, slice]]) -> Callable[..., None]:
        def look(t: int, *values: Any) -> None:
            watch.month(t, *values[:watched])
            for rung, here in parts:
                self._month(t, rung, dict(zip(self.judge.read[rung], values[here], strict=True)))

        return look

    def _month(self, t: int, rung: int, rows: Mapping[str, Any]) -> None:
        """The rows of one month as one rung counts them."""
        for n, one in enumerate(self.judge.checks):
            asked = one.criterion
            if asked is None or asked.rung != rung or not asked.statement.has_formula:
                continue
            if asked.statement.first <= t <= asked.statement.last and (self.solved or not one.owned):
                self._compare(n, one, t, [self._now(n, asked, side, rows) for side in ("left", "right")])
        if rung == PLACES["planned"]:
            for address, months in self.register.items():
                months.append(_some(rows[address], self.solved))

    def _compare(self, n: int, one: Asking, t: int, sides: list[Any]) -> None:
        asked = one.criterion
        assert asked is not None
        if asked.statement.how == "over":
            before = self.sums.get(n, [0.0, 0.0])
            self.sums[n] = sides = [None if a is None else b + a for a, b in zip(sides, before, strict=True)]
            if t < asked.statement.last:
                return
            if asked.expected is not None:
                sides[1] = asked.expected
        if one.owned:
            self.kept.setdefault(n, []).append((_some(sides[0], self.solved), _some(sides[1], self.solved)))
        else:
            self.held[n] = self.held[n] & holds(asked, *sides)

    def _now(self, n: int, asked: Criterion, side: str, rows: Mapping[str, Any]) -> Any:
        """A side of a comparison in one month; None where it is known in the end only."""
        quantity: Quantity | None = getattr(asked.statement, side)
        if quantity is None or quantity.what != "formula":
            return asked.expected if side == "right" else None
        value = rows[probe(n, side)]
        return ordinals(value, self.judge.model.settings.start) if quantity.unit == "date" else value

    def finish(self, floor: Any) -> tuple[Any, ...]:
        """Whether each check holds, one truth a path; of those that read the cap table, on the first paths only.

        `floor` is the minimum cash.
        """
        import numpy

        paths = dict.fromkeys(range(len(self.held)), self.paths)
        for n, one in enumerate(self.judge.checks):
            if one.year is not None:
                lowest = self._watch(PLACES["certain"]).lowest_in[one.year]
                self.held[n] = lowest >= -half_unit(self.judge.model)
            elif one.criterion is not None and one.criterion.statement.left.what == "ladder":
                measure = self._measure(one.criterion.statement.left, floor)
                self.held[n] = holds(one.criterion, measure, one.criterion.expected)
        owned = [n for n, one in enumerate(self.judge.checks) if one.owned]
        if owned:
            stakes = self._stakes(owned)
            for n in owned:
                paths[n] = len(stakes)
                self.held[n] = self._on_cap_tables(n, stakes) if stakes else True
        return tuple(numpy.broadcast_to(held, paths[n]) for n, held in enumerate(self.held))

    def _measure(self, quantity: Quantity, floor: Any) -> Any:
        """A measure of the ladder on every path; infinite beyond the horizon."""
        import numpy

        assert quantity.rung is not None
        watch = self._watch(quantity.rung)
        if quantity.measure == "lowest_cash":
            return watch.lowest
        if quantity.measure == "funding_gap":
            return numpy.maximum(0.0, floor - watch.lowest)
        month, day = numpy.maximum(watch.code, 0) // DAYS_A_CODE, watch.code % DAYS_A_CODE
        if quantity.measure == "runway":
            found = month + (day - 1) / numpy.array(watch.layout.days)[month]
        else:
            found = ordinals(month + (day - 1) * DAY, watch.layout.start)
        return numpy.where(watch.code < 0, BEYOND, found)

    def _stakes(self, owned: Sequence[int]) -> list[Stakes]:
        """What the checks read off the cap table of each of the first paths."""
        import numpy

        assert self.judge.model.program is not None
        units = float(10**self.judge.model.program.minor_digits)
        rows = {}
        for row in self.judge.register if self.solved else ():
            values = numpy.array([numpy.broadcast_to(value, self.solved) for value in self.register[row.address]])
            rows[row.address] = (numpy.rint(values * units) / units if row.posted else values).T.copy()
        read = [(n, side, quantity) for n in owned for side, quantity in _sides(self.judge.checks[n].criterion)
                if quantity.value is not None]  # fmt: skip

        def solved(path: RowsRead) -> Stakes:
            table = ownership(self.judge.model, path)
            return {(n, side): quantity.value(table, quantity.argument) for n, side, quantity in read}  # type: ignore[misc]  # it is not None

        return _each_outcome(solved, rows, self.solved)

    def _on_cap_tables(self, n: int, stakes: Sequence[Stakes]) -> Any:
        """Whether a check that reads the cap table holds on each path that was solved."""
        import numpy

        asked = self.judge.checks[n].criterion
        assert asked is not None
        given: dict[str, Any] = {"right": asked.expected}
        given |= {
            side: numpy.array([one[n, side] for one in stakes]) for side, q in _sides(asked) if q.value is not None
        }
        held: Any = True
        for left, right in self.kept.get(n, [(None, None)]):
            sides = [given[s] if value is None else _some(value, len(stakes))
                     for s, value in (("left", left), ("right", right))]  # fmt: skip
            held = held & holds(asked, *sides)
        return held


class Branch(NamedTuple):
    """A row that a solve reads, and what comes after each of its values: another branch, or the outcome."""

    address: str
    below: dict[bytes, Any]


class RowsRead(dict[str, list[float]]):
    """The rows of one run, by address, each put here when it is first read.

    `rows` have one value a month; with `path`, one row of values a path.
    """

    def __init__(self, rows: Mapping[str, Any], path: int | None = None) -> None:
        super().__init__()
        self._rows, self._path = rows, path

    def __missing__(self, address: str) -> list[float]:
        found: list[float] = self._rows[address] if self._path is None else self._rows[address][self._path].tolist()
        self[address] = found
        return found

    def get(self, address: str, default: Any = None) -> Any:
        return self[address] if address in self._rows else default


def _each_outcome(solve: Callable[[RowsRead], Stakes], rows: Mapping[str, Any], paths: int) -> list[Stakes]:
    """What each path is solved to, up to `SOLVES` different ones: a path whose rows are as an earlier one's needs none.

    Of `rows`, each [paths, months], only those count that the solve reads.  What it reads next follows from what it has
    read, so what is known is a tree: a row that is read, and below each of its values what is read then.
    """
    found: list[Stakes] = []
    tree = Branch("", {})
    solves = 0
    for path in range(paths):
        at: Branch | Stakes | None = tree.below.get(b"")
        while isinstance(at, Branch):
            at = at.below.get(rows[at.address][path].tobytes())
        if at is None:
            if solves == SOLVES:
                break
            solves += 1
            read = RowsRead(rows, path)
            at = solve(read)
            branch, key = tree, b""
            for address in read:
                branch = branch.below.setdefault(key, Branch(address, {}))
                key = rows[address][path].tobytes()
            branch.below[key] = at
        found.append(at)
    return found


def _some(value: Any, paths: int) -> Any:
    """The first paths of a row, apart from its buffer."""
    return value if value is None or isinstance(value, float | int) else value[:paths].copy()
