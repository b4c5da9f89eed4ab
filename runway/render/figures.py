"""How money, dates and text from a file are written for people.

Money is divided by one unit per report and never shown with a sign: negatives stand in brackets, and a positive figure
ends in a space so that digits stay aligned under one another.  A figure that is zero to the minor unit is a dash.  Any
other that is too small for the places of its table has places of its own; `decimals` adds places so that no *line*
needs them.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from math import floor, log10
from typing import TYPE_CHECKING

from runway.errors import printable as visible
from runway.language.named_tuple import NamedTuple
from runway.words import MONTHS, minus
from runway.words import day_text as day
from runway.words import month_text as month

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
__all__ = ["Scale", "day", "keep_together", "month", "months", "percent", "printable", "scale", "span"]

UNITS = ((1.0, ""), (1e3, "thousands"), (1e6, "millions"), (1e9, "billions"), (1e12, "trillions"))
UNIT_NAMES = {name or "full": (unit, name) for unit, name in UNITS}
MOST_DECIMALS = 3
SIGNIFICANT = 3  # digits of the largest figure of a table, at the least
MOST_DIGITS = 6  # before the point, where the unit is the model's and not chosen by what is shown
NONE = "–"


class Scale(NamedTuple):
    """The unit that one report's money is divided by."""

    currency: str
    minor_digits: int
    unit: float
    name: str
    places: int = 0  # after the point, in every table of the report at least

    @property
    def label(self) -> str:
        return f"{self.currency} {self.name}".rstrip()

    def decimals(self, lines: Iterable[Sequence[float]]) -> int:
        """Places after the point for a table with these lines.

        None when every figure is whole in the unit; else one, or as many up to three as it takes for the largest
        figure of every line not to round to zero and for the largest of all to have three digits that say something.
        Lines that three places cannot show do not count.  Money in single units has the currency's own places.

        >>> Scale("EUR", 2, 1e6, "millions").decimals([[12_340_000.0], [1_500_000.0]])
        1
        >>> Scale("EUR", 2, 1e6, "millions").decimals([[1_234_000.0]])
        2
        """
        scaled = [[abs(value) / self.unit for value in line] for line in lines]
        if all(value == int(value) for line in scaled for value in line):
            return self.places
        if self.unit == 1:
            return self.minor_digits
        largest = [max(line) for line in scaled if any(line)]
        places = [first_digit_places(value) for value in largest if round(value, MOST_DECIMALS) > 0] or [1]
        return max(self.places, *places, min(MOST_DECIMALS, three_digit_places(max(largest))))

    def fitting(self, lines: Sequence[Sequence[float]]) -> Scale:
        """The unit of a table with these lines: this one, or a smaller where three places are not three digits."""
        largest = max((abs(value) for line in lines for value in line), default=0.0)
        if round(largest, self.minor_digits) == 0 or three_digit_places(largest / self.unit) <= MOST_DECIMALS:
            return self
        unit, name = by_size(largest)
        return self._replace(unit=unit, name=name, places=0)

    def with_places(self, lines: Iterable[Sequence[float]]) -> Scale:
        """The same unit with the places that these lines need, so that an amount has the same digits in every table."""
        return self._replace(places=self.decimals(lines))

    def figure(self, value: float, decimals: int) -> str:
        """One figure of a column: `(1,234.5)`, `1,234.5 ` or `– `, and where one place is too few `0.04 `."""
        size = abs(value) / self.unit
        if round(abs(value), self.minor_digits) == 0:
            return NONE + " "
        text = f"{size:,.{decimals}f}"
        if round(size, decimals) == 0:  # a small figure has places of its own
            text = small_figure(size)
        return f"({text})" if value < 0 else text + " "

    def amount(self, value: float) -> str:
        """One figure in a sentence, with at least two digits that say something: `31.2`, `0.74`, `0.058`."""
        scaled = abs(value) / self.unit
        if self.unit == 1:
            places = 0 if scaled == int(scaled) else self.minor_digits
        else:
            places = 1 if scaled == 0 or scaled >= 10 else max(2, 1 - floor(log10(scaled)))
        text = f"{scaled:,.{places}f}"
        return f"({text})" if value < 0 else text


