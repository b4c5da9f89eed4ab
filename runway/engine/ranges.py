"""The values that a figure is tried at: `-30%..30%`, `0.02..0.08`, `$10..$20`, `0..12 months`."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, NamedTuple

from runway.errors import InputError, Problem
from runway.language.figure import IN_MONTHS, MARKS, Amount, FigureError, read_amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEFAULT = (-0.3, 0.3)
DEFAULT_SHIFT = (0.0, 12.0)


class Range(NamedTuple):
    """The ends of a range and how they act: `relative` shares, `absolute` values as written, `shift` in months."""

    low: float
    high: float
    how: str
    whole: bool = False  # whether only whole numbers are taken

    def values(self, steps: int) -> list[float]:
        """So many evenly spaced values from end to end, or the whole numbers next to them."""
        return self.between(self.low, self.high, steps)

    def between(self, low: float, high: float, steps: int) -> list[float]:
        """The values from one number to another, of which the second may be the lower one."""
        found = [low + (high - low) * n / (steps - 1) for n in range(steps)]
        return list(dict.fromkeys(float(round(x)) for x in found)) if self.whole else found

    def neutral(self, numbers: Mapping[str, float]) -> float:
        """What leaves a figure's numbers as they are: no change, or the number itself."""
        return next(iter(numbers.values())) if self.how == "absolute" else 0.0


def around(number: float, share: float, least: float) -> tuple[float, float]:
    """The whole numbers about a share below and above a number, at least one away, but not below the least."""
    low, high = min(round(number * (1 - share)), number - 1), max(round(number * (1 + share)), number + 1)
    return max(least, float(ceil(low))), float(floor(high))


def read_range(text: str, *, date: bool, percent: bool, like: Amount | None = None, own: str = "") -> Range:
    """A range as it is written; for a figure written in percent, absolute ends may be `2%..8%` or `0.02..0.08`.

    `like` is the figure's own amount, `own` the model's currency: a range has its unit.
    Raises `InputError`: range-malformed, range-reversed, range-empty.
    """
    low_text, dots, high_text = text.partition("..")
    if not dots:
        raise _problem("range-malformed", text, "A range has two ends: --range -30%..30%.")
    try:
        high = read_amount(high_text.strip().replace("months", " months").replace("  ", " "))
        low = read_amount(low_text.strip().replace("months", " months").replace("  ", " "))
    except FigureError as error:
        raise _problem("range-malformed", text, error.text.replace("FIELD", "A range")) from None
    if low.number >= high.number:
        raise _problem(
            "range-reversed" if low.number > high.number else "range-empty", text, "The low end comes first."
        )
    for end in (low, high):
        _refuse_unit(text, end, date, like, own)
    if date:
        return Range(_months(low, text), _months(high, text), "shift")
    signed = low.signed or high.signed
    relative = (low.percent and high.percent) and (signed or not percent)
    return Range(low.number, high.number, "relative" if relative else "absolute")


def _refuse_unit(text: str, end: Amount, date: bool, like: Amount | None, own: str) -> None:
    """Refuses an end that is not in the figure's unit."""
    if end.kind == "date":
        raise _problem("range-malformed", text, "A date is moved by months: --range 0..12months.")
    if date or like is None or end.percent:
        return
    if end.kind == "duration" and like.kind != "duration":
        raise _problem("range-malformed", text, "The figure is no length of time.")
    if end.period is not None and end.period != like.period:
        raise _problem("range-malformed", text, f"The figure is written by the {like.period}.")
    codes = MARKS.get(end.currency or "", (end.currency,))
    if end.currency is not None and (like.currency or own) not in codes:
        raise _problem("range-malformed", text, f"The figure is in {like.currency or own}.")


def _months(amount: Amount, text: str) -> float:
    if amount.percent or amount.currency:
        raise _problem("range-malformed", text, "A date is moved by months: --range 0..12months.")
    return amount.number * IN_MONTHS[amount.period or "month"]


def _problem(name: str, text: str, says: str) -> InputError:
    return InputError(Problem(name, f"--range {text} cannot be used. {says}"))


def nearest(values: Sequence[float], base: float) -> int | None:
    """The place of the base among the values; None if it is not there."""
    for place, value in enumerate(values):
        if abs(value - base) <= 1e-9 * max(1.0, abs(base)):
            return place
    return None
