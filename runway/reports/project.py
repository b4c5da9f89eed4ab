"""What `runway project` prints: how long the cash lasts counting what, then why."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from runway.render.chart import cash_chart
from runway.render.figures import Scale, day, keep_together, month, months, percent, printable, scale, span
from runway.render.terminal import Text, cell, wrapped
from runway.reports.cash_table import CashTable, cash_table, fits, table_lines
from runway.reports.periods import BY, By

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.console import Console

    from runway.answers.projection import Clause, Closing, Credit, Projection, Round, Survival
    from runway.engine.ladder import Rung

__all__ = ["console", "findings", "printed", "report_lines"]

PIPE_WIDTH = 80
NARROWEST = 60
LABEL = 17
FUNDS = 34  # where the columns of the funding table begin


def console() -> Console:
    """The terminal as wide as it is, or 80 columns without colour in a pipe."""
    from rich.console import Console

    width = asked_width() or (None if Console().is_terminal else PIPE_WIDTH)
    return Console(width=width, highlight=False, markup=False, emoji=False)


def asked_width() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() else 0


def in_a_pipe() -> bool:
    """Whether no style is ever shown, so that rich is not needed; a variable that asks for styles is left to rich."""
    asked = "FORCE_COLOR" in os.environ or "TTY_COMPATIBLE" in os.environ
    return not asked and sys.stdout is not None and not sys.stdout.isatty()


def printed(lines: Callable[[int], Iterable[Text]], to: Console | None = None) -> str:
    """Lines made for a width, as text with the styles that the console shows."""
    if to is None and in_a_pipe():
        return "".join(f"{line.plain}\n" for line in lines(max(asked_width() or PIPE_WIDTH, NARROWEST)))
    to = to or console()
    with to.capture() as captured:
        for line in lines(max(to.width, NARROWEST)):
            to.print(line.rich(), soft_wrap=True)
    return captured.get()


def report_lines(projection: Projection, width: int, by: By | None = None) -> Iterator[Text]:
    """The report line by line; from 80 columns on no line is wider than `width`."""
    table, unit = chosen_table(projection, width, by)
    name, scenario = printable(projection.model), printable(projection.scenario)
    title = f"{name} · {scenario} · {span(projection.months[0], projection.months[-1])} · {unit.label}"
    for text in wrapped(keep_together(title).replace(unit.label, unit.label.replace(" ", "\N{NO-BREAK SPACE}")), width):
        yield Text(text.replace("\N{NO-BREAK SPACE}", " "), "bold")
    if projection.scenario_title:
        yield from prose("", projection.scenario_title, width, "dim")
    if projection.changes:
        changed = ", ".join(
            f"{address} {value}" if value.startswith("changed by ") else f"{address} = {value}"
            for address, value in projection.changes
        )
        yield from prose("", f"with {changed}", width, "bold")
    yield Text()
    yield from ladder(projection, unit)
    yield Text()
    yield from reading(projection, unit, width)
    yield Text()
    yield from chart(projection, unit, width)
    yield Text()
    planned = any(closing.status == "planned" for closing in projection.closings)
    yield heading("CASH FLOW", "   planned funding included" if planned else "")
    yield from table_lines(table, unit, width)
    yield from funding(projection, unit, width)
    yield from debt_lines(projection, unit, width)
    yield from milestones(projection, width)
    if projection.notes:
        yield heading("NOTES")
        for note in projection.notes:
            yield from prose("  · ", note, width)


def chosen_table(projection: Projection, width: int, by: By | None) -> tuple[CashTable, Scale]:
    """The table asked for; else the finest that fits the width, by year if none does."""
    for period in (by,) if by else BY:
        table = cash_table(projection, period)
        values = [value for row in table.rows for value in row.values]
        values += [value for rung in projection.runway for value in (rung.lowest_cash, rung.funding_gap)]
        values += [funds.headline for funds in projection.rounds]
        unit = scale(projection.currency, projection.minor_digits, values)
        if fits(table, unit, width):
            break
    return table, unit


def heading(text: str, rest: str = "") -> Text:
    return Text.assemble(("  " + text, "bold"), (rest, "dim"))


def prose(first: str, text: str, width: int, style: str = "") -> Iterator[Text]:
    """A paragraph whose further lines stand under its text, broken only between words and never inside a date."""
    body = wrapped(keep_together(printable(text)), max(20, width - len(first)))
    for i, part in enumerate(body):
        yield Text.assemble(
            (first if i == 0 else " " * len(first), "dim"), (part.replace("\N{NO-BREAK SPACE}", " "), style)
        )


def ladder(projection: Projection, unit: Scale) -> Iterator[Text]:
    """How long the cash lasts, counting ever more funding; one rung only when the file has none to count."""
    rungs = counted_rungs(projection)
    short = [[rung.funding_gap] for rung in rungs if rung.funding_gap]  # none of them is told as 0.0
    decimals = unit.decimals([[rung.lowest_cash for rung in rungs], *short])
    yield heading("RUNWAY".ljust(18), " months   cash out           lowest cash                 gap")
    for rung in rungs:
        dry = not rung.beyond_horizon
        style = "bold red" if dry else "green"
        yield Text.assemble(
            cell("  " + printable(rung.counting), 18),
            ((months(rung.months) if rung.months is not None else "beyond").rjust(9), style),
            (
                "   " + (day(rung.zero_cash_date) if rung.zero_cash_date else "not by " + month(projection.months[-1]))
            ).ljust(20),
            unit.figure(rung.lowest_cash, decimals).rjust(11),
            (" " + month(rung.lowest_cash_date)).ljust(10),
            unit.figure(rung.funding_gap, decimals).rjust(11).rstrip(),
        )
    if any(projection.rows.get("restricted_cash", ())):
        yield heading("", "cash out, lowest cash: of what is free to spend, restricted cash left out")
    if projection.minimum_cash:
        yield heading("", f"cash out: below the minimum cash of {unit.amount(projection.minimum_cash)}")


def counted_rungs(projection: Projection) -> tuple[Rung, ...]:
    return projection.runway if projection.closings or projection.rounds else projection.runway[:1]


def reading(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    """Burn, survival and what to raise, one labelled line each."""
    for label, text in findings(projection, unit):
        yield from prose("  " + label.ljust(LABEL - 2), text, width)


def findings(projection: Projection, unit: Scale) -> list[tuple[str, str]]:
    """Burn, survival and what to raise: a label and what was found."""
    burn = f"{unit.amount(projection.net_burn)} a month, gross {unit.amount(projection.gross_burn)}"
    static = "no end: nothing is burned"
    if projection.static_runway is not None:
        static = f"{months(projection.static_runway)} months at that net burn"
    said = [("Net burn", f"{burn}; {span(*projection.burn_window)}, no funding counted"), ("Static runway", static)]
    said += survival(projection.survival, projection.months, unit)
    if projection.burn_multiple is not None and projection.burn_multiple_window is not None:
        over = span(*projection.burn_multiple_window)
        said.append(("Burn multiple", f"{projection.burn_multiple:,.1f}: net burn over new yearly revenue, {over}"))
    if projection.peak_need:
        kept = f", {unit.amount(projection.minimum_cash)} of it the minimum cash" if projection.minimum_cash else ""
        reached = month(projection.peak_need_date)
        by = f"by {reached}" + (", still growing" if reached == month(projection.months[-1]) else "")
        need = f"{unit.amount(projection.peak_need)} {by}, with no opening cash and no funding{kept}"
        said.append(("Peak need", need))
    return said + raising(projection, unit)


def survival(found: Survival, horizon: tuple[str, ...], unit: Scale) -> list[tuple[str, str]]:
    """Default alive or dead, and beside it the same question asked of the plan as written."""
    held = f"costs held at {unit.amount(found.expenses)}, the highest of {span(horizon[0], horizon[:3][-1])}"
    trend = f"{held}, revenue {percent(found.growth)} a month"
    end = month(horizon[-1])
    if found.debt_service:
        trend += f", {unit.amount(found.debt_service)} of old debt paid"
    if found.alive is None and found.growth > 0 and found.profitable:
        default = f"undecided: three months of revenue say nothing of a trend ({trend})"
    elif found.alive is None:
        default = f"default undecided by {end}: neither out of cash nor covering its costs for good ({trend})"
    elif found.alive:
        when = f": revenue covers costs from {month(found.profitable)} on" if found.profitable else ""
        default = f"default alive{when} ({trend})"
    else:
        when = f": out of cash in {month(found.out_of_cash)}" if found.out_of_cash else ""
        default = f"default dead{when} ({trend})"
    if found.planned_alive is None:
        planned = f"undecided: it lasts to {end}, but the company still burns"
    elif found.planned_alive:
        when = f" from {month(found.planned_profitable)} on" if found.planned_profitable else ""
        planned = f"alive: it lasts, and nothing is burned{when}"
    elif found.planned_profitable:
        planned = f"dead: it runs out, though nothing is burned from {month(found.planned_profitable)} on"
    else:
        planned = f"dead: it runs out, and the company still burns in {end}"
    return [("Survival", default), ("Cash in hand", planned)]


def raising(projection: Projection, unit: Scale) -> list[tuple[str, str]]:
    """When to start raising and how much, on the rung of certain money; nothing if that lasts."""
    rung = dry_rung(counted_rungs(projection))
    if rung is None:
        return []
    needed = next(needed for needed in projection.raise_by if needed.counting == rung.counting)
    if needed.date is None:
        return []
    early = ", before this plan starts" if needed.date.isoformat()[:7] < projection.months[0] else ""
    closing = f"{projection.months_to_close:g} months for a round to close"
    said = [("Raise by", f"{day(needed.date)}{early}: {closing} ({printable(rung.counting)})")]
    if needed.round_to_extend is not None:
        said.append(("Round", f"{unit.amount(needed.round_to_extend)} buys 18 months more"))
    elif rung.months is not None:
        said.append(("Round", f"not sized: 18 months more need a horizon of {int(rung.months) + 19} months"))
    return said


def dry_rung(rungs: tuple[Rung, ...]) -> Rung | None:
    rung = rungs[min(1, len(rungs) - 1)]
    return None if rung.beyond_horizon else rung


def chart(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    legend = ["as this scenario has it"] if len(counted_rungs(projection)) > 1 else ["at the end of each month"]
    if any(projection.rows.get("restricted_cash", ())):
        legend = ["restricted cash included"]
    if len(counted_rungs(projection)) > 1:
        legend += ["· in hand only", *(["▲ closing paid"] if projection.closings else [])]
    yield heading("CASH", "   " + "   ".join([*legend, "┄ floor"]))
    yield from cash_chart(projection, unit, width)


def funding(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    """Each round: headline, committed, available, drawn; under it its closings and clauses and what decided them."""
    if not projection.closings and not projection.rounds:
        return
    amounts = [[f.headline, f.committed, f.available, f.drawn] for f in projection.rounds]
    decimals = unit.decimals(amounts + [[closing.amount, closing.drawn] for closing in projection.closings])

    def columns(*values: float | None) -> str:
        return "".join(("" if v is None else unit.figure(v, decimals)).rjust(11) for v in values).rstrip()

    yield heading("FUNDING".ljust(FUNDS - 2), "  headline  committed  available      drawn")
    for funds in projection.rounds:
        figures = columns(funds.headline, funds.committed, funds.available, funds.drawn)
        yield Text.assemble((cell("  " + printable(funds.title), FUNDS), "bold"), figures)
        for closing in projection.closings:
            if not within(closing.address, funds):
                continue
            if closing.address != funds.name:  # a grant is its own closing
                title = inner_title(closing.title, funds.title)
                drawn = None if closing.status == "planned" else closing.drawn
                yield Text((cell("    " + title, FUNDS) + columns(closing.amount, None, None, drawn)).rstrip())
            yield from fate(closing, width)
        for line in projection.credit:
            if line.address == funds.name:
                yield from credit(line, unit, width)
        for clause in projection.clauses:
            if within(clause.address, funds):
                title = inner_title(clause.title, funds.title)
                cut = columns(None, None, -clause.cut if clause.cut else None)
                yield Text((cell("    " + title, FUNDS) + cut).rstrip())
                yield from fate(clause, width)
    yield Text()


def debt_lines(projection: Projection, unit: Scale, width: int) -> Iterator[Text]:
    """Covenants and the use of proceeds; each only where there is one."""
    if projection.covenants or projection.proceeds:
        from runway.reports.debt import covenant_lines, proceeds_lines

        yield from covenant_lines(projection, width)
        yield from proceeds_lines(projection, unit, width)


def within(address: str, funds: Round) -> bool:
    return address.partition(".")[0] == funds.name


def inner_title(title: str, round_title: str) -> str:
    """A closing's or clause's title under its round, without the round's own."""
    return printable(title).removeprefix(printable(round_title)).strip(" :·") or printable(title)


