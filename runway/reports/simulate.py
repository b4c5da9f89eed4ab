"""A simulation: the odds of running out, the fan of cash, the figures that decide it."""

from __future__ import annotations

from math import ceil, isnan
from typing import TYPE_CHECKING

from runway.render.chart import FanChart
from runway.render.figures import Scale, day, month, scale, span
from runway.render.report import Bar, Block, Cell, Column, Heading, Prose, Report, Row, Table, Value
from runway.words import counted, counting_text, minus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.simulation import CheckOdds, Risk, Simulation
    from runway.simulation.drivers import RiskDriver
    from runway.simulation.totals import Estimate

SLACK = 1e-6  # of the last place: by how much a binary fraction may exceed a figure that needs no rounding up
MOST_ENDS = 4  # columns of the odds of running out
CERTAIN = (
    "Nothing in this file is uncertain, so every future is its projection. Write a range where you are not sure: "
    'amount = "$80k to $120k/month".'
)
FEW = "The futures are too few for the errors left out; draw at least 100."
SHOWN = 12
ASIDES = 3
HEADS = ("5%", "25%", "50%", "75%", "95%")


def report(simulation: Simulation) -> Report:
    """The most important first; `main` has a row a month: quantiles of cash and the odds, each with its error."""
    unit = _unit(simulation)
    after = [Prose(_worst_text(simulation, unit))]
    if simulation.versus is not None:
        after.append(Prose(_versus_text(simulation)))
    floor = "   ┄ floor" if simulation.minimum_cash is not None else ""
    keys = f"{simulation.counting}   ░ 90 of 100 futures   ▒ 50   ─ median{floor}"
    cash = [[estimate.value for estimate in quantiles] for quantiles in simulation.cash]
    sections: list[list[Block]] = [
        [_risks(simulation)],
        [_outcomes(simulation, unit), *after],
        [Heading("CASH", keys), FanChart(simulation.months, cash, simulation.minimum_cash)],
        *_odds(simulation),
    ]
    if not simulation.uncertain:
        sections.insert(0, [Prose(CERTAIN)])
    if simulation.drivers:
        sections.append([_drivers(simulation)])
    if simulation.off_median:
        sections.append([Prose(_asides(simulation))])
    horizon = span(simulation.months[0], simulation.months[-1])
    changes = ", ".join(f"{address} = {value}" for address, value in simulation.changes)
    return Report(
        title=(
            simulation.model,
            simulation.scenario,
            simulation.counted_since.text,
            horizon,
            counting_text(simulation.counting),
            unit.label,
        ),
        scale=unit,
        lead=[*([Prose(changes, "with ", "bold")] if changes else []), Prose(_draws_text(simulation), "", "dim")],
        sections=sections,
        main=lambda: _main(simulation),
    )


def _unit(simulation: Simulation) -> Scale:
    quantiles = (estimate for quantiles in simulation.cash for estimate in quantiles)
    values = [estimate.value for estimate in (*simulation.lowest_cash, *quantiles)]
    return scale(simulation.currency, simulation.minor_digits, values)


def _draws_text(simulation: Simulation) -> str:
    several = len(simulation.drivers)
    figures = "one uncertain figure" if several == 1 else f"{several or 'no'} uncertain figures"
    paths = f"{simulation.paths:,} futures" if simulation.paths > 1 else "one future"
    stopped = f", stopped before {simulation.requested:,}: a partial result" if simulation.partial else ""
    sampling = ", Sobol points in a power of two" if simulation.sampling == "sobol" else ""
    engine = " · compiled" if simulation.engine == "compiled" else ""
    why = f" · by numpy: {simulation.without_engine}" if simulation.without_engine else ""
    return f"{paths}{stopped} · {figures} · seed {simulation.seed}{sampling}{engine} · ± is half a 95% interval{why}"


def shown_risks(simulation: Simulation) -> tuple[Risk, ...]:
    """The rungs that can differ."""
    return simulation.risks[: 4 if simulation.planned else 3 if simulation.funded else 1]


