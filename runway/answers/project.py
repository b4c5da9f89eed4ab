"""The figures of a projection, read off the rows of a few runs of one program: ladder, burn, survival, milestones."""

from __future__ import annotations

from functools import cache
from math import isnan
from typing import TYPE_CHECKING, Any

from runway.answers.closings import clauses, closings, covenants, credit
from runway.answers.projection import Milestone, Proceeds, Projection, ShownRow, Survival
from runway.answers.raising import peak_need, raises, worth
from runway.answers.rounds import rounds
from runway.answers.watch import largest_lines, low_confidence
from runway.engine.ladder import LADDER, Rows, Rung, Runner, day_at, default_rung, runner_of
from runway.engine.run import Engine
from runway.engine.rung_runs import FarRun, RungRuns
from runway.language.figure import is_signed
from runway.language.named_tuple import NamedTuple
from runway.language.record import lazy
from runway.model.addresses import AS_OF, COUNTED_FROM
from runway.model.overrides import whole_text
from runway.months import date_at, month_label, months_to
from runway.program.identities import identities
from runway.program.item_rows import main_row
from runway.program.sections import section_lines, sections
from runway.program.statement import BURN_MULTIPLE, BY_BANK

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from runway.answers.projection import ActionResult, PlannedRung, WindDownReserve
    from runway.model.model import Model
    from runway.program.identities import Identity
    from runway.program.plan import Plan
    from runway.program.program import Program

ARR_MONTHS = 12
IN_THE_HEADING = (AS_OF, COUNTED_FROM, "model.counting", "model.raise_for")
"""Settings whose effect the heading has, so that they are not listed among the changes."""
TREND = 0.25  # a month; revenue that grows faster over three months has started or jumped, which says nothing of later


def project_model(plan: Plan, *, alone: bool = False, ladder: RungRuns | None = None) -> Projection:
    """The projection of a plan: the four rungs and the figures read off them.

    One that stands `alone` has what only its own reader needs: the runway that was planned, and the figures to watch.
    `ladder` is the plan's, where others read its runs too.
    """
    model, program = plan
    ladder = ladder or RungRuns(runner_of(plan))
    runner, far = ladder.runner, ladder.far  # cash in hand, which burn and survival are read off
    daily, places = runner.of_daily_cash(), range(len(LADDER))
    runs = [ladder.rows(place) for place in places]
    in_hand_rows = runs[0]
    equations = identities(model, in_hand_rows)
    for rows in {id(rows): rows for rows in runs}.values():
        check_identities(equations, rows, program)
    rungs = tuple(ladder.rung(place) for place in places)
    need, counted = cache(lambda: peak_need(daily)), default_rung(model)
    settings, as_written, far_rows = model.settings, runs[-1], far.rows
    floor = as_written["minimum_cash"][0]
    first, last = model.burn_window
    past = min(model.past, program.months)
    at_start = far.runner.days(far_rows, {}).restricted_at_the_start()
    aside = (at_start, *far_rows["restricted_cash"])  # at the end of the month before each
    free = (far_rows["opening_cash"][0], *far_rows["cash"])[past] - aside[past]
    net = sum(far_rows["net_burn"][first : last + 1]) / (last + 1 - first)
    from_free = net - (aside[first] - aside[last + 1]) / (last + 1 - first)  # earmarks pay for their own lines
    arr_last = past - 1 if past else min(ARR_MONTHS, far.runner.program.months - 1)
    bank = bank_burn(model, far_rows, aside)
    static = bank if bank is not None else AverageBurn(net, from_free, (first, last))
    switches = {f"{item.name}.active": 0.0 for item in model.section("actions")}
    without = RungRuns(daily, switches) if any(program.parameters[address] for address in switches) else None
    closing_results = closings(plan, as_written)
    usual, lasts = {row.address for row in program.usual.rows}, rungs[counted].months_from_start
    projection: Projection = Projection(
        model=settings.name,
        source=model.document.title,
        scenario=model.scenario,
        scenario_title=model.scenarios[model.scenario].title if model.scenario in model.scenarios else None,
        currency=settings.currency,
        minor_digits=program.minor_digits,
        months=program.labels,
        changes=changes_of(plan),
        as_of=model.base_day,
        closed=model.closed,
        rows={address: tuple(values) for address, values in as_written.items() if address in usual},
        money=frozenset(row.address for row in runner.program.rows if row.posted),
        sections=sections(model),
        measures=lazy(lambda: _measures(model, as_written)),
        runway=rungs,
        closing_cash={counting.title: tuple(rows["cash"]) for counting, rows in zip(LADDER, runs, strict=True)},
        free_cash={
            counting.title: (rows["opening_cash"][0] - at_start, *rows["unrestricted_cash"])
            for counting, rows in zip(LADDER, runs, strict=True)
        },
        raise_by=raises(ladder, worth(runner, as_written, closing_results, lambda: ladder.ownership)),
        minimum_cash=floor,
        gross_burn=sum(far_rows["gross_burn"][first : last + 1]) / (last + 1 - first),
        net_burn=net,
        burn_window=_window(program, first, last),
        bank_burn=None if bank is None else bank.amount,
        bank_window=None if bank is None else _window(program, *bank.months),
        static_runway=max(0.0, free - floor) / static.from_free if static.from_free > 0 else None,
        burn_multiple=None if isnan(multiple := far_rows[BURN_MULTIPLE][arr_last]) else multiple,
        burn_multiple_window=_window(program, max(0, arr_last - ARR_MONTHS + 1), arr_last),
        peak_need=lazy(lambda: need().amount),
        peak_need_date=lazy(lambda: need().date),
        peak_need_unknown=lazy(lambda: need().unknown),
        survival=_survival(far, in_hand_rows, rungs[0]),
        months_to_close=as_written["months_to_close"][0],
        raise_for=settings.raise_for,
        counting=LADDER[counted].title,
        sourced=any(entry.source for entry in program.entries.values()),
        watch=lazy(lambda: low_confidence(daily, counted, lasts) or largest_lines(daily, counted, lasts, runs[-1]))
        if alone
        else (),
        planned=_planned(plan, counted, runs[-1]) if alone else None,
        milestones=lazy(lambda: _milestones(runner, rungs[2])),
        rounds=rounds(plan, as_written),
        closings=closing_results,
        clauses=lazy(lambda: clauses(plan, as_written)),
        credit=lazy(lambda: credit(plan, as_written)),
        covenants=covenants(plan, as_written, runs[1]),
        fiscal_year_end=settings.fiscal_year_end,
        actions=lazy(lambda: _actions(plan, runs)),
        without_actions=() if without is None else tuple(map(without.rung, places)),
        wind_down=_wind_down(ladder, counted),
        proceeds=lazy(lambda: _proceeds(plan, as_written)),
        notes=lazy(lambda: _notes(runner, projection, in_hand_rows)),
    )
    return projection