PLAIN = Scale("", 0, 1.0, "")
"""The scale of a report without money."""


def three_digit_places(value: float) -> int:
    """Places after the point at which a positive value shows three digits.

    >>> three_digit_places(12.3), three_digit_places(1.23), three_digit_places(0.123), three_digit_places(0.0123)
    (1, 2, 3, 4)
    """
    return max(0, SIGNIFICANT - 1 - floor(log10(float(f"{value:.{SIGNIFICANT}g}"))))


def small_figure(value: float) -> str:
    """A positive figure that its column has too few places for: `0.04`, `<0.001`."""
    places = first_digit_places(value)
    return f"{value:.{places}f}" if places <= MOST_DECIMALS else f"<{10**-MOST_DECIMALS:g}"


def first_digit_places(value: float) -> int:
    """Places after the point, at least one, at which a positive value shows its first digit."""
    places = 1
    while round(value, places) == 0 and places < 15:
        places += 1
    return places


UNIT_NAME: ContextVar[str | None] = ContextVar("unit", default=None)
"""The name of the unit that every report of a command has, where the command line or the model sets one."""

SIZE: ContextVar[Callable[[], float]] = ContextVar("size", default=lambda: 0.0)
"""The size of a month of the model that a command reads, so that all commands have one unit; 0 without a model."""


def scale(currency: str, minor_digits: int, values: Iterable[float]) -> Scale:
    """The unit that is set, else that of the model where the values fit it, else that of the largest value.

    >>> scale("USD", 2, [12_345.0]).label, scale("USD", 2, [9_999.0]).label
    ('USD thousands', 'USD')
    """
    if (unit_name := UNIT_NAME.get()) is not None:
        return Scale(currency, minor_digits, *UNIT_NAMES[unit_name])
    largest = max((abs(value) for value in values), default=0.0)
    unit, name = by_size(largest)
    if size := SIZE.get()():
        model_unit, model_name = by_size(size)
        size = largest / model_unit
        if size < 10**MOST_DIGITS and (not largest or three_digit_places(size) <= MOST_DECIMALS):
            unit, name = model_unit, model_name
    return Scale(currency, minor_digits, unit, name)


def by_size(largest: float) -> tuple[float, str]:
    """The smallest unit in which an amount has at most four digits before the point."""
    return next((entry for entry in UNITS if largest / entry[0] < 9999.95), UNITS[-1])


def span(first: str, last: str) -> str:
    """`Apr–Jun 2025`, `Nov 2025 – Jan 2026` or `Apr 2025`."""
    if first == last:
        return month(first)
    if first[:4] == last[:4]:
        return f"{month(first)[:3]}–{month(last)}"
    return f"{month(first)} – {month(last)}"


def months(value: float) -> str:
    """`9.4`, and `(0.5)` for months that are already past."""
    return f"({-value:,.1f})" if round(value, 1) < 0 else f"{abs(value):,.1f}"


def percent(value: float) -> str:
    """`+3.2%` of 0.032."""
    return minus(f"{value * 100:+.1f}%") if round(value, 3) else "0.0%"


def printable(text: str) -> str:
    """Text of a file on one line, without what could move a terminal's cursor or turn its writing direction."""
    return visible(" ".join(text.split()))


TOGETHER = re.compile(
    rf"(?<=\+) (?=[a-z])|(?<=\d) (?=(?:{'|'.join(MONTHS)}|%|days?\b|months?\b))|(?<={'|'.join(MONTHS)}) (?=\d)"
)


def keep_together(text: str) -> str:
    """The text with no-break spaces inside dates and the names of rungs, and between a figure and its unit."""
    return TOGETHER.sub("\N{NO-BREAK SPACE}", text)
