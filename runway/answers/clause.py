"""The price of a clause: a round with it and without it, and how late its condition may still be met."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from runway.answers.answer import counted_about
from runway.answers.clause_terms import ClauseFate, ClausePrice, Clauses, Delay, LatestDay, RoundStake, Terms
from runway.answers.closings import open_events
from runway.engine.ladder import runner_of
from runway.engine.paths import PathsRun
from runway.errors import InputError, Problem, did_you_mean
from runway.months import NEVER, date_at, position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from runway.engine.ladder import Rung, Runner
    from runway.model.model import Item, Model
    from runway.program.plan import Plan

RULES = ("keep_pre_money", "keep_post_money")
WRITTEN, TURNED = "as written", "turned"  # the file's rule for the valuation after a cut, and the other one
SEARCHED = 64  # days tried at once when the latest one is searched
MOST_LATE = 12  # months of delay that are reported


def clause(plan: Plan, address: str | None = None) -> Clauses:
    """Every clause of a model, those of one round, or one of them (`ROUND.CLAUSE`), with it and without it.

    The condition *holds* when its events happen by the deadline (those that the file has later happen on it), it
    *fails* when those that are open at the start never happen, and *waived* is failed with the clause not used.
    Clauses of a round with the same condition are readings of one another: where one is used the others are not.
    What counts is committed and conditional funding, planned rounds only for their own clauses.
    Raises `InputError` for an unknown clause.
    """
    model, runner = plan.model, runner_of(plan)
    groups = _groups(model, address)
    drafts = [(item, members, _ClausePaths(runner, item, members)) for item, members in groups]
    paths = [path for _, _, draft in drafts for path in draft.paths]
    runs: dict[str, PathsRun] = {}
    if paths:
        countings = [draft.counting for _, _, draft in drafts for _ in draft.paths]
        runs = {WRITTEN: PathsRun(runner, paths, countings), TURNED: PathsRun(_other_rule(model), paths, countings)}
    terms, at = [], 0
    for item, members, draft in drafts:
        terms.append(_terms(draft, item, members, runs, at))
        at += len(draft.paths)
    return Clauses(
        **counted_about(plan),
        terms=tuple(terms),
    )


def _groups(model: Model, address: str | None) -> list[tuple[Item, list[Any]]]:
    """The clauses at an address, or all of them, by round and condition."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    items = {item.name: item for item in model.section("funding") if item.part.clauses()}
    addresses = [f"{item.name}.{clause.name}" for item in items.values() for clause in item.part.clauses()]
    if address is not None and address not in (*items, *addresses):
        hint = did_you_mean(address, [*items, *addresses])
        hint = hint or (f" There are {', '.join(addresses)}." if addresses else " It has none at all.")
        raise InputError(Problem("unknown-clause", f"There is no clause {address} in this model.{hint}"))
    for item in items.values():
        for clause in item.part.clauses():
            if address in (None, item.name, f"{item.name}.{clause.name}"):
                groups[item.name, _condition(clause)].append(clause)
    return [(items[name], members) for (name, _), members in groups.items()]


def _other_rule(model: Model) -> Runner:
    """The same model with the other rule for the valuation after a cut: stakes differ, cash does not."""
    from runway.engine.load import load_document

    changes = dict(model.changes)
    for item in model.section("funding"):
        if item.part.priced:
            changes[f"{item.name}.after_cut"] = RULES[1 - RULES.index(item.part.after_cut)]
    return runner_of(load_document(model.original, model.scenario, changes))


class _ClausePaths:
    """The overrides of one group of clauses, as paths of a run."""

    def __init__(self, runner: Runner, item: Item, members: Sequence[Any]) -> None:
        self.runner, self.item = runner, item
        parameters = runner.program.parameters
        self.addresses = [f"{item.name}.{clause.name}" for clause in members]
        siblings = [clause for clause in item.part.clauses() if _condition(clause) == _condition(members[0])]
        self.unused = {f"{item.name}.{clause.name}.exercised": 0.0 for clause in siblings}
        planned = item.planned
        self.counting = "+ planned" if planned else "+ conditional"
        self.counted = {"levers.planned": 1.0 if planned else 0.0}
        self.open = [f"{event}.date" for event in open_events(runner.plan, self.addresses[0])]
        self.by = min(parameters[f"{address}.by"] for address in self.addresses)
        self.in_time = {event: min(parameters[event], self.by) for event in self.open}
        never = dict.fromkeys(self.open, NEVER)
        self.sets = [
            {**self.unused, f"{self.addresses[0]}.exercised": 1.0, **self.in_time},
            *({**self.unused, f"{address}.exercised": 1.0, **never} for address in self.addresses),
            {**self.unused, **never},
        ]
        self.paths = [{**self.counted, **path} for path in self.sets]


