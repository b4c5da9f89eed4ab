"""The checks of a file on every path of a block: the criteria of `runway check`, on arrays.

The cap tables that checks read are solved exactly for the first paths only, one solve for each different set of rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runway.engine.criteria import Criterion, holds, probe, probes, target_problem, years_of
from runway.engine.ladder import LADDER, PLACES
from runway.errors import InputError
from runway.language.named_tuple import NamedTuple
from runway.language.tree import Call, History, Node, Number, RowRef, rebuilt
from runway.months import DAY
from runway.ownership.register import ownership
from runway.ownership.securities import rows_read
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.cap_tables import RowsRead, by_path, drawn_terms, each_outcome, solves, with_terms
from runway.simulation.distributions import ordinals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from runway.engine.comparisons import Quantity
    from runway.engine.criteria import ProbedRuns, Year
    from runway.program.plan import Plan
    from runway.program.row import ProgramRow
    from runway.simulation.block_days import CashTracker
    from runway.simulation.cap_tables import Stakes

OWNED = 4_096  # paths of the first block whose cap table may be solved
NUMBERS = 8_000_000  # that may be kept for it
BEYOND = float("inf")
CASH, CLOSING = "cash", "closing_cash"  # the row that the measure is read off, in the last month
LATE = {"ladder", "function"}  # quantities with one value a path, known at the end of the horizon


class FileCheck(NamedTuple):
    """One check of the file."""

    criterion: Criterion | None
    year: Year | None  # of a going-concern check
    late: bool  # whether a side is known only at the end of the horizon
    owned: bool  # whether a side is read off the cap table
    undecided: str | None  # why it is not known where cash lasts beyond the last month


class ModelChecks:
    """The checks of one model; `drawn` are the figures that have one number a path, `written` its runs as written."""

    def __init__(self, plan: Plan, drawn: Mapping[str, Any], written: ProbedRuns) -> None:
        model, program = plan
        self.model, self.program, self.units = model, program, float(10**program.minor_digits)
        self.written = written
        criteria, years = written.criteria, years_of(model)
        self.checks = []
        for n in range(len(model.checks)):
            kinds = {quantity.form for _, quantity in _sides(criteria.get(n))}
            after = target_problem(model, criteria[n]) if n in criteria else None
            why = None if after is None else after.text
            self.checks.append(FileCheck(criteria.get(n), years.get(n), bool(kinds & LATE), "function" in kinds, why))
        self.owned = [n for n, check in enumerate(self.checks) if check.owned]
        names = rows_read(model) if self.owned else ()
        # the rows that cap tables read
        self.register = [row for row in program.rows if row.address.startswith(names) and not row.on_demand]
        self.terms = drawn_terms(model, drawn) if self.owned else []
        self.solves = solves(model)
        self.rows: list[ProgramRow] = []  # the formulas of the checks
        self.read_rows: list[list[str]] = [[] for _ in LADDER]  # the rows that they read, by the rung that counts them
        posted = {row.address for row in program.rows if row.posted}
        for n, criterion in criteria.items():
            rows = [
                row._replace(formula=_posted_formula(row.formula, posted, program.minor_digits))
                for row in probes({n: criterion})
            ]
            self.rows += rows
            self.read_rows[criterion.rung] += [row.address for row in rows]
            for _, quantity in _sides(criterion):
                if quantity.measure == CLOSING and CASH not in self.read_rows[rung := quantity.rung or 0]:
                    self.read_rows[rung].append(CASH)
        self.read_rows[PLACES["planned"]] += [row.address for row in self.register]
        self.varying_rows = 1  # of the register
        self.years = any(check.year is not None for check in self.checks)

    def varies(self, varying: Callable[[str, int], bool], certain: Sequence[bool]) -> tuple[bool, ...]:
        """Whether each check may differ from path to path, from the rows of each rung that vary and the certain rungs.

        Where no row that the cap table reads varies, all paths have the same cap table.
        """
        solved = bool(self.terms)
        if self.owned:
            ownership(self.model, read := RowsRead(self.written.rows(PLACES["planned"])))
            solved |= any(varying(address, PLACES["planned"]) for address in read)
            self.varying_rows = sum(varying(row.address, PLACES["planned"]) for row in self.register)

        def differs(n: int, criterion: Criterion, side: str, quantity: Quantity) -> bool:
            match quantity.form:
                case "formula":
                    return varying(probe(n, side), criterion.rung)
                case "ladder":
                    closing = quantity.measure == CLOSING
                    return varying(CASH, quantity.place) if closing else not certain[quantity.place]
                case "function":
                    return solved
            return False

        return tuple(
            not certain[PLACES["certain"]]
            if check.criterion is None
            else any(differs(n, check.criterion, *side) for side in _sides(check.criterion))
            for n, check in enumerate(self.checks)
        )


def _posted_formula(node: Node, rows: Collection[str], digits: int) -> Node:
    """A formula over rows posted to the minor unit, as those of a projection are and those of paths are not."""
    node = rebuilt(node, lambda inner: _posted_formula(inner, rows, digits))
    address = node.row.address if isinstance(node, History) else node.address if isinstance(node, RowRef) else ""
    return Call("round", (node, Number(float(digits)))) if address in rows else node


def _sides(criterion: Criterion | None) -> list[tuple[str, Quantity]]:
    """The sides of a comparison that are quantities of the model; none of a preset."""
    statement = None if criterion is None else criterion.statement
    both = () if statement is None else (("left", statement.left), ("right", statement.right))
    return [(side, quantity) for side, quantity in both if quantity is not None]


class BlockChecks:
    """Whether each check holds on the paths of one block, from the rows of each month and the daily cash.

    `trackers` read the daily cash of each variant; `variants` has the variant of each place in the ladder;
    `numbers` are those drawn.  With `solve` the cap tables of the first paths are solved.
    """

    def __init__(
        self,
        model_checks: ModelChecks,
        trackers: Sequence[CashTracker],
        variants: Sequence[int],
        numbers: Mapping[str, Any],
        paths: int,
        *,
        solve: bool,
    ) -> None:
        self.model_checks, self.trackers, self.variants = model_checks, trackers, variants
        self.numbers, self.paths = numbers, paths
        self._watch(PLACES["certain"]).look_into(
            dict.fromkeys(check.year for check in model_checks.checks if check.year is not None)
        )
        room = NUMBERS // (max(1, model_checks.varying_rows) * trackers[0].layout.months)
        self.solved = min(paths, OWNED, room) if solve and model_checks.owned else 0
        self.truths: list[Any] = [True] * len(model_checks.checks)
        self.sums: dict[int, list[Any]] = {}
        self.kept: dict[int, list[list[Any]]] = {}  # formulas that are compared with a late side, by check
        self.known: dict[int, Any] = {}  # the paths on which a check can be judged, where those are not all
        self.closing: dict[int, Any] = {}  # total cash of the last month, by rung
        self.register: dict[str, list[Any]] = {row.address: [] for row in model_checks.register if self.solved}

    def _watch(self, rung: int) -> CashTracker:
        return self.trackers[self.variants[rung]]

    def readers(self, watched: int) -> list[Callable[..., None] | None]:
        """One function a variant; at each month's end it receives the rows that daily cash is read off, `watched` of
        them, then those that checks compare.  None where checks compare none.
        """
        readers: list[Callable[..., None] | None] = []
        for variant in range(len(self.trackers)):
            at, parts = watched, list[tuple[int, slice]]()
            for rung, names in enumerate(self.model_checks.read_rows):
                if names and self.variants[rung] == variant:
                    parts.append((rung, slice(at, at + len(names))))
                    at += len(names)
            readers.append(self._reader(parts) if parts else None)
        return readers

    def months(self) -> set[int]:
        """The months in which checks read rows."""
        last = self.trackers[0].layout.months - 1
        months = {last} if any(self.model_checks.read_rows) else set()
        if self.register:
            return set(range(last + 1))
        for check in self.model_checks.checks:
            criterion = check.criterion
            if criterion is not None and criterion.statement.has_formula and (self.solved or not check.owned):
                months |= set(range(criterion.statement.first, criterion.statement.last + 1))
        return months

    def _reader(self, parts: list[tuple[int, slice]]) -> Callable[..., None]:
        def read(t: int, *values: Any) -> None:
            for rung, places in parts:
                self._read_month(t, rung, dict(zip(self.model_checks.read_rows[rung], values[places], strict=True)))

        return read

    def _read_month(self, t: int, rung: int, rows: Mapping[str, Any]) -> None:
        """The rows of one month as one rung counts them."""
        for n, check in enumerate(self.model_checks.checks):
            criterion = check.criterion
            if criterion is None or criterion.rung != rung or not criterion.statement.has_formula:
                continue
            if criterion.statement.first <= t <= criterion.statement.last and (self.solved or not check.owned):
                self._compare(n, criterion, t, [self._side(n, criterion, side, rows) for side in ("left", "right")])
        if t == self.trackers[0].layout.months - 1 and CASH in rows:
            self.closing[rung] = _first_paths(rows[CASH], self.paths)
        if rung == PLACES["planned"]:
            for address, months in self.register.items():
                months.append(_first_paths(rows[address], self.solved))

    def _compare(self, n: int, criterion: Criterion, t: int, sides: list[Any]) -> None:
        """The formulas of a check in one month; None is a side that is no formula."""
        if criterion.statement.how == "over":
            before = self.sums.get(n, [0.0, 0.0])
            self.sums[n] = sides = [None if a is None else b + a for a, b in zip(sides, before, strict=True)]
            if t < criterion.statement.last:
                return
        check = self.model_checks.checks[n]
        if check.late:
            paths = self.solved if check.owned else self.paths
            self.kept.setdefault(n, []).append([_first_paths(side, paths) for side in sides])
        else:
            left, right = sides
            self.truths[n] = self.truths[n] & holds(criterion, left, criterion.expected if right is None else right)

    def _side(self, n: int, criterion: Criterion, side: str, rows: Mapping[str, Any]) -> Any:
        """A formula in one month: dates as days, not a number where it has no value."""
        import numpy

        quantity: Quantity | None = getattr(criterion.statement, side)
        if quantity is None or quantity.form != "formula":
            return None
        value = rows[probe(n, side)]
        if quantity.unit == "date":
            days = ordinals(value, self.model_checks.model.settings.start)
            return days if days.ndim else float(days)
        return value if numpy.isfinite(value).all() else numpy.where(numpy.isfinite(value), value, numpy.nan)

    def finish(self, floor: Any) -> list[Any]:
        """Whether each check holds, one truth a path, and whether a cap table has no solution.

        Checks that read the cap table have truths of the first paths only, those that months after the last one would
        decide of the paths that run out before.  `floor` is the minimum cash.
        """
        import numpy

        stakes = self._stakes() if self.model_checks.owned else []
        answers = []
        for n, check in enumerate(self.model_checks.checks):
            paths = len(stakes) if check.owned else self.paths
            if check.year is not None:
                lowest = self._watch(PLACES["certain"]).lowest_in[check.year]
                self.truths[n] = lowest >= -self.model_checks.program.half_unit
            elif check.late and paths:
                self.truths[n] = self._late_truth(n, stakes, floor)
            answers.append(numpy.broadcast_to(self.truths[n], paths)[self.known.get(n, slice(None))])
        if self.model_checks.owned:
            answers.append(numpy.array([not figures for figures in stakes], dtype=bool))
        return answers

    def _late_truth(self, n: int, stakes: Sequence[Stakes], floor: Any) -> Any:
        """Whether a check of cap-table figures or measures of the ladder holds; never without a cap table."""
        import numpy

        check = self.model_checks.checks[n]
        criterion, paths = check.criterion, len(stakes) if check.owned else self.paths
        assert criterion is not None
        known: dict[str, Any] = {"right": criterion.expected}
        for side, quantity in _sides(criterion):
            if quantity.form == "ladder":
                known[side] = self._measure(quantity, floor)
                if side == "left" and check.undecided is not None:
                    self.known[n] = known[side] != BEYOND
            elif quantity.form == "function":
                known[side] = numpy.array([figures.get((n, side), numpy.nan) for figures in stakes])
        truth: Any = True
        for both in self.kept.get(n, [[None, None]]):
            sides = [known[side] if value is None else _first_paths(value, paths)
                     for side, value in zip(("left", "right"), both, strict=True)]  # fmt: skip
            truth = truth & holds(criterion, *sides)
        return truth

    def _measure(self, quantity: Quantity, floor: Any) -> Any:
        """A measure of the ladder on every path; infinite beyond the horizon."""
        import numpy

        tracker = self._watch(quantity.place)
        if quantity.unit == "money":
            gap = quantity.measure == "funding_gap"
            money = numpy.maximum(0.0, floor - tracker.lowest) if gap else tracker.lowest
            money = self.closing[quantity.place] if quantity.measure == CLOSING else money
            return numpy.rint(money * self.model_checks.units) / self.model_checks.units
        month, day = numpy.maximum(tracker.code, 0) // DAYS_A_CODE, tracker.code % DAYS_A_CODE
        if quantity.measure == "runway":
            measure = month + (day - 1) / numpy.array(tracker.layout.days)[month] - tracker.layout.base
        else:
            measure = ordinals(month + (day - 1) * DAY, tracker.layout.start)
        return numpy.where(tracker.code < 0, BEYOND, measure)

    def _stakes(self) -> list[Stakes]:
        """The figures that checks read off each of the first paths' cap tables; none where it has no solution."""
        import numpy

        model_checks, rows = self.model_checks, dict[str, Any]()
        for row in model_checks.register if self.solved else ():
            rows[row.address] = by_path(self.register[row.address], self.solved)
            if row.posted:
                rows[row.address] = numpy.rint(rows[row.address] * model_checks.units) / model_checks.units
        for address in model_checks.terms:
            rows[address] = self.numbers[address][: self.solved, None]
        sides = [(n, *side) for n in model_checks.owned for side in _sides(model_checks.checks[n].criterion)]
        read = [(n, side, quantity) for n, side, quantity in sides if quantity.value is not None]

        def solved(path: RowsRead) -> Stakes:
            model = with_terms(model_checks.model, {address: path[address][0] for address in model_checks.terms})
            try:
                table = ownership(model, path)
            except InputError:
                return {}
            return {(n, side): quantity.of_holder(table) for n, side, quantity in read}

        return each_outcome(solved, rows, self.solved, model_checks.solves)


def _first_paths(value: Any, paths: int) -> Any:
    """The first paths of a row, apart from its buffer."""
    return value if value is None or isinstance(value, float | int) else value[:paths].copy()
