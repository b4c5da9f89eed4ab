"""What `runway simulate` prints: the odds of running out, the fan of cash, what decides it; and its CSV."""

from __future__ import annotations

from math import ceil, isnan
from typing import TYPE_CHECKING

from runway.render.chart import FanChart, fan_chart
from runway.render.figures import Scale, day, month, months, scale, span
from runway.render.text import Text, cell
from runway.reports.old import heading, prose, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runway.answers.simulation import Estimate, Held, Risk, Simulation
    from runway.simulation.drivers import Driver

LABEL = 20
SLACK = 1e-6  # of the last place: what binary fractions may be above a figure that needs no rounding up
COLUMN = 12
BAR = 24
LEGEND = 75  # columns that the heading of the chart takes with its signs
ODDS = 15  # columns of one probability
CERTAIN = (
    "Nothing in this file is uncertain, so every future is its projection. Write a range where you are not sure: "
    'amount = "$80k to $120k/month".'
)
FEW = "The futures are too few for the errors left out; draw at least 100."
SHOWN = 12
ASIDES = 3
HEADS = ("5%", "25%", "50%", "75%", "95%")


def simulation_lines(found: Simulation, width: int) -> Iterator[Text]:
    """The simulation, most important first."""
    unit = _unit(found)
    horizon = span(found.months[0], found.months[-1])
    yield from prose("", f"{found.model} · {found.scenario} · {horizon} · {unit.label}", width, "bold")
    if found.changes:
        yield from prose("with ", ", ".join(f"{a} = {v}" for a, v in found.changes), width, "bold")
    yield from prose("", _ran(found), width, "dim")
    yield Text()
    if not found.uncertain:
        yield from prose("  ", CERTAIN, width)
        yield Text()
    yield from _risks(found, width)
    yield Text()
    yield from _outcomes(found, unit, width)
    yield from prose("  ", _worst(found, unit), width)
    if found.versus is not None:
        yield from prose("  ", _versus(found), width)
    yield Text()
    floor = "   ┄ floor" if found.minimum_cash is not None else ""
    keys = f"░ 90 of 100 futures   ▒ 50   ─ median{floor}"
    beside = width >= LEGEND
    yield heading("CASH", f"  {found.counting}{'   ' + keys if beside else ''}")
    if not beside:
        yield Text("  " + keys, "dim")
    cash = [[estimate.value for estimate in quantiles] for quantiles in found.cash]
    yield from fan_chart(FanChart(found.months, cash, found.minimum_cash), unit, width)
    yield from _odds(found, width)
    yield from _drivers(found, width)
    yield from _asides(found, width)


def _unit(found: Simulation) -> Scale:
    values = [e.value for e in (*found.lowest_cash, *(e for quantiles in found.cash for e in quantiles))]
    return scale(found.currency, found.minor_digits, values)


def _ran(found: Simulation) -> str:
    several = len(found.drivers)
    figures = "one uncertain figure" if several == 1 else f"{several or 'no'} uncertain figures"
    paths = f"{found.paths:,} futures" if found.paths > 1 else "one future"
    stopped = f", stopped before {found.wanted:,}: a partial result" if found.partial else ""
    sampling = ", Sobol points in a power of two" if found.sampling == "sobol" else ""
    return f"{paths}{stopped} · {figures} · seed {found.seed}{sampling} · ± is half a 95% interval"


def shown_risks(found: Simulation) -> tuple[Risk, ...]:
    """The rungs that can differ."""
    return found.risks[: 4 if found.planned else 3 if found.funded else 1]