def _condition(clause: Any) -> str:
    return " ".join(clause.unless.text.split())


def _terms(draft: _ClausePaths, item: Item, members: Sequence[Any], runs: Mapping[str, PathsRun], at: int) -> Terms:
    run, program = runs[WRITTEN], draft.runner.program
    places = range(at, at + len(draft.paths))
    fates: list[tuple[str, str | None]] = [
        ("holds", None),
        *(("fails", address) for address in draft.addresses),
        ("waived", None),
    ]
    readings = [
        _reading(draft, fate, clause_used, path, runs, place)
        for (fate, clause_used), path, place in zip(fates, draft.sets, places, strict=True)
    ]
    holds = readings[0] if run.last(f"{draft.addresses[0]}.met", at) <= draft.by else None
    prices = []
    for clause, address, fails in zip(members, draft.addresses, readings[1:-1], strict=True):
        by = program.parameters[f"{address}.by"]
        prices.append(
            ClausePrice(
                address=address,
                title=clause.title,
                cuts=clause.cuts,
                to=run.runner.amount(f"{address}.to", by),
                by=None if by >= NEVER else date_at(by, program.start),
                option=clause.option,
                exercised=bool(program.parameters[f"{address}.exercised"]),
                fails=fails,
                latest=_latest(draft, address, holds, fails, run.last(f"{address}.met", at)),
            )
        )
    headline = run.last(f"{item.name}.headline", at)
    delays = _delays(draft, runs[WRITTEN].runner)
    return Terms(item.name, item.title, headline, _condition(members[0]), holds, readings[-1], tuple(prices), delays)


def _delays(draft: _ClausePaths, runner: Runner) -> tuple[Delay, ...]:
    """The round at each month of delay of the open events, its clauses used as the scenario has it.

    An event that the scenario never has is delayed from the deadline.
    """
    if not draft.open:
        return ()
    dates = {event: runner.program.parameters[event] for event in draft.open}
    dates = {event: draft.by if date >= NEVER else date for event, date in dates.items()}
    paths = [
        {**draft.counted, **{event: date + late for event, date in dates.items()}} for late in range(MOST_LATE + 1)
    ]
    run, start, name = PathsRun(runner, paths, [draft.counting] * len(paths)), runner.program.start, draft.item.name
    delays = []
    for late in range(MOST_LATE + 1):
        met = run.last(f"{draft.addresses[0]}.met", late)
        owned = _round_stake(draft, run, late, draft.item.part.after_cut)
        delays.append(
            Delay(
                months=late,
                met=None if met >= NEVER else date_at(met, start),
                drawn=sum(run.last(f"{name}.{investor}.drawn", late) for investor in draft.item.part.investors()),
                stake=None if owned is None else owned.sold,
                runway=run.rungs[late],
            )
        )
    return tuple(delays)


def _round_stake(draft: _ClausePaths, run: PathsRun, place: int, rule: str) -> RoundStake | None:
    """The round's stake in the end; None where no valuation says it."""
    if draft.runner.model.captable is not None:
        return _by_table(run, place, draft.item, rule)
    return _by_valuation(run, place, draft.item, rule) if f"{draft.item.name}.post_money" in run.rows else None


def _reading(
    draft: _ClausePaths,
    fate: str,
    clause: str | None,
    overrides: Mapping[str, float],
    runs: Mapping[str, PathsRun],
    place: int,
) -> ClauseFate:
    run, part, name = runs[WRITTEN], draft.item.part, draft.item.name
    investors: tuple[str, ...] = part.investors()
    drawn = sum(run.last(f"{name}.{investor}.drawn", place) for investor in investors)
    aside = [run.last(f"{name}.{earmark.for_}.filled", place) for earmark in part.earmarks()]
    file_rule: str = part.after_cut
    rules = {WRITTEN: file_rule, TURNED: RULES[1 - RULES.index(file_rule)]}
    owned = [_round_stake(draft, run, place, rules[reading]) for reading, run in runs.items()]
    return ClauseFate(
        fate=fate,
        clause=clause,
        set=dict(overrides),
        drawn=drawn,
        free_of_earmarks=drawn - sum(aside) if aside else None,
        runway=run.rungs[place],
        ownership=tuple(stake for stake in owned if stake is not None),
    )


