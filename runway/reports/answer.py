"""The answer on one screen: how long, until which day, raise by when and how much, and the next commands."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from runway.months import absolute_month, month_number
from runway.render.figures import Scale, day, month, months, printable, span
from runway.render.report import Cell, Column, Findings, Prose, Row, Table
from runway.render.rungs import Mark, RungChart, RungLine
from runway.words import amount_text, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runway.answers.projection import ClosingResult, LadderLine, Projection, WeakFigure
    from runway.engine.ladder import Rung
    from runway.render.report import Block

COUNTING = {
    "cash in hand": "nothing still to be received",
    "+ certain": "what is certain",
    "+ conditional": "conditional money too",
    "+ planned": "planned money too",
}
"""The money that each rung counts, in words."""
WATCHED = 2
HIGHEST, LOWEST = 6, 3  # rows of the chart, fewer where there are more lines, so that all stays on one screen


def sections(projection: Projection, unit: Scale) -> list[list[Block]]:
    """The parts of the answer."""
    below: list[Block] = [Prose(text) for text in (*watch_texts(projection), next_commands(projection))]
    in_hand = projection.ladder[0].rung
    parts: list[list[Block]] = [
        [Findings(list(headline(projection, unit)), "bold")],
        [ladder(projection, unit)],
        [Prose(text) for text in burn(projection, unit)],
    ]
    if in_hand.months_from_start is None or in_hand.months_from_start > 0 or len(projection.ladder) > 1:
        parts.append([chart(projection)])
    return [*parts, below]


def headline(projection: Projection, unit: Scale) -> Iterator[tuple[str, str]]:
    """How long cash lasts on the rung that is counted; the first breach; when to raise, how much, at which stake."""
    line = projection.counted
    yield lasts_text(projection, line.rung, unit)
    if projection.planned is not None:
        yield "", plan_text(projection, unit)
    if decide := decide_by_text(projection, unit):
        yield decide
    breach = first_breach(projection, line.rung)
    if breach is not None:
        yield breach
    yield from raising(projection, line, unit)


def lasts_text(projection: Projection, rung: Rung, unit: Scale) -> tuple[str, str]:
    """The headline: months left, the day on which cash is out, and the rung that is counted."""
    counts = ""
    if projection.closings or projection.rounds:
        counts = f"; counting {COUNTING[projection.counting]} (--counting)"
    floor = f"below the minimum of {unit.amount(projection.minimum_cash)}" if projection.minimum_cash else "out"
    if rung.months is None or rung.zero_cash_date is None:
        left = months_to_the_end(projection)
        lowest = f"at the lowest {unit.amount(rung.lowest_cash)}, in {month(rung.lowest_cash_date)}"
        falling = ", still falling" if projection.still_falls(rung) else ""
        return f"{left}+ months left", f"cash lasts beyond {month(projection.months[-1])}, {lowest}{falling}{counts}"
    if rung.months <= 0:
        return "no months left", f"cash is {floor} on {day(rung.zero_cash_date)}{counts}"
    return f"{months(rung.months)} months left", f"cash is {floor} on {day(rung.zero_cash_date)}{counts}"


def decide_by_text(projection: Projection, unit: Scale) -> tuple[str, str] | None:
    """The last day on which free cash covers the wind-down reserve; None without a table of it."""
    if (reserve := projection.wind_down) is None:
        return None
    by, whole = reserve.decide_by[projection.counted.rung.counting], reserve.parts[-1]
    if by is None or whole.then is None:
        return "decide by", f"closing decently costs {unit.amount(whole.now)}, which is there to the last month"
    past = "which is past; " if by <= projection.as_of else ""
    return f"decide by {day(by)}", f"{past}then closing decently costs {unit.amount(whole.then)}, more than is free"


def months_to_the_end(projection: Projection) -> int:
    """The whole months from the end of the as-of day to the end of the plan's last month.

    From a day before the first month on, the months up to it count too, as in the months of a rung.
    """
    return (month_number(projection.months[-1]) or 0) - absolute_month(projection.as_of)


def first_breach(projection: Projection, rung: Rung) -> tuple[str, str] | None:
    """The covenant that fails first, where it does before cash is out."""
    certain = projection.counting in ("cash in hand", "+ certain")
    failed = [
        (on, covenant)
        for covenant in projection.covenants
        if (on := covenant.breached_certain if certain else covenant.breached) is not None
        and (rung.zero_cash_date is None or on < rung.zero_cash_date)
    ]
    if not failed:
        return None
    on, covenant = min(failed, key=lambda breach: breach[0])
    text = f"{printable(covenant.title)} of {printable(covenant.lender)} does not hold on {day(on)}"
    return "covenant first", f"{text}: from then on the lender may call the money back"


def plan_text(projection: Projection, unit: Scale) -> str:
    """The months of the plan on the same rung and day, and revenue above or below the plan."""
    planned = projection.planned
    assert planned is not None
    lasted = "beyond the last month" if planned.months is None else months(planned.months)
    above = planned.revenue_above
    differs = round(above / unit.unit, 2)  # a difference below the screen's digits is none
    beside = f"{unit.amount(abs(above))} {'above' if above > 0 else 'below'} it" if differs else "as planned"
    return f"was {lasted} in the plan, revenue {beside}"


def raising(projection: Projection, line: LadderLine, unit: Scale) -> Iterator[tuple[str, str]]:
    needed = line.needed
    if needed.date is None:
        return
    late = "which is past; " if needed.date <= projection.as_of else ""
    text = f"{late}a round takes {counted(projection.months_to_close, 'month', 'g')}; "
    if needed.round_to_extend is None or needed.lasts_until is None:
        text += f"not sized: within {counted(projection.raise_for, 'month')} more a figure grows beyond every bound"
    else:
        text += f"{unit.amount(needed.round_to_extend)} lasts until {day(needed.lasts_until)}"
    if needed.stake is not None and needed.pre_money is not None:
        text += f" and costs {needed.stake * 100:.1f}% at {unit.amount(needed.pre_money)} pre-money"
    yield f"raise by {day(needed.date)}", text


def ladder(projection: Projection, unit: Scale) -> Table:
    """Months left, the day and the money that carries each line of the ladder further."""
    end = months_to_the_end(projection)
    rows, names = [], {counting for line in projection.ladder for counting in line.countings}
    for line in projection.ladder:
        rung = line.rung
        lasts = Cell(f"{end}+", "text", "green") if rung.months is None else Cell(rung.months, None, "bold red")
        without = [] if line.without is None else [Cell(line.without.months)]
        rows.append(Row([line.name, lasts, *without, rung.zero_cash_date, line.needed.round_to_extend]))
    broken = "\n" if projection.without_actions else " "  # heads of two lines leave room for a further column
    left = [Column("", wraps=True), Column(f"months{broken}left", "months")]
    left += [Column("without\nactions", "months", "beyond")] if projection.without_actions else []
    more = f"{counted(projection.raise_for, 'month')}{broken}more need"
    columns = [*left, Column("cash out", "day"), Column(more, "money")]
    if all(line.rung.zero_cash_date is None for line in projection.ladder):  # none of them is ever out
        rows, columns = [row._replace(cells=row.cells[: len(left)]) for row in rows], left
    after = [] if len(names) > 1 else [Prose("no funding in this file", style="dim")]
    return Table("", columns, rows, after=after, places=unit.places)


def burn(projection: Projection, unit: Scale) -> Iterator[str]:
    """Burn as spent and received, and survival if costs stay as they are."""
    net, gross = projection.net_burn, projection.gross_burn
    text = f"burn {unit.amount(net)} a month" if net >= 0 else f"{unit.amount(-net)} a month earned"
    if projection.burns_apart and projection.bank_burn is not None:
        text += f", {unit.amount(projection.bank_burn)} by the bank"
    text += f": {unit.amount(gross)} spent, {unit.amount(gross - net)} received ({span(*projection.burn_window)})"
    if not projection.burns_apart and projection.burn_multiple is not None:
        text += f" · multiple {projection.burn_multiple:,.1f}"
    yield text
    yield projection.survival.sentence
    if actions := list(actions_taken(projection)):
        yield f"actions: {' · '.join(actions)}"


def actions_taken(projection: Projection) -> Iterator[str]:
    """Each action that may be taken, and the month from which it is on, on the rung that is counted."""
    for action in projection.actions if projection.without_actions else ():
        since = action.since_by_rung[projection.counted.rung.counting]
        yield f"{printable(action.title)} {'not taken' if since is None else f'from {month(since)} on'}"


def chart(projection: Projection) -> RungChart:
    lines = [
        RungLine(short_name(line), projection.free_cash[line.rung.counting], line.rung.months_from_start)
        for line in projection.ladder
    ]
    paid = [
        Mark(projection.months.index(at) + (closing.date.day - 1) / 31, closing_name(projection, closing))
        for closing in projection.closings
        if closing.date
        and (closing.drawn or closing.status == "planned")
        and (at := closing.date.isoformat()[:7]) in projection.months
    ]
    extra = 2 * bool(first_breach(projection, projection.counted.rung)) + 2 * bool(projection.planned)
    extra += bool(projection.changes) + bool(projection.scenario_title)
    extra += 2 * bool(projection.without_actions) + bool(projection.wind_down)
    return RungChart(projection.months, lines, projection.minimum_cash, paid, max(LOWEST, HIGHEST - max(0, extra - 1)))


def closing_name(projection: Projection, closing: ClosingResult) -> str:
    """The title of a closing's round where that has no other closing, else the closing's own."""
    name = closing.address.partition(".")[0]
    alone = sum(listed.address.partition(".")[0] == name for listed in projection.closings) == 1
    return next((funds.title for funds in projection.rounds if funds.name == name and alone), closing.title)


def short_name(line: LadderLine) -> str:
    """The last rung of a line of the ladder: `+ certain` as `certain`."""
    return line.countings[-1].removeprefix("+ ")


def watch_texts(projection: Projection) -> Iterator[str]:
    """The figures that move the runway most, only one where there are actions; and that no figure has a source."""
    texts = [swing_text(watch) for watch in projection.watch[: 1 if projection.without_actions else WATCHED]]
    if not projection.sourced:
        texts.append("no figure has a source")
    if texts:
        yield f"watch: {' · '.join(texts)}"


def swing_text(watch: WeakFigure) -> str:
    ends = sorted((watch.months_at_low, watch.months_at_high), key=lambda end: float("inf") if end is None else end)
    low, high = ("beyond" if end is None else months(end) for end in ends)
    how = "±10%"
    if watch.stated:
        percent = watch.percent
        how = " to ".join(f"{end * 100:g}%" if percent else amount_text(end) for end in (watch.low, watch.high))
    return f"{watch.address} {how} makes it {low} to {high} months"


def next_commands(projection: Projection) -> str:
    """The next commands."""
    name = projection.source if projection.source not in ("./runway.toml", "runway.toml", "standard input") else ""
    name = f" {quote(name)}" if name else ""
    return f"more:  runway project{name} --full · runway sensitivity{name} --all"