def _risks(simulation: Simulation) -> Table:
    """The probability of running out, by the day asked for and by the ends of years from the day of counting."""
    last, day_before = len(simulation.months) - 1, simulation.counted_since.as_of.isoformat()[:7]
    past = min(last, sum(name <= day_before for name in simulation.months))
    places = sorted({min(last, past + 12 * n - 1) for n in range(1, 1 + -(-(last + 1 - past) // 12))})
    room = MOST_ENDS - (simulation.by is not None)
    if len(places) > room:
        places = [*places[:: -(-len(places) // room)], last]
    places = sorted(set(places))[-room:]
    heads = [f"by {month(simulation.months[t])}" for t in places]
    if simulation.by is not None:
        heads.insert(0, f"by {day(simulation.by)}")
    rows = []
    for risk in shown_risks(simulation):
        by_date = [] if risk.by_date is None else [risk.by_date]
        odds = [chance(estimate) for estimate in (*by_date, *(risk.by_month[t] for t in places))]
        rows.append(Row([risk.counting, *odds], style="bold" if risk.counting == simulation.counting else ""))
    return Table("OUT OF CASH", [Column("counting"), *(Column(head, align="right") for head in heads)], rows)


def chance(estimate: Estimate | None) -> str:
    """`12.3% ±0.2`, with as many places as the error, which is rounded up, allows; `never` if certain."""
    if estimate is None:
        return "not known"
    if estimate.error == 0:
        return "always" if estimate.value == 1 else "never"
    value, error = estimate.value * 100, estimate.error * 100
    places = 1 if error >= 0.05 else 2 if error >= 0.005 else 3
    error = _up(error * 10**places) / 10**places
    if estimate.value in (0, 1):
        return f"{value:.0f}% ±{error:.{places}f}"
    return f"{value:.{places}f}% ±{error:.{places}f}"


def _outcomes(simulation: Simulation, unit: Scale) -> Table:
    """Quantiles of runway, lowest cash, gap and closing cash, the smallest first, when the reported rung is counted."""
    risk, closing = simulation.risk(), simulation.cash[-1]
    beyond = Cell("beyond", "text")
    rows = [
        Row(["months", *(m.months if m.months is not None else beyond for m in risk.runway)], "months"),
        Row(["cash out", *(moment.date for moment in risk.runway)], "day"),
        _money("lowest cash", simulation.lowest_cash),
        *_errors(simulation.lowest_cash, unit),
    ]
    if simulation.funding_gap is not None:
        rows.append(_money("gap", simulation.funding_gap))
    rows += [_money(f"cash {month(simulation.months[-1])}", closing), *_errors(closing, unit)]
    after = [Prose(FEW, style="dim")] if any(isnan(estimate.error) for estimate in closing) else []
    columns = [Column("quantile"), *(Column(head, "number") for head in HEADS)]
    return Table(simulation.counting, columns, rows, after=after)


def _money(label: str, estimates: Sequence[Estimate]) -> Row:
    return Row([label, *(estimate.value for estimate in estimates)], "money")


def _errors(estimates: Sequence[Estimate], unit: Scale) -> Iterator[Row]:
    """The errors below a row of quantiles; none where nothing varies."""
    if any(estimate.error > 0 for estimate in estimates):
        decimals = max(unit.decimals([[estimate.value for estimate in estimates]]), 2)
        step = unit.unit / 10**decimals
        errors = [
            Cell("" if isnan(e.error) else unit.figure(_up(e.error / step) * step, decimals), "text") for e in estimates
        ]
        yield Row(["±", *errors], style="dim", depth=1)


def _up(places: float) -> int:
    """An error in the last place that is shown, rounded up, so that it is never printed too small."""
    return ceil(places - SLACK)


def _worst_text(simulation: Simulation, unit: Scale) -> str:
    lowest = unit.amount(simulation.worst_lowest_cash)
    return f"In the worst 5 of 100 futures the lowest cash is {lowest} on average."


def _versus_text(simulation: Simulation) -> str:
    versus = simulation.versus
    assert versus is not None
    difference = versus.difference
    more = "more" if difference.value >= 0 else "less"
    return (
        f"Against {versus.scenario}, on the same draws: {chance(versus.probability)} run out there; here it is "
        f"{abs(difference.value) * 100:.2f} points {more} probable (±{difference.error * 100:.2f})."
    )


def _odds(simulation: Simulation) -> Iterator[list[Block]]:
    """How probable it is that each closing draws, each clause bites, each covenant fails, each check holds."""
    for title, verb, odds in (
        ("CLOSINGS", "draws", [(odds.probability, odds.title) for odds in simulation.closings]),
        ("CLAUSES", "bites", [(odds.probability, odds.title) for odds in simulation.clauses]),
        ("COVENANTS", "fails", [(odds.probability, odds.title) for odds in simulation.covenants]),
        ("CHECKS", "holds", [(c.probability, c.title + _futures_text(c, simulation)) for c in simulation.checks]),
    ):
        if odds:
            columns = (Column(title.lower(), wraps=True), Column(verb, align="right"))
            yield [Table(title, columns, [Row([name, chance(probability)]) for probability, name in odds])]
        if title == "COVENANTS" and simulation.actions:
            yield [_actions(simulation)]
        if title == "CLAUSES" and simulation.without_odds:
            yield [Prose(_without_odds(simulation))]
    for check in simulation.checks:
        if check.not_known is not None:
            futures = counted(simulation.paths - check.paths, "future")
            yield [Prose(f"{check.title}: on {futures} the cash lasts until the end. {check.not_known}")]
    if simulation.unsolved:
        futures = f"On {counted(simulation.unsolved, 'future')} the cap table has no solution"
        yield [Prose(f"{futures}; a check that reads it does not hold there.")]


def _actions(simulation: Simulation) -> Table:
    """The probability that each action is on by the ends of years, no more of them than of running out."""
    ends = [label for label, _ in simulation.actions[0].by]
    shown = ends if len(ends) <= MOST_ENDS else [*ends[: -1 : -(-len(ends) // MOST_ENDS)], ends[-1]][-MOST_ENDS:]
    columns = (Column("actions", wraps=True), *(Column(f"by {month(end)}", align="right") for end in shown))
    rows = [Row([action.title, *(chance(p) for end, p in action.by if end in shown)]) for action in simulation.actions]
    return Table("ACTIONS", columns, rows)


def _without_odds(simulation: Simulation) -> str:
    """That always and never of a condition say nothing of its events' odds."""
    events = list(simulation.without_odds)
    named = " and ".join(filter(None, (", ".join(events[:-1]), events[-1])))
    are = "is" if len(events) == 1 else "are"
    return (
        f"{named} {are} as written in every future, without odds, so that always and never of what hangs on "
        f'{"it" if len(events) == 1 else "them"} say nothing of how likely that is. Write probability = "80%" beside '
        "the date, or a range of dates."
    )


def _futures_text(check: CheckOdds, simulation: Simulation) -> str:
    """How many futures a check was judged on, where it was not all of them."""
    varies = check.probability is not None and check.probability.error
    return f" ({counted(check.paths, 'future')})" if check.paths < simulation.paths and varies else ""


def _drivers(simulation: Simulation) -> Table:
    """A bar for each figure: how its rank goes with that of runway, or of the lowest cash where runway never ends."""
    by_runway = any(driver.runway is not None for driver in simulation.drivers)
    strongest = sorted(simulation.drivers, key=lambda driver: -abs(_strength(driver, by_runway)))
    rows = []
    for driver in strongest[:SHOWN]:
        strength = _strength(driver, by_runway)
        bar = Cell(Bar(0.0, abs(strength)), style="green" if strength > 0 else "red")
        rows.append(Row([_name(driver), minus(f"{round(strength, 2) + 0.0:+.2f}"), bar]))
    rest = len(simulation.drivers) - SHOWN
    after = [Prose(f"and {rest} more; --json has all")] if rest > 0 else []
    columns = (Column("figure"), Column("correlation", align="right"), Column("", "bar"))
    note = f"rank correlation with {'runway' if by_runway else 'lowest cash'}"
    return Table("DRIVERS", columns, rows, note, after)


def _name(driver: RiskDriver) -> str:
    """The address, and the quantity that is drawn where that is not the figure itself."""
    drawn = {"poisson": ", monthly", "volatility": ", monthly", "occurrence": ", if at all"}
    return driver.address + drawn.get(driver.distribution, "")


def _strength(driver: RiskDriver, by_runway: bool) -> float:
    return (driver.runway if by_runway else driver.lowest_cash) or 0.0


def _asides(simulation: Simulation) -> str:
    """The figures whose value is far from the median of their draws, so that a projection and the odds part."""
    shown = simulation.off_median[:ASIDES]
    ends = [" of 100 draws are lower", *[""] * (len(shown) - 1)]
    lower = [f"{aside.address} ({round(aside.below * 100)}{end})" for aside, end in zip(shown, ends, strict=True)]
    more = f" and {len(simulation.off_median) - ASIDES} more" if len(simulation.off_median) > ASIDES else ""
    return f"The value written is not the median of what is drawn: {', '.join(lower)}{more}."


def _main(simulation: Simulation) -> Table:
    shares = [f"p{head.removesuffix('%').zfill(2)}" for head in HEADS]
    columns = [Column("month"), *(Column(f"cash_{share}", "money") for share in shares)]
    columns += [Column(f"cash_{share}_error", "money") for share in shares]
    rungs = [risk.counting.removeprefix("+ ").replace(" ", "_") for risk in simulation.risks]
    columns += [Column(f"out_of_cash_{rung}{end}") for rung in rungs for end in ("", "_error")]
    rows = []
    for t, name in enumerate(simulation.months):
        odds = [risk.by_month[t] for risk in simulation.risks]
        cells: list[Value] = [name, *(estimate.value for estimate in simulation.cash[t])]
        cells += [estimate.error for estimate in simulation.cash[t]]
        cells += [f"{number:.6f}" for estimate in odds for number in (estimate.value, estimate.error)]
        rows.append(Row(cells))
    return Table("", columns, rows)
