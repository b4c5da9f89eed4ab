"""A projection: how long the cash lasts on each rung, then why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.files.document import bundled_models
from runway.program.statement import CASH_SECTIONS
from runway.render.chart import CashChart
from runway.render.figures import Scale, day, month, months, percent, printable, scale, span
from runway.render.report import Block, Cell, Column, Findings, Heading, Prose, Report, Row, Table, Value
from runway.reports import answer
from runway.reports.cash_table import cash_table, long_table, money_of, wide_table
from runway.reports.periods import BY, By
from runway.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from runway.answers.projection import Projection, Survival, WindDownReserve
    from runway.engine.ladder import Rung

RULE = (
    "An earmark's line spends the money set aside for it. All else is paid from the month's receipts, then from the "
    "oldest money, over the sections in proportion."
)


def report(
    projection: Projection,
    by: By | None = None,
    long: bool = False,
    full: bool = False,
    show: str | None = None,
    model: str | None = "",
) -> Report:
    """The answer on one screen; with `full` the whole, with `show` some sections of that, parted by commas.

    Tables are by periods of `by`, which asks for the whole too, else by month or coarser where those are too many;
    `main` has every month, or the periods of `by`.
    `model` is None where none was named.
    """
    flows = cash_table(projection, by or BY[0])
    shown: tuple[str, ...] = SECTIONS if full or by is not None else ()
    if show is not None:
        shown = tuple(name.strip().lower() for name in show.split(","))
    periods = BY if by is None else (by,)
    whole = _report(projection, periods if "cash" in shown else periods[:1], shown, flows, model)
    return whole._replace(main=lambda: long_table(projection) if long else wide_table(projection, by or "month"))


def _report(
    projection: Projection, periods: tuple[By, ...], shown: Sequence[str], flows: Table, model: str | None
) -> Report:
    lines: list[Sequence[float]] = [*money_of(flows), [rung.lowest_cash for rung in projection.runway]]
    sized = [line.needed.round_to_extend for line in projection.ladder]
    lines += [[amount] for amount in sized if amount]  # none of them is shown as 0.0
    lines += [[funds.headline, funds.drawn] for funds in projection.rounds]
    lines += [[source.amount, source.left, *(use.amount for use in source.uses)] for source in projection.proceeds]
    values = [value for line in lines for value in line]
    unit = scale(projection.currency, projection.minor_digits, values).with_places(lines)
    counted_from = projection.counted_since.text
    horizon = [span(projection.months[0], projection.months[-1])] if shown or not counted_from else []
    case = model is None and projection.source in bundled_models()
    opened = (f"the bundled case {projection.source}",) if case else ()

    def coarser() -> Report:
        return _report(projection, periods[1:], shown, cash_table(projection, periods[1]), model)

    return Report(
        title=(*opened, projection.model, projection.scenario, counted_from, *horizon, unit.label),
        scale=unit,
        lead=list(_lead(projection)),
        sections=shown_sections(projection, unit, flows, shown) if shown else answer.sections(projection, unit),
        coarser=coarser if len(periods) > 1 else None,
    )


SECTIONS = (
    "ladder", "wind-down", "actions", "burn", "chart", "cash", "funding", "covenants", "proceeds", "milestones", "notes"
)  # fmt: skip
"""The sections of the whole report, in their order."""


def shown_sections(projection: Projection, unit: Scale, flows: Table, shown: Sequence[str]) -> list[list[Block]]:
    """Sections of the whole report: of all of them those that are not empty; of some each, empty ones with a remark."""
    whole = tuple(shown) == SECTIONS
    sections: list[list[Block]] = []
    for name in SECTIONS:
        if name in shown:
            blocks = section(projection, unit, flows, name, whole=whole)
            if blocks or not whole:
                sections.append(blocks or [Heading(name.upper(), "there is nothing of it in this file")])
    return sections


def section(projection: Projection, unit: Scale, flows: Table | None, name: str, *, whole: bool) -> list[Block]:
    """One section of the report; as part of the `whole` none where it has nothing to report."""
    match name:
        case "ladder":
            return [_ladder(projection, unit)]
        case "wind-down":
            return [_wind_down(projection, projection.wind_down)] if projection.wind_down is not None else []
        case "actions":
            return [_actions(projection)] if projection.actions else []
        case "burn":
            return [Findings(findings(projection, unit))]
        case "chart":
            return [_chart_heading(projection), chart(projection)]
        case "cash":
            return [] if flows is None else [flows]
        case "funding":
            from runway.reports.funding import funding

            return funding(projection, unit, whole=whole)
        case "covenants":
            return [_covenants(projection)] if projection.covenants else []
        case "proceeds":
            uses = [use for source in projection.proceeds for use in source.uses]
            telling = not whole or any(use.name not in CASH_SECTIONS for use in uses) or uncovered(projection) > 0
            return list(_proceeds(projection, unit)) if projection.proceeds and telling else []
        case "milestones":
            return [_milestones(projection)] if projection.milestones else []
    return [Heading("NOTES"), *(Prose(note, "  · ") for note in projection.notes)] if projection.notes else []


def _lead(projection: Projection) -> Iterator[Prose]:
    if projection.scenario_title:
        yield Prose(projection.scenario_title, "", "dim")
    if projection.changes:
        changed = ", ".join(
            f"{address} {value}" if value.startswith("changed by ") else f"{address} = {value}"
            for address, value in projection.changes
        )
        yield Prose(f"with {changed}", "", "bold")


def _ladder(projection: Projection, unit: Scale) -> Table:
    """How long the cash lasts, counting ever more funding; rungs that are equal are one line."""
    rows = []
    for line in projection.ladder:
        rung = line.rung
        lasts = Cell(rung.months, None, "green" if rung.beyond_horizon else "bold red")
        more = line.needed.round_to_extend
        without = [Cell(line.without.months)] if line.without is not None else []
        cash = (rung.zero_cash_date, rung.lowest_cash, rung.lowest_cash_date)
        rows.append(Row([line.name, lasts, *without, *cash, more]))
    columns = (
        Column("counting", wraps=True), Column("months", "months", "beyond"),
        *([Column("without\nactions", "months", "beyond")] if projection.without_actions else []),
        Column("cash out", "day", f"not by {month(projection.months[-1])}"), Column("lowest cash", "money"),
        Column("in", "month"), Column(f"{counted(projection.raise_for, 'month')}\nmore need", "money"),
    )  # fmt: skip
    after = []
    if any(projection.rows.get("restricted_cash", ())):
        after.append("cash out, lowest cash: of what is free to spend, restricted cash left out")
    if projection.minimum_cash:
        after.append(f"cash out: below the minimum cash of {unit.amount(projection.minimum_cash)}")
    if any(projection.still_falls(line.rung) for line in projection.ladder):
        after.append(f"lowest cash in {month(projection.months[-1])}, the last month: it is still falling there")
    return Table("RUNWAY", columns, rows, places=unit.places, after=[Prose(text, style="dim") for text in after])


def _wind_down(projection: Projection, reserve: WindDownReserve) -> Table:
    """The cost of closing the company decently, now and when free cash no longer covers it, by part."""
    by = reserve.decide_by[projection.counted.rung.counting]
    parts = [part for part in reserve.parts if part.now or part.then]
    rows = [Row([part.title, part.now, part.then], "money", depth=1) for part in parts[:-1]]
    rows += [Row([part.title, part.now, part.then], "money", style="bold", depth=1) for part in parts[-1:]]
    now = next((m for m in projection.months if m > projection.as_of.isoformat()[:7]), projection.months[-1])
    columns = [Column("closing decently costs"), Column(month(now), "money")]
    if by is not None:
        columns.append(Column(f"after {day(by)}", "money"))
    else:
        rows = [row._replace(cells=row.cells[:2]) for row in rows]
    lines_by_day: dict[date, list[str]] = {}
    for line in projection.ladder:
        if (on := reserve.decide_by[line.rung.counting]) is not None:
            lines_by_day.setdefault(on, []).append(line.name)
    past = {on: ", which is past" if on <= projection.as_of else "" for on in lines_by_day}
    texts = [f"{', '.join(names)}: decide by {day(on)}{past[on]}" for on, names in lines_by_day.items()]
    after = "; ".join(texts) or f"free cash covers it to {month(projection.months[-1])}"
    return Table("WIND-DOWN", columns, rows, after=[Prose(after, style="dim")])


def _actions(projection: Projection) -> Table:
    """Each action: the figures that it sets, its reason, and the month from which it is on, by line of the ladder."""
    rows = []
    for action in projection.actions:
        since = [action.since_by_rung[line.rung.counting] for line in projection.ladder]
        texts = (", ".join(action.sets), f"{action.status}: {action.reason}")
        rows.append(Row([action.title, *since], depth=1, below=[Prose(text, "      ", "dim") for text in texts]))
    lines = [Column(answer.short_name(line), "month", "–") for line in projection.ladder]
    return Table("ACTIONS", [Column("on from", wraps=True), *lines], rows)


def counted_rungs(projection: Projection) -> tuple[Rung, ...]:
    return projection.runway if projection.closings or projection.rounds else projection.runway[:1]


def findings(projection: Projection, unit: Scale, *, peak: bool = True) -> list[tuple[str, str]]:
    """Pairs of a label and a text: burn, survival, the `peak` need if it is asked for, and what to raise."""
    burn = f"{unit.amount(projection.net_burn)} a month, gross {unit.amount(projection.gross_burn)}"
    static = "no end: nothing is burned"
    if projection.static_runway is not None:
        of = "that net burn" if projection.bank_burn is None else "that burn by the bank"
        static = f"{months(projection.static_runway)} months at {of}"
    pairs = [("Net burn", f"{burn}; {span(*projection.burn_window)}, no funding counted")]
    if projection.bank_burn is not None and projection.bank_window is not None:
        by_bank = f"{unit.amount(projection.bank_burn)} a month is what cash fell by; {span(*projection.bank_window)}"
        pairs.append(("By the bank", f"{by_bank}{outside_burn(projection)}"))
    pairs.append(("Static runway", static))
    pairs += _survival(projection.survival, projection.months, unit)
    if projection.burn_multiple is not None:
        over = span(*projection.burn_multiple_window)
        pairs.append(("Burn multiple", f"{projection.burn_multiple:,.1f}: net burn over new yearly revenue, {over}"))
    if peak and (need := _peak_need(projection, unit)):
        pairs.append(("Peak need", need))
    return pairs + raising(projection, unit)


def _peak_need(projection: Projection, unit: Scale) -> str:
    """The most that is ever needed with nothing in hand and nothing received; empty where it is nothing."""
    if projection.peak_need_unknown:
        why = f"{projection.peak_need_unknown[:1].lower()}{projection.peak_need_unknown[1:]}"
        return f"not known: with no opening cash and no funding, {why}"
    if projection.peak_need is None:
        return f"no end: burn goes on to {month(projection.survival.until)} without a turn for good"
    if not projection.peak_need or not projection.peak_need_date:
        return ""
    kept = f", {unit.amount(projection.minimum_cash)} of it the minimum cash" if projection.minimum_cash else ""
    by = f"by {month(projection.peak_need_date)}, with no opening cash and no funding"
    return f"{unit.amount(projection.peak_need)} {by}{kept}"


def outside_burn(projection: Projection) -> str:
    """The lines that burn by the bank has and burn by lines has not, where the two differ by much."""
    section = next(section for section in projection.sections if section.name == "passthrough")
    if not projection.burns_apart or projection.bank_window is None:
        return ""
    begin, end = map(projection.months.index, projection.bank_window)
    moved = {line.title: sum(projection.rows[line.cash][begin : end + 1]) for line in section.lines}
    if projection.bank_window != projection.burn_window:
        return f", net burn is of {span(*projection.burn_window)}"
    titles = sorted((title for title, amount in moved.items() if amount), key=lambda title: -abs(moved[title]))
    return f", with {' and '.join(titles[:3]).lower()}" if titles else ""


def _survival(survival: Survival, horizon: tuple[str, ...], unit: Scale) -> list[tuple[str, str]]:
    """Default alive or dead, and the same question for the plan as written."""
    window = span(*survival.window)
    trend = f"costs held at {unit.amount(survival.expenses)}, a year's average of what recurs, the highest of {window}"
    trend += f", revenue {percent(survival.growth)} a month"
    end = month(horizon[-1])
    if survival.debt_service:
        trend += f", {unit.amount(survival.debt_service)} of old debt paid"
    default = f"{survival.sentence} ({trend})"
    if survival.planned_alive is None:
        planned = f"as planned it lasts to {end}, but the company still burns"
    elif survival.planned_alive:
        when = f" from {month(survival.planned_profitable)} on" if survival.planned_profitable else ""
        planned = f"as planned it lasts, and nothing is burned{when}"
    elif survival.planned_profitable:
        planned = f"as planned it runs out, though nothing is burned from {month(survival.planned_profitable)} on"
    else:
        planned = f"as planned it runs out, and the company still burns in {end}"
    return [("Survival", default), ("Cash in hand", planned)]


def raising(projection: Projection, unit: Scale) -> list[tuple[str, str]]:
    """When to start raising, how much, and the stake it costs, on the rung that is counted; nothing if that lasts."""
    needed = projection.counted.needed
    if needed.date is None:
        return []
    early = ", before this plan starts" if needed.date.isoformat()[:7] < projection.months[0] else ""
    if not early and needed.date <= projection.as_of:
        early = f", which is past on {day(projection.as_of)}"
    closing = f"{counted(projection.months_to_close, 'month', 'g')} for a round to close"
    pairs = [("Raise by", f"{day(needed.date)}{early}: {closing} ({projection.counted.name})")]
    more = f"{counted(projection.raise_for, 'month')} more"
    if needed.round_to_extend is None or needed.lasts_until is None:
        return [*pairs, ("Round", f"not sized: before {more} are over a figure grows beyond every bound")]
    buys = f"{unit.amount(needed.round_to_extend)} buys {more}, to {day(needed.lasts_until)}"
    return [*pairs, ("Round", buys + costs(projection, unit))]


def costs(projection: Projection, unit: Scale) -> str:
    """The stake that the round costs, where the file has a valuation."""
    needed = projection.counted.needed
    if needed.stake is None or needed.pre_money is None:
        return ""
    planned = any(
        closing.status == "planned"
        for closing in projection.closings
        if closing.address.partition(".")[0] == needed.pre_money_of
    )
    kind = "pre-money" if planned else "the post-money"
    title = next(funds.title for funds in projection.rounds if funds.name == needed.pre_money_of)
    return f", and costs {needed.stake * 100:.1f}% at {unit.amount(needed.pre_money)}, {kind} of {printable(title)}"


def _chart_heading(projection: Projection) -> Heading:
    legend = ["as this scenario has it"] if len(counted_rungs(projection)) > 1 else ["at the end of each month"]
    if any(projection.rows.get("restricted_cash", ())):
        legend = ["restricted cash included"]
    if len(counted_rungs(projection)) > 1:
        legend += ["· in hand only", *(["▲ closing paid"] if projection.closings else [])]
    return Heading("CASH", "   ".join([*legend, "┄ floor"]))


def chart(projection: Projection) -> CashChart:
    opening, cash = projection.rows["opening_cash"][0], projection.rows["cash"]
    alone = next(iter(projection.closing_cash.values()), cash)
    return CashChart(
        months=projection.months,
        cash=[opening, *cash],
        alone=None if tuple(alone) == tuple(cash) else [opening, *alone],
        floor=projection.minimum_cash,
        paid=[c.date.isoformat()[:7] for c in projection.closings if c.date and c.drawn],
    )


def _covenants(projection: Projection) -> Table:
    """By lender, each covenant: its lowest headroom, the month of it, and the first month end on which it fails.

    That month end is of the scenario as written, and also of certain funding alone where that rung has another.
    """
    rows: list[Row] = []
    lender = ""
    for covenant in projection.covenants:
        if (name := covenant.address.partition(".")[0]) != lender:
            lender = name
            rows.append(Row([Cell(covenant.lender, None, "bold"), "", "", "", ""]))
        breaches = [Cell(on, None, "bold red" if on else "") for on in (covenant.breached, covenant.breached_certain)]
        if covenant.headroom is None:
            breaches = [Cell("never tested", "text"), Cell("", "text")]
        cells: list[Value | Cell] = [
            covenant.title,
            Cell(covenant.headroom, "money" if covenant.unit == "money" else "number"),
            Cell(covenant.headroom_date or "", "month" if covenant.headroom_date else "text"),
        ]
        rows.append(Row([*cells, *breaches], depth=1, below=[Prose(covenant.require, "      ", "dim")]))
    columns = (
        Column("covenant", wraps=True), Column("lowest headroom", "money", ""), Column("in", "month", ""),
        Column("first breach", "day", "none"), Column("+ certain", "day", "none"),
    )  # fmt: skip
    return Table("COVENANTS", columns, rows)


def _proceeds(projection: Projection, unit: Scale) -> Iterator[Block]:
    """The money of each source, opening cash and receipts among them, and its uses, largest first."""
    rows = []
    for item in projection.proceeds:
        uses = [
            f"{printable(use.title)} {unit.figure(use.amount, unit.places).strip()}"
            for use in sorted(item.uses, key=lambda use: -use.amount)
        ]
        left = f"left {unit.figure(item.left, unit.places).strip()}" if item.left else "nothing left"
        rows.append(Row([Cell(item.title, None, "bold"), item.amount, " · ".join([*uses, left])]))
    used = f"used by {month(projection.months[-1])}"
    columns = (Column("source", wraps=True), Column("came in", "money"), Column(used, wraps=True))
    after = [Prose(RULE, style="dim")]
    if uncovered(projection) > 0:
        after.insert(0, Prose(f"{unit.amount(uncovered(projection))} of what was paid is covered by no money at all."))
    yield Table("USE OF PROCEEDS", columns, rows, after=after)


def uncovered(projection: Projection) -> float:
    """The payments beyond all money that came in."""
    left = sum(item.left for item in projection.proceeds)
    return round(left - projection.rows["cash"][-1], projection.minor_digits)


def _milestones(projection: Projection) -> Table:
    rows = []
    for event in projection.milestones:
        late = event.cushion is not None and event.cushion < 0
        rows.append(Row([event.title, event.date, Cell("too late", "text") if late else event.cushion]))
    left = Column("months left", "months", "beyond")
    columns = (Column("event", wraps=True), Column("date", "day", align="right"), left)
    after = [Prose("months of cash left after each (+ conditional)", style="dim")]
    return Table("MILESTONES", columns, rows, after=after)
