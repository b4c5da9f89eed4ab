"""The values that a figure is tried at: the range of an option, `-30%..30%`, and the range that is searched.

A figure is swept over a `Range`, and searched along an `Axis`: an amount in its own unit, a day, or a change that
scales a schedule.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from runway.errors import InputError, Problem
from runway.language.dimension import FREE, Dimension, months_of, spelt_out
from runway.language.figure import MARKS, Amount, FigureError
from runway.language.named_tuple import NamedTuple
from runway.language.writing import figure_text, percent_change, rounded_to
from runway.model.addresses import LEVERS
from runway.months import NEVER, date_at, last_day, position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runway.engine.paths import Variants
    from runway.language.figure import Entry

DEFAULT = (-0.3, 0.3)
DEFAULT_SHIFT = (0.0, 12.0)
POINTS = 201  # over the range, before it is refined
FAR = 100  # an amount is also searched up to so many times the written one
NEAR = 3
LARGEST = 1e15
FINEST = 1e-10  # of a value: below it, posting to the minor unit decides


class Range(NamedTuple):
    """The ends of a range and how they act: `relative` shares, `absolute` values as written, `shift` in months."""

    low: float
    high: float
    how: str
    whole: bool = False  # whether only whole numbers are taken
    period: str | None = None  # of its high end
    percent: bool = False  # whether absolute values are written in percent

    def values(self, steps: int) -> list[float]:
        """So many evenly spaced values from end to end, or the whole numbers next to them."""
        return self.between(self.low, self.high, steps)

    def between(self, low: float, high: float, steps: int) -> list[float]:
        """The values from one number to another, of which the second may be the lower one."""
        values = [low + (high - low) * n / (steps - 1) for n in range(steps)]
        return list(dict.fromkeys(float(round(x)) for x in values)) if self.whole else values

    def neutral(self, numbers: Mapping[str, float]) -> float:
        """The value that leaves a figure as it is: no change, or the number itself."""
        return next(iter(numbers.values())) if self.how == "absolute" else 0.0


def around(number: float, share: float, least: float) -> tuple[float, float]:
    """The whole numbers about a share below and above a number, at least one away, but not below the least."""
    low, high = min(round(number * (1 - share)), number - 1), max(round(number * (1 + share)), number + 1)
    return max(least, float(ceil(low))), float(floor(high))


def to_either_side(number: float, share: float, amount: Amount, dimension: Dimension | None) -> tuple[float, float]:
    """A figure's number a share lower and higher, as far as its field allows."""
    low, high = sorted((number * (1 - share), number * (1 + share)))
    if dimension is None or not amount.is_number:
        return low, high
    return max(low, dimension.low), min(high, dimension.most(percent=amount.percent))


def read_range(text: str, *, is_date: bool, percent: bool, like: Amount | None = None, currency: str = "") -> Range:
    """A range as it is written; for a figure written in percent, absolute ends may be `2%..8%` or `0.02..0.08`.

    `like` is the figure's own amount, whose unit a range has; `currency` is the model's.
    Raises `InputError`: range-malformed, range-reversed, range-empty.
    """
    low_text, dots, high_text = text.partition("..")
    if dots and "=" in low_text:
        name, _, first = low_text.rpartition("=")
        hint = f"It stands alone, in the order of the figures: {name.strip()} --range {first.strip()}..{high_text}."
        raise _problem("range-malformed", text, hint)
    if not dots:
        raise _problem("range-malformed", text, "A range has two ends: --range -30%..30%.")
    if is_date:
        ends = (_shift(low_text, text), _shift(high_text, text))
        _refuse_order(text, *ends)
        return Range(*ends, "shift")
    if like is not None and like.is_duration:
        low_text, high_text = spelt_out(low_text), spelt_out(high_text)
    try:
        high, low = FREE.amount(high_text), FREE.amount(low_text)
    except FigureError as error:
        raise _problem("range-malformed", text, error.text.replace("FIELD", "A range")) from None
    _refuse_order(text, low.number, high.number)
    for end in (low, high):
        _refuse_unit(text, end, like, currency)
    relative = (low.percent and high.percent) and (low.signed or high.signed or not percent)
    return Range(low.number, high.number, "relative" if relative else "absolute", period=high.period, percent=percent)