def _notes(runner: Runner, projection: Projection, in_hand: Rows) -> tuple[str, ...]:
    from runway.answers.notes import notes

    return notes(runner, projection, in_hand)


def _actions(plan: Plan, runs: Sequence[Rows]) -> tuple[ActionResult, ...]:
    if not plan.model.section("actions"):
        return ()
    from runway.answers.actions import actions

    return actions(plan, runs)


def _wind_down(ladder: RungRuns, place: int) -> WindDownReserve | None:
    if ladder.runner.model.wind_down is None:
        return None
    from runway.answers.wind_down import wind_down

    return wind_down(ladder, place)


def _planned(plan: Plan, place: int, as_written: Rows) -> PlannedRung | None:
    """A rung as it was planned before the closed months; None without any."""
    if plan.model.actuals is None:
        return None
    from runway.answers.planned import planned_rung

    return planned_rung(plan, plan.model.actuals.closed, place, as_written)


def changes_of(plan: Plan) -> tuple[tuple[str, str], ...]:
    """The changes beside the scenario: of the command line, and levers of the file that are not neutral."""
    changes = {a: _change_text(value) for a, value in plan.model.changes.items() if a not in IN_THE_HEADING}
    for lever, raw in plan.model.document.data.get("levers", {}).items():
        neutral = plan.program.parameters[f"levers.{lever}"] == float(lever != "delay")
        if not neutral and f"levers.{lever}" not in changes and lever not in changes:
            changes[f"levers.{lever}"] = _change_text(raw)
    return tuple(changes.items())


def _change_text(value: Any) -> str:
    """A changed value in words; a relative change as one."""
    if isinstance(value, str):
        return f"changed by {value}" if is_signed(value) else whole_text(value)
    from json import dumps

    return dumps(value, default=str, ensure_ascii=False)


class AverageBurn(NamedTuple):
    """Burn a month on average over some months; `from_free` less the part that earmarks pay."""

    amount: float
    from_free: float
    months: tuple[int, int]  # the first and the last