def fate(item: Closing | Clause, width: int) -> Iterator[Text]:
    """What became of a closing or clause, when, and what decided it."""
    when = f" {day(item.date)}" if item.date else ""
    why = f": {item.reason}" if item.reason else ""
    yield from prose("      ", f"{item.status}{when}{why}", width, "dim")


def credit(line: Credit, unit: Scale, width: int) -> Iterator[Text]:
    """When a credit line may be drawn, what is owed at the end and what was at most."""
    said = [line.reason if line.status == "open" else f"{line.status}: {line.reason}"]
    if line.most_owed_date is None:
        said.append("nothing is ever owed")
    else:
        said.append(f"{unit.amount(line.owed) if line.owed else 'nothing'} owed at the end")
        said.append(f"at most {unit.amount(line.most_owed)}, {month(line.most_owed_date)}")
    yield from prose("      ", "; ".join(said), width, "dim")


def milestones(projection: Projection, width: int) -> Iterator[Text]:
    if not projection.milestones:
        return
    yield heading("MILESTONES", "   months of cash left after each (+ conditional)")
    room = min(44, width - 30)
    for event in projection.milestones:
        left = "beyond" if event.cushion is None else months(event.cushion)
        if event.cushion is not None and event.cushion < 0:
            left = "too late"
        yield Text.assemble(cell("  " + printable(event.title), room), day(event.date).rjust(12), left.rjust(9))
    yield Text()
