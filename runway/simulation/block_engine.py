"""A model made ready to run blocks of paths: draws, printed steps, daily reading, all in kept buffers."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from runway.engine.bends import OPENING_BEND, Bend
from runway.engine.criteria import ProbedRuns
from runway.engine.days import layout
from runway.engine.ladder import LADDER
from runway.engine.run import Engine
from runway.engine.spans import Floats, Shares, day_of_month
from runway.errors import InputError
from runway.language import arithmetic
from runway.language.named_tuple import NamedTuple
from runway.language.tree import ZERO, Call, Choose, Compare, History, Number, RowRef, T
from runway.months import days_in_month
from runway.program.row import ProgramRow, figures_read
from runway.simulation import histories
from runway.simulation.block_checks import BlockChecks, ModelChecks
from runway.simulation.block_code import UFUNCS, BlockPrinter
from runway.simulation.block_days import CashTracker, WatchedRows, watched_rows
from runway.simulation.buffers import LINE, zeros
from runway.simulation.draws import BLOCK, SAMPLED_BLOCKS, Draws, Scores, overrides_of
from runway.simulation.graph import Key
from runway.simulation.partial_evaluation import PartialEvaluation
from runway.simulation.questions import Question, clauses, closings, covenants
from runway.simulation.values import Ref, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from runway.model.model import Model
    from runway.program.plan import Plan
    from runway.simulation.block_code import Function
    from runway.simulation.compiled import CompiledSteps, Space
    from runway.simulation.values import Value


class Block(NamedTuple):
    """One block of paths, each field one number a path."""

    number: int
    cash: Any  # [months, paths], total cash at each month's end, of the rung that is reported
    lowest: Any
    codes: tuple[Any, ...]  # of the zero-cash day, one array a rung
    answers: tuple[Any, ...]  # to each question; of checks that read the cap table, on the first paths only
    figures: Mapping[str, Any]  # numbers drawn, by address
    shocks: Mapping[str, Any]  # sums of the scores of figures drawn anew each month; of the first blocks only


class Workspace(NamedTuple):
    """The buffers of one thread."""

    floats: list[Any]
    truths: list[Any]
    histories: list[Any]


class Simulator:
    """Runs blocks of one model; `rungs` are places in the ladder, the reported one first.

    With `checks`, which take all rungs, every path is judged by the checks of the file.
    """

    def __init__(self, plan: Plan, rungs: Sequence[int], *, checks: bool = False) -> None:
        model, program = plan
        self.plan, self.model, self.program, self.rungs = plan, model, program, tuple(rungs)
        self.covenants, breaches = covenants(model)
        self.actions, action_rows = _actions(model)
        self.draws = Draws(plan)
        self.floors = model.factors("model.minimum_cash", model.settings.minimum_cash.entries[0])
        written = ProbedRuns(plan) if checks and model.checks else None
        self.model_checks = None if written is None else ModelChecks(plan, self.draws.figures, written)
        check_rows = [] if self.model_checks is None else self.model_checks.rows
        probed = program.extended((*breaches, *action_rows, *check_rows))
        self.engine = Engine(probed, model.document)
        self.layout = layout(plan) if written is None else written.runner.layout
        read = figures_read(program.rows)
        effective = [{a: v for a, v in LADDER[rung].overrides.items() if a in read} for rung in rungs]
        self.variants = list({tuple(sorted(overrides.items())): overrides for overrides in effective}.values())
        self.variant_of = [self.variants.index(overrides) for overrides in effective]
        self.names = watched_rows(self.layout, program)
        self.closings, self.clauses = closings(plan), clauses(model)
        self.questions = (*self.closings, *self.clauses, *self.covenants, *self.actions)
        finals = [row for question in self.questions for row in question.rows]
        read_by_checks = [] if self.model_checks is None else self.model_checks.read_rows
        addresses = [*self.names, *finals, "cash", *(name for names in read_by_checks for name in names)]
        evaluation = PartialEvaluation(self.engine, self.draws.per_path, self.draws.monthly, self.variants)
        self.spec = evaluation.path_program(addresses)
        self._step_variants = self._distinct_variants(sorted({name for names in read_by_checks for name in names}))
        signed = [[self._unsigned(self._row(name, variant)) for name in self.names]
                  for variant in range(len(self.variants))]  # fmt: skip
        self.watched = [self._watched_rows(*pair) for pair in zip(signed, self.variants, strict=True)]
        outputs = [[value for _, value in rows] for rows in signed]
        self.finals = [self.spec.row(row, 0) for row in finals]
        self.final_rows = finals
        self.read_parameters = [name for name in self.layout.names() if name in program.parameters]
        self.certain = tuple(self._certain(outputs[variant]) for variant in self.variant_of)
        self.varying = (*map(self._varies, self.questions), *self._checks_vary())
        for rung, names in enumerate(read_by_checks):  # after the rows of the rung's daily cash
            outputs[self.variant(rung)] += [self._row(name, self.variant(rung)) for name in names]
        self.outputs, self.recorded = outputs, [Key("cash", 0)]
        self.compiled: CompiledSteps | None = None

    @cached_property
    def function(self) -> Function:
        """The steps as numpy's calls."""
        return BlockPrinter(self.spec, self.outputs, self.finals, self.recorded).step_function()

    @property
    def month_inputs(self) -> tuple[str, ...]:
        """The addresses of the figures that are drawn anew each month and read."""
        return self.function.month_inputs if self.compiled is None else self.compiled.month_inputs

    @cached_property
    def _run(self) -> Callable[..., None]:
        return self._step_function()

    def ready(self) -> None:
        """Prints the steps of numpy once, so that no forked process has to."""
        if self.compiled is None:
            _ = self._run

    def _distinct_variants(self, read: Sequence[str]) -> list[int]:
        """Merges the variants of which all rows read are equal, as where nothing is planned; those that are left."""
        first: dict[tuple[Any, ...], int] = {}
        same = []
        for variant, overrides in enumerate(self.variants):
            known = tuple(overrides.get(name) for name in self.layout.names())
            rows = tuple(self.spec.row(name, variant) for name in (*self.names, *read))
            same.append(first.setdefault((known, rows), variant))
        left = list(first.values())
        self.variants = [self.variants[variant] for variant in left]
        self.variant_of = [left.index(same[variant]) for variant in self.variant_of]
        return left

    def _row(self, address: str, variant: int) -> Value:
        """A row of one of the variants that are read."""
        return self.spec.row(address, self._step_variants[variant])

    def variant(self, rung: int) -> int:
        """The variant that a place in the ladder is run as."""
        return self.variant_of[self.rungs.index(rung)]

    def _checks_vary(self) -> tuple[bool, ...]:
        """Whether each check of the file may differ from path to path."""
        if self.model_checks is None:
            return ()
        certain = [self.certain[self.rungs.index(rung)] for rung in range(len(LADDER))]

        def varying(row: str, rung: int) -> bool:
            return isinstance(self._row(row, self.variant(rung)), Ref)

        checks = self.model_checks.varies(varying, certain)
        return (*checks, True) if self.model_checks.owned else checks  # and whether a cap table has no solution

    def _certain(self, values: Sequence[Value]) -> bool:
        """Whether the daily cash of a rung is the same on every path: no row that it is read off is drawn."""
        drawn = set(self.draws.per_path) & set(self.read_parameters)
        return not drawn and not any(isinstance(value, Ref) for value in values)

    def _varies(self, question: Question) -> bool:
        """Whether the answer to a question may differ from path to path."""
        rows = dict(zip(self.final_rows, self.finals, strict=True))
        by = f"{question.address}.by" in self.draws.figures
        return by or any(isinstance(rows[row], Ref) for row in question.rows)

    def _unsigned(self, value: Value) -> tuple[float, Value]:
        """A value and its sign: of x and -1 where it is -x, which then need not be computed."""
        if isinstance(value, Ref):
            step = self.spec.graph.steps[value.place]
            if step.op == "product" and step.args[0] == -1.0 and len(step.args) == 2:
                return -1.0, step.args[1]
        return 1.0, value

    def _watched_rows(self, signed: Sequence[tuple[float, Value]], variant: Mapping[str, float]) -> WatchedRows:
        active_months, every = self.spec.active_months, self.layout.bends()
        signs = tuple(sign for sign, _ in signed)
        bending, drawn = [list[Bend]() for _ in range(self.program.months)], set(self.draws.per_path)
        shares = Shares(self.layout.start, self.layout.days, self.program.parameters, Floats())
        for bend in every:
            sign, value = signed[self.names.index(bend.row)]
            below, above = active_months.signs(value)[:: 1 if sign > 0 else -1]
            changes, days = active_months.changes(value), self._days_known(bend, signed, variant)
            for t, length in enumerate(self.layout.days):
                month_bend = bend if days is None else bend.on(days[t], length)
                bends = changes if bend.filled else below * month_bend.below | above * month_bend.above
                if bend.moving is not None and not drawn.intersection(bend.moving.parameters()):
                    bends *= bool(shares.uneven(bend.moving, t))
                if bends >> t & 1:
                    bending[t].append(month_bend)
        month_bends: list[tuple[Bend, ...] | None] = [*map(tuple, bending)]
        first = self.layout.first
        bare = self.layout.begins == 1 and not (self.layout.restricted or any(bend.steady for bend in bending[first]))
        month_bends[first] = (*bending[first], OPENING_BEND) if bare else None
        return WatchedRows(tuple(self.names), signs, tuple(month_bends))

    def _days_known(
        self, bend: Bend, signed: Sequence[tuple[float, Value]], variant: Mapping[str, float]
    ) -> list[float] | None:
        """The day of each month on which the money of a row would move; None where it is drawn or there is none."""
        if bend.place is None or bend.place in self.draws.per_path:
            return None
        place: Value = {**self.program.parameters, **variant}.get(bend.place, 0.0)
        if bend.place in self.names:
            sign, place = signed[self.names.index(bend.place)]
            if sign < 0 or isinstance(place, Ref):
                return None
        places = place.values if isinstance(place, Series) else [place] * self.program.months
        return [day_of_month(at, t, self.layout.days[t], Floats()) for t, at in enumerate(places)]

    def _step_function(self) -> Callable[..., None]:
        import numpy

        program = self.program
        scope: dict[str, Any] = {name: getattr(numpy, name) for name in {*UFUNCS.values()}}
        scope |= {
            name: getattr(numpy, name) for name in ("add", "subtract", "multiply", "negative", "copyto", "nan", "inf")
        }
        days = [days_in_month(program.start + t) for t in range(program.months)]
        scope |= {
            "lag": histories.lag,
            "sum_last": histories.sum_last,
            "last_days": lambda history, _, t, n, *between: arithmetic.last_days(history, t, n, days, *between),
            "last_months": lambda history, _, t, n, *between: arithmetic.last_months(history, t, n, days, *between),
            "round": arithmetic.round_half,
            "pmt": arithmetic.pmt,
            **arithmetic.Calendar(program.start).functions(),
        }
        scope |= {f"s{n}": values for n, values in enumerate(self.function.constants)}
        exec(self.function.source, scope)  # printed from our own typed tree, which holds names and numbers only
        run: Callable[..., None] = scope["run"]
        return run

    @property
    def buffers(self) -> int:
        """How many numbers a path the buffers of one thread hold."""
        if self.compiled is not None:
            source = self.compiled.source
            return source.arrays + source.histories * self.program.months
        return self.function.floats + self.function.histories * self.program.months

    def cash_parameters(self, variant: int, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that the daily cash of a variant is read off."""
        every = {**self.program.parameters, **numbers, **self.variants[variant]}
        return {name: every[name] for name in self.read_parameters}

    def workspace(self) -> Workspace | Space:
        """Buffers for one thread."""
        import numpy

        if self.compiled is not None:
            return self.compiled.workspace()
        function, months = self.function, self.program.months
        return Workspace(
            list(zeros(function.floats, LINE)[:, :BLOCK]),
            [numpy.zeros(BLOCK, dtype=bool) for _ in range(function.truths)],
            [zeros(months, BLOCK) for _ in range(function.histories - 1)],
        )

    def run(self, number: int, scores: Scores, paths: int, space: Any, cash: Any = None) -> Block:
        """One block in a `workspace`; `cash`, an array [months, paths], is written to where it is given.

        Raises `InputError` where cash does not exist on some path.
        """
        import numpy

        months = self.program.months
        if cash is None:
            cash = numpy.empty((months, paths))
        numbers = self.draws.numbers(scores, paths)
        shocks = {a: numpy.zeros(paths) for a in self.month_inputs} if number < SAMPLED_BLOCKS else {}
        trackers = [
            CashTracker(self.layout, watched, self.cash_parameters(variant, numbers), self.program.half_unit, paths)
            for variant, watched in enumerate(self.watched)
        ]
        block_checks = None
        if self.model_checks is not None:
            places = [self.variant(rung) for rung in range(len(LADDER))]
            block_checks = BlockChecks(self.model_checks, trackers, places, numbers, paths, solve=number == 0)
        with numpy.errstate(all="ignore"):  # rows without a value on a path that does not read them
            if self.compiled is not None:
                finals = self.compiled.run(scores, paths, space, cash, numbers, trackers, block_checks, shocks)
            else:
                finals = self._final_values(scores, paths, space, cash, numbers, trackers, block_checks, shocks)
        for tracker in trackers:
            tracker.finish()
        if not numpy.isfinite(cash[-1]).all():
            self._refuse(numbers, int(numpy.flatnonzero(~numpy.isfinite(cash[-1]))[0]))
        last = {row: _last(value) if final is None else final
                for row, value, final in zip(self.final_rows, self.finals, finals, strict=True)}  # fmt: skip
        answers = [self._drew(question, last, numbers) for question in self.closings]
        answers += [last[question.rows[0]] > 0 for question in self.questions[len(self.closings) :]]
        answers = [numpy.broadcast_to(answer, paths) for answer in answers]
        if block_checks is not None:
            answers += block_checks.finish(self.floor(numbers))
        codes = tuple(trackers[variant].code for variant in self.variant_of)
        return Block(number, cash, trackers[0].lowest, codes, tuple(answers), numbers, shocks)

    def _final_values(
        self, scores: Scores, paths: int, space: Any, cash: Any, numbers: Mapping[str, Any],
        trackers: Sequence[CashTracker], block_checks: BlockChecks | None, shocks: Mapping[str, Any],
    ) -> list[Any]:  # fmt: skip
        """The steps of one block by numpy; the final rows of the last month, None for those that no path varies."""
        finals: list[Any] = [None] * len(self.finals)

        def finish(place: int, value: Any) -> None:
            finals[place] = value.copy() if hasattr(value, "copy") else value

        fills = self.draws.fills(scores)
        readers = [None] * len(trackers) if block_checks is None else block_checks.readers(len(self.names))
        self._run(
            [_callback(tracker, reader, len(self.names)) for tracker, reader in zip(trackers, readers, strict=True)],
            finish,
            [buffer[:paths] for buffer in space.floats],
            [buffer[:paths] for buffer in space.truths],
            [cash, *(history[:, :paths] for history in space.histories)],
            [numbers[address] for address in self.function.path_inputs],
            [_summed(fills[a], shocks[a]) if a in shocks else fills[a] for a in self.function.month_inputs],
        )
        return finals

    def floor(self, numbers: Mapping[str, Any]) -> Any:
        """The minimum cash on each path, in the model's currency."""
        floor: Any = 1.0
        for address in self.floors:
            floor = floor * numbers.get(address, self.program.parameters[address])
        return floor

    def _drew(self, question: Question, last: Mapping[str, Any], numbers: Mapping[str, Any]) -> Any:
        """Whether a closing came within the horizon, by its deadline, with money left to draw."""
        due, *amounts = (last[row] for row in question.rows)
        by = numbers.get(f"{question.address}.by", self.program.parameters[f"{question.address}.by"])
        return (due >= 0) & (due < self.program.months) & (due <= by) & (sum(amounts) > 0)

    def _refuse(self, numbers: Mapping[str, Any], path: int) -> None:
        """Raises the error of a path whose cash has no value: of its row and month, as running it alone shows them."""
        self.engine.run(overrides_of(numbers, path))
        text = "Cash grows beyond every bound on some path; look at the ranges and volatilities of the figures."
        raise InputError(self.model.document.problem(("model", "opening_cash"), "overflow", text))


def _callback(tracker: CashTracker, reader: Callable[..., None] | None, watched: int) -> Callable[..., None]:
    """The function that receives a variant's rows of each month: daily cash, then checks, read them."""
    if reader is None:
        return tracker.month

    def callback(t: int, *values: Any) -> None:
        tracker.month(t, *values[:watched])
        reader(t, *values)

    return callback


def _summed(fill: Callable[[int, Any], None], total: Any) -> Callable[[int, Any], None]:
    """A function that fills an array with a month's scores and adds them to a total."""
    import numpy

    def summing(t: int, out: Any) -> None:
        fill(t, out)
        numpy.add(total, out, out=total)

    return summing


def _last(final: Value) -> Any:
    return final.values[-1] if isinstance(final, Series) else None if isinstance(final, Ref) else final


def year_ends(model: Model) -> list[int]:
    """The ends of years from the day of counting on, as months of the model, and the last month."""
    last = model.settings.months - 1
    past = min(last, model.past)
    return sorted({min(last, past + 12 * n - 1) for n in range(1, 1 + -(-(last + 1 - past) // 12))})


def _actions(model: Model) -> tuple[list[Question], list[ProgramRow]]:
    """Each action and each end of a year, with a row of its own: whether it was on in a month up to then."""
    questions, rows = [], []
    for item in model.section("actions"):
        for end in year_ends(model):
            by = f"{item.name}.on by {end}"  # a blank keeps it apart from every row of a file
            on = Choose(Compare("<=", T, Number(float(end))), RowRef(f"{item.name}.on"), ZERO)
            formula = Call("max", (History("prev", RowRef(by), None), on))
            rows.append(ProgramRow(by, formula, ZERO, False, item.path))
            questions.append(Question(f"{item.name}.{end}", (by,)))
    return questions, rows
