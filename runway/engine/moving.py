"""Lines whose money moves on some days of a month only, and the figures and rows that those days are read off.

A line that starts, ends, hires or spends within a month moves its money on the days on which it is in force; a bill is
on its day.  Money that is collected or paid later moves after these days, in parts that each have a delay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple
from runway.lines.line import days_of
from runway.lines.working_capital import opening_row, parts_of, rate_row
from runway.months import parse_date, position
from runway.program.item_rows import bills_of, currencies_of, owed_rows, paydays_of
from runway.program.lookahead import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runway.language.figure import Figure
    from runway.lines.line import MoneySpan
    from runway.model.model import Item, Model


class DayRange(NamedTuple):
    """A part of a line's money: the parameters (or position) of its first and last day, and the one that weighs it."""

    first: str | float | None
    last: str | float | None
    weight: str | None
    every: int  # months from one day to the next, where it moves on the day of `first` alone
    days: int = 0  # from one payday to the next, before and after `first`, where it moves on paydays
    nth: int = 0  # the payday's place in its month, from 0


class Followed(NamedTuple):
    """A line that another one is a share of: the row of its month, its sign, and the days on which it moves."""

    row: str
    sign: float
    parts: tuple[DayRange | Followed, ...]
    rate: str | None = None  # the row of the exchange rate at which it is paid, where it is paid later

    def rows(self) -> list[str]:
        """The rows that weigh it, and those of the lines that it follows in turn."""
        rate = [] if self.rate is None else [self.rate]
        return [self.row, *rate, *(row for part in self.parts if isinstance(part, Followed) for row in part.rows())]


class PaymentDelay(NamedTuple):
    """How much later money moves, in days or calendar months, and the balance owed at the start."""

    by: str | float  # a parameter, or the delay of a part
    unit: float  # days or months in one unit of the delay
    months: bool
    opening: tuple[str, ...]  # parameters whose product is owed at the start
    rate: str | None = None  # the row of the exchange rate at which that is paid
    share: str | None = None  # the parameter of a part's share; None: all of it
    but: tuple[str, ...] = ()  # parameters of the shares of other parts, taken off it
    owed: str | None = None  # the row of a part's balance at the start
    ahead: str | None = None  # of a part that moves ahead, the row of the later month's amount earned or incurred

    def figures(self) -> list[str]:
        """The parameters of the delay, of its shares and of the balance at the start."""
        return [name for name in (self.by, self.share, *self.but, *self.opening) if isinstance(name, str)]


class MovingLine(NamedTuple):
    """A line whose money moves on some days of a month only.

    Where it moves later, its parts are the amounts earned or incurred in each month, by currency.
    """

    cash: str
    parts: tuple[DayRange | Followed, ...]
    late: tuple[PaymentDelay, ...]

    def rows(self) -> list[str]:
        """The rows that weigh its parts."""
        late = [row for late in self.late for row in (late.rate, late.owed, late.ahead) if row is not None]
        return [*(row for part in self.parts if isinstance(part, Followed) for row in part.rows()), *late]

    def parameters(self) -> list[str]:
        """The figures that its days are read off."""
        late = [name for late in self.late for name in late.figures()]
        return [*_figures(self.parts), *late]


def _figures(parts: Iterable[DayRange | Followed]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Followed):
            yield from _figures(part.parts)
        else:
            yield from (name for name in (part.first, part.last, part.weight) if isinstance(name, str))


def lines_on_days(model: Model) -> dict[str, MovingLine]:
    """The lines of a model that have days of their own, by name."""
    lines = {}
    for section in ("revenue", "costs", "passthrough", "capital"):
        for item in model.section(section):
            late = tuple(_late(item, model))
            spans = days_of(item.part) if late else item.part.spans()
            bills = [position(day, model.settings.start) for day in map(parse_date, bills_of(item)) if day is not None]
            parts: tuple[DayRange | Followed, ...] = ranges(item, spans, model.settings.start)
            if bills:
                parts = tuple(DayRange(day, day, None, 0) for day in bills)
            if (paydays := paydays_of(item)) is not None:
                days = [DayRange(f"{item.name}.payday", None, None, 0, paydays.days, n) for n in range(paydays.most)]
                parts = tuple(Followed(f"{item.name}.paid_{n}", 1.0, (day,)) for n, day in enumerate(days, 1))
            if late:
                parts = tuple(Followed(owed.row, 1.0, parts, owed.rate) for owed in owed_rows(item, model))
            if parts:
                lines[item.name] = MovingLine(f"{item.name}.cash", parts, late)
    return lines


def ranges(item: Item, spans: Iterable[MoneySpan], start: int) -> tuple[DayRange | Followed, ...]:
    """The days of a line's parts, by the addresses of their figures."""
    return tuple(_range(item, span, start) for span in spans)


def _range(item: Item, span: MoneySpan, start: int) -> DayRange | Followed:
    def address(field: str | None) -> str | None:
        return None if field is None else f"{item.name}.{field.rstrip('_')}"

    placed: str | float | None
    if isinstance(span.first, int):
        placed = float((span.first - 1 - start) % span.every)
    elif span.first is None or isinstance(span.first, str):
        placed = address(span.first)
    else:
        placed = position(span.first, start)
    days = DayRange(placed, address(span.last), address(span.weight), span.every)
    return days if span.amount_row is None else Followed(f"{item.name}.{span.amount_row}", 1.0, (days,))


def _late(item: Item, model: Model) -> Iterator[PaymentDelay]:
    for field, balance in (("collected_after", "receivable"), ("paid_after", "payable")):
        if (after := getattr(item.shared, field, None)) is None:
            continue
        owed: Figure | None = getattr(item.shared, f"opening_{balance}")
        names, rate, row = tuple[str, ...](), None, balance
        if owed is not None:
            address, rate = f"{item.name}.opening_{balance}", owed.floating and rate_row(owed.floating)
            names = (address,) if rate else model.factors(address, owed.entries[0])
            currencies = currencies_of(item, model)
            row = f"owed_{currencies.code(currencies.opening)}" if currencies.floating else balance
        if not isinstance(after, dict):
            by, unit = after.delay
            yield PaymentDelay(f"{item.name}.{field}", unit, by == "month", names, rate)
            continue
        later = parts_of(field, after)
        shares = tuple(f"{item.name}.{part.share}" for part in later)
        (row_of_all, *_), moves_ahead = owed_rows(item, model), any(part.ahead for part in later)
        for part, share in zip(later, shares, strict=True):
            if part.ahead:
                earned = f"{row_of_all.row}.{AHEAD}_{part.ahead}"
                yield PaymentDelay(float(part.by), 1.0, months=True, opening=(), share=share, ahead=earned)
                continue
            opening = f"{item.name}.{opening_row(row, part)}" if names else None
            yield PaymentDelay(float(part.by), 1.0, part.months, (), rate, share, owed=opening)
        caught_up = f"{item.name}.catch_up" if moves_ahead else None
        yield PaymentDelay(0.0, 1.0, months=False, opening=(), but=shares, owed=caught_up)
