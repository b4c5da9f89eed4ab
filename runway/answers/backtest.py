"""Old forecasts held against actual months: the size and the side of their errors, by months ahead.

The error of a forecast is actual less forecast.  Of the errors of one horizon: `bias` is their mean, `mae` the mean of
their sizes, `wape` the sum of their sizes over that of the actual amounts (of flows only), and `scaled` is
`mae` over that of "as the last closed months went on", of the same origins and months (a relative MAE; the MASE of
Hyndman and Koehler 2006, IJF 22(4) 679-688, divides by the in-sample one-step naive error).  Without a divisor it is
None.  Of simulations: the share of actual amounts between the 5th and the 95th percentile, and the mean pinball loss
over the quantiles, of ten months or more.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from runway.answers.vintages import OUTSIDE, TOTALS, closed_earlier, scored_rows, vintage_named, vintage_of
from runway.errors import InputError, Place, Problem
from runway.files.vintages import RUNGS
from runway.language.named_tuple import NamedTuple
from runway.language.record import Money, Record
from runway.months import month_label
from runway.words import counted, day_text, month_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from runway.answers.vintages import Vintage
    from runway.program.plan import Plan

LEAST = 10  # months of a horizon that a simulation is scored on
EVERY = {"month": 1, "quarter": 3}


class ScoredRow(NamedTuple):
    """A row that is scored: its address, its title, and whether it is a flow."""

    address: str
    title: str
    flow: bool
    line: bool


@dataclass(frozen=True, slots=True)
class ForecastError(Record):
    """One forecast of one month; `naive` is the forecast by the last closed months going on."""

    place: int  # of the vintage, in their order
    vintage: str
    origin: str
    month: str
    horizon: int  # months from the origin
    measure: str
    counting: str
    forecast: Money
    actual: Money
    naive: Money | None  # None without a closed month at the origin

    KEYS: ClassVar = (
        "vintage", "origin", "month", "horizon", "measure", "counting", "forecast", "actual", "error", "naive"
    )  # fmt: skip

    @property
    def error(self) -> Money:
        return self.actual - self.forecast


@dataclass(frozen=True, slots=True)
class Score(Record):
    """The errors of one row and rung, so many months ahead."""

    measure: str  # the address of its row
    title: str
    line: bool  # a line of the file, rather than the company
    counting: str
    horizon: int
    n: int
    bias: Money
    mae: Money
    wape: float | None  # of flows; None where nothing happened
    scaled: float | None  # None without a naive forecast, or where that had no error
    scaled_n: int  # how many of them have a naive forecast

    KEYS: ClassVar = (
        "measure", "title", "counting", "horizon", "n", "bias", "mae", "wape", "scaled", "scaled_n"
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class VintageLine(Record):
    """A vintage: its origin, the day on which it was written, and the zero-cash dates that it forecast."""

    name: str
    form: str  # closed: today's file closed earlier; revision, file, kept; now: today's file
    origin: str
    written: date | None
    late: bool  # written when the first month that it forecasts was over
    zero_cash_date: Mapping[str, date | None]  # by rung
    revised_by: Mapping[str, int | None]  # days against the vintage before; None where either is beyond the horizon


@dataclass(frozen=True, slots=True)
class SimulatedScore(Record):
    """Actual closing cash against its quantiles, so many months ahead."""

    horizon: int | None  # None: of all
    n: int
    coverage: float | None  # of 5 to 95 %; None below `LEAST`
    pinball: Money | None


@dataclass(frozen=True, slots=True, repr=False)
class Backtest(Record):
    """Old forecasts of one company, scored."""

    model: str
    source: str
    currency: str
    minor_digits: int
    headed: Literal["hindsight", "forecast"]  # hindsight: today's assumptions, closed earlier
    closed_from: str  # the first month that is scored against
    last_close: str
    window: int  # closed months that the naive forecast goes on from
    vintages: tuple[VintageLine, ...]  # by origin; today's file is the last
    scores: tuple[Score, ...]
    errors: tuple[ForecastError, ...]
    simulated: tuple[SimulatedScore, ...]
    paths: int  # of each simulation; 0: none was asked for
    notes: tuple[str, ...]

    KEYS: ClassVar = (
        "model", "source", "currency", "headed", "closed_from", "last_close", "window", "vintages", "scores", "errors",
        "paths", "simulated", "notes",
    )  # fmt: skip


def backtest(
    plan: Plan,
    vintages: Sequence[str] = (),
    every: Literal["month", "quarter"] = "month",
    horizon: int | None = None,
    simulate: int = 0,
) -> Backtest:
    """The forecasts of vintages against the books of a plan, at most so many months ahead.

    Vintages are the names of kept files, revisions and assumption files; without any the plan's own file is closed with
    each earlier month, or every third.  `simulate` is the number of paths of each vintage that can be run.
    Raises `InputError`: no-actuals, origin-outside, another-company, books-too-short.
    """
    model = plan.model
    if model.actuals is None:
        where = ("actuals",) if model.actuals_table is not None else ("model",)
        text = "This file has no closed month: there is nothing to hold a forecast against. Give it [actuals]."
        raise InputError(model.document.problem(where, "no-actuals", text, at="key"))
    today = vintage_of(plan, model.document.title, "file", None)
    start, last = model.settings.start, model.actuals.last_close
    if vintages:
        forecasts = [_fitting_vintage(vintage_named(name), today, last, plan) for name in vintages]
    else:
        forecasts = [closed_earlier(plan, origin) for origin in range(start - 1, last, EVERY[every])]
    forecasts.sort(key=lambda vintage: vintage.origin)
    _refuse_horizon(plan, horizon, [vintage.origin for vintage in forecasts])
    measures = _measures(plan)
    errors = tuple(_errors(plan, measures, today, forecasts, horizon))
    titles = {row.address: row for row in measures}
    return Backtest(
        model=model.settings.name,
        source=model.document.title,
        currency=model.settings.currency,
        minor_digits=plan.program.minor_digits,
        headed="forecast" if vintages else "hindsight",
        closed_from=month_label(start),
        last_close=month_label(last),
        window=model.settings.burn_window,
        vintages=tuple(_lines([*forecasts, today])),
        scores=tuple(_scores(errors, titles, plan.program.minor_digits)),
        errors=errors,
        simulated=_simulated(today, forecasts, horizon, simulate, last) if simulate else (),
        paths=simulate,
        notes=tuple(_notes(today, forecasts, simulate)),
    )


def _on_command_line(name: str, text: str, option: str, value: str) -> InputError:
    line_text = f"{option} {value}"
    return InputError(Problem(name, text, Place("command line", 1, len(option) + 2, len(value)), ((1, line_text),)))


def _fitting_vintage(vintage: Vintage, today: Vintage, last: int, plan: Plan) -> Vintage:
    """A vintage, if it is of the same company and forecasts a month that the books have; else it is refused."""

    def refuse(name: str, text: str) -> InputError:
        return _on_command_line(name, text, "--vintages", vintage.name)

    if vintage.currency != today.currency:
        text = f"{vintage.name} is in {vintage.currency}, and the books in {today.currency}: its errors would say"
        raise refuse("another-company", f"{text} nothing.")
    lines = {row for _, row in scored_rows(plan.model)}
    shared = lines & vintage.rows["planned"].keys()
    if vintage.model != today.model and 2 * len(shared) < len(lines):
        text = f"{vintage.name} is of {vintage.model}, which has {len(shared)} of the {len(lines)} lines of"
        raise refuse("another-company", f"{text} {today.model}. Name vintages of one company.")
    ends = vintage.first + len(vintage.rows["planned"].get("cash", ())) - 1
    if vintage.origin >= last or ends < today.first:
        begins = max(vintage.first, vintage.origin + 1)
        text = f"{vintage.name} forecasts {month_label(begins)} to {month_label(max(begins, ends))}; the books go from "
        text += f"{month_label(today.first)} to {month_label(last)}, so that nothing of it can be scored."
        raise refuse("origin-outside", text)
    return vintage


def _refuse_horizon(plan: Plan, horizon: int | None, origins: Sequence[int]) -> None:
    """Refuses a horizon that no vintage reaches."""
    assert plan.model.actuals is not None
    last = plan.model.actuals.last_close
    most = last - min(origins)
    if horizon is not None and horizon > most:
        text = f"From the earliest origin, {month_label(min(origins))}, the books go on for {counted(most, 'month')},"
        text += f" to {month_label(last)}. Ask for at most that, or give an older vintage."
        raise _on_command_line("books-too-short", text, "--horizon", str(horizon))


def _measures(plan: Plan) -> list[ScoredRow]:
    """The rows of the company that the books have figures of, then each of their lines, as earned, else its cash."""
    actuals = plan.model.actuals
    assert actuals is not None
    lines, sections = list[ScoredRow](), set[str]()
    for item, row in scored_rows(plan.model):
        address = next((a for a in (row, f"{item.name}.cash") if a in actuals.values), None)
        if address is not None:
            lines.append(ScoredRow(address, item.title, flow=True, line=True))
            sections.add(f"total.{item.section}")
    totals = {address: title for address, title in TOTALS.items() if "." not in address or address in sections}
    return [*(ScoredRow(address, title, address != "cash", line=False) for address, title in totals.items()), *lines]


def _errors(
    plan: Plan, measures: Sequence[ScoredRow], today: Vintage, vintages: Sequence[Vintage], horizon: int | None
) -> Iterator[ForecastError]:
    assert plan.model.actuals is not None
    last, window = plan.model.actuals.last_close, plan.model.settings.burn_window
    for place, vintage in enumerate(vintages):
        furthest = last if horizon is None else min(last, vintage.origin + horizon)
        for month in range(max(vintage.origin + 1, today.first), furthest + 1):
            for row in measures:
                actual = today.value("certain", row.address, month)
                for rung in RUNGS:
                    forecast = vintage.value(rung, row.address, month)
                    if forecast is None or actual is None:
                        continue
                    yield ForecastError(
                        place=place,
                        vintage=vintage.name,
                        origin=month_label(vintage.origin),
                        month=month_label(month),
                        horizon=month - vintage.origin,
                        measure=row.address,
                        counting=rung,
                        forecast=forecast,
                        actual=actual,
                        naive=_naive(today, row, vintage.origin, month, window),
                    )


def _naive(today: Vintage, row: ScoredRow, origin: int, month: int, window: int) -> float | None:
    """A row of a month, had it gone on as in the last closed months up to an origin; None without any.

    A flow is their average; cash falls by their average move, funding and its repayments left out.
    """
    first = max(today.first, origin - window + 1)
    months = range(first, origin + 1)
    if not months:
        return None

    def total(address: str) -> float:
        return sum(today.value("certain", address, t) or 0.0 for t in months)

    if row.flow:
        return total(row.address) / len(months)
    opening, closing = today.value("certain", "opening_cash", first), today.value("certain", row.address, origin)
    assert opening is not None
    assert closing is not None
    net_move = closing - opening - sum(map(total, OUTSIDE))
    return closing + (month - origin) * net_move / len(months)


def _mean(amounts: Sequence[float], digits: int) -> float:
    """The mean of amounts in minor units, rounded as books round: half of one away from zero."""
    total = sum((Decimal(repr(round(amount, digits))) for amount in amounts), Decimal(0))
    return float((total / len(amounts)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _scores(errors: Sequence[ForecastError], rows: Mapping[str, ScoredRow], digits: int) -> Iterator[Score]:
    groups: dict[tuple[str, str, int], list[ForecastError]] = {}
    for error in errors:
        groups.setdefault((error.measure, error.counting, error.horizon), []).append(error)
    order = list(rows)
    for measure, counting, ahead in sorted(groups, key=lambda g: (order.index(g[0]), RUNGS.index(g[1]), g[2])):
        group = groups[measure, counting, ahead]
        row, sizes = rows[measure], [abs(error.error) for error in group]
        actual_total = sum(abs(error.actual) for error in group)
        with_naive = [(abs(e.error), abs(e.actual - e.naive)) for e in group if e.naive is not None]
        naive_total = sum(naive for _, naive in with_naive)
        yield Score(
            measure=measure,
            title=row.title,
            line=row.line,
            counting=counting,
            horizon=ahead,
            n=len(group),
            bias=_mean([error.error for error in group], digits),
            mae=_mean(sizes, digits),
            wape=sum(sizes) / actual_total if row.flow and actual_total else None,
            scaled=sum(size for size, _ in with_naive) / naive_total if naive_total else None,
            scaled_n=len(with_naive),
        )


def _lines(vintages: Sequence[Vintage]) -> Iterator[VintageLine]:
    """Each vintage with the days by which it moved the zero-cash date of the one before; the last is today's file."""
    before: Vintage | None = None
    for n, vintage in enumerate(vintages):
        revised: dict[str, int | None] = {}
        for rung in RUNGS:
            was, now = None if before is None else before.zero_cash[rung], vintage.zero_cash[rung]
            revised[rung] = None if was is None or now is None else (now - was).days
        today = n + 1 == len(vintages)
        yield VintageLine(
            name=vintage.name,
            form="now" if today else vintage.form,
            origin=month_label(vintage.origin),
            written=vintage.written,
            late=not today and vintage.late,
            zero_cash_date=dict(vintage.zero_cash),
            revised_by=revised,
        )
        before = vintage


