"""The sources of a model's figures, the swing of runway on each source, and the figures to find out next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runway.answers.answer import CountedAnswer, counted_about
from runway.answers.sensitivity import tornado
from runway.engine.ladder import day_at
from runway.engine.paths import Variants
from runway.errors import InputError, Problem
from runway.language.record import documented
from runway.months import parse_date
from runway.program.origin import Origin, Origins

if TYPE_CHECKING:
    from datetime import date

    from runway.answers.swings import Swing
    from runway.engine.ladder import Rung
    from runway.program.plan import Plan

NONE = "no source"


@dataclass(frozen=True, slots=True)
class WeighedFigure:
    """One written figure with the swing of runway over its own range, or ±10 %."""

    origin: Origin
    swing: Swing | None  # None: it was not moved (a date, a switch, 0), or the file could not hold its ends
    moves: bool  # whether cash answers to it at all

    @property
    def months(self) -> float:
        """Months of runway between the two ends."""
        return 0.0 if self.swing is None else self.swing.swing

    def to_json(self) -> dict[str, Any]:
        swing = self.swing
        return {
            **self.origin.to_json(),
            "moves_cash": self.moves,
            "swing": self.months,
            "stated": None if swing is None else swing.stated,
            "at_low": None if swing is None else swing.at_low.figures(),
            "at_high": None if swing is None else swing.at_high.figures(),
        }


@dataclass(frozen=True, slots=True)
class SourceFigures:
    """A source and all figures that rest on it.

    `worst` and `best` have every figure of it at its end of the shorter runway, and at that of the longer.
    """

    source: str | None  # None: figures without a source
    title: str
    publisher: str | None
    url: str | None
    as_of: str | None
    swing: float  # months between the two ends, one beyond the horizon counted as the horizon
    worst: Rung
    best: Rung
    figures: tuple[WeighedFigure, ...]  # the widest swing first

    @property
    def cash(self) -> float:
        """The swing of the lowest cash."""
        return self.best.lowest_cash - self.worst.lowest_cash

    def to_json(self) -> dict[str, Any]:
        return documented(self) | {"worst": self.worst.figures(), "best": self.best.figures()}


@dataclass(frozen=True, slots=True)
class StaleFigure:
    """A figure that is older than --older-than."""

    origin: Origin
    as_of: date
    months: float  # of age

    def to_json(self) -> dict[str, Any]:
        return {**self.origin.to_json(), "as_of": self.as_of, "months": self.months}


@dataclass(frozen=True, slots=True, repr=False)
class Sources(CountedAnswer):
    """Every source with its figures, and the figures that deserve a better one."""

    counting: str  # the title of the rung
    base: Rung
    sources: tuple[SourceFigures, ...]  # the widest swing first; those without figures last
    to_find_out: tuple[WeighedFigure, ...]  # no source or low confidence, the widest swing first
    older_than: float | None  # months
    at: date  # the day to which age is counted
    stale: tuple[StaleFigure, ...]  # the oldest first
    undated: int  # figures of a source or confidence without a date, with --older-than

    def to_json(self) -> dict[str, Any]:
        values = documented(self)
        del values["minor_digits"], values["horizon"], values["counted_since"]
        return {**values, "as_of": self.as_of, "base": self.base.figures()}


def sources(plan: Plan, *, rung: str | None = None, older_than: float | None = None, at: date | None = None) -> Sources:
    """Every source with its figures, and the figures without one or of low confidence, by the swing of runway.

    Each figure is moved to its stated low and high, or by ±10 %, all in one run; then each source at once, every figure
    of it at its worse and at its better end.  Age is counted to `at`, else to the model's first day.
    Raises `InputError`: unknown-rung, value-out-of-range.
    """
    if older_than is not None and older_than < 0:
        raise InputError(Problem("value-out-of-range", "--older-than is a number of months from 0: 12m."))
    model, variants, origins = plan.model, Variants(plan, rung), Origins(plan)
    swings, silent, _ = tornado(variants)
    by_address = {swing.address: swing for swing in swings}
    written = [origins.of(a) for a in origins.addresses() if origins.is_written(a) and not a.startswith("levers.")]
    figures = [WeighedFigure(o, by_address.get(o.address), o.address in by_address) for o in written]
    figures = sorted(figures, key=_weight)
    groups: dict[str | None, list[WeighedFigure]] = {name: [] for name in (*model.sources, None)}
    for figure in figures:
        groups[figure.origin.source].append(figure)
    ends = [path for group in groups.values() for path in _ends(group, variants)]
    as_it_is = {a: variants.program.parameters[a] for a in (*by_address, *silent)}  # so that one program runs both
    outcomes = variants.run([as_it_is, *ends])
    base, outcomes = outcomes[0], outcomes[1:]
    resting = []
    for n, (name, group) in enumerate(groups.items()):
        source = None if name is None else model.sources[name]
        worst, best = outcomes[2 * n], outcomes[2 * n + 1]
        resting.append(
            SourceFigures(
                source=name,
                title=NONE if source is None else source.title or str(name),
                publisher=None if source is None else source.publisher,
                url=None if source is None else source.url,
                as_of=None if source is None else source.as_of,
                swing=_months(best, variants) - _months(worst, variants),
                worst=worst,
                best=best,
                figures=tuple(group),
            )
        )
    weak = [f for f in figures if f.moves and (f.origin.source is None or f.origin.confidence == "low")]
    day = at or day_at(variants.program.start, 1)
    stale, undated = _stale(written, day, older_than)
    return Sources(
        **counted_about(plan),
        counting=variants.rung,
        base=base,
        sources=tuple(sorted(resting, key=lambda r: (not r.figures, -r.swing, -r.cash, r.source or "~"))),
        to_find_out=tuple(weak),
        older_than=older_than,
        at=day,
        stale=tuple(sorted(stale, key=lambda s: (-s.months, s.origin.address))),
        undated=undated,
    )


def _weight(figure: WeighedFigure) -> tuple[float, float, str]:
    """The widest swing of runway first; among equal ones that of the lowest cash."""
    return -figure.months, 0.0 if figure.swing is None else -figure.swing.cash, figure.origin.address


def _ends(group: list[WeighedFigure], variants: Variants) -> tuple[dict[str, float], dict[str, float]]:
    """Every figure at its worse end, and every one at its better."""
    worst, best = {}, {}
    for figure in group:
        if figure.swing is not None:
            swing = figure.swing
            low, high = ((_months(o, variants), o.lowest_cash) for o in (swing.at_low, swing.at_high))
            ends = (swing.low, swing.high) if low <= high else (swing.high, swing.low)
            worst[swing.address], best[swing.address] = ends
    return worst, best


def _months(outcome: Rung, variants: Variants) -> float:
    return variants.runner.layout.left if outcome.months is None else outcome.months


def _stale(written: list[Origin], day: date, older_than: float | None) -> tuple[list[StaleFigure], int]:
    """The figures that are older than so many months, and the number of those without a date."""
    if older_than is None:
        return [], 0
    stale, undated = [], 0
    for origin in written:
        as_of = None if origin.as_of is None else parse_date(origin.as_of, end=True)
        if as_of is None:
            undated += origin.source is not None or origin.confidence is not None
        elif (age := _age(as_of, day)) > older_than:
            stale.append(StaleFigure(origin, as_of, age))
    return stale, undated


def _age(then: date, now: date) -> float:
    """Months from one day to another: whole ones, and the days left as a share of 31."""
    return (now.year - then.year) * 12 + now.month - then.month + (now.day - then.day) / 31