def _risks(found: Simulation, width: int) -> Iterator[Text]:
    """The probability of running out, by the day asked for and by the end of as many months as there is room for."""
    last = len(found.months) - 1
    places = sorted({min(last, 12 * n - 1) for n in range(1, 1 + -(-(last + 1) // 12))})
    room = max(1, min(4, (width - LABEL) // ODDS) - (found.by is not None))
    if len(places) > room:
        places = [*places[:: -(-len(places) // room)], last]
    places = sorted(set(places))[-room:]
    heads = [f"by {month(found.months[t])}" for t in places]
    if found.by is not None:
        heads.insert(0, f"by {day(found.by)}")
    yield heading("OUT OF CASH".ljust(LABEL - 2), "".join(head.rjust(ODDS) for head in heads))
    for risk in shown_risks(found):
        estimates = [risk.by_month[t] for t in places]
        if risk.by_date is not None:
            estimates.insert(0, risk.by_date)
        style = "bold" if risk.counting == found.counting else ""
        line = cell(f"  {risk.counting}", LABEL) + "".join(chance(e).rjust(ODDS) for e in estimates)
        yield Text(line.rstrip(), style)


def chance(estimate: Estimate) -> str:
    """`12.3% ±0.2`, with as many places as the error, which is rounded up, leaves meaning to; `never` if certain."""
    if estimate.error == 0:
        return "always" if estimate.value == 1 else "never"
    value, error = estimate.value * 100, estimate.error * 100
    places = 1 if error >= 0.05 else 2 if error >= 0.005 else 3
    error = _up(error * 10**places) / 10**places
    if estimate.value in (0, 1):
        return f"{value:.0f}% ±{error:.{places}f}"
    return f"{value:.{places}f}% ±{error:.{places}f}"


def _outcomes(found: Simulation, unit: Scale, width: int) -> Iterator[Text]:
    """Quantiles of runway, lowest cash, gap and closing cash, the smallest first, when the reported rung is counted."""
    risk, closing = found.risk(), found.cash[-1]
    decimals = unit.decimals([[e.value for e in found.lowest_cash]])
    rows: list[tuple[str, Sequence[str], str]] = [
        ("runway, months", [months(m.months) + " " if m.months is not None else "beyond " for m in risk.runway], ""),
        ("cash out", [day(m.date) if m.date is not None else "– " for m in risk.runway], ""),
        ("lowest cash", [unit.figure(e.value, decimals) for e in found.lowest_cash], ""),
        *_errors(found.lowest_cash, unit, decimals),
    ]
    if found.funding_gap is not None:
        rows.append(("gap", [unit.figure(e.value, decimals) for e in found.funding_gap], ""))
    rows.append((f"cash, {month(found.months[-1])}", [unit.figure(e.value, decimals) for e in closing], ""))
    rows += _errors(closing, unit, decimals)
    shown = range(len(HEADS)) if width >= LABEL + COLUMN * len(HEADS) else range(0, len(HEADS), 2)
    yield heading(found.counting.ljust(LABEL - 2), "".join(HEADS[n].rjust(COLUMN) for n in shown))
    for label, texts, style in rows:
        line = cell("  " + label, LABEL) + "".join(texts[n].rjust(COLUMN) for n in shown)
        yield Text(line.rstrip(), style)
    if any(isnan(e.error) for e in closing):
        yield Text(f"  {FEW}", "dim")


def _errors(estimates: Sequence[Estimate], unit: Scale, decimals: int) -> Iterator[tuple[str, Sequence[str], str]]:
    """The errors below a row of quantiles; none where nothing varies."""
    if any(e.error > 0 for e in estimates):
        decimals = max(decimals, 2)
        step = unit.unit / 10**decimals
        yield (
            "  ±",
            ["" if isnan(e.error) else unit.figure(_up(e.error / step) * step, decimals) for e in estimates],
            "dim",
        )


def _up(places: float) -> int:
    """An error in the last place that is shown, rounded up: it is never told smaller than it is."""
    return ceil(places - SLACK)


def _worst(found: Simulation, unit: Scale) -> str:
    return f"In the worst 5 of 100 futures the lowest cash is {unit.amount(found.worst_lowest_cash)} on average."


def _versus(found: Simulation) -> str:
    versus = found.versus
    assert versus is not None
    difference = versus.difference
    more = "more" if difference.value >= 0 else "less"
    return (
        f"Against {versus.scenario}, on the same draws: {chance(versus.probability)} run out there; here it is "
        f"{abs(difference.value) * 100:.2f} points {more} probable (±{difference.error * 100:.2f})."
    )


def _odds(found: Simulation, width: int) -> Iterator[Text]:
    """How probable it is that each closing draws, each clause bites, each covenant fails, each check holds."""
    checks = [(one.probability, one.title + _of(one, found)) for one in found.checks]
    for head, verb, odds in (
        ("CLOSINGS", "draws", [(one.probability, one.title) for one in found.closings]),
        ("CLAUSES", "bites", [(one.probability, one.title) for one in found.clauses]),
        ("COVENANTS", "fails", [(one.probability, one.title) for one in found.covenants]),
        ("CHECKS", "holds", checks),
    ):
        if odds:
            yield Text()
            yield heading(head)
        for probability, title in odds:
            first = f"  {verb} {chance(probability):>{ODDS - 2}}   "
            for n, line in enumerate(prose("", title, width - len(first))):
                yield Text.assemble(first if n == 0 else " " * len(first), line.plain)
    if found.unsolved:
        text = (
            f"On {found.unsolved:,} futures the cap table has no solution; a check that reads it does not hold there."
        )
        yield from prose("  ", text, width)


def _of(one: Held, found: Simulation) -> str:
    """How many futures a check was judged on, where it was not all of them."""
    return f" ({one.paths:,} futures)" if one.paths < found.paths and one.probability.error else ""


def _drivers(found: Simulation, width: int) -> Iterator[Text]:
    """A bar for each figure: how its rank goes with that of runway, or of the lowest cash where runway never ends."""
    if not found.drivers:
        return
    by_runway = any(driver.runway is not None for driver in found.drivers)
    what = "runway" if by_runway else "lowest cash"
    yield Text()
    yield heading("DRIVERS", f"  rank correlation with {what}")
    label = min(max(len(_name(d)) for d in found.drivers[:SHOWN]) + 2, width - BAR - 12)
    for driver in sorted(found.drivers, key=lambda d: -abs(_strength(d, by_runway)))[:SHOWN]:
        strength = _strength(driver, by_runway)
        bar = "━" * round(BAR * abs(strength))
        line = f"{cell('  ' + _name(driver), label + 1)} {round(strength, 2) + 0.0:+.2f}  "
        yield Text.assemble(line, (bar, "green" if strength > 0 else "red")).rstrip()
    if len(found.drivers) > SHOWN:
        yield Text(f"  and {len(found.drivers) - SHOWN} more; --json has all", "dim")


def _asides(found: Simulation, width: int) -> Iterator[Text]:
    """The figures whose value is far from the middle of what is drawn, so that a projection and the odds part."""
    if found.off_median:
        shown = found.off_median[:ASIDES]
        ends = [" of 100 draws are lower", *[""] * (len(shown) - 1)]
        told = [f"{one.address} ({round(one.below * 100)}{end})" for one, end in zip(shown, ends, strict=True)]
        more = f" and {len(found.off_median) - ASIDES} more" if len(found.off_median) > ASIDES else ""
        text = f"The value written is not the median of what is drawn: {', '.join(told)}{more}."
        yield Text()
        yield from prose("  ", text, width)


def _name(driver: Driver) -> str:
    """The address, and what of it is drawn where that is not the figure itself."""
    drawn = {"volatility": ", monthly", "occurrence": ", if at all"}
    return driver.address + drawn.get(driver.distribution, "")


def _strength(driver: Driver, by_runway: bool) -> float:
    return (driver.runway if by_runway else driver.lowest_cash) or 0.0


def simulation_csv(found: Simulation) -> str:
    """One row a month: quantiles of closing cash and the probability of being out of cash, each with its error."""
    digits = found.minor_digits
    shares = [f"p{head.removesuffix('%').zfill(2)}" for head in HEADS]
    heads = ["month", *(f"cash_{share}" for share in shares), *(f"cash_{share}_error" for share in shares)]
    rungs = [risk.counting.removeprefix("+ ").replace(" ", "_") for risk in found.risks]
    heads += [f"out_of_cash_{rung}{end}" for rung in rungs for end in ("", "_error")]
    body = []
    for t, name in enumerate(found.months):
        cash = found.cash[t]
        row = [
            name,
            *(f"{e.value + 0.0:.{digits}f}" for e in cash),
            *("" if isnan(e.error) else f"{e.error:.{digits}f}" for e in cash),
        ]
        for risk in found.risks:
            row += [f"{risk.by_month[t].value:.6f}", f"{risk.by_month[t].error:.6f}"]
        body.append(row)
    return table(heads, body)