def _refuse_order(text: str, low: float, high: float) -> None:
    if low >= high:
        raise _problem("range-reversed" if low > high else "range-empty", text, "The low end comes first.")


def _refuse_unit(text: str, end: Amount, like: Amount | None, currency: str) -> None:
    """Refuses an end that is not in the figure's unit."""
    if end.is_date:
        raise _problem("range-malformed", text, MOVED)
    if like is None or end.percent:
        return
    if end.is_duration and not like.is_duration:
        raise _problem("range-malformed", text, "The figure is no length of time.")
    if end.period is not None and end.period != like.period:
        raise _problem("range-malformed", text, f"The figure is written by the {like.period}.")
    codes = MARKS.get(end.currency or "", (end.currency,))
    if end.currency is not None and (like.currency or currency) not in codes:
        raise _problem("range-malformed", text, f"The figure is in {like.currency or currency}.")


MOVED = "A date is moved by months: --range 0..12months."


def _shift(end: str, text: str) -> float:
    """The months by which an end of a range moves a date, earlier where it is negative."""
    earlier = end.strip()[:1] in ("-", "−")
    try:
        months = months_of(end.strip().lstrip("+-−"))
    except FigureError:
        raise _problem("range-malformed", text, MOVED) from None
    return -months if earlier else months


def _problem(name: str, text: str, reason: str) -> InputError:
    return InputError(Problem(name, f"--range {text} cannot be used. {reason}"))


def nearest(values: Sequence[float], base: float) -> int | None:
    """The place of the base among the values; None if it is not there."""
    for place, value in enumerate(values):
        if abs(value - base) <= 1e-9 * max(1.0, abs(base)):
            return place
    return None