def _simulated(
    today: Vintage, vintages: Sequence[Vintage], horizon: int | None, paths: int, last: int
) -> tuple[SimulatedScore, ...]:
    """Closing cash against the quantiles of each vintage that can be run, by horizon and of all."""
    from runway.answers.simulate import simulate, whole
    from runway.answers.simulation import SHARES

    by_horizon: dict[int | None, list[tuple[bool, float]]] = {}
    for vintage in vintages:
        if vintage.plan is None:
            continue
        cash = whole(simulate(vintage.plan, paths=paths, checks=False)).cash
        for month in range(max(vintage.origin + 1, today.first), last + 1):
            actual, place, ahead = today.value("certain", "cash", month), month - vintage.first, month - vintage.origin
            if actual is None or not 0 <= place < len(cash) or ahead > (horizon or ahead):
                continue
            quantiles = [estimate.value for estimate in cash[place]]
            losses = [max(p * (actual - q), (p - 1) * (actual - q)) for p, q in zip(SHARES, quantiles, strict=True)]
            hit = (quantiles[0] <= actual <= quantiles[-1], sum(losses) / len(losses))
            for group in (ahead, None):
                by_horizon.setdefault(group, []).append(hit)
    scores = []
    for group in sorted(by_horizon, key=lambda h: (h is None, h or 0)):
        hits, enough = by_horizon[group], len(by_horizon[group]) >= LEAST
        coverage = sum(within_ends for within_ends, _ in hits) / len(hits) if enough else None
        pinball = sum(loss for _, loss in hits) / len(hits) if enough else None
        scores.append(SimulatedScore(group, len(hits), coverage, pinball))
    return tuple(scores)


def _notes(today: Vintage, vintages: Sequence[Vintage], simulate: int) -> Iterator[str]:
    if all(vintage.form == "closed" for vintage in vintages):
        yield "today's assumptions, closed at each earlier month: what has been learnt since is in them"
    if any(vintage.form in ("revision", "file") and vintage.origin >= vintage.first for vintage in vintages):
        yield "closed months of revisions and files are read from the books as they are today"
    for vintage in vintages:
        if vintage.late and vintage.written is not None:
            month = month_text(month_label(vintage.origin + 1))
            yield f"{vintage.name} was written on {day_text(vintage.written)}, when {month} was over"
        if vintage.model != today.model:
            yield f"{vintage.name} is called {vintage.model}"
    if simulate and (rows := [vintage.name for vintage in vintages if vintage.plan is None]):
        yield f"kept rows cannot be simulated: {', '.join(rows)}"
