"""`simulate`: a model over its uncertain figures, its events with a probability and its closings that may slip."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from math import ceil, log2, sqrt
from typing import TYPE_CHECKING, Any

from runway.answers.answer import counted_about
from runway.answers.check import verdicts
from runway.answers.closings import open_events
from runway.answers.project import changes_of
from runway.answers.simulation import SHARES, ActionOdds, CheckOdds, Contrast, Moment, Odds, Paths, Risk, Simulation
from runway.engine.criteria import text_of, title_of
from runway.engine.ladder import LADDER, day_at, default_rung, rung_named
from runway.months import month_label, months_to, position
from runway.simulation.block_days import DAYS_A_CODE
from runway.simulation.block_engine import Simulator, year_ends
from runway.simulation.blocks import replicated, run_here, tasks_of
from runway.simulation.compiled import choose
from runway.simulation.draws import BLOCK
from runway.simulation.drivers import drivers, off_median
from runway.simulation.limits import COMPILED, PATHS, check_day, check_options, check_time, cores, most_paths
from runway.simulation.sobol import REPLICATES, require_sobol
from runway.simulation.totals import CONFIDENT, NONE_SEEN, Estimate, Totals, probability

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from runway.model.model import Model
    from runway.program.plan import Plan
    from runway.simulation.blocks import Task

LEAST_LOG = 7  # a replicate of Sobol points has at least 2^7, so that it has an outer quantile of its own
T95 = 2.131449545559323  # of Student's t with 15 degrees of freedom: the spread of 16 replicates
WORST = 0.05
FIRST_BATCH = 4  # blocks of the first look of --until
MOST_AT_ONCE = 4_096 * BLOCK  # paths whose blocks are listed together


def simulate(
    plan: Plan,
    *,
    paths: int = PATHS,
    seed: int = 1,
    workers: int | None = None,
    counting: str | None = None,
    by: date | None = None,
    until: float | None = None,
    sampling: str = "random",
    against: str | None = None,
    raw: bool = False,
    insist: bool = False,
    checks: bool = True,
    cluster: str | None = None,
    engine: str = "auto",
    forgone: MutableMapping[int, float] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Simulation:
    """The simulation of a model.

    `paths` futures are drawn from `seed`, on `workers` threads (all cores); or as many as it takes for the error of
    every probability to be at most `until`.  `counting` is the rung of cash, runway and drivers.
    `against` names another scenario that runs on the same draws; `raw` keeps every path; `checks` counts on how many
    each check of the file holds.  `engine` steps through the months: "compiled" by the C compiler of this machine,
    "numpy", or "auto", which compiles where it pays; `forgone` is shared by runs that pay for it together.
    `progress` is called with the paths that have run and those requested.  An interruption
    gives the paths that are complete.  Raises `InputError`.
    """
    check_options(paths, seed, workers, until, sampling, raw, engine)
    if by is not None:
        check_day(by, plan.program.start, plan.program.months)
    rung = default_rung(plan.model, drawn=True) if counting is None else rung_named(counting)
    order = [rung, *(n for n in range(len(LADDER)) if n != rung)]
    simulator = Simulator(plan, order, checks=checks)
    verdicts_as_written = () if simulator.model_checks is None else verdicts(plan, simulator.model_checks.written)
    if sampling == "sobol":
        require_sobol(simulator.draws)
    paths, replicate = _path_numbers(paths, until, sampling)
    if not insist and engine != "numpy":  # too many paths even for the compiled engine: refused before the compilation
        check_time(simulator, paths, workers or cores(), COMPILED)
    stepper = choose(simulator, engine, paths, elsewhere=cluster is not None, forgone=forgone)
    if not insist:
        check_time(simulator, paths, workers or cores())
    run = _Run(simulator, paths, seed, workers or cores(), until, replicate, raw, cluster, progress)
    if against is not None:
        run.totals.dry = []
    run.run_blocks()
    simulation = replace(run.result(order, by, verdicts_as_written), engine=stepper[0], without_engine=stepper[1])
    return simulation if against is None else replace(simulation, versus=_versus(run, against, order, stepper[0]))


def whole(simulation: Simulation) -> Simulation:
    """A simulation that another answer is made of: an interruption of it is one of that answer.

    Raises `KeyboardInterrupt` where it is partial.
    """
    if simulation.partial:
        raise KeyboardInterrupt
    return simulation


def _path_numbers(paths: int, until: float | None, sampling: str) -> tuple[int, int]:
    """The number of paths at most, and of those in each replicate (0 without replicates)."""
    if sampling == "sobol":
        points = 2 ** max(LEAST_LOG, ceil(log2(paths / REPLICATES)))
        return points * REPLICATES, points
    return (paths if until is None else most_paths(until)), 0


class _Run:
    """One simulation while it runs."""

    def __init__(
        self, simulator: Simulator, paths: int, seed: int, workers: int, until: float | None, replicate: int,
        raw: bool, cluster: str | None, progress: Callable[[int, int], None] | None,
    ) -> None:  # fmt: skip
        self.simulator, self.requested, self.seed, self.workers = simulator, paths, seed, workers
        self.until, self.replicate, self.cluster, self.report = until, replicate, cluster, progress
        months, rungs = simulator.program.months, len(LADDER)
        questions = len(simulator.varying)
        self.totals = Totals(months, rungs, questions, paths, raw)
        if replicate:
            self.totals.parts = [Totals(months, rungs, questions, 0) for _ in range(REPLICATES)]
        self.interrupted = False

    def run_blocks(self) -> None:
        """Every block, or those until the errors are small enough."""
        try:
            with self._client() as client:
                if self.replicate:
                    self.run_tasks(replicated(REPLICATES, self.replicate), client)
                paths = self.totals.paths
                while paths < self.requested:
                    some = MOST_AT_ONCE if self.until is None else max(FIRST_BATCH * BLOCK, paths)
                    goal = min(self.requested, paths + min(some, MOST_AT_ONCE))
                    self.run_tasks(tasks_of(paths, goal), client)
                    paths = goal
                    if self.until is not None and self._largest_error() <= self.until:
                        self.requested = paths
        except KeyboardInterrupt:
            if not self.totals.paths:
                raise
            self.interrupted = True

    def _client(self) -> AbstractContextManager[Any]:
        """The cluster that the blocks run on, for as long as they do; nothing where they run here."""
        if self.cluster is None:
            return nullcontext()
        from runway.simulation.cluster import connected

        return connected(self.cluster)

    def run_tasks(self, tasks: Sequence[Task], client: Any) -> None:
        simulator, totals = self.simulator, self.totals
        if not totals.exact and totals.edges is None:  # the grid is laid by the first block, whoever runs the others
            number, scores, paths = tasks[0].number, tasks[0].scores(simulator, self.seed), tasks[0].paths
            first = simulator.run(number, scores, paths, simulator.workspace())
            totals.span(first)

        def progress(_: int) -> None:
            if self.report is not None:
                self.report(totals.paths, self.requested)

        if client is not None:
            from runway.simulation.cluster import run_on_cluster

            run_on_cluster(client, simulator, tasks, totals, self.seed, progress)
        else:
            run_here(simulator, tasks, totals, self.seed, self.workers, progress)

    def _largest_error(self) -> float:
        totals, last = self.totals, self.simulator.program.months - 1
        simulator = self.simulator
        errors = [totals.dry_by(rung, last, 31).error for rung in range(len(LADDER)) if not simulator.certain[rung]]
        varying = [n for n, varies in enumerate(simulator.varying) if varies and totals.answered[n] == totals.paths]
        return max([*errors, *(totals.answer(n).error for n in varying)], default=0.0)

    def result(self, order: Sequence[int], by: date | None, verdicts: Sequence[bool | None]) -> Simulation:
        """The simulation that the blocks add up to; a check that does not vary has its verdict in `verdicts`."""
        simulator, totals = self.simulator, self.totals
        model, program = simulator.model, simulator.program
        raw = self._raw() if totals.keep else None
        replicates = self._replicates()
        self._order(totals)

        def quantile(row: int, share: float) -> Estimate:
            estimate = totals.quantile(row, share)
            if simulator.certain[0]:
                return Estimate(estimate.value, 0.0)
            values = [replica.quantile(row, share).value for replica in replicates]
            return Estimate(estimate.value, _spread(values)) if values else estimate

        def quantiles(row: int) -> tuple[Estimate, ...]:
            return tuple(quantile(row, share) for share in SHARES)

        certain = not any(address in simulator.draws.figures for address in simulator.floors)
        floor = simulator.floor({}) if certain else None
        lowest = quantiles(program.months)
        gaps = None if floor is None else tuple(
            Estimate(max(0.0, floor - e.value), e.error if floor > e.value else 0.0) for e in reversed(lowest)
        )  # fmt: skip
        names = {a: d.name for a, d in simulator.draws.figures.items()}
        names = {o.event + ".date": "occurrence" for o in simulator.draws.occurrences} | names
        odds, closings = self._odds(replicates), len(simulator.closings)
        clauses = closings + len(simulator.clauses)
        driving, driver_paths = drivers(totals.samples, names, simulator.draws.monthly_laws)
        return Simulation(
            **counted_about(simulator.plan),
            source=model.document.title,
            months=program.labels,
            changes=changes_of(simulator.plan),
            paths=totals.paths,
            requested=self.requested,
            seed=self.seed,
            sampling="sobol" if self.replicate else "random",
            counting=LADDER[order[0]].title,
            funded=bool(model.section("funding")),
            planned=any(item.planned for item in model.section("funding")),
            by=by,
            minimum_cash=floor,
            risks=tuple(
                self._risk(order.index(rung), LADDER[rung].title, by, replicates) for rung in range(len(LADDER))
            ),
            cash=tuple(quantiles(t) for t in range(program.months)),
            lowest_cash=lowest,
            funding_gap=gaps,
            worst_lowest_cash=totals.worst(WORST),
            closings=tuple(odds[:closings]),
            clauses=tuple(odds[closings:clauses]),
            covenants=tuple(odds[clauses : clauses + len(simulator.covenants)]),
            actions=self._actions(odds[clauses + len(simulator.covenants) :]),
            checks=self._checks(verdicts, replicates),
            without_odds=self._without_odds(),
            unsolved=int(totals.yes[-1]) if simulator.model_checks is not None and simulator.model_checks.owned else 0,
            drivers=driving,
            driver_paths=driver_paths,
            off_median=off_median(simulator.draws),
            raw=raw,
        )

    def _without_odds(self) -> tuple[str, ...]:
        """The events that conditions of closings and clauses name, open at the start and the same on every path."""
        plan, drawn = self.simulator.plan, self.simulator.draws.per_path
        conditions = [
            *(address for item in plan.model.section("funding") for address, _ in item.closings()),
            *(f"{i.name}.{clause.name}" for i in plan.model.section("funding") for clause in i.part.clauses()),
        ]
        events = dict.fromkeys(event for address in conditions for event in open_events(plan, address))
        return tuple(event for event in events if f"{event}.date" not in drawn)

    def _replicates(self) -> list[Totals]:
        """The totals of each replicate of Sobol points."""
        if not self.replicate or self.interrupted:
            return []
        assert self.totals.cash is not None
        assert self.totals.lowest is not None
        for n, part in enumerate(self.totals.parts):
            columns = slice(n * self.replicate, (n + 1) * self.replicate)
            part.cash, part.lowest = self.totals.cash[:, columns], self.totals.lowest[columns]
            self._order(part)
        return self.totals.parts

    def _order(self, totals: Totals) -> None:
        compiled = self.simulator.compiled
        totals.order(self.workers, SHARES, None if compiled is None else compiled.sifted)

    def _risk(self, rung: int, counting: str, by: date | None, replicates: list[Totals]) -> Risk:
        totals, simulator = self.totals, self.simulator
        program, days = simulator.program, simulator.layout.days

        def estimate(month: int, day: int) -> Estimate:
            estimates = [part.dry_by(rung, month, day) for part in (totals, *replicates)]
            return _probability(estimates, totals.paths, varies=not simulator.certain[rung])

        by_date = None if by is None else estimate(int(position(by, program.start)), by.day)
        moments = []
        for share in SHARES:
            at = totals.dry_at(rung, share)
            if at is None:
                moments.append(Moment(None, None))
            else:
                month, day = at
                months_left = months_to(month, day, days) - simulator.layout.base
                moments.append(Moment(months_left, day_at(program.start + month, day)))
        months = tuple(estimate(t, 31) for t in range(program.months))
        return Risk(counting, months, by_date, tuple(moments))

    def _answer(self, question: int, replicates: list[Totals]) -> Estimate:
        """The probability that the answer to a question is yes; its error is 0 where all paths have the same."""
        on_all_paths = self.totals.answered[question] >= self.totals.paths
        estimates = [part.answer(question) for part in (self.totals, *(replicates if on_all_paths else ()))]
        return _probability(estimates, self.totals.paths, varies=self.simulator.varying[question])

    def _odds(self, replicates: list[Totals]) -> list[Odds]:
        """The odds of each closing, then of each clause, then of each covenant."""
        titles = _titles(self.simulator.model)
        return [
            Odds(question.address, titles.get(question.address, question.address), self._answer(n, replicates))
            for n, question in enumerate(self.simulator.questions)
        ]

    def _actions(self, odds: Sequence[Odds]) -> tuple[ActionOdds, ...]:
        """The odds of each action by the ends of years; `odds` has them action by action."""
        simulator, ends = self.simulator, year_ends(self.simulator.model)
        months = [month_label(simulator.program.start + t) for t in ends]
        return tuple(
            ActionOdds(
                item.name,
                item.title,
                tuple(zip(months, (by_year.probability for by_year in odds[n * len(ends) :]), strict=False)),
            )
            for n, item in enumerate(simulator.model.section("actions"))
        )

    def _checks(self, verdicts: Sequence[bool | None], replicates: list[Totals]) -> tuple[CheckOdds, ...]:
        """The odds of each check of the file; where no path differs, its verdict in `verdicts`."""
        odds, model_checks, items = [], self.simulator.model_checks, self.simulator.model.checks
        checks = zip(items, model_checks.checks, verdicts, strict=True) if model_checks is not None else ()
        for n, (item, check, holds) in enumerate(checks, len(self.simulator.questions)):
            judged = int(self.totals.answered[n])
            why = check.undecided if judged < self.totals.paths else None
            estimate = None if why else Estimate(float(holds or 0), 0.0)
            if why is None and self.simulator.varying[n]:
                estimate = self._answer(n, replicates)
            odds.append(CheckOdds(title_of(item), text_of(item), estimate, judged, why))
        return tuple(odds)

    def _raw(self) -> Paths:
        """Every path, in order."""
        import numpy

        blocks = [self.totals.kept[n] for n in sorted(self.totals.kept)]
        codes = numpy.array([numpy.concatenate([b.codes[n] for b in blocks]) for n in range(len(LADDER))])
        assert self.totals.cash is not None
        return Paths(
            self.totals.cash[:, : self.totals.paths].copy(),
            numpy.concatenate([block.lowest for block in blocks]),
            numpy.where(codes < 0, -1, codes // DAYS_A_CODE),
            numpy.where(codes < 0, -1, codes % DAYS_A_CODE),
            {a: numpy.concatenate([b.figures[a] for b in blocks]) for a in blocks[0].figures},
        )


def _titles(model: Model) -> dict[str, str]:
    """The titles of closings, grants, clauses and covenants."""
    titles: dict[str, str] = {}
    for item in model.section("funding"):
        parts: tuple[Any, ...] = (*item.part.closings(), *item.part.clauses(), *item.part.covenants())
        named_parts = (part for part in parts if part.name)
        titles |= {f"{item.name}.{part.name}": f"{item.title} {part.title or part.name}" for part in named_parts}
        titles[item.name] = item.title
    return titles


def _spread(values: Sequence[float]) -> float:
    """The error of the mean of independent replicates, by Student's t."""
    mean = sum(values) / len(values)
    variance = sum((value - mean) ** 2 for value in values) / (len(values) - 1)
    return T95 * sqrt(variance / len(values))


