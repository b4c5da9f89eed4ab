"""The funding ladder: what each rung counts, and how long the cash lasts when only that is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from runway.engine.days import Days, Layout, layout, months_to
from runway.engine.run import Engine, Series
from runway.files.actuals import SETTLED
from runway.months import date_at, position

if TYPE_CHECKING:
    from runway.model.model import Model
    from runway.program.program import Program


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the funding ladder: how long the cash lasts when only some of the funding is counted."""

    counting: str
    months: float | None  # to the zero-cash day; None beyond the horizon
    zero_cash_date: date | None  # first day at whose end unrestricted cash is below the floor
    lowest_cash: float  # lowest unrestricted cash at the end of a day
    lowest_cash_date: date
    funding_gap: float  # floor less lowest cash, 0 if cash stays above it
    raise_by: date | None  # zero-cash date less the months a round takes to close
    round_to_extend: float | None  # money that carries this rung 18 months further; None when the horizon is too short
    closing_cash: tuple[float, ...]  # total cash at the end of each month

    @property
    def beyond_horizon(self) -> bool:
        return self.zero_cash_date is None


Rows = Mapping[str, Series]

LADDER: tuple[tuple[str, dict[str, float]], ...] = (
    ("cash in hand", {"levers.funding": 0.0, "levers.planned": 0.0}),
    ("+ certain", {"levers.conditional": 0.0, "levers.planned": 0.0}),
    ("+ conditional", {"levers.planned": 0.0}),
    ("+ planned", {}),
)
"""The rungs and the overrides that make each of them."""
PLACES = {name.removeprefix("+ ").replace(" ", "_"): place for place, (name, _) in enumerate(LADDER)}
"""The place of each rung in the ladder, by its name in files."""

WITHOUT_ANY_FUNDING = {"levers.funding": 0.0, "model.opening_cash": 0.0, SETTLED: 0.0}
EXTENSION_MONTHS = 18


class Reader(NamedTuple):
    """Reads runs of one model's program."""

    model: Model
    engine: Engine
    layout: Layout

    @property
    def program(self) -> Program:
        return self.engine.program

    def days(self, rows: Rows, overrides: Mapping[str, Any]) -> Days:
        """The daily cash of a run."""
        parameters = {**self.program.parameters, **overrides}
        return Days(self.layout, rows, parameters, rows["minimum_cash"][0], self.program.minor_digits)


def reader_of(model: Model) -> Reader:
    """A model made ready to run."""
    assert model.program is not None
    return Reader(model, Engine(model.program, model.document), layout(model))


def rung_of(reader: Reader, counting: str, overrides: Mapping[str, float], rows: Rows) -> Rung:
    days = reader.days(rows, overrides)
    read = days.read()
    start, at = reader.program.start, reader.layout
    floor = rows["minimum_cash"][0]
    zero = None if read.zero_month < 0 else day_at(start + read.zero_month, read.zero_day)
    raise_by, extension = None, None
    if zero is not None:
        raise_by = date_at(position(zero, start) - rows["months_to_close"][0], start)
        target = read.zero_month + EXTENSION_MONTHS
        if target < at.months:
            short = floor - days.lowest_before(target, min(read.zero_day, at.days[target]))
            units = 10**reader.program.minor_digits
            extension = max(0.0, ceil(round(short * units, 3)) / units)
    return Rung(
        counting=counting,
        months=None if zero is None else months_to(read.zero_month, read.zero_day, at.days),
        zero_cash_date=zero,
        lowest_cash=read.lowest,
        lowest_cash_date=day_at(start + read.lowest_month, read.lowest_day),
        funding_gap=max(0.0, floor - read.lowest),
        raise_by=raise_by,
        round_to_extend=extension,
        closing_cash=tuple(rows["cash"]),
    )


def day_at(month: int, day: Any) -> date:
    """A day of an absolute month."""
    return date(month // 12, month % 12 + 1, int(day))
