"""What keeps the daily curve of a month from being concave, so that its lowest day need not be a month end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runway.language.named_tuple import NamedTuple

if TYPE_CHECKING:
    from runway.engine.days import Dated, Days
    from runway.engine.moving import Moving

FIRST, LAST = 1, 31  # days of a month; a month that is shorter has its last day for a later one


class Bend(NamedTuple):
    """The daily curve of a month may be other than concave where a row is below 0, above 0, or was filled further."""

    row: str
    below: bool
    above: bool
    filled: bool = False  # it is another than in the month before
    moving: Moving | None = None  # only in the months in which this line moves on some days
    steady: bool = False  # the line moves on all days, at a pace that changes: only a month that ends as it began dips
    place: str | None = None  # the row or parameter of the position at which it moves
    sign: float = 1.0  # -1 where the row is a positive payment
    opening: bool = False  # no day before the first month is read, so one that ends above its opening dips on its own

    def on(self, day: float, days: int) -> Bend:
        """What bends the curve in a month of so many days, where the row's money moves on one that is known.

        Money that comes in on the first day, or goes out on the last, bends it down.
        """
        if day not in (FIRST, days):
            return self
        rises = self.sign * (1 if day == FIRST else -1)
        return self._replace(below=rises > 0, above=rises < 0)


BEGUN = Bend("opening_cash", below=False, above=False, opening=True)


def bend_of(flow: Dated) -> Bend:
    """How a flow may bend the daily curve."""
    any_day = Bend(flow.cash, below=True, above=True, sign=flow.sign)
    if isinstance(flow.place, str):
        return any_day._replace(place=flow.place)
    return any_day.on(flow.place, LAST)


def above(days: Days, t: int, level: float) -> bool:
    """Whether no day of a month of a run of floats, not its first, is below a level.

    Both its ends are not, and nothing bends the curve between them.
    """
    before, after = days.rows["unrestricted_cash"][t - 1 : t + 1]
    return min(before, after) >= level and not any(_bent(bend, t, days) for bend in days.bends)


def _bent(bend: Bend, t: int, days: Days) -> bool:
    """Whether the curve may be other than concave by what a row moves."""
    before, value = days.rows[bend.row][t - 1 : t + 1]
    if bend.filled:
        return bool(value != before)
    if not value:
        return False
    if bend.moving is not None:
        return days.share(bend.moving, t) is not None
    here = bend if bend.place is None else bend.on(days.day(bend.place, t), days.at.days[t])
    return here.below if value < 0 else here.above