def _by_valuation(run: PathsRun, place: int, item: Item, rule: str) -> RoundStake:
    """The investors' shares of the round's post-money."""
    stakes = {i: run.last(f"{item.name}.{i}.stake", place) for i in item.part.investors()}
    return RoundStake(rule, run.last(f"{item.name}.post_money", place), stakes, sum(stakes.values()), {})


def _by_table(run: PathsRun, place: int, item: Item, rule: str) -> RoundStake:
    """The stakes in the cap table at the end of the horizon: the round's investors, its shares, the opening holders."""
    from runway.ownership.register import ownership
    from runway.ownership.securities import rows_read

    model, name, part = run.runner.model, item.name, item.part
    prefixes = rows_read(model)
    owned = ownership(model, {row: run.row(row, place) for row in run.rows if row.startswith(prefixes)})
    table = owned.table(owned.last_day)
    investors: tuple[str, ...] = part.holders(name)
    issued = {name, *(f"{name}_{closing.name}" for closing in part.closings())}
    shares = sum(table.as_converted(None, cls) for cls in table.classes if cls in issued)
    closed = [step.closed for step in owned.steps if step.address.partition(".")[0] == name]
    if closed and closed[-1] is not None:
        post_money = float(closed[-1].post_money)
    else:  # nothing was sold, or the rest was priced anew
        row = f"{name}.pre_money"
        drawn: list[float] = [run.last(f"{name}.{investor}.drawn", place) for investor in part.investors()]
        post_money = sum(drawn) + (run.last(row, place) if row in run.rows else 0.0)
    return RoundStake(
        rule,
        post_money,
        {owned.titles[i]: float(table.stake(i)) for i in investors},
        float(shares / table.fully_diluted),
        {owned.titles[h]: float(table.stake(h)) for h in owned.opening.holders if h not in investors},
    )


def _latest(draft: _ClausePaths, address: str, holds: ClauseFate | None, fails: ClauseFate, met: float) -> LatestDay:
    """The last day on which the condition can be met and the cash lasts as it does when it is met in time.

    The open events of the condition move together by days; those that the file never has come on the day itself.
    """
    start, horizon = draft.runner.program.start, draft.runner.program.months
    if holds is None or not draft.open:
        return LatestDay("unknown")
    if not _shorter(fails.runway, holds.runway):
        return LatestDay("always")
    overrides = {**draft.counted, **draft.unused, f"{address}.exercised": 1.0}
    in_time, too_late, late_rung, last_met = date_at(met, start), date_at(float(horizon), start), fails.runway, met
    while (width := (too_late - in_time).days) > 1:
        steps = sorted({max(1, width * n // SEARCHED) for n in range(1, SEARCHED)})
        days = [in_time + timedelta(days=step) for step in steps]
        paths = [{**overrides, **_moved_dates(draft, met, day)} for day in days]
        run = PathsRun(draft.runner, paths, [draft.counting] * len(days))
        first_short = next((n for n, rung in enumerate(run.rungs) if _shorter(rung, holds.runway)), len(days))
        if first_short < len(days):
            too_late, late_rung = days[first_short], run.rungs[first_short]
        if first_short:
            in_time, last_met = days[first_short - 1], run.last(f"{address}.met", first_short - 1)
    return LatestDay("held", date_at(last_met, start), late_rung.zero_cash_date)


def _shorter(rung: Rung, reference: Rung) -> bool:
    """Whether the cash of a rung is out sooner than that of the reference."""
    if rung.zero_cash_date is None:
        return False
    return reference.zero_cash_date is None or rung.zero_cash_date < reference.zero_cash_date


def _moved_dates(draft: _ClausePaths, met: float, day: date) -> dict[str, float]:
    """The dates of the condition's open events when it is met on a day rather than at `met`."""
    start = draft.runner.program.start
    later = day - date_at(met, start)
    return {event: position(date_at(place, start) + later, start) for event, place in draft.in_time.items()}
