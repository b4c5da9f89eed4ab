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
from runway.months import date_at, last_day, month_label, months_to
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
"""Settings whose effect is said where it is read, so that they are not listed among the changes."""
TREND = 0.25  # a month; revenue that grows faster over three months has started or jumped, which says nothing of later


def project_model(plan: Plan, *, alone: bool = False, ladder: RungRuns | None = None) -> Projection:
    """The projection of a plan: the four rungs and what they say.

    One that stands `alone` has what only its own reader asks for: what the plan had said, and which figures to watch.
    `ladder` has its runs where others read them too.
    """
    model, program = plan
    ladder = ladder or RungRuns(runner_of(plan))
    runner, far = ladder.runner, ladder.far  # cash in hand, which burn and survival are read off
    daily, places = runner.of_daily_cash(), range(len(LADDER))
    runs = [ladder.rows(place) for place in places]
    own = runs[0]
    held = identities(model, runs[0])
    for rows in {id(rows): rows for rows in runs}.values():
        check_identities(held, rows, program)
    rungs = tuple(ladder.rung(place) for place in places)
    need, counted = cache(lambda: peak_need(daily)), default_rung(model)
    settings, written, in_hand = model.settings, runs[-1], far.rows
    floor = written["minimum_cash"][0]
    first, last = model.burn_window
    past = min(model.past, program.months)
    at_start = far.runner.days(in_hand, {}).restricted_at_the_start()
    aside = (at_start, *in_hand["restricted_cash"])  # at the end of the month before each
    free = (in_hand["opening_cash"][0], *in_hand["cash"])[past] - aside[past]
    net = sum(in_hand["net_burn"][first : last + 1]) / (last + 1 - first)
    from_free = net - (aside[first] - aside[last + 1]) / (last + 1 - first)  # earmarks pay for their own lines
    arr_last = past - 1 if past else min(ARR_MONTHS, far.runner.program.months - 1)
    bank = bank_burn(model, in_hand, aside)
    static = bank if bank is not None else AverageBurn(net, from_free, (first, last))
    switches = {f"{item.name}.active": 0.0 for item in model.section("actions")}
    without = RungRuns(daily, switches) if any(program.parameters[address] for address in switches) else None
    found = closings(plan, written)
    usual, lasts = {row.address for row in program.usual.rows}, rungs[counted].months_from_start
    projection: Projection = Projection(
        model=settings.name,
        source=model.document.title,
        scenario=model.scenario,
        scenario_title=model.scenarios[model.scenario].title if model.scenario in model.scenarios else None,
        currency=settings.currency,
        minor_digits=program.minor_digits,
        months=tuple(month_label(program.start + t) for t in range(program.months)),
        changes=changes_of(plan),
        as_of=model.base_day,
        closed=None if model.actuals is None else last_day(model.actuals.last_close),
        rows={address: tuple(values) for address, values in written.items() if address in usual},
        money=frozenset(row.address for row in runner.program.rows if row.posted),
        sections=sections(model),
        measures=lazy(lambda: _measures(model, written)),
        runway=rungs,
        closing_cash={counting.title: tuple(rows["cash"]) for counting, rows in zip(LADDER, runs, strict=True)},
        free_cash={
            counting.title: (rows["opening_cash"][0] - at_start, *rows["unrestricted_cash"])
            for counting, rows in zip(LADDER, runs, strict=True)
        },
        raise_by=raises(ladder, worth(runner, written, found, lambda: ladder.ownership)),
        minimum_cash=floor,
        gross_burn=sum(in_hand["gross_burn"][first : last + 1]) / (last + 1 - first),
        net_burn=net,
        burn_window=_window(program, first, last),
        bank_burn=None if bank is None else bank.amount,
        bank_window=None if bank is None else _window(program, *bank.months),
        static_runway=max(0.0, free - floor) / static.from_free if static.from_free > 0 else None,
        burn_multiple=None if isnan(multiple := in_hand[BURN_MULTIPLE][arr_last]) else multiple,
        burn_multiple_window=_window(program, max(0, arr_last - ARR_MONTHS + 1), arr_last),
        peak_need=lazy(lambda: need().amount),
        peak_need_date=lazy(lambda: need().date),
        peak_need_unknown=lazy(lambda: need().unknown),
        survival=_survival(far, own, rungs[0]),
        months_to_close=written["months_to_close"][0],
        raise_for=settings.raise_for,
        counting=LADDER[counted].title,
        sourced=any(entry.source for entry in program.entries.values()),
        watch=lazy(lambda: low_confidence(daily, counted, lasts) or largest_lines(daily, counted, lasts, runs[-1]))
        if alone
        else (),
        planned=_planned(plan, counted, runs[-1]) if alone else None,
        milestones=lazy(lambda: _milestones(runner, rungs[2])),
        rounds=rounds(plan, written),
        closings=found,
        clauses=lazy(lambda: clauses(plan, written)),
        credit=lazy(lambda: credit(plan, written)),
        covenants=covenants(plan, written, runs[1]),
        fiscal_year_end=settings.fiscal_year_end,
        actions=lazy(lambda: _actions(plan, runs)),
        without_actions=() if without is None else tuple(map(without.rung, places)),
        wind_down=_wind_down(ladder, counted),
        proceeds=lazy(lambda: _proceeds(plan, written)),
        notes=lazy(lambda: _notes(runner, projection, own)),
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


def _wind_down(ladder: RungRuns, counted: int) -> WindDownReserve | None:
    if ladder.runner.model.wind_down is None:
        return None
    from runway.answers.wind_down import wind_down

    return wind_down(ladder, counted)


def _planned(plan: Plan, place: int, written: Rows) -> PlannedRung | None:
    """What the plan had said of a rung; None without closed months."""
    if plan.model.actuals is None:
        return None
    from runway.answers.planned import planned_rung

    return planned_rung(plan, plan.model.actuals.closed, place, written)


def changes_of(plan: Plan) -> tuple[tuple[str, str], ...]:
    """What was changed beside the scenario: on the command line, or by levers of the file that are not neutral."""
    found = {a: _said(value) for a, value in plan.model.changes.items() if a not in IN_THE_HEADING}
    for lever, raw in plan.model.document.data.get("levers", {}).items():
        neutral = plan.program.parameters[f"levers.{lever}"] == float(lever != "delay")
        if not neutral and f"levers.{lever}" not in found and lever not in found:
            found[f"levers.{lever}"] = _said(raw)
    return tuple(found.items())


def _said(value: Any) -> str:
    """A changed value as it is told; a relative change as one."""
    if isinstance(value, str):
        return f"changed by {value}" if is_signed(value) else whole_text(value)
    from json import dumps

    return dumps(value, default=str, ensure_ascii=False)


class AverageBurn(NamedTuple):
    """Burn a month on average over some months; `from_free` less what earmarks pay of it."""

    amount: float
    from_free: float
    months: tuple[int, int]  # the first and the last


def bank_burn(model: Model, rows: Rows, aside: Sequence[float]) -> AverageBurn | None:
    """What cash fell by in the last closed months, as many as burn is averaged over; None where no books have cash.

    `aside` is what was restricted at the end of the month before each.
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


def _survival(far: FarRun, own: Rows, in_hand: Rung) -> Survival:
    """Default alive or dead within ten years, and the same asked of the plan's own months."""
    runner, rows = far
    floor = rows["minimum_cash"][0]
    covered = for_good([r >= e for r, e in zip(rows["survival.revenue"], rows["survival.expenses"], strict=True)])
    left = [*enumerate(rows["survival.cash"])][runner.layout.first :]  # what closed months held is past
    dry = next((t for t, cash in left if cash < floor), None)
    growth = rows["survival.growth"][-1]
    planned = for_good([burn <= 0 for burn in own["net_burn"]])
    lasts = in_hand.zero_cash_date is None

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
    """The first month from which on it holds to the last."""
    last = max((t for t, held in enumerate(holds) if not held), default=-1) + 1
    return last if last < len(holds) else None


def _milestones(runner: Runner, rung: Rung) -> tuple[Milestone, ...]:
    found = []
    start, days = runner.program.start, runner.layout.days
    for item in runner.model.section("events"):
        place = runner.program.parameters[f"{item.name}.date"]
        if 0 <= place < runner.program.months:
            day = date_at(place, start)
            t = int(place)
            lasts = rung.months_from_start
            cushion = None if lasts is None else lasts - months_to(t, day.day, days)
            found.append(Milestone(item.name, item.title, day, cushion))
    return tuple(sorted(found, key=lambda m: m.date))


def _proceeds(plan: Plan, rows: Rows) -> tuple[Proceeds, ...]:
    lines = [line for section in ("funding", "credit") for line in section_lines(plan.model, section)]
    if not lines:
        return ()
    from runway.answers.proceeds import proceeds

    return proceeds(plan, rows, lines)


def _measures(model: Model, rows: Rows) -> tuple[ShownRow, ...]:
    """Drivers, then the customers and people of lines."""
    found = [ShownRow(main_row(item), item.title) for item in model.section("drivers")]
    for item in model.items:
        for row in item.part.measures:
            if any(rows.get(f"{item.name}.{row}", ())):
                found.append(ShownRow(f"{item.name}.{row}", f"{item.title}: {row}"))
    return tuple(found)


def every_row(plan: Plan, *, statements: bool = True) -> Rows:
    """Every row of a plan as its scenario is written, those of the statements too; its identities hold."""
    rows = Engine(plan.program, plan.model.document, whole=statements).run()
    check_identities(identities(plan.model, rows), rows, plan.program)
    return rows


def check_identities(held: Sequence[Identity], rows: Rows, program: Program) -> None:
    """Holds every identity against one run.

    A breach is a defect of runway and raises `AssertionError`.
    """
    half = 0.5 / 10**program.minor_digits
    for identity in held:
        for t, left in enumerate(identity.residuals(rows)):
            if not abs(left) < half:
                raise AssertionError(f"{identity.name} fails in {month_label(program.start + t)}: {left}")