def bank_burn(model: Model, rows: Rows, aside: Sequence[float]) -> AverageBurn | None:
    """The fall of the bank's cash a month, in the last closed months of the burn window; None without books of cash.

    `aside` is the restricted cash at the end of the month before each.
    """
    if model.actuals is None or BY_BANK not in rows:
        return None
    closed = model.actuals.closed
    first = max(0, closed - model.settings.burn_window)
    months = closed - first
    amount = sum(rows[BY_BANK][first:closed]) / months
    return AverageBurn(amount, amount - (aside[first] - aside[closed]) / months, (first, closed - 1))


def _window(program: Program, first: int, last: int) -> tuple[str, str]:
    return month_label(program.start + first), month_label(program.start + last)


def _survival(far: FarRun, in_hand_rows: Rows, rung: Rung) -> Survival:
    """Default alive or dead within ten years, and within the plan's own months."""
    runner, rows = far
    floor = rows["minimum_cash"][0]
    covered = for_good([r >= e for r, e in zip(rows["survival.revenue"], rows["survival.expenses"], strict=True)])
    cash_ahead = [*enumerate(rows["survival.cash"])][runner.layout.first :]  # the cash of closed months is past
    dry = next((t for t, cash in cash_ahead if cash < floor), None)
    growth = rows["survival.growth"][-1]
    planned = for_good([burn <= 0 for burn in in_hand_rows["net_burn"]])
    lasts = rung.zero_cash_date is None

    def month(t: int | None) -> date | None:
        return None if t is None else day_at(runner.program.start + t, 1)

    return Survival(
        alive=False if dry is not None else True if covered is not None and 0 <= growth <= TREND else None,
        profitable=month(covered),
        out_of_cash=month(dry),
        growth=growth,
        expenses=rows["survival.expenses"][-1],
        debt_service=sum(rows["survival.debt_service"]),
        planned_alive=False if not lasts else True if planned is not None else None,
        planned_profitable=month(planned),
        window=_window(runner.program, *runner.model.trend_window),
        until=month_label(runner.program.start + runner.program.months - 1),
    )


def for_good(holds: list[bool]) -> int | None:
    """The first month from which a condition holds in every month to the last; None if it fails in the last."""
    last = max((t for t, met in enumerate(holds) if not met), default=-1) + 1
    return last if last < len(holds) else None


def _milestones(runner: Runner, rung: Rung) -> tuple[Milestone, ...]:
    milestones = []
    start, days = runner.program.start, runner.layout.days
    for item in runner.model.section("events"):
        place = runner.program.parameters[f"{item.name}.date"]
        if 0 <= place < runner.program.months:
            day = date_at(place, start)
            t = int(place)
            lasts = rung.months_from_start
            cushion = None if lasts is None else lasts - months_to(t, day.day, days)
            milestones.append(Milestone(item.name, item.title, day, cushion))
    return tuple(sorted(milestones, key=lambda m: m.date))


def _proceeds(plan: Plan, rows: Rows) -> tuple[Proceeds, ...]:
    lines = [line for section in ("funding", "credit") for line in section_lines(plan.model, section)]
    if not lines:
        return ()
    from runway.answers.proceeds import proceeds

    return proceeds(plan, rows, lines)


def _measures(model: Model, rows: Rows) -> tuple[ShownRow, ...]:
    """Drivers, then the customers and people of lines."""
    shown = [ShownRow(main_row(item), item.title) for item in model.section("drivers")]
    for item in model.items:
        for row in item.part.measures:
            if any(rows.get(f"{item.name}.{row}", ())):
                shown.append(ShownRow(f"{item.name}.{row}", f"{item.title}: {row}"))
    return tuple(shown)


def every_row(plan: Plan, *, statements: bool = True) -> Rows:
    """Every row of a plan as its scenario is written, those of the statements too; its identities hold."""
    rows = Engine(plan.program, plan.model.document, whole=statements).run()
    check_identities(identities(plan.model, rows), rows, plan.program)
    return rows


def check_identities(equations: Sequence[Identity], rows: Rows, program: Program) -> None:
    """Holds every identity against one run.

    A breach is a defect of runway and raises `AssertionError`.
    """
    half = program.half_unit
    for identity in equations:
        for t, residual in enumerate(identity.residuals(rows)):
            if not abs(residual) < half:
                raise AssertionError(f"{identity.name} fails in {month_label(program.start + t)}: {residual}")