def _probability(estimates: Sequence[Estimate], paths: int, *, varies: bool) -> Estimate:
    """A probability with the error of its replicates, which come behind it; if these agree, it may be 3 / n."""
    pooled, *replicates = estimates
    if not varies or not replicates:
        return pooled if varies else Estimate(pooled.value, 0.0)
    return Estimate(pooled.value, min(1.0, max(_spread([replica.value for replica in replicates]), NONE_SEEN / paths)))


def _versus(run: _Run, against: str, order: Sequence[int], engine: str) -> Contrast:
    """Another scenario of the file on the draws of one that has run."""
    import numpy

    from runway.engine.load import load_document

    model = run.simulator.model
    simulator = Simulator(load_document(model.original, against, model.changes), order)
    choose(simulator, "auto" if engine == "compiled" else engine, run.totals.paths)
    paths = run.totals.paths
    against_run = _Run(simulator, paths, run.seed, run.workers, None, run.replicate, False, run.cluster, None)
    against_run.totals.dry = []
    against_run.run_blocks()
    paths = min(paths, against_run.totals.paths)
    mine, theirs = (numpy.concatenate(side.totals.dry or [])[:paths] for side in (run, against_run))
    only_mine, only_theirs = int((mine & ~theirs).sum()), int((theirs & ~mine).sum())
    difference = (only_mine - only_theirs) / paths
    variance = (only_mine + only_theirs) / paths - difference**2
    error = CONFIDENT * sqrt(variance / paths) if only_mine + only_theirs else NONE_SEEN / paths
    odds = probability(int(theirs.sum()), paths)
    certain = against_run.simulator.certain[0]
    return Contrast(
        against,
        Estimate(odds.value, 0.0) if certain else odds,
        Estimate(difference, 0.0 if certain and run.simulator.certain[0] else error),
    )
