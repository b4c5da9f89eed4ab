"""Bends of daily cash: rows that keep a month's curve from being concave, so that its lowest day may be any day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from runway.engine.days import DayFlow, Days
    from runway.engine.moving import MovingLine

FIRST, LAST = 1, 31  # days of a month; a month that is shorter has its last day for a later one


class Bend(NamedTuple):
    """The daily curve of a month may be other than concave where a row is below 0, above 0, or was filled further."""

    row: str
    below: bool
    above: bool
    filled: bool = False  # whether it bends the curve where its value differs from the month before's
    moving: MovingLine | None = None  # only in the months in which this line moves on some days
    steady: bool = False  # the line moves on all days, at a pace that changes: only a month that ends as it began dips
    place: str | None = None  # the row or parameter of the position at which it moves
    sign: float = 1.0  # -1 where the row is a positive payment
    opening: bool = False  # no day before the first month is read, so one that ends above its opening dips on its own

    def on(self, day: float, days: int) -> Bend:
        """The bend in a month of `days` days where the row's money moves on `day`.

        Money that comes in on the first day, or goes out on the last, bends it down.
        """
        if day not in (FIRST, days):
            return self
        rises = self.sign * (1 if day == FIRST else -1)
        return self._replace(below=rises > 0, above=rises < 0)


OPENING_BEND = Bend("opening_cash", below=False, above=False, opening=True)


def bend_of(flow: DayFlow) -> Bend:
    """The bend that a flow may make in the daily curve."""
    any_day = Bend(flow.cash, below=True, above=True, sign=flow.sign)
    if isinstance(flow.place, str):
        return any_day._replace(place=flow.place)
    return any_day.on(flow.place, LAST)


def above(days: Days, t: int, level: float) -> bool:
    """Whether no day of a month of a run of floats, not its first, is below a level.

    Cash at both month ends is at or above it, and no row bends the curve between them.
    """
    before, after = days.rows["unrestricted_cash"][t - 1 : t + 1]
    return min(before, after) >= level and not any(_bends(bend, t, days) for bend in days.bends)


def _bends(bend: Bend, t: int, days: Days) -> bool:
    """Whether the money of a row may keep the curve of a month from being concave."""
    before, value = days.rows[bend.row][t - 1 : t + 1]
    if bend.filled:
        return bool(value != before)
    if not value:
        return False
    if bend.moving is not None:
        return days.share(bend.moving, t) is not None
    bend = bend if bend.place is None else bend.on(days.day(bend.place, t), days.at.days[t])
    return bend.below if value < 0 else bend.above
