"""Many companies at once: each projected, and simulated where it has anything uncertain; the riskiest first."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from runway.answers.project import project_model
from runway.answers.simulation import odds_json
from runway.engine.load import load_document
from runway.errors import InputError, Problem, did_you_mean
from runway.files.disk import exists, files_read, note_read
from runway.files.document import read
from runway.files.git import read as of_revision
from runway.language.named_tuple import NamedTuple
from runway.language.record import Money, Record, documented
from runway.model.addresses import AS_OF
from runway.model.overrides import set_by
from runway.simulation.processes import can_fork, on_processes
from runway.words import list_text

R = TypeVar("R")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runway.files.document import Document
    from runway.program.plan import Plan
    from runway.simulation.totals import Estimate

    Work = tuple[str, Document, "Options", Document | None]  # the file, its text, how it is run, its other revision

PATHS = 10_000
YEAR, TWO_YEARS = 12, 24
FEW = 4  # companies that are not worth another process


class Options(NamedTuple):
    """The options that every company is run with; no paths: projections only."""

    paths: int
    seed: int
    counting: str | None
    insist: bool  # whether to run simulations that take very long
    day: date  # from whose end cash and runway are counted
    always: bool  # whether a company whose months do not have that day is refused
    holder: str | None  # whose stake is reported
    engine: str
    forgone: dict[int, float]  # of the runs of one process, as `choose` has it


@dataclass(frozen=True, slots=True)
class Company:
    """One company: the projection as written, and the odds of running out within one and two years."""

    file: str
    model: str
    as_of: date  # from whose end months, and the years of the odds, are counted
    last_close: date | None
    currency: str
    minor_digits: int
    horizon: int  # months
    cash: Money  # free to spend at the end of the last month before that day
    raise_by: date | None  # by when the next round must be begun
    stake: float | None  # of the holder, 0-1 of the fully diluted company; None where it holds nothing
    cost: Money | None  # paid by the holder for the stake; None where not known
    holders: tuple[str, ...]  # by title
    free_cash: tuple[float, ...]  # at the end of each month from that day on
    minimum_cash: float
    months_before: float | None  # of runway from the same day, in the revision that is compared with
    counting: str
    opening_cash: Money
    net_burn: Money  # a month
    months: float | None  # of runway; None beyond the horizon
    zero_cash_date: date | None
    funding_gap: Money
    within_a_year: Estimate | None  # None where it was not simulated, or its horizon is shorter
    within_two_years: Estimate | None
    engine: str = ""  # that stepped through the months of the futures; none where they were not drawn
    without_engine: str = ""  # why the compiled one did not, where it would have paid

    def to_json(self) -> dict[str, Any]:
        return {
            **documented(self, "file", "model", "currency", "as_of", "last_close"),
            "counting": self.counting.removeprefix("+ "),
            **documented(self, "opening_cash", "net_burn", "cash", "raise_by", "stake", "cost"),
            **documented(self, "months", "months_before", "zero_cash_date", "funding_gap"),
            "within_12_months": self.within_a_year and odds_json(self.within_a_year),
            "within_24_months": self.within_two_years and odds_json(self.within_two_years),
        }


@dataclass(frozen=True, slots=True, repr=False)
class Portfolio(Record):
    """The answer of `runway portfolio`."""

    as_of: date
    holder: str | None  # whose stakes are reported
    since: str | None  # the revision that runway is compared with
    paths: int  # 0: projections only
    seed: int
    always: bool  # whether all are counted from that day, by --as-of
    requested: int  # files that were named; more than those below where it was interrupted
    companies: tuple[Company, ...]  # the riskiest first
    unreadable: tuple[tuple[str, tuple[Problem, ...]], ...]  # files, with their problems

    @property
    def partial(self) -> bool:
        return len(self.companies) + len(self.unreadable) < self.requested

    def to_json(self) -> dict[str, Any]:
        """The documented JSON."""
        unreadable = [
            {"file": file, "problems": [str(problem) for problem in problems]} for file, problems in self.unreadable
        ]
        return {
            **documented(self, "as_of", "holder", "since", "paths", "seed", "partial", "companies"),
            "unreadable": unreadable,
        }


def files_of(places: Sequence[str]) -> list[str]:
    """The assumption files of folders (not of the folders in them) and of patterns such as "fund/**/*.toml", each once.

    A pattern that a shell has not been kept from expanding is as many files.  Raises `InputError`: no-models-found.
    """
    return sorted({file for place in places or [""] for file in _files_at(place)})


def _files_at(place: str) -> list[str]:
    folder = Path(place)
    if place and exists(place) and folder.is_dir():
        listed = folder.iterdir()  # glob would be silent of a folder that may not be read
        paths = [str(path) for path in listed if path.suffix == ".toml" and not path.name.startswith((".", "_"))]
    else:
        paths = [path for path in glob(place, recursive=True) if path.endswith(".toml") and Path(path).is_file()]  # noqa: PTH207  # it may begin at the root, which Path.glob refuses
    if not paths:
        example = 'Name a folder that has some, or a quoted pattern: "fund/*.toml".'
        if place and any(folder.glob("*/*.toml")):
            example = f'Those of the folders in it are "{folder}/**/*.toml", in quotes.'
        text = f"There are no assumption files at {place or 'an empty name'}. {example}"
        raise InputError(Problem("no-models-found", text))
    return paths


def portfolio(
    place: str | Sequence[str],
    *,
    paths: int = PATHS,
    seed: int = 1,
    counting: str | None = None,
    workers: int | None = None,
    cluster: str | None = None,
    engine: str = "auto",
    strict: bool = False,
    insist: bool = False,
    as_of: date | None = None,
    holder: str | None = None,
    since: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Portfolio:
    """The companies of a folder or pattern, or of several, the riskiest first; `paths=0` only projects them.

    Cash, runway and the odds of a year and of two are counted from the end of one day for all: `as_of`, else today.
    A company whose months do not have today is counted from its own close or start.  `holder` names whose stake and
    cost are reported, `since` a revision of git that runway is compared with.

    A file that cannot be used is listed and does not stop the others, unless `strict`.  Companies are run apart, on
    `workers` processes (all cores) or on a cluster, each by the `engine` that `simulate` takes; an interruption gives
    the companies that are complete.

    Raises `InputError`: no-models-found, value-out-of-range, unknown-engine, no-compiled-engine, unknown-holder,
    revision-not-found, and with `strict`, or where no file can be used, every problem of every file.
    """
    from runway.engine.ladder import rung_named
    from runway.simulation.limits import check_options, cores

    if paths < 0:
        raise InputError(Problem("value-out-of-range", "--paths is a whole number; 0 only projects."))
    check_options(max(1, paths), seed, workers, None, "random", raw=False, engine=engine)
    if counting is not None:
        rung_named(counting)
    if engine == "compiled" and paths:
        from runway.simulation.compiled import require

        require(elsewhere=cluster is not None)
    options = Options(
        paths, seed, counting, insist, as_of or date.today(), as_of is not None, holder,
        engine if cluster is None else "numpy", {},
    )  # fmt: skip
    files = files_of([place] if isinstance(place, str) else place)
    revisions = {file: _revision(file, since) for file in files}
    if since is not None and not any(revisions.values()):
        of_revision(f"{files[0]}@{since}")
    companies: list[Company] = []
    unreadable: list[tuple[str, tuple[Problem, ...]]] = []
    documents: list[tuple[str, Document]] = []
    for file in files:
        try:
            documents.append((file, read(file)))
        except InputError as error:
            unreadable.append((file, error.problems))
    work = [(file, document, options, revisions[file]) for file, document in documents]
    interrupted = False
    try:
        for n, (file, outcome) in enumerate(
            zip((f for f, _ in documents), _outcomes(work, workers or cores(), cluster), strict=True), 1
        ):
            if isinstance(outcome, Company):
                companies.append(outcome)
            else:
                unreadable.append((file, outcome))
            if progress is not None:
                progress(n, len(documents))
    except KeyboardInterrupt:
        if not companies:
            raise
        interrupted = True
    unreadable.sort(key=lambda entry: entry[0])
    if unreadable and (strict or not companies):
        raise InputError(*dict.fromkeys(problem for _, problems in unreadable for problem in problems))
    if holder is not None and not interrupted and all(company.stake is None for company in companies):
        raise _unknown_holder(holder, companies, [file for file, _ in unreadable])
    return Portfolio(
        options.day, holder, since, paths, seed, options.always, len(files), tuple(sorted(companies, key=_risk)),
        tuple(unreadable),
    )  # fmt: skip


def _unknown_holder(holder: str, companies: Iterable[Company], unreadable: Sequence[str]) -> InputError:
    titles = {title for company in companies for title in company.holders}
    hint = did_you_mean(holder, titles) or (f" There are {', '.join(sorted(titles)[:FEW])}." if titles else "")
    if unreadable:
        hint += f" It was not looked for in what cannot be used: {list_text(unreadable, FEW)}."
    return InputError(Problem("unknown-holder", f"None of the companies has a holder called {holder}.{hint}"))


def _outcomes(work: Sequence[Work], workers: int, cluster: str | None) -> Iterator[Company | tuple[Problem, ...]]:
    """Each company, in order: here, on processes of this machine, or on a cluster."""
    if cluster is not None:
        from runway.simulation.cluster import connected, on_cluster

        with connected(cluster) as client:
            yield from _process_outcomes(on_cluster(client, company_and_files, work))
        return
    completed = 0
    if workers > 1 and len(work) > FEW:
        start = "fork" if can_fork() else "spawn"
        with closing(on_processes([_worker] * min(workers, len(work)), work, start)) as results:
            for outcome in _process_outcomes(results):
                completed += 1
                yield outcome
    yield from (company(*job) for job in work[completed:])  # all of them, or those that a process that died has left


def _process_outcomes(results: Iterable[tuple[R, frozenset[Path]]]) -> Iterator[R]:
    """The outcomes of other processes; the files that they have read are not written over here."""
    for outcome, paths in results:
        note_read(paths)
        yield outcome


def _worker() -> Callable[[Work], tuple[Company | tuple[Problem, ...], frozenset[Path]]]:
    return lambda job: company_and_files(*job)


def company_and_files(
    file: str, document: Document, options: Options, before: Document | None
) -> tuple[Company | tuple[Problem, ...], frozenset[Path]]:
    """One company, as `company` has it, and the files that this process has read."""
    return company(file, document, options, before), files_read()


def company(
    file: str, document: Document, options: Options, before: Document | None = None
) -> Company | tuple[Problem, ...]:
    """One company, or the problems of its file.

    Raises `InputError`: too-many-paths, which is the run's and not the file's to mend.
    """
    try:
        return _company(file, document, options, before)
    except InputError as error:
        if any(problem.name == "too-many-paths" for problem in error.problems):
            raise
        return error.problems


def _company(file: str, document: Document, options: Options, before: Document | None) -> Company:
    from runway.answers.simulate import simulate, whole
    from runway.engine.ladder import default_rung, rung_named

    plan = plan_on(document, options.day, always=options.always)
    projection, past = project_model(plan), plan.model.past
    counting = options.counting
    rung = projection.runway[default_rung(plan.model, drawn=True) if counting is None else rung_named(counting)]
    year = two_years = None
    stepper = "", ""
    if options.paths:
        simulation = whole(
            simulate(
                plan,
                paths=options.paths,
                seed=options.seed,
                workers=1,
                counting=options.counting,
                checks=False,
                insist=options.insist,
                engine=options.engine,
                forgone=options.forgone,
            )
        )
        stepper = simulation.engine, simulation.without_engine
        odds = simulation.risk().by_month
        year, two_years = (odds[past + n - 1] if past + n <= len(odds) else None for n in (YEAR, TWO_YEARS))
    return Company(
        file=file,
        model=projection.model,
        as_of=plan.model.base_day,
        last_close=plan.model.closed,
        currency=projection.currency,
        minor_digits=projection.minor_digits,
        horizon=len(projection.months),
        counting=rung.counting,
        opening_cash=projection.rows["opening_cash"][0],
        net_burn=projection.net_burn,
        months=rung.months,
        cash=projection.free_cash[rung.counting][past],
        raise_by=next(needed.date for needed in projection.raise_by if needed.counting == rung.counting),
        **_holder_figures(plan, projection.rows, options),
        free_cash=projection.free_cash[rung.counting][past:],
        minimum_cash=projection.minimum_cash,
        months_before=None if before is None else _months(before, options, rung.counting),
        zero_cash_date=rung.zero_cash_date,
        funding_gap=rung.funding_gap,
        within_a_year=year,
        within_two_years=two_years,
        engine=stepper[0],
        without_engine=stepper[1],
    )


def plan_on(document: Document, day: date, *, always: bool) -> Plan:
    """The plan with cash and runway counted from `day`, or from its own base day where its months do not have that."""
    return load_document(document, changes={AS_OF: set_by("--as-of", str(day))} if always else None, later=day)


def _revision(file: str, since: str | None) -> Document | None:
    """A file as a revision has it; None where the revision has no such file, or one that cannot be read."""
    try:
        return None if since is None else of_revision(f"{file}@{since}")
    except InputError:
        return None


def _months(document: Document, options: Options, counting: str) -> float | None:
    """The months of runway of another revision, by the same rule and from the same day."""
    try:
        rungs = project_model(plan_on(document, options.day, always=options.always)).runway
    except InputError:
        return None
    return next(rung.months for rung in rungs if rung.counting == counting)


def _holder_figures(plan: Plan, rows: Mapping[str, Sequence[float]], options: Options) -> dict[str, Any]:
    """The stake of the holder of --holder, its cost up to the base day, and the titles of all holders."""
    figures: dict[str, Any] = {"stake": None, "cost": None, "holders": ()}
    if options.holder is None or plan.model.captable is None:
        return figures
    from runway.ownership.flows import holder_flows
    from runway.ownership.register import ownership

    owned, day = ownership(plan.model, rows), plan.model.base_day
    figures["holders"] = tuple(owned.titles.values())
    folded = options.holder.casefold()
    name = next((n for n, title in owned.titles.items() if folded in (n.casefold(), title.casefold())), None)
    if name is not None:
        flows = holder_flows(plan.model, owned, rows, day).get(name)
        paid = -sum(flow.money for flow in flows.flows if flow.money < 0) if flows is not None else 0
        figures["stake"] = float(owned.table(day).stake(name))
        figures["cost"] = float(paid) if flows is None or flows.paid_known else None
    return figures


def _risk(company: Company) -> tuple[float, ...] | tuple[float | str, ...]:
    """The rank of a company: the odds of one year, of two, then the months of runway."""
    chances: Iterable[Estimate | None] = (company.within_a_year, company.within_two_years)
    odds = (0.0 if chance is None else -chance.value for chance in chances)
    months = float("inf") if company.months is None else company.months
    return (*odds, months, company.file)