class Axis(NamedTuple):
    """One figure that is varied; `x` is its value as written, the ordinal of its day, or its relative change."""

    address: str  # as the command has it
    how: str  # absolute, day, relative
    entries: Mapping[str, Entry]
    numbers: Mapping[str, float]
    start: int  # the model's first month
    base: float | None  # None: a date that never comes
    low: float
    high: float
    far: bool  # whether the range reaches far beyond the written number
    outright: bool  # whether a change is written out, as the figure is changed already
    whole: bool = False  # whether only whole numbers are tried, as the file refuses others

    def overrides(self, x: float) -> dict[str, float]:
        """The parameters of a path."""
        if self.how == "relative":
            return {address: value * (1 + x) for address, value in self.numbers.items()}
        if self.how == "day":
            return dict.fromkeys(self.numbers, position(date.fromordinal(int(x)), self.start))
        return dict.fromkeys(self.numbers, x)

    def points(self) -> list[float]:
        """The values of the first round, the base among them where it lies in the range."""
        if self.how == "day":
            step = max(1, int(self.high - self.low) // (POINTS - 1))
            points = {float(x) for x in range(int(self.low), int(self.high) + 1, step)} | {self.high}
        elif self.whole:
            step = max(1, floor(self.high - self.low) // (POINTS - 1))
            points = {float(x) for x in (*range(ceil(self.low), floor(self.high) + 1, step), floor(self.high))}
        else:
            dense = NEAR * abs(self.base or 0.0) if self.far else self.high
            points = {self.low + (dense - self.low) * n / (POINTS - 1) for n in range(POINTS)} | {dense, self.high}
            if self.far:
                points |= {dense * (self.high / dense) ** (n / 50) for n in range(51)}
        return sorted(x for x in points | {self.base} if x is not None and self.low <= x <= self.high)

    def between(self, low: float, high: float, count: int) -> list[float]:
        """So many values inside two neighbours; none where they are next to each other."""
        if self.how == "day":
            step = max(1, int(high - low) // (count + 1))
            return [float(x) for x in range(int(low) + 1, int(high), step)]
        if self.whole:
            step = max(1, int(high - low) // (count + 1))
            return [float(x) for x in range(floor(low) + 1, ceil(high), step)]
        if high - low <= FINEST * max(abs(low), abs(high)):
            return []
        return [x for n in range(1, count + 1) if low < (x := low + (high - low) * n / (count + 1)) < high]

    def rounded(self, x: float, digits: int, *, up: bool) -> Decimal:
        """The value at so many digits, rounded one way; a day or a whole number is one already."""
        return Decimal(int(x)) if self.how == "day" or self.whole else rounded_to(x, digits, up=up)

    def shown(self, x: Decimal) -> str:
        """A value as a person would write it: `$812k/day`, `2025-11-14`, `-12.3%`."""
        return percent_change(x) if self.how == "relative" else figure_text(self.entry, x)

    def raw(self, x: Decimal) -> Any:
        """A value as a scenario or `set=` takes it."""
        if self.how == "relative" and self.outright:
            texts = {a: figure_text(self.entries[a], _exact(value) * (1 + x)) for a, value in self.numbers.items()}
            scheduled = self.entry.month is not None
            return (
                {a.rpartition(".")[2]: text for a, text in texts.items()} if scheduled else next(iter(texts.values()))
            )
        negative = self.how == "absolute" and x < 0 and self.entry.amount.period is None
        return float(x) if negative else self.shown(x)  # a signed text without a period would be a change

    def original(self) -> str:
        """The figure before it is changed."""
        if self.how == "relative":
            return "as written"
        if self.base is None:
            return "never"
        return self.shown(rounded_to(self.base, 4 if " to " in self.entry.text else 12, up=False))

    @property
    def entry(self) -> Entry:
        return next(iter(self.entries.values()))

    def narrowed(self) -> Axis:
        """Half the range, about the base, for a model that knows no answer at its ends."""
        middle = self.base if self.base is not None else (self.low + self.high) / 2
        return self._replace(low=(self.low + middle) / 2, high=(self.high + middle) / 2, far=False)


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.12g}")


def axis_of(variants: Variants, address: str, within: str | None, target: float) -> Axis:
    """The axis of an address over the range of the option `within`, else over a range that suits the figure.

    Raises `InputError`: unknown-address, not-to-be-varied, and those of the range.
    """
    program, model = variants.program, variants.model
    numbers, dimension = variants.varied(address), variants.dimension(address)
    entries = {a: program.entries[a] for a in numbers}
    entry = next(iter(entries.values()))
    lever = address.removeprefix("levers.") in LEVERS and entry.amount.is_number
    value = next(iter(numbers.values()))
    how = "day" if entry.amount.is_date else "relative" if lever or entry.month is not None else "absolute"
    if len(numbers) == 1 and address in numbers and not lever and how == "relative":
        how = "absolute"  # one step of a schedule
    base: float | None = 0.0 if how == "relative" else value
    if how == "day":
        base = None if value >= NEVER else float(date_at(value, program.start).toordinal())
    changed = [*model.changes, *(model.scenarios[model.scenario].set if model.scenario in model.scenarios else ())]
    outright = address.removeprefix("levers.") in [key.removeprefix("levers.") for key in changed]
    whole = how == "absolute" and variants.whole(address)
    axis = Axis(address, how, entries, numbers, program.start, base, 0.0, 0.0, False, outright, whole)
    low, high = (-LARGEST, LARGEST) if dimension is None else (dimension.low, dimension.high)
    if entry.amount.is_duration:
        low = max(low, 0.0)
    if within is not None:
        axis = _option_axis(axis, within, low, high)
    else:
        axis = _likely_axis(axis, dimension.name if dimension else "free", low, high, variants, target)
    return axis._replace(low=float(ceil(axis.low)), high=float(floor(axis.high))) if whole else axis


def _option_axis(axis: Axis, within: str, lowest: float, highest: float) -> Axis:
    """The axis over the range of an option."""
    entry = axis.entry
    requested = read_range(within, is_date=axis.how == "day", percent=entry.amount.percent)
    low, high = requested.low, requested.high
    if axis.how == "day":
        if axis.base is None:
            text = f"{axis.address} is never: it cannot be moved by months. Leave --range out to search every day."
            raise InputError(Problem("range-malformed", text))
        day = position(date.fromordinal(int(axis.base)), 0)
        return axis._replace(low=float(_day(day + low)), high=float(_day(day + high)))
    if requested.how == "absolute" and requested.period and requested.period != entry.amount.period:
        text = f"--range {within} is per {requested.period}; write it as {axis.address} is written, {axis.original()}."
        raise InputError(Problem("range-malformed", text))
    value = next(iter(axis.numbers.values()))
    if axis.how == "absolute" and requested.how == "relative":
        low, high = sorted((value * (1 + low), value * (1 + high)))
    if axis.how == "relative" and requested.how == "absolute":
        if len(axis.numbers) > 1 or value == 0:
            text = f"{axis.address} is a schedule, scaled as a whole: --range -30%..30%. Or vary one step of it."
            raise InputError(Problem("range-malformed", text))
        low, high = low / value - 1, high / value - 1
    if axis.how == "absolute" and not (lowest <= low and high <= highest):
        ends = f"{axis.shown(Decimal(repr(lowest)))} to {axis.shown(Decimal(repr(highest)))}"
        text = f"{axis.address} can be {ends if highest < LARGEST else 'no less than ' + ends.partition(' ')[0]}."
        raise InputError(Problem("value-out-of-range", text))
    return axis._replace(low=low, high=high)


def _day(place: float) -> int:
    return date_at(place, 0).toordinal()


def _likely_axis(axis: Axis, kind: str, low: float, high: float, variants: Variants, target: float) -> Axis:
    """The axis over a range in which the answer is likely: wide for money, narrow for rates, which compound."""
    if axis.how == "day":
        start, months = variants.program.start, variants.program.months
        first, last = last_day(start - 1).toordinal() + 1, last_day(start + months - 1).toordinal()
        low, high = (first, last) if axis.base is None else (min(first, axis.base), max(last, axis.base))
        return axis._replace(low=float(low), high=float(high))
    amount, value = axis.entry.amount, next(iter(axis.numbers.values()))
    if axis.how == "relative":
        largest = max(abs(number) for number in axis.numbers.values())
        top = min(2.0, high / largest - 1) if largest else 0.0
        return axis._replace(low=-1.0, high=max(top, 0.0))
    if amount.percent:
        likely = NEAR * abs(value) or (0.5 if amount.period == "year" else 0.1)
        positive = kind == "share" or amount.period is None or (kind == "free" and value >= 0)
        floor = 0.0 if positive else value - likely
        return axis._replace(low=max(low, floor), high=min(high, 1.0 if amount.period is None else value + likely))
    if amount.is_duration:
        years = {"day": 730, "week": 104, "month": 24, "quarter": 8, "year": 2}[amount.period or "day"]
        return axis._replace(low=low, high=max(NEAR * value, float(years)))
    if value == 0:
        base = variants.run([{}])[0]
        scale = max(abs(base.lowest_cash), abs(base.closing_cash), abs(target) if target < LARGEST else 0.0)
        money = kind in ("money", "flow")
        return axis._replace(
            low=max(low, -2 * scale if low < 0 and money else 0.0), high=2 * scale if money else 1000.0
        )
    if value < 0:
        return axis._replace(low=max(low, NEAR * value), high=min(high, -NEAR * value))
    top = min(high, FAR * value)
    return axis._replace(low=max(low, 0.0), high=top, far=top > NEAR * value)
